/*
 * The compressed RTF body of a message of Exchange ([MS-OXRTFCP]): LZ77 over a ring of 4 KiB that begins with words RTF begins
 * with. Left out: the checksum.
 */
#include "postern/codec.h"

enum { COMPRESSED = 0x75465A4C, PLAIN = 0x414C454D, RING = 4096, BITS = 8 };

static const char beginning[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

typedef struct ring {
    uint8_t bytes[RING];
    size_t at;
    postern_buf *out;
} ring;

static void put(ring *r, uint8_t byte) {
    r->bytes[r->at] = byte;
    r->at = (r->at + 1) % RING;
    postern_buf_add_byte(r->out, byte);
}

/* A reference is 12 bits of place and 4 of length; one to the place that is written next is the end. */
static bool copy(ring *r, postern_cursor *c) {
    unsigned high = postern_cursor_u8(c), low = postern_cursor_u8(c);
    size_t from = high << 4 | low >> 4, len = (low & 15) + 2;
    if (!c->ok || from == r->at) return false;
    for (size_t i = 0; i < len; i++) put(r, r->bytes[(from + i) % RING]);
    return true;
}

static void unpack(postern_cursor *c, postern_buf *out) {
    ring r = {.at = sizeof beginning - 1, .out = out};
    memcpy(r.bytes, beginning, sizeof beginning - 1);
    for (bool more = true; more && c->ok && !out->status;) {
        unsigned control = postern_cursor_u8(c);
        for (unsigned bit = 0; bit < BITS && more; bit++) {
            if (control >> bit & 1) {
                more = copy(&r, c);
                continue;
            }
            uint8_t literal = postern_cursor_u8(c);
            if (c->ok) put(&r, literal);
            more = c->ok;
        }
    }
}

/* A damaged one gives what is there. Two bytes make 17 at most, so that the input bounds the output. */
postern_status postern_rtf_unpack(postern_arena *arena, postern_slice packed, postern_slice *ret_rtf) {
    postern_cursor c = postern_cursor_of(packed);
    postern_buf out;
    postern_cursor_le32(&c); /* sizes and a checksum of the writer's */
    uint32_t size = postern_cursor_le32(&c), kind = postern_cursor_le32(&c);
    postern_cursor_le32(&c);
    *ret_rtf = POSTERN_S("");
    if (!c.ok || (kind != COMPRESSED && kind != PLAIN)) return POSTERN_OK;
    if (kind == PLAIN) {
        *ret_rtf = postern_slice_sub(packed, c.pos, size);
        return POSTERN_OK;
    }
    postern_buf_init(&out, POSTERN_LIMIT_DOCUMENT);
    unpack(&c, &out);
    postern_status status = out.status;
    if (!status) status = postern_arena_copy(arena, postern_slice_sub(postern_buf_slice(&out), 0, size), ret_rtf);
    postern_buf_free(&out);
    return status;
}
