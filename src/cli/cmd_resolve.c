/* postern resolve: what a mhtml: URL opens, or why it opens nothing. */
#define _GNU_SOURCE
#include "cli_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORDS('m', "map", "C:=DIR", maps, "where a drive, or a prefix such as http://host/, is found here"),
    CLI_OPTION_ZONE("the caller's zone: the answer is never above it (default: internet, mail restricted)"),
    CLI_OPTION_WORD('f', "from", "PART", from, "the part of the same container that names the URL"),
    CLI_OPTION_WORD('o', "output", "OUT", out, "write the part, decoded, to OUT; - is standard output"),
    CLI_OPTION_POLICY,
    CLI_OPTION_FLAG(0, "json", json, "the answer as JSON"),
    CLI_OPTION_FLAG('q', "quiet", quiet, "say nothing about the policy's defects"),
    CLI_OPTION_FLAG('h', "help", help, "this help"),
};

typedef struct opened {
    postern_file *file, *stream;
} opened;

typedef struct disk {
    const cli_args *args;
    int out_dir;
} disk;

/* The one name in `dir` that is `wanted` but for ASCII case; an exact one first. 0 none, 1 found, 2 ambiguous. */
static int match_name(int dir, postern_slice wanted, char name[256]) {
    int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), found = 0;
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    if (!list) return 0;
    for (struct dirent *entry; (entry = readdir(list));) {
        postern_slice have = postern_slice_cstr(entry->d_name);
        bool exact = postern_slice_eq(have, wanted);
        if (!exact && !postern_slice_eq_nocase(have, wanted)) continue;
        found = exact ? 1 : found + 1;
        snprintf(name, 256, "%s", entry->d_name);
        if (exact) break;
    }
    closedir(list);
    return found > 2 ? 2 : found;
}

/* Walks `path` (percent-decoded, '/' between names) below `root` without regard to case, never leaving it (T2). */
static postern_status walk(int root, postern_slice path, int *ret_dir, char name[256], postern_error *reterr) {
    int dir = dup(root);
    postern_status status = POSTERN_OK;
    while (!status) {
        while (path.len && path.ptr[0] == '/') path = postern_slice_from(path, 1);
        postern_cut cut = postern_slice_cut(path, '/');
        int found = dir >= 0 ? match_name(dir, cut.head, name) : 0;
        if (found == 0) status = postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no such file");
        if (found == 2)
            status = postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: two names differ in case alone: %s", name);
        if (status || !cut.ok) break;
        int next;
        status = postern_beneath_open(dir, name, O_RDONLY | O_DIRECTORY, 0, &next, reterr);
        close(dir);
        dir = status ? -1 : next;
        path = cut.tail;
    }
    if (status && dir >= 0) close(dir);
    *ret_dir = status ? -1 : dir;
    return status;
}

/* The folder a container lies in, by --map, and the path below it. */
static postern_status place(const disk *d, const postern_url *url, int *ret_root, postern_slice *ret_path,
                            postern_error *reterr) {
    bool file = postern_slice_eq(url->scheme, POSTERN_S("file"));
    postern_slice whole = file ? postern_slice_from(url->path, 1) : url->href;
    for (size_t i = 0; i < d->args->maps.count; i++) {
        postern_cut map = postern_slice_cut(postern_slice_cstr(d->args->maps.word[i]), '=');
        if (!map.ok || map.head.len == 0 || !postern_slice_starts_nocase(whole, map.head)) continue;
        *ret_path = postern_slice_from(whole, map.head.len);
        *ret_root = open((const char *)map.tail.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* argv: NUL behind it */
        if (*ret_root < 0)
            return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "cannot open the folder of --map %s: %s",
                                d->args->maps.word[i], strerror(errno));
        return POSTERN_OK;
    }
    bool drive = whole.len >= 2 && whole.ptr[1] == ':';
    if (!file) return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "Z17: no network; give --map for this container");
    if (drive) return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no --map for this drive");
    *ret_path = url->path;
    *ret_root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *ret_root < 0 ? postern_fail_errno(reterr, errno, "cannot open /") : POSTERN_OK;
}

/* The caller's word for a file's type (Z5): the endings that Windows registers for MIME documents. */
static postern_slice type_of_name(const char *name) {
    static const char *const endings[] = {".mht", ".mhtml", ".eml", ".nws"};
    postern_slice s = postern_slice_cstr(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        postern_slice ending = postern_slice_cstr(endings[i]);
        if (s.len > ending.len && postern_slice_eq_nocase(postern_slice_from(s, s.len - ending.len), ending))
            return POSTERN_S("message/rfc822");
    }
    return POSTERN_S("application/octet-stream");
}

static postern_status open_file(int dir, const char *name, postern_file **ret_file, postern_error *reterr) {
    int fd;
    postern_status status = postern_beneath_open(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd, reterr);
    if (status) return status;
    status = postern_file_read(fd, ret_file, reterr);
    close(fd);
    return status;
}

/* From here on hostile bytes are read: nothing more can be opened but the output's folder. */
static postern_status enter_sandbox(const disk *d, postern_error *reterr) {
#ifndef CLI_WITHOUT_SANDBOX
    postern_sandbox rules = {.write_dirs = &d->out_dir, .write_dir_count = d->out_dir >= 0};
    return postern_sandbox_enter(&rules, NULL, reterr);
#else
    (void)d;
    (void)reterr;
    return POSTERN_OK;
#endif
}

static postern_status disk_open(void *user, const postern_url *url, postern_container *ret, postern_error *reterr) {
    const disk *d = user;
    int root = -1, dir = -1;
    char name[256], stream_name[300];
    postern_slice path, decoded;
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_URL * 2);
    opened *files = calloc(1, sizeof *files);
    postern_status status = arena && files ? place(d, url, &root, &path, reterr) : POSTERN_NOMEM;
    if (!status) {
        status = postern_percent_decode(arena, path, &decoded);
        if (!status) status = walk(root, decoded, &dir, name, reterr);
        close(root);
    }
    if (!status) {
        status = open_file(dir, name, &files->file, reterr);
        snprintf(stream_name, sizeof stream_name, "%s:Zone.Identifier", name);
        if (!status && open_file(dir, stream_name, &files->stream, NULL)) files->stream = NULL;
        close(dir);
    }
    postern_arena_free(arena);
    if (!status) status = enter_sandbox(d, reterr);
    if (status) {
        if (files) postern_file_close(files->file);
        if (files) postern_file_close(files->stream);
        free(files);
        return status;
    }
    *ret = (postern_container){.bytes = postern_file_bytes(files->file),
                               .type = type_of_name(name),
                               .local_proof = postern_slice_eq(url->scheme, POSTERN_S("file")),
                               .has_zone_stream = files->stream != NULL,
                               .zone_stream = files->stream ? postern_file_bytes(files->stream) : (postern_slice){0},
                               .user = files};
    return POSTERN_OK;
}

static void disk_close(void *user, postern_container *container) {
    (void)user;
    opened *files = container->user;
    postern_file_close(files->file);
    postern_file_close(files->stream);
    free(files);
}

static void write_text(const char *url, const postern_resolution *r, postern_buf *text) {
    const postern_part *part = postern_archive_part(r->archive, r->part);
    postern_escape_line(text, postern_slice_cstr(url), 2000);
    postern_buf_printf(text, "\n  part     %u\n  type     ", r->part);
    postern_escape_line(text, r->type, 200);
    postern_buf_printf(text, "\n  location ");
    postern_escape_line(text, part->content_location, 500);
    postern_buf_printf(text, "\n  zone     %s (%d)\n  origin   null\n", postern_zone_name(r->zone), (int)r->zone);
    for (size_t i = 0; i < r->reasons.reason_count; i++) {
        postern_buf_printf(text, i ? "           " : "  because  ");
        cli_reason_text(&r->reasons.reasons[i], text);
        postern_buf_add_byte(text, '\n');
    }
}

static void write_json(const char *url, const postern_resolution *r, const postern_error *error, postern_buf *text) {
    postern_json json;
    postern_json_init(&json, text, true);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    postern_json_key(&json, "url");
    postern_json_cstr(&json, url);
    postern_json_key(&json, "resolved");
    postern_json_bool(&json, r != NULL);
    if (r) {
        postern_json_key(&json, "part");
        postern_json_uint(&json, r->part);
        postern_json_key(&json, "type");
        postern_json_string(&json, r->type);
        postern_json_key(&json, "location");
        postern_json_string(&json, postern_archive_part(r->archive, r->part)->content_location);
        postern_json_key(&json, "zone");
        postern_json_uint(&json, (uint64_t)r->zone);
        postern_json_key(&json, "zone_name");
        postern_json_cstr(&json, postern_zone_name(r->zone));
        postern_json_key(&json, "origin");
        postern_json_cstr(&json, "null");
        cli_reasons_json(r->reasons.reasons, r->reasons.reason_count, &json);
    } else {
        postern_json_key(&json, "status");
        postern_json_cstr(&json, postern_status_name(error->status));
        postern_json_key(&json, "reason");
        postern_json_cstr(&json, error->text);
    }
    postern_json_end_object(&json);
    postern_buf_add_byte(text, '\n');
}

static cli_exit print(const postern_buf *text, int fd) {
    if (!text->status && cli_write_all(fd, text->ptr, text->len)) return CLI_CLEAN;
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "cannot write the answer");
    return CLI_FAILED;
}

static cli_exit write_part(const cli_args *args, const postern_resolution *r, postern_output *out) {
    postern_error error;
    postern_sink sink = postern_output_sink(out);
    postern_status status = postern_part_decode(postern_archive_part(r->archive, r->part), &sink, NULL);
    if (!status || status == POSTERN_IO)
        status = postern_output_commit(out, &error);
    else
        postern_fail(&error, status, POSTERN_NO_OFFSET, "cannot decode the part");
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, args->out, &error);
    return CLI_FAILED;
}

static cli_exit answer(const cli_args *args, const postern_policy *policy, disk *d, postern_output *out) {
    postern_container_io io = {disk_open, disk_close, d};
    postern_resolve_context context = {.has_caller = args->has_zone, .caller = args->zone};
    postern_resolution *r = NULL;
    postern_error error = {.offset = POSTERN_NO_OFFSET};
    postern_buf text;
    uint64_t from = 0;
    if (args->from && !postern_slice_uint(postern_slice_cstr(args->from), UINT32_MAX - 1, &from)) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "resolve: --from wants the number of a part");
        return CLI_USAGE;
    }
    context.has_from = args->from != NULL;
    context.from = (uint32_t)from;
    postern_buf_init(&text, 64 << 20);
    postern_status status = postern_mhtml_resolve(policy, postern_slice_cstr(args->files[0]), &context, &io, &r, &error);
    cli_exit code = CLI_CLEAN;
    bool to_stdout = out && (!args->out || !strcmp(args->out, "-"));
    if (args->json)
        write_json(args->files[0], r, &error, &text);
    else if (!status)
        write_text(args->files[0], r, &text);
    if (status && !args->json) cli_message_error(STDERR_FILENO, args->files[0], &error);
    if (!to_stdout || args->json) code = print(&text, to_stdout ? STDERR_FILENO : STDOUT_FILENO);
    if (!code && !status && out) code = write_part(args, r, out);
    postern_buf_free(&text);
    postern_resolution_free(r);
    return status ? status == POSTERN_DENIED ? CLI_DEFECTS : cli_exit_of(status) : code;
}

/* Each --map has something on both sides of its '='. */
static bool maps_are_good(const cli_args *args) {
    for (size_t i = 0; i < args->maps.count; i++) {
        postern_cut map = postern_slice_cut(postern_slice_cstr(args->maps.word[i]), '=');
        if (map.ok && map.head.len && map.tail.len) continue;
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "resolve: --map wants a drive or prefix, '=' and a folder, not %s",
                    args->maps.word[i]);
        return false;
    }
    return true;
}

static cli_exit run(const cli_args *args) {
    if (!maps_are_good(args)) return CLI_USAGE;
    postern_policy *policy;
    postern_output *out = NULL;
    postern_error error;
    size_t defects;
    disk d = {args, -1};
    cli_exit code = cli_policy_load(args, &policy, &defects);
    if (code) return code;
    postern_status status = POSTERN_OK;
    if (args->out && !strcmp(args->out, "-")) {
        status = postern_output_fd(STDOUT_FILENO, &out, &error);
    } else if (args->out) {
        status = cli_output_open(args->out, &out, &d.out_dir, &error);
    }
    if (status) {
        cli_message_error(STDERR_FILENO, args->out, &error);
        code = CLI_FAILED;
    } else {
        cli_guard_install(args->files[0], STDERR_FILENO);
        code = answer(args, policy, &d, out);
    }
    postern_output_free(out);
    if (d.out_dir >= 0) close(d.out_dir);
    postern_policy_free(policy);
    return code == CLI_CLEAN && defects ? CLI_DEFECTS : code;
}

const cli_command cli_command_resolve = {
    .name = "resolve",
    .operands = "URL",
    .what = "what a mhtml: URL opens, or why it opens nothing",
    .about = "Opens the one container that mhtml:CONTAINER!PART names, and nothing else: a part that is\n"
             "absent is absent. Prints the part, its declared type, its zone and the reasons, or the\n"
             "invariant that refuses. Nothing comes from a network; --map says where containers lie.\n"
             "exit: 1 refused, 3 absent.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = 1,
    .run = run,
};
