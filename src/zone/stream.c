/*
 * Marks of origin: the Zone.Identifier stream (MS-FSCC, section 5.6.1), an INI file.
 *
 *   [ZoneTransfer]      ZoneId=3      ReferrerUrl=https://a.example/      HostUrl=https://b.example/x.mht
 *
 * A stream that is empty, cut or contradicts itself is what is left when somebody tried to take the mark away: it counts as
 * Internet at least (Z10). Of doubled keys the least trusted counts, and a URL in it can only lower. What we write is never
 * less strict than what we were told (Z19).
 */
#include "zone_int.h"

typedef struct stream_reader {
    postern_arena *arena;
    postern_mark *mark;
    postern_slice host_url, referrer_url;
    unsigned ids, app_ids, host_urls;
    bool in_section;
} stream_reader;

static void lower(stream_reader *r, postern_zone zone) {
    r->mark->zone = postern_zone_least(r->mark->zone, zone);
}

static void defect(stream_reader *r) {
    r->mark->malformed = true;
    lower(r, POSTERN_ZONE_INTERNET);
}

/* A number from 0 to 4; another number is the least trusted zone, no number at all is Internet. */
static void zone_id(stream_reader *r, postern_slice value) {
    postern_slice digits = value;
    uint64_t number;
    size_t len = 0;
    while (len < digits.len && postern_ascii_digit(digits.ptr[len])) len++;
    digits.len = len;
    if (digits.len != value.len || value.len == 0) defect(r);
    if (digits.len == 0) return;
    if (!postern_slice_uint(digits, 4, &number)) {
        defect(r);
        number = POSTERN_ZONE_RESTRICTED;
    }
    lower(r, (postern_zone)number);
}

static void url_value(stream_reader *r, postern_slice value) {
    const postern_url *url;
    if (value.len == 0 || postern_slice_eq_nocase(value, POSTERN_S("about:internet"))) return;
    if (postern_url_parse(r->arena, value, NULL, &url)) defect(r);
    else lower(r, postern_zone_of_url_default(url));
}

static void line(stream_reader *r, postern_slice text) {
    text = postern_slice_trim(text);
    if (text.len && text.ptr[0] == '[') {
        r->in_section = postern_slice_eq_nocase(text, POSTERN_S("[zonetransfer]"));
        return;
    }
    postern_cut cut = postern_slice_cut(text, '=');
    if (!cut.ok || !r->in_section) return;
    postern_slice key = postern_slice_trim(cut.head), value = postern_slice_trim(cut.tail);
    if (postern_slice_eq_nocase(key, POSTERN_S("zoneid"))) {
        if (r->ids++) defect(r);
        zone_id(r, value);
    } else if (postern_slice_eq_nocase(key, POSTERN_S("appzoneid"))) {
        if (r->app_ids++) defect(r);
        zone_id(r, value);
    } else if (postern_slice_eq_nocase(key, POSTERN_S("hosturl"))) {
        if (r->host_urls++) defect(r);
        else r->host_url = value;
        url_value(r, value);
    } else if (postern_slice_eq_nocase(key, POSTERN_S("referrerurl"))) {
        r->referrer_url = value;
        url_value(r, value);
    }
}

void postern_mark_from_stream(postern_arena *arena, postern_slice content, postern_mark *ret_mark) {
    stream_reader r = {.arena = arena, .mark = ret_mark};
    postern_slice text;
    *ret_mark = (postern_mark){.present = true, .zone = POSTERN_ZONE_LOCAL_MACHINE};
    if (content.len > MARK_SEARCH) {
        content.len = MARK_SEARCH;
        defect(&r);
    }
    if (!mark_text(arena, content, &text)) {
        defect(&r);
        return;
    }
    while (text.len) {
        size_t end = 0;
        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r') end++;
        line(&r, postern_slice_sub(text, 0, end));
        text = postern_slice_from(text, end + 1);
    }
    if (r.ids == 0) defect(&r);
    ret_mark->url = r.host_url.len ? r.host_url : r.referrer_url;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

/* INTERNET_MAX_URL_LENGTH of Windows; longer ones stand as about:internet there. */
enum { HOST_URL_MAX = 2083 };

static bool safe_host_url(const postern_url *url) {
    bool web = url->special && postern_slice_starts(url->scheme, POSTERN_S("http"));
    bool credentials = url->username.len || url->password.len;
    return web && !credentials && postern_zone_of_url_default(url) == POSTERN_ZONE_INTERNET &&
           postern_url_without_fragment(url).len <= HOST_URL_MAX;
}

postern_status postern_mark_write(postern_buf *out, postern_zone zone, postern_slice host_url) {
    const postern_url *url;
    bool restricted = postern_zone_least(zone, POSTERN_ZONE_INTERNET) == POSTERN_ZONE_RESTRICTED;
    postern_buf_add_slice(out, POSTERN_S("[ZoneTransfer]\r\nZoneId="));
    postern_buf_add_slice(out, restricted ? POSTERN_S("4\r\n") : POSTERN_S("3\r\n"));
    if (host_url.len == 0 || host_url.len > POSTERN_LIMIT_URL || out->status) return out->status;
    postern_arena *arena = postern_arena_new(16ull * POSTERN_LIMIT_URL);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = postern_url_parse(arena, host_url, NULL, &url);
    if (!status && safe_host_url(url)) {
        postern_buf_add_slice(out, POSTERN_S("HostUrl="));
        postern_buf_add_slice(out, postern_url_without_fragment(url));
        postern_buf_add_slice(out, POSTERN_S("\r\n"));
    }
    postern_arena_free(arena);
    return status == POSTERN_NOMEM ? status : out->status;
}
