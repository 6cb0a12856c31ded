/* The capped growing buffer and the sink that fills it. */
#include "postern/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void postern_buf_init(postern_buf *buf, size_t cap) {
    *buf = (postern_buf){.cap = cap};
}

void postern_buf_free(postern_buf *buf) {
    free(buf->ptr);
    postern_buf_init(buf, buf->cap);
}

postern_status postern_buf_reserve(postern_buf *buf, size_t extra) {
    size_t need;
    if (buf->status) return buf->status;
    if (!postern_add_ok(buf->len, extra, &need) || need > buf->cap) return buf->status = POSTERN_LIMIT;
    if (need <= buf->room) return POSTERN_OK;
    size_t room = buf->room < 128 ? 256 : buf->room * 2;
    if (room < need) room = need;
    if (room > buf->cap) room = buf->cap;
    uint8_t *grown = realloc(buf->ptr, room);
    if (!grown) return buf->status = POSTERN_NOMEM;
    buf->ptr = grown;
    buf->room = room;
    return POSTERN_OK;
}

postern_status postern_buf_add(postern_buf *buf, const void *bytes, size_t len) {
    postern_status status = postern_buf_reserve(buf, len);
    if (status || len == 0) return status;
    memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
    return POSTERN_OK;
}

postern_status postern_buf_add_slice(postern_buf *buf, postern_slice s) {
    return postern_buf_add(buf, s.ptr, s.len);
}

postern_status postern_buf_add_byte(postern_buf *buf, uint8_t byte) {
    return postern_buf_add(buf, &byte, 1);
}

postern_status postern_buf_add_utf8(postern_buf *buf, uint32_t scalar) {
    uint8_t bytes[4];
    return postern_buf_add(buf, bytes, postern_utf8_put(scalar, bytes));
}

postern_status postern_buf_add_hex(postern_buf *buf, const void *bytes, size_t len) {
    size_t digits = 0;
    postern_status status = postern_mul_ok(len, 2, &digits) ? postern_buf_reserve(buf, digits) : (buf->status = POSTERN_LIMIT);
    if (status) return status;
    postern_hex_put(bytes, len, buf->ptr + buf->len);
    buf->len += digits;
    return POSTERN_OK;
}

postern_status postern_buf_printf(postern_buf *buf, const char *fmt, ...) {
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    postern_status status = len < 0 ? POSTERN_USAGE : postern_buf_reserve(buf, (size_t)len + 1);
    if (!status) {
        vsnprintf((char *)buf->ptr + buf->len, (size_t)len + 1, fmt, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
    return status;
}

static postern_status buf_write(void *user, const void *bytes, size_t len) {
    return postern_buf_add(user, bytes, len);
}

postern_sink postern_buf_sink(postern_buf *buf) {
    return (postern_sink){buf_write, buf};
}
