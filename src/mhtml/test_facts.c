/* Facts for people: raw bytes in the fields of a message, in the set that its text tells, or that they tell themselves. */
#include "base/test_base.h"

#include "postern/mhtml.h"

static const struct {
    const char *type, *subject, *body, *expected;
} rows[] = {
    {"text/plain", "\xCF\xF0\xE8\xE2\xE5\xF2", "nothing but ASCII", "\u041f\u0440\u0438\u0432\u0435\u0442"},
    {"text/plain; charset=koi8-r", "\xF0\xD2\xC9\xD7\xC5\xD4", "x", "\u041f\u0440\u0438\u0432\u0435\u0442"},
    {"text/plain; charset=koi8-r", "\xD0\x9F\xD1\x80", "x", "\u041f\u0440"}, /* UTF-8 is UTF-8 */
    {"text/plain", "caf\xE9", "tr\xE8s bien", "caf\u00e9"},
    {"text/html", "=?utf-8?Q?=C3=A9?= \xC3\xA9", "<p>x", "\u00e9 \u00e9"},
};

static void raw_subjects(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf in;
        postern_archive *archive;
        postern_buf_init(&in, 1 << 16);
        postern_buf_printf(&in, "From: a@x\nTo: b@x\nSubject: %s\nMIME-Version: 1.0\nContent-Type: %s\n\n%s\n", rows[i].subject,
                           rows[i].type, rows[i].body);
        assert_int_equal(postern_archive_open(postern_buf_slice(&in), NULL, &archive, NULL), POSTERN_OK);
        assert_same_slice(postern_archive_facts_of(archive)->subject, postern_slice_cstr(rows[i].expected));
        postern_archive_free(archive);
        postern_buf_free(&in);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_subjects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
