/* Names out of packages: each one component after another, as a Windows disk and our own folder may hold it (T2). */
#include "update_int.h"

static const char *refused(postern_slice name) {
    if (!name.len) return "a path from the top";
    for (postern_slice rest = name; rest.len;) {
        postern_cut cut = postern_slice_cut(rest, '\\');
        const char *why = cut.head.len ? postern_win_name_refused(cut.head) : "an empty step";
        if (cut.ok && !cut.tail.len) why = "a folder where a file belongs";
        if (why) return why;
        rest = cut.tail;
    }
    return NULL;
}

postern_status update_name_check(postern_slice name, postern_error *reterr) {
    const char *why = refused(name);
    if (!why) return POSTERN_OK;
    postern_buf shown;
    postern_buf_init(&shown, 400);
    postern_escape_line(&shown, name, 200);
    postern_status status = postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: the package names %s: %.*s", why,
                                         POSTERN_ARG(postern_buf_slice(&shown)));
    postern_buf_free(&shown);
    return status;
}
