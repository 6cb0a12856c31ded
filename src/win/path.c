/*
 * Windows paths of an offline tree. A path names something below the system's drive or it is refused: what a registry value of
 * a hostile tree says is a wish, not a place. Everything that Windows would take for more than a plain name is refused by rule:
 * devices, streams, UNC and \\?\ spellings, dots, wildcards, names that Windows would trim.
 */
#include "win_int.h"

static bool is_separator(uint8_t c) {
    return c == '\\' || c == '/';
}

/* CON, COM1, COM¹, CONIN$ …, also with an ending: Windows opens the device in every folder. */
static bool is_device(postern_slice name) {
    static const char *const plain[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"};
    postern_slice stem = postern_slice_cut(name, '.').head;
    while (stem.len && stem.ptr[stem.len - 1] == ' ') stem.len--;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (postern_slice_eq_nocase(stem, postern_slice_cstr(plain[i]))) return true;
    if (!postern_slice_starts_nocase(stem, POSTERN_S("COM")) && !postern_slice_starts_nocase(stem, POSTERN_S("LPT")))
        return false;
    postern_slice digit = postern_slice_from(stem, 3);
    return (digit.len == 1 && postern_ascii_digit(digit.ptr[0])) || postern_slice_eq(digit, POSTERN_S("\xC2\xB9")) ||
           postern_slice_eq(digit, POSTERN_S("\xC2\xB2")) || postern_slice_eq(digit, POSTERN_S("\xC2\xB3"));
}

const char *win_name_refused(postern_slice name) {
    if (postern_slice_eq(name, POSTERN_S(".")) || postern_slice_eq(name, POSTERN_S(".."))) return "a step with dots";
    if (name.len > 255 * 3) return "a name longer than 255 characters";
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        if (c == ':') return "a stream or a second drive";
        if (c < 0x20 || c == 0x7F || c == '<' || c == '>' || c == '"' || c == '|' || c == '?' || c == '*')
            return "a character that no name may hold";
    }
    if (name.len && (name.ptr[name.len - 1] == '.' || name.ptr[name.len - 1] == ' '))
        return "a name that ends in a dot or blank";
    return is_device(name) ? "the name of a device" : NULL;
}

const char *postern_win_name_refused(postern_slice name) {
    return win_name_refused(name);
}

bool win_name_is_short(postern_slice name) {
    postern_cut cut = postern_slice_cut_last(name, '.');
    postern_slice stem = cut.ok ? cut.head : name;
    if (cut.ok && cut.tail.len > 3) return false;
    size_t tilde = postern_slice_find_byte(stem, 0, '~');
    if (stem.len > 8 || tilde == SIZE_MAX || tilde == 0 || tilde + 1 == stem.len) return false;
    for (size_t i = tilde + 1; i < stem.len; i++)
        if (!postern_ascii_digit(stem.ptr[i])) return false;
    return true;
}

static postern_status refuse(postern_slice path, const char *why, postern_error *reterr) {
    return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: %s: %.*s", why, WIN_SHOWN(path));
}

static postern_status absent(postern_slice path, const char *why, postern_error *reterr) {
    return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "%s: %.*s", why, WIN_SHOWN(path));
}

/* One name from the front of *path; empty at its end. */
static postern_slice take_name(postern_slice *path) {
    size_t from = 0, to;
    while (from < path->len && is_separator(path->ptr[from])) from++;
    for (to = from; to < path->len && !is_separator(path->ptr[to]); to++) continue;
    postern_slice name = postern_slice_sub(*path, from, to - from);
    *path = postern_slice_from(*path, to);
    return name;
}

static postern_status step(postern_win *win, win_dir **dir, win_place *place, postern_slice name, postern_error *reterr) {
    if (place->index != SIZE_MAX) { /* the name before has to be a folder */
        if (!place->dir->entries[place->index].is_folder) {
            place->dir = NULL;
            return POSTERN_OK;
        }
        postern_status status = win_dir_enter(win, place->dir, place->index, dir, reterr);
        if (status) return status;
    }
    const char *why = win_name_refused(name);
    if (why) return refuse(name, why, reterr);
    size_t index;
    postern_status status = win_dir_find(win, *dir, name, &index, reterr);
    if (status) return status;
    *place = (win_place){index == SIZE_MAX ? NULL : *dir, index};
    return POSTERN_OK;
}

postern_status win_walk_try(postern_win *win, win_dir *dir, postern_slice path, win_place *ret_place, postern_error *reterr) {
    win_place place = {dir, SIZE_MAX};
    postern_slice rest = path, name;
    if (path.len > POSTERN_LIMIT_WIN_PATH)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "a path of more than %u bytes", POSTERN_LIMIT_WIN_PATH);
    while (place.dir && (name = take_name(&rest)).len) {
        postern_status status = step(win, &dir, &place, name, reterr);
        if (status) return status;
    }
    /* What follows an absent folder has to be a path all the same. */
    while ((name = take_name(&rest)).len)
        if (win_name_refused(name)) return refuse(name, win_name_refused(name), reterr);
    *ret_place = place;
    return POSTERN_OK;
}

postern_status win_walk(postern_win *win, win_dir *dir, postern_slice path, win_place *ret_place, postern_error *reterr) {
    win_place place;
    postern_status status = win_walk_try(win, dir, path, &place, reterr);
    if (status) return status;
    if (!place.dir) {
        postern_slice rest = path, name;
        while ((name = take_name(&rest)).len)
            if (win_name_is_short(name))
                return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                                    "a short name that no entry of its folder has: %.*s", WIN_SHOWN(name));
        return absent(path, "no such file", reterr);
    }
    *ret_place = place;
    return POSTERN_OK;
}

/* "Windows\System32\…" for a 32-bit program on a 64-bit system, but for the folders that are not turned aside. */
static postern_status redirect(postern_win *win, const postern_win_view *view, postern_slice path, postern_slice *ret_path) {
    static const char *const shared[] = {"catroot", "catroot2", "driverstore", "drivers\\etc", "logfiles", "spool"};
    postern_slice system = postern_slice_from(win->system.system, 3), other = postern_slice_from(win->system.system_x86, 3);
    *ret_path = path;
    if (!view || !view->bits32 || !other.len || win_name_eq(system, other)) return POSTERN_OK;
    postern_slice rest = path;
    postern_slice first = take_name(&rest), second = take_name(&rest);
    postern_cut cut = postern_slice_cut(system, '\\');
    if (!win_name_eq(first, cut.head)) return POSTERN_OK;
    if (win_name_eq(second, POSTERN_S("Sysnative"))) return win_join(win, system, '\\', rest, ret_path);
    if (!win_name_eq(second, cut.tail)) return POSTERN_OK;
    postern_slice tail = rest;
    while (tail.len && is_separator(tail.ptr[0])) tail = postern_slice_from(tail, 1);
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (win_name_starts(tail, postern_slice_cstr(shared[i]))) return POSTERN_OK;
    return win_join(win, other, '\\', rest, ret_path);
}

/* Takes the drive off, or another beginning that means it; what is left begins below the drive. */
static postern_status strip_drive(postern_win *win, postern_slice *path, postern_error *reterr) {
    postern_slice p = *path;
    if (postern_slice_starts(p, POSTERN_S("\\??\\"))) p = postern_slice_from(p, 4);
    if (postern_slice_starts_nocase(p, POSTERN_S("\\SystemRoot\\"))) {
        postern_slice windows = postern_slice_from(win->system.windows, 3);
        if (!windows.len) return absent(*path, "the tree has no Windows folder", reterr);
        return win_join(win, windows, '\\', postern_slice_from(p, 12), path) ? win_fail_memory(win, reterr) : POSTERN_OK;
    }
    if (p.len >= 2 && is_separator(p.ptr[0]) && is_separator(p.ptr[1]))
        return refuse(*path, "a network or device path", reterr);
    if (p.len >= 2 && p.ptr[1] == ':' && postern_ascii_alpha(p.ptr[0])) {
        if (p.len > 2 && !is_separator(p.ptr[2])) return refuse(*path, "a path relative to a drive's folder", reterr);
        if (postern_ascii_lower(p.ptr[0]) != postern_ascii_lower((uint8_t)win->drive))
            return absent(*path, "that drive is not in the tree", reterr);
        p = postern_slice_from(p, 2);
    } else if (!p.len || !is_separator(p.ptr[0])) {
        return refuse(*path, "a path that does not begin at a drive", reterr);
    }
    *path = p;
    return POSTERN_OK;
}

postern_status win_resolve(postern_win *win, const postern_win_view *view, postern_slice path, win_place *ret_place,
                           postern_error *reterr) {
    postern_slice rest = path;
    postern_status status =
        path.len > POSTERN_LIMIT_WIN_PATH
            ? postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "a path of more than %u bytes", POSTERN_LIMIT_WIN_PATH)
            : strip_drive(win, &rest, reterr);
    if (status) return status;
    if (redirect(win, view, rest, &rest)) return win_fail_memory(win, reterr);
    return win_walk(win, win->drive_dir, rest, ret_place, reterr);
}
