/*
 * uuencoded files inside plain text ("begin 644 name" … "end"; POSIX uuencode). Each block becomes a part of its own, a child
 * of the text, so that it can be listed, extracted and left out of the text. Nothing in the text is decoded here.
 *
 * Text that merely talks about uuencode is the risk: a block counts only when its first line has the length it claims.
 */
#include "mime_int.h"

/* "begin MODE NAME" up to the line end; the name, trimmed. */
static bool begin_line(const uint8_t *p, const uint8_t *eol, postern_slice *ret_name) {
    postern_slice s = postern_slice_of(p, (size_t)(eol - p));
    if (!postern_slice_starts(s, POSTERN_S("begin "))) return false;
    size_t i = 6, digits = 0;
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '7') i++, digits++;
    if (digits < 3 || digits > 4 || i == s.len || s.ptr[i] != ' ') return false;
    *ret_name = postern_slice_trim(postern_slice_from(s, i));
    return ret_name->len > 0;
}

/* A data line says how many bytes it holds; blanks at its end may have been lost. */
static bool data_line(const uint8_t *p, const uint8_t *eol) {
    if (p == eol || *p < 32 || *p > 96) return false;
    size_t bytes = (size_t)(*p - 32) & 63, chars = (bytes + 2) / 3 * 4, have = (size_t)(eol - p) - 1;
    for (const uint8_t *q = p; q < eol; q++)
        if (*q < 32 || *q > 96) return false;
    return have <= chars + 2 && have + 8 >= chars;
}

/* Where the block whose data begins at `p` ends, behind its "end" line; *ret_whole false when the text stops before that. */
static const uint8_t *block_end(const uint8_t *p, const uint8_t *end, bool *ret_whole) {
    *ret_whole = false;
    while (p < end) {
        const uint8_t *eol = mime_line_end(p, end);
        if (eol - p >= 3 && memcmp(p, "end", 3) == 0) {
            *ret_whole = true;
            return mime_line_skip(eol, end);
        }
        if (eol != p && !data_line(p, eol)) return p;
        p = mime_line_skip(eol, end);
    }
    return p;
}

static postern_status add_block(mime_builder *b, const mime_region *region, uint32_t text, const uint8_t *begin,
                                const uint8_t *to, postern_slice name, bool whole) {
    uint32_t index;
    postern_status status = mime_part_new(b, region, text, begin, &index);
    if (status != POSTERN_OK || index == POSTERN_NO_PART) return status;
    mime_part *part = &b->parts[index];
    part->pub.flags = (uint16_t)(POSTERN_PART_UU | POSTERN_PART_ATTACHMENT | (whole ? 0 : POSTERN_PART_TRUNCATED));
    part->pub.encoding = POSTERN_ENCODING_UUENCODE;
    part->pub.type = POSTERN_S("application/octet-stream");
    part->pub.head = postern_slice_of(begin, 0);
    part->pub.body = postern_slice_of(begin, (size_t)(to - begin));
    part->body_offset = part->pub.offset;
    return postern_header_text(b->arena, postern_slice_sub(name, 0, 1024), b->parts[text].pub.charset, NULL, index,
                               &part->pub.name);
}

postern_status mime_uu_find(mime_builder *b, const mime_region *region, uint32_t index) {
    postern_slice body = b->parts[index].pub.body;
    const uint8_t *end = body.ptr + body.len;
    if (b->parts[index].pub.depth >= POSTERN_LIMIT_MIME_DEPTH) return POSTERN_OK;
    for (size_t at = 0; (at = postern_slice_find(body, at, POSTERN_S("begin "))) != SIZE_MAX;) {
        const uint8_t *p = body.ptr + at;
        at += 6;
        if (p > body.ptr && p[-1] != '\n' && p[-1] != '\r') continue;
        const uint8_t *eol = mime_line_end(p, end), *data = mime_line_skip(eol, end);
        postern_slice name;
        if (!begin_line(p, eol, &name) || data == end || !data_line(data, mime_line_end(data, end))) continue;
        bool whole;
        const uint8_t *to = block_end(data, end, &whole);
        postern_status status = add_block(b, region, index, p, to, name, whole);
        if (status != POSTERN_OK || b->full) return status;
        at = (size_t)(to - body.ptr);
    }
    return POSTERN_OK;
}
