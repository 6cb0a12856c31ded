/*
 * The closed output language of the page (P1, P2): every element and attribute that may leave, and what is done with the
 * rest.
 *
 * Whoever extends these tables has to judge a name as if it stood in any namespace: a browser may believe that what we write
 * is HTML, SVG or MathML, whatever we believe. So an element is here only when it is harmless in all three, and an attribute
 * only when its value, written by its kind's rule, is harmless on every element for which that kind is written.
 */
#ifndef POSTERN_PAGE_HTML_TABLES_H
#define POSTERN_PAGE_HTML_TABLES_H

#include "postern/base.h"

enum {
    PAGE_E_HTML = 1 << 0,
    PAGE_E_SVG = 1 << 1,
    PAGE_E_MATH = 1 << 2,
    PAGE_E_VOID = 1 << 3,       /* has no content and no end tag in HTML */
    PAGE_E_CLOSES_P = 1 << 4,   /* an open p ends before it (WHATWG 13.2.6.4.7) */
    PAGE_E_SCOPE = 1 << 5,      /* "has an element in scope" stops here */
    PAGE_E_SPECIAL = 1 << 6,    /* category "special": an end tag does not reach beyond it */
    PAGE_E_FORMATTING = 1 << 7, /* its end tag leaves what was opened inside it open (adoption agency) */
    PAGE_E_BREAKOUT = 1 << 8,   /* its start tag leaves SVG and MathML (13.2.6.5) */
    PAGE_E_HEAD = 1 << 9,       /* may stand in head without opening body */
    PAGE_E_INTEGRATION = 1 << 10/* HTML may stand inside it though it is foreign */
};

/* What happens to a tag. */
typedef enum page_do {
    PAGE_DO_KEEP,     /* written with its allowed attributes */
    PAGE_DO_UNWRAP,   /* its tags are left out, its content stays */
    PAGE_DO_DROP,     /* left out with all its content */
    PAGE_DO_IGNORE,   /* an empty element that is left out */
    PAGE_DO_SCRIPT, PAGE_DO_STYLE, PAGE_DO_LINK, PAGE_DO_META, PAGE_DO_BASE, PAGE_DO_TITLE, PAGE_DO_TEXTAREA, PAGE_DO_PRE,
    PAGE_DO_TEMPLATE, PAGE_DO_IFRAME, PAGE_DO_FRAMESET, PAGE_DO_FRAME, PAGE_DO_OBJECT, PAGE_DO_EMBED, PAGE_DO_FORM,
    PAGE_DO_IMG, PAGE_DO_SOURCE, PAGE_DO_MEDIA, PAGE_DO_CONTROL, PAGE_DO_HTML, PAGE_DO_HEAD, PAGE_DO_BODY
} page_do;

/* The elements that the stack of open elements asks for by name. */
typedef enum page_tag {
    PAGE_T_OTHER,
    PAGE_T_P,
    PAGE_T_LI,
    PAGE_T_DD,
    PAGE_T_DT,
    PAGE_T_TABLE,
    PAGE_T_TBODY,
    PAGE_T_THEAD,
    PAGE_T_TFOOT,
    PAGE_T_TR,
    PAGE_T_TD,
    PAGE_T_TH,
    PAGE_T_CAPTION,
    PAGE_T_COLGROUP,
    PAGE_T_COL,
    PAGE_T_TEMPLATE,
    PAGE_T_OPTION,
    PAGE_T_OPTGROUP,
    PAGE_T_BUTTON,
    PAGE_T_ADDRESS,
    PAGE_T_DIV,
    PAGE_T_ANNOTATION_XML,
    PAGE_T_SVG,
    PAGE_T_MATH,
    PAGE_T_FONT,
    PAGE_T_FOREIGNOBJECT
} page_tag;

typedef struct page_element {
    const char *name; /* lower case, as the tokenizer gives it */
    uint16_t flags;
    uint8_t action;
    const char *xml;  /* spelling in a standalone SVG document; NULL: the same */
    uint8_t tag;      /* page_tag */
} page_element;

/* How an attribute's value is written. */
typedef enum page_attribute_kind {
    PAGE_A_TEXT,      /* the decoded value, escaped */
    PAGE_A_STYLE,     /* a declaration list, through the CSS filter */
    PAGE_A_CSS,       /* a presentation attribute: one value, through the CSS filter */
    PAGE_A_HREF,      /* a link on a and area; a fragment on SVG elements; a picture on image */
    PAGE_A_SRC, PAGE_A_SRCSET, PAGE_A_POSTER, PAGE_A_BACKGROUND, PAGE_A_LONGDESC,
    PAGE_A_FRAGMENT,  /* "#name" only */
    PAGE_A_VALUE,     /* TEXT, but not what somebody typed into a password, hidden or file field */
    PAGE_A_CUSTOM,    /* the name of a custom element */
    PAGE_A_ELEMENT,   /* TEXT, only on the element that the table names */
    PAGE_A_MUTE,      /* left out without a note: it means nothing here, or we write our own */
    PAGE_A_FORM,      /* where a form would go: left out */
    PAGE_A_BLOCK      /* left out with a note */
} page_attribute_kind;

typedef struct page_attribute {
    const char *name;
    uint8_t kind;
    const char *xml;  /* spelling in a standalone SVG document (there only when not NULL, or when `svg`) */
    bool svg;
} page_attribute;

extern const page_element page_elements[];
extern const size_t page_element_count;
extern const page_attribute page_attributes[];
extern const size_t page_attribute_count;

/* NULL: not in the table. */
const page_element *page_element_find(postern_slice name);
const page_attribute *page_attribute_find(postern_slice name);
/* A custom element that may leave: lower-case ASCII letters, digits, '-', '.', '_', with a hyphen, no name that SVG or MathML
 * took before. Without a script that defines it, it is a span. */
bool page_element_is_custom(postern_slice name);
/* data-… and aria-… with plain names. */
bool page_attribute_is_open(postern_slice name);
/* An attribute that no specification knows, which style sheets use as a hook (_ngcontent-x, is-open): a plain name and a
 * value that can be neither URL nor function. `custom`: on a custom element, where names without a hyphen are hooks as
 * well. */
bool page_attribute_is_hook(postern_slice name, postern_slice value, bool custom);

#endif
