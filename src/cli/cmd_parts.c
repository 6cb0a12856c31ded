/* postern parts: the index of an archive, as a table or JSON. */
#include "cli_int.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "table.h"

static const cli_option options[] = {
    CLI_OPTION_FLAG(0, "json", json, "JSON: one object for each input, one line each when there are several"),
    CLI_OPTION_ZONE("the most trusted zone the input may have (marks of origin only lower it)"),
    CLI_OPTION_NUMBER('j', "jobs", "N", jobs, 1024, "worker processes for several inputs; 0: one for each processor"),
    CLI_OPTION_COMMON,
};

/* What decoding a part found: its size and its notes, kept by kind so that an archive of defects stays small. */
typedef struct part_facts {
    uint64_t size;
    uint32_t notes[POSTERN_NOTE_COUNT];
} part_facts;

typedef struct listing {
    cli_job *job;
    part_facts *parts;  /* `room` of them: notes about a part come while the index is still being made */
    uint32_t count, room;
    uint32_t whole[POSTERN_NOTE_COUNT]; /* notes that belong to no part */
    bool failed;
} listing;

static bool make_room(listing *l, uint32_t count) {
    if (count <= l->room) return true;
    uint32_t room = count + count / 2 + 16;
    part_facts *grown = reallocarray(l->parts, room, sizeof *grown);
    if (!grown) return false;
    memset(grown + l->room, 0, (room - l->room) * sizeof *grown);
    l->parts = grown;
    l->room = room;
    return true;
}

static void note_part(void *user, const postern_note *note) {
    listing *l = user;
    if (note->part > POSTERN_LIMIT_PARTS) l->whole[note->kind]++; /* POSTERN_NO_PART, too */
    else if (make_room(l, note->part + 1)) l->parts[note->part].notes[note->kind]++;
    else l->failed = true;
}

static postern_status count_bytes(void *user, const void *bytes, size_t len) {
    (void)bytes;
    *(uint64_t *)user += len;
    return POSTERN_OK;
}

static bool is_leaf(const postern_part *part) {
    return !(part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE));
}

static postern_slice where_of(const postern_part *part) {
    return part->content_location.len ? part->content_location : part->content_id;
}

/* ---- table ---- */

static void cell_type(cli_table *table, const postern_part *part) {
    postern_buf text;
    postern_buf_init(&text, 1 << 16);
    for (unsigned i = 0; i < part->depth && i < 20; i++) postern_buf_add_slice(&text, POSTERN_S("  "));
    postern_buf_add_slice(&text, part->type);
    cli_table_cell(table, postern_buf_slice(&text));
    postern_buf_free(&text);
}

static void cell_defects(cli_table *table, const uint32_t *notes, bool truncated) {
    postern_buf text;
    postern_buf_init(&text, 1 << 16);
    if (truncated) postern_buf_add_slice(&text, POSTERN_S("cut short"));
    for (unsigned k = 0; k < POSTERN_NOTE_COUNT; k++) {
        if (!notes[k]) continue;
        postern_buf_printf(&text, "%s%s", text.len ? ", " : "", postern_note_name((postern_note_kind)k));
        if (notes[k] > 1) postern_buf_printf(&text, " ×%" PRIu32, notes[k]);
    }
    cli_table_cell(table, postern_buf_slice(&text));
    postern_buf_free(&text);
}

static void table_rows(const listing *l, cli_table *table) {
    static const char *const heads[] = {"PART", "TYPE", "CHARSET", "ENCODING", "SIZE", "NAME", "LOCATION OR ID", "DEFECTS"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) cli_table_cell(table, postern_slice_cstr(heads[i]));
    uint32_t root = postern_archive_root(l->job->archive);
    for (uint32_t i = 0; i < l->count; i++) {
        const postern_part *part = postern_archive_part(l->job->archive, i);
        char index[16];
        snprintf(index, sizeof index, "%s%" PRIu32, i == root ? "*" : "", i);
        cli_table_cell(table, postern_slice_cstr(index));
        cell_type(table, part);
        cli_table_cell(table, part->charset_label);
        cli_table_cell(table, is_leaf(part) ? postern_slice_cstr(postern_encoding_name(part->encoding)) : POSTERN_S(""));
        if (is_leaf(part)) cli_table_number(table, l->parts[i].size);
        else cli_table_cell(table, POSTERN_S(""));
        cli_table_cell(table, part->name);
        cli_table_cell(table, where_of(part));
        cell_defects(table, l->parts[i].notes, part->flags & POSTERN_PART_TRUNCATED);
    }
}

static void write_facts(const listing *l, postern_buf *out) {
    const postern_archive_facts *facts = postern_archive_facts_of(l->job->archive);
    const struct {
        const char *name;
        postern_slice value;
    } rows[] = {{"title", facts->title}, {"producer", facts->producer}};
    postern_escape_line(out, postern_slice_cstr(l->job->label), 4096);
    postern_buf_printf(out, ": %s, zone %s\n", cli_archive_kind_name(postern_archive_kind_of(l->job->archive)),
                       postern_zone_name(facts->zone));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].value.len) continue;
        postern_buf_printf(out, "%s: ", rows[i].name);
        postern_escape_line(out, postern_slice_trim(rows[i].value), 400);
        postern_buf_add_byte(out, '\n');
    }
}

static void write_table(const listing *l, postern_buf *out) {
    struct winsize size = {0};
    unsigned width = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    cli_table table;
    cli_table_init(&table, 8, 6);
    table.right[0] = table.right[4] = true;
    table_rows(l, &table);
    write_facts(l, out);
    postern_buf_add_byte(out, '\n');
    cli_table_write(&table, width, out);
    cli_table_free(&table);
    bool first = true;
    for (unsigned k = 0; k < POSTERN_NOTE_COUNT; k++) {
        if (!l->whole[k]) continue;
        postern_buf_printf(out, "%swhole file: %s", first ? "\n" : "", postern_note_text((postern_note_kind)k));
        if (l->whole[k] > 1) postern_buf_printf(out, " (%" PRIu32 " times)", l->whole[k]);
        postern_buf_add_byte(out, '\n');
        first = false;
    }
    if (l->job->count > 1) postern_buf_add_byte(out, '\n');
}

/* ---- JSON ---- */

static void json_text(postern_json *json, const char *key, postern_slice value) {
    postern_json_key(json, key);
    if (value.len) postern_json_string(json, value);
    else postern_json_null(json);
}

static void json_notes(postern_json *json, const uint32_t *notes) {
    postern_json_key(json, "defects");
    postern_json_array(json);
    for (unsigned k = 0; k < POSTERN_NOTE_COUNT; k++) {
        if (!notes[k]) continue;
        postern_json_object(json);
        postern_json_key(json, "note");
        postern_json_cstr(json, postern_note_name((postern_note_kind)k));
        postern_json_key(json, "count");
        postern_json_uint(json, notes[k]);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

static void json_part(postern_json *json, const listing *l, uint32_t i) {
    const postern_part *part = postern_archive_part(l->job->archive, i);
    postern_json_object(json);
    postern_json_key(json, "index");
    postern_json_uint(json, i);
    postern_json_key(json, "parent");
    if (part->parent == POSTERN_NO_PART) postern_json_null(json);
    else postern_json_uint(json, part->parent);
    json_text(json, "type", part->type);
    postern_json_key(json, "type_declared");
    postern_json_bool(json, part->flags & POSTERN_PART_TYPE_DECLARED);
    json_text(json, "charset", part->charset_label);
    postern_json_key(json, "encoding");
    postern_json_cstr(json, postern_encoding_name(part->encoding));
    postern_json_key(json, "size");
    if (is_leaf(part)) postern_json_uint(json, l->parts[i].size);
    else postern_json_null(json);
    postern_json_key(json, "offset");
    if (part->nested) postern_json_null(json);
    else postern_json_uint(json, part->offset);
    json_text(json, "name", part->name);
    json_text(json, "content_location", part->content_location);
    json_text(json, "content_id", part->content_id);
    postern_json_key(json, "attachment");
    postern_json_bool(json, postern_archive_is_attachment(l->job->archive, i));
    postern_json_key(json, "truncated");
    postern_json_bool(json, part->flags & POSTERN_PART_TRUNCATED);
    json_notes(json, l->parts[i].notes);
    postern_json_end_object(json);
}

static void write_json(const listing *l, postern_buf *out) {
    const postern_archive_facts *facts = postern_archive_facts_of(l->job->archive);
    postern_json json;
    postern_json_init(&json, out, l->job->count == 1);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    json_text(&json, "file", postern_slice_cstr(l->job->label));
    postern_json_key(&json, "kind");
    postern_json_cstr(&json, cli_archive_kind_name(postern_archive_kind_of(l->job->archive)));
    json_text(&json, "title", facts->title);
    json_text(&json, "producer", facts->producer);
    json_text(&json, "location", facts->location);
    postern_json_key(&json, "zone");
    postern_json_cstr(&json, postern_zone_name(facts->zone));
    uint32_t root = postern_archive_root(l->job->archive);
    postern_json_key(&json, "root");
    if (root == POSTERN_NO_PART) postern_json_null(&json);
    else postern_json_uint(&json, root);
    json_notes(&json, l->whole);
    postern_json_key(&json, "parts");
    postern_json_array(&json);
    for (uint32_t i = 0; i < l->count; i++) json_part(&json, l, i);
    postern_json_end_array(&json);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

/* ---- the job ---- */

static cli_exit measure_parts(listing *l) {
    for (uint32_t i = 0; i < l->count; i++) {
        const postern_part *part = postern_archive_part(l->job->archive, i);
        if (!is_leaf(part)) continue;
        postern_sink sink = {count_bytes, &l->parts[i].size};
        postern_status status = postern_part_decode(part, &sink, &l->job->notes);
        if (!status) continue;
        cli_message(l->job->err_fd, l->job->label, part->offset, "part %" PRIu32 ": cannot decode: %s", i,
                    postern_status_name(status));
        return cli_exit_of(status);
    }
    return CLI_CLEAN;
}

static cli_exit list(cli_job *job, listing *l) {
    l->count = postern_archive_part_count(job->archive);
    cli_exit code = make_room(l, l->count) ? measure_parts(l) : CLI_FAILED;
    if (!code && l->failed) code = CLI_FAILED;
    if (code == CLI_FAILED) cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "no memory for the list of parts");
    return code;
}

static cli_exit parts_one(cli_job *job) {
    setlocale(LC_CTYPE, "C.UTF-8"); /* for widths only; before the sandbox, since it opens files */
    listing l = {.job = job};
    job->tally.each = note_part;
    job->tally.user = &l;
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_open_output(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (!code) code = cli_job_open_archive(job);
    if (!code) code = list(job, &l);
    if (!code) {
        postern_buf text;
        postern_buf_init(&text, 1u << 30);
        if (job->args->json) write_json(&l, &text);
        else write_table(&l, &text);
        postern_sink sink = postern_output_sink(job->out);
        if (text.status || sink.write(sink.user, text.ptr, text.len)) code = CLI_FAILED;
        postern_buf_free(&text);
        cli_exit committed = cli_job_commit(job);
        if (committed) code = committed;
    }
    free(l.parts);
    if (code) return code;
    return cli_job_say_loss(job);
}

static cli_exit run(const cli_args *args) {
    static const cli_plan plan = {.stdout_joins = true};
    return cli_jobs_run(args, &plan, parts_one);
}

const cli_command cli_command_parts = {
    .name = "parts",
    .operands = "FILE...",
    .what = "what an archive holds, as a table or JSON",
    .about = "Lists the parts: number (* marks the one that is shown), type, character set,\n"
             "encoding, decoded size, name, location or Content-ID, and defects.\n"
             "FILE may be - for standard input, or a folder.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = SIZE_MAX,
    .run = run,
};
