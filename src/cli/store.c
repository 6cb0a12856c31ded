/* Stores for commands: what is opened before the sandbox, and the store behind it. */
#define _GNU_SOURCE
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CPU_SECONDS_MAX = 3600 };

static bool progress(void *user, const postern_store_progress *p) {
    (void)user;
    if (p->stage == POSTERN_STORE_READ || p->stage == POSTERN_STORE_WORDS) cli_progress_at(p->done);
    return true;
}

/* The store's pages are mapped: they count as address space, not as memory. */
static cli_exit enter(cli_job *job, const cli_store *s) {
#ifndef CLI_WITHOUT_SANDBOX
    int write_dirs[2];
    size_t count = 0;
    if (s->cache_dir >= 0) write_dirs[count++] = s->cache_dir;
    if (job->out_dir >= 0) write_dirs[count++] = job->out_dir;
    struct stat st;
    bool folder = fstat(s->fd, &st) == 0 && S_ISDIR(st.st_mode);
    postern_sandbox rules = {.write_dirs = write_dirs,
                             .write_dir_count = count,
                             .read_dirs = &s->fd,
                             .read_dir_count = folder ? 1 : 0,
                             .max_cpu_seconds = CPU_SECONDS_MAX};
    if (job->args->max_memory) rules.max_memory = POSTERN_LIMIT_INPUT * 2 + (job->args->max_memory << 20);
    postern_error error;
    if (postern_sandbox_enter(&rules, NULL, &error)) {
        cli_message_error(job->err_fd, job->label, &error);
        return CLI_FAILED;
    }
#else
    (void)job;
    (void)s;
#endif
    return CLI_CLEAN;
}

static cli_exit open_files(cli_job *job, cli_store *s) {
    s->fd = open(job->input, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *real = s->fd >= 0 ? realpath(job->input, NULL) : NULL;
    if (!real) {
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "cannot open: %s", strerror(errno));
        return CLI_UNUSABLE;
    }
    if (!job->args->no_cache) s->cache_dir = cli_store_cache_open(real);
    cli_store_cache_name(real, s->cache_name);
    free(real);
    return cli_job_open_output(job);
}

cli_exit cli_store_open(cli_job *job, cli_store *s) {
    *s = (cli_store){.fd = -1, .cache_dir = -1};
    cli_exit code = open_files(job, s);
    if (!code) code = enter(job, s);
    if (code) return code;
    job->tally.verbose_fd = job->args->verbose ? job->err_fd : -1;
    job->tally.file = job->label;
    job->notes = cli_tally_notes(&job->tally);
    struct stat st;
    uint64_t size = fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    job->bytes_in = size;
    cli_progress_start(size && !job->args->quiet, job->label, size);
    const postern_store_options options = {.name = postern_slice_cstr(job->input),
                                           .has_cache = s->cache_dir >= 0,
                                           .cache_dir = s->cache_dir,
                                           .cache_name = s->cache_name,
                                           .notes = &job->notes,
                                           .progress = progress};
    postern_error error;
    postern_status status = postern_store_open(s->fd, &options, &s->store, &error);
    cli_progress_clear();
    if (!status) return CLI_CLEAN;
    s->store = NULL;
    code = cli_job_fail(job, &error);
    return status == POSTERN_IO ? CLI_UNUSABLE : code;
}

cli_exit cli_store_learn(cli_job *job, postern_store *store) {
    postern_error error;
    cli_progress_start(job->bytes_in && !job->args->quiet, job->label, job->bytes_in);
    postern_status status = postern_store_learn(store, &error);
    cli_progress_clear();
    return status ? cli_job_fail(job, &error) : CLI_CLEAN;
}

void cli_store_close(cli_store *s) {
    postern_store_close(s->store);
    if (s->fd >= 0) close(s->fd);
    if (s->cache_dir >= 0) close(s->cache_dir);
}
