/*
 * Transactions: what they do, and that a kill at any of their system calls, and at any of those of the recovery behind it,
 * leaves the tree exactly before or exactly after (T1). A child runs under ptrace and is killed as it enters call number N.
 */
#define _GNU_SOURCE
#include "base/test_base.h"

#include "tx_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __x86_64__
#error "the registers of another machine are to be named here"
#endif

static int top = -1; /* the tree */

static void put(const char *path, const char *text, time_t time) {
    int fd = openat(top, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    assert_int_equal(futimens(fd, (struct timespec[2]){{time, 0}, {time, 123456789}}), 0);
    close(fd);
}

static void clear(int dir) {
    DIR *list = fdopendir(dup(dir));
    rewinddir(list);
    for (struct dirent *e; (e = readdir(list));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        if (unlinkat(dir, e->d_name, 0) == 0) continue;
        int below = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        clear(below);
        close(below);
        assert_int_equal(unlinkat(dir, e->d_name, AT_REMOVEDIR), 0);
    }
    closedir(list);
}

static void set_time(const char *path, time_t time) {
    assert_int_equal(utimensat(top, path, (struct timespec[2]){{time, 0}, {time, 42}}, 0), 0);
}

static void make_tree(void) {
    clear(top);
    mkdirat(top, "WINDOWS", 0755);
    mkdirat(top, "WINDOWS/system32", 0755);
    put("WINDOWS/system32/a.dll", "old a", 1000);
    put("WINDOWS/system32/b.dll", "old b", 2000);
    put("WINDOWS/system32/gone.dll", "goes", 3000);
    put("WINDOWS/hive", "old hive", 4000);
    set_time("WINDOWS/system32", 5000);
    set_time("WINDOWS", 6000);
}

/* ---- what the tree is, as text ---- */

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Names, modes, times and bytes. Left out: the time of the Windows folder itself, which
 * the very last step changes, and of the folder that the run makes. */
static void describe(int dir, const char *path, postern_buf *out) {
    struct dirent **names;
    int count = scandirat(dir, ".", &names, NULL, by_name);
    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        struct stat st;
        char full[512], text[64] = "";
        if (strcmp(name, ".") && strcmp(name, "..")) {
            assert_int_equal(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
            snprintf(full, sizeof full, "%s/%s", path, name);
            int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
            if (S_ISREG(st.st_mode)) assert_true(read(fd, text, sizeof text - 1) >= 0);
            bool timed = strcmp(full, "/WINDOWS") && strcmp(full, "/WINDOWS/$NTUninstallKB1$");
            postern_buf_printf(out, "%s %o %ld.%ld %s\n", full, st.st_mode, timed ? st.st_mtim.tv_sec : 0,
                               timed ? st.st_mtim.tv_nsec : 0, text);
            if (S_ISDIR(st.st_mode)) describe(fd, full, out);
            close(fd);
        }
        free(names[i]);
    }
    free(names);
}

static bool tree_is(const postern_buf *wanted) {
    postern_buf now;
    postern_buf_init(&now, 1 << 20);
    describe(top, "", &now);
    bool same = postern_slice_eq(postern_buf_slice(&now), postern_buf_slice(wanted));
    postern_buf_free(&now);
    return same;
}

/* ---- the run ---- */

static postern_status run(postern_error *reterr) {
    update_tx *tx;
    postern_status status = update_tx_begin(top, "WINDOWS", "install KB1", &tx, reterr);
    if (status) return status;
    status = update_tx_folder(tx, "WINDOWS/$NTUninstallKB1$", reterr);
    if (!status) status = update_tx_keep(tx, "WINDOWS/system32/a.dll", "WINDOWS/$NTUninstallKB1$/a.dll", reterr);
    if (!status) status = update_tx_put(tx, "WINDOWS/system32/a.dll", POSTERN_S("new a"), 7000, reterr);
    if (!status) status = update_tx_put(tx, "WINDOWS/system32/b.dll", POSTERN_S("old b"), 7000, reterr); /* unchanged */
    if (!status) status = update_tx_put(tx, "WINDOWS/system32/new.dll", POSTERN_S("new"), 8000, reterr);
    if (!status) status = update_tx_delete(tx, "WINDOWS/system32/gone.dll", reterr);
    if (!status) status = update_tx_put(tx, "WINDOWS/hive", POSTERN_S("new hive"), 9000, reterr);
    if (!status) status = update_tx_commit(tx, reterr);
    update_tx_free(tx);
    return status;
}

static int open_top(void **state) {
    (void)state;
    char path[] = "/dev/shm/postern-tx-XXXXXX"; /* thousands of flushes */
    if (!mkdtemp(path)) return -1;
    top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return 0;
}

static int close_top(void **state) {
    (void)state;
    char link[64], path[256] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", top);
    ssize_t len = readlink(link, path, sizeof path - 1);
    clear(top);
    close(top);
    return len > 0 ? rmdir(path) : -1;
}

static void a_run_does_all(void **state) {
    (void)state;
    postern_error error;
    make_tree();
    if (run(&error)) fail_msg("%s", error.text);
    postern_buf now;
    postern_buf_init(&now, 1 << 20);
    describe(top, "", &now);
    postern_buf_add_byte(&now, 0);
    assert_non_null(strstr((const char *)now.ptr, "/system32/a.dll 100640 7000.0 new a\n"));
    assert_non_null(strstr((const char *)now.ptr, "/system32/b.dll 100640 2000.123456789 old b\n"));
    assert_non_null(strstr((const char *)now.ptr, "/system32/new.dll 100644 8000.0 new\n"));
    assert_non_null(strstr((const char *)now.ptr, "$NTUninstallKB1$/a.dll 100640 1000.123456789 old a\n"));
    assert_non_null(strstr((const char *)now.ptr, "/WINDOWS/system32 40755 5000.42 \n"));
    assert_non_null(strstr((const char *)now.ptr, "/hive 100640 9000.0 new hive\n"));
    assert_null(strstr((const char *)now.ptr, "gone.dll"));
    assert_null(strstr((const char *)now.ptr, "ostern"));
    postern_buf_free(&now);
}

/* ---- kills ---- */

static bool changes_state(const struct user_regs_struct *r) {
    switch (r->orig_rax) {
    case SYS_write:
    case SYS_writev:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_unlinkat:
    case SYS_mkdirat:
    case SYS_linkat:
    case SYS_fsync:
    case SYS_ftruncate:
    case SYS_utimensat:
    case SYS_fchmod:
    case SYS_fchown:
        return true;
    case SYS_openat:
        return (r->rdx & O_CREAT) != 0;
    case SYS_openat2:
        return true;
    default:
        return false;
    }
}

/* Runs `work` in a child and kills it at its `nth` call that changes something; false: it came to its end before. */
static bool killed_at(postern_status (*work)(postern_error *), size_t nth) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        postern_error error;
        _exit(work(&error) ? 1 : 0);
    }
    int status;
    bool entering = true;
    size_t count = 0;
    waitpid(pid, &status, 0);
    ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(uintptr_t)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
    for (;;) {
        ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
        waitpid(pid, &status, 0);
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
            return false;
        }
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
        struct user_regs_struct registers;
        ptrace(PTRACE_GETREGS, pid, NULL, &registers);
        if (entering && changes_state(&registers) && count++ == nth) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return true;
        }
        entering = !entering;
    }
}

static postern_status recover(postern_error *reterr) {
    postern_update_outcome outcome;
    return postern_update_recover(top, "WINDOWS", &outcome, NULL, reterr);
}

typedef struct world {
    postern_buf before, after;
    size_t kills, second_kills, before_count, after_count;
} world;

static void check_recovered(world *w, size_t nth) {
    postern_error error;
    if (recover(&error)) fail_msg("kill %zu: %s", nth, error.text);
    bool before = tree_is(&w->before), after = tree_is(&w->after);
    if (!before && !after) {
        postern_buf now;
        postern_buf_init(&now, 1 << 20);
        describe(top, "", &now);
        print_error("kill %zu left\n%.*s", nth, POSTERN_ARG(postern_buf_slice(&now)));
        postern_buf_free(&now);
    }
    assert_true(before || after);
    w->before_count += before;
    w->after_count += after;
}

static void t1_a_kill_leaves_before_or_after(void **state) {
    (void)state;
    world w = {0};
    postern_error error;
    postern_buf_init(&w.before, 1 << 20);
    postern_buf_init(&w.after, 1 << 20);
    make_tree();
    describe(top, "", &w.before);
    if (run(&error)) fail_msg("%s", error.text);
    describe(top, "", &w.after);
    for (size_t nth = 0;; nth++) {
        make_tree();
        if (!killed_at(run, nth)) break;
        w.kills++;
        check_recovered(&w, nth);
        /* and the recovery is killed in its turn, at each of its calls; for a third of the runs, to be done in seconds */
        for (size_t second = 0; nth % 3 == 0; second++) {
            make_tree();
            assert_true(killed_at(run, nth));
            bool killed = killed_at(recover, second);
            w.second_kills += killed;
            check_recovered(&w, nth * 1000 + second);
            if (!killed) break;
        }
    }
    print_message("# %zu kills of a run, %zu of a recovery: %zu times before, %zu times after\n", w.kills, w.second_kills,
                  w.before_count, w.after_count);
    assert_true(w.kills > 30 && w.before_count && w.after_count);
    postern_buf_free(&w.before);
    postern_buf_free(&w.after);
}

/* ---- others ---- */

static void t1_a_foreign_change_stops_recovery(void **state) {
    (void)state;
    for (size_t nth = 0;; nth++) {
        make_tree();
        if (!killed_at(run, nth)) break;
        put("WINDOWS/system32/a.dll", "somebody else's", 1);
        postern_error error = {0};
        postern_status status = recover(&error);
        char text[64] = "";
        int fd = openat(top, "WINDOWS/system32/a.dll", O_RDONLY | O_CLOEXEC);
        assert_true(read(fd, text, sizeof text - 1) > 0);
        close(fd);
        assert_string_equal(text, "somebody else's");
        if (status) {
            assert_int_equal(status, POSTERN_STATE);
            if (!strstr(error.text, "WINDOWS/system32/a.dll")) fail_msg("%zu: %s", nth, error.text);
        }
    }
}

static void one_run_at_a_time(void **state) {
    (void)state;
    update_tx *tx, *second;
    postern_error error;
    make_tree();
    assert_int_equal(update_tx_begin(top, "WINDOWS", "x", &tx, &error), POSTERN_OK);
    assert_int_equal(update_tx_begin(top, "WINDOWS", "y", &second, &error), POSTERN_STATE);
    update_tx_free(tx);
    assert_int_equal(update_tx_begin(top, "WINDOWS", "y", &second, &error), POSTERN_OK);
    update_tx_free(second);
}

static void t2_links_are_refused(void **state) {
    (void)state;
    postern_error error;
    update_tx *tx;
    make_tree();
    assert_int_equal(symlinkat("/tmp", top, "WINDOWS/out"), 0);
    assert_int_equal(update_tx_begin(top, "WINDOWS", "x", &tx, &error), POSTERN_OK);
    assert_int_equal(update_tx_put(tx, "WINDOWS/out/canary", POSTERN_S("x"), 0, &error), POSTERN_DENIED);
    assert_int_equal(update_tx_put(tx, "WINDOWS/out", POSTERN_S("x"), 0, &error), POSTERN_DENIED);
    assert_int_equal(update_tx_put(tx, "../canary", POSTERN_S("x"), 0, &error), POSTERN_DENIED);
    update_tx_free(tx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_does_all),
        cmocka_unit_test(t1_a_kill_leaves_before_or_after),
        cmocka_unit_test(t1_a_foreign_change_stops_recovery),
        cmocka_unit_test(one_run_at_a_time),
        cmocka_unit_test(t2_links_are_refused),
    };
    return cmocka_run_group_tests(tests, open_top, close_top);
}
