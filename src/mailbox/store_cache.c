/*
 * Rows <-> the cache file NAME.rows. It is made from hostile mail and lies where other programs write, so nothing in it is
 * trusted: it has to be of this store (fingerprint of names, sizes, times, inodes), whole (checksum) and consistent (every
 * place inside, every text safe to show, threads without circles); else it is made anew. Integers are little-endian.
 *
 *   magic 8, fingerprint 8, checksum 8 of what follows: kind 4, rows 4, folders 4, files 4, references 4, generations 4,
 *   numbers in the index of words 4, texts 4, paths 4, 0 4; folders: text 8 each; files: FILE_BYTES each; generations: first
 *   number 4, 0 4, fingerprint 8 each; rows: ROW_BYTES each; texts; paths; references 8 each
 *
 * Rows of another time serve too, as far as the store is what it was then (store_grow.c).
 */
#include "store_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { HEAD_BYTES = 64, ROW_BYTES = 116, FILE_BYTES = 52, GENERATION_BYTES = 16 };
static const char magic[] = "PSTNROW3";

uint64_t store_checksum(postern_slice s, uint64_t seed) {
    uint64_t h = seed ^ (s.len * 0x9E3779B97F4A7C15u), lane[4] = {h + 1, h + 2, h + 3, h + 4}, word;
    size_t at = 0;
    for (; s.len - at >= 32; at += 32)
        for (unsigned i = 0; i < 4; i++) {
            memcpy(&word, s.ptr + at + i * 8, 8);
            lane[i] = (lane[i] ^ word) * 0x9E3779B97F4A7C15u;
            lane[i] ^= lane[i] >> 29;
        }
    for (unsigned i = 0; i < 4; i++) h = (h ^ lane[i]) * 0xFF51AFD7ED558CCDu, h ^= h >> 32;
    for (; at < s.len; at++) h = (h ^ s.ptr[at]) * 0x100000001B3u, h ^= h >> 31;
    h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53u;
    return h ^ h >> 29;
}

static void put32(uint8_t **p, uint32_t v) {
    for (int i = 0; i < 4; i++) *(*p)++ = (uint8_t)(v >> (8 * i));
}
static void put64(uint8_t **p, uint64_t v) {
    put32(p, (uint32_t)v);
    put32(p, (uint32_t)(v >> 32));
}
static void put_text(uint8_t **p, store_text t) {
    put32(p, t.at);
    put32(p, t.len);
}

static void put_row(uint8_t **p, const store_rec *r, uint32_t refs_end) {
    put32(p, r->place.file);
    put32(p, r->place.member);
    put64(p, r->place.offset);
    put64(p, r->place.length);
    put32(p, (uint32_t)r->place.how | (uint32_t)r->zone << 8 | (uint32_t)r->has_date << 16);
    put64(p, (uint64_t)r->date);
    put64(p, r->size);
    put64(p, r->id_hash);
    put32(p, r->flags);
    put32(p, r->parent);
    put32(p, r->folder);
    put32(p, (uint32_t)r->date_offset);
    put_text(p, r->sender);
    put_text(p, r->address);
    put_text(p, r->subject);
    put_text(p, r->file);
    put32(p, r->sender_rank);
    put32(p, r->subject_rank);
    put32(p, r->doc);
    put32(p, refs_end);
}

static void put_file(uint8_t **p, const store_file *f) {
    put_text(p, f->path);
    put64(p, f->size);
    put64(p, f->mtime);
    put64(p, f->inode);
    put64(p, f->digest);
    put64(p, f->settled);
    put32(p, (uint32_t)f->maildir | (uint32_t)f->grows << 1);
}

static void put_counts(uint8_t **p, const postern_store *store) {
    const uint32_t counts[] = {store->kind,
                               store->rec_count,
                               store->folder_count,
                               store->file_count,
                               (uint32_t)store->refs.count,
                               store->generation_count,
                               store->docs,
                               (uint32_t)store->texts.len,
                               (uint32_t)store->paths.len,
                               0};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) put32(p, counts[i]);
}

static postern_status whole(const postern_store *store, postern_buf *out) {
    size_t fixed = HEAD_BYTES + (size_t)store->folder_count * 8 + (size_t)store->file_count * FILE_BYTES +
                   (size_t)store->generation_count * GENERATION_BYTES + (size_t)store->rec_count * ROW_BYTES,
           refs = store->refs.count * 8;
    if (postern_buf_reserve(out, fixed + store->texts.len + store->paths.len + refs)) return out->status;
    uint8_t *p = out->ptr;
    memcpy(p, magic, 8);
    p += 8;
    put64(&p, store->fingerprint);
    put64(&p, 0);
    put_counts(&p, store);
    for (uint32_t i = 0; i < store->folder_count; i++) put_text(&p, store->folders[i]);
    for (uint32_t i = 0; i < store->file_count; i++) put_file(&p, &store->files[i]);
    for (uint32_t i = 0; i < store->generation_count; i++) {
        put32(&p, store->generations[i].doc);
        put32(&p, 0);
        put64(&p, store->generations[i].id);
    }
    for (uint32_t i = 0; i < store->rec_count; i++) put_row(&p, &store->recs[i], store->starts[i + 1]);
    out->len = fixed;
    postern_buf_add_slice(out, postern_buf_slice(&store->texts));
    postern_buf_add_slice(out, postern_buf_slice(&store->paths));
    p = out->ptr + out->len;
    for (size_t i = 0; i < store->refs.count; i++) put64(&p, store->refs.hashes[i]);
    out->len += refs;
    p = out->ptr + 16;
    put64(&p, store_checksum(postern_slice_from(postern_buf_slice(out), 24), store->fingerprint));
    return out->status;
}

postern_status store_cache_name(const postern_store *store, const char *ending, postern_buf *ret_name) {
    postern_buf_init(ret_name, 1u << 13);
    postern_buf_add_slice(ret_name, postern_buf_slice(&store->cache_name));
    return postern_buf_add(ret_name, ending, strlen(ending) + 1);
}

postern_status store_cache_save(postern_store *store, postern_error *reterr) {
    postern_buf bytes, name;
    postern_output *out = NULL;
    postern_buf_init(&bytes, SIZE_MAX / 2);
    postern_status status = store_cache_name(store, ".rows", &name);
    if (!status) status = whole(store, &bytes);
    if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the cache");
    if (!status) status = postern_output_open(store->options.cache_dir, (const char *)name.ptr, true, &out, reterr);
    if (!status) {
        postern_sink sink = postern_output_sink(out);
        status = postern_sink_write(&sink, postern_buf_slice(&bytes));
        status = postern_output_commit(out, reterr); /* it kept the first failure */
    }
    postern_output_free(out);
    postern_buf_free(&bytes);
    postern_buf_free(&name);
    return status;
}

/* ---- reading ---- */

static store_text get_text(postern_cursor *c) {
    uint32_t at = postern_cursor_le32(c);
    return (store_text){at, postern_cursor_le32(c)};
}

static bool shown(postern_slice texts, store_text t) {
    return t.at <= texts.len && t.len <= texts.len - t.at && store_is_shown(postern_slice_sub(texts, t.at, t.len));
}

static void get_row(postern_cursor *c, store_rec *r, uint32_t *ret_refs_end) {
    r->place.file = postern_cursor_le32(c);
    r->place.member = postern_cursor_le32(c);
    r->place.offset = postern_cursor_le64(c);
    r->place.length = postern_cursor_le64(c);
    uint32_t packed = postern_cursor_le32(c);
    r->place.how = (store_how)(packed & 0xFF);
    r->zone = (uint8_t)(packed >> 8);
    r->has_date = packed >> 16 & 1;
    r->date = (int64_t)postern_cursor_le64(c);
    r->size = postern_cursor_le64(c);
    r->id_hash = postern_cursor_le64(c);
    r->flags = postern_cursor_le32(c);
    r->parent = postern_cursor_le32(c);
    r->folder = postern_cursor_le32(c);
    r->date_offset = (int32_t)postern_cursor_le32(c);
    r->sender = get_text(c);
    r->address = get_text(c);
    r->subject = get_text(c);
    r->file = get_text(c);
    r->sender_rank = postern_cursor_le32(c);
    r->subject_rank = postern_cursor_le32(c);
    r->doc = postern_cursor_le32(c);
    *ret_refs_end = postern_cursor_le32(c);
}

static bool row_is_sound(const postern_store *store, postern_slice texts, const store_rec *r) {
    return r->place.file < store->file_count && r->place.how < STORE_HOW_COUNT && r->folder < store->folder_count &&
           (r->parent < store->rec_count || r->parent == POSTERN_NO_ROW) && r->zone <= POSTERN_ZONE_RESTRICTED &&
           r->date >= -(INT64_C(1) << 40) && r->date <= INT64_C(1) << 40 && r->date_offset >= -1500 && r->date_offset <= 1500 &&
           r->doc < store->docs && shown(texts, r->sender) && shown(texts, r->address) && shown(texts, r->subject) &&
           shown(texts, r->file);
}

/* Threads without circles: each row is walked up from once; 0 unknown, 1 on this walk, 2 known to end. */
static postern_status threads_end(const postern_store *store) {
    uint8_t *seen = calloc((size_t)store->rec_count + 1, 1);
    bool ok = true;
    if (!seen) return POSTERN_NOMEM;
    for (uint32_t i = 0; ok && i < store->rec_count; i++) {
        uint32_t at = i;
        while (at != POSTERN_NO_ROW && seen[at] == 0) {
            seen[at] = 1;
            at = store->recs[at].parent;
        }
        ok = at == POSTERN_NO_ROW || seen[at] == 2;
        for (at = i; ok && at != POSTERN_NO_ROW && seen[at] == 1; at = store->recs[at].parent) seen[at] = 2;
    }
    free(seen);
    return ok ? POSTERN_OK : POSTERN_FORMAT;
}

/* What the head says of sizes, and the pieces behind the rows. */
typedef struct pieces {
    uint32_t rows, folders, files, refs, generations;
    postern_slice texts, paths, hashes;
} pieces;

static bool read_counts(postern_store *store, postern_slice bytes, postern_cursor *c, pieces *p) {
    uint32_t kind = postern_cursor_le32(c);
    p->rows = postern_cursor_le32(c);
    p->folders = postern_cursor_le32(c);
    p->files = postern_cursor_le32(c);
    p->refs = postern_cursor_le32(c);
    p->generations = postern_cursor_le32(c);
    store->docs = postern_cursor_le32(c);
    uint32_t texts = postern_cursor_le32(c), paths = postern_cursor_le32(c);
    postern_cursor_le32(c);
    uint64_t fixed = HEAD_BYTES + (uint64_t)p->folders * 8 + (uint64_t)p->files * FILE_BYTES +
                     (uint64_t)p->generations * GENERATION_BYTES + (uint64_t)p->rows * ROW_BYTES;
    uint64_t need = fixed + texts + paths + (uint64_t)p->refs * 8;
    if (!c->ok || kind != (uint32_t)store->kind || need != bytes.len || p->rows > POSTERN_LIMIT_STORE_MESSAGES ||
        p->files > POSTERN_LIMIT_STORE_FILES || p->generations < 1 || p->generations > POSTERN_LIMIT_STORE_GENERATIONS ||
        store->docs > 4 * POSTERN_LIMIT_STORE_MESSAGES)
        return false;
    p->texts = postern_slice_sub(bytes, (size_t)fixed, texts);
    p->paths = postern_slice_sub(bytes, (size_t)fixed + texts, paths);
    p->hashes = postern_slice_from(bytes, (size_t)fixed + texts + paths);
    return true;
}

static bool read_files(postern_store *store, postern_cursor *c, const pieces *p) {
    for (uint32_t i = 0; i < p->files; i++) {
        store_file *f = &store->files[i];
        *f = (store_file){.path = get_text(c)};
        f->size = postern_cursor_le64(c);
        f->mtime = postern_cursor_le64(c);
        f->inode = postern_cursor_le64(c);
        f->digest = postern_cursor_le64(c);
        f->settled = postern_cursor_le64(c);
        uint32_t flags = postern_cursor_le32(c);
        f->maildir = flags & 1;
        f->grows = flags >> 1 & 1;
        if (f->path.at > p->paths.len || f->path.len > p->paths.len - f->path.at) return false;
    }
    uint32_t before = 0;
    for (uint32_t i = 0; i < p->generations; i++) {
        store_generation *g = &store->generations[i];
        g->doc = postern_cursor_le32(c);
        postern_cursor_le32(c);
        g->id = postern_cursor_le64(c);
        if ((i == 0) != (g->doc == 0) || g->doc < before || g->doc > store->docs) return false;
        before = g->doc;
    }
    return c->ok;
}

static bool read_rows(postern_store *store, postern_cursor *c, const pieces *p) {
    uint32_t before = 0, end = 0;
    store->starts[0] = 0;
    for (uint32_t i = 0; i < p->rows; i++) {
        store_rec *r = &store->recs[i];
        get_row(c, r, &end);
        if (!row_is_sound(store, p->texts, r) || end < store->starts[i] || end > p->refs || r->place.file < before)
            return false;
        store->starts[i + 1] = end;
        before = r->place.file;
    }
    postern_cursor hashes = postern_cursor_of(p->hashes);
    for (uint32_t i = 0; i < p->refs; i++) store->refs.hashes[i] = postern_cursor_le64(&hashes);
    return c->ok;
}

static postern_status make_arrays(postern_store *store, const pieces *p) {
    store->recs = reallocarray(NULL, (size_t)p->rows + 1, sizeof *store->recs);
    store->starts = reallocarray(NULL, (size_t)p->rows + 2, sizeof *store->starts);
    store->folders = reallocarray(NULL, (size_t)p->folders + 1, sizeof *store->folders);
    store->files = reallocarray(NULL, (size_t)p->files + 1, sizeof *store->files);
    store->refs.hashes = reallocarray(NULL, (size_t)p->refs + 1, sizeof *store->refs.hashes);
    if (!store->recs || !store->starts || !store->folders || !store->files || !store->refs.hashes) return POSTERN_NOMEM;
    store->rec_count = store->rec_room = p->rows;
    store->starts_room = p->rows + 2;
    store->folder_count = store->folder_room = p->folders;
    store->file_count = store->file_room = p->files;
    store->refs.count = store->refs.room = p->refs;
    store->generation_count = p->generations;
    return POSTERN_OK;
}

postern_status store_cache_read(postern_store *store, postern_slice bytes) {
    pieces p;
    postern_cursor c = postern_cursor_of(postern_slice_from(bytes, 24));
    if (bytes.len < HEAD_BYTES || !read_counts(store, bytes, &c, &p)) return POSTERN_FORMAT;
    postern_status status = make_arrays(store, &p);
    if (status) return status;
    for (uint32_t i = 0; i < p.folders; i++) {
        store->folders[i] = get_text(&c);
        if (!shown(p.texts, store->folders[i])) return POSTERN_FORMAT;
    }
    if (!read_files(store, &c, &p) || !read_rows(store, &c, &p)) return POSTERN_FORMAT;
    status = threads_end(store);
    if (!status) status = postern_buf_add_slice(&store->texts, p.texts);
    if (!status) status = postern_buf_add_slice(&store->paths, p.paths);
    if (!status) store_count_rows(store);
    return status;
}

postern_status store_cache_open(const postern_store *store, const char *ending, postern_file **ret_file) {
    postern_buf name;
    int fd;
    postern_status status = store_cache_name(store, ending, &name);
    if (!status)
        status = postern_beneath_open(store->options.cache_dir, (const char *)name.ptr, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0,
                                      &fd, NULL);
    postern_buf_free(&name);
    if (status) return status;
    status = postern_file_read(fd, ret_file, NULL);
    close(fd);
    return status;
}

/* Rows that are of this very store become its own; its files are known better than from a cache. */
static postern_status take_over(postern_store *store, postern_store *of) {
    if (of->file_count != store->file_count) return POSTERN_FORMAT;
    for (uint32_t i = 0; i < of->file_count; i++) {
        store->files[i].grows = of->files[i].grows;
        store->files[i].digest = of->files[i].digest;
        store->files[i].settled = of->files[i].settled;
    }
    postern_store empty = *store;
    store->recs = of->recs;
    store->rec_count = store->rec_room = of->rec_count;
    store->starts = of->starts;
    store->starts_room = of->starts_room;
    store->folders = of->folders;
    store->folder_count = store->folder_room = of->folder_count;
    store->refs = of->refs;
    store->texts = of->texts;
    memcpy(store->generations, of->generations, sizeof store->generations);
    store->generation_count = of->generation_count;
    store->docs = of->docs;
    of->recs = empty.recs;
    of->starts = empty.starts;
    of->folders = empty.folders;
    of->refs = empty.refs;
    of->texts = empty.texts;
    return POSTERN_OK;
}

/* The cache as a store of its own, when it is whole. */
static postern_status read_old(const postern_store *store, postern_slice bytes, uint64_t *ret_fingerprint,
                               postern_store **ret_old) {
    postern_cursor c = postern_cursor_of(bytes);
    bool ours = postern_slice_eq(postern_cursor_bytes(&c, 8), postern_slice_of(magic, 8));
    *ret_fingerprint = postern_cursor_le64(&c);
    if (!ours || postern_cursor_le64(&c) != store_checksum(postern_slice_from(bytes, 24), *ret_fingerprint) || !c.ok)
        return POSTERN_FORMAT;
    postern_store *old = calloc(1, sizeof *old);
    if (!old) return POSTERN_NOMEM;
    old->kind = store->kind;
    postern_buf_init(&old->texts, POSTERN_LIMIT_STORE_TEXTS);
    postern_buf_init(&old->paths, POSTERN_LIMIT_STORE_TEXTS);
    postern_status status = store_cache_read(old, bytes);
    if (status)
        store_free(old);
    else
        *ret_old = old;
    return status;
}

postern_status store_cache_load(postern_store *store, postern_store **ret_old) {
    postern_file *file;
    postern_store *old;
    uint64_t fingerprint;
    postern_status status = store_cache_open(store, ".rows", &file);
    if (status) return status;
    status = read_old(store, postern_file_bytes(file), &fingerprint, &old);
    postern_file_close(file);
    if (status) return status;
    if (fingerprint != store->fingerprint) {
        *ret_old = old;
        return POSTERN_FORMAT;
    }
    status = take_over(store, old);
    store_free(old);
    return status;
}
