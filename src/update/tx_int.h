/*
 * A servicing transaction: a list of files that come, change or go, carried out so that a kill at any moment leaves the tree
 * exactly before or exactly after (T1).
 *
 *   lock → intent → stage beside the destinations → back up → PREPARED → rename, one after another → COMMITTED → clean
 *
 * Everything is a file here: a change of the registry is a new hive file, removal of an update is files that come back. Paths
 * are the host's own spelling, relative to the root, '/' between names, as win resolved them; every step is taken beneath the
 * root without following links (T2).
 *
 * The journal lies in a folder of the system itself, so that it travels with an image. Each record carries a checksum; what is
 * behind the first bad one was never written. Recovery goes by digests: what is neither the state before nor the state after
 * was changed by somebody else, and stops it.
 */
#ifndef POSTERN_TX_INT_H
#define POSTERN_TX_INT_H

#include "update_int.h"

#include <limits.h>

#define TX_FOLDER "$PosternUpdate$"
enum { TX_DIGEST = 32, TX_NAME = 48, TX_SHORT_NAME = 40 };

typedef enum tx_phase { TX_NOTHING, TX_INTENT, TX_PREPARED, TX_COMMITTED } tx_phase;

/* One file. What it was and will be is known by digest; `was_absent` and `goes` stand for no file. */
typedef struct tx_file {
    char *path;
    char temporary[TX_NAME], backup[TX_NAME]; /* both beside the destination: a rename never leaves its folder */
    char short_name[TX_SHORT_NAME]; /* its name gets this back: a rename loses it. Empty: it has none */
    bool was_absent, goes;
    bool untouched; /* this run has not come to it yet, so whatever it is now, others made it so; never read from a journal */
    uint8_t before[TX_DIGEST], after[TX_DIGEST];
    /* while it is being prepared; not in the journal */
    postern_slice bytes;
    char *from; /* instead of bytes: another file of the tree */
    char *like; /* of a new file: the one whose mode and owner it gets; or NULL */
    int64_t time;
} tx_file;

/* A folder: one whose time of change we put back, one that we make, or one that goes when it is empty. */
typedef enum tx_folder_kind { TX_FOLDER_STAYS, TX_FOLDER_MADE, TX_FOLDER_GOES } tx_folder_kind;
typedef struct tx_folder {
    char *path;
    tx_folder_kind kind;
    int64_t seconds, nanoseconds;
} tx_folder;

typedef struct update_tx {
    int root;
    char *windows; /* where TX_FOLDER is */
    char *what;    /* one line for people: "install KB837009" */
    tx_phase phase;
    int lock, folder, journal; /* descriptors; -1: not open */
    tx_file *files;
    tx_folder *folders;
    size_t file_count, folder_count;
    bool starved; /* while the journal was read: what follows is not known, so nothing may be concluded from it */
    postern_update_progress *progress; /* or NULL; the caller sets it */
    void *progress_user;
} update_tx;

/* Takes the lock of the system. STATE: another run holds it, or an unfinished one has to be recovered first
 * (postern_update_recover). */
postern_status update_tx_begin(int root, const char *windows, const char *what, update_tx **ret_tx,
                               postern_error *reterr) POSTERN_MUST;
/* A file gets these bytes, which have to outlive the commit; `time`: seconds since 1970, 0 for now. */
postern_status update_tx_put(update_tx *tx, const char *path, postern_slice bytes, int64_t time,
                             postern_error *reterr) POSTERN_MUST;
/* The same for a name that is new: mode and owner as those of the file `like` have. */
postern_status update_tx_put_like(update_tx *tx, const char *path, postern_slice bytes, int64_t time, const char *like,
                                  postern_error *reterr) POSTERN_MUST;
/* What is now at `from` will also be at `path`, with its mode, owner and times. A copy, never a link: who writes into a file in
 * place must not reach what was kept of it. */
postern_status update_tx_keep(update_tx *tx, const char *from, const char *path, postern_error *reterr) POSTERN_MUST;
postern_status update_tx_delete(update_tx *tx, const char *path, postern_error *reterr) POSTERN_MUST;
/* Made when absent; its parent exists or was named before. */
postern_status update_tx_folder(update_tx *tx, const char *path, postern_error *reterr) POSTERN_MUST;
/* Goes at the end, when nothing is left in it. */
postern_status update_tx_remove_folder(update_tx *tx, const char *path, postern_error *reterr) POSTERN_MUST;
/* All or nothing. IO, LIMIT, NOMEM, DENIED: the tree is as it was. STATE: it changed under us. */
postern_status update_tx_commit(update_tx *tx, postern_error *reterr) POSTERN_MUST;
void update_tx_free(update_tx *tx); /* takes NULL; releases the lock */

/* ---- inside ---- */

/* tx_fs.c: beneath the root, no links followed. */
postern_status tx_open_parent(int root, const char *path, int *ret_dir, const char **ret_name,
                              postern_error *reterr) POSTERN_MUST;
/* NOTFOUND when absent; DENIED when it is no regular file. */
postern_status tx_digest(int root, const char *path, uint8_t ret_digest[TX_DIGEST], postern_error *reterr) POSTERN_MUST;
/* The bytes of a regular file: whatever else stands there (a FIFO would wait for ever) is DENIED. NOTFOUND when absent. */
postern_status tx_read(int root, const char *path, postern_file **ret_file, postern_error *reterr) POSTERN_MUST;
/* A new file `name` in `dir` with these bytes, flushed. Mode and owner as `like` (a descriptor, or -1). */
postern_status tx_write(int dir, const char *name, postern_slice bytes, int64_t time, int like,
                        postern_error *reterr) POSTERN_MUST;
/* The file `from` of `from_dir` as a flushed copy with its mode, owner and times. */
postern_status tx_copy(int from_dir, const char *from, int dir, const char *name, postern_error *reterr) POSTERN_MUST;
/* The same as a link, where the file system has links. */
postern_status tx_link(int from_dir, const char *from, int dir, const char *name, postern_error *reterr) POSTERN_MUST;
postern_status tx_sync(int dir, postern_error *reterr) POSTERN_MUST;
/* Extended attributes (tx_attributes.c): `all` of a file, or those of its place; errno says why not. */
bool tx_take_attributes(int from, int to, bool all) POSTERN_MUST;
/* The short name of an open file; false: it has none. */
bool tx_short_name(int fd, char name[TX_SHORT_NAME]);
bool tx_set_short_name(int fd, const char *name) POSTERN_MUST;
postern_status tx_no_memory(postern_error *reterr);

/* tx_journal.c. NOTFOUND: there is none. */
postern_status tx_journal_open(update_tx *tx, bool create, postern_error *reterr) POSTERN_MUST;
/* Intent: every file and folder; then a phase. Each flushed. */
postern_status tx_journal_intent(update_tx *tx, postern_error *reterr) POSTERN_MUST;
postern_status tx_journal_phase(update_tx *tx, tx_phase phase, postern_error *reterr) POSTERN_MUST;
/* Reads what stands there into an empty tx. phase NOTHING: not even its intent is whole. */
postern_status tx_journal_read(update_tx *tx, postern_error *reterr) POSTERN_MUST;

/* transaction.c */
postern_status tx_new(int root, const char *windows, update_tx **ret_tx, postern_error *reterr) POSTERN_MUST;
/* NULL: no memory. The path is copied. */
tx_file *tx_add_file(update_tx *tx, const char *path);
tx_folder *tx_add_folder(update_tx *tx, const char *path);

/* tx_recover.c: the folder of the journal; */
bool tx_find_folder(const update_tx *tx, char name[NAME_MAX + 1]);
postern_status tx_make_folder(update_tx *tx, postern_error *reterr) POSTERN_MUST;
/* steps that the commit shares with recovery. Each may be repeated. */
postern_status tx_roll_back(update_tx *tx, postern_error *reterr) POSTERN_MUST;
postern_status tx_clean(update_tx *tx, postern_error *reterr) POSTERN_MUST;

#endif
