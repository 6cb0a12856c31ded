/* Unit tests of base64: decoding, copying, encoding, and the kernels against each other. */
#include "codec/test_codec.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct row {
    postern_slice in, out;
    size_t junk, padding; /* notes */
} row;

static const row rows[] = {
    {POSTERN_S(""), POSTERN_S(""), 0, 0},
    {POSTERN_S("SGVsbG8="), POSTERN_S("Hello"), 0, 0},
    {POSTERN_S("SGVsbG8hIQ=="), POSTERN_S("Hello!!"), 0, 0},
    {POSTERN_S("SGVs\r\nbG8=\r\n"), POSTERN_S("Hello"), 0, 0},
    {POSTERN_S("S\nG\tV s\rb\fG8 ="), POSTERN_S("Hello"), 0, 0},
    {POSTERN_S("SGVsbG8"), POSTERN_S("Hello"), 0, 1},      /* padding missing */
    {POSTERN_S("SGVsbG8hIQ"), POSTERN_S("Hello!!"), 0, 1}, /* both missing */
    {POSTERN_S("SGVsbG8hIQ="), POSTERN_S("Hello!!"), 0, 1},
    {POSTERN_S("SGVsbG8==="), POSTERN_S("Hello"), 0, 1},   /* too much */
    {POSTERN_S("SGVs="), POSTERN_S("Hel"), 0, 1},          /* where none belongs */
    {POSTERN_S("SGVsb"), POSTERN_S("Hel"), 0, 1},          /* one character left over */
    {POSTERN_S("SGVsb=bG8="), POSTERN_S("Hello"), 0, 2},   /* the same before a sign, and data behind it */
    {POSTERN_S("===="), POSTERN_S(""), 0, 1},
    {POSTERN_S("SGk=SGk="), POSTERN_S("HiHi"), 0, 1}, /* segments stuck together */
    {POSTERN_S("SA==SA==\r\nSGVs"), POSTERN_S("HHHel"), 0, 2},
    {POSTERN_S("SGk=\r\n=\r\n"), POSTERN_S("Hi"), 0, 1},
    {POSTERN_S("SGVs\r\n--"), POSTERN_S("Hel"), 1, 0}, /* a glued delimiter's dashes */
    {POSTERN_S("!SG$$Vs- -bG8=*"), POSTERN_S("Hello"), 4, 0}, /* four runs; a blank does not part one */
    {POSTERN_S("SG_-Vs"), POSTERN_S("Hel"), 1, 0},         /* the URL-safe letters are junk in mail */
    {POSTERN_S("\xFF\xFESGVs\x80\0\x7F"), POSTERN_S("Hel"), 2, 0},
    {POSTERN_S("SR=="), POSTERN_S("I"), 0, 0},             /* bits left over are nobody's business */
};

static postern_slice ended_at_page(const uint8_t *bytes, size_t len, uint8_t **ret_block) {
    *ret_block = malloc(len ? len : 1); /* exactly as long: the sanitizer sees a step beyond it */
    assert_non_null(*ret_block);
    if (len) memcpy(*ret_block, bytes, len);
    return postern_slice_of(*ret_block, len);
}

static void decode_and_copy_agree(const base64_kernels *k, postern_slice in, postern_buf *decoded) {
    postern_buf copied, encoded;
    noted by_decode, by_copy;
    postern_notes decode_notes = noted_sink(&by_decode), copy_notes = noted_sink(&by_copy);
    codec_defects d = {.notes = &decode_notes}, c = {.notes = &copy_notes};
    postern_buf_init(&copied, 1 << 24);
    postern_buf_init(&encoded, 1 << 24);
    postern_buf_clear(decoded);
    postern_sink decode_sink = postern_buf_sink(decoded), copy_sink = postern_buf_sink(&copied);
    postern_sink encode_sink = postern_buf_sink(&encoded);
    assert_int_equal(base64_decode_with(k, in, &decode_sink, &d), POSTERN_OK);
    assert_int_equal(base64_copy_with(k, in, &copy_sink, &c), POSTERN_OK);
    assert_int_equal(postern_base64_encode(postern_buf_slice(decoded), 0, &encode_sink), POSTERN_OK);
    assert_same_slice(postern_buf_slice(&copied), postern_buf_slice(&encoded));
    assert_memory_equal(&by_decode, &by_copy, sizeof by_copy);
    assert_true(decoded->len <= postern_decoded_max(POSTERN_ENCODING_BASE64, in.len));
    postern_buf_free(&copied);
    postern_buf_free(&encoded);
}

static void rows_decode_on_each_processor(void **state) {
    (void)state;
    const base64_kernels *all[8];
    size_t count = base64_usable(all, 8);
    assert_true(count >= 1 && all[count - 1] == &base64_scalar);
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            noted n;
            postern_notes notes = noted_sink(&n);
            codec_defects d = {.notes = &notes};
            postern_sink sink = postern_buf_sink(&out);
            postern_buf_clear(&out);
            assert_int_equal(base64_decode_with(all[k], rows[i].in, &sink, &d), POSTERN_OK);
            assert_same_slice(postern_buf_slice(&out), rows[i].out);
            if (n.count[POSTERN_NOTE_BASE64_JUNK] != rows[i].junk || n.count[POSTERN_NOTE_BASE64_PADDING] != rows[i].padding)
                fail_msg("row %zu: %zu junk, %zu padding", i, n.count[POSTERN_NOTE_BASE64_JUNK],
                         n.count[POSTERN_NOTE_BASE64_PADDING]);
            decode_and_copy_agree(all[k], rows[i].in, &out);
        }
    }
    postern_buf_free(&out);
}

/* Random text of the kind that mail brings: lines, then defects thrown into some. */
static size_t make_dirty(uint64_t *seed, uint8_t *out, size_t room) {
    static const uint8_t junk[] = "=\r\n \t-_!\0\x80\xFF=";
    size_t len = random_next(seed) % room, line = 1 + random_next(seed) % 100, column = 0;
    unsigned dirt = random_next(seed) % 3;
    for (size_t i = 0; i < len; i++) {
        bool defect = dirt && random_next(seed) % (dirt == 1 ? 500 : 7) == 0;
        out[i] = defect ? junk[random_next(seed) % (sizeof junk - 1)] : base64_alphabet[random_next(seed) & 63];
        if (++column < line || i + 2 >= len) continue;
        if (line % 3) out[++i] = '\r';
        out[++i] = '\n';
        column = 0;
    }
    return len;
}

static void kernels_agree_on_dirty_input(void **state) {
    (void)state;
    const base64_kernels *all[8];
    size_t count = base64_usable(all, 8);
    enum { ROOM = 60000 };
    uint8_t *bytes = malloc(ROOM), *block;
    postern_buf out, plain;
    uint64_t seed = 1;
    assert_non_null(bytes);
    postern_buf_init(&out, 1 << 24);
    postern_buf_init(&plain, 1 << 24);
    for (int round = 0; round < 600; round++) {
        size_t len = make_dirty(&seed, bytes, round % 10 ? 300 : ROOM);
        postern_slice in = ended_at_page(bytes, len, &block);
        decode_and_copy_agree(&base64_scalar, in, &plain);
        for (size_t k = 0; k + 1 < count; k++) {
            decode_and_copy_agree(all[k], in, &out);
            assert_same_slice(postern_buf_slice(&out), postern_buf_slice(&plain));
        }
        free(block);
    }
    free(bytes);
    postern_buf_free(&out);
    postern_buf_free(&plain);
}

static void each_byte_is_judged_alike(void **state) {
    (void)state;
    const base64_kernels *all[8];
    size_t count = base64_usable(all, 8);
    for (unsigned c = 0; c < 256; c++) {
        for (size_t place = 0; place < 40; place++) {
            uint8_t in[64], fast[64], plain[64];
            size_t fast_used, plain_used;
            memset(in, 'A', sizeof in);
            in[place] = (uint8_t)c;
            size_t plain_len = base64_scalar.gather(in, sizeof in, plain, sizeof plain, &plain_used);
            for (size_t k = 0; k + 1 < count; k++) {
                size_t len = all[k]->gather(in, sizeof in, fast, sizeof fast, &fast_used);
                assert_int_equal(len, plain_len);
                assert_int_equal(fast_used, plain_used);
                assert_memory_equal(fast, plain, len);
            }
        }
    }
}

static void encoding_has_lines(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
        size_t line;
    } lines[] = {
        {"", "", 0},           {"", "", 4},
        {"f", "Zg==", 0},      {"fo", "Zm8=", 0},
        {"foo", "Zm9v", 0},    {"foob", "Zm9vYg==", 0},
        {"foo", "Zm9v\r\n", 4}, {"foob", "Zm9v\r\nYg==\r\n", 4},
        {"foobar", "Zm9vYmFy\r\n", 76},
    };
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    postern_sink sink = postern_buf_sink(&out);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        postern_buf_clear(&out);
        assert_int_equal(postern_base64_encode(postern_slice_cstr(lines[i].in), lines[i].line, &sink), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&out), postern_slice_cstr(lines[i].out));
    }
    assert_int_equal(postern_base64_encode(POSTERN_S("x"), 75, &sink), POSTERN_USAGE);
    postern_buf_free(&out);
}

static void lines_of_any_length_come_back(void **state) {
    (void)state;
    enum { LEN = 50000 };
    uint8_t *bytes = malloc(LEN);
    uint64_t seed = 7;
    assert_non_null(bytes);
    for (size_t i = 0; i < LEN; i++) bytes[i] = (uint8_t)random_next(&seed);
    postern_buf text, back;
    postern_buf_init(&text, 1 << 20);
    postern_buf_init(&back, 1 << 20);
    static const size_t widths[] = {0, 4, 64, 76, 16380, 16384, 20000, 1 << 20};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        for (size_t len = LEN - 4; len <= LEN; len++) {
            noted n;
            postern_notes notes = noted_sink(&n);
            postern_buf_clear(&text);
            postern_buf_clear(&back);
            postern_sink text_sink = postern_buf_sink(&text), back_sink = postern_buf_sink(&back);
            assert_int_equal(postern_base64_encode(postern_slice_of(bytes, len), widths[i], &text_sink), POSTERN_OK);
            if (widths[i]) { /* each line but the last is full */
                size_t first = postern_slice_find(postern_buf_slice(&text), 0, POSTERN_S("\r\n"));
                size_t chars = (len + 2) / 3 * 4;
                assert_int_equal(first, chars < widths[i] ? chars : widths[i]);
                assert_int_equal(text.len, chars + 2 * ((chars + widths[i] - 1) / widths[i]));
            }
            assert_int_equal(
                postern_decode(POSTERN_ENCODING_BASE64, postern_buf_slice(&text), &back_sink, &notes, 0, 0), POSTERN_OK);
            assert_same_slice(postern_buf_slice(&back), postern_slice_of(bytes, len));
            assert_int_equal(n.all, 0);
        }
    }
    free(bytes);
    postern_buf_free(&text);
    postern_buf_free(&back);
}

static void encoder_takes_crumbs(void **state) {
    (void)state;
    postern_buf out, whole;
    postern_buf_init(&out, 1 << 20);
    postern_buf_init(&whole, 1 << 20);
    postern_sink out_sink = postern_buf_sink(&out), whole_sink = postern_buf_sink(&whole);
    uint8_t bytes[400];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(i * 7);
    for (size_t crumb = 1; crumb < 40; crumb++) {
        postern_base64_encoder encoder;
        postern_buf_clear(&out);
        postern_buf_clear(&whole);
        postern_base64_encoder_init(&encoder, &out_sink);
        postern_sink sink = postern_base64_encoder_sink(&encoder);
        for (size_t i = 0; i < sizeof bytes; i += crumb)
            assert_int_equal(
                postern_sink_write(&sink, postern_slice_sub(postern_slice_of(bytes, sizeof bytes), i, crumb)), POSTERN_OK);
        assert_int_equal(postern_base64_encoder_finish(&encoder), POSTERN_OK);
        assert_int_equal(postern_base64_encode(postern_slice_of(bytes, sizeof bytes), 0, &whole_sink), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&out), postern_buf_slice(&whole));
    }
    postern_buf_free(&out);
    postern_buf_free(&whole);
}

static void notes_are_bounded_and_placed(void **state) {
    (void)state;
    postern_buf in, out;
    postern_buf_init(&in, 1 << 20);
    postern_buf_init(&out, 1 << 20);
    for (int i = 0; i < 1000; i++) assert_int_equal(postern_buf_add(&in, "A!=", 3), POSTERN_OK);
    noted n;
    postern_notes notes = noted_sink(&n);
    postern_sink sink = postern_buf_sink(&out);
    assert_int_equal(postern_decode(POSTERN_ENCODING_BASE64, postern_buf_slice(&in), &sink, &notes, 3, 5000), POSTERN_OK);
    assert_int_equal(n.count[POSTERN_NOTE_BASE64_JUNK], POSTERN_LIMIT_CODEC_NOTES);
    assert_int_equal(n.count[POSTERN_NOTE_BASE64_PADDING], POSTERN_LIMIT_CODEC_NOTES);
    assert_int_equal(n.first[POSTERN_NOTE_BASE64_JUNK], 5001);
    assert_int_equal(n.first[POSTERN_NOTE_BASE64_PADDING], 5002);
    postern_buf_free(&in);
    postern_buf_free(&out);
}

static void failing_sinks_stop_the_work(void **state) {
    (void)state;
    enum { LEN = 100000 };
    uint8_t *bytes = malloc(LEN);
    assert_non_null(bytes);
    memset(bytes, 'A', LEN);
    bytes[LEN / 2 + 1] = '='; /* the copier recodes from here on */
    for (size_t at = 0; at < 6; at++) {
        failing_sink f = {.at = at};
        postern_sink sink = {failing_write, &f};
        assert_int_equal(postern_base64_copy(postern_slice_of(bytes, LEN), &sink, NULL, 0, 0), POSTERN_IO);
        assert_int_equal(f.calls, at + 1);
        f = (failing_sink){.at = at};
        assert_int_equal(postern_decode(POSTERN_ENCODING_BASE64, postern_slice_of(bytes, LEN), &sink, NULL, 0, 0), POSTERN_IO);
        assert_int_equal(f.calls, at + 1);
    }
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_decode_on_each_processor),
        cmocka_unit_test(kernels_agree_on_dirty_input),
        cmocka_unit_test(each_byte_is_judged_alike),
        cmocka_unit_test(encoding_has_lines),
        cmocka_unit_test(lines_of_any_length_come_back),
        cmocka_unit_test(encoder_takes_crumbs),
        cmocka_unit_test(notes_are_bounded_and_placed),
        cmocka_unit_test(failing_sinks_stop_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
