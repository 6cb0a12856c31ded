/*
 * Which registry file an edit falls into, and the new bytes of that file. HKLM\SOFTWARE and HKLM\SYSTEM are hives of their own,
 * HKCR is a part of SOFTWARE, each user has an NTUSER.DAT; of a Wine prefix all of the machine is in system.reg and its user in
 * user.reg. A user's own classes, and the registry of Windows 98 and Me, are refused before anything is touched.
 */
#include "service_int.h"

#include <fcntl.h>
#include <unistd.h>

enum { SOFTWARE, SYSTEM, USERS }; /* index of a store; those of users from USERS on */

static postern_slice below(postern_slice key, const char *head) {
    postern_slice prefix = postern_slice_cstr(head);
    if (!postern_slice_starts_nocase(key, prefix)) return (postern_slice){NULL, 0};
    if (key.len == prefix.len || key.ptr[prefix.len] != '\\') return (postern_slice){NULL, 0};
    return postern_slice_from(key, prefix.len + 1);
}

/* CurrentControlSet is a name for one of the sets: Select tells which. */
static postern_status in_system(postern_servicing *s, postern_slice rest, postern_slice *ret_key, postern_error *reterr) {
    postern_slice set = below(rest, "CurrentControlSet"), key;
    const postern_value *value;
    const postern_key *found;
    uint64_t number = 1;
    *ret_key = rest;
    if (!set.len) return POSTERN_OK;
    postern_status status =
        postern_win_value(s->win, NULL, POSTERN_S("HKLM\\SYSTEM\\Select"), POSTERN_S("Current"), &value, reterr);
    if (!status) status = postern_value_number(value, &number);
    if (!status) status = service_text(s, &key, reterr, "HKLM\\SYSTEM\\ControlSet%03u", (unsigned)number);
    if (status) return status;
    /* older Wine names a set in Select, too, and keeps all in a key that is really called CurrentControlSet */
    status = postern_win_key(s->win, NULL, key, &found, reterr);
    if (status == POSTERN_NOTFOUND && postern_win_system_of(s->win)->kind == POSTERN_WIN_WINE) return POSTERN_OK;
    if (status && status != POSTERN_NOTFOUND) return status;
    return service_text(s, ret_key, reterr, "ControlSet%03u\\%.*s", (unsigned)number, POSTERN_ARG(set));
}

postern_status service_key(postern_servicing *s, postern_slice key, postern_slice *ret_key, postern_error *reterr) {
    postern_slice classes = below(key, "HKCR"), system = below(below(key, "HKLM"), "SYSTEM"), set;
    *ret_key = key;
    if (classes.len) return service_text(s, ret_key, reterr, "HKLM\\SOFTWARE\\Classes\\%.*s", POSTERN_ARG(classes));
    bool has_sets = postern_win_system_of(s->win)->kind != POSTERN_WIN_9X;
    if (!has_sets || !below(system, "CurrentControlSet").len) return POSTERN_OK;
    postern_status status = in_system(s, system, &set, reterr);
    return status ? status : service_text(s, ret_key, reterr, "HKLM\\SYSTEM\\%.*s", POSTERN_ARG(set));
}

/* HKU\<sid>\…: the user's store, and the key below its root. */
static postern_status place_user(postern_servicing *s, postern_slice path, size_t *ret_store, postern_slice *ret_key,
                                 postern_error *reterr) {
    postern_cut cut = postern_slice_cut(path, '\\');
    size_t user = 0, count = postern_win_user_count(s->win);
    while (user < count && !postern_slice_eq_nocase(postern_win_user_at(s->win, user)->sid, cut.head)) user++;
    if (!cut.ok || user == count || !postern_win_user_at(s->win, user)->has_hive)
        return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                            "a key of a user that has no registry here: HKU\\%.*s", POSTERN_ARG(path));
    bool classes =
        postern_slice_eq_nocase(cut.tail, POSTERN_S("Software\\Classes")) || below(cut.tail, "Software\\Classes").len;
    if (classes && postern_win_system_of(s->win)->kind != POSTERN_WIN_WINE)
        return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                            "classes of one user are not written here: HKU\\%.*s", POSTERN_ARG(path));
    *ret_store = USERS + user;
    *ret_key = cut.tail;
    return POSTERN_OK;
}

/* The store, and the key below the file's root. */
static postern_status place(postern_servicing *s, postern_slice key, size_t *ret_store, postern_slice *ret_key,
                            postern_error *reterr) {
    bool wine = postern_win_system_of(s->win)->kind == POSTERN_WIN_WINE;
    postern_slice machine = below(key, "HKLM"), classes = below(key, "HKCR"), software = below(machine, "SOFTWARE"),
                  system = below(machine, "SYSTEM");
    postern_slice user = below(key, "HKU");
    if (user.len) return place_user(s, user, ret_store, ret_key, reterr);
    *ret_store = system.len && !wine ? SYSTEM : SOFTWARE;
    if (wine && classes.len) return service_text(s, ret_key, reterr, "Software\\Classes\\%.*s", POSTERN_ARG(classes));
    if (wine && system.len) {
        postern_status status = in_system(s, system, ret_key, reterr);
        return status ? status : service_text(s, ret_key, reterr, "System\\%.*s", POSTERN_ARG(*ret_key));
    }
    if (wine && machine.len) {
        *ret_key = machine;
        return POSTERN_OK;
    }
    if (classes.len) return service_text(s, ret_key, reterr, "Classes\\%.*s", POSTERN_ARG(classes));
    if (system.len) return in_system(s, system, ret_key, reterr);
    *ret_key = software;
    return software.len ? POSTERN_OK
                        : postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                                       "a key of the registry that servicing does not write: %.*s", POSTERN_ARG(key));
}

/* The file of a store: of a prefix beside drive_c, where no Windows path leads. */
static postern_status store_path(postern_servicing *s, size_t index, bool is_wine, postern_slice *ret_path,
                                 postern_error *reterr) {
    const postern_win_system *system = postern_win_system_of(s->win);
    if (index < USERS)
        return is_wine ? service_text(s, ret_path, reterr, "system.reg")
                       : service_text(s, ret_path, reterr, "%.*s\\config\\%s", POSTERN_ARG(system->system),
                                      index == SYSTEM ? "system" : "software");
    const postern_win_user *user = postern_win_user_at(s->win, index - USERS);
    bool is_system = postern_slice_eq(user->sid, POSTERN_S(".DEFAULT"));
    if (is_wine) return service_text(s, ret_path, reterr, is_system ? "userdef.reg" : "user.reg");
    return is_system ? service_text(s, ret_path, reterr, "%.*s\\config\\default", POSTERN_ARG(system->system))
                     : service_text(s, ret_path, reterr, "%.*s\\NTUSER.DAT", POSTERN_ARG(user->profile));
}

static postern_status open_store(postern_servicing *s, size_t index, service_store *store, size_t room, postern_error *reterr) {
    const postern_win_system *system = postern_win_system_of(s->win);
    bool there;
    postern_slice path;
    if (system->kind == POSTERN_WIN_9X)
        return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                            "the registry of Windows 98 and Me is not written here");
    postern_buf_init(&store->bytes, POSTERN_LIMIT_HIVE);
    store->changes = postern_arena_zalloc(s->arena, room, sizeof *store->changes);
    if (!store->changes) return service_no_memory(reterr);
    store->is_wine = system->kind == POSTERN_WIN_WINE;
    postern_status status = store_path(s, index, store->is_wine, &path, reterr);
    if (!status && store->is_wine) {
        store->path = store->real = path;
        return POSTERN_OK;
    }
    if (!status) status = service_real(s, path, &store->path, &store->real, &there, reterr);
    if (!status && !there)
        status = postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no hive: %.*s", POSTERN_ARG(path));
    return status;
}

static postern_reg_change_kind kind_of(const postern_update_edit *edit) {
    if (edit->removes) return edit->whole_key ? POSTERN_CHANGE_DELETE_KEY : POSTERN_CHANGE_DELETE_VALUE;
    return edit->whole_key ? POSTERN_CHANGE_MAKE_KEY : POSTERN_CHANGE_SET;
}

postern_status service_stores(postern_servicing *s, const postern_update_edit *edits, size_t count, service_store **ret_stores,
                              size_t *ret_count, postern_error *reterr) {
    size_t room = USERS + postern_win_user_count(s->win), used = 0;
    service_store *stores = postern_arena_zalloc(s->arena, room, sizeof *stores);
    if (!stores) return service_no_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        size_t index = SOFTWARE;
        postern_slice key;
        postern_status status = place(s, edits[i].key, &index, &key, reterr);
        service_store *store = &stores[index];
        if (!status && !store->changes) status = open_store(s, index, store, count, reterr);
        if (status) return status;
        store->changes[store->count++] = (postern_reg_change){
            .kind = kind_of(&edits[i]), .key = key, .name = edits[i].name, .type = edits[i].type, .raw = edits[i].raw};
    }
    for (size_t i = 0; i < room; i++)
        if (stores[i].count) stores[used++] = stores[i];
    *ret_stores = stores;
    *ret_count = used;
    return POSTERN_OK;
}

void service_stores_free(service_store *stores, size_t count) {
    for (size_t i = 0; i < count; i++) postern_buf_free(&stores[i].bytes);
}

postern_status service_store_edit(postern_servicing *s, service_store *store, postern_error *reterr) {
    postern_file *file;
    postern_status status = tx_read(s->root, (const char *)store->real.ptr, &file, reterr);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(file);
    enum { FROM_1601 = 11644473600, TICKS = 10000000 };
    uint64_t now = (uint64_t)(s->now + FROM_1601) * TICKS;
    status = store->is_wine ? postern_wine_reg_edit(bytes, store->changes, store->count, now, &store->bytes, reterr)
                            : postern_hive_edit(s->reader, bytes, store->changes, store->count, &store->bytes, reterr);
    postern_file_close(file);
    return status;
}
