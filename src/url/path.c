/*
 * Path, opaque path, query and fragment states of the basic URL parser (URL Standard, section 4.4).
 *
 * The path is written segment by segment, each with its slash before it; ".." takes the last one back, which costs no more than
 * writing it did. An attacker hides the dots as %2e and the slashes as backslashes.
 */
#include "parse_int.h"

/* 1: ends a component of any URL, 2: of a special one. */
static const uint8_t ends[256] = {['/'] = 3, ['?'] = 3, ['#'] = 3, ['\\'] = 2};

size_t url_component_end(const url_parser *p, size_t from) {
    uint8_t mask = p->special ? 2 : 1;
    while (from < p->in.len && !(ends[p->in.ptr[from]] & mask)) from++;
    return from;
}

/* ---- segments ------------------------------------------------------------------------------------------------ */

/* How many bytes at the head of `s` spell one dot: 1, 3 (%2e) or 0. */
static size_t dot(postern_slice s) {
    if (s.len && s.ptr[0] == '.') return 1;
    return s.len >= 3 && s.ptr[0] == '%' && s.ptr[1] == '2' && (s.ptr[2] | 32) == 'e' ? 3 : 0;
}

/* 1 for ".", 2 for "..", 0 for any other segment. */
static int dots(postern_slice segment) {
    size_t first = dot(segment);
    if (!first) return 0;
    if (first == segment.len) return 1;
    size_t second = dot(postern_slice_from(segment, first));
    return second && first + second == segment.len ? 2 : 0;
}

void url_path_pop(url_parser *p) {
    postern_slice path = url_out_from(&p->out, p->path.at);
    if (p->file && path.len == 3 && postern_ascii_alpha(path.ptr[1]) && path.ptr[2] == ':') return;
    postern_cut cut = postern_slice_cut_last(path, '/');
    p->out.len = p->path.at + (cut.ok ? cut.head.len : 0);
}

static void add_segment(url_parser *p, postern_slice segment) {
    bool drive = p->file && p->out.len == p->path.at && url_is_drive(segment);
    url_out_byte(&p->out, '/');
    url_out_encoded(&p->out, segment, URL_SET_PATH);
    if (drive && !p->out.status) p->out.ptr[p->out.len - 1] = ':';
}

/* Path state: p->pos is at the first byte of a segment. */
void url_path(url_parser *p) {
    for (;;) {
        size_t end = url_component_end(p, p->pos);
        postern_slice segment = postern_slice_sub(p->in, p->pos, end - p->pos);
        bool slash = end < p->in.len && url_slash(p, p->in.ptr[end]);
        int count = dots(segment);
        if (count == 2) url_path_pop(p);
        if (count == 0) add_segment(p, segment);
        else if (!slash) url_out_byte(&p->out, '/');
        p->had_backslash |= slash && p->in.ptr[end] == '\\';
        p->pos = end + slash;
        if (!slash || p->out.status) break;
    }
    url_path_finish(p);
}

void url_path_start(url_parser *p) {
    uint8_t c = url_at(p, p->pos);
    bool slash = url_slash(p, c);
    url_span_begin(p, &p->path);
    if (!p->special && (p->pos == p->in.len || c == '?' || c == '#')) {
        url_path_finish(p);
        return;
    }
    p->had_backslash |= slash && c == '\\';
    p->pos += slash;
    url_path(p);
}

/* Without a host, a path that begins with two slashes would be read as a host: "/." goes before it (section 4.5). */
void url_path_finish(url_parser *p) {
    p->path.len = p->out.len - p->path.at;
    if (!p->null_host || p->path.len < 2 || p->out.status) return;
    uint8_t *path = p->out.ptr + p->path.at;
    if (path[0] != '/' || path[1] != '/' || !url_out_room(&p->out, 2)) return;
    path = p->out.ptr + p->path.at;
    memmove(path + 2, path, p->path.len);
    memcpy(path, "/.", 2);
    p->out.len += 2;
    p->path.at += 2;
}

/* Opaque path state. A space right before the query or the fragment would be lost when read again, so it is encoded. */
void url_opaque_path(url_parser *p) {
    size_t end = p->pos;
    while (end < p->in.len && p->in.ptr[end] != '?' && p->in.ptr[end] != '#') end++;
    postern_slice text = postern_slice_sub(p->in, p->pos, end - p->pos);
    bool space = end < p->in.len && text.len && text.ptr[text.len - 1] == ' ';
    if (space) text.len--;
    url_span_begin(p, &p->path);
    url_out_encoded(&p->out, text, URL_SET_C0);
    if (space) url_out_add(&p->out, POSTERN_S("%20"));
    url_span_end(p, &p->path);
    p->opaque_path = true;
    p->pos = end;
}

/* ---- query and fragment -------------------------------------------------------------------------------------- */

void url_query(url_parser *p) {
    if (url_at(p, p->pos) == '?') {
        size_t end = postern_slice_find_byte(p->in, p->pos, '#');
        if (end == SIZE_MAX) end = p->in.len;
        url_out_byte(&p->out, '?');
        url_span_begin(p, &p->query);
        url_out_encoded(&p->out, postern_slice_sub(p->in, p->pos + 1, end - p->pos - 1),
                        p->special ? URL_SET_SPECIAL_QUERY : URL_SET_QUERY);
        url_span_end(p, &p->query);
        p->has_query = true;
        p->pos = end;
    }
    if (url_at(p, p->pos) == '#') {
        url_out_byte(&p->out, '#');
        url_span_begin(p, &p->fragment);
        url_out_encoded(&p->out, postern_slice_from(p->in, p->pos + 1), URL_SET_FRAGMENT);
        url_span_end(p, &p->fragment);
        p->has_fragment = true;
    }
}
