/*
 * The verdict on a system for MS04-013: the frame. Files decide, marks are evidence (T4). What an attacker does with a tree:
 * names that lead out of it, hives and programs that break their reader; all of that is the room win's, and what it refuses is
 * evidence here, never a reason to look elsewhere (Z2).
 */
#include "audit_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 4096 };

void *audit_push(postern_audit *audit, audit_list *list, size_t size) {
    if (audit->status) return NULL;
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 8;
        void *grown = postern_arena_zalloc(audit->arena, room, size);
        if (!grown) {
            audit->status = postern_arena_failure(audit->arena);
            return NULL;
        }
        if (list->count) memcpy(grown, list->items, list->count * size);
        list->items = grown;
        list->room = room;
    }
    return (char *)list->items + list->count++ * size;
}

postern_evidence *audit_evidence(postern_audit *audit, unsigned component, postern_evidence_kind kind, const char *what) {
    static postern_evidence nowhere; /* written, never read: the run has failed */
    postern_evidence *e = audit_push(audit, &audit->evidence[component], sizeof *e);
    if (!e) e = &nowhere;
    *e = (postern_evidence){.kind = kind, .what = what};
    return e;
}

void audit_measure(postern_audit *audit, postern_measure_kind kind, postern_measure_state state, const char *id,
                   const char *title, size_t user, postern_slice detail) {
    postern_measure *m = audit_push(audit, &audit->measures, sizeof *m);
    if (m) *m = (postern_measure){.kind = kind, .state = state, .id = id, .title = title, .user = user, .detail = detail};
}

postern_slice audit_format(postern_audit *audit, const char *fmt, ...) {
    char text[TEXT_MAX];
    postern_slice copy = {0};
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (audit->status || len <= 0) return copy;
    postern_slice whole = postern_slice_of(text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
    postern_status status = postern_arena_copy(audit->arena, whole, &copy);
    if (status) audit->status = status;
    return copy;
}

postern_slice audit_version(postern_audit *audit, postern_win_version version) {
    char text[POSTERN_WIN_VERSION_TEXT];
    return audit_format(audit, "%s", postern_win_version_text(version, text));
}

bool audit_tolerate(postern_audit *audit, postern_status status, const postern_error *error, postern_slice *ret_found) {
    *ret_found = (postern_slice){0};
    if (status == POSTERN_OK) return true;
    if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) {
        if (!audit->status) audit->status = status;
        return false;
    }
    *ret_found = status == POSTERN_NOTFOUND ? POSTERN_S("absent") : audit_format(audit, "%s", error->text);
    return false;
}

/* ---- registry ---- */

bool audit_value_text(postern_audit *audit, const postern_win_view *view, const char *key, const char *name,
                      postern_slice *ret_text) {
    const postern_value *value;
    postern_error error;
    postern_slice why;
    postern_status status =
        postern_win_value(audit->win, view, postern_slice_cstr(key), postern_slice_cstr(name), &value, &error);
    if (!audit_tolerate(audit, status, &error, &why)) return false;
    uint64_t number;
    status = postern_value_text(value, audit->arena, ret_text);
    if (status == POSTERN_FORMAT && postern_value_number(value, &number) == POSTERN_OK) {
        *ret_text = audit_format(audit, "%llu", (unsigned long long)number);
        return audit->status == POSTERN_OK;
    }
    return audit_tolerate(audit, status, &(postern_error){.text = "of another type"}, &why);
}

bool audit_value_number(postern_audit *audit, const postern_win_view *view, const char *key, const char *name,
                        uint64_t *ret_number) {
    const postern_value *value;
    postern_error error;
    postern_slice why, text;
    postern_status status =
        postern_win_value(audit->win, view, postern_slice_cstr(key), postern_slice_cstr(name), &value, &error);
    if (!audit_tolerate(audit, status, &error, &why)) return false;
    if (postern_value_number(value, ret_number) == POSTERN_OK) return true;
    status = postern_value_text(value, audit->arena, &text);
    return status == POSTERN_OK && postern_slice_uint(text, UINT32_MAX, ret_number);
}

bool audit_key_exists(postern_audit *audit, const postern_win_view *view, const char *path) {
    const postern_key *key;
    postern_error error;
    postern_slice why;
    return audit_tolerate(audit, postern_win_key(audit->win, view, postern_slice_cstr(path), &key, &error), &error, &why);
}

/* Items between semicolons: "Q837009" or "KB837009", blanks around them, anything behind the number but a digit. */
bool audit_lists_update(postern_slice list, const char *number) {
    postern_slice wanted = postern_slice_cstr(number);
    postern_cut cut;
    do {
        cut = postern_slice_cut(list, ';');
        postern_slice item = postern_slice_trim(cut.head);
        if (postern_slice_starts_nocase(item, POSTERN_S("KB")))
            item = postern_slice_from(item, 2);
        else if (postern_slice_starts_nocase(item, POSTERN_S("Q")))
            item = postern_slice_from(item, 1);
        if (postern_slice_starts(item, wanted) && (item.len == wanted.len || !postern_ascii_digit(item.ptr[wanted.len])))
            return true;
        list = cut.tail;
    } while (cut.ok);
    return false;
}

/* ---- words ---- */

const char *postern_verdict_name(postern_verdict verdict) {
    static const char *const names[] = {"not affected", "fixed", "cannot be told", "contradiction", "affected"};
    return (unsigned)verdict < sizeof names / sizeof *names ? names[verdict] : "cannot be told";
}

const char *postern_measure_state_name(postern_measure_state state) {
    static const char *const names[] = {"on", "off", "cannot be told", "not applicable"};
    return (unsigned)state < sizeof names / sizeof *names ? names[state] : "cannot be told";
}

/* ---- the run ---- */

/* Without a registry there are no marks to miss: 98 and Me keep it in another form, a backup may have left it out. */
static void find_registry(postern_audit *audit) {
    const postern_key *key;
    postern_error error;
    postern_status status = postern_win_key(audit->win, NULL, POSTERN_S("HKLM\\SOFTWARE"), &key, &error);
    audit->has_registry = audit_tolerate(audit, status, &error, &audit->registry_why);
    audit->registry_broken = status != POSTERN_OK && status != POSTERN_NOTFOUND;
    if (status == POSTERN_NOTFOUND)
        audit->registry_why = audit->system->kind == POSTERN_WIN_9X
                                  ? POSTERN_S("no registry to look in: that of 98 and Me (SYSTEM.DAT) is not read")
                                  : POSTERN_S("no registry to look in");
}

/* Evidence of the system as a whole stands in front of that of each installed component; the others say only that they are not
 * there. */
static void join_evidence(postern_audit *audit) {
    postern_audit_report *report = &audit->report;
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        postern_audit_component *component = &report->components[i];
        audit_list joined = {0}, *common = &audit->evidence[POSTERN_AUDIT_COMPONENTS];
        for (size_t e = 0; component->installed && e < common->count; e++) {
            postern_evidence *to = audit_push(audit, &joined, sizeof *to);
            if (to) *to = ((postern_evidence *)common->items)[e];
        }
        for (size_t e = 0; e < audit->evidence[i].count; e++) {
            postern_evidence *to = audit_push(audit, &joined, sizeof *to);
            if (to) *to = ((postern_evidence *)audit->evidence[i].items)[e];
        }
        component->evidence = joined.items;
        component->evidence_count = joined.count;
        if (component->verdict > report->verdict) report->verdict = component->verdict;
    }
    report->open = report->verdict >= POSTERN_VERDICT_CONTRADICTION;
    report->measures = audit->measures.items;
    report->measure_count = audit->measures.count;
}

postern_status postern_audit_run(postern_win *win, postern_audit **ret_audit, postern_error *reterr) {
    postern_audit *audit = calloc(1, sizeof *audit);
    if (!audit || !(audit->arena = postern_arena_new(POSTERN_LIMIT_AUDIT_MEMORY))) {
        free(audit);
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the audit");
    }
    audit->win = win;
    audit->system = postern_win_system_of(win);
    audit->half = (postern_win_view){.user = POSTERN_NO_USER};
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++)
        audit->report.components[i] = (postern_audit_component){
            .id = audit_packages[i].id, .name = audit_packages[i].name, .reason = "it is not installed here"};
    find_registry(audit);
    audit_system(audit);
    audit_files(audit);
    audit_measures(audit);
    join_evidence(audit);
    postern_status status = audit->status;
    if (status) {
        postern_audit_free(audit);
        return postern_fail(reterr, status, POSTERN_NO_OFFSET, "%s for the audit",
                            status == POSTERN_NOMEM ? "no memory" : "a limit was reached:");
    }
    *ret_audit = audit;
    return POSTERN_OK;
}

void postern_audit_free(postern_audit *audit) {
    if (!audit) return;
    postern_arena_free(audit->arena);
    free(audit);
}

const postern_audit_report *postern_audit_report_of(const postern_audit *audit) {
    return &audit->report;
}
