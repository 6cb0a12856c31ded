/*
 * User profiles: those the registry lists, and folders below the profiles' folder that hold a hive all the same. Each has a
 * part of the registry, NTUSER.DAT, and from XP on a second one for its classes, UsrClass.dat.
 */
#include "win_int.h"

#include <stdlib.h>

typedef struct profile {
    postern_win_user user;
    win_dir *dir;
    postern_key *key, *classes;
} profile;

typedef struct gather {
    postern_win *win;
    profile *list;
    size_t count, room;
    postern_error *reterr;
} gather;

static postern_slice last_part(postern_slice path) {
    postern_cut cut = postern_slice_cut_last(path, '\\');
    return cut.ok ? cut.tail : path;
}

static postern_status add(gather *g, postern_slice sid, postern_slice name, postern_slice path, win_dir *dir,
                          profile **ret_profile) {
    if (g->count == g->room) {
        size_t room = g->room ? g->room * 2 : 8;
        profile *fresh = postern_arena_zalloc(g->win->arena, room, sizeof *fresh);
        if (!fresh) return win_fail_memory(g->win, g->reterr);
        if (g->count) memcpy(fresh, g->list, g->count * sizeof *fresh);
        g->list = fresh;
        g->room = room;
    }
    profile *p = &g->list[g->count++];
    *p = (profile){.user = {.sid = sid, .name = name, .profile = path}, .dir = dir};
    *ret_profile = p;
    return POSTERN_OK;
}

/* The hive of that path below the profile; *ret_key stays NULL when there is none. One that may not be opened (a link, twins)
 * is there all the same: whoever asks for its keys gets the refusal. */
static postern_status mount(gather *g, win_dir *dir, const char *path, postern_slice name, postern_key **ret_key) {
    win_place place;
    postern_error error;
    postern_status status = win_walk_try(g->win, dir, postern_slice_cstr(path), &place, &error);
    if (status == POSTERN_NOMEM) return win_fail_memory(g->win, g->reterr);
    if (status) return win_hive_mount_refused(g->win->users_key, name, &error, ret_key, g->reterr);
    if (!place.dir || place.index == SIZE_MAX || place.dir->entries[place.index].is_folder) return POSTERN_OK;
    return win_hive_mount(g->win->users_key, name, WIN_STORE_HIVE, place, ret_key, g->reterr);
}

static postern_status mount_profile(gather *g, profile *p) {
    static const char *const classes[] = {"AppData\\Local\\Microsoft\\Windows\\UsrClass.dat",
                                          "Local Settings\\Application Data\\Microsoft\\Windows\\UsrClass.dat"};
    postern_slice name;
    postern_win *win = g->win;
    if (!p->dir || win->system.kind != POSTERN_WIN_NT) return POSTERN_OK;
    postern_status status = mount(g, p->dir, "NTUSER.DAT", p->user.sid, &p->key);
    if (status || !p->key) return status;
    p->user.has_hive = true;
    if (win_join(win, p->user.sid, '_', POSTERN_S("Classes"), &name)) return win_fail_memory(win, g->reterr);
    for (size_t i = 0; i < 2 && !p->classes && !status; i++) status = mount(g, p->dir, classes[i], name, &p->classes);
    return status;
}

/* The folder of a path; NULL when the tree has none. */
static postern_status folder_of(gather *g, postern_slice path, win_dir **ret_dir) {
    win_place place;
    *ret_dir = NULL;
    postern_status status = win_resolve(g->win, NULL, path, &place, NULL);
    if (status == POSTERN_NOMEM) return win_fail_memory(g->win, g->reterr);
    if (status || place.index == SIZE_MAX || !place.dir->entries[place.index].is_folder) return POSTERN_OK;
    return win_dir_enter(g->win, place.dir, place.index, ret_dir, g->reterr);
}

static postern_status add_listed(gather *g, const postern_key *list, size_t index) {
    const postern_key *key;
    postern_win *win = g->win;
    postern_slice path = {0}, sid = postern_key_child_name(list, index);
    win_dir *dir;
    profile *p;
    if (win_name_eq(sid, POSTERN_S("S-1-5-18"))) return POSTERN_OK; /* the system itself: .DEFAULT */
    postern_status status = postern_key_child(list, index, &key, g->reterr);
    if (status) return status;
    const postern_value *image = postern_key_value(key, POSTERN_S("ProfileImagePath"));
    if (image) status = postern_value_text(image, win->arena, &path);
    if (status == POSTERN_NOMEM) return win_fail_memory(win, g->reterr);
    if (!path.len) return POSTERN_OK;
    if (postern_win_expand(win, NULL, path, &path, NULL) == POSTERN_NOMEM) return win_fail_memory(win, g->reterr);
    status = folder_of(g, path, &dir);
    if (!status) status = add(g, sid, last_part(path), dir ? dir->folder.path : path, dir, &p);
    return status ? status : mount_profile(g, p);
}

static postern_status add_list(gather *g) {
    static const char path[] = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList";
    const postern_key *list;
    postern_error error;
    postern_status status = postern_win_key(g->win, NULL, postern_slice_cstr(path), &list, &error);
    for (size_t i = 0; !status && i < postern_key_child_count(list); i++) status = add_listed(g, list, i);
    if (status && status != POSTERN_NOTFOUND && status != POSTERN_NOMEM)
        win_note(g->win, POSTERN_NOTE_WIN_HIVE_DAMAGED, postern_slice_cstr(error.text));
    return status == POSTERN_NOMEM ? status : POSTERN_OK;
}

/* Folders beside the listed ones: profiles of users that were removed, and the one that new users get. */
static postern_status add_folders(gather *g) {
    const postern_win_folder *folder;
    win_dir *dir;
    postern_status status = g->win->system.profiles.len ? folder_of(g, g->win->system.profiles, &dir) : POSTERN_NOTFOUND;
    if (status || !dir) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    status = win_dir_list(g->win, dir, g->reterr);
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    folder = &dir->folder;
    for (size_t i = 0; i < folder->count; i++) {
        win_dir *sub;
        profile *p;
        bool known = !folder->entries[i].is_folder || folder->entries[i].has_twin || win_name_refused(folder->entries[i].name);
        if (!known && win_dir_enter(g->win, dir, i, &sub, g->reterr)) return POSTERN_NOMEM;
        for (size_t k = 0; k < g->count && !known; k++) known = g->list[k].dir == sub;
        if (known) continue;
        size_t before = g->count;
        postern_slice name = folder->entries[i].name;
        status = add(g, name, name, sub->folder.path, sub, &p);
        if (!status) status = mount_profile(g, p);
        if (status) return status;
        p->user.is_default = win_name_eq(name, POSTERN_S("Default User")) || win_name_eq(name, POSTERN_S("Default"));
        if (g->win->system.kind != POSTERN_WIN_9X && !p->user.has_hive) g->count = before;
    }
    return POSTERN_OK;
}

static postern_status add_default(gather *g) {
    win_place place;
    profile *p;
    postern_win *win = g->win;
    if (win->system.kind != POSTERN_WIN_NT) { /* 98 and Me: whoever sits there, until an overlay says more */
        postern_status added = add(g, POSTERN_S(".DEFAULT"), POSTERN_S(".DEFAULT"), (postern_slice){0}, NULL, &p);
        if (!added) p->user.is_default = true;
        return added;
    }
    postern_status status = win_walk_try(win, win->windows_dir, POSTERN_S("System32\\config\\default"), &place, g->reterr);
    if (status || !place.dir) return status;
    status = add(g, POSTERN_S(".DEFAULT"), POSTERN_S(".DEFAULT"), (postern_slice){0}, NULL, &p);
    if (status) return status;
    p->user.has_hive = p->user.is_default = true;
    return win_hive_mount(win->users_key, p->user.sid, WIN_STORE_HIVE, place, &p->key, g->reterr);
}

/* ---- Wine: one user, whose key is user.reg whoever runs it ---- */

/* "hanako" of a path below C:\\users. */
static postern_slice name_below_users(postern_slice path) {
    const postern_slice users = POSTERN_S("C:\\users\\");
    if (!postern_slice_starts_nocase(path, users)) return (postern_slice){0};
    return postern_slice_cut(postern_slice_from(path, users.len), '\\').head;
}

/* Which folder user.reg means, as its Shell Folders say; empty when they do not. */
static postern_status named_folder(gather *g, postern_key *key, postern_slice *ret_name) {
    static const char *const steps[] = {"Software", "Microsoft", "Windows", "CurrentVersion", "Explorer", "Shell Folders"};
    static const char *const names[] = {"AppData", "Local AppData", "Favorites", "Desktop"};
    postern_status status = POSTERN_OK;
    *ret_name = (postern_slice){0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps && key && !status; i++)
        status = win_key_find(key, postern_slice_cstr(steps[i]), &key, NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names && key && !status && !ret_name->len; i++) {
        postern_slice path = {0};
        const postern_value *value = postern_key_value(key, postern_slice_cstr(names[i]));
        if (value && postern_value_text(value, g->win->arena, &path) == POSTERN_NOMEM) status = POSTERN_NOMEM;
        *ret_name = name_below_users(path);
    }
    return status == POSTERN_NOMEM ? win_fail_memory(g->win, g->reterr) : POSTERN_OK;
}

/* The one folder of drive_c\\users that is not Public; of several, as in a prefix that somebody else made, the one that
 * user.reg names. */
static postern_status wine_user(gather *g, postern_key *key, postern_slice *ret_name) {
    win_dir *dir;
    size_t count = 0;
    *ret_name = POSTERN_S("user");
    postern_status status = folder_of(g, POSTERN_S("C:\\users"), &dir);
    if (!status && dir) status = win_dir_list(g->win, dir, g->reterr);
    for (size_t i = 0; dir && !status && i < dir->folder.count; i++) {
        if (!dir->entries[i].is_folder || win_name_eq(dir->entries[i].name, POSTERN_S("Public"))) continue;
        *ret_name = dir->entries[i].name;
        count++;
    }
    postern_slice named = {0};
    if (!status && count > 1) status = named_folder(g, key, &named);
    if (named.len) *ret_name = named;
    return status;
}

static postern_status add_wine(gather *g, const char *file, postern_slice sid, bool is_default) {
    win_place place;
    profile *p;
    postern_win *win = g->win;
    postern_slice path;
    postern_status status = win_walk_try(win, &win->top, postern_slice_cstr(file), &place, g->reterr);
    if (status || !place.dir) return status;
    status = add(g, sid, sid, (postern_slice){0}, NULL, &p);
    if (status) return status;
    p->user.has_hive = true;
    p->user.is_default = is_default;
    status = win_hive_mount(win->users_key, sid, WIN_STORE_WINE, place, &p->key, g->reterr);
    if (status || is_default) return status;
    status = wine_user(g, p->key, &p->user.name);
    if (status) return status;
    if (win_join(win, POSTERN_S("C:\\users"), '\\', p->user.name, &path)) return win_fail_memory(win, g->reterr);
    status = folder_of(g, path, &p->dir);
    if (p->dir) p->user.profile = p->dir->folder.path;
    return status;
}

static int by_sid(const void *a, const void *b) {
    const profile *x = a, *y = b;
    bool first = postern_slice_eq(x->user.sid, POSTERN_S(".DEFAULT")),
         second = postern_slice_eq(y->user.sid, POSTERN_S(".DEFAULT"));
    return first != second ? (first ? -1 : 1) : win_name_compare(x->user.sid, y->user.sid);
}

static postern_status keep(gather *g) {
    postern_win *win = g->win;
    size_t room = g->count + 1;
    if (g->count) qsort(g->list, g->count, sizeof *g->list, by_sid);
    win->users = postern_arena_zalloc(win->arena, room, sizeof *win->users);
    win->user_keys = postern_arena_zalloc(win->arena, room, sizeof *win->user_keys);
    win->class_keys = postern_arena_zalloc(win->arena, room, sizeof *win->class_keys);
    if (!win->users || !win->user_keys || !win->class_keys) return win_fail_memory(win, g->reterr);
    for (size_t i = 0; i < g->count; i++) {
        win->users[i] = g->list[i].user;
        win->user_keys[i] = g->list[i].key;
        win->class_keys[i] = g->list[i].classes;
    }
    win->user_count = g->count;
    return POSTERN_OK;
}

postern_status win_fill_users(postern_win *win, postern_error *reterr) {
    gather g = {.win = win, .reterr = reterr};
    postern_status status = POSTERN_OK;
    if (win->system.kind == POSTERN_WIN_WINE) {
        status = add_wine(&g, "user.reg", POSTERN_S("S-1-5-21-0-0-0-1000"), false);
        if (!status) status = add_wine(&g, "userdef.reg", POSTERN_S(".DEFAULT"), true);
    } else {
        status = add_default(&g);
        if (!status) status = add_list(&g);
        if (!status) status = add_folders(&g);
    }
    return status ? status : keep(&g);
}
