/* store: opening a store for a command: its folder of indexes, the sandbox, progress. */
#ifndef POSTERN_CLI_STORE_H
#define POSTERN_CLI_STORE_H

#include "cli_int.h"

#include "postern/mailbox.h"

typedef struct cli_store {
    postern_store *store;
    int fd, cache_dir; /* -1: none */
    char cache_name[40];
} cli_store;

/* Opens job->input and job->output, enters the sandbox, makes or loads the rows. Prints its own messages; to be closed in
 * either case. */
cli_exit cli_store_open(cli_job *job, cli_store *ret_store);
/* Makes or loads the index of words. */
cli_exit cli_store_learn(cli_job *job, postern_store *store);
void cli_store_close(cli_store *store);

#endif
