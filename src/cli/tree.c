/*
 * A Windows tree: its folder is opened, and the child that reads its hives is started, before the sandbox; everything of it is
 * read behind it. For every command that looks at a system which does not run.
 */
#include "cli_int.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { WRITE_DIRS_MAX = 4 };

static cli_exit told(const cli_tree *tree, const postern_error *error) {
    cli_message_error(tree->err_fd, tree->label, error);
    return error->status == POSTERN_NOMEM ? CLI_FAILED : CLI_UNUSABLE; /* also when a system call failed: it is the tree's */
}

cli_exit cli_tree_prepare(cli_tree *tree, const char *path, const char *label, int err_fd) {
    postern_error error;
    *tree = (cli_tree){.label = label, .err_fd = err_fd, .root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (tree->root < 0) {
        postern_fail_errno(&error, errno, "cannot open the folder");
        return told(tree, &error);
    }
    if (!postern_hive_reader_start(&tree->reader, &error)) return CLI_CLEAN;
    cli_message_error(err_fd, label, &error);
    return CLI_FAILED;
}

cli_exit cli_tree_sandbox(const cli_tree *tree, const cli_args *args, const int *dirs, size_t dir_count) {
    int write_dirs[WRITE_DIRS_MAX];
    cli_reach reach = {.write_dirs = write_dirs, .read_dirs = &tree->root, .read_dir_count = tree->root >= 0 ? 1 : 0};
    for (size_t i = 0; i < dir_count && i < WRITE_DIRS_MAX; i++)
        if (dirs[i] >= 0) write_dirs[reach.write_dir_count++] = dirs[i];
    return cli_sandbox(args, &reach, tree->err_fd, tree->label);
}

cli_exit cli_tree_open(cli_tree *tree, postern_slice windows, const postern_notes *notes) {
    postern_error error;
    const postern_win_options options = {.reader = tree->reader, .windows = windows, .notes = notes};
    return postern_win_open(tree->root, &options, &tree->win, &error) ? told(tree, &error) : CLI_CLEAN;
}

void cli_tree_close(cli_tree *tree) {
    postern_win_close(tree->win);
    postern_hive_reader_stop(tree->reader);
    if (tree->root >= 0) close(tree->root);
    *tree = CLI_NO_TREE;
}
