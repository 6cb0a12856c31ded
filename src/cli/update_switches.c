/*
 * The switches of the bulletin's packages, word for word: family A (update.exe) and family B (IExpress), combinable, any case.
 * A switch is an operand that is exactly one of them, so that a path like /tmp/q837009.exe is still a path. What closes
 * programs has nothing to do on a system that does not run, and none is restarted from here: accepted, without effect. Behind
 * them those of the two programs that remove, spuninst (A) and ieuninst (B).
 */
#include "update.h"

#include <stdio.h>
#include <stddef.h>
#include <unistd.h>

typedef struct switch_row {
    const char *name;
    char family; /* 'A', 'B'; '*': both */
    size_t flag; /* offset in cli_switches, or NO_FLAG */
    const char *help;
} switch_row;

#define NO_FLAG SIZE_MAX
#define FLAG(field) offsetof(cli_switches, field)

static const switch_row rows[] = {
    {"/help", 'A', FLAG(help), "this list"},
    {"/quiet", 'A', FLAG(quiet), "no input, no display: nothing is printed, the exit status tells"},
    {"/passive", 'A', FLAG(passive), "a progress bar only"},
    {"/uninstall", 'A', FLAG(uninstall), "remove the update that the package installs"},
    {"/norestart", 'A', NO_FLAG, "no restart: nothing is restarted from here; status 194 (3010) asks for one"},
    {"/forcerestart", 'A', NO_FLAG, "restart: the same here"},
    {"/l", 'A', FLAG(list), "list installed updates"},
    {"/o", 'A', NO_FLAG, "overwrite OEM files without asking: nothing is asked here"},
    {"/n", 'A', FLAG(no_backup), "no backup: the update cannot be removed again"},
    {"/f", 'A', NO_FLAG, "close programs at shutdown: none run"},
    {"/u", 'A', FLAG(passive), "older: unattended, as /passive"},
    {"/m", 'A', FLAG(passive), "older: unattended, as /passive"},
    {"/z", 'A', NO_FLAG, "older: as /norestart"},
    {"/q", '*', FLAG(quiet), "quiet: nothing is printed, the exit status tells"},
    {"/q:u", 'B', FLAG(user_quiet), "user-quiet: asks before a file without a version goes, or a restart is needed"},
    {"/q:a", 'B', FLAG(quiet), "administrator-quiet: no dialogs"},
    {"/c", 'B', FLAG(extract), "extract only, into the folder of /t:, or into the one you are asked for"},
    {"/r:n", 'B', NO_FLAG, "never restart"},
    {"/r:i", 'B', FLAG(ask_restart), "ask when a restart is needed; not with /q:a"},
    {"/r:a", 'B', NO_FLAG, "always restart: the same here"},
    {"/r:s", 'B', NO_FLAG, "restart without asking: the same here"},
    {"/n:v", 'B', FLAG(any_version), "no version check: prerequisites are not asked"},
    {"/?", '*', FLAG(help), "this list"},
};

void cli_switches_help(void) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        printf("  %-14s %s  %s\n", rows[i].name,
               rows[i].family == '*'   ? "A B"
               : rows[i].family == 'A' ? "A  "
                                       : "  B",
               rows[i].help);
    printf("  %-14s   B  %s\n", "/t:PATH",
           "the folder for /c; alone, a folder for temporary files, which are made elsewhere here");
    printf("  %-14s   B  %s\n", "/c:PATH", "the setup .inf: the package's own; a program would be run, so it is refused");
}

static cli_exit refuse(const char *word, const char *why) {
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update install: %s %s", word, why);
    return CLI_USAGE;
}

static const switch_row *find(postern_slice word) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (postern_slice_eq_nocase(word, postern_slice_cstr(rows[i].name))) return &rows[i];
    return NULL;
}

static cli_exit read_one(const char *text, cli_switches *s) {
    postern_slice word = postern_slice_cstr(text);
    const switch_row *row = find(word);
    if (postern_slice_starts_nocase(word, POSTERN_S("/t:"))) {
        s->extract_to = text + 3;
        s->family_b = text;
        return *s->extract_to ? CLI_CLEAN : refuse(text, "names no folder");
    }
    if (postern_slice_starts_nocase(word, POSTERN_S("/c:"))) {
        s->setup = text + 3;
        s->family_b = text;
        postern_slice inf = POSTERN_S(".inf");
        bool is_inf = word.len > 3 + inf.len && postern_slice_eq_nocase(postern_slice_from(word, word.len - inf.len), inf);
        return is_inf ? CLI_CLEAN : refuse(text, "would run something of the user's choice; nothing is run here (T3)");
    }
    if (!row) {
        if (s->package) return refuse(text, "is one operand too many; one package at a time");
        s->package = text;
        return CLI_CLEAN;
    }
    if (row->family == 'A') s->family_a = row->name;
    if (row->family == 'B') s->family_b = row->name;
    if (row->flag != NO_FLAG) *(bool *)((char *)s + row->flag) = true;
    return CLI_CLEAN;
}

/* What GNU options say is of both families. */
static cli_switches by_options(const cli_args *args) {
    return (cli_switches){.passive = args->passive,
                          .user_quiet = args->user_quiet,
                          .uninstall = args->uninstall,
                          .list = args->list_updates,
                          .no_backup = args->no_backup,
                          .any_version = args->no_version_check};
}

cli_exit cli_switches_read(const cli_args *args, cli_switches *ret_switches) {
    bool admin_quiet = false;
    *ret_switches = by_options(args);
    for (size_t i = 0; i < args->file_count; i++) {
        cli_exit code = read_one(args->files[i], ret_switches);
        if (code) return code;
        admin_quiet |= postern_slice_eq_nocase(postern_slice_cstr(args->files[i]), POSTERN_S("/q:a"));
    }
    if (ret_switches->help) return CLI_CLEAN;
    if (ret_switches->ask_restart && admin_quiet) return refuse("/r:i", "asks, and /q:a forbids to ask");
    if (ret_switches->family_a && ret_switches->family_b)
        return refuse(ret_switches->family_a, "and a switch of the other family do not go together");
    if (ret_switches->quiet && ret_switches->extract && !ret_switches->extract_to)
        return refuse("/c", "asks for a folder, and quiet forbids to ask: /t:PATH");
    if (!ret_switches->package && !ret_switches->list) return refuse("PACKAGE", "is missing");
    return CLI_CLEAN;
}

/* ---- removal ---- */

typedef struct remove_row {
    const char *name;
    bool only_a;
    size_t flag; /* offset in cli_remove_switches, or NO_FLAG */
    const char *help;
} remove_row;

#define REMOVE_FLAG(field) offsetof(cli_remove_switches, field)

static const remove_row remove_rows[] = {
    {"/?", false, REMOVE_FLAG(help), "this list"},
    {"/u", true, NO_FLAG, "unattended: nothing is asked here"},
    {"/f", true, NO_FLAG, "close programs at shutdown: none run"},
    {"/z", false, NO_FLAG, "no restart: nothing is restarted from here; status 194 (3010) asks for one"},
    {"/q", false, REMOVE_FLAG(quiet), "quiet"},
};

void cli_remove_switches_help(void) {
    for (size_t i = 0; i < sizeof remove_rows / sizeof *remove_rows; i++)
        printf("  %-4s %s  %s\n", remove_rows[i].name, remove_rows[i].only_a ? "A  " : "A B", remove_rows[i].help);
}

static const remove_row *find_remove(const char *word) {
    for (size_t i = 0; i < sizeof remove_rows / sizeof *remove_rows; i++)
        if (postern_slice_eq_nocase(postern_slice_cstr(word), postern_slice_cstr(remove_rows[i].name))) return &remove_rows[i];
    return NULL;
}

cli_exit cli_remove_switches_read(const cli_args *args, cli_remove_switches *ret_switches) {
    *ret_switches = (cli_remove_switches){0};
    for (size_t i = 0; i < args->file_count; i++) {
        const remove_row *row = find_remove(args->files[i]);
        if (row && row->only_a) ret_switches->family_a = row->name;
        if (row && row->flag != NO_FLAG) *(bool *)((char *)ret_switches + row->flag) = true;
        if (row) continue;
        if (ret_switches->id) {
            cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update remove: %s is one operand too many", args->files[i]);
            return CLI_USAGE;
        }
        *(ret_switches->root ? &ret_switches->id : &ret_switches->root) = args->files[i];
    }
    if (ret_switches->help || ret_switches->id) return CLI_CLEAN;
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update remove: too few operands; see postern help update");
    return CLI_USAGE;
}
