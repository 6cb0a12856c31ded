/*
 * postern advisory list, show and check. Also the documents that come with Postern are read behind the sandbox: they could have
 * been changed where they lie.
 */
#define _GNU_SOURCE
#include "advisory.h"
#include "table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ADVISORIES_MAX = 1000 };

static unsigned terminal_width(const cli_args *args) {
    struct winsize size;
    if (args->has_width) return (unsigned)args->width;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

static cli_exit no_folder(void) {
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET,
                "advisory: the folder of the advisories is not there; is Postern installed?");
    return CLI_FAILED;
}

/* ---- list ---- */

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* "ms04-013.json", not "ms04-013.ja.json": other languages are editions of the same. */
static int is_advisory(const struct dirent *entry) {
    postern_cut cut = postern_slice_cut(postern_slice_cstr(entry->d_name), '.');
    return cut.ok && cut.head.len && postern_slice_eq(cut.tail, POSTERN_S("json"));
}

static void list_row(const postern_csaf_summary *s, bool as_json, cli_table *table, postern_buf *out) {
    if (!as_json) {
        cli_table_cell(table, s->id);
        cli_table_cell(table, postern_slice_sub(s->released, 0, 10));
        cli_table_cell(table, s->severity);
        cli_table_cell(table, s->title);
        return;
    }
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    cli_key_string(&json, "id", s->id);
    cli_key_string(&json, "released", s->released);
    cli_key_string(&json, "severity", s->severity);
    cli_key_string(&json, "title", s->title);
    postern_json_key(&json, "vulnerabilities");
    postern_json_uint(&json, s->vulnerabilities);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

static cli_exit list_files(cli_job *job, postern_file *const *files, const char *const *names, size_t count) {
    cli_exit code = cli_job_sandbox(job, NULL, 0);
    if (code) return code;
    cli_table table;
    postern_buf out;
    cli_table_init(&table, 4, 3);
    postern_buf_init(&out, 16u << 20);
    for (size_t i = 0; i < count && code <= CLI_UNUSABLE; i++) {
        postern_csaf *csaf;
        postern_error error;
        if (postern_csaf_open(postern_file_bytes(files[i]), &csaf, &error)) {
            cli_message_error(job->err_fd, names[i], &error);
            code = cli_exit_of(error.status);
            continue;
        }
        postern_csaf_summary summary;
        postern_csaf_summary_of(csaf, &summary);
        list_row(&summary, job->args->json, &table, &out);
        postern_csaf_free(csaf);
    }
    if (!job->args->json) cli_table_write(&table, terminal_width(job->args), &out);
    if (out.status || !cli_write_all(STDOUT_FILENO, out.ptr, out.len)) code = CLI_FAILED;
    cli_table_free(&table);
    postern_buf_free(&out);
    return code;
}

cli_exit cli_advisory_list(const cli_args *args) {
    char *path;
    int folder = cli_advisory_folder(&path);
    if (folder < 0) return no_folder();
    free(path);
    struct dirent **entries = NULL;
    int found = scandirat(folder, ".", &entries, is_advisory, by_name);
    postern_file *files[ADVISORIES_MAX];
    const char *names[ADVISORIES_MAX];
    size_t count = 0;
    cli_exit code = found < 0 ? CLI_FAILED : CLI_CLEAN;
    for (int i = 0; i < found && count < ADVISORIES_MAX; i++) {
        postern_error error;
        if (postern_file_open(folder, entries[i]->d_name, &files[count], &error)) {
            cli_message_error(STDERR_FILENO, entries[i]->d_name, &error);
            code = CLI_UNUSABLE;
            continue;
        }
        names[count++] = entries[i]->d_name;
    }
    cli_job job = {.args = args, .label = "advisories", .out_fd = STDOUT_FILENO, .err_fd = STDERR_FILENO, .out_dir = -1};
    cli_exit listed = list_files(&job, files, names, count);
    for (size_t i = 0; i < count; i++) postern_file_close(files[i]);
    for (int i = 0; i < found; i++) free(entries[i]);
    free(entries);
    close(folder);
    return listed > code ? listed : code;
}

/* ---- show ---- */

static cli_exit show_one(cli_job *job) {
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (code) return code;
    postern_slice bytes = postern_file_bytes(job->file);
    postern_csaf *csaf;
    postern_error error;
    if (postern_csaf_open(bytes, &csaf, &error)) return cli_job_fail(job, &error);
    postern_buf out;
    postern_buf_init(&out, 256u << 20);
    postern_status status =
        job->args->json ? postern_buf_add_slice(&out, bytes) : postern_csaf_show(csaf, terminal_width(job->args), &out);
    if (status) {
        postern_fail(&error, status, POSTERN_NO_OFFSET, "the advisory could not be shown");
        code = cli_job_fail(job, &error);
    } else if (!cli_write_all(job->out_fd, out.ptr, out.len)) {
        code = CLI_FAILED;
    }
    postern_buf_free(&out);
    postern_csaf_free(csaf);
    return code;
}

/* An id names a file of ours; it is letters, digits and dashes, so it leads nowhere else. */
static bool is_id(const char *text) {
    for (const char *p = text; *p; p++)
        if (!postern_ascii_alpha((uint8_t)*p) && !postern_ascii_digit((uint8_t)*p) && *p != '-') return false;
    return *text != 0;
}

static cli_exit show_path(const cli_args *args, const char *path) {
    cli_args one = *args;
    const char *files[2] = {path, NULL};
    one.files = files;
    one.file_count = 1;
    const cli_plan plan = {.stdout_joins = true};
    return cli_jobs_run(&one, &plan, show_one);
}

cli_exit cli_advisory_show(const cli_args *args) {
    const char *id = args->files[0];
    if (!is_id(id)) return show_path(args, id);
    char *folder = NULL, *path = NULL, lower[128];
    int fd = cli_advisory_folder(&folder);
    if (fd < 0) return no_folder();
    close(fd);
    snprintf(lower, sizeof lower, "%s", id);
    for (char *p = lower; *p; p++) *p = (char)postern_ascii_lower((uint8_t)*p);
    bool other = args->lang && strcmp(args->lang, "en") != 0;
    cli_exit code = CLI_FAILED;
    if (other && !is_id(args->lang)) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "advisory show: %s is no language", args->lang);
        code = CLI_USAGE;
    } else if (asprintf(&path, "%s/%s%s%s.json", folder, lower, other ? "." : "", other ? args->lang : "") >= 0) {
        if (access(path, R_OK) == 0) {
            code = show_path(args, path);
        } else {
            cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "there is no advisory %s%s%s; see postern advisory list", id,
                        other ? " in the language " : "", other ? args->lang : "");
            code = CLI_UNUSABLE;
        }
        free(path);
    }
    free(folder);
    return code;
}

/* ---- check ---- */

typedef struct checker {
    cli_job *job;
    cli_table table;
    postern_buf out;
} checker;

static postern_status on_problem(void *user, const postern_csaf_problem *problem) {
    checker *c = user;
    if (!c->job->args->json) {
        cli_table_cell(&c->table, postern_slice_cstr(problem->test));
        cli_table_cell(&c->table, problem->path.len ? problem->path : POSTERN_S("/"));
        cli_table_cell(&c->table, postern_slice_cstr(problem->text));
        cli_table_cell(&c->table, postern_slice_sub(problem->detail, 0, 200));
        return c->table.text.status;
    }
    postern_json json;
    postern_json_init(&json, &c->out, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    cli_key_string(&json, "file", postern_slice_cstr(c->job->label));
    cli_key_string(&json, "test", postern_slice_cstr(problem->test));
    cli_key_string(&json, "path", problem->path);
    cli_key_string(&json, "text", postern_slice_cstr(problem->text));
    cli_key_string(&json, "detail", problem->detail);
    postern_json_end_object(&json);
    postern_buf_add_byte(&c->out, '\n');
    return c->out.status;
}

static cli_exit check_one(cli_job *job) {
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (code) return code;
    postern_csaf *csaf;
    postern_error error;
    if (postern_csaf_open(postern_file_bytes(job->file), &csaf, &error)) return cli_job_fail(job, &error);
    checker c = {.job = job};
    cli_table_init(&c.table, 4, 1);
    postern_buf_init(&c.out, 256u << 20);
    const postern_csaf_sink sink = {on_problem, &c};
    uint64_t problems = 0;
    postern_status status = postern_csaf_check(csaf, &sink, &problems);
    if (!job->args->json && !job->args->quiet) {
        postern_escape_line(&c.out, postern_slice_cstr(job->label), 4096);
        if (problems)
            postern_buf_printf(&c.out, ": %" PRIu64 " problem%s\n", problems, problems == 1 ? "" : "s");
        else
            postern_buf_printf(&c.out, ": good\n");
        cli_table_write(&c.table, 0, &c.out);
    }
    if (!status && c.out.status) status = c.out.status;
    if (status) {
        postern_fail(&error, status, POSTERN_NO_OFFSET, "the check could not be finished");
        code = cli_job_fail(job, &error);
    } else if (!cli_write_all(job->out_fd, c.out.ptr, c.out.len)) {
        code = CLI_FAILED;
    } else if (problems) {
        code = CLI_DEFECTS;
    }
    cli_table_free(&c.table);
    postern_buf_free(&c.out);
    postern_csaf_free(csaf);
    return code;
}

cli_exit cli_advisory_check(const cli_args *args) {
    const cli_plan plan = {.stdout_joins = true, .all_files = true};
    return cli_jobs_run(args, &plan, check_one);
}
