/*
 * The head of a message or part: fields (RFC 5322 2.2), folded or not, and what real files put among them: From_ lines, a
 * byte order mark, blank lines or text before the first field, lines that are no field, a head that runs into the body
 * without a blank line (Problem Steps Recorder). Each line is looked at a few times at most.
 *
 * An attacker writes lines that one reader takes for a field and another for text. The rule here is one and fixed: a line
 * that is no field ends the head, unless a well-known field follows directly; each such line is a note, so that scan can
 * compare readings.
 */
#include "mime_int.h"

#include <stdlib.h>

enum { JUNK_MAX = 64 << 10 }; /* how far the first field is looked for; real junk is a line or two */

/* Bytes of a field name: printable ASCII but ':' (RFC 5322 2.2). */
static inline bool name_byte(uint8_t c) {
    return c > 32 && c < 127 && c != ':';
}

bool mime_head_field(const uint8_t *p, const uint8_t *end, postern_slice *ret_name, const uint8_t **ret_value) {
    const uint8_t *q = p;
    while (q < end && name_byte(*q)) q++;
    if (q == p) return false;
    postern_slice name = postern_slice_of(p, (size_t)(q - p));
    while (q < end && (*q == ' ' || *q == '\t')) q++; /* "Subject : x" (RFC 5322 4.5) */
    if (q == end || *q != ':') return false;
    for (q++; q < end && (*q == ' ' || *q == '\t');) q++;
    *ret_name = name;
    *ret_value = q;
    return true;
}

static const char *const known_names[] = {
    "mime-version",
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "received",
    "return-path",
    "reply-to",
    "delivered-to",
    "snapshot-content-location",
    "sender",
    "in-reply-to",
    "references",
    "dkim-signature",
    "authentication-results",
    "arc-seal",
    "importance",
    "priority",
    "thread-topic",
    "thread-index",
    "user-agent",
};

bool mime_head_known(const uint8_t *p, const uint8_t *end) {
    postern_slice name;
    const uint8_t *value;
    if (!mime_head_field(p, end, &name, &value)) return false;
    if (postern_slice_starts_nocase(name, POSTERN_S("content-")) || postern_slice_starts_nocase(name, POSTERN_S("x-")))
        return true;
    for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++)
        if (postern_slice_eq_nocase(name, postern_slice_cstr(known_names[i]))) return true;
    return false;
}

/* Whether the fields at `p` make it a MIME message: one of them says so before the blank line. */
static bool block_is_mime(const uint8_t *p, const uint8_t *end) {
    while (p < end) {
        const uint8_t *eol = mime_line_end(p, end);
        if (eol == p) return false;
        postern_slice line = postern_slice_of(p, (size_t)(eol - p));
        if (postern_slice_starts_nocase(line, POSTERN_S("mime-version:")) ||
            postern_slice_starts_nocase(line, POSTERN_S("content-type:")))
            return true;
        p = mime_line_skip(eol, end);
    }
    return false;
}

static bool is_from_line(const uint8_t *p, const uint8_t *end) {
    postern_slice s = postern_slice_of(p, (size_t)(end - p));
    return postern_slice_starts(s, POSTERN_S("From ")) || postern_slice_starts(s, POSTERN_S(">From "));
}

static const uint8_t *skip_blank_lines(const uint8_t *p, const uint8_t *end) {
    for (;;) {
        const uint8_t *q = p;
        while (q < end && (*q == ' ' || *q == '\t')) q++;
        if (q == end || (*q != '\r' && *q != '\n')) return p;
        p = mime_line_skip(q, end);
    }
}

static const uint8_t *skip_bom(const uint8_t *p, const uint8_t *end) {
    return end - p >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF ? p + 3 : p;
}

/* A field that text was glued in front of, within one line. */
static const uint8_t *glued_field(const uint8_t *p, const uint8_t *eol) {
    static const char *const names[] = {"MIME-Version:", "Content-Type:", "From: <Saved by "};
    postern_slice line = postern_slice_of(p, (size_t)(eol - p));
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t at = postern_slice_find_nocase(line, 0, postern_slice_cstr(names[i]));
        if (at < best) best = at;
    }
    return best == SIZE_MAX ? NULL : p + best;
}

/* Junk is skipped only to a block of fields that calls itself MIME: a page of HTML that shows a mail is not one. */
static const uint8_t *find_behind_junk(const uint8_t *p, const uint8_t *end) {
    if (p < end && *p == '<') return NULL;
    const uint8_t *stop = end - p > JUNK_MAX ? p + JUNK_MAX : end;
    bool block_tried = false; /* the rest of a block that was looked through is no MIME either: linear */
    while (p < stop) {
        const uint8_t *eol = mime_line_end(p, stop);
        if (memchr(p, 0, (size_t)(eol - p))) return NULL; /* junk in front of a mail is text */
        if (eol == p || *p == ' ' || *p == '\t') {
            block_tried = block_tried && eol != p;
        } else if (!block_tried && mime_head_known(p, end)) {
            if (block_is_mime(p, stop)) return p;
            block_tried = true;
        } else if (!mime_head_known(p, end)) {
            const uint8_t *at = glued_field(p, eol);
            if (at && block_is_mime(at, stop)) return at;
        }
        p = mime_line_skip(eol, stop);
    }
    return NULL;
}

const uint8_t *mime_head_find(const uint8_t *p, const uint8_t *end) {
    p = skip_bom(p, end);
    p = skip_bom(p, end); /* twice, where a tool added its own */
    p = skip_blank_lines(p, end);
    p = skip_bom(p, end);
    const uint8_t *at = p;
    while (is_from_line(at, end)) at = mime_line_skip(mime_line_end(at, end), end);
    postern_slice name;
    const uint8_t *value;
    if (mime_head_field(at, end, &name, &value) && *at != '<') return p;
    return find_behind_junk(at, end);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static postern_status add_field(mime_builder *b, const mime_region *region, postern_slice name, const uint8_t *value) {
    if (b->header_count == b->header_room) {
        size_t room = b->header_room * 2, size;
        if (!postern_mul_ok(room, sizeof *b->headers, &size)) return POSTERN_LIMIT;
        bool fixed = b->headers == b->first_headers;
        postern_header *grown = realloc(fixed ? NULL : b->headers, size);
        if (!grown) return POSTERN_NOMEM;
        if (fixed) memcpy(grown, b->first_headers, sizeof b->first_headers);
        b->headers = grown;
        b->header_room = room;
    }
    b->headers[b->header_count++] =
        (postern_header){.name = name, .raw = postern_slice_of(value, 0), .offset = (uint64_t)(name.ptr - region->start)};
    return POSTERN_OK;
}

/* A line of blanks folds the field on, but some senders mean the end of the head: what follows tells. */
static bool blank_line_ends_head(const uint8_t *p, const uint8_t *eol, const uint8_t *end) {
    for (const uint8_t *q = p; q < eol; q++)
        if (*q != ' ' && *q != '\t') return false;
    const uint8_t *next = mime_line_skip(eol, end);
    if (next == end || *next == '\r' || *next == '\n' || *next == ' ' || *next == '\t') return false;
    postern_slice name;
    const uint8_t *value;
    return !mime_head_field(next, end, &name, &value);
}

typedef struct head_reader {
    mime_builder *b;
    const mime_region *region;
    uint32_t part;
    size_t first; /* index of the head's first field */
    bool over_limit;
    bool dropped; /* the field in hand is over a limit: its folds are dropped with it */
} head_reader;

static void head_note(head_reader *r, postern_note_kind kind, const uint8_t *p, const uint8_t *eol) {
    mime_note(r->b, kind, r->part, (uint64_t)(p - r->region->start), postern_slice_of(p, (size_t)(eol - p)));
}

static postern_status take_field(head_reader *r, postern_slice name, const uint8_t *value, const uint8_t *eol) {
    mime_builder *b = r->b;
    r->dropped = b->header_count - r->first >= POSTERN_LIMIT_HEADERS || b->header_count >= POSTERN_LIMIT_HEADERS_TOTAL;
    if (r->dropped) {
        if (!r->over_limit) head_note(r, POSTERN_NOTE_HEADERS_CUT, name.ptr, eol);
        r->over_limit = true;
        return POSTERN_OK;
    }
    if (value > eol) value = eol;
    postern_status status = add_field(b, r->region, name, value);
    if (status == POSTERN_OK) b->headers[b->header_count - 1].raw.len = (size_t)(eol - value);
    return status;
}

/* Whether the head goes on: a well-known field within the next lines, before a blank one. */
static bool field_follows(const uint8_t *p, const uint8_t *end) {
    for (int lines = 0; lines < 3; lines++) {
        if (p == end || *p == '\r' || *p == '\n' || (end - p >= 2 && p[0] == '-' && p[1] == '-')) return false;
        if (mime_head_known(p, end)) return true;
        p = mime_line_skip(mime_line_end(p, end), end);
    }
    return false;
}

/* The file ends inside the name of a field of a part, "Conte": that is no text. */
static bool is_cut_name(const head_reader *r, const uint8_t *p, const uint8_t *eol) {
    static const char *const names[] = {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Location"};
    postern_slice line = postern_slice_of(p, (size_t)(eol - p));
    if (eol != r->region->end || r->part == 0) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (postern_slice_starts_nocase(postern_slice_cstr(names[i]), line)) return true;
    return false;
}

/* What a line that is neither field nor fold does to the head: true, it ends there. */
static bool odd_line_ends_head(head_reader *r, const uint8_t *p, const uint8_t *eol) {
    const uint8_t *end = r->region->end;
    if (is_cut_name(r, p, eol)) {
        head_note(r, POSTERN_NOTE_HEADER_MALFORMED, p, eol);
        return false;
    }
    if (is_from_line(p, end)) {
        head_note(r, POSTERN_NOTE_MBOX_FROM, p, eol);
        return false;
    }
    if (r->b->header_count > r->first && field_follows(mime_line_skip(eol, end), end)) {
        head_note(r, POSTERN_NOTE_HEADER_MALFORMED, p, eol);
        return false;
    }
    head_note(r, POSTERN_NOTE_HEADER_NO_BLANK_LINE, p, eol);
    return true;
}

static postern_status read_lines(head_reader *r, const uint8_t *p, const uint8_t **ret_body) {
    mime_builder *b = r->b;
    const uint8_t *end = r->region->end;
    while (p < end) {
        postern_slice name;
        const uint8_t *value;
        if (*p == '\r' || *p == '\n') {
            p = mime_line_skip(p, end);
            break;
        }
        if (*p == ' ' || *p == '\t') {
            const uint8_t *eol = mime_line_end(p, end);
            if (blank_line_ends_head(p, eol, end)) {
                p = mime_line_skip(eol, end);
                break;
            }
            if (b->header_count > r->first) {
                postern_header *h = &b->headers[b->header_count - 1];
                if (!r->dropped) h->raw.len = (size_t)(eol - h->raw.ptr);
            } else if (odd_line_ends_head(r, p, eol)) {
                break;
            }
            p = mime_line_skip(eol, end);
            continue;
        }
        if (end - p >= 2 && p[0] == '-' && p[1] == '-') { /* a delimiter, or text in front of one: never a field */
            head_note(r, POSTERN_NOTE_HEADER_NO_BLANK_LINE, p, mime_line_end(p, end));
            break;
        }
        bool field = mime_head_field(p, end, &name, &value);
        const uint8_t *eol = mime_line_end(field ? value : p, end);
        if (field) {
            postern_status status = take_field(r, name, value, eol);
            if (status != POSTERN_OK) return status;
        } else if (odd_line_ends_head(r, p, eol)) {
            break;
        }
        p = mime_line_skip(eol, end);
    }
    *ret_body = p;
    return POSTERN_OK;
}

static const uint8_t *skip_to_root(head_reader *r, const uint8_t *p) {
    const uint8_t *end = r->region->end, *from = p;
    p = skip_bom(p, end);
    p = skip_blank_lines(p, end);
    if (p > from && r->part != 0)
        mime_note(r->b, POSTERN_NOTE_LEADING_JUNK, r->part, (uint64_t)(from - r->region->start),
                  postern_slice_of(from, (size_t)(p - from)));
    while (is_from_line(p, end)) {
        const uint8_t *eol = mime_line_end(p, end);
        head_note(r, POSTERN_NOTE_MBOX_FROM, p, eol);
        p = mime_line_skip(eol, end);
    }
    return p;
}

postern_status mime_head_read(mime_builder *b, const mime_region *region, const uint8_t *p, unsigned flags, uint32_t part,
                              const uint8_t **ret_body) {
    head_reader r = {.b = b, .region = region, .part = part, .first = b->header_count};
    b->parts[part].header_start = r.first;
    if (flags & MIME_HEAD_ROOT) p = skip_to_root(&r, p);
    const uint8_t *body = p;
    b->parts[part].pub.offset = (uint64_t)(p - region->start);
    if (!(flags & MIME_HEAD_EMPTY)) {
        postern_status status = read_lines(&r, p, &body);
        if (status != POSTERN_OK) return status;
    }
    postern_part *pub = &b->parts[part].pub;
    pub->head = postern_slice_of(p, (size_t)(body - p));
    pub->header_count = (uint32_t)(b->header_count - r.first);
    *ret_body = body;
    return POSTERN_OK;
}
