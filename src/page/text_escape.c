/*
 * What may leave as text. Controls never do: they drive terminals (ANSI escapes) and are our own marks. Characters that show
 * nothing are left out, since they carry text that only a machine sees, and so are the bidi controls, with which a sender
 * writes "txt.exe" as "exe.txt"; lines that run from right to left are isolated by the layout instead. In Markdown everything
 * that could become markup or HTML is escaped.
 */
#include "text_int.h"

typedef struct drop_range {
    uint32_t first, last;
} drop_range;

/* Soft hyphen, grapheme joiner, Mongolian separator, zero width space, bidi embeddings and isolates, invisible operators,
 * byte order mark, interlinear marks, tags. Variation selectors, joiners and directional marks stay: writing systems need
 * them. */
static const drop_range dropped[] = {
    {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x115F, 0x1160}, {0x180B, 0x180E}, {0x200B, 0x200B}, {0x202A, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};

uint32_t page_text_clean(uint32_t scalar) {
    if (scalar >= 0x20 && scalar < 0x7F) return scalar;
    if (scalar == '\t' || scalar == '\n' || scalar == '\r' || scalar == '\f' || scalar == 0x2028 || scalar == 0x2029)
        return ' ';
    if (scalar == 0) return 0;
    if (scalar < 0xA0) return 0xFFFD;
    if (scalar == 0xA0) return TEXT_NBSP;
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped && scalar >= dropped[i].first; i++)
        if (scalar <= dropped[i].last) return 0;
    if ((scalar >= 0xFDD0 && scalar <= 0xFDEF) || (scalar & 0xFFFE) == 0xFFFE) return 0xFFFD;
    return scalar;
}

bool page_text_is_padding(uint32_t scalar) {
    if (scalar < 0xA0) return false;
    if (scalar == 0xA0 || scalar == 0x200C || scalar == 0x200D) return true;
    return (scalar >= 0x2000 && scalar <= 0x200A) || page_text_clean(scalar) == 0;
}

/* Inside a line of Markdown. '_' within a word and '!' without '[' mean nothing, but nobody loses by the backslash. */
static bool is_special(uint32_t c) {
    switch (c) {
    case '\\': case '`': case '*': case '_': case '[': case ']': case '~': case '|': case '$': return true;
    default: return false;
    }
}

void page_text_put(postern_buf *out, uint32_t scalar, bool markdown) {
    if (markdown) {
        if (scalar == '<') {
            postern_buf_add(out, "&lt;", 4);
            return;
        }
        if (scalar == '>') {
            postern_buf_add(out, "&gt;", 4);
            return;
        }
        if (scalar == '&') {
            postern_buf_add(out, "&amp;", 5);
            return;
        }
        if (is_special(scalar)) postern_buf_add_byte(out, '\\');
    }
    if (scalar < 0x80) postern_buf_add_byte(out, (uint8_t)scalar);
    else postern_buf_add_utf8(out, scalar);
}

void page_text_put_line(postern_buf *out, postern_slice utf8, bool markdown) {
    bool space = false, any = false;
    for (size_t i = 0, len; i < utf8.len; i += len) {
        uint32_t scalar = page_text_clean(postern_utf8_at(utf8, i, &len));
        if (!scalar) continue;
        if (scalar == ' ' || scalar == TEXT_NBSP) {
            space = any;
            continue;
        }
        if (space) postern_buf_add_byte(out, ' ');
        space = false;
        any = true;
        page_text_put(out, scalar, markdown);
    }
}

/* A list, a heading, a rule, an underline of a heading, a numbered list. ('>' and '`' are escaped wherever they stand.) */
void page_text_guard_line(postern_buf *out, postern_slice line) {
    size_t digits = 0;
    for (; line.len && line.ptr[0] == ' '; line = postern_slice_from(line, 1))
        postern_buf_add_utf8(out, 0xA0); /* four make code */
    if (!line.len) return;
    if (line.ptr[0] == '#' || line.ptr[0] == '+' || line.ptr[0] == '-' || line.ptr[0] == '=' || line.ptr[0] == ':') {
        postern_buf_add_byte(out, '\\');
    } else {
        while (digits < line.len && postern_ascii_digit(line.ptr[digits])) digits++;
        if (digits && digits < line.len && (line.ptr[digits] == '.' || line.ptr[digits] == ')')) {
            postern_buf_add_slice(out, postern_slice_sub(line, 0, digits));
            postern_buf_add_byte(out, '\\');
            line = postern_slice_from(line, digits);
        }
    }
    postern_buf_add_slice(out, line);
}
