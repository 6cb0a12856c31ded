/* Unit tests of Windows path spellings and of the mhtml: grammar. */
#include "base/test_base.h"
#include "postern/url.h"

static const struct {
    const char *text;
    postern_winpath_kind kind;
    bool network;
} spellings[] = {
    {"C:\\dir\\x", POSTERN_WINPATH_DRIVE, false},
    {"c:/dir/x", POSTERN_WINPATH_DRIVE, false},
    {"C:x", POSTERN_WINPATH_DRIVE_RELATIVE, false},
    {"\\dir\\x", POSTERN_WINPATH_ROOTED, false},
    {"\\\\192.0.2.1\\share\\x.wav", POSTERN_WINPATH_UNC, true},
    {"//server/share", POSTERN_WINPATH_UNC, true},
    {"/\\192.0.2.1\\x", POSTERN_WINPATH_UNC, true},
    {"\\/192.0.2.1\\x", POSTERN_WINPATH_UNC, true},
    {"\\\t\\192.0.2.1\\x", POSTERN_WINPATH_UNC, true},
    {" \n\\\\192.0.2.1\\x", POSTERN_WINPATH_UNC, true},
    {"C:\\d\nir\\x", POSTERN_WINPATH_DRIVE, true},
    {"\\\\192.0.2.1@SSL@443\\DavWWWRoot\\x", POSTERN_WINPATH_UNC, true},
    {"\\\\localhost\\c$\\x", POSTERN_WINPATH_UNC, true},
    {"\\\\127.0.0.1\\c$\\x", POSTERN_WINPATH_UNC, true},
    {"\\\\?\\C:\\x", POSTERN_WINPATH_DEVICE, true},
    {"\\\\?\\UNC\\192.0.2.1\\share\\x", POSTERN_WINPATH_DEVICE, true},
    {"\\\\.\\UNC\\\\192.0.2.1\\share\\x.wav", POSTERN_WINPATH_DEVICE, true},
    {"//./pipe/x", POSTERN_WINPATH_DEVICE, true},
    {"\\??\\C:\\x", POSTERN_WINPATH_DEVICE, true},
    {"CON", POSTERN_WINPATH_DEVICE, true},
    {"nul:", POSTERN_WINPATH_DEVICE, true},
    {"COM1", POSTERN_WINPATH_DEVICE, true},
    {"lpt\xC2\xB2", POSTERN_WINPATH_DEVICE, true},
    {"C:\\dir\\aux.txt", POSTERN_WINPATH_DEVICE, true},
    {"C:/con /x", POSTERN_WINPATH_DEVICE, true},
    {"\\dir\\prn", POSTERN_WINPATH_DEVICE, true},
    {"aux.gif", POSTERN_WINPATH_NONE, false},
    {"console", POSTERN_WINPATH_NONE, false},
    {"com10", POSTERN_WINPATH_NONE, false},
    {"images/x.gif", POSTERN_WINPATH_NONE, false},
    {"/images/x.gif", POSTERN_WINPATH_NONE, false},
    {"http://h/x", POSTERN_WINPATH_NONE, false},
    {"", POSTERN_WINPATH_NONE, false},
    {"file://c:\\Index.htm", POSTERN_WINPATH_DRIVE, false},
    {"FILE:///C:/dir/x", POSTERN_WINPATH_DRIVE, false},
    {"file:///C|/dir/x", POSTERN_WINPATH_DRIVE, false},
    {"file:c:/dir/x", POSTERN_WINPATH_DRIVE, false},
    {"file:/c:/dir/x", POSTERN_WINPATH_DRIVE, false},
    {"file:\\\\c:\\dir\\x", POSTERN_WINPATH_DRIVE, false},
    {"file://localhost/C:/x", POSTERN_WINPATH_DRIVE, false},
    {"file://localhost/share/x", POSTERN_WINPATH_UNC, true},
    {"file:///home/x", POSTERN_WINPATH_NONE, false},
    {"file://server/share/x", POSTERN_WINPATH_UNC, true},
    {"file:////192.0.2.1/share", POSTERN_WINPATH_UNC, true},
    {"file:////C:/x", POSTERN_WINPATH_UNC, true},
    {"file:///\\\\?\\UNC\\192.0.2.1\\share\\x", POSTERN_WINPATH_DEVICE, true},
    {"file://./UNC/C:/Akamai.com/test.wav", POSTERN_WINPATH_DEVICE, true},
    {"file://192.0.2.1@80/x/y.vbs", POSTERN_WINPATH_UNC, true},
    {"file:///%5C%5c192.0.2.1/share", POSTERN_WINPATH_UNC, true},
    {"file:///%2F/192.0.2.1/share", POSTERN_WINPATH_UNC, true},
};

static void z9_spellings(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        bool network;
        postern_winpath_kind kind = postern_winpath_classify(postern_slice_cstr(spellings[i].text), &network);
        if (kind != spellings[i].kind || network != spellings[i].network)
            fail_msg("[%s]: %d %d", spellings[i].text, kind, network);
    }
}

static void one_url(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"C:\\dir\\x", "file:///C:/dir/x"},
        {"c:/dir/./y/../x", "file:///C:/dir/x"},
        {"file://C:\\dir\\x", "file:///C:/dir/x"},
        {"file:///C:/dir/x", "file:///C:/dir/x"},
        {"file:c:/dir/x", "file:///C:/dir/x"},
        {"file:///c|/dir/x", "file:///C:/dir/x"},
        {"file://localhost/c:/dir/x", "file:///C:/dir/x"},
        {"c:\\test%20 file.html", "file:///C:/test%2520%20file.html"},
        {"file://c:\\foo%20bar", "file:///C:/foo%2520bar"},
        {"file:///c:/foo%20bar", "file:///C:/foo%20bar"},
        {"C:/x.htm#top", "file:///C:/x.htm#top"},
        {"c:\\\xD0\xB6", "file:///C:/%D0%B6"},
        {"\\\\Server\\Share\\x y", "file://server/Share/x%20y"},
        {"//server/share/x", "file://server/share/x"},
        {"file://server/share/x", "file://server/share/x"},
        {"file:////server/share/x", "file://server/share/x"},
        {"file:\\\\server\\share", "file://server/share"},
        {"\\\\localhost\\c$\\x", NULL},
        {"\\\\LOCALHOST\\c$\\x", NULL},
        {"file:////local%68ost/c$", NULL},
        {"\\\\C:\\x", NULL},
        {"\\\\192.0.2.1@80\\x", NULL},
        {"\\\\?\\C:\\x", NULL},
        {"C:\\nul", NULL},
        {"C:x", NULL},
        {"\\dir\\x", NULL},
        {"C:\\a\tb", NULL},
        {"http://h/", NULL},
        {"file:///home/x", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_url *url;
        postern_status status = postern_winpath_to_url(arena, postern_slice_cstr(rows[i][0]), &url);
        if (status != (rows[i][1] ? POSTERN_OK : POSTERN_FORMAT)) fail_msg("[%s]: %s", rows[i][0], postern_status_name(status));
        if (rows[i][1]) {
            assert_slice_at(url->href, rows[i][1], strlen(rows[i][1]), __FILE__, __LINE__);
            assert_false(url->had_backslash || url->had_controls);
        }
        postern_arena_free(arena);
    }
}

static void z3_mhtml_grammar(void **state) {
    (void)state;
    static const struct {
        const char *text, *container, *key; /* key NULL: no separator */
        bool x_usc;
    } rows[] = {
        {"mhtml:A!x-usc:B", "A", "B", true},
        {"mhtml:A!B", "A", "B", false},
        {"mhtml:A", "A", NULL, false},
        {"mhtml:A!", "A", "", false},
        {"mhtml:A!x-usc:", "A", "", true},
        {"mhtml:", "", NULL, false},
        {"MhtMl:A!X-USC:B", "A", "X-USC:B", false},
        {"mhtml:A!B!x-usc:C", "A", "B!x-usc:C", false},
        {"mhtml:A!x-usc:B!C", "A", "B!C", true},
        {"mhtml:mhtml:file:///C:/a.mht!x!y", "mhtml:file:///C:/a.mht", "x!y", false},
        {"mhtml:file://C:\\nosuch.mht!http://evil.example/x.chm::/x.htm", "file://C:\\nosuch.mht",
         "http://evil.example/x.chm::/x.htm", false},
    };
    postern_mhtml_url url;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(postern_mhtml_url_parse(postern_slice_cstr(rows[i].text), &url));
        assert_slice_at(url.container, rows[i].container, strlen(rows[i].container), __FILE__, __LINE__);
        assert_int_equal(url.has_key, rows[i].key != NULL);
        assert_int_equal(url.x_usc, rows[i].x_usc);
        assert_slice_at(url.key, rows[i].key ? rows[i].key : "", rows[i].key ? strlen(rows[i].key) : 0, __FILE__, __LINE__);
    }
    assert_false(postern_mhtml_url_parse(POSTERN_S("mhtm:x!y"), &url));
    assert_false(postern_mhtml_url_parse(POSTERN_S("ms-its:mhtml:x!y"), &url));
    assert_false(postern_mhtml_url_parse(POSTERN_S(" mhtml:x"), &url));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(z9_spellings),
        cmocka_unit_test(one_url),
        cmocka_unit_test(z3_mhtml_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
