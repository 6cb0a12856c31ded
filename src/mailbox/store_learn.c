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
    uint32_t row, covered; /* words up to number `covered` are there already */
    uint32_t doc;
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

/* Of the messages that came together with this number. */
static uint64_t generation_id(const postern_store *store, uint32_t doc) {
    uint32_t g = store->generation_count - 1;
    while (g && store->generations[g].doc > doc) g--;
    return store->generations[g].id;
}

static postern_status flush(learner *l) {
    postern_buf image;
    uint32_t first = l->builder.first_row;
    postern_buf_init(&image, UINT32_MAX);
    postern_status status = store_builder_image(&l->builder, generation_id(l->store, first), &image);
    store_builder_free(&l->builder);
    store_builder_init(&l->builder, l->doc);
    if (!status && l->out) {
        postern_sink sink = postern_output_sink(l->out);
        status = postern_sink_write(&sink, postern_buf_slice(&image));
    } else if (!status)
        status = keep_image(l->index, generation_id(l->store, first), &image);
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
    if (rec->doc < l->covered) {
        l->row++;
        return POSTERN_OK;
    }
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
    l->doc++;
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

/* The cache: segments that follow each other, each of messages that came together; *ret_covered numbers, in *ret_len bytes. */
static postern_status load(const postern_store *store, store_index *index, uint32_t *ret_covered, size_t *ret_len) {
    *ret_covered = 0;
    *ret_len = 0;
    postern_status status = store_cache_open(store, ".words", &index->file);
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    postern_slice bytes = postern_file_bytes(index->file);
    uint32_t row = 0;
    for (size_t at = 0, len; !status && at < bytes.len; at += len) {
        store_segment segment;
        uint64_t end = store->docs;
        for (uint32_t g = store->generation_count; g-- > 0 && store->generations[g].doc > row;) end = store->generations[g].doc;
        if (store_segment_open(postern_slice_from(bytes, at), generation_id(store, row), &segment, &len) ||
            segment.first_row != row || segment.rows > end - row)
            break;
        status = store_index_add(index, &segment);
        row += segment.rows;
        *ret_len = at + len;
        postern_file_forget(index->file, at, at + len);
    }
    *ret_covered = row;
    return status;
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

/* Before a file is read: whether words of it are wanted, and of an mbox from where on. */
static postern_status before_file(void *user, uint32_t file, store_start *start) {
    learner *l = user;
    postern_store *store = l->store;
    const store_file *f = &store->files[file];
    uint32_t known = 0;
    while (known < f->row_count && store->recs[f->first_row + known].doc < l->covered) known++;
    start->skip = known == f->row_count;
    l->row = f->row_count ? f->first_row : l->row;
    if (start->skip) l->row += f->row_count;
    if (start->skip || !known || !f->grows || f->maildir) return POSTERN_OK;
    postern_slice bytes;
    size_t at = (size_t)store->recs[l->row + known].place.offset;
    postern_status status = store_file_bytes(store, file, &bytes, NULL);
    if (status || at > bytes.len) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    for (at = at ? at - 1 : 0; at && bytes.ptr[at - 1] != '\n';) at--; /* to its From_ line */
    start->offset = at;
    l->row += known;
    return POSTERN_OK;
}

/* What the old file has of use goes in front. */
static postern_status copy_old(learner *l, postern_slice old) {
    postern_sink sink = postern_output_sink(l->out);
    return postern_sink_write(&sink, old);
}

static postern_status make(learner *l, postern_slice old, postern_error *reterr) {
    postern_status status = l->out ? copy_old(l, old) : POSTERN_OK;
    if (!status) status = store_each(l->store, POSTERN_STORE_WORDS, before_file, on_message, l, reterr);
    if (!status && (l->row != l->store->rec_count || l->doc != l->store->docs)) status = POSTERN_IO;
    if (!status) status = flush(l);
    store_builder_free(&l->builder);
    if (status == POSTERN_IO)
        return postern_fail(reterr, status, POSTERN_NO_OFFSET, "the store changed meanwhile; open it again");
    if (status && status != POSTERN_STATE) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    return status;
}

/* Numbers of messages that are to be read follow the covered ones; where that changes any, the rows are kept once more. */
static postern_status number(postern_store *store, uint32_t covered) {
    postern_error error;
    if (!store_number(store, covered) || !store->options.has_cache) return POSTERN_OK;
    postern_status status = store_cache_save(store, &error);
    return status == POSTERN_NOMEM ? status : POSTERN_OK; /* else words are made anew, another time */
}

/* Words of the messages from number `covered` on; `old`: bytes of the cache that hold those before. */
static postern_status learn(postern_store *store, store_index *index, uint32_t covered, postern_slice old, bool *ret_kept,
                            postern_error *reterr) {
    learner *l = calloc(1, sizeof *l);
    postern_error error;
    if (!l) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the index");
    postern_status status = number(store, covered), opened = POSTERN_STATE;
    l->store = store;
    l->index = index;
    l->covered = l->doc = covered;
    store_builder_init(&l->builder, covered);
    if (!status && store->options.has_cache) opened = open_output(store, &l->out, &error);
    if (opened == POSTERN_NOMEM) status = opened;
    if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    else status = make(l, old, reterr);
    if (!status && l->out) status = postern_output_commit(l->out, reterr);
    postern_output_free(l->out);
    free(l);
    *ret_kept = !opened;
    if (!status && store->options.has_cache && opened)
        postern_note_send(&store->notes, POSTERN_NOTE_STORE_NO_CACHE, POSTERN_NO_PART, POSTERN_NO_OFFSET,
                          postern_slice_cstr(error.text));
    return status;
}

static postern_status load_anew(postern_store *store, store_index **index, uint32_t *ret_covered, size_t *ret_len) {
    store_index_free(*index);
    *ret_covered = 0;
    *ret_len = 0;
    if (!(*index = calloc(1, sizeof **index))) return POSTERN_NOMEM;
    return store->options.has_cache ? load(store, *index, ret_covered, ret_len) : POSTERN_OK;
}

postern_status postern_store_learn(postern_store *store, postern_error *reterr) {
    store_index *index = NULL;
    uint32_t covered;
    size_t len;
    bool kept = false;
    if (store->index) return POSTERN_OK;
    postern_status status = load_anew(store, &index, &covered, &len);
    if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    if (!status && (covered < store->docs || !index->count)) {
        postern_slice old = index->file ? postern_slice_sub(postern_file_bytes(index->file), 0, len) : (postern_slice){0};
        status = learn(store, index, covered, old, &kept, reterr);
        if (!status && kept) { /* read it back, in place */
            status = load_anew(store, &index, &covered, &len);
            if (!status && covered != store->docs) status = POSTERN_FORMAT;
            if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "the index cannot be read back");
        }
    }
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
    uint8_t *hits = malloc((size_t)store->docs + 1);
    if (!hits) return POSTERN_NOMEM;
    for (size_t i = 0, run; i < query->count; i += run) {
        for (run = 1; i + run < query->count && query->words[i + run].follows; run++) {
        }
        memset(hits, 0, store->docs);
        for (uint32_t k = 0; k < index->count; k++)
            store_segment_find(&index->segments[k], &query->words[i], run, hits, store->docs);
        for (uint32_t row = 0; row < store->rec_count; row++) in[row] &= hits[store->recs[row].doc];
    }
    free(hits);
    if (index->file) postern_file_forget(index->file, 0, SIZE_MAX);
    return POSTERN_OK;
}
