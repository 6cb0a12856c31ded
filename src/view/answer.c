/*
 * What a reader does: one message (or page) opened, and one answer made of it. Everything the input says leaves through the
 * page room's writer, the JSON writer or the escaper of our own documents.
 */
#include "view_int.h"

/* Pictures turn back what the shell does to a page in the dark. */
static const char dark_style[] = "img,video,input[type=image],svg image{filter:invert(1) hue-rotate(180deg)}";
static const char print_style[] = "@page{margin:14mm}";
static const char picture_style[] =
    "html,body{margin:0;height:100%;background:#fff}img{width:100%;height:100%;object-fit:contain}";

void view_fail(const view_job *job, view_out *out, uint16_t code, const char *title, const char *text) {
    postern_buf buf;
    postern_buf_init(&buf, 1 << 20);
    bool json = job->what == VIEW_INFO || job->what == VIEW_FINDINGS;
    view_out_head(out, code, json ? VIEW_MEDIA_JSON : VIEW_MEDIA_MESSAGE);
    if (json) {
        postern_json writer;
        postern_json_init(&writer, &buf, false);
        postern_json_object(&writer);
        postern_json_key(&writer, "format");
        postern_json_uint(&writer, 1);
        postern_json_key(&writer, "error");
        postern_json_cstr(&writer, title);
        postern_json_key(&writer, "detail");
        postern_json_cstr(&writer, text);
        postern_json_end_object(&writer);
    } else
        view_error_page(&buf, job->language, title, text);
    postern_sink_write(&out->sink, postern_buf_slice(&buf));
    postern_buf_free(&buf);
}

static bool ends_in(const char *name, const char *ending) {
    postern_slice s = postern_slice_cstr(name);
    return s.len > strlen(ending) &&
           postern_slice_eq_nocase(postern_slice_from(s, s.len - strlen(ending)), postern_slice_cstr(ending));
}

/* What the caller grants, and what the store knows of the message: the least of both. */
static postern_zone caller_zone(const view_job *job) {
    postern_zone known = job->zone == VIEW_NO_ZONE ? POSTERN_ZONE_LOCAL_MACHINE : (postern_zone)job->zone;
    return job->options->has_caller_zone ? postern_zone_least(known, job->options->caller_zone) : known;
}

postern_status view_open_archive(const view_job *job, const postern_notes *notes, postern_archive **ret_archive,
                                 postern_error *reterr) {
    postern_archive_options options = {
        .notes = notes,
        .has_caller_zone = job->options->has_caller_zone || job->zone != VIEW_NO_ZONE,
        .caller_zone = caller_zone(job),
        .zone_stream = job->options->zone_stream,
        .has_zone_stream = job->options->has_zone_stream,
        .expect_html = !ends_in(job->name, ".eml"),
        .plain = job->plain && !job->opened,
    };
    return postern_archive_open(job->bytes, &options, ret_archive, reterr);
}

/* A page cut by its limit is well-formed up to there and shown. After any other failure there is no END, and the viewer says
 * that the reader failed. */
static void page(const view_job *job, postern_archive *archive, view_out *out) {
    postern_page_options options;
    postern_page_report report;
    postern_page_options_init(&options);
    options.root = job->part;
    options.policy = job->options->policy;
    options.link_prefix = job->link_prefix;
    options.max_output = POSTERN_LIMIT_VIEWER_ANSWER / 2;
    options.translate = postern_viewer_text;
    options.language = job->language;
    if (job->dark) options.style = dark_style;
    if (job->print) {
        options.page_header = true;
        options.style = print_style;
        options.notice = postern_viewer_text(
            job->language, N_("This is how it is printed: press Ctrl+P (on a Mac, Command+P). This line is not printed."));
    }
    if (job->what == VIEW_PICTURE) {
        options.mail_header = false;
        options.style = picture_style;
    }
    view_out_head(out, 200, VIEW_MEDIA_MESSAGE);
    postern_status status = postern_page_html(archive, &options, &out->sink, &report, NULL);
    if (status && status != POSTERN_LIMIT) out->failed = true;
}

static void text(const view_job *job, postern_archive *archive, view_out *out) {
    postern_text_options options;
    postern_page_report report;
    postern_error error;
    postern_buf buf;
    postern_buf_init(&buf, POSTERN_LIMIT_VIEWER_ANSWER / 8);
    postern_text_options_init(&options);
    options.width = job->width;
    options.mail_header = true;
    postern_sink sink = postern_buf_sink(&buf);
    postern_status status = postern_page_text(archive, &options, &sink, &report, &error);
    if (status && status != POSTERN_LIMIT)
        view_fail(job, out, 422, N_("This cannot be shown"), error.text);
    else
        view_text_document(job, postern_buf_slice(&buf), out);
    postern_buf_free(&buf);
}

static bool raster(postern_media media) {
    return media >= POSTERN_MEDIA_PNG && media <= POSTERN_MEDIA_AVIF;
}

static bool leaf(const postern_part *part) {
    return !(part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE));
}

static void part(const view_job *job, postern_archive *archive, view_out *out) {
    const postern_part *p = postern_archive_part(archive, job->part);
    if (!p || !leaf(p)) {
        view_fail(job, out, 404, N_("There is no such part"), "");
        return;
    }
    postern_buf name;
    postern_buf_init(&name, 1 << 12);
    postern_part_safe_name(p, &name);
    postern_media media = postern_archive_part_media(archive, job->part);
    view_out_file(out, raster(media) ? media : POSTERN_MEDIA_NONE, VIEW_NO_ZONE, postern_buf_slice(&name));
    if (name.status || postern_part_decode(p, &out->sink, NULL)) out->failed = true;
    postern_buf_free(&name);
}

static bool drawable(postern_archive *archive, uint32_t index) {
    return raster(postern_archive_part_media(archive, index)) ||
           postern_archive_part_media(archive, index) == POSTERN_MEDIA_SVG;
}

static void of_archive(const view_job *job, postern_archive *archive, view_out *out) {
    bool there = job->part == POSTERN_NO_PART || job->part < postern_archive_part_count(archive);
    if (!there || (job->what == VIEW_PICTURE && !drawable(archive, job->part))) {
        view_fail(job, out, 404, N_("There is no such part"), "");
        return;
    }
    switch (job->what) {
    case VIEW_PAGE:
    case VIEW_PICTURE:
        page(job, archive, out);
        break;
    case VIEW_TEXT:
        text(job, archive, out);
        break;
    case VIEW_PART:
        part(job, archive, out);
        break;
    default:
        break;
    }
}

static bool has_root(const view_job *job, postern_archive *archive, postern_error *reterr) {
    if (job->what == VIEW_PART || job->what == VIEW_PICTURE || job->part != POSTERN_NO_PART) return true;
    if (postern_archive_root(archive) != POSTERN_NO_PART || postern_archive_kind_of(archive) == POSTERN_ARCHIVE_MAIL)
        return true;
    return postern_archive_fail_rootless(archive, reterr) == POSTERN_OK;
}

static void answer(const view_job *job, view_out *out) {
    postern_archive *archive = NULL;
    postern_error error = {0};
    if (job->what == VIEW_FINDINGS)
        view_findings(job, out);
    else if (job->what == VIEW_INFO)
        view_info(job, out);
    else if (view_open_archive(job, NULL, &archive, &error) || !has_root(job, archive, &error))
        view_fail(job, out, 422, N_("This cannot be shown"), error.text);
    else
        of_archive(job, archive, out);
    postern_archive_free(archive);
}

/* The source is the message as it came; all else is of what lies in it. */
void view_answer(const view_job *job, view_out *out) {
    view_job opened = *job;
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    postern_status status = arena ? POSTERN_OK : POSTERN_NOMEM;
    if (!status && job->what != VIEW_SOURCE) status = view_unwrap(arena, &opened);
    if (status)
        view_fail(job, out, 422, N_("This cannot be shown"), postern_status_name(status));
    else if (job->what == VIEW_SOURCE)
        view_source(job, out);
    else
        answer(&opened, out);
    postern_arena_free(arena);
    if (!out->failed) view_out_end(out);
}
