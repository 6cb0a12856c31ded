/*
 * Tables of the URL zones' policies, asserted whole through the library's own door: a .reg goes in, decisions come out. Where
 * our built-in values differ from a table they are stricter, which is asserted for each cell; docs/DEVIATIONS.md gives the
 * reasons.
 */
#include "conformance.h"

#include "postern/zone.h"

#define IS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define PIS "Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

enum { COLUMNS = 16 };

typedef void (*row_check)(tap_row *tap, const postern_slice *c);

static unsigned each_row(tap_row *tap, const char *path, const char *header, row_check check) {
    postern_slice bytes = shared_bytes(path);
    unsigned rows = 0;
    for (postern_cut lines = {bytes, bytes, true}; lines.ok;) {
        lines = postern_slice_cut(lines.tail, '\n');
        postern_slice c[COLUMNS], rest = lines.head;
        if (rest.len == 0 || rest.ptr[0] == '#' || postern_slice_starts(rest, postern_slice_cstr(header))) continue;
        for (int i = 0; i < COLUMNS; i++) {
            postern_cut cell = postern_slice_cut(rest, '\t');
            c[i] = cell.head;
            rest = cell.tail;
        }
        check(tap, c);
        rows++;
    }
    free((void *)(uintptr_t)bytes.ptr);
    printf("# %s: %u rows\n", path, rows);
    return rows;
}

static uint32_t hex(postern_slice text) {
    if (postern_slice_starts_nocase(text, POSTERN_S("0x"))) text = postern_slice_from(text, 2);
    uint32_t number = 0;
    for (size_t i = 0; i < text.len && postern_hex_value(text.ptr[i]) >= 0; i++)
        number = number << 4 | (uint32_t)postern_hex_value(text.ptr[i]);
    return number;
}

static bool is(postern_slice a, const char *b) {
    return postern_slice_eq(a, postern_slice_cstr(b));
}

/* The policy of a .reg whose lines behind the first are `fmt`. */
static postern_policy *POSTERN_PRINTF(1, 2) policy_of(const char *fmt, ...) {
    char text[4096] = "REGEDIT4\n";
    size_t len = strlen(text);
    postern_policy *policy;
    postern_error error;
    va_list args;
    va_start(args, fmt);
    vsnprintf(text + len, sizeof text - len, fmt, args);
    va_end(args);
    if (postern_policy_new(&policy)) give_up("no memory", "policy");
    if (postern_policy_add_reg(policy, postern_slice_cstr(text), &error)) give_up(error.text, text);
    if (postern_policy_seal(policy, &error)) give_up(error.text, text);
    return policy;
}

static uint32_t value_in(const postern_policy *policy, int zone, uint32_t action, bool lockdown) {
    postern_action_decision d;
    postern_zone_action(policy, (postern_zone)zone, action, lockdown, &d);
    return d.value;
}

/* Which of two values counts as stricter: the one that stays when one source says both. */
static uint32_t stricter(uint32_t action, uint32_t a, uint32_t b) {
    postern_policy *policy = policy_of("[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"%04X\"=dword:%x\n\"%04X\"=dword:%x\n",
                                       (unsigned)action, (unsigned)a, (unsigned)action, (unsigned)b);
    uint32_t value = value_in(policy, 3, action, false);
    postern_policy_free(policy);
    return value;
}

/* ---- urlactions.tsv ---- */

static void check_action(tap_row *tap, const postern_slice *c) {
    uint32_t number = hex(c[0]), by_name = 0, by_number = 0;
    char text[16];
    snprintf(text, sizeof text, "%04X", (unsigned)number);
    tap_case(tap, postern_action_parse(postern_slice_cstr(text), &by_number) && by_number == number, "%s: by number", text);
    const char *name = postern_action_name(number);
    if (is(c[1], "-")) {
        tap_case(tap, !name, "%s has a name: %s", text, name ? name : "");
    } else {
        postern_cut names = postern_slice_cut(c[1], ','); /* 1806 has two */
        tap_case(tap, name && is(names.head, name), "%s: %s", text, name ? name : "no name");
        for (postern_slice each = names.head; each.len; each = names.ok ? names.tail : (postern_slice){0}, names.ok = false) {
            tap_case(tap, postern_action_parse(each, &by_name) && by_name == number, "%.*s: by name", POSTERN_ARG(each));
            postern_slice brief = postern_slice_from(each, 10);
            tap_case(tap, postern_action_parse(brief, &by_name) && by_name == number, "%.*s: by name", POSTERN_ARG(brief));
        }
    }
    /* it is known: a value of the registry counts, which for an unknown action it does not (Z14) */
    uint32_t value = is(c[4], "java") || is(c[4], "softdist") ? 0x10000 : 0;
    postern_policy *policy =
        policy_of("[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"%04X\"=dword:%x\n", (unsigned)number, (unsigned)value);
    uint32_t expected = number == 0x1203 ? 3 : value;
    tap_case(tap, value_in(policy, 3, number, false) == expected, "%s: %x", text, (unsigned)value_in(policy, 3, number, false));
    postern_policy_free(policy);
}

/* ---- urlpolicies.tsv ---- */

typedef struct scope {
    const char *name;
    uint32_t action;
} scope;
static const scope scopes[] = {{"permission", 0x1604}, {"1A00 credentials", 0x1A00},      {"1A01 authenticate client", 0x1A01},
                               {"1C00 java", 0x1C00},  {"1E05 software channel", 0x1E05}, {"2500", 0x2500},
                               {"1200,2000", 0x1200}};
static struct {
    uint32_t action, value;
    int rank;
} ranks[64];
static size_t rank_count;

static void check_policy(tap_row *tap, const postern_slice *c) {
    uint32_t value = hex(c[1]);
    uint64_t rank = 0;
    bool ranked = postern_slice_uint(c[4], 9, &rank);
    if (is(c[0], "permission-flag")) { /* flags ride on a permission and do not change it */
        for (uint32_t p = 0; p < 4; p += 3) {
            postern_policy *policy =
                policy_of("[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"1604\"=dword:%x\n", (unsigned)(value | p));
            postern_action_decision d;
            postern_zone_action(policy, POSTERN_ZONE_INTERNET, 0x1604, false, &d);
            tap_case(tap, d.value == (value | p) && d.allowed == (p == 0) && !d.query, "flag %x with %x", (unsigned)value,
                     (unsigned)p);
            postern_policy_free(policy);
        }
        return;
    }
    if (is(c[0], "permission-mask")) {
        tap_case(tap, value == 0x0F, "the mask");
        return;
    }
    if (is(c[0], "level")) { /* a template; CurrentLevel picks its values: 1001 and 1604 tell most of them apart */
        postern_policy *level =
            policy_of("[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"CurrentLevel\"=dword:%x\n", (unsigned)value);
        uint32_t got = value_in(level, 3, 0x1004, false), fonts = value_in(level, 3, 0x1604, false);
        bool low = value == 0x10000, high = value == 0x12000;
        tap_case(tap, got == (low ? 1u : 3u) && fonts == (high ? 3u : 0u), "level %x: %x %x", (unsigned)value, (unsigned)got,
                 (unsigned)fonts);
        postern_policy_free(level);
        return;
    }
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        if (!is(c[0], scopes[i].name)) continue;
        const char *words = postern_policy_value_name(scopes[i].action, value);
        tap_case(tap, words && strncmp(words, "unknown", 7) != 0, "%.*s %x has no words", POSTERN_ARG(c[0]), (unsigned)value);
        if (!ranked) return;
        ranks[rank_count].action = scopes[i].action;
        ranks[rank_count].value = value;
        ranks[rank_count++].rank = (int)rank;
        return;
    }
    tap_case(tap, false, "%.*s: nothing asserts this scope", POSTERN_ARG(c[0]));
}

/* Every two values of a scope: the one that the table calls stricter is the one that counts. */
static void check_ranks(tap_row *tap) {
    for (size_t i = 0; i < rank_count; i++) {
        for (size_t j = 0; j < rank_count; j++) {
            if (ranks[i].action != ranks[j].action || ranks[i].rank <= ranks[j].rank) continue;
            uint32_t got = stricter(ranks[i].action, ranks[i].value, ranks[j].value);
            tap_case(tap, got == ranks[i].value, "%04X: of %x and %x %x counts", (unsigned)ranks[i].action,
                     (unsigned)ranks[i].value, (unsigned)ranks[j].value, (unsigned)got);
        }
    }
}

/* ---- zone-templates.tsv ---- */

static const uint32_t levels[5] = {0x10000, 0x10500, 0x11000, 0x11500, 0x12000};

/* The loosest value of an action, so that lockdown's own shows. */
static uint32_t loosest(uint32_t action) {
    return action == 0x1C00 ? 0x800000 : action == 0x1E05 ? 0x30000 : 0;
}

static bool protects(uint32_t action) {
    return action == 0x1409 || action == 0x1809 || action == 0x2301 || action == 0x2500 || action == 0x2700;
}

static void check_template(tap_row *tap, const postern_slice *c) {
    uint32_t action = hex(c[0]);
    for (int level = 0; level < 5; level++) {
        for (int zone = 0; zone < 5; zone++) {
            postern_policy *policy =
                policy_of("[HKEY_CURRENT_USER\\" IS "\\Zones\\%d]\n\"CurrentLevel\"=dword:%x\n", zone, (unsigned)levels[level]);
            uint32_t expected = hex(c[2 + level]), got = value_in(policy, zone, action, false);
            if (action == 0x2500) expected = zone == 0 || zone == 2 ? 3 : 0; /* the table's own remark */
            tap_case(tap, got == expected, "%04X level %d zone %d: %x, not %x", (unsigned)action, level, zone, (unsigned)got,
                     (unsigned)expected);
            postern_policy_free(policy);
            policy = policy_of("[HKEY_CURRENT_USER\\" IS "\\Zones\\%d]\n\"%04X\"=dword:%x\n[HKEY_CURRENT_USER\\" IS
                               "\\Lockdown_Zones\\%d]\n\"CurrentLevel\"=dword:%x\n",
                               zone, (unsigned)action, (unsigned)(protects(action) ? 3 : loosest(action)), zone,
                               (unsigned)levels[level]);
            expected = hex(c[7 + level]);
            got = value_in(policy, zone, action, true);
            bool none = is(c[7 + level], "-"); /* no locked-down value: the strictest (Z14) */
            if (action == 0x2500) expected = zone == 0 || zone == 2 ? 3 : 0;
            tap_case(tap, got == expected || (none && stricter(action, got, 3) == got), "%04X lockdown %d zone %d: %x, not %x",
                     (unsigned)action, level, zone, (unsigned)got, (unsigned)expected);
            postern_policy_free(policy);
        }
    }
}

/* ---- zone-defaults ---- */

static unsigned agreeing, stricter_cells;

/* Our levels are those of Internet Explorer 7 and later, as zone-templates.tsv has them exactly; the two tables of defaults are
 * of another time, and in these cells a level is looser than one of them (docs/DEVIATIONS.md). */
static bool is_known_looser(uint32_t action, int zone) {
    static const struct {
        uint32_t action;
        int zone;
    } known[] = {{0x1601, 3}, {0x1C00, 0}, {0x2001, 0}, {0x2004, 0}, {0x2101, 0}, {0x2101, 2}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].action == action && known[i].zone == zone) return true;
    return false;
}

/* `lock`: whether the columns behind the five zones are those of the locked-down zones. */
static void check_defaults(tap_row *tap, const postern_slice *c, int first, bool lock) {
    uint32_t action;
    if (c[0].len != 4 || !postern_action_parse(c[0], &action)) { /* CurrentLevel, Flags …: see the locations */
        tap_case(tap, !postern_slice_starts(c[0], POSTERN_S("1")) && !postern_slice_starts(c[0], POSTERN_S("2")),
                 "%.*s is no action", POSTERN_ARG(c[0]));
        return;
    }
    postern_policy *built_in = policy_of("\n");
    for (int zone = 0; zone < (lock ? 10 : 5); zone++) {
        postern_slice cell = c[first + zone];
        if (is(cell, "-") || cell.len == 0) continue;
        uint32_t value = hex(cell);
        /* such a registry is read as it stands */
        postern_policy *policy = policy_of("[HKEY_LOCAL_MACHINE\\" IS "\\%s\\%d]\n\"%.*s\"=dword:%x\n",
                                           zone < 5 ? "Zones" : "Lockdown_Zones", zone % 5, POSTERN_ARG(c[0]), (unsigned)value);
        if (zone < 5)
            tap_case(tap, value_in(policy, zone, action, false) == value, "%.*s zone %d: not %x", POSTERN_ARG(c[0]), zone,
                     (unsigned)value);
        else
            tap_case(tap,
                     stricter(action, value, value_in(policy, zone - 5, action, true)) ==
                         value_in(policy, zone - 5, action, true),
                     "%.*s lockdown zone %d is looser than %x", POSTERN_ARG(c[0]), zone - 5, (unsigned)value);
        postern_policy_free(policy);
        if (zone >= 5) continue;
        uint32_t ours = value_in(built_in, zone, action, false);
        agreeing += ours == value;
        stricter_cells += ours != value && stricter(action, ours, value) == ours;
        bool looser = ours != value && stricter(action, ours, value) != ours;
        tap_case(tap, !looser || is_known_looser(action, zone), "%.*s zone %d: built in is %x, the table says %x",
                 POSTERN_ARG(c[0]), zone, (unsigned)ours, (unsigned)value);
    }
    postern_policy_free(built_in);
}

static void check_wine(tap_row *tap, const postern_slice *c) {
    check_defaults(tap, c, 2, false);
}

static void check_admx(tap_row *tap, const postern_slice *c) {
    check_defaults(tap, c, 3, true);
}

/* ---- zones.tsv, zone-flags.tsv ---- */

static postern_slice zone_cells[16];
static int zone_ranks[16], zone_numbers[16], zone_rows;

static void check_zone(tap_row *tap, const postern_slice *c) {
    uint64_t number, rank;
    postern_zone zone;
    if (!postern_slice_uint(c[0], 4, &number) || c[0].len != 1) { /* -1, the ESC flag, custom zones */
        bool custom = postern_slice_starts(c[0], POSTERN_S("1000"));
        postern_policy *policy = policy_of("[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\a.example]\n\"*\"=dword:%s\n",
                                           custom ? "3e9" : "ffffffff");
        postern_arena *arena = postern_arena_new(1 << 20);
        postern_zone_decision d;
        if (!arena || postern_zone_evaluate(policy, POSTERN_S("http://a.example/"), NULL, arena, &d))
            give_up("no memory", "zone");
        tap_case(tap, d.zone == (custom ? POSTERN_ZONE_INTERNET : POSTERN_ZONE_RESTRICTED), "%.*s is %d", POSTERN_ARG(c[0]),
                 (int)d.zone);
        postern_arena_free(arena);
        postern_policy_free(policy);
        return;
    }
    tap_case(tap, postern_zone_parse(c[0], &zone) && (uint64_t)zone == number, "%.*s", POSTERN_ARG(c[0]));
    if (!postern_slice_uint(c[3], 9, &rank)) return;
    zone_numbers[zone_rows] = (int)number;
    zone_ranks[zone_rows] = (int)rank;
    zone_cells[zone_rows++] = c[0];
    for (int i = 0; i < zone_rows; i++) {
        int low = zone_ranks[i] < (int)rank ? zone_numbers[i] : (int)number;
        tap_case(tap, (int)postern_zone_least((postern_zone)zone_numbers[i], (postern_zone)number) == low, "least of %d and %d",
                 zone_numbers[i], (int)number);
    }
}

/* The control panel's own bits; the rules that some of them stand for have values of their own under ZoneMap, which are read.
 */
static void check_flag(tap_row *tap, const postern_slice *c) {
    uint32_t bit = hex(c[0]);
    postern_policy *plain = policy_of("\n");
    postern_buf a, b;
    postern_buf_init(&a, 1 << 24);
    postern_buf_init(&b, 1 << 24);
    postern_policy *policy = policy_of("[HKEY_CURRENT_USER\\" IS "\\Zones\\1]\n\"Flags\"=dword:%x\n[HKEY_LOCAL_MACHINE\\" IS
                                       "\\Zones\\2]\n\"Flags\"=dword:%x\n",
                                       (unsigned)bit, (unsigned)bit);
    if (postern_policy_write_reg(plain, &a) || postern_policy_write_reg(policy, &b)) give_up("no memory", "flags");
    tap_case(tap, bit && postern_slice_eq(postern_buf_slice(&a), postern_buf_slice(&b)), "flag %x decides something",
             (unsigned)bit);
    tap_case(tap, postern_policy_defect_count(policy) == 0, "flag %x is called a defect", (unsigned)bit);
    postern_buf_free(&a);
    postern_buf_free(&b);
    postern_policy_free(plain);
    postern_policy_free(policy);
}

#include "table_locations.h"

int main(void) {
    tap_row tap;
    tap_plan(&tap, 8);
    tap_case(&tap, each_row(&tap, "vectors/urlactions.tsv", "value_hex", check_action) >= 110, "rows");
    tap_end(&tap, "z14 vectors/urlactions.tsv");
    tap_case(&tap, each_row(&tap, "vectors/urlpolicies.tsv", "scope", check_policy) >= 30, "rows");
    check_ranks(&tap);
    tap_end(&tap, "z15 vectors/urlpolicies.tsv");
    tap_case(&tap, each_row(&tap, "vectors/zone-templates.tsv", "action", check_template) >= 60, "rows");
    tap_end(&tap, "z16 vectors/zone-templates.tsv");
    tap_case(&tap, each_row(&tap, "vectors/zone-defaults-wine.tsv", "value", check_wine) >= 30, "rows");
    printf("# built in: %u cells agree, %u are stricter\n", agreeing, stricter_cells);
    tap_end(&tap, "vectors/zone-defaults-wine.tsv");
    agreeing = stricter_cells = 0;
    tap_case(&tap, each_row(&tap, "vectors/zone-defaults-admx.tsv", "action", check_admx) >= 55, "rows");
    printf("# built in: %u cells agree, %u are stricter\n", agreeing, stricter_cells);
    tap_end(&tap, "vectors/zone-defaults-admx.tsv");
    tap_case(&tap, each_row(&tap, "vectors/zones.tsv", "number", check_zone) >= 8, "rows");
    tap_end(&tap, "z1 vectors/zones.tsv");
    tap_case(&tap, each_row(&tap, "vectors/zone-flags.tsv", "bit_hex", check_flag) >= 12, "rows");
    tap_end(&tap, "vectors/zone-flags.tsv");
    tap_case(&tap, each_row(&tap, "vectors/registry-locations.tsv", "hive_rel_path", check_location) >= 20, "rows");
    tap_case(&tap, locations_used == LOCATIONS, "%u of %u locations are in the table", locations_used, (unsigned)LOCATIONS);
    tap_end(&tap, "z15 vectors/registry-locations.tsv");
    return tap_finish(&tap);
}
