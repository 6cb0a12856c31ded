/*
 * A Windows system below --root: its folder is opened and the child that reads hives is started before the sandbox; everything
 * of it is read behind it.
 */
#include "cli_int.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

cli_exit cli_system_prepare(const char *root, cli_system *system) {
    postern_error error;
    *system = (cli_system){.label = root, .root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .user = POSTERN_NO_USER};
    postern_status status = system->root < 0 ? postern_fail_errno(&error, errno, "cannot open")
                                             : postern_hive_reader_start(&system->reader, &error);
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, root, &error);
    if (system->root >= 0) close(system->root);
    system->root = -1;
    return system->reader ? CLI_FAILED : CLI_UNUSABLE;
}

cli_exit cli_system_sandbox(const cli_args *args, const cli_system *system, int out_dir) {
    cli_reach reach = {&out_dir, out_dir >= 0 ? 1 : 0, &system->root, 1, false};
    return cli_sandbox(args, &reach, STDERR_FILENO, system->label);
}

static void tell(void *user, const postern_note *note) {
    const cli_system *system = user;
    cli_message(STDERR_FILENO, system->label, POSTERN_NO_OFFSET, "%s: %.*s", postern_note_text(note->kind),
                (int)(note->detail.len < 400 ? note->detail.len : 400), (const char *)note->detail.ptr);
}

cli_exit cli_system_open(cli_system *system) {
    postern_error error;
    system->notes = (postern_notes){tell, system};
    postern_win_options options = {.reader = system->reader, .notes = &system->notes};
    postern_status status = postern_win_open(system->root, &options, &system->win, &error);
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, system->label, &error);
    return cli_exit_of(status);
}

/* "one of: a, b, c" */
static void add_users(const cli_system *system, postern_buf *text) {
    const char *comma = "";
    for (size_t i = 0; i < postern_win_user_count(system->win); i++) {
        const postern_win_user *user = postern_win_user_at(system->win, i);
        postern_buf_printf(text, "%s%.*s", comma, POSTERN_ARG(user->name));
        comma = ", ";
    }
}

cli_exit cli_system_choose_user(cli_system *system, const char *name) {
    size_t found = POSTERN_NO_USER, count = 0;
    for (size_t i = 0; i < postern_win_user_count(system->win) && !name; i++) {
        const postern_win_user *user = postern_win_user_at(system->win, i);
        if (user->is_default || !user->has_hive || postern_slice_starts(user->sid, POSTERN_S("S-1-5-19")) ||
            postern_slice_starts(user->sid, POSTERN_S("S-1-5-20")))
            continue;
        found = i;
        count++;
    }
    if (name) found = postern_win_user_find(system->win, postern_slice_cstr(name));
    system->user = found;
    if (name ? found != POSTERN_NO_USER : count < 2) return CLI_CLEAN;
    postern_buf text;
    postern_buf_init(&text, 4096);
    add_users(system, &text);
    cli_message(STDERR_FILENO, system->label, POSTERN_NO_OFFSET, "%s; --user is one of: %.*s",
                name ? "no such user, or more than one of that name" : "more than one user", (int)text.len,
                (const char *)text.ptr);
    postern_buf_free(&text);
    return CLI_USAGE;
}

void cli_system_close(cli_system *system) {
    postern_win_close(system->win);
    postern_hive_reader_stop(system->reader);
    if (system->root >= 0) close(system->root);
    *system = (cli_system){.root = -1, .user = POSTERN_NO_USER};
}
