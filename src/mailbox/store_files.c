/*
 * Which files a store has: one, or all below a folder, by name. Nothing is opened but beneath the folder, links are not
 * followed (T2), and what is no regular file is passed over. The fingerprint tells whether the store is still the one that a
 * cache was made from.
 */
#define _GNU_SOURCE
#include "store_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct entry {
    uint32_t name; /* in lister.names */
    uint32_t len;
    bool folder;
    uint64_t size, mtime, inode;
} entry;

typedef struct lister {
    postern_store *store;
    postern_error *reterr;
    postern_buf path;
    unsigned depth;
    bool maildir; /* in cur or new of one */
} lister;

typedef struct level {
    entry *entries;
    size_t count, room;
    postern_buf names;
    bool has_cur, has_new;
} level;

postern_status store_text_add(postern_store *store, postern_slice s, store_text *ret_text) {
    size_t at = store->texts.len;
    if (postern_buf_add_slice(&store->texts, s)) return store->texts.status;
    *ret_text = (store_text){(uint32_t)at, (uint32_t)s.len};
    return POSTERN_OK;
}

static postern_status add_file(lister *l, postern_slice path, const entry *e) {
    postern_store *store = l->store;
    if (store->file_count == POSTERN_LIMIT_STORE_FILES)
        return postern_fail(l->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %u files", POSTERN_LIMIT_STORE_FILES);
    if (store->file_count == store->file_room) {
        uint32_t room = store->file_room ? store->file_room * 2 : 64;
        store_file *grown = reallocarray(store->files, room, sizeof *grown);
        if (!grown) return postern_fail(l->reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the list of files");
        store->files = grown;
        store->file_room = room;
    }
    store_file *file = &store->files[store->file_count];
    *file = (store_file){.size = e->size, .mtime = e->mtime, .inode = e->inode, .maildir = l->maildir};
    file->path = (store_text){(uint32_t)store->paths.len, (uint32_t)path.len};
    if (postern_buf_add_slice(&store->paths, path))
        return postern_fail(l->reterr, store->paths.status, POSTERN_NO_OFFSET, "no memory for the list of files");
    store->file_count++;
    store->total += e->size;
    const uint64_t facts[3] = {e->size, e->mtime, e->inode};
    store->fingerprint = postern_slice_hash(path, store->fingerprint + store->file_count);
    store->fingerprint = store_checksum(postern_slice_of(facts, sizeof facts), store->fingerprint);
    return POSTERN_OK;
}

static void facts_of(const struct stat *st, entry *e) {
    e->size = (uint64_t)st->st_size;
    e->mtime = (uint64_t)st->st_mtim.tv_sec * 1000000000u + (uint64_t)st->st_mtim.tv_nsec;
    e->inode = (uint64_t)st->st_ino;
}

static postern_status add_entry(lister *l, level *v, int dir, const char *name) {
    struct stat st;
    postern_slice text = postern_slice_cstr(name);
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) return POSTERN_OK; /* gone since it was listed */
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        postern_note_send(&l->store->notes, POSTERN_NOTE_STORE_LINK, POSTERN_NO_PART, POSTERN_NO_OFFSET, text);
        return POSTERN_OK;
    }
    if (v->count == v->room) {
        size_t room = v->room ? v->room * 2 : 64;
        entry *grown = reallocarray(v->entries, room, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        v->entries = grown;
        v->room = room;
    }
    entry *e = &v->entries[v->count];
    *e = (entry){.name = (uint32_t)v->names.len, .len = (uint32_t)text.len, .folder = S_ISDIR(st.st_mode)};
    facts_of(&st, e);
    if (e->folder && !strcmp(name, "cur")) v->has_cur = true;
    if (e->folder && !strcmp(name, "new")) v->has_new = true;
    if (postern_buf_add(&v->names, name, text.len + 1)) return v->names.status;
    v->count++;
    return POSTERN_OK;
}

static int by_name(const void *a, const void *b, void *names) {
    const entry *x = a, *y = b;
    return strcmp((const char *)names + x->name, (const char *)names + y->name);
}

/* Reads a folder whose descriptor it takes. */
static postern_status read_level(lister *l, int fd, level *v) {
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return POSTERN_NOMEM;
    }
    postern_status status = POSTERN_OK;
    for (struct dirent *d; !status && (d = readdir(dir));)
        if (strcmp(d->d_name, ".") && strcmp(d->d_name, "..")) status = add_entry(l, v, dirfd(dir), d->d_name);
    closedir(dir);
    if (!status && v->count) qsort_r(v->entries, v->count, sizeof *v->entries, by_name, v->names.ptr);
    return status;
}

static postern_status list_folder(lister *l, int fd);

/* Folders and files that hold no mail of a Maildir: what is half delivered, and the indexes of servers. */
static bool is_passed_over(const level *v, const entry *e) {
    const char *name = (const char *)v->names.ptr + e->name;
    if (!v->has_cur || !v->has_new) return false;
    return e->folder ? !strcmp(name, "tmp") : true;
}

static bool is_box(const level *v, const entry *e) {
    const char *name = (const char *)v->names.ptr + e->name;
    return !strcmp(name, "cur") || !strcmp(name, "new");
}

static postern_status list_entry(lister *l, const level *v, const entry *e) {
    if (is_passed_over(v, e)) return POSTERN_OK;
    size_t before = l->path.len;
    if (before) postern_buf_add_byte(&l->path, '/');
    postern_buf_add(&l->path, v->names.ptr + e->name, e->len + 1);
    if (l->path.status) return postern_fail(l->reterr, l->path.status, POSTERN_NO_OFFSET, "a path is too long");
    l->path.len--; /* the NUL stays behind it */
    postern_status status = POSTERN_OK;
    int fd = -1;
    if (!e->folder) {
        status = add_file(l, postern_buf_slice(&l->path), e);
    } else if (l->depth >= POSTERN_LIMIT_STORE_DEPTH) {
        postern_note_send(&l->store->notes, POSTERN_NOTE_STORE_TOO_DEEP, POSTERN_NO_PART, POSTERN_NO_OFFSET,
                          postern_buf_slice(&l->path));
    } else if (postern_beneath_open(l->store->fd, (const char *)l->path.ptr, O_RDONLY | O_DIRECTORY, 0, &fd, NULL)) {
        postern_note_send(&l->store->notes, POSTERN_NOTE_STORE_UNREADABLE, POSTERN_NO_PART, POSTERN_NO_OFFSET,
                          postern_buf_slice(&l->path));
    } else {
        bool outer = l->maildir;
        l->maildir = v->has_cur && v->has_new && is_box(v, e);
        l->depth++;
        status = list_folder(l, fd);
        l->depth--;
        l->maildir = outer;
    }
    l->path.len = before;
    return status;
}

static postern_status list_folder(lister *l, int fd) {
    level v = {0};
    postern_buf_init(&v.names, 1u << 30);
    postern_status status = read_level(l, fd, &v);
    if (status) postern_fail(l->reterr, status, POSTERN_NO_OFFSET, "no memory for the list of files");
    if (!status && l->depth == 0 && v.has_cur && v.has_new) l->store->kind = POSTERN_STORE_MAILDIR;
    if (!status && !store_progress(l->store, POSTERN_STORE_WALK, l->store->total, 0, l->store->file_count))
        status = postern_fail(l->reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "cancelled");
    for (size_t i = 0; !status && i < v.count; i++) status = list_entry(l, &v, &v.entries[i]);
    free(v.entries);
    postern_buf_free(&v.names);
    return status;
}

postern_status store_list_files(postern_store *store, postern_error *reterr) {
    struct stat st;
    lister l = {.store = store, .reterr = reterr};
    if (fstat(store->fd, &st)) return postern_fail_errno(reterr, errno, "cannot look at the store");
    store->is_folder = S_ISDIR(st.st_mode);
    if (!store->is_folder) {
        entry e = {0};
        if (!S_ISREG(st.st_mode)) return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "is no file and no folder");
        facts_of(&st, &e);
        return add_file(&l, POSTERN_S(""), &e);
    }
    store->kind = POSTERN_STORE_FOLDER;
    int fd;
    postern_status status = postern_beneath_open(store->fd, ".", O_RDONLY | O_DIRECTORY, 0, &fd, reterr);
    if (status) return status;
    postern_buf_init(&l.path, 1u << 16);
    status = list_folder(&l, fd);
    postern_buf_free(&l.path);
    return status;
}
