/* The style of one element: the browser's own sheet, attributes that style, the page's sheets, the style attribute. */
#include "text_html_int.h"

static void hint(text_cascade *c, text_property property, text_declaration d) {
    d.property = (uint8_t)property;
    page_text_cascade_add(c, &d, 1, true);
}

static void hint_word(text_cascade *c, text_property property, uint32_t word) {
    hint(c, property, (text_declaration){.unit = UNIT_WORD, .word = word});
}

static void hint_color(text_cascade *c, text_property property, postern_slice value) {
    uint32_t rgb;
    text_color_kind kind = page_text_color(value, true, &rgb);
    if (kind == TEXT_COLOR_RGB) hint(c, property, (text_declaration){.unit = UNIT_COLOR, .word = rgb});
    else if (kind == TEXT_COLOR_UNKNOWN) hint(c, property, (text_declaration){.unit = UNIT_UNKNOWN});
}

static void hint_align(text_cascade *c, postern_slice value) {
    if (postern_slice_eq_nocase(value, POSTERN_S("right"))) hint_word(c, PROP_TEXT_ALIGN, TEXT_END);
    else if (postern_slice_eq_nocase(value, POSTERN_S("center"))) hint_word(c, PROP_TEXT_ALIGN, TEXT_CENTER);
    else if (value.len) hint_word(c, PROP_TEXT_ALIGN, TEXT_START);
}

static void list_hints(text_cascade *c, const postern_html_token *token, const text_row *row) {
    postern_slice type = page_text_attribute(token, "type");
    bool ordered = row->name[0] == 'o';
    if (row->tag == TAG_LIST) hint_word(c, PROP_LIST_STYLE, ordered ? TEXT_DECIMAL : TEXT_BULLET);
    if (type.len != 1) return;
    switch (type.ptr[0]) {
    case '1': hint_word(c, PROP_LIST_STYLE, TEXT_DECIMAL); break;
    case 'a': hint_word(c, PROP_LIST_STYLE, TEXT_LOWER_ALPHA); break;
    case 'A': hint_word(c, PROP_LIST_STYLE, TEXT_UPPER_ALPHA); break;
    case 'i': hint_word(c, PROP_LIST_STYLE, TEXT_LOWER_ROMAN); break;
    case 'I': hint_word(c, PROP_LIST_STYLE, TEXT_UPPER_ROMAN); break;
    default: break;
    }
}

static void element_hints(text_cascade *c, const postern_html_token *token, const text_row *row) {
    switch (row->tag) {
    case TAG_A:
        if (postern_html_attribute_find(token, POSTERN_S("href")))
            hint(c, PROP_COLOR, (text_declaration){.unit = UNIT_COLOR, .word = 0x0000EE});
        break;
    case TAG_BODY: hint_color(c, PROP_COLOR, page_text_attribute(token, "text")); break;
    case TAG_FONT: hint_color(c, PROP_COLOR, page_text_attribute(token, "color")); break;
    case TAG_LIST:
    case TAG_LI: list_hints(c, token, row); break;
    case TAG_PRE: hint_word(c, PROP_WHITE_SPACE, TEXT_SPACE_PRE); break;
    case TAG_TEXTAREA: hint_word(c, PROP_WHITE_SPACE, TEXT_SPACE_PRE_WRAP); break;
    case TAG_TABLE: hint_word(c, PROP_TEXT_ALIGN, TEXT_START); break;
    case TAG_BUTTON:
    case TAG_SELECT:
        hint(c, PROP_COLOR, (text_declaration){.unit = UNIT_UNKNOWN});
        hint(c, PROP_BACKGROUND, (text_declaration){.unit = UNIT_UNKNOWN});
        break;
    case TAG_DIALOG:
        if (!postern_html_attribute_find(token, POSTERN_S("open"))) hint_word(c, PROP_DISPLAY, DISPLAY_NONE);
        break;
    default: break;
    }
    bool cell = row->tag == TAG_CELL || row->tag == TAG_ROW || row->tag == TAG_ROWS;
    if (cell || row->tag == TAG_TABLE || row->tag == TAG_BODY) {
        hint_color(c, PROP_BACKGROUND, page_text_attribute(token, "bgcolor"));
        if (page_text_attribute(token, "background").len) hint(c, PROP_BACKGROUND, (text_declaration){.unit = UNIT_UNKNOWN});
    }
    if (cell) hint_align(c, page_text_attribute(token, "align"));
}

static void style_attribute(text_walk *w, postern_slice css, text_cascade *c) {
    postern_css_tokenizer t;
    text_declarations d;
    postern_arena *scratch = NULL;
    if (!css.len) return;
    scratch = postern_arena_new(SIZE_MAX);
    if (!scratch) {
        page_text_fail(w->d, POSTERN_NOMEM);
        return;
    }
    postern_css_tokenizer_init(&t, css, scratch);
    page_text_declarations(&t, &d);
    page_text_fail(w->d, t.status);
    for (size_t i = 0; i < d.count; i++) page_text_cascade_add(c, &d.items[i], 1ull << 62, true);
    postern_arena_free(scratch);
}

static text_display default_display(const text_row *row) {
    if (!row) return DISPLAY_INLINE;
    if (row->tag == TAG_CELL || row->tag == TAG_ROW || row->tag == TAG_ROWS) return DISPLAY_TABLE_PART;
    if (row->tag == TAG_LI) return DISPLAY_LIST_ITEM;
    if (row->tag == TAG_IMG || row->tag == TAG_BUTTON || row->tag == TAG_IFRAME) return DISPLAY_INLINE_BLOCK;
    return row->flags & EL_BLOCK ? DISPLAY_BLOCK : DISPLAY_INLINE;
}

void page_text_style_of(text_walk *w, const text_row *row, const text_element *selector, const text_style *parent,
                        text_style *style, text_box *box) {
    const postern_html_token *token = &w->token;
    text_cascade cascade;
    memset(cascade.weight, 0, sizeof cascade.weight);
    memset(cascade.doubt, 0, sizeof cascade.doubt);
    *style = *parent;
    style->flex = TEXT_FLEX_NOT;
    *box = (text_box){.display = default_display(row)};
    if (row) {
        style->marks |= row->marks;
        box->gap_before = box->gap_after = row->flags & EL_GAP;
        element_hints(&cascade, token, row);
    }
    const postern_html_attribute *hidden = postern_html_attribute_find(token, POSTERN_S("hidden"));
    if (hidden) hint_word(&cascade, PROP_DISPLAY, DISPLAY_NONE);
    page_text_sheets_match(w->sheets, selector, &cascade);
    style_attribute(w, page_text_attribute(token, "style"), &cascade);
    page_text_compute(&cascade, style, box);
}
