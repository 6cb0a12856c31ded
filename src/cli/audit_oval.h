/* audit --oval: its option table and its entry, for cmd_audit.c. */
#ifndef POSTERN_CLI_AUDIT_OVAL_H
#define POSTERN_CLI_AUDIT_OVAL_H

#include "cli_int.h"

/* --oval: definitions over a tree (the one operand) or over --syschar. */
cli_exit cli_audit_oval(const cli_args *args);

#define CLI_OPTION_AUDIT_OVAL                                                                                                  \
    CLI_OPTION_WORD(0, "oval", "DEFS.xml", oval, "evaluate these OVAL definitions"),                                           \
        CLI_OPTION_WORD(0, "syschar", "SC.xml", syschar, "facts from this file of system characteristics, not from a tree"),   \
        CLI_OPTION_WORD(0, "variables", "FILE", variables, "values of the definitions' external variables"),                   \
        CLI_OPTION_WORD(0, "user", "NAME", user, "whose HKEY_CURRENT_USER the definitions mean, by name or SID"),              \
        CLI_OPTION_WORD(0, "definition", "ID", definition, "only this definition"),                                            \
        CLI_OPTION_WORD(0, "results", "OUT.xml", results, "write OVAL Results; - is standard output"),                         \
        CLI_OPTION_WORD(0, "syschar-out", "OUT.xml", syschar_out, "write OVAL System Characteristics")

#endif
