/* Unit tests of the tokenizer: what html5lib's suite does not ask. */
#include "base/test_oom.h"

#include "postern/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Tokens in one line: T(text) <name a=v> </name> C(…) D(…), text joined. */
static void spell(postern_slice input, bool automatic, bool foreign, postern_buf *out) {
    postern_html_tokenizer *t;
    postern_html_token token;
    bool in_text = false;
    assert_int_equal(postern_html_tokenizer_new(input, automatic, NULL, &t), POSTERN_OK);
    postern_html_set_foreign(t, foreign);
    do {
        assert_int_equal(postern_html_next(t, &token), POSTERN_OK);
        if (in_text && token.kind != POSTERN_HTML_TEXT) postern_buf_add_byte(out, ')');
        if (token.kind == POSTERN_HTML_TEXT) {
            if (!in_text) postern_buf_printf(out, "T(");
            postern_buf_add_slice(out, token.text);
        } else if (token.kind == POSTERN_HTML_START) {
            postern_buf_printf(out, "<%.*s", POSTERN_ARG(token.name));
            for (size_t i = 0; i < token.attribute_count; i++) {
                const postern_html_attribute *a = &token.attributes[i];
                postern_buf_printf(out, " %.*s=%.*s", POSTERN_ARG(a->name), POSTERN_ARG(a->value));
            }
            postern_buf_printf(out, token.self_closing ? "/>" : ">");
        } else if (token.kind == POSTERN_HTML_END) {
            postern_buf_printf(out, "</%.*s>", POSTERN_ARG(token.name));
        } else if (token.kind == POSTERN_HTML_COMMENT) {
            postern_buf_printf(out, "C(%.*s)", POSTERN_ARG(token.text));
        } else if (token.kind == POSTERN_HTML_DOCTYPE) {
            postern_buf_printf(out, "D(%.*s)", POSTERN_ARG(token.name));
        }
        in_text = token.kind == POSTERN_HTML_TEXT;
    } while (token.kind != POSTERN_HTML_EOF);
    assert_int_equal(postern_html_next(t, &token), POSTERN_OK);
    assert_int_equal(token.kind, POSTERN_HTML_EOF); /* and stays there */
    postern_html_tokenizer_free(t);
}

static void tokens_as_expected(void **state) {
    (void)state;
    static const struct { bool foreign; const char *input, *expected; } rows[] = {
        {false, "<!DOCTYPE html><p class=a>x</p>", "D(html)<p class=a>T(x)</p>"},
        {false, "a\r\nb\rc\n", "T(a\nb\nc\n)"},
        {false, "\r\r\n\r", "T(\n\n\n)"},
        {false, "<a b='1' B=2 c>", "<a b=1 c=>"},
        {false, "<a b=\"x\r\ny\rz&#13;\">", "<a b=x\ny\nz\r>"},
        {false, "\xFF<a b=\xC3>\xE2\x82", "T(\xEF\xBF\xBD)<a b=\xEF\xBF\xBD>T(\xEF\xBF\xBD)"},
        {false, "<\xFF>", "T(<\xEF\xBF\xBD>)"},
        {false, "<p\xFF\xFF>", "<p\xEF\xBF\xBD\xEF\xBF\xBD>"},
        {false, "<title>a<b>&amp;</title><b>", "<title>T(a<b>&)</title><b>"},
        {false, "<style>a<b>&amp;</styl></style><b>", "<style>T(a<b>&amp;</styl>)</style><b>"},
        {false, "<script><!--<script></script>--></script>x", "<script>T(<!--<script></script>-->)</script>T(x)"},
        {false, "<script><!--</script>x", "<script>T(<!--)</script>T(x)"},
        {false, "<script>\xFF<!--\xFF<script\r></script\r\n></script>x",
         "<script>T(\xEF\xBF\xBD<!--\xEF\xBF\xBD<script\n></script\n>)</script>T(x)"},
        {false, "<noscript><b></noscript>", "<noscript><b></noscript>"},
        {false, "<plaintext></plaintext><b>", "<plaintext>T(</plaintext><b>)"},
        {true, "<title><b></title><![CDATA[x]]y]]]>z", "<title><b></title>T(x]]y]z)"},
        {false, "<![CDATA[x]]>y", "C([CDATA[x]])T(y)"},
        {false, "<!--a--!>b<!--->c<!--d", "C(a)T(b)C()T(c)C(d)"},
        {false, "<!--a\xFF\r\n-->", "C(a\xEF\xBF\xBD\n)"},
        {false, "<a href=\"x", ""},
        {false, "<!doctype x/y PUBLIC \"\xFF\" 's'>", "D(x/y)"},
        {false, "&notit;&notin;&ngE;&#x41;&#0;&#x110000;",
         "T(\xC2\xACit;\xE2\x88\x89\xE2\x89\xA7\xCC\xB8" "A\xEF\xBF\xBD\xEF\xBF\xBD)"},
        {false, "<a href='?a=b&copy=1&copy;&lt'>", "<a href=?a=b&copy=1\xC2\xA9<>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf got;
        postern_buf_init(&got, 1 << 20);
        spell(postern_slice_cstr(rows[i].input), true, rows[i].foreign, &got);
        assert_same_slice(postern_buf_slice(&got), postern_slice_cstr(rows[i].expected));
        postern_buf_free(&got);
    }
}

static void entity_is_the_longest(void **state) {
    (void)state;
    static const struct { const char *text; size_t len; uint32_t first, second; } rows[] = {
        {"amp", 3, '&', 0}, {"amp;", 4, '&', 0}, {"ampx", 3, '&', 0}, {"am", 0, 0, 0}, {"", 0, 0, 0}, {"notin;", 6, 0x2209, 0},
        {"notin", 3, 0xAC, 0}, {"CounterClockwiseContourIntegral;x", 32, 0x2233, 0}, {"fjlig;", 6, 'f', 'j'},
        {"bne;", 4, '=', 0x20E5}, {"caps;", 5, 0x2229, 0xFE00}, {"zwnj;", 5, 0x200C, 0}, {"AElig", 5, 0xC6, 0},
        {"\xFF", 0, 0, 0}, {"Afr;", 4, 0x1D504, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t scalars[2] = {0, 0};
        assert_int_equal(postern_html_entity(postern_slice_cstr(rows[i].text), scalars), rows[i].len);
        assert_int_equal(scalars[0], rows[i].first);
        assert_int_equal(scalars[1], rows[i].second);
    }
}

static void count_note(void *user, const postern_note *note) {
    assert_int_equal(note->kind, POSTERN_NOTE_HTML_ATTRIBUTES_CUT);
    ++*(unsigned *)user;
}

/* Z18: more attributes than the limit end in a note, once a tag, and the tag is still a tag. */
static void z18_attributes_are_limited(void **state) {
    (void)state;
    postern_buf in;
    postern_html_tokenizer *t;
    postern_html_token token;
    unsigned count = 0;
    postern_notes notes = {count_note, &count};
    postern_buf_init(&in, 1 << 20);
    postern_buf_printf(&in, "<p");
    for (unsigned i = 0; i < POSTERN_LIMIT_ATTRIBUTES + 50; i++) postern_buf_printf(&in, " a%u=%u a%u=x", i, i, i);
    postern_buf_printf(&in, "><b>");
    assert_int_equal(postern_html_tokenizer_new(postern_buf_slice(&in), true, &notes, &t), POSTERN_OK);
    assert_int_equal(postern_html_next(t, &token), POSTERN_OK);
    assert_int_equal(token.attribute_count, POSTERN_LIMIT_ATTRIBUTES);
    assert_slice(token.attributes[999].name, "a999");
    assert_slice(postern_html_attribute_find(&token, POSTERN_S("a500"))->value, "500");
    assert_null(postern_html_attribute_find(&token, POSTERN_S("a1000")));
    assert_int_equal(postern_html_next(t, &token), POSTERN_OK);
    assert_slice(token.name, "b");
    assert_int_equal(count, 1);
    postern_html_tokenizer_free(t);
    postern_buf_free(&in);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* 590 kB of each of these has cost other parsers seconds. The bound is generous, for sanitizers and slow machines; quadratic
 * work would need minutes. */
static void unlucky_markup_is_linear(void **state) {
    (void)state;
    static const char *const units[] = {
        "<", "</", "<!", "<!-", "<!--", "<!-- -", "-->", "&", "&a", "&CounterClockwiseContourIntegra", "&#", "&#x", "<a ",
        "<a b='", "<a =", "<![CDATA[", "]]", "<!DOCTYPE ", "<!DOCTYPE a PUBLIC '", "<script>", "<script><!--",
        "<script><!--<script ", "</scrip", "<title>", "</titl", "\r", "\r\n", "\xFF", "a\xFF", "\xE2\x82",
        "<a\xFF b='\xFF\xFF", "<title>\xFF", "<script>\xFF<!--<", "<p a b c d e f g>", "<!--\xFF-", "<a b=\"&\xFF", "\xC3\xA9",
        "<textarea>&\xFF<", "-", "--!",
    };
    size_t size = 590000;
    uint8_t *input = malloc(size);
    assert_non_null(input);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t len = strlen(units[i]);
        for (size_t at = 0; at < size; at++) input[at] = (uint8_t)units[i][at % len];
        postern_html_tokenizer *t;
        postern_html_token token;
        size_t previous = 0;
        double start = seconds();
        assert_int_equal(postern_html_tokenizer_new(postern_slice_of(input, size), true, NULL, &t), POSTERN_OK);
        do {
            assert_int_equal(postern_html_next(t, &token), POSTERN_OK);
            assert_true(token.offset >= previous && token.end >= token.offset && token.end <= size);
            previous = token.end;
        } while (token.kind != POSTERN_HTML_EOF);
        postern_html_tokenizer_free(t);
        double took = seconds() - start;
        if (took > 1.0) fail_msg("%s: %.2f s", units[i], took);
    }
    free(input);
}

static postern_status whole_life(void *user) {
    (void)user;
    postern_html_tokenizer *t;
    postern_html_token token = {.kind = POSTERN_HTML_TEXT};
    postern_slice input = POSTERN_S("<!DOCTYPE a PUBLIC '\r\n'><a b=1 c='&amp;' b=2>&lt;<title>x</title>"
                                    "<!--\r--><script><!--</script>\xFF");
    postern_status status = postern_html_tokenizer_new(input, true, NULL, &t);
    if (status) return status;
    while (!status && token.kind != POSTERN_HTML_EOF) status = postern_html_next(t, &token);
    postern_html_tokenizer_free(t);
    return status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    assert_true(test_oom_each(whole_life, NULL) >= 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_as_expected),         cmocka_unit_test(entity_is_the_longest),
        cmocka_unit_test(z18_attributes_are_limited), cmocka_unit_test(unlucky_markup_is_linear),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
