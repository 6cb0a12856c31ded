/* The capped growing buffer, the sink that fills it, and UTF-8. */
#include "postern/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void postern_buf_init(postern_buf *buf, size_t cap) {
    *buf = (postern_buf){.cap = cap};
}

void postern_buf_free(postern_buf *buf) {
    free(buf->ptr);
    postern_buf_init(buf, buf->cap);
}

postern_status postern_buf_reserve(postern_buf *buf, size_t extra) {
    size_t need;
    if (buf->status) return buf->status;
    if (!postern_add_ok(buf->len, extra, &need) || need > buf->cap) return buf->status = POSTERN_LIMIT;
    if (need <= buf->room) return POSTERN_OK;
    size_t room = buf->room < 128 ? 256 : buf->room * 2;
    if (room < need) room = need;
    if (room > buf->cap) room = buf->cap;
    uint8_t *grown = realloc(buf->ptr, room);
    if (!grown) return buf->status = POSTERN_NOMEM;
    buf->ptr = grown;
    buf->room = room;
    return POSTERN_OK;
}

postern_status postern_buf_add(postern_buf *buf, const void *bytes, size_t len) {
    postern_status status = postern_buf_reserve(buf, len);
    if (status || len == 0) return status;
    memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
    return POSTERN_OK;
}

postern_status postern_buf_add_slice(postern_buf *buf, postern_slice s) {
    return postern_buf_add(buf, s.ptr, s.len);
}

postern_status postern_buf_add_byte(postern_buf *buf, uint8_t byte) {
    return postern_buf_add(buf, &byte, 1);
}

postern_status postern_buf_add_utf8(postern_buf *buf, uint32_t scalar) {
    uint8_t bytes[4];
    return postern_buf_add(buf, bytes, postern_utf8_put(scalar, bytes));
}

postern_status postern_buf_add_hex(postern_buf *buf, const void *bytes, size_t len) {
    size_t digits = 0;
    postern_status status = postern_mul_ok(len, 2, &digits) ? postern_buf_reserve(buf, digits) : (buf->status = POSTERN_LIMIT);
    if (status) return status;
    postern_hex_put(bytes, len, buf->ptr + buf->len);
    buf->len += digits;
    return POSTERN_OK;
}

postern_status postern_buf_printf(postern_buf *buf, const char *fmt, ...) {
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    postern_status status = len < 0 ? POSTERN_USAGE : postern_buf_reserve(buf, (size_t)len + 1);
    if (!status) {
        vsnprintf((char *)buf->ptr + buf->len, (size_t)len + 1, fmt, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
    return status;
}

static postern_status buf_write(void *user, const void *bytes, size_t len) {
    return postern_buf_add(user, bytes, len);
}

postern_sink postern_buf_sink(postern_buf *buf) {
    return (postern_sink){buf_write, buf};
}

size_t postern_utf8_put(uint32_t scalar, uint8_t out[4]) {
    if (scalar > 0x10FFFF || (scalar >= 0xD800 && scalar <= 0xDFFF)) scalar = 0xFFFD;
    if (scalar < 0x80) {
        out[0] = (uint8_t)scalar;
        return 1;
    }
    size_t len = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
    for (size_t i = len; --i; scalar >>= 6) out[i] = (uint8_t)(0x80 | (scalar & 0x3F));
    out[0] = (uint8_t)((0xF00 >> len) | scalar);
    return len;
}

/* The WHATWG decoder's "maximal subpart" rule: an ill-formed sequence is replaced as far as it was a valid beginning. */
uint32_t postern_utf8_at(postern_slice s, size_t pos, size_t *ret_len) {
    uint8_t lead = s.ptr[pos], low = 0x80, high = 0xBF;
    size_t more;
    uint32_t scalar;
    *ret_len = 1;
    if (lead < 0x80) return lead;
    if (lead >= 0xC2 && lead <= 0xDF) {
        more = 1;
        scalar = lead & 0x1F;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        more = 2;
        scalar = lead & 0x0F;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        more = 3;
        scalar = lead & 0x07;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
    } else {
        return 0xFFFD;
    }
    for (size_t i = 1; i <= more; i++) {
        if (pos + i >= s.len || s.ptr[pos + i] < low || s.ptr[pos + i] > high) return 0xFFFD;
        scalar = scalar << 6 | (s.ptr[pos + i] & 0x3F);
        *ret_len = i + 1;
        low = 0x80;
        high = 0xBF;
    }
    return scalar;
}

/* U+FFFD written out is the only valid sequence that postern_utf8_at answers with 0xFFFD. */
static bool is_written_fffd(postern_slice s, size_t pos) {
    return s.len - pos >= 3 && s.ptr[pos] == 0xEF && s.ptr[pos + 1] == 0xBF && s.ptr[pos + 2] == 0xBD;
}

size_t postern_utf8_valid_prefix(postern_slice s) {
    size_t pos = 0;
    while (pos < s.len) {
        if (s.len - pos >= 8) {
            uint64_t word;
            memcpy(&word, s.ptr + pos, 8);
            if (!(word & 0x8080808080808080ull)) {
                pos += 8;
                continue;
            }
        }
        size_t len;
        uint32_t scalar = postern_utf8_at(s, pos, &len);
        if (scalar == 0xFFFD && !is_written_fffd(s, pos)) return pos;
        pos += len;
    }
    return pos;
}
