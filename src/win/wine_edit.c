/*
 * Changing Wine's registry files: text in, text out. Sections that no change names keep every byte; in a changed one only the
 * value's own lines and its times change. The result is read again and has to say exactly what the changes, made in memory,
 * say.
 */
#include "win_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { UNIX_EPOCH = 11644473600 }; /* seconds from 1601 to 1970 */

typedef struct section {
    postern_slice path;       /* UTF-8; of the text in front of the first key: none */
    postern_slice head, body; /* "[…] time" with its line end; what follows, up to the next key */
    bool is_key, gone;
} section;

typedef struct editor {
    postern_arena *arena;
    postern_buf list; /* of section */
    postern_buf scratch;
    uint64_t now;
    postern_error *reterr;
} editor;

static postern_status no_memory(const editor *e) {
    return postern_fail(e->reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the registry file");
}

static section *sections(const editor *e, size_t *ret_count) {
    *ret_count = e->list.len / sizeof(section);
    return (section *)(void *)e->list.ptr;
}

/* A line with its end, from the front of *text. */
static postern_slice take_line(postern_slice *text) {
    size_t end = postern_slice_find_byte(*text, 0, '\n');
    postern_slice line = postern_slice_sub(*text, 0, end == SIZE_MAX ? text->len : end + 1);
    *text = postern_slice_from(*text, line.len);
    return line;
}

static postern_status split(editor *e, postern_slice text) {
    section now = {.body = postern_slice_sub(text, 0, 0)};
    while (text.len) {
        postern_slice line = take_line(&text);
        if (line.ptr[0] != '[') {
            now.body.len += line.len;
            continue;
        }
        if (postern_buf_add(&e->list, &now, sizeof now)) return no_memory(e);
        size_t pos = 1;
        now = (section){.head = line, .body = postern_slice_sub(text, 0, 0), .is_key = true};
        postern_status status = win_wine_text(line, &pos, ']', e->arena, &now.path);
        if (status == POSTERN_FORMAT)
            return postern_fail(e->reterr, status, POSTERN_NO_OFFSET, "a key without its closing bracket");
        if (status) return no_memory(e);
    }
    return postern_buf_add(&e->list, &now, sizeof now) ? no_memory(e) : POSTERN_OK;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

/* UTF-16 as Wine writes it between `stops`; a path doubles its backslashes, as any text does. */
static void put_text(postern_buf *out, postern_slice raw, const char *stops) {
    for (size_t i = 0; i + 1 < raw.len; i += 2) {
        unsigned unit = raw.ptr[i] | (unsigned)raw.ptr[i + 1] << 8;
        if (unit == '\\' || (unit && unit < 0x80 && strchr(stops, (int)unit)))
            postern_buf_printf(out, "\\%c", (char)unit);
        else if (unit < 0x20)
            postern_buf_printf(out, "\\%03o", unit);
        else if (unit < 0x7F)
            postern_buf_add_byte(out, (uint8_t)unit);
        else
            postern_buf_printf(out, "\\x%04x", unit);
    }
}

static void put_name(postern_buf *out, postern_slice text, const char *stops) {
    postern_buf wide;
    postern_buf_init(&wide, POSTERN_LIMIT_HIVE_ANSWER);
    postern_status status = postern_buf_add_utf16le(&wide, text);
    if (status) out->status = status;
    put_text(out, postern_buf_slice(&wide), stops);
    postern_buf_free(&wide);
}

static void put_value(postern_buf *out, const postern_reg_change *x) {
    postern_slice raw = x->raw;
    bool is_text = x->type == POSTERN_REG_SZ || x->type == POSTERN_REG_EXPAND_SZ || x->type == POSTERN_REG_MULTI_SZ;
    if (x->name.len) {
        postern_buf_add_byte(out, '"');
        put_name(out, x->name, "\"");
        postern_buf_add(out, "\"=", 2);
    } else {
        postern_buf_add(out, "@=", 2);
    }
    if (is_text && raw.len > 1 && raw.len % 2 == 0 && !raw.ptr[raw.len - 1] && !raw.ptr[raw.len - 2]) {
        if (x->type != POSTERN_REG_SZ) postern_buf_printf(out, "str(%u):", (unsigned)x->type);
        postern_buf_add_byte(out, '"');
        put_text(out, postern_slice_sub(raw, 0, raw.len - 2), "\"");
        postern_buf_add_byte(out, '"');
    } else if (x->type == POSTERN_REG_DWORD && raw.len == 4) {
        postern_buf_printf(out, "dword:%02x%02x%02x%02x", raw.ptr[3], raw.ptr[2], raw.ptr[1], raw.ptr[0]);
    } else {
        if (x->type == POSTERN_REG_BINARY)
            postern_buf_printf(out, "hex:");
        else
            postern_buf_printf(out, "hex(%x):", (unsigned)x->type);
        for (size_t i = 0; i < raw.len; i++) postern_buf_printf(out, i ? ",%02x" : "%02x", raw.ptr[i]);
    }
    postern_buf_add_byte(out, '\n');
}

static postern_status keep(editor *e, postern_slice *ret_text) {
    if (e->scratch.status || postern_arena_copy(e->arena, postern_buf_slice(&e->scratch), ret_text)) return no_memory(e);
    return POSTERN_OK;
}

/* "[path] seconds": the path as it stood, or made new. */
static postern_status new_head(editor *e, section *s) {
    size_t pos = 1;
    postern_slice path;
    postern_buf_clear(&e->scratch);
    if (s->head.len) {
        if (win_wine_text(s->head, &pos, ']', e->arena, &path)) return no_memory(e);
        postern_buf_add_slice(&e->scratch, postern_slice_sub(s->head, 0, pos));
    } else {
        postern_buf_add_byte(&e->scratch, '[');
        put_name(&e->scratch, s->path, "[]");
        postern_buf_add_byte(&e->scratch, ']');
    }
    uint64_t seconds = e->now / 10000000;
    postern_buf_printf(&e->scratch, " %llu\n", (unsigned long long)(seconds > UNIX_EPOCH ? seconds - UNIX_EPOCH : 0));
    return keep(e, &s->head);
}

/* ---- one change ----------------------------------------------------------------------------------------------------- */

/* A value with its continued lines, or one other line, from the front of *body. */
static postern_slice take_group(postern_slice *body) {
    postern_slice rest = *body, line = take_line(&rest);
    size_t len = line.len;
    bool is_value = line.len && (line.ptr[0] == '"' || line.ptr[0] == '@');
    while (is_value && rest.len) {
        postern_slice trimmed = postern_slice_trim(line);
        if (!trimmed.len || trimmed.ptr[trimmed.len - 1] != '\\') break;
        line = take_line(&rest);
        len += line.len;
    }
    postern_slice group = postern_slice_sub(*body, 0, len);
    *body = rest;
    return group;
}

static postern_status name_of(const editor *e, postern_slice group, postern_slice *ret_name, bool *ret_is_value) {
    size_t pos = 1;
    *ret_name = (postern_slice){0};
    *ret_is_value = group.len && (group.ptr[0] == '"' || group.ptr[0] == '@');
    return *ret_is_value && group.ptr[0] == '"' ? win_wine_text(group, &pos, '"', e->arena, ret_name) : POSTERN_OK;
}

/* The body with the change's value set (at its place, else behind the last value) or taken out. */
static postern_status new_body(editor *e, section *s, const postern_reg_change *x) {
    postern_slice rest = s->body, tail = {0};
    bool sets = x->kind == POSTERN_CHANGE_SET, done = !sets;
    postern_buf_clear(&e->scratch);
    while (rest.len) {
        postern_slice group = take_group(&rest), name;
        bool is_value;
        postern_status status = name_of(e, group, &name, &is_value);
        if (status) return postern_fail(e->reterr, status, POSTERN_NO_OFFSET, "the registry file cannot be read");
        if (!rest.len && !is_value && !postern_slice_trim(group).len) {
            tail = group; /* the empty line in front of the next key */
            break;
        }
        if (postern_slice_starts(group, POSTERN_S("#time="))) {
            postern_buf_printf(&e->scratch, "#time=%llx\n", (unsigned long long)e->now);
        } else if (is_value && win_name_eq(name, x->name) && x->kind != POSTERN_CHANGE_MAKE_KEY) {
            if (!done) put_value(&e->scratch, x);
            done = true;
        } else {
            postern_buf_add_slice(&e->scratch, group);
            if (group.ptr[group.len - 1] != '\n') postern_buf_add_byte(&e->scratch, '\n');
        }
    }
    if (!done) put_value(&e->scratch, x);
    postern_buf_add_slice(&e->scratch, tail);
    return keep(e, &s->body);
}

static section *find(const editor *e, postern_slice path) {
    size_t count;
    section *list = sections(e, &count);
    for (size_t i = 0; i < count; i++)
        if (list[i].is_key && !list[i].gone && win_name_eq(list[i].path, path)) return &list[i];
    return NULL;
}

static bool at_or_below(postern_slice path, postern_slice key) {
    return win_name_starts(path, key) && (path.len == key.len || (path.len > key.len && path.ptr[key.len] == '\\'));
}

static postern_status make_change(editor *e, const postern_reg_change *x) {
    size_t count;
    section *list = sections(e, &count), *s = find(e, x->key);
    if (x->kind == POSTERN_CHANGE_DELETE_KEY) {
        for (size_t i = 0; i < count; i++)
            if (list[i].is_key && at_or_below(list[i].path, x->key)) list[i].gone = true;
        return POSTERN_OK;
    }
    if (!s) {
        section fresh = {.path = x->key, .is_key = true};
        if (x->kind == POSTERN_CHANGE_DELETE_VALUE) return POSTERN_OK;
        postern_buf_clear(&e->scratch);
        postern_buf_printf(&e->scratch, "#time=%llx\n\n", (unsigned long long)e->now);
        if (keep(e, &fresh.body) || postern_buf_add(&e->list, &fresh, sizeof fresh)) return no_memory(e);
        s = find(e, x->key);
    } else if (x->kind == POSTERN_CHANGE_MAKE_KEY) {
        return POSTERN_OK;
    }
    postern_status status = new_head(e, s);
    return status ? status : new_body(e, s, x);
}

static postern_status join_all(const editor *e, postern_buf *out) {
    size_t count;
    const section *list = sections(e, &count);
    for (size_t i = 0; i < count; i++) {
        if (list[i].gone) continue;
        if (out->len && list[i].is_key && out->ptr[out->len - 1] != '\n') postern_buf_add_byte(out, '\n');
        postern_buf_add_slice(out, list[i].head);
        postern_buf_add_slice(out, list[i].body);
    }
    return out->status ? postern_fail(e->reterr, out->status, POSTERN_NO_OFFSET, "the registry file becomes too large")
                       : POSTERN_OK;
}

/* ---- comparing ------------------------------------------------------------------------------------------------------ */

static postern_status make_in_memory(postern_key *root, const postern_reg_change *x, postern_error *reterr) {
    postern_key *key = root, *parent = root;
    postern_slice rest = x->key, name = {0};
    bool makes = x->kind == POSTERN_CHANGE_SET || x->kind == POSTERN_CHANGE_MAKE_KEY;
    while (rest.len && key) {
        postern_cut cut = postern_slice_cut(rest, '\\');
        parent = key;
        name = cut.head;
        rest = cut.tail;
        postern_status status = makes ? win_key_add(parent, name, &key, reterr) : win_key_find(parent, name, &key, reterr);
        if (status) return status;
    }
    if (!key) return POSTERN_OK;
    if (x->kind == POSTERN_CHANGE_SET) return win_key_set(key, x->name, x->type, x->raw, reterr);
    if (x->kind == POSTERN_CHANGE_DELETE_VALUE) win_key_remove_value(key, x->name);
    if (x->kind == POSTERN_CHANGE_DELETE_KEY) win_key_remove_child(parent, name);
    return POSTERN_OK;
}

/* Keys that hold nothing and nobody names are not in the text: they may be missing on either side. */
static bool is_empty(const postern_key *key) {
    for (size_t i = 0; i < key->child_count; i++)
        if (!is_empty(key->children[i])) return false;
    return key->value_count == 0;
}

static bool same_tree(const postern_key *a, const postern_key *b) {
    size_t i = 0, k = 0;
    if (a->value_count != b->value_count) return false;
    for (size_t v = 0; v < a->value_count; v++) {
        const postern_value *x = &a->values[v], *y = postern_key_value(b, x->name);
        if (!y || x->type != y->type || !postern_slice_eq(x->raw, y->raw)) return false;
    }
    while (i < a->child_count || k < b->child_count) {
        const postern_key *x = i < a->child_count ? a->children[i] : NULL, *y = k < b->child_count ? b->children[k] : NULL;
        int order = !x ? 1 : !y ? -1 : win_name_compare(x->name, y->name);
        if (order == 0 ? !same_tree(x, y) : !is_empty(order < 0 ? x : y)) return false;
        i += order <= 0;
        k += order >= 0;
    }
    return true;
}

static postern_status compare(postern_slice before, postern_slice after, const postern_reg_change *changes, size_t count,
                              postern_error *reterr) {
    postern_win win = {.arena = postern_arena_new(POSTERN_LIMIT_WIN_MEMORY)};
    postern_key asked = {.win = &win}, got = {.win = &win};
    if (!win.arena) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the registry file");
    postern_status status = win_wine_load(&asked, before, reterr);
    for (size_t i = 0; i < count && !status; i++) status = make_in_memory(&asked, &changes[i], reterr);
    if (!status) status = win_wine_load(&got, after, reterr);
    if (!status && !same_tree(&asked, &got))
        status = postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "the changed registry file is not what it should be");
    postern_arena_free(win.arena);
    return status;
}

postern_status postern_wine_reg_edit(postern_slice text, const postern_reg_change *changes, size_t count, uint64_t now,
                                     postern_buf *ret_text, postern_error *reterr) {
    postern_status status = win_change_check(changes, count, reterr);
    if (status) return status;
    editor e = {.arena = postern_arena_new(POSTERN_LIMIT_WIN_MEMORY), .now = now, .reterr = reterr};
    if (!e.arena) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the registry file");
    postern_buf_init(&e.list, POSTERN_LIMIT_WIN_MEMORY);
    postern_buf_init(&e.scratch, POSTERN_LIMIT_HIVE);
    postern_buf_clear(ret_text);
    status = split(&e, text);
    for (size_t i = 0; i < count && !status; i++) status = make_change(&e, &changes[i]);
    if (!status) status = join_all(&e, ret_text);
    if (!status) status = compare(text, postern_buf_slice(ret_text), changes, count, reterr);
    if (status) ret_text->len = 0;
    postern_buf_free(&e.list);
    postern_buf_free(&e.scratch);
    postern_arena_free(e.arena);
    return status;
}
