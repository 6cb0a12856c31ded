/*
 * Every message of a store, in one fixed order: files by name, messages as their file has them. What a file is, its bytes
 * decide; its name counts only where a single message might be anything (.eml, .mht). Archives are opened once, not in each
 * other. One file that cannot be read costs its own messages alone.
 */
#define _GNU_SOURCE
#include "store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TELL_EVERY = 4 << 20 };

typedef struct walk {
    postern_store *store;
    postern_store_stage stage;
    store_message_fn fn;
    void *user;
    postern_error *reterr;
    store_start start; /* of the file at hand */
    uint64_t done, messages; /* bytes of the files before this one */
    uint32_t file;
    size_t forgotten; /* of the file at hand: what stands before is not needed any longer */
    bool in_member;
    uint32_t found; /* messages in the file at hand */
} walk;

bool store_progress(postern_store *store, postern_store_stage stage, uint64_t done, uint64_t total, uint64_t messages) {
    if (!store->options.progress) return true;
    const postern_store_progress progress = {.stage = stage, .done = done, .total = total, .messages = messages};
    return store->options.progress(store->options.user, &progress);
}

static bool has_ending(postern_slice name, const char *const *endings, size_t count) {
    postern_cut cut = postern_slice_cut_last(name, '.');
    for (size_t i = 0; cut.ok && i < count; i++)
        if (postern_slice_eq_nocase(cut.tail, postern_slice_cstr(endings[i]))) return true;
    return false;
}

/* Whether to read it as a message: by its ending, or because it begins with a header and has fields that mail has. */
static bool may_be_message(postern_slice bytes, postern_slice name) {
    static const char *const endings[] = {"eml", "mht", "mhtml", "nws", "mim", "emlx"};
    static const char *const fields[] = {"mime-version:", "subject:",  "from:",       "received:",
                                         "message-id:",   "date:",     "return-path:", "content-type:"};
    if (!bytes.len) return false;
    if (has_ending(name, endings, sizeof endings / sizeof *endings)) return true;
    postern_slice head = postern_slice_sub(bytes, 0, 16 << 10);
    size_t i = 0;
    while (i < head.len && i < 78 && head.ptr[i] > ' ' && head.ptr[i] < 0x7F && head.ptr[i] != ':') i++;
    if (i < 2 || i >= head.len || head.ptr[i] != ':') return false;
    unsigned seen = 0;
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
        postern_slice field = postern_slice_cstr(fields[k]);
        bool here = postern_slice_starts_nocase(head, field);
        for (size_t at = 0; !here && (at = postern_slice_find_nocase(head, at, field)) != SIZE_MAX; at++)
            here = at && head.ptr[at - 1] == '\n';
        seen += here;
    }
    return seen >= 2;
}

static postern_status hand_out(walk *w, store_message *m) {
    m->path = store_path_of(w->store, w->file);
    m->place.file = w->file;
    m->place.length = m->bytes.len;
    if (w->messages >= POSTERN_LIMIT_STORE_MESSAGES)
        return postern_fail(w->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %u messages", POSTERN_LIMIT_STORE_MESSAGES);
    w->messages++;
    w->found++;
    postern_status status = w->fn(w->user, m);
    if (status && status != POSTERN_STATE) postern_fail(w->reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    return status;
}

/* Tells how far it is, and lets go of the pages behind: `at` is where the file at hand is read. */
static postern_status move_on(walk *w, size_t at) {
    if (w->in_member) at = w->forgotten;
    uint64_t done = w->done + at;
    if (!w->in_member && at >= w->forgotten + TELL_EVERY && w->store->open) {
        postern_file_forget(w->store->open, w->forgotten, at);
        w->forgotten = at;
    }
    if (done < w->store->told + TELL_EVERY && w->messages % 256) return POSTERN_OK;
    w->store->told = done;
    return store_progress(w->store, w->stage, done, w->store->total, w->messages)
               ? POSTERN_OK
               : postern_fail(w->reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "cancelled");
}

static postern_status each_of_mbox(walk *w, postern_slice bytes, store_message *m) {
    size_t at = w->in_member ? 0 : w->start.offset, last = at, settled = SIZE_MAX;
    bool digests = w->stage == POSTERN_STORE_READ && !w->in_member;
    store_digest digest = w->start.digest;
    mailbox_mbox_message box;
    while (mailbox_mbox_next(bytes, &at, &box)) {
        last = (size_t)(box.from.ptr - bytes.ptr);
        if (box.beyond && settled == SIZE_MAX) settled = last;
        if (digests) store_digest_to(&digest, bytes, at); /* while its pages are at hand */
        m->place.how = box.by_length ? STORE_MBOX_LENGTH : STORE_MBOX;
        m->place.offset = box.start;
        m->bytes = postern_slice_sub(bytes, box.start, box.exact - box.start);
        m->from = box.from;
        postern_status status = m->bytes.len ? hand_out(w, m) : POSTERN_OK;
        if (!status) status = move_on(w, digests ? digest.at : at);
        if (status) return status;
    }
    if (digests) {
        store_file *file = &w->store->files[w->file];
        file->grows = true;
        file->digest = store_digest_end(&digest, bytes);
        file->settled = settled == SIZE_MAX ? last : settled;
    }
    return POSTERN_OK;
}

static void note_file(walk *w, postern_note_kind kind, postern_slice detail);

typedef struct box {
    walk *w;
    store_message *m;
} box;

static postern_status on_dbx(void *user, const mailbox_dbx_message *message) {
    box *b = user;
    b->m->place.how = STORE_DBX;
    b->m->place.offset = message->segment;
    b->m->bytes = message->bytes;
    b->m->dbx = message;
    postern_status status = hand_out(b->w, b->m);
    return status ? status : move_on(b->w, 0);
}

static void end_of_box(walk *w, postern_slice bytes, const char *cut) {
    if (cut) note_file(w, POSTERN_NOTE_STORE_CUT, postern_slice_cstr(cut));
    if (!w->in_member) postern_file_forget(w->store->open, 0, bytes.len);
}

static postern_status each_of_dbx(walk *w, postern_slice bytes, store_message *m) {
    const char *cut = NULL;
    box b = {w, m};
    postern_status status = mailbox_dbx_each(bytes, on_dbx, &b, &cut);
    end_of_box(w, bytes, cut);
    return status;
}

static postern_status on_pst(void *user, const mailbox_pst_message *message) {
    box *b = user;
    b->m->place.how = STORE_PST;
    b->m->place.offset = message->id;
    b->m->bytes = message->bytes;
    b->m->inner = message->folder;
    b->m->flags = message->flags;
    postern_status status = hand_out(b->w, b->m);
    return status ? status : move_on(b->w, 0);
}

static postern_status each_of_pst(walk *w, postern_slice bytes, store_message *m) {
    const char *cut = NULL;
    box b = {w, m};
    postern_status status = mailbox_pst_each(bytes, on_pst, &b, &cut);
    end_of_box(w, bytes, cut);
    return status;
}

static void note_file(walk *w, postern_note_kind kind, postern_slice detail) {
    if (!detail.len) detail = store_path_of(w->store, w->file);
    postern_note_send(&w->store->notes, kind, POSTERN_NO_PART, POSTERN_NO_OFFSET, detail);
}

static postern_status each_of(walk *w, postern_slice bytes, store_message *m);

static bool on_pulse(void *user) {
    walk *w = user;
    return store_progress(w->store, w->stage, w->done + w->forgotten, w->store->total, w->messages);
}

static postern_status on_member(void *user, const postern_mailbox_item *item) {
    walk *w = user;
    store_message m = {.member = item->name, .place.member = (uint32_t)item->number};
    postern_status status = move_on(w, (size_t)item->offset);
    if (status) return status;
    w->in_member = true;
    status = each_of(w, item->bytes, &m);
    w->in_member = false;
    return status;
}

/* The messages of a file or member, of whatever kind it is. */
static postern_status each_of(walk *w, postern_slice bytes, store_message *m) {
    m->maildir = m->place.member ? store_maildir_path(m->member) : w->store->files[w->file].maildir;
    postern_mailbox_kind kind = m->maildir ? POSTERN_MAILBOX_NONE : postern_mailbox_kind_of(bytes);
    const char *cut = NULL;
    if (kind == POSTERN_MAILBOX_MBOX) return each_of_mbox(w, bytes, m);
    if (kind == POSTERN_MAILBOX_DBX) return each_of_dbx(w, bytes, m);
    if (kind == POSTERN_MAILBOX_PST) return each_of_pst(w, bytes, m);
    if (kind == POSTERN_MAILBOX_ARCHIVE) {
        if (w->in_member) {
            note_file(w, POSTERN_NOTE_STORE_ARCHIVE_NESTED, m->member);
            return POSTERN_OK;
        }
        postern_status status = mailbox_archive_each(bytes, on_member, on_pulse, w, &cut);
        if (cut) note_file(w, POSTERN_NOTE_STORE_CUT, postern_slice_cstr(cut));
        if (status == POSTERN_STATE) return postern_fail(w->reterr, status, POSTERN_NO_OFFSET, "cancelled");
        return status;
    }
    m->bytes = bytes;
    m->place.how = STORE_WHOLE;
    m->place.offset = 0;
    postern_slice name = m->member;
    if (!name.len && w->store->is_folder) name = store_path_of(w->store, w->file);
    else if (!name.len) name = postern_buf_slice(&w->store->name);
    if (!m->maildir && !may_be_message(bytes, name)) return POSTERN_OK;
    return bytes.len ? hand_out(w, m) : POSTERN_OK;
}

static postern_status unlike(postern_store *store, const store_file *file, int fd, postern_error *reterr) {
    struct stat st;
    if (fstat(fd, &st)) return postern_fail_errno(reterr, errno, "cannot look at the file");
    uint64_t mtime = (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
    (void)store;
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != file->size || mtime != file->mtime)
        return postern_fail(reterr, POSTERN_IO, POSTERN_NO_OFFSET, "the store changed meanwhile; open it again");
    return POSTERN_OK;
}

void store_let_go(postern_store *store) {
    mailbox_pst_close(store->pst);
    postern_file_close(store->open);
    store->pst = NULL;
    store->open = NULL;
}

postern_status store_file_bytes(postern_store *store, uint32_t index, postern_slice *ret_bytes, postern_error *reterr) {
    const store_file *file = &store->files[index];
    if (!store->open || store->open_index != index) {
        int fd = store->fd;
        char path[4097];
        postern_slice text = store_path_of(store, index);
        store_let_go(store);
        postern_status status = POSTERN_OK;
        if (store->is_folder) {
            if (text.len >= sizeof path) return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "a path is too long");
            memcpy(path, text.ptr, text.len);
            path[text.len] = 0;
            status = postern_beneath_open(store->fd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0, &fd, reterr);
        } else if (lseek(fd, 0, SEEK_SET) < 0)
            status = postern_fail_errno(reterr, errno, "cannot read the store from its start");
        if (status) return status;
        status = unlike(store, file, fd, reterr);
        if (!status) status = postern_file_read(fd, &store->open, reterr);
        if (store->is_folder) close(fd);
        if (status) return status;
        store->open_index = index;
    }
    *ret_bytes = postern_file_bytes(store->open);
    if (ret_bytes->len != file->size)
        return postern_fail(reterr, POSTERN_IO, POSTERN_NO_OFFSET, "the store changed meanwhile; open it again");
    return POSTERN_OK;
}

static postern_status each_message_of(walk *w) {
    postern_store *store = w->store;
    postern_slice bytes;
    store_message m = {0};
    postern_status status = store_file_bytes(store, w->file, &bytes, w->reterr);
    if (status == POSTERN_NOMEM || (status && !store->is_folder)) return status;
    if (status) {
        note_file(w, POSTERN_NOTE_STORE_UNREADABLE, (postern_slice){0});
        return POSTERN_OK;
    }
    status = each_of(w, bytes, &m);
    bool told = mailbox_is_dbx_folders(bytes) || w->found || w->start.offset || w->stage != POSTERN_STORE_READ;
    if (!status && !told && store->is_folder && store->kind != POSTERN_STORE_MAILDIR)
        note_file(w, POSTERN_NOTE_STORE_NO_MESSAGE, (postern_slice){0});
    return status;
}

static postern_status each_file(postern_store *store, postern_store_stage stage, store_start_fn before, store_message_fn fn,
                                void *user, postern_error *reterr) {
    walk w = {.store = store, .stage = stage, .fn = fn, .user = user, .reterr = reterr};
    store->told = 0;
    if (!store_progress(store, stage, 0, store->total, 0))
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "cancelled");
    for (w.file = 0; w.file < store->file_count; w.file++) {
        w.forgotten = w.found = 0;
        w.start = (store_start){.offset = 0};
        postern_status status = before ? before(user, w.file, &w.start) : POSTERN_OK;
        if (!status && !w.start.skip) status = each_message_of(&w);
        w.done += store->files[w.file].size;
        if (!status) status = move_on(&w, 0);
        if (status) return status;
    }
    return POSTERN_OK;
}

postern_status store_each(postern_store *store, postern_store_stage stage, store_start_fn before, store_message_fn fn,
                          void *user, postern_error *reterr) {
    store->walking = true;
    postern_status status = each_file(store, stage, before, fn, user, reterr);
    store->walking = false;
    return status;
}
