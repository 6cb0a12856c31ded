/*
 * What gpg said (its doc/DETAILS): status lines, and behind them the keys it named as colon lines. Strict on purpose: anything
 * that does not fit together counts for nothing. "Good" needs for each signature of the message a valid one over a document,
 * with a digest that is not weak, by a key that its owner's keyring trusts fully; and the sender's address among those of the
 * key that are trusted, too. What gpg wrote while it opened a message counts only when it says that it opened it, whole and
 * unchanged.
 */
#include "warden.h"

#include <stdlib.h>

enum { TEXT_MAX = 2000, WORDS = 12 };

/* ---- questions ------------------------------------------------------------------------------------------------------ */

void view_asks_begin(view_asks *ret_asks, int line) {
    *ret_asks = (view_asks){.line = line};
    postern_hash_key_make(&ret_asks->key);
}

postern_status view_ask(const view_job *job, int what, postern_slice a, postern_slice b, postern_slice *ret_said,
                        postern_slice *ret_content) {
    view_asks *asks = job->asks;
    if (!asks || asks->line < 0) return POSTERN_NOTFOUND;
    const uint64_t hashes[2] = {postern_slice_keyed_hash(a, &asks->key), postern_slice_keyed_hash(b, &asks->key)};
    unsigned i = 0;
    for (; i < asks->count; i++)
        if (asks->kept[i].what == what && !memcmp(asks->kept[i].hashes, hashes, sizeof hashes)) break;
    if (i == asks->count) {
        if (i == sizeof asks->kept / sizeof *asks->kept) return POSTERN_LIMIT;
        postern_status status =
            view_warden_ask(asks->line, (view_question)what, a, b, &asks->kept[i].said, &asks->kept[i].content);
        if (status) {
            postern_buf_free(&asks->kept[i].said);
            postern_buf_free(&asks->kept[i].content);
            if (status == POSTERN_IO) asks->line = -1; /* nobody answers there any longer */
            return status;
        }
        asks->kept[i].what = what;
        memcpy(asks->kept[i].hashes, hashes, sizeof hashes);
        asks->count++;
    }
    *ret_said = postern_buf_slice(&asks->kept[i].said);
    *ret_content = postern_buf_slice(&asks->kept[i].content);
    return POSTERN_OK;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------- */

/* The next status line's words behind "[GNUPG:]"; false: there is none. */
static bool next_status(postern_slice *said, postern_slice words[WORDS]) {
    while (said->len) {
        postern_cut cut = postern_slice_cut(*said, '\n');
        postern_slice line = cut.head;
        *said = cut.tail;
        if (!postern_slice_starts(line, POSTERN_S("[GNUPG:] "))) continue;
        line = postern_slice_from(line, 9);
        for (size_t i = 0; i < WORDS; i++) {
            cut = postern_slice_cut(line, ' ');
            words[i] = cut.head;
            line = cut.tail;
        }
        return true;
    }
    return false;
}

static bool is(postern_slice word, const char *text) { return postern_slice_eq(word, postern_slice_cstr(text)); }

typedef struct told {
    unsigned begun, good, valid, bad, unknown, other, trusted; /* signatures */
    unsigned weak, odd; /* of the valid ones: by a weak digest; not over a document */
    const char *doubt;
    uint64_t digest; /* of the last valid one */
    bool opened, whole, failed, no_key, strange;
    unsigned texts;
} told;

static uint64_t number(postern_slice word) {
    uint64_t value = 0;
    return postern_slice_uint(word, 1000, &value) ? value : 0;
}

static bool on_signature(told *t, const postern_slice w[WORDS]) {
    if (is(w[0], "NEWSIG")) t->begun++;
    else if (is(w[0], "GOODSIG")) t->good++;
    else if (is(w[0], "BADSIG")) t->bad++;
    else if (is(w[0], "EXPSIG")) t->other++, t->doubt = N_("The signature has expired");
    else if (is(w[0], "EXPKEYSIG")) t->other++, t->doubt = N_("The key has expired");
    else if (is(w[0], "REVKEYSIG")) t->other++, t->doubt = N_("The key was revoked");
    else if (is(w[0], "ERRSIG") && number(w[6]) == 9) t->unknown++;
    else if (is(w[0], "ERRSIG")) t->weak += number(w[6]) == 5, t->odd++;
    else if (is(w[0], "VALIDSIG")) {
        t->valid++;
        t->digest = number(w[8]);
        t->weak += t->digest <= 3; /* MD5, SHA-1, RIPEMD-160 */
        t->odd += number(w[9]) > 1; /* over a key, say */
    } else return false;
    return true;
}

static bool on_trust(told *t, const postern_slice w[WORDS]) {
    if (!postern_slice_starts(w[0], POSTERN_S("TRUST_"))) return false;
    if (is(w[0], "TRUST_FULLY") || is(w[0], "TRUST_ULTIMATE")) t->trusted++;
    else if (is(w[0], "TRUST_NEVER")) t->doubt = N_("You said that you do not trust the key");
    else if (!t->doubt)
        t->doubt = is(w[0], "TRUST_MARGINAL")
                       ? N_("The key is trusted only marginally")
                       : N_("Nothing says whose the key is: it is not signed by anybody you trust");
    return true;
}

static void read_said(postern_slice said, told *t) {
    postern_slice w[WORDS];
    *t = (told){0};
    while (next_status(&said, w)) {
        if (on_signature(t, w) || on_trust(t, w)) continue;
        if (is(w[0], "DECRYPTION_OKAY")) t->opened = true;
        else if (is(w[0], "GOODMDC")) t->whole = true;
        else if (is(w[0], "DECRYPTION_INFO")) t->whole |= number(w[3]) > 0; /* AEAD */
        else if (is(w[0], "DECRYPTION_FAILED") || is(w[0], "BADMDC")) t->failed = true;
        else if (is(w[0], "NO_SECKEY")) t->no_key = true;
        else if (is(w[0], "PLAINTEXT")) t->texts++;
        else if (is(w[0], "UNEXPECTED") || is(w[0], "NODATA")) t->strange = true;
    }
}

view_pgp_opening view_pgp_opened(postern_slice said, bool *ret_signed) {
    told t;
    if (!said.len) return VIEW_PGP_NO_GPG;
    read_said(said, &t);
    *ret_signed = t.begun + t.good + t.bad + t.unknown + t.other > 0;
    if (t.failed || t.strange || t.texts > 1) return t.no_key && !t.opened ? VIEW_PGP_NO_KEY : VIEW_PGP_BROKEN;
    if (t.opened) return t.whole ? VIEW_PGP_OPENED : VIEW_PGP_BROKEN;
    if (t.no_key) return VIEW_PGP_NO_KEY;
    return *ret_signed && t.texts == 1 ? VIEW_PGP_NOT_ENCRYPTED : VIEW_PGP_BROKEN;
}

/* ---- keys ----------------------------------------------------------------------------------------------------------- */

/* A user ID of a colon line: \xHH stands for a byte. */
static void unescape(postern_slice in, postern_buf *out) {
    for (size_t i = 0; i < in.len; i++) {
        bool escape = i + 3 < in.len && in.ptr[i] == '\\' && in.ptr[i + 1] == 'x';
        int byte = escape ? postern_hex_at(in, i + 2) : -1;
        if (byte >= 0) postern_buf_add_byte(out, (uint8_t)byte), i += 3;
        else postern_buf_add_byte(out, in.ptr[i]);
    }
}

/* In groups of four. */
static void tell_key(postern_slice key, view_signature *s) {
    for (size_t i = 0; i < key.len; i++) {
        if (i && i % 4 == 0) postern_buf_add_byte(&s->person, ' ');
        postern_escape_line(&s->person, postern_slice_sub(key, i, 1), 8);
    }
}

/* "Anna <anna@h.test>", or an address alone; the key with the first one. */
static void tell_user(postern_slice id, postern_slice key, postern_slice sender, view_signature *s) {
    postern_cut open = postern_slice_cut_last(id, '<');
    bool angle = open.ok && postern_slice_ends(id, POSTERN_S(">"));
    postern_slice address = angle ? postern_slice_sub(open.tail, 0, open.tail.len - 1) : id;
    postern_slice name = angle ? postern_slice_trim(open.head) : POSTERN_S("");
    bool is_address = postern_slice_find_byte(address, 0, '@') != SIZE_MAX &&
                      postern_slice_find_byte(address, 0, ' ') == SIZE_MAX;
    if (is_address && sender.len && view_same_address(address, sender)) s->of_sender = true;
    if (s->addresses.len) postern_buf_add_slice(&s->addresses, POSTERN_S(", "));
    postern_escape_line(&s->addresses, is_address ? address : id, 300);
    if (!key.len) return;
    if (s->person.len) postern_buf_add_slice(&s->person, POSTERN_S("; "));
    postern_escape_line(&s->person, name, 200);
    if (name.len) postern_buf_add_slice(&s->person, POSTERN_S(" / "));
    tell_key(key, s);
}

/* `any`: also addresses that are not trusted. */
static void tell_keys(postern_slice said, bool any, postern_slice sender, view_signature *s) {
    bool primary = false;
    postern_slice key = {0};
    while (said.len) {
        postern_cut cut = postern_slice_cut(said, '\n');
        postern_slice line = cut.head, field[10];
        said = cut.tail;
        if (postern_slice_starts(line, POSTERN_S("[GNUPG:]"))) continue;
        for (size_t i = 0; i < 10; i++) {
            cut = postern_slice_cut(line, ':');
            field[i] = cut.head;
            line = cut.tail;
        }
        if (is(field[0], "pub")) primary = true;
        if (is(field[0], "fpr") && primary) key = field[9];
        if (is(field[0], "fpr")) primary = false;
        if (!is(field[0], "uid") || (!any && !is(field[1], "f") && !is(field[1], "u"))) continue;
        postern_buf id;
        postern_buf_init(&id, 1 << 14);
        unescape(field[9], &id);
        tell_user(postern_buf_slice(&id), key, sender, s);
        key = POSTERN_S("");
        postern_buf_free(&id);
    }
}

/* ---- the verdict ---------------------------------------------------------------------------------------------------- */

/* "pgp-sha256" */
static bool names_digest(postern_slice micalg, uint64_t digest) {
    static const struct {
        uint64_t number;
        const char *name;
    } known[] = {{8, "pgp-sha256"},  {9, "pgp-sha384"},    {10, "pgp-sha512"},
                 {11, "pgp-sha224"}, {12, "pgp-sha3-256"}, {14, "pgp-sha3-512"}};
    postern_slice word = postern_slice_trim(micalg);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == digest) return postern_slice_eq_nocase(word, postern_slice_cstr(known[i].name));
    return false;
}

static view_verdict_of_signature judge(const told *t, const view_layer *layer) {
    if (t->bad) return VIEW_SIGNATURE_BROKEN;
    if (t->weak) return VIEW_SIGNATURE_WEAK;
    if (t->unknown) return VIEW_SIGNATURE_NO_KEY;
    if (!t->begun || t->odd || t->valid != t->begun || t->good + t->other != t->begun) return VIEW_SIGNATURE_MALFORMED;
    if (layer->kind == VIEW_WRAP_CLEAR && layer->has_digests && !names_digest(layer->digests, t->digest))
        return VIEW_SIGNATURE_DIGEST;
    return t->other || t->trusted != t->begun ? VIEW_SIGNATURE_DOUBTED : VIEW_SIGNATURE_GOOD;
}

void view_pgp_verify(const view_job *job, const view_layer *layer, postern_slice sender, view_signature *ret_signature) {
    postern_slice said = layer->said, unused;
    told t;
    *ret_signature = (view_signature){.verdict = VIEW_SIGNATURE_NO_GPG};
    postern_buf_init(&ret_signature->addresses, TEXT_MAX);
    postern_buf_init(&ret_signature->person, TEXT_MAX);
    if (layer->kind == VIEW_WRAP_CLEAR && view_ask(job, VIEW_ASK_VERIFY, layer->cms, layer->content, &said, &unused)) return;
    if (!said.len) return;
    read_said(said, &t);
    ret_signature->verdict = judge(&t, layer);
    ret_signature->why = t.doubt ? t.doubt : N_("Nothing says whose the key is: it is not signed by anybody you trust");
    if (ret_signature->verdict == VIEW_SIGNATURE_GOOD) tell_keys(said, false, sender, ret_signature);
    if (ret_signature->verdict == VIEW_SIGNATURE_DOUBTED) tell_keys(said, true, POSTERN_S(""), ret_signature);
}
