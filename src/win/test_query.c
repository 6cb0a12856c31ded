/* Questions: what they ask, where they are unclear, what cannot be compared. Policies of a system through the same tree. */
#include "test_win.h"

static tree xp;

static int make_xp(void **state) {
    (void)state;
    static const hive_row user[] = {
        {"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\ZoneMap\\Domains\\friend.example", "*",
         POSTERN_REG_DWORD, NULL, 2},
        {"Software\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs", "C:\\WINDOWS\\x.dll", POSTERN_REG_DWORD, NULL, 3},
        {"Software\\Microsoft\\Internet Explorer", "Version", POSTERN_REG_SZ, "6.0.2800.1106", 0},
        {"Software\\Microsoft\\Internet Explorer", "", POSTERN_REG_SZ, "the default", 0},
        {"Software\\Microsoft\\Internet Explorer", "blob", POSTERN_REG_BINARY, "x", 0},
    };
    tree_make(&xp);
    tree_xp(&xp);
    tree_rows(&xp, "Documents and Settings/hanako/NTUSER.DAT", user);
    tree_file(&xp, "Program Files/Common Files/a b = c.txt", POSTERN_S("hello"));
    return 0;
}

static int free_xp(void **state) {
    (void)state;
    tree_free(&xp);
    return 0;
}

typedef struct row {
    const char *text;
    bool exists, holds;
    const char *actual;
} row;

static postern_status ask(postern_win *win, const char *text, postern_query_answer *answer, postern_error *error) {
    postern_win_view view = {.user = postern_win_user_find(win, POSTERN_S("hanako"))};
    const postern_query *query;
    postern_arena *arena = postern_arena_new(1 << 20);
    assert_non_null(arena);
    postern_status status = postern_query_parse(postern_slice_cstr(text), arena, &query, error);
    if (!status) status = postern_query_ask(win, &view, query, answer, error);
    postern_arena_free(arena);
    if (!status && answer->object.len == 0) fail_msg("%s names nothing", text);
    return status;
}

#define IE "registry:HKCU\\Software\\Microsoft\\Internet Explorer"
#define SHA "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static void answers(void **state) {
    (void)state;
    static const row rows[] = {
        {"file:%SystemRoot%/System32/plain.txt exists", true, true, ""},
        {"file:%SystemRoot%/System32/plain.txt missing", true, false, ""},
        {"FILE:C:\\WINDOWS\\none.dll exists", false, false, ""},
        {"file:C:\\WINDOWS\\none.dll missing", false, true, ""},
        {"file:C:\\WINDOWS\\none.dll version < 6.0.2800.1409", false, false, ""},
        {"file:%SystemRoot%/System32/plain.txt size = 5", true, true, "5"},
        {"file:%SystemRoot%/System32/plain.txt size > 5", true, false, "5"},
        {"file:%SystemRoot%/System32/plain.txt size >= 5", true, true, "5"},
        {"file:%CommonProgramFiles%/a b = c.txt size != 6", true, true, "5"},
        {"file:%SystemRoot%/System32/plain.txt sha256 = " SHA, true, true, SHA},
        {IE "\\Version = 6.0.2800.1106", true, true, "6.0.2800.1106"},
        {IE "\\version < 6.0.2800.1409", true, true, "6.0.2800.1106"},
        {IE "\\version > 6.0.2800.999", true, true, "6.0.2800.1106"},
        {IE "\\Version != \"6.0.2800.1106\"", true, false, "6.0.2800.1106"},
        {IE "\\@ = THE DEFAULT", true, true, "the default"},
        {IE "\\(Default) = other", true, false, "the default"},
        {IE " exists", true, true, ""},
        {IE "\\None exists", false, false, ""},
        {IE "\\None missing", false, true, ""},
        {IE "\\None = 1", false, false, ""},
        {"registry:HKLM\\SOFTWARE\\Test\\dword = 0xFEDCBA98", true, true, "4275878552"},
        {"registry:HKLM\\SOFTWARE\\Test\\dword <= 4275878552", true, true, "4275878552"},
        {"registry:HKLM\\SOFTWARE\\Test\\dword < 1", true, false, "4275878552"},
        {"registry:HKLM\\SOFTWARE\\Test\\list = two", true, true, "two"},
        {"registry:HKLM\\SOFTWARE\\Test\\list = four", true, false, "drei"},
        {"registry:HKLM\\SOFTWARE\\Test\\list != four", true, true, "drei"},
        {"registry:HKLM\\SOFTWARE\\Test\\list != two", true, false, "two"},
        {"registry:HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs\\C:\\WINDOWS\\x.dll = 3", true, true, "3"},
        {"registry:HKLM\\NOWHERE\\x missing", false, true, ""},
    };
    postern_win *win = tree_open(&xp);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_query_answer answer;
        postern_error error;
        if (ask(win, rows[i].text, &answer, &error)) fail_msg("%s: %s", rows[i].text, error.text);
        if (answer.exists != rows[i].exists || answer.holds != rows[i].holds)
            fail_msg("%s: exists %d, holds %d", rows[i].text, answer.exists, answer.holds);
        assert_same_slice(answer.actual, postern_slice_cstr(rows[i].actual));
    }
    postern_win_close(win);
}

static void what_has_no_answer(void **state) {
    (void)state;
    static const struct {
        const char *text;
        postern_status status;
    } rows[] = {{"", POSTERN_USAGE},
                {"version < 6.0", POSTERN_USAGE},
                {"file:", POSTERN_USAGE},
                {"file:C:\\x", POSTERN_USAGE},
                {"file:C:\\x version", POSTERN_USAGE},
                {"file:C:\\x version < six", POSTERN_USAGE},
                {"file:C:\\x version ~ 6.0", POSTERN_USAGE},
                {"file:C:\\x colour = red", POSTERN_USAGE},
                {"file:C:\\x size < -1", POSTERN_USAGE},
                {"file:C:\\x sha256 < " SHA, POSTERN_USAGE},
                {"file:C:\\x sha256 = abc", POSTERN_USAGE},
                {"file: version = 1.0", POSTERN_USAGE},
                {"registry:NOROOT\\x = 1", POSTERN_USAGE},
                {"file:\\\\server\\x exists", POSTERN_DENIED},
                {"file:C:\\NUL exists", POSTERN_DENIED},
                {"file:%nothing%\\x exists", POSTERN_NOTFOUND},
                {"file:%SystemRoot%\\system32\\plain.txt version < 6.0", POSTERN_FORMAT},
                {"file:%SystemRoot%\\system32 version < 6.0", POSTERN_FORMAT},
                {IE "\\blob = x", POSTERN_FORMAT},
                {IE " = 1", POSTERN_FORMAT},
                {IE "\\@ < 6.0", POSTERN_FORMAT},
                {"registry:HKLM\\SOFTWARE\\Test\\dword = one", POSTERN_FORMAT}};
    postern_win *win = tree_open(&xp);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_query_answer answer = {0};
        postern_error error = {.text = ""};
        postern_status status = ask(win, rows[i].text, &answer, &error);
        if (status != rows[i].status) fail_msg("%s: %s %s", rows[i].text, postern_status_name(status), error.text);
        assert_true(error.text[0] != 0);
    }
    postern_win_close(win);
}

static postern_zone zone_for(postern_win *win, size_t user) {
    postern_policy *policy;
    postern_zone_decision decision;
    postern_win_view view = {.user = user};
    postern_arena *arena = postern_arena_new(1 << 20);
    assert_non_null(arena);
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    assert_int_equal(postern_win_policy(win, &view, policy, NULL), POSTERN_OK);
    assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
    assert_int_equal(postern_zone_evaluate(policy, POSTERN_S("http://friend.example/"), NULL, arena, &decision), POSTERN_OK);
    postern_policy_free(policy);
    postern_arena_free(arena);
    return decision.zone;
}

static void policies_of_users(void **state) {
    (void)state;
    postern_win *win = tree_open(&xp);
    assert_int_equal(zone_for(win, postern_win_user_find(win, POSTERN_S("hanako"))), POSTERN_ZONE_TRUSTED);
    assert_int_equal(zone_for(win, postern_win_user_find(win, POSTERN_S(".DEFAULT"))), POSTERN_ZONE_INTERNET);
    assert_int_equal(zone_for(win, POSTERN_NO_USER), POSTERN_ZONE_INTERNET);
    postern_win_close(win);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(what_has_no_answer),
        cmocka_unit_test(policies_of_users),
    };
    return cmocka_run_group_tests(tests, make_xp, free_xp);
}
