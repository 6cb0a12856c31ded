/*
 * The encoding that a style sheet claims for itself: @charset as an exact sequence of bytes at the very start (CSS Syntax 3,
 * 3.2). It is no at-rule: another spelling, another quote or a second blank means nothing.
 */
#include "css_int.h"

enum { PRESCAN = 1024 };

/* The rule was read as ASCII, so the sheet cannot be UTF-16; the specification then takes UTF-8. */
static bool is_utf16(postern_slice label) {
    static const char *const labels[] = {"utf-16",      "utf-16le", "utf-16be",     "csunicode",   "iso-10646-ucs-2",
                                         "ucs-2",       "unicode",  "unicodefeff", "unicodefffe"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (postern_slice_eq_nocase(postern_slice_trim(label), postern_slice_cstr(labels[i]))) return true;
    return false;
}

postern_slice postern_css_prescan_charset(postern_slice bytes) {
    const postern_slice start = POSTERN_S("@charset \"");
    postern_slice head = postern_slice_sub(bytes, 0, PRESCAN);
    if (!postern_slice_starts(head, start)) return postern_slice_of(NULL, 0);
    postern_cut cut = postern_slice_cut(postern_slice_from(head, start.len), '"');
    if (!cut.ok || !postern_slice_starts(cut.tail, POSTERN_S(";"))) return postern_slice_of(NULL, 0);
    return is_utf16(cut.head) ? POSTERN_S("utf-8") : cut.head;
}
