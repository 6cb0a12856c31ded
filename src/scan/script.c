/*
 * Scripts and styles. A script is not run: its string literals are read one after another, joined where a plus sign stands
 * between them, and judged when they look like a handler URL (MH006: a scheme put together from pieces); a script that builds a
 * file for the reader to save is MH021. Styles give their url() values, and what Internet Explorer ran from them.
 *
 * Left out: any other way of computing a string. Those are the business of whoever runs scripts; nothing here does.
 */
#include "scan_int.h"

enum { JOINED_MAX = 4096, LONG_BASE64 = 10 << 10, BASE64_PIECE = 128 };

typedef struct strings {
    uint8_t room[JOINED_MAX];
    size_t len;
    size_t start;   /* of the first literal */
    unsigned parts; /* joined so far */
    bool escaped;   /* a letter near the start was written as a number */
} strings;

/* A handler URL somewhere inside: document.write("<iframe src=ms-its:…"). */
static void judge_inside(scan *s, const place *where, const strings *j, size_t at, postern_slice source) {
    static const char *const words[] = {"mhtml:", "ms-its:", "ms-itss:", "its:mhtml", "mk:@msitstore:", "ms-msdt:"};
    postern_slice text = postern_slice_of(j->room, j->len);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t found = postern_slice_find_nocase(text, 0, postern_slice_cstr(words[i]));
        if (found == SIZE_MAX || found == 0 || !strchr("\"'= \t\n(", text.ptr[found - 1])) continue;
        postern_slice url = postern_slice_from(text, found);
        size_t end = 0;
        while (end < url.len && url.ptr[end] > ' ' && !strchr("\"'<>)", url.ptr[end])) end++;
        url.len = end;
        if (!scan_has(source, words[i]))
            scan_tell(s, where, 6, POSTERN_SEVERITY_HIGH, at + j->start, url,
                      "a script puts a handler URL together from pieces");
        scan_url(s, where, POSTERN_PLACE_LOAD, at + j->start, url, url);
        return;
    }
}

static void judge(scan *s, const place *where, const strings *j, size_t at, postern_slice source) {
    static const char *const prefixes[] = {"mhtml:",     "its:", "ms-its:", "ms-itss:", "mk:@",      "url:",  "ms-msdt:",
                                           "search-ms:", "hcp:", "\\\\",    "file:",    "vbscript:", "shell:"};
    postern_slice text = postern_slice_of(j->room, j->len);
    if (text.len < 8) return;
    if (scan_percent_hides(text)) scan_url(s, where, POSTERN_PLACE_LOAD, at + j->start, text, text);
    if (!SCAN_ANY(text, prefixes)) {
        judge_inside(s, where, j, at, source);
        return;
    }
    bool handler =
        scan_starts(text, "mhtml:") || scan_is_storage(text) || scan_starts(text, "ms-msdt:") || scan_starts(text, "hcp:");
    postern_slice scheme = postern_slice_sub(text, 0, postern_slice_find_byte(text, 0, ':') + 1);
    bool whole = postern_slice_find_nocase(source, 0, scheme) != SIZE_MAX;
    if (handler && j->escaped && !whole)
        scan_tell(s, where, 6, POSTERN_SEVERITY_HIGH, at + j->start, text, "a script writes a handler URL in numbers");
    else if (handler && j->parts > 1 && !whole)
        scan_tell(s, where, 6, POSTERN_SEVERITY_HIGH, at + j->start, text, "a script puts a handler URL together from pieces");
    bool storage = handler || scan_starts(text, "file:") || (text.len > 4 && scan_starts(text, "\\\\") && scan_has(text, "."));
    if (storage) scan_url(s, where, handler ? POSTERN_PLACE_LOAD : POSTERN_PLACE_SCRIPT, at + j->start, text, text);
}

/* One literal at `i` (a quote); returns the index behind it. \xNN, \uNNNN and \c are resolved. */
static size_t literal(postern_slice t, size_t i, strings *j) {
    uint8_t quote = t.ptr[i++];
    while (i < t.len && t.ptr[i] != quote && !(t.ptr[i] == '\n' && quote != '`')) {
        uint8_t c = t.ptr[i++];
        if (c == '\\' && i < t.len) {
            c = t.ptr[i++];
            size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 0;
            uint64_t value;
            if (digits && i + digits <= t.len && postern_slice_hex(postern_slice_sub(t, i, digits), UINT16_MAX, &value)) {
                j->escaped |= j->len < 16;
                i += digits;
                c = value < 128 ? (uint8_t)value : '?';
            }
        }
        if (j->len < JOINED_MAX) j->room[j->len++] = c;
    }
    return i < t.len ? i + 1 : i;
}

static size_t blanks(postern_slice t, size_t i) {
    while (i < t.len && postern_ascii_space(t.ptr[i])) i++;
    return i;
}

static size_t comment_end(postern_slice t, size_t i) {
    if (i + 1 >= t.len || t.ptr[i] != '/') return i;
    size_t end = t.ptr[i + 1] == '/'   ? postern_slice_find_byte(t, i, '\n')
                 : t.ptr[i + 1] == '*' ? postern_slice_find(t, i + 2, POSTERN_S("*/"))
                                       : i;
    return end == i ? i : end == SIZE_MAX ? t.len : end + 1;
}

static void all_strings(scan *s, const place *where, size_t at, postern_slice t) {
    strings j = {.len = 0};
    for (size_t i = 0; i < t.len && !scan_ended(s);) {
        size_t behind = comment_end(t, i);
        if (behind != i) {
            i = behind;
            continue;
        }
        if (t.ptr[i] != '"' && t.ptr[i] != '\'' && t.ptr[i] != '`') {
            i++;
            continue;
        }
        if (!j.parts) j.start = i;
        j.parts++;
        i = literal(t, i, &j);
        size_t plus = blanks(t, i);
        if (plus < t.len && t.ptr[plus] == '+') {
            size_t next = blanks(t, plus + 1);
            if (next < t.len && strchr("\"'`", t.ptr[next]) && t.ptr[next]) {
                i = next;
                continue;
            }
        }
        judge(s, where, &j, at, postern_slice_sub(t, j.start, i - j.start));
        j.len = 0;
        j.parts = 0;
        j.escaped = false;
    }
}

/* ---- smuggling (MH021) ---- */

static bool is_base64(uint8_t c) {
    return postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '+' || c == '/' || c == '=';
}

/* In one run or in pieces that are put together; short words do not count. */
static bool has_long_base64(postern_slice t) {
    size_t run = 0, sum = 0;
    for (size_t i = 0; i <= t.len; i++) {
        if (i < t.len && is_base64(t.ptr[i])) {
            run++;
            continue;
        }
        sum += run >= BASE64_PIECE ? run : 0;
        run = 0;
    }
    return sum >= LONG_BASE64;
}

static void smuggling(scan *s, const place *where, size_t at, postern_slice t) {
    bool save = scan_has(t, "mssaveoropenblob") || scan_has(t, "mssaveblob");
    bool clicked = scan_has(t, ".click(") && scan_has(t, "data:application/") && scan_has(t, ";base64") && has_long_base64(t);
    if (clicked) scan_tell(s, where, 21, POSTERN_SEVERITY_MEDIUM, at, t, "a script offers a file that it holds itself");
    bool blob = scan_has(t, "new blob") || scan_has(t, "new file(") || save;
    if (!blob || !(save || scan_has(t, "createobjecturl"))) return;
    bool offers = save || scan_has(t, ".download") || scan_has(t, "'download'") || scan_has(t, "\"download\"") ||
                  scan_has(t, ".click(") || scan_has(t, "location") || scan_has(t, "saveas(");
    bool data = scan_has(t, "atob(") || has_long_base64(t);
    if (offers && data)
        scan_tell(s, where, 21, POSTERN_SEVERITY_MEDIUM, at, t, "a script makes a file and offers it for saving");
}

/* Objects that start programs and write files, by the names that scripts make them by (MH023). */
static void objects(scan *s, const place *where, size_t at, postern_slice t) {
    static const char *const names[] = {
        "wscript.shell",   "shell.application", "adodb.stream",     "scripting.filesystemobject",
        "wscript.network", "internet.hhctrl",   "mmc20.application"};
    if (!scan_has(t, "activexobject") && !scan_has(t, "createobject")) return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t found = postern_slice_find_nocase(t, 0, postern_slice_cstr(names[i]));
        if (found == SIZE_MAX || found == 0 || !strchr("\"'`", t.ptr[found - 1])) continue;
        scan_tell(s, where, 23, POSTERN_SEVERITY_HIGH, at + found, postern_slice_sub(t, found, strlen(names[i])),
                  "a script makes an object that runs programs or writes files");
    }
}

void scan_script(scan *s, const place *where, size_t at, postern_slice utf8) {
    all_strings(s, where, at, utf8);
    objects(s, where, at, utf8);
    smuggling(s, where, at, utf8);
}

/* ---- styles ---- */

static void style_value(scan *s, const place *where, size_t at, const postern_css_token *token, bool function) {
    if (function && (scan_starts(token->value, "expression")))
        scan_tell(s, where, 19, POSTERN_SEVERITY_MEDIUM, at, token->value, "a script in a style");
    if (token->kind == POSTERN_CSS_IDENT && (postern_slice_eq_nocase(token->value, POSTERN_S("behavior")) ||
                                             postern_slice_eq_nocase(token->value, POSTERN_S("-moz-binding"))))
        scan_tell(s, where, 19, POSTERN_SEVERITY_LOW, at, token->value, "a style that binds a script");
}

/* Internet Explorer takes comments out of a word, too: exp/ ** /ression(. */
static void split_expression(scan *s, const place *where, size_t at, postern_slice utf8) {
    postern_buf plain;
    if (postern_slice_find(utf8, 0, POSTERN_S("/*")) == SIZE_MAX || scan_has(utf8, "expression(")) return;
    postern_buf_init(&plain, utf8.len + 64);
    for (size_t i = 0; i < utf8.len; i++) {
        bool comment = i + 1 < utf8.len && utf8.ptr[i] == '/' && utf8.ptr[i + 1] == '*';
        size_t end = comment ? postern_slice_find(utf8, i + 2, POSTERN_S("*/")) : SIZE_MAX;
        if (comment && end == SIZE_MAX) break;
        if (comment)
            i = end + 1;
        else
            postern_buf_add_byte(&plain, utf8.ptr[i]);
    }
    if (plain.status == POSTERN_NOMEM) s->status = POSTERN_NOMEM;
    size_t found = postern_slice_find_nocase(postern_buf_slice(&plain), 0, POSTERN_S("expression("));
    if (found != SIZE_MAX)
        scan_tell(s, where, 19, POSTERN_SEVERITY_MEDIUM, at, postern_slice_sub(postern_buf_slice(&plain), found, 80),
                  "a script in a style, hidden by a comment");
    postern_buf_free(&plain);
}

void scan_css(scan *s, const place *where, size_t at, postern_slice utf8) {
    postern_css_tokenizer tokenizer;
    postern_css_token token;
    bool url_function = false;
    utf8 = postern_slice_sub(utf8, 0, postern_utf8_valid_prefix(utf8));
    postern_css_tokenizer_init(&tokenizer, utf8, where->arena);
    for (postern_css_next(&tokenizer, &token); token.kind != POSTERN_CSS_EOF && !scan_ended(s);
         postern_css_next(&tokenizer, &token)) {
        bool string = token.kind == POSTERN_CSS_STRING && url_function;
        postern_slice raw = postern_slice_sub(utf8, token.offset, token.end - token.offset);
        if ((token.kind == POSTERN_CSS_URL || string) && !scan_starts(token.value, "data:"))
            scan_url(s, where, POSTERN_PLACE_STYLE, at + token.offset, token.value, raw);
        if (token.kind == POSTERN_CSS_FUNCTION || token.kind == POSTERN_CSS_IDENT)
            style_value(s, where, at + token.offset, &token, token.kind == POSTERN_CSS_FUNCTION);
        bool at_import = token.kind == POSTERN_CSS_AT_KEYWORD && postern_slice_eq_nocase(token.value, POSTERN_S("import"));
        bool function = token.kind == POSTERN_CSS_FUNCTION &&
                        (postern_slice_eq_nocase(token.value, POSTERN_S("url")) || scan_has(token.value, "image-set"));
        if (token.kind != POSTERN_CSS_WHITESPACE) url_function = at_import || function;
    }
    if (tokenizer.status == POSTERN_NOMEM) s->status = POSTERN_NOMEM;
    split_expression(s, where, at, utf8);
}
