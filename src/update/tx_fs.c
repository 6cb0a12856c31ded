/* The steps of a transaction on the disk: always beneath the root (T2), always flushed before they count (T1). */
#define _GNU_SOURCE
#include "tx_int.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 16 << 10 }; /* on the stack: a run that is undone takes no memory */

postern_status tx_no_memory(postern_error *reterr) {
    return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the transaction");
}

postern_status tx_open_parent(int root, const char *path, int *ret_dir, const char **ret_name, postern_error *reterr) {
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX] = ".";
    size_t len = slash ? (size_t)(slash - path) : 1;
    if (len >= sizeof folder) return postern_fail_errno(reterr, ENAMETOOLONG, "a path");
    if (slash) memcpy(folder, path, len);
    folder[len] = 0;
    *ret_name = slash ? slash + 1 : path;
    return postern_beneath_open(root, folder, O_RDONLY | O_DIRECTORY, 0, ret_dir, reterr);
}

static postern_status digest_of(int fd, uint8_t ret_digest[TX_DIGEST], postern_error *reterr) {
    uint8_t block[BLOCK];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned len;
    bool ok = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    ssize_t got = -1;
    while (ok && ((got = read(fd, block, BLOCK)) > 0 || (got < 0 && errno == EINTR)))
        if (got > 0) ok = EVP_DigestUpdate(context, block, (size_t)got) == 1;
    int sys_errno = errno;
    ok = ok && EVP_DigestFinal_ex(context, ret_digest, &len) == 1;
    EVP_MD_CTX_free(context);
    if (!ok) return tx_no_memory(reterr);
    return got < 0 ? postern_fail_errno(reterr, sys_errno, "cannot read") : POSTERN_OK;
}

static postern_status open_regular(int root, const char *path, int *ret_fd, postern_error *reterr) {
    struct stat st;
    postern_error why;
    postern_status status = postern_beneath_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, ret_fd, &why);
    if (status) {
        if (reterr) *reterr = why;
        return status == POSTERN_IO && (why.sys_errno == ENOENT || why.sys_errno == ENOTDIR) ? POSTERN_NOTFOUND : status;
    }
    if (fstat(*ret_fd, &st))
        status = postern_fail_errno(reterr, errno, "cannot look at %s", path);
    else if (!S_ISREG(st.st_mode))
        status = postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: no regular file: %s", path);
    if (status) close(*ret_fd);
    return status;
}

postern_status tx_digest(int root, const char *path, uint8_t ret_digest[TX_DIGEST], postern_error *reterr) {
    int fd;
    postern_status status = open_regular(root, path, &fd, reterr);
    if (status) return status;
    status = digest_of(fd, ret_digest, reterr);
    close(fd);
    return status;
}

postern_status tx_read(int root, const char *path, postern_file **ret_file, postern_error *reterr) {
    int fd;
    postern_status status = open_regular(root, path, &fd, reterr);
    if (status) return status;
    status = postern_file_read(fd, ret_file, reterr);
    close(fd);
    return status;
}

static bool write_all(int fd, postern_slice bytes) {
    while (bytes.len) {
        ssize_t done = write(fd, bytes.ptr, bytes.len);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        bytes = postern_slice_from(bytes, (size_t)done);
    }
    return true;
}

/* Mode and owner of another file; an owner that we may not give is no failure. */
static bool take_after(int fd, int like) {
    struct stat st, now;
    if (like < 0) return true;
    if (fstat(like, &st) || fstat(fd, &now)) return false;
    bool other = st.st_uid != now.st_uid || st.st_gid != now.st_gid;
    if (other && fchown(fd, st.st_uid, st.st_gid) && errno != EPERM) return false;
    /* asked again behind fchown, which takes set-user-ID away; FAT has one mode for all and refuses to be told so */
    if (other && fstat(fd, &now)) return false;
    return st.st_mode == now.st_mode || fchmod(fd, st.st_mode & 07777) == 0;
}

postern_status tx_write(int dir, const char *name, postern_slice bytes, int64_t time, int like, postern_error *reterr) {
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) return postern_fail_errno(reterr, errno, "cannot create %s", name);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time}};
    bool ok = write_all(fd, bytes) && take_after(fd, like) && (like < 0 || tx_take_attributes(like, fd, false)) &&
              (!time || futimens(fd, times) == 0) && fsync(fd) == 0;
    int sys_errno = errno;
    if (close(fd) && ok) {
        ok = false;
        sys_errno = errno;
    }
    return ok ? POSTERN_OK : postern_fail_errno(reterr, sys_errno, "cannot write %s", name);
}

/* ---- a second name for a file ---- */

static bool copy_bytes(int from, int to) {
    uint8_t block[BLOCK];
    ssize_t got;
    while ((got = read(from, block, BLOCK)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0 && !write_all(to, postern_slice_of(block, (size_t)got))) return false;
    return got == 0;
}

postern_status tx_copy(int from_dir, const char *from, int dir, const char *name, postern_error *reterr) {
    int in = openat(from_dir, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0) return postern_fail_errno(reterr, errno, "cannot open %s", from);
    int out = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat st;
    bool ok =
        out >= 0 && fstat(in, &st) == 0 && copy_bytes(in, out) && take_after(out, in) && tx_take_attributes(in, out, true);
    if (ok) ok = futimens(out, (struct timespec[2]){st.st_atim, st.st_mtim}) == 0 && fsync(out) == 0;
    int sys_errno = errno;
    close(in);
    if (out >= 0 && close(out) && ok) {
        ok = false;
        sys_errno = errno;
    }
    return ok ? POSTERN_OK : postern_fail_errno(reterr, sys_errno, "cannot copy %s", from);
}

postern_status tx_link(int from_dir, const char *from, int dir, const char *name, postern_error *reterr) {
    if (linkat(from_dir, from, dir, name, 0) == 0) return POSTERN_OK;
    bool no_links = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK || errno == EXDEV;
    if (!no_links) return postern_fail_errno(reterr, errno, "cannot keep %s", from);
    return tx_copy(from_dir, from, dir, name, reterr);
}

postern_status tx_sync(int dir, postern_error *reterr) {
    /* some file systems know no fsync of a folder; their renames are as durable as they get */
    if (fsync(dir) && errno != EINVAL && errno != EROFS) return postern_fail_errno(reterr, errno, "cannot flush a folder");
    return POSTERN_OK;
}
