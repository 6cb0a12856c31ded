/*
 * Bytes by what they are (never by what they say they are): the type check of MH018, ActiveMime and Office data (MH009), files
 * that are two things at once (MH010), and where each format goes. Sniffing here can only raise a finding (Z7).
 *
 * Left out: what is inside OLE documents and compressed PDF streams.
 */
#include "scan_int.h"

#include <zlib.h>

enum { INFLATE_MAX = 16 << 20 };

static bool begins(postern_slice bytes, const char *magic, size_t len) {
    return bytes.len >= len && memcmp(bytes.ptr, magic, len) == 0;
}
#define BEGINS(bytes, literal) begins(bytes, literal, sizeof(literal) - 1)

static postern_slice front(postern_slice bytes) {
    if (BEGINS(bytes, "\xEF\xBB\xBF")) bytes = postern_slice_from(bytes, 3);
    while (bytes.len && postern_ascii_space(bytes.ptr[0])) bytes = postern_slice_from(bytes, 1);
    return bytes;
}

static bool looks_html(postern_slice bytes) {
    static const char *const tags[] = {"<!doctype html", "<html", "<head",  "<body",  "<script",
                                       "<iframe",        "<meta", "<title", "<object"};
    return SCAN_ANY(front(bytes), tags);
}

/* "MZ" with a PE or NE header where it points, so that a text that begins with MZ is none. */
static bool is_program(postern_slice bytes) {
    if (BEGINS(bytes, "\x7F"
                      "ELF"))
        return true;
    if (!BEGINS(bytes, "MZ") || bytes.len < 64) return false;
    postern_cursor c = postern_cursor_of(bytes);
    postern_cursor_bytes(&c, 60);
    uint32_t at = postern_cursor_le32(&c);
    postern_slice header = postern_slice_sub(bytes, at, 2);
    return postern_slice_eq(header, POSTERN_S("PE")) || postern_slice_eq(header, POSTERN_S("NE")) || bytes.ptr[2] < ' ';
}

static bool is_ole(postern_slice bytes) {
    return BEGINS(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
}

/* HTML where text was promised: a whole document, or one that runs something. */
static postern_severity html_in_text(postern_slice bytes) {
    static const char *const runs[] = {"<script", "<iframe", "<object", "<embed", "<applet"};
    postern_slice head = postern_slice_sub(bytes, 0, 64 << 10);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (scan_has(head, runs[i])) return POSTERN_SEVERITY_MEDIUM;
    return scan_has(head, "</") ? POSTERN_SEVERITY_LOW : POSTERN_SEVERITY_INFO;
}

/* The extension starts a program, and the type says picture, sound, text or document. */
static void name_and_type(scan *s, const place *where, postern_slice name, postern_slice type) {
    static const char *const harmless[] = {"image/",
                                           "audio/",
                                           "video/",
                                           "font/",
                                           "text/plain",
                                           "text/css",
                                           "application/pdf",
                                           "application/msword",
                                           "application/vnd.openxmlformats",
                                           "application/vnd.ms-excel"};
    const scan_extension_row *row = scan_extension_find(scan_extension(name));
    if (!row || !row->active || !SCAN_ANY(type, harmless)) return;
    scan_tell(s, where, 18, scan_starts(type, "text/plain") ? POSTERN_SEVERITY_LOW : POSTERN_SEVERITY_MEDIUM, 0, name,
              "the extension starts a program, and the type says something harmless");
}

void scan_type(scan *s, const place *where, postern_slice bytes, postern_slice name, postern_slice type) {
    static const char *const media[] = {"image/",          "font/",      "audio/",        "video/",
                                        "text/css",        "text/plain", "text/calendar", "application/x-font",
                                        "application/font"};
    static const char *const pictures[] = {"png", "gif", "jpg", "jpeg", "bmp", "webp", "ico", "txt", "css", "mp3", "wav"};
    static const char *const documents[] = {"application/pdf", "application/msword", "application/vnd.", "application/rtf",
                                            "application/zip"};
    static const char *const papers[] = {"pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf"};
    const char *what = NULL;
    bool text = scan_starts(type, "text/plain"), vector = scan_has(type, "svg");
    bool claimed = SCAN_ANY(type, media) || SCAN_IS_ONE(scan_extension(name), pictures);
    bool paper = SCAN_ANY(type, documents) || SCAN_IS_ONE(scan_extension(name), papers);
    postern_severity severity = POSTERN_SEVERITY_MEDIUM;
    name_and_type(s, where, name, type);
    if ((!claimed && !paper) || !bytes.len) return;
    if (is_program(bytes))
        what = claimed ? "declared as a picture, font, sound or text, and a program" : "declared as a document, and a program";
    else if (claimed && (is_ole(bytes) || BEGINS(bytes, "PK\3\4") || BEGINS(bytes, "%PDF-") || BEGINS(bytes, "ActiveMime") ||
                         (!text && BEGINS(bytes, "{\\rtf"))))
        what = "declared as a picture, font, sound or text, and a document or archive";
    else if (claimed && !text && !vector && looks_html(bytes)) {
        what = "declared as a picture, font, sound or style, and HTML";
        if (where->saved) severity = POSTERN_SEVERITY_LOW; /* a server's error page, saved with the rest */
    } else if (scan_starts(type, "application/pdf") && looks_html(bytes))
        what = "declared as a document, and HTML";
    else if (text && looks_html(bytes) && (severity = html_in_text(bytes)) != POSTERN_SEVERITY_INFO)
        what = "declared as plain text, and HTML";
    if (what) scan_tell(s, where, 18, severity, 0, postern_slice_sub(bytes, 0, 80), what);
}

/* ---- ActiveMime (MH009) ---- */

/* Behind a head of about 50 bytes a zlib stream holds an OLE document; whether macros are in it. Unreadable counts as yes. */
static bool has_macros(scan *s, postern_slice bytes) {
    size_t at = postern_slice_find(postern_slice_sub(bytes, 0, 256), 10, POSTERN_S("\x78"));
    z_stream z = {.next_in = NULL};
    postern_buf out;
    bool found = true;
    if (at == SIZE_MAX || bytes.len - at > UINT32_MAX || inflateInit(&z) != Z_OK) return true;
    postern_buf_init(&out, INFLATE_MAX);
    size_t room = bytes.len * 20 < INFLATE_MAX ? bytes.len * 20 + 4096 : INFLATE_MAX;
    if (postern_buf_reserve(&out, room) == POSTERN_OK) {
        uint8_t *input = (uint8_t *)(uintptr_t)(bytes.ptr + at); /* zlib does not write to it */
        z.next_in = input;
        z.avail_in = (uInt)(bytes.len - at);
        z.next_out = out.ptr;
        z.avail_out = (uInt)room;
        int code = inflate(&z, Z_SYNC_FLUSH);
        postern_slice data = postern_slice_of(out.ptr, z.total_out);
        found = (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) || scan_has(data, "_VBA_PROJECT") ||
                postern_slice_find(data, 0, POSTERN_S("V\0B\0A\0")) != SIZE_MAX || scan_has(data, "Attribut");
    } else {
        s->status = out.status == POSTERN_NOMEM ? POSTERN_NOMEM : s->status;
    }
    inflateEnd(&z);
    postern_buf_free(&out);
    return found;
}

void scan_activemime(scan *s, const place *where, postern_slice bytes, postern_slice name, postern_slice type) {
    bool mso = scan_has(type, "x-mso"), named = scan_has(name, "oledata.mso") || scan_has(name, "editdata.mso");
    bool magic = BEGINS(bytes, "ActiveMime"), encoded = !where->encoded && BEGINS(front(bytes), "QWN0aXZlTWlt");
    if (!mso && !named && !magic && !encoded) return;
    postern_slice raw = postern_slice_sub(bytes, 0, 60);
    if (encoded)
        scan_tell(s, where, 9, POSTERN_SEVERITY_HIGH, 0, raw, "ActiveMime data, encoded twice");
    else if (magic && !mso && !named)
        scan_tell(s, where, 9, POSTERN_SEVERITY_HIGH, 0, raw, "ActiveMime data in a part that says it is something else");
    else if (magic && has_macros(s, bytes))
        scan_tell(s, where, 9, POSTERN_SEVERITY_HIGH, 0, raw, "ActiveMime data with macros");
    else
        scan_tell(s, where, 9, POSTERN_SEVERITY_MEDIUM, 0, magic ? raw : name.len ? name : type, "Office data");
}

/* ---- two things at once (MH010) ---- */

static bool line_starts(postern_slice bytes, size_t from, const char *word, size_t *ret_at) {
    for (size_t at = from; (at = postern_slice_find_nocase(bytes, at, postern_slice_cstr(word))) != SIZE_MAX; at++) {
        if (at && bytes.ptr[at - 1] != '\n' && bytes.ptr[at - 1] != '\r') continue;
        *ret_at = at;
        return true;
    }
    return false;
}

/* A declared multipart whose boundary is used, or parts with locations. */
static bool buried_message(postern_slice bytes, size_t *ret_at) {
    size_t type, location, boundary;
    if (!line_starts(bytes, 1, "content-type:", &type)) return false;
    *ret_at = type;
    postern_slice head = postern_slice_sub(bytes, type, 1024);
    if (scan_has(head, "multipart/") && (boundary = postern_slice_find_nocase(head, 0, POSTERN_S("boundary="))) != SIZE_MAX) {
        postern_slice value = postern_slice_sub(head, boundary + 9, 80);
        if (value.len && value.ptr[0] == '"') value = postern_slice_from(value, 1);
        size_t len = 0;
        while (len < value.len && value.ptr[len] > ' ' && !strchr("\";", value.ptr[len])) len++;
        size_t used = postern_slice_find(bytes, type + boundary + 9 + len, postern_slice_sub(value, 0, len));
        if (len && used != SIZE_MAX && used > 2 && bytes.ptr[used - 1] == '-') return true;
    }
    return line_starts(bytes, 1, "content-location:", &location) && line_starts(bytes, 1, "mime-version:", &location);
}

/* A mail that a zip holds without compressing it is a member like others, unless the file is named as something else. */
static bool is_member(const place *where, postern_slice bytes, size_t at) {
    static const char *const others[] = {"doc", "xls", "ppt", "eml", "mht", "mhtml", "pdf", "htm", "html", "rtf", "msg"};
    return BEGINS(bytes, "PK\3\4") && postern_slice_find(bytes, at, POSTERN_S("PK\1\2")) != SIZE_MAX &&
           !SCAN_IS_ONE(scan_extension(where->file), others);
}

void scan_polyglot(scan *s, const place *where, postern_slice bytes) {
    postern_slice head = postern_slice_sub(bytes, 0, 1024);
    size_t at = 0;
    bool document = postern_slice_find(head, 0, POSTERN_S("%PDF-")) != SIZE_MAX || BEGINS(bytes, "PK\3\4") ||
                    BEGINS(bytes, "GIF8") || BEGINS(front(bytes), "<?xml") || BEGINS(front(bytes), "{\\rtf");
    bool picture = BEGINS(bytes, "\xFF\xD8\xFF") || BEGINS(bytes, "\x89PNG") || BEGINS(bytes, "RIFF") || looks_html(bytes);
    if ((!document && !picture) || !buried_message(bytes, &at)) return;
    if (is_member(where, bytes, at)) return;
    if (document)
        scan_tell(s, where, 10, POSTERN_SEVERITY_HIGH, at, postern_slice_sub(bytes, at, 120),
                  "a message behind the head of another format");
    else
        scan_tell(s, where, 17, POSTERN_SEVERITY_MEDIUM, at, postern_slice_sub(bytes, at, 120),
                  "MIME headers buried in a picture or page");
}

/* ---- where it goes ---- */

static postern_slice to_text(scan *s, const place *where, postern_slice bytes) {
    postern_slice text = {0};
    postern_charset charset = postern_charset_from_bom(bytes, NULL);
    if (!charset && postern_utf8_valid(bytes)) return bytes;
    if (!charset) charset = postern_charset_parse(postern_html_prescan_charset(bytes));
    if (!charset)
        charset = where->view ? POSTERN_CHARSET_WINDOWS_1252 : postern_charset_detect(bytes); /* ASCII is enough there */
    postern_status status = postern_charset_decode_arena(charset, bytes, where->arena, NULL, 0, &text);
    if (status == POSTERN_NOMEM) s->status = status;
    return status ? (postern_slice){0} : text;
}

static bool is_xml(postern_slice bytes, postern_slice extension, postern_slice type) {
    static const char *const endings[] = {"xml", "svg", "xhtml", "xht", "xsl", "rels", "library-ms", "vml", "rdf"};
    return scan_has(type, "xml") || SCAN_IS_ONE(extension, endings) || BEGINS(front(bytes), "<?xml");
}

static void text_formats(scan *s, const place *given, postern_slice bytes, postern_slice extension, postern_slice type) {
    place where = *given;
    postern_slice text = to_text(s, given, bytes);
    if (text.ptr != bytes.ptr) where.exact = false;
    postern_slice head = front(text);
    bool xml = is_xml(text, extension, type);
    bool html = scan_has(type, "html") || scan_has(type, "svg") ||
                SCAN_IS_ONE(extension, ((const char *const[]){"htm", "html", "xhtml", "xht", "svg", "hta", "shtml"})) ||
                looks_html(text) || (xml && scan_has(postern_slice_sub(text, 0, 4096), "<svg"));
    if (scan_is_settings(head, extension))
        scan_registry(s, given, bytes);
    else if (scan_starts(head, "[internetshortcut") || postern_slice_eq_nocase(extension, POSTERN_S("url")))
        scan_shortcut(s, &where, text);
    else if (scan_starts(head, "[zonetransfer]"))
        scan_stream(s, &where, text);
    else if (postern_slice_eq_nocase(extension, POSTERN_S("rels")) ||
             scan_has(postern_slice_sub(text, 0, 512), "<relationships"))
        scan_relations(s, &where, text);
    if (xml) scan_xml(s, &where, text);
    if (html)
        scan_html(s, &where, text);
    else if (scan_has(type, "css") || postern_slice_eq_nocase(extension, POSTERN_S("css")))
        scan_css(s, &where, 0, text);
    else if (scan_has(type, "javascript") || scan_has(type, "ecmascript") ||
             postern_slice_eq_nocase(extension, POSTERN_S("js")))
        scan_script(s, &where, 0, text);
    else if (!xml)
        scan_text(s, &where, text);
}

void scan_content(scan *s, const place *where, postern_slice bytes, postern_slice name, postern_slice type, bool declared) {
    if (!bytes.len || scan_ended(s)) return;
    if (s->options->part) {
        s->status = s->options->part(s->options->user, where->file, where->part, where->offset, bytes);
        if (s->status) return;
    }
    scan_rules(s, where, bytes);
    s->report->parts++;
    s->report->bytes += bytes.len;
    if (declared) scan_type(s, where, bytes, name, type);
    scan_activemime(s, where, bytes, name, type);
    scan_polyglot(s, where, bytes);
    if (BEGINS(bytes, "PReg\1\0\0\0"))
        scan_registry(s, where, bytes);
    else if (BEGINS(front(bytes), "{\\rtf"))
        scan_rtf(s, where, bytes);
    else if (BEGINS(bytes, "\xFF\xFE") || BEGINS(bytes, "\xFE\xFF") || !memchr(bytes.ptr, 0, bytes.len < 512 ? bytes.len : 512))
        text_formats(s, where, bytes, scan_extension(name), type);
}
