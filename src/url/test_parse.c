/* Unit tests of the URL parser: our own rows; the standard's suites are in tests/conformance. */
#include "base/test_oom.h"
#include "postern/url.h"

#include <stdlib.h>

typedef struct url_row {
    const char *text, *base, *href; /* href NULL: a failure */
} url_row;

static const url_row parsed[] = {
    {"http://example.com", NULL, "http://example.com/"},
    {"HTTP://EXAMPLE.com:80/A/../b/./c?q#f", NULL, "http://example.com/b/c?q#f"},
    {"https://u:p@h:8443/", NULL, "https://u:p@h:8443/"},
    {"https://u@x:y@h/", NULL, "https://u%40x:y@h/"},
    {"https://:@h/", NULL, "https://h/"},
    {"https://@/x", NULL, NULL},
    {"http://h:65536/", NULL, NULL},
    {"http://h:1x/", NULL, NULL},
    {"http://h:/", NULL, "http://h/"},
    {"//c/d", "https://a/b", "https://c/d"},
    {"\\\\c\\d", "https://a/b", "https://c/d"},
    {"../x", "http://a/b/c/d", "http://a/b/x"},
    {"%2e%2E/x", "http://a/b/c/d", "http://a/b/x"},
    {"?q", "http://a/b?old#f", "http://a/b?q"},
    {"#n", "http://a/b?old#f", "http://a/b?old#n"},
    {"", "http://a/b?old#f", "http://a/b?old"},
    {"http:x", "http://a/b/c", "http://a/b/x"},
    {"https:x", "http://a/b/c", "https://x/"},
    {"x", NULL, NULL},
    {"x", "mailto:a@b", NULL},
    {"#f", "mailto:a@b", "mailto:a@b#f"},
    {"mailto:A@b", NULL, "mailto:A@b"},
    {"cid:part1@x", NULL, "cid:part1@x"},
    {"data:text/html,<b>", NULL, "data:text/html,<b>"},
    {"a:/..//b", NULL, "a:/.//b"},
    {"..//y", "a:/x/z", "a:/.//y"},
    {"file:///C|/x/../..", NULL, "file:///C:/"},
    {"/x", "file:///C:/d/e", "file:///C:/x"},
    {"D:/x", "file:///C:/d/e", "d:/x"},
    {"//host/x", "file:///C:/d/e", "file://host/x"},
    {"file://localhost/x", NULL, "file:///x"},
    {"http://[::1]:80/", NULL, "http://[::1]/"},
    {"http://[1:0:0:2::3]/", NULL, "http://[1:0:0:2::3]/"},
    {"http://[1::2::3]/", NULL, NULL},
    {"http://[::1.2.3.4]/", NULL, "http://[::102:304]/"},
    {"http://[::1.2.3]/", NULL, NULL},
    {"http://[::1.2.3.04]/", NULL, NULL},
    {"http://0x7f.1/", NULL, "http://127.0.0.1/"},
    {"http://4294967296/", NULL, NULL},
    {"http://1.2.3.4.5/", NULL, NULL},
    {"http://09/", NULL, NULL},
    {"http://1.2.3.x/", NULL, "http://1.2.3.x/"},
    {"http://a%00b/", NULL, NULL},
    {"http://a b/", NULL, NULL},
    {"x://a b/", NULL, NULL},
    {"x://A%41/", NULL, "x://A%41/"},
    {"http://b\xC3\xBC""cher.example/\xC3\xBC?\xC3\xBC#\xC3\xBC", NULL,
     "http://xn--bcher-kva.example/%C3%BC?%C3%BC#%C3%BC"},
    {"http://\xEF\xBC\x91\xEF\xBC\x8E\xEF\xBC\x92/", NULL, "http://1.0.0.2/"},
    {"http://h/\xFF\xE2\x82", NULL, "http://h/%EF%BF%BD%EF%BF%BD"},
    {"http://\xFF/", NULL, NULL},
    {"http://h/%zz%4", NULL, "http://h/%zz%4"},
    {" \x01http://h/a\tb\nc\r ", NULL, "http://h/abc"},
};

static void parses_and_resolves(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof parsed / sizeof *parsed; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_url *base = NULL, *url = NULL;
        if (parsed[i].base)
            assert_int_equal(postern_url_parse(arena, postern_slice_cstr(parsed[i].base), NULL, &base), POSTERN_OK);
        postern_status status = postern_url_parse(arena, postern_slice_cstr(parsed[i].text), base, &url);
        if (status != (parsed[i].href ? POSTERN_OK : POSTERN_FORMAT)) fail_msg("row %zu: %s", i, postern_status_name(status));
        if (parsed[i].href) assert_slice_at(url->href, parsed[i].href, strlen(parsed[i].href), __FILE__, __LINE__);
        postern_arena_free(arena);
    }
}

static void components_are_views_of_href(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    const postern_url *url;
    assert_int_equal(postern_url_parse(arena, POSTERN_S("ftp://me:pw@h.example:2121/d/f?q=1#top"), NULL, &url), POSTERN_OK);
    assert_slice(url->scheme, "ftp");
    assert_slice(url->username, "me");
    assert_slice(url->password, "pw");
    assert_slice(url->host, "h.example");
    assert_slice(url->path, "/d/f");
    assert_slice(url->query, "q=1");
    assert_slice(url->fragment, "top");
    assert_int_equal(url->port, 2121);
    assert_int_equal(url->host_kind, POSTERN_HOST_DOMAIN);
    assert_true(url->special && url->has_query && url->has_fragment && !url->opaque_path);
    assert_slice(postern_url_without_fragment(url), "ftp://me:pw@h.example:2121/d/f?q=1");
    const postern_slice views[] = {url->scheme, url->username, url->password, url->host, url->path, url->query, url->fragment};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        assert_true(views[i].ptr >= url->href.ptr && views[i].ptr + views[i].len <= url->href.ptr + url->href.len);
    assert_int_equal(postern_url_parse(arena, POSTERN_S("a:b?#"), NULL, &url), POSTERN_OK);
    assert_true(url->has_query && url->has_fragment && url->opaque_path && !url->special);
    assert_int_equal(url->host_kind, POSTERN_HOST_NONE);
    assert_slice(postern_url_without_fragment(url), "a:b?");
    assert_int_equal(postern_url_parse(arena, POSTERN_S("http://192.0.2.7/"), NULL, &url), POSTERN_OK);
    assert_int_equal(url->host_kind, POSTERN_HOST_IPV4);
    assert_memory_equal(url->ip, "\xC0\x00\x02\x07", 4);
    assert_int_equal(postern_url_parse(arena, POSTERN_S("x://[::ffff:7f00:1]"), NULL, &url), POSTERN_OK);
    assert_int_equal(url->host_kind, POSTERN_HOST_IPV6);
    assert_memory_equal(url->ip, "\0\0\0\0\0\0\0\0\0\0\xFF\xFF\x7F\0\0\1", 16);
    assert_slice(url->path, "");
    postern_arena_free(arena);
}

static void z8_oddities_are_flagged(void **state) {
    (void)state;
    static const struct {
        const char *text, *base;
        bool controls, backslash, number;
    } rows[] = {
        {"http://h/x", NULL, false, false, false},
        {"ht\ttp://h/x", NULL, true, false, false},
        {" http://h/x", NULL, true, false, false},
        {"http://h/x\n", NULL, true, false, false},
        {"http:\\\\h/x", NULL, false, true, false},
        {"http:/\\h/x", NULL, false, true, false},
        {"http://h\\x", NULL, false, true, false},
        {"http://h/x\\y", NULL, false, true, false},
        {"http://h/x?\\#\\", NULL, false, false, false},
        {"a:\\x", NULL, false, false, false},
        {"\\x", "http://h/y", false, true, false},
        {"/\\h", "http://h/y", false, true, false},
        {"x\\y", "http://h/y", false, true, false},
        {"file:\\\\h\\x", NULL, false, true, false},
        {"file:\\x", "file:///C:/y", false, true, false},
        {"http://192.0.2.1/", NULL, false, false, false},
        {"http://192.0.2.1./", NULL, false, false, true},
        {"http://0300.0.2.1/", NULL, false, false, true},
        {"http://3221225985/", NULL, false, false, true},
        {"http://0xC0000201/", NULL, false, false, true},
        {"http://192.0.513/", NULL, false, false, true},
        {"http://%31%39%32.0.2.1/", NULL, false, false, true},
        {"http://\xEF\xBC\x91.0.2.1/", NULL, false, false, true},
        {"x", "http://0xC0000201/", false, false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_url *base = NULL, *url;
        if (rows[i].base)
            assert_int_equal(postern_url_parse(arena, postern_slice_cstr(rows[i].base), NULL, &base), POSTERN_OK);
        assert_int_equal(postern_url_parse(arena, postern_slice_cstr(rows[i].text), base, &url), POSTERN_OK);
        if (url->had_controls != rows[i].controls || url->had_backslash != rows[i].backslash ||
            url->odd_number_host != rows[i].number)
            fail_msg("[%s]: %d %d %d", rows[i].text, url->had_controls, url->had_backslash, url->odd_number_host);
        postern_arena_free(arena);
    }
}

static void origins(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"https://h.example:443/x", "https://h.example"}, {"http://u@h:81/", "http://h:81"},   {"file:///x", "null"},
        {"data:,x", "null"},                              {"blob:https://h:1/x", "https://h:1"}, {"blob:ftp://h/x", "null"},
        {"blob:x", "null"},                               {"wss://h/", "wss://h"},
    };
    postern_arena *arena = postern_arena_new(1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const postern_url *url;
        postern_slice origin;
        assert_int_equal(postern_url_parse(arena, postern_slice_cstr(rows[i][0]), NULL, &url), POSTERN_OK);
        assert_int_equal(postern_url_origin(arena, url, &origin), POSTERN_OK);
        assert_slice_at(origin, rows[i][1], strlen(rows[i][1]), __FILE__, __LINE__);
    }
    postern_arena_free(arena);
}

static void schemes_without_parsing(void **state) {
    (void)state;
    static const struct {
        const char *text, *scheme; /* NULL: none */
        bool clean;
    } rows[] = {
        {"http://x", "http", true}, {"JavaScript:x", "JavaScript", true}, {" mhtml:x", "mhtml", false}, {"1:x", NULL, true},
        {"java\nscript:x", "java\nscript", false}, {"x", NULL, true}, {"", NULL, true}, {"/a:b", NULL, true},
        {"a b:c", NULL, true},
        {"\x01\x02x+-.1:", "x+-.1", false}, {":x", NULL, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_slice scheme;
        bool is_clean, found = postern_url_scheme_of(postern_slice_cstr(rows[i].text), &scheme, &is_clean);
        assert_int_equal(found, rows[i].scheme != NULL);
        assert_int_equal(is_clean, rows[i].clean);
        if (found) assert_slice_at(scheme, rows[i].scheme, strlen(rows[i].scheme), __FILE__, __LINE__);
    }
}

static void z8_percent_is_decoded_once(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_slice bytes, plain = POSTERN_S("a%b%zz%4");
    assert_int_equal(postern_percent_decode(arena, plain, &bytes), POSTERN_OK);
    assert_ptr_equal(bytes.ptr, plain.ptr);
    assert_int_equal(postern_percent_decode(arena, POSTERN_S("%2541%41%00%"), &bytes), POSTERN_OK);
    assert_slice(bytes, "%41A\0%");
    postern_arena_free(arena);
}

static void percent_encoding_is_undone_in_place(void **state) {
    (void)state;
    postern_buf buf;
    postern_buf_init(&buf, 100);
    postern_percent_encode(POSTERN_S("a/b c\0%\xC3\xBC~"), "/~", &buf);
    assert_slice(postern_buf_slice(&buf), "a/b%20c%00%25%C3%BC~");
    buf.len = postern_percent_decode_into(postern_buf_slice(&buf), buf.ptr);
    assert_slice(postern_buf_slice(&buf), "a/b c\0%\xC3\xBC~");
    postern_buf_free(&buf);
}

/* Too long as text, and too long only when encoded. */
static void z18_long_urls_are_refused(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(64 << 20);
    const postern_url *url;
    size_t len = POSTERN_LIMIT_URL + 1;
    char *text = malloc(len);
    assert_non_null(text);
    memset(text, 'x', len);
    memcpy(text, "data:,", 6);
    assert_int_equal(postern_url_parse(arena, postern_slice_of(text, len), NULL, &url), POSTERN_LIMIT);
    assert_int_equal(postern_url_parse(arena, postern_slice_of(text, len - 1), NULL, &url), POSTERN_OK);
    assert_int_equal(url->href.len, POSTERN_LIMIT_URL);
    memset(text + 6, '\x7F', len / 2);
    assert_int_equal(postern_url_parse(arena, postern_slice_of(text, len - 1), NULL, &url), POSTERN_LIMIT);
    free(text);
    postern_arena_free(arena);
}

/* Each of these would be slow if something in it were quadratic; with the sanitizers, too, the whole is done in a moment. */
static void hostile_lengths_stay_linear(void **state) {
    (void)state;
    static const char *const units[] = {"../", "a/", "//", "@", ":", "[", "%2e%2e/", "1.", "\xCC\x81", "a/../", "\t", "\xFF"};
    static const char *const heads[] = {"http://h/", "http://", "a:/", "a:", "file:///", "http://h?", "http://[1:"};
    char *text = malloc(1 << 20);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (size_t k = 0; k < sizeof heads / sizeof *heads; k++) {
            postern_arena *arena = postern_arena_new(64 << 20);
            const postern_url *url;
            size_t len = strlen(heads[k]), unit = strlen(units[i]);
            memcpy(text, heads[k], len);
            for (; len + unit < 200000; len += unit) memcpy(text + len, units[i], unit);
            postern_status status = postern_url_parse(arena, postern_slice_of(text, len), NULL, &url);
            assert_true(status == POSTERN_OK || status == POSTERN_FORMAT || status == POSTERN_LIMIT);
            postern_arena_free(arena);
        }
    free(text);
}

/* Long enough to leave the scratch text's own memory. */
static postern_status whole_life(void *user) {
    char path[1500];
    const char *head = user;
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena) return POSTERN_NOMEM;
    memset(path, ' ', sizeof path);
    memcpy(path, head, strlen(head));
    path[sizeof path - 1] = 'x';
    const postern_url *base, *url;
    postern_slice out;
    postern_status status = postern_url_parse(arena, postern_slice_of(path, sizeof path), NULL, &base);
    if (!status) status = postern_url_parse(arena, POSTERN_S("a/b\t\xFF?c"), base, &url);
    if (!status) status = postern_url_origin(arena, url, &out);
    if (!status) status = postern_percent_decode(arena, url->href, &out);
    if (!status) status = postern_url_parse(arena, POSTERN_S("blob:https://b%C3%BC%63her.example/"), NULL, &url);
    if (!status) status = postern_url_origin(arena, url, &out);
    if (!status) status = postern_domain_to_ascii(arena, POSTERN_S("B\xC3\xBC""cher.example"), &out);
    if (!status) status = postern_domain_for_display(arena, out, &out);
    if (!status) status = postern_winpath_to_url(arena, POSTERN_S("C:\\dir\\x"), &url);
    postern_arena_free(arena);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    char http[] = "http://b%C3%BC""cher.example/\xC3\xBC", opaque[] = "http://h/\t";
    assert_true(test_oom_each(whole_life, http) > 5);
    assert_true(test_oom_each(whole_life, opaque) > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_and_resolves),
        cmocka_unit_test(components_are_views_of_href),
        cmocka_unit_test(z8_oddities_are_flagged),
        cmocka_unit_test(origins),
        cmocka_unit_test(schemes_without_parsing),
        cmocka_unit_test(z8_percent_is_decoded_once),
        cmocka_unit_test(percent_encoding_is_undone_in_place),
        cmocka_unit_test(z18_long_urls_are_refused),
        cmocka_unit_test(hostile_lengths_stay_linear),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
