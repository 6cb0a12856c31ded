/* CSAF: hostile JSON is refused with a place, checks find what they should, showing escapes, every allocation may fail. */
#include "base/test_oom.h"

#include "postern/advisory.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- reading ---- */

static void hostile_json_is_refused_with_its_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        postern_status status;
        uint64_t offset; /* POSTERN_NO_OFFSET: any */
    } rows[] = {
        {"", POSTERN_FORMAT, POSTERN_NO_OFFSET},
        {"[]", POSTERN_FORMAT, 0},
        {"{}", POSTERN_FORMAT, 0},
        {"{\"document\":1}", POSTERN_FORMAT, 0},
        {"{\"document\":{}", POSTERN_FORMAT, POSTERN_NO_OFFSET},
        {"{\"document\":{},\"document\":{}}", POSTERN_FORMAT, POSTERN_NO_OFFSET},
        {"{\"document\":{\"a\":1,\"a\":2}}", POSTERN_FORMAT, POSTERN_NO_OFFSET},
        {"{\"document\":{\"a\":\"\xff\"}}", POSTERN_FORMAT, 18},
        {"{\"document\":{\"a\":\"\xed\xa0\x80\"}}", POSTERN_FORMAT, 18},
        {"{\"document\":{\"a\":\"\\u0000\"}}", POSTERN_FORMAT, POSTERN_NO_OFFSET},
        {"{\"document\":{\"a\":1e99999}}", POSTERN_FORMAT, POSTERN_NO_OFFSET},
        {"{\"document\":{}} x", POSTERN_FORMAT, POSTERN_NO_OFFSET},
        {"{\"document\":{}}", POSTERN_OK, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_csaf *csaf = NULL;
        postern_error error = {.status = POSTERN_OK};
        postern_status status = postern_csaf_open(postern_slice_cstr(rows[i].text), &csaf, &error);
        if (status != rows[i].status) print_error("row %zu: %s\n", i, rows[i].text);
        assert_int_equal(status, rows[i].status);
        if (status && rows[i].offset != POSTERN_NO_OFFSET) assert_int_equal(error.offset, rows[i].offset);
        if (status) assert_true(error.text[0]);
        postern_csaf_free(csaf);
    }
}

static void depth_and_size_have_limits(void **state) {
    (void)state;
    postern_buf text;
    postern_buf_init(&text, 1 << 20);
    for (size_t depth = POSTERN_LIMIT_ADVISORY_DEPTH - 1; depth <= POSTERN_LIMIT_ADVISORY_DEPTH; depth++) {
        postern_buf_clear(&text);
        postern_buf_printf(&text, "{\"document\":{},\"x\":\"[[[[\",\"a\":");
        for (size_t i = 0; i < depth; i++) postern_buf_add_byte(&text, '[');
        for (size_t i = 0; i < depth; i++) postern_buf_add_byte(&text, ']');
        postern_buf_add_byte(&text, '}');
        postern_csaf *csaf = NULL;
        postern_error error;
        postern_status status = postern_csaf_open(postern_buf_slice(&text), &csaf, &error);
        assert_int_equal(status, depth < POSTERN_LIMIT_ADVISORY_DEPTH ? POSTERN_OK : POSTERN_LIMIT);
        if (status) assert_int_equal(error.offset, 30 + depth - 1); /* the bracket that is too much */
        postern_csaf_free(csaf);
    }
    postern_buf_free(&text);
    postern_csaf *csaf = NULL;
    uint8_t *big = calloc(1, POSTERN_LIMIT_ADVISORY + 1u);
    assert_non_null(big);
    assert_int_equal(postern_csaf_open(postern_slice_of(big, POSTERN_LIMIT_ADVISORY + 1u), &csaf, NULL), POSTERN_LIMIT);
    free(big);
}

/* ---- checks ---- */

#define HEAD                                                                                                                   \
    "\"document\":{\"category\":\"csaf_base\",\"csaf_version\":\"2.0\",\"title\":\"t\",\"publisher\":{\"category\":\"other\"," \
    "\"name\":\"n\",\"namespace\":\"urn:x\"},\"tracking\":{\"id\":\"a\",\"status\":\"final\",\"version\":\"1\","               \
    "\"current_release_date\":\"2024-01-01T00:00:00Z\",\"initial_release_date\":\"2024-01-01T00:00:00Z\","                     \
    "\"revision_history\":[{\"date\":\"2024-01-01T00:00:00Z\",\"number\":\"1\",\"summary\":\"s\"}]}}"

static postern_status collect(void *user, const postern_csaf_problem *problem) {
    postern_buf *out = user;
    postern_buf_printf(out, "%s %.*s\n", problem->test, POSTERN_ARG(problem->path));
    return out->status;
}

static void check_text(const char *document, postern_buf *ret) {
    postern_csaf *csaf = NULL;
    const postern_csaf_sink sink = {collect, ret};
    uint64_t problems;
    assert_int_equal(postern_csaf_open(postern_slice_cstr(document), &csaf, NULL), POSTERN_OK);
    assert_int_equal(postern_csaf_check(csaf, &sink, &problems), POSTERN_OK);
    postern_csaf_free(csaf);
}

static void problems_name_test_and_path(void **state) {
    (void)state;
    static const struct {
        const char *document, *found;
    } rows[] = {
        {"{" HEAD "}", ""},
        {"{" HEAD ",\"product_tree\":{\"full_product_names\":[{\"name\":\"a\",\"product_id\":\"P\"},{\"name\":\"a\","
         "\"product_id\":\"P\"}]}}",
         "6.1.2 /product_tree/full_product_names/1/product_id\n"},
        {"{" HEAD ",\"vulnerabilities\":[{\"product_status\":{\"fixed\":[\"Q\"]}}]}",
         "6.1.1 /vulnerabilities/0/product_status/fixed/0\n"},
        {"{" HEAD ",\"vulnerabilities\":[{\"scores\":[{\"products\":[],\"cvss_v3\":7}]}]}",
         "6.1.8 /vulnerabilities/0/scores/0/cvss_v3\nschema /vulnerabilities/0/scores/0/products\n"},
        {"{" HEAD ",\"vulnerabilities\":{\"a\":[1]},\"product_tree\":[[[]]]}",
         "schema /product_tree\nschema /vulnerabilities\n"},
        {"{\"document\":{\"tracking\":{\"revision_history\":[1,{\"number\":\"x\"}]}}}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf out;
        postern_buf_init(&out, 1 << 16);
        check_text(rows[i].document, &out);
        if (rows[i].found) assert_slice_at(postern_buf_slice(&out), rows[i].found, strlen(rows[i].found), __FILE__, __LINE__);
        postern_buf_free(&out);
    }
}

/* A long chain of relationships and a wide one cost what their size costs; a circle at the end is found. */
static void relations_without_end_are_found(void **state) {
    (void)state;
    postern_buf text, out;
    postern_buf_init(&text, 16 << 20);
    postern_buf_init(&out, 1 << 20);
    postern_buf_printf(&text, "{" HEAD ",\"product_tree\":{\"relationships\":[");
    const unsigned count = 20000;
    for (unsigned i = 0; i < count; i++)
        postern_buf_printf(&text,
                           "%s{\"category\":\"installed_on\",\"product_reference\":\"P%u\",\"relates_to_product_reference\":"
                           "\"P%u\",\"full_product_name\":{\"name\":\"n\",\"product_id\":\"P%u\"}}",
                           i ? "," : "", (i + 1) % count, (i + 2) % count, i);
    postern_buf_printf(&text, "]}}");
    postern_buf_add_byte(&text, 0);
    check_text((const char *)text.ptr, &out);
    assert_true(postern_slice_starts(postern_buf_slice(&out), POSTERN_S("6.1.3 /product_tree/relationships/")));
    postern_buf_free(&text);
    postern_buf_free(&out);
}

/* ---- showing ---- */

static void showing_escapes(void **state) {
    (void)state;
    postern_csaf *csaf = NULL;
    const char *text =
        "{\"document\":{\"title\":\"a\\u001b[31m\\u202eb\\nc\",\"lang\":\"ja\",\"notes\":[{\"category\":\"summary\","
        "\"title\":\"\\u0007\",\"text\":\"one\\u009b\\ntwo\\tthree\"}]}}";
    postern_buf out;
    postern_buf_init(&out, 1 << 16);
    assert_int_equal(postern_csaf_open(postern_slice_cstr(text), &csaf, NULL), POSTERN_OK);
    assert_int_equal(postern_csaf_show(csaf, 40, &out), POSTERN_OK);
    postern_slice shown = postern_buf_slice(&out);
    for (size_t i = 0; i < shown.len; i++) assert_true(shown.ptr[i] >= 0x20 || shown.ptr[i] == '\n');
    assert_true(postern_slice_find(shown, 0, POSTERN_S("a\\x1b[31m\\u{202e}b\\x0ac")) != SIZE_MAX);
    assert_true(postern_slice_find(shown, 0, POSTERN_S("  two  three\n")) != SIZE_MAX);
    assert_true(postern_slice_find(shown, 0, POSTERN_S("題名")) != SIZE_MAX);
    postern_csaf_free(csaf);
    postern_buf_free(&out);
}

/* ---- memory ---- */

static const char oom_document[] =
    "{" HEAD ",\"product_tree\":{\"relationships\":[{\"category\":\"installed_on\",\"product_reference\":\"P\","
    "\"relates_to_product_reference\":\"P\",\"full_product_name\":{\"name\":\"n\",\"product_id\":\"R\"}}]},\"vulnerabilities\":"
    "[{"
    "\"involvements\":[{\"party\":\"vendor\",\"status\":\"open\",\"date\":\"2024-01-01T00:00:00Z\"}],\"scores\":[{\"products\":"
    "[\"P\"],"
    "\"cvss_v2\":{\"version\":\"2.0\",\"vectorString\":\"AV:N\",\"baseScore\":1}}]}]}";

static postern_status life(void *user) {
    (void)user;
    postern_csaf *csaf = NULL;
    uint64_t problems;
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    postern_status status = postern_csaf_open(postern_slice_of(oom_document, sizeof oom_document - 1), &csaf, NULL);
    if (!status) status = postern_csaf_check(csaf, NULL, &problems);
    if (!status) status = postern_csaf_show(csaf, 30, &out);
    postern_csaf_free(csaf);
    postern_buf_free(&out);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    assert_true(test_oom_each(life, NULL) > 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_json_is_refused_with_its_place),
        cmocka_unit_test(depth_and_size_have_limits),
        cmocka_unit_test(problems_name_test_and_path),
        cmocka_unit_test(relations_without_end_are_found),
        cmocka_unit_test(showing_escapes),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
