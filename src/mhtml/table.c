/*
 * The identity table: (kind, scope, key) -> part, open addressing, SipHash-1-3 (Aumasson, Bernstein) with a key that differs
 * from run to run. The keys are names that an archive declares; with a known hash 100,000 of them could be made to collide,
 * and each reference of the page would then walk over all of them.
 */
#include "mhtml_int.h"

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

static uint64_t hash_key(const mhtml_table *table, mhtml_key kind, uint32_t scope, postern_slice key) {
    const uint64_t *seed = table->seed;
    sip s = {seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du, seed[0] ^ 0x6c7967656e657261u,
             seed[1] ^ 0x7465646279746573u};
    sip_word(&s, (uint64_t)kind << 32 | scope);
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

static size_t find_slot(const mhtml_table *table, uint64_t hash, mhtml_key kind, uint32_t scope, postern_slice key) {
    size_t at = (size_t)hash & (table->room - 1);
    for (; table->entries[at].used; at = (at + 1) & (table->room - 1)) {
        const mhtml_entry *e = &table->entries[at];
        if (e->hash == hash && e->kind == kind && e->scope == scope && postern_slice_eq(e->key, key)) break;
    }
    return at;
}

uint32_t mhtml_table_get(const mhtml_table *table, mhtml_key kind, uint32_t scope, postern_slice key) {
    if (!table->room) return POSTERN_NO_PART;
    size_t at = find_slot(table, hash_key(table, kind, scope, key), kind, scope, key);
    return table->entries[at].used ? table->entries[at].part : POSTERN_NO_PART;
}

static postern_status grow(mhtml_table *table, postern_arena *arena) {
    mhtml_table larger = *table;
    larger.room = table->room ? table->room * 2 : 64;
    larger.entries = postern_arena_zalloc(arena, larger.room, sizeof *larger.entries);
    if (!larger.entries) return postern_arena_failure(arena);
    for (size_t i = 0; i < table->room; i++) {
        const mhtml_entry *e = &table->entries[i];
        if (e->used) larger.entries[find_slot(&larger, e->hash, e->kind, e->scope, e->key)] = *e;
    }
    *table = larger;
    return POSTERN_OK;
}

postern_status mhtml_table_put(mhtml_table *table, postern_arena *arena, mhtml_key kind, uint32_t scope, postern_slice key,
                               uint32_t part, uint32_t *ret_holder) {
    if (table->count * 2 >= table->room) {
        postern_status status = grow(table, arena);
        if (status != POSTERN_OK) return status;
    }
    uint64_t hash = hash_key(table, kind, scope, key);
    mhtml_entry *e = &table->entries[find_slot(table, hash, kind, scope, key)];
    if (!e->used) {
        *e = (mhtml_entry){.hash = hash, .key = key, .scope = scope, .part = part, .kind = kind, .used = true};
        table->count++;
    }
    *ret_holder = e->part;
    return POSTERN_OK;
}
