/* Unit tests of alternatives that are cut short: which form is shown. */
#include "base/test_oom.h"
#include "postern/mhtml.h"

#define ALT "MIME-Version: 1.0\nFrom: a@b\nTo: c@d\nContent-Type: multipart/alternative; boundary=b\n\n"
#define FORM(type) "--b\nContent-Type: text/" type "\n\n"

static const struct {
    const char *input;
    uint32_t root;
} rows[] = {
    {ALT FORM("plain") "hello world, all of it\n" FORM("html") "<html><p>hel", 1},
    {ALT FORM("plain") "hello world, all of it\n" FORM("html") "<p>hello world, all of it", 2},
    {ALT FORM("plain") "hello world, http://long.example/address\n" FORM("html") "<p>hello world,", 2},
    {ALT FORM("plain") "hello world\n" FORM("html") "<title>hello</title>see</html>\n", 2},
    {ALT FORM("plain") "hello world\n" FORM("html") "<style>hello world, hello world", 1},
    {ALT FORM("plain") "hello world\n" FORM("html") "\n--b--\n", 1},
    {ALT FORM("plain") "hello world\n--b\nContent-", 1},
    {ALT FORM("plain") "\n" FORM("html") "\n--b--\n", 2},
};

static void a_cut_form_hides_no_whole_one(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_archive *archive;
        const postern_archive_options options = {0};
        assert_int_equal(postern_archive_open(postern_slice_cstr(rows[i].input), &options, &archive, NULL), POSTERN_OK);
        if (postern_archive_root(archive) != rows[i].root) {
            print_error("row %zu: root %u\n%s\n", i, postern_archive_root(archive), rows[i].input);
            fail();
        }
        postern_archive_free(archive);
    }
}

static postern_status open_one(void *user) {
    postern_archive *archive;
    const postern_archive_options options = {0};
    postern_status status = postern_archive_open(postern_slice_cstr(user), &options, &archive, NULL);
    if (status == POSTERN_OK) postern_archive_free(archive);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    assert_true(test_oom_each(open_one, (void *)(uintptr_t)rows[0].input) > 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_form_hides_no_whole_one),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
