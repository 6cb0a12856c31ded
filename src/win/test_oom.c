/* Every allocation of win's entry points fails in turn: no leak, no crash, POSTERN_NOMEM. Tiny systems, one hive reader. */
#include "test_win.h"

typedef struct world {
    tree t;
    postern_hive_reader *reader;
} world;

static postern_status use(postern_win *win) {
    postern_win_view view = {.user = postern_win_user_find(win, POSTERN_S("hanako"))};
    const postern_key *key;
    const postern_win_folder *folder;
    postern_win_file file;
    postern_file *bytes;
    postern_slice text;
    uint8_t digest[32];
    postern_slice path = POSTERN_S("C:\\windows\\SYSTEM32\\plain.txt");
    postern_status status = postern_win_stat(win, NULL, path, &file, NULL);
    if (!status) status = postern_win_list(win, NULL, POSTERN_S("C:\\WINDOWS"), &folder, NULL);
    if (!status) status = postern_win_read(win, NULL, path, &bytes, NULL);
    if (!status) postern_file_close(bytes);
    if (!status) status = postern_win_sha256(win, NULL, path, digest, NULL);
    if (!status) status = postern_win_expand(win, &view, POSTERN_S("%TEMP%\\x"), &text, NULL);
    if (!status) status = postern_win_key(win, &view, POSTERN_S("HKCU\\Software\\Mine"), &key, NULL);
    if (!status) status = postern_win_key(win, NULL, POSTERN_S("HKLM\\SYSTEM\\Link"), &key, NULL);
    if (!status) status = postern_win_key(win, &view, POSTERN_S("HKCR\\mhtml"), &key, NULL);
    if (!status)
        status =
            postern_win_overlay(win, &view, POSTERN_S("REGEDIT4\n[HKEY_CURRENT_USER\\a\\b]\n\"c\"=hex(2):41,42,00\n"), NULL);
    return status;
}

static postern_status whole_life(void *user) {
    const world *w = user;
    postern_win *win;
    postern_win_options options = {.reader = w->reader};
    postern_status status = postern_win_open(w->t.fd, &options, &win, NULL);
    if (status) return status;
    status = use(win);
    postern_win_close(win);
    return status;
}

static postern_status ask_all(postern_win *win, postern_arena *arena) {
    static const char *const texts[] = {"file:%SystemRoot%/system32/plain.txt size = 5",
                                        "registry:HKLM\\SOFTWARE\\Test\\list = drei"};
    postern_win_view view = {.user = 0};
    postern_policy *policy;
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < 2 && !status; i++) {
        const postern_query *query;
        postern_query_answer answer;
        status = postern_query_parse(postern_slice_cstr(texts[i]), arena, &query, NULL);
        if (!status) status = postern_query_ask(win, NULL, query, &answer, NULL);
        if (!status) assert_true(answer.holds);
    }
    if (!status) status = postern_policy_new(&policy);
    if (status) return status;
    status = postern_win_policy(win, &view, policy, NULL);
    postern_policy_free(policy);
    return status;
}

static postern_status whole_questions(void *user) {
    const world *w = user;
    postern_win *win;
    postern_win_options options = {.reader = w->reader};
    postern_status status = postern_win_open(w->t.fd, &options, &win, NULL);
    if (status) return status;
    postern_arena *arena = postern_arena_new(1 << 20);
    status = arena ? ask_all(win, arena) : POSTERN_NOMEM;
    postern_arena_free(arena);
    postern_win_close(win);
    return status;
}

static void a_system_of_hives(void **state) {
    (void)state;
    world w;
    tree_make(&w.t);
    tree_xp(&w.t);
    assert_int_equal(postern_hive_reader_start(&w.reader, NULL), POSTERN_OK);
    assert_true(test_oom_each(whole_life, &w) > 10);
    assert_true(test_oom_each(whole_questions, &w) > 10);
    postern_hive_reader_stop(w.reader);
    tree_free(&w.t);
}

static postern_status wine_life(void *user) {
    const world *w = user;
    postern_win *win;
    const postern_key *key;
    postern_status status = postern_win_open(w->t.fd, NULL, &win, NULL);
    if (status) return status;
    postern_win_view view = {.user = 0};
    status = postern_win_key(win, &view, POSTERN_S("HKCU\\a"), &key, NULL);
    postern_win_close(win);
    return status;
}

static void a_wine_prefix(void **state) {
    (void)state;
    world w;
    tree_make(&w.t);
    tree_folder(&w.t, "drive_c/windows/system32");
    tree_folder(&w.t, "drive_c/users/root");
    tree_file(
        &w.t, "system.reg",
        POSTERN_S("WINE REGISTRY Version 2\n[Software\\\\A] 1\n#time=1d9c0ffee\n\"b\"=hex:01,\\\n  02\n@=str(2):\"x\\x41\"\n"));
    tree_file(&w.t, "user.reg", POSTERN_S("WINE REGISTRY Version 2\n[a] 1\n\"b\"=dword:0000000a\n"));
    assert_true(test_oom_each(wine_life, &w) > 10);
    tree_free(&w.t);
}

static postern_status reader_life(void *user) {
    (void)user;
    postern_hive_reader *reader;
    postern_status status = postern_hive_reader_start(&reader, NULL);
    if (!status) postern_hive_reader_stop(reader);
    return status;
}

static void the_reader(void **state) {
    (void)state;
    assert_true(test_oom_each(reader_life, NULL) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_system_of_hives),
        cmocka_unit_test(a_wine_prefix),
        cmocka_unit_test(the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
