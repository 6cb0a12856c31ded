/*
 * Keys in memory. A key's content comes from a hive or a text file when it is first asked for; overlays change it afterwards.
 * Subkeys are kept sorted by name without case, as hives keep them.
 */
#include "win_int.h"

#include <stdlib.h>

postern_status win_fail_memory(const postern_win *win, postern_error *reterr) {
    bool limit = postern_arena_failure(win->arena) == POSTERN_LIMIT;
    return postern_fail(reterr, limit ? POSTERN_LIMIT : POSTERN_NOMEM, POSTERN_NO_OFFSET,
                        limit ? "the system needs more than %llu bytes of memory" : "no memory",
                        (unsigned long long)POSTERN_LIMIT_WIN_MEMORY);
}

/* Room for one more in an array of the arena; the old array stays behind. */
static bool grow(postern_arena *arena, void **array, size_t count, size_t *room, size_t size) {
    if (count < *room) return true;
    size_t wanted = *room ? *room * 2 : 4;
    void *fresh = postern_arena_zalloc(arena, wanted, size);
    if (!fresh) return false;
    if (count) memcpy(fresh, *array, count * size);
    *array = fresh;
    *room = wanted;
    return true;
}

static size_t child_place(const postern_key *key, postern_slice name) {
    size_t low = 0, high = key->child_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (win_name_compare(key->children[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int by_name(const void *a, const void *b) {
    const postern_key *const *x = a, *const *y = b;
    return win_name_compare((*x)->name, (*y)->name);
}

void win_key_sort(postern_key *key) {
    for (size_t i = 1; i < key->child_count; i++)
        if (win_name_compare(key->children[i - 1]->name, key->children[i]->name) > 0) {
            qsort(key->children, key->child_count, sizeof *key->children, by_name);
            return;
        }
}

postern_status win_key_append(postern_key *parent, postern_slice name, postern_key **ret_key, postern_error *reterr) {
    postern_arena *arena = parent->win->arena;
    if (parent->depth >= POSTERN_LIMIT_KEY_DEPTH)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %u keys in each other",
                            POSTERN_LIMIT_KEY_DEPTH);
    postern_key *key = postern_arena_zalloc(arena, 1, sizeof *key);
    if (!key || postern_arena_copy(arena, name, &key->name)) return win_fail_memory(parent->win, reterr);
    void *children = parent->children;
    if (!grow(arena, &children, parent->child_count, &parent->child_room, sizeof *parent->children))
        return win_fail_memory(parent->win, reterr);
    parent->children = children;
    parent->children[parent->child_count++] = key;
    key->win = parent->win;
    key->parent = parent;
    key->depth = (uint16_t)(parent->depth + 1);
    *ret_key = key;
    return POSTERN_OK;
}

postern_status win_key_add(postern_key *parent, postern_slice name, postern_key **ret_key, postern_error *reterr) {
    postern_status status = win_key_load(parent, reterr);
    if (status) return status;
    size_t at = child_place(parent, name);
    if (at < parent->child_count && win_name_eq(parent->children[at]->name, name)) {
        *ret_key = parent->children[at];
        return win_key_load(*ret_key, reterr);
    }
    status = win_key_append(parent, name, ret_key, reterr);
    if (status) return status;
    (*ret_key)->loaded = true;
    memmove(parent->children + at + 1, parent->children + at, (parent->child_count - 1 - at) * sizeof *parent->children);
    parent->children[at] = *ret_key;
    return POSTERN_OK;
}

postern_status win_key_set(postern_key *key, postern_slice name, uint32_t type, postern_slice raw, postern_error *reterr) {
    postern_arena *arena = key->win->arena;
    postern_value value = {.type = type};
    size_t at = 0;
    while (at < key->value_count && !win_name_eq(key->values[at].name, name)) at++;
    if (postern_arena_copy(arena, name, &value.name) || postern_arena_copy(arena, raw, &value.raw))
        return win_fail_memory(key->win, reterr);
    void *values = key->values;
    if (at == key->value_count && !grow(arena, &values, key->value_count, &key->value_room, sizeof *key->values))
        return win_fail_memory(key->win, reterr);
    key->values = values;
    key->values[at] = value;
    if (at == key->value_count) key->value_count++;
    return POSTERN_OK;
}

void win_key_remove_child(postern_key *key, postern_slice name) {
    size_t at = child_place(key, name);
    if (at == key->child_count || !win_name_eq(key->children[at]->name, name)) return;
    memmove(key->children + at, key->children + at + 1, (key->child_count - 1 - at) * sizeof *key->children);
    key->child_count--;
}

void win_key_remove_value(postern_key *key, postern_slice name) {
    size_t at = 0;
    while (at < key->value_count && !win_name_eq(key->values[at].name, name)) at++;
    if (at == key->value_count) return;
    memmove(key->values + at, key->values + at + 1, (key->value_count - 1 - at) * sizeof *key->values);
    key->value_count--;
}

postern_status win_key_load(postern_key *key, postern_error *reterr) {
    return key->loaded ? POSTERN_OK : win_hive_load(key, reterr);
}

postern_status win_key_find(postern_key *key, postern_slice name, postern_key **ret_key, postern_error *reterr) {
    postern_status status = win_key_load(key, reterr);
    if (status) return status;
    size_t at = child_place(key, name);
    *ret_key = at < key->child_count && win_name_eq(key->children[at]->name, name) ? key->children[at] : NULL;
    return *ret_key ? win_key_load(*ret_key, reterr) : POSTERN_OK;
}

/* ---- what the header offers ------------------------------------------------------------------------------------- */

postern_slice postern_key_name(const postern_key *key) {
    return key->name;
}

uint64_t postern_key_time(const postern_key *key) {
    return key->time;
}

size_t postern_key_child_count(const postern_key *key) {
    return key->child_count;
}

postern_slice postern_key_child_name(const postern_key *key, size_t index) {
    return index < key->child_count ? key->children[index]->name : (postern_slice){0};
}

postern_status postern_key_child(const postern_key *key, size_t index, const postern_key **ret_key, postern_error *reterr) {
    if (index >= key->child_count) return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "no such subkey");
    postern_status status = win_key_load(key->children[index], reterr);
    if (!status) *ret_key = key->children[index];
    return status;
}

size_t postern_key_value_count(const postern_key *key) {
    return key->value_count;
}

const postern_value *postern_key_value_at(const postern_key *key, size_t index) {
    return index < key->value_count ? &key->values[index] : NULL;
}

const postern_value *postern_key_value(const postern_key *key, postern_slice name) {
    for (size_t i = 0; i < key->value_count; i++)
        if (win_name_eq(key->values[i].name, name)) return &key->values[i];
    return NULL;
}

postern_status postern_key_path(const postern_key *key, postern_buf *out) {
    const postern_key *chain[POSTERN_LIMIT_KEY_DEPTH + 1];
    size_t count = 0;
    for (; key && key->name.len && count < POSTERN_LIMIT_KEY_DEPTH + 1; key = key->parent) chain[count++] = key;
    while (count) {
        postern_buf_add_slice(out, chain[--count]->name);
        if (count) postern_buf_add_byte(out, '\\');
    }
    return out->status;
}
