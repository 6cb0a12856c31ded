/*
 * Folders of the tree, listed once and kept. A name is looked up without case in the whole list, so that two names which
 * Windows could not tell apart are seen: an attacker who can put "Inetcomm.dll" beside "inetcomm.dll" must not choose which one
 * we judge. Whatever is opened is opened below the root without following links (T2).
 */
#define _GNU_SOURCE
#include "win_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

postern_status win_join(postern_win *win, postern_slice head, char separator, postern_slice tail, postern_slice *ret_path) {
    bool glue = head.len && head.ptr[head.len - 1] != (uint8_t)separator;
    size_t len = head.len + (glue ? 1 : 0) + tail.len;
    char *text = postern_arena_alloc(win->arena, len + 1);
    if (!text) return postern_arena_failure(win->arena);
    if (head.len) memcpy(text, head.ptr, head.len);
    if (glue) text[head.len] = separator;
    if (tail.len) memcpy(text + head.len + (glue ? 1 : 0), tail.ptr, tail.len);
    text[len] = 0;
    *ret_path = postern_slice_of(text, len);
    return POSTERN_OK;
}

postern_status win_dir_enter(postern_win *win, win_dir *dir, size_t index, win_dir **ret_dir, postern_error *reterr) {
    win_slot *slot = &dir->slots[index];
    const postern_win_entry *entry = &dir->entries[index];
    if (!slot->dir) {
        win_dir *fresh = postern_arena_zalloc(win->arena, 1, sizeof *fresh);
        if (!fresh) return win_fail_memory(win, reterr);
        fresh->parent = dir;
        if (win_join(win, dir->real, '/', entry->name, &fresh->real) ||
            win_join(win, dir->folder.path, '\\', entry->name, &fresh->folder.path))
            return win_fail_memory(win, reterr);
        slot->dir = fresh;
    }
    *ret_dir = slot->dir;
    return POSTERN_OK;
}

static int by_name(const void *a, const void *b) {
    const postern_win_entry *x = a, *y = b;
    int order = win_name_compare(x->name, y->name);
    return order ? order : postern_slice_compare(x->name, y->name);
}

static postern_status add_entry(postern_win *win, DIR *stream, const struct dirent *d, postern_buf *list,
                                postern_error *reterr) {
    postern_win_entry entry = {.is_folder = d->d_type == DT_DIR, .is_link = d->d_type != DT_DIR && d->d_type != DT_REG};
    if (d->d_type == DT_UNKNOWN) {
        struct stat st;
        if (fstatat(dirfd(stream), d->d_name, &st, AT_SYMLINK_NOFOLLOW))
            return postern_fail_errno(reterr, errno, "cannot look at an entry");
        entry.is_folder = S_ISDIR(st.st_mode);
        entry.is_link = !S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode);
    }
    if (postern_arena_copy(win->arena, postern_slice_cstr(d->d_name), &entry.name)) return win_fail_memory(win, reterr);
    if (!postern_buf_add(list, &entry, sizeof entry)) return POSTERN_OK;
    return postern_fail(reterr, list->status, POSTERN_NO_OFFSET,
                        list->status == POSTERN_LIMIT ? "the folder holds more than %u entries" : "no memory",
                        POSTERN_LIMIT_WIN_ENTRIES);
}

static postern_status read_entries(postern_win *win, DIR *stream, postern_buf *list, postern_error *reterr) {
    for (;;) {
        errno = 0;
        const struct dirent *d = readdir(stream);
        if (!d) return errno ? postern_fail_errno(reterr, errno, "cannot read a folder") : POSTERN_OK;
        if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..")) continue;
        postern_status status = add_entry(win, stream, d, list, reterr);
        if (status) return status;
    }
}

static postern_status keep_entries(postern_win *win, win_dir *dir, const postern_buf *list, postern_error *reterr) {
    size_t count = list->len / sizeof(postern_win_entry);
    postern_win_entry *entries = postern_arena_zalloc(win->arena, count ? count : 1, sizeof *entries);
    win_slot *slots = postern_arena_zalloc(win->arena, count ? count : 1, sizeof *slots);
    if (!entries || !slots) return win_fail_memory(win, reterr);
    if (count) {
        memcpy(entries, list->ptr, list->len);
        qsort(entries, count, sizeof *entries, by_name);
    }
    for (size_t i = 1; i < count; i++)
        if (win_name_eq(entries[i - 1].name, entries[i].name)) entries[i - 1].has_twin = entries[i].has_twin = true;
    dir->entries = entries;
    dir->slots = slots;
    dir->folder.entries = entries;
    dir->folder.count = count;
    dir->listed = true;
    return POSTERN_OK;
}

postern_status win_dir_list(postern_win *win, win_dir *dir, postern_error *reterr) {
    if (dir->listed) return POSTERN_OK;
    int fd;
    postern_status status = postern_beneath_open(win->root, dir->real.len ? (const char *)dir->real.ptr : ".",
                                                 O_RDONLY | O_DIRECTORY | O_NOCTTY, 0, &fd, reterr);
    if (status) return status;
    DIR *stream = fdopendir(fd);
    if (!stream) {
        status = postern_fail_errno(reterr, errno, "cannot read a folder");
        close(fd);
        return status;
    }
    postern_buf list;
    postern_buf_init(&list, POSTERN_LIMIT_WIN_ENTRIES * sizeof(postern_win_entry));
    status = read_entries(win, stream, &list, reterr);
    closedir(stream);
    if (!status) status = keep_entries(win, dir, &list, reterr);
    postern_buf_free(&list);
    return status;
}

postern_status win_dir_find(postern_win *win, win_dir *dir, postern_slice name, size_t *ret_index, postern_error *reterr) {
    postern_status status = win_dir_list(win, dir, reterr);
    if (status) return status;
    size_t low = 0, high = dir->folder.count;
    while (low < high) { /* the first entry that is not below the name */
        size_t middle = (low + high) / 2;
        if (win_name_compare(dir->entries[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_index = SIZE_MAX;
    if (low == dir->folder.count || !win_name_eq(dir->entries[low].name, name)) return POSTERN_OK;
    if (dir->entries[low].has_twin)
        return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: two names are equal without case: %.*s and %.*s",
                            WIN_SHOWN(dir->entries[low].name), WIN_SHOWN(dir->entries[low + 1].name));
    if (dir->entries[low].is_link)
        return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: a symbolic link or special file: %.*s in %.*s",
                            WIN_SHOWN(dir->entries[low].name), WIN_SHOWN(dir->folder.path));
    *ret_index = low;
    return POSTERN_OK;
}

postern_status win_place_real(postern_win *win, win_place place, postern_slice *ret_real) {
    *ret_real = place.dir->real;
    if (place.index == SIZE_MAX) return POSTERN_OK;
    return win_join(win, place.dir->real, '/', place.dir->entries[place.index].name, ret_real);
}

postern_status win_place_path(postern_win *win, win_place place, postern_slice *ret_path) {
    *ret_path = place.dir->folder.path;
    if (place.index == SIZE_MAX) return POSTERN_OK;
    return win_join(win, place.dir->folder.path, '\\', place.dir->entries[place.index].name, ret_path);
}

postern_status win_place_open(postern_win *win, win_place place, int flags, int *ret_fd, postern_error *reterr) {
    postern_slice real;
    if (win_place_real(win, place, &real)) return win_fail_memory(win, reterr);
    if (!(flags & O_PATH)) flags |= O_NOCTTY | O_NONBLOCK; /* a pipe nobody writes to must not hang */
    return postern_beneath_open(win->root, real.len ? (const char *)real.ptr : ".", flags, 0, ret_fd, reterr);
}

postern_status win_place_read(postern_win *win, win_place place, postern_file **ret_file, postern_error *reterr) {
    int fd;
    postern_status status = win_place_open(win, place, O_RDONLY, &fd, reterr);
    if (status) return status;
    status = postern_file_read(fd, ret_file, reterr);
    close(fd);
    return status;
}
