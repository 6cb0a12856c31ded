/* Text and source as documents of their own: served under the message's policy, since what they hold is the message. */
#include "view_int.h"

enum { SOURCE_LINE_MAX = 64 << 10 };

static const char style[] =
    "html{color-scheme:light}body{margin:0}pre{margin:0;padding:1rem 1.25rem;font:0.9375rem/1.5 ui-monospace,\"DejaVu Sans "
    "Mono\","
    "\"Noto Sans Mono CJK JP\",monospace;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;text-align:start;"
    "color:#1b1b18;background:#fff;min-height:100vh;box-sizing:border-box}.dark{color-scheme:dark}"
    ".dark pre{color:#e8e6df;background:#1d1e1c}";

static void begin(const view_job *job, const char *title, postern_buf *buf) {
    view_html(buf, job->language,
              "<!DOCTYPE html>\n<html lang=\"{c}\" class=\"{c}\"><head><meta charset=\"utf-8\"><meta name=\"referrer\" "
              "content=\"no-referrer\"><meta name=\"viewport\" content=\"width=device-width\"><title>{t}</title><style>",
              job->language, job->dark ? "dark" : "light", title);
    postern_buf_add_slice(buf, postern_slice_cstr(style));
    postern_buf_add_slice(buf, POSTERN_S("</style></head><body><pre dir=\"auto\" lang=\"\">"));
}

void view_text_document(const view_job *job, postern_slice text, view_out *out) {
    postern_buf buf;
    postern_buf_init(&buf, 1 << 20);
    begin(job, N_("Text of the message"), &buf);
    view_out_head(out, 200, VIEW_MEDIA_MESSAGE);
    postern_sink_write(&out->sink, postern_buf_slice(&buf));
    if (buf.status || postern_html_write_text(&out->sink, text)) out->failed = true;
    postern_sink_write(&out->sink, POSTERN_S("</pre></body></html>\n"));
    postern_buf_free(&buf);
}

static postern_slice next_line(postern_slice *rest) {
    postern_cut cut = postern_slice_cut(*rest, '\n');
    *rest = cut.tail;
    if (cut.head.len && cut.head.ptr[cut.head.len - 1] == '\r') cut.head.len--;
    return cut.head;
}

/* Bytes as they stand, with controls and what is no UTF-8 made visible. */
static void write_lines(postern_slice rest, postern_buf *line, view_out *out) {
    while (rest.len && !out->failed) {
        postern_slice some = next_line(&rest);
        for (bool first = true; (first || some.len) && !out->failed; first = false) {
            postern_buf_clear(line);
            postern_escape_line(line, postern_slice_sub(some, 0, SOURCE_LINE_MAX), 8 * SOURCE_LINE_MAX);
            if (line->status || postern_html_write_text(&out->sink, postern_buf_slice(line))) out->failed = true;
            some = postern_slice_from(some, SOURCE_LINE_MAX);
        }
        postern_sink_write(&out->sink, POSTERN_S("\n"));
    }
}

static void save(const view_job *job, view_out *out) {
    postern_buf name;
    postern_buf_init(&name, 1 << 12);
    postern_safe_name(postern_slice_cstr(job->name), POSTERN_S("message/rfc822"), job->message, &name);
    view_out_file(out, POSTERN_MEDIA_NONE, VIEW_NO_ZONE, postern_buf_slice(&name));
    if (name.status || postern_sink_write(&out->sink, job->bytes)) out->failed = true;
    postern_buf_free(&name);
}

void view_source(const view_job *job, view_out *out) {
    postern_buf buf;
    if (job->save) {
        save(job, out);
        return;
    }
    postern_slice shown = postern_slice_sub(job->bytes, 0, POSTERN_LIMIT_VIEWER_SOURCE);
    postern_buf_init(&buf, 16 * SOURCE_LINE_MAX);
    begin(job, N_("Source of the message"), &buf);
    view_out_head(out, 200, VIEW_MEDIA_MESSAGE);
    out->failed |= buf.status != POSTERN_OK;
    postern_sink_write(&out->sink, postern_buf_slice(&buf));
    write_lines(shown, &buf, out);
    postern_sink_write(&out->sink, POSTERN_S("</pre>"));
    if (shown.len < job->bytes.len) {
        postern_buf_clear(&buf);
        view_html(&buf, job->language, "<p><strong>{t}</strong></p>",
                  N_("The rest is not shown here; save the source to see all of it"));
        out->failed |= buf.status != POSTERN_OK;
        postern_sink_write(&out->sink, postern_buf_slice(&buf));
    }
    postern_sink_write(&out->sink, POSTERN_S("</body></html>\n"));
    postern_buf_free(&buf);
}
