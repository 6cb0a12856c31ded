/* mailbox: what its files share. */
#ifndef POSTERN_MAILBOX_INT_H
#define POSTERN_MAILBOX_INT_H

#include "postern/mailbox.h"

bool mailbox_is_mbox(postern_slice bytes);
postern_status mailbox_mbox_each(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut);
/* One message of an mbox; offsets in its bytes. */
typedef struct mailbox_mbox_message {
    postern_slice from; /* its From_ line */
    size_t start, end;  /* up to the next From_ line */
    size_t exact;       /* end without the blank line that separates */
    bool by_length;     /* Content-Length gave the end */
} mailbox_mbox_message;
/* `at` is 0 at first, and moves on; false at the end. */
bool mailbox_mbox_next(postern_slice bytes, size_t *at, mailbox_mbox_message *ret_message);

bool mailbox_is_dbx(postern_slice bytes);
typedef struct mailbox_dbx_message {
    uint32_t segment; /* place of its first one; 0: no text */
    uint32_t info;    /* place of its info; 0: it is not in the tree */
    uint32_t flags;   /* POSTERN_STORE_… */
    bool has_date;
    int64_t date;
    postern_slice subject, sender, address; /* of the info, in some Windows code page */
    postern_slice bytes;                    /* lives during the call */
} mailbox_dbx_message;
typedef postern_status (*mailbox_dbx_fn)(void *user, const mailbox_dbx_message *message);
/* Those of the tree, then those that are left outside it (DAMAGED where the tree is, else GONE). */
postern_status mailbox_dbx_each(postern_slice bytes, mailbox_dbx_fn fn, void *user, const char **ret_cut) POSTERN_MUST;
postern_status mailbox_dbx_stream(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut) POSTERN_MUST;

bool mailbox_is_archive(postern_slice bytes);
postern_status mailbox_archive_each(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut);

#endif
