/*
 * postern view: the local viewer. This file knows the environment for it: where settings are kept, which language, whether
 * there is a display, and how a browser is opened; the room view does the rest.
 */
#define _GNU_SOURCE
#include "cli_view.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_FLAG('n', "no-open", no_open, "print the address, open no browser"),
    CLI_OPTION_FLAG('k', "keep", keep, "stay when the last page was closed; Ctrl-C ends"),
    CLI_OPTION_NUMBER(0, "port", "N", port, 65535, "listen on this port instead of a free one"),
    CLI_OPTION_WORD(0, "trust", "PATH", trust, "certificates that signed mail has to lead to (PEM); else the system's"),
    CLI_OPTION_WORD(0, "key", "FILE.p12", key, "opens mail that was encrypted for this key; asks for its passphrase"),
    CLI_OPTION_FLAG(0, "no-gpg", no_gpg, "leave OpenPGP alone: GnuPG verifies and opens nothing"),
    CLI_OPTION_ZONE("the most trusted zone the input may have (marks of origin only lower it)"),
    CLI_OPTION_POLICY,
    CLI_OPTION_COMMON,
};

static postern_viewer *running;
static const char *language;

#define T(english) postern_viewer_text(language, english)

static const char *locale_language(void) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return !strncmp(value, "ja", 2) ? "ja" : "en";
    }
    return "en";
}

const char *cli_view_language(void) {
    return language;
}

/* ---- settings ----------------------------------------------------------------------------------------------------- */

enum { SETTINGS_MAX = 64 << 10 };

/* $XDG_CONFIG_HOME/postern/view.conf; NULL: there is no home. */
static char *settings_path(bool make_folders) {
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool own = config && config[0] == '/';
    char *path = NULL;
    if (!own && (!home || !*home)) return NULL;
    if (asprintf(&path, "%s%s/postern/view.conf", own ? config : home, own ? "" : "/.config") < 0) return NULL;
    for (char *slash = path; make_folders && (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
    return path;
}

static void load_settings(postern_viewer_settings *settings) {
    postern_file *file = NULL;
    char *path = settings_path(false);
    postern_viewer_settings_init(settings);
    if (path && !postern_file_open(AT_FDCWD, path, &file, NULL))
        postern_viewer_settings_read(settings, postern_slice_sub(postern_file_bytes(file), 0, SETTINGS_MAX));
    postern_file_close(file);
    free(path);
}

static void save_settings(void *user, const postern_viewer_settings *settings) {
    postern_buf text;
    postern_error error = {0};
    postern_output *output = NULL;
    char *path = settings_path(true);
    (void)user;
    if (!path) return;
    postern_buf_init(&text, SETTINGS_MAX);
    postern_status status = postern_viewer_settings_write(settings, &text);
    if (!status) status = postern_output_open(AT_FDCWD, path, true, &output, &error);
    if (!status) {
        postern_sink sink = postern_output_sink(output);
        status = postern_sink_write(&sink, postern_buf_slice(&text));
    }
    if (!status) status = postern_output_commit(output, &error);
    if (status) cli_message(STDERR_FILENO, path, POSTERN_NO_OFFSET, "%s: %s", T("the settings could not be kept"), error.text);
    postern_output_free(output);
    postern_buf_free(&text);
    free(path);
}

/* ---- the browser -------------------------------------------------------------------------------------------------- */

static bool has_display(void) {
    const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
    return (x && *x) || (wayland && *wayland);
}

/* A grandchild, so that nobody has to wait for it. */
static void open_browser(const char *url) {
    pid_t child = fork();
    if (child > 0) {
        int status;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        return;
    }
    if (child < 0) return;
    if (fork() != 0) _exit(0);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || setsid() < 0) _exit(1);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);
    char *words[] = {strdup("xdg-open"), strdup(url), NULL};
    if (words[0] && words[1]) execvp(words[0], words);
    _exit(127);
}

static void on_signal(int number) {
    (void)number;
    if (running) postern_viewer_stop(running);
}

static void catch_signals(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a browser that hangs up */
}

static void say_where(const cli_args *args, const char *url) {
    bool open = !args->no_open && has_display();
    printf("%s\n", url);
    fflush(stdout);
    if (!args->quiet && isatty(STDERR_FILENO))
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "%s",
                    open ? T("opening the browser; Ctrl-C ends the viewer")
                         : T("open this address in your browser; Ctrl-C ends the viewer"));
    if (open) open_browser(url);
}

static const char *last_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void fill(const cli_args *args, const cli_job *job, postern_viewer_options *viewer) {
    if (job->file) viewer->bytes = postern_file_bytes(job->file);
    viewer->name = last_name(job->label);
    viewer->has_caller_zone = args->has_zone;
    viewer->caller_zone = args->zone;
    viewer->zone_stream = postern_slice_of(job->zone_stream, job->zone_stream_len);
    viewer->has_zone_stream = job->zone_stream != NULL;
    viewer->language = language;
    viewer->port = (uint16_t)args->port;
    viewer->keep = args->keep;
    viewer->max_memory = args->max_memory << 20;
    viewer->save = save_settings;
    load_settings(&viewer->settings);
#ifdef CLI_WITHOUT_SANDBOX
    viewer->without_sandbox = true;
#endif
}

static cli_exit serve(const cli_args *args, const cli_job *job, postern_viewer_options *viewer) {
    postern_error error;
    fill(args, job, viewer);
    postern_status opened = postern_viewer_open(viewer, &running, &error);
    if (opened && !error.text[0]) return CLI_UNUSABLE; /* the key: cli_view_key has said why */
    if (opened) {
        cli_message_error(STDERR_FILENO, NULL, &error);
        return CLI_FAILED;
    }
    catch_signals();
    say_where(args, postern_viewer_url(running));
    postern_status status = postern_viewer_run(running, &error);
    if (status) cli_message_error(STDERR_FILENO, NULL, &error);
    postern_viewer *ending = running;
    running = NULL;
    postern_viewer_close(ending);
    return status ? CLI_FAILED : CLI_CLEAN;
}

/* ---- the store ---------------------------------------------------------------------------------------------------- */

/* The index of a store is found again by where the store lies. */
static void open_store(const char *path, postern_viewer_options *viewer, char name[CLI_CACHE_NAME]) {
    char *real = realpath(path, NULL);
    viewer->store = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    viewer->cache_dir = real ? cli_store_cache_open(real) : -1;
    viewer->has_cache = viewer->cache_dir >= 0;
    if (real) cli_store_cache_name(real, name);
    viewer->cache_name = name;
    free(real);
}

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* In the process that keeps it. */
static postern_status load_key(void *user, postern_buf *out) {
    return cli_view_key(user, out) == CLI_CLEAN ? POSTERN_OK : POSTERN_FORMAT;
}

static cli_exit run(const cli_args *args) {
    const char *path = args->files[0];
    bool is_stdin = !strcmp(path, "-"), folder = is_folder(path);
    cli_job job = {.args = args,
                   .input = path,
                   .label = is_stdin ? "standard input" : path,
                   .count = 1,
                   .out_dir = -1,
                   .out_fd = STDOUT_FILENO,
                   .err_fd = STDERR_FILENO};
    postern_viewer_options viewer = {.store = -1, .cache_dir = -1};
    postern_policy *policy = NULL;
    size_t defects;
    char cache_name[CLI_CACHE_NAME] = "";
    postern_buf trust;
    language = locale_language();
    cli_exit code = cli_policy_for_jobs(args, &policy, &defects), trusted = cli_view_trust(args, &trust);
    char *gpg = args->no_gpg ? NULL : cli_view_gpg(), **environment = gpg ? cli_view_gpg_environment() : NULL;
    if (!code) code = trusted;
    viewer.trust = postern_buf_slice(&trust);
    viewer.user = (void *)(uintptr_t)args;
    viewer.load_key = args->key ? load_key : NULL;
    viewer.gpg = environment ? gpg : NULL;
    viewer.gpg_environment = environment;
    if (!code && !folder) code = cli_job_open_input(&job);
    if (!code && !is_stdin) open_store(path, &viewer, cache_name);
    viewer.policy = policy;
    if (!code) code = serve(args, &job, &viewer);
    if (viewer.store >= 0) close(viewer.store);
    if (viewer.cache_dir >= 0) close(viewer.cache_dir);
    postern_buf_free(&trust);
    free(gpg);
    for (size_t i = 0; environment && environment[i]; i++) free(environment[i]);
    free(environment);
    postern_policy_free(policy);
    postern_file_close(job.file);
    free(job.zone_stream);
    return code;
}

const cli_command cli_command_view = {
    .name = "view",
    .operands = "PATH",
    .what = "look at an archive, a mail or a mail store in your browser",
    .about = "Serves the safe page of an archive or a mail to your browser, on this machine alone,\n"
             "with what was left out, what scan finds, its text, source and parts. PATH may be a\n"
             "store: an mbox, a Maildir, a folder of messages, a zip of those; its messages are\n"
             "listed, sorted and searched. The address is printed, is good for one use, and is\n"
             "opened when there is a display. The viewer ends when its last page is closed.\n"
             "\"postern PATH\" is the same.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = 1,
    .run = run,
};
