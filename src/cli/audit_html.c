/*
 * The report of an audit as one HTML file that loads nothing. The rule of escaping: text of the tree passes postern_escape_line
 * and then put(), which writes & < > " ' as references; everything else is ours.
 */
#include "audit.h"
#include "table.h"

#include <stdio.h>

/* Text that passed postern_escape_line already, as findings have it. */
static void put_line(postern_buf *out, postern_slice line) {
    for (size_t i = 0; i < line.len; i++) {
        switch (line.ptr[i]) {
        case '&':
            postern_buf_printf(out, "&amp;");
            break;
        case '<':
            postern_buf_printf(out, "&lt;");
            break;
        case '>':
            postern_buf_printf(out, "&gt;");
            break;
        case '"':
            postern_buf_printf(out, "&quot;");
            break;
        case '\'':
            postern_buf_printf(out, "&#39;");
            break;
        default:
            postern_buf_add_byte(out, line.ptr[i]);
        }
    }
}

static void put(postern_buf *out, postern_slice text) {
    postern_buf line;
    postern_buf_init(&line, 1 << 20);
    postern_escape_line(&line, text, 1 << 16);
    if (line.status) out->status = line.status;
    put_line(out, postern_buf_slice(&line));
    postern_buf_free(&line);
}

static void put_cstr(postern_buf *out, const char *text) {
    put(out, postern_slice_cstr(text ? text : ""));
}

static const char style[] =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#1b1f24;background:#fff}"
    "h1{font-size:1.5em;margin:0 0 .2em}h2{font-size:1.1em;margin:1.6em 0 .4em;border-bottom:1px solid #c8ccd0}"
    ".answer{font-size:1.15em;padding:.6em .8em;border-left:.5em solid;background:#f4f5f6;margin:1em 0}"
    ".answer.affected,.answer.contradiction{border-color:#b3261e}"
    ".answer.fixed,.answer.not-affected{border-color:#1f7a3d}"
    ".answer.cannot-be-told{border-color:#8a6d00}"
    "table{border-collapse:collapse;width:100%;margin:.3em 0}"
    "th,td{text-align:left;vertical-align:top;padding:.25em .6em;border-bottom:1px solid #e3e5e7;overflow-wrap:anywhere}"
    "th{font-weight:600;background:#f4f5f6}td.v{white-space:nowrap;font-weight:600}td.u{white-space:nowrap}"
    "td.open,td.affected,td.contradiction,td.error{color:#b3261e}td.fixed,td.on{color:#1f7a3d}td.cannot-be-told{color:#8a6d00}"
    "code{font:13px/1.4 ui-monospace,monospace}footer{margin-top:2em;color:#5b6168;font-size:.85em}"
    "@media (prefers-color-scheme:dark){body{background:#16181b;color:#e4e6e8}.answer,th{background:#22262b}"
    "th,td{border-color:#33383e}td.open,td.affected,td.contradiction,td.error{color:#ff8a80}td.fixed,td.on{color:#7fd39a}"
    "td.cannot-be-told{color:#e0c060}}"
    "@media print{body{margin:0;max-width:none;font-size:11px;color:#000;background:#fff}tr{break-inside:avoid}"
    "h2{break-after:avoid}}";

/* "cannot be told" as a class: blanks become dashes. */
static void cell_word(postern_buf *out, const char *word) {
    postern_buf_printf(out, "<td class=\"v ");
    for (const char *p = word; *p; p++) postern_buf_add_byte(out, *p == ' ' ? '-' : (uint8_t)*p);
    postern_buf_printf(out, "\">");
    put_cstr(out, word);
    postern_buf_printf(out, "</td>");
}

static void cell(postern_buf *out, postern_slice text, bool code) {
    postern_buf_printf(out, code ? "<td><code>" : "<td>");
    put(out, text);
    postern_buf_printf(out, code ? "</code></td>" : "</td>");
}

static void row_of_two(postern_buf *out, const char *label, postern_slice text) {
    postern_buf_printf(out, "<tr><th scope=\"row\">%s</th>", label);
    cell(out, text, false);
    postern_buf_printf(out, "</tr>\n");
}

static void html_system(const cli_audit *a, postern_buf *out) {
    const postern_win_system *s = a->system;
    const postern_audit_report *r = a->report;
    postern_buf line;
    postern_buf_init(&line, 1 << 16);
    postern_buf_add_slice(&line, s->product);
    postern_buf_printf(&line, ", version %u.%u.%u, service pack %u, %s", s->major, s->minor, s->build, s->service_pack,
                       postern_arch_name(s->arch));
    postern_buf_printf(out, "<h2>System</h2>\n<table>\n");
    row_of_two(out, "System", postern_buf_slice(&line));
    postern_buf_free(&line);
    row_of_two(out, "Windows folder", s->windows);
    row_of_two(out, "Internet Explorer", r->ie_version.len ? r->ie_version : POSTERN_S("version unknown"));
    row_of_two(out, "Package", postern_slice_cstr(r->package ? r->package : "none"));
    row_of_two(out, "Prerequisites", postern_slice_cstr(r->package_reason));
    if (r->branch) row_of_two(out, "Branch", postern_slice_cstr(r->branch));
    if (s->registry_dirty) row_of_two(out, "Registry", POSTERN_S("dirty: a hive holds changes that only its log has"));
    postern_buf_printf(out, "</table>\n");
}

static void html_components(const cli_audit *a, postern_buf *out) {
    postern_buf_printf(
        out, "<h2>Components</h2>\n<table>\n<thead><tr><th>Verdict</th><th>Component</th><th>Why</th></tr></thead>\n");
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &a->report->components[i];
        postern_buf_printf(out, "<tr>");
        cell_word(out, postern_verdict_name(c->verdict));
        cell(out, postern_slice_cstr(c->name), false);
        cell(out, postern_slice_cstr(c->reason), false);
        postern_buf_printf(out, "</tr>\n");
    }
    postern_buf_printf(out, "</table>\n");
}

static void html_evidence(const cli_audit *a, postern_buf *out) {
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        const postern_audit_component *c = &a->report->components[i];
        if (!c->evidence_count) continue;
        postern_buf_printf(out, "<h2>Evidence: ");
        put_cstr(out, c->name);
        postern_buf_printf(out,
                           "</h2>\n<table>\n<thead><tr><th></th><th>What</th><th>Where</th><th>Found</th><th>Wanted</th></tr>"
                           "</thead>\n");
        for (size_t k = 0; k < c->evidence_count; k++) {
            const postern_evidence *e = &c->evidence[k];
            postern_buf_printf(out, "<tr>");
            cell_word(out, cli_audit_sign(e->sign));
            cell(out, postern_slice_cstr(e->what), false);
            postern_buf_printf(out, "<td><code>");
            put(out, e->where);
            if (e->name.len) postern_buf_printf(out, ", ");
            put(out, e->name);
            postern_buf_printf(out, "</code></td>");
            cell(out, e->found, true);
            cell(out, e->wanted, true);
            postern_buf_printf(out, "</tr>\n");
        }
        postern_buf_printf(out, "</table>\n");
    }
}

static void html_measures(const cli_audit *a, postern_measure_kind kind, const char *heading, postern_buf *out) {
    postern_buf_printf(
        out, "<h2>%s</h2>\n<table>\n<thead><tr><th>State</th><th>For</th><th>What</th><th>Found</th></tr></thead>\n", heading);
    for (size_t i = 0; i < a->report->measure_count; i++) {
        const postern_measure *m = &a->report->measures[i];
        if (m->kind != kind) continue;
        postern_buf_printf(out, "<tr>");
        cell_word(out, postern_measure_state_name(m->state));
        postern_buf_printf(out, "<td class=\"u\">");
        put(out, cli_audit_user(a, m->user));
        postern_buf_printf(out, "</td>");
        cell(out, postern_slice_cstr(m->title), false);
        cell(out, m->detail, true);
        postern_buf_printf(out, "</tr>\n");
    }
    postern_buf_printf(out, "</table>\n");
}

static void html_weak(const cli_audit *a, postern_buf *out) {
    if (!a->weak_count) return;
    postern_buf_printf(out, "<h2>Settings that weaken the zones (MH024)</h2>\n<table>\n<thead><tr><th>For</th><th>Why</th>"
                            "<th>Found</th></tr></thead>\n");
    for (size_t i = 0; i < a->weak_count; i++) {
        postern_buf_printf(out, "<tr>");
        cell(out, cli_audit_user(a, a->weak[i].user), false);
        cell(out, postern_slice_cstr(a->weak[i].reason), false);
        postern_buf_printf(out, "<td><code>");
        put_line(out, postern_slice_cstr(a->weak[i].excerpt));
        postern_buf_printf(out, "</code></td></tr>\n");
    }
    postern_buf_printf(out, "</table>\n");
}

static void html_head(postern_buf *out, const char *of) {
    postern_buf_printf(
        out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n<title>MS04-013: ");
    put_cstr(out, of);
    postern_buf_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<h1>MS04-013 on ", style);
    put_cstr(out, of);
}

static void html_foot(postern_buf *out, const char *time) {
    postern_buf_printf(out, "<footer>postern %s, %s. Files decide, marks are evidence.</footer>\n</body>\n</html>\n",
                       postern_version(), time);
}

void cli_audit_html(const cli_audit *a, const char *time, postern_buf *out) {
    postern_buf answer;
    postern_buf_init(&answer, 1 << 16);
    cli_audit_answer(a, &answer);
    html_head(out, a->root);
    postern_buf_printf(out, "</h1>\n<p class=\"answer ");
    for (const char *p = postern_verdict_name(a->report->verdict); *p; p++)
        postern_buf_add_byte(out, *p == ' ' ? '-' : (uint8_t)*p);
    postern_buf_printf(out, "\">");
    put(out, postern_buf_slice(&answer));
    postern_buf_printf(out, "</p>\n");
    html_system(a, out);
    html_components(a, out);
    html_evidence(a, out);
    html_measures(a, POSTERN_MITIGATION, "Mitigations", out);
    html_measures(a, POSTERN_WORKAROUND, "Workarounds", out);
    html_weak(a, out);
    html_foot(out, time);
    postern_buf_free(&answer);
}

/* ---- the index of several ---- */

static void index_row(const cli_audit_line *line, const char *root, const char *name, postern_buf *out) {
    postern_buf_printf(out, "<tr>");
    cell_word(out, line->told ? postern_verdict_name(line->verdict) : "not readable");
    for (size_t i = 0; i < POSTERN_AUDIT_COMPONENTS; i++)
        postern_buf_printf(out, "<td>%s</td>", line->told ? cli_audit_letter(line->component[i]) : "?");
    if (line->told) postern_buf_printf(out, "<td><a href=\"%s.html\">", name);
    if (!line->told) postern_buf_printf(out, "<td>");
    put_cstr(out, root);
    postern_buf_printf(out, line->told ? "</a></td>" : "</td>");
    size_t length = line->answer_length < sizeof line->answer ? line->answer_length : sizeof line->answer;
    cell(out, postern_slice_of(line->answer, line->told ? length : 0), false);
    postern_buf_printf(out, "</tr>\n");
}

void cli_audit_html_index(const char *const *roots, const char *const *names, const uint8_t *lines, size_t step, size_t count,
                          postern_buf *out) {
    char title[64], time[32];
    size_t told = 0, open = 0;
    cli_audit_line line;
    cli_audit_now(time);
    snprintf(title, sizeof title, "%zu system%s", count, count == 1 ? "" : "s");
    html_head(out, title);
    for (size_t i = 0; i < count; i++) {
        memcpy(&line, lines + i * step, sizeof line);
        told += line.told != 0;
        open += line.told && (line.verdict == POSTERN_VERDICT_AFFECTED || line.verdict == POSTERN_VERDICT_CONTRADICTION);
    }
    postern_buf_printf(out, "</h1>\n<p class=\"answer %s\">%zu with something open, %zu not, %zu not readable</p>\n",
                       open ? "affected" : told < count ? "cannot-be-told" : "fixed", open, told - open, count - told);
    postern_buf_printf(out, "<table>\n<thead><tr><th>Verdict</th><th>5.5 SP2</th><th>6</th><th>6 SP1</th><th>6 SP1, 64 bit</th>"
                            "<th>2003</th><th>2003, 64 bit</th><th>Root</th><th>Answer</th></tr></thead>\n");
    for (size_t i = 0; i < count; i++) {
        memcpy(&line, lines + i * step, sizeof line); /* once: nobody changes it between a check and its use */
        index_row(&line, roots[i], names[i], out);
    }
    postern_buf_printf(out, "</table>\n<p>A affected, C contradiction, F fixed, ? cannot be told, . not affected</p>\n");
    html_foot(out, time);
}
