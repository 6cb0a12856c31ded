/* postern html: one archive or mail -> one safe, self-contained page, or a folder with each resource once. */
#include "cli_int.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORD('o', "output", "OUT", out, "write the page to OUT; OUT/ is a folder, - standard output"),
    CLI_OPTION_WORD('d', "directory", "DIR", dir, "write DIR/index.html and each resource once beside it"),
    CLI_OPTION_WORD('r', "root", "PART", root, "show this part instead: a number, an id or a location"),
    CLI_OPTION_ZONE("the most trusted zone the input may have (marks of origin only lower it)"),
    CLI_OPTION_POLICY,
    CLI_OPTION_PLAIN,
    CLI_OPTION_NUMBER('j', "jobs", "N", jobs, 1024, "worker processes for several inputs; 0: one for each processor"),
    CLI_OPTION_FLAG('s', "summary", summary, "say on standard error what was shown, left out and why"),
    CLI_OPTION_FLAG(0, "json", json, "the same as JSON on standard output (needs -o or -d)"),
    CLI_OPTION_COMMON,
};

/* ---- html -d: each resource once ---- */

typedef struct folder {
    cli_job *job;
    postern_buf done; /* a byte for each part: 0, or WRITTEN, or the media (plus one) of a new file */
    bool failed;      /* and its message printed */
} folder;

enum { RESOURCE_NAME = 48, WRITTEN = 255 };

static const char *media_ending(postern_media media) {
    switch (media) {
    case POSTERN_MEDIA_PNG: return ".png";
    case POSTERN_MEDIA_JPEG: return ".jpg";
    case POSTERN_MEDIA_GIF: return ".gif";
    case POSTERN_MEDIA_WEBP: return ".webp";
    case POSTERN_MEDIA_BMP: return ".bmp";
    case POSTERN_MEDIA_ICO: return ".ico";
    case POSTERN_MEDIA_AVIF: return ".avif";
    case POSTERN_MEDIA_WOFF: return ".woff";
    case POSTERN_MEDIA_WOFF2: return ".woff2";
    case POSTERN_MEDIA_TRUETYPE: return ".ttf";
    case POSTERN_MEDIA_OPENTYPE: return ".otf";
    case POSTERN_MEDIA_MP4: return ".mp4";
    case POSTERN_MEDIA_WEBM: return ".webm";
    case POSTERN_MEDIA_OGG: return ".ogg";
    case POSTERN_MEDIA_MP3: return ".mp3";
    case POSTERN_MEDIA_WAV: return ".wav";
    default: return ".bin"; /* never opened by a browser as anything active */
    }
}

static postern_status write_file(folder *f, const char *name, uint32_t part) {
    postern_error error = {0};
    postern_output *out;
    postern_status status = cli_guarded_open(f->job->out_dir, name, true, &out, &error);
    if (!status) {
        postern_sink sink = postern_output_sink(out);
        status = postern_part_decode(postern_archive_part(f->job->archive, part), &sink, NULL);
        if (!status || status == POSTERN_IO) status = postern_output_commit(out, &error); /* says why, too */
        cli_guard_remove(out);
        postern_output_free(out);
    }
    if (!status) return POSTERN_OK;
    cli_message(f->job->err_fd, f->job->folder, POSTERN_NO_OFFSET, "%s: %s", name,
                error.text[0] ? error.text : postern_status_name(status));
    f->failed = true;
    return status;
}

/* Names are ours alone ("part-12.png"), so they need no escaping in a URL and cannot leave the folder (T2). */
static void resource_name(char name[RESOURCE_NAME], uint32_t part, postern_media media) {
    snprintf(name, RESOURCE_NAME, "part-%" PRIu32 "%s", part, media_ending(media));
}

/* Without its index a new resource is nothing that anybody asked for (T1). */
static void remove_new(const folder *f) {
    for (uint32_t part = 0; part < f->done.len; part++) {
        char name[RESOURCE_NAME];
        if (!f->done.ptr[part] || f->done.ptr[part] == WRITTEN) continue;
        resource_name(name, part, (postern_media)(f->done.ptr[part] - 1));
        unlinkat(f->job->out_dir, name, 0);
    }
}

static postern_status write_resource(void *user, uint32_t part, postern_media media, postern_buf *ret_name) {
    folder *f = user;
    char name[RESOURCE_NAME];
    resource_name(name, part, media);
    if (part < f->done.len && !f->done.ptr[part]) {
        struct stat before;
        bool is_new = fstatat(f->job->out_dir, name, &before, AT_SYMLINK_NOFOLLOW) != 0;
        postern_status status = write_file(f, name, part);
        if (status) return status;
        f->done.ptr[part] = is_new ? (uint8_t)(media + 1) : WRITTEN;
    }
    return postern_buf_add_slice(ret_name, postern_slice_cstr(name));
}

static cli_exit open_index(cli_job *job) {
    postern_error error;
    cli_exit code = cli_job_open_folder(job);
    if (code) return code;
    if (cli_guarded_open(job->out_dir, "index.html", true, &job->out, &error)) {
        cli_message(job->err_fd, job->folder, POSTERN_NO_OFFSET, "index.html: %s", error.text);
        return CLI_FAILED;
    }
    return CLI_CLEAN;
}

/* ---- the page ---- */

typedef struct counted {
    postern_sink out;
    uint64_t written;
} counted;

static postern_status write_counted(void *user, const void *bytes, size_t len) {
    counted *c = user;
    c->written += len;
    cli_progress_at(c->written);
    return c->out.write(c->out.user, bytes, len);
}

static cli_exit write_page(cli_job *job, folder *f, postern_page_report *ret_report) {
    postern_page_options page;
    postern_page_options_init(&page);
    page.notes = &job->notes;
    page.policy = job->policy;
    if (job->args->root) {
        cli_exit code = cli_part_named(job, job->args->root, &page.root);
        if (code) return code;
    }
    if (job->folder) {
        size_t count = postern_archive_part_count(job->archive);
        postern_buf_init(&f->done, count);
        if (postern_buf_reserve(&f->done, count)) return CLI_FAILED;
        memset(f->done.ptr, 0, count);
        f->done.len = count;
        page.resource = write_resource;
        page.resource_user = f;
    }
    counted c = {.out = postern_output_sink(job->out)};
    postern_sink sink = {write_counted, &c};
    cli_progress_start(!job->worker && !job->args->quiet && (job->output || job->folder), job->label, job->bytes_in);
    postern_error error = {0};
    postern_status status = postern_page_html(job->archive, &page, &sink, ret_report, &error);
    cli_progress_clear();
    if (status == POSTERN_LIMIT && ret_report->bytes_out) {
        cli_message_error(job->err_fd, job->label, &error);
        return CLI_DEFECTS; /* well-formed up to there: shown, and said */
    }
    if (f->failed) return CLI_FAILED;
    return cli_job_written(job, status, &error);
}

static cli_exit report(cli_job *job, const postern_page_report *page, const char *where) {
    postern_buf text;
    postern_buf_init(&text, 16u << 20);
    cli_exit code = CLI_CLEAN;
    if (job->args->summary) {
        cli_report_block(job, page, where, &text);
        cli_write_all(job->err_fd, text.ptr, text.len);
        postern_buf_clear(&text);
    }
    if (job->args->json) {
        cli_report_json(job, page, where, &text);
        code = cli_job_print(job, &text);
    }
    if (!job->args->summary && !job->args->json && !job->args->quiet && where && isatty(STDERR_FILENO))
        cli_message(job->err_fd, job->label, POSTERN_NO_OFFSET, "%s written to %s; -s says what was left out",
                    cli_size(page->bytes_out), where);
    postern_buf_free(&text);
    return code;
}

/* The page in its place, or nothing of it and its message printed. */
static cli_exit write_whole(cli_job *job, postern_page_report *ret_page) {
    folder f = {.job = job};
    cli_exit partial = write_page(job, &f, ret_page), code = partial;
    if (partial <= CLI_DEFECTS) code = cli_job_commit(job);
    else cli_job_say_loss(job); /* maybe the reason */
    if (code > CLI_DEFECTS) remove_new(&f);
    postern_buf_free(&f.done);
    return code ? code : partial;
}

static cli_exit html_one(cli_job *job) {
    cli_exit code = cli_job_open_input(job);
    if (!code) code = job->folder ? open_index(job) : cli_job_open_output(job);
    if (!code) code = cli_job_sandbox(job, NULL, 0);
    if (!code) code = cli_job_open_archive(job);
    if (code) {
        cli_job_say_loss(job); /* maybe the reason */
        return code;
    }
    postern_page_report page = {0};
    cli_exit partial = write_whole(job, &page);
    if (partial > CLI_DEFECTS) return partial;
    char index[4200];
    if (job->folder) snprintf(index, sizeof index, "%s/index.html", job->folder);
    code = report(job, &page, job->folder ? index : job->output);
    if (code) return code;
    cli_exit lost = cli_job_say_loss(job);
    return partial ? partial : lost;
}

static cli_exit run(const cli_args *args) {
    cli_plan plan = {.ending = ".html", .folder = true};
    bool to_stdout = !args->dir && (!args->out || !strcmp(args->out, "-"));
    if (args->json && to_stdout) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET,
                    "html: --json needs standard output; give the page a place with -o");
        return CLI_USAGE;
    }
    if (!args->out && !args->dir && isatty(STDOUT_FILENO)) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET,
                    "html: standard output is a terminal; say where the page goes: -o OUT.html, -d DIR, or -o -");
        return CLI_USAGE;
    }
    postern_policy *policy;
    size_t defects;
    cli_exit code = cli_policy_for_jobs(args, &policy, &defects);
    if (code) return code;
    plan.policy = policy;
    code = cli_jobs_run(args, &plan, html_one);
    postern_policy_free(policy);
    return code == CLI_CLEAN && defects ? CLI_DEFECTS : code;
}

const cli_command cli_command_html = {
    .name = "html",
    .operands = "FILE...",
    .what = "one safe, self-contained HTML page",
    .about = "Turns an MHTML archive or a mail into one page that holds its pictures, fonts and\n"
             "styles, and that can run nothing and load nothing, wherever it is opened. FILE may\n"
             "be - for standard input, or a folder: all .mht, .mhtml and .eml files below it.\n"
             "With --policy what the page shows is what its zone may do; never more than without.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = SIZE_MAX,
    .run = run,
};
