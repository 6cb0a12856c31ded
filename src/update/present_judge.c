/*
 * What the traces of an update mean together: which updates on the system contain which, and where files, marks and record
 * disagree (T4). Files decide: those of KB837009 by the bulletin's table as the audit reads it, those of another update by the
 * list of files that its installer left in the registry, those that we installed by our record.
 */
#include "present_int.h"

/* ---- lists of files ---- */

postern_status present_file_list(const present_row *row, const postern_key **ret_key, postern_error *reterr) {
    *ret_key = NULL;
    for (const present_trace *t = row->first; t && !*ret_key; t = t->next) {
        if (t->trace.kind != POSTERN_TRACE_UPDATES) continue;
        postern_status status = postern_key_open(t->key, POSTERN_S("Filelist"), ret_key, NULL);
        if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) return service_no_memory(reterr);
        if (status) *ret_key = NULL;
    }
    return POSTERN_OK;
}

static postern_status text_at(present_list *list, const postern_key *key, const char *name, postern_slice *ret_text) {
    const postern_value *value = postern_key_value(key, postern_slice_cstr(name));
    *ret_text = (postern_slice){NULL, 0};
    postern_status status = value ? postern_value_text(value, list->s->arena, ret_text) : POSTERN_OK;
    return status == POSTERN_NOMEM || status == POSTERN_LIMIT ? service_no_memory(list->reterr) : POSTERN_OK;
}

postern_status present_file_at(present_list *list, const postern_key *files, size_t index, present_file *ret_file,
                               bool *ret_given) {
    const postern_key *key;
    postern_slice name, folder, version;
    *ret_given = false;
    postern_status status = postern_key_child(files, index, &key, NULL);
    if (status) return status == POSTERN_NOMEM || status == POSTERN_LIMIT ? service_no_memory(list->reterr) : POSTERN_OK;
    status = text_at(list, key, "FileName", &name);
    if (!status) status = text_at(list, key, "Location", &folder);
    if (!status) status = text_at(list, key, "Version", &version);
    if (status || !name.len || !folder.len) return status;
    ret_file->has_version = postern_win_version_parse(version, &ret_file->wanted);
    *ret_given = true;
    const char *between = folder.ptr[folder.len - 1] == '\\' ? "" : "\\";
    return service_text(list->s, &ret_file->path, list->reterr, "%.*s%s%.*s", POSTERN_ARG(folder), between, POSTERN_ARG(name));
}

static bool is_memory(postern_status status) {
    return status == POSTERN_NOMEM || status == POSTERN_LIMIT;
}

postern_status present_file_look(present_list *list, const present_file *file, const char **ret_wrong,
                                 postern_slice *ret_found) {
    char text[POSTERN_WIN_VERSION_TEXT];
    const postern_pe *pe;
    postern_win_file st;
    postern_slice path = file->path;
    postern_status status = postern_win_stat(list->s->win, NULL, path, &st, NULL);
    *ret_wrong = status == POSTERN_NOTFOUND ? "is not there" : status ? "cannot be read" : NULL;
    *ret_found = POSTERN_S("absent");
    if (is_memory(status)) return service_no_memory(list->reterr);
    if (status) return POSTERN_OK;
    *ret_found = POSTERN_S("no version");
    status = postern_win_pe(list->s->win, NULL, path, &pe, NULL);
    if (is_memory(status)) return service_no_memory(list->reterr);
    bool has = !status && pe->has_version;
    if (file->has_version && !has) *ret_wrong = "has no version";
    if (has && file->has_version && postern_win_version_compare(pe->file_version, file->wanted) < 0)
        *ret_wrong = "is older than the update";
    return has ? service_text(list->s, ret_found, list->reterr, "%s", postern_win_version_text(pe->file_version, text))
               : POSTERN_OK;
}

/* ---- what disagrees ---- */

static postern_status disagree(present_list *list, present_row *row, const char *what, postern_slice where) {
    if (row->present.contradiction.len) return POSTERN_OK; /* the first one is enough */
    return service_text(list->s, &row->present.contradiction, list->reterr, "%s: %.*s", what, POSTERN_ARG(where));
}

static postern_status judge_files(present_list *list, present_row *row) {
    const postern_key *files;
    postern_status status = present_file_list(row, &files, list->reterr);
    for (size_t i = 0; !status && files && i < postern_key_child_count(files); i++) {
        present_file file;
        bool given;
        const char *wrong = NULL;
        postern_slice found, text;
        status = present_file_at(list, files, i, &file, &given);
        if (!status && given) status = present_file_look(list, &file, &wrong, &found);
        if (status || !wrong) continue;
        status = service_text(list->s, &text, list->reterr, "a file of it %s", wrong);
        if (!status) status = disagree(list, row, (const char *)text.ptr, file.path);
    }
    return status;
}

static postern_status judge_marks(present_list *list, present_row *row) {
    bool affirmed = false;
    for (const present_trace *t = row->first; t; t = t->next) affirmed |= !t->trace.denies;
    for (const present_trace *t = row->first; affirmed && t; t = t->next) {
        if (!t->trace.denies) continue;
        postern_slice text;
        const char *what = t->trace.kind == POSTERN_TRACE_FILES ? "marked as installed, but a file is older than the fix"
                                                                : "its marks disagree";
        postern_status status = service_text(list->s, &text, list->reterr, "%s, %.*s", what, POSTERN_ARG(t->trace.found));
        return status ? status : disagree(list, row, (const char *)text.ptr, t->trace.where);
    }
    return POSTERN_OK;
}

/* Of ours: what was taken away or put back behind our back. A file that is merely another one may be a later update's. */
static postern_status judge_record(present_list *list, present_row *row) {
    const postern_update_check *checks;
    size_t count = 0;
    if (!row->present.record) return POSTERN_OK;
    postern_status status = postern_update_verify(list->s, row->present.id, &checks, &count, list->reterr);
    for (size_t i = 0; i < count && !status; i++) {
        if (checks[i].good || !strcmp(checks[i].what, "changed since")) continue;
        postern_slice text;
        if (!strcmp(checks[i].what, "restart pending")) /* whatever else disagrees is explained by that */
            return service_text(list->s, &row->present.contradiction, list->reterr,
                                "its files wait for the restart of the system: %.*s", POSTERN_ARG(checks[i].place));
        status = service_text(list->s, &text, list->reterr, "what it installed: %s", checks[i].what);
        if (!status) status = disagree(list, row, (const char *)text.ptr, checks[i].place);
    }
    return status;
}

/* ---- KB837009: the bulletin's table ---- */

static bool ends_nocase(postern_slice s, postern_slice end) {
    return s.len >= end.len && postern_slice_eq_nocase(postern_slice_from(s, s.len - end.len), end);
}

const postern_evidence *present_handler_of(const postern_audit_component *c) {
    for (size_t i = 0; i < c->evidence_count; i++)
        if (c->evidence[i].kind == POSTERN_EVIDENCE_FILE && ends_nocase(c->evidence[i].where, POSTERN_S("\\inetcomm.dll")))
            return &c->evidence[i];
    return NULL;
}

/* The texts of evidence live as long as the audit. */
static postern_status add_evidence(present_list *list, const postern_evidence *e, const char *branch) {
    postern_trace trace = {.kind = POSTERN_TRACE_FILES, .denies = e->sign == POSTERN_EVIDENCE_OPEN};
    postern_status status = service_text(list->s, &trace.where, list->reterr, "%.*s", POSTERN_ARG(e->where));
    if (branch && strncmp(branch, "rtm", 3) != 0) branch = NULL; /* cannot be told */
    if (!status)
        status = service_text(list->s, &trace.found, list->reterr, "%.*s%s%s", POSTERN_ARG(e->found), branch ? ", branch " : "",
                              branch ? branch : "");
    return status ? status : present_add(list, POSTERN_S("KB837009"), trace, NULL, POSTERN_S(""));
}

present_row *present_find(const present_list *list, postern_slice id) {
    for (present_row *row = list->rows; row; row = row->next)
        if (postern_slice_eq_nocase(row->present.id, id)) return row;
    return NULL;
}

/* Which update claims it: this one, or the first one here that contains it. */
static present_row *claimant(const present_list *list) {
    const postern_known_update *known = postern_known_update_of(POSTERN_S("KB837009"));
    present_row *row = NULL;
    for (; known && !row; known = known->contained_in ? postern_known_update_of(postern_slice_cstr(known->contained_in)) : NULL)
        row = present_find(list, postern_slice_cstr(known->id));
    return row;
}

static postern_status judge_bulletin(present_list *list) {
    const postern_audit_report *report = postern_audit_report_of(list->audit);
    for (size_t i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &report->components[i];
        const postern_evidence *handler = present_handler_of(c);
        bool speaks = c->files == POSTERN_VERDICT_FIXED && c->verdict == POSTERN_VERDICT_CONTRADICTION;
        if (!c->installed || !handler) continue;
        postern_status status = POSTERN_OK;
        if (present_find(list, POSTERN_S("KB837009")) || speaks) status = add_evidence(list, handler, report->branch);
        present_row *row = claimant(list);
        if (!status && row && c->verdict == POSTERN_VERDICT_CONTRADICTION)
            status = disagree(list, row, c->reason, handler->where);
        if (status) return status;
    }
    return POSTERN_OK;
}

/* ---- what contains what ---- */

static postern_status link_row(present_list *list, present_row *row) {
    enum { CHAIN = 16 };
    postern_slice chain[CHAIN];
    size_t count = 0;
    const postern_known_update *known = row->present.known = postern_known_update_of(row->present.id);
    if (known && !row->present.title.len) row->present.title = postern_slice_cstr(known->title);
    while (known && known->contained_in && count < CHAIN) {
        postern_slice id = postern_slice_cstr(known->contained_in);
        if (present_find(list, id)) chain[count++] = id;
        known = postern_known_update_of(id);
    }
    postern_slice *copy = postern_arena_zalloc(list->s->arena, count + 1, sizeof *copy);
    if (!copy) return service_no_memory(list->reterr);
    if (count) memcpy(copy, chain, count * sizeof *copy);
    row->present.replaced_by = copy;
    row->present.replaced_count = count;
    return POSTERN_OK;
}

static postern_status fill_traces(present_list *list, present_row *row) {
    size_t count = 0;
    for (const present_trace *t = row->first; t; t = t->next) count++;
    postern_trace *traces = postern_arena_zalloc(list->s->arena, count + 1, sizeof *traces);
    if (!traces) return service_no_memory(list->reterr);
    row->present.traces = traces;
    for (const present_trace *t = row->first; t; t = t->next) traces[row->present.trace_count++] = t->trace;
    return POSTERN_OK;
}

postern_status present_judge(present_list *list) {
    postern_status status = judge_bulletin(list);
    for (present_row *row = list->rows; row && !status; row = row->next) {
        status = link_row(list, row);
        if (!status) status = judge_files(list, row);
        if (!status) status = judge_record(list, row);
        if (!status) status = judge_marks(list, row);
        if (!status) status = fill_traces(list, row);
    }
    return status;
}
