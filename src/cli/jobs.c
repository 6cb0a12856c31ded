/*
 * Inputs to jobs. One input runs here; several run in worker processes, so that a file that kills its reader costs that file
 * and nothing else. What workers print is kept in memory files and shown in the order of the inputs, whatever -j says (Z20).
 *
 * A command that only reads (its plan has `prepare`) gives a worker a batch of inputs, since starting one costs more than a
 * small mail. When the worker dies, the first input without a result is the one that it costs; those behind it, and those that
 * it left because its time was up, get another worker, which goes on in the same memory files.
 */
#define _GNU_SOURCE
#include "jobs_int.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static batch *held_batch(const crew *c, size_t i) {
    return &c->ring[(c->oldest + i) % c->room];
}

/* ---- starting ---- */

static crew *volatile interrupted; /* for the handler: whom to stop */

static void on_interrupt(int signal_number) {
    crew *c = interrupted;
    for (size_t i = 0; c && i < c->held; i++) {
        pid_t pid = held_batch(c, i)->pid;
        if (pid > 0) kill(pid, SIGTERM);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static size_t batch_bytes(const batch *b) {
    return (b->last - b->first) * sizeof *b->records;
}

static void batch_close(batch *b) {
    if (b->out_fd >= 0) close(b->out_fd);
    if (b->err_fd >= 0) close(b->err_fd);
    if (b->records) munmap(b->records, batch_bytes(b));
    free(b->ends);
    *b = (batch){.out_fd = -1, .err_fd = -1};
}

/* Where the batch that begins at `first` ends: the last inputs are shared out among all workers, and what can be read only once
 * (a pipe) is never opened ahead of its turn. */
static size_t batch_end(const crew *c, size_t first) {
    size_t left = c->inputs->count - first, most = c->jobs > 1 ? left / (2 * c->jobs) : left, count = 1;
    if (most > c->size) most = c->size;
    if (!c->plan->prepare || c->inputs->at[first].once) return first + 1;
    while (count < most && !c->inputs->at[first + count].once) count++;
    return first + count;
}

static bool batch_open(const crew *c, size_t first, batch *b) {
    *b = (batch){.first = first, .next = first, .last = batch_end(c, first), .out_fd = -1, .err_fd = -1};
    b->out_fd = memfd_create("out", MFD_CLOEXEC);
    b->err_fd = memfd_create("err", MFD_CLOEXEC);
    b->ends = calloc(b->last - first, sizeof *b->ends);
    bool ok = b->out_fd >= 0 && b->err_fd >= 0 && b->ends;
    if (ok && c->plan->prepare) {
        void *page = mmap(NULL, batch_bytes(b), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        ok = page != MAP_FAILED;
        b->records = ok ? page : NULL;
    }
    int error = errno;
    if (!ok) batch_close(b);
    errno = error;
    return ok;
}

/* A batch that nobody works on: one whose worker has gone comes first, then a new one. NULL: none, or none can be made now. */
static batch *batch_to_run(crew *c) {
    for (size_t i = 0; i < c->held; i++) {
        batch *b = held_batch(c, i);
        if (!b->pid && b->next < b->last) return b;
    }
    if (c->started == c->inputs->count || c->held == c->room) return NULL;
    batch *b = held_batch(c, c->held);
    if (!batch_open(c, c->started, b)) return NULL;
    c->held++;
    c->started = b->last;
    return b;
}

/* In the child: what belongs to other batches is closed. */
static void keep_own(const crew *c, const batch *own) {
    for (size_t i = 0; i < c->held; i++) {
        batch *b = held_batch(c, i);
        if (b != own) batch_close(b);
    }
}

static bool launch(crew *c, batch *b) {
    lseek(b->out_fd, 0, SEEK_END);
    lseek(b->err_fd, 0, SEEK_END);
    if (b->records) memset(&b->records[b->next - b->first], 0, (b->last - b->next) * sizeof *b->records);
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) return false;
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(CLI_FAILED);
        keep_own(c, b);
        if (!b->records) _exit(worker_run_one(c, b->first, b->out_fd, b->err_fd));
        worker_run_batch(c, b);
        _exit(CLI_CLEAN);
    }
    b->pid = pid;
    c->running++;
    return true;
}

/* ---- showing ---- */

/* Messages of a worker are its own words about hostile bytes: nothing but plain lines passes, even from one that was taken
 * over. */
static bool show_messages(crew *c, uint8_t *block, size_t len) {
    (void)c;
    for (size_t i = 0; i < len; i++)
        if ((block[i] < 0x20 && block[i] != '\n') || block[i] == 0x7F) block[i] = '?';
    cli_write_all(STDERR_FILENO, block, len);
    return true;
}

static bool show_bytes(crew *c, uint8_t *bytes, size_t len) {
    size_t skip = c->plan->drop_first_byte && !c->wrote && len ? 1 : 0;
    c->wrote |= len != 0;
    return cli_write_all(STDOUT_FILENO, bytes + skip, len - skip);
}

/* A stretch of a memory file. The offset of the file is its worker's: it is left alone. */
static bool show_stretch(crew *c, int fd, uint64_t from, uint64_t to, bool (*show)(crew *c, uint8_t *block, size_t len)) {
    static uint8_t block[64 << 10];
    while (from < to) {
        ssize_t got = pread(fd, block, to - from < sizeof block ? (size_t)(to - from) : sizeof block, (off_t)from);
        if (got <= 0) break;
        if (!show(c, block, (size_t)got)) return false;
        from += (uint64_t)got;
    }
    return true;
}

static void worse(crew *c, cli_exit code) {
    if (code > c->code) c->code = code;
}

/* A death by signal costs this file alone. */
static void show_death(crew *c, const char *label, int signal_number) {
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

static void show_input(crew *c, const batch *b, size_t index) {
    const job_end *end = &b->ends[index - b->first];
    bool died = !WIFEXITED(end->status);
    cli_exit code = !died && WEXITSTATUS(end->status) <= CLI_FAILED ? (cli_exit)WEXITSTATUS(end->status) : CLI_FAILED;
    show_stretch(c, b->err_fd, end->err_from, end->err_to, show_messages);
    if (!died && !show_stretch(c, b->out_fd, end->out_from, end->out_to, show_bytes)) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "cannot write to standard output: %s", strerror(errno));
        worse(c, CLI_FAILED);
    }
    if (c->plan->on_end) c->plan->on_end(code);
    if (died) show_death(c, c->inputs->at[index].path, WTERMSIG(end->status));
    else worse(c, code);
}

static void show_finished(crew *c) {
    while (c->held) {
        batch *b = held_batch(c, 0);
        if (c->shown < b->next) cli_progress_clear();
        for (; c->shown < b->next; c->shown++) show_input(c, b, c->shown);
        if (b->next < b->last) return;
        batch_close(b);
        c->oldest = (c->oldest + 1) % c->room;
        c->held--;
    }
}

/* ---- ending ---- */

static uint64_t size_of(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

static void finish(crew *c, batch *b, job_end end) {
    b->ends[b->next++ - b->first] = end;
    cli_progress_at(++c->finished);
}

/* Its record as an end, when it is one that a worker in its right mind writes. */
static bool end_of(const job_record *record, const job_end *whole, job_end *ret_end) {
    if (record->code < 1 || record->code > CLI_FAILED + 1) return false;
    if (record->out_from > record->out_to || record->out_to > whole->out_to) return false;
    if (record->err_from > record->err_to || record->err_to > whole->err_to) return false;
    *ret_end = (job_end){record->out_from, record->out_to, record->err_from, record->err_to, (record->code - 1) << 8};
    return true;
}

/* Batches grow until one takes as long as a worker may: more after one that was done whole, else what was done of it. */
static void learn_size(crew *c, const batch *b, size_t done) {
    if (b->next < b->last) c->size = done ? done : 1;
    else if (done >= c->size) c->size = c->size * 8 < BATCH_INPUTS ? c->size * 8 : BATCH_INPUTS;
}

/* What became of each input of a batch whose process has ended. */
static void settle(crew *c, batch *b, int status) {
    job_end whole = {.out_to = size_of(b->out_fd), .err_to = size_of(b->err_fd), .status = status}, end;
    size_t before = b->next;
    b->pid = 0;
    c->running--;
    if (!b->records) {
        finish(c, b, whole);
        return;
    }
    while (b->next < b->last && end_of(&b->records[b->next - b->first], &whole, &end)) finish(c, b, end);
    bool orderly = WIFEXITED(status) && !WEXITSTATUS(status);
    if (orderly) learn_size(c, b, b->next - before);
    if (b->next == b->last) return;
    const job_record *record = &b->records[b->next - b->first];
    if (orderly && !record->begun && b->next > before) return; /* its time was up, or it had opened enough */
    whole.out_from = whole.out_to; /* what an unfinished one wrote is no output */
    whole.err_from = record->begun && record->err_from < whole.err_to ? record->err_from : whole.err_to;
    if (orderly) whole.status = CLI_FAILED << 8;
    finish(c, b, whole);
}

static void reap(crew *c) {
    int status;
    pid_t pid;
    do pid = waitpid(-1, &status, 0);
    while (pid < 0 && errno == EINTR);
    for (size_t i = 0; i < c->held; i++) {
        batch *b = held_batch(c, i);
        if (pid > 0 && b->pid == pid) settle(c, b, status);
    }
}

/* ---- all of them ---- */

/* How many batches may be held: each has two descriptors, and finished ones wait for their turn. */
static size_t most_held(const crew *c) {
    enum { OTHERS = 24, EACH = 2, MOST = 512 };
    struct rlimit files;
    size_t room = 2 * c->jobs + 8;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY) {
        size_t most = files.rlim_cur > OTHERS + EACH ? (size_t)(files.rlim_cur - OTHERS) / EACH : 1;
        if (room > most) room = most;
    }
    return room < MOST ? room : MOST;
}

static void run_all(crew *c) {
    while (c->shown < c->inputs->count) {
        batch *b = c->running < c->jobs ? batch_to_run(c) : NULL;
        if (b && launch(c, b)) continue;
        if (!c->running) {
            cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "cannot start a worker: %s", strerror(errno));
            worse(c, CLI_FAILED);
            break;
        }
        reap(c);
        show_finished(c);
    }
}

static cli_exit run_workers(crew *c) {
    c->jobs = c->args->has_jobs ? (size_t)c->args->jobs : 1;
    if (!c->jobs) c->jobs = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    c->room = most_held(c);
    c->size = BATCH_FIRST;
    if (!(c->ring = calloc(c->room, sizeof *c->ring))) return CLI_FAILED;
    interrupted = c;
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    signal(SIGHUP, on_interrupt);
    cli_progress_start(!c->args->quiet, "files", c->inputs->count);
    run_all(c);
    cli_progress_clear();
    interrupted = NULL;
    while (c->held) batch_close(held_batch(c, --c->held));
    free(c->ring);
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
            worse(&c, worker_run_one(&c, 0, STDOUT_FILENO, STDERR_FILENO)), code = c.code;
    }
    cli_inputs_free(&inputs);
    return code;
}
