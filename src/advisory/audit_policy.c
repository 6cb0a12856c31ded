/* The zone policy of one user of a system, sealed. */
#include "audit_int.h"

postern_status postern_audit_policy(postern_win *win, size_t user, postern_policy **ret_policy, postern_error *reterr) {
    postern_policy *policy;
    const postern_win_view view = {.user = user};
    if (postern_policy_new(&policy)) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the policy");
    postern_status status = postern_win_policy(win, &view, policy, reterr);
    if (!status) status = postern_policy_seal(policy, reterr);
    if (status) {
        postern_policy_free(policy);
        return status;
    }
    *ret_policy = policy;
    return POSTERN_OK;
}
