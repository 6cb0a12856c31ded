/* Unit tests of the escaping writer and the prescan. */
#include "base/test_base.h"

#include "postern/html.h"

typedef struct row {
    const char *in, *text, *value;
} row;

/* P1: the two contexts, row by row. */
static void p1_escapes_each_context(void **state) {
    (void)state;
    static const row rows[] = {
        {"plain \xC3\xA9 \xF0\x9F\x98\x80", "plain \xC3\xA9 \xF0\x9F\x98\x80", "plain \xC3\xA9 \xF0\x9F\x98\x80"},
        {"<a href=\"x\">&amp;", "&lt;a href=&quot;x&quot;&gt;&amp;amp;", "&lt;a href=&quot;x&quot;&gt;&amp;amp;"},
        {"a\tb\nc\rd", "a\tb\nc&#13;d", "a&#9;b&#10;c&#13;d"},
        {"\x01\x0B\x0C\x1B\x7F", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC2\x85|\xEF\xBF\xBE|\xEF\xB7\x90|\xFF|\xED\xA0\x80",
         "\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
         "\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"'`=", "'`=", "'`="},
        {"", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf out;
        postern_buf_init(&out, 4096);
        postern_sink sink = postern_buf_sink(&out);
        assert_int_equal(postern_html_write_text(&sink, postern_slice_cstr(rows[i].in)), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&out), postern_slice_cstr(rows[i].text));
        postern_buf_clear(&out);
        assert_int_equal(postern_html_write_attribute(&sink, postern_slice_cstr(rows[i].in)), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&out), postern_slice_cstr(rows[i].value));
        postern_buf_free(&out);
    }
}

/* A srcdoc in a srcdoc, written in pieces that end inside characters. */
static void escaper_nests(void **state) {
    (void)state;
    postern_buf out;
    postern_buf_init(&out, 4096);
    postern_sink sink = postern_buf_sink(&out);
    postern_html_attribute_escaper one = {&sink};
    postern_sink inner = postern_html_attribute_escaper_sink(&one);
    postern_html_attribute_escaper two = {&inner};
    postern_sink innermost = postern_html_attribute_escaper_sink(&two);
    assert_int_equal(postern_sink_write(&inner, POSTERN_S("<i t=\"\xC3")), POSTERN_OK);
    assert_int_equal(postern_sink_write(&inner, POSTERN_S("\xA9\">")), POSTERN_OK);
    assert_int_equal(postern_sink_write(&innermost, POSTERN_S("&\"")), POSTERN_OK);
    assert_slice(postern_buf_slice(&out), "&lt;i t=&quot;\xC3\xA9&quot;&gt;&amp;amp;&amp;quot;");
    postern_buf_free(&out);
}

static void a_full_sink_stops_the_writer(void **state) {
    (void)state;
    postern_buf out;
    postern_buf_init(&out, 5);
    postern_sink sink = postern_buf_sink(&out);
    assert_int_equal(postern_html_write_text(&sink, POSTERN_S("abc<def")), POSTERN_LIMIT);
    assert_slice(postern_buf_slice(&out), "abc");
    postern_buf_free(&out);
}

static void prescan_finds_the_label(void **state) {
    (void)state;
    static const struct { const char *page, *label; } rows[] = {
        {"<meta charset=koi8-r>", "koi8-r"},
        {"<META CHARSET=' Shift_JIS '>", "Shift_JIS"},
        {"<meta http-equiv=Content-Type content='text/html; charset=big5'>", "big5"},
        {"<meta content='text/html; charset=big5'>", ""},
        {"<!-- <meta charset=koi8-r> --><meta charset=gbk>", "gbk"},
        {"<!--><meta charset=gbk>-->", "gbk"},
        {"<p title='<meta charset=koi8-r>'><meta/charset=gbk>", "gbk"},
        {"<meta charset=nonsense><meta charset=utf-16>", "utf-8"},
        {"<meta charset=x-user-defined>", "windows-1252"},
        {"<meta charset='koi8-r", ""},
        {"plain text", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_same_slice(postern_html_prescan_charset(postern_slice_cstr(rows[i].page)), postern_slice_cstr(rows[i].label));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p1_escapes_each_context),
        cmocka_unit_test(escaper_nests),
        cmocka_unit_test(a_full_sink_stops_the_writer),
        cmocka_unit_test(prescan_finds_the_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
