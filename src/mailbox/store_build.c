/*
 * All messages -> rows. Folders get their names, sender and subject their place in the alphabet, answers their threads; then
 * the rows are as the cache keeps them.
 */
#define _GNU_SOURCE
#include "store_int.h"

#include <stdlib.h>

enum { GONE_FEW = 64 }; /* numbers of rows that are gone, which the index of words may always hold */

typedef struct build {
    postern_store *store;
    postern_error *reterr;
    const postern_store *old;
    store_past *past;
    uint32_t doc;    /* of the message of the file at hand, UINT32_MAX: it is new */
    uint32_t *table; /* of folders */
    size_t mask;
    mailbox_dbx_names *names; /* of the folder at hand, when it has such a list */
    postern_slice names_of;   /* its path, with the slash */
    bool has_names;           /* they were looked for */
    postern_buf inner;        /* where the list has the messages of the file at hand */
    uint32_t file; /* whose shown name `shown` is */
    store_text shown;
    postern_buf text;
} build;

static postern_status grow(build *b) {
    postern_store *store = b->store;
    if (store->rec_count == POSTERN_LIMIT_STORE_MESSAGES)
        return postern_fail(b->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "more than %u messages", POSTERN_LIMIT_STORE_MESSAGES);
    if (store->rec_count == store->rec_room) {
        uint32_t room = store->rec_room ? store->rec_room * 2 : 256;
        store_rec *grown = reallocarray(store->recs, room, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        store->recs = grown;
        store->rec_room = room;
    }
    if (store->rec_count + 1 >= store->starts_room) {
        uint32_t room = store->starts_room ? store->starts_room * 2 : 256;
        uint32_t *grown = reallocarray(store->starts, room, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        store->starts = grown;
        store->starts_room = room;
    }
    return POSTERN_OK;
}

/* ---- folders ---- */

static postern_status rehash(build *b) {
    size_t room = b->table ? (b->mask + 1) * 2 : 64;
    uint32_t *table = malloc(room * sizeof *table);
    if (!table) return POSTERN_NOMEM;
    memset(table, 0xFF, room * sizeof *table);
    for (uint32_t i = 0; i < b->store->folder_count; i++) {
        size_t at = (size_t)postern_slice_hash(store_text_of(b->store, b->store->folders[i]), 0) & (room - 1);
        while (table[at] != UINT32_MAX) at = (at + 1) & (room - 1);
        table[at] = i;
    }
    free(b->table);
    b->table = table;
    b->mask = room - 1;
    return POSTERN_OK;
}

static postern_status folder_index(build *b, postern_slice name, uint32_t *ret_folder) {
    postern_store *store = b->store;
    if (!b->table || (size_t)store->folder_count * 2 > b->mask) {
        postern_status status = rehash(b);
        if (status) return status;
    }
    size_t at = (size_t)postern_slice_hash(name, 0) & b->mask;
    while (b->table[at] != UINT32_MAX && !postern_slice_eq(store_text_of(store, store->folders[b->table[at]]), name))
        at = (at + 1) & b->mask;
    if (b->table[at] == UINT32_MAX) {
        if (store->folder_count == store->folder_room) {
            uint32_t room = store->folder_room ? store->folder_room * 2 : 16;
            store_text *grown = reallocarray(store->folders, room, sizeof *grown);
            if (!grown) return POSTERN_NOMEM;
            store->folders = grown;
            store->folder_room = room;
        }
        postern_status status = store_text_add(store, name, &store->folders[store->folder_count]);
        if (status) return status;
        b->table[at] = store->folder_count++;
    }
    *ret_folder = b->table[at];
    return POSTERN_OK;
}

/* Each folder of a path, its last name when that is a box; "cur" and "new" of a Maildir are left out. */
static postern_status add_folders(postern_buf *out, postern_slice path, bool box, bool maildir) {
    postern_buf name;
    postern_buf_init(&name, 1u << 20);
    while (path.len && !name.status) {
        postern_cut cut = postern_slice_cut(path, '/');
        path = cut.tail;
        if (!cut.ok && !box) break;
        bool last = postern_slice_find_byte(path, 0, '/') == SIZE_MAX; /* of the folders */
        if ((maildir && cut.ok && last) || !cut.head.len || postern_slice_eq(cut.head, POSTERN_S("."))) continue;
        if (name.len) postern_buf_add_byte(&name, '/');
        if (cut.head.ptr[0] == '.') store_maildir_folder(cut.head, &name);
        else postern_buf_add_slice(&name, cut.head);
    }
    postern_status status = name.status;
    if (!status && name.len && out->len) status = postern_buf_add_byte(out, '/');
    if (!status) status = store_show(out, postern_buf_slice(&name), POSTERN_LIMIT_STORE_TEXT - out->len);
    postern_buf_free(&name);
    return status;
}

static postern_status folder_of(build *b, const store_message *m, uint32_t *ret_folder) {
    bool box = m->place.how != STORE_WHOLE;
    postern_buf_clear(&b->text);
    bool named = m->place.how == STORE_DBX && !m->place.member && b->inner.len;
    if (named) box = false;
    postern_status status = add_folders(&b->text, m->path, m->place.member || box, m->maildir && !m->place.member);
    if (!status && m->place.member) status = add_folders(&b->text, m->member, box, m->maildir);
    postern_slice inner = named ? postern_buf_slice(&b->inner) : m->inner;
    if (!status && inner.len && b->text.len) status = postern_buf_add_byte(&b->text, '/');
    if (!status && b->text.len < POSTERN_LIMIT_STORE_TEXT)
        status = store_show(&b->text, inner, POSTERN_LIMIT_STORE_TEXT - b->text.len);
    return status ? status : folder_index(b, postern_buf_slice(&b->text), ret_folder);
}

/* The file as people see it: "box.zip!a/b.eml". */
static postern_status file_of(build *b, const store_message *m, store_text *ret_text) {
    postern_store *store = b->store;
    if (!m->place.member && b->file == m->place.file) {
        *ret_text = b->shown;
        return POSTERN_OK;
    }
    size_t at = store->texts.len;
    postern_status status = store_show(&store->texts, m->path, POSTERN_LIMIT_STORE_TEXT / 2);
    if (!status && m->place.member) status = postern_buf_add_byte(&store->texts, '!');
    if (!status && m->place.member) status = store_show(&store->texts, m->member, POSTERN_LIMIT_STORE_TEXT / 2 - 1);
    *ret_text = (store_text){(uint32_t)at, (uint32_t)(store->texts.len - at)};
    b->file = m->place.member ? UINT32_MAX : m->place.file;
    b->shown = *ret_text;
    return status;
}

static void add_row(postern_store *store) {
    store->rec_count++;
    store->starts[store->rec_count] = (uint32_t)store->refs.count;
}

static postern_status on_message(void *user, const store_message *m) {
    build *b = user;
    postern_store *store = b->store;
    postern_status status = grow(b);
    if (status) return status;
    store_rec *rec = &store->recs[store->rec_count];
    store->starts[store->rec_count] = (uint32_t)store->refs.count;
    status = store_head(store, m, rec, &store->refs);
    if (!status) status = folder_of(b, m, &rec->folder);
    if (!status) status = file_of(b, m, &rec->file);
    rec->doc = b->doc;
    if (!status) add_row(store);
    return status;
}

/* ---- rows of another time ---- */

static postern_status keep_text(build *b, store_text *text) {
    return store_text_add(b->store, store_text_of(b->old, *text), text);
}

static postern_status keep_row(build *b, uint32_t file, uint32_t row) {
    postern_store *store = b->store;
    const postern_store *old = b->old;
    postern_status status = grow(b);
    if (status) return status;
    store_rec *rec = &store->recs[store->rec_count];
    *rec = old->recs[row];
    store->starts[store->rec_count] = (uint32_t)store->refs.count;
    rec->place.file = file;
    rec->parent = POSTERN_NO_ROW;
    for (uint32_t i = old->starts[row]; !status && i < old->starts[row + 1]; i++)
        status = store_refs_add(&store->refs, old->refs.hashes[i]);
    if (!status) status = keep_text(b, &rec->sender);
    if (!status) status = keep_text(b, &rec->address);
    if (!status) status = keep_text(b, &rec->subject);
    const store_message again = {.place = rec->place, .path = store_path_of(store, file)};
    if (!status && rec->place.how == STORE_DBX && !rec->place.member) /* the list of folders may have changed */
        status = folder_of(b, &again, &rec->folder);
    else if (!status)
        status = folder_index(b, store_text_of(old, old->folders[rec->folder]), &rec->folder);
    if (!status && (rec->place.member || b->file != file)) {
        status = keep_text(b, &rec->file);
        b->file = rec->place.member ? UINT32_MAX : file;
        b->shown = rec->file;
    }
    rec->file = b->shown;
    if (!status) add_row(store);
    return status;
}

/* ---- names of folders ---- */

static size_t folder_len(postern_slice path) {
    size_t len = path.len;
    while (len && path.ptr[len - 1] != '/') len--;
    return len;
}

static bool is_name(postern_slice path, postern_slice folder, const char *name) {
    return postern_slice_starts(path, folder) &&
           postern_slice_eq_nocase(postern_slice_from(path, folder.len), postern_slice_cstr(name));
}

/* The list beside a file: files of one folder stand together. */
static uint32_t find_list(const postern_store *store, uint32_t file, postern_slice folder) {
    for (uint32_t i = file; i < store->file_count && postern_slice_starts(store_path_of(store, i), folder); i++)
        if (is_name(store_path_of(store, i), folder, "folders.dbx")) return i;
    for (uint32_t i = file; i-- > 0 && postern_slice_starts(store_path_of(store, i), folder);)
        if (is_name(store_path_of(store, i), folder, "folders.dbx")) return i;
    return UINT32_MAX;
}

/* Before a store of Outlook Express is read: where its list of folders has it. */
static postern_status name_folder(build *b, uint32_t file) {
    postern_store *store = b->store;
    postern_slice path = store_path_of(store, file), folder = postern_slice_sub(path, 0, folder_len(path)), bytes;
    postern_cut ending = postern_slice_cut_last(path, '.');
    postern_buf_clear(&b->inner);
    if (!store->is_folder || !ending.ok || !postern_slice_eq_nocase(ending.tail, POSTERN_S("dbx"))) return POSTERN_OK;
    postern_status status = POSTERN_OK;
    if (!b->has_names || !postern_slice_eq(folder, b->names_of)) {
        mailbox_dbx_names_free(b->names);
        b->names = NULL;
        b->names_of = folder;
        b->has_names = true;
        uint32_t list = find_list(store, file, folder);
        status = list == UINT32_MAX ? POSTERN_IO : store_file_bytes(store, list, &bytes, NULL);
        if (!status) status = mailbox_dbx_names_read(bytes, &b->names);
        if (status != POSTERN_NOMEM) status = POSTERN_OK; /* without it files are called by their names */
    }
    return !status && b->names ? mailbox_dbx_names_path(b->names, postern_slice_from(path, folder.len), &b->inner) : status;
}

/* Before a file is read: its rows of another time, when it is as it was, or has grown at its end. */
static postern_status before_file(void *user, uint32_t file, store_start *start) {
    build *b = user;
    store_kept kept = {.doc = UINT32_MAX};
    b->doc = UINT32_MAX;
    postern_status status = name_folder(b, file);
    if (status) return postern_fail(b->reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    if (!b->past) return POSTERN_OK;
    status = store_past_find(b->past, b->store, file, start, &kept, b->reterr);
    for (uint32_t i = 0; !status && i < kept.count; i++)
        if ((status = keep_row(b, file, kept.first + i)) && status != POSTERN_LIMIT)
            postern_fail(b->reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    b->doc = kept.doc;
    return status;
}

/* Kept rows keep their numbers in the index of words while that is mostly of rows that are still there. */
static void number_rows(build *b) {
    postern_store *store = b->store;
    uint32_t kept = 0;
    for (uint32_t row = 0; row < store->rec_count; row++) kept += store->recs[row].doc != UINT32_MAX;
    uint32_t covered = b->old ? b->old->docs : 0;
    if (b->old && b->old->generation_count < POSTERN_LIMIT_STORE_GENERATIONS &&
        covered <= (uint64_t)kept + kept / 2 + GONE_FEW) {
        memcpy(store->generations, b->old->generations, sizeof store->generations);
        store->generation_count = b->old->generation_count;
    } else
        covered = 0;
    store_number(store, covered);
}

/* ---- the alphabet ---- */

typedef struct key {
    uint32_t at, len, row;
} key;

static int by_text(const void *a, const void *b, void *user) {
    const key *x = a, *y = b;
    const uint8_t *text = user;
    uint32_t len = x->len < y->len ? x->len : y->len;
    int order = len ? memcmp(text + x->at, text + y->at, len) : 0;
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Places in the alphabet of senders, then of subjects; the latter also gives what threads need. */
static postern_status rank(build *b, key *keys, bool subjects, uint64_t *hashes, bool *replies) {
    postern_store *store = b->store;
    postern_buf_clear(&b->text);
    for (uint32_t i = 0; i < store->rec_count; i++) {
        size_t at = b->text.len;
        postern_slice text = store_text_of(store, subjects ? store->recs[i].subject : store->recs[i].sender);
        bool reply = false;
        if (subjects) text = store_base_subject(text, &reply);
        if (store_fold(&b->text, text)) return b->text.status;
        keys[i] = (key){(uint32_t)at, (uint32_t)(b->text.len - at), i};
        if (!subjects) continue;
        replies[i] = reply;
        hashes[i] = keys[i].len ? postern_slice_hash(postern_slice_from(postern_buf_slice(&b->text), at), 7) | 1 : 0;
    }
    if (store->rec_count) qsort_r(keys, store->rec_count, sizeof *keys, by_text, b->text.ptr);
    uint32_t place = 0;
    for (uint32_t i = 0; i < store->rec_count; i++) {
        if (i && by_text(&keys[i - 1], &keys[i], b->text.ptr)) place = i;
        if (subjects) store->recs[keys[i].row].subject_rank = place;
        else store->recs[keys[i].row].sender_rank = place;
    }
    return POSTERN_OK;
}

static postern_status arrange(build *b) {
    postern_store *store = b->store;
    size_t count = (size_t)store->rec_count + 1;
    key *keys = reallocarray(NULL, count, sizeof *keys);
    uint64_t *hashes = reallocarray(NULL, count, sizeof *hashes);
    bool *replies = reallocarray(NULL, count, sizeof *replies);
    postern_status status = keys && hashes && replies ? POSTERN_OK : POSTERN_NOMEM;
    if (!status) status = rank(b, keys, false, NULL, NULL);
    if (!status) status = rank(b, keys, true, hashes, replies);
    const store_thread_facts facts = {store->refs.hashes, hashes, store->starts, replies};
    if (!status) status = store_thread(store, &facts);
    free(keys);
    free(hashes);
    free(replies);
    return status;
}

postern_status store_build(postern_store *store, const postern_store *old, postern_error *reterr) {
    build b = {.store = store, .old = old, .reterr = reterr, .file = UINT32_MAX, .doc = UINT32_MAX};
    postern_buf_init(&b.text, 1u << 31);
    postern_buf_init(&b.inner, 1u << 20);
    postern_status status = old ? store_past_new(old, &b.past) : POSTERN_OK;
    if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    if (!status) status = store_each(store, POSTERN_STORE_READ, before_file, on_message, &b, reterr);
    bool may_be_empty = store->kind == POSTERN_STORE_DBX || store->kind == POSTERN_STORE_PST ||
                        store->kind == POSTERN_STORE_MAILDIR;
    if (!status && !store->rec_count && !may_be_empty)
        status = postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "holds no message, mailbox or saved page");
    if (!status) number_rows(&b);
    if (!status && (status = arrange(&b))) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the index");
    store_past_free(b.past);
    mailbox_dbx_names_free(b.names);
    free(b.table);
    postern_buf_free(&b.inner);
    postern_buf_free(&b.text);
    return status;
}
