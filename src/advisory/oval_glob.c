/*
 * glob_to_regex of OVAL 5.11: a shell glob becomes a regular expression, as the chart of GlobToRegexFunctionType shows. A slash
 * is matched by a slash alone, a leading dot only by a dot that is written out.
 */
#include "oval_int.h"

typedef struct glob {
    postern_slice in;
    size_t at;
    bool literal_backslash;
    uint8_t *out;
    size_t n;
    bool begins; /* the next character is the first of a path segment */
} glob;

static void put(glob *g, const char *text) {
    size_t len = strlen(text);
    memcpy(g->out + g->n, text, len);
    g->n += len;
}

static void put_plain(glob *g, uint8_t c) {
    if (strchr("^$\\.[](){}*+?|", c) && c && !strchr("{}", c)) g->out[g->n++] = '\\';
    g->out[g->n++] = c;
    g->begins = c == '/';
}

static void put_star(glob *g) {
    bool first = g->begins;
    while (g->at < g->in.len && g->in.ptr[g->at] == '*') g->at++;
    put(g, first ? "(?=[^.])[^/]*" : "[^/]*");
    g->begins = false;
}

/* "[a-z]", "[!a]", "[]a]"; false: its end is missing. */
static bool put_set(glob *g) {
    size_t i = g->at;
    postern_slice in = g->in;
    if (i < in.len && (in.ptr[i] == '!' || in.ptr[i] == '^')) i++;
    if (i < in.len && in.ptr[i] == ']') i++;
    while (i < in.len && in.ptr[i] != ']') {
        if (in.ptr[i] == '\\' && !g->literal_backslash && i + 1 < in.len) i++;
        i++;
    }
    if (i >= in.len) return false;
    g->out[g->n++] = '[';
    if (in.ptr[g->at] == '!' || in.ptr[g->at] == '^') {
        g->out[g->n++] = '^';
        g->at++;
    }
    for (; g->at < i; g->at++) {
        uint8_t c = in.ptr[g->at];
        if (c == '[' || (c == '\\' && g->literal_backslash))
            g->out[g->n++] = '\\';
        else if (c == ']')
            g->out[g->n++] = '\\';
        g->out[g->n++] = c;
    }
    g->out[g->n++] = ']';
    g->at++;
    g->begins = false;
    return true;
}

static bool step(glob *g) {
    uint8_t c = g->in.ptr[g->at++];
    switch (c) {
    case '*':
        put_star(g);
        return true;
    case '?':
        put(g, g->begins ? "[^./]" : "[^/]");
        g->begins = false;
        return true;
    case '[':
        return put_set(g);
    case '\\':
        if (g->literal_backslash) {
            put(g, "\\\\");
            /* the chart writes '\?' as ^\\[^./]$ but '\*' as ^\\[^/]*$ */
            g->begins = g->at < g->in.len && g->in.ptr[g->at] == '?';
            return true;
        }
        if (g->at >= g->in.len) return false;
        put_plain(g, g->in.ptr[g->at++]);
        return true;
    default:
        put_plain(g, c);
        return true;
    }
}

postern_slice oval_glob_to_regex(oval *o, postern_slice in, bool no_escape) {
    glob g = {.in = in, .literal_backslash = no_escape, .begins = true};
    size_t size;
    if (!postern_mul_ok(in.len, 16, &size)) return (postern_slice){0};
    g.out = oval_alloc(o, size + 8);
    if (!g.out) return (postern_slice){0};
    put(&g, "^");
    while (g.at < in.len)
        if (!step(&g)) return (postern_slice){0};
    put(&g, "$");
    return postern_slice_of(g.out, g.n);
}
