/*
 * Which files programs map, by /proc/PID/maps: a file of the system among them is in use, and an update lays its new one beside
 * it until the next start. Read before the sandbox, which knows no /proc. Programs of other users stay unseen unless we are
 * root; so does Wine when it reads a program into memory instead of mapping it, but then its wineserver runs and refuses all
 * (T3).
 */
#define _GNU_SOURCE
#include "update.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { FILES_MAX = 1 << 18 }; /* different files that are mapped on one machine: some thousands */

/* True: it was not there yet. NOMEM leaves the rest unseen, and is told by the caller. */
static bool add(cli_in_use *found, dev_t device, ino_t inode) {
    for (size_t i = found->count; i-- > 0;)
        if (found->files[i].inode == inode && found->files[i].device == device) return true;
    if (found->count == FILES_MAX) return false;
    if (found->count % 1024 == 0) {
        void *more = reallocarray(found->files, found->count + 1024, sizeof *found->files);
        if (!more) return false;
        found->files = more;
    }
    found->files[found->count++] = (postern_update_inode){device, inode};
    return true;
}

typedef struct mapping {
    unsigned major, minor;
    uint64_t inode;
    postern_slice path;
} mapping;

static postern_slice word(postern_slice *rest) {
    while (postern_slice_starts(*rest, POSTERN_S(" "))) *rest = postern_slice_from(*rest, 1);
    postern_cut cut = postern_slice_cut(*rest, ' ');
    *rest = cut.tail;
    return cut.head;
}

static unsigned hex_number(postern_slice text) {
    unsigned number = 0;
    for (size_t i = 0; i < text.len; i++) number = number << 4 | (unsigned)(postern_hex_value(text.ptr[i]) & 15);
    return number;
}

/* "7f00-8f00 r--p 00000000 08:01 1234   /path" */
static bool read_mapping(postern_slice line, mapping *ret_map) {
    for (int i = 0; i < 3; i++) word(&line);
    postern_cut device = postern_slice_cut(word(&line), ':');
    if (!postern_slice_uint(word(&line), UINT64_MAX, &ret_map->inode) || !ret_map->inode) return false;
    ret_map->major = hex_number(device.head);
    ret_map->minor = hex_number(device.tail);
    while (postern_slice_starts(line, POSTERN_S(" "))) line = postern_slice_from(line, 1);
    ret_map->path = line;
    return device.ok;
}

/* Some file systems show another device there than stat does, so the path is asked, too. */
static bool add_mapping(cli_in_use *found, const mapping *map) {
    struct stat st;
    if (!add(found, makedev(map->major, map->minor), (ino_t)map->inode)) return false;
    char *path = strndup((const char *)map->path.ptr, map->path.len);
    if (!path) return false;
    bool good = stat(path, &st) || st.st_ino != map->inode || add(found, st.st_dev, st.st_ino);
    free(path);
    return good;
}

static bool read_maps(int proc, const char *pid, cli_in_use *found) {
    char name[64], *line = NULL;
    size_t room = 0;
    bool good = true;
    snprintf(name, sizeof name, "%.16s/maps", pid);
    int fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!file) {
        if (fd >= 0) close(fd);
        return true; /* another user's, or it has just ended */
    }
    uint64_t last = 0; /* one file has several lines */
    for (ssize_t len; good && (len = getline(&line, &room, file)) > 0;) {
        mapping map;
        if (!read_mapping(postern_slice_of(line, (size_t)len - 1), &map) || map.inode == last) continue;
        last = map.inode;
        good = add_mapping(found, &map);
    }
    free(line);
    fclose(file);
    return good;
}

bool cli_in_use_read(cli_in_use *ret_files) {
    DIR *dir = opendir("/proc");
    bool good = true;
    *ret_files = (cli_in_use){0};
    for (struct dirent *entry; dir && good && (entry = readdir(dir));)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') good = read_maps(dirfd(dir), entry->d_name, ret_files);
    if (dir) closedir(dir);
    return good;
}

void cli_in_use_free(cli_in_use *files) {
    free(files->files);
    *files = (cli_in_use){0};
}
