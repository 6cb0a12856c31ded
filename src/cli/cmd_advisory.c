/* postern advisory: the advisories that come with Postern, and others, as CSAF 2.0. */
#include "advisory.h"

#include <stdio.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORD('l', "lang", "LANGUAGE", lang, "show: the edition in this language (en, ja)"),
    CLI_OPTION_FLAG(0, "json", json, "list, check, census: one object a line; show: the document itself"),
    CLI_OPTION_NUMBER('w', "width", "N", width, 100000, "show: columns of a line; 0: as long as it is"),
    CLI_OPTION_NUMBER('j', "jobs", "N", jobs, 1024, "check: worker processes; 0: one for each processor"),
    CLI_OPTION_WORD('o', "output", "OUT", out, "assemble: write to OUT; - is standard output"),
    CLI_OPTION_COMMON,
};

static const cli_advisory_verb verbs[] = {
    {"list", 0, 0, cli_advisory_list},
    {"show", 1, 1, cli_advisory_show},
    {"check", 1, SIZE_MAX, cli_advisory_check},
    {"census", 1, SIZE_MAX, cli_advisory_census},
    {"assemble", 2, SIZE_MAX, cli_advisory_assemble},
};

static cli_exit run(const cli_args *args) {
    const char *name = args->files[0];
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, name) != 0) continue;
        cli_args rest = *args;
        rest.files++;
        rest.file_count--;
        if (rest.file_count < verbs[i].min_files || rest.file_count > verbs[i].max_files) {
            cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "advisory %s: %s operands; see postern help advisory", name,
                        rest.file_count < verbs[i].min_files ? "too few" : "too many");
            return CLI_USAGE;
        }
        return verbs[i].run(&rest);
    }
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "advisory: no such thing to do: %s; see postern help advisory", name);
    return CLI_USAGE;
}

const cli_command cli_command_advisory = {
    .name = "advisory",
    .operands = "list | show ID | check FILE... | census FILE... | assemble DIR ID...",
    .what = "list, show and check security advisories (CSAF 2.0, OVAL)",
    .about = "  list         the advisories that come with Postern\n"
             "  show ID      one of them, or a file, to read: MS04-013\n"
             "  check FILE   the schema and all mandatory tests of CSAF 2.0; exit 1 when one fails\n"
             "  census FILE  what OVAL definitions need, and what a tree on disk can answer\n"
             "  assemble DIR ID...  OVAL definitions and all they refer to, from a folder of pieces,\n"
             "               as one file; exit 1 when a piece is missing\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = SIZE_MAX,
    .run = run,
};
