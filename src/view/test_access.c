/* Who may ask, for what: paths, queries, hosts, origins, fetch metadata, token, cookie. */
#include "base/test_base.h"
#include "view/view_int.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define COOKIE "fedcba9876543210fedcba9876543210"
#define TOKEN "00112233445566778899aabbccddeeff"

static const view_session fixed_session = {SECRET, TOKEN, COOKIE, false, 8080};

static view_route route_of(const char *uri) {
    view_route route;
    view_route_parse(postern_slice_cstr(uri), SECRET, &route);
    return route;
}

static const char *const nothing[] = {
    "",
    "/",
    "//",
    "/" SECRET,
    SECRET "/",
    "//" SECRET "/",
    "/" SECRET "//",
    "/" SECRET "/.",
    "/" SECRET "/..",
    "/" SECRET "/../" SECRET "/",
    "/" SECRET "/%6d/0/page",
    "/" SECRET "/m/0/page/",
    "/" SECRET "/m/0/page%00",
    "/" SECRET "/m/00/page",
    "/" SECRET "/m/+1/page",
    "/" SECRET "/m/-1/page",
    "/" SECRET "/m//page",
    "/" SECRET "/m/4294967295/page",
    "/" SECRET "/m/99999999999999999999/page",
    "/" SECRET "/m/0/part",
    "/" SECRET "/m/0/part/",
    "/" SECRET "/m/0/part/..",
    "/" SECRET "/m/0/part/1/2",
    "/" SECRET "/m/0/page/1",
    "/" SECRET "/APP.JS",
    "/" SECRET "/app.js/",
    "/" SECRET "/app.js/..",
    "/" SECRET "/favicon.ico",
    "/0123456789abcdef0123456789abcdee/",
    "/0123456789abcdef/",
    "http://127.0.0.1:8080/" SECRET "/",
    "/" SECRET "/../../etc/passwd",
    "/" SECRET "/..%2f..%2fetc%2fpasswd",
    "/" SECRET "\\app.js",
};

static void t2_there_is_one_spelling_of_each_path(void **state) {
    (void)state;
    static const struct {
        const char *uri;
        view_what what;
        uint32_t message, part;
    } rows[] = {
        {"/" SECRET "/", VIEW_SHELL, 0, POSTERN_NO_PART},
        {"/" SECRET "/?x=1", VIEW_SHELL, 0, POSTERN_NO_PART},
        {"/" SECRET "/open?token=1", VIEW_OPEN, 0, POSTERN_NO_PART},
        {"/" SECRET "/app.js", VIEW_SCRIPT, 0, POSTERN_NO_PART},
        {"/" SECRET "/m/0/page", VIEW_PAGE, 0, POSTERN_NO_PART},
        {"/" SECRET "/m/99999/info.json", VIEW_INFO, 99999, POSTERN_NO_PART},
        {"/" SECRET "/m/7/part/12", VIEW_PART, 7, 12},
        {"/" SECRET "/m/7/picture/0?dark=1", VIEW_PICTURE, 7, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        view_route route = route_of(rows[i].uri);
        assert_int_equal(route.what, rows[i].what);
        assert_int_equal(route.message, rows[i].message);
        assert_int_equal(route.part, rows[i].part);
    }
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (route_of(nothing[i]).what != VIEW_NOTHING) fail_msg("%s is a path", nothing[i]);
}

static void queries_are_decoded_once(void **state) {
    (void)state;
    static const struct {
        const char *query, *expected; /* NULL: not there */
    } rows[] = {
        {"q=a", "a"},
        {"x=1&q=a+b&q=c", "a b"},
        {"q=%41%20%25", "A %"},
        {"q=%2541", "%41"},
        {"q=", ""},
        {"qq=1", NULL},
        {"q", ""},
        {"q=%", NULL},
        {"q=%4", NULL},
        {"q=%zz", NULL},
        {"q=%ff", NULL},
        {"q=%e3%81%82", "\xe3\x81\x82"},
        {"q=%ff&q=1", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf out;
        postern_buf_init(&out, 100);
        bool found = view_query_get(postern_slice_cstr(rows[i].query), "q", &out);
        if (found != (rows[i].expected != NULL)) fail_msg("%s: %d", rows[i].query, found);
        if (found) assert_same_slice(postern_buf_slice(&out), postern_slice_cstr(rows[i].expected));
        postern_buf_free(&out);
    }
    assert_true(view_query_flag(POSTERN_S("dark=1"), "dark"));
    assert_false(view_query_flag(POSTERN_S("dark=11"), "dark"));
}

/* The browser's own request for a path, as a start for what is changed in it. */
static view_asker own(const char *dest) {
    return (view_asker){.hosts = 1,
                        .headers = 12,
                        .host = POSTERN_S("127.0.0.1:8080"),
                        .site = POSTERN_S("same-origin"),
                        .dest = postern_slice_cstr(dest),
                        .mode = POSTERN_S("navigate"),
                        .cookie = POSTERN_S("a=b; postern=" COOKIE)};
}

static void expect(const char *uri, view_asker asker, view_verdict verdict) {
    view_route route = route_of(uri);
    view_verdict got = view_access(&fixed_session, &asker, &route);
    if (got != verdict) fail_msg("%s: %d, not %d", uri, got, verdict);
}

static void only_our_host_is_ours(void **state) {
    (void)state;
    static const char *const others[] = {"localhost:8080",
                                         "127.0.0.1",
                                         "127.0.0.1:8081",
                                         "127.0.0.1:8080.",
                                         "127.1:8080",
                                         "evil.example:8080",
                                         "evil.example",
                                         "[::1]",
                                         "[0:0:0:0:0:0:0:1]:8080",
                                         "2130706433:8080",
                                         "127.0.0.1:8080@evil.example",
                                         "",
                                         "127.0.0.1:08080"};
    view_asker asker = own("document");
    expect("/" SECRET "/", asker, VIEW_WELCOME);
    asker.host = POSTERN_S("[::1]:8080");
    expect("/" SECRET "/", asker, VIEW_WELCOME);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        asker.host = postern_slice_cstr(others[i]);
        expect("/" SECRET "/", asker, VIEW_WRONG_HOST);
        expect("/" SECRET "/open?token=" TOKEN, asker, VIEW_WRONG_HOST);
        expect("/", asker, VIEW_WRONG_HOST);
    }
    asker = own("document");
    asker.hosts = 2;
    expect("/" SECRET "/", asker, VIEW_WRONG_HOST);
    asker.hosts = 0;
    expect("/" SECRET "/", asker, VIEW_WRONG_HOST);
}

static void only_our_pages_may_ask(void **state) {
    (void)state;
    static const char *const pages[] = {"/" SECRET "/",           "/" SECRET "/m/0/page", "/" SECRET "/m/0/info.json",
                                        "/" SECRET "/m/0/part/1", "/" SECRET "/app.js",   "/" SECRET "/alive"};
    static const char *const uses[] = {"document", "iframe", "empty", "empty", "script", "empty"};
    static const char *const sites[] = {"cross-site", "same-site", "nonsense"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        view_asker asker = own(uses[i]);
        expect(pages[i], asker, VIEW_WELCOME);
        for (size_t k = 0; k < sizeof sites / sizeof *sites; k++) {
            asker.site = postern_slice_cstr(sites[k]);
            expect(pages[i], asker, VIEW_WRONG_ORIGIN);
        }
        asker = own(uses[i]);
        asker.origins = 1;
        asker.origin = POSTERN_S("null");
        expect(pages[i], asker, VIEW_WRONG_ORIGIN);
        asker.origin = POSTERN_S("http://127.0.0.1:8081");
        expect(pages[i], asker, VIEW_WRONG_ORIGIN);
        asker.origin = POSTERN_S("http://127.0.0.1:8080");
        expect(pages[i], asker, VIEW_WELCOME);
        asker.origins = 2;
        expect(pages[i], asker, VIEW_WRONG_ORIGIN);
    }
    /* nothing is good for another use than its own */
    expect("/" SECRET "/m/0/source", own("script"), VIEW_WRONG_ORIGIN);
    expect("/" SECRET "/m/0/page", own("object"), VIEW_WRONG_ORIGIN);
    expect("/" SECRET "/m/0/part/1", own("image"), VIEW_WRONG_ORIGIN);
    expect("/" SECRET "/", own("iframe"), VIEW_WRONG_ORIGIN);
}

static void a_link_of_a_message_may_ask_where_it_leads(void **state) {
    (void)state;
    view_asker asker = own("document");
    asker.site = POSTERN_S("cross-site");
    asker.cookie = POSTERN_S("");
    expect("/" SECRET "/go?u=x", asker, VIEW_WELCOME);
    asker.mode = POSTERN_S("no-cors");
    expect("/" SECRET "/go?u=x", asker, VIEW_WRONG_ORIGIN);
    expect("/" SECRET "/go?u=x", own("iframe"), VIEW_WRONG_ORIGIN);
}

static void without_the_cookie_there_is_nothing(void **state) {
    (void)state;
    static const char *const cookies[] = {"",
                                          "postern=",
                                          "postern=" TOKEN,
                                          "postern=" COOKIE "0",
                                          "Postern=" COOKIE,
                                          "xpostern=" COOKIE,
                                          "postern=fedcba9876543210fedcba987654321"};
    for (size_t i = 0; i < sizeof cookies / sizeof *cookies; i++) {
        view_asker asker = own("document");
        asker.cookie = postern_slice_cstr(cookies[i]);
        expect("/" SECRET "/", asker, VIEW_NO_COOKIE);
        expect("/" SECRET "/m/0/page", asker, VIEW_NO_COOKIE);
    }
    view_asker asker = own("document");
    asker.cookie = POSTERN_S("postern=old; postern=" COOKIE);
    expect("/" SECRET "/", asker, VIEW_WELCOME);
}

static void the_token_is_good_for_one_use(void **state) {
    (void)state;
    view_session session = fixed_session;
    view_route route = route_of("/" SECRET "/open?token=" TOKEN), wrong = route_of("/" SECRET "/open?token=" COOKIE);
    view_asker asker = own("document");
    asker.site = POSTERN_S("none");
    asker.cookie = POSTERN_S("");
    assert_int_equal(view_access(&session, &asker, &wrong), VIEW_NO_COOKIE);
    assert_int_equal(view_access(&session, &asker, &route), VIEW_WELCOME);
    session.used = true;
    assert_int_equal(view_access(&session, &asker, &route), VIEW_USED_TOKEN);
    assert_int_equal(view_access(&session, &asker, &wrong), VIEW_NO_COOKIE);
}

static void methods_and_sizes(void **state) {
    (void)state;
    view_asker asker = own("empty");
    asker.post = true;
    expect("/" SECRET "/settings", asker, VIEW_WRONG_ORIGIN); /* a POST says whose it is */
    asker.origins = 1;
    asker.origin = POSTERN_S("http://127.0.0.1:8080");
    expect("/" SECRET "/settings", asker, VIEW_WELCOME);
    expect("/" SECRET "/m/0/page", asker, VIEW_WRONG_METHOD);
    expect("/" SECRET "/settings", own("empty"), VIEW_WRONG_METHOD);
    asker = own("document");
    asker.headers = POSTERN_LIMIT_VIEWER_HEADERS + 1;
    expect("/" SECRET "/", asker, VIEW_TOO_MUCH);
    assert_int_equal(view_verdict_code(VIEW_TOO_MUCH), 431);
    assert_int_equal(view_verdict_code(VIEW_WRONG_HOST), 421);
}

static void secrets_are_new_each_time(void **state) {
    (void)state;
    view_session a, b;
    assert_true(view_session_init(&a, 1) && view_session_init(&b, 1));
    assert_int_equal(strlen(a.path), VIEW_SECRET);
    assert_string_not_equal(a.path, b.path);
    assert_string_not_equal(a.token, b.token);
    assert_string_not_equal(a.cookie, b.cookie);
    assert_string_not_equal(a.cookie, a.token);
}

static void the_owner_of_a_socket(void **state) {
    (void)state;
    static const char table[] =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0000\n"
        "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0000\n"
        "  12: 0100007F:C350 0100007F:1F90 01 00000000:00000000 02:00000000 00000000  1000        0 3 1 0000\n";
    uint64_t uid = 7;
    postern_slice text = postern_slice_of(table, sizeof table - 1);
    assert_true(view_peer_owner(text, "0100007F:C350", "0100007F:1F90", &uid));
    assert_int_equal(uid, 1000);
    assert_false(view_peer_owner(text, "0100007F:C351", "0100007F:1F90", &uid));
    assert_false(view_peer_owner(POSTERN_S("x\n\n  1: 0100007F:C350 0100007F:1F90"), "0100007F:C350", "0100007F:1F90", &uid));
    assert_false(view_peer_owner(POSTERN_S(""), "", "", &uid));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t2_there_is_one_spelling_of_each_path),
        cmocka_unit_test(queries_are_decoded_once),
        cmocka_unit_test(only_our_host_is_ours),
        cmocka_unit_test(only_our_pages_may_ask),
        cmocka_unit_test(a_link_of_a_message_may_ask_where_it_leads),
        cmocka_unit_test(without_the_cookie_there_is_nothing),
        cmocka_unit_test(the_token_is_good_for_one_use),
        cmocka_unit_test(methods_and_sizes),
        cmocka_unit_test(the_owner_of_a_socket),
        cmocka_unit_test(secrets_are_new_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
