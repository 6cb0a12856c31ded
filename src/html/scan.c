/* The fast part: finding the next byte that means something, and rewriting what the input stream rules rewrite. */
#include "html_int.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SPACE (HTML_STOP_NAME | HTML_STOP_ATTRIBUTE | HTML_STOP_BARE | HTML_SPACE)

const uint8_t html_class[256] = {
    [0] = HTML_STOP_REWRITE,
    ['\t'] = SPACE,
    ['\n'] = SPACE,
    ['\f'] = SPACE,
    ['\r'] = SPACE | HTML_STOP_REWRITE,
    [' '] = SPACE,
    ['/'] = HTML_STOP_NAME | HTML_STOP_ATTRIBUTE,
    ['>'] = HTML_STOP_NAME | HTML_STOP_ATTRIBUTE | HTML_STOP_BARE,
    ['='] = HTML_STOP_ATTRIBUTE,
    ['"'] = HTML_STOP_DOUBLE,
    ['\''] = HTML_STOP_SINGLE,
    ['&'] = HTML_STOP_DOUBLE | HTML_STOP_SINGLE | HTML_STOP_BARE,
};

size_t html_scan(postern_slice s, size_t from, uint8_t a, uint8_t b) {
    const uint8_t *p = s.ptr;
    size_t i = from;
#ifdef __SSE2__
    const __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b), cr = _mm_set1_epi8('\r');
    for (; s.len - i >= 16; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, va), _mm_cmpeq_epi8(v, vb)),
                                   _mm_or_si128(_mm_cmpeq_epi8(v, cr), _mm_cmpeq_epi8(v, _mm_setzero_si128())));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask) return i + (size_t)__builtin_ctz(mask);
    }
#endif
    for (; i < s.len; i++)
        if (p[i] == a || p[i] == b || p[i] == '\r' || p[i] == 0) return i;
    return i;
}

/* pos stands on CR, NUL or a byte that is not UTF-8. CR is left out where LF follows, which then speaks for both. */
static void rewrite_one(postern_html_tokenizer *t) {
    uint8_t c = t->in.ptr[t->pos];
    if (c == '\r') {
        t->pos++;
        if (t->pos >= t->in.len || t->in.ptr[t->pos] != '\n') postern_buf_add_byte(&t->scratch, '\n');
        return;
    }
    size_t len;
    uint32_t scalar = postern_utf8_at(t->in, t->pos, &len);
    postern_buf_add_utf8(&t->scratch, scalar ? scalar : 0xFFFD);
    t->pos += len;
}

static size_t run_end(const postern_html_tokenizer *t, uint8_t stop) {
    size_t i = t->pos;
    if (stop & HTML_STOP_DOUBLE) i = html_scan(t->in, i, '"', '&');
    if (stop & HTML_STOP_SINGLE) i = html_scan(t->in, i, '\'', '&');
    while (i < t->in.len && !(html_class[t->in.ptr[i]] & stop)) i++;
    return i;
}

/* With bad bytes about, only as far as the next of them, so that no byte is looked at twice. */
static size_t careful_run_end(const postern_html_tokenizer *t, uint8_t stop) {
    size_t i = t->pos;
    while (i < t->in.len && t->in.ptr[i] < 0x80 && !(html_class[t->in.ptr[i]] & stop)) i++;
    return i;
}

void html_take_run(postern_html_tokenizer *t, uint8_t stop, bool lower) {
    const uint8_t *p = t->in.ptr;
    for (;;) {
        size_t end = t->valid ? run_end(t, stop | HTML_STOP_REWRITE) : careful_run_end(t, stop | HTML_STOP_REWRITE);
        size_t at = t->scratch.len;
        postern_buf_add(&t->scratch, p + t->pos, end - t->pos);
        if (lower)
            for (; at < t->scratch.len; at++) t->scratch.ptr[at] = postern_ascii_lower(t->scratch.ptr[at]);
        t->pos = end;
        if (end >= t->in.len || (html_class[p[end]] & stop)) return;
        rewrite_one(t);
    }
}

postern_slice html_rewritten(postern_html_tokenizer *t, size_t start, size_t end) {
    postern_slice whole = t->in, piece = postern_slice_sub(t->in, start, end - start);
    if (t->valid && html_scan(piece, 0, 0, 0) == piece.len) return piece;
    size_t keep = t->pos, at = t->scratch.len;
    t->in.len = end;
    t->pos = start;
    html_take_run(t, 0, false);
    t->in = whole;
    t->pos = keep;
    return postern_slice_from(postern_buf_slice(&t->scratch), at);
}
