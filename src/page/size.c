/* How large a part is, for people: see size.h. */
#include "size.h"

enum { COUNT_UP_TO = 4 << 20 };

static postern_status count(void *user, const void *bytes, size_t len) {
    (void)bytes;
    *(uint64_t *)user += len;
    return POSTERN_OK;
}

static uint64_t size_of(const postern_part *part) {
    uint64_t size = 0;
    const postern_sink nowhere = {count, &size};
    if (part->body.len <= COUNT_UP_TO && postern_part_decode(part, &nowhere, NULL) == POSTERN_OK) return size;
    size = postern_decoded_max(part->encoding, part->body.len);
    return part->encoding == POSTERN_ENCODING_BASE64 ? size / 78 * 76 : size; /* without the line ends */
}

void page_put_size(postern_buf *out, const postern_part *part) {
    uint64_t size = size_of(part);
    if (size < 1000) postern_buf_printf(out, "%u bytes", (unsigned)size);
    else if (size < 1000000) postern_buf_printf(out, "%u kB", (unsigned)((size + 500) / 1000));
    else postern_buf_printf(out, "%u.%u MB", (unsigned)(size / 1000000), (unsigned)(size / 100000 % 10));
}
