/* Packages from memory: what is read, what is refused, and that nothing is run (T3). */
#include "base/test_oom.h"

#include "make_int.h"
#include "postern/update.h"

static const char inf[] =
    "[Version]\nSignature=\"$CHICAGO$\"\n[DefaultInstall]\nCopyFiles=F,@c.dll\nAddReg=R\nDelReg=D\n"
    "RunPostSetupCommands=Run\n[Run]\nregsvr32 /s a.dll\n[DestinationDirs]\nDefaultDestDir=11\nF=16422,\"Outlook Express\"\n"
    "[F]\nA.DLL,,,0x400\nb.dll\n[R]\nHKLM,Soft\\X,N,0x10001,7\nHKLM,Soft\\X,B,1,01,02,ff\nHKLM,Soft\\X,M,0x10000,a,b\n"
    "HKLM,Soft\\X,,,\"%T%\"\n[D]\nHKLM,Soft\\Y,Old\n[Prerequisites]\n\"XP\"=nt,5.1,0-1,x86,6.0.2800.1106\n"
    "[Strings]\nT=\"Title of Q837009\"\nTitle=\"Update\"\n";

static const make_file files[] = {
    {{(const uint8_t *)"q837009.inf", 11}, {(const uint8_t *)inf, sizeof inf - 1}, 0},
    {{(const uint8_t *)"a.dll", 5}, {(const uint8_t *)"aaaa", 4}, 1000000000},
    {{(const uint8_t *)"b.dll", 5}, {(const uint8_t *)"bb", 2}, 0},
    {{(const uint8_t *)"c.dll", 5}, {(const uint8_t *)"", 0}, 0},
};

static postern_status build(postern_buf *out) {
    postern_buf cab;
    postern_buf_init(&cab, 1 << 20);
    postern_status status = make_cabinet(files, sizeof files / sizeof *files, &cab, NULL);
    const make_resource resources[] = {{"CABINET", postern_buf_slice(&cab)}, {"RUNPROGRAM", POSTERN_S("q837009.inf\0")}};
    if (!status) status = make_program(resources, 2, out, NULL);
    postern_buf_free(&cab);
    return status;
}

static void a_package_is_read(void **state) {
    (void)state;
    postern_buf exe;
    postern_package *package;
    postern_error error;
    postern_buf_init(&exe, 1 << 20);
    assert_int_equal(build(&exe), POSTERN_OK);
    if (postern_package_open(postern_buf_slice(&exe), &package, &error)) fail_msg("%s", error.text);
    const postern_package_info *info = postern_package_info_of(package);
    assert_int_equal(info->kind, POSTERN_PACKAGE_IEXPRESS);
    assert_int_equal(info->family, POSTERN_FAMILY_B);
    assert_true(postern_slice_eq(info->id, POSTERN_S("KB837009")));
    assert_int_equal(info->file_count, 4);
    assert_int_equal(info->files[1].time, 1000000000);
    assert_int_equal(info->copy_count, 3);
    assert_true(postern_slice_eq(info->copies[0].folder, POSTERN_S("%ProgramFiles%\\Outlook Express")) &&
                info->copies[0].only_if_present);
    assert_true(postern_slice_eq(info->copies[2].folder, POSTERN_S("%SystemDir%")) && !info->copies[2].only_if_present);
    assert_int_equal(info->reg_count, 5);
    assert_true(info->regs[0].removes && postern_slice_eq(info->regs[0].name, POSTERN_S("Old")));
    assert_true(info->regs[1].type == POSTERN_REG_DWORD && postern_slice_eq(info->regs[1].raw, POSTERN_S("\7\0\0\0")));
    assert_true(info->regs[2].type == POSTERN_REG_BINARY && postern_slice_eq(info->regs[2].raw, POSTERN_S("\1\2\xFF")));
    assert_true(info->regs[3].type == POSTERN_REG_MULTI_SZ && info->regs[3].text_count == 2);
    assert_true(postern_slice_eq(info->regs[4].texts[0], POSTERN_S("Title of Q837009")));
    assert_int_equal(info->need_count, 1);
    assert_true(info->needs[0].sp_last == 1 && info->needs[0].has_ie && info->needs[0].ie_first.part[3] == 1106);
    postern_package_close(package);
    postern_buf_free(&exe);
}

static void t3_what_would_run_is_only_listed(void **state) {
    (void)state;
    postern_buf exe;
    postern_package *package;
    postern_buf_init(&exe, 1 << 20);
    assert_int_equal(build(&exe), POSTERN_OK);
    assert_int_equal(postern_package_open(postern_buf_slice(&exe), &package, NULL), POSTERN_OK);
    const postern_package_info *info = postern_package_info_of(package);
    assert_int_equal(info->command_count, 2);
    assert_true(postern_slice_eq(info->commands[0].text, POSTERN_S("q837009.inf")));
    assert_true(postern_slice_eq(info->commands[1].text, POSTERN_S("regsvr32 /s a.dll")));
    postern_package_close(package);
    postern_buf_free(&exe);
}

static postern_status life(void *user) {
    postern_package *package = NULL;
    const postern_buf *exe = user;
    postern_status status = postern_package_open(postern_buf_slice(exe), &package, NULL);
    postern_package_close(package);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    postern_buf exe;
    postern_buf_init(&exe, 1 << 20);
    assert_int_equal(build(&exe), POSTERN_OK);
    test_oom_each(life, &exe);
    postern_buf_free(&exe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_package_is_read),
        cmocka_unit_test(t3_what_would_run_is_only_listed),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
