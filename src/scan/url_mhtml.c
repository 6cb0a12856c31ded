/*
 * mhtml: URLs, and paths. CONTAINER!KEY is where the whole family of MS04-013 lives: the container decides the zone, the key
 * what is shown, and an absent container made old readers open the key as a URL. Paths with two leading slashes or of devices
 * leave the machine whatever they look like (Z9).
 */
#include "scan_int.h"

static const char *const banned[] = {"mhtml:", "its:", "ms-its:", "ms-itss:",    "mk:",       "cid:",   "mid:",  "data:",
                                     "about:", "res:", "blob:",   "javascript:", "vbscript:", "//mid:", "//cid:"};

static postern_severity at_most(postern_url_place kind, postern_severity severity) {
    return kind == POSTERN_PLACE_TEXT ? POSTERN_SEVERITY_INFO : severity;
}

static bool is_web(postern_slice text) {
    return scan_starts(text, "http:") || scan_starts(text, "https:") || scan_starts(text, "ftp:");
}

/* "scheme:" with two letters or more, so that no drive is one. */
static bool is_absolute(postern_slice text) {
    postern_slice scheme;
    bool clean;
    return postern_url_scheme_of(text, &scheme, &clean) && scheme.len > 1;
}

static postern_slice origin(postern_slice url) {
    size_t start = postern_slice_find(url, 0, POSTERN_S("://"));
    if (start == SIZE_MAX) return postern_slice_sub(url, 0, postern_slice_find_byte(url, 0, ':'));
    size_t end = start + 3;
    while (end < url.len && !strchr("/\\?#!", url.ptr[end])) end++;
    return postern_slice_sub(url, 0, end);
}

/* The port that the scheme has anyway is none. */
static postern_slice without_usual_port(postern_slice o) {
    if (scan_starts(o, "http:") && postern_slice_ends(o, POSTERN_S(":80"))) o.len -= 3;
    if (scan_starts(o, "https:") && postern_slice_ends(o, POSTERN_S(":443"))) o.len -= 4;
    return o;
}

bool scan_same_origin(postern_slice a, postern_slice b) {
    return postern_slice_eq_nocase(without_usual_port(origin(a)), without_usual_port(origin(b)));
}

/* ---- the container ---- */

static const char *const cache_names[] = {"content.ie5", "inetcache", "\\temp\\",      "/temp/",
                                          "\\tmp\\",     "/tmp/",     "windows\\help", "windows/help"};

static bool in_cache(postern_slice path) {
    for (size_t i = 0; i < sizeof cache_names / sizeof *cache_names; i++)
        if (scan_has(path, cache_names[i])) return true;
    return false;
}

static bool steps_or_doubles(postern_slice path) {
    if (postern_slice_find(path, 0, POSTERN_S("..\\")) != SIZE_MAX || postern_slice_find(path, 0, POSTERN_S("../")) != SIZE_MAX)
        return true;
    size_t colon = postern_slice_find(path, 0, POSTERN_S(":\\"));
    size_t from = colon == SIZE_MAX ? 0 : colon + 1;
    return colon != SIZE_MAX && postern_slice_find(path, from, POSTERN_S("\\\\")) != SIZE_MAX;
}

static bool named_as_archive(postern_slice path) {
    static const char *const endings[] = {"mht", "mhtml", "eml", "nws"};
    size_t end = 0;
    while (end < path.len && path.ptr[end] != '?' && path.ptr[end] != '#') end++;
    return SCAN_IS_ONE(scan_extension(postern_slice_sub(path, 0, end)), endings);
}

static void container(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice c, postern_slice whole) {
    if (in_cache(c))
        scan_tell(s, where, 7, at_most(kind, POSTERN_SEVERITY_HIGH), at, whole, "the container lies in a cache folder");
    else if (steps_or_doubles(c))
        scan_tell(s, where, 7, at_most(kind, POSTERN_SEVERITY_HIGH), at, whole,
                  "the container's path steps upwards or is doubled");
    else if (c.len && !named_as_archive(c))
        scan_tell(s, where, 7, at_most(kind, POSTERN_SEVERITY_HIGH), at, whole, "the container is not named as an archive");
    scan_network(s, where, kind, at, c, whole);
}

/* ---- what a saved page does not hold (MH026) ---- */

void scan_absent(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text) {
    static const char *const kept[] = {"http:", "https:", "ftp:", "file:"};
    bool loaded = kind == POSTERN_PLACE_PICTURE || kind == POSTERN_PLACE_LOAD || kind == POSTERN_PLACE_STYLE;
    bool absolute = is_absolute(text), local = scan_starts(text, "file:");
    if (!where->archive || !loaded || !text.len || text.ptr[0] == '#' || text.len > 4096) return;
    if (absolute ? !SCAN_ANY(text, kept) : where->based) return;
    postern_reference reference;
    postern_status status = postern_archive_find(where->archive, where->index, text, NULL, &reference);
    if (status == POSTERN_NOMEM) s->status = status;
    if (status || reference.part != POSTERN_NO_PART) return;
    bool other_zone = local && !where->local_page;
    scan_tell(s, where, 26, other_zone ? POSTERN_SEVERITY_MEDIUM : POSTERN_SEVERITY_INFO, at, text,
              other_zone ? "no part is what the page asks for, a file of another zone" : "no part is what the page asks for");
}

/* ---- the key ---- */

static void key(scan *s, const place *where, postern_url_place kind, size_t at, const postern_mhtml_url *m,
                postern_slice whole) {
    postern_slice k = m->key;
    if (!m->x_usc && scan_starts(k, "x-usc:")) {
        scan_tell(s, where, 2, at_most(kind, POSTERN_SEVERITY_MEDIUM), at, whole,
                  "x-usc in another case: readers split here differently");
        k = postern_slice_from(k, 6);
    }
    if (scan_starts(k, "file:") && is_web(m->container))
        scan_tell(s, where, 26, at_most(kind, POSTERN_SEVERITY_MEDIUM), at, whole,
                  "a part of a web page that names a local file");
    if (!is_absolute(k)) return;
    bool remote = is_web(m->container), same = scan_same_origin(k, m->container);
    bool saved = named_as_archive(m->container) && same;
    if (remote && saved) return;
    if (remote && !same)
        scan_tell(s, where, 2, at_most(kind, POSTERN_SEVERITY_MEDIUM), at, whole, "the part belongs to another site");
    else
        scan_tell(s, where, 2, at_most(kind, POSTERN_SEVERITY_CRITICAL), at, whole,
                  "the part lies elsewhere than its container");
}

void scan_mhtml(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice mhtml, postern_slice whole) {
    postern_mhtml_url m;
    if (!postern_mhtml_url_parse(mhtml, &m)) return;
    postern_slice c = postern_slice_trim(m.container);
    bool id = scan_starts(c, "//mid:") || scan_starts(c, "mid:") || scan_starts(c, "//cid:") || scan_starts(c, "cid:");
    if (id) scan_tell(s, where, 8, at_most(kind, POSTERN_SEVERITY_MEDIUM), at, whole, "mhtml: of a message id");
    if (SCAN_ANY(c, banned) || (scan_starts(c, "url:") && SCAN_ANY(postern_slice_from(c, 4), banned)))
        scan_tell(s, where, 1, at_most(kind, id ? POSTERN_SEVERITY_HIGH : POSTERN_SEVERITY_CRITICAL), at, whole,
                  "a mhtml: URL whose container is a handler URL");
    else
        container(s, where, kind, at, c, whole);
    if (m.has_key && (scan_is_storage(m.key) || scan_has(m.key, ".chm::")))
        scan_tell(s, where, 5, at_most(kind, POSTERN_SEVERITY_HIGH), at, whole, "a part inside compiled help");
    if (m.has_key) key(s, where, kind, at, &m, whole);
}

/* ---- shares, devices, local paths ---- */

static bool slash(uint8_t c) {
    return c == '/' || c == '\\';
}

/* Host of \\host\share, file://host/share … */
static postern_slice share_host(postern_slice text) {
    if (scan_starts(text, "file:")) text = postern_slice_from(text, 5);
    while (text.len && slash(text.ptr[0])) text = postern_slice_from(text, 1);
    size_t end = 0;
    while (end < text.len && !slash(text.ptr[end])) end++;
    return postern_slice_sub(text, 0, end);
}

/* file:///C:/x.docx!moniker: an extension of two to four letters, then '!' (MH004). */
static bool has_moniker(postern_slice text) {
    for (size_t bang = postern_slice_find_byte(text, 0, '!'); bang != SIZE_MAX;
         bang = postern_slice_find_byte(text, bang + 1, '!')) {
        size_t letters = 0;
        while (letters < bang &&
               (postern_ascii_alpha(text.ptr[bang - 1 - letters]) || postern_ascii_digit(text.ptr[bang - 1 - letters])))
            letters++;
        if (letters >= 2 && letters <= 5 && letters < bang && text.ptr[bang - 1 - letters] == '.') return true;
    }
    return false;
}

static void local(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text) {
    static const char *const dead[] = {"png", "gif", "jpg", "jpeg", "bmp", "css", "wmf", "emf", "svg", "ico", "js", "xml"};
    static const char *const runs[] = {"exe", "com", "bat", "cmd", "pif", "scr", "hta", "chm", "vbs", "vbe", "js",  "jse",
                                       "wsf", "wsh", "lnk", "msi", "dll", "cpl", "ps1", "url", "inf", "reg", "mht", "msc"};
    postern_slice extension = scan_extension(postern_slice_sub(text, 0, postern_slice_find_byte(text, 0, '#')));
    bool loads = kind == POSTERN_PLACE_LOAD || kind == POSTERN_PLACE_RELATION || kind == POSTERN_PLACE_SHORTCUT;
    postern_severity severity = POSTERN_SEVERITY_LOW;
    if (kind == POSTERN_PLACE_TEXT || kind == POSTERN_PLACE_SCRIPT) return;
    if (SCAN_IS_ONE(extension, runs))
        severity = POSTERN_SEVERITY_HIGH;
    else if (loads && !SCAN_IS_ONE(extension, dead))
        severity = POSTERN_SEVERITY_HIGH;
    else if (kind == POSTERN_PLACE_LINK)
        severity = POSTERN_SEVERITY_MEDIUM;
    if (where->local_page) severity = POSTERN_SEVERITY_INFO;
    scan_tell(s, where, 23, severity, at, text, "a path on the reader's own disk");
    if (kind == POSTERN_PLACE_LOAD && severity == POSTERN_SEVERITY_HIGH && scan_starts(text, "file:"))
        scan_tell(s, where, 27, severity, at, text, "a document from outside loads a file of this machine");
}

static void network(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text, postern_slice whole) {
    postern_slice host = share_host(text);
    bool dotless = host.len && postern_slice_find_byte(host, 0, '.') == SIZE_MAX &&
                   postern_slice_find_byte(host, 0, '@') == SIZE_MAX && postern_slice_find_byte(host, 0, '?') == SIZE_MAX;
    postern_severity severity = dotless ? POSTERN_SEVERITY_MEDIUM : POSTERN_SEVERITY_HIGH;
    scan_tell(s, where, 13, at_most(kind, severity), at, whole, "a path that leaves this machine or names a device");
}

/* In pages "//host/x" is an ordinary reference, and a bare word is a name of a file, not of a device. */
static bool ordinary(postern_slice text, postern_url_place kind) {
    bool page = kind != POSTERN_PLACE_SHORTCUT;
    if (scan_starts(text, "file:")) return false;
    if (text.len < 2) return true;
    if (page && text.ptr[0] == '/' && text.ptr[1] == '/')
        return !(text.len > 3 && (text.ptr[2] == '?' || text.ptr[2] == '.') && slash(text.ptr[3]));
    return !slash(text.ptr[0]) && text.ptr[1] != ':';
}

void scan_network(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text, postern_slice whole) {
    bool leaves = false;
    if (!ordinary(text, kind)) {
        postern_winpath_kind path = postern_winpath_classify(text, &leaves);
        bool rooted_share = text.len > 1 && text.ptr[0] == '/' && text.ptr[1] == '\\';
        if (leaves || rooted_share)
            network(s, where, kind, at, text, whole);
        else if (path == POSTERN_WINPATH_DRIVE || scan_starts(text, "file:"))
            local(s, where, kind, at, whole);
        if (has_moniker(text) && !scan_starts(whole, "mhtml:"))
            scan_tell(s, where, 4, at_most(kind, POSTERN_SEVERITY_HIGH), at, whole, "a file name with a moniker behind '!'");
    }
    if (scan_starts(text, "%windir%") || scan_starts(text, "%systemroot%") || scan_starts(text, "%temp%") ||
        scan_starts(text, "%appdata%") || scan_starts(text, "%programfiles%") || scan_starts(text, "%comspec%"))
        scan_tell(s, where, 23, at_most(kind, POSTERN_SEVERITY_HIGH), at, whole, "a path through an environment variable");
}
