/* JSON out (RFC 8259), and hostile text on one line. One escape rule for each, in words above its function. */
#include "postern/base.h"

#include <inttypes.h>

/* Bidirectional controls reorder what stands around them: never raw in anything a person reads (CVE-2021-42574). */
static bool is_bidi_control(uint32_t c) {
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_unsafe_to_show(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || is_bidi_control(c) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
           (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || (c >= 0xE0000 && c <= 0xE007F);
}

static bool is_unsafe_at(postern_slice s, size_t pos, uint32_t c, size_t len) {
    bool written_so = len == 3 && s.ptr[pos] == 0xEF && s.ptr[pos + 1] == 0xBF && s.ptr[pos + 2] == 0xBD;
    return is_unsafe_to_show(c) || (c == 0xFFFD && !written_so);
}

/* What stands at `pos` is shown as an escape, or would make one with a backslash before it. */
static bool reads_as_escape(postern_slice s, size_t pos) {
    size_t left = s.len - pos, len;
    if (left == 0) return false;
    const uint8_t *at = s.ptr + pos;
    if (at[0] == 'x' && postern_hex_at(s, pos + 1) >= 0) return true;
    if (left >= 2 && at[0] == 'u' && at[1] == '{') return true;
    uint32_t c = postern_utf8_at(s, pos, &len);
    return is_unsafe_at(s, pos, c, len);
}

/* The run of backslashes at `pos`, or as much of it as `room` has space for; returns how many were taken. */
static size_t add_backslashes(postern_buf *buf, postern_slice s, size_t pos, size_t room) {
    size_t run = 1, taken = 0, start = buf->len;
    while (pos + run < s.len && s.ptr[pos + run] == '\\') run++;
    bool doubled = reads_as_escape(s, pos + run);
    while (taken < run && buf->len - start < room) {
        postern_buf_add(buf, "\\\\", doubled ? 2 : 1);
        taken++;
    }
    return taken;
}

/* Controls as \xNN, other characters that hide or reorder as \u{N}, bytes that are no UTF-8 as \xNN. A backslash stays as it
 * is, so that paths read as they are written; but a run of backslashes before something that is shown as an escape, or reads
 * like the rest of one (x and two hex digits, or u{), is doubled: an odd run before those is an escape, an even one is text. */
postern_status postern_escape_line(postern_buf *buf, postern_slice s, size_t max) {
    size_t start = buf->len;
    for (size_t pos = 0, len; pos < s.len; pos += len) {
        if (buf->len - start >= max) return postern_buf_add(buf, "…", 3);
        uint32_t c = postern_utf8_at(s, pos, &len);
        if (c == 0xFFFD && is_unsafe_at(s, pos, c, len))
            for (size_t i = 0; i < len; i++) postern_buf_printf(buf, "\\x%02x", s.ptr[pos + i]);
        else if (c < 0x80 && is_unsafe_to_show(c))
            postern_buf_printf(buf, "\\x%02x", (unsigned)c);
        else if (is_unsafe_to_show(c))
            postern_buf_printf(buf, "\\u{%" PRIx32 "}", c);
        else if (c == '\\')
            len = add_backslashes(buf, s, pos, max - (buf->len - start));
        else
            postern_buf_add(buf, s.ptr + pos, len);
    }
    return buf->status;
}

void postern_json_init(postern_json *json, postern_buf *out, bool pretty) {
    *json = (postern_json){.out = out, .pretty = pretty};
}

static void new_line(postern_json *json) {
    if (!json->pretty) return;
    postern_buf_add_byte(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++) postern_buf_add(json->out, "  ", 2);
}

/* What stands before an item: a comma where one is due, and the indentation. */
static void before_item(postern_json *json) {
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth == 0) return;
    bool *has_items = &json->has_items[json->depth - 1];
    if (*has_items) postern_buf_add_byte(json->out, ',');
    *has_items = true;
    new_line(json);
}

static void open_level(postern_json *json, uint8_t bracket) {
    before_item(json);
    postern_buf_add_byte(json->out, bracket);
    if (json->depth == POSTERN_LIMIT_JSON_DEPTH) {
        json->out->status = POSTERN_LIMIT;
        return;
    }
    json->has_items[json->depth++] = false;
}

static void close_level(postern_json *json, uint8_t bracket) {
    if (json->depth == 0) {
        json->out->status = POSTERN_STATE;
        return;
    }
    bool had_items = json->has_items[--json->depth];
    if (had_items) new_line(json);
    postern_buf_add_byte(json->out, bracket);
}

void postern_json_object(postern_json *json) {
    open_level(json, '{');
}
void postern_json_array(postern_json *json) {
    open_level(json, '[');
}
void postern_json_end_object(postern_json *json) {
    close_level(json, '}');
}
void postern_json_end_array(postern_json *json) {
    close_level(json, ']');
}

static void add_units(postern_buf *out, uint32_t c) {
    uint16_t units[2];
    size_t count = postern_utf16_units(c, units);
    for (size_t i = 0; i < count; i++) postern_buf_printf(out, "\\u%04x", units[i]);
}

/* Quote, backslash and everything unsafe to show as \uXXXX (surrogate pairs beyond the BMP); invalid UTF-8 as U+FFFD. */
static void write_string(postern_buf *out, postern_slice s) {
    postern_buf_add_byte(out, '"');
    for (size_t pos = 0, len; pos < s.len; pos += len) {
        uint32_t c = postern_utf8_at(s, pos, &len);
        if (c == '"' || c == '\\')
            postern_buf_printf(out, "\\%c", (char)c);
        else if (c == '\n')
            postern_buf_add(out, "\\n", 2);
        else if (is_unsafe_to_show(c))
            add_units(out, c);
        else
            postern_buf_add_utf8(out, c);
    }
    postern_buf_add_byte(out, '"');
}

void postern_json_key(postern_json *json, const char *key) {
    before_item(json);
    write_string(json->out, postern_slice_cstr(key));
    postern_buf_add(json->out, ": ", json->pretty ? 2 : 1);
    json->after_key = true;
}

void postern_json_string(postern_json *json, postern_slice text) {
    before_item(json);
    write_string(json->out, text);
}

void postern_json_cstr(postern_json *json, const char *text) {
    if (text) postern_json_string(json, postern_slice_cstr(text));
    else postern_json_null(json);
}

void postern_json_uint(postern_json *json, uint64_t number) {
    before_item(json);
    postern_buf_printf(json->out, "%" PRIu64, number);
}

void postern_json_int(postern_json *json, int64_t number) {
    before_item(json);
    postern_buf_printf(json->out, "%" PRId64, number);
}

void postern_json_bool(postern_json *json, bool value) {
    before_item(json);
    postern_buf_add_slice(json->out, value ? POSTERN_S("true") : POSTERN_S("false"));
}

void postern_json_null(postern_json *json) {
    before_item(json);
    postern_buf_add_slice(json->out, POSTERN_S("null"));
}
