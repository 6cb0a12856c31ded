/* Unit tests of plain text as HTML: lines, links, format=flowed. */
#include "test_page.h"

static const struct {
    const char *type, *body, *page; /* between the block of the mail and the end of the text */
} rows[] = {
    {"text/plain", "a \r\nb\r\n> q\r\n",
     "a \nb\n<span style=\"color:#557;\">&gt; q\n</span>"},
    {"text/plain; format=flowed", "one \r\ntwo\r\n\r\n From x\r\n-- \r\nsig \r\nend\r\n", "one two\n\nFrom x\n-- \nsig end\n"},
    {"text/plain; format=flowed", "> q \r\n> r \r\n>> s\r\nt\r\n", "<Q>q r \n<Q>s\n</Q></Q>t\n"},
    {"text/plain; format=flowed; delsp=yes", "\xE3\x81\x82 \r\n\xE3\x81\x84\r\n", "\xE3\x81\x82\xE3\x81\x84\n"},
    {"text/plain; format=Flowed", "see \r\nhttp://x.example/a and \r\n<b>",
     "see <a href=\"http://x.example/a\" target=\"_blank\" rel=\"noopener "
     "noreferrer nofollow\">http://x.example/a</a> and &lt;b&gt;\n"},
};

/* The page with our own quote blocks abbreviated. */
static void shorten(postern_slice page, postern_buf *ret) {
    static const char open[] =
        "<postern-quote style=\"display:block;border-left:2px solid #99b;padding-left:8px;color:#557;\">";
    postern_buf_init(ret, 1 << 20);
    for (size_t i = 0; i < page.len;) {
        postern_slice rest = postern_slice_from(page, i);
        if (postern_slice_starts(rest, postern_slice_cstr(open))) {
            postern_buf_add(ret, "<Q>", 3);
            i += sizeof open - 1;
        } else if (postern_slice_starts(rest, POSTERN_S("</postern-quote>"))) {
            postern_buf_add(ret, "</Q>", 4);
            i += strlen("</postern-quote>");
        } else {
            postern_buf_add_byte(ret, page.ptr[i++]);
        }
    }
}

static void texts_as_pages(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf mail, page, text;
        postern_page_options options;
        postern_page_options_init(&options);
        postern_buf_init(&mail, 1 << 16);
        postern_buf_printf(&mail, "From: a@b\r\nTo: c@d\r\nMIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n%s", rows[i].type,
                           rows[i].body);
        assert_int_equal(test_page(postern_buf_slice(&mail), &options, &page, NULL), POSTERN_OK);
        shorten(postern_buf_slice(&page), &text);
        postern_slice all = postern_buf_slice(&text);
        size_t from = postern_slice_find(all, 0, POSTERN_S("monospace;\">"));
        assert_true(from != SIZE_MAX);
        from += strlen("monospace;\">");
        size_t end = postern_slice_find(all, from, POSTERN_S("</postern-text>"));
        postern_slice got = postern_slice_sub(all, from, end - from);
        if (!postern_slice_eq(got, postern_slice_cstr(rows[i].page)))
            fail_msg("row %zu:\nwant %s\n got %.*s", i, rows[i].page, (int)got.len, (const char *)got.ptr);
        postern_buf_free(&mail);
        postern_buf_free(&page);
        postern_buf_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_as_pages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
