/* Aligned tables. Widths are those of a terminal (wcwidth), so that Japanese names do not break the columns. */
#define _XOPEN_SOURCE 700
#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <wchar.h>

enum { CELL_MAX = 4096, GAP = 2, CUT_MIN = 16 };

/* Columns a terminal gives to escaped text; the caller has set LC_CTYPE to a UTF-8 locale. */
static unsigned width_of(postern_slice s) {
    unsigned width = 0;
    for (size_t pos = 0, len; pos < s.len; pos += len) {
        int columns = wcwidth((wchar_t)postern_utf8_at(s, pos, &len));
        width += columns < 0 ? 1 : (unsigned)columns;
    }
    return width;
}

void cli_table_init(cli_table *table, size_t columns, size_t cut) {
    *table = (cli_table){.columns = columns, .cut = cut};
    postern_buf_init(&table->text, 1u << 30);
}

void cli_table_cell(cli_table *table, postern_slice text) {
    postern_escape_line(&table->text, text, CELL_MAX);
    postern_buf_add_byte(&table->text, 0);
    table->cells++;
}

void cli_table_shown(cli_table *table, postern_slice text) {
    postern_buf_add_slice(&table->text, text);
    postern_buf_add_byte(&table->text, 0);
    table->cells++;
}

void cli_table_number(cli_table *table, uint64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    cli_table_cell(table, postern_slice_cstr(text));
}

/* The longest head (or, from_end, tail) of `s` that is at most `width` columns wide. */
static postern_slice fitting(postern_slice s, unsigned width, bool from_end) {
    unsigned skip = 0, whole = width_of(s), seen = 0;
    if (whole <= width) return s;
    if (from_end) skip = whole - width;
    size_t pos = 0;
    for (size_t len; pos < s.len; pos += len) {
        if (from_end && seen >= skip) return postern_slice_from(s, pos);
        postern_slice one = s;
        postern_utf8_at(s, pos, &len);
        one = postern_slice_sub(s, pos, len);
        if (!from_end && seen + width_of(one) > width) return postern_slice_sub(s, 0, pos);
        seen += width_of(one);
    }
    return postern_slice_sub(s, 0, from_end ? 0 : pos);
}

/* Both ends of a location say more than its middle. */
static void add_fitting(postern_buf *out, postern_slice s, unsigned width) {
    if (width_of(s) <= width) {
        postern_buf_add_slice(out, s);
        return;
    }
    unsigned head = (width - 1) / 3;
    postern_buf_add_slice(out, fitting(s, head, false));
    postern_buf_add_slice(out, POSTERN_S("…"));
    postern_buf_add_slice(out, fitting(s, width - 1 - head, true));
}

static void add_blanks(postern_buf *out, unsigned count) {
    while (count--) postern_buf_add_byte(out, ' ');
}

static postern_slice next_cell(const cli_table *table, size_t *pos) {
    const char *cell = (const char *)table->text.ptr + *pos;
    postern_slice s = postern_slice_cstr(cell);
    *pos += s.len + 1;
    return s;
}

static void measure(const cli_table *table, unsigned width, unsigned *widths) {
    size_t pos = 0;
    for (size_t i = 0; i < table->cells; i++) {
        unsigned w = width_of(next_cell(table, &pos));
        if (w > widths[i % table->columns]) widths[i % table->columns] = w;
    }
    unsigned sum = 0;
    for (size_t c = 0; c < table->columns; c++) sum += widths[c] ? widths[c] + GAP : 0;
    if (!width || sum <= width + GAP) return;
    unsigned over = sum - GAP - width, *cut = &widths[table->cut];
    *cut = *cut > CUT_MIN + over ? *cut - over : *cut > CUT_MIN ? CUT_MIN : *cut;
}

void cli_table_write(const cli_table *table, unsigned width, postern_buf *out) {
    unsigned widths[CLI_TABLE_COLUMNS_MAX] = {0}, pending = 0;
    if (table->text.status) {
        out->status = table->text.status;
        return;
    }
    measure(table, width, widths);
    size_t pos = 0;
    for (size_t i = 0; i < table->cells; i++) {
        size_t column = i % table->columns;
        postern_slice cell = next_cell(table, &pos);
        unsigned shown = width_of(cell), room = widths[column];
        if (shown > room) shown = room;
        unsigned left = table->right[column] ? room - shown : 0, right = room - shown - left;
        pending += left;
        if (cell.len) {
            add_blanks(out, pending); /* only before something: no row ends in blanks */
            add_fitting(out, cell, room);
            pending = 0;
        }
        pending += right + (room ? GAP : 0); /* a column that is empty everywhere is not there */
        if (column + 1 == table->columns) {
            postern_buf_add_byte(out, '\n');
            pending = 0;
        }
    }
}

void cli_table_free(cli_table *table) {
    postern_buf_free(&table->text);
}
