/*
 * Wine's registry files, system.reg, user.reg, userdef.reg: text, a first line with the version, keys in brackets with a time
 * behind them, values below. Names and strings escape what is not ASCII (\xNNNN is one UTF-16 unit) and control characters. The
 * reader is strict where Wine's only warns: a line that cannot be understood is an error with its offset, since a value left
 * out silently would be a value an attacker can hide.
 */
#include "win_int.h"

enum { UNIX_EPOCH = 11644473600 }; /* seconds from 1601 to 1970 */

typedef struct reader {
    postern_win *win;
    postern_slice text;
    size_t pos, line_at;
    postern_key *root, *key;
    postern_key *path[POSTERN_LIMIT_KEY_DEPTH + 1]; /* of the last key, by depth below the root */
    size_t path_len;
    postern_buf units, name, data; /* UTF-16; UTF-8; a value's bytes */
    postern_error *reterr;
} reader;

static postern_status malformed(const reader *r, const char *what) {
    return postern_fail(r->reterr, POSTERN_FORMAT, r->line_at, "the registry file is malformed: %s", what);
}

static postern_slice next_line(reader *r) {
    postern_cut cut = postern_slice_cut(postern_slice_from(r->text, r->pos), '\n');
    r->line_at = r->pos;
    r->pos += cut.head.len + (cut.ok ? 1 : 0);
    postern_slice line = cut.head;
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    return line;
}

static void add_unit(postern_buf *out, uint32_t unit) {
    postern_buf_add_byte(out, (uint8_t)unit);
    postern_buf_add_byte(out, (uint8_t)(unit >> 8));
}

/* Behind a backslash: one unit; *pos goes behind it. */
static uint32_t read_escape(postern_slice s, size_t *pos) {
    static const char names[] = "abefnrtv", codes[] = "\a\b\033\f\n\r\t\v";
    uint8_t c = s.ptr[(*pos)++];
    uint32_t unit = 0;
    if (c == 'x') {
        size_t digits = 0;
        for (int digit; digits < 4 && *pos < s.len && (digit = postern_hex_value(s.ptr[*pos])) >= 0; digits++, (*pos)++)
            unit = unit << 4 | (uint32_t)digit;
        return digits ? unit : 'x';
    }
    if (c >= '0' && c <= '7') {
        unit = (uint32_t)(c - '0');
        for (int i = 0; i < 2 && *pos < s.len && s.ptr[*pos] >= '0' && s.ptr[*pos] <= '7'; i++)
            unit = unit << 3 | (uint32_t)(s.ptr[(*pos)++] - '0');
        return unit;
    }
    const char *found = memchr(names, c, sizeof names - 1);
    return found ? (uint8_t)codes[found - names] : c;
}

/* Up to the unescaped `end`, as UTF-16 behind what is in `out`; *pos goes behind `end`. */
static bool read_text(postern_slice s, size_t *pos, uint8_t end, postern_buf *out) {
    while (*pos < s.len) {
        size_t len = 1;
        uint8_t c = s.ptr[*pos];
        if (c == end) {
            (*pos)++;
            return true;
        }
        if (c == '\\') {
            if (++*pos >= s.len) return false;
            add_unit(out, read_escape(s, pos));
            continue;
        }
        if (c < 0x80)
            add_unit(out, c);
        else {
            postern_utf8_at(s, *pos, &len);
            postern_buf_add_utf16le(out, postern_slice_sub(s, *pos, len));
        }
        *pos += len;
    }
    return false;
}

postern_status win_wine_text(postern_slice line, size_t *pos, uint8_t end, postern_arena *arena, postern_slice *ret_text) {
    postern_buf units;
    postern_buf_init(&units, POSTERN_LIMIT_HIVE_ANSWER);
    bool ok = read_text(line, pos, end, &units);
    postern_status status = units.status ? units.status : ok ? POSTERN_OK : POSTERN_FORMAT;
    if (!status) status = win_utf16_to_utf8(postern_buf_slice(&units), false, arena, ret_text);
    postern_buf_free(&units);
    return status;
}

static postern_status utf8_of_units(reader *r, postern_slice *ret_text) {
    if (r->units.status || win_utf16_to_utf8(postern_buf_slice(&r->units), false, r->win->arena, ret_text))
        return win_fail_memory(r->win, r->reterr);
    return POSTERN_OK;
}

/* ---- keys --------------------------------------------------------------------------------------------------------- */

/* Keys stand in order, so that most of the path is the last key's path. */
static postern_status enter_path(reader *r, postern_slice path) {
    postern_key *key = r->root;
    size_t depth = 0;
    bool same = true;
    while (path.len) {
        postern_cut cut = postern_slice_cut(path, '\\');
        path = cut.tail;
        if (!cut.head.len) continue;
        if (depth >= POSTERN_LIMIT_KEY_DEPTH)
            return postern_fail(r->reterr, POSTERN_LIMIT, r->line_at, "more than %u keys in each other",
                                POSTERN_LIMIT_KEY_DEPTH);
        same = same && depth < r->path_len && postern_slice_eq(r->path[depth]->name, cut.head);
        postern_status status = same ? POSTERN_OK : win_key_add(key, cut.head, &r->path[depth], r->reterr);
        if (status) return status;
        key = r->path[depth++];
    }
    r->path_len = depth;
    r->key = key;
    return POSTERN_OK;
}

static postern_status read_key(reader *r, postern_slice line) {
    size_t pos = 1;
    uint64_t seconds;
    postern_slice path;
    postern_buf_clear(&r->units);
    if (!read_text(line, &pos, ']', &r->units)) return malformed(r, "a key without its closing bracket");
    postern_status status = utf8_of_units(r, &path);
    if (!status) status = enter_path(r, path);
    if (status) return status;
    postern_slice time = postern_slice_trim(postern_slice_from(line, pos));
    if (postern_slice_uint(postern_slice_cut(time, ' ').head, UINT32_MAX * 8ull, &seconds))
        r->key->time = (seconds + UNIX_EPOCH) * 10000000u;
    return POSTERN_OK;
}

/* "#time=1d9c0ffee…": the exact time of the last write. */
static void read_option(reader *r, postern_slice line) {
    postern_slice digits = postern_slice_from(line, 6);
    uint64_t time = 0;
    if (r->key && postern_slice_starts(line, POSTERN_S("#time=")) && digits.len <= 16 &&
        postern_slice_hex(digits, UINT64_MAX, &time))
        r->key->time = time;
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

static bool read_number(postern_slice digits, uint32_t *ret_number) {
    uint64_t number;
    if (digits.len > 8 || !postern_slice_hex(digits, UINT32_MAX, &number)) return false;
    *ret_number = (uint32_t)number;
    return true;
}

/* "01,2a,\" and on over lines. */
static postern_status read_hex(reader *r, postern_slice line) {
    for (;;) {
        line = postern_slice_trim(line);
        bool more = line.len && line.ptr[line.len - 1] == '\\';
        if (more) line.len--;
        while (line.len) {
            postern_cut cut = postern_slice_cut(line, ',');
            postern_slice digits = postern_slice_trim(cut.head);
            uint32_t byte;
            if (digits.len > 2 || !read_number(digits, &byte))
                return malformed(r, "bytes that are not two hexadecimal digits each");
            postern_buf_add_byte(&r->data, (uint8_t)byte);
            line = cut.tail;
        }
        if (!more) return POSTERN_OK;
        if (r->pos >= r->text.len) return malformed(r, "bytes that end within the file");
        line = next_line(r);
    }
}

/* "dword", "hex", "hex(7)", "str(2)": the number in the brackets. */
static bool read_type(postern_slice word, const char *kind, uint32_t plain, uint32_t *ret_type) {
    postern_slice name = postern_slice_cstr(kind);
    if (!postern_slice_starts(word, name)) return false;
    *ret_type = plain;
    if (word.len == name.len) return true;
    postern_slice rest = postern_slice_from(word, name.len);
    return rest.len > 2 && rest.ptr[0] == '(' && rest.ptr[rest.len - 1] == ')' &&
           read_number(postern_slice_sub(rest, 1, rest.len - 2), ret_type);
}

static postern_status read_string(reader *r, postern_slice data, size_t from) {
    size_t pos = from;
    if (pos >= data.len || data.ptr[pos++] != '"' || !read_text(data, &pos, '"', &r->data))
        return malformed(r, "a string without its quotes");
    add_unit(&r->data, 0);
    return POSTERN_OK;
}

static postern_status read_data(reader *r, postern_slice data, uint32_t *ret_type) {
    postern_cut cut = postern_slice_cut(data, ':');
    uint32_t number;
    if (data.len && data.ptr[0] == '"') {
        *ret_type = POSTERN_REG_SZ;
        return read_string(r, data, 0);
    }
    if (!cut.ok) return malformed(r, "a value of no known kind");
    if (postern_slice_eq(cut.head, POSTERN_S("dword"))) {
        *ret_type = POSTERN_REG_DWORD;
        if (!read_number(postern_slice_trim(cut.tail), &number)) return malformed(r, "a dword that is no number");
        for (int i = 0; i < 4; i++) postern_buf_add_byte(&r->data, (uint8_t)(number >> (8 * i)));
        return POSTERN_OK;
    }
    if (read_type(cut.head, "hex", POSTERN_REG_BINARY, ret_type)) return read_hex(r, cut.tail);
    if (read_type(cut.head, "str", POSTERN_REG_SZ, ret_type)) return read_string(r, data, cut.head.len + 1);
    return malformed(r, "a value of no known kind");
}

static postern_status read_value(reader *r, postern_slice line) {
    size_t pos = 1;
    uint32_t type = 0;
    postern_slice name = {0};
    if (!r->key) return malformed(r, "a value before the first key");
    if (line.ptr[0] == '"') {
        postern_buf_clear(&r->units);
        if (!read_text(line, &pos, '"', &r->units)) return malformed(r, "a name without its closing quote");
        postern_status status = utf8_of_units(r, &name);
        if (status) return status;
    }
    if (pos >= line.len || line.ptr[pos] != '=') return malformed(r, "a value without '='");
    postern_buf_clear(&r->data);
    postern_status status = read_data(r, postern_slice_from(line, pos + 1), &type);
    if (!status && r->data.status) status = postern_fail(r->reterr, r->data.status, r->line_at, "a value that is too large");
    return status ? status : win_key_set(r->key, name, type, postern_buf_slice(&r->data), r->reterr);
}

static postern_status read_lines(reader *r) {
    if (!postern_slice_eq(next_line(r), POSTERN_S("WINE REGISTRY Version 2")))
        return malformed(r, "it does not begin with WINE REGISTRY Version 2");
    while (r->pos < r->text.len) {
        postern_slice line = next_line(r);
        postern_status status = POSTERN_OK;
        if (!line.len || line.ptr[0] == ';') continue;
        if (line.ptr[0] == '[')
            status = read_key(r, line);
        else if (line.ptr[0] == '#')
            read_option(r, line);
        else if (line.ptr[0] == '"' || line.ptr[0] == '@')
            status = read_value(r, line);
        else
            status = malformed(r, "a line that is neither key nor value");
        if (status) return status;
    }
    return POSTERN_OK;
}

postern_status win_wine_load(postern_key *key, postern_slice text, postern_error *reterr) {
    reader *r = postern_arena_zalloc(key->win->arena, 1, sizeof *r);
    if (!r) return win_fail_memory(key->win, reterr);
    *r = (reader){.win = key->win, .text = text, .root = key, .reterr = reterr};
    postern_buf_init(&r->units, POSTERN_LIMIT_HIVE_ANSWER);
    postern_buf_init(&r->name, POSTERN_LIMIT_HIVE_ANSWER);
    postern_buf_init(&r->data, POSTERN_LIMIT_HIVE_ANSWER);
    key->loaded = true; /* its keys are added below it */
    postern_status status = read_lines(r);
    key->loaded = !status;
    postern_buf_free(&r->units);
    postern_buf_free(&r->name);
    postern_buf_free(&r->data);
    return status;
}
