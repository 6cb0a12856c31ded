/*
 * The effective policy as a .reg file. Each action of each zone is written as a machine policy, the strongest source, so that
 * the file says by itself what holds; site lists stay in the source they came from, since a weaker source counts only where a
 * stronger one is silent. Defective rules are written as what they were taken for. Sorted, so that the same policy is the same
 * bytes.
 */
#include "policy_int.h"

#include <stdlib.h>

#define POLICIES "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define SETTINGS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

static void write_quoted(postern_buf *out, postern_slice text) {
    postern_buf_add_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') postern_buf_add_byte(out, '\\');
        if (text.ptr[i] >= 0x20) postern_buf_add_byte(out, text.ptr[i]);
    }
    postern_buf_add_byte(out, '"');
}

static void write_zones(const postern_policy *policy, postern_buf *out) {
    for (int lockdown = 0; lockdown < 2; lockdown++) {
        for (int zone = 0; zone < ZONE_COUNT; zone++) {
            postern_buf_printf(out, "\r\n[HKEY_LOCAL_MACHINE\\" POLICIES "\\%s\\%d]\r\n", lockdown ? "Lockdown_Zones" : "Zones",
                               zone);
            for (size_t i = 0; i < zone_action_count; i++) {
                uint32_t value = zone_effective_value(policy, &zone_actions[i], zone, lockdown != 0);
                postern_buf_printf(out, "\"%04X\"=dword:%08x\r\n", (unsigned)zone_actions[i].number, (unsigned)value);
            }
        }
    }
}

static void write_switch(postern_buf *out, const char *name, bool on) {
    postern_buf_printf(out, "\"%s\"=dword:%08x\r\n", name, on ? 1u : 0u);
}

static void write_switches(const postern_policy *policy, postern_buf *out) {
    postern_buf_printf(out, "\r\n[HKEY_LOCAL_MACHINE\\" POLICIES "]\r\n");
    write_switch(out, "Security_HKLM_only", policy->machine_only);
    postern_buf_printf(out, "\r\n[HKEY_LOCAL_MACHINE\\" POLICIES "\\ZoneMap]\r\n");
    write_switch(out, "IntranetName", policy->intranet_names);
    write_switch(out, "ProxyByPass", policy->proxy_bypass);
    write_switch(out, "UNCAsIntranet", policy->unc_as_intranet);
    write_switch(out, "IEHarden", policy->esc);
    if (policy->lockdown_local)
        postern_buf_printf(out, "\r\n[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Internet Explorer\\Main\\FeatureControl\\"
                                "FEATURE_LOCALMACHINE_LOCKDOWN]\r\n\"*\"=dword:00000001\r\n");
    if (policy->plain)
        postern_buf_printf(out, "\r\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\10.0\\Outlook\\Options\\Mail]\r\n"
                                "\"ReadAsPlain\"=dword:00000001\r\n");
}

/* Site lists, ranges and protocol defaults as they came, sorted; a zone nobody could read as Restricted. */
static bool is_map_area(policy_area area) {
    return area == AREA_DOMAINS || area == AREA_ESC_DOMAINS || area == AREA_RANGES || area == AREA_ESC_RANGES ||
           area == AREA_PROTOCOL_DEFAULTS || area == AREA_SITES;
}

static bool is_range_text(const policy_value *v) {
    return (v->area == AREA_RANGES || v->area == AREA_ESC_RANGES) && postern_slice_eq_nocase(v->name, POSTERN_S(":Range"));
}

/* What did not count must not begin to, because the file says it better than the registry did. */
static bool can_be_written(const policy_value *v) {
    if (zone_has_controls(v) || (v->area == AREA_PROTOCOL_DEFAULTS && !v->name.len)) return false;
    if (!is_range_text(v)) return true;
    for (size_t i = 0; i < v->data.len; i++)
        if (v->data.ptr[i] < 0x20) return false;
    return v->type == 1;
}

/* As which a rule is written. */
static uint8_t zone_of(const policy_value *v) {
    uint8_t zone;
    return policy_value_zone(v, &zone) ? zone : POSTERN_ZONE_RESTRICTED;
}

static int compare_values(const void *a, const void *b) {
    const policy_value *x = *(const policy_value *const *)a, *y = *(const policy_value *const *)b;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    int order = postern_slice_compare(x->key, y->key);
    if (!order) order = postern_slice_compare(x->name, y->name);
    if (order) return order;
    return is_range_text(x) && is_range_text(y) ? postern_slice_compare(x->data, y->data) : zone_of(x) - zone_of(y);
}

static void write_map_value(postern_buf *out, const policy_value *v) {
    if (v->name.len)
        write_quoted(out, v->name);
    else
        postern_buf_add_byte(out, '@');
    postern_buf_add_byte(out, '=');
    if (is_range_text(v)) {
        write_quoted(out, v->data);
    } else {
        if (v->area == AREA_SITES)
            postern_buf_printf(out, "\"%d\"", zone_of(v));
        else
            postern_buf_printf(out, "dword:%08x", (unsigned)zone_of(v));
    }
    postern_buf_add(out, "\r\n", 2);
}

static postern_status write_map(const postern_policy *policy, postern_buf *out) {
    const policy_value **found = malloc((policy->value_count + 1) * sizeof *found);
    if (!found) return POSTERN_NOMEM;
    size_t count = 0;
    for (size_t i = 0; i < policy->value_count; i++)
        if (!policy->values[i].dead && is_map_area(policy->values[i].area) && can_be_written(&policy->values[i]))
            found[count++] = &policy->values[i];
    qsort(found, count, sizeof *found, compare_values);
    for (size_t i = 0; i < count; i++) {
        const policy_value *v = found[i], *before = i ? found[i - 1] : NULL;
        bool machine = v->source == SOURCE_MACHINE || v->source == SOURCE_POLICY_MACHINE;
        if (!before || before->source != v->source || !postern_slice_eq(before->key, v->key)) {
            postern_buf_printf(out, "\r\n[%s\\", machine ? "HKEY_LOCAL_MACHINE" : "HKEY_CURRENT_USER");
            postern_buf_add_slice(out, v->key);
            postern_buf_add(out, "]\r\n", 3);
        }
        write_map_value(out, v);
    }
    free(found);
    return POSTERN_OK;
}

postern_status postern_policy_write_reg(const postern_policy *policy, postern_buf *out) {
    if (!policy->sealed) return POSTERN_STATE;
    postern_buf text;
    postern_buf_init(&text, POSTERN_LIMIT_INPUT);
    postern_buf_printf(&text, "Windows Registry Editor Version 5.00\r\n");
    write_zones(policy, &text);
    write_switches(policy, &text);
    postern_status status = write_map(policy, &text);
    if (!status) status = text.status;
    if (!status) status = postern_buf_add(out, "\xFF\xFE", 2);
    if (!status) status = postern_buf_add_utf16le(out, postern_buf_slice(&text));
    postern_buf_free(&text);
    return status;
}
