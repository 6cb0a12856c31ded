/* A system that is serviced: opened, put behind the sandbox, and an earlier run brought to its end before anything else. */
#define _GNU_SOURCE
#include "update.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A wineserver keeps the registry in memory and writes it when it ends, over whatever stands there then (T3). It works in a
 * folder "server-DEVICE-INODE" named after the prefix and holds a lock in it. That folder is below /tmp/.wine-UID; Debian's
 * Wine makes one of its own below /tmp and leaves a link "wineserver" to it in the prefix. A process of that name and working
 * folder is one, wherever its folder is. All of it is looked at before the sandbox, which knows neither /tmp nor /proc. */
typedef struct server_folder {
    char name[64];
} server_folder;

static bool lock_is_held(const char *below, const server_folder *server) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char path[256];
    if (snprintf(path, sizeof path, "%s/%s/lock", below, server->name) >= (int)sizeof path) return false;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    bool held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return held;
}

/* The link is the prefix' own, so it is believed only where it may lead: "/tmp/wine-XXXXXX". */
static bool linked_lock_is_held(int root, const server_folder *server) {
    char target[128];
    ssize_t len = readlinkat(root, "wineserver", target, sizeof target - 1);
    if (len <= 0) return false;
    target[len] = 0;
    return !strncmp(target, "/tmp/wine-", 10) && !strchr(target + 10, '/') && lock_is_held(target, server);
}

static bool is_server(int proc, const char *pid, const server_folder *server) {
    char path[64], cwd[512], name[32] = "";
    if (snprintf(path, sizeof path, "%.16s/cwd", pid) >= (int)sizeof path) return false;
    ssize_t len = readlinkat(proc, path, cwd, sizeof cwd - 1);
    if (len <= 0) return false; /* another user's, or it has just ended */
    cwd[len] = 0;
    const char *last = strrchr(cwd, '/');
    if (!last || strcmp(last + 1, server->name) != 0) return false;
    snprintf(path, sizeof path, "%.16s/comm", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    len = read(fd, name, sizeof name - 1);
    close(fd);
    return len > 0 && !strncmp(name, "wineserver", 10);
}

static bool process_runs(const server_folder *server) {
    DIR *dir = opendir("/proc");
    bool found = false;
    for (struct dirent *entry; dir && !found && (entry = readdir(dir));)
        found = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && is_server(dirfd(dir), entry->d_name, server);
    if (dir) closedir(dir);
    return found;
}

static bool wineserver_runs(int root) {
    struct stat st;
    server_folder server;
    char below[64];
    if (fstat(root, &st)) return false;
    snprintf(server.name, sizeof server.name, "server-%llx-%llx", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
    snprintf(below, sizeof below, "/tmp/.wine-%u", (unsigned)st.st_uid);
    return lock_is_held(below, &server) || linked_lock_is_held(root, &server) || process_runs(&server);
}

cli_exit cli_serviced_prepare(const cli_args *args, const char *root, bool changes, cli_serviced *ret_system) {
    *ret_system = (cli_serviced){.args = args, .tree = CLI_NO_TREE};
    if (!root) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update: which system? --root ROOT is missing");
        return CLI_USAGE;
    }
    cli_exit code = cli_tree_prepare(&ret_system->tree, root, root, STDERR_FILENO);
    if (code) return code;
    if (wineserver_runs(ret_system->tree.root)) {
        cli_message(STDERR_FILENO, root, POSTERN_NO_OFFSET,
                    "T3: a wineserver runs in this prefix; end it first (wineserver -k)");
        return CLI_UNUSABLE;
    }
    if (!changes || cli_in_use_read(&ret_system->in_use)) return CLI_CLEAN;
    cli_message(STDERR_FILENO, root, POSTERN_NO_OFFSET, "cannot tell which files are in use: no memory");
    return CLI_FAILED;
}

cli_exit cli_update_print(const postern_buf *out) {
    return !out->status && cli_write_all(STDOUT_FILENO, out->ptr, out->len) ? CLI_CLEAN : CLI_FAILED;
}

cli_exit cli_serviced_told(const cli_serviced *system, const postern_error *error) {
    cli_message_error(STDERR_FILENO, system->tree.label, error);
    return error->status == POSTERN_STATE ? CLI_UNUSABLE : cli_exit_of(error->status);
}

static postern_status open_win(cli_serviced *system, postern_error *reterr) {
    postern_win_options options = {.reader = system->tree.reader};
    return postern_win_open(system->tree.root, &options, &system->tree.win, reterr);
}

/* The next command on a system decides what a killed one left: all of it or nothing (T1). */
static postern_status recover(cli_serviced *system, postern_update_outcome *ret_outcome, postern_error *reterr) {
    postern_slice windows = postern_win_system_of(system->tree.win)->windows, real;
    postern_buf path, what;
    int fd;
    postern_status status = postern_win_open_file(system->tree.win, NULL, windows, &fd, &real, reterr);
    if (status) return status;
    close(fd);
    postern_buf_init(&path, 1 << 16);
    postern_buf_init(&what, 1 << 16);
    postern_buf_add_slice(&path, real);
    postern_buf_add_byte(&path, 0);
    const char *name = (const char *)path.ptr;
    status = path.status ? POSTERN_NOMEM : postern_update_recover(system->tree.root, name, ret_outcome, &what, reterr);
    if (!status && *ret_outcome != POSTERN_UPDATE_NOTHING)
        cli_message(STDERR_FILENO, system->tree.label, POSTERN_NO_OFFSET, "an earlier run was interrupted%s%.*s%s: %s",
                    what.len ? " (" : "", POSTERN_ARG(postern_buf_slice(&what)), what.len ? ")" : "",
                    *ret_outcome == POSTERN_UPDATE_FINISHED ? "it had been done and is finished now"
                                                            : "the system is as it was before it");
    postern_buf_free(&path);
    postern_buf_free(&what);
    return status;
}

cli_exit cli_serviced_open(cli_serviced *system) {
    postern_error error;
    postern_update_outcome outcome = POSTERN_UPDATE_NOTHING;
    cli_tree *tree = &system->tree;
    postern_status status = open_win(system, &error);
    if (!status) status = recover(system, &outcome, &error);
    system->recovered = !status && outcome != POSTERN_UPDATE_NOTHING;
    if (!status && outcome != POSTERN_UPDATE_NOTHING) { /* what was read may have been half of something */
        postern_win_close(tree->win);
        tree->win = NULL;
        status = open_win(system, &error);
    }
    if (!status) status = postern_servicing_open(tree->root, tree->win, tree->reader, time(NULL), &system->servicing, &error);
    return status ? cli_serviced_told(system, &error) : CLI_CLEAN;
}

void cli_serviced_close(cli_serviced *system) {
    postern_servicing_free(system->servicing);
    cli_tree_close(&system->tree);
    cli_in_use_free(&system->in_use);
}
