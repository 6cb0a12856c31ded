/*
 * The walk over a message: heads, delimiters, and the tree that they make (RFC 2046 5.1), as one pass with a stack of the
 * parts that are open. A delimiter of an outer multipart ends everything inside it (5.1.2).
 *
 * Beyond the RFC, because real files need it, each with a note: a boundary that is declared and never used (what is used
 * instead is looked for, once per multipart, within a budget so that the whole stays linear), delimiters glued behind
 * `binary` bodies (old Blink), transfer encodings on message/rfc822. What an attacker does: nests, floods with look-alikes,
 * declares one boundary and uses another. Depth, parts, decoded messages in messages and bytes read twice are limited.
 */
#include "mime_int.h"

#include <stdlib.h>

typedef struct level {
    uint32_t part;
    bool multipart, closed, seen, guessed;
    postern_slice boundary;
    const uint8_t *body, *candidate; /* candidate: a line that looks like a delimiter though it is not the declared one */
} level;

typedef struct walker {
    mime_builder *b;
    const mime_region *region;
    const uint8_t *pos;
    uint32_t leaf; /* the leaf whose body `pos` is in, or POSTERN_NO_PART */
    bool leaf_binary;
    unsigned count;
    level levels[POSTERN_LIMIT_MIME_DEPTH + 2];
} walker;

typedef struct delimiter {
    const uint8_t *start, *after;
    unsigned level;
    bool close, glued;
} delimiter;

static uint64_t offset_of(const walker *w, const uint8_t *p) {
    return (uint64_t)(p - w->region->start);
}

static postern_slice between(const uint8_t *from, const uint8_t *to) {
    return to > from ? postern_slice_of(from, (size_t)(to - from)) : postern_slice_of(from, 0);
}

static postern_status grow_parts(mime_builder *b) {
    size_t room = b->part_room * 2, size;
    if (!postern_mul_ok(room, sizeof *b->parts, &size)) return POSTERN_LIMIT;
    bool fixed = b->parts == b->first_parts;
    mime_part *grown = realloc(fixed ? NULL : b->parts, size);
    if (!grown) return POSTERN_NOMEM;
    if (fixed) memcpy(grown, b->first_parts, sizeof b->first_parts);
    b->parts = grown;
    b->part_room = room;
    return POSTERN_OK;
}

/* NO_PART in *ret_part when there are too many. */
postern_status mime_part_new(mime_builder *b, const mime_region *region, uint32_t parent, const uint8_t *at,
                             uint32_t *ret_part) {
    *ret_part = POSTERN_NO_PART;
    if (b->part_count == POSTERN_LIMIT_PARTS) {
        if (!b->full) mime_note(b, POSTERN_NOTE_TOO_MANY_PARTS, parent, (uint64_t)(at - region->start), (postern_slice){0});
        b->full = true;
        return POSTERN_OK;
    }
    if (b->part_count == b->part_room) {
        postern_status status = grow_parts(b);
        if (status != POSTERN_OK) return status;
    }
    uint32_t index = (uint32_t)b->part_count++;
    mime_part *part = &b->parts[index];
    memset(part, 0, sizeof *part);
    part->pub.index = index;
    part->pub.parent = parent;
    part->pub.first_child = part->pub.next = part->last_child = POSTERN_NO_PART;
    part->pub.offset = (uint64_t)(at - region->start);
    part->pub.nested = region->nested;
    part->header_start = b->header_count;
    if (parent != POSTERN_NO_PART) {
        mime_part *up = &b->parts[parent];
        part->pub.depth = (uint16_t)(up->pub.depth + 1);
        if (up->last_child == POSTERN_NO_PART)
            up->pub.first_child = index;
        else
            b->parts[up->last_child].pub.next = index;
        up->last_child = index;
    }
    *ret_part = index;
    return POSTERN_OK;
}

/* ---- delimiters -------------------------------------------------------------------------------------------------- */

/* Which open multipart, innermost first, the line `text` (behind "--", blanks trimmed) belongs to. */
static bool match_line(const walker *w, postern_slice text, delimiter *ret) {
    for (unsigned i = w->count; i-- > 0;) {
        const level *l = &w->levels[i];
        size_t n = l->boundary.len;
        if (!n || l->closed || (text.len != n && text.len != n + 2) || memcmp(text.ptr, l->boundary.ptr, n) != 0) continue;
        if (text.len == n + 2 && !(text.ptr[n] == '-' && text.ptr[n + 1] == '-')) continue;
        ret->level = i;
        ret->close = text.len == n + 2;
        return true;
    }
    return false;
}

/* Whether the line could be a delimiter nobody declared: a boundary's characters, and a field of a part behind it. */
static bool looks_used(postern_slice text, const uint8_t *next, const uint8_t *end) {
    if (!text.len || text.len > 200) return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= 32 || text.ptr[i] >= 127 || text.ptr[i] == '<' || text.ptr[i] == '>') return false;
    return postern_slice_starts_nocase(between(next, end), POSTERN_S("content-"));
}

/* A delimiter inside a line of a binary body: only the boundary of the multipart it is in, and only up to a line end. */
static bool match_glued(const walker *w, const uint8_t *p, delimiter *ret) {
    const uint8_t *end = w->region->end;
    unsigned i = w->count;
    if (!i || !w->levels[i - 1].multipart || w->levels[i - 1].closed) return false;
    postern_slice boundary = w->levels[--i].boundary;
    if (!boundary.len || (size_t)(end - p) < boundary.len + 2 || memcmp(p + 2, boundary.ptr, boundary.len) != 0) return false;
    const uint8_t *q = p + 2 + boundary.len;
    bool close = end - q >= 2 && q[0] == '-' && q[1] == '-';
    if (close) q += 2;
    while (q < end && (*q == ' ' || *q == '\t')) q++;
    if (q < end && *q != '\r' && *q != '\n') return false;
    *ret = (delimiter){.start = p, .after = mime_line_skip(q, end), .level = i, .close = close, .glued = true};
    return true;
}

static bool find_delimiter(walker *w, delimiter *ret) {
    const uint8_t *start = w->region->start, *end = w->region->end;
    bool anywhere = w->leaf != POSTERN_NO_PART && w->leaf_binary;
    for (const uint8_t *p = w->pos;;) {
        p = mime_find_dashes(start, p, end, anywhere);
        if (!p) return false;
        if (p != start && p[-1] != '\n' && p[-1] != '\r') {
            if (match_glued(w, p, ret)) return true;
            p++;
            continue;
        }
        const uint8_t *eol = mime_line_end(p + 2, end), *next = mime_line_skip(eol, end);
        postern_slice text = between(p + 2, eol);
        while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t')) text.len--;
        if (match_line(w, text, ret)) {
            ret->start = p;
            ret->after = next;
            ret->glued = false;
            return true;
        }
        level *top = w->count ? &w->levels[w->count - 1] : NULL;
        if (top && top->multipart && !top->seen && !top->guessed && !top->candidate && looks_used(text, next, end))
            top->candidate = p;
        p = anywhere ? p + 1 : eol;
    }
}

/* ---- entering ---------------------------------------------------------------------------------------------------- */

static bool is_identity(postern_encoding encoding) {
    return encoding == POSTERN_ENCODING_7BIT || encoding == POSTERN_ENCODING_8BIT || encoding == POSTERN_ENCODING_BINARY ||
           encoding == POSTERN_ENCODING_UNKNOWN;
}

/* A head was read: does the part hold others? */
static void classify(walker *w, uint32_t index) {
    mime_builder *b = w->b;
    postern_part *pub = &b->parts[index].pub;
    const unsigned holds = POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE;
    if ((pub->flags & holds) && pub->depth >= POSTERN_LIMIT_MIME_DEPTH) {
        pub->flags &= (uint16_t)~holds;
        mime_note(b, POSTERN_NOTE_TOO_DEEP, index, pub->offset, pub->type);
    }
    if ((pub->flags & POSTERN_PART_MESSAGE) && !is_identity(pub->encoding) && mime_head_known(w->pos, w->region->end)) {
        pub->encoding = POSTERN_ENCODING_8BIT; /* said to be encoded, and is not */
        mime_note(b, POSTERN_NOTE_ENCODING_ON_MULTIPART, index, pub->offset, pub->type);
    }
}

static bool at_delimiter(const walker *w, const uint8_t *p) {
    const uint8_t *end = w->region->end;
    if (end - p < 2 || p[0] != '-' || p[1] != '-') return false;
    postern_slice text = between(p + 2, mime_line_end(p + 2, end));
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t')) text.len--;
    delimiter ignored;
    return match_line(w, text, &ignored);
}

/* Opens the part whose head is at `at`, and the messages that begin right in it. */
static postern_status enter(walker *w, const uint8_t *at, unsigned flags, uint32_t parent) {
    mime_builder *b = w->b;
    for (;;) {
        uint32_t index;
        w->leaf = POSTERN_NO_PART;
        w->pos = at;
        postern_status status = mime_part_new(b, w->region, parent, at, &index);
        if (status != POSTERN_OK || index == POSTERN_NO_PART) return status;
        status = mime_head_read(b, w->region, at, flags, index, &w->pos);
        if (status != POSTERN_OK) return status;
        status = mime_fields_read(b, index);
        if (status != POSTERN_OK) return status;
        mime_part *part = &b->parts[index];
        part->pub.body = between(w->pos, w->pos);
        part->body_offset = offset_of(w, w->pos);
        classify(w, index);
        bool multipart = part->pub.flags & POSTERN_PART_MULTIPART;
        bool message = (part->pub.flags & POSTERN_PART_MESSAGE) && is_identity(part->pub.encoding);
        if (!multipart && !message) {
            w->leaf = index;
            w->leaf_binary = part->pub.encoding == POSTERN_ENCODING_BINARY;
            return POSTERN_OK;
        }
        w->levels[w->count++] = (level){.part = index,
                                        .multipart = multipart,
                                        .body = w->pos,
                                        .boundary = multipart ? part->pub.boundary : (postern_slice){0}};
        if (multipart || w->pos == w->region->end || at_delimiter(w, w->pos)) return POSTERN_OK;
        at = w->pos;
        parent = index;
        flags = MIME_HEAD_ROOT;
    }
}

/* ---- leaving ----------------------------------------------------------------------------------------------------- */

/* A message/rfc822 in base64 or quoted-printable: against RFC 2046 5.2.1, and common. */
static postern_status walk_encoded(walker *w, uint32_t index) {
    mime_builder *b = w->b;
    postern_part *pub = &b->parts[index].pub;
    if (b->nested == POSTERN_LIMIT_NESTED_MESSAGES) {
        pub->flags &= (uint16_t)~POSTERN_PART_MESSAGE;
        mime_note(b, POSTERN_NOTE_TOO_DEEP, index, pub->offset, pub->type);
        return POSTERN_OK;
    }
    b->parts[index].message = NULL;
    postern_slice bytes;
    postern_status status = postern_part_decode_arena(b->arena, pub, NULL, &bytes);
    if (status != POSTERN_OK || !bytes.len) return status;
    mime_region inner = {bytes.ptr, bytes.ptr + bytes.len, true};
    b->nested++;
    status = mime_walk(b, &inner, bytes.ptr, index);
    b->nested--;
    return status;
}

/* The line end in front of a delimiter belongs to the delimiter, even where it is the last of the head. */
static void end_part(mime_part *part, const uint8_t *to) {
    postern_part *pub = &part->pub;
    if (to < pub->body.ptr) {
        size_t back = (size_t)(pub->body.ptr - to);
        pub->body.ptr = to;
        part->body_offset -= back;
        pub->head.len -= back < pub->head.len ? back : pub->head.len;
    }
    pub->body = between(pub->body.ptr, to);
}

/* A picture that begins with a signature written in base64, which no picture does: its field was forgotten. What it is stays to
 * be seen when it is decoded (Z7). */
static bool is_silent_base64(const mime_part *part) {
    static const char *const signatures[] = {"iVBORw0KGgo", "R0lGODlh", "R0lGODdh", "/9j/", "UklGR"};
    postern_slice body = postern_slice_trim(postern_slice_sub(part->pub.body, 0, 256));
    if (!part->encoded_silently || !postern_slice_starts(part->pub.type, POSTERN_S("image/"))) return false;
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (postern_slice_starts(body, postern_slice_cstr(signatures[i]))) return true;
    return false;
}

static postern_status close_leaf(walker *w, const uint8_t *to, bool truncated) {
    uint32_t index = w->leaf;
    if (index == POSTERN_NO_PART) return POSTERN_OK;
    w->leaf = POSTERN_NO_PART;
    postern_part *pub = &w->b->parts[index].pub;
    end_part(&w->b->parts[index], to);
    if (truncated) pub->flags |= POSTERN_PART_TRUNCATED;
    if (is_silent_base64(&w->b->parts[index])) {
        pub->encoding = POSTERN_ENCODING_BASE64;
        mime_note(w->b, POSTERN_NOTE_ENCODING_UNKNOWN, index, pub->offset, (postern_slice){0});
    }
    if (pub->flags & POSTERN_PART_MESSAGE) return walk_encoded(w, index);
    if (postern_slice_eq(pub->type, POSTERN_S("text/plain")) && is_identity(pub->encoding))
        return mime_uu_find(w->b, w->region, index);
    return POSTERN_OK;
}

static void close_level(walker *w, const uint8_t *to, bool at_end) {
    level *l = &w->levels[--w->count];
    postern_part *pub = &w->b->parts[l->part].pub;
    end_part(&w->b->parts[l->part], to);
    if (!l->multipart || l->closed) return;
    if (at_end) pub->flags |= POSTERN_PART_TRUNCATED;
    postern_note_kind kind = l->seen ? POSTERN_NOTE_BOUNDARY_UNCLOSED : POSTERN_NOTE_BOUNDARY_UNUSED;
    if (!l->guessed || l->seen) mime_note(w->b, kind, l->part, offset_of(w, to), l->boundary);
}

static bool open_multipart_below(const walker *w) {
    for (unsigned i = 0; i < w->count; i++)
        if (w->levels[i].multipart && !w->levels[i].closed) return true;
    return false;
}

/* The innermost multipart ends at `stop` and its boundary never came. *ret_again: something else was found to go on with. */
static postern_status guess(walker *w, const uint8_t *stop, bool *ret_again) {
    *ret_again = false;
    level *top = w->count ? &w->levels[w->count - 1] : NULL;
    if (!top || !top->multipart || top->seen || top->guessed || w->leaf != POSTERN_NO_PART) return POSTERN_OK;
    const uint8_t *at = top->candidate ? top->candidate : top->body;
    if (!top->candidate) {
        while (at < stop && postern_ascii_space(*at)) at++;
        if (at == stop) return POSTERN_OK;
    }
    uint64_t again = (uint64_t)(stop - at);
    if (again > w->b->rewind_budget) return POSTERN_OK;
    w->b->rewind_budget -= again;
    top->guessed = true;
    *ret_again = true;
    mime_note(w->b, POSTERN_NOTE_BOUNDARY_UNUSED, top->part, offset_of(w, at), top->boundary);
    if (top->candidate) {
        const uint8_t *eol = mime_line_end(at, w->region->end);
        top->boundary = postern_slice_trim(between(at + 2, eol));
        w->b->parts[top->part].pub.boundary = top->boundary;
        w->pos = at;
        return POSTERN_OK;
    }
    /* No delimiter at all: what is there is one part, with a head of its own when it begins with fields. */
    top->boundary = (postern_slice){0};
    if (mime_head_known(at, stop)) return enter(w, at, 0, top->part);
    return enter(w, top->body, MIME_HEAD_EMPTY, top->part);
}

/* The file may end inside a delimiter: "--bound" of one of the open multiparts is no text. */
static const uint8_t *before_cut_delimiter(const walker *w) {
    const uint8_t *end = w->region->end, *line = end;
    const uint8_t *from = w->leaf == POSTERN_NO_PART ? end : w->b->parts[w->leaf].pub.body.ptr;
    while (line > from && line[-1] != '\r' && line[-1] != '\n') line--;
    postern_slice text = between(line, end);
    if (text.len < 3 || text.ptr[0] != '-' || text.ptr[1] != '-') return end;
    text = postern_slice_from(text, 2);
    for (unsigned i = 0; i < w->count; i++) {
        const level *l = &w->levels[i];
        if (l->multipart && !l->closed && l->seen && postern_slice_starts(l->boundary, text))
            return line > from ? mime_line_unskip(line, w->region->start) : line;
    }
    return end;
}

static postern_status finish(walker *w) {
    const uint8_t *end = before_cut_delimiter(w);
    bool truncated = open_multipart_below(w);
    postern_status status = close_leaf(w, end, truncated);
    while (w->count) close_level(w, end, true);
    return status;
}

/* A delimiter was met: closes what is inside its multipart, then the multipart or the gap before its next part. */
static postern_status take_delimiter(walker *w, const delimiter *d) {
    const uint8_t *to = d->glued ? d->start : mime_line_unskip(d->start, w->region->start);
    if (d->glued) mime_note(w->b, POSTERN_NOTE_BOUNDARY_GLUED, w->leaf, offset_of(w, d->start), w->levels[d->level].boundary);
    postern_status status = close_leaf(w, to, false);
    if (status != POSTERN_OK) return status;
    while (w->count > d->level + 1) close_level(w, to, false);
    level *l = &w->levels[d->level];
    l->seen = true;
    l->closed = d->close;
    w->pos = d->after;
    /* A last delimiter with nothing behind it opens no part, nor does one right in front of another. */
    if (d->close || d->after == w->region->end || at_delimiter(w, d->after)) return POSTERN_OK;
    return enter(w, d->after, 0, l->part);
}

postern_status mime_walk(mime_builder *b, const mime_region *region, const uint8_t *p, uint32_t parent) {
    walker w;
    w.b = b;
    w.region = region;
    w.leaf = POSTERN_NO_PART;
    w.count = 0;
    postern_status status = enter(&w, p, MIME_HEAD_ROOT, parent);
    while (status == POSTERN_OK && !b->full && w.count) {
        delimiter d;
        bool found = find_delimiter(&w, &d), again = false;
        if (!found || d.level + 1 < w.count) {
            const uint8_t *stop = found ? mime_line_unskip(d.start, region->start) : region->end;
            status = guess(&w, stop, &again);
        }
        if (status != POSTERN_OK || again) continue;
        if (!found) break;
        status = take_delimiter(&w, &d);
    }
    postern_status last = finish(&w);
    return status != POSTERN_OK ? status : last;
}
