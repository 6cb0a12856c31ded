/* A system that is serviced: opened, put behind the sandbox, and an earlier run brought to its end before anything else. */
#define _GNU_SOURCE
#include "update.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A wineserver keeps the registry in memory and writes it when it ends, over whatever stands there then (T3). It holds a lock
 * in a folder that is named after the prefix; looked at before the sandbox, which knows no /tmp. */
static bool wineserver_runs(int root) {
    struct stat st;
    char path[128];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fstat(root, &st)) return false;
    snprintf(path, sizeof path, "/tmp/.wine-%u/server-%llx-%llx/lock", (unsigned)st.st_uid, (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return false;
    bool held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return held;
}

cli_exit cli_serviced_prepare(const cli_args *args, const char *root, cli_serviced *ret_system) {
    postern_error error;
    *ret_system = (cli_serviced){.args = args, .label = root, .root = -1};
    if (!root) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update: which system? --root ROOT is missing");
        return CLI_USAGE;
    }
    ret_system->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (ret_system->root < 0) {
        cli_message(STDERR_FILENO, root, POSTERN_NO_OFFSET, "cannot open the folder: %s", strerror(errno));
        return CLI_UNUSABLE;
    }
    if (wineserver_runs(ret_system->root)) {
        cli_message(STDERR_FILENO, root, POSTERN_NO_OFFSET,
                    "T3: a wineserver runs in this prefix; end it first (wineserver -k)");
        return CLI_UNUSABLE;
    }
    if (!postern_hive_reader_start(&ret_system->reader, &error)) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, root, &error);
    return CLI_FAILED;
}

static cli_exit told(const cli_serviced *system, const postern_error *error) {
    cli_message_error(STDERR_FILENO, system->label, error);
    return error->status == POSTERN_STATE ? CLI_UNUSABLE : cli_exit_of(error->status);
}

static postern_status open_win(cli_serviced *system, postern_error *reterr) {
    postern_win_options options = {.reader = system->reader};
    return postern_win_open(system->root, &options, &system->win, reterr);
}

/* The next command on a system decides what a killed one left: all of it or nothing (T1). */
static postern_status recover(cli_serviced *system, postern_update_outcome *ret_outcome, postern_error *reterr) {
    postern_slice windows = postern_win_system_of(system->win)->windows, real;
    postern_buf path, what;
    int fd;
    postern_status status = postern_win_open_file(system->win, NULL, windows, &fd, &real, reterr);
    if (status) return status;
    close(fd);
    postern_buf_init(&path, 1 << 16);
    postern_buf_init(&what, 1 << 16);
    postern_buf_add_slice(&path, real);
    postern_buf_add_byte(&path, 0);
    status =
        path.status ? POSTERN_NOMEM : postern_update_recover(system->root, (const char *)path.ptr, ret_outcome, &what, reterr);
    if (!status && *ret_outcome != POSTERN_UPDATE_NOTHING)
        cli_message(STDERR_FILENO, system->label, POSTERN_NO_OFFSET, "an earlier run was interrupted (%.*s): %s",
                    POSTERN_ARG(postern_buf_slice(&what)),
                    *ret_outcome == POSTERN_UPDATE_FINISHED ? "it had been done and is finished now"
                                                            : "the system is as it was before it");
    postern_buf_free(&path);
    postern_buf_free(&what);
    return status;
}

cli_exit cli_serviced_open(cli_serviced *system) {
    postern_error error;
    postern_update_outcome outcome = POSTERN_UPDATE_NOTHING;
    postern_status status = open_win(system, &error);
    if (!status) status = recover(system, &outcome, &error);
    if (!status && outcome != POSTERN_UPDATE_NOTHING) { /* what was read may have been half of something */
        postern_win_close(system->win);
        system->win = NULL;
        status = open_win(system, &error);
    }
    if (!status)
        status = postern_servicing_open(system->root, system->win, system->reader, time(NULL), &system->servicing, &error);
    return status ? told(system, &error) : CLI_CLEAN;
}

void cli_serviced_close(cli_serviced *system) {
    postern_servicing_free(system->servicing);
    postern_win_close(system->win);
    postern_hive_reader_stop(system->reader);
    if (system->root >= 0) close(system->root);
}
