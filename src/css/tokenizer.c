/*
 * The CSS tokenizer: CSS Syntax Module Level 3, section 4, one token a call, no tree and no look behind.
 *
 * Left out: nothing of the tokenizer. Identifiers may begin with any character from U+0080 on, as in the 2013 draft of the
 * conformance suite and in browsers; the writer escapes those that newer drafts took out, so that both readings agree.
 *
 * An attacker writes names with escapes, hides url( behind them, leaves strings, comments and brackets open. All names are
 * decoded here, before anybody judges them; every step is forward, so the time is linear.
 */
#include "css_int.h"

int css_peek(const postern_css_tokenizer *t, size_t ahead) {
    if (ahead >= t->utf8.len - t->pos) return CSS_END;
    uint8_t c = t->utf8.ptr[t->pos + ahead];
    if (c == '\r' || c == '\f') return '\n';
    return c ? c : 0xEF;
}

/* Behind a backslash of "\ CR LF" stands one line end of two bytes; for what follows an escape that makes no difference. */
bool css_valid_escape(const postern_css_tokenizer *t, size_t ahead) {
    return css_peek(t, ahead) == '\\' && css_peek(t, ahead + 1) != '\n';
}

bool css_starts_ident(const postern_css_tokenizer *t, size_t ahead) {
    int c = css_peek(t, ahead);
    if (c == '-') {
        int second = css_peek(t, ahead + 1);
        return second == '-' || css_is_name_start(second) || css_valid_escape(t, ahead + 1);
    }
    return css_is_name_start(c) || css_valid_escape(t, ahead);
}

bool css_starts_number(const postern_css_tokenizer *t) {
    size_t at = css_peek(t, 0) == '+' || css_peek(t, 0) == '-';
    if (css_peek(t, at) == '.') at++;
    return css_is_digit(css_peek(t, at));
}

void postern_css_tokenizer_init(postern_css_tokenizer *tokenizer, postern_slice utf8, postern_arena *arena) {
    *tokenizer = (postern_css_tokenizer){.utf8 = utf8, .arena = arena};
}

/* A comment without an end reaches to the end of the input (4.3.2). */
static void skip_comments(postern_css_tokenizer *t) {
    while (css_peek(t, 0) == '/' && css_peek(t, 1) == '*') {
        size_t end = postern_slice_find(t->utf8, t->pos + 2, POSTERN_S("*/"));
        t->pos = end == SIZE_MAX ? t->utf8.len : end + 2;
    }
}

static void take_numeric(postern_css_tokenizer *t, postern_css_token *ret) {
    css_take_number(t, ret);
    if (css_starts_ident(t, 0)) {
        ret->kind = POSTERN_CSS_DIMENSION;
        ret->value = css_take_name(t);
    } else if (css_peek(t, 0) == '%') {
        ret->kind = POSTERN_CSS_PERCENTAGE;
        t->pos++;
    } else {
        ret->kind = POSTERN_CSS_NUMBER;
    }
}

bool css_name_is_url(postern_slice name) {
    return postern_slice_eq_nocase(name, POSTERN_S("url"));
}

/* 4.3.4: url( followed by a quote is a function, else one token up to its ')'. */
static void take_ident_like(postern_css_tokenizer *t, postern_css_token *ret) {
    ret->value = css_take_name(t);
    if (css_peek(t, 0) != '(') {
        ret->kind = POSTERN_CSS_IDENT;
        return;
    }
    t->pos++;
    ret->kind = POSTERN_CSS_FUNCTION;
    if (!css_name_is_url(ret->value)) return;
    size_t behind = t->pos;
    while (css_is_space(css_peek(t, 0))) t->pos++;
    int c = css_peek(t, 0);
    if (c == '"' || c == '\'') {
        t->pos = behind; /* the blanks become a token of their own, as the suite has it */
        return;
    }
    css_take_url(t, ret);
}

static void take_hash(postern_css_tokenizer *t, postern_css_token *ret) {
    if (!css_is_name(css_peek(t, 1)) && !css_valid_escape(t, 1)) return;
    ret->kind = POSTERN_CSS_HASH;
    ret->id = css_starts_ident(t, 1);
    t->pos++;
    ret->value = css_take_name(t);
}

static void take_at(postern_css_tokenizer *t, postern_css_token *ret) {
    if (!css_starts_ident(t, 1)) return;
    ret->kind = POSTERN_CSS_AT_KEYWORD;
    t->pos++;
    ret->value = css_take_name(t);
}

static bool looking_at(const postern_css_tokenizer *t, postern_slice text) {
    return postern_slice_starts(postern_slice_from(t->utf8, t->pos), text);
}

static void take_fixed(postern_css_tokenizer *t, postern_css_token *ret, postern_css_kind kind, size_t len) {
    ret->kind = kind;
    t->pos += len;
}

static postern_css_kind kind_of_punctuation(int c) {
    switch (c) {
    case ':':
        return POSTERN_CSS_COLON;
    case ';':
        return POSTERN_CSS_SEMICOLON;
    case ',':
        return POSTERN_CSS_COMMA;
    case '[':
        return POSTERN_CSS_OPEN_SQUARE;
    case ']':
        return POSTERN_CSS_CLOSE_SQUARE;
    case '(':
        return POSTERN_CSS_OPEN_PAREN;
    case ')':
        return POSTERN_CSS_CLOSE_PAREN;
    case '{':
        return POSTERN_CSS_OPEN_CURLY;
    case '}':
        return POSTERN_CSS_CLOSE_CURLY;
    default:
        return POSTERN_CSS_DELIM;
    }
}

/* What begins with neither a blank, a quote, a letter nor a number. */
static void take_sign(postern_css_tokenizer *t, postern_css_token *ret, int c) {
    if (c == '#') take_hash(t, ret);
    else if (c == '@') take_at(t, ret);
    else if (c == '<' && looking_at(t, POSTERN_S("<!--"))) take_fixed(t, ret, POSTERN_CSS_CDO, 4);
    if (ret->kind == POSTERN_CSS_DELIM) take_fixed(t, ret, kind_of_punctuation(c), 1);
}

static void take_token(postern_css_tokenizer *t, postern_css_token *ret) {
    int c = css_peek(t, 0), second = css_peek(t, 1), third = css_peek(t, 2);
    if (css_is_space(c)) {
        while (css_is_space(css_peek(t, 0))) t->pos++;
        ret->kind = POSTERN_CSS_WHITESPACE;
    } else if (c == '"' || c == '\'') {
        css_take_string(t, ret);
    } else if ((css_is_digit(c) || c == '+' || c == '-' || c == '.') && css_starts_number(t)) {
        take_numeric(t, ret);
    } else if (t->unicode_ranges && (c | 0x20) == 'u' && second == '+' && (css_is_hex(third) || third == '?')) {
        css_take_range(t, ret);
    } else if (c == '-' && second == '-' && third == '>') {
        take_fixed(t, ret, POSTERN_CSS_CDC, 3);
    } else if (css_starts_ident(t, 0)) {
        take_ident_like(t, ret);
    } else {
        take_sign(t, ret, c);
    }
}

void postern_css_next(postern_css_tokenizer *tokenizer, postern_css_token *ret_token) {
    skip_comments(tokenizer);
    *ret_token = (postern_css_token){.kind = POSTERN_CSS_EOF, .offset = tokenizer->pos, .end = tokenizer->pos};
    if (tokenizer->pos >= tokenizer->utf8.len || tokenizer->status) return;
    ret_token->kind = POSTERN_CSS_DELIM;
    ret_token->delim = (uint32_t)css_peek(tokenizer, 0);
    take_token(tokenizer, ret_token);
    ret_token->end = tokenizer->pos;
    if (ret_token->kind != POSTERN_CSS_DELIM) ret_token->delim = 0;
    if (!tokenizer->status) return;
    *ret_token = (postern_css_token){.kind = POSTERN_CSS_EOF, .offset = tokenizer->pos, .end = tokenizer->pos};
}
