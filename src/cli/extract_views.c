/* postern extract --all-views: each payload that some reader may see, as view-00001.bin and so on. */
#include "extract.h"

#include <stdio.h>

typedef struct viewer {
    extraction *x;
    unsigned count;
    cli_exit code;
} viewer;

static postern_status put_bytes(void *user, const postern_sink *sink) {
    return postern_sink_write(sink, *(const postern_slice *)user);
}

static void manifest_row(extraction *x, const char *name, const postern_view *view) {
    postern_json *json = &x->json;
    postern_json_object(json);
    postern_json_key(json, "file");
    postern_json_cstr(json, name);
    postern_json_key(json, "size");
    postern_json_uint(json, view->bytes.len);
    postern_json_key(json, "reading");
    postern_json_cstr(json, view->reading);
    postern_json_key(json, "offset");
    postern_json_uint(json, view->offset);
    postern_json_key(json, "depth");
    postern_json_uint(json, view->depth);
    postern_json_end_object(json);
}

static postern_status write_view(void *user, const postern_view *view) {
    viewer *v = user;
    const cli_args *args = v->x->job->args;
    char name[32], what[128];
    uint64_t size = 0;
    postern_slice bytes = view->bytes;
    snprintf(name, sizeof name, "view-%05u.bin", ++v->count);
    v->code = extract_file(v->x, name, put_bytes, &bytes, &size);
    if (!v->code && args->json) manifest_row(v->x, name, view);
    snprintf(what, sizeof what, "%s, offset %llu", view->reading, (unsigned long long)view->offset);
    if (!v->code && !args->json && !args->quiet) v->code = extract_line(v->x, name, what, size);
    return v->code ? POSTERN_IO : POSTERN_OK; /* a folder that takes one file less takes no more either */
}

cli_exit extract_views(extraction *x) {
    viewer v = {.x = x};
    bool cut = false;
    postern_status status = postern_views_each(postern_file_bytes(x->job->file), write_view, &v, &cut);
    if (status && !v.code) {
        cli_message(x->job->err_fd, x->job->label, POSTERN_NO_OFFSET, "cannot walk the views: %s", postern_status_name(status));
        return cli_exit_of(status);
    }
    if (!v.code && cut) {
        cli_message(x->job->err_fd, x->job->label, POSTERN_NO_OFFSET,
                    "too many views: a limit was reached (Z18), see LIMITS.md");
        return CLI_DEFECTS;
    }
    return v.code;
}
