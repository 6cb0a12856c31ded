/*
 * registry-locations.tsv: each place either decides something, which its row shows between two policies, or is passed over on
 * purpose and changes nothing at all: neither a decision nor a byte of the export.
 */

typedef enum probe {
    PROBE_ZONE,     /* zone of `what` */
    PROBE_ESC,      /* the same with Enhanced Security asked for */
    PROBE_ACTION,   /* action 1604 of zone 3 */
    PROBE_LOCKED,   /* action 1200 of zone 0, locked down or not as the policy says */
    PROBE_LOCKDOWN, /* action 1604 of zone 3, locked down */
    PROBE_PLAIN,
    PROBE_NOTHING
} probe;

static struct {
    const char *place, *with; /* what the first and second column hold */
    const char *reg;
    probe kind;
    const char *what;
    int without, with_it;
    bool seen;
} locations[] = {
    {"HKCU\\IS\\Zones\\N", "CurrentLevel", "[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"1604\"=dword:3\n", PROBE_ACTION, NULL, 0,
     3, false},
    {"IS\\Lockdown_Zones", "same", "[HKEY_LOCAL_MACHINE\\" IS "\\Lockdown_Zones\\3]\n\"1604\"=dword:3\n", PROBE_LOCKDOWN, NULL,
     0, 3, false},
    /* the templates themselves are facts of the program (zone-templates.tsv): a registry that loosens them is not followed */
    {"IS\\TemplatePolicies", "action hex", "[HKEY_LOCAL_MACHINE\\" IS "\\TemplatePolicies\\MedHigh]\n\"1604\"=dword:3\n",
     PROBE_NOTHING, NULL, 0, 0, false},
    {"IS\\ZoneMap", "ProxyByPass, IntranetName", "[HKEY_CURRENT_USER\\" IS "\\ZoneMap]\n\"IntranetName\"=dword:1\n", PROBE_ZONE,
     "http://intranet/", 3, 1, false},
    {"IS\\ZoneMap\\Domains", "protocol", "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\a.example\\www]\n\"https\"=dword:2\n",
     PROBE_ZONE, "https://www.a.example/", 3, 2, false},
    {"IS\\ZoneMap\\EscDomains", "same", "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\EscDomains\\a.example]\n\"*\"=dword:2\n",
     PROBE_ESC, "https://a.example/", 3, 2, false},
    {"IS\\ZoneMap\\Ranges", ":Range",
     "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Ranges\\r]\n\":Range\"=\"10.*.*.*\"\n\"*\"=dword:1\n", PROBE_ZONE,
     "http://10.1.2.3/", 3, 1, false},
    {"IS\\ZoneMap\\ProtocolDefaults", "protocol", "[HKEY_LOCAL_MACHINE\\" IS "\\ZoneMap\\ProtocolDefaults]\n\"ftp\"=dword:4\n",
     PROBE_ZONE, "ftp://x.example/", 3, 4, false},
    {"HKLM\\PIS", "Security_HKLM_only",
     "[HKEY_LOCAL_MACHINE\\" PIS "]\n\"Security_HKLM_only\"=dword:1\n[HKEY_CURRENT_USER\\" IS
     "\\Zones\\3]\n\"1604\"=dword:3\n[HKEY_LOCAL_MACHINE\\" IS "\\Zones\\3]\n\"1604\"=dword:1\n",
     PROBE_ACTION, NULL, 0, 1, false},
    {"PIS\\ZoneMapKey", "site pattern", "[HKEY_LOCAL_MACHINE\\" PIS "\\ZoneMapKey]\n\"*.a.example\"=\"4\"\n", PROBE_ZONE,
     "http://x.a.example/", 3, 4, false},
    {"PIS\\Zones\\N, Lockdown_Zones", "action hex",
     "[HKEY_CURRENT_USER\\" IS "\\Zones\\3]\n\"1604\"=dword:0\n[HKEY_CURRENT_USER\\" PIS "\\Zones\\3]\n\"1604\"=dword:1\n",
     PROBE_ACTION, NULL, 0, 1, false},
    {"PIS\\Template Policies", "InternetZoneTemplate",
     "[HKEY_LOCAL_MACHINE\\" PIS "\\Template Policies]\n\"InternetZoneTemplate\"=dword:4\n", PROBE_ACTION, NULL, 0, 3, false},
    {"Local Machine Zone Lockdown Settings", "LocalMachineZoneLockdownTemplate",
     "[HKEY_LOCAL_MACHINE\\Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Local Machine Zone Lockdown "
     "Settings\\Template "
     "Policies]\n\"LocalMachineZoneLockdownTemplate\"=dword:4\n[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Internet "
     "Explorer\\Main\\FeatureControl\\FEATURE_LOCALMACHINE_LOCKDOWN]\n\"*\"=dword:1\n",
     PROBE_LOCKED, NULL, 0, 3, false},
    {"FEATURE_LOCALMACHINE_LOCKDOWN", "process.exe",
     "[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Internet Explorer\\Main\\FeatureControl\\FEATURE_LOCALMACHINE_LOCKDOWN]\n"
     "\"iexplore.exe\"=dword:1\n",
     PROBE_LOCKED, NULL, 0, 3, false},
    /* handler schemes are refused everywhere (Z4), so that nothing is left to lock down */
    {"FEATURE_PROTOCOL_LOCKDOWN", "protocol",
     "[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Internet "
     "Explorer\\Main\\FeatureControl\\FEATURE_PROTOCOL_LOCKDOWN]\n\"*\"=dword:0\n"
     "[HKEY_LOCAL_MACHINE\\" IS "\\RestrictedProtocols\\3]\n\"mhtml\"=\"mhtml\"\n",
     PROBE_NOTHING, NULL, 0, 0, false},
    /* a missing file is absent (Z2), and no step leads up (Z13), whatever these say */
    {"FEATURE_RESTRICTED_ZONE_WHEN_FILE_NOT_FOUND", "process.exe",
     "[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Internet "
     "Explorer\\Main\\FeatureControl\\FEATURE_RESTRICTED_ZONE_WHEN_FILE_NOT_FOUND]\n"
     "\"*\"=dword:0\n",
     PROBE_NOTHING, NULL, 0, 0, false},
    {"FEATURE_ZONE_ELEVATION", "process.exe",
     "[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Internet "
     "Explorer\\Main\\FeatureControl\\FEATURE_ZONE_ELEVATION]\n\"*\"=dword:0\n",
     PROBE_NOTHING, NULL, 0, 0, false},
    {"FEATURE_BLOCK_CROSS_PROTOCOL_FILE_NAVIGATION", "office process.exe",
     "[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Internet "
     "Explorer\\Main\\FeatureControl\\FEATURE_BLOCK_CROSS_PROTOCOL_FILE_NAVIGATION]\n"
     "\"winword.exe\"=dword:0\n",
     PROBE_NOTHING, NULL, 0, 0, false},
    /* which program Windows starts for a scheme is a matter of `audit`, not of zones */
    {"PROTOCOLS\\Handler", "CLSID", "[HKEY_LOCAL_MACHINE\\Software\\Classes\\PROTOCOLS\\Handler\\mhtml]\n\"CLSID\"=\"x\"\n",
     PROBE_NOTHING, NULL, 0, 0, false},
    {"HKCR\\CLSID", "ACL deny", "[HKEY_CLASSES_ROOT\\CLSID\\{05300401-BCBC-11d0-85E3-00C04FD85AB4}]\n\"x\"=\"y\"\n",
     PROBE_NOTHING, NULL, 0, 0, false},
    {"Trusted Protocols", "key",
     "[HKEY_CURRENT_USER\\Software\\Policies\\Microsoft\\Office\\11.0\\Common\\Security\\Trusted Protocols\\All "
     "Applications\\mhtml:]\n",
     PROBE_NOTHING, NULL, 0, 0, false},
    {"Outlook\\Options\\Mail", "ReadAsPlain",
     "[HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\10.0\\Outlook\\Options\\Mail]\n\"ReadAsPlain\"=dword:1\n", PROBE_PLAIN,
     NULL, 0, 1, false},
};
enum { LOCATIONS = sizeof locations / sizeof *locations };
static unsigned locations_used;

static int ask(size_t i, const postern_policy *policy) {
    postern_zone_context context = {.enhanced_security = locations[i].kind == PROBE_ESC};
    postern_zone_decision d;
    switch (locations[i].kind) {
    case PROBE_ACTION:
        return (int)value_in(policy, 3, 0x1604, false);
    case PROBE_LOCKDOWN:
        return (int)value_in(policy, 3, 0x1604, true);
    case PROBE_LOCKED:
        return (int)value_in(policy, 0, 0x1200, false);
    case PROBE_PLAIN:
        return postern_policy_reads_plain(policy);
    case PROBE_NOTHING:
        return 0;
    default:
        break;
    }
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena || postern_zone_evaluate(policy, postern_slice_cstr(locations[i].what), &context, arena, &d))
        give_up("no memory", "zone");
    postern_arena_free(arena);
    return (int)d.zone;
}

static void check_location(tap_row *tap, const postern_slice *c) {
    size_t found = LOCATIONS;
    for (size_t i = 0; i < LOCATIONS && found == LOCATIONS; i++) {
        bool whole = is(c[0], locations[i].place) || !is(POSTERN_S("HKLM\\PIS"), locations[i].place);
        if (!locations[i].seen && whole && postern_slice_find(c[0], 0, postern_slice_cstr(locations[i].place)) != SIZE_MAX &&
            postern_slice_find(c[1], 0, postern_slice_cstr(locations[i].with)) != SIZE_MAX)
            found = i;
    }
    if (!tap_case(tap, found < LOCATIONS, "%.*s: nothing asserts this place", POSTERN_ARG(c[0]))) return;
    locations[found].seen = true;
    locations_used++;
    postern_policy *without = policy_of("\n"), *with = policy_of("%s", locations[found].reg);
    int before = ask(found, without), after = ask(found, with);
    tap_case(tap, before == locations[found].without && after == locations[found].with_it, "%.*s: %d, then %d",
             POSTERN_ARG(c[0]), before, after);
    postern_buf a, b;
    postern_buf_init(&a, 1 << 24);
    postern_buf_init(&b, 1 << 24);
    if (postern_policy_write_reg(without, &a) || postern_policy_write_reg(with, &b)) give_up("no memory", "locations");
    bool same = postern_slice_eq(postern_buf_slice(&a), postern_buf_slice(&b));
    tap_case(tap, same == (locations[found].kind == PROBE_NOTHING), "%.*s: the export is %s", POSTERN_ARG(c[0]),
             same ? "the same" : "another");
    postern_buf_free(&a);
    postern_buf_free(&b);
    postern_policy_free(without);
    postern_policy_free(with);
}
