/*
 * The base block of a hive (regf): its first 4096 bytes, looked at before libhivex sees anything. Two sequence numbers that
 * differ mean that the last change is only in the log beside it: the hive is dirty. Documented by the format's descriptions
 * (Norris, "The Internal Structure of the Windows Registry"; Suhanov, "Windows registry file format specification").
 */
#include "win_int.h"

enum { BASE_BLOCK = 4096, CHECKSUM_AT = 508, BIN_HEADER = 32 };

static uint32_t checksum(postern_slice bytes) {
    postern_cursor c = postern_cursor_of(postern_slice_sub(bytes, 0, CHECKSUM_AT));
    uint32_t sum = 0;
    for (size_t i = 0; i < CHECKSUM_AT / 4; i++) sum ^= postern_cursor_le32(&c);
    return sum == UINT32_MAX ? UINT32_MAX - 1 : sum == 0 ? 1 : sum;
}

static postern_status malformed(postern_error *reterr, uint64_t offset, const char *what) {
    return postern_fail(reterr, POSTERN_FORMAT, offset, "the hive is damaged: %s", what);
}

postern_status win_hive_base(postern_slice bytes, hive_base *ret_base, postern_error *reterr) {
    if (!postern_slice_starts(bytes, POSTERN_S("regf"))) return malformed(reterr, 0, "it does not begin with regf");
    if (bytes.len < BASE_BLOCK + BIN_HEADER) return malformed(reterr, bytes.len, "it ends within its first blocks");
    postern_cursor c = postern_cursor_of(bytes);
    c.pos = 4;
    uint32_t first = postern_cursor_le32(&c), second = postern_cursor_le32(&c);
    uint64_t time = postern_cursor_le64(&c);
    uint32_t major = postern_cursor_le32(&c), minor = postern_cursor_le32(&c), type = postern_cursor_le32(&c);
    uint32_t format = postern_cursor_le32(&c), root = postern_cursor_le32(&c), length = postern_cursor_le32(&c);
    c.pos = CHECKSUM_AT;
    if (postern_cursor_le32(&c) != checksum(bytes))
        return malformed(reterr, CHECKSUM_AT, "the checksum of its first block is wrong");
    if (major != 1 || minor > 6)
        return postern_fail(reterr, POSTERN_UNSUPPORTED, 20, "a hive of format %u.%u", (unsigned)major, (unsigned)minor);
    if (type != 0 || format != 1) return malformed(reterr, 28, "it is no primary hive in memory format");
    if (length == 0 || length % BASE_BLOCK) return malformed(reterr, 40, "its length is no multiple of 4096");
    if (length > bytes.len - BASE_BLOCK) return malformed(reterr, 40, "it is shorter than it says");
    if (root >= length) return malformed(reterr, 36, "its root key lies outside");
    if (!postern_slice_starts(postern_slice_from(bytes, BASE_BLOCK), POSTERN_S("hbin")))
        return malformed(reterr, BASE_BLOCK, "its first bin does not begin with hbin");
    *ret_base = (hive_base){first != second, major, minor, time, (size_t)length + BASE_BLOCK};
    return POSTERN_OK;
}
