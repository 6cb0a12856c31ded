/* The mhtml: handler: what it opens, what it refuses and with which invariant. */
#include "base/test_oom.h"

#include "postern/mhtml.h"

static const char archive_text[] =
    "From: <Saved by Test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"; type=\"text/html\"\r\n\r\n"
    "--b\r\nContent-Type: text/html\r\nContent-Location: http://a.example/page.html\r\n\r\n<p>root</p>\r\n"
    "--b\r\nContent-Type: image/png\r\nContent-Location: http://a.example/p.png\r\n\r\npng\r\n"
    "--b\r\nContent-Type: text/css\r\nContent-Location: rel/style.css\r\n\r\np{}\r\n"
    "--b\r\nContent-Type: text/plain\r\nContent-Location: http://a.example/twice\r\n\r\none\r\n"
    "--b\r\nContent-Type: text/plain\r\nContent-Location: http://a.example/twice\r\n\r\ntwo\r\n"
    "--b\r\nContent-Type: text/plain\r\nContent-Location: http://a.example/same\r\n\r\nsame\r\n"
    "--b\r\nContent-Type: text/plain\r\nContent-Location: http://a.example/same\r\n\r\nsame\r\n"
    "--b\r\nContent-Type: text/html\r\nContent-Location: javascript:alert(1)\r\n\r\nx\r\n"
    "--b\r\nContent-Location: http://a.example/untyped\r\n\r\n<script>\r\n"
    "--b\r\nContent-Type: text/html\r\nContent-Location: file:///C:/windows/x.htm\r\n\r\nx\r\n"
    "--b--\r\n";

/* One file and one address exist; every question is counted, so that nothing else can be asked for unseen (Z2). */
typedef struct world {
    unsigned opened, closed, asked;
    const char *type;
    bool attachment, local;
    const postern_slice *hops;
    size_t hop_count;
    const char *text, *zone_stream;
} world;

static postern_status world_open(void *user, const postern_url *url, postern_container *ret, postern_error *reterr) {
    world *w = user;
    w->asked++;
    if (!postern_slice_eq(url->href, POSTERN_S("file:///C:/dir/a.mht")) &&
        !postern_slice_eq(url->href, POSTERN_S("http://a.example/a.mht")) &&
        !postern_slice_eq(url->href, POSTERN_S("file:///home/u/a.mht")))
        return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no such file");
    w->opened++;
    *ret = (postern_container){.bytes = postern_slice_cstr(w->text ? w->text : archive_text),
                               .type = postern_slice_cstr(w->type ? w->type : "message/rfc822"),
                               .attachment = w->attachment,
                               .local_proof = w->local,
                               .hops = w->hops,
                               .hop_count = w->hop_count,
                               .has_zone_stream = w->zone_stream != NULL,
                               .zone_stream = postern_slice_cstr(w->zone_stream)};
    return POSTERN_OK;
}

static void world_close(void *user, postern_container *container) {
    (void)container;
    ((world *)user)->closed++;
}

static postern_policy *plain_policy(void) {
    postern_policy *policy;
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
    return policy;
}

typedef struct answer {
    postern_status status;
    char rule[4];
    uint32_t part;
    postern_zone zone;
    char type[64];
} answer;

static answer ask(world *w, const char *url, const postern_resolve_context *context) {
    postern_policy *policy = plain_policy();
    postern_container_io io = {world_open, world_close, w};
    postern_resolution *r = NULL;
    postern_error err = {0};
    answer a = {.part = POSTERN_NO_PART, .zone = POSTERN_ZONE_RESTRICTED};
    a.status = postern_mhtml_resolve(policy, postern_slice_cstr(url), context, &io, &r, &err);
    if (a.status)
        memcpy(a.rule, err.text, strcspn(err.text, ":") < 4 ? strcspn(err.text, ":") : 0);
    else {
        a.part = r->part;
        a.zone = r->zone;
        assert_true(r->type.len < sizeof a.type);
        memcpy(a.type, r->type.ptr, r->type.len);
        assert_true(r->reasons.reason_count > 0);
    }
    postern_resolution_free(r);
    postern_policy_free(policy);
    assert_int_equal(w->opened, w->closed);
    return a;
}

#define FILE_URL "mhtml:file:///C:/dir/a.mht"

static void found_parts(void **state) {
    (void)state;
    static const struct {
        const char *url;
        uint32_t part;
        const char *type;
    } rows[] = {
        {FILE_URL, 1, "text/html"},
        {FILE_URL "!http://a.example/p.png", 2, "image/png"},
        {FILE_URL "!x-usc:http://a.example/p.png", 2, "image/png"},
        {"MHTML:file://C:\\dir\\a.mht!x-usc:http://a.example/p.png", 2, "image/png"},
        {"mhtml:C:\\dir\\a.mht!http://a.example/p.png", 2, "image/png"},
        {"mhtml:file://c:/dir/a.mht!http://a.example/p.png", 2, "image/png"},
        {"mhtml:/home/u/a.mht!http://a.example/p.png", 2, "image/png"},
        {"mhtml:http://a.example/a.mht!x-usc:http://a.example/page.html", 1, "text/html"},
        {FILE_URL "!rel/style.css", 3, "text/css"},
        {FILE_URL "!http://a.example/same", 6, "text/plain"},
        {FILE_URL "!http://a.example/untyped", 9, "application/octet-stream"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world w = {0};
        answer a = ask(&w, rows[i].url, NULL);
        if (a.status || a.part != rows[i].part)
            print_error("%s: %s %s part %u\n", rows[i].url, postern_status_name(a.status), a.rule, a.part);
        assert_int_equal(a.status, POSTERN_OK);
        assert_int_equal(a.part, rows[i].part);
        assert_string_equal(a.type, rows[i].type);
        assert_int_equal(w.asked, 1);
    }
}

static const struct {
    const char *url, *rule;
    postern_status status;
    unsigned asked;
} refusals[] = {
    {"mhtml:file://C:\\nosuch.mht!http://evil.example/page.html", "Z2", POSTERN_NOTFOUND, 1},
    {FILE_URL "!http://evil.example/x.html", "Z2", POSTERN_NOTFOUND, 1},
    {FILE_URL "!", "Z2", POSTERN_NOTFOUND, 1},
    {FILE_URL "!HTTP://a.example/p.png", "Z2", POSTERN_NOTFOUND, 1}, /* names are compared, not parsed (Z3) */
    {FILE_URL "!http://a.example/./p.png", "Z2", POSTERN_NOTFOUND, 1},
    {FILE_URL "!X-USC:http://a.example/p.png", "Z2", POSTERN_NOTFOUND, 1},
    {"ms-its:mhtml:file://C:\\foo.mht!http://evil.example/x.chm::/x.htm", "Z4", POSTERN_DENIED, 0},
    {"its:mhtml:file://C:\\foo.mht!http://evil.example/x.chm::/x.htm", "Z4", POSTERN_DENIED, 0},
    {"mk:@MSITStore:mhtml:file://C:\\foo.mht!x", "Z4", POSTERN_DENIED, 0},
    {"mhtml:mhtml:file:///C:/dir/a.mht!x!y", "Z4", POSTERN_DENIED, 0},
    {"mhtml:about:blank!x", "Z4", POSTERN_DENIED, 0},
    {"mhtml:javascript:alert(1)!x", "Z4", POSTERN_DENIED, 0},
    {"mhtml:data:message/rfc822;base64,AA==!x", "Z4", POSTERN_DENIED, 0},
    {"mhtml:its:C:\\x.chm::/a!x", "Z4", POSTERN_DENIED, 0},
    {"mhtml://mid:AAAAAAAA", "Z4", POSTERN_DENIED, 0},
    {"mhtml:ftp://a.example/a.mht", "Z4", POSTERN_DENIED, 0},
    {FILE_URL "!javascript:alert(1)", "Z4", POSTERN_DENIED, 0},
    {FILE_URL "!cid:x", "Z4", POSTERN_DENIED, 0},
    {FILE_URL "!x-usc:mhtml:file:///C:/dir/a.mht!y", "Z4", POSTERN_DENIED, 0},
    {"mhtml:URL:file:///C:/dir/a.mht", "Z8", POSTERN_DENIED, 0},
    {"mhtml:file:///C:/dir/a\t.mht", "Z8", POSTERN_DENIED, 0},
    {"mhtml:file://C:\\\\CACHE\\CONTENT.IE5\\MHT.MHT!file:///C:\\EXE.EXE", "Z8", POSTERN_DENIED, 0},
    {"mhtml:file:///C:/dir/../dir/a.mht", "Z8", POSTERN_DENIED, 0},
    {"mhtml:file:///C:/dir/%2e%2e/dir/a.mht", "Z8", POSTERN_DENIED, 0},
    {"mhtml:a.mht!x", "Z8", POSTERN_DENIED, 0},
    {"mhtml:", "Z4", POSTERN_DENIED, 0},
    {"mhtml:!x", "Z4", POSTERN_DENIED, 0},
    {"mhtml:file://\\\\host.example\\share\\x.mht", "Z9", POSTERN_DENIED, 0},
    {"mhtml:file://\\\\192.0.2.1\\share\\x.mht!y", "Z9", POSTERN_DENIED, 0},
    {"mhtml:file://host.example/share/x.mht", "Z9", POSTERN_DENIED, 0},
    {"mhtml:\\\\?\\C:\\dir\\a.mht", "Z9", POSTERN_DENIED, 0},
    {"mhtml:http://0x7f.1/a.mht", "Z8", POSTERN_DENIED, 0},
    {"mhtml:http:a.example/a.mht", "Z8", POSTERN_DENIED, 0},
    {FILE_URL "!http://a.example/twice", "Z11", POSTERN_DENIED, 1},
    {"http://a.example/", "Z4", POSTERN_DENIED, 0},
    {"", "Z4", POSTERN_DENIED, 0},
};

static void z2_z3_z4_z8_z9_z11_refusals(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        world w = {0};
        answer a = ask(&w, refusals[i].url, NULL);
        bool same = a.status == refusals[i].status && !strcmp(a.rule, refusals[i].rule) && w.asked == refusals[i].asked;
        if (!same) print_error("%s: %s %s, asked %u\n", refusals[i].url, postern_status_name(a.status), a.rule, w.asked);
        assert_true(same);
    }
}

static void z5_type_is_declared(void **state) {
    (void)state;
    static const struct {
        const char *type;
        bool attachment;
        const char *text;
        bool good;
    } rows[] = {{"message/rfc822", false, NULL, true},
                {"Multipart/Related; boundary=x", false, NULL, true},
                {"image/jpeg", false, NULL, false},
                {"text/html", false, NULL, false},
                {"", false, NULL, false},
                {"text/plain", false, NULL, false},
                {"message/rfc822", true, NULL, false},
                {"message/rfc822", false, "<html>no MIME</html>", false},
                {"message/rfc822", false, "", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world w = {.type = rows[i].type, .attachment = rows[i].attachment, .text = rows[i].text};
        answer a = ask(&w, FILE_URL, NULL);
        assert_int_equal(a.status, rows[i].good ? POSTERN_OK : POSTERN_DENIED);
        if (!rows[i].good) assert_string_equal(a.rule, "Z5");
    }
}

static void z6_redirects_stay(void **state) {
    (void)state;
    postern_slice same[] = {POSTERN_S("http://a.example/b.mht"), POSTERN_S("http://a.example/c.mht")};
    postern_slice other[] = {POSTERN_S("http://a.example/b.mht"), POSTERN_S("http://victim.example/private")};
    postern_slice scheme[] = {POSTERN_S("https://a.example/a.mht")}, file[] = {POSTERN_S("file:///C:/dir/a.mht")};
    world w = {.hops = same, .hop_count = 2};
    assert_int_equal(ask(&w, "mhtml:http://a.example/a.mht", NULL).status, POSTERN_OK);
    w = (world){.hops = other, .hop_count = 2};
    assert_string_equal(ask(&w, "mhtml:http://a.example/a.mht", NULL).rule, "Z6");
    w = (world){.hops = scheme, .hop_count = 1};
    assert_string_equal(ask(&w, "mhtml:http://a.example/a.mht", NULL).rule, "Z6");
    w = (world){.hops = file, .hop_count = 1};
    assert_string_equal(ask(&w, "mhtml:http://a.example/a.mht", NULL).rule, "Z6");
}

static void z1_zone_is_the_least(void **state) {
    (void)state;
    world w = {.local = true};
    /* No mark and no caller's word: Internet, even for a local file (Z10). */
    assert_int_equal(ask(&w, FILE_URL, NULL).zone, POSTERN_ZONE_INTERNET);
    postern_resolve_context trusting = {.has_caller = true, .caller = POSTERN_ZONE_LOCAL_MACHINE};
    w = (world){.local = true};
    assert_int_equal(ask(&w, FILE_URL, &trusting).zone, POSTERN_ZONE_INTERNET); /* its Content-Location is http: */
    w = (world){.local = true};
    assert_int_equal(ask(&w, FILE_URL "!rel/style.css", &trusting).zone, POSTERN_ZONE_LOCAL_MACHINE);
    w = (world){.local = true};
    assert_int_equal(ask(&w, FILE_URL "!file:///C:/windows/x.htm", &trusting).zone, POSTERN_ZONE_LOCAL_MACHINE);
    w = (world){.local = false}; /* the same name from elsewhere raises nothing */
    assert_int_equal(ask(&w, FILE_URL "!file:///C:/windows/x.htm", &trusting).zone, POSTERN_ZONE_INTERNET);
    postern_resolve_context restricted = {
        .has_caller = true, .caller = POSTERN_ZONE_LOCAL_MACHINE, .has_naming = true, .naming = POSTERN_ZONE_RESTRICTED};
    w = (world){.local = true};
    assert_int_equal(ask(&w, FILE_URL "!rel/style.css", &restricted).zone, POSTERN_ZONE_RESTRICTED);
    postern_resolve_context from = {.has_caller = true, .caller = POSTERN_ZONE_LOCAL_MACHINE, .has_from = true, .from = 1};
    w = (world){.local = true};
    assert_int_equal(ask(&w, FILE_URL "!rel/style.css", &from).zone, POSTERN_ZONE_INTERNET);
    w = (world){.local = true, .zone_stream = "[ZoneTransfer]\r\nZoneId=4\r\n"};
    assert_int_equal(ask(&w, FILE_URL "!rel/style.css", &trusting).zone, POSTERN_ZONE_RESTRICTED);
}

/* Z6, over made-up chains: a chain is followed when each hop keeps scheme, host and port and may be opened, and the answer is
 * never above what any of them allows. */
static void z6_each_hop_counts(void **state) {
    (void)state;
    static const struct {
        const char *url;
        bool stays;
    } hops[] = {{"http://a.example/b.mht", true},      {"http://a.example:80/c", true},  {"HTTP://A.EXAMPLE/d", true},
                {"http://a.example/?q#f", true},       {"http://a.example:81/x", false}, {"https://a.example/x", false},
                {"http://www.a.example/x", false},     {"http://a.example./x", false},   {"http://a.example@b.example/", false},
                {"mhtml:http://a.example/x!y", false}, {"//a.example/x", false},         {"", false},
                {"http://a.exam\tple/x", false},       {"ftp://a.example/x", false},     {"http:\\\\a.example\\x", false}};
    enum { COUNT = sizeof hops / sizeof *hops };
    uint32_t chance = 6;
    for (unsigned turn = 0; turn < 3000; turn++) {
        postern_slice chain[4];
        bool stays = true;
        size_t count = turn % 5;
        for (size_t i = 0; i < count; i++) {
            chance = chance * 1664525u + 1013904223u;
            size_t pick = (chance >> 16) % (turn % 3 ? 4 : COUNT);
            chain[i] = postern_slice_cstr(hops[pick].url);
            stays &= hops[pick].stays;
        }
        postern_resolve_context context = {.has_caller = true, .caller = (postern_zone)(turn % 5)};
        world w = {.hops = chain, .hop_count = count};
        answer a = ask(&w, "mhtml:http://a.example/a.mht", &context);
        if ((a.status == POSTERN_OK) != stays) print_error("turn %u: %s\n", turn, postern_status_name(a.status));
        assert_int_equal(a.status, stays ? POSTERN_OK : POSTERN_DENIED);
        if (!stays) assert_string_equal(a.rule, "Z6");
        if (stays) assert_int_equal(postern_zone_least(a.zone, context.caller), a.zone);
        if (stays) assert_int_equal(postern_zone_least(a.zone, POSTERN_ZONE_INTERNET), a.zone);
    }
}

static void combine_as_windows_does(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        {"mhtml:file:///c:/a.mht", "http://x.example", "mhtml:file:///c:/a.mht!x-usc:http://x.example"},
        {"MhtMl:file:///c:/a.mht!x-usc:http://x.example/d/", "../..", "mhtml:file:///c:/a.mht!x-usc:../.."},
        {"mhtml:file:///c:/a.mht!http://x.example", "", "mhtml:file:///c:/a.mht"},
        {"mhtml:file:///c:/a.mht!x", "mhtml:file:///c:/b.mht!y", "mhtml:file:///c:/b.mht!y"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf out;
        postern_buf_init(&out, 1000);
        assert_int_equal(postern_mhtml_url_combine(postern_slice_cstr(rows[i][0]), postern_slice_cstr(rows[i][1]), &out),
                         POSTERN_OK);
        assert_same_slice(postern_buf_slice(&out), postern_slice_cstr(rows[i][2]));
        postern_buf_free(&out);
    }
}

typedef struct question {
    const postern_policy *policy;
    const char *url;
    postern_status expected; /* with memory */
} question;

/* The whole life of an answer; a refusal counts as well-ended. */
static postern_status resolve_life(void *user) {
    const question *q = user;
    world w = {0};
    postern_container_io io = {world_open, world_close, &w};
    postern_resolution *r = NULL;
    postern_status status = postern_mhtml_resolve(q->policy, postern_slice_cstr(q->url), NULL, &io, &r, NULL);
    if (status == POSTERN_OK) postern_resolution_free(r);
    if (w.opened != w.closed) return POSTERN_STATE; /* a container that nobody closes */
    return status == q->expected ? POSTERN_OK : status;
}

static postern_status combine_life(void *user) {
    postern_buf out;
    postern_buf_init(&out, 1000);
    postern_status status = postern_mhtml_url_combine(postern_slice_cstr(user), POSTERN_S("i.png"), &out);
    postern_buf_free(&out);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static const struct {
        const char *url;
        postern_status expected;
    } rows[] = {
        {"mhtml:" "file:///C:/dir/a.mht!http://a.example/p.png", POSTERN_OK},
        {"mhtml:http://a.example/a.mht", POSTERN_OK},
        {"mhtml:http://a.example/a.mht!http://a.example/twice", POSTERN_DENIED},
        {"mhtml:http://a.example/a.mht!nobody", POSTERN_NOTFOUND},
        {"mhtml:http://a.example/nosuch.mht!x", POSTERN_NOTFOUND},
        {"mhtml:its:c:/a.mht!x", POSTERN_DENIED},
    };
    postern_policy *policy = plain_policy();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        question q = {policy, rows[i].url, rows[i].expected};
        assert_true(test_oom_each(resolve_life, &q) >= 1);
    }
    postern_policy_free(policy);
    assert_true(test_oom_each(combine_life, (char *)(uintptr_t)"mhtml:file:///c:/a.mht!x") >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_parts),
        cmocka_unit_test(z2_z3_z4_z8_z9_z11_refusals),
        cmocka_unit_test(z6_each_hop_counts),
        cmocka_unit_test(z5_type_is_declared),
        cmocka_unit_test(z6_redirects_stay),
        cmocka_unit_test(z1_zone_is_the_least),
        cmocka_unit_test(combine_as_windows_does),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
