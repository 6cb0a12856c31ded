/* Unit tests of the walk: what the tree of parts looks like, written in one line a message. */
#include "base/test_oom.h"
#include "postern/mime.h"

/* One char a note kind is enough to tell them apart in the rows. */
typedef struct seen_notes {
    unsigned count[POSTERN_NOTE_COUNT];
} seen_notes;

static void count_note(void *user, const postern_note *note) {
    seen_notes *seen = user;
    seen->count[note->kind]++;
}

static void describe(const postern_message *m, uint32_t index, postern_buf *out) {
    const postern_part *p = postern_mime_part(m, index);
    postern_buf_add_slice(out, p->type);
    if (p->flags & POSTERN_PART_TRUNCATED) postern_buf_add_byte(out, '~');
    if (p->nested) postern_buf_add_byte(out, '*');
    if (p->first_child == POSTERN_NO_PART || (p->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) == 0) {
        postern_buf_add_byte(out, '=');
        postern_escape_line(out, p->body, 60);
    }
    if (p->first_child == POSTERN_NO_PART) return;
    postern_buf_add_byte(out, '(');
    for (uint32_t i = p->first_child; i != POSTERN_NO_PART; i = postern_mime_part(m, i)->next) {
        if (i != p->first_child) postern_buf_add_byte(out, ' ');
        describe(m, i, out);
    }
    postern_buf_add_byte(out, ')');
}

typedef struct row {
    const char *name, *input, *tree;
    postern_note_kind note; /* POSTERN_NOTE_COUNT: none at all but bare-newlines */
} row;

#define NONE POSTERN_NOTE_COUNT
#define NOTE(kind) POSTERN_NOTE_##kind

static const row rows[] = {
    {"single part", "Content-Type: text/html\n\nx", "text/html=x", NONE},
    {"crlf", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
     "multipart/mixed(text/plain=one text/plain=two)", NONE},
    {"cr only", "Content-Type: multipart/mixed; boundary=b\r\r--b\r\rone\r--b\r\rtwo\r--b--\r",
     "multipart/mixed(text/plain=one text/plain=two)", NONE},
    {"cr cr lf", "Content-Type: multipart/mixed; boundary=b\r\r\n\r\r\n--b\r\r\n\r\r\none\r\r\n--b--\r\r\n",
     "multipart/mixed(text/plain=one)", NONE},
    {"mixed line ends", "Content-Type: multipart/mixed; boundary=b\r\n\n--b\r\rone\n--b\n\r\ntwo\r\n--b--",
     "multipart/mixed(text/plain=one text/plain=two)", NONE},
    {"preamble and epilogue", "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b--\nepi\n--b\n\nno\n",
     "multipart/mixed(text/plain=one)", NONE},
    {"blanks behind the delimiter", "Content-Type: multipart/mixed; boundary=b\n\n--b \t\n\none\n--b-- \n",
     "multipart/mixed(text/plain=one)", NONE},
    {"look-alikes", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--bc\n--b-\n --b\nx--b\n--B\n--b--x\n--b--\n",
     "multipart/mixed(text/plain=--bc\\x0a--b-\\x0a --b\\x0ax--b\\x0a--B\\x0a--b--x)", NONE},
    {"one boundary is a prefix of the other",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; "
     "boundary=bb\n\n--bb\n\n1\n--bb--\n--b\n\n2\n"
     "--b--\n",
     "multipart/mixed(multipart/alternative(text/plain=1) text/plain=2)", NONE},
    {"boundary that ends in --", "Content-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\n1\n--b--\n\n2\n--b----\n",
     "multipart/mixed(text/plain=1 text/plain=2)", NONE},
    {"upper-case, blanks around =", "Content-Type: multipart/mixed; BOUNDARY = \"b\"\n\n--b\n\n1\n--b--\n",
     "multipart/mixed(text/plain=1)", NONE},
    {"; in quotes", "Content-Type: multipart/mixed; boundary=\"b;c\"\n\n--b;c\n\n1\n--b;c--\n", "multipart/mixed(text/plain=1)",
     NONE},
    {"continued boundary", "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n\n1\n--bc--\n",
     "multipart/mixed(text/plain=1)", NONE},
    {"the outer delimiter ends the inner parts",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; "
     "boundary=b\n\n--b\n\n1\n--a\n\n2\n--a--\n",
     "multipart/mixed(multipart/mixed(text/plain=1) text/plain=2)", NOTE(BOUNDARY_UNCLOSED)},
    {"no close delimiter", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n",
     "multipart/mixed~(text/plain~=one\\x0a)", NOTE(BOUNDARY_UNCLOSED)},
    {"last delimiter opens nothing", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n",
     "multipart/mixed~(text/plain=one)", NOTE(BOUNDARY_UNCLOSED)},
    {"cut in a head", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Ty",
     "multipart/mixed~(text/plain~=)", NOTE(HEADER_MALFORMED)},
    {"cut in a text", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Typo",
     "multipart/mixed~(text/plain~=Content-Typo)", NOTE(HEADER_NO_BLANK_LINE)},
    {"cut in a delimiter", "Content-Type: multipart/mixed; boundary=bound\n\n--bound\n\none\n--bou",
     "multipart/mixed~(text/plain~=one)", NOTE(BOUNDARY_UNCLOSED)},
    {"a signature at the end", "Content-Type: multipart/mixed; boundary=bound\n\n--bound\n\none\n-- ",
     "multipart/mixed~(text/plain~=one\\x0a-- )", NOTE(BOUNDARY_UNCLOSED)},
    {"declared boundary never used",
     "Content-Type: multipart/mixed; boundary=b\n\n--c\nContent-Type: text/html\n\n1\n--c\nContent-Type: "
     "text/css\n\n2\n--c--\n",
     "multipart/mixed(text/html=1 text/css=2)", NOTE(BOUNDARY_UNUSED)},
    {"no boundary declared", "Content-Type: multipart/mixed\n\n--c\nContent-Type: text/html\n\n1\n--c--\n",
     "multipart/mixed(text/html=1)", NOTE(BOUNDARY_MISSING)},
    {"guessing stays inside the outer part",
     "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--c\nContent-Type: "
     "text/html\n\n1\n"
     "--c--\n--a\n\n2\n--a--\n",
     "multipart/mixed(multipart/mixed(text/html=1) text/plain=2)", NOTE(BOUNDARY_UNUSED)},
    {"no delimiter, but a head", "Content-Type: multipart/related; boundary=b\n\n\nContent-Type: text/html\n\n<p>\n",
     "multipart/related~(text/html~=<p>\\x0a)", NOTE(BOUNDARY_UNUSED)},
    {"no delimiter, text alone", "Content-Type: multipart/mixed; boundary=b\n\nhello\n",
     "multipart/mixed~(text/plain~=hello\\x0a)", NOTE(BOUNDARY_UNUSED)},
    {"nothing in it", "Content-Type: multipart/mixed; boundary=b\n\n\n", "multipart/mixed~=\\x0a", NOTE(BOUNDARY_UNUSED)},
    {"glued delimiter behind binary",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: binary\n\nx--bc--b \n--b\n\n2\n--b--\n",
     "multipart/mixed(text/plain=x--bc text/plain=2)", NOTE(BOUNDARY_GLUED)},
    {"glued delimiter behind text is text", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx--b\n--b--\n",
     "multipart/mixed(text/plain=x--b)", NONE},
    {"encoding on a multipart",
     "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\n1\n--b--\n",
     "multipart/mixed(text/plain=1)", NOTE(ENCODING_ON_MULTIPART)},
    {"message inside", "Content-Type: message/rfc822\n\nSubject: x\n\nbody", "message/rfc822(text/plain=body)", NONE},
    {"message in multipart",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; "
     "boundary=c\n\n--c\n"
     "\n1\n--c--\n--b\n\n2\n--b--\n",
     "multipart/mixed(message/rfc822(multipart/mixed(text/plain=1)) text/plain=2)", NONE},
    {"message in base64", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQpib2R5\n",
     "message/rfc822(text/plain*=body)", NONE},
    {"message that only says base64", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nSubject: x\n\nbody",
     "message/rfc822(text/plain=body)", NOTE(ENCODING_ON_MULTIPART)},
    {"empty message", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n--b--\n",
     "multipart/mixed(message/rfc822=)", NONE},
    {"digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\nbody\n--b--\n",
     "multipart/digest(message/rfc822(text/plain=body))", NONE},
    {"resource without a type", "Content-Type: multipart/related; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b--\n",
     "multipart/related(text/plain=1 application/octet-stream=2)", NONE},
    {"leading blank lines", "\r\n \r\nContent-Type: text/html\r\n\r\nx", "text/html=x", NOTE(LEADING_JUNK)},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "Content-Type: text/html\n\nx",
     "text/html=x", NOTE(LEADING_JUNK)},
    {"From_ line", "From a@b Mon Jan  1\nContent-Type: text/html\n\nx", "text/html=x", NOTE(MBOX_FROM)},
    {"text before the head", "some text\nmore\nMIME-Version: 1.0\nContent-Type: text/html\n\nx", "text/html=x",
     NOTE(LEADING_JUNK)},
    {"text glued to the head", "some text MIME-Version: 1.0\nContent-Type: text/html\n\nx", "text/html=x", NOTE(LEADING_JUNK)},
    {"no blank line (Problem Steps Recorder)",
     "Content-Type: multipart/related; boundary=b\nThis is a multi-part message\n\n--b\nContent-Type: text/html\n\nx\n--b--\n",
     "multipart/related(text/html=x)", NOTE(HEADER_NO_BLANK_LINE)},
    {"delimiter right behind the head", "Content-Type: multipart/related; boundary=b\n--b\nContent-Type: text/html\n--b--\n",
     "multipart/related(text/html=)", NOTE(HEADER_NO_BLANK_LINE)},
    {"a line among the fields", "MIME-Version: 1.0\nwhat is this\nContent-Type: text/html\n\nx", "text/html=x",
     NOTE(HEADER_MALFORMED)},
    {"folded, blank before the colon", "Content-Type :\n\ttext/html;\n  charset=utf-8\n\nx", "text/html=x", NONE},
    {"blanks end the head", "Content-Type: text/html\n  \n<p>x", "text/html=<p>x", NONE},
    {"uuencoded", "Subject: x\n\nhi\nbegin 644 a b.txt\n#86)C\n`\nend\nbye\n",
     "text/plain=hi\\x0abegin 644 a b.txt\\x0a#86)C\\x0a`\\x0aend\\x0abye\\x0a(application/octet-stream=begin 644 a "
     "b.txt\\x0a#86)C\\x0a`\\x0aend\\x0a)",
     NONE},
    {"begin that is no uuencode", "Subject: x\n\nbegin 644 bugs\nand so on\n", "text/plain=begin 644 bugs\\x0aand so on\\x0a",
     NONE},
};

static postern_status open_one(const char *input, postern_notes *notes, postern_arena **ret_arena,
                               const postern_message **ret) {
    postern_mime_options options = {.notes = notes};
    postern_error error;
    *ret_arena = postern_arena_new(64 << 20);
    if (!*ret_arena) return POSTERN_NOMEM;
    return postern_mime_open(*ret_arena, postern_slice_cstr(input), &options, ret, &error);
}

static void trees(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *r = &rows[i];
        seen_notes seen = {{0}};
        postern_notes notes = {count_note, &seen};
        postern_arena *arena;
        const postern_message *m;
        assert_int_equal(open_one(r->input, &notes, &arena, &m), POSTERN_OK);
        postern_buf out;
        postern_buf_init(&out, 1 << 20);
        describe(m, 0, &out);
        if (!postern_slice_eq(postern_buf_slice(&out), postern_slice_cstr(r->tree))) {
            print_error("row: %s\nwant %s\n got %.*s\n", r->name, r->tree, (int)out.len, (char *)out.ptr);
            fail();
        }
        unsigned other = 0;
        for (int k = 0; k < POSTERN_NOTE_COUNT; k++) other += k != POSTERN_NOTE_BARE_NEWLINES ? seen.count[k] : 0;
        if (r->note == NONE ? other != 0 : seen.count[r->note] == 0) {
            print_error("row: %s: notes\n", r->name);
            for (int k = 0; k < POSTERN_NOTE_COUNT; k++)
                if (seen.count[k]) print_error("  %s\n", postern_note_name((postern_note_kind)k));
            fail();
        }
        postern_buf_free(&out);
        postern_arena_free(arena);
    }
}

static void no_message(void **state) {
    (void)state;
    static const char *const inputs[] = {"", "\n\n", "<html>Content-Type: x\n", "just text\nmore text\n",
                                         "<pre>\nMIME-Version: 1.0\nContent-Type: text/html\n\n</pre>"};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        postern_arena *arena;
        const postern_message *m;
        assert_int_equal(open_one(inputs[i], NULL, &arena, &m), POSTERN_FORMAT);
        postern_arena_free(arena);
    }
}

static void utf16_file(void **state) {
    (void)state;
    static const char text[] = "Content-Type: text/html\r\n\r\n<p>";
    uint8_t wide[2 * sizeof text + 2] = {0xFF, 0xFE};
    for (size_t i = 0; i + 1 < sizeof text; i++) wide[2 + 2 * i] = (uint8_t)text[i];
    for (int mark = 0; mark < 2; mark++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_message *m;
        postern_slice in = mark ? postern_slice_of(wide, 2 * sizeof text) : postern_slice_of(wide + 2, 2 * sizeof text - 2);
        assert_int_equal(postern_mime_open(arena, in, NULL, &m, NULL), POSTERN_OK);
        assert_slice(postern_mime_part(m, 0)->body, "<p>");
        postern_arena_free(arena);
    }
}

static void p5_depth_is_bounded(void **state) {
    (void)state;
    postern_buf in;
    postern_buf_init(&in, 1 << 20);
    for (int i = 0; i < 1000; i++)
        postern_buf_printf(&in, "%sContent-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i ? "" : "MIME-Version: 1.0\n", i,
                           i);
    postern_buf_add_byte(&in, 0);
    seen_notes seen = {{0}};
    postern_notes notes = {count_note, &seen};
    postern_arena *arena;
    const postern_message *m;
    assert_int_equal(open_one((char *)in.ptr, &notes, &arena, &m), POSTERN_OK);
    assert_int_equal(seen.count[POSTERN_NOTE_TOO_DEEP], 1);
    const postern_part *last = postern_mime_part(m, postern_mime_part_count(m) - 1);
    assert_int_equal(last->depth, POSTERN_LIMIT_MIME_DEPTH);
    assert_true(last->body.len > 10000);
    postern_arena_free(arena);
    postern_buf_free(&in);
}

static void p5_parts_are_bounded(void **state) {
    (void)state;
    postern_buf in;
    postern_buf_init(&in, 4 << 20);
    postern_buf_printf(&in, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (unsigned i = 0; i < POSTERN_LIMIT_PARTS + 10; i++) postern_buf_printf(&in, "--b\n\nx\n");
    postern_buf_add_byte(&in, 0);
    seen_notes seen = {{0}};
    postern_notes notes = {count_note, &seen};
    postern_arena *arena;
    const postern_message *m;
    assert_int_equal(open_one((char *)in.ptr, &notes, &arena, &m), POSTERN_OK);
    assert_int_equal(postern_mime_part_count(m), POSTERN_LIMIT_PARTS);
    assert_int_equal(seen.count[POSTERN_NOTE_TOO_MANY_PARTS], 1);
    postern_arena_free(arena);
    postern_buf_free(&in);
}

static void encoded_messages_are_bounded(void **state) {
    (void)state;
    postern_buf in, next;
    postern_buf_init(&in, 1 << 20);
    postern_buf_init(&next, 1 << 20);
    postern_buf_printf(&in, "Subject: innermost\n\nx\n");
    for (int i = 0; i < 12; i++) {
        postern_buf_clear(&next);
        postern_buf_printf(&next, "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n");
        postern_sink sink = postern_buf_sink(&next);
        assert_int_equal(postern_base64_encode(postern_buf_slice(&in), 76, &sink), POSTERN_OK);
        postern_buf_clear(&in);
        postern_buf_add_slice(&in, postern_buf_slice(&next));
    }
    postern_buf_add_byte(&in, 0);
    seen_notes seen = {{0}};
    postern_notes notes = {count_note, &seen};
    postern_arena *arena;
    const postern_message *m;
    assert_int_equal(open_one((char *)in.ptr, &notes, &arena, &m), POSTERN_OK);
    assert_int_equal(seen.count[POSTERN_NOTE_TOO_DEEP], 1);
    assert_int_equal(postern_mime_part_count(m), POSTERN_LIMIT_NESTED_MESSAGES + 1);
    postern_arena_free(arena);
    postern_buf_free(&in);
    postern_buf_free(&next);
}

/* Pictures alone, and only where no field speaks of an encoding. */
static void base64_that_nobody_declares(void **state) {
    (void)state;
    static char in[] = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/gif\n\n R0lGODlh\n"
                       "--b\nContent-Type: image/png\nContent-Transfer-Encoding: 8bit\n\niVBORw0KGgo=\n"
                       "--b\nContent-Type: text/plain\n\niVBORw0KGgo=\n--b\nContent-Type: image/png\n\nGIF89a\n"
                       "--b\nContent-Type: image/jpeg\n\n/9j/\n--b--\n";
    static const postern_encoding expected[] = {POSTERN_ENCODING_7BIT, POSTERN_ENCODING_BASE64, POSTERN_ENCODING_8BIT,
                                                POSTERN_ENCODING_7BIT, POSTERN_ENCODING_7BIT,   POSTERN_ENCODING_BASE64};
    seen_notes seen = {{0}};
    postern_notes notes = {count_note, &seen};
    postern_arena *arena;
    const postern_message *m;
    assert_int_equal(open_one(in, &notes, &arena, &m), POSTERN_OK);
    for (uint32_t i = 0; i < 6; i++) assert_int_equal(postern_mime_part(m, i)->encoding, expected[i]);
    assert_int_equal(seen.count[POSTERN_NOTE_ENCODING_UNKNOWN], 2);
    postern_arena_free(arena);
}

static postern_status open_and_read(void *user) {
    postern_arena *arena;
    const postern_message *m;
    postern_status status = open_one(user, NULL, &arena, &m);
    for (uint32_t i = 0; status == POSTERN_OK && i < postern_mime_part_count(m); i++) {
        const postern_part *part = postern_mime_part(m, i);
        postern_slice text;
        status = postern_part_text(arena, part, NULL, &text, NULL);
        if (status == POSTERN_OK) status = postern_part_text_head(arena, part, 100, &text, NULL);
        if (status == POSTERN_OK) status = postern_part_decode_arena(arena, part, NULL, &text);
        if (status == POSTERN_OK) status = postern_part_header_text(arena, part, POSTERN_S("subject"), &text);
        const postern_header *type = postern_part_header(part, POSTERN_S("content-type"));
        postern_parameter *list;
        size_t count;
        if (status == POSTERN_OK && type)
            status = postern_mime_parameters(arena, type->raw, POSTERN_CHARSET_NONE, &text, &list, &count);
    }
    postern_arena_free(arena);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static char message[] =
        "From: x\nSubject: =?utf-8?Q?=C3=A9?=\nContent-Type: Multipart/Mixed;\n boundary*0=\"a\\\"\"; boundary*1=b\n\n--a\"b\n"
        "Content-Type: Text/HTML; charset=iso-8859-1; name*=utf-8''%C3%A9\nContent-Location: http://x/\n "
        "y\nContent-Transfer-Encoding: "
        "quoted-printable\n\n=E9\n--a\"b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        "U3ViamVjdDogeA0KDQpib2R5\n--a\"b\n\nbegin 644 "
        "x\n#86)C\n`\nend\n--a\"b\n\n1\n--a\"b\n\n2\n--a\"b\n\n3\n--a\"b\n\n4\n--a\"b\n\n5\n"
        "--a\"b--\n";
    assert_true(test_oom_each(open_and_read, message) > 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees),
        cmocka_unit_test(no_message),
        cmocka_unit_test(utf16_file),
        cmocka_unit_test(p5_depth_is_bounded),
        cmocka_unit_test(p5_parts_are_bounded),
        cmocka_unit_test(encoded_messages_are_bounded),
        cmocka_unit_test(base64_that_nobody_declares),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
