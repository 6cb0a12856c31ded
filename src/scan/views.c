/*
 * Every view: the regions of a message that some reader may take for a body, each under every encoding that fits it.
 *
 * A region begins behind the start of the message or behind a line that may be a delimiter: at once, behind its first blank
 * lines, or behind what looks like headers. It ends at the next such line, at the next line of one of the boundaries that the
 * message declares anywhere in any spelling, or at the end; near ends come before far ones in all of it, so that what
 * a limit cuts off was seen in part. What is decoded is walked again where it may hold something encoded. Everything is
 * bounded: regions, bytes, depth. Contents are told apart by length and a keyed hash.
 *
 * Left out: what is compressed or encrypted, and bodies that are fetched from elsewhere.
 */
#include "views_int.h"

#include <stdlib.h>

enum { STARTS = 6, SEEN_MIN = 256 };

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

static bool grow_seen(view_walk *w) {
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

static postern_status is_new(view_walk *w, postern_slice bytes, bool *ret_new) {
    if (w->seen_count * 2 >= w->seen_room && !grow_seen(w)) return POSTERN_NOMEM;
    *ret_new = insert(w->seen, w->seen_room, postern_slice_keyed_hash(bytes, &w->key), (uint64_t)bytes.len << 1 | 1);
    w->seen_count += *ret_new;
    return POSTERN_OK;
}

bool view_afford(view_walk *w, uint64_t bytes) {
    bool enough = bytes <= w->budget;
    w->cut |= !enough;
    w->budget -= enough ? bytes : 0;
    return enough;
}

/* ---- payloads ---- */

/* Whether a payload may be a message, hold one, or be encoded once more. */
static bool may_hold_more(postern_slice bytes) {
    static const char *const words[] = {"content-type", "content-transfer-encoding", "=ybegin ", "BinHex 4.0", "begin "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (scan_has(bytes, words[i])) return true;
    postern_slice head = postern_slice_sub(bytes, 0, 4096);
    size_t letters = 0, escapes = 0;
    for (size_t i = 0; i < head.len; i++) {
        uint8_t c = head.ptr[i];
        letters += postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '+' || c == '/' || postern_ascii_space(c) || c == 0;
        bool escape = c == '=' && i + 2 < head.len && postern_hex_value(head.ptr[i + 1]) >= 0;
        escapes += escape && (postern_hex_value(head.ptr[i + 2]) >= 0 || head.ptr[i + 2] == '=');
    }
    return head.len >= 16 && (letters + letters / 32 + 4 >= head.len || escapes * 8 >= head.len);
}

postern_status view_tell(view_walk *w, const view_layer *m, const char *reading, size_t at, postern_slice head,
                         postern_slice bytes) {
    bool fresh, decoded = strcmp(reading, "raw") != 0;
    if (bytes.len == 0) return POSTERN_OK;
    postern_status status = is_new(w, bytes, &fresh);
    if (status || !fresh) return status;
    postern_view view = {reading, m->depth || m->remade ? m->offset : m->offset + at, m->depth, head, bytes};
    status = w->fn(w->user, &view);
    if (!status) status = view_texts(w, m, at, head, bytes);
    bool odd = strchr(reading, ',') != NULL;
    if (status || !decoded || (odd && m->depth) || !may_hold_more(bytes)) return status;
    if (m->depth + 1 < POSTERN_LIMIT_VIEW_DEPTH)
        return view_walk_bytes(
            w, (view_layer){.bytes = bytes, .offset = view.offset, .depth = m->depth + 1, .head = head, .remade = m->remade});
    w->cut |= scan_has(bytes, "content-t"); /* else it was a guess */
    return POSTERN_OK;
}

static postern_status tell_region(view_walk *w, const view_layer *m, size_t start, size_t end, postern_slice head, bool far) {
    postern_slice body = postern_slice_sub(m->bytes, start, end - start);
    if (!view_afford(w, body.len)) return POSTERN_OK;
    postern_status status = view_tell(w, m, "raw", start, head, body);
    view_profile profile = view_profile_of(body);
    for (size_t i = 0; i < view_decoder_count && !status; i++) {
        postern_buf out;
        if ((far && !view_decoders[i].far) || !view_decoders[i].differs(&profile)) continue;
        if (!view_afford(w, body.len)) return POSTERN_OK;
        postern_buf_init(&out, body.len * view_decoders[i].growth + 64);
        bool fits = view_decoders[i].decode(body, &out);
        if (out.status == POSTERN_NOMEM)
            status = POSTERN_NOMEM;
        else if (fits)
            status = view_tell(w, m, view_decoders[i].reading, start, head, postern_buf_slice(&out));
        postern_buf_free(&out);
    }
    return status;
}

/* ---- regions ---- */

/* "Name:" or a folded line. */
static bool is_header_like(postern_slice line) {
    if (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) return true;
    size_t colon = postern_slice_find_byte(line, 0, ':');
    if (colon == SIZE_MAX || colon == 0) return false;
    for (size_t i = 0; i < colon; i++)
        if (line.ptr[i] == '/' || line.ptr[i] == '<') return false;
    return true;
}

/* Where the body of a part that begins at `from` may begin. */
static size_t find_starts(const view_layer *m, size_t from, size_t limit, size_t starts[STARTS]) {
    size_t count = 0, blanks = 0, at = from;
    bool headers = true;
    starts[count++] = from;
    while (at < limit && count < STARTS && blanks < STARTS - 2) {
        postern_slice line = view_line_at(m->bytes, at);
        bool blank = postern_slice_trim(line).len == 0;
        if (headers && !blank && !is_header_like(line)) {
            if (at != from) starts[count++] = at; /* headers without a blank line behind them */
            headers = false;
        }
        at = view_next_line(m->bytes, at);
        if (blank && at <= limit) {
            if (starts[count - 1] != at && count < STARTS) starts[count++] = at;
            blanks++;
        }
    }
    return count;
}

typedef enum ends { END_NEXT, END_BOUNDARY, END_FILE, END_KINDS } ends;

/* For each boundary the first of its delimiters that is not behind; moved on with the segments. */
typedef struct cursors {
    size_t next[VIEW_BOUNDARIES];
} cursors;

static size_t find_ends(const view_layer *m, ends kind, size_t first, cursors *c, size_t found[VIEW_BOUNDARIES + 1]) {
    size_t count = 0, near = first < m->delimiter_count ? m->delimiters[first].at : m->bytes.len;
    if (kind == END_NEXT) found[count++] = near;
    if (kind == END_FILE && first < m->delimiter_count) found[count++] = m->bytes.len;
    for (size_t b = 0; kind == END_BOUNDARY && b < m->boundary_count; b++) {
        size_t d = c->next[b] < first ? first : c->next[b];
        while (d < m->delimiter_count && !(m->delimiters[d].mask & 1u << b)) d++;
        c->next[b] = d;
        if (d >= m->delimiter_count || m->delimiters[d].at == near) continue;
        bool known = false;
        for (size_t i = 0; i < count; i++) known |= found[i] == m->delimiters[d].at;
        if (!known) found[count++] = m->delimiters[d].at;
    }
    return count;
}

/* A start behind the next delimiter is a start of the segment behind it. */
static postern_status walk_segment(view_walk *w, const view_layer *m, size_t d, const size_t *found, size_t end_count,
                                   ends kind, size_t *regions) {
    size_t starts[STARTS], from = d ? view_next_line(m->bytes, m->delimiters[d - 1].at) : 0;
    size_t start_count = find_starts(m, from, d < m->delimiter_count ? m->delimiters[d].at : m->bytes.len, starts);
    for (size_t e = 0; e < end_count; e++) {
        for (size_t s = 0; s < start_count; s++) {
            if (starts[s] >= found[e]) continue;
            if ((*regions)++ >= (kind == END_NEXT ? POSTERN_LIMIT_VIEW_REGIONS : POSTERN_LIMIT_VIEW_FAR)) {
                w->cut = true;
                return POSTERN_OK;
            }
            postern_slice head = postern_slice_sub(m->bytes, from, starts[s] - from);
            if (!head.len) head = m->head;
            postern_status status = tell_region(w, m, starts[s], found[e], head, kind != END_NEXT);
            if (status) return status;
        }
    }
    return POSTERN_OK;
}

static postern_status walk_segments(view_walk *w, const view_layer *m, ends kind) {
    size_t found[VIEW_BOUNDARIES + 1], regions = 0;
    cursors c = {{0}};
    postern_status status = POSTERN_OK;
    for (size_t d = 0; d <= m->delimiter_count && !status && regions <= POSTERN_LIMIT_VIEW_REGIONS && w->budget; d++) {
        size_t count = find_ends(m, kind, d, &c, found);
        status = walk_segment(w, m, d, found, count, kind, &regions);
    }
    return status;
}

postern_status view_walk_bytes(view_walk *w, view_layer m) {
    if (!view_afford(w, m.bytes.len)) return POSTERN_OK;
    view_find_charsets(w, m.bytes);
    view_find_boundaries(&m);
    postern_status status = view_find_delimiters(w, &m);
    for (ends kind = END_NEXT; kind < END_KINDS && !status; kind++) {
        status = walk_segments(w, &m, kind);
        if (!status && kind == END_NEXT) status = view_runs(w, &m);
        if (!status && kind == END_NEXT) status = view_words(w, &m);
    }
    free(m.delimiters);
    return status;
}

postern_status postern_views_each(postern_slice message, postern_view_fn fn, void *user, bool *ret_cut) {
    view_walk w = {.fn = fn, .user = user, .budget = POSTERN_LIMIT_VIEW_BYTES + (uint64_t)message.len * 16};
    postern_hash_key_make(&w.key);
    postern_status status = view_roots(&w, message);
    *ret_cut = w.cut;
    free(w.seen);
    return status;
}
