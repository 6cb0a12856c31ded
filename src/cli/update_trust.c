/*
 * Who signed a package, and whom the user trusts: --trust names a certificate file or a folder of them, read before anything
 * hostile is. Without it nobody is trusted; the system's certificates are for the web, not for programs.
 */
#define _GNU_SOURCE
#include "update.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static postern_status add_file(int dirfd, const char *name, postern_anchors *anchors, size_t *count, postern_error *reterr) {
    postern_file *file = NULL;
    size_t added = 0;
    postern_status status = postern_file_open(dirfd, name, &file, reterr);
    if (status) return status;
    status = postern_anchors_add(anchors, postern_file_bytes(file), &added, reterr);
    postern_file_close(file);
    *count += added;
    return status;
}

/* Each regular file of a folder; what is no certificate is passed over. */
static postern_status add_folder(const char *path, postern_anchors *anchors, size_t *count, postern_error *reterr) {
    DIR *folder = opendir(path);
    struct stat st;
    postern_status status = folder ? POSTERN_OK : postern_fail_errno(reterr, errno, "cannot be read");
    for (struct dirent *entry; !status && (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && !fstatat(dirfd(folder), entry->d_name, &st, 0) && S_ISREG(st.st_mode))
            status = add_file(dirfd(folder), entry->d_name, anchors, count, reterr);
    if (folder) closedir(folder);
    return status;
}

cli_exit cli_update_trust(const cli_args *args, postern_anchors **ret_anchors) {
    postern_error error;
    struct stat st;
    size_t count = 0;
    *ret_anchors = NULL;
    if (!args->trust) return CLI_CLEAN;
    postern_status status = postern_anchors_new(ret_anchors, &error);
    bool folder = stat(args->trust, &st) == 0 && S_ISDIR(st.st_mode);
    if (!status)
        status = folder ? add_folder(args->trust, *ret_anchors, &count, &error)
                        : add_file(AT_FDCWD, args->trust, *ret_anchors, &count, &error);
    if (!status && !count)
        status = postern_fail(&error, POSTERN_FORMAT, POSTERN_NO_OFFSET, "there is no certificate in it (PEM or DER)");
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, args->trust, &error);
    return status == POSTERN_NOMEM ? CLI_FAILED : CLI_UNUSABLE;
}

cli_exit cli_update_signature(const char *label, postern_package *package, const postern_anchors *anchors,
                              postern_signature *ret_signature) {
    postern_error error;
    if (!postern_package_signature(package, anchors, time(NULL), ret_signature, &error)) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, label, &error);
    return CLI_FAILED;
}

cli_exit cli_update_refuse_signature(const cli_args *args, const char *label, const postern_signature *signature) {
    bool broken = signature->state == POSTERN_SIGNATURE_MALFORMED || signature->state == POSTERN_SIGNATURE_WRONG;
    if (!broken && (!args->trust || signature->state == POSTERN_SIGNATURE_TRUSTED)) return CLI_CLEAN;
    postern_buf why;
    postern_buf_init(&why, 4096);
    postern_escape_line(&why, signature->reason, 2048);
    cli_message(STDERR_FILENO, label, POSTERN_NO_OFFSET, "refused: its signature is not good: %s%s%.*s",
                postern_signature_name(signature->state), why.len ? ": " : "", POSTERN_ARG(postern_buf_slice(&why)));
    postern_buf_free(&why);
    return CLI_UNUSABLE;
}

/* ---- words ---- */

enum { SHOWN = 300 };

static void named(postern_buf *out, const char *head, postern_slice text) {
    if (!text.len) return;
    postern_buf_printf(out, "%s", head);
    postern_escape_line(out, text, SHOWN);
}

static const char *day_of(int64_t seconds, char text[32]) {
    struct tm tm;
    time_t time = (time_t)seconds;
    text[0] = 0;
    if (gmtime_r(&time, &tm)) strftime(text, 32, "%Y-%m-%d", &tm);
    return text;
}

static void show(const postern_signature *s, postern_buf *out) {
    postern_buf_printf(out, "%s", postern_signature_name(s->state));
    if (s->digest) postern_buf_printf(out, ", %s%s", s->digest, s->weak ? " (weak)" : "");
    named(out, ", by ", s->signer);
    named(out, ", certified by ", s->issuer);
    named(out, ": ", s->reason);
}

void cli_signature_show(const postern_signature *s, postern_buf *out) {
    char day[32];
    postern_buf_printf(out, "  signature ");
    show(s, out);
    postern_buf_add_byte(out, '\n');
    if (!s->countersigned) return;
    postern_buf_printf(out, "            countersigned %s", day_of(s->countersigned_at, day));
    named(out, ", by ", s->countersigner);
    postern_buf_printf(out, "%s\n", s->countersigner_trusted ? "" : " (not trusted)");
}

void cli_catalogues_show(const postern_catalogue *catalogues, size_t count, postern_buf *out) {
    for (size_t i = 0; i < count; i++) {
        postern_buf_printf(out, i ? "            " : "  catalogue ");
        postern_escape_line(out, catalogues[i].path, SHOWN);
        postern_buf_printf(out, ": ");
        show(&catalogues[i].signature, out);
        postern_buf_printf(out, "; names %zu of %zu files\n", catalogues[i].covered, catalogues[i].files);
    }
}

static void json_body(const postern_signature *s, postern_json *json) {
    char day[32];
    cli_key_cstr(json, "state", postern_signature_name(s->state));
    cli_key_text(json, "reason", s->reason);
    cli_key_text(json, "digest", postern_slice_cstr(s->digest));
    postern_json_key(json, "weak");
    postern_json_bool(json, s->weak);
    cli_key_text(json, "signer", s->signer);
    cli_key_text(json, "issuer", s->issuer);
    cli_key_text(json, "countersigned", postern_slice_cstr(s->countersigned ? day_of(s->countersigned_at, day) : ""));
    cli_key_text(json, "countersigner", s->countersigner);
    postern_json_key(json, "countersigner_trusted");
    postern_json_bool(json, s->countersigner_trusted);
}

void cli_signature_json(const postern_signature *s, postern_json *json) {
    postern_json_key(json, "signature");
    postern_json_object(json);
    json_body(s, json);
    postern_json_end_object(json);
}

void cli_catalogues_json(const postern_catalogue *catalogues, size_t count, postern_json *json) {
    postern_json_key(json, "catalogues");
    postern_json_array(json);
    for (size_t i = 0; i < count; i++) {
        postern_json_object(json);
        cli_key_text(json, "path", catalogues[i].path);
        cli_key_uint(json, "covered", catalogues[i].covered);
        cli_key_uint(json, "files", catalogues[i].files);
        json_body(&catalogues[i].signature, json);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}
