/* Plain text as text: quotes with their depth, flowed paragraphs. Lines stay as they are but for those wider than the page. */
#include "flowed.h"
#include "text_int.h"

static void set_quotes(text_doc *d, text_block *blocks[PAGE_QUOTES_MAX], unsigned *depth, unsigned wanted) {
    if (*depth == wanted) return;
    if (*depth > wanted) page_text_close(d, blocks[wanted]);
    while (*depth < wanted) {
        blocks[*depth] = page_text_open(d, TEXT_QUOTE);
        if (!blocks[*depth]) return; /* too deep: flat */
        ++*depth;
    }
    *depth = wanted;
}

void page_text_plain(text_doc *d, postern_slice utf8, page_flow flow) {
    static const text_style style = {.font_size = 16, .space = TEXT_SPACE_PRE_WRAP};
    text_block *quotes[PAGE_QUOTES_MAX];
    unsigned depth = 0;
    bool going_on = false;
    page_text_end_para(d);
    while (utf8.len && !d->status) {
        postern_cut cut = postern_slice_cut(utf8, '\n');
        page_flow_line line = page_flow_read(cut.head, flow);
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
