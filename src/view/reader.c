/*
 * A reader: the process that touches hostile bytes for one request. It forgets what the viewer knows, keeps no descriptor but
 * its answer's, enters the sandbox, and then reads. It may die; the request it worked for then gets an error page.
 */
#define _GNU_SOURCE
#include "view_int.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_SECONDS = 60 };

int64_t view_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void default_signals(void) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGXCPU, SIGXFSZ, SIGSEGV, SIGBUS, SIGABRT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
    signal(SIGINT, SIG_IGN); /* Ctrl-C goes to the viewer, which ends its readers */
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none); /* what it read is nobody's business */
}

static bool enter_sandbox(const postern_viewer_options *options) {
    if (options->without_sandbox) return true;
    postern_sandbox rules = {.more_memory = options->max_memory, .max_cpu_seconds = CPU_SECONDS};
    return postern_sandbox_enter(&rules, NULL, NULL) == POSTERN_OK;
}

/* First out of the way of the places they go to. */
static bool keep_only(const int *fds, int count) {
    int moved[4], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < count; i++)
        if ((moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3 + count)) < 0) return false;
    for (int i = 0; i < count; i++)
        if (dup2(moved[i], 3 + i) < 0) return false;
    if (null < 0) return false;
    for (int fd = 0; fd < 3; fd++)
        if (dup2(null, fd) < 0) return false;
    return close_range(3 + (unsigned)count, ~0u, 0) == 0;
}

bool view_process_begin(pid_t viewer, view_session *session, const int *fds, int count) {
    explicit_bzero(session, sizeof *session);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    default_signals();
    return getppid() == viewer && keep_only(fds, count);
}

static int read_and_answer(const view_job *job, pid_t viewer, view_session *session, int answer, int line) {
    const int fds[] = {answer, line};
    view_out out;
    view_asks asks;
    view_job own = *job;
    if (!view_process_begin(viewer, session, fds, line >= 0 ? 2 : 1) || !enter_sandbox(job->options)) return 1;
    view_asks_begin(&asks, 4);
    own.asks = line >= 0 ? &asks : NULL;
    view_out_init(&out, 3);
    view_answer(&own, &out);
    return out.failed ? 1 : 0;
}

postern_status view_reader_start(const view_job *job, view_session *session, int line, view_reader *ret_reader,
                                 postern_error *reterr) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) return postern_fail_errno(reterr, errno, "no pipe for a reader");
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20); /* fewer turns; a refusal is no harm */
    pid_t viewer = getpid(), pid = fork();
    if (pid == 0) _exit(read_and_answer(job, viewer, session, ends[1], line));
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return postern_fail_errno(reterr, errno, "no process for a reader");
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *ret_reader = (view_reader){.pid = pid, .fd = ends[0], .deadline = view_clock() + POSTERN_LIMIT_VIEWER_SECONDS * 1000};
    return POSTERN_OK;
}

void view_reader_end(view_reader *reader) {
    if (reader->fd >= 0) close(reader->fd);
    reader->fd = -1;
    if (reader->pid <= 0) return;
    kill(reader->pid, SIGKILL); /* one that has ended does not mind */
    while (waitpid(reader->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    reader->pid = 0;
}
