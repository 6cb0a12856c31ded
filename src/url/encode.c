/*
 * Percent-encoding (URL Standard, sections 1.3 and 3.2) and the scratch text that the parser writes to.
 *
 * Left out: encodings other than UTF-8 for the query. An attacker encodes twice and hopes that somebody decodes twice; here
 * there is one decode, and its result is never fed to a parser again (Z8).
 */
#include "url_int.h"

#include <stdlib.h>

/* Which sets each byte belongs to. Written out by column of the standard's definitions, each set within the next. */
#define C0 (URL_SET_C0 | URL_SET_FRAGMENT | URL_SET_QUERY | URL_SET_SPECIAL_QUERY | URL_SET_PATH | URL_SET_USERINFO)
#define CONTROL (C0 | URL_FORBIDDEN_DOMAIN)
#define HOST (URL_FORBIDDEN_HOST | URL_FORBIDDEN_DOMAIN)
#define FQ (URL_SET_FRAGMENT | URL_SET_QUERY | URL_SET_SPECIAL_QUERY | URL_SET_PATH | URL_SET_USERINFO)
#define PATH (URL_SET_PATH | URL_SET_USERINFO)

const uint8_t url_sets[256] = {
    [0x00] = CONTROL | HOST,
    [0x01 ... 0x08] = CONTROL,
    ['\t'] = CONTROL | HOST,
    ['\n'] = CONTROL | HOST,
    [0x0B ... 0x0C] = CONTROL,
    ['\r'] = CONTROL | HOST,
    [0x0E ... 0x1F] = CONTROL,
    [' '] = FQ | HOST,
    ['"'] = FQ,
    ['#'] = (FQ & ~URL_SET_FRAGMENT) | HOST,
    ['%'] = URL_FORBIDDEN_DOMAIN,
    ['\''] = URL_SET_SPECIAL_QUERY,
    ['/'] = URL_SET_USERINFO | HOST,
    [':'] = URL_SET_USERINFO | HOST,
    [';'] = URL_SET_USERINFO,
    ['<'] = FQ | HOST,
    ['='] = URL_SET_USERINFO,
    ['>'] = FQ | HOST,
    ['?'] = PATH | HOST,
    ['@'] = URL_SET_USERINFO | HOST,
    ['['] = URL_SET_USERINFO | HOST,
    ['\\'] = URL_SET_USERINFO | HOST,
    [']'] = URL_SET_USERINFO | HOST,
    ['^'] = PATH | HOST,
    ['`'] = PATH | URL_SET_FRAGMENT,
    ['{'] = PATH,
    ['|'] = URL_SET_USERINFO | HOST,
    ['}'] = PATH,
    [0x7F] = CONTROL,
    [0x80 ... 0xFF] = C0,
};

void url_out_init(url_out *out) {
    out->ptr = out->small;
    out->len = 0;
    out->room = sizeof out->small;
    out->status = POSTERN_OK;
}

void url_out_free(url_out *out) {
    if (out->ptr != out->small) free(out->ptr);
    url_out_init(out);
}

bool url_out_grow(url_out *out, size_t extra) {
    size_t need;
    if (out->status) return false;
    if (!postern_add_ok(out->len, extra, &need)) {
        out->status = POSTERN_LIMIT;
        return false;
    }
    if (need <= out->room) return true;
    size_t room = need < SIZE_MAX / 2 ? need + need / 2 : need;
    bool was_small = out->ptr == out->small;
    uint8_t *grown = realloc(was_small ? NULL : out->ptr, room);
    if (!grown) {
        out->status = POSTERN_NOMEM;
        return false;
    }
    if (was_small) memcpy(grown, out->small, out->len);
    out->ptr = grown;
    out->room = room;
    return true;
}

void url_out_number(url_out *out, uint32_t number) {
    uint8_t digits[10];
    size_t at = sizeof digits;
    do digits[--at] = (uint8_t)('0' + number % 10);
    while (number /= 10);
    url_out_add(out, postern_slice_of(digits + at, sizeof digits - at));
}

static uint8_t any_of_eight(const uint8_t *s) {
    return url_sets[s[0]] | url_sets[s[1]] | url_sets[s[2]] | url_sets[s[3]] |
           url_sets[s[4]] | url_sets[s[5]] | url_sets[s[6]] | url_sets[s[7]];
}

static uint8_t *put_encoded(uint8_t *to, uint8_t c, uint8_t set) {
    static const char hex[] = "0123456789ABCDEF";
    if (!(url_sets[c] & set)) {
        *to++ = c;
        return to;
    }
    *to++ = '%';
    *to++ = (uint8_t)hex[c >> 4];
    *to++ = (uint8_t)hex[c & 15];
    return to;
}

void url_out_encoded(url_out *out, postern_slice text, uint8_t set) {
    size_t worst;
    if (!postern_mul_ok(text.len, 3, &worst)) {
        out->status = POSTERN_LIMIT;
        return;
    }
    if (!url_out_room(out, worst)) return;
    uint8_t *to = out->ptr + out->len;
    const uint8_t *from = text.ptr;
    size_t left = text.len;
    for (; left >= 8; left -= 8, from += 8) {
        if (any_of_eight(from) & set) {
            for (int i = 0; i < 8; i++) to = put_encoded(to, from[i], set);
        } else {
            memcpy(to, from, 8);
            to += 8;
        }
    }
    for (; left; left--) to = put_encoded(to, *from++, set);
    out->len = (size_t)(to - out->ptr);
}

/* The byte that a %XX at `pos` stands for, or -1. */
static int escape_at(postern_slice s, size_t pos) {
    return s.ptr[pos] == '%' ? postern_hex_at(s, pos + 1) : -1;
}

size_t postern_percent_decode_into(postern_slice text, void *out) {
    uint8_t *to = out;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int byte = escape_at(text, i);
        to[len++] = byte < 0 ? text.ptr[i] : (uint8_t)byte;
        if (byte >= 0) i += 2;
    }
    return len;
}

void url_out_decoded(url_out *out, postern_slice text) {
    if (url_out_room(out, text.len)) out->len += postern_percent_decode_into(text, out->ptr + out->len);
}

postern_status postern_percent_decode(postern_arena *arena, postern_slice text, postern_slice *ret_bytes) {
    size_t at = postern_slice_find_byte(text, 0, '%');
    while (at != SIZE_MAX && escape_at(text, at) < 0) at = postern_slice_find_byte(text, at + 1, '%');
    if (at == SIZE_MAX) {
        *ret_bytes = text;
        return POSTERN_OK;
    }
    uint8_t *bytes = postern_arena_alloc(arena, text.len);
    if (!bytes) return postern_arena_failure(arena);
    *ret_bytes = postern_slice_of(bytes, postern_percent_decode_into(text, bytes));
    return POSTERN_OK;
}

void postern_percent_encode(postern_slice bytes, const char *plain, postern_buf *out) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        if (postern_ascii_alpha(c) || postern_ascii_digit(c) || (c && strchr(plain, c)))
            postern_buf_add_byte(out, c);
        else
            postern_buf_add(out, (char[3]){'%', digits[c >> 4], digits[c & 15]}, 3);
    }
}
