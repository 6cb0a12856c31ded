/* store: what grew at its end, got new files, lost or renamed some, is as if it were made anew; and most of it is not. */
#include "test_store.h"

#include "mailbox/store_index_int.h"

typedef struct world {
    test_folder store, cache;
    postern_store_options options;
} world;

static void world_make(world *w) {
    test_folder_make(&w->store);
    test_folder_make(&w->cache);
    w->options = (postern_store_options){.has_cache = true, .cache_dir = w->cache.fd, .cache_name = "c"};
}

static void world_remove(world *w) {
    test_folder_remove(&w->store);
    test_folder_remove(&w->cache);
}

static void append(const world *w, const char *name, const char *text) {
    int fd = openat(w->store.fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void same_list(const postern_store *a, const postern_store *b, const char *words) {
    const postern_store_query query = {.words = postern_slice_cstr(words), .sort = POSTERN_STORE_BY_SUBJECT, .threads = true};
    postern_store_list *x, *y;
    assert_int_equal(postern_store_find(a, &query, &x, NULL), POSTERN_OK);
    assert_int_equal(postern_store_find(b, &query, &y, NULL), POSTERN_OK);
    assert_int_equal(postern_store_list_count(x), postern_store_list_count(y));
    for (size_t i = 0; i < postern_store_list_count(x); i++) {
        assert_int_equal(postern_store_list_entries(x)[i].row, postern_store_list_entries(y)[i].row);
        assert_int_equal(postern_store_list_entries(x)[i].depth, postern_store_list_entries(y)[i].depth);
    }
    postern_store_list_free(x);
    postern_store_list_free(y);
}

static void same_stores(postern_store *a, postern_store *b) {
    static const char *const searches[] = {"", "common", "word1", "word", "語", "日本語", "s1", "s1 common"};
    test_same_rows(a, b);
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) same_list(a, b, searches[i]);
}

/* Opened over its cache, with words; the same as one that has none. */
static postern_store *open_both(const world *w) {
    postern_store *store = test_store_open(w->store.fd, &w->options), *fresh = test_store_open(w->store.fd, NULL);
    assert_int_equal(postern_store_learn(store, NULL), POSTERN_OK);
    assert_int_equal(postern_store_learn(fresh, NULL), POSTERN_OK);
    same_stores(store, fresh);
    postern_store_close(fresh);
    return store;
}

/* Changes a text in the cache of rows, which then is whole all the same: who shows it has kept the row. */
static void forge(const world *w, const char *from, const char *to) {
    static uint8_t bytes[1 << 16];
    int fd = test_open(&w->cache, "c.rows");
    ssize_t len = read(fd, bytes, sizeof bytes);
    close(fd);
    size_t at = postern_slice_find(postern_slice_of(bytes, (size_t)len), 0, postern_slice_cstr(from));
    assert_true(at != SIZE_MAX);
    memcpy(bytes + at, to, strlen(to));
    uint64_t seed = 0;
    for (int i = 0; i < 8; i++) seed |= (uint64_t)bytes[8 + i] << (8 * i);
    uint64_t sum = store_checksum(postern_slice_of(bytes + 24, (size_t)len - 24), seed);
    for (int i = 0; i < 8; i++) bytes[16 + i] = (uint8_t)(sum >> (8 * i));
    test_write(&w->cache, "c.rows", bytes, (size_t)len);
}

static void an_mbox_grows_at_its_end(void **state) {
    (void)state;
    world w;
    world_make(&w);
    append(&w, "box", F1 "Subject: first\nMessage-ID: <1@x>\n\ncommon one\n\n" F1 "Subject: second\n\nhalf of");
    postern_store *store = open_both(&w);
    assert_int_equal(store->docs, 2);
    postern_store_close(store);
    append(&w, "box", " it, whole\n\n" F1 "Subject: Re: first\nIn-Reply-To: <1@x>\n\ncommon three\n");
    store = open_both(&w);
    assert_false(postern_store_was_cached(store));
    assert_int_equal(postern_store_count(store), 3);
    assert_int_equal(test_row(store, 2).parent, 0);
    assert_int_equal(store->generation_count, 2);
    assert_int_equal(store->index->count, 2); /* the first segment stayed, and another came behind it */
    assert_int_equal(store->recs[0].doc, 0);
    assert_int_equal(store->recs[1].doc, 2); /* it was read again; number 1 is nobody's */
    assert_int_equal(store->recs[2].doc, 3);
    postern_store_close(store);
    store = open_both(&w);
    assert_true(postern_store_was_cached(store));
    postern_store_close(store);
    /* the rows were kept, not made again */
    forge(&w, "first", "worst");
    append(&w, "box", "\n" F1 "Subject: fourth\n\nx\n");
    store = test_store_open(w.store.fd, &w.options);
    assert_int_equal(postern_store_count(store), 4);
    assert_slice(test_row(store, 0).subject, "worst");
    postern_store_close(store);
    world_remove(&w);
}

/* Longer, and not the same before: all of it is new. */
static void what_changed_before_its_end_is_read_anew(void **state) {
    (void)state;
    world w;
    world_make(&w);
    append(&w, "box", F1 "Subject: first\n\ncommon one\n\n" F1 "Subject: second\n\nx\n\n");
    postern_store_close(open_both(&w));
    forge(&w, "first", "worst");
    test_write_text(&w.store, "box",
                    F1 "Subject: fIrst\n\ncommon one\n\n" F1 "Subject: second\n\nx\n\n" F1 "Subject: third\n\ny\n");
    postern_store *store = open_both(&w);
    assert_slice(test_row(store, 0).subject, "fIrst");
    assert_int_equal(postern_store_count(store), 3);
    postern_store_close(store);
    /* shorter */
    test_write_text(&w.store, "box", F1 "Subject: fIrst\n\ncommon one\n\n");
    postern_store_close(open_both(&w));
    world_remove(&w);
}

/* What a length promised comes later: the rows behind its message were none. */
static void a_length_beyond_the_end_comes_true(void **state) {
    (void)state;
    world w;
    world_make(&w);
    append(&w, "box",
           F1 "Subject: zero\n\nx\n\n" F1 "Subject: long\nContent-Length: 80\n\n0123456789\n" F1 "Subject: inner\n\n");
    postern_store *store = open_both(&w);
    assert_int_equal(postern_store_count(store), 3);
    postern_store_close(store);
    append(&w, "box", "01234567890\n" F1 "Subject: last\n\ncommon\n");
    store = open_both(&w);
    assert_int_equal(postern_store_count(store), 3);
    assert_slice(test_row(store, 2).subject, "last");
    postern_store_close(store);
    world_remove(&w);
}

/* Files come, go, change their names; an mbox grows; now and then words are left for later, or lost. A fixed sequence. */
static void any_change_is_as_if_made_anew(void **state) {
    (void)state;
    world w;
    world_make(&w);
    uint32_t random = 11;
    char name[64], other[64], text[512];
    test_write_text(&w.store, "m/cur/0:2,", "Subject: s0\n\ncommon\n");
    test_write_text(&w.store, "m/new/1", "Subject: s1\n\nword1\n");
    test_write_text(&w.store, "boxes/a", F1 "Subject: box\n\nx\n\n");
    for (unsigned turn = 2; turn < 160; turn++) {
        random = random * 1664525 + 1013904223;
        unsigned what = random >> 16 & 15, which = (random >> 20) % turn;
        snprintf(text, sizeof text,
                 "Subject: %ss%u\nMessage-ID: <%u@x>\nReferences: <%u@x>\nFrom: user%u@x\n\ncommon word%u %s\n\n",
                 turn % 3 ? "" : "Re: ", turn / 2, turn, turn - 1, turn % 5, turn, turn % 4 ? "日本の" : "日本語");
        snprintf(name, sizeof name, "m/new/%u", which);
        snprintf(other, sizeof other, "m/cur/%u:2,%s", which, turn % 2 ? "S" : "RS");
        if (what < 5) {
            append(&w, what < 3 ? "boxes/a" : "boxes/b", F1);
            append(&w, what < 3 ? "boxes/a" : "boxes/b", text);
        } else if (what < 9) {
            snprintf(name, sizeof name, "m/new/%u", turn);
            test_write_text(&w.store, name, text);
        } else if (what < 12) {
            renameat(w.store.fd, name, w.store.fd, other);
        } else if (what < 13) {
            unlinkat(w.store.fd, name, 0);
        } else if (what < 14) {
            test_write_text(&w.store, "mail.eml", text);
        } else if (what < 15) {
            unlinkat(w.cache.fd, "c.words", 0);
        } else {
            postern_store_close(test_store_open(w.store.fd, &w.options)); /* somebody who did not search */
        }
        postern_store *store = open_both(&w);
        assert_in_range(store->generation_count, 1, POSTERN_LIMIT_STORE_GENERATIONS);
        assert_true(store->docs <= 2 * postern_store_count(store) + 64);
        postern_store_close(store);
    }
    world_remove(&w);
}

static postern_status life(void *user) {
    world *w = user;
    postern_store *store;
    postern_error error;
    test_write_text(&w->store, "box", F1 "Subject: one\nReferences: <a@x>\n\nx\n\n");
    unlinkat(w->cache.fd, "c.rows", 0);
    unlinkat(w->cache.fd, "c.words", 0);
    for (int turn = 0; turn < 2; turn++) {
        postern_status status = postern_store_open(w->store.fd, &w->options, &store, &error);
        if (status) return status;
        status = postern_store_learn(store, &error);
        postern_store_close(store);
        if (status) return status;
        append(w, "box", F1 "Subject: two\n\ny\n\n");
    }
    return POSTERN_OK;
}

static void without_memory(void **state) {
    (void)state;
    world w;
    world_make(&w);
    test_oom_each(life, &w);
    world_remove(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_mbox_grows_at_its_end),
        cmocka_unit_test(what_changed_before_its_end_is_read_anew),
        cmocka_unit_test(a_length_beyond_the_end_comes_true),
        cmocka_unit_test(any_change_is_as_if_made_anew),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
