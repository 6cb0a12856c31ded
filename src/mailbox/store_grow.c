/*
 * A store that changed since its rows were made: what of them is kept. A file with the same path, size, time and inode is as it
 * was. An mbox that is longer has grown at its end when the digest of all that was there is the same; its rows are kept but for
 * those that more bytes can change: the last one, and one whose Content-Length led beyond the end. A message of a Maildir that
 * was renamed (read, answered, moved to cur) gets a new row and keeps its words: its inode, time and size say that it is the
 * same. Whatever else changed is read anew.
 */
#define _GNU_SOURCE
#include "store_int.h"

#include <stdlib.h>

/* ---- the digest ---- */

void store_digest_to(store_digest *d, postern_slice bytes, size_t end) {
    for (; end >= d->at + STORE_DIGEST_CHUNK && bytes.len >= d->at + STORE_DIGEST_CHUNK; d->at += STORE_DIGEST_CHUNK)
        d->hash = store_checksum(postern_slice_sub(bytes, d->at, STORE_DIGEST_CHUNK), d->hash);
}

uint64_t store_digest_end(const store_digest *digest, postern_slice bytes) {
    store_digest d = *digest;
    store_digest_to(&d, bytes, bytes.len);
    return store_checksum(postern_slice_from(bytes, d.at), d.hash);
}

/* ---- files of another time ---- */

struct store_past {
    const postern_store *old;
    uint32_t *by_path, *by_inode; /* open addressing */
    size_t mask;
};

static size_t path_hash(postern_slice path) {
    return (size_t)postern_slice_hash(path, 3);
}

static size_t inode_hash(const store_file *f) {
    const uint64_t facts[3] = {f->size, f->mtime, f->inode};
    return (size_t)store_checksum(postern_slice_of(facts, sizeof facts), 5);
}

static bool is_same(const store_file *a, const store_file *b) {
    return a->size == b->size && a->mtime == b->mtime && a->inode == b->inode && a->maildir == b->maildir;
}

static void put(uint32_t *table, size_t mask, size_t hash, uint32_t file) {
    size_t at = hash & mask;
    while (table[at] != UINT32_MAX) at = (at + 1) & mask;
    table[at] = file;
}

postern_status store_past_new(const postern_store *old, store_past **ret_past) {
    size_t room = 16;
    while (room < (size_t)old->file_count * 2) room *= 2;
    store_past *past = calloc(1, sizeof *past);
    if (!past) return POSTERN_NOMEM;
    past->by_path = reallocarray(NULL, room, sizeof *past->by_path);
    past->by_inode = reallocarray(NULL, room, sizeof *past->by_inode);
    if (!past->by_path || !past->by_inode) {
        store_past_free(past);
        return POSTERN_NOMEM;
    }
    past->old = old;
    past->mask = room - 1;
    memset(past->by_path, 0xFF, room * sizeof *past->by_path);
    memset(past->by_inode, 0xFF, room * sizeof *past->by_inode);
    for (uint32_t i = 0; i < old->file_count; i++) {
        put(past->by_path, past->mask, path_hash(store_path_of(old, i)), i);
        if (old->files[i].maildir) put(past->by_inode, past->mask, inode_hash(&old->files[i]), i);
    }
    *ret_past = past;
    return POSTERN_OK;
}

void store_past_free(store_past *past) {
    if (!past) return;
    free(past->by_path);
    free(past->by_inode);
    free(past);
}

static uint32_t of_path(const store_past *past, postern_slice path) {
    for (size_t at = path_hash(path) & past->mask;; at = (at + 1) & past->mask)
        if (past->by_path[at] == UINT32_MAX || postern_slice_eq(store_path_of(past->old, past->by_path[at]), path))
            return past->by_path[at];
}

static uint32_t of_inode(const store_past *past, const store_file *file) {
    for (size_t at = inode_hash(file) & past->mask;; at = (at + 1) & past->mask)
        if (past->by_inode[at] == UINT32_MAX || is_same(&past->old->files[past->by_inode[at]], file)) return past->by_inode[at];
}

/* Whether the file begins with all that `was` it; *ret_digest: how far its whole chunks went. */
static postern_status has_grown(postern_store *store, uint32_t file, const store_file *was, store_digest *ret_digest,
                                bool *ret_grown, postern_error *reterr) {
    postern_slice bytes;
    store_digest d = {0};
    *ret_grown = false;
    postern_status status = store_file_bytes(store, file, &bytes, reterr);
    if (status || bytes.len < was->size) return status == POSTERN_NOMEM || !store->is_folder ? status : POSTERN_OK;
    postern_slice before = postern_slice_sub(bytes, 0, (size_t)was->size);
    for (size_t end = 0; end < before.len;) {
        size_t next = before.len - end > 16 * STORE_DIGEST_CHUNK ? end + 16 * STORE_DIGEST_CHUNK : before.len;
        store_digest_to(&d, before, next);
        postern_file_forget(store->open, end, next);
        end = next;
        if (!store_progress(store, POSTERN_STORE_READ, 0, store->total, 0))
            return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "cancelled");
    }
    *ret_grown = store_digest_end(&d, before) == was->digest;
    *ret_digest = d;
    return POSTERN_OK;
}

postern_status store_past_find(const store_past *past, postern_store *store, uint32_t file, store_start *start,
                               store_kept *ret_kept, postern_error *reterr) {
    store_file *now = &store->files[file];
    uint32_t index = of_path(past, store_path_of(store, file));
    const store_file *was = index == UINT32_MAX ? NULL : &past->old->files[index];
    bool grown = false;
    *ret_kept = (store_kept){.doc = UINT32_MAX};
    if (was && is_same(was, now)) {
        now->grows = was->grows;
        now->digest = was->digest;
        now->settled = was->settled;
        *ret_kept = (store_kept){was->first_row, was->row_count, UINT32_MAX};
        start->skip = true;
        return POSTERN_OK;
    }
    if (was && was->grows && !now->maildir && now->size > was->size && was->settled < was->size) {
        postern_status status = has_grown(store, file, was, &start->digest, &grown, reterr);
        if (status) return status;
    }
    if (grown) {
        ret_kept->first = was->first_row;
        while (ret_kept->count < was->row_count &&
               past->old->recs[was->first_row + ret_kept->count].place.offset <= was->settled)
            ret_kept->count++;
        start->offset = (size_t)was->settled;
        return POSTERN_OK;
    }
    start->digest = (store_digest){0};
    uint32_t other = now->maildir ? of_inode(past, now) : UINT32_MAX;
    if (other != UINT32_MAX && past->old->files[other].row_count == 1)
        ret_kept->doc = past->old->recs[past->old->files[other].first_row].doc;
    return POSTERN_OK;
}

/* ---- numbers in the index of words ---- */

bool store_number(postern_store *store, uint32_t covered) {
    uint32_t next = covered, had = store->generation_count;
    bool changed = store->docs < covered;
    for (uint32_t row = 0; row < store->rec_count; row++) {
        store_rec *rec = &store->recs[row];
        if (rec->doc != UINT32_MAX && rec->doc < covered) continue;
        changed = changed || rec->doc != next;
        rec->doc = next++;
    }
    uint32_t keep = had;
    while (keep && store->generations[keep - 1].doc >= covered) keep--;
    bool same = !changed && store->docs == next && had == keep + 1 && store->generations[keep].doc == covered;
    if (same) return false;
    store->docs = next;
    store->generation_count = keep;
    if (next == covered && keep) return true;
    if (keep == POSTERN_LIMIT_STORE_GENERATIONS) return store_number(store, 0);
    store->generations[keep] = (store_generation){covered, store->fingerprint};
    store->generation_count = keep + 1;
    return true;
}

void store_count_rows(postern_store *store) {
    for (uint32_t i = 0; i < store->file_count; i++) store->files[i].first_row = store->files[i].row_count = 0;
    for (uint32_t row = 0; row < store->rec_count; row++) {
        store_file *file = &store->files[store->recs[row].place.file];
        if (!file->row_count++) file->first_row = row;
    }
}
