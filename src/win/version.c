/* Versions: four numbers, compared as numbers. Text that is no version is not one; it is never older than anything. */
#include "win_int.h"

#include <stdio.h>

bool postern_win_version_parse(postern_slice text, postern_win_version *ret_version) {
    postern_win_version version = {{0}};
    size_t parts = 0;
    text = postern_slice_trim(text);
    uint8_t separator = postern_slice_find_byte(text, 0, '.') == SIZE_MAX ? ',' : '.';
    for (;;) {
        postern_cut cut = postern_slice_cut(text, separator);
        uint64_t number;
        postern_slice digits = separator == ',' ? postern_slice_trim(cut.head) : cut.head;
        if (parts == 4 || digits.len > 8 || !postern_slice_uint(digits, UINT16_MAX, &number)) return false;
        version.part[parts++] = (uint16_t)number;
        if (!cut.ok) break;
        text = cut.tail;
    }
    if (parts < 2) return false;
    *ret_version = version;
    return true;
}

int postern_win_version_compare(postern_win_version a, postern_win_version b) {
    for (size_t i = 0; i < 4; i++)
        if (a.part[i] != b.part[i]) return a.part[i] < b.part[i] ? -1 : 1;
    return 0;
}

const char *postern_win_version_text(postern_win_version version, char text[POSTERN_WIN_VERSION_TEXT]) {
    snprintf(text, POSTERN_WIN_VERSION_TEXT, "%u.%u.%u.%u", version.part[0], version.part[1], version.part[2], version.part[3]);
    return text;
}
