/* postern update install, list, verify, remove, recover: one system, one update, all or nothing (T1). */
#define _GNU_SOURCE
#include "update.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static cli_exit told(const char *file, const postern_error *error) {
    cli_message_error(STDERR_FILENO, file, error);
    return error->status == POSTERN_STATE ? CLI_UNUSABLE
           : error->status == POSTERN_IO  ? CLI_FAILED
                                          : cli_exit_of(error->status);
}

static cli_exit enter(const cli_serviced *system, const int *package_dir) {
    cli_reach reach = {&system->tree.root, 1, package_dir, package_dir ? 1 : 0, .services = true};
    return cli_sandbox(system->args, &reach, STDERR_FILENO, system->tree.label);
}

/* ---- install ---- */

typedef struct installation {
    cli_serviced system;
    cli_switches switches;
    postern_update_options options;
    postern_file *file;
    int folder; /* of an unpacked package; -1 */
    postern_package *package;
    postern_anchors *anchors; /* of --trust; NULL: none */
    postern_signature signature;
    bool bar_started;
} installation;

static cli_exit open_package(installation *in) {
    postern_error error;
    struct stat st;
    const char *path = in->switches.package;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) in->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (in->folder >= 0 || !postern_file_open(AT_FDCWD, path, &in->file, &error)) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, path, &error);
    return CLI_UNUSABLE;
}

static cli_exit read_package(installation *in) {
    postern_error error;
    postern_status status = in->folder >= 0 ? postern_package_open_folder(in->folder, &in->package, &error)
                                            : postern_package_open(postern_file_bytes(in->file), &in->package, &error);
    if (status) return told(in->switches.package, &error);
    postern_package_family family = postern_package_info_of(in->package)->family;
    const char *wrong = family == POSTERN_FAMILY_A   ? in->switches.family_b
                        : family == POSTERN_FAMILY_B ? in->switches.family_a
                                                     : NULL;
    if (!wrong && in->switches.setup) {
        postern_slice setup = postern_package_info_of(in->package)->setup;
        if (!postern_slice_eq_nocase(setup, postern_slice_cstr(in->switches.setup))) {
            cli_message(STDERR_FILENO, in->switches.package, POSTERN_NO_OFFSET, "/c:%s is not its setup information: %.*s",
                        in->switches.setup, POSTERN_ARG(setup));
            return CLI_USAGE;
        }
    }
    if (!wrong) return cli_update_signature(in->switches.package, in->package, in->anchors, &in->signature);
    cli_message(STDERR_FILENO, in->switches.package, POSTERN_NO_OFFSET, "is of the other family: %s means nothing to it",
                wrong);
    return CLI_USAGE;
}

static cli_exit say(const installation *in, const char *text) {
    if (!in->switches.quiet && !in->system.args->quiet && !in->switches.passive)
        cli_message(STDERR_FILENO, in->system.tree.label, POSTERN_NO_OFFSET, "%s", text);
    return CLI_CLEAN;
}

/* Windows' own programs leave with 3010 then. */
static cli_exit say_restart(const cli_serviced *system, const char *what, bool quiet) {
    if (!quiet && !system->args->quiet)
        cli_message(STDERR_FILENO, system->tree.label, POSTERN_NO_OFFSET,
                    "%s; its files change when the system starts next (Wine: wineboot -r), restart required: 3010", what);
    return CLI_RESTART;
}

static cli_exit show_plan(const installation *in, const postern_update_plan *plan) {
    postern_buf out;
    postern_buf_init(&out, 64 << 20);
    if (in->system.args->json) {
        cli_plan_json(in->system.tree.label, plan, &in->signature, &out);
    } else {
        postern_escape_line(&out, postern_slice_cstr(in->system.tree.label), 4096);
        postern_buf_add_byte(&out, '\n');
        cli_plan_show(plan, &in->signature, &out);
    }
    cli_exit code = cli_update_print(&out);
    postern_buf_free(&out);
    return code ? code : plan->fits ? CLI_CLEAN : CLI_DEFECTS;
}

static cli_exit refuse(const installation *in, const postern_update_plan *plan) {
    cli_message(STDERR_FILENO, in->system.tree.label, POSTERN_NO_OFFSET, "refused: %.*s", POSTERN_ARG(plan->need));
    return CLI_DEFECTS;
}

static void on_progress(void *user, size_t done, size_t total) {
    bool *started = user;
    if (!*started) cli_progress_start(true, "install", total);
    if (!*started) cli_progress_at_once();
    *started = true;
    cli_progress_at(done);
}

/* Passive is a bar and nothing else. */
static void watch(installation *in) {
    if (in->switches.passive && !in->switches.quiet && !in->system.args->quiet)
        postern_servicing_watch(in->system.servicing, on_progress, &in->bar_started);
}

static cli_exit carry_out(installation *in) {
    const postern_update_plan *plan;
    postern_error error;
    if (postern_update_plan_install(in->system.servicing, in->package, &in->options, &plan, &error))
        return told(in->system.tree.label, &error);
    if (in->system.args->dry_run) return show_plan(in, plan);
    if (plan->waits) return say_restart(&in->system, "is installed already", in->switches.quiet || in->switches.passive);
    if (plan->installed) return say(in, "is installed already; nothing to do");
    if (!plan->fits) return refuse(in, plan);
    cli_exit code = cli_update_refuse_signature(in->system.args, in->switches.package, &in->signature);
    if (code) return code;
    if (!cli_ask_plan(in->system.tree.label, &in->switches, plan)) {
        say(in, "not installed: not wanted");
        return CLI_DEFECTS;
    }
    watch(in);
    postern_status status = postern_update_install(in->system.servicing, plan, &in->options, &error);
    cli_progress_clear();
    if (status) return told(in->system.tree.label, &error);
    if (!plan->restart_reason.len) return say(in, "installed; no restart is needed, the system does not run");
    return say_restart(&in->system, "installed", in->switches.quiet || in->switches.passive);
}

static cli_exit uninstall(installation *in) {
    postern_error error;
    bool restart;
    postern_slice id = postern_package_info_of(in->package)->id;
    watch(in);
    postern_status status = postern_update_remove(in->system.servicing, id, &in->options, &restart, &error);
    cli_progress_clear();
    if (status) return told(in->system.tree.label, &error);
    return restart ? say_restart(&in->system, "removed", in->switches.quiet || in->switches.passive) : say(in, "removed");
}

static cli_exit install(installation *in) {
    cli_exit code = in->switches.package ? open_package(in) : CLI_CLEAN;
    if (!code) code = cli_update_trust(in->system.args, &in->anchors);
    if (!code) code = cli_serviced_prepare(in->system.args, in->system.args->service_root, true, &in->system);
    if (!code) code = enter(&in->system, in->folder >= 0 ? &in->folder : NULL);
    if (!code && in->switches.package) code = read_package(in);
    if (!code) code = cli_serviced_open(&in->system);
    if (code) return code;
    in->options.in_use = in->system.in_use.files;
    in->options.in_use_count = in->system.in_use.count;
    if (in->switches.list) return cli_present_list(&in->system);
    return in->switches.uninstall ? uninstall(in) : carry_out(in);
}

/* /c /t:PATH: the same as extract -d PATH. */
static cli_exit extract(const cli_args *args, const cli_switches *switches) {
    cli_args rest = *args;
    char *asked = switches->extract_to ? NULL : cli_ask_text("The folder to extract to:");
    const char *files[] = {switches->package};
    rest.files = files;
    rest.file_count = 1;
    rest.dir = switches->extract_to ? switches->extract_to : asked;
    rest.quiet |= switches->quiet;
    if (!rest.dir) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update install: /c needs a folder: /t:PATH");
        return CLI_USAGE;
    }
    if (switches->quiet) cli_message_silence();
    cli_exit code = cli_update_extract(&rest);
    free(asked);
    return code;
}

cli_exit cli_update_install(const cli_args *args) {
    installation in = {.system = {.args = args, .tree = CLI_NO_TREE}, .folder = -1};
    cli_exit code = cli_switches_read(args, &in.switches);
    if (code) return code;
    if (in.switches.help) {
        cli_switches_help();
        return CLI_CLEAN;
    }
    if (in.switches.extract) return extract(args, &in.switches);
    if (in.switches.quiet) cli_message_silence();
    in.options =
        (postern_update_options){.any_version = in.switches.any_version || args->force_prerequisite,
                                 .no_backup = in.switches.no_backup,
                                 .at_restart = args->at_restart,
                                 .reason = postern_slice_cstr(args->force_prerequisite ? args->force_prerequisite : "/n:v")};
    code = install(&in);
    postern_package_close(in.package);
    postern_anchors_free(in.anchors);
    cli_serviced_close(&in.system);
    postern_file_close(in.file);
    if (in.folder >= 0) close(in.folder);
    return code;
}

/* ---- remove ---- */

/* spuninst's switches mean nothing to an update that ieuninst would remove. */
static cli_exit check_family(const cli_serviced *system, const cli_remove_switches *s) {
    const postern_update_record *rows;
    size_t count;
    postern_error error;
    if (postern_update_list(system->servicing, &rows, &count, &error)) return told(system->tree.label, &error);
    for (size_t i = 0; s->family_a && i < count; i++) {
        if (rows[i].family == 'A' || !postern_slice_eq_nocase(rows[i].id, postern_slice_cstr(s->id))) continue;
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update remove: %s is of family B: %s means nothing to it", s->id,
                    s->family_a);
        return CLI_USAGE;
    }
    return CLI_CLEAN;
}

static cli_exit remove_record(const cli_serviced *system, const cli_remove_switches *s) {
    postern_error error;
    cli_exit code = check_family(system, s);
    if (code) return code;
    bool restart;
    postern_update_options options = {
        .at_restart = system->args->at_restart, .in_use = system->in_use.files, .in_use_count = system->in_use.count};
    if (postern_update_remove(system->servicing, postern_slice_cstr(s->id), &options, &restart, &error))
        return told(system->tree.label, &error);
    if (restart) return say_restart(system, "removed", s->quiet);
    if (!system->args->quiet && !s->quiet)
        cli_message(STDERR_FILENO, system->tree.label, POSTERN_NO_OFFSET, "%s is removed", s->id);
    return CLI_CLEAN;
}

cli_exit cli_update_name(const char *verb, const char *word, char ret_id[16]) {
    if (postern_update_id(postern_slice_cstr(word), ret_id)) return CLI_CLEAN;
    cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "update %s: no name of an update, such as KB837009: %s", verb, word);
    return CLI_USAGE;
}

static cli_exit list_one(const cli_serviced *system, const char *id) {
    (void)id;
    return cli_present_list(system);
}

static cli_exit nothing_more(const cli_serviced *system, const char *id) {
    (void)id;
    if (!system->recovered && !system->args->quiet)
        cli_message(STDERR_FILENO, system->tree.label, POSTERN_NO_OFFSET, "no run was interrupted; nothing to recover");
    return CLI_CLEAN;
}

static cli_exit on_system(const cli_args *args, const char *id, cli_exit (*work)(const cli_serviced *, const char *)) {
    cli_serviced system;
    cli_exit code = cli_serviced_prepare(args, args->files[0], false, &system);
    if (!code) code = enter(&system, NULL);
    if (!code) code = cli_serviced_open(&system);
    if (!code) code = work(&system, id);
    cli_serviced_close(&system);
    return code;
}

cli_exit cli_update_list(const cli_args *args) {
    return on_system(args, NULL, list_one);
}

cli_exit cli_update_verify(const cli_args *args) {
    char id[16];
    cli_exit code = cli_update_name("verify", args->files[1], id);
    return code ? code : on_system(args, id, cli_verify);
}

cli_exit cli_update_remove(const cli_args *args) {
    cli_remove_switches switches;
    cli_serviced system;
    char id[16];
    cli_exit code = cli_remove_switches_read(args, &switches);
    if (code) return code;
    if (switches.help) {
        cli_remove_switches_help();
        return CLI_CLEAN;
    }
    if (switches.quiet) cli_message_silence();
    code = cli_update_name("remove", switches.id, id);
    if (code) return code;
    switches.id = id;
    code = cli_serviced_prepare(args, switches.root, true, &system);
    if (!code) code = enter(&system, NULL);
    if (!code) code = cli_serviced_open(&system);
    if (!code) code = remove_record(&system, &switches);
    cli_serviced_close(&system);
    return code;
}

cli_exit cli_update_recover(const cli_args *args) {
    return on_system(args, NULL, nothing_more);
}
