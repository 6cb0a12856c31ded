/*
 * Files and marks. inetcomm.dll is the handler and decides; which threshold it has to reach depends on its own branch, since
 * versions grow across branches: 6.0.2800.1106 is a higher number than the fixed 6.0.2739.300, and open. The other files of the
 * package are read, too: one that stayed behind is half an update.
 */
#define _GNU_SOURCE
#include "audit_int.h"

#include <unistd.h>

#define HOTFIX_KEY "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Hotfix\\KB837009"
#define LATER_KEY "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Hotfix\\KB823353"
#define SETUP_KEY "HKLM\\SOFTWARE\\Microsoft\\Active Setup\\Installed Components\\{2cc9d512-6db6-4f1c-8979-9a41fae88de0}"
#define MINOR_KEY "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

typedef enum file_state { FILE_ABSENT, FILE_FOREIGN, FILE_OLD, FILE_EQUAL, FILE_NEWER, FILE_UNREADABLE } file_state;

/* Which branch of the file a version belongs to: the package that would replace it, and what it has to reach. */
typedef struct branch {
    unsigned package; /* PACKAGE_NONE: none of the bulletin's */
    bool later;       /* built after the fix */
} branch;

static branch branch_of(postern_win_version v, bool ia64) {
    unsigned build = v.part[2];
    if (v.part[0] == 5 && v.part[1] == 50) return (branch){PACKAGE_OE55, false};
    if (v.part[0] < 6) return (branch){PACKAGE_NONE, false};
    if (v.part[0] > 6 || v.part[1] > 0 || build > 3790) return (branch){PACKAGE_NONE, true};
    if (build < 2800) return (branch){PACKAGE_OE6_XP, false};
    if (build < 2900) return (branch){ia64 ? PACKAGE_OE6SP1_IA64 : PACKAGE_OE6SP1, false};
    if (build < 3790) return (branch){PACKAGE_NONE, true};
    return (branch){ia64 ? PACKAGE_2003_IA64 : PACKAGE_2003, false};
}

/* ---- reading files ---- */

/* Where a file of the package may lie: programs in Outlook Express, libraries in the system folder or among the common files.
 */
static unsigned home(const char *name) {
    static const char *const programs[] = {"msoe.", "msoeres", "msimn", "oe", "wab"};
    if (!strcmp(name, "wab32.dll") || !strcmp(name, "directdb.dll")) return 2;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (!strncmp(name, programs[i], strlen(programs[i]))) return 1;
    return 0;
}

/* `number` 0 is its home; the others are looked at, too. */
static postern_slice place(postern_audit *audit, unsigned number, bool bits32, const char *name) {
    const postern_win_system *s = audit->system;
    postern_slice programs = bits32 && s->program_files_x86.len ? s->program_files_x86 : s->program_files,
                  common = bits32 && s->common_files_x86.len ? s->common_files_x86 : s->common_files,
                  system = bits32 && s->system_x86.len ? s->system_x86 : s->system;
    switch ((home(name) + number) % 3) {
    case 0:
        return system.len ? audit_format(audit, "%.*s\\%s", POSTERN_ARG(system), name) : (postern_slice){0};
    case 1:
        return programs.len ? audit_format(audit, "%.*s\\Outlook Express\\%s", POSTERN_ARG(programs), name)
                            : (postern_slice){0};
    default:
        return common.len ? audit_format(audit, "%.*s\\System\\%s", POSTERN_ARG(common), name) : (postern_slice){0};
    }
}

typedef struct found_file {
    file_state state;
    postern_slice path, why;
    postern_win_version version;
    const postern_pe *pe;
} found_file;

/* Wine's own libraries say so behind the DOS header. */
static bool is_wine(postern_audit *audit, postern_slice path) {
    char mark[32] = "";
    int fd;
    postern_error error;
    postern_slice why;
    postern_status status = postern_win_open_file(audit->win, NULL, path, &fd, NULL, &error);
    if (!audit_tolerate(audit, status, &error, &why)) return false;
    ssize_t got = pread(fd, mark, sizeof mark, 0x40);
    close(fd);
    postern_slice text = postern_slice_of(mark, got > 0 ? (size_t)got : 0);
    return postern_slice_starts(text, POSTERN_S("Wine builtin DLL")) ||
           postern_slice_starts(text, POSTERN_S("Wine placeholder DLL"));
}

static found_file look(postern_audit *audit, const char *name, bool bits32) {
    found_file f = {.state = FILE_ABSENT};
    for (unsigned i = 0; i < 3 && !audit->status; i++) {
        postern_slice path = place(audit, i, bits32, name);
        postern_error error;
        if (!path.len) continue;
        if (!f.path.len) f.path = path;
        postern_status status = postern_win_pe(audit->win, NULL, path, &f.pe, &error);
        if (status == POSTERN_NOTFOUND) continue;
        f.path = path;
        f.state = FILE_UNREADABLE;
        if (!audit_tolerate(audit, status, &error, &f.why)) return f;
        if (is_wine(audit, path))
            f.state = FILE_FOREIGN;
        else if (!f.pe->has_version)
            f.why = POSTERN_S("it has no version");
        else
            f.state = FILE_OLD, f.version = f.pe->file_version; /* until it is compared */
        return f;
    }
    return f;
}

static void compare(found_file *f, postern_win_version threshold) {
    if (f->state < FILE_OLD || f->state > FILE_NEWER) return;
    int order = postern_win_version_compare(f->version, threshold);
    f->state = order < 0 ? FILE_OLD : order ? FILE_NEWER : FILE_EQUAL;
}

static void tell(postern_audit *audit, unsigned component, const found_file *f, const char *what,
                 const postern_win_version *threshold) {
    postern_evidence *e = audit_evidence(audit, component, POSTERN_EVIDENCE_FILE, what);
    e->where = f->path;
    if (threshold) e->wanted = audit_version(audit, *threshold);
    switch (f->state) {
    case FILE_ABSENT:
        e->found = POSTERN_S("absent");
        break;
    case FILE_FOREIGN:
        e->found = POSTERN_S("Wine's own");
        break;
    case FILE_UNREADABLE:
        e->found = f->why;
        e->sign = POSTERN_EVIDENCE_ERROR;
        break;
    default:
        e->found = audit_version(audit, f->version);
        e->sign = f->state == FILE_OLD ? POSTERN_EVIDENCE_OPEN : POSTERN_EVIDENCE_FIXED;
    }
}

/* ---- marks ---- */

typedef struct marks {
    bool update; /* this update says it is installed */
    bool later;  /* so does one that contains it */
    bool unread; /* there is no registry to look in */
} marks;

static bool read_mark(postern_audit *audit, unsigned component, const char *key, const char *name, const char *what) {
    uint64_t number = 0;
    bool there = audit_value_number(audit, &audit->half, key, name, &number);
    postern_evidence *e = audit_evidence(audit, component, POSTERN_EVIDENCE_KEY, what);
    e->where = postern_slice_cstr(key);
    e->name = postern_slice_cstr(name);
    e->found = there                 ? audit_format(audit, "%llu", (unsigned long long)number)
               : audit->has_registry ? POSTERN_S("absent")
                                     : audit->registry_why;
    e->wanted = POSTERN_S("1");
    if (audit->registry_broken) e->sign = POSTERN_EVIDENCE_ERROR;
    if (there && number == 1) e->sign = POSTERN_EVIDENCE_FIXED;
    return there && number == 1;
}

static bool is_server_family(const postern_audit *audit) {
    return audit->system->kind == POSTERN_WIN_NT && audit->system->major == 5 && audit->system->minor == 2;
}

static marks read_marks(postern_audit *audit, unsigned component) {
    marks m = {.unread = !audit->has_registry};
    if (is_server_family(audit)) {
        m.update = read_mark(audit, component, HOTFIX_KEY, "Installed", "mark of the update");
        m.later = read_mark(audit, component, LATER_KEY, "Installed", "mark of a later update, MS04-018");
        return m;
    }
    m.update = read_mark(audit, component, SETUP_KEY, "IsInstalled", "mark of the update");
    postern_evidence *e =
        audit_evidence(audit, component, POSTERN_EVIDENCE_KEY, "updates in the About box of Internet Explorer");
    if (audit->half.bits32) audit_value_text(audit, &audit->half, MINOR_KEY, "MinorVersion", &audit->minor_version);
    bool listed = audit_lists_update(audit->minor_version, "837009");
    m.later = audit_lists_update(audit->minor_version, "823353");
    e->where = POSTERN_S(MINOR_KEY);
    e->name = POSTERN_S("MinorVersion");
    e->found = audit->minor_version.len ? audit->minor_version
               : audit->has_registry    ? POSTERN_S("absent")
                                        : audit->registry_why;
    e->wanted = POSTERN_S("Q837009, or Q823353 that contains it");
    if (listed || m.later) e->sign = POSTERN_EVIDENCE_FIXED;
    m.update |= listed;
    return m;
}

/* ---- the verdict of one component ---- */

/* Whether files of the package stayed behind (their worst state). Those of another machine's half count as much. */
static file_state read_companions(postern_audit *audit, unsigned component) {
    size_t count;
    const audit_file_row *rows = audit_file_rows(&count);
    file_state worst = FILE_ABSENT;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].package != component || !strcmp(rows[i].name, "inetcomm.dll")) continue;
        const char *name = rows[i].bits32 && !strcmp(rows[i].name, "winetcomm.dll") ? "inetcomm.dll" : rows[i].name;
        bool bits32 = rows[i].bits32 || audit->half.bits32;
        found_file f = look(audit, name, bits32);
        if (f.state == FILE_ABSENT && name != rows[i].name) f = look(audit, rows[i].name, bits32);
        compare(&f, rows[i].threshold);
        tell(audit, component, &f, "file of the update", &rows[i].threshold);
        if (f.state == FILE_UNREADABLE || (f.state == FILE_OLD && worst != FILE_UNREADABLE)) worst = f.state;
    }
    return worst;
}

typedef struct ruling {
    postern_verdict verdict, files;
    const char *reason;
} ruling;

static ruling rule(const found_file *handler, file_state companions, marks m) {
    bool marked = m.update || m.later;
    if (handler->state == FILE_OLD)
        return marked ? (ruling){POSTERN_VERDICT_CONTRADICTION, POSTERN_VERDICT_AFFECTED,
                                 "a mark says installed, inetcomm.dll is older than the fix"}
                      : (ruling){POSTERN_VERDICT_AFFECTED, POSTERN_VERDICT_AFFECTED, "inetcomm.dll is older than the fix"};
    if (companions == FILE_UNREADABLE)
        return (ruling){POSTERN_VERDICT_UNKNOWN, POSTERN_VERDICT_UNKNOWN, "a file of the update cannot be read"};
    if (companions == FILE_OLD)
        return (ruling){POSTERN_VERDICT_CONTRADICTION, POSTERN_VERDICT_AFFECTED,
                        "inetcomm.dll has the fix, other files of the update are older"};
    if (handler->state == FILE_NEWER)
        return (ruling){POSTERN_VERDICT_FIXED, POSTERN_VERDICT_FIXED,
                        m.later ? "a later update that contains the fix"
                                : "inetcomm.dll is newer than the fix, in the same branch"};
    if (m.unread && !m.update)
        return (ruling){POSTERN_VERDICT_FIXED, POSTERN_VERDICT_FIXED,
                        "the files of the update; no registry could be read for its mark"};
    return m.update ? (ruling){POSTERN_VERDICT_FIXED, POSTERN_VERDICT_FIXED, "the files of the update, and its mark"}
                    : (ruling){POSTERN_VERDICT_CONTRADICTION, POSTERN_VERDICT_FIXED,
                               "inetcomm.dll has the fix, the mark of the update is missing"};
}

/* GDR and QFE files have one version; the build's name in FileVersion tells them apart: "6.00.3790.137 (srv03_gdr.…)". */
static void tell_branch(postern_audit *audit, const found_file *handler) {
    postern_slice text = postern_pe_text(handler->pe, POSTERN_S("FileVersion"));
    bool qfe = postern_slice_find_nocase(text, 0, POSTERN_S("qfe")) != SIZE_MAX,
         gdr = postern_slice_find_nocase(text, 0, POSTERN_S("gdr")) != SIZE_MAX;
    audit->report.branch = qfe == gdr ? "cannot be told" : qfe ? "rtmqfe" : "rtmgdr";
}

static void settle(postern_audit *audit, unsigned component, ruling r) {
    postern_audit_component *c = &audit->report.components[component];
    c->installed = true;
    c->verdict = r.verdict;
    c->files = r.files;
    c->reason = r.reason;
}

static unsigned fitting_package(const postern_audit *audit) {
    for (unsigned i = 0; i < POSTERN_AUDIT_COMPONENTS && audit->report.package; i++)
        if (!strcmp(audit_packages[i].id, audit->report.package)) return i;
    return PACKAGE_NONE;
}

/* A system whose file is of no branch of the bulletin: told at the component that comes nearest. */
static void judge_outside(postern_audit *audit, const found_file *handler, bool later, unsigned nearest) {
    marks m = read_marks(audit, nearest);
    if (later) {
        found_file newer = *handler;
        newer.state = FILE_NEWER;
        tell(audit, nearest, &newer, "the MHTML handler", NULL);
        bool old_windows = audit->system->kind != POSTERN_WIN_9X && audit->system->major == 5;
        settle(
            audit, nearest,
            old_windows
                ? (ruling){POSTERN_VERDICT_FIXED, POSTERN_VERDICT_FIXED, "a service pack or later build that contains the fix"}
                : (ruling){POSTERN_VERDICT_NOT_AFFECTED, POSTERN_VERDICT_NOT_AFFECTED, "a later product, built after the fix"});
        return;
    }
    tell(audit, nearest, handler, "the MHTML handler", NULL);
    settle(audit, nearest,
           m.update ? (ruling){POSTERN_VERDICT_CONTRADICTION, POSTERN_VERDICT_AFFECTED,
                               "a mark says installed, inetcomm.dll is of an older product"}
                    : (ruling){POSTERN_VERDICT_AFFECTED, POSTERN_VERDICT_AFFECTED,
                               "an older product that the bulletin did not test: not known to be safe"});
}

static void judge_absent(postern_audit *audit, const found_file *handler, unsigned nearest) {
    marks m = read_marks(audit, nearest);
    tell(audit, nearest, handler, "the MHTML handler", NULL);
    postern_audit_component *c = &audit->report.components[nearest];
    if (handler->state == FILE_UNREADABLE)
        settle(audit, nearest, (ruling){POSTERN_VERDICT_UNKNOWN, POSTERN_VERDICT_UNKNOWN, "inetcomm.dll cannot be read"});
    else if (handler->state == FILE_FOREIGN)
        c->reason = "the MHTML handler is Wine's own, not the component of the bulletin";
    else if (m.update || m.later)
        settle(audit, nearest,
               (ruling){POSTERN_VERDICT_CONTRADICTION, POSTERN_VERDICT_UNKNOWN,
                        "a mark says installed, inetcomm.dll is not there"});
    else
        c->reason = "the MHTML handler, inetcomm.dll, is not there";
}

static bool is_native(const found_file *f) {
    return f->state >= FILE_OLD && f->state <= FILE_NEWER;
}

/* The handler of the system folder; on a 64-bit system that is no Itanium (whose package has both halves) the 32-bit one where
 * that is Microsoft's and the other is not, or is older: 32-bit programs are given it. */
static found_file find_handler(postern_audit *audit) {
    found_file own = look(audit, "inetcomm.dll", false);
    if (!audit->system->system_x86.len || audit->system->arch == POSTERN_ARCH_IA64 || audit->status) return own;
    found_file other = look(audit, "inetcomm.dll", true);
    if (!is_native(&other) && other.state != FILE_UNREADABLE) return own;
    if (is_native(&own) && (!is_native(&other) || postern_win_version_compare(own.version, other.version) <= 0)) return own;
    if (own.state == FILE_UNREADABLE) return own;
    audit->half.bits32 = true;
    return other;
}

void audit_files(postern_audit *audit) {
    bool ia64 = audit->system->arch == POSTERN_ARCH_IA64;
    unsigned fits = fitting_package(audit);
    found_file handler = find_handler(audit);
    if (audit->status) return;
    unsigned fallback = fits != PACKAGE_NONE      ? fits
                        : is_server_family(audit) ? (ia64 ? PACKAGE_2003_IA64 : PACKAGE_2003)
                        : ia64                    ? PACKAGE_OE6SP1_IA64
                                                  : PACKAGE_OE6SP1;
    if (handler.state < FILE_OLD || handler.state == FILE_UNREADABLE) {
        judge_absent(audit, &handler, fallback);
        return;
    }
    branch b = branch_of(handler.version, ia64);
    if (b.package == PACKAGE_NONE) {
        judge_outside(audit, &handler, b.later, fallback);
        return;
    }
    postern_win_version threshold = audit_packages[b.package].threshold;
    compare(&handler, threshold);
    marks m = read_marks(audit, b.package);
    tell(audit, b.package, &handler, "the MHTML handler", &threshold);
    if (b.package >= PACKAGE_2003) tell_branch(audit, &handler);
    settle(audit, b.package, rule(&handler, read_companions(audit, b.package), m));
}
