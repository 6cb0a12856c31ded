/* postern text: what an archive or a mail says, as text or Markdown. */
#include "cli_int.h"

#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, WIDTH_MAX = 100000 };

static const cli_option options[] = {
    CLI_OPTION_WORD('o', "output", "OUT", out, "write to OUT; OUT/ is a folder, - standard output"),
    CLI_OPTION_NUMBER('w', "width", "COLUMNS", width, WIDTH_MAX, "wrap here; 0: not at all (default: the terminal, else 80)"),
    CLI_OPTION_FLAG(0, "hidden", hidden, "show what the document hides from its reader, too"),
    CLI_OPTION_FLAG('m', "markdown", markdown, "Markdown instead of plain text"),
    CLI_OPTION_WORD('r', "root", "PART", root, "show this part instead: a number, an id or a location"),
    CLI_OPTION_POLICY,
    CLI_OPTION_PLAIN,
    CLI_OPTION_NUMBER('j', "jobs", "N", jobs, 1024, "worker processes for several inputs; 0: one for each processor"),
    CLI_OPTION_FLAG('s', "summary", summary, "say on standard error what was hidden, left out and why"),
    CLI_OPTION_COMMON,
};

static unsigned width_of(const cli_job *job) {
    if (job->args->has_width) return (unsigned)job->args->width;
    struct winsize size;
    if (!job->output && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) return size.ws_col;
    return WIDTH_DEFAULT;
}

static void say_counts(cli_job *job, const postern_page_report *report) {
    if (job->args->quiet) return;
    if (report->hidden_runs)
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET,
                    "%" PRIu32 " hidden piece%s of text (%" PRIu32 " characters) %s", report->hidden_runs,
                    report->hidden_runs == 1 ? "" : "s", report->hidden_chars,
                    job->args->hidden ? "shown" : "left out; --hidden shows it");
    if (report->remote_pictures)
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "%" PRIu32 " remote picture%s not fetched",
                    report->remote_pictures, report->remote_pictures == 1 ? "" : "s");
    if (report->tracking_pixels)
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET,
                    "%" PRIu32 " tracking pixel%s not fetched: a remote picture that nobody is to see", report->tracking_pixels,
                    report->tracking_pixels == 1 ? "" : "s");
    if (report->deceptive_links)
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET,
                    "%" PRIu32 " link%s whose text names another host than its target", report->deceptive_links,
                    report->deceptive_links == 1 ? "" : "s");
}

/* Several texts on one standard output: a line between them says whose each is. */
static postern_status write_heading(cli_job *job, const postern_sink *sink) {
    if (job->count == 1 || job->output) return POSTERN_OK;
    postern_buf line;
    postern_buf_init(&line, 1 << 16);
    postern_buf_add_slice(&line, POSTERN_S("==> "));
    postern_escape_line(&line, postern_slice_cstr(job->label), 1 << 14);
    postern_buf_add_slice(&line, POSTERN_S(" <==\n"));
    postern_status status = line.status ? line.status : sink->write(sink->user, line.ptr, line.len);
    postern_buf_free(&line);
    return status;
}

static cli_exit write_text(cli_job *job, const postern_text_options *text, postern_page_report *ret_report) {
    postern_sink sink = postern_output_sink(job->out);
    postern_error error = {0};
    postern_status status = write_heading(job, &sink);
    if (!status) status = postern_page_text(job->archive, text, &sink, ret_report, &error);
    if (status == POSTERN_LIMIT && ret_report->bytes_out) {
        cli_message_error(job->err_fd, job->label, &error);
        return CLI_DEFECTS;
    }
    return cli_job_written(job, status, &error);
}

static cli_exit text_one(cli_job *job) {
    postern_text_options text;
    postern_text_options_init(&text);
    text.notes = &job->notes;
    text.width = width_of(job);
    text.markdown = job->args->markdown;
    text.show_hidden = job->args->hidden;
    text.terminal = !job->output && isatty(STDOUT_FILENO);
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_open_output(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (!code) code = cli_job_open_archive(job);
    if (!code && job->args->root) code = cli_part_named(job, job->args->root, &text.root);
    if (code) return code;
    postern_page_report report = {0};
    cli_exit partial = write_text(job, &text, &report);
    if (partial > CLI_DEFECTS) {
        cli_job_say_loss(job); /* maybe the reason */
        return partial;
    }
    code = cli_job_commit(job);
    if (code) return code;
    say_counts(job, &report);
    if (job->args->summary) {
        postern_buf block;
        postern_buf_init(&block, 16u << 20);
        cli_report_block(job, &report, job->output, &block);
        cli_write_all(job->err_fd, block.ptr, block.len);
        postern_buf_free(&block);
    }
    cli_exit lost = cli_job_say_loss(job);
    return partial ? partial : lost;
}

static cli_exit run(const cli_args *args) {
    postern_policy *policy;
    size_t defects;
    cli_exit code = cli_policy_for_jobs(args, &policy, &defects);
    if (code) return code;
    const cli_plan plan = {.ending = args->markdown ? ".md" : ".txt", .stdout_joins = true, .policy = policy};
    code = cli_jobs_run(args, &plan, text_one);
    postern_policy_free(policy);
    return code == CLI_CLEAN && defects ? CLI_DEFECTS : code;
}

const cli_command cli_command_text = {
    .name = "text",
    .operands = "FILE...",
    .what = "readable text, or Markdown",
    .about = "Shows what an MHTML archive or a mail says: headings, lists and tables, links as\n"
             "numbers with one list at the end, pictures by their description. What the document\n"
             "hides is left out and counted. FILE may be - for standard input, or a folder.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = SIZE_MAX,
    .run = run,
};
