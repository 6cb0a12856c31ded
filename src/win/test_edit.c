/* Hives changed in the child: what was asked for is there, all else is as it was, odd requests are refused. */
#include "test_win.h"

static postern_hive_reader *reader;
static tree xp;

static int start(void **state) {
    (void)state;
    tree_make(&xp);
    tree_xp(&xp);
    return postern_hive_reader_start(&reader, NULL);
}

static int stop(void **state) {
    (void)state;
    postern_hive_reader_stop(reader);
    tree_free(&xp);
    return 0;
}

#define SOFTWARE "WINDOWS/system32/config/software"

static postern_slice load(const tree *t, const char *path, uint8_t *room, size_t size) {
    int fd = openat(t->fd, path, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, room, size);
    close(fd);
    assert_true(len > 0 && (size_t)len < size);
    return postern_slice_of(room, (size_t)len);
}

#define SET(key, name, type, raw)                                                                                              \
    { POSTERN_CHANGE_SET, POSTERN_S(key), POSTERN_S(name), type, POSTERN_S(raw) }
#define DROP(kind, key, name)                                                                                                  \
    {                                                                                                                          \
        kind, POSTERN_S(key), POSTERN_S(name), 0, {                                                                            \
            NULL, 0                                                                                                            \
        }                                                                                                                      \
    }

static postern_status edit(const postern_reg_change *changes, size_t count, postern_buf *out, postern_error *error) {
    static uint8_t room[1 << 20];
    return postern_hive_edit(reader, load(&xp, SOFTWARE, room, sizeof room), changes, count, out, error);
}

/* Every key and value as one text. */
static void dump(const postern_key *key, postern_buf *out) {
    assert_int_equal(postern_key_path(key, out), POSTERN_OK);
    postern_buf_add_byte(out, '\n');
    for (size_t i = 0; i < postern_key_value_count(key); i++) {
        const postern_value *value = postern_key_value_at(key, i);
        postern_buf_printf(out, "%.*s %u ", POSTERN_ARG(value->name), (unsigned)value->type);
        for (size_t k = 0; k < value->raw.len; k++) postern_buf_printf(out, "%02x", value->raw.ptr[k]);
        postern_buf_add_byte(out, '\n');
    }
    for (size_t i = 0; i < postern_key_child_count(key); i++) {
        const postern_key *child;
        assert_int_equal(postern_key_child(key, i, &child, NULL), POSTERN_OK);
        dump(child, out);
    }
}

static void dump_system(const tree *t, postern_buf *out) {
    const postern_key *key;
    postern_win *win = tree_open(t);
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE"), &key, NULL), POSTERN_OK);
    dump(key, out);
    assert_false(win->system.registry_dirty);
    postern_win_close(win);
}

static void changes_and_back(void **state) {
    (void)state;
    static const postern_reg_change there[] = {
        SET("Microsoft\\Active Setup\\{2cc9d512}", "IsInstalled", POSTERN_REG_DWORD, "\1\0\0\0"),
        SET("Microsoft\\Active Setup\\{2cc9d512}", "", POSTERN_REG_SZ, "O\0E\0\0\0"),
        SET("Test", "DWORD", POSTERN_REG_DWORD, "\2\0\0\0"),
        SET("Neu\xC3\xA4\\\xE6\x97\xA5\xE6\x9C\xAC", "\xE5\x80\xA4", POSTERN_REG_BINARY, "raw"),
        {POSTERN_CHANGE_MAKE_KEY, POSTERN_S("Bare"), {NULL, 0}, 0, {NULL, 0}},
        DROP(POSTERN_CHANGE_DELETE_KEY, "Nowhere\\x", ""),
        DROP(POSTERN_CHANGE_DELETE_VALUE, "Test", "none"),
    };
    static const postern_reg_change back[] = {
        DROP(POSTERN_CHANGE_DELETE_KEY, "microsoft\\ACTIVE setup", ""),
        SET("Test", "dword", POSTERN_REG_DWORD, "\x98\xBA\xDC\xFE"),
        DROP(POSTERN_CHANGE_DELETE_KEY, "Neu\xC3\x84", ""),
        DROP(POSTERN_CHANGE_DELETE_KEY, "Bare", ""),
    };
    tree t;
    postern_buf hive, again, before, after;
    postern_error error;
    const postern_value *value;
    tree_make(&t);
    tree_xp(&t);
    postern_buf_init(&hive, POSTERN_LIMIT_HIVE);
    postern_buf_init(&again, POSTERN_LIMIT_HIVE);
    postern_buf_init(&before, 1 << 20);
    postern_buf_init(&after, 1 << 20);
    dump_system(&t, &before);
    if (edit(there, sizeof there / sizeof *there, &hive, &error)) fail_msg("%s", error.text);
    tree_file(&t, SOFTWARE, postern_buf_slice(&hive));
    postern_win *win = tree_open(&t);
    postern_slice path = POSTERN_S("HKLM\\SOFTWARE\\Neu\xC3\xA4\\\xE6\x97\xA5\xE6\x9C\xAC");
    assert_int_equal(postern_win_value(win, NULL, path, POSTERN_S("\xE5\x80\xA4"), &value, NULL), POSTERN_OK);
    assert_slice(value->raw, "raw");
    path = POSTERN_S("HKLM\\SOFTWARE\\Microsoft\\Active Setup\\{2CC9D512}");
    assert_int_equal(postern_win_value(win, NULL, path, POSTERN_S("IsInstalled"), &value, NULL), POSTERN_OK);
    assert_slice(value->raw, "\1\0\0\0");
    assert_int_equal(postern_win_value(win, NULL, POSTERN_S("HKLM\\SOFTWARE\\Test"), POSTERN_S("dword"), &value, NULL),
                     POSTERN_OK);
    assert_slice(value->raw, "\2\0\0\0");
    postern_win_close(win);
    if (postern_hive_edit(reader, postern_buf_slice(&hive), back, 4, &again, &error)) fail_msg("%s", error.text);
    tree_file(&t, SOFTWARE, postern_buf_slice(&again));
    dump_system(&t, &after);
    /* the value stands at another place and under the name it was last given */
    assert_int_equal(before.len, after.len);
    postern_buf_free(&hive);
    postern_buf_free(&again);
    postern_buf_free(&before);
    postern_buf_free(&after);
    tree_free(&t);
}

/* Later changes win: made and deleted, deleted and made. */
static void changes_have_an_order(void **state) {
    (void)state;
    static const postern_reg_change changes[] = {
        SET("A\\B", "x", POSTERN_REG_BINARY, "1"),    DROP(POSTERN_CHANGE_DELETE_KEY, "A", ""),
        SET("A\\C", "x", POSTERN_REG_BINARY, "2"),    SET("A\\C", "X", POSTERN_REG_BINARY, "3"),
        DROP(POSTERN_CHANGE_DELETE_KEY, "Test", ""),  SET("Test", "only", POSTERN_REG_BINARY, "4"),
        SET("Test", "gone", POSTERN_REG_BINARY, "5"), DROP(POSTERN_CHANGE_DELETE_VALUE, "Test", "GONE"),
    };
    tree t;
    postern_buf hive;
    postern_error error;
    const postern_key *key;
    tree_make(&t);
    tree_xp(&t);
    postern_buf_init(&hive, POSTERN_LIMIT_HIVE);
    if (edit(changes, sizeof changes / sizeof *changes, &hive, &error)) fail_msg("%s", error.text);
    tree_file(&t, SOFTWARE, postern_buf_slice(&hive));
    postern_win *win = tree_open(&t);
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE\\A\\B"), &key, NULL), POSTERN_NOTFOUND);
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE\\A\\C"), &key, NULL), POSTERN_OK);
    assert_int_equal(postern_key_value_count(key), 1);
    assert_slice(postern_key_value_at(key, 0)->raw, "3");
    assert_int_equal(postern_win_key(win, NULL, POSTERN_S("HKLM\\SOFTWARE\\Test"), &key, NULL), POSTERN_OK);
    assert_int_equal(postern_key_value_count(key), 1);
    assert_int_equal(postern_key_child_count(key), 0);
    postern_win_close(win);
    postern_buf_free(&hive);
    tree_free(&t);
}

static void many_and_large(void **state) {
    (void)state;
    enum { COUNT = 400 };
    static postern_reg_change changes[COUNT];
    static char keys[COUNT][40];
    static uint8_t big[300000];
    postern_buf hive;
    postern_error error;
    memset(big, 0x5A, sizeof big);
    for (int i = 0; i < COUNT; i++) {
        snprintf(keys[i], sizeof keys[i], "Many\\Key%d", i);
        changes[i] = (postern_reg_change){POSTERN_CHANGE_SET, postern_slice_cstr(keys[i]), POSTERN_S("v"), POSTERN_REG_BINARY,
                                          postern_slice_of(big, i == 7 ? sizeof big : 10)};
    }
    postern_buf_init(&hive, POSTERN_LIMIT_HIVE);
    if (edit(changes, COUNT, &hive, &error)) fail_msg("%s", error.text);
    assert_true(hive.len > sizeof big);
    postern_buf_free(&hive);
}

static void t3_what_is_refused(void **state) {
    (void)state;
    static uint8_t room[1 << 20];
    static const postern_reg_change fine[] = {SET("A", "x", POSTERN_REG_BINARY, "1")};
    static const postern_reg_change odd[] = {
        SET("\\A", "x", POSTERN_REG_BINARY, "1"),   SET("A\\", "x", POSTERN_REG_BINARY, "1"),
        SET("A\\\\B", "x", POSTERN_REG_BINARY, ""), SET("A\0B", "x", POSTERN_REG_BINARY, ""),
        SET("A", "x\0y", POSTERN_REG_BINARY, ""),   SET("\xFF", "x", POSTERN_REG_BINARY, ""),
        DROP(POSTERN_CHANGE_DELETE_KEY, "", ""),
    };
    postern_buf hive;
    postern_error error;
    postern_buf_init(&hive, POSTERN_LIMIT_HIVE);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) assert_int_equal(edit(&odd[i], 1, &hive, &error), POSTERN_USAGE);
    postern_slice bytes = load(&xp, SOFTWARE, room, sizeof room);
    room[4] ^= 1;
    hive_sign(room);
    assert_int_equal(postern_hive_edit(reader, bytes, fine, 1, &hive, &error), POSTERN_STATE);
    assert_int_equal(strncmp(error.text, "T3: ", 4), 0);
    room[4] ^= 1;
    hive_sign(room);
    memset(room + 4096 + 32, 0xFF, 64); /* the root key */
    assert_int_equal(postern_hive_edit(reader, bytes, fine, 1, &hive, &error), POSTERN_FORMAT);
    assert_int_equal(hive.len, 0);
    assert_int_equal(edit(fine, 1, &hive, &error), POSTERN_OK); /* the child lives on */
    postern_buf_free(&hive);
}

static postern_status whole_life(void *user) {
    static const postern_reg_change fine[] = {SET("A", "x", POSTERN_REG_BINARY, "1")};
    postern_buf hive;
    postern_buf_init(&hive, POSTERN_LIMIT_HIVE);
    postern_status status = postern_hive_edit(reader, *(const postern_slice *)user, fine, 1, &hive, NULL);
    postern_buf_free(&hive);
    return status;
}

static void allocations_fail(void **state) {
    (void)state;
    static uint8_t room[1 << 20];
    postern_slice bytes = load(&xp, SOFTWARE, room, sizeof room);
    assert_true(test_oom_each(whole_life, &bytes) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_and_back),   cmocka_unit_test(changes_have_an_order), cmocka_unit_test(many_and_large),
        cmocka_unit_test(t3_what_is_refused), cmocka_unit_test(allocations_fail),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
