/*
 * Blocks to lines. Each line stands behind a prefix (quotes, indents of lists), of which the part that names an item is
 * written once. A blank line is asked for, never written twice. The depth is that of the containers, which the builder
 * limits; prefixes are limited to what leaves room for text, so that a thousand nested quotes do not multiply a small input
 * into a large output.
 */
#include "text_int.h"

enum { PREFIX_MAX_FREE = 100, FLUSH_AT = 64 << 10 };

postern_status page_text_layout_init(text_layout *l, const postern_sink *out, const postern_text_options *options) {
    *l = (text_layout){.out = out, .width = options->width, .markdown = options->markdown, .isolate = options->terminal};
    l->max = POSTERN_LIMIT_PAGE_OUTPUT;
    postern_buf *bufs[] = {&l->prefix, &l->first, &l->previous, &l->line, &l->lines};
    for (size_t i = 0; i < 5; i++) postern_buf_init(bufs[i], SIZE_MAX);
    return POSTERN_OK;
}

void page_text_layout_free(text_layout *l) {
    postern_buf *bufs[] = {&l->prefix, &l->first, &l->previous, &l->line, &l->lines};
    for (size_t i = 0; i < 5; i++) postern_buf_free(bufs[i]);
}

postern_status page_text_layout_flush(text_layout *l) {
    if (!l->status && l->lines.status) l->status = l->lines.status;
    if (!l->status && l->lines.len) l->status = postern_sink_write(l->out, postern_buf_slice(&l->lines));
    l->written += l->lines.len;
    postern_buf_clear(&l->lines);
    if (!l->status && l->written > l->max) l->status = POSTERN_LIMIT;
    return l->status;
}

size_t page_text_layout_room(const text_layout *l) {
    if (!l->width) return SIZE_MAX;
    size_t used = page_text_width(postern_buf_slice(&l->prefix));
    return l->width > used + 1 ? l->width - used : 1;
}

/* Whether the prefix may grow by `columns` and still leave room for text. */
static bool prefix_room(const text_layout *l, size_t columns) {
    size_t used = page_text_width(postern_buf_slice(&l->prefix)) + columns;
    if (!l->width) return used <= PREFIX_MAX_FREE;
    return used <= PREFIX_MAX_FREE && used + (l->width >= 40 ? 20 : l->width / 2) <= l->width;
}

static bool has_rtl(postern_slice s) {
    for (size_t i = 0, len; i < s.len; i += len) {
        len = 1;
        if (s.ptr[i] < 0x80) continue;
        uint32_t scalar = postern_utf8_at(s, i, &len);
        if (page_text_is_rtl(scalar) || scalar == 0x200F || scalar == 0x200E || scalar == 0x061C) return true;
    }
    return false;
}

/* Between two prefixes the blank line carries what both have, so that a quote is not torn and none is begun early. */
static void blank_line(text_layout *l, postern_buf *out, postern_slice next) {
    postern_slice previous = postern_buf_slice(&l->previous);
    size_t same = 0;
    while (same < previous.len && same < next.len && previous.ptr[same] == next.ptr[same]) same++;
    while (same && previous.ptr[same - 1] == ' ') same--;
    postern_buf_add(out, previous.ptr, same);
    postern_buf_add_byte(out, '\n');
}

static void put_rule(text_layout *l) {
    char dashes[72];
    size_t room = page_text_layout_room(l), len = l->markdown ? 3 : sizeof dashes;
    bool has_first = l->has_first;
    l->rule = l->has_first = false;
    memset(dashes, '-', sizeof dashes);
    l->gap = true;
    page_text_layout_line(l, postern_slice_of(dashes, len < room ? len : room));
    l->gap = true;
    l->has_first = has_first;
}

void page_text_layout_line(text_layout *l, postern_slice text) {
    if (l->rule && !l->status) put_rule(l);
    postern_buf *out = l->capture ? l->capture : &l->lines;
    postern_slice prefix = postern_buf_slice(&l->prefix), shown = l->has_first ? postern_buf_slice(&l->first) : prefix;
    if (l->status) return;
    if (l->gap && l->any) blank_line(l, out, prefix);
    l->gap = false;
    l->any = true;
    while (!text.len && shown.len && shown.ptr[shown.len - 1] == ' ') shown.len--;
    postern_buf_add_slice(out, shown);
    bool isolate = l->isolate && has_rtl(text);
    if (isolate) postern_buf_add_utf8(out, 0x2068);
    postern_buf_add_slice(out, text);
    if (isolate) postern_buf_add_utf8(out, 0x2069);
    postern_buf_add_byte(out, '\n');
    postern_buf_clear(&l->previous);
    postern_buf_add_slice(&l->previous, prefix);
    l->has_first = false;
    const postern_buf *bufs[] = {out, &l->prefix, &l->first, &l->previous, &l->line};
    for (size_t i = 0; i < 5; i++)
        if (bufs[i]->status) l->status = bufs[i]->status;
    if (!l->capture && out->len > FLUSH_AT) page_text_layout_flush(l);
}

static void heading(text_layout *l, const text_block *block) {
    if (l->markdown && !l->capture) {
        postern_buf marked;
        postern_buf_init(&marked, SIZE_MAX);
        for (unsigned i = 0; i < block->level; i++) postern_buf_add_byte(&marked, '#');
        postern_buf_add_byte(&marked, ' ');
        for (size_t i = 0; i < block->text.len; i++) {
            uint8_t c = block->text.ptr[i];
            if (c == TEXT_KEEP || c == TEXT_LOOSE || c == TEXT_MAYBE) continue;
            postern_buf_add_byte(&marked, c < 0x20 ? ' ' : c);
        }
        if (marked.status) l->status = marked.status;
        page_text_layout_line(l, postern_buf_slice(&marked));
        postern_buf_free(&marked);
        return;
    }
    page_text_layout_wrap(l, block->text, false);
    if (block->level > 2 || l->capture || l->prefix.len) return;
    size_t width = page_text_width(block->text), room = page_text_layout_room(l);
    char rule[80];
    if (width > room) width = room;
    if (width > sizeof rule) width = sizeof rule;
    memset(rule, block->level == 1 ? '=' : '-', width);
    page_text_layout_line(l, postern_slice_of(rule, width));
}

/* A fence longer than any run of backticks inside (Markdown). */
static void fenced(text_layout *l, postern_slice text) {
    size_t longest = 0, run = 0;
    char fence[64];
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    size_t len = longest < 3 ? 3 : longest + 1;
    if (len > sizeof fence) len = sizeof fence; /* such a run was cut by the builder */
    memset(fence, '`', len);
    page_text_layout_line(l, postern_slice_of(fence, len));
    page_text_layout_wrap(l, text, true);
    page_text_layout_line(l, postern_slice_of(fence, len));
}

/* Children (or, for a paragraph, itself) behind a longer prefix; `marker` (or nothing) stands in front of the first line. */
static void indented(text_layout *l, const text_block *block, postern_slice marker, postern_slice indent) {
    size_t keep = l->prefix.len;
    bool fits = prefix_room(l, page_text_width(indent));
    if (marker.len) {
        if (!l->has_first) {
            postern_buf_clear(&l->first);
            postern_buf_add_slice(&l->first, postern_buf_slice(&l->prefix));
        }
        postern_buf_add_slice(&l->first, fits ? marker : postern_slice_of(NULL, 0));
        l->has_first = fits || l->has_first;
    } else if (l->has_first && fits) {
        postern_buf_add_slice(&l->first, indent);
    }
    if (fits) postern_buf_add_slice(&l->prefix, indent);
    bool marked = l->has_first;
    if (block->first || block->kind == TEXT_ITEM || block->kind == TEXT_QUOTE || block->kind == TEXT_INDENT)
        page_text_layout_children(l, block);
    else page_text_layout_block(l, block);
    if (marked && l->has_first && marker.len) page_text_layout_line(l, postern_slice_of(NULL, 0)); /* an empty item */
    l->prefix.len = keep;
}

/* ---- lists ---- */

static size_t put_alpha(char *out, size_t cap, int32_t number, char first) {
    char letters[8];
    size_t len = 0;
    for (; number > 0 && len < sizeof letters; number = (number - 1) / 26) letters[len++] = (char)(first + (number - 1) % 26);
    for (size_t i = 0; i < len && i < cap; i++) out[i] = letters[len - 1 - i];
    return len;
}

static size_t put_roman(char *out, size_t cap, int32_t number, bool upper) {
    static const struct { int value; const char *text; } steps[] = {
        {1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"},
        {5, "v"}, {4, "iv"}, {1, "i"}};
    size_t len = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        for (; number >= steps[i].value; number -= steps[i].value)
            for (const char *c = steps[i].text; *c && len < cap; c++) out[len++] = (char)(upper ? *c - 32 : *c);
    return len;
}

/* "3. ", "c. ", "iii. "; what the style cannot write is written in digits, as browsers do. */
static size_t number_marker(char out[32], unsigned numbering, int32_t number) {
    postern_buf digits;
    size_t len = 0;
    if (numbering == TEXT_LOWER_ALPHA || numbering == TEXT_UPPER_ALPHA)
        len = put_alpha(out, 20, number, numbering == TEXT_LOWER_ALPHA ? 'a' : 'A');
    else if ((numbering == TEXT_LOWER_ROMAN || numbering == TEXT_UPPER_ROMAN) && number < 4000)
        len = put_roman(out, 20, number, numbering == TEXT_UPPER_ROMAN);
    if (!len) {
        postern_buf_init(&digits, 32);
        postern_buf_printf(&digits, "%d", (int)number);
        len = digits.len;
        memcpy(out, digits.ptr ? (const char *)digits.ptr : "", len);
        postern_buf_free(&digits);
    }
    out[len++] = '.';
    out[len++] = ' ';
    return len;
}

static unsigned numbering_of(const text_layout *l, const text_block *list, const text_block *item) {
    unsigned numbering = item->numbering ? item->numbering : list->numbering;
    return l->markdown && numbering > TEXT_DECIMAL ? TEXT_DECIMAL : numbering;
}

static int32_t first_number(const text_block *list) {
    int32_t count = 0;
    if (list->has_start || !list->reversed) return list->has_start ? list->number : 1;
    for (const text_block *b = list->first; b; b = b->next) count += b->kind == TEXT_ITEM && count < 1000000;
    return count;
}

static size_t marker_of(const text_layout *l, const text_block *list, const text_block *item, int32_t number, char out[32]) {
    static const char bullets[] = "*-+";
    unsigned numbering = numbering_of(l, list, item);
    if (numbering == TEXT_NO_MARKER) return 0;
    if (numbering != TEXT_BULLET) return number_marker(out, numbering, number);
    out[0] = l->markdown ? '-' : bullets[list->list_depth % 3];
    out[1] = ' ';
    return 2;
}

/* Numbers stand flush right; the text of all items begins in the same column. */
static void list(text_layout *l, const text_block *block) {
    static const char spaces[] = "                                ";
    char marker[32];
    size_t widest = 0;
    int32_t number = first_number(block), step = block->reversed ? -1 : 1;
    for (int pass = 0; pass < 2; pass++) {
        int32_t value = number;
        for (const text_block *item = block->first; item && !l->status; item = item->next) {
            if (item->kind != TEXT_ITEM) {
                if (pass) indented(l, item, postern_slice_of(NULL, 0), postern_slice_of(spaces, widest));
                continue;
            }
            if (item->has_value) value = item->number;
            size_t len = marker_of(l, block, item, value, marker);
            if (len > widest && !pass) widest = len;
            if (!widest && block->list_depth) widest = 2; /* without markers, but one level down */
            value += value > -1000000000 && value < 1000000000 ? step : 0;
            if (!pass) continue;
            if (len && len < widest) { /* flush right */
                memmove(marker + widest - len, marker, len);
                memset(marker, ' ', widest - len);
            }
            l->gap |= item->gap;
            if (item->continued) len = 0;
            indented(l, item, postern_slice_of(marker, len ? widest : 0), postern_slice_of(spaces, widest));
        }
    }
}

/* ---- all kinds ---- */

/* Two spaces at the end of the line above, or a blank line where that has left already. */
static void hard_break(text_layout *l) {
    postern_buf *out = l->capture ? l->capture : &l->lines;
    if (out->len < 2 || out->ptr[out->len - 1] != '\n') {
        l->gap = true;
        return;
    }
    out->len--;
    postern_buf_add(out, "  \n", 3);
}

void page_text_layout_children(text_layout *l, const text_block *block) {
    for (const text_block *child = block->first; child && !l->status; child = child->next) page_text_layout_block(l, child);
}

void page_text_layout_block(text_layout *l, const text_block *block) {
    static const postern_slice none = {NULL, 0};
    if (block->gap) l->gap = true;
    switch (block->kind) {
    case TEXT_PARA:
        if (block->level) {
            heading(l, block);
        } else {
            if (l->markdown && !l->capture && l->after_para && !l->gap && !l->has_first) hard_break(l);
            page_text_layout_wrap(l, block->text, false);
            l->after_para = true;
            return;
        }
        break;
    case TEXT_CODE:
        if (l->markdown && !l->capture) fenced(l, block->text);
        else page_text_layout_wrap(l, block->text, true);
        break;
    case TEXT_RULE: l->rule = l->any; break;
    case TEXT_QUOTE:
        l->gap |= l->markdown;
        indented(l, block, none, POSTERN_S("> "));
        l->gap |= l->markdown; /* a line right behind a quote would belong to it */
        break;
    case TEXT_INDENT:
        indented(l, block, none, l->markdown ? none : POSTERN_S("    "));
        return;
    case TEXT_LIST:
        l->gap |= l->markdown && !block->list_depth;
        list(l, block);
        l->gap |= l->markdown && !block->list_depth;
        break;
    case TEXT_TABLE: page_text_layout_table(l, block); break;
    default: page_text_layout_children(l, block); return;
    }
    l->after_para = false;
}
