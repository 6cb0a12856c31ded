/* Unit tests of parameters, types and the fields of a part. */
#include "base/test_base.h"
#include "postern/mime.h"

typedef struct row {
    const char *raw, *list; /* value|name=value|name=value … */
} row;

static const row rows[] = {
    {"text/html", "text/html"},
    {"TEXT/HTML; Charset=UTF-8", "text/html|charset=UTF-8"},
    {" text/html ;; charset = \"utf-8\" ; ", "text/html|charset=utf-8"},
    {"text/html charset=utf-8", "text/html|charset=utf-8"},
    {"text/html; charset=utf-8 boundary=x", "text/html|charset=utf-8|boundary=x"},
    {"text/html; charset=\"utf-8\" boundary=\"x\"", "text/html|charset=utf-8|boundary=x"},
    {"text/html; charset=utf-8 (a (nested) comment); x=y", "text/html|charset=utf-8|x=y"},
    {"text/plain (comment; a=b); c=d", "text/plain|c=d"},
    {"a/b; x=\"a;b\\\"c\\\\d\"; y=z", "a/b|x=a;b\"c\\d|y=z"},
    {"attachment; filename=\"C:\\dir\\x.txt\"", "attachment|filename=C:\\dir\\x.txt"},
    {"attachment; filename=\"C:\\dir\\\"; size=3", "attachment|filename=C:\\dir\\|size=3"},
    {"attachment; filename=my file (1).txt; size=3", "attachment|filename=my file (1).txt|size=3"},
    {"attachment; filename=my\r\n\tfile.txt; size=3", "attachment|filename=my\tfile.txt|size=3"},
    {"attachment; filename=x.txt\r\n size=3", "attachment|filename=x.txt|size=3"},
    {"attachment; filename=\"a\r\n b\"", "attachment|filename=a b"},
    {"attachment; filename=\"open; size=3", "attachment|filename=open|size=3"},
    {"attachment; filename=\"a\"b.txt; size=3", "attachment|filename=a|size=3"},
    {"attachment; filename", "attachment"},
    {"attachment; =x; a=b", "attachment|=x|a=b"},
    {"attachment; a=; b=\"\"", "attachment|a=|b="},
    {"attachment; a=1; a=2", "attachment|a=1|a=2"},
    {"", ""},
    {";", ""},
    {"multipart/related; start=<op.mhtml.1@[::1]>; boundary=----------x",
     "multipart/related|start=<op.mhtml.1@[::1]>|boundary=----------x"},
    /* RFC 2231 */
    {"a/b; name*=utf-8''%C3%A9%20x", "a/b|name=\xC3\xA9 x"},
    {"a/b; name*=iso-8859-1'en'%E9", "a/b|name=\xC3\xA9"},
    {"a/b; name*=%C3%A9", "a/b|name=\xC3\xA9"},
    {"a/b; name*=''%E9x", "a/b|name=\xC3\xA9x"},
    {"a/b; name*0=one; name*1=two", "a/b|name=onetwo"},
    {"a/b; name*1=two; name*0=one; x=y", "a/b|name=onetwo|x=y"},
    {"a/b; name*0*=utf-8''%C3; name*1*=%A9; name*2=%41", "a/b|name=\xC3\xA9%41"},
    {"a/b; name*0=a; name*2=c", "a/b|name=ac"},
    {"a/b; name*0=a; name*0=b; name*1=c", "a/b|name=ac"},
    {"a/b; name=plain; name*=utf-8''ext", "a/b|name=ext|name=plain"},
    {"a/b; name*=utf-8''%zz%4", "a/b|name=%zz%4"},
    {"a/b; name*x=1", "a/b|name*x=1"},
    {"a/b; name*=UTF-8''\"n%C3%A9\"", "a/b|name=n\xC3\xA9"},
    {"a/b; name*=\"UTF-8''n%C3%A9\"", "a/b|name=n\xC3\xA9"},
    {"a/b; name*0*=utf-8''n%C3; name*1*=utf-8''%A9; name*2*=x''y", "a/b|name=n\xC3\xA9x''y"},
    {"a/b; name *=utf-8''x%20y", "a/b|name=x y"},
    {"a/b; name (c) *0* (d) = (e) utf-8''x%20; name*1=y", "a/b|name=x y"},
    {"a/b; name=plain; name*=", "a/b|name=plain"},
    /* comments: before a bare name they may be the name */
    {"a/b; name(c)=\"x\"", "a/b|name=x"},
    {"a/b; name (c) = (d) \"x\" (e)", "a/b|name=x"},
    {"a/b; (c) name=(d)\"x\"; y=(e)z; u=(f)", "a/b|name=x|y=z|u=(f)"},
    {"a/b; name=(1) x.txt", "a/b|name=(1) x.txt"},
    {"a/b; name=(draft).txt", "a/b|name=(draft).txt"},
    {"a/b; name*=(c)utf-8''x%20y", "a/b|name=x y"},
    /* RFC 2047 and raw bytes where neither belongs */
    {"a/b; name=\"=?utf-8?Q?=C3=A9?=\"", "a/b|name=\xC3\xA9"},
    {"a/b; name==?utf-8?B?w6k=?=", "a/b|name=\xC3\xA9"},
    {"a/b; name=\"=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=\"", "a/b|name=ab"},
    {"a/b; name=\"\xE9\"", "a/b|name=\xC3\xA9"},
    {"a/b; name=\"\xC3\xA9\"", "a/b|name=\xC3\xA9"},
    {"a/b; boundary=\"=?utf-8?Q?x?=\"", "a/b|boundary==?utf-8?Q?x?="},
};

static void parameters(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_slice value;
        postern_parameter *list;
        size_t count;
        assert_int_equal(postern_mime_parameters(arena, postern_slice_cstr(rows[i].raw), POSTERN_CHARSET_WINDOWS_1252, &value,
                                                 &list, &count),
                         POSTERN_OK);
        postern_buf out;
        postern_buf_init(&out, 1 << 20);
        postern_buf_add_slice(&out, value);
        for (size_t k = 0; k < count; k++) {
            postern_buf_add_byte(&out, '|');
            postern_buf_add_slice(&out, list[k].name);
            postern_buf_add_byte(&out, '=');
            postern_buf_add_slice(&out, list[k].value);
        }
        if (!postern_slice_eq(postern_buf_slice(&out), postern_slice_cstr(rows[i].list))) {
            print_error("row: %s\nwant %s\n got %.*s\n", rows[i].raw, rows[i].list, (int)out.len, (char *)out.ptr);
            fail();
        }
        postern_buf_free(&out);
        postern_arena_free(arena);
    }
}

static void z18_parameters_are_bounded(void **state) {
    (void)state;
    postern_buf raw;
    postern_buf_init(&raw, 64 << 20);
    postern_buf_printf(&raw, "a/b");
    for (unsigned i = 0; i < 100000; i++) postern_buf_printf(&raw, "; p%u=x; n*%u=y", i, i);
    postern_arena *arena = postern_arena_new(8 << 20);
    postern_slice value;
    postern_parameter *list;
    size_t count;
    assert_int_equal(postern_mime_parameters(arena, postern_buf_slice(&raw), POSTERN_CHARSET_NONE, &value, &list, &count),
                     POSTERN_OK);
    assert_true(count <= POSTERN_LIMIT_PARAMETERS);
    postern_arena_free(arena);
    postern_buf_free(&raw);
}

/* ---- what the fields of one part say ----------------------------------------------------------------------------- */

typedef struct part_row {
    const char *head, *type;
    bool declared;
} part_row;

static const part_row types[] = {
    {"Subject: x", "text/plain", false},
    {"Content-Type: text/html", "text/html", true},
    {"content-type : TEXT/Html ; charset=x", "text/html", true},
    {"Content-Type:\n\ttext/html", "text/html", true},
    {"Content-Type: text/html (html)", "text/html", true},
    {"Content-Type: image/svg+xml", "image/svg+xml", true},
    {"Content-Type:", "text/plain", false},
    {"Content-Type: text", "application/octet-stream", false},
    {"Content-Type: text/", "application/octet-stream", false},
    {"Content-Type: /html", "application/octet-stream", false},
    {"Content-Type: text/html/x", "application/octet-stream", false},
    {"Content-Type: text/html, text/plain", "application/octet-stream", false},
    {"Content-Type: text html", "application/octet-stream", false},
    {"Content-Type: text/html x", "application/octet-stream", false},
    {"Content-Type: \"text/html\"", "application/octet-stream", false},
    {"Content-Type: text/h\xC3\xA9", "application/octet-stream", false},
    {"Content-Type: text/html\nContent-Type: text/html", "text/html", true},
    {"Content-Type: text/plain\nContent-Type: text/html", "application/octet-stream", false},
    {"Content-Type: image/png\nCONTENT-TYPE: text/html", "application/octet-stream", false},
};

static void z7_type_is_the_declared_one(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        postern_buf in;
        postern_buf_init(&in, 1000);
        postern_buf_printf(&in, "MIME-Version: 1.0\n%s\n\n<html>\x89PNG", types[i].head);
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_message *m;
        assert_int_equal(postern_mime_open(arena, postern_buf_slice(&in), NULL, &m, NULL), POSTERN_OK);
        const postern_part *part = postern_mime_part(m, 0);
        if (!postern_slice_eq(part->type, postern_slice_cstr(types[i].type)) ||
            types[i].declared != !!(part->flags & POSTERN_PART_TYPE_DECLARED)) {
            print_error("%s: got %.*s\n", types[i].head, (int)part->type.len, (const char *)part->type.ptr);
            fail();
        }
        postern_arena_free(arena);
        postern_buf_free(&in);
    }
}

typedef struct field_row {
    const char *head, *name, *id, *location;
    bool attachment;
} field_row;

static const field_row fields[] = {
    {"Content-Type: a/b; name=x.txt", "x.txt", "", "", false},
    {"Content-Type: a/b; name=x.txt\nContent-Disposition: attachment; filename=y.txt", "y.txt", "", "", true},
    {"Content-Type: a/b; name=x.txt\nContent-Disposition: ATTACHMENT; filename=\"\"", "x.txt", "", "", true},
    {"Content-Disposition: filename=\"x.txt\"", "x.txt", "", "", false},
    {"Content-Disposition: inline; filename*=utf-8''%C3%A9", "\xC3\xA9", "", "", false},
    {"Content-ID: <a@b>", "", "a@b", "", false},
    {"Content-ID: a@b", "", "a@b", "", false},
    {"Content-ID: (x) <a@b> (y)", "", "a@b", "", false},
    {"Content-ID:\n <a@b>", "", "a@b", "", false},
    {"Content-ID: <a@b", "", "a@b", "", false},
    {"Content-Location: http://x/\n a\n\tb", "", "", "http://x/ab", false},
    {"Content-Location: file://C:\\My Docs\\x.htm", "", "", "file://C:\\My Docs\\x.htm", false},
    {"Content-Location: <http://x/>", "", "", "http://x/", false},
    {"Content-Location: \"http://x/\"", "", "", "http://x/", false},
    {"Content-Location: =?utf-8?Q?http://x/=C3=A9?=\n =?utf-8?Q?=2Epng?=", "", "", "http://x/\xC3\xA9.png", false},
    {"Content-Location: http://x/\xC3\xA9", "", "", "http://x/\xC3\xA9", false},
    {"Content-Type: text/html; charset=windows-1251\nContent-Location: http://x/\xE9", "", "", "http://x/\xD0\xB9", false},
    {"Content-Location: http://x/1\nContent-Location: http://x/2", "", "", "http://x/1", false},
};

static void names_and_identities(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const field_row *r = &fields[i];
        postern_buf in;
        postern_buf_init(&in, 1000);
        postern_buf_printf(&in, "MIME-Version: 1.0\n%s\n\nx", r->head);
        postern_arena *arena = postern_arena_new(1 << 20);
        const postern_message *m;
        assert_int_equal(postern_mime_open(arena, postern_buf_slice(&in), NULL, &m, NULL), POSTERN_OK);
        const postern_part *part = postern_mime_part(m, 0);
        assert_same_slice(part->name, postern_slice_cstr(r->name));
        assert_same_slice(part->content_id, postern_slice_cstr(r->id));
        assert_same_slice(part->content_location, postern_slice_cstr(r->location));
        assert_int_equal(!!(part->flags & POSTERN_PART_ATTACHMENT), r->attachment);
        postern_arena_free(arena);
        postern_buf_free(&in);
    }
}

/* Raw bytes in the fields of a part without a charset read as the text before it. */
static void names_read_as_the_text_before(void **state) {
    (void)state;
    static const char in[] = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
                             "--b\nContent-Type: text/html; charset=windows-1251\n\nx\n"
                             "--b\nContent-Type: image/png; name=\"\xEE\xF2\xF7\xB8\xF2.png\"\n"
                             "Content-Location: http://x/\xEF\n\nx\n"
                             "--b\nContent-Type: image/png\nContent-Location: http://x/\xD0\xBF\n\nx\n--b--\n";
    postern_arena *arena = postern_arena_new(1 << 20);
    const postern_message *m;
    assert_int_equal(postern_mime_open(arena, postern_slice_cstr(in), NULL, &m, NULL), POSTERN_OK);
    assert_slice(postern_mime_part(m, 2)->name, "\u043e\u0442\u0447\u0451\u0442.png");
    assert_slice(postern_mime_part(m, 2)->content_location, "http://x/\u043f");
    assert_slice(postern_mime_part(m, 3)->content_location, "http://x/\u043f"); /* UTF-8 stays UTF-8 */
    postern_arena_free(arena);
}

static void header_lookup(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 20);
    const postern_message *m;
    static const char in[] = "X-A: 1\nSubject : =?utf-8?Q?=C3=A9?=\n =?utf-8?Q?x?=\nsubject: two\nX-Empty:\n\nbody";
    assert_int_equal(postern_mime_open(arena, postern_slice_cstr(in), NULL, &m, NULL), POSTERN_OK);
    const postern_part *part = postern_mime_part(m, 0);
    assert_int_equal(part->header_count, 4);
    const postern_header *h = postern_part_header(part, POSTERN_S("SUBJECT"));
    assert_slice(h->name, "Subject");
    assert_slice(h->raw, "=?utf-8?Q?=C3=A9?=\n =?utf-8?Q?x?=");
    assert_int_equal(h->offset, 7);
    assert_null(postern_part_header(part, POSTERN_S("nope")));
    postern_slice text;
    assert_int_equal(postern_part_header_text(arena, part, POSTERN_S("subject"), &text), POSTERN_OK);
    assert_slice(text, "\xC3\xA9x");
    assert_int_equal(postern_part_header_text(arena, part, POSTERN_S("nope"), &text), POSTERN_OK);
    assert_slice(text, "");
    assert_null(postern_mime_part(m, 1));
    postern_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters),
        cmocka_unit_test(z18_parameters_are_bounded),
        cmocka_unit_test(z7_type_is_the_declared_one),
        cmocka_unit_test(names_and_identities),
        cmocka_unit_test(names_read_as_the_text_before),
        cmocka_unit_test(header_lookup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
