/*
 * Whether the bulletin's mitigations hold and which of its workarounds are on, for each user where it is the user's. What the
 * tree does not say is "cannot be told", never a guess.
 */
#include "audit_int.h"

#define OFFICE "SOFTWARE\\Microsoft\\Office\\"

static bool user_at(const postern_audit *audit, size_t index) {
    return postern_win_user_at(audit->win, index)->has_hive;
}

/* ---- cumulative updates of Internet Explorer ---- */

/* MS03-040 and the cumulative updates behind it, by their numbers in the About box. */
static void measure_ie(postern_audit *audit) {
    static const char *const numbers[] = {"828750", "824145", "832894", "867801", "834707", "889293", "867282",
                                          "890923", "883939", "896727", "896688", "905915", "912812", "916281"};
    const char *title = "Internet Explorer 6 or later with MS03-040 or a later cumulative update";
    postern_measure_state state = POSTERN_MEASURE_UNKNOWN;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (audit_lists_update(audit->minor_version, numbers[i])) state = POSTERN_MEASURE_ON;
    if (audit->has_ie && audit->ie.part[0] < 6) state = POSTERN_MEASURE_OFF;
    postern_slice detail = audit->minor_version.len
                               ? audit_format(audit, "MinorVersion %.*s", POSTERN_ARG(audit->minor_version))
                           : audit->has_registry ? POSTERN_S("no list of updates in the registry")
                                                 : audit->registry_why;
    audit_measure(audit, POSTERN_MITIGATION, state, "ms03-040", title, POSTERN_NO_USER, detail);
}

static void measure_rights(postern_audit *audit) {
    audit_measure(audit, POSTERN_MITIGATION, POSTERN_MEASURE_UNKNOWN, "few-rights", "users have few rights", POSTERN_NO_USER,
                  POSTERN_S("who belongs to which group is not read"));
}

/* ---- mail: which zone it is read in, and whether as plain text ---- */

typedef struct mail_setting {
    bool has_zone, plain;
    uint64_t zone;
    postern_slice where;
} mail_setting;

/* "ReadAsPlain" and its kin: a value that begins with Read, speaks of plain text, and is not 0. */
static bool reads_plain(const postern_key *key) {
    for (size_t i = 0; i < postern_key_value_count(key); i++) {
        const postern_value *value = postern_key_value_at(key, i);
        uint64_t number;
        if (postern_slice_starts_nocase(value->name, POSTERN_S("Read")) &&
            (postern_slice_find_nocase(value->name, 0, POSTERN_S("Plain")) != SIZE_MAX ||
             postern_slice_find_nocase(value->name, 0, POSTERN_S("Text")) != SIZE_MAX) &&
            postern_value_number(value, &number) == POSTERN_OK && number)
            return true;
    }
    return false;
}

static const postern_key *open_key(postern_audit *audit, const postern_win_view *view, postern_slice path) {
    const postern_key *key;
    postern_error error;
    postern_slice why;
    return audit_tolerate(audit, postern_win_key(audit->win, view, path, &key, &error), &error, &why) ? key : NULL;
}

/* "Security Zone" and its kin: a value that speaks of a zone and is the number of one. Of several the most trusting counts. */
static void add_zone(const postern_key *key, mail_setting *s) {
    for (size_t i = 0; key && i < postern_key_value_count(key); i++) {
        const postern_value *value = postern_key_value_at(key, i);
        uint64_t zone;
        if (postern_slice_find_nocase(value->name, 0, POSTERN_S("Zone")) == SIZE_MAX || postern_value_number(value, &zone) ||
            zone > POSTERN_ZONE_RESTRICTED)
            continue;
        if (!s->has_zone || zone < s->zone) s->zone = zone;
        s->has_zone = true;
    }
}

/* All identities of the user; plain only when each of them reads so. */
static mail_setting outlook_express(postern_audit *audit, const postern_win_view *view) {
    mail_setting s = {0};
    const postern_key *identities = open_key(audit, view, POSTERN_S("HKCU\\Identities"));
    size_t plain = 0, count = 0;
    for (size_t i = 0; identities && i < postern_key_child_count(identities); i++) {
        postern_slice path = audit_format(audit, "HKCU\\Identities\\%.*s\\Software\\Microsoft\\Outlook Express\\5.0",
                                          POSTERN_ARG(postern_key_child_name(identities, i)));
        const postern_key *key = open_key(audit, view, path), *mail = NULL;
        if (key) mail = open_key(audit, view, audit_format(audit, "%.*s\\Mail", POSTERN_ARG(path)));
        if (!key) continue;
        count++;
        add_zone(key, &s);
        add_zone(mail, &s);
        plain += (mail && reads_plain(mail)) || reads_plain(key);
        s.where = path;
    }
    s.plain = count && plain == count;
    return s;
}

static mail_setting outlook(postern_audit *audit, const postern_win_view *view, const char *version) {
    static const char *const roots[] = {"HKCU\\Software\\Policies\\Microsoft\\Office\\", "HKCU\\Software\\Microsoft\\Office\\"};
    mail_setting s = {0};
    for (size_t i = 0; i < 2; i++) {
        postern_slice options = audit_format(audit, "%s%s\\Outlook\\Options", roots[i], version);
        const postern_key *mail = open_key(audit, view, audit_format(audit, "%.*s\\Mail", POSTERN_ARG(options)));
        const postern_key *general = open_key(audit, view, audit_format(audit, "%.*s\\General", POSTERN_ARG(options)));
        if (mail && reads_plain(mail)) s.plain = true;
        add_zone(general, &s);
        if (mail || general) s.where = options;
    }
    return s;
}

static void measure_zone(postern_audit *audit, const char *id, const char *title, size_t user, const mail_setting *s,
                         postern_measure_state by_default) {
    postern_measure_state state = by_default;
    postern_slice detail = by_default == POSTERN_MEASURE_ON    ? POSTERN_S("the default of this version")
                           : by_default == POSTERN_MEASURE_OFF ? POSTERN_S("this version reads mail in the Internet zone")
                                                               : POSTERN_S("depends on the e-mail security update");
    if (s->has_zone) {
        state = s->zone == POSTERN_ZONE_RESTRICTED ? POSTERN_MEASURE_ON : POSTERN_MEASURE_OFF;
        detail = audit_format(audit, "zone %llu below %.*s", (unsigned long long)s->zone, POSTERN_ARG(s->where));
    }
    audit_measure(audit, POSTERN_MITIGATION, state, id, title, user, detail);
}

/* Version 6 reads mail in the Restricted sites zone; 6 SP1 and later can read it as plain text. */
static void measure_outlook_express(postern_audit *audit, bool installed, bool six, bool reads_text) {
    for (size_t u = 0; u < postern_win_user_count(audit->win); u++) {
        postern_win_view view = {.user = u};
        if (!user_at(audit, u) || !installed) continue;
        mail_setting s = outlook_express(audit, &view);
        measure_zone(audit, "mail-zone-oe", "Outlook Express reads mail in the Restricted sites zone", u, &s,
                     six ? POSTERN_MEASURE_ON : POSTERN_MEASURE_OFF);
        audit_measure(audit, POSTERN_WORKAROUND,
                      !reads_text ? POSTERN_MEASURE_NOT_APPLICABLE
                      : s.plain   ? POSTERN_MEASURE_ON
                                  : POSTERN_MEASURE_OFF,
                      "plain-text-oe", "Outlook Express reads mail as plain text (KB291387)", u, s.where);
    }
}

/* ---- Outlook ---- */

typedef struct outlook_row {
    const char *version, *name;
    bool restricted; /* reads mail in the Restricted sites zone as it comes */
    bool plain;      /* can read it as plain text */
} outlook_row;

static const outlook_row outlooks[] = {
    {"8.5", "Outlook 98", false, false},  {"9.0", "Outlook 2000", false, false}, {"10.0", "Outlook 2002", true, true},
    {"11.0", "Outlook 2003", true, true}, {"12.0", "Outlook 2007", true, true},  {"14.0", "Outlook 2010", true, true},
    {"15.0", "Outlook 2013", true, true}, {"16.0", "Outlook 2016", true, true},
};

/* The e-mail security update of Outlook 2000 came as build 4201 of its libraries (KB262631); for Outlook 98 no file is known.
 */
static postern_measure_state measure_security_update(postern_audit *audit, const outlook_row *row, postern_slice folder) {
    const char *title = "the Outlook e-mail security update is installed";
    postern_measure_state state = POSTERN_MEASURE_UNKNOWN;
    postern_slice detail = audit_format(audit, "%s", row->name), found;
    const postern_pe *pe;
    postern_error error;
    const postern_win_version least = {{9, 0, 0, 4201}};
    if (!strcmp(row->version, "9.0") && folder.len) {
        while (folder.len && folder.ptr[folder.len - 1] == '\\') folder.len--;
        postern_slice path = audit_format(audit, "%.*s\\outllib.dll", POSTERN_ARG(folder));
        if (audit_tolerate(audit, postern_win_pe(audit->win, NULL, path, &pe, &error), &error, &found) && pe->has_version) {
            bool on = postern_win_version_compare(pe->file_version, least) >= 0;
            state = on ? POSTERN_MEASURE_ON : POSTERN_MEASURE_OFF;
            char text[POSTERN_WIN_VERSION_TEXT];
            detail = audit_format(audit, "%.*s %s", POSTERN_ARG(path), postern_win_version_text(pe->file_version, text));
        }
    }
    audit_measure(audit, POSTERN_WORKAROUND, state, "outlook-security-update", title, POSTERN_NO_USER, detail);
    return state;
}

static void measure_outlook(postern_audit *audit) {
    bool any = false;
    for (size_t i = 0; i < sizeof outlooks / sizeof *outlooks && !audit->status; i++) {
        const outlook_row *row = &outlooks[i];
        postern_slice key = audit_format(audit, "HKLM\\" OFFICE "%s\\Outlook\\InstallRoot", row->version), folder = {0};
        if (audit->status || !audit_value_text(audit, NULL, (const char *)key.ptr, "Path", &folder)) continue;
        any = true;
        postern_measure_state restricted = row->restricted ? POSTERN_MEASURE_ON : measure_security_update(audit, row, folder);
        for (size_t u = 0; u < postern_win_user_count(audit->win); u++) {
            postern_win_view view = {.user = u};
            if (!user_at(audit, u)) continue;
            mail_setting s = outlook(audit, &view, row->version);
            measure_zone(audit, "mail-zone-outlook", "Outlook reads mail in the Restricted sites zone", u, &s, restricted);
            audit_measure(audit, POSTERN_WORKAROUND,
                          !row->plain ? POSTERN_MEASURE_NOT_APPLICABLE
                          : s.plain   ? POSTERN_MEASURE_ON
                                      : POSTERN_MEASURE_OFF,
                          "plain-text-outlook", "Outlook reads mail as plain text (KB307594)", u, s.where);
        }
    }
    if (!any)
        audit_measure(audit, POSTERN_WORKAROUND,
                      audit->has_registry ? POSTERN_MEASURE_NOT_APPLICABLE : POSTERN_MEASURE_UNKNOWN, "outlook-security-update",
                      "the Outlook e-mail security update is installed", POSTERN_NO_USER,
                      audit->has_registry ? POSTERN_S("no Outlook in the registry") : audit->registry_why);
}

/* ---- the My Computer zone, and the handlers ---- */

static bool disallows(const postern_policy *policy, uint32_t action) {
    postern_action_decision d;
    postern_zone_action(policy, POSTERN_ZONE_LOCAL_MACHINE, action, false, &d);
    return !d.allowed && !d.query;
}

/* KB833633 by what it does: neither script nor controls run in a page of this machine. */
static void measure_my_computer(postern_audit *audit, size_t user) {
    const char *title = "the My Computer zone is hardened (KB833633)";
    if (!audit->has_registry) {
        audit_measure(audit, POSTERN_WORKAROUND, POSTERN_MEASURE_UNKNOWN, "my-computer-zone", title, user, audit->registry_why);
        return;
    }
    postern_policy *policy;
    postern_error error;
    postern_slice why;
    if (!audit_tolerate(audit, postern_audit_policy(audit->win, user, &policy, &error), &error, &why)) {
        audit_measure(audit, POSTERN_WORKAROUND, POSTERN_MEASURE_UNKNOWN, "my-computer-zone", title, user, why);
        return;
    }
    bool script = disallows(policy, 0x1400), controls = disallows(policy, 0x1200);
    postern_policy_free(policy);
    audit_measure(audit, POSTERN_WORKAROUND, script && controls ? POSTERN_MEASURE_ON : POSTERN_MEASURE_OFF, "my-computer-zone",
                  title, user,
                  script == controls ? (postern_slice){0}
                  : script           ? POSTERN_S("script is off, controls are not")
                                     : POSTERN_S("controls are off, script is not"));
}

/* Off while one of the names still has a handler, in the machine's or the user's half. */
static void measure_handlers(postern_audit *audit, size_t user, const char *id, const char *title, const char *const *names) {
    static const char *const roots[] = {"HKLM\\SOFTWARE\\Classes\\PROTOCOLS\\Handler\\",
                                        "HKCU\\Software\\Classes\\PROTOCOLS\\Handler\\"};
    postern_slice found = {0};
    for (size_t i = 0; names[i] && !audit->status; i++)
        for (size_t r = 0; r < (user == POSTERN_NO_USER ? 1u : 2u); r++) {
            postern_win_view view = {.user = user};
            postern_slice key = audit_format(audit, "%s%s", roots[r], names[i]), clsid;
            if (audit->status || !audit_value_text(audit, &view, (const char *)key.ptr, "CLSID", &clsid)) continue;
            found =
                found.len ? audit_format(audit, "%.*s, %s", POSTERN_ARG(found), names[i]) : audit_format(audit, "%s", names[i]);
        }
    bool no_registry = !audit_key_exists(audit, NULL, "HKLM\\SOFTWARE\\Classes");
    audit_measure(audit, POSTERN_WORKAROUND,
                  found.len     ? POSTERN_MEASURE_OFF
                  : no_registry ? POSTERN_MEASURE_UNKNOWN
                                : POSTERN_MEASURE_ON,
                  id, title, user,
                  found.len     ? audit_format(audit, "registered: %.*s", POSTERN_ARG(found))
                  : no_registry ? audit->registry_why
                                : (postern_slice){0});
}

void audit_measures(postern_audit *audit) {
    static const char *const mhtml[] = {"mhtml", NULL}, *const its[] = {"its", "ms-its", "ms-itss", "mk", NULL};
    bool installed = false, six = false, reads_text = false;
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS; i++) {
        if (!audit->report.components[i].installed) continue;
        installed = true;
        six = i != PACKAGE_OE55;
        reads_text = six && i != PACKAGE_OE6_XP;
    }
    measure_ie(audit);
    measure_outlook_express(audit, installed, six, reads_text);
    measure_rights(audit);
    measure_outlook(audit);
    measure_handlers(audit, POSTERN_NO_USER, "mhtml-handler", "no mhtml: handler is registered (VU#323070)", mhtml);
    measure_handlers(audit, POSTERN_NO_USER, "its-handlers",
                     "no its:, ms-its:, ms-itss: or mk: handler is registered (VU#323070)", its);
    size_t users = 0;
    for (size_t u = 0; u < postern_win_user_count(audit->win) && !audit->status; u++) {
        if (!user_at(audit, u)) continue;
        users++;
        measure_my_computer(audit, u);
    }
    if (!users) measure_my_computer(audit, POSTERN_NO_USER);
}
