/* Unit tests of lines.c against the plain definition, at every alignment. */
#include "base/test_base.h"
#include "mime/mime_int.h"

#include <stdlib.h>

static const uint8_t *plain_dashes(const uint8_t *start, const uint8_t *p, const uint8_t *end, bool anywhere) {
    for (; end - p >= 2; p++)
        if (p[0] == '-' && p[1] == '-' && (anywhere || p == start || p[-1] == '\n' || p[-1] == '\r')) return p;
    return NULL;
}

static const uint8_t *plain_end(const uint8_t *p, const uint8_t *end) {
    while (p < end && *p != '\r' && *p != '\n') p++;
    return p;
}

static void vectors_agree_with_the_definition(void **state) {
    (void)state;
    static const char alphabet[] = "-\n\rxxxxxxxx-";
    uint32_t seed = 1;
    for (size_t len = 0; len < 200; len++)
        for (int round = 0; round < 40; round++) {
            uint8_t *bytes = malloc(len ? len : 1); /* exactly as long: the sanitizer sees a step beyond */
            for (size_t i = 0; i < len; i++) {
                seed = seed * 1664525u + 1013904223u;
                bytes[i] = round % 4 ? (uint8_t)alphabet[(seed >> 16) % (sizeof alphabet - 1)] : 'x';
            }
            if (round % 4 == 0 && len > 3) memcpy(bytes + (seed >> 8) % (len - 2), "\n--", 3);
            const uint8_t *end = bytes + len;
            for (size_t from = 0; from <= len; from += 1 + from / 3) {
                for (int anywhere = 0; anywhere < 2; anywhere++)
                    assert_ptr_equal(mime_find_dashes(bytes, bytes + from, end, anywhere),
                                     plain_dashes(bytes, bytes + from, end, anywhere));
                assert_ptr_equal(mime_line_end(bytes + from, end), plain_end(bytes + from, end));
            }
            free(bytes);
        }
}

static void line_ends(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t skipped;
    } rows[] = {{"", 0}, {"x", 0}, {"\n", 1}, {"\r\n", 2}, {"\r", 1}, {"\r\r\n", 3}, {"\r\r", 1}, {"\n\r", 1}, {"\r\rx", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint8_t *p = (const uint8_t *)rows[i].text, *end = p + strlen(rows[i].text);
        assert_int_equal(mime_line_skip(p, end) - p, rows[i].skipped);
        if (rows[i].skipped && mime_line_skip(p, end) == end) assert_ptr_equal(mime_line_unskip(end, p), p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_agree_with_the_definition),
        cmocka_unit_test(line_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
