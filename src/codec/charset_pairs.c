/*
 * The multi-byte sets of East Asia (WHATWG Encoding Standard, sections 10 to 14) and HZ (RFC 1843).
 *
 * The framing is ours: what is a character, what is a broken one and how much of it is passed over, as the standard says.
 * What a whole character means is iconv's table (GB18030, BIG5-HKSCS, CP932, CP949, EUC-JP-MS), with the patches of
 * charset_tables.c. EUC-JP, ISO-2022-JP and HZ are other spellings of the same tables. Whole characters are collected and
 * given to iconv together.
 *
 * Not as the standard: two ISO-2022-JP escapes with nothing between them are no error (joined header words make them), and
 * a line end in two-byte mode goes back to ASCII (RFC 1468); docs/DEVIATIONS.md has both. Without iconv's tables each
 * character is U+FFFD.
 */
#include "charset_int.h"

#include <errno.h>
#include <iconv.h>

enum { BATCH = 4096 };

typedef struct pairs {
    utf8_writer *w;
    iconv_t cd, third; /* third: JIS X 0212, opened when it is met; (iconv_t)-1: not open */
    bool third_tried;
    pairs_kind kind;
    postern_slice in;
    size_t len;
    size_t at; /* where in `in` the batch begins, for the note */
    uint8_t batch[BATCH];
} pairs;

#define NO_CONVERTER ((iconv_t)-1)

static iconv_t converter_open(utf8_writer *w, const char *name) {
    iconv_t cd = iconv_open("UTF-8", name);
    if (cd == NO_CONVERTER && errno == ENOMEM && !w->status) w->status = POSTERN_NOMEM;
    return cd;
}

/* How many bytes of a batch, which holds whole characters, make its next one. */
static size_t unit_len(pairs_kind kind, const uint8_t *at, size_t left) {
    bool half = kind == PAIRS_SHIFT_JIS || kind == PAIRS_EUC_JP || kind == PAIRS_ISO_2022_JP;
    if (at[0] < 0x80 || (half && at[0] >= 0xA1 && at[0] <= 0xDF)) return 1;
    size_t len = (kind == PAIRS_GB18030 || kind == PAIRS_HZ) && left >= 4 && at[1] >= 0x30 && at[1] <= 0x39 ? 4 : 2;
    return len < left ? len : left;
}

/* A character that the table lacks: U+FFFD, and a second byte that is ASCII is text of its own. */
static void unmapped(pairs *p, const uint8_t *at, size_t len) {
    charset_put_bad(p->w, p->in, p->at + (size_t)(at - p->batch)); /* not exact where the spelling is another */
    bool spelled_so = p->kind != PAIRS_EUC_JP && p->kind != PAIRS_ISO_2022_JP && p->kind != PAIRS_HZ;
    if (spelled_so && len == 2 && at[1] < 0x80) charset_put(p->w, at[1]);
}

/* The rest of a batch, one by one. glibc's converters do not agree on where they stand after a character that they refuse (UHC
 * stands behind it), so that only a call for a single character tells which one it was. */
static void flush_singly(pairs *p, uint8_t *bytes, size_t left) {
    while (left && !p->w->status) {
        size_t len = unit_len(p->kind, bytes, left), in_left = len, room = 16;
        char *in = (char *)bytes, text[16], *out = text;
        bool good = p->cd != NO_CONVERTER && iconv(p->cd, &in, &in_left, &out, &room) != (size_t)-1 && in_left == 0;
        if (good) charset_put_bytes(p->w, postern_slice_of(text, sizeof text - room));
        else unmapped(p, bytes, len);
        bytes += len;
        left -= len;
    }
}

static void flush_batch(pairs *p) {
    char *in = (char *)p->batch;
    size_t left = p->len;
    while (left && !p->w->status) {
        if (UTF8_BLOCK - p->w->len < 64) charset_flush(p->w);
        char *from = in, *out = (char *)p->w->bytes + p->w->len;
        size_t room = UTF8_BLOCK - p->w->len, before = left;
        size_t result = p->cd == NO_CONVERTER ? (size_t)-1 : iconv(p->cd, &in, &left, &out, &room);
        bool full = result == (size_t)-1 && p->cd != NO_CONVERTER && errno == E2BIG;
        if (result == (size_t)-1 && !(full && left < before)) {
            flush_singly(p, (uint8_t *)from, before);
            break;
        }
        p->w->len = UTF8_BLOCK - room;
    }
    p->len = 0;
}

static void add_unit(pairs *p, const uint8_t *bytes, size_t len, size_t at) {
    if (BATCH - p->len < len) flush_batch(p);
    if (p->len == 0) p->at = at;
    memcpy(p->batch + p->len, bytes, len);
    p->len += len;
}

static void add_scalar(pairs *p, uint32_t scalar) {
    flush_batch(p);
    charset_put(p->w, scalar);
}

static void add_bad(pairs *p, size_t at) {
    flush_batch(p);
    charset_put_bad(p->w, p->in, at);
}

static bool add_patched(pairs *p, const charset_patch *patches, size_t count, unsigned pair) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (patches[middle].pair < pair) low = middle + 1;
        else high = middle;
    }
    if (low == count || patches[low].pair != pair) return false;
    add_scalar(p, patches[low].scalar);
    if (patches[low].second) charset_put(p->w, patches[low].second);
    return true;
}

static bool between(unsigned byte, unsigned low, unsigned high) {
    return byte - low <= high - low;
}

/* Each of the next returns how many bytes of `in` it used, at least one; in[i] is not ASCII. A broken character uses its second
 * byte only when that is not ASCII. */

static size_t broken(pairs *p, size_t i, bool has_second) {
    add_bad(p, i);
    return has_second && p->in.ptr[i + 1] >= 0x80 ? 2 : 1;
}

/* Four bytes: past the Basic Multilingual Plane they are a plain number. */
static size_t gb_four(pairs *p, size_t i) {
    const uint8_t *b = p->in.ptr + i;
    if (p->in.len - i < 3) { /* cut */
        add_bad(p, i);
        return p->in.len - i;
    }
    if (!between(b[2], 0x81, 0xFE)) return broken(p, i, false);
    if (p->in.len - i < 4) {
        add_bad(p, i);
        return p->in.len - i;
    }
    if (!between(b[3], 0x30, 0x39)) return broken(p, i, false);
    uint32_t number = ((b[0] - 0x81u) * 10 + b[1] - 0x30u) * 1260 + (b[2] - 0x81u) * 10 + b[3] - 0x30u;
    if (number >= 189000 && number - 189000 <= 0xFFFFF) add_scalar(p, 0x10000 + (number - 189000));
    else if (number == 7457) add_scalar(p, 0xE7C7);
    else if (number > 39419) add_bad(p, i);
    else add_unit(p, b, 4, i);
    return 4;
}

static size_t next_gb(pairs *p, size_t i) {
    const uint8_t *b = p->in.ptr + i;
    bool second = p->in.len - i >= 2;
    if (b[0] == 0x80) {
        add_scalar(p, 0x20AC);
        return 1;
    }
    if (b[0] == 0xFF || !second) return broken(p, i, false);
    if (between(b[1], 0x30, 0x39)) return gb_four(p, i);
    if (!between(b[1], 0x40, 0x7E) && !between(b[1], 0x80, 0xFE)) return broken(p, i, true);
    if (!add_patched(p, charset_gb_patches, charset_gb_patch_count, b[0] * 256u + b[1])) add_unit(p, b, 2, i);
    return 2;
}

static size_t next_big5(pairs *p, size_t i) {
    const uint8_t *b = p->in.ptr + i;
    if (b[0] == 0x80 || b[0] == 0xFF || p->in.len - i < 2) return broken(p, i, false);
    if (!between(b[1], 0x40, 0x7E) && !between(b[1], 0xA1, 0xFE)) return broken(p, i, true);
    if (!add_patched(p, charset_big5_patches, charset_big5_patch_count, b[0] * 256u + b[1])) add_unit(p, b, 2, i);
    return 2;
}

static size_t next_shift_jis(pairs *p, size_t i) {
    const uint8_t *b = p->in.ptr + i;
    if (b[0] == 0x80) {
        add_scalar(p, 0x80);
        return 1;
    }
    if (between(b[0], 0xA1, 0xDF)) {
        add_unit(p, b, 1, i);
        return 1;
    }
    if (b[0] == 0xA0 || b[0] > 0xFC || p->in.len - i < 2) return broken(p, i, false);
    if (!between(b[1], 0x40, 0x7E) && !between(b[1], 0x80, 0xFC)) return broken(p, i, true);
    add_unit(p, b, 2, i);
    return 2;
}

static size_t next_euc_kr(pairs *p, size_t i) {
    const uint8_t *b = p->in.ptr + i;
    if (b[0] == 0x80 || b[0] == 0xFF || p->in.len - i < 2) return broken(p, i, false);
    if (!between(b[1], 0x41, 0xFE)) return broken(p, i, true);
    add_unit(p, b, 2, i);
    return 2;
}

/* A character of JIS X 0208 by row and cell, 1 to 94, in the spelling of Shift_JIS. */
static void add_jis(pairs *p, unsigned row, unsigned cell, size_t at) {
    unsigned lead = (row - 1) / 2, trail = cell - 1 + (row % 2 ? 0 : 94);
    const uint8_t pair[2] = {(uint8_t)(lead + (lead < 31 ? 0x81 : 0xC1)), (uint8_t)(trail + (trail < 63 ? 0x40 : 0x41))};
    add_unit(p, pair, 2, at);
}

/* JIS X 0212, which CP932 has not: rare, so one by one. */
static void add_jis_0212(pairs *p, unsigned row, unsigned cell, size_t at) {
    char bytes[3] = {(char)0x8F, (char)(row + 0xA0), (char)(cell + 0xA0)}, text[8], *in = bytes, *out = text;
    size_t left = 3, room = sizeof text;
    flush_batch(p);
    if (!p->third_tried) {
        p->third_tried = true;
        p->third = converter_open(p->w, "EUC-JP-MS");
    }
    if (row == 2 && cell == 0x23) charset_put(p->w, 0xA6); /* the broken bar, which EUC-JP-MS makes fullwidth */
    else if (row > 77 || p->third == NO_CONVERTER || iconv(p->third, &in, &left, &out, &room) == (size_t)-1)
        charset_put_bad(p->w, p->in, at);
    else charset_put_bytes(p->w, postern_slice_of(text, sizeof text - room));
}

static size_t next_euc_jp(pairs *p, size_t i) {
    const uint8_t *b = p->in.ptr + i;
    size_t left = p->in.len - i;
    if (left < 2) return broken(p, i, false);
    if (b[0] == 0x8E && between(b[1], 0xA1, 0xDF)) {
        add_unit(p, b + 1, 1, i);
        return 2;
    }
    if (b[0] == 0x8F && between(b[1], 0xA1, 0xFE)) {
        if (left >= 3 && between(b[2], 0xA1, 0xFE)) add_jis_0212(p, b[1] - 0xA0u, b[2] - 0xA0u, i);
        else add_bad(p, i);
        return left < 3 || b[2] < 0x80 ? 2 : 3;
    }
    if (b[0] != 0x8E && b[0] != 0x8F && !between(b[0], 0xA1, 0xFE)) return broken(p, i, false);
    if (!between(b[0], 0xA1, 0xFE) || !between(b[1], 0xA1, 0xFE)) return broken(p, i, true);
    add_jis(p, b[0] - 0xA0u, b[1] - 0xA0u, i);
    return 2;
}

static void add_ascii(pairs *p, size_t from, size_t len) {
    if (len >= 32) {
        flush_batch(p);
        charset_put_bytes(p->w, postern_slice_sub(p->in, from, len));
        return;
    }
    if (len) add_unit(p, p->in.ptr + from, len, from);
}

static void decode_by(pairs *p, size_t (*next)(pairs *, size_t)) {
    for (size_t i = 0; i < p->in.len && !p->w->status;) {
        size_t end = charset_ascii_end(p->in, i);
        if (end < p->in.len && p->in.ptr[end] == 0x1B) end++;
        add_ascii(p, i, end - i);
        for (i = end; i < p->in.len && p->in.ptr[i] >= 0x80 && !p->w->status;) i += next(p, i);
    }
}

/* ---- ISO-2022-JP ---- */

typedef enum jis_mode { JIS_ASCII, JIS_ROMAN, JIS_KATAKANA, JIS_0208, JIS_0212 } jis_mode;

/* The length of the escape at `i`, or 0. ESC $ ( B and ESC $ ( D are of ISO-2022-JP-1; mail has them. */
static size_t jis_escape(postern_slice in, size_t i, jis_mode *mode) {
    static const struct {
        postern_slice bytes;
        jis_mode mode;
    } escapes[] = {
        {POSTERN_S("\x1B(B"), JIS_ASCII},     {POSTERN_S("\x1B(J"), JIS_ROMAN},     {POSTERN_S("\x1B(I"), JIS_KATAKANA},
        {POSTERN_S("\x1B$@"), JIS_0208},      {POSTERN_S("\x1B$B"), JIS_0208},      {POSTERN_S("\x1B$(B"), JIS_0208},
        {POSTERN_S("\x1B$(@"), JIS_0208},     {POSTERN_S("\x1B$(D"), JIS_0212},
    };
    postern_slice rest = postern_slice_from(in, i);
    for (size_t k = 0; k < sizeof escapes / sizeof *escapes; k++) {
        if (!postern_slice_starts(rest, escapes[k].bytes)) continue;
        *mode = escapes[k].mode;
        return escapes[k].bytes.len;
    }
    return 0;
}

/* One byte in a mode of single bytes. */
static void jis_single(pairs *p, jis_mode mode, size_t i) {
    uint8_t c = p->in.ptr[i];
    if (mode == JIS_ROMAN && c == 0x5C) add_scalar(p, 0xA5);
    else if (mode == JIS_ROMAN && c == 0x7E) add_scalar(p, 0x203E);
    else if (mode == JIS_KATAKANA && between(c, 0x21, 0x5F)) add_scalar(p, 0xFF61u - 0x21u + c);
    else if (c >= 0x80 || c == 0x1B || c == 0x0E || c == 0x0F || (mode == JIS_KATAKANA && c > 0x5F)) add_bad(p, i);
    else add_unit(p, &c, 1, i);
}

static void decode_iso_2022_jp(pairs *p) {
    jis_mode mode = JIS_ASCII;
    for (size_t i = 0; i < p->in.len && !p->w->status;) {
        uint8_t c = p->in.ptr[i];
        size_t escape = c == 0x1B ? jis_escape(p->in, i, &mode) : 0;
        if (escape) {
            i += escape;
        } else if (c == '\n' || c == '\r') {
            if (mode >= JIS_0208) mode = JIS_ASCII;
            add_unit(p, &c, 1, i++);
        } else if (mode < JIS_0208 || !between(c, 0x21, 0x7E)) {
            jis_single(p, mode < JIS_0208 ? mode : JIS_ASCII, i++);
        } else if (i + 1 == p->in.len || !between(p->in.ptr[i + 1], 0x21, 0x7E)) {
            i += broken(p, i, i + 1 < p->in.len);
        } else {
            (mode == JIS_0208 ? add_jis : add_jis_0212)(p, c - 0x20u, p->in.ptr[i + 1] - 0x20u, i);
            i += 2;
        }
    }
}

/* ---- HZ ---- */

static void decode_hz(pairs *p) {
    bool chinese = false;
    for (size_t i = 0; i < p->in.len && !p->w->status;) {
        uint8_t c = p->in.ptr[i], second = i + 1 < p->in.len ? p->in.ptr[i + 1] : 0;
        if (c == '~' && (second == '{' || second == '}' || second == '\n')) {
            if (second != '\n') chinese = second == '{';
            i += 2;
        } else if (c == '~' && second == '~') {
            add_unit(p, &c, 1, i);
            i += 2;
        } else if (c >= 0x80) { /* the eighth bit set, as some senders do */
            i += next_gb(p, i);
        } else if (!chinese || !between(c, 0x21, 0x7D)) {
            if (c == '\n') chinese = false;
            add_unit(p, &c, 1, i++);
        } else if (!between(second, 0x21, 0x7E)) {
            add_bad(p, i++);
        } else {
            const uint8_t pair[2] = {(uint8_t)(c | 0x80), (uint8_t)(second | 0x80)};
            add_unit(p, pair, 2, i);
            i += 2;
        }
    }
}

void charset_pairs_decode(utf8_writer *w, pairs_kind kind, postern_slice in) {
    static const char *const tables[] = {"GB18030", "BIG5-HKSCS", "CP932", "CP932", "CP949", "CP932", "GB18030"};
    pairs p;
    p.w = w;
    p.third = NO_CONVERTER;
    p.third_tried = false;
    p.kind = kind;
    p.in = in;
    p.len = 0;
    p.at = 0;
    p.cd = converter_open(w, tables[kind]);
    switch (kind) {
    case PAIRS_GB18030: decode_by(&p, next_gb); break;
    case PAIRS_BIG5: decode_by(&p, next_big5); break;
    case PAIRS_SHIFT_JIS: decode_by(&p, next_shift_jis); break;
    case PAIRS_EUC_JP: decode_by(&p, next_euc_jp); break;
    case PAIRS_EUC_KR: decode_by(&p, next_euc_kr); break;
    case PAIRS_ISO_2022_JP: decode_iso_2022_jp(&p); break;
    case PAIRS_HZ: decode_hz(&p); break;
    }
    flush_batch(&p);
    if (p.cd != NO_CONVERTER) iconv_close(p.cd);
    if (p.third != NO_CONVERTER) iconv_close(p.third);
}
