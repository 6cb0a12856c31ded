/* store: rows of every kind of store, messages by row, the cache, lists and threads. */
#include "mailbox/test_store.h"

static void dates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t date;
        int32_t offset;
        bool ok;
    } rows[] = {
        {"Tue, 13 Apr 2004 10:00:00 +0000", 1081850400, 0, true},
        {"13 Apr 2004 10:00:00 -0530", 1081870200, -330, true},
        {"Tue, 13 Apr 04 10:00 EST", 1081868400, -300, true},
        {"Tue, 13 Apr 2004 10:00:00 GMT", 1081850400, 0, true},
        {"Tue, 13 Apr 2004 19:00:00 +0900 (JST)", 1081850400, 540, true},
        {"(a (nested) comment) 13 (x) Apr 2004 10:00:00 +0000", 1081850400, 0, true},
        {"From a@b.example Tue Apr 13 10:00:00 2004", 1081850400, 0, true},
        {"2004-04-13T10:00:00Z", 1081850400, 0, true},
        {"2004-04-13 12:00:00.25 +02:00", 1081850400, 120, true},
        {"13-Apr-2004 10:00:00", 1081850400, 0, true},
        {"Thu, 1 Jan 1970 00:00:00 +0000", 0, 0, true},
        {"Thu, 29 Feb 2024 23:59:60 +0000", 1709251200, 0, true},
        {"Thu, 13 Feb 1969 23:32:54 -0330", -27723426, -210, true},
        {"yesterday", 0, 0, false},
        {"", 0, 0, false},
        {"32 Apr 2004 10:00:00", 0, 0, false},
        {"13 Apr 2004 25:00:00", 0, 0, false},
        {"13 Apr 99999999999999999999 10:00:00", 0, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t date = 0;
        int32_t offset = 0;
        bool ok = store_date_parse(postern_slice_cstr(rows[i].text), &date, &offset);
        if (ok != rows[i].ok || (ok && (date != rows[i].date || offset != rows[i].offset)))
            print_error("%s: %d %lld %d\n", rows[i].text, ok, (long long)date, offset);
        assert_int_equal(ok, rows[i].ok);
        if (!ok) continue;
        assert_int_equal(date, rows[i].date);
        assert_int_equal(offset, rows[i].offset);
    }
}

static void senders_and_subjects(void **state) {
    (void)state;
    static const struct {
        const char *head, *sender, *address, *subject;
    } rows[] = {
        {"From: Ann Example <ann@a.example>\nSubject: plain\n", "Ann Example", "ann@a.example", "plain"},
        {"From: \"Last, First\" <x@a.example>\nSubject: =?utf-8?Q?caf=C3=A9?=\n", "Last, First", "x@a.example", "café"},
        {"From: x@a.example (Old Style)\nSubject: a\n b\n", "Old Style", "x@a.example", "a b"},
        {"From: x@a.example, y@b.example\nSubject:\n", "x@a.example", "x@a.example", ""},
        {"From: <only@a.example>\nSubject: x\n", "only@a.example", "only@a.example", "x"},
        {"From: Smith, John <j@a.example>\nSubject: x\n", "Smith, John", "j@a.example", "x"},
        /* an encoded word is a name, whatever it holds */
        {"From: =?utf-8?Q?ceo=40bank.example_=3Cceo=40bank.example=3E?= <e@evil.example>\nSubject: x\n",
         "ceo@bank.example <ceo@bank.example>", "e@evil.example", "x"},
        {"Sender: s@a.example\nSubject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\n", "s@a.example", "s@a.example", "日本"},
        /* nothing turns a line around, ends it, or hides in it */
        {"From: a\xE2\x80\xAE"
         "b <x@a.example>\nSubject: a\x1b[31mb\xE2\x80\x8B"
         "c\n",
         "a\xEF\xBF\xBD"
         "b",
         "x@a.example",
         "a\xEF\xBF\xBD[31mb\xEF\xBF\xBD"
         "c"},
        {"X-Nothing: x\n", "", "", ""},
    };
    test_folder f;
    test_folder_make(&f);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024];
        snprintf(text, sizeof text, F1 "%s\nbody\n", rows[i].head);
        test_write_text(&f, "box", text);
        int fd = test_open(&f, "box");
        postern_store *store = test_store_open(fd, NULL);
        assert_int_equal(postern_store_count(store), 1);
        postern_store_row row = test_row(store, 0);
        assert_same_slice(row.sender, postern_slice_cstr(rows[i].sender));
        assert_same_slice(row.address, postern_slice_cstr(rows[i].address));
        assert_same_slice(row.subject, postern_slice_cstr(rows[i].subject));
        assert_int_equal(row.zone, POSTERN_ZONE_RESTRICTED);
        assert_int_equal(row.date, 1795435200); /* of the From_ line */
        postern_store_close(store);
        close(fd);
    }
    test_folder_remove(&f);
}

static void mbox_messages(void **state) {
    (void)state;
    test_folder f;
    test_folder_make(&f);
    test_write_text(&f, "box",
                    F1 "Subject: rd\n\n>From one\n>>From two\nx >From three\n\n"
                    /* its length is right: nothing is quoted */
                    F1 "Subject: cl2\nContent-Length: 17\n\nFrom x\n>From raw\n\n" F1
                       "Subject: last\nX-Mozilla-Status: 0009\n\nend\n");
    int fd = test_open(&f, "box");
    postern_store *store = test_store_open(fd, NULL);
    assert_int_equal(postern_store_kind_of(store), POSTERN_STORE_MBOX);
    assert_int_equal(postern_store_count(store), 3);
    assert_message(store, 0, "Subject: rd\n\nFrom one\n>From two\nx >From three\n");
    assert_message(store, 1, "Subject: cl2\nContent-Length: 17\n\nFrom x\n>From raw\n");
    assert_message(store, 2, "Subject: last\nX-Mozilla-Status: 0009\n\nend\n");
    assert_int_equal(test_row(store, 2).flags, POSTERN_STORE_SEEN | POSTERN_STORE_GONE);
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    assert_int_equal(postern_store_message(store, 3, &out, NULL), POSTERN_NOTFOUND);
    /* it changed behind our back */
    test_write_text(&f, "box", F1 "Subject: other\n\n");
    postern_store_close(store);
    store = test_store_open(fd, NULL);
    test_write_text(&f, "box", F1 "Subject: longer than before\n\n");
    postern_file_close(store->open);
    store->open = NULL;
    assert_int_equal(postern_store_message(store, 0, &out, NULL), POSTERN_IO);
    postern_store_close(store);
    close(fd);
    test_folder_remove(&f);
}

static void maildir(void **state) {
    (void)state;
    test_folder f;
    test_folder_make(&f);
    test_write_text(&f, "cur/1081850400.M1P1.host,S=24:2,RS", "Subject: first\n\nFrom x\n");
    test_write_text(&f, "cur/1081850401.M2P1.host,S=24,W=25:2,FT", "From odd Mon Nov 23 12:00:00 2026\nSubject: s\n\n");
    test_write_text(&f, "new/1081850402.V1.host", "Subject: fresh\n\n");
    test_write_text(&f, "tmp/1081850403.V1.host", "Subject: half\n\n");
    test_write_text(&f, "dovecot.index.log", "Subject: x\nFrom: not a mail\n\n");
    test_write_text(&f, ".Sent.&ZeVnLA-.A&-B/cur/1081850404.V1.host:2,S", "Subject: sent\n\n");
    mkdirat(f.fd, ".Sent.&ZeVnLA-.A&-B/new", 0777);
    assert_int_equal(symlinkat("/etc/passwd", f.fd, "cur/1081850405.V1.host:2,"), 0);
    postern_store *store = test_store_open(f.fd, NULL);
    assert_int_equal(postern_store_kind_of(store), POSTERN_STORE_MAILDIR);
    assert_int_equal(postern_store_count(store), 4);
    static const struct {
        const char *subject, *folder;
        uint32_t flags;
        int64_t date;
    } rows[] = {
        {"sent", "Sent/日本/A&B", POSTERN_STORE_SEEN, 1081850404},
        {"first", "", POSTERN_STORE_SEEN | POSTERN_STORE_ANSWERED, 1081850400},
        {"s", "", POSTERN_STORE_FLAGGED | POSTERN_STORE_DELETED, 1081850401},
        {"fresh", "", 0, 1081850402},
    };
    for (uint32_t i = 0; i < 4; i++) {
        postern_store_row row = test_row(store, i);
        assert_same_slice(row.subject, postern_slice_cstr(rows[i].subject));
        assert_same_slice(row.folder, postern_slice_cstr(rows[i].folder));
        assert_int_equal(row.flags, rows[i].flags);
        assert_int_equal(row.date, rows[i].date);
    }
    assert_message(store, 1, "Subject: first\n\nFrom x\n");
    assert_slice(*postern_store_folder_at(store, 0), "Sent/日本/A&B");
    assert_slice(*postern_store_folder_at(store, 1), "");
    assert_null(postern_store_folder_at(store, 2));
    postern_store_close(store);
    test_folder_remove(&f);
}

static void t2_folder_tree(void **state) {
    (void)state;
    test_folder f;
    test_folder_make(&f);
    test_write_text(&f, "a/one.eml", "Subject: one\n\nbody\n");
    test_write_text(&f, "a/b/Inbox", F1 "Subject: two\n\nx\n\n" F1 "Subject: three\n\nx\n");
    test_write_text(&f, "page.mht",
                    "From: <Saved by Blink>\nSnapshot-Content-Location: http://h.example/\nSubject: a page\nMIME-Version: 1.0\n"
                    "Content-Type: multipart/related; boundary=b; type=\"text/html\"\n\n--b\nContent-Type: text/html\n"
                    "Content-Location: http://h.example/\n\n<p>x\n--b\nContent-Type: image/png\n"
                    "Content-Location: http://h.example/a.png\n\nx\n--b--\n");
    test_write_text(&f, "readme.txt", "Nothing: here\n\nthat is a mail\n");
    test_write_text(&f, "notes", "no mail\n");
    assert_int_equal(symlinkat("..", f.fd, "a/up"), 0);
    postern_store *store = test_store_open(f.fd, NULL);
    assert_int_equal(postern_store_kind_of(store), POSTERN_STORE_FOLDER);
    assert_int_equal(postern_store_count(store), 4);
    assert_slice(test_row(store, 0).folder, "a/b/Inbox");
    assert_slice(test_row(store, 1).subject, "three");
    assert_slice(test_row(store, 1).file, "a/b/Inbox");
    assert_slice(test_row(store, 2).folder, "a");
    assert_slice(test_row(store, 2).file, "a/one.eml");
    assert_slice(test_row(store, 3).folder, "");
    assert_int_equal(test_row(store, 3).zone, POSTERN_ZONE_INTERNET);
    assert_int_equal(test_row(store, 3).flags, POSTERN_STORE_PAGE);
    assert_message(store, 1, "Subject: three\n\nx\n");
    postern_store_close(store);
    test_folder_remove(&f);
}

static void marks(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t flags;
    } rows[] = {
        {"Content-Type: text/plain\n\nx", 0},
        {"Content-Type: application/pdf; name=a.pdf\n\nx", POSTERN_STORE_ATTACHMENT},
        {"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/plain; name=a.txt\n\nx\n--b--\n",
         POSTERN_STORE_ATTACHMENT},
        {"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/html\n\nx\n--b--\n", 0},
        {"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\nx\n--b\nContent-Type: image/png\n"
         "Content-ID: <a>\n\nx\n--b--\n",
         0},
        {"Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pkcs7-signature; name=s.p7s\n"
         "\nx\n--b--\n",
         POSTERN_STORE_SIGNED},
        {"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", POSTERN_STORE_ENCRYPTED},
        {"Status: RO\nX-Status: AF\nContent-Type: text/plain\n\nx",
         POSTERN_STORE_SEEN | POSTERN_STORE_ANSWERED | POSTERN_STORE_FLAGGED},
    };
    test_folder f;
    test_folder_make(&f);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        test_write_text(&f, "m.eml", rows[i].text);
        int fd = test_open(&f, "m.eml");
        const postern_store_options options = {.name = POSTERN_S("m.eml")};
        postern_store *store = test_store_open(fd, &options);
        assert_int_equal(postern_store_kind_of(store), POSTERN_STORE_MESSAGE);
        if (test_row(store, 0).flags != rows[i].flags) print_error("row %zu\n", i);
        assert_int_equal(test_row(store, 0).flags, rows[i].flags);
        postern_store_close(store);
        close(fd);
    }
    test_write_text(&f, "m.eml", "\x89PNG\r\n\x1a\n");
    int fd = test_open(&f, "m.eml");
    postern_store *store;
    assert_int_equal(postern_store_open(fd, NULL, &store, NULL), POSTERN_FORMAT);
    close(fd);
    test_folder_remove(&f);
}

static bool stop(void *user, const postern_store_progress *progress) {
    unsigned *calls = user;
    (void)progress;
    return (*calls)++ < 1;
}

static void t1_cancelled(void **state) {
    (void)state;
    test_folder f, cache;
    test_folder_make(&f);
    test_folder_make(&cache);
    for (int i = 0; i < 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.eml", i);
        test_write_text(&f, name, "Subject: x\n\n");
    }
    unsigned calls = 0;
    const postern_store_options options = {
        .has_cache = true, .cache_dir = cache.fd, .cache_name = "c", .progress = stop, .user = &calls};
    postern_store *store;
    assert_int_equal(postern_store_open(f.fd, &options, &store, NULL), POSTERN_STATE);
    assert_int_equal(unlinkat(cache.fd, "c.rows", 0), -1); /* and no half of a cache is left */
    test_folder_remove(&f);
    test_folder_remove(&cache);
}

static postern_status life(void *user) {
    const test_folder *folders = user;
    const postern_store_options options = {
        .name = POSTERN_S("n"), .has_cache = folders[1].path[0] == '/', .cache_dir = folders[1].fd, .cache_name = "c"};
    const postern_store_query query = {.words = POSTERN_S("o"), .threads = true};
    postern_store *store;
    postern_store_list *list;
    postern_error error;
    unlinkat(folders[1].fd, "c.rows", 0);
    unlinkat(folders[1].fd, "c.words", 0);
    postern_status status = postern_store_open(folders[0].fd, &options, &store, &error);
    if (status) return status;
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    status = postern_store_learn(store, &error);
    if (!status) status = postern_store_find(store, &query, &list, &error);
    if (!status) {
        postern_store_list_free(list);
        status = postern_store_message(store, 0, &out, &error);
    }
    postern_buf_free(&out);
    postern_store_close(store);
    return status;
}

static void without_memory(void **state) {
    (void)state;
    test_folder folders[2];
    test_folder_make(&folders[0]);
    test_folder_make(&folders[1]);
    test_write_text(&folders[0], "a/box",
                    F1 "Subject: one\nMessage-ID: <1@x>\n\nx\n\n" F1 "References: <1@x>\nSubject: two\n\nx\n");
    test_oom_each(life, folders);
    folders[1].path[0] ^= 1; /* and without a cache */
    test_oom_each(life, folders);
    folders[1].path[0] ^= 1;
    test_folder_remove(&folders[0]);
    test_folder_remove(&folders[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),        cmocka_unit_test(senders_and_subjects), cmocka_unit_test(mbox_messages),
        cmocka_unit_test(maildir),      cmocka_unit_test(t2_folder_tree),       cmocka_unit_test(marks),
        cmocka_unit_test(t1_cancelled), cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
