/*
 * .reg exports: "Windows Registry Editor Version 5.00" (UTF-16LE with a byte order mark, or UTF-8) and REGEDIT4 (bytes of some
 * code page; only their ASCII matters here). Keys in brackets, "name"=value or @=value below them; dword:, quoted strings, hex
 * and hex(n): with continued lines. A '-' before a key or as a value deletes. An attacker may hand a victim such a file: it is
 * only read, and what is malformed is an error.
 */
#include "postern/zone.h"

typedef struct reg_reader {
    postern_slice text;
    size_t pos;
    bool has_key, ansi;
    postern_slice key;
    postern_buf scratch;
    postern_status (*each)(void *user, const postern_reg_entry *entry);
    void *user;
    postern_error *reterr;
} reg_reader;

static postern_status malformed(const reg_reader *r, size_t offset, const char *what) {
    return postern_fail(r->reterr, POSTERN_FORMAT, offset, "the .reg file is malformed: %s", what);
}

static postern_slice next_line(reg_reader *r) {
    size_t start = r->pos, end = start;
    while (end < r->text.len && r->text.ptr[end] != '\n' && r->text.ptr[end] != '\r') end++;
    r->pos = end;
    if (r->pos < r->text.len && r->text.ptr[r->pos] == '\r') r->pos++;
    if (r->pos < r->text.len && r->text.ptr[r->pos] == '\n') r->pos++;
    return postern_slice_sub(r->text, start, end - start);
}

static postern_status read_key(reg_reader *r, postern_slice line, size_t offset) {
    if (line.ptr[line.len - 1] != ']') return malformed(r, offset, "a key without its closing bracket");
    postern_slice key = postern_slice_sub(line, 1, line.len - 2);
    bool deletes = key.len && key.ptr[0] == '-';
    if (deletes) key = postern_slice_from(key, 1);
    while (key.len && key.ptr[key.len - 1] == '\\') key.len--;
    r->has_key = true;
    r->key = key;
    postern_reg_entry entry = {.key = key, .deletes = deletes, .offset = offset};
    return r->each(r->user, &entry);
}

/* A quoted string from `*pos` on; backslash escapes quote and backslash. The result is in r->scratch behind `*ret_start`. */
static bool read_quoted(reg_reader *r, postern_slice line, size_t *pos, size_t *ret_start) {
    *ret_start = r->scratch.len;
    if (*pos >= line.len || line.ptr[*pos] != '"') return false;
    for (size_t i = *pos + 1; i < line.len; i++) {
        uint8_t c = line.ptr[i];
        if (c == '"') {
            *pos = i + 1;
            return true;
        }
        if (c == '\\' && i + 1 < line.len) c = line.ptr[++i];
        postern_buf_add_byte(&r->scratch, c);
    }
    return false;
}

static bool read_number(postern_slice digits, uint32_t *ret_number) {
    uint64_t number;
    if (digits.len > 8 || !postern_slice_hex(digits, UINT32_MAX, &number)) return false;
    *ret_number = (uint32_t)number;
    return true;
}

/* Bytes as "12,34,", on over lines that end in a backslash. */
static bool read_hex(reg_reader *r, postern_slice line) {
    for (;;) {
        line = postern_slice_trim(line);
        bool more = line.len && line.ptr[line.len - 1] == '\\';
        if (more) line.len--;
        while (line.len) {
            postern_cut cut = postern_slice_cut(line, ',');
            postern_slice digits = postern_slice_trim(cut.head);
            uint32_t byte;
            if (digits.len > 2 || (digits.len == 0 && cut.ok)) return false;
            if (digits.len && !read_number(digits, &byte)) return false;
            if (digits.len) postern_buf_add_byte(&r->scratch, (uint8_t)byte);
            line = cut.tail;
        }
        if (!more) return true;
        if (r->pos >= r->text.len) return false;
        line = next_line(r);
    }
}

/* What stands behind the '=': into r->scratch. */
static postern_status read_data(reg_reader *r, postern_slice data, postern_reg_entry *entry) {
    size_t pos = 0, start;
    uint32_t number;
    entry->deletes = postern_slice_eq(data, POSTERN_S("-"));
    if (entry->deletes) return POSTERN_OK;
    if (data.len && data.ptr[0] == '"') {
        entry->type = 1;
        entry->is_text = true;
        if (read_quoted(r, data, &pos, &start)) return POSTERN_OK;
        return malformed(r, entry->offset, "a string without its closing quote");
    }
    postern_cut cut = postern_slice_cut(data, ':');
    if (cut.ok && postern_slice_eq_nocase(cut.head, POSTERN_S("dword"))) {
        entry->type = 4;
        /* A number that is none is one of no bytes: it fails closed where it is used, and there its key is named (Z14). */
        if (!read_number(postern_slice_trim(cut.tail), &number)) return POSTERN_OK;
        for (int i = 0; i < 4; i++) postern_buf_add_byte(&r->scratch, (uint8_t)(number >> (8 * i)));
        return POSTERN_OK;
    }
    if (!cut.ok || !postern_slice_starts_nocase(cut.head, POSTERN_S("hex")))
        return malformed(r, entry->offset, "a value of no known type");
    postern_slice kind = postern_slice_from(cut.head, 3);
    entry->type = 3;
    if (kind.len && (kind.len < 3 || kind.ptr[0] != '(' || kind.ptr[kind.len - 1] != ')' ||
                     !read_number(postern_slice_sub(kind, 1, kind.len - 2), &entry->type)))
        return malformed(r, entry->offset, "a value of no known type");
    return read_hex(r, cut.tail) ? POSTERN_OK : malformed(r, entry->offset, "bytes that are not two hexadecimal digits each");
}

static postern_status read_value(reg_reader *r, postern_slice line, size_t offset) {
    size_t pos = 0, name_start = 0, name_end = 0;
    postern_reg_entry entry = {.key = r->key, .is_value = true, .is_ansi = r->ansi, .offset = offset};
    if (!r->has_key) return malformed(r, offset, "a value before the first key");
    postern_buf_clear(&r->scratch);
    if (line.ptr[0] == '@')
        pos = 1;
    else if (!read_quoted(r, line, &pos, &name_start))
        return malformed(r, offset, "a line that is neither key nor value");
    name_end = r->scratch.len;
    postern_slice rest = postern_slice_trim(postern_slice_from(line, pos));
    if (rest.len == 0 || rest.ptr[0] != '=') return malformed(r, offset, "a value without '='");
    postern_status status = read_data(r, postern_slice_trim(postern_slice_from(rest, 1)), &entry);
    if (!status) status = r->scratch.status;
    if (status) return status;
    postern_slice bytes = postern_buf_slice(&r->scratch);
    entry.name = postern_slice_sub(bytes, name_start, name_end - name_start);
    entry.data = postern_slice_from(bytes, name_end);
    return r->each(r->user, &entry);
}

static postern_status read_lines(reg_reader *r) {
    postern_slice first = postern_slice_trim(next_line(r));
    r->ansi = postern_slice_eq_nocase(first, POSTERN_S("REGEDIT4"));
    if (!r->ansi && !postern_slice_eq_nocase(first, POSTERN_S("Windows Registry Editor Version 5.00")))
        return malformed(r, 0, "it does not begin with its version line");
    while (r->pos < r->text.len) {
        size_t offset = r->pos;
        postern_slice line = postern_slice_trim(next_line(r));
        if (line.len == 0 || line.ptr[0] == ';') continue;
        postern_status status = line.ptr[0] == '[' ? read_key(r, line, offset) : read_value(r, line, offset);
        if (status == POSTERN_NOMEM || status == POSTERN_LIMIT)
            return postern_fail(r->reterr, status, offset, "the .reg file is too large");
        if (status) return status;
    }
    return POSTERN_OK;
}

postern_status postern_reg_read(postern_slice bytes, postern_status (*each)(void *user, const postern_reg_entry *entry),
                                void *user, postern_error *reterr) {
    postern_charset charset = postern_charset_from_bom(bytes, NULL);
    if (charset == POSTERN_CHARSET_NONE)
        charset = postern_utf8_valid(bytes) ? POSTERN_CHARSET_UTF_8 : POSTERN_CHARSET_WINDOWS_1252;
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_INPUT);
    if (!arena) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    reg_reader r = {.each = each, .user = user, .reterr = reterr};
    postern_buf_init(&r.scratch, POSTERN_LIMIT_INPUT);
    postern_status status = postern_charset_decode_arena(charset, bytes, arena, NULL, POSTERN_NO_PART, &r.text);
    if (status)
        postern_fail(reterr, status, POSTERN_NO_OFFSET, "the .reg file is too large");
    else
        status = read_lines(&r);
    postern_buf_free(&r.scratch);
    postern_arena_free(arena);
    return status;
}

/* Programs that write REGEDIT4 by hand put UTF-16 there, too: text in ASCII shows it by its zeros. */
static bool is_wide(const postern_reg_entry *entry) {
    if (!entry->is_ansi) return true;
    for (size_t i = 1; i < entry->data.len; i += 2)
        if (entry->data.ptr[i]) return false;
    return entry->data.len > 2 && entry->data.len % 2 == 0;
}

postern_status postern_reg_text(const postern_reg_entry *entry, postern_buf *out) {
    if (entry->is_text) return postern_buf_add_slice(out, entry->data);
    postern_slice raw = entry->data;
    bool wide = is_wide(entry);
    size_t unit = wide ? 2 : 1;
    while (raw.len >= unit && raw.ptr[raw.len - 1] == 0 && raw.ptr[raw.len - unit] == 0) raw.len -= unit;
    postern_sink sink = postern_buf_sink(out);
    return postern_charset_decode(wide ? POSTERN_CHARSET_UTF_16LE : POSTERN_CHARSET_WINDOWS_1252, raw, &sink, NULL,
                                  POSTERN_NO_PART);
}
