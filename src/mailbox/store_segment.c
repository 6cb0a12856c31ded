/*
 * A segment of the word index as the cache NAME.words holds it, one behind the other, little-endian:
 *
 *   magic 8, fingerprint 8, checksum 8 of what follows: first row 4, rows 4, terms 4, bytes of terms 4, of postings 4, 0 4
 *   terms: where each ends 4; postings: where each ends 4; the terms in order; the postings
 *
 * Postings are the rows of a term, each as its distance from the one before, seven bits a byte. A term of a script without
 * blanks is a pair of characters: its postings are all the places where it stands, row and place, and the place is the distance
 * from the one before in the same row. So a longer run of characters is found exactly: its pairs in places that follow each
 * other. Nothing of a segment is trusted: sizes are checked at once, places when they are used.
 */
#define _GNU_SOURCE
#include "store_index_int.h"

static uint32_t get32(postern_slice s, size_t at) {
    const uint8_t *p = s.ptr + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

postern_status store_segment_open(postern_slice s, uint64_t fingerprint, store_segment *ret_segment, size_t *ret_len) {
    if (s.len < STORE_SEGMENT_HEAD || memcmp(s.ptr, STORE_SEGMENT_MAGIC, 8)) return POSTERN_FORMAT;
    uint64_t print = get32(s, 8) | (uint64_t)get32(s, 12) << 32, sum = get32(s, 16) | (uint64_t)get32(s, 20) << 32;
    store_segment g = {.first_row = get32(s, 24), .rows = get32(s, 28), .terms = get32(s, 32)};
    uint64_t term_bytes = get32(s, 36), postings = get32(s, 40), ends = (uint64_t)g.terms * 4;
    uint64_t len = STORE_SEGMENT_HEAD + 2 * ends + term_bytes + postings;
    if (print != fingerprint || len > s.len || g.rows > POSTERN_LIMIT_STORE_MESSAGES) return POSTERN_FORMAT;
    if (sum != store_checksum(postern_slice_sub(s, 24, (size_t)len - 24), fingerprint)) return POSTERN_FORMAT;
    g.term_ends = postern_slice_sub(s, STORE_SEGMENT_HEAD, (size_t)ends);
    g.posting_ends = postern_slice_sub(s, STORE_SEGMENT_HEAD + (size_t)ends, (size_t)ends);
    g.term_bytes = postern_slice_sub(s, STORE_SEGMENT_HEAD + 2 * (size_t)ends, (size_t)term_bytes);
    g.postings = postern_slice_sub(s, STORE_SEGMENT_HEAD + 2 * (size_t)ends + (size_t)term_bytes, (size_t)postings);
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

/* A number of the postings; false: there is none. */
static inline bool number(const uint8_t **p, const uint8_t *end, uint64_t *ret_number) {
    if (*p >= end) return false;
    uint64_t value = *(*p)++;
    if (value & 0x80) { /* most are below 128 */
        uint8_t byte = 0x80;
        value &= 0x7F;
        for (unsigned shift = 7; *p < end && byte & 0x80 && shift < 35; shift += 7) {
            byte = *(*p)++;
            value |= (uint64_t)(byte & 0x7F) << shift;
        }
    }
    *ret_number = value;
    return true;
}

/* Marks the rows of one term; what leads beyond the last row ends it. */
static void mark_rows(postern_slice s, uint64_t row, uint8_t *hits, uint32_t row_count) {
    const uint8_t *p = s.ptr, *end = s.ptr + s.len;
    for (uint64_t distance; s.len && number(&p, end, &distance);) {
        row += distance;
        if (row >= row_count) return;
        hits[row] = 1;
    }
}

/* The places of a pair, one after the other. */
typedef struct places {
    const uint8_t *p, *end;
    uint64_t row, place;
} places;

static bool next_place(places *c) {
    uint64_t distance, place;
    if (!number(&c->p, c->end, &distance) || !number(&c->p, c->end, &place)) return false;
    c->place = (distance ? 0 : c->place) + place;
    c->row += distance;
    return true;
}

static places places_of(const store_segment *g, uint32_t term) {
    postern_slice s = piece(g->posting_ends, g->postings, term);
    return (places){s.ptr, s.len ? s.ptr + s.len : s.ptr, g->first_row, 0};
}

/* Rows where the pairs stand in neighbouring places: every cursor is moved up to where the first one wants it. */
static void find_run(const store_segment *g, const store_query_word *words, size_t count, uint8_t *hits, uint32_t row_count) {
    places at[STORE_QUERY_WORDS];
    for (size_t i = 0; i < count; i++) {
        postern_slice word = postern_slice_of(words[i].bytes, words[i].len);
        uint32_t term = lower_bound(g, word);
        if (term >= g->terms || !postern_slice_eq(piece(g->term_ends, g->term_bytes, term), word)) return;
        at[i] = places_of(g, term);
        if (!next_place(&at[i])) return;
    }
    for (;;) {
        size_t fit = 1;
        for (; fit < count; fit++) {
            places *c = &at[fit];
            const uint64_t row = at[0].row, place = at[0].place + fit;
            while (c->row < row || (c->row == row && c->place < place))
                if (!next_place(c)) return;
            if (c->row != row || c->place != place) break;
        }
        const uint64_t row = at[0].row;
        if (row >= row_count) return;
        if (fit == count) hits[row] = 1;
        do {
            if (!next_place(&at[0])) return;
        } while (fit == count && at[0].row == row);
    }
}

void store_segment_find(const store_segment *g, const store_query_word *words, size_t count, uint8_t *hits,
                        uint32_t row_count) {
    postern_slice word = postern_slice_of(words[0].bytes, words[0].len);
    if (count > 1) {
        find_run(g, words, count, hits, row_count);
        return;
    }
    for (uint32_t i = lower_bound(g, word); i < g->terms; i++) {
        if (!postern_slice_starts(piece(g->term_ends, g->term_bytes, i), word)) return;
        if (words[0].paired) {
            places c = places_of(g, i);
            while (next_place(&c) && c.row < row_count) hits[c.row] = 1;
        } else
            mark_rows(piece(g->posting_ends, g->postings, i), g->first_row, hits, row_count);
    }
}
