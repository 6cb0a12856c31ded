/* UTF-8 and UTF-16: one scalar value at a time, and what is none replaced as the WHATWG decoders replace it. */
#include "postern/base.h"

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

static uint32_t utf16_unit(postern_slice s, size_t pos, bool big) {
    return big ? (uint32_t)s.ptr[pos] << 8 | s.ptr[pos + 1] : (uint32_t)s.ptr[pos + 1] << 8 | s.ptr[pos];
}

uint32_t postern_utf16_at(postern_slice s, size_t pos, bool big, size_t *ret_len) {
    uint32_t unit = utf16_unit(s, pos, big);
    *ret_len = 2;
    if (unit < 0xD800 || unit > 0xDFFF) return unit;
    uint32_t low = unit < 0xDC00 && s.len - pos >= 4 ? utf16_unit(s, pos + 2, big) : 0;
    if (low < 0xDC00 || low > 0xDFFF) return 0xFFFD;
    *ret_len = 4;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

size_t postern_utf16_units(uint32_t scalar, uint16_t out[2]) {
    out[0] = (uint16_t)scalar;
    if (scalar <= 0xFFFF) return 1;
    out[0] = (uint16_t)(0xD7C0 + (scalar >> 10));
    out[1] = (uint16_t)(0xDC00 + (scalar & 0x3FF));
    return 2;
}

postern_status postern_buf_add_utf16le(postern_buf *buf, postern_slice utf8) {
    for (size_t pos = 0, len; pos < utf8.len; pos += len) {
        uint16_t units[2];
        size_t count = postern_utf16_units(postern_utf8_at(utf8, pos, &len), units);
        for (size_t i = 0; i < count; i++) postern_buf_add(buf, (uint8_t[2]){(uint8_t)units[i], (uint8_t)(units[i] >> 8)}, 2);
    }
    return buf->status;
}
