/* --policy and reasons: what zone and resolve share. */
#include "cli_int.h"

#include <fcntl.h>
#include <unistd.h>

/* Read before the sandbox, understood behind it. */
static cli_exit read_files(const cli_args *args, postern_file *files[CLI_WORDS_MAX]) {
    for (size_t i = 0; i < args->policies.count; i++) {
        postern_error error;
        const char *path = args->policies.word[i];
        if (!strcmp(path, "builtin")) continue; /* a file of that name is ./builtin */
        postern_status status = postern_file_open(AT_FDCWD, path, &files[i], &error);
        if (!status) continue;
        cli_message_error(STDERR_FILENO, path, &error);
        return status == POSTERN_NOMEM ? CLI_FAILED : CLI_UNUSABLE;
    }
    return CLI_CLEAN;
}

static cli_exit add_files(const cli_args *args, postern_file *const files[CLI_WORDS_MAX], postern_policy *policy) {
    for (size_t i = 0; i < args->policies.count; i++) {
        postern_error error;
        postern_status status =
            files[i] ? postern_policy_add_reg(policy, postern_file_bytes(files[i]), &error) : POSTERN_OK;
        if (!status) continue;
        cli_message_error(STDERR_FILENO, args->policies.word[i], &error);
        return status == POSTERN_NOMEM ? CLI_FAILED : CLI_UNUSABLE;
    }
    return CLI_CLEAN;
}

static void tell_defects(const postern_policy *policy) {
    for (size_t i = 0; i < postern_policy_defect_count(policy); i++) {
        const postern_policy_defect *defect = postern_policy_defect_at(policy, i);
        postern_buf line;
        postern_buf_init(&line, 4096);
        postern_buf_add_slice(&line, postern_slice_sub(defect->key, 0, 1500));
        postern_buf_printf(&line, ", value ");
        postern_buf_add_slice(&line, postern_slice_sub(defect->name, 0, 200));
        postern_buf_printf(&line, ": %s", defect->text);
        cli_message(STDERR_FILENO, "policy", POSTERN_NO_OFFSET, "%.*s", (int)line.len, (const char *)line.ptr);
        postern_buf_free(&line);
    }
}

cli_exit cli_policy_load_over(const cli_args *args, cli_exit (*base)(void *user, postern_policy *policy), void *user,
                              postern_policy **ret_policy, size_t *ret_defects) {
    postern_policy *policy;
    postern_file *files[CLI_WORDS_MAX] = {0};
    postern_error error = {.status = POSTERN_NOMEM, .offset = POSTERN_NO_OFFSET, .text = "no memory"};
    if (postern_policy_new(&policy)) {
        cli_message_error(STDERR_FILENO, NULL, &error);
        return CLI_FAILED;
    }
    cli_exit code = read_files(args, files);
    if (!code && base) code = base(user, policy);
    if (!code) code = add_files(args, files, policy);
    for (size_t i = 0; i < CLI_WORDS_MAX; i++) postern_file_close(files[i]);
    if (!code && args->harden) postern_policy_harden_local_machine(policy);
    if (!code && postern_policy_seal(policy, &error)) {
        cli_message_error(STDERR_FILENO, "policy", &error);
        code = CLI_FAILED;
    }
    if (code) {
        postern_policy_free(policy);
        return code;
    }
    if (!args->quiet) tell_defects(policy);
    *ret_defects = postern_policy_defect_count(policy);
    *ret_policy = policy;
    return CLI_CLEAN;
}

cli_exit cli_policy_load(const cli_args *args, postern_policy **ret_policy, size_t *ret_defects) {
    return cli_policy_load_over(args, NULL, NULL, ret_policy, ret_defects);
}

bool cli_policy_wanted(const cli_args *args) {
    return args->policies.count || args->harden;
}

cli_exit cli_policy_for_jobs(const cli_args *args, postern_policy **ret_policy, size_t *ret_defects) {
    *ret_policy = NULL;
    *ret_defects = 0;
    return cli_policy_wanted(args) ? cli_policy_load(args, ret_policy, ret_defects) : CLI_CLEAN;
}

void cli_reason_text(const postern_reason *reason, postern_buf *out) {
    postern_buf_printf(out, "%s: %s", reason->rule, reason->text);
    if (reason->detail.len) {
        postern_buf_printf(out, ": ");
        postern_escape_line(out, reason->detail, 300);
    }
}

void cli_reasons_json(const postern_reason *reasons, size_t count, postern_json *json) {
    postern_json_key(json, "reasons");
    postern_json_array(json);
    for (size_t i = 0; i < count; i++) {
        postern_json_object(json);
        postern_json_key(json, "rule");
        postern_json_cstr(json, reasons[i].rule);
        postern_json_key(json, "text");
        postern_json_cstr(json, reasons[i].text);
        postern_json_key(json, "detail");
        postern_json_string(json, reasons[i].detail);
        postern_json_key(json, "zone");
        postern_json_uint(json, (uint64_t)reasons[i].zone);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}
