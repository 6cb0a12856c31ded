/* Slices: comparing, searching, cutting. All of it is bounded by the length; nothing reads a NUL. */
#define _GNU_SOURCE
#include "postern/base.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool postern_slice_eq_nocase(postern_slice a, postern_slice b) {
    return a.len == b.len && postern_slice_starts_nocase(a, b);
}

bool postern_slice_starts_nocase(postern_slice s, postern_slice prefix) {
    if (s.len < prefix.len) return false;
    for (size_t i = 0; i < prefix.len; i++)
        if (postern_ascii_lower(s.ptr[i]) != postern_ascii_lower(prefix.ptr[i])) return false;
    return true;
}

int postern_slice_compare(postern_slice a, postern_slice b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t postern_slice_find_byte(postern_slice s, size_t from, uint8_t byte) {
    if (from >= s.len) return SIZE_MAX;
    const uint8_t *hit = memchr(s.ptr + from, byte, s.len - from);
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

#ifdef __SSE2__
enum { SHORT_NEEDLE = 16 }; /* what a false candidate costs at most; longer ones go to memmem, which is linear */

/* Sixteen places at once where the needle's first and last byte stand; few are left to compare. From *at on; false: not found
 * as far as *at, where fewer than a block is left. */
static bool find_short(postern_slice s, size_t *at, postern_slice needle) {
    const size_t last = needle.len - 1;
    const __m128i head = _mm_set1_epi8((char)needle.ptr[0]), tail = _mm_set1_epi8((char)needle.ptr[last]);
    for (; s.len - *at >= 16 + last; *at += 16) {
        const uint8_t *p = s.ptr + *at;
        __m128i heads = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), head);
        __m128i tails = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + last)), tail);
        for (unsigned places = (unsigned)_mm_movemask_epi8(_mm_and_si128(heads, tails)); places; places &= places - 1) {
            unsigned place = (unsigned)__builtin_ctz(places);
            if (memcmp(p + place, needle.ptr, needle.len) != 0) continue;
            *at += place;
            return true;
        }
    }
    return false;
}
#endif

size_t postern_slice_find(postern_slice s, size_t from, postern_slice needle) {
    if (from > s.len || s.len - from < needle.len) return SIZE_MAX;
    if (needle.len == 0) return from;
#ifdef __SSE2__
    if (needle.len > 1 && needle.len <= SHORT_NEEDLE && find_short(s, &from, needle)) return from;
#endif
    const uint8_t *hit = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

/* From one occurrence of the first letter, in either case, to the next; each search goes on where it last ended. */
size_t postern_slice_find_nocase(postern_slice s, size_t from, postern_slice needle) {
    if (needle.len == 0) return from <= s.len ? from : SIZE_MAX;
    if (s.len < needle.len || from > s.len - needle.len) return SIZE_MAX;
    const size_t end = s.len - needle.len + 1; /* of the places where it can begin */
    const uint8_t lower = postern_ascii_lower(needle.ptr[0]),
                  upper = (uint8_t)(lower >= 'a' && lower <= 'z' ? lower - 32 : lower);
    postern_slice places = postern_slice_sub(s, 0, end);
    size_t low = postern_slice_find_byte(places, from, lower), high = postern_slice_find_byte(places, from, upper);
    while (low != SIZE_MAX || high != SIZE_MAX) {
        size_t at = low < high ? low : high;
        if (postern_slice_starts_nocase(postern_slice_from(s, at), needle)) return at;
        if (low == at) low = postern_slice_find_byte(places, at + 1, lower);
        if (high == at) high = postern_slice_find_byte(places, at + 1, upper);
    }
    return SIZE_MAX;
}

static postern_cut cut_at(postern_slice s, size_t at) {
    if (at == SIZE_MAX) return (postern_cut){s, postern_slice_from(s, s.len), false};
    return (postern_cut){postern_slice_sub(s, 0, at), postern_slice_from(s, at + 1), true};
}

postern_cut postern_slice_cut(postern_slice s, uint8_t separator) {
    return cut_at(s, postern_slice_find_byte(s, 0, separator));
}

postern_cut postern_slice_cut_last(postern_slice s, uint8_t separator) {
    const uint8_t *hit = s.len && s.ptr ? memrchr(s.ptr, separator, s.len) : NULL;
    return cut_at(s, hit ? (size_t)(hit - s.ptr) : SIZE_MAX);
}

postern_slice postern_slice_trim(postern_slice s) {
    while (s.len && postern_ascii_space(s.ptr[0])) s = postern_slice_from(s, 1);
    while (s.len && postern_ascii_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

bool postern_slice_uint(postern_slice s, uint64_t max, uint64_t *ret_value) {
    uint64_t value = 0;
    if (s.len == 0) return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!postern_ascii_digit(s.ptr[i])) return false;
        if (__builtin_mul_overflow(value, 10u, &value) || __builtin_add_overflow(value, s.ptr[i] - '0', &value)) return false;
    }
    if (value > max) return false;
    *ret_value = value;
    return true;
}

bool postern_slice_hex(postern_slice s, uint64_t max, uint64_t *ret_value) {
    uint64_t value = 0;
    if (s.len == 0) return false;
    for (size_t i = 0; i < s.len; i++) {
        int digit = postern_hex_value(s.ptr[i]);
        if (digit < 0 || value >> 60) return false;
        value = value << 4 | (uint64_t)digit;
    }
    if (value > max) return false;
    *ret_value = value;
    return true;
}

void postern_hex_put(const void *bytes, size_t len, void *out) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    uint8_t *to = out;
    for (size_t i = 0; i < len; i++) {
        *to++ = (uint8_t)digits[from[i] >> 4];
        *to++ = (uint8_t)digits[from[i] & 15];
    }
}

uint64_t postern_slice_hash(postern_slice s, uint64_t seed) {
    uint64_t hash = 0xcbf29ce484222325ull ^ seed;
    for (size_t i = 0; i < s.len; i++) hash = (hash ^ s.ptr[i]) * 0x100000001b3ull;
    hash ^= hash >> 32;
    return hash * 0x9e3779b97f4a7c15ull;
}
