/* SipHash-2-4 (Aumasson and Bernstein, 2012): whether two slices are the same, where somebody would like them to seem so. */
#define _GNU_SOURCE
#include "postern/base.h"

#include <sys/random.h>

static inline uint64_t turned(uint64_t x, unsigned bits) {
    return x << bits | x >> (64 - bits);
}

static inline uint64_t word_at(postern_slice s, size_t at, size_t len) {
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++) word |= (uint64_t)s.ptr[at + i] << (8 * i);
    return word;
}

static inline void rounds(uint64_t v[4], unsigned count) {
    while (count--) {
        v[0] += v[1];
        v[1] = turned(v[1], 13) ^ v[0];
        v[0] = turned(v[0], 32);
        v[2] += v[3];
        v[3] = turned(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = turned(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = turned(v[1], 17) ^ v[2];
        v[2] = turned(v[2], 32);
    }
}

static inline void absorb(uint64_t v[4], uint64_t word) {
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
}

void postern_hash_key_make(postern_hash_key *ret_key) {
    if (getrandom(ret_key, sizeof *ret_key, 0) != sizeof *ret_key) /* not since Linux has been up; then an address has to do */
        *ret_key = (postern_hash_key){{(uintptr_t)ret_key, (uintptr_t)&postern_hash_key_make}};
}

uint64_t postern_slice_keyed_hash(postern_slice s, const postern_hash_key *key) {
    const uint64_t a = key->half[0], b = key->half[1];
    uint64_t v[4] = {a ^ 0x736f6d6570736575, b ^ 0x646f72616e646f6d, a ^ 0x6c7967656e657261, b ^ 0x7465646279746573};
    size_t at = 0;
    for (; s.len - at >= 8; at += 8) absorb(v, word_at(s, at, 8));
    absorb(v, (uint64_t)s.len << 56 | word_at(s, at, s.len - at));
    v[2] ^= 0xFF;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
