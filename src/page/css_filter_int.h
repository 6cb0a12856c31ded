/* What the files of the CSS filter share. */
#ifndef POSTERN_PAGE_CSS_FILTER_INT_H
#define POSTERN_PAGE_CSS_FILTER_INT_H

#include "css_filter.h"

/* ---- css_names.c: the allowlists ------------------------------------------------------------------------------------- */

typedef enum page_css_function {
    PAGE_CSS_FN_NONE,       /* not on the list */
    PAGE_CSS_FN_PLAIN,      /* takes no URL and brings none */
    PAGE_CSS_FN_URL,        /* url( */
    PAGE_CSS_FN_IMAGE_SET,  /* a bare string in it is a URL */
    PAGE_CSS_FN_CROSS_FADE, /* takes pictures */
    PAGE_CSS_FN_TYPE,       /* type( of image-set */
    PAGE_CSS_FN_ATTR,       /* these four are replaced by what stands elsewhere */
    PAGE_CSS_FN_SUBSTITUTE
} page_css_function;
page_css_function page_css_function_of(postern_slice name);

typedef enum page_css_at {
    PAGE_CSS_AT_NONE,
    PAGE_CSS_AT_GROUP,     /* a condition around rules */
    PAGE_CSS_AT_SCOPE,     /* the same, and declarations may stand in it */
    PAGE_CSS_AT_LAYER,     /* a group, or a statement */
    PAGE_CSS_AT_KEYFRAMES,
    PAGE_CSS_AT_FONT_FACE,
    PAGE_CSS_AT_DESCRIPTORS,
    PAGE_CSS_AT_IMPORT,
    PAGE_CSS_AT_NAMESPACE,
    PAGE_CSS_AT_CHARSET
} page_css_at;
/* *ret_name is our own spelling. */
page_css_at page_css_at_of(postern_slice name, postern_slice *ret_name);

bool page_css_property_denied(postern_slice name);
/* Whether url(#x) as a whole component of this property means an element of this document. Elsewhere a browser loads the
 * document once more, as a picture. */
bool page_css_property_takes_fragment(postern_slice name);
bool page_css_namespace_known(postern_slice uri);

/* ---- css_filter.c ---------------------------------------------------------------------------------------------------- */

typedef enum page_css_context {
    PAGE_CSS_RULES,       /* rules only */
    PAGE_CSS_CONTENTS,    /* declarations and rules: in a style rule */
    PAGE_CSS_DECLARATIONS /* declarations and at-rules */
} page_css_context;

typedef struct page_css_frame {
    page_css_context context;
    bool font_face;
} page_css_frame;

typedef struct page_css_filter {
    const page_css_rules *rules;
    const postern_url *base;
    const postern_sink *out;
    postern_css_tokenizer t;
    postern_buf tokens;   /* of the item at hand */
    postern_buf spare;    /* for turning ranges round */
    postern_buf brackets; /* closing brackets that are awaited */
    postern_buf text;     /* output that was not handed on */
    page_css_frame frames[POSTERN_LIMIT_CSS_DEPTH + 1]; /* [0] is the sheet itself */
    unsigned depth, import_depth;
    bool attribute;       /* style="": no rules of any kind */
    bool imports_over;    /* something came behind which @import means nothing */
    postern_status status;
} page_css_filter;

/* How what was collected ended; the token that ended it is consumed but for CLOSE. */
typedef enum page_css_end { PAGE_CSS_END_EOF, PAGE_CSS_END_SEMICOLON, PAGE_CSS_END_OPEN, PAGE_CSS_END_CLOSE } page_css_end;

/* A list of tokens inside page_css_filter.tokens. */
typedef struct page_css_list {
    postern_css_token *tokens;
    size_t count;
} page_css_list;

/* A declaration, or what stands before a block: balanced tokens. */
typedef struct page_css_item {
    page_css_list list;
    size_t colon;         /* index of the colon of a declaration, or SIZE_MAX */
    page_css_end end;
    bool broken;          /* brackets that do not match, or tokens that mean an error */
    bool too_deep, too_long;
    size_t from, to;      /* in the input */
} page_css_item;

void page_css_begin(page_css_filter *f, const page_css_rules *rules, postern_slice utf8, const postern_url *base,
                    const postern_sink *out);
postern_status page_css_end_of(page_css_filter *f); /* flushes and frees */
void page_css_fail(page_css_filter *f, postern_status status);
void page_css_put(page_css_filter *f, postern_slice text);
void page_css_flush(page_css_filter *f);
/* What policy left out. */
void page_css_note(page_css_filter *f, postern_note_kind kind, size_t from, size_t to);
/* Skips to the end of a block whose '{' was consumed. */
void page_css_skip_block(page_css_filter *f);

/* ---- css_collect.c --------------------------------------------------------------------------------------------------- */

typedef struct page_css_collect_rules {
    bool semicolon_ends, declarations;
} page_css_collect_rules;
/* Collects up to '{', '}' of the block around, ';' or the end. `first` (or NULL) is a token already read. */
page_css_item page_css_collect(page_css_filter *f, const postern_css_token *first, page_css_collect_rules how);
page_css_list page_css_trim(page_css_list list);
page_css_list page_css_sublist(page_css_list list, size_t from, size_t to);
/* Index behind the bracket that closes the one at `open`; the list is balanced. */
size_t page_css_behind_bracket(page_css_list list, size_t open);

/* ---- css_value.c ----------------------------------------------------------------------------------------------------- */

typedef struct page_css_place {
    bool urls;      /* false: a URL makes the whole unfit */
    bool resolve;   /* false: every URL becomes "data:," */
    bool fragments; /* url(#x) is kept where no function is around it */
    postern_use use;
} page_css_place;

typedef enum page_css_verdict {
    PAGE_CSS_FINE,
    PAGE_CSS_SYNTAX, /* no browser would take it */
    PAGE_CSS_POLICY
} page_css_verdict;

/* Turns ranges round so that '<' is not needed ("(a < b)" becomes "(b > a)"), then judges. */
page_css_verdict page_css_judge(page_css_filter *f, page_css_list list, page_css_place place);
/* Writes what was judged FINE; `previous` is what was written before it, or NULL. */
void page_css_write_list(page_css_filter *f, page_css_list list, page_css_place place);

/* ---- css_import.c ---------------------------------------------------------------------------------------------------- */

/* The text of "x", url(x) or url("x") at `*at`, which moves behind it. */
bool page_css_take_url_text(page_css_list list, size_t *at, postern_slice *ret_text);
void page_css_import(page_css_filter *f, const page_css_item *item);
void page_css_namespace(page_css_filter *f, const page_css_item *item);

#endif
