/* winmail.dat: what it holds becomes parts; damage costs what is damaged; without memory. */
#include <stdio.h>
#include <stdlib.h>

#include "base/test_base.h"
#include "base/test_oom.h"
#include "view/tnef.h"

/* Written by hand after [MS-OXTNEF]: a Unicode text, a page, a named property, two attachments, the second by its short name.
 */
static const uint8_t whole[] = {
    0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00, 0x01, 0x06, 0x90, 0x08, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01,
    0x00, 0x01, 0x07, 0x90, 0x06, 0x00, 0x08, 0x00, 0x00, 0x00, 0xe4, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xe8, 0x00,
    0x01, 0x03, 0x90, 0x06, 0x00, 0x84, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x1f, 0x00, 0x00, 0x10, 0x01, 0x00, 0x00,
    0x00, 0x16, 0x00, 0x00, 0x00, 0x74, 0x00, 0x68, 0x00, 0x65, 0x00, 0x20, 0x00, 0x74, 0x00, 0x65, 0x00, 0x78, 0x00, 0x74,
    0x00, 0x20, 0x00, 0x77, 0x6d, 0x00, 0x00, 0x00, 0x00, 0x1e, 0x00, 0x01, 0x80, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47,
    0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x47, 0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x78, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x79, 0x00, 0x00, 0x00, 0x03, 0x00, 0xde, 0x3f, 0xe9, 0xfd, 0x00,
    0x00, 0x40, 0x00, 0x07, 0x30, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x01, 0x13, 0x10, 0x01, 0x00, 0x00,
    0x00, 0x0f, 0x00, 0x00, 0x00, 0x3c, 0x70, 0x3e, 0x74, 0x68, 0x65, 0x20, 0x70, 0x61, 0x67, 0x65, 0x20, 0xe6, 0xb5, 0xb7,
    0x00, 0x8b, 0x14, 0x02, 0x02, 0x90, 0x06, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x02, 0x10, 0x80, 0x01,
    0x00, 0x06, 0x00, 0x00, 0x00, 0x41, 0x2e, 0x50, 0x4e, 0x47, 0x00, 0x54, 0x01, 0x02, 0x0f, 0x80, 0x06, 0x00, 0x14, 0x00,
    0x00, 0x00, 0x62, 0x79, 0x74, 0x65, 0x73, 0x20, 0x6f, 0x66, 0x20, 0x74, 0x68, 0x65, 0x20, 0x70, 0x69, 0x63, 0x74, 0x75,
    0x72, 0x65, 0x99, 0x07, 0x02, 0x05, 0x90, 0x06, 0x00, 0x54, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x1f, 0x00, 0x07,
    0x37, 0x01, 0x00, 0x00, 0x00, 0x1a, 0x00, 0x00, 0x00, 0x2e, 0x00, 0x2e, 0x00, 0x2f, 0x00, 0x61, 0x00, 0x20, 0x00, 0x22,
    0x00, 0x62, 0x00, 0x22, 0x00, 0x2e, 0x00, 0x70, 0x00, 0x6e, 0x00, 0x67, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1e, 0x00, 0x0e,
    0x37, 0x01, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x00, 0x69, 0x6d, 0x61, 0x67, 0x65, 0x2f, 0x70, 0x6e, 0x67, 0x00, 0x00,
    0x00, 0x1e, 0x00, 0x12, 0x37, 0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x63, 0x40, 0x68, 0x00, 0xfc, 0x08, 0x02,
    0x02, 0x90, 0x06, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x02, 0x10, 0x80, 0x01, 0x00, 0x09, 0x00, 0x00,
    0x00, 0x63, 0x61, 0x66, 0xe9, 0x2e, 0x74, 0x78, 0x74, 0x00, 0xa1, 0x03, 0x02, 0x0f, 0x80, 0x06, 0x00, 0x04, 0x00, 0x00,
    0x00, 0x6d, 0x6f, 0x72, 0x65, 0xb3, 0x01,
};

static void bodies_and_attachments_are_found(void **state) {
    (void)state;
    static tnef t;
    postern_arena *arena = postern_arena_new(1 << 20);
    assert_int_equal(tnef_read(arena, postern_slice_of(whole, sizeof whole), &t), POSTERN_OK);
    assert_slice(t.text, "the text \xe6\xb5\xb7");
    assert_slice(t.html, "<p>the page \xe6\xb5\xb7");
    assert_int_equal(t.html_codepage, 65001);
    assert_int_equal(t.codepage, 1252);
    assert_int_equal(t.count, 2);
    assert_slice(t.attachments[0].name, "../a \"b\".png");
    assert_slice(t.attachments[0].type, "image/png");
    assert_slice(t.attachments[0].content_id, "c@h");
    assert_slice(t.attachments[0].bytes, "bytes of the picture");
    assert_slice(t.attachments[1].name, "caf\xe9.txt");
    assert_slice(t.attachments[1].bytes, "more");
    assert_false(t.cut);
    postern_arena_free(arena);
}

static void half_a_pair_takes_nothing_with_it(void **state) {
    (void)state;
    static tnef t;
    uint8_t copy[sizeof whole];
    postern_arena *arena = postern_arena_new(1 << 20);
    memcpy(copy, whole, sizeof whole);
    size_t blank = postern_slice_find(postern_slice_of(whole, sizeof whole), 0, POSTERN_S("\x20\0\x77\x6d"));
    memcpy(copy + blank, "\x3D\xD8", 2);
    assert_int_equal(tnef_read(arena, postern_slice_of(copy, sizeof copy), &t), POSTERN_OK);
    assert_slice(t.text, "the text\xef\xbf\xbd\xe6\xb5\xb7");
    postern_arena_free(arena);
}

static void every_cut_is_read_as_far_as_it_goes(void **state) {
    (void)state;
    static tnef t;
    for (size_t len = 0; len < sizeof whole; len++) {
        uint8_t *copy = malloc(len + 1); /* so that a sanitizer sees the end */
        assert_non_null(copy);
        memcpy(copy, whole, len);
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_status status = tnef_read(arena, postern_slice_of(copy, len), &t);
        assert_int_equal(status, len < 4 ? POSTERN_FORMAT : POSTERN_OK);
        assert_true(t.count <= 2);
        /* where an attribute ends by chance, nothing says that there was more */
        assert_true(status || t.cut || len == 6 || len == sizeof whole || whole[len] == 1 || whole[len] == 2);
        postern_arena_free(arena);
        free(copy);
    }
}

static void rtf_is_unpacked(void **state) {
    (void)state;
    /* the first example of [MS-OXRTFCP] 4.1 */
    static const uint8_t packed[] = {0x2d, 0,    0,    0,    0x2b, 0,    0,    0,    'L',  'Z',  'F', 'u', 0xf1,
                                     0xc5, 0xc7, 0xa7, 0x03, 0,    0x0a, 0,    'r',  'c',  'p',  'g', '1', '2',
                                     '5',  'B',  '2',  0x0a, 0xf3, ' ',  'h',  'e',  'l',  0x09, 0,   ' ', 'b',
                                     'w',  0x05, 0xb0, 'l',  'd',  '}',  0x0a, 0x80, 0x0f, 0xa0};
    static const uint8_t plain[] = {0x10, 0, 0, 0, 4, 0, 0, 0, 'M', 'E', 'L', 'A', 0, 0, 0, 0, '{', '\\', 'r', '}', 'x'};
    postern_slice rtf;
    postern_arena *arena = postern_arena_new(1 << 20);
    assert_int_equal(postern_rtf_unpack(arena, postern_slice_of(packed, sizeof packed), &rtf), POSTERN_OK);
    assert_slice(rtf, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    assert_int_equal(postern_rtf_unpack(arena, postern_slice_of(plain, sizeof plain), &rtf), POSTERN_OK);
    assert_slice(rtf, "{\\r}");
    for (size_t len = 0; len < sizeof packed; len++)
        assert_int_equal(postern_rtf_unpack(arena, postern_slice_of(packed, len), &rtf), POSTERN_OK);
    postern_arena_free(arena);
}

/* A message with `whole` in it, as the viewer opens it. */
static postern_slice opened_as(postern_arena *arena, postern_slice stream, const char *head, const char *tail, bool *any,
                               bool *cut) {
    static const char digits[] = "0123456789ABCDEF";
    static char text[1 << 16];
    postern_slice bytes = POSTERN_S("");
    size_t at = (size_t)snprintf(text, sizeof text, "%s", head);
    for (size_t i = 0; i < stream.len; i++) { /* quoted-printable, so that nobody has to trust a base64 of ours */
        text[at++] = '=';
        text[at++] = digits[stream.ptr[i] >> 4];
        text[at++] = digits[stream.ptr[i] & 15];
        if (i % 20 == 19) at += (size_t)snprintf(text + at, 4, "=\r\n");
    }
    at += (size_t)snprintf(text + at, 100, "%s", tail);
    postern_status status = tnef_open_message(arena, postern_slice_of(text, at), &bytes, any, cut);
    if (status) assert_int_equal(status, POSTERN_NOMEM);
    return bytes;
}

static postern_slice opened(postern_arena *arena, const char *head, const char *tail, bool *any) {
    bool cut;
    return opened_as(arena, postern_slice_of(whole, sizeof whole), head, tail, any, &cut);
}

#define TNEF "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"

static void a_winmail_dat_becomes_parts(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"From: a@h.test\r\n" TNEF, ""},
        {"From: a@h.test\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\ntext\r\n--B\r\n" TNEF, "\r\n--B--\r\n"},
    };
    for (size_t i = 0; i < 2; i++) {
        bool any = false;
        const postern_message *message;
        const postern_mime_options options = {.notes = NULL};
        postern_arena *arena = postern_arena_new(1 << 24);
        postern_slice bytes = opened(arena, rows[i][0], rows[i][1], &any), text;
        assert_true(any);
        assert_int_equal(postern_mime_open(arena, bytes, &options, &message, NULL), POSTERN_OK);
        uint32_t first = i == 0 ? 1 : 3;
        assert_int_equal(postern_mime_part_count(message), first + 3);
        assert_non_null(postern_part_header(postern_mime_part(message, 0), POSTERN_S("From")));
        assert_int_equal(postern_part_text(arena, postern_mime_part(message, first), NULL, &text, NULL), POSTERN_OK);
        assert_slice(text, "<p>the page \xe6\xb5\xb7");
        assert_slice(postern_mime_part(message, first + 1)->name, "../a \"b\".png");
        assert_slice(postern_mime_part(message, first + 1)->content_id, "c@h");
        assert_slice(postern_mime_part(message, first + 2)->name, "caf\xc3\xa9.txt");
        assert_int_equal(postern_part_decode_arena(arena, postern_mime_part(message, first + 1), NULL, &text), POSTERN_OK);
        assert_slice(text, "bytes of the picture");
        postern_arena_free(arena);
    }
}

static void what_is_no_winmail_dat_stays(void **state) {
    (void)state;
    static const char *const rows[] = {"Content-Type: application/ms-tnef\r\n\r\nnothing", "Content-Type: text/plain\r\n\r\nhi",
                                       "<p>", ""};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool any, cut;
        postern_slice bytes;
        postern_arena *arena = postern_arena_new(1 << 24);
        assert_int_equal(tnef_open_message(arena, postern_slice_cstr(rows[i]), &bytes, &any, &cut), POSTERN_OK);
        assert_false(any);
        assert_true(bytes.ptr == (const uint8_t *)rows[i]);
        postern_arena_free(arena);
    }
}

/* ---- messages as objects ---- */

static void put32(postern_buf *b, uint32_t v) {
    for (int i = 0; i < 4; i++) postern_buf_add_byte(b, (uint8_t)(v >> (8 * i)));
}

static void attribute(postern_buf *b, uint8_t level, uint32_t id, postern_slice data) {
    postern_buf_add_byte(b, level);
    put32(b, id);
    put32(b, (uint32_t)data.len);
    postern_buf_add_slice(b, data);
    postern_buf_add(b, "\0\0", 2);
}

static void property_of(postern_buf *b, uint32_t tag, postern_slice value) {
    put32(b, tag);
    if ((tag & 0xFFFF) != 0x40) put32(b, 1);
    if ((tag & 0xFFFF) != 0x40) put32(b, (uint32_t)value.len);
    postern_buf_add_slice(b, value);
    while (b->len % 4) postern_buf_add_byte(b, 0);
}

/* A stream with a subject, a sender, a date, and `inner` attached as a message; freed by the caller. */
static postern_buf around(postern_slice inner) {
    static const uint8_t iid[] = {7, 3, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
    postern_buf out, list, object;
    postern_buf_init(&out, 1 << 20);
    postern_buf_init(&list, 1 << 20);
    postern_buf_init(&object, 1 << 20);
    put32(&out, 0x223E9F78);
    postern_buf_add(&out, "\1\0", 2);
    put32(&list, 4);
    property_of(&list, 0x0037001E, POSTERN_S("inner\r\nX-Evil: 1"));
    property_of(&list, 0x0C1A001E,
                POSTERN_S("\xE6\xB5\xB7 \xE3\x81\xAE \xE5\xAE\xB6, a name that is longer than one encoded word"));
    property_of(&list, 0x0C1F001E, POSTERN_S("a@h.test"));
    property_of(&list, 0x00390040, POSTERN_S("\x00\x80\x3E\xD5\xDE\xB1\x9D\x01"));
    attribute(&out, 1, 0x00069003, postern_buf_slice(&list));
    if (inner.len) {
        postern_buf_add(&object, iid, sizeof iid);
        postern_buf_add_slice(&object, inner);
        attribute(&out, 2, 0x00069002, POSTERN_S("\1"));
        postern_buf_clear(&list);
        put32(&list, 1);
        property_of(&list, 0x3701000D, postern_buf_slice(&object));
        attribute(&out, 2, 0x00069005, postern_buf_slice(&list));
    }
    postern_buf_free(&list);
    postern_buf_free(&object);
    return out;
}

static void an_attached_message_is_opened(void **state) {
    (void)state;
    bool any, cut;
    const postern_message *message;
    const postern_mime_options options = {.notes = NULL};
    postern_arena *arena = postern_arena_new(1 << 24);
    postern_slice text;
    postern_buf inner = around(postern_slice_of(whole, sizeof whole)), outer = around(postern_buf_slice(&inner));
    postern_slice bytes = opened_as(arena, postern_buf_slice(&outer), "From: o@h.test\r\n" TNEF, "", &any, &cut);
    assert_true(any);
    assert_false(cut);
    assert_int_equal(postern_mime_open(arena, bytes, &options, &message, NULL), POSTERN_OK);
    /* mixed, message, mixed, message, mixed, its text and two files */
    assert_int_equal(postern_mime_part_count(message), 8);
    const postern_part *first = postern_mime_part(message, 1), *head = postern_mime_part(message, 2);
    assert_slice(first->type, "message/rfc822");
    assert_int_equal(postern_part_header_text(arena, head, POSTERN_S("Subject"), &text), POSTERN_OK);
    assert_true(postern_slice_starts(text, POSTERN_S("inner")));
    assert_null(postern_part_header(head, POSTERN_S("X-Evil")));
    assert_int_equal(postern_part_header_text(arena, head, POSTERN_S("From"), &text), POSTERN_OK);
    assert_slice(text, "\xE6\xB5\xB7 \xE3\x81\xAE \xE5\xAE\xB6, a name that is longer than one encoded word <a@h.test>");
    assert_int_equal(postern_part_header_text(arena, head, POSTERN_S("Date"), &text), POSTERN_OK);
    assert_slice(text, "1 Jan 1970 00:00:00 +0000");
    assert_slice(postern_mime_part(message, 6)->name, "../a \"b\".png");
    /* cut inside the inner one */
    uint8_t *last = outer.ptr + outer.len - 40;
    memset(last, 0xFF, 20);
    opened_as(arena, postern_buf_slice(&outer), "From: o@h.test\r\n" TNEF, "", &any, &cut);
    assert_true(any && cut);
    postern_buf_free(&inner);
    postern_buf_free(&outer);
    postern_arena_free(arena);
}

static void messages_in_messages_are_bounded(void **state) {
    (void)state;
    bool any, cut;
    const postern_message *message;
    const postern_mime_options options = {.notes = NULL};
    postern_arena *arena = postern_arena_new(1 << 26);
    postern_buf all = around(POSTERN_S(""));
    for (unsigned depth = 0; depth < 2 * POSTERN_LIMIT_VIEWER_TNEF_DEPTH; depth++) {
        postern_buf more = around(postern_buf_slice(&all));
        postern_buf_free(&all);
        all = more;
    }
    postern_slice bytes = opened_as(arena, postern_buf_slice(&all), "From: o@h.test\r\n" TNEF, "", &any, &cut);
    assert_true(any && cut);
    assert_int_equal(postern_mime_open(arena, bytes, &options, &message, NULL), POSTERN_OK);
    assert_in_range(postern_mime_part_count(message), POSTERN_LIMIT_VIEWER_TNEF_DEPTH, 3 * POSTERN_LIMIT_VIEWER_TNEF_DEPTH);
    postern_buf_free(&all);
    postern_arena_free(arena);
}

static void tnef_without_memory(void **state) {
    (void)state;
    for (size_t at = 0;; at++) {
        bool any;
        test_oom_arm(at, false);
        postern_arena *arena = postern_arena_new(1 << 24);
        if (arena) opened(arena, "From: a@h.test\r\n" TNEF, "", &any);
        postern_arena_free(arena);
        if (!test_oom_disarm()) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_and_attachments_are_found),
        cmocka_unit_test(half_a_pair_takes_nothing_with_it),
        cmocka_unit_test(every_cut_is_read_as_far_as_it_goes),
        cmocka_unit_test(a_winmail_dat_becomes_parts),
        cmocka_unit_test(what_is_no_winmail_dat_stays),
        cmocka_unit_test(rtf_is_unpacked),
        cmocka_unit_test(an_attached_message_is_opened),
        cmocka_unit_test(messages_in_messages_are_bounded),
        cmocka_unit_test(tnef_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
