/* Which updates have a record here, and whether a system still is as one of them left it. */
#define _GNU_SOURCE
#include "service_int.h"

#include <stdlib.h>

/* ---- list ---- */

static postern_status copy(postern_servicing *s, const char *text, postern_slice *ret_text, postern_error *reterr) {
    return postern_arena_copy(s->arena, postern_slice_cstr(text), ret_text) ? service_no_memory(reterr) : POSTERN_OK;
}

static postern_status describe(postern_servicing *s, const service_record *record, postern_slice store,
                               postern_update_record *ret_row, postern_error *reterr) {
    postern_status status = copy(s, record->id, &ret_row->id, reterr);
    if (!status) status = copy(s, record->title, &ret_row->title, reterr);
    if (!status) status = copy(s, record->reason, &ret_row->reason, reterr);
    if (!status)
        status = service_text(s, &ret_row->store, reterr, "%.*s\\%.*s", POSTERN_ARG(s->windows_path), POSTERN_ARG(store));
    ret_row->family = record->family[0];
    ret_row->branch = !strcmp(record->branch, "qfe") ? "qfe" : !strcmp(record->branch, "gdr") ? "gdr" : "";
    ret_row->time = record->time;
    ret_row->removable = record->removable;
    return status;
}

/* "$NTUninstallKB837009$" → "KB837009"; empty: another folder. */
static postern_slice id_of(postern_slice name) {
    postern_slice head = POSTERN_S("$NTUninstall");
    if (!postern_slice_starts_nocase(name, head) || !postern_slice_ends(name, POSTERN_S("$"))) return (postern_slice){NULL, 0};
    return postern_slice_sub(name, head.len, name.len - head.len - 1);
}

postern_status postern_update_list(postern_servicing *servicing, const postern_update_record **ret_records, size_t *ret_count,
                                   postern_error *reterr) {
    const postern_win_folder *folder;
    postern_status status = postern_win_list(servicing->win, NULL, servicing->windows_path, &folder, reterr);
    if (status) return status;
    postern_update_record *rows = postern_arena_zalloc(servicing->arena, folder->count + 1, sizeof *rows);
    if (!rows) return service_no_memory(reterr);
    size_t count = 0;
    for (size_t i = 0; i < folder->count; i++) {
        service_record record = {0};
        postern_slice id = id_of(folder->entries[i].name);
        if (!folder->entries[i].is_folder || !id.len) continue;
        status = record_of(servicing, id, &record, reterr);
        if (!status) status = describe(servicing, &record, folder->entries[i].name, &rows[count++], reterr);
        record_free(&record);
        if (status && status != POSTERN_NOTFOUND) return status; /* NOTFOUND: the store of somebody else's installer */
    }
    *ret_records = rows;
    *ret_count = count;
    return POSTERN_OK;
}

/* ---- verify ---- */

#define WAITS "restart pending"

static postern_status check_file(postern_servicing *s, const service_record *record, const record_file *file,
                                 postern_update_check *ret_check, postern_error *reterr) {
    uint8_t now[32];
    postern_status status = tx_digest(s->root, file->path, now, reterr);
    if (status && status != POSTERN_NOTFOUND) return status;
    bool gone = status, same = !gone && memcmp(now, file->after, sizeof now) == 0, waits = false;
    bool back = !gone && !file->was_absent && memcmp(now, file->before, sizeof now) == 0;
    status = same ? POSTERN_OK : restart_waits(s, file, &waits, reterr);
    if (status) return status;
    if (waits) {
        *ret_check = (postern_update_check){.what = WAITS};
        return copy(s, file->path, &ret_check->place, reterr);
    }
    /* the values of a registry file are checked one by one; the log is no part of what works */
    ret_check->good = same || (!gone && file->is_registry) || record_is_log(record, file);
    ret_check->what = gone ? "gone" : same ? "as installed" : back ? "the old file is back" : "changed since";
    return copy(s, file->path, &ret_check->place, reterr);
}

/* PendingFileRenameOperations: the update's names stand in it as long as its files wait, and no longer. */
static postern_status check_renames(postern_servicing *s, const record_value *value, bool waits,
                                    postern_update_check *ret_check, postern_error *reterr) {
    postern_update_edit pairs;
    bool has;
    if (!record_value_read(s, value->after, &pairs)) return service_no_memory(reterr);
    postern_status status = restart_has(s, pairs.raw, &has, reterr);
    if (status) return status;
    ret_check->good = has == waits;
    ret_check->what = has ? WAITS : waits ? "gone" : "done by a restart";
    return service_text(s, &ret_check->place, reterr, "%s, %s", value->key, value->name);
}

static postern_status check_value(postern_servicing *s, const record_value *value, postern_update_check *ret_check,
                                  postern_error *reterr) {
    char *now = NULL;
    postern_status status =
        record_value_now(s, postern_slice_cstr(value->key), postern_slice_cstr(value->name), value->whole_key, &now, reterr);
    if (status) return status;
    bool gone = !strcmp(now, "-"), same = !strcmp(now, value->after);
    ret_check->good = same;
    ret_check->what = same ? "as installed" : gone ? "gone" : "changed since";
    free(now);
    return service_text(s, &ret_check->place, reterr, value->whole_key ? "%s" : "%s, %s", value->key,
                        value->name[0] ? value->name : "(default)");
}

postern_status postern_update_verify(postern_servicing *servicing, postern_slice id, const postern_update_check **ret_checks,
                                     size_t *ret_count, postern_error *reterr) {
    service_record record = {0};
    postern_status status = record_of(servicing, id, &record, reterr);
    if (status) return status;
    size_t count = 0;
    postern_update_check *checks =
        postern_arena_zalloc(servicing->arena, record.file_count + record.value_count + 1, sizeof *checks);
    if (!checks) status = service_no_memory(reterr);
    for (size_t i = 0; i < record.file_count && !status; i++)
        status = check_file(servicing, &record, &record.files[i], &checks[count++], reterr);
    bool waits = false;
    for (size_t i = 0; i < count; i++) waits |= checks[i].what && !strcmp(checks[i].what, WAITS);
    for (size_t i = 0; i < record.value_count && !status; i++)
        status = record.values[i].renames ? check_renames(servicing, &record.values[i], waits, &checks[count++], reterr)
                                          : check_value(servicing, &record.values[i], &checks[count++], reterr);
    record_free(&record);
    if (status) return status;
    *ret_checks = checks;
    *ret_count = count;
    return POSTERN_OK;
}
