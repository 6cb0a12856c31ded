/*
 * Where -o leads. A file is replaced whole or not at all (T1), and a link to a file stays a link: what it leads to is replaced.
 * A device, pipe or socket (/dev/stdout, /dev/null) is written through: a rename over it would take it from the system.
 */
#define _GNU_SOURCE
#include "cli_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static postern_status write_through(const char *path, postern_output **ret_output, postern_error *reterr) {
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY); /* stays open until the process ends: one an input at most */
    if (fd < 0) return postern_fail_errno(reterr, errno, "cannot open the output");
    return postern_output_fd(fd, ret_output, reterr);
}

static postern_status replace(const char *path, postern_output **ret_output, int *ret_dir, postern_error *reterr) {
    postern_status status = cli_guarded_open(AT_FDCWD, path, true, ret_output, reterr);
    if (status) return status;
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    *ret_dir = folder ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (*ret_dir < 0) status = postern_fail_errno(reterr, errno, "cannot open the folder of the output");
    free(folder);
    if (status) {
        cli_guard_remove(*ret_output);
        postern_output_free(*ret_output);
    }
    return status;
}

postern_status cli_output_open(const char *path, postern_output **ret_output, int *ret_dir, postern_error *reterr) {
    struct stat target;
    *ret_dir = -1;
    if (!strcmp(path, "-")) return postern_output_fd(STDOUT_FILENO, ret_output, reterr);
    if (stat(path, &target) == 0 && !S_ISREG(target.st_mode) && !S_ISDIR(target.st_mode))
        return write_through(path, ret_output, reterr);
    if (lstat(path, &target) || !S_ISLNK(target.st_mode)) return replace(path, ret_output, ret_dir, reterr);
    char *real = realpath(path, NULL);
    if (!real) return postern_fail_errno(reterr, errno, "cannot follow the link");
    postern_status status = replace(real, ret_output, ret_dir, reterr);
    free(real);
    return status;
}
