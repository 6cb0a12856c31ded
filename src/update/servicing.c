/* A system that is about to be serviced: what may stop that, and where its paths are on the host. */
#define _GNU_SOURCE
#include "service_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

postern_status service_no_memory(postern_error *reterr) {
    return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for servicing");
}

postern_status service_text(postern_servicing *s, postern_slice *ret_text, postern_error *reterr, const char *fmt, ...) {
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    char *text = len < 0 ? NULL : postern_arena_alloc(s->arena, (size_t)len + 1);
    if (text) vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(args);
    va_end(again);
    *ret_text = postern_slice_of(text, text ? (size_t)len : 0);
    return text ? POSTERN_OK : service_no_memory(reterr);
}

/* The real path of a folder or file that is there. */
static postern_status real_of(postern_servicing *s, postern_slice path, postern_slice *ret_real, postern_error *reterr) {
    int fd;
    postern_status status = postern_win_open_file(s->win, NULL, path, &fd, ret_real, reterr);
    if (!status) close(fd);
    return status;
}

postern_status service_real(postern_servicing *s, postern_slice path, postern_slice *ret_path, postern_slice *ret_real,
                            bool *ret_there, postern_error *reterr) {
    postern_win_file found;
    postern_cut cut = postern_slice_cut_last(path, '\\');
    postern_status status = postern_win_stat(s->win, NULL, path, &found, reterr);
    *ret_there = !status;
    if (!status) {
        *ret_path = found.path;
        return real_of(s, path, ret_real, reterr);
    }
    if (status != POSTERN_NOTFOUND) return status;
    postern_slice folder;
    status = postern_win_stat(s->win, NULL, cut.head, &found, reterr);
    if (!status && !found.is_folder)
        status = postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "a file stands where a folder belongs: %.*s",
                              POSTERN_ARG(cut.head));
    if (!status) status = real_of(s, cut.head, &folder, reterr);
    if (!status) status = service_text(s, ret_path, reterr, "%.*s\\%.*s", POSTERN_ARG(found.path), POSTERN_ARG(cut.tail));
    if (!status) status = service_text(s, ret_real, reterr, "%.*s/%.*s", POSTERN_ARG(folder), POSTERN_ARG(cut.tail));
    return status;
}

static postern_status find_windows(postern_servicing *s, postern_error *reterr) {
    postern_slice real;
    s->windows_path = postern_win_system_of(s->win)->windows;
    postern_status status = real_of(s, s->windows_path, &real, reterr);
    if (!status) status = service_text(s, &real, reterr, "%.*s", POSTERN_ARG(real));
    if (!status) s->windows = (const char *)real.ptr;
    return status;
}

/* An unfinished run comes before anything else: what is read now may be half of something. */
static postern_status refuse_unfinished(postern_servicing *s, postern_error *reterr) {
    update_tx *tx;
    postern_status status = update_tx_begin(s->root, s->windows, "look", &tx, reterr);
    if (!status) update_tx_free(tx);
    return status;
}

postern_status postern_servicing_open(int root, postern_win *win, postern_hive_reader *reader, int64_t now,
                                      postern_servicing **ret_servicing, postern_error *reterr) {
    postern_servicing *s = calloc(1, sizeof *s);
    if (s) s->arena = postern_arena_new(POSTERN_LIMIT_PACKAGE_BYTES);
    if (!s || !s->arena) {
        free(s);
        return service_no_memory(reterr);
    }
    s->win = win;
    s->reader = reader;
    s->now = now;
    s->root = root;
    postern_status status = find_windows(s, reterr);
    if (!status) status = refuse_unfinished(s, reterr);
    if (!status && postern_win_system_of(win)->registry_dirty)
        status = postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                              "T3: a system hive is dirty: what was changed last is only in its log; start the system once");
    if (status)
        postern_servicing_free(s);
    else
        *ret_servicing = s;
    return status;
}

void postern_servicing_watch(postern_servicing *servicing, postern_update_progress *progress, void *user) {
    servicing->progress = progress;
    servicing->progress_user = user;
}

void postern_servicing_free(postern_servicing *servicing) {
    if (!servicing) return;
    postern_arena_free(servicing->arena);
    free(servicing);
}
