/*
 * postern audit --oval: OVAL definitions over a Windows tree or a file of system characteristics. All files are opened first;
 * the definitions, the facts and the tree are read behind the sandbox.
 */
#define _GNU_SOURCE
#include "audit_oval.h"
#include "table.h"

#include "postern/advisory.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { RESULTS, CHARACTERISTICS, OUTPUTS };

typedef struct audit {
    const cli_args *args;
    postern_file *definitions, *syschar, *variables;
    postern_output *out[OUTPUTS];
    int dir[OUTPUTS];
    size_t count[6]; /* of definitions, for each result */
    size_t open;     /* true ones that say that something is open */
    postern_oval *oval;
    cli_tree tree;
} audit;

static cli_exit told(const char *file, const postern_error *error) {
    cli_message_error(STDERR_FILENO, file, error);
    return cli_exit_of(error->status);
}

/* ---- opening ---- */

static cli_exit open_input(const char *path, postern_file **ret) {
    postern_error error;
    if (!path) return CLI_CLEAN;
    postern_status status =
        strcmp(path, "-") ? postern_file_open(AT_FDCWD, path, ret, &error) : postern_file_read(STDIN_FILENO, ret, &error);
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, path, &error);
    return status == POSTERN_NOMEM ? CLI_FAILED : CLI_UNUSABLE;
}

static cli_exit open_output(audit *a, int which, const char *path) {
    postern_error error;
    if (!path) return CLI_CLEAN;
    if (cli_output_open(path, &a->out[which], &a->dir[which], &error)) {
        cli_message_error(STDERR_FILENO, path, &error);
        return error.status == POSTERN_USAGE ? CLI_USAGE : CLI_FAILED;
    }
    cli_guard_add(a->out[which]);
    return CLI_CLEAN;
}

static cli_exit open_all(audit *a) {
    cli_exit code = open_input(a->args->oval, &a->definitions);
    if (!code) code = open_input(a->args->syschar, &a->syschar);
    if (!code) code = open_input(a->args->variables, &a->variables);
    if (!code && !a->args->syschar)
        code = cli_tree_prepare(&a->tree, a->args->files[0], a->args->files[0], STDERR_FILENO);
    if (!code) code = open_output(a, RESULTS, a->args->results);
    if (!code) code = open_output(a, CHARACTERISTICS, a->args->syschar_out);
    return code;
}

/* ---- the report ---- */

static void write_json(const postern_oval_definition *d, postern_buf *out) {
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    cli_key_string(&json, "definition", d->id);
    cli_key_string(&json, "version", d->version);
    cli_key_string(&json, "class", d->class_name);
    cli_key_string(&json, "title", d->title);
    postern_json_key(&json, "deprecated");
    postern_json_bool(&json, d->deprecated);
    cli_key_string(&json, "result", postern_slice_cstr(postern_oval_result_name(d->result)));
    cli_key_string(&json, "reason", d->reason);
    postern_json_end_object(&json);
    postern_buf_add_byte(out, '\n');
}

static void write_answer(const audit *a, postern_buf *out) {
    size_t all = 0;
    const char *before = " (";
    for (int i = 0; i < 6; i++) all += a->count[i];
    if (a->count[POSTERN_OVAL_TRUE])
        postern_buf_printf(out, "%zu of %zu definition%s %s true", a->count[POSTERN_OVAL_TRUE], all, all == 1 ? "" : "s",
                           a->count[POSTERN_OVAL_TRUE] == 1 ? "is" : "are");
    else
        postern_buf_printf(out, "none of %zu definition%s is true", all, all == 1 ? "" : "s");
    for (int i = POSTERN_OVAL_ERROR; i < 6; i++) {
        if (!a->count[i]) continue;
        postern_buf_printf(out, "%s%zu %s", before, a->count[i], postern_oval_result_name((postern_oval_result)i));
        before = ", ";
    }
    postern_buf_printf(out, "%s\n", *before == ',' ? ")" : "");
}

static void write_explained(const audit *a, const postern_oval_definition *d, size_t index, postern_buf *out) {
    postern_buf_printf(out, "\n%s  ", postern_oval_result_name(d->result));
    postern_escape_line(out, d->id, 300);
    postern_buf_add_slice(out, POSTERN_S("  "));
    postern_escape_line(out, d->title, 300);
    postern_buf_add_byte(out, '\n');
    if (postern_oval_explain(a->oval, index, out)) return;
}

static unsigned terminal_width(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

static void write_row(cli_table *table, const postern_oval_definition *d) {
    cli_table_cell(table, postern_slice_cstr(postern_oval_result_name(d->result)));
    cli_table_cell(table, d->id);
    cli_table_cell(table, d->title);
    cli_table_cell(table, d->reason);
}

/* What is installed, and what complies, is nothing that stands open. */
static bool says_open(postern_slice class_name) {
    return !postern_slice_eq(class_name, POSTERN_S("inventory")) && !postern_slice_eq(class_name, POSTERN_S("compliance"));
}

static cli_exit report(audit *a) {
    cli_table table;
    postern_buf out, details;
    postern_buf_init(&out, 256u << 20);
    postern_buf_init(&details, 256u << 20);
    cli_table_init(&table, 4, 3);
    for (size_t i = 0; i < postern_oval_definition_count(a->oval); i++) {
        postern_oval_definition d = postern_oval_definition_at(a->oval, i);
        if (!d.evaluated || (a->args->definition && !postern_slice_eq(d.id, postern_slice_cstr(a->args->definition)))) continue;
        a->count[d.result]++;
        if (d.result == POSTERN_OVAL_TRUE && says_open(d.class_name)) a->open++;
        if (a->args->json)
            write_json(&d, &out);
        else
            write_row(&table, &d);
        if (a->args->verbose && !a->args->json) write_explained(a, &d, i, &details);
    }
    if (!a->args->json) {
        write_answer(a, &out);
        cli_table_write(&table, terminal_width(), &out);
        postern_buf_add_slice(&out, postern_buf_slice(&details));
    }
    bool silent =
        (a->args->results && !strcmp(a->args->results, "-")) || (a->args->syschar_out && !strcmp(a->args->syschar_out, "-"));
    bool ok = !out.status && !details.status && (silent || cli_write_all(STDOUT_FILENO, out.ptr, out.len));
    if (!ok) cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "cannot write to standard output");
    cli_table_free(&table);
    postern_buf_free(&out);
    postern_buf_free(&details);
    return ok ? CLI_CLEAN : CLI_FAILED;
}

static cli_exit write_output(audit *a, int which, const char *path) {
    postern_error error;
    if (!a->out[which]) return CLI_CLEAN;
    postern_sink sink = postern_output_sink(a->out[which]);
    postern_status status = which == RESULTS ? postern_oval_write_results(a->oval, &sink, &error)
                                             : postern_oval_write_characteristics(a->oval, &sink, &error);
    if (!status) status = postern_output_commit(a->out[which], &error);
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, path, &error);
    return CLI_FAILED;
}

/* ---- the run ---- */

static cli_exit evaluate(audit *a) {
    const cli_args *args = a->args;
    postern_error error;
    if (postern_oval_open(postern_file_bytes(a->definitions), &a->oval, &error)) return told(args->oval, &error);
    postern_oval_set_time(a->oval, (uint64_t)time(NULL));
    if (a->variables && postern_oval_set_variables(a->oval, postern_file_bytes(a->variables), &error))
        return told(args->variables, &error);
    if (a->syschar && postern_oval_set_characteristics(a->oval, postern_file_bytes(a->syschar), &error))
        return told(args->syschar, &error);
    if (a->tree.root >= 0) {
        cli_exit code = cli_tree_open(&a->tree, POSTERN_S(""), NULL);
        if (code) return code;
        if (postern_oval_set_tree(a->oval, a->tree.win, &error)) return told(args->files[0], &error);
        if (args->user && postern_oval_set_user(a->oval, postern_slice_cstr(args->user), &error))
            return told(args->files[0], &error);
    }
    if (postern_oval_evaluate(a->oval, postern_slice_cstr(args->definition), &error)) return told(args->oval, &error);
    return CLI_CLEAN;
}

static cli_exit run(audit *a) {
    cli_exit code = open_all(a);
    if (!code) code = cli_tree_sandbox(&a->tree, a->args, a->dir, OUTPUTS);
    if (!code) code = evaluate(a);
    if (!code) code = report(a);
    if (!code) code = write_output(a, RESULTS, a->args->results);
    if (!code) code = write_output(a, CHARACTERISTICS, a->args->syschar_out);
    if (code || a->open) return code ? code : CLI_DEFECTS;
    if (!a->count[POSTERN_OVAL_ERROR]) return CLI_CLEAN;
    cli_message(STDERR_FILENO, a->args->oval, POSTERN_NO_OFFSET, "%zu definition%s could not be decided because of errors",
                a->count[POSTERN_OVAL_ERROR], a->count[POSTERN_OVAL_ERROR] == 1 ? "" : "s");
    return CLI_UNUSABLE;
}

cli_exit cli_audit_oval(const cli_args *args) {
    audit a = {.args = args, .dir = {-1, -1}, .tree = CLI_NO_TREE};
    if (args->file_count != (args->syschar ? 0 : 1)) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "audit: --oval takes one tree, or --syschar and no tree");
        return CLI_USAGE;
    }
    if (args->user && args->syschar) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "audit: --user chooses in a tree, not in --syschar");
        return CLI_USAGE;
    }
    cli_guard_install(args->oval, STDERR_FILENO);
    cli_exit code = run(&a);
    postern_oval_free(a.oval);
    cli_tree_close(&a.tree);
    for (int i = 0; i < OUTPUTS; i++) {
        cli_guard_remove(a.out[i]);
        postern_output_free(a.out[i]);
        if (a.dir[i] >= 0) close(a.dir[i]);
    }
    postern_file_close(a.definitions);
    postern_file_close(a.syschar);
    postern_file_close(a.variables);
    return code;
}
