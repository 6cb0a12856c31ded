/*
 * The warden: a process beside the viewer that holds what readers must not have: the private key of --key, and the way to
 * GnuPG. It is forked before anything hostile is near, reads the key itself, and touches no byte of any message: each
 * question of a reader is given to a child. The child that decrypts S/MIME does it in the sandbox; the one for OpenPGP becomes
 * gpg, which gets bytes and descriptors but no path, no network, no terminal, and a few words of environment.
 *
 * A question: one byte of what, two lengths (four bytes each, little endian), that many bytes. An answer: two lengths, bytes.
 */
#define _GNU_SOURCE
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL = 3, LINES = 32, CPU_SECONDS = 60, KEYS = 4, STATUS_MAX = 1 << 20, HEX_KEY = 40 };

typedef struct holder {
    const postern_viewer_options *options;
    postern_buf key;
    int lines[LINES];
} holder;

/* ---- bytes through a socket --------------------------------------------------------------------------------------- */

static bool put_all(int fd, postern_slice bytes) {
    for (size_t done = 0; done < bytes.len;) {
        ssize_t wrote = write(fd, bytes.ptr + done, bytes.len - done);
        if (wrote > 0) done += (size_t)wrote;
        else if (wrote == 0 || errno != EINTR) return false;
    }
    return true;
}

static bool get_all(int fd, void *bytes, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t got = read(fd, (uint8_t *)bytes + done, len - done);
        if (got > 0) done += (size_t)got;
        else if (got == 0 || errno != EINTR) return false;
    }
    return true;
}

static void put_length(uint8_t out[4], size_t len) {
    for (unsigned i = 0; i < 4; i++) out[i] = (uint8_t)(len >> (8 * i));
}

static size_t length_at(const uint8_t *in) {
    return (size_t)in[0] | (size_t)in[1] << 8 | (size_t)in[2] << 16 | (size_t)in[3] << 24;
}

/* Two runs of bytes behind their lengths. */
static bool get_two(int fd, const uint8_t lengths[8], postern_buf *a, postern_buf *b) {
    size_t first = length_at(lengths), second = length_at(lengths + 4);
    if (first > POSTERN_LIMIT_VIEWER_OPENED || second > POSTERN_LIMIT_VIEWER_OPENED) return false;
    if (postern_buf_reserve(a, first) || postern_buf_reserve(b, second)) return false;
    if (!get_all(fd, a->ptr, first) || !get_all(fd, b->ptr, second)) return false;
    a->len = first;
    b->len = second;
    return true;
}

static bool put_two(int fd, postern_slice a, postern_slice b) {
    uint8_t lengths[8];
    put_length(lengths, a.len);
    put_length(lengths + 4, b.len);
    return put_all(fd, postern_slice_of(lengths, sizeof lengths)) && put_all(fd, a) && put_all(fd, b);
}

postern_status view_warden_ask(int line, view_question what, postern_slice a, postern_slice b, postern_buf *ret_a,
                               postern_buf *ret_b) {
    uint8_t head[1] = {(uint8_t)what}, lengths[8];
    postern_buf_init(ret_a, POSTERN_LIMIT_VIEWER_OPENED);
    postern_buf_init(ret_b, POSTERN_LIMIT_VIEWER_OPENED);
    if (line < 0) return POSTERN_NOTFOUND;
    if (a.len > POSTERN_LIMIT_VIEWER_OPENED || b.len > POSTERN_LIMIT_VIEWER_OPENED) return POSTERN_LIMIT;
    if (!put_all(line, postern_slice_of(head, 1)) || !put_two(line, a, b) || !get_all(line, lengths, sizeof lengths))
        return POSTERN_IO;
    if (!get_two(line, lengths, ret_a, ret_b))
        return ret_a->status ? ret_a->status : ret_b->status ? ret_b->status : POSTERN_IO;
    return POSTERN_OK;
}

/* ---- gpg ---------------------------------------------------------------------------------------------------------- */

static int memory_of(const char *name, postern_slice bytes) {
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd >= 0 && (!put_all(fd, bytes) || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void take(int fd, postern_buf *out, size_t max) {
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || lseek(fd, 0, SEEK_SET) != 0) return;
    size_t len = (size_t)st.st_size < max ? (size_t)st.st_size : max;
    if (!postern_buf_reserve(out, len) && get_all(fd, out->ptr + out->len, len)) out->len += len;
}

/* Descriptors 0 to 4: input, output, nothing, status, what is signed. */
static _Noreturn void become(const postern_viewer_options *options, char *const *words, const int fds[5]) {
    int moved[5];
    struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS};
    setrlimit(RLIMIT_CPU, &cpu);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < 5; i++)
        if ((moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 16)) < 0) _exit(126);
    for (int i = 0; i < 5; i++)
        if (dup2(moved[i], i) < 0) _exit(126);
    close_range(5, ~0u, 0);
    execve(options->gpg, words, options->gpg_environment);
    _exit(127);
}

/* Until it ends, the reader is gone, or time is up. */
static void wait_for(pid_t pid, int line) {
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd fds[2] = {{.fd = process, .events = POLLIN}, {.fd = line, .events = POLLRDHUP}};
    if (process < 0 || poll(fds, 2, (int)POSTERN_LIMIT_VIEWER_GPG_SECONDS * 1000) <= 0 || !(fds[0].revents & POLLIN))
        kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    if (process >= 0) close(process);
}

static void run_gpg(const holder *w, int line, const char *const *more, int in, int out, int status, int content) {
    static const char *const always[] = {"gpg", "--batch", "--no-tty", "--no-greeting", "--status-fd", "3",
                                         "--enable-special-filenames", "--no-auto-key-retrieve", "--no-auto-key-import",
                                         "--disable-dirmngr", "--max-output", "268435456"};
    char *words[24];
    size_t count = 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) words[count++] = strdup(always[i]);
    for (size_t i = 0; more[i] && count < 23; i++) words[count++] = strdup(more[i]);
    words[count] = NULL;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int fds[5] = {in >= 0 ? in : null, out >= 0 ? out : null, null, status >= 0 ? status : null,
                        content >= 0 ? content : null};
    pid_t pid = null < 0 ? -1 : fork();
    if (pid == 0) become(w->options, words, fds);
    if (pid > 0) wait_for(pid, line);
    if (null >= 0) close(null);
    for (size_t i = 0; i < count; i++) free(words[i]);
}

/* Behind what gpg said, the keys it named, with how far each of their addresses is trusted. */
static void add_keys(const holder *w, int line, postern_buf *said) {
    postern_slice text = postern_buf_slice(said);
    size_t at = 0;
    char key[HEX_KEY + 1];
    for (unsigned i = 0; i < KEYS; i++) {
        at = postern_slice_find(text, at, POSTERN_S("[GNUPG:] VALIDSIG "));
        if (at == SIZE_MAX || said->len > STATUS_MAX) return;
        at += 18;
        postern_slice name = postern_slice_sub(text, at, HEX_KEY);
        for (size_t k = 0; k < name.len; k++)
            if (postern_hex_value(name.ptr[k]) < 0) return;
        if (name.len != HEX_KEY) return;
        memcpy(key, name.ptr, HEX_KEY);
        key[HEX_KEY] = 0;
        const char *const words[] = {"--with-colons", "--fixed-list-mode", "--list-keys", "--", key, NULL};
        int out = memory_of("keys", POSTERN_S(""));
        run_gpg(w, line, words, -1, out, -1, -1);
        take(out, said, STATUS_MAX);
        if (out >= 0) close(out);
        text = postern_buf_slice(said);
    }
}

static bool ask_gpg(const holder *w, int line, bool verify, const postern_buf *a, const postern_buf *b) {
    static const char *const verifying[] = {"--verify", "--", "-", "-&4", NULL}, *const opening[] = {"--decrypt", NULL};
    postern_buf said, plain;
    int in = memory_of("message", postern_buf_slice(a)), content = memory_of("content", postern_buf_slice(b));
    int status = memory_of("status", POSTERN_S("")), out = memory_of("plain", POSTERN_S(""));
    postern_buf_init(&said, 8 * STATUS_MAX);
    postern_buf_init(&plain, POSTERN_LIMIT_VIEWER_OPENED);
    if (in >= 0 && content >= 0 && status >= 0 && out >= 0 && w->options->gpg)
        run_gpg(w, line, verify ? verifying : opening, in, out, status, content);
    take(status, &said, STATUS_MAX);
    if (!verify) take(out, &plain, POSTERN_LIMIT_VIEWER_OPENED);
    if (said.len) add_keys(w, line, &said);
    bool told = put_two(line, postern_buf_slice(&said), postern_buf_slice(&plain));
    postern_buf_free(&said);
    postern_buf_free(&plain);
    const int fds[] = {in, content, status, out};
    for (size_t i = 0; i < 4; i++)
        if (fds[i] >= 0) close(fds[i]);
    return told;
}

/* ---- the key of --key --------------------------------------------------------------------------------------------- */

static bool decrypt(const holder *w, int line, const postern_buf *cms) {
    postern_slice content = {0};
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    bool found = arena && w->key.len &&
                 view_cms_decrypt(arena, postern_buf_slice(cms), postern_buf_slice(&w->key), &content) == POSTERN_OK;
    bool told = put_two(line, found ? POSTERN_S("opened") : POSTERN_S(""), content);
    postern_arena_free(arena);
    return told;
}

static bool enter_sandbox(const postern_viewer_options *options) {
    const postern_sandbox rules = {.more_memory = options->max_memory, .max_cpu_seconds = CPU_SECONDS};
    return options->without_sandbox || postern_sandbox_enter(&rules, NULL, NULL) == POSTERN_OK;
}

/* Questions of one reader, until it hangs up; a child that opened S/MIME stays in the sandbox, and opens only that. */
static void serve(holder *w, int line) {
    bool boxed = false, more = true;
    uint8_t head[9];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGCHLD, SIG_DFL);
    for (int i = 0; i < LINES; i++)
        if (w->lines[i] >= 0 && w->lines[i] != line) close(w->lines[i]);
    close(CONTROL);
    while (more && get_all(line, head, sizeof head)) {
        postern_buf a, b;
        postern_buf_init(&a, POSTERN_LIMIT_VIEWER_OPENED);
        postern_buf_init(&b, POSTERN_LIMIT_VIEWER_OPENED);
        more = get_two(line, head + 1, &a, &b);
        if (more && head[0] == VIEW_ASK_CMS) {
            more = boxed = boxed || enter_sandbox(w->options);
            if (more) more = decrypt(w, line, &a);
        } else if (more && boxed)
            more = put_two(line, POSTERN_S(""), POSTERN_S(""));
        else if (more)
            more = ask_gpg(w, line, head[0] == VIEW_ASK_VERIFY, &a, &b);
        postern_buf_free(&a);
        postern_buf_free(&b);
    }
}

/* ---- the process -------------------------------------------------------------------------------------------------- */

static int take_line(void) {
    char byte;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int fd = -1;
    ssize_t got = recvmsg(CONTROL, &message, MSG_CMSG_CLOEXEC);
    if (got <= 0) return got < 0 && errno == EINTR ? -1 : -2;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof fd)) memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return fd;
}

static void keep_line(holder *w, int fd) {
    for (int i = 0; i < LINES; i++)
        if (w->lines[i] < 0) {
            w->lines[i] = fd;
            return;
        }
    close(fd);
}

static void tend(holder *w, int i, short events) {
    pid_t pid = events & POLLIN ? fork() : -1;
    if (pid == 0) {
        serve(w, w->lines[i]);
        _exit(0);
    }
    close(w->lines[i]); /* its child has it, or it was hung up */
    w->lines[i] = -1;
}

static void keep(holder *w) {
    for (;;) {
        struct pollfd fds[LINES + 1] = {{.fd = CONTROL, .events = POLLIN}};
        for (int i = 0; i < LINES; i++) fds[i + 1] = (struct pollfd){.fd = w->lines[i], .events = POLLIN};
        if (poll(fds, LINES + 1, -1) < 0 && errno != EINTR) return;
        for (int i = 0; i < LINES; i++)
            if (w->lines[i] >= 0 && fds[i + 1].revents) tend(w, i, fds[i + 1].revents);
        int fd = fds[0].revents ? take_line() : -1;
        if (fd == -2) return;
        if (fd >= 0) keep_line(w, fd);
    }
}

static int be_warden(const postern_viewer_options *options, pid_t viewer, view_session *session, int control) {
    holder w = {.options = options};
    uint8_t ready = POSTERN_OK;
    prctl(PR_SET_NAME, "postern-keys");
    prctl(PR_SET_DUMPABLE, 0); /* nobody of the same user reads the key out of it */
    postern_buf_init(&w.key, POSTERN_LIMIT_VIEWER_TRUST);
    for (int i = 0; i < LINES; i++) w.lines[i] = -1;
    if (options->load_key) ready = (uint8_t)options->load_key(options->user, &w.key);
    if (!view_process_begin(viewer, session, &control, 1)) return 1;
    signal(SIGCHLD, SIG_IGN);
    if (!put_all(CONTROL, postern_slice_of(&ready, 1)) || ready) return 1;
    keep(&w);
    if (w.key.ptr) explicit_bzero(w.key.ptr, w.key.room);
    return 0;
}

postern_status view_warden_start(const postern_viewer_options *options, view_session *session, view_warden *ret_warden,
                                 postern_error *reterr) {
    int ends[2];
    uint8_t ready = POSTERN_IO;
    *ret_warden = (view_warden){.fd = -1};
    if (!options->load_key && !options->gpg) return POSTERN_OK;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return postern_fail_errno(reterr, errno, "no socket for the keeper of keys");
    pid_t viewer = getpid(), pid = fork();
    if (pid == 0) _exit(be_warden(options, viewer, session, ends[1]));
    close(ends[1]);
    *ret_warden = (view_warden){.pid = pid, .fd = ends[0]};
    if (pid > 0 && get_all(ends[0], &ready, 1) && ready == POSTERN_OK) return POSTERN_OK;
    view_warden_end(ret_warden);
    return postern_fail(reterr, ready, POSTERN_NO_OFFSET, "%s", ""); /* load_key has said why */
}

int view_warden_line(const view_warden *warden) {
    int ends[2], fd = -1;
    char byte = 'L';
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.room = {0}};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (warden->fd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return -1;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &ends[1], sizeof(int));
    if (sendmsg(warden->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == 1) fd = ends[0];
    else close(ends[0]);
    close(ends[1]);
    return fd;
}

void view_warden_end(view_warden *warden) {
    if (warden->fd >= 0) close(warden->fd);
    warden->fd = -1;
    if (warden->pid <= 0) return;
    kill(warden->pid, SIGKILL);
    while (waitpid(warden->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    warden->pid = 0;
}
