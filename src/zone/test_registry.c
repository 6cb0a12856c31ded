/* Unit tests of the seam to a registry, with one in memory, and of every allocation of the policy's entry points. */
#include "base/test_oom.h"

#include "postern/zone.h"

#define IS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define PIS "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

typedef struct row {
    postern_hive hive;
    const char *key, *name;
    uint32_t type, number;
    const char *text;
} row;

/* What a hive and a Wine prefix will be: a table of values. `broken`: the walk that fails. */
typedef struct table {
    const row *rows;
    size_t count;
    int walks, broken;
} table;

static const row rows[] = {
    {POSTERN_HIVE_USER, IS "\\ZoneMap\\Domains\\a.example\\www", "https", 4, 2, NULL},
    {POSTERN_HIVE_USER, "SOFTWARE\\microsoft\\Windows\\currentversion\\INTERNET SETTINGS\\zones\\3", "1604", 4, 3, NULL},
    {POSTERN_HIVE_MACHINE, PIS "\\ZoneMapKey", "*.b.example", 1, 0, "4"},
    {POSTERN_HIVE_MACHINE, PIS "\\Template Policies", "InternetZoneTemplate", 4, 4, NULL},
    {POSTERN_HIVE_USER, IS "\\ZoneMap\\Ranges\\Range1", ":Range", 1, 0, "10.1.*.*"},
    {POSTERN_HIVE_USER, IS "\\ZoneMap\\Ranges\\Range1", "*", 4, 1, NULL},
    {POSTERN_HIVE_USER, "Identities\\{1}\\Software\\Microsoft\\Outlook Express\\5.0\\Mail", "ReadAsPlain", 4, 1, NULL},
    {POSTERN_HIVE_MACHINE, "Software\\Microsoft\\Internet Explorer\\Main\\FeatureControl\\FEATURE_LOCALMACHINE_LOCKDOWN", "*",
     4, 1, NULL},
    {POSTERN_HIVE_MACHINE, "Software\\Nothing\\Of\\Ours", "x", 4, 1, NULL},
    {POSTERN_HIVE_USER, IS " Elsewhere\\Zones\\3", "1400", 4, 3, NULL},
    {POSTERN_HIVE_USER, IS "\\Zones\\3", "1400", 3, 0, "bytes"},
};

static bool is_below(postern_slice key, postern_slice tree) {
    return postern_slice_starts_nocase(key, tree) && (key.len == tree.len || key.ptr[tree.len] == '\\');
}

static postern_status walk(void *user, postern_hive hive, postern_slice key, const postern_registry_visitor *visitor,
                           postern_error *reterr) {
    table *t = user;
    if (t->walks++ == t->broken) return postern_fail(reterr, POSTERN_DENIED, 77, "the hive is dirty");
    for (size_t i = 0; i < t->count; i++) {
        const row *r = &t->rows[i];
        uint8_t number[4] = {(uint8_t)r->number, 0, 0, 0};
        postern_slice data = r->text ? postern_slice_cstr(r->text) : postern_slice_of(number, 4);
        postern_registry_value value = {r->hive, postern_slice_cstr(r->key), postern_slice_cstr(r->name), r->type, data};
        postern_status status = POSTERN_OK;
        if (r->hive == hive && is_below(value.key, key)) status = visitor->value(visitor->user, &value);
        if (status) return status;
    }
    return POSTERN_OK;
}

static postern_zone zone_of(const postern_policy *policy, const char *url) {
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_zone_decision d;
    assert_int_equal(postern_zone_evaluate(policy, postern_slice_cstr(url), NULL, arena, &d), POSTERN_OK);
    postern_arena_free(arena);
    return d.zone;
}

static void a_registry_is_read(void **state) {
    (void)state;
    table t = {rows, sizeof rows / sizeof *rows, 0, -1};
    postern_registry registry = {walk, &t};
    postern_policy *policy;
    postern_error err;
    postern_action_decision d;
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    assert_int_equal(postern_policy_add_registry(policy, &registry, &err), POSTERN_OK);
    assert_int_equal(postern_policy_seal(policy, &err), POSTERN_OK);
    assert_int_equal(zone_of(policy, "https://www.a.example/"), POSTERN_ZONE_TRUSTED);
    assert_int_equal(zone_of(policy, "http://x.b.example/"), POSTERN_ZONE_RESTRICTED);
    assert_int_equal(zone_of(policy, "http://10.1.2.3/"), POSTERN_ZONE_INTRANET);
    assert_true(postern_policy_reads_plain(policy));
    postern_zone_action(policy, POSTERN_ZONE_INTERNET, 0x1604, false, &d);
    assert_int_equal(d.value, 3);
    postern_zone_action(policy, POSTERN_ZONE_INTERNET, 0x1400, false, &d); /* bytes are no number (Z14) */
    assert_int_equal(d.value, 3);
    assert_string_equal(d.reasons[0].rule, "Z14");
    postern_zone_action(policy, POSTERN_ZONE_INTERNET, 0x1607, false, &d); /* template 4 is High */
    assert_int_equal(d.value, 3);
    assert_int_equal(postern_policy_defect_count(policy), 1);
    assert_same_slice(postern_policy_defect_at(policy, 0)->name, POSTERN_S("1400"));
    assert_int_equal(postern_policy_add_registry(policy, &registry, &err), POSTERN_STATE);
    postern_policy_free(policy);
}

/* A registry that cannot be read is no policy: whatever walk fails, the failure comes back and names its tree. */
static void a_broken_registry_is_a_failure(void **state) {
    (void)state;
    int walks = 1;
    for (int broken = 0; broken < walks; broken++) {
        table t = {rows, sizeof rows / sizeof *rows, 0, broken};
        postern_registry registry = {walk, &t};
        postern_policy *policy;
        postern_error err;
        if (broken == 0) {
            table whole = {rows, sizeof rows / sizeof *rows, 0, -1};
            postern_registry good = {walk, &whole};
            assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
            assert_int_equal(postern_policy_add_registry(policy, &good, &err), POSTERN_OK);
            postern_policy_free(policy);
            walks = whole.walks;
        }
        assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
        assert_int_equal(postern_policy_add_registry(policy, &registry, &err), POSTERN_DENIED);
        assert_int_equal(err.offset, 77);
        assert_non_null(strstr(err.text, "the hive is dirty"));
        assert_int_equal(t.walks, broken + 1);
        postern_policy_free(policy);
    }
    assert_true(walks >= 8);
}

/* ---- every allocation in turn ---- */

static postern_status policy_life(void *user) {
    table t = {rows, sizeof rows / sizeof *rows, 0, -1};
    postern_registry registry = {walk, &t};
    postern_policy *policy = NULL;
    postern_arena *arena = NULL;
    postern_zone_decision d;
    postern_buf out;
    (void)user;
    postern_buf_init(&out, 1 << 24);
    postern_status status = postern_policy_new(&policy);
    if (!status) status = postern_policy_add_registry(policy, &registry, NULL);
    if (!status)
        status = postern_policy_add_reg(policy,
                                        POSTERN_S("REGEDIT4\n[HKCU\\" IS "\\Zones\\1]\n\"1400\"=hex(2):33,00,00,00\n"
                                                  "\"1402\"=\"a\\\\b\"\n[-HKCU\\" IS "\\Zones\\2]\n"),
                                        NULL);
    if (!status) status = postern_policy_seal(policy, NULL);
    if (!status) status = (arena = postern_arena_new(1 << 20)) ? POSTERN_OK : POSTERN_NOMEM;
    if (!status) status = postern_zone_evaluate(policy, POSTERN_S("http://b\xC3\xBC.example/%41"), NULL, arena, &d);
    if (!status) status = postern_zone_evaluate(policy, POSTERN_S("\\\\server\\share\\x"), NULL, arena, &d);
    if (!status) status = postern_policy_write_reg(policy, &out);
    postern_buf_free(&out);
    postern_arena_free(arena);
    postern_policy_free(policy);
    return status;
}

static void every_allocation_of_a_policy_may_fail(void **state) {
    (void)state;
    assert_true(test_oom_each(policy_life, NULL) > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registry_is_read),
        cmocka_unit_test(a_broken_registry_is_a_failure),
        cmocka_unit_test(every_allocation_of_a_policy_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
