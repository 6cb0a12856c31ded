/*
 * The resources in which IExpress keeps its package: RT_RCDATA entries by name (CABINET, RUNPROGRAM, POSTRUNPROGRAM, TITLE …).
 * [PE format, ".rsrc section"]
 *
 * Three levels of directories: type, name, language. An attacker's offsets lead anywhere, also back: each level is walked once,
 * every read goes through the bounds of the section.
 */
#include "update_int.h"

enum { RT_RCDATA = 10, SECTION_SIZE = 40, ENTRY_SIZE = 8, SECTIONS_MAX = 96, RESOURCES = 2 };

typedef struct rsrc {
    postern_slice file;    /* the whole program */
    postern_slice section; /* .rsrc */
    uint32_t section_va;
} rsrc;

static uint32_t u32_at(postern_slice s, size_t at, bool *ok) {
    postern_cursor c = postern_cursor_of(postern_slice_from(s, at));
    uint32_t value = postern_cursor_le32(&c);
    *ok &= c.ok && at <= s.len;
    return value;
}

static uint16_t u16_at(postern_slice s, size_t at, bool *ok) {
    postern_cursor c = postern_cursor_of(postern_slice_from(s, at));
    uint16_t value = postern_cursor_le16(&c);
    *ok &= c.ok && at <= s.len;
    return value;
}

/* Finds the section that holds data directory RESOURCES. False: there is none, or the headers do not fit. */
static bool find_section(rsrc *r) {
    bool ok = true;
    size_t pe = u32_at(r->file, 0x3C, &ok);
    if (!ok || !postern_slice_eq(postern_slice_sub(r->file, pe, 4), POSTERN_S("PE\0\0"))) return false;
    uint16_t sections = u16_at(r->file, pe + 6, &ok), optional = u16_at(r->file, pe + 20, &ok),
             magic = u16_at(r->file, pe + 24, &ok);
    size_t directories = pe + 24 + (magic == 0x20B ? 112 : 96);
    if (!ok || (magic != 0x10B && magic != 0x20B) || sections > SECTIONS_MAX) return false;
    if (u32_at(r->file, directories - 4, &ok) <= RESOURCES) return false;
    uint32_t va = u32_at(r->file, directories + RESOURCES * 8, &ok);
    for (uint16_t i = 0; ok && va && i < sections; i++) {
        size_t at = pe + 24 + optional + (size_t)i * SECTION_SIZE;
        uint32_t virtual_size = u32_at(r->file, at + 8, &ok), section_va = u32_at(r->file, at + 12, &ok);
        uint32_t raw_size = u32_at(r->file, at + 16, &ok), raw_at = u32_at(r->file, at + 20, &ok);
        uint32_t span = virtual_size > raw_size ? virtual_size : raw_size;
        if (!ok || va < section_va || va - section_va >= span) continue;
        r->section = postern_slice_sub(postern_slice_from(r->file, raw_at), va - section_va, raw_size);
        r->section_va = va;
        return r->section.len != 0;
    }
    return false;
}

bool update_program_cut(postern_slice pe) {
    bool ok = true;
    size_t at = u32_at(pe, 0x3C, &ok);
    if (!ok || !postern_slice_eq(postern_slice_sub(pe, at, 4), POSTERN_S("PE\0\0"))) return false;
    uint16_t sections = u16_at(pe, at + 6, &ok), optional = u16_at(pe, at + 20, &ok);
    for (uint16_t i = 0; ok && i < sections && i < SECTIONS_MAX; i++) {
        size_t row = at + 24 + optional + (size_t)i * SECTION_SIZE;
        uint64_t raw_size = u32_at(pe, row + 16, &ok), raw_at = u32_at(pe, row + 20, &ok);
        if (ok && raw_size && raw_at + raw_size > pe.len) return true;
    }
    return !ok;
}

static bool name_is(const rsrc *r, uint32_t name, postern_slice wanted) {
    if (!(name & 0x80000000u)) return false;
    bool ok = true;
    size_t at = name & 0x7FFFFFFFu;
    if (u16_at(r->section, at, &ok) != wanted.len || !ok) return false;
    for (size_t i = 0; i < wanted.len; i++) {
        uint16_t unit = u16_at(r->section, at + 2 + 2 * i, &ok);
        if (!ok || unit > 0x7F || postern_ascii_lower((uint8_t)unit) != postern_ascii_lower(wanted.ptr[i])) return false;
    }
    return true;
}

/* The entry of the directory at `at` that has this id, or this name; with neither, the first. Its offset field, or false. */
static bool find_entry(const rsrc *r, size_t at, uint32_t id, postern_slice name, uint32_t *ret_offset) {
    bool ok = true;
    size_t count = (size_t)u16_at(r->section, at + 12, &ok) + u16_at(r->section, at + 14, &ok);
    for (size_t i = 0; ok && i < count; i++) {
        uint32_t entry = u32_at(r->section, at + 16 + i * ENTRY_SIZE, &ok);
        *ret_offset = u32_at(r->section, at + 20 + i * ENTRY_SIZE, &ok);
        if (ok && (name.len ? name_is(r, entry, name) : !id || entry == id)) return true;
    }
    return false;
}

postern_status update_resource(postern_slice pe, postern_slice name, postern_slice *ret_bytes, postern_error *reterr) {
    rsrc r = {.file = pe};
    uint32_t type, named, language;
    const postern_slice none = {NULL, 0};
    const uint32_t below = 0x80000000u;
    if (!find_section(&r) || !find_entry(&r, 0, RT_RCDATA, none, &type) || !(type & below) ||
        !find_entry(&r, type & ~below, 0, name, &named) || !(named & below) ||
        !find_entry(&r, named & ~below, 0, none, &language) || (language & below))
        return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no resource %.*s", POSTERN_ARG(name));
    bool ok = true;
    uint32_t va = u32_at(r.section, language, &ok), size = u32_at(r.section, language + 4ul, &ok);
    if (!ok || va < r.section_va || postern_slice_sub(r.section, va - r.section_va, size).len != size)
        return postern_fail(reterr, POSTERN_FORMAT, (uint64_t)(r.section.ptr - pe.ptr) + language,
                            "the resource %.*s lies outside the program", POSTERN_ARG(name));
    *ret_bytes = postern_slice_sub(r.section, va - r.section_va, size);
    return POSTERN_OK;
}
