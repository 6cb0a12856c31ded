/*
 * Character references (HTML 13.2.5.72-80). The named ones are a sorted table; the longest match is found by narrowing the
 * range of candidates letter by letter. An attacker hides `javascript:` and tags in references, so the rule in attributes (a
 * name without ';' that runs on is no reference) has to be exactly the browsers'.
 */
#include "html_int.h"

#include "entities_table.h"

/* The first row in [low, high) whose byte at `depth` is not below `c`. All rows of the range are longer than `depth`. */
static size_t lower_row(size_t low, size_t high, size_t depth, uint8_t c) {
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uint8_t)entity_names[entity_starts[middle] + depth] < c) low = middle + 1;
        else high = middle;
    }
    return low;
}

size_t postern_html_entity(postern_slice text, uint32_t ret_scalars[2]) {
    size_t low = 0, high = ENTITY_COUNT, found = 0;
    for (size_t depth = 0; depth < text.len && low < high; depth++) {
        uint8_t c = text.ptr[depth];
        size_t first = lower_row(low, high, depth, c);
        if (c == 0xFF) return found;
        high = lower_row(first, high, depth, (uint8_t)(c + 1));
        low = first;
        if (low < high && (size_t)(entity_starts[low + 1] - entity_starts[low]) == depth + 1) {
            found = depth + 1;
            ret_scalars[0] = entity_values[low] & 0x1FFFF;
            ret_scalars[1] = entity_seconds[entity_values[low] >> 17];
            low++; /* the rest of the range is longer */
        }
    }
    return found;
}

/* What numeric references to C1 controls mean: windows-1252. */
static const uint16_t c1_means[32] = {
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178};

static uint32_t mend_scalar(uint32_t scalar) {
    if (scalar == 0 || scalar > 0x10FFFF || (scalar >= 0xD800 && scalar <= 0xDFFF)) return 0xFFFD;
    if (scalar >= 0x80 && scalar < 0xA0) return c1_means[scalar - 0x80];
    return scalar;
}

/* `rest` begins behind "&#". Returns the bytes taken, 0 when there is no digit. */
static size_t numeric(postern_slice rest, uint32_t *ret_scalar) {
    size_t i = 0, first;
    bool hex = rest.len && (rest.ptr[0] | 32) == 'x';
    uint32_t scalar = 0;
    if (hex) i++;
    for (first = i; i < rest.len; i++) {
        int digit = postern_hex_value(rest.ptr[i]);
        if (digit < 0 || (!hex && digit > 9)) break;
        if (scalar <= 0x10FFFF) scalar = scalar * (hex ? 16 : 10) + (uint32_t)digit;
    }
    if (i == first) return 0;
    if (i < rest.len && rest.ptr[i] == ';') i++;
    *ret_scalar = mend_scalar(scalar);
    return i;
}

void html_take_reference(postern_html_tokenizer *t, bool in_attribute) {
    postern_slice rest = postern_slice_from(t->in, t->pos + 1);
    uint32_t scalars[2] = {0, 0};
    size_t len = 0;
    if (rest.len && rest.ptr[0] == '#') {
        len = numeric(postern_slice_from(rest, 1), scalars);
        if (len) len++;
    } else {
        len = postern_html_entity(rest, scalars);
        bool open_ended = len && rest.ptr[len - 1] != ';' && len < rest.len;
        if (in_attribute && open_ended && (rest.ptr[len] == '=' || html_is_alnum(rest.ptr[len]))) len = 0;
    }
    t->pos += 1 + len;
    if (!len) {
        postern_buf_add_byte(&t->scratch, '&');
        return;
    }
    postern_buf_add_utf8(&t->scratch, scalars[0]);
    if (scalars[1]) postern_buf_add_utf8(&t->scratch, scalars[1]);
}
