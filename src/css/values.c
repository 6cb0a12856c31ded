/*
 * Names, strings, URLs and numbers inside tokens (CSS Syntax 3, 4.3.5 to 4.3.14). A value is a view of the input unless an
 * escape or U+0000 stands in it; then it is decoded into the arena, with its size known before.
 */
#include "css_int.h"

/* A stretch of the input that became a value, and what it takes to decode it. */
typedef struct stretch {
    size_t from, to;
    size_t specials; /* backslashes and U+0000: each may need two bytes more than it had */
} stretch;

void css_step(postern_css_tokenizer *t) {
    const uint8_t *at = t->utf8.ptr + t->pos;
    size_t left = t->utf8.len - t->pos;
    if (left == 0) return;
    t->pos += *at == '\r' && left > 1 && at[1] == '\n' ? 2 : 1;
}

/* At a backslash; steps behind the escape. -1: nothing comes of it (an escaped line end, or the end inside a string); -2: the
 * character behind the backslash stands for itself and is still to be read. */
static int32_t take_escape(postern_css_tokenizer *t, bool in_string) {
    t->pos++;
    int c = css_peek(t, 0);
    if (c == CSS_END) return in_string ? -1 : 0xFFFD;
    if (c == '\n') {
        css_step(t);
        return -1;
    }
    if (!css_is_hex(c)) return -2;
    uint32_t scalar = 0;
    for (int i = 0; i < 6 && css_is_hex(css_peek(t, 0)); i++, t->pos++)
        scalar = scalar * 16 + (uint32_t)postern_hex_value((uint8_t)css_peek(t, 0));
    if (css_is_space(css_peek(t, 0))) css_step(t);
    bool fine = scalar && scalar <= 0x10FFFF && !(scalar >= 0xD800 && scalar <= 0xDFFF);
    return fine ? (int32_t)scalar : 0xFFFD;
}

/* The same, for finding the end. */
static void pass_escape(postern_css_tokenizer *t, bool in_string, stretch *s) {
    s->specials++;
    if (take_escape(t, in_string) == -2) css_step(t);
}

static void pass_byte(postern_css_tokenizer *t, stretch *s) {
    s->specials += t->utf8.ptr[t->pos] == 0;
    t->pos++;
}

static postern_slice decode(postern_css_tokenizer *t, const stretch *s, bool in_string) {
    postern_slice raw = postern_slice_sub(t->utf8, s->from, s->to - s->from);
    size_t behind = t->pos, len = 0, extra, room;
    if (!s->specials) return raw;
    bool fits = postern_mul_ok(s->specials, 2, &extra) && postern_add_ok(raw.len, extra, &room);
    uint8_t *out = fits ? postern_arena_alloc(t->arena, room) : NULL;
    if (!out) {
        t->status = fits ? postern_arena_failure(t->arena) : POSTERN_LIMIT;
        return postern_slice_of(NULL, 0);
    }
    for (t->pos = s->from; t->pos < s->to;) {
        uint8_t c = t->utf8.ptr[t->pos];
        int32_t scalar = c == '\\' ? take_escape(t, in_string) : -2;
        if (scalar == -1) continue;
        if (scalar == -2) {
            c = t->utf8.ptr[t->pos++];
            if (c) out[len++] = c;
            else len += postern_utf8_put(0xFFFD, out + len);
        } else {
            len += postern_utf8_put((uint32_t)scalar, out + len);
        }
    }
    t->pos = behind;
    return postern_slice_of(out, len);
}

postern_slice css_take_name(postern_css_tokenizer *t) {
    stretch s = {.from = t->pos};
    for (;;) {
        if (css_is_name(css_peek(t, 0))) pass_byte(t, &s);
        else if (css_valid_escape(t, 0)) pass_escape(t, false, &s);
        else break;
    }
    s.to = t->pos;
    return decode(t, &s, false);
}

/* Steps over bytes that mean nothing in a URL or string: data: URLs are megabytes of them. */
static void pass_data(postern_css_tokenizer *t) {
    static const bool data[256] = {['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['+' ... '9'] = true}; /* base64, and , - . */
    const uint8_t *p = t->utf8.ptr;
    size_t at = t->pos, len = t->utf8.len;
    while (at < len && data[p[at]]) at++;
    t->pos = at;
}

void css_take_string(postern_css_tokenizer *t, postern_css_token *ret) {
    int quote = css_peek(t, 0), c;
    t->pos++;
    stretch s = {.from = t->pos};
    while ((c = css_peek(t, 0)) != quote && c != '\n' && c != CSS_END) {
        if (c == '\\') pass_escape(t, true, &s);
        else pass_byte(t, &s);
        pass_data(t);
    }
    s.to = t->pos;
    ret->kind = c == '\n' ? POSTERN_CSS_BAD_STRING : POSTERN_CSS_STRING;
    ret->unclosed = c == CSS_END;
    if (c == quote) t->pos++;
    if (ret->kind == POSTERN_CSS_STRING) ret->value = decode(t, &s, true);
}

/* 4.3.14: up to a ')' that no backslash precedes. */
static void pass_bad_url(postern_css_tokenizer *t, postern_css_token *ret) {
    ret->kind = POSTERN_CSS_BAD_URL;
    for (int c; (c = css_peek(t, 0)) != CSS_END; t->pos++) {
        if (c == ')') {
            t->pos++;
            return;
        }
        if (c == '\\' && css_valid_escape(t, 0) && css_peek(t, 1) != CSS_END) t->pos++;
    }
}

void css_take_url(postern_css_tokenizer *t, postern_css_token *ret) {
    while (css_is_space(css_peek(t, 0))) t->pos++;
    stretch s = {.from = t->pos};
    int c;
    while ((c = css_peek(t, 0)) != ')' && c != CSS_END && !css_is_space(c)) {
        if (c == '"' || c == '\'' || c == '(' || css_is_non_printable(c) || (c == '\\' && !css_valid_escape(t, 0))) {
            pass_bad_url(t, ret);
            return;
        }
        if (c == '\\') pass_escape(t, false, &s);
        else pass_byte(t, &s);
        pass_data(t);
    }
    s.to = t->pos;
    while (css_is_space(css_peek(t, 0))) t->pos++;
    c = css_peek(t, 0);
    if (c != ')' && c != CSS_END) {
        pass_bad_url(t, ret);
        return;
    }
    ret->kind = POSTERN_CSS_URL;
    ret->unclosed = c == CSS_END;
    if (c == ')') t->pos++;
    ret->value = decode(t, &s, false);
}

/* U+ and up to six digits or question marks, then maybe - and up to six digits. */
void css_take_range(postern_css_tokenizer *t, postern_css_token *ret) {
    int digits = 0, marks = 0;
    t->pos += 2;
    for (; digits < 6 && css_is_hex(css_peek(t, 0)); digits++, t->pos++)
        ret->range_start = ret->range_start * 16 + (uint32_t)postern_hex_value((uint8_t)css_peek(t, 0));
    for (; digits + marks < 6 && css_peek(t, 0) == '?'; marks++, t->pos++) ret->range_start *= 16;
    ret->kind = POSTERN_CSS_UNICODE_RANGE;
    ret->range_end = ret->range_start + ((1u << (4 * marks)) - 1);
    if (marks || css_peek(t, 0) != '-' || !css_is_hex(css_peek(t, 1))) return;
    t->pos++;
    ret->range_end = 0;
    for (digits = 0; digits < 6 && css_is_hex(css_peek(t, 0)); digits++, t->pos++)
        ret->range_end = ret->range_end * 16 + (uint32_t)postern_hex_value((uint8_t)css_peek(t, 0));
}

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

enum { EXPONENT_FAR = 10000 }; /* beyond it every double is 0 or infinite, whatever the digits */

/* mantissa * 10^exponent. Exact where both are exact doubles; else off by a few units in the last place, which no token needs:
 * numbers are written back as they were spelt. */
static double scaled(uint64_t mantissa, int exponent) {
    static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double value = (double)mantissa;
    if (mantissa == 0) return 0;
    for (; exponent > 22 && value < 1e300; exponent -= 22) value *= 1e22;
    for (; exponent < -22 && value > 1e-300; exponent += 22) value /= 1e22;
    if (exponent > 22) return __builtin_inf();
    if (exponent < -22) return 0;
    return exponent < 0 ? value / exact[-exponent] : value * exact[exponent];
}

static void add_digit(uint64_t *mantissa, int *dropped, int c) {
    if (*mantissa < UINT64_MAX / 10 - 1) *mantissa = *mantissa * 10 + (uint64_t)(c - '0');
    else if (*dropped < EXPONENT_FAR) ++*dropped;
}

static int take_exponent(postern_css_tokenizer *t) {
    int sign = 1, value = 0, c = css_peek(t, 1);
    t->pos++;
    if (c == '+' || c == '-') {
        if (c == '-') sign = -1;
        t->pos++;
    }
    for (; css_is_digit(c = css_peek(t, 0)); t->pos++)
        if (value < EXPONENT_FAR) value = value * 10 + (c - '0');
    return sign * value;
}

void css_take_number(postern_css_tokenizer *t, postern_css_token *ret) {
    size_t from = t->pos;
    bool negative = css_peek(t, 0) == '-';
    uint64_t mantissa = 0;
    int exponent = 0, c;
    ret->integer = true;
    if (negative || css_peek(t, 0) == '+') t->pos++;
    for (; css_is_digit(c = css_peek(t, 0)); t->pos++) add_digit(&mantissa, &exponent, c);
    if (c == '.' && css_is_digit(css_peek(t, 1))) {
        ret->integer = false;
        for (t->pos++; css_is_digit(c = css_peek(t, 0)); t->pos++) {
            int dropped = 0;
            add_digit(&mantissa, &dropped, c);
            if (!dropped && exponent > -EXPONENT_FAR) exponent--;
        }
    }
    int sign_or_digit = css_peek(t, 1);
    bool has_sign = sign_or_digit == '+' || sign_or_digit == '-';
    if ((c == 'e' || c == 'E') && css_is_digit(has_sign ? css_peek(t, 2) : sign_or_digit)) {
        ret->integer = false;
        exponent += take_exponent(t);
    }
    ret->repr = postern_slice_sub(t->utf8, from, t->pos - from);
    ret->number = negative ? -scaled(mantissa, exponent) : scaled(mantissa, exponent);
}
