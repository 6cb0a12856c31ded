/*
 * css: a tokenizer (CSS Syntax Level 3) and a writer of tokens. No tree. What may stand in a page is decided by the room page;
 * here is only what a token is and how it is written so that it reads back as the same token, and never as HTML (P1).
 */
#ifndef POSTERN_CSS_H
#define POSTERN_CSS_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum postern_css_kind {
    POSTERN_CSS_EOF,
    POSTERN_CSS_IDENT,
    POSTERN_CSS_FUNCTION,   /* name( */
    POSTERN_CSS_AT_KEYWORD,
    POSTERN_CSS_HASH,       /* `id` tells whether it would be an identifier */
    POSTERN_CSS_STRING,
    POSTERN_CSS_BAD_STRING,
    POSTERN_CSS_URL,
    POSTERN_CSS_BAD_URL,
    POSTERN_CSS_DELIM,
    POSTERN_CSS_NUMBER,
    POSTERN_CSS_PERCENTAGE,
    POSTERN_CSS_DIMENSION,
    POSTERN_CSS_UNICODE_RANGE, /* as in the 2013 draft and the conformance suite; only when asked for */
    POSTERN_CSS_WHITESPACE,
    POSTERN_CSS_CDO,
    POSTERN_CSS_CDC,
    POSTERN_CSS_COLON,
    POSTERN_CSS_SEMICOLON,
    POSTERN_CSS_COMMA,
    POSTERN_CSS_OPEN_SQUARE,
    POSTERN_CSS_CLOSE_SQUARE,
    POSTERN_CSS_OPEN_PAREN,
    POSTERN_CSS_CLOSE_PAREN,
    POSTERN_CSS_OPEN_CURLY,
    POSTERN_CSS_CLOSE_CURLY
} postern_css_kind;

/* Slices live as long as the tokenizer's arena; `value` is decoded (escapes resolved), valid UTF-8. */
typedef struct postern_css_token {
    postern_css_kind kind;
    size_t offset, end;
    postern_slice value;  /* identifier, function or at name, hash, string, URL; unit of a dimension */
    postern_slice repr;   /* a number as written */
    double number;
    bool integer;         /* number has the type flag "integer" */
    bool id;              /* hash: would be an identifier */
    bool unclosed;        /* a string or URL that only the end of the input ended */
    uint32_t delim;       /* scalar value */
    uint32_t range_start, range_end;
} postern_css_token;

typedef struct postern_css_tokenizer {
    postern_slice utf8;
    size_t pos;            /* of the next token; may be set back to the offset of an earlier one */
    postern_arena *arena;  /* for values with escapes; others are views of `utf8` */
    bool unicode_ranges;   /* may be switched between two tokens: the value of the descriptor unicode-range */
    postern_status status; /* NOMEM or LIMIT once an allocation failed: from then on EOF */
} postern_css_tokenizer;

/* `utf8` must be valid UTF-8 and outlive the tokens; CR, CRLF and FF are read as LF, U+0000 as U+FFFD. Comments are skipped. */
POSTERN_API void postern_css_tokenizer_init(postern_css_tokenizer *tokenizer, postern_slice utf8, postern_arena *arena);
POSTERN_API void postern_css_next(postern_css_tokenizer *tokenizer, postern_css_token *ret_token);

/* Writes a token so that it reads back the same; `previous` (or NULL) is the token just written and decides whether an empty
 * comment has to stand between. Never writes '<' raw, nor an '&' that could begin a character reference, nor controls or
 * invalid UTF-8 (P1). UNSUPPORTED, and nothing written, for what CSS cannot spell without them: bad strings and URLs, CDO, the
 * delimiters '<' and '\\', controls. EOF writes nothing. */
POSTERN_API postern_status postern_css_write(postern_buf *out, const postern_css_token *previous,
                                             const postern_css_token *token) POSTERN_MUST;
POSTERN_API postern_status postern_css_write_ident(postern_buf *out, postern_slice name); /* empty: UNSUPPORTED */
POSTERN_API postern_status postern_css_write_string(postern_buf *out, postern_slice text); /* in double quotes */

/* The encoding label of an @charset at the very start of the bytes (CSS Syntax 3.2), or empty. */
POSTERN_API postern_slice postern_css_prescan_charset(postern_slice bytes);

#ifdef __cplusplus
}
#endif
#endif
