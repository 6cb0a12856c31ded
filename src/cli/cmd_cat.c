/* postern cat: one part, decoded, as stored, or its headers. */
#include "cli_int.h"

#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORD('o', "output", "OUT", out, "write to OUT; - is standard output"),
    CLI_OPTION_FLAG(0, "raw", raw, "the body as it is stored, still encoded"),
    CLI_OPTION_FLAG(0, "head", head, "the part's headers as they are stored, instead of its body"),
    CLI_OPTION_COMMON,
};

/* Bytes of an input reach a terminal only through the escaper: line by line, tabs and line ends kept. */
postern_status cli_write_escaped(const postern_sink *out, const void *bytes, size_t len) {
    postern_slice rest = postern_slice_of(bytes, len);
    postern_buf line;
    postern_buf_init(&line, SIZE_MAX / 2);
    while (rest.len && !line.status) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != '\n' && rest.ptr[end] != '\t') end++;
        postern_slice text = postern_slice_sub(rest, 0, end);
        bool ended = end < rest.len;
        if (ended && rest.ptr[end] == '\n' && text.len && text.ptr[text.len - 1] == '\r') text.len--;
        postern_escape_line(&line, text, SIZE_MAX);
        if (ended) postern_buf_add_byte(&line, rest.ptr[end]);
        rest = postern_slice_from(rest, end + ended);
    }
    postern_status status = line.status ? line.status : out->write(out->user, line.ptr, line.len);
    postern_buf_free(&line);
    return status;
}

static postern_status write_part(cli_job *job, const postern_part *part, const postern_sink *sink) {
    if (job->args->head) return sink->write(sink->user, part->head.ptr, part->head.len);
    if (job->args->raw || part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE))
        return sink->write(sink->user, part->body.ptr, part->body.len);
    return postern_part_decode(part, sink, &job->notes);
}

/* A character must not be split between two pieces: text for a terminal is decoded whole first. */
static postern_status write_part_to_terminal(cli_job *job, const postern_part *part, const postern_sink *sink) {
    postern_slice bytes = job->args->head ? part->head : part->body;
    postern_status status = POSTERN_OK;
    if (!job->args->head && !job->args->raw && !(part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)))
        status = postern_part_text(postern_archive_arena(job->archive), part, &job->notes, &bytes, NULL);
    return status ? status : cli_write_escaped(sink, bytes.ptr, bytes.len);
}

static cli_exit cat_one(cli_job *job) {
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_open_output(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (!code) code = cli_job_open_archive(job);
    uint32_t index;
    if (!code) code = cli_part_named(job, job->args->files[1], &index);
    if (code) return code;
    const postern_part *part = postern_archive_part(job->archive, index);
    bool terminal = !job->output && isatty(job->out_fd);
    bool text = postern_slice_starts(part->type, POSTERN_S("text/")) || job->args->head || job->args->raw ||
                part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE);
    if (terminal && !text) {
        cli_message(job->err_fd, job->label, part->offset, "part %s is not text; give -o OUT or a pipe", job->args->files[1]);
        return CLI_USAGE;
    }
    postern_sink sink = postern_output_sink(job->out);
    postern_status status = terminal ? write_part_to_terminal(job, part, &sink) : write_part(job, part, &sink);
    if (status && status != POSTERN_IO) { /* IO: commit says why */
        cli_message(job->err_fd, job->label, part->offset, "cannot decode this part: %s", postern_status_name(status));
        return cli_exit_of(status);
    }
    code = cli_job_commit(job);
    if (code) return code;
    if (!(part->flags & POSTERN_PART_TRUNCATED)) return CLI_CLEAN;
    if (!job->args->quiet)
        cli_message(job->err_fd, job->label, part->nested ? POSTERN_NO_OFFSET : part->offset, "the file ends inside this part");
    return CLI_DEFECTS;
}

/* The second operand is the part, not a file. */
static cli_exit run(const cli_args *args) {
    static const cli_plan plan = {.ending = NULL};
    cli_args one = *args;
    one.file_count = 1;
    return cli_jobs_run(&one, &plan, cat_one);
}

const cli_command cli_command_cat = {
    .name = "cat",
    .operands = "FILE PART",
    .what = "one part of an archive, decoded",
    .about = "Writes the bytes of one part. PART is its number as `postern parts` shows it, its\n"
             "Content-ID, its location, or the end of its location where that is unique.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 2,
    .max_files = 2,
    .run = run,
};
