/*
 * Character sets that a document declares in its own first kilobyte: <meta charset> (WHATWG HTML 13.2.3.2, "prescan a byte
 * stream to determine its encoding") and @charset (CSS Syntax 3, 3.2). A declared utf-16 means utf-8 and x-user-defined
 * windows-1252, as there.
 *
 * What an attacker does: names a set in which harmless bytes become markup. Sets are WHATWG's only; UTF-7 by <meta> is not
 * taken.
 */
#include "mime_int.h"

typedef struct scan {
    const uint8_t *p, *end;
} scan;

static bool space_or_slash(uint8_t c) {
    return postern_ascii_space(c) || c == '/';
}

/* "Get an attribute" of the specification. */
static bool next_attribute(scan *s, postern_slice *ret_name, postern_slice *ret_value) {
    while (s->p < s->end && space_or_slash(*s->p)) s->p++;
    if (s->p == s->end || *s->p == '>') return false;
    const uint8_t *name = s->p;
    while (s->p < s->end && !space_or_slash(*s->p) && *s->p != '>' && (*s->p != '=' || s->p == name)) s->p++;
    *ret_name = postern_slice_of(name, (size_t)(s->p - name));
    *ret_value = (postern_slice){0};
    while (s->p < s->end && postern_ascii_space(*s->p)) s->p++;
    if (s->p == s->end || *s->p != '=') return true;
    s->p++;
    while (s->p < s->end && postern_ascii_space(*s->p)) s->p++;
    if (s->p == s->end) return true;
    const uint8_t *value = s->p;
    if (*value == '"' || *value == '\'') {
        uint8_t quote = *value++;
        s->p++;
        while (s->p < s->end && *s->p != quote) s->p++;
        *ret_value = postern_slice_of(value, (size_t)(s->p - value));
        if (s->p < s->end) s->p++;
        return true;
    }
    while (s->p < s->end && !postern_ascii_space(*s->p) && *s->p != '>') s->p++;
    *ret_value = postern_slice_of(value, (size_t)(s->p - value));
    return true;
}

/* "Extracting a character encoding from a meta element". */
static postern_slice content_charset(postern_slice content) {
    for (size_t at = 0; (at = postern_slice_find_nocase(content, at, POSTERN_S("charset"))) != SIZE_MAX;) {
        at += 7;
        postern_slice rest = postern_slice_trim(postern_slice_from(content, at));
        if (!rest.len || rest.ptr[0] != '=') continue;
        rest = postern_slice_trim(postern_slice_from(rest, 1));
        if (!rest.len) return rest;
        if (rest.ptr[0] == '"' || rest.ptr[0] == '\'') {
            postern_cut cut = postern_slice_cut(postern_slice_from(rest, 1), rest.ptr[0]);
            return cut.ok ? cut.head : (postern_slice){0};
        }
        size_t n = 0;
        while (n < rest.len && !postern_ascii_space(rest.ptr[n]) && rest.ptr[n] != ';') n++;
        return postern_slice_sub(rest, 0, n);
    }
    return (postern_slice){0};
}

/* Behind "<meta": the label, when the element declares one that is known. */
static postern_slice meta_charset(scan *s) {
    postern_slice name, value, label = {0};
    bool has_charset = false, by_content = false, pragma = false, seen_equiv = false, seen_content = false;
    while (next_attribute(s, &name, &value)) {
        if (postern_slice_eq_nocase(name, POSTERN_S("http-equiv")) && !seen_equiv) {
            seen_equiv = true;
            pragma = postern_slice_eq_nocase(value, POSTERN_S("content-type"));
        } else if (postern_slice_eq_nocase(name, POSTERN_S("content")) && !seen_content) {
            seen_content = true;
            postern_slice found = content_charset(value);
            if (found.len && !has_charset && !by_content) {
                label = found;
                by_content = true;
            }
        } else if (postern_slice_eq_nocase(name, POSTERN_S("charset")) && !has_charset) {
            label = value;
            has_charset = true;
            by_content = false;
        }
    }
    if (!has_charset && !(by_content && pragma)) return (postern_slice){0};
    postern_charset charset = postern_charset_parse(label);
    bool known = charset != POSTERN_CHARSET_NONE && strcmp(postern_charset_name(charset), "UTF-7") != 0;
    return known ? label : (postern_slice){0};
}

static void skip_tag(scan *s) {
    while (s->p < s->end && !postern_ascii_space(*s->p) && *s->p != '>') s->p++;
    postern_slice name, value;
    while (next_attribute(s, &name, &value)) continue;
}

static void skip_to_gt(scan *s) {
    while (s->p < s->end && *s->p != '>') s->p++;
}

postern_slice mime_prescan_html(postern_slice bytes) {
    postern_slice head = postern_slice_sub(bytes, 0, 1024);
    if (!head.len) return head;
    scan s = {head.ptr, head.ptr + head.len};
    while (s.p < s.end) {
        s.p = memchr(s.p, '<', (size_t)(s.end - s.p));
        if (!s.p) break;
        postern_slice rest = postern_slice_of(s.p, (size_t)(s.end - s.p));
        if (postern_slice_starts(rest, POSTERN_S("<!--"))) {
            size_t close = postern_slice_find(rest, 2, POSTERN_S("-->"));
            if (close == SIZE_MAX) break;
            s.p += close + 3;
        } else if (rest.len > 5 && postern_slice_starts_nocase(rest, POSTERN_S("<meta")) && space_or_slash(rest.ptr[5])) {
            s.p += 5;
            postern_slice label = meta_charset(&s);
            if (label.len) return label;
        } else if (rest.len > 1 && (postern_ascii_alpha(rest.ptr[1]) ||
                                    (rest.len > 2 && rest.ptr[1] == '/' && postern_ascii_alpha(rest.ptr[2])))) {
            s.p += 1;
            skip_tag(&s);
        } else if (rest.len > 1 && (rest.ptr[1] == '!' || rest.ptr[1] == '/' || rest.ptr[1] == '?')) {
            skip_to_gt(&s);
        } else {
            s.p++;
        }
    }
    return (postern_slice){0};
}

postern_slice mime_prescan_css(postern_slice bytes) {
    postern_slice head = postern_slice_sub(bytes, 0, 1024);
    if (!postern_slice_starts(head, POSTERN_S("@charset \""))) return (postern_slice){0};
    postern_cut cut = postern_slice_cut(postern_slice_from(head, 10), '"');
    return cut.ok && cut.tail.len && cut.tail.ptr[0] == ';' ? cut.head : (postern_slice){0};
}
