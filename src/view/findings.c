/* What scan finds in a message, as JSON. */
#include "view_int.h"

typedef struct telling {
    postern_json json;
    postern_buf buf;
} telling;

static void key_text(postern_json *json, const char *key, postern_slice value) {
    postern_json_key(json, key);
    postern_json_string(json, value);
}

static postern_status on_finding(void *user, const postern_finding *finding) {
    telling *t = user;
    const postern_finding_kind *kind = postern_finding_kind_of(finding->number);
    postern_json_object(&t->json);
    key_text(&t->json, "id", postern_slice_cstr(kind->id));
    key_text(&t->json, "severity", postern_slice_cstr(postern_severity_name(finding->severity)));
    key_text(&t->json, "title", postern_slice_cstr(kind->title));
    key_text(&t->json, "reason", postern_slice_cstr(finding->reason));
    key_text(&t->json, "part", finding->part);
    key_text(&t->json, "excerpt", finding->excerpt);
    postern_json_key(&t->json, "offset");
    postern_json_uint(&t->json, finding->offset);
    postern_json_end_object(&t->json);
    return t->buf.status;
}

void view_findings(const view_job *job, view_out *out) {
    telling t;
    postern_scan_report report = {0};
    postern_scan_options options = {.policy = job->options->policy,
                                    .zone_stream = job->options->zone_stream,
                                    .has_zone_stream = job->options->has_zone_stream};
    postern_finding_sink sink = {on_finding, &t};
    postern_buf_init(&t.buf, 16u << 20);
    postern_json_init(&t.json, &t.buf, false);
    postern_json_object(&t.json);
    postern_json_key(&t.json, "format");
    postern_json_uint(&t.json, 1);
    postern_json_key(&t.json, "findings");
    postern_json_array(&t.json);
    postern_status status = postern_scan_bytes(job->bytes, postern_slice_cstr(job->name), &options, &sink, &report);
    postern_json_end_array(&t.json);
    postern_json_key(&t.json, "untold");
    postern_json_uint(&t.json, report.untold);
    postern_json_end_object(&t.json);
    if (status || t.buf.status) {
        view_fail(job, out, 422, N_("The scan could not be finished"), postern_status_name(status ? status : t.buf.status));
    } else {
        view_out_head(out, 200, VIEW_MEDIA_JSON);
        postern_sink_write(&out->sink, postern_buf_slice(&t.buf));
    }
    postern_buf_free(&t.buf);
}
