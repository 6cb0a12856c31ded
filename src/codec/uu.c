/*
 * uuencode (POSIX uuencode, the historical algorithm), reading only.
 *
 * The data starts behind the first line `begin MODE NAME`, or, when there is none, at the start: mail bodies exist that
 * hold the bare lines. It ends at `end`, at a line of length 0, or at the end of the input (a defect when `begin` was
 * there). Each line is a length and groups of four characters; a blank and '`' are both 0; trailing blanks that were
 * stripped on the way are put back; characters behind the data (check sums of old encoders) are passed over. Lines that
 * cannot be data are left out with a note. The variant `begin-base64` is left out. The name is never used.
 *
 * An attacker gets zeros out of nothing: a line of one character stands for up to 63 bytes, since a line of zeros written
 * with blanks loses them all on the way. postern_decoded_max knows that; output stays below 32 times the input.
 */
#include "codec_int.h"

enum { LINE_BYTES = 63, BLOCK = 8192 };

static postern_slice next_line(postern_slice in, size_t *pos) {
    size_t from = *pos, end = from;
    while (end < in.len && in.ptr[end] != '\n' && in.ptr[end] != '\r') end++;
    *pos = end;
    if (end < in.len) *pos = end + (in.ptr[end] == '\r' && end + 1 < in.len && in.ptr[end + 1] == '\n' ? 2 : 1);
    return postern_slice_sub(in, from, end - from);
}

/* "begin 644 name": three or four octal digits and a name that may be empty. */
static bool is_begin(postern_slice line) {
    if (!postern_slice_starts(line, POSTERN_S("begin "))) return false;
    size_t i = 6, digits = 0;
    while (i < line.len && line.ptr[i] >= '0' && line.ptr[i] <= '7') i++, digits++;
    return (digits == 3 || digits == 4) && (i == line.len || line.ptr[i] == ' ');
}

static bool is_data(postern_slice line) {
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] < 0x20 || line.ptr[i] > 0x60) return false;
    return true;
}

static unsigned value_at(postern_slice line, size_t i) {
    return i < line.len ? (line.ptr[i] - 0x20u) & 63 : 0;
}

/* Decodes one data line; returns how many bytes it holds. */
static size_t decode_line(postern_slice line, size_t len, uint8_t out[LINE_BYTES + 2]) {
    for (size_t i = 0; i * 3 < len; i++) {
        unsigned bits = value_at(line, 1 + i * 4) << 18 | value_at(line, 2 + i * 4) << 12 | value_at(line, 3 + i * 4) << 6 |
                        value_at(line, 4 + i * 4);
        out[i * 3] = (uint8_t)(bits >> 16);
        out[i * 3 + 1] = (uint8_t)(bits >> 8);
        out[i * 3 + 2] = (uint8_t)bits;
    }
    return len;
}

/* Behind the first begin line, or 0. */
static size_t find_begin(postern_slice in, bool *ret_found) {
    *ret_found = false;
    for (size_t pos = 0; pos < in.len;) {
        if (is_begin(next_line(in, &pos))) {
            *ret_found = true;
            return pos;
        }
    }
    return 0;
}

postern_status uu_decode(postern_slice in, const postern_sink *out, codec_defects *d) {
    uint8_t bytes[BLOCK + LINE_BYTES + 2];
    size_t held = 0;
    bool begun, ended = false;
    size_t pos = find_begin(in, &begun);
    if (!begun && in.len) codec_defect(d, POSTERN_NOTE_UU_DEFECT, 0, POSTERN_S("no begin line"));
    while (pos < in.len && !ended) {
        size_t from = pos;
        postern_slice line = next_line(in, &pos);
        if (line.len == 0) continue;
        if (postern_slice_starts(line, POSTERN_S("end")) && postern_slice_trim(line).len == 3) {
            ended = true;
        } else if (!is_data(line)) {
            codec_defect(d, POSTERN_NOTE_UU_DEFECT, from, line);
        } else {
            size_t len = value_at(line, 0);
            ended = len == 0;
            if (line.len - 1 < (len * 4 + 2) / 3) codec_defect(d, POSTERN_NOTE_UU_DEFECT, from, line);
            held += decode_line(line, len, bytes + held);
        }
        if (held < BLOCK) continue;
        postern_status status = postern_sink_write(out, postern_slice_of(bytes, held));
        if (status) return status;
        held = 0;
    }
    if (begun && !ended) codec_defect(d, POSTERN_NOTE_UU_DEFECT, in.len, POSTERN_S("no end line"));
    return postern_sink_write(out, postern_slice_of(bytes, held));
}
