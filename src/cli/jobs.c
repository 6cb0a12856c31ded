/*
 * Inputs to jobs. One input runs here; several run in worker processes, so that a file that kills its reader costs that file
 * and nothing else. What workers print is kept in memory files and shown in the order of the inputs, whatever -j says (Z20).
 */
#define _GNU_SOURCE
#include "cli_int.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inputs.h"

typedef struct worker {
    pid_t pid; /* 0: not started, or reaped */
    int out_fd, err_fd;
    bool done;
    int status;
} worker;

typedef struct crew {
    const cli_args *args;
    const cli_plan *plan;
    cli_exit (*one)(cli_job *job);
    const cli_inputs *inputs;
    worker *workers; /* one for each input */
    size_t running, started, shown, finished;
    cli_exit code;
    bool wrote; /* data has reached standard output */
} crew;

static void job_free(cli_job *job) {
    cli_guard_remove(job->out);
    postern_output_free(job->out);
    postern_archive_free(job->archive);
    postern_file_close(job->file);
    if (job->out_dir >= 0) close(job->out_dir);
    free(job->zone_stream);
    free(job);
}

static cli_exit run_job(const crew *c, size_t index, int out_fd, int err_fd) {
    cli_job *job = calloc(1, sizeof *job);
    if (!job) return CLI_FAILED;
    const cli_input *input = &c->inputs->at[index];
    job->args = c->args;
    job->input = input->path;
    job->label = strcmp(input->path, "-") ? input->path : "standard input";
    job->output = input->output;
    job->folder = input->folder;
    job->count = c->inputs->count;
    job->policy = c->plan->policy;
    job->worker = c->inputs->count > 1;
    job->out_fd = out_fd;
    job->err_fd = err_fd;
    job->out_dir = -1;
    job->tally.verbose_fd = -1;
    clock_gettime(CLOCK_MONOTONIC, &job->started);
    cli_guard_install(job->label, err_fd);
    cli_exit code = c->one(job);
    job_free(job);
    return code;
}

/* ---- workers ---- */

static crew *volatile interrupted; /* for the handler: whom to stop */

static void on_interrupt(int signal_number) {
    crew *c = interrupted;
    for (size_t i = 0; c && i < c->started; i++)
        if (c->workers[i].pid > 0) kill(c->workers[i].pid, SIGTERM);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static bool start(crew *c, size_t index) {
    worker *w = &c->workers[index];
    w->out_fd = memfd_create("out", MFD_CLOEXEC);
    w->err_fd = memfd_create("err", MFD_CLOEXEC);
    if (w->out_fd < 0 || w->err_fd < 0) return false;
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) return false;
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(CLI_FAILED);
        _exit(run_job(c, index, w->out_fd, w->err_fd));
    }
    w->pid = pid;
    c->started++;
    c->running++;
    return true;
}

/* Messages of a worker are its own words about hostile bytes: nothing but plain lines passes, even from one that was taken
 * over. */
static void show_messages(int fd) {
    uint8_t block[8192];
    lseek(fd, 0, SEEK_SET);
    for (ssize_t got; (got = read(fd, block, sizeof block)) > 0;) {
        for (ssize_t i = 0; i < got; i++)
            if ((block[i] < 0x20 && block[i] != '\n') || block[i] == 0x7F) block[i] = '?';
        cli_write_all(STDERR_FILENO, block, (size_t)got);
    }
}

static bool show_bytes(crew *c, const void *bytes, size_t len) {
    size_t skip = c->plan->drop_first_byte && !c->wrote && len ? 1 : 0;
    c->wrote |= len != 0;
    return cli_write_all(STDOUT_FILENO, (const uint8_t *)bytes + skip, len - skip);
}

static bool show_data(crew *c, int fd) {
    static uint8_t block[64 << 10];
    lseek(fd, 0, SEEK_SET);
    for (ssize_t got; (got = read(fd, block, sizeof block)) > 0;)
        if (!show_bytes(c, block, (size_t)got)) return false;
    return true;
}

static void worse(crew *c, cli_exit code) {
    if (code > c->code) c->code = code;
}

/* A death by signal costs this file alone. */
static void show_end(crew *c, size_t index) {
    worker *w = &c->workers[index];
    const char *label = c->inputs->at[index].path;
    bool whole = WIFEXITED(w->status) && WEXITSTATUS(w->status) <= CLI_FAILED;
    if (c->plan->on_end) c->plan->on_end(whole ? (cli_exit)WEXITSTATUS(w->status) : CLI_FAILED);
    if (WIFEXITED(w->status)) {
        worse(c, WEXITSTATUS(w->status) <= CLI_FAILED ? (cli_exit)WEXITSTATUS(w->status) : CLI_FAILED);
        return;
    }
    int signal_number = WTERMSIG(w->status);
    const char *name = sigdescr_np(signal_number);
    cli_message(STDERR_FILENO, label, POSTERN_NO_OFFSET, "its worker died (%s%s); nothing was written for this file",
                name ? name : "unknown signal", signal_number == SIGSYS ? ": stopped by the sandbox" : "");
    worse(c, CLI_FAILED);
    if (!c->plan->on_death) return;
    postern_buf told;
    postern_buf_init(&told, 1 << 20);
    c->plan->on_death(c->args, label, &told);
    show_bytes(c, told.ptr, told.len);
    postern_buf_free(&told);
}

static void show_finished(crew *c) {
    while (c->shown < c->started && c->workers[c->shown].done) {
        worker *w = &c->workers[c->shown];
        cli_progress_clear();
        show_messages(w->err_fd);
        if (WIFEXITED(w->status) && !show_data(c, w->out_fd)) {
            cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "cannot write to standard output: %s", strerror(errno));
            worse(c, CLI_FAILED);
        }
        show_end(c, c->shown);
        close(w->out_fd);
        close(w->err_fd);
        c->shown++;
    }
}

static void reap(crew *c) {
    int status;
    pid_t pid;
    do pid = waitpid(-1, &status, 0);
    while (pid < 0 && errno == EINTR);
    for (size_t i = c->shown; i < c->started; i++)
        if (pid > 0 && c->workers[i].pid == pid) {
            c->workers[i].pid = 0;
            c->workers[i].status = status;
            c->workers[i].done = true;
            c->running--;
            cli_progress_at(++c->finished);
        }
}

static cli_exit run_workers(crew *c) {
    size_t jobs = c->args->has_jobs ? (size_t)c->args->jobs : 1;
    if (!jobs) jobs = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    const size_t ahead = jobs * 4 + 16; /* how many finished ones may wait for their turn: each holds two descriptors */
    if (!(c->workers = calloc(c->inputs->count, sizeof *c->workers))) return CLI_FAILED;
    interrupted = c;
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    signal(SIGHUP, on_interrupt);
    cli_progress_start(!c->args->quiet, "files", c->inputs->count);
    while (c->shown < c->inputs->count) {
        bool room = c->started < c->inputs->count && c->running < jobs && c->started - c->shown < ahead;
        if (room && start(c, c->started)) continue;
        if (room && !c->running) {
            cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "cannot start a worker: %s", strerror(errno));
            worse(c, CLI_FAILED);
            break;
        }
        reap(c);
        show_finished(c);
    }
    cli_progress_clear();
    interrupted = NULL;
    free(c->workers);
    return c->code;
}

cli_exit cli_jobs_run(const cli_args *args, const cli_plan *plan, cli_exit (*one)(cli_job *job)) {
    cli_inputs inputs = {.all_files = plan->all_files, .roots = plan->roots};
    cli_exit code = cli_inputs_expand(args, &inputs);
    if (code != CLI_USAGE && code != CLI_FAILED && inputs.count) {
        cli_exit planned = cli_inputs_plan(args, plan, &inputs);
        crew c = {.args = args, .plan = plan, .one = one, .inputs = &inputs, .code = code};
        if (planned)
            code = planned;
        else if (inputs.count > 1 || plan->always_worker)
            code = run_workers(&c);
        else
            worse(&c, run_job(&c, 0, STDOUT_FILENO, STDERR_FILENO)), code = c.code;
    }
    cli_inputs_free(&inputs);
    return code;
}
