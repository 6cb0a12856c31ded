/*
 * Integers of any size (the int datatype is xsd:integer): decimal text in, decimal text out, at most POSTERN_LIMIT_OVAL_DIGITS
 * digits. Schoolbook arithmetic is enough for what definitions hold.
 */
#include "oval_int.h"

typedef struct number {
    bool negative;
    postern_slice digits; /* without leading zeros; empty: 0 */
} number;

static bool parse(postern_slice text, number *ret) {
    text = postern_slice_trim(text);
    number n = {0};
    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        n.negative = text.ptr[0] == '-';
        text = postern_slice_from(text, 1);
    }
    if (!text.len || text.len > POSTERN_LIMIT_OVAL_DIGITS) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!postern_ascii_digit(text.ptr[i])) return false;
    while (text.len && text.ptr[0] == '0') text = postern_slice_from(text, 1);
    n.digits = text;
    if (!text.len) n.negative = false;
    *ret = n;
    return true;
}

bool oval_is_int(postern_slice text) {
    number n;
    return parse(text, &n);
}

static int order_digits(postern_slice a, postern_slice b) {
    if (a.len != b.len) return a.len < b.len ? -1 : 1;
    int order = a.len ? memcmp(a.ptr, b.ptr, a.len) : 0;
    return order < 0 ? -1 : order > 0;
}

bool oval_order_int(postern_slice a, postern_slice b, int *ret_order) {
    number x, y;
    if (!parse(a, &x) || !parse(b, &y)) return false;
    if (x.negative != y.negative)
        *ret_order = x.negative ? -1 : 1;
    else
        *ret_order = x.negative ? -order_digits(x.digits, y.digits) : order_digits(x.digits, y.digits);
    return true;
}

static unsigned digit(postern_slice d, size_t from_right) {
    return from_right < d.len ? (unsigned)(d.ptr[d.len - 1 - from_right] - '0') : 0;
}

/* Text of `n` digits that stand least significant first in out[]. */
static postern_slice finish(oval *o, bool negative, const uint8_t *reversed, size_t n) {
    while (n && reversed[n - 1] == 0) n--;
    if (n > POSTERN_LIMIT_OVAL_DIGITS) return (postern_slice){0};
    uint8_t *text = oval_alloc(o, n + 2);
    size_t at = 0;
    if (!text) return (postern_slice){0};
    if (negative && n) text[at++] = '-';
    if (!n) text[at++] = '0';
    while (n) text[at++] = (uint8_t)('0' + reversed[--n]);
    return postern_slice_of(text, at);
}

static postern_slice add_digits(oval *o, bool negative, postern_slice a, postern_slice b) {
    size_t n = (a.len > b.len ? a.len : b.len) + 1;
    uint8_t *out = oval_alloc(o, n);
    unsigned carry = 0;
    if (!out) return (postern_slice){0};
    for (size_t i = 0; i < n; i++) {
        unsigned sum = digit(a, i) + digit(b, i) + carry;
        out[i] = (uint8_t)(sum % 10);
        carry = sum / 10;
    }
    return finish(o, negative, out, n);
}

/* a is not less than b */
static postern_slice subtract_digits(oval *o, bool negative, postern_slice a, postern_slice b) {
    uint8_t *out = oval_alloc(o, a.len + 1);
    unsigned borrow = 0;
    if (!out) return (postern_slice){0};
    for (size_t i = 0; i < a.len; i++) {
        unsigned take = digit(b, i) + borrow, have = digit(a, i);
        borrow = have < take;
        out[i] = (uint8_t)(have + (borrow ? 10 : 0) - take);
    }
    return finish(o, negative, out, a.len);
}

static postern_slice add_signed(oval *o, number x, number y) {
    if (x.negative == y.negative) return add_digits(o, x.negative, x.digits, y.digits);
    if (order_digits(x.digits, y.digits) >= 0) return subtract_digits(o, x.negative, x.digits, y.digits);
    return subtract_digits(o, y.negative, y.digits, x.digits);
}

postern_slice oval_int_add(oval *o, postern_slice a, postern_slice b) {
    number x, y;
    return parse(a, &x) && parse(b, &y) ? add_signed(o, x, y) : (postern_slice){0};
}

postern_slice oval_int_subtract(oval *o, postern_slice a, postern_slice b) {
    number x, y;
    if (!parse(a, &x) || !parse(b, &y)) return (postern_slice){0};
    y.negative = !y.negative;
    return add_signed(o, x, y);
}

postern_slice oval_int_multiply(oval *o, postern_slice a, postern_slice b) {
    number x, y;
    if (!parse(a, &x) || !parse(b, &y)) return (postern_slice){0};
    size_t n = x.digits.len + y.digits.len + 1;
    uint8_t *out = oval_alloc(o, n);
    if (!out) return (postern_slice){0};
    for (size_t i = 0; i < x.digits.len; i++) {
        unsigned carry = 0;
        for (size_t k = 0; k < y.digits.len || carry; k++) {
            unsigned sum = out[i + k] + digit(x.digits, i) * digit(y.digits, k) + carry;
            out[i + k] = (uint8_t)(sum % 10);
            carry = sum / 10;
        }
    }
    return finish(o, x.negative != y.negative, out, n);
}

/* value = value * 10 + d in little-endian bytes */
static void shift_in(uint8_t *bytes, size_t n, unsigned d) {
    for (size_t i = 0; i < n; i++) {
        unsigned sum = bytes[i] * 10u + d;
        bytes[i] = (uint8_t)sum;
        d = sum >> 8;
    }
}

size_t oval_int_bits(oval *o, postern_slice a, size_t width, uint8_t **ret_bits) {
    number x;
    if (!parse(a, &x)) return 0;
    size_t n = x.digits.len / 2 + 2; /* a digit is less than half a byte */
    if (n < width) n = width;
    uint8_t *bytes = oval_alloc(o, n);
    if (!bytes) return 0;
    for (size_t i = 0; i < x.digits.len; i++) shift_in(bytes, i / 2 + 2 < n ? i / 2 + 2 : n, x.digits.ptr[i] - (unsigned)'0');
    unsigned carry = 1;
    for (size_t i = 0; x.negative && i < n; i++) {
        carry += (uint8_t)~bytes[i];
        bytes[i] = (uint8_t)carry;
        carry >>= 8;
    }
    *ret_bits = bytes;
    return n;
}

/* The bits of both, to the same width. TRUE: actual & expected == expected, or actual | expected == expected. */
oval_result oval_compare_bits(oval *o, oval_operation op, postern_slice expected, postern_slice actual) {
    uint8_t *want, *have;
    size_t width = (expected.len > actual.len ? expected.len : actual.len) / 2 + 2;
    size_t n = oval_int_bits(o, expected, width, &want);
    if (!n || oval_int_bits(o, actual, n, &have) != n) return OVAL_ERROR;
    for (size_t i = 0; i < n; i++)
        if ((op == OVAL_BIT_AND ? (have[i] & want[i]) : (have[i] | want[i])) != want[i]) return OVAL_FALSE;
    return OVAL_TRUE;
}
