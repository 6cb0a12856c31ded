/* Setup information as hostile text. Properties: what is refused says why; all that is read is UTF-8 without NUL; sections have
 * names, each once. */
#include "update/update_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good) {
    if (!good) abort();
}

static void clean(postern_slice text) {
    must(postern_utf8_valid(text) && postern_slice_find_byte(text, 0, 0) == SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_arena *arena = postern_arena_new(64 << 20);
    const update_inf *inf;
    postern_error error = {0};
    if (!arena) return 0;
    postern_status status = update_inf_read(postern_slice_of(data, size), arena, &inf, &error);
    must(status == POSTERN_OK || error.text[0]);
    for (const update_inf_section *s = status ? NULL : inf->sections; s; s = s->next) {
        must(s->name.len && update_inf_find(inf, s->name) == s);
        for (const update_inf_line *l = s->lines; l; l = l->next) {
            clean(l->key);
            must(l->value_count <= POSTERN_LIMIT_INF_VALUES);
            for (size_t i = 0; i < l->value_count; i++) clean(l->values[i]);
        }
    }
    postern_arena_free(arena);
    return 0;
}
