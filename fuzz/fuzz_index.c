/* The cache of a store, its checksum thought right: whatever is taken from it is sound enough to be listed and shown. */
#include "mailbox/store_int.h"

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
    if (postern_store_find(store, &query, &list, NULL)) return;
    if (postern_store_list_count(list) > store->rec_count) abort();
    postern_store_list_free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_store *store = calloc(1, sizeof *store);
    if (!store) return 0;
    store->fd = -1;
    store->kind = POSTERN_STORE_MBOX;
    store->file_count = 1;
    store->files = calloc(1, sizeof *store->files);
    postern_buf_init(&store->texts, POSTERN_LIMIT_STORE_TEXTS);
    if (store->files && !store_cache_read(store, postern_slice_of(data, size))) use(store);
    postern_store_close(store);
    return 0;
}
