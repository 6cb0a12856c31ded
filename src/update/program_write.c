/*
 * The program around a package of ours. It does nothing but say how to use it: under DOS, and as a DOS program under Windows,
 * the MZ stub prints a line and ends; as a Windows program its code is one that returns at once. [PE format; INT 21h, functions
 * 9 and 4Ch]
 *
 * IExpress keeps its package in named RT_RCDATA resources, so its image has a .rsrc section; the other family has its cabinet
 * behind the image. Both are PE files that others' tools can sign.
 */
#include "make_int.h"

enum {
    STUB = 0x100,
    FILE_ALIGN = 0x200,
    PAGE = 0x1000,
    CODE_VA = PAGE,
    RSRC_VA = 2 * PAGE,
    IMAGE_BASE = 0x400000,
    RT_RCDATA = 10,
    LANGUAGE = 0x409,
    RESOURCES_MAX = 32
};

static void pad_to(postern_buf *out, size_t start, size_t align) {
    while ((out->len - start) % align && !out->status) postern_buf_add_byte(out, 0);
}

/* push cs; pop ds; mov dx, text; mov ah, 9; int 21h; mov ax, 4C00h; int 21h; text, '$' at its end. */
static void add_stub(postern_buf *out) {
    static const uint8_t code[] = {0x0E, 0x1F, 0xBA, 0x0E, 0x00, 0xB4, 0x09, 0xCD, 0x21, 0xB8, 0x00, 0x4C, 0xCD, 0x21};
    static const char text[] = "A package for Postern: postern update inspect FILE\r\n$";
    size_t start = out->len;
    postern_buf_add_slice(out, POSTERN_S("MZ"));
    make_u16(out, STUB % 512);
    make_u16(out, 1);
    make_u16(out, 0);
    make_u16(out, 4); /* header: 4 paragraphs, the code stands at 0x40 */
    make_u16(out, 16);
    make_u16(out, 0xFFFF);
    make_u16(out, 0);
    make_u16(out, 0xB8);
    for (int i = 0; i < 4; i++) make_u16(out, i == 3 ? 0x40 : 0); /* checksum, ip, cs, relocations at 0x40: none */
    while (out->len - start < 0x3C && !out->status) postern_buf_add_byte(out, 0);
    make_u32(out, STUB);
    postern_buf_add(out, code, sizeof code);
    postern_buf_add(out, text, sizeof text - 1);
    while (out->len - start < STUB && !out->status) postern_buf_add_byte(out, 0);
}

/* ---- .rsrc: type → name → language → data entry ---- */

static void directory(postern_buf *out, unsigned named, unsigned ids) {
    for (int i = 0; i < 3; i++) make_u32(out, 0);
    make_u16(out, named);
    make_u16(out, ids);
}

static void add_resources(const make_resource *resources, size_t count, postern_buf *out) {
    const uint32_t below = 0x80000000u;
    size_t start = out->len, names_dir = 24, languages = names_dir + 16 + 8 * count, entries = languages + 24 * count;
    size_t names = entries + 16 * count, data = names;
    for (size_t i = 0; i < count; i++) data += 2 + 2 * strlen(resources[i].name);
    data = (data + 7) & ~(size_t)7;
    directory(out, 0, 1);
    make_u32(out, RT_RCDATA);
    make_u32(out, below | names_dir);
    directory(out, (unsigned)count, 0);
    size_t name = names;
    for (size_t i = 0; i < count; i++) {
        make_u32(out, below | name);
        make_u32(out, below | (languages + 24 * i));
        name += 2 + 2 * strlen(resources[i].name);
    }
    for (size_t i = 0; i < count; i++) {
        directory(out, 0, 1);
        make_u32(out, LANGUAGE);
        make_u32(out, entries + 16 * i);
    }
    size_t at = data;
    for (size_t i = 0; i < count; i++) {
        make_u32(out, RSRC_VA + at);
        make_u32(out, resources[i].bytes.len);
        make_u32(out, 0);
        make_u32(out, 0);
        at = (at + resources[i].bytes.len + 7) & ~(size_t)7;
    }
    for (size_t i = 0; i < count; i++) {
        make_u16(out, (unsigned)strlen(resources[i].name));
        for (const char *c = resources[i].name; *c; c++) make_u16(out, (uint8_t)*c);
    }
    for (size_t i = 0; i < count; i++) {
        pad_to(out, start, 8);
        postern_buf_add_slice(out, resources[i].bytes);
    }
}

/* ---- the image ---- */

static void section(postern_buf *out, const char name[8], size_t size, uint32_t va, size_t raw_size, size_t raw_at,
                    uint32_t flags) {
    postern_buf_add(out, name, 8);
    make_u32(out, size);
    make_u32(out, va);
    make_u32(out, raw_size);
    make_u32(out, raw_at);
    for (int i = 0; i < 3; i++) make_u32(out, 0);
    make_u32(out, flags);
}

static size_t aligned(size_t size, size_t to) {
    return (size + to - 1) / to * to;
}

static void add_headers(postern_buf *out, size_t rsrc_size, size_t headers, size_t code_at, size_t rsrc_at) {
    enum { X86 = 0x14C, EXECUTABLE_32 = 0x10F, GUI = 2, DIRECTORIES = 16 };
    size_t rsrc_raw = aligned(rsrc_size, FILE_ALIGN);
    postern_buf_add_slice(out, POSTERN_S("PE\0\0"));
    make_u16(out, X86);
    make_u16(out, rsrc_size ? 2 : 1);
    make_u32(out, 0); /* no time: the same files give the same bytes */
    make_u32(out, 0);
    make_u32(out, 0);
    make_u16(out, 96 + 8 * DIRECTORIES);
    make_u16(out, EXECUTABLE_32);
    make_u16(out, 0x10B);
    make_u16(out, 0);
    make_u32(out, FILE_ALIGN);
    make_u32(out, rsrc_raw);
    make_u32(out, 0);
    make_u32(out, CODE_VA);
    make_u32(out, CODE_VA);
    make_u32(out, RSRC_VA);
    make_u32(out, IMAGE_BASE);
    make_u32(out, PAGE);
    make_u32(out, FILE_ALIGN);
    make_u32(out, 4); /* Windows 4.0: 95, NT 4 */
    make_u32(out, 0);
    make_u32(out, 4);
    make_u32(out, 0);
    make_u32(out, RSRC_VA + aligned(rsrc_size, PAGE)); /* of the image */
    make_u32(out, headers);
    make_u32(out, 0);
    make_u16(out, GUI);
    make_u16(out, 0);
    make_u32(out, 0x100000);
    make_u32(out, PAGE);
    make_u32(out, 0x100000);
    make_u32(out, PAGE);
    make_u32(out, 0);
    make_u32(out, DIRECTORIES);
    for (int i = 0; i < DIRECTORIES; i++) {
        make_u32(out, i == 2 && rsrc_size ? RSRC_VA : 0);
        make_u32(out, i == 2 ? rsrc_size : 0);
    }
    section(out, ".text\0\0", 3, CODE_VA, FILE_ALIGN, code_at, 0x60000020);
    if (rsrc_size) section(out, ".rsrc\0\0", rsrc_size, RSRC_VA, rsrc_raw, rsrc_at, 0x40000040);
}

postern_status make_program(const make_resource *resources, size_t count, postern_buf *out, postern_error *reterr) {
    static const uint8_t code[] = {0x31, 0xC0, 0xC3}; /* xor eax, eax; ret */
    size_t start = out->len;
    if (count > RESOURCES_MAX)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %d resources", RESOURCES_MAX);
    postern_buf rsrc;
    postern_buf_init(&rsrc, POSTERN_LIMIT_PACKAGE_BYTES);
    if (count) add_resources(resources, count, &rsrc);
    size_t headers = aligned(STUB + 24 + 96 + 8 * 16 + 2 * 40, FILE_ALIGN);
    add_stub(out);
    add_headers(out, rsrc.len, headers, headers, headers + FILE_ALIGN);
    pad_to(out, start, FILE_ALIGN);
    postern_buf_add(out, code, sizeof code);
    pad_to(out, start, FILE_ALIGN);
    postern_buf_add_slice(out, postern_buf_slice(&rsrc));
    pad_to(out, start, FILE_ALIGN);
    if (rsrc.status) out->status = rsrc.status;
    postern_buf_free(&rsrc);
    return out->status ? postern_fail(reterr, out->status, POSTERN_NO_OFFSET, "the package does not fit into PACKAGE_BYTES")
                       : POSTERN_OK;
}
