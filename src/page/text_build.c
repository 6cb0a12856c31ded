/*
 * The builder: text in, paragraphs out. White space collapses here, across elements as CSS does it; padding that only pushes
 * other text out of sight is dropped, hidden text counted.
 */
#include "text_int.h"

#include <stdlib.h>

void page_text_fail(text_doc *d, postern_status status) {
    if (!d->status && status) d->status = status;
}

postern_status page_text_doc_init(text_doc *d, postern_archive *archive, const postern_text_options *options,
                                  const postern_sink *out, postern_page_report *report) {
    *d = (text_doc){.archive = archive, .options = options, .report = report, .hold_space = true, .part = POSTERN_NO_PART};
    postern_buf_init(&d->para, SIZE_MAX);
    postern_buf_init(&d->padding, SIZE_MAX);
    postern_buf_init(&d->link_text, SIZE_MAX);
    postern_buf_init(&d->hidden, SIZE_MAX);
    d->links_tail = &d->links;
    page_text_fail(d, page_text_layout_init(&d->layout, out, options));
    d->arena = postern_arena_new(SIZE_MAX);
    d->links_arena = postern_arena_new(POSTERN_LIMIT_TEXT_LINKS);
    d->chain = calloc(POSTERN_LIMIT_ELEMENT_DEPTH + 1, sizeof *d->chain);
    if (!d->arena || !d->links_arena || !d->chain) page_text_fail(d, POSTERN_NOMEM);
    return d->status;
}

void page_text_doc_free(text_doc *d) {
    page_text_layout_free(&d->layout);
    postern_buf_free(&d->para);
    postern_buf_free(&d->padding);
    postern_buf_free(&d->link_text);
    postern_buf_free(&d->hidden);
    postern_arena_free(d->arena);
    postern_arena_free(d->links_arena);
    free(d->chain);
    free(d->buckets);
}

/* ---- paragraphs ---- */

enum { PADDING_FILLS = 6 };

/* Non-breaking spaces and joiners end: a few of them are text; many, or a run with invisible ones, only push other text out
 * of sight. */
static void end_padding(text_doc *d) {
    if (!d->padding_chars) return;
    bool filling = d->padding_chars > 40 || (d->padding_chars >= PADDING_FILLS && d->padding_invisible >= 2);
    if (filling) {
        d->report->hidden_runs++;
        d->report->hidden_chars += d->padding_chars;
        postern_note_send(d->options->notes, POSTERN_NOTE_PAGE_HIDDEN, d->part, POSTERN_NO_OFFSET, postern_slice_of(NULL, 0));
        d->space = true;
    } else {
        if (d->space && !d->hold_space && !d->padding.len) postern_buf_add_byte(&d->para, ' ');
        postern_buf_add_slice(&d->para, postern_buf_slice(&d->padding));
        d->hold_space = false;
        d->space = false;
    }
    postern_buf_clear(&d->padding);
    d->padding_chars = d->padding_invisible = 0;
}

static void add_padding(text_doc *d, uint32_t scalar) {
    uint32_t clean = page_text_clean(scalar);
    if (scalar == 0x200B && !d->padding_chars) {
        page_text_maybe_break(d);
        return;
    }
    if (!d->padding_chars && d->space && !d->hold_space) {
        postern_buf_add_byte(&d->padding, ' ');
        d->space = false;
    }
    d->padding_chars++;
    d->padding_invisible += page_text_char_width(clean) == 0;
    if (clean && d->padding_chars < 64) postern_buf_add_utf8(&d->padding, clean);
}

/* Markdown: the marks that are open become those that are wanted; they nest like a stack whose order is fixed. */
static const struct { uint8_t mark; const char *text; } mark_texts[] = {
    {TEXT_STRIKE, "~~"}, {TEXT_BOLD, "**"}, {TEXT_ITALIC, "*"}, {TEXT_TELETYPE, "`"}};
enum { BACKTICKS = 32 }; /* in a row inside a pre; more could close the layout's fence */

static void set_marks(text_doc *d, uint8_t wanted) {
    if (!d->options->markdown || d->marks == wanted) return;
    unsigned keep = 0;
    while (keep < 4 && !((d->marks ^ wanted) & mark_texts[keep].mark)) keep++;
    for (unsigned i = 4; i-- > keep;)
        if (d->marks & mark_texts[i].mark) postern_buf_add_slice(&d->para, postern_slice_cstr(mark_texts[i].text));
    if (d->marks & TEXT_TELETYPE) postern_buf_add_byte(&d->para, TEXT_LOOSE);
    /* code is not escaped, so no line may begin inside it: "<div>" at the start of a line would be HTML */
    if (wanted & TEXT_TELETYPE) postern_buf_add_byte(&d->para, TEXT_KEEP);
    for (unsigned i = keep; i < 4; i++)
        if (wanted & mark_texts[i].mark) postern_buf_add_slice(&d->para, postern_slice_cstr(mark_texts[i].text));
    d->marks = wanted;
}

/* Before something visible: the space that is due, the link's bracket, the marks. A '|' ends a cell even inside code, and
 * what stood behind it would no longer be code: in tables there is none, all is escaped. */
static void due(text_doc *d, uint8_t marks) {
    end_padding(d);
    if (d->tables) marks &= (uint8_t)~TEXT_TELETYPE;
    if (marks != d->marks || (d->link && d->options->markdown && !d->link_open)) set_marks(d, d->marks & marks);
    if (d->space && !d->hold_space) postern_buf_add_byte(&d->para, ' ');
    d->space = d->hold_space = false;
    d->visible = true;
    if (d->link && d->options->markdown && !d->link_open) {
        set_marks(d, 0);
        if (d->para.len && d->para.ptr[d->para.len - 1] == '!') { /* "![" is a picture, fetched from where the link leads */
            d->para.len--;
            postern_buf_add(&d->para, "\\!", 2);
        }
        postern_buf_add_byte(&d->para, '[');
        d->link_open = true;
    }
    set_marks(d, marks);
}

static void end_link_in_para(text_doc *d) {
    if (!d->link) return;
    if (!d->options->markdown) {
        if (d->link_has_text) page_text_link_mark(d);
    } else if (d->link_open) {
        set_marks(d, 0);
        page_text_link_mark(d);
        d->link_open = false;
    }
}

/* A <br> at the end of a paragraph says nothing; two are a blank line behind it. */
static bool trim_breaks(text_doc *d) {
    unsigned breaks = 0;
    if (d->pre) return false;
    if (!d->visible || (d->para.len == 3 && memcmp(d->para.ptr, "--\6", 3) == 0)) return false; /* "-- " begins a signature */
    for (uint8_t c; d->para.len; d->para.len--) {
        c = d->para.ptr[d->para.len - 1];
        if (c != TEXT_BREAK && c != TEXT_SPACE && c != TEXT_NBSP) break;
        breaks += c == TEXT_BREAK;
    }
    return breaks > 1;
}

/* ---- hidden text ---- */

static void add_raw(text_doc *d, postern_slice utf8, const text_style *style);

enum { HIDDEN_NOTE = 200 };

void page_text_hide_end(text_doc *d) {
    if (!d->in_hidden) return;
    d->in_hidden = false;
    if (d->options->show_hidden && d->hidden_open) page_text_add_own(d, POSTERN_S("]"));
    d->hidden_open = false;
    page_text_fail(d, d->hidden.status);
    postern_note_send(d->options->notes, POSTERN_NOTE_PAGE_HIDDEN, d->part, POSTERN_NO_OFFSET, postern_buf_slice(&d->hidden));
    postern_buf_clear(&d->hidden);
}

static bool all_white(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (!postern_ascii_space(s.ptr[i])) return false;
    return true;
}

void page_text_hide(text_doc *d, postern_slice utf8, const text_style *style) {
    if (d->status) return;
    if (all_white(utf8)) {
        if (d->in_hidden && d->options->show_hidden) add_raw(d, utf8, style);
        else d->space = true;
        return;
    }
    if (!d->in_hidden) d->report->hidden_runs++;
    d->in_hidden = true;
    for (size_t i = 0, len; i < utf8.len; i += len) {
        uint32_t scalar = page_text_clean(postern_utf8_at(utf8, i, &len));
        if (scalar && scalar != ' ' && scalar != TEXT_NBSP) d->report->hidden_chars++;
        if (d->hidden.len < HIDDEN_NOTE) postern_buf_add_slice(&d->hidden, postern_slice_sub(utf8, i, len));
    }
    if (!d->options->show_hidden) return; /* "b<hidden>x</hidden>ank" reads as a word */
    if (!d->hidden_open) page_text_add_own(d, POSTERN_S("[hidden: "));
    if (!d->hidden_open) d->hold_space = true;
    d->hidden_open = true;
    add_raw(d, utf8, style);
}

void page_text_end_para(text_doc *d) {
    if (d->hidden_open) {
        page_text_add_own(d, POSTERN_S("]"));
        d->hidden_open = false;
    }
    if (d->pre && d->pre_open && d->options->markdown && d->para.len && !d->status) {
        /* one fence for a whole pre: its inner blocks are lines */
        if (d->para.ptr[d->para.len - 1] != '\n') postern_buf_add_byte(&d->para, '\n');
        d->column = 0;
        return;
    }
    end_padding(d);
    end_link_in_para(d);
    set_marks(d, 0);
    bool gap_behind = trim_breaks(d);
    page_text_fail(d, d->para.status);
    page_text_fail(d, d->padding.status);
    page_text_fail(d, d->link_text.status);
    if (d->visible && d->para.len && !d->status) {
        text_block block = {.kind = d->pre ? TEXT_CODE : TEXT_PARA, .level = d->level, .gap = d->gap};
        block.text = postern_buf_slice(&d->para);
        if (d->pre && block.text.ptr[block.text.len - 1] == '\n') block.text.len--;
        d->gap = false;
        page_text_add_block(d, &block);
        d->gap |= gap_behind;
    } else if (d->para.len && !d->status) {
        d->gap = true; /* a line of nothing but non-breaking spaces is how Word and others write a blank line */
    }
    postern_buf_clear(&d->para);
    d->space = d->visible = false;
    d->hold_space = true;
    d->column = 0;
}

/* ---- text ---- */

static void put_visible(text_doc *d, uint32_t scalar, uint8_t marks) {
    due(d, marks);
    bool literal = d->marks & TEXT_TELETYPE;
    if (literal && scalar == '`') scalar = '\'';
    page_text_put(&d->para, scalar, d->options->markdown && !literal);
    if (d->link) {
        d->link_has_text = true;
        if (d->link_text.len < 300) postern_buf_add_utf8(&d->link_text, scalar);
    }
}

/* Spaces and line ends that do not collapse. */
static void put_kept_space(text_doc *d, uint32_t scalar, const text_style *style) {
    if (scalar == '\n') {
        page_text_line_break(d);
        return;
    }
    if (scalar == '\r') return;
    end_padding(d);
    if (d->space && !d->hold_space) postern_buf_add_byte(&d->para, ' ');
    d->space = d->hold_space = false;
    unsigned count = scalar == '\t' ? 8 - d->column % 8 : 1;
    d->column += count;
    while (count--) postern_buf_add_byte(&d->para, style->space == TEXT_SPACE_PRE ? TEXT_NBSP : TEXT_SPACE);
}

static void put_code(text_doc *d, uint32_t scalar) {
    if (scalar == '\r') return;
    if (scalar == '\n') {
        postern_buf_add_byte(&d->para, '\n');
        d->column = 0;
        return;
    }
    if (scalar == '\t') {
        for (unsigned count = 8 - d->column % 8; count--; d->column++) postern_buf_add_byte(&d->para, ' ');
        return;
    }
    uint32_t clean = page_text_clean(scalar);
    if (!clean) return;
    if (clean == TEXT_NBSP) clean = ' ';
    d->backticks = clean == '`' ? d->backticks + 1 : 0;
    if (d->backticks > BACKTICKS) clean = '\'';
    postern_buf_add_utf8(&d->para, clean);
    d->column += page_text_char_width(clean);
    d->visible = true;
    if (!d->link) return;
    d->link_has_text = true;
    if (d->link_text.len < 300) postern_buf_add_utf8(&d->link_text, clean);
}

static void add_char(text_doc *d, uint32_t scalar, const text_style *style) {
    bool white = scalar == ' ' || scalar == '\n' || scalar == '\t' || scalar == '\r' || scalar == '\f';
    if (white && style->space == TEXT_SPACE_NORMAL) {
        if (d->padding_chars && d->padding.len && d->padding.ptr[d->padding.len - 1] != ' ')
            postern_buf_add_byte(&d->padding, ' ');
        else if (!d->padding_chars) d->space = true;
        return;
    }
    if (white && style->space == TEXT_SPACE_PRE_LINE && scalar != '\n') {
        d->space = true;
        return;
    }
    if (white) {
        put_kept_space(d, scalar, style);
        return;
    }
    if (page_text_is_padding(scalar)) {
        add_padding(d, scalar);
        return;
    }
    uint32_t clean = page_text_clean(scalar);
    if (!clean) return;
    if (clean == ' ') d->space = true;
    else put_visible(d, clean, style->marks);
    d->column += page_text_char_width(clean);
}

/* The plain case by the run: printable ASCII without anything special. */
static size_t plain_run(const text_doc *d, postern_slice s, size_t from) {
    size_t i = from;
    if (d->options->markdown || d->link) return from;
    while (i < s.len && s.ptr[i] > ' ' && s.ptr[i] < 0x7F) i++;
    return i;
}

void page_text_add(text_doc *d, postern_slice utf8, const text_style *style) {
    if (d->in_hidden && !all_white(utf8)) page_text_hide_end(d);
    add_raw(d, utf8, style);
}

static void add_raw(text_doc *d, postern_slice utf8, const text_style *style) {
    if (d->status) return;
    for (size_t i = 0, len; i < utf8.len; i += len) {
        if (d->pre) {
            put_code(d, postern_utf8_at(utf8, i, &len));
            continue;
        }
        len = plain_run(d, utf8, i) - i;
        if (len > 1) {
            due(d, style->marks);
            postern_buf_add_slice(&d->para, postern_slice_sub(utf8, i, len));
            d->column += (unsigned)len;
            continue;
        }
        add_char(d, postern_utf8_at(utf8, i, &len), style);
    }
    page_text_fail(d, d->para.status);
}

void page_text_add_own(text_doc *d, postern_slice utf8) {
    if (d->status || !utf8.len) return;
    due(d, d->marks);
    /* Markdown: what stands behind our brackets may be "(address)" */
    for (size_t i = 0; i < utf8.len; i++) page_text_put(&d->para, utf8.ptr[i], d->options->markdown && !d->pre);
}

void page_text_add_label(text_doc *d, postern_slice utf8, const text_style *style) {
    bool markdown = d->options->markdown && !d->pre;
    if (d->status) return;
    due(d, style->marks & (uint8_t)~TEXT_TELETYPE);
    postern_buf_add_slice(&d->para, markdown ? POSTERN_S("\\[") : POSTERN_S("["));
    page_text_put_line(&d->para, utf8, markdown);
    postern_buf_add_slice(&d->para, markdown ? POSTERN_S("\\]") : POSTERN_S("]"));
    if (d->link) d->link_has_text = true;
}

void page_text_line_break(text_doc *d) {
    if (d->status) return;
    if (d->pre) {
        postern_buf_add_byte(&d->para, '\n');
        d->column = 0;
        return;
    }
    end_padding(d);
    set_marks(d, 0);
    /* a <br> at the start of a paragraph is a blank line, not a line of its own */
    if (!d->visible && !d->para.len) d->gap = d->gap || d->layout.any || d->depth > 0;
    else postern_buf_add_byte(&d->para, TEXT_BREAK);
    d->space = false;
    d->hold_space = true;
    d->column = 0;
}

void page_text_maybe_break(text_doc *d) {
    if (d->status || d->pre || !d->visible) return;
    if (!d->space && !d->hold_space) postern_buf_add_byte(&d->para, TEXT_MAYBE);
}

void page_text_link_close_marks(text_doc *d) {
    end_padding(d);
    set_marks(d, 0);
}
