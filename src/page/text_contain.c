/* Lists, tables, quotes: the containers that elements open in the builder. */
#include "text_html_int.h"

static int32_t integer(postern_slice text, bool *ret_ok) {
    uint64_t n;
    text = postern_slice_trim(text);
    bool negative = text.len && text.ptr[0] == '-';
    size_t digits = negative || (text.len && text.ptr[0] == '+'), from = digits;
    while (digits < text.len && postern_ascii_digit(text.ptr[digits])) digits++;
    *ret_ok = postern_slice_uint(postern_slice_sub(text, from, digits - from), 1000000000, &n);
    return *ret_ok ? negative ? -(int32_t)n : (int32_t)n : 0;
}

static uint16_t span(postern_slice text, unsigned max) {
    bool ok;
    int32_t n = integer(text, &ok);
    return (uint16_t)(!ok || n < 0 ? 1 : n > (int32_t)max ? max : (unsigned)n);
}

static text_block *open_list(text_walk *w, const open_element *e) {
    text_block *list = page_text_open(w->d, TEXT_LIST);
    if (!list) return NULL;
    list->numbering = e->style.numbering;
    list->number = integer(page_text_attribute(&w->token, "start"), &list->has_start);
    list->reversed = postern_html_attribute_find(&w->token, POSTERN_S("reversed"));
    if (list->list_depth) list->gap = false;
    return list;
}

static text_block *open_item(text_walk *w, const open_element *e) {
    text_doc *d = w->d;
    text_block *outer = NULL;
    page_text_end_para(d);
    if (page_text_here(d)->kind != TEXT_LIST) { /* an item without a list */
        outer = page_text_open(d, TEXT_LIST);
        if (outer) outer->numbering = e->style.numbering_set ? e->style.numbering : TEXT_BULLET;
    }
    text_block *list = page_text_here(d);
    text_block *item = page_text_open(d, TEXT_ITEM);
    if (item) {
        item->number = integer(page_text_attribute(&w->token, "value"), &item->has_value);
        if (e->style.numbering != list->numbering && e->style.numbering_set) item->numbering = e->style.numbering;
    }
    return outer ? outer : item;
}

static text_block *open_table(text_walk *w, const text_box *box) {
    text_block *table = page_text_open(w->d, TEXT_TABLE);
    const postern_html_token *t = &w->token;
    postern_slice border = page_text_attribute(t, "border"), role = page_text_attribute(t, "role");
    if (!table) return NULL;
    table->data = (border.len && !postern_slice_eq(border, POSTERN_S("0"))) || page_text_attribute(t, "summary").len ||
                  page_text_attribute(t, "rules").len || postern_slice_eq_nocase(role, POSTERN_S("table")) ||
                  postern_slice_eq_nocase(role, POSTERN_S("grid")) || (box->border && !border.len);
    table->layout =
        postern_slice_eq_nocase(role, POSTERN_S("presentation")) || postern_slice_eq_nocase(role, POSTERN_S("none"));
    return table;
}

static text_block *open_row(text_walk *w, uint8_t parent_is_head) {
    text_block *row = page_text_nearest(w->d, TEXT_ROW);
    if (row) page_text_close(w->d, row);
    row = page_text_nearest(w->d, TEXT_TABLE) ? page_text_open(w->d, TEXT_ROW) : NULL;
    if (row) row->is_header = parent_is_head;
    return row;
}

static text_block *open_cell(text_walk *w, const open_element *e, const text_box *box) {
    text_doc *d = w->d;
    text_block *table = page_text_nearest(d, TEXT_TABLE);
    if (!table) {
        d->space = true;
        return NULL;
    }
    if (!page_text_nearest(d, TEXT_ROW)) open_row(w, false);
    text_block *cell = page_text_open(d, TEXT_CELL);
    if (!cell) return NULL;
    cell->is_header = e->row->name[1] == 'h';
    cell->align = e->style.align;
    cell->columns = span(page_text_attribute(&w->token, "colspan"), 1000);
    cell->rows = span(page_text_attribute(&w->token, "rowspan"), 65534);
    if (!cell->columns) cell->columns = 1;
    if (box->border || page_text_attribute(&w->token, "scope").len) table->data = true;
    return cell;
}

static bool parent_is(const text_walk *w, const char *name) {
    const open_element *e = w->depth > 1 ? &w->open[w->depth - 2] : NULL;
    return e && e->row && !strcmp(e->row->name, name);
}

/* The container that an element is, if it is one. */
text_block *page_text_open_container(text_walk *w, open_element *e, const text_box *box) {
    switch (e->row ? e->row->tag : TAG_OTHER) {
    case TAG_LIST: return open_list(w, e);
    case TAG_LI: return e->is_block ? open_item(w, e) : NULL;
    case TAG_BLOCKQUOTE: return page_text_open(w->d, TEXT_QUOTE);
    case TAG_DD: return page_text_open(w->d, TEXT_INDENT);
    case TAG_TABLE: return open_table(w, box);
    case TAG_ROW: return open_row(w, parent_is(w, "thead"));
    case TAG_CELL: return open_cell(w, e, box);
    case TAG_CAPTION: {
        text_block *table = page_text_nearest(w->d, TEXT_TABLE);
        if (table) table->data = true;
        return table ? page_text_open(w->d, TEXT_CAPTION) : NULL;
    }
    default: return NULL;
    }
}
