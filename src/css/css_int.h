/* What the files of the room css share. */
#ifndef POSTERN_CSS_INT_H
#define POSTERN_CSS_INT_H

#include "postern/css.h"

/* Code points as the specification classifies them. The end of the input is CSS_END, which belongs to no class. */
enum { CSS_END = -1 };

/* The byte `ahead` of the position, with CR and FF read as LF and U+0000 as a byte above 0x7F (it is U+FFFD). Bytes are enough:
 * every character that CSS gives a meaning to is ASCII. */
int css_peek(const postern_css_tokenizer *t, size_t ahead);
/* Steps over one code point; CR LF is one. */
void css_step(postern_css_tokenizer *t);

static inline bool css_is_name_start(int c) {
    return c >= 0x80 || c == '_' || (c >= 0 && postern_ascii_alpha((uint8_t)c));
}
static inline bool css_is_digit(int c) {
    return c >= '0' && c <= '9';
}
static inline bool css_is_name(int c) {
    return css_is_name_start(c) || css_is_digit(c) || c == '-';
}
static inline bool css_is_hex(int c) {
    return c >= 0 && c < 0x80 && postern_hex_value((uint8_t)c) >= 0;
}
static inline bool css_is_space(int c) {
    return c == ' ' || c == '\t' || c == '\n';
}
/* CSS Syntax 4.2, "non-printable code point"; U+0000 never reaches it. */
static inline bool css_is_non_printable(int c) {
    return (c >= 0 && c <= 8) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F;
}

/* Two code points are a valid escape; three would start an identifier or a number (4.3.8 to 4.3.10). */
bool css_valid_escape(const postern_css_tokenizer *t, size_t ahead);
bool css_starts_ident(const postern_css_tokenizer *t, size_t ahead);
bool css_starts_number(const postern_css_tokenizer *t);

/* Values. Each leaves t->status set when memory ran out, and then an empty value. */
postern_slice css_take_name(postern_css_tokenizer *t);                      /* 4.3.11 */
void css_take_number(postern_css_tokenizer *t, postern_css_token *ret);     /* 4.3.12: number, repr, integer */
void css_take_string(postern_css_tokenizer *t, postern_css_token *ret);     /* 4.3.5, at the opening quote */
void css_take_url(postern_css_tokenizer *t, postern_css_token *ret);        /* 4.3.6, behind "url(" */
void css_take_range(postern_css_tokenizer *t, postern_css_token *ret);      /* unicode-range, at the 'u' */

/* ASCII case ignored. */
bool css_name_is_url(postern_slice name);

#endif
