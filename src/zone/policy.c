/*
 * A policy while it is filled: registry values are kept as they come, so that a .reg deletion can take them back; sealing turns
 * them into tables. What cannot be believed fails closed (Z14) and is remembered as a defect that names its key.
 */
#include "policy_int.h"

#include <stdlib.h>
#include <sys/random.h>

enum { POLICY_MEMORY = 512 << 20 };

postern_status postern_policy_new(postern_policy **ret_policy) {
    postern_policy *policy = calloc(1, sizeof *policy);
    if (!policy) return POSTERN_NOMEM;
    policy->arena = postern_arena_new(POLICY_MEMORY);
    if (!policy->arena) {
        free(policy);
        return POSTERN_NOMEM;
    }
    *ret_policy = policy;
    return POSTERN_OK;
}

void postern_policy_free(postern_policy *policy) {
    if (!policy) return;
    postern_arena_free(policy->arena);
    free(policy->values);
    free(policy->defects);
    free(policy->settings);
    free(policy->sites);
    free(policy->buckets);
    free(policy->ranges);
    free(policy->odd_ranges);
    free(policy->protocols);
    free(policy);
}

/* Room for one more of `size` bytes in a plain growing array. */
static void *grow(void *array, size_t count, size_t *room, size_t size) {
    if (count < *room) return array;
    size_t wanted = *room ? *room * 2 : 32, bytes;
    if (!postern_mul_ok(wanted, size, &bytes)) return NULL;
    void *grown = realloc(array, bytes);
    if (grown) *room = wanted;
    return grown;
}

postern_status postern_policy_add(postern_policy *policy, const postern_registry_value *value) {
    if (policy->sealed) return POSTERN_STATE;
    policy_value kept = {.type = value->type};
    kept.area = policy_classify(value->hive, value->key, &kept.source, &kept.rest);
    if (kept.area == AREA_NONE) return POSTERN_OK;
    if (policy->value_count == POSTERN_LIMIT_POLICY_VALUES) return POSTERN_LIMIT;
    policy_value *grown = grow(policy->values, policy->value_count, &policy->value_room, sizeof *grown);
    if (!grown) return POSTERN_NOMEM;
    policy->values = grown;
    postern_status status = postern_arena_copy(policy->arena, value->key, &kept.key);
    if (!status) status = postern_arena_copy(policy->arena, value->name, &kept.name);
    if (!status) status = postern_arena_copy(policy->arena, value->data, &kept.data);
    if (status) return status;
    kept.rest = postern_slice_from(kept.key, kept.key.len - kept.rest.len);
    policy->values[policy->value_count++] = kept;
    return POSTERN_OK;
}

postern_status policy_defect(postern_policy *policy, const policy_value *value, const char *text) {
    postern_policy_defect *grown = grow(policy->defects, policy->defect_count, &policy->defect_room, sizeof *grown);
    if (!grown) return POSTERN_NOMEM;
    policy->defects = grown;
    policy->defects[policy->defect_count++] = (postern_policy_defect){value->key, value->name, text};
    return POSTERN_OK;
}

size_t postern_policy_defect_count(const postern_policy *policy) {
    return policy->defect_count;
}

const postern_policy_defect *postern_policy_defect_at(const postern_policy *policy, size_t index) {
    return index < policy->defect_count ? &policy->defects[index] : NULL;
}

bool postern_policy_reads_plain(const postern_policy *policy) {
    return policy->plain;
}

void postern_policy_harden_local_machine(postern_policy *policy) {
    policy->harden = true;
}

bool policy_value_dword(const policy_value *value, uint32_t *ret_number) {
    if (value->type != 4 || value->data.len != 4) return false;
    postern_cursor c = postern_cursor_of(value->data);
    *ret_number = postern_cursor_le32(&c);
    return true;
}

bool policy_value_zone(const policy_value *value, uint8_t *ret_zone) {
    uint32_t number;
    uint64_t text_number;
    if (value->type == 1 || value->type == 2) {
        if (!postern_slice_uint(value->data, UINT32_MAX, &text_number)) return false;
        number = (uint32_t)text_number;
    } else if (!policy_value_dword(value, &number)) {
        return false;
    }
    if (number >= 1000 && number <= 10000)
        number = POSTERN_ZONE_INTERNET; /* a zone of the user's own: nothing is known of it */
    if (number >= ZONE_COUNT) return false;
    *ret_zone = (uint8_t)number;
    return true;
}

/* ---- sealing: the settings of the zones ---- */

static int compare_settings(const void *a, const void *b) {
    const policy_setting *x = a, *y = b;
    if (x->zone != y->zone) return x->zone < y->zone ? -1 : 1;
    if (x->lockdown != y->lockdown) return x->lockdown < y->lockdown ? -1 : 1;
    if (x->action != y->action) return x->action < y->action ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

/* The last subkey name as a zone number. */
static bool zone_of_key(postern_slice rest, uint8_t *ret_zone) {
    uint64_t number;
    if (!postern_slice_uint(rest, ZONE_COUNT - 1, &number)) return false;
    *ret_zone = (uint8_t)number;
    return true;
}

static bool action_of_name(postern_slice name, uint32_t *ret_action) {
    uint64_t action;
    if (name.len != 4 || !postern_slice_hex(name, UINT16_MAX, &action)) return false;
    *ret_action = (uint32_t)action;
    return true;
}

static int level_of_template(uint32_t value) {
    static const uint32_t templates[ZONE_LEVELS] = {0x10000, 0x10500, 0x11000, 0x11500, 0x12000};
    for (int i = 0; i < ZONE_LEVELS; i++)
        if (templates[i] == value) return i;
    return -1;
}

/* Of two levels for one zone the stricter; sources are walked from the weakest to the strongest, so a stronger one replaces. */
typedef struct level_choice {
    int8_t level;
    int8_t source;
} level_choice;

static void choose_level(level_choice *choice, int level, policy_source source) {
    if (choice->source < 0 || (int)source < choice->source || ((int)source == choice->source && level > choice->level))
        *choice = (level_choice){(int8_t)level, (int8_t)source};
}

static bool source_counts(const postern_policy *policy, policy_source source) {
    return !(policy->machine_only && source == SOURCE_USER);
}

static postern_status seal_setting(postern_policy *policy, const policy_value *v, level_choice levels[2][ZONE_COUNT]) {
    uint8_t zone;
    uint32_t action, number = 0;
    bool lockdown = v->area == AREA_LOCKDOWN_ZONE, is_number = policy_value_dword(v, &number);
    if (!zone_of_key(v->rest, &zone)) return POSTERN_OK;
    if (postern_slice_eq_nocase(v->name, POSTERN_S("CurrentLevel"))) {
        int level = is_number ? level_of_template(number) : -1;
        if (is_number && number == 0) return POSTERN_OK; /* custom: each value for itself */
        choose_level(&levels[lockdown][zone], level >= 0 ? level : ZONE_LEVEL_HIGH, v->source);
        return level >= 0 ? POSTERN_OK : policy_defect(policy, v, "there is no such level; level High is used (Z14)");
    }
    if (!action_of_name(v->name, &action)) return POSTERN_OK; /* DisplayName, Icon, Flags … */
    const zone_action_row *row = zone_action_find(action);
    bool good = is_number && (!row || zone_value_means(row->kind, number));
    policy->settings[policy->setting_count++] =
        (policy_setting){zone, (uint8_t)v->source, lockdown, !good, action, is_number ? number : 0};
    if (good) return POSTERN_OK;
    return policy_defect(policy, v,
                         is_number ? "the number means nothing for this action; the value of level High is used (Z14)"
                                   : "the value is no number; the value of level High is used (Z14)");
}

/* Two values of one source for one action: the stricter stays (Z15: the order of input says nothing). */
static void merge_settings(postern_policy *policy) {
    qsort(policy->settings, policy->setting_count, sizeof *policy->settings, compare_settings);
    size_t kept = 0;
    for (size_t i = 0; i < policy->setting_count; i++) {
        policy_setting *last = kept ? &policy->settings[kept - 1] : NULL, *now = &policy->settings[i];
        if (!last || compare_settings(last, now)) {
            policy->settings[kept++] = *now;
            continue;
        }
        const zone_action_row *row = zone_action_find(now->action);
        last->malformed |= now->malformed;
        last->value = zone_stricter(row ? row->kind : ZONE_KIND_PERMISSION, last->value, now->value);
    }
    policy->setting_count = kept;
}

static postern_status seal_template(postern_policy *policy, const policy_value *v, level_choice levels[2][ZONE_COUNT]) {
    static const struct {
        const char *name;
        uint8_t zone;
        bool lockdown;
    } names[] = {{"LocalMachineZoneTemplate", 0, false},    {"IntranetZoneTemplate", 1, false},
                 {"TrustedSitesZoneTemplate", 2, false},    {"InternetZoneTemplate", 3, false},
                 {"RestrictedSitesZoneTemplate", 4, false}, {"LocalMachineZoneLockdownTemplate", 0, true},
                 {"IntranetZoneLockdownTemplate", 1, true}, {"TrustedSitesZoneLockdownTemplate", 2, true},
                 {"InternetZoneLockdownTemplate", 3, true}, {"RestrictedSitesZoneLockdownTemplate", 4, true}};
    static const int8_t level_of[] = {-1, 0, 1, 2, 4, 3}; /* Low 1, MedLow 2, Medium 3, High 4, MedHigh 5 */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!postern_slice_eq_nocase(v->name, postern_slice_cstr(names[i].name))) continue;
        uint32_t number;
        uint64_t text_number;
        bool ok = policy_value_dword(v, &number);
        if (!ok && v->type == 1 && postern_slice_uint(v->data, 5, &text_number)) {
            number = (uint32_t)text_number;
            ok = true;
        }
        ok = ok && number >= 1 && number <= 5;
        choose_level(&levels[names[i].lockdown][names[i].zone], ok ? level_of[number] : ZONE_LEVEL_HIGH, v->source);
        return ok ? POSTERN_OK : policy_defect(policy, v, "the template is not 1 to 5; level High is used");
    }
    return POSTERN_OK;
}

/* A switch that loosens is on only when it is exactly 1; one that tightens is on unless it is exactly 0. */
static postern_status seal_switch(postern_policy *policy, const policy_value *v) {
    uint32_t number = 0;
    bool ok = policy_value_dword(v, &number);
    struct {
        const char *name;
        bool *flag;
        bool tightens;
    } switches[] = {{"IntranetName", &policy->intranet_names, false},
                    {"ProxyByPass", &policy->proxy_bypass, false},
                    {"UNCAsIntranet", &policy->unc_as_intranet, false},
                    {"IEHarden", &policy->esc, true},
                    {"ReadAsPlain", &policy->plain, true},
                    {"Security_HKLM_only", &policy->machine_only, true}};
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        if (!postern_slice_eq_nocase(v->name, postern_slice_cstr(switches[i].name))) continue;
        if (switches[i].tightens)
            *switches[i].flag |= !ok || number != 0;
        else if (ok && number == 1)
            *switches[i].flag = true;
        return ok ? POSTERN_OK : policy_defect(policy, v, "the switch is no number; its strict position is used");
    }
    return POSTERN_OK;
}

/* A loosening switch that any asked source sets to something else than 1 stays off. */
static void veto_switches(postern_policy *policy) {
    for (size_t i = 0; i < policy->value_count; i++) {
        const policy_value *v = &policy->values[i];
        uint32_t number;
        if (v->dead || v->area != AREA_MAP || (policy_value_dword(v, &number) && number == 1)) continue;
        if (postern_slice_eq_nocase(v->name, POSTERN_S("IntranetName"))) policy->intranet_names = false;
        if (postern_slice_eq_nocase(v->name, POSTERN_S("ProxyByPass"))) policy->proxy_bypass = false;
        if (postern_slice_eq_nocase(v->name, POSTERN_S("UNCAsIntranet"))) policy->unc_as_intranet = false;
    }
}

static postern_status seal_value(postern_policy *policy, const policy_value *v, level_choice levels[2][ZONE_COUNT]) {
    uint32_t number;
    switch (v->area) {
    case AREA_ZONE:
    case AREA_LOCKDOWN_ZONE:
        return seal_setting(policy, v, levels);
    case AREA_TEMPLATES:
    case AREA_LOCKDOWN_TEMPLATE:
        return seal_template(policy, v, levels);
    case AREA_MAP:
    case AREA_MAIL:
        return seal_switch(policy, v);
    case AREA_LOCKDOWN_FEATURE:
        policy->lockdown_local |= !policy_value_dword(v, &number) || number != 0;
        return POSTERN_OK;
    default:
        return POSTERN_OK;
    }
}

static postern_status seal_zones(postern_policy *policy) {
    /* Built in: Local Machine as the platform ships it (its template is Low), Internet Explorer 7's levels for the rest. */
    static const int8_t built_in[ZONE_COUNT] = {0, 1, 2, 3, ZONE_LEVEL_HIGH};
    level_choice levels[2][ZONE_COUNT];
    for (int l = 0; l < 2; l++)
        for (int z = 0; z < ZONE_COUNT; z++) levels[l][z] = (level_choice){built_in[z], -1};
    policy->settings = calloc(policy->value_count + 1, sizeof *policy->settings);
    if (!policy->settings) return POSTERN_NOMEM;
    for (size_t i = 0; i < policy->value_count; i++) {
        const policy_value *v = &policy->values[i];
        if (v->dead || !source_counts(policy, v->source)) continue;
        postern_status status = seal_value(policy, v, levels);
        if (status) return status;
    }
    for (int l = 0; l < 2; l++)
        for (int z = 0; z < ZONE_COUNT; z++) policy->level[l][z] = levels[l][z].level;
    merge_settings(policy);
    veto_switches(policy);
    return POSTERN_OK;
}

/* By place, not by what came first (Z15, Z20). */
static int compare_defects(const void *a, const void *b) {
    const postern_policy_defect *x = a, *y = b;
    int order = postern_slice_compare(x->key, y->key);
    if (!order) order = postern_slice_compare(x->name, y->name);
    return order ? order : strcmp(x->text, y->text);
}

postern_status postern_policy_seal(postern_policy *policy, postern_error *reterr) {
    if (policy->sealed) return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "the policy is sealed already");
    if (getrandom(&policy->seed, sizeof policy->seed, 0) != sizeof policy->seed) policy->seed = (uintptr_t)policy;
    for (size_t i = 0; i < policy->value_count; i++) {
        const policy_value *v = &policy->values[i];
        if (v->dead || v->area != AREA_SETTINGS) continue;
        postern_status status = seal_switch(policy, v);
        if (status) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the policy");
    }
    postern_status status = seal_zones(policy);
    if (!status) status = policy_seal_map(policy);
    if (status == POSTERN_LIMIT)
        return postern_fail(reterr, status, POSTERN_NO_OFFSET,
                            "the policy has more than %u scattered address ranges, or %u ranges", POSTERN_LIMIT_POLICY_RANGES,
                            POSTERN_LIMIT_POLICY_VALUES);
    if (status) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the policy");
    if (policy->defect_count) qsort(policy->defects, policy->defect_count, sizeof *policy->defects, compare_defects);
    policy->sealed = true;
    return POSTERN_OK;
}
