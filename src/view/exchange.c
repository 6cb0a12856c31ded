/*
 * The life of a request: judged by its headers alone, then answered at once, or suspended until its reader is done. All in one
 * thread, so that a fork finds no lock held.
 */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *view_on_uri(void *cls, const char *uri, struct MHD_Connection *connection) {
    view_exchange *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    x->viewer = cls;
    x->connection = connection;
    x->body = x->reader.fd = -1;
    x->uri = strdup(uri);
    if (!x->uri) {
        free(x);
        return NULL;
    }
    x->next = x->viewer->exchanges;
    x->viewer->exchanges = x;
    return x;
}

static view_line *line_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

void view_on_completed(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode how) {
    view_exchange *x = *con_cls;
    (void)how;
    (void)cls;
    view_line *line = line_of(connection);
    if (line) line->since = view_clock();
    if (!x) return;
    for (view_exchange **at = &x->viewer->exchanges; *at; at = &(*at)->next)
        if (*at == x) {
            *at = x->next;
            break;
        }
    view_link_drop(x->viewer, x);
    if (x->reader.pid) x->viewer->readers--;
    view_reader_end(&x->reader);
    view_held_release(x);
    if (x->body >= 0) close(x->body);
    free(x->uri);
    free(x);
    *con_cls = NULL;
}

/* ---- what a request says about itself ---------------------------------------------------------------------------- */

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *key, const char *value) {
    view_asker *asker = cls;
    postern_slice name = postern_slice_cstr(key), text = postern_slice_cstr(value);
    (void)kind;
    asker->headers++;
    if (postern_slice_eq_nocase(name, POSTERN_S("Host"))) {
        asker->hosts++;
        asker->host = text;
    } else if (postern_slice_eq_nocase(name, POSTERN_S("Origin"))) {
        asker->origins++;
        asker->origin = text;
    } else if (postern_slice_eq_nocase(name, POSTERN_S("Sec-Fetch-Site")))
        asker->site = text;
    else if (postern_slice_eq_nocase(name, POSTERN_S("Sec-Fetch-Dest")))
        asker->dest = text;
    else if (postern_slice_eq_nocase(name, POSTERN_S("Sec-Fetch-Mode")))
        asker->mode = text;
    else if (postern_slice_eq_nocase(name, POSTERN_S("Cookie")))
        asker->cookie = text;
    return MHD_YES;
}

static const char *language_of(const view_exchange *x) {
    if (x->viewer->options.settings.language[0]) return view_language_known(x->viewer->options.settings.language);
    const char *accept = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Accept-Language");
    const char *wanted = accept ? view_language_wanted(postern_slice_cstr(accept)) : NULL;
    return wanted ? wanted : view_language_known(x->viewer->options.language);
}

static view_verdict judge(view_exchange *x, const char *method) {
    view_asker asker = {.post = !strcmp(method, "POST")};
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, on_header, &asker);
    view_route_parse(postern_slice_cstr(x->uri), x->viewer->session.path, &x->route);
    x->language = language_of(x);
    x->host = postern_slice_starts(asker.host, POSTERN_S("[")) ? x->viewer->hosts[1] : x->viewer->hosts[0];
    if (!asker.post && strcmp(method, "GET")) return VIEW_WRONG_METHOD;
    view_verdict verdict = view_access(&x->viewer->session, &asker, &x->route);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    bool stranger = x->route.what == VIEW_OPEN && info && !view_peer_is_ours(info->connect_fd);
    return verdict == VIEW_WELCOME && stranger ? VIEW_NO_COOKIE : verdict;
}

/* A refusal comes before any body, and ends the connection. */
static enum MHD_Result begin(view_exchange *x, const char *method) {
    view_verdict verdict = judge(x, method);
    if (verdict != VIEW_WELCOME) return view_refuse(x, verdict);
    x->stage = x->route.what == VIEW_SETTINGS ? VIEW_STAGE_BODY : VIEW_STAGE_ASKED;
    return MHD_YES;
}

static enum MHD_Result answer(view_exchange *x, size_t *body) {
    view_line *line = line_of(x->connection);
    if (*body) return MHD_NO; /* a GET with a body is none of ours */
    if (line) line->since = 0;
    if (x->route.what == VIEW_ALIVE) return view_respond_alive(x);
    bool store = view_link_is_store(x->viewer);
    if (x->route.what == VIEW_LIST && (!store || !x->viewer->link.ready)) return view_respond_state(x);
    if (!view_by_reader(x->route.what) && x->route.what != VIEW_LIST) return view_respond_own(x);
    x->stage = store ? VIEW_STAGE_STORE : VIEW_STAGE_WAITING;
    MHD_suspend_connection(x->connection);
    if (store)
        view_link_next(x->viewer);
    else
        view_exchanges_start(x->viewer);
    return MHD_YES;
}

static enum MHD_Result take_body(view_exchange *x, const char *data, size_t *data_len) {
    if (*data_len == 0) return view_respond_posted(x);
    size_t some = *data_len < sizeof x->posted - x->posted_len ? *data_len : sizeof x->posted - x->posted_len;
    memcpy(x->posted + x->posted_len, data, some);
    x->posted_len += some;
    x->posted_cut |= some < *data_len;
    *data_len = 0;
    return MHD_YES;
}

enum MHD_Result view_on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                const char *version, const char *data, size_t *data_len, void **con_cls) {
    view_exchange *x = *con_cls;
    (void)cls;
    (void)connection;
    (void)url;
    (void)version;
    if (!x) return MHD_NO;
    switch (x->stage) {
    case VIEW_STAGE_NEW:
        return begin(x, method);
    case VIEW_STAGE_ASKED:
        return answer(x, data_len);
    case VIEW_STAGE_BODY:
        return take_body(x, data, data_len);
    case VIEW_STAGE_READY:
        return view_respond_read(x);
    default:
        return MHD_NO;
    }
}

/* ---- readers ------------------------------------------------------------------------------------------------------ */

static postern_status keep_data(void *user, const void *bytes, size_t len) {
    view_exchange *x = user;
    x->body_len += len;
    x->huge |= x->body_len > POSTERN_LIMIT_VIEWER_ANSWER;
    for (size_t done = 0; !x->huge && done < len;) {
        ssize_t wrote = write(x->body, (const char *)bytes + done, len - done);
        if (wrote > 0)
            done += (size_t)wrote;
        else if (errno != EINTR)
            return POSTERN_IO;
    }
    return x->huge ? POSTERN_LIMIT : POSTERN_OK;
}

postern_sink view_exchange_sink(view_exchange *x) {
    if (x->body < 0) x->body = memfd_create("postern-answer", MFD_CLOEXEC);
    return x->body < 0 ? (postern_sink){0} : (postern_sink){keep_data, x};
}

static uint32_t number_of(postern_slice query, const char *name, uint32_t otherwise, uint32_t max) {
    postern_buf value;
    uint64_t number = otherwise;
    postern_buf_init(&value, 32);
    if (!view_query_get(query, name, &value) || !postern_slice_uint(postern_buf_slice(&value), max, &number))
        number = otherwise;
    postern_buf_free(&value);
    return (uint32_t)number;
}

static bool policy_plain(const postern_viewer *viewer) {
    return viewer->options.policy && postern_policy_reads_plain(viewer->options.policy);
}

static postern_status start(view_exchange *x) {
    postern_viewer *viewer = x->viewer;
    view_job job = {.what = x->route.what,
                    .message = x->route.message,
                    .part = x->route.part,
                    .plain = viewer->options.settings.plain || policy_plain(viewer),
                    .dark = view_query_flag(x->route.query, "dark"),
                    .print = view_query_flag(x->route.query, "print"),
                    .save = view_query_flag(x->route.query, "save"),
                    .width = number_of(x->route.query, "width", 0, 400),
                    .language = x->language,
                    .zone = x->held ? x->held->zone : VIEW_NO_ZONE,
                    .bytes = x->held ? postern_slice_of(x->held->bytes, x->held->len) : viewer->options.bytes,
                    .name = x->held ? x->held->name : viewer->options.name,
                    .link_prefix = viewer->link_prefix,
                    .options = &viewer->options};
    if (job.part == POSTERN_NO_PART) job.part = number_of(x->route.query, "part", POSTERN_NO_PART, POSTERN_LIMIT_PARTS);
    x->frames.data = view_exchange_sink(x);
    if (!x->frames.data.write) return POSTERN_NOMEM;
    int line = view_warden_line(&viewer->warden);
    postern_status status = view_reader_start(&job, &viewer->session, line, &x->reader, NULL);
    if (line >= 0) close(line);
    return status;
}

void view_exchange_done(view_exchange *x, bool cut) {
    if (x->reader.pid) x->viewer->readers--;
    view_reader_end(&x->reader);
    view_held_release(x);
    x->cut = cut;
    x->stage = VIEW_STAGE_READY;
    MHD_resume_connection(x->connection);
}

static bool exists(const view_exchange *x) {
    return x->held || (x->route.message == 0 && !view_link_is_store(x->viewer));
}

/* In the order they came: new ones stand in front of the list. */
static view_exchange *first_waiting(postern_viewer *viewer) {
    view_exchange *found = NULL;
    for (view_exchange *x = viewer->exchanges; x; x = x->next)
        if (x->stage == VIEW_STAGE_WAITING) found = x;
    return found;
}

void view_exchanges_start(postern_viewer *viewer) {
    while (viewer->readers < POSTERN_LIMIT_VIEWER_READERS) {
        view_exchange *x = first_waiting(viewer);
        if (!x) return;
        x->absent = !exists(x);
        if (x->absent || start(x)) {
            view_exchange_done(x, true);
            continue;
        }
        x->stage = VIEW_STAGE_READING;
        viewer->readers++;
    }
}

void view_exchange_pump(view_exchange *x) {
    static uint8_t block[256 << 10];
    ssize_t got = read(x->reader.fd, block, sizeof block);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    bool broken = got > 0 && view_frames_take(&x->frames, block, (size_t)got) != POSTERN_OK;
    if (got <= 0 || broken || x->frames.ended) view_exchange_done(x, broken || !x->frames.ended);
}

void view_exchange_expire(view_exchange *x, int64_t now) {
    if (x->stage != VIEW_STAGE_READING || now < x->reader.deadline) return;
    x->late = true;
    view_exchange_done(x, true);
}
