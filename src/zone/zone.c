/*
 * The five URL security zones: their order of trust, their names, and the zone of a URL when no policy says anything.
 *
 * The policy engine joins this file's neighbours later. Nothing here looks anything up (Z17), and no text of a URL ever reaches
 * Local Machine (Z9).
 */
#include "postern/zone.h"

/* More is less trusted. */
static int distrust(postern_zone zone) {
    switch (zone) {
    case POSTERN_ZONE_LOCAL_MACHINE: return 0;
    case POSTERN_ZONE_TRUSTED: return 1;
    case POSTERN_ZONE_INTRANET: return 2;
    case POSTERN_ZONE_INTERNET: return 3;
    case POSTERN_ZONE_RESTRICTED: break;
    }
    return 4;
}

postern_zone postern_zone_least(postern_zone a, postern_zone b) {
    static const postern_zone by_distrust[] = {POSTERN_ZONE_LOCAL_MACHINE, POSTERN_ZONE_TRUSTED, POSTERN_ZONE_INTRANET,
                                               POSTERN_ZONE_INTERNET, POSTERN_ZONE_RESTRICTED};
    int first = distrust(a), second = distrust(b);
    return by_distrust[first > second ? first : second];
}

const char *postern_zone_name(postern_zone zone) {
    static const char *const names[] = {"local-machine", "trusted", "intranet", "internet", "restricted"};
    return names[distrust(zone)];
}

bool postern_zone_parse(postern_slice text, postern_zone *ret_zone) {
    static const struct {
        const char *name;
        postern_zone zone;
    } names[] = {
        {"restricted", POSTERN_ZONE_RESTRICTED}, {"4", POSTERN_ZONE_RESTRICTED},
        {"internet", POSTERN_ZONE_INTERNET},     {"3", POSTERN_ZONE_INTERNET},
        {"intranet", POSTERN_ZONE_INTRANET},     {"1", POSTERN_ZONE_INTRANET},
        {"trusted", POSTERN_ZONE_TRUSTED},       {"2", POSTERN_ZONE_TRUSTED},
        {"local-machine", POSTERN_ZONE_LOCAL_MACHINE}, {"0", POSTERN_ZONE_LOCAL_MACHINE},
        {"local", POSTERN_ZONE_LOCAL_MACHINE},   {"computer", POSTERN_ZONE_LOCAL_MACHINE},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (postern_slice_eq_nocase(text, postern_slice_cstr(names[i].name))) {
            *ret_zone = names[i].zone;
            return true;
        }
    return false;
}

/* Schemes that run something, or open something inside something else (Z4); "url" is the prefix that urlmon took off (Z8). */
static bool handler_scheme(postern_slice scheme) {
    static const char *const handlers[] = {
        "about", "blob", "cid", "data", "hcp", "its", "javascript", "jscript", "livescript", "local", "mhtml", "mid", "mk",
        "mocha", "res", "rlogin", "search", "search-ms", "shell", "sysimage", "telnet", "tn3270", "url", "vbscript",
        "view-source", "vnd.ms.radio", "wyciwyg",
    };
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (postern_slice_eq_nocase(scheme, postern_slice_cstr(handlers[i]))) return true;
    return postern_slice_starts_nocase(scheme, POSTERN_S("ms-"));
}

postern_zone postern_zone_of_url_default(const postern_url *url) {
    bool ambiguous = url->had_controls || url->had_backslash || url->odd_number_host ||
                     postern_slice_find_byte(url->host, 0, '%') != SIZE_MAX;
    return ambiguous || handler_scheme(url->scheme) ? POSTERN_ZONE_RESTRICTED : POSTERN_ZONE_INTERNET;
}
