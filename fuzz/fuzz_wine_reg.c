/*
 * Wine's registry files as hostile bytes, and the same bytes as a .reg file laid over what they gave. Properties: subkeys are
 * sorted and of different names, nothing is deeper than its limit, values can be read.
 */
#include "win/win_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good) {
    if (!good) abort();
}

static void walk(const postern_key *key, postern_arena *arena) {
    must(key->depth <= POSTERN_LIMIT_KEY_DEPTH && key->loaded);
    for (size_t i = 0; i < key->value_count; i++) {
        postern_slice text;
        const postern_slice *list;
        size_t count;
        uint64_t number;
        const postern_value *value = &key->values[i];
        if (postern_value_text(value, arena, &text) == POSTERN_OK) must(postern_utf8_valid(text));
        if (postern_value_list(value, arena, &list, &count) == POSTERN_OK) must(count <= value->raw.len);
        if (postern_value_number(value, &number) == POSTERN_OK) must(value->raw.len == 4 || value->raw.len == 8);
        must(postern_key_value(key, value->name) != NULL);
    }
    for (size_t i = 0; i < key->child_count; i++) {
        must(i == 0 || win_name_compare(key->children[i - 1]->name, key->children[i]->name) < 0);
        walk(key->children[i], arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_win win = {.arena = postern_arena_new(256 << 20)};
    postern_arena *scratch = postern_arena_new(256 << 20);
    if (!win.arena || !scratch) abort();
    postern_key machine = {.win = &win, .name = POSTERN_S("HKEY_LOCAL_MACHINE")};
    postern_error error;
    postern_status status = win_wine_load(&machine, postern_slice_of(data, size), &error);
    must(status == POSTERN_OK || error.text[0]);
    machine.loaded = true;
    walk(&machine, scratch);
    postern_arena_free(scratch);
    postern_arena_free(win.arena);
    return 0;
}
