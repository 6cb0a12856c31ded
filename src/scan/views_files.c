/*
 * Encodings that carry a file inside text, as their decoders read them: uuencode and xxencode, yEnc, BinHex 4.0. Quoting in
 * front of each line, missing first or last lines, cut trailing blanks and several files in one body are all read.
 *
 * Left out: checksums. A wrong one stops some readers, and the others are those that count.
 */
#include "views_int.h"

/* ---- uuencode and xxencode: a length character, then four characters for three bytes ---- */

static const char xx_alphabet[] = "+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static int xx_digit(uint8_t c) {
    const char *at = c ? memchr(xx_alphabet, c, sizeof xx_alphabet - 1) : NULL;
    return at ? (int)(at - xx_alphabet) : -1;
}
static int uu_digit(uint8_t c) {
    return c >= ' ' && c < 0x80 ? (c - ' ') & 63 : -1; /* '`' is 0, small letters are masked */
}

static void decode_line(postern_slice line, int (*digit)(uint8_t), postern_buf *out) {
    int length = line.len ? digit(line.ptr[0]) : -1;
    if (length <= 0 || line.len < 2) return;
    size_t end = out->len + (size_t)length;
    for (size_t i = 1; out->len < end && !out->status; i += 4) { /* what is cut off at the end were blanks: zeros */
        uint32_t value = 0;
        for (size_t k = i; k < i + 4; k++) {
            int d = k < line.len ? digit(line.ptr[k]) : 0;
            value = value << 6 | (uint32_t)(d < 0 ? 0 : d);
        }
        const uint8_t three[] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
        postern_buf_add(out, three, end - out->len < 3 ? end - out->len : 3);
    }
}

/* Behind each "begin" line where there is one, else from the first line on; up to "end". The quoting of the begin line is taken
 * off the lines behind it. */
static bool decode_uu(postern_slice body, int (*digit)(uint8_t), postern_buf *out) {
    bool started = postern_slice_find_nocase(body, 0, POSTERN_S("begin ")) == SIZE_MAX;
    postern_slice prefix = {0};
    for (size_t at = 0; at < body.len && !out->status; at = view_next_line(body, at)) {
        postern_slice line = view_line_at(body, at);
        size_t begin = postern_slice_find_nocase(postern_slice_sub(line, 0, 32), 0, POSTERN_S("begin "));
        if (begin != SIZE_MAX) {
            started = true;
            prefix = postern_slice_sub(line, 0, begin);
            continue;
        }
        if (prefix.len && postern_slice_starts(line, prefix)) line = postern_slice_from(line, prefix.len);
        if (started && postern_slice_eq(postern_slice_trim(line), POSTERN_S("end"))) started = false;
        if (started) decode_line(line, digit, out);
    }
    return out->len > 0;
}

bool view_uuencoded(postern_slice body, postern_buf *out) {
    return decode_uu(body, uu_digit, out);
}
bool view_xxencoded(postern_slice body, postern_buf *out) {
    return decode_uu(body, xx_digit, out);
}

/* ---- yEnc: between "=ybegin" and "=yend" lines, 42 added to each byte, '=' adds 64 more to the next ---- */

bool view_yencoded(postern_slice body, postern_buf *out) {
    bool started = false;
    for (size_t at = 0; at < body.len && !out->status; at = view_next_line(body, at)) {
        postern_slice line = view_line_at(body, at);
        bool begin = postern_slice_starts(line, POSTERN_S("=ybegin ")), end = postern_slice_starts(line, POSTERN_S("=yend"));
        started = begin || (started && !end);
        if (!started || begin || postern_slice_starts(line, POSTERN_S("=ypart "))) continue;
        for (size_t i = 0; i < line.len; i++) {
            uint8_t c = line.ptr[i];
            if (c == '=' && i + 1 < line.len) c = (uint8_t)(line.ptr[++i] - 64);
            postern_buf_add_byte(out, (uint8_t)(c - 42));
        }
    }
    return out->len > 0;
}

/* ---- BinHex 4.0 (RFC 1741): six bits a character between colons, 0x90 repeats the byte in front of it ---- */

static const char hqx_alphabet[] = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

typedef struct unfolding {
    postern_buf *out;
    bool repeat; /* the last byte was 0x90 */
    uint8_t last;
} unfolding;

static void unfold(unfolding *u, uint8_t c) {
    if (!u->repeat && c == 0x90) {
        u->repeat = true;
        return;
    }
    if (!u->repeat || c == 0) {
        u->last = u->repeat ? 0x90 : c;
        postern_buf_add_byte(u->out, u->last);
    } else {
        for (unsigned i = 1; i < c; i++) postern_buf_add_byte(u->out, u->last);
    }
    u->repeat = false;
}

bool view_binhexed(postern_slice body, postern_buf *out) {
    size_t at = postern_slice_find_nocase(body, 0, POSTERN_S("BinHex 4.0"));
    if (at != SIZE_MAX) at = postern_slice_find_byte(body, at, ':');
    if (at == SIZE_MAX) return false;
    unfolding u = {.out = out};
    uint32_t value = 0;
    unsigned bits = 0;
    for (size_t i = at + 1; i < body.len && body.ptr[i] != ':' && !out->status; i++) {
        const char *digit = body.ptr[i] ? memchr(hqx_alphabet, body.ptr[i], sizeof hqx_alphabet - 1) : NULL;
        if (!digit) continue;
        value = value << 6 | (uint32_t)(digit - hqx_alphabet);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        unfold(&u, (uint8_t)(value >> bits));
    }
    return out->len > 0;
}
