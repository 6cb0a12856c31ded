/* tests/data/scan/neighbours.txt: several hundred small files, each with what must be found in it and what must not. */
#include "base/test_base.h"

#include "postern/scan.h"

#include <fcntl.h>
#include <stdio.h>

typedef struct told {
    int worst[POSTERN_FINDING_COUNT + 1]; /* severity + 1; 0: not told */
    char text[2048];
} told;

static postern_status see(void *user, const postern_finding *f) {
    told *t = user;
    if ((int)f->severity + 1 > t->worst[f->number]) t->worst[f->number] = (int)f->severity + 1;
    size_t len = strlen(t->text);
    snprintf(t->text + len, sizeof t->text - len, "    MH%03u %s: %s: %.*s\n", f->number, postern_severity_name(f->severity),
             f->reason, POSTERN_ARG(f->excerpt));
    return POSTERN_OK;
}

/* "\MANY{120}{text}": the text so often. Returns how much of `rest` that was; 0: it is something else. */
static size_t expand_many(postern_slice rest, postern_buf *out) {
    uint64_t times;
    if (!postern_slice_starts(rest, POSTERN_S("\\MANY{"))) return 0;
    postern_cut count = postern_slice_cut(postern_slice_from(rest, 6), '}');
    postern_cut text = postern_slice_cut(postern_slice_from(count.tail, 1), '}');
    assert_true(count.ok && text.ok && postern_slice_uint(count.head, 200000, &times));
    while (times--) postern_buf_add_slice(out, text.head);
    return (size_t)(text.tail.ptr - rest.ptr);
}

/* \xAB is a byte, \LONG stands for base64 that is long. */
static void expand(postern_slice in, postern_buf *out) {
    for (size_t i = 0, many; i < in.len; i++) {
        postern_slice rest = postern_slice_from(in, i);
        bool byte = rest.len > 3 && rest.ptr[0] == '\\' && rest.ptr[1] == 'x' && rest.ptr[2] < 'a' && rest.ptr[3] < 'a' &&
                    postern_hex_value(rest.ptr[2]) >= 0 && postern_hex_value(rest.ptr[3]) >= 0;
        if (byte) {
            postern_buf_add_byte(out, (uint8_t)(postern_hex_value(rest.ptr[2]) * 16 + postern_hex_value(rest.ptr[3])));
            i += 3;
        } else if (postern_slice_starts(rest, POSTERN_S("\\LONG"))) {
            for (unsigned k = 0; k < 3000; k++) postern_buf_add_slice(out, POSTERN_S("QUJD"));
            i += 4;
        } else if ((many = expand_many(rest, out))) {
            i += many - 1;
        } else {
            postern_buf_add_byte(out, in.ptr[i]);
        }
    }
}

/* "+MH001", "+MH001=high", "-MH001", "-MH001<low" */
static bool holds(postern_slice claim, const told *t) {
    uint64_t number = 0;
    postern_severity severity = POSTERN_SEVERITY_INFO;
    postern_slice digits = postern_slice_sub(claim, 3, 3), behind = postern_slice_from(claim, 6);
    assert_true(postern_slice_uint(digits, POSTERN_FINDING_COUNT, &number) && number);
    if (behind.len) assert_true(postern_severity_parse(postern_slice_from(behind, 1), &severity));
    int worst = t->worst[number];
    if (claim.ptr[0] == '+') return worst && (!behind.len || worst == (int)severity + 1);
    return behind.len ? worst <= (int)severity : !worst;
}

static unsigned judge(postern_slice head, postern_slice content, unsigned index) {
    told t = {.text = ""};
    postern_finding_sink sink = {see, &t};
    postern_scan_report report;
    postern_buf bytes;
    postern_cut name = postern_slice_cut(head, ' ');
    unsigned wrong = 0;
    postern_buf_init(&bytes, 1 << 20);
    expand(content, &bytes);
    assert_int_equal(bytes.status, POSTERN_OK);
    assert_int_equal(postern_scan_bytes(postern_buf_slice(&bytes), name.head, NULL, &sink, &report), POSTERN_OK);
    for (postern_slice rest = name.tail; rest.len;) {
        postern_cut claim = postern_slice_cut(rest, ' ');
        rest = claim.tail;
        if (!claim.head.len || holds(claim.head, &t)) continue;
        print_error("record %u, %.*s: %.*s does not hold\n%.*s\n%s", index, POSTERN_ARG(name.head), POSTERN_ARG(claim.head),
                    (int)(content.len < 400 ? content.len : 400), (const char *)content.ptr, t.text);
        wrong++;
    }
    postern_buf_free(&bytes);
    return wrong;
}

static void neighbours_are_told_apart(void **state) {
    (void)state;
    postern_file *file;
    unsigned records = 0, wrong = 0;
    assert_int_equal(postern_file_open(AT_FDCWD, POSTERN_SOURCE_ROOT "/tests/data/scan/neighbours.txt", &file, NULL),
                     POSTERN_OK);
    postern_slice text = postern_file_bytes(file);
    size_t at = postern_slice_find(text, 0, POSTERN_S("\n%% "));
    while (at != SIZE_MAX) {
        size_t next = postern_slice_find(text, at + 1, POSTERN_S("\n%% "));
        postern_slice record = postern_slice_sub(text, at + 4, (next == SIZE_MAX ? text.len : next) - at - 4);
        postern_cut head = postern_slice_cut(record, '\n');
        wrong += judge(head.head, head.tail, ++records);
        at = next;
    }
    postern_file_close(file);
    assert_true(records >= 700);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(neighbours_are_told_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
