/* postern audit: OVAL definitions over a system's facts. */
#include "audit_oval.h"

#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_AUDIT_OVAL,
    CLI_OPTION_FLAG(0, "json", json, "one JSON object for each definition, one a line"),
    CLI_OPTION_COMMON,
};

static cli_exit run(const cli_args *args) {
    if (args->oval) return cli_audit_oval(args);
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "audit: --oval is missing; see postern help audit");
    return CLI_USAGE;
}

const cli_command cli_command_audit = {
    .name = "audit",
    .operands = "[ROOT]",
    .what = "evaluate OVAL definitions over the facts of a system",
    .about = "ROOT is the folder of a system's drive: a mounted disk, a backup, a Wine prefix. Definitions of\n"
             "OVAL 5.11 are evaluated over it, or over a file of system characteristics.\n"
             "-v shows how each result came about.\n"
             "Exit status 0: nothing is open; 1: a definition is true that is no inventory or compliance;\n"
             "3: something cannot be read, or errors kept definitions from being decided.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 0,
    .max_files = 1,
    .run = run,
};
