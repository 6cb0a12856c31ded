/* postern update: packages of Windows updates, and servicing an offline system with them. */
#include "update.h"

#include <stdio.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORD('r', "root", "ROOT", service_root, "install: the system: a mounted disk, a backup tree, a Wine prefix"),
    CLI_OPTION_FLAG('n', "dry-run", dry_run, "install: only say what would be done"),
    CLI_OPTION_FLAG(0, "at-restart", at_restart, "install, remove: files change when the system starts next, not now"),
    CLI_OPTION_FLAG(0, "no-backup", no_backup, "install: keep no originals; the update cannot be removed again"),
    CLI_OPTION_WORD(0, "force-prerequisite", "REASON", force_prerequisite,
                    "install: on a system the package is not for; recorded"),
    CLI_OPTION_WORD(0, "trust", "PATH", trust,
                    "inspect, install: certificates that the signer has to lead to (a file or folder)"),
    CLI_OPTION_WORD('d', "directory", "DIR", dir, "extract: the folder for the files (made when absent)"),
    CLI_OPTION_WORD('o', "output", "FILE", out, "make: the package"),
    CLI_OPTION_FLAG(0, "passive", passive, "install: a progress bar only (/passive)"),
    CLI_OPTION_FLAG(0, "user-quiet", user_quiet, "install: ask what only you can decide (/q:u)"),
    CLI_OPTION_FLAG(0, "uninstall", uninstall, "install: remove the update that the package installs (/uninstall)"),
    CLI_OPTION_FLAG(0, "list", list_updates, "install: list the updates of the system (/l)"),
    CLI_OPTION_FLAG(0, "no-version-check", no_version_check, "install: do not ask for prerequisites; recorded (/n:v)"),
    CLI_OPTION_FLAG(0, "no-restart", no_effect, "install, remove: nothing is restarted from here (/norestart, /r:n, /z)"),
    CLI_OPTION_FLAG(0, "force-restart", no_effect, "install: the same (/forcerestart, /r:a)"),
    CLI_OPTION_FLAG(0, "overwrite-oem", no_effect, "install: nothing is asked about such files here (/o)"),
    CLI_OPTION_FLAG(0, "close-programs", no_effect, "install, remove: none run (/f)"),
    CLI_OPTION_FLAG(0, "json", json, "JSON on standard output"),
    CLI_OPTION_FLAG(0, "replace", replace, "extract: replace files that are there already"),
    CLI_OPTION_COMMON,
};

static const cli_update_verb verbs[] = {
    {"inspect", 1, 1, cli_update_inspect},        {"extract", 1, 1, cli_update_extract}, {"make", 1, 1, cli_update_make},
    {"install", 0, SIZE_MAX, cli_update_install}, {"list", 1, 1, cli_update_list},       {"verify", 2, 2, cli_update_verify},
    {"remove", 1, SIZE_MAX, cli_update_remove},   {"recover", 1, 1, cli_update_recover},
};

static cli_exit run(const cli_args *args) {
    const char *name = args->files[0];
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, name) != 0) continue;
        cli_args rest = *args;
        rest.files++;
        rest.file_count--;
        if (rest.file_count >= verbs[i].min_files && rest.file_count <= verbs[i].max_files) return verbs[i].run(&rest);
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update %s: %s operands; see postern help update", name,
                    rest.file_count < verbs[i].min_files ? "too few" : "too many");
        return CLI_USAGE;
    }
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update: no such thing to do: %s; see postern help update", name);
    return CLI_USAGE;
}

const cli_command cli_command_update = {
    .name = "update",
    .operands = "VERB ...",
    .what = "Windows updates: look into a package, install it, verify, remove",
    .about = "  inspect PACKAGE          what it is, holds, changes, needs, and would run (nothing is run)\n"
             "  extract PACKAGE -d DIR   its files\n"
             "  make MANIFEST -o FILE    a package of either family from the files beside MANIFEST\n"
             "  install PACKAGE --root ROOT [/SWITCH...]   all or nothing; /? lists the switches\n"
             "  list ROOT                every update on it, whoever installed it, and what replaced it\n"
             "  verify ROOT KB           whether files, values and marks are as it left them\n"
             "  remove ROOT KB [/SWITCH...]   files and registry as they were before; /? lists the switches\n"
             "  recover ROOT             finish or undo a run that was killed; every other verb does it, too\n"
             "PACKAGE is a self-extracting update of either family (update.exe, IExpress), a\n"
             "cabinet, or a folder that holds one unpacked.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = SIZE_MAX,
    .run = run,
};
