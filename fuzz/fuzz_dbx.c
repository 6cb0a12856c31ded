/* dbx: any bytes behind the signature. The text of a message is what its chain gives, however it is reached; work is bounded.
 */
#include "mailbox/dbx_int.h"

#include <stdlib.h>

typedef struct seen {
    postern_slice bytes;
    uint64_t total, count;
} seen;

static postern_status see(void *user, const mailbox_dbx_message *m) {
    seen *s = user;
    size_t count;
    bool damaged;
    postern_buf again;
    s->total += m->bytes.len;
    s->count++;
    if (!m->segment) return m->bytes.len ? abort(), POSTERN_OK : POSTERN_OK;
    if (m->segment >= s->bytes.len || s->total > 2 * (uint64_t)s->bytes.len) abort();
    postern_buf_init(&again, POSTERN_LIMIT_MAILBOX_MEMBER);
    if (dbx_chain(s->bytes, m->segment, NULL, &again, &count, &damaged) || again.len < m->bytes.len) abort();
    if (m->bytes.len && memcmp(again.ptr, m->bytes.ptr, m->bytes.len)) abort();
    postern_buf_free(&again);
    return POSTERN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *cut = NULL;
    seen s = {.bytes = postern_slice_of(data, size)};
    if (mailbox_dbx_each(s.bytes, see, &s, &cut)) abort();
    if (s.count > size) abort();
    return 0;
}
