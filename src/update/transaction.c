/* A transaction from its list to its end; tx_int.h says what holds at each moment. */
#define _GNU_SOURCE
#include "tx_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the list ---- */

static void *grow(void *at, size_t count, size_t size) {
    if (count % 32) return at;
    return reallocarray(at, count + 32, size);
}

tx_file *tx_add_file(update_tx *tx, const char *path) {
    tx_file *more = tx->file_count < POSTERN_LIMIT_PACKAGE_FILES ? grow(tx->files, tx->file_count, sizeof *more) : NULL;
    if (!more) return NULL;
    tx->files = more;
    tx_file *file = &more[tx->file_count];
    *file = (tx_file){.path = strdup(path)};
    if (!file->path) return NULL;
    tx->file_count++;
    return file;
}

tx_folder *tx_add_folder(update_tx *tx, const char *path) {
    tx_folder *more = tx->folder_count < POSTERN_LIMIT_PACKAGE_FILES ? grow(tx->folders, tx->folder_count, sizeof *more) : NULL;
    if (!more) return NULL;
    tx->folders = more;
    tx_folder *folder = &more[tx->folder_count];
    *folder = (tx_folder){.path = strdup(path)};
    if (!folder->path) return NULL;
    tx->folder_count++;
    return folder;
}

/* A file may come once into a transaction: what would its state before be otherwise? */
static postern_status add(update_tx *tx, const char *path, tx_file **ret_file, postern_error *reterr) {
    for (size_t i = 0; i < tx->file_count; i++)
        if (!strcmp(tx->files[i].path, path))
            return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "named twice in one run: %s", path);
    tx_file *file = tx_add_file(tx, path);
    if (!file) return tx_no_memory(reterr);
    postern_status status = tx_digest(tx->root, path, file->before, reterr);
    file->was_absent = status == POSTERN_NOTFOUND;
    *ret_file = file;
    return file->was_absent ? POSTERN_OK : status;
}

postern_status update_tx_put(update_tx *tx, const char *path, postern_slice bytes, int64_t time, postern_error *reterr) {
    tx_file *file;
    postern_status status = add(tx, path, &file, reterr);
    if (status) return status;
    file->bytes = bytes;
    file->time = time;
    return POSTERN_OK;
}

postern_status update_tx_put_like(update_tx *tx, const char *path, postern_slice bytes, int64_t time, const char *like,
                                  postern_error *reterr) {
    postern_status status = update_tx_put(tx, path, bytes, time, reterr);
    if (status) return status;
    tx_file *file = &tx->files[tx->file_count - 1];
    file->like = strdup(like);
    return file->like ? POSTERN_OK : tx_no_memory(reterr);
}

postern_status update_tx_keep(update_tx *tx, const char *from, const char *path, postern_error *reterr) {
    tx_file *file;
    postern_status status = add(tx, path, &file, reterr);
    if (!status && !(file->from = strdup(from))) status = tx_no_memory(reterr);
    return status ? status : tx_digest(tx->root, from, file->after, reterr);
}

postern_status update_tx_delete(update_tx *tx, const char *path, postern_error *reterr) {
    tx_file *file;
    postern_status status = add(tx, path, &file, reterr);
    if (status) return status;
    file->goes = true;
    return file->was_absent ? postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "not there: %s", path) : POSTERN_OK;
}

postern_status update_tx_folder(update_tx *tx, const char *path, postern_error *reterr) {
    struct stat st;
    int dir;
    const char *name;
    for (size_t i = 0; i < tx->folder_count; i++)
        if (!strcmp(tx->folders[i].path, path)) return POSTERN_OK;
    postern_error why;
    postern_status status = tx_open_parent(tx->root, path, &dir, &name, &why);
    if (!status) {
        int failed = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
        close(dir);
        if (!failed)
            return S_ISDIR(st.st_mode) ? POSTERN_OK
                                       : postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "no folder: %s", path);
    } else if (why.sys_errno != ENOENT) {
        if (reterr) *reterr = why;
        return status;
    }
    tx_folder *folder = tx_add_folder(tx, path);
    if (!folder) return tx_no_memory(reterr);
    folder->kind = TX_FOLDER_MADE;
    return POSTERN_OK;
}

postern_status update_tx_remove_folder(update_tx *tx, const char *path, postern_error *reterr) {
    tx_folder *folder = tx_add_folder(tx, path);
    if (!folder) return tx_no_memory(reterr);
    folder->kind = TX_FOLDER_GOES;
    return POSTERN_OK;
}

/* ---- beginning and end ---- */

postern_status tx_new(int root, const char *windows, update_tx **ret_tx, postern_error *reterr) {
    update_tx *tx = calloc(1, sizeof *tx);
    if (!tx) return tx_no_memory(reterr);
    tx->root = root;
    tx->lock = tx->folder = tx->journal = -1;
    tx->windows = strdup(windows);
    postern_status status =
        tx->windows ? postern_beneath_open(root, windows, O_RDONLY | O_DIRECTORY, 0, &tx->lock, reterr) : tx_no_memory(reterr);
    if (!status && flock(tx->lock, LOCK_EX | LOCK_NB))
        status = errno == EWOULDBLOCK
                     ? postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "another run is servicing this system")
                     : postern_fail_errno(reterr, errno, "cannot lock the Windows folder");
    if (status)
        update_tx_free(tx);
    else
        *ret_tx = tx;
    return status;
}

void update_tx_free(update_tx *tx) {
    if (!tx) return;
    for (size_t i = 0; i < tx->file_count; i++) {
        free(tx->files[i].path);
        free(tx->files[i].from);
        free(tx->files[i].like);
    }
    for (size_t i = 0; i < tx->folder_count; i++) free(tx->folders[i].path);
    if (tx->journal >= 0) close(tx->journal);
    if (tx->folder >= 0) close(tx->folder);
    if (tx->lock >= 0) close(tx->lock);
    free(tx->files);
    free(tx->folders);
    free(tx->windows);
    free(tx->what);
    free(tx);
}

postern_status update_tx_begin(int root, const char *windows, const char *what, update_tx **ret_tx, postern_error *reterr) {
    update_tx *tx;
    char name[NAME_MAX + 1];
    postern_status status = tx_new(root, windows, &tx, reterr);
    if (status) return status;
    if (!(tx->what = strdup(what)))
        status = tx_no_memory(reterr);
    else if (tx_find_folder(tx, name))
        status = postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                              "an earlier run was not finished and has to be recovered first");
    if (status)
        update_tx_free(tx);
    else
        *ret_tx = tx;
    return status;
}

/* ---- commit: what is intended ---- */

static bool knows_folder(const update_tx *tx, const char *path) {
    for (size_t i = 0; i < tx->folder_count; i++)
        if (!strcmp(tx->folders[i].path, path)) return true;
    return false;
}

/* Of a folder that is there; a run that is undone leaves it behind with that time. */
static postern_status note_time(const update_tx *tx, tx_folder *folder, postern_error *reterr) {
    struct stat st;
    int fd;
    postern_status status = postern_beneath_open(tx->root, folder->path, O_RDONLY | O_DIRECTORY, 0, &fd, reterr);
    if (status) return status;
    if (fstat(fd, &st)) status = postern_fail_errno(reterr, errno, "cannot look at %s", folder->path);
    close(fd);
    if (status) return status;
    folder->seconds = st.st_mtim.tv_sec;
    folder->nanoseconds = st.st_mtim.tv_nsec;
    return POSTERN_OK;
}

/* The folder around `path` with its time, unless it is one that we make. */
static postern_status note_parent(update_tx *tx, const char *path, postern_error *reterr) {
    const char *slash = strrchr(path, '/');
    char *parent = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
    if (!parent) return tx_no_memory(reterr);
    postern_status status = POSTERN_OK;
    if (!knows_folder(tx, parent)) {
        tx_folder *folder = tx_add_folder(tx, parent);
        status = folder ? note_time(tx, folder, reterr) : tx_no_memory(reterr);
    }
    free(parent);
    return status;
}

static postern_status note_parents(update_tx *tx, postern_error *reterr) {
    postern_status status = POSTERN_OK;
    size_t named = tx->folder_count; /* those in front; parents are added behind them */
    for (size_t i = 0; i < named && !status; i++)
        if (tx->folders[i].kind == TX_FOLDER_GOES) status = note_time(tx, &tx->folders[i], reterr);
    for (size_t i = 0; i < named && !status; i++) status = note_parent(tx, tx->folders[i].path, reterr);
    for (size_t i = 0; i < tx->file_count && !status; i++) status = note_parent(tx, tx->files[i].path, reterr);
    return status;
}

static postern_status note_short_name(const update_tx *tx, tx_file *file, postern_error *reterr) {
    int fd;
    if (file->was_absent) return POSTERN_OK;
    postern_status status = postern_beneath_open(tx->root, file->path, O_RDONLY, 0, &fd, reterr);
    if (status) return status;
    tx_short_name(fd, file->short_name);
    close(fd);
    return POSTERN_OK;
}

static postern_status name_files(update_tx *tx, postern_error *reterr) {
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random) return postern_fail_errno(reterr, errno, "no random numbers");
    for (size_t i = 0; i < tx->file_count; i++) {
        tx_file *f = &tx->files[i];
        snprintf(f->temporary, sizeof f->temporary, ".postern-%016llx-%zx", (unsigned long long)random, i);
        snprintf(f->backup, sizeof f->backup, ".postern-%016llx-%zx-b", (unsigned long long)random, i);
        if (!f->goes && !f->from) update_sha256(f->bytes, f->after);
        postern_status status = note_short_name(tx, f, reterr);
        if (status) return status;
    }
    return POSTERN_OK;
}

/* What is the same before and after needs no step. */
static void drop_unchanged(update_tx *tx) {
    size_t kept = 0;
    for (size_t i = 0; i < tx->file_count; i++) {
        tx_file *f = &tx->files[i];
        bool same = !f->was_absent && !f->goes && !f->from && memcmp(f->before, f->after, TX_DIGEST) == 0;
        if (!same)
            tx->files[kept++] = *f;
        else
            free(f->path);
    }
    tx->file_count = kept;
}

/* ---- commit: stage, back up ---- */

static postern_status make_folders(update_tx *tx, postern_error *reterr) {
    for (size_t i = 0; i < tx->folder_count; i++) {
        int dir;
        const char *name;
        if (tx->folders[i].kind != TX_FOLDER_MADE) continue;
        postern_status status = tx_open_parent(tx->root, tx->folders[i].path, &dir, &name, reterr);
        if (status) return status;
        if (mkdirat(dir, name, 0755))
            status = postern_fail_errno(reterr, errno, "cannot make the folder %s", tx->folders[i].path);
        if (!status) status = tx_sync(dir, reterr);
        close(dir);
        if (status) return status;
    }
    return POSTERN_OK;
}

static postern_status stage_content(update_tx *tx, const tx_file *file, int dir, const char *name, postern_error *reterr) {
    if (file->from) {
        int from_dir;
        const char *from;
        postern_status status = tx_open_parent(tx->root, file->from, &from_dir, &from, reterr);
        if (status) return status;
        status = tx_copy(from_dir, from, dir, file->temporary, reterr);
        close(from_dir);
        return status;
    }
    int like = -1;
    postern_status status = POSTERN_OK;
    if (!file->was_absent)
        like = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    else if (file->like)
        status = postern_beneath_open(tx->root, file->like, O_RDONLY, 0, &like, reterr);
    if (!status) status = tx_write(dir, file->temporary, file->bytes, file->time, like, reterr);
    if (like >= 0) close(like);
    return status;
}

static postern_status changed_meanwhile(const tx_file *file, postern_error *reterr) {
    return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "was changed by somebody else meanwhile: %s", file->path);
}

static postern_status still_before(const update_tx *tx, const tx_file *file, postern_error *reterr) {
    uint8_t now[TX_DIGEST];
    postern_status status = tx_digest(tx->root, file->path, now, reterr);
    bool changed = file->was_absent ? status != POSTERN_NOTFOUND : status || memcmp(now, file->before, TX_DIGEST) != 0;
    return changed ? changed_meanwhile(file, reterr) : POSTERN_OK;
}

static postern_status stage_file(update_tx *tx, const tx_file *file, postern_error *reterr) {
    int dir;
    const char *name;
    uint8_t staged[TX_DIGEST];
    postern_status status = tx_open_parent(tx->root, file->path, &dir, &name, reterr);
    if (status) return status;
    if (!file->goes) status = stage_content(tx, file, dir, name, reterr);
    if (!status && file->from) status = tx_digest(dir, file->temporary, staged, reterr);
    if (!status && file->from && memcmp(staged, file->after, TX_DIGEST) != 0) status = changed_meanwhile(file, reterr);
    if (!status && !file->was_absent) status = tx_link(dir, name, dir, file->backup, reterr);
    if (!status) status = tx_sync(dir, reterr);
    close(dir);
    return status ? status : still_before(tx, file, reterr);
}

/* Each file is two steps: staged, put into place. */
static void tell(const update_tx *tx, size_t done) {
    if (tx->progress) tx->progress(tx->progress_user, done, 2 * tx->file_count);
}

static postern_status stage(update_tx *tx, postern_error *reterr) {
    postern_status status = make_folders(tx, reterr);
    for (size_t i = 0; i < tx->file_count && !status; i++) {
        tell(tx, i);
        status = stage_file(tx, &tx->files[i], reterr);
    }
    return status;
}

/* ---- commit: the step itself ---- */

static postern_status apply_file(update_tx *tx, tx_file *file, postern_error *reterr) {
    int dir;
    const char *name;
    postern_status status = still_before(tx, file, reterr);
    if (!status) status = tx_open_parent(tx->root, file->path, &dir, &name, reterr);
    if (status) return status;
    file->untouched = false;
    int failed = file->goes         ? unlinkat(dir, name, 0)
                 : file->was_absent ? renameat2(dir, file->temporary, dir, name, RENAME_NOREPLACE)
                                    : renameat(dir, file->temporary, dir, name);
    if (failed && file->was_absent && errno == EINVAL) failed = renameat(dir, file->temporary, dir, name);
    if (failed && errno == EEXIST)
        status = changed_meanwhile(file, reterr);
    else if (failed)
        status = postern_fail_errno(reterr, errno, "cannot put into place: %s", file->path);
    if (!status) status = tx_sync(dir, reterr);
    close(dir);
    return status;
}

/* When the record of the commit may or may not be on the disk, only the next run can tell: nothing is undone then. */
static postern_status mark_committed(update_tx *tx, postern_error *reterr) {
    off_t end = lseek(tx->journal, 0, SEEK_END);
    postern_status status =
        end < 0 ? postern_fail_errno(reterr, errno, "cannot read the journal") : tx_journal_phase(tx, TX_COMMITTED, reterr);
    if (!status || (end >= 0 && ftruncate(tx->journal, end) == 0 && fsync(tx->journal) == 0)) return status;
    tx->phase = TX_COMMITTED;
    return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET,
                        "the disk fails while the run is marked as done; the next run decides");
}

static postern_status carry_out(update_tx *tx, postern_error *reterr) {
    postern_status status = tx_make_folder(tx, reterr);
    if (!status) status = tx_journal_open(tx, true, reterr);
    if (!status) status = tx_journal_intent(tx, reterr);
    if (!status) status = tx_sync(tx->folder, reterr);
    if (!status) status = tx_sync(tx->lock, reterr);
    if (!status) status = stage(tx, reterr);
    for (size_t i = 0; i < tx->file_count; i++) tx->files[i].untouched = true;
    if (!status) status = tx_journal_phase(tx, TX_PREPARED, reterr);
    for (size_t i = 0; i < tx->file_count && !status; i++) {
        tell(tx, tx->file_count + i);
        status = apply_file(tx, &tx->files[i], reterr);
    }
    tell(tx, 2 * tx->file_count);
    return status ? status : mark_committed(tx, reterr);
}

postern_status update_tx_commit(update_tx *tx, postern_error *reterr) {
    if (tx->phase != TX_NOTHING || tx->folder >= 0)
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "committed twice");
    postern_status status = note_parents(tx, reterr);
    if (!status) status = name_files(tx, reterr);
    if (status) return status;
    drop_unchanged(tx);
    if (!tx->file_count) return POSTERN_OK;
    postern_error why = {0};
    status = carry_out(tx, &why);
    if (!status) {
        status = tx_clean(tx, &why);
        return !status ? POSTERN_OK
                       : postern_fail(
                             reterr, status, why.offset,
                             "it is done, but what it left behind could not be cleaned up, which the next run does: %.160s",
                             why.text);
    }
    if (reterr) *reterr = why;
    if (tx->phase == TX_COMMITTED) return status;
    postern_error undo;
    if (tx->folder >= 0 && tx_roll_back(tx, &undo))
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "%.140s; and then: %.140s", why.text, undo.text);
    return status;
}
