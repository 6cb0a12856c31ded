/*
 * Our end of the pipe to the child that reads hives, and hives as parts of the registry. Every answer is read as hostile:
 * lengths through a cursor, depth and count against limits, a key that would be its own ancestor refused.
 */
#define _GNU_SOURCE
#include "hive_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct postern_hive_reader {
    int fd;
    bool dead;
    bool used[WIRE_HIVES];
};

/* ---- the child ---------------------------------------------------------------------------------------------------- */

/* In the first child: only the socket stays open; the second one is nobody's child, so that nobody has to wait for it. */
static void start_child(int fd) {
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(fd, 3) < 0) raise(SIGKILL);
    for (int i = 0; i < 3; i++) dup2(null, i);
    if (close_range(4, ~0u, 0)) raise(SIGKILL);
    for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL);
    pid_t pid = fork();
    if (pid == 0) hive_child_run(3, 3);
    raise(SIGKILL);
}

postern_status postern_hive_reader_start(postern_hive_reader **ret_reader, postern_error *reterr) {
    int ends[2];
    postern_hive_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        free(reader);
        return postern_fail_errno(reterr, errno, "cannot start the hive reader");
    }
    pid_t pid = fork();
    if (pid == 0) start_child(ends[1]);
    int sys_errno = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        free(reader);
        return postern_fail_errno(reterr, sys_errno, "cannot start the hive reader");
    }
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
    reader->fd = ends[0];
    *ret_reader = reader;
    return POSTERN_OK;
}

void postern_hive_reader_stop(postern_hive_reader *reader) {
    if (!reader) return;
    close(reader->fd); /* the child's read ends, and so does it */
    free(reader);
}

static postern_status died(postern_hive_reader *reader, postern_error *reterr) {
    reader->dead = true;
    return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET,
                        "the hive reader ended: a damaged hive, or more than %u seconds or %llu bytes of memory",
                        POSTERN_LIMIT_HIVE_SECONDS, (unsigned long long)POSTERN_LIMIT_HIVE_MEMORY);
}

static bool wait_for(int fd, short events) {
    struct pollfd p = {.fd = fd, .events = events};
    int ready;
    do ready = poll(&p, 1, (int)POSTERN_LIMIT_HIVE_SECONDS * 1000);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

static bool put(int fd, postern_slice bytes) {
    while (bytes.len) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            bytes = postern_slice_from(bytes, (size_t)sent);
        else if (sent < 0 && errno == EINTR)
            continue;
        else if (sent >= 0 || errno != EAGAIN || !wait_for(fd, POLLOUT))
            return false;
    }
    return true;
}

static bool get(int fd, void *bytes, size_t len) {
    for (uint8_t *at = bytes; len;) {
        if (!wait_for(fd, POLLIN)) return false;
        ssize_t got = read(fd, at, len);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        len -= (size_t)got;
    }
    return true;
}

/* What there is no memory for has to leave the pipe all the same. */
static void drain(postern_hive_reader *reader, size_t len) {
    uint8_t bytes[4096];
    for (size_t part; len && !reader->dead; len -= part) {
        part = len < sizeof bytes ? len : sizeof bytes;
        reader->dead = !get(reader->fd, bytes, part);
    }
}

/* One request and, but for CLOSE, its answer. */
static postern_status ask(postern_hive_reader *reader, enum wire_operation operation, uint32_t handle, uint32_t node,
                          postern_slice body, postern_buf *answer, postern_error *reterr) {
    uint8_t head[WIRE_REQUEST] = {(uint8_t)operation}, reply[WIRE_ANSWER];
    if (reader->dead) return died(reader, reterr);
    for (int i = 0; i < 4; i++) {
        head[1 + i] = (uint8_t)(handle >> (8 * i));
        head[5 + i] = (uint8_t)(node >> (8 * i));
        head[9 + i] = (uint8_t)(body.len >> (8 * i));
    }
    if (!put(reader->fd, postern_slice_of(head, sizeof head)) || !put(reader->fd, body)) return died(reader, reterr);
    if (operation == WIRE_CLOSE) return POSTERN_OK;
    if (!get(reader->fd, reply, sizeof reply)) return died(reader, reterr);
    postern_cursor c = postern_cursor_of(postern_slice_of(reply, sizeof reply));
    uint8_t status = postern_cursor_u8(&c);
    uint32_t len = postern_cursor_le32(&c);
    if (len > (operation == WIRE_EDIT ? POSTERN_LIMIT_HIVE : POSTERN_LIMIT_HIVE_ANSWER) || status > POSTERN_USAGE)
        return died(reader, reterr);
    if (postern_buf_reserve(answer, len)) {
        drain(reader, len);
        return postern_fail(reterr, answer->status, POSTERN_NO_OFFSET, "no memory");
    }
    if (!get(reader->fd, answer->ptr, len)) return died(reader, reterr);
    answer->len = len;
    if (!status) return POSTERN_OK;
    return postern_fail(reterr, (postern_status)status, POSTERN_NO_OFFSET, "%.*s", WIN_SHOWN(postern_buf_slice(answer)));
}

/* ---- changing ------------------------------------------------------------------------------------------------------ */

static void add_number(postern_buf *buf, uint64_t number, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) postern_buf_add_byte(buf, (uint8_t)(number >> (8 * i)));
}

static void add_slice(postern_buf *buf, postern_slice s) {
    add_number(buf, s.len, 4);
    postern_buf_add_slice(buf, s);
}

postern_status win_change_check(const postern_reg_change *changes, size_t count, postern_error *reterr) {
    for (size_t i = 0; i < count; i++) {
        postern_slice key = changes[i].key, name = changes[i].name;
        bool odd = (key.len && (key.ptr[0] == '\\' || key.ptr[key.len - 1] == '\\')) || !postern_utf8_valid(key) ||
                   postern_slice_find(key, 0, POSTERN_S("\\\\")) != SIZE_MAX || !postern_utf8_valid(name) ||
                   postern_slice_find_byte(key, 0, 0) != SIZE_MAX || postern_slice_find_byte(name, 0, 0) != SIZE_MAX;
        if (odd || (!key.len && changes[i].kind == POSTERN_CHANGE_DELETE_KEY))
            return postern_fail(reterr, POSTERN_USAGE, i, "a change of a key or value that cannot be: %.*s", WIN_SHOWN(key));
    }
    return POSTERN_OK;
}

postern_status postern_hive_edit(postern_hive_reader *reader, postern_slice hive, const postern_reg_change *changes,
                                 size_t count, postern_buf *ret_hive, postern_error *reterr) {
    hive_base base, changed;
    postern_buf body;
    postern_status status = win_change_check(changes, count, reterr);
    if (!status) status = win_hive_base(hive, &base, reterr);
    if (status) return status;
    if (base.dirty)
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                            "T3: the hive is dirty: changes that only its log has would be lost");
    if (base.length > POSTERN_LIMIT_HIVE)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "a hive of more than %u bytes", POSTERN_LIMIT_HIVE);
    postern_buf_init(&body, (size_t)POSTERN_LIMIT_HIVE + POSTERN_LIMIT_HIVE_ANSWER);
    add_number(&body, base.length, 8);
    postern_buf_add_slice(&body, postern_slice_sub(hive, 0, base.length));
    add_number(&body, count, 4);
    for (size_t i = 0; i < count; i++) {
        postern_buf_add_byte(&body, (uint8_t)changes[i].kind);
        add_slice(&body, changes[i].key);
        add_slice(&body, changes[i].name);
        add_number(&body, changes[i].type, 4);
        add_slice(&body, changes[i].raw);
    }
    postern_buf_clear(ret_hive);
    status = body.status ? postern_fail(reterr, body.status, POSTERN_NO_OFFSET, "no memory for the hive")
                         : ask(reader, WIRE_EDIT, 0, 0, postern_buf_slice(&body), ret_hive, reterr);
    postern_buf_free(&body);
    if (!status) status = win_hive_base(postern_buf_slice(ret_hive), &changed, reterr);
    if (!status && changed.dirty)
        status = postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "the changed hive is not what it should be");
    if (status) ret_hive->len = 0;
    return status;
}

/* ---- keys out of answers ------------------------------------------------------------------------------------------ */

static postern_status garbled(postern_error *reterr) {
    return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "the hive reader answered what is no key");
}

static postern_slice take_name(postern_cursor *c) {
    uint32_t len = postern_cursor_le32(c);
    return postern_cursor_bytes(c, len);
}

static postern_status take_values(postern_key *key, postern_cursor *c, postern_error *reterr) {
    postern_arena *arena = key->win->arena;
    uint32_t count = postern_cursor_le32(c);
    if (count > c->bytes.len / 12 + 1) return garbled(reterr); /* each takes twelve bytes at least */
    key->values = postern_arena_zalloc(arena, count + 1, sizeof *key->values);
    if (!key->values) return win_fail_memory(key->win, reterr);
    key->value_room = count + 1;
    for (uint32_t i = 0; i < count; i++) {
        postern_value *value = &key->values[i];
        value->type = postern_cursor_le32(c);
        postern_slice name = take_name(c), raw = take_name(c);
        if (!c->ok) return garbled(reterr);
        if (postern_arena_copy(arena, name, &value->name) || postern_arena_copy(arena, raw, &value->raw))
            return win_fail_memory(key->win, reterr);
    }
    key->value_count = count;
    return POSTERN_OK;
}

static postern_status take_key(postern_key *key, postern_cursor *c, unsigned depth, postern_error *reterr);

static bool is_ancestor(const postern_key *key, uint32_t node) {
    const win_hive *hive = key->hive;
    for (; key && key->hive == hive; key = key->parent)
        if (key->node == node) return true;
    return false;
}

static postern_status take_child(postern_key *key, postern_key *child, postern_cursor *c, unsigned depth,
                                 postern_error *reterr) {
    *child = (postern_key){.win = key->win, .parent = key, .hive = key->hive, .depth = (uint16_t)(key->depth + 1)};
    if (child->depth > POSTERN_LIMIT_KEY_DEPTH)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %u keys in each other",
                            POSTERN_LIMIT_KEY_DEPTH);
    bool whole = postern_cursor_u8(c) == 1;
    size_t start = c->pos;
    child->node = postern_cursor_le32(c);
    if (is_ancestor(key, child->node))
        return postern_fail(reterr, POSTERN_FORMAT, child->node, "the hive is damaged: a key is its own ancestor");
    if (whole) {
        c->pos = start;
        if (depth > WIRE_DEPTH) return garbled(reterr);
        return take_key(child, c, depth + 1, reterr);
    }
    postern_slice name = take_name(c);
    if (!c->ok) return garbled(reterr);
    return postern_arena_copy(key->win->arena, name, &child->name) ? win_fail_memory(key->win, reterr) : POSTERN_OK;
}

static postern_status take_key(postern_key *key, postern_cursor *c, unsigned depth, postern_error *reterr) {
    postern_arena *arena = key->win->arena;
    uint32_t node = postern_cursor_le32(c);
    uint64_t time = postern_cursor_le64(c);
    postern_slice name = take_name(c);
    if (!c->ok || node != key->node) return garbled(reterr);
    key->time = time;
    if (!key->name.len && postern_arena_copy(arena, name, &key->name)) return win_fail_memory(key->win, reterr);
    postern_status status = take_values(key, c, reterr);
    if (status) return status;
    uint32_t count = postern_cursor_le32(c);
    if (count > c->bytes.len / 9 + 1) return garbled(reterr);
    key->children = postern_arena_zalloc(arena, count + 1, sizeof *key->children);
    postern_key *children = postern_arena_zalloc(arena, count + 1, sizeof *children);
    if (!key->children || !children) return win_fail_memory(key->win, reterr);
    key->child_room = count + 1;
    for (uint32_t i = 0; i < count && !status; i++) {
        key->children[i] = &children[i];
        status = take_child(key, &children[i], c, depth, reterr);
    }
    if (status) return status;
    if (!c->ok) return garbled(reterr);
    key->child_count = count;
    key->loaded = true;
    win_key_sort(key);
    return POSTERN_OK;
}

/* ---- hives -------------------------------------------------------------------------------------------------------- */

/* A key that the hive stands behind. */
static postern_status attach(win_hive *hive, postern_key *parent, postern_slice name, postern_key **ret_key,
                             postern_error *reterr) {
    postern_win *win = parent->win;
    postern_key *key;
    postern_status status = win_key_add(parent, name, &key, reterr);
    if (status) return status;
    hive->win = win;
    key->loaded = false;
    key->hive = hive;
    hive->next = win->hives;
    win->hives = hive;
    *ret_key = key;
    return POSTERN_OK;
}

postern_status win_hive_mount(postern_key *parent, postern_slice name, win_store store, win_place place, postern_key **ret_key,
                              postern_error *reterr) {
    win_hive *hive = postern_arena_zalloc(parent->win->arena, 1, sizeof *hive);
    if (!hive || win_place_path(parent->win, place, &hive->name)) return win_fail_memory(parent->win, reterr);
    hive->store = store;
    hive->place = place;
    return attach(hive, parent, name, ret_key, reterr);
}

postern_status win_hive_mount_refused(postern_key *parent, postern_slice name, const postern_error *why, postern_key **ret_key,
                                      postern_error *reterr) {
    win_hive *hive = postern_arena_zalloc(parent->win->arena, 1, sizeof *hive);
    if (!hive || win_text(parent->win, name, &hive->name)) return win_fail_memory(parent->win, reterr);
    hive->failure = *why;
    return attach(hive, parent, name, ret_key, reterr);
}

static postern_status need_reader(postern_win *win, postern_error *reterr) {
    if (win->reader) return POSTERN_OK;
    postern_status status = postern_hive_reader_start(&win->reader, reterr);
    win->own_reader = !status;
    return status;
}

static postern_status send_hive(postern_key *key, postern_slice bytes, postern_buf *answer, postern_error *reterr) {
    win_hive *hive = key->hive;
    postern_hive_reader *reader = hive->win->reader;
    uint32_t handle = 0;
    while (handle < WIRE_HIVES && reader->used[handle]) handle++;
    if (handle == WIRE_HIVES)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %d hives open at once", WIRE_HIVES);
    postern_status status = ask(reader, WIRE_OPEN, handle, 0, bytes, answer, reterr);
    if (status) return status;
    postern_cursor c = postern_cursor_of(postern_buf_slice(answer));
    key->node = postern_cursor_le32(&c);
    if (!c.ok) return garbled(reterr);
    reader->used[handle] = true;
    hive->handle = handle;
    hive->opened = true;
    return POSTERN_OK;
}

static postern_status open_hive(postern_key *key, postern_buf *answer, postern_error *reterr) {
    win_hive *hive = key->hive;
    postern_file *file;
    hive_base base;
    postern_status status = win_place_read(hive->win, hive->place, &file, reterr);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(file);
    if (hive->store == WIN_STORE_WINE) {
        status = win_wine_load(key, bytes, reterr);
        hive->opened = !status;
    } else if (bytes.len > POSTERN_LIMIT_HIVE) {
        status = postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "a hive of more than %u bytes", POSTERN_LIMIT_HIVE);
    } else {
        status = win_hive_base(bytes, &base, reterr);
        if (!status) status = need_reader(hive->win, reterr);
        if (!status) status = send_hive(key, postern_slice_sub(bytes, 0, base.length), answer, reterr);
        if (!status && base.dirty) {
            hive->dirty = true;
            win_note(hive->win, POSTERN_NOTE_WIN_HIVE_DIRTY, hive->name);
        }
    }
    postern_file_close(file);
    return status;
}

/* The error again, with the hive's name in front. */
static postern_status fail_named(win_hive *hive, postern_status status, const postern_error *error, postern_error *reterr) {
    postern_fail(reterr, status, error->offset, "%.*s: %s", WIN_SHOWN(hive->name), error->text);
    if (reterr) reterr->sys_errno = error->sys_errno;
    return status;
}

postern_status win_hive_load(postern_key *key, postern_error *reterr) {
    win_hive *hive = key->hive;
    postern_error error = {.offset = POSTERN_NO_OFFSET};
    postern_buf answer;
    if (hive->failure.status) return fail_named(hive, hive->failure.status, &hive->failure, reterr);
    postern_buf_init(&answer, POSTERN_LIMIT_HIVE_ANSWER);
    postern_status status = hive->opened ? POSTERN_OK : open_hive(key, &answer, &error);
    if (status && status != POSTERN_NOMEM) hive->failure = error;
    if (!status && hive->store == WIN_STORE_HIVE) {
        postern_buf_clear(&answer);
        status = ask(hive->win->reader, WIRE_READ, hive->handle, key->node, (postern_slice){0}, &answer, &error);
        postern_cursor c = postern_cursor_of(postern_buf_slice(&answer));
        if (!status) status = take_key(key, &c, 0, &error);
    }
    postern_buf_free(&answer);
    return status ? fail_named(hive, status, &error, reterr) : POSTERN_OK;
}

void win_hive_close_all(postern_win *win) {
    for (win_hive *hive = win->hives; hive; hive = hive->next) {
        if (hive->store != WIN_STORE_HIVE || !hive->opened) continue;
        if (ask(win->reader, WIRE_CLOSE, hive->handle, 0, (postern_slice){0}, NULL, NULL)) break;
        win->reader->used[hive->handle] = false;
    }
    if (win->own_reader) postern_hive_reader_stop(win->reader);
}
