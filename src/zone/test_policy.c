/* Unit tests of the policy engine: URL -> zone -> action -> policy. */
#define _GNU_SOURCE
#include "base/test_base.h"

#include "postern/zone.h"

#include <stdio.h>
#include <stdlib.h>

#define IS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define PIS "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

typedef struct row {
    postern_hive hive;
    const char *key, *name;
    uint32_t number;
    const char *text; /* when set: a REG_SZ */
} row;

static void add_row(postern_policy *policy, const row *r) {
    uint8_t bytes[4] = {(uint8_t)r->number, (uint8_t)(r->number >> 8), (uint8_t)(r->number >> 16), (uint8_t)(r->number >> 24)};
    postern_registry_value value = {r->hive, postern_slice_cstr(r->key), postern_slice_cstr(r->name), r->text ? 1 : 4,
                                    r->text ? postern_slice_cstr(r->text) : postern_slice_of(bytes, 4)};
    assert_int_equal(postern_policy_add(policy, &value), POSTERN_OK);
}

static postern_policy *policy_of(const row *rows, size_t count, bool reversed) {
    postern_policy *policy;
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    for (size_t i = 0; i < count; i++) add_row(policy, &rows[reversed ? count - 1 - i : i]);
    assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
    return policy;
}

static postern_zone_decision judge(const postern_policy *policy, const char *url, const postern_zone_context *context) {
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_zone_decision d;
    assert_non_null(arena);
    assert_int_equal(postern_zone_evaluate(policy, postern_slice_cstr(url), context, arena, &d), POSTERN_OK);
    postern_arena_free(arena); /* details of reasons are gone with it; the tests look at rules and zones */
    return d;
}

#define USER POSTERN_HIVE_USER
#define MACHINE POSTERN_HIVE_MACHINE

static const row site_rows[] = {
    {USER, IS "\\ZoneMap\\Domains\\trusted.example", "*", 2, NULL},
    {USER, IS "\\ZoneMap\\Domains\\trusted.example\\evil", "*", 4, NULL},
    {USER, IS "\\ZoneMap\\Domains\\www.exact.example", "https", 2, NULL},
    {USER, IS "\\ZoneMap\\Domains\\co.uk", "*", 2, NULL},
    {USER, IS "\\ZoneMap\\Domains\\shop.co.uk", "*", 2, NULL},
    {USER, IS "\\ZoneMap\\Domains\\bad.example", "http", 9, NULL},
    {USER, IS "\\ZoneMap\\Domains\\local.example", "http", 0, NULL},
    {USER, IS "\\ZoneMap\\Domains\\wild.example\\*.a", "*", 1, NULL},
    {MACHINE, IS "\\ZoneMap\\Domains\\trusted.example", "*", 4, NULL},
    {MACHINE, IS "\\ZoneMap\\Domains\\machine.example", "*", 4, NULL},
    {MACHINE, PIS "\\ZoneMapKey", "*.policy.example", 0, "2"},
    {USER, IS "\\ZoneMap\\Domains\\policy.example", "*", 4, NULL},
    {USER, IS "\\ZoneMap\\Ranges\\Range1", ":Range", 0, "10.0.0-255.*"},
    {USER, IS "\\ZoneMap\\Ranges\\Range1", "*", 1, NULL},
    {USER, IS "\\ZoneMap\\Ranges\\Range2", ":Range", 0, "10.0.7.9"},
    {USER, IS "\\ZoneMap\\Ranges\\Range2", "*", 4, NULL},
    {USER, IS "\\ZoneMap\\Ranges\\Range3", ":Range", 0, "10.*.3.1-5"},
    {USER, IS "\\ZoneMap\\Ranges\\Range3", "http", 2, NULL},
    {USER, IS "\\ZoneMap\\EscDomains\\esc.example", "*", 2, NULL},
    {USER, IS "\\ZoneMap\\ProtocolDefaults", "ftp", 4, NULL},
    {USER, IS "\\ZoneMap\\ProtocolDefaults", "odd", 2, NULL},
    {USER, IS "\\ZoneMap", "IntranetName", 1, NULL},
};

static const struct {
    const char *url;
    int zone;
    bool openable;
    const char *rule; /* of the first reason */
} site_expectations[] = {
    {"http://trusted.example/", 2, true, "Domains"},
    {"http://www.trusted.example/", 2, true, "Domains"},
    {"http://evil.trusted.example/", 4, true, "Domains"},
    {"http://deep.evil.trusted.example/", 4, true, "Domains"},
    {"http://nottrusted.example/", 3, true, "Z14"},
    {"https://www.exact.example/", 2, true, "Domains"},
    {"http://www.exact.example/", 3, true, "Z14"},
    {"https://sub.www.exact.example/", 3, true, "Z14"},
    {"http://any.co.uk/", 3, true, "Z14"},
    {"http://www.shop.co.uk/", 2, true, "Domains"},
    {"http://bad.example/", 4, true, "Domains"},
    {"http://local.example/", 3, true, "Domains"},
    {"http://x.a.wild.example/", 1, true, "Domains"},
    {"http://a.wild.example/", 3, true, "Z14"},
    {"http://machine.example/", 4, true, "Domains"},
    {"http://www.policy.example/", 2, true, "Domains"},
    {"http://10.0.1.1/", 1, true, "Ranges"},
    {"http://10.0.7.9/", 4, true, "Ranges"},
    {"http://10.9.3.4/", 2, true, "Ranges"},
    {"https://10.9.3.4/", 3, true, "Z14"},
    {"http://10.9.3.6/", 3, true, "Z14"},
    {"http://esc.example/", 3, true, "Z14"},
    {"ftp://x.example/", 4, true, "ProtocolDefaults"},
    {"odd:x", 3, true, "Z14"},
    {"http://intranet/", 1, true, "IntranetName"},
    {"http://intranet./", 3, true, "Z14"}, /* it has a dot: not a plain name */
    {"http://trusted.example./", 2, true, "Domains"},
    {"about:blank", 3, true, "Z14"},
    {"mhtml:http://trusted.example/a.mht!x", 4, false, "Z4"},
    {"ms-its:C:\\x.chm::/a.htm", 4, false, "Z4"},
    {"javascript:alert(1)", 4, false, "Z4"},
    {"file:///C:/x.htm", 3, true, "Z9"},
    {"C:\\x.htm", 3, true, "Z9"},
    {"\\\\server\\share\\x.htm", 3, true, "Z9"},
    {"\\\\?\\C:\\x", 4, false, "Z9"},
    {"URL:http://trusted.example/", 4, false, "Z8"},
    {"http:trusted.example", 4, false, "Z8"},
    {"http://trusted\t.example/", 4, false, "Z8"},
    {"http:\\\\trusted.example/", 4, false, "Z8"},
    {"http://0x7f.1/", 4, false, "Z8"},
    {"http://3232235777/", 4, false, "Z8"},
    {"http://%2567oogle.example/", 4, false, "Z8"},
    {"index.htm", 4, false, "Z8"},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void z15_most_specific_rule_of_strongest_source(void **state) {
    (void)state;
    for (int reversed = 0; reversed < 2; reversed++) {
        postern_policy *policy = policy_of(site_rows, COUNT(site_rows), reversed != 0);
        for (size_t i = 0; i < COUNT(site_expectations); i++) {
            postern_zone_decision d = judge(policy, site_expectations[i].url, NULL);
            bool same = (int)d.zone == site_expectations[i].zone && d.openable == site_expectations[i].openable &&
                        d.reason_count > 0 && strcmp(d.reasons[0].rule, site_expectations[i].rule) == 0;
            if (!same)
                print_error("%s: zone %d rule %s\n", site_expectations[i].url, (int)d.zone,
                            d.reason_count ? d.reasons[0].rule : "none");
            assert_true(same);
        }
        assert_int_equal(postern_policy_defect_count(policy), 2); /* bad.example, local.example */
        postern_policy_free(policy);
    }
}

/* What only looks like a rule for an address, or like a value; each row is a policy of its own. */
static const struct {
    row rows[3];
    const char *url;
    int zone, defects;
} odd_cases[] = {
    {{{USER, IS "\\ZoneMap\\Domains\\2.1", "*", 2, NULL}}, "http://192.0.2.1/", 3, 0},
    {{{USER, IS "\\ZoneMap\\Domains\\2.1", "*", 4, NULL}}, "http://192.0.2.1/", 3, 0},
    {{{USER, IS "\\ZoneMap\\Domains\\192.0.2.1", "*", 2, NULL}}, "http://192.0.2.1/", 2, 0},
    {{{USER, IS "\\ZoneMap\\Ranges\\r", ":Range", 0, "192.0.2.*"}, {USER, IS "\\ZoneMap\\Ranges\\R", "*", 4, NULL}},
     "http://[::ffff:192.0.2.1]/",
     4,
     0},
    {{{USER, IS "\\ZoneMap\\Ranges\\r", ":Range", 0, "192.0.2.*"}, {USER, IS "\\ZoneMap\\Ranges\\r", "*", 2, NULL}},
     "http://[::ffff:192.0.2.1]/",
     3,
     0},
    {{{USER, IS "\\ZoneMap\\Ranges\\r", ":Range", 0, "192.0.2.*"},
      {USER, IS "\\ZoneMap\\Ranges\\r", "*", 2, NULL},
      {USER, IS "\\ZoneMap\\Ranges\\r", ":Range", 0, "10.*.*.*"}},
     "http://192.0.2.1/",
     3,
     1},
    {{{USER, IS "\\ZoneMap\\Ranges\\r", ":Range", 0, "192.0.2.*"},
      {USER, IS "\\ZoneMap\\Ranges\\r", "*", 4, NULL},
      {USER, IS "\\ZoneMap\\Ranges\\r", ":Range", 0, "10.*.*.*"}},
     "http://10.1.1.1/",
     4,
     1},
    {{{USER, IS "\\ZoneMap\\Ranges\\r", "*", 4, NULL}}, "http://10.1.1.1/", 3, 1},
    {{{USER, IS "\\ZoneMap\\Domains\\a.example", "\x01http", 2, NULL}}, "http://a.example/", 3, 1},
    {{{USER, IS "\\ZoneMap\\ProtocolDefaults", "", 0, ""}, {USER, IS "\\ZoneMap\\ProtocolDefaults", "http", 4, NULL}},
     "http://a.example/",
     4,
     0}, /* a Wine prefix has such a default value */
    {{{MACHINE, IS "\\ZoneMap\\ProtocolDefaults", "", 2, NULL}}, "http://a.example/", 3, 0},
    {{{USER, IS, "Security_HKLM_only", 1, NULL}, {USER, IS "\\ZoneMap\\Domains\\a.example", "*", 4, NULL}},
     "http://a.example/",
     4,
     0},
    {{{USER, PIS, "Security_HKLM_only", 1, NULL}, {USER, IS "\\ZoneMap\\Domains\\a.example", "*", 4, NULL}},
     "http://a.example/",
     4,
     0},
};

static void z15_addresses_and_odd_values(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(odd_cases); i++) {
        size_t count = 0;
        while (count < 3 && odd_cases[i].rows[count].key) count++;
        postern_policy *policy = policy_of(odd_cases[i].rows, count, i % 2), *loaded;
        postern_buf out;
        postern_buf_init(&out, 1 << 24);
        int zone = (int)judge(policy, odd_cases[i].url, NULL).zone, defects = (int)postern_policy_defect_count(policy);
        if (zone != odd_cases[i].zone || defects != odd_cases[i].defects)
            print_error("row %zu %s: zone %d, %d defects\n", i, odd_cases[i].url, zone, defects);
        assert_true(zone == odd_cases[i].zone && defects == odd_cases[i].defects);
        assert_int_equal(postern_policy_write_reg(policy, &out), POSTERN_OK);
        assert_int_equal(postern_policy_new(&loaded), POSTERN_OK);
        assert_int_equal(postern_policy_add_reg(loaded, postern_buf_slice(&out), NULL), POSTERN_OK);
        assert_int_equal(postern_policy_seal(loaded, NULL), POSTERN_OK);
        assert_int_equal(judge(loaded, odd_cases[i].url, NULL).zone, odd_cases[i].zone);
        postern_buf_free(&out);
        postern_policy_free(policy);
        postern_policy_free(loaded);
    }
}

/* A limit ends in an error, never in a rule that is silently not there. */
static void z18_scattered_ranges_are_limited(void **state) {
    (void)state;
    postern_policy *policy;
    postern_error err;
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    for (unsigned i = 0; i <= POSTERN_LIMIT_POLICY_RANGES; i++) {
        char key[160];
        snprintf(key, sizeof key, IS "\\ZoneMap\\Ranges\\r%u", i);
        row text = {USER, key, ":Range", 0, "10.*.1.2-3"}, rule = {USER, key, "*", 4, NULL};
        add_row(policy, &text);
        add_row(policy, &rule);
    }
    assert_int_equal(postern_policy_seal(policy, &err), POSTERN_LIMIT);
    assert_non_null(strstr(err.text, "scattered"));
    postern_policy_free(policy);
}

/* Each text of a key with each of its rules: more ranges than there are values. */
static void z18_texts_and_rules_of_one_key_multiply(void **state) {
    (void)state;
    static const char key[] = IS "\\ZoneMap\\Ranges\\r";
    static const char *const schemes[] = {"http", "https", "ftp", "file", "gopher", "x", "y", "z"};
    static const char *const spellings[] = {":range", ":Range", ":RANGE", ":rANGE", ":RaNGE", ":rAnGE"};
    for (int odd = 0; odd < 2; odd++) {
        postern_policy *policy;
        char text[32];
        assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
        for (unsigned i = 0; i < COUNT(spellings); i++) {
            snprintf(text, sizeof text, odd ? "10.*.%u.2-3" : "10.%u.*.*", i);
            for (unsigned k = 0; k < 2; k++) {
                row range = {k ? MACHINE : USER, key, spellings[i], 0, text};
                add_row(policy, &range);
            }
        }
        for (unsigned i = 0; i < COUNT(schemes); i++) {
            row rule = {USER, key, schemes[i], 4, NULL};
            add_row(policy, &rule);
        }
        assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
        assert_int_equal(judge(policy, odd ? "http://10.7.5.2/" : "http://10.5.1.1/", NULL).zone, POSTERN_ZONE_RESTRICTED);
        postern_policy_free(policy);
    }
}

static void z15_machine_only_silences_the_user(void **state) {
    (void)state;
    static const row rows[] = {{MACHINE, PIS, "Security_HKLM_only", 1, NULL},
                               {USER, IS "\\ZoneMap\\Domains\\a.example", "*", 2, NULL},
                               {USER, IS "\\Zones\\3", "1604", 0, NULL},
                               {MACHINE, IS "\\Zones\\3", "1604", 3, NULL}};
    postern_policy *policy = policy_of(rows, COUNT(rows), false);
    postern_action_decision action;
    assert_int_equal(judge(policy, "http://a.example/", NULL).zone, POSTERN_ZONE_INTERNET);
    postern_zone_action(policy, POSTERN_ZONE_INTERNET, 0x1604, false, &action);
    assert_int_equal(action.value, 3);
    postern_policy_free(policy);
}

static void z1_context_only_lowers(void **state) {
    (void)state;
    postern_policy *policy = policy_of(site_rows, COUNT(site_rows), false);
    for (int caller = 0; caller < 5; caller++) {
        for (int container = 0; container < 5; container++) {
            postern_zone_context context = {.has_caller = true,
                                            .caller = (postern_zone)caller,
                                            .has_container = true,
                                            .container = (postern_zone)container};
            for (size_t i = 0; i < COUNT(site_expectations); i++) {
                postern_zone before = judge(policy, site_expectations[i].url, NULL).zone;
                postern_zone expected =
                    postern_zone_least(before, postern_zone_least((postern_zone)caller, (postern_zone)container));
                assert_int_equal(judge(policy, site_expectations[i].url, &context).zone, expected);
            }
        }
    }
    postern_policy_free(policy);
}

static void z9_local_machine_needs_proof(void **state) {
    (void)state;
    postern_policy *policy = policy_of(NULL, 0, false);
    postern_zone_context proof = {.local_proof = true};
    assert_int_equal(judge(policy, "file:///C:/x.htm", NULL).zone, POSTERN_ZONE_INTERNET);
    assert_int_equal(judge(policy, "file:///C:/x.htm", &proof).zone, POSTERN_ZONE_LOCAL_MACHINE);
    static const char *const network[] = {"\\\\server\\share\\x",  "file://server/share/x",
                                          "file:////server/share", "file://localhost@SSL/x",
                                          "file://./UNC/C:/x",     "\\\\.\\UNC\\\\192.0.2.1\\x",
                                          "http://localhost/",     "file:///\\\\?\\UNC\\192.0.2.1\\share\\x"};
    for (size_t i = 0; i < COUNT(network); i++) assert_int_not_equal(judge(policy, network[i], &proof).zone, 0);
    postern_policy_free(policy);
}

static void z10_mark_lowers(void **state) {
    (void)state;
    postern_policy *policy = policy_of(site_rows, COUNT(site_rows), false);
    postern_mark mark = {.present = true, .zone = POSTERN_ZONE_RESTRICTED};
    postern_zone_context context = {.mark = &mark};
    assert_int_equal(judge(policy, "http://trusted.example/", &context).zone, POSTERN_ZONE_RESTRICTED);
    mark = (postern_mark){.malformed = true, .zone = POSTERN_ZONE_LOCAL_MACHINE};
    assert_int_equal(judge(policy, "http://trusted.example/", &context).zone, POSTERN_ZONE_INTERNET);
    mark = (postern_mark){.present = true, .zone = POSTERN_ZONE_LOCAL_MACHINE};
    assert_int_equal(judge(policy, "http://trusted.example/", &context).zone, POSTERN_ZONE_TRUSTED);
    postern_policy_free(policy);
}

static void z14_unknown_is_disallowed(void **state) {
    (void)state;
    static const row rows[] = {{USER, IS "\\Zones\\1", "1604", 0, "yes"}, {USER, IS "\\Zones\\1", "CurrentLevel", 0, "low"}};
    postern_policy *policy = policy_of(rows, COUNT(rows), false);
    postern_action_decision d;
    postern_zone_action(policy, POSTERN_ZONE_INTRANET, 0x1fff, false, &d);
    assert_int_equal(d.value, 3);
    assert_false(d.allowed || d.query);
    postern_zone_action(policy, (postern_zone)13, 0x1604, false, &d);
    assert_int_equal(d.value, 3);
    postern_zone_action(policy, POSTERN_ZONE_INTRANET, 0x1604, false, &d); /* malformed: as level High */
    assert_int_equal(d.value, 3);
    assert_string_equal(d.reasons[0].rule, "Z14");
    assert_int_equal(postern_policy_defect_count(policy), 2);
    assert_same_slice(postern_policy_defect_at(policy, 0)->name, POSTERN_S("1604"));
    postern_zone_action(policy, POSTERN_ZONE_INTRANET, 0x1400, false, &d); /* its level is malformed too */
    assert_int_equal(d.value, 3);
    postern_policy_free(policy);
}

/* Numbers that mean nothing for their action fail closed, too, and are told; those that mean something are not. */
static void z14_numbers_that_mean_nothing(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint32_t value, expected; /* expected: of the Trusted zone, whose level would allow */
        int defects;
    } cases[] = {
        {"1400", 7, 3, 1},         {"1400", 2, 3, 1},
        {"1400", 0x10000, 3, 1},   {"1400", 0x33, 0x33, 0},
        {"1400", 1, 1, 0},         {"1200", 0x10000, 0x10000, 0},
        {"1A00", 5, 0x10000, 1},   {"1A00", 0x30000, 0x30000, 0},
        {"1C00", 1, 0, 1},         {"1C00", 0x800000, 0x800000, 0},
        {"1E05", 0, 0x10000, 1},   {"1A01", 0x20000, 0x30000, 1},
        {"CurrentLevel", 1, 3, 1}, {"CurrentLevel", 0, 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t action = 0x1604;
        row value = {USER, IS "\\Zones\\2", cases[i].name, cases[i].value, NULL};
        postern_policy *policy = policy_of(&value, 1, false);
        postern_action_decision d;
        (void)postern_action_parse(postern_slice_cstr(cases[i].name), &action);
        postern_zone_action(policy, POSTERN_ZONE_TRUSTED, action, false, &d);
        bool good = d.value == cases[i].expected && (int)postern_policy_defect_count(policy) == cases[i].defects;
        if (!good) print_error("%s=%x: %x\n", cases[i].name, (unsigned)cases[i].value, (unsigned)d.value);
        assert_true(good);
        postern_policy_free(policy);
    }
}

static void templates_give_what_no_value_says(void **state) {
    (void)state;
    static const row rows[] = {{USER, IS "\\Zones\\3", "CurrentLevel", 0x10000, NULL},
                               {MACHINE, PIS "\\Template Policies", "TrustedSitesZoneTemplate", 4, NULL}};
    postern_policy *policy = policy_of(rows, COUNT(rows), false), *plain = policy_of(NULL, 0, false);
    postern_action_decision d;
    postern_zone_action(plain, POSTERN_ZONE_INTERNET, 0x1604, false, &d);
    assert_true(d.allowed);
    postern_zone_action(plain, POSTERN_ZONE_RESTRICTED, 0x1604, false, &d);
    assert_int_equal(d.value, 3);
    postern_zone_action(policy, POSTERN_ZONE_INTERNET, 0x1001, false, &d); /* Low allows */
    assert_true(d.allowed);
    postern_zone_action(policy, POSTERN_ZONE_TRUSTED, 0x1604, false, &d); /* template 4 is High */
    assert_int_equal(d.value, 3);
    postern_policy_free(policy);
    postern_policy_free(plain);
}

static void z16_lockdown_only_tightens(void **state) {
    (void)state;
    postern_policy *policy, *plain = policy_of(NULL, 0, false);
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    postern_policy_harden_local_machine(policy);
    assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
    postern_action_decision open, locked, hardened;
    for (int zone = 0; zone < 5; zone++) {
        for (uint32_t action = 0x1000; action < 0x2800; action++) {
            postern_zone_action(plain, (postern_zone)zone, action, false, &open);
            postern_zone_action(plain, (postern_zone)zone, action, true, &locked);
            postern_zone_action(policy, (postern_zone)zone, action, false, &hardened);
            bool protection = action == 0x1409 || action == 0x1809 || action == 0x2301 || action == 0x2500 || action == 0x2700;
            if (!protection) assert_false(locked.allowed && !open.allowed);
            if (!protection) assert_false(hardened.allowed && !open.allowed);
        }
    }
    postern_zone_action(policy, POSTERN_ZONE_LOCAL_MACHINE, 0x1200, false, &hardened);
    assert_int_equal(hardened.value, 3);
    postern_zone_action(plain, POSTERN_ZONE_LOCAL_MACHINE, 0x1200, false, &open);
    assert_true(open.allowed);
    postern_policy_free(policy);
    postern_policy_free(plain);
}

static void z20_decisions_are_reproducible(void **state) {
    (void)state;
    postern_policy *a = policy_of(site_rows, COUNT(site_rows), false), *b = policy_of(site_rows, COUNT(site_rows), true);
    for (size_t i = 0; i < COUNT(site_expectations); i++) {
        postern_zone_decision x = judge(a, site_expectations[i].url, NULL), y = judge(b, site_expectations[i].url, NULL);
        assert_int_equal(x.reason_count, y.reason_count);
        for (size_t r = 0; r < x.reason_count; r++) {
            assert_string_equal(x.reasons[r].rule, y.reasons[r].rule);
            assert_string_equal(x.reasons[r].text, y.reasons[r].text);
            assert_int_equal(x.reasons[r].zone, y.reasons[r].zone);
        }
    }
    postern_policy_free(a);
    postern_policy_free(b);
}

static void actions_by_number_and_name(void **state) {
    (void)state;
    uint32_t action;
    assert_true(postern_action_parse(POSTERN_S("1604"), &action) && action == 0x1604);
    assert_true(postern_action_parse(POSTERN_S("0x1a00"), &action) && action == 0x1A00);
    assert_true(postern_action_parse(POSTERN_S("urlaction_html_font_download"), &action) && action == 0x1604);
    assert_true(postern_action_parse(POSTERN_S("SCRIPT_RUN"), &action) && action == 0x1400);
    assert_false(postern_action_parse(POSTERN_S("nonsense"), &action));
    assert_string_equal(postern_action_name(0x1604), "URLACTION_HTML_FONT_DOWNLOAD");
    assert_null(postern_action_name(0x1fff));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(z15_most_specific_rule_of_strongest_source),
        cmocka_unit_test(z15_addresses_and_odd_values),
        cmocka_unit_test(z18_scattered_ranges_are_limited),
        cmocka_unit_test(z15_machine_only_silences_the_user),
        cmocka_unit_test(z1_context_only_lowers),
        cmocka_unit_test(z9_local_machine_needs_proof),
        cmocka_unit_test(z10_mark_lowers),
        cmocka_unit_test(z14_unknown_is_disallowed),
        cmocka_unit_test(z14_numbers_that_mean_nothing),
        cmocka_unit_test(templates_give_what_no_value_says),
        cmocka_unit_test(z16_lockdown_only_tightens),
        cmocka_unit_test(z18_texts_and_rules_of_one_key_multiply),
        cmocka_unit_test(z20_decisions_are_reproducible),
        cmocka_unit_test(actions_by_number_and_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
