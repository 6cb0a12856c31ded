/*
 * Which registry keys speak about zones. The names are the platform's own; comparing ignores ASCII case as the registry does.
 * What is not listed here is passed over.
 */
#include "policy_int.h"

typedef struct key_row {
    postern_slice prefix; /* of the whole key */
    policy_area area;
    bool subkeys; /* what follows the prefix belongs to it */
} key_row;

#define SETTINGS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define POLICIES "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define ROW(text, area, subkeys)                                                                                               \
    { {(const uint8_t *)(text), sizeof(text) - 1}, area, subkeys }

/* Below the settings root, or the policies root: the same names. */
static const key_row rows[] = {
    ROW("Zones\\", AREA_ZONE, true),
    ROW("Lockdown_Zones\\", AREA_LOCKDOWN_ZONE, true),
    ROW("ZoneMap\\Domains\\", AREA_DOMAINS, true),
    ROW("ZoneMap\\EscDomains\\", AREA_ESC_DOMAINS, true),
    ROW("ZoneMap\\Ranges\\", AREA_RANGES, true),
    ROW("ZoneMap\\EscRanges\\", AREA_ESC_RANGES, true),
    ROW("ZoneMap\\ProtocolDefaults", AREA_PROTOCOL_DEFAULTS, false),
    ROW("ZoneMapKey", AREA_SITES, false),
    ROW("ZoneMap", AREA_MAP, false),
    ROW("Template Policies", AREA_TEMPLATES, false),
};

static const key_row whole_rows[] = {
    ROW("Software\\Microsoft\\Internet Explorer\\Main\\FeatureControl\\FEATURE_LOCALMACHINE_LOCKDOWN", AREA_LOCKDOWN_FEATURE,
        false),
    ROW("Software\\Policies\\Microsoft\\Internet Explorer\\Main\\FeatureControl\\FEATURE_LOCALMACHINE_LOCKDOWN",
        AREA_LOCKDOWN_FEATURE, false),
    ROW("Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Local Machine Zone Lockdown Settings\\Template Policies",
        AREA_LOCKDOWN_TEMPLATE, false),
};

static bool matches(const key_row *row, postern_slice key, postern_slice *ret_rest) {
    if (row->subkeys ? !postern_slice_starts_nocase(key, row->prefix) : !postern_slice_eq_nocase(key, row->prefix))
        return false;
    *ret_rest = postern_slice_from(key, row->prefix.len);
    return true;
}

/* Software\Microsoft\Office\<version>\Outlook\Options\Mail, also below Policies. */
static bool is_outlook_mail(postern_slice key) {
    static const char *const roots[] = {"Software\\Microsoft\\Office\\", "Software\\Policies\\Microsoft\\Office\\"};
    for (size_t i = 0; i < 2; i++) {
        postern_slice root = postern_slice_cstr(roots[i]), tail = POSTERN_S("\\Outlook\\Options\\Mail");
        if (key.len > root.len + tail.len && postern_slice_starts_nocase(key, root) &&
            postern_slice_eq_nocase(postern_slice_from(key, key.len - tail.len), tail))
            return true;
    }
    return false;
}

/* Identities\{…}\Software\Microsoft\Outlook Express\5.0\Mail */
static bool is_outlook_express_mail(postern_slice key) {
    postern_slice root = POSTERN_S("Identities\\"), tail = POSTERN_S("\\Software\\Microsoft\\Outlook Express\\5.0\\Mail");
    return key.len > root.len + tail.len && postern_slice_starts_nocase(key, root) &&
           postern_slice_eq_nocase(postern_slice_from(key, key.len - tail.len), tail);
}

static policy_source source_of(postern_hive hive, bool policy) {
    if (policy) return hive == POSTERN_HIVE_MACHINE ? SOURCE_POLICY_MACHINE : SOURCE_POLICY_USER;
    return hive == POSTERN_HIVE_MACHINE ? SOURCE_MACHINE : SOURCE_USER;
}

policy_area policy_classify(postern_hive hive, postern_slice key, policy_source *ret_source, postern_slice *ret_rest) {
    bool policy = postern_slice_starts_nocase(key, POSTERN_S("Software\\Policies\\"));
    *ret_source = source_of(hive, policy);
    *ret_rest = (postern_slice){0};
    postern_slice root = policy ? POSTERN_S(POLICIES) : POSTERN_S(SETTINGS);
    /* Security_HKLM_only silences the user, who must not do so himself: his own list may hold what is Restricted (Z15) */
    if (postern_slice_eq_nocase(key, root)) return *ret_source == SOURCE_POLICY_MACHINE ? AREA_SETTINGS : AREA_NONE;
    if (key.len > root.len && key.ptr[root.len] == '\\' && postern_slice_starts_nocase(key, root)) {
        postern_slice below = postern_slice_from(key, root.len + 1);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (matches(&rows[i], below, ret_rest)) return rows[i].area;
        return AREA_NONE;
    }
    for (size_t i = 0; i < sizeof whole_rows / sizeof *whole_rows; i++)
        if (matches(&whole_rows[i], key, ret_rest)) return whole_rows[i].area;
    return is_outlook_mail(key) || is_outlook_express_mail(key) ? AREA_MAIL : AREA_NONE;
}

/* ---- names ---------------------------------------------------------------------------------------------------------- */

int zone_compare_nocase(postern_slice a, postern_slice b) {
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        uint8_t x = postern_ascii_lower(a.ptr[i]), y = postern_ascii_lower(b.ptr[i]);
        if (x != y) return x < y ? -1 : 1;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static bool has_controls(postern_slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7F) return true;
    return false;
}

bool zone_has_controls(const policy_value *value) {
    return has_controls(value->key) || has_controls(value->name);
}

/* ---- a registry ----------------------------------------------------------------------------------------------------- */

/* The trees in which the keys above lie. */
static const char *const trees[] = {
    SETTINGS,
    POLICIES,
    "Software\\Microsoft\\Internet Explorer\\Main\\FeatureControl",
    "Software\\Policies\\Microsoft\\Internet Explorer\\Main\\FeatureControl",
    "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Local Machine Zone Lockdown Settings",
    "Software\\Microsoft\\Office",
    "Software\\Policies\\Microsoft\\Office",
    "Identities",
};

static postern_status take_value(void *user, const postern_registry_value *value) {
    return postern_policy_add(user, value);
}

postern_status postern_policy_add_registry(postern_policy *policy, const postern_registry *registry, postern_error *reterr) {
    postern_registry_visitor visitor = {take_value, policy};
    if (policy->sealed) return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "the policy is sealed already");
    for (int hive = POSTERN_HIVE_MACHINE; hive <= POSTERN_HIVE_USER; hive++) {
        for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
            postern_error error = {.offset = POSTERN_NO_OFFSET};
            postern_status status =
                registry->walk(registry->user, (postern_hive)hive, postern_slice_cstr(trees[i]), &visitor, &error);
            if (!status) continue;
            return postern_fail(reterr, status, error.offset, "the registry cannot be read at %s: %s", trees[i],
                                error.text[0] ? error.text : postern_status_name(status));
        }
    }
    return POSTERN_OK;
}
