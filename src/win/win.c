/* The object: opening, closing, and what its parts share. */
#define _GNU_SOURCE
#include "win_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

postern_status win_text(postern_win *win, postern_slice text, postern_slice *ret_text) {
    return postern_arena_copy(win->arena, text, ret_text);
}

void win_note(const postern_win *win, postern_note_kind kind, postern_slice detail) {
    postern_note_send(win->notes, kind, POSTERN_NO_PART, POSTERN_NO_OFFSET, detail);
}

static postern_status fill(postern_win *win, postern_slice windows, postern_error *reterr) {
    win->drive = 'C';
    win->top.real = postern_slice_of("", 0);
    win->top.folder.path = POSTERN_S("C:\\");
    win->drive_dir = &win->top;
    postern_status status = win_find_shape(win, windows, reterr);
    if (!status) status = win_registry_init(win, reterr);
    if (!status) status = win_fill_system(win, reterr);
    if (!status) status = win_fill_users(win, reterr);
    return status;
}

postern_status postern_win_open(int root, const postern_win_options *options, postern_win **ret_win, postern_error *reterr) {
    static const postern_win_options none;
    if (!options) options = &none;
    postern_win *win = calloc(1, sizeof *win);
    if (win) win->arena = postern_arena_new(POSTERN_LIMIT_WIN_MEMORY);
    if (!win || !win->arena) {
        free(win);
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    }
    win->reader = options->reader;
    win->notes = options->notes;
    win->root = fcntl(root, F_DUPFD_CLOEXEC, 3);
    postern_status status =
        win->root < 0 ? postern_fail_errno(reterr, errno, "cannot open the root") : fill(win, options->windows, reterr);
    if (status)
        postern_win_close(win);
    else
        *ret_win = win;
    return status;
}

void postern_win_close(postern_win *win) {
    if (!win) return;
    win_hive_close_all(win);
    if (win->root >= 0) close(win->root);
    postern_arena_free(win->arena);
    free(win);
}

const postern_win_system *postern_win_system_of(const postern_win *win) {
    return &win->system;
}

size_t postern_win_user_count(const postern_win *win) {
    return win->user_count;
}

const postern_win_user *postern_win_user_at(const postern_win *win, size_t index) {
    return index < win->user_count ? &win->users[index] : NULL;
}

size_t postern_win_user_find(const postern_win *win, postern_slice sid_or_name) {
    size_t found = POSTERN_NO_USER;
    for (size_t i = 0; i < win->user_count; i++)
        if (win_name_eq(win->users[i].sid, sid_or_name)) return i;
    for (size_t i = 0; i < win->user_count; i++) {
        if (!win_name_eq(win->users[i].name, sid_or_name)) continue;
        if (found != POSTERN_NO_USER) return POSTERN_NO_USER;
        found = i;
    }
    return found;
}

const char *postern_arch_name(postern_arch arch) {
    static const char *const names[] = {"unknown", "x86", "ia64", "amd64", "arm", "arm64"};
    return (size_t)arch < sizeof names / sizeof *names ? names[arch] : "unknown";
}
