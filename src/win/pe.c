/*
 * Programs of Windows: the PE format (Microsoft, "PE Format"), as much of it as versions need: headers, sections, the resource
 * directory down to RT_VERSION. 32 and 64 bit. Nothing is loaded, relocated or verified; every offset of the file is a wish
 * that has to lie within the bytes. A hostile file makes offsets wild, directories that point at themselves (the depth is fixed
 * at three, so they lead nowhere), and two version resources that disagree (refused: which one Windows shows depends on its
 * language).
 */
#include "pe_int.h"

enum { RESOURCE_DIRECTORY = 2, SECURITY_DIRECTORY = 4, VERSION_TYPE = 16, DIRECTORY_FLAG = 1 << 31 };

typedef struct image {
    postern_slice bytes;
    size_t sections_at;
    unsigned section_count;
    uint32_t headers_size;
    postern_error *reterr;
} image;

static postern_status malformed(const image *im, uint64_t offset, const char *what) {
    return postern_fail(im->reterr, POSTERN_FORMAT, offset, "the program is damaged: %s", what);
}

/* ---- headers ------------------------------------------------------------------------------------------------------ */

static postern_status find_pe(image *im, size_t *ret_at) {
    static const struct {
        const char *mark, *what;
    } others[] = {{"NE", "no PE file but an NE file, for 16-bit Windows"},
                  {"LE", "no PE file but an LE file, a driver of Windows 98"},
                  {"LX", "no PE file but an LX file, for OS/2"}};
    postern_cursor c = postern_cursor_of(im->bytes);
    if (!postern_slice_starts(im->bytes, POSTERN_S("MZ")))
        return postern_fail(im->reterr, POSTERN_FORMAT, 0, "no PE file: it does not begin with MZ");
    c.pos = 0x3C;
    uint32_t at = postern_cursor_le32(&c);
    postern_slice mark = postern_slice_sub(im->bytes, at, 4);
    for (size_t i = 0; i < 3; i++)
        if (postern_slice_starts(mark, postern_slice_cstr(others[i].mark)))
            return postern_fail(im->reterr, POSTERN_FORMAT, at, "%s", others[i].what);
    if (!c.ok || !postern_slice_eq(mark, POSTERN_S("PE\0\0")))
        return postern_fail(im->reterr, POSTERN_FORMAT, c.ok ? at : 0, "no PE file: an MZ program without a PE header");
    *ret_at = (size_t)at + 4;
    return POSTERN_OK;
}

/* A directory of the optional header: address and size, zeros when it has no such entry. */
static void directory_at(postern_slice optional, size_t first, uint32_t count, uint32_t index, uint32_t *ret_at,
                         uint32_t *ret_size) {
    postern_cursor c = postern_cursor_of(optional);
    c.pos = first + 8 * (size_t)index;
    *ret_at = index < count ? postern_cursor_le32(&c) : 0;
    *ret_size = index < count ? postern_cursor_le32(&c) : 0;
    if (!c.ok) *ret_at = *ret_size = 0;
}

static postern_status read_headers(image *im, postern_pe *pe, uint32_t *ret_resources) {
    size_t at = 0;
    postern_status status = find_pe(im, &at);
    if (status) return status;
    postern_cursor c = postern_cursor_of(im->bytes);
    c.pos = at;
    pe->machine = postern_cursor_le16(&c);
    im->section_count = postern_cursor_le16(&c);
    pe->timestamp = postern_cursor_le32(&c);
    postern_cursor_bytes(&c, 8);
    uint16_t optional_size = postern_cursor_le16(&c);
    pe->is_dll = postern_cursor_le16(&c) & 0x2000;
    postern_slice optional = postern_cursor_bytes(&c, optional_size);
    if (!c.ok) return malformed(im, at, "its headers do not fit the file");
    im->sections_at = c.pos;
    postern_cursor o = postern_cursor_of(optional);
    uint16_t magic = postern_cursor_le16(&o);
    if (magic != 0x10B && magic != 0x20B) return malformed(im, at + 20, "an optional header of no known kind");
    pe->is_64 = magic == 0x20B;
    o.pos = 60;
    im->headers_size = postern_cursor_le32(&o);
    pe->checksum = postern_cursor_le32(&o);
    pe->subsystem = postern_cursor_le16(&o);
    o.pos = pe->is_64 ? 108 : 92;
    uint32_t count = postern_cursor_le32(&o), signature, signature_size, resources_size;
    if (!o.ok) return malformed(im, at + 20, "its optional header is too short");
    directory_at(optional, o.pos, count, RESOURCE_DIRECTORY, ret_resources, &resources_size);
    directory_at(optional, o.pos, count, SECURITY_DIRECTORY, &signature, &signature_size);
    if (signature_size && postern_slice_sub(im->bytes, signature, signature_size).len != signature_size)
        return malformed(im, signature, "its signature does not fit the file");
    pe->has_signature = signature_size > 8;
    if (postern_slice_sub(im->bytes, im->sections_at, 40 * (size_t)im->section_count).len != 40 * (size_t)im->section_count)
        return malformed(im, im->sections_at, "its section table does not fit the file");
    return POSTERN_OK;
}

/* The bytes at an address of the loaded image, up to the end of their section's part of the file; empty when there are none. */
static postern_slice at_address(const image *im, uint32_t address) {
    postern_cursor c = postern_cursor_of(im->bytes);
    for (unsigned i = 0; i < im->section_count; i++) {
        c.pos = im->sections_at + 40 * (size_t)i + 8;
        uint32_t size = postern_cursor_le32(&c), start = postern_cursor_le32(&c);
        uint32_t raw_size = postern_cursor_le32(&c), raw = postern_cursor_le32(&c) & ~(uint32_t)511;
        uint32_t span = size > raw_size ? size : raw_size;
        if (address < start || address - start >= span) continue;
        if (address - start >= raw_size) return (postern_slice){0};
        return postern_slice_from(postern_slice_sub(im->bytes, raw, raw_size), address - start);
    }
    if (address < im->headers_size) return postern_slice_from(postern_slice_sub(im->bytes, 0, im->headers_size), address);
    return (postern_slice){0};
}

/* ---- resources ---------------------------------------------------------------------------------------------------- */

typedef struct node {
    uint32_t id;     /* DIRECTORY_FLAG set: a name, not a number */
    uint32_t offset; /* DIRECTORY_FLAG set: a directory */
} node;

/* Entry number `index` of the directory at `at`; false behind its last one. *ret_ok false: it does not fit the file. */
static bool entry_at(postern_slice resources, uint32_t at, uint32_t index, node *ret_node, bool *ret_ok) {
    postern_cursor c = postern_cursor_of(resources);
    c.pos = (size_t)at + 12;
    uint32_t count = postern_cursor_le16(&c);
    count += postern_cursor_le16(&c);
    *ret_ok = c.ok;
    if (!c.ok || index >= count) return false;
    c.pos = (size_t)at + 16 + 8 * (size_t)index;
    ret_node->id = postern_cursor_le32(&c);
    ret_node->offset = postern_cursor_le32(&c);
    *ret_ok = c.ok;
    return c.ok;
}

static postern_status leaf(const image *im, postern_slice resources, uint32_t offset, postern_slice *ret_bytes) {
    postern_cursor c = postern_cursor_of(resources);
    c.pos = offset;
    uint32_t address = postern_cursor_le32(&c), size = postern_cursor_le32(&c);
    postern_slice bytes = at_address(im, address);
    if (!c.ok || bytes.len < size) return malformed(im, POSTERN_NO_OFFSET, "its version resource does not fit the file");
    *ret_bytes = postern_slice_sub(bytes, 0, size);
    return POSTERN_OK;
}

static bool same_version(const postern_pe *a, const postern_pe *b) {
    return postern_win_version_compare(a->file_version, b->file_version) == 0 &&
           postern_win_version_compare(a->product_version, b->product_version) == 0;
}

/* Every language of one resource; all have to name the same versions. */
static postern_status read_languages(const image *im, postern_slice resources, uint32_t at, pe_strings *strings,
                                     postern_pe *pe) {
    node language;
    bool ok = true;
    postern_pe first = *pe;
    for (uint32_t i = 0; entry_at(resources, at, i, &language, &ok); i++) {
        postern_slice bytes;
        if (i >= POSTERN_LIMIT_PE_LANGUAGES)
            return postern_fail(im->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %u version resources",
                                POSTERN_LIMIT_PE_LANGUAGES);
        if (language.offset & DIRECTORY_FLAG) return malformed(im, POSTERN_NO_OFFSET, "a version resource that is a folder");
        postern_status status = leaf(im, resources, language.offset, &bytes);
        if (!status) status = pe_read_version(bytes, strings, pe, im->reterr);
        if (status) return status;
        if (i && (first.has_version != pe->has_version || !same_version(&first, pe)))
            return malformed(im, POSTERN_NO_OFFSET, "its version resources disagree");
        first = *pe;
    }
    return ok ? POSTERN_OK : malformed(im, POSTERN_NO_OFFSET, "its resource directory does not fit the file");
}

/* Number 1 as Windows asks for it, else the first one. */
static postern_status read_names(const image *im, postern_slice resources, uint32_t at, pe_strings *strings, postern_pe *pe) {
    node name, chosen = {0};
    bool ok = true, has = false;
    for (uint32_t i = 0; entry_at(resources, at, i, &name, &ok); i++) {
        if (!has || name.id == 1) chosen = name;
        has = true;
        if (name.id == 1) break;
    }
    if (!ok) return malformed(im, POSTERN_NO_OFFSET, "its resource directory does not fit the file");
    if (!has) return POSTERN_OK;
    if (!(chosen.offset & DIRECTORY_FLAG)) return malformed(im, POSTERN_NO_OFFSET, "a version resource without a language");
    return read_languages(im, resources, chosen.offset & ~DIRECTORY_FLAG, strings, pe);
}

static postern_status read_resources(const image *im, uint32_t address, pe_strings *strings, postern_pe *pe) {
    node type;
    bool ok = true;
    postern_slice resources = at_address(im, address);
    for (uint32_t i = 0; entry_at(resources, 0, i, &type, &ok); i++) {
        if (type.id != VERSION_TYPE) continue;
        if (!(type.offset & DIRECTORY_FLAG)) return malformed(im, POSTERN_NO_OFFSET, "its resource directory has a flat type");
        return read_names(im, resources, type.offset & ~DIRECTORY_FLAG, strings, pe);
    }
    return ok ? POSTERN_OK : malformed(im, POSTERN_NO_OFFSET, "its resource directory does not fit the file");
}

postern_status postern_pe_read(postern_slice bytes, postern_arena *arena, postern_pe *ret_pe, postern_error *reterr) {
    image im = {.bytes = bytes, .reterr = reterr};
    postern_pe pe = {0};
    pe_strings strings = {.arena = arena};
    uint32_t resources = 0;
    postern_buf_init(&strings.list, POSTERN_LIMIT_PE_STRINGS * sizeof(postern_pe_string));
    postern_status status = read_headers(&im, &pe, &resources);
    if (!status && resources) status = read_resources(&im, resources, &strings, &pe);
    if (!status && strings.list.len) {
        postern_slice kept;
        status = postern_arena_copy(arena, postern_buf_slice(&strings.list), &kept);
        if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the version resource");
        pe.strings = (const postern_pe_string *)(const void *)kept.ptr;
        pe.string_count = strings.list.len / sizeof(postern_pe_string);
    }
    postern_buf_free(&strings.list);
    if (!status) *ret_pe = pe;
    return status;
}

postern_slice postern_pe_text(const postern_pe *pe, postern_slice key) {
    for (size_t i = 0; i < pe->string_count; i++)
        if (win_name_eq(pe->strings[i].key, key)) return pe->strings[i].value;
    return (postern_slice){0};
}

postern_status win_place_pe(postern_win *win, win_place place, const postern_pe **ret_pe, postern_error *reterr) {
    if (place.index == SIZE_MAX) return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "is a folder");
    win_slot *slot = &place.dir->slots[place.index];
    postern_file *file;
    postern_status status = POSTERN_OK;
    if (!slot->pe) {
        postern_pe *pe = postern_arena_zalloc(win->arena, 1, sizeof *pe);
        if (!pe) return win_fail_memory(win, reterr);
        status = win_place_read(win, place, &file, reterr);
        if (status) return status;
        status = postern_pe_read(postern_file_bytes(file), win->arena, pe, reterr);
        postern_file_close(file);
        if (!status) slot->pe = pe;
    }
    if (!status) *ret_pe = slot->pe;
    return status;
}

postern_status postern_win_pe(postern_win *win, const postern_win_view *view, postern_slice path, const postern_pe **ret_pe,
                              postern_error *reterr) {
    win_place place;
    postern_status status = win_resolve(win, view, path, &place, reterr);
    return status ? status : win_place_pe(win, place, ret_pe, reterr);
}
