/* Every view. Properties: no payload twice, offsets inside the input, depth within its limit, an end to it all (Z18). */
#include "postern/scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HASHES = 4096 };

typedef struct watch {
    size_t size, count;
    uint64_t sum, hashes[HASHES];
} watch;

static postern_status look(void *user, const postern_view *view) {
    watch *w = user;
    if (view->offset > w->size || view->depth >= POSTERN_LIMIT_VIEW_DEPTH || view->bytes.len == 0) abort();
    for (size_t i = 0; i < view->bytes.len; i++) w->sum += view->bytes.ptr[i];
    for (size_t i = 0; i < view->head.len; i++) w->sum += view->head.ptr[i];
    uint64_t hash = postern_slice_hash(view->bytes, 7) + view->bytes.len;
    for (size_t i = 0; i < w->count; i++)
        if (w->hashes[i] == hash) abort();
    if (w->count < HASHES) w->hashes[w->count++] = hash;
    return POSTERN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    watch w = {.size = size};
    bool cut = false;
    if (postern_views_each(postern_slice_of(data, size), look, &w, &cut)) abort();
    return 0;
}
