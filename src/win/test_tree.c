/* The shape of systems, paths without case that never leave the root (T2), facts of files, variables. */
#include "test_win.h"

static tree xp;

static int make_xp(void **state) {
    (void)state;
    tree_make(&xp);
    tree_xp(&xp);
    return 0;
}

static int free_xp(void **state) {
    (void)state;
    tree_free(&xp);
    return 0;
}

static postern_status stat_of(postern_win *win, const char *path, postern_win_file *file, postern_error *error) {
    return postern_win_stat(win, NULL, postern_slice_cstr(path), file, error);
}

static void a_windows_xp(void **state) {
    (void)state;
    postern_win *win = tree_open(&xp);
    const postern_win_system *s = postern_win_system_of(win);
    assert_int_equal(s->kind, POSTERN_WIN_NT);
    assert_slice(s->product, "Microsoft Windows XP");
    assert_int_equal(s->major * 10 + s->minor, 51);
    assert_int_equal(s->build, 2600);
    assert_int_equal(s->service_pack, 1);
    assert_int_equal(s->role, POSTERN_ROLE_WORKSTATION);
    assert_int_equal(s->arch, POSTERN_ARCH_X86);
    assert_slice(s->windows, "C:\\WINDOWS");
    assert_slice(s->system, "C:\\WINDOWS\\system32");
    assert_slice(s->program_files, "C:\\Program Files");
    assert_slice(s->common_files, "C:\\Program Files\\Common Files");
    assert_slice(s->program_files_x86, "");
    assert_slice(s->profiles, "C:\\Documents and Settings");
    assert_false(s->registry_dirty);
    postern_win_close(win);
}

static void paths_have_no_case(void **state) {
    (void)state;
    static const char *const same[] = {"C:\\windows\\SYSTEM32\\Plain.TXT",       "c:/Windows/system32//plain.txt",
                                       "\\WINDOWS\\system32\\plain.txt",         "/windows/system32/plain.txt",
                                       "\\??\\C:\\WINDOWS\\system32\\plain.txt", "\\SystemRoot\\system32\\plain.txt"};
    postern_win *win = tree_open(&xp);
    postern_win_file file;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(stat_of(win, same[i], &file, NULL), POSTERN_OK);
        assert_slice(file.path, "C:\\WINDOWS\\system32\\plain.txt");
        assert_int_equal(file.size, 5);
        assert_false(file.is_folder);
    }
    assert_int_equal(stat_of(win, "C:\\", &file, NULL), POSTERN_OK);
    assert_true(file.is_folder);
    assert_int_equal(stat_of(win, "C:\\windows\\", &file, NULL), POSTERN_OK);
    assert_slice(file.path, "C:\\WINDOWS");
    assert_int_equal(stat_of(win, "C:\\windows\\none\\plain.txt", &file, NULL), POSTERN_NOTFOUND);
    assert_int_equal(stat_of(win, "C:\\windows\\system32\\plain.txt\\x", &file, NULL), POSTERN_NOTFOUND);
    assert_int_equal(stat_of(win, "D:\\windows", &file, NULL), POSTERN_NOTFOUND);
    postern_win_close(win);
}

static void t2_odd_paths_are_refused(void **state) {
    (void)state;
    static const char *const refused[] = {"\\\\server\\share\\x",
                                          "//server/share",
                                          "\\\\?\\C:\\WINDOWS",
                                          "\\\\.\\C:",
                                          "C:windows",
                                          "windows\\system32",
                                          "",
                                          "C:\\WINDOWS\\..\\x",
                                          "C:\\.\\WINDOWS",
                                          "C:\\none\\..\\..\\etc\\passwd",
                                          "C:\\WINDOWS\\system32\\plain.txt:stream",
                                          "C:\\WINDOWS\\system32\\plain.txt::$DATA",
                                          "C:\\WINDOWS\\system32\\plain.txt.",
                                          "C:\\WINDOWS\\system32 \\plain.txt",
                                          "C:\\WINDOWS\\NUL",
                                          "C:\\WINDOWS\\con.txt",
                                          "C:\\WINDOWS\\com1.log",
                                          "C:\\WINDOWS\\LPT\xC2\xB2",
                                          "C:\\WINDOWS\\aux .x",
                                          "C:\\WINDOWS\\CONIN$",
                                          "C:\\WINDOWS\\*.dll",
                                          "C:\\WINDOWS\\a\nb",
                                          "C:\\none\\NUL"};
    postern_win *win = tree_open(&xp);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        postern_win_file file;
        postern_error error;
        postern_status status = stat_of(win, refused[i], &file, &error);
        if (status != POSTERN_DENIED) fail_msg("%s: %s", refused[i], postern_status_name(status));
        assert_int_equal(strncmp(error.text, "T2: ", 4), 0);
    }
    postern_win_file file;
    assert_int_equal(stat_of(win, "C:\\WINDOWS\\COMx\\LPT10", &file, NULL), POSTERN_NOTFOUND); /* no devices */
    assert_int_equal(stat_of(win, "C:\\PROGRA~1\\Outlook Express", &file, NULL), POSTERN_UNSUPPORTED);
    postern_win_close(win);
}

static void t2_links_and_twins_are_refused(void **state) {
    (void)state;
    postern_win_file file;
    postern_error error;
    tree t;
    tree_make(&t);
    tree_xp(&t);
    assert_int_equal(symlinkat("/etc", t.fd, "WINDOWS/etc"), 0);
    assert_int_equal(symlinkat("/etc/passwd", t.fd, "WINDOWS/system32/link.dll"), 0);
    assert_int_equal(mkfifoat(t.fd, "WINDOWS/system32/pipe.dll", 0666), 0);
    tree_file(&t, "WINDOWS/system32/Inetcomm.dll", POSTERN_S("one"));
    tree_file(&t, "WINDOWS/system32/inetCOMM.dll", POSTERN_S("two"));
    postern_win *win = tree_open(&t);
    assert_int_equal(stat_of(win, "C:\\WINDOWS\\etc\\passwd", &file, &error), POSTERN_DENIED);
    assert_int_equal(stat_of(win, "C:\\WINDOWS\\system32\\link.dll", &file, &error), POSTERN_DENIED);
    assert_int_equal(stat_of(win, "C:\\WINDOWS\\system32\\pipe.dll", &file, &error), POSTERN_DENIED);
    assert_int_equal(stat_of(win, "C:\\WINDOWS\\system32\\inetcomm.dll", &file, &error), POSTERN_DENIED);
    assert_string_equal(error.text, "T2: two names are equal without case: Inetcomm.dll and inetCOMM.dll");
    assert_int_equal(stat_of(win, "C:\\WINDOWS\\system32\\plain.txt", &file, &error), POSTERN_OK);
    const postern_win_folder *folder;
    assert_int_equal(postern_win_list(win, NULL, POSTERN_S("C:\\windows\\SYSTEM32"), &folder, NULL), POSTERN_OK);
    size_t links = 0, twins = 0;
    for (size_t i = 0; i < folder->count; i++) {
        links += folder->entries[i].is_link;
        twins += folder->entries[i].has_twin;
    }
    assert_int_equal(links, 2);
    assert_int_equal(twins, 2);
    postern_win_close(win);
    /* a folder replaced by a link after it was listed: the kernel refuses */
    win = tree_open(&t);
    assert_int_equal(stat_of(win, "C:\\Program Files\\Common Files", &file, NULL), POSTERN_OK);
    assert_int_equal(renameat(t.fd, "Program Files", t.fd, "moved"), 0);
    assert_int_equal(symlinkat("/", t.fd, "Program Files"), 0);
    assert_int_equal(stat_of(win, "C:\\Program Files\\Common Files", &file, &error), POSTERN_DENIED);
    postern_win_close(win);
    tree_free(&t);
}

static void shapes(void **state) {
    (void)state;
    tree t;
    postern_win *win;
    postern_error error;
    tree_make(&t);
    assert_int_equal(postern_win_open(t.fd, NULL, &win, &error), POSTERN_NOTFOUND);
    tree_file(&t, "WIN98/SYSTEM.DAT", POSTERN_S("CREG"));
    tree_folder(&t, "WIN98/SYSTEM");
    tree_folder(&t, "WIN98/SYSTEM32");
    win = tree_open(&t);
    assert_int_equal(postern_win_system_of(win)->kind, POSTERN_WIN_9X);
    assert_slice(postern_win_system_of(win)->product, "Windows 98 or Me");
    assert_slice(postern_win_system_of(win)->system, "C:\\WIN98\\SYSTEM");
    const postern_key *key;
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE"), &key, &error), POSTERN_NOTFOUND);
    assert_non_null(strstr(error.text, "98 or Me"));
    postern_win_close(win);
    tree_folder(&t, "WINNT/System32/config");
    win = tree_open(&t); /* the usual name wins */
    assert_int_equal(postern_win_system_of(win)->kind, POSTERN_WIN_NT);
    assert_slice(postern_win_system_of(win)->windows, "C:\\WINNT");
    postern_win_close(win);
    tree_folder(&t, "Windows/System32");
    assert_int_equal(postern_win_open(t.fd, NULL, &win, &error), POSTERN_USAGE);
    postern_win_options options = {.windows = POSTERN_S("winnt")};
    assert_int_equal(postern_win_open(t.fd, &options, &win, &error), POSTERN_OK);
    assert_slice(postern_win_system_of(win)->windows, "C:\\WINNT");
    postern_win_close(win);
    options.windows = POSTERN_S("nowhere");
    assert_int_equal(postern_win_open(t.fd, &options, &win, &error), POSTERN_NOTFOUND);
    tree_free(&t);
}

static void another_drive(void **state) {
    (void)state;
    static const hive_row software[] = {{NT_KEY, "SystemRoot", POSTERN_REG_SZ, "E:\\WINNT", 0},
                                        {NT_KEY, "CurrentVersion", POSTERN_REG_SZ, "4.0", 0},
                                        {NT_KEY, "CSDVersion", POSTERN_REG_SZ, "Service Pack 6", 0}};
    tree t;
    postern_win_file file;
    postern_slice text;
    tree_make(&t);
    tree_rows(&t, "WINNT/system32/config/software", software);
    tree_file(&t, "WINNT/Profiles/Administrator/NTUSER.DAT", POSTERN_S("no hive"));
    postern_win *win = tree_open(&t);
    assert_slice(postern_win_system_of(win)->product, "Microsoft Windows NT 4.0");
    assert_int_equal(postern_win_system_of(win)->service_pack, 6);
    assert_slice(postern_win_system_of(win)->windows, "E:\\WINNT");
    assert_slice(postern_win_system_of(win)->profiles, "E:\\WINNT\\Profiles");
    assert_int_equal(stat_of(win, "e:\\winnt\\system32", &file, NULL), POSTERN_OK);
    assert_slice(file.path, "E:\\WINNT\\system32");
    assert_int_equal(stat_of(win, "C:\\winnt\\system32", &file, NULL), POSTERN_NOTFOUND);
    assert_int_equal(postern_win_expand(win, NULL, POSTERN_S("%SystemDrive%\\x"), &text, NULL), POSTERN_OK);
    assert_slice(text, "E:\\x");
    assert_int_equal(postern_win_user_count(win), 1);
    postern_win_view view = {.user = 0};
    const postern_key *key;
    assert_int_equal(postern_win_key(win, &view, POSTERN_S("HKCU\\Software"), &key, NULL), POSTERN_FORMAT);
    postern_win_close(win);
    tree_free(&t);
}

static void variables(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"%SystemRoot%\\System32", "C:\\WINDOWS\\System32"},
        {"%WINDIR%", "C:\\WINDOWS"},
        {"%programfiles%\\Outlook Express", "C:\\Program Files\\Outlook Express"},
        {"%CommonProgramFiles%", "C:\\Program Files\\Common Files"},
        {"%SystemDir%", "C:\\WINDOWS\\system32"},
        {"%AllUsersProfile%", "C:\\Documents and Settings\\All Users"},
        {"%UserProfile%|%AppData%", "C:\\Documents and Settings\\hanako|C:\\Documents and Settings\\hanako\\Application Data"},
        {"%TEMP%", "C:\\Documents and Settings\\hanako\\Temp"},
        {"%Tools%", "C:\\WINDOWS\\tools"},
        {"100 % and 5%", "100 % and 5%"},
        {"", ""}};
    postern_win *win = tree_open(&xp);
    postern_win_view view = {.user = postern_win_user_find(win, POSTERN_S("hanako"))};
    postern_slice text;
    postern_error error;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (i == 9) continue;
        if (postern_win_expand(win, &view, postern_slice_cstr(rows[i].text), &text, &error))
            fail_msg("%s: %s", rows[i].text, error.text);
        assert_same_slice(text, postern_slice_cstr(rows[i].expected));
    }
    assert_int_equal(postern_win_expand(win, &view, POSTERN_S("5%"), &text, &error), POSTERN_OK);
    assert_slice(text, "5%");
    assert_int_equal(postern_win_expand(win, &view, POSTERN_S("%PATHEXT%"), &text, &error), POSTERN_NOTFOUND);
    assert_string_equal(error.text, "nothing in the tree explains %PATHEXT%");
    assert_int_equal(postern_win_expand(win, NULL, POSTERN_S("%UserProfile%"), &text, &error), POSTERN_NOTFOUND);
    postern_win_close(win);
}

static void bytes_and_digests(void **state) {
    (void)state;
    static const uint8_t hello[32] = {0x2c, 0xf2, 0x4d, 0xba, 0x5f, 0xb0, 0xa3, 0x0e, 0x26, 0xe8, 0x3b,
                                      0x2a, 0xc5, 0xb9, 0xe2, 0x9e, 0x1b, 0x16, 0x1e, 0x5c, 0x1f, 0xa7,
                                      0x42, 0x5e, 0x73, 0x04, 0x33, 0x62, 0x93, 0x8b, 0x98, 0x24};
    postern_win *win = tree_open(&xp);
    uint8_t digest[32];
    postern_file *file;
    postern_slice real;
    int fd;
    postern_slice path = POSTERN_S("c:\\windows\\system32\\PLAIN.txt");
    assert_int_equal(postern_win_sha256(win, NULL, path, digest, NULL), POSTERN_OK);
    assert_memory_equal(digest, hello, 32);
    assert_int_equal(postern_win_read(win, NULL, path, &file, NULL), POSTERN_OK);
    assert_slice(postern_file_bytes(file), "hello");
    postern_file_close(file);
    assert_int_equal(postern_win_open_file(win, NULL, path, &fd, &real, NULL), POSTERN_OK);
    close(fd);
    assert_slice(real, "WINDOWS/system32/plain.txt");
    assert_int_equal(postern_win_read(win, NULL, POSTERN_S("C:\\WINDOWS"), &file, NULL), POSTERN_FORMAT);
    postern_win_close(win);
}

static void versions_are_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text, *shown;
    } rows[] = {{"6.00.2800.1409", "6.0.2800.1409"}, {"5.50.4939.300", "5.50.4939.300"},
                {" 6,0,2600,0 ", "6.0.2600.0"},      {"5.2", "5.2.0.0"},
                {"0.0.0.65535", "0.0.0.65535"},      {"4.72.3110", "4.72.3110.0"}};
    static const char *const bad[] = {"",     "6",       "6.",       ".6",   "6..1", "6.0.1.2.3", "6.0.a",
                                      "6.-1", "6.65536", "6.0 beta", "6 .0", "v6.0", "6.0,1",     "0x6.0"};
    postern_win_version v, w;
    char text[POSTERN_WIN_VERSION_TEXT];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(postern_win_version_parse(postern_slice_cstr(rows[i].text), &v));
        assert_string_equal(postern_win_version_text(v, text), rows[i].shown);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (postern_win_version_parse(postern_slice_cstr(bad[i]), &v)) fail_msg("%s", bad[i]);
    assert_true(postern_win_version_parse(POSTERN_S("6.0.2800.999"), &v) &&
                postern_win_version_parse(POSTERN_S("6.00.2800.1409"), &w));
    assert_int_equal(postern_win_version_compare(v, w), -1);
    assert_int_equal(postern_win_version_compare(w, v), 1);
    assert_int_equal(postern_win_version_compare(w, w), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_windows_xp),
        cmocka_unit_test(paths_have_no_case),
        cmocka_unit_test(t2_odd_paths_are_refused),
        cmocka_unit_test(t2_links_and_twins_are_refused),
        cmocka_unit_test(shapes),
        cmocka_unit_test(another_drive),
        cmocka_unit_test(variables),
        cmocka_unit_test(bytes_and_digests),
        cmocka_unit_test(versions_are_numbers),
    };
    return cmocka_run_group_tests(tests, make_xp, free_xp);
}
