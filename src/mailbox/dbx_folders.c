/*
 * Folders.dbx, Outlook Express's list of folders: a tree of infos as in a store of messages, each with a number, its parent's,
 * a name in the code page of its writer, and the file that holds its messages. What a folder is called often is not what its
 * file is called, and its place in the tree is nowhere else. Left out: counts, subscriptions, news and IMAP accounts' own data.
 *
 * An attacker makes parents that are circles, and thousands of folders: a path ends after as many steps as a store's folders
 * may be deep, and names are copied as far as memory allows.
 */
#include "dbx_int.h"

#include "postern/mime.h"

#include <stdlib.h>

enum {
    FOLDER_ID = 0x00,
    FOLDER_PARENT = 0x01,
    FOLDER_NAME = 0x02,
    FOLDER_FILE = 0x03,
    NAMES_MEMORY = 16 << 20,
    NAME_BYTES = 256
};

typedef struct folder {
    uint32_t id, parent;
    postern_slice name, file; /* in the arena; the name UTF-8 */
    const struct folder *before;
} folder;

struct mailbox_dbx_names {
    postern_arena *arena;
    const folder *last;
};

bool mailbox_is_dbx_folders(postern_slice bytes) {
    uint32_t kind;
    return postern_slice_starts(bytes, POSTERN_S("\xCF\xAD\x12\xFE")) && dbx_u32(bytes, 4, &kind) && kind == DBX_FOLDERS;
}

static postern_status on_info(dbx *d, uint32_t at) {
    mailbox_dbx_names *names = d->user;
    dbx_info info;
    folder f = {.before = names->last};
    if (!dbx_info_read(d->bytes, at, &info)) return POSTERN_OK;
    if (!dbx_info_number(&info, FOLDER_ID, &f.id)) f.id = 0;
    if (!dbx_info_number(&info, FOLDER_PARENT, &f.parent)) f.parent = 0;
    if (!f.id) return POSTERN_OK; /* the root: all folders are in it */
    postern_slice name = postern_slice_sub(dbx_info_text(&info, FOLDER_NAME), 0, NAME_BYTES);
    postern_status status = postern_header_text(names->arena, name, POSTERN_CHARSET_NONE, NULL, POSTERN_NO_PART, &f.name);
    if (!status) status = postern_arena_copy(names->arena, f.name, &f.name);
    if (!status)
        status = postern_arena_copy(names->arena, postern_slice_sub(dbx_info_text(&info, FOLDER_FILE), 0, NAME_BYTES), &f.file);
    folder *kept = status ? NULL : postern_arena_alloc(names->arena, sizeof *kept);
    if (!kept) return status == POSTERN_NOMEM ? status : POSTERN_LIMIT;
    *kept = f;
    names->last = kept;
    return POSTERN_OK;
}

postern_status mailbox_dbx_names_read(postern_slice bytes, mailbox_dbx_names **ret_names) {
    uint32_t root = 0;
    if (bytes.len > UINT32_MAX) bytes.len = UINT32_MAX;
    mailbox_dbx_names *names = calloc(1, sizeof *names);
    dbx d = {.bytes = bytes, .info = on_info, .user = names};
    if (names) names->arena = postern_arena_new(NAMES_MEMORY);
    d.seen = calloc(bytes.len / 32 + 1, 1);
    postern_status status = names && names->arena && d.seen ? POSTERN_OK : POSTERN_NOMEM;
    if (!status && mailbox_is_dbx_folders(bytes) && dbx_u32(bytes, DBX_ROOT_AT, &root)) status = dbx_tree(&d, root);
    free(d.seen);
    if (status == POSTERN_NOMEM)
        mailbox_dbx_names_free(names);
    else
        *ret_names = names; /* as far as they were read */
    return status == POSTERN_NOMEM ? status : POSTERN_OK;
}

void mailbox_dbx_names_free(mailbox_dbx_names *names) {
    if (!names) return;
    postern_arena_free(names->arena);
    free(names);
}

static const folder *of_id(const mailbox_dbx_names *names, uint32_t id) {
    const folder *f = names->last;
    while (f && f->id != id) f = f->before;
    return id ? f : NULL;
}

postern_status mailbox_dbx_names_path(const mailbox_dbx_names *names, postern_slice file, postern_buf *out) {
    const folder *f = names->last, *path[POSTERN_LIMIT_STORE_DEPTH];
    size_t depth = 0;
    while (f && (!f->file.len || !postern_slice_eq_nocase(f->file, file))) f = f->before;
    for (; f && depth < POSTERN_LIMIT_STORE_DEPTH; f = of_id(names, f->parent)) path[depth++] = f;
    while (depth-- > 0) {
        if (out->len) postern_buf_add_byte(out, '/');
        postern_buf_add_slice(out, path[depth]->name);
    }
    return out->status;
}
