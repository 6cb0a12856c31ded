/* The writing end of an answer, in the reader: frames in blocks. After a failure nothing more is written. */
#include "view_int.h"

#include <errno.h>
#include <unistd.h>

static void flush(view_out *out) {
    for (size_t done = 0; !out->failed && done < out->frame.len;) {
        ssize_t wrote = write(out->fd, out->frame.ptr + done, out->frame.len - done);
        if (wrote > 0)
            done += (size_t)wrote;
        else if (errno != EINTR)
            out->failed = true;
    }
    if (out->frame.status) out->failed = true;
    postern_buf_clear(&out->frame);
}

static postern_status write_data(void *user, const void *bytes, size_t len) {
    view_out *out = user;
    postern_slice rest = postern_slice_of(bytes, len);
    while (rest.len && !out->failed) {
        size_t room = sizeof out->block - out->held;
        postern_slice some = postern_slice_sub(rest, 0, room);
        memcpy(out->block + out->held, some.ptr, some.len);
        out->held += some.len;
        rest = postern_slice_from(rest, some.len);
        if (out->held < sizeof out->block) continue;
        view_frame_put(&out->frame, VIEW_FRAME_DATA, postern_slice_of(out->block, out->held));
        out->held = 0;
        flush(out);
    }
    return out->failed ? POSTERN_IO : POSTERN_OK;
}

void view_out_init(view_out *out, int fd) {
    memset(out, 0, sizeof *out);
    out->fd = fd;
    out->sink = (postern_sink){write_data, out};
    postern_buf_init(&out->frame, 2 * VIEW_FRAME_MAX);
}

void view_out_head(view_out *out, uint16_t status, view_media media) {
    view_head head = {.status = status, .media = (uint8_t)media, .zone = VIEW_NO_ZONE};
    view_frame_put_head(&out->frame, &head);
}

void view_out_file(view_out *out, postern_media picture, uint8_t zone, postern_slice name) {
    view_head head = {.status = 200, .media = VIEW_MEDIA_FILE, .zone = zone, .picture = (uint8_t)picture, .name = name};
    view_frame_put_head(&out->frame, &head);
}

void view_out_end(view_out *out) {
    if (out->held) view_frame_put(&out->frame, VIEW_FRAME_DATA, postern_slice_of(out->block, out->held));
    out->held = 0;
    view_frame_put(&out->frame, VIEW_FRAME_END, POSTERN_S(""));
    flush(out);
    postern_buf_free(&out->frame);
}
