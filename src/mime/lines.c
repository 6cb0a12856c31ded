/*
 * Lines and delimiters: the only loops of this room that touch every byte of a file.
 *
 * A delimiter is "--" at the start of a line (RFC 2046 5.1.1), so a body is searched for those two bytes behind CR or LF,
 * sixteen at a time where the machine can. Lines end in CRLF, LF or CR, mixed at will. An attacker fills bodies with
 * look-alikes; each costs one comparison of its own line, so that the whole stays linear.
 */
#include "mime_int.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

const uint8_t *mime_line_end(const uint8_t *p, const uint8_t *end) {
#ifdef __SSE2__
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
    for (; end - p >= 16; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, cr), _mm_cmpeq_epi8(v, lf)));
        if (mask) return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && *p != '\n' && *p != '\r') p++;
    return p;
}

const uint8_t *mime_line_skip(const uint8_t *p, const uint8_t *end) {
    if (p == end) return p;
    if (*p == '\n') return p + 1;
    if (*p != '\r') return p;
    if (end - p >= 2 && p[1] == '\n') return p + 2;
    if (end - p >= 3 && p[1] == '\r' && p[2] == '\n') return p + 3;
    return p + 1;
}

const uint8_t *mime_line_unskip(const uint8_t *p, const uint8_t *start) {
    if (p > start && p[-1] == '\n') {
        p--;
        if (p > start && p[-1] == '\r') p--;
        if (p > start && p[0] == '\r' && p[-1] == '\r') p--; /* CRCRLF, as above */
    } else if (p > start && p[-1] == '\r') {
        p--;
    }
    return p;
}

static bool begins_line(const uint8_t *start, const uint8_t *p) {
    return p == start || p[-1] == '\n' || p[-1] == '\r';
}

#ifdef __SSE2__
static inline __m128i load(const uint8_t *p) {
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Bit i: "--" at p + i, reading p - 1 to p + 16. */
static inline unsigned dashes_at(const uint8_t *p, bool anywhere) {
    const __m128i dash = _mm_set1_epi8('-');
    __m128i hit = _mm_and_si128(_mm_cmpeq_epi8(load(p), dash), _mm_cmpeq_epi8(load(p + 1), dash));
    if (anywhere) return (unsigned)_mm_movemask_epi8(hit);
    __m128i before = load(p - 1);
    __m128i eol = _mm_or_si128(_mm_cmpeq_epi8(before, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(before, _mm_set1_epi8('\r')));
    return (unsigned)_mm_movemask_epi8(_mm_and_si128(hit, eol));
}
#endif

const uint8_t *mime_find_dashes(const uint8_t *start, const uint8_t *p, const uint8_t *end, bool anywhere) {
    if (end - p < 2) return NULL;
    if (p == start) { /* nothing in front to look at */
        if (p[0] == '-' && p[1] == '-') return p;
        p++;
    }
#ifdef __SSE2__
    /* A page-wise first look for a dash pair: most blocks hold none, and two loads decide it. */
    for (; end - p >= 65; p += 64) {
        const __m128i dash = _mm_set1_epi8('-');
        __m128i any = _mm_setzero_si128();
        for (int i = 0; i < 64; i += 16)
            any = _mm_or_si128(any, _mm_and_si128(_mm_cmpeq_epi8(load(p + i), dash), _mm_cmpeq_epi8(load(p + i + 1), dash)));
        if (!_mm_movemask_epi8(any)) continue;
        for (int i = 0; i < 64; i += 16) {
            unsigned mask = dashes_at(p + i, anywhere);
            if (mask) return p + i + __builtin_ctz(mask);
        }
    }
#endif
    for (; end - p >= 2; p++)
        if (p[0] == '-' && p[1] == '-' && (anywhere || begins_line(start, p))) return p;
    return NULL;
}
