/*
 * The steps of one job: open the input and its mark, open the output, enter the sandbox, and only then look at the bytes.
 * Each step prints its own message, with the file and where there is one the offset, and says what to exit with.
 */
#define _GNU_SOURCE
#include "cli_int.h"

#include "postern/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { ZONE_STREAM_MAX = 64 << 10, CPU_SECONDS_MAX = 600 };

cli_exit cli_exit_of(postern_status status) {
    switch (status) {
    case POSTERN_OK: return CLI_CLEAN;
    case POSTERN_FORMAT:
    case POSTERN_UNSUPPORTED:
    case POSTERN_NOTFOUND:
    case POSTERN_LIMIT:
    case POSTERN_DENIED: return CLI_UNUSABLE;
    case POSTERN_USAGE: return CLI_USAGE;
    default: return CLI_FAILED;
    }
}

cli_exit cli_job_fail(cli_job *job, const postern_error *error) {
    cli_message_error(job->err_fd, job->label, error);
    return cli_exit_of(error->status);
}

double cli_job_milliseconds(const cli_job *job) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - job->started.tv_sec) * 1e3 + (double)(now.tv_nsec - job->started.tv_nsec) / 1e6;
}

/* The stream beside the file, or what ntfs-3g and SMB make of it; its length, or -1 when there is none. */
static ssize_t zone_stream_of(const char *input, uint8_t *bytes, size_t room) {
    static const char suffix[] = ":Zone.Identifier";
    char *path;
    if (asprintf(&path, "%s%s", input, suffix) < 0) return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int error = errno;
    free(path);
    ssize_t got = 0;
    if (fd >= 0) {
        got = read(fd, bytes, room);
        close(fd);
    } else if (error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG) {
        /* asked for its size first: nearly always there is none, and the kernel clears as much memory as may be needed */
        bool present = getxattr(input, "user.Zone.Identifier", NULL, 0) >= 0;
        if (!present) return -1;
        got = getxattr(input, "user.Zone.Identifier", bytes, room);
    }
    return got > 0 ? got : 0;
}

/* A mark that is there but cannot be read counts as an empty, so malformed, one: it fails closed (Z10). */
static void read_zone_stream(cli_job *job) {
    static uint8_t bytes[ZONE_STREAM_MAX];
    ssize_t got = zone_stream_of(job->input, bytes, sizeof bytes);
    if (got < 0 || !(job->zone_stream = malloc(got ? (size_t)got : 1))) return;
    memcpy(job->zone_stream, bytes, (size_t)got);
    job->zone_stream_len = (size_t)got;
}

cli_exit cli_job_open_input(cli_job *job) {
    postern_error error;
    bool is_stdin = !strcmp(job->input, "-");
    postern_status status = is_stdin ? postern_file_read(STDIN_FILENO, &job->file, &error)
                                     : postern_file_open(AT_FDCWD, job->input, &job->file, &error);
    if (status) {
        cli_message_error(job->err_fd, job->label, &error);
        return status == POSTERN_NOMEM ? CLI_FAILED : CLI_UNUSABLE; /* also when a system call failed: it is the input's */
    }
    job->bytes_in = postern_file_bytes(job->file).len;
    if (!is_stdin) read_zone_stream(job);
    if (!job->bytes_in) {
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "is empty");
        return CLI_UNUSABLE;
    }
    return CLI_CLEAN;
}

static bool same_file(const char *a, const char *b) {
    struct stat sa, sb;
    return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static cli_exit fail_output(cli_job *job, const char *path, const postern_error *error) {
    cli_message(job->err_fd, path, POSTERN_NO_OFFSET, "%s", error->text);
    return error->status == POSTERN_USAGE ? CLI_USAGE : CLI_FAILED;
}

cli_exit cli_job_open_output(cli_job *job) {
    postern_error error;
    postern_status status;
    if (!job->output) {
        status = postern_output_fd(job->out_fd, &job->out, &error);
        return status ? fail_output(job, "standard output", &error) : CLI_CLEAN;
    }
    if (same_file(job->input, job->output)) {
        cli_message(job->err_fd, job->output, POSTERN_NO_OFFSET, "is the input; give another name for the output");
        return CLI_USAGE;
    }
    status = cli_output_open(job->output, &job->out, &job->out_dir, &error);
    if (status) return fail_output(job, job->output, &error);
    cli_guard_add(job->out);
    return CLI_CLEAN;
}

/* mkdir -p: the folder is the caller's own word, so links in it are followed. */
static bool make_folders(char *path) {
    for (char *slash = path;; *slash = '/') {
        slash = strchr(slash + 1, '/');
        if (!slash) break;
        *slash = 0;
        if (mkdir(path, 0777) && errno != EEXIST) return false;
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

cli_exit cli_job_open_folder(cli_job *job) {
    if (!make_folders(job->folder) || (job->out_dir = open(job->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        cli_message(job->err_fd, job->folder, POSTERN_NO_OFFSET, "cannot make or open the folder: %s", strerror(errno));
        return CLI_FAILED;
    }
    return CLI_CLEAN;
}

cli_exit cli_sandbox(const cli_args *args, const cli_reach *reach, int err_fd, const char *label) {
#ifndef CLI_WITHOUT_SANDBOX
    postern_sandbox rules = {.write_dirs = reach->write_dirs,
                             .write_dir_count = reach->write_dir_count,
                             .read_dirs = reach->read_dirs,
                             .read_dir_count = reach->read_dir_count,
                             .may_service = reach->services,
                             .max_cpu_seconds = CPU_SECONDS_MAX};
    rules.more_memory = args->max_memory << 20;
    postern_error error;
    if (postern_sandbox_enter(&rules, NULL, &error)) {
        cli_message_error(err_fd, label, &error);
        return CLI_FAILED;
    }
#else
    (void)args;
    (void)reach;
    (void)err_fd;
    (void)label;
#endif
    return CLI_CLEAN;
}

cli_exit cli_job_sandbox(cli_job *job, const int *read_dirs, size_t read_dir_count) {
    cli_reach reach = {&job->out_dir, job->out_dir >= 0 ? 1 : 0, read_dirs, read_dir_count, false};
    return cli_sandbox(job->args, &reach, job->err_fd, job->label);
}

static bool has_ending(const char *path, const char *ending) {
    return strlen(path) > strlen(ending) && postern_slice_eq_nocase(postern_slice_cstr(path + strlen(path) - strlen(ending)),
                                                                    postern_slice_cstr(ending));
}

static postern_status open_archive(cli_job *job, postern_error *reterr) {
    job->tally.verbose_fd = job->args->verbose ? job->err_fd : -1;
    job->tally.file = job->label;
    job->notes = cli_tally_notes(&job->tally);
    postern_archive_options options = {
        .notes = &job->notes,
        .has_caller_zone = job->args->has_zone,
        .caller_zone = job->args->zone,
        .zone_stream = postern_slice_of(job->zone_stream, job->zone_stream_len),
        .has_zone_stream = job->zone_stream != NULL,
        .plain = job->args->plain || (job->policy && postern_policy_reads_plain(job->policy)),
        .expect_html = !has_ending(job->input, ".eml"),
    };
    return postern_archive_open(postern_file_bytes(job->file), &options, &job->archive, reterr);
}

static postern_status second_message(void *user, const postern_mailbox_item *item) {
    *(bool *)user = item->number > 1;
    return item->number > 1 ? POSTERN_STATE : POSTERN_OK; /* enough */
}

/* What holds several messages is another command's. */
static void say_store(const cli_job *job, bool opened) {
    postern_slice bytes = postern_file_bytes(job->file);
    postern_mailbox_kind kind = postern_mailbox_kind_of(bytes);
    const char *cut;
    bool several = false;
    if (opened && kind == POSTERN_MAILBOX_MBOX && postern_mailbox_each(bytes, second_message, &several, &cut) && several)
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET,
                    "is a mailbox: its first message stands for all; see postern list, and its --message");
    if (!opened && (kind == POSTERN_MAILBOX_DBX || kind == POSTERN_MAILBOX_PST || kind == POSTERN_MAILBOX_ARCHIVE))
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "if it holds messages: see postern list, and its --message");
}

cli_exit cli_job_open_archive(cli_job *job) {
    postern_error error;
    postern_status status = open_archive(job, &error);
    cli_exit code = status ? cli_job_fail(job, &error) : CLI_CLEAN;
    if (!job->args->quiet) say_store(job, !status);
    return code;
}

void cli_job_try_archive(cli_job *job) {
    if (open_archive(job, NULL)) job->archive = NULL;
}

cli_exit cli_job_commit(cli_job *job) {
    postern_error error;
    cli_progress_clear();
    postern_status status = postern_output_commit(job->out, &error);
    cli_guard_remove(job->out);
    if (!status) return CLI_CLEAN;
    const char *where = job->output ? job->output : job->folder ? job->folder : "standard output";
    cli_message(job->err_fd, where, POSTERN_NO_OFFSET, "%s%s", !job->output && job->folder ? "index.html: " : "", error.text);
    return CLI_FAILED;
}

cli_exit cli_job_print(const cli_job *job, const postern_buf *text) {
    if (!text->status && cli_write_all(job->out_fd, text->ptr, text->len)) return CLI_CLEAN;
    cli_message(job->err_fd, "standard output", POSTERN_NO_OFFSET, "cannot write the output: %s",
                strerror(text->status ? ENOMEM : errno));
    return CLI_FAILED;
}

cli_exit cli_job_written(cli_job *job, postern_status status, const postern_error *error) {
    if (!status) return CLI_CLEAN;
    if (status != POSTERN_IO) return cli_job_fail(job, error);
    cli_job_commit(job); /* the output kept its first failure, and says it now */
    return CLI_FAILED;
}

cli_exit cli_part_named(cli_job *job, const char *name, uint32_t *ret_part) {
    postern_error error;
    postern_status status = postern_archive_part_named(job->archive, postern_slice_cstr(name), ret_part, &error);
    return status ? cli_job_fail(job, &error) : CLI_CLEAN;
}

/* Exit status 1 is never silent: each reason once, with what the note named. */
static size_t say_lost_notes(const cli_job *job) {
    size_t reasons = 0;
    for (unsigned k = 0; k < POSTERN_NOTE_COUNT; k++) {
        postern_note_kind kind = (postern_note_kind)k;
        uint64_t count = job->tally.kind[k].count;
        if (!count || !cli_note_is_loss(kind)) continue;
        reasons++;
        const char *example = job->tally.kind[k].examples ? job->tally.kind[k].example[0] : "";
        if (!job->args->quiet)
            cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "%s%s%s (%" PRIu64 " time%s)", postern_note_text(kind),
                        *example ? ": " : "", example, count, count == 1 ? "" : "s");
    }
    return reasons;
}

cli_exit cli_job_say_loss(const cli_job *job) {
    size_t reasons = say_lost_notes(job);
    uint32_t count = job->archive ? postern_archive_part_count(job->archive) : 0;
    for (uint32_t i = 0; i < count; i++) {
        const postern_part *part = postern_archive_part(job->archive, i);
        bool leaf = !(part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE));
        if (!(part->flags & POSTERN_PART_TRUNCATED)) continue;
        reasons++;
        if (leaf && !job->args->quiet)
            cli_message(job->err_fd, job->label, part->nested ? POSTERN_NO_OFFSET : part->offset,
                        "the file ends inside part %" PRIu32 " (%.*s)", i, POSTERN_ARG(part->type));
    }
    return reasons ? CLI_DEFECTS : CLI_CLEAN;
}
