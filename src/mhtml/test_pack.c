/* pack: what a document needs is found, and what is written reads back byte for byte. */
#include "base/test_oom.h"

#include "postern/mhtml.h"

static postern_status collect_base(void *user, postern_slice text) {
    postern_buf_add_slice(user, POSTERN_S("base:"));
    postern_buf_add_slice(user, text);
    return postern_buf_add_byte(user, '|');
}

static postern_status collect(void *user, postern_slice text) {
    postern_buf_add_slice(user, text);
    return postern_buf_add_byte(user, '|');
}

static postern_status collect_buf(void *user, const void *bytes, size_t len) {
    return postern_buf_add(user, bytes, len);
}

/* ---- references ---- */

static const struct {
    const char *type, *document, *found;
} scans[] = {
    {"text/html", "<img src=a.png><IMG SRC='b.png'>", "a.png|b.png|"},
    {"text/html", "<img src=' a.png\n'>", "a.png|"},
    {"text/html", "<img src=a.png?x=1&amp;y=2#f>", "a.png?x=1&y=2#f|"},
    {"text/html", "<img src='#x'><img src=data:,x><img src=javascript:x><img src=''><iframe src=about:blank></iframe>", ""},
    {"text/html", "<img srcset='a.png 1x, b.png 2x,c.png'>", "a.png|b.png|c.png|"},
    {"text/html", "<img srcset='a,b.png 100w , , c.png calc(1, 2), d.png,, e.png'>", "a,b.png|c.png|d.png|e.png|"},
    {"text/html", "<picture><source srcset=a.avif><img src=b.jpg></picture>", "a.avif|b.jpg|"},
    {"text/html", "<link rel=stylesheet href=a.css><link rel='shortcut ICON' href=i.ico><link rel=preload href=p><link href=q>",
     "a.css|i.ico|"},
    {"text/html", "<style>@import 'a.css'; p { background: url(b.png) }</style>", "a.css|b.png|"},
    {"text/html", "<p style='background:url(&quot;c d.png&quot;)'>", "c d.png|"},
    {"text/html", "<iframe src=f.html></iframe><frame src=g.html>", "f.html|g.html|"},
    {"text/html", "<iframe srcdoc='&lt;img src=x.png>'></iframe>", "x.png|"},
    {"text/html", "<script src=s.js>'<img src=no.png>'</script><a href=b.html><img src=yes.png></a>", "yes.png|"},
    {"text/html", "<title><img src=no.png></title><textarea><img src=no.png></textarea><!-- <img src=no.png> -->", ""},
    {"text/html", "<img src=a.png><base href='sub/'><base href='other/'>", "base:sub/|a.png|"},
    {"text/html", "<video src=v.webm poster=p.jpg><track src=t.vtt></video><audio src=a.mp3></audio>",
     "v.webm|p.jpg|t.vtt|a.mp3|"},
    {"text/html", "<object data=o.png></object><embed src=e.svg><input type=image src=i.png>", "o.png|e.svg|i.png|"},
    {"text/html", "<body background=b.gif><table background=t.gif><td background=d.gif>", "b.gif|t.gif|d.gif|"},
    {"text/html", "<svg><image xlink:href=a.png /><use href=u.svg#x /></svg>", "a.png|u.svg#x|"},
    {"image/svg+xml", "<svg><image href='a.png'/><style>rect{fill:url(b.svg#g)}</style></svg>", "a.png|b.svg#g|"},
    {"text/css", "@import url(a.css); @import \"b.css\" screen; @font-face{src:url(f.woff2) format('woff2')}",
     "a.css|b.css|f.woff2|"},
    {"text/css", "a{background:image-set('x.png' 1x, url(y.png) 2x)} b{content:'no.png'}", "x.png|y.png|"},
    {"text/css", "a{b:-webkit-image-set(url( 'z.png' ) 1x)} c{d:calc((1 + (2)) * 3)}", "z.png|"},
    {"text/css", "a{b:calc((((} c{d:url(x.png)}", "x.png|"},
    {"text/css", "\xEF\xBB\xBF@import 'a.css';", "a.css|"},
    {"text/css", "a{background:u\\72l(esc\\61 ped.png)}", "escaped.png|"},
    {"image/png", "<img src=a.png>", ""},
    {"text/html", "", ""},
};

static void scan_finds_what_a_page_needs(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof scans / sizeof *scans; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_buf found;
        postern_buf_init(&found, 1 << 16);
        postern_pack_finder finder = {collect_base, collect, &found};
        assert_int_equal(
            postern_pack_scan(arena, postern_slice_cstr(scans[i].type), postern_slice_cstr(scans[i].document), &finder, NULL),
            POSTERN_OK);
        if (!postern_slice_eq(postern_buf_slice(&found), postern_slice_cstr(scans[i].found)))
            print_error("row %zu: %s\n", i, scans[i].document);
        assert_same_slice(postern_buf_slice(&found), postern_slice_cstr(scans[i].found));
        postern_buf_free(&found);
        postern_arena_free(arena);
    }
}

static void scan_gives_the_title(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_buf found;
    postern_buf_init(&found, 1 << 16);
    postern_pack_finder finder = {collect_base, collect, &found};
    postern_slice title;
    postern_slice page = POSTERN_S("<meta charset=windows-1252><title>Caf\xE9 &amp; co</title><svg><title>no</title></svg>");
    assert_int_equal(postern_pack_scan(arena, POSTERN_S("text/html"), page, &finder, &title), POSTERN_OK);
    assert_slice(title, "Caf\xC3\xA9 & co");
    postern_arena_free(arena);
    postern_buf_free(&found);
}

/* Frames in frames in frames, each in the srcdoc of the one before: bounded, whatever the depth. */
static void scan_depth_is_bounded(void **state) {
    (void)state;
    postern_buf page, next;
    postern_buf_init(&page, 64 << 20);
    postern_buf_init(&next, 64 << 20);
    postern_buf_add_slice(&page, POSTERN_S("<img src=x.png>"));
    for (int i = 0; i < 10; i++) { /* each level escapes the one inside */
        postern_buf_clear(&next);
        postern_buf_add_slice(&next, POSTERN_S("<iframe srcdoc=\""));
        for (size_t k = 0; k < page.len; k++)
            if (page.ptr[k] == '"')
                postern_buf_add_slice(&next, POSTERN_S("&quot;"));
            else if (page.ptr[k] == '&')
                postern_buf_add_slice(&next, POSTERN_S("&amp;"));
            else
                postern_buf_add_byte(&next, page.ptr[k]);
        postern_buf_add_slice(&next, POSTERN_S("\"></iframe>"));
        postern_buf swap = page;
        page = next;
        next = swap;
    }
    postern_arena *arena = postern_arena_new(64 << 20);
    postern_buf found;
    postern_buf_init(&found, 1 << 16);
    postern_pack_finder finder = {collect_base, collect, &found};
    assert_int_equal(postern_pack_scan(arena, POSTERN_S("text/html"), postern_buf_slice(&page), &finder, NULL), POSTERN_OK);
    assert_int_equal(found.len, 0); /* the picture is in the tenth frame, POSTERN_LIMIT_FRAME_DEPTH is 8 */
    postern_arena_free(arena);
    postern_buf_free(&found);
    postern_buf_free(&page);
    postern_buf_free(&next);
}

static void type_of_name(void **state) {
    (void)state;
    assert_string_equal(postern_pack_type_of_name(POSTERN_S("a/b.HTML")), "text/html");
    assert_string_equal(postern_pack_type_of_name(POSTERN_S("x.tar.woff2")), "font/woff2");
    assert_string_equal(postern_pack_type_of_name(POSTERN_S(".png")), "application/octet-stream");
    assert_string_equal(postern_pack_type_of_name(POSTERN_S("script.js")), "application/octet-stream");
}

/* ---- writing ---- */

static const postern_slice bodies[] = {
    {(const uint8_t *)"", 0},
    {(const uint8_t *)"plain", 5},
    {(const uint8_t *)"lf\nlf \nlf\t\n\n", 12},
    {(const uint8_t *)"crlf\r\ncrlf\t\r\n \r\n", 17},
    {(const uint8_t *)"mixed\r\nlf\ncr\r\r\n\n\r", 18},
    {(const uint8_t *)"=3D =_ --", 9},
    {(const uint8_t *)"\xFF\xFE\x00x\x00", 5},
    {(const uint8_t *)"\xE9\xE8 8-bit\x80\n", 11},
    {(const uint8_t *)"seventy-six columns of text that end in a bare line feed, exactly so: 123456\nx", 78},
    {(const uint8_t *)"seventy-four columns of text that end in a bare line feed, just so: 123456\nx", 76},
    {(const uint8_t *)"From here\n.\n..\r\n--\r\n", 20},
};
enum { BODIES = sizeof bodies / sizeof *bodies };

static void pack_bodies(postern_slice type, postern_slice title, postern_buf *out) {
    postern_pack_part parts[BODIES];
    for (size_t i = 0; i < BODIES; i++) parts[i] = (postern_pack_part){POSTERN_S("https://postern.invalid/x"), type, bodies[i]};
    postern_buf_init(out, 1 << 20);
    postern_sink sink = {collect_buf, out};
    assert_int_equal(postern_pack_write(parts, BODIES, title, 1083263400, &sink, NULL), POSTERN_OK);
}

static void every_body_reads_back(void **state) {
    (void)state;
    static const char *const types[] = {"text/html", "image/png", "image/svg+xml", "application/octet-stream"};
    for (size_t t = 0; t < 4; t++) {
        postern_buf archive;
        pack_bodies(postern_slice_cstr(types[t]), POSTERN_S("Title"), &archive);
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_message *message;
        assert_int_equal(postern_mime_open(arena, postern_buf_slice(&archive), NULL, &message, NULL), POSTERN_OK);
        assert_int_equal(postern_mime_part_count(message), BODIES + 1);
        for (uint32_t i = 0; i < BODIES; i++) {
            const postern_part *part = postern_mime_part(message, i + 1);
            postern_slice bytes;
            assert_same_slice(part->type, postern_slice_cstr(types[t]));
            assert_slice(part->content_location, "https://postern.invalid/x");
            assert_int_equal(postern_part_decode_arena(arena, part, NULL, &bytes), POSTERN_OK);
            assert_same_slice(bytes, bodies[i]);
        }
        postern_arena_free(arena);
        postern_buf_free(&archive);
    }
}

/* CRLF everywhere, no line above 78 characters but for a location, ASCII only. */
static void lines_are_those_of_mail(void **state) {
    (void)state;
    postern_buf archive;
    pack_bodies(POSTERN_S("text/html"), POSTERN_S("Title"), &archive);
    size_t column = 0;
    for (size_t i = 0; i < archive.len; i++) {
        assert_true(archive.ptr[i] < 0x80);
        assert_true(archive.ptr[i] != '\n' || (i && archive.ptr[i - 1] == '\r'));
        assert_true(archive.ptr[i] != '\r' || (i + 1 < archive.len && archive.ptr[i + 1] == '\n'));
        column = archive.ptr[i] == '\n' ? 0 : column + 1;
        assert_true(column <= 78);
    }
    postern_buf_free(&archive);
}

static void same_input_same_bytes(void **state) {
    (void)state;
    postern_buf a, b;
    pack_bodies(POSTERN_S("text/html"), POSTERN_S("Title"), &a);
    pack_bodies(POSTERN_S("text/html"), POSTERN_S("Title"), &b);
    assert_same_slice(postern_buf_slice(&a), postern_buf_slice(&b));
    postern_buf_free(&a);
    postern_buf_free(&b);
}

static const struct {
    const char *title, *subject;
} titles[] = {
    {"Plain title", "Plain title"},
    {"  two\n\tlines  ", "two lines"},
    {"x\r\nBcc: evil@example.org", "x Bcc: evil@example.org"},
    {"Ж", "Ж"},
    {"=?utf-8?B?WA==?=", "=?utf-8?B?WA==?="},
    {"日本語の長い題名は複数の符号化語に分かれますが、文字は途中で切れません",
     "日本語の長い題名は複数の符号化語に分かれますが、文字は途中で切れません"},
    {"\x01\x7F", ""},
};

static void titles_cannot_inject(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        postern_buf archive;
        pack_bodies(POSTERN_S("text/html"), postern_slice_cstr(titles[i].title), &archive);
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_message *message;
        postern_slice subject;
        assert_int_equal(postern_mime_open(arena, postern_buf_slice(&archive), NULL, &message, NULL), POSTERN_OK);
        const postern_part *root = postern_mime_part(message, 0);
        assert_int_equal(root->header_count, titles[i].subject[0] ? 6 : 5);
        assert_int_equal(postern_part_header_text(arena, root, POSTERN_S("Subject"), &subject), POSTERN_OK);
        assert_same_slice(subject, postern_slice_cstr(titles[i].subject));
        postern_arena_free(arena);
        postern_buf_free(&archive);
    }
}

static const struct {
    int64_t seconds;
    const char *date;
} dates[] = {
    {0, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},         {1083263400, "Date: Thu, 29 Apr 2004 18:30:00 +0000\r\n"},
    {951827696, "Date: Tue, 29 Feb 2000 12:34:56 +0000\r\n"}, {4107542399, "Date: Sun, 28 Feb 2100 23:59:59 +0000\r\n"},
    {-5, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},        {INT64_MAX, "Date: Fri, 31 Dec 9999 23:59:59 +0000\r\n"},
};

static void dates_are_written(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        postern_pack_part part = {POSTERN_S("file:///x"), POSTERN_S("text/html"), POSTERN_S("x")};
        postern_buf out;
        postern_buf_init(&out, 1 << 16);
        postern_sink sink = {collect_buf, &out};
        assert_int_equal(postern_pack_write(&part, 1, POSTERN_S(""), dates[i].seconds, &sink, NULL), POSTERN_OK);
        bool there = postern_slice_find(postern_buf_slice(&out), 0, postern_slice_cstr(dates[i].date)) != SIZE_MAX;
        if (!there) print_error("%s", dates[i].date);
        assert_true(there);
        postern_buf_free(&out);
    }
}

static void headers_take_only_ascii(void **state) {
    (void)state;
    static const postern_pack_part wrong[] = {
        {{(const uint8_t *)"a\r\nX: y", 7}, {(const uint8_t *)"text/html", 9}, {NULL, 0}},
        {{(const uint8_t *)"http://x/\xC3\xA9", 11}, {(const uint8_t *)"text/html", 9}, {NULL, 0}},
        {{(const uint8_t *)"http://x/", 9}, {(const uint8_t *)"text/html\r\n", 11}, {NULL, 0}},
        {{NULL, 0}, {(const uint8_t *)"text/html", 9}, {NULL, 0}},
    };
    postern_buf out;
    postern_buf_init(&out, 1 << 16);
    postern_sink sink = {collect_buf, &out};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(postern_pack_write(&wrong[i], 1, POSTERN_S(""), 0, &sink, NULL), POSTERN_USAGE);
    assert_int_equal(postern_pack_write(NULL, 0, POSTERN_S(""), 0, &sink, NULL), POSTERN_USAGE);
    assert_int_equal(out.len, 0);
    postern_buf_free(&out);
}

/* ---- failing allocations and sinks ---- */

static postern_status count_sink(void *user, const void *bytes, size_t len) {
    (void)bytes;
    size_t *left = user;
    if (len > *left) return POSTERN_IO;
    *left -= len;
    return POSTERN_OK;
}

static postern_status drop(void *user, postern_slice text) {
    (void)user;
    (void)text;
    return POSTERN_OK;
}

static postern_status whole_life(void *user) {
    (void)user;
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena) return POSTERN_NOMEM;
    const postern_pack_finder finder = {drop, drop, NULL};
    postern_slice title = {0};
    postern_slice page =
        POSTERN_S("<base href=x><title>&eacute;</title><style>a{b:url(c)}</style><img style='d:url(e)' srcset='f 1x'>"
                  "<iframe srcdoc='&lt;img src=g>'></iframe>");
    size_t left = SIZE_MAX;
    const postern_sink sink = {count_sink, &left};
    postern_pack_part part = {POSTERN_S("file:///x"), POSTERN_S("text/html"), page};
    postern_status status = postern_pack_scan(arena, POSTERN_S("text/html"), page, &finder, &title);
    if (!status) status = postern_pack_write(&part, 1, title, 0, &sink, NULL);
    postern_arena_free(arena);
    return status;
}

static void survives_failing_allocations(void **state) {
    (void)state;
    assert_true(test_oom_each(whole_life, NULL) >= 4);
}

static void failing_sinks_are_reported(void **state) {
    (void)state;
    postern_pack_part part = {POSTERN_S("file:///x"), POSTERN_S("text/html"), POSTERN_S("some\ntext\r\n")};
    for (size_t room = 0; room < 400; room += 7) {
        size_t left = room;
        const postern_sink sink = {count_sink, &left};
        assert_int_equal(postern_pack_write(&part, 1, POSTERN_S("T"), 0, &sink, NULL), POSTERN_IO);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan_finds_what_a_page_needs),
        cmocka_unit_test(scan_gives_the_title),
        cmocka_unit_test(scan_depth_is_bounded),
        cmocka_unit_test(type_of_name),
        cmocka_unit_test(every_body_reads_back),
        cmocka_unit_test(lines_are_those_of_mail),
        cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(titles_cannot_inject),
        cmocka_unit_test(dates_are_written),
        cmocka_unit_test(headers_take_only_ascii),
        cmocka_unit_test(survives_failing_allocations),
        cmocka_unit_test(failing_sinks_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
