/* Facts of files: size, times, bytes, digests. Everything is opened below the root without following links (T2). */
#define _GNU_SOURCE
#include "win_int.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

postern_status postern_win_stat(postern_win *win, const postern_win_view *view, postern_slice path, postern_win_file *ret_file,
                                postern_error *reterr) {
    win_place place;
    struct stat st;
    int fd;
    postern_win_file file = {0};
    postern_status status = win_resolve(win, view, path, &place, reterr);
    if (!status) status = win_place_open(win, place, O_PATH, &fd, reterr);
    if (status) return status;
    int failed = fstat(fd, &st) ? errno : 0;
    close(fd);
    if (failed) return postern_fail_errno(reterr, failed, "cannot look at the file");
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: neither a file nor a folder");
    if (win_place_path(win, place, &file.path)) return win_fail_memory(win, reterr);
    file.is_folder = S_ISDIR(st.st_mode);
    file.size = file.is_folder ? 0 : (uint64_t)st.st_size;
    file.modified = st.st_mtim.tv_sec;
    file.accessed = st.st_atim.tv_sec;
    file.changed = st.st_ctim.tv_sec;
    file.modified_nanoseconds = (uint32_t)st.st_mtim.tv_nsec;
    file.inode = st.st_ino;
    file.links = st.st_nlink;
    *ret_file = file;
    return POSTERN_OK;
}

postern_status postern_win_read(postern_win *win, const postern_win_view *view, postern_slice path, postern_file **ret_file,
                                postern_error *reterr) {
    win_place place;
    postern_status status = win_resolve(win, view, path, &place, reterr);
    return status ? status : win_place_read(win, place, ret_file, reterr);
}

postern_status postern_win_open_file(postern_win *win, const postern_win_view *view, postern_slice path, int *ret_fd,
                                     postern_slice *ret_real, postern_error *reterr) {
    win_place place;
    postern_status status = win_resolve(win, view, path, &place, reterr);
    if (status) return status;
    if (ret_real && win_place_real(win, place, ret_real)) return win_fail_memory(win, reterr);
    return win_place_open(win, place, O_RDONLY, ret_fd, reterr);
}

postern_status postern_win_list(postern_win *win, const postern_win_view *view, postern_slice path,
                                const postern_win_folder **ret_folder, postern_error *reterr) {
    win_place place;
    win_dir *dir;
    postern_status status = win_resolve(win, view, path, &place, reterr);
    if (status) return status;
    dir = place.dir;
    if (place.index != SIZE_MAX) {
        if (!place.dir->entries[place.index].is_folder)
            return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "is not a folder");
        status = win_dir_enter(win, place.dir, place.index, &dir, reterr);
    }
    if (!status) status = win_dir_list(win, dir, reterr);
    if (!status) *ret_folder = &dir->folder;
    return status;
}

postern_status postern_win_sha256(postern_win *win, const postern_win_view *view, postern_slice path, uint8_t ret_digest[32],
                                  postern_error *reterr) {
    postern_file *file;
    unsigned len = 32;
    postern_status status = postern_win_read(win, view, path, &file, reterr);
    if (status) return status;
    postern_slice bytes = postern_file_bytes(file);
    if (EVP_Digest(bytes.len ? (const void *)bytes.ptr : "", bytes.len, ret_digest, &len, EVP_sha256(), NULL) != 1)
        status = postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "cannot make a digest");
    postern_file_close(file);
    return status;
}
