/*
 * Transfer encodings as decoders in the wild differ about them. The room codec has one reading; here are the others: where does
 * base64 end, what is passed over, is each line for itself; is an escape that is none kept. An attacker picks the pair of
 * readers that differ. None of these is ever used to open anything.
 */
#include "views_int.h"

static int base64_digit(uint8_t c, bool url_safe) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (postern_ascii_digit(c)) return c - '0' + 52;
    if (url_safe) return c == '-' ? 62 : c == '_' ? 63 : -1;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What each byte is for the profile. */
enum { IN_BASE64 = 1, URL_SAFE = 2, BLANK = 4, LINE_END = 8, EQUALS = 16 };

static uint8_t class_of(uint8_t c) {
    if (base64_digit(c, false) >= 0) return IN_BASE64;
    return c == '='                 ? EQUALS
           : c == '-' || c == '_'   ? URL_SAFE
           : c == '\n' || c == '\r' ? LINE_END
           : postern_ascii_space(c) ? BLANK
                                    : 0;
}

static bool bad_escape_at(postern_slice body, size_t i) {
    return postern_hex_at(body, i + 1) < 0;
}

/* One pass over a region tells which decoders can differ about it: clean base64 is read by all of them alike. */
view_profile view_profile_of(postern_slice body) {
    view_profile p = {0};
    size_t good = 0, safe = 0, other = 0, line = 0;
    bool padded = false;
    uint8_t classes[256];
    for (unsigned c = 0; c < 256; c++) classes[c] = class_of((uint8_t)c);
    for (size_t i = 0; i < body.len; i++) {
        uint8_t is = classes[body.ptr[i]];
        good += is == IN_BASE64;
        safe += is == URL_SAFE;
        other += is == 0;
        p.padding_inside |= padded && is == IN_BASE64;
        if (is == LINE_END) {
            p.uneven_lines |= (i - line) % 4 != 0 && i + 2 < body.len;
            line = i + 1;
        } else if (is == EQUALS) {
            p.equals = padded = true;
            p.bad_escapes = p.bad_escapes || bad_escape_at(body, i);
        }
    }
    p.foreign = safe || other;
    p.base64 = good >= 4 && other + safe <= good / 2;
    p.url_safe = safe && good + safe >= 4 && other <= (good + safe) / 2;
    p.uu = scan_has(body, "begin ") ||
           (body.len > 61 && (body.ptr[0] == 'M' || body.ptr[0] == 'h') && (body.ptr[61] == '\n' || body.ptr[61] == '\r'));
    p.yenc = p.equals && postern_slice_find(body, 0, POSTERN_S("=ybegin ")) != SIZE_MAX;
    p.binhex = scan_has(body, "BinHex 4.0");
    return p;
}

typedef struct base64_rules {
    bool stop_at_padding, stop_at_junk, padding_starts_anew, line_starts_anew;
    bool url_safe;         /* - and _ for + and / */
    bool junk_line_out;    /* a line with any foreign character is left out whole */
    bool padding_is_digit; /* glib's table has a zero for '=' */
    bool junk_is_digit;    /* tables with zeros for what is none */
    bool junk_drops;       /* what was read of the four is forgotten */
} base64_rules;

typedef struct quad {
    uint32_t value;
    unsigned count;
} quad;

static void push_digit(quad *q, int digit, postern_buf *out) {
    q->value = q->value << 6 | (uint32_t)digit;
    if (++q->count < 4) return;
    const uint8_t three[] = {(uint8_t)(q->value >> 16), (uint8_t)(q->value >> 8), (uint8_t)q->value};
    postern_buf_add(out, three, 3);
    *q = (quad){0};
}

static void flush(quad *q, postern_buf *out) {
    if (q->count == 2) postern_buf_add_byte(out, (uint8_t)(q->value >> 4));
    if (q->count == 3) {
        const uint8_t two[] = {(uint8_t)(q->value >> 10), (uint8_t)(q->value >> 2)};
        postern_buf_add(out, two, 2);
    }
    *q = (quad){0};
}

static bool line_is_clean(postern_slice body, size_t at) {
    for (; at < body.len && body.ptr[at] != '\n' && body.ptr[at] != '\r'; at++)
        if (base64_digit(body.ptr[at], false) < 0 && body.ptr[at] != '=' && body.ptr[at] != ' ' && body.ptr[at] != '\t')
            return false;
    return true;
}

/* Whole quads of plain digits, as most of any body is: returns how many characters they were. */
static size_t plain_quads(postern_slice body, size_t at, const int8_t digits[256], postern_buf *out) {
    size_t i = at;
    if (postern_buf_reserve(out, (body.len - at) / 4 * 3 + 3)) return 0;
    uint8_t *to = out->ptr + out->len;
    for (; i + 4 <= body.len; i += 4) {
        int a = digits[body.ptr[i]], b = digits[body.ptr[i + 1]], c = digits[body.ptr[i + 2]], d = digits[body.ptr[i + 3]];
        if ((a | b | c | d) < 0) break;
        uint32_t value = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | (uint32_t)d;
        *to++ = (uint8_t)(value >> 16);
        *to++ = (uint8_t)(value >> 8);
        *to++ = (uint8_t)value;
    }
    out->len = (size_t)(to - out->ptr);
    return i - at;
}

static bool decode_base64(postern_slice body, const base64_rules *rules, postern_buf *out) {
    quad q = {0};
    int8_t digits[256];
    for (unsigned c = 0; c < 256; c++) digits[c] = (int8_t)base64_digit((uint8_t)c, rules->url_safe);
    bool use_line = !rules->junk_line_out || line_is_clean(body, 0);
    for (size_t i = 0; i < body.len; i++) {
        if (!q.count && use_line) i += plain_quads(body, i, digits, out);
        if (i >= body.len) break;
        uint8_t c = body.ptr[i];
        int digit = digits[c];
        if (c == '\n' || c == '\r') {
            if (rules->junk_line_out) use_line = line_is_clean(body, i + 1);
            if (rules->line_starts_anew) flush(&q, out);
        } else if (!use_line) {
            continue;
        } else if (digit >= 0 || (c == '=' && rules->padding_is_digit)) {
            push_digit(&q, digit < 0 ? 0 : digit, out);
        } else if (c == '=') {
            if (rules->stop_at_padding) break;
            if (rules->padding_starts_anew) flush(&q, out);
        } else if (!postern_ascii_space(c)) {
            if (rules->stop_at_junk) break;
            if (rules->junk_is_digit) push_digit(&q, 0, out);
            if (rules->junk_drops) q = (quad){0};
        }
    }
    flush(&q, out);
    return out->len > 0;
}

bool view_base64_whole(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.padding_starts_anew = true}, out);
}
static bool base64_through(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){0}, out);
}
static bool base64_to_padding(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.stop_at_padding = true}, out);
}
static bool base64_padding_zero(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.padding_is_digit = true}, out);
}
static bool base64_to_junk(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.stop_at_junk = true, .padding_starts_anew = true}, out);
}
static bool base64_junk_zero(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.junk_is_digit = true, .padding_starts_anew = true}, out);
}
static bool base64_junk_drops(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.junk_drops = true, .padding_starts_anew = true}, out);
}
static bool base64_by_line(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.line_starts_anew = true, .padding_starts_anew = true}, out);
}
static bool base64_clean_lines(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.junk_line_out = true, .padding_starts_anew = true}, out);
}
static bool base64_url_safe(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.url_safe = true, .padding_starts_anew = true}, out);
}

/* ---- quoted-printable ---- */

/* Behind a '=': blanks and one line end of any kind, or SIZE_MAX when that is no soft break. */
static size_t soft_break(postern_slice body, size_t at) {
    while (at < body.len && (body.ptr[at] == ' ' || body.ptr[at] == '\t' || body.ptr[at] == 0x0B || body.ptr[at] == 0x0C)) at++;
    if (at >= body.len) return at;
    if (body.ptr[at] != '\r' && body.ptr[at] != '\n') return SIZE_MAX;
    size_t end = at;
    while (end < body.len && body.ptr[end] == '\r') end++;
    if (end < body.len && body.ptr[end] == '\n')
        return end + 1 + (end == at && end + 1 < body.len && body.ptr[end + 1] == '\r');
    return at + 1; /* CR alone */
}

typedef enum bad_escape { BAD_KEPT, BAD_SIGN_OUT, BAD_OUT } bad_escape;

/* `=XY`, `=` before a line end, anything else as `bad` says. */
static bool decode_qp(postern_slice body, bad_escape bad, postern_buf *out) {
    for (size_t i = 0; i < body.len; i++) {
        size_t sign = postern_slice_find_byte(body, i, '='), end;
        if (sign == SIZE_MAX) sign = body.len;
        postern_buf_add_slice(out, postern_slice_sub(body, i, sign - i));
        i = sign;
        if (i >= body.len) break;
        int byte = postern_hex_at(body, i + 1);
        if (byte >= 0) {
            postern_buf_add_byte(out, (uint8_t)byte);
            i += 2;
        } else if ((end = soft_break(body, i + 1)) != SIZE_MAX) {
            i = end - 1;
        } else if (bad == BAD_KEPT) {
            postern_buf_add_byte(out, '=');
        } else if (bad == BAD_OUT) {
            i += 2;
        }
    }
    return true;
}

static bool qp_kept(postern_slice body, postern_buf *out) {
    return decode_qp(body, BAD_KEPT, out);
}
static bool qp_sign_out(postern_slice body, postern_buf *out) {
    return decode_qp(body, BAD_SIGN_OUT, out);
}
static bool qp_bad_out(postern_slice body, postern_buf *out) {
    return decode_qp(body, BAD_OUT, out);
}

/* Libraries of two regular expressions take all soft breaks out first, so that an escape may hold one. */
static bool qp_joined(postern_slice body, postern_buf *out) {
    postern_buf joined;
    postern_buf_init(&joined, body.len + 64);
    for (size_t i = 0; i < body.len;) {
        size_t sign = postern_slice_find_byte(body, i, '=');
        if (sign == SIZE_MAX) sign = body.len;
        postern_buf_add_slice(&joined, postern_slice_sub(body, i, sign - i));
        size_t end = sign < body.len ? soft_break(body, sign + 1) : body.len;
        if (end == SIZE_MAX) postern_buf_add_byte(&joined, '=');
        i = end == SIZE_MAX ? sign + 1 : end;
    }
    if (joined.status) out->status = joined.status;
    bool fits = !joined.status && decode_qp(postern_buf_slice(&joined), BAD_KEPT, out);
    postern_buf_free(&joined);
    return fits;
}

/* When each can say something that those before it did not. */
static bool any_base64(const view_profile *p) {
    return p->base64;
}
static bool padded_inside(const view_profile *p) {
    return p->base64 && p->padding_inside;
}
static bool foreign_inside(const view_profile *p) {
    return p->base64 && p->foreign;
}
static bool uneven(const view_profile *p) {
    return p->base64 && p->uneven_lines;
}
static bool safe_letters(const view_profile *p) {
    return p->url_safe;
}
static bool has_equals(const view_profile *p) {
    return p->equals;
}
static bool bad_escapes(const view_profile *p) {
    return p->bad_escapes;
}
static bool uu_like(const view_profile *p) {
    return p->uu;
}
static bool yenc_like(const view_profile *p) {
    return p->yenc;
}
static bool binhex_like(const view_profile *p) {
    return p->binhex;
}

const view_decoder view_decoders[] = {
    {"base64", any_base64, view_base64_whole, 1, true},
    {"base64, padding passed over", padded_inside, base64_through, 1, true},
    {"base64, to the first padding", padded_inside, base64_to_padding, 1, false},
    {"base64, padding taken for a digit", padded_inside, base64_padding_zero, 1, false},
    {"base64, to the first foreign character", foreign_inside, base64_to_junk, 1, false},
    {"base64, foreign characters taken for digits", foreign_inside, base64_junk_zero, 1, false},
    {"base64, foreign characters begin anew", foreign_inside, base64_junk_drops, 1, false},
    {"base64, each line for itself", uneven, base64_by_line, 1, true},
    {"base64, lines with foreign characters left out", foreign_inside, base64_clean_lines, 1, true},
    {"base64, URL-safe letters", safe_letters, base64_url_safe, 1, false},
    {"quoted-printable", has_equals, qp_kept, 1, true},
    {"quoted-printable, lone signs dropped", bad_escapes, qp_sign_out, 1, false},
    {"quoted-printable, bad escapes dropped", bad_escapes, qp_bad_out, 1, false},
    {"quoted-printable, lines joined first", bad_escapes, qp_joined, 1, false},
    {"uuencode", uu_like, view_uuencoded, 64, true},
    {"xxencode", uu_like, view_xxencoded, 64, false},
    {"yenc", yenc_like, view_yencoded, 1, false},
    {"binhex", binhex_like, view_binhexed, 128, false},
};
const size_t view_decoder_count = sizeof view_decoders / sizeof *view_decoders;
