/*
 * postern scan: what is dangerous in mails, archives, pages, documents, shortcuts and settings. Each file is looked at by a
 * worker of its own: one that dies costs its file, and its death is a finding.
 */
#include "cli_int.h"
#include "table.h"

#include "postern/scan.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORD('f', "fail-on", "SEVERITY", fail_on,
                    "exit 1 from this severity on: info, low, medium (default), high, critical"),
    CLI_OPTION_WORD('s', "show", "SEVERITY", show, "leave out findings below this severity"),
    CLI_OPTION_FLAG(0, "json", json, "one JSON object for each finding, one a line"),
    CLI_OPTION_FLAG(0, "sarif", sarif, "one SARIF 2.1.0 document"),
    CLI_OPTION_FLAG(0, "strict", strict, "the strict reading of messages alone, not every view"),
    CLI_OPTION_NUMBER('j', "jobs", "N", jobs, 1024, "worker processes; 0: one for each processor"),
    CLI_OPTION_WORD('r', "rules", "FILE.yar", rules, "run these YARA rules over the file and each decoded part, too"),
    CLI_OPTION_POLICY,
    CLI_OPTION_COMMON,
};

typedef struct printer {
    cli_job *job;
    postern_buf out;
    cli_table table;
    postern_severity worst, show;
    bool any;
} printer;

static postern_policy *policy; /* both are made before the workers are, and only read by them */
static postern_rules *rules;

static postern_severity severity_of(const char *word, postern_severity usual) {
    postern_severity severity = usual;
    if (word) postern_severity_parse(postern_slice_cstr(word), &severity);
    return severity;
}

/* ---- formats ---- */

static void print_json(const postern_finding *f, postern_buf *out) {
    const postern_finding_kind *kind = postern_finding_kind_of(f->number);
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    cli_key_string(&json, "file", f->file);
    cli_key_string(&json, "id", postern_slice_cstr(kind->id));
    cli_key_string(&json, "severity", postern_slice_cstr(postern_severity_name(f->severity)));
    cli_key_string(&json, "part", f->part);
    postern_json_key(&json, "offset");
    postern_json_uint(&json, f->offset);
    cli_key_string(&json, "title", postern_slice_cstr(kind->title));
    cli_key_string(&json, "reason", postern_slice_cstr(f->reason));
    if (f->rule.len) cli_key_string(&json, "rule", f->rule);
    cli_key_string(&json, "excerpt", f->excerpt);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

/* SARIF 3.11.5: braces stand for arguments unless they are doubled. */
static void add_message_text(postern_buf *out, postern_slice text) {
    for (size_t i = 0; i < text.len; i++) {
        postern_buf_add_byte(out, text.ptr[i]);
        if (text.ptr[i] == '{' || text.ptr[i] == '}') postern_buf_add_byte(out, text.ptr[i]);
    }
}

static const char *sarif_level(postern_severity severity) {
    return severity >= POSTERN_SEVERITY_HIGH ? "error" : severity == POSTERN_SEVERITY_MEDIUM ? "warning" : "note";
}

/* One result; the comma in front of the very first is taken away by whoever joins them. */
static void print_sarif(const postern_finding *f, postern_buf *out) {
    const postern_finding_kind *kind = postern_finding_kind_of(f->number);
    postern_json json;
    postern_buf uri, text;
    postern_buf_init(&uri, 1 << 20);
    postern_buf_init(&text, 1 << 16);
    postern_percent_encode(f->file, "/._-~", &uri); /* a path as a relative URI */
    if (f->rule.len) postern_buf_printf(&text, "rule %.*s: ", POSTERN_ARG(f->rule));
    postern_buf_printf(&text, "%s: ", f->reason);
    add_message_text(&text, f->excerpt);
    postern_buf_add_byte(out, ',');
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    cli_key_string(&json, "ruleId", postern_slice_cstr(kind->id));
    postern_json_key(&json, "ruleIndex");
    postern_json_uint(&json, f->number - 1);
    cli_key_string(&json, "level", postern_slice_cstr(sarif_level(f->severity)));
    postern_json_key(&json, "message");
    postern_json_object(&json);
    cli_key_string(&json, "text", postern_buf_slice(&text));
    postern_json_end_object(&json);
    postern_json_key(&json, "locations");
    postern_json_array(&json);
    postern_json_object(&json);
    postern_json_key(&json, "physicalLocation");
    postern_json_object(&json);
    postern_json_key(&json, "artifactLocation");
    postern_json_object(&json);
    cli_key_string(&json, "uri", postern_buf_slice(&uri));
    postern_json_end_object(&json);
    postern_json_key(&json, "region");
    postern_json_object(&json);
    postern_json_key(&json, "byteOffset");
    postern_json_uint(&json, f->offset);
    postern_json_end_object(&json);
    postern_json_end_object(&json);
    postern_json_end_object(&json);
    postern_json_end_array(&json);
    postern_json_key(&json, "properties");
    postern_json_object(&json);
    cli_key_string(&json, "severity", postern_slice_cstr(postern_severity_name(f->severity)));
    cli_key_string(&json, "part", f->part);
    postern_json_end_object(&json);
    postern_json_end_object(&json);
    postern_buf_free(&uri);
    postern_buf_free(&text);
}

static void sarif_head(postern_buf *out) {
    postern_buf_printf(
        out,
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":"
        "{\"driver\":{\"name\":\"postern\",\"version\":\"%s\",\"rules\":[",
        postern_version());
    for (unsigned i = 1; i <= POSTERN_FINDING_COUNT; i++) {
        const postern_finding_kind *kind = postern_finding_kind_of(i);
        postern_json json;
        if (i > 1) postern_buf_add_byte(out, ',');
        postern_json_init(&json, out, false);
        postern_json_object(&json);
        cli_key_string(&json, "id", postern_slice_cstr(kind->id));
        postern_json_key(&json, "shortDescription");
        postern_json_object(&json);
        cli_key_string(&json, "text", postern_slice_cstr(kind->title));
        postern_json_end_object(&json);
        postern_json_key(&json, "fullDescription");
        postern_json_object(&json);
        cli_key_string(&json, "text", postern_slice_cstr(kind->match));
        postern_json_end_object(&json);
        postern_json_key(&json, "defaultConfiguration");
        postern_json_object(&json);
        cli_key_string(&json, "level", postern_slice_cstr(sarif_level(kind->severity)));
        postern_json_end_object(&json);
        postern_json_end_object(&json);
    }
    postern_buf_printf(out, "]}},\"results\":[");
}

/* The part; for a member of an archive or mailbox with its path in front. */
static void add_part(printer *p, const postern_finding *f) {
    postern_slice label = postern_slice_cstr(p->job->label), path = postern_slice_from(f->file, label.len);
    postern_buf cell;
    if (!path.len || !postern_slice_starts(f->file, label)) {
        cli_table_cell(&p->table, f->part.len ? f->part : POSTERN_S("-"));
        return;
    }
    postern_buf_init(&cell, 1 << 16);
    postern_buf_add_slice(&cell, path.ptr[0] == '/' ? postern_slice_from(path, 1) : path);
    if (f->part.len) postern_buf_add_byte(&cell, ' ');
    postern_buf_add_slice(&cell, f->part);
    cli_table_cell(&p->table, postern_buf_slice(&cell));
    if (cell.status) p->out.status = cell.status;
    postern_buf_free(&cell);
}

static void print_row(printer *p, const postern_finding *f) {
    char offset[24];
    snprintf(offset, sizeof offset, "%" PRIu64, f->offset);
    cli_table_cell(&p->table, postern_slice_cstr(postern_severity_name(f->severity)));
    cli_table_cell(&p->table, postern_slice_cstr(postern_finding_kind_of(f->number)->id));
    add_part(p, f);
    cli_table_cell(&p->table, postern_slice_cstr(offset));
    char rule[160];
    snprintf(rule, sizeof rule, "rule %.*s", POSTERN_ARG(f->rule));
    cli_table_cell(&p->table, postern_slice_cstr(f->rule.len ? rule : f->reason));
    cli_table_shown(&p->table, f->excerpt);
}

static postern_status on_finding(void *user, const postern_finding *f) {
    printer *p = user;
    if (!p->any || f->severity > p->worst) p->worst = f->severity;
    p->any = true;
    if (f->severity < p->show) return POSTERN_OK;
    if (p->job->args->json)
        print_json(f, &p->out);
    else if (p->job->args->sarif)
        print_sarif(f, &p->out);
    else
        print_row(p, f);
    return p->out.status ? p->out.status : p->table.text.status;
}

/* ---- one file ---- */

static unsigned terminal_width(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

static void write_table(printer *p) {
    if (!p->table.cells) return;
    postern_escape_line(&p->out, postern_slice_cstr(p->job->label), 4096);
    postern_buf_add_byte(&p->out, '\n');
    cli_table_write(&p->table, terminal_width(), &p->out);
}

static cli_exit finish(printer *p, postern_status status, const postern_scan_report *report) {
    cli_job *job = p->job;
    if (!job->args->json && !job->args->sarif) write_table(p);
    if (report->untold && !job->args->quiet)
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "%" PRIu64 " more findings of the same kinds", report->untold);
    if (job->args->verbose)
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "%" PRIu64 " parts, %" PRIu64 " findings, %.1f ms",
                    report->parts, report->findings[0], cli_job_milliseconds(job));
    if (status || p->out.status) {
        postern_error error;
        postern_fail(&error, status ? status : p->out.status, POSTERN_NO_OFFSET, "the scan could not be finished");
        return cli_job_fail(job, &error);
    }
    if (!cli_write_all(job->out_fd, p->out.ptr, p->out.len)) return CLI_FAILED;
    return p->any && p->worst >= severity_of(job->args->fail_on, POSTERN_SEVERITY_MEDIUM) ? CLI_DEFECTS : CLI_CLEAN;
}

static bool prepare(cli_job *job, cli_exit *ret_code) {
    *ret_code = cli_job_open_input(job);
    if (*ret_code && job->file && !job->bytes_in) *ret_code = CLI_CLEAN; /* an empty file is innocent */
    return !*ret_code && job->bytes_in;
}

/* In the sandbox already. */
static cli_exit scan_one(cli_job *job) {
    printer p = {.job = job, .show = severity_of(job->args->show, POSTERN_SEVERITY_INFO)};
    postern_scan_report report = {0};
    postern_buf_init(&p.out, 64u << 20);
    cli_table_init(&p.table, 6, 5);
    p.table.right[3] = true;
    postern_scan_options scan = {.policy = policy,
                                 .zone_stream = postern_slice_of(job->zone_stream, job->zone_stream_len),
                                 .has_zone_stream = job->zone_stream != NULL,
                                 .one_view = job->args->strict,
                                 .rules = rules};
    postern_finding_sink sink = {on_finding, &p};
    postern_status status =
        postern_scan_bytes(postern_file_bytes(job->file), postern_slice_cstr(job->label), &scan, &sink, &report);
    cli_exit code = finish(&p, status, &report);
    cli_table_free(&p.table);
    postern_buf_free(&p.out);
    return code;
}

/* ---- the run ---- */

/* A worker that died is told in the format that was asked for. */
static void on_death(const cli_args *args, const char *label, postern_buf *out) {
    postern_finding f = {.number = 28,
                         .severity = POSTERN_SEVERITY_MEDIUM,
                         .file = postern_slice_cstr(label),
                         .reason = "the reader of this file died; nothing else is known about it"};
    if (args->json)
        print_json(&f, out);
    else if (args->sarif)
        print_sarif(&f, out);
    else {
        postern_escape_line(out, f.file, 4096);
        postern_buf_printf(out, "\nmedium  MH028  -  0  %s\n", f.reason);
    }
}

static cli_exit bad_severity(const char *word) {
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "scan: %s is no severity: info, low, medium, high, critical", word);
    return CLI_USAGE;
}

static cli_exit load_rules(const char *path) {
    postern_file *file;
    postern_error error;
    if (!postern_rules_supported()) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "scan: --rules: this postern was built without libyara");
        return CLI_USAGE;
    }
    postern_status status = postern_file_open(AT_FDCWD, path, &file, &error);
    if (!status) {
        status = postern_rules_compile(postern_file_bytes(file), &rules, &error);
        postern_file_close(file);
    }
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, path, &error);
    return status == POSTERN_NOMEM ? CLI_FAILED : CLI_UNUSABLE;
}

static cli_exit run(const cli_args *args) {
    const cli_plan plan = {.stdout_joins = true,
                           .all_files = true,
                           .always_worker = true,
                           .drop_first_byte = args->sarif,
                           .prepare = prepare,
                           .on_death = on_death};
    postern_severity ignored;
    size_t defects;
    if (args->fail_on && !postern_severity_parse(postern_slice_cstr(args->fail_on), &ignored))
        return bad_severity(args->fail_on);
    if (args->show && !postern_severity_parse(postern_slice_cstr(args->show), &ignored)) return bad_severity(args->show);
    cli_exit code = cli_policy_load(args, &policy, &defects);
    if (!code && args->rules) code = load_rules(args->rules);
    if (code) {
        postern_policy_free(policy);
        return code;
    }
    postern_buf head;
    postern_buf_init(&head, 1 << 20);
    if (args->sarif) sarif_head(&head);
    cli_write_all(STDOUT_FILENO, head.ptr, head.len);
    postern_buf_free(&head);
    code = cli_jobs_run(args, &plan, scan_one);
    if (args->sarif && !cli_write_all(STDOUT_FILENO, "]}]}\n", 5)) code = CLI_FAILED;
    postern_policy_free(policy);
    postern_rules_free(rules);
    return code;
}

const cli_command cli_command_scan = {
    .name = "scan",
    .operands = "PATH...",
    .what = "find what is dangerous in mails, pages and documents",
    .about = "Looks for the findings of postern-findings(7) in messages, saved pages, HTML, shortcuts,\n"
             "Office documents, RTF, PDF, registry exports, mailboxes and archives of those.\n"
             "A folder stands for every file below it.\n"
             "Exit status 1: a finding of medium severity or above (see --fail-on).\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = SIZE_MAX,
    .run = run,
};
