/*
 * Files out: whole or not at all (T1). The bytes go to a temporary beside the final name; commit flushes them to the disk and
 * renames. Until then nothing is to be seen under the name, and a failure leaves nothing.
 */
#define _GNU_SOURCE
#include "postern/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { BUFFER = 256 << 10, TEMPORARY_TRIES = 16 };

struct postern_output {
    int fd, dir;
    bool owns_fd, replace, committed;
    char *name, *temporary; /* within dir; NULL for a descriptor */
    uint64_t written;
    int failed_errno;
    size_t len;
    uint8_t buffer[BUFFER];
};

static bool write_vector(postern_output *o, struct iovec *v, int count) {
    while (count) {
        ssize_t done = writev(o->fd, v, count);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) {
            o->failed_errno = errno;
            return false;
        }
        while (count && (size_t)done >= v->iov_len) {
            done -= (ssize_t)v->iov_len;
            v++;
            count--;
        }
        if (count) {
            v->iov_base = (uint8_t *)v->iov_base + done;
            v->iov_len -= (size_t)done;
        }
    }
    return true;
}

static postern_status output_write(void *user, const void *bytes, size_t len) {
    postern_output *o = user;
    if (o->failed_errno) return POSTERN_IO;
    o->written += len;
    if (len <= sizeof o->buffer - o->len) {
        memcpy(o->buffer + o->len, bytes, len);
        o->len += len;
        return POSTERN_OK;
    }
    struct iovec v[2] = {{o->buffer, o->len}, {(void *)(uintptr_t)bytes, len}};
    o->len = 0;
    return write_vector(o, v, 2) ? POSTERN_OK : POSTERN_IO;
}

static postern_output *output_new(void) {
    postern_output *o = malloc(sizeof *o);
    if (!o) return NULL;
    memset(o, 0, offsetof(postern_output, buffer));
    o->fd = o->dir = -1;
    return o;
}

postern_status postern_output_fd(int fd, postern_output **ret_output, postern_error *reterr) {
    postern_output *o = output_new();
    if (!o) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    o->fd = fd;
    *ret_output = o;
    return POSTERN_OK;
}

/* Splits off the folder, so that the rename later happens in the very folder that was opened now. */
static postern_status open_folder(postern_output *o, int dirfd, const char *path, postern_error *reterr) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    o->name = strdup(slash ? slash + 1 : path);
    postern_status status = POSTERN_OK;
    if (!folder || !o->name)
        status = postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    else if (!*o->name || !strcmp(o->name, ".") || !strcmp(o->name, ".."))
        status = postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "the output has no file name");
    else if ((o->dir = openat(dirfd, folder, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
        status = postern_fail_errno(reterr, errno, "cannot open the folder of the output");
    free(folder);
    return status;
}

static postern_status check_target(postern_output *o, postern_error *reterr) {
    struct stat st;
    if (fstatat(o->dir, o->name, &st, AT_SYMLINK_NOFOLLOW)) return POSTERN_OK;
    if (!o->replace) return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "exists already");
    if (S_ISDIR(st.st_mode)) return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "is a directory");
    if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) /* a rename would take it away from whoever uses it */
        return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "is a device, pipe or socket");
    return POSTERN_OK;
}

static postern_status create_temporary(postern_output *o, postern_error *reterr) {
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        uint64_t random;
        if (getrandom(&random, sizeof random, 0) != sizeof random) random = (uint64_t)getpid() << 16 | (unsigned)i;
        free(o->temporary);
        if (asprintf(&o->temporary, ".postern-%016llx.tmp", (unsigned long long)random) < 0) {
            o->temporary = NULL;
            return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
        }
        o->fd = openat(o->dir, o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (o->fd >= 0) {
            o->owns_fd = true;
            return POSTERN_OK;
        }
        if (errno != EEXIST) break;
    }
    int sys_errno = errno;
    free(o->temporary); /* nothing to unlink */
    o->temporary = NULL;
    return postern_fail_errno(reterr, sys_errno, "cannot create the output");
}

postern_status postern_output_open(int dirfd, const char *path, bool replace, postern_output **ret_output,
                                   postern_error *reterr) {
    postern_output *o = output_new();
    if (!o) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    o->replace = replace;
    postern_status status = open_folder(o, dirfd, path, reterr);
    if (!status) status = check_target(o, reterr);
    if (!status) status = create_temporary(o, reterr);
    if (status) postern_output_free(o);
    else *ret_output = o;
    return status;
}

postern_sink postern_output_sink(postern_output *output) {
    return (postern_sink){output_write, output};
}

uint64_t postern_output_written(const postern_output *output) {
    return output->written;
}

static bool rename_into_place(postern_output *o) {
    if (o->replace ? renameat(o->dir, o->temporary, o->dir, o->name) == 0
                   : renameat2(o->dir, o->temporary, o->dir, o->name, RENAME_NOREPLACE) == 0) {
        char *gone = o->temporary;
        o->temporary = NULL; /* first: a signal's handler may look at it (postern_output_abandon) */
        free(gone);
        return true;
    }
    o->failed_errno = errno;
    return false;
}

postern_status postern_output_commit(postern_output *output, postern_error *reterr) {
    postern_output *o = output;
    if (o->committed) return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "committed twice");
    struct iovec rest = {o->buffer, o->len};
    bool ok = !o->failed_errno && (o->len == 0 || write_vector(o, &rest, 1));
    o->len = 0;
    if (ok && o->temporary && fsync(o->fd)) {
        o->failed_errno = errno;
        ok = false;
    }
    if (ok && o->temporary) ok = rename_into_place(o);
    if (!ok) return postern_fail_errno(reterr, o->failed_errno, "cannot write the output");
    o->committed = true;
    return POSTERN_OK;
}

void postern_output_abandon(const postern_output *output) {
    if (output->temporary && output->dir >= 0) unlinkat(output->dir, output->temporary, 0);
}

void postern_output_free(postern_output *output) {
    if (!output) return;
    if (output->temporary && output->dir >= 0) unlinkat(output->dir, output->temporary, 0);
    if (output->owns_fd) close(output->fd);
    if (output->dir >= 0) close(output->dir);
    free(output->temporary);
    free(output->name);
    free(output);
}
