/*
 * "Prescan a byte stream to determine its encoding" (HTML 13.2.3.2): a small scanner of its own for the first 1024 bytes,
 * since there is no text to tokenize before the encoding is known.
 */
#include "html_int.h"

#include "postern/codec.h"

enum { PRESCAN_BYTES = 1024 };

typedef struct scanner {
    postern_slice s;
    size_t pos;
} scanner;

static bool more(const scanner *c) {
    return c->pos < c->s.len;
}

static uint8_t at(const scanner *c) {
    return c->pos < c->s.len ? c->s.ptr[c->pos] : 0;
}

/* White space in bytes, and '/'. */
static void skip_space(scanner *c, bool slash) {
    while (more(c) && (html_is_space(at(c)) || (slash && at(c) == '/'))) c->pos++;
}

static postern_slice quoted(scanner *c, uint8_t quote) {
    size_t start = ++c->pos, end = postern_slice_find_byte(c->s, start, quote);
    if (end == SIZE_MAX) {
        c->pos = c->s.len;
        return postern_slice_of(NULL, 0);
    }
    c->pos = end + 1;
    return postern_slice_sub(c->s, start, end - start);
}

/* "Get an attribute". False when there is none; names and values are views, compared without case. */
static bool get_attribute(scanner *c, postern_slice *ret_name, postern_slice *ret_value) {
    skip_space(c, true);
    *ret_value = postern_slice_of(NULL, 0);
    if (!more(c) || at(c) == '>') return false;
    size_t start = c->pos;
    while (more(c) && !html_is_space(at(c)) && at(c) != '/' && at(c) != '>' && (at(c) != '=' || c->pos == start)) c->pos++;
    *ret_name = postern_slice_sub(c->s, start, c->pos - start);
    skip_space(c, false);
    if (at(c) != '=') return true;
    c->pos++;
    skip_space(c, false);
    if (at(c) == '"' || at(c) == '\'') {
        *ret_value = quoted(c, at(c));
        return true;
    }
    start = c->pos;
    while (more(c) && !html_is_space(at(c)) && at(c) != '>') c->pos++;
    *ret_value = postern_slice_sub(c->s, start, c->pos - start);
    return true;
}

/* "Extracting a character encoding from a meta element": what stands behind charset= in content. */
static postern_slice label_of_content(postern_slice content) {
    postern_slice none = {NULL, 0};
    scanner c = {content, 0};
    for (;;) {
        size_t hit = postern_slice_find_nocase(content, c.pos, POSTERN_S("charset"));
        if (hit == SIZE_MAX) return none;
        c.pos = hit + 7;
        skip_space(&c, false);
        if (at(&c) == '=') break;
    }
    c.pos++;
    skip_space(&c, false);
    if (at(&c) == '"' || at(&c) == '\'') return quoted(&c, at(&c));
    size_t start = c.pos;
    while (more(&c) && !html_is_space(at(&c)) && at(&c) != ';') c.pos++;
    return postern_slice_sub(content, start, c.pos - start);
}

/* codec reads labels more kindly than the standard does here: quotes around one are no part of any. */
static postern_charset strict_parse(postern_slice label) {
    bool quotes = postern_slice_find_byte(label, 0, '"') != SIZE_MAX || postern_slice_find_byte(label, 0, '\'') != SIZE_MAX;
    return quotes ? POSTERN_CHARSET_NONE : postern_charset_parse(label);
}

/* What the standard makes of a label before it is taken: the page is being read as ASCII, so it cannot be UTF-16. */
static postern_slice mend_label(postern_slice label) {
    postern_charset charset = strict_parse(label);
    if (charset == POSTERN_CHARSET_NONE) return postern_slice_of(NULL, 0);
    if (charset == POSTERN_CHARSET_UTF_16LE || charset == POSTERN_CHARSET_UTF_16BE) return POSTERN_S("utf-8");
    if (postern_slice_eq_nocase(postern_slice_trim(label), POSTERN_S("x-user-defined"))) return POSTERN_S("windows-1252");
    return postern_slice_trim(label);
}

/* pos stands behind "<meta". Of equal attributes the first counts; pragma without content=charset is nothing. */
static postern_slice meta(scanner *c) {
    postern_slice name, value, label = {NULL, 0};
    bool got_pragma = false, need_pragma = false, seen_equiv = false, seen_content = false, seen_charset = false;
    while (get_attribute(c, &name, &value)) {
        if (postern_slice_eq_nocase(name, POSTERN_S("http-equiv")) && !seen_equiv) {
            seen_equiv = true;
            got_pragma = postern_slice_eq_nocase(value, POSTERN_S("content-type"));
        } else if (postern_slice_eq_nocase(name, POSTERN_S("content")) && !seen_content) {
            seen_content = true;
            postern_slice found = label_of_content(value);
            if (!found.len || seen_charset || label.len || !strict_parse(found)) continue;
            label = found;
            need_pragma = true;
        } else if (postern_slice_eq_nocase(name, POSTERN_S("charset")) && !seen_charset) {
            seen_charset = true;
            label = value;
            need_pragma = false;
        }
    }
    if (!more(c)) return postern_slice_of(NULL, 0); /* the tag does not end within the bytes */
    if (need_pragma && !got_pragma) return postern_slice_of(NULL, 0);
    return mend_label(label);
}

static void skip_tag(scanner *c) {
    postern_slice name, value;
    while (more(c) && !html_is_space(at(c)) && at(c) != '>') c->pos++;
    while (get_attribute(c, &name, &value)) {}
}

static void skip_past(scanner *c, size_t hit, size_t len) {
    c->pos = hit == SIZE_MAX ? c->s.len : hit + len;
}

postern_slice postern_html_prescan_charset(postern_slice bytes) {
    scanner c = {postern_slice_sub(bytes, 0, PRESCAN_BYTES), 0};
    static const uint8_t utf16[2][6] = {{0x3C, 0, 0x3F, 0, 0x78, 0}, {0, 0x3C, 0, 0x3F, 0, 0x78}};
    if (postern_slice_starts(c.s, postern_slice_of(utf16[0], 6))) return POSTERN_S("utf-16le");
    if (postern_slice_starts(c.s, postern_slice_of(utf16[1], 6))) return POSTERN_S("utf-16be");
    for (; (c.pos = postern_slice_find_byte(c.s, c.pos, '<')) != SIZE_MAX; c.pos++) {
        postern_slice rest = postern_slice_from(c.s, c.pos);
        uint8_t a = rest.len > 1 ? rest.ptr[1] : 0, b = rest.len > 2 ? rest.ptr[2] : 0;
        if (postern_slice_starts(rest, POSTERN_S("<!--"))) {
            /* "<!-->" is a whole comment: the dashes may be the same two */
            skip_past(&c, postern_slice_find(c.s, c.pos + 2, POSTERN_S("-->")), 2);
        } else if (postern_slice_starts_nocase(rest, POSTERN_S("<meta")) && rest.len > 5 &&
                   (html_is_space(rest.ptr[5]) || rest.ptr[5] == '/')) {
            c.pos += 5;
            postern_slice label = meta(&c);
            if (label.len) return label;
        } else if (postern_ascii_alpha(a) || (a == '/' && postern_ascii_alpha(b))) {
            c.pos += 1;
            skip_tag(&c);
        } else if (a == '!' || a == '/' || a == '?') {
            skip_past(&c, postern_slice_find_byte(c.s, c.pos, '>'), 0);
        }
    }
    return postern_slice_of(NULL, 0);
}
