/*
 * The store as an object: opening (files, then rows from the cache or made), rows, messages by row. The store itself is only
 * ever read.
 */
#include "store_int.h"

#include "dbx_int.h"

#include <stdlib.h>
#include <unistd.h>

const char *postern_store_kind_name(postern_store_kind kind) {
    static const char *const names[] = {"message", "mbox", "maildir", "folder", "archive", "dbx", "pst"};
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

/* What a single file is. */
static postern_status kind_of_file(postern_store *store, postern_error *reterr) {
    postern_slice bytes;
    postern_status status = store_file_bytes(store, 0, &bytes, reterr);
    if (status) return status;
    switch (postern_mailbox_kind_of(bytes)) {
    case POSTERN_MAILBOX_MBOX: store->kind = POSTERN_STORE_MBOX; break;
    case POSTERN_MAILBOX_DBX: store->kind = POSTERN_STORE_DBX; break;
    case POSTERN_MAILBOX_PST: store->kind = POSTERN_STORE_PST; break;
    case POSTERN_MAILBOX_ARCHIVE: store->kind = POSTERN_STORE_ARCHIVE; break;
    default: store->kind = POSTERN_STORE_MESSAGE;
    }
    if (mailbox_is_dbx_folders(bytes))
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET,
                            "this is Outlook Express's list of folders; open the folder that it lies in");
    return POSTERN_OK;
}

static postern_status copy_options(postern_store *store, const postern_store_options *options) {
    static const postern_store_options none = {0};
    store->options = options ? *options : none;
    if (store->options.notes) store->notes = *store->options.notes;
    postern_buf_init(&store->name, 1u << 16);
    postern_buf_init(&store->cache_name, 1u << 12);
    postern_buf_add_slice(&store->name, postern_slice_sub(store->options.name, 0, 4096));
    if (store->options.has_cache)
        postern_buf_add(&store->cache_name, store->options.cache_name, strlen(store->options.cache_name));
    store->options.name = postern_buf_slice(&store->name);
    store->options.notes = &store->notes;
    store->options.cache_name = NULL; /* cache_name of the store from here on */
    return store->name.status ? store->name.status : store->cache_name.status;
}

static postern_status view_folders(postern_store *store) {
    store->folder_views = reallocarray(NULL, (size_t)store->folder_count + 1, sizeof *store->folder_views);
    if (!store->folder_views) return POSTERN_NOMEM;
    for (uint32_t i = 0; i < store->folder_count; i++) store->folder_views[i] = store_text_of(store, store->folders[i]);
    return POSTERN_OK;
}

/* A cache that cannot be written costs time, the next time. */
static postern_status keep(postern_store *store, postern_error *reterr) {
    postern_error error;
    postern_status status = store_cache_save(store, &error);
    if (status == POSTERN_NOMEM) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    if (status)
        postern_note_send(&store->notes, POSTERN_NOTE_STORE_NO_CACHE, POSTERN_NO_PART, POSTERN_NO_OFFSET,
                          postern_slice_cstr(error.text));
    return POSTERN_OK;
}

static postern_status open_rows(postern_store *store, postern_error *reterr) {
    postern_status status = store_list_files(store, reterr);
    if (!status && !store->is_folder) status = kind_of_file(store, reterr);
    if (status) return status;
    postern_store *old = NULL;
    if (store->options.has_cache) status = store_cache_load(store, &old);
    store->cached = store->options.has_cache && !status;
    if (status == POSTERN_NOMEM) status = postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    else status = store->cached ? POSTERN_OK : store_build(store, old, reterr);
    store_free(old);
    store_count_rows(store);
    if (!status && !store->cached && store->options.has_cache) status = keep(store, reterr);
    if (!status && (status = view_folders(store))) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory");
    return status;
}

postern_status postern_store_open(int fd, const postern_store_options *options, postern_store **ret_store,
                                  postern_error *reterr) {
    if (options && options->has_cache && (!options->cache_name || !*options->cache_name || strchr(options->cache_name, '/')))
        return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "the cache has no file name");
    postern_store *store = calloc(1, sizeof *store);
    if (!store) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    store->fd = fd;
    postern_buf_init(&store->paths, POSTERN_LIMIT_STORE_TEXTS);
    postern_buf_init(&store->texts, POSTERN_LIMIT_STORE_TEXTS);
    postern_status status = copy_options(store, options);
    if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory");
    else status = open_rows(store, reterr);
    if (status) postern_store_close(store);
    else *ret_store = store;
    return status;
}

void store_free(postern_store *store) {
    if (!store) return;
    postern_buf_free(&store->name);
    postern_buf_free(&store->cache_name);
    postern_buf_free(&store->paths);
    postern_buf_free(&store->texts);
    free(store->files);
    free(store->folders);
    free(store->folder_views);
    free(store->recs);
    free(store->refs.hashes);
    free(store->starts);
    free(store);
}

void postern_store_close(postern_store *store) {
    if (!store) return;
    store_index_free(store->index);
    store_let_go(store);
    store_free(store);
}

postern_store_kind postern_store_kind_of(const postern_store *store) {
    return store->kind;
}

uint32_t postern_store_count(const postern_store *store) {
    return store->rec_count;
}

bool postern_store_was_cached(const postern_store *store) {
    return store->cached;
}

const postern_slice *postern_store_folder_at(const postern_store *store, uint32_t index) {
    return index < store->folder_count ? &store->folder_views[index] : NULL;
}

bool postern_store_row_at(const postern_store *store, uint32_t row, postern_store_row *ret_row) {
    if (row >= store->rec_count) return false;
    const store_rec *rec = &store->recs[row];
    *ret_row = (postern_store_row){.flags = rec->flags,
                                   .date_offset = rec->date_offset,
                                   .date = rec->date,
                                   .has_date = rec->has_date,
                                   .zone = (postern_zone)rec->zone,
                                   .size = rec->size,
                                   .id_hash = rec->id_hash,
                                   .parent = rec->parent,
                                   .sender = store_text_of(store, rec->sender),
                                   .address = store_text_of(store, rec->address),
                                   .subject = store_text_of(store, rec->subject),
                                   .folder = store->folder_views[rec->folder],
                                   .file = store_text_of(store, rec->file),
                                   .offset = rec->place.offset};
    return true;
}

/* ---- messages ---- */

/* Without the ">" in front of each "From " that begins a line behind any number of them. */
static postern_status add_unquoted(postern_buf *out, postern_slice bytes) {
    size_t from = 0;
    for (size_t at = 0; at < bytes.len;) {
        size_t mark = postern_slice_find(bytes, at, POSTERN_S(">From "));
        if (mark == SIZE_MAX) break;
        size_t start = mark;
        while (start > from && bytes.ptr[start - 1] == '>') start--;
        if (start == 0 || bytes.ptr[start - 1] == '\n') {
            postern_buf_add_slice(out, postern_slice_sub(bytes, from, start - from));
            from = start + 1;
        }
        at = mark + 6;
    }
    return postern_buf_add_slice(out, postern_slice_from(bytes, from));
}

typedef struct member_copy {
    postern_store *store;
    const store_place *place;
    postern_buf *out;
    bool found;
} member_copy;

static bool on_pulse(void *user) {
    const member_copy *c = user;
    return store_progress(c->store, POSTERN_STORE_FETCH, 0, c->store->total, 0);
}

/* The item's message; `kept`: where the open store stays for the next one, or NULL. */
static postern_status add_item(postern_buf *out, const store_place *place, postern_slice bytes, mailbox_pst **kept) {
    mailbox_pst *pst = kept ? *kept : NULL;
    size_t before = out->len;
    postern_status status = pst ? POSTERN_OK : mailbox_pst_open(bytes, &pst);
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_IO;
    status = mailbox_pst_copy(pst, place->offset, out);
    if (!status && out->len - before != place->length) status = POSTERN_IO;
    if (kept) *kept = pst;
    else mailbox_pst_close(pst);
    return status;
}

static postern_status add_place(postern_buf *out, const store_place *place, postern_slice bytes) {
    if (place->how == STORE_DBX) {
        size_t count, before = out->len;
        bool damaged;
        if (place->offset > UINT32_MAX || !place->offset) return place->length ? POSTERN_IO : POSTERN_OK;
        postern_status status = dbx_chain(bytes, (uint32_t)place->offset, NULL, out, &count, &damaged);
        if (!status && out->len - before < place->length) status = POSTERN_IO;
        if (!status) out->len = before + (size_t)place->length; /* a freed chain ends where another message took it over */
        return status;
    }
    if (place->how == STORE_PST) return add_item(out, place, bytes, NULL);
    if (place->offset > bytes.len || place->length > bytes.len - place->offset) return POSTERN_IO;
    postern_slice s = postern_slice_sub(bytes, (size_t)place->offset, (size_t)place->length);
    return place->how == STORE_MBOX ? add_unquoted(out, s) : postern_buf_add_slice(out, s);
}

static postern_status copy_member(void *user, const postern_mailbox_item *item) {
    member_copy *c = user;
    if (item->number != c->place->member) return POSTERN_OK;
    postern_status status = add_place(c->out, c->place, item->bytes);
    c->found = status == POSTERN_OK;
    return status ? status : POSTERN_STATE; /* enough: ends the walk */
}

static postern_status add_message(postern_store *store, const store_place *place, postern_buf *out, postern_error *reterr) {
    postern_slice bytes;
    postern_status status = store_file_bytes(store, place->file, &bytes, reterr);
    if (status) return status;
    if (place->member) {
        member_copy c = {.store = store, .place = place, .out = out};
        const char *cut;
        status = mailbox_archive_each(bytes, copy_member, on_pulse, &c, &cut);
        if (c.found) status = POSTERN_OK;
        else if (status == POSTERN_STATE) return postern_fail(reterr, status, place->offset, "cancelled");
        else if (status != POSTERN_NOMEM && status != POSTERN_LIMIT) status = POSTERN_IO;
    } else if (place->how == STORE_PST)
        status = add_item(out, place, bytes, &store->pst);
    else
        status = add_place(out, place, bytes);
    postern_file_forget(store->open, 0, bytes.len);
    if (status == POSTERN_IO)
        return postern_fail(reterr, status, place->offset, "the store changed meanwhile; open it again");
    if (status) return postern_fail(reterr, status, place->offset, "no memory for the message");
    return POSTERN_OK;
}

/* A walk that is under way reads from its file: another one is opened beside it, and closed again. */
postern_status postern_store_message(postern_store *store, uint32_t row, postern_buf *out, postern_error *reterr) {
    if (row >= store->rec_count)
        return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "there is no message %lu", (unsigned long)row + 1);
    const store_place *place = &store->recs[row].place;
    if (!store->walking || !store->open || store->open_index == place->file) return add_message(store, place, out, reterr);
    postern_file *walked = store->open;
    uint32_t index = store->open_index;
    mailbox_pst_close(store->pst); /* it may stand over the one that is walked */
    store->pst = NULL;
    store->open = NULL;
    postern_status status = add_message(store, place, out, reterr);
    store_let_go(store);
    store->open = walked;
    store->open_index = index;
    return status;
}
