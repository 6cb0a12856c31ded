/* Unit tests of domains: to ASCII, and back for people. The suites of UTS 46 are in tests/conformance. */
#include "base/test_base.h"
#include "postern/url.h"

#include <stdlib.h>

static void to_ascii(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"Example.COM", "example.com"},
        {"b\xC3\xBC""cher.example", "xn--bcher-kva.example"},
        {"bu\xCC\x88""cher.example", "xn--bcher-kva.example"}, /* composed */
        {"stra\xC3\x9F""e.example", "xn--strae-oqa.example"},  /* not transitional */
        {"a\xE3\x80\x82""b\xC3\xBC", "a.xn--b-eha"},           /* the ideographic full stop */
        {"a\xC2\xAD\xC3\xBC", "xn--a-eha"},                    /* soft hyphen is ignored */
        {"\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8", "xn--p39a"},   /* Hangul composes */
        {"xn--bcher-kva.\xC3\xBC", "xn--bcher-kva.xn--tda"},
        {"xn--a.\xC3\xBC", NULL},                               /* Punycode that says nothing */
        {"xn--a-.\xC3\xBC", NULL},                              /* Punycode of ASCII */
        {"\xCC\x81""a", NULL},                                  /* begins with a mark */
        {"a\xE2\x80\x8D""b", NULL},                             /* joiner without a virama */
        {"\xD7\x90""a", NULL},                                  /* right to left and left to right in one label */
        {"\xD7\x90.1\xD7\x90", NULL},                           /* a right-to-left label that begins with a number */
        {"\xEF\xBF\xBD", NULL},
        {"a\xFF", NULL},
    };
    postern_arena *arena = postern_arena_new(1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_slice ascii;
        postern_status status = postern_domain_to_ascii(arena, postern_slice_cstr(rows[i][0]), &ascii);
        if (status != (rows[i][1] ? POSTERN_OK : POSTERN_FORMAT)) fail_msg("row %zu: %s", i, postern_status_name(status));
        if (rows[i][1]) assert_slice_at(ascii, rows[i][1], strlen(rows[i][1]), __FILE__, __LINE__);
    }
    postern_arena_free(arena);
}

static void z18_long_domains_are_refused(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    char text[POSTERN_LIMIT_DOMAIN + 3];
    postern_slice ascii;
    memset(text, 'a', sizeof text);
    assert_int_equal(postern_domain_to_ascii(arena, postern_slice_of(text, sizeof text), &ascii), POSTERN_OK);
    memcpy(text, "\xC3\xBC", 2);
    assert_int_equal(postern_domain_to_ascii(arena, postern_slice_of(text, sizeof text), &ascii), POSTERN_LIMIT);
    assert_int_equal(postern_domain_to_ascii(arena, postern_slice_of(text, POSTERN_LIMIT_DOMAIN), &ascii), POSTERN_OK);
    /* short as text, long when mapped: U+FDFA is eighteen characters */
    for (size_t i = 0; i < 1020; i += 3) memcpy(text + i, "\xEF\xB7\xBA", 3);
    assert_int_equal(postern_domain_to_ascii(arena, postern_slice_of(text, 1020), &ascii), POSTERN_LIMIT);
    /* nothing but combining marks, and canonical decompositions of four code points each */
    for (size_t i = 0; i < 1024; i += 2) memcpy(text + i, i & 2 ? "\xCC\x81" : "\xCC\xA3", 2);
    assert_int_equal(postern_domain_to_ascii(arena, postern_slice_of(text, 1024), &ascii), POSTERN_FORMAT);
    for (size_t i = 0; i < 1024; i += 2) memcpy(text + i, "\xCE\x90", 2);
    assert_int_equal(postern_domain_to_ascii(arena, postern_slice_of(text, 1024), &ascii), POSTERN_OK);
    postern_arena_free(arena);
}

/* What people may be shown: a row's Unicode text is made ASCII, shown, and has to be as it was, or Punycode. */
static void shown_in_unicode(void **state) {
    (void)state;
    static const char *const rows[] = {
        "b\xC3\xBC""cher.example",
        "\xE4\xBE\x8B\xE3\x81\x88.jp",                         /* Han and Hiragana */
        "\xE3\x83\x87\xE3\x83\xBC\xE3\x82\xBF.jp",             /* Katakana with its length mark */
        "\xE4\xBE\x8B\xE3\x81\x88""abc1.jp",                   /* and Latin */
        "\xED\x95\x9C\xEA\xB5\xAD.kr",                         /* Hangul */
        "\xD0\xBF\xD1\x80\xD0\xB5\xD0\xB7\xD0\xB8\xD0\xB4\xD0\xB5\xD0\xBD\xD1\x82.\xD1\x80\xD1\x84"
        "\xD0\xB4", /* Cyrillic with letters that are nothing else */
        "\xCE\xB5\xCE\xBB\xCE\xBB\xCE\xAC\xCE\xB4\xCE\xB1.gr", /* Greek */
        "\xD7\xA2\xD7\x91\xD7\xA8\xD7\x99\xD7\xAA.il",         /* Hebrew */
        "\xD9\x85\xD8\xAB\xD8\xA7\xD9\x84.example",            /* Arabic */
        "\xE0\xB9\x84\xE0\xB8\x97\xE0\xB8\xA2.th",             /* Thai */
        "plain.example",
    };
    postern_arena *arena = postern_arena_new(1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_slice ascii, shown;
        assert_int_equal(postern_domain_to_ascii(arena, postern_slice_cstr(rows[i]), &ascii), POSTERN_OK);
        assert_int_equal(postern_domain_for_display(arena, ascii, &shown), POSTERN_OK);
        assert_slice_at(shown, rows[i], strlen(rows[i]), __FILE__, __LINE__);
    }
    postern_arena_free(arena);
}

static void kept_in_punycode(void **state) {
    (void)state;
    static const char *const rows[] = {
        "\xD0\xB0\xD1\x80\xD1\x80\xD3\x8F\xD0\xB5.com",         /* all Cyrillic, looks like Latin */
        "p\xD0\xB0ypal.com",                                    /* one Cyrillic letter in Latin */
        "\xCE\xBF\xCE\xBD.com",                                 /* Greek that looks like Latin */
        "b\xC4\xB1ng.com",                                      /* dotless i */
        "\xC9\xA1oogle.com",                                    /* phonetic g */
        "e\xCC\xB7""xample.com",                                /* overlay mark */
        "a\xE2\x81\x84""b.com",                                 /* fraction slash */
        "x\xE3\x83\x8E""y.com",                                 /* Katakana no between Latin */
        "\xE3\x83\xBC.com",                                     /* nothing but the length mark */
        "\xE2\x99\xA5.net",                                     /* a symbol */
        "\xE0\xA7\xAA""1.com",                                  /* a digit of another script */
        "\xE1\x8E\xAB\xE1\x8E\xAA.com",                         /* Cherokee is not in wide use */
        "\xE0\xA4\x95\xE0\xA6\x95.com",                         /* Devanagari with Bengali */
        "\xE0\xB6\xB1\xE0\xB7\x8A\xE2\x80\x8D\xE0\xB6\xBB.lk",  /* an invisible joiner, though valid */
    };
    postern_arena *arena = postern_arena_new(1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_slice ascii, shown;
        if (postern_domain_to_ascii(arena, postern_slice_cstr(rows[i]), &ascii)) fail_msg("row %zu", i);
        assert_int_equal(postern_domain_for_display(arena, ascii, &shown), POSTERN_OK);
        assert_same_slice(shown, ascii);
    }
    /* what is no valid name at all stays, too: not NFC, ASCII inside, upper case, too long, empty labels */
    static const char *const as_is[] = {"xn--a.com", "xn--u-ccb.com", "xn--a-.com", "xn--BCHER-KVA.com", "xn--.com", ".xn--..",
                                        "xn--7zv.xn--0ug"};
    for (size_t i = 0; i < sizeof as_is / sizeof *as_is; i++) {
        postern_slice shown;
        assert_int_equal(postern_domain_for_display(arena, postern_slice_cstr(as_is[i]), &shown), POSTERN_OK);
        assert_slice_at(shown, as_is[i], strlen(as_is[i]), __FILE__, __LINE__);
    }
    postern_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_ascii),
        cmocka_unit_test(z18_long_domains_are_refused),
        cmocka_unit_test(shown_in_unicode),
        cmocka_unit_test(kept_in_punycode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
