/* Folders that are not there yet and that files of the update go into: made with them, and gone with them when it is removed.
 */
#include "service_int.h"

#include "plan_int.h"

/* Two spellings of one new folder would be two folders on the host. */
static postern_status remember(postern_servicing *s, plan_folders *folders, postern_slice *real, postern_error *reterr) {
    for (size_t i = 0; i < folders->count; i++) {
        if (!postern_slice_eq_nocase(folders->at[i], *real)) continue;
        *real = folders->at[i];
        return POSTERN_OK;
    }
    if (folders->count == folders->room) {
        size_t room = folders->room ? 2 * folders->room : 16;
        postern_slice *more = postern_arena_zalloc(s->arena, room, sizeof *more);
        if (!more) return service_no_memory(reterr);
        if (folders->count) memcpy(more, folders->at, folders->count * sizeof *more);
        folders->at = more;
        folders->room = room;
    }
    folders->at[folders->count++] = *real;
    return POSTERN_OK;
}

static postern_status new_folder(postern_servicing *s, plan_folders *folders, postern_slice path, unsigned depth,
                                 postern_slice *ret_path, postern_slice *ret_real, postern_error *reterr) {
    bool there = false;
    postern_slice above, real;
    postern_cut cut = postern_slice_cut_last(path, '\\');
    postern_status status = service_real(s, path, ret_path, ret_real, &there, reterr);
    if (status == POSTERN_NOTFOUND && cut.ok && depth < POSTERN_LIMIT_PACKAGE_DEPTH) {
        status = new_folder(s, folders, cut.head, depth + 1, &above, &real, reterr);
        if (!status) status = service_text(s, ret_path, reterr, "%.*s\\%.*s", POSTERN_ARG(above), POSTERN_ARG(cut.tail));
        if (!status) status = service_text(s, ret_real, reterr, "%.*s/%.*s", POSTERN_ARG(real), POSTERN_ARG(cut.tail));
    }
    return status || there ? status : remember(s, folders, ret_real, reterr);
}

postern_status plan_new_file(postern_servicing *s, plan_folders *folders, postern_slice path, postern_slice *ret_path,
                             postern_slice *ret_real, postern_error *reterr) {
    postern_slice above, real;
    postern_cut cut = postern_slice_cut_last(path, '\\');
    postern_status status = new_folder(s, folders, cut.head, 0, &above, &real, reterr);
    if (!status) status = service_text(s, ret_path, reterr, "%.*s\\%.*s", POSTERN_ARG(above), POSTERN_ARG(cut.tail));
    return status ? status : service_text(s, ret_real, reterr, "%.*s/%.*s", POSTERN_ARG(real), POSTERN_ARG(cut.tail));
}
