/*
 * What files hold: textfilecontent54 (and the older textfilecontent), filehash and filehash58, xmlfilecontent of the
 * independent schema. Text is taken as UTF-8 or UTF-16 by its mark, as UTF-8 when it is valid, else as ISO 8859-1. XML is
 * parsed without network and without entities of its own; an XPath expression runs within POSTERN_LIMIT_OVAL_XPATH steps.
 */
#include "oval_tree.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <openssl/evp.h>

static postern_file *open_file(oval_want *w, const postern_win_file *file, postern_slice *ret_bytes) {
    postern_file *opened = NULL;
    postern_error error;
    postern_status status = POSTERN_OK;
    if (file->size > POSTERN_LIMIT_OVAL_CONTENT) {
        oval_collected_say(w->o, w->c, OVAL_FLAG_INCOMPLETE,
                           oval_text(w->o, "limit OVAL_CONTENT: %.*s is too large", POSTERN_ARG(file->path)));
        return NULL;
    }
    status = postern_win_read(w->win, &w->view, file->path, &opened, &error);
    if (status) oval_want_failed(w, status, &error);
    if (status) return NULL;
    *ret_bytes = postern_file_bytes(opened);
    return opened;
}

/* ---- hashes ---- */

static postern_slice digest(oval *o, const EVP_MD *kind, postern_slice bytes) {
    uint8_t raw[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!kind || EVP_Digest(bytes.ptr ? bytes.ptr : (const uint8_t *)"", bytes.len, raw, &len, kind, NULL) != 1)
        return (postern_slice){0};
    return oval_hex(o, postern_slice_of(raw, len));
}

static void add_hash(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name,
                     postern_slice bytes) {
    static const char *const names[] = {"MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"};
    const EVP_MD *kinds[] = {EVP_md5(), EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
    const oval_node *wanted = oval_child(w->object, "hash_type");
    for (size_t i = 0; i < 6 && !w->o->failure; i++) {
        if (!oval_want_accepts(w, wanted, postern_slice_cstr(names[i]), false)) continue;
        oval_item *item = oval_file_item(w, "filehash58", "independent", file, folder, name);
        oval_item_add(w->o, item, "hash_type", OVAL_STRING, postern_slice_cstr(names[i]));
        oval_item_add(w->o, item, "hash", OVAL_STRING, digest(w->o, kinds[i], bytes));
        if (item) oval_item_view(w, item);
        oval_item_commit(w->o, w->c, item);
    }
}

void oval_found_hash(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name) {
    postern_slice bytes;
    postern_file *opened = name.len ? open_file(w, file, &bytes) : NULL;
    if (!opened) return;
    if (oval_is(w->object, "filehash58_object")) {
        add_hash(w, file, folder, name, bytes);
    } else {
        oval_item *item = oval_file_item(w, "filehash", "independent", file, folder, name);
        oval_item_add(w->o, item, "md5", OVAL_STRING, digest(w->o, EVP_md5(), bytes));
        oval_item_add(w->o, item, "sha1", OVAL_STRING, digest(w->o, EVP_sha1(), bytes));
        if (item) oval_item_view(w, item);
        oval_item_commit(w->o, w->c, item);
    }
    postern_file_close(opened);
}

/* ---- text ---- */

static void from_utf16(postern_slice s, bool big, postern_buf *out) {
    for (size_t i = 2, len; i + 1 < s.len; i += len) postern_buf_add_utf8(out, postern_utf16_at(s, i, big, &len));
}

static postern_slice decode(oval_want *w, postern_slice s) {
    postern_buf out;
    if (s.len >= 3 && s.ptr[0] == 0xEF && s.ptr[1] == 0xBB && s.ptr[2] == 0xBF) s = postern_slice_from(s, 3);
    bool big = s.len >= 2 && s.ptr[0] == 0xFE && s.ptr[1] == 0xFF, little = s.len >= 2 && s.ptr[0] == 0xFF && s.ptr[1] == 0xFE;
    postern_buf_init(&out, POSTERN_LIMIT_OVAL_CONTENT * 2);
    if (big || little)
        from_utf16(s, big, &out);
    else if (postern_utf8_valid(s))
        postern_buf_add_slice(&out, s);
    else
        for (size_t i = 0; i < s.len; i++) postern_buf_add_utf8(&out, s.ptr[i]);
    if (out.status) oval_fail(w->o, out.status, "a text file is too large");
    s = oval_copy(w->o, postern_buf_slice(&out));
    postern_buf_free(&out);
    return s;
}

typedef struct text {
    oval_want *w;
    const postern_win_file *file;
    postern_slice folder, name, pattern, bytes;
    unsigned flags;
} text;

static void add_match(const text *t, const oval_match *m, uint64_t instance) {
    oval *o = t->w->o;
    postern_slice number = oval_text(o, "%llu", (unsigned long long)instance);
    if (o->failure || !oval_want_accepts(t->w, oval_child(t->w->object, "instance"), number, false)) return;
    oval_item *item = oval_file_item(t->w, "textfilecontent", "independent", t->file, t->folder, t->name);
    oval_item_add(o, item, "pattern", OVAL_STRING, t->pattern);
    oval_item_add(o, item, "instance", OVAL_INT, number);
    oval_item_add(o, item, "text", OVAL_STRING, postern_slice_sub(t->bytes, m->start, m->end - m->start));
    for (size_t i = 0; i < m->groups; i++)
        if (m->group[i].ptr) oval_item_add(o, item, "subexpression", OVAL_STRING, m->group[i]);
    if (item) oval_item_view(t->w, item);
    oval_item_commit(o, t->w->c, item);
}

static void match_pattern(const text *t) {
    oval_match m;
    postern_slice why = {0};
    uint64_t instance = 0;
    for (size_t from = 0; from <= t->bytes.len && !t->w->o->failure;) {
        oval_result got = oval_regex_match(t->w->o, t->pattern, t->flags, t->bytes, from, &m, &why);
        if (got == OVAL_ERROR)
            oval_collected_say(t->w->o, t->w->c, OVAL_FLAG_ERROR, oval_text(t->w->o, "pattern: %.*s", POSTERN_ARG(why)));
        if (got != OVAL_TRUE) return;
        add_match(t, &m, ++instance);
        from = m.end;
        if (m.end == m.start || m.end < from) { /* an empty match: on to the next character */
            size_t len = 1;
            if (m.end < t->bytes.len) postern_utf8_at(t->bytes, m.end, &len);
            from = m.end + len;
        }
    }
}

/* textfilecontent: each line that fits is an item. */
static void match_lines(const text *t, const oval_node *line) {
    postern_slice rest = t->bytes;
    while (rest.len && !t->w->o->failure) {
        postern_cut cut = postern_slice_cut(rest, '\n');
        postern_slice one = cut.head;
        rest = cut.tail;
        if (one.len && one.ptr[one.len - 1] == '\r') one.len--;
        if (!oval_want_accepts(t->w, line, one, false)) continue;
        oval_item *item = oval_file_item(t->w, "textfilecontent", "independent", t->file, t->folder, t->name);
        oval_item_add(t->w->o, item, "line", OVAL_STRING, one);
        oval_item_add(t->w->o, item, "text", OVAL_STRING, one); /* what others look for behind a state's `line` */
        if (item) oval_item_view(t->w, item);
        oval_item_commit(t->w->o, t->w->c, item);
    }
}

static bool flag(const oval_node *behaviors, const char *name, bool usual) {
    postern_slice value = behaviors ? oval_attr_get(behaviors, name) : (postern_slice){0};
    return value.ptr ? oval_attr_true(behaviors, name) : usual;
}

void oval_found_text(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name) {
    const oval_node *behaviors = oval_child(w->object, "behaviors"), *line = oval_child(w->object, "line"),
                    *pattern = oval_child(w->object, "pattern");
    postern_slice bytes;
    postern_file *opened = name.len ? open_file(w, file, &bytes) : NULL;
    if (!opened) return;
    text t = {.w = w, .file = file, .folder = folder, .name = name, .bytes = decode(w, bytes)};
    postern_file_close(opened);
    if (flag(behaviors, "ignore_case", false)) t.flags |= OVAL_REGEX_NOCASE;
    if (flag(behaviors, "multiline", true)) t.flags |= OVAL_REGEX_MULTILINE;
    if (flag(behaviors, "singleline", false)) t.flags |= OVAL_REGEX_DOTALL;
    if (line) match_lines(&t, line);
    const oval_values *patterns = pattern && !w->o->failure ? oval_entity_values(w->o, w->c, pattern) : NULL;
    for (size_t i = 0; patterns && i < patterns->count && !w->o->failure; i++) {
        t.pattern = patterns->at[i];
        if (oval_entity_operation(pattern) != OVAL_PATTERN) t.pattern = oval_regex_escape(w->o, t.pattern);
        match_pattern(&t);
    }
}

/* ---- XML ---- */

static void add_xml_value(oval *o, oval_item *item, xmlChar *value) {
    if (!value)
        oval_fail(o, POSTERN_NOMEM, "no memory"); /* text of a node is at least empty */
    else
        oval_item_add(o, item, "value_of", OVAL_STRING, oval_copy(o, postern_slice_cstr((const char *)value)));
    xmlFree(value);
}

static void add_result(oval_want *w, oval_item *item, xmlXPathObjectPtr result) {
    const xmlNodeSet *set = result->type == XPATH_NODESET ? result->nodesetval : NULL;
    if (result->type != XPATH_NODESET) add_xml_value(w->o, item, xmlXPathCastToString(result));
    for (int i = 0; set && i < set->nodeNr && oval_step(w->o); i++)
        add_xml_value(w->o, item, xmlXPathCastNodeToString(set->nodeTab[i]));
    bool any = result->type != XPATH_NODESET || (set && set->nodeNr);
    if (item) oval_item_view(w, item);
    if (any) oval_item_commit(w->o, w->c, item);
}

/* The same expression, which libxml2 then works out step by step. Simple paths it would stream, and lose nodes without a word
 * when memory is short. */
static const char *in_parentheses(oval *o, postern_slice expression) {
    postern_slice whole = oval_text(o, "(%.*s)", POSTERN_ARG(expression));
    return whole.ptr ? (const char *)whole.ptr : "";
}

static void evaluate(oval_want *w, oval_item *item, xmlDocPtr doc, postern_slice expression, const oval_libxml *watch) {
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    xmlXPathObjectPtr result = NULL;
    bool told = false;
    if (context) {
        context->opLimit = POSTERN_LIMIT_OVAL_XPATH;
        xmlXPathCompExprPtr alone = xmlXPathCtxtCompile(context, (const xmlChar *)expression.ptr);
        if (alone) result = xmlXPathEval((const xmlChar *)in_parentheses(w->o, expression), context);
        xmlXPathFreeCompExpr(alone);
        told = context->lastError.code != 0;
    }
    if (result && !watch->no_memory) /* what it made with too little memory is not to be touched */
        add_result(w, item, result);
    else if (watch->no_memory || !told) /* no result, and no word about the expression */
        oval_fail(w->o, POSTERN_NOMEM, "no memory");
    else
        oval_collected_say(w->o, w->c, OVAL_FLAG_ERROR,
                           oval_text(w->o, "xpath: it cannot be evaluated, or takes more than limit OVAL_XPATH: %.*s",
                                     POSTERN_ARG(expression)));
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
}

static xmlDocPtr parse(postern_slice bytes) {
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (!parser) return NULL;
    xmlDocPtr doc = xmlCtxtReadMemory(parser, (const char *)bytes.ptr, (int)bytes.len, NULL, NULL,
                                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (doc && doc->intSubset) { /* with a document type declaration come entities: not evaluated */
        xmlFreeDoc(doc);
        doc = NULL;
    }
    xmlFreeParserCtxt(parser);
    return doc;
}

void oval_found_xml(oval_want *w, const postern_win_file *file, postern_slice folder, postern_slice name) {
    const oval_node *xpath = oval_child(w->object, "xpath");
    postern_slice bytes;
    postern_file *opened = name.len && xpath ? open_file(w, file, &bytes) : NULL;
    if (!opened) return;
    oval_libxml watch;
    oval_libxml_begin(&watch);
    size_t at;
    xmlDocPtr doc = bytes.len && !oval_xml_refused(bytes, &at) ? parse(bytes) : NULL;
    const oval_values *expressions = oval_entity_values(w->o, w->c, xpath);
    for (size_t i = 0; doc && expressions && i < expressions->count && !w->o->failure; i++) {
        oval_item *item = oval_file_item(w, "xmlfilecontent", "independent", file, folder, name);
        postern_slice expression = oval_copy(w->o, expressions->at[i]); /* ends in NUL */
        oval_item_add(w->o, item, "xpath", OVAL_STRING, expression);
        if (!w->o->failure) evaluate(w, item, doc, expression, &watch);
    }
    if (!doc)
        oval_collected_say(w->o, w->c, OVAL_FLAG_INCOMPLETE,
                           oval_text(w->o, "%.*s: no XML, or a document type declaration, or too many attributes",
                                     POSTERN_ARG(file->path)));
    xmlFreeDoc(doc);
    if (!oval_libxml_end(&watch)) oval_fail(w->o, POSTERN_NOMEM, "no memory");
    postern_file_close(opened);
}
