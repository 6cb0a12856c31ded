/*
 * Damaged hives: a whole small hive with its bytes turned over one after the other, and cut at every length. Whatever libhivex
 * makes of them in its child, we get an answer or an error, soon.
 */
#include "test_win.h"

#include <time.h>

enum { STEP = 2, SECONDS = 120 };

typedef struct counts {
    size_t fine, damaged, deaths, keys;
} counts;

static postern_status walk(const postern_key *key, counts *c, postern_error *error) {
    postern_status status = POSTERN_OK;
    c->keys++;
    for (size_t i = 0; i < postern_key_child_count(key) && !status; i++) {
        const postern_key *child;
        status = postern_key_child(key, i, &child, error);
        if (!status) status = walk(child, c, error);
    }
    return status;
}

/* One changed hive as the only user's; a child that died is replaced. */
static void read_one(const tree *t, postern_hive_reader **reader, counts *c) {
    postern_win_options options = {.reader = *reader};
    postern_win *win;
    postern_error error = {.status = POSTERN_OK};
    const postern_key *key;
    assert_int_equal(postern_win_open(t->fd, &options, &win, &error), POSTERN_OK);
    postern_win_view view = {.user = postern_win_user_find(win, POSTERN_S("u"))};
    postern_status status = postern_win_key(win, &view, POSTERN_S("HKCU"), &key, &error);
    if (!status) status = walk(key, c, &error);
    if (!status)
        c->fine++;
    else
        c->damaged++;
    if (status && strstr(error.text, "the hive reader ended")) {
        c->deaths++;
        postern_win_close(win);
        postern_hive_reader_stop(*reader);
        assert_int_equal(postern_hive_reader_start(reader, NULL), POSTERN_OK);
        return;
    }
    assert_true(status == POSTERN_OK || status == POSTERN_FORMAT || status == POSTERN_LIMIT || status == POSTERN_UNSUPPORTED);
    postern_win_close(win);
}

static size_t make(tree *t, uint8_t *hive, size_t room) {
    static const hive_row rows[] = {{"Software\\Microsoft\\Active Setup", "IsInstalled", POSTERN_REG_DWORD, NULL, 1},
                                    {"Software\\Microsoft\\Active Setup", "Version", POSTERN_REG_SZ, "6,0,2800,1409", 0},
                                    {"Software\\Microsoft\\List", "list", POSTERN_REG_MULTI_SZ, "a|b|c", 0},
                                    {"Software\\Other\\A", NULL, 0, NULL, 0},
                                    {"Software\\Other\\B", "", POSTERN_REG_SZ, "default", 0}};
    tree_make(t);
    tree_folder(t, "WINNT/system32/config");
    tree_rows(t, "WINNT/Profiles/u/NTUSER.DAT", rows);
    int fd = openat(t->fd, "WINNT/Profiles/u/NTUSER.DAT", O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, hive, room);
    close(fd);
    assert_true(len > 4096 && (size_t)len < room);
    return (size_t)len;
}

static void every_byte(void **state) {
    (void)state;
    static uint8_t hive[1 << 16];
    static const uint8_t masks[] = {0x01, 0xFF, 0x80, 0x10, 0x7F};
    tree t;
    counts c = {0};
    postern_hive_reader *reader;
    struct timespec start, end;
    size_t len = make(&t, hive, sizeof hive);
    clock_gettime(CLOCK_MONOTONIC, &start);
    assert_int_equal(postern_hive_reader_start(&reader, NULL), POSTERN_OK);
    for (size_t i = 0; i < len; i += STEP) {
        size_t at = i + i / STEP % STEP < len ? i + i / STEP % STEP : i;
        uint8_t was[512];
        memcpy(was, hive, 512);
        uint8_t mask = masks[i % sizeof masks], byte = hive[at];
        hive[at] = byte ^ mask;
        if (at < 508) hive_sign(hive);
        tree_file(&t, "WINNT/Profiles/u/NTUSER.DAT", postern_slice_of(hive, len));
        read_one(&t, &reader, &c);
        hive[at] = byte;
        memcpy(hive, was, 512);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    print_message("# %zu fine, %zu damaged, %zu deaths of the child, %zu keys\n", c.fine, c.damaged, c.deaths, c.keys);
    assert_true(c.fine > 10 && c.damaged > 10);
    assert_true(end.tv_sec - start.tv_sec < SECONDS);
    postern_hive_reader_stop(reader);
    tree_free(&t);
}

static void every_length(void **state) {
    (void)state;
    static uint8_t hive[1 << 16];
    tree t;
    counts c = {0};
    postern_hive_reader *reader;
    size_t len = make(&t, hive, sizeof hive);
    assert_int_equal(postern_hive_reader_start(&reader, NULL), POSTERN_OK);
    for (size_t cut = 0; cut < len; cut += 97) {
        tree_file(&t, "WINNT/Profiles/u/NTUSER.DAT", postern_slice_of(hive, cut));
        read_one(&t, &reader, &c);
    }
    assert_int_equal(c.fine, 0);
    postern_hive_reader_stop(reader);
    tree_free(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte),
        cmocka_unit_test(every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
