/* Typed option tables: one table gives the parser, --help and the check of the man pages (tests/cli/check_man.py). */
#include "cli_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const cli_option *find_long(const cli_command *command, postern_slice name) {
    for (size_t i = 0; i < command->option_count; i++)
        if (postern_slice_eq(postern_slice_cstr(command->options[i].name), name)) return &command->options[i];
    return NULL;
}

static const cli_option *find_letter(const cli_command *command, char letter) {
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].letter == letter) return &command->options[i];
    return NULL;
}

static cli_exit usage(const cli_command *command, const char *what, const char *option) {
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "%s: %s%s%s; see postern help %s", command->name, what,
                option ? " " : "", option ? option : "", command->name);
    return CLI_USAGE;
}

static void *field(cli_args *args, size_t offset) {
    return (char *)args + offset;
}

/* Stores one option; `text` is its argument, NULL for a flag. */
static cli_exit store(const cli_command *command, const cli_option *option, const char *text, cli_args *args) {
    char shown[64];
    snprintf(shown, sizeof shown, "--%s", option->name);
    if (option->given) *(bool *)field(args, option->given) = true;
    switch (option->kind) {
    case CLI_FLAG: *(bool *)field(args, option->value) = true; return CLI_CLEAN;
    case CLI_WORD:
        if (!*text) return usage(command, "an empty argument for", shown);
        *(const char **)field(args, option->value) = text;
        return CLI_CLEAN;
    case CLI_WORDS: {
        cli_words *words = field(args, option->value);
        if (!*text) return usage(command, "an empty argument for", shown);
        if (words->count == CLI_WORDS_MAX) return usage(command, "given too often:", shown);
        words->word[words->count++] = text;
        return CLI_CLEAN;
    }
    case CLI_NUMBER:
        if (postern_slice_uint(postern_slice_cstr(text), option->max, (uint64_t *)field(args, option->value))) return CLI_CLEAN;
        return usage(command, "not a number, or too large, for", shown);
    case CLI_ZONE:
        if (postern_zone_parse(postern_slice_cstr(text), (postern_zone *)field(args, option->value))) return CLI_CLEAN;
        return usage(command, "not a zone (restricted, internet, intranet, trusted, local-machine, or 0 to 4) for", shown);
    }
    return CLI_FAILED;
}

/* --name, --name=value, --name value. Advances *i past what it used. */
static cli_exit parse_long(const cli_command *command, int argc, char **argv, int *i, cli_args *args) {
    postern_cut cut = postern_slice_cut(postern_slice_cstr(argv[*i] + 2), '=');
    const cli_option *option = find_long(command, cut.head);
    if (!option) return usage(command, "no such option:", argv[*i]);
    if (option->kind == CLI_FLAG)
        return cut.ok ? usage(command, "takes no argument:", argv[*i]) : store(command, option, NULL, args);
    if (cut.ok) return store(command, option, (const char *)cut.tail.ptr, args); /* argv ends in NUL, and so does its tail */
    if (*i + 1 >= argc) return usage(command, "an argument is missing behind", argv[*i]);
    return store(command, option, argv[++*i], args);
}

/* -a, -ab, -oVALUE, -o VALUE. */
static cli_exit parse_letters(const cli_command *command, int argc, char **argv, int *i, cli_args *args) {
    for (const char *c = argv[*i] + 1; *c; c++) {
        const cli_option *option = find_letter(command, *c);
        if (!option) return usage(command, "no such option:", argv[*i]);
        if (option->kind == CLI_FLAG) {
            cli_exit code = store(command, option, NULL, args);
            if (code) return code;
            continue;
        }
        if (c[1]) return store(command, option, c + 1, args);
        if (*i + 1 >= argc) return usage(command, "an argument is missing behind", argv[*i]);
        return store(command, option, argv[++*i], args);
    }
    return CLI_CLEAN;
}

cli_exit cli_options_parse(const cli_command *command, int argc, char **argv, cli_args *ret_args) {
    cli_args args = {.program = command->name, .max_memory = 1536, .jobs = 1};
    args.files = calloc((size_t)argc + 1, sizeof *args.files);
    if (!args.files) return CLI_FAILED;
    cli_exit code = CLI_CLEAN;
    bool options = true;
    for (int i = 0; i < argc && !code; i++) {
        if (options && !strcmp(argv[i], "--")) options = false;
        else if (options && argv[i][0] == '-' && argv[i][1] == '-') code = parse_long(command, argc, argv, &i, &args);
        else if (options && argv[i][0] == '-' && argv[i][1]) code = parse_letters(command, argc, argv, &i, &args);
        else args.files[args.file_count++] = argv[i];
    }
    if (!code && !args.help && args.file_count < command->min_files)
        code = usage(command, "an operand is missing:", command->operands);
    if (!code && !args.help && args.file_count > command->max_files)
        code = usage(command, "too many operands, beginning with", args.files[command->max_files]);
    *ret_args = args;
    return code;
}

static int help_left(const cli_option *option, char *ret_text, size_t size) {
    return snprintf(ret_text, size, "%c%c%c --%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
                    option->letter ? ',' : ' ', option->name, option->argument ? " " : "",
                    option->argument ? option->argument : "");
}

static void help_options(const cli_command *command) {
    char left[80];
    int width = 0;
    for (size_t i = 0; i < command->option_count; i++) {
        int len = help_left(&command->options[i], left, sizeof left);
        if (len > width) width = len;
    }
    for (size_t i = 0; i < command->option_count; i++) {
        help_left(&command->options[i], left, sizeof left);
        printf("  %-*s  %s\n", width, left, command->options[i].help);
    }
}

void cli_help_command(const cli_command *command) {
    printf("postern %s: %s\n\nusage: postern %s [options] %s\n\n%s\noptions:\n", command->name, command->what, command->name,
           command->operands, command->about);
    help_options(command);
    printf("\n" CLI_EXIT_LINE "more: man postern-%s\n", command->name);
}
