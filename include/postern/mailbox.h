/*
 * mailbox: a file that holds other files -> a stream of what it holds: mbox, zip, tar, gz and whatever else libarchive reads.
 * So far no folder is walked here (the caller's business) and no .dbx is read.
 */
#ifndef POSTERN_MAILBOX_H
#define POSTERN_MAILBOX_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum postern_mailbox_kind {
    POSTERN_MAILBOX_NONE,   /* one thing of its own: a message, a document */
    POSTERN_MAILBOX_MBOX,   /* messages behind From_ lines */
    POSTERN_MAILBOX_ARCHIVE /* zip, tar, gzip, xz, 7-Zip, cabinet … */
} postern_mailbox_kind;

/* By signature alone. A single message behind one From_ line is an mbox of one. */
POSTERN_API postern_mailbox_kind postern_mailbox_kind_of(postern_slice bytes);

/* One thing inside. All slices live during the call. */
typedef struct postern_mailbox_item {
    postern_slice name;  /* of the member as written: not a safe file name, any bytes; empty in an mbox */
    uint64_t number;     /* from 1 */
    uint64_t offset;     /* where it, or its header, begins in the file */
    postern_slice bytes; /* an mbox message is a view of the file, quoted ">From " lines left as they are */
} postern_mailbox_item;

/* May end the walk with a status of its own, which postern_mailbox_each returns. */
typedef postern_status (*postern_mailbox_fn)(void *user, const postern_mailbox_item *item);

/* Hands out what `bytes` holds, in order. Limits (POSTERN_LIMIT_MAILBOX_…: members, bytes of one, of all, ratio) and damage cut
 * the walk short and set *ret_cut to a static text that says why; they are no failure. Archives inside archives are handed out
 * as they are: depth is the caller's. FORMAT: this kind holds nothing (NONE). NOMEM. */
POSTERN_API postern_status postern_mailbox_each(postern_slice bytes, postern_mailbox_fn fn, void *user,
                                                const char **ret_cut) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
