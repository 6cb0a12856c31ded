/*
 * Tokens back to text (CSS Syntax 3, section 9), in a spelling that a browser reads as the same tokens wherever it believes it
 * is: in a style sheet, in raw text of an HTML element, in text of an SVG element where character references are decoded, or
 * in an attribute (P1). So '<' and '&' are escaped as \3C and \26, a lone '&' (the nesting selector) is followed by a comment,
 * controls and characters on whose class drafts disagree are escaped, and what cannot be spelt that way is refused.
 */
#include "css_int.h"

static postern_status add_escaped(postern_buf *out, uint32_t scalar) {
    return postern_buf_printf(out, "\\%X ", (unsigned)scalar);
}

/* Non-ASCII characters that newer drafts still count as parts of identifiers (CSS Syntax 3, "non-ASCII ident code point"). */
static bool is_common_ident(uint32_t c) {
    static const uint32_t ranges[][2] = {{0xB7, 0xB7},     {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x37D},
                                         {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x203F, 0x2040}, {0x2070, 0x218F},
                                         {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD},
                                         {0x10000, 0x10FFFF}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1]) return c != 0xFEFF;
    return false;
}

/* Controls, noncharacters and the byte order mark never leave raw. */
static bool is_unfit(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xFEFF || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

static postern_status add_name(postern_buf *out, postern_slice name) {
    for (size_t i = 0, len; i < name.len; i += len) {
        uint32_t c = postern_utf8_at(name, i, &len);
        bool plain = c < 0x80 ? css_is_name((int)c) : is_common_ident(c) && !is_unfit(c);
        if (plain) (void)postern_buf_add_utf8(out, c);
        else if (c <= 0x20 || c >= 0x7F || c == '<' || c == '&' || css_is_hex((int)c)) (void)add_escaped(out, c);
        else {
            (void)postern_buf_add_byte(out, '\\');
            (void)postern_buf_add_byte(out, (uint8_t)c);
        }
    }
    return out->status;
}

/* `after_number`: a unit, where "e5" would be read as an exponent. */
static postern_status add_ident(postern_buf *out, postern_slice name, bool after_number) {
    if (name.len == 0) return POSTERN_UNSUPPORTED;
    uint8_t first = name.ptr[0], second = name.len > 1 ? name.ptr[1] : 0, third = name.len > 2 ? name.ptr[2] : 0;
    size_t done = 0;
    if (postern_ascii_digit(first)) {
        (void)add_escaped(out, first);
        done = 1;
    } else if (first == '-' && name.len == 1) {
        (void)postern_buf_add(out, "\\-", 2);
        done = 1;
    } else if (first == '-' && postern_ascii_digit(second)) {
        (void)postern_buf_add_byte(out, '-');
        (void)add_escaped(out, second);
        done = 2;
    } else if (after_number && (first | 0x20) == 'e' &&
               (postern_ascii_digit(second) || (second == '-' && postern_ascii_digit(third)))) {
        (void)add_escaped(out, first);
        done = 1;
    }
    return add_name(out, postern_slice_from(name, done));
}

postern_status postern_css_write_ident(postern_buf *out, postern_slice name) {
    return add_ident(out, name, false);
}

postern_status postern_css_write_string(postern_buf *out, postern_slice text) {
    (void)postern_buf_add_byte(out, '"');
    for (size_t i = 0, len; i < text.len; i += len) {
        uint32_t c = postern_utf8_at(text, i, &len);
        if (c == '"' || c == '\\') (void)postern_buf_add_byte(out, '\\');
        if (c == '<' || c == '&' || is_unfit(c)) (void)add_escaped(out, c);
        else (void)postern_buf_add_utf8(out, c);
    }
    return postern_buf_add_byte(out, '"');
}

static postern_status add_url(postern_buf *out, postern_slice text) {
    (void)postern_buf_add(out, "url(", 4);
    for (size_t i = 0, len; i < text.len; i += len) {
        uint32_t c = postern_utf8_at(text, i, &len);
        if (c == '"' || c == '\'' || c == '(' || c == ')' || c == '\\') (void)postern_buf_add_byte(out, '\\');
        if (c == '<' || c == '&' || c == ' ' || is_unfit(c)) (void)add_escaped(out, c);
        else (void)postern_buf_add_utf8(out, c);
    }
    return postern_buf_add_byte(out, ')');
}

/* ---- what must not touch --------------------------------------------------------------------------------------------- */

static bool begins_like_ident(const postern_css_token *t) {
    return t->kind == POSTERN_CSS_IDENT || t->kind == POSTERN_CSS_FUNCTION || t->kind == POSTERN_CSS_URL ||
           t->kind == POSTERN_CSS_UNICODE_RANGE;
}
static bool begins_like_number(const postern_css_token *t) {
    return t->kind == POSTERN_CSS_NUMBER || t->kind == POSTERN_CSS_PERCENTAGE || t->kind == POSTERN_CSS_DIMENSION;
}
static bool is_delim(const postern_css_token *t, uint32_t c) {
    return t->kind == POSTERN_CSS_DELIM && t->delim == c;
}

/* Behind something that a letter, digit or '-' would make longer. */
static bool grows(const postern_css_token *a, const postern_css_token *b) {
    bool minus = is_delim(b, '-') || b->kind == POSTERN_CSS_CDC;
    switch (a->kind) {
    case POSTERN_CSS_IDENT:
        return begins_like_ident(b) || begins_like_number(b) || minus || b->kind == POSTERN_CSS_OPEN_PAREN ||
               (is_delim(b, '>') && postern_slice_eq(a->value, POSTERN_S("--"))) || /* would be CDC */
               (is_delim(b, '+') && postern_slice_eq_nocase(a->value, POSTERN_S("u"))); /* maybe a unicode range */
    case POSTERN_CSS_AT_KEYWORD:
    case POSTERN_CSS_HASH:
    case POSTERN_CSS_DIMENSION:
        return begins_like_ident(b) || begins_like_number(b) || minus;
    case POSTERN_CSS_NUMBER:
        return begins_like_ident(b) || begins_like_number(b) || is_delim(b, '%') || b->kind == POSTERN_CSS_CDC;
    case POSTERN_CSS_UNICODE_RANGE:
        return begins_like_ident(b) || begins_like_number(b) || is_delim(b, '?');
    case POSTERN_CSS_WHITESPACE:
        return b->kind == POSTERN_CSS_WHITESPACE; /* a comment stood between */
    default:
        return false;
    }
}

static bool needs_comment(const postern_css_token *a, const postern_css_token *b) {
    bool minus = is_delim(b, '-') || b->kind == POSTERN_CSS_CDC;
    if (a->kind != POSTERN_CSS_DELIM) return grows(a, b);
    switch (a->delim) {
    case '#':
    case '-':
        return begins_like_ident(b) || begins_like_number(b) || minus;
    case '@':
        return begins_like_ident(b) || minus;
    case '.':
    case '+':
        return begins_like_number(b);
    case '/':
        return is_delim(b, '*');
    default:
        return false;
    }
}

/* url( is followed by a string, or it is not read as a function at all. */
static bool breaks_url(const postern_css_token *a, const postern_css_token *b) {
    return a && a->kind == POSTERN_CSS_FUNCTION && css_name_is_url(a->value) && b->kind != POSTERN_CSS_STRING &&
           b->kind != POSTERN_CSS_WHITESPACE;
}

/* ---- one token ------------------------------------------------------------------------------------------------------- */

static postern_status add_delim(postern_buf *out, uint32_t c) {
    (void)postern_buf_add_utf8(out, c);
    if (c == '&') (void)postern_buf_add(out, "/**/", 4);
    return out->status;
}

static bool unsupported(const postern_css_token *t) {
    switch (t->kind) {
    case POSTERN_CSS_BAD_STRING:
    case POSTERN_CSS_BAD_URL:
    case POSTERN_CSS_CDO:
        return true;
    case POSTERN_CSS_DELIM:
        return t->delim == '<' || t->delim == '\\' || is_unfit(t->delim);
    case POSTERN_CSS_IDENT:
    case POSTERN_CSS_FUNCTION:
    case POSTERN_CSS_AT_KEYWORD:
    case POSTERN_CSS_HASH:
    case POSTERN_CSS_DIMENSION:
        return t->value.len == 0;
    default:
        return false;
    }
}

static postern_status add_named(postern_buf *out, const postern_css_token *t) {
    if (t->kind == POSTERN_CSS_AT_KEYWORD) (void)postern_buf_add_byte(out, '@');
    if (t->kind == POSTERN_CSS_HASH) (void)postern_buf_add_byte(out, '#');
    if (t->kind == POSTERN_CSS_HASH && !t->id) (void)add_name(out, t->value);
    else (void)add_ident(out, t->value, false);
    if (t->kind == POSTERN_CSS_FUNCTION) (void)postern_buf_add_byte(out, '(');
    return out->status;
}

static postern_status add_numeric(postern_buf *out, const postern_css_token *t) {
    (void)postern_buf_add_slice(out, t->repr);
    if (t->kind == POSTERN_CSS_PERCENTAGE) (void)postern_buf_add_byte(out, '%');
    if (t->kind == POSTERN_CSS_DIMENSION) (void)add_ident(out, t->value, true);
    return out->status;
}

static postern_status add_fixed(postern_buf *out, postern_css_kind kind) {
    switch (kind) {
    case POSTERN_CSS_WHITESPACE:
        return postern_buf_add_byte(out, ' ');
    case POSTERN_CSS_CDC:
        return postern_buf_add(out, "-->", 3);
    case POSTERN_CSS_COLON:
        return postern_buf_add_byte(out, ':');
    case POSTERN_CSS_SEMICOLON:
        return postern_buf_add_byte(out, ';');
    case POSTERN_CSS_COMMA:
        return postern_buf_add_byte(out, ',');
    case POSTERN_CSS_OPEN_SQUARE:
        return postern_buf_add_byte(out, '[');
    case POSTERN_CSS_CLOSE_SQUARE:
        return postern_buf_add_byte(out, ']');
    case POSTERN_CSS_OPEN_PAREN:
        return postern_buf_add_byte(out, '(');
    case POSTERN_CSS_CLOSE_PAREN:
        return postern_buf_add_byte(out, ')');
    case POSTERN_CSS_OPEN_CURLY:
        return postern_buf_add_byte(out, '{');
    case POSTERN_CSS_CLOSE_CURLY:
        return postern_buf_add_byte(out, '}');
    default:
        return out->status; /* EOF */
    }
}

postern_status postern_css_write(postern_buf *out, const postern_css_token *previous, const postern_css_token *token) {
    if (unsupported(token) || breaks_url(previous, token)) return POSTERN_UNSUPPORTED;
    if (previous && needs_comment(previous, token)) (void)postern_buf_add(out, "/**/", 4);
    switch (token->kind) {
    case POSTERN_CSS_IDENT:
    case POSTERN_CSS_FUNCTION:
    case POSTERN_CSS_AT_KEYWORD:
    case POSTERN_CSS_HASH:
        return add_named(out, token);
    case POSTERN_CSS_NUMBER:
    case POSTERN_CSS_PERCENTAGE:
    case POSTERN_CSS_DIMENSION:
        return add_numeric(out, token);
    case POSTERN_CSS_STRING:
        return postern_css_write_string(out, token->value);
    case POSTERN_CSS_URL:
        return add_url(out, token->value);
    case POSTERN_CSS_UNICODE_RANGE:
        return postern_buf_printf(out, "U+%X-%X", (unsigned)token->range_start, (unsigned)token->range_end);
    case POSTERN_CSS_DELIM:
        return add_delim(out, token->delim);
    default:
        return add_fixed(out, token->kind);
    }
}
