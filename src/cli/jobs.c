/*
 * Inputs to jobs. One input runs here; several run in worker processes, so that a file that kills its reader costs that file
 * and nothing else. What workers print is kept in memory files and shown in the order of the inputs, whatever -j says (Z20).
 *
 * A command that only reads (its plan has `prepare`) gives a worker a batch of small inputs, since starting one costs more than
 * a small mail: all are opened, then the sandbox is entered, then each is read. What each came to is written to a page that the
 * worker shares with us; when it dies, the first input without a result is the one that it costs, and those behind it get
 * another worker.
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

enum { BATCH = 64, BATCH_BYTES = 4 << 20, WAITING = 400 };

/* One for each input; what concerns a process stands at the first input of its batch. */
typedef struct worker {
    pid_t pid;    /* 0: not started, or reaped */
    size_t last;  /* behind the last input of the batch */
    int32_t *codes; /* shared: 1 + exit code of each input that is finished */
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

static cli_exit run_job(const crew *c, size_t index, int out_fd, int err_fd) {
    cli_job *job = job_new(c, index, out_fd, err_fd);
    if (!job) return CLI_FAILED;
    cli_guard_install(job->label, err_fd);
    cli_exit code = c->one(job);
    job_free(job);
    return code;
}

/* The inputs from `first` on: opened, then the sandbox, then read one after another. */
static void run_batch(const crew *c, size_t first) {
    const worker *w = &c->workers[first];
    size_t count = w->last - first;
    cli_job *jobs[BATCH] = {NULL};
    bool ready[BATCH] = {false};
    cli_exit codes[BATCH] = {CLI_CLEAN}, sandbox = CLI_CLEAN;
    cli_guard_install(c->inputs->at[first].path, w->err_fd);
    for (size_t i = 0; i < count; i++) {
        codes[i] = CLI_FAILED;
        jobs[i] = job_new(c, first + i, w[i].out_fd, w[i].err_fd);
        if (jobs[i]) ready[i] = c->plan->prepare(jobs[i], &codes[i]);
    }
    if (jobs[0]) sandbox = cli_job_sandbox(jobs[0], NULL, 0);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i] && ready[i]) {
            cli_guard_name(jobs[i]->label, jobs[i]->err_fd);
            clock_gettime(CLOCK_MONOTONIC, &jobs[i]->started);
            codes[i] = sandbox ? sandbox : c->one(jobs[i]);
        }
        w->codes[i] = 1 + (int32_t)codes[i];
        if (jobs[i]) job_free(jobs[i]);
    }
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

/* Where the batch that begins at `first` ends: few bytes, and every worker gets its share. */
static size_t batch_end(const crew *c, size_t first, size_t jobs) {
    uint64_t bytes = 0;
    size_t most = (c->inputs->count - first) / (2 * jobs), end = first;
    if (!c->plan->prepare || most < 2) return first + 1;
    for (struct stat st; end < c->inputs->count && end - first < most && end - first < BATCH; end++) {
        if (stat(c->inputs->at[end].path, &st)) continue; /* its message is its worker's */
        if (!S_ISREG(st.st_mode) || (bytes += (uint64_t)st.st_size) > BATCH_BYTES) break;
    }
    return end > first ? end : first + 1;
}

static bool open_files(worker *w) {
    w->out_fd = memfd_create("out", MFD_CLOEXEC);
    w->err_fd = memfd_create("err", MFD_CLOEXEC);
    return w->out_fd >= 0 && w->err_fd >= 0;
}

/* In the child: what belongs to other batches is closed. */
static void keep_own(const crew *c, size_t first) {
    for (size_t i = c->shown; i < c->started; i++) {
        if (i >= first && i < c->workers[first].last) continue;
        close(c->workers[i].out_fd);
        close(c->workers[i].err_fd);
    }
}

static bool launch(crew *c, size_t first) {
    worker *w = &c->workers[first];
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) return false;
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(CLI_FAILED);
        keep_own(c, first);
        if (!c->plan->prepare) _exit(run_job(c, first, w->out_fd, w->err_fd));
        run_batch(c, first);
        _exit(CLI_CLEAN);
    }
    w->pid = pid;
    c->running++;
    return true;
}

static int32_t *shared_codes(void) {
    void *page = mmap(NULL, BATCH * sizeof(int32_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? NULL : page;
}

static bool start(crew *c, size_t first, size_t end) {
    worker *w = &c->workers[first];
    w->last = end;
    if (c->plan->prepare && !(w->codes = shared_codes())) return false;
    for (size_t i = first; i < end; i++)
        if (!open_files(&c->workers[i])) return false;
    c->started = end;
    return launch(c, first);
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

static void finish(crew *c, size_t index, int status) {
    c->workers[index].status = status;
    c->workers[index].done = true;
    cli_progress_at(++c->finished);
}

/* The batch behind the input that its worker died of starts anew, and with nothing written. */
static void restart(crew *c, size_t first, size_t end) {
    c->workers[first].last = end;
    for (size_t i = first; i < end; i++) {
        worker *w = &c->workers[i];
        if (ftruncate(w->out_fd, 0) || ftruncate(w->err_fd, 0)) continue;
        lseek(w->out_fd, 0, SEEK_SET);
        lseek(w->err_fd, 0, SEEK_SET);
    }
    if ((c->workers[first].codes = shared_codes()) && launch(c, first)) return;
    for (size_t i = first; i < end; i++) finish(c, i, CLI_FAILED << 8);
}

/* What became of each input of a batch whose process has ended. */
static void settle(crew *c, size_t first, int status) {
    worker *w = &c->workers[first];
    int32_t *codes = w->codes;
    size_t i = first;
    w->pid = 0;
    c->running--;
    if (!codes) {
        finish(c, first, status);
        return;
    }
    for (; i < w->last && codes[i - first] > 0 && codes[i - first] <= CLI_FAILED + 1; i++)
        finish(c, i, (codes[i - first] - 1) << 8);
    if (i < w->last) finish(c, i, WIFEXITED(status) && !WEXITSTATUS(status) ? CLI_FAILED << 8 : status);
    if (i + 1 < w->last) restart(c, i + 1, w->last);
    munmap(codes, BATCH * sizeof *codes);
    w->codes = NULL;
}

static void reap(crew *c) {
    int status;
    pid_t pid;
    do pid = waitpid(-1, &status, 0);
    while (pid < 0 && errno == EINTR);
    for (size_t i = c->shown; i < c->started; i++)
        if (pid > 0 && c->workers[i].pid == pid) settle(c, i, status);
}

static cli_exit run_workers(crew *c) {
    size_t jobs = c->args->has_jobs ? (size_t)c->args->jobs : 1;
    if (!jobs) jobs = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    /* how many finished ones may wait for their turn: each holds two descriptors */
    const size_t wanted = (jobs + 1) * (c->plan->prepare ? BATCH : 4) + 16, ahead = wanted < WAITING ? wanted : WAITING;
    if (!(c->workers = calloc(c->inputs->count, sizeof *c->workers))) return CLI_FAILED;
    interrupted = c;
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    signal(SIGHUP, on_interrupt);
    cli_progress_start(!c->args->quiet, "files", c->inputs->count);
    while (c->shown < c->inputs->count) {
        bool room = c->started < c->inputs->count && c->running < jobs && c->started - c->shown < ahead;
        if (room && start(c, c->started, batch_end(c, c->started, jobs))) continue;
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
