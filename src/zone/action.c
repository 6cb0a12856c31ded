/*
 * Zone -> action -> policy value. The value comes from the first source that has one; without one, from the zone's template
 * level. What is not known is disallowed (Z14); lockdown and the hardened My Computer zone only tighten (Z16).
 */
#include "policy_int.h"

#include <stdlib.h>

static int compare_number(const void *key, const void *row) {
    uint32_t number = *(const uint32_t *)key, other = ((const zone_action_row *)row)->number;
    return (number > other) - (number < other);
}

const zone_action_row *zone_action_find(uint32_t number) {
    return bsearch(&number, zone_actions, zone_action_count, sizeof *zone_actions, compare_number);
}

/* Higher is stricter. A number that means nothing is as strict as "disallow". */
static int rank(zone_kind kind, uint32_t value) {
    uint32_t permission = value & 0x0F;
    switch (kind) {
    case ZONE_KIND_PERMISSION:
        return permission == 0 ? 0 : permission == 1 ? 1 : 2;
    case ZONE_KIND_PROTECTIVE:
        return permission == 3 ? 0 : permission == 1 ? 1 : 2;
    case ZONE_KIND_CHECKLIST:
        return value == 0x10000 ? 2 : permission == 0 ? 0 : permission == 1 ? 1 : 3;
    case ZONE_KIND_CREDENTIALS:
        return value == 0 ? 0 : value == 0x20000 ? 1 : value == 0x10000 ? 2 : 3;
    case ZONE_KIND_AUTHENTICATE:
        return value == 0 ? 0 : value == 0x10000 ? 1 : 2;
    case ZONE_KIND_JAVA:
        return value == 0x800000 ? 0 : value == 0x30000 ? 1 : value == 0x20000 ? 2 : value == 0x10000 ? 3 : 4;
    case ZONE_KIND_SOFTDIST:
        return value == 0x30000 ? 0 : value == 0x20000 ? 1 : 2;
    }
    return 9;
}

bool zone_value_means(zone_kind kind, uint32_t value) {
    uint32_t permission = value & 0x0F;
    bool one = permission <= 1 || permission == 3, flags_only = (value & ~0x1FFu) == 0;
    switch (kind) {
    case ZONE_KIND_PERMISSION:
    case ZONE_KIND_PROTECTIVE: return one && flags_only;
    case ZONE_KIND_CHECKLIST: return value == 0x10000 || (one && flags_only);
    case ZONE_KIND_CREDENTIALS: return (value & ~0x30000u) == 0;
    case ZONE_KIND_AUTHENTICATE: return value == 0 || value == 0x10000 || value == 0x30000;
    case ZONE_KIND_JAVA: return value == 0x800000 || (value & ~0x30000u) == 0;
    case ZONE_KIND_SOFTDIST: return value != 0 && (value & ~0x30000u) == 0;
    }
    return false;
}

uint32_t zone_strictest(zone_kind kind) {
    static const uint32_t values[] = {
        [ZONE_KIND_PERMISSION] = ZONE_DISALLOW, [ZONE_KIND_PROTECTIVE] = 0,         [ZONE_KIND_CHECKLIST] = ZONE_DISALLOW,
        [ZONE_KIND_CREDENTIALS] = 0x30000,      [ZONE_KIND_AUTHENTICATE] = 0x30000, [ZONE_KIND_JAVA] = 0,
        [ZONE_KIND_SOFTDIST] = 0x10000};
    return values[kind];
}

uint32_t zone_stricter(zone_kind kind, uint32_t a, uint32_t b) {
    int x = rank(kind, a), y = rank(kind, b);
    if (x != y) return x > y ? a : b;
    return a > b ? a : b; /* equal in force: still independent of the order */
}

/* 2500, protected mode, is on in the zones 1, 3 and 4 and off in 0 and 2, whatever the level. */
static uint32_t template_value(const zone_action_row *row, int zone, bool lockdown, int level) {
    if (row->number == 0x2500) return zone == 0 || zone == 2 ? ZONE_DISALLOW : 0;
    uint32_t value = row->values[level + (lockdown ? ZONE_LEVELS : 0)];
    return value == ZONE_NO_VALUE ? zone_strictest(row->kind) : value;
}

static const policy_setting *first_setting(const postern_policy *policy, int zone, bool lockdown, uint32_t action) {
    size_t low = 0, high = policy->setting_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const policy_setting *s = &policy->settings[middle];
        bool before = s->zone != zone ? s->zone < zone : s->lockdown != lockdown ? s->lockdown < lockdown : s->action < action;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == policy->setting_count) return NULL;
    const policy_setting *s = &policy->settings[low];
    return s->zone == zone && s->lockdown == lockdown && s->action == action ? s : NULL;
}

static void reason(postern_action_decision *d, const char *rule, const char *text, postern_zone zone) {
    if (d->reason_count < sizeof d->reasons / sizeof *d->reasons)
        d->reasons[d->reason_count++] = (postern_reason){rule, text, {0}, zone};
}

static const char *source_rule(unsigned source) {
    static const char *const names[SOURCE_COUNT] = {"machine policy", "user policy", "user setting", "machine setting"};
    return source < SOURCE_COUNT ? names[source] : "setting";
}

static uint32_t configured(const postern_policy *policy, const zone_action_row *row, postern_zone zone, bool lockdown,
                           postern_action_decision *d) {
    const policy_setting *s = first_setting(policy, (int)zone, lockdown, row->number);
    if (s && s->malformed) {
        reason(d, "Z14", "the configured value is malformed; the value of level High is used", zone);
        return template_value(row, (int)zone, lockdown, ZONE_LEVEL_HIGH);
    }
    if (s) {
        reason(d, source_rule(s->source), lockdown ? "locked-down value" : "value of the zone", zone);
        return s->value;
    }
    static const char *const levels[ZONE_LEVELS] = {"level Low", "level Medium-Low", "level Medium", "level Medium-High",
                                                    "level High"};
    int level = policy->level[lockdown][zone];
    reason(d, "template", levels[level], zone);
    return template_value(row, (int)zone, lockdown, level);
}

void postern_zone_action(const postern_policy *policy, postern_zone zone, uint32_t action, bool lockdown,
                         postern_action_decision *ret_decision) {
    postern_action_decision *d = ret_decision;
    *d = (postern_action_decision){.action = action, .value = ZONE_DISALLOW};
    const zone_action_row *row = zone_action_find(action);
    if ((unsigned)zone >= ZONE_COUNT) {
        reason(d, "Z14", "there is no such zone", POSTERN_ZONE_RESTRICTED);
        return;
    }
    if (!row) {
        reason(d, "Z14", "there is no such action", zone);
        return;
    }
    if (action == 0x1203) { /* overriding script safety is never granted, whatever the registry says */
        reason(d, "Z14", "this action is never granted", zone);
        return;
    }
    d->value = configured(policy, row, zone, false, d);
    if (lockdown || (zone == POSTERN_ZONE_LOCAL_MACHINE && policy->lockdown_local)) {
        d->value = zone_stricter(row->kind, d->value, configured(policy, row, zone, true, d));
        reason(d, "Z16", "lockdown: the stricter of the two", zone);
    }
    if (zone == POSTERN_ZONE_LOCAL_MACHINE && policy->harden) {
        d->value = zone_stricter(row->kind, d->value, template_value(row, (int)zone, true, ZONE_LEVEL_HIGH));
        reason(d, "KB833633", "the My Computer zone is hardened", zone);
    }
    if (row->kind != ZONE_KIND_PERMISSION && row->kind != ZONE_KIND_PROTECTIVE && row->kind != ZONE_KIND_CHECKLIST) return;
    uint32_t permission = d->value & 0x0F;
    d->allowed = permission == 0 && d->value != 0x10000;
    d->query = permission == 1;
}

bool postern_policy_hardens_local_machine(const postern_policy *policy) {
    postern_action_decision plugins, scripts, java;
    if (policy->harden || !policy->sealed) return policy->harden;
    postern_zone_action(policy, POSTERN_ZONE_LOCAL_MACHINE, 0x1200, false, &plugins);
    postern_zone_action(policy, POSTERN_ZONE_LOCAL_MACHINE, 0x1400, false, &scripts);
    postern_zone_action(policy, POSTERN_ZONE_LOCAL_MACHINE, 0x1C00, false, &java);
    bool runs = plugins.allowed || plugins.query || plugins.value == 0x10000 || scripts.allowed || scripts.query;
    return !runs && rank(ZONE_KIND_JAVA, java.value) == rank(ZONE_KIND_JAVA, 0);
}

uint32_t zone_effective_value(const postern_policy *policy, const zone_action_row *row, int zone, bool lockdown) {
    postern_action_decision ignored = {0};
    uint32_t value = configured(policy, row, (postern_zone)zone, lockdown, &ignored);
    if (zone == POSTERN_ZONE_LOCAL_MACHINE && policy->harden)
        value = zone_stricter(row->kind, value, template_value(row, zone, true, ZONE_LEVEL_HIGH));
    return value;
}

bool postern_action_parse(postern_slice text, uint32_t *ret_action) {
    text = postern_slice_trim(text);
    if (postern_slice_starts_nocase(text, POSTERN_S("0x"))) text = postern_slice_from(text, 2);
    uint64_t number;
    if (text.len == 4 && postern_slice_hex(text, UINT16_MAX, &number)) {
        *ret_action = (uint32_t)number;
        return true;
    }
    postern_slice prefix = POSTERN_S("URLACTION_");
    if (postern_slice_starts_nocase(text, prefix)) text = postern_slice_from(text, prefix.len);
    if (postern_slice_eq_nocase(text, POSTERN_S("SHELL_EXECUTE_HIGHRISK"))) { /* the other name of SHELL_SHELLEXECUTE */
        *ret_action = 0x1806;
        return true;
    }
    for (size_t i = 0; i < zone_action_count; i++) {
        if (!zone_actions[i].name) continue;
        postern_slice name = postern_slice_from(postern_slice_cstr(zone_actions[i].name), prefix.len);
        if (!postern_slice_eq_nocase(name, text)) continue;
        *ret_action = zone_actions[i].number;
        return true;
    }
    return false;
}

const char *postern_action_name(uint32_t action) {
    const zone_action_row *row = zone_action_find(action);
    return row ? row->name : NULL;
}

const char *postern_policy_value_name(uint32_t action, uint32_t value) {
    const zone_action_row *row = zone_action_find(action);
    uint32_t permission = value & 0x0F;
    switch (row ? row->kind : ZONE_KIND_PERMISSION) {
    case ZONE_KIND_CREDENTIALS:
        return value == 0         ? "silent logon"
               : value == 0x10000 ? "ask for name and password"
               : value == 0x20000 ? "silent logon in Intranet only"
               : value == 0x30000 ? "anonymous only"
                                  : "unknown";
    case ZONE_KIND_AUTHENTICATE:
        return value == 0         ? "clear text"
               : value == 0x10000 ? "challenge and response"
               : value == 0x30000 ? "mutual only"
                                  : "unknown";
    case ZONE_KIND_JAVA:
        return value == 0          ? "no Java"
               : value == 0x10000  ? "high safety"
               : value == 0x20000  ? "medium safety"
               : value == 0x30000  ? "low safety"
               : value == 0x800000 ? "custom"
                                   : "unknown";
    case ZONE_KIND_SOFTDIST:
        return value == 0x10000 ? "prohibit" : value == 0x20000 ? "precache" : value == 0x30000 ? "automatic" : "unknown";
    case ZONE_KIND_CHECKLIST:
        if (value == 0x10000) return "administrator approved";
        break;
    default:
        break;
    }
    return permission == 0 ? "allow" : permission == 1 ? "query" : permission == 3 ? "disallow" : "unknown (disallow)";
}
