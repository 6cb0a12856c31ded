/* Unit tests of zones and marks of origin. */
#include "base/test_oom.h"
#include "postern/zone.h"

#include <stdlib.h>

static void z1_least_is_in_order(void **state) {
    (void)state;
    static const postern_zone order[] = {POSTERN_ZONE_RESTRICTED, POSTERN_ZONE_INTERNET, POSTERN_ZONE_INTRANET,
                                         POSTERN_ZONE_TRUSTED, POSTERN_ZONE_LOCAL_MACHINE};
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++) {
            assert_int_equal(postern_zone_least(order[i], order[k]), order[i < k ? i : k]);
            assert_int_equal(postern_zone_least(order[k], order[i]), order[i < k ? i : k]);
        }
    assert_int_equal(postern_zone_least((postern_zone)7, POSTERN_ZONE_LOCAL_MACHINE), POSTERN_ZONE_RESTRICTED);
    assert_int_equal(postern_zone_least(POSTERN_ZONE_TRUSTED, (postern_zone)1001), POSTERN_ZONE_RESTRICTED);
    assert_int_equal(postern_zone_least((postern_zone)-1, (postern_zone)-1), POSTERN_ZONE_RESTRICTED);
}

static void names_both_ways(void **state) {
    (void)state;
    postern_zone zone;
    for (int i = 0; i <= 4; i++) {
        assert_true(postern_zone_parse(postern_slice_cstr(postern_zone_name((postern_zone)i)), &zone));
        assert_int_equal(zone, i);
        char digit[] = {(char)('0' + i), 0};
        assert_true(postern_zone_parse(postern_slice_cstr(digit), &zone));
        assert_int_equal(zone, i);
    }
    assert_true(postern_zone_parse(POSTERN_S("Computer"), &zone));
    assert_int_equal(zone, POSTERN_ZONE_LOCAL_MACHINE);
    assert_true(postern_zone_parse(POSTERN_S("LOCAL"), &zone));
    assert_int_equal(zone, POSTERN_ZONE_LOCAL_MACHINE);
    assert_string_equal(postern_zone_name((postern_zone)9), "restricted");
    static const char *const bad[] = {"", "5", "-1", "04", "inter", "3 ", "internet zone"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(postern_zone_parse(postern_slice_cstr(bad[i]), &zone));
}

static void z9_z14_zone_of_a_url(void **state) {
    (void)state;
    static const struct {
        const char *text;
        postern_zone zone;
    } rows[] = {
        {"http://www.example.com/", POSTERN_ZONE_INTERNET},
        {"https://intranet/", POSTERN_ZONE_INTERNET},
        {"ftp://h/", POSTERN_ZONE_INTERNET},
        {"http://192.0.2.1/", POSTERN_ZONE_INTERNET},
        {"http://localhost/", POSTERN_ZONE_INTERNET},
        {"http://[::1]/", POSTERN_ZONE_INTERNET},
        {"file:///C:/x", POSTERN_ZONE_INTERNET},
        {"file:///", POSTERN_ZONE_INTERNET},
        {"file://server/share", POSTERN_ZONE_INTERNET},
        {"zip:x", POSTERN_ZONE_INTERNET},
        {"mailto:a@b", POSTERN_ZONE_INTERNET},
        {"http://0xC0000201/", POSTERN_ZONE_RESTRICTED},
        {"http://3232235777/", POSTERN_ZONE_RESTRICTED},
        {"http:\\\\h\\", POSTERN_ZONE_RESTRICTED},
        {"ht\ttp://h/", POSTERN_ZONE_RESTRICTED},
        {"x://h%2f/", POSTERN_ZONE_RESTRICTED},
        {"URL:ms-its:C:\\WINDOWS\\Help\\iexplore.chm::/iegetsrt.htm", POSTERN_ZONE_RESTRICTED},
        {"ms-its:mhtml:file://C:\\nosuch.mht!http://evil.example/x.chm::/x.htm", POSTERN_ZONE_RESTRICTED},
        {"its:x", POSTERN_ZONE_RESTRICTED},
        {"ms-itss:x", POSTERN_ZONE_RESTRICTED},
        {"mk:@MSITStore:x", POSTERN_ZONE_RESTRICTED},
        {"mhtml:http://h/x.mht!k", POSTERN_ZONE_RESTRICTED},
        {"MHTML:HTTP://H/X.MHT!X-USC:foo", POSTERN_ZONE_RESTRICTED},
        {"cid:x", POSTERN_ZONE_RESTRICTED},
        {"mid:x", POSTERN_ZONE_RESTRICTED},
        {"data:,x", POSTERN_ZONE_RESTRICTED},
        {"about:blank", POSTERN_ZONE_RESTRICTED},
        {"javascript:x", POSTERN_ZONE_RESTRICTED},
        {"vbscript:x", POSTERN_ZONE_RESTRICTED},
        {"res://mshtml.dll/blank.htm", POSTERN_ZONE_RESTRICTED},
        {"hcp://system/x", POSTERN_ZONE_RESTRICTED},
        {"ms-msdt:/id x", POSTERN_ZONE_RESTRICTED},
        {"search-ms:query=x", POSTERN_ZONE_RESTRICTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_url *url;
        assert_int_equal(postern_url_parse(arena, postern_slice_cstr(rows[i].text), NULL, &url), POSTERN_OK);
        if (postern_zone_of_url_default(url) != rows[i].zone) fail_msg("[%s]", rows[i].text);
        postern_arena_free(arena);
    }
}

typedef struct mark_row {
    const char *text;
    postern_zone zone;
    bool present, malformed;
    const char *url;
} mark_row;

static void check_mark(const mark_row *row, const postern_mark *mark) {
    if (mark->present != row->present || mark->malformed != row->malformed || (row->present && mark->zone != row->zone))
        fail_msg("[%s]: present %d, malformed %d, zone %d", row->text, mark->present, mark->malformed, (int)mark->zone);
    if (row->url) assert_slice_at(mark->url, row->url, strlen(row->url), __FILE__, __LINE__);
}

#define INTERNET POSTERN_ZONE_INTERNET
#define RESTRICTED POSTERN_ZONE_RESTRICTED

static void z10_comments_only_lower(void **state) {
    (void)state;
    static const mark_row rows[] = {
        {"<!-- saved from url=(0014)about:internet -->\r\n<html>", INTERNET, true, false, "about:internet"},
        {"<!DOCTYPE html>\r\n<!-- saved from url=(0020)https://h.example/x? -->\r\n", INTERNET, true, false,
         "https://h.example/x?"},
        {"\xEF\xBB\xBF<!-- saved from url=(0008)http://h -->\r\n", INTERNET, true, false, "http://h"},
        {"<html>no mark</html>", INTERNET, false, false, ""},
        {"<!-- saved -->", INTERNET, false, false, ""},
        {"<!-- saved from url=(0008)http://h -->\n", INTERNET, true, true, "http://h"},
        {"<!-- saved from url=(0008)http://h-->\r\n", INTERNET, true, true, "http://h"},
        {"<!-- saved from url=(0007)http://h -->\r\n", INTERNET, true, true, "http://h"},
        {"<!-- saved from url=(0009)http://h -->\r\n", INTERNET, true, true, "http://h"},
        {"<!-- saved from url=(9999)http://h -->\r\n", INTERNET, true, true, "http://h"},
        {"<!-- saved from url=(008)http://h -->\r\n", INTERNET, true, true, NULL},
        {"<!-- saved from url=http://h -->\r\n", INTERNET, true, true, "http://h"},
        {"<!-- SAVED FROM URL=(0008)http://h -->\r\n", INTERNET, true, true, NULL},
        {"<!--\r\nsaved from url=(0008)http://h -->\r\n", INTERNET, true, true, NULL},
        {"<!-- saved from url", INTERNET, true, true, ""},
        {"<!-- saved from url=(", INTERNET, true, true, NULL},
        {"<!-- saved from url=(0000) -->\r\n", INTERNET, true, true, ""},
        {"<!-- saved from url=(0010)http://a b -->\r\n", INTERNET, true, true, NULL},
        {"<!-- saved from url=(0014)file:///C:/a.b -->\r\n", INTERNET, true, true, "file:///C:/a.b"},
        {"<!-- saved from url=(0017)mhtml:http://h!/x -->\r\n", INTERNET, true, true, NULL},
        {"<!-- saved from url=(0018)http://0xC0000201/ -->\r\n", RESTRICTED, true, false, NULL},
        {"<!-- saved from url=(0008)http://h -->\r\n<!-- saved from url=(0008)http://i -->\r\n", INTERNET, true, true,
         "http://h"},
        {"<!-- saved from url=(0008)http://h -->\r\n<!-- saved from url=(0009)http:\\\\i -->\r\n", RESTRICTED, true, true,
         "http://h"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_mark mark;
        postern_mark_from_comment(arena, postern_slice_cstr(rows[i].text), &mark);
        check_mark(&rows[i], &mark);
        postern_arena_free(arena);
    }
}

/* Another encoding hides nothing, and the search ends at 64 KiB. */
static void z10_comments_in_utf16_and_far_away(void **state) {
    (void)state;
    static const char text[] = "<!-- saved from url=(0014)about:internet -->\r\n";
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_mark mark;
    uint8_t wide[2 + 2 * sizeof text];
    for (int big = 0; big < 2; big++) {
        memset(wide, 0, sizeof wide);
        memcpy(wide, big ? "\xFE\xFF" : "\xFF\xFE", 2);
        for (size_t i = 0; i < sizeof text - 1; i++) wide[2 + 2 * i + (size_t)big] = (uint8_t)text[i];
        postern_mark_from_comment(arena, postern_slice_of(wide, 2 * sizeof text + 1), &mark); /* and half a unit */
        assert_true(mark.present && !mark.malformed);
        assert_slice(mark.url, "about:internet");
    }
    size_t far = 64 << 10, len = strlen(text);
    char *padded = malloc(far + len);
    assert_non_null(padded);
    memset(padded, ' ', far);
    memcpy(padded + far, text, len);
    postern_mark_from_comment(arena, postern_slice_of(padded, far + len), &mark);
    assert_false(mark.present);
    memmove(padded + far - len, text, len);
    postern_mark_from_comment(arena, postern_slice_of(padded, far), &mark);
    assert_true(mark.present && !mark.malformed);
    postern_mark_from_comment(arena, postern_slice_of(padded, far - 5), &mark); /* cut: not exact any more */
    assert_true(mark.present && mark.malformed);
    free(padded);
    postern_arena_free(arena);
}

static void z10_streams_only_lower(void **state) {
    (void)state;
    static const mark_row rows[] = {
        {"[ZoneTransfer]\r\nZoneId=3\r\n", INTERNET, true, false, ""},
        {"[zonetransfer]\nzoneid = 3", INTERNET, true, false, ""},
        {"[ZoneTransfer]\rZoneId=4\r", RESTRICTED, true, false, ""},
        {"[ZoneTransfer]\r\nZoneId=0\r\n", POSTERN_ZONE_LOCAL_MACHINE, true, false, ""},
        {"[ZoneTransfer]\r\nZoneId=1\r\n", POSTERN_ZONE_INTRANET, true, false, ""},
        {"[ZoneTransfer]\r\nZoneId=1\r\nHostUrl=https://b.example/x.mht\r\n", INTERNET, true, false, "https://b.example/x.mht"},
        {"[ZoneTransfer]\r\nZoneId=2\r\nReferrerUrl=https://a.example/\r\n", INTERNET, true, false, "https://a.example/"},
        {"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=about:internet\r\n", INTERNET, true, false, "about:internet"},
        {"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=http://0x7f.1/\r\n", RESTRICTED, true, false, "http://0x7f.1/"},
        {"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=nonsense\r\n", INTERNET, true, true, "nonsense"},
        {"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=http://a/\r\nHostUrl=http://b/\r\n", INTERNET, true, true, "http://a/"},
        {"[ZoneTransfer]\r\nZoneId=3\r\nAppZoneId=4\r\n", RESTRICTED, true, false, ""},
        {"[ZoneTransfer]\r\nZoneId=3\r\nZoneId=0\r\n", INTERNET, true, true, ""},
        {"[ZoneTransfer]\r\nZoneId=0\r\nZoneId=4\r\n", RESTRICTED, true, true, ""},
        {"[ZoneTransfer]\r\nZoneId=7\r\n", RESTRICTED, true, true, ""},
        {"[ZoneTransfer]\r\nZoneId=99999999999999999999\r\n", RESTRICTED, true, true, ""},
        {"[ZoneTransfer]\r\nZoneId=4x\r\n", RESTRICTED, true, true, ""},
        {"[ZoneTransfer]\r\nZoneId=0x\r\n", INTERNET, true, true, ""},
        {"[ZoneTransfer]\r\nZoneId=-1\r\n", INTERNET, true, true, ""},
        {"[ZoneTransfer]\r\nZoneId=\r\n", INTERNET, true, true, ""},
        {"[ZoneTransfer]\r\nZoneId\r\n", INTERNET, true, true, ""},
        {"[Other]\r\nZoneId=0\r\n", INTERNET, true, true, ""},
        {"ZoneId=0\r\n", INTERNET, true, true, ""},
        {"[ZoneTransfer]\r\n[Other]\r\nZoneId=0\r\n", INTERNET, true, true, ""},
        {"", INTERNET, true, true, ""},
        {"\xEF\xBB\xBF[ZoneTransfer]\r\nZoneId=4\r\n", RESTRICTED, true, false, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_mark mark;
        postern_mark_from_stream(arena, postern_slice_cstr(rows[i].text), &mark);
        check_mark(&rows[i], &mark);
        postern_arena_free(arena);
    }
}

static void z19_written_marks_are_as_strict(void **state) {
    (void)state;
    static const struct {
        postern_zone zone;
        const char *url, *text;
    } rows[] = {
        {POSTERN_ZONE_LOCAL_MACHINE, "", "[ZoneTransfer]\r\nZoneId=3\r\n"},
        {POSTERN_ZONE_TRUSTED, "", "[ZoneTransfer]\r\nZoneId=3\r\n"},
        {INTERNET, "https://h.example/x?y#z", "[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://h.example/x?y\r\n"},
        {RESTRICTED, "http://h/", "[ZoneTransfer]\r\nZoneId=4\r\nHostUrl=http://h/\r\n"},
        {(postern_zone)9, "", "[ZoneTransfer]\r\nZoneId=4\r\n"},
        {INTERNET, "http://h/\xC3\xA9 x", "[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=http://h/%C3%A9%20x\r\n"},
        {INTERNET, "https://user:pw@h/", "[ZoneTransfer]\r\nZoneId=3\r\n"},
        {INTERNET, "http://h/x\r\nZoneId=0", "[ZoneTransfer]\r\nZoneId=3\r\n"},
        {INTERNET, "javascript:x", "[ZoneTransfer]\r\nZoneId=3\r\n"},
        {INTERNET, "file:///C:/x", "[ZoneTransfer]\r\nZoneId=3\r\n"},
        {INTERNET, "httpx://h/", "[ZoneTransfer]\r\nZoneId=3\r\n"},
        {INTERNET, "not a url", "[ZoneTransfer]\r\nZoneId=3\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_buf buf;
        postern_mark mark;
        postern_buf_init(&buf, 1 << 16);
        assert_int_equal(postern_mark_write(&buf, rows[i].zone, postern_slice_cstr(rows[i].url)), POSTERN_OK);
        assert_slice_at(postern_buf_slice(&buf), rows[i].text, strlen(rows[i].text), __FILE__, __LINE__);
        postern_mark_from_stream(arena, postern_buf_slice(&buf), &mark);
        assert_true(mark.present && !mark.malformed);
        assert_int_equal(postern_zone_least(mark.zone, rows[i].zone), mark.zone);
        postern_buf_free(&buf);
        postern_arena_free(arena);
    }
}

static postern_status write_life(void *user) {
    postern_buf buf;
    (void)user;
    postern_buf_init(&buf, 1 << 16);
    postern_status status = postern_mark_write(&buf, INTERNET, POSTERN_S("https://h.example/x"));
    postern_buf_free(&buf);
    return status;
}

/* Reading a mark cannot fail: without memory it is a malformed one. */
static void z10_no_memory_fails_closed(void **state) {
    (void)state;
    static const uint8_t wide[] = {0xFF, 0xFE, '[', 0, 'Z', 0};
    test_oom_each(write_life, NULL);
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_mark mark;
    test_oom_arm(0, true);
    postern_mark_from_comment(arena, POSTERN_S("<!-- saved from url=(0018)http://0xC0000201/ -->\r\n"), &mark);
    assert_true(test_oom_disarm());
    assert_true(mark.present && mark.malformed && mark.zone == INTERNET);
    test_oom_arm(0, true);
    postern_mark_from_comment(arena, postern_slice_of(wide, sizeof wide), &mark);
    assert_true(test_oom_disarm());
    assert_true(mark.present && mark.malformed && mark.zone == INTERNET);
    test_oom_arm(0, true);
    postern_mark_from_stream(arena, postern_slice_of(wide, sizeof wide), &mark);
    assert_true(test_oom_disarm());
    assert_true(mark.present && mark.malformed && mark.zone == INTERNET);
    test_oom_arm(0, true);
    postern_mark_from_stream(arena, POSTERN_S("[ZoneTransfer]\r\nZoneId=0\r\nHostUrl=http://h/\r\n"), &mark);
    assert_true(test_oom_disarm());
    assert_true(mark.present && mark.malformed && mark.zone == INTERNET);
    postern_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(z1_least_is_in_order),
        cmocka_unit_test(names_both_ways),
        cmocka_unit_test(z9_z14_zone_of_a_url),
        cmocka_unit_test(z10_comments_only_lower),
        cmocka_unit_test(z10_comments_in_utf16_and_far_away),
        cmocka_unit_test(z10_streams_only_lower),
        cmocka_unit_test(z19_written_marks_are_as_strict),
        cmocka_unit_test(z10_no_memory_fails_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
