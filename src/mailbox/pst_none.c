/* Exchange's stores in a build without libpff: what they are is still told, and that they are not read. */
#include "mailbox_int.h"

bool mailbox_pst_is_built(void) { return false; }

postern_status mailbox_pst_open(postern_slice bytes, mailbox_pst **ret_pst) {
    (void)bytes;
    (void)ret_pst;
    return POSTERN_UNSUPPORTED;
}

void mailbox_pst_close(mailbox_pst *pst) { (void)pst; }

postern_status mailbox_pst_each(postern_slice bytes, mailbox_pst_fn fn, void *user, const char **ret_cut) {
    (void)bytes;
    (void)fn;
    (void)user;
    *ret_cut = "a store of Exchange: this postern was built without libpff, which reads them";
    return POSTERN_OK;
}

postern_status mailbox_pst_copy(mailbox_pst *pst, uint64_t id, postern_buf *out) {
    (void)pst;
    (void)id;
    (void)out;
    return POSTERN_UNSUPPORTED;
}
