/*
 * Header values as people read them: unfolding (RFC 5322 2.2.3) and encoded words (RFC 2047), in the quirks of real mail.
 *
 * Read although the RFC forbids it: words without blanks around them or inside quotes; blanks inside a word, also where it
 * was folded in the middle; a missing "?=" or "="; small 'b' and 'q'; language suffixes (RFC 2231); a '?' inside; base64
 * without padding, or one stream of it cut anywhere into words; characters cut between words; an empty charset, or a wrong
 * one (us-ascii or utf-8 whose bytes are not); raw 8-bit and raw ISO-2022-JP. A word of an unknown charset stays as it
 * stands, with a note.
 *
 * Left out: comments and phrases are not parsed; the caller does that before, on the raw value. An attacker hides controls,
 * line ends and bidi in words: the result is text of the wire, to be escaped by whoever shows it. One pass; looking for the
 * end of a word never goes past the beginning of the next.
 */
#include "charset_int.h"

enum { CHARSET_TOKEN_MAX = 64 };

typedef struct word {
    size_t from, end; /* in the value, `end` behind it */
    postern_slice label, text;
    char encoding;      /* 'B' or 'Q' */
    bool closed;        /* "?=" was there */
} word;

typedef struct reading {
    postern_slice value; /* unfolded */
    postern_buf out;     /* UTF-8 */
    codec_defects defects;
    postern_charset raw; /* how raw bytes read; NONE: not asked yet */
    postern_charset fallback;
    /* words that wait for their neighbours */
    bool pending;
    bool ascii_label; /* the label said ASCII */
    postern_charset charset;
    postern_buf bytes;
    postern_buf base64; /* characters of a stream that its words cut */
} reading;

/* ---- finding words ---- */

/* "=?charset?e?" at `i`; fills all but text and end. */
static bool opens(postern_slice v, size_t i, word *w) {
    if (v.len - i < 5 || v.ptr[i] != '=' || v.ptr[i + 1] != '?') return false;
    size_t k = i + 2;
    while (k < v.len && k - i < CHARSET_TOKEN_MAX && v.ptr[k] > 0x20 && v.ptr[k] < 0x7F && v.ptr[k] != '?') k++;
    if (v.len - k < 3 || v.ptr[k] != '?' || v.ptr[k + 2] != '?') return false;
    uint8_t encoding = (uint8_t)(v.ptr[k + 1] & ~0x20);
    if (encoding != 'B' && encoding != 'Q') return false;
    w->from = i;
    w->label = postern_slice_sub(v, i + 2, k - i - 2);
    w->encoding = (char)encoding;
    w->text = postern_slice_from(v, k + 3);
    return true;
}

/* "?=" that is the end of a word and not a '?' before an escape of Q: two hex digits behind it, and the real end in the
 * same word. */
static bool is_end(const word *w, size_t i) {
    postern_slice t = w->text;
    if (i + 1 >= t.len || t.ptr[i] != '?' || t.ptr[i + 1] != '=') return false;
    if (w->encoding != 'Q' || t.len - i < 6 || postern_hex_at(t, i + 2) < 0) return true;
    for (size_t k = i + 4; k + 1 < t.len && k - i < CHARSET_TOKEN_MAX && t.ptr[k] > 0x20; k++) {
        if (t.ptr[k] == '?' && t.ptr[k + 1] == '=') return false;
        if (t.ptr[k] == '=' && t.ptr[k + 1] == '?' && (k + 2 == t.len || t.ptr[k + 2] != '=')) break; /* the next word */
    }
    return true;
}

static void find_end(postern_slice v, word *w) {
    size_t text_at = (size_t)(w->text.ptr - v.ptr), limit = w->text.len, i;
    word next;
    for (i = 0; i < limit; i++) {
        if (is_end(w, i)) {
            w->closed = true;
            w->text.len = i;
            w->end = text_at + i + 2;
            return;
        }
        if (i && w->text.ptr[i] == '=' && opens(v, text_at + i, &next)) break;
    }
    /* no end: up to a blank, the next word or the end of the value, and without a lone '?' of a cut "?=" */
    size_t len = 0;
    while (len < i && !postern_ascii_space(w->text.ptr[len])) len++;
    w->closed = false;
    w->end = text_at + len;
    w->text.len = len && w->text.ptr[len - 1] == '?' ? len - 1 : len;
}

/* ---- what words hold ---- */

static void decode_q(postern_buf *out, postern_slice t) {
    for (size_t i = 0; i < t.len; i++) {
        uint8_t c = t.ptr[i];
        int byte = c == '=' ? postern_hex_at(t, i + 1) : -1;
        if (byte >= 0) i += 2;
        postern_buf_add_byte(out, byte >= 0 ? (uint8_t)byte : c == '_' ? ' ' : c);
    }
}

static void decode_base64(postern_buf *out, postern_slice chars) {
    postern_sink sink = postern_buf_sink(out);
    codec_defects quiet = {.notes = NULL};
    postern_status status = base64_decode_with(&base64_scalar, chars, &sink, &quiet);
    if (status && !out->status) out->status = status;
}

typedef struct b64_shape {
    size_t letters, signs;
    uint8_t last; /* value of the last letter */
} b64_shape;

static b64_shape shape_of(postern_slice t) {
    b64_shape s = {0, 0, 0};
    for (size_t i = 0; i < t.len; i++) {
        uint8_t value = base64_value[t.ptr[i]];
        s.signs += value == 65;
        if (value >= 64) continue;
        s.letters++;
        s.last = value;
    }
    return s;
}

/* Did somebody cut one base64 stream into words, so that this end of one goes on in the next word? A word that only lacks its
 * padding looks much alike: its last bits are zero, and the next word stands for itself. */
static bool goes_on(postern_slice held, postern_slice next) {
    b64_shape a = shape_of(held), b = shape_of(next);
    size_t left = a.letters % 4;
    if (left == 0 || a.signs) return false;
    if (left == 1 || (a.last & (left == 2 ? 15 : 3))) return true;
    return (b.letters + b.signs) % 4 != 0 && (left + b.letters + b.signs) % 4 == 0 && b.signs;
}

/* Empties `buf`; its failure is the failure of the whole. */
static void empty(reading *r, postern_buf *buf) {
    if (buf->status && !r->out.status) r->out.status = buf->status;
    postern_buf_clear(buf);
}

static void settle_base64(reading *r) {
    if (r->base64.len) decode_base64(&r->bytes, postern_buf_slice(&r->base64));
    empty(r, &r->base64);
}

/* ---- from bytes to text ---- */

static void add_decoded(reading *r, postern_charset charset, postern_slice bytes) {
    postern_sink sink = postern_buf_sink(&r->out);
    postern_status status = postern_charset_decode(charset, bytes, &sink, r->defects.notes, r->defects.part);
    if (status && !r->out.status) r->out.status = status;
}

static bool has_high(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 0x80) return true;
    return false;
}

static void note_word(reading *r, postern_slice detail) {
    codec_defect(&r->defects, POSTERN_NOTE_ENCODED_WORD_DEFECT, 0, detail);
}

/* Labels lie: text marked ASCII with high bytes in it, and "UTF-8" that is not. */
static postern_charset honest_charset(reading *r, postern_slice bytes) {
    postern_charset charset = r->charset;
    bool liar = (r->ascii_label && has_high(bytes)) || (charset == POSTERN_CHARSET_UTF_8 && !postern_utf8_valid(bytes));
    if (!liar && charset != POSTERN_CHARSET_NONE) return charset;
    if (liar) note_word(r, bytes);
    if (postern_utf8_valid(bytes)) return POSTERN_CHARSET_UTF_8;
    return charset == POSTERN_CHARSET_NONE && r->fallback ? r->fallback : postern_charset_detect(bytes);
}

static void settle_words(reading *r) {
    if (!r->pending) return;
    settle_base64(r);
    postern_slice bytes = postern_buf_slice(&r->bytes);
    if (bytes.len) add_decoded(r, honest_charset(r, bytes), bytes);
    empty(r, &r->bytes);
    r->pending = false;
}

/* How the raw bytes of the value read; asked once, of all of it, since a few bytes say little. */
static postern_charset raw_charset(reading *r) {
    if (r->raw) return r->raw;
    if (postern_utf8_valid(r->value)) r->raw = POSTERN_CHARSET_UTF_8;
    else if (r->fallback) r->raw = r->fallback;
    else {
        r->raw = postern_charset_detect(r->value);
        codec_defect(&r->defects, POSTERN_NOTE_CHARSET_GUESSED, 0, postern_slice_cstr(postern_charset_name(r->raw)));
    }
    return r->raw;
}

static bool is_raw_jis(postern_slice s) {
    return postern_slice_find(s, 0, POSTERN_S("\x1B$")) != SIZE_MAX && !has_high(s) &&
           postern_charset_detect(s) == charset_iso_2022_jp();
}

static void add_plain(reading *r, size_t from, size_t end) {
    postern_slice s = postern_slice_sub(r->value, from, end - from);
    if (s.len == 0) return;
    if (has_high(s)) add_decoded(r, raw_charset(r), s);
    else if (is_raw_jis(s)) add_decoded(r, charset_iso_2022_jp(), s);
    else postern_buf_add_slice(&r->out, s);
}

/* ---- the walk ---- */

static bool is_blank_run(postern_slice s) {
    return postern_slice_trim(s).len == 0;
}

static bool is_unnamed(postern_slice label) {
    return label.len == 0 || postern_slice_eq_nocase(label, POSTERN_S("unknown")) ||
           postern_slice_eq_nocase(label, POSTERN_S("unknown-8bit")) || postern_slice_eq_nocase(label, POSTERN_S("x-unknown"));
}

/* Keeps no state between words: each is read for itself, or a mark or shift of the second would be read as text of the
 * first. */
static bool stands_alone(postern_charset charset) {
    charset_kind kind = charset_info_of(charset)->kind;
    return kind == KIND_UTF_7 || kind == KIND_UTF_16LE || kind == KIND_UTF_16BE;
}

/* False: the word's charset is not known and it has to stay as it is. */
static bool add_word(reading *r, const word *w, bool adjacent) {
    postern_slice label = postern_slice_cut(w->label, '*').head;
    postern_charset charset = postern_charset_parse(label);
    bool ascii = postern_slice_eq_nocase(label, POSTERN_S("us-ascii")) || postern_slice_eq_nocase(label, POSTERN_S("ascii"));
    if (!charset && !is_unnamed(label)) {
        codec_defect(&r->defects, POSTERN_NOTE_CHARSET_UNKNOWN, w->from, label);
        return false;
    }
    if (!w->closed || label.len == 0)
        note_word(r, postern_slice_sub(r->value, w->from, w->end - w->from));
    if (!adjacent || charset != r->charset || ascii != r->ascii_label || stands_alone(charset)) settle_words(r);
    r->pending = true;
    r->charset = charset;
    r->ascii_label = ascii;
    if (w->encoding == 'Q') {
        settle_base64(r);
        decode_q(&r->bytes, w->text);
        return true;
    }
    if (r->base64.len && !goes_on(postern_buf_slice(&r->base64), w->text)) settle_base64(r);
    postern_buf_add_slice(&r->base64, w->text);
    b64_shape shape = shape_of(postern_buf_slice(&r->base64));
    if (shape.letters % 4 == 0 || shape.signs) settle_base64(r);
    return true;
}

static void walk(reading *r) {
    postern_slice v = r->value;
    size_t plain = 0; /* where text that is not written yet begins */
    for (size_t i = 0; i < v.len && !r->out.status;) {
        size_t at = postern_slice_find(v, i, POSTERN_S("=?"));
        if (at == SIZE_MAX) break;
        word w;
        if (!opens(v, at, &w)) {
            i = at + 1;
            continue;
        }
        find_end(v, &w);
        bool adjacent = r->pending && is_blank_run(postern_slice_sub(v, plain, at - plain));
        if (!adjacent) {
            settle_words(r);
            add_plain(r, plain, at);
        }
        if (add_word(r, &w, adjacent)) {
            plain = w.end;
        } else { /* stays, with the blanks before it */
            if (adjacent) settle_words(r);
            else plain = at;
            add_plain(r, plain, w.end);
            plain = w.end;
        }
        i = w.end;
    }
    settle_words(r);
    add_plain(r, plain, v.len);
}

/* ASCII on one line without a word: most values. */
static bool is_simple(postern_slice s) {
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.ptr[i];
        if (c >= 0x80 || c == 0x1B || c == '\r' || c == '\n') return false;
        if (c == '=' && i + 1 < s.len && s.ptr[i + 1] == '?') return false;
    }
    return true;
}

/* Line ends go; the blanks behind them stay, a tab that was only there for folding as a blank. */
static postern_slice unfold(postern_slice raw, uint8_t *out) {
    size_t len = 0;
    bool folded = false;
    for (size_t i = 0; i < raw.len; i++) {
        uint8_t c = raw.ptr[i];
        bool line_end = c == '\r' || c == '\n';
        if (folded && !line_end && c != ' ' && c != '\t') out[len++] = ' '; /* no blank behind the line end: still two words */
        if (!line_end) out[len++] = folded && c == '\t' ? ' ' : c;
        folded = line_end;
    }
    return postern_slice_of(out, len);
}

postern_status postern_header_text(postern_arena *arena, postern_slice raw, postern_charset fallback,
                                   const postern_notes *notes, uint32_t part, postern_slice *ret_utf8) {
    if (raw.len > POSTERN_LIMIT_HEADER_VALUE) return POSTERN_LIMIT;
    raw = postern_slice_trim(raw);
    if (is_simple(raw)) return postern_arena_copy(arena, raw, ret_utf8);
    postern_buf flat; /* `unfold` adds no more than one blank for each line end it takes away */
    postern_buf_init(&flat, POSTERN_LIMIT_HEADER_VALUE);
    postern_status status = postern_buf_reserve(&flat, raw.len);
    if (status) return status;
    reading r = {.value = unfold(raw, flat.ptr), .defects = {.notes = notes, .part = part, .base = POSTERN_NO_OFFSET}};
    r.fallback = fallback;
    postern_buf_init(&r.out, POSTERN_LIMIT_HEADER_VALUE);
    postern_buf_init(&r.bytes, POSTERN_LIMIT_HEADER_VALUE);
    postern_buf_init(&r.base64, POSTERN_LIMIT_HEADER_VALUE);
    walk(&r);
    status = r.out.status;
    if (!status) status = postern_arena_copy(arena, postern_buf_slice(&r.out), ret_utf8);
    postern_buf_free(&r.out);
    postern_buf_free(&r.bytes);
    postern_buf_free(&r.base64);
    postern_buf_free(&flat);
    return status;
}
