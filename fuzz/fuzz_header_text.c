/* Header values: valid UTF-8 whatever comes; plain ASCII without words is only unfolded; the name of an encoding is total. */
#include "postern/codec.h"

#include <stdlib.h>

static void check(bool good) {
    if (!good) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    const postern_slice in = postern_slice_of(bytes, len);
    postern_arena *arena = postern_arena_new(8 << 20);
    postern_slice text, again;
    check(arena != NULL);
    postern_status status = postern_header_text(arena, in, POSTERN_CHARSET_NONE, NULL, 0, &text);
    check(status == POSTERN_OK || (status == POSTERN_LIMIT && len > POSTERN_LIMIT_HEADER_VALUE / 3));
    if (status == POSTERN_OK) {
        check(postern_utf8_valid(text) && text.len <= POSTERN_LIMIT_HEADER_VALUE);
        bool plain = true;
        for (size_t i = 0; i < len; i++) plain &= bytes[i] < 0x80 && bytes[i] != 0x1B && bytes[i] != '?';
        if (plain) { /* nothing but line ends and the blanks at both ends may change */
            check(!postern_header_text(arena, text, POSTERN_CHARSET_NONE, NULL, 0, &again) && postern_slice_eq(text, again));
            check(postern_slice_find_byte(text, 0, '\n') == SIZE_MAX && postern_slice_find_byte(text, 0, '\r') == SIZE_MAX);
        }
    }
    check(!postern_header_text(arena, postern_slice_sub(in, 0, 4096), POSTERN_CHARSET_WINDOWS_1252, NULL, 0, &text));
    check(postern_utf8_valid(text));
    check(*postern_encoding_name(postern_encoding_parse(in)) != 0);
    postern_arena_free(arena);
    return 0;
}
