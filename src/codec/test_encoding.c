/* Unit tests of quoted-printable, uuencode and the names of transfer encodings. */
#include "codec/test_codec.h"

#include <stdlib.h>

static void names_are_read_loosely(void **state) {
    (void)state;
    static const struct {
        const char *text;
        postern_encoding encoding;
    } names[] = {
        {"", POSTERN_ENCODING_7BIT},
        {"  ", POSTERN_ENCODING_7BIT},
        {"(no name) ", POSTERN_ENCODING_7BIT},
        {"7bit", POSTERN_ENCODING_7BIT},
        {"8BIT", POSTERN_ENCODING_8BIT},
        {"Binary ", POSTERN_ENCODING_BINARY},
        {" Quoted-Printable\r\n", POSTERN_ENCODING_QUOTED_PRINTABLE},
        {"\"quoted-printable\"", POSTERN_ENCODING_QUOTED_PRINTABLE},
        {"BASE64", POSTERN_ENCODING_BASE64},
        {"base64;", POSTERN_ENCODING_BASE64},
        {"(a (nested \\) one)) base64 (b)", POSTERN_ENCODING_BASE64},
        {"x-uuencode", POSTERN_ENCODING_UUENCODE},
        {"X-UUE", POSTERN_ENCODING_UUENCODE},
        {"uue", POSTERN_ENCODING_UUENCODE},
        {"quotedprintable", POSTERN_ENCODING_QUOTED_PRINTABLE},
        {"quoted_printable", POSTERN_ENCODING_QUOTED_PRINTABLE},
        {"Quoted-Printible", POSTERN_ENCODING_QUOTED_PRINTABLE},
        {"qp", POSTERN_ENCODING_QUOTED_PRINTABLE},
        {"x-base64", POSTERN_ENCODING_BASE64},
        {"b64", POSTERN_ENCODING_UNKNOWN},
        {"base64url", POSTERN_ENCODING_UNKNOWN},
        {"base", POSTERN_ENCODING_UNKNOWN},
        {"iso-8859-1", POSTERN_ENCODING_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (postern_encoding_parse(postern_slice_cstr(names[i].text)) != names[i].encoding) fail_msg("%s", names[i].text);
    for (int e = POSTERN_ENCODING_7BIT; e < POSTERN_ENCODING_UNKNOWN; e++)
        assert_int_equal(postern_encoding_parse(postern_slice_cstr(postern_encoding_name((postern_encoding)e))), e);
}

typedef struct row {
    postern_slice in, out;
    size_t bad, raw; /* notes */
} row;

static const row qp_rows[] = {
    {POSTERN_S(""), POSTERN_S(""), 0, 0},
    {POSTERN_S("plain text"), POSTERN_S("plain text"), 0, 0},
    {POSTERN_S("a=3Db=20c"), POSTERN_S("a=b c"), 0, 0},
    {POSTERN_S("=c3=a9=C3=A9=c3=A9"), POSTERN_S("\xC3\xA9\xC3\xA9\xC3\xA9"), 0, 0},
    {POSTERN_S("soft=\r\nbreak"), POSTERN_S("softbreak"), 0, 0},
    {POSTERN_S("soft=\nbreak"), POSTERN_S("softbreak"), 0, 0},
    {POSTERN_S("soft=\rbreak"), POSTERN_S("softbreak"), 0, 0},
    {POSTERN_S("soft=\r\r\nbreak"), POSTERN_S("softbreak"), 0, 0},
    {POSTERN_S("soft= \r\r\r\nbreak"), POSTERN_S("softbreak"), 0, 0},
    {POSTERN_S("soft=\r\rbreak"), POSTERN_S("soft\rbreak"), 0, 0},
    {POSTERN_S("soft= \t \r\nbreak"), POSTERN_S("softbreak"), 0, 0},
    {POSTERN_S("soft =\r\n break"), POSTERN_S("soft  break"), 0, 0},
    {POSTERN_S("=\r\n=\r\n=\r\n"), POSTERN_S(""), 0, 0},
    {POSTERN_S("end="), POSTERN_S("end"), 0, 0},
    {POSTERN_S("end= \t"), POSTERN_S("end"), 0, 0},
    {POSTERN_S("hard \t\r\nline"), POSTERN_S("hard\r\nline"), 0, 0},
    {POSTERN_S("hard \nline \rlast "), POSTERN_S("hard\nline\rlast"), 0, 0},
    {POSTERN_S("kept=20\r\nkept=09 \r\n"), POSTERN_S("kept \r\nkept\t\r\n"), 0, 0},
    {POSTERN_S("   \r\n \r\n"), POSTERN_S("\r\n\r\n"), 0, 0},
    {POSTERN_S("  indented  words  "), POSTERN_S("  indented  words"), 0, 0},
    {POSTERN_S("a\rb\rc"), POSTERN_S("a\rb\rc"), 0, 0},
    {POSTERN_S("x=XZy=5"), POSTERN_S("x=XZy=5"), 2, 0},
    {POSTERN_S("x=4"), POSTERN_S("x=4"), 1, 0},
    {POSTERN_S("a==3D"), POSTERN_S("a=="), 1, 0},
    {POSTERN_S("= x"), POSTERN_S("= x"), 1, 0},
    {POSTERN_S("<a href=\"x\">"), POSTERN_S("<a href=\"x\">"), 1, 0},
    {POSTERN_S("caf\xE9 caf\xE9"), POSTERN_S("caf\xE9 caf\xE9"), 0, 1},
    {POSTERN_S("zero\0byte=00"), POSTERN_S("zero\0byte\0"), 0, 0},
    {POSTERN_S("a line that is longer than a vector and has no escape in it at all, one blank at its end \r\nb"),
     POSTERN_S("a line that is longer than a vector and has no escape in it at all, one blank at its end\r\nb"), 0, 0},
};

static void decode_exact(postern_encoding encoding, postern_slice in, postern_buf *out, noted *n) {
    uint8_t *block = malloc(in.len ? in.len : 1);
    assert_non_null(block);
    if (in.len) memcpy(block, in.ptr, in.len);
    postern_notes notes = noted_sink(n);
    postern_sink sink = postern_buf_sink(out);
    postern_buf_clear(out);
    assert_int_equal(postern_decode(encoding, postern_slice_of(block, in.len), &sink, &notes, 0, 100), POSTERN_OK);
    assert_true(out->len <= postern_decoded_max(encoding, in.len));
    free(block);
}

static void quoted_printable_rows(void **state) {
    (void)state;
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof qp_rows / sizeof *qp_rows; i++) {
        noted n;
        decode_exact(POSTERN_ENCODING_QUOTED_PRINTABLE, qp_rows[i].in, &out, &n);
        assert_same_slice(postern_buf_slice(&out), qp_rows[i].out);
        if (n.count[POSTERN_NOTE_QP_BAD_ESCAPE] != qp_rows[i].bad || n.count[POSTERN_NOTE_QP_RAW_8BIT] != qp_rows[i].raw)
            fail_msg("row %zu: %zu bad, %zu raw", i, n.count[POSTERN_NOTE_QP_BAD_ESCAPE], n.count[POSTERN_NOTE_QP_RAW_8BIT]);
    }
    noted n;
    decode_exact(POSTERN_ENCODING_QUOTED_PRINTABLE, POSTERN_S("0123\xE9 =X"), &out, &n);
    assert_int_equal(n.first[POSTERN_NOTE_QP_RAW_8BIT], 104);
    assert_int_equal(n.first[POSTERN_NOTE_QP_BAD_ESCAPE], 106);
    postern_buf_free(&out);
}

/* The rules once more, byte by byte, as slowly as can be. */
static void qp_slow(postern_slice in, postern_buf *out) {
    postern_buf_clear(out);
    for (size_t i = 0; i < in.len;) {
        uint8_t c = in.ptr[i];
        size_t k = i + (c == '=');
        while (k < in.len && (in.ptr[k] == ' ' || in.ptr[k] == '\t')) k++;
        bool ends = k == in.len || in.ptr[k] == '\r' || in.ptr[k] == '\n';
        bool escape = c == '=' && in.len - i >= 3;
        escape = escape && postern_hex_value(in.ptr[i + 1]) >= 0 && postern_hex_value(in.ptr[i + 2]) >= 0;
        if (escape) {
            assert_int_equal(postern_buf_add_byte(out, (uint8_t)(postern_hex_value(in.ptr[i + 1]) * 16 +
                                                                 postern_hex_value(in.ptr[i + 2]))), POSTERN_OK);
            i += 3;
        } else if (c == '=' && ends) {
            i = k;
            while (k < in.len && in.ptr[k] == '\r') k++;
            if (k < in.len && in.ptr[k] == '\n') i = k;
            if (i < in.len) i++;
        } else if ((c == ' ' || c == '\t') && ends) {
            i = k;
        } else {
            assert_int_equal(postern_buf_add_byte(out, c), POSTERN_OK);
            i++;
        }
    }
}

static void quoted_printable_agrees_with_the_slow_way(void **state) {
    (void)state;
    static const uint8_t letters[] = "  \t\r\n\r\n==4d3DEf\xE9""abcdefghijklmnopqrstuvwxyz";
    enum { ROOM = 70000 };
    uint8_t *bytes = malloc(ROOM);
    postern_buf out, slow;
    uint64_t seed = 3;
    assert_non_null(bytes);
    postern_buf_init(&out, 1 << 20);
    postern_buf_init(&slow, 1 << 20);
    for (int round = 0; round < 400; round++) {
        size_t len = random_next(&seed) % (round % 20 ? 200 : ROOM), most = round % 3 ? sizeof letters - 1 : 16;
        bool rare = round % 4 == 0;
        for (size_t i = 0; i < len; i++)
            bytes[i] = rare && random_next(&seed) % 40 ? 'x' : letters[random_next(&seed) % most];
        noted n;
        decode_exact(POSTERN_ENCODING_QUOTED_PRINTABLE, postern_slice_of(bytes, len), &out, &n);
        qp_slow(postern_slice_of(bytes, len), &slow);
        assert_same_slice(postern_buf_slice(&out), postern_buf_slice(&slow));
    }
    memset(bytes, ' ', ROOM); /* blanks beyond a block: dropped before a line end, kept before a letter */
    noted n;
    decode_exact(POSTERN_ENCODING_QUOTED_PRINTABLE, postern_slice_of(bytes, ROOM), &out, &n);
    assert_int_equal(out.len, 0);
    bytes[ROOM - 1] = 'x';
    decode_exact(POSTERN_ENCODING_QUOTED_PRINTABLE, postern_slice_of(bytes, ROOM), &out, &n);
    assert_int_equal(out.len, ROOM);
    free(bytes);
    postern_buf_free(&out);
    postern_buf_free(&slow);
}

static void quoted_printable_is_written_well(void **state) {
    (void)state;
    static const struct {
        postern_slice in, out;
        bool binary;
    } encode_rows[] = {
        {POSTERN_S(""), POSTERN_S(""), false},
        {POSTERN_S("a=b\n"), POSTERN_S("a=3Db\r\n"), false},
        {POSTERN_S("a \nb\t\r\nc "), POSTERN_S("a=20\r\nb=09\r\nc=20"), false},
        {POSTERN_S("\r\n\r"), POSTERN_S("\r\n=0D"), false},
        {POSTERN_S("\r\n"), POSTERN_S("=0D=0A"), true},
        {POSTERN_S("\xC3\xA9\0"), POSTERN_S("=C3=A9=00"), false},
        {POSTERN_S("1234567890123456789012345678901234567890123456789012345678901234567890123456\n"),
         POSTERN_S("1234567890123456789012345678901234567890123456789012345678901234567890123456\r\n"), false},
        {POSTERN_S("12345678901234567890123456789012345678901234567890123456789012345678901234567"),
         POSTERN_S("123456789012345678901234567890123456789012345678901234567890123456789012345=\r\n67"), false},
        {POSTERN_S("1234567890123456789012345678901234567890123456789012345678901234567890123\xE9x"),
         POSTERN_S("1234567890123456789012345678901234567890123456789012345678901234567890123=\r\n=E9x"), false},
    };
    postern_buf out, back;
    postern_buf_init(&out, 1 << 20);
    postern_buf_init(&back, 1 << 20);
    postern_sink sink = postern_buf_sink(&out);
    for (size_t i = 0; i < sizeof encode_rows / sizeof *encode_rows; i++) {
        postern_buf_clear(&out);
        assert_int_equal(postern_qp_encode(encode_rows[i].in, encode_rows[i].binary, &sink), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&out), encode_rows[i].out);
    }
    uint64_t seed = 9;
    for (int round = 0; round < 200; round++) { /* as binary it comes back whole, on lines of at most 76 */
        uint8_t bytes[3000];
        size_t len = random_next(&seed) % sizeof bytes;
        for (size_t i = 0; i < len; i++) {
            uint32_t number = random_next(&seed);
            bytes[i] = round % 2 ? (uint8_t)number : (uint8_t)" \t\r\n=ab"[number % 7];
        }
        postern_buf_clear(&out);
        assert_int_equal(postern_qp_encode(postern_slice_of(bytes, len), true, &sink), POSTERN_OK);
        postern_cut cut = {.tail = postern_buf_slice(&out), .ok = true};
        while (cut.ok) {
            cut = postern_slice_cut(cut.tail, '\n');
            assert_true(cut.head.len <= 76 + 1);
        }
        noted n;
        decode_exact(POSTERN_ENCODING_QUOTED_PRINTABLE, postern_buf_slice(&out), &back, &n);
        assert_same_slice(postern_buf_slice(&back), postern_slice_of(bytes, len));
        assert_int_equal(n.all, 0);
    }
    postern_buf_free(&out);
    postern_buf_free(&back);
}

static const row uu_rows[] = {
    {POSTERN_S(""), POSTERN_S(""), 0, 0},
    {POSTERN_S("begin 644 cat.txt\n#0V%T\n`\nend\n"), POSTERN_S("Cat"), 0, 0},
    {POSTERN_S("Here it is:\r\n\r\nbegin 0644 a b.txt\r\n#0V%T\r\n \r\nend\r\nBye\r\n"), POSTERN_S("Cat"), 0, 0},
    {POSTERN_S("begin 644 \n#0V%T\nend"), POSTERN_S("Cat"), 0, 0},
    {POSTERN_S("#0V%T\n`\nend\n"), POSTERN_S("Cat"), 1, 0},               /* no begin line */
    {POSTERN_S("begin 644 x\n#0V%T\n"), POSTERN_S("Cat"), 1, 0},           /* no end */
    {POSTERN_S("begin the day\n#0V%T\n`\n"), POSTERN_S("Cat"), 2, 0},      /* prose, then bare lines */
    {POSTERN_S("begin 644 x\r#0V%T\r`\rend\r"), POSTERN_S("Cat"), 0, 0},   /* CR alone */
    {POSTERN_S("begin 644 x\n#0V%TZ\n`\nend\n"), POSTERN_S("Cat"), 0, 0},  /* a check character */
    {POSTERN_S("begin 644 x\n#\n`\nend\n"), POSTERN_S("\0\0\0"), 1, 0},    /* blanks that were stripped */
    {POSTERN_S("begin 644 x\n%0V%T(\n`\nend\n"), POSTERN_S("Cat \0"), 1, 0},
    {POSTERN_S("begin 644 x\nwhat?\n#0V%T\n`\nend\n"), POSTERN_S("Cat"), 1, 0},
    {POSTERN_S("begin 644 x\n#````\n#    \n`\nend\n"), POSTERN_S("\0\0\0\0\0\0"), 0, 0},
};

static void uuencode_rows(void **state) {
    (void)state;
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof uu_rows / sizeof *uu_rows; i++) {
        noted n;
        decode_exact(POSTERN_ENCODING_UUENCODE, uu_rows[i].in, &out, &n);
        assert_same_slice(postern_buf_slice(&out), uu_rows[i].out);
        if (n.count[POSTERN_NOTE_UU_DEFECT] != uu_rows[i].bad) fail_msg("row %zu: %zu", i, n.count[POSTERN_NOTE_UU_DEFECT]);
    }
    uint64_t seed = 5;
    for (int round = 0; round < 300; round++) { /* never more than promised, whatever comes */
        uint8_t bytes[400];
        size_t len = random_next(&seed) % sizeof bytes;
        for (size_t i = 0; i < len; i++) bytes[i] = random_next(&seed) % 4 ? (uint8_t)(0x20 + random_next(&seed) % 66) : '\n';
        noted n;
        decode_exact(POSTERN_ENCODING_UUENCODE, postern_slice_of(bytes, len), &out, &n);
    }
    postern_buf_free(&out);
}

static void other_encodings_pass_through(void **state) {
    (void)state;
    static const postern_encoding plain[] = {POSTERN_ENCODING_7BIT, POSTERN_ENCODING_8BIT, POSTERN_ENCODING_BINARY,
                                             POSTERN_ENCODING_UNKNOWN};
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        noted n;
        decode_exact(plain[i], POSTERN_S("a=3D \r\n\0\xFF"), &out, &n);
        assert_slice(postern_buf_slice(&out), "a=3D \r\n\0\xFF");
        assert_int_equal(n.all, 0);
    }
    postern_buf_free(&out);
}

static void failing_sinks_stop_the_work(void **state) {
    (void)state;
    enum { LEN = 100000 };
    uint8_t *bytes = malloc(LEN);
    assert_non_null(bytes);
    for (size_t i = 0; i < LEN; i++) bytes[i] = (uint8_t)"#0V%T\n"[i % 6];
    for (size_t at = 0; at < 3; at++) {
        failing_sink f = {.at = at};
        postern_sink sink = {failing_write, &f};
        postern_slice in = postern_slice_of(bytes, LEN);
        assert_int_equal(postern_decode(POSTERN_ENCODING_UUENCODE, in, &sink, NULL, 0, 0), POSTERN_IO);
        assert_int_equal(f.calls, at + 1);
        f = (failing_sink){.at = at};
        assert_int_equal(postern_decode(POSTERN_ENCODING_QUOTED_PRINTABLE, in, &sink, NULL, 0, 0), POSTERN_IO);
        assert_int_equal(f.calls, at + 1);
        f = (failing_sink){.at = at};
        assert_int_equal(postern_qp_encode(postern_slice_of(bytes, LEN), false, &sink), POSTERN_IO);
        assert_int_equal(f.calls, at + 1);
    }
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_loosely),
        cmocka_unit_test(quoted_printable_rows),
        cmocka_unit_test(quoted_printable_agrees_with_the_slow_way),
        cmocka_unit_test(quoted_printable_is_written_well),
        cmocka_unit_test(uuencode_rows),
        cmocka_unit_test(other_encodings_pass_through),
        cmocka_unit_test(failing_sinks_stop_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
