/*
 * Removing: everything the record names goes back to what it was, in one transaction. The tree is believed, not the record: a
 * file that is not as the update left it was changed since, by a later update maybe, and nothing is touched then. A registry
 * file that nobody else changed comes back byte by byte; in any other only the update's own values go back.
 */
#define _GNU_SOURCE
#include "service_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct remover {
    postern_servicing *s;
    service_record record;
    update_tx *tx;
    postern_update_edit *edits; /* back to before, for registry files that others changed, too */
    size_t edit_count;
    const postern_update_options *options;
    bool at_restart;   /* files come back when the system starts next */
    postern_buf pairs; /* what does it then */
    service_store *stores;
    size_t store_count;
    postern_error *reterr;
} remover;

static postern_status kept_path(remover *r, const char *name, postern_slice *ret_path) {
    return service_text(r->s, ret_path, r->reterr, "%s/%s", r->record.store_real, name);
}

static postern_status changed(const remover *r, const char *path, const char *what) {
    return postern_fail(r->reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "%s since %s was installed, by a later update maybe: %s",
                        what, r->record.id, path);
}

/* Whether a file is as the update left it. */
static postern_status look(remover *r, const record_file *file, bool *ret_same) {
    uint8_t now[32];
    postern_status status = tx_digest(r->s->root, file->path, now, r->reterr);
    if (status == POSTERN_NOTFOUND) return changed(r, file->path, "a file is gone");
    *ret_same = !status && memcmp(now, file->after, sizeof now) == 0;
    return status;
}

static postern_status put_back_now(remover *r, const record_file *file) {
    postern_slice kept;
    if (file->was_absent) return update_tx_delete(r->tx, file->path, r->reterr);
    if (!file->kept)
        return postern_fail(r->reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "its original was not kept: %s", file->path);
    postern_status status = kept_path(r, file->kept, &kept);
    return status ? status : update_tx_keep(r->tx, (const char *)kept.ptr, file->path, r->reterr);
}

/* The original waits beside the file, as "inetcomm.dll.KB837009.old"; or the file waits to go. */
static postern_status put_back_later(remover *r, const record_file *file) {
    postern_slice kept, staged, path, from;
    postern_status status = restart_windows_path(r->s, file->path, &path, r->reterr);
    if (!status && file->was_absent) {
        restart_add_pair(&r->pairs, path, POSTERN_S(""));
        return POSTERN_OK;
    }
    if (!status) status = kept_path(r, file->kept, &kept);
    if (!status) status = service_text(r->s, &staged, r->reterr, "%s.%s.old", file->path, r->record.id);
    if (!status) status = service_text(r->s, &from, r->reterr, "%.*s.%s.old", POSTERN_ARG(path), r->record.id);
    if (!status && tx_digest(r->s->root, (const char *)staged.ptr, (uint8_t[TX_DIGEST]){0}, NULL) != POSTERN_NOTFOUND)
        status = postern_fail(r->reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                              "stands in the way of what waits for the restart: %s", (const char *)staged.ptr);
    if (!status) status = update_tx_keep(r->tx, (const char *)kept.ptr, (const char *)staged.ptr, r->reterr);
    if (!status) restart_add_pair(&r->pairs, from, path);
    return status;
}

/* The log is ours, but who wrote into it since keeps what he wrote, and who took it away need not bring it back. */
static postern_status log_stays(remover *r, const record_file *file, bool *ret_stays) {
    uint8_t now[32];
    postern_status status = tx_digest(r->s->root, file->path, now, r->reterr);
    *ret_stays = status == POSTERN_NOTFOUND || (!status && memcmp(now, file->after, sizeof now) != 0);
    return *ret_stays ? POSTERN_OK : status;
}

static postern_status put_back(remover *r, const record_file *file, bool waits) {
    if (waits) return update_tx_delete(r->tx, file->staged, r->reterr);
    return r->at_restart && !file->is_registry && !record_is_log(&r->record, file) ? put_back_later(r, file)
                                                                                   : put_back_now(r, file);
}

/* ---- registry files that others changed, too ---- */

/* Whether an edit that was made here takes away this value, or this key. */
static bool goes(const remover *r, postern_slice key, postern_slice name, bool whole_key) {
    for (size_t i = 0; i < r->edit_count; i++) {
        const postern_update_edit *e = &r->edits[i];
        if (e->removes && e->whole_key == whole_key && postern_slice_eq_nocase(e->key, key) &&
            postern_slice_eq_nocase(e->name, name))
            return true;
    }
    return false;
}

/* A key that the update brought stays when somebody else has put anything into it since. */
static postern_status is_empty(remover *r, postern_slice path, bool *ret_empty) {
    const postern_key *key;
    postern_slice below;
    postern_status status = postern_win_key(r->s->win, NULL, path, &key, r->reterr);
    *ret_empty = true;
    for (size_t i = 0; !status && i < r->edit_count; i++) /* what waits for a restart may be put into it */
        *ret_empty &= r->edits[i].removes || !postern_slice_eq_nocase(r->edits[i].key, path);
    for (size_t i = 0; !status && i < postern_key_value_count(key); i++)
        *ret_empty &= goes(r, path, postern_key_value_at(key, i)->name, false);
    for (size_t i = 0; !status && i < postern_key_child_count(key); i++) {
        status =
            service_text(r->s, &below, r->reterr, "%.*s\\%.*s", POSTERN_ARG(path), POSTERN_ARG(postern_key_child_name(key, i)));
        if (!status) *ret_empty &= goes(r, below, POSTERN_S(""), true);
    }
    return status;
}

/* Called from the last value to the first, so that a key comes behind all that the update put into it. */
static postern_status revert_value(remover *r, const record_value *value) {
    char *now = NULL;
    postern_update_edit *edit = &r->edits[r->edit_count];
    *edit = (postern_update_edit){
        .key = postern_slice_cstr(value->key), .name = postern_slice_cstr(value->name), .whole_key = value->whole_key};
    postern_status status = record_value_now(r->s, edit->key, edit->name, value->whole_key, &now, r->reterr);
    bool same = !status && !strcmp(now, value->after), back = !status && !strcmp(now, value->before), empty = true;
    free(now);
    if (status || back) return status;
    if (!same) return changed(r, value->key, "a registry value was changed");
    edit->removes = !strcmp(value->before, "-");
    if (edit->removes && value->whole_key) status = is_empty(r, edit->key, &empty);
    if (status || !empty) return status;
    r->edit_count++;
    if (edit->removes || value->whole_key || record_value_read(r->s, value->before, edit)) return POSTERN_OK;
    return postern_fail(r->reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "the record of an update is damaged: %s", value->key);
}

/* The update's names leave PendingFileRenameOperations, those of its removal come. */
static postern_status revert_renames(remover *r) {
    postern_update_edit own = {0};
    bool needed = false;
    for (size_t i = 0; i < r->record.value_count; i++)
        if (r->record.values[i].renames && !record_value_read(r->s, r->record.values[i].after, &own))
            return service_no_memory(r->reterr);
    if (r->pairs.status) return service_no_memory(r->reterr);
    postern_status status =
        restart_edit(r->s, own.raw, postern_buf_slice(&r->pairs), &r->edits[r->edit_count], &needed, r->reterr);
    r->edit_count += !status && needed;
    return status;
}

static postern_status revert_registry(remover *r) {
    r->edits = postern_arena_zalloc(r->s->arena, r->record.value_count + 2, sizeof *r->edits);
    if (!r->edits) return service_no_memory(r->reterr);
    postern_status status = revert_renames(r);
    for (size_t i = r->record.value_count; i-- > 0 && !status;)
        if (!r->record.values[i].renames) status = revert_value(r, &r->record.values[i]);
    if (!status) status = service_stores(r->s, r->edits, r->edit_count, &r->stores, &r->store_count, r->reterr);
    for (size_t i = 0; !status && i < r->store_count; i++) {
        service_store *store = &r->stores[i];
        status = service_store_edit(r->s, store, r->reterr);
        if (!status)
            status = update_tx_put(r->tx, (const char *)store->real.ptr, postern_buf_slice(&store->bytes), 0, r->reterr);
    }
    return status;
}

/* ---- all of it ---- */

/* What the update's file is now: as it left it, or still waiting for the restart; anything else stops the removal. */
static postern_status judge(remover *r, const record_file *file, bool *ret_same, bool *ret_waits) {
    postern_slice path;
    postern_status status = restart_waits(r->s, file, ret_waits, r->reterr);
    if (status || *ret_waits) return status;
    status = look(r, file, ret_same);
    if (status || file->is_registry) return status;
    if (!*ret_same) return changed(r, file->path, "a file was changed");
    if (record_is_log(&r->record, file)) return POSTERN_OK;
    r->at_restart |= restart_in_use(r->s, file->path, r->options) || (r->options && r->options->at_restart);
    /* a file on another drive than the system's is named by no pair that we know */
    status = restart_windows_path(r->s, file->path, &path, r->reterr);
    if (status) return status == POSTERN_UNSUPPORTED ? POSTERN_OK : status;
    return restart_refuse(r->s, POSTERN_S(""), path, r->reterr);
}

/* Folders that came with files which go at the restart: behind them, the one within first. */
static postern_status folders_go_later(remover *r) {
    postern_status status = POSTERN_OK;
    for (size_t i = r->record.folder_count; i-- > 0 && !status;) {
        postern_slice path;
        status = restart_windows_path(r->s, r->record.folders[i], &path, r->reterr);
        if (!status) restart_add_pair(&r->pairs, path, POSTERN_S(""));
    }
    return status;
}

static postern_status put_all_back(remover *r) {
    bool others = false, *waits = postern_arena_zalloc(r->s->arena, r->record.file_count + 1, sizeof *waits);
    bool *stays = postern_arena_zalloc(r->s->arena, r->record.file_count + 1, sizeof *stays);
    if (!waits || !stays) return service_no_memory(r->reterr);
    for (size_t i = 0; i < r->record.file_count; i++) {
        bool same = true;
        const record_file *file = &r->record.files[i];
        postern_status status = record_is_log(&r->record, file) ? log_stays(r, file, &stays[i]) : POSTERN_OK;
        if (!status && !stays[i]) status = judge(r, file, &same, &waits[i]);
        if (status) return status;
        others |= !same;
    }
    others |= r->at_restart;
    for (size_t i = 0; i < r->record.file_count; i++) {
        const record_file *file = &r->record.files[i];
        bool passed = stays[i] || (file->is_registry && others);
        postern_status status = passed ? POSTERN_OK : put_back(r, file, waits[i]);
        if (status) return status;
    }
    postern_status status = r->at_restart ? folders_go_later(r) : POSTERN_OK;
    return status || !others ? status : revert_registry(r);
}

static postern_status drop_store(remover *r) {
    postern_slice path;
    postern_status status = kept_path(r, SERVICE_RECORD, &path);
    if (!status) status = update_tx_delete(r->tx, (const char *)path.ptr, r->reterr);
    for (size_t i = 0; i < r->record.file_count && !status; i++) {
        if (!r->record.files[i].kept) continue;
        status = kept_path(r, r->record.files[i].kept, &path);
        if (!status) status = update_tx_delete(r->tx, (const char *)path.ptr, r->reterr);
    }
    for (size_t i = 0; i < r->record.folder_count && !status; i++) /* the one within first: the other way round */
        status = update_tx_remove_folder(r->tx, r->record.folders[i], r->reterr);
    return status ? status : update_tx_remove_folder(r->tx, r->record.store_real, r->reterr);
}

static postern_status run(remover *r, postern_slice id) {
    postern_slice what;
    postern_status status = record_of(r->s, id, &r->record, r->reterr);
    if (!status && !r->record.removable)
        status = postern_fail(r->reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                              "%s was installed without keeping its originals (/n)", r->record.id);
    if (!status) status = service_text(r->s, &what, r->reterr, "remove %s", r->record.id);
    if (!status) status = update_tx_begin(r->s->root, r->s->windows, (const char *)what.ptr, &r->tx, r->reterr);
    if (!status) r->tx->progress = r->s->progress, r->tx->progress_user = r->s->progress_user;
    if (!status) status = put_all_back(r);
    if (!status) status = drop_store(r);
    return status ? status : update_tx_commit(r->tx, r->reterr);
}

postern_status postern_update_remove(postern_servicing *servicing, postern_slice id, const postern_update_options *options,
                                     bool *ret_restart, postern_error *reterr) {
    remover r = {.s = servicing, .options = options, .reterr = reterr};
    postern_buf_init(&r.pairs, POSTERN_LIMIT_HIVE_ANSWER);
    postern_status status = run(&r, id);
    if (!status) *ret_restart = r.pairs.len != 0;
    update_tx_free(r.tx);
    record_free(&r.record);
    postern_buf_free(&r.pairs);
    service_stores_free(r.stores, r.store_count);
    return status;
}
