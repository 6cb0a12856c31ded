/*
 * A look at XML before libxml2 sees it. libxml2 holds each attribute of an element against each other one, so an element with a
 * hundred thousand of them costs it a minute: such a one is refused here. So that what is looked at is what is parsed, only
 * encodings in which ASCII stands for itself are let through, and UTF-16; a document is never longer than its bytes.
 */
#include "oval_int.h"

static size_t behind(postern_slice xml, size_t at, const char *end) {
    size_t found = postern_slice_find(xml, at, postern_slice_cstr(end));
    return found == SIZE_MAX ? xml.len : found + strlen(end);
}

/* Behind the tag that begins at `at`; SIZE_MAX: too many attributes. */
static size_t scan_tag(postern_slice xml, size_t at) {
    size_t attributes = 0;
    uint8_t quote = 0;
    for (; at < xml.len; at++) {
        uint8_t c = xml.ptr[at];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return at + 1;
        } else if (c == '=' && ++attributes > POSTERN_LIMIT_OVAL_ATTRIBUTES) {
            return SIZE_MAX;
        }
    }
    return at;
}

static size_t scan_markup(postern_slice xml, size_t at) {
    postern_slice rest = postern_slice_from(xml, at);
    if (postern_slice_starts(rest, POSTERN_S("<!--"))) return behind(xml, at + 4, "-->");
    if (postern_slice_starts(rest, POSTERN_S("<![CDATA["))) return behind(xml, at + 9, "]]>");
    if (postern_slice_starts(rest, POSTERN_S("<?"))) return behind(xml, at + 2, "?>");
    return scan_tag(xml, at + 1);
}

/* The name in <?xml … encoding="…"?>; empty without one. */
static postern_slice declared(postern_slice xml) {
    if (!postern_slice_starts(xml, POSTERN_S("<?xml"))) return (postern_slice){0};
    postern_slice head = postern_slice_sub(xml, 0, behind(xml, 0, "?>"));
    size_t at = postern_slice_find(head, 0, POSTERN_S("encoding"));
    if (at == SIZE_MAX) return (postern_slice){0};
    for (at += 8; at < head.len && head.ptr[at] != '"' && head.ptr[at] != '\''; at++) continue;
    if (at >= head.len) return (postern_slice){0};
    return postern_slice_cut(postern_slice_from(head, at + 1), head.ptr[at]).head;
}

static bool is_known_encoding(postern_slice xml) {
    static const char *const known[] = {"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be"};
    static const char *const families[] = {"iso-8859-", "windows-125", "koi8-"};
    if (xml.len > 1 && ((xml.ptr[0] == 0xFF && xml.ptr[1] == 0xFE) || (xml.ptr[0] == 0xFE && xml.ptr[1] == 0xFF)))
        return xml.len < 4 || xml.ptr[2] || xml.ptr[3]; /* UTF-16, not UTF-32 */
    if (postern_slice_starts(xml, POSTERN_S("\xEF\xBB\xBF"))) xml = postern_slice_from(xml, 3);
    if (xml.len && xml.ptr[0] != '<' && !postern_ascii_space(xml.ptr[0])) return xml.ptr[0] < 0x80 && xml.ptr[0];
    postern_slice name = declared(xml);
    if (!name.len) return true;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (postern_slice_eq_nocase(name, postern_slice_cstr(known[i]))) return true;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (postern_slice_starts_nocase(name, postern_slice_cstr(families[i]))) return true;
    return false;
}

const char *oval_xml_refused(postern_slice xml, size_t *ret_at) {
    *ret_at = 0;
    if (!is_known_encoding(xml)) return "an encoding that is not read";
    for (size_t at = 0; (at = postern_slice_find_byte(xml, at, '<')) != SIZE_MAX;) {
        *ret_at = at;
        at = scan_markup(xml, at);
        if (at == SIZE_MAX) return "limit OVAL_ATTRIBUTES: an element has too many attributes";
    }
    return NULL;
}
