/*
 * base64: the three inner loops (RFC 4648 section 4), once in plain C and once for each vector unit worth having.
 *
 * All sets give the same bytes; the tests hold them against each other. An attacker gets no further here than the ends of two
 * buffers: every vector step checks that a whole vector is left on both sides and the plain loop does the rest.
 */
#include "codec_int.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define BASE64_X86 1
#include <immintrin.h>
#else
#define BASE64_X86 0
#endif

const uint8_t base64_alphabet[64] = {
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V',
    'W', 'X', 'Y', 'Z', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r',
    's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '/'};

#define X4 66, 66, 66, 66
#define X16 X4, X4, X4, X4
const uint8_t base64_value[256] = {
    X4, X4, 66, 64, 64, 66, 64, 64, 66, 66,                         /* HT, LF, FF, CR */
    X16, 64, 66, 66, 66, X4, 66, 66, 66, 62, 66, 66, 66, 63,        /* blank + / */
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 66, 66, 66, 65, 66, 66, /* 0-9 = */
    66, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,           /* A-O */
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, X4, 66,             /* P-Z */
    66, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, /* a-o */
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X4, 66,             /* p-z */
    X16, X16, X16, X16, X16, X16, X16, X16};

/* ---- plain C ---- */

static size_t scalar_gather(const uint8_t *in, size_t len, uint8_t *out, size_t room, size_t *ret_consumed) {
    size_t i = 0, o = 0;
    while (i < len && o < room) {
        uint8_t value = base64_value[in[i]];
        if (value > 64) break;
        out[o] = in[i++];
        o += value < 64;
    }
    *ret_consumed = i;
    return o;
}

static void scalar_decode(const uint8_t *chars, size_t quads, uint8_t *out) {
    for (; quads; quads--, chars += 4, out += 3) {
        uint32_t bits = (uint32_t)base64_value[chars[0]] << 18 | (uint32_t)base64_value[chars[1]] << 12 |
                        (uint32_t)base64_value[chars[2]] << 6 | base64_value[chars[3]];
        out[0] = (uint8_t)(bits >> 16);
        out[1] = (uint8_t)(bits >> 8);
        out[2] = (uint8_t)bits;
    }
}

static void scalar_encode(const uint8_t *bytes, size_t triples, uint8_t *out) {
    for (; triples; triples--, bytes += 3, out += 4) {
        uint32_t bits = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
        out[0] = base64_alphabet[bits >> 18];
        out[1] = base64_alphabet[bits >> 12 & 63];
        out[2] = base64_alphabet[bits >> 6 & 63];
        out[3] = base64_alphabet[bits & 63];
    }
}

const base64_kernels base64_scalar = {"plain", scalar_gather, scalar_decode, scalar_encode};

#if BASE64_X86

/* How the vectors tell the alphabet: the high half of a byte names a class (2x: bit 0, 3x: bit 1, 4x and 6x: bit 2, 5x
 * and 7x: bit 3), the low half the set of classes in which it is a letter of ours. A byte from 80 on picks 0 by the
 * shuffle's own rule. */
#define CLASS_OF_HIGH 0, 0, 1, 2, 4, 8, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0
#define CLASSES_OF_LOW 2 | 8, 2 | 4 | 8, 14, 14, 14, 14, 14, 14, 14, 14, 4 | 8, 1 | 4, 4, 4, 4, 1 | 4
/* What to add to a letter for its value: by its high half, and '/' (2F) by the place of its own, 1. */
#define VALUE_SHIFT 0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0
/* What to add to a value for its letter: 0: 26..51, 1..10: digits (52..61), 11: '+', 12: '/', 13: 0..25. */
#define LETTER_SHIFT 'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, \
        '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0
/* Three bytes of a big-endian 24-bit number stand in each 32-bit lane; they are brought together. */
#define PACK_BYTES 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1
/* Three bytes a b c spread over a lane as b a c b, so that each 16-bit half holds two values. */
#define SPREAD_BYTES 1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10

/* Past the byte that stopped a vector: false when it is neither blank nor line end. */
static inline bool step_over(const uint8_t *in, size_t len, size_t *i) {
    if (len - *i >= 2 && in[*i] == '\r' && in[*i + 1] == '\n') {
        *i += 2;
        return true;
    }
    if (base64_value[in[*i]] != 64) return false;
    ++*i;
    return true;
}

/* -- SSSE3, 16 bytes -- */

__attribute__((target("ssse3"))) static size_t ssse3_gather(const uint8_t *in, size_t len, uint8_t *out, size_t room,
                                                            size_t *ret_consumed) {
    const __m128i by_high = _mm_setr_epi8(CLASS_OF_HIGH), by_low = _mm_setr_epi8(CLASSES_OF_LOW);
    size_t i = 0, o = 0;
    while (len - i >= 16 && room - o >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in + i));
        __m128i high = _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(15));
        __m128i set = _mm_and_si128(_mm_shuffle_epi8(by_high, high), _mm_shuffle_epi8(by_low, v));
        unsigned bad = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(set, _mm_setzero_si128()));
        _mm_storeu_si128((__m128i *)(void *)(out + o), v);
        unsigned good = bad ? (unsigned)__builtin_ctz(bad) : 16;
        i += good;
        o += good;
        if (bad && !step_over(in, len, &i)) {
            *ret_consumed = i;
            return o;
        }
    }
    size_t consumed;
    o += scalar_gather(in + i, len - i, out + o, room - o, &consumed);
    *ret_consumed = i + consumed;
    return o;
}

__attribute__((target("ssse3"))) static void ssse3_decode(const uint8_t *chars, size_t quads, uint8_t *out) {
    const __m128i shift = _mm_setr_epi8(VALUE_SHIFT), pack = _mm_setr_epi8(PACK_BYTES);
    /* a store writes 16 bytes where 12 are meant: two quads more must follow */
    for (; quads >= 6; quads -= 4, chars += 16, out += 12) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)chars);
        __m128i high = _mm_and_si128(_mm_srli_epi16(v, 4), _mm_set1_epi8(15));
        __m128i place = _mm_add_epi8(high, _mm_cmpeq_epi8(v, _mm_set1_epi8('/')));
        __m128i values = _mm_add_epi8(v, _mm_shuffle_epi8(shift, place));
        __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
        __m128i words = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
        _mm_storeu_si128((__m128i *)(void *)out, _mm_shuffle_epi8(words, pack));
    }
    scalar_decode(chars, quads, out);
}

__attribute__((target("ssse3"))) static void ssse3_encode(const uint8_t *bytes, size_t triples, uint8_t *out) {
    const __m128i shift = _mm_setr_epi8(LETTER_SHIFT), spread = _mm_setr_epi8(SPREAD_BYTES);
    /* a load reads 16 bytes where 12 are meant */
    for (; triples >= 6; triples -= 4, bytes += 12, out += 16) {
        __m128i v = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)bytes), spread);
        __m128i odd = _mm_mulhi_epu16(_mm_and_si128(v, _mm_set1_epi32(0x0fc0fc00)), _mm_set1_epi32(0x04000040));
        __m128i even = _mm_mullo_epi16(_mm_and_si128(v, _mm_set1_epi32(0x003f03f0)), _mm_set1_epi32(0x01000010));
        __m128i values = _mm_or_si128(odd, even);
        __m128i place = _mm_subs_epu8(values, _mm_set1_epi8(51));
        place = _mm_or_si128(place, _mm_and_si128(_mm_cmpgt_epi8(_mm_set1_epi8(26), values), _mm_set1_epi8(13)));
        _mm_storeu_si128((__m128i *)(void *)out, _mm_add_epi8(values, _mm_shuffle_epi8(shift, place)));
    }
    scalar_encode(bytes, triples, out);
}

static const base64_kernels base64_ssse3 = {"ssse3", ssse3_gather, ssse3_decode, ssse3_encode};

/* -- AVX2, 32 bytes; the same in two lanes -- */

__attribute__((target("avx2,bmi"))) static size_t avx2_gather(const uint8_t *in, size_t len, uint8_t *out, size_t room,
                                                              size_t *ret_consumed) {
    const __m256i by_high = _mm256_setr_epi8(CLASS_OF_HIGH, CLASS_OF_HIGH);
    const __m256i by_low = _mm256_setr_epi8(CLASSES_OF_LOW, CLASSES_OF_LOW);
    size_t i = 0, o = 0;
    while (len - i >= 32 && room - o >= 32) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(in + i));
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
        __m256i set = _mm256_and_si256(_mm256_shuffle_epi8(by_high, high), _mm256_shuffle_epi8(by_low, v));
        unsigned bad = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(set, _mm256_setzero_si256()));
        _mm256_storeu_si256((__m256i *)(void *)(out + o), v);
        unsigned good = bad ? (unsigned)__builtin_ctz(bad) : 32;
        i += good;
        o += good;
        if (bad && !step_over(in, len, &i)) {
            *ret_consumed = i;
            return o;
        }
    }
    size_t consumed;
    o += scalar_gather(in + i, len - i, out + o, room - o, &consumed);
    *ret_consumed = i + consumed;
    return o;
}

__attribute__((target("avx2"))) static void avx2_decode(const uint8_t *chars, size_t quads, uint8_t *out) {
    const __m256i shift = _mm256_setr_epi8(VALUE_SHIFT, VALUE_SHIFT), pack = _mm256_setr_epi8(PACK_BYTES, PACK_BYTES);
    const __m256i join = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
    /* a store writes 32 bytes where 24 are meant: three quads more must follow */
    for (; quads >= 11; quads -= 8, chars += 32, out += 24) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)chars);
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
        __m256i place = _mm256_add_epi8(high, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('/')));
        __m256i values = _mm256_add_epi8(v, _mm256_shuffle_epi8(shift, place));
        __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
        __m256i words = _mm256_shuffle_epi8(_mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000)), pack);
        _mm256_storeu_si256((__m256i *)(void *)out, _mm256_permutevar8x32_epi32(words, join));
    }
    scalar_decode(chars, quads, out);
}

__attribute__((target("avx2"))) static void avx2_encode(const uint8_t *bytes, size_t triples, uint8_t *out) {
    const __m256i shift = _mm256_setr_epi8(LETTER_SHIFT, LETTER_SHIFT);
    const __m256i spread = _mm256_setr_epi8(SPREAD_BYTES, SPREAD_BYTES);
    /* the second load reads bytes 12 to 27 where 24 are meant */
    for (; triples >= 10; triples -= 8, bytes += 24, out += 32) {
        __m128i first = _mm_loadu_si128((const __m128i *)(const void *)bytes);
        __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 12));
        __m256i v = _mm256_shuffle_epi8(_mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1), spread);
        __m256i odd = _mm256_mulhi_epu16(_mm256_and_si256(v, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
        __m256i even = _mm256_mullo_epi16(_mm256_and_si256(v, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
        __m256i values = _mm256_or_si256(odd, even);
        __m256i place = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
        __m256i capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), values);
        place = _mm256_or_si256(place, _mm256_and_si256(capital, _mm256_set1_epi8(13)));
        _mm256_storeu_si256((__m256i *)(void *)out, _mm256_add_epi8(values, _mm256_shuffle_epi8(shift, place)));
    }
    scalar_encode(bytes, triples, out);
}

static const base64_kernels base64_avx2 = {"avx2", avx2_gather, avx2_decode, avx2_encode};

#endif

size_t base64_usable(const base64_kernels **ret_first, size_t max) {
    const base64_kernels *all[3];
    size_t count = 0, i;
#if BASE64_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")) all[count++] = &base64_avx2;
    if (__builtin_cpu_supports("ssse3")) all[count++] = &base64_ssse3;
#endif
    all[count++] = &base64_scalar;
    for (i = 0; i < count && i < max; i++) ret_first[i] = all[i];
    return i;
}

const base64_kernels *base64_best(void) {
    const base64_kernels *best = &base64_scalar;
    base64_usable(&best, 1);
    return best;
}
