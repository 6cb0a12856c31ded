/*
 * One URL: which scheme it has for the most credulous reader, and what follows from it. The value has been decoded exactly once
 * by the caller. What browsers and Windows strip (blanks and controls in front, tabs and line ends inside, the prefix URL:) is
 * stripped here, too, and counts as a disguise when a handler appears under it (Z8). A percent sign in front of the scheme's
 * colon is resolved twice for the same reason.
 *
 * Left out: what the URL leads to. Nothing is opened.
 */
#include "scan_int.h"

enum { SCHEME_MAX = 64, CLEAN_MAX = 4096 };

static const char *const storage[] = {"its:", "ms-its:", "ms-itss:", "mk:@msitstore:"};
/* Run a program or a script with the rest of the URL. */
static const char *const programs[] = {"ms-msdt:",         "search-ms:",  "search:",       "ms-officecmd:", "ms-appinstaller:",
                                       "ms-settings:",     "hcp:",        "shell:",        "vbscript:",     "res:",
                                       "local:",           "ms-help:",    "jar:",          "ms-cxh:",       "ms-cxh-full:",
                                       "windowsdefender:", "calculator:", "vnd.ms.radio:", "ms-search:",    "ms-gamingoverlay:",
                                       "ms-screenclip:",   "ms-wpc:",     "livescript:",   "mocha:",        "wscript:",
                                       "ms-cmd:",          "powershell:", "cmd:"};
/* Old clients, and Office on a document of one's own server. */
static const char *const clients[] = {
    "mms:",       "telnet:",   "rlogin:",     "tn3270:",       "ldap:",   "ms-word:",     "ms-excel:", "ms-powerpoint:",
    "ms-access:", "ms-visio:", "ms-project:", "ms-publisher:", "ms-spd:", "ms-infopath:", "onenote:",  "ms-outlook:"};

bool scan_is_storage(postern_slice text) {
    return SCAN_ANY(text, storage);
}

static bool is_handler(postern_slice text) {
    return scan_starts(text, "mhtml:") || SCAN_ANY(text, storage) || SCAN_ANY(text, programs) ||
           scan_starts(text, "javascript:") || scan_starts(text, "file:") || SCAN_ANY(text, clients);
}

/* Handlers whose disguise alone is an attack; javascript: with a tab in it is one, too. */
static bool is_dangerous(postern_slice text) {
    return is_handler(text) && !scan_starts(text, "file:") && !SCAN_ANY(text, clients);
}

typedef struct look {
    uint8_t room[CLEAN_MAX];
    postern_slice text; /* stripped; a view of the input or of `room` */
    bool controls;      /* in front or inside */
    bool prefix;        /* URL: */
    bool percent;       /* the scheme was written with percent signs */
} look;

static bool stripped_by_browsers(uint8_t c) {
    return c == '\t' || c == '\n' || c == '\r' || c < ' ';
}

static void strip(look *l, postern_slice text) {
    while (text.len && text.ptr[0] <= ' ') {
        l->controls |= !postern_ascii_space(text.ptr[0]);
        text = postern_slice_from(text, 1);
    }
    while (text.len && text.ptr[text.len - 1] <= ' ') text.len--;
    postern_slice head = postern_slice_sub(text, 0, CLEAN_MAX);
    size_t len = 0;
    for (size_t i = 0; i < head.len; i++)
        if (!stripped_by_browsers(head.ptr[i])) l->room[len++] = head.ptr[i];
    l->text = text;
    if (len == head.len) return;
    bool inside = false;
    for (size_t i = 0; i < head.len && head.ptr[i] != ':'; i++) inside |= stripped_by_browsers(head.ptr[i]);
    l->controls |= inside;
    l->text = postern_slice_of(l->room, len);
}

/* %XX once, in place of what stands in `room`. */
static void decode_once(look *l) {
    l->text = postern_slice_of(l->room, postern_percent_decode_into(postern_slice_sub(l->text, 0, CLEAN_MAX), l->room));
}

/* A percent sign before anything that ends a scheme: nobody writes one there by accident. */
static void unmask(look *l) {
    size_t colon = 0;
    postern_slice before = l->text;
    while (colon < l->text.len && colon < SCHEME_MAX && !strchr(":/?#", l->text.ptr[colon])) colon++;
    if (postern_slice_find_byte(postern_slice_sub(before, 0, colon), 0, '%') == SIZE_MAX) return;
    look tried = *l;
    tried.text = l->text;
    for (unsigned round = 0; round < 2; round++) {
        decode_once(&tried);
        if (!is_dangerous(tried.text)) continue;
        memcpy(l->room, tried.room, tried.text.len);
        l->text = postern_slice_of(l->room, tried.text.len);
        l->percent = true;
        return;
    }
}

bool scan_percent_hides(postern_slice text) {
    look l = {.text = text};
    unmask(&l);
    return l.percent;
}

static void find_prefix(look *l) {
    while (scan_starts(l->text, "url:")) {
        l->prefix = true;
        l->text = postern_slice_trim(postern_slice_from(l->text, 4));
    }
}

/* ---- disguise (MH006) ---- */

/* Whether the scheme stands in the source as it is. */
static bool scheme_in_source(postern_slice text, postern_slice raw) {
    size_t colon = postern_slice_find_byte(text, 0, ':');
    if (colon == SIZE_MAX) return true;
    return postern_slice_find_nocase(raw, 0, postern_slice_sub(text, 0, colon + 1)) != SIZE_MAX;
}

static void disguise(scan *s, const place *where, postern_url_place kind, size_t at, const look *l, postern_slice raw) {
    postern_severity severity = kind == POSTERN_PLACE_TEXT ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_HIGH;
    if (l->prefix) scan_tell(s, where, 6, severity, at, raw, "the prefix URL: hides the scheme behind it");
    if (!is_handler(l->text)) return;
    bool script = scan_starts(l->text, "javascript:");
    if (l->controls) scan_tell(s, where, 6, severity, at, raw, "control characters hide the scheme");
    if (l->percent) scan_tell(s, where, 6, severity, at, raw, "percent signs hide the scheme");
    if (!l->controls && !l->percent && !scheme_in_source(l->text, raw))
        scan_tell(s, where, 6, script ? POSTERN_SEVERITY_MEDIUM : severity, at, raw, "character references hide the scheme");
}

/* ---- hosts ---- */

static postern_slice host_of(postern_slice url) {
    size_t start = postern_slice_find(url, 0, POSTERN_S("://"));
    if (start == SIZE_MAX) return postern_slice_of(NULL, 0);
    postern_slice rest = postern_slice_from(url, start + 3);
    size_t end = 0;
    while (end < rest.len && !strchr("/\\?#", rest.ptr[end])) end++;
    rest.len = end;
    postern_cut user = postern_slice_cut_last(rest, '@');
    if (user.ok) rest = user.tail;
    size_t port = rest.len && rest.ptr[0] == '[' ? SIZE_MAX : postern_slice_find_byte(rest, 0, ':');
    return postern_slice_sub(rest, 0, port);
}

static bool double_percent(postern_slice host) {
    for (size_t i = 0; i + 4 < host.len; i++)
        if (host.ptr[i] == '%' && host.ptr[i + 1] == '2' && host.ptr[i + 2] == '5' && postern_hex_value(host.ptr[i + 3]) >= 0 &&
            postern_hex_value(host.ptr[i + 4]) >= 0)
            return true;
    return false;
}

static bool is_dotless(postern_slice host) {
    if (!host.len || host.ptr[0] == '[') return false;
    for (size_t i = 0; i < host.len; i++)
        if (host.ptr[i] == '.' || host.ptr[i] == '%' || host.ptr[i] == '$' || host.ptr[i] == '{') return false;
    return true;
}

/* 127.…, localhost, a host without a dot, or a private network (RFC 1918): more trusted than the Internet for most policies. */
static bool is_inner(const postern_url *url) {
    const uint8_t *ip = url->ip;
    if (url->host_kind == POSTERN_HOST_IPV4)
        return ip[0] == 127 || ip[0] == 10 || (ip[0] == 192 && ip[1] == 168) || (ip[0] == 172 && ip[1] >= 16 && ip[1] < 32);
    if (url->host_kind == POSTERN_HOST_IPV6) return postern_slice_eq(url->host, POSTERN_S("[::1]"));
    return url->host_kind == POSTERN_HOST_DOMAIN &&
           (is_dotless(url->host) || postern_slice_ends(url->host, POSTERN_S(".localhost")));
}

postern_zone scan_zone_of(scan *s, const place *where, postern_slice url) {
    postern_zone_decision decision;
    postern_status status = postern_zone_evaluate(s->policy, url, NULL, where->arena, &decision);
    if (status) s->status = status;
    return status ? POSTERN_ZONE_RESTRICTED : decision.zone;
}

/* The built-in policy trusts nobody: only the caller's can. */
bool scan_is_step_up(scan *s, const place *where, postern_slice url) {
    if (!s->options->policy) return false;
    postern_zone zone = scan_zone_of(s, where, url);
    return zone != where->zone && postern_zone_least(zone, where->zone) == where->zone;
}

bool scan_is_inner_host(scan *s, const place *where, postern_slice text) {
    const postern_url *url;
    postern_status status = postern_url_parse(where->arena, text, NULL, &url);
    if (status == POSTERN_NOMEM) s->status = status;
    if (status) return false;
    if (url->host_kind == POSTERN_HOST_IPV4) return url->ip[0] == 127;
    return url->host_kind == POSTERN_HOST_DOMAIN && is_inner(url);
}

static void web(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text) {
    const postern_url *url;
    postern_slice host = host_of(text);
    postern_severity high = kind == POSTERN_PLACE_TEXT ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_HIGH;
    if (double_percent(host)) scan_tell(s, where, 6, high, at, text, "the host is encoded twice");
    bool odd = is_dotless(host) || host.len == 0 || host.ptr[0] == '[' || postern_ascii_digit(host.ptr[0]) ||
               kind != POSTERN_PLACE_LINK;
    bool step = where->local_page ? false : scan_is_step_up(s, where, text);
    if (!odd && !step && postern_slice_find_byte(host, 0, '.') != SIZE_MAX && host.ptr[host.len - 1] != '.') return;
    if (text.len > 8192) return;
    postern_status status = postern_url_parse(where->arena, text, NULL, &url);
    if (status == POSTERN_NOMEM) s->status = status;
    if (status) return;
    if (url->odd_number_host) scan_tell(s, where, 6, high, at, text, "the host is an address written as an odd number");
    if (url->host_kind == POSTERN_HOST_IPV6 && scan_starts(url->host, "[::ffff:"))
        scan_tell(s, where, 6, high, at, text, "the host is an IPv4 address in the clothes of IPv6");
    if (is_dotless(postern_slice_sub(url->host, 0, url->host.len ? url->host.len - 1 : 0)) && url->host.len &&
        url->host.ptr[url->host.len - 1] == '.')
        scan_tell(s, where, 6, high == POSTERN_SEVERITY_INFO ? high : POSTERN_SEVERITY_MEDIUM, at, text,
                  "a host of one label with a dot behind it passes for an inner or an outer name");
    bool outside = where->zone == POSTERN_ZONE_INTERNET || where->zone == POSTERN_ZONE_RESTRICTED;
    if (where->local_page || !(step || (outside && is_inner(url)))) return;
    if (kind == POSTERN_PLACE_LOAD)
        scan_tell(s, where, 27, POSTERN_SEVERITY_HIGH, at, text,
                  step ? "something is loaded from a zone that is trusted more than the document's"
                       : "a document from outside loads from this machine or an inner network");
    else if (kind == POSTERN_PLACE_PICTURE || kind == POSTERN_PLACE_STYLE)
        scan_tell(s, where, 27, POSTERN_SEVERITY_MEDIUM, at, text,
                  step ? "a picture or style from a zone that is trusted more than the document's"
                       : "a picture or style from this machine or an inner network");
}

/* ---- cid: and mid: (MH008, MH026) ---- */

/* As written, or with its percent signs resolved (RFC 2392). */
static bool has_id(scan *s, const place *where, postern_slice id) {
    postern_slice plain;
    if (scan_has_id(where->ids, id)) return true;
    postern_status status = postern_percent_decode(where->arena, id, &plain);
    if (status == POSTERN_NOMEM) s->status = status;
    return !status && scan_has_id(where->ids, plain);
}

static void by_id(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text) {
    postern_slice id = postern_slice_from(text, 4);
    bool bad = text.len > 998 || !id.len;
    for (size_t i = 0; i < id.len && !bad; i++) {
        int high = id.ptr[i] == '%' && i + 2 < id.len ? postern_hex_value(id.ptr[i + 1]) : -1;
        bool control = high == 0 || high == 1; /* %00 to %1F */
        bad = control || id.ptr[i] <= ' ' || id.ptr[i] == 0x7F || strchr("<>\"`{}^|", id.ptr[i]) != NULL;
    }
    if (kind == POSTERN_PLACE_TEXT) return;
    if (bad)
        scan_tell(s, where, 8, POSTERN_SEVERITY_MEDIUM, at, text, "an id that is overlong or has characters no id has");
    else if (scan_starts(text, "cid:") && where->ids && !has_id(s, where, id))
        scan_tell(s, where, 26, POSTERN_SEVERITY_INFO, at, text, "no part has this id");
}

/* ---- the whole ---- */

/* ms-anything: the vendor's programs, which are too many to name. */
static bool is_vendor_scheme(postern_slice text) {
    size_t i = 3;
    while (i < text.len && (postern_ascii_alpha(text.ptr[i]) || text.ptr[i] == '-')) i++;
    return scan_starts(text, "ms-") && i > 4 && i < text.len && text.ptr[i] == ':' && !SCAN_ANY(text, storage);
}

static void program(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text) {
    if (kind == POSTERN_PLACE_TEXT) return;
    if (SCAN_ANY(text, programs))
        scan_tell(s, where, 12, POSTERN_SEVERITY_HIGH, at, text, "the scheme hands the rest to a program");
    if (scan_starts(text, "shell:"))
        scan_tell(s, where, 23, POSTERN_SEVERITY_HIGH, at, text, "a folder of the reader's own system");
    if (SCAN_ANY(text, programs)) return;
    if (SCAN_ANY(text, clients) || is_vendor_scheme(text))
        scan_tell(s, where, 12, POSTERN_SEVERITY_MEDIUM, at, text, "the scheme hands the rest to a client program");
    else if (kind != POSTERN_PLACE_LINK && kind != POSTERN_PLACE_SCRIPT && scan_starts(text, "javascript:"))
        scan_tell(s, where, 12,
                  kind == POSTERN_PLACE_RELATION || kind == POSTERN_PLACE_SHORTCUT ? POSTERN_SEVERITY_HIGH
                                                                                   : POSTERN_SEVERITY_LOW,
                  at, text, "a script where an address is loaded");
}

static void storage_url(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text) {
    bool info = kind == POSTERN_PLACE_TEXT;
    scan_tell(s, where, 5, info ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_HIGH, at, text, "a URL into compiled help");
    if (!info && (scan_has(text, "windows\\help") || scan_has(text, "windows/help")))
        scan_tell(s, where, 23, POSTERN_SEVERITY_HIGH, at, text, "a page of the system's own help");
    if (postern_slice_find(text, 0, POSTERN_S("..\\")) != SIZE_MAX || postern_slice_find(text, 0, POSTERN_S("../")) != SIZE_MAX)
        scan_tell(s, where, 7, info ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_HIGH, at, text,
                  "the container's path steps upwards");
    size_t inner = postern_slice_find_nocase(text, 0, POSTERN_S("mhtml:"));
    look once = {.text = text};
    if (inner == SIZE_MAX && postern_slice_find_byte(postern_slice_sub(text, 0, SCHEME_MAX), 0, '%') != SIZE_MAX) {
        decode_once(&once);
        text = once.text;
        inner = postern_slice_find_nocase(text, 0, POSTERN_S("mhtml:"));
        if (inner <= SCHEME_MAX)
            scan_tell(s, where, 6, info ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_HIGH, at, text,
                      "percent signs hide the container's scheme");
    }
    if (inner == SIZE_MAX || inner > 64) return;
    scan_tell(s, where, 1, info ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_CRITICAL, at, text,
              "a compiled help URL whose container is a mhtml: URL");
    scan_mhtml(s, where, kind, at, postern_slice_from(text, inner), text);
}

/* Percent-encoded line ends with MIME fields behind them: a response that becomes an archive. */
static void injected(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text) {
    size_t line = postern_slice_find_nocase(text, 0, POSTERN_S("%0a"));
    if (line == SIZE_MAX) return;
    postern_slice behind = postern_slice_from(text, line);
    if (scan_has(behind, "content-type") || scan_has(behind, "boundary=") || scan_has(behind, "mime-version"))
        scan_tell(s, where, 17, kind == POSTERN_PLACE_TEXT ? POSTERN_SEVERITY_INFO : POSTERN_SEVERITY_MEDIUM, at, text,
                  "the URL carries MIME headers behind encoded line ends");
}

void scan_url(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text, postern_slice raw) {
    look l = {.controls = false};
    if (!text.len || scan_ended(s)) return;
    strip(&l, text);
    if (scan_starts(l.text, "data:")) return;
    find_prefix(&l);
    unmask(&l);
    if (l.prefix || l.controls || l.percent || is_dangerous(l.text)) disguise(s, where, kind, at, &l, raw);
    injected(s, where, kind, at, l.text);
    scan_absent(s, where, kind, at, l.text);
    bool relation = kind == POSTERN_PLACE_RELATION || kind == POSTERN_PLACE_SHORTCUT;
    if (relation && (scan_has(l.text, "mhtml:") || scan_has(l.text, "!x-usc:")))
        scan_tell(s, where, 3, POSTERN_SEVERITY_CRITICAL, at, l.text, "a mhtml: URL outside of any page");
    if (scan_starts(l.text, "mhtml:"))
        scan_mhtml(s, where, kind, at, l.text, l.text);
    else if (scan_is_storage(l.text))
        storage_url(s, where, kind, at, l.text);
    else if (scan_starts(l.text, "cid:") || scan_starts(l.text, "mid:"))
        by_id(s, where, kind, at, l.text);
    else if (scan_starts(l.text, "http:") || scan_starts(l.text, "https:"))
        web(s, where, kind, at, l.text);
    else
        program(s, where, kind, at, l.text);
    if (!scan_is_storage(l.text) && kind != POSTERN_PLACE_TEXT && scan_has(l.text, ".chm::"))
        scan_tell(s, where, 5, POSTERN_SEVERITY_HIGH, at, l.text, "a path into compiled help");
    scan_network(s, where, kind, at, l.text, l.text);
}
