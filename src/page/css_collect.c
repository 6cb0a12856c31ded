/*
 * Collecting one item of a style sheet (a declaration, or what stands before a block) as a balanced list of tokens, by the
 * rules of CSS Syntax 3, 5.4: a bracket opens a block that only its own closing bracket ends. Nested rules and declarations
 * are told apart without going back: what has a colon behind its first name and meets a '{' outside of brackets was a rule,
 * unless it is a custom property.
 *
 * An attacker opens 100,000 brackets, writes a megabyte of colons, or never ends an item: each token is read once, at most
 * POSTERN_LIMIT_CSS_TOKENS are kept, and what is deeper than POSTERN_LIMIT_CSS_DEPTH is left out.
 */
#include "css_filter_int.h"

enum { TOKENS_AT_FIRST = 24 }; /* most declarations and selectors are shorter */

/* How far an item has come to being a declaration. */
typedef enum phase { AT_START, BEHIND_NAME, IN_VALUE, NO_DECLARATION } phase;

typedef struct collector {
    page_css_filter *f;
    page_css_item item;
    phase phase;
    bool custom;
} collector;

static uint8_t closing_of(postern_css_kind kind) {
    switch (kind) {
    case POSTERN_CSS_FUNCTION:
    case POSTERN_CSS_OPEN_PAREN:
        return ')';
    case POSTERN_CSS_OPEN_SQUARE:
        return ']';
    case POSTERN_CSS_OPEN_CURLY:
        return '}';
    default:
        return 0;
    }
}

static uint8_t closes_what(postern_css_kind kind) {
    switch (kind) {
    case POSTERN_CSS_CLOSE_PAREN:
        return ')';
    case POSTERN_CSS_CLOSE_SQUARE:
        return ']';
    case POSTERN_CSS_CLOSE_CURLY:
        return '}';
    default:
        return 0;
    }
}

static void keep(collector *c, const postern_css_token *token) {
    if (c->item.list.count >= POSTERN_LIMIT_CSS_TOKENS) c->item.too_long = true;
    if (c->f->brackets.len > POSTERN_LIMIT_CSS_DEPTH) c->item.too_deep = true;
    if (c->item.too_long || c->item.too_deep || c->item.broken) return;
    page_css_fail(c->f, postern_buf_add(&c->f->tokens, token, sizeof *token));
    if (!c->f->status) c->item.list.count++;
}

static void advance_phase(collector *c, const postern_css_token *token) {
    if (c->phase == AT_START) {
        c->phase = token->kind == POSTERN_CSS_IDENT ? BEHIND_NAME : NO_DECLARATION;
        c->custom = c->phase == BEHIND_NAME && postern_slice_starts(token->value, POSTERN_S("--"));
        c->f->t.unicode_ranges = false;
    } else if (c->phase == BEHIND_NAME && token->kind == POSTERN_CSS_COLON) {
        const postern_css_token *name = (const postern_css_token *)(const void *)c->f->tokens.ptr;
        c->phase = IN_VALUE;
        c->item.colon = c->item.list.count;
        c->f->t.unicode_ranges = name && postern_slice_eq_nocase(name->value, POSTERN_S("unicode-range"));
    } else if (c->phase == BEHIND_NAME && token->kind != POSTERN_CSS_WHITESPACE) {
        c->phase = NO_DECLARATION;
    }
}

/* True: the item ends here. */
static bool take(collector *c, const postern_css_token *token, bool semicolon_ends) {
    page_css_filter *f = c->f;
    postern_buf *open = &f->brackets;
    uint8_t opens = closing_of(token->kind), closes = closes_what(token->kind);
    c->item.to = token->offset;
    if (token->kind == POSTERN_CSS_EOF) return true;
    if (open->len == 0) {
        bool opens_block = token->kind == POSTERN_CSS_OPEN_CURLY && !(c->custom && c->phase == IN_VALUE);
        if (opens_block) c->item.end = PAGE_CSS_END_OPEN;
        else if (token->kind == POSTERN_CSS_SEMICOLON && semicolon_ends) c->item.end = PAGE_CSS_END_SEMICOLON;
        else if (token->kind == POSTERN_CSS_CLOSE_CURLY && f->depth) c->item.end = PAGE_CSS_END_CLOSE;
        if (c->item.end == PAGE_CSS_END_CLOSE) f->t.pos = token->offset;
        if (c->item.end != PAGE_CSS_END_EOF) return true;
    }
    advance_phase(c, token);
    if (closes && open->len && open->ptr[open->len - 1] == closes) open->len--;
    else if (closes) c->item.broken = true;
    keep(c, token);
    if (opens) page_css_fail(f, postern_buf_add_byte(open, opens));
    return f->status != POSTERN_OK;
}

/* The end of the input closes all that is open. */
static void close_brackets(collector *c) {
    while (c->f->brackets.len && !c->item.too_deep && !c->f->status) {
        uint8_t closes = c->f->brackets.ptr[--c->f->brackets.len];
        postern_css_token token = {.kind = closes == ')'   ? POSTERN_CSS_CLOSE_PAREN
                                           : closes == ']' ? POSTERN_CSS_CLOSE_SQUARE
                                                           : POSTERN_CSS_CLOSE_CURLY};
        keep(c, &token);
    }
    c->f->brackets.len = 0;
}

page_css_item page_css_collect(page_css_filter *f, const postern_css_token *first, page_css_collect_rules how) {
    collector c = {.f = f, .phase = how.declarations ? AT_START : NO_DECLARATION};
    postern_css_token token;
    postern_buf_clear(&f->tokens);
    f->brackets.len = 0;
    c.item.from = first ? first->offset : f->t.pos;
    c.item.colon = SIZE_MAX;
    page_css_fail(f, postern_buf_reserve(&f->tokens, TOKENS_AT_FIRST * sizeof token));
    bool ended = f->status || (first && take(&c, first, how.semicolon_ends));
    while (!ended) {
        postern_css_next(&f->t, &token);
        ended = take(&c, &token, how.semicolon_ends);
    }
    f->t.unicode_ranges = false;
    page_css_fail(f, f->t.status);
    close_brackets(&c);
    c.item.list.tokens = (postern_css_token *)(void *)f->tokens.ptr;
    if (c.phase != IN_VALUE) c.item.colon = SIZE_MAX;
    return c.item;
}

page_css_list page_css_sublist(page_css_list list, size_t from, size_t to) {
    return (page_css_list){list.tokens ? list.tokens + from : NULL, to - from};
}

page_css_list page_css_trim(page_css_list list) {
    size_t from = 0, to = list.count;
    while (from < to && list.tokens[from].kind == POSTERN_CSS_WHITESPACE) from++;
    while (to > from && list.tokens[to - 1].kind == POSTERN_CSS_WHITESPACE) to--;
    return page_css_sublist(list, from, to);
}

size_t page_css_behind_bracket(page_css_list list, size_t open) {
    size_t depth = 0, i = open;
    for (; i < list.count; i++) {
        if (closing_of(list.tokens[i].kind)) depth++;
        else if (closes_what(list.tokens[i].kind) && --depth == 0) return i + 1;
    }
    return i;
}

void page_css_skip_block(page_css_filter *f) {
    postern_buf *open = &f->brackets;
    postern_css_token token;
    open->len = 0;
    page_css_fail(f, postern_buf_add_byte(open, '}'));
    while (!f->status && open->len) {
        postern_css_next(&f->t, &token);
        uint8_t opens = closing_of(token.kind);
        if (token.kind == POSTERN_CSS_EOF) break;
        if (opens) page_css_fail(f, postern_buf_add_byte(open, opens));
        else if (closes_what(token.kind) == open->ptr[open->len - 1]) open->len--;
    }
    open->len = 0;
    page_css_fail(f, f->t.status);
}
