/* update: the verbs of postern update. */
#ifndef POSTERN_CLI_UPDATE_H
#define POSTERN_CLI_UPDATE_H

#include "cli_int.h"

#include "postern/update.h"

/* What stands behind `postern update NAME`: args->files are the operands behind the name. */
typedef struct cli_update_verb {
    const char *name;
    size_t min_files, max_files;
    cli_exit (*run)(const cli_args *args);
} cli_update_verb;

cli_exit cli_update_inspect(const cli_args *args);
cli_exit cli_update_extract(const cli_args *args);
cli_exit cli_update_make(const cli_args *args);

cli_exit cli_update_install(const cli_args *args);
cli_exit cli_update_list(const cli_args *args);
cli_exit cli_update_verify(const cli_args *args);
cli_exit cli_update_remove(const cli_args *args);
cli_exit cli_update_recover(const cli_args *args);

/* ---- the bulletin's switches (update_switches.c) ---- */

typedef struct cli_switches {
    bool help, quiet, passive, user_quiet, uninstall, list, no_backup, any_version, extract, ask_restart;
    const char *extract_to;          /* /t:path */
    const char *setup;               /* /c:path */
    const char *package;             /* the one operand that is no switch */
    const char *family_a, *family_b; /* a switch that only this family knows, or NULL */
} cli_switches;

/* Sorts operands of `update install` into the package and the switches of both families. Prints its own message on USAGE. */
cli_exit cli_switches_read(const cli_args *args, cli_switches *ret_switches);
void cli_switches_help(void);

/* ---- what has to be asked (update_ask.c) ---- */

/* The question on standard error, the answer from standard input: true for "y" or "yes" in any case. */
bool cli_ask(const char *label, const char *question);
/* A line of text; the caller frees it. NULL: none was given. */
char *cli_ask_text(const char *question);
/* What /q:u and /r:i ask before anything is done: false, the user does not want it. */
bool cli_ask_plan(const char *label, const cli_switches *switches, const postern_update_plan *plan);

typedef struct cli_remove_switches {
    bool help, quiet;
    const char *root, *id;
    const char *family_a; /* a switch that only spuninst knows, or NULL */
} cli_remove_switches;

/* Sorts operands of `update remove` into system, update and the switches of spuninst and ieuninst. Prints its own message. */
cli_exit cli_remove_switches_read(const cli_args *args, cli_remove_switches *ret_switches);
void cli_remove_switches_help(void);

/* ---- a system that is serviced (update_system.c) ---- */

/* Files that programs map (update_in_use.c). False: not all could be read. */
typedef struct cli_in_use {
    postern_update_inode *files;
    size_t count;
    uint32_t *slots; /* by hash, index + 1; 0: free */
    size_t room;
} cli_in_use;
bool cli_in_use_read(cli_in_use *ret_files);
void cli_in_use_free(cli_in_use *files);

typedef struct cli_serviced {
    const cli_args *args;
    cli_tree tree;
    postern_servicing *servicing;
    cli_in_use in_use;
    bool recovered; /* an earlier run was interrupted, and is not any more */
} cli_serviced;
/* Its own message and the exit code for it. */
cli_exit cli_serviced_told(const cli_serviced *system, const postern_error *error);
/* To standard output, when all of it was written. */
cli_exit cli_update_print(const postern_buf *out);

/* Opens the folder and starts the reader of its hives; then the sandbox; then, after finishing what an earlier run left, the
 * system itself. Each prints its own message. */
/* `changes`: files of the system may be replaced, so which of them are in use has to be known. */
cli_exit cli_serviced_prepare(const cli_args *args, const char *root, bool changes, cli_serviced *ret_system);
cli_exit cli_serviced_open(cli_serviced *system);
void cli_serviced_close(cli_serviced *system);

/* Every update on a system, for people or as JSON lines (update_list.c): CLI_DEFECTS when something contradicts. */
cli_exit cli_present_list(const cli_serviced *system);

/* Whether an update is in place (update_verify.c). */
cli_exit cli_verify(const cli_serviced *system, const char *id);
/* "KB837009" for what the user calls it; prints its own message on USAGE. */
cli_exit cli_update_name(const char *verb, const char *word, char ret_id[16]);

/* What a plan would do, for people or as JSON (update_plan_show.c). */
void cli_plan_show(const postern_update_plan *plan, const postern_signature *signature, postern_buf *out);
void cli_plan_json(const char *label, const postern_update_plan *plan, const postern_signature *signature, postern_buf *out);

/* ---- signatures (update_trust.c) ---- */

/* The certificates of --trust; NULL: none were given. The caller frees them. Prints its own message. */
cli_exit cli_update_trust(const cli_args *args, postern_anchors **ret_anchors);
cli_exit cli_update_signature(const char *label, postern_package *package, const postern_anchors *anchors,
                              postern_signature *ret_signature);
/* What is signed and does not fit is installed by nobody; with --trust, nor is what is not trusted. Prints its own message. */
cli_exit cli_update_refuse_signature(const cli_args *args, const char *label, const postern_signature *signature);
void cli_signature_show(const postern_signature *signature, postern_buf *out); /* lines of inspect and of a plan */
/* One line each, and an array. */
void cli_catalogues_show(const postern_catalogue *catalogues, size_t count, postern_buf *out);
void cli_catalogues_json(const postern_catalogue *catalogues, size_t count, postern_json *json);
void cli_signature_json(const postern_signature *signature, postern_json *json);

/* What a package is, for people or as JSON (update_show.c). */
typedef struct cli_signatures {
    postern_signature own;
    const postern_catalogue *catalogues;
    size_t catalogue_count;
} cli_signatures;
void cli_package_show(const char *label, const postern_package_info *info, const cli_signatures *signatures, unsigned width,
                      postern_buf *out);
void cli_package_json(const char *label, const postern_package_info *info, const cli_signatures *signatures, postern_buf *out);

#endif
