/*
 * The identity table: (kind, scope, key) -> part, open addressing, SipHash-1-3 (Aumasson, Bernstein) with a key that differs
 * from run to run. The keys are names that an archive declares; with a known hash 100,000 of them could be made to collide,
 * and each reference of the page would then walk over all of them.
 */
#include "mhtml_int.h"

#include <stdlib.h>

#if defined(__linux__)
#include <sys/auxv.h>
#endif

static inline uint64_t rotl(uint64_t x, unsigned n) {
    return x << n | x >> (64 - n);
}

typedef struct sip {
    uint64_t v0, v1, v2, v3;
} sip;

static inline void sip_round(sip *s) {
    s->v0 += s->v1, s->v1 = rotl(s->v1, 13) ^ s->v0, s->v0 = rotl(s->v0, 32);
    s->v2 += s->v3, s->v3 = rotl(s->v3, 16) ^ s->v2;
    s->v0 += s->v3, s->v3 = rotl(s->v3, 21) ^ s->v0;
    s->v2 += s->v1, s->v1 = rotl(s->v1, 17) ^ s->v2, s->v2 = rotl(s->v2, 32);
}

static inline void sip_word(sip *s, uint64_t word) {
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

static uint64_t hash_key(const mhtml_table *table, uint32_t tag, postern_slice key) {
    const uint64_t *seed = table->seed;
    sip s = {seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du, seed[0] ^ 0x6c7967656e657261u,
             seed[1] ^ 0x7465646279746573u};
    sip_word(&s, tag);
    uint64_t word;
    size_t i = 0;
    for (; key.len - i >= 8; i += 8) {
        memcpy(&word, key.ptr + i, 8);
        sip_word(&s, word);
    }
    word = (uint64_t)key.len << 56;
    for (unsigned shift = 0; i < key.len; i++, shift += 8) word |= (uint64_t)key.ptr[i] << shift;
    sip_word(&s, word);
    s.v2 ^= 0xff;
    for (int r = 0; r < 3; r++) sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* Random bytes that the kernel hands each program at its start, else where things happen to lie. Only collisions depend on
 * it, never a result. */
void mhtml_table_init(mhtml_table *table, const void *address) {
    memset(table, 0, sizeof *table);
    table->seed[0] = (uint64_t)(uintptr_t)address * 0x9E3779B97F4A7C15u;
    table->seed[1] = (uint64_t)(uintptr_t)&table ^ rotl((uint64_t)(uintptr_t)table, 32);
#if defined(__linux__)
    const void *random = (const void *)getauxval(AT_RANDOM);
    if (random) {
        uint64_t words[2];
        memcpy(words, random, sizeof words);
        table->seed[0] ^= words[0];
        table->seed[1] ^= words[1];
    }
#endif
}

static bool is_used(const mhtml_entry *e) {
    return e->key.len != 0;
}

static uint32_t tag_of(mhtml_key kind, uint32_t scope) {
    _Static_assert(POSTERN_LIMIT_PARTS < 1u << 24, "a scope is a part");
    return (uint32_t)kind << 24 | scope;
}

static size_t find_slot(const mhtml_table *table, uint64_t hash, uint32_t tag, postern_slice key) {
    size_t at = (size_t)hash & (table->room - 1);
    for (; is_used(&table->entries[at]); at = (at + 1) & (table->room - 1)) {
        const mhtml_entry *e = &table->entries[at];
        if (e->hash == hash && e->tag == tag && postern_slice_eq(e->key, key)) break;
    }
    return at;
}

uint32_t mhtml_table_get(const mhtml_table *table, mhtml_key kind, uint32_t scope, postern_slice key) {
    if (!table->room || !key.len) return POSTERN_NO_PART;
    uint32_t tag = tag_of(kind, scope);
    const mhtml_entry *e = &table->entries[find_slot(table, hash_key(table, tag, key), tag, key)];
    return is_used(e) ? e->part : POSTERN_NO_PART;
}

static postern_status grow(mhtml_table *table) {
    mhtml_table larger = *table;
    larger.room = table->room ? table->room * 2 : 64;
    larger.entries = calloc(larger.room, sizeof *larger.entries);
    if (!larger.entries) return POSTERN_NOMEM;
    for (size_t i = 0; i < table->room; i++) {
        const mhtml_entry *e = &table->entries[i];
        if (is_used(e)) larger.entries[find_slot(&larger, e->hash, e->tag, e->key)] = *e;
    }
    free(table->entries);
    *table = larger;
    return POSTERN_OK;
}

postern_status mhtml_table_put(mhtml_table *table, mhtml_key kind, uint32_t scope, postern_slice key, uint32_t part,
                               uint32_t *ret_holder) {
    if (table->count * 4 >= table->room * 3) {
        postern_status status = grow(table);
        if (status != POSTERN_OK) return status;
    }
    uint32_t tag = tag_of(kind, scope);
    uint64_t hash = hash_key(table, tag, key);
    mhtml_entry *e = &table->entries[find_slot(table, hash, tag, key)];
    if (!is_used(e)) {
        *e = (mhtml_entry){.hash = hash, .key = key, .tag = tag, .part = part};
        table->count++;
    }
    *ret_holder = e->part;
    return POSTERN_OK;
}

void mhtml_table_free(mhtml_table *table) {
    free(table->entries);
}
