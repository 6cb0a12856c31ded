/*
 * The whole file as readers mend it before they look: UTF-16 made bytes, NULs left out, odd line ends taken for line ends, the
 * quoting of a reply taken off. Each makes another message of the same file. Beside them stands the strict reading, and the
 * fragments of message/partial put together.
 */
#include "views_int.h"

#include <stdlib.h>

typedef struct traits {
    bool nul, ends;
    const char *prefix; /* that nine lines of ten begin with; or NULL */
} traits;

static bool other_end(postern_slice s, size_t i, size_t *ret_len) {
    uint8_t c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : 0, third = i + 2 < s.len ? s.ptr[i + 2] : 0;
    *ret_len = c == 0x0B || c == 0x0C ? 1 : c == 0xC2 && next == 0x85 ? 2 : c == 0xE2 && next == 0x80 && third == 0xA8 ? 3 : 0;
    if (c == '\r' && next == '\r' && third == '\n') *ret_len = 3;
    if (c == '\n' && next == '\r' && third != '\n') *ret_len = 2;
    return *ret_len != 0;
}

static const char *common_prefix(postern_slice s) {
    static const char *const prefixes[] = {">", " ", "\t", "|"};
    for (size_t p = 0; p < sizeof prefixes / sizeof *prefixes; p++) {
        size_t lines = 0, with = 0;
        for (size_t at = 0; at < s.len && lines < 200; at = view_next_line(s, at)) {
            postern_slice line = view_line_at(s, at);
            lines += line.len != 0;
            with += line.len && postern_slice_starts(line, postern_slice_cstr(prefixes[p]));
        }
        if (lines > 2 && with * 10 >= lines * 9) return prefixes[p];
    }
    return NULL;
}

static traits traits_of(postern_slice s) {
    traits t = {.nul = s.len && memchr(s.ptr, 0, s.len) != NULL, .prefix = common_prefix(s)};
    for (size_t i = 0, len; i < s.len && !t.ends; i++) t.ends = other_end(s, i, &len);
    return t;
}

static postern_slice mend(postern_slice s, const traits *t, postern_buf *out) {
    postern_slice prefix = postern_slice_cstr(t->prefix ? t->prefix : "");
    bool fresh_line = true;
    for (size_t i = 0, len; i < s.len;) {
        if (fresh_line && prefix.len && postern_slice_starts(postern_slice_from(s, i), prefix)) {
            i += prefix.len;
            i += prefix.ptr[0] > ' ' && i < s.len && s.ptr[i] == ' ';
        }
        fresh_line = false;
        if (i >= s.len) break;
        if (t->ends && other_end(s, i, &len)) {
            postern_buf_add_byte(out, '\n');
            i += len;
            fresh_line = true;
            continue;
        }
        fresh_line = s.ptr[i] == '\n' || (s.ptr[i] == '\r' && !(i + 1 < s.len && s.ptr[i + 1] == '\n'));
        if (!t->nul || s.ptr[i]) postern_buf_add_byte(out, s.ptr[i]);
        i++;
    }
    return postern_buf_slice(out);
}

static postern_status mended(view_walk *w, postern_slice message, traits t) {
    postern_buf out;
    if (!view_afford(w, message.len)) return POSTERN_OK;
    postern_buf_init(&out, message.len + 64);
    postern_slice bytes = mend(message, &t, &out);
    postern_status status = out.status ? out.status : view_walk_bytes(w, (view_layer){.bytes = bytes, .remade = true});
    postern_buf_free(&out);
    return status;
}

static postern_status walk_all(view_walk *w, postern_slice message, bool remade) {
    traits t = traits_of(message);
    postern_status status = view_walk_bytes(w, (view_layer){.bytes = message, .remade = remade});
    if (!status && t.nul) status = mended(w, message, (traits){.nul = true});
    if (!status && t.ends) status = mended(w, message, (traits){.ends = true});
    if (!status && t.prefix) status = mended(w, message, (traits){.prefix = t.prefix});
    if (!status && t.nul + t.ends + (t.prefix != NULL) > 1) status = mended(w, message, t);
    return status;
}

/* ---- the strict reading ---- */

typedef struct fragment {
    uint64_t number;
    postern_slice body;
} fragment;

static int by_number(const void *a, const void *b) {
    const fragment *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static postern_status fragment_number(postern_arena *arena, const postern_part *part, uint64_t *ret) {
    const postern_header *type = postern_part_header(part, POSTERN_S("content-type"));
    postern_slice value;
    postern_parameter *parameters;
    size_t count;
    *ret = 0;
    if (!type) return POSTERN_OK;
    postern_status status = postern_mime_parameters(arena, type->raw, POSTERN_CHARSET_NONE, &value, &parameters, &count);
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    for (size_t i = 0; i < count; i++)
        if (postern_slice_eq(parameters[i].name, POSTERN_S("number"))) (void)postern_slice_uint(parameters[i].value, 9999, ret);
    return POSTERN_OK;
}

/* RFC 2046 5.2.2: the bodies one after another are the message. */
static postern_status join(view_walk *w, fragment *fragments, size_t count, size_t total) {
    postern_buf out;
    if (count < 2 || !view_afford(w, total)) return POSTERN_OK;
    qsort(fragments, count, sizeof *fragments, by_number);
    postern_buf_init(&out, total + 64);
    for (size_t i = 0; i < count; i++) postern_buf_add_slice(&out, fragments[i].body);
    postern_status status =
        out.status ? out.status : view_walk_bytes(w, (view_layer){.bytes = postern_buf_slice(&out), .remade = true});
    postern_buf_free(&out);
    return status;
}

static postern_status strict_parts(view_walk *w, postern_arena *arena, const postern_message *message) {
    uint32_t count = postern_mime_part_count(message);
    fragment *fragments = postern_arena_zalloc(arena, (size_t)count + 1, sizeof *fragments);
    view_layer layer = {.bytes = postern_mime_bytes(message)};
    size_t fragment_count = 0, total = 0;
    if (!fragments) return POSTERN_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        const postern_part *part = postern_mime_part(message, i);
        postern_slice bytes;
        if (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) continue;
        if (!view_afford(w, part->body.len)) return POSTERN_OK;
        postern_status status = postern_part_decode_arena(arena, part, NULL, &bytes);
        size_t at = part->nested ? 0 : (size_t)(part->body.ptr - layer.bytes.ptr);
        if (!status) status = view_tell(w, &layer, "strict", part->body.len ? at : 0, part->head, bytes);
        if (status == POSTERN_LIMIT) w->cut = true;
        if (status && status != POSTERN_LIMIT) return status;
        if (!postern_slice_eq(part->type, POSTERN_S("message/partial"))) continue;
        status = fragment_number(arena, part, &fragments[fragment_count].number);
        if (status) return status;
        fragments[fragment_count++].body = bytes;
        total += bytes.len;
    }
    return join(w, fragments, fragment_count, total);
}

static postern_status strict(view_walk *w, postern_arena *arena, postern_slice bytes) {
    const postern_message *message;
    postern_status status = postern_mime_open(arena, bytes, NULL, &message, NULL);
    if (status == POSTERN_LIMIT) w->cut = true;
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    return strict_parts(w, arena, message);
}

postern_status view_roots(view_walk *w, postern_slice message) {
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    if (!arena) return POSTERN_NOMEM;
    postern_charset charset = postern_charset_from_bom(message, NULL);
    bool wide = charset == POSTERN_CHARSET_UTF_16LE || charset == POSTERN_CHARSET_UTF_16BE;
    postern_slice text = message;
    postern_status status = POSTERN_OK;
    if (wide) status = postern_charset_decode_arena(charset, message, arena, NULL, POSTERN_NO_PART, &text);
    if (!status) status = strict(w, arena, message);
    if (!status) status = walk_all(w, text, wide);
    postern_arena_free(arena);
    return status;
}
