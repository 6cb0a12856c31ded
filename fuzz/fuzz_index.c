/* The caches of a store, their checksums thought right: whatever is taken from them is sound enough to be listed and shown. */
#include "mailbox/store_index_int.h"

#include <stdlib.h>

static void use(postern_store *store) {
    const postern_store_query query = {.words = POSTERN_S("a"), .threads = true, .gone = true, .sort = POSTERN_STORE_BY_DATE};
    postern_store_list *list;
    postern_store_row row;
    store->folder_views = calloc((size_t)store->folder_count + 1, sizeof *store->folder_views);
    if (!store->folder_views) return;
    for (uint32_t i = 0; i < store->folder_count; i++) store->folder_views[i] = store_text_of(store, store->folders[i]);
    for (uint32_t i = 0; postern_store_row_at(store, i, &row); i++)
        if (!store_is_shown(row.subject) || !store_is_shown(row.file) ||
            (row.parent != POSTERN_NO_ROW && row.parent >= store->rec_count))
            abort();
    store_past *past;
    if (!store_past_new(store, &past)) { /* as rows of another time: each file is what it was */
        for (uint32_t i = 0; i < store->file_count; i++) {
            store_start start = {.offset = 0};
            store_kept kept;
            if (store_past_find(past, store, i, &start, &kept, NULL) || !start.skip ||
                (uint64_t)kept.first + kept.count > store->rec_count)
                abort();
        }
        store_past_free(past);
    }
    store_number(store, store->docs / 2);
    if (postern_store_find(store, &query, &list, NULL)) return;
    if (postern_store_list_count(list) > store->rec_count) abort();
    postern_store_list_free(list);
}

/* Segments of words, with a checksum that fits. */
static void words(const uint8_t *data, size_t size) {
    enum { ROWS = 64 };
    uint8_t hits[ROWS] = {0}, *copy = malloc(size);
    if (!copy) return;
    memcpy(copy, data, size);
    postern_slice s = postern_slice_of(copy, size);
    store_segment segment;
    size_t len = 48;
    postern_cursor c = postern_cursor_of(postern_slice_from(s, 32));
    uint64_t terms = postern_cursor_le32(&c), term_bytes = postern_cursor_le32(&c), postings = postern_cursor_le32(&c);
    uint64_t whole = 48 + terms * 8 + term_bytes + postings;
    if (whole <= size) {
        uint64_t sum = store_checksum(postern_slice_sub(s, 24, (size_t)whole - 24), 0);
        for (int i = 0; i < 8; i++) copy[8 + i] = 0, copy[16 + i] = (uint8_t)(sum >> (8 * i));
    }
    if (!store_segment_open(s, 0, &segment, &len)) {
        if (len > size) abort();
        static const char *const queries[] = {"o", "on", "日", "日本", "日本語の文", "ああああ"};
        for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
            store_query query;
            store_query_words(postern_slice_cstr(queries[i]), &query);
            store_segment_find(&segment, query.words, query.count, hits, ROWS);
        }
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size >= 48 && !memcmp(data, STORE_SEGMENT_MAGIC, 8)) words(data, size);
    postern_store *store = calloc(1, sizeof *store);
    if (!store) return 0;
    store->fd = -1;
    store->kind = POSTERN_STORE_MBOX;
    postern_buf_init(&store->texts, POSTERN_LIMIT_STORE_TEXTS);
    postern_buf_init(&store->paths, POSTERN_LIMIT_STORE_TEXTS);
    if (!store_cache_read(store, postern_slice_of(data, size))) use(store);
    postern_store_close(store);
    return 0;
}
