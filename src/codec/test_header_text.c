/* Unit tests of header values: RFC 2047 in every quirk, raw bytes, folding; and guessing, which they lean on. */
#include "codec/test_codec.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define FFFD "\xEF\xBF\xBD"

typedef struct row {
    postern_slice raw, text;
    const char *fallback;
    size_t notes;
} row;

static const row rows[] = {
    {POSTERN_S(""), POSTERN_S(""), "", 0},
    {POSTERN_S(" \r\n "), POSTERN_S(""), "", 0},
    {POSTERN_S("Plain subject"), POSTERN_S("Plain subject"), "", 0},
    {POSTERN_S("  trimmed \r\n"), POSTERN_S("trimmed"), "", 0},
    {POSTERN_S("folded\r\n over\r\n\tlines\n  and more"), POSTERN_S("folded over lines  and more"), "", 0},
    {POSTERN_S("broken\r\nfold"), POSTERN_S("broken fold"), "", 0},
    {POSTERN_S("a tab\tinside"), POSTERN_S("a tab\tinside"), "", 0},
    /* as the RFC has it (section 8) */
    {POSTERN_S("=?ISO-8859-1?Q?a?="), POSTERN_S("a"), "", 0},
    {POSTERN_S("=?ISO-8859-1?Q?a?= b"), POSTERN_S("a b"), "", 0},
    {POSTERN_S("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?="), POSTERN_S("ab"), "", 0},
    {POSTERN_S("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?="), POSTERN_S("ab"), "", 0},
    {POSTERN_S("=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?="), POSTERN_S("ab"), "", 0},
    {POSTERN_S("=?ISO-8859-1?Q?a_b?="), POSTERN_S("a b"), "", 0},
    {POSTERN_S("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?="), POSTERN_S("a b"), "", 0},
    {POSTERN_S("=?iso-8859-1?q?Andr=E9?= Pirard"), POSTERN_S("Andr\xC3\xA9 Pirard"), "", 0},
    {POSTERN_S("=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?="),
     POSTERN_S("If you can read this you understand the example."), "", 0},
    {POSTERN_S("=?utf-8?q?=3D=5F=3f?="), POSTERN_S("=_?"), "", 0},
    {POSTERN_S("=?UTF-8*en?Q?caf=C3=A9?="), POSTERN_S("caf\xC3\xA9"), "", 0},
    {POSTERN_S("=?utf-8?b?w6k=?= x =?utf-8?b?w6k=?="), POSTERN_S("\xC3\xA9 x \xC3\xA9"), "", 0},
    /* a character cut between words, also between B and Q */
    {POSTERN_S("=?utf-8?Q?caf=C3?= =?UTF-8?Q?=A9?="), POSTERN_S("caf\xC3\xA9"), "", 0},
    {POSTERN_S("=?utf-8?B?Y2Fmww==?=\r\n =?utf8?Q?=A9!?="), POSTERN_S("caf\xC3\xA9!"), "", 0},
    {POSTERN_S("=?utf-8?Q?=E6=97?= =?utf-8?Q?=A5=E6?= =?utf-8?Q?=9C=AC?="), POSTERN_S("\xE6\x97\xA5\xE6\x9C\xAC"), "", 0},
    {POSTERN_S("=?gb2312?B?xOO6?= =?gb2312?B?ww==?="), POSTERN_S("\xE4\xBD\xA0\xE5\xA5\xBD"), "", 0},
    {POSTERN_S("=?iso-2022-jp?B?GyRCRnwbKEI=?= =?iso-2022-jp?B?GyRCS1wbKEI=?="), POSTERN_S("\xE6\x97\xA5\xE6\x9C\xAC"), "", 0},
    {POSTERN_S("=?iso-2022-jp?B?GyRCRnw=?= =?iso-2022-jp?B?S1wbKEI=?= ok"), POSTERN_S("\xE6\x97\xA5\xE6\x9C\xAC ok"), "", 0},
    {POSTERN_S("=?utf-8?Q?=C3?= plain =?utf-8?Q?=A9?="), POSTERN_S("\xC3\x83 plain \xC2\xA9"), "", 2},
    /* one base64 stream in pieces, and words that only lack padding */
    {POSTERN_S("=?utf-8?B?SGVsb?= =?utf-8?B?G8=?="), POSTERN_S("Hello"), "", 0},
    {POSTERN_S("=?utf-8?B?SGVsbG8gV2?= =?utf-8?B?9ybGQ=?="), POSTERN_S("Hello World"), "", 0},
    {POSTERN_S("=?utf-8?B?SGk?= =?utf-8?B?SGk?="), POSTERN_S("HiHi"), "", 0},
    {POSTERN_S("=?utf-8?B?SGk?= =?utf-8?B?SGVs?="), POSTERN_S("HiHel"), "", 0},
    {POSTERN_S("=?utf-8?B?SGk?= there"), POSTERN_S("Hi there"), "", 0},
    {POSTERN_S("=?utf-8?B?SGk==?="), POSTERN_S("Hi"), "", 0},
    {POSTERN_S("=?utf-8?B?S G\r\n k=?="), POSTERN_S("Hi"), "", 0},
    {POSTERN_S("=?utf-8?B?SGk=SGk=?="), POSTERN_S("HiHi"), "", 0},
    /* the end is missing or hard to see */
    {POSTERN_S("=?utf-8?Q?caf=C3=A9"), POSTERN_S("caf\xC3\xA9"), "", 1},
    {POSTERN_S("=?utf-8?Q?caf=C3=A9?"), POSTERN_S("caf\xC3\xA9"), "", 1},
    {POSTERN_S("=?utf-8?B?SGVsbG8"), POSTERN_S("Hello"), "", 1},
    {POSTERN_S("=?utf-8?Q?caf=C3=A9 and more"), POSTERN_S("caf\xC3\xA9 and more"), "", 1},
    {POSTERN_S("=?utf-8?Q?a=?utf-8?Q?b?="), POSTERN_S("ab"), "", 1},
    {POSTERN_S("=?utf-8?Q?What?" "?="), POSTERN_S("What?"), "", 0},
    {POSTERN_S("=?utf-8?Q?What?=3F_yes?="), POSTERN_S("What?? yes"), "", 0},
    {POSTERN_S("=?utf-8?Q?a?=41=?utf-8?Q?b?="), POSTERN_S("a41b"), "", 0},
    {POSTERN_S("=?utf-8?Q?a=?="), POSTERN_S("a="), "", 0},
    {POSTERN_S("=?utf-8?Q?a=4?="), POSTERN_S("a=4"), "", 0},
    {POSTERN_S("=?utf-8?Q?=41?="), POSTERN_S("A"), "", 0},
    {POSTERN_S("=?utf-8?Q?" "?="), POSTERN_S(""), "", 0},
    {POSTERN_S("a =?utf-8?Q?" "?= b"), POSTERN_S("a  b"), "", 0},
    {POSTERN_S("=?utf-8?B?" "?= =?utf-8?Q?x?="), POSTERN_S("x"), "", 0},
    /* where no word may stand, or none does */
    {POSTERN_S("=?utf-8?Q?Hello World?="), POSTERN_S("Hello World"), "", 0},
    {POSTERN_S("Re:=?utf-8?Q?caf=C3=A9?=now"), POSTERN_S("Re:caf\xC3\xA9now"), "", 0},
    {POSTERN_S("=?utf-8?Q?a?==?utf-8?Q?b?="), POSTERN_S("ab"), "", 0},
    {POSTERN_S("\"=?utf-8?Q?caf=C3=A9?=\" <a@example.org>"), POSTERN_S("\"caf\xC3\xA9\" <a@example.org>"), "", 0},
    {POSTERN_S("(=?utf-8?Q?a?= b)"), POSTERN_S("(a b)"), "", 0},
    {POSTERN_S("=?utf-8?X?a?= =? =?utf-8? ?= =?a?b"), POSTERN_S("=?utf-8?X?a?= =? =?utf-8? ?= =?a?b"), "", 0},
    {POSTERN_S("1 + 1 =? 2?="), POSTERN_S("1 + 1 =? 2?="), "", 0},
    {POSTERN_S("=?=?utf-8?Q?x?="), POSTERN_S("=?x"), "", 0},
    {POSTERN_S("=?bogus?Q?x=41?= =?utf-8?Q?y?="), POSTERN_S("=?bogus?Q?x=41?= y"), "", 1},
    {POSTERN_S("=?utf-8?Q?y?= =?bogus?Q?x?= z"), POSTERN_S("y =?bogus?Q?x?= z"), "", 1},
    /* labels that say nothing or lie */
    {POSTERN_S("=??Q?caf=C3=A9?="), POSTERN_S("caf\xC3\xA9"), "", 1},
    {POSTERN_S("=?unknown-8bit?Q?caf=E9?="), POSTERN_S("caf\xC3\xA9"), "", 0},
    {POSTERN_S("=?unknown-8bit?Q?=EC=E8=F0?="), POSTERN_S("\xD0\xBC\xD0\xB8\xD1\x80"), "windows-1251", 0},
    {POSTERN_S("=?us-ascii?Q?caf=C3=A9?="), POSTERN_S("caf\xC3\xA9"), "", 1},
    {POSTERN_S("=?utf-8?Q?caf=E9?="), POSTERN_S("caf\xC3\xA9"), "", 1},
    {POSTERN_S("=?utf-8?Q?=E4=BD=A0=E5=A5=BD=E4=BD=A0=E5=A5=BD=E4=BD=A0=E5=A5=BD=E4=BD=A0=E5=A5=BD=E4=BD=A0=FF?="),
     POSTERN_S("\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xBD\xA0"
               FFFD),
     "", 2},
    {POSTERN_S("=?utf-16?B?//5oAGkA?= =?utf-16?B?//4hAA==?="), POSTERN_S("hi!"), "", 0},
    {POSTERN_S("=?utf-7?Q?+AOk?= =?utf-7?Q?+AOk-?="), POSTERN_S("\xC3\xA9\xC3\xA9"), "", 0},
    /* raw bytes */
    {POSTERN_S("caf\xC3\xA9 =?utf-8?Q?=C3=A9?="), POSTERN_S("caf\xC3\xA9 \xC3\xA9"), "", 0},
    {POSTERN_S("caf\xE9"), POSTERN_S("caf\xC3\xA9"), "", 1},
    {POSTERN_S("\xCF\xF0\xE8\xE2\xE5\xF2"), POSTERN_S("\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"), "windows-1251", 0},
    {POSTERN_S("caf\xC3\xA9"), POSTERN_S("caf\xC3\xA9"), "windows-1251", 0},
    {POSTERN_S("\x1B$BF|K\\\x1B(B mail"), POSTERN_S("\xE6\x97\xA5\xE6\x9C\xAC mail"), "", 0},
    {POSTERN_S("an ESC \x1B[31m stays"), POSTERN_S("an ESC \x1B[31m stays"), "", 0},
    {POSTERN_S("a\0b"), POSTERN_S("a\0b"), "", 0},
};

static postern_status read_row(const row *r, postern_arena *arena, const postern_notes *notes, postern_slice *text) {
    return postern_header_text(arena, r->raw, postern_charset_parse(postern_slice_cstr(r->fallback)), notes, 0, text);
}

static void rows_read(void **state) {
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        noted n;
        postern_notes notes = noted_sink(&n);
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_slice text;
        assert_non_null(arena);
        assert_int_equal(read_row(&rows[i], arena, &notes, &text), POSTERN_OK);
        if (!postern_slice_eq(text, rows[i].text) || n.all != rows[i].notes) {
            print_error("row %zu [%.*s]\n wanted [%.*s] with %zu notes\n    got [%.*s] with %zu\n", i, POSTERN_ARG(rows[i].raw),
                        POSTERN_ARG(rows[i].text), rows[i].notes, POSTERN_ARG(text), n.all);
            wrong++;
        }
        postern_arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

static postern_status read_life(void *user) {
    postern_slice text;
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = read_row(user, arena, NULL, &text);
    postern_arena_free(arena);
    return status;
}

static void memory_may_end_anywhere(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        row r = rows[i];
        assert_true(test_oom_each(read_life, &r) >= 1);
    }
}

static void length_is_limited(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 24);
    uint8_t *bytes = malloc(POSTERN_LIMIT_HEADER_VALUE + 1);
    postern_slice text;
    assert_non_null(arena);
    assert_non_null(bytes);
    memset(bytes, 'x', POSTERN_LIMIT_HEADER_VALUE + 1);
    postern_slice most = postern_slice_of(bytes, POSTERN_LIMIT_HEADER_VALUE);
    postern_slice more = postern_slice_of(bytes, POSTERN_LIMIT_HEADER_VALUE + 1);
    assert_int_equal(postern_header_text(arena, most, POSTERN_CHARSET_NONE, NULL, 0, &text), POSTERN_OK);
    assert_int_equal(text.len, POSTERN_LIMIT_HEADER_VALUE);
    assert_int_equal(postern_header_text(arena, more, POSTERN_CHARSET_NONE, NULL, 0, &text), POSTERN_LIMIT);
    memset(bytes, 0xE9, POSTERN_LIMIT_HEADER_VALUE); /* grows when decoded */
    assert_int_equal(postern_header_text(arena, most, POSTERN_CHARSET_WINDOWS_1252, NULL, 0, &text), POSTERN_LIMIT);
    free(bytes);
    postern_arena_free(arena);
}

/* What would be slow for a reader that looks for an end again and again. */
static void work_is_linear(void **state) {
    (void)state;
    static const char *const units[] = {"=?utf-8?Q?a", "=?", "=?utf-8?B?QQ", "=?utf-8?Q?", "=?utf-8?Q?a?=41", "=?utf-8?B?Q?= ",
                                        "\x1B$", "=?x?b? ", "=?utf-8?Q?a?= ", "?=", "=?hz?B?fg==?= ", "=?us-ascii?Q?=FF?= "};
    postern_buf raw;
    postern_buf_init(&raw, POSTERN_LIMIT_HEADER_VALUE);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        postern_buf_clear(&raw);
        while (postern_buf_add_slice(&raw, postern_slice_cstr(units[i])) == POSTERN_OK) {}
        postern_arena *arena = postern_arena_new(1 << 24);
        postern_slice text;
        assert_non_null(arena);
        assert_int_equal(postern_header_text(arena, postern_buf_slice(&raw), POSTERN_CHARSET_NONE, NULL, 0, &text), POSTERN_OK);
        assert_true(postern_utf8_valid(text));
        postern_arena_free(arena);
    }
    postern_buf_free(&raw);
}

static const struct {
    postern_slice bytes;
    const char *name;
} guesses[] = {
    {POSTERN_S(""), "windows-1252"},
    {POSTERN_S("plain"), "windows-1252"},
    {POSTERN_S("caf\xC3\xA9"), "UTF-8"},
    {POSTERN_S("gr\xC3\xBC\xC3\x9F und cut \xE2\x82"), "UTF-8"},
    {POSTERN_S("caf\xE9 au lait, tr\xE8s bien"), "windows-1252"},
    {POSTERN_S("it\x92s \x93quoted\x94"), "windows-1252"},
    {POSTERN_S("\x1B$BF|K\\\x1B(B"), "ISO-2022-JP"},
    {POSTERN_S("an ESC \x1B[0m"), "windows-1252"},
    {POSTERN_S("<\0h\0t\0m\0l\0>\0"), "UTF-16LE"},
    {POSTERN_S("\0<\0h\0t\0m\0l\0>"), "UTF-16BE"},
    /* short ones: by the structure of pairs, and Latin text that comes near it */
    {POSTERN_S("\xBB\xE1\xD2\xE9\xCD\xA8\xD6\xAA"), "GBK"},
    {POSTERN_S("Re: \xB2\xFA\xC6\xB7\xB1\xA8\xBC\xDB\xB5\xA5"), "gb18030"}, /* as Hangul it would be common, too: statistics */
    {POSTERN_S("\xB1z\xA6n"), "Big5"},
    {POSTERN_S("\xB7|\xC4\xB3\xB3q\xAA\xBE"), "Big5"},
    {POSTERN_S("\x82\xA8\x92m\x82\xE7\x82\xB9"), "Shift_JIS"},
    {POSTERN_S("\x93" "c\x92\x86\x91\xBE\x98Y"), "Shift_JIS"},
    {POSTERN_S("\xA4\xAA\xC3\xCE\xA4\xE9\xA4\xBB"), "EUC-JP"},
    {POSTERN_S("\xBE\xC8\xB3\xE7\xC7\xCF\xBC\xBC\xBF\xE4"), "EUC-KR"},
    {POSTERN_S("\xBD\xBA\xC6\xD4\xB8\xDE\xC0\xCF"), "EUC-KR"},
    {POSTERN_S("\xCF\xF0\xE8\xE2\xE5\xF2"), "windows-1251"},
    {POSTERN_S("\xD1\xF7\xE5\xF2 \xED\xE0 \xEE\xEF\xEB\xE0\xF2\xF3"), "windows-1251"},
    {POSTERN_S("\xBFQu\xE9 tal? \xBF" "C\xF3mo?"), "windows-1252"},
    {POSTERN_S("Forma\xE7\xE3o: Ver\xE3o"), "windows-1252"},
    {POSTERN_S("\xAFyczenia"), "windows-1250"},
    {POSTERN_S("\xC4nderung \xC4ndern"), "windows-1252"},
    {POSTERN_S("\xD1\xFA\xE5\xF8\xFC \xE6\xE5 \xE5\xF9\xB8 \xFD\xF2\xE8\xF5 \xEC\xFF\xE3\xEA\xE8\xF5 \xF4\xF0\xE0\xED\xF6"
               "\xF3\xE7\xF1\xEA\xE8\xF5 \xE1\xF3\xEB\xEE\xEA, \xE4\xE0 \xE2\xFB\xEF\xE5\xE9 \xF7\xE0\xFE. "
               "\xCC\xFB \xEF\xEE\xE5\xE4\xE5\xEC \xE7\xE0\xE2\xF2\xF0\xE0 \xE2 \xEC\xE0\xE3\xE0\xE7\xE8\xED."),
     "windows-1251"},
    {POSTERN_S("\xF3\xDF\xC5\xDB\xD8 \xD6\xC5 \xC5\xDD\xA3 \xDC\xD4\xC9\xC8 \xCD\xD1\xC7\xCB\xC9\xC8 \xC6\xD2\xC1\xCE\xC3"
               "\xD5\xDA\xD3\xCB\xC9\xC8 \xC2\xD5\xCC\xCF\xCB, \xC4\xC1 \xD7\xD9\xD0\xC5\xCA \xDE\xC1\xC0. "
               "\xED\xD9 \xD0\xCF\xC5\xC4\xC5\xCD \xDA\xC1\xD7\xD4\xD2\xC1 \xD7 \xCD\xC1\xC7\xC1\xDA\xC9\xCE."),
     "KOI8-U"},
    /* Latin letters: by alphabets */
    {POSTERN_S("Cze\x9C\xE6, dzi\xEAkuj\xEA za wiadomo\x9C\xE6."), "windows-1250"},
    {POSTERN_S("Cze\xB6\xE6, dzi\xEAkuj\xEA za wiadomo\xB6\xE6."), "ISO-8859-2"},
    {POSTERN_S("Z\xEDtra v\xE1m po\x9Alu sl\xED" "ben\xE9 fotografie, d\xECkuji."), "windows-1250"},
    {POSTERN_S("Foto\xF0raflar\xFD yar\xFDn g\xF6nderece\xF0im."), "windows-1254"},
    {POSTERN_S("K\xF6sz\xF6n\xF6m, Gy\xF5z\xF5"), "windows-1250"},
    {POSTERN_S("Bun\xE3 ziua, v\xE3 mul\xFEumesc"), "windows-1250"},
    {POSTERN_S("Sveiki, a\xE8i\xFB u\xFE \xFEinut\xE6"), "windows-1257"},
    {POSTERN_S("Dvo\xF8\xE1k"), "windows-1250"},
    {POSTERN_S("Zo\xEB, Ren\xE9" "e, M\xFCller & Pe\xF1" "a: 25 m\xB2, 10 \xB0" "C, 1\xBD \xA3"), "windows-1252"},
    {POSTERN_S("Un c\x9Cur, une p\xE2te, \xABl\xE0\xBB, d\xE9j\xE0 vu \xE0 l\x92h\xF4tel"), "windows-1252"},
    {POSTERN_S("R\xF8" "dgr\xF8" "d p\xE5 en \xF8"), "windows-1252"},
    {POSTERN_S("\xDE" "a\xF0 er \xFDmislegt \xE1 d\xF6" "finni"), "windows-1252"},
    {POSTERN_S("\xE4\xE0, \xED\xE5\xF2"), "windows-1251"},
    {POSTERN_S("\xC4\xCF\xCD"), "KOI8-U"},
    {POSTERN_S("\xEF\xD4\xD7\xC5\xD4"), "KOI8-U"},
    {POSTERN_S("\xC2\xC9\xCC\xC5\xD4\xD9"), "KOI8-U"},
    {POSTERN_S("\xD7\xA6\xC4\xD0\xD5\xD3\xD4\xCB\xC1"), "KOI8-U"},
    {POSTERN_S("\xF3\xD5\xC2\xCF\xD4\xC1"), "KOI8-U"},
    {POSTERN_S("\x8E\xE2\xA2\xA5\xE2"), "IBM866"},
    {POSTERN_S("\xC3\xD2\xA4\xD2"), "windows-874"},
    {POSTERN_S("\xE0\xC3\xD7\xCD\xE3\xBA"), "windows-874"},
    {POSTERN_S("\xF9\xEC\xE5\xED"), "windows-1255"},
    {POSTERN_S("\xD1\xD3\xC7\xE1\xC9"), "windows-1256"},
    {POSTERN_S("\xDA\xE4\xE6\xC7\xE4"), "windows-1256"},
    {POSTERN_S("\xF3\xD7\xC5\xD4\xCC\xC9\xCE\xC9 \xCE\xC1\xC4\xA6\xDB\xCC\xC0 "
               "\xDA\xC1\xD7\xD4\xD2\xC1, \xF7\xA6\xD4\xC1\xC0 \xDA\xC1 \xD0\xCF\xD7\xA6\xC4\xCF\xCD\xCC\xC5\xCE\xCE\xD1"),
     "KOI8-U"},
    {POSTERN_S("\x93\xFA\x96\x7B\x8C\xEA\x82\xCC\x83\x81\x81\x5B\x83\x8B\x82\xC5\x82\xB7\x81\x42\x82\xB1\x82\xEA\x82\xCD"
               "\x83\x65\x83\x58\x83\x67\x82\xC5\x82\xB7\x81\x42"),
     "Shift_JIS"},
    {POSTERN_S("\xC6\xFC\xCB\xDC\xB8\xEC\xA4\xCE\xA5\xE1\xA1\xBC\xA5\xEB\xA4\xC7\xA4\xB9\xA1\xA3\xA4\xB3\xA4\xEC\xA4\xCF"
               "\xA5\xC6\xA5\xB9\xA5\xC8\xA4\xC7\xA4\xB9\xA1\xA3"),
     "EUC-JP"},
};

static void guesses_are_good(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
        const char *name = postern_charset_name(postern_charset_detect(guesses[i].bytes));
        if (strcmp(name, guesses[i].name) != 0) fail_msg("row %zu: %s, not %s", i, name, guesses[i].name);
    }
}

/* In a process of its own that has used up all it may have: a guess, a worse one, but no end (uchardet is C++). */
static void a_guess_without_memory(void **state) {
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    print_message("address space cannot be limited under this sanitizer\n");
#else
    static const char text[] = "\xCF\xF0\xE8\xE2\xE5\xF2 \xEC\xE8\xF0";
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_AS, &none); /* what is mapped stays; nothing more */
        setrlimit(RLIMIT_CORE, &none);
        for (size_t size = 1 << 16; size >= 16; size /= 2)
            for (void **block; (block = malloc(size));) *block = NULL;
        for (int i = 0; i < 3; i++) (void)postern_charset_detect(postern_slice_cstr(text));
        _exit(0);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_read),
        cmocka_unit_test(memory_may_end_anywhere),
        cmocka_unit_test(length_is_limited),
        cmocka_unit_test(work_is_linear),
        cmocka_unit_test(guesses_are_good),
        cmocka_unit_test(a_guess_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
