/*
 * What the operands name. A folder stands for the archives and mails below it: links to folders are not followed, and names are
 * sorted, so the same tree gives the same order anywhere.
 */
#define _GNU_SOURCE
#include "inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_DEPTH_MAX = 64 };

static const char *const endings[] = {".mhtml", ".mht", ".eml"};

static postern_slice without_ending(postern_slice name) {
    static const char *const known[] = {".mhtml", ".mht", ".eml", ".html", ".htm"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        postern_slice ending = postern_slice_cstr(known[i]);
        if (name.len > ending.len && postern_slice_eq_nocase(postern_slice_from(name, name.len - ending.len), ending))
            return postern_slice_sub(name, 0, name.len - ending.len);
    }
    return name;
}

static bool is_archive_name(const char *name) {
    postern_slice whole = postern_slice_cstr(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        postern_slice ending = postern_slice_cstr(endings[i]);
        if (whole.len > ending.len && postern_slice_eq_nocase(postern_slice_from(whole, whole.len - ending.len), ending))
            return true;
    }
    return false;
}

static bool add(cli_inputs *inputs, char *path, bool once) {
    if (inputs->count == inputs->room) {
        size_t room = inputs->room ? inputs->room * 2 : 16;
        cli_input *grown = reallocarray(inputs->at, room, sizeof *grown);
        if (!grown) return false;
        inputs->at = grown;
        inputs->room = room;
    }
    inputs->at[inputs->count++] = (cli_input){.path = path, .once = once};
    return true;
}

static cli_exit no_memory(void) {
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "no memory for the list of inputs");
    return CLI_FAILED;
}

static cli_exit add_folder(cli_inputs *inputs, const char *folder, unsigned depth);

/* Links to files are followed, links to folders are not. */
static unsigned char type_of(const char *path, const struct dirent *entry) {
    struct stat st;
    if (entry->d_type == DT_DIR || entry->d_type == DT_REG) return entry->d_type;
    if (entry->d_type == DT_UNKNOWN && lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) return DT_DIR;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
}

static cli_exit add_entry(cli_inputs *inputs, const char *folder, const struct dirent *entry, unsigned depth) {
    char *path;
    const char *name = entry->d_name;
    size_t len = strlen(folder);
    if (asprintf(&path, "%s%s%s", folder, len && folder[len - 1] == '/' ? "" : "/", name) < 0) return no_memory();
    cli_exit code = CLI_CLEAN;
    unsigned char type = type_of(path, entry);
    if (type == DT_DIR) code = add_folder(inputs, path, depth + 1);
    else if (type == DT_REG && (inputs->all_files || is_archive_name(name))) {
        if (add(inputs, path, false)) return CLI_CLEAN;
        code = no_memory();
    }
    free(path);
    return code;
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_dots(const struct dirent *entry) {
    return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

static cli_exit add_folder(cli_inputs *inputs, const char *folder, unsigned depth) {
    struct dirent **entries;
    int count = depth < FOLDER_DEPTH_MAX ? scandir(folder, &entries, not_dots, by_bytes) : -1;
    if (count < 0) {
        cli_message(STDERR_FILENO, folder, POSTERN_NO_OFFSET, "cannot read the folder: %s",
                    depth < FOLDER_DEPTH_MAX ? strerror(errno) : "nested too deeply");
        return CLI_UNUSABLE;
    }
    cli_exit code = CLI_CLEAN;
    for (int i = 0; i < count; i++) {
        cli_exit one = add_entry(inputs, folder, entries[i], depth);
        if (one > code) code = one;
        free(entries[i]);
    }
    free(entries);
    return code;
}

static cli_exit add_operand(cli_inputs *inputs, const char *operand) {
    struct stat st;
    bool is_stdin = !strcmp(operand, "-"), is_there = !is_stdin && stat(operand, &st) == 0;
    if (!inputs->roots && is_there && S_ISDIR(st.st_mode)) {
        size_t before = inputs->count;
        cli_exit code = add_folder(inputs, operand, 0);
        if (code || inputs->count > before) return code;
        cli_message(STDERR_FILENO, operand, POSTERN_NO_OFFSET,
                    inputs->all_files
                        ? "no file below this folder"
                        : "no .mht, .mhtml or .eml file below this folder; if it holds mailboxes, see postern list");
        return CLI_UNUSABLE;
    }
    char *path = strdup(operand);
    if (path && add(inputs, path, is_stdin || (is_there && !S_ISREG(st.st_mode)))) return CLI_CLEAN;
    free(path);
    return no_memory();
}

cli_exit cli_inputs_expand(const cli_args *args, cli_inputs *inputs) {
    cli_exit code = CLI_CLEAN;
    size_t stdins = 0;
    for (size_t i = 0; i < args->file_count; i++) {
        stdins += !strcmp(args->files[i], "-");
        cli_exit one = add_operand(inputs, args->files[i]);
        if (one > code) code = one;
    }
    if (stdins > 1) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "%s: standard input can be read only once", args->program);
        return CLI_USAGE;
    }
    /* A folder that cannot be read costs that folder; the rest is still done. */
    return code;
}

/* ---- where outputs go ---- */

static bool names_folder(const char *out) {
    struct stat st;
    size_t len = strlen(out);
    return (len && out[len - 1] == '/') || (stat(out, &st) == 0 && S_ISDIR(st.st_mode));
}

/* "FOLDER/STEM.ending", with -2, -3 … where two inputs have the same stem. */
static char *below(cli_names *names, const char *folder, const char *input, const char *ending) {
    const char *slash = strrchr(input, '/');
    postern_slice stem = without_ending(postern_slice_cstr(strcmp(input, "-") ? (slash ? slash + 1 : input) : "stdin"));
    postern_buf name;
    postern_buf_init(&name, 4096);
    postern_buf_add_slice(&name, stem);
    postern_buf_add_slice(&name, postern_slice_cstr(ending));
    char *path = NULL;
    size_t len = strlen(folder);
    if (!name.status && cli_names_unique(names, &name) &&
        asprintf(&path, "%s%s%.*s", folder, len && folder[len - 1] == '/' ? "" : "/", (int)name.len, (const char *)name.ptr) <
            0)
        path = NULL;
    postern_buf_free(&name);
    return path;
}

static cli_exit plan_usage(const cli_args *args, const char *text) {
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "%s: %s; see postern help %s", args->program, text, args->program);
    return CLI_USAGE;
}

/* mkdir for -o FOLDER/: one level, as a shell user would expect. */
static cli_exit make_out_folder(const char *folder) {
    if (mkdir(folder, 0777) == 0 || errno == EEXIST) return CLI_CLEAN;
    cli_message(STDERR_FILENO, folder, POSTERN_NO_OFFSET, "cannot make the folder: %s", strerror(errno));
    return CLI_FAILED;
}

static cli_exit plan_each(const cli_args *args, const cli_plan *plan, cli_inputs *inputs, cli_names *names) {
    bool many = inputs->count > 1, to_folder = plan->folder && args->dir;
    bool out_folder = !to_folder && args->out && strcmp(args->out, "-") && names_folder(args->out);
    if (to_folder && args->out) return plan_usage(args, "-o and -d exclude each other");
    if (many && plan->ending && !to_folder && !out_folder && (args->out || !plan->stdout_joins))
        return plan_usage(args, "several inputs need a folder for their outputs: -o FOLDER/");
    if (out_folder && !plan->ending) return plan_usage(args, "the output is a folder");
    if (out_folder && make_out_folder(args->out)) return CLI_FAILED;
    for (size_t i = 0; i < inputs->count; i++) {
        cli_input *input = &inputs->at[i];
        if (to_folder && many) input->folder = below(names, args->dir, input->path, "");
        else if (to_folder) input->folder = strdup(args->dir);
        else if (out_folder) input->output = below(names, args->out, input->path, plan->ending);
        else if (args->out && strcmp(args->out, "-")) input->output = strdup(args->out);
        else continue;
        if (!input->folder && !input->output) return no_memory();
    }
    return CLI_CLEAN;
}

cli_exit cli_inputs_plan(const cli_args *args, const cli_plan *plan, cli_inputs *inputs) {
    cli_names *names = cli_names_new();
    cli_exit code = names ? plan_each(args, plan, inputs, names) : no_memory();
    cli_names_free(names);
    return code;
}

void cli_inputs_free(cli_inputs *inputs) {
    for (size_t i = 0; i < inputs->count; i++) {
        free(inputs->at[i].path);
        free(inputs->at[i].output);
        free(inputs->at[i].folder);
    }
    free(inputs->at);
}
