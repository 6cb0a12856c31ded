/* Inside servicing: the system at hand, what is planned, what is recorded. */
#ifndef POSTERN_SERVICE_INT_H
#define POSTERN_SERVICE_INT_H

#include "package_int.h"
#include "tx_int.h"

struct postern_servicing {
    postern_win *win;
    postern_hive_reader *reader;
    int root;
    int64_t now;
    postern_arena *arena;
    const char *windows; /* real path of the Windows folder */
    postern_slice windows_path;
    postern_update_progress *progress; /* or NULL */
    void *progress_user;
};

postern_status service_no_memory(postern_error *reterr);
/* printf into the arena, NUL-terminated. */
postern_status service_text(postern_servicing *s, postern_slice *ret_text, postern_error *reterr, const char *fmt, ...)
    POSTERN_PRINTF(4, 5);
/* Where a Windows path is on the host, or would be: its folder has to be there. NOTFOUND: it is not. */
postern_status service_real(postern_servicing *s, postern_slice path, postern_slice *ret_path, postern_slice *ret_real,
                            bool *ret_there, postern_error *reterr) POSTERN_MUST;

/* stores.c: the registry files that edits fall into. */
typedef struct service_store {
    postern_slice path, real; /* Windows path; on the host, NUL-terminated */
    bool is_wine;             /* Wine's text, not a hive */
    postern_reg_change *changes;
    size_t count;
    postern_buf bytes; /* what the file becomes */
} service_store;
/* UNSUPPORTED: classes of a user, or a system whose registry is not written here. In the arena but for `bytes`. */
postern_status service_stores(postern_servicing *s, const postern_update_edit *edits, size_t count, service_store **ret_stores,
                              size_t *ret_count, postern_error *reterr) POSTERN_MUST;
void service_stores_free(service_store *stores, size_t count);
/* The one spelling of a key under which it is remembered: HKCR is HKLM\SOFTWARE\Classes, CurrentControlSet the set it is. */
postern_status service_key(postern_servicing *s, postern_slice key, postern_slice *ret_key, postern_error *reterr) POSTERN_MUST;
/* Makes `bytes`: the file with its changes made. */
postern_status service_store_edit(postern_servicing *s, service_store *store, postern_error *reterr) POSTERN_MUST;

/* ---- the record of an update (record.c) ---- */

#define SERVICE_RECORD "postern.record"

/* One file that the update touched: a file of the system, a registry file, the log. */
typedef struct record_file {
    char *path;   /* real */
    char *kept;   /* name of the original in the store; NULL: none */
    char *staged; /* real: where it waits for the restart, or waited; NULL: it went into place at once */
    bool was_absent, is_registry;
    uint8_t before[32], after[32];
} record_file;

/* One value, as text of its type and bytes ("1 00610062"); "-" stands for none. */
typedef struct record_value {
    char *key, *name, *before, *after;
    bool whole_key;
    bool renames; /* PendingFileRenameOperations: `after` is only what the update added to it */
} record_value;

typedef struct service_record {
    char *id, *title, *reason, *family, *branch, *store_real;
    int64_t time;
    bool removable;
    bool starved; /* while it was read */
    record_file *files;
    record_value *values;
    char **folders; /* real, made for its files */
    size_t file_count, value_count, folder_count;
} service_record;

void record_free(service_record *record); /* what it points to */
record_file *record_add_file(service_record *record, const char *path);
record_value *record_add_value(service_record *record);
/* The update's own log. */
bool record_is_log(const service_record *record, const record_file *file);
bool record_add_folder(service_record *record, const char *path); /* false: no memory */
postern_status record_write(const service_record *record, postern_buf *out, postern_error *reterr) POSTERN_MUST;
postern_status record_read(postern_slice bytes, service_record *ret_record, postern_error *reterr) POSTERN_MUST;
/* The record in the store of an update. NOTFOUND. */
postern_status record_of(postern_servicing *s, postern_slice id, service_record *ret_record,
                         postern_error *reterr) POSTERN_MUST;
/* "$NTUninstallKB837009$" below the Windows folder, real. */
postern_status record_store(postern_servicing *s, postern_slice id, postern_slice *ret_real,
                            postern_error *reterr) POSTERN_MUST;
/* Type and bytes of a value as the record writes them, or NULL; the caller frees it. */
char *record_value_text(uint32_t type, postern_slice raw);
/* What a value is now, written so; "-": it is not there, "+": a whole key is. The caller frees it. */
postern_status record_value_now(postern_servicing *s, postern_slice key, postern_slice name, bool whole_key, char **ret_text,
                                postern_error *reterr) POSTERN_MUST;

/* Type and bytes of such a text into an edit; false: it makes no sense, or no memory. */
bool record_value_read(postern_servicing *s, const char *text, postern_update_edit *edit) POSTERN_MUST;

/* Remembers what an edit changes (note.c); those of one update in their order. */
postern_status record_note_edit(postern_servicing *s, service_record *record, const postern_update_edit *edit,
                                postern_error *reterr) POSTERN_MUST;

/* ---- what waits for a restart (restart.c) ---- */

/* Whether one of the plan's files is in use, or the caller wants it: names for the files that wait. STATE: a pending restart
 * would put something else over one of them. */
postern_status plan_restart(postern_servicing *s, const postern_update_options *options, postern_update_plan *plan,
                            postern_update_step *steps, postern_error *reterr) POSTERN_MUST;
/* The edit of PendingFileRenameOperations: what stands there, without `cut` (when it is in it), with `more` behind it. Both are
 * pairs as restart_add_pair writes them. *ret_needed false: nothing changes. */
postern_status restart_edit(postern_servicing *s, postern_slice cut, postern_slice more, postern_update_edit *ret_edit,
                            bool *ret_needed, postern_error *reterr) POSTERN_MUST;
/* "\??\from", "!\??\to"; `to` empty: `from` goes. */
void restart_add_pair(postern_buf *pairs, postern_slice from, postern_slice to);
/* The value, remembered with what the plan adds to it. */
postern_status restart_note(postern_servicing *s, service_record *record, const postern_update_plan *plan,
                            postern_error *reterr) POSTERN_MUST;
/* Whether these pairs stand in it. */
postern_status restart_has(postern_servicing *s, postern_slice pairs, bool *ret_has, postern_error *reterr) POSTERN_MUST;
/* STATE: a pair other than `own` ones puts something over this file (Windows path), or takes it away. */
postern_status restart_refuse(postern_servicing *s, postern_slice own, postern_slice path, postern_error *reterr) POSTERN_MUST;
/* The file is as before the update, and what comes waits beside it. */
postern_status restart_waits(postern_servicing *s, const record_file *file, bool *ret_waits,
                             postern_error *reterr) POSTERN_MUST;
bool restart_in_use(const postern_servicing *s, const char *real, const postern_update_options *options);
/* The Windows path of a file of the system's drive, from the host's. UNSUPPORTED: it is on no drive that has a name. */
postern_status restart_windows_path(postern_servicing *s, const char *real, postern_slice *ret_path,
                                    postern_error *reterr) POSTERN_MUST;

/* "replaced", "kept, it is newer" …; static. */
const char *service_step_word(postern_step_kind kind);

/* plan_needs.c: whether the package is for this system, and the words for it. */
postern_status plan_needs(postern_servicing *s, const postern_package *package, postern_update_plan *plan,
                          postern_error *reterr) POSTERN_MUST;
/* plan_files.c */
postern_status plan_branch(postern_servicing *s, const postern_package *package, postern_update_plan *plan,
                           postern_error *reterr) POSTERN_MUST;
postern_status plan_files(postern_servicing *s, const postern_package *package, const postern_update_options *options,
                          postern_update_plan *plan, postern_error *reterr) POSTERN_MUST;
/* plan_marks.c */
postern_status plan_edits(postern_servicing *s, const postern_package *package, postern_update_plan *plan,
                          postern_error *reterr) POSTERN_MUST;

#endif
