/*
 * What the changes of an update do to the registry, as its record remembers them for removal: each value and each key once, as
 * it was before all of them and as it is behind all of them. Keys that come along with a value are remembered, too, or removal
 * would leave them behind; so is all that goes with a key that is deleted.
 */
#define _GNU_SOURCE
#include "service_int.h"

#include <stdlib.h>

typedef struct noter {
    postern_servicing *s;
    service_record *record;
    postern_error *reterr;
} noter;

static record_value *find(const noter *n, postern_slice key, postern_slice name, bool whole_key) {
    for (size_t i = 0; i < n->record->value_count; i++) {
        record_value *v = &n->record->values[i];
        if (v->whole_key == whole_key && postern_slice_eq_nocase(postern_slice_cstr(v->key), key) &&
            postern_slice_eq_nocase(postern_slice_cstr(v->name), name))
            return v;
    }
    return NULL;
}

static char *text_of(postern_slice s) {
    return s.len ? strndup((const char *)s.ptr, s.len) : strdup("");
}

/* Takes `after`, also when it fails. */
static postern_status note(noter *n, postern_slice key, postern_slice name, bool whole_key, char *after) {
    record_value *v = find(n, key, name, whole_key);
    postern_status status = POSTERN_OK;
    if (!v && (v = record_add_value(n->record))) {
        v->whole_key = whole_key;
        v->key = text_of(key);
        v->name = text_of(name);
        if (v->key && v->name) status = record_value_now(n->s, key, name, whole_key, &v->before, n->reterr);
    }
    if (!v || !v->key || !v->name || !after) status = service_no_memory(n->reterr);
    if (status) {
        free(after);
        return status;
    }
    free(v->after);
    v->after = after;
    return POSTERN_OK;
}

/* A value that is set brings its key and those above it. Keys that are there are of no interest, unless they went before. */
static postern_status note_key_made(noter *n, postern_slice key) {
    const postern_key *found;
    for (size_t end = 0; end < key.len;) {
        end = postern_slice_find_byte(key, end + 1, '\\');
        if (end == SIZE_MAX) end = key.len;
        postern_slice above = postern_slice_sub(key, 0, end);
        if (postern_slice_find_byte(above, 0, '\\') == SIZE_MAX) continue; /* "HKLM" */
        postern_status status = postern_win_key(n->s->win, NULL, above, &found, n->reterr);
        if (status && status != POSTERN_NOTFOUND) return status;
        if (!status && !find(n, above, POSTERN_S(""), true)) continue;
        status = note(n, above, POSTERN_S(""), true, strdup("+"));
        if (status) return status;
    }
    return POSTERN_OK;
}

static postern_status note_values_gone(noter *n, const postern_key *key, postern_slice path) {
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < postern_key_value_count(key) && !status; i++)
        status = note(n, path, postern_key_value_at(key, i)->name, false, strdup("-"));
    return status;
}

/* A key goes with all below it; keys in front of what is in them. */
static postern_status note_key_gone(noter *n, postern_slice path, unsigned depth) {
    const postern_key *key;
    postern_status status = postern_win_key(n->s->win, NULL, path, &key, n->reterr);
    if (status) return status == POSTERN_NOTFOUND ? POSTERN_OK : status;
    if (depth > POSTERN_LIMIT_KEY_DEPTH)
        return postern_fail(n->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "POSTERN_LIMIT_KEY_DEPTH: %.*s", POSTERN_ARG(path));
    status = note(n, path, POSTERN_S(""), true, strdup("-"));
    if (!status) status = note_values_gone(n, key, path);
    for (size_t i = 0; !status && i < postern_key_child_count(key); i++) {
        postern_slice below, name = postern_key_child_name(key, i);
        status = service_text(n->s, &below, n->reterr, "%.*s\\%.*s", POSTERN_ARG(path), POSTERN_ARG(name));
        if (!status) status = note_key_gone(n, below, depth + 1);
    }
    return status;
}

/* What changes before this one made below the key goes, too. */
static postern_status note_earlier_gone(noter *n, postern_slice path) {
    for (size_t i = 0; i < n->record->value_count; i++) {
        record_value *v = &n->record->values[i];
        postern_slice key = postern_slice_cstr(v->key);
        if (!postern_slice_starts_nocase(key, path) || (key.len > path.len && key.ptr[path.len] != '\\')) continue;
        char *gone = strdup("-");
        if (!gone) return service_no_memory(n->reterr);
        free(v->after);
        v->after = gone;
    }
    return POSTERN_OK;
}

postern_status record_note_edit(postern_servicing *s, service_record *record, const postern_update_edit *edit,
                                postern_error *reterr) {
    noter n = {s, record, reterr};
    if (edit->removes && edit->whole_key) {
        postern_status status = note_key_gone(&n, edit->key, 0);
        return status ? status : note_earlier_gone(&n, edit->key);
    }
    if (edit->removes) return note(&n, edit->key, edit->name, false, strdup("-"));
    postern_status status = note_key_made(&n, edit->key);
    if (status || edit->whole_key) return status;
    return note(&n, edit->key, edit->name, false, record_value_text(edit->type, edit->raw));
}
