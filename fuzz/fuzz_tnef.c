/* winmail.dat: whatever comes, what is found lies inside, and the message made of it can be read. */
#include "view/tnef.h"

#include <stdlib.h>

static const char head[] = "Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: binary\r\n\r\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static tnef t;
    postern_arena *arena = postern_arena_new(1u << 30);
    postern_slice bytes;
    postern_buf message;
    bool any = false, cut = false;
    postern_status status = tnef_read(arena, postern_slice_of(data, size), &t);
    for (size_t i = 0; !status && i < t.count; i++) {
        postern_slice held = t.attachments[i].bytes;
        if (held.len && (held.ptr < data || held.ptr + held.len > data + size)) abort();
    }
    postern_buf_init(&message, 1u << 30);
    postern_buf_add(&message, head, sizeof head - 1);
    postern_buf_add(&message, data, size);
    if (tnef_open_message(arena, postern_buf_slice(&message), &bytes, &any, &cut) && size < (1 << 20)) abort();
    if (any != (status == POSTERN_OK)) abort();
    postern_buf_free(&message);
    postern_arena_free(arena);
    return 0;
}
