/*
 * XML without an XML parser: document types and XInclude (MH022), Office relationships (MH003, MH025), library descriptions,
 * drawings with script. The HTML tokenizer reads the tags well enough to find attributes; entities that a document defines for
 * itself are not resolved (and a document that defines some is a finding).
 */
#include "scan_int.h"

static bool is(postern_slice name, const char *word) {
    return postern_slice_eq(name, postern_slice_cstr(word));
}

/* The prolog: blanks, comments, instructions, then perhaps a document type. SIZE_MAX: not there. */
static void prolog(postern_slice t, size_t *ret_type, size_t *ret_sheet) {
    *ret_type = *ret_sheet = SIZE_MAX;
    for (size_t i = 0; i < t.len;) {
        postern_slice rest = postern_slice_from(t, i);
        size_t end = SIZE_MAX;
        if (postern_ascii_space(t.ptr[i]) || t.ptr[i] >= 0x80) {
            i++;
            continue;
        }
        if (scan_starts(rest, "<!doctype")) *ret_type = i;
        if (scan_starts(rest, "<?xml-stylesheet") && *ret_sheet == SIZE_MAX) *ret_sheet = i;
        if (scan_starts(rest, "<!--")) end = postern_slice_find(t, i + 4, POSTERN_S("-->"));
        if (scan_starts(rest, "<?")) end = postern_slice_find(t, i + 2, POSTERN_S("?>"));
        if (*ret_type != SIZE_MAX || end == SIZE_MAX) return;
        i = end + 2 + (t.ptr[end] == '-');
    }
}

static void document_type(scan *s, const place *where, postern_slice t) {
    size_t type, sheet;
    prolog(t, &type, &sheet);
    if (type != SIZE_MAX) {
        postern_slice subset = postern_slice_sub(t, type, 64 << 10);
        size_t entity = postern_slice_find_nocase(subset, 0, POSTERN_S("<!entity"));
        size_t close = postern_slice_find(subset, 0, POSTERN_S("]>"));
        postern_slice one = postern_slice_from(subset, entity == SIZE_MAX ? subset.len : entity);
        one = postern_slice_sub(one, 0, postern_slice_find_byte(one, 0, '>'));
        bool outside = scan_has(one, "system") || scan_has(one, "public");
        if (entity != SIZE_MAX && entity < close)
            scan_tell(s, where, 22, POSTERN_SEVERITY_MEDIUM, type + entity, one,
                      outside ? "an entity that is read from another file" : "a document type that defines entities");
    }
    size_t include = postern_slice_find_nocase(t, 0, POSTERN_S("http://www.w3.org/2001/xinclude"));
    if (include != SIZE_MAX && scan_has(t, ":include"))
        scan_tell(s, where, 22, POSTERN_SEVERITY_MEDIUM, include, postern_slice_from(t, include), "XInclude reads other files");
    if (sheet != SIZE_MAX && scan_has(postern_slice_sub(t, sheet, 512), "xsl"))
        scan_tell(s, where, 22, POSTERN_SEVERITY_MEDIUM, sheet, postern_slice_from(t, sheet),
                  "an instruction to transform the document");
}

void scan_xml(scan *s, const place *where, postern_slice utf8) {
    document_type(s, where, utf8);
    size_t library = postern_slice_find_nocase(postern_slice_sub(utf8, 0, 4096), 0, POSTERN_S("<librarydescription"));
    if (library == SIZE_MAX) return;
    for (size_t at = 0; (at = postern_slice_find_nocase(utf8, at, POSTERN_S("<url>"))) != SIZE_MAX; at += 5) {
        postern_slice value = postern_slice_from(utf8, at + 5);
        value = postern_slice_trim(postern_slice_sub(value, 0, postern_slice_find_byte(value, 0, '<')));
        scan_url(s, where, POSTERN_PLACE_SHORTCUT, at + 5, value, value);
    }
}

/* ---- relationships ---- */

static bool ends_in_moniker(postern_slice target) {
    if (postern_slice_ends(target, POSTERN_S("!")) || postern_slice_ends(target, POSTERN_S("%21"))) return true;
    static const char *const words[] = {".html!",   ".htm!",   ".mht!",   ".mhtml!",   ".rtf!",   ".hta!",
                                        ".html%21", ".htm%21", ".mht%21", ".mhtml%21", ".rtf%21", ".hta%21"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (scan_has(target, words[i])) return true;
    size_t fragment = postern_slice_find(target, 0, POSTERN_S("!#"));
    return fragment != SIZE_MAX;
}

static void relationship(scan *s, const place *where, postern_slice utf8, const postern_html_token *t) {
    const postern_html_attribute *target = postern_html_attribute_find(t, POSTERN_S("target"));
    const postern_html_attribute *mode = postern_html_attribute_find(t, POSTERN_S("targetmode"));
    const postern_html_attribute *type = postern_html_attribute_find(t, POSTERN_S("type"));
    bool external = mode && postern_slice_eq_nocase(postern_slice_trim(mode->value), POSTERN_S("external"));
    if (!target) return;
    postern_slice raw = postern_slice_sub(utf8, target->offset, t->end - target->offset);
    postern_slice value = postern_slice_trim(target->value);
    bool link = type && scan_has(type->value, "/hyperlink");
    /* a hyperlink of a text is clicked; the rest is loaded when the document opens */
    bool odd = external || scan_has(value, "mhtml:") || scan_has(value, "!x-usc:");
    if (odd)
        scan_url(s, where,
                 link && !scan_has(value, "mhtml:") && !scan_has(value, "x-usc:") ? POSTERN_PLACE_LINK : POSTERN_PLACE_RELATION,
                 target->offset, value, raw);
    bool web = scan_starts(value, "http:") || scan_starts(value, "https:") || scan_starts(value, "file:");
    if (external && web && !link && ends_in_moniker(value))
        scan_tell(s, where, 25, POSTERN_SEVERITY_HIGH, target->offset, value, "an external target with a moniker behind it");
}

/* With any namespace prefix. */
static bool names_relationship(postern_slice name) {
    postern_cut prefix = postern_slice_cut(name, ':');
    return is(prefix.ok ? prefix.tail : name, "relationship");
}

void scan_relations(scan *s, const place *where, postern_slice utf8) {
    postern_html_tokenizer *tokenizer;
    postern_html_token token;
    if (postern_html_tokenizer_new(utf8, false, NULL, &tokenizer)) {
        s->status = POSTERN_NOMEM;
        return;
    }
    while (!scan_ended(s)) {
        if (postern_html_next(tokenizer, &token)) {
            s->status = POSTERN_NOMEM;
            break;
        }
        if (token.kind == POSTERN_HTML_EOF) break;
        if (token.kind == POSTERN_HTML_START && names_relationship(token.name)) relationship(s, where, utf8, &token);
    }
    postern_html_tokenizer_free(tokenizer);
}
