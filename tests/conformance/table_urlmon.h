/* The rows of vectors-urlmon.tsv that are not "this URL is of that zone" (those are in test_zone.c), each by its id. */

enum { UM_ID, UM_SOURCE, UM_API, UM_SETUP, UM_INPUT, UM_FLAGS, UM_RESULT, UM_ZONE, UM_NOTE };

static postern_policy *um_policy(const char *reg) {
    postern_policy *policy;
    postern_error error;
    if (postern_policy_new(&policy)) give_up("no memory", "policy");
    if (reg && postern_policy_add_reg(policy, postern_slice_cstr(reg), &error)) give_up(error.text, "policy");
    if (postern_policy_seal(policy, NULL)) give_up("no memory", "policy");
    return policy;
}

static postern_zone_decision um_zone(const char *reg, postern_slice url, bool local_proof) {
    postern_policy *policy = um_policy(reg);
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_zone_decision d;
    postern_zone_context context = {.local_proof = local_proof};
    if (!arena || postern_zone_evaluate(policy, url, &context, arena, &d)) give_up("no memory", "decision");
    postern_arena_free(arena); /* zone and openable are all that is looked at */
    postern_policy_free(policy);
    return d;
}

/*
 * The security URL is what Windows' dispatcher asks the zone of: the URL, or for a handler what stands inside it. Here no
 * handler is asked: such a URL is refused (Z4), and every other one is judged as what is opened (Z8), so it is its own security
 * URL: judging what the column says gives nothing better than judging the input.
 */
static void um_security_url(tap_row *tap, const postern_slice *c) {
    postern_zone_decision own = um_zone(NULL, c[UM_INPUT], false);
    bool handler = postern_slice_starts(c[UM_INPUT], POSTERN_S("winetest:"));
    bool low = postern_zone_least(own.zone, POSTERN_ZONE_INTERNET) == own.zone;
    tap_case(tap, low && (!handler || own.zone == POSTERN_ZONE_INTERNET), "%.*s: zone %d", POSTERN_ARG(c[UM_ID]),
             (int)own.zone);
}

#define UM_ZONE3 "REGEDIT4\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Zones\\3]\n"
#define UM_MACHINE3 "[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Zones\\3]\n"

static postern_action_decision um_action(const char *reg, postern_zone zone, uint32_t action) {
    postern_policy *policy = um_policy(reg);
    postern_action_decision d;
    postern_zone_action(policy, zone, action, false, &d);
    postern_policy_free(policy);
    return d;
}

/* The user's value, then the machine's; allow and disallow as they say. */
static void um_from_registry(tap_row *tap, postern_slice id, uint32_t action, uint32_t allow, uint32_t disallow) {
    char reg[512];
    for (int user = 0; user < 2; user++) {
        for (int allowed = 0; allowed < 2; allowed++) {
            uint32_t value = allowed ? allow : disallow, other = allowed ? disallow : allow;
            snprintf(reg, sizeof reg, UM_ZONE3 "%s\"%04X\"=dword:%x\n" UM_MACHINE3 "\"%04X\"=dword:%x\n", user ? "" : ";",
                     (unsigned)action, (unsigned)value, (unsigned)action, (unsigned)(user ? other : value));
            postern_action_decision d = um_action(reg, POSTERN_ZONE_INTERNET, action);
            tap_case(tap, d.value == value, "%.*s: %x, not %x", POSTERN_ARG(id), (unsigned)d.value, (unsigned)value);
        }
    }
}

static void um_get_policy(tap_row *tap, const postern_slice *c) {
    postern_slice id = c[UM_ID];
    if (mh_is(id, "action-1fff") || mh_is(id, "action-badzone")) { /* an error there is "disallow" here (Z14) */
        bool zone = mh_is(id, "action-badzone");
        postern_action_decision d = um_action(NULL, zone ? (postern_zone)13 : POSTERN_ZONE_INTERNET, zone ? 0x1A00 : 0x1FFF);
        tap_case(tap, d.value == 3 && !d.allowed && !d.query && !strcmp(d.reasons[0].rule, "Z14"), "%.*s", POSTERN_ARG(id));
    } else if (mh_is(id, "action-1203")) {
        for (int zone = 0; zone < 5; zone++)
            tap_case(tap, um_action(UM_ZONE3 "\"1203\"=dword:0\n", (postern_zone)zone, 0x1203).value == 3,
                     "action-1203 in zone %d", zone);
    } else if (mh_is(id, "action-cred-range")) {
        for (int zone = 0; zone < 5; zone++) {
            uint32_t value = um_action(NULL, (postern_zone)zone, 0x1A00).value;
            tap_case(tap, (value & ~0x30000u) == 0, "action-cred-range in zone %d: %x", zone, (unsigned)value);
        }
    } else if (mh_is(id, "action-smallbuf")) { /* there is no buffer that could be too small */
        tap_case(tap, sizeof um_action(NULL, POSTERN_ZONE_INTERNET, 0x1A00).value == 4, "action-smallbuf");
    } else if (mh_is(id, "action-CHANNEL_SOFTDIST_PERMISSIONS")) {
        um_from_registry(tap, id, 0x1E05, 0x30000, 0x10000);
    } else if (mh_is(id, "action-ACTIVEX_RUN")) {
        um_from_registry(tap, id, 0x1200, 0, 3);
    } else if (mh_is(id, "action-ACTIVEX_OVERRIDE_OBJECT_SAFETY")) {
        um_from_registry(tap, id, 0x1201, 0, 3);
    }
}

/*
 * Zone elevation: a document of one zone names a URL of another. Windows asks action 2101 of the target's zone; here the least
 * of both counts (Z1, Z13), so that nothing is left to ask: among equals nothing changes, and from below nothing is reached.
 */
static void um_elevation(tap_row *tap, const postern_slice *c) {
    postern_policy *policy =
        um_policy(UM_ZONE3 "\"2101\"=dword:0\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet "
                           "Settings\\ZoneMap\\Domains\\codeweavers.com]\n\"*\"=dword:2\n");
    postern_arena *arena = postern_arena_new(1 << 20);
    for (int from = 0; arena && from < 5; from++) {
        postern_zone_context context = {.has_naming = true, .naming = (postern_zone)from};
        postern_zone_decision d;
        if (postern_zone_evaluate(policy, POSTERN_S("http://www.codeweavers.com/"), &context, arena, &d))
            give_up("no memory", "elev");
        tap_case(tap, d.zone == postern_zone_least(POSTERN_ZONE_TRUSTED, (postern_zone)from), "%.*s: from %d to %d",
                 POSTERN_ARG(c[UM_ID]), from, (int)d.zone);
    }
    postern_arena_free(arena);
    postern_policy_free(policy);
}

#define UM_DEFAULTS                                                                                                            \
    "REGEDIT4\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet "                                    \
    "Settings\\ZoneMap\\ProtocolDefaults]\n"                                                                                   \
    "\"http\"=dword:3\n\"https\"=dword:3\n\"ftp\"=dword:3\n\"file\"=dword:3\n\"@ivt\"=dword:1\n\"low\"=dword:4\n\"high\"="     \
    "dword:0\n"

static void um_algorithm(tap_row *tap, const postern_slice *c) {
    if (mh_is(c[UM_ID], "alg-drive")) { /* a local disk is the caller's proof, not the letter (Z9) */
        tap_case(tap, um_zone(UM_DEFAULTS, POSTERN_S("file:///X:/a"), true).zone == POSTERN_ZONE_LOCAL_MACHINE,
                 "alg-drive, local");
        tap_case(tap, um_zone(UM_DEFAULTS, POSTERN_S("file:///X:/a"), false).zone == POSTERN_ZONE_INTERNET,
                 "alg-drive, unknown");
    } else if (mh_is(c[UM_ID], "alg-proto")) {
        static const struct {
            const char *url;
            postern_zone zone;
        } rows[] = {{"http://x.example/", POSTERN_ZONE_INTERNET},
                    {"ftp://x.example/", POSTERN_ZONE_INTERNET},
                    {"unlisted:x", POSTERN_ZONE_INTERNET},
                    {"low:x", POSTERN_ZONE_RESTRICTED},
                    {"high:x", POSTERN_ZONE_INTERNET}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            tap_case(tap, um_zone(UM_DEFAULTS, postern_slice_cstr(rows[i].url), false).zone == rows[i].zone, "alg-proto: %s",
                     rows[i].url);
    } else if (mh_is(c[UM_ID], "alg-nohost")) { /* "invalid" there is Restricted and refused here (Z8) */
        static const char *const urls[] = {"http:x", "https:x", "ftp:x", "http://", "https:///"};
        for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
            postern_zone_decision d = um_zone(NULL, postern_slice_cstr(urls[i]), true);
            tap_case(tap, d.zone == POSTERN_ZONE_RESTRICTED && !d.openable, "alg-nohost: %s is %d", urls[i], (int)d.zone);
        }
    }
}

static unsigned um_elsewhere;

static void check_urlmon(tap_row *tap, const table_row *row) {
    static const struct {
        const char *prefix;
        void (*check)(tap_row *tap, const postern_slice *c);
    } kinds[] = {{"securl", um_security_url}, {"action-", um_get_policy}, {"elev-", um_elevation}, {"alg-", um_algorithm}};
    postern_slice id = row->cell[UM_ID];
    unsigned before = tap->cases;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (postern_slice_starts(id, postern_slice_cstr(kinds[i].prefix))) kinds[i].check(tap, row->cell);
    if (tap->cases != before) return;
    if (postern_slice_starts(row->cell[UM_API], POSTERN_S("MapUrlToZone"))) { /* conformance-zone asserts it */
        um_elsewhere++;
        return;
    }
    /* GetSecurityIdEx2: there is no security id; the zone is the row's */
    uint64_t zone;
    bool has = postern_slice_uint(row->cell[UM_ZONE], 4, &zone);
    tap_case(tap, has && um_zone(NULL, row->cell[UM_INPUT], false).zone == (postern_zone)zone, "%.*s", POSTERN_ARG(id));
}

static void table_urlmon(tap_row *tap) {
    unsigned rows = each_row(tap, "vectors/vectors-urlmon.tsv", "id\t", check_urlmon);
    tap_case(tap, rows >= 78 && um_elsewhere >= 35, "%u rows, %u zone decisions", rows, um_elsewhere);
    printf("# vectors-urlmon.tsv: %u rows, of which conformance-zone asserts %u\n", rows, um_elsewhere);
    tap_end(tap, "z4 z8 z13 z14 vectors/vectors-urlmon.tsv, all but zone decisions");
}
