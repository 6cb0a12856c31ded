/*
 * What the files of the text renderer share.
 *
 *   walk (text_html.c)      tokens -> open elements with computed styles -> calls of the builder
 *   builder (text_build.c)  calls -> blocks; what stands at the outermost level is laid out as soon as it is whole
 *   layout (text_layout.c)  blocks -> lines with prefixes, cut to the width
 */
#ifndef POSTERN_PAGE_TEXT_INT_H
#define POSTERN_PAGE_TEXT_INT_H

#include "flowed.h"
#include "postern/css.h"
#include "postern/html.h"
#include "postern/page.h"

/* ---- text of a paragraph: UTF-8 plus these marks, which no source can write since controls are rewritten
 * ------------------------ */

enum {
    TEXT_NBSP = 1,  /* a space that does not break and does not collapse */
    TEXT_BREAK = 2, /* the line ends here */
    TEXT_MAYBE = 3, /* the line may end here */
    TEXT_KEEP = 4,  /* no break from here … */
    TEXT_LOOSE = 5, /* … to here */
    TEXT_SPACE = 6  /* a space that does not collapse, where the line may break */
};

unsigned page_text_char_width(uint32_t scalar);
size_t page_text_width(postern_slice s);
bool page_text_is_rtl(uint32_t scalar);
/* Whether a line may break between two characters neither of which is a space: between ideographs, with kinsoku. */
bool page_text_may_break(uint32_t before, uint32_t after);

/* ---- blocks ---- */

typedef enum text_kind {
    TEXT_ROOT,
    TEXT_PARA,
    TEXT_CODE, /* preformatted */
    TEXT_RULE,
    TEXT_QUOTE,
    TEXT_INDENT, /* dd */
    TEXT_LIST,
    TEXT_ITEM,
    TEXT_TABLE,
    TEXT_ROW,
    TEXT_CELL,
    TEXT_CAPTION
} text_kind;

typedef enum text_numbering {
    TEXT_BULLET,
    TEXT_NO_MARKER,
    TEXT_DECIMAL,
    TEXT_LOWER_ALPHA,
    TEXT_UPPER_ALPHA,
    TEXT_LOWER_ROMAN,
    TEXT_UPPER_ROMAN
} text_numbering;

typedef enum text_align { TEXT_START, TEXT_CENTER, TEXT_END } text_align;

typedef struct text_block text_block;
struct text_block {
    uint8_t kind;
    uint8_t level;     /* 1-6: a heading */
    uint8_t numbering; /* of a list, or of an item when it has its own */
    uint8_t align;     /* of a cell */
    bool gap;          /* a blank line before it */
    bool reversed, has_start, has_value;
    bool is_header;    /* a cell: th; a row: in thead */
    bool data, layout; /* a table: signs that it is one or the other */
    bool continued;    /* its beginning is laid out already: no marker, no caption */
    uint8_t list_depth;     /* of a list: how many lists it is in */
    uint16_t columns, rows; /* a cell: its spans */
    int32_t number;    /* of a list: start; of an item: value */
    postern_slice text;
    text_block *first, *last, *next;
    text_block *aside; /* of a table: what was written between its cells, shown before it */
};

/* ---- layout ---- */

typedef struct text_layout {
    const postern_sink *out;
    postern_status status;
    unsigned width; /* 0: lines are as long as they are */
    bool markdown, isolate;
    bool break_words; /* inside columns, where an overlong word would push the others away */
    bool any, gap;
    bool rule;       /* a rule is due before the next line; none at the start, and never two */
    bool after_para; /* Markdown: the next paragraph without a gap needs a hard line break before it */
    bool has_first; /* `first` instead of `prefix` before the next line */
    unsigned tables; /* nested tables that are being laid out */
    uint64_t written, max;
    postern_buf prefix, first, previous;
    postern_buf line; /* scratch of the wrapping */
    postern_buf lines; /* what goes to `out` next */
    postern_buf *capture; /* lines go here instead: the cells of a table */
} text_layout;

postern_status page_text_layout_init(text_layout *l, const postern_sink *out, const postern_text_options *options);
postern_status page_text_layout_flush(text_layout *l);
void page_text_layout_free(text_layout *l);
/* Lays out one block with all below it. */
void page_text_layout_block(text_layout *l, const text_block *block);
/* One paragraph's text, wrapped. */
void page_text_layout_wrap(text_layout *l, postern_slice text, bool verbatim);
/* One line as it is, behind the prefix that is due. */
void page_text_layout_line(text_layout *l, postern_slice text);
void page_text_layout_table(text_layout *l, const text_block *table);
void page_text_layout_children(text_layout *l, const text_block *block);
/* Columns left for text. SIZE_MAX when there is no width. */
size_t page_text_layout_room(const text_layout *l);

/* ---- computed style ---- */

enum { TEXT_BOLD = 1, TEXT_ITALIC = 2, TEXT_STRIKE = 4, TEXT_TELETYPE = 8 };
enum { TEXT_FLEX_NOT, TEXT_FLEX_ROW, TEXT_FLEX_COLUMN, TEXT_FLEX_GRID };
enum { TEXT_SPACE_NORMAL, TEXT_SPACE_PRE, TEXT_SPACE_PRE_WRAP, TEXT_SPACE_PRE_LINE };

typedef struct text_style {
    float font_size; /* px */
    uint32_t color, background; /* 0xRRGGBB */
    bool color_known, background_known;
    bool invisible;  /* visibility: hidden; a descendant may be visible again */
    bool indented_away; /* text-indent far to the left */
    bool gone;       /* display: none, clipped, opacity 0 …: with all below it */
    bool clear;      /* color: transparent */
    uint8_t flex;    /* TEXT_FLEX_…: how its children stand */
    uint8_t marks;   /* TEXT_BOLD … */
    uint8_t space;   /* TEXT_SPACE_… */
    uint8_t numbering;
    bool numbering_set;
    uint8_t align;
} text_style;

/* ---- builder ---- */

typedef struct text_link {
    postern_slice url;  /* ASCII, safe to show */
    postern_slice says; /* the other host that its text names, or empty */
    struct text_link *next, *chain;
    uint64_t hash;
    uint32_t number; /* 0: not in the list yet */
} text_link;

typedef struct text_doc {
    postern_archive *archive;
    const postern_text_options *options;
    postern_page_report *report;
    postern_status status; /* the first failure; from then on nothing is built */
    bool limit;            /* a limit was reached: the rest is left out */
    text_layout layout;
    postern_arena *arena;  /* of the blocks that are not laid out yet */
    postern_arena *links_arena;
    text_block *chain;     /* the open containers, outermost first; chain[0] is the document */
    unsigned depth;        /* chain[depth] is where blocks go */
    unsigned tables;       /* open ones among them */
    bool gap;              /* the next block wants a blank line before it */
    /* the paragraph in hand */
    postern_buf para;
    bool space;            /* a collapsible space is due before the next character */
    bool hold_space;       /* none is due whatever comes: start of a line */
    bool pre;              /* the paragraph is preformatted */
    bool pre_open;         /* … and its element is still open */
    uint8_t level;         /* heading */
    uint8_t marks;         /* open marks in `para` (Markdown) */
    postern_buf padding;   /* held back: non-breaking spaces and joiners, which may be text or filling */
    uint32_t padding_chars, padding_invisible;
    unsigned column;       /* of preformatted text, for tabs */
    unsigned backticks;    /* in a row, in a pre */
    bool visible;          /* `para` holds something to see */
    /* links */
    text_link *link;       /* the link that text is in, or NULL */
    postern_buf link_text; /* the beginning of its text, to see what it claims */
    bool link_open;        /* Markdown: its bracket stands in `para` */
    bool link_has_text, link_done;
    text_link *links, **links_tail;
    text_link **buckets;   /* all links by their hash; twice as many as there are links, at least */
    size_t bucket_count, known_links;
    uint32_t link_count;   /* numbers given */
    /* hidden text */
    bool in_hidden, hidden_open; /* … and its bracket stands in `para` */
    postern_buf hidden;
    uint32_t part; /* the part whose text this is, for notes */
    uint32_t pictures;
    unsigned messages; /* nested messages around this text */
    unsigned frames, frame_depth;
} text_doc;

postern_status page_text_doc_init(text_doc *d, postern_archive *archive, const postern_text_options *options,
                                  const postern_sink *out, postern_page_report *report);
void page_text_doc_free(text_doc *d);
/* Ends the paragraph and all containers. */
void page_text_finish(text_doc *d);

/* Text of the source, white space collapsed as `style` says. */
void page_text_add(text_doc *d, postern_slice utf8, const text_style *style);
/* Text of ours (brackets, quotes), ASCII: no collapsing; written tight against what stands before unless a space is due. */
void page_text_add_own(text_doc *d, postern_slice utf8);
/* Text of the source as one label, such as [alt]. */
void page_text_add_label(text_doc *d, postern_slice utf8, const text_style *style);
void page_text_line_break(text_doc *d);
void page_text_maybe_break(text_doc *d);
/* Ends the paragraph, if there is one. */
void page_text_end_para(text_doc *d);
void page_text_rule(text_doc *d);
/* A copy of `draft` where blocks go now; at the outermost level it is laid out at once. */
void page_text_add_block(text_doc *d, const text_block *draft);
text_block *page_text_open(text_doc *d, text_kind kind);
/* Closes containers up to and with `block`. One without content vanishes. */
void page_text_close(text_doc *d, text_block *block);
/* The innermost open container of that kind, not looking out of the innermost table; or NULL. */
text_block *page_text_nearest(const text_doc *d, text_kind kind);
static inline text_block *page_text_here(const text_doc *d) {
    return &d->chain[d->depth];
}
void page_text_fail(text_doc *d, postern_status status);
/* Text that cannot be seen: counted, and shown between brackets when that is asked for. */
void page_text_hide(text_doc *d, postern_slice utf8, const text_style *style);
/* The hidden run is over: its note. */
void page_text_hide_end(text_doc *d);

/* ---- text_escape.c: what may leave ---- */

/* One scalar of the source: what is written for it (0: nothing). */
uint32_t page_text_clean(uint32_t scalar);
/* Characters that fill a preheader and show nothing. */
bool page_text_is_padding(uint32_t scalar);
/* Appends one scalar, escaped for Markdown when that is what is being written. */
void page_text_put(postern_buf *out, uint32_t scalar, bool markdown);
/* A whole slice, cleaned, on one line. */
void page_text_put_line(postern_buf *out, postern_slice utf8, bool markdown);
/* Escapes what would mean something at the start of a line of Markdown. */
void page_text_guard_line(postern_buf *out, postern_slice line);

/* ---- text_link.c ---- */

/* The link that `href` means, or NULL when it is not shown as one. */
text_link *page_text_link_find(text_doc *d, uint32_t part, postern_slice href, const postern_url *base);
void page_text_link_begin(text_doc *d, text_link *link);
/* Number and warning behind the link's text, once. */
void page_text_link_mark(text_doc *d);
void page_text_link_end(text_doc *d);
void page_text_link_list(text_doc *d);
/* Markdown: closes the marks inside a link before its bracket. */
void page_text_link_close_marks(text_doc *d);

/* ---- documents ---- */

/* A part by its type: HTML, plain text, a message, or a picture. */
void page_text_part(text_doc *d, uint32_t part);
void page_text_html(text_doc *d, uint32_t part, postern_slice utf8);
/* `flowed`: RFC 3676; `delsp`: its DelSp=yes. */
void page_text_plain(text_doc *d, postern_slice utf8, page_flow flow);
/* Headers, then body, of the message whose root part this is. */
void page_text_message(text_doc *d, uint32_t part);

/* ---- text_color.c ---- */

typedef enum text_color_kind {
    TEXT_COLOR_NONE,
    TEXT_COLOR_RGB,
    TEXT_COLOR_CLEAR,
    TEXT_COLOR_UNKNOWN,
    TEXT_COLOR_CURRENT
} text_color_kind;
/* A color by name, #rgb, #rrggbb, or an HTML attribute's sloppy form when `legacy`. */
text_color_kind page_text_color(postern_slice text, bool legacy, uint32_t *ret_rgb);

#endif
