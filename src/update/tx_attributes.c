/*
 * What a file system keeps of a file beside bytes, mode, owner and times, as extended attributes:
 *
 *   user.*, security.*, system.posix_acl_access    Linux' own; ntfs-3g shows named streams (Zone.Identifier …) as user.*
 *   system.ntfs_attrib, _acl, _ea, _crtime         NTFS by ntfs-3g: hidden, system …; who may; when it was made. Not listed.
 *   system.ntfs_dos_name                           the short name (MSOE50~1.DLL). It belongs to the name, not to the file.
 *
 * A copy that stands in for the original takes all of it; a new version of a file takes what belongs to the place: who may read
 * it, and its attributes. What may not be set (another user's rights, a file system without them) is left out; anything else
 * fails.
 */
#define _GNU_SOURCE
#include "tx_int.h"

#include <errno.h>
#include <sys/xattr.h>

enum { LIST_MAX = 64 << 10, VALUE_MAX = 64 << 10 }; /* Linux' own ceilings; a longer stream stops the run */

/* Of the place. "be": the same bytes on every machine. */
static const char *const of_place[] = {"system.posix_acl_access", "system.ntfs_acl", "system.ntfs_attrib_be"};
/* Of the file, and not listed. The attributes come last: "read only" is one. */
static const char *const unlisted[] = {"system.ntfs_ea", "system.ntfs_acl", "system.ntfs_crtime_be", "system.ntfs_attrib_be"};

static bool may_be_left_out(int sys_errno) {
    return sys_errno == EPERM || sys_errno == EACCES || sys_errno == EOPNOTSUPP || sys_errno == ENODATA ||
           sys_errno == EINVAL || sys_errno == ENOSYS;
}

/* EIO is how ntfs-3g says that a file has no rights of its own. */
static bool has_none(const char *name, int sys_errno) {
    return may_be_left_out(sys_errno) || (sys_errno == EIO && !strcmp(name, "system.ntfs_acl"));
}

static bool copy_one(int from, int to, const char *name, uint8_t *value) {
    ssize_t len = fgetxattr(from, name, value, VALUE_MAX);
    if (len < 0) return has_none(name, errno);
    return fsetxattr(to, name, value, (size_t)len, 0) == 0 || may_be_left_out(errno);
}

static bool copy_listed(int from, int to, uint8_t *value) {
    char list[LIST_MAX + 1];
    ssize_t len = flistxattr(from, list, LIST_MAX);
    if (len < 0) return may_be_left_out(errno);
    list[len] = 0;
    for (ssize_t at = 0; at < len; at += (ssize_t)strlen(list + at) + 1)
        if (!copy_one(from, to, list + at, value)) return false;
    return true;
}

bool tx_take_attributes(int from, int to, bool all) {
    uint8_t value[VALUE_MAX];
    bool ok = !all || copy_listed(from, to, value);
    for (size_t i = 0; ok && !all && i < sizeof of_place / sizeof *of_place; i++) ok = copy_one(from, to, of_place[i], value);
    for (size_t i = 0; ok && all && i < sizeof unlisted / sizeof *unlisted; i++) ok = copy_one(from, to, unlisted[i], value);
    return ok;
}

/* ---- short names ---- */

#define SHORT_NAME "system.ntfs_dos_name"

bool tx_short_name(int fd, char name[TX_SHORT_NAME]) {
    ssize_t len = fgetxattr(fd, SHORT_NAME, name, TX_SHORT_NAME - 1);
    name[len > 0 ? len : 0] = 0;
    return len > 0;
}

bool tx_set_short_name(int fd, const char *name) {
    char now[TX_SHORT_NAME];
    if (tx_short_name(fd, now) && !strcmp(now, name)) return true;
    return fsetxattr(fd, SHORT_NAME, name, strlen(name), 0) == 0 || may_be_left_out(errno);
}
