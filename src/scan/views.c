/*
 * Every view: the regions of a message that some reader may take for a body, each under every encoding that fits it.
 *
 * A region begins behind the start of the message or behind a line that may be a delimiter: at once, behind its first or second
 * blank line, or behind what looks like headers. It ends at the next such line, at the next line of one of the boundaries that
 * the message declares anywhere in any spelling, or at the end. Everything is bounded: regions, bytes, depth. Contents are told
 * apart by a 128-bit hash.
 */
#include "scan_int.h"

#include <stdlib.h>
#include <sys/random.h>

enum { BOUNDARIES = 24, BOUNDARY_MAX = 256, STARTS = 5, SEEN_MIN = 256 };

typedef struct walk {
    postern_view_fn fn;
    void *user;
    bool cut;
    uint64_t budget; /* bytes that may still be decoded */
    uint64_t seeds[2];
    uint64_t *seen; /* pairs; open addressing */
    size_t seen_count, seen_room;
} walk;

typedef struct layer {
    postern_slice bytes;
    uint64_t offset; /* of the outermost bytes */
    unsigned depth;
    size_t *delimiters; /* starts of lines that begin with "--" */
    size_t delimiter_count;
    postern_slice boundaries[BOUNDARIES];
    size_t boundary_count;
} layer;

/* ---- contents seen ---- */

static bool insert(uint64_t *table, size_t room, uint64_t a, uint64_t b) {
    size_t slot = a & (room - 1);
    while (table[slot * 2] | table[slot * 2 + 1]) {
        if (table[slot * 2] == a && table[slot * 2 + 1] == b) return false;
        slot = (slot + 1) & (room - 1);
    }
    table[slot * 2] = a;
    table[slot * 2 + 1] = b;
    return true;
}

static bool grow_seen(walk *w) {
    size_t room = w->seen_room ? w->seen_room * 2 : SEEN_MIN;
    uint64_t *table = calloc(room * 2, sizeof *table);
    if (!table) return false;
    for (size_t i = 0; i < w->seen_room; i++)
        if (w->seen[i * 2] | w->seen[i * 2 + 1]) insert(table, room, w->seen[i * 2], w->seen[i * 2 + 1]);
    free(w->seen);
    w->seen = table;
    w->seen_room = room;
    return true;
}

static postern_status is_new(walk *w, postern_slice bytes, bool *ret_new) {
    if (w->seen_count * 2 >= w->seen_room && !grow_seen(w)) return POSTERN_NOMEM;
    *ret_new =
        insert(w->seen, w->seen_room, postern_slice_hash(bytes, w->seeds[0]), postern_slice_hash(bytes, w->seeds[1]) | 1);
    w->seen_count += *ret_new;
    return POSTERN_OK;
}

/* ---- lines ---- */

static size_t next_line(postern_slice s, size_t at) {
    while (at < s.len && s.ptr[at] != '\n' && s.ptr[at] != '\r') at++;
    if (at + 1 < s.len && s.ptr[at] == '\r' && s.ptr[at + 1] == '\n') return at + 2;
    return at < s.len ? at + 1 : s.len;
}

static postern_slice line_at(postern_slice s, size_t at) {
    size_t end = at;
    while (end < s.len && s.ptr[end] != '\n' && s.ptr[end] != '\r') end++;
    return postern_slice_sub(s, at, end - at);
}

static bool is_blank(postern_slice line) {
    return postern_slice_trim(line).len == 0;
}

/* "Name:" or a folded line. */
static bool is_header_like(postern_slice line) {
    if (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) return true;
    size_t colon = postern_slice_find_byte(line, 0, ':');
    if (colon == SIZE_MAX || colon == 0) return false;
    for (size_t i = 0; i < colon; i++)
        if (line.ptr[i] == '/' || line.ptr[i] == '<') return false;
    return true;
}

static postern_status find_delimiters(walk *w, layer *m) {
    m->delimiters = malloc((POSTERN_LIMIT_VIEW_DELIMITERS + 1) * sizeof *m->delimiters);
    if (!m->delimiters) return POSTERN_NOMEM;
    for (size_t at = 0; at < m->bytes.len; at = next_line(m->bytes, at)) {
        size_t dash = at;
        while (dash < m->bytes.len && (m->bytes.ptr[dash] == ' ' || m->bytes.ptr[dash] == '\t' || m->bytes.ptr[dash] == '>'))
            dash++;
        if (!postern_slice_starts(postern_slice_from(m->bytes, dash), POSTERN_S("--"))) continue;
        if (m->delimiter_count == POSTERN_LIMIT_VIEW_DELIMITERS) {
            w->cut = true;
            break;
        }
        m->delimiters[m->delimiter_count++] = at;
    }
    return POSTERN_OK;
}

/* ---- boundaries in any spelling ---- */

static void add_boundary(layer *m, postern_slice boundary) {
    boundary = postern_slice_trim(boundary);
    if (boundary.len == 0 || boundary.len > BOUNDARY_MAX || m->boundary_count == BOUNDARIES) return;
    for (size_t i = 0; i < m->boundary_count; i++)
        if (postern_slice_eq(m->boundaries[i], boundary)) return;
    m->boundaries[m->boundary_count++] = boundary;
}

/* What follows "boundary…=": quoted, to the next separator, to the next quote, to the end of the line, behind charset'lang'. */
static void add_spellings(layer *m, postern_slice value) {
    value = postern_slice_trim(value);
    if (value.len && value.ptr[0] == '"') {
        postern_slice inner = postern_slice_from(value, 1);
        add_boundary(m, postern_slice_cut(inner, '"').head);
        value = inner;
    }
    size_t end = 0;
    while (end < value.len && !postern_ascii_space(value.ptr[end]) && !strchr(";,\"()", value.ptr[end])) end++;
    add_boundary(m, postern_slice_sub(value, 0, end));
    add_boundary(m, postern_slice_cut(value, ';').head);
    postern_cut language = postern_slice_cut_last(postern_slice_sub(value, 0, end), '\'');
    if (language.ok) add_boundary(m, language.tail);
}

static void find_boundaries(layer *m) {
    postern_slice word = POSTERN_S("boundary");
    for (size_t at = 0; (at = postern_slice_find_nocase(m->bytes, at, word)) != SIZE_MAX && m->boundary_count < BOUNDARIES;) {
        at += word.len;
        postern_slice line = line_at(m->bytes, at);
        postern_cut cut = postern_slice_cut(line, '=');
        if (cut.ok && cut.head.len < 16) add_spellings(m, cut.tail);
    }
}

/* Whether the delimiter line at `at` belongs to `boundary`. */
static bool is_of_boundary(const layer *m, size_t at, postern_slice boundary) {
    postern_slice line = postern_slice_trim(line_at(m->bytes, at));
    return postern_slice_starts(postern_slice_from(line, 2), boundary);
}

/* ---- payloads ---- */

static postern_status walk_message(walk *w, postern_slice bytes, uint64_t offset, unsigned depth);

/* A payload that is itself a message, or holds one. */
static bool may_hold_message(postern_slice bytes) {
    return postern_slice_find_nocase(bytes, 0, POSTERN_S("content-type")) != SIZE_MAX ||
           postern_slice_find_nocase(bytes, 0, POSTERN_S("content-transfer-encoding")) != SIZE_MAX;
}

static postern_status tell(walk *w, const layer *m, const char *reading, uint64_t offset, postern_slice head,
                           postern_slice bytes) {
    bool fresh;
    if (bytes.len == 0) return POSTERN_OK;
    postern_status status = is_new(w, bytes, &fresh);
    if (status || !fresh) return status;
    postern_view view = {reading, m->depth ? m->offset : offset, m->depth, head, bytes};
    status = w->fn(w->user, &view);
    bool decoded = strcmp(reading, "raw") != 0;
    if (status || !decoded || !may_hold_message(bytes)) return status;
    if (m->depth + 1 < POSTERN_LIMIT_VIEW_DEPTH) return walk_message(w, bytes, view.offset, m->depth + 1);
    w->cut = true;
    return POSTERN_OK;
}

static postern_status tell_region(walk *w, const layer *m, size_t start, size_t end, postern_slice head) {
    postern_slice body = postern_slice_sub(m->bytes, start, end - start);
    uint64_t offset = m->offset + start;
    if (body.len > w->budget) {
        w->cut = true;
        return POSTERN_OK;
    }
    w->budget -= body.len;
    postern_status status = tell(w, m, "raw", offset, head, body);
    view_profile profile = view_profile_of(body);
    for (size_t i = 0; i < view_decoder_count && !status; i++) {
        postern_buf out;
        if (!view_decoders[i].differs(&profile)) continue;
        if (body.len > w->budget) {
            w->cut = true;
            return POSTERN_OK;
        }
        postern_buf_init(&out, body.len + 64); /* no encoding makes bytes out of nothing */
        bool fits = view_decoders[i].decode(body, &out);
        w->budget -= body.len;
        if (out.status == POSTERN_NOMEM)
            status = POSTERN_NOMEM;
        else if (fits)
            status = tell(w, m, view_decoders[i].reading, offset, head, postern_buf_slice(&out));
        postern_buf_free(&out);
    }
    return status;
}

/* Where the body of a part that begins at `from` may begin. */
static size_t find_starts(const layer *m, size_t from, size_t limit, size_t starts[STARTS]) {
    size_t count = 0, blanks = 0, at = from;
    bool headers = true;
    starts[count++] = from;
    while (at < limit && count < STARTS && blanks < 3) {
        postern_slice line = line_at(m->bytes, at);
        bool blank = is_blank(line);
        if (headers && !blank && !is_header_like(line)) {
            if (at != from) starts[count++] = at; /* headers without a blank line behind them */
            headers = false;
        }
        at = next_line(m->bytes, at);
        if (blank && at <= limit) {
            if (starts[count - 1] != at) starts[count++] = at;
            blanks++;
        }
    }
    return count;
}

/* Where it may end: the next delimiter of any kind, the next of each boundary, the end. */
static size_t find_ends(const layer *m, size_t first, size_t ends[BOUNDARIES + 2]) {
    size_t count = 0;
    if (first < m->delimiter_count) ends[count++] = m->delimiters[first];
    for (size_t b = 0; b < m->boundary_count; b++) {
        for (size_t d = first; d < m->delimiter_count; d++) {
            if (!is_of_boundary(m, m->delimiters[d], m->boundaries[b])) continue;
            bool known = false;
            for (size_t i = 0; i < count; i++) known |= ends[i] == m->delimiters[d];
            if (!known) ends[count++] = m->delimiters[d];
            break;
        }
    }
    ends[count++] = m->bytes.len;
    return count;
}

static postern_status walk_segment(walk *w, const layer *m, size_t from, size_t first_delimiter, size_t *regions) {
    size_t ends[BOUNDARIES + 2], starts[STARTS];
    size_t end_count = find_ends(m, first_delimiter, ends);
    for (size_t e = 0; e < end_count; e++) {
        size_t start_count = find_starts(m, from, ends[e], starts);
        for (size_t s = 0; s < start_count; s++) {
            if (starts[s] >= ends[e]) continue;
            if ((*regions)++ == POSTERN_LIMIT_VIEW_REGIONS) {
                w->cut = true;
                return POSTERN_OK;
            }
            postern_slice head = postern_slice_sub(m->bytes, from, starts[s] - from);
            postern_status status = tell_region(w, m, starts[s], ends[e], head);
            if (status) return status;
        }
    }
    return POSTERN_OK;
}

static postern_status walk_message(walk *w, postern_slice bytes, uint64_t offset, unsigned depth) {
    layer m = {.bytes = bytes, .offset = offset, .depth = depth};
    size_t regions = 0;
    postern_status status = find_delimiters(w, &m);
    if (!status) {
        find_boundaries(&m);
        status = walk_segment(w, &m, 0, 0, &regions);
    }
    for (size_t d = 0; d < m.delimiter_count && !status && regions <= POSTERN_LIMIT_VIEW_REGIONS; d++)
        status = walk_segment(w, &m, next_line(bytes, m.delimiters[d]), d + 1, &regions);
    free(m.delimiters);
    return status;
}

postern_status postern_views_each(postern_slice message, postern_view_fn fn, void *user, bool *ret_cut) {
    walk w = {.fn = fn, .user = user, .budget = POSTERN_LIMIT_VIEW_BYTES + (uint64_t)message.len * 16};
    if (getrandom(w.seeds, sizeof w.seeds, 0) != sizeof w.seeds) w.seeds[0] = (uintptr_t)&w;
    postern_status status = POSTERN_OK;
    postern_arena *arena = NULL;
    postern_charset charset = postern_charset_from_bom(message, NULL);
    if (charset == POSTERN_CHARSET_UTF_16LE ||
        charset == POSTERN_CHARSET_UTF_16BE) { /* the whole message in another encoding */
        arena = postern_arena_new(POSTERN_LIMIT_INPUT);
        status = arena ? postern_charset_decode_arena(charset, message, arena, NULL, POSTERN_NO_PART, &message) : POSTERN_NOMEM;
    }
    if (!status) status = walk_message(&w, message, 0, 0);
    *ret_cut = w.cut;
    postern_arena_free(arena);
    free(w.seen);
    return status;
}
