/*
 * Character sets: the first byte chooses one, the rest is text. What comes out is valid UTF-8; in sets whose characters
 * never hold the byte '<' none of those is lost; the copy in the arena is the same; a guess is a set that can be named.
 */
#include "codec/charset_int.h"

#include <stdlib.h>

static void check(bool good) {
    if (!good) abort();
}

static size_t count_of(postern_slice s, uint8_t c) {
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++) count += s.ptr[i] == c;
    return count;
}

static bool keeps_ascii(const charset_info *info) {
    bool stateful = info->detail == PAIRS_ISO_2022_JP || info->detail == PAIRS_HZ;
    return info->kind == KIND_UTF_8 || info->kind == KIND_SINGLE || info->kind == KIND_USER_DEFINED ||
           (info->kind == KIND_PAIRS && !stateful);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len == 0) return 0;
    int charsets = 1;
    while (*postern_charset_name((postern_charset)charsets)) charsets++;
    postern_charset charset = (postern_charset)(bytes[0] % charsets);
    const postern_slice in = postern_slice_of(bytes + 1, len - 1);
    postern_buf out;
    postern_buf_init(&out, 16 * len + 64);
    postern_sink sink = postern_buf_sink(&out);
    check(!postern_charset_decode(charset, in, &sink, NULL, 0));
    check(postern_utf8_valid(postern_buf_slice(&out)));
    postern_charset marked = postern_charset_from_bom(in, NULL);
    if (keeps_ascii(charset_info_of(marked ? marked : charset)))
        check(count_of(postern_buf_slice(&out), '<') == count_of(in, '<'));
    postern_arena *arena = postern_arena_new(16 * len + 4096);
    postern_slice text = {NULL, 0};
    check(arena && !postern_charset_decode_arena(charset, in, arena, NULL, 0, &text));
    check(postern_slice_eq(text, postern_buf_slice(&out)));
    check(*postern_charset_name(postern_charset_detect(in)) != 0);
    postern_charset label = postern_charset_parse(in);
    check(label == POSTERN_CHARSET_NONE || *postern_charset_name(label) != 0);
    postern_arena_free(arena);
    postern_buf_free(&out);
    return 0;
}
