/*
 * What lies below a root, by its shape alone: a Wine prefix (system.reg beside drive_c), Windows NT (a folder with System32),
 * 98 or Me (a folder with SYSTEM and the registry's .DAT files). Wine's dosdevices are links that leave the prefix (z: is the
 * host's root): none is followed, drive C is drive_c.
 */
#include "win_int.h"

static postern_status sub_folder(postern_win *win, win_dir *dir, postern_slice name, win_dir **ret_dir, postern_error *reterr) {
    win_place place;
    *ret_dir = NULL;
    postern_status status = win_walk_try(win, dir, name, &place, reterr);
    if (status || !place.dir || !place.dir->entries[place.index].is_folder) return status;
    return win_dir_enter(win, place.dir, place.index, ret_dir, reterr);
}

static postern_status has_file(postern_win *win, win_dir *dir, postern_slice name, bool *ret_has, postern_error *reterr) {
    size_t index;
    postern_status status = win_dir_find(win, dir, name, &index, reterr);
    *ret_has = !status && index != SIZE_MAX && !dir->entries[index].is_folder;
    return status;
}

/* 0 when `dir` is no Windows folder. */
static postern_status kind_of(postern_win *win, win_dir *dir, postern_win_kind *ret_kind, postern_error *reterr) {
    static const char *const marks[] = {"SYSTEM.DAT", "USER.DAT", "WIN.INI"};
    win_dir *found;
    bool has = false;
    *ret_kind = 0;
    postern_status status = sub_folder(win, dir, POSTERN_S("System32"), &found, reterr);
    if (status) return status;
    win_dir *system = NULL;
    if (found) {
        win_dir *config;
        status = sub_folder(win, found, POSTERN_S("config"), &config, reterr);
        if (!status && !config) status = sub_folder(win, dir, POSTERN_S("SYSTEM"), &system, reterr);
        if (status) return status;
        *ret_kind = POSTERN_WIN_NT; /* 98 may have an empty System32, too: its .DAT files tell */
        if (config) return POSTERN_OK;
    } else {
        status = sub_folder(win, dir, POSTERN_S("SYSTEM"), &system, reterr);
    }
    for (size_t i = 0; !status && system && !has && i < (found ? 1 : 3); i++)
        status = has_file(win, dir, postern_slice_cstr(marks[i]), &has, reterr);
    if (!status && has) *ret_kind = POSTERN_WIN_9X;
    return status;
}

static postern_status take(postern_win *win, win_dir *dir, postern_error *reterr) {
    postern_win_kind kind;
    postern_status status = kind_of(win, dir, &kind, reterr);
    if (status || !kind) return status;
    if (win->windows_dir)
        return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "more than one Windows folder below the root: name one");
    win->windows_dir = dir;
    win->system.kind = kind;
    return POSTERN_OK;
}

static postern_status find_windows(postern_win *win, postern_slice wanted, postern_error *reterr) {
    static const char *const usual[] = {"WINDOWS", "WINNT"};
    win_dir *dir;
    postern_status status = POSTERN_OK;
    if (wanted.len) {
        status = sub_folder(win, win->drive_dir, wanted, &dir, reterr);
        return status || !dir ? status : take(win, dir, reterr);
    }
    for (size_t i = 0; i < 2 && !status; i++) {
        status = sub_folder(win, win->drive_dir, postern_slice_cstr(usual[i]), &dir, reterr);
        if (!status && dir) status = take(win, dir, reterr);
    }
    if (win->windows_dir || status) return status;
    for (size_t i = 0; i < win->drive_dir->folder.count && !status; i++) {
        const postern_win_entry *entry = &win->drive_dir->entries[i];
        if (!entry->is_folder || entry->has_twin) continue;
        status = win_dir_enter(win, win->drive_dir, i, &dir, reterr);
        if (!status) status = take(win, dir, reterr);
        if (status == POSTERN_IO || status == POSTERN_DENIED) status = POSTERN_OK; /* a folder that is not ours to read */
    }
    return status;
}

postern_status win_find_shape(postern_win *win, postern_slice wanted, postern_error *reterr) {
    win_dir *drive;
    bool has_registry;
    postern_status status = win_dir_list(win, &win->top, reterr);
    if (!status) status = has_file(win, &win->top, POSTERN_S("system.reg"), &has_registry, reterr);
    if (!status) status = sub_folder(win, &win->top, POSTERN_S("drive_c"), &drive, reterr);
    if (status) return status;
    if (has_registry && drive) {
        win->drive_dir = drive;
        drive->folder.path = POSTERN_S("C:\\");
    }
    status = find_windows(win, wanted, reterr);
    if (status) return status;
    if (has_registry && drive) win->system.kind = POSTERN_WIN_WINE;
    if (win->windows_dir || win->system.kind == POSTERN_WIN_WINE) return POSTERN_OK;
    status = sub_folder(win, &win->top, POSTERN_S("pfx"), &drive, reterr);
    if (!status && drive) status = has_file(win, drive, POSTERN_S("system.reg"), &has_registry, reterr);
    if (status) return status;
    if (drive && has_registry)
        return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "the Wine prefix is the folder pfx below the root");
    return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET,
                        wanted.len ? "no Windows folder of that name below the root"
                                   : "no Windows system and no Wine prefix below the root");
}
