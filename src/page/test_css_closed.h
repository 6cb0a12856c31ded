/*
 * What P1 and P3 say about CSS, asked of text that the filter wrote; shared by the unit test and the fuzz target. The
 * judgement is made on flat tokens, without knowing rules or declarations, so that it holds for every way a browser may nest
 * them.
 */
#ifndef POSTERN_PAGE_TEST_CSS_CLOSED_H
#define POSTERN_PAGE_TEST_CSS_CLOSED_H

#include "page/css_filter_int.h"

static inline bool css_is_ours(postern_slice url) {
    return postern_slice_starts(url, POSTERN_S("data:")) || postern_slice_starts(url, POSTERN_S("#"));
}

/* The innermost function that matters: 'i' image-set, 'c' cross-fade, 'u' url, 't' type, ' ' none. */
typedef struct css_closed_walk {
    char around[300];
    postern_css_kind closing[300];
    unsigned depth;
} css_closed_walk;

static inline const char *css_closed_open(css_closed_walk *w, const postern_css_token *t) {
    char around = w->around[w->depth];
    if (w->depth + 1 >= sizeof w->around) return "too deep";
    if (t->kind == POSTERN_CSS_FUNCTION) {
        page_css_function what = page_css_function_of(t->value);
        bool pictures = around == 'i' || around == 'c' || around == 't';
        if (what == PAGE_CSS_FN_NONE) return "a function off the list";
        if (pictures && (what == PAGE_CSS_FN_SUBSTITUTE || what == PAGE_CSS_FN_ATTR)) return "var() in a picture function";
        if (what == PAGE_CSS_FN_URL) around = 'u';
        if (what == PAGE_CSS_FN_IMAGE_SET) around = 'i';
        if (what == PAGE_CSS_FN_CROSS_FADE) around = 'c';
        if (what == PAGE_CSS_FN_TYPE) around = 't';
    }
    w->closing[++w->depth] = t->kind == POSTERN_CSS_OPEN_CURLY    ? POSTERN_CSS_CLOSE_CURLY
                             : t->kind == POSTERN_CSS_OPEN_SQUARE ? POSTERN_CSS_CLOSE_SQUARE
                                                                  : POSTERN_CSS_CLOSE_PAREN;
    w->around[w->depth] = around;
    return NULL;
}

static inline const char *css_closed_token(css_closed_walk *w, const postern_css_token *t) {
    char around = w->around[w->depth];
    postern_slice name;
    switch (t->kind) {
    case POSTERN_CSS_FUNCTION:
    case POSTERN_CSS_OPEN_PAREN:
    case POSTERN_CSS_OPEN_SQUARE:
    case POSTERN_CSS_OPEN_CURLY:
        return around == 'u' ? "something else than a literal in url()" : css_closed_open(w, t);
    case POSTERN_CSS_CLOSE_PAREN:
    case POSTERN_CSS_CLOSE_SQUARE:
    case POSTERN_CSS_CLOSE_CURLY:
        if (!w->depth || w->closing[w->depth] != t->kind) return "not balanced";
        w->depth--;
        return NULL;
    case POSTERN_CSS_AT_KEYWORD: {
        page_css_at what = page_css_at_of(t->value, &name);
        bool off = what == PAGE_CSS_AT_NONE || what == PAGE_CSS_AT_IMPORT || what == PAGE_CSS_AT_CHARSET;
        return off ? "an at-rule off the list" : NULL;
    }
    case POSTERN_CSS_STRING:
        if (around == 'i' || around == 'c') return "a bare string in a picture function";
        return around == 'u' && !css_is_ours(t->value) ? "a URL that is not ours" : NULL;
    case POSTERN_CSS_URL:
    case POSTERN_CSS_BAD_URL:
    case POSTERN_CSS_BAD_STRING:
    case POSTERN_CSS_CDO:
        return "a token that the filter does not write";
    default:
        return around == 'u' ? "something else than a literal in url()" : NULL;
    }
}

/* NULL when `text` keeps to the closed language; else what is wrong with it. */
static inline const char *css_closed(postern_slice text, postern_arena *arena) {
    postern_css_tokenizer t;
    postern_css_token token;
    css_closed_walk w = {.depth = 0};
    const char *wrong = NULL;
    w.around[0] = ' ';
    if (!postern_utf8_valid(text)) return "not UTF-8";
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '<' || text.ptr[i] < 0x20 || text.ptr[i] == 0x7F) return "a byte that may not leave raw";
        bool amp = text.ptr[i] == '&';
        if (amp && !postern_slice_starts(postern_slice_from(text, i), POSTERN_S("&/**/"))) return "a character reference";
    }
    postern_css_tokenizer_init(&t, text, arena);
    for (;;) {
        postern_css_next(&t, &token);
        if (token.kind == POSTERN_CSS_EOF || wrong) break;
        wrong = css_closed_token(&w, &token);
        if (token.unclosed) wrong = "a string that is not closed";
    }
    if (wrong) return wrong;
    return w.depth ? "not closed" : NULL;
}

#endif
