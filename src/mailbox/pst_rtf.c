/*
 * The RTF body of a message, as far as it is read: HTML that was put into RTF is taken out again ([MS-OXRTFEX]), of other RTF
 * the text is kept. Left out: everything that RTF can do besides (objects, fields, pictures, styles). What comes out is as
 * hostile as what went in: it goes through the page's writer like any mail.
 */
#include "pst_int.h"

#include <stdlib.h>

enum { DEPTH = 256, FONTS = 512 };

typedef struct level {
    bool skip, tag, fonts, hidden; /* a destination that is no text; \*\htmltag; the table of fonts; \htmlrtf */
    uint32_t unicode_skip;
    postern_charset charset;
} level;

typedef struct rtf {
    postern_slice in;
    size_t at;
    level levels[DEPTH];
    unsigned depth, beyond; /* groups deeper than that are skipped */
    bool html, star;
    uint32_t skip_bytes; /* what stands for a \u in readers that know none */
    uint32_t font;       /* whose entry the table is at */
    postern_charset fonts[FONTS], base;
    postern_buf run; /* bytes of one charset */
    postern_buf *out;
} rtf;

static level *top(rtf *r) { return &r->levels[r->depth]; }

static void flush(rtf *r) {
    postern_sink sink = postern_buf_sink(r->out);
    if (r->run.len && postern_charset_decode(top(r)->charset, postern_buf_slice(&r->run), &sink, NULL, POSTERN_NO_PART) &&
        !r->out->status)
        r->out->status = POSTERN_NOMEM;
    postern_buf_clear(&r->run);
}

static bool is_shown(rtf *r) {
    const level *l = top(r);
    return !r->beyond && !l->skip && !l->fonts && (l->tag || !l->hidden);
}

static void put_text(rtf *r, const char *text) {
    if (!is_shown(r)) return;
    flush(r);
    postern_buf_add_slice(r->out, postern_slice_cstr(text));
}

static void put_byte(rtf *r, uint8_t byte) {
    if (r->skip_bytes) {
        r->skip_bytes--;
        return;
    }
    if (!is_shown(r)) return;
    bool special = r->html && !top(r)->tag && (byte == '<' || byte == '>' || byte == '&');
    if (special) put_text(r, byte == '<' ? "&lt;" : byte == '>' ? "&gt;" : "&amp;");
    else postern_buf_add_byte(&r->run, byte);
}

static postern_charset charset_of_font(uint32_t number, postern_charset base) {
    static const struct {
        uint32_t number;
        const char *label;
    } known[] = {{128, "shift_jis"},    {129, "euc-kr"},       {134, "gbk"},          {136, "big5"},
                 {161, "windows-1253"}, {162, "windows-1254"}, {163, "windows-1258"}, {177, "windows-1255"},
                 {178, "windows-1256"}, {186, "windows-1257"}, {204, "windows-1251"}, {222, "windows-874"},
                 {238, "windows-1250"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number) return postern_charset_parse(postern_slice_cstr(known[i].label));
    return base;
}

static bool is(postern_slice word, const char *name) { return postern_slice_eq(word, postern_slice_cstr(name)); }

static bool is_destination(postern_slice word) {
    static const char *const names[] = {"colortbl",  "stylesheet", "info",      "pict",      "object",    "header",
                                        "footer",    "headerf",    "footerf",   "generator", "themedata", "datastore",
                                        "fldinst",   "listtable",  "listoverridetable", "rsidtbl"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is(word, names[i])) return true;
    return false;
}

static void on_character(rtf *r, postern_slice word) {
    static const struct {
        const char *word, *text;
    } known[] = {{"par", "\r\n"},
                 {"line", "\r\n"},
                 {"row", "\r\n"},
                 {"tab", "\t"},
                 {"cell", "\t"},
                 {"lquote", "\xE2\x80\x98"},
                 {"rquote", "\xE2\x80\x99"},
                 {"ldblquote", "\xE2\x80\x9C"},
                 {"rdblquote", "\xE2\x80\x9D"},
                 {"bullet", "\xE2\x80\xA2"},
                 {"endash", "\xE2\x80\x93"},
                 {"emdash", "\xE2\x80\x94"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is(word, known[i].word)) put_text(r, known[i].text);
}

static void on_word(rtf *r, postern_slice word, bool has_number, int32_t number) {
    level *l = top(r);
    bool star = r->star;
    r->star = false;
    if (is(word, "htmltag")) l->tag = true;
    else if (is(word, "fonttbl")) l->fonts = true;
    else if (star || is_destination(word)) l->skip = true;
    else if (is(word, "htmlrtf")) flush(r), l->hidden = !has_number || number != 0;
    else if (is(word, "uc")) l->unicode_skip = number >= 0 && number < 16 ? (uint32_t)number : 1;
    else if (is(word, "ansicpg") && number > 0) {
        char label[32];
        snprintf(label, sizeof label, number == 65001 ? "utf-8" : number == 932 ? "shift_jis" : "windows-%d", number);
        postern_charset charset = postern_charset_parse(postern_slice_cstr(label));
        if (charset != POSTERN_CHARSET_NONE) r->base = l->charset = charset;
    } else if (is(word, "f") && number >= 0 && number < FONTS) {
        if (l->fonts) r->font = (uint32_t)number;
        else flush(r), l->charset = r->fonts[number] != POSTERN_CHARSET_NONE ? r->fonts[number] : r->base;
    } else if (is(word, "fcharset") && l->fonts && number >= 0)
        r->fonts[r->font] = charset_of_font((uint32_t)number, r->base);
    else if (is(word, "u") && has_number) {
        if (is_shown(r)) {
            flush(r);
            postern_buf_add_utf8(r->out, (uint32_t)(uint16_t)number);
        }
        r->skip_bytes = l->unicode_skip;
    } else on_character(r, word);
}

/* Behind a backslash. */
static void control(rtf *r) {
    postern_slice in = r->in;
    uint8_t c = r->at < in.len ? in.ptr[r->at] : 0;
    if (!postern_ascii_alpha(c)) {
        if (r->at < in.len) r->at++;
        if (c == '\'') {
            int high = r->at + 1 < in.len ? postern_hex_value(in.ptr[r->at]) : -1;
            int low = high >= 0 ? postern_hex_value(in.ptr[r->at + 1]) : -1;
            if (low >= 0) put_byte(r, (uint8_t)(high << 4 | low)), r->at += 2;
        } else if (c == '*') r->star = true;
        else if (c == '~') put_text(r, r->html ? "&nbsp;" : "\xC2\xA0");
        else if (c == '\\' || c == '{' || c == '}') put_byte(r, c);
        else if (c == '\n' || c == '\r') put_text(r, "\r\n");
        return;
    }
    size_t start = r->at, digits = 0;
    while (r->at < in.len && postern_ascii_alpha(in.ptr[r->at])) r->at++;
    postern_slice word = postern_slice_sub(in, start, r->at - start);
    bool minus = r->at < in.len && in.ptr[r->at] == '-';
    int64_t number = 0;
    if (minus) r->at++;
    for (; r->at < in.len && postern_ascii_digit(in.ptr[r->at]) && digits < 9; r->at++, digits++)
        number = number * 10 + (in.ptr[r->at] - '0');
    if (r->at < in.len && in.ptr[r->at] == ' ') r->at++;
    on_word(r, word, digits > 0, (int32_t)(minus ? -number : number));
}

static void open_group(rtf *r) {
    if (r->depth + 1 >= DEPTH) {
        r->beyond++;
        return;
    }
    flush(r);
    r->levels[r->depth + 1] = r->levels[r->depth];
    r->depth++;
}

static void close_group(rtf *r) {
    r->skip_bytes = 0;
    if (r->beyond) r->beyond--;
    else if (r->depth) flush(r), r->depth--;
}

bool pst_rtf_holds_html(postern_slice in) {
    return postern_slice_find(postern_slice_sub(in, 0, 4096), 0, POSTERN_S("\\fromhtml1")) != SIZE_MAX;
}

void pst_rtf_read(postern_slice in, postern_buf *out) {
    rtf *r = calloc(1, sizeof *r);
    if (!r) {
        out->status = POSTERN_NOMEM;
        return;
    }
    r->in = in;
    r->out = out;
    r->html = pst_rtf_holds_html(in);
    r->base = POSTERN_CHARSET_WINDOWS_1252;
    r->levels[0] = (level){.unicode_skip = 1, .charset = r->base};
    postern_buf_init(&r->run, out->cap);
    while (r->at < in.len && !out->status && !r->run.status) {
        uint8_t c = in.ptr[r->at++];
        if (c == '{') open_group(r);
        else if (c == '}') close_group(r);
        else if (c == '\\') control(r);
        else if (c != '\r' && c != '\n' && c) put_byte(r, c);
    }
    flush(r);
    if (r->run.status && !out->status) out->status = r->run.status;
    postern_buf_free(&r->run);
    free(r);
}
