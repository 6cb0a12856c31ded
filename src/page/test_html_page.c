/* The safe page as a whole: prolog, modes, mail, frames, limits, and that reading it again changes nothing. */
#include <stdlib.h>

#include "base/test_base.h"
#include "base/test_oom.h"
#include "page/test_page.h"
#include "postern/html.h"

#define POLICY                                                                                                               \
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "  \
    "font-src data:; media-src data:; base-uri 'none'; form-action 'none'\">"
#define METAS "<meta charset=\"utf-8\">" POLICY "<meta name=\"referrer\" content=\"no-referrer\">" \
              "<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">"

static postern_slice page_of(const char *html, postern_buf *page, postern_page_report *report) {
    postern_buf text;
    postern_page_options options;
    postern_page_options_init(&options);
    test_archive_text(html, &text);
    assert_int_equal(test_page(postern_buf_slice(&text), &options, page, report), POSTERN_OK);
    postern_buf_free(&text);
    return postern_buf_slice(page);
}

static bool holds(postern_slice page, const char *text) {
    return postern_slice_find(page, 0, postern_slice_cstr(text)) != SIZE_MAX;
}

static void assert_holds(postern_slice page, const char *text) {
    if (!holds(page, text)) {
        print_error("no [%s] in [%.*s]\n", text, (int)page.len, (const char *)page.ptr);
        fail();
    }
}

static void p4_the_head_is_ours(void **state) {
    (void)state;
    postern_buf page;
    postern_slice got =
        page_of("<!doctype html><html lang=en><head><meta charset=big5><meta http-equiv=Content-Security-Policy content=x>"
                "<meta http-equiv=refresh content='0;url=http://h.test/'><title>t</title></head><body>x",
                &page, NULL);
    assert_slice(got, "<!DOCTYPE html>\n<html lang=\"en\"><head>" METAS "<title>t</title></head><body>x");
    postern_buf_free(&page);
    got = page_of("\n<!-- c --> <p>x", &page, NULL);
    assert_slice(got, "<html><head>" METAS "<p>x");
    postern_buf_free(&page);
}

static void p1_the_doctype_keeps_the_mode(void **state) {
    (void)state;
    static const struct {
        const char *doctype, *expected;
    } rows[] = {
        {"<!DOCTYPE html>", "<!DOCTYPE html>\n<html>"},
        {"<!doctype HTML SYSTEM 'about:legacy-compat'>", "<!DOCTYPE html>\n<html>"},
        {"<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN' 'http://www.w3.org/TR/html4/strict.dtd'>",
         "<!DOCTYPE html>\n<html>"},
        {"<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN' 'x'>",
         "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Tr"},
        {"<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01 Transitional//EN' 'x'>",
         "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Tr"},
        {"<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01 Transitional//EN'>", "<html>"},
        {"<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.0 Transitional//EN'>", "<html>"},
        {"<!DOCTYPE html PUBLIC 'html'>", "<html>"},
        {"<!DOCTYPE html PUBLIC>", "<html>"},
        {"<!DOCTYPE svg>", "<html>"},
        {"<p><!DOCTYPE html>", "<html>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf page;
        postern_slice got = page_of(rows[i].doctype, &page, NULL);
        assert_true(postern_slice_starts(got, postern_slice_cstr(rows[i].expected)));
        postern_buf_free(&page);
    }
}

/* ---- reading our own output again ------------------------------------------------------------------------------------ */

static void assert_fixed_point(postern_slice archive) {
    postern_buf first, second;
    postern_page_options options;
    postern_page_options_init(&options);
    assert_int_equal(test_page(archive, &options, &first, NULL), POSTERN_OK);
    assert_int_equal(test_page(postern_buf_slice(&first), &options, &second, NULL), POSTERN_OK);
    assert_same_slice(postern_buf_slice(&second), postern_buf_slice(&first));
    postern_buf_free(&first);
    postern_buf_free(&second);
}

static void p1_sanitizing_twice_changes_nothing(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "<!doctype html><html class=a><head><style>b{color:red}</style><link rel=stylesheet href=a.css></head><body "
        "class=b>x",
        "<p>a<b>c<div>d</p></b><table><p>x<tr><td>y</table></br></p>",
        "<img src=pic.png srcset='pic.png 2x'><img src=none><img data-src=pic.png><picture><source srcset=pic.png></picture>",
        "<a href=http://h.test/ target=x rel=y>1</a><a href=javascript:1>2</a><a href=#x>3</a><area href=x>",
        "<iframe src=frame.html width=3></iframe><iframe src=none></iframe><iframe srcdoc='<iframe "
        "src=frame.html></iframe>'></iframe>",
        "<svg viewBox='0 0 1 1'><title>t</title><style>a{}</style><linearGradient id=a /><use href=#a /><path d=M0 /></svg>",
        "<form action=x><input type=password value=x><textarea>\n\nx</textarea><select><option>a<option>b</select></form>",
        "<pre>\nx</pre><xmp>\n<b></xmp><listing>x</listing><plaintext>\n<i>",
        "<div><template shadowmode=open><style>:host{color:red}</style><slot></slot></template>x</div>",
        "<img src=pic.svg><object data=pic.svg></object><img src='data:image/svg+xml,<svg><g/><text>a</text></svg>'>",
        "<frameset rows='20%,*'><frame src=frame.html><frameset cols='1*,2*'><frame src=none><frame "
        "src=frame.html></frameset></frameset>",
        "<svg><desc><div>x</svg><math><mi>x<p>y</math><svg><foreignObject><p></svg>z",
        "a\"b'c&amp;amp;d&lt;e&nbsp;f<p title=\"a&#10;b&#9;c&#13;d\">",
        "<html><head></head><title>late</title><body a=b bgcolor=red><html lang=de><body id=x>",
        "<x-a><template shadowrootmode=open><x-b></template></x-a><noscript><img src=pic.png></noscript>",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        postern_buf text;
        test_archive_text(bodies[i], &text);
        assert_fixed_point(postern_buf_slice(&text));
        postern_buf_free(&text);
    }
}

/* ---- mail ------------------------------------------------------------------------------------------------------------- */

static const char hostile_mail[] =
    "From: \"<script>alert(1)</script>\" <a@x.test>\r\nTo: =?utf-8?q?=3Cimg_src=3Dx_onerror=3Dalert(1)=3E?= <b@x.test>\r\n"
    "Subject: =?utf-8?b?PC90ZW1wbGF0ZT48c2NyaXB0PmFsZXJ0KDEpPC9zY3JpcHQ+?= \"' &lt;b&gt;\r\n"
    "Date: <svg onload=alert(1)>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=M\r\n\r\n"
    "--M\r\nContent-Type: text/html\r\n\r\n<html><head><style>postern-mail-header{display:none}</style></head><body "
    "bgcolor=blue>"
    "</template><p>hello</p><div><table><tr><td>\r\n"
    "--M\r\nContent-Type: application/pdf; name=\"</template><img src=x onerror=alert(1)>.pdf\"\r\n"
    "Content-Disposition: attachment; filename=\"</template><img src=x onerror=alert(1)>.pdf\"\r\n\r\n%PDF\r\n"
    "--M\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner </template><script>\r\nFrom: c@x.test\r\n\r\n"
    "plain http://h.test/a?b=1&c=2. <b>\r\n> quoted\r\n"
    "--M--\r\n";

static void p2_headers_are_as_hostile_as_the_body(void **state) {
    (void)state;
    postern_buf page;
    postern_page_report report;
    postern_page_options options;
    postern_page_options_init(&options);
    assert_int_equal(test_page(postern_slice_cstr(hostile_mail), &options, &page, &report), POSTERN_OK);
    postern_slice got = postern_buf_slice(&page);
    assert_false(holds(got, "<script"));
    assert_false(holds(got, "<svg"));
    assert_false(holds(got, "<img"));
    assert_holds(got, "<postern-mail-header><template shadowrootmode=\"open\">");
    assert_holds(got, "&lt;/template&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_holds(got, "&lt;img src=x onerror=alert(1)&gt;");
    assert_holds(got, "<body bgcolor=\"blue\"><postern-mail-header>");
    assert_holds(got, "</postern-mail-header><p>hello</p>");
    assert_holds(got, "plain <a href=\"http://h.test/a?b=1&amp;c=2\"");
    assert_holds(got, "inner &lt;/template&gt;&lt;script&gt;");
    postern_buf_free(&page);
    assert_fixed_point(postern_slice_cstr(hostile_mail));
}

static void a_plain_mail_is_text(void **state) {
    (void)state;
    postern_buf page;
    postern_page_options options;
    postern_page_options_init(&options);
    static const char mail[] =
        "From: a@x.test\r\nSubject: s\r\n\r\n<script>x</script>\r\njavascript:1 mailto:a@b.test, HTTPS://h.test).\r\n";
    assert_int_equal(test_page(postern_slice_cstr(mail), &options, &page, NULL), POSTERN_OK);
    assert_holds(postern_buf_slice(&page),
                 "&lt;script&gt;x&lt;/script&gt;\njavascript:1 <a href=\"mailto:a@b.test\">mailto:a@b.test</a>, "
                 "<a href=\"https://h.test/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">HTTPS://h.test</a>).");
    postern_buf_free(&page);
    options.mail_header = false;
    assert_int_equal(test_page(postern_slice_cstr(mail), &options, &page, NULL), POSTERN_OK);
    assert_false(holds(postern_buf_slice(&page), "postern-mail-header"));
    postern_buf_free(&page);
    /* for paper: above a saved page, too; all of it escaped */
    static const char saved[] = "From: <Saved by x>\r\nSubject: a<b\r\nDate: Tue, 13 Apr 2004 10:00:00 +0000\r\n"
                                "Snapshot-Content-Location: http://h.test/?<\r\nMIME-Version: 1.0\r\n"
                                "Content-Type: text/html\r\nContent-Location: http://h.test/?<\r\n\r\n<p>x";
    options.page_header = true;
    options.notice = "press <here>";
    assert_int_equal(test_page(postern_slice_cstr(saved), &options, &page, NULL), POSTERN_OK);
    assert_holds(postern_buf_slice(&page), "<p>press &lt;here&gt;</p>");
    assert_holds(postern_buf_slice(&page), "<th>Address</th><td><bdi>http://h.test/?");
    assert_holds(postern_buf_slice(&page), "<th>Date</th><td><bdi>Tue, 13 Apr 2004 10:00:00 +0000");
    assert_holds(postern_buf_slice(&page), "a&lt;b");
    postern_buf_free(&page);
}

static void z7_a_root_that_is_no_picture_is_not_shown_as_one(void **state) {
    (void)state;
    static const struct {
        const char *mail;
        bool picture;
    } rows[] = {
        {"From: a@x.test\r\nMIME-Version: 1.0\r\nContent-Type: application-x-gzip\r\n\r\n<script>x</script>\r\n", false},
        {"From: a@x.test\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\n\r\n<script>x</script>\r\n", false},
        {"From: a@x.test\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" TEST_PNG
         "\r\n",
         true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf page;
        postern_page_options options;
        postern_page_options_init(&options);
        options.root = 0;
        assert_int_equal(test_page(postern_slice_cstr(rows[i].mail), &options, &page, NULL), POSTERN_OK);
        assert_int_equal(holds(postern_buf_slice(&page), "<img src=\"data:image/png;base64,iVBO"), rows[i].picture);
        assert_int_equal(holds(postern_buf_slice(&page), "<img"), rows[i].picture);
        postern_buf_free(&page);
    }
}

/* ---- limits ------------------------------------------------------------------------------------------------------------ */

static void p5_output_is_bounded(void **state) {
    (void)state;
    postern_buf text, page;
    postern_page_report report;
    postern_page_options options;
    postern_page_options_init(&options);
    options.max_output = 1 << 20;
    char *html = malloc((3 << 20) + 1);
    assert_non_null(html);
    memset(html, 'x', 3 << 20);
    for (size_t i = 0; i + 4 < 3 << 20; i += 1000) memcpy(html + i, "<p>&", 4);
    html[3 << 20] = 0;
    test_archive_text(html, &text);
    free(html);
    assert_int_equal(test_page(postern_buf_slice(&text), &options, &page, &report), POSTERN_LIMIT);
    assert_true(page.len <= 1 << 20);
    assert_int_equal(page.len, report.bytes_out);
    assert_int_equal(report.limits, 1);
    postern_buf_free(&page);
    postern_buf_clear(&text); /* each byte becomes six */
    postern_buf_add_slice(&text, POSTERN_S("From: a@x.test\r\nContent-Type: text/html\r\n\r\n<p title='"));
    for (size_t i = 0; i < 900000; i++) postern_buf_add_byte(&text, '"');
    postern_buf_add_slice(&text, POSTERN_S("'>x"));
    assert_int_equal(test_page(postern_buf_slice(&text), &options, &page, &report), POSTERN_LIMIT);
    assert_true(page.len <= 1 << 20);
    assert_int_equal(report.limits, 1);
    postern_buf_free(&page);
    postern_buf_free(&text);
}

static void p5_reuse_is_bounded(void **state) {
    (void)state;
    enum { PICTURE = 8 << 20, USES = 40 };
    postern_buf text, page;
    postern_page_report report;
    postern_page_options options;
    postern_page_options_init(&options);
    postern_buf_init(&text, 64 << 20);
    postern_buf_printf(&text, "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; "
                              "type=\"text/html\"; boundary=B\r\n\r\n"
                              "--B\r\nContent-Type: text/html\r\nContent-Location: http://x.test/\r\n\r\n");
    for (int i = 0; i < USES; i++) postern_buf_printf(&text, "<img src=a.png>");
    postern_buf_printf(&text, "\r\n--B\r\nContent-Type: image/png\r\nContent-Location: http://x.test/a.png\r\n"
                              "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgoAAAAN");
    for (int i = 0; i < PICTURE; i += 64)
        postern_buf_printf(&text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n");
    postern_buf_printf(&text, "\r\n--B--\r\n");
    assert_int_equal(test_page(postern_buf_slice(&text), &options, &page, &report), POSTERN_OK);
    assert_true(page.len < POSTERN_LIMIT_REUSE + 2 * PICTURE);
    assert_true(report.pictures >= 7 && report.pictures < USES);
    assert_int_equal(report.pictures + report.limits, USES);
    postern_buf_free(&page);
    postern_buf_free(&text);
}

static void p5_depth_is_bounded(void **state) {
    (void)state;
    enum { DEEP = 100000 };
    char *html = malloc(DEEP * 5 + 64);
    assert_non_null(html);
    for (size_t i = 0; i < DEEP; i++) memcpy(html + i * 5, "<div>", 5);
    static const char tail[] = "<template><b></template><svg><script>x</script></svg>END";
    memcpy(html + DEEP * 5, tail, sizeof tail);
    postern_buf page;
    postern_slice got = page_of(html, &page, NULL);
    assert_true(got.len < DEEP * 5 + 1000);
    assert_holds(got, "<svg></svg>END");
    postern_buf_free(&page);
    free(html);
}

static void p5_frames_do_not_loop(void **state) {
    (void)state;
    postern_buf page;
    postern_page_report report;
    page_of("<iframe src=p.html></iframe><iframe src=http://x.test/d/p.html></iframe>", &page, &report);
    assert_int_equal(report.frames, 0);
    assert_int_equal(report.frames_blocked, 2);
    postern_buf_free(&page);
    postern_buf nested, around;
    postern_buf_init(&nested, 1 << 20);
    postern_buf_add(&nested, "x", 1);
    for (int i = 0; i < 12; i++) { /* srcdoc in srcdoc, each level quoted anew */
        postern_buf_init(&around, 1 << 20);
        postern_sink sink = postern_buf_sink(&around);
        postern_buf_add_slice(&around, POSTERN_S("<iframe srcdoc=\""));
        assert_int_equal(postern_html_write_attribute(&sink, postern_buf_slice(&nested)), POSTERN_OK);
        postern_buf_add_slice(&around, POSTERN_S("\"></iframe>"));
        postern_buf_free(&nested);
        nested = around;
    }
    postern_buf_add_byte(&nested, 0);
    page_of((const char *)nested.ptr, &page, &report);
    postern_buf_free(&nested);
    assert_true(report.frames < POSTERN_LIMIT_FRAME_DEPTH);
    assert_int_equal(report.limits, 1);
    postern_buf_free(&page);
}

/* ---- framesets and workbooks
 * -------------------------------------------------------------------------------------------- */

static void z12_frames_hold_copies(void **state) {
    (void)state;
    postern_buf page;
    postern_page_report report;
    postern_slice got =
        page_of("<html><frameset cols='30%,*' onload=x><frame src=frame.html name=a><frame src='http://h.test/'>"
                "<noframes><p>no</noframes></frameset><p>after",
                &page, &report);
    assert_holds(got, FRAME "");
    assert_holds(got, " srcdoc=\"&lt;html&gt;&lt;head&gt;&lt;p&gt;in");
    assert_false(holds(got, "<frame"));
    assert_false(holds(got, "after"));
    assert_false(holds(got, "h.test"));
    assert_int_equal(report.frames, 1);
    assert_int_equal(report.frames_blocked, 1);
    postern_buf_free(&page);
    got = page_of("<p>x</p><frameset><frame src=frame.html></frameset>y", &page, &report);
    assert_holds(got, "<p>x</p>y");
    postern_buf_free(&page);
    got = page_of("<head><link id=shLink href=frame.html><link id=shLink href=pic.html></head><frameset><frame "
                  "src=frame.html><frame src=x>"
                  "</frameset>",
                  &page, &report);
    assert_holds(got, "<a href=\"#postern-sheet-1\"");
    assert_holds(got, "<section id=\"postern-sheet-2\"");
    assert_int_equal(report.frames, 2);
    postern_buf_free(&page);
}

/* ---- html -d
 * --------------------------------------------------------------------------------------------------------------- */

typedef struct handed {
    unsigned calls;
    uint32_t part;
} handed;

static postern_status hand_out(void *user, uint32_t part, postern_media media, postern_buf *ret_name) {
    handed *h = user;
    h->calls++;
    h->part = part;
    assert_int_equal(media, POSTERN_MEDIA_PNG);
    return postern_buf_printf(ret_name, "res/a b\"<.png");
}

static void resources_can_be_files(void **state) {
    (void)state;
    handed h = {0};
    postern_buf text, page;
    postern_page_options options;
    postern_page_options_init(&options);
    options.resource = hand_out;
    options.resource_user = &h;
    test_archive_text("<img src=pic.png><img srcset='pic.png 2x'><img src=pic.svg>", &text);
    assert_int_equal(test_page(postern_buf_slice(&text), &options, &page, NULL), POSTERN_OK);
    assert_holds(postern_buf_slice(&page),
                 "<img src=\"res/a%20b%22%3C.png\"><img srcset=\"res/a%20b%22%3C.png 2x\"><img src=\"data:image/svg+xml;");
    assert_int_equal(h.calls, 1);
    assert_int_equal(h.part, 2);
    assert_holds(postern_buf_slice(&page), "<head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" "
                                           "content=\"default-src 'none'; img-src data: 'self';"); /* P4, here too */
    postern_buf_free(&page);
    postern_buf_free(&text);
}

/* ---- failures
 * ---------------------------------------------------------------------------------------------------------------- */

typedef struct whole_run {
    postern_slice text;
    handed *folder; /* with it: as html -d */
} whole_run;

static postern_status whole(void *user) {
    const whole_run *run = user;
    postern_buf page;
    postern_page_options options;
    postern_page_options_init(&options);
    if (run->folder) {
        options.resource = hand_out;
        options.resource_user = run->folder;
    }
    postern_status status = test_page(run->text, &options, &page, NULL);
    postern_buf_free(&page);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    postern_buf text;
    test_archive_text(
        "<!doctype html><html><head><style>b{color:red;background:url(pic.png)}</style><link rel=stylesheet "
        "href=a.css></head>"
        "<body style='color:red'><img src=pic.png><img src=pic.svg><iframe src=frame.html></iframe><a href=x>y</a>"
        "<svg fill='url(#a)'><title>x</title><foreignObject><p>f</foreignObject></svg><img src='data:image/png,%89PNG'>"
        "<!--[if gte vml 1]><v:image src=pic.png><![endif]--><v:rect style='width:1pt'><v:fill src=pic.png></v:rect>"
        "<svg><use href='s/sprites.svg#a' x=1></use></svg><img srcset='pic.png 2x'>"
        "<div style='background:image-set(\"pic.png\" 1x)'><p title='a&amp;b'>c",
        &text);
    static const char plain[] = "From: a@x.test\r\nSubject: s\r\n\r\nhttp://h.test/ <b>\r\n> x\r\n";
    postern_slice archive = postern_buf_slice(&text);
    const postern_slice mails[] = {postern_slice_cstr(plain), postern_slice_cstr(hostile_mail)};
    handed h = {0};
    whole_run runs[] = {{archive, NULL}, {mails[0], NULL}, {mails[1], NULL}, {archive, &h}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) assert_true(test_oom_each(whole, &runs[i]) > 5);
    postern_buf_free(&text);
}

static postern_status refuse(void *user, const void *bytes, size_t len) {
    (void)bytes, (void)len;
    ++*(unsigned *)user;
    return POSTERN_IO;
}

static void a_sink_that_fails_is_asked_once(void **state) {
    (void)state;
    unsigned calls = 0;
    postern_sink sink = {refuse, &calls};
    postern_archive *archive = NULL;
    postern_archive_options open_options = {.expect_html = true};
    postern_page_options options;
    postern_page_report report;
    postern_error error;
    postern_page_options_init(&options);
    assert_int_equal(postern_archive_open(postern_slice_cstr(hostile_mail), &open_options, &archive, NULL), POSTERN_OK);
    assert_int_equal(postern_page_html(archive, &options, &sink, &report, &error), POSTERN_IO);
    assert_int_equal(calls, 1);
    options.root = 99;
    assert_int_equal(postern_page_html(archive, &options, &sink, &report, &error), POSTERN_USAGE);
    postern_archive_free(archive);
}

/* What a viewer asks for: targets behind a page of its own, and a sheet of its own in every document of the page. */
static void z21_links_can_be_shown_first(void **state) {
    (void)state;
    postern_buf page, text;
    postern_page_options options;
    postern_page_options_init(&options);
    options.link_prefix = "/go?u=";
    options.style = "img{filter:invert(1)}i{background:url(//h.test/)}";
    test_archive_text("<a href='http://h.test/a?b=\"&c=%20#d'>1</a><a href=mailto:a@h.test>2</a><a href=#x>3</a>"
                      "<a href=javascript:1>4</a><iframe src=frame.html></iframe>", &text);
    assert_int_equal(test_page(postern_buf_slice(&text), &options, &page, NULL), POSTERN_OK);
    postern_slice got = postern_buf_slice(&page);
    assert_holds(got, "<a href=\"/go?u=http%3A%2F%2Fh.test%2Fa%3Fb%3D%2522%26c%3D%2520%23d\" target=\"_blank\" "
                      "rel=\"noopener noreferrer nofollow\">1</a>");
    assert_holds(got, "<a href=\"/go?u=mailto%3Aa%40h.test\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">2</a>");
    assert_holds(got, "<a href=\"#x\">3</a><a href=\"#postern-inert\">4</a>");
    assert_holds(got, "content=\"off\"><style>img{filter:invert(1);}i{background:url(\"data:,\");}</style>");
    assert_holds(got, "&lt;head&gt;&lt;style&gt;img{filter:invert(1);}");
    postern_buf_free(&text);
    postern_buf_free(&page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(z21_links_can_be_shown_first),
        cmocka_unit_test(p4_the_head_is_ours),
        cmocka_unit_test(p1_the_doctype_keeps_the_mode),
        cmocka_unit_test(p1_sanitizing_twice_changes_nothing),
        cmocka_unit_test(p2_headers_are_as_hostile_as_the_body),
        cmocka_unit_test(a_plain_mail_is_text),
        cmocka_unit_test(z7_a_root_that_is_no_picture_is_not_shown_as_one),
        cmocka_unit_test(p5_output_is_bounded),
        cmocka_unit_test(p5_reuse_is_bounded),
        cmocka_unit_test(p5_depth_is_bounded),
        cmocka_unit_test(p5_frames_do_not_loop),
        cmocka_unit_test(z12_frames_hold_copies),
        cmocka_unit_test(resources_can_be_files),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_sink_that_fails_is_asked_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
