/*
 * The site list's answer for a host, an address, a protocol. Sources are asked from the strongest to the weakest; the first
 * that knows the site decides. Within a source the longest name wins, then the named protocol over "*", then the least trusted
 * (Z15).
 */
#include "policy_int.h"

static bool scheme_matches(postern_slice rule, postern_slice scheme) {
    return postern_slice_eq(rule, POSTERN_S("*")) || postern_slice_eq(rule, scheme);
}

/* The best answer so far of each source. `length` counts how specific it is. */
typedef struct best {
    int zone[SOURCE_COUNT];
    uint64_t length[SOURCE_COUNT];
    postern_slice rule[SOURCE_COUNT];
} best;

static void offer(best *b, unsigned source, uint64_t length, uint8_t zone, postern_slice rule) {
    if (b->zone[source] >= 0 && b->length[source] > length) return;
    bool tie = b->zone[source] >= 0 && b->length[source] == length;
    if (tie && postern_zone_least((postern_zone)b->zone[source], (postern_zone)zone) != (postern_zone)zone) return;
    b->zone[source] = zone;
    b->length[source] = length;
    b->rule[source] = rule;
}

static int decide(const best *b, postern_slice *ret_rule) {
    for (unsigned source = 0; source < SOURCE_COUNT; source++) {
        if (b->zone[source] < 0) continue;
        *ret_rule = b->rule[source];
        return b->zone[source];
    }
    return -1;
}

static best best_new(void) {
    best b = {0};
    for (unsigned i = 0; i < SOURCE_COUNT; i++) b.zone[i] = -1;
    return b;
}

/*
 * Names are hashed from their end, so that one walk over a host gives the hash of every domain it lies in. FNV-1a with a seed
 * that changes with each policy: whoever writes URLs or site lists cannot aim at one bucket.
 */
static uint64_t hash_step(uint64_t hash, uint8_t byte) {
    return (hash ^ byte) * 0x100000001b3ull;
}

static uint64_t hash_end(uint64_t hash) {
    return (hash ^ hash >> 32) * 0x9e3779b97f4a7c15ull;
}

#define HASH_START 0xcbf29ce484222325ull

uint64_t policy_site_hash(const postern_policy *policy, postern_slice host) {
    uint64_t hash = HASH_START ^ policy->seed;
    for (size_t i = host.len; i-- > 0;) hash = hash_step(hash, host.ptr[i]);
    return hash_end(hash);
}

static const site_rule *rules_of(const postern_policy *policy, postern_slice host, uint64_t hash) {
    for (size_t slot = hash & policy->bucket_mask;; slot = (slot + 1) & policy->bucket_mask) {
        site_bucket bucket = policy->buckets[slot];
        if (bucket.index_plus_1 == 0) return NULL;
        if (bucket.tag != (uint32_t)(hash >> 32)) continue;
        const site_rule *rule = &policy->sites[bucket.index_plus_1 - 1];
        if (rule->hash == hash && postern_slice_eq(rule->host, host)) return rule;
    }
}

/* What the rules for `name`, the host or a domain it lies in, say of it. */
static void offer_site(const postern_policy *policy, const site_rule *first, postern_slice name, bool whole, bool esc,
                       postern_slice scheme, best *b) {
    const site_rule *end = policy->sites + policy->site_count;
    for (const site_rule *r = first; r < end && r->hash == first->hash && postern_slice_eq(r->host, name); r++) {
        bool list = r->area == AREA_SITES || r->esc == esc;
        if (!list || !scheme_matches(r->scheme, scheme) || !(whole ? r->exact : r->subdomains)) continue;
        bool named = !postern_slice_eq(r->scheme, POSTERN_S("*"));
        offer(b, r->source, (uint64_t)name.len * 4 + (r->exact ? 2 : 0) + named, r->zone, r->from->key);
    }
}

int policy_site_zone(const postern_policy *policy, postern_slice scheme, postern_slice host, bool address, bool esc,
                     postern_slice *ret_rule) {
    best b;
    bool any = false;
    if (policy->site_count == 0) return -1;
    uint64_t hash = HASH_START ^ policy->seed;
    for (size_t i = host.len; i-- > 0;) {
        hash = hash_step(hash, host.ptr[i]);
        bool whole = i == 0;
        if (!whole && (host.ptr[i - 1] != '.' || address)) continue; /* "2.1" is not what 192.0.2.1 lies in */
        postern_slice name = postern_slice_from(host, i);
        const site_rule *first = rules_of(policy, name, hash_end(hash));
        if (!first) continue;
        if (!any) b = best_new();
        any = true;
        offer_site(policy, first, name, whole, esc, scheme, &b);
    }
    return any ? decide(&b, ret_rule) : -1;
}

static void offer_range(best *b, const range_rule *r, postern_slice scheme, bool esc) {
    if (r->esc != esc || !scheme_matches(r->scheme, scheme)) return;
    uint64_t size = 1;
    for (int i = 0; i < 4; i++) size *= (uint64_t)(r->octet_high[i] - r->octet_low[i]) + 1;
    bool named = !postern_slice_eq(r->scheme, POSTERN_S("*"));
    offer(b, r->source, ((1ull << 33) - size) * 2 + named, r->zone, r->from->key);
}

int policy_range_zone(const postern_policy *policy, postern_slice scheme, uint32_t address, bool esc, postern_slice *ret_rule) {
    best b = best_new();
    size_t low = 0, high = policy->range_count;
    while (low < high) { /* the first rule that begins behind the address */
        size_t middle = low + (high - low) / 2;
        if (policy->ranges[middle].low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    while (low-- && policy->ranges[low].reach >= address)
        if (policy->ranges[low].high >= address) offer_range(&b, &policy->ranges[low], scheme, esc);
    for (size_t i = 0; i < policy->odd_range_count; i++) {
        const range_rule *r = &policy->odd_ranges[i];
        bool inside = true;
        for (int o = 0; o < 4; o++) {
            uint8_t octet = (uint8_t)(address >> (24 - 8 * o));
            inside &= octet >= r->octet_low[o] && octet <= r->octet_high[o];
        }
        if (inside) offer_range(&b, r, scheme, esc);
    }
    return decide(&b, ret_rule);
}

int policy_protocol_zone(const postern_policy *policy, postern_slice scheme) {
    best b = best_new();
    postern_slice rule;
    for (size_t i = 0; i < policy->protocol_count; i++)
        if (postern_slice_eq(policy->protocols[i].scheme, scheme))
            offer(&b, policy->protocols[i].source, 1, policy->protocols[i].zone, policy->protocols[i].scheme);
    return decide(&b, &rule);
}
