/*
 * Values: raw bytes of a hive as text, lists and numbers. Registry strings are UTF-16LE with or without their NUL; what stands
 * behind a NUL is not seen by programs of Windows and is not seen here.
 */
#include "win_int.h"

static uint32_t unit_at(postern_slice raw, size_t at) {
    return (uint32_t)raw.ptr[at] | (uint32_t)raw.ptr[at + 1] << 8;
}

postern_status win_utf16_to_utf8(postern_slice raw, bool to_nul, postern_arena *arena, postern_slice *ret_text) {
    size_t len = 0, room = raw.len / 2 * 3;
    uint8_t *text = postern_arena_alloc(arena, room + 1);
    if (!text) return postern_arena_failure(arena);
    for (size_t i = 0, taken; i + 1 < raw.len; i += taken) {
        uint32_t c = postern_utf16_at(raw, i, false, &taken);
        if (c == 0 && to_nul) break;
        len += postern_utf8_put(c, text + len);
    }
    text[len] = 0;
    *ret_text = postern_slice_of(text, len);
    return POSTERN_OK;
}

postern_status postern_value_text(const postern_value *value, postern_arena *arena, postern_slice *ret_text) {
    if (value->type != POSTERN_REG_SZ && value->type != POSTERN_REG_EXPAND_SZ && value->type != POSTERN_REG_LINK)
        return POSTERN_FORMAT;
    return win_utf16_to_utf8(value->raw, true, arena, ret_text);
}

postern_status postern_value_list(const postern_value *value, postern_arena *arena, const postern_slice **ret_texts,
                                  size_t *ret_count) {
    postern_slice rest = value->raw;
    size_t count = 0, room = 0;
    if (value->type != POSTERN_REG_MULTI_SZ) return POSTERN_FORMAT;
    for (size_t i = 0; i + 1 < rest.len; i += 2) room += unit_at(rest, i) == 0;
    postern_slice *texts = postern_arena_zalloc(arena, room + 1, sizeof *texts);
    if (!texts) return postern_arena_failure(arena);
    while (rest.len > 1 && unit_at(rest, 0)) {
        size_t end = 0;
        while (end + 1 < rest.len && unit_at(rest, end)) end += 2;
        postern_status status = win_utf16_to_utf8(postern_slice_sub(rest, 0, end), false, arena, &texts[count++]);
        if (status) return status;
        rest = postern_slice_from(rest, end + 2);
    }
    *ret_texts = texts;
    *ret_count = count;
    return POSTERN_OK;
}

postern_status postern_value_number(const postern_value *value, uint64_t *ret_number) {
    postern_cursor c = postern_cursor_of(value->raw);
    if (value->type == POSTERN_REG_DWORD && value->raw.len == 4) {
        *ret_number = postern_cursor_le32(&c);
    } else if (value->type == POSTERN_REG_DWORD_BIG_ENDIAN && value->raw.len == 4) {
        *ret_number = __builtin_bswap32(postern_cursor_le32(&c));
    } else if (value->type == POSTERN_REG_QWORD && value->raw.len == 8) {
        *ret_number = postern_cursor_le64(&c);
    } else {
        return POSTERN_FORMAT;
    }
    return POSTERN_OK;
}

const char *postern_reg_type_name(uint32_t type) {
    static const char *const names[] = {"reg_none",
                                        "reg_sz",
                                        "reg_expand_sz",
                                        "reg_binary",
                                        "reg_dword",
                                        "reg_dword_big_endian",
                                        "reg_link",
                                        "reg_multi_sz",
                                        "reg_resource_list",
                                        "reg_full_resource_descriptor",
                                        "reg_resource_requirements_list",
                                        "reg_qword"};
    return type < sizeof names / sizeof *names ? names[type] : NULL;
}
