/*
 * .reg files laid over the registry: what importing them would do, in memory only. For 98 and Me, whose own registry is not
 * read, an export of it is the registry.
 */
#include "win_int.h"

typedef struct layer {
    postern_win *win;
    const postern_win_view *view;
    postern_buf data;
    postern_error *reterr;
} layer;

/* UTF-16LE as a hive would hold it. */
static postern_status widen(layer *l, const postern_reg_entry *entry) {
    bool multi = entry->type == POSTERN_REG_MULTI_SZ;
    postern_buf text;
    postern_buf_clear(&l->data);
    if (!entry->is_text &&
        !(entry->is_ansi && (entry->type == POSTERN_REG_EXPAND_SZ || entry->type == POSTERN_REG_SZ || multi)))
        return postern_buf_add_slice(&l->data, entry->data);
    postern_buf_init(&text, POSTERN_LIMIT_HIVE_ANSWER);
    postern_status status = postern_reg_text(entry, &text);
    if (!status) status = postern_buf_add_utf16le(&l->data, postern_buf_slice(&text));
    if (!status) status = postern_buf_add(&l->data, "\0\0\0", multi ? 4 : 2);
    postern_buf_free(&text);
    return status;
}

static postern_status take(void *user, const postern_reg_entry *entry) {
    layer *l = user;
    postern_key *key;
    postern_error *reterr = l->reterr;
    if (entry->deletes && !entry->is_value) return win_key_delete(l->win, l->view, entry->key, reterr);
    postern_status status = win_key_make(l->win, l->view, entry->key, &key, reterr);
    if (status || !entry->is_value) return status;
    if (entry->deletes) {
        win_key_remove_value(key, entry->name);
        return POSTERN_OK;
    }
    status = widen(l, entry);
    if (status) return postern_fail(reterr, status, entry->offset, "a value that is too large");
    return win_key_set(key, entry->name, entry->type, postern_buf_slice(&l->data), reterr);
}

postern_status postern_win_overlay(postern_win *win, const postern_win_view *view, postern_slice reg_file,
                                   postern_error *reterr) {
    layer l = {.win = win, .view = view, .reterr = reterr};
    postern_buf_init(&l.data, POSTERN_LIMIT_HIVE_ANSWER);
    postern_status status = postern_reg_read(reg_file, take, &l, reterr);
    postern_buf_free(&l.data);
    return status ? status : win_fill_system(win, reterr);
}
