/*
 * What becomes of an SVG foreignObject: the element does not leave (P2), but the words in it do, as lines of SVG text in the
 * middle of its box. Diagrams keep their labels there. Only text is taken; numbers of the box are read and written anew.
 */
#include <stdlib.h>

#include "html_int.h"

#define PAGE_FOREIGN_TEXT 4096

/* A plain number of user units, in tenths; false when it is missing or anything else. */
static bool tenths(const postern_html_token *token, const char *name, long *ret_value) {
    postern_slice s = postern_slice_trim(page_attribute_value(token, name));
    bool negative = s.len && s.ptr[0] == '-';
    if (negative) s = postern_slice_from(s, 1);
    postern_cut cut = postern_slice_cut(s, '.');
    uint64_t whole, fraction = 0;
    if (!postern_slice_uint(cut.head, 10000000, &whole)) return false;
    if (cut.ok && cut.tail.len && !postern_slice_uint(postern_slice_sub(cut.tail, 0, 1), 9, &fraction)) return false;
    *ret_value = (long)(whole * 10 + fraction) * (negative ? -1 : 1);
    return true;
}

void page_foreign_begin(page_doc *doc, const postern_html_token *token) {
    page_foreign *f = &doc->foreign;
    long x = 0, y = 0, width, height;
    tenths(token, "x", &x);
    tenths(token, "y", &y);
    f->centred = tenths(token, "width", &width) && tenths(token, "height", &height);
    f->x = x + (f->centred ? width / 2 : 0);
    f->y = y + (f->centred ? height / 2 : 0);
    f->active = true;
    postern_buf_init(&f->text, PAGE_FOREIGN_TEXT);
}

void page_foreign_break(page_doc *doc) {
    postern_buf *text = &doc->foreign.text;
    if (!doc->foreign.active || !text->len || text->ptr[text->len - 1] == '\n') return;
    if (postern_buf_add_byte(text, '\n') == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
}

void page_foreign_text(page_doc *doc, postern_slice s) {
    postern_buf *text = &doc->foreign.text;
    if (!doc->foreign.active || s.len > PAGE_FOREIGN_TEXT - text->len) return;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = postern_ascii_space(s.ptr[i]) ? ' ' : s.ptr[i];
        if (c == ' ' && (text->len == 0 || postern_ascii_space(text->ptr[text->len - 1]))) continue;
        if (postern_buf_add_byte(text, c) == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
    }
}

static void write_number(page_doc *doc, const char *name, long value) {
    postern_buf number;
    postern_buf_init(&number, 64);
    postern_buf_printf(&number, "%s%ld.%ld", value < 0 ? "-" : "", labs(value) / 10, labs(value) % 10);
    if (number.status == POSTERN_OK) page_out_attribute(doc->out, name, postern_buf_slice(&number));
    else page_fail(doc->page, number.status);
    postern_buf_free(&number);
}

static void write_lines(page_doc *doc, postern_slice text, long line) {
    page_foreign *f = &doc->foreign;
    for (long y = f->y; text.len; y += line) {
        postern_cut cut = postern_slice_cut(text, '\n');
        page_out_literal(doc->out, "<text");
        write_number(doc, "x", f->x);
        write_number(doc, "y", y);
        if (f->centred) page_out_literal(doc->out, " text-anchor=\"middle\" dominant-baseline=\"central\"");
        page_out_literal(doc->out, ">");
        page_out_text(doc->out, postern_slice_trim(cut.head));
        page_out_literal(doc->out, "</text>");
        text = cut.tail;
    }
}

/* Whatever closed the element: the text goes where it stood. */
void page_foreign_end(page_doc *doc) {
    page_foreign *f = &doc->foreign;
    if (!f->active || doc->stack.dropped) return;
    f->active = false;
    postern_slice text = postern_slice_trim(postern_buf_slice(&f->text));
    long lines = 1;
    for (size_t i = 0; i < text.len; i++) lines += text.ptr[i] == '\n';
    if (f->centred) f->y -= (lines - 1) * 90;
    if (page_room(doc->page, text.len * 2 + (uint64_t)lines * 100)) write_lines(doc, text, 180);
    postern_buf_free(&f->text);
}
