/* audit: the verdict on a system; what its files share. */
#ifndef POSTERN_AUDIT_INT_H
#define POSTERN_AUDIT_INT_H

#include "postern/advisory.h"

typedef struct audit_package_row {
    const char *id, *name;
    postern_win_version threshold; /* of inetcomm.dll, the handler itself */
} audit_package_row;
typedef struct audit_file_row {
    unsigned package;
    const char *name; /* lower case */
    postern_win_version threshold;
    bool bits32; /* a 32-bit file of a 64-bit package: below SysWOW64 */
} audit_file_row;
typedef struct audit_prerequisite_row {
    const char *system;
    unsigned package;
    postern_win_version ie;
} audit_prerequisite_row;

enum { PACKAGE_OE55, PACKAGE_OE6_XP, PACKAGE_OE6SP1, PACKAGE_OE6SP1_IA64, PACKAGE_2003, PACKAGE_2003_IA64, PACKAGE_NONE };

/* A list that grows in the arena: what it held before stays there as waste, twice its size at most. */
typedef struct audit_list {
    void *items;
    size_t count, room;
} audit_list;

struct postern_audit {
    postern_win *win;
    const postern_win_system *system;
    postern_arena *arena;
    postern_status status; /* the first failure of memory or limits */
    postern_audit_report report;
    audit_list evidence[POSTERN_AUDIT_COMPONENTS + 1]; /* the last one: of the system as a whole */
    audit_list measures;
    postern_slice minor_version; /* updates that Internet Explorer's About box lists; ";Q837009;Q…" */
    postern_win_version ie;
    bool has_ie;
    postern_win_view half; /* with whose eyes the handler that counts is seen: a 32-bit one on a 64-bit system, or nobody's */
    bool has_registry;    /* HKEY_LOCAL_MACHINE\\SOFTWARE can be read */
    bool registry_broken; /* it is there and cannot */
    postern_slice registry_why;
};

/* Appends and returns the new item, zeroed; NULL: audit->status says why. */
void *audit_push(postern_audit *audit, audit_list *list, size_t size);
postern_evidence *audit_evidence(postern_audit *audit, unsigned component, postern_evidence_kind kind, const char *what);
void audit_measure(postern_audit *audit, postern_measure_kind kind, postern_measure_state state, const char *id,
                   const char *title, size_t user, postern_slice detail);
/* In the arena; empty when memory failed. */
postern_slice audit_format(postern_audit *audit, const char *fmt, ...) POSTERN_PRINTF(2, 3);
postern_slice audit_version(postern_audit *audit, postern_win_version version);
/* A failure that is the tree's becomes OK and a text in *ret_found; memory and limits stay in audit->status. */
bool audit_tolerate(postern_audit *audit, postern_status status, const postern_error *error, postern_slice *ret_found);

/* A value as text ("1", "6.0.2800.1106"); false when it is absent. */
bool audit_value_text(postern_audit *audit, const postern_win_view *view, const char *key, const char *name,
                      postern_slice *ret_text);
bool audit_value_number(postern_audit *audit, const postern_win_view *view, const char *key, const char *name,
                        uint64_t *ret_number);
bool audit_key_exists(postern_audit *audit, const postern_win_view *view, const char *key);
/* Whether the list of updates (";Q837009;…") names one. */
bool audit_lists_update(postern_slice list, const char *number);

void audit_system(postern_audit *audit);   /* audit_system.c: which package fits */
void audit_files(postern_audit *audit);    /* audit_files.c: files and marks, the verdict of each component */
void audit_measures(postern_audit *audit); /* audit_measures.c */
extern const audit_package_row *const audit_packages;
/* Rows of one package. */
const audit_file_row *audit_file_rows(size_t *ret_count);

#endif
