/*
 * Names without case, as Windows compares them: character by character through a table of upper case (NTFS, the registry). No
 * locale. Bytes that are no UTF-8 (a name on a Linux disk may be anything) equal only themselves.
 */
#include "win_int.h"

#include "upcase_table.h"

enum { NO_CHARACTER = 0x110000 }; /* + the byte */

static uint32_t upcase(uint32_t c) {
    if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
    size_t low = 0, high = sizeof upcase_runs / sizeof *upcase_runs;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > upcase_runs[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == sizeof upcase_runs / sizeof *upcase_runs || c < upcase_runs[low].first) return c;
    if ((c - upcase_runs[low].first) % upcase_runs[low].step) return c;
    return (uint32_t)((int32_t)c + upcase_runs[low].delta);
}

static uint32_t next(postern_slice s, size_t *pos) {
    size_t len = 1;
    uint8_t byte = s.ptr[*pos];
    uint32_t c = byte;
    if (byte >= 0x80) {
        c = postern_utf8_at(s, *pos, &len);
        if (c == 0xFFFD && !postern_slice_eq(postern_slice_sub(s, *pos, 3), POSTERN_S("\xEF\xBF\xBD"))) {
            c = NO_CHARACTER + byte;
            len = 1;
        }
    }
    *pos += len;
    return c >= NO_CHARACTER ? c : upcase(c);
}

int win_name_compare(postern_slice a, postern_slice b) {
    size_t i = 0, k = 0;
    while (i < a.len && k < b.len) {
        uint32_t x = next(a, &i), y = next(b, &k);
        if (x != y) return x < y ? -1 : 1;
    }
    return (i < a.len) - (k < b.len);
}

bool win_name_eq(postern_slice a, postern_slice b) {
    return win_name_compare(a, b) == 0;
}

bool win_name_starts(postern_slice s, postern_slice prefix) {
    size_t i = 0, k = 0;
    while (k < prefix.len) {
        if (i >= s.len || next(s, &i) != next(prefix, &k)) return false;
    }
    return true;
}
