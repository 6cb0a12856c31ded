/*
 * The child that reads hives: libhivex behind seccomp and landlock, with limits of memory and time. It holds no descriptor but
 * its two ends of the socket and copies of hives in memory; whatever a hostile hive makes of it, it can only answer wrongly,
 * and answers are checked like any other input. It has no other way out than its death.
 */
#define _GNU_SOURCE
#include "hive_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <hivex.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#define SANITIZED_BY_CLANG (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED_BY_CLANG 0
#endif

typedef struct child {
    int in, out;
    hive_h *hives[WIRE_HIVES];
    postern_buf answer;
} child;

static void leave(void) {
    for (;;) syscall(SYS_exit_group, 0); /* the child of a caller: no handler of the caller's may run here */
}

static void read_all(const child *c, void *bytes, size_t len) {
    for (uint8_t *at = bytes; len;) {
        ssize_t got = read(c->in, at, len);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) leave();
        at += got;
        len -= (size_t)got;
    }
}

static void write_all(const child *c, const void *bytes, size_t len) {
    for (const uint8_t *at = bytes; len;) {
        ssize_t put = write(c->out, at, len);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) leave();
        at += put;
        len -= (size_t)put;
    }
}

static void add_u32(postern_buf *buf, size_t number) {
    uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
    postern_buf_add(buf, bytes, 4);
}

static void send_answer(child *c, postern_status status) {
    size_t len = c->answer.len;
    uint8_t head[WIRE_ANSWER] = {(uint8_t)status, (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16),
                                 (uint8_t)(len >> 24)};
    write_all(c, head, sizeof head);
    write_all(c, c->answer.ptr, len);
}

static void send_failure(child *c, postern_status status, const char *text) {
    postern_buf_clear(&c->answer);
    postern_buf_printf(&c->answer, "%s", text);
    send_answer(c, status);
}

/* A processor-time limit for each request: what is used so far plus the limit. */
static void arm_time(void) {
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) || getrlimit(RLIMIT_CPU, &limit)) return;
    limit.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + POSTERN_LIMIT_HIVE_SECONDS;
    setrlimit(RLIMIT_CPU, &limit);
}

static void open_hive(child *c, uint32_t handle, uint64_t length) {
    char path[40];
    int fd = memfd_create("hive", MFD_CLOEXEC);
    if (handle >= WIRE_HIVES || length > POSTERN_LIMIT_HIVE || fd < 0 || ftruncate(fd, (off_t)length)) leave();
    void *bytes = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) leave();
    read_all(c, bytes, (size_t)length);
    munmap(bytes, (size_t)length);
    if (c->hives[handle]) hivex_close(c->hives[handle]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    hive_h *h = c->hives[handle] = hivex_open(path, 0);
    int sys_errno = errno;
    close(fd);
    hive_node_h root = h ? hivex_root(h) : 0;
    if (h && root && root <= UINT32_MAX) {
        postern_buf_clear(&c->answer);
        add_u32(&c->answer, root);
        send_answer(c, POSTERN_OK);
    } else if (!h && (sys_errno == ENOENT || sys_errno == EACCES)) {
        send_failure(c, POSTERN_IO, "the hive cannot be opened: no /proc");
    } else {
        send_failure(c, sys_errno == ENOMEM ? POSTERN_NOMEM : POSTERN_FORMAT, "the hive is damaged: libhivex cannot read it");
    }
}

/* The changed hive as the answer: it may be larger than the answer of a key. */
static void edit_hive(child *c, uint64_t length) {
    if (length > POSTERN_LIMIT_HIVE + POSTERN_LIMIT_HIVE_ANSWER) leave();
    void *bytes = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) leave();
    read_all(c, bytes, (size_t)length);
    int fd = -1;
    const char *why = hive_edit_run(postern_slice_of(bytes, (size_t)length), &fd);
    munmap(bytes, (size_t)length);
    off_t size = why ? 0 : lseek(fd, 0, SEEK_END);
    void *result = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (result == MAP_FAILED) {
        send_failure(c, POSTERN_FORMAT, why ? why : "the changed hive cannot be read");
    } else {
        uint8_t head[WIRE_ANSWER] = {0, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24)};
        write_all(c, head, sizeof head);
        write_all(c, result, (size_t)size);
        munmap(result, (size_t)size);
    }
    if (fd >= 0) close(fd);
}

static bool add_name(postern_buf *buf, char *name, size_t len) {
    if (!name) return false;
    add_u32(buf, len);
    postern_buf_add(buf, name, len);
    free(name);
    return true;
}

static bool add_value(postern_buf *buf, hive_h *h, hive_value_h value) {
    hive_type type;
    size_t len;
    char *data = hivex_value_value(h, value, &type, &len);
    if (!data) return false;
    add_u32(buf, (uint32_t)type);
    bool ok = add_name(buf, hivex_value_key(h, value), hivex_value_key_len(h, value));
    return add_name(buf, data, len) && ok;
}

static bool add_key(postern_buf *buf, hive_h *h, hive_node_h node, unsigned depth);

static bool add_values(postern_buf *buf, hive_h *h, hive_node_h node) {
    hive_value_h *values = hivex_node_values(h, node);
    size_t count = 0;
    if (!values) return false;
    while (values[count]) count++;
    add_u32(buf, count);
    bool ok = true;
    for (size_t i = 0; ok && i < count && !buf->status; i++) ok = add_value(buf, h, values[i]);
    free(values);
    return ok;
}

/* Whole while there is room for it; what cannot be read stays a name, and fails when it is asked for. */
static bool add_child(postern_buf *buf, hive_h *h, hive_node_h node, unsigned depth) {
    size_t start = buf->len;
    if (node > UINT32_MAX) return false;
    if (depth < WIRE_DEPTH && buf->len < WIRE_BUDGET) {
        postern_buf_add_byte(buf, 1);
        if (add_key(buf, h, node, depth + 1) && !buf->status) return true;
        if (buf->status == POSTERN_OK) buf->len = start;
    }
    postern_buf_add_byte(buf, 0);
    add_u32(buf, node);
    return add_name(buf, hivex_node_name(h, node), hivex_node_name_len(h, node));
}

static bool add_key(postern_buf *buf, hive_h *h, hive_node_h node, unsigned depth) {
    uint64_t time = (uint64_t)hivex_node_timestamp(h, node);
    add_u32(buf, node);
    add_u32(buf, (uint32_t)time);
    add_u32(buf, (uint32_t)(time >> 32));
    if (!add_name(buf, hivex_node_name(h, node), hivex_node_name_len(h, node)) || !add_values(buf, h, node)) return false;
    hive_node_h *children = hivex_node_children(h, node);
    size_t count = 0;
    if (!children) return false;
    while (children[count]) count++;
    add_u32(buf, count);
    bool ok = true;
    for (size_t i = 0; ok && i < count && !buf->status; i++) ok = add_child(buf, h, children[i], depth);
    free(children);
    return ok;
}

static void read_key(child *c, uint32_t handle, uint32_t node) {
    hive_h *h = handle < WIRE_HIVES ? c->hives[handle] : NULL;
    postern_buf_clear(&c->answer);
    bool ok = h && add_key(&c->answer, h, node, 0);
    if (c->answer.status)
        send_failure(c, c->answer.status, "a key with more than the limit of one answer");
    else if (!ok)
        send_failure(c, POSTERN_FORMAT, "the hive is damaged: libhivex cannot read a key");
    else
        send_answer(c, POSTERN_OK);
}

static void serve(child *c) {
    uint8_t head[WIRE_REQUEST];
    read_all(c, head, sizeof head);
    arm_time();
    postern_cursor at = postern_cursor_of(postern_slice_of(head, sizeof head));
    uint8_t operation = postern_cursor_u8(&at);
    uint32_t handle = postern_cursor_le32(&at), node = postern_cursor_le32(&at);
    uint64_t length = postern_cursor_le64(&at);
    if (operation == WIRE_OPEN) {
        open_hive(c, handle, length);
    } else if (operation == WIRE_READ) {
        read_key(c, handle, node);
    } else if (operation == WIRE_EDIT) {
        edit_hive(c, length);
    } else if (operation == WIRE_CLOSE && handle < WIRE_HIVES && c->hives[handle]) {
        hivex_close(c->hives[handle]);
        c->hives[handle] = NULL;
    }
}

/* libhivex converts names; the converter's module has to be loaded while files can still be opened. */
static void warm_up(void) {
    static const char *const pairs[][2] = {
        {"UTF-8", "UTF-16LE"}, {"UTF-16LE", "UTF-8"}, {"UTF-8", "LATIN1"}, {"LATIN1", "UTF-8"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) (void)iconv_open(pairs[i][0], pairs[i][1]);
}

void hive_child_run(int in, int out) {
    child c = {.in = in, .out = out};
    warm_up();
#ifndef POSTERN_WITHOUT_SANDBOX
    postern_sandbox rules = {.max_memory = POSTERN_LIMIT_HIVE_MEMORY};
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || SANITIZED_BY_CLANG
    rules.max_memory = 0; /* a sanitizer's shadow is larger than any ceiling */
#endif
    if (postern_sandbox_enter(&rules, NULL, NULL)) leave();
#endif
    postern_buf_init(&c.answer, POSTERN_LIMIT_HIVE_ANSWER);
    for (;;) serve(&c);
}
