/*
 * The protocol between the viewer and a reader: frames with their length in front. The viewer believes nothing of it but the
 * framing: a reader that was taken over can at most write another answer, which is served under the same policy.
 */
#include "view_int.h"

enum { HEAD_FIXED = 5 };

static void put_prefix(postern_buf *out, view_frame_kind kind, size_t len) {
    uint8_t prefix[VIEW_FRAME_PREFIX] = {(uint8_t)kind, (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16),
                                         (uint8_t)(len >> 24)};
    postern_buf_add(out, prefix, sizeof prefix);
}

void view_frame_put(postern_buf *out, view_frame_kind kind, postern_slice payload) {
    do {
        postern_slice some = postern_slice_sub(payload, 0, VIEW_FRAME_MAX);
        put_prefix(out, kind, some.len);
        postern_buf_add_slice(out, some);
        payload = postern_slice_from(payload, some.len);
    } while (payload.len);
}

void view_frame_put_head(postern_buf *out, const view_head *head) {
    put_prefix(out, VIEW_FRAME_HEAD, HEAD_FIXED + head->name.len);
    uint8_t fixed[HEAD_FIXED] = {(uint8_t)head->status, (uint8_t)(head->status >> 8), head->media, head->picture, head->zone};
    postern_buf_add(out, fixed, sizeof fixed);
    postern_buf_add_slice(out, head->name);
}

/* The name goes into a header, percent-encoded; that it is one name is looked at here, too. */
static bool plain_name(postern_slice name) {
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] < ' ' || name.ptr[i] == 0x7F || strchr("\"\\/", name.ptr[i])) return false;
    return postern_utf8_valid(name);
}

static postern_status take_head(view_frames *frames, postern_slice payload) {
    postern_cursor cursor = postern_cursor_of(payload);
    view_head head = {.status = postern_cursor_le16(&cursor)};
    head.media = postern_cursor_u8(&cursor);
    head.picture = postern_cursor_u8(&cursor);
    head.zone = postern_cursor_u8(&cursor);
    head.name = postern_slice_from(payload, HEAD_FIXED);
    bool known = head.status == 200 || head.status == 404 || head.status == 413 || head.status == 422 || head.status == 500;
    bool raster =
        head.picture == POSTERN_MEDIA_NONE || (head.picture >= POSTERN_MEDIA_PNG && head.picture <= POSTERN_MEDIA_AVIF);
    if (frames->has_head || !cursor.ok || !known || !raster ||
        (head.zone > POSTERN_ZONE_RESTRICTED && head.zone != VIEW_NO_ZONE) || head.media >= VIEW_MEDIA_COUNT ||
        head.name.len >= sizeof frames->name || !plain_name(head.name))
        return POSTERN_FORMAT;
    if (head.name.len) memcpy(frames->name, head.name.ptr, head.name.len);
    frames->name[head.name.len] = 0;
    head.name = postern_slice_cstr(frames->name);
    frames->head = head;
    frames->has_head = true;
    return POSTERN_OK;
}

static postern_status take_frame(view_frames *frames, uint8_t kind, postern_slice payload) {
    if (kind == VIEW_FRAME_STATE && frames->state.write) return postern_sink_write(&frames->state, payload);
    if (frames->ended) return POSTERN_FORMAT;
    if (kind == VIEW_FRAME_FIRST && frames->first_data.write && !frames->has_head && !frames->first && !payload.len) {
        frames->first = true;
        return POSTERN_OK;
    }
    switch (kind) {
    case VIEW_FRAME_HEAD:
        return take_head(frames, payload);
    case VIEW_FRAME_DATA:
        return frames->has_head ? postern_sink_write(frames->first ? &frames->first_data : &frames->data, payload)
                                : POSTERN_FORMAT;
    case VIEW_FRAME_END:
        if (!frames->has_head || payload.len) return POSTERN_FORMAT;
        frames->ended = true;
        if (frames->on_end) frames->on_end(frames->user);
        return POSTERN_OK;
    default:
        return POSTERN_FORMAT;
    }
}

postern_status view_frames_take(view_frames *frames, const void *bytes, size_t len) {
    postern_slice in = postern_slice_of(bytes, len);
    while (in.len) {
        size_t want = VIEW_FRAME_PREFIX, some;
        if (frames->len >= VIEW_FRAME_PREFIX) {
            postern_cursor cursor = postern_cursor_of(postern_slice_of(frames->held + 1, 4));
            uint32_t payload = postern_cursor_le32(&cursor);
            if (payload > VIEW_FRAME_MAX) return POSTERN_FORMAT;
            want += payload;
        }
        some = want - frames->len < in.len ? want - frames->len : in.len;
        memcpy(frames->held + frames->len, in.ptr, some);
        frames->len += some;
        in = postern_slice_from(in, some);
        if (frames->len < want) return POSTERN_OK;
        if (want == VIEW_FRAME_PREFIX && (frames->held[1] | frames->held[2] | frames->held[3] | frames->held[4])) continue;
        postern_slice payload = postern_slice_of(frames->held + VIEW_FRAME_PREFIX, frames->len - VIEW_FRAME_PREFIX);
        frames->len = 0;
        postern_status status = take_frame(frames, frames->held[0], payload);
        if (status) return status;
    }
    return POSTERN_OK;
}
