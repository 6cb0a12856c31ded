/*
 * An SVG picture on its own (SVG 2 as XML): read by the HTML tokenizer, which nothing can make fail, and written anew as XML
 * that is well-formed by construction. As a picture it has no script and no network in any browser; it is cleaned all the
 * same, since what is saved or opened alone is a document. Left out: what html_tables.h leaves out, links, other files,
 * other namespaces.
 */
#include <stdlib.h>

#include "html_int.h"

#define NAMESPACES " xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""

typedef struct svg_writer {
    page_doc *doc;
    page_out out;
    const page_element *open[POSTERN_LIMIT_ELEMENT_DEPTH];
    uint32_t depth, dropped, ignored; /* dropped: elements open inside one that is left out; ignored: too deep */
    bool root;                        /* <svg> was written */
    bool ended;                       /* and closed: nothing may follow */
    bool style;
    postern_buf css;
} svg_writer;

static postern_slice local_name(postern_slice name) {
    return postern_slice_starts(name, POSTERN_S("svg:")) ? postern_slice_from(name, 4) : name;
}

static const char *xml_name(const page_element *element) { return element->xml ? element->xml : element->name; }

static bool in_picture(const page_element *element) {
    if (!element || !(element->flags & PAGE_E_SVG)) return false;
    switch ((page_do)element->action) {
    case PAGE_DO_KEEP: case PAGE_DO_TITLE: case PAGE_DO_STYLE: case PAGE_DO_IMG: return true;
    default: return false;
    }
}

/* Leaves itself out and lets its content stay. */
static bool transparent(const page_element *element) {
    return !element || strcmp(element->name, "a") == 0 || element->action == PAGE_DO_UNWRAP;
}

static bool seen_before(const char *const *names, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static void write_reference(svg_writer *w, const page_element *element, const char *name, postern_slice value) {
    page_doc *doc = w->doc;
    value = postern_slice_trim(value);
    if (value.len && value.ptr[0] == '#') page_out_attribute(&w->out, name, value);
    else if (strcmp(element->name, "image") == 0 || strcmp(element->name, "feimage") == 0)
        page_source_attribute(doc, name, value, POSTERN_USE_IMAGE);
}

static void write_attributes(svg_writer *w, const page_element *element, const postern_html_token *token) {
    const char *written[64];
    size_t count = 0;
    for (size_t i = 0; i < token->attribute_count && count < 64; i++) {
        const postern_html_attribute *a = &token->attributes[i];
        const page_attribute *known = page_attribute_find(a->name);
        if (!known || !(known->svg || known->xml)) continue;
        const char *name = known->xml ? known->xml : known->name;
        if (strcmp(name, "role") == 0 || strcmp(name, "tabindex") == 0 || seen_before(written, count, name)) continue;
        written[count++] = name;
        if (known->kind == PAGE_A_TEXT) page_out_attribute(&w->out, name, a->value);
        else if (known->kind == PAGE_A_STYLE) page_style_attribute(w->doc, a->value);
        else if (known->kind == PAGE_A_CSS) page_css_attribute(w->doc, name, a->value);
        else if (known->kind == PAGE_A_HREF) write_reference(w, element, name, a->value);
    }
}

static void close_one(svg_writer *w) {
    page_out_literal(&w->out, "</");
    page_out_cstr(&w->out, xml_name(w->open[--w->depth]));
    page_out_literal(&w->out, ">");
    if (w->depth == 0) w->ended = true;
}

/* The style sheet's text is escaped here: in XML a reference in it is read back, and a lone '&' would end the document. */
static void finish_style(svg_writer *w) {
    if (!w->style) return;
    w->style = false;
    page_svg_style(w->doc, postern_buf_slice(&w->css));
    postern_buf_clear(&w->css);
}

static void start(svg_writer *w, const postern_html_token *token) {
    const page_element *element = page_element_find(local_name(token->name));
    finish_style(w);
    if (w->ended) return;
    if (w->dropped) {
        if (!token->self_closing) w->dropped++;
        return;
    }
    if (!w->root && (!element || strcmp(element->name, "svg") != 0)) return;
    if (transparent(element)) return;
    if (!in_picture(element)) {
        if (!token->self_closing) w->dropped = 1;
        return;
    }
    if (w->depth >= POSTERN_LIMIT_ELEMENT_DEPTH) {
        if (!token->self_closing) w->ignored++;
        return;
    }
    page_out_literal(&w->out, "<");
    page_out_cstr(&w->out, xml_name(element));
    if (!w->root) page_out_literal(&w->out, NAMESPACES);
    w->root = true;
    write_attributes(w, element, token);
    page_out_literal(&w->out, ">");
    w->open[w->depth++] = element;
    if (token->self_closing) close_one(w);
    else w->style = element->action == PAGE_DO_STYLE;
}

static void end(svg_writer *w, const postern_html_token *token) {
    const page_element *element = page_element_find(local_name(token->name));
    finish_style(w);
    if (w->ended) return;
    if (w->dropped) {
        w->dropped--;
        return;
    }
    if (w->ignored) {
        w->ignored--;
        return;
    }
    for (uint32_t i = w->depth; i-- > 0;) {
        if (w->open[i] != element) continue;
        while (w->depth > i) close_one(w);
        return;
    }
}

static void text(svg_writer *w, const postern_html_token *token) {
    if (w->dropped || w->depth == 0 || w->ended) return;
    if (!w->style) page_out_text(&w->out, token->text);
    else if (postern_buf_add_slice(&w->css, token->text) == POSTERN_NOMEM) page_fail(w->doc->page, POSTERN_NOMEM);
}

static void run(svg_writer *w, postern_slice utf8) {
    page_html *page = w->doc->page;
    postern_html_tokenizer *tokenizer = NULL;
    postern_html_token token;
    page_fail(page, postern_html_tokenizer_new(utf8, false, NULL, &tokenizer));
    if (!tokenizer) return;
    postern_html_set_foreign(tokenizer, true);
    while (page->status == POSTERN_OK) {
        page_fail(page, postern_html_next(tokenizer, &token));
        if (page->status != POSTERN_OK || token.kind == POSTERN_HTML_EOF) break;
        if (token.kind == POSTERN_HTML_START) start(w, &token);
        else if (token.kind == POSTERN_HTML_END) end(w, &token);
        else if (token.kind == POSTERN_HTML_TEXT) text(w, &token);
    }
    finish_style(w);
    while (w->depth) close_one(w);
    postern_html_tokenizer_free(tokenizer);
}

postern_status page_svg_clean(page_doc *outer, postern_slice utf8, uint32_t part, const postern_sink *out) {
    page_html *page = outer->page;
    svg_writer *w = calloc(1, sizeof *w);
    page_doc *doc = w ? page_doc_new(page, outer, part, out) : NULL;
    if (!doc) {
        free(w);
        return POSTERN_NOMEM;
    }
    /* what the page's own functions write for this document goes where the elements go */
    doc->depth = outer->depth + 1;
    doc->base = part == outer->part ? outer->base : NULL;
    w->doc = doc;
    page_out_init(&w->out, page, out);
    doc->out = &w->out;
    postern_buf_init(&w->css, POSTERN_LIMIT_DOCUMENT);
    if (doc->depth <= POSTERN_LIMIT_FRAME_DEPTH) run(w, utf8);
    if (!w->root) page_out_literal(&w->out, "<svg" NAMESPACES "></svg>");
    page_out_flush(&w->out);
    postern_buf_free(&w->css);
    page_doc_free(doc);
    free(w);
    return page->status;
}
