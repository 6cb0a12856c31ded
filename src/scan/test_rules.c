/* The caller's rules: compiled or refused with a line, run over each decoded part, told with name, part and offset. */
#include "base/test_base.h"
#include "base/test_oom.h"

#include "postern/scan.h"

#include <stdio.h>

typedef struct seen {
    unsigned count;
    char text[1024];
} seen;

static postern_status see(void *user, const postern_finding *f) {
    seen *s = user;
    if (f->number != POSTERN_FINDING_RULE) return POSTERN_OK;
    size_t len = strlen(s->text);
    s->count++;
    snprintf(s->text + len, sizeof s->text - len, "%.*s %s part %.*s at %u: %.*s\n", POSTERN_ARG(f->rule),
             postern_severity_name(f->severity), POSTERN_ARG(f->part), (unsigned)f->offset, POSTERN_ARG(f->excerpt));
    return POSTERN_OK;
}

#define RULES                                                                                                                  \
    "rule marker { meta: severity = \"high\" strings: $a = \"THE HIDDEN MARKER\" condition: $a }\n"                            \
    "rule named { meta: score = 30 condition: filename == \"a.eml\" and filesize < 20 }\n"                                     \
    "private rule quiet { condition: true }\n"

#define B64 "VEhFIEhJRERFTiBNQVJLRVI=" /* THE HIDDEN MARKER */
#define MAIL                                                                                                                   \
    "From: a@a.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nplain\r\n"        \
    "--bb\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" B64 "\r\n--bb--\r\n"

static void matches_are_findings(void **state) {
    (void)state;
    postern_rules *rules = NULL;
    postern_error error;
    postern_status status = postern_rules_compile(POSTERN_S(RULES), &rules, &error);
    if (!postern_rules_supported()) {
        assert_int_equal(status, POSTERN_UNSUPPORTED);
        assert_non_null(strstr(error.text, "libyara"));
        return;
    }
    assert_int_equal(status, POSTERN_OK);
    seen s = {.count = 0};
    postern_scan_options options = {.rules = rules};
    postern_finding_sink sink = {see, &s};
    postern_scan_report report;
    assert_int_equal(postern_scan_bytes(POSTERN_S(MAIL), POSTERN_S("x/a.eml"), &options, &sink, &report), POSTERN_OK);
    char wanted[256];
    unsigned plain = (unsigned)(strstr(MAIL, "plain") - MAIL), at = (unsigned)(strstr(MAIL, B64) - MAIL);
    snprintf(wanted, sizeof wanted,
             "named low part 1 at %u: plain\nmarker high part 2 at %u: THE HIDDEN MARKER\n"
             "named low part 2 at %u: THE HIDDEN MARKER\n",
             plain, at, at);
    assert_string_equal(s.text, wanted);
    s = (seen){.count = 0};
    assert_int_equal(postern_scan_bytes(POSTERN_S("text THE HIDDEN MARKER"), POSTERN_S("b.txt"), &options, &sink, &report),
                     POSTERN_OK);
    assert_string_equal(s.text, "marker high part  at 5: THE HIDDEN MARKER\n"); /* once, and where it stands */
    postern_rules_free(rules);
}

static void bad_rules_are_refused_with_their_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"rule a { condition: true }\nrule b { strings: $x = condition: true }\n", "line 2"},
        {"include \"other.yar\"\n", "line 1"},
        {"rule a { condition: no_such_name }", "no_such_name"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows && postern_rules_supported(); i++) {
        postern_rules *rules = NULL;
        postern_error error;
        assert_int_equal(postern_rules_compile(postern_slice_cstr(rows[i].text), &rules, &error), POSTERN_FORMAT);
        if (!strstr(error.text, rows[i].words)) print_error("row %zu: %s\n", i, error.text);
        assert_non_null(strstr(error.text, rows[i].words));
        assert_null(rules);
    }
    postern_rules_free(NULL);
}

static postern_status drop(void *user, const postern_finding *f) {
    (void)user;
    (void)f;
    return POSTERN_OK;
}

static postern_status compile_and_run(void *user) {
    postern_rules *rules;
    postern_finding_sink sink = {drop, NULL};
    postern_scan_report report;
    postern_status status = postern_rules_compile(postern_slice_cstr(user), &rules, NULL);
    if (status == POSTERN_UNSUPPORTED) return POSTERN_OK;
    if (status) return status;
    postern_scan_options options = {.rules = rules};
    status = postern_scan_bytes(POSTERN_S(MAIL), POSTERN_S("a.eml"), &options, &sink, &report);
    postern_rules_free(rules);
    return status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    static char text[] = RULES;
    test_oom_each(compile_and_run, text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_are_findings),
        cmocka_unit_test(bad_rules_are_refused_with_their_line),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
