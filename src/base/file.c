/*
 * Files in: whole, as bytes. Small files are read, so that nobody can change them under us; large ones are mapped.
 * openat2 keeps what hostile names reach below their directory (T2).
 */
#define _GNU_SOURCE
#include "postern/base.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAP_FROM = 1 << 20 }; /* from this size on mapping beats reading */

struct postern_file {
    postern_slice bytes;
    void *mapped;
    postern_buf owned;
};

/* `size`: of a regular file, else 0. One byte more is asked for: when it does not come, that was the end. */
static postern_status read_all(int fd, size_t size, postern_buf *buf, postern_error *reterr) {
    for (size_t chunk = size ? size + 1 : 64u << 10;; chunk = 256u << 10) {
        if (postern_buf_reserve(buf, chunk)) {
            if (buf->status == POSTERN_LIMIT)
                return postern_fail(reterr, POSTERN_LIMIT, buf->len, "the input is larger than %llu bytes",
                                    POSTERN_LIMIT_INPUT);
            return postern_fail(reterr, buf->status, POSTERN_NO_OFFSET, "no memory for the input");
        }
        ssize_t got;
        do got = read(fd, buf->ptr + buf->len, buf->room - buf->len);
        while (got < 0 && errno == EINTR);
        if (got < 0) return postern_fail_errno(reterr, errno, "cannot read");
        if (got == 0) return POSTERN_OK;
        buf->len += (size_t)got;
        if (buf->len == size) return POSTERN_OK;
    }
}

static postern_status load(int fd, const struct stat *st, postern_file *file, postern_error *reterr) {
    if (S_ISREG(st->st_mode) && st->st_size >= MAP_FROM) {
        void *mapped = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (mapped != MAP_FAILED) {
            file->mapped = mapped;
            file->bytes = postern_slice_of(mapped, (size_t)st->st_size);
            return POSTERN_OK;
        }
    }
    postern_status status = read_all(fd, S_ISREG(st->st_mode) ? (size_t)st->st_size : 0, &file->owned, reterr);
    file->bytes = postern_buf_slice(&file->owned);
    return status;
}

static postern_status read_known(int fd, const struct stat *st, postern_file **ret_file, postern_error *reterr) {
    if (S_ISDIR(st->st_mode)) return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "is a directory");
    if (S_ISBLK(st->st_mode)) return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "is a device");
    if (S_ISREG(st->st_mode) && (uint64_t)st->st_size > POSTERN_LIMIT_INPUT)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "the file has %lld bytes; the limit is %llu",
                            (long long)st->st_size, POSTERN_LIMIT_INPUT);
    postern_file *file = calloc(1, sizeof *file);
    if (!file) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    postern_buf_init(&file->owned, POSTERN_LIMIT_INPUT + 1);
    postern_status status = load(fd, st, file, reterr);
    if (status) postern_file_close(file);
    else *ret_file = file;
    return status;
}

postern_status postern_file_read(int fd, postern_file **ret_file, postern_error *reterr) {
    struct stat st;
    if (fstat(fd, &st)) return postern_fail_errno(reterr, errno, "cannot look at the input");
    return read_known(fd, &st, ret_file, reterr);
}

postern_status postern_file_open(int dirfd, const char *path, postern_file **ret_file, postern_error *reterr) {
    /* O_NONBLOCK: opening a FIFO nobody writes to must not hang; it has no effect on regular files. */
    int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return postern_fail_errno(reterr, errno, "cannot open");
    struct stat st;
    postern_status status;
    if (fstat(fd, &st)) {
        status = postern_fail_errno(reterr, errno, "cannot look at the input");
    } else if (S_ISCHR(st.st_mode) || S_ISSOCK(st.st_mode)) {
        status = postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "is a device");
    } else {
        if (S_ISFIFO(st.st_mode)) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
        status = read_known(fd, &st, ret_file, reterr);
    }
    close(fd);
    return status;
}

postern_slice postern_file_bytes(const postern_file *file) {
    return file->bytes;
}

void postern_file_forget(const postern_file *file, size_t from, size_t to) {
    enum { PAGE = 4096 };
    from = (from + PAGE - 1) / PAGE * PAGE;
    to = to < file->bytes.len ? to / PAGE * PAGE : file->bytes.len;
    if (file->mapped && from < to) madvise((uint8_t *)file->mapped + from, to - from, MADV_DONTNEED);
}

void postern_file_close(postern_file *file) {
    if (!file) return;
    if (file->mapped) munmap(file->mapped, file->bytes.len);
    postern_buf_free(&file->owned);
    free(file);
}

postern_status postern_beneath_open(int dirfd, const char *path, int flags, unsigned mode, int *ret_fd, postern_error *reterr) {
    struct open_how how = {.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
                           .mode = mode,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    long fd;
    do fd = syscall(SYS_openat2, dirfd, path, &how, sizeof how);
    while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    if (fd < 0 && (errno == EXDEV || errno == ELOOP))
        return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET,
                            "T2: the path leaves its folder or passes a symbolic link");
    if (fd < 0) return postern_fail_errno(reterr, errno, "cannot open");
    *ret_fd = (int)fd;
    return POSTERN_OK;
}
