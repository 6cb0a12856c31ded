/*
 * <use href="sprites.svg#icon">: an element of another SVG file of the archive (SVG 2, 5.6). No browser takes it from a data:
 * URL, so the element is written in place, as the use element would have drawn it: a group with the attributes of the use, in
 * it the element, a symbol as an inner picture of its own. It goes through the same gate as the page, with the references of
 * its file.
 *
 * Left out: a use inside what is used. Each look into a file beyond the first comes out of the budget for what is used again
 * (P5), so that a page of a thousand uses of a large file ends.
 */
#include "html_int.h"

typedef struct used_element {
    postern_slice whole, inner, view_box, aspect;
    bool symbol;
} used_element;

static void keep(page_doc *doc, postern_slice value, postern_slice *ret_copy) {
    page_fail(doc->page, postern_arena_copy(doc->arena, value, ret_copy));
}

/* The element with that id, as it stands in the source; false when there is none. */
static bool find_element(page_doc *doc, postern_slice svg, postern_slice id, used_element *ret) {
    postern_html_tokenizer *tokenizer = NULL;
    postern_html_token token;
    uint8_t name[32];
    size_t name_len = 0, start = 0, inner = 0;
    unsigned depth = 0;
    bool found = false;
    page_fail(doc->page, postern_html_tokenizer_new(svg, false, NULL, &tokenizer));
    if (!tokenizer) return false;
    postern_html_set_foreign(tokenizer, true);
    for (;;) {
        page_fail(doc->page, postern_html_next(tokenizer, &token));
        if (doc->page->status != POSTERN_OK || token.kind == POSTERN_HTML_EOF) break;
        bool opens = token.kind == POSTERN_HTML_START, closes = token.kind == POSTERN_HTML_END;
        if (!depth && opens && token.name.len <= sizeof name && postern_slice_eq(page_attribute_value(&token, "id"), id)) {
            name_len = token.name.len;
            memcpy(name, token.name.ptr, name_len);
            ret->symbol = postern_slice_eq(token.name, POSTERN_S("symbol")) || postern_slice_eq(token.name, POSTERN_S("svg"));
            keep(doc, page_attribute_value(&token, "viewbox"), &ret->view_box);
            keep(doc, page_attribute_value(&token, "preserveaspectratio"), &ret->aspect);
            start = token.offset;
            inner = token.end;
            depth = 1;
            if (!token.self_closing) continue;
            closes = true;
        }
        if (!depth || !postern_slice_eq(token.name, postern_slice_of(name, name_len))) continue;
        if (opens && !closes) depth += !token.self_closing;
        if (!closes || --depth) continue;
        ret->whole = postern_slice_sub(svg, start, token.end - start);
        ret->inner = postern_slice_sub(svg, inner, opens ? 0 : token.offset - inner);
        found = true;
        break;
    }
    postern_html_tokenizer_free(tokenizer);
    return found && doc->page->status == POSTERN_OK;
}

static void add_attribute(postern_buf *html, postern_slice name, postern_slice value) {
    postern_sink sink = postern_buf_sink(html);
    postern_buf_add_byte(html, ' ');
    postern_buf_add_slice(html, name);
    postern_buf_add_slice(html, POSTERN_S("=\""));
    if (postern_html_write_attribute(&sink, value) == POSTERN_OK) postern_buf_add_byte(html, '"');
}

/* A length of a use: a number, maybe with a unit; no more than that may go into a transform. */
static postern_slice plain_number(postern_slice value) {
    value = postern_slice_trim(value);
    for (size_t i = 0; i < value.len; i++)
        if (!postern_ascii_digit(value.ptr[i]) && value.ptr[i] != '.' && value.ptr[i] != '-') return POSTERN_S("0");
    return value.len && value.len <= 16 ? value : POSTERN_S("0");
}

/* Its own attributes but those that say what is used, where and how large. */
static void add_group(postern_buf *html, const postern_html_token *token) {
    static const char *const own[] = {"href", "xlink:href", "x", "y", "width", "height", "id", "transform"};
    postern_buf_add_slice(html, POSTERN_S("<g"));
    for (size_t i = 0; i < token->attribute_count; i++) {
        bool taken = false;
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            taken |= postern_slice_eq(token->attributes[i].name, postern_slice_cstr(own[k]));
        if (!taken) add_attribute(html, token->attributes[i].name, token->attributes[i].value);
    }
    postern_buf move;
    postern_buf_init(&move, POSTERN_LIMIT_DOCUMENT);
    postern_buf_add_slice(&move, page_attribute_value(token, "transform"));
    if (page_attribute_has(token, "x") || page_attribute_has(token, "y")) {
        postern_slice x = plain_number(page_attribute_value(token, "x")), y = plain_number(page_attribute_value(token, "y"));
        postern_buf_printf(&move, " translate(%.*s,%.*s)", POSTERN_ARG(x), POSTERN_ARG(y));
    }
    if (move.status != POSTERN_OK) html->status = move.status;
    else if (move.len) add_attribute(html, POSTERN_S("transform"), postern_buf_slice(&move));
    postern_buf_free(&move);
    postern_buf_add_byte(html, '>');
}

static void add_symbol(postern_buf *html, const postern_html_token *token, const used_element *used) {
    postern_slice width = page_attribute_value(token, "width"), height = page_attribute_value(token, "height");
    postern_buf_add_slice(html, POSTERN_S("<svg"));
    if (width.len) add_attribute(html, POSTERN_S("width"), width);
    if (height.len) add_attribute(html, POSTERN_S("height"), height);
    if (used->view_box.len) add_attribute(html, POSTERN_S("viewBox"), used->view_box);
    if (used->aspect.len) add_attribute(html, POSTERN_S("preserveAspectRatio"), used->aspect);
    postern_buf_add_byte(html, '>');
    postern_buf_add_slice(html, used->inner);
    postern_buf_add_slice(html, POSTERN_S("</svg>"));
}

static void write_used(page_doc *doc, const postern_html_token *token, const used_element *used, uint32_t part) {
    postern_buf html;
    postern_buf_init(&html, POSTERN_LIMIT_DOCUMENT);
    add_group(&html, token);
    if (used->symbol) add_symbol(&html, token, used);
    else postern_buf_add_slice(&html, used->whole);
    postern_buf_add_slice(&html, POSTERN_S("</g>"));
    if (html.status == POSTERN_OK) {
        uint32_t outer_part = doc->part;
        const postern_url *outer_base = doc->base;
        doc->part = part;
        doc->base = NULL;
        doc->using = true;
        page_feed(doc, postern_buf_slice(&html));
        doc->using = false;
        doc->part = outer_part;
        doc->base = outer_base;
    } else if (html.status == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
    postern_buf_free(&html);
}

void page_use_file(page_doc *doc, const postern_html_token *token) {
    postern_slice href = page_attribute_value(token, "href"), fragment;
    if (!href.len) href = page_attribute_value(token, "xlink:href");
    page_source source = page_find(doc, href, POSTERN_USE_IMAGE, true);
    used_element used = {0};
    size_t hash = postern_slice_find_byte(href, 0, '#');
    if (doc->using || hash == SIZE_MAX || source.kind != PAGE_SOURCE_PART || source.media != POSTERN_MEDIA_SVG) return;
    if (page_fragment_of(doc, href, &fragment)) return; /* of this very document: the reference itself leaves */
    if (doc->used_part != source.part || !doc->used_text.ptr) {
        if (!page_part_text(doc, source.part, &doc->used_text)) return;
        doc->used_part = source.part;
    }
    if (!page_part_afford(doc, source.part, doc->used_text.len)) return;
    if (!find_element(doc, doc->used_text, postern_slice_trim(postern_slice_from(href, hash + 1)), &used)) {
        page_note(doc->page, POSTERN_NOTE_PAGE_MISSING, doc->part, token->offset, href);
        doc->page->report->missing++;
        return;
    }
    write_used(doc, token, &used, source.part);
    doc->page->report->pictures++;
}
