/*
 * File names made by us (T2, Z19). An archive may call a part anything: ../../x, C:\x, CON, "invoice\u202Efdp.exe", 4,000
 * letters. What is left of it is one path component that Linux, Windows and macOS all take literally:
 *   the last component behind / and \ ; controls, bidi and invisible characters, < > : " | ? * and look-alikes of the
 *   separators become '_'; no dot, dash or blank in front, no dot or blank at the end; device names and names that a system
 *   obeys get a '_' in front; at most POSTERN_SAFE_NAME_MAX bytes, the ending kept. ':' never stays, so no name can pass for
 *   a stream or for our marks.
 */
#include "mhtml_int.h"

#include <inttypes.h>

enum { ENDING_MAX = 16, CUT_AT = POSTERN_SAFE_NAME_MAX - 12 }; /* what is left is for "-2" and the like */

static const struct {
    const char *type, *ending;
} endings[] = {
    {"text/html", ".html"},        {"application/xhtml+xml", ".xhtml"}, {"text/plain", ".txt"},     {"text/css", ".css"},
    {"text/calendar", ".ics"},     {"text/vcard", ".vcf"},              {"text/xml", ".xml"},       {"application/xml", ".xml"},
    {"image/png", ".png"},         {"image/x-png", ".png"},             {"image/jpeg", ".jpg"},     {"image/jpg", ".jpg"},
    {"image/pjpeg", ".jpg"},       {"image/gif", ".gif"},               {"image/webp", ".webp"},    {"image/bmp", ".bmp"},
    {"image/svg+xml", ".svg"},     {"image/avif", ".avif"},             {"image/tiff", ".tif"},     {"image/x-icon", ".ico"},
    {"image/x-emf", ".emf"},       {"image/x-wmf", ".wmf"},             {"font/woff", ".woff"},     {"font/woff2", ".woff2"},
    {"font/ttf", ".ttf"},          {"font/otf", ".otf"},                {"audio/mpeg", ".mp3"},     {"audio/wav", ".wav"},
    {"audio/ogg", ".ogg"},         {"video/mp4", ".mp4"},               {"video/webm", ".webm"},    {"application/pdf", ".pdf"},
    {"application/zip", ".zip"},   {"application/json", ".json"},       {"text/csv", ".csv"},       {"application/rtf", ".rtf"},
    {"message/rfc822", ".eml"},    {"application/javascript", ".js.txt"}, {"text/javascript", ".js.txt"},
};

static bool in(uint32_t c, uint32_t first, uint32_t last) {
    return c >= first && c <= last;
}

/* Characters that hide, reorder, or that some system reads as a separator. */
static bool is_unfit(uint32_t c) {
    static const uint32_t single[] = {'<',    '>',    ':',    '"',    '/',    '\\',   '|',    '?',    '*',    0xAD,   0x34F,
                                      0x61C,  0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2044, 0x2215, 0x29F8, 0x3164, 0xFE68,
                                      0xFEFF, 0xFF0A, 0xFF0F, 0xFF1A, 0xFF1C, 0xFF1E, 0xFF1F, 0xFF3C, 0xFF5C, 0xFFA0, 0xFFFD};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (c == single[i]) return true;
    return c < 0x20 || in(c, 0x7F, 0x9F) || in(c, 0x200B, 0x200F) || in(c, 0x2028, 0x202E) || in(c, 0x2060, 0x206F) ||
           in(c, 0xFE00, 0xFE0F) || in(c, 0xFFF0, 0xFFFF) || in(c, 0xFDD0, 0xFDEF) || in(c, 0xE0000, 0xE0FFF) ||
           (c & 0xFFFE) == 0xFFFE;
}

static bool is_blank(uint32_t c) {
    return c == ' ' || c == 0xA0 || c == 0x1680 || in(c, 0x2000, 0x200A) || c == 0x202F || c == 0x205F || c == 0x2800 ||
           c == 0x3000;
}

static postern_slice last_component(postern_slice s) {
    for (size_t i = s.len; i-- > 0;)
        if (s.ptr[i] == '/' || s.ptr[i] == '\\') return postern_slice_from(s, i + 1);
    return s;
}

static postern_slice trim_edges(postern_slice s) {
    while (s.len && (s.ptr[0] == '.' || s.ptr[0] == ' ' || s.ptr[0] == '-' || s.ptr[0] == '~')) s = postern_slice_from(s, 1);
    while (s.len && (s.ptr[s.len - 1] == '.' || s.ptr[s.len - 1] == ' ')) s.len--;
    return s;
}

/* "%2f" is three harmless bytes here and a separator for whoever decodes the name once more. */
static bool is_escape(postern_slice s) {
    return postern_hex_at(s, 1) >= 0;
}

/* A run of blanks becomes one: twenty of them push the real ending out of view. */
static void clean_characters(postern_slice s, postern_buf *out) {
    for (size_t pos = 0, len; pos < s.len; pos += len) {
        uint32_t c = postern_utf8_at(s, pos, &len);
        if (is_blank(c) && out->len && out->ptr[out->len - 1] == ' ') continue;
        if (is_blank(c)) postern_buf_add_byte(out, ' ');
        else if (is_unfit(c) || (c == '%' && is_escape(postern_slice_from(s, pos)))) postern_buf_add_byte(out, '_');
        else postern_buf_add_utf8(out, c);
    }
}

/* Where the ending begins (its dot), or s.len. A long tail behind a dot is no ending. */
size_t postern_safe_name_ending(postern_slice s) {
    for (size_t i = s.len; i-- > 1 && s.len - i <= ENDING_MAX;)
        if (s.ptr[i] == '.') return i;
    return s.len;
}

/* Names that Windows opens as devices whatever their ending, and names that a desktop or a server obeys. */
static bool is_reserved(postern_slice name) {
    static const char *const devices[] = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
    static const char *const obeyed[] = {"desktop.ini", "autorun.inf", "folder.htt", "thumbs.db", "web.config"};
    postern_slice stem = postern_slice_trim(postern_slice_cut(name, '.').head);
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (postern_slice_eq_nocase(stem, postern_slice_cstr(devices[i]))) return true;
    for (size_t i = 0; i < sizeof obeyed / sizeof *obeyed; i++)
        if (postern_slice_eq_nocase(name, postern_slice_cstr(obeyed[i]))) return true;
    if (!postern_slice_starts_nocase(stem, POSTERN_S("com")) && !postern_slice_starts_nocase(stem, POSTERN_S("lpt")))
        return false;
    postern_slice number = postern_slice_from(stem, 3);
    static const char *const superscripts[] = {"\xC2\xB9", "\xC2\xB2", "\xC2\xB3"}; /* Windows counts them as digits */
    for (size_t i = 0; i < 3; i++)
        if (postern_slice_eq(number, postern_slice_cstr(superscripts[i]))) return true;
    return number.len == 1 && postern_ascii_digit(number.ptr[0]);
}

static const char *ending_for(postern_slice type) {
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (postern_slice_eq_nocase(type, postern_slice_cstr(endings[i].type))) return endings[i].ending;
    return "";
}

/* Cut at a character, with the ending kept, so that name + ":Zone.Identifier" still fits the 255 bytes of a file system. */
static void add_cut(postern_buf *out, postern_slice name) {
    if (name.len <= CUT_AT) {
        postern_buf_add_slice(out, name);
        return;
    }
    postern_slice ending = postern_slice_from(name, postern_safe_name_ending(name));
    postern_slice stem = postern_slice_sub(name, 0, CUT_AT - ending.len);
    stem.len = postern_utf8_valid_prefix(stem);
    postern_buf_add_slice(out, trim_edges(stem));
    postern_buf_add_slice(out, ending);
}

void postern_safe_name(postern_slice wanted, postern_slice type, uint32_t index, postern_buf *ret_name) {
    postern_buf clean, full;
    postern_buf_init(&clean, 4u << 20);
    postern_buf_init(&full, 4u << 20);
    clean_characters(postern_slice_sub(last_component(wanted), 0, 64u << 10), &clean);
    postern_slice name = trim_edges(postern_buf_slice(&clean));
    if (!name.len) postern_buf_printf(&full, "part-%" PRIu32, index);
    if (name.len && is_reserved(name)) postern_buf_add_byte(&full, '_');
    postern_buf_add_slice(&full, name);
    postern_slice whole = postern_buf_slice(&full);
    if (postern_safe_name_ending(whole) == whole.len) postern_buf_add_slice(&full, postern_slice_cstr(ending_for(type)));
    add_cut(ret_name, postern_buf_slice(&full));
    if (clean.status || full.status) ret_name->status = POSTERN_NOMEM;
    postern_buf_free(&clean);
    postern_buf_free(&full);
}

void postern_part_safe_name(const postern_part *part, postern_buf *ret_name) {
    if (part->name.len) {
        postern_safe_name(part->name, part->type, part->index, ret_name);
        return;
    }
    postern_slice location = postern_slice_cut(postern_slice_cut(part->content_location, '#').head, '?').head;
    postern_slice id = postern_slice_cut(part->content_id, '@').head;
    postern_buf decoded;
    postern_buf_init(&decoded, POSTERN_LIMIT_URL);
    postern_buf_add_slice(&decoded, last_component(location));
    decoded.len = postern_percent_decode_into(postern_buf_slice(&decoded), decoded.ptr);
    postern_slice wanted = decoded.len ? postern_buf_slice(&decoded) : id;
    postern_safe_name(wanted, part->type, part->index, ret_name);
    postern_buf_free(&decoded);
}
