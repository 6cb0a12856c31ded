/*
 * The viewer's own parsers: frames of a reader that was taken over, and the URI of a request. Whatever comes, the framing
 * holds, a name stays a name, and no path but ours is one.
 */
#include "view/view_int.h"

#include <stdlib.h>

#define SECRET "0123456789abcdef0123456789abcdef"

static void frames_of(postern_slice bytes) {
    static view_frames frames;
    postern_buf data;
    memset(&frames, 0, sizeof frames);
    postern_buf_init(&data, 1 << 20);
    frames.data = postern_buf_sink(&data);
    if (bytes.len && bytes.ptr[0] == VIEW_FRAME_FIRST) frames.first_data = frames.data;
    postern_status status = POSTERN_OK;
    for (size_t at = 0; at < bytes.len && !status; at += 7) {
        postern_slice some = postern_slice_sub(bytes, at, 7);
        status = view_frames_take(&frames, some.ptr, some.len);
    }
    if (data.len > bytes.len || (data.len && !frames.has_head)) abort();
    for (const char *c = frames.name; *c; c++)
        if ((uint8_t)*c < ' ' || *c == '/' || *c == '\\' || *c == '"' || *c == 0x7F) abort();
    postern_buf_free(&data);
}

static void route_of(postern_slice uri) {
    view_route route;
    postern_buf text;
    view_route_parse(uri, SECRET, &route);
    if (route.what != VIEW_NOTHING && !postern_slice_starts(uri, POSTERN_S("/" SECRET "/"))) abort();
    postern_buf_init(&text, 1 << 20);
    if (view_query_get(route.query, "u", &text)) {
        postern_buf page;
        if (!postern_utf8_valid(postern_buf_slice(&text))) abort();
        postern_buf_init(&page, 16 << 20);
        view_go_page(&page, "en", postern_buf_slice(&text));
        if (postern_slice_find_nocase(postern_buf_slice(&page), 0, POSTERN_S("href=\"javascript")) != SIZE_MAX) abort();
        postern_buf_free(&page);
    } else if (text.len)
        abort();
    postern_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_viewer_settings settings;
    postern_viewer_settings_init(&settings);
    frames_of(postern_slice_of(data, size));
    route_of(postern_slice_of(data, size));
    postern_viewer_settings_read(&settings, postern_slice_of(data, size));
    if (settings.zoom < 50 || settings.zoom > 300) abort();
    return 0;
}
