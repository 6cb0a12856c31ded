/* The word index: segments, each for a run of rows. store_learn.c fills a builder, store_segment.c keeps and reads segments. */
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

typedef struct store_term {
    uint64_t hash;
    uint32_t at; /* in term_bytes */
    uint32_t last_row;
    uint32_t first, tail; /* blocks of postings */
    uint16_t tail_used, tail_size;
    uint8_t len;
} store_term;

/* Terms of the rows from first_row on; postings grow in blocks of a pool. */
typedef struct store_builder {
    store_term *terms;
    uint32_t count, room;
    uint32_t *table;
    size_t mask;
    postern_buf term_bytes, pool;
    uint32_t first_row;
} store_builder;

postern_status store_builder_word(store_builder *b, uint32_t row, const uint8_t *word, size_t len, uint64_t hash) POSTERN_MUST;
/* Asks for the memory that store_builder_word will want for this hash: its slot, and in a second round its term. */
void store_builder_prefetch(const store_builder *b, uint64_t hash, bool term);
size_t store_builder_bytes(const store_builder *b);
void store_builder_clear(store_builder *b); /* and frees */
/* The segment as bytes: what the cache holds of it. */
postern_status store_builder_image(store_builder *b, uint32_t end_row, uint64_t fingerprint, postern_buf *out) POSTERN_MUST;

postern_status store_index_add(store_index *index, const store_segment *segment) POSTERN_MUST;
/* The segment at the start of `bytes`; *ret_len is what it takes. FORMAT: it is none of this store. */
postern_status store_segment_open(postern_slice bytes, uint64_t fingerprint, store_segment *ret_segment,
                                  size_t *ret_len) POSTERN_MUST;
/* Sets hits[row] for each row with a term that begins with `word`. */
void store_segment_find(const store_segment *segment, postern_slice word, uint8_t *hits, uint32_t row_count);

#endif
