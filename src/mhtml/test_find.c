/* Unit tests of names and references: what a text means inside an archive. */
#include "base/test_oom.h"
#include "postern/mhtml.h"

/* Parts of a multipart/related; part 1 is the root document. */
typedef struct archive_row {
    const char *name;
    const char *head;     /* more fields of the archive */
    const char *parts[6]; /* the fields of each part but its type */
} archive_row;

enum { HTTP, RELATIVE, BASED, WINDOWS, IDS, BLINK, TWICE, FORBIDDEN, ESCAPED, OUTER, MIXED_BASE, ARCHIVES };

static const archive_row archives[ARCHIVES] = {
    [HTTP] = {"http",
              "",
              {"Content-Location: http://x.test/d/p.html\n", "Content-Location: http://x.test/d/i.png\n",
               "Content-Location: http://x.test/d/~a%20b.png\n", "Content-Location: =?utf-8?Q?http://x.test/=C3=A9.png?=\n",
               "Content-Location: http://x.test/very/\n long\n\t/name.png\n", "Content-Location: http://x.test/q?a=1&b=2\n"}},
    [RELATIVE] = {"relative",
                  "",
                  {"Content-Location: p.html\n", "Content-Location: i.png\n", "Content-Location: pics/j.png\n",
                   "Content-Location: pics\\k.png\n"}},
    [BASED] = {"based",
               "",
               {"Content-Base: http://x.test/d/\nContent-Location: p.html\n", "Content-Location: http://x.test/d/i.png\n",
                "Content-Base: http://y.test/\nContent-Location: i.png\n"}},
    [WINDOWS] = {"windows",
                 "",
                 {"Content-Location: file://C:\\dir\\p.html\n", "Content-Location: file:///C:/dir/i.png\n",
                  "Content-Location: C:\\My Docs\\j.png\n", "Content-Location: \\\\server\\share\\k.png\n"}},
    [IDS] = {"ids",
             "",
             {"Content-ID: <root@x>\n", "Content-ID: <i+q@x>\n", "Content-ID: bare@x\n", "Content-ID: <pct%2Bid@x>\n",
              "Content-ID: <nodomain>\n", "Content-ID: <Case@X>\n"}},
    [BLINK] = {"blink",
               "Snapshot-Content-Location: https://x.test/a/b\n",
               {"Content-ID: <frame-1@mhtml.blink>\nContent-Location: https://x.test/a/b\n",
                "Content-Location: cid:css-1@mhtml.blink\n",
                "Content-ID: <frame-2@mhtml.blink>\nContent-Location: about:blank\n"}},
    [TWICE] = {"twice",
               "",
               {"Content-Location: http://x.test/p\n", "Content-Location: http://x.test/i\nX-N: 1\n",
                "Content-Location: http://x.test/i\nX-N: 2\n", "Content-ID: <a@b>\n", "Content-ID: <a@b>\n"}},
    [FORBIDDEN] = {"forbidden",
                   "",
                   {"Content-Location: http://x.test/p\n", "Content-Location: data:text/plain,x\n",
                    "Content-Location: javascript:alert(1)\n", "Content-Location: mhtml:http://x.test/a!b\n",
                    "Content-Location: ms-its:c:/x.chm::/y.htm\n", "Content-Location: mid:a@b\n"}},
    [ESCAPED] = {"escaped", "", {"Content-Location: http://x.test/p\n", "Content-Location: http://x.test/i?a=1&amp;b=2\n"}},
    [OUTER] = {"outer", "Content-Location: http://x.test/d/\n", {"Content-Location: p.html\n", "Content-Location: i.png\n"}},
    [MIXED_BASE] = {"mixed", "", {"Content-Location: http://x.test/d/p.html\n", "Content-Location: i.png\n"}},
};

static void build(const archive_row *row, postern_buf *out) {
    postern_buf_printf(out, "MIME-Version: 1.0\n%sContent-Type: multipart/related; boundary=b\n\n", row->head);
    for (size_t i = 0; i < 6 && row->parts[i]; i++)
        postern_buf_printf(out, "--b\nContent-Type: %s\n%s\nbody %zu\n", i ? "image/png" : "text/html", row->parts[i], i + 1);
    postern_buf_printf(out, "--b--\n");
}

typedef struct seen_notes {
    unsigned count[POSTERN_NOTE_COUNT];
} seen_notes;

static void count_note(void *user, const postern_note *note) {
    seen_notes *seen = user;
    seen->count[note->kind]++;
}

static postern_archive *open_row(const archive_row *row, postern_buf *bytes, seen_notes *seen) {
    postern_notes notes = {count_note, seen};
    postern_archive_options options = {.notes = &notes};
    postern_archive *archive = NULL;
    postern_error error;
    postern_buf_init(bytes, 1 << 20);
    memset(seen, 0, sizeof *seen);
    build(row, bytes);
    assert_int_equal(postern_archive_open(postern_buf_slice(bytes), &options, &archive, &error), POSTERN_OK);
    return archive;
}

enum { ABSENT = -1, REFUSED = -2 };

typedef struct find_row {
    int archive;
    const char *text;
    int part;
} find_row;

static const find_row rows[] = {
    /* exact and relative references */
    {HTTP, "http://x.test/d/i.png", 2},
    {HTTP, "i.png", 2},
    {HTTP, " i.png\n", 2},
    {HTTP, "./i.png", 2},
    {HTTP, "../d/i.png", 2},
    {HTTP, "/d/i.png", 2},
    {HTTP, "//x.test/d/i.png", 2},
    {HTTP, "i.png#frag", 2},
    {HTTP, "", 1},
    {HTTP, "#top", 1},
    {HTTP, "p.html#top", 1},
    /* spellings */
    {HTTP, "HTTP://X.test/d/./I.png", 2},
    {HTTP, "http://x.test:80/d/i.png", 2},
    {HTTP, "http://x.test/d/%69.png", 2},
    {HTTP, "%7Ea b.png", 3},
    {HTTP, "~a%20b.png", 3},
    {HTTP, "http://x.test/%C3%A9.png", 4},
    {HTTP, "http://x.test/\xC3\xA9.png", 4},
    {HTTP, "http://x.test/very/long/name.png", 5},
    {HTTP, "http://x.test/q?a=1&b=2", 6},
    {HTTP, "http://x.test/q?a=1&amp;b=2", 6},
    {ESCAPED, "http://x.test/i?a=1&b=2", 2},
    {ESCAPED, "http://x.test/i?a=1&amp;b=2", 2},
    /* without a base */
    {RELATIVE, "i.png", 2},
    {RELATIVE, "./i.png", 2},
    {RELATIVE, "pics/j.png", 3},
    {RELATIVE, "pics\\j.png", 3},
    {RELATIVE, "pics/k.png", 4},
    {RELATIVE, "x/../pics/j.png", 3},
    {RELATIVE, "I.PNG", 2},
    {RELATIVE, "http://x.test/i.png", ABSENT},
    /* bases */
    {BASED, "i.png", 2},
    {BASED, "http://y.test/i.png", 3},
    {OUTER, "i.png", 2},
    {OUTER, "http://x.test/d/i.png", 2},
    {MIXED_BASE, "i.png", 2},
    {MIXED_BASE, "http://x.test/d/i.png", 2},
    {MIXED_BASE, "http://x.test/i.png", ABSENT},
    /* Windows */
    {WINDOWS, "file:///C:/dir/i.png", 2},
    {WINDOWS, "file://C:\\dir\\i.png", 2},
    {WINDOWS, "C:\\dir\\i.png", 2},
    {WINDOWS, "file:///c:/DIR/I.png", 2},
    {WINDOWS, "file://localhost/C:/dir/i.png", 2},
    {WINDOWS, "file:///C|/dir/i.png", 2},
    {WINDOWS, "i.png", 2},
    {WINDOWS, "..\\dir\\i.png", 2},
    {WINDOWS, "file:///C:/My%20Docs/j.png", 3},
    {WINDOWS, "file://server/share/k.png", 4},
    {WINDOWS, "\\\\server\\share\\k.png", 4},
    /* cid */
    {IDS, "cid:i+q@x", 2},
    {IDS, "CID:i%2Bq%40x", 2},
    {IDS, "cid:<i+q@x>", 2},
    {IDS, "cid:%3Ci+q@x%3E", 2},
    {IDS, "cid:bare@x", 3},
    {IDS, "cid:pct%2Bid@x", 4},
    {IDS, "cid:pct+id@x", 4},
    {IDS, "cid:nodomain", 5},
    {IDS, "cid:nodomain@whatever", 5},
    {IDS, "cid:bare", 3},
    {IDS, "cid:bare@y", ABSENT},
    {IDS, "cid:case@x", 6},
    {IDS, "cid:", ABSENT},
    {IDS, "bare@x", ABSENT},
    {BLINK, "cid:css-1@mhtml.blink", 2},
    {BLINK, "cid:frame-2@mhtml.blink", 3},
    {BLINK, "about:blank", ABSENT},
    {BLINK, "../a/b", 1},
};

static int outcome(const postern_reference *ref) {
    return ref->refused ? REFUSED : ref->part == POSTERN_NO_PART ? ABSENT : (int)ref->part;
}

static void check_rows(const find_row *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        postern_buf bytes;
        seen_notes seen;
        postern_archive *archive = open_row(&archives[list[i].archive], &bytes, &seen);
        postern_reference ref;
        assert_int_equal(postern_archive_find(archive, 1, postern_slice_cstr(list[i].text), NULL, &ref), POSTERN_OK);
        if (outcome(&ref) != list[i].part) {
            print_error("%s: %s: want %d, got %d\n", archives[list[i].archive].name, list[i].text, list[i].part, outcome(&ref));
            fail();
        }
        postern_archive_free(archive);
        postern_buf_free(&bytes);
    }
}
#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void references(void **state) {
    (void)state;
    CHECK(rows);
}

static void z2_absence_is_final(void **state) {
    (void)state;
    static const find_row absent[] = {
        {HTTP, "http://x.test/d/nope.png", ABSENT},
        {HTTP, "nope.png", ABSENT},
        {HTTP, "d/i.png", ABSENT},
        {HTTP, "http://y.test/d/i.png", ABSENT},
        {IDS, "cid:nope@x", ABSENT},
        {HTTP, "cid:i.png", ABSENT},
        {HTTP, "mhtml:http://x.test/a.mht!http://x.test/nope.png", ABSENT},
        {HTTP, "mhtml:file://C:\\nosuch.mht!http://evil.test/x.html", ABSENT},
        {HTTP, "mhtml:http://x.test/d/i.png", ABSENT}, /* a container alone names no part of this file */
        {HTTP, "mhtml:http://x.test/a.mht!", ABSENT},
        {HTTP, "file:///etc/passwd", ABSENT},
    };
    CHECK(absent);
}

static void z3_key_is_only_compared(void **state) {
    (void)state;
    static const find_row keys[] = {
        {HTTP, "mhtml:http://x.test/a.mht!http://x.test/d/i.png", 2},
        {HTTP, "mhtml:http://x.test/a.mht!x-usc:http://x.test/d/i.png", 2},
        {HTTP, "MHTML:file://C:\\a.mht!http://x.test/d/i.png#f", 2},
        {HTTP, "mhtml:C:\\a.mht!http://x.test/d/i.png", 2},
        /* relative keys are not resolved against anything */
        {HTTP, "mhtml:http://x.test/d/a.mht!i.png", ABSENT},
        {HTTP, "mhtml:http://x.test/d/a.mht!../d/i.png", ABSENT},
        {RELATIVE, "mhtml:http://x.test/a.mht!i.png", 2},
    };
    CHECK(keys);
}

static void z4_no_nesting(void **state) {
    (void)state;
    static const find_row nested[] = {
        {HTTP, "mhtml:mhtml:http://x.test/a.mht!x!http://x.test/d/i.png", REFUSED},
        {HTTP, "mhtml:its:http://x.test/a.mht!http://x.test/d/i.png", REFUSED},
        {HTTP, "mhtml:cid:a@b!http://x.test/d/i.png", REFUSED},
        {HTTP, "mhtml:javascript:alert(1)!x", REFUSED},
        {HTTP, "mhtml:ftp://x.test/a.mht!http://x.test/d/i.png", REFUSED},
        {HTTP, "mhtml:http://x.test/a.mht!mhtml:http://x.test/d/i.png", REFUSED},
        {HTTP, "mhtml:http://x.test/a.mht!ms-its:c:/x.chm::/y.htm", REFUSED},
        {HTTP, "mhtml:http://x.test/a.mht!x-usc:javascript:alert(1)", REFUSED},
        {HTTP, "mhtml:http://x.test/a.mht!cid:root@x", REFUSED},
        {HTTP, "its:http://x.test/a", REFUSED},
        {HTTP, "ms-its:mhtml:file://C:\\a.mht!http://x.test/x.chm::/y.htm", REFUSED},
        {HTTP, "mk:@MSITStore:c:/x.chm::/y.htm", REFUSED},
        {HTTP, "res://mshtml.dll/blank.htm", REFUSED},
        {HTTP, "javascript:alert(1)", REFUSED},
        {HTTP, "java\tscript:alert(1)", REFUSED},
        {HTTP, " VBScript:x", REFUSED},
    };
    CHECK(nested);
}

static void z11_first_of_two(void **state) {
    (void)state;
    static const find_row first[] = {{TWICE, "http://x.test/i", 2}, {TWICE, "cid:a@b", 4}};
    CHECK(first);
    postern_buf bytes;
    seen_notes seen;
    postern_archive *archive = open_row(&archives[TWICE], &bytes, &seen);
    assert_int_equal(seen.count[POSTERN_NOTE_DUPLICATE_IDENTITY], 2);
    postern_archive_free(archive);
    postern_buf_free(&bytes);
}

static void z11_forbidden_identities(void **state) {
    (void)state;
    static const find_row none[] = {
        {FORBIDDEN, "data:text/plain,x", ABSENT},
        {FORBIDDEN, "javascript:alert(1)", REFUSED},
        {FORBIDDEN, "mhtml:http://x.test/a!b", ABSENT},
        {FORBIDDEN, "ms-its:c:/x.chm::/y.htm", REFUSED},
        {FORBIDDEN, "mid:a@b", ABSENT},
    };
    CHECK(none);
    postern_buf bytes;
    seen_notes seen;
    postern_archive *archive = open_row(&archives[FORBIDDEN], &bytes, &seen);
    assert_int_equal(seen.count[POSTERN_NOTE_FORBIDDEN_IDENTITY], 5);
    postern_archive_free(archive);
    postern_buf_free(&bytes);
}

static const char two_messages[] =
    "From: a\nTo: b\nMessage-ID: <outer@x>\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/related; "
    "boundary=r\n\n--r\nContent-Type: text/html\n\n<p>\n--r\nContent-Type: image/png\nContent-ID: <i@x>\n\nouter\n--r--\n--m\n"
    "Content-Type: message/rfc822\n\nMessage-ID: <inner@x>\nContent-Type: multipart/related; boundary=s\n\n--s\n"
    "Content-Type: text/html\n\n<p>\n--s\nContent-Type: image/png\nContent-ID: <i@x>\n\ninner\n--s\nContent-Type: image/png\n"
    "Content-ID: <j@x>\n\ninner\n--s--\n--m--\n";

static void z11_cid_stays_in_its_message(void **state) {
    (void)state;
    static const struct {
        uint32_t from;
        const char *text;
        int part;
    } list[] = {
        {2, "cid:i@x", 3},           {6, "cid:i@x", 7},         {6, "cid:j@x", 8},
        {2, "cid:j@x", ABSENT},      {2, "mid:outer@x/i@x", 3}, {2, "mid:inner@x/i@x", ABSENT},
        {6, "mid:inner@x/i%40x", 7}, {2, "mid:outer@x", 2},
    };
    postern_archive *archive;
    seen_notes seen = {{0}};
    postern_notes notes = {count_note, &seen};
    postern_archive_options options = {.notes = &notes};
    assert_int_equal(postern_archive_open(postern_slice_cstr(two_messages), &options, &archive, NULL), POSTERN_OK);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        postern_reference ref;
        assert_int_equal(postern_archive_find(archive, list[i].from, postern_slice_cstr(list[i].text), NULL, &ref), POSTERN_OK);
        assert_int_equal(outcome(&ref), list[i].part);
    }
    assert_int_equal(seen.count[POSTERN_NOTE_DUPLICATE_IDENTITY], 0);
    postern_archive_free(archive);
}

static void base_of_the_caller(void **state) {
    (void)state;
    postern_buf bytes;
    seen_notes seen;
    postern_archive *archive = open_row(&archives[HTTP], &bytes, &seen);
    const postern_url *base;
    postern_reference ref;
    assert_int_equal(postern_url_parse(postern_archive_arena(archive), POSTERN_S("http://x.test/"), NULL, &base), POSTERN_OK);
    assert_int_equal(postern_archive_find(archive, 1, POSTERN_S("d/i.png#z"), base, &ref), POSTERN_OK);
    assert_int_equal(ref.part, 2);
    assert_slice(ref.fragment, "z");
    assert_slice(ref.url->href, "http://x.test/d/i.png#z");
    assert_slice(postern_archive_base(archive, 1)->href, "http://x.test/d/p.html");
    assert_int_equal(postern_archive_find(archive, 99, POSTERN_S("x"), NULL, &ref), POSTERN_USAGE);
    assert_null(postern_archive_base(archive, 99));
    postern_archive_free(archive);
    postern_buf_free(&bytes);
}

/* 100,000 names, each asked for once: a table that degrades would take minutes. */
static void z18_many_names(void **state) {
    (void)state;
    postern_buf in;
    postern_buf_init(&in, 64 << 20);
    postern_buf_printf(&in, "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n");
    enum { COUNT = 90000 };
    for (unsigned i = 0; i < COUNT; i++)
        postern_buf_printf(&in, "--b\nContent-Type: image/png\nContent-Location: http://x.test/%u\n\n%u\n", i, i);
    postern_buf_printf(&in, "--b--\n");
    postern_archive *archive;
    assert_int_equal(postern_archive_open(postern_buf_slice(&in), NULL, &archive, NULL), POSTERN_OK);
    for (unsigned i = 0; i < COUNT; i++) {
        char text[64];
        postern_reference ref;
        postern_buf name;
        postern_buf_init(&name, sizeof text);
        postern_buf_printf(&name, "http://x.test/%u", i);
        assert_int_equal(postern_archive_find(archive, 0, postern_buf_slice(&name), NULL, &ref), POSTERN_OK);
        assert_int_equal(ref.part, i + 1);
        postern_buf_free(&name);
    }
    postern_archive_free(archive);
    postern_buf_free(&in);
}

/* Half a million links leave nothing behind: the arena of an archive would hold 100 MB of them. */
static void p5_glances_leave_no_memory(void **state) {
    (void)state;
    postern_archive *archive;
    const char *text = "MIME-Version: 1.0\nContent-Type: text/html\nContent-Location: http://x.test/d/p.html\n\nx";
    assert_int_equal(postern_archive_open(postern_slice_cstr(text), NULL, &archive, NULL), POSTERN_OK);
    size_t before = postern_arena_used(postern_archive_arena(archive));
    postern_buf name;
    postern_buf_init(&name, 64);
    for (unsigned i = 0; i < 500000; i++) {
        postern_reference ref;
        postern_buf_clear(&name);
        postern_buf_printf(&name, "page%u.html", i);
        assert_int_equal(postern_archive_glance(archive, 0, postern_buf_slice(&name), NULL, &ref), POSTERN_OK);
        assert_true(ref.url && postern_slice_ends(ref.url->href, postern_buf_slice(&name)));
    }
    postern_buf_free(&name);
    assert_int_equal(postern_arena_used(postern_archive_arena(archive)), before);
    postern_archive_free(archive);
}

static postern_status open_and_find(void *user) {
    postern_archive *archive;
    postern_slice bytes = postern_buf_slice(user);
    postern_status status = postern_archive_open(bytes, NULL, &archive, NULL);
    if (status != POSTERN_OK) return status;
    static const char *const texts[] = {"i.png", "nope&amp;.png", "cid:a%40b", "mhtml:http://x/!http://x.test/d/i.png",
                                        "mid:x"};
    for (size_t i = 0; status == POSTERN_OK && i < sizeof texts / sizeof *texts; i++) {
        postern_reference ref;
        status = postern_archive_find(archive, 1, postern_slice_cstr(texts[i]), NULL, &ref);
        if (status == POSTERN_OK) status = postern_archive_glance(archive, 1, postern_slice_cstr(texts[i]), NULL, &ref);
    }
    postern_archive_free(archive);
    return status;
}

/* Without memory for what the root uses a picture of it counts as an attachment, and nothing is remembered. */
static void an_attachment_is_told_again(void **state) {
    (void)state;
    static const char mail[] = "From: a@x\nTo: b@x\nContent-Type: multipart/related; boundary=b\n\n"
                               "--b\nContent-Type: text/html\n\n<img src=cid:p@x>\n"
                               "--b\nContent-Type: image/png\nContent-ID: <p@x>\n\nx\n--b--\n";
    postern_archive *archive;
    assert_int_equal(postern_archive_open(postern_slice_cstr(mail), NULL, &archive, NULL), POSTERN_OK);
    test_oom_arm(0, true);
    bool short_of_memory = postern_archive_is_attachment(archive, 2);
    postern_status status = postern_archive_uses_read(archive);
    assert_true(test_oom_disarm());
    assert_true(short_of_memory);
    assert_int_equal(status, POSTERN_NOMEM);
    assert_false(postern_archive_is_attachment(archive, 2));
    assert_int_equal(postern_archive_uses_read(archive), POSTERN_OK);
    postern_archive_free(archive);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    for (int i = 0; i < ARCHIVES; i++) {
        postern_buf bytes;
        postern_buf_init(&bytes, 1 << 20);
        build(&archives[i], &bytes);
        assert_true(test_oom_each(open_and_find, &bytes) > 3);
        postern_buf_free(&bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references),
        cmocka_unit_test(z2_absence_is_final),
        cmocka_unit_test(z3_key_is_only_compared),
        cmocka_unit_test(z4_no_nesting),
        cmocka_unit_test(z11_first_of_two),
        cmocka_unit_test(z11_forbidden_identities),
        cmocka_unit_test(z11_cid_stays_in_its_message),
        cmocka_unit_test(base_of_the_caller),
        cmocka_unit_test(z18_many_names),
        cmocka_unit_test(p5_glances_leave_no_memory),
        cmocka_unit_test(an_attachment_is_told_again),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
