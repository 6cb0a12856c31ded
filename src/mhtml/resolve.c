/*
 * The mhtml: URL handler done right. MS04-013 (CVE-2004-0380) in one sentence: the container was absent, so the text behind the
 * '!' was fetched instead, and kept the zone of the container that was not there. Here the container is the only thing that is
 * ever opened, absence is final (Z2), the text behind the '!' is an opaque key that is compared with declared names (Z3),
 * containers are files and http(s) alone (Z4), their type is declared and not guessed (Z5), redirects may not leave scheme and
 * host (Z6), and the part's zone is the least of all that is known (Z1).
 */
#include "postern/mhtml.h"

#include <stdlib.h>

enum { RESOLVE_MEMORY = 16 << 20 };

static postern_status deny(postern_error *reterr, const char *text) {
    return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "%s", text);
}

/* Schemes that open or run something behind their name, on either side of the '!' (Z4). */
static bool is_handler_scheme(postern_slice scheme) {
    static const char *const names[] = {"its", "ms-its", "ms-itss",    "mk",       "mhtml",      "cid",
                                        "mid", "data",   "about",      "blob",     "res",        "local",
                                        "jar", "shell",  "javascript", "vbscript", "filesystem", "hcp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (postern_slice_eq_nocase(scheme, postern_slice_cstr(names[i]))) return true;
    return false;
}

static bool has_controls(postern_slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7F) return true;
    return false;
}

/* ".", ".." and empty names between slashes of either kind, percent-encoded or not: two readers could open two files. */
static bool has_odd_segments(postern_slice path) {
    static const char *const dots[] = {".", "..", "%2e", "%2e.", ".%2e", "%2e%2e"};
    size_t start = 0;
    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.ptr[i] != '/' && path.ptr[i] != '\\') continue;
        postern_slice segment = postern_slice_sub(path, start, i - start);
        if (segment.len == 0 && start > 0 && i < path.len) return true;
        for (size_t d = 0; d < sizeof dots / sizeof *dots; d++)
            if (postern_slice_eq_nocase(segment, postern_slice_cstr(dots[d]))) return true;
        start = i + 1;
    }
    return false;
}

/* The path of a container as written, behind "file:" and its slashes, or whole for a bare path. */
static postern_slice written_path(postern_slice text) {
    if (postern_slice_starts_nocase(text, POSTERN_S("file:"))) text = postern_slice_from(text, 5);
    while (text.len && (text.ptr[0] == '/' || text.ptr[0] == '\\')) text = postern_slice_from(text, 1);
    return text;
}

static postern_status parse_file(postern_arena *arena, postern_slice text, const postern_url **ret_url, postern_error *reterr) {
    bool network;
    postern_winpath_kind kind = postern_winpath_classify(text, &network);
    if (kind == POSTERN_WINPATH_DEVICE) return deny(reterr, "Z9: the container is a device path");
    if (kind == POSTERN_WINPATH_UNC) return deny(reterr, "Z9: the container is a share on the network");
    if (has_odd_segments(written_path(text))) return deny(reterr, "Z8: the container's path can be read in two ways");
    postern_status status;
    if (kind == POSTERN_WINPATH_NONE && text.len && text.ptr[0] == '/') {
        postern_buf spelled;
        postern_buf_init(&spelled, POSTERN_LIMIT_URL);
        postern_buf_add(&spelled, "file://", 7);
        postern_buf_add_slice(&spelled, text);
        status = spelled.status ? spelled.status : postern_url_parse(arena, postern_buf_slice(&spelled), NULL, ret_url);
        postern_buf_free(&spelled);
    } else {
        status = postern_winpath_to_url(arena, text, ret_url);
        if (status == POSTERN_FORMAT) status = postern_url_parse(arena, text, NULL, ret_url);
    }
    if (status == POSTERN_NOMEM) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory");
    if (status) return deny(reterr, "Z8: the container is no URL");
    if ((*ret_url)->host.len) return deny(reterr, "Z9: the container is a share on the network");
    if (postern_slice_starts((*ret_url)->path, POSTERN_S("//")))
        return deny(reterr, "Z9: the container is a share in disguise");
    return POSTERN_OK;
}

/* Z4, Z8, Z9: what may be opened as a container. */
static postern_status parse_container(const postern_policy *policy, postern_arena *arena, postern_slice text,
                                      const postern_url **ret_url, postern_error *reterr) {
    postern_slice scheme = {0};
    bool clean = true, has_scheme = postern_url_scheme_of(text, &scheme, &clean), drive = scheme.len == 1;
    if (text.len == 0) return deny(reterr, "Z4: there is no container");
    if (has_controls(text) || !clean) return deny(reterr, "Z8: control characters in the container");
    if (postern_slice_starts_nocase(text, POSTERN_S("url:"))) return deny(reterr, "Z8: the prefix URL: hides the scheme");
    if (has_scheme && is_handler_scheme(scheme)) return deny(reterr, "Z4: a handler scheme cannot be a container");
    if (postern_slice_starts_nocase(text, POSTERN_S("//mid:")) || postern_slice_starts_nocase(text, POSTERN_S("//cid:")))
        return deny(reterr, "Z4: a handler scheme cannot be a container");
    if (!has_scheme || drive || postern_slice_eq_nocase(scheme, POSTERN_S("file"))) {
        bool absolute = has_scheme || (text.len && (text.ptr[0] == '/' || text.ptr[0] == '\\'));
        return absolute ? parse_file(arena, text, ret_url, reterr) : deny(reterr, "Z8: the container is not an absolute URL");
    }
    if (!postern_slice_eq_nocase(scheme, POSTERN_S("http")) && !postern_slice_eq_nocase(scheme, POSTERN_S("https")))
        return deny(reterr, "Z4: a container is a file or comes by http or https");
    postern_zone_decision decision;
    postern_status status = postern_zone_evaluate(policy, text, NULL, arena, &decision);
    if (!status && !decision.openable) return deny(reterr, "Z8: the container's URL can be read in two ways");
    if (!status) status = postern_url_parse(arena, text, NULL, ret_url);
    return status ? postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory") : POSTERN_OK;
}

/* Z3, Z4: the key stays text; a scheme that would open something if anybody ever took it for a URL is refused all the same. */
static postern_status check_key(const postern_mhtml_url *url, postern_error *reterr) {
    postern_slice scheme;
    bool clean;
    if (!url->has_key) return POSTERN_OK;
    if (has_controls(url->key)) return deny(reterr, "Z8: control characters in the part's name");
    if (postern_slice_starts_nocase(url->key, POSTERN_S("url:"))) return deny(reterr, "Z8: the prefix URL: hides the scheme");
    if (postern_url_scheme_of(url->key, &scheme, &clean) && is_handler_scheme(scheme))
        return deny(reterr, "Z4: a handler scheme cannot name a part");
    return POSTERN_OK;
}

/* Z5: message/rfc822 or a multipart, declared. */
static postern_status check_type(const postern_container *container, postern_error *reterr) {
    postern_slice type = postern_slice_trim(postern_slice_cut(container->type, ';').head);
    if (container->attachment) return deny(reterr, "Z5: the container was sent as an attachment, not to be shown");
    if (postern_slice_eq_nocase(type, POSTERN_S("message/rfc822")) ||
        postern_slice_eq_nocase(type, POSTERN_S("multipart/related")))
        return POSTERN_OK;
    return deny(reterr, "Z5: the container is not declared message/rfc822 or multipart/related");
}

/* Z6: each hop counts, and none may change scheme or origin. */
static postern_status check_hops(const postern_policy *policy, postern_arena *arena, const postern_url *url,
                                 const postern_container *container, postern_zone_decision *d, postern_error *reterr) {
    for (size_t i = 0; i < container->hop_count; i++) {
        const postern_url *hop;
        postern_zone_decision at_hop;
        postern_status status = postern_url_parse(arena, container->hops[i], NULL, &hop);
        if (status == POSTERN_NOMEM) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory");
        if (status || !postern_slice_eq(hop->scheme, url->scheme) || !postern_slice_eq(hop->host, url->host) ||
            hop->port != url->port)
            return deny(reterr, "Z6: a redirect left the container's scheme or origin");
        postern_zone_evaluate_url(policy, hop, NULL, &at_hop);
        if (!at_hop.openable) return deny(reterr, "Z6: a redirect led to something that is not opened");
        d->zone = postern_zone_least(d->zone, at_hop.zone);
    }
    return POSTERN_OK;
}

/* Whether a part declares the key as its name: its Content-Location as written, or that resolved to an absolute URL. */
static bool is_named(postern_archive *archive, const postern_part *part, postern_slice key) {
    if (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) return false;
    if (part->content_location.len == 0) return false;
    postern_slice scheme;
    bool clean;
    if (postern_url_scheme_of(part->content_location, &scheme, &clean) && is_handler_scheme(scheme)) return false; /* Z11 */
    if (postern_slice_eq(part->content_location, key)) return true;
    const postern_url *base = postern_archive_base(archive, part->index);
    return base && postern_slice_eq(base->href, key);
}

static postern_status same_bytes(postern_archive *archive, uint32_t a, uint32_t b, bool *ret_same) {
    postern_arena *arena = postern_archive_arena(archive);
    postern_slice x, y;
    postern_status status = postern_part_decode_arena(arena, postern_archive_part(archive, a), NULL, &x);
    if (!status) status = postern_part_decode_arena(arena, postern_archive_part(archive, b), NULL, &y);
    if (!status) *ret_same = postern_slice_eq(x, y);
    return status;
}

/* Z2, Z3, Z11. */
static postern_status find_part(postern_archive *archive, const postern_mhtml_url *url, uint32_t *ret_part,
                                postern_error *reterr) {
    uint32_t found = POSTERN_NO_PART;
    if (!url->has_key) {
        found = postern_archive_root(archive);
    } else {
        for (uint32_t i = 0; i < postern_archive_part_count(archive); i++) {
            if (!is_named(archive, postern_archive_part(archive, i), url->key)) continue;
            bool same = true;
            postern_status status = found == POSTERN_NO_PART ? POSTERN_OK : same_bytes(archive, found, i, &same);
            if (status) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "cannot compare two parts of one name");
            if (!same) return deny(reterr, "Z11: two parts of that name differ");
            if (found == POSTERN_NO_PART) found = i;
        }
    }
    if (found == POSTERN_NO_PART)
        return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET,
                            "Z2: the container holds no such part; nothing else is opened");
    *ret_part = found;
    return POSTERN_OK;
}

static void lower(postern_zone_decision *d, postern_zone zone, const char *rule, const char *text, postern_slice detail) {
    postern_zone least = postern_zone_least(d->zone, zone);
    if (least == d->zone) return;
    d->zone = least;
    if (d->reason_count < sizeof d->reasons / sizeof *d->reasons)
        d->reasons[d->reason_count++] = (postern_reason){rule, text, detail, least};
}

/* A Content-Location may lower a part's zone, never raise it. */
static postern_status lower_by_location(const postern_policy *policy, postern_arena *arena, const postern_part *part,
                                        postern_zone_decision *d) {
    if (part->content_location.len == 0) return POSTERN_OK;
    postern_zone_decision named;
    postern_zone_context context = {.local_proof = true}; /* what it could be at best */
    postern_status status = postern_zone_evaluate(policy, part->content_location, &context, arena, &named);
    /* A relative name says nothing about a zone; only what is a URL can lower. */
    postern_slice scheme;
    bool clean;
    if (!status && postern_url_scheme_of(part->content_location, &scheme, &clean))
        lower(d, named.zone, "Z1", "the part's Content-Location is of a lower zone", part->content_location);
    return status;
}

static postern_status judge(const postern_policy *policy, const postern_url *url, const postern_resolve_context *context,
                            postern_resolution *r, postern_error *reterr) {
    postern_zone_context at = {.local_proof = r->container.local_proof};
    postern_zone_evaluate_url(policy, url, &at, &r->reasons);
    postern_zone_decision *d = &r->reasons;
    postern_status status = check_hops(policy, r->arena, url, &r->container, d, reterr);
    if (status) return status;
    const postern_mark *mark = &postern_archive_facts_of(r->archive)->mark;
    if (mark->present) lower(d, mark->zone, "Z10", "the container's mark of origin", mark->url);
    if (mark->malformed) lower(d, POSTERN_ZONE_INTERNET, "Z10", "the container's mark of origin is malformed", mark->url);
    lower(d, postern_archive_facts_of(r->archive)->zone, "Z10", "what no mark says: the default zone", (postern_slice){0});
    if (context->has_naming) lower(d, context->naming, "Z1", "the naming document's zone", (postern_slice){0});
    if (context->has_caller) lower(d, context->caller, "Z1", "the caller's zone", (postern_slice){0});
    status = lower_by_location(policy, r->arena, postern_archive_part(r->archive, r->part), d);
    const postern_part *from = context->has_from ? postern_archive_part(r->archive, context->from) : NULL;
    if (context->has_from && !from)
        return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "there is no such naming part");
    if (!status && from) status = lower_by_location(policy, r->arena, from, d);
    r->zone = d->zone;
    return status ? postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory") : POSTERN_OK;
}

static postern_status open_archive(const postern_resolve_context *context, postern_resolution *r, postern_error *reterr) {
    postern_archive_options options = {.notes = context->notes,
                                       .has_zone_stream = r->container.has_zone_stream,
                                       .zone_stream = r->container.zone_stream,
                                       .has_caller_zone = context->has_caller,
                                       .caller_zone = context->caller};
    postern_status status = postern_archive_open(r->container.bytes, &options, &r->archive, reterr);
    if (status == POSTERN_FORMAT) return deny(reterr, "Z5: the container is no MIME document, whatever it is declared");
    if (status) return status;
    if (postern_archive_kind_of(r->archive) == POSTERN_ARCHIVE_HTML)
        return deny(reterr, "Z5: the container is no MIME document, whatever it is declared");
    return POSTERN_OK;
}

static postern_status deny_other(postern_slice text, postern_error *reterr) {
    postern_slice scheme;
    bool clean;
    if (postern_slice_starts_nocase(text, POSTERN_S("url:"))) return deny(reterr, "Z8: the prefix URL: hides the scheme");
    bool handler = postern_url_scheme_of(text, &scheme, &clean) && is_handler_scheme(scheme);
    return deny(reterr, handler ? "Z4: a handler scheme is refused, whatever stands inside it" : "Z4: this is no mhtml: URL");
}

static postern_status resolve(const postern_policy *policy, postern_slice text, const postern_resolve_context *context,
                              postern_resolution *r, postern_error *reterr) {
    postern_mhtml_url url;
    const postern_url *container;
    if (text.len > POSTERN_LIMIT_URL) return deny(reterr, "Z18: the URL is too long");
    if (!postern_mhtml_url_parse(text, &url)) return deny_other(text, reterr);
    postern_status status = check_key(&url, reterr);
    if (!status) status = parse_container(policy, r->arena, url.container, &container, reterr);
    if (status) return status;
    postern_error why = {.offset = POSTERN_NO_OFFSET};
    status = r->io->open(r->io->user, container, &r->container, &why);
    if (status == POSTERN_NOTFOUND)
        return postern_fail(reterr, status, POSTERN_NO_OFFSET, "Z2: there is no such container%s%s; nothing else is opened",
                            why.text[0] ? ": " : "", why.text);
    if (status) return postern_fail(reterr, status, why.offset, "%s", why.text[0] ? why.text : postern_status_name(status));
    r->opened = true;
    status = check_type(&r->container, reterr);
    if (!status) status = open_archive(context, r, reterr);
    if (!status) status = find_part(r->archive, &url, &r->part, reterr);
    if (!status) status = judge(policy, container, context, r, reterr);
    if (!status) r->type = postern_archive_part(r->archive, r->part)->type;
    return status;
}

postern_status postern_mhtml_resolve(const postern_policy *policy, postern_slice url_text,
                                     const postern_resolve_context *context, const postern_container_io *io,
                                     postern_resolution **ret_resolution, postern_error *reterr) {
    static const postern_resolve_context nothing = {0};
    postern_resolution *r = calloc(1, sizeof *r);
    if (r) r->arena = postern_arena_new(RESOLVE_MEMORY);
    if (!r || !r->arena) {
        free(r);
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    }
    r->io = io;
    r->part = POSTERN_NO_PART;
    postern_status status = resolve(policy, url_text, context ? context : &nothing, r, reterr);
    if (status)
        postern_resolution_free(r);
    else
        *ret_resolution = r;
    return status;
}

void postern_resolution_free(postern_resolution *resolution) {
    if (!resolution) return;
    postern_archive_free(resolution->archive);
    if (resolution->opened && resolution->io->close) resolution->io->close(resolution->io->user, &resolution->container);
    postern_arena_free(resolution->arena);
    free(resolution);
}

postern_status postern_mhtml_url_combine(postern_slice base, postern_slice reference, postern_buf *out) {
    postern_mhtml_url url, own;
    if (!postern_mhtml_url_parse(base, &url)) return POSTERN_FORMAT;
    if (postern_mhtml_url_parse(reference, &own)) return postern_buf_add_slice(out, reference);
    if (base.len > POSTERN_LIMIT_URL || reference.len > POSTERN_LIMIT_URL) return POSTERN_LIMIT;
    postern_buf_add_slice(out, POSTERN_S("mhtml:"));
    postern_buf_add_slice(out, url.container);
    if (reference.len) {
        postern_buf_add_slice(out, POSTERN_S("!x-usc:"));
        postern_buf_add_slice(out, reference);
    }
    return out->status;
}
