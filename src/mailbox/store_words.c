/*
 * Words: what a text is cut into for the search. A run of letters, digits and marks is a word, folded, its first
 * STORE_WORD_BYTES bytes; in scripts without blanks each pair of neighbours is one, and the last character of a run alone.
 */
#include "store_int.h"

void store_words_init(store_words *w, postern_slice utf8) {
    w->text = utf8;
    w->pos = w->len = 0;
}

static void put(store_words *w, uint32_t c) {
    uint8_t bytes[4];
    size_t len = postern_utf8_put(c, bytes);
    if (w->len + len > STORE_WORD_BYTES) {
        w->full = true;
        return;
    }
    if (w->full) return;
    memcpy(w->word + w->len, bytes, len);
    w->len += len;
}

/* A character of a script without blanks at `pos`: the pair with its neighbour, or itself where none follows. */
static void take_pair(store_words *w, uint32_t c, size_t len) {
    size_t next_len;
    w->pos += len;
    put(w, store_fold_scalar(c));
    w->single = true;
    if (w->pos >= w->text.len) return;
    uint32_t next = postern_utf8_at(w->text, w->pos, &next_len);
    if (store_class_of(next) != STORE_PAIRED) return;
    put(w, store_fold_scalar(next));
    w->single = false;
}

bool store_words_next(store_words *w) {
    const uint8_t *p = w->text.ptr;
    const size_t end = w->text.len;
    w->len = 0;
    w->full = w->single = false;
    w->paired = false;
    while (w->pos < end) {
        uint8_t kind = store_byte_kinds[p[w->pos]];
        if (kind > 1) {
            if (w->len < STORE_WORD_BYTES && !w->full) w->word[w->len++] = kind;
            w->pos++;
            continue;
        }
        if (kind == 0) {
            w->pos++;
            if (w->len) return true;
            continue;
        }
        size_t len;
        uint32_t c = postern_utf8_at(w->text, w->pos, &len);
        store_class class = store_class_of(c);
        if (class == STORE_LETTER) {
            put(w, store_fold_scalar(c));
            w->pos += len;
        } else if (w->len) {
            return true;
        } else if (class == STORE_PAIRED) {
            w->paired = true;
            take_pair(w, c, len);
            return true;
        } else {
            w->pos += len;
        }
    }
    return w->len > 0;
}

/* Words of a query: a single character behind a pair of the same run says nothing more, and is left out. */
void store_query_words(postern_slice utf8, store_query *ret_query) {
    store_words w;
    bool pair = false;
    *ret_query = (store_query){.count = 0};
    store_words_init(&w, utf8);
    while (ret_query->count < STORE_QUERY_WORDS && store_words_next(&w)) {
        bool rest = w.paired && w.single && pair;
        pair = w.paired && !w.single;
        if (rest) continue;
        store_query_word *word = &ret_query->words[ret_query->count++];
        memcpy(word->bytes, w.word, w.len);
        word->len = w.len;
    }
}

uint32_t store_query_match(const store_query *query, postern_slice utf8) {
    store_words w;
    uint32_t found = 0;
    store_words_init(&w, utf8);
    while (store_words_next(&w))
        for (size_t i = 0; i < query->count; i++)
            if (w.len >= query->words[i].len && !memcmp(w.word, query->words[i].bytes, query->words[i].len))
                found |= UINT32_C(1) << i;
    return found;
}
