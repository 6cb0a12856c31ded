/*
 * Texts of a list: safe to show, and folded for comparison. Subject and sender are hostile: a right-to-left override turns a
 * name around, an invisible character makes two names look alike; each becomes U+FFFD.
 */
#include "store_int.h"

#include "store_fold_table.h"

const uint8_t *const store_byte_kinds = byte_kinds;

static bool is_blank(uint32_t c) {
    return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Controls, bidi and other format characters, noncharacters; the joiners (U+200C, U+200D) are part of words and emoji. */
static bool is_unsafe(uint32_t c) {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return true;
    if (c < 0xAD) return false;
    if (c == 0xAD || c == 0x34F || c == 0x61C || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5) return true;
    if ((c >= 0x180B && c <= 0x180F) || c == 0x200B || c == 0x200E || c == 0x200F) return true;
    if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || c == 0xFEFF || c == 0xFFA0) return true;
    if ((c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE) return true;
    return (c >= 0x1D173 && c <= 0x1D17A) || (c >= 0xE0000 && c <= 0xE0FFF) || c >= 0xF0000;
}

postern_status store_show(postern_buf *out, postern_slice utf8, size_t max) {
    size_t start = out->len;
    bool blank = false;
    for (size_t pos = 0, len; pos < utf8.len; pos += len) {
        uint32_t c = postern_utf8_at(utf8, pos, &len);
        if (is_blank(c)) {
            blank = out->len > start;
            continue;
        }
        if (out->len - start + 8 > max) {
            postern_buf_add(out, "…", 3);
            break;
        }
        if (blank) postern_buf_add_byte(out, ' ');
        blank = false;
        postern_buf_add_utf8(out, is_unsafe(c) ? 0xFFFD : c);
    }
    return out->status;
}

bool store_is_shown(postern_slice s) {
    if (s.len > POSTERN_LIMIT_STORE_TEXT) return false;
    for (size_t pos = 0, len; pos < s.len; pos += len) {
        len = 1;
        if (s.ptr[pos] >= 0x20 && s.ptr[pos] < 0x7F) continue;
        uint32_t c = postern_utf8_at(s, pos, &len);
        bool invalid = c == 0xFFFD && !(len == 3 && s.ptr[pos] == 0xEF && s.ptr[pos + 1] == 0xBF && s.ptr[pos + 2] == 0xBD);
        if (invalid || (c != 0xFFFD && is_unsafe(c)) || is_blank(c)) return false;
    }
    return true;
}

uint32_t store_fold_scalar(uint32_t c) {
    if (c < 0x80) return postern_ascii_lower((uint8_t)c);
    size_t low = 0, high = sizeof fold_runs / sizeof *fold_runs;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const fold_run *r = &fold_runs[middle];
        if (c < r->first) high = middle;
        else if (c > r->last) low = middle + 1;
        else return (c - r->first) % r->step ? c : (uint32_t)((int64_t)c + r->difference);
    }
    return c;
}

store_class store_class_of(uint32_t c) {
    if (c < 0x80) return postern_ascii_alpha((uint8_t)c) || postern_ascii_digit((uint8_t)c) ? STORE_LETTER : STORE_SEPARATOR;
    size_t low = 0, high = sizeof class_ranges / sizeof *class_ranges;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const class_range *r = &class_ranges[middle];
        if (c < r->first) high = middle;
        else if (c > r->last) low = middle + 1;
        else return r->kind == 2 ? STORE_PAIRED : STORE_LETTER;
    }
    return STORE_SEPARATOR;
}

postern_status store_fold(postern_buf *out, postern_slice utf8) {
    for (size_t pos = 0, len; pos < utf8.len; pos += len) {
        uint32_t c = postern_utf8_at(utf8, pos, &len);
        if (c < 0x80) postern_buf_add_byte(out, postern_ascii_lower((uint8_t)c));
        else postern_buf_add_utf8(out, store_fold_scalar(c));
    }
    return out->status;
}

/* "Re:", "Re[2]:", "AW:" … at the start: bytes of it, or 0. */
static size_t prefix_len(postern_slice s, bool *ret_reply) {
    static const struct {
        const char *word;
        bool reply;
    } words[] = {{"re", true},   {"aw", true},  {"sv", true},  {"antw", true}, {"vs", true},  {"odp", true}, {"ynt", true},
                 {"回复", true}, {"答复", true}, {"返信", true}, {"fwd", false}, {"fw", false}, {"wg", false}, {"tr", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t at = strlen(words[i].word);
        if (!postern_slice_starts_nocase(s, postern_slice_cstr(words[i].word))) continue;
        if (at < s.len && (s.ptr[at] == '[' || s.ptr[at] == '(')) {
            at++;
            while (at < s.len && postern_ascii_digit(s.ptr[at])) at++;
            if (at < s.len && (s.ptr[at] == ']' || s.ptr[at] == ')')) at++;
        }
        while (at < s.len && s.ptr[at] == ' ') at++;
        bool wide = s.len - at >= 3 && !memcmp(s.ptr + at, "：", 3);
        if (at < s.len && (s.ptr[at] == ':' || wide)) {
            *ret_reply = *ret_reply || words[i].reply;
            return at + (wide ? 3 : 1);
        }
    }
    return 0;
}

postern_slice store_base_subject(postern_slice subject, bool *ret_reply) {
    postern_slice s = postern_slice_trim(subject);
    *ret_reply = false;
    for (;;) {
        size_t len = prefix_len(s, ret_reply);
        if (!len && s.len && s.ptr[0] == '[') { /* "[list] Re: x" */
            size_t close = postern_slice_find_byte(s, 0, ']');
            postern_slice behind = postern_slice_trim(postern_slice_from(s, close == SIZE_MAX ? s.len : close + 1));
            bool reply = false;
            if (prefix_len(behind, &reply)) len = close + 1;
        }
        if (!len) return s;
        s = postern_slice_trim(postern_slice_from(s, len));
    }
}
