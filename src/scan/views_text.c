/*
 * Text that hides in a character set, in runs of base64 outside of any body, and in encoded words. A reader decodes what the
 * label says; a scanner that looks at bytes sees nothing in UTF-7, UTF-16, ISO-2022 with needless escapes, or EBCDIC.
 */
#include "views_int.h"

/* ---- character sets ---- */

static bool hides_ascii(postern_charset charset) {
    static const char *const names[] = {"UTF-7", "UTF-16LE", "UTF-16BE", "ISO-2022-JP", "HZ-GB-2312"};
    postern_slice name = postern_slice_cstr(postern_charset_name(charset));
    return SCAN_IS_ONE(name, names) || scan_starts(name, "ISO-2022");
}

static void add_charset(view_walk *w, postern_charset charset) {
    if (!hides_ascii(charset) || w->charset_count == VIEW_CHARSETS) return;
    for (size_t i = 0; i < w->charset_count; i++)
        if (w->charsets[i] == charset) return;
    w->charsets[w->charset_count++] = charset;
}

void view_find_charsets(view_walk *w, postern_slice bytes) {
    static const char *const ebcdic[] = {"ibm037", "cp037", "ibm-037", "ebcdic", "ibm1047",
                                         "ibm500", "cp500", "cp1047",  "ibm1140"};
    postern_slice word = POSTERN_S("charset");
    for (size_t at = 0; (at = postern_slice_find_nocase(bytes, at, word)) != SIZE_MAX; at += word.len) {
        postern_cut cut = postern_slice_cut(postern_slice_sub(bytes, at + word.len, 80), '=');
        postern_slice label = postern_slice_trim(cut.tail);
        if (label.len && (label.ptr[0] == '"' || label.ptr[0] == '\'')) label = postern_slice_from(label, 1);
        size_t end = 0;
        while (end < label.len && label.ptr[end] > ' ' && label.ptr[end] < 0x7F && !strchr("\"';,()<>", label.ptr[end])) end++;
        label = postern_slice_sub(label, 0, end);
        if (!cut.ok || !end) continue;
        add_charset(w, postern_charset_parse(label));
        w->ebcdic |= SCAN_ANY(label, ebcdic);
    }
    w->flowed |= scan_has(bytes, "delsp");
}

static postern_status in_charset(view_walk *w, const view_layer *m, size_t at, postern_slice head, postern_slice bytes,
                                 postern_charset charset) {
    postern_buf out;
    if (!view_afford(w, bytes.len)) return POSTERN_OK;
    postern_buf_init(&out, bytes.len * 3 + 64);
    postern_sink sink = postern_buf_sink(&out);
    postern_status status = postern_charset_decode(charset, bytes, &sink, NULL, POSTERN_NO_PART);
    if (status == POSTERN_LIMIT) status = POSTERN_OK;
    if (!status && !postern_slice_eq(postern_buf_slice(&out), bytes))
        status = view_tell(w, m, "character set", at, head, postern_buf_slice(&out));
    postern_buf_free(&out);
    return status;
}

/* The characters of ASCII where the EBCDIC pages of the West agree, from 0x40 on. */
static const char ebcdic_page[] =
    "           .<(+|&         !$*); -/         ,%_>?         `:#@'=\" abcdefghi       jklmnopqr     "
    "  ~stuvwxyz      ^         []    {ABCDEFGHI      }JKLMNOPQR      \\ STUVWXYZ      0123456789      ";

static postern_status from_ebcdic(view_walk *w, const view_layer *m, size_t at, postern_slice head, postern_slice bytes) {
    postern_buf out;
    size_t letters = 0;
    if (!view_afford(w, bytes.len)) return POSTERN_OK;
    postern_buf_init(&out, bytes.len + 64);
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        letters += c >= 0x81;
        bool end = c == 0x25 || c == 0x15;
        postern_buf_add_byte(&out, end ? '\n' : c == 0x0D ? '\r' : c >= 0x40 ? (uint8_t)ebcdic_page[c - 0x40] : ' ');
    }
    postern_status status = out.status;
    if (!status && letters * 3 > bytes.len) status = view_tell(w, m, "EBCDIC", at, head, postern_buf_slice(&out));
    postern_buf_free(&out);
    return status;
}

/* RFC 3676 with DelSp: a blank before a line end, and both are none. */
static postern_status unflowed(view_walk *w, const view_layer *m, size_t at, postern_slice head, postern_slice bytes) {
    postern_buf out;
    if (!scan_has(bytes, " \n") && !scan_has(bytes, " \r")) return POSTERN_OK;
    if (!view_afford(w, bytes.len)) return POSTERN_OK;
    postern_buf_init(&out, bytes.len + 64);
    for (size_t i = 0; i < bytes.len; i++) {
        bool soft = bytes.ptr[i] == ' ' && i + 1 < bytes.len && (bytes.ptr[i + 1] == '\n' || bytes.ptr[i + 1] == '\r');
        if (soft)
            i += i + 2 < bytes.len && bytes.ptr[i + 1] == '\r' && bytes.ptr[i + 2] == '\n' ? 2 : 1;
        else
            postern_buf_add_byte(&out, bytes.ptr[i]);
    }
    postern_status status = out.status;
    if (!status) status = view_tell(w, m, "flowed text", at, head, postern_buf_slice(&out));
    postern_buf_free(&out);
    return status;
}

/* Text of two or four bytes a character without a mark, or with NULs strewn in: most of what is left is printable. */
static postern_status without_nuls(view_walk *w, const view_layer *m, size_t at, postern_slice head, postern_slice bytes) {
    postern_buf out;
    size_t plain = 0, kept = 0;
    for (size_t i = 0; i < bytes.len && i < 4096; i++) {
        uint8_t c = bytes.ptr[i];
        kept += c != 0;
        plain += (c >= ' ' && c < 0x7F) || postern_ascii_space(c);
    }
    if (plain < kept - kept / 8 || !view_afford(w, bytes.len)) return POSTERN_OK;
    postern_buf_init(&out, bytes.len + 64);
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i]) postern_buf_add_byte(&out, bytes.ptr[i]);
    postern_status status = out.status;
    if (!status) status = view_tell(w, m, "NULs left out", at, head, postern_buf_slice(&out));
    postern_buf_free(&out);
    return status;
}

static postern_status in_each(view_walk *w, const view_layer *m, size_t at, postern_slice head, postern_slice bytes) {
    postern_status status = POSTERN_OK;
    postern_charset marked = postern_charset_from_bom(bytes, NULL);
    if (marked == POSTERN_CHARSET_UTF_16LE || marked == POSTERN_CHARSET_UTF_16BE)
        status = in_charset(w, m, at, head, bytes, marked);
    for (size_t i = 0; i < w->charset_count && !status; i++)
        if (w->charsets[i] != marked) status = in_charset(w, m, at, head, bytes, w->charsets[i]);
    if (!status && w->ebcdic) status = from_ebcdic(w, m, at, head, bytes);
    if (!status && w->flowed) status = unflowed(w, m, at, head, bytes);
    if (!status && memchr(bytes.ptr, 0, bytes.len)) status = without_nuls(w, m, at, head, bytes);
    return status;
}

/* What came out of one character set is no text in another. */
postern_status view_texts(view_walk *w, const view_layer *m, size_t at, postern_slice head, postern_slice bytes) {
    if (w->converting) return POSTERN_OK;
    w->converting = true;
    postern_status status = in_each(w, m, at, head, bytes);
    w->converting = false;
    return status;
}

/* ---- base64 wherever it stands ---- */

enum { RUN_LINE = 16, RUN_WORD = 24 };

static bool is_digit(uint8_t c) {
    return postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '+' || c == '/' || c == '=';
}

static postern_status tell_run(view_walk *w, const view_layer *m, size_t from, size_t to) {
    postern_buf out;
    postern_slice run = postern_slice_sub(m->bytes, from, to - from);
    if (from >= to || !view_afford(w, run.len)) return POSTERN_OK;
    postern_buf_init(&out, run.len + 64);
    view_base64_whole(run, &out);
    postern_status status = out.status;
    if (!status) status = view_tell(w, m, "a run of base64", from, postern_slice_sub(m->bytes, 0, 0), postern_buf_slice(&out));
    postern_buf_free(&out);
    return status;
}

/* Words of base64 inside a line; one that reaches the line's end begins a run: *ret_start, else SIZE_MAX. */
static postern_status words_of_line(view_walk *w, const view_layer *m, size_t at, size_t end, size_t *ret_start) {
    *ret_start = SIZE_MAX;
    for (size_t i = at; i < end;) {
        size_t from = i;
        while (i < end && is_digit(m->bytes.ptr[i])) i++;
        if (i == end && i - from >= RUN_LINE) *ret_start = from;
        if (i < end && i - from >= RUN_WORD) {
            postern_status status = tell_run(w, m, from, i);
            if (status) return status;
        }
        if (i == from) i++;
    }
    return POSTERN_OK;
}

postern_status view_runs(view_walk *w, const view_layer *m) {
    postern_status status = POSTERN_OK;
    size_t run = SIZE_MAX, next = 0;
    for (size_t at = 0; at < m->bytes.len && !status && w->budget; at = next) {
        postern_slice line = postern_slice_trim(view_line_at(m->bytes, at));
        size_t pure = 0, start;
        next = view_next_line(m->bytes, at);
        while (pure < line.len && is_digit(line.ptr[pure])) pure++;
        if (pure == line.len && (run != SIZE_MAX || line.len >= RUN_LINE)) {
            if (run == SIZE_MAX) run = at;
            continue;
        }
        if (run != SIZE_MAX) status = tell_run(w, m, run, at);
        run = SIZE_MAX;
        if (status || pure == line.len) continue;
        size_t from = (size_t)(line.ptr - m->bytes.ptr);
        status = words_of_line(w, m, from, from + line.len, &start);
        run = start;
    }
    return status || run == SIZE_MAX ? status : tell_run(w, m, run, m->bytes.len);
}

/* ---- encoded words ---- */

postern_status view_words(view_walk *w, const view_layer *m) {
    size_t first = postern_slice_find(m->bytes, 0, POSTERN_S("=?"));
    if (first == SIZE_MAX || !scan_has(postern_slice_from(m->bytes, first), "?=")) return POSTERN_OK;
    postern_slice text = postern_slice_sub(m->bytes, first, POSTERN_LIMIT_HEADER_VALUE / 4), decoded;
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_SCAN_MEMORY);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = POSTERN_OK;
    if (view_afford(w, text.len)) {
        status = postern_header_text(arena, text, POSTERN_CHARSET_WINDOWS_1252, NULL, POSTERN_NO_PART, &decoded);
        if (status == POSTERN_LIMIT) w->cut = true;
        if (status != POSTERN_NOMEM) status = status ? POSTERN_OK : view_tell(w, m, "encoded words", first, m->bytes, decoded);
    }
    postern_arena_free(arena);
    return status;
}
