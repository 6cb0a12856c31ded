/*
 * Where the advisories lie: beside the sources when this is the program of a build tree, else below share/ beside the program's
 * own bin/, else where the build was told to install them. Nothing of the environment counts.
 */
#define _GNU_SOURCE
#include "advisory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder of the program itself, without a final slash. */
static bool own_folder(char *path, size_t size) {
    ssize_t len = readlink("/proc/self/exe", path, size - 1);
    if (len <= 0) return false;
    path[len] = 0;
    char *slash = strrchr(path, '/');
    if (!slash) return false;
    *slash = 0;
    return true;
}

int cli_advisory_folder(char **ret_path) {
    static const char *const beside[] = {"/../../../data/advisories", "/../share/postern/advisories"};
    char own[4096], *path;
    bool known = own_folder(own, sizeof own);
    for (size_t i = 0; i < 3; i++) {
        if (i < 2 && !known) continue;
        if (asprintf(&path, "%s%s", i < 2 ? own : POSTERN_DATADIR "/advisories", i < 2 ? beside[i] : "") < 0) return -1;
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0) {
            *ret_path = path;
            return fd;
        }
        free(path);
    }
    return -1;
}
