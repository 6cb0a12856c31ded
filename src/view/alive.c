/*
 * Pages that are open. Each browser holds one answer that never ends: when it breaks off, the page was closed, or the browser
 * ended. Timers of a page would not do: browsers slow them down, or stop them, in the background.
 */
#define _GNU_SOURCE
#include "server.h"

#include <poll.h>
#include <stdlib.h>

enum { SIGN_EVERY = 15000 };

static ssize_t more(void *cls, uint64_t pos, char *buf, size_t max) {
    static const char first[] = "retry: 1000\n\n", sign[] = ":\n\n";
    view_alive *a = cls;
    int64_t now = view_clock();
    if (a->gone) return MHD_CONTENT_READER_END_OF_STREAM;
    if (pos && now < a->due) {
        a->suspended = true;
        MHD_suspend_connection(a->connection);
        return 0;
    }
    const char *text = pos ? sign : first;
    size_t len = strlen(text) < max ? strlen(text) : max;
    memcpy(buf, text, len);
    a->due = now + SIGN_EVERY;
    return (ssize_t)len;
}

static void ended(void *cls) {
    view_alive *a = cls;
    for (view_alive **at = &a->viewer->alive; *at; at = &(*at)->next)
        if (*at == a) {
            *at = a->next;
            break;
        }
    if (!a->viewer->alive) a->viewer->lonely = view_clock();
    free(a);
}

enum MHD_Result view_respond_alive(view_exchange *x) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    view_alive *a = calloc(1, sizeof *a);
    if (!a) return MHD_NO;
    *a = (view_alive){
        .viewer = x->viewer, .next = x->viewer->alive, .connection = x->connection, .fd = info ? info->connect_fd : -1};
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 256, more, a, ended);
    if (!response) {
        free(a);
        return MHD_NO;
    }
    x->viewer->alive = a;
    x->viewer->lonely = 0;
    return view_send(x, response, MHD_HTTP_OK, VIEW_CLASS_DATA, "text/event-stream");
}

static bool closed(int fd) {
    struct pollfd look = {.fd = fd, .events = POLLRDHUP};
    return fd >= 0 && poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

int64_t view_alive_tend(postern_viewer *viewer, int64_t now) {
    int64_t next = INT64_MAX;
    for (view_alive *a = viewer->alive; a; a = a->next) {
        if (!a->gone && closed(a->fd)) a->gone = true;
        if (a->suspended && (a->gone || now >= a->due)) {
            a->suspended = false;
            MHD_resume_connection(a->connection);
        }
        if (a->due < next) next = a->due;
    }
    return next;
}

void view_alive_end(postern_viewer *viewer) {
    for (view_alive *a = viewer->alive; a; a = a->next) a->gone = true;
    view_alive_tend(viewer, view_clock());
}
