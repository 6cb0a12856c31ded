/*
 * The open index: postern_mime_open and what reads it. The work is in walk.c (structure), head.c (fields) and fields.c
 * (meaning).
 *
 * A file in UTF-16 (a message saved as "Unicode text") is turned into UTF-8 first; offsets then count in that.
 */
#include "mime_int.h"

#include <stdlib.h>

void mime_note(mime_builder *b, postern_note_kind kind, uint32_t part, uint64_t offset, postern_slice detail) {
    if (part < b->part_count) b->parts[part].pub.defects++;
    postern_note_send(b->notes, kind, part, offset, detail);
}

/* UTF-16 with a byte order mark, or ASCII in UTF-16 by its zero bytes. */
static postern_charset wide_charset(postern_slice bytes) {
    size_t mark;
    postern_charset charset = postern_charset_from_bom(bytes, &mark);
    if (charset == POSTERN_CHARSET_UTF_16LE || charset == POSTERN_CHARSET_UTF_16BE) return charset;
    if (bytes.len < 8 || charset != POSTERN_CHARSET_NONE) return POSTERN_CHARSET_NONE;
    const uint8_t *p = bytes.ptr;
    if (p[0] && !p[1] && p[2] && !p[3] && p[4] && !p[5]) return POSTERN_CHARSET_UTF_16LE;
    if (!p[0] && p[1] && !p[2] && p[3] && !p[4] && p[5]) return POSTERN_CHARSET_UTF_16BE;
    return POSTERN_CHARSET_NONE;
}

static void note_newlines(mime_builder *b, postern_slice bytes, const uint8_t *p) {
    const uint8_t *end = bytes.ptr + bytes.len, *eol = mime_line_end(p, end);
    if (eol == end || (*eol == '\r' && end - eol >= 2 && eol[1] == '\n')) return;
    mime_note(b, POSTERN_NOTE_BARE_NEWLINES, 0, (uint64_t)(eol - bytes.ptr), postern_slice_of(eol, 1));
}

/* The growing arrays, copied into the arena as they are now. */
static postern_status settle(mime_builder *b, postern_slice bytes, const postern_message **ret_message) {
    postern_message *message = postern_arena_alloc(b->arena, sizeof *message);
    mime_part *parts = postern_arena_zalloc(b->arena, b->part_count, sizeof *parts);
    postern_header *headers = postern_arena_zalloc(b->arena, b->header_count, sizeof *headers);
    if (!message || !parts || !headers) return postern_arena_failure(b->arena);
    memcpy(parts, b->parts, b->part_count * sizeof *parts);
    if (b->header_count) memcpy(headers, b->headers, b->header_count * sizeof *headers);
    for (size_t i = 0; i < b->part_count; i++) {
        parts[i].message = message;
        parts[i].pub.headers = headers + parts[i].header_start;
    }
    *message = (postern_message){.bytes = bytes, .parts = parts, .part_count = (uint32_t)b->part_count};
    *ret_message = message;
    return POSTERN_OK;
}

static postern_status build(mime_builder *b, postern_slice bytes, const uint8_t *first, const postern_message **ret_message) {
    mime_region region = {bytes.ptr, bytes.ptr + bytes.len, false};
    b->rewind_budget = 2 * (uint64_t)bytes.len;
    postern_status status = mime_walk(b, &region, first, POSTERN_NO_PART);
    if (status != POSTERN_OK) return status;
    const postern_part *root = &b->parts[0].pub;
    if (root->offset > 0) mime_note(b, POSTERN_NOTE_LEADING_JUNK, 0, 0, postern_slice_sub(bytes, 0, (size_t)root->offset));
    if (root->head.len) note_newlines(b, bytes, root->head.ptr);
    return settle(b, bytes, ret_message);
}

/* No head: the whole is one leaf, of a type that the caller declares (Z5, Z7). */
static postern_status build_bare(mime_builder *b, postern_slice bytes, postern_slice type,
                                 const postern_message **ret_message) {
    mime_region region = {bytes.ptr, bytes.ptr + bytes.len, false};
    uint32_t index;
    postern_status status = mime_part_new(b, &region, POSTERN_NO_PART, bytes.ptr, &index);
    if (status != POSTERN_OK) return status;
    postern_part *pub = &b->parts[index].pub;
    status = postern_arena_copy(b->arena, type, &pub->type);
    if (status != POSTERN_OK) return status;
    pub->flags = POSTERN_PART_TYPE_DECLARED;
    pub->encoding = POSTERN_ENCODING_BINARY;
    pub->charset = wide_charset(bytes);
    pub->head = postern_slice_sub(bytes, 0, 0);
    pub->body = bytes;
    return settle(b, bytes, ret_message);
}

static postern_status open_message(mime_builder *b, postern_slice bytes, postern_slice bare_type,
                                   const postern_message **ret_message) {
    if (bare_type.len) return build_bare(b, bytes, bare_type, ret_message);
    postern_charset wide = wide_charset(bytes);
    if (wide != POSTERN_CHARSET_NONE) {
        postern_status status = postern_charset_decode_arena(wide, bytes, b->arena, NULL, POSTERN_NO_PART, &bytes);
        if (status != POSTERN_OK) return status;
    }
    const uint8_t *first = bytes.len ? mime_head_find(bytes.ptr, bytes.ptr + bytes.len) : NULL;
    return first ? build(b, bytes, first, ret_message) : POSTERN_FORMAT;
}

postern_status postern_mime_open(postern_arena *arena, postern_slice bytes, const postern_mime_options *options,
                                 const postern_message **ret_message, postern_error *reterr) {
    mime_builder b;
    b.arena = arena;
    b.notes = options ? options->notes : NULL;
    b.parts = b.first_parts;
    b.part_count = b.header_count = 0;
    b.part_room = sizeof b.first_parts / sizeof *b.first_parts;
    b.headers = b.first_headers;
    b.header_room = sizeof b.first_headers / sizeof *b.first_headers;
    b.charset = POSTERN_CHARSET_NONE;
    b.nested = 0;
    b.full = false;
    postern_status status = open_message(&b, bytes, options ? options->bare_type : (postern_slice){0}, ret_message);
    if (b.parts != b.first_parts) free(b.parts);
    if (b.headers != b.first_headers) free(b.headers);
    switch (status) {
    case POSTERN_OK:
        return status;
    case POSTERN_FORMAT:
        return postern_fail(reterr, status, 0, "no header of a message or archive was found");
    case POSTERN_LIMIT:
        return postern_fail(reterr, status, POSTERN_NO_OFFSET, "the index would exceed its memory limit");
    default:
        return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index of the message");
    }
}

uint32_t postern_mime_part_count(const postern_message *message) {
    return message->part_count;
}

const postern_part *postern_mime_part(const postern_message *message, uint32_t index) {
    return index < message->part_count ? &message->parts[index].pub : NULL;
}

postern_slice postern_mime_bytes(const postern_message *message) {
    return message->bytes;
}

const postern_header *postern_part_header(const postern_part *part, postern_slice name) {
    for (uint32_t i = 0; i < part->header_count; i++)
        if (postern_slice_eq_nocase(part->headers[i].name, name)) return &part->headers[i];
    return NULL;
}

postern_status postern_part_header_text(postern_arena *arena, const postern_part *part, postern_slice name,
                                        postern_slice *ret_utf8) {
    const postern_header *header = postern_part_header(part, name);
    if (!header) {
        *ret_utf8 = (postern_slice){0};
        return POSTERN_OK;
    }
    return postern_header_text(arena, postern_slice_trim(header->raw), part->charset, NULL, part->index, ret_utf8);
}
