/*
 * postern extract: parts as files, under names made by us (T2, Z19). Each file has its mark beside it ("NAME:Zone.Identifier",
 * what Windows keeps as a stream), written first, so that a file without its mark is never there.
 */
#define _GNU_SOURCE
#include "extract.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/xattr.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORD('d', "directory", "DIR", dir, "the folder for the files (made when absent)"),
    CLI_OPTION_FLAG('a', "attachments", attachments, "only what a mail shows as attachments"),
    CLI_OPTION_PLAIN,
    CLI_OPTION_POLICY,
    CLI_OPTION_FLAG(0, "all-views", all_views, "every payload that some reader may see in a malformed message"),
    CLI_OPTION_FLAG(0, "replace", replace, "replace files that are there already"),
    CLI_OPTION_ZONE("the most trusted zone the marks may say (marks of origin only lower it)"),
    CLI_OPTION_NUMBER('j', "jobs", "N", jobs, 1024, "worker processes for several inputs; 0: one for each processor"),
    CLI_OPTION_FLAG(0, "json", json, "a manifest on standard output"),
    CLI_OPTION_COMMON,
};

/* The archive's own address, when it is a plain http(s) URL: the only thing of the input that reaches a mark. */
static postern_slice origin_of(cli_job *job) {
    const postern_archive_facts *facts = postern_archive_facts_of(job->archive);
    const postern_url *url;
    postern_slice text = facts->location.len ? facts->location : facts->mark.url;
    if (!text.len || postern_url_parse(postern_archive_arena(job->archive), text, NULL, &url)) return POSTERN_S("");
    bool web = postern_slice_eq(url->scheme, POSTERN_S("http")) || postern_slice_eq(url->scheme, POSTERN_S("https"));
    return web && !url->username.len && !url->password.len ? url->href : POSTERN_S("");
}

static cli_exit fail(const extraction *x, const char *name, const char *text) {
    cli_message(x->job->err_fd, x->job->folder, POSTERN_NO_OFFSET, "%s: %s", name, text);
    return CLI_FAILED;
}

typedef postern_status (*writer)(void *user, const postern_sink *sink);

/* One file, whole or not at all (T1). */
static cli_exit write_file(extraction *x, const char *name, writer write, void *user, uint64_t *ret_written) {
    postern_error error = {0};
    postern_output *out;
    if (cli_guarded_open(x->job->out_dir, name, x->job->args->replace, &out, &error)) return fail(x, name, error.text);
    postern_sink sink = postern_output_sink(out);
    postern_status status = write(user, &sink);
    *ret_written = postern_output_written(out);
    if (!status || status == POSTERN_IO) status = postern_output_commit(out, &error);
    cli_guard_remove(out);
    postern_output_free(out);
    if (!status) return CLI_CLEAN;
    return fail(x, name, error.text[0] ? error.text : postern_status_name(status));
}

static postern_status put_mark(void *user, const postern_sink *sink) {
    const postern_buf *mark = user;
    return sink->write(sink->user, mark->ptr, mark->len);
}

cli_exit extract_file(extraction *x, const char *name, writer write, void *user, uint64_t *ret_written) {
    char mark[POSTERN_SAFE_NAME_MAX + 96];
    uint64_t mark_size;
    snprintf(mark, sizeof mark, "%s:Zone.Identifier", name);
    cli_exit code = write_file(x, mark, put_mark, &x->mark, &mark_size);
    return code ? code : write_file(x, name, write, user, ret_written);
}

cli_exit extract_line(extraction *x, const char *name, const char *what, uint64_t size) {
    postern_buf line;
    postern_buf_init(&line, 1 << 16);
    postern_escape_line(&line, postern_slice_cstr(x->job->folder), 4096);
    postern_buf_add_byte(&line, '/');
    postern_escape_line(&line, postern_slice_cstr(name), 4096);
    postern_buf_printf(&line, "  (%s, %s)\n", what, cli_size(size));
    cli_exit code = cli_job_print(x->job, &line);
    postern_buf_free(&line);
    return code;
}

typedef struct part_source {
    const postern_part *part;
    const postern_notes *notes;
} part_source;

static postern_status put_part(void *user, const postern_sink *sink) {
    const part_source *source = user;
    const postern_part *part = source->part;
    if (part->flags & POSTERN_PART_MESSAGE) return sink->write(sink->user, part->body.ptr, part->body.len);
    return postern_part_decode(part, sink, source->notes);
}

/* What download managers write; a file system without attributes is no failure, the mark beside the file counts. */
static bool set_origin(const extraction *x, const char *name) {
    int fd;
    if (!x->origin.len || postern_beneath_open(x->job->out_dir, name, O_RDONLY, 0, &fd, NULL)) return false;
    bool ok = fsetxattr(fd, "user.xdg.origin.url", x->origin.ptr, x->origin.len, 0) == 0;
    close(fd);
    return ok;
}

static void manifest_row(extraction *x, const postern_part *part, postern_slice name, const char *mark_name, uint64_t size) {
    postern_json *json = &x->json;
    postern_json_object(json);
    postern_json_key(json, "part");
    postern_json_uint(json, part->index);
    postern_json_key(json, "file");
    postern_json_string(json, name);
    postern_json_key(json, "mark");
    postern_json_cstr(json, mark_name);
    postern_json_key(json, "size");
    postern_json_uint(json, size);
    postern_json_key(json, "type");
    postern_json_string(json, part->type);
    postern_json_key(json, "called");
    if (part->name.len) postern_json_string(json, part->name);
    else postern_json_null(json);
    postern_json_key(json, "content_location");
    if (part->content_location.len) postern_json_string(json, part->content_location);
    else postern_json_null(json);
    postern_json_key(json, "content_id");
    if (part->content_id.len) postern_json_string(json, part->content_id);
    else postern_json_null(json);
    postern_json_key(json, "attachment");
    postern_json_bool(json, postern_archive_is_attachment(x->job->archive, part->index));
    postern_json_end_object(json);
}

static cli_exit extract_part(extraction *x, const postern_part *part) {
    postern_buf name;
    postern_buf_init(&name, 1 << 20);
    postern_part_safe_name(part, &name);
    cli_exit code = cli_names_unique(x->names, &name) ? CLI_CLEAN : CLI_FAILED;
    char file[POSTERN_SAFE_NAME_MAX + 64], mark[POSTERN_SAFE_NAME_MAX + 96];
    snprintf(file, sizeof file, "%.*s", (int)name.len, (const char *)name.ptr);
    snprintf(mark, sizeof mark, "%s:Zone.Identifier", file);
    uint64_t size = 0;
    part_source source = {part, &x->job->notes};
    if (!code) code = extract_file(x, file, put_part, &source, &size);
    if (!code) set_origin(x, file);
    if (!code && x->job->args->json) manifest_row(x, part, postern_buf_slice(&name), mark, size);
    char what[32];
    snprintf(what, sizeof what, "part %" PRIu32, part->index);
    if (!code && !x->job->args->json && !x->job->args->quiet) code = extract_line(x, file, what, size);
    postern_buf_free(&name);
    return code;
}

static bool is_wanted(cli_job *job, const postern_part *part) {
    if (part->flags & POSTERN_PART_MULTIPART) return false;
    if (job->args->attachments) return postern_archive_is_attachment(job->archive, part->index);
    return !(part->flags & POSTERN_PART_MESSAGE); /* its inner parts are there on their own */
}

/* A part that cannot be written does not hide the others. */
static cli_exit extract_parts(extraction *x) {
    cli_exit code = CLI_CLEAN;
    size_t wanted = 0;
    uint32_t count = postern_archive_part_count(x->job->archive);
    for (uint32_t i = 0; i < count; i++) {
        const postern_part *part = postern_archive_part(x->job->archive, i);
        if (!is_wanted(x->job, part)) continue;
        wanted++;
        cli_exit one = extract_part(x, part);
        if (one > code) code = one;
    }
    if (!wanted && !x->job->args->quiet)
        cli_message(x->job->err_fd, x->job->label, POSTERN_NO_OFFSET,
                    x->job->args->attachments ? "has no attachments" : "has no parts to extract");
    return code;
}

static cli_exit extract_all(extraction *x) {
    /* Every view is walked even where no reading opens: then nothing is known of its origin. */
    const postern_archive_facts *facts = x->job->archive ? postern_archive_facts_of(x->job->archive) : NULL;
    postern_zone zone = facts ? facts->zone : POSTERN_ZONE_RESTRICTED;
    x->origin = facts ? origin_of(x->job) : POSTERN_S("");
    if (postern_mark_write(&x->mark, zone, x->origin) || !(x->names = cli_names_new())) return CLI_FAILED;
    postern_json *json = &x->json;
    postern_json_init(json, &x->manifest, x->job->count == 1);
    postern_json_object(json);
    postern_json_key(json, "format");
    postern_json_uint(json, 1);
    postern_json_key(json, "file");
    postern_json_cstr(json, x->job->label);
    postern_json_key(json, "directory");
    postern_json_cstr(json, x->job->folder);
    postern_json_key(json, "zone");
    postern_json_cstr(json, postern_zone_name(zone));
    postern_json_key(json, "origin");
    if (x->origin.len) postern_json_string(json, x->origin);
    else postern_json_null(json);
    postern_json_key(json, "files");
    postern_json_array(json);
    cli_exit code = x->job->args->all_views ? extract_views(x) : extract_parts(x);
    postern_json_end_array(json);
    postern_json_end_object(json);
    postern_buf_add_byte(&x->manifest, '\n');
    cli_exit printed = x->job->args->json ? cli_job_print(x->job, &x->manifest) : CLI_CLEAN;
    return printed ? printed : code;
}

static cli_exit extract_one(cli_job *job) {
    cli_exit code = cli_job_open_input(job);
    if (!code) code = cli_job_open_folder(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (!code && job->args->all_views) cli_job_try_archive(job);
    else if (!code) code = cli_job_open_archive(job);
    if (code) return code;
    extraction x = {.job = job};
    postern_buf_init(&x.manifest, 1u << 30);
    postern_buf_init(&x.mark, 64 << 10);
    code = extract_all(&x);
    cli_names_free(x.names);
    postern_buf_free(&x.manifest);
    postern_buf_free(&x.mark);
    if (code) return code;
    return job->archive ? cli_job_say_loss(job) : CLI_CLEAN;
}

static cli_exit run(const cli_args *args) {
    cli_plan plan = {.folder = true, .stdout_joins = true};
    if (!args->dir) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "extract: -d DIR is missing; see postern help extract");
        return CLI_USAGE;
    }
    postern_policy *policy;
    size_t defects;
    cli_exit code = cli_policy_for_jobs(args, &policy, &defects);
    if (code) return code;
    plan.policy = policy;
    code = cli_jobs_run(args, &plan, extract_one);
    postern_policy_free(policy);
    return code == CLI_CLEAN && defects ? CLI_DEFECTS : code;
}

const cli_command cli_command_extract = {
    .name = "extract",
    .operands = "FILE...",
    .what = "the parts as files, under safe names and with marks",
    .about = "Writes each part to DIR under a name made from what the archive calls it, and a\n"
             "NAME:Zone.Identifier beside it that says where it came from. Several inputs get a\n"
             "folder each. FILE may be - for standard input, or a folder.\n"
             "With --all-views a malformed message is read in each way that some reader may take,\n"
             "and every distinct payload is written as view-00001.bin and so on.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = SIZE_MAX,
    .run = run,
};
