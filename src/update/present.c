/*
 * Which updates a system has, whoever installed them: by the records of ours, and by the marks that the installers of Windows
 * and of Wine leave. An update is known by the number of its article; marks without one belong to programs, not to updates.
 *
 * The registry is the attacker's: a key may be damaged or of another type, then it is no mark; titles go out as they are, and
 * whoever shows them escapes them.
 */
#include "present_int.h"

#include <stdlib.h>

const char *postern_trace_name(postern_trace_kind kind) {
    static const char *const names[] = {"",          "record",    "hotfix", "updates", "active-setup",
                                        "about-box", "uninstall", "store",  "files"};
    return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "";
}

/* ---- rows ---- */

present_row *present_row_of(present_list *list, postern_slice id) {
    present_row **at = &list->rows;
    for (; *at; at = &(*at)->next) {
        if (postern_slice_eq_nocase((*at)->present.id, id)) return *at;
        if (postern_slice_compare((*at)->present.id, id) > 0) break;
    }
    present_row *row = postern_arena_zalloc(list->s->arena, 1, sizeof *row);
    if (!row) return NULL;
    row->present.id = id;
    row->next = *at;
    *at = row;
    list->count++;
    return row;
}

postern_status present_add(present_list *list, postern_slice id, postern_trace trace, const postern_key *key,
                           postern_slice title) {
    present_row *row = present_row_of(list, id);
    for (present_trace *t = row ? row->first : NULL; t; t = t->next)
        if (t->trace.kind == trace.kind && postern_slice_eq_nocase(t->trace.where, trace.where)) return POSTERN_OK;
    present_trace *new = row ? postern_arena_zalloc(list->s->arena, 1, sizeof *new) : NULL;
    if (!new) return service_no_memory(list->reterr);
    new->trace = trace;
    new->key = key;
    if (row->last)
        row->last->next = new;
    else
        row->first = new;
    row->last = new;
    if (!row->present.title.len) row->present.title = title;
    return POSTERN_OK;
}

/* ---- keys ---- */

/* What is not there, or cannot be read, is no mark. */
static postern_status tolerated(const present_list *list, postern_status status) {
    return status == POSTERN_NOMEM || status == POSTERN_LIMIT ? service_no_memory(list->reterr) : POSTERN_OK;
}

static postern_status text_of(present_list *list, const postern_key *key, const char *name, postern_slice *ret_text) {
    const postern_value *value = postern_key_value(key, postern_slice_cstr(name));
    *ret_text = (postern_slice){NULL, 0};
    return value ? tolerated(list, postern_value_text(value, list->s->arena, ret_text)) : POSTERN_OK;
}

/* "HKLM\\SOFTWARE\\…", as keys are written everywhere here. */
static postern_status path_of(present_list *list, const postern_key *key, postern_slice *ret_path) {
    static const struct { const char *name, *brief; } roots[] = {{"HKEY_LOCAL_MACHINE", "HKLM"}, {"HKEY_USERS", "HKU"}};
    postern_buf path;
    postern_buf_init(&path, 64 << 10);
    postern_status status = postern_key_path(key, &path);
    postern_slice whole = postern_buf_slice(&path), brief = {NULL, 0};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (!postern_slice_starts(whole, postern_slice_cstr(roots[i].name))) continue;
        brief = postern_slice_cstr(roots[i].brief);
        whole = postern_slice_from(whole, strlen(roots[i].name));
    }
    if (!status) status = service_text(list->s, ret_path, list->reterr, "%.*s%.*s", POSTERN_ARG(brief), POSTERN_ARG(whole));
    postern_buf_free(&path);
    return status ? service_no_memory(list->reterr) : POSTERN_OK;
}

/* A number, or four bytes that are one; false: neither. */
static bool number_of(const postern_key *key, const char *name, uint64_t *ret_number) {
    const postern_value *value = postern_key_value(key, postern_slice_cstr(name));
    if (!value) return false;
    if (!postern_value_number(value, ret_number)) return true;
    postern_cursor c = postern_cursor_of(value->raw);
    *ret_number = postern_cursor_le32(&c);
    return c.ok && value->type == POSTERN_REG_BINARY && value->raw.len == 4;
}

typedef postern_status visitor(present_list *list, const postern_key *key);

static postern_status each_child(present_list *list, const postern_win_view *view, const char *path, visitor *visit) {
    const postern_key *key, *child;
    postern_status status = postern_win_key(list->s->win, view, postern_slice_cstr(path), &key, NULL);
    if (status) return tolerated(list, status);
    for (size_t i = 0; i < postern_key_child_count(key); i++) {
        status = postern_key_child(key, i, &child, NULL);
        status = status ? tolerated(list, status) : visit(list, child);
        if (status) return status;
    }
    return POSTERN_OK;
}

/* A key that says so by a number; `needs`: without the value it denies. */
static postern_status add_flagged(present_list *list, postern_slice id, postern_trace_kind kind, const postern_key *key,
                                  const char *name, postern_slice title) {
    uint64_t number = 0;
    postern_trace trace = {.kind = kind};
    bool there = number_of(key, name, &number);
    trace.denies = !there || number != 1;
    postern_status status = path_of(list, key, &trace.where);
    if (!status)
        status = there ? service_text(list->s, &trace.found, list->reterr, "%s = %llu", name, (unsigned long long)number)
                       : service_text(list->s, &trace.found, list->reterr, "no value %s", name);
    return status ? status : present_add(list, id, trace, key, title);
}

static postern_status article(present_list *list, postern_slice text, postern_slice *ret_id) {
    *ret_id = (postern_slice){NULL, 0};
    return update_article(text, list->s->arena, ret_id) ? service_no_memory(list->reterr) : POSTERN_OK;
}

/* ---- the marks, one kind after the other ---- */

static postern_status visit_hotfix(present_list *list, const postern_key *key) {
    postern_slice id, title;
    postern_status status = article(list, postern_key_name(key), &id);
    if (status || !id.len) return status;
    status = text_of(list, key, "Fix Description", &title);
    if (!status && !title.len) status = text_of(list, key, "Comments", &title);
    return status ? status : add_flagged(list, id, POSTERN_TRACE_HOTFIX, key, "Installed", title);
}

/* Updates\PRODUCT\SP\KB…; some installers leave out the service pack. */
static postern_status visit_update(present_list *list, const postern_key *key) {
    postern_slice id, title;
    postern_trace trace = {.kind = POSTERN_TRACE_UPDATES};
    postern_status status = article(list, postern_key_name(key), &id);
    if (status || !id.len) return status;
    status = text_of(list, key, "Description", &title);
    if (!status) status = text_of(list, key, "InstalledDate", &trace.found);
    if (!status) status = path_of(list, key, &trace.where);
    return status ? status : present_add(list, id, trace, key, title);
}

static postern_status visit_below(present_list *list, const postern_key *key, unsigned depth) {
    postern_status status = visit_update(list, key);
    for (size_t i = 0; !status && depth && i < postern_key_child_count(key); i++) {
        const postern_key *child;
        status = postern_key_child(key, i, &child, NULL);
        status = status ? tolerated(list, status) : visit_below(list, child, depth - 1);
    }
    return status;
}

static postern_status visit_product(present_list *list, const postern_key *key) {
    return visit_below(list, key, 2);
}

/* The bulletin's component says its number in its title only, and not every installer writes one. */
static postern_status visit_component(present_list *list, const postern_key *key) {
    postern_slice id, title, component;
    postern_status status = text_of(list, key, "", &title);
    if (!status) status = text_of(list, key, "ComponentID", &component);
    if (!status) status = article(list, title, &id);
    if (!status && !id.len) status = article(list, component, &id);
    if (!status && !id.len &&
        postern_slice_eq_nocase(postern_key_name(key), POSTERN_S("{2cc9d512-6db6-4f1c-8979-9a41fae88de0}")))
        id = POSTERN_S("KB837009");
    if (status || !id.len) return status;
    return add_flagged(list, id, POSTERN_TRACE_SETUP, key, "IsInstalled", title);
}

static postern_status visit_entry(present_list *list, const postern_key *key) {
    postern_slice id, title;
    postern_trace trace = {.kind = POSTERN_TRACE_UNINSTALL};
    postern_status status = text_of(list, key, "DisplayName", &title);
    if (!status) status = article(list, postern_key_name(key), &id);
    if (!status && !id.len) status = article(list, title, &id);
    if (status || !id.len) return status;
    status = text_of(list, key, "UninstallString", &trace.found);
    if (!status) status = path_of(list, key, &trace.where);
    return status ? status : present_add(list, id, trace, key, title);
}

static postern_status add_about_box(present_list *list) {
    const postern_value *value;
    postern_slice key = POSTERN_S("HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"), text, id;
    postern_status status = postern_win_value(list->s->win, NULL, key, POSTERN_S("MinorVersion"), &value, NULL);
    if (!status) status = postern_value_text(value, list->s->arena, &text);
    if (status) return tolerated(list, status);
    for (postern_cut cut = {.tail = text, .ok = true}; cut.ok;) {
        cut = postern_slice_cut(cut.tail, ';');
        postern_slice item = postern_slice_trim(cut.head);
        status = article(list, item, &id);
        if (!status && id.len)
            status =
                present_add(list, id, (postern_trace){POSTERN_TRACE_ABOUT, false, key, item}, NULL, (postern_slice){NULL, 0});
        if (status) return status;
    }
    return POSTERN_OK;
}

/* ---- folders and records ---- */

static postern_status add_records(present_list *list) {
    const postern_update_record *records;
    size_t count;
    postern_status status = postern_update_list(list->s, &records, &count, list->reterr);
    for (size_t i = 0; i < count && !status; i++) {
        const postern_trace trace = {POSTERN_TRACE_RECORD, false, records[i].store, {NULL, 0}};
        status = present_add(list, records[i].id, trace, NULL, records[i].title);
        if (!status) present_row_of(list, records[i].id)->present.record = &records[i];
    }
    return status;
}

static postern_status add_stores(present_list *list) {
    const postern_win_folder *folder;
    postern_status status = postern_win_list(list->s->win, NULL, list->s->windows_path, &folder, list->reterr);
    for (size_t i = 0; !status && i < folder->count; i++) {
        postern_slice id, name = folder->entries[i].name, where, head = POSTERN_S("$NTUninstall");
        if (!folder->entries[i].is_folder || !postern_slice_starts_nocase(name, head)) continue;
        status = article(list, postern_slice_from(name, head.len), &id);
        if (status || !id.len) continue;
        if (present_row_of(list, id) && present_row_of(list, id)->present.record) continue;
        status =
            service_text(list->s, &where, list->reterr, "%.*s\\%.*s", POSTERN_ARG(list->s->windows_path), POSTERN_ARG(name));
        if (!status)
            status = present_add(list, id, (postern_trace){POSTERN_TRACE_STORE, false, where, {NULL, 0}}, NULL,
                                 (postern_slice){NULL, 0});
    }
    return status;
}

/* ---- all ---- */

#define MICROSOFT "HKLM\\SOFTWARE\\Microsoft"

static postern_status collect_view(present_list *list, const postern_win_view *view) {
    postern_status status = each_child(list, view, MICROSOFT "\\Windows NT\\CurrentVersion\\Hotfix", visit_hotfix);
    if (!status) status = each_child(list, view, MICROSOFT "\\Updates", visit_product);
    if (!status) status = each_child(list, view, MICROSOFT "\\Active Setup\\Installed Components", visit_component);
    return status ? status : each_child(list, view, MICROSOFT "\\Windows\\CurrentVersion\\Uninstall", visit_entry);
}

postern_status present_collect(present_list *list) {
    const postern_win_view bits32 = {.user = POSTERN_NO_USER, .bits32 = true};
    postern_win *win = list->s->win;
    postern_status status = add_records(list);
    if (!status) status = collect_view(list, NULL);
    if (!status) status = collect_view(list, &bits32); /* the same keys again where there is no second half */
    if (!status) status = add_about_box(list);
    if (!status) status = add_stores(list);
    for (size_t i = 0; i < postern_win_user_count(win) && !status; i++) {
        const postern_win_view view = {.user = i};
        if (!postern_win_user_at(win, i)->has_hive) continue;
        status = each_child(list, &view, "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall", visit_entry);
    }
    return status;
}

/* Marks that all say "not installed" are what removal leaves behind. */
static bool is_present(const present_row *row) {
    for (const present_trace *t = row->first; t; t = t->next)
        if (!t->trace.denies) return true;
    return row->present.contradiction.len != 0;
}

postern_status postern_update_present(postern_servicing *servicing, const postern_present **ret_rows, size_t *ret_count,
                                      postern_error *reterr) {
    present_list list = {.s = servicing, .reterr = reterr};
    postern_status status = postern_audit_run(servicing->win, &list.audit, reterr);
    if (!status) status = present_collect(&list);
    if (!status) status = present_judge(&list);
    postern_audit_free(list.audit);
    if (status) return status;
    postern_present *rows = postern_arena_zalloc(servicing->arena, list.count + 1, sizeof *rows);
    if (!rows) return service_no_memory(reterr);
    size_t count = 0;
    for (const present_row *row = list.rows; row; row = row->next)
        if (is_present(row)) rows[count++] = row->present;
    *ret_rows = rows;
    *ret_count = count;
    return POSTERN_OK;
}
