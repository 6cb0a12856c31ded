/* win, across its files: the object, its folders, its keys, the child's protocol. */
#ifndef POSTERN_WIN_INT_H
#define POSTERN_WIN_INT_H

#include "postern/win.h"

typedef struct win_dir win_dir;
typedef struct win_hive win_hive;

/* For %.*s in texts of failure, which postern_fail cleans. */
#define WIN_SHOWN(s) (int)((s).len < 160 ? (s).len : 160), (s).len ? (const char *)(s).ptr : ""

/* ---- names (fold.c) -------------------------------------------------------------------------------------------- */

int win_name_compare(postern_slice a, postern_slice b);
bool win_name_eq(postern_slice a, postern_slice b);
bool win_name_starts(postern_slice s, postern_slice prefix);

/* ---- folders and paths (folder.c, path.c) ---------------------------------------------------------------------- */

/* What is known about one entry beyond its name. */
typedef struct win_slot {
    win_dir *dir;         /* once entered */
    const postern_pe *pe; /* once read */
} win_slot;

struct win_dir {
    win_dir *parent;
    postern_slice real; /* path relative to the root as the host spells it, "" is the root; NUL-terminated */
    bool listed;
    postern_win_folder folder; /* .path: the Windows path */
    postern_win_entry *entries;
    win_slot *slots;
};

/* One entry of a folder; index SIZE_MAX: the folder itself. */
typedef struct win_place {
    win_dir *dir;
    size_t index;
} win_place;

/* The folder object of an entry that is a folder. */
postern_status win_dir_enter(postern_win *win, win_dir *dir, size_t index, win_dir **ret_dir, postern_error *reterr);
postern_status win_dir_list(postern_win *win, win_dir *dir, postern_error *reterr);
/* Name without case; *ret_index SIZE_MAX when there is none. DENIED: twins. */
postern_status win_dir_find(postern_win *win, win_dir *dir, postern_slice name, size_t *ret_index, postern_error *reterr);
/* Several names below `dir`, separated by either slash. NOTFOUND. */
postern_status win_walk(postern_win *win, win_dir *dir, postern_slice path, win_place *ret_place, postern_error *reterr);
/* The same, but a file or folder that is not there gives index SIZE_MAX and dir NULL. */
postern_status win_walk_try(postern_win *win, win_dir *dir, postern_slice path, win_place *ret_place, postern_error *reterr);
/* A Windows path as the header describes it. */
postern_status win_resolve(postern_win *win, const postern_win_view *view, postern_slice path, win_place *ret_place,
                           postern_error *reterr);
/* "a\b" joined with `separator`, in the arena, NUL-terminated. */
postern_status win_join(postern_win *win, postern_slice head, char separator, postern_slice tail, postern_slice *ret_path);
postern_status win_place_real(postern_win *win, win_place place, postern_slice *ret_real);
postern_status win_place_path(postern_win *win, win_place place, postern_slice *ret_path);
postern_status win_place_open(postern_win *win, win_place place, int flags, int *ret_fd, postern_error *reterr);
postern_status win_place_read(postern_win *win, win_place place, postern_file **ret_file, postern_error *reterr);
postern_status win_place_pe(postern_win *win, win_place place, const postern_pe **ret_pe, postern_error *reterr);
/* NULL, or why a name may not be part of a path (static text). */
const char *win_name_refused(postern_slice name);
/* Whether it looks like a short name of the FAT kind: up to six characters, '~', digits, an ending. */
bool win_name_is_short(postern_slice name);

/* ---- the object (win.c, shape.c, system.c, users.c) ------------------------------------------------------------ */

struct postern_win {
    int root;
    postern_arena *arena;
    postern_hive_reader *reader;
    bool own_reader;
    const postern_notes *notes;
    win_dir top;        /* what the caller opened */
    win_dir *drive_dir; /* the system's drive: `top`, or Wine's drive_c */
    char drive;         /* 'C' */
    win_dir *windows_dir;
    postern_win_system system;
    postern_win_user *users;
    size_t user_count;
    postern_key *machine, *users_key; /* HKLM, HKU */
    postern_key **user_keys;          /* one for each user; NULL when it has none */
    postern_key **class_keys;         /* the user's UsrClass.dat, or NULL */
    size_t depth_of_links;
    win_hive *hives; /* all of them, for closing */
};

postern_status win_fail_memory(const postern_win *win, postern_error *reterr);
postern_status win_find_shape(postern_win *win, postern_slice wanted, postern_error *reterr);
postern_status win_fill_system(postern_win *win, postern_error *reterr);
postern_status win_fill_users(postern_win *win, postern_error *reterr);
postern_status win_text(postern_win *win, postern_slice text, postern_slice *ret_text); /* a copy in the arena */
postern_arch win_arch_of_machine(uint16_t machine);
void win_note(const postern_win *win, postern_note_kind kind, postern_slice detail);

/* ---- registry (registry.c, key.c) ------------------------------------------------------------------------------ */

struct postern_key {
    postern_win *win;
    postern_key *parent;
    postern_slice name;
    uint64_t time;
    win_hive *hive; /* where the rest of it comes from; NULL: it is all here */
    uint32_t node;
    uint16_t depth;
    bool loaded, is_root_of_hive;
    postern_key **children; /* sorted by name */
    size_t child_count, child_room;
    postern_value *values;
    size_t value_count, value_room;
};

postern_status win_registry_init(postern_win *win, postern_error *reterr);
/* A new key behind the others, not loaded; sort afterwards. */
postern_status win_key_append(postern_key *parent, postern_slice name, postern_key **ret_key, postern_error *reterr);
/* A new, loaded, empty key; or the one that is there. */
postern_status win_key_add(postern_key *parent, postern_slice name, postern_key **ret_key, postern_error *reterr);
/* Value added or replaced; the slices are copied. */
postern_status win_key_set(postern_key *key, postern_slice name, uint32_t type, postern_slice raw, postern_error *reterr);
postern_status win_key_load(postern_key *key, postern_error *reterr);
/* Subkey by name, loaded; *ret_key NULL when there is none. No links. */
postern_status win_key_find(postern_key *key, postern_slice name, postern_key **ret_key, postern_error *reterr);
void win_key_remove_child(postern_key *key, postern_slice name);
void win_key_remove_value(postern_key *key, postern_slice name);
/* A key by its whole path, made where it is missing; and gone with all below it. */
postern_status win_key_make(postern_win *win, const postern_win_view *view, postern_slice path, postern_key **ret_key,
                            postern_error *reterr);
postern_status win_key_delete(postern_win *win, const postern_win_view *view, postern_slice path, postern_error *reterr);
/* After children were appended in any order. */
void win_key_sort(postern_key *key);

/* ---- UTF-16 (value.c)  ------------------------------------------------------------------------------------------ */

/* Units up to the first NUL (when `to_nul`) as UTF-8. */
postern_status win_utf16_to_utf8(postern_slice raw, bool to_nul, postern_arena *arena, postern_slice *ret_text);

/* ---- hives (hive.c, hive_base.c, hive_child.c, hive_wire.h) ------------------------------------------------------ */

typedef enum win_store { WIN_STORE_HIVE, WIN_STORE_WINE } win_store;

struct win_hive {
    win_hive *next;
    postern_win *win;
    win_store store;
    postern_slice name; /* Windows path of the file, for messages */
    win_place place;
    bool opened, dirty;
    uint32_t handle;
    postern_error failure; /* status 0: none so far */
};

/* A key whose content comes from a file: below `parent` under `name`. */
postern_status win_hive_mount(postern_key *parent, postern_slice name, win_store store, win_place place, postern_key **ret_key,
                              postern_error *reterr);
/* The same for a file that may not be opened: its keys answer with `why`. */
postern_status win_hive_mount_refused(postern_key *parent, postern_slice name, const postern_error *why, postern_key **ret_key,
                                      postern_error *reterr);
postern_status win_hive_load(postern_key *key, postern_error *reterr);
postern_status win_wine_load(postern_key *key, postern_slice text, postern_error *reterr);
/* From *pos up to the unescaped `end`, which *pos goes behind, as UTF-8. FORMAT: there is no end. */
postern_status win_wine_text(postern_slice line, size_t *pos, uint8_t end, postern_arena *arena, postern_slice *ret_text);
void win_hive_close_all(postern_win *win);

postern_status win_change_check(const postern_reg_change *changes, size_t count, postern_error *reterr);

typedef struct hive_base {
    bool dirty;
    uint32_t major, minor;
    uint64_t time;
    size_t length; /* of the whole hive, base block included */
} hive_base;
postern_status win_hive_base(postern_slice bytes, hive_base *ret_base, postern_error *reterr);

#endif
