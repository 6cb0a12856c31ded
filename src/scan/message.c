/*
 * A message or archive: its structure (MH014, MH015, MH017, MH028) and each of its parts. The strict reading comes first; then
 * every view, whose payloads are looked at as contents, too, and a finding that only a view gives is told together with MH017.
 *
 * Left out: S/MIME and PGP; what is encrypted stays unread.
 */
#include "scan_int.h"

#include <stdlib.h>

typedef struct reader {
    scan *s;
    place where;
    postern_archive *archive;
    uint64_t *hashes; /* of decoded contents of the strict reading */
    size_t hash_count, hash_room;
    postern_hash_key key;
    bool ambiguous; /* more is odd than lines that end in LF alone, as in every mail that a Unix system keeps */
    bool source_known; /* the last view that was not made from another one */
} reader;

/* ---- structure ---- */

static void on_note(void *user, const postern_note *note) {
    reader *r = user;
    place where = r->where;
    size_t at = note->offset == POSTERN_NO_OFFSET || !where.exact ? 0 : (size_t)note->offset;
    r->ambiguous |= note->kind != POSTERN_NOTE_BARE_NEWLINES;
    switch (note->kind) {
    case POSTERN_NOTE_TOO_DEEP:
    case POSTERN_NOTE_TOO_MANY_PARTS:
    case POSTERN_NOTE_HEADERS_CUT:
        scan_tell(r->s, &where, 28, POSTERN_SEVERITY_MEDIUM, at, note->detail, "parts or headers beyond what is read");
        break;
    case POSTERN_NOTE_BOUNDARY_MISSING:
        scan_tell(r->s, &where, 17, POSTERN_SEVERITY_MEDIUM, at, note->detail, "a multipart without a boundary");
        break;
    case POSTERN_NOTE_BOUNDARY_UNUSED:
    case POSTERN_NOTE_BOUNDARY_UNCLOSED:
        scan_tell(r->s, &where, 17, POSTERN_SEVERITY_LOW, at, note->detail,
                  "a multipart that is not closed, or whose boundary is not used");
        break;
    case POSTERN_NOTE_BOUNDARY_GLUED:
        scan_tell(r->s, &where, 17, POSTERN_SEVERITY_LOW, at, note->detail, "a delimiter that does not start its line");
        break;
    case POSTERN_NOTE_LEADING_JUNK:
        if (postern_slice_trim(note->detail).len)
            scan_tell(r->s, &where, 17, POSTERN_SEVERITY_MEDIUM, at, note->detail, "text in front of the first header");
        break;
    default:
        break;
    }
}

static void part_path(const postern_archive *a, uint32_t index, postern_slice outer, postern_buf *out) {
    uint32_t chain[64];
    size_t count = 0;
    for (uint32_t i = index; i != POSTERN_NO_PART && count < 64; i = postern_archive_part(a, i)->parent) chain[count++] = i;
    postern_buf_add_slice(out, outer);
    if (count && outer.len) postern_buf_add_byte(out, '.');
    if (count == 1) postern_buf_printf(out, "1");
    for (size_t k = count; k > 1; k--) { /* its number among the children of the one above */
        unsigned number = 1;
        uint32_t i = postern_archive_part(a, chain[k - 1])->first_child;
        for (; i != POSTERN_NO_PART && i != chain[k - 2] && number < 1000; i = postern_archive_part(a, i)->next) number++;
        postern_buf_printf(out, "%s%u", k == count ? "" : ".", number);
    }
}

/* Whether a multipart around the part has this boundary. */
static bool above(const reader *r, const postern_part *part, postern_slice boundary) {
    for (uint32_t i = part->parent; i != POSTERN_NO_PART; i = postern_archive_part(r->archive, i)->parent) {
        const postern_part *p = postern_archive_part(r->archive, i);
        if (p->flags & POSTERN_PART_MESSAGE) return false;
        if (postern_slice_eq(p->boundary, boundary)) return true;
    }
    return false;
}

/* Fields that decide how a part is read, and may stand once. */
static void headers(reader *r, const place *where, const postern_part *part, size_t at) {
    unsigned types = 0, encodings = 0, boundaries = 0;
    for (uint32_t i = 0; i < part->header_count; i++) {
        const postern_header *h = &part->headers[i];
        types += postern_slice_eq_nocase(h->name, POSTERN_S("content-type"));
        encodings += postern_slice_eq_nocase(h->name, POSTERN_S("content-transfer-encoding"));
        if (types == 1 && postern_slice_eq_nocase(h->name, POSTERN_S("content-type")))
            for (size_t k = 0; (k = postern_slice_find_nocase(h->raw, k, POSTERN_S("boundary="))) != SIZE_MAX; k += 9)
                boundaries++;
    }
    postern_slice head = part->head;
    if (types > 1)
        scan_tell(r->s, where, 17, POSTERN_SEVERITY_MEDIUM, at, POSTERN_S("Content-Type"), "two headers that decide the type");
    if (encodings > 1)
        scan_tell(r->s, where, 17, POSTERN_SEVERITY_MEDIUM, at, POSTERN_S("Content-Transfer-Encoding"),
                  "two headers that decide the encoding");
    if (boundaries > 1)
        scan_tell(r->s, where, 17, POSTERN_SEVERITY_MEDIUM, at, POSTERN_S("boundary"), "two boundaries in one header");
    if (head.len && memchr(head.ptr, 0, head.len))
        scan_tell(r->s, where, 17, POSTERN_SEVERITY_MEDIUM, at, postern_slice_sub(head, 0, 80), "NUL in the headers");
    size_t start = 0, longest = 0, lone = 0, newlines = 0, controls = 0;
    for (size_t i = 0; i < head.len; i++) {
        uint8_t c = head.ptr[i];
        if (c >= ' ') continue;
        if (c == '\n') {
            newlines++;
            if (i - start > longest) longest = i - start;
            start = i + 1;
        } else if (c == '\r') {
            lone += i + 1 < head.len && head.ptr[i + 1] != '\n' && head.ptr[i + 1] != '\r';
        } else {
            controls += c && !postern_ascii_space(c) && c != 0x1B; /* ESC begins the raw Japanese of old mail programs */
        }
    }
    if (head.len - start > longest) longest = head.len - start;
    if (lone && newlines)
        scan_tell(r->s, where, 17, POSTERN_SEVERITY_MEDIUM, at, postern_slice_sub(head, 0, 80), "CR without LF in the headers");
    if (controls)
        scan_tell(r->s, where, 17, POSTERN_SEVERITY_MEDIUM, at, postern_slice_sub(head, 0, 80),
                  "control characters in the headers");
    if (part->boundary.len && above(r, part, part->boundary))
        scan_tell(r->s, where, 17, POSTERN_SEVERITY_MEDIUM, at, part->boundary,
                  "a boundary that a multipart around it has, too");
    if (longest > 999)
        scan_tell(r->s, where, 17, POSTERN_SEVERITY_LOW, at, postern_slice_sub(head, 0, 80),
                  "a header line longer than 998 bytes");
}

static void location(reader *r, const place *where, postern_slice l, size_t at) {
    static const char *const banned[] = {
        "javascript:", "vbscript:", "data:", "about:", "mid:", "blob:", "mhtml:", "its:", "ms-its:", "ms-itss:", "mk:"};
    if (!l.len) return;
    bool blink = scan_starts(l, "cid:") && postern_slice_ends(l, POSTERN_S("@mhtml.blink"));
    bool blank = postern_slice_eq_nocase(l, POSTERN_S("about:blank")) || postern_slice_eq_nocase(l, POSTERN_S("about:srcdoc"));
    if (SCAN_ANY(l, banned) || (scan_starts(l, "cid:") && !blink))
        scan_tell(r->s, where, 14, blank || scan_starts(l, "cid:") ? POSTERN_SEVERITY_LOW : POSTERN_SEVERITY_MEDIUM, at, l,
                  "a location no part may have");
    bool network;
    postern_winpath_kind path = scan_starts(l, "//") ? POSTERN_WINPATH_NONE : postern_winpath_classify(l, &network);
    bool web = scan_starts(l, "http:") || scan_starts(l, "https:");
    bool inner = scan_starts(l, "file:") || path == POSTERN_WINPATH_DRIVE || path == POSTERN_WINPATH_UNC ||
                 (web && scan_is_inner_host(r->s, where, l));
    bool own = where->saved && scan_same_origin(l, postern_archive_facts_of(r->archive)->location);
    if (inner || (web && scan_is_step_up(r->s, where, l)))
        scan_tell(r->s, where, 15, where->local_page || own ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_MEDIUM, at, l,
                  inner ? "a location on this machine or an inner one" : "a location in a zone that is trusted more");
}

/* ---- equal names (MH014) ---- */

typedef struct named {
    uint64_t hash;
    postern_slice name;
    uint32_t part;
} named;

/* A location as it resolves, so that two spellings of one are the same. */
static postern_slice resolved(reader *r, const postern_part *part) {
    const postern_url *base = part->parent == POSTERN_NO_PART ? NULL : postern_archive_base(r->archive, part->parent), *url;
    if (scan_starts(part->content_location, "cid:") || part->content_location.len > 8192) return part->content_location;
    postern_status status = postern_url_parse(r->where.arena, part->content_location, base, &url);
    if (status == POSTERN_NOMEM) r->s->status = status;
    return status ? part->content_location : postern_url_without_fragment(url);
}

static int by_name(const void *a, const void *b) {
    const named *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->part < y->part ? -1 : x->part > y->part;
}

static void shadows(reader *r, named *list, size_t count) {
    qsort(list, count, sizeof *list, by_name);
    for (size_t i = 1; i < count && !scan_ended(r->s); i++) {
        if (!postern_slice_eq(list[i].name, list[i - 1].name)) continue;
        const postern_part *a = postern_archive_part(r->archive, list[i - 1].part),
                           *b = postern_archive_part(r->archive, list[i].part);
        bool same = postern_slice_eq(a->body, b->body) && a->encoding == b->encoding;
        scan_tell(r->s, &r->where, 14, same ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_MEDIUM,
                  b->nested ? 0 : (size_t)b->offset, list[i].name,
                  same ? "two parts of one name with the same bytes" : "two parts of one name with different bytes");
    }
}

bool scan_has_id(const ids *have, postern_slice id) {
    uint64_t wanted = postern_slice_hash(id, 1);
    size_t low = 0, high = have->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (have->hash[middle] == wanted) return true;
        if (have->hash[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Looks for equal names, and gives the part at hand the ids that exist. */
static bool identities(reader *r, ids *ret_ids) {
    uint32_t count = postern_archive_part_count(r->archive);
    named *list = postern_arena_zalloc(r->where.arena, (size_t)count + 1, sizeof *list);
    uint64_t *hash = postern_arena_zalloc(r->where.arena, (size_t)count + 1, sizeof *hash);
    size_t n = 0;
    if (!list || !hash) return false;
    for (uint32_t i = 0; i < count; i++) {
        const postern_part *p = postern_archive_part(r->archive, i);
        postern_slice name = p->content_location.len ? resolved(r, p) : p->content_location;
        if (name.len) list[n++] = (named){postern_slice_hash(name, 2), name, i};
    }
    shadows(r, list, n);
    n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const postern_part *p = postern_archive_part(r->archive, i);
        if (p->content_id.len) list[n++] = (named){postern_slice_hash(p->content_id, 1), p->content_id, i};
    }
    shadows(r, list, n);
    for (size_t i = 0; i < n; i++) hash[i] = list[i].hash;
    *ret_ids = (ids){hash, n};
    return true;
}

/* ---- parts ---- */

static void leaf(reader *r, place *where, const postern_part *part) {
    postern_slice bytes, text = {0};
    postern_status status = postern_part_decode_arena(where->arena, part, NULL, &bytes);
    bool is_text = scan_starts(part->type, "text/") || scan_has(part->type, "xml") || scan_has(part->type, "javascript");
    where->offset = part->nested ? where->offset
                                 : r->where.offset +
                                       (uint64_t)(part->body.ptr - postern_mime_bytes(postern_archive_message(r->archive)).ptr);
    where->exact = !part->nested && r->where.exact && bytes.ptr == part->body.ptr;
    if (!status && is_text) {
        status = postern_part_text(where->arena, part, NULL, &text, NULL);
        if (text.ptr != bytes.ptr) where->exact = false;
    }
    if (status == POSTERN_LIMIT)
        scan_tell(r->s, where, 28, POSTERN_SEVERITY_MEDIUM, 0, part->type, "a part larger than what is looked at");
    if (status == POSTERN_NOMEM) r->s->status = status;
    if (status) return;
    bool html_bytes = is_text && text.len, declared = (part->flags & POSTERN_PART_TYPE_DECLARED) != 0;
    if (html_bytes && declared) scan_type(r->s, where, bytes, part->name, part->type); /* as sent */
    if (html_bytes && text.ptr != bytes.ptr) scan_rules(r->s, where, bytes);           /* as sent; as text follows */
    where->plain = declared && scan_starts(part->type, "text/plain");
    scan_content(r->s, where, html_bytes ? text : bytes, part->name, part->type, declared && !html_bytes);
    place inner = *where;
    inner.depth++;
    inner.archive = NULL;
    /* a mailbox, an archive, or a message that was attached as a file */
    static const char *const messages[] = {"eml", "mht", "mhtml", "nws"};
    bool message = SCAN_IS_ONE(scan_extension(part->name), messages) || scan_has(part->type, "mimearchive") ||
                   scan_starts(part->type, "message/rfc822");
    if (message && inner.depth >= POSTERN_LIMIT_SCAN_DEPTH)
        scan_tell(r->s, where, 28, POSTERN_SEVERITY_MEDIUM, 0, part->name, "messages nested deeper than is followed");
    else if (message || postern_mailbox_kind_of(bytes) != POSTERN_MAILBOX_NONE)
        scan_file(r->s, &inner, bytes, message ? POSTERN_S("x.eml") : part->name);
}

/* The name of Content-Type where Content-Disposition has another: some readers show the one and save the other. */
static void other_name(reader *r, const place *where, const postern_part *part, size_t at, bool attachment) {
    const postern_header *type = postern_part_header(part, POSTERN_S("content-type"));
    postern_slice value;
    postern_parameter *parameters;
    size_t count = 0;
    if (!type || !part->name.len || !scan_has(type->raw, "name")) return;
    postern_status status = postern_mime_parameters(where->arena, type->raw, POSTERN_CHARSET_NONE, &value, &parameters, &count);
    if (status == POSTERN_NOMEM) r->s->status = status;
    for (size_t i = 0; i < count && !status; i++)
        if (postern_slice_eq(parameters[i].name, POSTERN_S("name")) && !postern_slice_eq(parameters[i].value, part->name))
            scan_name(r->s, where, at, parameters[i].value, attachment);
}

/* Saved pages and messages with HTML that a mail carries; what a bounce sends back is no attachment. */
static void carried(reader *r, const place *where, const postern_part *part, size_t at) {
    static const char *const pages[] = {"application/x-mimearchive", "message/mhtml", "application/mhtml", "multipart/mhtml"};
    bool bounce = part->parent != POSTERN_NO_PART &&
                  postern_slice_eq(postern_archive_part(r->archive, part->parent)->type, POSTERN_S("multipart/report"));
    if (SCAN_IS_ONE(part->type, pages))
        scan_tell(r->s, where, 20, POSTERN_SEVERITY_LOW, at, part->type, "a saved page as an attachment");
    if (!(part->flags & POSTERN_PART_MESSAGE) || bounce) return;
    for (uint32_t i = part->index + 1; i < postern_archive_part_count(r->archive); i++) {
        const postern_part *inner = postern_archive_part(r->archive, i);
        if (inner->depth <= part->depth) return;
        if (!postern_slice_eq(inner->type, POSTERN_S("text/html"))) continue;
        scan_tell(r->s, where, 20, POSTERN_SEVERITY_LOW, at, part->type, "a message with HTML as an attachment");
        return;
    }
}

static void one_part(reader *r, uint32_t index, const ids *have) {
    const postern_part *part = postern_archive_part(r->archive, index);
    place where = r->where;
    postern_buf path;
    postern_buf_init(&path, 4096);
    part_path(r->archive, index, r->where.part, &path);
    where.part = postern_buf_slice(&path);
    where.ids = have;
    where.archive = r->where.saved ? r->archive : NULL;
    where.index = index;
    where.arena = postern_arena_new(POSTERN_LIMIT_SCAN_MEMORY);
    if (path.status || !where.arena) {
        r->s->status = POSTERN_NOMEM;
    } else {
        size_t at = part->nested ? 0 : (size_t)part->offset;
        headers(r, &where, part, at);
        location(r, &where, part->content_location, at);
        location(r, &where, part->content_base, at);
        bool multi = (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) != 0;
        if (where.mail && index) carried(r, &where, part, at);
        bool attachment = where.mail && index && (part->name.len || (part->flags & POSTERN_PART_ATTACHMENT));
        if (part->name.len) scan_name(r->s, &where, at, part->name, attachment);
        other_name(r, &where, part, at, attachment);
        if (!multi) leaf(r, &where, part);
    }
    postern_arena_free(where.arena);
    postern_buf_free(&path);
}

/* ---- every view ---- */

static int by_value(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void remember(reader *r, postern_slice bytes) {
    if (r->hash_count == r->hash_room) {
        size_t room = r->hash_room ? r->hash_room * 2 : 64;
        uint64_t *grown = realloc(r->hashes, room * sizeof *grown);
        if (!grown) {
            r->s->status = POSTERN_NOMEM;
            return;
        }
        r->hashes = grown;
        r->hash_room = room;
    }
    r->hashes[r->hash_count++] = postern_slice_keyed_hash(postern_slice_trim(bytes), &r->key);
}

/* What the strict reading has looked at, made once more: only a message with defects needs it. The key is nobody's but ours, so
 * no harmless part can be made to stand for another one. */
static void remember_all(reader *r) {
    postern_hash_key_make(&r->key);
    for (uint32_t i = 0; i < postern_archive_part_count(r->archive) && !r->s->status; i++) {
        const postern_part *part = postern_archive_part(r->archive, i);
        if (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) continue;
        postern_arena *arena = postern_arena_new(POSTERN_LIMIT_SCAN_MEMORY);
        postern_slice bytes;
        postern_status status = arena ? postern_part_decode_arena(arena, part, NULL, &bytes) : POSTERN_NOMEM;
        if (status == POSTERN_NOMEM) r->s->status = status;
        remember(r, part->body);
        if (!status) remember(r, bytes);
        postern_arena_free(arena);
    }
    if (r->hash_count) qsort(r->hashes, r->hash_count, sizeof *r->hashes, by_value);
}

/* What the headers in front of a view say, read loosely: the word behind `word`. */
static postern_slice head_value(postern_slice head, const char *word) {
    size_t at = postern_slice_find_nocase(head, 0, postern_slice_cstr(word));
    if (at == SIZE_MAX) return postern_slice_of(NULL, 0);
    postern_slice value = postern_slice_trim(postern_slice_from(head, at + strlen(word)));
    size_t end = 0;
    if (value.len && value.ptr[0] == '"') value = postern_slice_from(value, 1);
    while (end < value.len && value.ptr[end] > ' ' && value.ptr[end] != ';' && value.ptr[end] != '"') end++;
    return postern_slice_sub(value, 0, end);
}

static postern_status on_view(void *user, const postern_view *view) {
    reader *r = user;
    uint64_t hash = postern_slice_keyed_hash(postern_slice_trim(view->bytes), &r->key), before = r->s->report->findings[0];
    static const char *const derived[] = {"NULs left out", "character set", "EBCDIC", "flowed text"};
    bool known = r->hash_count && bsearch(&hash, r->hashes, r->hash_count, sizeof hash, by_value);
    bool made = SCAN_IS_ONE(postern_slice_cstr(view->reading), derived);
    if (!made) r->source_known = known;
    if (known || (made && r->source_known)) return POSTERN_OK; /* the strict reading has seen it */
    place where = r->where;
    where.offset = r->where.offset + (r->where.exact ? view->offset : 0);
    where.exact = false;
    where.view = true;
    where.encoded = !strcmp(view->reading, "raw") && scan_starts(head_value(view->head, "transfer-encoding:"), "base64");
    where.part = POSTERN_S("view");
    where.arena = postern_arena_new(POSTERN_LIMIT_SCAN_MEMORY);
    if (!where.arena) return POSTERN_NOMEM;
    uint64_t weighty = 0;
    for (unsigned i = 1; i <= POSTERN_FINDING_COUNT; i++)
        weighty += i != 17 && i != 18 && i != 19 && i != 26 ? r->s->told[i] : 0;
    scan_content(r->s, &where, view->bytes, head_value(view->head, "name="), head_value(view->head, "content-type:"), false);
    for (unsigned i = 1; i <= POSTERN_FINDING_COUNT; i++)
        weighty -= i != 17 && i != 18 && i != 19 && i != 26 ? r->s->told[i] : 0;
    if (weighty && r->s->report->findings[0] != before)
        scan_tell(r->s, &where, 17, POSTERN_SEVERITY_MEDIUM, 0, view->bytes, "a payload that only some readers see");
    postern_arena_free(where.arena);
    return r->s->status;
}

/* Delimiter lines of a multipart that divide nothing in the strict reading: behind the closing one, say, where a lenient reader
 * goes on. */
static bool has_stray_delimiters(const reader *r, const postern_part *part) {
    size_t used = 1, found = 0;
    for (uint32_t i = part->first_child; i != POSTERN_NO_PART; i = postern_archive_part(r->archive, i)->next) used++;
    for (size_t at = 0; found <= used && (at = postern_slice_find(part->body, at, part->boundary)) != SIZE_MAX; at++) {
        bool dashes = at >= 2 && part->body.ptr[at - 1] == '-' && part->body.ptr[at - 2] == '-';
        bool begins = dashes && (at == 2 || part->body.ptr[at - 3] == '\n' || part->body.ptr[at - 3] == '\r');
        size_t end = at + part->boundary.len;
        found += begins && (end == part->body.len || part->body.ptr[end] <= ' ' || part->body.ptr[end] == '-');
    }
    return found > used;
}

static bool defective(reader *r) {
    uint32_t count = postern_archive_part_count(r->archive);
    bool any = false;
    for (uint32_t i = 0; i < count && !r->ambiguous; i++) {
        const postern_part *part = postern_archive_part(r->archive, i);
        any |= part->defects != 0;
        r->ambiguous = part->boundary.len && has_stray_delimiters(r, part);
    }
    return any || r->ambiguous || r->s->report->findings[17] != 0;
}

static void all_views(reader *r, postern_slice bytes) {
    bool cut = false;
    if (r->s->options->one_view || !defective(r) || scan_ended(r->s)) return;
    remember_all(r);
    postern_status status = r->s->status ? r->s->status : postern_views_each(bytes, on_view, r, &cut);
    if (status) r->s->status = status;
    if (cut && r->ambiguous)
        scan_tell(r->s, &r->where, 28, POSTERN_SEVERITY_LOW, 0, POSTERN_S("views"),
                  "more ways to read the message than are walked");
}

static bool is_local_page(postern_archive *archive) {
    const postern_archive_facts *facts = postern_archive_facts_of(archive);
    static const char *const local[] = {"file:", "http://localhost", "http://127.", "https://localhost"};
    return facts && SCAN_ANY(facts->location, local);
}

/* The zone that a page on this disk was saved from. A page that came by mail, or has a mark, is from outside. */
static void home_zone(reader *r) {
    postern_slice location = postern_archive_facts_of(r->archive)->location;
    if (r->s->options->has_zone_stream || !location.len) return;
    if (scan_is_inner_host(r->s, &r->where, location))
        r->where.zone = POSTERN_ZONE_INTRANET;
    else if (r->s->options->policy)
        r->where.zone = scan_zone_of(r->s, &r->where, location);
}

bool scan_message(scan *s, const place *where, postern_slice bytes, postern_slice name) {
    reader r = {.s = s, .where = *where};
    postern_notes notes = {on_note, &r};
    postern_archive_options options = {.notes = &notes, .zone_stream = s->options->zone_stream};
    postern_error error;
    ids have = {0};
    (void)name;
    postern_status status = postern_archive_open(bytes, &options, &r.archive, &error);
    if (status == POSTERN_NOMEM) s->status = status;
    if (status == POSTERN_LIMIT)
        scan_tell(s, where, 28, POSTERN_SEVERITY_MEDIUM, 0, postern_slice_cstr(error.text), "a message beyond what is read");
    if (status) return status != POSTERN_FORMAT;
    r.where.mail = where->mail || postern_archive_kind_of(r.archive) == POSTERN_ARCHIVE_MAIL;
    r.where.saved = postern_archive_kind_of(r.archive) == POSTERN_ARCHIVE_MHTML;
    r.where.local_page = r.where.saved && !where->mail && is_local_page(r.archive);
    if (r.where.saved && !where->mail) home_zone(&r);
    if (!identities(&r, &have)) s->status = POSTERN_NOMEM;
    uint32_t count = postern_archive_part_count(r.archive);
    for (uint32_t i = 0; i < count && !scan_ended(s); i++) one_part(&r, i, &have);
    all_views(&r, bytes);
    free(r.hashes);
    postern_archive_free(r.archive);
    return true;
}
