/*
 * Sealing, the other half: site lists, address ranges and protocol defaults become tables that a URL is looked up in without a
 * single allocation. A rule that cannot be read fails closed: its site is Restricted; a rule whose site cannot be read is left
 * out, and both are defects.
 */
#include "policy_int.h"

#include <stdlib.h>

/* Second-level names below two-letter domains under which people register: "co.uk" is not one site. Facts of common use. */
static bool is_shared_second_level(postern_slice label) {
    static const char *const names[] = {"ac",  "co", "com", "edu", "go",  "gob", "gov", "gv",  "ltd",    "me", "mil",
                                        "mod", "ne", "net", "nhs", "nom", "or",  "org", "plc", "police", "sch"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (postern_slice_eq(label, postern_slice_cstr(names[i]))) return true;
    return false;
}

/* Whether `host` is a registrable domain, so that a rule for it speaks for what is below it too. */
static bool is_registrable(postern_slice host) {
    postern_cut top = postern_slice_cut_last(host, '.');
    if (!top.ok) return false;
    postern_cut second = postern_slice_cut_last(top.head, '.');
    bool shared = top.tail.len == 2 && is_shared_second_level(second.ok ? second.tail : top.head);
    if (!second.ok) return !shared;
    return shared && !postern_slice_cut(second.head, '.').ok;
}

/* "a.b" + "www" -> "www.a.b", lower case, Punycode where it is not ASCII. Empty when it cannot be a host. */
static postern_status join_host(postern_policy *policy, postern_slice rest, postern_slice *ret_host) {
    uint8_t *bytes = postern_arena_alloc(policy->arena, rest.len + 2);
    if (!bytes) return postern_arena_failure(policy->arena);
    size_t len = 0;
    bool ascii = true;
    while (rest.len) {
        postern_cut cut = postern_slice_cut_last(rest, '\\');
        postern_slice label = cut.ok ? cut.tail : rest;
        rest = cut.ok ? cut.head : (postern_slice){0};
        if (len) bytes[len++] = '.';
        for (size_t i = 0; i < label.len; i++) {
            bytes[len++] = postern_ascii_lower(label.ptr[i]);
            ascii &= label.ptr[i] < 0x80;
        }
    }
    while (len && bytes[len - 1] == '.') len--;
    *ret_host = postern_slice_of(bytes, len);
    if (ascii) return POSTERN_OK;
    postern_status status = postern_domain_to_ascii(policy->arena, *ret_host, ret_host);
    if (status == POSTERN_FORMAT) *ret_host = (postern_slice){0};
    return status == POSTERN_FORMAT ? POSTERN_OK : status;
}

static postern_status lower_copy(postern_policy *policy, postern_slice text, postern_slice *ret_copy) {
    postern_status status = postern_arena_copy(policy->arena, text, ret_copy);
    if (status) return status;
    uint8_t *bytes = (uint8_t *)(uintptr_t)ret_copy->ptr; /* our own copy */
    for (size_t i = 0; i < ret_copy->len; i++) bytes[i] = postern_ascii_lower(bytes[i]);
    return POSTERN_OK;
}

/* Z9, Z14: the zone a rule may give. My Computer is never given to a name on the network. */
static postern_status rule_zone(postern_policy *policy, const policy_value *v, uint8_t *ret_zone) {
    if (!policy_value_zone(v, ret_zone)) {
        *ret_zone = POSTERN_ZONE_RESTRICTED;
        return policy_defect(policy, v, "the zone is malformed; the site is Restricted (Z14)");
    }
    if (*ret_zone != POSTERN_ZONE_LOCAL_MACHINE) return POSTERN_OK;
    *ret_zone = POSTERN_ZONE_INTERNET;
    return policy_defect(policy, v, "a site cannot be My Computer; it is Internet (Z9)");
}

static void finish_site(const postern_policy *policy, site_rule *rule) {
    bool wildcard = postern_slice_starts(rule->host, POSTERN_S("*."));
    if (wildcard) rule->host = postern_slice_from(rule->host, 2);
    rule->exact = !wildcard;
    /* A rule that lowers speaks for all below it; one that raises only where the site is one somebody registered. */
    rule->subdomains = wildcard || rule->zone == POSTERN_ZONE_RESTRICTED || is_registrable(rule->host);
    rule->hash = policy_site_hash(policy, rule->host);
}

static postern_status add_domain(postern_policy *policy, const policy_value *v) {
    site_rule rule = {.source = (uint8_t)v->source, .esc = v->area == AREA_ESC_DOMAINS, .area = v->area, .from = v};
    if (v->name.len == 0) return POSTERN_OK;
    postern_status status = join_host(policy, v->rest, &rule.host);
    if (!status) status = lower_copy(policy, v->name, &rule.scheme);
    if (!status) status = rule_zone(policy, v, &rule.zone);
    if (status) return status;
    if (rule.host.len == 0) return policy_defect(policy, v, "the domain cannot be read; the rule is left out");
    finish_site(policy, &rule);
    policy->sites[policy->site_count++] = rule;
    return POSTERN_OK;
}

/* "192.168.0-255.*": each part a number, a run of numbers or all. */
static bool parse_octets(postern_slice text, uint8_t low[4], uint8_t high[4]) {
    for (int i = 0; i < 4; i++) {
        postern_cut cut = postern_slice_cut(text, '.');
        if (cut.ok != (i < 3)) return false;
        postern_cut run = postern_slice_cut(cut.head, '-');
        uint64_t from = 0, to = 255;
        if (!postern_slice_eq(cut.head, POSTERN_S("*"))) {
            if (!postern_slice_uint(run.head, 255, &from)) return false;
            to = from;
            if (run.ok && !postern_slice_uint(run.tail, 255, &to)) return false;
        }
        if (from > to) return false;
        low[i] = (uint8_t)from;
        high[i] = (uint8_t)to;
        text = cut.tail;
    }
    return true;
}

static uint32_t address_of(const uint8_t octets[4]) {
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
}

/* One run of addresses: behind the first part that is a run, all parts are "*". */
static bool is_one_run(const uint8_t low[4], const uint8_t high[4]) {
    int i = 0;
    while (i < 4 && low[i] == high[i]) i++;
    for (i++; i < 4; i++)
        if (low[i] != 0 || high[i] != 255) return false;
    return true;
}

/* Ranges can be more than there are values: each text of a key goes with each of its rules. */
static postern_status append_range(range_rule **list, size_t *count, size_t *room, const range_rule *rule) {
    if (*count == *room) {
        size_t wanted = *room ? *room * 2 : 16;
        range_rule *grown = reallocarray(*list, wanted, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        *list = grown;
        *room = wanted;
    }
    (*list)[(*count)++] = *rule;
    return POSTERN_OK;
}

/* LIMIT, since leaving a rule out could be leaving out what lowers (Z18). */
static postern_status place_range(postern_policy *policy, range_rule *rule) {
    rule->low = address_of(rule->octet_low);
    rule->high = address_of(rule->octet_high);
    rule->octets = !is_one_run(rule->octet_low, rule->octet_high);
    if (rule->octets && policy->odd_range_count == POSTERN_LIMIT_POLICY_RANGES) return POSTERN_LIMIT;
    if (policy->range_count == POSTERN_LIMIT_POLICY_VALUES) return POSTERN_LIMIT;
    return rule->octets ? append_range(&policy->odd_ranges, &policy->odd_range_count, &policy->odd_range_room, rule)
                        : append_range(&policy->ranges, &policy->range_count, &policy->range_room, rule);
}

static bool is_range_text(const policy_value *v) {
    return postern_slice_eq_nocase(v->name, POSTERN_S(":Range"));
}

/* One rule of a key whose texts are texts[0 … count). Of several texts each counts where the rule lowers, none where it could
 * raise (Z15: which of them came last says nothing). */
static postern_status add_range(postern_policy *policy, const policy_value *v, const policy_value *const *texts, size_t count) {
    range_rule rule = {.source = (uint8_t)v->source, .esc = v->area == AREA_ESC_RANGES, .from = v};
    postern_status status = lower_copy(policy, v->name, &rule.scheme);
    if (!status) status = rule_zone(policy, v, &rule.zone);
    if (!status && count == 0) return policy_defect(policy, v, "the address range is not there; the rule is left out");
    if (!status && count > 1) status = policy_defect(policy, v, "two address ranges under one key; the rule can only lower");
    if (count > 1 && rule.zone != POSTERN_ZONE_RESTRICTED) return status;
    for (size_t i = 0; i < count && !status; i++) {
        bool good = texts[i]->type == 1 && parse_octets(postern_slice_trim(texts[i]->data), rule.octet_low, rule.octet_high);
        status = good ? place_range(policy, &rule)
                      : policy_defect(policy, v, "the address range cannot be read; the rule is left out");
    }
    return status;
}

/* A line of the Site to Zone Assignment List: [scheme://]host, [scheme://]*.host, or an address with runs. */
static postern_status add_site(postern_policy *policy, const policy_value *v) {
    site_rule rule = {.source = (uint8_t)v->source, .area = AREA_SITES, .from = v, .scheme = POSTERN_S("*")};
    postern_slice text;
    postern_status status = lower_copy(policy, postern_slice_trim(v->name), &text);
    if (!status) status = rule_zone(policy, v, &rule.zone);
    if (status) return status;
    size_t mark = postern_slice_find(text, 0, POSTERN_S("://"));
    if (mark != SIZE_MAX) {
        rule.scheme = postern_slice_sub(text, 0, mark);
        text = postern_slice_from(text, mark + 3);
    }
    text = postern_slice_cut(text, '/').head;
    range_rule range = {.source = rule.source, .zone = rule.zone, .scheme = rule.scheme, .from = v};
    if (parse_octets(text, range.octet_low, range.octet_high)) return place_range(policy, &range);
    status = join_host(policy, text, &rule.host);
    if (status) return status;
    if (rule.host.len == 0) return policy_defect(policy, v, "the site cannot be read; the rule is left out");
    finish_site(policy, &rule);
    policy->sites[policy->site_count++] = rule;
    return POSTERN_OK;
}

static postern_status add_protocol(postern_policy *policy, const policy_value *v) {
    protocol_rule rule = {.source = (uint8_t)v->source};
    if (!v->name.len) return POSTERN_OK; /* the key's default value is no protocol's; a Wine prefix has an empty one */
    postern_status status = lower_copy(policy, v->name, &rule.scheme);
    if (status) return status;
    if (!policy_value_zone(v, &rule.zone)) {
        rule.zone = POSTERN_ZONE_RESTRICTED;
        status = policy_defect(policy, v, "the zone is malformed; the protocol is Restricted (Z14)");
    }
    policy->protocols[policy->protocol_count++] = rule;
    return status;
}

/* Ranges sorted, so that the values of one key stand together, the texts first. */
static int compare_values(const void *a, const void *b) {
    const policy_value *x = *(const policy_value *const *)a, *y = *(const policy_value *const *)b;
    if (x->area != y->area) return x->area < y->area ? -1 : 1;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    int order = zone_compare_nocase(x->key, y->key);
    if (!order) order = (int)is_range_text(y) - (int)is_range_text(x);
    if (!order) order = zone_compare_nocase(x->name, y->name);
    if (!order) order = (x->type > y->type) - (x->type < y->type);
    return order ? order : postern_slice_compare(x->data, y->data);
}

static bool same_key(const policy_value *a, const policy_value *b) {
    return a->area == b->area && a->source == b->source && postern_slice_eq_nocase(a->key, b->key);
}

/* The values of one key: its texts, without those that repeat another, then its rules. */
static postern_status seal_range_key(postern_policy *policy, const policy_value **values, size_t count) {
    size_t texts = 0, kept = 0;
    for (; texts < count && is_range_text(values[texts]); texts++)
        if (kept == 0 || values[kept - 1]->type != values[texts]->type ||
            !postern_slice_eq(values[kept - 1]->data, values[texts]->data))
            values[kept++] = values[texts];
    postern_status status = POSTERN_OK;
    for (size_t i = texts; i < count && !status; i++) status = add_range(policy, values[i], values, kept);
    return status;
}

static postern_status seal_ranges(postern_policy *policy) {
    const policy_value **found = malloc((policy->value_count + 1) * sizeof *found);
    if (!found) return POSTERN_NOMEM;
    size_t count = 0;
    for (size_t i = 0; i < policy->value_count; i++) {
        const policy_value *v = &policy->values[i];
        bool asked = !v->dead && !(policy->machine_only && v->source == SOURCE_USER) && !zone_has_controls(v);
        if (asked && (v->area == AREA_RANGES || v->area == AREA_ESC_RANGES)) found[count++] = v;
    }
    qsort(found, count, sizeof *found, compare_values);
    postern_status status = POSTERN_OK;
    for (size_t from = 0, to; from < count && !status; from = to) {
        for (to = from + 1; to < count && same_key(found[from], found[to]);) to++;
        status = seal_range_key(policy, found + from, to - from);
    }
    free(found);
    return status;
}

static int compare_sites(const void *a, const void *b) {
    const site_rule *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return postern_slice_compare(x->host, y->host);
}

/* Rules of one host by the key they stand in, so that the reason names the same one whatever came first (Z20). */
static int compare_rules(const void *a, const void *b) {
    const site_rule *x = a, *y = b;
    int order = compare_sites(a, b);
    return order ? order : postern_slice_compare(x->from->key, y->from->key);
}

static int compare_ranges(const void *a, const void *b) {
    const range_rule *x = a, *y = b;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    if (x->high != y->high) return x->high < y->high ? -1 : 1;
    return postern_slice_compare(x->from->key, y->from->key);
}

static postern_status build_index(postern_policy *policy) {
    size_t size = 16;
    while (size < policy->site_count * 2) size *= 2;
    policy->bucket_mask = size - 1;
    policy->buckets = calloc(size, sizeof *policy->buckets);
    if (!policy->buckets) return POSTERN_NOMEM;
    qsort(policy->sites, policy->site_count, sizeof *policy->sites, compare_rules);
    for (size_t i = 0; i < policy->site_count; i++) {
        if (i && compare_sites(&policy->sites[i - 1], &policy->sites[i]) == 0) continue;
        size_t slot = policy->sites[i].hash & policy->bucket_mask;
        while (policy->buckets[slot].index_plus_1) slot = (slot + 1) & policy->bucket_mask;
        policy->buckets[slot] = (site_bucket){(uint32_t)(policy->sites[i].hash >> 32), (uint32_t)i + 1};
    }
    if (policy->range_count) qsort(policy->ranges, policy->range_count, sizeof *policy->ranges, compare_ranges);
    if (policy->odd_range_count) qsort(policy->odd_ranges, policy->odd_range_count, sizeof *policy->odd_ranges, compare_ranges);
    for (size_t i = 0; i < policy->range_count; i++) {
        uint32_t before = i ? policy->ranges[i - 1].reach : 0;
        policy->ranges[i].reach = policy->ranges[i].high > before ? policy->ranges[i].high : before;
    }
    return POSTERN_OK;
}

static bool is_map_area(policy_area area) {
    return area == AREA_DOMAINS || area == AREA_ESC_DOMAINS || area == AREA_SITES || area == AREA_PROTOCOL_DEFAULTS;
}

postern_status policy_seal_map(postern_policy *policy) {
    size_t room = policy->value_count + 1;
    policy->sites = calloc(room, sizeof *policy->sites);
    policy->protocols = calloc(room, sizeof *policy->protocols);
    if (!policy->sites || !policy->protocols) return POSTERN_NOMEM;
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < policy->value_count && !status; i++) {
        const policy_value *v = &policy->values[i];
        if (v->dead || (policy->machine_only && v->source == SOURCE_USER) || !is_map_area(v->area)) continue;
        if (zone_has_controls(v))
            status = policy_defect(policy, v, "control characters in the name; the rule is left out");
        else if (v->area == AREA_DOMAINS || v->area == AREA_ESC_DOMAINS)
            status = add_domain(policy, v);
        else if (v->area == AREA_SITES)
            status = add_site(policy, v);
        else if (v->area == AREA_PROTOCOL_DEFAULTS)
            status = add_protocol(policy, v);
    }
    if (!status) status = seal_ranges(policy);
    return status ? status : build_index(policy);
}
