/* The word index: segments, each for a run of rows. store_learn.c fills a builder
 * (store_builder.c), store_segment.c reads segments. */
#ifndef POSTERN_STORE_INDEX_INT_H
#define POSTERN_STORE_INDEX_INT_H

#include "store_int.h"

/* One segment, read in place. */
typedef struct store_segment {
    uint32_t first_row, rows, terms;
    postern_slice term_ends, posting_ends; /* le32 for each term: where it ends in the two below */
    postern_slice term_bytes, postings;
} store_segment;

struct store_index {
    postern_file *file;  /* the cache, or NULL: */
    postern_buf *images; /* each segment in memory */
    uint32_t image_count, image_room;
    store_segment *segments;
    uint32_t count, room;
};

/* ---- store_builder.c ---- */

/* A word as the table of a builder knows it. */
typedef struct store_key {
    uint64_t low, high, hash;
} store_key;
/* Up to sixteen bytes are the key themselves, zeros behind them, which the caller puts there; a longer word has its hash, and
 * bytes that are in no word. */
static inline store_key store_key_of(const uint8_t *word, size_t len) {
    store_key key;
    memcpy(&key.low, word, 8);
    memcpy(&key.high, word + 8, 8);
    if (len > 16) {
        key.low = postern_slice_hash(postern_slice_of(word, len), 11);
        key.high = UINT64_MAX;
    }
    uint64_t hash = (key.low ^ key.low >> 32) * 0x9E3779B97F4A7C15u ^ key.high;
    hash *= 0xD6E8FEB86659FD93u;
    key.hash = hash ^ hash >> 32;
    return key;
}

typedef struct store_slot {
    store_key key;
    uint32_t term;
    uint32_t row : 31; /* the last one that has it, from 1 within the segment */
    uint32_t used : 1;
} store_slot;

typedef struct store_term {
    uint32_t at, len;    /* in term_bytes */
    uint32_t row, place; /* its last ones, while entries are dealt out */
    uint32_t end;        /* of its postings so far */
} store_term;

/* The rows from first_row on. */
typedef struct store_builder {
    store_slot *slots;
    size_t mask;
    store_term *terms;
    uint32_t count, room;
    postern_buf term_bytes;
    postern_buf entries; /* uint32_t: the number of a term; of a pair with its highest bit, and its place behind it */
    postern_buf ends;    /* uint32_t: where the entries of each row end */
    uint32_t first_row, rows;
} store_builder;

void store_builder_init(store_builder *b, uint32_t first_row);
void store_builder_free(store_builder *b);
/* A word of the row at hand; `place` of a paired one, else 0. */
postern_status store_builder_word(store_builder *b, const store_key *key, const uint8_t *word, size_t len,
                                  uint32_t place) POSTERN_MUST;
/* Asks for the memory that store_builder_word will want. */
static inline void store_builder_prefetch(const store_builder *b, const store_key *key) {
    if (b->slots) __builtin_prefetch(&b->slots[(size_t)key->hash & b->mask], 1);
}
postern_status store_builder_row(store_builder *b) POSTERN_MUST; /* the row at hand is whole */
size_t store_builder_bytes(const store_builder *b);
/* The segment as bytes: what the cache holds of it. Afterwards it can only be freed. */
postern_status store_builder_image(store_builder *b, uint64_t fingerprint, postern_buf *out) POSTERN_MUST;

/* ---- store_learn.c, store_segment.c ---- */

enum { STORE_SEGMENT_HEAD = 48 };
#define STORE_SEGMENT_MAGIC "PSTNWRD2"

postern_status store_index_add(store_index *index, const store_segment *segment) POSTERN_MUST;
/* The segment at the start of `bytes`; *ret_len is what it takes. FORMAT: it is none of this store. */
postern_status store_segment_open(postern_slice bytes, uint64_t fingerprint, store_segment *ret_segment,
                                  size_t *ret_len) POSTERN_MUST;
/* Sets hits[row] for each row that has the words from `first` on that follow each other: one that terms begin with, or a run of
 * pairs in neighbouring places. */
void store_segment_find(const store_segment *segment, const store_query_word *words, size_t count, uint8_t *hits,
                        uint32_t row_count);

#endif
