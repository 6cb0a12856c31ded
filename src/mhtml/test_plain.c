/* Reading mail as plain text: what is signed or encrypted, what is read as text, and that no picture is lost. */
#include "base/test_oom.h"

#include "postern/mhtml.h"

#define HEAD "From: a@x.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
#define HTML "Content-Type: text/html\r\n\r\n<p>hello</p>\r\n"
#define TEXT(words) "Content-Type: text/plain\r\n\r\n" words "\r\n"
#define PGP                                                                                                                    \
    "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nhi\r\n-----BEGIN PGP SIGNATURE-----\r\nx\r\n-----END PGP "      \
    "SIGNATURE-----"
#define PNG "Content-Type: image/png\r\nContent-ID: <p@x>\r\n\r\n\x89PNG\r\n\x1a\n0\r\n"

static const struct {
    const char *what, *text;
    uint32_t part;
    bool is_protected, plain; /* plain: when it is asked for */
} rows[] = {
    {"HTML alone", HEAD HTML, 0, false, true},
    {"XHTML", HEAD "Content-Type: application/xhtml+xml\r\n\r\n<p/>", 0, false, true},
    {"text alone", HEAD TEXT("x"), 0, false, false},
    {"S/MIME signed",
     HEAD "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n" HTML
          "--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--b--\r\n",
     1, true, false},
    {"PGP/MIME signed, an alternative inside",
     HEAD "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n"
          "Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n" TEXT(
              "x") "--c\r\n" HTML "--c--\r\n--b\r\n"
                   "Content-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n",
     3, true, false},
    {"PGP/MIME encrypted",
     HEAD "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\n"
          "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\n"
          "Content-Type: application/octet-stream\r\n\r\nx\r\n--b--\r\n",
     2, true, false},
    {"S/MIME opaque", HEAD "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx", 0, true, false},
    {"S/MIME opaque, as it was called", HEAD "Content-Type: application/x-pkcs7-mime\r\n\r\nx", 0, true, false},
    {"S/MIME by name", HEAD "Content-Type: application/octet-stream; name=SMIME.P7M\r\n\r\nx", 0, true, false},
    {"a name like it", HEAD "Content-Type: application/octet-stream; name=p7m\r\n\r\nx", 0, false, false},
    {"inline PGP", HEAD TEXT(PGP), 0, true, false},
    {"inline PGP beside HTML",
     HEAD "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n" TEXT(PGP) "--b\r\n" HTML "--b--\r\n", 2, true,
     false},
    {"inline PGP in HTML",
     HEAD "Content-Type: text/html\r\n\r\n<pre>-----BEGIN PGP MESSAGE-----\r\n\r\nx\r\n-----END PGP MESSAGE-----</pre>", 0,
     true, false},
    {"words about PGP", HEAD "Content-Type: text/html\r\n\r\n<p>write -----BEGIN PGP MESSAGE----- first</p>", 0, false, true},
    {"PGP without an end", HEAD "Content-Type: text/html\r\n\r\n<p>-----BEGIN PGP MESSAGE-----</p>", 0, false, true},
    {"a signed part beside it",
     HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" HTML "--b\r\nContent-Type: multipart/signed; "
          "boundary=c\r\n\r\n--c\r\n" TEXT("x") "--c--\r\n--b--\r\n",
     1, false, true},
    {"a saved page is no mail",
     "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x.example/\r\nMIME-Version: 1.0\r\n"
     "Content-Type: multipart/related; type=\"text/html\"; boundary=b\r\n\r\n--b\r\n"
     "Content-Type: text/html\r\nContent-Location: http://x.example/\r\n\r\n<p>x\r\n--b--\r\n",
     1, false, false},
};

static postern_archive *open_text(const char *text, bool plain) {
    postern_archive_options options = {.plain = plain};
    postern_archive *archive = NULL;
    postern_error err;
    if (postern_archive_open(postern_slice_cstr(text), &options, &archive, &err)) fail_msg("%s", err.text);
    return archive;
}

static void what_is_read_as_text(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int plain = 0; plain < 2; plain++) {
            postern_archive *archive = open_text(rows[i].text, plain != 0);
            for (int again = 0; again < 2; again++) {
                bool sealed = postern_archive_is_protected(archive, rows[i].part);
                bool as_text = postern_archive_reads_plain(archive, rows[i].part);
                if (sealed != rows[i].is_protected || as_text != (plain && rows[i].plain))
                    print_error("%s: protected %d, plain %d\n", rows[i].what, sealed, as_text);
                assert_int_equal(sealed, rows[i].is_protected);
                assert_int_equal(as_text, plain && rows[i].plain);
            }
            assert_false(postern_archive_is_protected(archive, 4711) || postern_archive_reads_plain(archive, 4711));
            postern_archive_free(archive);
        }
    }
}

#define RELATED                                                                                                                \
    "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n<img "                           \
    "src=cid:p@x>\r\n--r\r\n" PNG "--r--\r\n"

/* KB307594: pictures become attachments, so that none is lost; a sealed mail keeps its form. */
static void pictures_become_attachments(void **state) {
    (void)state;
    static const char sealed[] = HEAD "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n" RELATED "--s\r\n"
                                      "Content-Type: application/pkcs7-signature\r\n\r\nx\r\n--s--\r\n";
    for (int plain = 0; plain < 2; plain++) {
        postern_archive *archive = open_text(HEAD RELATED, plain != 0);
        assert_int_equal(postern_archive_is_attachment(archive, 2), plain);
        assert_false(postern_archive_is_attachment(archive, 1));
        postern_archive_free(archive);
        archive = open_text(sealed, plain != 0);
        assert_false(postern_archive_is_attachment(archive, 3));
        assert_false(postern_archive_is_attachment(archive, 4)); /* the signature */
        postern_archive_free(archive);
    }
}

/* What is read as text is known when a mail is open, whatever memory there is later; the other question fails closed. */
static void no_memory_reads_plain(void **state) {
    (void)state;
    postern_archive *archive = open_text(HEAD TEXT(PGP), true);
    postern_archive *html = open_text(rows[12].text, true);
    test_oom_arm(0, true);
    assert_false(postern_archive_is_protected(archive, 0));
    assert_false(postern_archive_reads_plain(html, 0));
    assert_true(test_oom_disarm());
    assert_true(postern_archive_is_protected(archive, 0));
    postern_archive_free(archive);
    postern_archive_free(html);
}

static postern_status life(void *user) {
    postern_archive_options options = {.plain = true};
    postern_archive *archive = NULL;
    postern_status status = postern_archive_open(postern_slice_cstr(user), &options, &archive, NULL);
    if (!status && postern_archive_reads_plain(archive, 2)) status = POSTERN_STATE;
    postern_archive_free(archive);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    test_oom_each(life, (void *)(uintptr_t)rows[11].text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_as_text),
        cmocka_unit_test(pictures_become_attachments),
        cmocka_unit_test(no_memory_reads_plain),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
