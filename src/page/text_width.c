/*
 * How wide text is on a terminal and where a line of it may break. The tables are our own: the library must not ask the
 * locale, and a width that differs between machines would let a sender shift what the reader sees.
 */
#include "text_int.h"

#include "text_width_table.h"

static bool in_ranges(const text_range *ranges, size_t count, uint32_t scalar) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (scalar > ranges[middle].last) low = middle + 1;
        else if (scalar < ranges[middle].first) high = middle;
        else return true;
    }
    return false;
}

#define IN(table, scalar) in_ranges(table, sizeof(table) / sizeof *(table), scalar)

unsigned page_text_char_width(uint32_t scalar) {
    if (scalar < 0x300) return scalar >= 0x20 || scalar == TEXT_NBSP || scalar == TEXT_SPACE;
    if (IN(zero_ranges, scalar)) return 0;
    return scalar >= 0x1100 && IN(wide_ranges, scalar) ? 2 : 1;
}

size_t page_text_width(postern_slice s) {
    size_t width = 0;
    for (size_t i = 0, len; i < s.len; i += len) {
        len = 1;
        width += s.ptr[i] < 0x80 ? page_text_char_width(s.ptr[i]) : page_text_char_width(postern_utf8_at(s, i, &len));
    }
    return width;
}

bool page_text_is_rtl(uint32_t scalar) {
    return scalar >= 0x590 && IN(rtl_ranges, scalar);
}

/* Kinsoku, the simple set: what may not begin a line, and what may not end one. */
static bool in_list(const uint16_t *list, uint32_t scalar) {
    for (; *list; list++)
        if (*list == scalar) return true;
    return false;
}

static bool no_start(uint32_t c) {
    static const uint16_t list[] = {
        '!',    ')',    ',',    '.',    ':',    ';',    '?',    ']',    '}',    '%',    0xA2,   0xB0,   0xB7,   0x2019, 0x201D,
        0x2020, 0x2021, 0x2026, 0x2030, 0x2032, 0x2033, 0x203C, 0x2103, 0x3001, 0x3002, 0x3003, 0x3005, 0x3009, 0x300B, 0x300D,
        0x300F, 0x3011, 0x3015, 0x3017, 0x3019, 0x301B, 0x301E, 0x301F, 0x303B, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063,
        0x3083, 0x3085, 0x3087, 0x308E, 0x3095, 0x3096, 0x309B, 0x309C, 0x309D, 0x309E, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9,
        0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5, 0x30F6, 0x30FB, 0x30FC, 0x30FD, 0x30FE, 0xFF01, 0xFF05, 0xFF09, 0xFF0C,
        0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D, 0xFF5D, 0xFF60, 0xFF61, 0xFF63, 0xFF64, 0xFF65, 0xFF9E, 0xFF9F, 0};
    return in_list(list, c) || (c >= 0x31F0 && c <= 0x31FF);
}

static bool no_end(uint32_t c) {
    static const uint16_t list[] = {'$',    '(',    '[',    '{',    0xA3,   0xA5,   0x2018, 0x201C, 0x3008,
                                    0x300A, 0x300C, 0x300E, 0x3010, 0x3014, 0x3016, 0x3018, 0x301A, 0x301D,
                                    0xFF04, 0xFF08, 0xFF3B, 0xFF5B, 0xFF5F, 0xFF62, 0xFFE1, 0xFFE5, 0};
    return in_list(list, c);
}

bool page_text_may_break(uint32_t before, uint32_t after) {
    bool wide =
        (before >= 0x1100 && page_text_char_width(before) == 2) || (after >= 0x1100 && page_text_char_width(after) == 2);
    if (!wide || page_text_char_width(after) == 0 || before <= 0x20) return false;
    if (before == 0x200D) return false; /* an emoji joined to the next */
    return !no_start(after) && !no_end(before);
}
