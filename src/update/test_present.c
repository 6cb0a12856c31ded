/*
 * What is present on a system and what proves it, on a Wine prefix in a temporary folder (its registry is text, so no child is
 * needed). End to end, hives included: tests/update/test_list.py and test_verify.py.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/test_oom.h"

#include "postern/update.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOTFIX "Software\\\\Microsoft\\\\Windows NT\\\\CurrentVersion\\\\Hotfix\\\\"
#define FILES "Software\\\\Microsoft\\\\Updates\\\\Windows XP\\\\SP2\\\\KB824105\\\\Filelist\\\\0"
static const char registry[] =
    "WINE REGISTRY Version 2\n;; All keys relative to \\\\Machine\n\n#arch=win32\n\n"
    "[Software\\\\Microsoft\\\\Active Setup\\\\Installed "
    "Components\\\\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}]\n\"IsInstalled\"=dword:1\n"
    "[" HOTFIX "Q330994]\n\"Installed\"=dword:1\n[" HOTFIX "KB555555]\n\"Installed\"=dword:0\n"
    "[" FILES "]\n\"FileName\"=\"inetcomm.dll\"\n\"Location\"=\"C:\\\\windows\\\\system32\"\n\"Version\"=\"6.0.2800.1500\"\n";

typedef struct prefix {
    char path[64];
    int fd;
} prefix;

static void put(const prefix *p, const char *path, postern_slice bytes) {
    int fd = openat(p->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
    close(fd);
}

static void make(prefix *p) {
    static const char *const folders[] = {"drive_c", "drive_c/windows", "drive_c/windows/system32"};
    char path[256];
    postern_file *file;
    snprintf(p->path, sizeof p->path, "/tmp/postern-present-XXXXXX");
    assert_non_null(mkdtemp(p->path));
    p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(p->fd >= 0);
    for (size_t i = 0; i < 3; i++) assert_int_equal(mkdirat(p->fd, folders[i], 0777), 0);
    put(p, "system.reg", postern_slice_cstr(registry));
    snprintf(path, sizeof path, "%s/tests/data/audit/handler-6.0.2800.1409.dll", POSTERN_SOURCE_ROOT);
    assert_int_equal(postern_file_open(AT_FDCWD, path, &file, NULL), POSTERN_OK);
    put(p, "drive_c/windows/system32/inetcomm.dll", postern_file_bytes(file));
    postern_file_close(file);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static void drop(prefix *p) {
    close(p->fd);
    assert_int_equal(nftw(p->path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* ---- what is there ---- */

typedef struct opened {
    prefix p;
    postern_win *win;
    postern_servicing *servicing;
} opened;

static postern_status start(opened *o) {
    postern_status status = postern_win_open(o->p.fd, &(postern_win_options){0}, &o->win, NULL);
    return status ? status : postern_servicing_open(o->p.fd, o->win, NULL, 1000, &o->servicing, NULL);
}

static void stop(opened *o) {
    postern_servicing_free(o->servicing);
    postern_win_close(o->win);
    o->servicing = NULL;
    o->win = NULL;
}

static void t4_every_installer_is_listed(void **state) {
    (void)state;
    opened o = {0};
    const postern_present *rows;
    size_t count;
    make(&o.p);
    assert_int_equal(start(&o), POSTERN_OK);
    assert_int_equal(postern_update_present(o.servicing, &rows, &count, NULL), POSTERN_OK);
    assert_int_equal(count, 3); /* KB555555 says itself that it is not installed */
    assert_true(postern_slice_eq(rows[0].id, POSTERN_S("KB330994")) && rows[0].replaced_count == 1);
    assert_true(postern_slice_eq(rows[0].replaced_by[0], POSTERN_S("KB837009")));
    assert_true(postern_slice_eq(rows[1].id, POSTERN_S("KB824105")) && rows[1].contradiction.len);
    assert_true(postern_slice_eq(rows[2].id, POSTERN_S("KB837009")) && !rows[2].contradiction.len && !rows[2].record);
    stop(&o);
    drop(&o.p);
}

static void t4_proof_without_a_record(void **state) {
    (void)state;
    static const struct {
        const char *id;
        postern_status status;
        postern_verdict verdict;
    } rows[] = {{"KB837009", POSTERN_OK, POSTERN_VERDICT_FIXED},
                {"KB330994", POSTERN_OK, POSTERN_VERDICT_FIXED},
                {"KB824105", POSTERN_OK, POSTERN_VERDICT_CONTRADICTION},
                {"KB555555", POSTERN_OK, POSTERN_VERDICT_AFFECTED},
                {"KB823353", POSTERN_NOTFOUND, POSTERN_VERDICT_UNKNOWN}};
    opened o = {0};
    make(&o.p);
    assert_int_equal(start(&o), POSTERN_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const postern_proof *proof;
        assert_int_equal(postern_update_prove(o.servicing, postern_slice_cstr(rows[i].id), &proof, NULL), rows[i].status);
        if (!rows[i].status) assert_int_equal(proof->verdict, rows[i].verdict);
    }
    stop(&o);
    drop(&o.p);
}

static void names_of_updates(void **state) {
    (void)state;
    char id[16];
    static const char *const good[] = {"KB837009", "kb837009", "Q837009", "837009", " q837009 "};
    static const char *const bad[] = {"", "KB", "KB12345", "KB12345678", "KB83700x", "KBQ837009", "-837009"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(postern_update_id(postern_slice_cstr(good[i]), id));
        assert_string_equal(id, "KB837009");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(postern_update_id(postern_slice_cstr(bad[i]), id));
}

/* ---- memory ---- */

static postern_status list_life(void *user) {
    opened *o = user;
    const postern_present *rows;
    size_t count;
    postern_status status = start(o);
    if (!status) status = postern_update_present(o->servicing, &rows, &count, NULL);
    stop(o);
    return status;
}

static postern_status prove_life(void *user) {
    opened *o = user;
    const postern_proof *proof;
    postern_status status = start(o);
    if (!status) status = postern_update_prove(o->servicing, POSTERN_S("KB824105"), &proof, NULL);
    if (!status) status = postern_update_prove(o->servicing, POSTERN_S("KB837009"), &proof, NULL);
    stop(o);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    opened o = {0};
    make(&o.p);
    assert_true(test_oom_each(list_life, &o) > 10);
    assert_true(test_oom_each(prove_life, &o) > 10);
    drop(&o.p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t4_every_installer_is_listed),
        cmocka_unit_test(t4_proof_without_a_record),
        cmocka_unit_test(names_of_updates),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
