/*
 * postern audit: is this Windows open to MS04-013? Roots are folders: a mounted disk, a backup, a Wine prefix. Everything of a
 * tree is read behind the sandbox, which leaves nothing open but the root; hives are read in a child of their own.
 */
#define _GNU_SOURCE
#include "audit.h"
#include "audit_oval.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_FLAG(0, "json", json, "one JSON object for each root, one a line"),
    CLI_OPTION_WORD(0, "html", "FILE", html, "write the report as an HTML file, too; of several roots into a folder"),
    CLI_OPTION_WORD(0, "vex", "FILE", vex, "write a CSAF VEX document, too; of several roots into a folder"),
    CLI_OPTION_WORDS(0, "reg", "FILE.reg", regs, "lay a .reg export over the registry; may be given several times"),
    CLI_OPTION_WORDS(0, "query", "QUESTION", queries, "ask for single facts instead; may be given several times"),
    CLI_OPTION_WORD(0, "windows", "NAME", windows, "the Windows folder, when the root holds more than one"),
    CLI_OPTION_AUDIT_OVAL,
    CLI_OPTION_NUMBER('j', "jobs", "N", jobs, 1024, "worker processes; 0: one for each processor"),
    CLI_OPTION_COMMON,
};

/* What is opened before the sandbox. */
typedef struct opened {
    cli_tree tree;
    postern_file *regs[CLI_WORDS_MAX];
    postern_output *html, *vex;
    char *paths[2]; /* of those two, or NULL */
    int dirs[2]; /* where those two go, or -1 */
} opened;

static unsigned terminal_width(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

/* ---- before the sandbox ---- */

static cli_exit open_output(cli_job *job, bool vex, char **ret_path, postern_output **ret_output, int *ret_dir) {
    postern_error error;
    if (!(vex ? job->args->vex : job->args->html)) return CLI_CLEAN;
    char *path = *ret_path = cli_audit_output_path(job, vex);
    if (!path) return CLI_FAILED;
    if (cli_output_open(path, ret_output, ret_dir, &error)) {
        cli_message(job->err_fd, path, POSTERN_NO_OFFSET, "%s", error.text);
        return error.status == POSTERN_USAGE ? CLI_USAGE : CLI_FAILED;
    }
    cli_guard_add(*ret_output);
    return CLI_CLEAN;
}

static cli_exit open_all(cli_job *job, opened *o) {
    postern_error error;
    cli_exit code = cli_tree_prepare(&o->tree, job->input, job->label, job->err_fd);
    if (code) return code;
    for (size_t i = 0; i < job->args->regs.count; i++)
        if (postern_file_open(AT_FDCWD, job->args->regs.word[i], &o->regs[i], &error)) {
            cli_message_error(job->err_fd, job->args->regs.word[i], &error);
            return CLI_UNUSABLE;
        }
    code = open_output(job, false, &o->paths[0], &o->html, &o->dirs[0]);
    if (!code) code = open_output(job, true, &o->paths[1], &o->vex, &o->dirs[1]);
    cli_audit_outputs_keep_own(job);
    return code ? code : cli_tree_sandbox(&o->tree, job->args, o->dirs, 2);
}

static void close_output(postern_output *output, int dir) {
    cli_guard_remove(output);
    postern_output_free(output);
    if (dir >= 0) close(dir);
}

static void close_all(opened *o) {
    for (size_t i = 0; i < CLI_WORDS_MAX; i++) postern_file_close(o->regs[i]);
    close_output(o->html, o->dirs[0]);
    close_output(o->vex, o->dirs[1]);
    free(o->paths[0]);
    free(o->paths[1]);
    cli_tree_close(&o->tree);
}

/* ---- behind it ---- */

/* HKEY_CURRENT_USER of a .reg file is laid over every user that has a hive. */
static cli_exit lay_over(cli_job *job, postern_win *win, const opened *o) {
    postern_error error;
    for (size_t i = 0; i < job->args->regs.count; i++) {
        size_t users = 0;
        postern_status status = POSTERN_OK;
        for (size_t u = 0; u < postern_win_user_count(win) && !status; u++) {
            postern_win_view view = {.user = u};
            if (!postern_win_user_at(win, u)->has_hive) continue;
            users++;
            status = postern_win_overlay(win, &view, postern_file_bytes(o->regs[i]), &error);
        }
        if (!users) status = postern_win_overlay(win, NULL, postern_file_bytes(o->regs[i]), &error);
        if (!status) continue;
        cli_message_error(job->err_fd, job->args->regs.word[i], &error);
        return cli_exit_of(status);
    }
    return CLI_CLEAN;
}

typedef struct weak_sink {
    cli_audit *audit;
    size_t user;
    postern_slice text; /* what was scanned */
} weak_sink;

/* "ZoneMap\\Domains\\fort.test" of the key above a value: which site it is about. */
static postern_slice key_above(postern_slice text, uint64_t offset) {
    const postern_slice settings = POSTERN_S("Internet Settings\\");
    postern_cut cut = {0};
    for (size_t at = offset < text.len ? (size_t)offset : 0; at > 0 && !cut.ok; at--)
        if (text.ptr[at] == '[' && text.ptr[at - 1] == '\n') cut = postern_slice_cut(postern_slice_from(text, at + 1), '\n');
    postern_slice key = postern_slice_trim(cut.head);
    if (postern_slice_ends(key, POSTERN_S("]"))) key.len--;
    size_t at = postern_slice_find_nocase(key, 0, settings);
    return at == SIZE_MAX ? (postern_slice){0} : postern_slice_from(key, at + settings.len);
}

/* "ZoneMap\\Domains\\fort.test: "http"=dword:00000002"; both halves escaped once. NULL: no memory. */
static char *weak_excerpt(const weak_sink *s, const postern_finding *finding) {
    postern_buf line;
    postern_slice key = key_above(s->text, finding->offset);
    postern_buf_init(&line, 1 << 16);
    postern_escape_line(&line, key, 300);
    if (key.len) postern_buf_add_slice(&line, POSTERN_S(": "));
    postern_buf_add_slice(&line, finding->excerpt);
    char *text = line.status ? NULL : strndup(line.len ? (const char *)line.ptr : "", line.len);
    postern_buf_free(&line);
    return text;
}

static postern_status on_finding(void *user, const postern_finding *finding) {
    weak_sink *s = user;
    cli_audit *a = s->audit;
    if (finding->number != 24) return POSTERN_OK;
    if (a->weak_count == CLI_AUDIT_WEAK_MAX) {
        a->weak_more++;
        return POSTERN_OK;
    }
    char *reason = strdup(finding->reason), *excerpt = weak_excerpt(s, finding);
    if (!reason || !excerpt) {
        free(reason);
        free(excerpt);
        return POSTERN_NOMEM;
    }
    a->weak[a->weak_count++] = (cli_audit_weak){s->user, reason, excerpt};
    return POSTERN_OK;
}

/* UTF-16LE with its mark as UTF-8, so that what is found has a place in it. */
static postern_status to_utf8(postern_slice wide, postern_buf *out) {
    for (size_t at = 2; at + 1 < wide.len; at += 2) {
        uint32_t c = (uint32_t)(wide.ptr[at] | wide.ptr[at + 1] << 8);
        if (c >= 0xD800 && c < 0xDC00 && at + 3 < wide.len) {
            uint32_t low = (uint32_t)(wide.ptr[at + 2] | wide.ptr[at + 3] << 8);
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            at += 2;
        }
        postern_buf_add_utf8(out, c);
    }
    return out->status;
}

/* The policy of each user, as the .reg file that says the same, looked at by the room scan. */
static postern_status find_weak(cli_audit *a, size_t user, postern_error *reterr) {
    postern_policy *policy;
    postern_buf wide, text;
    weak_sink sink = {.audit = a, .user = user};
    const postern_finding_sink findings = {on_finding, &sink};
    postern_scan_options scan = {0};
    postern_scan_report report = {0};
    postern_status status = postern_audit_policy(a->win, user, &policy, reterr);
    if (status) return status;
    postern_buf_init(&wide, 64u << 20);
    postern_buf_init(&text, 96u << 20);
    status = postern_policy_write_reg(policy, &wide);
    if (!status) status = to_utf8(postern_buf_slice(&wide), &text);
    sink.text = postern_buf_slice(&text);
    if (!status) status = postern_scan_bytes(postern_buf_slice(&text), POSTERN_S("policy.reg"), &scan, &findings, &report);
    if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "the zone settings of a user could not be looked at");
    postern_policy_free(policy);
    postern_buf_free(&wide);
    postern_buf_free(&text);
    return status;
}

static void find_all_weak(cli_job *job, cli_audit *a) {
    size_t users = 0;
    postern_error error;
    for (size_t u = 0; u < postern_win_user_count(a->win); u++) {
        if (!postern_win_user_at(a->win, u)->has_hive) continue;
        users++;
        if (find_weak(a, u, &error)) cli_message_error(job->err_fd, job->label, &error);
    }
    if (!users && find_weak(a, POSTERN_NO_USER, &error)) cli_message_error(job->err_fd, job->label, &error);
}

/* ---- outputs ---- */

static cli_exit commit(cli_job *job, postern_output *output, const char *path, const postern_buf *text) {
    postern_error error;
    postern_sink sink = postern_output_sink(output);
    postern_status status = text->status ? text->status : postern_sink_write(&sink, postern_buf_slice(text));
    if (text->status)
        postern_fail(&error, status, POSTERN_NO_OFFSET, "the report is too large");
    else
        status = postern_output_commit(output, &error);
    if (!status) return CLI_CLEAN;
    cli_message(job->err_fd, path, POSTERN_NO_OFFSET, "%s", error.text);
    return CLI_FAILED;
}

static cli_exit write_vex(cli_job *job, const cli_audit *a, const char *time, const opened *o) {
    postern_buf id, out;
    postern_error error;
    postern_buf_init(&id, 1 << 16);
    postern_buf_init(&out, 1 << 20);
    postern_buf_printf(&id, "MS04-013-");
    postern_slice name = cli_audit_own_name(a->root);
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        postern_buf_add_byte(&id, postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '-' ? c : '_');
    }
    const postern_vex_options vex = {postern_buf_slice(&id), name, postern_slice_cstr(time)};
    postern_status status = postern_audit_vex(a->audit, &vex, &out, &error);
    cli_exit code = status ? cli_job_fail(job, &error) : commit(job, o->vex, o->paths[1], &out);
    postern_buf_free(&id);
    postern_buf_free(&out);
    return code;
}

void cli_audit_now(char text[32]) {
    struct tm utc;
    time_t now = time(NULL);
    if (!gmtime_r(&now, &utc) || !strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc))
        memcpy(text, "1970-01-01T00:00:00Z", sizeof "1970-01-01T00:00:00Z");
}

static cli_exit write_all(cli_job *job, const cli_audit *a, const opened *o) {
    char time_text[32];
    cli_audit_now(time_text);
    postern_buf out;
    cli_exit code = CLI_CLEAN;
    postern_buf_init(&out, 64u << 20);
    if (o->html) {
        cli_audit_html(a, time_text, &out);
        code = commit(job, o->html, o->paths[0], &out);
        postern_buf_clear(&out);
    }
    if (!code && o->vex) code = write_vex(job, a, time_text, o);
    if (job->args->json)
        cli_audit_json(a, &out);
    else if (job->count > 1)
        cli_audit_row(a, &out);
    else
        cli_audit_text(a, terminal_width(), &out);
    if (!code) code = out.status ? CLI_FAILED : cli_job_print(job, &out);
    postern_buf_free(&out);
    return code;
}

static cli_exit exit_of_verdict(const postern_audit_report *report) {
    if (report->verdict == POSTERN_VERDICT_UNKNOWN) return CLI_UNUSABLE;
    return report->open ? CLI_DEFECTS : CLI_CLEAN;
}

static cli_exit judge(cli_job *job, postern_win *win, const opened *o) {
    postern_audit *audit;
    postern_error error;
    if (postern_audit_run(win, &audit, &error)) return cli_job_fail(job, &error);
    cli_audit a = {.root = job->label,
                   .win = win,
                   .system = postern_win_system_of(win),
                   .audit = audit,
                   .report = postern_audit_report_of(audit)};
    if (job->count == 1 || job->args->json || job->args->html) find_all_weak(job, &a);
    cli_exit code = write_all(job, &a, o);
    if (!code) cli_audit_outputs_tell(job, &a);
    if (!code) code = exit_of_verdict(a.report);
    for (size_t i = 0; i < a.weak_count; i++) {
        free(a.weak[i].reason);
        free(a.weak[i].excerpt);
    }
    postern_audit_free(audit);
    return code;
}

/* A root without a verdict has its row among the others. */
static void tell_unread(cli_job *job) {
    postern_buf out;
    postern_buf_init(&out, 1 << 16);
    cli_audit_unread(job->label, job->args->json, &out);
    cli_job_print(job, &out);
    postern_buf_free(&out);
}

static cli_exit audit_one(cli_job *job) {
    opened o = {.tree = CLI_NO_TREE, .dirs = {-1, -1}};
    cli_exit code = open_all(job, &o);
    if (!code) {
        job->tally.verbose_fd = job->args->verbose ? job->err_fd : -1;
        job->tally.file = job->label;
        job->notes = cli_tally_notes(&job->tally);
        code = cli_tree_open(&o.tree, postern_slice_cstr(job->args->windows), &job->notes);
    }
    if (!code) code = lay_over(job, o.tree.win, &o);
    if (!code && job->args->queries.count)
        code = cli_audit_queries(job, o.tree.win);
    else if (!code)
        code = judge(job, o.tree.win, &o);
    else if (job->count > 1 && !job->args->queries.count)
        tell_unread(job);
    close_all(&o);
    return code;
}

/* ---- the run ---- */

static size_t ends[CLI_FAILED + 1];

static void on_end(cli_exit code) {
    ends[code]++;
    cli_audit_outputs_ended(code);
}

static void on_death(const cli_args *args, const char *label, postern_buf *out) {
    if (!args->queries.count) cli_audit_unread(label, args->json, out);
}

static cli_exit usage(const char *text) {
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "audit: %s; see postern help audit", text);
    return CLI_USAGE;
}

/* A question that makes no sense is told before any tree is opened. */
static cli_exit check_queries(const cli_args *args) {
    cli_exit code = CLI_CLEAN;
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena) return CLI_FAILED;
    if (args->queries.count && (args->html || args->vex)) code = usage("--query excludes --html and --vex");
    for (size_t i = 0; i < args->queries.count && !code; i++) {
        const postern_query *query;
        code = cli_audit_parse_query(args->queries.word[i], arena, &query);
    }
    postern_arena_free(arena);
    return code;
}

static cli_exit run(const cli_args *args) {
    const cli_plan plan = {.stdout_joins = true, .roots = true, .on_end = on_end, .on_death = on_death};
    bool many = args->file_count > 1;
    if (args->oval) return cli_audit_oval(args);
    if (!args->file_count) return usage("an operand is missing: ROOT");
    if (args->syschar || args->results || args->syschar_out || args->variables || args->definition || args->user)
        return usage("--syschar, --variables, --user, --definition, --results and --syschar-out need --oval");
    bool matrix = many && !args->json && !args->queries.count;
    cli_exit asked = check_queries(args);
    if (!asked) asked = cli_audit_outputs_plan(args);
    if (asked) return asked;
    postern_buf out;
    postern_buf_init(&out, 1 << 16);
    if (matrix) cli_audit_heading(&out);
    cli_write_all(STDOUT_FILENO, out.ptr, out.len);
    cli_exit code = cli_jobs_run(args, &plan, audit_one);
    if (matrix) {
        postern_buf_clear(&out);
        postern_buf_printf(
            &out,
            "\n%zu roots: %zu with something open (A affected, C contradiction), %zu closed (F fixed, . not affected), "
            "%zu not readable\n",
            args->file_count, ends[CLI_DEFECTS], ends[CLI_CLEAN], ends[CLI_UNUSABLE] + ends[CLI_FAILED]);
        cli_write_all(STDOUT_FILENO, out.ptr, out.len);
    }
    cli_exit indexed = cli_audit_outputs_finish(args);
    if (matrix && args->html && !indexed) {
        postern_buf_clear(&out);
        postern_buf_printf(&out, "a page for each: ");
        postern_escape_line(&out, postern_slice_cstr(args->html), 4096);
        postern_buf_printf(&out, "/index.html\n");
        cli_write_all(STDOUT_FILENO, out.ptr, out.len);
    }
    postern_buf_free(&out);
    cli_audit_outputs_free();
    return indexed > code ? indexed : code;
}

const cli_command cli_command_audit = {
    .name = "audit",
    .operands = "ROOT...",
    .what = "is this Windows tree or Wine prefix open to MS04-013?",
    .about = "ROOT is the folder of a system's drive: a mounted disk, a backup, a Wine prefix.\n"
             "One root: the answer in one line, then the evidence. Several: a matrix.\n"
             "With --oval: OVAL 5.11 definitions over the tree or a file of system characteristics.\n"
             "Exit status 0: nothing is open; 1: something is; 3: it cannot be read.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 0,
    .max_files = SIZE_MAX,
    .run = run,
};
