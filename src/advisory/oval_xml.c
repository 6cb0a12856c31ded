/*
 * XML in: libxml2's SAX events become nodes in the document's arena. The format is XML 1.0 with namespaces; what an attacker
 * does with it: entities that grow or read files (a document type declaration is refused before it is read), endless depth and
 * endless size (ceilings), invalid bytes (libxml2 refuses them). Comments and processing instructions are dropped. libxml2's
 * own memory is not ours to cap: it grows with the deepest path and the longest text, not with the document.
 */
#include "oval_int.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>

typedef struct builder {
    postern_arena *arena;
    oval_map names;
    oval_node *root, *at;
    unsigned depth;
    xmlParserCtxtPtr parser;
    postern_buf text;
    postern_status status;
    const char *why;
    uint32_t line;
} builder;

static postern_slice of_xml(const xmlChar *text) {
    return postern_slice_cstr((const char *)text);
}

static void stop(builder *b, postern_status status, const char *why) {
    if (b->status) return;
    b->status = status;
    b->why = why;
    b->line = (uint32_t)xmlSAX2GetLineNumber(b->parser);
    xmlStopParser(b->parser);
}

static void stop_memory(builder *b) {
    postern_status status = postern_arena_failure(b->arena);
    stop(b, status, status == POSTERN_LIMIT ? "limit OVAL_MEMORY" : "no memory");
}

static const oval_name *name_of(builder *b, const xmlChar *local, const xmlChar *uri) {
    uint8_t key[512];
    postern_slice l = of_xml(local), u = of_xml(uri), copy;
    if (l.len + u.len + 1 > sizeof key) {
        stop(b, POSTERN_LIMIT, "a name is too long");
        return NULL;
    }
    if (l.len) memcpy(key, l.ptr, l.len);
    key[l.len] = ' ';
    if (u.len) memcpy(key + l.len + 1, u.ptr, u.len);
    postern_slice whole = postern_slice_of(key, l.len + 1 + u.len);
    oval_name *name = oval_map_get(&b->names, whole);
    if (name) return name;
    name = postern_arena_alloc(b->arena, sizeof *name);
    if (!name || postern_arena_copy(b->arena, whole, &copy)) {
        stop_memory(b);
        return NULL;
    }
    name->local = postern_slice_sub(copy, 0, l.len);
    name->ns = postern_slice_from(copy, l.len + 1);
    if (!oval_map_put(&b->names, b->arena, copy, name)) stop_memory(b);
    return name;
}

static bool blank(postern_slice text) {
    return postern_slice_trim(text).len == 0;
}

/* Text of a node that has children counts only when it is more than indentation. */
static void take_text(builder *b, oval_node *node) {
    postern_slice text = postern_buf_slice(&b->text);
    if (text.len && !(node->child && blank(text))) {
        if (node->text.len)
            postern_buf_clear(&b->text); /* mixed content: the first piece stays */
        else if (postern_arena_copy(b->arena, text, &node->text))
            stop_memory(b);
    }
    postern_buf_clear(&b->text);
}

static void add_attributes(builder *b, oval_node *node, int count, const xmlChar **attributes) {
    oval_attr **end = &node->attrs;
    for (int i = 0; i < count && !b->status; i++, attributes += 5) {
        oval_attr *a = postern_arena_zalloc(b->arena, 1, sizeof *a);
        const oval_name *name = name_of(b, attributes[0], NULL);
        postern_slice value = postern_slice_of(attributes[3], (size_t)(attributes[4] - attributes[3]));
        if (!a || !name || postern_arena_copy(b->arena, value, &a->value)) {
            stop_memory(b);
            return;
        }
        a->name = name->local;
        a->xsi = attributes[2] && postern_slice_eq(of_xml(attributes[2]), POSTERN_S(OVAL_NS_XSI));
        *end = a;
        end = &a->next;
    }
}

static void on_start(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int namespaces,
                     const xmlChar **ns, int attributes, int defaulted, const xmlChar **values) {
    builder *b = user;
    (void)prefix, (void)namespaces, (void)ns, (void)defaulted;
    if (b->status) return;
    if (++b->depth > POSTERN_LIMIT_OVAL_XML_DEPTH) {
        stop(b, POSTERN_LIMIT, "limit OVAL_XML_DEPTH: elements are nested too deep");
        return;
    }
    oval_node *node = postern_arena_zalloc(b->arena, 1, sizeof *node);
    const oval_name *name = name_of(b, local, uri);
    if (!node || !name) {
        stop_memory(b);
        return;
    }
    node->name = name;
    node->line = (uint32_t)xmlSAX2GetLineNumber(b->parser);
    add_attributes(b, node, attributes, values);
    if (!b->at) {
        b->root = node;
    } else {
        node->parent = b->at;
        if (b->at->last)
            b->at->last->next = node;
        else
            b->at->child = node;
        b->at->last = node;
        take_text(b, b->at);
    }
    b->at = node;
    postern_buf_clear(&b->text);
}

static void on_end(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri) {
    builder *b = user;
    (void)local, (void)prefix, (void)uri;
    if (b->status || !b->at) return;
    take_text(b, b->at);
    b->at = b->at->parent;
    b->depth--;
}

static void on_text(void *user, const xmlChar *text, int len) {
    builder *b = user;
    if (b->status || len <= 0) return;
    postern_status status = postern_buf_add(&b->text, text, (size_t)len);
    if (status) stop(b, status, status == POSTERN_LIMIT ? "limit OVAL_TEXT: a text is too long" : "no memory");
}

static void on_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
    (void)name, (void)external, (void)system;
    stop(user, POSTERN_FORMAT, "a document type declaration is refused: no entity is ever defined or fetched");
}

static postern_status finish(builder *b, const char *what, postern_error *reterr) {
    if (b->status)
        return b->status == POSTERN_NOMEM
                   ? postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "%s: no memory", what)
                   : postern_fail(reterr, b->status, POSTERN_NO_OFFSET, "%s: line %u: %s", what, b->line, b->why);
    if (!b->parser->wellFormed || !b->root) {
        const char *text = b->parser->lastError.message ? b->parser->lastError.message : "not well-formed XML";
        size_t len = strcspn(text, "\n");
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "%s: line %d: %.*s", what, b->parser->lastError.line,
                            (int)(len > 160 ? 160 : len), text);
    }
    return POSTERN_OK;
}

static unsigned line_at(postern_slice xml, size_t at) {
    unsigned line = 1;
    for (size_t i = 0; i < at && i < xml.len; i++) line += xml.ptr[i] == '\n';
    return line;
}

postern_status oval_xml_parse(postern_arena *arena, postern_slice xml, const char *what, oval_node **ret_root,
                              postern_error *reterr) {
    builder b = {.arena = arena};
    oval_libxml watch;
    size_t at;
    if (!xml.len) return postern_fail(reterr, POSTERN_FORMAT, 0, "%s: the file is empty", what);
    if (xml.len > POSTERN_LIMIT_OVAL_INPUT)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "%s: limit OVAL_INPUT: the file is too large", what);
    const char *refused = oval_xml_refused(xml, &at);
    if (refused)
        return postern_fail(reterr, strncmp(refused, "limit", 5) ? POSTERN_FORMAT : POSTERN_LIMIT, at, "%s: line %u: %s", what,
                            line_at(xml, at), refused);
    oval_libxml_begin(&watch);
    b.parser = xmlCreateMemoryParserCtxt((const char *)xml.ptr, (int)xml.len);
    if (!b.parser) {
        oval_libxml_end(&watch);
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "%s: no memory", what);
    }
    postern_buf_init(&b.text, POSTERN_LIMIT_OVAL_TEXT);
    xmlSAXHandler events = {.initialized = XML_SAX2_MAGIC,
                            .startElementNs = on_start,
                            .endElementNs = on_end,
                            .characters = on_text,
                            .ignorableWhitespace = on_text,
                            .cdataBlock = on_text,
                            .internalSubset = on_doctype};
    /* NOENT: character references in attributes arrive decoded; there is no other entity, see on_doctype */
    xmlCtxtUseOptions(b.parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    *b.parser->sax = events;
    b.parser->userData = &b;
    xmlParseDocument(b.parser);
    bool had_memory = oval_libxml_end(&watch);
    postern_status status = had_memory ? finish(&b, what, reterr)
                                       : postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "%s: no memory", what);
    xmlFreeParserCtxt(b.parser);
    postern_buf_free(&b.text);
    if (!status) *ret_root = b.root;
    return status;
}
