/* .reg files, both ways. */
#include "base/test_base.h"

#include "postern/zone.h"

#define IS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define COUNT(a) (sizeof(a) / sizeof *(a))

static postern_zone_decision judge(const postern_policy *policy, const char *url, const postern_zone_context *context) {
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_zone_decision d;
    assert_non_null(arena);
    assert_int_equal(postern_zone_evaluate(policy, postern_slice_cstr(url), context, arena, &d), POSTERN_OK);
    postern_arena_free(arena);
    return d;
}

static const char reg_file[] =
    "REGEDIT4\r\n\r\n; a comment\r\n[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\a.example]\r\n\"*\"=dword:00000002\r\n"
    "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\gone.example]\r\n\"*\"=dword:00000002\r\n"
    "[HKEY_LOCAL_MACHINE\\" IS
    "\\Zones\\3]\r\n@=\"\"\r\n\"DisplayName\"=\"Inter\\\"net\\\\\"\r\n\"1604\"=dword:3\r\n\"1400\"=dword:zz\r\n"
    "\"Blob\"=hex:01,02,\\\r\n  03\r\n"
    "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Ranges\\R]\r\n\":Range\"=hex(1):31,00,2e,00,32,00,2e,00,33,00,2e,00,34,00,00,00\r\n"
    "\"*\"=dword:00000001\r\n[-HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\gone.example]\r\n"
    "[HKEY_USERS\\.DEFAULT\\" IS "\\Zones\\3]\r\n\"1604\"=dword:0\r\n"
    "[HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\10.0\\Outlook\\Options\\Mail]\r\n\"ReadAsPlain\"=dword:1\r\n";

static postern_policy *policy_of_reg(postern_slice bytes) {
    postern_policy *policy;
    postern_error err;
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    postern_status status = postern_policy_add_reg(policy, bytes, &err);
    if (status) print_error("%s at %llu\n", err.text, (unsigned long long)err.offset);
    assert_int_equal(status, POSTERN_OK);
    assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
    return policy;
}

static void check_reg_policy(const postern_policy *policy) {
    postern_action_decision d;
    assert_int_equal(judge(policy, "http://a.example/", NULL).zone, POSTERN_ZONE_TRUSTED);
    assert_int_equal(judge(policy, "http://gone.example/", NULL).zone, POSTERN_ZONE_INTERNET);
    assert_int_equal(judge(policy, "http://1.2.3.4/", NULL).zone, POSTERN_ZONE_INTRANET);
    postern_zone_action(policy, POSTERN_ZONE_INTERNET, 0x1604, false, &d);
    assert_int_equal(d.value, 3);
    postern_zone_action(policy, POSTERN_ZONE_INTERNET, 0x1400, false, &d);
    assert_int_equal(d.value, 3); /* dword:zz fails closed */
    assert_true(postern_policy_reads_plain(policy));
}

static void reg_files_are_read(void **state) {
    (void)state;
    postern_policy *policy = policy_of_reg(postern_slice_cstr(reg_file));
    check_reg_policy(policy);
    postern_buf out, again;
    postern_buf_init(&out, 1 << 24);
    postern_buf_init(&again, 1 << 24);
    assert_int_equal(postern_policy_write_reg(policy, &out), POSTERN_OK);
    postern_policy *loaded = policy_of_reg(postern_buf_slice(&out)); /* UTF-16LE */
    check_reg_policy(loaded);
    assert_int_equal(postern_policy_write_reg(loaded, &again), POSTERN_OK);
    assert_same_slice(postern_buf_slice(&again), postern_buf_slice(&out));
    for (uint32_t action = 0x1000; action < 0x2800; action++) {
        for (int zone = 0; zone < 5; zone++) {
            postern_action_decision a, b;
            postern_zone_action(policy, (postern_zone)zone, action, false, &a);
            postern_zone_action(loaded, (postern_zone)zone, action, false, &b);
            assert_int_equal(a.value, b.value);
        }
    }
    postern_buf_free(&out);
    postern_buf_free(&again);
    postern_policy_free(policy);
    postern_policy_free(loaded);
}

static void malformed_reg_files_name_the_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t offset;
    } rows[] = {{"", 0},
                {"hello", 0},
                {"REGEDIT4\n\"a\"=dword:1\n", 9},
                {"REGEDIT4\n[HKLM\\x\n", 9},
                {"REGEDIT4\n[HKLM\\x]\n\"a=1\n", 18},
                {"REGEDIT4\n[HKLM\\x]\n\"a\"=hex:1g\n", 18},
                {"REGEDIT4\n[HKLM\\x]\n\"a\"=hex:01,\\", 18},
                {"REGEDIT4\n[HKLM\\x]\nfoo\n", 18}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        postern_policy *policy;
        postern_error err;
        assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
        assert_int_equal(postern_policy_add_reg(policy, postern_slice_cstr(rows[i].text), &err), POSTERN_FORMAT);
        assert_int_equal(err.offset, rows[i].offset);
        postern_policy_free(policy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reg_files_are_read),
        cmocka_unit_test(malformed_reg_files_name_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
