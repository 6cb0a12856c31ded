/*
 * Policies from .reg exports (reg_file.c reads them): hives other than the two that speak about zones are passed over. Nothing
 * here is applied to any system.
 */
#include "policy_int.h"

typedef struct loader {
    postern_policy *policy;
    postern_buf text;
} loader;

static bool split_root(postern_slice key, postern_hive *ret_hive, postern_slice *ret_rest) {
    static const struct {
        const char *name;
        postern_hive hive;
    } roots[] = {{"HKEY_LOCAL_MACHINE", POSTERN_HIVE_MACHINE},
                 {"HKLM", POSTERN_HIVE_MACHINE},
                 {"HKEY_CURRENT_USER", POSTERN_HIVE_USER},
                 {"HKCU", POSTERN_HIVE_USER}};
    postern_cut cut = postern_slice_cut(key, '\\');
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (!postern_slice_eq_nocase(cut.head, postern_slice_cstr(roots[i].name))) continue;
        *ret_hive = roots[i].hive;
        *ret_rest = cut.tail;
        return true;
    }
    return false;
}

/* Earlier values that a deletion takes back. `name` NULL: the key and all below it. */
static void bury(postern_policy *policy, postern_hive hive, postern_slice key, const postern_slice *name) {
    for (size_t i = 0; i < policy->value_count; i++) {
        policy_value *v = &policy->values[i];
        bool machine = v->source == SOURCE_MACHINE || v->source == SOURCE_POLICY_MACHINE;
        if (machine != (hive == POSTERN_HIVE_MACHINE) || !postern_slice_starts_nocase(v->key, key)) continue;
        bool same = v->key.len == key.len, below = !same && v->key.ptr[key.len] == '\\';
        if (name ? same && postern_slice_eq_nocase(v->name, *name) : same || below) v->dead = true;
    }
}

static postern_status take(void *user, const postern_reg_entry *entry) {
    loader *l = user;
    postern_registry_value value = {.name = entry->name, .type = entry->type, .data = entry->data};
    if (!split_root(entry->key, &value.hive, &value.key)) return POSTERN_OK;
    if (entry->deletes) {
        bury(l->policy, value.hive, value.key, entry->is_value ? &entry->name : NULL);
        return POSTERN_OK;
    }
    if (!entry->is_value) return POSTERN_OK;
    if (entry->type == 1 || entry->type == 2) {
        postern_buf_clear(&l->text);
        postern_status status = postern_reg_text(entry, &l->text);
        if (status) return status;
        value.data = postern_buf_slice(&l->text);
    }
    return postern_policy_add(l->policy, &value);
}

postern_status postern_policy_add_reg(postern_policy *policy, postern_slice bytes, postern_error *reterr) {
    if (policy->sealed) return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "the policy is sealed already");
    loader l = {.policy = policy};
    postern_buf_init(&l.text, POSTERN_LIMIT_INPUT);
    postern_status status = postern_reg_read(bytes, take, &l, reterr);
    postern_buf_free(&l.text);
    return status;
}
