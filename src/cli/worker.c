/*
 * What a worker does: one input, or a batch of them. The sandbox is entered once for a batch, after the inputs are opened and
 * before the first byte of them is looked at. Limits of time and memory are the process's, so a batch is worked at for a
 * quarter of a second: whoever begins last still has nearly all of both.
 */
#define _GNU_SOURCE
#include "jobs_int.h"

#include <stdlib.h>
#include <unistd.h>

static void job_free(cli_job *job) {
    cli_guard_remove(job->out);
    postern_output_free(job->out);
    postern_archive_free(job->archive);
    postern_file_close(job->file);
    if (job->out_dir >= 0) close(job->out_dir);
    free(job->zone_stream);
    free(job);
}

static cli_job *job_new(const crew *c, size_t index, int out_fd, int err_fd) {
    cli_job *job = calloc(1, sizeof *job);
    if (!job) return NULL;
    const cli_input *input = &c->inputs->at[index];
    job->args = c->args;
    job->input = input->path;
    job->label = strcmp(input->path, "-") ? input->path : "standard input";
    job->output = input->output;
    job->folder = input->folder;
    job->index = index;
    job->count = c->inputs->count;
    job->policy = c->plan->policy;
    job->worker = c->inputs->count > 1;
    job->out_fd = out_fd;
    job->err_fd = err_fd;
    job->out_dir = -1;
    job->tally.verbose_fd = -1;
    clock_gettime(CLOCK_MONOTONIC, &job->started);
    return job;
}

cli_exit worker_run_one(const crew *c, size_t index, int out_fd, int err_fd) {
    cli_job *job = job_new(c, index, out_fd, err_fd);
    if (!job) return CLI_FAILED;
    cli_guard_install(job->label, err_fd);
    cli_exit code = c->one(job);
    job_free(job);
    return code;
}

/* ---- a batch ---- */

/* An input between its opening and its turn. A whole job is too much to hold a thousand times. */
typedef struct opened {
    postern_file *file; /* NULL: its record says all */
    uint8_t *zone_stream;
    size_t zone_stream_len;
} opened;

/* What writing has reached in the two memory files. */
typedef struct reached {
    uint64_t out, err;
} reached;

static reached reached_now(const batch *b) {
    return (reached){(uint64_t)lseek(b->out_fd, 0, SEEK_CUR), (uint64_t)lseek(b->err_fd, 0, SEEK_CUR)};
}

static void begin(job_record *record, reached at) {
    record->out_from = at.out;
    record->err_from = at.err;
    record->begun = 1;
}

static reached end(const batch *b, job_record *record, cli_exit code) {
    reached at = reached_now(b);
    record->out_to = at.out;
    record->err_to = at.err;
    record->code = 1 + (int32_t)code;
    return at;
}

/* Opens inputs until their bytes are enough; how many. One that cannot be opened is finished by that. */
static size_t open_inputs(const crew *c, const batch *b, opened *held) {
    size_t count = 0;
    uint64_t bytes = 0;
    reached at = reached_now(b);
    for (; count < b->last - b->next && bytes < BATCH_BYTES; count++) {
        size_t index = b->next + count;
        job_record *record = &b->records[index - b->first];
        cli_job *job = job_new(c, index, b->out_fd, b->err_fd);
        cli_exit code = CLI_FAILED;
        if (job && c->plan->prepare(job, &code)) {
            held[count] = (opened){job->file, job->zone_stream, job->zone_stream_len};
            bytes += job->bytes_in;
            job->file = NULL;
            job->zone_stream = NULL;
        } else {
            begin(record, at);
            at = end(b, record, code);
        }
        if (job) job_free(job);
    }
    return count;
}

static cli_exit read_opened(const crew *c, const batch *b, size_t index, opened *input) {
    cli_job *job = job_new(c, index, b->out_fd, b->err_fd);
    if (!job) return CLI_FAILED;
    job->file = input->file;
    job->bytes_in = postern_file_bytes(input->file).len;
    job->zone_stream = input->zone_stream;
    job->zone_stream_len = input->zone_stream_len;
    *input = (opened){0};
    cli_guard_name(job->label, b->err_fd);
    cli_exit code = c->one(job);
    job_free(job);
    return code;
}

static bool slice_is_over(const struct timespec *from) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - from->tv_sec) * 1000 + (now.tv_nsec - from->tv_nsec) / 1000000 >= BATCH_SLICE_MS;
}

static cli_exit enter_sandbox(const crew *c, const batch *b) {
    cli_job *job = job_new(c, b->next, b->out_fd, b->err_fd);
    if (!job) return CLI_FAILED;
    cli_exit code = cli_job_sandbox(job, NULL, 0);
    job_free(job);
    return code;
}

void worker_run_batch(const crew *c, const batch *b) {
    opened *held = calloc(b->last - b->next, sizeof *held);
    if (!held) return;
    cli_guard_install(c->inputs->at[b->next].path, b->err_fd);
    size_t count = open_inputs(c, b, held);
    cli_exit sandbox = enter_sandbox(c, b);
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    reached at = reached_now(b);
    for (size_t i = 0; i < count && (i == 0 || !slice_is_over(&from)); i++) {
        if (!held[i].file) continue;
        job_record *record = &b->records[b->next + i - b->first];
        begin(record, at);
        at = end(b, record, sandbox ? sandbox : read_opened(c, b, b->next + i, &held[i]));
    }
    free(held); /* what was opened in vain goes with the process */
}
