/* What the files of the walk over HTML share. */
#ifndef POSTERN_PAGE_TEXT_HTML_INT_H
#define POSTERN_PAGE_TEXT_HTML_INT_H

#include "text_style.h"

#define TEXT_TAGS(X) \
    X(A) X(ADDRESS) X(BASE) X(BLOCKQUOTE) X(BODY) X(BR) X(BUTTON) X(CAPTION) X(CELL) X(COL) X(DD) X(DIALOG) X(DIV) X(DL) X(DT) \
    X(FONT) X(FRAME) X(HEADING) X(HEAD) X(HR) X(HTML) X(IFRAME) X(IMG) X(INPUT) X(LI) X(LINK) X(LIST) X(MATH) X(OPTION) X(P) \
    X(PRE) X(Q) X(ROW) X(ROWS) X(RP) X(RT) X(SELECT) X(STYLE) X(SVG) X(TABLE) X(TEMPLATE) X(TEXTAREA) X(WBR)

typedef enum text_tag {
    TAG_OTHER,
#define TAG_ENUM(name) TAG_##name,
    TEXT_TAGS(TAG_ENUM)
#undef TAG_ENUM
} text_tag;

enum {
    EL_BLOCK = 1 << 0,
    EL_GAP = 1 << 1,      /* vertical margins by default */
    EL_CLOSES_P = 1 << 2,
    EL_VOID = 1 << 3,
    EL_SKIP = 1 << 4,     /* its content is never shown */
    EL_BARRIER = 1 << 5,  /* ends the search for an element to close */
    EL_FORMAT = 1 << 6,   /* misnested end tags close it alone */
    EL_SPECIAL = 1 << 7,  /* a list item is not looked for beyond it */
    EL_BREAKOUT = 1 << 8  /* ends SVG and MathML */
};

typedef struct text_row {
    const char *name;
    uint16_t flags;
    uint8_t tag, marks;
} text_row;

/* What is known of an element, or NULL. */
const text_row *page_text_element(postern_slice name);

typedef struct open_element {
    text_element selector;
    uint8_t *names;        /* what the selector's slices point to, when they are not static; owned */
    const text_row *row;   /* NULL: unknown */
    text_style style;
    text_block *block;     /* the container it opened */
    text_link *link;
    uint32_t children;
    bool is_block, gap_after, foreign, html_inside, flex_item, is_pre, has_level, picture;
    const char *suffix;    /* written at its end */
    postern_slice label;   /* a link's own words for when it has no text; in `names` */
} open_element;

typedef struct text_walk {
    text_doc *d;
    uint32_t part;
    const postern_url *base;
    postern_html_tokenizer *tokenizer;
    postern_html_token token;
    open_element *open;
    unsigned depth;        /* open[depth - 1] is the current one */
    text_sheets *sheets;
    bool foreign;          /* what the tokenizer was told */
    /* content that is passed over, up to the end tag of that name */
    uint8_t skip[32];
    uint8_t skip_len;
    unsigned skip_depth;
    uint32_t shadows;      /* shadow roots seen so far */
    uint32_t children;     /* of the document, when its tags leave <html> out */
    bool drop_newline;     /* the first line end in pre */
    /* select: only the chosen option is shown */
    unsigned in_select;
    bool option_chosen, option_taken;
    postern_buf choice;
    /* found beforehand */
    bool has_heading;
    postern_buf title;
    unsigned imports, import_depth;
} text_walk;

/* text_prepare.c: style sheets, base, title, in a first reading. */
void page_text_prepare(text_walk *w, postern_slice utf8);
/* The start of a shadow root that is written into the page. */
bool page_text_is_shadow(const postern_html_token *token);

/* text_style_of.c: the style of the element that `token` opens below `parent`. */
void page_text_style_of(text_walk *w, const text_row *row, const text_element *selector, const text_style *parent,
                        text_style *style, text_box *box);

/* text_contain.c: the container that an element is, or NULL. */
text_block *page_text_open_container(text_walk *w, open_element *e, const text_box *box);

/* text_media.c: pictures, fields of forms, frames. */
void page_text_picture(text_walk *w, const text_style *style, const text_box *box);
void page_text_field(text_walk *w, const text_style *style);
void page_text_frame(text_walk *w, bool is_iframe);

postern_slice page_text_attribute(const postern_html_token *token, const char *name);

#endif
