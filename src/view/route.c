/*
 * Which answer a request wants. There is one spelling of each path, and nothing is decoded in it: a percent sign, a second
 * slash, a dot segment is another path, and so none of ours. No path of the file system is ever made of it.
 */
#include "view_int.h"

static const struct {
    const char *path;
    view_what what;
} fixed[] = {
    {"", VIEW_SHELL},
    {"open", VIEW_OPEN},
    {"go", VIEW_GO},
    {"app.js", VIEW_SCRIPT},
    {"app.css", VIEW_STYLE},
    {"icon.svg", VIEW_ICON},
    {"strings.json", VIEW_STRINGS},
    {"alive", VIEW_ALIVE},
    {"settings", VIEW_SETTINGS},
    {"list.json", VIEW_LIST},
};

static const struct {
    const char *name;
    view_what what;
    bool part;
} of_message[] = {
    {"page", VIEW_PAGE, false},
    {"text", VIEW_TEXT, false},
    {"source", VIEW_SOURCE, false},
    {"info.json", VIEW_INFO, false},
    {"findings.json", VIEW_FINDINGS, false},
    {"part", VIEW_PART, true},
    {"picture", VIEW_PICTURE, true},
};

bool view_by_reader(view_what what) {
    return what >= VIEW_PAGE && what < VIEW_WHAT_COUNT;
}

/* A number in its one spelling. */
static bool number(postern_slice s, uint32_t *ret_number) {
    uint64_t value;
    if ((s.len > 1 && s.ptr[0] == '0') || !postern_slice_uint(s, UINT32_MAX - 1, &value)) return false;
    *ret_number = (uint32_t)value;
    return true;
}

/* "NUMBER/NAME" or "NUMBER/NAME/PART" */
static void message_route(postern_slice path, view_route *route) {
    postern_cut id = postern_slice_cut(path, '/'), name = postern_slice_cut(id.tail, '/');
    if (!id.ok || !number(id.head, &route->message)) return;
    for (size_t i = 0; i < sizeof of_message / sizeof *of_message; i++) {
        if (!postern_slice_eq(name.head, postern_slice_cstr(of_message[i].name)) || name.ok != of_message[i].part) continue;
        if (!name.ok || number(name.tail, &route->part)) route->what = of_message[i].what;
        return;
    }
}

void view_route_parse(postern_slice uri, const char *secret, view_route *ret_route) {
    *ret_route = (view_route){.what = VIEW_NOTHING, .part = POSTERN_NO_PART};
    postern_cut cut = postern_slice_cut(uri, '?');
    postern_slice path = cut.head, own = postern_slice_cstr(secret);
    if (!postern_slice_starts(path, POSTERN_S("/"))) return;
    path = postern_slice_from(path, 1);
    if (!postern_slice_starts(path, own)) return;
    path = postern_slice_from(path, own.len);
    if (!postern_slice_starts(path, POSTERN_S("/"))) return;
    path = postern_slice_from(path, 1);
    ret_route->query = cut.tail;
    if (postern_slice_starts(path, POSTERN_S("m/"))) {
        message_route(postern_slice_from(path, 2), ret_route);
        return;
    }
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (postern_slice_eq(path, postern_slice_cstr(fixed[i].path))) ret_route->what = fixed[i].what;
}

static bool decode(postern_slice value, postern_buf *out) {
    size_t from = out->len;
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.ptr[i];
        if (c == '+') c = ' ';
        if (c == '%') {
            int byte = postern_hex_at(value, i + 1);
            if (byte < 0) return false;
            c = (uint8_t)byte;
            i += 2;
        }
        postern_buf_add_byte(out, c);
    }
    return !out->status && postern_utf8_valid(postern_slice_of(out->ptr + from, out->len - from));
}

bool view_query_get(postern_slice query, const char *name, postern_buf *out) {
    size_t before = out->len;
    while (query.len) {
        postern_cut pair = postern_slice_cut(query, '&'), field = postern_slice_cut(pair.head, '=');
        query = pair.tail;
        if (!postern_slice_eq(field.head, postern_slice_cstr(name))) continue;
        if (decode(field.tail, out)) return true;
        out->len = before;
        return false;
    }
    return false;
}

bool view_query_flag(postern_slice query, const char *name) {
    postern_buf value;
    postern_buf_init(&value, 16);
    bool set = view_query_get(query, name, &value) && postern_slice_eq(postern_buf_slice(&value), POSTERN_S("1"));
    postern_buf_free(&value);
    return set;
}
