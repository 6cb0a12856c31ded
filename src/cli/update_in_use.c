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

static size_t slot_of(const cli_in_use *found, postern_update_inode file) {
    size_t at = (size_t)((file.inode * 31 + file.device) * 0x9E3779B97F4A7C15u >> 20) & (found->room - 1);
    while (found->slots[at]) {
        const postern_update_inode *other = &found->files[found->slots[at] - 1];
        if (other->inode == file.inode && other->device == file.device) break;
        at = (at + 1) & (found->room - 1);
    }
    return at;
}

/* Room for one more, with half of the slots free. */
static bool grow(cli_in_use *found) {
    if (found->count == FILES_MAX) return false;
    if (found->count * 2 < found->room) return true;
    size_t room = found->room ? found->room * 2 : 4096;
    void *files = reallocarray(found->files, room / 2 + 1, sizeof *found->files);
    if (!files) return false;
    found->files = files;
    uint32_t *slots = calloc(room, sizeof *slots);
    if (!slots) return false;
    free(found->slots);
    found->slots = slots;
    found->room = room;
    for (size_t i = 0; i < found->count; i++) slots[slot_of(found, found->files[i])] = (uint32_t)i + 1;
    return true;
}

/* False: no memory, or more files than are believed. */
static bool add(cli_in_use *found, postern_update_inode file, bool *ret_new) {
    if (!grow(found)) return false;
    size_t at = slot_of(found, file);
    *ret_new = !found->slots[at];
    if (!*ret_new) return true;
    found->files[found->count++] = file;
    found->slots[at] = (uint32_t)found->count;
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
    bool is_new, ignored;
    if (!add(found, (postern_update_inode){makedev(map->major, map->minor), map->inode}, &is_new)) return false;
    if (!is_new) return true;
    char *path = strndup((const char *)map->path.ptr, map->path.len);
    if (!path) return false;
    bool good =
        stat(path, &st) || st.st_ino != map->inode || add(found, (postern_update_inode){st.st_dev, st.st_ino}, &ignored);
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
    free(files->slots);
    *files = (cli_in_use){0};
}
