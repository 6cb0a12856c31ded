/* advisory: the subcommands of postern advisory, and where the advisories lie. */
#ifndef POSTERN_CLI_ADVISORY_H
#define POSTERN_CLI_ADVISORY_H

#include "cli_int.h"

#include "postern/advisory.h"

/* What stands behind `postern advisory NAME`: args->files are the operands behind the name. */
typedef struct cli_advisory_verb {
    const char *name;
    size_t min_files, max_files;
    cli_exit (*run)(const cli_args *args);
} cli_advisory_verb;

/* The folder of the advisories, opened, and its path (the caller frees it); -1 when there is none. */
int cli_advisory_folder(char **ret_path);

cli_exit cli_advisory_list(const cli_args *args);
cli_exit cli_advisory_show(const cli_args *args);
cli_exit cli_advisory_check(const cli_args *args);
cli_exit cli_advisory_census(const cli_args *args);   /* advisory_oval.c */
cli_exit cli_advisory_assemble(const cli_args *args);

#endif
