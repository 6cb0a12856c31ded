/*
 * postern list: the messages of a store (mbox, Maildir, .dbx, a folder, an archive of those), sorted, searched, threaded; or
 * one of them as it is. The index is kept below the user's cache folder and made anew when the store changed; the store is only
 * read.
 */
#include "cli_int.h"
#include "store.h"
#include "table.h"

#include "postern/mailbox.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORD('s', "search", "WORDS", search, "only messages that hold all these words, or words that begin like them"),
    CLI_OPTION_WORD(0, "sort", "COLUMN", sort, "order (default), date, sender, subject, size, attachment, zone"),
    CLI_OPTION_FLAG('r', "reverse", reverse, "the other way round"),
    CLI_OPTION_FLAG('t', "threads", threads, "answers below what they answer to"),
    CLI_OPTION_WORD(0, "folder", "NAME", folder, "only this folder of the store"),
    CLI_OPTION_FLAG('d', "deleted", deleted, "also what was deleted, and is still in the store"),
    CLI_OPTION_NUMBER('m', "message", "N", message, UINT32_MAX, "write message N as it is, instead of the list"),
    CLI_OPTION_WORD('o', "output", "OUT", out, "write to OUT; - is standard output"),
    CLI_OPTION_FLAG(0, "json", json, "one JSON object"),
    CLI_OPTION_FLAG(0, "no-cache", no_cache, "use no index of another time, and keep none"),
    CLI_OPTION_COMMON,
};

static const char *const columns[] = {"order", "date", "sender", "subject", "size", "attachment", "zone"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const struct {
    uint32_t flag;
    char mark;
    const char *name;
} marks[] = {
    {POSTERN_STORE_ATTACHMENT, '@', "attachment"}, {POSTERN_STORE_FLAGGED, '!', "flagged"},
    {POSTERN_STORE_ANSWERED, 'r', "answered"},     {POSTERN_STORE_FORWARDED, 'f', "forwarded"},
    {POSTERN_STORE_DRAFT, 'd', "draft"},           {POSTERN_STORE_PAGE, 'p', "page"},
    {POSTERN_STORE_SIGNED, 's', "signed"},         {POSTERN_STORE_ENCRYPTED, 'e', "encrypted"},
    {POSTERN_STORE_DELETED, 'D', "deleted"},       {POSTERN_STORE_GONE, 'X', "gone"},
    {POSTERN_STORE_DAMAGED, '?', "damaged"},       {POSTERN_STORE_SEEN, 0, "seen"},
};
enum { MARKS = sizeof marks / sizeof *marks };

/* ---- table ---- */

/* In the user's time zone. */
static void cell_date(cli_table *table, const postern_store_row *row) {
    char text[32] = "";
    time_t date = (time_t)row->date;
    struct tm tm;
    if (row->has_date && localtime_r(&date, &tm)) strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
    cli_table_cell(table, postern_slice_cstr(text));
}

static void cell_marks(cli_table *table, const postern_store_row *row) {
    char text[MARKS + 1];
    size_t len = 0;
    for (size_t i = 0; i < MARKS; i++)
        if (row->flags & marks[i].flag && marks[i].mark) text[len++] = marks[i].mark;
    cli_table_cell(table, postern_slice_of(text, len));
}

static void cell_subject(cli_table *table, const postern_store_row *row, uint32_t depth) {
    postern_buf text;
    postern_buf_init(&text, 1 << 16);
    for (uint32_t i = 0; i < depth && i < 20; i++) postern_buf_add_slice(&text, POSTERN_S("  "));
    postern_buf_add_slice(&text, row->subject);
    cli_table_cell(table, postern_buf_slice(&text));
    postern_buf_free(&text);
}

static void write_table(const postern_store *store, const postern_store_list *list, postern_buf *out) {
    static const char *const heads[] = {"MESSAGE", "DATE", "SENDER", "SIZE", "MARKS", "SUBJECT", "FOLDER"};
    struct winsize size = {0};
    unsigned width = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    const postern_slice *first = postern_store_folder_at(store, 0);
    bool folders = postern_store_folder_at(store, 1) || (first && first->len);
    cli_table table;
    cli_table_init(&table, folders ? 7 : 6, 5);
    table.right[0] = table.right[3] = true;
    for (size_t i = 0; i < table.columns; i++) cli_table_cell(&table, postern_slice_cstr(heads[i]));
    for (size_t i = 0; i < postern_store_list_count(list); i++) {
        const postern_store_entry *e = &postern_store_list_entries(list)[i];
        postern_store_row row;
        if (!postern_store_row_at(store, e->row, &row)) continue;
        cli_table_number(&table, (uint64_t)e->row + 1);
        cell_date(&table, &row);
        cli_table_cell(&table, row.sender);
        cli_table_number(&table, row.size);
        cell_marks(&table, &row);
        cell_subject(&table, &row, e->depth);
        if (folders) cli_table_cell(&table, row.folder);
    }
    cli_table_write(&table, width, out);
    if (table.text.status) out->status = table.text.status;
    cli_table_free(&table);
}

/* ---- JSON ---- */

/* In the sender's time zone. */
static void json_date(postern_json *json, const postern_store_row *row) {
    char text[64];
    time_t date = (time_t)(row->date + row->date_offset * 60);
    struct tm tm;
    int32_t offset = row->date_offset < 0 ? -row->date_offset : row->date_offset;
    postern_json_key(json, "date");
    if (!row->has_date || !gmtime_r(&date, &tm)) {
        postern_json_null(json);
        return;
    }
    size_t len = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + len, sizeof text - len, "%c%02d:%02d", row->date_offset < 0 ? '-' : '+', offset / 60, offset % 60);
    postern_json_cstr(json, text);
}

static void json_row(postern_json *json, const postern_store *store, const postern_store_entry *e) {
    postern_store_row row;
    if (!postern_store_row_at(store, e->row, &row)) return;
    postern_json_object(json);
    postern_json_key(json, "message");
    postern_json_uint(json, (uint64_t)e->row + 1);
    postern_json_key(json, "depth");
    postern_json_uint(json, e->depth);
    json_date(json, &row);
    cli_key_string(json, "sender", row.sender);
    cli_key_string(json, "address", row.address);
    cli_key_string(json, "subject", row.subject);
    postern_json_key(json, "size");
    postern_json_uint(json, row.size);
    cli_key_string(json, "zone", postern_slice_cstr(postern_zone_name(row.zone)));
    postern_json_key(json, "marks");
    postern_json_array(json);
    for (size_t i = 0; i < MARKS; i++)
        if (row.flags & marks[i].flag) postern_json_cstr(json, marks[i].name);
    postern_json_end_array(json);
    cli_key_string(json, "folder", row.folder);
    cli_key_string(json, "file", row.file);
    postern_json_key(json, "offset");
    postern_json_uint(json, row.offset);
    postern_json_end_object(json);
}

static void write_json(const cli_job *job, const postern_store *store, const postern_store_list *list, postern_buf *out) {
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    cli_key_string(&json, "store", postern_slice_cstr(job->label));
    cli_key_string(&json, "kind", postern_slice_cstr(postern_store_kind_name(postern_store_kind_of(store))));
    postern_json_key(&json, "count");
    postern_json_uint(&json, postern_store_count(store));
    postern_json_key(&json, "messages");
    postern_json_array(&json);
    for (size_t i = 0; i < postern_store_list_count(list); i++) json_row(&json, store, &postern_store_list_entries(list)[i]);
    postern_json_end_array(&json);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

/* ---- the job ---- */

static cli_exit write_list(cli_job *job, postern_store *store, postern_buf *out) {
    const cli_args *args = job->args;
    cli_exit code;
    postern_store_query query = {.words = postern_slice_cstr(args->search),
                                 .gone = args->deleted,
                                 .descending = args->reverse,
                                 .threads = args->threads,
                                 .in_folder = args->folder != NULL,
                                 .folder = postern_slice_cstr(args->folder)};
    for (size_t i = 0; args->sort && i < COLUMNS; i++)
        if (!strcmp(args->sort, columns[i])) query.sort = (postern_store_column)i;
    postern_store_list *list;
    postern_error error;
    if (args->search && (code = cli_store_learn(job, store))) return code;
    if (postern_store_find(store, &query, &list, &error)) return cli_job_fail(job, &error);
    if (args->json)
        write_json(job, store, list, out);
    else
        write_table(store, list, out);
    postern_store_list_free(list);
    return CLI_CLEAN;
}

static cli_exit write_message(cli_job *job, postern_store *store, postern_buf *out) {
    postern_error error;
    uint64_t number = job->args->message;
    if (number == 0 || number > postern_store_count(store)) {
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "there is no message %" PRIu64 "; it has %" PRIu32, number,
                    postern_store_count(store));
        return CLI_UNUSABLE;
    }
    if (postern_store_message(store, (uint32_t)(number - 1), out, &error)) return cli_job_fail(job, &error);
    return CLI_CLEAN;
}

static cli_exit write_out(cli_job *job, postern_store *store) {
    postern_buf out;
    postern_buf_init(&out, 2u << 30);
    cli_exit code = job->args->has_message ? write_message(job, store, &out) : write_list(job, store, &out);
    if (!code && out.status) {
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "no memory for the output");
        code = CLI_FAILED;
    }
    postern_sink sink = postern_output_sink(job->out);
    bool terminal = job->args->has_message && !job->output && isatty(job->out_fd);
    postern_status status = POSTERN_OK; /* a failure to write is kept, and said by commit */
    if (!code && terminal)
        status = cli_write_escaped(&sink, out.ptr, out.len);
    else if (!code)
        status = postern_sink_write(&sink, postern_buf_slice(&out));
    if (!code) code = cli_job_commit(job);
    postern_buf_free(&out);
    return code ? code : status ? CLI_FAILED : cli_job_say_loss(job);
}

static cli_exit list_one(cli_job *job) {
    cli_store opened;
    cli_exit code = cli_store_open(job, &opened);
    if (!code) code = write_out(job, opened.store);
    cli_store_close(&opened);
    postern_output_free(job->out);
    if (job->out_dir >= 0) close(job->out_dir);
    return code;
}

static cli_exit run(const cli_args *args) {
    bool known = !args->sort;
    for (size_t i = 0; !known && i < COLUMNS; i++) known = !strcmp(args->sort, columns[i]);
    if (!known) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET,
                    "list: %s is no column: order, date, sender, subject, size, attachment, zone", args->sort);
        return CLI_USAGE;
    }
    setlocale(LC_CTYPE, "C.UTF-8"); /* for widths only */
    tzset();
    cli_job job = {.args = args,
                   .input = args->files[0],
                   .label = args->files[0],
                   .count = 1,
                   .out_fd = STDOUT_FILENO,
                   .err_fd = STDERR_FILENO,
                   .out_dir = -1};
    if (args->out && strcmp(args->out, "-")) job.output = (char *)(uintptr_t)args->out;
    clock_gettime(CLOCK_MONOTONIC, &job.started);
    cli_guard_install(job.label, job.err_fd);
    return list_one(&job);
}

const cli_command cli_command_list = {
    .name = "list",
    .operands = "STORE",
    .what = "the messages of a mailbox or folder: sort, search, threads, one of them",
    .about = "STORE is an mbox, a Maildir, an Outlook Express .dbx file, a .pst of Exchange or Outlook\n"
             "(when built with libpff), a folder tree of messages and mailboxes, or a zip or tar of\n"
             "those. It is only read. The index is kept below $XDG_CACHE_HOME/postern and made anew when\n"
             "the store changed.\n"
             "Marks: @ attachment, ! flagged, r answered, f forwarded, d draft, p saved page,\n"
             "s signed, e encrypted, D deleted, X gone (with --deleted), ? damaged.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = 1,
    .run = run,
};
