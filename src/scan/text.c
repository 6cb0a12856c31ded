/*
 * Running text: handler URLs that stand in it are told as information, since readers make links of some and people quote the
 * rest. One pass over the colons.
 */
#include "scan_int.h"

static bool part_of_word(uint8_t c) {
    return postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '-' || c == '@';
}

void scan_text(scan *s, const place *where, postern_slice text) {
    static const char *const words[] = {"mhtml:",        "ms-its:",  "ms-itss:",  "its:mhtml",
                                        "mk:@msitstore", "ms-msdt:", "search-ms:"};
    for (size_t colon = 0; (colon = postern_slice_find_byte(text, colon, ':')) != SIZE_MAX && !scan_ended(s); colon++) {
        size_t start = colon;
        while (start && colon - start < 12 && part_of_word(text.ptr[start - 1])) start--;
        postern_slice rest = postern_slice_sub(text, start, 1024);
        if (start == colon || !SCAN_ANY(rest, words)) continue;
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] > ' ' && !strchr("<>\"", rest.ptr[end])) end++;
        postern_slice url = postern_slice_sub(rest, 0, end);
        scan_url(s, where, POSTERN_PLACE_TEXT, start, url, url);
        colon = start + end > colon ? start + end - 1 : colon;
    }
}
