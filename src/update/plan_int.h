/* Inside plans: folders that come with files. */
#ifndef POSTERN_PLAN_INT_H
#define POSTERN_PLAN_INT_H

#include "service_int.h"

/* On the host, NUL-terminated, each behind the one that it is in. */
typedef struct plan_folders {
    postern_slice *at;
    size_t count, room;
} plan_folders;

/* Where a file will be whose folder is not there: both spellings, and what has to be made for it. */
postern_status plan_new_file(postern_servicing *s, plan_folders *folders, postern_slice path, postern_slice *ret_path,
                             postern_slice *ret_real, postern_error *reterr) POSTERN_MUST;

#endif
