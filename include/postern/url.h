/*
 * url: text -> one immutable value. The WHATWG URL record (https://url.spec.whatwg.org), spellings of Windows paths, and the
 * grammar of the mhtml: URL. The same value serves policy, lookup, display and open (Z8). No lookup of any kind happens here.
 */
#ifndef POSTERN_URL_H
#define POSTERN_URL_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum postern_host_kind {
    POSTERN_HOST_NONE,   /* null host */
    POSTERN_HOST_EMPTY,  /* "" as in file:///x */
    POSTERN_HOST_DOMAIN, /* ASCII, lower case, Punycode where needed */
    POSTERN_HOST_IPV4,
    POSTERN_HOST_IPV6,   /* serialised with brackets */
    POSTERN_HOST_OPAQUE
} postern_host_kind;

/* All slices are ASCII views of `href` (or empty), which lives in the arena the URL was parsed into. */
typedef struct postern_url {
    postern_slice href;     /* the serialised URL */
    postern_slice scheme;   /* without ':' */
    postern_slice username, password;
    postern_slice host;     /* serialised */
    postern_slice path;     /* serialised */
    postern_slice query;    /* without '?' */
    postern_slice fragment; /* without '#' */
    postern_host_kind host_kind;
    uint8_t ip[16];         /* address bytes, network order; IPv4 in the first four */
    int32_t port;           /* -1: none or the scheme's default */
    bool special, opaque_path, has_query, has_fragment;
    bool had_controls;      /* tab or newline was removed, or C0 control/space stripped (Z8) */
    bool had_backslash;     /* a backslash was taken for a slash (Z8) */
    bool odd_number_host;   /* an IPv4 host was not written as four plain decimals (Z8) */
} postern_url;

/* The basic URL parser on UTF-8 text (invalid bytes are read as U+FFFD), with `base` or NULL. The record lives in `arena`.
 * FORMAT: not a URL. LIMIT: longer than POSTERN_LIMIT_URL. */
POSTERN_API postern_status postern_url_parse(postern_arena *arena, postern_slice text, const postern_url *base,
                                             const postern_url **ret_url) POSTERN_MUST;
/* Domain to ASCII (UTS 46 non-transitional, beStrict false). FORMAT on failure. */
POSTERN_API postern_status postern_domain_to_ascii(postern_arena *arena, postern_slice domain, postern_slice *ret_ascii)
    POSTERN_MUST;
/* For people: domain labels in Unicode where that is safe to show (one script per label, no confusable mix), else Punycode. */
POSTERN_API postern_status postern_domain_for_display(postern_arena *arena, postern_slice ascii, postern_slice *ret_utf8)
    POSTERN_MUST;
/* "https://host:port", or "null" for an opaque origin. */
POSTERN_API postern_status postern_url_origin(postern_arena *arena, const postern_url *url, postern_slice *ret_origin)
    POSTERN_MUST;
/* href without fragment; a view. */
POSTERN_API postern_slice postern_url_without_fragment(const postern_url *url);
/* %XX decoded once; a view of `text` when there was nothing to decode. */
POSTERN_API postern_status postern_percent_decode(postern_arena *arena, postern_slice text, postern_slice *ret_bytes)
    POSTERN_MUST;
/* The same into `out`, which has room for text.len bytes and may be where `text` stands; returns how many it wrote. */
POSTERN_API size_t postern_percent_decode_into(postern_slice text, void *out);
/* Letters, digits and the ASCII characters of `plain` as they are, every other byte as %XX in upper case. Whether it fitted is
 * in out->status. */
POSTERN_API void postern_percent_encode(postern_slice bytes, const char *plain, postern_buf *out);
/* Scheme of `text` by the URL grammar (after stripping what the URL parser strips), without parsing: false when none. The slice
 * is a view and may contain tabs and newlines that the parser would remove when *ret_clean is false. */
POSTERN_API bool postern_url_scheme_of(postern_slice text, postern_slice *ret_scheme, bool *ret_clean);

/* ---- Windows paths ------------------------------------------------------------------------------------------- */

typedef enum postern_winpath_kind {
    POSTERN_WINPATH_NONE,       /* not a Windows path */
    POSTERN_WINPATH_DRIVE,      /* C:\dir\x, C:/dir/x */
    POSTERN_WINPATH_DRIVE_RELATIVE, /* C:x */
    POSTERN_WINPATH_UNC,        /* \\server\share, //server/share */
    POSTERN_WINPATH_DEVICE,     /* \\?\ \\.\ \??\ and names such as CON, NUL, COM1 */
    POSTERN_WINPATH_ROOTED      /* \dir\x */
} postern_winpath_kind;

/* Which spelling `text` is; UNC, device, WebDAV and localhost-share forms are network names (Z9): *ret_network. */
POSTERN_API postern_winpath_kind postern_winpath_classify(postern_slice text, bool *ret_network);
/* C:\dir\x, file://C:\dir\x, file:///C:/dir/x, file:c:/dir/x … -> "file:///C:/dir/x" parsed as a URL (drive letter in upper
 * case). UNC -> file://server/share/x. FORMAT when it is none of these. */
POSTERN_API postern_status postern_winpath_to_url(postern_arena *arena, postern_slice text, const postern_url **ret_url)
    POSTERN_MUST;

/* ---- mhtml: URLs --------------------------------------------------------------------------------------------- */

/* mhtml:CONTAINER, mhtml:CONTAINER!KEY, mhtml:CONTAINER!x-usc:KEY. All views of the input. The key is opaque (Z3). */
typedef struct postern_mhtml_url {
    postern_slice container, key;
    bool has_key; /* there was a separator; the key may still be empty */
    bool x_usc;
} postern_mhtml_url;

/* False when `text` does not begin with "mhtml:" (case ignored). Splits at the first "!x-usc:" or "!" as Windows does. */
POSTERN_API bool postern_mhtml_url_parse(postern_slice text, postern_mhtml_url *ret_url);

#ifdef __cplusplus
}
#endif
#endif
