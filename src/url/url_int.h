/* Between the files of the room url. */
#ifndef POSTERN_URL_INT_H
#define POSTERN_URL_INT_H

#include "postern/url.h"

/* ---- scratch output ------------------------------------------------------------------------------------------ */

/* Text under construction: small ones never touch the heap. A failure is kept in `status`; later writes are dropped, so that a
 * run of them is checked once at its end. */
typedef struct url_out {
    uint8_t *ptr;
    size_t len, room;
    postern_status status;
    uint8_t small[1024];
} url_out;

void url_out_init(url_out *out);
void url_out_free(url_out *out);
/* False when `extra` more bytes cannot be had. */
bool url_out_grow(url_out *out, size_t extra);
static inline bool url_out_room(url_out *out, size_t extra) {
    return (out->room - out->len >= extra && !out->status) || url_out_grow(out, extra);
}
static inline void url_out_add(url_out *out, postern_slice s) {
    if (!s.len || !url_out_room(out, s.len)) return;
    memcpy(out->ptr + out->len, s.ptr, s.len);
    out->len += s.len;
}
static inline void url_out_byte(url_out *out, uint8_t byte) {
    if (url_out_room(out, 1)) out->ptr[out->len++] = byte;
}
static inline postern_slice url_out_from(const url_out *out, size_t from) {
    return postern_slice_of(out->ptr + from, out->len - from);
}
void url_out_number(url_out *out, uint32_t number);

/* ---- percent-encoding ---------------------------------------------------------------------------------------- */

/* The percent-encode sets of the URL Standard, section 1.3, as bits of one table. */
enum {
    URL_SET_C0 = 1,
    URL_SET_FRAGMENT = 2,
    URL_SET_QUERY = 4,
    URL_SET_SPECIAL_QUERY = 8,
    URL_SET_PATH = 16,
    URL_SET_USERINFO = 32,
    URL_FORBIDDEN_HOST = 64,
    URL_FORBIDDEN_DOMAIN = 128
};
extern const uint8_t url_sets[256];

/* Appends valid UTF-8 `text`, the bytes of `set` as %XX. */
void url_out_encoded(url_out *out, postern_slice text, uint8_t set);
/* Appends `text` with each %XX decoded once. */
void url_out_decoded(url_out *out, postern_slice text);

/* ---- hosts --------------------------------------------------------------------------------------------------- */

typedef struct url_host {
    postern_host_kind kind;
    uint8_t ip[16];
    bool odd_number;
} url_host;

/* The host parser: appends the serialised host. FORMAT when it is none. */
postern_status url_host_parse(url_out *out, postern_slice text, bool special, url_host *ret_host);
/* Domain to ASCII (not strict) of valid UTF-8 that holds a byte of 0x80 or more; appended. FORMAT or LIMIT. */
postern_status url_idna_to_ascii(url_out *out, postern_slice domain);

/* C: or C| */
static inline bool url_is_drive(postern_slice s) {
    return s.len == 2 && postern_ascii_alpha(s.ptr[0]) && (s.ptr[1] == ':' || s.ptr[1] == '|');
}

#endif
