/*
 * The word index of a store: every message once more, in the order of the rows, its texts decoded and cut into words. Memory is
 * bounded: when the builder is full its segment is written, and the next rows begin another.
 */
#define _GNU_SOURCE
#include "store_index_int.h"

#include "postern/html.h"
#include "postern/mime.h"

#include <stdlib.h>

enum { SEGMENT_BYTES = 80 << 20, MESSAGE_MEMORY = 512 << 20, WAITING = 16 };

/* A word on its way into the builder: its place in memory is asked for while others are looked up. */
typedef struct waiting {
    store_key key;
    uint32_t place;
    uint8_t len;
    uint8_t word[STORE_WORD_BYTES]; /* sixteen bytes stand in the key */
} waiting;

typedef struct learner {
    postern_store *store;
    store_index *index;
    store_builder builder;
    postern_output *out; /* the cache; NULL: segments stay in memory */
    uint32_t row;
    uint32_t place; /* behind the last word of a script without blanks */
    size_t budget;  /* text of the message at hand that is still read */
    bool cut;
    waiting queue[WAITING];
    unsigned queued;
} learner;

static postern_status take_waiting(learner *l) {
    postern_status status = POSTERN_OK;
    for (unsigned i = 0; i < l->queued && !status; i++)
        status = store_builder_word(&l->builder, &l->queue[i].key, l->queue[i].word, l->queue[i].len, l->queue[i].place);
    l->queued = 0;
    return status;
}

static postern_status learn_text(learner *l, postern_slice utf8) {
    store_words w;
    if (utf8.len > l->budget) {
        l->cut = true;
        utf8.len = l->budget;
    }
    l->budget -= utf8.len;
    store_words_init(&w, utf8, l->place);
    while (store_words_next(&w)) {
        waiting *next = &l->queue[l->queued++];
        next->key = store_key_of(w.word, w.len);
        next->place = w.paired ? w.place : 0;
        next->len = (uint8_t)w.len;
        memcpy(next->word, w.word, 16);
        if (w.len > 16) memcpy(next->word + 16, w.word + 16, sizeof next->word - 16);
        store_builder_prefetch(&l->builder, &next->key);
        postern_status status = l->queued == WAITING ? take_waiting(l) : POSTERN_OK;
        if (status) return status;
    }
    l->place = w.place + 2;
    return take_waiting(l);
}

/* What a reader sees of HTML: texts, and what stands for pictures. Tags end words, but for those inside a line. */
static postern_status learn_html(learner *l, postern_slice utf8) {
    static const char *const inside[] = {"b",    "i",     "u",   "a",   "em",   "strong", "span",
                                         "font", "small", "big", "wbr", "mark", "s"};
    postern_html_tokenizer *tokenizer;
    postern_html_token token;
    postern_buf text;
    bool hidden = false;
    postern_status status = postern_html_tokenizer_new(utf8, true, NULL, &tokenizer);
    if (status) return status;
    postern_buf_init(&text, POSTERN_LIMIT_DOCUMENT);
    while (!(status = postern_html_next(tokenizer, &token)) && token.kind != POSTERN_HTML_EOF) {
        if (token.kind == POSTERN_HTML_TEXT) {
            if (!hidden) status = postern_buf_add_slice(&text, token.text);
        } else if (token.kind == POSTERN_HTML_START || token.kind == POSTERN_HTML_END) {
            bool in_line = false;
            for (size_t i = 0; !in_line && token.name.len < 7 && i < sizeof inside / sizeof *inside; i++)
                in_line = postern_slice_eq(token.name, postern_slice_cstr(inside[i]));
            if (postern_slice_eq(token.name, POSTERN_S("script")) || postern_slice_eq(token.name, POSTERN_S("style")))
                hidden = token.kind == POSTERN_HTML_START;
            const postern_html_attribute *alt =
                postern_slice_eq(token.name, POSTERN_S("img")) ? postern_html_attribute_find(&token, POSTERN_S("alt")) : NULL;
            if (!in_line) postern_buf_add_byte(&text, ' ');
            if (alt) postern_buf_add_slice(&text, alt->value);
            if (alt) postern_buf_add_byte(&text, ' ');
        }
        if (status || text.status) break;
    }
    postern_html_tokenizer_free(tokenizer);
    if (!status) status = text.status == POSTERN_LIMIT ? POSTERN_OK : text.status;
    if (!status) status = learn_text(l, postern_buf_slice(&text));
    postern_buf_free(&text);
    return status;
}

static postern_status learn_parts(learner *l, postern_arena *arena, postern_slice bytes) {
    const postern_message *message;
    postern_status status = postern_mime_open(arena, bytes, NULL, &message, NULL);
    if (status == POSTERN_FORMAT) return learn_text(l, bytes);
    for (uint32_t i = 0; !status && i < postern_mime_part_count(message) && l->budget; i++) {
        const postern_part *part = postern_mime_part(message, i);
        postern_slice text;
        if (!postern_slice_starts(part->type, POSTERN_S("text/")) || part->flags & POSTERN_PART_ATTACHMENT) {
            if (part->name.len) status = learn_text(l, part->name);
            continue;
        }
        status = postern_part_text(arena, part, NULL, &text, NULL);
        if (status) break;
        bool html = postern_slice_eq(part->type, POSTERN_S("text/html"));
        status = html ? learn_html(l, text) : learn_text(l, text);
    }
    return status;
}

/* ---- segments ---- */

postern_status store_index_add(store_index *index, const store_segment *segment) {
    if (index->count == index->room) {
        uint32_t room = index->room ? index->room * 2 : 4;
        store_segment *grown = reallocarray(index->segments, room, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        index->segments = grown;
        index->room = room;
    }
    index->segments[index->count++] = *segment;
    return POSTERN_OK;
}

/* Keeps an image in memory; takes it. */
static postern_status keep_image(store_index *index, uint64_t fingerprint, postern_buf *image) {
    store_segment segment;
    size_t len;
    if (index->image_count == index->image_room) {
        uint32_t room = index->image_room ? index->image_room * 2 : 4;
        postern_buf *grown = reallocarray(index->images, room, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        index->images = grown;
        index->image_room = room;
    }
    index->images[index->image_count++] = *image;
    postern_slice bytes = postern_buf_slice(image);
    postern_buf_init(image, image->cap);
    postern_status status = store_segment_open(bytes, fingerprint, &segment, &len);
    return status ? status : store_index_add(index, &segment);
}

static postern_status flush(learner *l) {
    postern_buf image;
    postern_buf_init(&image, UINT32_MAX);
    postern_status status = store_builder_image(&l->builder, l->store->fingerprint, &image);
    store_builder_free(&l->builder);
    store_builder_init(&l->builder, l->row);
    if (!status && l->out) {
        postern_sink sink = postern_output_sink(l->out);
        status = postern_sink_write(&sink, postern_buf_slice(&image));
    } else if (!status)
        status = keep_image(l->index, l->store->fingerprint, &image);
    postern_buf_free(&image);
    return status;
}

static postern_status on_message(void *user, const store_message *m) {
    learner *l = user;
    postern_store *store = l->store;
    if (l->row >= store->rec_count || store->recs[l->row].place.offset != m->place.offset ||
        store->recs[l->row].place.file != m->place.file || store->recs[l->row].place.member != m->place.member)
        return POSTERN_IO;
    const store_rec *rec = &store->recs[l->row];
    l->budget = POSTERN_LIMIT_STORE_WORDS;
    l->place = 0;
    l->cut = false;
    postern_arena *arena = postern_arena_new(MESSAGE_MEMORY);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = learn_text(l, store_text_of(store, rec->subject));
    if (!status) status = learn_text(l, store_text_of(store, rec->sender));
    if (!status) status = learn_text(l, store_text_of(store, rec->address));
    if (!status) status = learn_parts(l, arena, m->bytes);
    postern_arena_free(arena);
    if (status == POSTERN_LIMIT) {
        l->cut = true;
        status = POSTERN_OK;
    }
    if (l->cut)
        postern_note_send(&store->notes, POSTERN_NOTE_STORE_WORDS_CUT, POSTERN_NO_PART, m->place.offset,
                          store_text_of(store, rec->subject));
    l->row++;
    if (!status) status = store_builder_row(&l->builder);
    if (!status && store_builder_bytes(&l->builder) > SEGMENT_BYTES) status = flush(l);
    return status;
}

/* ---- the whole ---- */

void store_index_free(store_index *index) {
    if (!index) return;
    for (uint32_t i = 0; i < index->image_count; i++) postern_buf_free(&index->images[i]);
    postern_file_close(index->file);
    free(index->images);
    free(index->segments);
    free(index);
}

/* The cache, when its segments follow each other and cover every row. */
static postern_status load(postern_store *store, store_index *index) {
    postern_status status = store_cache_open(store, ".words", &index->file);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(index->file);
    uint64_t row = 0;
    for (size_t at = 0, len; !status && at < bytes.len; at += len) {
        store_segment segment;
        status = store_segment_open(postern_slice_from(bytes, at), store->fingerprint, &segment, &len);
        if (!status && segment.first_row != row) status = POSTERN_FORMAT;
        if (!status) status = store_index_add(index, &segment);
        if (status) break;
        row += segment.rows;
        postern_file_forget(index->file, at, at + len);
    }
    return !status && row != store->rec_count ? POSTERN_FORMAT : status;
}

static postern_status open_output(postern_store *store, postern_output **ret_out, postern_error *reterr) {
    postern_buf name;
    postern_status status = store_cache_name(store, ".words", &name);
    if (status)
        postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    else
        status = postern_output_open(store->options.cache_dir, (const char *)name.ptr, true, ret_out, reterr);
    postern_buf_free(&name);
    return status;
}

static postern_status make(learner *l, postern_error *reterr) {
    postern_status status = store_each(l->store, POSTERN_STORE_WORDS, on_message, l, reterr);
    if (!status && l->row != l->store->rec_count) status = POSTERN_IO;
    if (!status) status = flush(l);
    store_builder_free(&l->builder);
    if (status == POSTERN_IO)
        return postern_fail(reterr, status, POSTERN_NO_OFFSET, "the store changed meanwhile; open it again");
    if (status && status != POSTERN_STATE) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    return status;
}

static postern_status learn(postern_store *store, store_index **index, postern_error *reterr) {
    learner *l = calloc(1, sizeof *l);
    postern_error error;
    if (!l) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the index");
    l->store = store;
    l->index = *index;
    store_builder_init(&l->builder, 0);
    postern_status status = POSTERN_OK, opened = POSTERN_STATE;
    if (store->options.has_cache) opened = open_output(store, &l->out, &error);
    if (opened == POSTERN_NOMEM) status = postern_fail(reterr, opened, POSTERN_NO_OFFSET, "no memory for the index");
    if (!status) status = make(l, reterr);
    if (!status && l->out) status = postern_output_commit(l->out, reterr);
    postern_output_free(l->out);
    free(l);
    if (!status && !opened) { /* read it back, in place */
        store_index_free(*index);
        if (!(*index = calloc(1, sizeof **index))) return POSTERN_NOMEM;
        status = load(store, *index);
    }
    if (!status && store->options.has_cache && opened)
        postern_note_send(&store->notes, POSTERN_NOTE_STORE_NO_CACHE, POSTERN_NO_PART, POSTERN_NO_OFFSET,
                          postern_slice_cstr(error.text));
    return status;
}

postern_status postern_store_learn(postern_store *store, postern_error *reterr) {
    if (store->index) return POSTERN_OK;
    postern_status status = POSTERN_FORMAT;
    store_index *index = calloc(1, sizeof *index);
    if (!index) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the index");
    if (store->options.has_cache) status = load(store, index);
    if (status && status != POSTERN_NOMEM) {
        store_index_free(index);
        if (!(index = calloc(1, sizeof *index))) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
        status = learn(store, &index, reterr);
    } else if (status)
        postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    if (status)
        store_index_free(index);
    else
        store->index = index;
    return status;
}

bool postern_store_has_words(const postern_store *store) {
    return store->index != NULL;
}

postern_status store_index_match(const postern_store *store, const store_query *query, uint8_t *in) {
    const store_index *index = store->index;
    uint8_t *hits = malloc((size_t)store->rec_count + 1);
    if (!hits) return POSTERN_NOMEM;
    for (size_t i = 0, run; i < query->count; i += run) {
        for (run = 1; i + run < query->count && query->words[i + run].follows; run++) {
        }
        memset(hits, 0, store->rec_count);
        for (uint32_t k = 0; k < index->count; k++)
            store_segment_find(&index->segments[k], &query->words[i], run, hits, store->rec_count);
        for (uint32_t row = 0; row < store->rec_count; row++) in[row] &= hits[row];
    }
    free(hits);
    if (index->file) postern_file_forget(index->file, 0, SIZE_MAX);
    return POSTERN_OK;
}
