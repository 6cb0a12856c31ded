/*
 * Authority, host, port and file states of the basic URL parser (URL Standard, section 4.4).
 *
 * This is where a credential passes for a host (http://bank.example@evil.example) and where a drive letter or a network name
 * hides in a file: URL. The last "@" before the first slash decides, nothing else.
 */
#include "parse_int.h"

static int32_t default_port(postern_slice scheme) {
    static const struct {
        postern_slice scheme;
        int32_t port;
    } ports[] = {
        {{(const uint8_t *)"http", 4}, 80}, {{(const uint8_t *)"https", 5}, 443}, {{(const uint8_t *)"ftp", 3}, 21},
        {{(const uint8_t *)"ws", 2}, 80},   {{(const uint8_t *)"wss", 3}, 443},
    };
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (postern_slice_eq(scheme, ports[i].scheme)) return ports[i].port;
    return -1;
}

/* ---- authority ----------------------------------------------------------------------------------------------- */

/* user:password@ — an empty user and password leave nothing behind. */
static void credentials(url_parser *p, postern_slice text) {
    postern_cut cut = postern_slice_cut(text, ':');
    url_span_begin(p, &p->username);
    url_out_encoded(&p->out, cut.head, URL_SET_USERINFO);
    url_span_end(p, &p->username);
    url_span_begin(p, &p->password);
    if (cut.tail.len) {
        url_out_byte(&p->out, ':');
        url_span_begin(p, &p->password);
        url_out_encoded(&p->out, cut.tail, URL_SET_USERINFO);
        url_span_end(p, &p->password);
    }
    if (cut.head.len || cut.tail.len) url_out_byte(&p->out, '@');
}

/* The colon before the port: the first one that is not inside brackets. */
static size_t port_colon(postern_slice text) {
    bool brackets = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c == ':' && !brackets) return i;
        if (c == '[') brackets = true;
        if (c == ']') brackets = false;
    }
    return SIZE_MAX;
}

static postern_status port(url_parser *p, postern_slice digits) {
    uint32_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!postern_ascii_digit(digits.ptr[i])) return POSTERN_FORMAT;
        value = value * 10 + (digits.ptr[i] - '0');
        if (value > 65535) return POSTERN_FORMAT;
    }
    if (digits.len == 0 || (int32_t)value == default_port(postern_slice_of(p->out.ptr, p->scheme.len))) return POSTERN_OK;
    p->port = (int32_t)value;
    url_out_byte(&p->out, ':');
    url_out_number(&p->out, value);
    return POSTERN_OK;
}

static postern_status host_and_port(url_parser *p, postern_slice text) {
    size_t colon = port_colon(text);
    postern_slice host = postern_slice_sub(text, 0, colon);
    if (host.len == 0 && (p->special || colon != SIZE_MAX)) return POSTERN_FORMAT;
    url_span_begin(p, &p->host);
    postern_status status = url_host_parse(&p->out, host, p->special, &p->host_facts);
    url_span_end(p, &p->host);
    if (status || colon == SIZE_MAX) return status;
    return port(p, postern_slice_from(text, colon + 1));
}

postern_status url_authority(url_parser *p) {
    size_t end = url_component_end(p, p->pos);
    postern_slice text = postern_slice_sub(p->in, p->pos, end - p->pos);
    url_begin_authority(p);
    postern_cut at = postern_slice_cut_last(text, '@');
    if (at.ok) {
        if (at.tail.len == 0) return POSTERN_FORMAT;
        credentials(p, at.head);
        text = at.tail;
    }
    postern_status status = host_and_port(p, text);
    if (status) return status;
    p->pos = end;
    url_path_start(p);
    url_query(p);
    return p->out.status;
}

/* ---- file ---------------------------------------------------------------------------------------------------- */

static bool starts_with_drive(const url_parser *p, size_t at) {
    if (p->in.len - at < 2 || !url_is_drive(postern_slice_sub(p->in, at, 2))) return false;
    uint8_t c = url_at(p, at + 2);
    return at + 2 == p->in.len || c == '/' || c == '\\' || c == '?' || c == '#';
}

/* "/C:" when the base's path begins with a normalised drive letter. */
static postern_slice base_drive(const postern_url *base) {
    postern_slice path = base->path;
    bool drive = path.len >= 3 && path.ptr[0] == '/' && postern_ascii_alpha(path.ptr[1]) && path.ptr[2] == ':' &&
                 (path.len == 3 || path.ptr[3] == '/');
    return postern_slice_sub(path, 0, drive ? 3 : 0);
}

static void file_host_of_base(url_parser *p) {
    if (p->base) {
        url_copy_authority(p);
    } else {
        url_begin_authority(p);
        p->host_facts.kind = POSTERN_HOST_EMPTY;
    }
}

/* File host state. A drive letter there begins the path. */
static postern_status file_host(url_parser *p) {
    size_t end = url_component_end(p, p->pos);
    postern_slice host = postern_slice_sub(p->in, p->pos, end - p->pos);
    url_begin_authority(p);
    p->host_facts.kind = POSTERN_HOST_EMPTY;
    if (url_is_drive(host)) {
        url_span_begin(p, &p->path);
        url_path(p);
        return POSTERN_OK;
    }
    if (host.len) {
        postern_status status = url_host_parse(&p->out, host, true, &p->host_facts);
        if (status) return status;
        if (postern_slice_eq(url_out_from(&p->out, p->host.at), POSTERN_S("localhost"))) {
            p->out.len = p->host.at;
            p->host_facts.kind = POSTERN_HOST_EMPTY;
        }
        url_span_end(p, &p->host);
    }
    p->pos = end;
    url_path_start(p);
    return POSTERN_OK;
}

/* File slash state: one slash, the host of the base, and its drive unless the path names its own. */
static void file_slash(url_parser *p) {
    file_host_of_base(p);
    url_span_begin(p, &p->path);
    if (p->base && !starts_with_drive(p, p->pos)) url_out_add(&p->out, base_drive(p->base));
    url_path(p);
}

/* File state with a base and no slash in front. */
static void file_relative(url_parser *p) {
    uint8_t c = url_at(p, p->pos);
    url_copy_authority(p);
    if (p->pos == p->in.len || c == '?' || c == '#') {
        url_copy_path(p);
        url_path_finish(p);
        if (c != '?') url_copy_query(p);
        return;
    }
    if (starts_with_drive(p, p->pos)) {
        url_span_begin(p, &p->path);
    } else {
        url_copy_path(p);
        url_path_pop(p);
    }
    url_path(p);
}

postern_status url_file(url_parser *p) {
    uint8_t c = url_at(p, p->pos), next = url_at(p, p->pos + 1);
    postern_status status = POSTERN_OK;
    if (url_slash(p, c) && url_slash(p, next)) {
        p->had_backslash |= c == '\\' || next == '\\';
        p->pos += 2;
        status = file_host(p);
    } else if (url_slash(p, c)) {
        p->had_backslash |= c == '\\';
        p->pos++;
        file_slash(p);
    } else if (p->base) {
        file_relative(p);
    } else {
        file_host_of_base(p);
        url_path_start(p);
    }
    if (status) return status;
    url_query(p);
    return p->out.status;
}
