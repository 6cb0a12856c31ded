/* Punycode (RFC 3492), the part of a label behind "xn--". Lower case only; overflow ends in failure, never in wrapping. */
#include "idna_int.h"

enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool first) {
    uint32_t k = 0;
    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE) delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias) {
    return k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
}

static void variable_length(url_out *out, uint32_t q, uint32_t bias) {
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);
        if (q < t) break;
        url_out_byte(out, (uint8_t)digits[t + (q - t) % (BASE - t)]);
        q = (q - t) / (BASE - t);
    }
    url_out_byte(out, (uint8_t)digits[q]);
}

/* No overflow: the callers hold len below POSTERN_LIMIT_DOMAIN, and 2^21 * 2^11 still fits. */
void idna_punycode_encode(url_out *out, const uint32_t *cps, size_t len) {
    uint32_t n = FIRST, delta = 0, bias = BIAS, basic = 0;
    for (size_t i = 0; i < len; i++)
        if (cps[i] < FIRST) url_out_byte(out, (uint8_t)cps[i]), basic++;
    if (basic) url_out_byte(out, '-');
    for (uint32_t done = basic; done < len; n++, delta++) {
        uint32_t next = UINT32_MAX;
        for (size_t i = 0; i < len; i++)
            if (cps[i] >= n && cps[i] < next) next = cps[i];
        delta += (next - n) * (done + 1);
        n = next;
        for (size_t i = 0; i < len; i++) {
            if (cps[i] < n) delta++;
            if (cps[i] != n) continue;
            variable_length(out, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
}

/* One number at *pos. */
static bool number(postern_slice s, size_t *pos, uint32_t bias, uint32_t *i) {
    uint32_t weight = 1;
    for (uint32_t k = BASE;; k += BASE) {
        if (*pos == s.len) return false;
        uint8_t c = s.ptr[(*pos)++];
        uint32_t digit, product;
        if (postern_ascii_digit(c)) digit = c - '0' + 26u;
        else if (postern_ascii_alpha(c)) digit = (c | 32u) - 'a';
        else return false;
        if (__builtin_mul_overflow(digit, weight, &product) || __builtin_add_overflow(*i, product, i)) return false;
        uint32_t t = threshold(k, bias);
        if (digit < t) return true;
        if (__builtin_mul_overflow(weight, BASE - t, &weight)) return false;
    }
}

bool idna_punycode_decode(postern_slice ascii, idna_text *ret_text) {
    postern_cut cut = postern_slice_cut_last(ascii, '-');
    postern_slice basic = postern_slice_sub(ascii, 0, cut.ok ? cut.head.len : 0), rest = cut.ok ? cut.tail : ascii;
    uint32_t n = FIRST, i = 0, bias = BIAS;
    size_t len = 0;
    for (; len < basic.len; len++) {
        if (len == ret_text->cap || basic.ptr[len] >= FIRST) return false;
        ret_text->cps[len] = basic.ptr[len];
    }
    for (size_t pos = 0; pos < rest.len; i++) {
        uint32_t before = i;
        if (len == ret_text->cap || !number(rest, &pos, bias, &i)) return false;
        uint32_t points = (uint32_t)len + 1;
        bias = adapt(i - before, points, before == 0);
        if (__builtin_add_overflow(n, i / points, &n) || n > 0x10FFFF || (n >= 0xD800 && n < 0xE000)) return false;
        i %= points;
        memmove(ret_text->cps + i + 1, ret_text->cps + i, (len - i) * sizeof *ret_text->cps);
        ret_text->cps[i] = n;
        len++;
    }
    ret_text->len = len;
    return true;
}
