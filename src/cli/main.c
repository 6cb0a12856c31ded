/* postern COMMAND [options] FILE… : finds the command, parses its options, runs it. */
#include "cli_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const cli_command *const commands[] = {
    &cli_command_html, &cli_command_text, &cli_command_parts, &cli_command_cat,
    &cli_command_extract, &cli_command_pack, &cli_command_zone, &cli_command_resolve, &cli_command_scan,
    &cli_command_advisory, &cli_command_list, &cli_command_view, &cli_command_audit,
    &cli_command_update, &cli_command_thumbnail,
};
enum { COMMANDS = sizeof commands / sizeof *commands };

const cli_command *cli_command_find(const char *name) {
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i]->name, name)) return commands[i];
    return NULL;
}

void cli_help_all(void) {
    printf("postern reads MHTML archives (.mht, .mhtml) and mail without letting anything in, and looks after Windows\n"
           "systems that do not run: are they open to MS04-013, and the updates that close it.\n\n"
           "usage: postern COMMAND [options] FILE...\n       postern PATH\n\ncommands:\n");
    for (size_t i = 0; i < COMMANDS; i++) printf("  %-9s %s\n", commands[i]->name, commands[i]->what);
    printf("  %-9s %s\n", "help", "explain a command: postern help COMMAND");
    printf("\n  --help, --version\n\n"
           "The most used:\n"
           "  postern page.mhtml                     look at it in your browser\n"
           "  postern html page.mhtml -o page.html   one safe, self-contained page\n"
           "  postern text mail.eml                  what it says, as text\n\n" CLI_EXIT_LINE);
}

static void version(void) {
#ifdef CLI_WITHOUT_SANDBOX
    printf("postern %s (built without a sandbox)\n", postern_version());
#else
    printf("postern %s\n", postern_version());
#endif
}

/* Output that did not reach standard output is a failure, also for --help. */
static cli_exit flushed(cli_exit code) {
    if (fflush(stdout) == 0) return code;
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "cannot write to standard output");
    return CLI_FAILED;
}

static cli_exit help(int argc, char **argv) {
    const cli_command *command = argc > 2 ? cli_command_find(argv[2]) : NULL;
    if (argc > 2 && !command && strcmp(argv[2], "help")) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "no such command: %s; see postern help", argv[2]);
        return CLI_USAGE;
    }
    if (command) cli_help_command(command);
    else cli_help_all();
    return flushed(CLI_CLEAN);
}

/* `postern FILE` is `postern view FILE`. */
static const cli_command *command_for(const char *word, int *ret_used) {
    struct stat st;
    const cli_command *command = cli_command_find(word);
    *ret_used = command ? 2 : 1;
    return command || stat(word, &st) ? command : cli_command_find("view");
}

static cli_exit unknown(const char *word) {
    if (strpbrk(word, "./"))
        cli_message(STDERR_FILENO, word, POSTERN_NO_OFFSET, "no such file, and no such command; see postern help");
    else
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "no such command: %s; see postern help", word);
    return CLI_USAGE;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "a command is missing; see postern help");
        return CLI_USAGE;
    }
    const char *word = argv[1];
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
        version();
        return flushed(CLI_CLEAN);
    }
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) return help(argc, argv);
    int used;
    const cli_command *command = command_for(word, &used);
    if (!command) return unknown(word);
    cli_args args;
    cli_exit code = cli_options_parse(command, argc - used, argv + used, &args);
    if (!code && args.help) {
        cli_help_command(command);
        code = flushed(CLI_CLEAN);
    } else if (!code) {
        code = command->run(&args);
    }
    free(args.files);
    return code;
}
