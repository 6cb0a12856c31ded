/*
 * Words: what a text is cut into for the search. A run of letters, digits and marks is a word, folded, its first
 * STORE_WORD_BYTES bytes; in scripts without blanks each pair of neighbours is one, and the last character of a run alone.
 */
#include "store_int.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void store_words_init(store_words *w, postern_slice utf8, uint32_t place) {
    w->text = utf8;
    w->pos = w->len = 0;
    w->single = false;
    w->place = place;
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
    w->place += w->single ? 2 : 1; /* behind the end of a run nothing is the neighbour of anything */
    w->single = true;
    put(w, store_fold_scalar(c));
    if (w->pos >= w->text.len) return;
    uint32_t next = postern_utf8_at(w->text, w->pos, &next_len);
    if (store_class_of(next) != STORE_PAIRED) return;
    put(w, store_fold_scalar(next));
    w->single = false;
}

#if defined(__SSE2__)
/* What in sixteen bytes is a letter or digit, and the bytes with ASCII case folded. */
static unsigned letters_of(const uint8_t *p, __m128i *ret_folded) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p), low = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    __m128i alpha = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)), _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
    __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(bytes, _mm_set1_epi8('9' + 1)));
    *ret_folded = _mm_or_si128(bytes, _mm_and_si128(alpha, _mm_set1_epi8(0x20)));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(alpha, digit));
}

static const uint8_t shown[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                  0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

/* A whole word of ASCII, at most fifteen bytes of it, that begins at most fifteen bytes ahead; most are such. False: nothing is
 * decided, and `pos` is where words have to be looked for. */
static bool next_short(store_words *w) {
    while (w->text.len - w->pos >= 32) {
        const uint8_t *p = w->text.ptr + w->pos;
        __m128i folded;
        unsigned letters = letters_of(p, &folded),
                 high = (unsigned)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)p));
        unsigned start = letters ? (unsigned)__builtin_ctz(letters) : 16;
        if (high & ((2u << start) - 1)) return false;
        w->pos += start;
        if (start == 16) continue;
        if (start) letters = letters_of(p + start, &folded);
        unsigned len = (unsigned)__builtin_ctz(~letters);
        if (len >= 16 || p[start + len] & 0x80) return false;
        folded = _mm_and_si128(folded, _mm_loadu_si128((const __m128i *)(const void *)(shown + 16 - len)));
        _mm_storeu_si128((__m128i *)(void *)w->word, folded);
        w->len = len;
        w->pos += len + 1;
        return true;
    }
    return false;
}
#else
static bool next_short(store_words *w) {
    (void)w;
    return false;
}
#endif

bool store_words_next(store_words *w) {
    const uint8_t *p = w->text.ptr;
    const size_t end = w->text.len;
    w->full = w->paired = false;
    if (next_short(w)) return true;
    w->len = 0;
    while (w->pos < end) {
        uint8_t kind = store_byte_kinds[p[w->pos]];
        if (kind > 1) {
            if (w->len < STORE_WORD_BYTES && !w->full) w->word[w->len++] = kind;
            w->pos++;
            continue;
        }
        if (kind == 0) {
            w->pos++;
            if (w->len) break;
            continue;
        }
        size_t len;
        uint32_t c = postern_utf8_at(w->text, w->pos, &len);
        store_class class = store_class_of(c);
        if (class == STORE_LETTER) {
            put(w, store_fold_scalar(c));
            w->pos += len;
        } else if (w->len) {
            break;
        } else if (class == STORE_PAIRED) {
            w->paired = true;
            take_pair(w, c, len);
            break;
        } else {
            w->pos += len;
        }
    }
    memset(w->word + w->len, 0, STORE_WORD_ROOM - w->len < 16 ? STORE_WORD_ROOM - w->len : 16);
    return w->len > 0;
}

/* Words of a query: a single character behind a pair of the same run says nothing more, and is left out; a pair behind another
 * one has to follow it. */
void store_query_words(postern_slice utf8, store_query *ret_query) {
    store_words w;
    bool pair = false;
    *ret_query = (store_query){.count = 0};
    store_words_init(&w, utf8, 0);
    while (ret_query->count < STORE_QUERY_WORDS && store_words_next(&w)) {
        bool follows = w.paired && pair;
        pair = w.paired && !w.single;
        if (follows && w.single) continue;
        store_query_word *word = &ret_query->words[ret_query->count++];
        memcpy(word->bytes, w.word, w.len);
        word->len = w.len;
        word->paired = w.paired;
        word->follows = follows;
    }
}

/* A word of a run counts when the one before it was found in the place before; the last one so says it all. From the last to
 * the first: what this very token is found as must not count as the token before it. */
uint32_t store_query_match(const store_query *query, postern_slice utf8) {
    store_words w;
    uint32_t found = 0, places[STORE_QUERY_WORDS] = {0};
    store_words_init(&w, utf8, 1);
    while (store_words_next(&w))
        for (size_t i = query->count; i-- > 0;) {
            const store_query_word *word = &query->words[i];
            if (w.len < word->len || memcmp(w.word, word->bytes, word->len)) continue;
            if (word->follows && (!w.paired || places[i - 1] + 1 != w.place)) continue;
            if (w.paired) places[i] = w.place;
            found |= UINT32_C(1) << i;
        }
    return found;
}
