/*
 * base64 as mail has it (RFC 2045 section 6.8), in blocks: decoding, encoding, and copying without decoding.
 *
 * What is forgiven, each with a note: bytes outside the alphabet (passed over, as the RFC says), padding that is missing,
 * wrong, or in the middle (segments stuck together: each is decoded on its own), a single character that is left over
 * (dropped). The URL-safe letters '-' and '_' are junk here, as in mail. Blanks and line ends are no defect. Bits left over
 * in the last character are ignored.
 *
 * An attacker wants two readers to see different bytes: there is one reader in this file, `fill`, and the copier gives what
 * decoding and encoding would, byte for byte. All work is one pass over the input with fixed memory.
 */
#include "codec_int.h"

enum { CHARS = 16384, BYTES = CHARS / 4 * 3, DETAIL = 16 };

typedef enum stop { STOP_FULL, STOP_PADDING, STOP_END } stop;

typedef struct reader {
    const base64_kernels *k;
    postern_slice in;
    size_t pos;
    codec_defects *d;
    bool padded;  /* padding was seen and no data behind it yet */
    size_t count; /* in `chars`; whole quads went before them */
    uint8_t chars[CHARS];
} reader;

static void pass_junk(reader *r) {
    size_t from = r->pos, end = from;
    for (size_t i = from; i < r->in.len && (base64_value[r->in.ptr[i]] == 66 || base64_value[r->in.ptr[i]] == 64); i++)
        if (base64_value[r->in.ptr[i]] == 66) end = i + 1;
    r->pos = end;
    codec_defect(r->d, POSTERN_NOTE_BASE64_JUNK, from, postern_slice_sub(r->in, from, end - from));
}

static void pass_padding(reader *r) {
    size_t from = r->pos, signs = 0, left = r->count % 4;
    for (; r->pos < r->in.len && (base64_value[r->in.ptr[r->pos]] == 65 || base64_value[r->in.ptr[r->pos]] == 64); r->pos++)
        signs += r->in.ptr[r->pos] == '=';
    if (left < 2 || signs != 4 - left)
        codec_defect(r->d, POSTERN_NOTE_BASE64_PADDING, from, postern_slice_sub(r->in, from, DETAIL));
    r->padded = true;
}

/* Reads until `room` characters (a multiple of 4, at most CHARS) are there, padding (which is consumed), or the end. */
static stop fill(reader *r, size_t room) {
    r->count = 0;
    for (;;) {
        size_t consumed, from = r->pos;
        size_t got = r->k->gather(r->in.ptr + from, r->in.len - from, r->chars + r->count, room - r->count, &consumed);
        if (got && r->padded) {
            codec_defect(r->d, POSTERN_NOTE_BASE64_PADDING, from, postern_slice_sub(r->in, from, DETAIL));
            r->padded = false;
        }
        r->pos += consumed;
        r->count += got;
        if (r->count == room) return STOP_FULL;
        if (r->pos == r->in.len) break;
        if (r->in.ptr[r->pos] == '=') {
            pass_padding(r);
            return STOP_PADDING;
        }
        pass_junk(r);
    }
    if (r->count % 4) codec_defect(r->d, POSTERN_NOTE_BASE64_PADDING, r->in.len, POSTERN_S(""));
    return STOP_END;
}

/* The one or two bytes in the two or three characters behind the last whole quad; a single character holds none. */
static size_t decode_tail(const reader *r, uint8_t out[2]) {
    size_t left = r->count % 4;
    if (left < 2) return 0;
    const uint8_t *c = r->chars + r->count - left;
    unsigned a = base64_value[c[0]], b = base64_value[c[1]];
    out[0] = (uint8_t)(a << 2 | b >> 4);
    if (left == 3) out[1] = (uint8_t)(b << 4 | base64_value[c[2]] >> 2);
    return left - 1;
}

/* `why`: how the last fill ended, whose characters are still to be decoded. */
static postern_status decode_rest(reader *r, stop why, const postern_sink *out) {
    uint8_t bytes[BYTES];
    size_t len = 0;
    for (;;) {
        r->k->decode(r->chars, r->count / 4, bytes + len);
        len += r->count / 4 * 3;
        if (why != STOP_FULL) len += decode_tail(r, bytes + len);
        if (why == STOP_END || len > BYTES / 2) { /* many small segments are written together */
            postern_status status = postern_sink_write(out, postern_slice_of(bytes, len));
            if (status) return status;
            len = 0;
        }
        if (why == STOP_END) return POSTERN_OK;
        why = fill(r, (BYTES - len) / 3 * 4);
    }
}

static void start(reader *r, const base64_kernels *k, postern_slice in, codec_defects *d) {
    r->k = k;
    r->in = in.ptr ? in : POSTERN_S("");
    r->pos = 0;
    r->d = d;
    r->padded = false;
}

postern_status base64_decode_with(const base64_kernels *k, postern_slice in, const postern_sink *out, codec_defects *d) {
    reader r;
    start(&r, k, in, d);
    return decode_rest(&r, fill(&r, CHARS), out);
}

/* Behind a segment that ended in the middle of a quad: if nothing follows, its end is written, else the rest has to be
 * recoded. */
static postern_status copy_behind_tail(reader *r, stop why, const postern_sink *out) {
    postern_base64_encoder encoder;
    postern_base64_encoder_init(&encoder, out);
    encoder.rest_len = (unsigned)decode_tail(r, encoder.rest);
    while (why == STOP_PADDING) {
        why = fill(r, CHARS);
        if (r->count) {
            postern_sink sink = postern_base64_encoder_sink(&encoder);
            postern_status status = decode_rest(r, why, &sink);
            if (status) return status;
            break;
        }
    }
    return postern_base64_encoder_finish(&encoder);
}

postern_status base64_copy_with(const base64_kernels *k, postern_slice in, const postern_sink *out, codec_defects *d) {
    reader r;
    start(&r, k, in, d);
    for (;;) {
        stop why = fill(&r, CHARS);
        size_t whole = r.count / 4 * 4;
        postern_status status = postern_sink_write(out, postern_slice_of(r.chars, whole));
        if (status) return status;
        if (r.count - whole >= 2) return copy_behind_tail(&r, why, out);
        if (why == STOP_END) return POSTERN_OK;
    }
}

postern_status postern_base64_copy(postern_slice in, const postern_sink *out, const postern_notes *notes, uint32_t part,
                                   uint64_t base) {
    codec_defects d = {.notes = notes, .part = part, .base = base};
    return base64_copy_with(base64_best(), in, out, &d);
}

/* ---- encoding ---- */

void postern_base64_encoder_init(postern_base64_encoder *encoder, const postern_sink *out) {
    *encoder = (postern_base64_encoder){.out = out};
}

static postern_status encoder_write(void *user, const void *bytes, size_t len) {
    postern_base64_encoder *e = user;
    postern_slice in = postern_slice_of(bytes, len);
    const base64_kernels *k = base64_best();
    uint8_t chars[CHARS];
    size_t count = 0;
    while (e->rest_len && e->rest_len < 3 && in.len) {
        e->rest[e->rest_len++] = in.ptr[0];
        in = postern_slice_from(in, 1);
    }
    if (e->rest_len == 3) {
        k->encode(e->rest, 1, chars);
        e->rest_len = 0;
        count = 4;
    }
    while (in.len >= 3) {
        size_t triples = (CHARS - count) / 4;
        if (triples > in.len / 3) triples = in.len / 3;
        k->encode(in.ptr, triples, chars + count);
        count += triples * 4;
        in = postern_slice_from(in, triples * 3);
        postern_status status = postern_sink_write(e->out, postern_slice_of(chars, count));
        if (status) return status;
        count = 0;
    }
    for (size_t i = 0; i < in.len; i++) e->rest[e->rest_len++] = in.ptr[i];
    return postern_sink_write(e->out, postern_slice_of(chars, count));
}

postern_sink postern_base64_encoder_sink(postern_base64_encoder *encoder) {
    return (postern_sink){encoder_write, encoder};
}

static size_t encode_tail(const uint8_t *rest, size_t len, uint8_t out[4]) {
    if (len == 0) return 0;
    uint8_t second = len == 2 ? rest[1] : 0;
    out[0] = base64_alphabet[rest[0] >> 2];
    out[1] = base64_alphabet[(rest[0] & 3) << 4 | second >> 4];
    out[2] = len == 2 ? base64_alphabet[(second & 15) << 2] : '=';
    out[3] = '=';
    return 4;
}

postern_status postern_base64_encoder_finish(postern_base64_encoder *encoder) {
    uint8_t last[4];
    size_t len = encode_tail(encoder->rest, encoder->rest_len, last);
    encoder->rest_len = 0;
    return postern_sink_write(encoder->out, postern_slice_of(last, len));
}

static postern_status encode_lines(postern_slice in, size_t line, const postern_sink *out) {
    const base64_kernels *k = base64_best();
    uint8_t chars[CHARS];
    size_t count = 0, left = line; /* left: characters that still fit on this line */
    while (in.len) {
        size_t quads = (CHARS - count - 2) / 4; /* room for a line end is kept */
        if (quads > left / 4) quads = left / 4;
        if (quads > in.len / 3) quads = in.len / 3;
        if (quads) {
            k->encode(in.ptr, quads, chars + count);
            count += quads * 4;
            left -= quads * 4;
            in = postern_slice_from(in, quads * 3);
        }
        if (in.len < 3 && left && CHARS - count >= 6) {
            size_t tail = encode_tail(in.ptr, in.len, chars + count);
            count += tail;
            left -= tail;
            in.len = 0;
        }
        if (left == 0 || in.len == 0) {
            chars[count++] = '\r';
            chars[count++] = '\n';
            left = line;
        }
        if (CHARS - count < 6 + 4 || in.len == 0) {
            postern_status status = postern_sink_write(out, postern_slice_of(chars, count));
            if (status) return status;
            count = 0;
        }
    }
    return POSTERN_OK;
}

postern_status postern_base64_encode(postern_slice in, size_t line, const postern_sink *out) {
    if (line % 4) return POSTERN_USAGE;
    if (line) return encode_lines(in, line, out);
    postern_base64_encoder encoder;
    postern_base64_encoder_init(&encoder, out);
    postern_status status = encoder_write(&encoder, in.ptr, in.len);
    return status ? status : postern_base64_encoder_finish(&encoder);
}
