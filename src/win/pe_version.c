/*
 * The version resource (Microsoft, "VERSIONINFO resource"): VS_VERSIONINFO with its fixed part, below it StringFileInfo with a
 * table for each language and code page. Every block: length, value's length, kind, a key in UTF-16, a value, children; each
 * begins at a multiple of four. Compilers disagree whether a text's length counts bytes or characters, so a text reaches to its
 * NUL within its block. A child that says it is longer than its parent is cut at its parent's end.
 */
#include "pe_int.h"

typedef struct block {
    postern_slice key;   /* UTF-16, without its NUL */
    postern_slice value; /* from behind the key to the end of the block */
    uint16_t value_length;
    size_t length; /* of the whole block */
} block;

static size_t aligned(size_t n) {
    return (n + 3) & ~(size_t)3;
}

/* False at the end, or where no block can be. */
static bool read_block(postern_slice bytes, block *ret_block) {
    postern_cursor c = postern_cursor_of(bytes);
    size_t length = postern_cursor_le16(&c), at = 6;
    uint16_t value_length = postern_cursor_le16(&c);
    if (!c.ok || length < 8) return false;
    if (length > bytes.len) length = bytes.len;
    while (at + 1 < length && (bytes.ptr[at] || bytes.ptr[at + 1])) at += 2;
    if (at + 1 >= length) return false;
    postern_slice whole = postern_slice_sub(bytes, 0, length);
    *ret_block = (block){postern_slice_sub(bytes, 6, at - 6), postern_slice_from(whole, aligned(at + 2)), value_length, length};
    return true;
}

static bool key_is(const block *b, const char *ascii) {
    size_t len = strlen(ascii);
    if (b->key.len != 2 * len) return false;
    for (size_t i = 0; i < len; i++)
        if (b->key.ptr[2 * i] != (uint8_t)ascii[i] || b->key.ptr[2 * i + 1]) return false;
    return true;
}

static uint16_t hex_at(postern_slice key, size_t from) {
    uint16_t number = 0;
    for (size_t i = from; i < from + 4; i++) {
        int digit = 2 * i + 1 < key.len && !key.ptr[2 * i + 1] ? postern_hex_value(key.ptr[2 * i]) : -1;
        number = (uint16_t)(number << 4 | (digit < 0 ? 0 : digit));
    }
    return number;
}

static postern_status add_string(const block *b, uint16_t language, uint16_t codepage, pe_strings *strings) {
    postern_pe_string s = {.language = language, .codepage = codepage};
    postern_status status = win_utf16_to_utf8(b->key, false, strings->arena, &s.key);
    if (!status) status = win_utf16_to_utf8(b->value, true, strings->arena, &s.value);
    return status ? status : postern_buf_add(&strings->list, &s, sizeof s);
}

static postern_status read_table(const block *table, pe_strings *strings) {
    postern_slice rest = table->value;
    uint16_t language = hex_at(table->key, 0), codepage = hex_at(table->key, 4);
    block b;
    while (read_block(rest, &b)) {
        postern_status status = add_string(&b, language, codepage, strings);
        if (status) return status;
        rest = postern_slice_from(rest, aligned(b.length));
    }
    return POSTERN_OK;
}

static postern_status read_children(postern_slice rest, pe_strings *strings) {
    block info, table;
    while (read_block(rest, &info)) {
        postern_slice tables = info.value;
        while (key_is(&info, "StringFileInfo") && read_block(tables, &table)) {
            postern_status status = read_table(&table, strings);
            if (status) return status;
            tables = postern_slice_from(tables, aligned(table.length));
        }
        rest = postern_slice_from(rest, aligned(info.length));
    }
    return POSTERN_OK;
}

static postern_win_version version_of(uint32_t high, uint32_t low) {
    return (postern_win_version){{(uint16_t)(high >> 16), (uint16_t)high, (uint16_t)(low >> 16), (uint16_t)low}};
}

static bool read_fixed(postern_slice fixed, postern_pe *pe) {
    uint32_t field[13];
    postern_cursor c = postern_cursor_of(fixed);
    for (size_t i = 0; i < 13; i++) field[i] = postern_cursor_le32(&c);
    if (!c.ok || field[0] != 0xFEEF04BD) return false;
    pe->has_version = true;
    pe->file_version = version_of(field[2], field[3]);
    pe->product_version = version_of(field[4], field[5]);
    pe->file_flags = field[7] & field[6];
    pe->file_os = field[8];
    pe->file_type = field[9];
    pe->file_subtype = field[10];
    return true;
}

postern_status pe_read_version(postern_slice bytes, pe_strings *strings, postern_pe *pe, postern_error *reterr) {
    block top;
    if (!read_block(bytes, &top) || !key_is(&top, "VS_VERSION_INFO"))
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET,
                            "the program is damaged: no VS_VERSION_INFO in its version resource");
    if (top.value_length && !read_fixed(postern_slice_sub(top.value, 0, top.value_length), pe))
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET,
                            "the program is damaged: its version resource has no fixed part");
    postern_status status = read_children(postern_slice_from(top.value, aligned(top.value_length)), strings);
    if (!status) return POSTERN_OK;
    bool limit = status == POSTERN_LIMIT;
    return postern_fail(reterr, status, POSTERN_NO_OFFSET, limit ? "a version resource of more than %u strings" : "no memory",
                        POSTERN_LIMIT_PE_STRINGS);
}
