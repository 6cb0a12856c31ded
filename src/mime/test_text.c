/* Unit tests of bodies: decoding, and which character set a text is read in. */
#include "base/test_base.h"
#include "postern/mime.h"

#define B(literal) literal, sizeof(literal) - 1

typedef struct row {
    const char *name, *head, *body;
    size_t len;
    const char *charset, *text;
} row;

static const row rows[] = {
    {"declared", "text/html; charset=utf-8", B("\xC3\xA9"), "UTF-8", "\xC3\xA9"},
    {"declared 8-bit", "text/html; charset=windows-1251", B("\xE9"), "windows-1251", "\xD0\xB9"},
    {"quotes and blanks", "text/html; charset=\" windows-1251 \"", B("\xE9"), "windows-1251", "\xD0\xB9"},
    {"a byte order mark wins", "text/html; charset=windows-1251", B("\xEF\xBB\xBF\xC3\xA9"), "UTF-8", "\xC3\xA9"},
    {"unicode with a mark", "text/html; charset=\"unicode\"", B("\xFF\xFE<\0p\0>\0"), "UTF-16LE", "<p>"},
    {"utf-16 that is none", "text/html; charset=utf-16", B("<p>x</p>"), "windows-1252", "<p>x</p>"},
    {"declaration before meta", "text/html; charset=utf-8", B("<meta charset=windows-1251>\xC3\xA9"), "UTF-8",
     "<meta charset=windows-1251>\xC3\xA9"},
    {"meta", "text/html", B("<meta charset=windows-1251>\xE9"), "windows-1251", "<meta charset=windows-1251>\xD0\xB9"},
    {"meta http-equiv", "text/html", B("<META content='text/html; charset=koi8-r' http-equiv=Content-Type>\xC1"), "KOI8-R",
     "<META content='text/html; charset=koi8-r' http-equiv=Content-Type>\xD0\xB0"},
    {"meta in a comment is none", "text/html", B("<!-- <meta charset=koi8-r> --><meta charset=windows-1251>\xE9"),
     "windows-1251", "<!-- <meta charset=koi8-r> --><meta charset=windows-1251>\xD0\xB9"},
    {"content without http-equiv", "text/html", B("<meta content='charset=koi8-r'>\xC3\xA9"), "UTF-8",
     "<meta content='charset=koi8-r'>\xC3\xA9"},
    {"meta says utf-16", "text/html", B("<meta charset=utf-16>\xC3\xA9"), "UTF-8", "<meta charset=utf-16>\xC3\xA9"},
    {"meta utf-7 is none", "text/html", B("<meta charset=utf-7>+ADw-"), "windows-1252", "<meta charset=utf-7>+ADw-"},
    {"declared utf-7", "text/html; charset=utf-7", B("+ADw-"), "UTF-7", "<"},
    {"meta in plain text is none", "text/plain", B("<meta charset=koi8-r>\xC3\xA9"), "UTF-8", "<meta charset=koi8-r>\xC3\xA9"},
    {"@charset", "text/css", B("@charset \"windows-1251\";\xE9"), "windows-1251", "@charset \"windows-1251\";\xD0\xB9"},
    {"@charset not exact", "text/css", B("@charset 'windows-1251';\xC3\xA9"), "UTF-8", "@charset 'windows-1251';\xC3\xA9"},
    {"unknown label", "text/html; charset=nonsense", B("\xC3\xA9"), "UTF-8", "\xC3\xA9"},
    {"plainly no utf-8: meta", "text/html; charset=utf-8", B("<meta charset=windows-1251>\xEF\xF0\xE8\xE2\xE5\xF2"),
     "windows-1251", "<meta charset=windows-1251>\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"},
    {"us-ascii with utf-8 inside", "text/html; charset=us-ascii", B("\xC3\xA9"), "UTF-8", "\xC3\xA9"},
    {"us-ascii, meta", "text/html; charset=us-ascii", B("<meta charset=gb2312>\xC4\xE3"), "GBK",
     "<meta charset=gb2312>\xE4\xBD\xA0"},
    {"one bad byte in much utf-8", "text/html; charset=utf-8", B("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xFF"),
     "UTF-8", "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xEF\xBF\xBD"},
    {"iso-2022-jp without declaration", "text/plain", B("\x1B$B$\"\x1B(B"), "ISO-2022-JP", "\xE3\x81\x82"},
};

static void character_sets(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *r = &rows[i];
        postern_buf in;
        postern_buf_init(&in, 10000);
        postern_buf_printf(&in, "MIME-Version: 1.0\nContent-Type: %s\nContent-Transfer-Encoding: 8bit\n\n", r->head);
        postern_buf_add(&in, r->body, r->len);
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_message *m;
        assert_int_equal(postern_mime_open(arena, postern_buf_slice(&in), NULL, &m, NULL), POSTERN_OK);
        postern_slice text, head;
        postern_charset charset, head_charset;
        const postern_part *part = postern_mime_part(m, 0);
        assert_int_equal(postern_part_text(arena, part, NULL, &text, &charset), POSTERN_OK);
        if (strcmp(postern_charset_name(charset), r->charset) != 0 || !postern_slice_eq(text, postern_slice_cstr(r->text))) {
            print_error("%s: %s [%.*s]\n", r->name, postern_charset_name(charset), (int)text.len, (const char *)text.ptr);
            fail();
        }
        assert_int_equal(postern_part_text_head(arena, part, 100000, &head, &head_charset), POSTERN_OK);
        assert_same_slice(head, text);
        assert_int_equal(head_charset, charset);
        postern_arena_free(arena);
        postern_buf_free(&in);
    }
}

static const char decoded[] =
    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: quoted-printable\n\na=3Db=\nc\n--b\n"
    "Content-Transfer-Encoding: base64\n\nYWJj\n--b\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n#86)C\n`\nend\n--b\n"
    "Content-Transfer-Encoding: nonsense\n\nraw\n--b\n\nbefore\nbegin 644 f.bin\n#86)C\n`\nend\nafter\n--b--\n";

static void bodies(void **state) {
    (void)state;
    static const char *const expected[] = {NULL, "a=bc", "abc", "abc", "raw"};
    postern_arena *arena = postern_arena_new(1 << 20);
    const postern_message *m;
    postern_slice in = postern_slice_cstr(decoded), bytes;
    assert_int_equal(postern_mime_open(arena, in, NULL, &m, NULL), POSTERN_OK);
    assert_int_equal(postern_mime_part_count(m), 7);
    for (uint32_t i = 1; i < 5; i++) {
        postern_buf out;
        postern_buf_init(&out, 1000);
        postern_sink sink = postern_buf_sink(&out);
        assert_int_equal(postern_part_decode(postern_mime_part(m, i), &sink, NULL), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&out), postern_slice_cstr(expected[i]));
        assert_int_equal(postern_part_decode_arena(arena, postern_mime_part(m, i), NULL, &bytes), POSTERN_OK);
        assert_same_slice(bytes, postern_slice_cstr(expected[i]));
        postern_buf_free(&out);
    }
    /* without an encoding the bytes are a view of the file */
    assert_true(bytes.ptr > in.ptr && bytes.ptr < in.ptr + in.len);
    /* the uuencoded file is a part, and no longer in the text */
    assert_int_equal(postern_part_text(arena, postern_mime_part(m, 5), NULL, &bytes, NULL), POSTERN_OK);
    assert_slice(bytes, "before\nafter");
    const postern_part *file = postern_mime_part(m, 6);
    assert_int_equal(file->parent, 5);
    assert_true(file->flags & POSTERN_PART_UU);
    assert_slice(file->name, "f.bin");
    assert_int_equal(postern_part_decode_arena(arena, file, NULL, &bytes), POSTERN_OK);
    assert_slice(bytes, "abc");
    postern_arena_free(arena);
}

static void bare_document(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    const postern_message *m;
    postern_mime_options options = {.bare_type = POSTERN_S("text/html")};
    postern_slice in = POSTERN_S("Content-Type: text/plain\n\n<p>"), text;
    assert_int_equal(postern_mime_open(arena, in, &options, &m, NULL), POSTERN_OK);
    assert_int_equal(postern_mime_part_count(m), 1);
    assert_slice(postern_mime_part(m, 0)->type, "text/html");
    assert_int_equal(postern_part_text(arena, postern_mime_part(m, 0), NULL, &text, NULL), POSTERN_OK);
    assert_same_slice(text, in);
    postern_slice wide = postern_slice_of("<\0p\0>\0x\0", 8);
    assert_int_equal(postern_mime_open(arena, wide, &options, &m, NULL), POSTERN_OK);
    assert_int_equal(postern_part_text(arena, postern_mime_part(m, 0), NULL, &text, NULL), POSTERN_OK);
    assert_slice(text, "<p>x");
    postern_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(character_sets),
        cmocka_unit_test(bodies),
        cmocka_unit_test(bare_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
