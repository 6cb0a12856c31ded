/*
 * VML, the drawings of Office and of IE 5 to 9 (W3C note of 1998). Of a shape the picture is shown, as an <img> in the size of
 * the shape: v:imagedata, v:image, v:fill. Paths, shadows and formulas are left out; text in a shape is text of the page.
 *
 * Word puts a shape into a conditional comment, "[if gte vml 1]", and an <img> for everybody else behind it, "[if !vml]": then
 * that one is the picture and the comment stays a comment. Only where nothing stands behind it is the comment looked into. What
 * is found goes through the same gate as a tag of the source.
 */
#include "html_int.h"

static bool is_name(postern_slice name, const char *const *names) {
    for (; *names; names++)
        if (postern_slice_eq(name, postern_slice_cstr(*names))) return true;
    return false;
}

/* "width:12.5pt" out of a shape's style: a number and a unit, nothing else. */
static void add_length(postern_buf *out, postern_slice style, const char *property) {
    while (style.len) {
        postern_cut cut = postern_slice_cut(style, ';'), one = postern_slice_cut(cut.head, ':');
        style = cut.tail;
        postern_slice value = postern_slice_trim(one.tail);
        if (!one.ok || !postern_slice_eq_nocase(postern_slice_trim(one.head), postern_slice_cstr(property))) continue;
        static const char *const units[] = {"pt", "px", "in", "cm", "mm", "pc", NULL};
        if (value.len < 3 || value.len > 12 || !is_name(postern_slice_from(value, value.len - 2), units)) return;
        for (size_t i = 0; i < value.len - 2; i++)
            if (!postern_ascii_digit(value.ptr[i]) && value.ptr[i] != '.') return;
        postern_buf_printf(out, "%s:%.*s;", property, POSTERN_ARG(value));
        return;
    }
}

/* The shape around a picture; its size lives in the token only. */
static void read_shape(page_vml *vml, const postern_html_token *token) {
    static const char *const shapes[] = {"v:shape", "v:rect", "v:roundrect", "v:oval", "v:image", NULL};
    if (!is_name(token->name, shapes)) return;
    postern_buf size;
    postern_buf_init(&size, sizeof vml->size);
    postern_slice style = page_attribute_value(token, "style");
    add_length(&size, style, "width");
    add_length(&size, style, "height");
    vml->size_len = size.len < sizeof vml->size ? size.len : 0;
    if (vml->size_len) memcpy(vml->size, size.ptr, vml->size_len);
    postern_buf_free(&size);
}

static bool is_picture(const postern_html_token *token) {
    static const char *const pictures[] = {"v:imagedata", "v:image", "v:fill", NULL};
    return is_name(token->name, pictures) && page_attribute_has(token, "src");
}

static void add_attribute(postern_buf *html, const char *name, postern_slice value) {
    if (!value.len) return;
    postern_sink sink = postern_buf_sink(html);
    postern_buf_printf(html, " %s=\"", name);
    if (postern_html_write_attribute(&sink, value) == POSTERN_OK) postern_buf_add_byte(html, '"');
}

static void write_picture(page_doc *doc, const postern_html_token *token) {
    postern_buf html;
    postern_buf_init(&html, POSTERN_LIMIT_DOCUMENT);
    postern_slice title = page_attribute_value(token, "alt");
    if (!title.len) title = page_attribute_value(token, "o:title");
    postern_buf_add_slice(&html, POSTERN_S("<img"));
    add_attribute(&html, "src", page_attribute_value(token, "src"));
    add_attribute(&html, "alt", title);
    add_attribute(&html, "style", postern_slice_of(doc->vml.size, doc->vml.size_len));
    postern_buf_add_byte(&html, '>');
    if (html.status == POSTERN_OK) page_feed(doc, postern_buf_slice(&html));
    else if (html.status == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
    postern_buf_free(&html);
}

bool page_vml_start(page_doc *doc, const postern_html_token *token) {
    if (!postern_slice_starts(token->name, POSTERN_S("v:"))) return false;
    read_shape(&doc->vml, token);
    if (!is_picture(token)) return false;
    write_picture(doc, token);
    return true;
}

/* ---- comments ------------------------------------------------------------------------------------------------------ */

void page_vml_comment(page_doc *doc, const postern_html_token *token) {
    postern_slice text = postern_slice_trim(token->text);
    if (doc->frameset || doc->stack.dropped || doc->raw != PAGE_RAW_NONE) return;
    if (!postern_slice_starts_nocase(text, POSTERN_S("[if"))) return;
    postern_cut cut = postern_slice_cut(text, ']');
    doc->vml.waiting = (postern_slice){0}; /* "[if !vml]": what stands in for it comes now */
    if (postern_slice_find_nocase(cut.head, 0, POSTERN_S("vml")) == SIZE_MAX) return;
    if (postern_slice_find_byte(cut.head, 0, '!') != SIZE_MAX) return;
    if (postern_slice_find_nocase(cut.tail, 0, POSTERN_S("<v:")) == SIZE_MAX) return;
    postern_status status = postern_arena_copy(doc->arena, cut.tail, &doc->vml.waiting);
    if (status == POSTERN_NOMEM) page_fail(doc->page, status);
}

/* A part of the archive that is nowhere in the page yet. */
static bool is_missing(page_doc *doc, const postern_html_token *token) {
    page_source source = page_find(doc, page_attribute_value(token, "src"), POSTERN_USE_IMAGE, true);
    return source.kind == PAGE_SOURCE_PART && source.part < doc->page->part_count && !doc->page->used[source.part];
}

void page_vml_flush(page_doc *doc) {
    postern_slice waiting = doc->vml.waiting;
    postern_html_tokenizer *tokenizer = NULL;
    postern_html_token token;
    doc->vml.waiting = (postern_slice){0};
    if (doc->page->status != POSTERN_OK) return;
    page_fail(doc->page, postern_html_tokenizer_new(waiting, false, NULL, &tokenizer));
    while (tokenizer && doc->page->status == POSTERN_OK) {
        page_fail(doc->page, postern_html_next(tokenizer, &token));
        if (doc->page->status != POSTERN_OK || token.kind == POSTERN_HTML_EOF) break;
        if (token.kind != POSTERN_HTML_START) continue;
        read_shape(&doc->vml, &token);
        if (is_picture(&token) && is_missing(doc, &token)) write_picture(doc, &token);
    }
    postern_html_tokenizer_free(tokenizer);
}
