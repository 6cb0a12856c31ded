/*
 * jobs_int: what the two sides of a worker share. jobs.c starts workers and shows what they made, in the order of the inputs;
 * worker.c is what a worker does. Between them are two memory files a batch (data, messages) and a page of records.
 */
#ifndef POSTERN_CLI_JOBS_INT_H
#define POSTERN_CLI_JOBS_INT_H

#include "inputs.h"

#include <sys/types.h>

enum {
    BATCH_INPUTS = 4096,   /* of a command that prepares; others have one */
    BATCH_FIRST = 64,      /* the first batch of all: then it is known how long one takes */
    BATCH_BYTES = 4 << 20, /* opened ahead of reading; the input that reaches this is the last one opened */
    BATCH_SLICE_MS = 250,  /* after that a worker begins no further input: what is left gets another one, with new limits */
};

/* What a worker tells of an input. The worker reads hostile bytes, so none of this is believed without a look. */
typedef struct job_record {
    uint64_t out_from, out_to, err_from, err_to; /* its stretch of the two memory files */
    int32_t begun;                               /* its turn came */
    int32_t code;                                /* 1 + exit code, when it is finished */
} job_record;

/* What an input came to, as shown. */
typedef struct job_end {
    uint64_t out_from, out_to, err_from, err_to;
    int status; /* as of waitpid */
} job_end;

/* Inputs that one worker after another works through. */
typedef struct batch {
    pid_t pid;                /* 0: nobody works on it now */
    size_t first, next, last; /* inputs: first and behind the last; those before `next` have an end */
    int out_fd, err_fd;
    job_record *records; /* shared with the worker; NULL: the exit code says it all */
    job_end *ends;
} batch;

typedef struct crew {
    const cli_args *args;
    const cli_plan *plan;
    cli_exit (*one)(cli_job *job);
    const cli_inputs *inputs;
    size_t jobs;
    batch *ring; /* batches begun and not shown whole, oldest first: `held` of them from `oldest` on, around the end */
    size_t room, oldest, held;
    size_t size; /* inputs of the next batch, unless something forbids */
    size_t running, started, shown, finished;
    cli_exit code;
    bool wrote; /* data has reached standard output */
} crew;

/* One input, here and now. */
cli_exit worker_run_one(const crew *c, size_t index, int out_fd, int err_fd);
/* The inputs of a batch from `next` on: as many as may be are opened, then the sandbox, then one after another is read. */
void worker_run_batch(const crew *c, const batch *b);

#endif
