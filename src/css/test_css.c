/* Unit tests of the room css: what the public suite does not ask, and that the writer's text reads back as the same tokens. */
#include "base/test_oom.h"

#include "postern/css.h"

#include <stdio.h>

static bool same_token(const postern_css_token *a, const postern_css_token *b) {
    return a->kind == b->kind && postern_slice_eq(a->value, b->value) && postern_slice_eq(a->repr, b->repr) && a->id == b->id &&
           a->integer == b->integer && a->delim == b->delim && a->range_start == b->range_start && a->range_end == b->range_end;
}

/* Writes all tokens of `css`; what cannot be written becomes an empty string. */
static void write_all(postern_slice css, bool ranges, postern_arena *arena, postern_buf *out, postern_css_token *kept,
                      size_t *count) {
    postern_css_tokenizer t;
    postern_css_tokenizer_init(&t, css, arena);
    t.unicode_ranges = ranges;
    *count = 0;
    for (postern_css_token token;;) {
        postern_css_next(&t, &token);
        if (token.kind == POSTERN_CSS_EOF) break;
        const postern_css_token *previous = *count ? &kept[*count - 1] : NULL;
        postern_status status = postern_css_write(out, previous, &token);
        if (status == POSTERN_UNSUPPORTED) {
            token = (postern_css_token){.kind = POSTERN_CSS_STRING};
            status = postern_css_write(out, previous, &token);
        }
        assert_int_equal(status, POSTERN_OK);
        kept[(*count)++] = token;
    }
    assert_int_equal(t.status, POSTERN_OK);
}

static void assert_p1(postern_slice text) {
    assert_true(postern_utf8_valid(text));
    for (size_t i = 0; i < text.len; i++) {
        assert_true(text.ptr[i] != '<' && text.ptr[i] >= 0x20 && text.ptr[i] != 0x7F);
        if (text.ptr[i] == '&') assert_true(postern_slice_starts(postern_slice_from(text, i), POSTERN_S("&/**/")));
    }
}

static void check_round_trip(postern_slice css, bool ranges) {
    static postern_css_token kept[5000];
    postern_arena *arena = postern_arena_new(1 << 24);
    postern_buf out, again;
    size_t count, count_again = 0;
    assert_non_null(arena);
    postern_buf_init(&out, 1 << 24);
    postern_buf_init(&again, 1 << 24);
    write_all(css, ranges, arena, &out, kept, &count);
    assert_p1(postern_buf_slice(&out));
    postern_css_tokenizer t;
    postern_css_tokenizer_init(&t, postern_buf_slice(&out), arena);
    t.unicode_ranges = ranges;
    for (postern_css_token token;; count_again++) {
        postern_css_next(&t, &token);
        if (token.kind == POSTERN_CSS_EOF) break;
        if (count_again >= count || !same_token(&token, &kept[count_again])) {
            print_error("token %zu differs:\n  [%.*s]\n", count_again, POSTERN_ARG(css));
            print_error("  [%.*s]\n", POSTERN_ARG(postern_buf_slice(&out)));
            fail();
        }
        assert_int_equal(postern_css_write(&again, count_again ? &kept[count_again - 1] : NULL, &token), POSTERN_OK);
    }
    assert_int_equal(count_again, count);
    assert_same_slice(postern_buf_slice(&again), postern_buf_slice(&out));
    postern_buf_free(&out);
    postern_buf_free(&again);
    postern_arena_free(arena);
}

/* P1: closed spelling of what HTML would see. */
static void p1_written_text_is_closed(void **state) {
    (void)state;
    static const struct { const char *in, *out; } rows[] = {
        {"\"</style>&amp;\"", "\"\\3C /style>\\26 amp;\""},
        {"\\3c script", "\\3C script"},
        {"& .a", "&/**/ .a"},
        {"&amp", "&/**/amp"},
        {"&#x", "&/**/#x"},
        {"url(a&amp;b<c)", "url(a\\26 amp;b\\3C c)"},
        {"'\x01\xC2\x85\x7F'", "\"\\1 \\85 \\7F \""},
        {"a\xEF\xBB\xBF", "a\\FEFF "},
        {"\xEF\xBF\xBE" "a", "\\FFFE a"},
        {"caf\xC3\xA9", "caf\xC3\xA9"},
        {"\xE2\x80\xAE" "a", "\\202E a"}, /* a bidi control is no identifier in newer drafts */
        {"'it\\27s \"q\"'", "\"it's \\\"q\\\"\""},
        {"1\\65 5", "1\\65 5"}, {"1e5", "1e5"}, {"1\\65-5", "1\\65 -5"},
        {"\\31 0", "\\31 0"}, {"-\\31", "-\\31 "}, {"\\-", "\\-"}, {"#1", "#1"}, {"#\\31", "#\\31 "},
        {"u\\72l(x)", "url(x)"}, {"URL( \"x\" )", "URL( \"x\" )"},
        {"a/**/b", "a/**/b"}, {"a/**/(", "a/**/("}, {"1/**/px", "1/**/px"}, {"1/**/2", "1/**/2"}, {"+/**/1", "+/**/1"},
        {"#/**/a", "#/**/a"}, {"@/**/a", "@/**/a"}, {"-/**/-/**/>", "-/**/->"}, {"--/**/>", "--/**/>"}, {"-->", "-->"},
        {"//**/*", "//**/*"}, {"~=", "~="}, {"a\r\n\fb", "a b"}, {"\\0", "\xEF\xBF\xBD"}, {"1/**/%", "1/**/%"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_css_token kept[20];
        size_t count;
        postern_buf out;
        postern_arena *arena = postern_arena_new(1 << 16);
        postern_buf_init(&out, 1000);
        write_all(postern_slice_cstr(rows[i].in), false, arena, &out, kept, &count);
        assert_same_slice(postern_buf_slice(&out), postern_slice_cstr(rows[i].out));
        postern_buf_free(&out);
        postern_arena_free(arena);
        check_round_trip(postern_slice_cstr(rows[i].in), false);
    }
}

static void p1_what_has_no_closed_spelling_is_refused(void **state) {
    (void)state;
    static const char *const rows[] = {"<!--", "<", "\\\n", "\"a\n", "url(a b)", "\x01", "\x7F"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_css_tokenizer t;
        postern_css_token token;
        postern_buf out;
        postern_buf_init(&out, 1000);
        postern_css_tokenizer_init(&t, postern_slice_cstr(rows[i]), NULL);
        postern_css_next(&t, &token);
        assert_int_equal(postern_css_write(&out, NULL, &token), POSTERN_UNSUPPORTED);
        assert_int_equal(out.len, 0);
        postern_buf_free(&out);
    }
}

/* Every sequence of up to three of these pieces, glued and separated, then random soup. */
static void p1_tokens_read_back_the_same(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "a", "--", "-", "u", "e5", "\\31 ", "url", "url(x)", "url( 'x' )", "f(", "(", ")", "[", "{", "}", "1", ".5", "+2e3",
        "-7%", "1px", "2e", "#", "#a", "#1", "#-", "@", "@x", ".", "+", "/", "*", "&", ">", "<", "!", "?", "%", "=", "~", "|",
        "-->", "<!--", ":", ";", ",", " ", "/**/", "'s'", "\"<&\\a\"", "\xC3\xA9", "\\", "\n", "U+1-2", "U+4?",
        "\xE2\x80\xAE", "\\2d",
    };
    enum { COUNT = sizeof pieces / sizeof *pieces };
    char text[400];
    for (size_t a = 0; a < COUNT; a++)
        for (size_t b = 0; b < COUNT; b++) {
            for (size_t c = 0; c < COUNT; c += 1 + (a * b) % 3)
                for (size_t g = 0; g < 2; g++) {
                    const char *glue = g ? "/**/" : "";
                    int len = snprintf(text, sizeof text, "%s%s%s%s%s", pieces[a], glue, pieces[b], glue, pieces[c]);
                    check_round_trip(postern_slice_of(text, (size_t)len), (a + b) & 1);
                }
        }
    uint64_t seed = 42;
    for (int round = 0; round < 5000; round++) {
        size_t len = 0;
        for (int i = 0; i < 30; i++) {
            seed = seed * 6364136223846793005ull + 1442695040888963407ull;
            const char *piece = pieces[(seed >> 33) % COUNT];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        check_round_trip(postern_slice_of(text, len), round & 1);
    }
}

static void numbers_have_their_value(void **state) {
    (void)state;
    static const struct { const char *text; double value; bool integer; } rows[] = {
        {"0.1", 0.1, false}, {"-0", 0, true}, {"12345678901234567890", 12345678901234567890.0, true}, {"1e22", 1e22, false},
        {"1e-7", 1e-7, false}, {"1e400", __builtin_inf(), false}, {"1e-400", 0, false},
        {"1.797693134862315", 1.797693134862315, false},
        {"1e999999999999", __builtin_inf(), false}, {"0e999999999999", 0, false}, {"+.5e+1", 5, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_css_tokenizer t;
        postern_css_token token;
        postern_css_tokenizer_init(&t, postern_slice_cstr(rows[i].text), NULL);
        postern_css_next(&t, &token);
        assert_int_equal(token.kind, POSTERN_CSS_NUMBER);
        assert_true(token.number == rows[i].value && token.integer == rows[i].integer);
        assert_same_slice(token.repr, postern_slice_cstr(rows[i].text));
    }
}

static void ranges_are_read_when_asked_for(void **state) {
    (void)state;
    postern_css_tokenizer t;
    postern_css_token token;
    postern_css_tokenizer_init(&t, POSTERN_S("U+a U+4??"), NULL);
    postern_css_next(&t, &token);
    assert_int_equal(token.kind, POSTERN_CSS_IDENT);
    t.pos = token.offset;
    t.unicode_ranges = true;
    postern_css_next(&t, &token);
    assert_int_equal(token.kind, POSTERN_CSS_UNICODE_RANGE);
    assert_true(token.range_start == 10 && token.range_end == 10);
    postern_css_next(&t, &token);
    postern_css_next(&t, &token);
    assert_true(token.range_start == 0x400 && token.range_end == 0x4FF);
}

static void charset_is_a_byte_sequence(void **state) {
    (void)state;
    assert_slice(postern_css_prescan_charset(POSTERN_S("@charset \"koi8-r\"; a{}")), "koi8-r");
    assert_slice(postern_css_prescan_charset(POSTERN_S("@charset \"UTF-16le\";")), "utf-8");
    assert_slice(postern_css_prescan_charset(POSTERN_S("@charset 'koi8-r';")), "");
    assert_slice(postern_css_prescan_charset(POSTERN_S(" @charset \"koi8-r\";")), "");
    assert_slice(postern_css_prescan_charset(POSTERN_S("@charset \"koi8-r\" ;")), "");
    assert_slice(postern_css_prescan_charset(POSTERN_S("@charset \"koi8-r")), "");
}

static postern_status whole_life(void *user) {
    (void)user;
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena) return POSTERN_NOMEM;
    postern_css_tokenizer t;
    postern_css_token token;
    postern_buf out;
    postern_status status = POSTERN_OK;
    postern_buf_init(&out, 1 << 20);
    char css[300];
    snprintf(css, sizeof css, "\\61 'b\\62' url(\\63) #\\64 @\\65 1\\66 '%0200d<<<<<<<<'", 0);
    postern_css_tokenizer_init(&t, postern_slice_cstr(css), arena);
    do {
        postern_css_next(&t, &token);
        if (!status) status = postern_css_write(&out, NULL, &token);
    } while (token.kind != POSTERN_CSS_EOF);
    if (!status) status = t.status;
    postern_buf_free(&out);
    postern_arena_free(arena);
    return status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    assert_true(test_oom_each(whole_life, NULL) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p1_written_text_is_closed),
        cmocka_unit_test(p1_what_has_no_closed_spelling_is_refused),
        cmocka_unit_test(p1_tokens_read_back_the_same),
        cmocka_unit_test(numbers_have_their_value),
        cmocka_unit_test(ranges_are_read_when_asked_for),
        cmocka_unit_test(charset_is_a_byte_sequence),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
