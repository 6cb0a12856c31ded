/*
 * Which registry file an edit falls into, and the new bytes of that file. Machine keys only: HKLM\SOFTWARE and HKLM\SYSTEM are
 * hives of their own, HKCR is a part of SOFTWARE, and of a Wine prefix all of them are in system.reg. What belongs to one user,
 * and the registry of Windows 98 and Me, is refused before anything is touched.
 */
#include "service_int.h"

#include <fcntl.h>
#include <unistd.h>

enum { STORES = 2 };

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

/* 0: SOFTWARE, 1: SYSTEM; and the key below the file's root. */
static postern_status place(postern_servicing *s, postern_slice key, size_t *ret_store, postern_slice *ret_key,
                            postern_error *reterr) {
    bool wine = postern_win_system_of(s->win)->kind == POSTERN_WIN_WINE;
    postern_slice machine = below(key, "HKLM"), classes = below(key, "HKCR"), software = below(machine, "SOFTWARE"),
                  system = below(machine, "SYSTEM");
    *ret_store = system.len && !wine;
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

static postern_status open_store(postern_servicing *s, size_t index, service_store *store, size_t room, postern_error *reterr) {
    const postern_win_system *system = postern_win_system_of(s->win);
    bool there;
    postern_slice path;
    if (system->kind == POSTERN_WIN_9X)
        return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                            "the registry of Windows 98 and Me is not written here");
    store->changes = postern_arena_zalloc(s->arena, room, sizeof *store->changes);
    if (!store->changes) return service_no_memory(reterr);
    store->is_wine = system->kind == POSTERN_WIN_WINE;
    if (store->is_wine) { /* beside drive_c, where no Windows path leads */
        store->path = POSTERN_S("system.reg");
        return service_text(s, &store->real, reterr, "system.reg");
    }
    postern_status status =
        service_text(s, &path, reterr, "%.*s\\config\\%s", POSTERN_ARG(system->system), index ? "system" : "software");
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
    service_store *stores = postern_arena_zalloc(s->arena, STORES, sizeof *stores);
    if (!stores) return service_no_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        size_t index;
        postern_slice key;
        postern_status status = place(s, edits[i].key, &index, &key, reterr);
        service_store *store = &stores[index];
        if (!status && !store->changes) status = open_store(s, index, store, count, reterr);
        if (status) return status;
        store->changes[store->count++] = (postern_reg_change){
            .kind = kind_of(&edits[i]), .key = key, .name = edits[i].name, .type = edits[i].type, .raw = edits[i].raw};
    }
    if (!stores[0].count) stores[0] = stores[1], stores[1].count = 0;
    *ret_stores = stores;
    *ret_count = (stores[0].count != 0) + (stores[1].count != 0);
    return POSTERN_OK;
}

postern_status service_store_edit(postern_servicing *s, const service_store *store, postern_buf *ret_bytes,
                                  postern_error *reterr) {
    postern_file *file;
    int fd;
    postern_status status = postern_beneath_open(s->root, (const char *)store->real.ptr, O_RDONLY, 0, &fd, reterr);
    if (status) return status;
    status = postern_file_read(fd, &file, reterr);
    close(fd);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(file);
    enum { FROM_1601 = 11644473600, TICKS = 10000000 };
    uint64_t now = (uint64_t)(s->now + FROM_1601) * TICKS;
    status = store->is_wine ? postern_wine_reg_edit(bytes, store->changes, store->count, now, ret_bytes, reterr)
                            : postern_hive_edit(s->reader, bytes, store->changes, store->count, ret_bytes, reterr);
    postern_file_close(file);
    return status;
}
