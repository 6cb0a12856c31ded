/*
 * A segment of the word index as the cache NAME.words holds it, one behind the other, little-endian:
 *
 *   magic 8, fingerprint 8, checksum 8 of what follows: first row 4, rows 4, terms 4, bytes of terms 4, of postings 4, 0 4
 *   terms: where each ends 4; postings: where each ends 4; the terms in order; the postings
 *
 * Postings are the rows of a term, each as its distance from the one before, seven bits a byte. Nothing of it is trusted: sizes
 * are checked at once, places when they are used.
 */
#define _GNU_SOURCE
#include "store_index_int.h"

#include <stdlib.h>

enum { HEAD = 48, FIRST_BLOCK = 12, LAST_BLOCK = 252, LINK = 4 };
static const char magic[] = "PSTNWRD1";

static uint32_t get32(postern_slice s, size_t at) {
    const uint8_t *p = s.ptr + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static void set32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (8 * i));
}
static void set64(uint8_t *p, uint64_t v) {
    set32(p, (uint32_t)v);
    set32(p + 4, (uint32_t)(v >> 32));
}

/* ---- building ---- */

static postern_status grow_table(store_builder *b) {
    size_t room = b->table ? (b->mask + 1) * 2 : 1u << 16;
    uint32_t *table = malloc(room * sizeof *table);
    if (!table) return POSTERN_NOMEM;
    memset(table, 0xFF, room * sizeof *table);
    for (uint32_t i = 0; i < b->count; i++) {
        size_t at = (size_t)b->terms[i].hash & (room - 1);
        while (table[at] != UINT32_MAX) at = (at + 1) & (room - 1);
        table[at] = i;
    }
    free(b->table);
    b->table = table;
    b->mask = room - 1;
    return POSTERN_OK;
}

/* A block of the pool: a link to the next one in front of its bytes. */
static postern_status new_block(store_builder *b, size_t size, uint32_t *ret_at) {
    size_t at = b->pool.len;
    postern_status status = postern_buf_reserve(&b->pool, LINK + size);
    if (status) return status;
    b->pool.len += LINK + size;
    *ret_at = (uint32_t)at;
    return POSTERN_OK;
}

static postern_status new_term(store_builder *b, const uint8_t *word, size_t len, uint64_t hash, uint32_t *ret_term) {
    if (b->count == b->room) {
        uint32_t room = b->room ? b->room * 2 : 1u << 14;
        store_term *grown = reallocarray(b->terms, room, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        b->terms = grown;
        b->room = room;
    }
    store_term *t = &b->terms[b->count];
    *t = (store_term){
        .hash = hash, .at = (uint32_t)b->term_bytes.len, .last_row = UINT32_MAX, .tail_size = FIRST_BLOCK, .len = (uint8_t)len};
    postern_status status = postern_buf_add(&b->term_bytes, word, len);
    if (!status) status = new_block(b, FIRST_BLOCK, &t->first);
    if (status) return status;
    t->tail = t->first;
    *ret_term = b->count++;
    return POSTERN_OK;
}

static postern_status add_byte(store_builder *b, store_term *t, uint8_t byte) {
    if (t->tail_used == t->tail_size) {
        uint16_t size = t->tail_size >= LAST_BLOCK / 2 ? LAST_BLOCK : (uint16_t)(t->tail_size * 2 + LINK);
        uint32_t at;
        postern_status status = new_block(b, size, &at);
        if (status) return status;
        set32(b->pool.ptr + t->tail, at);
        t->tail = at;
        t->tail_used = 0;
        t->tail_size = size;
    }
    b->pool.ptr[t->tail + LINK + t->tail_used++] = byte;
    return POSTERN_OK;
}

postern_status store_builder_word(store_builder *b, uint32_t row, const uint8_t *word, size_t len, uint64_t hash) {
    if (!b->table || (size_t)b->count * 2 > b->mask) {
        postern_status status = grow_table(b);
        if (status) return status;
    }
    size_t at = (size_t)hash & b->mask;
    uint32_t term;
    while ((term = b->table[at]) != UINT32_MAX) {
        const store_term *t = &b->terms[term];
        if (t->hash == hash && t->len == len && !memcmp(b->term_bytes.ptr + t->at, word, len)) break;
        at = (at + 1) & b->mask;
    }
    if (term == UINT32_MAX) {
        postern_status status = new_term(b, word, len, hash, &term);
        if (status) return status;
        b->table[at] = term;
    }
    store_term *t = &b->terms[term];
    if (t->last_row == row) return POSTERN_OK;
    uint32_t distance = t->last_row == UINT32_MAX ? row - b->first_row : row - t->last_row;
    t->last_row = row;
    for (; distance >= 0x80; distance >>= 7) {
        postern_status status = add_byte(b, t, (uint8_t)(distance | 0x80));
        if (status) return status;
    }
    return add_byte(b, t, (uint8_t)distance);
}

void store_builder_prefetch(const store_builder *b, uint64_t hash, bool term) {
    if (!b->table) return;
    const uint32_t *slot = &b->table[(size_t)hash & b->mask];
    if (!term)
        __builtin_prefetch(slot);
    else if (*slot != UINT32_MAX)
        __builtin_prefetch(&b->terms[*slot], 1);
}

size_t store_builder_bytes(const store_builder *b) {
    return b->pool.len + b->term_bytes.len + (size_t)b->room * sizeof *b->terms + (b->mask + 1) * sizeof *b->table;
}

void store_builder_clear(store_builder *b) {
    free(b->terms);
    free(b->table);
    postern_buf_free(&b->term_bytes);
    postern_buf_free(&b->pool);
    b->terms = NULL;
    b->table = NULL;
    b->count = b->room = 0;
    b->mask = 0;
}

static int by_term(const void *a, const void *b, void *bytes) {
    const store_term *x = a, *y = b;
    int order = memcmp((const uint8_t *)bytes + x->at, (const uint8_t *)bytes + y->at, x->len < y->len ? x->len : y->len);
    return order ? order : (int)x->len - (int)y->len;
}

static postern_status add_postings(const store_builder *b, const store_term *t, postern_buf *out) {
    uint32_t at = t->first;
    for (size_t size = FIRST_BLOCK; at != t->tail; at = get32(postern_buf_slice(&b->pool), at)) {
        postern_buf_add(out, b->pool.ptr + at + LINK, size);
        size = size >= LAST_BLOCK / 2 ? LAST_BLOCK : size * 2 + LINK;
    }
    return postern_buf_add(out, b->pool.ptr + at + LINK, t->tail_used);
}

postern_status store_builder_image(store_builder *b, uint32_t end_row, uint64_t fingerprint, postern_buf *out) {
    size_t ends = (size_t)b->count * 8, term_bytes = 0;
    if (b->count) qsort_r(b->terms, b->count, sizeof *b->terms, by_term, b->term_bytes.ptr);
    free(b->table); /* places have changed */
    b->table = NULL;
    if (postern_buf_reserve(out, HEAD + ends + b->term_bytes.len)) return out->status;
    out->len = HEAD + ends;
    for (uint32_t i = 0; i < b->count; i++) {
        postern_buf_add(out, b->term_bytes.ptr + b->terms[i].at, b->terms[i].len);
        term_bytes += b->terms[i].len;
        set32(out->ptr + HEAD + (size_t)i * 4, (uint32_t)term_bytes);
    }
    size_t start = out->len;
    for (uint32_t i = 0; i < b->count; i++) {
        if (add_postings(b, &b->terms[i], out)) return out->status;
        set32(out->ptr + HEAD + (size_t)(b->count + i) * 4, (uint32_t)(out->len - start));
    }
    uint8_t *p = out->ptr;
    memcpy(p, magic, 8);
    set64(p + 8, fingerprint);
    set32(p + 24, b->first_row);
    set32(p + 28, end_row - b->first_row);
    set32(p + 32, b->count);
    set32(p + 36, (uint32_t)term_bytes);
    set32(p + 40, (uint32_t)(out->len - start));
    set32(p + 44, 0);
    set64(p + 16, store_checksum(postern_slice_from(postern_buf_slice(out), 24), fingerprint));
    return out->status;
}

/* ---- reading ---- */

postern_status store_segment_open(postern_slice s, uint64_t fingerprint, store_segment *ret_segment, size_t *ret_len) {
    if (s.len < HEAD || memcmp(s.ptr, magic, 8)) return POSTERN_FORMAT;
    uint64_t print = get32(s, 8) | (uint64_t)get32(s, 12) << 32, sum = get32(s, 16) | (uint64_t)get32(s, 20) << 32;
    store_segment g = {.first_row = get32(s, 24), .rows = get32(s, 28), .terms = get32(s, 32)};
    uint64_t term_bytes = get32(s, 36), postings = get32(s, 40), ends = (uint64_t)g.terms * 4;
    uint64_t len = HEAD + 2 * ends + term_bytes + postings;
    if (print != fingerprint || len > s.len || g.rows > POSTERN_LIMIT_STORE_MESSAGES) return POSTERN_FORMAT;
    if (sum != store_checksum(postern_slice_sub(s, 24, (size_t)len - 24), fingerprint)) return POSTERN_FORMAT;
    g.term_ends = postern_slice_sub(s, HEAD, (size_t)ends);
    g.posting_ends = postern_slice_sub(s, HEAD + (size_t)ends, (size_t)ends);
    g.term_bytes = postern_slice_sub(s, HEAD + 2 * (size_t)ends, (size_t)term_bytes);
    g.postings = postern_slice_sub(s, HEAD + 2 * (size_t)ends + (size_t)term_bytes, (size_t)postings);
    *ret_segment = g;
    *ret_len = (size_t)len;
    return POSTERN_OK;
}

/* Number `i` of the pieces that `ends` cuts `bytes` into; clamped, so that wrong ends give wrong pieces and nothing worse. */
static postern_slice piece(postern_slice ends, postern_slice bytes, uint32_t i) {
    size_t start = i ? get32(ends, (size_t)(i - 1) * 4) : 0, end = get32(ends, (size_t)i * 4);
    return postern_slice_sub(bytes, start, end > start ? end - start : 0);
}

static uint32_t lower_bound(const store_segment *g, postern_slice word) {
    uint32_t low = 0, high = g->terms;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (postern_slice_compare(piece(g->term_ends, g->term_bytes, middle), word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Marks the rows of one term; what leads beyond the last row ends it. */
static void mark_rows(postern_slice s, uint64_t row, uint8_t *hits, uint32_t row_count) {
    const uint8_t *p = s.ptr, *end = s.ptr + s.len;
    while (p < end) {
        uint64_t distance = *p++;
        if (distance & 0x80) { /* most are below 128 */
            uint8_t byte = 0x80;
            distance &= 0x7F;
            for (unsigned shift = 7; p < end && byte & 0x80 && shift < 35; shift += 7) {
                byte = *p++;
                distance |= (uint64_t)(byte & 0x7F) << shift;
            }
        }
        row += distance;
        if (row >= row_count) return;
        hits[row] = 1;
    }
}

void store_segment_find(const store_segment *g, postern_slice word, uint8_t *hits, uint32_t row_count) {
    for (uint32_t i = lower_bound(g, word); i < g->terms; i++) {
        if (!postern_slice_starts(piece(g->term_ends, g->term_bytes, i), word)) return;
        postern_slice s = piece(g->posting_ends, g->postings, i);
        if (s.len) mark_rows(s, g->first_row, hits, row_count);
    }
}
