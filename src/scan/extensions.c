/* Extensions that mail programs block: a sorted table, generated from data/attachment-extensions.tsv. */
#include "scan_int.h"

static const scan_extension_row table[] = {
#include "extensions_table.h"
};

const scan_extension_row *scan_extension_find(postern_slice extension) {
    uint8_t lower[24];
    if (!extension.len || extension.len > sizeof lower) return NULL;
    for (size_t i = 0; i < extension.len; i++) lower[i] = postern_ascii_lower(extension.ptr[i]);
    postern_slice wanted = postern_slice_of(lower, extension.len);
    size_t low = 0, high = sizeof table / sizeof *table;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = postern_slice_compare(wanted, postern_slice_cstr(table[middle].extension));
        if (order == 0) return &table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
