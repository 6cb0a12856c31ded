/* The report of an audit for people and as JSON. Everything of the tree passes postern_escape_line, a table cell, or the JSON
 * writer. */
#include "audit.h"
#include "table.h"

#include <inttypes.h>

static const postern_audit_component *worst(const postern_audit_report *r) {
    const postern_audit_component *found = NULL;
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &r->components[i];
        if (c->evidence_count && (!found || c->verdict > found->verdict)) found = c;
    }
    return found ? found : &r->components[0];
}

void cli_audit_answer(const cli_audit *a, postern_buf *out) {
    const postern_audit_report *r = a->report;
    const postern_audit_component *c = worst(r);
    postern_buf_printf(out, "%s: %s", postern_verdict_name(r->verdict), c->reason);
    if (c->installed) postern_buf_printf(out, " (%s)", c->name);
    if (r->verdict == POSTERN_VERDICT_AFFECTED && r->package) postern_buf_printf(out, "; install package %s", r->package);
    if (r->verdict == POSTERN_VERDICT_AFFECTED && !r->package) postern_buf_printf(out, "; %s", r->package_reason);
    if (r->verdict == POSTERN_VERDICT_CONTRADICTION) postern_buf_printf(out, "; install the update again");
}

postern_slice cli_audit_user(const cli_audit *a, size_t user) {
    return user == POSTERN_NO_USER ? POSTERN_S("machine") : postern_win_user_at(a->win, user)->name;
}

const char *cli_audit_sign(postern_evidence_sign sign) {
    static const char *const words[] = {"", "fixed", "open", "error"};
    return (unsigned)sign < sizeof words / sizeof *words ? words[sign] : "";
}

/* ---- text ---- */

static void field(postern_buf *out, const char *label, postern_slice text) {
    postern_buf_printf(out, "%s  ", label);
    postern_escape_line(out, text, 4096);
    postern_buf_add_byte(out, '\n');
}

static void text_system(const cli_audit *a, postern_buf *out) {
    const postern_win_system *s = a->system;
    const postern_audit_report *r = a->report;
    postern_buf line;
    postern_buf_init(&line, 1 << 16);
    postern_buf_add_slice(&line, s->product);
    postern_buf_printf(&line, ", version %u.%u.%u, ", s->major, s->minor, s->build);
    if (s->service_pack) postern_buf_printf(&line, "service pack %u, ", s->service_pack);
    postern_buf_printf(&line, "%s, ", postern_arch_name(s->arch));
    postern_buf_add_slice(&line, s->windows);
    field(out, "system  ", postern_buf_slice(&line));
    postern_buf_free(&line);
    field(out, "explorer", r->ie_version.len ? r->ie_version : POSTERN_S("version unknown"));
    postern_buf_printf(out, "package   %s%s%s\n", r->package ? r->package : "none", r->package ? ": " : ": ",
                       r->package_reason);
    if (r->branch) postern_buf_printf(out, "branch    %s\n", r->branch);
    if (s->registry_dirty)
        postern_buf_printf(out, "registry  dirty: a hive holds changes that only its log has; it was read as it is\n");
}

static void text_components(const cli_audit *a, postern_buf *out) {
    cli_table table;
    cli_table_init(&table, 3, 2);
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &a->report->components[i];
        cli_table_cell(&table, postern_slice_cstr(postern_verdict_name(c->verdict)));
        cli_table_cell(&table, postern_slice_cstr(c->name));
        cli_table_cell(&table, postern_slice_cstr(c->reason));
    }
    postern_buf_printf(out, "\nCOMPONENTS\n");
    cli_table_write(&table, 0, out);
    cli_table_free(&table);
}

static void cell_place(cli_table *table, const postern_evidence *e) {
    postern_buf place;
    postern_buf_init(&place, 1 << 16);
    postern_buf_add_slice(&place, e->where);
    if (e->name.len) postern_buf_printf(&place, ", ");
    postern_buf_add_slice(&place, e->name);
    cli_table_cell(table, postern_buf_slice(&place));
    postern_buf_free(&place);
}

/* What is not there and need not be is counted, not listed. */
static bool is_absent_file(const postern_evidence *e) {
    return e->kind == POSTERN_EVIDENCE_FILE && e->sign == POSTERN_EVIDENCE_NEUTRAL && e->wanted.len &&
           postern_slice_eq(e->found, POSTERN_S("absent"));
}

static void evidence_row(cli_table *table, const postern_evidence *e) {
    postern_buf wanted;
    postern_buf_init(&wanted, 1 << 16);
    if (e->wanted.len)
        postern_buf_printf(&wanted, "%s%.*s", e->kind == POSTERN_EVIDENCE_FILE ? "at least " : "wanted ",
                           POSTERN_ARG(e->wanted));
    cli_table_cell(table, postern_slice_cstr(cli_audit_sign(e->sign)));
    cli_table_cell(table, e->found);
    cli_table_cell(table, postern_buf_slice(&wanted));
    cell_place(table, e);
    postern_buf_free(&wanted);
}

static void text_evidence(const cli_audit *a, unsigned width, postern_buf *out) {
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &a->report->components[i];
        size_t absent = 0;
        if (!c->evidence_count) continue;
        cli_table table;
        cli_table_init(&table, 4, 3);
        for (size_t e = 0; e < c->evidence_count; e++) {
            bool handler = !strcmp(c->evidence[e].what, "the MHTML handler");
            if (c->evidence[e].kind == POSTERN_EVIDENCE_SYSTEM) continue; /* it stands above */
            if (!handler && is_absent_file(&c->evidence[e]))
                absent++;
            else
                evidence_row(&table, &c->evidence[e]);
        }
        postern_buf_printf(out, "\nEVIDENCE: %s\n", c->name);
        cli_table_write(&table, width, out);
        if (absent)
            postern_buf_printf(out, "%zu other file%s of the update %s not there\n", absent, absent == 1 ? "" : "s",
                               absent == 1 ? "is" : "are");
        cli_table_free(&table);
    }
}

static void text_measures(const cli_audit *a, unsigned width, postern_measure_kind kind, const char *heading,
                          postern_buf *out) {
    cli_table table;
    cli_table_init(&table, 4, 3);
    for (size_t i = 0; i < a->report->measure_count; i++) {
        const postern_measure *m = &a->report->measures[i];
        if (m->kind != kind) continue;
        cli_table_cell(&table, postern_slice_cstr(postern_measure_state_name(m->state)));
        cli_table_cell(&table, cli_audit_user(a, m->user));
        cli_table_cell(&table, postern_slice_cstr(m->title));
        cli_table_cell(&table, m->detail);
    }
    if (table.cells) postern_buf_printf(out, "\n%s\n", heading);
    cli_table_write(&table, width, out);
    cli_table_free(&table);
}

static void text_weak(const cli_audit *a, unsigned width, postern_buf *out) {
    cli_table table;
    cli_table_init(&table, 4, 3);
    for (size_t i = 0; i < a->weak_count; i++) {
        cli_table_cell(&table, POSTERN_S("MH024"));
        cli_table_cell(&table, cli_audit_user(a, a->weak[i].user));
        cli_table_cell(&table, postern_slice_cstr(a->weak[i].reason));
        cli_table_shown(&table, postern_slice_cstr(a->weak[i].excerpt));
    }
    if (table.cells) postern_buf_printf(out, "\nSETTINGS THAT WEAKEN THE ZONES\n");
    cli_table_write(&table, width, out);
    if (a->weak_more) postern_buf_printf(out, "and %zu more\n", a->weak_more);
    cli_table_free(&table);
}

void cli_audit_text(const cli_audit *a, unsigned width, postern_buf *out) {
    postern_escape_line(out, postern_slice_cstr(a->root), 4096);
    postern_buf_printf(out, ": ");
    cli_audit_answer(a, out);
    postern_buf_printf(out, "\n\n");
    text_system(a, out);
    text_components(a, out);
    text_evidence(a, width, out);
    text_measures(a, width, POSTERN_MITIGATION, "MITIGATIONS", out);
    text_measures(a, width, POSTERN_WORKAROUND, "WORKAROUNDS", out);
    text_weak(a, width, out);
}

/* ---- matrix ---- */

const char *cli_audit_letter(postern_verdict verdict) {
    static const char *const letters[] = {".", "F", "?", "C", "A"};
    return (unsigned)verdict < sizeof letters / sizeof *letters ? letters[verdict] : "?";
}

void cli_audit_heading(postern_buf *out) {
    postern_buf_printf(out, "%-14s %-6s %-4s %-6s %-7s %-6s %-7s %-13s %s\n", "VERDICT", "5.5SP2", "6", "6SP1", "6SP1/64",
                       "2003", "2003/64", "PACKAGE", "ROOT");
}

void cli_audit_row(const cli_audit *a, postern_buf *out) {
    static const int width[POSTERN_AUDIT_COMPONENTS] = {6, 4, 6, 7, 6, 7};
    postern_buf_printf(out, "%-14s ", postern_verdict_name(a->report->verdict));
    for (size_t i = 0; i < POSTERN_AUDIT_COMPONENTS; i++)
        postern_buf_printf(out, "%-*s ", width[i], cli_audit_letter(a->report->components[i].verdict));
    postern_buf_printf(out, "%-13s ", a->report->package ? a->report->package : "-");
    postern_escape_line(out, postern_slice_cstr(a->root), 4096);
    postern_buf_add_byte(out, '\n');
}

void cli_audit_unread(const char *root, bool as_json, postern_buf *out) {
    if (!as_json) {
        postern_buf_printf(out, "%-14s %-6s %-4s %-6s %-7s %-6s %-7s %-13s ", "not readable", "?", "?", "?", "?", "?", "?",
                           "-");
        postern_escape_line(out, postern_slice_cstr(root), 4096);
        postern_buf_add_byte(out, '\n');
        return;
    }
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    postern_json_key(&json, "root");
    postern_json_cstr(&json, root);
    postern_json_key(&json, "verdict");
    postern_json_cstr(&json, postern_verdict_name(POSTERN_VERDICT_UNKNOWN));
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

/* ---- JSON ---- */

static void json_system(const cli_audit *a, postern_json *json) {
    const postern_win_system *s = a->system;
    postern_json_key(json, "system");
    postern_json_object(json);
    cli_key_string(json, "product", s->product);
    cli_key_cstr(json, "id", a->report->system_id);
    cli_key_uint(json, "major", s->major);
    cli_key_uint(json, "minor", s->minor);
    cli_key_uint(json, "build", s->build);
    cli_key_uint(json, "service_pack", s->service_pack);
    cli_key_cstr(json, "arch", postern_arch_name(s->arch));
    cli_key_string(json, "windows", s->windows);
    postern_json_key(json, "wine");
    postern_json_bool(json, s->kind == POSTERN_WIN_WINE);
    postern_json_key(json, "registry_dirty");
    postern_json_bool(json, s->registry_dirty);
    postern_json_end_object(json);
}

static void json_components(const cli_audit *a, postern_json *json) {
    static const char *const kinds[] = {"file", "key", "system"};
    postern_json_key(json, "components");
    postern_json_array(json);
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &a->report->components[i];
        postern_json_object(json);
        cli_key_cstr(json, "id", c->id);
        cli_key_cstr(json, "name", c->name);
        postern_json_key(json, "installed");
        postern_json_bool(json, c->installed);
        cli_key_cstr(json, "verdict", postern_verdict_name(c->verdict));
        cli_key_cstr(json, "files", postern_verdict_name(c->files));
        cli_key_cstr(json, "reason", c->reason);
        postern_json_key(json, "evidence");
        postern_json_array(json);
        for (size_t e = 0; e < c->evidence_count; e++) {
            postern_json_object(json);
            cli_key_cstr(json, "kind", kinds[c->evidence[e].kind]);
            cli_key_cstr(json, "sign", cli_audit_sign(c->evidence[e].sign));
            cli_key_cstr(json, "what", c->evidence[e].what);
            cli_key_string(json, "where", c->evidence[e].where);
            cli_key_string(json, "name", c->evidence[e].name);
            cli_key_string(json, "found", c->evidence[e].found);
            cli_key_string(json, "wanted", c->evidence[e].wanted);
            postern_json_end_object(json);
        }
        postern_json_end_array(json);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

static void json_measures(const cli_audit *a, postern_json *json) {
    postern_json_key(json, "measures");
    postern_json_array(json);
    for (size_t i = 0; i < a->report->measure_count; i++) {
        const postern_measure *m = &a->report->measures[i];
        postern_json_object(json);
        cli_key_cstr(json, "kind", m->kind == POSTERN_MITIGATION ? "mitigation" : "workaround");
        cli_key_cstr(json, "id", m->id);
        cli_key_cstr(json, "title", m->title);
        cli_key_cstr(json, "state", postern_measure_state_name(m->state));
        postern_json_key(json, "user");
        if (m->user == POSTERN_NO_USER)
            postern_json_null(json);
        else
            postern_json_string(json, cli_audit_user(a, m->user));
        cli_key_string(json, "detail", m->detail);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
    postern_json_key(json, "zones");
    postern_json_array(json);
    for (size_t i = 0; i < a->weak_count; i++) {
        postern_json_object(json);
        cli_key_cstr(json, "finding", "MH024");
        cli_key_string(json, "user", cli_audit_user(a, a->weak[i].user));
        cli_key_cstr(json, "reason", a->weak[i].reason);
        cli_key_cstr(json, "excerpt", a->weak[i].excerpt);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

void cli_audit_json(const cli_audit *a, postern_buf *out) {
    const postern_audit_report *r = a->report;
    postern_json json;
    postern_buf answer;
    postern_buf_init(&answer, 1 << 16);
    cli_audit_answer(a, &answer);
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    cli_key_uint(&json, "format", 1);
    cli_key_cstr(&json, "root", a->root);
    cli_key_cstr(&json, "bulletin", "MS04-013");
    cli_key_cstr(&json, "verdict", postern_verdict_name(r->verdict));
    postern_json_key(&json, "open");
    postern_json_bool(&json, r->open);
    cli_key_string(&json, "answer", postern_buf_slice(&answer));
    json_system(a, &json);
    cli_key_string(&json, "explorer", r->ie_version);
    cli_key_cstr(&json, "package", r->package);
    cli_key_cstr(&json, "package_reason", r->package_reason);
    cli_key_cstr(&json, "branch", r->branch);
    json_components(a, &json);
    json_measures(a, &json);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
    postern_buf_free(&answer);
}
