/*
 * .reg exports: "Windows Registry Editor Version 5.00" (UTF-16LE with a byte order mark, or UTF-8) and REGEDIT4 (bytes of some
 * code page; only their ASCII matters here). Keys in brackets, "name"=value or @=value below them; dword:, quoted strings, hex
 * and hex(n): with continued lines. A '-' before a key or as a value deletes. Other hives than the two that speak about zones
 * are passed over. An attacker may hand a victim such a file: nothing here is applied to any system, and what is malformed is
 * an error.
 */
#include "policy_int.h"

typedef struct reg_reader {
    postern_policy *policy;
    postern_slice text;
    size_t pos;
    bool has_key, wanted;
    postern_hive hive;
    postern_slice key;
    postern_buf scratch;
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

static bool split_root(postern_slice key, postern_hive *ret_hive, postern_slice *ret_rest) {
    static const struct {
        const char *name;
        postern_hive hive;
    } roots[] = {{"HKEY_LOCAL_MACHINE", POSTERN_HIVE_MACHINE},
                 {"HKLM", POSTERN_HIVE_MACHINE},
                 {"HKEY_CURRENT_USER", POSTERN_HIVE_USER},
                 {"HKCU", POSTERN_HIVE_USER}};
    postern_cut cut = postern_slice_cut(key, '\\');
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (!postern_slice_eq_nocase(cut.head, postern_slice_cstr(roots[i].name))) continue;
        *ret_hive = roots[i].hive;
        *ret_rest = cut.tail;
        return true;
    }
    return false;
}

/* Earlier values that a deletion takes back. `name` NULL: the key and all below it. */
static void bury(reg_reader *r, postern_hive hive, postern_slice key, const postern_slice *name) {
    for (size_t i = 0; i < r->policy->value_count; i++) {
        policy_value *v = &r->policy->values[i];
        bool machine = v->source == SOURCE_MACHINE || v->source == SOURCE_POLICY_MACHINE;
        if (machine != (hive == POSTERN_HIVE_MACHINE) || !postern_slice_starts_nocase(v->key, key)) continue;
        bool same = v->key.len == key.len, below = !same && v->key.ptr[key.len] == '\\';
        if (name ? same && postern_slice_eq_nocase(v->name, *name) : same || below) v->dead = true;
    }
}

static postern_status read_key(reg_reader *r, postern_slice line, size_t offset) {
    if (line.ptr[line.len - 1] != ']') return malformed(r, offset, "a key without its closing bracket");
    postern_slice key = postern_slice_sub(line, 1, line.len - 2);
    bool deletes = key.len && key.ptr[0] == '-';
    if (deletes) key = postern_slice_from(key, 1);
    while (key.len && key.ptr[key.len - 1] == '\\') key.len--;
    r->has_key = true;
    r->wanted = split_root(key, &r->hive, &r->key);
    if (r->wanted && deletes) {
        bury(r, r->hive, r->key, NULL);
        r->wanted = false;
    }
    return POSTERN_OK;
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

static bool read_dword(reg_reader *r, postern_slice digits) {
    uint32_t number = 0;
    if (digits.len == 0 || digits.len > 8) return false;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = postern_hex_value(digits.ptr[i]);
        if (digit < 0) return false;
        number = number << 4 | (uint32_t)digit;
    }
    for (int i = 0; i < 4; i++) postern_buf_add_byte(&r->scratch, (uint8_t)(number >> (8 * i)));
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
            if (digits.len > 2 || (digits.len == 0 && cut.ok)) return false;
            if (digits.len) {
                int high = digits.len == 2 ? postern_hex_value(digits.ptr[0]) : 0;
                int low = postern_hex_value(digits.ptr[digits.len - 1]);
                if (high < 0 || low < 0) return false;
                postern_buf_add_byte(&r->scratch, (uint8_t)(high << 4 | low));
            }
            line = cut.tail;
        }
        if (!more) return true;
        if (r->pos >= r->text.len) return false;
        line = next_line(r);
    }
}

/* hex(n) strings are UTF-16LE: to UTF-8, without the final NUL. */
static postern_status narrow_string(reg_reader *r, size_t start) {
    postern_buf wide;
    postern_buf_init(&wide, POSTERN_LIMIT_INPUT);
    postern_buf_add(&wide, r->scratch.ptr + start, r->scratch.len - start);
    while (wide.len >= 2 && wide.ptr[wide.len - 1] == 0 && wide.ptr[wide.len - 2] == 0) wide.len -= 2;
    r->scratch.len = start;
    postern_sink sink = postern_buf_sink(&r->scratch);
    postern_status status = wide.status;
    if (!status)
        status = postern_charset_decode(POSTERN_CHARSET_UTF_16LE, postern_buf_slice(&wide), &sink, NULL, POSTERN_NO_PART);
    postern_buf_free(&wide);
    return status;
}

/* What stands behind the '='. *ret_delete: a lone '-'. */
static postern_status read_data(reg_reader *r, postern_slice data, size_t offset, uint32_t *ret_type, bool *ret_delete) {
    size_t pos = 0, start;
    *ret_delete = postern_slice_eq(data, POSTERN_S("-"));
    if (*ret_delete) return POSTERN_OK;
    if (data.len && data.ptr[0] == '"') {
        *ret_type = 1;
        return read_quoted(r, data, &pos, &start) ? POSTERN_OK : malformed(r, offset, "a string without its closing quote");
    }
    postern_cut cut = postern_slice_cut(data, ':');
    if (cut.ok && postern_slice_eq_nocase(cut.head, POSTERN_S("dword"))) {
        *ret_type = 4;
        /* A number that is none stays in the policy as one of no bytes: it fails closed there, and names its key (Z14). */
        read_dword(r, postern_slice_trim(cut.tail));
        return POSTERN_OK;
    }
    if (!cut.ok || !postern_slice_starts_nocase(cut.head, POSTERN_S("hex")))
        return malformed(r, offset, "a value of no known type");
    *ret_type = 3;
    if (cut.head.len > 5 && cut.head.ptr[3] == '(') *ret_type = (uint32_t)(postern_hex_value(cut.head.ptr[4]) & 15);
    start = r->scratch.len;
    if (!read_hex(r, cut.tail)) return malformed(r, offset, "bytes that are not two hexadecimal digits each");
    return *ret_type == 1 || *ret_type == 2 ? narrow_string(r, start) : POSTERN_OK;
}

static postern_status read_value(reg_reader *r, postern_slice line, size_t offset) {
    size_t pos = 0, name_start, name_end, data_start;
    if (!r->has_key) return malformed(r, offset, "a value before the first key");
    postern_buf_clear(&r->scratch);
    if (line.ptr[0] == '@') {
        pos = 1;
        name_start = name_end = 0;
    } else if (!read_quoted(r, line, &pos, &name_start)) {
        return malformed(r, offset, "a line that is neither key nor value");
    }
    name_end = r->scratch.len;
    postern_slice rest = postern_slice_trim(postern_slice_from(line, pos));
    if (rest.len == 0 || rest.ptr[0] != '=') return malformed(r, offset, "a value without '='");
    uint32_t type = 0;
    bool deletes;
    data_start = r->scratch.len;
    postern_status status = read_data(r, postern_slice_trim(postern_slice_from(rest, 1)), offset, &type, &deletes);
    if (!status) status = r->scratch.status;
    if (status || !r->wanted) return status;
    postern_slice bytes = postern_buf_slice(&r->scratch);
    postern_slice name = postern_slice_sub(bytes, name_start, name_end - name_start);
    if (deletes) {
        bury(r, r->hive, r->key, &name);
        return POSTERN_OK;
    }
    postern_registry_value value = {r->hive, r->key, name, type, postern_slice_from(bytes, data_start)};
    return postern_policy_add(r->policy, &value);
}

static postern_status read_lines(reg_reader *r) {
    postern_slice first = postern_slice_trim(next_line(r));
    if (!postern_slice_eq_nocase(first, POSTERN_S("Windows Registry Editor Version 5.00")) &&
        !postern_slice_eq_nocase(first, POSTERN_S("REGEDIT4")))
        return malformed(r, 0, "it does not begin with its version line");
    while (r->pos < r->text.len) {
        size_t offset = r->pos;
        postern_slice line = postern_slice_trim(next_line(r));
        postern_status status = POSTERN_OK;
        if (line.len == 0 || line.ptr[0] == ';') continue;
        if (line.ptr[0] == '[')
            status = read_key(r, line, offset);
        else
            status = read_value(r, line, offset);
        if (status == POSTERN_FORMAT) return status;
        if (status) return postern_fail(r->reterr, status, offset, "the .reg file is too large for a policy");
    }
    return POSTERN_OK;
}

postern_status postern_policy_add_reg(postern_policy *policy, postern_slice bytes, postern_error *reterr) {
    if (policy->sealed) return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "the policy is sealed already");
    postern_charset charset = postern_charset_from_bom(bytes, NULL);
    if (charset == POSTERN_CHARSET_NONE)
        charset = postern_utf8_valid(bytes) ? POSTERN_CHARSET_UTF_8 : POSTERN_CHARSET_WINDOWS_1252;
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_INPUT);
    if (!arena) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    reg_reader r = {.policy = policy, .reterr = reterr};
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
