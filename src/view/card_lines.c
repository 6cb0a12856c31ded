/*
 * Content lines of iCalendar (RFC 5545 3.1) and vCard (RFC 6350 3.2, and 2.1 with its quoted-printable): folded lines,
 * "group.NAME;PARAMETER=value:VALUE". Nothing here is trusted: a line without a colon is no line, and everything is cut at
 * ceilings.
 */
#include "card_int.h"

postern_status card_unfold(postern_arena *arena, postern_slice utf8, postern_slice *ret_text) {
    utf8 = postern_slice_sub(utf8, 0, POSTERN_LIMIT_VIEWER_CARD_BYTES);
    uint8_t *out = postern_arena_alloc(arena, utf8.len + 1);
    size_t len = 0;
    if (!out) return postern_arena_failure(arena);
    for (size_t i = 0; i < utf8.len; i++) {
        size_t end = utf8.ptr[i] == '\r' && i + 1 < utf8.len && utf8.ptr[i + 1] == '\n' ? i + 1 : i;
        if (utf8.ptr[end] == '\n' && end + 1 < utf8.len && (utf8.ptr[end + 1] == ' ' || utf8.ptr[end + 1] == '\t'))
            i = end + 1;
        else
            out[len++] = utf8.ptr[i];
    }
    *ret_text = postern_slice_of(out, len);
    return POSTERN_OK;
}

/* Up to `stop`, but not inside of double quotes. */
static postern_cut cut_unquoted(postern_slice s, uint8_t stop) {
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') quoted = !quoted;
        if (s.ptr[i] == stop && !quoted) return (postern_cut){postern_slice_sub(s, 0, i), postern_slice_from(s, i + 1), true};
    }
    return (postern_cut){s, POSTERN_S(""), false};
}

bool card_parameter(const card_line *line, const char *name, postern_slice *ret_value) {
    postern_slice rest = line->parameters;
    while (rest.len) {
        postern_cut one = cut_unquoted(rest, ';');
        postern_cut pair = postern_slice_cut(one.head, '=');
        if (pair.ok && postern_slice_eq_nocase(postern_slice_trim(pair.head), postern_slice_cstr(name))) {
            postern_slice value = postern_slice_trim(pair.tail);
            if (value.len > 1 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
                value = postern_slice_sub(value, 1, value.len - 2);
            *ret_value = value;
            return true;
        }
        rest = one.tail;
    }
    return false;
}

static bool is_quoted_printable(const card_line *line) {
    postern_slice value;
    return (card_parameter(line, "ENCODING", &value) && postern_slice_eq_nocase(value, POSTERN_S("QUOTED-PRINTABLE"))) ||
           postern_slice_find_nocase(line->parameters, 0, POSTERN_S("QUOTED-PRINTABLE")) == 0;
}

/* A value in quoted-printable goes on behind a "=" at the end of its line. */
static void take_soft_lines(card_line *line, postern_slice *rest) {
    const uint8_t *end = line->value.ptr + line->value.len;
    for (postern_cut cut; line->value.len && rest->len; *rest = cut.tail) {
        postern_slice last = postern_slice_trim(postern_slice_of(line->value.ptr, (size_t)(end - line->value.ptr)));
        if (!last.len || last.ptr[last.len - 1] != '=') break;
        cut = postern_slice_cut(*rest, '\n');
        end = cut.head.ptr + cut.head.len;
    }
    line->value.len = (size_t)(end - line->value.ptr);
}

bool card_next(postern_slice *rest, card_line *ret_line) {
    while (rest->len) {
        postern_cut cut = postern_slice_cut(*rest, '\n');
        *rest = cut.tail;
        if (cut.head.len && cut.head.ptr[cut.head.len - 1] == '\r') cut.head.len--;
        postern_cut value = cut_unquoted(cut.head, ':');
        if (!value.ok) continue;
        postern_cut name = postern_slice_cut(value.head, ';');
        postern_cut group = postern_slice_cut_last(name.head, '.');
        *ret_line = (card_line){group.ok ? group.tail : name.head, name.tail, value.tail, false};
        ret_line->quoted = is_quoted_printable(ret_line);
        if (ret_line->quoted) take_soft_lines(ret_line, rest);
        return true;
    }
    return false;
}

bool card_is(const card_line *line, const char *name) {
    return postern_slice_eq_nocase(line->name, postern_slice_cstr(name));
}

static size_t quoted_byte(postern_slice s, size_t at, postern_buf *out) {
    int byte = postern_hex_at(s, at + 1);
    if (byte >= 0) {
        postern_buf_add_byte(out, (uint8_t)byte);
        return at + 3;
    }
    for (at++; at < s.len && postern_ascii_space(s.ptr[at]);) /* a soft line end */
        if (s.ptr[at++] == '\n') break;
    return at;
}

/* Escapes (RFC 5545 3.3.11) undone; ';' between components becomes ", ", and empty ones go. */
static void add_plain(postern_slice s, bool structured, postern_buf *out) {
    bool pending = false;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.ptr[i];
        if (structured && c == ';') {
            pending = out->len > 0;
            continue;
        }
        if (pending) postern_buf_add_slice(out, POSTERN_S(", "));
        pending = false;
        if (c == '\\' && i + 1 < s.len) {
            c = s.ptr[++i];
            if (c == 'n' || c == 'N') c = '\n';
        }
        postern_buf_add_byte(out, c);
    }
}

postern_status card_text(postern_arena *arena, const card_line *line, bool structured, postern_slice *ret_text) {
    postern_buf decoded, out;
    postern_slice value = postern_slice_sub(line->value, 0, 4 * CARD_VALUE_MAX);
    postern_buf_init(&decoded, 8 * CARD_VALUE_MAX);
    postern_buf_init(&out, 16 * CARD_VALUE_MAX);
    for (size_t at = 0; line->quoted && at < value.len;) {
        if (value.ptr[at] == '=')
            at = quoted_byte(value, at, &decoded);
        else
            postern_buf_add_byte(&decoded, value.ptr[at++]);
    }
    add_plain(line->quoted ? postern_buf_slice(&decoded) : value, structured, &out);
    postern_status status = decoded.status ? decoded.status : out.status;
    if (!status)
        status = postern_arena_copy(arena, postern_slice_sub(postern_slice_trim(postern_buf_slice(&out)), 0, CARD_VALUE_MAX),
                                    ret_text);
    postern_buf_free(&decoded);
    postern_buf_free(&out);
    return status;
}
