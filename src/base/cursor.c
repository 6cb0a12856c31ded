/* Little-endian integers from hostile bytes, through a cursor that fails instead of overrunning. */
#include "postern/base.h"

postern_slice postern_cursor_bytes(postern_cursor *c, size_t len) {
    if (!c->ok || c->pos > c->bytes.len || c->bytes.len - c->pos < len) {
        c->ok = false;
        return (postern_slice){0};
    }
    postern_slice s = postern_slice_sub(c->bytes, c->pos, len);
    c->pos += len;
    return s;
}

static uint64_t little_endian(postern_cursor *c, size_t len) {
    postern_slice s = postern_cursor_bytes(c, len);
    uint64_t value = 0;
    for (size_t i = s.len; i--;) value = value << 8 | s.ptr[i];
    return value;
}

uint8_t postern_cursor_u8(postern_cursor *c) {
    return (uint8_t)little_endian(c, 1);
}
uint16_t postern_cursor_le16(postern_cursor *c) {
    return (uint16_t)little_endian(c, 2);
}
uint32_t postern_cursor_le32(postern_cursor *c) {
    return (uint32_t)little_endian(c, 4);
}
uint64_t postern_cursor_le64(postern_cursor *c) {
    return little_endian(c, 8);
}
