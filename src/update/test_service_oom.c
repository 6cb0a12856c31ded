/*
 * Every allocation of servicing fails in turn: planning, installing, verifying, listing, removing and recovering say NOMEM,
 * leak nothing, and the tree is exactly before or exactly after (T1). The system is a small Wine prefix, so that no hive reader
 * is needed; what is undone is undone without memory of ours.
 */
#define _GNU_SOURCE
#include "base/test_base.h"
#include "base/test_oom.h"

#include "service_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIBRARY "drive_c/windows/system32/a.dll"
#define REGISTRY "system.reg"
#define NEW_BYTES "the new library"
#define OLD_BYTES "the old library"

static const char manifest[] = "[Package]\nFamily = B\nId = KB123456\nTitle = t\n[Files]\na.dll = 11\nb.dll = 11\n"
                               "[AddReg]\nHKLM,\"Software\\Mine\",v,,x\n";

typedef struct tree {
    char path[64];
    int fd;
} tree;

static void tree_make(tree *t) {
    snprintf(t->path, sizeof t->path, "%s/postern-oom-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    assert_non_null(mkdtemp(t->path));
    t->fd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(t->fd >= 0);
}

static int remove_below(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    (void)st;
    (void)flag;
    return ftw->level ? remove(path) : 0;
}

static void tree_clear(const tree *t) {
    assert_int_equal(nftw(t->path, remove_below, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void tree_free(tree *t) {
    tree_clear(t);
    close(t->fd);
    assert_int_equal(rmdir(t->path), 0);
}

static void tree_folder(const tree *t, const char *path) {
    if (mkdirat(t->fd, path, 0777)) assert_int_equal(errno, EEXIST);
}

static void tree_file(const tree *t, const char *path, postern_slice bytes) {
    int fd = openat(t->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(fd >= 0 && write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len);
    close(fd);
}

typedef struct world {
    tree t;
    postern_buf package_bytes;
    postern_package *package;
    bool at_restart;
} world;

static const char registry[] = "WINE REGISTRY Version 2\n;; All keys relative to \\\\Machine\n\n#arch=win32\n\n"
                               "[Software\\\\A] 1\n#time=1d9c0ffee\n\"b\"=dword:0000000a\n\n"
                               "[System\\\\CurrentControlSet\\\\Control] 1\n#time=1d9c0ffee\n\"c\"=dword:00000001\n\n"
                               "[System\\\\Select] 1\n#time=1d9c0ffee\n\"Current\"=dword:00000001\n\n";

/* ---- the tree, without the allocator that fails ---- */

static bool is(const world *w, const char *path, postern_slice wanted) {
    static uint8_t bytes[8192];
    int fd = openat(w->t.fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return !wanted.ptr;
    ssize_t len = read(fd, bytes, sizeof bytes);
    close(fd);
    return wanted.ptr && len == (ssize_t)wanted.len && memcmp(bytes, wanted.ptr, wanted.len) == 0;
}

/* Names that only a run leaves for a while. */
static bool has_leftovers(const world *w, const char *folder) {
    int fd = openat(w->t.fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fdopendir(fd);
    bool found = false;
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        found |= !strncmp(e->d_name, ".postern", 8) || !strncmp(e->d_name, TX_FOLDER, strlen(TX_FOLDER));
    closedir(dir);
    return found;
}

static void no_leftovers(const world *w) {
    assert_false(has_leftovers(w, "."));
    assert_false(has_leftovers(w, "drive_c/windows"));
    assert_false(has_leftovers(w, "drive_c/windows/system32"));
}

static bool is_before(const world *w) {
    const postern_slice none = {NULL, 0};
    return is(w, LIBRARY, POSTERN_S(OLD_BYTES)) && is(w, "drive_c/windows/system32/b.dll", none) &&
           is(w, REGISTRY, postern_slice_cstr(registry)) &&
           is(w, "drive_c/windows/$NTUninstallKB123456$/" SERVICE_RECORD, none);
}

static void make_before(const world *w) {
    static const char *const folders[] = {"drive_c", "drive_c/windows", "drive_c/windows/system32", "drive_c/users",
                                          "drive_c/users/root"};
    tree_clear(&w->t);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) tree_folder(&w->t, folders[i]);
    tree_file(&w->t, LIBRARY, POSTERN_S(OLD_BYTES));
    tree_file(&w->t, REGISTRY, postern_slice_cstr(registry));
    tree_file(&w->t, "user.reg", POSTERN_S("WINE REGISTRY Version 2\n"));
}

/* ---- entry points ---- */

static postern_status open_servicing(const world *w, postern_win **ret_win, postern_servicing **ret_servicing) {
    *ret_servicing = NULL;
    postern_status status = postern_win_open(w->t.fd, NULL, ret_win, NULL);
    if (status) {
        *ret_win = NULL;
        return status;
    }
    return postern_servicing_open(w->t.fd, *ret_win, NULL, 1000000000, ret_servicing, NULL);
}

static void close_servicing(postern_win *win, postern_servicing *servicing) {
    postern_servicing_free(servicing);
    postern_win_close(win);
}

static postern_status run_install(const world *w, bool only_plan) {
    postern_update_options options = {.any_version = true, .reason = POSTERN_S("a test"), .at_restart = w->at_restart};
    const postern_update_plan *plan;
    postern_servicing *servicing;
    postern_win *win;
    postern_status status = open_servicing(w, &win, &servicing);
    if (!status) status = postern_update_plan_install(servicing, w->package, &options, &plan, NULL);
    if (!status && !only_plan) status = postern_update_install(servicing, plan, &options, NULL);
    close_servicing(win, servicing);
    return status;
}

static postern_status planned(void *user) {
    const world *w = user;
    postern_status status = run_install(w, true);
    assert_true(is_before(w));
    return status;
}

static postern_status installed(void *user) {
    const world *w = user;
    make_before(w);
    postern_status status = run_install(w, false);
    no_leftovers(w);
    if (status)
        assert_true(is_before(w));
    else
        assert_true(is(w, LIBRARY, w->at_restart ? POSTERN_S(OLD_BYTES) : POSTERN_S(NEW_BYTES)) &&
                    !is(w, REGISTRY, postern_slice_cstr(registry)));
    return status;
}

static postern_status looked_at(void *user) {
    const world *w = user;
    const postern_update_record *records;
    const postern_update_check *checks;
    size_t count;
    postern_servicing *servicing;
    postern_win *win;
    postern_status status = open_servicing(w, &win, &servicing);
    if (!status) status = postern_update_list(servicing, &records, &count, NULL);
    if (!status) status = postern_update_verify(servicing, POSTERN_S("KB123456"), &checks, &count, NULL);
    close_servicing(win, servicing);
    return status;
}

static postern_status run_remove(const world *w, const postern_update_options *options) {
    bool restart;
    postern_servicing *servicing;
    postern_win *win;
    postern_status status = open_servicing(w, &win, &servicing);
    if (!status) status = postern_update_remove(servicing, POSTERN_S("KB123456"), options, &restart, NULL);
    close_servicing(win, servicing);
    return status;
}

/* The tree is put back by an installation that nothing disturbs: the allocator that fails is looked away from meanwhile. */
static postern_status removed(void *user) {
    const world *w = user;
    postern_status status = run_remove(w, NULL);
    no_leftovers(w);
    assert_int_equal(is_before(w), !status);
    return status;
}

static postern_status recovered(void *user) {
    const world *w = user;
    postern_update_outcome outcome;
    return postern_update_recover(w->t.fd, "drive_c/windows", &outcome, NULL, NULL);
}

/* ---- */

static void make_world(world *w) {
    postern_error error;
    tree folder;
    *w = (world){0};
    tree_make(&folder);
    tree_file(&folder, "a.dll", POSTERN_S(NEW_BYTES));
    tree_file(&folder, "b.dll", POSTERN_S("another one"));
    tree_file(&folder, "m", postern_slice_of(manifest, sizeof manifest - 1));
    postern_buf_init(&w->package_bytes, 1 << 20);
    if (postern_package_make(folder.fd, POSTERN_S("m"), &w->package_bytes, &error)) fail_msg("%s", error.text);
    if (postern_package_open(postern_buf_slice(&w->package_bytes), &w->package, &error)) fail_msg("%s", error.text);
    tree_free(&folder);
    tree_make(&w->t);
    make_before(w);
}

static void free_world(world *w) {
    postern_package_close(w->package);
    postern_buf_free(&w->package_bytes);
    tree_free(&w->t);
}

static void t1_planning_and_installing(void **state) {
    (void)state;
    world w;
    make_world(&w);
    for (int at_restart = 0; at_restart < 2; at_restart++) {
        w.at_restart = at_restart;
        assert_true(test_oom_each(planned, &w) > 20);
        assert_true(test_oom_each(installed, &w) > 60);
        make_before(&w);
    }
    free_world(&w);
}

static void looking(void **state) {
    (void)state;
    world w;
    make_world(&w);
    for (int at_restart = 0; at_restart < 2; at_restart++) {
        w.at_restart = at_restart;
        make_before(&w);
        assert_int_equal(run_install(&w, false), POSTERN_OK);
        assert_true(test_oom_each(looked_at, &w) > 20);
    }
    free_world(&w);
}

/* test_oom_each wants an entry that can be called again; removal cannot, so it is gone through by hand. */
static void t1_removing(void **state) {
    (void)state;
    world w;
    make_world(&w);
    for (int at_restart = 0; at_restart < 2; at_restart++) {
        w.at_restart = at_restart;
        for (int onwards = 0; onwards < 2; onwards++) {
            bool refused = true;
            size_t nth = 0;
            make_before(&w);
            assert_int_equal(run_install(&w, false), POSTERN_OK);
            for (; refused; nth++) {
                test_oom_arm(nth, onwards);
                postern_status status = removed(&w);
                size_t live = test_oom_live();
                refused = test_oom_disarm();
                assert_int_equal(live, 0);
                assert_int_equal(status, refused ? POSTERN_NOMEM : POSTERN_OK);
            }
            assert_true(nth > 60);
        }
    }
    free_world(&w);
}

/* A run that was killed right before its first rename; recovery goes back without needing anything twice. */
static void t1_recovering(void **state) {
    (void)state;
    world w;
    make_world(&w);
    for (int onwards = 0; onwards < 2; onwards++) {
        bool refused = true;
        for (size_t nth = 0; refused; nth++) {
            update_tx *tx;
            make_before(&w);
            assert_int_equal(update_tx_begin(w.t.fd, "drive_c/windows", "install KB123456", &tx, NULL), POSTERN_OK);
            assert_int_equal(update_tx_put(tx, LIBRARY, POSTERN_S(NEW_BYTES), 0, NULL), POSTERN_OK);
            assert_int_equal(tx_make_folder(tx, NULL), POSTERN_OK);
            assert_int_equal(tx_journal_open(tx, true, NULL), POSTERN_OK);
            snprintf(tx->files[0].temporary, sizeof tx->files[0].temporary, ".postern-1-0");
            snprintf(tx->files[0].backup, sizeof tx->files[0].backup, ".postern-1-0-b");
            update_sha256(POSTERN_S(NEW_BYTES), tx->files[0].after);
            assert_int_equal(tx_journal_intent(tx, NULL), POSTERN_OK);
            assert_int_equal(tx_journal_phase(tx, TX_PREPARED, NULL), POSTERN_OK);
            assert_int_equal(renameat(w.t.fd, LIBRARY, w.t.fd, "drive_c/windows/system32/.postern-1-0-b"), 0);
            tree_file(&w.t, LIBRARY, POSTERN_S(NEW_BYTES));
            update_tx_free(tx);
            test_oom_arm(nth, onwards);
            postern_status status = recovered(&w);
            size_t live = test_oom_live();
            refused = test_oom_disarm();
            assert_int_equal(live, 0);
            assert_int_equal(status, refused ? POSTERN_NOMEM : POSTERN_OK);
            if (refused) assert_int_equal(recovered(&w), POSTERN_OK);
            assert_true(is_before(&w));
            no_leftovers(&w);
        }
    }
    free_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t1_planning_and_installing),
        cmocka_unit_test(looking),
        cmocka_unit_test(t1_removing),
        cmocka_unit_test(t1_recovering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
