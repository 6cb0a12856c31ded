/*
 * Tables. Most tables of mail and of old pages only place things: those are read cell by cell. One that holds data is set in
 * columns. Which it is, is told by th, caption, borders, roles; else by its shape: the cells of data are short and there are
 * rows of them.
 *
 * Cells are laid out on their own, without a width to be measured and then to the width of their column, so aligned tables in
 * aligned tables cost twice for each level; there are at most two levels, deeper ones are read cell by cell.
 */
#include "text_int.h"

#include <stdlib.h>

enum {
    COLUMNS_MAX = 64,
    LEVELS_MAX = 2,
    SEPARATOR = 3,
    PAD_MAX = 60,
    COLUMN_MIN = 4,
    WORD_MAX = 24,
    SHORT_CELL = 60,
    CELL_MAX = 400
};

typedef struct grid_cell {
    const text_block *block;
    unsigned column, span, row, rows;
    postern_buf text; /* its lines */
    size_t lines, widest, longest_word;
    size_t at; /* where the next line to write begins */
} grid_cell;

typedef struct grid {
    grid_cell *cells;
    size_t cell_count;
    unsigned columns, rows, headers; /* the first rows that are headers */
    size_t width[COLUMNS_MAX];
    bool used[COLUMNS_MAX];
    size_t *heights;
} grid;

/* ---- what kind of table ---- */

typedef struct signs {
    unsigned rows, columns, cells, headers, nested, long_cells, filled;
    unsigned full_rows; /* with two filled cells and more */
} signs;

static size_t text_size(const text_block *block, unsigned *blocks, unsigned *tables) {
    size_t size = 0;
    for (const text_block *b = block->first; b; b = b->next) {
        ++*blocks;
        if (b->kind == TEXT_TABLE) ++*tables;
        else size += b->text.len + (b->first ? text_size(b, blocks, tables) : 0);
        if (size > CELL_MAX || *tables) return size; /* enough to know */
    }
    return size;
}

static void read_cell(const text_block *cell, signs *s, unsigned *filled) {
    unsigned blocks = 0, tables = 0;
    size_t size = text_size(cell, &blocks, &tables);
    s->cells++;
    s->headers += cell->is_header;
    s->nested += tables;
    s->long_cells += size > SHORT_CELL || blocks > 2;
    if (size > CELL_MAX || blocks > 12) s->long_cells += 1000;
    *filled += blocks > 0;
}

static signs read_signs(const text_block *table) {
    signs s = {0};
    for (const text_block *row = table->first; row; row = row->next) {
        unsigned columns = 0, filled = 0;
        if (row->kind != TEXT_ROW) continue;
        for (const text_block *cell = row->first; cell; cell = cell->next) {
            if (cell->kind != TEXT_CELL) continue;
            read_cell(cell, &s, &filled);
            columns += cell->columns;
        }
        s.rows++;
        s.filled += filled;
        s.full_rows += filled > 1;
        if (columns > s.columns) s.columns = columns;
    }
    return s;
}

static bool is_data(const text_block *table) {
    signs s = read_signs(table);
    if (table->layout || s.columns < 2 || s.columns > COLUMNS_MAX || !s.full_rows) return false;
    if (s.nested) return table->data && s.headers && s.nested * 4 < s.cells;
    if (table->data || s.headers) return s.long_cells < 1000 || s.headers >= s.columns;
    if (s.rows < 2 || s.full_rows * 2 < s.rows) return false;
    return s.long_cells * 5 < s.cells;
}

/* ---- read cell by cell ---- */

/* A row of short cells reads as one line: "Name:  Ada". */
static bool row_on_a_line(text_layout *l, const text_block *row) {
    postern_buf text;
    unsigned filled = 0;
    bool fits = true;
    postern_buf_init(&text, SIZE_MAX);
    for (const text_block *cell = row->first; cell && fits; cell = cell->next) {
        const text_block *para = cell->first;
        if (!para) continue;
        fits = !para->next && para->kind == TEXT_PARA && !para->level && para->text.len < 400 &&
               postern_slice_find_byte(para->text, 0, TEXT_BREAK) == SIZE_MAX;
        if (filled++) postern_buf_add(&text, "\1 ", 2);
        postern_buf_add_slice(&text, para->text);
    }
    fits = fits && filled > 1 && page_text_width(postern_buf_slice(&text)) <= page_text_layout_room(l);
    if (text.status) l->status = text.status;
    else if (fits) page_text_layout_wrap(l, postern_buf_slice(&text), false);
    postern_buf_free(&text);
    return fits;
}

static void linear(text_layout *l, const text_block *table) {
    for (const text_block *row = table->first; row && !l->status; row = row->next) {
        if (row->kind == TEXT_ROW && row_on_a_line(l, row)) continue;
        if (row->kind == TEXT_ROW) page_text_layout_children(l, row);
        else page_text_layout_block(l, row);
    }
}

/* ---- the grid ---- */

static size_t count_cells(const text_block *table, unsigned *rows) {
    size_t count = 0;
    for (const text_block *row = table->first; row; row = row->next) {
        if (row->kind != TEXT_ROW) continue;
        ++*rows;
        for (const text_block *cell = row->first; cell; cell = cell->next) count += cell->kind == TEXT_CELL;
    }
    return count;
}

static void place_row(grid *g, const text_block *row, unsigned number, unsigned busy_until[COLUMNS_MAX]) {
    unsigned column = 0;
    for (const text_block *cell = row->first; cell; cell = cell->next) {
        if (cell->kind != TEXT_CELL) continue;
        while (column < COLUMNS_MAX - 1 && busy_until[column] > number) column++;
        unsigned span = cell->columns, rows = cell->rows;
        if (span > COLUMNS_MAX - column) span = COLUMNS_MAX - column;
        if (rows > g->rows - number || rows == 0) rows = g->rows - number;
        g->cells[g->cell_count++] = (grid_cell){.block = cell, .column = column, .span = span, .row = number, .rows = rows};
        for (unsigned i = 0; i < span; i++) busy_until[column + i] = number + rows;
        column += span;
        if (column > g->columns) g->columns = column;
        if (column >= COLUMNS_MAX) return; /* is_data keeps such tables out but for spans of rows */
    }
}

static bool is_header_row(const text_block *row) {
    if (row->is_header) return true;
    for (const text_block *cell = row->first; cell; cell = cell->next)
        if (!cell->is_header) return false;
    return row->first != NULL;
}

static postern_status grid_new(grid *g, const text_block *table) {
    unsigned busy_until[COLUMNS_MAX] = {0}, number = 0;
    bool heading = true;
    *g = (grid){0};
    size_t count = count_cells(table, &g->rows);
    g->cells = calloc(count ? count : 1, sizeof *g->cells);
    g->heights = calloc(g->rows ? g->rows : 1, sizeof *g->heights);
    if (!g->cells || !g->heights) return POSTERN_NOMEM;
    for (const text_block *row = table->first; row; row = row->next) {
        if (row->kind != TEXT_ROW) continue;
        place_row(g, row, number++, busy_until);
        heading = heading && is_header_row(row);
        if (heading) g->headers = number;
    }
    if (g->headers == g->rows) g->headers = g->rows > 1 ? 1 : 0;
    return POSTERN_OK;
}

static void grid_free(grid *g) {
    for (size_t i = 0; i < g->cell_count; i++) postern_buf_free(&g->cells[i].text);
    free(g->cells);
    free(g->heights);
}

static void measure(grid_cell *cell) {
    postern_slice rest = postern_buf_slice(&cell->text);
    cell->lines = cell->widest = cell->longest_word = 0;
    while (rest.len) {
        postern_cut cut = postern_slice_cut(rest, '\n');
        size_t width = page_text_width(cut.head);
        if (width > cell->widest) cell->widest = width;
        cell->lines++;
        for (postern_slice words = cut.head; words.len;) {
            postern_cut word = postern_slice_cut(words, ' ');
            size_t columns = page_text_width(word.head);
            if (columns > cell->longest_word) cell->longest_word = columns;
            words = word.tail;
        }
        rest = cut.tail;
    }
}

/* The cell's own little page, `width` columns wide (0: as wide as it likes). */
static void lay_out_cell(text_layout *l, grid_cell *cell, unsigned width) {
    text_layout inner;
    postern_text_options options = {.width = width, .markdown = l->markdown, .terminal = l->isolate};
    postern_status status = page_text_layout_init(&inner, l->out, &options);
    postern_buf_free(&cell->text);
    postern_buf_init(&cell->text, SIZE_MAX);
    inner.capture = &cell->text;
    inner.break_words = width > 0;
    inner.tables = l->tables;
    page_text_layout_children(&inner, cell->block);
    if (!status) status = inner.status ? inner.status : cell->text.status;
    if (status && !l->status) l->status = status;
    page_text_layout_free(&inner);
    measure(cell);
}

/* ---- widths ---- */

static size_t span_width(const grid *g, const grid_cell *cell) {
    size_t width = 0;
    for (unsigned i = 0; i < cell->span && cell->column + i < g->columns; i++) {
        if (!g->used[cell->column + i]) continue;
        width += g->width[cell->column + i] + (width ? SEPARATOR : 0);
    }
    return width;
}

/* What each column would like to have; spanning cells share what they need beyond that among their columns. */
static void natural_widths(grid *g, size_t word[COLUMNS_MAX]) {
    for (int spanning = 0; spanning < 2; spanning++) {
        for (size_t i = 0; i < g->cell_count; i++) {
            grid_cell *cell = &g->cells[i];
            if ((cell->span > 1) != spanning || !cell->lines) continue;
            if (!spanning) {
                g->used[cell->column] = true;
                if (cell->widest > g->width[cell->column]) g->width[cell->column] = cell->widest;
                if (cell->longest_word > word[cell->column]) word[cell->column] = cell->longest_word;
                continue;
            }
            unsigned used = 0;
            for (unsigned c = 0; c < cell->span; c++) used += g->used[cell->column + c];
            if (!used) {
                g->used[cell->column] = true;
                used = 1;
            }
            size_t have = span_width(g, cell), more = cell->widest > have ? (cell->widest - have + used - 1) / used : 0;
            for (unsigned c = 0; c < cell->span; c++)
                if (g->used[cell->column + c]) g->width[cell->column + c] += more;
        }
    }
}

/* Narrow columns get what they want; the wide ones share the rest. False when that would not leave room for words. */
static bool fit_widths(grid *g, size_t room, const size_t word[COLUMNS_MAX]) {
    bool settled[COLUMNS_MAX] = {false};
    unsigned open = 0, shown = 0;
    size_t total = 0;
    for (unsigned c = 0; c < g->columns; c++) {
        settled[c] = !g->used[c];
        if (settled[c]) continue;
        total += g->width[c];
        open++;
        shown++;
    }
    if (!shown || room < shown * (COLUMN_MIN + SEPARATOR)) return false;
    size_t left = room - (shown - 1) * SEPARATOR;
    if (total <= left) return true;
    for (bool again = true; again && open;) {
        again = false;
        size_t share = left / open;
        for (unsigned c = 0; c < g->columns; c++) {
            if (settled[c] || g->width[c] > share) continue;
            settled[c] = again = true;
            left -= g->width[c];
            open--;
        }
    }
    for (unsigned c = 0; c < g->columns; c++) {
        if (settled[c]) continue;
        g->width[c] = left / open--;
        left -= g->width[c];
        size_t need = word[c] < WORD_MAX ? word[c] : WORD_MAX;
        if (g->width[c] < need && g->width[c] < 12) return false;
    }
    return true;
}

/* What is wider than its column is laid out again, and columns shrink to what they hold then. */
static void fill_columns(text_layout *l, grid *g) {
    size_t widest[COLUMNS_MAX] = {0};
    for (size_t i = 0; i < g->cell_count && !l->status; i++) {
        grid_cell *cell = &g->cells[i];
        size_t width = span_width(g, cell);
        if (cell->widest > width) lay_out_cell(l, cell, (unsigned)width);
        if (cell->span > 1 && cell->lines) return; /* its width is that of its columns */
        if (cell->widest > widest[cell->column]) widest[cell->column] = cell->widest;
    }
    for (unsigned c = 0; c < g->columns; c++)
        if (widest[c] < g->width[c]) g->width[c] = widest[c];
}

/* ---- writing ---- */

static void pad(postern_buf *out, size_t columns) {
    while (columns--) postern_buf_add_byte(out, ' ');
}

static void put_aligned(postern_buf *out, postern_slice text, size_t width, unsigned align) {
    size_t columns = page_text_width(text), space = columns < width ? width - columns : 0;
    size_t before = align == TEXT_END ? space : align == TEXT_CENTER ? space / 2 : 0;
    pad(out, before);
    postern_buf_add_slice(out, text);
    pad(out, space - before);
}

static postern_slice next_line(grid_cell *cell) {
    postern_slice rest = postern_slice_from(postern_buf_slice(&cell->text), cell->at);
    postern_cut cut = postern_slice_cut(rest, '\n');
    cell->at += cut.head.len + cut.ok;
    return cut.head;
}

/* Cells that span rows have the height of all of them; what they lack is added to their last row. */
static void find_heights(grid *g) {
    for (size_t i = 0; i < g->cell_count; i++)
        if (g->cells[i].rows == 1 && g->cells[i].lines > g->heights[g->cells[i].row])
            g->heights[g->cells[i].row] = g->cells[i].lines;
    for (size_t i = 0; i < g->cell_count; i++) {
        const grid_cell *cell = &g->cells[i];
        size_t have = 0;
        if (cell->rows < 2 || !cell->lines) continue;
        for (unsigned r = 0; r < cell->rows && have < cell->lines; r++) have += g->heights[cell->row + r];
        if (have < cell->lines) g->heights[cell->row + cell->rows - 1] += cell->lines - have;
    }
}

static void write_line(text_layout *l, grid *g, grid_cell *const covering[COLUMNS_MAX]) {
    postern_buf line;
    bool first = true;
    postern_buf_init(&line, SIZE_MAX);
    for (unsigned c = 0; c < g->columns;) {
        grid_cell *cell = covering[c];
        unsigned span = cell ? cell->span : 1;
        size_t width = cell ? span_width(g, cell) : g->used[c] ? g->width[c] : 0;
        if (width) {
            if (!first) postern_buf_add(&line, " | ", SEPARATOR);
            first = false;
            if (cell) put_aligned(&line, next_line(cell), width, cell->block->align);
            else pad(&line, width);
        }
        c += span;
    }
    while (line.len && line.ptr[line.len - 1] == ' ') line.len--;
    if (line.status) l->status = line.status;
    else page_text_layout_line(l, postern_buf_slice(&line));
    postern_buf_free(&line);
}

static void header_rule(text_layout *l, const grid *g) {
    postern_buf line;
    postern_buf_init(&line, SIZE_MAX);
    for (unsigned c = 0; c < g->columns; c++) {
        if (!g->used[c] || !g->width[c]) continue;
        if (line.len) postern_buf_add(&line, "-+-", SEPARATOR);
        for (size_t i = 0; i < g->width[c]; i++) postern_buf_add_byte(&line, '-');
    }
    if (line.status) l->status = line.status;
    else page_text_layout_line(l, postern_buf_slice(&line));
    postern_buf_free(&line);
}

static void write_grid(text_layout *l, grid *g) {
    grid_cell *covering[COLUMNS_MAX] = {NULL};
    size_t next = 0;
    bool isolate = l->isolate, seen = false;
    find_heights(g);
    l->isolate = false; /* cells are, each for itself */
    for (unsigned row = 0; row < g->rows && !l->status; row++) {
        for (unsigned c = 0; c < g->columns; c++)
            if (covering[c] && covering[c]->row + covering[c]->rows <= row) covering[c] = NULL;
        for (; next < g->cell_count && g->cells[next].row == row; next++)
            for (unsigned c = 0; c < g->cells[next].span; c++) covering[g->cells[next].column + c] = &g->cells[next];
        for (size_t line = 0; line < g->heights[row] && !l->status; line++) write_line(l, g, covering);
        seen |= g->heights[row] > 0;
        if (row + 1 == g->headers && seen) header_rule(l, g);
    }
    l->isolate = isolate;
}

/* Too narrow for columns: each row as a list of "header: value". */
static void write_records(text_layout *l, grid *g) {
    for (size_t i = 0; i < g->cell_count && !l->status; i++) {
        grid_cell *cell = &g->cells[i], *header = NULL;
        if (cell->row < g->headers || !cell->lines) continue;
        if (i == 0 || g->cells[i - 1].row != cell->row) l->gap = true;
        for (size_t h = 0; h < g->cell_count && h < COLUMNS_MAX && g->cells[h].row == 0 && g->headers; h++)
            if (g->cells[h].column == cell->column && g->cells[h].lines == 1) header = &g->cells[h];
        postern_slice label = header ? postern_slice_cut(postern_buf_slice(&header->text), '\n').head : POSTERN_S("");
        const text_block *para = cell->block->first;
        if (label.len && para && !para->next && para->kind == TEXT_PARA) {
            postern_buf text;
            postern_buf_init(&text, SIZE_MAX);
            postern_buf_add_slice(&text, label);
            postern_buf_add(&text, ": ", 2);
            postern_buf_add_slice(&text, para->text);
            page_text_layout_wrap(l, postern_buf_slice(&text), false);
            postern_buf_free(&text);
        } else {
            if (label.len) page_text_layout_line(l, label);
            page_text_layout_children(l, cell->block);
        }
    }
    l->gap = true;
}

/* ---- Markdown ---- */

static void markdown_row(text_layout *l, grid *g, size_t *next, unsigned row, bool blank) {
    postern_buf line;
    postern_buf_init(&line, SIZE_MAX);
    postern_buf_add_byte(&line, '|');
    for (unsigned c = 0; c < g->columns; c++) {
        bool starts = !blank && *next < g->cell_count && g->cells[*next].row == row && g->cells[*next].column == c;
        if (starts) {
            grid_cell *cell = &g->cells[(*next)++];
            for (size_t i = 0; i < cell->lines; i++) {
                postern_buf_add_byte(&line, ' ');
                postern_buf_add_slice(&line, next_line(cell));
            }
        }
        postern_buf_add(&line, " |", 2);
    }
    if (line.status) l->status = line.status;
    else page_text_layout_line(l, postern_buf_slice(&line));
    postern_buf_free(&line);
}

static void write_markdown(text_layout *l, grid *g) {
    size_t next = 0;
    postern_buf line;
    markdown_row(l, g, &next, 0, !g->headers);
    postern_buf_init(&line, SIZE_MAX);
    postern_buf_add_byte(&line, '|');
    for (unsigned c = 0; c < g->columns; c++) postern_buf_add(&line, " --- |", 6);
    if (line.status) l->status = line.status;
    else page_text_layout_line(l, postern_buf_slice(&line));
    postern_buf_free(&line);
    for (unsigned row = g->headers ? 1 : 0; row < g->rows && !l->status; row++) markdown_row(l, g, &next, row, false);
}

/* ---- */

static void columns(text_layout *l, const text_block *table) {
    size_t word[COLUMNS_MAX] = {0}, room = page_text_layout_room(l);
    grid g;
    postern_status status = grid_new(&g, table);
    if (status) l->status = status;
    l->tables++;
    for (size_t i = 0; i < g.cell_count && !l->status; i++) lay_out_cell(l, &g.cells[i], 0);
    natural_widths(&g, word);
    if (l->status) {
    } else if (l->markdown) {
        write_markdown(l, &g);
    } else if (!l->width) {
        for (unsigned c = 0; c < g.columns; c++)
            if (g.width[c] > PAD_MAX) g.width[c] = PAD_MAX;
        write_grid(l, &g);
    } else if (!fit_widths(&g, room, word)) {
        write_records(l, &g);
    } else {
        fill_columns(l, &g);
        write_grid(l, &g);
    }
    l->tables--;
    grid_free(&g);
}

void page_text_layout_table(text_layout *l, const text_block *table) {
    bool data = l->tables < LEVELS_MAX && !(l->markdown && l->tables) && is_data(table);
    if (table->aside) page_text_layout_children(l, table->aside);
    if (!data) {
        linear(l, table);
        return;
    }
    for (const text_block *child = table->first; child; child = child->next)
        if (child->kind == TEXT_CAPTION) page_text_layout_children(l, child);
    l->gap = true;
    columns(l, table);
    l->gap = true;
}
