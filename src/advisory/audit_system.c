/*
 * Which of the bulletin's packages fits a system: the system with its service pack, and the version of Internet Explorer. What
 * is in no row of the prerequisite table is unsupported: untested, not known to be safe.
 */
#include "audit_int.h"

#include "audit_table.h"

const audit_package_row *const audit_packages = package_rows;

const audit_file_row *audit_file_rows(size_t *ret_count) {
    *ret_count = sizeof file_rows / sizeof *file_rows;
    return file_rows;
}

#define IE_KEY "HKLM\\SOFTWARE\\Microsoft\\Internet Explorer"
#define MINOR_KEY "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

static const char *nt4_id(const postern_win_system *s) {
    if (s->service_pack != 6) return NULL;
    if (s->terminal_server) return "nt4tse-sp6";
    return s->role == POSTERN_ROLE_SERVER ? "nt4srv-sp6a" : "nt4ws-sp6a";
}

static const char *xp_id(const postern_win_system *s) {
    if (s->arch == POSTERN_ARCH_IA64) return s->service_pack == 1 ? "xp64-sp1" : NULL;
    if (s->arch == POSTERN_ARCH_AMD64) return NULL;
    return s->service_pack == 0 ? "xp" : s->service_pack == 1 ? "xp-sp1" : NULL;
}

static const char *server_2003_id(const postern_win_system *s) {
    if (s->service_pack || s->arch == POSTERN_ARCH_AMD64) return NULL;
    if (s->arch == POSTERN_ARCH_IA64) return s->role == POSTERN_ROLE_WORKSTATION ? "xp64-2003" : "2003-ia64";
    return "2003";
}

static const char *system_id(const postern_win_system *s) {
    static const char *const w2000[] = {NULL, NULL, "2000-sp2", "2000-sp3", "2000-sp4"};
    if (s->kind == POSTERN_WIN_WINE) return NULL;
    if (s->kind == POSTERN_WIN_9X || (s->major == 4 && s->minor >= 10)) {
        if (s->minor >= 90) return "me";
        return s->minor == 10 ? (s->build >= 2222 ? "98se" : "98") : NULL;
    }
    if (s->major == 4 && s->minor == 0) return nt4_id(s);
    if (s->major != 5) return NULL;
    if (s->minor == 0) return s->service_pack < sizeof w2000 / sizeof *w2000 ? w2000[s->service_pack] : NULL;
    return s->minor == 1 ? xp_id(s) : s->minor == 2 ? server_2003_id(s) : NULL;
}

/* ---- Internet Explorer ---- */

/* shdocvw.dll moves with updates, its third number does not: that much stands in for a registry that is not there. */
static void ie_by_file(postern_audit *audit) {
    const postern_pe *pe;
    postern_error error;
    postern_slice found, path = audit_format(audit, "%.*s\\shdocvw.dll", POSTERN_ARG(audit->system->system));
    postern_evidence *e =
        audit_evidence(audit, POSTERN_AUDIT_COMPONENTS, POSTERN_EVIDENCE_FILE, "Internet Explorer, by its file");
    e->where = path;
    if (!audit_tolerate(audit, postern_win_pe(audit->win, NULL, path, &pe, &error), &error, &found) || !pe->has_version) {
        e->found = found.len ? found : POSTERN_S("no version");
        return;
    }
    e->found = audit_version(audit, pe->file_version);
    for (size_t i = 0; i < sizeof prerequisite_rows / sizeof *prerequisite_rows && !audit->has_ie; i++) {
        const postern_win_version *ie = &prerequisite_rows[i].ie;
        if (memcmp(ie->part, pe->file_version.part, 3 * sizeof ie->part[0]) != 0) continue;
        audit->ie = *ie;
        audit->has_ie = true;
    }
}

static void read_ie(postern_audit *audit) {
    postern_slice text = {0};
    bool there = audit_value_text(audit, NULL, IE_KEY, "Version", &text);
    postern_evidence *e = audit_evidence(audit, POSTERN_AUDIT_COMPONENTS, POSTERN_EVIDENCE_KEY, "Internet Explorer");
    e->where = POSTERN_S(IE_KEY);
    e->name = POSTERN_S("Version");
    e->found = there ? text : audit->has_registry ? POSTERN_S("absent") : audit->registry_why;
    audit->has_ie = there && postern_win_version_parse(text, &audit->ie);
    audit->report.ie_version = text;
    if (there && !audit->has_ie) e->sign = POSTERN_EVIDENCE_ERROR;
    if (!there) ie_by_file(audit);
    audit_value_text(audit, NULL, MINOR_KEY, "MinorVersion", &audit->minor_version);
}

/* ---- the package ---- */

static void choose_package(postern_audit *audit) {
    postern_audit_report *report = &audit->report;
    bool known_system = false;
    for (size_t i = 0; i < sizeof prerequisite_rows / sizeof *prerequisite_rows; i++) {
        const audit_prerequisite_row *row = &prerequisite_rows[i];
        if (!report->system_id || strcmp(row->system, report->system_id) != 0) continue;
        known_system = true;
        if (audit->has_ie && postern_win_version_compare(audit->ie, row->ie) == 0) {
            report->package = package_rows[row->package].id;
            report->package_reason = "this system and its Internet Explorer are in the bulletin's table";
            return;
        }
    }
    report->package_reason = !known_system ? "this system is not in the bulletin's table: unsupported"
                             : audit->has_ie
                                 ? "the bulletin has no package for this Internet Explorer on this system: unsupported"
                                 : "the version of Internet Explorer cannot be told";
}

void audit_system(postern_audit *audit) {
    const postern_win_system *s = audit->system;
    postern_evidence *e = audit_evidence(audit, POSTERN_AUDIT_COMPONENTS, POSTERN_EVIDENCE_SYSTEM, "system");
    e->where = s->windows;
    e->found = audit_format(audit, "%.*s, version %u.%u.%u, service pack %u, %s", POSTERN_ARG(s->product), s->major, s->minor,
                            s->build, s->service_pack, postern_arch_name(s->arch));
    audit->report.system_id = system_id(s);
    read_ie(audit);
    choose_package(audit);
}
