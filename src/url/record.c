/* What can be asked of a parsed URL: its origin (URL Standard, section 4.7) and its text without the fragment. */
#include "url_int.h"

static postern_status tuple_origin(postern_arena *arena, const postern_url *url, postern_slice *ret_origin) {
    url_out out;
    url_out_init(&out);
    url_out_add(&out, url->scheme);
    url_out_add(&out, POSTERN_S("://"));
    url_out_add(&out, url->host);
    if (url->port >= 0) {
        url_out_byte(&out, ':');
        url_out_number(&out, (uint32_t)url->port);
    }
    postern_status status = out.status;
    if (!status) status = postern_arena_copy(arena, url_out_from(&out, 0), ret_origin);
    url_out_free(&out);
    return status;
}

postern_status postern_url_origin(postern_arena *arena, const postern_url *url, postern_slice *ret_origin) {
    const postern_url *inner = url;
    if (postern_slice_eq(url->scheme, POSTERN_S("blob"))) {
        postern_status status = postern_url_parse(arena, url->path, NULL, &inner);
        if (status == POSTERN_NOMEM) return status; /* any other failure: opaque, the least that an origin can be */
        bool web = !status && postern_slice_starts(inner->scheme, POSTERN_S("http")) && inner->special;
        if (!web) inner = url;
    }
    if (inner->special && !postern_slice_eq(inner->scheme, POSTERN_S("file"))) return tuple_origin(arena, inner, ret_origin);
    *ret_origin = POSTERN_S("null");
    return POSTERN_OK;
}

postern_slice postern_url_without_fragment(const postern_url *url) {
    return url->has_fragment ? postern_slice_sub(url->href, 0, url->href.len - url->fragment.len - 1) : url->href;
}
