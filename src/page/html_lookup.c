/*
 * Looking names up in the tables of the closed output language, and the two open families of names (html_tables.h): what has
 * no entry leaves only when its shape alone shows that no browser can give it a meaning.
 */
#include "html_tables.h"

static int compare(postern_slice name, const char *entry) {
    size_t len = strlen(entry), common = name.len < len ? name.len : len;
    int order = common ? memcmp(name.ptr, entry, common) : 0;
    return order ? order : (name.len > len) - (name.len < len);
}

const page_attribute *page_attribute_find(postern_slice name) {
    size_t low = 0, high = page_attribute_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(name, page_attributes[middle].name);
        if (order == 0) return &page_attributes[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

const page_element *page_element_find(postern_slice name) {
    size_t low = 0, high = page_element_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(name, page_elements[middle].name);
        if (order == 0) return &page_elements[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

static bool name_byte(uint8_t c) {
    return (c >= 'a' && c <= 'z') || postern_ascii_digit(c) || c == '-' || c == '_' || c == '.';
}

static bool plain_name(postern_slice name, size_t max) {
    if (name.len == 0 || name.len > max) return false;
    for (size_t i = 0; i < name.len; i++)
        if (!name_byte(name.ptr[i])) return false;
    return true;
}

bool page_element_is_custom(postern_slice name) {
    /* SVG fonts and MathML had hyphens before custom elements did: not valid custom element names (WHATWG 4.13.3) */
    static const char *const taken[] = {"annotation-xml", "color-profile", "font-face", "font-face-format", "font-face-name",
                                        "font-face-src", "font-face-uri", "missing-glyph"};
    if (!plain_name(name, 128) || name.ptr[0] < 'a' || name.ptr[0] > 'z') return false;
    if (postern_slice_find_byte(name, 0, '-') == SIZE_MAX) return false;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (postern_slice_eq(name, postern_slice_cstr(taken[i]))) return false;
    return true;
}

bool page_attribute_is_open(postern_slice name) {
    return plain_name(name, 128) && name.len > 5 &&
           (postern_slice_starts(name, POSTERN_S("data-")) || postern_slice_starts(name, POSTERN_S("aria-")));
}

bool page_attribute_is_hook(postern_slice name, postern_slice value, bool custom) {
    if (!plain_name(name, 64) || value.len > 256 || !(name.ptr[0] == '_' || postern_ascii_alpha(name.ptr[0]))) return false;
    if (postern_slice_starts(name, POSTERN_S("on"))) return false; /* an event handler, known or to come */
    if (!custom && postern_slice_find_byte(name, 0, '-') == SIZE_MAX && name.ptr[0] != '_') return false;
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.ptr[i];
        if (!postern_ascii_alpha(c) && !postern_ascii_digit(c) && !strchr(" _-.,%#+", c)) return false;
        if (c == 0) return false;
    }
    return true;
}
