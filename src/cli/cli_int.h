/*
 * cli: the one command. What its files share: the typed option tables, jobs (one input each, maybe in a worker process),
 * messages, the tally of notes, progress. Data goes to standard output, messages to standard error, and bytes of an input reach
 * either only through an escaper. This room alone prints, exits and reads the environment.
 */
#ifndef POSTERN_CLI_INT_H
#define POSTERN_CLI_INT_H

#include "postern/page.h"
#include "postern/scan.h"
#include "postern/win.h"

#include <time.h>

/* The leak check of a sanitizer build needs calls that the sandbox forbids; such builds say so in --version. */
#if defined(__SANITIZE_ADDRESS__) || defined(POSTERN_WITHOUT_SANDBOX)
#define CLI_WITHOUT_SANDBOX
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CLI_WITHOUT_SANDBOX
#endif
#endif

/* Exit codes; with several inputs the highest one counts. */
typedef enum cli_exit {
    CLI_CLEAN = 0,    /* done, nothing of the document was lost */
    CLI_DEFECTS = 1,  /* done, but something of the input is not there (cut short, beyond a limit), or the answer is a bad one:
                       * refused, found, open, not for this system */
    CLI_USAGE = 2,    /* the command line makes no sense */
    CLI_UNUSABLE = 3, /* the input cannot be used */
    CLI_FAILED = 4,   /* the output could not be written, or something went wrong inside */
    CLI_RESTART = 194 /* update: done, and the system has to start before it counts: Windows' 3010, of which an exit status
                       * holds the lowest byte */
} cli_exit;
#define CLI_EXIT_LINE                                                                                                          \
    "exit: 0 clean, 1 something is lost, refused, found or open, 2 usage, 3 input unusable, 4 could not write or internal\n"

/* ---- options --------------------------------------------------------------------------------------------------- */

typedef enum cli_kind { CLI_FLAG, CLI_NUMBER, CLI_WORD, CLI_WORDS, CLI_ZONE } cli_kind;

/* Arguments of an option that may be given several times. */
enum { CLI_WORDS_MAX = 32 };
typedef struct cli_words {
    const char *word[CLI_WORDS_MAX];
    size_t count;
} cli_words;

/* Values of all options of all commands; each command's table says which of them it takes. */
typedef struct cli_args {
    const char *program; /* name of the command */
    const char **files;  /* operands */
    size_t file_count;
    const char *out, *dir, *root, *within, *location, *action, *from;
    const char *fail_on, *show, *lang, *rules, *user;
    const char *search, *sort, *folder;
    const char *oval, *syschar, *syschar_out, *results, *variables, *definition;
    const char *html, *vex, *windows;
    cli_words policies, maps, regs, queries;
    const char *service_root, *force_prerequisite;
    bool dry_run, no_backup, at_restart;
    bool passive, user_quiet, uninstall, list_updates, no_version_check, no_effect;
    bool help, json, summary, verbose, quiet;
    bool sarif, strict;
    bool reverse, threads, deleted, no_cache, has_message;
    bool harden, plain, local, bypasses_proxy, enhanced_security;
    bool no_open, keep, no_gpg;
    const char *trust, *key;
    bool markdown, hidden, raw, head, attachments, all_views, replace;
    bool has_zone, has_width, has_jobs, has_max_memory, has_port;
    postern_zone zone;
    uint64_t width, jobs, max_memory, port, message;
} cli_args;

typedef struct cli_option {
    char letter; /* 0: none */
    const char *name;
    cli_kind kind;
    const char *argument; /* what it is called in --help; NULL for a flag */
    size_t value;         /* offset in cli_args */
    size_t given;         /* offset of its has_… flag, or 0 */
    uint64_t max;         /* of a number */
    const char *help;
} cli_option;

#define CLI_OPTION_FLAG(letter, name, field, help)                                                                             \
    { letter, name, CLI_FLAG, NULL, offsetof(cli_args, field), 0, 0, help }
#define CLI_OPTION_WORD(letter, name, argument, field, help)                                                                   \
    { letter, name, CLI_WORD, argument, offsetof(cli_args, field), 0, 0, help }
#define CLI_OPTION_WORDS(letter, name, argument, field, help)                                                                  \
    { letter, name, CLI_WORDS, argument, offsetof(cli_args, field), 0, 0, help }
#define CLI_OPTION_NUMBER(letter, name, argument, field, max, help)                                                            \
    { letter, name, CLI_NUMBER, argument, offsetof(cli_args, field), offsetof(cli_args, has_##field), max, help }
#define CLI_OPTION_ZONE(help)                                                                                                  \
    { 'z', "zone", CLI_ZONE, "ZONE", offsetof(cli_args, zone), offsetof(cli_args, has_zone), 0, help }
#define CLI_OPTION_COMMON                                                                                                      \
    CLI_OPTION_FLAG('q', "quiet", quiet, "only errors on standard error"),                                                     \
        CLI_OPTION_FLAG('v', "verbose", verbose, "each defect and each thing left out, one message a line"),                   \
        CLI_OPTION_NUMBER(0, "max-memory", "MIB", max_memory, 1u << 20,                                                        \
                          "memory beyond the input's own size; 0: no ceiling (default 1536)"),                                 \
        CLI_OPTION_FLAG('h', "help", help, "this help")

typedef struct cli_command {
    const char *name, *operands, *what; /* what: one line without a full stop */
    const char *about;                  /* a paragraph or more for --help, lines ready to print */
    const cli_option *options;
    size_t option_count;
    size_t min_files, max_files;
    cli_exit (*run)(const cli_args *args);
} cli_command;

extern const cli_command cli_command_html, cli_command_text, cli_command_parts, cli_command_cat, cli_command_extract,
    cli_command_pack, cli_command_zone, cli_command_resolve, cli_command_scan, cli_command_advisory, cli_command_audit;
extern const cli_command cli_command_view;
extern const cli_command cli_command_list;
extern const cli_command cli_command_update;
extern const cli_command cli_command_thumbnail;

/* NULL when there is none. */
const cli_command *cli_command_find(const char *name);
/* Fills *ret_args from argv behind the command's name; prints its own message on USAGE. */
cli_exit cli_options_parse(const cli_command *command, int argc, char **argv, cli_args *ret_args);
void cli_help_command(const cli_command *command);
void cli_help_all(void);

/* ---- policies (policy.c) --------------------------------------------------------------------------------------- */

/* The built-in policy, the --policy files on top of it, hardened when asked for. Defects are told, each with its key; the count
 * of them in *ret_defects. Prints its own messages. */
cli_exit cli_policy_load(const cli_args *args, postern_policy **ret_policy, size_t *ret_defects);
/* The same over what `base` adds first, behind the sandbox it may enter (NULL: the built-in policy). */
cli_exit cli_policy_load_over(const cli_args *args, cli_exit (*base)(void *user, postern_policy *policy), void *user,
                              postern_policy **ret_policy, size_t *ret_defects);
/* "Z9 a path alone does not make a file local: /C:/x" */
void cli_reason_text(const postern_reason *reason, postern_buf *out);
void cli_reasons_json(const postern_reason *reasons, size_t count, postern_json *json);
/* Whether a policy was asked for: --policy or --harden-local-machine. */
bool cli_policy_wanted(const cli_args *args);
/* For commands over jobs: the policy when one was asked for, else NULL. */
cli_exit cli_policy_for_jobs(const cli_args *args, postern_policy **ret_policy, size_t *ret_defects);
#define CLI_OPTION_PLAIN CLI_OPTION_FLAG(0, "plain", plain, "read mail as text unless it is signed or encrypted (KB307594)")
#define CLI_OPTION_POLICY                                                                                                      \
    CLI_OPTION_WORDS('p', "policy", "FILE.reg", policies, "a .reg export to judge by, or builtin; repeatable"),                \
        CLI_OPTION_FLAG(0, "harden-local-machine", harden, "the My Computer zone as KB833633 hardens it")

/* ---- a Windows tree (tree.c) ----------------------------------------------------------------------------------- */

typedef struct cli_tree {
    const char *label; /* for messages; NULL: none */
    int err_fd;        /* where they go */
    int root;          /* -1: none */
    postern_hive_reader *reader;
    postern_win *win;
} cli_tree;
#define CLI_NO_TREE ((cli_tree){.err_fd = STDERR_FILENO, .root = -1})

/* The steps, in this order; each prints its own message. The sandbox lets read below the root, if there is one, and write below
 * `dirs`, of which -1 stands for none (four at most). `windows`: the folder's name when there are several, else empty. */
cli_exit cli_tree_prepare(cli_tree *tree, const char *path, const char *label, int err_fd);
cli_exit cli_tree_sandbox(const cli_tree *tree, const cli_args *args, const int *dirs, size_t dir_count);
cli_exit cli_tree_open(cli_tree *tree, postern_slice windows, const postern_notes *notes);
void cli_tree_close(cli_tree *tree); /* takes CLI_NO_TREE, and one whose preparing failed */

/* ---- a Windows system and one of its users (system.c) ---------------------------------------------------------- */

typedef struct cli_system {
    cli_tree tree;
    size_t user; /* POSTERN_NO_USER: nobody */
    postern_notes notes;
} cli_system;

/* The same steps; between the two cli_tree_sandbox, at the end cli_tree_close. Notes of the system are told as messages. */
cli_exit cli_system_prepare(const char *root, cli_system *system);
cli_exit cli_system_open(cli_system *system);
/* By name or sid; NULL: the only user who is a person, or nobody when there is none. USAGE, with their names: more than one. */
cli_exit cli_system_choose_user(cli_system *system, const char *name);

/* ---- messages (message.c) -------------------------------------------------------------------------------------- */

/* "postern: FILE: offset N: text", one line, one write, everything escaped. `file` NULL and POSTERN_NO_OFFSET leave theirs
 * out. */
void cli_message(int fd, const char *file, uint64_t offset, const char *fmt, ...) POSTERN_PRINTF(4, 5);
/* From now on no message at all, not of an error either: what /quiet means. */
void cli_message_silence(void);
void cli_message_error(int fd, const char *file, const postern_error *error);
/* "12.3 kB"; static storage that the next four calls leave alone. */
const char *cli_size(uint64_t bytes);
/* Text of an input for a terminal, line by line, tabs and line ends kept (cmd_cat.c). */
postern_status cli_write_escaped(const postern_sink *out, const void *bytes, size_t len);
/* All bytes, or false. */
bool cli_write_all(int fd, const void *bytes, size_t len);

/* A bar on standard error when that is a terminal, from 400 ms on. */
void cli_progress_start(bool wanted, const char *label, uint64_t total);
void cli_progress_at_once(void); /* behind start: from the first step on, and each of them */
void cli_progress_at(uint64_t done);
void cli_progress_clear(void); /* before anything else is written to the terminal */

/* ---- tally of notes (tally.c) ---------------------------------------------------------------------------------- */

enum { CLI_TALLY_EXAMPLES = 3, CLI_TALLY_EXAMPLE_LENGTH = 96 };

typedef struct cli_tally {
    struct {
        uint64_t count;
        unsigned examples;
        char example[CLI_TALLY_EXAMPLES][CLI_TALLY_EXAMPLE_LENGTH + 8];
    } kind[POSTERN_NOTE_COUNT];
    int verbose_fd; /* -1, or where each note goes as a message */
    const char *file;
    void (*each)(void *user, const postern_note *note); /* or NULL */
    void *user;
} cli_tally;

/* The sink of notes that counts into `tally`. */
postern_notes cli_tally_notes(cli_tally *tally);
/* Whether a note means that something of the document is not in the output. */
bool cli_note_is_loss(postern_note_kind kind);
/* Whether a note says what the page room left out (and not what is wrong with the file). */
bool cli_note_is_page(postern_note_kind kind);
bool cli_tally_has_loss(const cli_tally *tally);

/* ---- jobs: one input each (jobs.c, job.c) ---------------------------------------------------------------------- */

typedef struct cli_job {
    const cli_args *args;
    const char *input;            /* path or "-" */
    const char *label;            /* for messages */
    char *output;                 /* path; NULL: standard output */
    char *folder;                 /* for commands that fill a folder; else NULL */
    size_t index;                 /* which input this is */
    size_t count;                 /* how many inputs there are in all */
    const postern_policy *policy; /* what the documents are judged by, or NULL */
    bool worker;                  /* in a process of its own */
    int out_fd, err_fd;           /* where data and messages go */
    postern_file *file;
    uint64_t bytes_in;
    postern_archive *archive;
    postern_output *out;
    int out_dir; /* folder of `output`, or `folder` itself; -1 */
    uint8_t *zone_stream;
    size_t zone_stream_len;
    cli_tally tally;
    postern_notes notes;
    struct timespec started;
} cli_job;

/* Where the output of an input goes: beside each other below `args->dir`, or as a file with this ending below `args->out`. */
typedef struct cli_plan {
    const char *ending;           /* ".html"; NULL: the command has no file for each input */
    bool folder;                  /* with -d: a folder for each input (the folder itself when there is only one) */
    bool stdout_joins;            /* several inputs may share standard output, one after another */
    bool all_files;               /* a folder stands for every file below it */
    bool always_worker;           /* also for one input */
    bool roots;                   /* folders are inputs themselves */
    const postern_policy *policy; /* for each job, or NULL */
    bool drop_first_byte;         /* of all data: the separator in front of the first record */
    /* For commands that only read: opens the input, before the sandbox; `one` then goes on inside, with job->file, bytes_in and
     * the zone stream, nothing else. False: there is nothing to go on with, *ret_code is the result. When it returns true it
     * has printed nothing. Inputs then share a worker. */
    bool (*prepare)(cli_job *job, cli_exit *ret_code);
    /* What stands on standard output for a file whose worker died; or NULL. */
    void (*on_death)(const cli_args *args, const char *label, postern_buf *out);
    void (*on_end)(cli_exit code); /* of each input when there are several; or NULL */
} cli_plan;

/* Expands folders, plans the outputs, runs `one` for each input: here when there is one, else in worker processes. */
cli_exit cli_jobs_run(const cli_args *args, const cli_plan *plan, cli_exit (*one)(cli_job *job));

/* The steps of a job, in this order. Each prints its own message and returns what to exit with. */
cli_exit cli_job_open_input(cli_job *job);
cli_exit cli_job_open_output(cli_job *job); /* job->output, or standard output */
cli_exit cli_job_open_folder(cli_job *job); /* job->folder: made when absent */
cli_exit cli_job_sandbox(cli_job *job, const int *read_dirs, size_t read_dir_count);
cli_exit cli_job_open_archive(cli_job *job);
void cli_job_try_archive(cli_job *job); /* the same without a message: job->archive stays NULL when it is none */
cli_exit cli_job_commit(cli_job *job);
/* Where -o leads (output.c): - is standard output; a file is replaced whole, behind a link too; a device, pipe or socket is
 * written through. *ret_dir: the folder a sandbox has to leave open for it, -1 when none; the caller closes it. */
postern_status cli_output_open(const char *path, postern_output **ret_output, int *ret_dir, postern_error *reterr) POSTERN_MUST;
/* All of `text` to standard output, or the message why not. */
cli_exit cli_job_print(const cli_job *job, const postern_buf *text);
/* Behind a call that wrote to job->out: prints why it failed, if it did. */
cli_exit cli_job_written(cli_job *job, postern_status status, const postern_error *error);
/* CLI_DEFECTS when something of the document is missing from what was written: a note of loss, or a part that the input cuts
 * off. Says each reason. */
cli_exit cli_job_say_loss(const cli_job *job);
/* What a failure inside means for the exit code, after its message was printed. */
cli_exit cli_job_fail(cli_job *job, const postern_error *error);
cli_exit cli_exit_of(postern_status status);
/* Output outside job->out (extract, html -d): watched, so that a signal leaves no temporary behind. */
void cli_guard_add(const postern_output *output);
/* postern_output_open, guarded from the moment its temporary is there. */
postern_status cli_guarded_open(int dir, const char *path, bool replace, postern_output **ret_output,
                                postern_error *reterr) POSTERN_MUST;
void cli_guard_remove(const postern_output *output);
/* SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGBUS and crashes; `file` for the message of the last two. */
void cli_guard_install(const char *file, int err_fd);
void cli_guard_name(const char *file, int err_fd); /* the same signals, another file: no system call */
double cli_job_milliseconds(const cli_job *job);

/* For commands that are no job: what the process may still reach in the file system from now on. */
typedef struct cli_reach {
    const int *write_dirs;
    size_t write_dir_count;
    const int *read_dirs;
    size_t read_dir_count;
    bool services; /* what servicing a system needs below write_dirs */
} cli_reach;
cli_exit cli_sandbox(const cli_args *args, const cli_reach *reach, int err_fd, const char *label);

/* ---- JSON: a key and its value --------------------------------------------------------------------------------- */

static inline void cli_key_string(postern_json *json, const char *key, postern_slice text) {
    postern_json_key(json, key);
    postern_json_string(json, text);
}
static inline void cli_key_cstr(postern_json *json, const char *key, const char *text) {
    postern_json_key(json, key);
    postern_json_cstr(json, text);
}
static inline void cli_key_text(postern_json *json, const char *key, postern_slice text) { /* null when there is none */
    postern_json_key(json, key);
    if (text.len) postern_json_string(json, text);
    else postern_json_null(json);
}
static inline void cli_key_uint(postern_json *json, const char *key, uint64_t number) {
    postern_json_key(json, key);
    postern_json_uint(json, number);
}

/* ---- report of html (report.c) --------------------------------------------------------------------------------- */

/* What became of one input, as an aligned block for people or a JSON object. `out` may be NULL when nothing was written. */
void cli_report_block(cli_job *job, const postern_page_report *report, const char *output, postern_buf *buf);
void cli_report_json(cli_job *job, const postern_page_report *report, const char *output, postern_buf *buf);
const char *cli_archive_kind_name(postern_archive_kind kind);
/* Part by number, cid or location (--root, cat). */
cli_exit cli_part_named(cli_job *job, const char *name, uint32_t *ret_part);

/* ---- file names made by us (names.c; the names themselves: postern_safe_name) --------------------------------- */

/* Names already taken, compared without case; `cli_names_unique` makes `name` one that is not. */
typedef struct cli_names cli_names;
cli_names *cli_names_new(void);
void cli_names_free(cli_names *names);
bool cli_names_unique(cli_names *names, postern_buf *name);

#endif
