/* pst: any bytes behind the signature. A message is the same when it is asked for again, has a head of whole lines, and all
 * of them together stay within their measure. What libpff does below is not instrumented, but is run. */
#include "mailbox/mailbox_int.h"

#include <stdlib.h>

typedef struct seen {
    mailbox_pst *pst;
    uint64_t total, size;
} seen;

static postern_status see(void *user, const mailbox_pst_message *m) {
    seen *s = user;
    postern_buf again;
    s->total += m->bytes.len;
    if (s->total > s->size * POSTERN_LIMIT_PST_RATIO) abort();
    postern_buf_init(&again, POSTERN_LIMIT_MAILBOX_MEMBER);
    if (mailbox_pst_copy(s->pst, m->id, &again) || !postern_slice_eq(postern_buf_slice(&again), m->bytes)) abort();
    postern_buf_free(&again);
    for (size_t at = 0; at < m->bytes.len; at++) {
        size_t end = postern_slice_find_byte(m->bytes, at, '\n');
        if (end == SIZE_MAX || end == at || m->bytes.ptr[end - 1] != '\r') abort();
        if (end == at + 1) return POSTERN_OK; /* the head's end */
        at = end;
    }
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *cut = NULL;
    seen s = {.size = size};
    postern_slice bytes = postern_slice_of(data, size);
    if (mailbox_is_pst(bytes)) {
        postern_status status = mailbox_pst_open(bytes, &s.pst);
        if (status == POSTERN_NOMEM) abort();
        if (mailbox_pst_each(bytes, see, &s, &cut)) abort();
        mailbox_pst_close(s.pst);
    }
    return 0;
}
