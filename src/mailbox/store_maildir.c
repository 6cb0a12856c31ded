/*
 * Names of a Maildir (cr.yp.to/proto/maildir.html, Maildir++, Courier's size fields): flags behind ":2,", the time of delivery
 * in front of the first dot, folders as ".A.B" in modified UTF-7 (RFC 3501 5.1.3).
 */
#include "store_int.h"

uint32_t store_maildir_flags(postern_slice name) {
    static const struct {
        char letter;
        uint32_t flag;
    } letters[] = {{'S', POSTERN_STORE_SEEN},  {'R', POSTERN_STORE_ANSWERED},  {'F', POSTERN_STORE_FLAGGED},
                   {'D', POSTERN_STORE_DRAFT}, {'P', POSTERN_STORE_FORWARDED}, {'T', POSTERN_STORE_DELETED}};
    uint32_t flags = 0;
    for (size_t i = name.len; i-- > 0;) {
        if (i + 2 >= name.len || name.ptr[i + 1] != '2' || name.ptr[i + 2] != ',') continue;
        if (!memchr(":;!", name.ptr[i], 3)) continue; /* the last two where a file system knows no colon */
        for (size_t k = i + 3; k < name.len; k++)
            for (size_t n = 0; n < sizeof letters / sizeof *letters; n++)
                if (name.ptr[k] == (uint8_t)letters[n].letter) flags |= letters[n].flag;
        break;
    }
    return flags;
}

bool store_maildir_time(postern_slice name, int64_t *ret_date) {
    uint64_t seconds;
    postern_cut cut = postern_slice_cut(name, '.');
    if (!cut.ok || cut.head.len < 9 || !postern_slice_uint(cut.head, 253402300799u, &seconds)) return false;
    *ret_date = (int64_t)seconds;
    return true;
}

bool store_maildir_path(postern_slice path) {
    int64_t ignored;
    postern_cut file = postern_slice_cut_last(path, '/'), dir = postern_slice_cut_last(file.head, '/');
    postern_slice name = dir.ok ? dir.tail : file.head;
    if (!file.ok || !(postern_slice_eq(name, POSTERN_S("cur")) || postern_slice_eq(name, POSTERN_S("new")))) return false;
    return store_maildir_time(file.tail, &ignored);
}

static int base64_value(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (postern_ascii_digit(c)) return c - '0' + 52;
    return c == '+' ? 62 : c == ',' ? 63 : -1;
}

/* What stands between '&' and '-': UTF-16 in base64 without padding; false when it is not. */
static bool add_encoded(postern_slice s, postern_buf *out) {
    uint32_t bits = 0, unit, lead = 0;
    unsigned have = 0;
    for (size_t i = 0; i < s.len; i++) {
        int value = base64_value(s.ptr[i]);
        if (value < 0) return false;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have < 16) continue;
        have -= 16;
        unit = bits >> have & 0xFFFF;
        if (unit >= 0xD800 && unit < 0xDC00) {
            lead = unit;
        } else if (unit >= 0xDC00 && unit < 0xE000) {
            if (!lead) return false;
            postern_buf_add_utf8(out, 0x10000 + ((lead - 0xD800) << 10) + (unit - 0xDC00));
            lead = 0;
        } else {
            postern_buf_add_utf8(out, unit);
        }
    }
    return have < 6 && !lead;
}

postern_status store_maildir_folder(postern_slice name, postern_buf *out) {
    if (name.len && name.ptr[0] == '.') name = postern_slice_from(name, 1);
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        size_t end = c == '&' ? postern_slice_find_byte(name, i, '-') : SIZE_MAX, before = out->len;
        if (c == '.') {
            postern_buf_add_byte(out, '/');
        } else if (end == i + 1) {
            postern_buf_add_byte(out, '&');
            i = end;
        } else if (end != SIZE_MAX && add_encoded(postern_slice_sub(name, i + 1, end - i - 1), out)) {
            i = end;
        } else {
            if (!out->status) out->len = before;
            postern_buf_add_byte(out, c);
        }
    }
    return out->status;
}
