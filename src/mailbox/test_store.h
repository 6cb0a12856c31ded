/* What the unit tests of stores share: a folder of their own with files in it, rows by number. */
#ifndef POSTERN_TEST_STORE_H
#define POSTERN_TEST_STORE_H

#include "base/test_oom.h"

#include "mailbox/store_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define F1 "From a@b.example Mon Nov 23 12:00:00 2026\n"

typedef struct test_folder {
    char path[64];
    int fd;
} test_folder;

static inline void test_folder_make(test_folder *f) {
    /* in memory where that is possible: an index is flushed to its disk, hundreds of times here */
    snprintf(f->path, sizeof f->path, "%s/postern-store-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    assert_non_null(mkdtemp(f->path));
    f->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(f->fd >= 0);
}

/* Writes a file, and the folders in front of it. */
static inline void test_write(const test_folder *f, const char *name, const void *bytes, size_t len) {
    char path[256];
    snprintf(path, sizeof path, "%s", name);
    for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdirat(f->fd, path, 0777);
        *slash = '/';
    }
    int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

static inline void test_write_text(const test_folder *f, const char *name, const char *text) {
    test_write(f, name, text, strlen(text));
}

static inline void test_folder_remove(test_folder *f) {
    char command[128];
    close(f->fd);
    snprintf(command, sizeof command, "rm -rf -- '%s'", f->path);
    assert_int_equal(system(command), 0);
}

static inline int test_open(const test_folder *f, const char *name) {
    int fd = openat(f->fd, name, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static inline postern_store *test_store_open(int fd, const postern_store_options *options) {
    postern_store *store;
    postern_error error;
    if (postern_store_open(fd, options, &store, &error)) {
        print_error("%s\n", error.text);
        fail();
    }
    return store;
}

static inline postern_store_row test_row(const postern_store *store, uint32_t row) {
    postern_store_row r;
    assert_true(postern_store_row_at(store, row, &r));
    return r;
}

static inline void test_same_rows(const postern_store *a, const postern_store *b) {
    assert_int_equal(postern_store_count(a), postern_store_count(b));
    for (uint32_t i = 0; i < postern_store_count(a); i++) {
        postern_store_row x = test_row(a, i), y = test_row(b, i);
        assert_same_slice(x.subject, y.subject);
        assert_same_slice(x.sender, y.sender);
        assert_same_slice(x.address, y.address);
        assert_same_slice(x.file, y.file);
        assert_same_slice(x.folder, y.folder);
        assert_int_equal(x.flags, y.flags);
        assert_int_equal(x.date, y.date);
        assert_int_equal(x.parent, y.parent);
        assert_int_equal(x.id_hash, y.id_hash);
        assert_int_equal(x.zone, y.zone);
        assert_int_equal(x.size, y.size);
        assert_int_equal(x.offset, y.offset);
    }
}

#define assert_message(store, row, literal) \
    assert_message_at((store), (row), (literal), sizeof(literal) - 1, __FILE__, __LINE__)
static inline void assert_message_at(postern_store *store, uint32_t row, const char *text, size_t len, const char *file,
                                     int line) {
    postern_buf out;
    postern_buf_init(&out, 1 << 20);
    assert_int_equal(postern_store_message(store, row, &out, NULL), POSTERN_OK);
    assert_slice_at(postern_buf_slice(&out), text, len, file, line);
    postern_buf_free(&out);
}

#endif
