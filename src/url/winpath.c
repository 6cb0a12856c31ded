/*
 * Spellings of Windows paths, as they stand in attributes, Content-Location and shortcuts.
 *
 * A network name that passes for a local file sends the reader's credentials to the attacker's server (CVE-2023-23397) or carries
 * his file into the Local Machine zone (CVE-2023-35628, CVE-2023-29324). So UNC, device, WebDAV and localhost-share spellings are
 * network names whatever follows, doubt counts as network (Z9), and what comes out is one canonical file: URL.
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

/* CON, NUL, COM1 … in any directory and with any extension are devices; so are the superscript digits behind COM and LPT. */
static bool device_name(postern_slice name) {
    static const char *const names[] = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
    postern_slice stem = name;
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '.' || name.ptr[i] == ':') {
            stem.len = i;
            break;
        }
    while (stem.len && stem.ptr[stem.len - 1] == ' ') stem.len--;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (postern_slice_eq_nocase(stem, postern_slice_cstr(names[i]))) return true;
    if (!postern_slice_starts_nocase(stem, POSTERN_S("com")) && !postern_slice_starts_nocase(stem, POSTERN_S("lpt"))) return false;
    postern_slice digit = postern_slice_from(stem, 3);
    if (digit.len == 1) return postern_ascii_digit(digit.ptr[0]);
    return postern_slice_eq(digit, POSTERN_S("\xC2\xB9")) || postern_slice_eq(digit, POSTERN_S("\xC2\xB2")) ||
           postern_slice_eq(digit, POSTERN_S("\xC2\xB3"));
}

static bool has_device_name(postern_slice s) {
    while (s.len) {
        postern_slice name = component(s);
        if (device_name(name)) return true;
        s = postern_slice_from(s, name.len + 1);
    }
    return false;
}

/* \\?\ \\.\ //./ and the native \??\ */
static bool device_prefix(postern_slice s) {
    size_t slashes = leading_slashes(s);
    postern_slice name = component(postern_slice_from(s, slashes));
    if (slashes == 0) return false;
    if (postern_slice_eq(name, POSTERN_S("??"))) return true;
    return slashes >= 2 && (postern_slice_eq(name, POSTERN_S("?")) || postern_slice_eq(name, POSTERN_S(".")));
}

static postern_winpath_kind classify(postern_slice s) {
    if (device_prefix(s)) return POSTERN_WINPATH_DEVICE;
    size_t slashes = leading_slashes(s);
    if (slashes >= 2) return POSTERN_WINPATH_UNC;
    if (drive_at(s)) {
        if (has_device_name(postern_slice_from(s, 2))) return POSTERN_WINPATH_DEVICE;
        return s.len > 2 && slash(s.ptr[2]) ? POSTERN_WINPATH_DRIVE : POSTERN_WINPATH_DRIVE_RELATIVE;
    }
    if (slashes == 1 && s.ptr[0] == '\\') return has_device_name(s) ? POSTERN_WINPATH_DEVICE : POSTERN_WINPATH_ROOTED;
    return slashes == 0 && device_name(component(s)) ? POSTERN_WINPATH_DEVICE : POSTERN_WINPATH_NONE;
}

postern_winpath_kind postern_winpath_classify(postern_slice text, bool *ret_network) {
    postern_winpath_kind kind = classify(postern_slice_trim(text));
    *ret_network = kind == POSTERN_WINPATH_UNC || kind == POSTERN_WINPATH_DEVICE;
    return kind;
}

postern_status postern_winpath_to_url(postern_arena *arena, postern_slice text, const postern_url **ret_url) {
    (void)arena, (void)text, (void)ret_url;
    return POSTERN_UNSUPPORTED;
}
