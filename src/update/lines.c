/* The lines of journals and records: see lines.h. */
#include "lines.h"

#include "postern/url.h"

#include <stdlib.h>
#include <zlib.h>

void line_escape_slice(postern_buf *record, postern_slice text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c < 0x20 || c == 0x7F || c == '%')
            postern_buf_printf(record, "%%%02X", c);
        else
            postern_buf_add_byte(record, c);
    }
}

void line_escape(postern_buf *record, const char *text) {
    line_escape_slice(record, postern_slice_cstr(text));
}

void line_digest(postern_buf *record, const uint8_t *digest, bool absent) {
    if (absent) postern_buf_add_byte(record, '-');
    if (!absent) postern_buf_add_hex(record, digest, LINE_DIGEST);
    postern_buf_add_byte(record, '\t');
}

void line_seal(postern_buf *out, const postern_buf *record) {
    /* half a record under a good checksum would be believed */
    if (record->status && !out->status) out->status = record->status;
    postern_buf_printf(out, "%08lx ", crc32(0, record->ptr, (unsigned)record->len));
    postern_buf_add_slice(out, postern_buf_slice(record));
    postern_buf_add_byte(out, '\n');
}

bool line_next(postern_slice *text, postern_slice *ret_record) {
    postern_cut line = postern_slice_cut(*text, '\n');
    uint64_t wanted = 0;
    if (!line.ok || line.head.len < 10 || line.head.ptr[8] != ' ') return false;
    if (!postern_slice_hex(postern_slice_sub(line.head, 0, 8), UINT32_MAX, &wanted)) return false;
    *ret_record = postern_slice_from(line.head, 9);
    *text = line.tail;
    return crc32(0, ret_record->ptr, (unsigned)ret_record->len) == wanted;
}

size_t line_split(postern_slice record, postern_slice fields[LINE_FIELDS]) {
    for (size_t count = 0; count < LINE_FIELDS;) {
        postern_cut cut = postern_slice_cut(record, '\t');
        fields[count++] = cut.head;
        if (!cut.ok) return count;
        record = cut.tail;
    }
    return LINE_FIELDS + 1;
}

char *line_unescape(postern_slice field) {
    char *out = malloc(field.len + 1);
    if (out) out[postern_percent_decode_into(field, out)] = 0;
    return out;
}

bool line_read_digest(postern_slice field, uint8_t digest[LINE_DIGEST], bool *ret_absent) {
    *ret_absent = postern_slice_eq(field, POSTERN_S("-"));
    if (*ret_absent) return true;
    if (field.len != 2 * LINE_DIGEST) return false;
    for (size_t i = 0; i < LINE_DIGEST; i++) {
        int byte = postern_hex_at(field, 2 * i);
        if (byte < 0) return false;
        digest[i] = (uint8_t)byte;
    }
    return true;
}
