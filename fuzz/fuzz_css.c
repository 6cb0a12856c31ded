/*
 * CSS tokens and their writer, over any bytes. Properties: tokens are in order and inside the input; what the writer writes is
 * valid UTF-8 without '<', raw controls, or an '&' that is not followed by a comment (P1), and reads back as the same tokens.
 */
#include <stdlib.h>

#include "postern/css.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(bool good) {
    if (!good) abort();
}

static bool same(const postern_css_token *a, const postern_css_token *b) {
    return a->kind == b->kind && postern_slice_eq(a->value, b->value) && postern_slice_eq(a->repr, b->repr) && a->id == b->id &&
           a->integer == b->integer && a->delim == b->delim && a->range_start == b->range_start && a->range_end == b->range_end;
}

static void check_p1(postern_slice text) {
    check(postern_utf8_valid(text));
    for (size_t i = 0; i < text.len; i++) {
        check(text.ptr[i] != '<' && text.ptr[i] >= 0x20 && text.ptr[i] != 0x7F);
        if (text.ptr[i] == '&') check(postern_slice_starts(postern_slice_from(text, i), POSTERN_S("&/**/")));
    }
}

/* The tokens and their text; what cannot be written becomes an empty string, which may stand behind "url(", too. */
static size_t write_all(postern_slice css, bool ranges, postern_arena *arena, postern_css_token *kept, size_t room,
                        postern_buf *out) {
    postern_css_tokenizer t;
    size_t count = 0, behind = 0;
    postern_css_tokenizer_init(&t, css, arena);
    t.unicode_ranges = ranges;
    for (postern_css_token token;;) {
        postern_css_next(&t, &token);
        check(token.offset >= behind && token.end >= token.offset && token.end <= css.len);
        behind = token.end;
        if (token.kind == POSTERN_CSS_EOF) return count;
        check(token.end > token.offset && postern_utf8_valid(token.value));
        postern_status status = postern_css_write(out, count ? &kept[count - 1] : NULL, &token);
        check(count < room && (status == POSTERN_OK || status == POSTERN_UNSUPPORTED));
        if (status == POSTERN_UNSUPPORTED) {
            token = (postern_css_token){.kind = POSTERN_CSS_STRING};
            check(postern_css_write(out, count ? &kept[count - 1] : NULL, &token) == POSTERN_OK);
        }
        kept[count++] = token;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    postern_slice css = postern_slice_of(bytes, len);
    if (len > 1 << 16 || !postern_utf8_valid(css)) return 0;
    bool ranges = len && (bytes[0] & 1);
    postern_arena *arena = postern_arena_new(64u << 20);
    postern_css_token *kept = malloc((len + 1) * sizeof *kept), *again = malloc((len + 1) * sizeof *again);
    postern_buf out, twice;
    check(arena && kept && again);
    postern_buf_init(&out, 64u << 20);
    postern_buf_init(&twice, 64u << 20);
    size_t count = write_all(css, ranges, arena, kept, len + 1, &out);
    check_p1(postern_buf_slice(&out));
    check(write_all(postern_buf_slice(&out), ranges, arena, again, len + 1, &twice) == count);
    for (size_t i = 0; i < count; i++) check(same(&kept[i], &again[i]));
    check(postern_slice_eq(postern_buf_slice(&out), postern_buf_slice(&twice)));
    (void)postern_css_prescan_charset(css);
    postern_buf_free(&out);
    postern_buf_free(&twice);
    free(kept);
    free(again);
    postern_arena_free(arena);
    return 0;
}
