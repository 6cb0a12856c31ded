/* Questions as hostile text. Property: a query or a reason with a place inside the text. */
#include "postern/win.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_arena *arena = postern_arena_new(1 << 24);
    const postern_query *query = NULL;
    postern_error error;
    if (!arena) return 0;
    postern_status status = postern_query_parse(postern_slice_of(data, size), arena, &query, &error);
    if (status ? status != POSTERN_USAGE || error.offset > size : !query) abort();
    postern_arena_free(arena);
    return 0;
}
