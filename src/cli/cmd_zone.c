/* postern zone: the zone of URLs, what the zone may do, and why; `postern zone export` writes the effective policy as .reg. */
#include "cli_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const cli_option options[] = {
    CLI_OPTION_WORD('a', "action", "ACTION", action, "what the zone does with an action: 1604, HTML_FONT_DOWNLOAD"),
    CLI_OPTION_POLICY,
    CLI_OPTION_WORD(0, "root", "ROOT", root, "judge as the Windows system or Wine prefix below ROOT would"),
    CLI_OPTION_WORD(0, "user", "NAME", user, "with the settings of this user of --root, by name or SID"),
    CLI_OPTION_ZONE("the caller's zone: it can lower the answer, never raise it"),
    CLI_OPTION_FLAG(0, "local", local, "a file: is proved to lie on a local disk (Z9)"),
    CLI_OPTION_FLAG(0, "bypasses-proxy", bypasses_proxy, "the hosts are on the proxy's bypass list"),
    CLI_OPTION_FLAG(0, "enhanced-security", enhanced_security, "use the site list of Enhanced Security Configuration"),
    CLI_OPTION_FLAG(0, "json", json, "one JSON object for each URL"),
    CLI_OPTION_WORD('o', "output", "OUT", out, "write to OUT; - is standard output"),
    CLI_OPTION_FLAG('q', "quiet", quiet, "say nothing about the policy's defects"),
    CLI_OPTION_FLAG('h', "help", help, "this help"),
};

typedef struct asker {
    const cli_args *args;
    const postern_policy *policy;
    postern_sink out;
    uint32_t action;
    bool refused;
} asker;

static void write_action(const asker *a, postern_zone zone, postern_buf *text) {
    postern_action_decision d;
    postern_zone_action(a->policy, zone, a->action, false, &d);
    const char *name = postern_action_name(a->action);
    postern_buf_printf(text, "  action   %s%s%04X: %s (0x%08x)\n", name ? name : "", name ? " " : "", (unsigned)a->action,
                       postern_policy_value_name(a->action, d.value), (unsigned)d.value);
    for (size_t i = 0; i < d.reason_count; i++) {
        postern_buf_printf(text, i ? "           " : "  because  ");
        cli_reason_text(&d.reasons[i], text);
        postern_buf_add_byte(text, '\n');
    }
}

static void write_text(const asker *a, postern_slice url, const postern_zone_decision *d, postern_buf *text) {
    postern_escape_line(text, url, 2000);
    postern_buf_printf(text, "\n  zone     %s (%d)%s\n", postern_zone_name(d->zone), (int)d->zone,
                       d->openable ? "" : ", not opened");
    for (size_t i = 0; i < d->reason_count; i++) {
        postern_buf_printf(text, i ? "           " : "  because  ");
        cli_reason_text(&d->reasons[i], text);
        postern_buf_add_byte(text, '\n');
    }
    if (a->args->action) write_action(a, d->zone, text);
}

static void write_json(const asker *a, postern_slice url, const postern_zone_decision *d, postern_buf *text) {
    postern_json json;
    postern_json_init(&json, text, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    postern_json_key(&json, "url");
    postern_json_string(&json, url);
    postern_json_key(&json, "zone");
    postern_json_uint(&json, (uint64_t)d->zone);
    postern_json_key(&json, "zone_name");
    postern_json_cstr(&json, postern_zone_name(d->zone));
    postern_json_key(&json, "openable");
    postern_json_bool(&json, d->openable);
    cli_reasons_json(d->reasons, d->reason_count, &json);
    if (a->args->action) {
        postern_action_decision action;
        postern_zone_action(a->policy, d->zone, a->action, false, &action);
        postern_json_key(&json, "action");
        postern_json_object(&json);
        postern_json_key(&json, "number");
        postern_json_uint(&json, a->action);
        postern_json_key(&json, "name");
        postern_json_cstr(&json, postern_action_name(a->action));
        postern_json_key(&json, "value");
        postern_json_uint(&json, action.value);
        postern_json_key(&json, "policy");
        postern_json_cstr(&json, postern_policy_value_name(a->action, action.value));
        cli_reasons_json(action.reasons, action.reason_count, &json);
        postern_json_end_object(&json);
    }
    postern_json_end_object(&json);
    postern_buf_add_byte(text, '\n');
}

static postern_status ask(asker *a, postern_slice url) {
    postern_zone_context context = {.has_caller = a->args->has_zone,
                                    .caller = a->args->zone,
                                    .local_proof = a->args->local,
                                    .bypasses_proxy = a->args->bypasses_proxy,
                                    .enhanced_security = a->args->enhanced_security};
    postern_zone_decision decision;
    postern_arena *arena = postern_arena_new(64 << 20);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = postern_zone_evaluate(a->policy, url, &context, arena, &decision);
    postern_buf text;
    postern_buf_init(&text, 64 << 20);
    if (!status) {
        a->refused |= !decision.openable;
        if (a->args->json)
            write_json(a, url, &decision, &text);
        else
            write_text(a, url, &decision, &text);
        status = text.status ? text.status : postern_sink_write(&a->out, postern_buf_slice(&text));
    }
    postern_buf_free(&text);
    postern_arena_free(arena);
    return status;
}

/* A list: one URL a line, empty lines passed over. */
static postern_status ask_list(asker *a, postern_slice list) {
    postern_status status = POSTERN_OK;
    while (list.len && !status) {
        postern_cut line = postern_slice_cut(list, '\n');
        postern_slice url = line.head;
        list = line.tail;
        if (url.len && url.ptr[url.len - 1] == '\r') url.len--;
        if (url.len) status = ask(a, url);
    }
    return status;
}

static postern_status ask_all(asker *a, postern_error *error) {
    const cli_args *args = a->args;
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < args->file_count && !status; i++) {
        postern_file *list;
        if (strcmp(args->files[i], "-")) {
            status = ask(a, postern_slice_cstr(args->files[i]));
            continue;
        }
        status = postern_file_read(STDIN_FILENO, &list, error);
        if (status) return status;
        status = ask_list(a, postern_file_bytes(list));
        postern_file_close(list);
    }
    return status ? postern_fail(error, status, POSTERN_NO_OFFSET, "cannot judge the list: %s", postern_status_name(status))
                  : status;
}

static postern_status export_policy(asker *a) {
    postern_buf text;
    postern_buf_init(&text, POSTERN_LIMIT_INPUT);
    postern_status status = postern_policy_write_reg(a->policy, &text);
    if (!status) status = postern_sink_write(&a->out, postern_buf_slice(&text));
    postern_buf_free(&text);
    return status;
}

static cli_exit write_answers(asker *a, postern_output *out) {
    bool exports = a->args->file_count == 1 && !strcmp(a->args->files[0], "export");
    postern_error error = {.offset = POSTERN_NO_OFFSET, .text = "cannot write the policy"};
    a->out = postern_output_sink(out);
    cli_guard_add(out);
    postern_status status = exports ? export_policy(a) : ask_all(a, &error);
    if (status != POSTERN_IO && status) {
        cli_message_error(STDERR_FILENO, NULL, &error);
        return cli_exit_of(status);
    }
    status = postern_output_commit(out, &error);
    if (!status) return a->refused ? CLI_DEFECTS : CLI_CLEAN;
    cli_message_error(STDERR_FILENO, a->args->out, &error);
    return CLI_FAILED;
}

typedef struct base {
    const cli_args *args;
    cli_system system;
    int out_dir;
} base;

/* The policy of the system below --root, under the .reg files. */
static cli_exit add_system(void *user, postern_policy *policy) {
    base *b = user;
    postern_error error;
    cli_exit code = cli_tree_sandbox(&b->system.tree, b->args, &b->out_dir, 1);
    if (!code) code = cli_system_open(&b->system);
    if (!code) code = cli_system_choose_user(&b->system, b->args->user);
    if (code) return code;
    const postern_win_view view = {.user = b->system.user};
    postern_status status = postern_win_policy(b->system.tree.win, &view, policy, &error);
    if (!status) return CLI_CLEAN;
    cli_message_error(STDERR_FILENO, b->args->root, &error);
    return cli_exit_of(status);
}

static cli_exit judge(asker *a, base *b, postern_output *out) {
    postern_policy *policy;
    size_t defects;
    cli_exit code = cli_policy_load_over(a->args, a->args->root ? add_system : NULL, b, &policy, &defects);
    if (code) return code;
    a->policy = policy;
    cli_guard_install(a->args->out, STDERR_FILENO);
    code = write_answers(a, out);
    cli_guard_remove(out);
    postern_policy_free(policy);
    return code == CLI_CLEAN && defects ? CLI_DEFECTS : code;
}

static cli_exit run(const cli_args *args) {
    asker a = {.args = args};
    base b = {.args = args, .system = {.tree = CLI_NO_TREE}, .out_dir = -1};
    postern_output *out;
    postern_error error;
    cli_exit code = CLI_CLEAN;
    if (args->action && !postern_action_parse(postern_slice_cstr(args->action), &a.action)) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "zone: no such action: %s", args->action);
        return CLI_USAGE;
    }
    for (size_t i = 0; i < args->file_count && args->file_count > 1; i++) {
        if (strcmp(args->files[i], "export")) continue;
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "zone: export stands alone; a host of that name is http://export/");
        return CLI_USAGE;
    }
    if (args->user && !args->root) {
        cli_message(STDERR_FILENO, NULL, POSTERN_NO_OFFSET, "zone: --user belongs to --root");
        return CLI_USAGE;
    }
    if (args->root) code = cli_system_prepare(args->root, &b.system);
    if (code) return code;
    bool to_stdout = !args->out || !strcmp(args->out, "-");
    postern_status status = to_stdout ? postern_output_fd(STDOUT_FILENO, &out, &error)
                                      : cli_output_open(args->out, &out, &b.out_dir, &error);
    if (status) {
        cli_message_error(STDERR_FILENO, args->out, &error);
        code = CLI_FAILED;
    } else {
        code = judge(&a, &b, out);
        postern_output_free(out);
        if (b.out_dir >= 0) close(b.out_dir);
    }
    cli_tree_close(&b.system.tree);
    return code;
}

const cli_command cli_command_zone = {
    .name = "zone",
    .operands = "URL... | - | export",
    .what = "the security zone of URLs, and why",
    .about = "Judges each URL by the policy (built in: nothing is trusted) and prints its zone with the\n"
             "chain of reasons; with --action what that zone may do. - reads a list, one URL a line.\n"
             "`postern zone export -o OUT.reg` writes the effective policy.\n"
             "--root reads it from an offline Windows system or a Wine prefix.\n"
             "exit: 1 when a URL is refused or the policy has defects.\n",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .min_files = 1,
    .max_files = SIZE_MAX,
    .run = run,
};
