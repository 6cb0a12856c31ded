/*
 * The table of zone decisions that Windows is known to make (vectors-urlmon.tsv, rows of MapUrlToZone). Where we are stricter
 * on purpose the row stands in `deviations` with our own answer, which is asserted; docs/DEVIATIONS.md gives the reasons. The
 * table's custom zones 1001 and 1002 are read as Trusted and Intranet, so that one can see which rule decided.
 */
#include "conformance.h"

#include "postern/zone.h"

#define IS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

/* Refused: Restricted and not openable. */
enum { REFUSED = -2 };

static const struct {
    const char *id;
    int zone;
} deviations[] = {
    {"map-00", REFUSED},                                                     /* res: is a handler (Z4) */
    {"map-01", REFUSED},                                                     /* no URL */
    {"map-12", REFUSED},                                                     /* http:google.com */
    {"map-14", REFUSED},                                                     /* nothing at all */
    {"mapex2-01", REFUSED},                                                  /* no URL */
    {"mapex2-06", REFUSED},                                                  /* no URL */
    {"mapex2-09", REFUSED},  {"mapex2-10", REFUSED}, {"mapex2-11", REFUSED}, /* "*:" is no scheme */
    {"zonemap-20", REFUSED},                                                 /* "*:" again */
};

static int deviation_of(postern_slice id, int otherwise) {
    for (size_t i = 0; i < sizeof deviations / sizeof *deviations; i++)
        if (postern_slice_eq(id, postern_slice_cstr(deviations[i].id))) return deviations[i].zone;
    return otherwise;
}

static int stand_in(uint64_t number) {
    return number == 1001 ? POSTERN_ZONE_TRUSTED : number == 1002 ? POSTERN_ZONE_INTRANET : (int)number;
}

static void add_rule(postern_policy *policy, postern_hive hive, postern_slice site, postern_slice scheme, uint64_t number) {
    char key[512];
    snprintf(key, sizeof key, IS "\\ZoneMap\\Domains\\%.*s", POSTERN_ARG(site));
    uint8_t data[4] = {(uint8_t)stand_in(number), 0, 0, 0};
    postern_registry_value value = {hive, postern_slice_cstr(key), scheme, 4, postern_slice_of(data, 4)};
    if (postern_policy_add(policy, &value)) give_up("no memory", key);
}

/* "HKCU ZoneMap\Domains = {D1 host: scheme=zone; D2 …}" or "HKLM ZoneMap\Domains host: scheme=zone (…)". */
static void add_setup(postern_policy *policy, postern_slice setup) {
    postern_hive hive = postern_slice_starts(setup, POSTERN_S("HKLM")) ? POSTERN_HIVE_MACHINE : POSTERN_HIVE_USER;
    postern_slice mark = POSTERN_S("ZoneMap\\Domains");
    size_t at = postern_slice_find(setup, 0, mark);
    if (at == SIZE_MAX) return;
    setup = postern_slice_from(setup, at + mark.len);
    size_t brace = postern_slice_find_byte(setup, 0, '{');
    if (brace != SIZE_MAX) setup = postern_slice_cut(postern_slice_from(setup, brace + 1), '}').head;
    while (setup.len) {
        postern_cut rule = postern_slice_cut(setup, ';');
        postern_cut colon = postern_slice_cut(rule.head, ':'), equals = postern_slice_cut(colon.tail, '=');
        postern_slice site = postern_slice_trim(colon.head);
        postern_cut numbered = postern_slice_cut(site, ' ');
        uint64_t number;
        if (numbered.ok) site = numbered.tail;
        postern_slice digits = postern_slice_cut(postern_slice_trim(equals.tail), ' ').head;
        if (equals.ok && postern_slice_uint(digits, 9999, &number))
            add_rule(policy, hive, site, postern_slice_trim(equals.head), number);
        setup = rule.tail;
    }
}

static int answer(postern_slice setup, postern_slice input) {
    postern_policy *policy;
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_zone_decision decision;
    postern_zone_context context = {.local_proof = true};
    if (!arena || postern_policy_new(&policy)) give_up("no memory", "policy");
    add_setup(policy, setup);
    if (postern_policy_seal(policy, NULL)) give_up("no memory", "policy");
    if (postern_slice_eq(input, POSTERN_S("(NULL)"))) input = (postern_slice){0};
    if (postern_zone_evaluate(policy, input, &context, arena, &decision)) give_up("no memory", "decision");
    int zone = decision.openable ? (int)decision.zone : REFUSED;
    postern_policy_free(policy);
    postern_arena_free(arena);
    return zone;
}

static void run_row(tap_row *tap, const postern_slice *cells) {
    uint64_t number = 0;
    int expected = postern_slice_uint(cells[7], 9999, &number) ? stand_in(number) : REFUSED;
    expected = deviation_of(cells[0], expected);
    int got = answer(cells[3], cells[4]);
    tap_case(tap, got == expected, "%.*s %.*s: zone %d, expected %d", POSTERN_ARG(cells[0]), POSTERN_ARG(cells[4]), got,
             expected);
}

int main(void) {
    tap_row tap;
    tap_plan(&tap, 1);
    postern_slice table = shared_bytes("vectors/vectors-urlmon.tsv"), rest = table;
    while (rest.len) {
        postern_cut line = postern_slice_cut(rest, '\n');
        postern_slice cells[9] = {{0}}, left = line.head;
        rest = line.tail;
        for (int i = 0; i < 9; i++) {
            postern_cut cell = postern_slice_cut(left, '\t');
            cells[i] = cell.head;
            left = cell.tail;
        }
        bool symbolic = postern_slice_starts(cells[0], POSTERN_S("alg-")); /* describes a rule, its input is no URL */
        if (postern_slice_starts(cells[2], POSTERN_S("MapUrlToZone")) && !symbolic) run_row(&tap, cells);
    }
    tap_end(&tap, "vectors-urlmon.tsv MapUrlToZone");
    free((void *)(uintptr_t)table.ptr);
    return tap_finish(&tap);
}
