/*
 * URL -> zone, with the chain of reasons (Z1, Z4, Z8-Z10, Z14, Z15, Z20). Pure: the policy and the caller's facts are all it
 * knows (Z17). The attacks it answers: zone taken from one spelling while another is opened (MS04-013, CVE-2005-0054), names
 * that look local and are not (CVE-2023-29324, CVE-2023-35628), prefixes that filters see and dispatchers strip ("URL:").
 */
#include "policy_int.h"

typedef enum scheme_class {
    SCHEME_NETWORK, /* hierarchical with a host: site lists apply */
    SCHEME_FILE,
    SCHEME_OTHER,  /* Internet at best */
    SCHEME_HANDLER /* opens something else behind the name, or runs it: refused (Z4) */
} scheme_class;

static scheme_class classify(postern_slice scheme) {
    static const char *const network[] = {"http", "https", "ftp", "gopher", "nntp", "telnet", "wais", "ws", "wss"};
    static const char *const handlers[] = {"its",        "ms-its",   "ms-itss",     "mk",         "mhtml", "cid",
                                           "mid",        "data",     "blob",        "res",        "local", "jar",
                                           "javascript", "vbscript", "view-source", "filesystem", "shell", "hcp"};
    if (postern_slice_eq(scheme, POSTERN_S("https")) || postern_slice_eq(scheme, POSTERN_S("http"))) return SCHEME_NETWORK;
    if (postern_slice_eq(scheme, POSTERN_S("file"))) return SCHEME_FILE;
    for (size_t i = 0; i < sizeof network / sizeof *network; i++)
        if (postern_slice_eq(scheme, postern_slice_cstr(network[i]))) return SCHEME_NETWORK;
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (postern_slice_eq(scheme, postern_slice_cstr(handlers[i]))) return SCHEME_HANDLER;
    return SCHEME_OTHER;
}

static void step(postern_zone_decision *d, postern_zone zone, const char *rule, const char *text, postern_slice detail) {
    d->zone = zone;
    if (d->reason_count < sizeof d->reasons / sizeof *d->reasons)
        d->reasons[d->reason_count++] = (postern_reason){rule, text, detail, zone};
}

static void refuse(postern_zone_decision *d, const char *rule, const char *text, postern_slice detail) {
    d->openable = false;
    step(d, POSTERN_ZONE_RESTRICTED, rule, text, detail);
}

/* Z8: what two readers could read in two ways is not opened. */
static bool is_ambiguous(const postern_url *url, postern_zone_decision *d) {
    const char *text = url->had_controls                                               ? "control characters in the URL"
                       : url->had_backslash && classify(url->scheme) == SCHEME_NETWORK ? "a backslash stands for a slash"
                       : url->odd_number_host                                          ? "the host is an oddly written number"
                       : postern_slice_find_byte(url->host, 0, '%') != SIZE_MAX        ? "a percent sign is left in the host"
                                                                                       : NULL;
    if (text) refuse(d, "Z8", text, url->href);
    return text != NULL;
}

static bool is_plain_name(const postern_url *url) {
    return url->host_kind == POSTERN_HOST_DOMAIN && postern_slice_find_byte(url->host, 0, '.') == SIZE_MAX;
}

static bool is_address(const postern_url *url) {
    return url->host_kind == POSTERN_HOST_IPV4 || url->host_kind == POSTERN_HOST_IPV6;
}

/* The address of an IPv4 host, also of one inside IPv6 (::ffff:0:0/96); NULL when it is none. */
static const uint8_t *ipv4_of(const postern_url *url) {
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (url->host_kind == POSTERN_HOST_IPV4) return url->ip;
    return url->host_kind == POSTERN_HOST_IPV6 && memcmp(url->ip, mapped, sizeof mapped) == 0 ? url->ip + 12 : NULL;
}

static void map_site(const postern_policy *policy, const postern_url *url, const postern_zone_context *context,
                     postern_zone_decision *d) {
    bool esc = policy->esc || context->enhanced_security;
    postern_slice rule = {0}, host = url->host;
    if (host.len && host.ptr[host.len - 1] == '.') host.len--; /* the root's own dot: the same host */
    int zone = policy_site_zone(policy, url->scheme, host, is_address(url), esc, &rule);
    const char *name = esc ? "EscDomains" : "Domains";
    const uint8_t *ip = ipv4_of(url);
    if (zone < 0 && ip) {
        uint32_t address = (uint32_t)ip[0] << 24 | (uint32_t)ip[1] << 16 | (uint32_t)ip[2] << 8 | ip[3];
        zone = policy_range_zone(policy, url->scheme, address, esc, &rule);
        if (ip != url->ip && zone != POSTERN_ZONE_RESTRICTED) zone = -1; /* in disguise it can only lower (Z8) */
        name = "Ranges";
    }
    if (zone >= 0) {
        step(d, (postern_zone)zone, name, "a site list names the host", rule);
        return;
    }
    if (is_plain_name(url) && policy->intranet_names) {
        step(d, POSTERN_ZONE_INTRANET, "IntranetName", "a plain host name", url->host);
        return;
    }
    if (context->bypasses_proxy && policy->proxy_bypass) {
        step(d, POSTERN_ZONE_INTRANET, "ProxyByPass", "the host bypasses the proxy", url->host);
        return;
    }
    zone = policy_protocol_zone(policy, url->scheme);
    if (zone == POSTERN_ZONE_LOCAL_MACHINE)
        step(d, POSTERN_ZONE_INTERNET, "Z9", "no name is My Computer", url->host);
    else if (zone >= 0)
        step(d, (postern_zone)zone, "ProtocolDefaults", "the zone of the protocol", url->scheme);
    else
        step(d, POSTERN_ZONE_INTERNET, "Z14", "nothing names the site", url->host);
}

static bool is_device_path(postern_slice path) {
    return postern_slice_find_nocase(path, 0, POSTERN_S("//")) == 0 || postern_slice_starts(path, POSTERN_S("/%3F")) ||
           postern_slice_starts(path, POSTERN_S("/?"));
}

/* A file: with a host is a share on the network; without one it is local only when the caller proves it (Z9). */
static void map_file(const postern_policy *policy, const postern_url *url, const postern_zone_context *context,
                     postern_zone_decision *d) {
    bool network = false; /* the serialised URL is read as a path once more: both readings have to agree (Z8) */
    bool device = postern_winpath_classify(url->href, &network) == POSTERN_WINPATH_DEVICE;
    if (url->host.len == 0 && (device || network || is_device_path(url->path))) {
        refuse(d, "Z9", "a device or share path in disguise", url->path);
        return;
    }
    if (url->host.len == 0) {
        if (context->local_proof)
            step(d, POSTERN_ZONE_LOCAL_MACHINE, "Z9", "the caller proved a local file", url->path);
        else
            step(d, POSTERN_ZONE_INTERNET, "Z9", "a path alone does not make a file local", url->path);
        return;
    }
    postern_slice host = url->host, rule = {0};
    if (postern_slice_eq(host, POSTERN_S(".")) || postern_slice_eq(host, POSTERN_S("localhost")) ||
        postern_slice_find_byte(host, 0, '@') != SIZE_MAX) {
        refuse(d, "Z9", "a share spelled as if it were local", host);
        return;
    }
    bool address = is_address(url);
    int zone = policy_site_zone(policy, url->scheme, host, address, policy->esc || context->enhanced_security, &rule);
    if (zone >= 0)
        step(d, (postern_zone)zone, "Domains", "a site list names the server", rule);
    else if (policy->unc_as_intranet && is_plain_name(url))
        step(d, POSTERN_ZONE_INTRANET, "UNCAsIntranet", "a share of a plain server name", host);
    else
        step(d, POSTERN_ZONE_INTERNET, "Z9", "a share is a name on the network", host);
}

static void map_other(const postern_policy *policy, const postern_url *url, postern_zone_decision *d) {
    int zone = policy_protocol_zone(policy, url->scheme);
    if (zone == POSTERN_ZONE_RESTRICTED)
        step(d, POSTERN_ZONE_RESTRICTED, "ProtocolDefaults", "the zone of the protocol", url->scheme);
    else
        step(d, POSTERN_ZONE_INTERNET, "Z14", "an unknown scheme is Internet at best", url->scheme);
}

/* Z1: the least of everything that is known about where it comes from. */
static void lower(postern_zone_decision *d, bool has, postern_zone zone, const char *rule, const char *text) {
    if (!has) return;
    postern_zone least = postern_zone_least(d->zone, zone);
    if (least != d->zone) step(d, least, rule, text, (postern_slice){0});
}

static void lower_by_context(const postern_zone_context *context, postern_zone_decision *d) {
    lower(d, context->has_container, context->container, "Z1", "the container's zone is lower");
    lower(d, context->mark && context->mark->present, context->mark ? context->mark->zone : POSTERN_ZONE_RESTRICTED, "Z10",
          "the mark of origin is lower");
    lower(d, context->mark && context->mark->malformed, POSTERN_ZONE_INTERNET, "Z10", "the mark of origin is malformed");
    lower(d, context->has_naming, context->naming, "Z1", "the naming document's zone is lower");
    lower(d, context->has_caller, context->caller, "Z1", "the caller's zone is lower");
}

void postern_zone_evaluate_url(const postern_policy *policy, const postern_url *url, const postern_zone_context *context,
                               postern_zone_decision *ret_decision) {
    static const postern_zone_context nothing = {0};
    if (!context) context = &nothing;
    postern_zone_decision *d = ret_decision;
    d->zone = POSTERN_ZONE_INTERNET;
    d->openable = true;
    d->reason_count = 0;
    scheme_class class = classify(url->scheme);
    if (class == SCHEME_HANDLER)
        refuse(d, "Z4", "a handler scheme is judged by what it opens, never by its own name", url->scheme);
    else if (is_ambiguous(url, d))
        return;
    else if (class == SCHEME_NETWORK)
        map_site(policy, url, context, d);
    else if (class == SCHEME_FILE)
        map_file(policy, url, context, d);
    else
        map_other(policy, url, d);
    lower_by_context(context, d);
}

static void refuse_text(postern_zone_decision *d, const char *rule, const char *text, postern_slice detail) {
    *d = (postern_zone_decision){0};
    refuse(d, rule, text, detail);
}

/* Spellings that the URL grammar would smooth over: seen here, in the text, before it does. */
static bool refuse_spelling(postern_slice text, postern_zone_decision *d) {
    if (postern_slice_starts_nocase(text, POSTERN_S("url:"))) {
        refuse_text(d, "Z8", "the prefix URL: hides the scheme from filters", postern_slice_sub(text, 0, 4));
        return true;
    }
    postern_slice scheme;
    bool clean;
    if (!postern_url_scheme_of(text, &scheme, &clean)) return false;
    static const char *const special[] = {"http", "https", "ftp", "ws", "wss"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        if (!postern_slice_eq_nocase(scheme, postern_slice_cstr(special[i]))) continue;
        postern_slice rest = postern_slice_from(text, (size_t)(scheme.ptr - text.ptr) + scheme.len + 1);
        if (postern_slice_starts(rest, POSTERN_S("//"))) return false;
        refuse_text(d, "Z8", "the host does not stand behind two slashes", text);
        return true;
    }
    return false;
}

/* What nearly every URL is: nothing that the two checks of spellings would find. */
static bool is_plainly_spelled(postern_slice text) {
    return postern_slice_starts(text, POSTERN_S("https://")) || postern_slice_starts(text, POSTERN_S("http://"));
}

postern_status postern_zone_evaluate(const postern_policy *policy, postern_slice url_text, const postern_zone_context *context,
                                     postern_arena *arena, postern_zone_decision *ret_decision) {
    bool plain = is_plainly_spelled(url_text), network;
    if (!plain && refuse_spelling(url_text, ret_decision)) return POSTERN_OK;
    const postern_url *url;
    postern_winpath_kind path = plain ? POSTERN_WINPATH_NONE : postern_winpath_classify(url_text, &network);
    if (path == POSTERN_WINPATH_DEVICE) {
        refuse_text(ret_decision, "Z9", "a device path names what the system decides, not the text", url_text);
        return POSTERN_OK;
    }
    postern_status status = path == POSTERN_WINPATH_DRIVE || path == POSTERN_WINPATH_UNC
                                ? postern_winpath_to_url(arena, url_text, &url)
                                : postern_url_parse(arena, url_text, NULL, &url);
    if (status == POSTERN_NOMEM) return status;
    if (status) {
        refuse_text(ret_decision, "Z8", status == POSTERN_LIMIT ? "the URL is too long (Z18)" : "this is no URL", url_text);
        return POSTERN_OK;
    }
    postern_zone_evaluate_url(policy, url, context, ret_decision);
    return POSTERN_OK;
}
