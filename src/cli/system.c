/* A Windows system below --root and one of its users: whose settings are asked for. */
#include "cli_int.h"

#include <unistd.h>

cli_exit cli_system_prepare(const char *root, cli_system *system) {
    system->user = POSTERN_NO_USER;
    return cli_tree_prepare(&system->tree, root, root, STDERR_FILENO);
}

static void tell(void *user, const postern_note *note) {
    const cli_system *system = user;
    cli_message(STDERR_FILENO, system->tree.label, POSTERN_NO_OFFSET, "%s: %.*s", postern_note_text(note->kind),
                (int)(note->detail.len < 400 ? note->detail.len : 400), (const char *)note->detail.ptr);
}

cli_exit cli_system_open(cli_system *system) {
    system->notes = (postern_notes){tell, system};
    return cli_tree_open(&system->tree, POSTERN_S(""), &system->notes);
}

/* "one of: a, b, c" */
static void add_users(const cli_system *system, postern_buf *text) {
    const char *comma = "";
    for (size_t i = 0; i < postern_win_user_count(system->tree.win); i++) {
        const postern_win_user *user = postern_win_user_at(system->tree.win, i);
        postern_buf_printf(text, "%s%.*s", comma, POSTERN_ARG(user->name));
        comma = ", ";
    }
}

cli_exit cli_system_choose_user(cli_system *system, const char *name) {
    size_t found = POSTERN_NO_USER, count = 0;
    for (size_t i = 0; i < postern_win_user_count(system->tree.win) && !name; i++) {
        const postern_win_user *user = postern_win_user_at(system->tree.win, i);
        if (user->is_default || !user->has_hive || postern_slice_starts(user->sid, POSTERN_S("S-1-5-19")) ||
            postern_slice_starts(user->sid, POSTERN_S("S-1-5-20")))
            continue;
        found = i;
        count++;
    }
    if (name) found = postern_win_user_find(system->tree.win, postern_slice_cstr(name));
    system->user = found;
    if (name ? found != POSTERN_NO_USER : count < 2) return CLI_CLEAN;
    postern_buf text;
    postern_buf_init(&text, 4096);
    add_users(system, &text);
    cli_message(STDERR_FILENO, system->tree.label, POSTERN_NO_OFFSET, "%s; --user is one of: %.*s",
                name ? "no such user, or more than one of that name" : "more than one user", (int)text.len,
                (const char *)text.ptr);
    postern_buf_free(&text);
    return CLI_USAGE;
}
