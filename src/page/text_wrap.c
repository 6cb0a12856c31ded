/*
 * From one paragraph to lines. Greedy: a line ends at the last place where it may when the next character would go over the
 * width. What has no such place stays in one piece (addresses have to be copied whole), but for columns of tables.
 */
#include "text_int.h"

typedef struct wrapping {
    text_layout *l;
    size_t room;        /* columns */
    size_t width;       /* of l->line */
    size_t cut, resume; /* the last place to break: the line ends at `cut`, the next begins with what stands at `resume` */
    size_t resume_width;
    bool can_cut, keep;
    uint32_t last;
    bool guard;         /* Markdown: starts of lines are escaped */
} wrapping;

static size_t trimmed_len(postern_slice s) {
    while (s.len && s.ptr[s.len - 1] == ' ') s.len--;
    return s.len;
}

static void emit(wrapping *w, postern_slice line, bool hard) {
    if (!postern_slice_eq(line, POSTERN_S("-- "))) line.len = trimmed_len(line); /* what begins a signature stays what it is */
    if (!w->guard) {
        page_text_layout_line(w->l, line);
        return;
    }
    postern_buf guarded;
    postern_buf_init(&guarded, SIZE_MAX);
    page_text_guard_line(&guarded, line);
    if (hard && line.len) postern_buf_add(&guarded, "  ", 2);
    if (guarded.status) w->l->status = guarded.status;
    else page_text_layout_line(w->l, postern_buf_slice(&guarded));
    postern_buf_free(&guarded);
}

static void start_line(wrapping *w) {
    postern_buf_clear(&w->l->line);
    w->width = 0;
    w->can_cut = false;
    w->last = ' ';
}

/* The line is too long: what stands before the last place to break leaves. */
static void cut_line(wrapping *w) {
    postern_buf *line = &w->l->line;
    emit(w, postern_slice_of(line->ptr, w->cut), false);
    size_t rest = line->len - w->resume;
    memmove(line->ptr, line->ptr + w->resume, rest);
    line->len = rest;
    w->width -= w->resume_width;
    w->can_cut = false;
}

static void may_cut_here(wrapping *w, size_t cut) {
    if (w->keep || w->width == 0) return;
    w->can_cut = true;
    w->cut = cut;
    w->resume = w->l->line.len;
    w->resume_width = w->width;
}

static void take_space(wrapping *w, bool breaks) {
    postern_buf *line = &w->l->line;
    size_t before = line->len;
    postern_buf_add_byte(line, ' ');
    w->width++;
    w->last = ' ';
    if (breaks) may_cut_here(w, before);
}

static void take_char(wrapping *w, uint32_t scalar, postern_slice bytes) {
    size_t columns = page_text_char_width(scalar);
    if (page_text_may_break(w->last, scalar)) may_cut_here(w, w->l->line.len);
    if (w->width + columns > w->room && columns) {
        if (w->can_cut) {
            cut_line(w);
        } else if (w->l->break_words && w->width) {
            emit(w, postern_buf_slice(&w->l->line), false);
            start_line(w);
        }
    }
    postern_buf_add_slice(&w->l->line, bytes);
    w->width += columns;
    w->last = scalar;
}

static void take(wrapping *w, uint32_t scalar, postern_slice bytes) {
    switch (scalar) {
    case ' ':
    case TEXT_SPACE: take_space(w, true); break;
    case TEXT_NBSP: take_space(w, false); break;
    case TEXT_MAYBE: may_cut_here(w, w->l->line.len); break;
    case TEXT_KEEP: w->keep = true; break;
    case TEXT_LOOSE: w->keep = false; break;
    case TEXT_BREAK:
        emit(w, postern_buf_slice(&w->l->line), true);
        start_line(w);
        break;
    default: take_char(w, scalar, bytes);
    }
}

/* Preformatted text has no marks of its own, but what is written into it (numbers of links) may. */
static void verbatim_line(text_layout *l, postern_slice line) {
    postern_buf_clear(&l->line);
    for (size_t i = 0; i < line.len; i++) {
        uint8_t c = line.ptr[i];
        if (c >= 0x20) postern_buf_add_byte(&l->line, c);
        else if (c == TEXT_NBSP || c == TEXT_SPACE) postern_buf_add_byte(&l->line, ' ');
    }
    postern_slice clean = postern_buf_slice(&l->line);
    page_text_layout_line(l, postern_slice_sub(clean, 0, trimmed_len(clean)));
}

static void verbatim_lines(text_layout *l, postern_slice text) {
    for (;;) {
        postern_cut cut = postern_slice_cut(text, '\n');
        verbatim_line(l, cut.head);
        if (!cut.ok || l->status) return;
        text = cut.tail;
    }
}

void page_text_layout_wrap(text_layout *l, postern_slice text, bool verbatim) {
    if (verbatim) {
        verbatim_lines(l, text);
        return;
    }
    wrapping w = {.l = l, .room = page_text_layout_room(l), .guard = l->markdown && !l->capture};
    start_line(&w);
    for (size_t i = 0, len; i < text.len && !l->status; i += len) {
        len = 1;
        uint32_t scalar = text.ptr[i] < 0x80 ? text.ptr[i] : postern_utf8_at(text, i, &len);
        take(&w, scalar, postern_slice_sub(text, i, len));
    }
    if (l->line.status) l->status = l->line.status;
    if (!l->status && w.l->line.len) emit(&w, postern_buf_slice(&l->line), false);
}
