/* mbox: any bytes. Messages stand in order, do not overlap, and lie inside; a message is no longer than up to the next one. */
#include "mailbox/mailbox_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_slice bytes = postern_slice_of(data, size);
    size_t at = 0, last = 0;
    mailbox_mbox_message m;
    if (postern_mailbox_kind_of(bytes) != POSTERN_MAILBOX_MBOX) return 0;
    while (mailbox_mbox_next(bytes, &at, &m)) {
        if (m.start < last || m.exact < m.start || m.end < m.exact || m.end > size || at != m.end) abort();
        if (!postern_slice_starts(m.from, POSTERN_S("From ")) || m.from.ptr + m.from.len != data + m.start) abort();
        if (m.end <= last) abort();
        last = m.end;
    }
    if (at != size) abort();
    return 0;
}
