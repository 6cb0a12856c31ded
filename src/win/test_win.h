/*
 * Trees for the unit tests of win: a folder in memory's file system or /tmp, files with content, hives made from rows. A hive
 * begins as a root key that this file writes by hand, and libhivex adds the rest.
 */
#ifndef POSTERN_TEST_WIN_H
#define POSTERN_TEST_WIN_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/test_base.h"
#include "base/test_oom.h"
#include "win_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct tree {
    char path[64];
    int fd;
} tree;

static inline void tree_make(tree *t) {
    snprintf(t->path, sizeof t->path, "%s/postern-win-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    assert_non_null(mkdtemp(t->path));
    t->fd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(t->fd >= 0);
}

static inline int tree_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void tree_free(tree *t) {
    close(t->fd);
    assert_int_equal(nftw(t->path, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void tree_folder(const tree *t, const char *path) {
    char part[256];
    for (size_t i = 0;; i++) {
        if (path[i] == '/' || !path[i]) {
            memcpy(part, path, i);
            part[i] = 0;
            if (i && mkdirat(t->fd, part, 0777)) assert_int_equal(errno, EEXIST);
        }
        if (!path[i]) return;
    }
}

static inline void tree_file(const tree *t, const char *path, postern_slice bytes) {
    char folder[256];
    const char *slash = strrchr(path, '/');
    if (slash) {
        memcpy(folder, path, (size_t)(slash - path));
        folder[slash - path] = 0;
        tree_folder(t, folder);
    }
    int fd = openat(t->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr ? bytes.ptr : (const uint8_t *)"", bytes.len), (ssize_t)bytes.len);
    close(fd);
}

/* ---- hives -------------------------------------------------------------------------------------------------------- */

static inline void put_le(uint8_t *at, uint64_t number, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) at[i] = (uint8_t)(number >> (8 * i));
}

static inline void hive_sign(uint8_t *hive) {
    uint32_t sum = 0;
    for (size_t i = 0; i < 508; i += 4)
        sum ^= (uint32_t)hive[i] | (uint32_t)hive[i + 1] << 8 | (uint32_t)hive[i + 2] << 16 | (uint32_t)hive[i + 3] << 24;
    put_le(hive + 508, sum == UINT32_MAX ? UINT32_MAX - 1 : sum ? sum : 1, 4);
}

enum { EMPTY_HIVE = 8192 };

/* A root key without values, its security cell, the rest free. */
static inline void hive_empty(uint8_t hive[EMPTY_HIVE]) {
    memset(hive, 0, EMPTY_HIVE);
    memcpy(hive, "regf", 4);
    put_le(hive + 4, 1, 4);
    put_le(hive + 8, 1, 4);
    put_le(hive + 12, 0x1CA4F6A5B6C00000, 8);
    put_le(hive + 20, 1, 4);
    put_le(hive + 24, 3, 4);
    put_le(hive + 32, 1, 4);
    put_le(hive + 36, 0x20, 4);
    put_le(hive + 40, 4096, 4);
    put_le(hive + 44, 1, 4);
    hive_sign(hive);
    uint8_t *bin = hive + 4096, *key = bin + 0x20, *security = key + 0x58;
    memcpy(bin, "hbin", 4);
    put_le(bin + 8, 4096, 4);
    put_le(key, (uint32_t)-0x58, 4);
    memcpy(key + 4, "nk", 2);
    put_le(key + 6, 0x2C, 2); /* root, cannot be deleted, name in one byte a character */
    put_le(key + 8, 0x1CA4F6A5B6C00000, 8);
    put_le(key + 0x20, UINT32_MAX, 4);
    put_le(key + 0x24, UINT32_MAX, 4);
    put_le(key + 0x2C, UINT32_MAX, 4);
    put_le(key + 0x30, 0x20 + 0x58, 4);
    put_le(key + 0x34, UINT32_MAX, 4);
    put_le(key + 0x4C, 4, 2);
    memcpy(key + 0x50, "ROOT", 4);
    put_le(security, (uint32_t)-0x30, 4);
    memcpy(security + 4, "sk", 2);
    put_le(security + 8, 0x20 + 0x58, 4);
    put_le(security + 12, 0x20 + 0x58, 4);
    put_le(security + 16, 1, 4);
    put_le(security + 20, 20, 4);
    put_le(security + 24, 1, 1);
    put_le(security + 26, 0x8000, 2);
    size_t used = 0x20 + 0x58 + 0x30;
    put_le(bin + used, 4096 - used, 4);
}

typedef struct hive_row {
    const char *key;  /* "A\\B" */
    const char *name; /* "" default; NULL: the key alone */
    uint32_t type;
    const char *text; /* SZ, EXPAND_SZ, LINK: as UTF-16; MULTI_SZ: '|' between the strings; BINARY: the bytes of the text */
    uint64_t number;  /* DWORD, QWORD */
} hive_row;

/* Appends what a hive holds for the row's value. */
static inline void row_data(const hive_row *row, postern_buf *data) {
    size_t len = row->text ? strlen(row->text) : 0;
    if (row->type == POSTERN_REG_DWORD || row->type == POSTERN_REG_QWORD) {
        uint8_t bytes[8];
        put_le(bytes, row->number, 8);
        postern_buf_add(data, bytes, row->type == POSTERN_REG_DWORD ? 4 : 8);
    } else if (row->type == POSTERN_REG_BINARY || row->type == POSTERN_REG_NONE) {
        postern_buf_add(data, row->text, len);
    } else {
        postern_buf_add_utf16le(data, postern_slice_of(row->text, len));
        assert_int_equal(postern_buf_add(data, "\0", 2), POSTERN_OK);
        for (size_t i = 0; row->type == POSTERN_REG_MULTI_SZ && i < data->len; i += 2)
            if (data->ptr[i] == '|') data->ptr[i] = 0;
        if (row->type == POSTERN_REG_MULTI_SZ) postern_buf_add(data, "\0", 2);
    }
    assert_int_equal(data->status, POSTERN_OK);
}

static inline hive_node_h row_key(hive_h *h, const char *path) {
    char name[256];
    hive_node_h node = hivex_root(h);
    while (*path) {
        size_t len = strcspn(path, "\\");
        memcpy(name, path, len);
        name[len] = 0;
        path += len + (path[len] == '\\');
        hive_node_h child = hivex_node_get_child(h, node, name);
        node = child ? child : hivex_node_add_child(h, node, name);
        assert_true(node != 0);
    }
    return node;
}

static inline void tree_hive(const tree *t, const char *path, const hive_row *rows, size_t count) {
    uint8_t empty[EMPTY_HIVE];
    char full[400];
    hive_empty(empty);
    tree_file(t, path, postern_slice_of(empty, sizeof empty));
    snprintf(full, sizeof full, "%s/%s", t->path, path);
    hive_h *h = hivex_open(full, HIVEX_OPEN_WRITE);
    assert_non_null(h);
    for (size_t i = 0; i < count; i++) {
        hive_node_h node = row_key(h, rows[i].key);
        postern_buf data;
        if (!rows[i].name) continue;
        postern_buf_init(&data, 1 << 24);
        row_data(&rows[i], &data);
        hive_set_value value = {(char *)(uintptr_t)rows[i].name, (hive_type)rows[i].type, data.len, (char *)data.ptr};
        assert_int_equal(hivex_node_set_value(h, node, &value, 0), 0);
        postern_buf_free(&data);
    }
    assert_int_equal(hivex_commit(h, NULL, 0), 0);
    hivex_close(h);
}
#define tree_rows(t, path, rows) tree_hive((t), (path), (rows), sizeof(rows) / sizeof *(rows))

/* ---- a small Windows XP ------------------------------------------------------------------------------------------- */

#define NT_KEY "Microsoft\\Windows NT\\CurrentVersion"
#define WINDOWS_KEY "Microsoft\\Windows\\CurrentVersion"

static inline void tree_xp(const tree *t) {
    static const hive_row software[] = {
        {NT_KEY, "ProductName", POSTERN_REG_SZ, "Microsoft Windows XP", 0},
        {NT_KEY, "CurrentVersion", POSTERN_REG_SZ, "5.1", 0},
        {NT_KEY, "CurrentBuildNumber", POSTERN_REG_SZ, "2600", 0},
        {NT_KEY, "CurrentBuild", POSTERN_REG_SZ, "1.511.1 () (Obsolete data - do not use)", 0},
        {NT_KEY, "CSDVersion", POSTERN_REG_SZ, "Service Pack 1", 0},
        {NT_KEY, "SystemRoot", POSTERN_REG_SZ, "C:\\WINDOWS", 0},
        {NT_KEY "\\ProfileList", "ProfilesDirectory", POSTERN_REG_EXPAND_SZ, "%SystemDrive%\\Documents and Settings", 0},
        {NT_KEY "\\ProfileList\\S-1-5-18", "ProfileImagePath", POSTERN_REG_EXPAND_SZ,
         "%systemroot%\\system32\\config\\systemprofile", 0},
        {NT_KEY "\\ProfileList\\S-1-5-21-1-2-3-1003", "ProfileImagePath", POSTERN_REG_EXPAND_SZ,
         "%SystemDrive%\\Documents and Settings\\hanako", 0},
        {WINDOWS_KEY, "ProgramFilesDir", POSTERN_REG_SZ, "C:\\Program Files", 0},
        {WINDOWS_KEY, "CommonFilesDir", POSTERN_REG_SZ, "C:\\Program Files\\Common Files", 0},
        {"Classes\\mhtml", "", POSTERN_REG_SZ, "machine", 0},
        {"Test", "dword", POSTERN_REG_DWORD, NULL, 0xFEDCBA98},
        {"Test", "qword", POSTERN_REG_QWORD, NULL, 0x123456789ABCDEF0},
        {"Test", "list", POSTERN_REG_MULTI_SZ, "one|two|drei", 0},
        {"Test", "\xC3\xA4\xE6\x97\xA5", POSTERN_REG_SZ, "\xE3\x81\x82\xF0\x9F\x98\x80", 0},
        {"Test", "bytes", POSTERN_REG_BINARY, "abc", 0},
        {"Test\\Empty", NULL, 0, NULL, 0},
    };
    static const hive_row system[] = {
        {"Select", "Current", POSTERN_REG_DWORD, NULL, 2},
        {"ControlSet001\\Control", "which", POSTERN_REG_SZ, "wrong", 0},
        {"ControlSet002\\Control", "which", POSTERN_REG_SZ, "right", 0},
        {"ControlSet002\\Control\\ProductOptions", "ProductType", POSTERN_REG_SZ, "WinNT", 0},
        {"ControlSet002\\Control\\Session Manager\\Environment", "PROCESSOR_ARCHITECTURE", POSTERN_REG_SZ, "x86", 0},
        {"ControlSet002\\Control\\Session Manager\\Environment", "Tools", POSTERN_REG_EXPAND_SZ, "%SystemRoot%\\tools", 0},
        {"Link", "SymbolicLinkValue", POSTERN_REG_LINK, "\\Registry\\Machine\\SOFTWARE\\Test", 0},
        {"Loop", "SymbolicLinkValue", POSTERN_REG_LINK, "\\Registry\\Machine\\SYSTEM\\Loop", 0},
    };
    static const hive_row user[] = {
        {"Software\\Mine", "name", POSTERN_REG_SZ, "hanako", 0},
        {"Environment", "TEMP", POSTERN_REG_EXPAND_SZ, "%USERPROFILE%\\Temp", 0},
    };
    static const hive_row classes[] = {{"mhtml", "", POSTERN_REG_SZ, "user", 0}};
    static const hive_row other[] = {{"Software\\Mine", "name", POSTERN_REG_SZ, "other", 0}};
    tree_rows(t, "WINDOWS/system32/config/software", software);
    tree_rows(t, "WINDOWS/system32/config/SYSTEM", system);
    tree_rows(t, "WINDOWS/system32/config/default", other);
    tree_rows(t, "Documents and Settings/hanako/NTUSER.DAT", user);
    tree_rows(t, "Documents and Settings/hanako/Local Settings/Application Data/Microsoft/Windows/UsrClass.dat", classes);
    tree_rows(t, "Documents and Settings/Default User/NTUSER.DAT", other);
    tree_folder(t, "Documents and Settings/All Users");
    tree_folder(t, "Program Files/Common Files");
    tree_file(t, "WINDOWS/system32/plain.txt", POSTERN_S("hello"));
}

static inline postern_win *tree_open(const tree *t) {
    postern_win *win;
    postern_error error;
    if (postern_win_open(t->fd, NULL, &win, &error)) fail_msg("%s", error.text);
    return win;
}

#endif
