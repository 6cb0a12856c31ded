/*
 * Writes a cabinet: one folder, MSZIP (each block of 32 KiB deflated on its own behind "CK"), checksums, names as UTF-8 where
 * they are not ASCII. [MS-CAB], [MS-MCI]. The same files give the same bytes. docs/decisions says why this is not a library's
 * work.
 */
#include "make_int.h"

#include <time.h>
#include <zlib.h>

enum { BLOCK = 32768, HEADER = 36, FOLDER = 8, FILES_MAX = 65535, MSZIP = 1, NAME_IS_UTF8 = 0x80, DEFLATED_MAX = BLOCK + 1024 };

/* [MS-CAB] 3.1: words XORed; what is left over counts in the other byte order. */
static uint32_t checksum(const uint8_t *bytes, size_t len, uint32_t seed) {
    for (; len >= 4; bytes += 4, len -= 4)
        seed ^= (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    uint32_t rest = 0;
    for (size_t i = 0; i < len; i++) rest = rest << 8 | bytes[i];
    return seed ^ rest;
}

static postern_status add_block(postern_buf *out, const uint8_t *bytes, size_t len) {
    uint8_t packed[DEFLATED_MAX] = {'C', 'K'};
    z_stream z = {
        .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)len, .next_out = packed + 2, .avail_out = sizeof packed - 2};
    if (deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK) return POSTERN_NOMEM;
    int code = deflate(&z, Z_FINISH);
    size_t size = sizeof packed - z.avail_out;
    deflateEnd(&z);
    if (code != Z_STREAM_END) return POSTERN_FORMAT; /* 32 KiB never grow by 1 KiB */
    uint8_t sizes[4] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)len, (uint8_t)(len >> 8)};
    make_u32(out, checksum(sizes, 4, checksum(packed, size, 0)));
    postern_buf_add(out, sizes, 4);
    return postern_buf_add(out, packed, size);
}

/* Blocks run over the ends of files. */
static postern_status add_blocks(postern_buf *out, const make_file *files, size_t count, size_t *ret_blocks) {
    uint8_t block[BLOCK];
    size_t used = 0;
    postern_status status = POSTERN_OK;
    *ret_blocks = 0;
    for (size_t i = 0; i < count && !status; i++) {
        postern_slice rest = files[i].bytes;
        while (rest.len && !status) {
            postern_slice take = postern_slice_sub(rest, 0, BLOCK - used);
            memcpy(block + used, take.ptr, take.len);
            used += take.len;
            rest = postern_slice_from(rest, take.len);
            if (used < BLOCK) continue;
            status = add_block(out, block, used);
            used = 0;
            ++*ret_blocks;
        }
    }
    if (status || !used) return status;
    ++*ret_blocks;
    return add_block(out, block, used);
}

/* DOS date and time, read as UTC like ours are written. */
static void add_time(postern_buf *out, int64_t seconds) {
    time_t at = (time_t)seconds;
    struct tm t;
    if (!seconds || !gmtime_r(&at, &t) || t.tm_year < 80 || t.tm_year > 207) {
        make_u32(out, 0x21); /* 1980-01-01 */
        return;
    }
    make_u16(out, (unsigned)((t.tm_year - 80) << 9 | (t.tm_mon + 1) << 5 | t.tm_mday));
    make_u16(out, (unsigned)(t.tm_hour << 11 | t.tm_min << 5 | t.tm_sec / 2));
}

static bool is_ascii(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 0x80) return false;
    return true;
}

static void add_entries(postern_buf *out, const make_file *files, size_t count) {
    enum { ARCHIVE = 0x20 };
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        make_u32(out, files[i].bytes.len);
        make_u32(out, at);
        make_u16(out, 0);
        add_time(out, files[i].time);
        make_u16(out, ARCHIVE | (is_ascii(files[i].path) ? 0 : NAME_IS_UTF8));
        postern_buf_add_slice(out, files[i].path);
        postern_buf_add_byte(out, 0);
        at += files[i].bytes.len;
    }
}

postern_status make_cabinet(const make_file *files, size_t count, postern_buf *out, postern_error *reterr) {
    postern_buf entries, blocks;
    size_t block_count = 0;
    if (!count || count > FILES_MAX)
        return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "a cabinet of %zu files", count);
    postern_buf_init(&entries, POSTERN_LIMIT_PACKAGE_BYTES);
    postern_buf_init(&blocks, POSTERN_LIMIT_PACKAGE_BYTES);
    add_entries(&entries, files, count);
    postern_status status = add_blocks(&blocks, files, count, &block_count);
    if (!status && (block_count > UINT16_MAX || entries.status || blocks.status))
        status = entries.status ? entries.status : POSTERN_LIMIT;
    if (!status) {
        size_t data_at = HEADER + FOLDER + entries.len;
        postern_buf_add_slice(out, POSTERN_S("MSCF\0\0\0\0"));
        make_u32(out, data_at + blocks.len);
        make_u32(out, 0);
        make_u32(out, HEADER + FOLDER);
        make_u32(out, 0);
        make_u16(out, 0x0103);
        make_u16(out, 1);
        make_u16(out, (unsigned)count);
        make_u16(out, 0);
        make_u16(out, 0);
        make_u16(out, 0);
        make_u32(out, data_at);
        make_u16(out, (unsigned)block_count);
        make_u16(out, MSZIP);
        postern_buf_add_slice(out, postern_buf_slice(&entries));
        status = postern_buf_add_slice(out, postern_buf_slice(&blocks));
    }
    postern_buf_free(&entries);
    postern_buf_free(&blocks);
    return status ? postern_fail(reterr, status, POSTERN_NO_OFFSET, "the cabinet does not fit: %s", postern_status_name(status))
                  : POSTERN_OK;
}
