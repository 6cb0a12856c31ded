/* Inside the policy engine of the room zone: the table of actions and the sealed form of a policy. */
#ifndef POSTERN_POLICY_INT_H
#define POSTERN_POLICY_INT_H

#include "postern/zone.h"

enum { ZONE_COUNT = 5, ZONE_LEVELS = 5, ZONE_LEVEL_HIGH = 4 };
#define ZONE_NO_VALUE UINT32_MAX
#define ZONE_DISALLOW 3u

/* What the numbers of an action mean, and which of two is stricter. */
typedef enum zone_kind {
    ZONE_KIND_PERMISSION, /* 0 allow, 1 query, 3 disallow in the low four bits */
    ZONE_KIND_PROTECTIVE, /* the same, but 0 switches a protection on */
    ZONE_KIND_CHECKLIST,  /* permission, or 0x10000: what the administrator approved */
    ZONE_KIND_CREDENTIALS,
    ZONE_KIND_AUTHENTICATE,
    ZONE_KIND_JAVA,
    ZONE_KIND_SOFTDIST
} zone_kind;

typedef struct zone_action_row {
    uint32_t number;
    const char *name; /* NULL: has none */
    zone_kind kind;
    uint32_t values[2 * ZONE_LEVELS]; /* low … high, then the locked-down zone's */
} zone_action_row;

extern const zone_action_row zone_actions[]; /* sorted by number */
extern const size_t zone_action_count;

const zone_action_row *zone_action_find(uint32_t number);
/* Whether a number is one of those that the kind knows; flags may ride on a permission. */
bool zone_value_means(zone_kind kind, uint32_t value);
uint32_t zone_stricter(zone_kind kind, uint32_t a, uint32_t b);
/* What is configured or comes from the level, hardening included, lockdown's own value where asked for. */
uint32_t zone_effective_value(const postern_policy *policy, const zone_action_row *row, int zone, bool lockdown);
/* The value that forbids most, for what nobody configured (Z14). */
uint32_t zone_strictest(zone_kind kind);

/* Where a value came from, in the order in which sources are asked (Z15). */
typedef enum policy_source {
    SOURCE_POLICY_MACHINE,
    SOURCE_POLICY_USER,
    SOURCE_USER, /* not asked when the policy says machine only */
    SOURCE_MACHINE,
    SOURCE_COUNT
} policy_source;

/* Which corner of the settings a registry key belongs to. */
typedef enum policy_area {
    AREA_ZONE,          /* Zones\N: action = value */
    AREA_LOCKDOWN_ZONE, /* Lockdown_Zones\N */
    AREA_DOMAINS,       /* ZoneMap\Domains\a\b: protocol = zone */
    AREA_ESC_DOMAINS,
    AREA_RANGES, /* ZoneMap\Ranges\x: ":Range" and protocol = zone */
    AREA_ESC_RANGES,
    AREA_PROTOCOL_DEFAULTS,
    AREA_SITES,     /* ZoneMapKey: pattern = "zone" */
    AREA_MAP,       /* ZoneMap: switches */
    AREA_TEMPLATES, /* Template Policies: InternetZoneTemplate … = 1..5 */
    AREA_SETTINGS,  /* the root key itself: Security_HKLM_only */
    AREA_LOCKDOWN_FEATURE,
    AREA_LOCKDOWN_TEMPLATE,
    AREA_MAIL, /* a mail program's options: plain-text reading */
    AREA_NONE
} policy_area;

typedef struct policy_value {
    policy_source source;
    policy_area area;
    postern_slice key;  /* whole key, as given */
    postern_slice rest; /* behind the area's own key: "3", "example.com\www" */
    postern_slice name;
    uint32_t type;
    postern_slice data;
    bool dead; /* deleted by a later .reg line */
} policy_value;

/* One action of one zone from one source. */
typedef struct policy_setting {
    uint8_t zone, source;
    bool lockdown, malformed;
    uint32_t action, value;
} policy_setting;

/* One line of a site list. */
typedef struct site_rule {
    postern_slice host;   /* lower case ASCII, without "*." */
    postern_slice scheme; /* "*": any */
    uint64_t hash;
    uint8_t source, zone;
    bool exact;      /* the host itself */
    bool subdomains; /* what is below it */
    bool esc;
    policy_area area;
    const policy_value *from;
} site_rule;

/* Hash -> the first rule of a host. `tag` is the hash's upper half, so that a miss seldom touches a rule. */
typedef struct site_bucket {
    uint32_t tag, index_plus_1;
} site_bucket;

/* Addresses low … high; `octets` when they are not one run. */
typedef struct range_rule {
    uint32_t low, high, reach; /* reach: the highest `high` of this and all earlier rules */
    uint8_t octet_low[4], octet_high[4];
    bool octets, esc;
    postern_slice scheme;
    uint8_t source, zone;
    const policy_value *from;
} range_rule;

typedef struct protocol_rule {
    postern_slice scheme;
    uint8_t source, zone;
} protocol_rule;

struct postern_policy {
    postern_arena *arena;
    policy_value *values;
    size_t value_count, value_room;
    postern_policy_defect *defects;
    size_t defect_count, defect_room;
    bool sealed;

    policy_setting *settings; /* sorted by zone, lockdown, action, source */
    size_t setting_count;
    site_rule *sites; /* sorted by host */
    size_t site_count;
    site_bucket *buckets;
    size_t bucket_mask;
    uint64_t seed;
    range_rule *ranges; /* runs, sorted by low */
    size_t range_count, range_room;
    range_rule *odd_ranges; /* the others */
    size_t odd_range_count, odd_range_room;
    protocol_rule *protocols;
    size_t protocol_count;
    int8_t level[2][ZONE_COUNT]; /* template level per zone, [1] locked down */
    bool machine_only, esc, intranet_names, proxy_bypass, unc_as_intranet;
    bool plain, harden, lockdown_local;
};

/* policy_keys.c */
policy_area policy_classify(postern_hive hive, postern_slice key, policy_source *ret_source, postern_slice *ret_rest);
int zone_compare_nocase(postern_slice a, postern_slice b);
/* Whether key or name hold controls: no .reg line, host or scheme has them, and such a rule does not count. */
bool zone_has_controls(const policy_value *value);
/* policy.c and policy_map.c */
postern_status policy_defect(postern_policy *policy, const policy_value *value, const char *text);
/* A zone number from a DWORD or a decimal string; false when it is neither. Custom zones (1000 and up) count as Internet. */
bool policy_value_zone(const policy_value *value, uint8_t *ret_zone);
bool policy_value_dword(const policy_value *value, uint32_t *ret_number);
postern_status policy_seal_map(postern_policy *policy);

/* zone_map.c: the site list's answer for a host, which as an `address` has no parts; -1 when no rule matches. `ret_rule` names
 * the key that decided. */
int policy_site_zone(const postern_policy *policy, postern_slice scheme, postern_slice host, bool address, bool esc,
                     postern_slice *ret_rule);
uint64_t policy_site_hash(const postern_policy *policy, postern_slice host);
int policy_range_zone(const postern_policy *policy, postern_slice scheme, uint32_t address, bool esc, postern_slice *ret_rule);
int policy_protocol_zone(const postern_policy *policy, postern_slice scheme);

#endif
