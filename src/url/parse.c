/*
 * The basic URL parser (URL Standard, section 4.4) without its state override, which only serves the setters of the DOM.
 *
 * Each state is a function that reads the input once and writes the serialised URL from left to right, so that the record is
 * a set of views of one text. Left out: setters, encodings other than UTF-8 in queries, blob URL entries.
 *
 * An attacker writes the same URL in a way that two readers take for two things: tabs and newlines inside the scheme,
 * backslashes, a credential that looks like a host. One parser for all, and flags for what was odd (Z8).
 */
#include "parse_int.h"

/* ---- schemes ------------------------------------------------------------------------------------------------- */

static bool is_special(postern_slice scheme) {
    static const postern_slice special[] = {
        {(const uint8_t *)"http", 4}, {(const uint8_t *)"https", 5}, {(const uint8_t *)"file", 4},
        {(const uint8_t *)"ftp", 3},  {(const uint8_t *)"ws", 2},    {(const uint8_t *)"wss", 3},
    };
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (postern_slice_eq(scheme, special[i])) return true;
    return false;
}

static bool scheme_byte(uint8_t c) {
    return postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '+' || c == '-' || c == '.';
}

/* Length of the scheme at the head of `text`, 0 when there is none. */
static size_t scheme_len(postern_slice text) {
    size_t len = 0;
    if (text.len == 0 || !postern_ascii_alpha(text.ptr[0])) return 0;
    while (len < text.len && scheme_byte(text.ptr[len])) len++;
    return len < text.len && text.ptr[len] == ':' ? len : 0;
}

static void scheme_set(url_parser *p, postern_slice scheme) {
    url_span_begin(p, &p->scheme);
    if (!url_out_room(&p->out, scheme.len + 1)) return;
    uint8_t *to = p->out.ptr + p->out.len;
    for (size_t i = 0; i < scheme.len; i++) to[i] = postern_ascii_lower(scheme.ptr[i]);
    to[scheme.len] = ':';
    p->out.len += scheme.len + 1;
    p->scheme.len = scheme.len;
    p->special = is_special(postern_slice_of(to, scheme.len));
    p->file = postern_slice_eq(postern_slice_of(to, scheme.len), POSTERN_S("file"));
}

/* ---- what comes from the base -------------------------------------------------------------------------------- */

static void copy_span(url_parser *p, url_span *span, postern_slice from) {
    url_span_begin(p, span);
    url_out_add(&p->out, from);
    span->len = from.len;
}

/* All of the base before its path; the scheme is already there, and offsets up to here are those of the base. */
void url_copy_authority(url_parser *p) {
    const postern_url *base = p->base;
    if (base->host_kind == POSTERN_HOST_NONE) return;
    const uint8_t *start = base->href.ptr;
    size_t from = p->out.len;
    url_out_add(&p->out, postern_slice_of(start + from, (size_t)(base->path.ptr - start) - from));
    p->null_host = false;
    p->username = (url_span){(size_t)(base->username.ptr - start), base->username.len};
    p->password = (url_span){(size_t)(base->password.ptr - start), base->password.len};
    p->host = (url_span){(size_t)(base->host.ptr - start), base->host.len};
    p->port = base->port;
    p->host_facts.kind = base->host_kind;
    p->host_facts.odd_number = base->odd_number_host;
    memcpy(p->host_facts.ip, base->ip, sizeof base->ip);
}

void url_copy_path(url_parser *p) {
    copy_span(p, &p->path, p->base->path);
}

void url_copy_query(url_parser *p) {
    if (!p->base->has_query) return;
    url_out_byte(&p->out, '?');
    copy_span(p, &p->query, p->base->query);
    p->has_query = true;
}

void url_begin_authority(url_parser *p) {
    url_out_add(&p->out, POSTERN_S("//"));
    p->null_host = false;
    url_span_begin(p, &p->username);
    url_span_begin(p, &p->password);
    url_span_begin(p, &p->host);
}

/* ---- states behind the scheme -------------------------------------------------------------------------------- */

static void note_backslashes(url_parser *p, size_t from) {
    for (size_t i = from; i < p->pos; i++) p->had_backslash |= p->in.ptr[i] == '\\';
}

/* Special authority ignore slashes state. */
static postern_status special_authority(url_parser *p) {
    size_t from = p->pos;
    while (p->pos < p->in.len && url_slash(p, p->in.ptr[p->pos])) p->pos++;
    note_backslashes(p, from);
    return url_authority(p);
}

/* Relative state, a base with a path of segments. */
static postern_status relative(url_parser *p) {
    uint8_t c = url_at(p, p->pos);
    if (url_slash(p, c)) {
        uint8_t next = url_at(p, p->pos + 1);
        p->had_backslash |= c == '\\' || (next == '\\' && p->special);
        if (p->special && url_slash(p, next)) {
            p->pos += 2;
            return special_authority(p);
        }
        if (next == '/') {
            p->pos += 2;
            return url_authority(p);
        }
        url_copy_authority(p);
        p->pos++;
        url_span_begin(p, &p->path);
        url_path(p);
        url_query(p);
        return p->out.status;
    }
    url_copy_authority(p);
    url_copy_path(p);
    if (p->pos == p->in.len || c == '#') {
        url_path_finish(p);
        url_copy_query(p);
    } else if (c == '?') {
        url_path_finish(p);
    } else {
        url_path_pop(p);
        url_path(p);
    }
    url_query(p);
    return p->out.status;
}

/* No scheme state. */
static postern_status no_scheme(url_parser *p) {
    const postern_url *base = p->base;
    if (!base || (base->opaque_path && url_at(p, p->pos) != '#')) return POSTERN_FORMAT;
    scheme_set(p, base->scheme);
    if (base->opaque_path) {
        p->opaque_path = true;
        url_copy_path(p);
        url_copy_query(p);
        url_query(p);
        return p->out.status;
    }
    return p->file ? url_file(p) : relative(p);
}

/* Scheme state, behind its colon, and the two that follow it. */
static postern_status with_scheme(url_parser *p) {
    bool same = p->base && postern_slice_eq(p->base->scheme, postern_slice_of(p->out.ptr, p->scheme.len));
    bool slash = url_at(p, p->pos) == '/', two = slash && url_at(p, p->pos + 1) == '/';
    if (p->file) {
        if (!same || p->base->opaque_path) p->base = NULL;
        return url_file(p);
    }
    if (p->special) return same && !two && !p->base->opaque_path ? relative(p) : special_authority(p);
    if (two) {
        p->pos += 2;
        return url_authority(p);
    }
    if (slash) {
        p->pos++;
        url_span_begin(p, &p->path);
        url_path(p);
    } else {
        url_opaque_path(p);
    }
    url_query(p);
    return p->out.status;
}

/* ---- the input ----------------------------------------------------------------------------------------------- */

static bool strippable(uint8_t c) {
    return c <= ' ';
}

static postern_slice stripped(postern_slice text) {
    while (text.len && strippable(text.ptr[0])) text = postern_slice_from(text, 1);
    while (text.len && strippable(text.ptr[text.len - 1])) text.len--;
    return text;
}

static bool tab_or_newline(uint8_t c) {
    return c == '\t' || c == '\n' || c == '\r';
}

/* Whether `text` can be parsed as it is: no tab or newline, and valid UTF-8. */
static bool clean(postern_slice text, bool *ret_controls) {
    const uint64_t top = 0x8080808080808080u, blank = 0x2020202020202020u;
    uint64_t high = 0, low = 0; /* the top bit of each byte that is not ASCII; and of some byte when one is below a blank */
    size_t i = 0;
    for (; text.len - i >= sizeof high; i += sizeof high) {
        uint64_t eight;
        memcpy(&eight, text.ptr + i, sizeof eight);
        high |= eight & top;
        low |= (eight - blank) & ~eight & top;
    }
    for (; i < text.len; i++) {
        high |= text.ptr[i] & 0x80;
        low |= text.ptr[i] < ' ';
    }
    bool controls = false;
    for (i = 0; low && i < text.len; i++) controls |= tab_or_newline(text.ptr[i]);
    *ret_controls |= controls;
    return !controls && (!high || postern_utf8_valid(text));
}

/* The text without tabs and newlines, bytes that are not UTF-8 as U+FFFD. */
static void clean_into(url_out *out, postern_slice text) {
    size_t len;
    for (size_t pos = 0; pos < text.len; pos += len) {
        uint8_t utf8[4];
        uint32_t scalar = postern_utf8_at(text, pos, &len);
        if (scalar != '\t' && scalar != '\n' && scalar != '\r')
            url_out_add(out, postern_slice_of(utf8, postern_utf8_put(scalar, utf8)));
    }
}

static postern_slice view(postern_slice href, url_span span) {
    return postern_slice_sub(href, span.at, span.len);
}

/* The record and its text in one object of the arena. */
static postern_status record(url_parser *p, postern_arena *arena, bool had_controls, const postern_url **ret_url) {
    if (p->out.len > POSTERN_LIMIT_URL) return POSTERN_LIMIT;
    postern_url *url = postern_arena_alloc(arena, sizeof *url + p->out.len);
    if (!url) return postern_arena_failure(arena);
    uint8_t *text = (uint8_t *)(url + 1);
    memcpy(text, p->out.ptr, p->out.len);
    postern_slice href = postern_slice_of(text, p->out.len);
    *url = (postern_url){
        .href = href,
        .scheme = view(href, p->scheme),
        .username = view(href, p->username),
        .password = view(href, p->password),
        .host = view(href, p->host),
        .path = view(href, p->path),
        .query = view(href, p->query),
        .fragment = view(href, p->fragment),
        .host_kind = p->null_host ? POSTERN_HOST_NONE : p->host_facts.kind,
        .port = p->port,
        .special = p->special,
        .opaque_path = p->opaque_path,
        .has_query = p->has_query,
        .has_fragment = p->has_fragment,
        .had_controls = had_controls,
        .had_backslash = p->had_backslash,
        .odd_number_host = p->host_facts.odd_number,
    };
    memcpy(url->ip, p->host_facts.ip, sizeof url->ip);
    *ret_url = url;
    return POSTERN_OK;
}

static postern_status run(postern_arena *arena, postern_slice text, const postern_url *base, bool had_controls,
                          const postern_url **ret_url) {
    url_parser p;
    memset(&p, 0, offsetof(url_parser, out));
    memset((uint8_t *)&p + offsetof(url_parser, special), 0, sizeof p - offsetof(url_parser, special));
    url_out_init(&p.out);
    p.in = text;
    p.base = base;
    p.port = -1;
    p.null_host = true;
    size_t scheme = scheme_len(text);
    postern_status status;
    if (scheme) {
        scheme_set(&p, postern_slice_sub(text, 0, scheme));
        p.pos = scheme + 1;
        status = with_scheme(&p);
    } else {
        status = no_scheme(&p);
    }
    if (!status) status = p.out.status;
    if (!status) status = record(&p, arena, had_controls, ret_url);
    url_out_free(&p.out);
    return status;
}

postern_status postern_url_parse(postern_arena *arena, postern_slice text, const postern_url *base,
                                 const postern_url **ret_url) {
    if (text.len > POSTERN_LIMIT_URL) return POSTERN_LIMIT;
    postern_slice inner = stripped(text);
    bool had_controls = inner.len != text.len;
    if (clean(inner, &had_controls)) return run(arena, inner, base, had_controls, ret_url);
    url_out cleaned;
    url_out_init(&cleaned);
    clean_into(&cleaned, inner);
    postern_status status = cleaned.status;
    if (!status) status = run(arena, url_out_from(&cleaned, 0), base, had_controls, ret_url);
    url_out_free(&cleaned);
    return status;
}

bool postern_url_scheme_of(postern_slice text, postern_slice *ret_scheme, bool *ret_clean) {
    postern_slice inner = stripped(text);
    size_t len = 0;
    *ret_clean = inner.len == text.len;
    if (inner.len == 0 || !postern_ascii_alpha(inner.ptr[0])) return false;
    while (len < inner.len && (scheme_byte(inner.ptr[len]) || tab_or_newline(inner.ptr[len])))
        if (tab_or_newline(inner.ptr[len++])) *ret_clean = false;
    if (len == inner.len || inner.ptr[len] != ':') return false;
    *ret_scheme = postern_slice_sub(inner, 0, len);
    return true;
}
