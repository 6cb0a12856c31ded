/* What the tests of the page share: a small archive around a body, and the page that comes of it. */
#ifndef POSTERN_PAGE_TEST_PAGE_H
#define POSTERN_PAGE_TEST_PAGE_H

#include "base/test_base.h"
#include "postern/page.h"

#define FRAME "<iframe sandbox=\"allow-same-origin allow-popups allow-popups-to-escape-sandbox\""
#define TEST_PNG "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

/* The root stands at http://x.test/d/p.html; beside it: pic.png (also cid:pic@x), octets.bin (the same, undeclared),
 * liar.png (HTML that says it is a PNG), pic.html (a GIF signature that says it is HTML), frame.html, a.css, pic.svg,
 * s/sprites.svg. */
static const char test_parts[] =
    "--B\r\nContent-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Location: http://x.test/d/pic.png\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n" TEST_PNG "\r\n"
    "--B\r\nContent-Type: application/octet-stream\r\nContent-Location: http://x.test/d/octets.bin\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n" TEST_PNG "\r\n"
    "--B\r\nContent-Type: image/png\r\nContent-Location: http://x.test/d/liar.png\r\n\r\n<script>alert(1)</script>\r\n"
    "--B\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: http://x.test/d/pic.html\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nGIF89a\r\n"
    "--B\r\nContent-Type: text/html\r\nContent-Location: http://x.test/d/frame.html\r\n\r\n"
    "<!doctype html><p>in<script>1</script><img src=pic.png>\r\n"
    "--B\r\nContent-Type: text/css\r\nContent-Location: http://x.test/d/a.css\r\n\r\nb{color:red}\r\n"
    "--B\r\nContent-Type: image/svg+xml\r\nContent-Location: http://x.test/d/pic.svg\r\n\r\n"
    "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script><rect width=\"1\" onload=\"x\"/></svg>\r\n"
    "--B\r\nContent-Type: image/svg+xml\r\nContent-Location: http://x.test/d/s/sprites.svg\r\n\r\n"
    "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><symbol id=\"a\" viewBox=\"0 0 9 9\"><path d=\"M0\"/>"
    "<script>1</script><symbol/><image href=\"../pic.png\" onload=\"x\"/></symbol><g id=\"b\"><g><rect/></g></g>"
    "<use id=\"c\" href=\"sprites.svg#c\"/></svg>\r\n"
    "--B--\r\n";

static inline void test_archive_text(const char *html, postern_buf *ret_text) {
    postern_buf_init(ret_text, 256u << 20);
    postern_buf_printf(ret_text, "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n"
                                 "Content-Type: multipart/related; type=\"text/html\"; boundary=\"B\"\r\n\r\n"
                                 "--B\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: http://x.test/d/p.html\r\n"
                                 "Content-Transfer-Encoding: binary\r\n\r\n");
    postern_buf_add(ret_text, html, strlen(html));
    postern_buf_printf(ret_text, "\r\n%s", test_parts);
}

/* The page of a whole archive or mail; the status is returned, *ret_page is the caller's. */
static inline postern_status test_page(postern_slice text, const postern_page_options *options, postern_buf *ret_page,
                                       postern_page_report *ret_report) {
    postern_archive_options open_options = {.expect_html = true};
    postern_archive *archive = NULL;
    postern_page_report report;
    postern_buf_init(ret_page, 512u << 20);
    postern_status status = postern_archive_open(text, &open_options, &archive, NULL);
    if (status != POSTERN_OK) return status;
    postern_sink sink = postern_buf_sink(ret_page);
    status = postern_page_html(archive, options, &sink, ret_report ? ret_report : &report, NULL);
    postern_archive_free(archive);
    return status;
}

/* The body alone. */
static inline void test_page_fragment(const char *html, postern_buf *ret_page, postern_page_report *ret_report) {
    postern_buf text;
    postern_page_options options;
    postern_page_options_init(&options);
    options.fragment = true;
    test_archive_text(html, &text);
    postern_status status = test_page(postern_buf_slice(&text), &options, ret_page, ret_report);
    postern_buf_free(&text);
    assert_int_equal(status, POSTERN_OK);
}

#endif
