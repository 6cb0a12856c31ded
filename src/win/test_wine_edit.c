/* Wine's registry files changed: which bytes change and which stay, what is refused. */
#include "test_win.h"

static const char before[] = "WINE REGISTRY Version 2\n"
                             ";; All keys relative to \\\\Machine\n"
                             "\n"
                             "#arch=win64\n"
                             "\n"
                             "[Software\\\\A] 5\n"
                             "#time=1d9c0ffee\n"
                             "@=\"x\"\n"
                             "\"hex\"=hex:01,\\\n"
                             "  02\n"
                             "\"keep me\"=str(2):\"%x%\"\n"
                             "\n"
                             "[Software\\\\A\\\\B] 6\n"
                             "\"b\"=dword:00000001\n"
                             "\n"
                             "[Software\\\\\\x65e5] 7\n"
                             "#link\n"
                             "\"v\"=\"w\"\n";

enum { NOW = 0x1DB0000 };
static const uint64_t now = (uint64_t)NOW << 32;

static void assert_edit(const postern_reg_change *changes, size_t count, const char *expected) {
    postern_buf out;
    postern_error error;
    postern_buf_init(&out, 1 << 20);
    if (postern_wine_reg_edit(postern_slice_cstr(before), changes, count, now, &out, &error)) fail_msg("%s", error.text);
    assert_same_slice(postern_buf_slice(&out), postern_slice_cstr(expected));
    postern_buf_free(&out);
}

#define SET(key, name, type, raw)                                                                                              \
    { POSTERN_CHANGE_SET, POSTERN_S(key), POSTERN_S(name), type, POSTERN_S(raw) }
#define DROP(kind, key, name)                                                                                                  \
    {                                                                                                                          \
        kind, POSTERN_S(key), POSTERN_S(name), 0, {                                                                            \
            NULL, 0                                                                                                            \
        }                                                                                                                      \
    }
#define HEAD "WINE REGISTRY Version 2\n;; All keys relative to \\\\Machine\n\n#arch=win64\n\n"
#define KEY_A "[Software\\\\A] 5\n#time=1d9c0ffee\n@=\"x\"\n\"hex\"=hex:01,\\\n  02\n\"keep me\"=str(2):\"%x%\"\n\n"
#define KEY_B "[Software\\\\A\\\\B] 6\n\"b\"=dword:00000001\n\n"
#define KEY_C "[Software\\\\\\x65e5] 7\n#link\n\"v\"=\"w\"\n"
#define SECONDS "1725587793"

static void values_change_in_their_lines(void **state) {
    (void)state;
    static const postern_reg_change one[] = {SET("software\\a", "HEX", POSTERN_REG_DWORD, "\x0A\0\0\0"),
                                             DROP(POSTERN_CHANGE_DELETE_VALUE, "Software\\A", ""),
                                             SET("Software\\A", "new", POSTERN_REG_SZ, "\"\0\\\0\xE5\x65\x07\0\0\0")};
    assert_edit(one, 3,
                HEAD "[Software\\\\A] " SECONDS "\n#time=1db000000000000\n\"HEX\"=dword:0000000a\n\"keep me\"=str(2):\"%x%\"\n"
                     "\"new\"=\"\\\"\\\\\\x65e5\\007\"\n\n" KEY_B KEY_C);
    static const postern_reg_change two[] = {SET("Software\\\xE6\x97\xA5", "v", POSTERN_REG_BINARY, "\1\2")};
    assert_edit(two, 1, HEAD KEY_A KEY_B "[Software\\\\\\x65e5] " SECONDS "\n#link\n\"v\"=hex:01,02\n");
}

static void keys_come_and_go(void **state) {
    (void)state;
    static const postern_reg_change one[] = {DROP(POSTERN_CHANGE_DELETE_KEY, "SOFTWARE\\a", "")};
    assert_edit(one, 1, HEAD KEY_C);
    static const postern_reg_change two[] = {SET("Software\\New [1]\\X", "m", POSTERN_REG_MULTI_SZ, "a\0\0\0b\0\0\0\0\0"),
                                             DROP(POSTERN_CHANGE_MAKE_KEY, "Software\\Bare", ""),
                                             SET("Software\\Bare", "odd", 77, "\1")};
    assert_edit(two, 3,
                HEAD KEY_A KEY_B KEY_C "[Software\\\\New \\[1\\]\\\\X] " SECONDS
                                       "\n#time=1db000000000000\n\"m\"=str(7):\"a\\000b\\000\"\n\n"
                                       "[Software\\\\Bare] " SECONDS "\n#time=1db000000000000\n\"odd\"=hex(4d):01\n\n");
    static const postern_reg_change three[] = {DROP(POSTERN_CHANGE_DELETE_KEY, "Software\\A\\B", ""),
                                               SET("Software\\A\\B", "again", POSTERN_REG_DWORD, "\1\0\0\0")};
    assert_edit(three, 2,
                HEAD KEY_A KEY_C "[Software\\\\A\\\\B] " SECONDS "\n#time=1db000000000000\n\"again\"=dword:00000001\n\n");
    static const postern_reg_change none[] = {DROP(POSTERN_CHANGE_DELETE_VALUE, "Software\\A", "absent"),
                                              DROP(POSTERN_CHANGE_DELETE_KEY, "Nowhere", "")};
    assert_edit(none + 1, 1, before);
}

static void what_is_refused(void **state) {
    (void)state;
    static const postern_reg_change odd[] = {SET("A\\", "x", POSTERN_REG_SZ, ""), DROP(POSTERN_CHANGE_DELETE_KEY, "", "")};
    static const postern_reg_change fine[] = {SET("A", "x", POSTERN_REG_BINARY, "1")};
    postern_buf out;
    postern_error error;
    postern_buf_init(&out, 1 << 20);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(postern_wine_reg_edit(postern_slice_cstr(before), &odd[i], 1, now, &out, &error), POSTERN_USAGE);
    assert_int_equal(postern_wine_reg_edit(POSTERN_S("REGEDIT4\n[A]\n"), fine, 1, now, &out, &error), POSTERN_FORMAT);
    assert_int_equal(postern_wine_reg_edit(POSTERN_S("WINE REGISTRY Version 2\n[A\n"), fine, 1, now, &out, &error),
                     POSTERN_FORMAT);
    assert_int_equal(out.len, 0);
    postern_buf_free(&out);
}

static postern_status whole_life(void *user) {
    static const postern_reg_change changes[] = {SET("Software\\A", "x", POSTERN_REG_SZ, "a\0\0\0"),
                                                 SET("New\\Key", "x", POSTERN_REG_DWORD, "\1\0\0\0"),
                                                 DROP(POSTERN_CHANGE_DELETE_KEY, "Software\\A\\B", "")};
    postern_buf out;
    (void)user;
    postern_buf_init(&out, 1 << 20);
    postern_status status = postern_wine_reg_edit(postern_slice_cstr(before), changes, 3, now, &out, NULL);
    postern_buf_free(&out);
    return status;
}

static void allocations_fail(void **state) {
    (void)state;
    assert_true(test_oom_each(whole_life, NULL) > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_change_in_their_lines),
        cmocka_unit_test(keys_come_and_go),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
