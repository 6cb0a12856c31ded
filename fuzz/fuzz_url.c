/*
 * Fuzz target of the room url. Input: a URL, and behind a NUL its base.
 *
 * Properties: what was parsed is ASCII without controls, parses again to itself, has no part outside its text and the same
 * scheme by postern_url_scheme_of; a domain shown to people becomes the same domain again; a Windows path never turns from a
 * network name into a local file; the pieces of an mhtml: URL are views of it.
 */
#include <stdlib.h>

#include "postern/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool good) {
    if (!good) abort();
}

static bool within(postern_slice part, postern_slice whole) {
    if (part.len == 0) return true;
    return part.ptr >= whole.ptr && part.len <= whole.len && (size_t)(part.ptr - whole.ptr) <= whole.len - part.len;
}

static void check_record(const postern_url *url) {
    const postern_slice parts[] = {url->scheme, url->username, url->password, url->host, url->path, url->query, url->fragment};
    for (size_t i = 0; i < url->href.len; i++) must(url->href.ptr[i] >= ' ' && url->href.ptr[i] < 0x7F);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) must(within(parts[i], url->href));
    must(url->scheme.len > 0 && url->port >= -1 && url->port <= 65535);
    must(!url->special || url->host_kind != POSTERN_HOST_OPAQUE);
    must(!url->special || !url->opaque_path);
    must(url->has_query || url->query.len == 0);
    must(url->has_fragment || url->fragment.len == 0);
    must(within(postern_url_without_fragment(url), url->href));
}

static bool same(const postern_url *a, const postern_url *b) {
    return postern_slice_eq(a->href, b->href) && postern_slice_eq(a->scheme, b->scheme) &&
           postern_slice_eq(a->username, b->username) && postern_slice_eq(a->password, b->password) &&
           postern_slice_eq(a->host, b->host) && postern_slice_eq(a->path, b->path) && postern_slice_eq(a->query, b->query) &&
           postern_slice_eq(a->fragment, b->fragment) && a->port == b->port && a->host_kind == b->host_kind &&
           memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

static void check_again(postern_arena *arena, const postern_url *url) {
    const postern_url *again;
    postern_slice scheme, origin;
    bool clean;
    must(postern_url_parse(arena, url->href, NULL, &again) == POSTERN_OK);
    must(same(url, again));
    must(!again->had_controls && !again->had_backslash && !again->odd_number_host);
    must(postern_url_scheme_of(url->href, &scheme, &clean) && clean && postern_slice_eq(scheme, url->scheme));
    must(postern_url_origin(arena, url, &origin) == POSTERN_OK);
}

static void check_display(postern_arena *arena, const postern_url *url) {
    postern_slice shown, ascii;
    if (url->host_kind != POSTERN_HOST_DOMAIN) return;
    must(postern_domain_for_display(arena, url->host, &shown) == POSTERN_OK);
    must(postern_utf8_valid(shown));
    must(postern_domain_to_ascii(arena, shown, &ascii) == POSTERN_OK && postern_slice_eq(ascii, url->host));
}

static void check_others(postern_arena *arena, postern_slice text) {
    const postern_url *url;
    postern_mhtml_url mhtml;
    postern_slice bytes;
    bool network;
    postern_winpath_kind kind = postern_winpath_classify(text, &network);
    if (postern_winpath_to_url(arena, text, &url) == POSTERN_OK) {
        must(kind == POSTERN_WINPATH_DRIVE || kind == POSTERN_WINPATH_UNC);
        must(network == (url->host_kind != POSTERN_HOST_EMPTY) && postern_slice_eq(url->scheme, POSTERN_S("file")));
        check_record(url);
    }
    if (postern_mhtml_url_parse(text, &mhtml)) must(within(mhtml.container, text) && within(mhtml.key, text));
    must(postern_percent_decode(arena, text, &bytes) == POSTERN_OK && bytes.len <= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    postern_cut cut = postern_slice_cut(postern_slice_of(bytes, len), 0);
    const postern_url *base = NULL, *url;
    postern_arena *arena = postern_arena_new(256 << 20);
    if (!arena || len > POSTERN_LIMIT_URL / 10) {
        postern_arena_free(arena);
        return 0;
    }
    if (cut.ok && postern_url_parse(arena, cut.tail, NULL, &base)) base = NULL;
    if (postern_url_parse(arena, cut.head, base, &url) == POSTERN_OK) {
        check_record(url);
        check_again(arena, url);
        check_display(arena, url);
    }
    check_others(arena, cut.head);
    postern_arena_free(arena);
    return 0;
}
