/* The registry of a small Windows XP: hives through the child, links, views, users, values; and what damaged hives do. */
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

static const postern_value *value_of(postern_win *win, const postern_win_view *view, const char *key, const char *name) {
    const postern_value *value;
    postern_error error;
    postern_status status = postern_win_value(win, view, postern_slice_cstr(key), postern_slice_cstr(name), &value, &error);
    if (status) fail_msg("%s: %s", key, error.text);
    return value;
}

static void assert_text(postern_win *win, const postern_win_view *view, const char *key, const char *name,
                        const char *expected) {
    postern_slice text;
    assert_int_equal(postern_value_text(value_of(win, view, key, name), win->arena, &text), POSTERN_OK);
    assert_same_slice(text, postern_slice_cstr(expected));
}

static postern_status key_status(postern_win *win, const postern_win_view *view, const char *path) {
    const postern_key *key;
    return postern_win_key(win, view, postern_slice_cstr(path), &key, NULL);
}

static void values_of_every_type(void **state) {
    (void)state;
    postern_win *win = tree_open(&xp);
    uint64_t number;
    const postern_slice *texts;
    size_t count;
    assert_int_equal(postern_value_number(value_of(win, NULL, "HKLM\\software\\TEST", "DWORD"), &number), POSTERN_OK);
    assert_int_equal(number, 0xFEDCBA98);
    assert_int_equal(postern_value_number(value_of(win, NULL, "HKLM\\SOFTWARE\\Test", "qword"), &number), POSTERN_OK);
    assert_true(number == 0x123456789ABCDEF0);
    const postern_value *list = value_of(win, NULL, "hkey_local_machine\\Software\\Test", "list");
    assert_int_equal(postern_value_list(list, win->arena, &texts, &count), POSTERN_OK);
    assert_int_equal(count, 3);
    assert_slice(texts[0], "one");
    assert_slice(texts[2], "drei");
    assert_int_equal(postern_value_number(list, &number), POSTERN_FORMAT);
    /* Ä for ä: names have no case beyond ASCII either */
    assert_text(win, NULL, "HKLM\\SOFTWARE\\Test\\", "\xC3\x84\xE6\x97\xA5", "\xE3\x81\x82\xF0\x9F\x98\x80");
    assert_slice(value_of(win, NULL, "HKLM\\SOFTWARE\\Test", "bytes")->raw, "abc");
    assert_int_equal(key_status(win, NULL, "HKLM\\SOFTWARE\\Test\\Empty"), POSTERN_OK);
    assert_int_equal(key_status(win, NULL, "HKLM\\SOFTWARE\\Test\\None"), POSTERN_NOTFOUND);
    assert_int_equal(key_status(win, NULL, "HKLM\\HARDWARE"), POSTERN_NOTFOUND);
    assert_int_equal(key_status(win, NULL, "SOFTWARE\\Test"), POSTERN_USAGE);
    postern_win_close(win);
}

static void keys_have_order_and_time(void **state) {
    (void)state;
    postern_win *win = tree_open(&xp);
    const postern_key *key, *child;
    postern_buf path;
    postern_buf_init(&path, 1000);
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\software\\microsoft\\windows nt"), &key, NULL), POSTERN_OK);
    assert_int_equal(postern_key_path(key, &path), POSTERN_OK);
    assert_slice(postern_buf_slice(&path), "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT");
    assert_true(postern_key_time(key) > 0x1C00000000000000 >> 5);
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE"), &key, NULL), POSTERN_OK);
    assert_int_equal(postern_key_child_count(key), 3);
    assert_slice(postern_key_child_name(key, 0), "Classes");
    assert_slice(postern_key_child_name(key, 2), "Test");
    assert_int_equal(postern_key_child(key, 1, &child, NULL), POSTERN_OK);
    assert_slice(postern_key_name(child), "Microsoft");
    assert_int_equal(postern_key_child(key, 3, &child, NULL), POSTERN_USAGE);
    assert_int_equal(postern_key_open(key, POSTERN_S("test\\EMPTY"), &child, NULL), POSTERN_OK);
    assert_int_equal(postern_key_value_count(child), 0);
    postern_buf_free(&path);
    postern_win_close(win);
}

static void control_set_and_links(void **state) {
    (void)state;
    postern_win *win = tree_open(&xp);
    uint64_t number;
    postern_error error;
    const postern_key *key;
    assert_text(win, NULL, "HKLM\\SYSTEM\\CurrentControlSet\\Control", "which", "right");
    assert_int_equal(postern_value_number(value_of(win, NULL, "HKLM\\SYSTEM\\Link", "dword"), &number), POSTERN_OK);
    assert_int_equal(number, 0xFEDCBA98);
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SYSTEM\\Loop"), &key, &error), POSTERN_LIMIT);
    postern_win_close(win);
}

static void users_have_their_own(void **state) {
    (void)state;
    postern_win *win = tree_open(&xp);
    assert_int_equal(postern_win_user_count(win), 3);
    assert_slice(postern_win_user_at(win, 0)->sid, ".DEFAULT");
    size_t hanako = postern_win_user_find(win, POSTERN_S("HANAKO"));
    assert_int_equal(hanako, postern_win_user_find(win, POSTERN_S("s-1-5-21-1-2-3-1003")));
    const postern_win_user *user = postern_win_user_at(win, hanako);
    assert_slice(user->profile, "C:\\Documents and Settings\\hanako");
    assert_true(user->has_hive && !user->is_default);
    size_t fresh = postern_win_user_find(win, POSTERN_S("Default User"));
    assert_true(postern_win_user_at(win, fresh)->is_default);
    assert_int_equal(postern_win_user_find(win, POSTERN_S("All Users")), POSTERN_NO_USER);
    postern_win_view view = {.user = hanako};
    assert_text(win, &view, "HKCU\\Software\\Mine", "name", "hanako");
    assert_text(win, NULL, "HKU\\S-1-5-21-1-2-3-1003\\Software\\Mine", "name", "hanako");
    assert_text(win, &view, "HKCR\\mhtml", "", "user");
    assert_text(win, &view, "HKCU\\Software\\Classes\\mhtml", "", "user");
    assert_text(win, NULL, "HKCR\\mhtml", "", "machine");
    assert_text(win, NULL, "HKU\\.default\\Software\\Mine", "name", "other");
    assert_int_equal(key_status(win, NULL, "HKCU\\Software"), POSTERN_USAGE);
    postern_win_close(win);
}

static void the_view_of_32_bits(void **state) {
    (void)state;
    static const hive_row software[] = {
        {NT_KEY, "CurrentVersion", POSTERN_REG_SZ, "5.2", 0},
        {"Vendor", "which", POSTERN_REG_SZ, "64", 0},
        {"Wow6432Node\\Vendor", "which", POSTERN_REG_SZ, "32", 0},
        {"Classes\\CLSID\\{1}", "which", POSTERN_REG_SZ, "64", 0},
        {"Classes\\Wow6432Node\\CLSID\\{1}", "which", POSTERN_REG_SZ, "32", 0},
        {"Classes\\.htm", "which", POSTERN_REG_SZ, "both", 0},
        {"Policies\\Vendor", "which", POSTERN_REG_SZ, "both", 0},
    };
    static const hive_row system[] = {
        {"Select", "Current", POSTERN_REG_DWORD, NULL, 1},
        {"ControlSet001\\Control\\Session Manager\\Environment", "PROCESSOR_ARCHITECTURE", POSTERN_REG_SZ, "AMD64", 0},
    };
    tree t;
    tree_make(&t);
    tree_rows(&t, "WINDOWS/system32/config/software", software);
    tree_rows(&t, "WINDOWS/system32/config/system", system);
    tree_file(&t, "WINDOWS/system32/which.txt", POSTERN_S("64"));
    tree_file(&t, "WINDOWS/syswow64/which.txt", POSTERN_S("32 bits"));
    postern_win *win = tree_open(&t);
    postern_win_view view = {.user = POSTERN_NO_USER, .bits32 = true};
    postern_win_file file;
    assert_text(win, NULL, "HKLM\\SOFTWARE\\Vendor", "which", "64");
    assert_text(win, &view, "HKLM\\SOFTWARE\\Vendor", "which", "32");
    assert_text(win, &view, "HKLM\\SOFTWARE\\Wow6432Node\\Vendor", "which", "32");
    assert_text(win, &view, "HKLM\\SOFTWARE\\Classes\\CLSID\\{1}", "which", "32");
    assert_text(win, &view, "HKCR\\CLSID\\{1}", "which", "32");
    assert_text(win, &view, "HKCR\\.htm", "which", "both");
    assert_text(win, &view, "HKLM\\SOFTWARE\\Policies\\Vendor", "which", "both");
    assert_int_equal(postern_win_stat(win, &view, POSTERN_S("C:\\windows\\System32\\which.txt"), &file, NULL), POSTERN_OK);
    assert_int_equal(file.size, 7);
    assert_slice(file.path, "C:\\WINDOWS\\syswow64\\which.txt");
    assert_int_equal(postern_win_stat(win, &view, POSTERN_S("C:\\windows\\Sysnative\\which.txt"), &file, NULL), POSTERN_OK);
    assert_int_equal(file.size, 2);
    assert_int_equal(postern_win_stat(win, NULL, POSTERN_S("C:\\windows\\Sysnative\\which.txt"), &file, NULL),
                     POSTERN_NOTFOUND);
    postern_win_close(win);
    tree_free(&t);
}

static void overlays(void **state) {
    (void)state;
    static const char text[] = "Windows Registry Editor Version 5.00\r\n\r\n"
                               "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Test]\r\n\"dword\"=dword:00000007\r\n\"qword\"=-\r\n"
                               "\"new\"=\"a\\\\b \\\"c\\\"\"\r\n\"wide\"=hex(2):41,00,42,00,\\\r\n  00,00\r\n"
                               "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\mhtml]\r\n"
                               "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\New]\r\n@=\"here\"\r\n"
                               "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\r\n"
                               "\"CSDVersion\"=\"Service Pack 2\"\r\n"
                               "[HKEY_CURRENT_USER\\Software\\Mine]\r\n\"name\"=\"changed\"\r\n";
    postern_win *win = tree_open(&xp);
    postern_win_view view = {.user = postern_win_user_find(win, POSTERN_S("hanako"))};
    postern_error error;
    uint64_t number;
    assert_text(win, NULL, "HKCR\\mhtml", "", "machine");
    assert_int_equal(postern_win_overlay(win, NULL, postern_slice_cstr(text), &error), POSTERN_USAGE);
    assert_int_equal(postern_win_overlay(win, &view, postern_slice_cstr(text), &error), POSTERN_OK);
    assert_int_equal(postern_value_number(value_of(win, NULL, "HKLM\\SOFTWARE\\Test", "dword"), &number), POSTERN_OK);
    assert_int_equal(number, 7);
    const postern_value *value;
    assert_int_equal(postern_win_value(win, NULL, POSTERN_S("HKLM\\SOFTWARE\\Test"), POSTERN_S("qword"), &value, NULL),
                     POSTERN_NOTFOUND);
    assert_text(win, NULL, "HKLM\\SOFTWARE\\Test", "new", "a\\b \"c\"");
    assert_text(win, NULL, "HKLM\\SOFTWARE\\Test", "wide", "AB");
    assert_int_equal(key_status(win, NULL, "HKLM\\SOFTWARE\\Classes\\mhtml"), POSTERN_NOTFOUND);
    assert_text(win, NULL, "HKLM\\SYSTEM\\ControlSet002\\Control\\New", "", "here");
    assert_text(win, &view, "HKCU\\Software\\Mine", "name", "changed");
    assert_text(win, NULL, "HKU\\.DEFAULT\\Software\\Mine", "name", "other");
    assert_int_equal(win->system.service_pack, 2);
    assert_int_equal(postern_win_overlay(win, NULL, POSTERN_S("REGEDIT4\n[HKEY_NOWHERE\\x]\n"), &error), POSTERN_USAGE);
    assert_int_equal(postern_win_overlay(win, NULL, POSTERN_S("REGEDIT4\n[HKEY_LOCAL_MACHINE\\x]\n\"a\"=q\n"), &error),
                     POSTERN_FORMAT);
    assert_int_equal(error.offset, 32);
    postern_win_close(win);
}

/* ---- damaged hives ------------------------------------------------------------------------------------------------- */

static postern_status open_changed(size_t at, uint8_t mask, size_t cut, bool sign, postern_error *error) {
    static uint8_t hive[1 << 16];
    tree t;
    tree_make(&t);
    tree_xp(&t);
    char path[200];
    snprintf(path, sizeof path, "%s/WINDOWS/system32/config/software", t.path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, hive, sizeof hive);
    close(fd);
    assert_true(len > 8000);
    hive[at] ^= mask;
    if (sign) hive_sign(hive);
    tree_file(&t, "WINDOWS/system32/config/software", postern_slice_of(hive, (size_t)len - cut));
    postern_win *win = tree_open(&t);
    const postern_key *key;
    postern_status status = postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE\\Test"), &key, error);
    if (win->system.registry_dirty) status = POSTERN_STATE;
    postern_win_close(win);
    tree_free(&t);
    return status;
}

static void the_base_block_is_checked(void **state) {
    (void)state;
    postern_error error = {.status = POSTERN_OK};
    assert_int_equal(open_changed(0, 0, 0, false, &error), POSTERN_OK);
    assert_int_equal(open_changed(0, 1, 0, true, &error), POSTERN_FORMAT);
    assert_non_null(
        strstr(error.text, "C:\\WINDOWS\\system32\\config\\software: the hive is damaged: it does not begin with regf"));
    assert_int_equal(open_changed(100, 1, 0, false, &error), POSTERN_FORMAT);
    assert_int_equal(error.offset, 508);
    assert_int_equal(open_changed(20, 3, 0, true, &error), POSTERN_UNSUPPORTED);
    assert_int_equal(open_changed(28, 1, 0, true, &error), POSTERN_FORMAT);
    assert_int_equal(open_changed(40, 1, 0, true, &error), POSTERN_FORMAT);
    assert_int_equal(open_changed(42, 0xFF, 0, true, &error), POSTERN_FORMAT);
    assert_int_equal(open_changed(38, 0xFF, 0, true, &error), POSTERN_FORMAT);
    assert_int_equal(open_changed(4096, 0xFF, 0, true, &error), POSTERN_FORMAT);
    assert_int_equal(open_changed(0, 0, 4096, true, &error), POSTERN_FORMAT);
}

static void a_dirty_hive_is_read_and_said(void **state) {
    (void)state;
    postern_error error;
    assert_int_equal(open_changed(4, 1, 0, true, &error), POSTERN_STATE);
}

/* The child's death is an error of the hive, and of those after it; nothing else happens to us. */
static void t2_the_child_may_die(void **state) {
    (void)state;
    postern_hive_reader *reader;
    assert_int_equal(postern_hive_reader_start(&reader, NULL), POSTERN_OK);
    postern_win_options options = {.reader = reader};
    postern_win *win;
    postern_error error;
    const postern_key *key;
    assert_int_equal(postern_win_open(xp.fd, &options, &win, &error), POSTERN_OK);
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE\\Test"), &key, &error), POSTERN_OK);
    postern_win_close(win);
    /* a request that no honest caller makes */
    uint8_t head[32] = {1, 0xFF, 0xFF};
    assert_int_equal(write(*(const int *)(const void *)reader, head, sizeof head), sizeof head);
    assert_int_equal(postern_win_open(xp.fd, &options, &win, &error), POSTERN_OK);
    assert_slice(win->system.product, "Windows");
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE\\Test"), &key, &error), POSTERN_FORMAT);
    assert_non_null(strstr(error.text, "the hive reader ended"));
    postern_win_close(win);
    postern_hive_reader_stop(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_type),      cmocka_unit_test(keys_have_order_and_time),
        cmocka_unit_test(control_set_and_links),     cmocka_unit_test(users_have_their_own),
        cmocka_unit_test(the_view_of_32_bits),       cmocka_unit_test(overlays),
        cmocka_unit_test(the_base_block_is_checked), cmocka_unit_test(a_dirty_hive_is_read_and_said),
        cmocka_unit_test(t2_the_child_may_die),
    };
    return cmocka_run_group_tests(tests, make_xp, free_xp);
}
