/*
 * An unpacked package: a folder of the user's. It is read like a hostile one: no links, nothing but files and folders, the same
 * ceilings as for a cabinet.
 */
#define _GNU_SOURCE
#include "package_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct folder_walk {
    postern_package *package;
    postern_error *reterr;
} folder_walk;

static postern_status add_file(folder_walk *w, int dir, const char *name, postern_slice path) {
    postern_file *file;
    postern_package *package = w->package;
    update_members *members = &package->members;
    int fd;
    postern_status status = postern_beneath_open(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd, w->reterr);
    if (status) return status;
    status = postern_file_read(fd, &file, w->reterr);
    close(fd);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(file);
    update_member *member = postern_arena_zalloc(package->arena, 1, sizeof *member);
    struct stat st;
    if (members->count == POSTERN_LIMIT_PACKAGE_FILES)
        status =
            postern_fail(w->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "the folder holds more files than PACKAGE_FILES allows");
    else if (!member || postern_arena_copy(package->arena, bytes, &member->bytes))
        status = package_no_room(package, w->reterr);
    postern_file_close(file);
    if (status) return status;
    member->name = path;
    member->time = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) ? 0 : st.st_mtime;
    *(members->last ? &members->last->next : &members->first) = member;
    members->last = member;
    members->count++;
    members->total += bytes.len;
    return POSTERN_OK;
}

static postern_status join(folder_walk *w, postern_slice folder, const char *name, postern_slice *ret_path) {
    size_t len = strlen(name);
    uint8_t *path = postern_arena_alloc(w->package->arena, folder.len + 1 + len);
    if (!path) return package_no_room(w->package, w->reterr);
    if (folder.len) memcpy(path, folder.ptr, folder.len);
    size_t at = folder.len;
    if (at) path[at++] = '\\';
    memcpy(path + at, name, len);
    *ret_path = postern_slice_of(path, at + len);
    return update_name_check(*ret_path, w->reterr);
}

static int compare(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static postern_status walk(folder_walk *w, int dir, postern_slice folder, unsigned depth);

static postern_status entry(folder_walk *w, int dir, postern_slice folder, const char *name, unsigned depth) {
    struct stat st;
    postern_slice path;
    if (!strcmp(name, ".") || !strcmp(name, "..")) return POSTERN_OK;
    postern_status status = join(w, folder, name, &path);
    if (status) return status;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
        return postern_fail_errno(w->reterr, errno, "cannot look at %.*s", POSTERN_ARG(path));
    if (S_ISREG(st.st_mode)) return add_file(w, dir, name, path);
    if (!S_ISDIR(st.st_mode))
        return postern_fail(w->reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: neither a file nor a folder: %.*s",
                            POSTERN_ARG(path));
    int below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0) return postern_fail_errno(w->reterr, errno, "cannot open %.*s", POSTERN_ARG(path));
    status = walk(w, below, path, depth + 1);
    close(below);
    return status;
}

static postern_status walk(folder_walk *w, int dir, postern_slice folder, unsigned depth) {
    struct dirent **names;
    if (depth > POSTERN_LIMIT_PACKAGE_DEPTH)
        return postern_fail(w->reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "the folder is deeper than PACKAGE_DEPTH allows");
    int count = scandirat(dir, ".", &names, NULL, compare);
    if (count < 0) return postern_fail_errno(w->reterr, errno, "cannot list the folder of the package");
    postern_status status = POSTERN_OK;
    for (int i = 0; i < count; i++) {
        if (!status) status = entry(w, dir, folder, names[i]->d_name, depth);
        free(names[i]);
    }
    free(names);
    return status;
}

postern_status package_read_folder(postern_package *package, int dir, postern_error *reterr) {
    folder_walk w = {package, reterr};
    package->info.kind = POSTERN_PACKAGE_FOLDER;
    return walk(&w, dir, (postern_slice){NULL, 0}, 0);
}
