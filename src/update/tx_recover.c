/*
 * Back to the beginning, or on to the end. Each step may be repeated, since recovery is killed like anything else; and what is
 * neither as it was nor as it was to be is left alone, with all the rest.
 */
#define _GNU_SOURCE
#include "tx_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the journal's folder ---- */

#define DONE "-done"

/* Its name carries the time of the Windows folder, which making it changes: "$PosternUpdate$-<seconds>-<nanoseconds>", and
 * behind that "-done" once nothing is left of the run but this folder: its journal may be gone then. */
static bool read_folder_name(const char *name, struct timespec *ret_time, bool *ret_done) {
    postern_slice text = postern_slice_cstr(name);
    uint64_t seconds, nanoseconds;
    if (!postern_slice_starts(text, POSTERN_S(TX_FOLDER "-"))) return false;
    *ret_done = postern_slice_ends(text, POSTERN_S(DONE));
    if (*ret_done) text.len -= sizeof DONE - 1;
    postern_cut cut = postern_slice_cut(postern_slice_from(text, sizeof TX_FOLDER), '-');
    if (!cut.ok || !postern_slice_uint(cut.head, INT64_MAX, &seconds) || !postern_slice_uint(cut.tail, 999999999, &nanoseconds))
        return false;
    *ret_time = (struct timespec){(time_t)seconds, (long)nanoseconds};
    return true;
}

static bool find_folder(const update_tx *tx, char name[NAME_MAX + 1], struct timespec *ret_time, bool *ret_done) {
    int fd = openat(tx->lock, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    bool found = false;
    if (!dir && fd >= 0) close(fd);
    for (struct dirent *entry; dir && !found && (entry = readdir(dir));) {
        found = read_folder_name(entry->d_name, ret_time, ret_done);
        if (found) snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
    }
    if (dir) closedir(dir);
    return found;
}

bool tx_find_folder(const update_tx *tx, char name[NAME_MAX + 1]) {
    struct timespec ignored;
    bool done;
    return find_folder(tx, name, &ignored, &done);
}

postern_status tx_make_folder(update_tx *tx, postern_error *reterr) {
    char name[NAME_MAX + 1];
    struct stat st;
    if (fstat(tx->lock, &st)) return postern_fail_errno(reterr, errno, "cannot look at the Windows folder");
    int64_t seconds = st.st_mtim.tv_sec > 0 ? st.st_mtim.tv_sec : 0;
    snprintf(name, sizeof name, TX_FOLDER "-%" PRId64 "-%09ld", seconds, st.st_mtim.tv_nsec);
    if (mkdirat(tx->lock, name, 0700)) return postern_fail_errno(reterr, errno, "cannot make the folder of the journal");
    return postern_beneath_open(tx->lock, name, O_RDONLY | O_DIRECTORY, 0, &tx->folder, reterr);
}

static bool gone(int dir, const char *name, int flags) {
    return unlinkat(dir, name, flags) == 0 || errno == ENOENT;
}

/* A folder without a journal would mean that the run had hardly begun, so one that was done says so in its name first. */
static postern_status name_done(update_tx *tx, char name[NAME_MAX + 1], postern_error *reterr) {
    char done[NAME_MAX + 1];
    if (snprintf(done, sizeof done, "%s" DONE, name) >= (int)sizeof done || renameat(tx->lock, name, tx->lock, done))
        return postern_fail_errno(reterr, errno, "cannot rename the folder of the journal");
    memcpy(name, done, sizeof done);
    return tx_sync(tx->lock, reterr);
}

static postern_status remove_folder(update_tx *tx, postern_error *reterr) {
    char name[NAME_MAX + 1];
    struct timespec time;
    bool done;
    if (tx->folder < 0 || !find_folder(tx, name, &time, &done)) return POSTERN_OK;
    if (tx->phase == TX_COMMITTED && !done) {
        postern_status status = name_done(tx, name, reterr);
        if (status) return status;
    }
    if (tx->journal >= 0) close(tx->journal); /* a file that is open would stay under another name where FUSE holds the disk */
    tx->journal = -1;
    if (!gone(tx->folder, "journal", 0) || !gone(tx->lock, name, AT_REMOVEDIR))
        return postern_fail_errno(reterr, errno, "cannot remove the folder of the journal");
    futimens(tx->lock, (struct timespec[2]){{.tv_nsec = UTIME_OMIT}, time});
    return tx_sync(tx->lock, reterr);
}

/* ---- what a file is now ---- */

typedef enum tx_now { NOW_BEFORE, NOW_AFTER, NOW_FOREIGN } tx_now;

static postern_status look(const update_tx *tx, const tx_file *file, tx_now *ret_now, postern_error *reterr) {
    uint8_t now[TX_DIGEST];
    postern_status status = tx_digest(tx->root, file->path, now, reterr);
    bool absent = status == POSTERN_NOTFOUND;
    if (status && !absent) return status;
    bool before = file->was_absent ? absent : !absent && memcmp(now, file->before, TX_DIGEST) == 0;
    bool after = file->goes ? absent : !absent && memcmp(now, file->after, TX_DIGEST) == 0;
    *ret_now = before ? NOW_BEFORE : after ? NOW_AFTER : NOW_FOREIGN;
    return POSTERN_OK;
}

static postern_status refuse_foreign(const update_tx *tx, postern_error *reterr) {
    for (size_t i = 0; i < tx->file_count; i++) {
        tx_now now;
        if (tx->files[i].untouched) continue;
        postern_status status = look(tx, &tx->files[i], &now, reterr);
        if (status) return status;
        if (now == NOW_FOREIGN)
            return postern_fail(
                reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                "somebody else changed a file since a run was interrupted; it is neither as before nor as after: %s",
                tx->files[i].path);
    }
    return POSTERN_OK;
}

/* ---- back ---- */

static postern_status restore(update_tx *tx, const tx_file *file, postern_error *reterr) {
    int dir;
    const char *name;
    tx_now now;
    if (file->untouched) return POSTERN_OK; /* others may have changed it meanwhile; that stays */
    postern_status status = look(tx, file, &now, reterr);
    if (status || now == NOW_BEFORE) return status;
    status = tx_open_parent(tx->root, file->path, &dir, &name, reterr);
    if (status) return status;
    int failed = file->was_absent ? unlinkat(dir, name, 0) : renameat(dir, file->backup, dir, name);
    if (failed) status = postern_fail_errno(reterr, errno, "cannot bring back %s", file->path);
    if (!status) status = tx_sync(dir, reterr);
    close(dir);
    return status;
}

static postern_status remove_folders(update_tx *tx, tx_folder_kind kind, postern_error *reterr) {
    for (size_t i = tx->folder_count; i-- > 0;) {
        int dir;
        const char *name;
        if (tx->folders[i].kind != kind || tx_open_parent(tx->root, tx->folders[i].path, &dir, &name, NULL)) continue;
        bool ok = gone(dir, name, AT_REMOVEDIR) || errno == ENOTEMPTY || errno == EEXIST; /* somebody else's files stay */
        int sys_errno = errno;
        close(dir);
        if (!ok) return postern_fail_errno(reterr, sys_errno, "cannot remove the folder %s", tx->folders[i].path);
    }
    return POSTERN_OK;
}

/* Temporaries first: a folder of ours that holds one could not go. */
static postern_status remove_temporaries(update_tx *tx, postern_error *reterr) {
    for (size_t i = 0; i < tx->file_count; i++) {
        int dir;
        const char *name;
        postern_error why;
        if (tx_open_parent(tx->root, tx->files[i].path, &dir, &name, &why)) {
            if (why.sys_errno == ENOENT) continue; /* a folder that was never made */
            if (reterr) *reterr = why;
            return why.status;
        }
        bool ok = gone(dir, tx->files[i].temporary, 0) && gone(dir, tx->files[i].backup, 0);
        int sys_errno = errno;
        close(dir);
        if (!ok) return postern_fail_errno(reterr, sys_errno, "cannot remove a temporary of %s", tx->files[i].path);
    }
    return POSTERN_OK;
}

postern_status tx_roll_back(update_tx *tx, postern_error *reterr) {
    postern_status status = tx->phase >= TX_PREPARED ? refuse_foreign(tx, reterr) : POSTERN_OK;
    for (size_t i = tx->file_count; i-- > 0 && !status && tx->phase >= TX_PREPARED;)
        status = restore(tx, &tx->files[i], reterr);
    if (!status) status = remove_temporaries(tx, reterr);
    if (!status) status = remove_folders(tx, TX_FOLDER_MADE, reterr);
    return status ? status : tx_clean(tx, reterr);
}

/* ---- on ---- */

static postern_status put_back_short_names(const update_tx *tx, postern_error *reterr) {
    for (size_t i = 0; i < tx->file_count; i++) {
        const tx_file *f = &tx->files[i];
        int fd;
        if (!f->short_name[0] || postern_beneath_open(tx->root, f->path, O_RDONLY, 0, &fd, NULL)) continue; /* it is gone */
        bool ok = tx_set_short_name(fd, f->short_name);
        int sys_errno = errno;
        close(fd);
        if (!ok) return postern_fail_errno(reterr, sys_errno, "cannot give back the short name of %s", f->path);
    }
    return POSTERN_OK;
}

/* Flushed, too: what went from these folders has to be gone before the journal is, or nobody would know of it any more. */
static postern_status settle_folders(const update_tx *tx, postern_error *reterr) {
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < tx->folder_count && !status; i++) {
        const tx_folder *f = &tx->folders[i];
        int fd;
        if (f->kind == TX_FOLDER_MADE || postern_beneath_open(tx->root, f->path, O_RDONLY | O_DIRECTORY, 0, &fd, NULL))
            continue;
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {(time_t)f->seconds, (long)f->nanoseconds}};
        bool ok =
            futimens(fd, times) == 0 || errno == EPERM || errno == EACCES || errno == ENOSYS; /* a folder of another user */
        status = ok ? tx_sync(fd, reterr) : postern_fail_errno(reterr, errno, "cannot give back the time of %s", f->path);
        close(fd);
    }
    return status;
}

postern_status tx_clean(update_tx *tx, postern_error *reterr) {
    postern_status status = remove_temporaries(tx, reterr);
    if (!status && tx->phase == TX_COMMITTED) status = remove_folders(tx, TX_FOLDER_GOES, reterr);
    if (!status) status = put_back_short_names(tx, reterr);
    if (!status) status = settle_folders(tx, reterr);
    return status ? status : remove_folder(tx, reterr);
}

/* ---- after a kill ---- */

static postern_status recover(update_tx *tx, bool done, postern_update_outcome *ret_outcome, postern_error *reterr) {
    postern_error why;
    if (done) {
        tx->phase = TX_COMMITTED;
        *ret_outcome = POSTERN_UPDATE_FINISHED;
        return remove_folder(tx, reterr);
    }
    postern_status status = tx_journal_open(tx, false, &why);
    if (status && status != POSTERN_NOTFOUND) {
        if (reterr) *reterr = why;
        return status;
    }
    if (!status)
        status = tx_journal_read(tx, reterr);
    else
        status = POSTERN_OK;
    if (status) return status;
    *ret_outcome = tx->phase == TX_COMMITTED ? POSTERN_UPDATE_FINISHED : POSTERN_UPDATE_ROLLED_BACK;
    return tx->phase == TX_COMMITTED ? tx_clean(tx, reterr) : tx_roll_back(tx, reterr);
}

postern_status postern_update_recover(int root, const char *windows, postern_update_outcome *ret_outcome, postern_buf *ret_what,
                                      postern_error *reterr) {
    update_tx *tx;
    char name[NAME_MAX + 1];
    struct timespec time;
    bool done;
    *ret_outcome = POSTERN_UPDATE_NOTHING;
    postern_status status = tx_new(root, windows, &tx, reterr);
    if (status) return status;
    if (find_folder(tx, name, &time, &done)) {
        status = postern_beneath_open(tx->lock, name, O_RDONLY | O_DIRECTORY, 0, &tx->folder, reterr);
        if (!status) status = recover(tx, done, ret_outcome, reterr);
        if (ret_what && tx->what) postern_buf_add_slice(ret_what, postern_slice_cstr(tx->what));
    }
    update_tx_free(tx);
    return status;
}
