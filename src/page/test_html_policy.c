/* The page below a policy: each right shows in the output between two zones, and nothing passes the hard floor. Mail as text.
 */
#include "base/test_base.h"
#include "base/test_oom.h"
#include "page/test_page.h"

#include <stdio.h>
#include <time.h>

#define IS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

/* The root is http://x.test/p.html; beside it a font, a PNG that says nothing of itself, a frame of the same host and one of
 * another, which wants the font, too. */
static void archive_of(const char *html, postern_buf *ret_text) {
    postern_buf_init(ret_text, 1 << 20);
    postern_buf_printf(
        ret_text,
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x.test/p.html\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/related; type=\"text/html\"; boundary=\"B\"\r\n\r\n--B\r\nContent-Type: text/html\r\n"
        "Content-Location: http://x.test/p.html\r\n\r\n%s\r\n"
        "--B\r\nContent-Type: font/woff2\r\nContent-Location: http://x.test/f.woff2\r\n\r\nwOF2font\r\n"
        "--B\r\nContent-Type: application/octet-stream\r\nContent-Location: http://x.test/octets.bin\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" TEST_PNG "\r\n"
        "--B\r\nContent-Type: text/html\r\nContent-Location: http://x.test/near.html\r\n\r\nnear words\r\n"
        "--B\r\nContent-Type: text/html\r\nContent-Location: http://other.test/far.html\r\n\r\nfar words\r\n"
        "--B\r\nContent-Type: text/html\r\nContent-Location: http://other.test/font.html\r\n\r\nfar words"
        "<style>@font-face{font-family:f;src:url(http://x.test/f.woff2)}</style>\r\n"
        "--B\r\nContent-Location: http://x.test/bare.css\r\n\r\nb{color:#123456}\r\n--B--\r\n",
        html);
    assert_int_equal(ret_text->status, POSTERN_OK);
}

static postern_policy *policy_of(const char *reg) {
    postern_policy *policy;
    postern_error err;
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    if (reg && postern_policy_add_reg(policy, postern_slice_cstr(reg), &err)) fail_msg("%s", err.text);
    assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
    return policy;
}

typedef struct noted {
    unsigned count[POSTERN_NOTE_COUNT];
    const char *action; /* "(1604)" */
    unsigned refused;   /* by that action */
} noted;

static void note(void *user, const postern_note *n) {
    noted *seen = user;
    seen->count[n->kind]++;
    if (n->kind == POSTERN_NOTE_PAGE_POLICY && seen->action)
        seen->refused += postern_slice_find(n->detail, 0, postern_slice_cstr(seen->action)) != SIZE_MAX;
}

/* The page of a whole text, whose caller grants `zone`. */
static postern_status page_of(postern_slice text, const postern_policy *policy, postern_zone zone, bool plain,
                              postern_buf *page, postern_page_report *report, noted *seen) {
    static noted nobody;
    postern_notes notes = {note, seen ? seen : &nobody};
    postern_archive_options open_options = {.has_caller_zone = true, .caller_zone = zone, .plain = plain};
    postern_page_options options;
    postern_archive *archive = NULL;
    postern_page_report unread;
    postern_page_options_init(&options);
    options.policy = policy;
    options.notes = &notes;
    postern_buf_init(page, 1 << 20);
    postern_status status = postern_archive_open(text, &open_options, &archive, NULL);
    if (status) return status;
    postern_sink sink = postern_buf_sink(page);
    status = postern_page_html(archive, &options, &sink, report ? report : &unread, NULL);
    postern_archive_free(archive);
    return status;
}

static bool holds(const postern_buf *page, const char *text) {
    return postern_slice_find(postern_buf_slice(page), 0, postern_slice_cstr(text)) != SIZE_MAX;
}

/* ---- rights ---- */

enum { ZONES = 3 };
static const postern_zone zones[ZONES] = {POSTERN_ZONE_INTRANET, POSTERN_ZONE_INTERNET, POSTERN_ZONE_RESTRICTED};

static const struct {
    const char *html, *shown, *refused; /* what stands in the page with the right, and without it */
    postern_page_right right;
    uint32_t action;
    bool built_in[ZONES];
} rows[] = {
    {"<style>@font-face{font-family:f;src:url(f.woff2)}</style><p>words",
     "data:font/woff2",
     "words",
     POSTERN_PAGE_RIGHT_FONTS,
     0x1604,
     {true, true, false}},
    {"<form><input value=v><button>press</button></form>",
     "<input",
     "press",
     POSTERN_PAGE_RIGHT_FORMS,
     0x1601,
     {true, true, false}},
    {"<select><option>one</select>tail", "<select", "tail", POSTERN_PAGE_RIGHT_FORMS, 0x1601, {true, true, false}},
    {"<textarea>inner</textarea>tail", "inner", "tail", POSTERN_PAGE_RIGHT_FORMS, 0x1601, {true, true, false}},
    {"<iframe src=http://other.test/far.html></iframe>",
     "far words",
     "<iframe",
     POSTERN_PAGE_RIGHT_FRAMES,
     0x1607,
     {true, false, false}},
    {"<meta http-equiv=refresh content='0; url=\"http://next.test/?a&amp;b\"'>words",
     "href=\"http://next.test/?a&amp;b\"",
     "words",
     POSTERN_PAGE_RIGHT_REFRESH,
     0x1608,
     {true, true, false}},
    {"<img src=octets.bin alt=picture>", "data:image/png", "picture", POSTERN_PAGE_RIGHT_SNIFFING, 0x2100, {true, true, false}},
    {"<img src='data:text/plain;base64," TEST_PNG "' alt=p>",
     "data:image/png",
     "<img",
     POSTERN_PAGE_RIGHT_SNIFFING,
     0x2100,
     {true, true, false}},
    {"<link rel=stylesheet href=bare.css>words", "#123456", "words", POSTERN_PAGE_RIGHT_SNIFFING, 0x2100, {true, true, false}},
    {"<p><a href=http://a.test/>x</a>",
     "<a href",
     "<a draggable=\"false\" href",
     POSTERN_PAGE_RIGHT_DRAG,
     0x1802,
     {true, true, false}},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void expect(size_t i, const postern_policy *policy, postern_zone zone, bool right) {
    postern_buf text, page;
    postern_page_report report;
    char number[16];
    snprintf(number, sizeof number, "(%04X)", (unsigned)rows[i].action);
    noted seen = {.action = number};
    archive_of(rows[i].html, &text);
    assert_int_equal(page_of(postern_buf_slice(&text), policy, zone, false, &page, &report, &seen), POSTERN_OK);
    bool good = holds(&page, rows[i].shown) == right && (right || holds(&page, rows[i].refused)) &&
                (seen.refused > 0) == !right && report.policy == seen.count[POSTERN_NOTE_PAGE_POLICY];
    if (!good) print_error("%s in zone %d: [%.*s]\n", rows[i].html, (int)zone, (int)page.len, (const char *)page.ptr);
    assert_true(good);
    assert_true(report.judged && report.rights.has[rows[i].right] == right);
    const postern_action_decision *d = &report.rights.action[rows[i].right];
    assert_true(d->action == rows[i].action && d->reason_count > 0 && report.rights.zone.zone == zone);
    postern_buf_free(&page);
    postern_buf_free(&text);
}

/* The site is one that may be anything up to Trusted: the caller's word is what counts. */
#define SITE "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\x.test]\n\"*\"=dword:2\n"

static void built_in_zones_differ(void **state) {
    (void)state;
    postern_policy *policy = policy_of("REGEDIT4\n" SITE);
    for (size_t i = 0; i < ROWS; i++)
        for (int z = 0; z < ZONES; z++) expect(i, policy, zones[z], rows[i].built_in[z]);
    postern_policy_free(policy);
}

/* The same from a .reg: forbidden in Internet, allowed in Restricted; "query" forbids all but the refresh. */
static void a_reg_file_decides(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        char reg[1024];
        snprintf(reg, sizeof reg,
                 "REGEDIT4\n" SITE "[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"%04X\"=dword:3\n"
                 "[HKEY_CURRENT_USER\\" IS "\\Zones\\4]\n\"%04X\"=dword:0\n"
                 "[HKEY_CURRENT_USER\\" IS "\\Zones\\1]\n\"%04X\"=dword:1\n",
                 (unsigned)rows[i].action, (unsigned)rows[i].action, (unsigned)rows[i].action);
        postern_policy *policy = policy_of(reg);
        expect(i, policy, POSTERN_ZONE_INTERNET, false);
        expect(i, policy, POSTERN_ZONE_RESTRICTED, true);
        expect(i, policy, POSTERN_ZONE_INTRANET, rows[i].right == POSTERN_PAGE_RIGHT_REFRESH);
        postern_policy_free(policy);
    }
}

static void without_a_policy_all_is_shown(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        postern_buf text, page;
        postern_page_report report;
        archive_of(rows[i].html, &text);
        assert_int_equal(page_of(postern_buf_slice(&text), NULL, POSTERN_ZONE_RESTRICTED, false, &page, &report, NULL),
                         POSTERN_OK);
        assert_int_equal(holds(&page, rows[i].shown), rows[i].right != POSTERN_PAGE_RIGHT_REFRESH); /* nothing steps, ever */
        assert_true(!report.judged && report.policy == 0);
        postern_buf_free(&page);
        postern_buf_free(&text);
    }
}

/* A document in a frame is judged by itself, and never above the one around it. */
static void z1_a_frame_has_its_own_zone(void **state) {
    (void)state;
    static const char html[] =
        "<style>@font-face{font-family:f;src:url(f.woff2)}</style><iframe src=http://other.test/font.html>";
    static const struct {
        const char *reg;
        postern_zone zone;
        unsigned fonts;
    } cases[] = {
        {"REGEDIT4\n[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"1607\"=dword:0\n", POSTERN_ZONE_INTERNET, 2},
        {"REGEDIT4\n[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"1607\"=dword:0\n[HKEY_CURRENT_USER\\" IS
         "\\ZoneMap\\Domains\\other.test]\n\"*\"=dword:4\n",
         POSTERN_ZONE_INTERNET, 1},
        {"REGEDIT4\n[HKEY_CURRENT_USER\\" IS "\\Zones\\4]\n\"1607\"=dword:0\n[HKEY_CURRENT_USER\\" IS
         "\\ZoneMap\\Domains\\other.test]\n\"*\"=dword:2\n",
         POSTERN_ZONE_RESTRICTED, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        postern_policy *policy = policy_of(cases[i].reg);
        postern_buf text, page;
        postern_page_report report;
        archive_of(html, &text);
        assert_int_equal(page_of(postern_buf_slice(&text), policy, cases[i].zone, false, &page, &report, NULL), POSTERN_OK);
        assert_true(holds(&page, "far words"));
        assert_int_equal(report.fonts, cases[i].fonts);
        postern_buf_free(&page);
        postern_buf_free(&text);
        postern_policy_free(policy);
    }
}

static void a_frame_of_the_same_host_needs_no_right(void **state) {
    (void)state;
    postern_policy *policy = policy_of(NULL);
    postern_buf text, page;
    postern_page_report report;
    archive_of("<iframe src=near.html></iframe><iframe srcdoc='inner words'></iframe>", &text);
    assert_int_equal(page_of(postern_buf_slice(&text), policy, POSTERN_ZONE_RESTRICTED, false, &page, &report, NULL),
                     POSTERN_OK);
    assert_true(holds(&page, "near words") && holds(&page, "inner words") && report.policy == 0);
    postern_buf_free(&page);
    postern_buf_free(&text);
    postern_policy_free(policy);
}

/* ---- refresh ---- */

static void z13_a_refresh_never_leads_up(void **state) {
    (void)state;
    static const char trusted[] = "REGEDIT4\n[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\next.test]\n\"*\"=dword:2\n"
                                  "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\x.test]\n\"*\"=dword:2\n";
    static const struct {
        const char *content;
        postern_zone zone;
        bool link;
    } cases[] = {
        {"0;url=http://next.test/", POSTERN_ZONE_INTERNET, false}, /* Internet to Trusted */
        {"0;url=http://next.test/", POSTERN_ZONE_TRUSTED, true},
        {"0;url=http://down.test/", POSTERN_ZONE_INTERNET, true},
        {"0;url=http://down.test/", POSTERN_ZONE_TRUSTED, true},
        {"0 http://down.test/", POSTERN_ZONE_INTERNET, true},
        {"0;URL = 'http://down.test/'x", POSTERN_ZONE_INTERNET, true},
        {"5", POSTERN_ZONE_INTERNET, false}, /* the document itself */
        {"5;url=http://x.test/p.html#a", POSTERN_ZONE_INTERNET, false},
        {"0;url=file:///C:/x.htm", POSTERN_ZONE_INTERNET, false},
        {"0;url=javascript:alert(1)", POSTERN_ZONE_INTERNET, false},
        {"0;url=mhtml:file:///C:/x.mht!y", POSTERN_ZONE_INTERNET, false},
        {"0;url=http://0x7f.1/", POSTERN_ZONE_INTERNET, false},
        {"0url=http://down.test/", POSTERN_ZONE_INTERNET, false},
        {"0;url=", POSTERN_ZONE_INTERNET, false},
    };
    postern_policy *policy = policy_of(trusted);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        postern_buf text, page;
        noted seen = {.action = NULL};
        char html[256];
        snprintf(html, sizeof html, "<meta http-equiv=Refresh content=\"%s\"><p>x", cases[i].content);
        archive_of(html, &text);
        assert_int_equal(page_of(postern_buf_slice(&text), policy, cases[i].zone, false, &page, NULL, &seen), POSTERN_OK);
        if (holds(&page, "leads on by itself") != cases[i].link) print_error("%s\n", cases[i].content);
        assert_int_equal(holds(&page, "leads on by itself"), cases[i].link);
        assert_int_equal(seen.count[POSTERN_NOTE_PAGE_REFRESH_LINK], cases[i].link);
        assert_int_equal(seen.count[POSTERN_NOTE_PAGE_REFRESH], 1);
        assert_false(holds(&page, "efresh content") || holds(&page, "http-equiv=\"refresh"));
        postern_buf_free(&page);
        postern_buf_free(&text);
    }
    postern_policy_free(policy);
}

/* ---- the floor ---- */

/* A policy in which every zone may do everything that a policy can name. */
static postern_policy *allow_all(void) {
    postern_buf reg;
    postern_buf_init(&reg, 1 << 20);
    postern_buf_printf(&reg, "REGEDIT4\n");
    for (int zone = 0; zone < 5; zone++) {
        postern_buf_printf(&reg, "[HKEY_CURRENT_USER\\" IS "\\Zones\\%d]\n", zone);
        for (unsigned action = 0x1000; action < 0x2800; action++)
            postern_buf_printf(&reg, "\"%04X\"=dword:%x\n", action, action == 0x1C00 ? 0x30000u : 0u);
    }
    postern_buf_add_byte(&reg, 0);
    postern_policy *policy = policy_of((const char *)reg.ptr);
    postern_buf_free(&reg);
    return policy;
}

static const char hostile[] =
    "<base href=http://evil.test/><script>alert(1)</script><body onload=alert(1)><img src=http://evil.test/a.png onerror=x>"
    "<iframe src=http://evil.test/></iframe><iframe src=javascript:alert(1)></iframe><object data=http://evil.test/x></object>"
    "<embed src=x.swf><applet code=x></applet><form action=http://evil.test/><input type=submit formaction=http://evil.test/>"
    "</form><a href=javascript:alert(1) ping=http://evil.test/>a</a><link rel=preload href=http://evil.test/>"
    "<style>@import 'http://evil.test/a.css';p{background:url(http://evil.test/b.png)}</style>"
    "<svg><script>alert(1)</script><a xlink:href=javascript:alert(1)><text>t</text></a></svg>";

static void z12_no_policy_passes_the_floor(void **state) {
    (void)state;
    static const char *const never[] = {
        "<script", "onload",  "onerror", "javascript:", "evil.test/\"", "src=\"http", "<object", "<embed",
        "<applet", "action=", "ping",    "url(http",    "@import",      "<base",      "<link"};
    postern_policy *policy = allow_all();
    for (int zone = 0; zone < 5; zone++) {
        postern_buf text, page, floor;
        postern_page_report report;
        archive_of(hostile, &text);
        assert_int_equal(page_of(postern_buf_slice(&text), policy, (postern_zone)zone, false, &page, &report, NULL),
                         POSTERN_OK);
        assert_int_equal(page_of(postern_buf_slice(&text), NULL, (postern_zone)zone, false, &floor, NULL, NULL), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&page), postern_buf_slice(&floor));
        /* the head with its policy is ours */
        size_t body = postern_slice_find(postern_buf_slice(&page), 0, POSTERN_S("dns-prefetch-control\" content=\"off\">"));
        assert_int_not_equal(body, SIZE_MAX);
        for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
            bool found = postern_slice_find_nocase(postern_buf_slice(&page), body, postern_slice_cstr(never[i])) != SIZE_MAX;
            if (found) print_error("[%s] in [%.*s]\n", never[i], (int)page.len, (const char *)page.ptr);
            assert_false(found);
        }
        assert_true(report.scripts >= 2 && report.policy == 0);
        postern_buf_free(&floor);
        postern_buf_free(&page);
        postern_buf_free(&text);
    }
    postern_policy_free(policy);
}

/* ---- mail as text ---- */

#define MAIL "From: a@x.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
#define RELATED                                                                                                                \
    "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n"                                \
    "<h1>Title</h1><p>some <b>bold</b> words &amp; <a href=http://l.test/>link</a><script>1</script><img src=cid:p@x "         \
    "alt=ALT>\r\n"                                                                                                             \
    "--r\r\nContent-Type: image/png; name=\"pic.png\"\r\nContent-ID: <p@x>\r\nContent-Transfer-Encoding: "                     \
    "base64\r\n\r\n" TEST_PNG "\r\n--r--\r\n"

static void mail_is_read_as_text(void **state) {
    (void)state;
    static const char open[] = MAIL RELATED;
    static const char sealed[] = MAIL "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n" RELATED "--s\r\n"
                                      "Content-Type: application/pkcs7-signature\r\n\r\nx\r\n--s--\r\n";
    static const char inner[] = MAIL "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" RELATED
                                     "--m\r\nContent-Type: message/rfc822\r\n\r\n" MAIL
                                     "Content-Type: text/html\r\n\r\n<p>forwarded <i>words</i></p>\r\n--m\r\n"
                                     "Content-Type: text/html\r\n\r\n<p>beside <i>it</i></p>\r\n--m--\r\n";
    postern_page_report report;
    postern_buf page;
    assert_int_equal(page_of(postern_slice_cstr(open), NULL, POSTERN_ZONE_RESTRICTED, true, &page, &report, NULL), POSTERN_OK);
    assert_true(holds(&page, "some bold words &amp; link") && holds(&page, "pic.png") && holds(&page, "ALT"));
    assert_false(holds(&page, "<h1") || holds(&page, "<b>") || holds(&page, "data:image"));
    assert_int_equal(report.plain, 1);
    postern_buf_free(&page);
    assert_int_equal(page_of(postern_slice_cstr(open), NULL, POSTERN_ZONE_RESTRICTED, false, &page, &report, NULL), POSTERN_OK);
    assert_true(holds(&page, "<h1") && holds(&page, "data:image/png") && report.plain == 0 && !holds(&page, "pic.png"));
    postern_buf_free(&page);
    assert_int_equal(page_of(postern_slice_cstr(sealed), NULL, POSTERN_ZONE_RESTRICTED, true, &page, &report, NULL),
                     POSTERN_OK);
    assert_true(holds(&page, "<h1") && holds(&page, "data:image/png") && report.plain == 0);
    postern_buf_free(&page);
    assert_int_equal(page_of(postern_slice_cstr(inner), NULL, POSTERN_ZONE_RESTRICTED, true, &page, &report, NULL), POSTERN_OK);
    assert_true(holds(&page, "forwarded words") && holds(&page, "beside it") && !holds(&page, "<i>"));
    assert_int_equal(report.plain, 3);
    postern_buf_free(&page);
}

/* A mail of attachments alone has no root: the page is its header block, at once, plain or not. */
static void p5_a_mail_without_a_text_ends_at_once(void **state) {
    (void)state;
    static const char mail[] = MAIL "Content-Type: image/png; name=\"ball.png\"\r\nContent-Disposition: attachment\r\n"
                                    "Content-Transfer-Encoding: base64\r\n\r\n" TEST_PNG "\r\n";
    postern_policy *policy = policy_of(NULL);
    clock_t start = clock();
    for (int plain = 0; plain < 2; plain++) {
        postern_buf page;
        postern_page_report report;
        postern_slice text = postern_slice_cstr(mail);
        assert_int_equal(page_of(text, plain ? policy : NULL, POSTERN_ZONE_RESTRICTED, plain != 0, &page, &report, NULL),
                         POSTERN_OK);
        assert_true(holds(&page, "ball.png"));
        postern_buf_free(&page);
    }
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC); /* of this process; it was a walk over four thousand million parts */
    postern_policy_free(policy);
}

/* ---- memory ---- */

typedef struct lived {
    const postern_policy *policy;
    postern_slice text;
    bool plain;
} lived;

static postern_status life(void *user) {
    const lived *l = user;
    postern_buf page;
    postern_status status = page_of(l->text, l->policy, POSTERN_ZONE_INTERNET, l->plain, &page, NULL, NULL);
    if (!status) status = page.status;
    postern_buf_free(&page);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    postern_buf text;
    postern_policy *policy = policy_of("REGEDIT4\n[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"1607\"=dword:0\n\"1604\"=dword:3\n");
    archive_of("<meta http-equiv=refresh content='0;url=http://n.test/'><style>@font-face{src:url(f.woff2)}</style>"
               "<iframe src=http://other.test/far.html></iframe>",
               &text);
    lived page = {policy, postern_buf_slice(&text), false}, mail = {policy, POSTERN_S(MAIL RELATED), true};
    test_oom_each(life, &page);
    test_oom_each(life, &mail);
    postern_buf_free(&text);
    postern_policy_free(policy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_zones_differ),
        cmocka_unit_test(a_reg_file_decides),
        cmocka_unit_test(without_a_policy_all_is_shown),
        cmocka_unit_test(z1_a_frame_has_its_own_zone),
        cmocka_unit_test(a_frame_of_the_same_host_needs_no_right),
        cmocka_unit_test(z13_a_refresh_never_leads_up),
        cmocka_unit_test(z12_no_policy_passes_the_floor),
        cmocka_unit_test(mail_is_read_as_text),
        cmocka_unit_test(p5_a_mail_without_a_text_ends_at_once),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
