/* postern update inspect and extract: a package is read behind the sandbox; nothing of it is ever run (T3). */
#define _GNU_SOURCE
#include "table.h"
#include "update.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static unsigned terminal_width(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

static cli_exit show(cli_job *job, postern_package *package, const postern_anchors *anchors) {
    postern_buf out;
    postern_error error;
    cli_signatures signatures;
    const postern_package_info *info = postern_package_info_of(package);
    cli_exit code = cli_update_signature(job->label, package, anchors, &signatures.own);
    if (!code &&
        postern_package_catalogues(package, anchors, time(NULL), &signatures.catalogues, &signatures.catalogue_count, &error))
        code = cli_job_fail(job, &error);
    if (code) return code;
    postern_buf_init(&out, 1u << 30);
    if (job->args->json)
        cli_package_json(job->label, info, &signatures, &out);
    else
        cli_package_show(job->label, info, &signatures, terminal_width(), &out);
    code = cli_job_print(job, &out);
    postern_buf_free(&out);
    return code;
}

static cli_exit inspect_one(cli_job *job) {
    postern_package *package = NULL;
    postern_error error;
    postern_anchors *anchors = NULL;
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_update_trust(job->args, &anchors);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (!code && postern_package_open(postern_file_bytes(job->file), &package, &error)) code = cli_job_fail(job, &error);
    if (!code) code = show(job, package, anchors);
    postern_package_close(package);
    postern_anchors_free(anchors);
    return code;
}

static cli_exit inspect_folder(const cli_args *args) {
    cli_job job = {.args = args,
                   .input = args->files[0],
                   .label = args->files[0],
                   .count = 1,
                   .out_fd = STDOUT_FILENO,
                   .err_fd = STDERR_FILENO,
                   .out_dir = -1};
    postern_package *package = NULL;
    postern_error error;
    postern_anchors *anchors = NULL;
    int dir = open(job.input, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        cli_message(job.err_fd, job.label, POSTERN_NO_OFFSET, "cannot open the folder: %s", strerror(errno));
        return CLI_UNUSABLE;
    }
    cli_exit code = cli_update_trust(args, &anchors);
    if (!code) code = cli_job_sandbox(&job, &dir, 1);
    if (!code && postern_package_open_folder(dir, &package, &error)) code = cli_job_fail(&job, &error);
    if (!code) code = show(&job, package, anchors);
    postern_package_close(package);
    postern_anchors_free(anchors);
    close(dir);
    return code;
}

cli_exit cli_update_inspect(const cli_args *args) {
    static const cli_plan plan = {0};
    struct stat st;
    bool folder = stat(args->files[0], &st) == 0 && S_ISDIR(st.st_mode);
    return folder ? inspect_folder(args) : cli_jobs_run(args, &plan, inspect_one);
}

/* ---- extract ---- */

/* Makes the folders in front of the last name, each beneath the one before (T2), and opens the last. */
static postern_status open_folders(int root, postern_slice *path, int *ret_dir, postern_error *reterr) {
    int dir = dup(root);
    if (dir < 0) return postern_fail_errno(reterr, errno, "cannot open the folder");
    for (postern_cut cut; (cut = postern_slice_cut(*path, '\\')).ok; *path = cut.tail) {
        char *name = strndup((const char *)cut.head.ptr, cut.head.len);
        bool made = name && (mkdirat(dir, name, 0777) == 0 || errno == EEXIST);
        int below = made ? openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        int sys_errno = errno;
        free(name);
        close(dir);
        if (below < 0) return postern_fail_errno(reterr, sys_errno, "cannot make a folder");
        dir = below;
    }
    *ret_dir = dir;
    return POSTERN_OK;
}

static postern_status put_file(cli_job *job, const postern_package_file *file, postern_error *reterr) {
    postern_slice name = file->path;
    int dir = -1;
    postern_status status = open_folders(job->out_dir, &name, &dir, reterr);
    if (status) return status;
    char *last = strndup((const char *)name.ptr, name.len);
    postern_output *out = NULL;
    status = last ? cli_guarded_open(dir, last, job->args->replace, &out, reterr) : POSTERN_NOMEM;
    if (!status) {
        postern_sink sink = postern_output_sink(out);
        status = postern_sink_write(&sink, file->bytes);
        if (!status || status == POSTERN_IO) status = postern_output_commit(out, reterr);
        cli_guard_remove(out);
        postern_output_free(out);
    }
    free(last);
    close(dir);
    return status;
}

static cli_exit extract_files(cli_job *job, const postern_package_info *info) {
    postern_buf line;
    postern_buf_init(&line, 1 << 16);
    cli_exit code = CLI_CLEAN;
    for (size_t i = 0; i < info->file_count && !code; i++) {
        postern_error error = {0};
        postern_buf_clear(&line);
        postern_escape_line(&line, info->files[i].path, 4096);
        if (put_file(job, &info->files[i], &error)) {
            cli_message(job->err_fd, job->folder, POSTERN_NO_OFFSET, "%.*s: %s", POSTERN_ARG(postern_buf_slice(&line)),
                        error.text);
            code = CLI_FAILED;
        } else if (!job->args->quiet) {
            postern_buf_printf(&line, "  (%s)\n", cli_size(info->files[i].bytes.len));
            code = cli_job_print(job, &line);
        }
    }
    postern_buf_free(&line);
    return code;
}

static cli_exit extract_one(cli_job *job) {
    postern_package *package = NULL;
    postern_error error;
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_open_folder(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (code) return code;
    if (postern_package_open(postern_file_bytes(job->file), &package, &error)) return cli_job_fail(job, &error);
    code = extract_files(job, postern_package_info_of(package));
    postern_package_close(package);
    return code;
}

cli_exit cli_update_extract(const cli_args *args) {
    static const cli_plan plan = {.folder = true};
    struct stat st;
    if (!args->dir) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update extract: -d DIR is missing; see postern help update");
        return CLI_USAGE;
    }
    if (stat(args->files[0], &st) == 0 && S_ISDIR(st.st_mode)) {
        cli_message(STDERR_FILENO, args->files[0], POSTERN_NO_OFFSET, "is a folder: its files are unpacked already");
        return CLI_USAGE;
    }
    return cli_jobs_run(args, &plan, extract_one);
}

/* ---- make ---- */

static cli_exit make_package(cli_job *job, int dir, const char *name) {
    postern_buf package;
    postern_error error;
    postern_buf_init(&package, POSTERN_LIMIT_PACKAGE_BYTES);
    cli_exit code = CLI_CLEAN;
    if (postern_package_make(dir, postern_slice_cstr(name), &package, &error)) code = cli_job_fail(job, &error);
    if (!code) {
        postern_sink sink = postern_output_sink(job->out);
        postern_status status = postern_sink_write(&sink, postern_buf_slice(&package));
        code = cli_job_written(job, status, &error);
    }
    postern_buf_free(&package);
    return code ? code : cli_job_commit(job);
}

static cli_exit make_one(cli_job *job) {
    const char *slash = strrchr(job->input, '/');
    char *folder = slash ? strndup(job->input, (size_t)(slash - job->input) + 1) : strdup(".");
    int dir = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(folder);
    if (dir < 0) {
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "cannot open its folder: %s", strerror(errno));
        return CLI_UNUSABLE;
    }
    cli_exit code = cli_job_open_output(job);
    if (!code) code = cli_job_sandbox(job, &dir, 1);
    if (!code) code = make_package(job, dir, slash ? slash + 1 : job->input);
    close(dir);
    return code;
}

cli_exit cli_update_make(const cli_args *args) {
    static const cli_plan plan = {.ending = ".exe"};
    struct stat st;
    if (!args->out) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update make: -o FILE is missing; see postern help update");
        return CLI_USAGE;
    }
    if (stat(args->files[0], &st) || !S_ISREG(st.st_mode)) {
        cli_message(STDERR_FILENO, args->files[0], POSTERN_NO_OFFSET,
                    "is no manifest: a file with its package's files beside it is needed");
        return CLI_UNUSABLE;
    }
    return cli_jobs_run(args, &plan, make_one);
}
