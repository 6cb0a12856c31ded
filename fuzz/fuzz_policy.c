/*
 * .reg files as hostile bytes. Properties: what loads can be written and loads again to the same decisions and the same bytes
 * (Z20); nothing in a policy makes a URL of the network My Computer (Z9); lockdown only tightens (Z16).
 */
#include "postern/zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static postern_policy *load(postern_slice bytes) {
    postern_policy *policy;
    if (postern_policy_new(&policy)) abort();
    if (postern_policy_add_reg(policy, bytes, NULL) == POSTERN_OK && postern_policy_seal(policy, NULL) == POSTERN_OK)
        return policy;
    postern_policy_free(policy);
    return NULL;
}

static const char *const urls[] = {"http://a.example/", "https://www.b.example/", "http://10.0.0.1/",
                                   "ftp://c/",          "http://intranet/",       "file://server/share/x"};

static postern_zone zone_of(const postern_policy *policy, const char *url) {
    postern_arena *arena = postern_arena_new(1 << 16);
    postern_zone_decision decision;
    if (!arena || postern_zone_evaluate(policy, postern_slice_cstr(url), NULL, arena, &decision)) abort();
    postern_arena_free(arena);
    return decision.zone;
}

static void compare(const postern_policy *a, const postern_policy *b) {
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        postern_zone zone = zone_of(a, urls[i]);
        if (zone != zone_of(b, urls[i]) || zone == POSTERN_ZONE_LOCAL_MACHINE) abort();
    }
    static const uint32_t actions[] = {0x1001, 0x1200, 0x1400, 0x1604, 0x1A00, 0x1C00, 0x2500};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        for (int zone = 0; zone < 5; zone++) {
            postern_action_decision x, y, locked;
            postern_zone_action(a, (postern_zone)zone, actions[i], false, &x);
            postern_zone_action(b, (postern_zone)zone, actions[i], false, &y);
            postern_zone_action(a, (postern_zone)zone, actions[i], true, &locked);
            if (x.value != y.value || (actions[i] != 0x2500 && locked.allowed && !x.allowed)) abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    postern_policy *policy = load(postern_slice_of(data, size));
    if (!policy) return 0;
    postern_buf first, second;
    postern_buf_init(&first, 1 << 26);
    postern_buf_init(&second, 1 << 26);
    if (postern_policy_write_reg(policy, &first)) abort();
    postern_policy *again = load(postern_buf_slice(&first));
    if (!again || postern_policy_write_reg(again, &second)) abort();
    if (!postern_slice_eq(postern_buf_slice(&first), postern_buf_slice(&second))) abort();
    compare(policy, again);
    postern_policy_free(again);
    postern_policy_free(policy);
    postern_buf_free(&first);
    postern_buf_free(&second);
    return 0;
}
