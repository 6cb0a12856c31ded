/*
 * The registry as one tree: which file stands under which key, roots and their short names, CurrentControlSet, links, the
 * user's classes and the view of 32-bit programs.
 */
#include "win_int.h"

enum { LINKS_MAX = 8 };

/* ---- mounting ----------------------------------------------------------------------------------------------------- */

static postern_status new_root(postern_win *win, const char *name, postern_key **ret_key, postern_error *reterr) {
    postern_key *key = postern_arena_zalloc(win->arena, 1, sizeof *key);
    if (!key || win_text(win, postern_slice_cstr(name), &key->name)) return win_fail_memory(win, reterr);
    key->win = win;
    key->loaded = true;
    *ret_key = key;
    return POSTERN_OK;
}

/* The hives of System32\config. What is absent is no key at all. */
static postern_status mount_config(postern_win *win, postern_error *reterr) {
    static const char *const names[] = {"SOFTWARE", "SYSTEM", "SAM", "SECURITY"};
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names && !status; i++) {
        postern_slice path, name = postern_slice_cstr(names[i]);
        win_place place;
        postern_key *key;
        if (win_join(win, POSTERN_S("System32\\config"), '\\', name, &path)) return win_fail_memory(win, reterr);
        status = win_walk_try(win, win->windows_dir, path, &place, reterr);
        if (!status && place.dir) status = win_hive_mount(win->machine, name, WIN_STORE_HIVE, place, &key, reterr);
    }
    return status;
}

postern_status win_registry_init(postern_win *win, postern_error *reterr) {
    postern_status status = new_root(win, "HKEY_LOCAL_MACHINE", &win->machine, reterr);
    if (!status) status = new_root(win, "HKEY_USERS", &win->users_key, reterr);
    if (status) return status;
    if (win->system.kind == POSTERN_WIN_NT) return mount_config(win, reterr);
    if (win->system.kind != POSTERN_WIN_WINE) return POSTERN_OK;
    win_place place;
    status = win_walk_try(win, &win->top, POSTERN_S("system.reg"), &place, reterr);
    if (status || !place.dir) return status;
    win_hive *hive = postern_arena_zalloc(win->arena, 1, sizeof *hive);
    if (!hive) return win_fail_memory(win, reterr);
    *hive = (win_hive){.win = win, .store = WIN_STORE_WINE, .place = place, .name = POSTERN_S("system.reg")};
    win->machine->hive = hive;
    win->machine->loaded = false;
    return POSTERN_OK;
}

/* ---- looking up --------------------------------------------------------------------------------------------------- */

typedef struct walk {
    postern_win *win;
    const postern_win_view *view;
    unsigned links;
    bool makes; /* keys that are missing */
    postern_error *reterr;
} walk;

static postern_slice take_name(postern_slice *path) {
    while (path->len && path->ptr[0] == '\\') *path = postern_slice_from(*path, 1);
    postern_cut cut = postern_slice_cut(*path, '\\');
    *path = cut.tail;
    return cut.head;
}

static postern_status walk_from(walk *w, postern_key *key, postern_slice path, postern_key **ret_key);

/* \Registry\Machine\… and \Registry\User\… */
static postern_status follow(walk *w, const postern_value *link, postern_key **ret_key) {
    postern_slice target;
    if (++w->links > LINKS_MAX)
        return postern_fail(w->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %d links in the registry", LINKS_MAX);
    if (win_utf16_to_utf8(link->raw, true, w->win->arena, &target)) return win_fail_memory(w->win, w->reterr);
    postern_slice registry = take_name(&target), root = take_name(&target);
    *ret_key = NULL;
    if (!win_name_eq(registry, POSTERN_S("Registry"))) return POSTERN_OK;
    if (win_name_eq(root, POSTERN_S("Machine"))) return walk_from(w, w->win->machine, target, ret_key);
    if (win_name_eq(root, POSTERN_S("User"))) return walk_from(w, w->win->users_key, target, ret_key);
    return POSTERN_OK;
}

/* HKLM\SYSTEM\CurrentControlSet of a hive: the set that Select names. */
static postern_status current_set(walk *w, postern_key *system, postern_key **ret_key) {
    postern_key *select;
    uint64_t number;
    char name[24];
    postern_status status = win_key_find(system, POSTERN_S("Select"), &select, w->reterr);
    if (status || !select) return status;
    const postern_value *current = postern_key_value(select, POSTERN_S("Current"));
    if (!current || postern_value_number(current, &number) || number > 999) return POSTERN_OK;
    size_t len = 0;
    memcpy(name, "ControlSet", 10);
    for (len = 10; len < 13; len++) name[len] = (char)('0' + number / (len == 10 ? 100 : len == 11 ? 10 : 1) % 10);
    return win_key_find(system, postern_slice_of(name, len), ret_key, w->reterr);
}

/* *ret_key NULL: not there. */
static postern_status step(walk *w, postern_key *key, postern_slice name, postern_key **ret_key) {
    postern_key *child;
    postern_status status = win_key_find(key, name, &child, w->reterr);
    if (status) return status;
    bool is_system = key->parent == w->win->machine && win_name_eq(key->name, POSTERN_S("SYSTEM"));
    if (!child && is_system && win_name_eq(name, POSTERN_S("CurrentControlSet"))) status = current_set(w, key, &child);
    if (!status && !child && w->makes) status = win_key_add(key, name, &child, w->reterr);
    if (status) return status;
    *ret_key = child;
    if (!child || child->value_count != 1 || child->values[0].type != POSTERN_REG_LINK) return POSTERN_OK;
    if (!win_name_eq(child->values[0].name, POSTERN_S("SymbolicLinkValue"))) return POSTERN_OK;
    return follow(w, &child->values[0], ret_key);
}

static postern_status walk_from(walk *w, postern_key *key, postern_slice path, postern_key **ret_key) {
    postern_slice name;
    postern_status status = win_key_load(key, w->reterr);
    while (!status && key && (name = take_name(&path)).len) status = step(w, key, name, &key);
    *ret_key = key;
    return status;
}

/* What 32-bit programs see in the same place as 64-bit ones. */
static bool is_shared(postern_slice below_software) {
    static const char *const keys[] = {"Policies",
                                       "RegisteredApplications",
                                       "Clients",
                                       "Wow6432Node",
                                       "Microsoft\\COM3",
                                       "Microsoft\\EnterpriseCertificates",
                                       "Microsoft\\EventSystem",
                                       "Microsoft\\MSMQ",
                                       "Microsoft\\OLE",
                                       "Microsoft\\RAS",
                                       "Microsoft\\RPC",
                                       "Microsoft\\SystemCertificates",
                                       "Microsoft\\Windows\\CurrentVersion\\Group Policy",
                                       "Microsoft\\Windows\\CurrentVersion\\Policies",
                                       "Microsoft\\Windows\\CurrentVersion\\Setup",
                                       "Microsoft\\Windows NT\\CurrentVersion\\Fonts",
                                       "Microsoft\\Windows NT\\CurrentVersion\\NetworkCards",
                                       "Microsoft\\Windows NT\\CurrentVersion\\Perflib",
                                       "Microsoft\\Windows NT\\CurrentVersion\\Print",
                                       "Microsoft\\Windows NT\\CurrentVersion\\ProfileList",
                                       "Microsoft\\Windows NT\\CurrentVersion\\Time Zones"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        postern_slice key = postern_slice_cstr(keys[i]);
        if (win_name_starts(below_software, key) && (below_software.len == key.len || below_software.ptr[key.len] == '\\'))
            return true;
    }
    return false;
}

static bool starts_with_key(postern_slice path, postern_slice key, postern_slice *ret_rest) {
    if (!win_name_starts(path, key) || (path.len > key.len && path.ptr[key.len] != '\\')) return false;
    *ret_rest = postern_slice_from(path, path.len > key.len ? key.len + 1 : key.len);
    return true;
}

static postern_status walk_machine(walk *w, postern_slice path, postern_key **ret_key) {
    bool is_64 = w->win->system.arch == POSTERN_ARCH_AMD64 || w->win->system.arch == POSTERN_ARCH_IA64 ||
                 w->win->system.arch == POSTERN_ARCH_ARM64;
    postern_slice below, in_classes;
    if (w->view && w->view->bits32 && is_64 && starts_with_key(path, POSTERN_S("SOFTWARE"), &below)) {
        static const char *const split[] = {"CLSID", "DirectShow", "Interface", "Media Type", "MediaFoundation"};
        bool aside = !is_shared(below);
        if (starts_with_key(below, POSTERN_S("Classes"), &in_classes)) {
            aside = false; /* shared, but for what names programs */
            for (size_t i = 0; i < sizeof split / sizeof *split; i++)
                if (starts_with_key(in_classes, postern_slice_cstr(split[i]), &(postern_slice){0})) aside = true;
            if (aside && win_join(w->win, POSTERN_S("SOFTWARE\\Classes\\Wow6432Node"), '\\', in_classes, &path))
                return win_fail_memory(w->win, w->reterr);
        } else if (aside && win_join(w->win, POSTERN_S("SOFTWARE\\Wow6432Node"), '\\', below, &path)) {
            return win_fail_memory(w->win, w->reterr);
        }
    }
    return walk_from(w, w->win->machine, path, ret_key);
}

static postern_status walk_user(walk *w, size_t user, postern_slice path, postern_key **ret_key) {
    postern_slice rest;
    postern_win *win = w->win;
    *ret_key = NULL;
    if (!win->user_keys[user] && w->makes) {
        postern_status status = win_key_add(win->users_key, win->users[user].sid, &win->user_keys[user], w->reterr);
        if (status) return status;
    }
    if (win->class_keys[user] && starts_with_key(path, POSTERN_S("Software\\Classes"), &rest))
        return walk_from(w, win->class_keys[user], rest, ret_key);
    return win->user_keys[user] ? walk_from(w, win->user_keys[user], path, ret_key) : POSTERN_OK;
}

static postern_status walk_classes(walk *w, postern_slice path, postern_key **ret_key) {
    postern_slice full;
    *ret_key = NULL;
    if (w->view && w->view->user < w->win->user_count && !w->makes) {
        if (win_join(w->win, POSTERN_S("Software\\Classes"), '\\', path, &full)) return win_fail_memory(w->win, w->reterr);
        postern_status status = walk_user(w, w->view->user, full, ret_key);
        if (status || *ret_key) return status;
    }
    if (win_join(w->win, POSTERN_S("SOFTWARE\\Classes"), '\\', path, &full)) return win_fail_memory(w->win, w->reterr);
    return walk_machine(w, full, ret_key);
}

/* HKEY_USERS\<sid>\Software\Classes is the user's other hive. */
static postern_status walk_users(walk *w, postern_slice path, postern_key **ret_key) {
    postern_slice rest = path, sid = take_name(&rest);
    for (size_t i = 0; i < w->win->user_count; i++)
        if (win_name_eq(w->win->users[i].sid, sid)) return walk_user(w, i, rest, ret_key);
    return walk_from(w, w->win->users_key, path, ret_key);
}

static postern_status walk_path(walk *w, postern_slice path, postern_key **ret_key) {
    static const struct {
        const char *name, *short_name;
    } roots[] = {{"HKEY_LOCAL_MACHINE", "HKLM"},
                 {"HKEY_USERS", "HKU"},
                 {"HKEY_CURRENT_USER", "HKCU"},
                 {"HKEY_CLASSES_ROOT", "HKCR"},
                 {"HKEY_CURRENT_CONFIG", "HKCC"}};
    postern_slice rest = path, name = take_name(&rest), full;
    size_t root = 0;
    while (root < 5 && !win_name_eq(name, postern_slice_cstr(roots[root].name)) &&
           !win_name_eq(name, postern_slice_cstr(roots[root].short_name)))
        root++;
    switch (root) {
    case 0:
        return walk_machine(w, rest, ret_key);
    case 1:
        return walk_users(w, rest, ret_key);
    case 2:
        if (!w->view || w->view->user >= w->win->user_count)
            return postern_fail(w->reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "HKEY_CURRENT_USER of no user");
        return walk_user(w, w->view->user, rest, ret_key);
    case 3:
        return walk_classes(w, rest, ret_key);
    case 4:
        if (win_join(w->win, POSTERN_S("SYSTEM\\CurrentControlSet\\Hardware Profiles\\Current"), '\\', rest, &full))
            return win_fail_memory(w->win, w->reterr);
        return walk_machine(w, full, ret_key);
    default:
        return postern_fail(w->reterr, POSTERN_USAGE, POSTERN_NO_OFFSET,
                            "a registry path begins with HKLM, HKU, HKCU, HKCR or HKCC");
    }
}

static postern_status absent(postern_slice path, const char *what, postern_error *reterr) {
    return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "%s: %.*s", what, WIN_SHOWN(path));
}

postern_status postern_win_key(postern_win *win, const postern_win_view *view, postern_slice path, const postern_key **ret_key,
                               postern_error *reterr) {
    walk w = {.win = win, .view = view, .reterr = reterr};
    postern_key *key = NULL;
    if (path.len > POSTERN_LIMIT_WIN_PATH)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "a path of more than %u bytes", POSTERN_LIMIT_WIN_PATH);
    postern_status status = walk_path(&w, path, &key);
    if (status) return status;
    if (!key)
        return absent(path, win->system.kind == POSTERN_WIN_9X ? "no registry of 98 or Me can be read" : "no such key", reterr);
    *ret_key = key;
    return POSTERN_OK;
}

postern_status win_key_make(postern_win *win, const postern_win_view *view, postern_slice path, postern_key **ret_key,
                            postern_error *reterr) {
    walk w = {.win = win, .view = view, .makes = true, .reterr = reterr};
    if (path.len > POSTERN_LIMIT_WIN_PATH)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "a path of more than %u bytes", POSTERN_LIMIT_WIN_PATH);
    return walk_path(&w, path, ret_key);
}

postern_status win_key_delete(postern_win *win, const postern_win_view *view, postern_slice path, postern_error *reterr) {
    walk w = {.win = win, .view = view, .reterr = reterr};
    postern_key *parent;
    postern_cut cut = postern_slice_cut_last(path, '\\');
    if (!cut.ok) return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "a whole root cannot be deleted");
    postern_status status = walk_path(&w, cut.head, &parent);
    if (!status && parent) win_key_remove_child(parent, cut.tail);
    return status;
}

postern_status postern_key_open(const postern_key *key, postern_slice path, const postern_key **ret_key,
                                postern_error *reterr) {
    walk w = {.win = key->win, .reterr = reterr};
    postern_key *found;
    if (path.len > POSTERN_LIMIT_WIN_PATH)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "a path of more than %u bytes", POSTERN_LIMIT_WIN_PATH);
    postern_status status = walk_from(&w, (postern_key *)(uintptr_t)key, path, &found);
    if (status) return status;
    if (!found) return absent(path, "no such key", reterr);
    *ret_key = found;
    return POSTERN_OK;
}

postern_status postern_win_value(postern_win *win, const postern_win_view *view, postern_slice path, postern_slice name,
                                 const postern_value **ret_value, postern_error *reterr) {
    const postern_key *key;
    postern_status status = postern_win_key(win, view, path, &key, reterr);
    if (status) return status;
    const postern_value *value = postern_key_value(key, name);
    if (!value) return absent(name, "no such value", reterr);
    *ret_value = value;
    return POSTERN_OK;
}
