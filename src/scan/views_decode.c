/*
 * Transfer encodings as decoders in the wild differ about them. The room codec has one reading; here are the others: where does
 * base64 end, what is passed over, is each line for itself; is an escape that is none kept. An attacker picks the pair of
 * readers that differ. None of these is ever used to open anything.
 */
#include "scan_int.h"

static int base64_digit(uint8_t c, bool url_safe) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (postern_ascii_digit(c)) return c - '0' + 52;
    if (url_safe) return c == '-' ? 62 : c == '_' ? 63 : -1;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One pass over a region tells which decoders can differ about it: clean base64 is read by all of them alike. */
view_profile view_profile_of(postern_slice body) {
    view_profile p = {0};
    size_t good = 0, safe = 0, other = 0, in_line = 0;
    bool padded = false;
    for (size_t i = 0; i < body.len; i++) {
        uint8_t c = body.ptr[i];
        if (c == '\n' || c == '\r') {
            p.uneven_lines |= in_line % 4 != 0 && i + 2 < body.len;
            in_line = 0;
            continue;
        }
        in_line++;
        if (base64_digit(c, false) >= 0) {
            good++;
            p.padding_inside |= padded;
        } else if (c == '=') {
            p.equals = padded = true;
        } else if (c == '-' || c == '_') {
            safe++;
            p.foreign = true;
        } else if (!postern_ascii_space(c)) {
            other++;
            p.foreign = true;
        }
    }
    p.base64 = good >= 4 && other + safe <= good / 2;
    p.url_safe = safe && good + safe >= 4 && other <= (good + safe) / 2;
    p.uu = postern_slice_find_nocase(body, 0, POSTERN_S("begin ")) != SIZE_MAX ||
           (body.len > 61 && (body.ptr[0] == 'M' || body.ptr[0] == 'h') && (body.ptr[61] == '\n' || body.ptr[61] == '\r'));
    return p;
}

typedef struct bits {
    uint32_t value;
    unsigned count;
} bits;

static void push_digit(bits *b, int digit, postern_buf *out) {
    b->value = b->value << 6 | (uint32_t)digit;
    b->count += 6;
    if (b->count < 8) return;
    b->count -= 8;
    postern_buf_add_byte(out, (uint8_t)(b->value >> b->count));
}

typedef struct base64_rules {
    bool stop_at_padding, stop_at_junk, padding_starts_anew, line_starts_anew;
    bool url_safe;      /* - and _ for + and / */
    bool junk_line_out; /* a line with any foreign character is left out whole */
} base64_rules;

static bool line_is_clean(postern_slice body, size_t at) {
    for (; at < body.len && body.ptr[at] != '\n' && body.ptr[at] != '\r'; at++)
        if (base64_digit(body.ptr[at], false) < 0 && body.ptr[at] != '=' && body.ptr[at] != ' ' && body.ptr[at] != '\t')
            return false;
    return true;
}

static bool decode_base64(postern_slice body, const base64_rules *rules, postern_buf *out) {
    bits b = {0};
    bool use_line = !rules->junk_line_out || line_is_clean(body, 0);
    for (size_t i = 0; i < body.len; i++) {
        uint8_t c = body.ptr[i];
        int digit = base64_digit(c, rules->url_safe);
        if (c == '\n' || c == '\r') {
            if (rules->junk_line_out) use_line = line_is_clean(body, i + 1);
            if (rules->line_starts_anew) b = (bits){0};
        } else if (!use_line) {
            continue;
        } else if (digit >= 0) {
            push_digit(&b, digit, out);
        } else if (c == '=') {
            if (rules->stop_at_padding) break;
            if (rules->padding_starts_anew) b = (bits){0};
        } else if (!postern_ascii_space(c) && rules->stop_at_junk) {
            break;
        }
    }
    return out->len > 0;
}

static bool base64_whole(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.padding_starts_anew = true}, out);
}
static bool base64_through(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){0}, out);
}
static bool base64_to_padding(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.stop_at_padding = true}, out);
}
static bool base64_to_junk(postern_slice body, postern_buf *out) {
    return decode_base64(body, &(base64_rules){.stop_at_junk = true, .padding_starts_anew = true}, out);
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

/* `=XY`, `=` before a line end (blanks between allowed), anything else: `keep` it or drop the '='. */
static bool decode_qp(postern_slice body, bool keep, postern_buf *out) {
    for (size_t i = 0; i < body.len; i++) {
        if (body.ptr[i] != '=') {
            postern_buf_add_byte(out, body.ptr[i]);
            continue;
        }
        int high = i + 2 < body.len ? postern_hex_value(body.ptr[i + 1]) : -1;
        int low = high >= 0 ? postern_hex_value(body.ptr[i + 2]) : -1;
        size_t end = i + 1;
        while (end < body.len && (body.ptr[end] == ' ' || body.ptr[end] == '\t')) end++;
        if (low >= 0) {
            postern_buf_add_byte(out, (uint8_t)(high << 4 | low));
            i += 2;
        } else if (end >= body.len || body.ptr[end] == '\n' || body.ptr[end] == '\r') {
            i = end < body.len && body.ptr[end] == '\r' && end + 1 < body.len && body.ptr[end + 1] == '\n' ? end + 1 : end;
        } else if (keep) {
            postern_buf_add_byte(out, '=');
        }
    }
    return true;
}

static bool qp_kept(postern_slice body, postern_buf *out) {
    return decode_qp(body, true, out);
}
static bool qp_dropped(postern_slice body, postern_buf *out) {
    return decode_qp(body, false, out);
}

/* uuencode and xxencode share their shape: a length character, then four characters for three bytes. */
static const char xx_alphabet[] = "+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static int xx_digit(uint8_t c) {
    const char *at = c ? memchr(xx_alphabet, c, sizeof xx_alphabet - 1) : NULL;
    return at ? (int)(at - xx_alphabet) : -1;
}
static int uu_digit(uint8_t c) {
    return c == '`' ? 0 : c >= ' ' && c <= '_' ? c - ' ' : -1;
}

static void decode_line(postern_slice line, int (*digit)(uint8_t), postern_buf *out) {
    int length = line.len ? digit(line.ptr[0]) : -1;
    if (length <= 0 || line.len < 2) return;
    size_t end = out->len + (size_t)length;
    bits b = {0};
    for (size_t i = 1; i < line.len && out->len < end; i++) {
        int d = digit(line.ptr[i]);
        push_digit(&b, d < 0 ? 0 : d, out);
        if (i % 4 == 0) b = (bits){0};
    }
    if (out->len > end) out->len = end;
}

/* Behind a "begin" line where there is one, else from the first line on; up to "end". */
static bool decode_uu(postern_slice body, int (*digit)(uint8_t), postern_buf *out) {
    size_t begin = postern_slice_find_nocase(body, 0, POSTERN_S("begin "));
    if (begin == SIZE_MAX && !(body.len && digit(body.ptr[0]) >= 0)) return false;
    bool started = begin == SIZE_MAX;
    while (body.len) {
        postern_cut cut = postern_slice_cut(body, '\n');
        postern_slice line = cut.head;
        if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        if (started && postern_slice_eq(line, POSTERN_S("end"))) break;
        if (started && out->len < SIZE_MAX / 2) decode_line(line, digit, out);
        if (postern_slice_starts_nocase(line, POSTERN_S("begin "))) started = true;
        body = cut.tail;
    }
    return out->len > 0;
}

static bool uuencoded(postern_slice body, postern_buf *out) {
    return decode_uu(body, uu_digit, out);
}
static bool xxencoded(postern_slice body, postern_buf *out) {
    return decode_uu(body, xx_digit, out);
}

/* yEnc: between "=ybegin" and "=yend" lines, 42 added to each byte, '=' adds 64 more to the next. */
static bool yencoded(postern_slice body, postern_buf *out) {
    size_t begin = postern_slice_find(body, 0, POSTERN_S("=ybegin "));
    if (begin == SIZE_MAX) return false;
    postern_slice rest = postern_slice_cut(postern_slice_from(body, begin), '\n').tail;
    while (rest.len && !postern_slice_starts(rest, POSTERN_S("=yend"))) {
        postern_cut cut = postern_slice_cut(rest, '\n');
        rest = cut.tail;
        if (postern_slice_starts(cut.head, POSTERN_S("=ypart"))) continue;
        for (size_t i = 0; i < cut.head.len; i++) {
            uint8_t c = cut.head.ptr[i];
            if (c == '\r') continue;
            if (c == '=' && i + 1 < cut.head.len) c = (uint8_t)(cut.head.ptr[++i] - 64);
            postern_buf_add_byte(out, (uint8_t)(c - 42));
        }
    }
    return out->len > 0;
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
static bool uu_like(const view_profile *p) {
    return p->uu;
}

const view_decoder view_decoders[] = {
    {"base64", any_base64, base64_whole},
    {"base64, padding passed over", padded_inside, base64_through},
    {"base64 to the first padding", padded_inside, base64_to_padding},
    {"base64 to the first foreign character", foreign_inside, base64_to_junk},
    {"base64, each line for itself", uneven, base64_by_line},
    {"base64, lines with foreign characters left out", foreign_inside, base64_clean_lines},
    {"base64, URL-safe letters", safe_letters, base64_url_safe},
    {"quoted-printable", has_equals, qp_kept},
    {"quoted-printable, lone escapes dropped", has_equals, qp_dropped},
    {"uuencode", uu_like, uuencoded},
    {"xxencode", uu_like, xxencoded},
    {"yenc", has_equals, yencoded},
};
const size_t view_decoder_count = sizeof view_decoders / sizeof *view_decoders;
