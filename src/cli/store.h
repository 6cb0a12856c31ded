/* store: opening a store for a command: its folder of indexes, the sandbox, progress. */
#ifndef POSTERN_CLI_STORE_H
#define POSTERN_CLI_STORE_H

#include "cli_int.h"

#include "postern/mailbox.h"

enum { CLI_CACHE_NAME = 6 + 64 + 1 };

typedef struct cli_store {
    postern_store *store;
    int fd, cache_dir; /* -1: none */
    char cache_name[CLI_CACHE_NAME];
} cli_store;

/* Opens job->input and job->output, enters the sandbox, makes or loads the rows. Prints its own messages; to be closed in
 * either case. */
cli_exit cli_store_open(cli_job *job, cli_store *ret_store);
/* Makes or loads the index of words. */
cli_exit cli_store_learn(cli_job *job, postern_store *store);
void cli_store_close(cli_store *store);

/* ---- store_cache.c, before the sandbox ---- */

/* The folder of the indexes, cleaned of what killed processes left there; -1: none. `store_path` is a real path. */
int cli_store_cache_open(const char *store_path);
/* The name of a store's index in it. */
void cli_store_cache_name(const char *store_path, char ret_name[CLI_CACHE_NAME]);

#endif
