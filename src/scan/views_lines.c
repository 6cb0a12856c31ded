/*
 * Lines that some reader may take for a delimiter. Readers look for "--" at the start of a line, behind blanks or quoting, for
 * the boundary anywhere in a line, with or without its dashes; boundaries are declared in every spelling of a parameter, and
 * more than once. All of them count here, once each.
 */
#include "views_int.h"

#include <stdlib.h>

enum { BOUNDARY_MAX = 1024 };

size_t view_next_line(postern_slice s, size_t at) {
    while (at < s.len && s.ptr[at] != '\n' && s.ptr[at] != '\r') at++;
    if (at + 1 < s.len && s.ptr[at] == '\r' && s.ptr[at + 1] == '\n') return at + 2;
    return at < s.len ? at + 1 : s.len;
}

postern_slice view_line_at(postern_slice s, size_t at) {
    size_t end = at;
    while (end < s.len && s.ptr[end] != '\n' && s.ptr[end] != '\r') end++;
    return postern_slice_sub(s, at, end - at);
}

/* ---- boundaries in any spelling ---- */

static void add_boundary(view_layer *m, postern_slice boundary) {
    boundary = postern_slice_trim(boundary);
    if (boundary.len == 0 || boundary.len > BOUNDARY_MAX || m->boundary_count == VIEW_BOUNDARIES) return;
    for (size_t i = 0; i < m->boundary_count; i++)
        if (postern_slice_eq(m->boundaries[i], boundary)) return;
    m->boundaries[m->boundary_count++] = boundary;
}

/* What follows "boundary…=": quoted, to the next separator, to the next quote, to the end of the line, behind charset'lang'. */
static void add_spellings(view_layer *m, postern_slice value) {
    value = postern_slice_trim(value);
    if (value.len && (value.ptr[0] == '"' || value.ptr[0] == '\'')) {
        postern_slice inner = postern_slice_from(value, 1);
        add_boundary(m, postern_slice_cut(inner, value.ptr[0]).head);
        value = inner;
    }
    size_t end = 0;
    while (end < value.len && !postern_ascii_space(value.ptr[end]) && !strchr(";,\"()", value.ptr[end])) end++;
    add_boundary(m, postern_slice_sub(value, 0, end));
    add_boundary(m, postern_slice_cut(value, ';').head);
    postern_cut language = postern_slice_cut_last(postern_slice_sub(value, 0, end), '\'');
    if (language.ok) add_boundary(m, language.tail);
}

void view_find_boundaries(view_layer *m) {
    postern_slice word = POSTERN_S("boundary");
    for (size_t at = 0;
         (at = postern_slice_find_nocase(m->bytes, at, word)) != SIZE_MAX && m->boundary_count < VIEW_BOUNDARIES;) {
        at += word.len;
        postern_slice line = view_line_at(m->bytes, at);
        postern_cut cut = postern_slice_cut(line, '=');
        if (cut.ok && cut.head.len < 16 && !postern_slice_trim(cut.tail).len) /* folded behind the sign */
            cut.tail = view_line_at(m->bytes, view_next_line(m->bytes, at));
        if (cut.ok && cut.head.len < 16) add_spellings(m, cut.tail);
    }
}

/* ---- delimiters ---- */

static bool add_delimiter(view_walk *w, view_layer *m, size_t at, uint32_t mask, size_t room) {
    if (m->delimiter_count == room) {
        w->cut = true;
        return false;
    }
    m->delimiters[m->delimiter_count++] = (view_delimiter){at, mask};
    return true;
}

/* What may stand in front of the dashes: blanks, quoting, a doubled dot, controls that are not seen. */
static bool before_dashes(uint8_t c) {
    return c == ' ' || c == '>' || c == '.' || c == '|' || (c < ' ' && c != '\n' && c != '\r') || c >= 0x80;
}

static uint32_t boundaries_of(const view_layer *m, postern_slice behind_dashes) {
    uint32_t mask = 0;
    for (size_t b = 0; b < m->boundary_count; b++)
        if (postern_slice_starts(behind_dashes, m->boundaries[b])) mask |= 1u << b;
    return mask;
}

static void dashed_lines(view_walk *w, view_layer *m, size_t room) {
    for (size_t at = 0; at < m->bytes.len; at = view_next_line(m->bytes, at)) {
        size_t dash = at;
        while (dash < m->bytes.len && dash < at + 64 && before_dashes(m->bytes.ptr[dash])) dash++;
        postern_slice rest = postern_slice_from(m->bytes, dash);
        if (!postern_slice_starts(rest, POSTERN_S("--"))) continue;
        if (!add_delimiter(w, m, at, boundaries_of(m, postern_slice_from(rest, 2)), room)) return;
    }
}

static size_t line_start(postern_slice s, size_t at) {
    while (at && s.ptr[at - 1] != '\n' && s.ptr[at - 1] != '\r') at--;
    return at;
}

/* A boundary inside a line or without its dashes, unless the line declares it. Short ones need their dashes. */
static void lines_with(view_walk *w, view_layer *m, size_t b, size_t room) {
    postern_slice boundary = m->boundaries[b];
    for (size_t at = 0, start; (at = postern_slice_find(m->bytes, at, boundary)) != SIZE_MAX; at = start) {
        bool dashes = at >= 2 && m->bytes.ptr[at - 1] == '-' && m->bytes.ptr[at - 2] == '-';
        if (boundary.len < 3 && !dashes) {
            start = at + 1;
            continue;
        }
        size_t line = line_start(m->bytes, at);
        start = view_next_line(m->bytes, at);
        if (scan_has(postern_slice_sub(m->bytes, line, at - line), "boundary")) continue;
        if (!add_delimiter(w, m, line, 1u << b, room)) return;
    }
}

static int by_place(const void *a, const void *b) {
    const view_delimiter *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

postern_status view_find_delimiters(view_walk *w, view_layer *m) {
    const size_t room = 2 * POSTERN_LIMIT_VIEW_DELIMITERS;
    m->delimiters = malloc((room + 1) * sizeof *m->delimiters);
    if (!m->delimiters) return POSTERN_NOMEM;
    dashed_lines(w, m, POSTERN_LIMIT_VIEW_DELIMITERS);
    for (size_t b = 0; b < m->boundary_count; b++) lines_with(w, m, b, room);
    qsort(m->delimiters, m->delimiter_count, sizeof *m->delimiters, by_place);
    size_t kept = 0;
    for (size_t i = 0; i < m->delimiter_count; i++) {
        if (kept && m->delimiters[kept - 1].at == m->delimiters[i].at)
            m->delimiters[kept - 1].mask |= m->delimiters[i].mask;
        else
            m->delimiters[kept++] = m->delimiters[i];
    }
    m->delimiter_count = kept;
    return POSTERN_OK;
}
