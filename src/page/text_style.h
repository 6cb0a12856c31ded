/*
 * Styles as the text renderer needs them: only what tells whether text can be seen, where lines and paragraphs end, and how
 * lists are numbered. What a small reading of CSS cannot decide counts for showing, never for hiding.
 */
#ifndef POSTERN_PAGE_TEXT_STYLE_H
#define POSTERN_PAGE_TEXT_STYLE_H

#include "text_int.h"

typedef enum text_property {
    PROP_DISPLAY,
    PROP_VISIBILITY,
    PROP_FONT_SIZE,
    PROP_OPACITY,
    PROP_COLOR,
    PROP_BACKGROUND,
    PROP_OVERFLOW,
    PROP_WIDTH,
    PROP_HEIGHT,
    PROP_MAX_WIDTH,
    PROP_MAX_HEIGHT,
    PROP_TEXT_INDENT,
    PROP_POSITION,
    PROP_LEFT,
    PROP_TOP,
    PROP_RIGHT,
    PROP_CLIP,
    PROP_CLIP_PATH,
    PROP_WHITE_SPACE,
    PROP_LIST_STYLE,
    PROP_FONT_WEIGHT,
    PROP_FONT_STYLE,
    PROP_TEXT_DECORATION,
    PROP_MARGIN_TOP,
    PROP_MARGIN_BOTTOM,
    PROP_PADDING,
    PROP_BORDER,
    PROP_TEXT_ALIGN,
    PROP_MSO_HIDE,
    PROP_TRANSFORM,
    PROP_CONTENT_VISIBILITY,
    PROP_FLEX_DIRECTION,
    PROP_COUNT
} text_property;

typedef enum text_display {
    DISPLAY_INLINE,
    DISPLAY_BLOCK,
    DISPLAY_NONE,
    DISPLAY_LIST_ITEM,
    DISPLAY_INLINE_BLOCK,
    DISPLAY_FLEX,
    DISPLAY_GRID,
    DISPLAY_TABLE_PART,
    DISPLAY_TABLE_CELL,
    DISPLAY_CONTENTS
} text_display;

typedef enum text_unit {
    UNIT_WORD,    /* `word`: a number of the property's own, or one of WORD_… */
    UNIT_PX, UNIT_EM, UNIT_PERCENT, UNIT_NUMBER,
    UNIT_COLOR,   /* `word` is 0xRRGGBB */
    UNIT_UNKNOWN  /* var(), calc() … */
} text_unit;

enum { WORD_INHERIT = 0x1000, WORD_INITIAL, WORD_HIDES, WORD_SHOWS, WORD_CLEAR };

typedef struct text_declaration {
    uint8_t property, unit;
    bool important;
    float number;
    uint32_t word;
} text_declaration;

/* What one block declares: of each property and importance the last. */
typedef struct text_declarations {
    text_declaration items[PROP_COUNT * 2];
    size_t count;
} text_declarations;

/* Reads declarations until the block's end (or the input's); nested blocks are passed over. */
void page_text_declarations(postern_css_tokenizer *tokenizer, text_declarations *ret);

/* The winner of the cascade for each property. `weight` orders them: importance, style attribute, specificity, order. */
typedef struct text_cascade {
    text_declaration items[PROP_COUNT];
    uint64_t weight[PROP_COUNT]; /* 0: none */
    uint64_t doubt[PROP_COUNT];  /* weight of rules that may or may not apply: never a reason to hide, maybe one to show */
} text_cascade;

void page_text_cascade_add(text_cascade *cascade, const text_declaration *declaration, uint64_t weight, bool sure);

/* What one element is, besides what its children inherit. */
typedef struct text_box {
    text_display display;
    bool gap_before, gap_after, border, tiny;
    bool has_display;
} text_box;

/* `cascade` over what is inherited in *style; the result is what children inherit. */
void page_text_compute(const text_cascade *cascade, text_style *style, text_box *box);
/* Whether text of this style cannot be seen. */
bool page_text_is_hidden(const text_style *style);

/* ---- text_sheet.c ---- */

typedef struct text_sheets text_sheets;

/* What of an element selectors look at. `parent` leads to the ancestors, of which attributes other than id and class are not
 * kept. */
typedef struct text_element {
    postern_slice name, id, classes;
    const postern_html_token *token; /* NULL for ancestors */
    const struct text_element *parent;
    uint32_t child_index; /* 1: the first child */
    uint32_t scope;       /* 0: the document; else a shadow tree */
} text_element;

text_sheets *page_text_sheets_new(void) POSTERN_MUST;
void page_text_sheets_free(text_sheets *sheets);
/* Adds the rules of one sheet; @import is passed to `import` (which may call back in here). */
typedef struct text_import {
    void (*import)(void *user, postern_slice url);
    void *user;
} text_import;
postern_status page_text_sheets_add(text_sheets *sheets, postern_slice utf8, uint32_t scope,
                                    const text_import *import) POSTERN_MUST;
bool page_text_sheets_empty(const text_sheets *sheets);
void page_text_sheets_match(text_sheets *sheets, const text_element *element, text_cascade *cascade);
/* A media attribute or query that is true for a page on a screen of 1280 columns. */
bool page_text_media_matches(postern_slice query);

#endif
