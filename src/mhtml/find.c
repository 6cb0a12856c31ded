/*
 * What a reference means inside the archive: cid: and mid: (RFC 2392), Content-Location (RFC 2557 4.2 and 8), and mhtml: URLs
 * as IE and Outlook left them in saved pages.
 *
 * Z2: absence is final, nothing else is looked for. Z3: the key of an mhtml: URL is compared with declared names and never
 * opened or resolved. Z4: a handler scheme on either side of it is refused. A lookup is a handful of probes in the identity
 * table, from the exact name to weaker spellings; each spelling is derived from the reference alone.
 */
#include "mhtml_int.h"

/* ---- schemes ----------------------------------------------------------------------------------------------------- */

typedef struct scheme_row {
    const char *name;
    mhtml_scheme kind;
} scheme_row;

static const scheme_row schemes[] = {
    {"http", MHTML_SCHEME_HTTP},
    {"https", MHTML_SCHEME_HTTP},
    {"file", MHTML_SCHEME_FILE},
    {"cid", MHTML_SCHEME_CID},
    {"mid", MHTML_SCHEME_MID},
    {"mhtml", MHTML_SCHEME_MHTML},
    {"data", MHTML_SCHEME_INERT},
    {"about", MHTML_SCHEME_INERT},
    {"blob", MHTML_SCHEME_INERT},
    {"filesystem", MHTML_SCHEME_INERT},
    {"javascript", MHTML_SCHEME_HANDLER},
    {"vbscript", MHTML_SCHEME_HANDLER},
    {"livescript", MHTML_SCHEME_HANDLER},
    {"mocha", MHTML_SCHEME_HANDLER},
    {"jscript", MHTML_SCHEME_HANDLER},
    {"its", MHTML_SCHEME_HANDLER},
    {"ms-its", MHTML_SCHEME_HANDLER},
    {"ms-itss", MHTML_SCHEME_HANDLER},
    {"mk", MHTML_SCHEME_HANDLER},
    {"res", MHTML_SCHEME_HANDLER},
    {"hcp", MHTML_SCHEME_HANDLER},
    {"ms-help", MHTML_SCHEME_HANDLER},
    {"shell", MHTML_SCHEME_HANDLER},
    {"view-source", MHTML_SCHEME_HANDLER},
    {"jar", MHTML_SCHEME_HANDLER},
    {"wysiwyg", MHTML_SCHEME_HANDLER},
    {"ms-msdt", MHTML_SCHEME_HANDLER},
    {"search-ms", MHTML_SCHEME_HANDLER},
    {"local", MHTML_SCHEME_HANDLER},
    {"outlook", MHTML_SCHEME_HANDLER},
};

mhtml_scheme mhtml_scheme_of(postern_slice text) {
    postern_slice scheme;
    bool clean;
    if (!postern_url_scheme_of(text, &scheme, &clean)) return MHTML_SCHEME_NONE;
    uint8_t name[16];
    size_t n = 0;
    for (size_t i = 0; i < scheme.len; i++) {
        if (postern_ascii_space(scheme.ptr[i])) continue; /* the URL parser drops tabs and newlines, too */
        if (n == sizeof name) return MHTML_SCHEME_OTHER;
        name[n++] = postern_ascii_lower(scheme.ptr[i]);
    }
    if (n == 1) return MHTML_SCHEME_FILE; /* a drive letter */
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (postern_slice_eq(postern_slice_of(name, n), postern_slice_cstr(schemes[i].name))) return schemes[i].kind;
    return MHTML_SCHEME_OTHER;
}

static uint32_t get(const postern_archive *a, mhtml_key kind, uint32_t scope, postern_slice key) {
    return mhtml_table_get(&a->table, kind, scope, key);
}

/* A weaker key is declared only where it differs from the stronger one. */
static uint32_t get_either(const postern_archive *a, mhtml_key weak, mhtml_key strong, uint32_t scope, postern_slice key) {
    uint32_t part = get(a, weak, scope, key);
    return part != POSTERN_NO_PART ? part : get(a, strong, scope, key);
}

/* ---- cid and mid ------------------------------------------------------------------------------------------------- */

static postern_slice without_brackets(postern_slice id) {
    if (id.len && id.ptr[0] == '<') id = postern_slice_from(id, 1);
    if (id.len && id.ptr[id.len - 1] == '>') id.len--;
    return id;
}

postern_status mhtml_find_cid(postern_archive *a, uint32_t scope, postern_slice id, uint32_t *ret_part) {
    postern_slice plain, fold;
    id = postern_slice_trim(id);
    uint32_t part = get(a, MHTML_KEY_CID, scope, id);
    if (part == POSTERN_NO_PART) {
        postern_status status = postern_percent_decode(a->scratch, id, &plain);
        if (status != POSTERN_OK) return status;
        plain = without_brackets(postern_slice_trim(plain));
        part = get(a, MHTML_KEY_CID, scope, plain);
        if (part == POSTERN_NO_PART) {
            status = mhtml_lower(a->scratch, plain, &fold);
            if (status != POSTERN_OK) return status;
            part = get_either(a, MHTML_KEY_CID_FOLD, MHTML_KEY_CID, scope, fold);
            postern_cut at = postern_slice_cut(fold, '@');
            /* one side with a domain, the other without; never two different domains */
            if (part == POSTERN_NO_PART && at.ok) part = get_either(a, MHTML_KEY_CID_FOLD, MHTML_KEY_CID, scope, at.head);
            if (part == POSTERN_NO_PART && !at.ok) part = get(a, MHTML_KEY_CID_LOCAL, scope, fold);
        }
    }
    *ret_part = part;
    return POSTERN_OK;
}

/* mid:MESSAGE-ID/CONTENT-ID, when the message is the one that asks (RFC 2392 2). */
static postern_status find_mid(postern_archive *a, uint32_t scope, postern_slice rest, uint32_t *ret_part) {
    const postern_part *root = mhtml_part(a, scope ? mhtml_part(a, scope)->first_child : 0);
    const postern_header *h = root ? postern_part_header(root, POSTERN_S("message-id")) : NULL;
    postern_cut cut = postern_slice_cut(rest, '/');
    postern_slice id;
    postern_status status = postern_percent_decode(a->scratch, cut.head, &id);
    if (status != POSTERN_OK || !h) return status;
    if (!postern_slice_eq(without_brackets(postern_slice_trim(id)), without_brackets(postern_slice_trim(h->raw))))
        return POSTERN_OK;
    if (cut.ok) return mhtml_find_cid(a, scope, cut.tail, ret_part);
    if (scope == 0) *ret_part = a->root;
    return POSTERN_OK;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static postern_slice without_fragment(postern_slice text) {
    return postern_slice_sub(text, 0, postern_slice_find_byte(text, 0, '#'));
}

/* A relative text against the names that have no base either. */
static postern_status find_relative(postern_archive *a, uint32_t scope, postern_slice text, uint32_t *ret_part) {
    const postern_url *url;
    postern_status status = mhtml_resolve(a->scratch, text, a->nowhere, &url);
    if (status != POSTERN_OK || !url) return status;
    *ret_part = get(a, MHTML_KEY_RELATIVE, scope, postern_url_without_fragment(url));
    if (*ret_part != POSTERN_NO_PART) return POSTERN_OK;
    postern_slice fold;
    status = mhtml_fold(a->scratch, postern_url_without_fragment(url), &fold);
    if (status == POSTERN_OK) *ret_part = get_either(a, MHTML_KEY_FOLD, MHTML_KEY_RELATIVE, scope, fold);
    return status;
}

static postern_status find_folded(postern_archive *a, uint32_t scope, const postern_url *url, uint32_t *ret_part) {
    postern_slice fold;
    postern_status status = mhtml_fold(a->scratch, postern_url_without_fragment(url), &fold);
    if (status == POSTERN_OK) *ret_part = get_either(a, MHTML_KEY_FOLD, MHTML_KEY_HREF, scope, fold);
    return status;
}

/* From the exact name to weaker spellings. `url` may be NULL. */
static postern_status find_name(postern_archive *a, uint32_t scope, postern_slice text, const postern_url *url,
                                uint32_t *ret_part) {
    postern_status status = POSTERN_OK;
    uint32_t part = url ? get(a, MHTML_KEY_HREF, scope, postern_url_without_fragment(url)) : POSTERN_NO_PART;
    if (part == POSTERN_NO_PART) part = get_either(a, MHTML_KEY_TEXT, MHTML_KEY_HREF, scope, text);
    if (part == POSTERN_NO_PART) part = get_either(a, MHTML_KEY_TEXT, MHTML_KEY_HREF, scope, without_fragment(text));
    if (part == POSTERN_NO_PART && mhtml_scheme_of(text) == MHTML_SCHEME_NONE) status = find_relative(a, scope, text, &part);
    if (status == POSTERN_OK && part == POSTERN_NO_PART && url) {
        status = find_folded(a, scope, url, &part);
        if (part == POSTERN_NO_PART) part = get(a, MHTML_KEY_ROOTED, scope, postern_url_without_fragment(url));
    }
    *ret_part = part;
    return status;
}

/* References that were escaped twice. */
static postern_status find_unescaped(postern_archive *a, uint32_t scope, postern_slice text, const postern_url *base,
                                     uint32_t *ret_part) {
    uint8_t *out = postern_arena_alloc(a->scratch, text.len);
    if (!out) return postern_arena_failure(a->scratch);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        out[n++] = text.ptr[i];
        if (postern_slice_starts(postern_slice_from(text, i), POSTERN_S("&amp;"))) i += 4;
    }
    const postern_url *url;
    postern_slice plain = postern_slice_of(out, n);
    postern_status status = mhtml_resolve(a->scratch, plain, base, &url);
    return status == POSTERN_OK ? find_name(a, scope, plain, url, ret_part) : status;
}

static postern_status find_url(postern_archive *a, uint32_t scope, postern_slice text, const postern_url *base,
                               postern_arena *urls, postern_reference *ret) {
    const postern_url *url;
    postern_status status = mhtml_resolve(urls, text, base, &url);
    if (status != POSTERN_OK) return status;
    ret->url = url;
    size_t hash = postern_slice_find_byte(text, 0, '#');
    if (url && url->has_fragment)
        ret->fragment = url->fragment;
    else if (hash != SIZE_MAX)
        ret->fragment = postern_slice_from(text, hash + 1);
    status = find_name(a, scope, text, url, &ret->part);
    if (status != POSTERN_OK || ret->part != POSTERN_NO_PART) return status;
    if (postern_slice_find(text, 0, POSTERN_S("&amp;")) == SIZE_MAX) return POSTERN_OK;
    return find_unescaped(a, scope, text, base, &ret->part);
}

/* ---- mhtml: ------------------------------------------------------------------------------------------------------ */

/* The container cannot be compared: a file does not know where it lies. It is not opened either, so all that matters is that
 * it could be a file at all (Z4) and that the key names a part of this one. */
static postern_status find_mhtml(postern_archive *a, uint32_t scope, postern_slice text, postern_reference *ret) {
    postern_mhtml_url split;
    if (!postern_mhtml_url_parse(text, &split)) { /* "mht\tml:" */
        ret->refused = true;
        return POSTERN_OK;
    }
    mhtml_scheme container = mhtml_scheme_of(split.container), key = mhtml_scheme_of(split.key);
    bool container_ok = container == MHTML_SCHEME_NONE || container == MHTML_SCHEME_FILE || container == MHTML_SCHEME_HTTP;
    bool key_ok = key == MHTML_SCHEME_NONE || key == MHTML_SCHEME_FILE || key == MHTML_SCHEME_HTTP || key == MHTML_SCHEME_OTHER;
    if (!container_ok || !key_ok) {
        ret->refused = true;
        return POSTERN_OK;
    }
    if (!split.has_key || !split.key.len) return POSTERN_OK;
    const postern_url *url;
    postern_slice whole = split.key;
    size_t hash = postern_slice_find_byte(whole, 0, '#');
    if (hash != SIZE_MAX) ret->fragment = postern_slice_from(whole, hash + 1);
    postern_status status = mhtml_resolve(a->scratch, whole, NULL, &url); /* for its spelling alone */
    return status == POSTERN_OK ? find_name(a, scope, whole, url, &ret->part) : status;
}

/* ---- the public call --------------------------------------------------------------------------------------------- */

/* Lookups leave nothing behind but, unless it was only a glance, their URL: the scratch arena is dropped when it has grown. */
static postern_status fresh_scratch(postern_archive *a) {
    if (a->scratch && postern_arena_used(a->scratch) < (256u << 10)) return POSTERN_OK;
    postern_arena_free(a->scratch);
    a->scratch = postern_arena_new(64u << 20);
    return a->scratch ? POSTERN_OK : POSTERN_NOMEM;
}

static postern_slice behind_colon(postern_slice text) {
    return postern_slice_cut(text, ':').tail;
}

static postern_status find(postern_archive *a, uint32_t from, postern_slice text, const postern_url *base, postern_arena *urls,
                           postern_reference *ret) {
    uint32_t scope = a->scopes[from];
    postern_status status = POSTERN_OK;
    switch (mhtml_scheme_of(text)) {
    case MHTML_SCHEME_HANDLER:
        ret->refused = true;
        return POSTERN_OK;
    case MHTML_SCHEME_INERT:
        return text.len <= 256 ? mhtml_resolve(urls, text, NULL, &ret->url) : POSTERN_OK;
    case MHTML_SCHEME_MHTML:
        return find_mhtml(a, scope, text, ret);
    case MHTML_SCHEME_CID:
    case MHTML_SCHEME_MID: {
        postern_slice rest = behind_colon(text), id = without_fragment(rest);
        if (id.len < rest.len) ret->fragment = postern_slice_from(rest, id.len + 1);
        status = mhtml_resolve(urls, text, NULL, &ret->url);
        if (status != POSTERN_OK) return status;
        if (mhtml_scheme_of(text) == MHTML_SCHEME_MID) return find_mid(a, scope, id, &ret->part);
        return mhtml_find_cid(a, scope, id, &ret->part);
    }
    default:
        return find_url(a, scope, text, base ? base : a->bases[from], urls, ret);
    }
}

static postern_status look(postern_archive *archive, uint32_t from, postern_slice text, const postern_url *base, bool keep,
                           postern_reference *ret_reference) {
    postern_reference ret = {.part = POSTERN_NO_PART};
    if (from >= archive->part_count) return POSTERN_USAGE;
    postern_status status = fresh_scratch(archive);
    if (status != POSTERN_OK) return status;
    text = postern_slice_trim(text);
    if (!text.len || text.ptr[0] == '#') { /* the document itself */
        ret.part = from;
        ret.url = base ? base : archive->bases[from];
        ret.fragment = postern_slice_from(text, 1);
    } else {
        status = find(archive, from, text, base, keep ? archive->arena : archive->scratch, &ret);
    }
    if (status == POSTERN_OK) *ret_reference = ret;
    return status;
}

postern_status postern_archive_find(postern_archive *archive, uint32_t from, postern_slice text, const postern_url *base,
                                    postern_reference *ret_reference) {
    return look(archive, from, text, base, true, ret_reference);
}

postern_status postern_archive_glance(postern_archive *archive, uint32_t from, postern_slice text, const postern_url *base,
                                      postern_reference *ret_reference) {
    return look(archive, from, text, base, false, ret_reference);
}

const postern_url *postern_archive_base(postern_archive *archive, uint32_t part) {
    return part < archive->part_count ? archive->bases[part] : NULL;
}
