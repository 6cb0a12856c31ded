/*
 * Plain text: quotes with their depth, format=flowed (RFC 3676, with DelSp), signatures. Lines stay as they are but for those
 * that are wider than the page.
 */
#include "text_int.h"

typedef struct plain_line {
    postern_slice text;
    unsigned quotes;
    bool flows; /* the next line of the same depth goes on with it */
} plain_line;

enum { QUOTES_MAX = 64 };

/* Fixed text quotes as "> > x" or ">>x"; flowed text by '>' alone, and a space before the rest is stuffing (4.4). */
static plain_line read_line(postern_slice raw, bool flowed, bool delsp) {
    plain_line line = {.text = raw};
    if (line.text.len && line.text.ptr[line.text.len - 1] == '\r') line.text.len--;
    size_t at = 0;
    for (; at < line.text.len; at++) {
        if (line.text.ptr[at] == '>') line.quotes++;
        else if (flowed || line.text.ptr[at] != ' ' || !line.quotes || at + 1 >= line.text.len || line.text.ptr[at + 1] != '>')
            break;
    }
    line.text = postern_slice_from(line.text, at);
    if ((flowed || line.quotes) && line.text.len && line.text.ptr[0] == ' ') line.text = postern_slice_from(line.text, 1);
    if (line.quotes > QUOTES_MAX) line.quotes = QUOTES_MAX;
    bool signature = postern_slice_eq(line.text, POSTERN_S("-- "));
    line.flows = flowed && !signature && postern_slice_ends(line.text, POSTERN_S(" "));
    if (line.flows && delsp) line.text.len--;
    return line;
}

static void set_quotes(text_doc *d, text_block *blocks[QUOTES_MAX], unsigned *depth, unsigned wanted) {
    if (*depth == wanted) return;
    if (*depth > wanted) page_text_close(d, blocks[wanted]);
    while (*depth < wanted) {
        blocks[*depth] = page_text_open(d, TEXT_QUOTE);
        if (!blocks[*depth]) return; /* too deep: flat */
        ++*depth;
    }
    *depth = wanted;
}

void page_text_plain(text_doc *d, postern_slice utf8, bool flowed, bool delsp) {
    static const text_style style = {.font_size = 16, .space = TEXT_SPACE_PRE_WRAP};
    text_block *quotes[QUOTES_MAX];
    unsigned depth = 0;
    bool going_on = false;
    page_text_end_para(d);
    while (utf8.len && !d->status) {
        postern_cut cut = postern_slice_cut(utf8, '\n');
        plain_line line = read_line(cut.head, flowed, delsp);
        utf8 = cut.tail;
        if (going_on && line.quotes != depth) going_on = false;
        if (!going_on) {
            page_text_end_para(d);
            set_quotes(d, quotes, &depth, line.quotes);
        }
        if (!postern_slice_trim(line.text).len && !going_on) {
            d->gap = true;
            continue;
        }
        page_text_add(d, line.text, &style);
        going_on = line.flows;
    }
    page_text_end_para(d);
    set_quotes(d, quotes, &depth, 0);
}
