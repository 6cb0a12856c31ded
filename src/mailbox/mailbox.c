/* mailbox: which kind a file is, and the walk over it. Files are hostile: a name decides nothing, only the bytes do. */
#include "mailbox_int.h"

postern_mailbox_kind postern_mailbox_kind_of(postern_slice bytes) {
    if (mailbox_is_mbox(bytes)) return POSTERN_MAILBOX_MBOX;
    if (mailbox_is_dbx(bytes)) return POSTERN_MAILBOX_DBX;
    if (mailbox_is_pst(bytes)) return POSTERN_MAILBOX_PST;
    return mailbox_is_archive(bytes) ? POSTERN_MAILBOX_ARCHIVE : POSTERN_MAILBOX_NONE;
}

postern_status postern_mailbox_each(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut) {
    *ret_cut = NULL;
    switch (postern_mailbox_kind_of(bytes)) {
    case POSTERN_MAILBOX_MBOX:
        return mailbox_mbox_each(bytes, fn, user, ret_cut);
    case POSTERN_MAILBOX_ARCHIVE:
        return mailbox_archive_each(bytes, fn, NULL, user, ret_cut);
    case POSTERN_MAILBOX_DBX:
        return mailbox_dbx_stream(bytes, fn, user, ret_cut);
    case POSTERN_MAILBOX_PST:
        return mailbox_pst_stream(bytes, fn, user, ret_cut);
    default:
        return POSTERN_FORMAT;
    }
}
