/*
 * Where the indexes of stores are kept: $XDG_CACHE_HOME/postern (or ~/.cache/postern), a folder of the user's alone, never
 * inside the store. An index has the SHA-256 of its store's path for a name: two stores that shared a name would each make the
 * index anew, over the other's. Everybody who writes there holds a shared lock on the folder; who finds that nobody else does
 * takes away what a killed one has left.
 */
#define _GNU_SOURCE
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* mkdir -p, for the user alone. */
static bool make_private(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
        if (!ok) return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* A path below another, both real. */
static bool is_within(const char *path, const char *folder) {
    size_t len = strlen(folder);
    return !strncmp(path, folder, len) && (path[len] == '/' || !path[len] || !strcmp(folder, "/"));
}

static int open_folder(const char *store_path) {
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *path = NULL, *real = NULL;
    int dir = -1, made = -1;
    if (base && *base == '/')
        made = asprintf(&path, "%s/postern", base);
    else if (home && *home == '/')
        made = asprintf(&path, "%s/.cache/postern", home);
    if (made >= 0 && make_private(path) && (real = realpath(path, NULL)) && !is_within(real, store_path))
        dir = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (made >= 0) free(path);
    free(real);
    return dir;
}

/* A temporary of base/output.c. */
static bool is_temporary(postern_slice name) {
    return postern_slice_starts(name, POSTERN_S(".postern-")) && name.len > 13 &&
           postern_slice_eq(postern_slice_from(name, name.len - 4), POSTERN_S(".tmp"));
}

static bool is_hex(postern_slice s, size_t digits) {
    uint64_t half;
    return s.len == digits && postern_slice_hex(postern_slice_sub(s, 0, 16), UINT64_MAX, &half) &&
           (digits == 16 || postern_slice_hex(postern_slice_from(s, 16), UINT64_MAX, &half));
}

/* An index under a name that was made otherwise, by versions before this one: "store-" and 16 digits, or 32 digits alone. */
static bool is_of_old(postern_slice name) {
    postern_cut cut = postern_slice_cut_last(name, '.');
    bool ours = postern_slice_eq(cut.tail, POSTERN_S("rows")) || postern_slice_eq(cut.tail, POSTERN_S("words"));
    if (!cut.ok || !ours) return false;
    bool store = postern_slice_starts(cut.head, POSTERN_S("store-"));
    return store ? is_hex(postern_slice_from(cut.head, 6), 16) : is_hex(cut.head, 32);
}

static void clean(int folder) {
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0) close(fd);
        return;
    }
    for (struct dirent *d; (d = readdir(dir));) {
        postern_slice name = postern_slice_cstr(d->d_name);
        if (is_temporary(name) || is_of_old(name)) unlinkat(folder, d->d_name, 0);
    }
    closedir(dir);
}

int cli_store_cache_open(const char *store_path) {
    int folder = open_folder(store_path);
    if (folder < 0) return -1;
    if (flock(folder, LOCK_EX | LOCK_NB) == 0) clean(folder);
    while (flock(folder, LOCK_SH) && errno == EINTR) { /* who has it alone is cleaning, and soon done */
    }
    return folder;
}

void cli_store_cache_name(const char *store_path, char ret_name[CLI_CACHE_NAME]) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256((const uint8_t *)store_path, strlen(store_path), digest);
    memcpy(ret_name, "store-", 6);
    postern_hex_put(digest, sizeof digest, ret_name + 6);
    ret_name[CLI_CACHE_NAME - 1] = 0;
}
