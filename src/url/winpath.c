/*
 * Spellings of Windows paths, as they stand in attributes, Content-Location and shortcuts.
 *
 * A network name that passes for a local file sends the reader's credentials to the attacker's server (CVE-2023-23397) or
 * carries his file into the Local Machine zone (CVE-2023-35628, CVE-2023-29324). So UNC, device, WebDAV and localhost-share
 * spellings are network names whatever follows, doubt counts as network (Z9), and what comes out is one canonical file: URL.
 *
 * Left out: 8.3 names, substituted drives, environment variables; nothing is looked up.
 */
#include "url_int.h"

static bool slash(uint8_t c) {
    return c == '/' || c == '\\';
}

static bool drive_at(postern_slice s) {
    return url_is_drive(postern_slice_sub(s, 0, 2));
}

static size_t leading_slashes(postern_slice s) {
    size_t count = 0;
    while (count < s.len && slash(s.ptr[count])) count++;
    return count;
}

/* Up to the next slash. */
static postern_slice component(postern_slice s) {
    size_t len = 0;
    while (len < s.len && !slash(s.ptr[len])) len++;
    return postern_slice_sub(s, 0, len);
}

/* ---- devices ------------------------------------------------------------------------------------------------- */

/* COM1 or LPT1; the superscript digits count, too. */
static bool numbered_device(postern_slice stem) {
    postern_slice digit = postern_slice_from(stem, 3);
    bool port = postern_slice_starts_nocase(stem, POSTERN_S("com")) || postern_slice_starts_nocase(stem, POSTERN_S("lpt"));
    if (!port) return false;
    if (digit.len == 1) return postern_ascii_digit(digit.ptr[0]);
    return postern_slice_eq(digit, POSTERN_S("\xC2\xB9")) || postern_slice_eq(digit, POSTERN_S("\xC2\xB2")) ||
           postern_slice_eq(digit, POSTERN_S("\xC2\xB3"));
}

/* CON, NUL, COM1 … are devices in any directory, with blanks, a stream or any extension behind them. */
static bool device_name(postern_slice name) {
    static const char *const names[] = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
    size_t len = 0;
    while (len < name.len && name.ptr[len] != '.' && name.ptr[len] != ':') len++;
    while (len && name.ptr[len - 1] == ' ') len--;
    postern_slice stem = postern_slice_sub(name, 0, len);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (postern_slice_eq_nocase(stem, postern_slice_cstr(names[i]))) return true;
    return numbered_device(stem);
}

static bool has_device_name(postern_slice s) {
    while (s.len) {
        postern_slice name = component(s);
        if (device_name(name)) return true;
        s = postern_slice_from(s, name.len + 1);
    }
    return false;
}

/* \\?\ \\.\ //./ with any more slashes in front, and the native \??\ */
static bool device_prefix(postern_slice s) {
    size_t slashes = leading_slashes(s);
    postern_slice name = component(postern_slice_from(s, slashes));
    if (slashes == 0) return false;
    if (postern_slice_eq(name, POSTERN_S("??"))) return true;
    return slashes >= 2 && (postern_slice_eq(name, POSTERN_S("?")) || postern_slice_eq(name, POSTERN_S(".")));
}

/* ---- which spelling ------------------------------------------------------------------------------------------ */

/* C:\x, C:x and what is wrong with them. */
static postern_winpath_kind drive_kind(postern_slice s) {
    if (has_device_name(postern_slice_from(s, 2))) return POSTERN_WINPATH_DEVICE;
    return s.len > 2 && slash(s.ptr[2]) ? POSTERN_WINPATH_DRIVE : POSTERN_WINPATH_DRIVE_RELATIVE;
}

static postern_winpath_kind plain_kind(postern_slice s) {
    if (device_prefix(s)) return POSTERN_WINPATH_DEVICE;
    if (leading_slashes(s) >= 2) return POSTERN_WINPATH_UNC;
    if (s.len >= 2 && s.ptr[1] == ':' && drive_at(s)) return drive_kind(s);
    if (s.len && s.ptr[0] == '\\') return has_device_name(s) ? POSTERN_WINPATH_DEVICE : POSTERN_WINPATH_ROOTED;
    /* a bare name; one with an extension is more likely a page's own picture called aux.gif */
    bool bare = component(s).len == s.len && postern_slice_find_byte(s, 0, '.') == SIZE_MAX;
    return bare && device_name(s) ? POSTERN_WINPATH_DEVICE : POSTERN_WINPATH_NONE;
}

/* Behind "file:". A slash that is written %5C or %2F is one for Windows, which decodes before it opens: doubt, hence network.
 * */
static postern_winpath_kind file_kind(postern_slice s) {
    size_t slashes = leading_slashes(s);
    postern_slice rest = postern_slice_from(s, slashes), host = component(rest);
    if (device_prefix(s)) return POSTERN_WINPATH_DEVICE;
    if (postern_slice_find_nocase(s, 0, POSTERN_S("%5c")) != SIZE_MAX) return POSTERN_WINPATH_UNC;
    if (postern_slice_find_nocase(s, 0, POSTERN_S("%2f")) != SIZE_MAX) return POSTERN_WINPATH_UNC;
    if (slashes <= 3 && drive_at(rest)) return drive_kind(rest);
    if (slashes == 2 && postern_slice_eq_nocase(host, POSTERN_S("localhost"))) {
        postern_slice path = postern_slice_from(rest, host.len + 1);
        return drive_at(path) ? drive_kind(path) : POSTERN_WINPATH_UNC;
    }
    if (slashes >= 4 || (slashes == 2 && host.len)) return POSTERN_WINPATH_UNC;
    return POSTERN_WINPATH_NONE;
}

/* Without the blanks and controls around it that the URL parser strips. */
static postern_slice stripped(postern_slice s) {
    while (s.len && s.ptr[0] <= ' ') s = postern_slice_from(s, 1);
    while (s.len && s.ptr[s.len - 1] <= ' ') s.len--;
    return s;
}

static bool file_scheme(postern_slice s) {
    return postern_slice_starts_nocase(s, POSTERN_S("file:"));
}

static postern_winpath_kind kind_of(postern_slice s) {
    return file_scheme(s) ? file_kind(postern_slice_from(s, 5)) : plain_kind(s);
}

static bool tab_or_newline(uint8_t c) {
    return c == '\t' || c == '\n' || c == '\r';
}

postern_winpath_kind postern_winpath_classify(postern_slice text, bool *ret_network) {
    uint8_t prefix[256]; /* enough for all that decides; the rest of a text with controls inside is not trusted anyway */
    size_t len = 0;
    bool controls = false;
    postern_slice s = stripped(text);
    for (size_t i = 0; i < s.len; i++) controls |= tab_or_newline(s.ptr[i]);
    for (size_t i = 0; controls && i < s.len && len < sizeof prefix; i++)
        if (!tab_or_newline(s.ptr[i])) prefix[len++] = s.ptr[i];
    postern_winpath_kind kind = kind_of(controls ? postern_slice_of(prefix, len) : s);
    *ret_network = kind == POSTERN_WINPATH_UNC || kind == POSTERN_WINPATH_DEVICE || (controls && kind != POSTERN_WINPATH_NONE);
    return kind;
}

/* ---- one URL ------------------------------------------------------------------------------------------------- */

/* Slashes forward; a percent sign stands for itself when `literal`. The URL parser encodes the rest. */
static void add_path(url_out *out, postern_slice path, bool literal) {
    for (size_t i = 0; i < path.len; i++) {
        uint8_t c = path.ptr[i];
        if (c == '%' && literal) url_out_add(out, POSTERN_S("%25"));
        else url_out_byte(out, c == '\\' ? '/' : c);
    }
}

/* `s` begins with its drive letter. */
static void add_drive(url_out *out, postern_slice s, bool literal) {
    uint8_t letter = s.ptr[0] & 0xDF;
    url_out_add(out, POSTERN_S("file:///"));
    url_out_byte(out, letter);
    url_out_byte(out, ':');
    add_path(out, postern_slice_from(s, 2), literal);
}

static postern_slice behind_localhost(postern_slice s) {
    return postern_slice_starts_nocase(s, POSTERN_S("localhost")) ? postern_slice_from(s, 10) : s;
}

postern_status postern_winpath_to_url(postern_arena *arena, postern_slice text, const postern_url **ret_url) {
    if (text.len > POSTERN_LIMIT_URL) return POSTERN_LIMIT;
    postern_slice s = stripped(text);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < ' ') return POSTERN_FORMAT;
    bool file = file_scheme(s);
    postern_winpath_kind kind = kind_of(s);
    if (kind != POSTERN_WINPATH_DRIVE && kind != POSTERN_WINPATH_UNC) return POSTERN_FORMAT;
    if (file) s = postern_slice_from(s, 5);
    size_t slashes = leading_slashes(s);
    /* file:// and a drive is a DOS path to Windows, file:/// and a drive is a URL with its escapes */
    bool literal = !file || (slashes == 2 && drive_at(postern_slice_from(s, slashes)));
    const postern_url *url;
    url_out out;
    url_out_init(&out);
    s = postern_slice_from(s, slashes);
    if (kind == POSTERN_WINPATH_DRIVE) {
        add_drive(&out, drive_at(s) ? s : behind_localhost(s), literal);
    } else {
        url_out_add(&out, POSTERN_S("file://"));
        add_path(&out, s, literal);
    }
    postern_status status = out.status;
    if (!status) status = postern_url_parse(arena, url_out_from(&out, 0), NULL, &url);
    url_out_free(&out);
    /* a network name must not turn into a local one: \\localhost\c$, \\C:\x */
    if (!status && kind == POSTERN_WINPATH_UNC && url->host_kind == POSTERN_HOST_EMPTY) return POSTERN_FORMAT;
    if (!status) *ret_url = url;
    return status;
}
