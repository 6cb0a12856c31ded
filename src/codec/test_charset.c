/* Unit tests of character sets: labels, tables, decoding. */
#include "codec/test_codec.h"

#include <stdlib.h>

static postern_charset by_name(const char *name) {
    postern_charset charset = postern_charset_parse(postern_slice_cstr(name));
    if (!charset) fail_msg("no charset %s", name);
    return charset;
}

static void labels_are_found(void **state) {
    (void)state;
    static const struct {
        const char *label, *name;
    } labels[] = {
        {"utf-8", "UTF-8"}, {"UTF8", "UTF-8"}, {" \tUtf-8\r\n", "UTF-8"}, {"\"utf-8\"", "UTF-8"}, {"'utf-8'", "UTF-8"},
        {"utf-8;", "UTF-8"}, {"utf_8", "UTF-8"}, {"cp65001", "UTF-8"}, {"unicode", "UTF-16LE"}, {"utf-16", "UTF-16LE"},
        {"utf-16be", "UTF-16BE"}, {"us-ascii", "windows-1252"}, {"iso-8859-1", "windows-1252"}, {"Latin1", "windows-1252"},
        {"ISO8859_1", "windows-1252"}, {"ansi_x3.4-1968", "windows-1252"}, {"iso_8859-9:1989", "windows-1254"},
        {"tis-620", "windows-874"}, {"cp874", "windows-874"}, {"iso-8859-8-i", "ISO-8859-8-I"}, {"visual", "ISO-8859-8"},
        {"win-1251", "windows-1251"}, {"cp-1251", "windows-1251"}, {"1251", "windows-1251"}, {"x-cp1250", "windows-1250"},
        {"koi8r", "KOI8-R"}, {"koi", "KOI8-R"}, {"koi8-ru", "KOI8-U"}, {"x-mac-roman", "macintosh"}, {"gb2312", "GBK"},
        {"GB_2312-80", "GBK"}, {"cp936", "GBK"}, {"gb18030", "gb18030"}, {"big5-hkscs", "Big5"}, {"cp950", "Big5"},
        {"ks_c_5601-1987", "EUC-KR"}, {"x-windows-949", "EUC-KR"}, {"shift-jis", "Shift_JIS"}, {"cp932", "Shift_JIS"},
        {"x-sjis", "Shift_JIS"}, {"iso-2022-jp", "ISO-2022-JP"}, {"cp50221", "ISO-2022-JP"}, {"x-euc-jp", "EUC-JP"},
        {"utf-7", "UTF-7"}, {"unicode-1-1-utf-7", "UTF-7"}, {"hz-gb-2312", "HZ-GB-2312"}, {"iso-2022-kr", "ISO-2022-KR"},
        {"cp-850", "IBM850"}, {"cp850", "IBM850"}, {"ibm437", "IBM437"}, {"cp866", "IBM866"},
        {"x-user-defined", "x-user-defined"},
        {"replacement", "replacement"}, {"28592", "ISO-8859-2"},
        {"", ""}, {"\"\"", ""}, {"x", ""}, {"-", ""}, {"utf-9", ""}, {"iso-8859-12", ""}, {"unknown-8bit", ""}, {"binary", ""},
        {"99999", ""}, {"utf-8 utf-8", ""}, {"iso-8859-1 and a tail that makes it longer than any label of the table is", ""},
    };
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        postern_charset charset = postern_charset_parse(postern_slice_cstr(labels[i].label));
        if (strcmp(postern_charset_name(charset), labels[i].name) != 0)
            fail_msg("[%s]: %s, not %s", labels[i].label, postern_charset_name(charset), labels[i].name);
    }
    assert_int_equal(postern_charset_parse(POSTERN_S("utf-8\0")), POSTERN_CHARSET_NONE);
    for (int c = 1; *postern_charset_name((postern_charset)c); c++) /* each name is a label of itself */
        assert_int_equal(postern_charset_parse(postern_slice_cstr(postern_charset_name((postern_charset)c))), c);
    assert_string_equal(postern_charset_name((postern_charset)9999), "");
    assert_string_equal(postern_charset_name((postern_charset)-1), "");
}

static uint64_t fnv(uint64_t hash, postern_slice s) {
    for (size_t i = 0; i < s.len; i++) hash = (hash ^ s.ptr[i]) * 0x100000001B3u;
    return hash;
}

static uint64_t fnv_line(uint64_t hash, postern_charset charset, const uint8_t *bytes, size_t len) {
    uint8_t text[64];
    postern_buf out = {.cap = sizeof text, .ptr = text, .room = sizeof text};
    postern_sink sink = postern_buf_sink(&out);
    assert_int_equal(postern_charset_decode(charset, postern_slice_of(bytes, len), &sink, NULL, 0), POSTERN_OK);
    return fnv(fnv(hash, postern_buf_slice(&out)), POSTERN_S("\n"));
}

/* Each byte from 80 on, a line each. The sums are of the same lines made by a browser's TextDecoder. */
static void single_bytes_are_the_standards(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint64_t sum;
    } sums[] = {
        {"ibm866", 0x31EA444D3FE8381A},       {"iso-8859-2", 0x7BF742F57E2B697C},   {"iso-8859-3", 0xE572B341A18718B5},
        {"iso-8859-4", 0xEEA4198FBC544EF5},   {"iso-8859-5", 0x97B02D7192514D0D},   {"iso-8859-6", 0x193A15C7C9139EDC},
        {"iso-8859-7", 0xF9E4BDDA12EF32D1},   {"iso-8859-8", 0xCB6634DFCE20D0BD},   {"iso-8859-8-i", 0xCB6634DFCE20D0BD},
        {"iso-8859-10", 0xBEBC9AC169A9403F},  {"iso-8859-13", 0xA14E384452070E3D},  {"iso-8859-14", 0x213F5018F826BD93},
        {"iso-8859-15", 0xFABE039D6F139232},  {"iso-8859-16", 0x2771E117B9A2AF64},  {"koi8-r", 0x550DF8C6DF896B31},
        {"koi8-u", 0x48062D21CFC9299D},       {"macintosh", 0x36FB12D0BBC05609},    {"windows-874", 0xE2D7AE474C1CE359},
        {"windows-1250", 0x69E3152F951E4911}, {"windows-1251", 0x979507A6A9B81BE1}, {"windows-1252", 0xAB41F17FACF4B948},
        {"windows-1253", 0x4CE1F423144B3B2C}, {"windows-1254", 0x00E387A39EBDC324}, {"windows-1255", 0xBDCA51238DD28865},
        {"windows-1256", 0x514F4A39D7C362EB}, {"windows-1257", 0x2C0A7FE49DF4869A}, {"windows-1258", 0xCF3C5CDC59F5EA9F},
        {"x-mac-cyrillic", 0x53FD8100AF881E6F}, {"x-user-defined", 0x05FB80C38D336465},
    };
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        uint64_t hash = 0xCBF29CE484222325u;
        for (unsigned c = 0x80; c < 0x100; c++) hash = fnv_line(hash, by_name(sums[i].name), &(uint8_t){(uint8_t)c}, 1);
        if (hash != sums[i].sum) fail_msg("%s: %016llx", sums[i].name, (unsigned long long)hash);
    }
}

/* Each byte from 80 on with each byte behind it (but the marks FE FF and FF FE), and JIS X 0212 likewise. */
static void pairs_are_the_standards(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint64_t sum;
    } sums[] = {
        {"gbk", 0x425A4C8438584CEF},    {"gb18030", 0x425A4C8438584CEF},   {"big5", 0x9215FD8CA5AF41C7},
        {"euc-jp", 0x56F107D369F21018}, {"shift_jis", 0x9E861A0F338751F9}, {"euc-kr", 0x8A0590E94D6EE943},
    };
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        uint64_t hash = 0xCBF29CE484222325u;
        for (unsigned pair = 0x8000; pair < 0x10000; pair++) {
            if (pair == 0xFEFF || pair == 0xFFFE) continue;
            hash = fnv_line(hash, by_name(sums[i].name), (const uint8_t[]){(uint8_t)(pair >> 8), (uint8_t)pair}, 2);
        }
        if (hash != sums[i].sum) fail_msg("%s: %016llx", sums[i].name, (unsigned long long)hash);
    }
    uint64_t hash = 0xCBF29CE484222325u;
    for (unsigned pair = 0xA100; pair < 0xFF00; pair++)
        hash = fnv_line(hash, by_name("euc-jp"), (const uint8_t[]){0x8F, (uint8_t)(pair >> 8), (uint8_t)pair}, 3);
    if (hash != 0xBFFE495FBA1DC83D) fail_msg("JIS X 0212: %016llx", (unsigned long long)hash);
}

#define FFFD "\xEF\xBF\xBD"

typedef struct row {
    const char *charset;
    postern_slice in, out;
    bool bad;
} row;

static const row rows[] = {
    {"utf-8", POSTERN_S("gr\xC3\xBC\xC3\x9F"), POSTERN_S("gr\xC3\xBC\xC3\x9F"), false},
    {"utf-8", POSTERN_S("\xEF\xBB\xBFx"), POSTERN_S("x"), false},
    {"utf-8", POSTERN_S("a\xFF" "b\xE2\x82" "c\xC0\xAF"), POSTERN_S("a" FFFD "b" FFFD "c" FFFD FFFD), true},
    {"utf-8", POSTERN_S("\xED\xA0\x80\xF4\x90\x80\x80\xF0\x9F"),
     POSTERN_S(FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD), true},
    {"utf-8", POSTERN_S("\xFF\xFEh\0i\0"), POSTERN_S("hi"), false}, /* the mark wins */
    {"utf-8", POSTERN_S("\xFE\xFF\0h\0i"), POSTERN_S("hi"), false},
    {"windows-1252", POSTERN_S("\xEF\xBB\xBF\xC3\xA9"), POSTERN_S("\xC3\xA9"), false},
    {"windows-1252", POSTERN_S("\x80\x81\x9F \x1B"), POSTERN_S("\xE2\x82\xAC\xC2\x81\xC5\xB8 \x1B"), false},
    {"windows-1253", POSTERN_S("<\xD2>"), POSTERN_S("<" FFFD ">"), true},
    {"unicode", POSTERN_S("\xFF\xFE\x3D\xD8\x00\xDE!\0"), POSTERN_S("\xF0\x9F\x98\x80!"), false},
    {"utf-16le", POSTERN_S("\x3D\xD8!\0\x00\xDE"), POSTERN_S(FFFD "!" FFFD), true},
    {"utf-16le", POSTERN_S("a\0b"), POSTERN_S("a" FFFD), true},
    {"utf-16be", POSTERN_S("\0a\xD8\x3D\xDE"), POSTERN_S("a" FFFD), true},
    {"replacement", POSTERN_S("<script>"), POSTERN_S(FFFD), true},
    {"replacement", POSTERN_S(""), POSTERN_S(""), false},
    /* an ASCII byte is never swallowed */
    {"gbk", POSTERN_S("\x80\xC4\xE3\xBA\xC3\xFF\x81<\x81\"\x81"),
     POSTERN_S("\xE2\x82\xAC\xE4\xBD\xA0\xE5\xA5\xBD" FFFD FFFD "<" FFFD "\"" FFFD), true},
    {"gb18030", POSTERN_S("\x94\x39\xDA\x33\x81\x30\x81\x30"), POSTERN_S("\xF0\x9F\x92\xA9\xC2\x80"), false},
    {"gb18030", POSTERN_S("\x84\x31\xA5\x30|\xE3\x32\x9A\x35|\xE3\x32\x9A\x36"),
     POSTERN_S(FFFD "|\xF4\x8F\xBF\xBF|" FFFD), true},
    {"gb18030", POSTERN_S("\x81\x35\xF4\x37\x81\x30<\x81\x30\x81<"),
     POSTERN_S("\xEE\x9F\x87" FFFD "0<" FFFD "0" FFFD "<"), true},
    {"gb18030", POSTERN_S("\x81\x30\x81"), POSTERN_S(FFFD), true},
    {"big5", POSTERN_S("\xA7\x41\xA6\x6E\x88\x62\x88\x66\x81<"),
     POSTERN_S("\xE4\xBD\xA0\xE5\xA5\xBD\xC3\x8A\xCC\x84\xC3\x8A" FFFD "<"), true},
    {"shift_jis", POSTERN_S("\x93\xFA\x96{\\~\xB1\x87\x40\x81\x81\""),
     POSTERN_S("\xE6\x97\xA5\xE6\x9C\xAC\\~\xEF\xBD\xB1\xE2\x91\xA0\xEF\xBC\x9D\""), false},
    {"shift_jis", POSTERN_S("\x81\x20\xFC\x7E\xA0\xFD"), POSTERN_S(FFFD " " FFFD "~" FFFD FFFD), true},
    {"euc-jp", POSTERN_S("\xC6\xFC\xCB\xDC\x8E\xB1\xAD\xA1\x8F\xB0\xA1"),
     POSTERN_S("\xE6\x97\xA5\xE6\x9C\xAC\xEF\xBD\xB1\xE2\x91\xA0\xE4\xB8\x82"), false},
    {"euc-jp", POSTERN_S("\x8E<\x8F<\x8F\xB0<\xC6<\xC6"), POSTERN_S(FFFD "<" FFFD "<" FFFD "<" FFFD "<" FFFD), true},
    {"euc-kr", POSTERN_S("\xBE\xC8\xB3\xE7\x81\x41\xC9\xA1<\xBE"),
     POSTERN_S("\xEC\x95\x88\xEB\x85\x95\xEA\xB0\x82" FFFD "<" FFFD), true},
    {"iso-2022-jp", POSTERN_S("A\x1B$BF|K\\\x1B(BB\x1B(J\\~\x1B(I1\x1B(B"),
     POSTERN_S("A\xE6\x97\xA5\xE6\x9C\xAC" "B\xC2\xA5\xE2\x80\xBE\xEF\xBD\xB1"), false},
    {"iso-2022-jp", POSTERN_S("\x1B$B-!\x1B(B\x1B$@F|\x1B$(BF|\x1B$(D0!\x1B(B"),
     POSTERN_S("\xE2\x91\xA0\xE6\x97\xA5\xE6\x97\xA5\xE4\xB8\x82"), false},
    {"iso-2022-jp", POSTERN_S("\x1B$BF|\r\n<b>\x1B$BK\\ F\n"), POSTERN_S("\xE6\x97\xA5\r\n<b>\xE6\x9C\xAC " FFFD "\n"), true},
    {"iso-2022-jp", POSTERN_S("\x1B(X\x80\x0E"), POSTERN_S(FFFD "(X" FFFD FFFD), true},
    {"hz", POSTERN_S("~~a~{VPND~}b~\nc~{VP\n<b>"), POSTERN_S("~a\xE4\xB8\xAD\xE6\x96\x87" "bc\xE4\xB8\xAD\n<b>"), false},
    {"hz-gb-2312", POSTERN_S("\xD6\xD0~{V"), POSTERN_S("\xE4\xB8\xAD" FFFD), true},
    {"utf-7", POSTERN_S("Hi +AOk-x +- +2D3eAA-+AGE.+AGI"), POSTERN_S("Hi \xC3\xA9x + \xF0\x9F\x98\x80" "a.b"), false},
    {"utf-7", POSTERN_S("+!+AG\xE9+2D0-z+3gA-"), POSTERN_S(FFFD "!" FFFD FFFD FFFD "z" FFFD), true},
    {"cp850", POSTERN_S("gr\x81\xE1"), POSTERN_S("gr\xC3\xBC\xC3\x9F"), false},
    {"iso-2022-kr", POSTERN_S("\x1B$)C\x0E>H3g\x0F<"), POSTERN_S("\xEC\x95\x88\xEB\x85\x95<"), false},
    {"iso-2022-cn", POSTERN_S("a\xFF\x0E"), POSTERN_S("a" FFFD FFFD), true}, /* iconv steps over the last, which it refuses */
    {"euc-tw", POSTERN_S("\xC4\xE3<\xFF<"), POSTERN_S("\xE4\xB8\xAD<" FFFD "<"), true},
};

static void rows_decode(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        noted n;
        postern_notes notes = noted_sink(&n);
        postern_buf out;
        postern_buf_init(&out, 1 << 16);
        postern_sink sink = postern_buf_sink(&out);
        postern_charset charset = by_name(rows[i].charset);
        assert_int_equal(postern_charset_decode(charset, rows[i].in, &sink, &notes, 0), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&out), rows[i].out);
        if (n.all != rows[i].bad) fail_msg("row %zu: %zu notes", i, n.all);
        postern_buf_free(&out);
    }
}

static void notes_tell_the_first_place(void **state) {
    (void)state;
    static const char *const names[] = {"utf-8", "windows-1253", "gbk", "shift_jis", "euc-kr", "big5", "euc-jp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        noted n;
        postern_notes notes = noted_sink(&n);
        failing_sink never = {.at = SIZE_MAX};
        postern_sink sink = {failing_write, &never};
        postern_slice in = i ? POSTERN_S("0123456\xFF" "8\xFF") : POSTERN_S("\xEF\xBB\xBF" "3456\xFF" "8\xFF");
        if (i == 1) in = POSTERN_S("0123456\xD2" "8\xD2");
        assert_int_equal(postern_charset_decode(by_name(names[i]), in, &sink, &notes, 0), POSTERN_OK);
        assert_int_equal(n.all, 1);
        assert_int_equal(n.first[POSTERN_NOTE_CHARSET_BAD_BYTES], 7);
    }
}

/* Long input: blocks and batches meet their ends in the middle of characters. */
static void long_input_is_seamless(void **state) {
    (void)state;
    static const struct {
        const char *charset;
        postern_slice unit, text;
    } units[] = {
        {"gbk", POSTERN_S("a\xC4\xE3"), POSTERN_S("a\xE4\xBD\xA0")},
        {"gb18030", POSTERN_S("\x94\x39\xDA\x33\x81\x30\x81\x30"), POSTERN_S("\xF0\x9F\x92\xA9\xC2\x80")},
        {"big5", POSTERN_S("\xA7\x41x"), POSTERN_S("\xE4\xBD\xA0x")},
        {"shift_jis", POSTERN_S("\xB1\x93\xFA"), POSTERN_S("\xEF\xBD\xB1\xE6\x97\xA5")},
        {"euc-jp", POSTERN_S("\xC6\xFC\x8F\xB0\xA1"), POSTERN_S("\xE6\x97\xA5\xE4\xB8\x82")},
        {"euc-kr", POSTERN_S("\xBE\xC8."), POSTERN_S("\xEC\x95\x88.")},
        {"windows-1251", POSTERN_S("\xE6\xE6 x"), POSTERN_S("\xD0\xB6\xD0\xB6 x")},
        {"cp850", POSTERN_S("\x81.\xE1"), POSTERN_S("\xC3\xBC.\xC3\x9F")},
        {"utf-16be", POSTERN_S("\xD8\x3D\xDE\x00"), POSTERN_S("\xF0\x9F\x98\x80")},
        {"utf-8", POSTERN_S("\xF0\x9F\x98\x80\xFF"), POSTERN_S("\xF0\x9F\x98\x80" FFFD)},
        {"iso-2022-jp", POSTERN_S("\x1B$BF|\x1B(B."), POSTERN_S("\xE6\x97\xA5.")},
        {"utf-7", POSTERN_S("+AOk-"), POSTERN_S("\xC3\xA9")},
    };
    enum { TIMES = 5000 };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        postern_buf in, out;
        postern_buf_init(&in, 1 << 20);
        postern_buf_init(&out, 1 << 20);
        for (int k = 0; k < TIMES; k++) assert_int_equal(postern_buf_add_slice(&in, units[i].unit), POSTERN_OK);
        postern_sink sink = postern_buf_sink(&out);
        postern_charset charset = by_name(units[i].charset);
        assert_int_equal(postern_charset_decode(charset, postern_buf_slice(&in), &sink, NULL, 0), POSTERN_OK);
        assert_int_equal(out.len, TIMES * units[i].text.len);
        for (size_t k = 0; k < TIMES; k++) {
            postern_slice text = units[i].text;
            assert_same_slice(postern_slice_sub(postern_buf_slice(&out), k * text.len, text.len), text);
        }
        for (size_t at = 0; at < 2; at++) {
            failing_sink f = {.at = at};
            postern_sink failing = {failing_write, &f};
            assert_int_equal(postern_charset_decode(charset, postern_buf_slice(&in), &failing, NULL, 0), POSTERN_IO);
            assert_int_equal(f.calls, at + 1);
        }
        postern_buf_free(&in);
        postern_buf_free(&out);
    }
}

static void marks_are_known(void **state) {
    (void)state;
    size_t len;
    assert_int_equal(postern_charset_from_bom(POSTERN_S("\xEF\xBB\xBF"), &len), POSTERN_CHARSET_UTF_8);
    assert_int_equal(len, 3);
    assert_int_equal(postern_charset_from_bom(POSTERN_S("\xFF\xFE"), &len), POSTERN_CHARSET_UTF_16LE);
    assert_int_equal(len, 2);
    assert_int_equal(postern_charset_from_bom(POSTERN_S("\xFE\xFFx"), NULL), POSTERN_CHARSET_UTF_16BE);
    assert_int_equal(postern_charset_from_bom(POSTERN_S("\xEF\xBB"), &len), POSTERN_CHARSET_NONE);
    assert_int_equal(len, 0);
}

static void arena_copies_only_what_changes(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_slice in = POSTERN_S("\xEF\xBB\xBFgr\xC3\xBC\xC3\x9F"), out;
    assert_non_null(arena);
    assert_int_equal(postern_charset_decode_arena(POSTERN_CHARSET_UTF_8, in, arena, NULL, 0, &out), POSTERN_OK);
    assert_ptr_equal(out.ptr, in.ptr + 3);
    assert_int_equal(out.len, in.len - 3);
    in = POSTERN_S("plain <b> \\ ~");
    static const char *const names[] = {"windows-1252", "shift_jis", "iso-2022-jp", "gbk", "utf-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(postern_charset_decode_arena(by_name(names[i]), in, arena, NULL, 0, &out), POSTERN_OK);
        assert_ptr_equal(out.ptr, in.ptr);
    }
    postern_charset japanese = by_name("iso-2022-jp");
    assert_int_equal(postern_charset_decode_arena(japanese, POSTERN_S("a\x0E" "b"), arena, NULL, 0, &out), POSTERN_OK);
    assert_slice(out, "a" FFFD "b");
    assert_int_equal(postern_charset_decode_arena(by_name("hz"), POSTERN_S("~~"), arena, NULL, 0, &out), POSTERN_OK);
    assert_slice(out, "~");
    assert_int_equal(postern_charset_decode_arena(POSTERN_CHARSET_NONE, POSTERN_S("\x80"), arena, NULL, 0, &out), POSTERN_OK);
    assert_slice(out, "\xE2\x82\xAC");
    assert_int_equal(postern_charset_decode_arena(by_name("utf-7"), POSTERN_S("+ADw-"), arena, NULL, 0, &out), POSTERN_OK);
    assert_slice(out, "<");
    postern_arena_free(arena);
}

static postern_status decode_life(void *user) {
    const row *r = user;
    postern_slice text;
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena) return POSTERN_NOMEM;
    postern_status status =
        postern_charset_decode_arena(postern_charset_parse(postern_slice_cstr(r->charset)), r->in, arena, NULL, 0, &text);
    postern_arena_free(arena);
    return status;
}

static void memory_may_end_anywhere(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        row r = rows[i];
        assert_true(test_oom_each(decode_life, &r) >= 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_found),
        cmocka_unit_test(single_bytes_are_the_standards),
        cmocka_unit_test(pairs_are_the_standards),
        cmocka_unit_test(rows_decode),
        cmocka_unit_test(notes_tell_the_first_place),
        cmocka_unit_test(long_input_is_seamless),
        cmocka_unit_test(marks_are_known),
        cmocka_unit_test(arena_copies_only_what_changes),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
