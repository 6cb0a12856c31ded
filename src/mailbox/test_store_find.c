/* store: the cache is never trusted; lists, threads and searches. */
#include "mailbox/test_store.h"

static const char box[] =
    F1 "From: Zoe <z@x.example>\nSubject: Apples\nMessage-ID: <1@x>\nDate: Tue, 13 Apr 2004 10:00:00 +0000\n\none\n\n" F1
       "From: anna <a@x.example>\nSubject: Re: apples\nMessage-ID: <2@x>\nReferences: <1@x>\n"
       "Date: Wed, 14 Apr 2004 10:00:00 +0000\n\nanswer, longer\n\n" F1
       "From: Bob <b@x.example>\nSubject: bananas\nMessage-ID: <3@x>\nDate: Mon, 12 Apr 2004 10:00:00 +0000\n"
       "X-Mozilla-Status: 0008\n\nthree\n\n"
    /* through a message that is not here */
    F1 "From: carl <c@x.example>\nSubject: Re: apples\nMessage-ID: <4@x>\nReferences: <1@x> <gone@x>\n"
       "Date: Tue, 13 Apr 2004 12:00:00 +0000\n\nx\n\n"
    /* by subject alone */
    F1 "From: dora <d@x.example>\nSubject: AW: Apples\nMessage-ID: <5@x>\nDate: Thu, 15 Apr 2004 10:00:00 +0000\n\nx\n\n"
    /* a circle */
    F1 "From: eve <e@x.example>\nSubject: circle\nMessage-ID: <6@x>\nIn-Reply-To: <7@x>\n\nx\n\n" F1
       "From: =?utf-8?B?5pel5pys6Kqe?= <f@x.example>\nSubject: Zirkel \xC3\x9C"
       "bung\nMessage-ID: <7@x>\n"
       "In-Reply-To: <6@x>\n\nx\n";

static void list_is(const postern_store *store, const postern_store_query *query, const char *expected) {
    postern_store_list *list;
    char text[256] = "";
    assert_int_equal(postern_store_find(store, query, &list, NULL), POSTERN_OK);
    for (size_t i = 0; i < postern_store_list_count(list); i++) {
        postern_store_entry e = postern_store_list_entries(list)[i];
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s%.*s%u", i ? " " : "", (int)e.depth, ">>>>>>>>", e.row + 1);
    }
    assert_string_equal(text, expected);
    postern_store_list_free(list);
}

static void sorted_and_threaded(void **state) {
    (void)state;
    test_folder f;
    test_folder_make(&f);
    test_write(&f, "box", box, sizeof box - 1);
    int fd = test_open(&f, "box");
    postern_store *store = test_store_open(fd, NULL);
    assert_int_equal(postern_store_count(store), 7);
    static const struct {
        postern_store_query query;
        const char *expected;
    } rows[] = {
        {{.sort = POSTERN_STORE_BY_ORDER}, "1 2 4 5 6 7"},
        {{.sort = POSTERN_STORE_BY_ORDER, .gone = true, .descending = true}, "7 6 5 4 3 2 1"},
        {{.sort = POSTERN_STORE_BY_DATE}, "1 4 2 5 6 7"},
        {{.sort = POSTERN_STORE_BY_SENDER, .gone = true}, "2 3 4 5 6 1 7"},
        {{.sort = POSTERN_STORE_BY_SUBJECT, .gone = true}, "1 4 2 5 3 6 7"},
        {{.sort = POSTERN_STORE_BY_SIZE}, "6 1 5 7 4 2"},
        {{.with = POSTERN_STORE_GONE, .gone = true}, "3"},
        {{.without = POSTERN_STORE_GONE, .gone = true, .sort = POSTERN_STORE_BY_DATE, .descending = true}, "7 6 5 2 4 1"},
        {{.threads = true, .sort = POSTERN_STORE_BY_DATE, .gone = true}, "3 1 >4 >2 >5 7 >6"},
        {{.threads = true, .sort = POSTERN_STORE_BY_DATE, .descending = true}, "7 >6 1 >4 >2 >5"},
        {{.threads = true, .sort = POSTERN_STORE_BY_DATE, .words = POSTERN_S("re")}, "4 2"},
        {{.words = POSTERN_S("APP")}, "1 2 4 5"},
        {{.words = POSTERN_S("app ann")}, "2"},
        {{.words = POSTERN_S("pples")}, ""},
        {{.words = POSTERN_S("\xC3\xBC"
                             "BUNG")},
         "7"},
        {{.words = POSTERN_S("日本")}, "7"},
        {{.words = POSTERN_S("語")}, "7"},
        {{.words = POSTERN_S("本日")}, ""},
        {{.words = POSTERN_S("c@x.example")}, "4 6"}, /* c, x, example: a circle, too */
        {{.words = POSTERN_S("carl@")}, "4"},
        {{.words = POSTERN_S(" ,. ")}, "1 2 4 5 6 7"},
        {{.in_folder = true, .folder = POSTERN_S("")}, "1 2 4 5 6 7"},
        {{.in_folder = true, .folder = POSTERN_S("x")}, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        list_is(store, &rows[i].query, rows[i].expected);
    }
    postern_store_close(store);
    close(fd);
    test_folder_remove(&f);
}

typedef struct world {
    test_folder store, cache;
    postern_store_options options;
} world;

static void world_make(world *w) {
    test_folder_make(&w->store);
    test_folder_make(&w->cache);
    test_write(&w->store, "a/box", box, sizeof box - 1);
    test_write_text(&w->store, "b.eml", "Subject: alone\n\nx\n");
    w->options = (postern_store_options){.has_cache = true, .cache_dir = w->cache.fd, .cache_name = "c"};
}

static void world_remove(world *w) {
    test_folder_remove(&w->store);
    test_folder_remove(&w->cache);
}

static size_t read_cache(const world *w, const char *name, uint8_t *room, size_t size) {
    int fd = test_open(&w->cache, name);
    ssize_t len = read(fd, room, size);
    close(fd);
    assert_true(len > 0 && (size_t)len < size);
    return (size_t)len;
}

static void cache_serves_this_store_alone(void **state) {
    (void)state;
    world w;
    world_make(&w);
    postern_store *first = test_store_open(w.store.fd, &w.options), *second = test_store_open(w.store.fd, &w.options);
    assert_false(postern_store_was_cached(first));
    assert_true(postern_store_was_cached(second));
    test_same_rows(first, second);
    assert_message(second, 7, "Subject: alone\n\nx\n");
    postern_store_close(second);
    /* one more file, one that changed, one that has another name: each is another store */
    test_write_text(&w.store, "c.eml", "Subject: new\n\nx\n");
    second = test_store_open(w.store.fd, &w.options);
    assert_false(postern_store_was_cached(second));
    assert_int_equal(postern_store_count(second), 9);
    postern_store_close(second);
    test_write_text(&w.store, "c.eml", "Subject: two\n\nx\n");
    second = test_store_open(w.store.fd, &w.options);
    assert_false(postern_store_was_cached(second));
    assert_slice(test_row(second, 8).subject, "two");
    postern_store_close(second);
    assert_int_equal(renameat(w.store.fd, "c.eml", w.store.fd, "d.eml"), 0);
    second = test_store_open(w.store.fd, &w.options);
    assert_false(postern_store_was_cached(second));
    assert_slice(test_row(second, 8).file, "d.eml");
    postern_store_close(second);
    postern_store_close(first);
    world_remove(&w);
}

/* Each byte of the cache wrong, then each wrong with a checksum that fits: never used, or sound all the same. */
static void z18_cache_is_never_trusted(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16], bad[1 << 16];
    world w;
    world_make(&w);
    postern_store *first = test_store_open(w.store.fd, &w.options);
    size_t len = read_cache(&w, "c.rows", bytes, sizeof bytes);
    for (int forged = 0; forged < 2; forged++)
        for (size_t at = 0; at <= len; at += forged ? 1 : 41) {
            memcpy(bad, bytes, len);
            if (at < len) bad[at] ^= (uint8_t)(forged ? 0xFF : 1 << at % 8);
            if (forged) {
                uint64_t sum = store_checksum(postern_slice_of(bad + 24, len - 24), first->fingerprint);
                for (int i = 0; i < 8; i++) bad[16 + i] = (uint8_t)(sum >> (8 * i));
            }
            test_write(&w.cache, "c.rows", bad, at < len ? len : len / 2); /* at the end: cut */
            postern_store *second = test_store_open(w.store.fd, &w.options);
            if (!forged) assert_false(postern_store_was_cached(second));
            if (!postern_store_was_cached(second)) {
                test_same_rows(first, second);
            } else {
                postern_buf out;
                postern_buf_init(&out, 1 << 20);
                const postern_store_query query = {.threads = true, .sort = POSTERN_STORE_BY_DATE, .words = POSTERN_S("x")};
                postern_store_list *list;
                assert_int_equal(postern_store_find(second, &query, &list, NULL), POSTERN_OK);
                postern_store_list_free(list);
                for (uint32_t i = 0; i < postern_store_count(second); i++) {
                    postern_status status = postern_store_message(second, i, &out, NULL);
                    assert_true(status == POSTERN_OK || status == POSTERN_IO);
                    assert_true(postern_utf8_valid(test_row(second, i).subject));
                }
                postern_buf_free(&out);
            }
            postern_store_close(second);
        }
    postern_store_close(first);
    world_remove(&w);
}

static const char words_box[] =
    F1 "Subject: plain\n\nThe quick Brown fox, x_y don't\n\n" F1
       "Subject: html\nContent-Type: text/html; charset=utf-8\n\n<style>hidden { }</style><p>in<b>side</b> one</p><p>two "
       "&eacute;t&eacute;"
       "<script>secret</script><img alt=picture>\n\n" F1
       "Subject: base64\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
       "base64\n\n5pel5pys6Kqe44Gu5paH56ugIFN0cmHDn2U=\n\n" F1
       "Subject: parts\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nvisible\n--b\nContent-Type: text/plain; "
       "name=list.txt\n"
       "Content-Disposition: attachment\n\ninattachment\n--b--\n\n" F1
       "Subject: wide\nContent-Type: text/plain; charset=utf-8\n\n\xEF\xBC\xA1\xEF\xBC\xA2\xEF\xBC\xA3 "
       "0123456789012345678901234567890123456789012345678901234567890\n";

static void bodies_are_found(void **state) {
    (void)state;
    world w;
    world_make(&w);
    test_write(&w.store, "a/box", words_box, sizeof words_box - 1);
    static const struct {
        const char *words, *expected;
    } rows[] = {
        {"brown quick", "1"}, {"BRO qui", "1"},
        {"rown", ""},         {"x_y", "1"},
        {"don't", "1"},       {"inside", "2"},
        {"two", "2"},         {"ÉTÉ", "2"},
        {"secret", ""},       {"hidden", ""},
        {"picture", "2"},     {"日本", "3"},
        {"文章", "3"},        {"章", "3"},
        {"本日", ""},         {"日本語の文章", "3"},
        {"語の文章", "3"},    {"日本語の文章語の", ""},
        {"本語の文", "3"},    {"の文章 日本語", "3"},
        {"の文日本語", ""},   {"stra", "3"},
        {"straße", "3"},      {"visible parts", "4"},
        {"inattachment", ""}, {"list.txt", "4"},
        {"abc", "5"},         {"01234567890123456789012345678901234567890123456789xxxxxxxx", "5"},
        {"0123456789x", ""},  {"alone", "6"},
        {"plain html", ""},
    };
    for (int turn = 0; turn < 3; turn++) { /* made, from the cache, without one */
        w.options.has_cache = turn < 2;
        postern_store *store = test_store_open(w.store.fd, &w.options);
        assert_int_equal(postern_store_learn(store, NULL), POSTERN_OK);
        assert_int_equal(postern_store_learn(store, NULL), POSTERN_OK);
        assert_true(postern_store_has_words(store));
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const postern_store_query query = {.words = postern_slice_cstr(rows[i].words)};
            list_is(store, &query, rows[i].expected);
        }
        postern_store_close(store);
    }
    world_remove(&w);
}

/* Each byte of the words wrong, and each with a checksum that fits; cut; of another store. */
static void z18_words_are_never_trusted(void **state) {
    (void)state;
    static uint8_t bytes[1 << 16], bad[1 << 16];
    world w;
    world_make(&w);
    postern_store *first = test_store_open(w.store.fd, &w.options);
    assert_int_equal(postern_store_learn(first, NULL), POSTERN_OK);
    size_t len = read_cache(&w, "c.words", bytes, sizeof bytes);
    const postern_store_query query = {.words = POSTERN_S("a")};
    for (int forged = 0; forged < 2; forged++)
        for (size_t at = 0; at <= len; at += forged ? 1 : 41) {
            memcpy(bad, bytes, len);
            if (at < len) bad[at] ^= (uint8_t)(forged ? 0xFF : 1 << at % 8);
            if (forged) {
                uint64_t sum = store_checksum(postern_slice_of(bad + 24, len - 24), first->fingerprint);
                for (int i = 0; i < 8; i++) bad[16 + i] = (uint8_t)(sum >> (8 * i));
            }
            test_write(&w.cache, "c.words", bad, at < len ? len : len / 2);
            postern_store *second = test_store_open(w.store.fd, &w.options);
            assert_int_equal(postern_store_learn(second, NULL), POSTERN_OK);
            postern_store_list *list;
            assert_int_equal(postern_store_find(second, &query, &list, NULL), POSTERN_OK);
            postern_store_list_free(list);
            if (!forged) {
                list_is(second, &query, "1 2 4 5 8");
                assert_int_equal(read_cache(&w, "c.words", bad, sizeof bad), len);
                assert_memory_equal(bad, bytes, len); /* made anew */
            }
            postern_store_close(second);
        }
    postern_store_close(first);
    world_remove(&w);
}

typedef struct asking {
    postern_store *store;
    unsigned asked;
} asking;

static bool ask_meanwhile(void *user, const postern_store_progress *progress) {
    asking *a = user;
    if (progress->stage != POSTERN_STORE_WORDS || !progress->messages) return true;
    for (uint32_t row = 0; row < 900; row += 899) { /* of the first file, and of the last */
        postern_buf message;
        char expected[32];
        postern_buf_init(&message, 4096);
        snprintf(expected, sizeof expected, "Subject: s%u\n", row);
        assert_int_equal(postern_store_message(a->store, row, &message, NULL), POSTERN_OK);
        assert_true(postern_slice_starts(postern_buf_slice(&message), postern_slice_cstr(expected)));
        postern_buf_free(&message);
    }
    list_is(a->store, &(postern_store_query){.words = POSTERN_S("s777")}, "778");
    a->asked++;
    return true;
}

/* The index of words is made while rows, lists and messages are asked for. */
static void questions_are_answered_meanwhile(void **state) {
    (void)state;
    test_folder f;
    asking a = {0};
    test_folder_make(&f);
    for (int file = 0; file < 3; file++) {
        char name[] = {(char)('a' + file), 0};
        postern_buf text;
        postern_buf_init(&text, 8 << 20);
        for (int i = 300 * file; i < 300 * (file + 1); i++)
            postern_buf_printf(&text, F1 "Subject: s%d\nFrom: a@x\n\nword%d\n\n", i, i);
        test_write(&f, name, text.ptr, text.len);
        postern_buf_free(&text);
    }
    const postern_store_options options = {.name = POSTERN_S("box"), .progress = ask_meanwhile, .user = &a};
    a.store = test_store_open(f.fd, &options);
    assert_int_equal(postern_store_count(a.store), 900);
    assert_int_equal(postern_store_learn(a.store, NULL), POSTERN_OK);
    assert_true(a.asked >= 3);
    list_is(a.store, &(postern_store_query){.words = POSTERN_S("word899")}, "900");
    list_is(a.store, &(postern_store_query){.words = POSTERN_S("word300")}, "301");
    postern_store_close(a.store);
    test_folder_remove(&f);
}

static void no_cache_is_a_note(void **state) {
    (void)state;
    world w;
    world_make(&w);
    close(w.cache.fd);
    w.options.cache_dir = -1;
    postern_store *store = test_store_open(w.store.fd, &w.options);
    assert_int_equal(postern_store_count(store), 8);
    postern_store_close(store);
    w.options.cache_name = "a/b";
    assert_int_equal(postern_store_open(w.store.fd, &w.options, &store, NULL), POSTERN_USAGE);
    w.cache.fd = open(w.cache.path, O_RDONLY | O_DIRECTORY);
    world_remove(&w);
}

/* 3,000 answers in a row, and a subject in every second one: no recursion, no square. */
static void threads_are_bounded(void **state) {
    (void)state;
    test_folder f;
    test_folder_make(&f);
    postern_buf text;
    postern_buf_init(&text, 8 << 20);
    for (int i = 0; i < 3000; i++)
        postern_buf_printf(&text, F1 "Subject: s\nMessage-ID: <%d@x>\nIn-Reply-To: <%d@x>\n\nx\n\n", i, i - 1);
    test_write(&f, "box", text.ptr, text.len);
    postern_buf_free(&text);
    int fd = test_open(&f, "box");
    postern_store *store = test_store_open(fd, NULL);
    const postern_store_query query = {.threads = true};
    postern_store_list *list;
    uint32_t deepest = 0;
    assert_int_equal(postern_store_find(store, &query, &list, NULL), POSTERN_OK);
    assert_int_equal(postern_store_list_count(list), 3000);
    for (size_t i = 0; i < 3000; i++) {
        uint32_t depth = postern_store_list_entries(list)[i].depth;
        if (depth > deepest) deepest = depth;
    }
    assert_in_range(deepest, 500, POSTERN_LIMIT_STORE_THREAD_DEPTH);
    postern_store_list_free(list);
    postern_store_close(store);
    close(fd);
    test_folder_remove(&f);
}

/* Sixteen bytes at a time or one by one: the same words. A blank of another script takes the second way. */
static void words_are_cut_alike_in_both_ways(void **state) {
    (void)state;
    static const char *const pieces[] = {" ",
                                         " ",
                                         ", ",
                                         "-",
                                         "a",
                                         "Word",
                                         "twentyfourlettersofaword",
                                         "15lettersinaWor",
                                         "16lettersinaWord",
                                         "@",
                                         "[",
                                         "`",
                                         "{",
                                         "/",
                                         "9",
                                         ":",
                                         "é",
                                         "日本語",
                                         "x_y",
                                         "é9",
                                         "0123456789012345678901234567890123456789012345678901"};
    uint32_t random = 7;
    for (int turn = 0; turn < 2000; turn++) {
        postern_buf fast, slow;
        store_words a, b;
        postern_buf_init(&fast, 1 << 16);
        postern_buf_init(&slow, 1 << 16);
        for (int i = 0; i < 40; i++) {
            random = random * 1664525 + 1013904223;
            const char *piece = pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)];
            postern_buf_add(&fast, piece, strlen(piece));
            for (const char *c = piece; *c; c++)
                if ((*c & 0x80) || postern_ascii_alpha((uint8_t)*c) || postern_ascii_digit((uint8_t)*c))
                    postern_buf_add_byte(&slow, (uint8_t)*c);
                else
                    postern_buf_add(&slow, "\xE3\x80\x80", 3);
        }
        store_words_init(&a, postern_buf_slice(&fast), 0);
        store_words_init(&b, postern_buf_slice(&slow), 0);
        while (store_words_next(&a)) {
            assert_true(store_words_next(&b));
            assert_int_equal(a.len, b.len);
            assert_memory_equal(a.word, b.word, a.len <= 16 ? 16 : a.len);
            assert_int_equal(a.paired, b.paired);
            assert_true(!a.paired || a.place == b.place);
        }
        assert_false(store_words_next(&b));
        postern_buf_free(&fast);
        postern_buf_free(&slow);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorted_and_threaded),
        cmocka_unit_test(cache_serves_this_store_alone),
        cmocka_unit_test(z18_cache_is_never_trusted),
        cmocka_unit_test(no_cache_is_a_note),
        cmocka_unit_test(threads_are_bounded),
        cmocka_unit_test(bodies_are_found),
        cmocka_unit_test(z18_words_are_never_trusted),
        cmocka_unit_test(questions_are_answered_meanwhile),
        cmocka_unit_test(words_are_cut_alike_in_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
