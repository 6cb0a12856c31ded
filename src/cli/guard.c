/*
 * Signals. Whatever ends the process, no temporary of ours stays behind (T1; only SIGKILL leaves one, and never under the final
 * name), and what a person can understand is said: a file cut short under our mapping is SIGBUS, too much time is SIGXCPU.
 * Handlers call nothing that is not async-signal-safe.
 */
#define _GNU_SOURCE
#include "cli_int.h"

#include <signal.h>
#include <unistd.h>

enum { GUARDED = 8 };

static const postern_output *volatile guarded[GUARDED];
static const char *volatile guarded_file;
static volatile int guarded_fd = STDERR_FILENO;
static char message_file[512]; /* the label, escaped before any signal can come */

void cli_guard_add(const postern_output *output) {
    for (size_t i = 0; i < GUARDED; i++)
        if (guarded[i] == output) return;
    for (size_t i = 0; i < GUARDED; i++)
        if (!guarded[i]) {
            guarded[i] = output;
            return;
        }
}

void cli_guard_remove(const postern_output *output) {
    for (size_t i = 0; i < GUARDED; i++)
        if (guarded[i] == output) guarded[i] = NULL;
}

/* A signal between the temporary and its guard would leave it behind: it waits. */
postern_status cli_guarded_open(int dir, const char *path, bool replace, postern_output **ret_output, postern_error *reterr) {
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t wait, before;
    sigemptyset(&wait);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) sigaddset(&wait, ends[i]);
    sigprocmask(SIG_BLOCK, &wait, &before);
    postern_status status = postern_output_open(dir, path, replace, ret_output, reterr);
    if (!status) cli_guard_add(*ret_output);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}

static void abandon_all(void) {
    for (size_t i = 0; i < GUARDED; i++)
        if (guarded[i]) postern_output_abandon(guarded[i]);
}

static void say(const char *text) {
    const char *pieces[] = {"postern: ", guarded_file ? guarded_file : "", guarded_file ? ": " : "", text, "\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (write(guarded_fd, pieces[i], strlen(pieces[i])) < 0) return;
}

static void on_unusable(int signal_number) {
    abandon_all();
    if (signal_number == SIGBUS) say("the file became shorter while it was read, or the disk failed");
    else say("took more processor time than is allowed; given up");
    _exit(CLI_UNUSABLE);
}

/* The handler was reset (SA_RESETHAND): raising it again ends the process the ordinary way. */
static void on_end(int signal_number) {
    abandon_all();
    raise(signal_number);
}

void cli_guard_name(const char *file, int err_fd) {
    guarded_fd = err_fd;
    postern_buf shown;
    postern_buf_init(&shown, 4096);
    if (file && !postern_escape_line(&shown, postern_slice_cstr(file), sizeof message_file - 16) &&
        shown.len < sizeof message_file) {
        memcpy(message_file, shown.ptr, shown.len);
        message_file[shown.len] = 0;
        guarded_file = message_file;
    }
    postern_buf_free(&shown);
}

void cli_guard_install(const char *file, int err_fd) {
    static uint8_t stack[64 << 10]; /* a stack that overflowed cannot carry the handler */
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    cli_guard_name(file, err_fd);
    static const int unusable[] = {SIGBUS, SIGXCPU};
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGSEGV, SIGABRT, SIGILL, SIGFPE};
    struct sigaction action = {.sa_handler = on_unusable, .sa_flags = SA_ONSTACK | SA_RESETHAND};
    for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++) sigaction(unusable[i], &action, NULL);
    action.sa_handler = on_end;
    action.sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
    struct sigaction old;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(ends[i], &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file size limit is then an ordinary write error */
}
