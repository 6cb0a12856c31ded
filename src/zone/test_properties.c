/*
 * Properties of the policy engine over many made-up policies, URLs and contexts. The numbers come from one seed, so that a
 * failure is the same failure again; each assertion says which turn it was.
 */
#include "base/test_base.h"

#include <stdio.h>

#include "zone/policy_int.h"

#define IS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define PIS "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

enum { POLICIES = 300, VALUES = 24, URLS = 40 };

/* ---- chance ---- */

static uint64_t state_word;

static uint32_t chance(uint32_t below) { /* xorshift64* */
    state_word ^= state_word >> 12;
    state_word ^= state_word << 25;
    state_word ^= state_word >> 27;
    return (uint32_t)((state_word * 0x2545F4914F6CDD1Dull) >> 33) % below;
}

#define PICK(list) (list)[chance(sizeof(list) / sizeof *(list))]

/* ---- policies ---- */

typedef struct made {
    postern_hive hive;
    char key[200], name[64], text[64];
    uint32_t type;
    uint8_t number[4];
} made;

static const char *const hosts[] = {"example.com", "a.example.com", "EXAMPLE.com", "co.uk", "x.co.uk", "b.test",
                                    "*.b.test",    "10.0.0.1",      "localhost",   "intra", "c",       "xn--bcher-kva.example"};
static const char *const schemes[] = {"*", "http", "https", "ftp", "HTTP", "file", "odd", ""};
static const char *const ranges[] = {"10.0.0.1", "10.*.*.*", "10.0.0-9.*", "10.*.0.1-5", "192.0.2.0-127", "junk", ""};
static const char *const switches[] = {"IntranetName", "ProxyByPass", "UNCAsIntranet", "IEHarden", "AutoDetect"};
static const char *const actions[] = {"1001", "1200", "1400", "1604",         "1607", "1A00",
                                      "1C00", "2000", "2301", "CurrentLevel", "1fff"};
static const uint32_t numbers[] = {0,       1,       2,       3,       4,       5,        7,    0x10000,
                                   0x10500, 0x11000, 0x12000, 0x20000, 0x30000, 0x800000, 1001, 0xFFFFFFFF};

static void make_place(made *m) {
    static const char *const lists[] = {"Domains", "EscDomains"}, *const range_lists[] = {"Ranges\\R", "EscRanges\\r"};
    const char *root = chance(3) ? IS : PIS;
    char name[48];
    switch (chance(8)) {
    case 0:
    case 1:
        snprintf(m->key, sizeof m->key, "%s\\ZoneMap\\%s\\%s", root, PICK(lists), PICK(hosts));
        break;
    case 2:
        snprintf(name, sizeof name, "%s%u", PICK(range_lists), chance(3));
        snprintf(m->key, sizeof m->key, "%s\\ZoneMap\\%s", root, name);
        snprintf(m->name, sizeof m->name, "%s", chance(2) ? ":Range" : PICK(schemes));
        return;
    case 3:
        snprintf(m->key, sizeof m->key, "%s\\ZoneMap\\ProtocolDefaults", root);
        break;
    case 4:
        snprintf(m->key, sizeof m->key, "%s\\ZoneMapKey", PIS);
        snprintf(m->name, sizeof m->name, "%s%s", chance(2) ? "" : "https://", PICK(hosts));
        return;
    case 5:
        snprintf(m->key, sizeof m->key, "%s\\ZoneMap", root);
        snprintf(m->name, sizeof m->name, "%s", PICK(switches));
        return;
    default:
        snprintf(m->key, sizeof m->key, "%s\\%s\\%u", root, chance(2) ? "Zones" : "Lockdown_Zones", chance(5));
        snprintf(m->name, sizeof m->name, "%s", PICK(actions));
        return;
    }
    snprintf(m->name, sizeof m->name, "%s", PICK(schemes));
}

static made make_value(void) {
    made m = {.hive = chance(2) ? POSTERN_HIVE_MACHINE : POSTERN_HIVE_USER};
    make_place(&m);
    uint32_t number = PICK(numbers);
    for (int i = 0; i < 4; i++) m.number[i] = (uint8_t)(number >> (8 * i));
    m.type = chance(5) ? 4 : 1;
    if (strcmp(m.name, ":Range") == 0) {
        m.type = 1;
        snprintf(m.text, sizeof m.text, "%s", PICK(ranges));
    } else if (m.type == 1) {
        snprintf(m.text, sizeof m.text, "%u", number);
    }
    return m;
}

static postern_policy *policy_of(const made *values, const size_t *order, size_t count) {
    postern_policy *policy;
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    for (size_t i = 0; i < count; i++) {
        const made *m = &values[order ? order[i] : i];
        postern_slice data = m->type == 1 ? postern_slice_cstr(m->text) : postern_slice_of(m->number, 4);
        postern_registry_value value = {m->hive, postern_slice_cstr(m->key), postern_slice_cstr(m->name), m->type, data};
        assert_int_equal(postern_policy_add(policy, &value), POSTERN_OK);
    }
    assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
    return policy;
}

/* ---- questions ---- */

static const char *const heads[] = {
    "http://", "https://", "ftp://",    "file://",     "file:///", "mhtml:http://", "\\\\", "C:\\",
    "http:",   "odd:",     "gopher://", "URL:http://", "ms-its:",  "about:",        ""};
static const char *const tails[] = {"/", "/x", ":8080/", "/%41", "\\x", "/a\tb", ".", "@evil.test/", "?q", ""};
static const char *const more_hosts[] = {"www.example.com", "a.b.test", "10.0.0.1",    "[::ffff:10.0.0.1]", "192.0.2.5",
                                         "0x7f.1",          "intra",    "x.y.x.co.uk", "nowhere.example",   "1.10.0.0.1"};

static void make_url(char *url, size_t size) {
    snprintf(url, size, "%s%s%s", PICK(heads), chance(2) ? PICK(hosts) : PICK(more_hosts), PICK(tails));
}

static postern_zone_context make_context(postern_mark *mark) {
    *mark = (postern_mark){.present = chance(2), .malformed = chance(4) == 0, .zone = (postern_zone)chance(5)};
    return (postern_zone_context){.has_caller = chance(2),
                                  .caller = (postern_zone)chance(5),
                                  .has_container = chance(2),
                                  .container = (postern_zone)chance(5),
                                  .has_naming = chance(2),
                                  .naming = (postern_zone)chance(5),
                                  .mark = chance(2) ? mark : NULL,
                                  .local_proof = chance(2),
                                  .bypasses_proxy = chance(2),
                                  .enhanced_security = chance(2)};
}

static postern_zone_decision judge(const postern_policy *policy, const char *url, const postern_zone_context *context,
                                   postern_arena *arena) {
    postern_zone_decision d;
    assert_int_equal(postern_zone_evaluate(policy, postern_slice_cstr(url), context, arena, &d), POSTERN_OK);
    assert_true(d.reason_count > 0);
    return d;
}

/* All of a decision as bytes. */
static void write_reasons(postern_buf *out, const postern_reason *reasons, size_t count) {
    for (size_t i = 0; i < count; i++) {
        postern_buf_printf(out, "%s|%s|%d|", reasons[i].rule, reasons[i].text, (int)reasons[i].zone);
        postern_buf_add_slice(out, reasons[i].detail);
        postern_buf_add_byte(out, '\n');
    }
}

static void write_answers(const postern_policy *policy, char urls[URLS][256], const postern_zone_context *contexts,
                          postern_buf *out) {
    postern_arena *arena = postern_arena_new(16 << 20);
    assert_non_null(arena);
    for (int i = 0; i < URLS; i++) {
        postern_zone_decision d = judge(policy, urls[i], &contexts[i], arena);
        postern_buf_printf(out, "%d %d\n", (int)d.zone, d.openable);
        write_reasons(out, d.reasons, d.reason_count);
    }
    for (size_t a = 0; a < zone_action_count; a++) {
        for (int zone = 0; zone < ZONE_COUNT; zone++) {
            postern_action_decision d;
            postern_zone_action(policy, (postern_zone)zone, zone_actions[a].number, zone % 2, &d);
            postern_buf_printf(out, "%x %x %d %d\n", (unsigned)d.action, (unsigned)d.value, d.allowed, d.query);
            write_reasons(out, d.reasons, d.reason_count);
        }
    }
    for (size_t i = 0; i < postern_policy_defect_count(policy); i++) {
        const postern_policy_defect *defect = postern_policy_defect_at(policy, i);
        postern_buf_add_slice(out, defect->key);
        postern_buf_add_slice(out, defect->name);
        postern_buf_printf(out, "%s\n", defect->text);
    }
    assert_int_equal(postern_policy_write_reg(policy, out), POSTERN_OK);
    assert_int_equal(out->status, POSTERN_OK);
    postern_arena_free(arena);
}

static void fill(made *values) {
    for (int i = 0; i < VALUES; i++) values[i] = make_value();
}

/* ---- properties ---- */

static bool at_most(postern_zone a, postern_zone b) {
    return postern_zone_least(a, b) == a;
}

static void z1_least_is_monotone(void **state) {
    (void)state;
    for (int i = 0; i < ZONE_COUNT; i++) {
        for (int j = 0; j < ZONE_COUNT; j++) {
            postern_zone a = (postern_zone)i, b = (postern_zone)j, least = postern_zone_least(a, b);
            assert_true(least == a || least == b);
            assert_int_equal(least, postern_zone_least(b, a));
            assert_int_equal(postern_zone_least(a, a), a);
            for (int k = 0; k < ZONE_COUNT; k++) {
                postern_zone c = (postern_zone)k;
                assert_int_equal(postern_zone_least(least, c), postern_zone_least(a, postern_zone_least(b, c)));
                if (at_most(a, b)) assert_true(at_most(postern_zone_least(a, c), postern_zone_least(b, c)));
            }
        }
    }
    assert_int_equal(postern_zone_least((postern_zone)9, POSTERN_ZONE_LOCAL_MACHINE), POSTERN_ZONE_RESTRICTED);
}

/* Whatever a caller knows besides can only lower: no container, mark or naming document raises a zone; a step from a document
 * never reaches a zone more trusted than the document's own (Z13); without the caller's proof nothing is My Computer (Z9). */
static void z1_z10_z13_no_input_raises_a_zone(void **state) {
    (void)state;
    state_word = 20260104;
    for (int turn = 0; turn < POLICIES; turn++) {
        made values[VALUES];
        fill(values);
        postern_policy *policy = policy_of(values, NULL, VALUES);
        postern_arena *arena = postern_arena_new(16 << 20);
        for (int i = 0; i < URLS; i++) {
            char url[256];
            postern_mark mark;
            make_url(url, sizeof url);
            postern_zone_context with = make_context(&mark);
            postern_zone_context bare = {.local_proof = with.local_proof,
                                         .bypasses_proxy = with.bypasses_proxy,
                                         .enhanced_security = with.enhanced_security};
            postern_zone before = judge(policy, url, &bare, arena).zone;
            postern_zone_decision d = judge(policy, url, &with, arena);
            bool good = at_most(d.zone, before) && (!with.has_caller || at_most(d.zone, with.caller)) &&
                        (!with.has_container || at_most(d.zone, with.container)) &&
                        (!with.has_naming || at_most(d.zone, with.naming)) &&
                        (!with.mark || !mark.present || at_most(d.zone, mark.zone)) &&
                        (!with.mark || !mark.malformed || at_most(d.zone, POSTERN_ZONE_INTERNET)) &&
                        (with.local_proof || d.zone != POSTERN_ZONE_LOCAL_MACHINE) &&
                        (d.openable || d.zone == POSTERN_ZONE_RESTRICTED) && d.reasons[d.reason_count - 1].zone == d.zone;
            if (!good) print_error("turn %d: %s is %d, bare %d\n", turn, url, (int)d.zone, (int)before);
            assert_true(good);
        }
        postern_arena_free(arena);
        postern_policy_free(policy);
    }
}

/* The same values in another order: the same bytes, of every zone, action, reason, defect and of the .reg (Z20). */
static void z15_z20_order_of_input_never_matters(void **state) {
    (void)state;
    state_word = 15;
    for (int turn = 0; turn < POLICIES; turn++) {
        made values[VALUES];
        char urls[URLS][256];
        postern_zone_context contexts[URLS];
        postern_mark marks[URLS];
        size_t order[VALUES];
        postern_buf first, again;
        postern_buf_init(&first, 1 << 24);
        postern_buf_init(&again, 1 << 24);
        fill(values);
        for (int i = 0; i < URLS; i++) {
            make_url(urls[i], sizeof urls[i]);
            contexts[i] = make_context(&marks[i]);
        }
        for (size_t i = 0; i < VALUES; i++) order[i] = i;
        for (uint32_t i = VALUES - 1; i > 0; i--) {
            uint32_t j = chance(i + 1);
            size_t kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        postern_policy *a = policy_of(values, NULL, VALUES), *b = policy_of(values, order, VALUES);
        write_answers(a, urls, contexts, &first);
        write_answers(b, urls, contexts, &again);
        bool same = postern_slice_eq(postern_buf_slice(&first), postern_buf_slice(&again));
        if (!same) print_error("turn %d differs\n", turn);
        assert_true(same);
        postern_policy_free(a);
        postern_policy_free(b);
        postern_buf_free(&first);
        postern_buf_free(&again);
    }
}

/* What is written loads again to the same decisions, and is written again to the same bytes. */
static void z20_the_export_decides_the_same(void **state) {
    (void)state;
    state_word = 20;
    for (int turn = 0; turn < POLICIES; turn++) {
        made values[VALUES];
        postern_policy *loaded;
        postern_buf first, again;
        postern_buf_init(&first, 1 << 24);
        postern_buf_init(&again, 1 << 24);
        fill(values);
        postern_policy *policy = policy_of(values, NULL, VALUES);
        assert_int_equal(postern_policy_write_reg(policy, &first), POSTERN_OK);
        assert_int_equal(postern_policy_new(&loaded), POSTERN_OK);
        assert_int_equal(postern_policy_add_reg(loaded, postern_buf_slice(&first), NULL), POSTERN_OK);
        assert_int_equal(postern_policy_seal(loaded, NULL), POSTERN_OK);
        assert_int_equal(postern_policy_write_reg(loaded, &again), POSTERN_OK);
        assert_true(postern_slice_eq(postern_buf_slice(&first), postern_buf_slice(&again)));
        postern_arena *arena = postern_arena_new(16 << 20);
        for (int i = 0; i < URLS; i++) {
            char url[256];
            postern_mark mark;
            make_url(url, sizeof url);
            postern_zone_context context = make_context(&mark);
            postern_zone a = judge(policy, url, &context, arena).zone, b = judge(loaded, url, &context, arena).zone;
            if (a != b) print_error("turn %d: %s is %d, exported %d\n", turn, url, (int)a, (int)b);
            assert_int_equal(a, b);
        }
        for (size_t a = 0; a < zone_action_count; a++) {
            for (int zone = 0; zone < ZONE_COUNT; zone++) {
                for (int lockdown = 0; lockdown < 2; lockdown++) {
                    postern_action_decision x, y;
                    postern_zone_action(policy, (postern_zone)zone, zone_actions[a].number, lockdown != 0, &x);
                    postern_zone_action(loaded, (postern_zone)zone, zone_actions[a].number, lockdown != 0, &y);
                    assert_int_equal(x.value, y.value);
                }
            }
        }
        postern_arena_free(arena);
        postern_policy_free(policy);
        postern_policy_free(loaded);
        postern_buf_free(&first);
        postern_buf_free(&again);
    }
}

static void z16_lockdown_and_hardening_only_tighten(void **state) {
    (void)state;
    state_word = 16;
    for (int turn = 0; turn < POLICIES; turn++) {
        made values[VALUES];
        fill(values);
        postern_policy *policy = policy_of(values, NULL, VALUES), *hard;
        assert_int_equal(postern_policy_new(&hard), POSTERN_OK);
        for (int i = 0; i < VALUES; i++) {
            postern_slice data =
                values[i].type == 1 ? postern_slice_cstr(values[i].text) : postern_slice_of(values[i].number, 4);
            postern_registry_value value = {values[i].hive, postern_slice_cstr(values[i].key),
                                            postern_slice_cstr(values[i].name), values[i].type, data};
            assert_int_equal(postern_policy_add(hard, &value), POSTERN_OK);
        }
        postern_policy_harden_local_machine(hard);
        assert_int_equal(postern_policy_seal(hard, NULL), POSTERN_OK);
        assert_true(postern_policy_hardens_local_machine(hard));
        for (size_t a = 0; a < zone_action_count; a++) {
            for (int zone = 0; zone < ZONE_COUNT; zone++) {
                const zone_action_row *row = &zone_actions[a];
                postern_action_decision open, locked, hardened;
                postern_zone_action(policy, (postern_zone)zone, row->number, false, &open);
                postern_zone_action(policy, (postern_zone)zone, row->number, true, &locked);
                postern_zone_action(hard, (postern_zone)zone, row->number, false, &hardened);
                if (row->number == 0x1203) continue; /* never granted, so never compared */
                assert_int_equal(zone_stricter(row->kind, locked.value, open.value), locked.value);
                assert_int_equal(zone_stricter(row->kind, hardened.value, open.value), hardened.value);
                if (zone != POSTERN_ZONE_LOCAL_MACHINE) assert_int_equal(hardened.value, open.value);
                bool protects = row->kind == ZONE_KIND_PROTECTIVE;
                if (!protects) assert_false((locked.allowed && !open.allowed) || (hardened.allowed && !open.allowed));
            }
        }
        postern_policy_free(policy);
        postern_policy_free(hard);
    }
}

/* Of two values the stricter, in whatever order and however they are grouped: the fold that Z15 rests on. */
static void z15_stricter_is_a_fold(void **state) {
    (void)state;
    for (int k = ZONE_KIND_PERMISSION; k <= ZONE_KIND_SOFTDIST; k++) {
        zone_kind kind = (zone_kind)k;
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++) {
                uint32_t a = numbers[i], b = numbers[j], s = zone_stricter(kind, a, b);
                assert_true(s == a || s == b);
                assert_int_equal(s, zone_stricter(kind, b, a));
                assert_int_equal(zone_stricter(kind, s, a), s);
                for (size_t l = 0; l < sizeof numbers / sizeof *numbers; l++)
                    assert_int_equal(zone_stricter(kind, s, numbers[l]),
                                     zone_stricter(kind, a, zone_stricter(kind, b, numbers[l])));
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(z1_least_is_monotone),
        cmocka_unit_test(z1_z10_z13_no_input_raises_a_zone),
        cmocka_unit_test(z15_z20_order_of_input_never_matters),
        cmocka_unit_test(z20_the_export_decides_the_same),
        cmocka_unit_test(z16_lockdown_and_hardening_only_tighten),
        cmocka_unit_test(z15_stricter_is_a_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
