/*
 * The verdict on a system, on a Wine prefix in a temporary folder (its registry is text, so no child is needed). The programs
 * are two small files of tests/data/audit, written by tests/audit/windows.py. End to end: tests/audit.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/test_oom.h"

#include "postern/advisory.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK                                                                                                                   \
    "[Software\\\\Microsoft\\\\Active Setup\\\\Installed "                                                                     \
    "Components\\\\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}]\n\"IsInstalled\"=dword:1\n"
#define IE "[Software\\\\Microsoft\\\\Internet Explorer]\n\"Version\"=\"6.0.2800.1106\"\n"

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

static void make(prefix *p, const char *version, bool marked) {
    static const char *const folders[] = {"drive_c", "drive_c/windows", "drive_c/windows/system32"};
    snprintf(p->path, sizeof p->path, "/tmp/postern-audit-XXXXXX");
    assert_non_null(mkdtemp(p->path));
    p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(p->fd >= 0);
    for (size_t i = 0; i < 3; i++) assert_int_equal(mkdirat(p->fd, folders[i], 0777), 0);
    char text[4096];
    int len =
        snprintf(text, sizeof text, "WINE REGISTRY Version 2\n;; All keys relative to \\\\Machine\n\n#arch=win32\n\n%s\n%s", IE,
                 marked ? MARK : "");
    put(p, "system.reg", postern_slice_of(text, (size_t)len));
    put(p, "user.reg",
        POSTERN_S("WINE REGISTRY Version 2\n;; All keys relative to \\\\User\\\\S-1-5-21-0-0-0-1000\n\n"
                  "[Identities\\\\{1}\\\\Software\\\\Microsoft\\\\Outlook Express\\\\5.0\\\\Mail]\n\"ReadAsPlain\"=dword:1\n"));
    if (!version) return;
    char path[256];
    postern_file *file;
    snprintf(path, sizeof path, "%s/tests/data/audit/handler-%s.dll", POSTERN_SOURCE_ROOT, version);
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

/* ---- the verdict ---- */

static void t4_files_decide_marks_are_evidence(void **state) {
    (void)state;
    static const struct {
        const char *version;
        bool marked;
        postern_verdict verdict, files;
    } rows[] = {
        {"6.0.2800.1106", false, POSTERN_VERDICT_AFFECTED, POSTERN_VERDICT_AFFECTED},
        {"6.0.2800.1106", true, POSTERN_VERDICT_CONTRADICTION, POSTERN_VERDICT_AFFECTED},
        {"6.0.2800.1409", false, POSTERN_VERDICT_CONTRADICTION, POSTERN_VERDICT_FIXED},
        {"6.0.2800.1409", true, POSTERN_VERDICT_FIXED, POSTERN_VERDICT_FIXED},
        {NULL, true, POSTERN_VERDICT_CONTRADICTION, POSTERN_VERDICT_UNKNOWN},
        {NULL, false, POSTERN_VERDICT_NOT_AFFECTED, POSTERN_VERDICT_NOT_AFFECTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        prefix p;
        postern_win *win;
        postern_audit *audit;
        postern_error error;
        make(&p, rows[i].version, rows[i].marked);
        assert_int_equal(postern_win_open(p.fd, &(postern_win_options){0}, &win, &error), POSTERN_OK);
        assert_int_equal(postern_audit_run(win, &audit, &error), POSTERN_OK);
        const postern_audit_report *report = postern_audit_report_of(audit);
        assert_int_equal(report->verdict, rows[i].verdict);
        assert_int_equal(report->components[2].files, rows[i].files);
        assert_int_equal(report->open, rows[i].verdict >= POSTERN_VERDICT_CONTRADICTION);
        assert_null(report->package); /* a Wine prefix is no system of the bulletin */
        assert_true(report->components[2].evidence_count >= 3);
        postern_audit_free(audit);
        postern_win_close(win);
        drop(&p);
    }
}

static void vex_refuses_what_is_no_time_or_id(void **state) {
    (void)state;
    prefix p;
    postern_win *win;
    postern_audit *audit;
    postern_buf out;
    make(&p, "6.0.2800.1106", false);
    assert_int_equal(postern_win_open(p.fd, &(postern_win_options){0}, &win, NULL), POSTERN_OK);
    assert_int_equal(postern_audit_run(win, &audit, NULL), POSTERN_OK);
    postern_buf_init(&out, 1 << 20);
    postern_vex_options options = {POSTERN_S("a"), POSTERN_S("n"), POSTERN_S("yesterday")};
    assert_int_equal(postern_audit_vex(audit, &options, &out, NULL), POSTERN_FORMAT);
    options.time = POSTERN_S("2026-11-25T01:02:03Z");
    options.id = POSTERN_S(" a");
    assert_int_equal(postern_audit_vex(audit, &options, &out, NULL), POSTERN_FORMAT);
    options.id = POSTERN_S("a");
    assert_int_equal(postern_audit_vex(audit, &options, &out, NULL), POSTERN_OK);
    postern_csaf *csaf;
    uint64_t problems = 1;
    assert_int_equal(postern_csaf_open(postern_buf_slice(&out), &csaf, NULL), POSTERN_OK);
    assert_int_equal(postern_csaf_check(csaf, NULL, &problems), POSTERN_OK);
    assert_int_equal(problems, 0);
    postern_csaf_free(csaf);
    postern_buf_free(&out);
    postern_audit_free(audit);
    postern_win_close(win);
    drop(&p);
}

/* ---- memory ---- */

static postern_status life(void *user) {
    const prefix *p = user;
    postern_win *win = NULL;
    postern_audit *audit = NULL;
    postern_policy *policy = NULL;
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    const postern_vex_options options = {POSTERN_S("a"), POSTERN_S("n"), POSTERN_S("2026-11-25T01:02:03Z")};
    postern_status status = postern_win_open(p->fd, &(postern_win_options){0}, &win, NULL);
    if (!status) status = postern_audit_run(win, &audit, NULL);
    if (!status) status = postern_audit_vex(audit, &options, &out, NULL);
    if (!status) status = postern_audit_policy(win, 0, &policy, NULL);
    postern_policy_free(policy);
    postern_buf_free(&out);
    postern_audit_free(audit);
    postern_win_close(win);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    prefix p;
    make(&p, "6.0.2800.1106", true);
    assert_true(test_oom_each(life, &p) > 10);
    drop(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t4_files_decide_marks_are_evidence),
        cmocka_unit_test(vex_refuses_what_is_no_time_or_id),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
