/*
 * quoted-printable (RFC 2045 section 6.7), both ways.
 *
 * Reading forgives: small hexadecimal digits; an escape that is none ("=XZ" stays as it is, with a note); blanks between
 * '=' and the line end; a '=' at the very end (a soft break whose line end belongs to the delimiter behind it); raw 8-bit
 * bytes (kept, one note); lines of any length. Line ends stay what they are, CR alone among them. Blanks before a hard line
 * end, and at the end of the data, were added on the way and are dropped (rule 3).
 *
 * An attacker wants a run of blanks to be looked at again and again, or to be held in memory: each is passed over once.
 */
#include "codec_int.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { BLOCK = 16384 };

typedef struct writer {
    const postern_sink *out;
    size_t len;
    uint8_t bytes[BLOCK];
} writer;

static bool is_blank(uint8_t c) {
    return c == ' ' || c == '\t';
}

static bool is_line_end(uint8_t c) {
    return c == '\r' || c == '\n';
}

/* Copies plain bytes up to a '=' or a blank that may stand before a line end. *high gathers the eighth bits. `out` has room for
 * len bytes. Returns how many were copied. */
static size_t copy_plain(const uint8_t *in, size_t len, uint8_t *out, unsigned *high) {
    size_t i = 0;
    unsigned seen = 0;
#if defined(__SSE2__)
    const __m128i equals = _mm_set1_epi8('='), space = _mm_set1_epi8(' '), tab = _mm_set1_epi8('\t');
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
    while (len - i >= 17) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in + i));
        __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(in + i + 1));
        __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(v, space), _mm_cmpeq_epi8(v, tab));
        /* a single blank between words, the common case, does not stop the run */
        __m128i follows = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(next, cr), _mm_cmpeq_epi8(next, lf)),
                                       _mm_or_si128(_mm_cmpeq_epi8(next, space), _mm_cmpeq_epi8(next, tab)));
        __m128i stops = _mm_or_si128(_mm_cmpeq_epi8(v, equals), _mm_and_si128(blank, follows));
        unsigned stop = (unsigned)_mm_movemask_epi8(stops);
        unsigned eighth = (unsigned)_mm_movemask_epi8(v);
        _mm_storeu_si128((__m128i *)(void *)(out + i), v);
        if (stop) {
            unsigned good = (unsigned)__builtin_ctz(stop);
            *high |= seen | (eighth & ((1u << good) - 1));
            return i + good;
        }
        seen |= eighth;
        i += 16;
    }
#endif
    for (; i < len && in[i] != '=' && !is_blank(in[i]); i++) {
        out[i] = in[i];
        seen |= in[i] & 0x80u;
    }
    *high |= seen;
    return i;
}

static postern_status flush(writer *w) {
    size_t len = w->len;
    w->len = 0;
    return postern_sink_write(w->out, postern_slice_of(w->bytes, len));
}

static postern_status add(writer *w, postern_slice s) {
    while (s.len) {
        size_t n = s.len < BLOCK - w->len ? s.len : BLOCK - w->len;
        memcpy(w->bytes + w->len, s.ptr, n);
        w->len += n;
        s = postern_slice_from(s, n);
        if (w->len < BLOCK) continue;
        postern_status status = flush(w);
        if (status) return status;
    }
    return POSTERN_OK;
}

static size_t blanks_end(postern_slice in, size_t i) {
    while (i < in.len && is_blank(in.ptr[i])) i++;
    return i;
}

/* A '=' that is no escape: the end of a soft line break at *pos is written back, or the '=' is kept. */
static postern_status soft_break(writer *w, postern_slice in, size_t *pos, codec_defects *d) {
    size_t at = *pos, end = blanks_end(in, at + 1);
    if (end == in.len) {
        *pos = end;
    } else if (is_line_end(in.ptr[end])) {
        *pos = end + 1;
        while (end < in.len && in.ptr[end] == '\r') end++;         /* CRLF that was turned into CRCRLF on its way */
        if (end < in.len && in.ptr[end] == '\n') *pos = end + 1;
    } else {
        codec_defect(d, POSTERN_NOTE_QP_BAD_ESCAPE, at, postern_slice_sub(in, at, 3));
        *pos = at + 1;
        return add(w, POSTERN_S("="));
    }
    return POSTERN_OK;
}

/* Escapes come in runs where the text is not Latin; *pos stands at a '='. */
static postern_status escapes(writer *w, postern_slice in, size_t *pos, codec_defects *d) {
    size_t i = *pos;
    while (in.len - i >= 3 && in.ptr[i] == '=') {
        int byte = postern_hex_at(in, i + 1);
        if (byte < 0) break;
        w->bytes[w->len++] = (uint8_t)byte;
        i += 3;
        if (w->len < BLOCK) continue;
        postern_status status = flush(w);
        if (status) return status;
    }
    bool any = i > *pos;
    *pos = i;
    return any ? POSTERN_OK : soft_break(w, in, pos, d);
}

static void note_raw(postern_slice in, size_t from, codec_defects *d) {
    while (from < in.len && in.ptr[from] < 0x80) from++;
    codec_defect(d, POSTERN_NOTE_QP_RAW_8BIT, from, postern_slice_sub(in, from, 8));
}

postern_status qp_decode(postern_slice in, const postern_sink *out, codec_defects *d) {
    writer w;
    w.out = out;
    w.len = 0;
    unsigned high = 0;
    for (size_t i = 0; i < in.len;) {
        postern_status status = POSTERN_OK;
        size_t most = in.len - i < BLOCK - w.len ? in.len - i : BLOCK - w.len;
        bool was_high = high != 0;
        size_t plain = copy_plain(in.ptr + i, most, w.bytes + w.len, &high);
        if (high && !was_high) note_raw(in, i, d);
        w.len += plain;
        i += plain;
        if (w.len == BLOCK) {
            status = flush(&w);
        } else if (i < in.len && in.ptr[i] == '=') {
            status = escapes(&w, in, &i, d);
        } else if (i < in.len) {
            size_t end = blanks_end(in, i);
            if (end < in.len && !is_line_end(in.ptr[end])) status = add(&w, postern_slice_sub(in, i, end - i));
            i = end;
        }
        if (status) return status;
    }
    return flush(&w);
}

/* ---- writing ---- */

enum { LINE = 76 };

typedef struct line_writer {
    writer w;
    size_t column;
} line_writer;

/* `token`: one byte or one escape, never parted; a soft break comes before it when the line would not hold it and a '='. */
static postern_status put(line_writer *l, postern_slice token, bool last_of_line) {
    postern_status status = POSTERN_OK;
    if (l->column + token.len > LINE - (last_of_line ? 0 : 1)) {
        status = add(&l->w, POSTERN_S("=\r\n"));
        l->column = 0;
    }
    l->column += token.len;
    return status ? status : add(&l->w, token);
}

/* Length of the line end at `i` that text keeps: CRLF or LF. */
static size_t line_end_len(postern_slice in, size_t i, bool binary) {
    if (binary || i >= in.len) return 0;
    if (in.ptr[i] == '\n') return 1;
    return in.ptr[i] == '\r' && i + 1 < in.len && in.ptr[i + 1] == '\n' ? 2 : 0;
}

postern_status postern_qp_encode(postern_slice in, bool binary, const postern_sink *out) {
    static const char digits[] = "0123456789ABCDEF";
    line_writer l;
    l.w.out = out;
    l.w.len = 0;
    l.column = 0;
    for (size_t i = 0; i < in.len;) {
        postern_status status;
        size_t end = line_end_len(in, i, binary);
        if (end) {
            status = add(&l.w, POSTERN_S("\r\n"));
            l.column = 0;
            i += end;
        } else {
            uint8_t c = in.ptr[i++];
            bool last = i == in.len || line_end_len(in, i, binary);
            bool plain = (c >= '!' && c <= '~' && c != '=') || (is_blank(c) && !last);
            const uint8_t escape[3] = {'=', (uint8_t)digits[c >> 4], (uint8_t)digits[c & 15]};
            status = put(&l, plain ? postern_slice_of(&c, 1) : postern_slice_of(escape, 3), last);
        }
        if (status) return status;
    }
    return flush(&l.w);
}
