/*
 * Lists: rows that fit a query, sorted, maybe as threads. Everything that is compared is a number made beforehand, so a list of
 * 100,000 rows takes milliseconds.
 */
#include "store_int.h"

#include <stdlib.h>

struct postern_store_list {
    postern_store_entry *entries;
    size_t count;
};

typedef struct key {
    uint64_t first;
    int64_t date;
    uint32_t row;
} key;

static int by_key(const void *a, const void *b) {
    const key *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    if (x->date != y->date) return x->date < y->date ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static uint64_t key_of(const store_rec *r, uint32_t row, postern_store_column column) {
    switch (column) {
    case POSTERN_STORE_BY_DATE: return (uint64_t)r->date ^ UINT64_C(1) << 63;
    case POSTERN_STORE_BY_SENDER: return r->sender_rank;
    case POSTERN_STORE_BY_SUBJECT: return r->subject_rank;
    case POSTERN_STORE_BY_SIZE: return r->size;
    case POSTERN_STORE_BY_ATTACHMENT: return (r->flags & POSTERN_STORE_ATTACHMENT) != 0;
    case POSTERN_STORE_BY_ZONE: return r->zone;
    default: return row;
    }
}

static bool fits(const postern_store *store, const postern_store_query *q, uint32_t row) {
    const store_rec *r = &store->recs[row];
    if ((r->flags & q->with) != q->with || r->flags & q->without) return false;
    if (r->flags & POSTERN_STORE_GONE && !q->gone) return false;
    return !q->in_folder || postern_slice_eq(store->folder_views[r->folder], q->folder);
}

/* Clears the bits of rows whose sender and subject do not hold every word. */
static void match_heads(const postern_store *store, const store_query *query, uint8_t *in) {
    const uint32_t all = query->count < 32 ? (UINT32_C(1) << query->count) - 1 : UINT32_MAX;
    for (uint32_t row = 0; row < store->rec_count; row++) {
        if (!in[row]) continue;
        const store_rec *r = &store->recs[row];
        uint32_t found = store_query_match(query, store_text_of(store, r->subject));
        if (found != all) found |= store_query_match(query, store_text_of(store, r->sender));
        if (found != all) found |= store_query_match(query, store_text_of(store, r->address));
        in[row] = found == all;
    }
}

/* ---- threads ---- */

typedef struct tree {
    uint32_t *parent, *first, *last, *next; /* rows; of those that are in the list */
    int64_t *newest;                        /* date in the thread of each root */
} tree;

enum { NONE = UINT32_MAX };

/* The nearest row above that is in the list, and then the root. */
static void find_parents(const postern_store *store, const uint8_t *in, const key *keys, size_t count, tree *t) {
    for (size_t i = 0; i < count; i++) {
        uint32_t up = store->recs[keys[i].row].parent;
        while (up != NONE && !in[up]) up = store->recs[up].parent;
        t->parent[keys[i].row] = up;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t root = keys[i].row;
        while (t->parent[root] != NONE) root = t->parent[root];
        if (keys[i].date > t->newest[root]) t->newest[root] = keys[i].date;
    }
}

static void write_thread(const tree *t, uint32_t root, postern_store_list *list) {
    uint32_t at = root, depth = 0;
    for (;;) {
        list->entries[list->count++] = (postern_store_entry){at, depth};
        if (t->first[at] != NONE) {
            at = t->first[at];
            depth++;
            continue;
        }
        while (at != root && t->next[at] == NONE) {
            at = t->parent[at];
            depth--;
        }
        if (at == root) return;
        at = t->next[at];
    }
}

/* Roots first, in the order asked for; then each with what answers to it, by date. */
static postern_status write_threads(const postern_store *store, const postern_store_query *q, const uint8_t *in, key *keys,
                                    size_t count, postern_store_list *list) {
    size_t rows = (size_t)store->rec_count + 1, roots = 0;
    uint32_t *links = reallocarray(NULL, rows, 4 * sizeof *links);
    int64_t *newest = reallocarray(NULL, rows, sizeof *newest);
    key *tops = reallocarray(NULL, rows, sizeof *tops);
    postern_status status = links && newest && tops ? POSTERN_OK : POSTERN_NOMEM;
    if (!status) {
        tree t = {links, links + rows, links + 2 * rows, links + 3 * rows, newest};
        memset(links, 0xFF, rows * 4 * sizeof *links);
        for (size_t i = 0; i < rows; i++) newest[i] = INT64_MIN;
        for (size_t i = 0; i < count; i++) keys[i].first = 0;
        qsort(keys, count, sizeof *keys, by_key); /* by date, for children */
        find_parents(store, in, keys, count, &t);
        for (size_t i = 0; i < count; i++) {
            uint32_t row = keys[i].row, up = t.parent[row];
            if (up == NONE) {
                uint64_t first = q->sort == POSTERN_STORE_BY_DATE ? (uint64_t)newest[row] ^ UINT64_C(1) << 63
                                                                  : key_of(&store->recs[row], row, q->sort);
                tops[roots++] = (key){first, keys[i].date, row};
                continue;
            }
            if (t.first[up] == NONE) t.first[up] = row;
            else t.next[t.last[up]] = row;
            t.last[up] = row;
        }
        qsort(tops, roots, sizeof *tops, by_key);
        for (size_t i = 0; i < roots; i++) write_thread(&t, tops[q->descending ? roots - 1 - i : i].row, list);
    }
    free(links);
    free(newest);
    free(tops);
    return status;
}

/* ---- the list ---- */

static postern_status fill(const postern_store *store, const postern_store_query *q, const uint8_t *in,
                           postern_store_list *list) {
    size_t count = 0;
    key *keys = reallocarray(NULL, (size_t)store->rec_count + 1, sizeof *keys);
    if (!keys) return POSTERN_NOMEM;
    for (uint32_t row = 0; row < store->rec_count; row++)
        if (in[row]) keys[count++] = (key){key_of(&store->recs[row], row, q->sort), store->recs[row].date, row};
    list->entries = reallocarray(NULL, count + 1, sizeof *list->entries);
    postern_status status = list->entries ? POSTERN_OK : POSTERN_NOMEM;
    if (!status && q->threads) status = write_threads(store, q, in, keys, count, list);
    else if (!status) {
        if (q->sort != POSTERN_STORE_BY_ORDER) qsort(keys, count, sizeof *keys, by_key);
        for (size_t i = 0; i < count; i++)
            list->entries[i] = (postern_store_entry){keys[q->descending ? count - 1 - i : i].row, 0};
        list->count = count;
    }
    free(keys);
    return status;
}

postern_status postern_store_find(const postern_store *store, const postern_store_query *q, postern_store_list **ret_list,
                                  postern_error *reterr) {
    postern_store_list *list = calloc(1, sizeof *list);
    uint8_t *in = malloc((size_t)store->rec_count + 1);
    postern_status status = list && in ? POSTERN_OK : POSTERN_NOMEM;
    if (!status) {
        store_query query;
        store_query_words(q->words, &query);
        for (uint32_t row = 0; row < store->rec_count; row++) in[row] = fits(store, q, row);
        if (query.count && store->index) status = store_index_match(store, &query, in);
        else if (query.count) match_heads(store, &query, in);
        if (!status) status = fill(store, q, in, list);
    }
    free(in);
    if (!status) {
        *ret_list = list;
        return POSTERN_OK;
    }
    postern_store_list_free(list);
    return postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the list");
}

size_t postern_store_list_count(const postern_store_list *list) {
    return list->count;
}

const postern_store_entry *postern_store_list_entries(const postern_store_list *list) {
    return list->entries;
}

void postern_store_list_free(postern_store_list *list) {
    if (!list) return;
    free(list->entries);
    free(list);
}
