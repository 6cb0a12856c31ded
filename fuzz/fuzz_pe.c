/* Programs as hostile bytes. Properties: texts are valid UTF-8 without NUL, a version is there or zero, reading again says the
 * same. */
#include "postern/win.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good) {
    if (!good) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_arena *arena = postern_arena_new(64 << 20);
    postern_pe pe, again;
    postern_error error;
    uint32_t sum;
    if (!arena) return 0;
    postern_status status = postern_pe_read(postern_slice_of(data, size), arena, &pe, &error);
    must(status == POSTERN_OK || error.text[0]);
    if (!status) {
        must(postern_pe_read(postern_slice_of(data, size), arena, &again, NULL) == POSTERN_OK);
        must(again.string_count == pe.string_count && again.machine == pe.machine);
        must(postern_win_version_compare(again.file_version, pe.file_version) == 0);
        must(pe.has_version || postern_win_version_compare(pe.file_version, (postern_win_version){{0}}) == 0);
        for (size_t i = 0; i < pe.string_count; i++) {
            must(postern_utf8_valid(pe.strings[i].key) && postern_utf8_valid(pe.strings[i].value));
            must(postern_slice_find_byte(pe.strings[i].value, 0, 0) == SIZE_MAX);
        }
    }
    /* the sum of fewer words, so at most their carries and the length */
    must(!postern_pe_checksum(postern_slice_of(data, size), &sum) || sum <= 0xFFFF + size);
    postern_arena_free(arena);
    return 0;
}
