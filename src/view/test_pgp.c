/* OpenPGP without gpg: which messages are whole ones, and what its words make of them. */
#include "base/test_oom.h"
#include "warden.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY "0123456789ABCDEF0123456789ABCDEF01234567"
#define SAID(line) "[GNUPG:] " line "\n"
#define VALID SAID("VALIDSIG " KEY " 2025-01-01 1 0 4 0 22 8 00 " KEY)
#define GOOD SAID("NEWSIG") SAID("GOODSIG 89ABCDEF Anna <anna@h.test>") VALID
#define KEYS "pub:u:\nfpr:::::::::" KEY ":\nuid:u::::::::Anna <anna@h.test>:\nuid:-::::::::Not \\x3cproven\\x3e <b@h.test>:\n"
#define OPENED SAID("DECRYPTION_INFO 2 9") SAID("PLAINTEXT 62 0 ") SAID("DECRYPTION_OKAY") SAID("GOODMDC")

static void assert_verdict(const char *said, const char *sender, view_verdict_of_signature wanted, bool of_sender) {
    const view_layer layer = {.kind = VIEW_WRAP_ENVELOPED, .pgp = true, .said = postern_slice_cstr(said)};
    const view_job job = {.what = VIEW_INFO};
    view_signature signature;
    view_pgp_verify(&job, &layer, postern_slice_cstr(sender), &signature);
    if (signature.verdict != wanted || signature.of_sender != of_sender)
        fail_msg("%d, %d: %s", signature.verdict, signature.of_sender, said);
    view_signature_free(&signature);
}

static void every_signature_has_to_be_good(void **state) {
    (void)state;
    assert_verdict(GOOD SAID("TRUST_FULLY 0 pgp") KEYS, "anna@h.test", VIEW_SIGNATURE_GOOD, true);
    assert_verdict(GOOD SAID("TRUST_ULTIMATE") KEYS, "eve@h.test", VIEW_SIGNATURE_GOOD, false);
    assert_verdict(GOOD SAID("TRUST_FULLY") KEYS, "b@h.test", VIEW_SIGNATURE_GOOD, false); /* of the key, not trusted */
    assert_verdict(GOOD SAID("TRUST_MARGINAL") KEYS, "anna@h.test", VIEW_SIGNATURE_DOUBTED, false);
    assert_verdict(GOOD KEYS, "anna@h.test", VIEW_SIGNATURE_DOUBTED, false);
    assert_verdict(GOOD SAID("TRUST_FULLY") GOOD SAID("TRUST_NEVER") KEYS, "anna@h.test", VIEW_SIGNATURE_DOUBTED, false);
    assert_verdict(GOOD SAID("TRUST_FULLY") SAID("NEWSIG") SAID("BADSIG 1 x"), "anna@h.test", VIEW_SIGNATURE_BROKEN, false);
    assert_verdict(GOOD SAID("TRUST_FULLY") SAID("NEWSIG") SAID("ERRSIG 1 22 8 00 1 9 -"),
                   "anna@h.test", VIEW_SIGNATURE_NO_KEY, false);
    assert_verdict(GOOD SAID("TRUST_FULLY") SAID("NEWSIG"), "anna@h.test", VIEW_SIGNATURE_MALFORMED, false);
    assert_verdict(SAID("NEWSIG") SAID("GOODSIG 1 x") SAID("TRUST_FULLY"), "anna@h.test", VIEW_SIGNATURE_MALFORMED, false);
    assert_verdict(SAID("NEWSIG") SAID("EXPKEYSIG 1 x") VALID SAID("TRUST_FULLY"),
                   "anna@h.test", VIEW_SIGNATURE_DOUBTED, false);
    assert_verdict(SAID("NEWSIG") SAID("GOODSIG 1 x") SAID("VALIDSIG " KEY " d 1 0 4 0 22 2 00 " KEY) SAID("TRUST_FULLY"),
                   "anna@h.test",
                   VIEW_SIGNATURE_WEAK, false);
    assert_verdict(SAID("NEWSIG") SAID("GOODSIG 1 x") SAID("VALIDSIG " KEY " d 1 0 4 0 22 8 10 " KEY) SAID("TRUST_FULLY"),
                   "anna@h.test",
                   VIEW_SIGNATURE_MALFORMED, false); /* over a key */
    assert_verdict("GOODSIG 1 x\n", "anna@h.test", VIEW_SIGNATURE_MALFORMED, false);
    assert_verdict("", "anna@h.test", VIEW_SIGNATURE_NO_GPG, false);
}

static void what_was_opened_is_whole_and_one(void **state) {
    (void)state;
    static const struct {
        const char *said;
        view_pgp_opening opening;
        bool is_signed;
    } rows[] = {
        {OPENED, VIEW_PGP_OPENED, false},
        {GOOD OPENED, VIEW_PGP_OPENED, true},
        {SAID("DECRYPTION_INFO 0 9 2") SAID("PLAINTEXT 62 0 ") SAID("DECRYPTION_OKAY"), VIEW_PGP_OPENED, false}, /* AEAD */
        {SAID("DECRYPTION_INFO 0 9") SAID("PLAINTEXT 62 0 ") SAID("DECRYPTION_OKAY"), VIEW_PGP_BROKEN, false},
        {OPENED SAID("DECRYPTION_FAILED"), VIEW_PGP_BROKEN, false},
        {OPENED SAID("PLAINTEXT 62 0 "), VIEW_PGP_BROKEN, false},
        {OPENED SAID("UNEXPECTED 0"), VIEW_PGP_BROKEN, false},
        {SAID("NO_SECKEY 1") SAID("DECRYPTION_FAILED"), VIEW_PGP_NO_KEY, false},
        {SAID("PLAINTEXT 62 0 ") GOOD, VIEW_PGP_NOT_ENCRYPTED, true},
        {SAID("PLAINTEXT 62 0 "), VIEW_PGP_BROKEN, false},
        {"", VIEW_PGP_NO_GPG, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_signed = false;
        view_pgp_opening opening = view_pgp_opened(postern_slice_cstr(rows[i].said), &is_signed);
        if (opening != rows[i].opening || is_signed != rows[i].is_signed) fail_msg("row %zu: %d", i, opening);
    }
}

#define ARMOUR \
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhi\n-----BEGIN PGP SIGNATURE-----\n\nAA==\n" \
    "-----END PGP SIGNATURE-----\n"
#define SEALED "-----BEGIN PGP MESSAGE-----\n\nAA==\n-----END PGP MESSAGE-----\n"
#define PARTS(a, b) \
    "Content-Type: multipart/encrypted; boundary=B\n\n--B\nContent-Type: " a "\n\nVersion: 1\n--B\nContent-Type: " b \
    "\n\n" SEALED "--B--\n"

static void only_a_whole_message_is_openpgp(void **state) {
    (void)state;
    static const struct {
        const char *text;
        view_wrap kind;
    } rows[] = {
        {"Content-Type: text/plain\n\n" ARMOUR, VIEW_WRAP_ENVELOPED},
        {"Subject: no type\n\n\n" SEALED "\n\n", VIEW_WRAP_ENVELOPED},
        {"Content-Type: text/plain\n\nx\n" ARMOUR, VIEW_WRAP_NONE},
        {"Content-Type: text/plain\n\n" ARMOUR "x\n", VIEW_WRAP_NONE},
        {"Content-Type: text/plain\n\n" ARMOUR ARMOUR, VIEW_WRAP_NONE},
        {"Content-Type: text/plain\n\n" SEALED ARMOUR, VIEW_WRAP_NONE},
        {"Content-Type: text/html\n\n" ARMOUR, VIEW_WRAP_NONE},
        {"Content-Type: text/plain\nContent-Disposition: attachment\n\n" ARMOUR, VIEW_WRAP_NONE},
        {PARTS("application/pgp-encrypted", "application/octet-stream"), VIEW_WRAP_ENVELOPED},
        {PARTS("text/plain", "application/octet-stream"), VIEW_WRAP_BROKEN},
        {PARTS("application/pgp-encrypted", "text/html"), VIEW_WRAP_BROKEN},
        {PARTS("application/pgp-encrypted", "application/octet-stream") "--B\n\nx\n--B--\n",
         VIEW_WRAP_ENVELOPED}, /* an epilogue */
    };
    static const postern_viewer_options options = {.name = "a.eml"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        view_layer layer;
        const view_job job = {.options = &options};
        postern_arena *arena = postern_arena_new(1 << 24);
        assert_int_equal(view_layer_read(arena, &job, postern_slice_cstr(rows[i].text), &layer), POSTERN_OK);
        if (layer.kind != rows[i].kind || layer.content.len) fail_msg("row %zu is %d", i, layer.kind);
        postern_arena_free(arena);
    }
}

/* A warden of the test: says how many questions it was asked so far. */
static void answer_by_count(int line) {
    uint8_t head[9], body[64];
    for (uint8_t asked = 1; recv(line, head, sizeof head, MSG_WAITALL) == sizeof head; asked++) {
        const uint8_t answer[] = {1, 0, 0, 0, 0, 0, 0, 0, asked};
        size_t len = (size_t)head[1] + head[5];
        if (len > sizeof body || recv(line, body, len, MSG_WAITALL) != (ssize_t)len) break;
        if (write(line, answer, sizeof answer) < 0) break;
    }
    _exit(0);
}

/* One signature, and two contents that have the same FNV-1a behind it: the verdict on one is none on the other. */
static void each_content_is_asked_for_itself(void **state) {
    (void)state;
    static const char one[] = "\xC2\x7A\x34\x3F\x3F\x11\x23\x64\x17\x0C\x0F\x05\x3D\xF6",
                      two[] = "\xFB\x17\x58\x03\x25\x1A\x7C\xED\x30\xFA\x17\x06\x2E\xE4";
    static const char *const contents[] = {one, two, one, two}, *const answers[] = {"\1", "\2", "\1", "\2"};
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        answer_by_count(ends[1]);
    }
    close(ends[1]);
    view_asks asks;
    view_asks_begin(&asks, ends[0]);
    const view_job job = {.asks = &asks};
    for (size_t i = 0; i < 4; i++) {
        postern_slice said, content;
        postern_slice asked = postern_slice_cstr(contents[i]);
        assert_int_equal(view_ask(&job, VIEW_ASK_VERIFY, POSTERN_S("signature"), asked, &said, &content), POSTERN_OK);
        assert_true(postern_slice_eq(said, postern_slice_cstr(answers[i])));
    }
    for (unsigned i = 0; i < asks.count; i++) {
        postern_buf_free(&asks.kept[i].said);
        postern_buf_free(&asks.kept[i].content);
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_signature_has_to_be_good),
        cmocka_unit_test(what_was_opened_is_whole_and_one),
        cmocka_unit_test(each_content_is_asked_for_itself),
        cmocka_unit_test(only_a_whole_message_is_openpgp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
