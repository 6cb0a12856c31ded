/*
 * The checksum of a PE image, as its optional header holds it and as MapFileAndCheckSum counts it: the sum of all 16-bit words,
 * carries added at the low end, without the header's own field, and the length of the file on top.
 */
#include "win_int.h"

enum { FIELD = 4 + 20 + 64 }; /* from the signature: COFF header, then CheckSum in the optional header */

static uint32_t folded(uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
    return sum;
}

static uint32_t sum_words(postern_slice bytes, size_t from, size_t to, uint32_t sum) {
    for (size_t i = from; i + 1 < to; i += 2) sum = folded(sum + (uint32_t)(bytes.ptr[i] | bytes.ptr[i + 1] << 8));
    return (to - from) % 2 ? folded(sum + bytes.ptr[to - 1]) : sum;
}

bool postern_pe_checksum(postern_slice bytes, uint32_t *ret_sum) {
    postern_cursor c = postern_cursor_of(bytes);
    bool is_mz = postern_cursor_le16(&c) == 0x5A4D;
    c.pos = 0x3C;
    size_t at = postern_cursor_le32(&c);
    if (!c.ok || !is_mz || at > bytes.len || bytes.len - at < FIELD + 4 || bytes.len > UINT32_MAX) return false;
    if (!postern_slice_starts(postern_slice_from(bytes, at), POSTERN_S("PE\0\0"))) return false;
    size_t field = at + FIELD;
    if (field % 2) return false; /* words would straddle it: nothing that a linker makes */
    *ret_sum = sum_words(bytes, field + 4, bytes.len, sum_words(bytes, 0, field, 0)) + (uint32_t)bytes.len;
    return true;
}
