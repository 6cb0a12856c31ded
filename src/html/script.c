/*
 * Script data (HTML 13.2.5.4, .15-.31): "<!--" hides end tags of a <script> inside it. All of it is text that we never show;
 * what counts is where it ends, since an end found too early would turn script text into markup.
 */
#include "html_int.h"

static bool ends_name(uint8_t c) {
    return html_is_space(c) || c == '/' || c == '>';
}

/* Whether "script" and an end of name stand at `i`; *ret_next is behind the byte that ends it. */
static bool script_name(postern_slice s, size_t i, size_t *ret_next) {
    if (i >= s.len || s.len - i < 7) return false;
    if (!postern_slice_starts_nocase(postern_slice_from(s, i), POSTERN_S("script"))) return false;
    *ret_next = i + 7;
    return ends_name(s.ptr[i + 6]);
}

/* A '<' at `i` that begins no end tag of ours. Returns where to go on. */
static size_t less_than(postern_html_tokenizer *t, size_t i) {
    postern_slice rest = postern_slice_from(t->in, i);
    size_t next;
    t->dashes = 0;
    switch (t->script) {
    case HTML_SCRIPT_PLAIN:
        if (!postern_slice_starts(rest, POSTERN_S("<!--"))) break;
        t->script = HTML_SCRIPT_ESCAPED;
        t->dashes = 2;
        return i + 4;
    case HTML_SCRIPT_ESCAPED:
        if (!script_name(t->in, i + 1, &next)) break;
        t->script = HTML_SCRIPT_DOUBLE_ESCAPED;
        return next;
    case HTML_SCRIPT_DOUBLE_ESCAPED:
        if (rest.len < 2 || rest.ptr[1] != '/' || !script_name(t->in, i + 2, &next)) break;
        t->script = HTML_SCRIPT_ESCAPED;
        return next;
    }
    return i + 1;
}

/* Inside an escape '-' and '>' count as well. */
static size_t escaped_byte(postern_html_tokenizer *t, size_t i) {
    uint8_t c = t->in.ptr[i];
    if (c == '-') {
        if (t->dashes < 2) t->dashes++;
        return i + 1;
    }
    if (c == '>' && t->dashes == 2) t->script = HTML_SCRIPT_PLAIN;
    t->dashes = 0;
    return i + 1;
}

/* A byte that ended a name may be CR, which less_than steps over: then it is looked at here again. */
static bool is_odd(const postern_html_tokenizer *t, uint8_t c) {
    return c == '\r' || c == 0 || (c >= 0x80 && !t->valid);
}

size_t html_script_run(postern_html_tokenizer *t) {
    postern_slice s = t->in;
    size_t i = t->pos;
    while (i < s.len && !is_odd(t, s.ptr[i])) {
        if (s.ptr[i] == '<') {
            if (t->script != HTML_SCRIPT_DOUBLE_ESCAPED && html_at_end_tag(t, i)) break;
            i = less_than(t, i);
            if (is_odd(t, s.ptr[i - 1])) i--;
        } else if (t->script == HTML_SCRIPT_PLAIN) {
            size_t end = html_scan(s, i, '<', '<');
            if (!t->valid) {
                for (end = i; end < s.len && s.ptr[end] != '<' && !is_odd(t, s.ptr[end]);) end++;
            }
            i = end;
        } else {
            i = escaped_byte(t, i);
        }
    }
    return i;
}
