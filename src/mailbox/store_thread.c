/*
 * Threads, after Jamie Zawinski's description (jwz.org/doc/threading.html): References and In-Reply-To link messages, also
 * through ones that are not here; answers that name nothing join a thread of their subject. References are hostile: a link that
 * would close a circle, or make a thread deeper than POSTERN_LIMIT_STORE_THREAD_DEPTH, is not made.
 */
#include "store_int.h"

#include <stdlib.h>

enum { NONE = UINT32_MAX };

typedef struct container {
    uint64_t id;
    uint32_t parent, row;
} container;

typedef struct threads {
    postern_store *store;
    const store_thread_facts *facts;
    container *containers;
    uint32_t count;
    uint32_t *of_row; /* container of each row */
    uint32_t *table;  /* open addressing */
    size_t mask;
} threads;

static uint32_t *slot_of(const uint32_t *table_of, size_t mask, const threads *t, uint64_t id) {
    size_t at = (size_t)(id * 0x9E3779B97F4A7C15u >> 20) & mask;
    while (table_of[at] != NONE && t->containers[table_of[at]].id != id) at = (at + 1) & mask;
    return (uint32_t *)(uintptr_t)&table_of[at];
}

static uint32_t container_of(threads *t, uint64_t id) {
    uint32_t *slot = slot_of(t->table, t->mask, t, id);
    if (*slot == NONE) {
        *slot = t->count;
        t->containers[t->count++] = (container){.id = id, .parent = NONE, .row = NONE};
    }
    return *slot;
}

/* Whether `child` may hang below `parent`: not above it already, and not too deep. */
static bool may_link(const threads *t, uint32_t child, uint32_t parent) {
    unsigned depth = 0;
    for (uint32_t c = parent; c != NONE; c = t->containers[c].parent)
        if (c == child || ++depth > POSTERN_LIMIT_STORE_THREAD_DEPTH) return false;
    return true;
}

static void link_row(threads *t, uint32_t row) {
    const store_rec *rec = &t->store->recs[row];
    uint32_t own = NONE, last = NONE;
    if (rec->id_hash) own = container_of(t, rec->id_hash);
    if (own == NONE || t->containers[own].row != NONE) { /* without an id, or with one that another has already */
        own = t->count;
        t->containers[t->count++] = (container){.id = 0, .parent = NONE, .row = NONE};
    }
    t->containers[own].row = row;
    t->of_row[row] = own;
    for (uint32_t i = t->facts->starts[row]; i < t->facts->starts[row + 1]; i++) {
        uint32_t c = container_of(t, t->facts->hashes[i]);
        if (last != NONE && t->containers[c].parent == NONE && may_link(t, c, last)) t->containers[c].parent = last;
        last = c;
    }
    if (last != NONE && may_link(t, own, last)) t->containers[own].parent = last;
}

static bool is_earlier(const postern_store *store, uint32_t a, uint32_t b) {
    const store_rec *x = &store->recs[a], *y = &store->recs[b];
    return x->date != y->date ? x->date < y->date : a < b;
}

/* Rows get the nearest row above them; where only messages that are not here stand above several, the earliest leads. */
static postern_status parents(threads *t) {
    postern_store *store = t->store;
    uint32_t *first = malloc(((size_t)t->count + 1) * sizeof *first);
    if (!first) return POSTERN_NOMEM;
    memset(first, 0xFF, ((size_t)t->count + 1) * sizeof *first);
    for (int turn = 0; turn < 2; turn++)
        for (uint32_t row = 0; row < store->rec_count; row++) {
            uint32_t top = t->of_row[row], c = t->containers[top].parent;
            while (c != NONE && t->containers[c].row == NONE) {
                top = c;
                c = t->containers[c].parent;
            }
            if (c != NONE) store->recs[row].parent = t->containers[c].row;
            else if (turn == 0 && (first[top] == NONE || is_earlier(store, row, first[top]))) first[top] = row;
            else if (turn == 1 && first[top] != row) store->recs[row].parent = first[top];
        }
    free(first);
    return POSTERN_OK;
}

/* An answer at the top joins the earliest message of its subject, one that is no answer when there is one. */
static postern_status by_subject(threads *t) {
    postern_store *store = t->store;
    const store_thread_facts *facts = t->facts;
    size_t room = t->mask + 1;
    for (size_t i = 0; i < room; i++) t->table[i] = NONE;
    t->count = 0; /* the containers are done with; here one stands for a subject */
    for (int turn = 0; turn < 2; turn++)
        for (uint32_t row = 0; row < store->rec_count; row++) {
            if (store->recs[row].parent != POSTERN_NO_ROW || !facts->subject_hash[row]) continue;
            uint32_t c = container_of(t, facts->subject_hash[row]), lead = t->containers[c].row;
            bool better = lead == NONE || (facts->reply[lead] && !facts->reply[row]) ||
                          (facts->reply[lead] == facts->reply[row] && is_earlier(store, row, lead));
            if (turn == 0 && better) t->containers[c].row = row;
            if (turn == 1 && facts->reply[row] && lead != row) store->recs[row].parent = lead;
        }
    return POSTERN_OK;
}

postern_status store_thread(postern_store *store, const store_thread_facts *facts) {
    threads t = {.store = store, .facts = facts};
    if (!store->rec_count) return POSTERN_OK;
    size_t most = (size_t)store->rec_count * 2 + facts->starts[store->rec_count] + 1, room = 16;
    while (room < most * 2) room *= 2;
    t.mask = room - 1;
    t.containers = reallocarray(NULL, most, sizeof *t.containers);
    t.of_row = reallocarray(NULL, (size_t)store->rec_count + 1, sizeof *t.of_row);
    t.table = reallocarray(NULL, room, sizeof *t.table);
    postern_status status = t.containers && t.of_row && t.table ? POSTERN_OK : POSTERN_NOMEM;
    if (!status) memset(t.table, 0xFF, room * sizeof *t.table);
    for (uint32_t row = 0; !status && row < store->rec_count; row++) link_row(&t, row);
    if (!status) status = parents(&t);
    if (!status) status = by_subject(&t);
    free(t.containers);
    free(t.of_row);
    free(t.table);
    return status;
}
