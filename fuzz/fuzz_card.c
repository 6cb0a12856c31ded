/* Calendar entries, visiting cards and delivery reports: whatever comes, what leaves is JSON of at most so many cards. */
#include "view/card_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_json json;
    postern_buf buf;
    view_telling telling = {&json};
    postern_arena *arena = postern_arena_new(256u << 20);
    unsigned left[3] = {5, 5, 5};
    postern_buf_init(&buf, 64u << 20);
    postern_json_init(&json, &buf, false);
    postern_json_array(&json);
    card_calendar(arena, postern_slice_of(data, size), &left[0], &telling);
    card_people(arena, postern_slice_of(data, size), &left[1], &telling);
    card_report(arena, postern_slice_of(data, size), &left[2], &telling);
    postern_json_end_array(&json);
    if (left[0] > 5 || left[1] > 5 || left[2] > 5 || !postern_utf8_valid(postern_buf_slice(&buf))) abort();
    postern_buf_free(&buf);
    postern_arena_free(arena);
    return 0;
}
