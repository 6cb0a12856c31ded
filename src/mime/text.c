/*
 * Bodies: decoded bytes, and the text of a text part as UTF-8.
 *
 * Which character set: byte order mark, declaration, <meta> or @charset, detection. A declaration that the bytes plainly
 * contradict (raw cp1251, GB2312 or Big5 under "utf-8" or "us-ascii", eight-bit text under "utf-16") is passed over with a
 * note.
 */
#include "mime_int.h"

static bool is_identity(postern_encoding encoding) {
    return encoding == POSTERN_ENCODING_7BIT || encoding == POSTERN_ENCODING_8BIT || encoding == POSTERN_ENCODING_BINARY ||
           encoding == POSTERN_ENCODING_UNKNOWN;
}

postern_status postern_part_decode(const postern_part *part, const postern_sink *out, const postern_notes *notes) {
    return postern_decode(part->encoding, part->body, out, notes, part->index, mime_part_of(part)->body_offset);
}

/* A sink into memory that is as large as the decoded body can become. */
typedef struct fixed_sink {
    uint8_t *ptr;
    size_t len, room;
} fixed_sink;

static postern_status fixed_write(void *user, const void *bytes, size_t len) {
    fixed_sink *s = user;
    if (len > s->room - s->len) return POSTERN_LIMIT;
    memcpy(s->ptr + s->len, bytes, len);
    s->len += len;
    return POSTERN_OK;
}

postern_status postern_part_decode_arena(postern_arena *arena, const postern_part *part, const postern_notes *notes,
                                         postern_slice *ret_bytes) {
    if (is_identity(part->encoding)) {
        *ret_bytes = part->body;
        return POSTERN_OK;
    }
    fixed_sink fixed = {.room = postern_decoded_max(part->encoding, part->body.len)};
    fixed.ptr = postern_arena_alloc(arena, fixed.room);
    if (!fixed.ptr) return postern_arena_failure(arena);
    postern_sink sink = {fixed_write, &fixed};
    postern_status status = postern_part_decode(part, &sink, notes);
    if (status == POSTERN_OK) *ret_bytes = postern_slice_of(fixed.ptr, fixed.len);
    return status;
}

/* Plain text without the uuencoded files in it, which are parts of their own. */
static postern_status cut_uu(postern_arena *arena, const postern_part *part, postern_slice *bytes) {
    if (part->first_child == POSTERN_NO_PART || !is_identity(part->encoding)) return POSTERN_OK;
    uint8_t *out = postern_arena_alloc(arena, bytes->len);
    if (!out) return postern_arena_failure(arena);
    const uint8_t *p = bytes->ptr, *end = p + bytes->len;
    size_t n = 0;
    for (uint32_t i = part->first_child; i != POSTERN_NO_PART;) {
        const postern_part *block = postern_mime_part(mime_part_of(part)->message, i);
        size_t keep = (size_t)(block->body.ptr - p);
        if (keep) memcpy(out + n, p, keep);
        n += keep;
        p = block->body.ptr + block->body.len;
        i = block->next;
    }
    if (p < end) memcpy(out + n, p, (size_t)(end - p));
    *bytes = postern_slice_of(out, n + (size_t)(end - p));
    return POSTERN_OK;
}

/* ---- character sets ---------------------------------------------------------------------------------------------- */

static bool has_8bit(postern_slice s) {
    uint64_t word, any = 0;
    size_t i = 0;
    for (; s.len - i >= 8; i += 8) {
        memcpy(&word, s.ptr + i, 8);
        any |= word;
    }
    for (; i < s.len; i++) any |= s.ptr[i] & 0x80u;
    return any & 0x8080808080808080u;
}

/* Whether UTF-8 is no plausible reading: of what is not ASCII, more than a fifth does not decode. */
static bool plainly_not_utf8(postern_slice s) {
    size_t good = 0, bad = 0;
    for (size_t at = 0; at < s.len;) {
        postern_slice rest = postern_slice_from(s, at);
        size_t valid = postern_utf8_valid_prefix(rest);
        for (size_t i = 0; i < valid; i++) good += rest.ptr[i] >= 0xC0;
        at += valid;
        if (at == s.len) break;
        size_t len;
        (void)postern_utf8_at(s, at, &len);
        bad++;
        at += len;
        if (bad > 100000) break; /* enough to judge by */
    }
    return bad * 4 > good;
}

static bool is_utf16(postern_charset charset) {
    return charset == POSTERN_CHARSET_UTF_16LE || charset == POSTERN_CHARSET_UTF_16BE;
}

static bool contradicted(const postern_part *part, postern_slice bytes) {
    if (part->charset == POSTERN_CHARSET_UTF_8) return !postern_utf8_valid(bytes) && plainly_not_utf8(bytes);
    if (is_utf16(part->charset)) /* text in UTF-16 that holds a line end, a blank or a digit holds a zero byte */
        return bytes.len > 1 && !memchr(bytes.ptr, 0, bytes.len) && !has_8bit(bytes);
    if (postern_slice_eq_nocase(part->charset_label, POSTERN_S("us-ascii")) ||
        postern_slice_eq_nocase(part->charset_label, POSTERN_S("ascii")))
        return has_8bit(bytes);
    return false;
}

static postern_charset prescan(const postern_part *part, postern_slice bytes) {
    postern_slice label = {0};
    if (postern_slice_eq(part->type, POSTERN_S("text/html")) ||
        postern_slice_eq(part->type, POSTERN_S("application/xhtml+xml")))
        label = mime_prescan_html(bytes);
    else if (postern_slice_eq(part->type, POSTERN_S("text/css")))
        label = mime_prescan_css(bytes);
    postern_charset charset = postern_charset_parse(label);
    if (is_utf16(charset)) return POSTERN_CHARSET_UTF_8; /* it was read as bytes, so it is not UTF-16 */
    return charset;
}

static postern_charset choose(const postern_part *part, postern_slice bytes, const postern_notes *notes) {
    postern_charset charset = postern_charset_from_bom(bytes, NULL);
    if (charset != POSTERN_CHARSET_NONE) return charset;
    bool wrong = part->charset != POSTERN_CHARSET_NONE && contradicted(part, bytes);
    if (part->charset != POSTERN_CHARSET_NONE && !wrong) return part->charset;
    charset = prescan(part, bytes);
    if (charset == POSTERN_CHARSET_UTF_8 && !postern_utf8_valid(bytes) && plainly_not_utf8(bytes))
        charset = POSTERN_CHARSET_NONE;
    if (charset == POSTERN_CHARSET_NONE) charset = postern_charset_detect(bytes);
    if (wrong || has_8bit(bytes))
        postern_note_send(notes, POSTERN_NOTE_CHARSET_GUESSED, part->index, mime_part_of(part)->body_offset,
                          part->charset_label);
    return charset;
}

static postern_status text_of(postern_arena *arena, const postern_part *part, const postern_notes *notes,
                              postern_slice *ret_utf8, postern_charset *ret_charset) {
    postern_slice bytes;
    postern_status status = postern_part_decode_arena(arena, part, notes, &bytes);
    if (status == POSTERN_OK) status = cut_uu(arena, part, &bytes);
    if (status != POSTERN_OK) return status;
    *ret_charset = choose(part, bytes, notes);
    return postern_charset_decode_arena(*ret_charset, bytes, arena, notes, part->index, ret_utf8);
}

postern_status postern_part_text(postern_arena *arena, const postern_part *part, const postern_notes *notes,
                                 postern_slice *ret_utf8, postern_charset *ret_charset) {
    postern_charset charset;
    postern_status status = text_of(arena, part, notes, ret_utf8, &charset);
    if (status == POSTERN_OK && ret_charset) *ret_charset = charset;
    return status;
}

postern_status postern_part_text_head(postern_arena *arena, const postern_part *part, size_t max, postern_slice *ret_utf8,
                                      postern_charset *ret_charset) {
    mime_part head = *mime_part_of(part);
    postern_charset charset;
    head.pub.body = postern_slice_sub(head.pub.body, 0, max);
    head.pub.first_child = POSTERN_NO_PART; /* uuencoded files stay in: their places are those of the whole */
    postern_status status = text_of(arena, &head.pub, NULL, ret_utf8, &charset);
    if (status == POSTERN_OK && ret_charset) *ret_charset = charset;
    return status;
}
