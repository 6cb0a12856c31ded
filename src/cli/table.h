/* table: rows of cells, aligned by how wide a terminal shows them. */
#ifndef POSTERN_CLI_TABLE_H
#define POSTERN_CLI_TABLE_H

#include "cli_int.h"

enum { CLI_TABLE_COLUMNS_MAX = 12 };

typedef struct cli_table {
    size_t columns;                    /* set by the caller */
    bool right[CLI_TABLE_COLUMNS_MAX]; /* numbers; set by the caller */
    size_t cut;                        /* the column that is shortened when a row does not fit */
    size_t cells;
    postern_buf text;                  /* all cells one after another, each ends in NUL */
} cli_table;

void cli_table_init(cli_table *table, size_t columns, size_t cut);
/* Cells fill rows from left to right. `text` may be input: it is escaped here. */
void cli_table_cell(cli_table *table, postern_slice text);
/* `text` went through postern_escape_line already, such as a finding's excerpt. */
void cli_table_shown(cli_table *table, postern_slice text);
void cli_table_number(cli_table *table, uint64_t number);
/* `width` 0: as wide as needed; else the `cut` column is cut in its middle so that rows fit where that is enough. */
void cli_table_write(const cli_table *table, unsigned width, postern_buf *out);
void cli_table_free(cli_table *table);

#endif
