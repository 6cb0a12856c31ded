/*
 * Where Authenticode keeps a signature, and which bytes its digest covers. [Windows Authenticode Portable Executable Signature
 * Format; MS-CAB 2.1 for the reserved header of a cabinet]
 *
 *   program   data directory 4 names the certificate table at the end of the file; left out are the checksum, that directory's
 *             entry and the table
 *   cabinet   a reserved header of 20 bytes names place and size behind the cabinet; left out are the reserved field, the
 *             cabinet's number and that header
 *
 * What an attacker does with it: content in or behind the table, where no digest reaches. Nothing of a package is read from
 * there (`covered`).
 */
#include "update_int.h"

enum { CHECKSUM = 64, SECURITY = 4, ENTRY = 8, CERTIFICATE_HEAD = 8, PKCS7_SIGNED = 2, REVISION_2 = 0x200 };

static update_signed malformed(update_signed s, const char *what) {
    s.wrong = what;
    return s;
}

/* WIN_CERTIFICATE: length, revision, type, then the signature. */
static update_signed read_table(update_signed s, postern_slice table) {
    postern_cursor c = postern_cursor_of(table);
    uint32_t len = postern_cursor_le32(&c);
    uint16_t revision = postern_cursor_le16(&c), type = postern_cursor_le16(&c);
    if (!c.ok || len < CERTIFICATE_HEAD || len > table.len) return malformed(s, "its certificate table does not fit the file");
    if (revision != REVISION_2 || type != PKCS7_SIGNED) return malformed(s, "its certificate table is of another kind");
    s.blob = postern_slice_sub(table, CERTIFICATE_HEAD, len - CERTIFICATE_HEAD);
    return s;
}

static update_signed of_program(postern_slice bytes) {
    update_signed s = {.covered = bytes};
    postern_cursor c = postern_cursor_of(bytes);
    c.pos = 0x3C;
    size_t pe = postern_cursor_le32(&c);
    if (!c.ok || !postern_slice_eq(postern_slice_sub(bytes, pe, 4), POSTERN_S("PE\0\0"))) return s;
    c.pos = pe + 24;
    uint16_t magic = postern_cursor_le16(&c);
    size_t directories = pe + 24 + (magic == 0x20B ? 112 : 96);
    if (!c.ok || (magic != 0x10B && magic != 0x20B)) return s;
    c.pos = directories - 4;
    uint32_t count = postern_cursor_le32(&c);
    if (!c.ok || count <= SECURITY) return s;
    size_t entry = directories + SECURITY * ENTRY;
    c.pos = entry;
    size_t at = postern_cursor_le32(&c), size = postern_cursor_le32(&c);
    if (!c.ok) return s;
    if (!at && !size) { /* what a catalogue has the digest of */
        size_t sum = pe + 24 + CHECKSUM;
        s.parts[0] = postern_slice_sub(bytes, 0, sum);
        s.parts[1] = postern_slice_sub(bytes, sum + 4, entry - sum - 4);
        s.parts[2] = postern_slice_from(bytes, entry + ENTRY);
        s.parts[3] = postern_slice_sub(POSTERN_S("\0\0\0\0\0\0\0"), 0, -bytes.len % 8);
        return s;
    }
    s.has_signature = true;
    if (at < entry + ENTRY || at > bytes.len || size > bytes.len - at)
        return malformed(s, "its certificate table does not fit the file");
    s.covered = postern_slice_sub(bytes, 0, at);
    if (at + size != bytes.len) return malformed(s, "something stands behind its certificate table, where no digest reaches");
    size_t checksum = pe + 24 + CHECKSUM;
    s.parts[0] = postern_slice_sub(bytes, 0, checksum);
    s.parts[1] = postern_slice_sub(bytes, checksum + 4, entry - checksum - 4);
    s.parts[2] = postern_slice_sub(bytes, entry + ENTRY, at - entry - ENTRY);
    return read_table(s, postern_slice_sub(bytes, at, size));
}

/* flags: a reserved header; its 20 bytes: 16 in the low half of the first number, then offset and size. */
static update_signed of_cabinet(postern_slice bytes) {
    enum { FLAGS = 30, NUMBER = 34, RESERVED = 4, HEADER = 36, OWN = 20, AFTER = 56 };
    update_signed s = {.covered = bytes};
    postern_cursor c = postern_cursor_of(bytes);
    c.pos = FLAGS;
    uint16_t flags = postern_cursor_le16(&c);
    c.pos = HEADER;
    uint16_t reserved = postern_cursor_le16(&c);
    if (!c.ok || !(flags & RESERVED) || reserved != OWN) return s;
    c.pos = HEADER + 8;
    size_t at = postern_cursor_le32(&c), size = postern_cursor_le32(&c);
    if (!c.ok || !at || !size) return s;
    s.has_signature = true;
    if (at < AFTER + 4 || at > bytes.len || size > bytes.len - at) return malformed(s, "its signature does not fit the file");
    s.covered = postern_slice_sub(bytes, 0, at);
    if (bytes.len - at - size >= 8) return malformed(s, "something stands behind its signature, where no digest reaches");
    s.parts[0] = postern_slice_sub(bytes, 0, 4);
    s.parts[1] = postern_slice_sub(bytes, 8, NUMBER - 8);
    s.parts[2] = postern_slice_sub(bytes, AFTER, at - AFTER);
    s.blob = postern_slice_sub(bytes, at, size);
    return s;
}

update_signed update_signature_place(postern_slice bytes) {
    if (postern_slice_starts(bytes, POSTERN_S("MZ"))) return of_program(bytes);
    if (postern_slice_starts(bytes, POSTERN_S("MSCF"))) return of_cabinet(bytes);
    return (update_signed){.covered = bytes};
}
