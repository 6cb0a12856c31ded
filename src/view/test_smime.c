/* S/MIME where no key is needed: whose address a From field is, what counts as a layer, and what happens without memory. */
#include "base/test_base.h"
#include "base/test_oom.h"
#include "view/view_int.h"

static void a_from_field_has_one_address_or_none(void **state) {
    (void)state;
    static const struct {
        const char *raw, *address;
    } rows[] = {
        {" a@h.test", "a@h.test"},
        {"A B <a@h.test>", "a@h.test"},
        {"\"B, C <c@h.test>\" <a@h.test>", "a@h.test"},
        {"(c@h.test) a@h.test (x)", "a@h.test"},
        {"\"q\\\"<c@h.test>\" <a@h.test> (b)", "a@h.test"},
        {"c@h.test <a@h.test>", "a@h.test"}, /* readers agree: the brackets have it */
        {"A\r\n\t<a@h.test>", "a@h.test"},
        {"<c@h.test> <a@h.test>", ""},
        {"<c@h.test> a@h.test", ""},
        {"c@h.test, a@h.test", ""},
        {"A: a@h.test;", ""},
        {"A <@r.test:a@h.test>", ""},
        {"A <a@h.test", ""},
        {"\"A <a@h.test>", ""},
        {"(A <a@h.test>", ""},
        {"a@h.test b@h.test", ""},
        {"A <a@b@h.test>", ""},
        {"A <a>", ""},
        {"A <a @h.test>", ""},
        {"A < a@h.test>", ""},
        {"\"a b\"@h.test", ""},
        {"A <\"a b\"@h.test>", ""},
        {"A <a@[1.2.3.4]>", ""},
        {"A <a@h.test>>", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_slice got = view_from_address(postern_slice_cstr(rows[i].raw));
        if (!postern_slice_eq(got, postern_slice_cstr(rows[i].address)))
            fail_msg("%s: %.*s", rows[i].raw, POSTERN_ARG(got));
    }
}

#define CLEAR "multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=B"
#define TEXT "--B\nContent-Type: text/plain\n\nhello\n"
#define SIGNATURE "--B\nContent-Type: application/pkcs7-signature\nContent-Transfer-Encoding: base64\n\nAAAA\n"
static const char clear[] = "From: a@h.test\nContent-Type: " CLEAR "; micalg=sha-256\n\n" TEXT SIGNATURE "--B--\n";

static view_wrap kind_of(postern_arena *arena, const char *text, view_layer *layer) {
    static const postern_viewer_options options = {.name = "a.eml"};
    const view_job job = {.options = &options};
    assert_int_equal(view_layer_read(arena, &job, postern_slice_cstr(text), layer), POSTERN_OK);
    return layer->kind;
}

static void only_a_whole_message_is_signed(void **state) {
    (void)state;
    static const struct {
        const char *text;
        view_wrap kind;
    } rows[] = {
        {clear, VIEW_WRAP_CLEAR},
        {"Content-Type: " CLEAR "\n\n" TEXT SIGNATURE TEXT "--B--\n", VIEW_WRAP_BROKEN}, /* a third part */
        {"Content-Type: " CLEAR "\n\n" SIGNATURE TEXT "--B--\n", VIEW_WRAP_BROKEN},
        {"Content-Type: " CLEAR "\n\n" TEXT "--B--\n", VIEW_WRAP_BROKEN},
        {"Content-Type: " CLEAR "\n\n" TEXT TEXT "--B--\n", VIEW_WRAP_BROKEN},
        {"Content-Type: " CLEAR "; boundary=C\n\n" TEXT SIGNATURE "--B--\n", VIEW_WRAP_BROKEN},
        {"Content-Type: " CLEAR "; micalg=md5; micalg=sha-256\n\n" TEXT SIGNATURE "--B--\n", VIEW_WRAP_BROKEN},
        {"Content-Type: " CLEAR "\nContent-Transfer-Encoding: base64\n\n" TEXT SIGNATURE "--B--\n", VIEW_WRAP_BROKEN},
        {"Content-Type: " CLEAR "\nContent-Transfer-Encoding: 7bit\n"
         "Content-Transfer-Encoding: 7bit\n\n" TEXT SIGNATURE "--B--\n",
         VIEW_WRAP_BROKEN},
        {"Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=B\n\n" TEXT SIGNATURE "--B--\n",
         VIEW_WRAP_BROKEN}, /* says OpenPGP, is S/MIME */
        {"Content-Type: multipart/signed; protocol=\"text/x\"; boundary=B\n\n" TEXT SIGNATURE "--B--\n", VIEW_WRAP_NONE},
        {"Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Type: " CLEAR "\n\n" TEXT SIGNATURE "--B--\n--A--\n",
         VIEW_WRAP_NONE},
        {"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\nAAAA\n", VIEW_WRAP_BROKEN},
        {"Content-Type: application/pkcs7-mime\n\n", VIEW_WRAP_BROKEN},
        {"Content-Type: text/plain\n\nhello\n", VIEW_WRAP_NONE},
        {"<p>no message", VIEW_WRAP_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        view_layer layer;
        postern_arena *arena = postern_arena_new(1 << 24);
        if (kind_of(arena, rows[i].text, &layer) != rows[i].kind) fail_msg("row %zu is %d", i, layer.kind);
        postern_arena_free(arena);
    }
}

static void what_was_signed_has_crlf(void **state) {
    (void)state;
    view_layer layer;
    view_signature signature;
    postern_arena *arena = postern_arena_new(1 << 24);
    assert_int_equal(kind_of(arena, clear, &layer), VIEW_WRAP_CLEAR);
    assert_slice(layer.content, "Content-Type: text/plain\r\n\r\nhello");
    assert_slice(layer.digests, "sha-256");
    view_cms_verify(&layer, POSTERN_S(""), POSTERN_S("a@h.test"), &signature);
    assert_int_equal(signature.verdict, VIEW_SIGNATURE_MALFORMED);
    view_signature_free(&signature);
    postern_arena_free(arena);
}

static void what_lies_inside_keeps_the_outer_headings(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(1 << 24);
    view_layer layer;
    postern_slice bytes;
    kind_of(arena, "Subject: out\nContent-Type: text/plain\nFrom: a@h.test\n\nx", &layer);
    layer.content = POSTERN_S("Content-Type: text/html\r\nSubject: in\r\n\r\n<p>y");
    assert_int_equal(view_layer_open(arena, &layer, &bytes), POSTERN_OK);
    assert_slice(bytes, "Subject: out\r\nFrom: a@h.test\r\nContent-Type: text/html\r\n\r\n<p>y");
    postern_arena_free(arena);
}

static void layers_without_memory(void **state) {
    (void)state;
    static const postern_viewer_options options = {.name = "a.eml"};
    for (size_t at = 0;; at++) {
        view_layer layer;
        view_job job = {.options = &options, .bytes = postern_slice_cstr(clear)};
        test_oom_arm(at, false);
        postern_arena *arena = postern_arena_new(1 << 24);
        postern_status status = arena ? view_layer_read(arena, &job, job.bytes, &layer) : POSTERN_NOMEM;
        if (!status) status = view_unwrap(arena, &job);
        postern_arena_free(arena);
        bool refused = test_oom_disarm();
        if (!refused) {
            assert_int_equal(status, POSTERN_OK);
            break;
        }
        assert_true(status == POSTERN_NOMEM || status == POSTERN_OK);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_from_field_has_one_address_or_none),
        cmocka_unit_test(only_a_whole_message_is_signed),
        cmocka_unit_test(what_was_signed_has_crlf),
        cmocka_unit_test(what_lies_inside_keeps_the_outer_headings),
        cmocka_unit_test(layers_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
