/*
 * Who may ask. Loopback is no protection: every page that the browser shows, and every program of every user of the machine,
 * can send requests here. So a request has to name exactly our host (or a name that an attacker's DNS points to us would be our
 * origin, too), to come from our own documents as far as the browser says (Sec-Fetch-Site, Origin), to be of the kind that the
 * answer is for (Sec-Fetch-Dest), and to carry the cookie. The cookie's path is a secret of its own: browsers send cookies of
 * 127.0.0.1 to every port of it, but only for that path.
 */
#include "view_int.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

static bool random_hex(char out[VIEW_SECRET + 1]) {
    uint8_t bytes[VIEW_SECRET / 2];
    for (size_t have = 0; have < sizeof bytes;) {
        ssize_t got = getrandom(bytes + have, sizeof bytes - have, 0);
        if (got < 0 && errno != EINTR) return false;
        if (got > 0) have += (size_t)got;
    }
    postern_hex_put(bytes, sizeof bytes, out);
    out[VIEW_SECRET] = 0;
    explicit_bzero(bytes, sizeof bytes);
    return true;
}

bool view_session_init(view_session *session, uint16_t port) {
    memset(session, 0, sizeof *session);
    session->port = port;
    return random_hex(session->path) && random_hex(session->token) && random_hex(session->cookie);
}

/* The time it takes says nothing about where they differ. */
static bool same_secret(postern_slice text, const char secret[VIEW_SECRET + 1]) {
    unsigned different = 0;
    if (text.len != VIEW_SECRET) return false;
    for (size_t i = 0; i < VIEW_SECRET; i++) different |= (unsigned)(text.ptr[i] ^ (uint8_t)secret[i]);
    return different == 0;
}

static bool has_cookie(postern_slice header, const char secret[VIEW_SECRET + 1]) {
    bool found = false;
    while (header.len) {
        postern_cut cut = postern_slice_cut(header, ';');
        postern_cut pair = postern_slice_cut(postern_slice_trim(cut.head), '=');
        if (pair.ok && postern_slice_eq(pair.head, POSTERN_S("postern"))) found |= same_secret(pair.tail, secret);
        header = cut.tail;
    }
    return found;
}

static bool own_host(const view_session *session, postern_slice host) {
    char name[2][24];
    snprintf(name[0], sizeof name[0], "127.0.0.1:%u", session->port);
    snprintf(name[1], sizeof name[1], "[::1]:%u", session->port);
    return postern_slice_eq(host, postern_slice_cstr(name[0])) || postern_slice_eq(host, postern_slice_cstr(name[1]));
}

/* What the answer may be used as (Sec-Fetch-Dest); browsers that do not say are old, and held back by the cookie alone. */
static bool fit_use(view_what what, postern_slice dest) {
    static const char *const uses[VIEW_WHAT_COUNT] = {
        [VIEW_OPEN] = "document",
        [VIEW_GO] = "document",
        [VIEW_SHELL] = "document",
        [VIEW_SCRIPT] = "script",
        [VIEW_STYLE] = "style",
        [VIEW_ICON] = "image",
        [VIEW_STRINGS] = "empty",
        [VIEW_ALIVE] = "empty",
        [VIEW_SETTINGS] = "empty",
        [VIEW_LIST] = "empty",
        [VIEW_PAGE] = "document iframe",
        [VIEW_TEXT] = "document iframe",
        [VIEW_SOURCE] = "document iframe",
        [VIEW_INFO] = "empty",
        [VIEW_FINDINGS] = "empty",
        [VIEW_PART] = "document iframe empty",
        [VIEW_PICTURE] = "document iframe",
    };
    postern_slice rest = postern_slice_cstr(uses[what]);
    while (rest.len) {
        postern_cut cut = postern_slice_cut(rest, ' ');
        if (postern_slice_eq(cut.head, dest)) return true;
        rest = cut.tail;
    }
    return dest.len == 0;
}

static bool own_page(const view_asker *asker, const view_route *route) {
    bool quiet = asker->site.len == 0 || postern_slice_eq(asker->site, POSTERN_S("same-origin")) ||
                 postern_slice_eq(asker->site, POSTERN_S("none"));
    /* a link of a message: it has no origin, so nothing it does is ours; the page it gets says nothing but where it leads */
    if (route->what == VIEW_GO && postern_slice_eq(asker->mode, POSTERN_S("navigate"))) quiet = true;
    postern_cut scheme = {asker->origin, postern_slice_from(asker->origin, 7), true};
    bool origin_ours = postern_slice_starts(scheme.head, POSTERN_S("http://")) && postern_slice_eq(scheme.tail, asker->host);
    if (asker->origins ? !origin_ours || asker->origins > 1 : asker->post) return false;
    return quiet && fit_use(route->what, asker->dest);
}

static view_verdict first_visit(const view_session *session, const view_route *route) {
    postern_buf token;
    postern_buf_init(&token, 2 * VIEW_SECRET);
    bool right = view_query_get(route->query, "token", &token) && same_secret(postern_buf_slice(&token), session->token);
    postern_buf_free(&token);
    if (!right) return VIEW_NO_COOKIE;
    return session->used ? VIEW_USED_TOKEN : VIEW_WELCOME;
}

view_verdict view_access(const view_session *session, const view_asker *asker, const view_route *route) {
    if (asker->headers > POSTERN_LIMIT_VIEWER_HEADERS) return VIEW_TOO_MUCH;
    if (asker->hosts != 1 || !own_host(session, asker->host)) return VIEW_WRONG_HOST;
    if (route->what == VIEW_NOTHING) return VIEW_NOT_HERE;
    if (asker->post != (route->what == VIEW_SETTINGS)) return VIEW_WRONG_METHOD;
    if (!own_page(asker, route)) return VIEW_WRONG_ORIGIN;
    bool open_to_all = route->what == VIEW_GO || route->what == VIEW_STYLE || route->what == VIEW_ICON;
    if (open_to_all) return VIEW_WELCOME; /* they hold nothing of ours */
    if (route->what == VIEW_OPEN) return first_visit(session, route);
    return has_cookie(asker->cookie, session->cookie) ? VIEW_WELCOME : VIEW_NO_COOKIE;
}

unsigned view_verdict_code(view_verdict verdict) {
    switch (verdict) {
    case VIEW_WELCOME:
        return 200;
    case VIEW_WRONG_HOST:
        return 421;
    case VIEW_WRONG_METHOD:
        return 405;
    case VIEW_NOT_HERE:
        return 404;
    case VIEW_TOO_MUCH:
        return 431;
    case VIEW_WRONG_ORIGIN:
    case VIEW_NO_COOKIE:
    case VIEW_USED_TOKEN:
        return 403;
    }
    return 403;
}
