/*
 * Small formats that carry one URL: Internet shortcuts, RTF, marks of origin. Each is read as
 * loosely as its Windows reader does (INI keys in any case, RTF control words with blanks).
 *
 * Left out: RTF's binary \bin data.
 */
#include "scan_int.h"

/* ---- lines ---- */

bool scan_next_line(postern_slice t, size_t *pos, postern_slice *ret_line, size_t *ret_at) {
    if (*pos >= t.len) return false;
    size_t end = postern_slice_find_byte(t, *pos, '\n');
    *ret_at = *pos;
    *ret_line = postern_slice_trim(postern_slice_sub(t, *pos, end == SIZE_MAX ? SIZE_MAX : end - *pos));
    *pos = end == SIZE_MAX ? t.len : end + 1;
    return true;
}

void scan_shortcut(scan *s, const place *where, postern_slice text) {
    static const char *const keys[] = {"url", "baseurl", "iconfile", "workingdirectory"};
    postern_slice line;
    size_t pos = 0, at;
    while (scan_next_line(text, &pos, &line, &at) && !scan_ended(s)) {
        postern_cut cut = postern_slice_cut(line, '=');
        if (!cut.ok || !SCAN_IS_ONE(postern_slice_trim(cut.head), keys)) continue;
        postern_slice value = postern_slice_trim(cut.tail);
        bool icon = !postern_slice_eq_nocase(postern_slice_trim(cut.head), POSTERN_S("url"));
        bool leaves = scan_starts(value, "\\\\") || scan_starts(value, "//") || scan_starts(value, "file://") ||
                      scan_has(value, "mhtml:");
        if (icon && !leaves) continue; /* an icon out of shell32.dll is no target */
        scan_url(s, where, POSTERN_PLACE_SHORTCUT, at + (size_t)(value.ptr - line.ptr), value, value);
    }
}

/* ---- RTF ---- */

/* { HYPERLINK "…" }, INCLUDEPICTURE, LINK …: the quoted or bare word behind it. */
static void field(scan *s, const place *where, postern_slice t, const char *name, postern_url_place kind) {
    postern_slice word = postern_slice_cstr(name);
    for (size_t at = 0; (at = postern_slice_find_nocase(t, at, word)) != SIZE_MAX && !scan_ended(s); at += word.len) {
        size_t i = at + word.len;
        postern_slice near = postern_slice_sub(t, i, 2200);
        size_t close = postern_slice_find_byte(near, 0, '}');
        near = postern_slice_sub(near, 0, close);
        size_t quote = postern_slice_find_byte(near, 0, '"');
        size_t from = quote == SIZE_MAX ? 0 : quote + 1;
        size_t end = quote == SIZE_MAX ? near.len : postern_slice_find_byte(near, from, '"');
        postern_slice value = postern_slice_trim(postern_slice_sub(near, from, end == SIZE_MAX ? SIZE_MAX : end - from));
        uint8_t plain[512]; /* "\\" stands for one backslash */
        size_t len = 0;
        for (size_t k = 0; k < value.len && len < sizeof plain; k++) {
            if (value.ptr[k] == '\\' && k + 1 < value.len && value.ptr[k + 1] == '\\') k++;
            plain[len++] = value.ptr[k];
        }
        postern_slice url = postern_slice_of(plain, len);
        bool handler = scan_has(url, "mhtml:") || scan_has(url, "!x-usc:");
        if (len > 3) scan_url(s, where, handler ? POSTERN_PLACE_RELATION : kind, i, url, url);
    }
}

/* \objdata: hexadecimal digits with anything between them. The URL of a link object stands in it in the clear or as UTF-16. */
static void object_data(scan *s, const place *where, postern_slice t, size_t at) {
    postern_buf text;
    int high = -1;
    postern_buf_init(&text, 1 << 20);
    size_t end = postern_slice_find_byte(t, at, '}');
    if (end == SIZE_MAX) end = t.len;
    for (size_t i = at; i < end && text.len < (1 << 20) - 1; i++) {
        int digit = postern_hex_value(t.ptr[i]);
        if (digit < 0) continue;
        if (high >= 0 && (high || digit)) postern_buf_add_byte(&text, (uint8_t)(high * 16 + digit)); /* NULs out: UTF-16 */
        high = high >= 0 ? -1 : digit;
    }
    if (text.status == POSTERN_NOMEM) s->status = POSTERN_NOMEM;
    postern_slice data = postern_buf_slice(&text);
    static const char *const words[] = {"mhtml:", "ms-its:", "!x-usc:", "its:mhtml", "mk:@msitstore:"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t found = postern_slice_find_nocase(data, 0, postern_slice_cstr(words[i]));
        if (found == SIZE_MAX) continue;
        postern_slice url = postern_slice_sub(data, found, 300);
        size_t len = 0;
        while (len < url.len && url.ptr[len] > ' ' && url.ptr[len] < 0x7F) len++;
        url.len = len;
        scan_url(s, where, POSTERN_PLACE_RELATION, at, url, url);
    }
    if (scan_has(postern_slice_sub(data, 0, 256), "package") && scan_has(data, ".exe"))
        scan_tell(s, where, 23, POSTERN_SEVERITY_HIGH, at, postern_slice_sub(data, 0, 200), "an embedded program");
    postern_buf_free(&text);
}

void scan_rtf(scan *s, const place *where, postern_slice bytes) {
    field(s, where, bytes, "HYPERLINK ", POSTERN_PLACE_LINK);
    field(s, where, bytes, "INCLUDEPICTURE ", POSTERN_PLACE_PICTURE);
    field(s, where, bytes, "INCLUDETEXT ", POSTERN_PLACE_RELATION);
    field(s, where, bytes, "\\*\\template ", POSTERN_PLACE_RELATION);
    field(s, where, bytes, "\\*\\objclass mhtml:", POSTERN_PLACE_RELATION);
    for (size_t at = 0; (at = postern_slice_find_nocase(bytes, at, POSTERN_S("\\objdata"))) != SIZE_MAX && !scan_ended(s);
         at += 8)
        object_data(s, where, bytes, at + 8);
    size_t object = postern_slice_find_nocase(bytes, 0, POSTERN_S("\\objclass"));
    postern_slice object_class = postern_slice_sub(bytes, object, 200);
    if (object != SIZE_MAX &&
        scan_has(postern_slice_sub(object_class, 0, postern_slice_find_byte(object_class, 0, '}')), "mhtml"))
        scan_tell(s, where, 3, POSTERN_SEVERITY_CRITICAL, object, object_class, "an RTF object of the class mhtml");
}

/* ---- marks of origin (MH016) ---- */

/* A mark that could not be read for want of memory looks malformed (Z10). */
static bool mark_was_read(scan *s, const place *where) {
    if (postern_arena_failure(where->arena) == POSTERN_NOMEM) s->status = POSTERN_NOMEM;
    return !s->status;
}

void scan_stream(scan *s, const place *where, postern_slice content) {
    postern_mark mark;
    postern_mark_from_stream(where->arena, content, &mark);
    if (!mark_was_read(s, where)) return;
    if (!content.len || mark.malformed)
        scan_tell(s, where, 16, POSTERN_SEVERITY_MEDIUM, 0, content.len ? content : POSTERN_S("(empty)"),
                  "the Zone.Identifier is empty or malformed");
    bool trusts = false;
    for (size_t at = 0; (at = postern_slice_find_nocase(content, at, POSTERN_S("zoneid"))) != SIZE_MAX; at += 6) {
        postern_cut cut = postern_slice_cut(postern_slice_sub(content, at, 24), '=');
        postern_slice value = postern_slice_trim(cut.tail);
        trusts |= cut.ok && value.len && value.ptr[0] >= '0' && value.ptr[0] <= '2' &&
                  (value.len == 1 || !postern_ascii_digit(value.ptr[1]));
    }
    bool web = scan_starts(mark.url, "http:") || scan_starts(mark.url, "https:");
    if (trusts && web && mark.zone == POSTERN_ZONE_INTERNET && !scan_is_inner_host(s, where, mark.url))
        scan_tell(s, where, 16, POSTERN_SEVERITY_MEDIUM, 0, content, "a trusted zone for an address on the Internet");
}

void scan_comment(scan *s, const place *where, postern_slice html) {
    postern_mark mark;
    size_t at = postern_slice_find_nocase(postern_slice_sub(html, 0, 64 << 10), 0, POSTERN_S("saved from url"));
    if (at == SIZE_MAX) return;
    postern_mark_from_comment(where->arena, html, &mark);
    if (!mark_was_read(s, where) || !mark.present) return;
    if (scan_starts(mark.url, "mhtml:") || scan_is_storage(mark.url))
        scan_url(s, where, POSTERN_PLACE_LINK, at, mark.url, mark.url);
    if (!mark.malformed) return;
    /* the same mark with its line end put right: then only the line end was wrong */
    postern_slice near = postern_slice_sub(html, at, 2400);
    size_t close = postern_slice_find(near, 0, POSTERN_S(" -->\n"));
    bool ending = false;
    if (close != SIZE_MAX && at >= 5) {
        postern_buf fixed;
        postern_mark again;
        postern_buf_init(&fixed, 4096);
        postern_buf_add_slice(&fixed, postern_slice_sub(html, at - 5, close + 5 + 4));
        postern_buf_add_slice(&fixed, POSTERN_S("\r\n"));
        postern_mark_from_comment(where->arena, postern_buf_slice(&fixed), &again);
        ending = !fixed.status && again.present && !again.malformed;
        if (fixed.status == POSTERN_NOMEM) s->status = POSTERN_NOMEM;
        postern_buf_free(&fixed);
    }
    bool local_mark = where->mail == false && scan_starts(mark.url, "file:");
    scan_tell(s, where, 16, ending || local_mark ? POSTERN_SEVERITY_LOW : POSTERN_SEVERITY_MEDIUM, at,
              postern_slice_sub(near, 0, 120),
              ending ? "the saved-from mark ends its line in another way" : "the saved-from mark is malformed");
}
