/*
 * The walk over a page: tokens to open elements, each with its computed style, and from them calls of the builder.
 *
 * This is no tree builder. It knows which end tags are implied and where the search for an element to close ends, which is
 * what decides the order of text; it does not move text about but for what stands between table cells. Open elements are an
 * array with a limit; deeper ones are read flat. What a browser would not show is counted, not shown.
 */
#include "text_html_int.h"

#include <stdlib.h>

static open_element *top(const text_walk *w) {
    return w->depth ? &w->open[w->depth - 1] : NULL;
}

static uint8_t tag_at(const text_walk *w, unsigned depth) {
    const text_row *row = w->open[depth].row;
    return row ? row->tag : TAG_OTHER;
}

static uint16_t flags_at(const text_walk *w, unsigned depth) {
    return w->open[depth].row ? w->open[depth].row->flags : 0;
}

static void tell_tokenizer(text_walk *w) {
    const open_element *e = top(w);
    bool foreign = e && e->foreign && !e->html_inside;
    if (foreign == w->foreign) return;
    w->foreign = foreign;
    postern_html_set_foreign(w->tokenizer, foreign);
}

/* ---- closing ---- */

static void end_link(text_walk *w, open_element *e) {
    text_doc *d = w->d;
    if (!e->link || d->link != e->link) return;
    if (!d->link_has_text && (e->label.len || e->picture))
        page_text_add_label(d, e->label.len ? e->label : POSTERN_S("picture"), &e->style);
    page_text_link_end(d);
}

/* What an element's end means to the builder. */
static void leave(text_walk *w, open_element *e) {
    text_doc *d = w->d;
    if (e->suffix) page_text_add_own(d, postern_slice_cstr(e->suffix));
    end_link(w, e);
    if (e->is_pre) d->pre_open = false;
    if (e->is_block) page_text_end_para(d);
    if (e->is_pre) d->pre = false;
    if (e->has_level) {
        d->level = 0;
        e->gap_after = true;
    }
    if (e->block) page_text_close(d, e->block);
    if (e->is_block && e->gap_after) d->gap = true;
    if (e->flex_item) d->space = true;
    if (e->row && e->row->tag == TAG_SELECT && w->in_select) {
        w->in_select = 0;
        if (w->choice.len) page_text_add_label(d, postern_buf_slice(&w->choice), &e->style);
        page_text_fail(d, w->choice.status);
        postern_buf_clear(&w->choice);
    }
}

/* Takes one element out of the middle: the elements inside it stay open, with the style they have. */
static void take_out(text_walk *w, unsigned depth) {
    leave(w, &w->open[depth]);
    free(w->open[depth].names);
    bool picture = w->open[depth].picture;
    memmove(&w->open[depth], &w->open[depth + 1], (w->depth - depth - 1) * sizeof *w->open);
    w->depth--;
    for (unsigned i = depth; i < w->depth; i++) w->open[i].selector.parent = i ? &w->open[i - 1].selector : NULL;
    if (depth && picture) w->open[depth - 1].picture = true;
    tell_tokenizer(w);
}

static void pop(text_walk *w) {
    take_out(w, w->depth - 1);
}

static void pop_to(text_walk *w, unsigned depth) {
    while (w->depth > depth) pop(w);
}

/* Depth of the innermost open element of that tag before a barrier, or w->depth when there is none. */
static unsigned find_tag(const text_walk *w, uint8_t tag, uint16_t barrier) {
    for (unsigned i = w->depth; i-- > 0;) {
        if (tag_at(w, i) == tag) return i;
        if (flags_at(w, i) & barrier) return w->depth;
    }
    return w->depth;
}

static void close_tag(text_walk *w, uint8_t tag, uint16_t barrier) {
    pop_to(w, find_tag(w, tag, barrier));
}

/* An open <li> (dd, dt, option) ends where the next begins. */
static void close_item(text_walk *w, uint8_t tag, uint8_t other) {
    for (unsigned i = w->depth; i-- > 0;) {
        uint8_t t = tag_at(w, i);
        if (t == tag || t == other) {
            pop_to(w, i);
            return;
        }
        bool passes = t == TAG_ADDRESS || t == TAG_DIV || t == TAG_P;
        if ((flags_at(w, i) & EL_SPECIAL) && !passes) return;
    }
}

/* Up to the innermost element of one of these tags, which stays open; nothing when none is open. */
static void clear_back_to(text_walk *w, const uint8_t *tags) {
    for (unsigned i = w->depth; i-- > 0;) {
        for (const uint8_t *t = tags; *t; t++) {
            if (tag_at(w, i) != *t) continue;
            pop_to(w, i + 1);
            return;
        }
        if (tag_at(w, i) == TAG_TEMPLATE) return;
    }
}

static void close_for_table_part(text_walk *w, uint8_t tag) {
    static const uint8_t for_cell[] = {TAG_ROW, TAG_ROWS, TAG_TABLE, 0}, for_row[] = {TAG_ROWS, TAG_TABLE, 0},
                         for_rows[] = {TAG_TABLE, 0};
    clear_back_to(w, tag == TAG_CELL ? for_cell : tag == TAG_ROW ? for_row : for_rows);
}

static void close_implied(text_walk *w, const text_row *row) {
    if (row->flags & EL_CLOSES_P) close_tag(w, TAG_P, EL_BARRIER);
    switch (row->tag) {
    case TAG_LI: close_item(w, TAG_LI, TAG_LI); break;
    case TAG_DD:
    case TAG_DT: close_item(w, TAG_DD, TAG_DT); break;
    case TAG_OPTION: close_item(w, TAG_OPTION, TAG_OPTION); break;
    case TAG_CELL:
    case TAG_ROW:
    case TAG_ROWS:
    case TAG_CAPTION: close_for_table_part(w, row->tag == TAG_CAPTION ? TAG_ROWS : row->tag); break;
    case TAG_HEADING:
        if (w->depth && tag_at(w, w->depth - 1) == TAG_HEADING) pop(w);
        break;
    case TAG_A: {
        unsigned a = find_tag(w, TAG_A, EL_BARRIER);
        if (a < w->depth) take_out(w, a);
        break;
    }
    default: break;
    }
}

static bool same_name(const text_walk *w, unsigned depth, const text_row *row, postern_slice name) {
    return row ? w->open[depth].row == row : !w->open[depth].row && postern_slice_eq_nocase(w->open[depth].selector.name, name);
}

static void end_tag(text_walk *w) {
    const text_row *row = page_text_element(w->token.name);
    uint8_t tag = row ? row->tag : TAG_OTHER;
    if (tag == TAG_HTML || tag == TAG_BODY || tag == TAG_HEAD) return;
    if (tag == TAG_BR) page_text_line_break(w->d);
    bool table_part = tag == TAG_TABLE || tag == TAG_ROW || tag == TAG_ROWS || tag == TAG_CELL;
    bool crossed_block = false;
    for (unsigned i = w->depth; i-- > 0;) {
        bool same = same_name(w, i, row, w->token.name) || (tag == TAG_HEADING && tag_at(w, i) == TAG_HEADING);
        if (same) {
            bool inline_only = !row || !(row->flags & (EL_BLOCK | EL_BARRIER | EL_SPECIAL));
            if (inline_only && crossed_block) take_out(w, i);
            else pop_to(w, i);
            return;
        }
        uint16_t flags = flags_at(w, i);
        if (tag_at(w, i) == TAG_TEMPLATE || (!table_part && (flags & EL_BARRIER))) return;
        if (table_part && tag != TAG_TABLE && tag_at(w, i) == TAG_TABLE) return;
        crossed_block |= w->open[i].is_block;
    }
}

/* ---- opening ---- */

/* Static names where they are known; else, and for id and class, one block of memory that the element owns. */
static bool keep_names(text_walk *w, open_element *e, const text_row *row, postern_slice label) {
    const postern_html_token *token = &w->token;
    bool sheets = !page_text_sheets_empty(w->sheets);
    postern_slice id = sheets ? page_text_attribute(token, "id") : postern_slice_of(NULL, 0);
    postern_slice classes = sheets ? page_text_attribute(token, "class") : postern_slice_of(NULL, 0);
    postern_slice name = row ? postern_slice_cstr(row->name) : token->name;
    postern_slice pieces[4] = {row ? postern_slice_of(NULL, 0) : name, id, classes, label};
    size_t size = pieces[0].len + id.len + classes.len + label.len, at = 0;
    e->selector = (text_element){.name = name};
    if (!size) return true;
    e->names = malloc(size);
    if (!e->names) {
        page_text_fail(w->d, POSTERN_NOMEM);
        return false;
    }
    for (int i = 0; i < 4; i++) {
        if (pieces[i].len) memcpy(e->names + at, pieces[i].ptr, pieces[i].len);
        pieces[i] = postern_slice_of(e->names + at, pieces[i].len);
        at += pieces[i].len;
    }
    if (!row) e->selector.name = pieces[0];
    e->selector.id = pieces[1];
    e->selector.classes = pieces[2];
    e->label = pieces[3];
    return true;
}

static void open_pre(text_walk *w, open_element *e) {
    text_doc *d = w->d;
    w->drop_newline = true;
    /* cells of Markdown hold no fences; text that may be wrapped is not verbatim */
    if ((d->options->markdown && d->tables) || (e->style.space != TEXT_SPACE_PRE && !d->options->markdown)) return;
    e->is_pre = d->pre = d->pre_open = true;
}

static void open_link(text_walk *w, open_element *e) {
    postern_slice href = page_text_attribute(&w->token, "href");
    if (!href.len || page_text_is_hidden(&e->style)) return;
    e->link = page_text_link_find(w->d, w->part, href, w->base);
    if (e->link) page_text_link_begin(w->d, e->link);
}

static bool is_block_display(const open_element *e, text_display display) {
    switch (display) {
    case DISPLAY_BLOCK:
    case DISPLAY_LIST_ITEM:
    case DISPLAY_FLEX:
    case DISPLAY_GRID: return true;
    case DISPLAY_TABLE_PART: return !e->row || e->row->tag != TAG_ROWS;
    case DISPLAY_NONE: return e->row && (e->row->flags & EL_BLOCK); /* shown because that was asked for */
    default: return false;
    }
}

/* What an element's start means to the builder. */
static void enter(text_walk *w, open_element *e, const text_box *box) {
    text_doc *d = w->d;
    uint8_t tag = e->row ? e->row->tag : TAG_OTHER;
    bool shown = !e->style.gone || d->options->show_hidden;
    if (!shown) return;
    bool part = tag == TAG_CELL || tag == TAG_ROW || tag == TAG_TABLE || tag == TAG_CAPTION;
    e->is_block = part || is_block_display(e, box->display);
    uint8_t flex = w->depth > 1 && e->flex_item ? w->open[w->depth - 2].style.flex : TEXT_FLEX_NOT;
    /* children of a row stand side by side, those of a column below each other, whatever they are */
    if (flex == TEXT_FLEX_ROW && !box->gap_before && (tag == TAG_DIV || tag == TAG_OTHER)) e->is_block = false;
    if (flex == TEXT_FLEX_COLUMN) e->is_block = true;
    if (box->display == DISPLAY_TABLE_CELL && !part) e->flex_item = true;
    if (e->flex_item && !e->is_block) d->space = true;
    else e->flex_item = false;
    if (e->is_block) {
        page_text_end_para(d);
        if ((box->gap_before || tag == TAG_HEADING) && tag != TAG_CELL && tag != TAG_ROW && tag != TAG_TABLE) d->gap = true;
        e->gap_after = box->gap_after && !part;
        e->block = page_text_open_container(w, e, box);
        if (tag == TAG_LIST && e->block && e->block->list_depth) e->gap_after = false;
    }
    switch (tag) {
    case TAG_HEADING:
        d->level = (uint8_t)(e->row->name[1] - '0');
        e->has_level = true;
        e->style.marks &= (uint8_t)~TEXT_BOLD;
        break;
    case TAG_PRE: open_pre(w, e); break;
    case TAG_TEXTAREA: w->drop_newline = true; break;
    case TAG_A: open_link(w, e); break;
    case TAG_Q:
        page_text_add_own(d, POSTERN_S("\""));
        e->suffix = "\"";
        break;
    case TAG_RT:
        page_text_add_own(d, POSTERN_S("("));
        e->suffix = ")";
        break;
    case TAG_RP: e->style.gone = true; break;
    case TAG_SELECT:
        w->in_select = w->depth;
        w->option_chosen = w->option_taken = false;
        postern_buf_clear(&w->choice);
        break;
    default: break;
    }
}

static void take_option(text_walk *w) {
    bool selected = postern_html_attribute_find(&w->token, POSTERN_S("selected"));
    w->option_taken = selected || (!w->option_chosen && !w->choice.len);
    if (selected) w->option_chosen = true;
    if (w->option_taken) postern_buf_clear(&w->choice);
}

static void begin_skip(text_walk *w) {
    if (w->token.name.len > sizeof w->skip) return;
    memcpy(w->skip, w->token.name.ptr, w->token.name.len);
    w->skip_len = (uint8_t)w->token.name.len;
    w->skip_depth = 1;
}

/* Elements without content; true when that is all there was to do. */
static bool void_element(text_walk *w, const text_row *row, const text_style *style, const text_box *box) {
    bool shown = !style->gone || w->d->options->show_hidden;
    switch (row->tag) {
    case TAG_BR:
        if (shown && !w->in_select) page_text_line_break(w->d);
        break;
    case TAG_HR:
        if (shown) page_text_rule(w->d);
        break;
    case TAG_WBR: page_text_maybe_break(w->d); break;
    case TAG_IMG: page_text_picture(w, style, box); break;
    case TAG_INPUT: page_text_field(w, style); break;
    case TAG_FRAME: page_text_frame(w, false); break;
    default: break;
    }
    return (row->flags & EL_VOID) != 0;
}

/* SVG and MathML: tags that no such tree can hold end it. */
static void leave_foreign(text_walk *w, const text_row *row) {
    if (!w->foreign || !row || !(row->flags & EL_BREAKOUT)) return;
    while (w->depth && top(w)->foreign && !top(w)->html_inside) pop(w);
}

static bool is_html_inside(postern_slice name) {
    static const char *const names[] = {"foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext", NULL};
    for (size_t i = 0; names[i]; i++)
        if (postern_slice_eq(name, postern_slice_cstr(names[i]))) return true;
    return false;
}

static bool is_silent_foreign(postern_slice name) {
    static const char *const names[] = {"title", "desc", "metadata", "defs", "style", "script", "symbol", "clippath", "mask",
                                        "pattern", "lineargradient", "radialgradient", "filter", "marker", "annotation",
                                        "annotation-xml", NULL};
    for (size_t i = 0; names[i]; i++)
        if (postern_slice_eq(name, postern_slice_cstr(names[i]))) return true;
    return false;
}

/* <html> and <body> count once; a second one only brings attributes, which are for browsers to sort out. */
static bool is_second_root(const text_walk *w, const text_row *row) {
    if (!row || (row->tag != TAG_HTML && row->tag != TAG_BODY)) return false;
    for (unsigned i = 0; i < w->depth; i++)
        if (w->open[i].row == row) return true;
    return false;
}

static void start_tag(text_walk *w) {
    text_doc *d = w->d;
    bool shadow = page_text_is_shadow(&w->token);
    bool in_foreign = w->foreign;
    const text_row *row = in_foreign ? NULL : page_text_element(w->token.name);
    if (in_foreign) {
        leave_foreign(w, page_text_element(w->token.name));
        in_foreign = w->foreign;
        if (!in_foreign) row = page_text_element(w->token.name);
    }
    static const text_style initial = {.font_size = 16, .color = 0, .background = 0xFFFFFF, .color_known = true,
                                       .background_known = true};
    if (row) close_implied(w, row);
    open_element e = {.row = row, .foreign = in_foreign};
    const text_element *parent = w->depth ? &top(w)->selector : NULL;
    uint32_t child_index = w->depth ? ++top(w)->children : ++w->children, scope = parent ? parent->scope : 0;
    if (shadow) scope = ++w->shadows;
    if (row && (row->flags & EL_SKIP) && !shadow && row->tag != TAG_IFRAME) {
        begin_skip(w);
        return;
    }
    if (in_foreign && is_silent_foreign(w->token.name)) {
        if (!w->token.self_closing) begin_skip(w);
        return;
    }
    text_element selector = {.name = w->token.name, .id = page_text_attribute(&w->token, "id"),
                             .classes = page_text_attribute(&w->token, "class"), .token = &w->token, .parent = parent,
                             .child_index = child_index, .scope = scope};
    text_box box;
    page_text_style_of(w, row, &selector, w->depth ? &top(w)->style : &initial, &e.style, &box);
    if (row && void_element(w, row, &e.style, &box)) return;
    if (row && row->tag == TAG_IFRAME) {
        if (!e.style.gone && !box.tiny) page_text_frame(w, true);
        begin_skip(w);
        return;
    }
    if (row && (row->tag == TAG_HEAD || is_second_root(w, row))) return;
    if (row && row->tag == TAG_OPTION && w->in_select) take_option(w);
    if ((in_foreign && w->token.self_closing) || w->depth >= POSTERN_LIMIT_ELEMENT_DEPTH || d->status) return;
    postern_slice label = {NULL, 0};
    if (row && row->tag == TAG_A) {
        label = page_text_attribute(&w->token, "aria-label");
        if (!label.len) label = page_text_attribute(&w->token, "title");
    }
    if (!keep_names(w, &e, row, label)) return;
    e.selector.parent = parent;
    e.selector.child_index = child_index;
    e.selector.scope = scope;
    e.flex_item = w->depth && top(w)->style.flex;
    if (row && (row->tag == TAG_SVG || row->tag == TAG_MATH)) e.foreign = true;
    if (e.foreign && is_html_inside(w->token.name)) e.html_inside = true;
    w->open[w->depth++] = e;
    enter(w, top(w), &box);
    tell_tokenizer(w);
}

/* ---- text ---- */

static bool is_white(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (!postern_ascii_space(s.ptr[i])) return false;
    return true;
}

static void text(text_walk *w) {
    static const text_style plain = {.font_size = 16};
    text_doc *d = w->d;
    const text_style *style = w->depth ? &top(w)->style : &plain;
    postern_slice s = w->token.text;
    if (w->drop_newline && s.len && s.ptr[0] == '\n') s = postern_slice_from(s, 1);
    w->drop_newline = false;
    if (w->in_select) {
        if (w->option_taken && w->choice.len < 1000) postern_buf_add_slice(&w->choice, s);
        return;
    }
    /* between cells white space is nothing */
    text_kind here = (text_kind)page_text_here(d)->kind;
    if ((here == TEXT_TABLE || here == TEXT_ROW) && !d->para.len && is_white(s)) return;
    if (page_text_is_hidden(style)) page_text_hide(d, s, style);
    else page_text_add(d, s, style);
}

/* Inside of what is passed over. */
static void skipped(text_walk *w) {
    bool same = postern_slice_eq(w->token.name, postern_slice_of(w->skip, w->skip_len));
    if (!same) return;
    if (w->token.kind == POSTERN_HTML_START && !(w->foreign && w->token.self_closing)) w->skip_depth++;
    if (w->token.kind == POSTERN_HTML_END && --w->skip_depth == 0) w->skip_len = 0;
}

static void walk(text_walk *w) {
    w->token.kind = POSTERN_HTML_TEXT;
    while (!w->d->status) {
        page_text_fail(w->d, postern_html_next(w->tokenizer, &w->token));
        if (w->d->status || w->token.kind == POSTERN_HTML_EOF) break;
        if (w->token.kind == POSTERN_HTML_COMMENT || w->token.kind == POSTERN_HTML_DOCTYPE) continue;
        if (w->skip_len) skipped(w);
        else if (w->token.kind == POSTERN_HTML_TEXT) text(w);
        else if (w->token.kind == POSTERN_HTML_START) start_tag(w);
        else end_tag(w);
    }
    pop_to(w, 0);
}

/* A page without a heading of its own begins with its title; a mail has its subject above it. */
static void show_title(text_walk *w) {
    text_doc *d = w->d;
    static const text_style plain = {.font_size = 16};
    postern_slice title = postern_slice_trim(postern_buf_slice(&w->title));
    if (w->has_heading || !title.len || d->depth || postern_archive_kind_of(d->archive) == POSTERN_ARCHIVE_MAIL) return;
    page_text_end_para(d);
    d->level = 1;
    page_text_add(d, title, &plain);
    page_text_end_para(d);
    d->level = 0;
    d->gap = true;
}

void page_text_html(text_doc *d, uint32_t part, postern_slice utf8) {
    text_walk w = {.d = d, .part = part};
    uint32_t outer = d->part;
    d->part = part;
    postern_buf_init(&w.title, SIZE_MAX);
    postern_buf_init(&w.choice, SIZE_MAX);
    w.sheets = page_text_sheets_new();
    w.open = calloc(POSTERN_LIMIT_ELEMENT_DEPTH, sizeof *w.open);
    if (!w.sheets || !w.open) page_text_fail(d, POSTERN_NOMEM);
    if (!d->status) page_text_prepare(&w, utf8);
    if (!d->status) page_text_fail(d, postern_html_tokenizer_new(utf8, true, NULL, &w.tokenizer));
    if (!d->status) {
        show_title(&w);
        walk(&w);
        page_text_end_para(d);
    }
    page_text_fail(d, w.choice.status);
    while (w.depth) free(w.open[--w.depth].names);
    postern_html_tokenizer_free(w.tokenizer);
    page_text_sheets_free(w.sheets);
    postern_buf_free(&w.title);
    postern_buf_free(&w.choice);
    free(w.open);
    d->part = outer;
}
