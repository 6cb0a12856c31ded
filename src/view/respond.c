/* Answers: their headers by what they are, their bodies from our own writer or from what a reader made. */
#include "server.h"

#include <stdio.h>
#include <unistd.h>

static void add(struct MHD_Response *response, const char *name, const char *value) {
    if (MHD_add_response_header(response, name, value) != MHD_YES) {
    } /* no memory: then a header less, and the page is refused */
}

/* All that a class says. Without it nothing may be shown, so a failure here drops the connection. */
static bool add_headers(view_exchange *x, struct MHD_Response *response, view_class class, const char *type) {
    char origin[40];
    postern_buf policy;
    bool good = true;
    postern_buf_init(&policy, 4096);
    snprintf(origin, sizeof origin, "http://%s", x->host);
    view_policy(&policy, class, origin, x->viewer->session.path);
    postern_buf_add_byte(&policy, 0);
    for (const char *const *pair = view_headers(class); *pair; pair += 2)
        good &= MHD_add_response_header(response, pair[0], pair[1]) == MHD_YES;
    good = good && !policy.status &&
           MHD_add_response_header(response, "Content-Security-Policy", (const char *)policy.ptr) == MHD_YES &&
           MHD_add_response_header(response, "Content-Type", type) == MHD_YES;
    postern_buf_free(&policy);
    return good;
}

enum MHD_Result view_send(view_exchange *x, struct MHD_Response *response, unsigned code, view_class class, const char *type) {
    if (!response) return MHD_NO;
    enum MHD_Result result = MHD_NO;
    if (add_headers(x, response, class, type)) result = MHD_queue_response(x->connection, code, response);
    MHD_destroy_response(response);
    return result;
}

static struct MHD_Response *copy_of(const postern_buf *buf) {
    static char empty[1];
    if (buf->status) return NULL;
    return MHD_create_response_from_buffer(buf->len, buf->len ? (void *)buf->ptr : empty, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_buf(view_exchange *x, postern_buf *buf, unsigned code, view_class class, const char *type) {
    enum MHD_Result result = view_send(x, copy_of(buf), code, class, type);
    postern_buf_free(buf);
    return result;
}

#define HTML "text/html; charset=utf-8"
#define JSON "application/json"

/* ---- refusals ----------------------------------------------------------------------------------------------------- */

static const char *reason(view_verdict verdict) {
    switch (verdict) {
    case VIEW_WRONG_HOST:
        return N_("This is not the address of the viewer.");
    case VIEW_WRONG_ORIGIN:
        return N_("Only the viewer's own pages may ask for this.");
    case VIEW_NO_COOKIE:
        return N_("Open the address that the command printed, in this browser.");
    case VIEW_USED_TOKEN:
        return N_("This address was used already, and is good for one use. Start the viewer again to get another.");
    case VIEW_WRONG_METHOD:
        return N_("This cannot be asked for in that way.");
    case VIEW_NOT_HERE:
        return N_("There is nothing at this address.");
    case VIEW_TOO_MUCH:
        return N_("The request is too large.");
    case VIEW_WELCOME:
        break;
    }
    return "";
}

enum MHD_Result view_refuse(view_exchange *x, view_verdict verdict) {
    postern_buf buf;
    postern_buf_init(&buf, 1 << 16);
    view_error_page(&buf, x->language, N_("Not from here"), reason(verdict));
    struct MHD_Response *response = copy_of(&buf);
    postern_buf_free(&buf);
    if (!response) return MHD_NO;
    add(response, "Connection", "close");
    return view_send(x, response, view_verdict_code(verdict), VIEW_CLASS_PLAIN, HTML);
}

/* ---- without a reader --------------------------------------------------------------------------------------------- */

static enum MHD_Result exchange_token(view_exchange *x) {
    view_session *session = &x->viewer->session;
    char cookie[2 * VIEW_SECRET + 80], place[VIEW_SECRET + 8];
    snprintf(cookie, sizeof cookie, "postern=%s; Path=/%s; HttpOnly; SameSite=Strict", session->cookie, session->path);
    snprintf(place, sizeof place, "/%s/", session->path);
    postern_buf nothing;
    postern_buf_init(&nothing, 1);
    struct MHD_Response *response = copy_of(&nothing);
    if (!response) return MHD_NO;
    session->used = true;
    add(response, "Set-Cookie", cookie);
    add(response, "Location", place);
    return view_send(x, response, MHD_HTTP_SEE_OTHER, VIEW_CLASS_PLAIN, HTML);
}

static enum MHD_Result asset(view_exchange *x, const char *name) {
    for (size_t i = 0; i < view_asset_count; i++) {
        const view_asset *a = &view_assets[i];
        if (strcmp(a->name, name)) continue;
        struct MHD_Response *response =
            MHD_create_response_from_buffer(a->len, (void *)(uintptr_t)a->bytes, MHD_RESPMEM_PERSISTENT);
        return view_send(x, response, MHD_HTTP_OK, VIEW_CLASS_DATA, a->type);
    }
    return view_refuse(x, VIEW_NOT_HERE);
}

static enum MHD_Result go(view_exchange *x) {
    postern_buf target, page;
    postern_buf_init(&target, POSTERN_LIMIT_VIEWER_REQUEST);
    postern_buf_init(&page, 16 * POSTERN_LIMIT_VIEWER_REQUEST);
    if (!view_query_get(x->route.query, "u", &target)) postern_buf_clear(&target);
    view_go_page(&page, x->language, postern_buf_slice(&target));
    postern_buf_free(&target);
    return send_buf(x, &page, MHD_HTTP_OK, VIEW_CLASS_PLAIN, HTML);
}

enum MHD_Result view_respond_own(view_exchange *x) {
    postern_buf buf;
    postern_buf_init(&buf, 4u << 20);
    switch (x->route.what) {
    case VIEW_OPEN:
        return exchange_token(x);
    case VIEW_GO:
        return go(x);
    case VIEW_SCRIPT:
        return asset(x, "app.js");
    case VIEW_STYLE:
        return asset(x, "app.css");
    case VIEW_ICON:
        return asset(x, "icon.svg");
    case VIEW_STRINGS:
        view_strings_json(&buf, x->language);
        return send_buf(x, &buf, MHD_HTTP_OK, VIEW_CLASS_DATA, JSON);
    case VIEW_SHELL:
        view_shell_page(&buf, x->language, x->viewer->options.name, &x->viewer->options.settings, x->viewer->session.path);
        return send_buf(x, &buf, MHD_HTTP_OK, VIEW_CLASS_SHELL, HTML);
    default:
        return view_refuse(x, VIEW_NOT_HERE);
    }
}

enum MHD_Result view_respond_posted(view_exchange *x) {
    postern_viewer_options *options = &x->viewer->options;
    static const char *const names[] = {"plain", "theme", "zoom", "language"};
    if (x->posted_cut) return view_refuse(x, VIEW_TOO_MUCH);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        postern_buf value;
        postern_buf_init(&value, 64);
        if (view_query_get(postern_slice_of(x->posted, x->posted_len), names[i], &value))
            view_setting(&options->settings, postern_slice_cstr(names[i]), postern_buf_slice(&value));
        postern_buf_free(&value);
    }
    if (options->save) options->save(options->user, &options->settings);
    postern_buf nothing;
    postern_buf_init(&nothing, 1);
    return send_buf(x, &nothing, MHD_HTTP_NO_CONTENT, VIEW_CLASS_DATA, JSON);
}

enum MHD_Result view_respond_state(view_exchange *x) {
    const view_link *link = &x->viewer->link;
    postern_buf buf;
    postern_buf_init(&buf, 1 << 16);
    if (view_link_is_store(x->viewer) || (link->state_len && !link->failed))
        postern_buf_add(&buf, link->state, link->state_len);
    if (!buf.len && view_link_is_store(x->viewer))
        postern_buf_add_slice(&buf, POSTERN_S("{\"ready\":false}"));
    else if (!buf.len)
        postern_buf_add_slice(&buf, POSTERN_S("{\"ready\":true,\"single\":true}"));
    return send_buf(x, &buf, MHD_HTTP_OK, VIEW_CLASS_DATA, JSON);
}

/* ---- from a reader ------------------------------------------------------------------------------------------------ */

static enum MHD_Result failed(view_exchange *x) {
    const char *text = x->huge   ? N_("It would be too large for a browser.")
                       : x->late ? N_("It took too long, and was ended.")
                                 : N_("The process that read it ended early. Everything else goes on as before.");
    postern_buf buf;
    postern_buf_init(&buf, 1 << 16);
    bool json = x->route.what == VIEW_INFO || x->route.what == VIEW_FINDINGS || x->route.what == VIEW_LIST;
    if (json) {
        postern_json writer;
        postern_json_init(&writer, &buf, false);
        postern_json_object(&writer);
        postern_json_key(&writer, "error");
        postern_json_cstr(&writer, N_("This cannot be shown"));
        postern_json_key(&writer, "detail");
        postern_json_cstr(&writer, text);
        postern_json_end_object(&writer);
        return send_buf(x, &buf, MHD_HTTP_INTERNAL_SERVER_ERROR, VIEW_CLASS_DATA, JSON);
    }
    view_error_page(&buf, x->language, N_("This cannot be shown"), text);
    return send_buf(x, &buf, MHD_HTTP_INTERNAL_SERVER_ERROR, VIEW_CLASS_MESSAGE, HTML);
}

static void add_disposition(struct MHD_Response *response, const char *name) {
    char value[4 * sizeof((view_frames *)0)->name + 64];
    postern_buf buf;
    postern_buf_init(&buf, sizeof value - 1);
    postern_buf_printf(&buf, "attachment; filename*=UTF-8''");
    postern_percent_encode(postern_slice_cstr(name), "-._~", &buf);
    postern_buf_add_byte(&buf, 0);
    add(response, "Content-Disposition", buf.status ? "attachment" : (const char *)buf.ptr);
    postern_buf_free(&buf);
}

enum MHD_Result view_respond_read(view_exchange *x) {
    const view_head *head = &x->frames.head;
    if (x->absent) return view_refuse(x, VIEW_NOT_HERE);
    if (x->cut) return failed(x);
    struct MHD_Response *response = MHD_create_response_from_fd64(x->body_len, x->body);
    if (!response) return MHD_NO;
    x->body = -1; /* the response closes it */
    switch ((view_media)head->media) {
    case VIEW_MEDIA_JSON:
        return view_send(x, response, head->status, VIEW_CLASS_DATA, JSON);
    case VIEW_MEDIA_FILE:
        add_disposition(response, x->frames.name);
        return view_send(x, response, head->status, VIEW_CLASS_FILE,
                         head->picture ? postern_media_type((postern_media)head->picture) : "application/octet-stream");
    default:
        return view_send(x, response, head->status, VIEW_CLASS_MESSAGE, HTML);
    }
}
