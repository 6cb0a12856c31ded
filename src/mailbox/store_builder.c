/*
 * Making a segment of the word index (its form: store_segment.c). Words come row by row. Each is looked up in a table that
 * holds all that says whether it was met before, one line of memory a word, and goes, as the number of its term, behind the
 * others of its row; when the segment is full the numbers are counted and dealt out to their terms. Writing into thousands of
 * lists as words come would cost a miss of the processor's caches for each.
 */
#define _GNU_SOURCE
#include "store_index_int.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1 << 16, ENTRIES_MORE = 1 << 20 };
#define PAIR UINT32_C(0x80000000)

static postern_status grow_slots(store_builder *b) {
    size_t room = b->slots ? (b->mask + 1) * 2 : FIRST_SLOTS;
    store_slot *slots = calloc(room, sizeof *slots);
    if (!slots) return POSTERN_NOMEM;
    for (size_t i = 0; b->slots && i <= b->mask; i++) {
        if (!b->slots[i].used) continue;
        size_t at = (size_t)b->slots[i].key.hash & (room - 1);
        while (slots[at].used) at = (at + 1) & (room - 1);
        slots[at] = b->slots[i];
    }
    free(b->slots);
    b->slots = slots;
    b->mask = room - 1;
    return POSTERN_OK;
}

static postern_status new_term(store_builder *b, const uint8_t *word, size_t len, uint32_t *ret_term) {
    if (b->count == b->room) {
        uint32_t room = b->room ? b->room * 2 : 1u << 14;
        store_term *grown = reallocarray(b->terms, room, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        b->terms = grown;
        b->room = room;
    }
    b->terms[b->count] = (store_term){.at = (uint32_t)b->term_bytes.len, .len = (uint32_t)len};
    *ret_term = b->count++;
    return postern_buf_add(&b->term_bytes, word, len);
}

void store_builder_init(store_builder *b, uint32_t first_row) {
    *b = (store_builder){.first_row = first_row};
    postern_buf_init(&b->term_bytes, UINT32_MAX);
    postern_buf_init(&b->entries, UINT32_MAX);
    postern_buf_init(&b->ends, UINT32_MAX);
}

void store_builder_free(store_builder *b) {
    free(b->slots);
    free(b->terms);
    postern_buf_free(&b->term_bytes);
    postern_buf_free(&b->entries);
    postern_buf_free(&b->ends);
    b->slots = NULL;
    b->terms = NULL;
}

static bool same(const store_builder *b, const store_slot *slot, const store_key *key, const uint8_t *word, size_t len) {
    if (slot->key.low != key->low || slot->key.high != key->high) return false;
    const store_term *t = &b->terms[slot->term];
    return key->high != UINT64_MAX || (t->len == len && !memcmp(b->term_bytes.ptr + t->at, word, len));
}

/* There is room: store_builder_word saw to that. */
static void add_entry(store_builder *b, uint32_t entry) {
    memcpy(b->entries.ptr + b->entries.len, &entry, sizeof entry);
    b->entries.len += sizeof entry;
}

/* Makes room for another term, and for two entries. */
static postern_status make_room(store_builder *b) {
    postern_status status = POSTERN_OK;
    if (!b->slots || (size_t)b->count * 2 > b->mask) status = grow_slots(b);
    return status ? status : postern_buf_reserve(&b->entries, ENTRIES_MORE);
}

postern_status store_builder_word(store_builder *b, const store_key *key, const uint8_t *word, size_t len, uint32_t place) {
    if (!b->slots || (size_t)b->count * 2 > b->mask || b->entries.room - b->entries.len < 2 * sizeof(uint32_t)) {
        postern_status status = make_room(b);
        if (status) return status;
    }
    size_t at = (size_t)key->hash & b->mask;
    while (b->slots[at].used && !same(b, &b->slots[at], key, word, len)) at = (at + 1) & b->mask;
    store_slot *slot = &b->slots[at];
    if (!slot->used) {
        postern_status status = new_term(b, word, len, &slot->term);
        if (status) return status;
        slot->key = *key;
        slot->used = 1;
        slot->row = 0;
    }
    if (place) {
        add_entry(b, slot->term | PAIR);
        add_entry(b, place);
    } else if (slot->row != b->rows + 1) {
        slot->row = b->rows + 1;
        add_entry(b, slot->term);
    }
    return POSTERN_OK;
}

postern_status store_builder_row(store_builder *b) {
    uint32_t end = (uint32_t)(b->entries.len / sizeof(uint32_t));
    b->rows++;
    return postern_buf_add(&b->ends, &end, sizeof end);
}

size_t store_builder_bytes(const store_builder *b) {
    return b->entries.len + b->ends.len + b->term_bytes.len + (size_t)b->room * sizeof *b->terms +
           (b->mask + 1) * sizeof *b->slots;
}

/* ---- the image ---- */

static void set32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (8 * i));
}
static void set64(uint8_t *p, uint64_t v) {
    set32(p, (uint32_t)v);
    set32(p + 4, (uint32_t)(v >> 32));
}

/* Seven bits a byte; how many bytes. Nothing is written without `p`. */
static uint32_t put_number(uint8_t *p, uint32_t v) {
    uint32_t len = 0;
    for (; v >= 0x80; v >>= 7, len++)
        if (p) p[len] = (uint8_t)(v | 0x80);
    if (p) p[len] = (uint8_t)v;
    return len + 1;
}

/* Deals the entries out: counts their bytes for each term, or writes them where each term's end so far is. */
static void deal(store_builder *b, uint8_t *out) {
    const uint32_t *entries = (const uint32_t *)(const void *)b->entries.ptr,
                   *ends = (const uint32_t *)(const void *)b->ends.ptr;
    for (uint32_t i = 0; i < b->count; i++) b->terms[i].row = b->terms[i].place = 0;
    uint32_t at = 0;
    for (uint32_t row = 0; row < b->rows; row++)
        while (at < ends[row]) {
            uint32_t entry = entries[at++];
            store_term *t = &b->terms[entry & ~PAIR];
            uint32_t distance = row - t->row;
            t->end += put_number(out ? out + t->end : NULL, distance);
            if (entry & PAIR) {
                uint32_t place = entries[at++];
                t->end += put_number(out ? out + t->end : NULL, distance ? place : place - t->place);
                t->place = place;
            }
            t->row = row;
        }
}

static int by_term(const void *x, const void *y, void *builder) {
    const store_builder *b = builder;
    const store_term *s = &b->terms[*(const uint32_t *)x], *t = &b->terms[*(const uint32_t *)y];
    int order = memcmp(b->term_bytes.ptr + s->at, b->term_bytes.ptr + t->at, s->len < t->len ? s->len : t->len);
    return order ? order : (int)s->len - (int)t->len;
}

static void put_head(const store_builder *b, uint64_t fingerprint, size_t term_bytes, size_t postings, postern_buf *out) {
    uint8_t *p = out->ptr;
    memcpy(p, STORE_SEGMENT_MAGIC, 8);
    set64(p + 8, fingerprint);
    set32(p + 24, b->first_row);
    set32(p + 28, b->rows);
    set32(p + 32, b->count);
    set32(p + 36, (uint32_t)term_bytes);
    set32(p + 40, (uint32_t)postings);
    set32(p + 44, 0);
    set64(p + 16, store_checksum(postern_slice_from(postern_buf_slice(out), 24), fingerprint));
}

postern_status store_builder_image(store_builder *b, uint64_t fingerprint, postern_buf *out) {
    uint64_t ends = (uint64_t)b->count * 8, postings = 0;
    uint32_t *order = reallocarray(NULL, (size_t)b->count + 1, sizeof *order);
    if (!order) return POSTERN_NOMEM;
    free(b->slots); /* no longer wanted; and memory is */
    b->slots = NULL;
    for (uint32_t i = 0; i < b->count; i++) order[i] = i, b->terms[i].end = 0;
    if (b->count) qsort_r(order, b->count, sizeof *order, by_term, b);
    deal(b, NULL);
    for (uint32_t i = 0; i < b->count; i++) postings += b->terms[i].end;
    uint64_t whole = STORE_SEGMENT_HEAD + ends + b->term_bytes.len + postings;
    postern_status status = whole > UINT32_MAX ? POSTERN_LIMIT : postern_buf_reserve(out, (size_t)whole);
    if (!status) {
        out->len = STORE_SEGMENT_HEAD + (size_t)ends;
        uint32_t text = 0, at = 0;
        for (uint32_t i = 0; i < b->count; i++) {
            store_term *t = &b->terms[order[i]];
            postern_buf_add(out, b->term_bytes.ptr + t->at, t->len);
            text += t->len;
            set32(out->ptr + STORE_SEGMENT_HEAD + (size_t)i * 4, text);
            uint32_t size = t->end;
            t->end = at;
            at += size;
            set32(out->ptr + STORE_SEGMENT_HEAD + (size_t)(b->count + i) * 4, at);
        }
        deal(b, out->ptr + out->len);
        out->len += (size_t)postings;
        put_head(b, fingerprint, text, (size_t)postings, out);
    }
    free(order);
    return status;
}
