/*
 * Installing: the plan as one transaction. Originals go into the store first, then files, then registry files with the marks in
 * them, then the record that removal needs and the log; all of it appears at once or not at all (T1).
 */
#define _GNU_SOURCE
#include "service_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct installer {
    postern_servicing *s;
    const postern_update_plan *plan;
    const postern_update_options *options;
    update_tx *tx;
    service_record record;
    postern_slice store; /* real */
    postern_buf record_bytes, log;
    service_store *stores;
    size_t store_count;
    postern_error *reterr;
} installer;

static postern_status no_memory(const installer *in) {
    return service_no_memory(in->reterr);
}

static char *text_of(postern_slice s) {
    return s.len ? strndup((const char *)s.ptr, s.len) : strdup("");
}

/* ---- one file: keep what was, put what comes, remember both ---- */

/* The original goes into the store. */
static postern_status keep(installer *in, record_file *file, const char *path) {
    postern_slice kept;
    if (file->was_absent || in->options->no_backup) return POSTERN_OK;
    if (asprintf(&file->kept, "%04zu", in->record.file_count) < 0) {
        file->kept = NULL;
        return no_memory(in);
    }
    postern_status status = service_text(in->s, &kept, in->reterr, "%.*s/%s", POSTERN_ARG(in->store), file->kept);
    return status ? status : update_tx_keep(in->tx, path, (const char *)kept.ptr, in->reterr);
}

static postern_status put(installer *in, const char *path, postern_slice bytes, int64_t time, bool is_registry) {
    record_file *file = record_add_file(&in->record, path);
    if (!file) return no_memory(in);
    file->is_registry = is_registry;
    update_sha256(bytes, file->after);
    postern_status status = tx_digest(in->s->root, path, file->before, in->reterr);
    file->was_absent = status == POSTERN_NOTFOUND;
    if (status && !file->was_absent) return status;
    status = keep(in, file, path);
    return status ? status : update_tx_put(in->tx, path, bytes, time, in->reterr);
}

/* The file stays, what comes waits beside it. */
static postern_status put_waiting(installer *in, const postern_update_step *step, const postern_package_file *comes) {
    const char *path = (const char *)step->real.ptr, *staged = (const char *)step->staged_real.ptr;
    record_file *file = record_add_file(&in->record, path);
    if (!file || !(file->staged = strdup(staged))) return no_memory(in);
    update_sha256(comes->bytes, file->after);
    postern_status status = tx_digest(in->s->root, path, file->before, in->reterr);
    file->was_absent = status == POSTERN_NOTFOUND;
    if (status && !file->was_absent) return status;
    status = keep(in, file, path);
    if (status) return status;
    return file->was_absent ? update_tx_put(in->tx, staged, comes->bytes, comes->time, in->reterr)
                            : update_tx_put_like(in->tx, staged, comes->bytes, comes->time, path, in->reterr);
}

static postern_status put_files(installer *in) {
    const postern_update_plan *plan = in->plan;
    for (size_t i = 0; i < plan->step_count; i++) {
        const postern_update_step *step = &plan->steps[i];
        if (step->kind != POSTERN_STEP_ADD && step->kind != POSTERN_STEP_REPLACE) continue;
        const postern_package_file *file = &plan->package->files[step->file];
        postern_status status = step->at_restart ? put_waiting(in, step, file)
                                                 : put(in, (const char *)step->real.ptr, file->bytes, file->time, false);
        if (status) return status;
    }
    return POSTERN_OK;
}

/* ---- registry ---- */

/* Its key, should it not be there, then the value. */
static postern_status note_renames(installer *in) {
    postern_update_edit key = *in->plan->renames;
    key.whole_key = true;
    postern_status status = record_note_edit(in->s, &in->record, &key, in->reterr);
    return status ? status : restart_note(in->s, &in->record, in->plan, in->reterr);
}

static postern_status put_registry(installer *in) {
    postern_status status =
        service_stores(in->s, in->plan->edits, in->plan->edit_count, &in->stores, &in->store_count, in->reterr);
    for (size_t i = 0; i < in->plan->edit_count && !status; i++)
        status = &in->plan->edits[i] == in->plan->renames
                     ? note_renames(in)
                     : record_note_edit(in->s, &in->record, &in->plan->edits[i], in->reterr);
    for (size_t i = 0; i < in->store_count && !status; i++) {
        service_store *store = &in->stores[i];
        status = service_store_edit(in->s, store, in->reterr);
        if (!status) status = put(in, (const char *)store->real.ptr, postern_buf_slice(&store->bytes), 0, true);
    }
    return status;
}

/* ---- record and log ---- */

static const char *const step_words[] = {[POSTERN_STEP_ADD] = "added",
                                         [POSTERN_STEP_REPLACE] = "replaced",
                                         [POSTERN_STEP_KEEP_NEWER] = "kept, it is newer",
                                         [POSTERN_STEP_KEEP_EQUAL] = "kept, it is the same",
                                         [POSTERN_STEP_KEEP_ABSENT] = "not there, nothing to replace",
                                         [POSTERN_STEP_KEEP_PRESENT] = "kept, it was there before"};

const char *service_step_word(postern_step_kind kind) {
    return step_words[kind];
}

static void log_line(installer *in, const char *what, postern_slice text) {
    time_t now = (time_t)in->s->now;
    struct tm t = {0};
    gmtime_r(&now, &t);
    postern_buf_printf(&in->log, "%04d/%02d/%02d %02d:%02d:%02d %s", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
                       t.tm_min, t.tm_sec, what);
    postern_escape_line(&in->log, text, 4096);
    postern_buf_add_slice(&in->log, POSTERN_S("\r\n"));
}

static void write_log(installer *in) {
    const postern_update_plan *plan = in->plan;
    char version[POSTERN_WIN_VERSION_TEXT];
    log_line(in, "install ", plan->package->id);
    log_line(in, plan->overridden ? "prerequisites overridden: " : "prerequisites: ", plan->need);
    if (plan->overridden) log_line(in, "reason: ", in->options->reason);
    if (plan->branch)
        log_line(in,
                 plan->branch == POSTERN_BRANCH_QFE ? "branch qfe: " : "branch gdr: ", postern_slice_cstr(plan->branch_reason));
    for (size_t i = 0; i < plan->step_count; i++) {
        const postern_update_step *step = &plan->steps[i];
        log_line(in, "file ", step->path);
        if (step->has_version) log_line(in, "  was ", postern_slice_cstr(postern_win_version_text(step->version, version)));
        log_line(in, "  ", postern_slice_cstr(step_words[step->kind]));
        if (step->at_restart) log_line(in, "  waits for the restart as ", step->staged);
    }
    for (size_t i = 0; i < plan->edit_count; i++) {
        log_line(in, plan->edits[i].removes ? "registry - " : "registry + ", plan->edits[i].key);
        if (!plan->edits[i].whole_key) log_line(in, "  ", plan->edits[i].name);
    }
    log_line(in, "done", POSTERN_S(""));
}

/* The log goes on where an older one ended. */
static postern_status put_log(installer *in) {
    postern_slice path;
    postern_file *file;
    postern_status status =
        service_text(in->s, &path, in->reterr, "%s/%.*s.log", in->s->windows, POSTERN_ARG(in->plan->package->id));
    if (status) return status;
    status = tx_read(in->s->root, (const char *)path.ptr, &file, in->reterr);
    if (status && status != POSTERN_NOTFOUND) return status;
    if (!status) {
        postern_buf_add_slice(&in->log, postern_file_bytes(file));
        postern_file_close(file);
    }
    write_log(in);
    return in->log.status ? no_memory(in) : put(in, (const char *)path.ptr, postern_buf_slice(&in->log), 0, false);
}

static postern_status put_record(installer *in) {
    postern_slice path;
    postern_status status = record_write(&in->record, &in->record_bytes, in->reterr);
    if (!status) status = service_text(in->s, &path, in->reterr, "%.*s/" SERVICE_RECORD, POSTERN_ARG(in->store));
    return status ? status : update_tx_put(in->tx, (const char *)path.ptr, postern_buf_slice(&in->record_bytes), 0, in->reterr);
}

static postern_status begin_record(installer *in) {
    const postern_package_info *info = in->plan->package;
    service_record *r = &in->record;
    r->id = text_of(info->id);
    r->title = text_of(info->title);
    r->reason = text_of(in->plan->overridden ? in->options->reason : POSTERN_S(""));
    r->family = strdup(info->family == POSTERN_FAMILY_A ? "A" : "B");
    r->branch = strdup(in->plan->branch == POSTERN_BRANCH_QFE ? "qfe" : in->plan->branch == POSTERN_BRANCH_GDR ? "gdr" : "-");
    r->time = in->s->now;
    r->removable = !in->options->no_backup;
    return r->id && r->title && r->reason && r->family && r->branch ? POSTERN_OK : no_memory(in);
}

static postern_status make_folders(installer *in) {
    postern_status status = update_tx_folder(in->tx, (const char *)in->store.ptr, in->reterr);
    for (size_t i = 0; i < in->plan->folder_count && !status; i++) {
        const char *path = (const char *)in->plan->folders[i].ptr;
        status = update_tx_folder(in->tx, path, in->reterr);
        if (!status && !record_add_folder(&in->record, path)) status = no_memory(in);
    }
    return status;
}

static postern_status run(installer *in) {
    postern_slice what;
    postern_status status = begin_record(in);
    if (!status) status = record_store(in->s, in->plan->package->id, &in->store, in->reterr);
    if (!status) status = service_text(in->s, &what, in->reterr, "install %.*s", POSTERN_ARG(in->plan->package->id));
    if (!status) status = update_tx_begin(in->s->root, in->s->windows, (const char *)what.ptr, &in->tx, in->reterr);
    if (!status) in->tx->progress = in->s->progress, in->tx->progress_user = in->s->progress_user;
    if (!status) status = make_folders(in);
    if (!status) status = put_files(in);
    if (!status) status = put_registry(in);
    if (!status) status = put_log(in);
    if (!status) status = put_record(in);
    return status ? status : update_tx_commit(in->tx, in->reterr);
}

postern_status postern_update_install(postern_servicing *servicing, const postern_update_plan *plan,
                                      const postern_update_options *options, postern_error *reterr) {
    if (!plan->fits)
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "not for this system: %.*s", POSTERN_ARG(plan->need));
    if (plan->installed)
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "%.*s is installed already",
                            POSTERN_ARG(plan->package->id));
    installer in = {.s = servicing, .plan = plan, .options = options, .reterr = reterr};
    postern_buf_init(&in.record_bytes, POSTERN_LIMIT_HIVE);
    postern_buf_init(&in.log, POSTERN_LIMIT_HIVE);
    postern_status status = run(&in);
    update_tx_free(in.tx);
    record_free(&in.record);
    service_stores_free(in.stores, in.store_count);
    postern_buf_free(&in.record_bytes);
    postern_buf_free(&in.log);
    return status;
}

/* ---- the plan ---- */

postern_status postern_update_plan_install(postern_servicing *servicing, const postern_package *package,
                                           const postern_update_options *options, const postern_update_plan **ret_plan,
                                           postern_error *reterr) {
    const postern_package_info *info = postern_package_info_of(package);
    service_record record = {0};
    postern_error why;
    if (info->family == POSTERN_FAMILY_NONE || !info->id.len)
        return postern_fail(reterr, POSTERN_UNSUPPORTED, POSTERN_NO_OFFSET,
                            "the package has no setup information that is known here, so it cannot be installed");
    postern_update_plan *plan = postern_arena_zalloc(servicing->arena, 1, sizeof *plan);
    if (!plan) return service_no_memory(reterr);
    plan->package = info;
    postern_status status = record_of(servicing, info->id, &record, &why);
    plan->installed = !status;
    for (size_t i = 0; i < record.file_count && !status && !plan->waits; i++)
        status = restart_waits(servicing, &record.files[i], &plan->waits, &why);
    record_free(&record);
    if (status && status != POSTERN_NOTFOUND) {
        if (reterr) *reterr = why;
        return status;
    }
    status = service_text(servicing, &plan->store, reterr, "%.*s\\$NTUninstall%.*s$", POSTERN_ARG(servicing->windows_path),
                          POSTERN_ARG(info->id));
    if (!status) status = plan_needs(servicing, package, plan, reterr);
    plan->overridden = !status && !plan->fits && options->any_version;
    plan->fits |= plan->overridden;
    if (!status) status = plan_branch(servicing, package, plan, reterr);
    if (!status) status = plan_files(servicing, package, options, plan, reterr);
    if (!status) status = plan_edits(servicing, package, plan, reterr);
    if (!status) *ret_plan = plan;
    return status;
}
