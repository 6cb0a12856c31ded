/*
 * The viewer as a server: two sockets of loopback, one thread, readers beside it. What a client may cost is bounded: how many,
 * how large, how long.
 */
#define _GNU_SOURCE
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { GRACE = 4000, TICK = 500, PORT_TRIES = 20 };

/* ---- sockets ------------------------------------------------------------------------------------------------------ */

static int listen_at(const struct sockaddr *address, socklen_t len) {
    int on = 1, fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    if (address->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    else
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address, len) == 0 && listen(fd, (int)POSTERN_LIMIT_VIEWER_CONNECTIONS) == 0) return fd;
    int sys_errno = errno;
    close(fd);
    errno = sys_errno;
    return -1;
}

static int listen_v4(uint16_t *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = listen_at((struct sockaddr *)&address, len);
    if (fd >= 0 && getsockname(fd, (struct sockaddr *)&address, &len) == 0) *port = ntohs(address.sin_port);
    return fd;
}

static int listen_v6(uint16_t port) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    return listen_at((struct sockaddr *)&address, sizeof address);
}

/* Both on one port, unless the system has no ::1. A port that somebody else has there is not ours. */
static bool listen_both(uint16_t wanted, int ret_fds[2], uint16_t *ret_port) {
    for (int i = 0; i < PORT_TRIES; i++) {
        *ret_port = wanted;
        if ((ret_fds[0] = listen_v4(ret_port)) < 0) return false;
        ret_fds[1] = listen_v6(*ret_port);
        if (ret_fds[1] >= 0 || errno != EADDRINUSE) return true;
        close(ret_fds[0]);
        ret_fds[0] = -1;
        errno = EADDRINUSE;
        if (wanted) return false;
    }
    return false;
}

/* ---- connections -------------------------------------------------------------------------------------------------- */

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what) {
    postern_viewer *viewer = cls;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*context) ((view_line *)*context)->fd = -1;
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    for (size_t i = 0; info && i < sizeof viewer->lines / sizeof *viewer->lines; i++) {
        view_line *line = &viewer->lines[i];
        if (line->fd >= 0) continue;
        *line = (view_line){.fd = info->connect_fd, .since = view_clock()};
        *context = line;
        return;
    }
}

/* A client that never ends its request. */
static void hang_up_slow(postern_viewer *viewer, int64_t now) {
    for (size_t i = 0; i < sizeof viewer->lines / sizeof *viewer->lines; i++) {
        view_line *line = &viewer->lines[i];
        if (line->fd < 0 || !line->since || now - line->since < (int64_t)POSTERN_LIMIT_VIEWER_WAIT * 1000) continue;
        shutdown(line->fd, SHUT_RDWR);
        line->since = 0;
    }
}

static size_t as_it_is(void *cls, struct MHD_Connection *connection, char *text) {
    (void)cls;
    (void)connection;
    return strlen(text); /* paths and queries are decoded by us, once, or not at all */
}

static void say_nothing(void *cls, const char *format, va_list values) {
    (void)cls;
    (void)format;
    (void)values;
}

static struct MHD_Daemon *daemon_on(postern_viewer *viewer, int fd) {
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, view_on_request,
                            viewer, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_CONNECTION_LIMIT, POSTERN_LIMIT_VIEWER_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
                            POSTERN_LIMIT_VIEWER_WAIT, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POSTERN_LIMIT_VIEWER_REQUEST,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, as_it_is, NULL,
                            MHD_OPTION_URI_LOG_CALLBACK, view_on_uri, viewer, MHD_OPTION_NOTIFY_COMPLETED, view_on_completed,
                            viewer, MHD_OPTION_NOTIFY_CONNECTION, on_connection, viewer, MHD_OPTION_END);
}

/* ---- open and close ----------------------------------------------------------------------------------------------- */

static void name_ourselves(postern_viewer *viewer) {
    const view_session *s = &viewer->session;
    snprintf(viewer->hosts[0], sizeof viewer->hosts[0], "127.0.0.1:%u", s->port);
    snprintf(viewer->hosts[1], sizeof viewer->hosts[1], "[::1]:%u", s->port);
    snprintf(viewer->link_prefix, sizeof viewer->link_prefix, "/%s/go?u=", s->path);
    snprintf(viewer->url, sizeof viewer->url, "http://127.0.0.1:%u/%s/open?token=%s", s->port, s->path, s->token);
}

static postern_status open_sockets(postern_viewer *viewer, postern_error *reterr) {
    int fds[2] = {-1, -1};
    uint16_t port = 0;
    if (!listen_both(viewer->options.port, fds, &port))
        return postern_fail_errno(reterr, errno, "cannot listen on port %u of 127.0.0.1", viewer->options.port);
    bool good = view_session_init(&viewer->session, port);
    for (int i = 0; i < 2; i++) {
        if (fds[i] < 0) continue;
        if (good) viewer->daemons[i] = daemon_on(viewer, fds[i]);
        if (viewer->daemons[i]) continue;
        close(fds[i]);
        good = false;
    }
    if (!good) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "the server could not be started");
    name_ourselves(viewer);
    return POSTERN_OK;
}

postern_status postern_viewer_open(const postern_viewer_options *options, postern_viewer **ret_viewer, postern_error *reterr) {
    postern_viewer *viewer = calloc(1, sizeof *viewer);
    if (!viewer) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the viewer");
    viewer->options = *options;
    for (size_t i = 0; i < sizeof viewer->lines / sizeof *viewer->lines; i++) viewer->lines[i].fd = -1;
    viewer->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    postern_status status = view_warden_start(options, &viewer->session, &viewer->warden, reterr);
    if (!status && viewer->stop < 0) status = postern_fail_errno(reterr, errno, "the viewer could not be started");
    if (!status) status = open_sockets(viewer, reterr);
    if (status) {
        postern_viewer_close(viewer);
        return status;
    }
    viewer->link.wanted = options->store >= 0;
    view_link_start(viewer);
    *ret_viewer = viewer;
    return POSTERN_OK;
}

const char *postern_viewer_url(const postern_viewer *viewer) {
    return viewer->url;
}

void postern_viewer_stop(postern_viewer *viewer) {
    uint64_t one = 1;
    ssize_t ignored = write(viewer->stop, &one, sizeof one);
    (void)ignored;
}

void postern_viewer_close(postern_viewer *viewer) {
    if (!viewer) return;
    view_alive_end(viewer);
    for (view_exchange *x = viewer->exchanges; x; x = x->next)
        if (x->stage == VIEW_STAGE_STORE || x->stage == VIEW_STAGE_WAITING || x->stage == VIEW_STAGE_READING)
            view_exchange_done(x, true);
    for (int i = 0; i < 2; i++) {
        if (!viewer->daemons[i]) continue;
        MHD_run(viewer->daemons[i]);
        MHD_stop_daemon(viewer->daemons[i]);
    }
    view_link_end(viewer);
    view_warden_end(&viewer->warden);
    if (viewer->stop >= 0) close(viewer->stop);
    explicit_bzero(&viewer->session, sizeof viewer->session);
    free(viewer);
}

/* ---- the loop ----------------------------------------------------------------------------------------------------- */

enum { WATCHED = 4 + POSTERN_LIMIT_VIEWER_READERS };

static int timeout_of(postern_viewer *viewer) {
    int wait = TICK;
    for (int i = 0; i < 2; i++) {
        MHD_UNSIGNED_LONG_LONG left;
        if (viewer->daemons[i] && MHD_get_timeout(viewer->daemons[i], &left) == MHD_YES && left < (unsigned)wait)
            wait = (int)left;
    }
    return wait;
}

static nfds_t watch(postern_viewer *viewer, struct pollfd fds[WATCHED], view_exchange *of[WATCHED]) {
    nfds_t count = 0;
    fds[count++] = (struct pollfd){.fd = viewer->stop, .events = POLLIN};
    for (int i = 0; i < 2; i++) {
        if (!viewer->daemons[i]) continue;
        const union MHD_DaemonInfo *info = MHD_get_daemon_info(viewer->daemons[i], MHD_DAEMON_INFO_EPOLL_FD);
        if (info) fds[count++] = (struct pollfd){.fd = info->epoll_fd, .events = POLLIN};
    }
    if (viewer->link.keeper.pid) fds[count++] = (struct pollfd){.fd = viewer->link.keeper.fd, .events = POLLIN};
    for (view_exchange *x = viewer->exchanges; x && count < WATCHED; x = x->next) {
        if (x->stage != VIEW_STAGE_READING) continue;
        of[count] = x;
        fds[count++] = (struct pollfd){.fd = x->reader.fd, .events = POLLIN};
    }
    return count;
}

static bool is_over(const postern_viewer *viewer, int64_t now) {
    return !viewer->options.keep && viewer->lonely && now - viewer->lonely > GRACE;
}

postern_status postern_viewer_run(postern_viewer *viewer, postern_error *reterr) {
    for (;;) {
        struct pollfd fds[WATCHED];
        view_exchange *of[WATCHED] = {NULL};
        nfds_t count = watch(viewer, fds, of);
        if (poll(fds, count, timeout_of(viewer)) < 0 && errno != EINTR)
            return postern_fail_errno(reterr, errno, "the viewer cannot wait for requests");
        if (fds[0].revents) return POSTERN_OK;
        for (nfds_t i = 1; i < count; i++)
            if (of[i] && fds[i].revents) view_exchange_pump(of[i]);
        if (viewer->link.keeper.pid) view_link_pump(viewer);
        int64_t now = view_clock();
        for (view_exchange *x = viewer->exchanges; x; x = x->next) view_exchange_expire(x, now);
        view_link_expire(viewer, now);
        view_link_next(viewer);
        view_exchanges_start(viewer);
        view_alive_tend(viewer, now);
        hang_up_slow(viewer, now);
        for (int i = 0; i < 2; i++)
            if (viewer->daemons[i]) MHD_run(viewer->daemons[i]);
        if (is_over(viewer, now)) return POSTERN_OK;
    }
}
