/*
 * Changing a hive, in the child: libhivex opens a copy in memory for writing, makes the changes, commits to a second file in
 * memory; that is opened afresh and compared, key by key, with the hive as it was. libhivex rewrites all values of a key when
 * it sets one, and it has lost values before: so every key and value that no change names has to be there as it was, every
 * change has to be there as it was asked for, and nothing else may be.
 */
#define _GNU_SOURCE
#include "hive_wire.h"

#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct change {
    uint8_t kind;
    postern_slice key, name, raw;
    uint32_t type;
} change;

typedef struct edit {
    postern_slice hive;
    change *changes;
    uint32_t count;
} edit;

static postern_slice take(postern_cursor *c) {
    uint32_t len = postern_cursor_le32(c);
    return postern_cursor_bytes(c, len);
}

static bool read_body(postern_slice body, edit *e) {
    postern_cursor c = postern_cursor_of(body);
    uint64_t length = postern_cursor_le64(&c);
    if (length > body.len) return false;
    e->hive = postern_cursor_bytes(&c, (size_t)length);
    e->count = postern_cursor_le32(&c);
    if (!c.ok || e->count > body.len / 17 + 1) return false;
    e->changes = calloc(e->count + 1, sizeof *e->changes);
    for (uint32_t i = 0; e->changes && i < e->count; i++) {
        change *x = &e->changes[i];
        x->kind = postern_cursor_u8(&c);
        x->key = take(&c);
        x->name = take(&c);
        x->type = postern_cursor_le32(&c);
        x->raw = take(&c);
    }
    return e->changes && c.ok;
}

static hive_h *open_at(int fd, int flags) {
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return hivex_open(path, flags);
}

/* One name from the front of *path, NUL-terminated; the caller frees it. NULL at the end, or without memory. */
static char *next_name(postern_slice *path) {
    while (path->len && path->ptr[0] == '\\') *path = postern_slice_from(*path, 1);
    if (!path->len) return NULL;
    postern_cut cut = postern_slice_cut(*path, '\\');
    *path = cut.tail;
    return strndup((const char *)cut.head.ptr, cut.head.len);
}

/* Subkey without case: libhivex compares only ASCII so. 0: none. */
static hive_node_h child_of(hive_h *h, hive_node_h node, postern_slice name) {
    hive_node_h *children = hivex_node_children(h, node), found = 0;
    for (size_t i = 0; children && children[i] && !found; i++) {
        char *text = hivex_node_name(h, children[i]);
        if (text && win_name_eq(postern_slice_of(text, hivex_node_name_len(h, children[i])), name)) found = children[i];
        free(text);
    }
    free(children);
    return found;
}

static hive_node_h find_key(hive_h *h, postern_slice path, bool makes) {
    hive_node_h node = hivex_root(h);
    char *name;
    while (node && (name = next_name(&path))) {
        hive_node_h child = child_of(h, node, postern_slice_cstr(name));
        node = child || !makes ? child : hivex_node_add_child(h, node, name);
        free(name);
    }
    return node;
}

/* ---- one change ---------------------------------------------------------------------------------------------------- */

static void free_values(hive_set_value *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(list[i].key);
        free(list[i].value);
    }
    free(list);
}

/* All values of a key but the one of that name; *ret_count counts them. The array has room for one more. */
static hive_set_value *other_values(hive_h *h, hive_node_h node, postern_slice name, size_t *ret_count, bool *ret_found) {
    hive_value_h *values = hivex_node_values(h, node);
    size_t count = 0, kept = 0;
    while (values && values[count]) count++;
    hive_set_value *list = values ? calloc(count + 1, sizeof *list) : NULL;
    *ret_found = false;
    for (size_t i = 0; list && i < count; i++) {
        hive_set_value *v = &list[kept];
        v->key = hivex_value_key(h, values[i]);
        v->value = hivex_value_value(h, values[i], &v->t, &v->len);
        size_t len = hivex_value_key_len(h, values[i]);
        if (!v->key || !v->value || strlen(v->key) != len) { /* a name with a NUL cannot be written back */
            free_values(list, kept + 1);
            list = NULL;
        } else if (win_name_eq(postern_slice_of(v->key, len), name)) {
            *ret_found = true;
            free(v->key);
            free(v->value);
            *v = (hive_set_value){0};
        } else {
            kept++;
        }
    }
    free(values);
    *ret_count = kept;
    return list;
}

static bool set_value(hive_h *h, hive_node_h node, const change *x) {
    size_t count;
    bool found;
    hive_set_value *list = other_values(h, node, x->name, &count, &found);
    if (!list) return false;
    hive_set_value *v = &list[count];
    v->key = strndup((const char *)x->name.ptr, x->name.len);
    v->value = malloc(x->raw.len + 1);
    bool ok = v->key && v->value;
    if (ok && x->raw.len) memcpy(v->value, x->raw.ptr, x->raw.len);
    v->t = (hive_type)x->type;
    v->len = x->raw.len;
    ok = ok && hivex_node_set_values(h, node, count + 1, list, 0) == 0;
    free_values(list, count + 1);
    return ok;
}

static bool delete_value(hive_h *h, hive_node_h node, const change *x) {
    size_t count;
    bool found;
    hive_set_value *list = other_values(h, node, x->name, &count, &found);
    bool ok = list && (!found || hivex_node_set_values(h, node, count, list, 0) == 0);
    if (list) free_values(list, count);
    return ok;
}

static bool make_change(hive_h *h, const change *x) {
    bool makes = x->kind == POSTERN_CHANGE_SET || x->kind == POSTERN_CHANGE_MAKE_KEY;
    hive_node_h node = find_key(h, x->key, makes);
    if (!node) return !makes;
    switch (x->kind) {
    case POSTERN_CHANGE_SET:
        return set_value(h, node, x);
    case POSTERN_CHANGE_MAKE_KEY:
        return true;
    case POSTERN_CHANGE_DELETE_VALUE:
        return delete_value(h, node, x);
    case POSTERN_CHANGE_DELETE_KEY:
        return node != hivex_root(h) && hivex_node_delete_child(h, node) == 0;
    default:
        return false;
    }
}

/* ---- comparing ----------------------------------------------------------------------------------------------------- */

typedef struct comparison {
    const edit *e;
    hive_h *a, *b; /* what has to be in `b` is what is in `a`, but for the changes */
    bool added;    /* what is in `a` and not in `b` has to be something a change made; else something a change deleted */
} comparison;

static bool at_or_below(postern_slice path, postern_slice key) {
    return win_name_starts(path, key) && (path.len == key.len || !key.len || (path.len > key.len && path.ptr[key.len] == '\\'));
}

/* Whether the last change that speaks about the place says what is so. name.ptr NULL: about a key. */
static bool explained(const comparison *c, postern_slice path, const postern_slice *name) {
    for (uint32_t i = c->e->count; i-- > 0;) {
        const change *x = &c->e->changes[i];
        bool makes = x->kind == POSTERN_CHANGE_SET || x->kind == POSTERN_CHANGE_MAKE_KEY;
        bool same = win_name_eq(x->key, path), deletes_key = x->kind == POSTERN_CHANGE_DELETE_KEY;
        if (deletes_key && at_or_below(path, x->key)) return !c->added;
        if (!name && makes && at_or_below(x->key, path)) return c->added;
        if (name && same && !deletes_key && x->kind != POSTERN_CHANGE_MAKE_KEY && win_name_eq(x->name, *name)) return true;
    }
    return false;
}

static bool same_value(const comparison *c, hive_value_h value, hive_node_h other) {
    size_t len, other_len, name_len = hivex_value_key_len(c->a, value);
    hive_type type, other_type;
    char *name = hivex_value_key(c->a, value), *data = hivex_value_value(c->a, value, &type, &len);
    hive_value_h *values = hivex_node_values(c->b, other);
    bool same = false;
    for (size_t i = 0; name && data && values && values[i] && !same; i++) {
        char *other_name = hivex_value_key(c->b, values[i]),
             *other_data = hivex_value_value(c->b, values[i], &other_type, &other_len);
        same = other_name && other_data && type == other_type &&
               postern_slice_eq(postern_slice_of(name, name_len),
                                postern_slice_of(other_name, hivex_value_key_len(c->b, values[i]))) &&
               postern_slice_eq(postern_slice_of(data, len), postern_slice_of(other_data, other_len));
        free(other_name);
        free(other_data);
    }
    free(values);
    free(name);
    free(data);
    return same;
}

static bool values_kept(const comparison *c, hive_node_h node, hive_node_h other, postern_slice path) {
    hive_value_h *values = hivex_node_values(c->a, node);
    bool ok = values != NULL;
    for (size_t i = 0; ok && values[i]; i++) {
        if (other && same_value(c, values[i], other)) continue;
        char *name = hivex_value_key(c->a, values[i]);
        postern_slice s = postern_slice_of(name, name ? hivex_value_key_len(c->a, values[i]) : 0);
        ok = name && explained(c, path, &s);
        free(name);
    }
    free(values);
    return ok;
}

/* `other` 0: the key is not in `b`. */
static bool key_kept(const comparison *c, hive_node_h node, hive_node_h other, postern_buf *path, unsigned depth) {
    size_t len = path->len;
    if (depth > POSTERN_LIMIT_KEY_DEPTH || (!other && !explained(c, postern_buf_slice(path), NULL))) return false;
    if (!other && !c->added) return true; /* deleted with all below it */
    if (!values_kept(c, node, other, postern_buf_slice(path))) return false;
    hive_node_h *children = hivex_node_children(c->a, node);
    bool ok = children != NULL;
    for (size_t i = 0; ok && children[i]; i++) {
        char *name = hivex_node_name(c->a, children[i]);
        postern_slice s = postern_slice_of(name, name ? hivex_node_name_len(c->a, children[i]) : 0);
        if (len) postern_buf_add_byte(path, '\\');
        ok = name && postern_buf_add_slice(path, s) == POSTERN_OK &&
             key_kept(c, children[i], other ? child_of(c->b, other, s) : 0, path, depth + 1);
        path->len = len;
        free(name);
    }
    free(children);
    return ok;
}

/* Each value the changes leave behind, as the last of them asked for it. */
static bool asked_for(const edit *e, hive_h *h) {
    for (uint32_t i = 0; i < e->count; i++) {
        const change *x = &e->changes[i];
        bool last = x->kind == POSTERN_CHANGE_SET;
        for (uint32_t k = i + 1; k < e->count && last; k++) {
            const change *y = &e->changes[k];
            last = y->kind == POSTERN_CHANGE_DELETE_KEY ? !at_or_below(x->key, y->key)
                                                        : !(win_name_eq(x->key, y->key) && win_name_eq(x->name, y->name));
        }
        hive_node_h node = last ? find_key(h, x->key, false) : 0;
        hive_value_h *values = node ? hivex_node_values(h, node) : NULL;
        bool found = !last;
        for (size_t k = 0; values && values[k] && !found; k++) {
            size_t len;
            hive_type type;
            char *name = hivex_value_key(h, values[k]), *data = hivex_value_value(h, values[k], &type, &len);
            found = name && data && (uint32_t)type == x->type && win_name_eq(postern_slice_cstr(name), x->name) &&
                    postern_slice_eq(postern_slice_of(data, len), x->raw);
            free(name);
            free(data);
        }
        free(values);
        if (!found) return false;
    }
    return true;
}

static bool compare(const edit *e, int before_fd, int after_fd) {
    hive_h *before = open_at(before_fd, 0), *after = open_at(after_fd, 0);
    postern_buf path;
    postern_buf_init(&path, POSTERN_LIMIT_WIN_PATH * 4);
    bool ok = before && after;
    comparison kept = {e, before, after, false}, added = {e, after, before, true};
    if (ok) ok = key_kept(&kept, hivex_root(before), hivex_root(after), &path, 0);
    if (ok) ok = key_kept(&added, hivex_root(after), hivex_root(before), &path, 0);
    if (ok) ok = asked_for(e, after);
    postern_buf_free(&path);
    if (before) hivex_close(before);
    if (after) hivex_close(after);
    return ok;
}

static const char *change_all(const edit *e, int before_fd, int after_fd) {
    char path[40];
    hive_h *h = open_at(before_fd, HIVEX_OPEN_WRITE);
    if (!h) return "the hive is damaged: libhivex cannot read it";
    const char *why = NULL;
    for (uint32_t i = 0; i < e->count && !why; i++)
        if (!make_change(h, &e->changes[i])) why = "a change cannot be made: libhivex refuses it";
    snprintf(path, sizeof path, "/proc/self/fd/%d", after_fd);
    if (!why && hivex_commit(h, path, 0)) why = "the changed hive cannot be written";
    hivex_close(h);
    return why;
}

const char *hive_edit_run(postern_slice body, int *ret_fd) {
    edit e = {0};
    int before = memfd_create("before", MFD_CLOEXEC), after = memfd_create("after", MFD_CLOEXEC);
    const char *why = before < 0 || after < 0 ? "no memory for the hive" : NULL;
    if (!why && !read_body(body, &e)) why = "the changes cannot be understood";
    for (size_t done = 0; !why && done < e.hive.len;) {
        ssize_t put = write(before, e.hive.ptr + done, e.hive.len - done);
        if (put <= 0)
            why = "no memory for the hive";
        else
            done += (size_t)put;
    }
    if (!why) why = change_all(&e, before, after);
    if (!why && !compare(&e, before, after)) why = "the changed hive is not what it should be";
    free(e.changes);
    if (before >= 0) close(before);
    if (why && after >= 0) close(after);
    *ret_fd = why ? -1 : after;
    return why;
}
