/* postern update list: every update on a system, whoever installed it, what replaced it, and what disagrees (T4). */
#include "table.h"
#include "update.h"

#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 8, TITLE = 7, SHOWN = 4096 };

/* ---- JSON ---- */

static void json_record(const postern_update_record *record, postern_json *json) {
    cli_key_text(json, "family", record ? postern_slice_of(&record->family, 1) : POSTERN_S(""));
    cli_key_text(json, "branch", postern_slice_cstr(record ? record->branch : ""));
    postern_json_key(json, "time");
    if (record)
        postern_json_uint(json, (uint64_t)record->time);
    else
        postern_json_null(json);
    cli_key_text(json, "store", record ? record->store : POSTERN_S(""));
    postern_json_key(json, "removable");
    postern_json_bool(json, record && record->removable);
    cli_key_text(json, "overridden", record ? record->reason : POSTERN_S(""));
}

static void json_traces(const postern_present *row, postern_json *json) {
    postern_json_key(json, "evidence");
    postern_json_array(json);
    for (size_t i = 0; i < row->trace_count; i++) {
        const postern_trace *t = &row->traces[i];
        postern_json_object(json);
        cli_key_cstr(json, "kind", postern_trace_name(t->kind));
        postern_json_key(json, "installed");
        postern_json_bool(json, !t->denies);
        cli_key_text(json, "where", t->where);
        cli_key_text(json, "found", t->found);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

static void json_row(const postern_present *row, postern_buf *out) {
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    cli_key_uint(&json, "format", 1);
    cli_key_text(&json, "update", row->id);
    cli_key_text(&json, "title", row->title);
    cli_key_text(&json, "bulletin", postern_slice_cstr(row->known ? row->known->bulletin : ""));
    cli_key_cstr(&json, "installer", row->record ? "postern" : "other");
    json_record(row->record, &json);
    cli_key_text(&json, "contained_in", postern_slice_cstr(row->known ? row->known->contained_in : ""));
    postern_json_key(&json, "replaced_by");
    postern_json_array(&json);
    for (size_t i = 0; i < row->replaced_count; i++) postern_json_string(&json, row->replaced_by[i]);
    postern_json_end_array(&json);
    json_traces(row, &json);
    cli_key_text(&json, "contradiction", row->contradiction);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

/* ---- for people ---- */

static void cells_of(const postern_present *row, cli_table *table) {
    const postern_update_record *record = row->record;
    char when[32] = "";
    time_t time = record ? (time_t)record->time : 0;
    struct tm t;
    if (record && gmtime_r(&time, &t)) strftime(when, sizeof when, "%Y-%m-%d %H:%M", &t);
    cli_table_cell(table, row->id);
    cli_table_cell(table, postern_slice_cstr(row->known ? row->known->bulletin : ""));
    cli_table_cell(table, postern_slice_cstr(record ? "postern" : "other"));
    cli_table_cell(table, postern_slice_cstr(when));
    cli_table_cell(table, postern_slice_cstr(record ? record->branch : ""));
    cli_table_cell(table, postern_slice_cstr(!record ? "" : record->removable ? "yes" : "no"));
    cli_table_cell(table, row->replaced_count ? row->replaced_by[0] : POSTERN_S(""));
    cli_table_cell(table, row->title);
}

static unsigned terminal_width(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

static void show_rows(const postern_present *rows, size_t count, postern_buf *out) {
    static const char *const heads[COLUMNS] = {"UPDATE", "BULLETIN",  "BY",          "INSTALLED (UTC)",
                                               "BRANCH", "REMOVABLE", "REPLACED BY", "TITLE"};
    cli_table table;
    cli_table_init(&table, COLUMNS, TITLE);
    for (size_t i = 0; i < COLUMNS; i++) cli_table_cell(&table, postern_slice_cstr(heads[i]));
    for (size_t i = 0; i < count; i++) cells_of(&rows[i], &table);
    if (count) cli_table_write(&table, terminal_width(), out);
    cli_table_free(&table);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].contradiction.len) continue;
        postern_escape_line(out, rows[i].id, SHOWN);
        postern_buf_printf(out, ": contradiction: ");
        postern_escape_line(out, rows[i].contradiction, SHOWN);
        postern_buf_add_byte(out, '\n');
    }
}

cli_exit cli_present_list(const cli_serviced *system) {
    const postern_present *rows;
    size_t count, bad = 0;
    postern_error error;
    if (postern_update_present(system->servicing, &rows, &count, &error)) {
        cli_message_error(STDERR_FILENO, system->tree.label, &error);
        return error.status == POSTERN_STATE ? CLI_UNUSABLE : cli_exit_of(error.status);
    }
    postern_buf out;
    postern_buf_init(&out, 64 << 20);
    for (size_t i = 0; i < count; i++) {
        bad += rows[i].contradiction.len != 0;
        if (system->args->json) json_row(&rows[i], &out);
    }
    if (!system->args->json) show_rows(rows, count, &out);
    if (!system->args->json && !count && !system->args->quiet)
        cli_message(STDERR_FILENO, system->tree.label, POSTERN_NO_OFFSET, "no update is recorded or marked on this system");
    bool written = !out.status && cli_write_all(STDOUT_FILENO, out.ptr, out.len);
    postern_buf_free(&out);
    return !written ? CLI_FAILED : bad ? CLI_DEFECTS : CLI_CLEAN;
}
