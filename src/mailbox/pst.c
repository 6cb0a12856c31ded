/*
 * Exchange's personal stores (.pst, .ost; [MS-PST]), read by libpff out of memory: it is given bytes, never a path, and only to
 * read. Folders by the store's own tree, each with its messages; then what was deleted and is still there: messages that no
 * folder holds, and those in freed blocks. An attacker makes trees without end and messages that share their blocks: depth,
 * messages and bytes are bounded. What libpff cannot follow is told, not guessed.
 */
#include "pst_int.h"

#include <libbfio.h>
#include <stdlib.h>

#define ORPHAN (UINT64_C(1) << 40)
#define RECOVERED (UINT64_C(2) << 40)

enum { VERB = 0x1081 };

struct mailbox_pst {
    libbfio_handle_t *io;
    libpff_file_t *file;
    bool searched; /* for what was deleted */
};

typedef struct walk {
    mailbox_pst *pst;
    mailbox_pst_fn fn;
    void *user;
    const char **ret_cut;
    pst_reader r;
    postern_buf path, out;
    uint64_t budget, count; /* bytes of messages that may come yet; messages */
    size_t from;            /* where the path that people see begins */
    uint32_t tree;          /* the folder that is the root of those that people see; 0: unknown */
    unsigned depth;
} walk;

bool mailbox_pst_is_built(void) { return true; }

void mailbox_pst_close(mailbox_pst *pst) {
    if (!pst) return;
    libpff_file_free(&pst->file, NULL); /* closes it, and leaves the handle of the bytes to us */
    libbfio_handle_free(&pst->io, NULL);
    free(pst);
}

postern_status mailbox_pst_open(postern_slice bytes, mailbox_pst **ret_pst) {
    mailbox_pst *pst = calloc(1, sizeof *pst);
    if (!pst) return POSTERN_NOMEM;
    /* the handle is for reading: nothing writes through this pointer */
    uint8_t *start = (uint8_t *)(uintptr_t)bytes.ptr;
    bool open = libbfio_memory_range_initialize(&pst->io, NULL) == 1 &&
                libbfio_memory_range_set(pst->io, start, bytes.len, NULL) == 1 &&
                libpff_file_initialize(&pst->file, NULL) == 1 &&
                libpff_file_open_file_io_handle(pst->file, pst->io, LIBPFF_OPEN_READ, NULL) == 1;
    if (open) *ret_pst = pst;
    else mailbox_pst_close(pst);
    return open ? POSTERN_OK : POSTERN_FORMAT;
}

static void cut(walk *w, const char *why) {
    if (!*w->ret_cut) *w->ret_cut = why;
}

/* ---- messages ---- */

static bool is_message(libpff_item_t *item) {
    uint8_t type = LIBPFF_ITEM_TYPE_UNDEFINED;
    if (libpff_item_get_type(item, &type, NULL) != 1) return false;
    switch (type) {
    case LIBPFF_ITEM_TYPE_UNDEFINED:
    case LIBPFF_ITEM_TYPE_ATTACHMENT:
    case LIBPFF_ITEM_TYPE_ATTACHMENTS:
    case LIBPFF_ITEM_TYPE_CONFIGURATION:
    case LIBPFF_ITEM_TYPE_FOLDER:
    case LIBPFF_ITEM_TYPE_RECIPIENTS:
    case LIBPFF_ITEM_TYPE_SUB_ASSOCIATED_CONTENTS:
    case LIBPFF_ITEM_TYPE_SUB_FOLDERS:
    case LIBPFF_ITEM_TYPE_SUB_MESSAGES:
    case LIBPFF_ITEM_TYPE_UNKNOWN:
        return false;
    default:
        return true;
    }
}

static uint32_t flags_of(walk *w, libpff_item_t *item) {
    uint32_t value, flags = 0;
    if (pst_number(&w->r, item, 0, PST_FLAGS, &value)) {
        if (value & 1) flags |= POSTERN_STORE_SEEN;
        if (value & 8) flags |= POSTERN_STORE_DRAFT;
    }
    if (pst_number(&w->r, item, 0, PST_FOLLOW_UP, &value) && value == 2) flags |= POSTERN_STORE_FLAGGED;
    if (pst_number(&w->r, item, 0, VERB, &value)) {
        if (value == 102 || value == 103) flags |= POSTERN_STORE_ANSWERED;
        if (value == 104) flags |= POSTERN_STORE_FORWARDED;
    }
    return flags;
}

/* `id` is how mailbox_pst_copy finds it again. */
static postern_status give(walk *w, libpff_item_t *item, uint64_t id, uint32_t flags) {
    bool lost = false;
    if (w->count >= POSTERN_LIMIT_STORE_MESSAGES) {
        cut(w, "more messages than one store may hold");
        return POSTERN_OK;
    }
    postern_buf_clear(&w->out);
    postern_status status = pst_write_message(&w->r, item, (uint32_t)id, &w->out, &lost);
    if (status == POSTERN_LIMIT) {
        w->r.status = POSTERN_OK;
        cut(w, "a message is larger than a message may be");
        return POSTERN_OK;
    }
    if (status) return status;
    if (w->out.len > w->budget) {
        w->budget = 0;
        cut(w, "the store unpacks to more than its size allows");
        return POSTERN_OK;
    }
    w->budget -= w->out.len;
    if (lost) cut(w, "attachments or bodies of messages cannot be read");
    const mailbox_pst_message m = {.id = id,
                                   .number = ++w->count,
                                   .flags = flags | flags_of(w, item) | (lost ? POSTERN_STORE_DAMAGED : 0),
                                   .folder = postern_slice_from(postern_buf_slice(&w->path), w->from),
                                   .bytes = postern_buf_slice(&w->out)};
    return w->fn(w->user, &m);
}

static postern_status messages_of(walk *w, libpff_item_t *folder) {
    int count = 0;
    postern_status status = POSTERN_OK;
    if (libpff_folder_get_number_of_sub_messages(folder, &count, NULL) != 1) {
        cut(w, "messages of a folder cannot be read");
        return POSTERN_OK;
    }
    for (int i = 0; i < count && !status && w->budget; i++) {
        libpff_item_t *item = NULL;
        uint32_t id = 0;
        if (libpff_folder_get_sub_message(folder, i, &item, NULL) != 1 || libpff_item_get_identifier(item, &id, NULL) != 1)
            cut(w, "a message cannot be read");
        else if (is_message(item)) status = give(w, item, id, 0);
        libpff_item_free(&item, NULL);
    }
    return status;
}

/* ---- folders ---- */

/* The name of a folder behind the path; '/' in it would look like two. */
static void add_name(walk *w, libpff_item_t *folder) {
    postern_buf name;
    postern_buf_init(&name, 1 << 16);
    if (pst_text(&w->r, folder, 0, PST_NAME, &name) && name.len) {
        if (w->path.len > w->from) postern_buf_add_byte(&w->path, '/');
        for (size_t i = 0; i < name.len; i++) {
            if (name.ptr[i] == '/') postern_buf_add_utf8(&w->path, 0x2215);
            else postern_buf_add_byte(&w->path, name.ptr[i]);
        }
    }
    if (w->path.status == POSTERN_LIMIT) w->path.status = POSTERN_OK; /* names of more than 64 KiB: as much as there is room */
    pst_reader_see(&w->r, &w->path);
    pst_reader_see(&w->r, &name);
    postern_buf_free(&name);
}

/* A mailbox that is kept off-line calls it by this name. */
static bool is_tree(walk *w, libpff_item_t *folder) {
    postern_buf name;
    postern_buf_init(&name, 1 << 16);
    bool is = pst_text(&w->r, folder, 0, PST_NAME, &name) &&
              postern_slice_eq(postern_buf_slice(&name), POSTERN_S("IPM_SUBTREE"));
    postern_buf_free(&name);
    return is;
}

static postern_status walk_folder(walk *w, libpff_item_t *folder);

static postern_status folders_of(walk *w, libpff_item_t *folder) {
    int count = 0;
    postern_status status = POSTERN_OK;
    if (libpff_folder_get_number_of_sub_folders(folder, &count, NULL) != 1) {
        cut(w, "folders of a folder cannot be read");
        return POSTERN_OK;
    }
    if (count > 0 && w->depth >= POSTERN_LIMIT_STORE_DEPTH) {
        cut(w, "folders nested too deeply");
        return POSTERN_OK;
    }
    for (int i = 0; i < count && !status && w->budget; i++) {
        libpff_item_t *inner = NULL;
        size_t before = w->path.len, from = w->from;
        uint32_t id = 0;
        if (libpff_folder_get_sub_folder(folder, i, &inner, NULL) != 1 || libpff_item_get_identifier(inner, &id, NULL) != 1)
            cut(w, "a folder cannot be read");
        else {
            if (id == w->tree || is_tree(w, inner)) w->from = before;
            else add_name(w, inner);
            w->depth++;
            status = walk_folder(w, inner);
            w->depth--;
        }
        w->path.len = before;
        w->from = from;
        libpff_item_free(&inner, NULL);
    }
    return status;
}

static postern_status walk_folder(walk *w, libpff_item_t *folder) {
    postern_status status = messages_of(w, folder);
    return status ? status : folders_of(w, folder);
}

/* An entry id ends in the number of what it names ([MS-PST] 2.4.3.2). */
static uint32_t tree_of(walk *w) {
    libpff_item_t *store = NULL;
    uint32_t type, id = 0;
    if (libpff_file_get_message_store(w->pst->file, &store, NULL) == 1 && pst_value(&w->r, store, 0, PST_TREE, &type) &&
        w->r.value.len == 24) {
        postern_cursor c = postern_cursor_of(postern_slice_from(postern_buf_slice(&w->r.value), 20));
        id = postern_cursor_le32(&c);
    }
    libpff_item_free(&store, NULL);
    return id;
}

/* ---- what was deleted ---- */

static void search_deleted(mailbox_pst *pst) {
    if (!pst->searched) libpff_file_recover_items(pst->file, 0, NULL);
    pst->searched = true;
}

static bool deleted_at(mailbox_pst *pst, uint64_t id, libpff_item_t **ret_item) {
    int index = (int)(id & INT32_MAX);
    if (id & RECOVERED) return libpff_file_get_recovered_item_by_index(pst->file, index, ret_item, NULL) == 1;
    return libpff_file_get_orphan_item_by_index(pst->file, index, ret_item, NULL) == 1;
}

static postern_status deleted_of(walk *w, uint64_t kind, int count) {
    postern_status status = POSTERN_OK;
    for (int i = 0; i < count && !status && w->budget; i++) {
        libpff_item_t *item = NULL;
        uint64_t id = kind | (uint64_t)i;
        if (deleted_at(w->pst, id, &item) && is_message(item)) status = give(w, item, id, POSTERN_STORE_GONE);
        libpff_item_free(&item, NULL);
    }
    return status;
}

static postern_status walk_deleted(walk *w) {
    int orphans = 0, recovered = 0;
    w->path.len = 0;
    search_deleted(w->pst);
    if (libpff_file_get_number_of_orphan_items(w->pst->file, &orphans, NULL) != 1) orphans = 0;
    if (libpff_file_get_number_of_recovered_items(w->pst->file, &recovered, NULL) != 1) recovered = 0;
    postern_status status = deleted_of(w, ORPHAN, orphans);
    return status ? status : deleted_of(w, RECOVERED, recovered);
}

/* ---- entry points ---- */

static postern_status walk_all(walk *w) {
    libpff_item_t *root = NULL;
    postern_status status = POSTERN_OK;
    w->tree = tree_of(w);
    if (libpff_file_get_root_folder(w->pst->file, &root, NULL) == 1) status = walk_folder(w, root);
    else cut(w, "the store has no folders");
    libpff_item_free(&root, NULL);
    if (!status) status = walk_deleted(w);
    if (libpff_file_is_corrupted(w->pst->file, NULL) == 1) cut(w, "the store is damaged; messages may be missing");
    return status;
}

postern_status mailbox_pst_each(postern_slice bytes, mailbox_pst_fn fn, void *user, const char **ret_cut) {
    walk w = {.fn = fn, .user = user, .ret_cut = ret_cut};
    postern_status status = mailbox_pst_open(bytes, &w.pst);
    if (status == POSTERN_FORMAT) {
        cut(&w, "the store of Exchange is cut short or damaged: its index cannot be read");
        return POSTERN_OK;
    }
    if (status) return status;
    size_t allowed;
    if (!postern_mul_ok(bytes.len, POSTERN_LIMIT_PST_RATIO, &allowed)) allowed = SIZE_MAX;
    w.budget = allowed;
    pst_reader_init(&w.r);
    postern_buf_init(&w.path, 1 << 16);
    postern_buf_init(&w.out, POSTERN_LIMIT_MAILBOX_MEMBER);
    status = walk_all(&w);
    if (!status && w.r.status == POSTERN_NOMEM) status = POSTERN_NOMEM;
    pst_reader_free(&w.r);
    postern_buf_free(&w.path);
    postern_buf_free(&w.out);
    mailbox_pst_close(w.pst);
    return status;
}

postern_status mailbox_pst_copy(mailbox_pst *pst, uint64_t id, postern_buf *out) {
    libpff_item_t *item = NULL;
    bool lost, found;
    pst_reader r;
    if (id >= ORPHAN) search_deleted(pst);
    found = id >= ORPHAN ? deleted_at(pst, id, &item)
                         : libpff_file_get_item_by_identifier(pst->file, (uint32_t)id, &item, NULL) == 1;
    pst_reader_init(&r);
    postern_status status = found ? pst_write_message(&r, item, (uint32_t)id, out, &lost) : POSTERN_IO;
    pst_reader_free(&r);
    libpff_item_free(&item, NULL);
    return status;
}
