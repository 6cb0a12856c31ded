/*
 * What the generated table knows of a character, the mapping of UTS 46, and normalization form C (UAX 15).
 *
 * Own code, because the packaged library applies IDNA 2008 where the URL Standard asks for UTS 46 alone, with a Unicode
 * version of its own. The lengths are bounded by POSTERN_LIMIT_DOMAIN before any of this runs.
 */
#include "idna_int.h"

#include "idna_table.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

_Static_assert((int)IDNA_BIDI_NSM == (int)BIDI_NSM && (int)IDNA_JOINING_D == (int)JOINING_D, "names of the table");
_Static_assert((int)IDNA_ARMENIAN == (int)SCRIPT_ARMENIAN && (int)IDNA_HANGUL == (int)SCRIPT_HANGUL, "names of the table");

/* ---- lookups ------------------------------------------------------------------------------------------------- */

idna_traits idna_traits_of(uint32_t cp) {
    size_t low = 0, high = COUNT(idna_properties);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (idna_properties[middle] >> 8 <= cp) low = middle;
        else high = middle;
    }
    const struct idna_tuple *t = &idna_tuples[idna_properties[low] & 255];
    return (idna_traits){t->combining, t->bidi, t->joining, t->mark, t->script};
}

static const uint32_t *map_row(uint32_t cp) {
    size_t low = 0, high = COUNT(idna_map);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (idna_map[middle][0] <= cp) low = middle;
        else high = middle;
    }
    return idna_map[low];
}

bool idna_is_valid(uint32_t cp) {
    const uint32_t *row = map_row(cp);
    uint32_t kind = row[1] >> 28;
    return kind == MAP_VALID || (kind == MAP_PAIRS && (cp - row[0]) & 1);
}

static bool append(idna_text *text, uint32_t cp) {
    if (text->len == text->cap) return false;
    text->cps[text->len++] = cp;
    return true;
}

bool idna_map_add(idna_text *text, uint32_t cp) {
    const uint32_t *row = map_row(cp);
    uint32_t payload = row[1] & 0x0FFFFFFF;
    switch (row[1] >> 28) {
    case MAP_IGNORED: return true;
    case MAP_DELTA: return append(text, cp + payload - (1u << 27));
    case MAP_PAIRS: return append(text, (cp - row[0]) & 1 ? cp : cp + 1);
    case MAP_STRING:
        for (uint32_t i = 0; i < (payload & 31); i++)
            if (!append(text, idna_pool[(payload >> 5) + i])) return false;
        return true;
    default: return append(text, cp);
    }
}

/* ---- normalization form C ------------------------------------------------------------------------------------ */

enum { S_BASE = 0xAC00, L_BASE = 0x1100, V_BASE = 0x1161, T_BASE = 0x11A7, L_COUNT = 19, V_COUNT = 21, T_COUNT = 28 };

static const uint32_t *decomposition_of(uint32_t cp) {
    size_t low = 0, high = COUNT(idna_decompositions);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (idna_decompositions[middle][0] == cp) return idna_decompositions[middle];
        if (idna_decompositions[middle][0] < cp) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

/* Writes the full decomposition, at most four code points; returns how many. Only the first of a pair decomposes further. */
static size_t decompose(uint32_t cp, uint32_t out[4]) {
    uint32_t tail[4];
    size_t tails = 0, len = 0;
    if (cp - S_BASE < L_COUNT * V_COUNT * T_COUNT) {
        uint32_t index = cp - S_BASE;
        out[0] = L_BASE + index / (V_COUNT * T_COUNT);
        out[1] = V_BASE + index / T_COUNT % V_COUNT;
        out[2] = T_BASE + index % T_COUNT;
        return index % T_COUNT ? 3 : 2;
    }
    for (const uint32_t *row; tails < 3 && (row = decomposition_of(cp));) {
        cp = row[1];
        if (row[2]) tail[tails++] = row[2];
    }
    out[len++] = cp;
    while (tails) out[len++] = tail[--tails];
    return len;
}

/* The primary composite of a and b, or 0. */
static uint32_t composite_of(uint32_t a, uint32_t b) {
    if (a - L_BASE < L_COUNT && b - V_BASE < V_COUNT) return S_BASE + ((a - L_BASE) * V_COUNT + (b - V_BASE)) * T_COUNT;
    if (a - S_BASE < L_COUNT * V_COUNT * T_COUNT && (a - S_BASE) % T_COUNT == 0 && b - T_BASE - 1 < T_COUNT - 1)
        return a + (b - T_BASE);
    size_t low = 0, high = COUNT(idna_compositions);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const uint32_t *row = idna_decompositions[idna_compositions[middle]];
        if (row[1] == a && row[2] == b) return row[0];
        if (row[1] < a || (row[1] == a && row[2] < b)) low = middle + 1;
        else high = middle;
    }
    return 0;
}

/* From the end, so that nothing is overwritten before it was read. */
static void decompose_all(idna_text *text) {
    uint32_t parts[4];
    size_t total = 0;
    for (size_t i = 0; i < text->len; i++) total += decompose(text->cps[i], parts);
    size_t to = total;
    for (size_t i = text->len; i-- > 0;) {
        size_t count = decompose(text->cps[i], parts);
        for (size_t k = count; k-- > 0;) text->cps[--to] = parts[k];
    }
    text->len = total;
}

/* Canonical ordering: a stable insertion sort of each run of combining characters. */
static void reorder(idna_text *text) {
    for (size_t i = 1; i < text->len; i++) {
        uint32_t cp = text->cps[i];
        uint8_t combining = idna_traits_of(cp).combining;
        size_t at = i;
        if (!combining) continue;
        while (at > 0 && idna_traits_of(text->cps[at - 1]).combining > combining) {
            text->cps[at] = text->cps[at - 1];
            at--;
        }
        text->cps[at] = cp;
    }
}

void idna_compose(idna_text *text) {
    size_t starter = SIZE_MAX, to = 0;
    uint8_t before = 0; /* class of the character last kept behind the starter */
    decompose_all(text);
    reorder(text);
    for (size_t i = 0; i < text->len; i++) {
        uint32_t cp = text->cps[i];
        uint8_t combining = idna_traits_of(cp).combining;
        bool adjacent = starter != SIZE_MAX && to == starter + 1;
        if (starter != SIZE_MAX && (adjacent || (before && before < combining))) {
            uint32_t composite = composite_of(text->cps[starter], cp);
            if (composite) {
                text->cps[starter] = composite;
                continue;
            }
        }
        if (!combining) starter = to;
        before = combining;
        text->cps[to++] = cp;
    }
    text->len = to;
}

bool idna_is_nfc(const uint32_t *cps, size_t len, uint32_t *scratch) {
    idna_text text = {scratch, len, len * IDNA_NFD_GROWTH};
    if (len) memcpy(scratch, cps, len * sizeof *cps);
    idna_compose(&text);
    return text.len == len && (len == 0 || memcmp(scratch, cps, len * sizeof *cps) == 0);
}
