/*
 * The Content-Transfer-Encoding field (RFC 2045 section 6.1) and the way to the decoder it names.
 *
 * Names are read loosely, since real fields have comments, quotes and a ';' behind them; a name that is not known is no
 * reason to guess: the body is taken as it is, and the room mime sends the note.
 */
#include "codec_int.h"

void codec_defect(codec_defects *d, postern_note_kind kind, size_t offset, postern_slice detail) {
    if (d->sent[kind] >= POSTERN_LIMIT_CODEC_NOTES) return;
    d->sent[kind]++;
    uint64_t at = d->base == POSTERN_NO_OFFSET ? POSTERN_NO_OFFSET : d->base + offset;
    postern_note_send(d->notes, kind, d->part, at, postern_slice_sub(detail, 0, 64));
}

/* Past blanks and comments, which nest and may hold quoted pairs (RFC 822 section 3.1.4). */
static postern_slice pass_comments(postern_slice s) {
    size_t i = 0, depth = 0;
    for (; i < s.len; i++) {
        uint8_t c = s.ptr[i];
        if (c == '(') depth++;
        else if (c == ')' && depth) depth--;
        else if (c == '\\' && depth) i++;
        else if (!depth && !postern_ascii_space(c)) break;
    }
    return postern_slice_from(s, i);
}

postern_encoding postern_encoding_parse(postern_slice token) {
    static const struct {
        postern_slice name;
        postern_encoding encoding;
    } names[] = {
        {POSTERN_S("7bit"), POSTERN_ENCODING_7BIT},
        {POSTERN_S("7-bit"), POSTERN_ENCODING_7BIT},
        {POSTERN_S("8bit"), POSTERN_ENCODING_8BIT},
        {POSTERN_S("8-bit"), POSTERN_ENCODING_8BIT},
        {POSTERN_S("binary"), POSTERN_ENCODING_BINARY},
        {POSTERN_S("quoted-printable"), POSTERN_ENCODING_QUOTED_PRINTABLE},
        {POSTERN_S("quotedprintable"), POSTERN_ENCODING_QUOTED_PRINTABLE},
        {POSTERN_S("quoted_printable"), POSTERN_ENCODING_QUOTED_PRINTABLE},
        {POSTERN_S("quoted-printible"), POSTERN_ENCODING_QUOTED_PRINTABLE},
        {POSTERN_S("qp"), POSTERN_ENCODING_QUOTED_PRINTABLE},
        {POSTERN_S("base64"), POSTERN_ENCODING_BASE64},
        {POSTERN_S("base-64"), POSTERN_ENCODING_BASE64},
        {POSTERN_S("x-base64"), POSTERN_ENCODING_BASE64},
        {POSTERN_S("uuencode"), POSTERN_ENCODING_UUENCODE},
        {POSTERN_S("x-uuencode"), POSTERN_ENCODING_UUENCODE},
        {POSTERN_S("x-uue"), POSTERN_ENCODING_UUENCODE},
        {POSTERN_S("uue"), POSTERN_ENCODING_UUENCODE},
    };
    token = pass_comments(token);
    if (token.len && (token.ptr[0] == '"' || token.ptr[0] == '\'')) token = pass_comments(postern_slice_from(token, 1));
    size_t len = 0;
    while (len < token.len && !postern_ascii_space(token.ptr[len]) && !memchr("(;\"'", token.ptr[len], 4)) len++;
    if (len == 0) return POSTERN_ENCODING_7BIT;
    token = postern_slice_sub(token, 0, len);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (postern_slice_eq_nocase(token, names[i].name)) return names[i].encoding;
    return POSTERN_ENCODING_UNKNOWN;
}

const char *postern_encoding_name(postern_encoding encoding) {
    switch (encoding) {
    case POSTERN_ENCODING_7BIT: return "7bit";
    case POSTERN_ENCODING_8BIT: return "8bit";
    case POSTERN_ENCODING_BINARY: return "binary";
    case POSTERN_ENCODING_QUOTED_PRINTABLE: return "quoted-printable";
    case POSTERN_ENCODING_BASE64: return "base64";
    case POSTERN_ENCODING_UUENCODE: return "x-uuencode";
    case POSTERN_ENCODING_UNKNOWN: break;
    }
    return "unknown";
}

postern_status postern_decode(postern_encoding encoding, postern_slice in, const postern_sink *out, const postern_notes *notes,
                              uint32_t part, uint64_t base) {
    codec_defects d = {.notes = notes, .part = part, .base = base};
    switch (encoding) {
    case POSTERN_ENCODING_QUOTED_PRINTABLE: return qp_decode(in, out, &d);
    case POSTERN_ENCODING_BASE64: return base64_decode_with(base64_best(), in, out, &d);
    case POSTERN_ENCODING_UUENCODE: return uu_decode(in, out, &d);
    case POSTERN_ENCODING_7BIT:
    case POSTERN_ENCODING_8BIT:
    case POSTERN_ENCODING_BINARY:
    case POSTERN_ENCODING_UNKNOWN: break;
    }
    return postern_sink_write(out, in);
}

size_t postern_decoded_max(postern_encoding encoding, size_t encoded_len) {
    /* A base64 segment of 2 characters gives 1 byte, of 3 gives 2: never more than three quarters. A uuencoded line of one
     * character and a line end stands for up to 63 bytes, all of them blanks that were stripped. */
    size_t max;
    if (encoding == POSTERN_ENCODING_BASE64) return encoded_len / 4 * 3 + 3;
    if (encoding == POSTERN_ENCODING_UUENCODE) return postern_mul_ok(encoded_len / 2 + 1, 63, &max) ? max : SIZE_MAX;
    return encoded_len;
}
