/*
 * What parts are called (RFC 2557 4 and 5): Content-ID, and Content-Location resolved with Content-Base and the locations of
 * the multiparts around it. Each name goes into one table in several strengths, so that a lookup is a few probes.
 *
 * Z11: the first part of a name has it; a second one with other bytes is noted. A Content-Location with a scheme that runs,
 * generates or points elsewhere (data, javascript, about, mid, blob, mhtml, its …) names nothing. Blink writes style sheets
 * as Content-Location: cid:…; such a name is taken as the Content-ID it means, inside this archive alone.
 */
#include "mhtml_int.h"

/* ---- spellings --------------------------------------------------------------------------------------------------- */

postern_status mhtml_resolve(postern_arena *arena, postern_slice text, const postern_url *base, const postern_url **ret_url) {
    bool network;
    postern_winpath_kind kind = POSTERN_WINPATH_NONE;
    bool local_base = !base || postern_slice_eq(base->scheme, POSTERN_S("file"));
    if (text.len > 1 && (text.ptr[1] == ':' || (local_base && text.ptr[0] == '\\' && text.ptr[1] == '\\')))
        kind = postern_winpath_classify(text, &network);
    postern_status status = POSTERN_FORMAT;
    if (kind == POSTERN_WINPATH_DRIVE || kind == POSTERN_WINPATH_UNC) status = postern_winpath_to_url(arena, text, ret_url);
    if (status == POSTERN_FORMAT) status = postern_url_parse(arena, text, base, ret_url);
    if (status != POSTERN_FORMAT && status != POSTERN_LIMIT) return status;
    if (status == POSTERN_LIMIT && text.len <= POSTERN_LIMIT_URL) return status; /* the arena's own */
    *ret_url = NULL;
    return POSTERN_OK;
}

postern_status mhtml_lower(postern_arena *arena, postern_slice text, postern_slice *ret_lower) {
    uint8_t *out = postern_arena_alloc(arena, text.len);
    if (!out) return postern_arena_failure(arena);
    for (size_t i = 0; i < text.len; i++) out[i] = postern_ascii_lower(text.ptr[i]);
    *ret_lower = postern_slice_of(out, text.len);
    return POSTERN_OK;
}

postern_status mhtml_fold(postern_arena *arena, postern_slice href, postern_slice *ret_fold) {
    postern_slice plain;
    postern_status status = postern_percent_decode(arena, href, &plain);
    if (status != POSTERN_OK) return status;
    uint8_t *out = postern_arena_alloc(arena, plain.len);
    if (!out) return postern_arena_failure(arena);
    size_t n = 0;
    for (size_t i = 0; i < plain.len; i++) {
        uint8_t c = postern_ascii_lower(plain.ptr[i]);
        if (postern_ascii_space(c)) continue; /* folds that were not removed, or that became blanks */
        out[n++] = c == '\\' ? '/' : c;
    }
    postern_slice fold = postern_slice_of(out, n), local = POSTERN_S("file://localhost/");
    if (postern_slice_starts(fold, local)) { /* file://localhost/ is file:/// (RFC 8089 2) */
        memmove(out + 7, out + local.len - 1, n - (local.len - 1));
        fold.len = n - (local.len - 1) + 7;
    }
    *ret_fold = fold;
    return POSTERN_OK;
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

static bool can_be_identity(mhtml_scheme scheme) {
    return scheme == MHTML_SCHEME_NONE || scheme == MHTML_SCHEME_OTHER || scheme == MHTML_SCHEME_FILE ||
           scheme == MHTML_SCHEME_HTTP;
}

/* Base and place of one part; those around it come before it. */
static postern_status read_place(postern_archive *a, const postern_part *part, const postern_url *outer) {
    const postern_url *base = outer, *place = NULL;
    postern_status status = POSTERN_OK;
    if (part->content_base.len && can_be_identity(mhtml_scheme_of(part->content_base)))
        status = mhtml_resolve(a->arena, part->content_base, outer, &base);
    if (status != POSTERN_OK) return status;
    if (!base) base = outer;
    if (part->content_location.len && can_be_identity(mhtml_scheme_of(part->content_location)))
        status = mhtml_resolve(a->arena, part->content_location, base, &place);
    if (status != POSTERN_OK) return status;
    a->places[part->index] = place;
    a->bases[part->index] = part->content_base.len ? base : place ? place : base;
    return POSTERN_OK;
}

/* Blink tells where the page was even when its part does not. */
static postern_status snapshot_base(postern_archive *a, const postern_url **ret_url) {
    const postern_header *h = postern_part_header(mhtml_part(a, 0), POSTERN_S("snapshot-content-location"));
    *ret_url = NULL;
    if (!h || mhtml_scheme_of(postern_slice_trim(h->raw)) != MHTML_SCHEME_HTTP) return POSTERN_OK;
    return mhtml_resolve(a->arena, postern_slice_trim(h->raw), NULL, ret_url);
}

postern_status mhtml_places_read(postern_archive *a) {
    a->scopes = postern_arena_zalloc(a->arena, a->part_count, sizeof *a->scopes);
    a->bases = postern_arena_zalloc(a->arena, a->part_count, sizeof *a->bases);
    a->places = postern_arena_zalloc(a->arena, a->part_count, sizeof *a->places);
    if (!a->scopes || !a->bases || !a->places) return postern_arena_failure(a->arena);
    const postern_url *outermost;
    postern_status status = postern_url_parse(a->arena, POSTERN_S("thismessage:/"), NULL, &a->nowhere);
    if (status == POSTERN_OK) status = snapshot_base(a, &outermost);
    if (status != POSTERN_OK) return status;
    for (uint32_t i = 0; i < a->part_count; i++) {
        const postern_part *part = mhtml_part(a, i);
        const postern_url *outer = outermost;
        if (part->parent != POSTERN_NO_PART) {
            bool message = mhtml_part(a, part->parent)->flags & POSTERN_PART_MESSAGE;
            a->scopes[i] = message ? part->parent : a->scopes[part->parent];
            outer = message ? NULL : a->bases[part->parent];
        }
        status = read_place(a, part, outer);
        if (status != POSTERN_OK) return status;
    }
    return POSTERN_OK;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static bool same_bytes(const postern_part *x, const postern_part *y) {
    return x->encoding == y->encoding && postern_slice_eq(x->body, y->body);
}

static postern_status declare(postern_archive *a, const postern_part *part, mhtml_key kind, postern_slice key, bool *noted) {
    uint32_t holder;
    if (!key.len) return POSTERN_OK;
    postern_status status = mhtml_table_put(&a->table, kind, a->scopes[part->index], key, part->index, &holder);
    if (status != POSTERN_OK || holder == part->index || *noted) return status;
    if (kind != MHTML_KEY_HREF && kind != MHTML_KEY_TEXT && kind != MHTML_KEY_CID) return status;
    *noted = true;
    if (!same_bytes(part, mhtml_part(a, holder)))
        postern_note_send(&a->notes, POSTERN_NOTE_DUPLICATE_IDENTITY, part->index, part->offset, key);
    return status;
}

static postern_status declare_fold(postern_archive *a, const postern_part *part, const postern_url *url, bool *noted) {
    postern_slice fold, href = postern_url_without_fragment(url);
    postern_status status = mhtml_fold(a->arena, href, &fold);
    if (status != POSTERN_OK || postern_slice_eq(fold, href)) return status; /* lookups ask for both */
    return declare(a, part, MHTML_KEY_FOLD, fold, noted);
}

/* A relative name that nothing gives a base: comparable with equally relative references. */
static postern_status declare_relative(postern_archive *a, const postern_part *part, bool *noted) {
    const postern_url *url;
    postern_status status = mhtml_resolve(a->arena, part->content_location, a->nowhere, &url);
    if (status != POSTERN_OK || !url) return status;
    status = declare(a, part, MHTML_KEY_RELATIVE, postern_url_without_fragment(url), noted);
    return status == POSTERN_OK ? declare_fold(a, part, url, noted) : status;
}

static postern_status replace_amp(postern_arena *arena, postern_slice text, postern_slice *ret_text) {
    uint8_t *out = postern_arena_alloc(arena, text.len);
    if (!out) return postern_arena_failure(arena);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        out[n++] = text.ptr[i];
        if (postern_slice_starts(postern_slice_from(text, i), POSTERN_S("&amp;"))) i += 4;
    }
    *ret_text = postern_slice_of(out, n);
    return POSTERN_OK;
}

/* Some writers escape the field as if it stood in HTML. */
static postern_status declare_unescaped(postern_archive *a, const postern_part *part, const postern_url *place, bool *noted) {
    postern_slice href = postern_url_without_fragment(place), plain;
    if (postern_slice_find(href, 0, POSTERN_S("&amp;")) == SIZE_MAX) return POSTERN_OK;
    postern_status status = replace_amp(a->arena, href, &plain);
    if (status == POSTERN_OK) status = mhtml_fold(a->arena, plain, &plain);
    return status == POSTERN_OK ? declare(a, part, MHTML_KEY_FOLD, plain, noted) : status;
}

static postern_status declare_id(postern_archive *a, const postern_part *part, postern_slice id, bool *noted) {
    postern_slice plain, fold;
    postern_status status = declare(a, part, MHTML_KEY_CID, id, noted);
    if (status == POSTERN_OK) status = postern_percent_decode(a->arena, id, &plain);
    if (status == POSTERN_OK) status = declare(a, part, MHTML_KEY_CID, plain, noted);
    if (status == POSTERN_OK) status = mhtml_lower(a->arena, plain, &fold);
    if (status == POSTERN_OK && !postern_slice_eq(fold, id)) status = declare(a, part, MHTML_KEY_CID_FOLD, fold, noted);
    if (status != POSTERN_OK) return status;
    postern_cut at = postern_slice_cut(fold, '@');
    return at.ok ? declare(a, part, MHTML_KEY_CID_LOCAL, at.head, noted) : POSTERN_OK;
}

static postern_status declare_location(postern_archive *a, const postern_part *part, bool *noted) {
    postern_slice location = part->content_location;
    mhtml_scheme scheme = mhtml_scheme_of(location);
    if (scheme == MHTML_SCHEME_CID) {
        postern_slice id = postern_slice_cut(location, ':').tail;
        return declare_id(a, part, id, noted);
    }
    if (!can_be_identity(scheme)) {
        /* about:blank and about:srcdoc are what Blink writes for frames that have no address */
        if (scheme != MHTML_SCHEME_INERT || !postern_slice_starts_nocase(location, POSTERN_S("about:")))
            postern_note_send(&a->notes, POSTERN_NOTE_FORBIDDEN_IDENTITY, part->index, part->offset, location);
        return POSTERN_OK;
    }
    const postern_url *place = a->places[part->index];
    postern_status status = POSTERN_OK;
    if (place) status = declare(a, part, MHTML_KEY_HREF, postern_url_without_fragment(place), noted);
    if (status == POSTERN_OK && place) status = declare_fold(a, part, place, noted);
    if (status == POSTERN_OK && place) status = declare_unescaped(a, part, place, noted);
    bool same = place && postern_slice_eq(place->href, location);
    if (status == POSTERN_OK && !same && (!place || scheme != MHTML_SCHEME_NONE))
        status = declare(a, part, MHTML_KEY_TEXT, location, noted);
    if (status == POSTERN_OK && !place && scheme == MHTML_SCHEME_NONE) status = declare_relative(a, part, noted);
    return status;
}

postern_status mhtml_identities_read(postern_archive *a) {
    mhtml_table_init(&a->table, a);
    for (uint32_t i = 0; i < a->part_count; i++) {
        const postern_part *part = mhtml_part(a, i);
        bool noted = false;
        if (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) continue; /* a container is not a resource */
        postern_status status = part->content_id.len ? declare_id(a, part, part->content_id, &noted) : POSTERN_OK;
        if (status == POSTERN_OK && part->content_location.len) status = declare_location(a, part, &noted);
        if (status != POSTERN_OK) return status;
    }
    return POSTERN_OK;
}

/* What the root document would call a part whose name has no base of its own. */
postern_status mhtml_rooted_read(postern_archive *a) {
    const postern_url *base = a->root != POSTERN_NO_PART ? a->bases[a->root] : NULL;
    for (uint32_t i = 0; base && i < a->part_count; i++) {
        const postern_part *part = mhtml_part(a, i);
        const postern_url *url;
        bool noted = true;
        if ((part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) || a->places[i] || !part->content_location.len ||
            mhtml_scheme_of(part->content_location) != MHTML_SCHEME_NONE)
            continue;
        postern_status status = mhtml_resolve(a->arena, part->content_location, base, &url);
        if (status == POSTERN_OK && url) status = declare(a, part, MHTML_KEY_ROOTED, postern_url_without_fragment(url), &noted);
        if (status != POSTERN_OK) return status;
    }
    return POSTERN_OK;
}
