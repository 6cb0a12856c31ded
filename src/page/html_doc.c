/*
 * One document on its way: prolog, tokens, end. The doctype and the head's first lines are ours (P1, P4); the doctype keeps
 * the source's mode (WHATWG 13.2.6.4.1), because a page drawn in another mode is another page. (A srcdoc document is never
 * in quirks mode, whatever it says, so frames get no doctype.)
 */
#include <stdlib.h>

#include "html_int.h"

/* ---- mode --------------------------------------------------------------------------------------------------------- */

static bool starts_any(postern_slice id, const char *const *prefixes) {
    for (; *prefixes; prefixes++)
        if (postern_slice_starts_nocase(id, postern_slice_cstr(*prefixes))) return true;
    return false;
}

/* Public identifiers that begin like this mean quirks mode (WHATWG 13.2.6.4.1). */
static const char *const quirky_prefixes[] = {
    "+//Silmaril//dtd html Pro v0r11 19970101//", "-//AS//DTD HTML 3.0 asWedit + extensions//",
    "-//AdvaSoft Ltd//DTD HTML 3.0 asWedit + extensions//", "-//IETF//DTD HTML 2.0 Level 1//",
    "-//IETF//DTD HTML 2.0 Level 2//", "-//IETF//DTD HTML 2.0 Strict Level 1//", "-//IETF//DTD HTML 2.0 Strict Level 2//",
    "-//IETF//DTD HTML 2.0 Strict//", "-//IETF//DTD HTML 2.0//", "-//IETF//DTD HTML 2.1E//", "-//IETF//DTD HTML 3.0//",
    "-//IETF//DTD HTML 3.2 Final//", "-//IETF//DTD HTML 3.2//", "-//IETF//DTD HTML 3//", "-//IETF//DTD HTML Level 0//",
    "-//IETF//DTD HTML Level 1//", "-//IETF//DTD HTML Level 2//", "-//IETF//DTD HTML Level 3//",
    "-//IETF//DTD HTML Strict Level 0//", "-//IETF//DTD HTML Strict Level 1//", "-//IETF//DTD HTML Strict Level 2//",
    "-//IETF//DTD HTML Strict Level 3//", "-//IETF//DTD HTML Strict//", "-//IETF//DTD HTML//",
    "-//Metrius//DTD Metrius Presentational//", "-//Microsoft//DTD Internet Explorer 2.0 HTML Strict//",
    "-//Microsoft//DTD Internet Explorer 2.0 HTML//", "-//Microsoft//DTD Internet Explorer 2.0 Tables//",
    "-//Microsoft//DTD Internet Explorer 3.0 HTML Strict//", "-//Microsoft//DTD Internet Explorer 3.0 HTML//",
    "-//Microsoft//DTD Internet Explorer 3.0 Tables//", "-//Netscape Comm. Corp.//DTD HTML//",
    "-//Netscape Comm. Corp.//DTD Strict HTML//", "-//O'Reilly and Associates//DTD HTML 2.0//",
    "-//O'Reilly and Associates//DTD HTML Extended 1.0//", "-//O'Reilly and Associates//DTD HTML Extended Relaxed 1.0//",
    "-//SQ//DTD HTML 2.0 HoTMetaL + extensions//",
    "-//SoftQuad Software//DTD HoTMetaL PRO 6.0::19990601::extensions to HTML 4.0//",
    "-//SoftQuad//DTD HoTMetaL PRO 4.0::19971010::extensions to HTML 4.0//", "-//Spyglass//DTD HTML 2.0 Extended//",
    "-//Sun Microsystems Corp.//DTD HotJava HTML//", "-//Sun Microsystems Corp.//DTD HotJava Strict HTML//",
    "-//W3C//DTD HTML 3 1995-03-24//", "-//W3C//DTD HTML 3.2 Draft//", "-//W3C//DTD HTML 3.2 Final//",
    "-//W3C//DTD HTML 3.2//", "-//W3C//DTD HTML 3.2S Draft//", "-//W3C//DTD HTML 4.0 Frameset//",
    "-//W3C//DTD HTML 4.0 Transitional//", "-//W3C//DTD HTML Experimental 19960712//",
    "-//W3C//DTD HTML Experimental 970421//", "-//W3C//DTD W3 HTML//", "-//W3O//DTD W3 HTML 3.0//",
    "-//WebTechs//DTD Mozilla HTML 2.0//", "-//WebTechs//DTD Mozilla HTML//", NULL};

static bool quirky_public(postern_slice id) {
    return starts_any(id, quirky_prefixes) || postern_slice_eq_nocase(id, POSTERN_S("-//W3O//DTD W3 HTML Strict 3.0//EN//")) ||
           postern_slice_eq_nocase(id, POSTERN_S("-/W3C/DTD HTML 4.0 Transitional/EN")) ||
           postern_slice_eq_nocase(id, POSTERN_S("HTML"));
}

static page_mode mode_of(const postern_html_token *doctype) {
    static const char *const html4[] = {"-//W3C//DTD HTML 4.01 Frameset//", "-//W3C//DTD HTML 4.01 Transitional//", NULL};
    static const char *const xhtml[] = {"-//W3C//DTD XHTML 1.0 Frameset//", "-//W3C//DTD XHTML 1.0 Transitional//", NULL};
    if (doctype->force_quirks || !postern_slice_eq(doctype->name, POSTERN_S("html"))) return PAGE_MODE_QUIRKS;
    if (doctype->has_system &&
        postern_slice_eq_nocase(doctype->system_id, POSTERN_S("http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd")))
        return PAGE_MODE_QUIRKS;
    if (!doctype->has_public) return PAGE_MODE_STANDARDS;
    if (quirky_public(doctype->public_id)) return PAGE_MODE_QUIRKS;
    if (starts_any(doctype->public_id, html4)) return doctype->has_system ? PAGE_MODE_LIMITED : PAGE_MODE_QUIRKS;
    return starts_any(doctype->public_id, xhtml) ? PAGE_MODE_LIMITED : PAGE_MODE_STANDARDS;
}

/* ---- prolog -------------------------------------------------------------------------------------------------------- */

static void write_doctype(page_out *out, page_mode mode) {
    if (mode == PAGE_MODE_STANDARDS) page_out_literal(out, "<!DOCTYPE html>\n");
    else if (mode == PAGE_MODE_LIMITED)
        page_out_literal(out, "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" "
                              "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n");
}

#define CSP "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; media-src data:; " \
            "base-uri 'none'; form-action 'none'"
/* html -d: pictures, fonts and media are files beside the page */
#define CSP_FILES "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'; font-src data: 'self'; " \
                  "media-src data: 'self'; base-uri 'none'; form-action 'none'"

/* What a reader sees most of quirks mode (WHATWG 15.3), for frames that were drawn in it: a srcdoc document never is. Without
 * weight of their own, so that every rule of the frame's goes before them. */
static const char quirks_style[] =
    ":where(table){font-weight:initial;font-style:initial;font-variant:initial;font-size:initial;line-height:initial;"
    "white-space:initial;text-align:start}:where(input,textarea){box-sizing:border-box}:where(form){margin-block-end:1em}";

/* A sheet of ours, in front of the document's own; it passes the same filter. */
static void write_style(page_doc *doc, const char *style) {
    if (!style) return;
    page_out_literal(doc->out, "<style>");
    page_style_sheet(doc, postern_slice_cstr(style), doc->part, NULL);
    page_out_literal(doc->out, "</style>");
}

void page_prolog(page_doc *doc, page_mode mode, const postern_html_token *html) {
    const postern_page_options *options = doc->page->options;
    if (doc->inner) return;
    if (doc->depth == 0) write_doctype(doc->out, mode);
    if (html) page_tag_write(doc, "html", page_element_find(POSTERN_S("html")), html);
    else page_out_literal(doc->out, "<html>");
    page_out_literal(doc->out, "<head>");
    if (doc->depth) { /* a srcdoc document has its parent's policy and character set */
        if (mode == PAGE_MODE_QUIRKS && doc->archived_frame) write_style(doc, quirks_style);
        write_style(doc, options->style);
        return;
    }
    page_out_literal(doc->out, "<meta charset=\"utf-8\">");
    if (!options->no_csp) {
        page_out_literal(doc->out, "<meta http-equiv=\"Content-Security-Policy\" content=\"");
        page_out_cstr(doc->out, options->resource ? CSP_FILES : CSP);
        page_out_literal(doc->out, "\">");
    }
    page_out_literal(doc->out, "<meta name=\"referrer\" content=\"no-referrer\">"
                               "<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">");
    write_style(doc, options->style);
}

/* ---- tokens --------------------------------------------------------------------------------------------------------- */

static bool blank(postern_slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (!postern_ascii_space(text.ptr[i])) return false;
    return true;
}

static void give(page_doc *doc, const postern_html_token *token) {
    bool stands = token->kind != POSTERN_HTML_COMMENT && !(token->kind == POSTERN_HTML_TEXT && blank(token->text));
    if (stands && doc->vml.waiting.len) page_vml_flush(doc);
    switch (token->kind) {
    case POSTERN_HTML_TEXT: page_text(doc, token); break;
    case POSTERN_HTML_START: page_start_tag(doc, token); break;
    case POSTERN_HTML_END: page_end_tag(doc, token); break;
    case POSTERN_HTML_COMMENT: page_vml_comment(doc, token); break;
    default: break; /* comments and doctypes never leave */
    }
}

static bool next(page_doc *doc, postern_html_token *token) {
    page_fail(doc->page, postern_html_next(doc->tokenizer, token));
    return doc->page->status == POSTERN_OK && token->kind != POSTERN_HTML_EOF;
}

static void drain(page_doc *doc) {
    postern_html_token token;
    while (!doc->page->full && next(doc, &token)) give(doc, &token);
}

void page_feed(page_doc *doc, postern_slice utf8) {
    postern_html_tokenizer *outer = doc->tokenizer, *inner = NULL;
    if (doc->page->status != POSTERN_OK) return;
    page_fail(doc->page, postern_html_tokenizer_new(utf8, false, NULL, &inner));
    if (!inner) return;
    doc->tokenizer = inner;
    drain(doc);
    page_finish(doc);
    doc->tokenizer = outer;
    postern_html_tokenizer_free(inner);
}

/* What stands before the first tag or text decides the mode; the html tag, when it comes next, goes into our prolog. */
static void begin(page_doc *doc) {
    postern_html_token token;
    page_mode mode = doc->xml ? PAGE_MODE_STANDARDS : PAGE_MODE_QUIRKS;
    bool have = false, doctype = false;
    while ((have = next(doc, &token))) {
        if (token.kind == POSTERN_HTML_DOCTYPE && !doctype) {
            doctype = true;
            if (!doc->xml) mode = mode_of(&token);
        } else if (token.kind == POSTERN_HTML_START || token.kind == POSTERN_HTML_END) break;
        else if (token.kind == POSTERN_HTML_TEXT && !blank(token.text)) break;
    }
    bool html = have && token.kind == POSTERN_HTML_START && postern_slice_eq(token.name, POSTERN_S("html"));
    page_prolog(doc, mode, html ? &token : NULL);
    if (have && !html) give(doc, &token);
}

void page_run(page_doc *doc, postern_slice utf8) {
    if (doc->page->status != POSTERN_OK) return;
    if (postern_slice_starts(utf8, POSTERN_S("\xef\xbb\xbf"))) utf8 = postern_slice_from(utf8, 3);
    page_fail(doc->page, postern_html_tokenizer_new(utf8, false, doc->page->options->notes, &doc->tokenizer));
    if (!doc->tokenizer) return;
    postern_html_set_foreign(doc->tokenizer, doc->xml);
    begin(doc);
    drain(doc);
    if (doc->vml.waiting.len) page_vml_flush(doc);
    page_finish(doc);
    doc->stack.dropped = 0;
    page_foreign_end(doc); /* an element that nothing closed */
    if (doc->frameset) page_frameset_close(doc);
    if (!doc->page->full && doc->mail) page_open_body(doc);
    page_refresh_write(doc);
    postern_html_tokenizer_free(doc->tokenizer);
    doc->tokenizer = NULL;
}

page_doc *page_doc_new(page_html *page, page_doc *parent, uint32_t part, const postern_sink *down) {
    page_doc *doc = page->status == POSTERN_OK ? calloc(1, sizeof *doc) : NULL;
    postern_arena *arena = doc ? postern_arena_new(4 * (size_t)POSTERN_LIMIT_DOCUMENT) : NULL;
    if (!arena) {
        free(doc);
        page_fail(page, POSTERN_NOMEM);
        return NULL;
    }
    doc->page = page;
    doc->parent = parent;
    doc->part = part;
    doc->depth = parent ? parent->depth : 0;
    doc->arena = arena;
    doc->inner = page->options->fragment && !parent;
    postern_buf_init(&doc->style, POSTERN_LIMIT_DOCUMENT);
    doc->out = &doc->own;
    page_out_init(&doc->own, page, down);
    page_doc_judge(doc);
    return doc;
}

void page_doc_free(page_doc *doc) {
    if (!doc) return;
    page_out_flush(&doc->own);
    postern_html_tokenizer_free(doc->tokenizer);
    postern_buf_free(&doc->style);
    postern_buf_free(&doc->foreign.text);
    postern_arena_free(doc->arena);
    free(doc);
}

bool page_part_text(page_doc *doc, uint32_t part, postern_slice *ret_utf8) {
    page_html *page = doc->page;
    const postern_part *p = postern_archive_part(page->archive, part);
    postern_status status = postern_part_text(doc->arena, p, page->options->notes, ret_utf8, NULL);
    if (status == POSTERN_NOMEM || status == POSTERN_IO) page_fail(page, status);
    if (status == POSTERN_OK && ret_utf8->len <= POSTERN_LIMIT_DOCUMENT) return true;
    page->report->limits++;
    page_note(page, POSTERN_NOTE_PAGE_LIMIT, part, POSTERN_NO_OFFSET, POSTERN_S("document"));
    if (status == POSTERN_OK) ret_utf8->len = POSTERN_LIMIT_DOCUMENT;
    return status == POSTERN_OK;
}
