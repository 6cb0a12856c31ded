/* Exchange's stores, whether they are read or not: what they are, and their messages in a row. */
#include "mailbox_int.h"

/* "!BDN" and, behind a checksum, what kind of client it is of ([MS-PST] 2.2.2.6): SM of a .pst, SO of an .ost. */
bool mailbox_is_pst(postern_slice bytes) {
    postern_slice client = postern_slice_sub(bytes, 8, 2);
    return postern_slice_starts(bytes, POSTERN_S("!BDN")) &&
           (postern_slice_eq(client, POSTERN_S("SM")) || postern_slice_eq(client, POSTERN_S("SO")));
}

typedef struct stream {
    postern_mailbox_fn fn;
    void *user;
} stream;

static postern_status on_message(void *user, const mailbox_pst_message *m) {
    const stream *s = user;
    const postern_mailbox_item item = {.number = m->number, .offset = m->id, .bytes = m->bytes};
    return s->fn(s->user, &item);
}

postern_status mailbox_pst_stream(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut) {
    stream s = {fn, user};
    return mailbox_pst_each(bytes, on_message, &s, ret_cut);
}
