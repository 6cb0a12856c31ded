/* inputs: what the operands of a command name, folders opened up, and where the output of each goes. */
#ifndef POSTERN_CLI_INPUTS_H
#define POSTERN_CLI_INPUTS_H

#include "cli_int.h"

typedef struct cli_input {
    char *path, *output, *folder; /* as in cli_job */
    bool once; /* standard input or a pipe: what is read of it is gone */
} cli_input;

typedef struct cli_inputs {
    cli_input *at;
    size_t count, room;
    bool all_files; /* set by the caller: folders open up to every file */
    bool roots;     /* set by the caller: folders are inputs themselves */
} cli_inputs;

/* Folders become the .mht, .mhtml and .eml files (or all files) below them, in the order of their names. */
cli_exit cli_inputs_expand(const cli_args *args, cli_inputs *inputs);
cli_exit cli_inputs_plan(const cli_args *args, const cli_plan *plan, cli_inputs *inputs);
void cli_inputs_free(cli_inputs *inputs);

#endif
