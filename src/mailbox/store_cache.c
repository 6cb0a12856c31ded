/*
 * Rows <-> the cache file NAME.rows. It is made from hostile mail and lies where other programs write, so nothing in it is
 * trusted: it has to be of this store (fingerprint of names, sizes, times, inodes), whole (checksum) and consistent (every
 * place inside, every text safe to show, threads without circles); else it is made anew. Integers are little-endian.
 *
 *   magic 8, fingerprint 8, checksum 8 of what follows: kind 4, rows 4, folders 4, texts 4, folders: text 8 each,
 *   rows: ROW_BYTES each, texts
 */
#include "store_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { HEAD_BYTES = 40, ROW_BYTES = 112 };
static const char magic[] = "PSTNROW2";

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

static void put_row(uint8_t **p, const store_rec *r) {
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
    put32(p, 0);
}

static postern_status whole(const postern_store *store, postern_buf *out) {
    size_t fixed = HEAD_BYTES + (size_t)store->folder_count * 8 + (size_t)store->rec_count * ROW_BYTES;
    if (postern_buf_reserve(out, fixed + store->texts.len)) return out->status;
    uint8_t *p = out->ptr;
    memcpy(p, magic, 8);
    p += 8;
    put64(&p, store->fingerprint);
    put64(&p, 0);
    put32(&p, store->kind);
    put32(&p, store->rec_count);
    put32(&p, store->folder_count);
    put32(&p, (uint32_t)store->texts.len);
    for (uint32_t i = 0; i < store->folder_count; i++) put_text(&p, store->folders[i]);
    for (uint32_t i = 0; i < store->rec_count; i++) put_row(&p, &store->recs[i]);
    out->len = fixed;
    postern_buf_add_slice(out, postern_buf_slice(&store->texts));
    p = out->ptr + 16;
    put64(&p, store_checksum(postern_slice_from(postern_buf_slice(out), 24), store->fingerprint));
    return out->status;
}

postern_status store_cache_name(postern_store *store, const char *ending, postern_buf *ret_name) {
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

static void get_row(postern_cursor *c, store_rec *r) {
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
    postern_cursor_le32(c);
}

static bool row_is_sound(const postern_store *store, postern_slice texts, const store_rec *r) {
    return r->place.file < store->file_count && r->place.how < STORE_HOW_COUNT && r->folder < store->folder_count &&
           (r->parent < store->rec_count || r->parent == POSTERN_NO_ROW) && r->zone <= POSTERN_ZONE_RESTRICTED &&
           r->date >= -(INT64_C(1) << 40) && r->date <= INT64_C(1) << 40 && r->date_offset >= -1500 && r->date_offset <= 1500 &&
           shown(texts, r->sender) && shown(texts, r->address) && shown(texts, r->subject) && shown(texts, r->file);
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

static postern_status read_parts(postern_store *store, postern_slice bytes) {
    postern_cursor c = postern_cursor_of(postern_slice_from(bytes, 24));
    uint32_t kind = postern_cursor_le32(&c), rows = postern_cursor_le32(&c), folders = postern_cursor_le32(&c),
             texts_len = postern_cursor_le32(&c);
    uint64_t need = HEAD_BYTES + (uint64_t)folders * 8 + (uint64_t)rows * ROW_BYTES + texts_len;
    if (kind != (uint32_t)store->kind || rows > POSTERN_LIMIT_STORE_MESSAGES || need != bytes.len)
        return POSTERN_FORMAT;
    postern_slice texts = postern_slice_from(bytes, bytes.len - texts_len);
    store->recs = reallocarray(NULL, (size_t)rows + 1, sizeof *store->recs);
    store->folders = reallocarray(NULL, (size_t)folders + 1, sizeof *store->folders);
    if (!store->recs || !store->folders) return POSTERN_NOMEM;
    store->rec_count = store->rec_room = rows;
    store->folder_count = store->folder_room = folders;
    for (uint32_t i = 0; i < folders; i++) {
        store->folders[i] = get_text(&c);
        if (!shown(texts, store->folders[i])) return POSTERN_FORMAT;
    }
    for (uint32_t i = 0; i < rows; i++) {
        get_row(&c, &store->recs[i]);
        if (!row_is_sound(store, texts, &store->recs[i])) return POSTERN_FORMAT;
    }
    postern_status status = c.ok ? threads_end(store) : POSTERN_FORMAT;
    return status ? status : postern_buf_add_slice(&store->texts, texts);
}

postern_status store_cache_open(postern_store *store, const char *ending, postern_file **ret_file) {
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

/* The checksum is the caller's business: behind it everything has to hold without. */
postern_status store_cache_read(postern_store *store, postern_slice bytes) {
    postern_status status = bytes.len >= HEAD_BYTES ? read_parts(store, bytes) : POSTERN_FORMAT;
    if (!status) return status;
    free(store->recs);
    free(store->folders);
    store->recs = NULL;
    store->folders = NULL;
    store->rec_count = store->rec_room = store->folder_count = store->folder_room = 0;
    return status;
}

postern_status store_cache_load(postern_store *store) {
    postern_file *file;
    postern_status status = store_cache_open(store, ".rows", &file);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(file);
    postern_cursor c = postern_cursor_of(bytes);
    bool ok = postern_slice_eq(postern_cursor_bytes(&c, 8), postern_slice_of(magic, 8)) &&
              postern_cursor_le64(&c) == store->fingerprint &&
              postern_cursor_le64(&c) == store_checksum(postern_slice_from(bytes, 24), store->fingerprint) && c.ok;
    status = ok ? store_cache_read(store, bytes) : POSTERN_FORMAT;
    postern_file_close(file);
    return status;
}
