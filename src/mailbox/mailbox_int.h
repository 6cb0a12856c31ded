/* mailbox: what its files share. */
#ifndef POSTERN_MAILBOX_INT_H
#define POSTERN_MAILBOX_INT_H

#include "postern/mailbox.h"

bool mailbox_is_mbox(postern_slice bytes);
postern_status mailbox_mbox_each(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut);
bool mailbox_is_archive(postern_slice bytes);
postern_status mailbox_archive_each(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut);

#endif
