/*
 * postern audit --query: single facts of a system, asked the way an inventory would. A question about HKEY_CURRENT_USER or a
 * user's folders is asked of every user that has a hive.
 */
#include "audit.h"
#include "table.h"

#include <unistd.h>

enum { QUERY_MEMORY = 1 << 20 };

static bool is_of_user(postern_slice text) {
    static const char *const signs[] = {"HKCU", "HKEY_CURRENT_USER", "%userprofile%", "%appdata%", "%localappdata%"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (postern_slice_find_nocase(text, 0, postern_slice_cstr(signs[i])) != SIZE_MAX) return true;
    return false;
}

typedef struct asker {
    cli_job *job;
    postern_win *win;
    const char *text;
    cli_table *table;
    postern_buf *out;
    cli_exit code;
} asker;

static void write_answer(asker *a, size_t user, const postern_query_answer *answer) {
    postern_slice name = user == POSTERN_NO_USER ? (postern_slice){0} : postern_win_user_at(a->win, user)->name;
    if (!a->job->args->json) {
        if (a->job->count > 1) cli_table_cell(a->table, postern_slice_cstr(a->job->label));
        cli_table_cell(a->table, answer->holds ? POSTERN_S("yes") : POSTERN_S("no"));
        cli_table_cell(a->table, name);
        cli_table_cell(a->table, postern_slice_cstr(a->text));
        cli_table_cell(a->table, answer->exists ? answer->actual : POSTERN_S("absent"));
        cli_table_cell(a->table, answer->object);
        return;
    }
    postern_json json;
    postern_json_init(&json, a->out, false);
    postern_json_object(&json);
    postern_json_key(&json, "format");
    postern_json_uint(&json, 1);
    cli_key_string(&json, "root", postern_slice_cstr(a->job->label));
    cli_key_string(&json, "query", postern_slice_cstr(a->text));
    postern_json_key(&json, "user");
    if (name.len)
        postern_json_string(&json, name);
    else
        postern_json_null(&json);
    postern_json_key(&json, "holds");
    postern_json_bool(&json, answer->holds);
    postern_json_key(&json, "exists");
    postern_json_bool(&json, answer->exists);
    cli_key_string(&json, "object", answer->object);
    cli_key_string(&json, "actual", answer->actual);
    postern_json_end_object(&json);
    postern_buf_add_byte(a->out, '\n');
}

static void worse(asker *a, cli_exit code) {
    if (code > a->code) a->code = code;
}

static void ask(asker *a, const postern_query *query, size_t user) {
    const postern_win_view view = {.user = user};
    postern_query_answer answer;
    postern_error error;
    postern_status status = postern_query_ask(a->win, user == POSTERN_NO_USER ? NULL : &view, query, &answer, &error);
    if (status) {
        cli_message(a->job->err_fd, a->job->label, POSTERN_NO_OFFSET, "%s: %s", a->text, error.text);
        worse(a, status == POSTERN_NOMEM ? CLI_FAILED : CLI_UNUSABLE);
        return;
    }
    write_answer(a, user, &answer);
    if (!answer.holds) worse(a, CLI_DEFECTS);
}

static void ask_all(asker *a, const postern_query *query) {
    if (!is_of_user(postern_slice_cstr(a->text))) {
        ask(a, query, POSTERN_NO_USER);
        return;
    }
    size_t users = 0;
    bool of_folder = postern_slice_starts_nocase(postern_slice_cstr(a->text), POSTERN_S("file:"));
    for (size_t u = 0; u < postern_win_user_count(a->win); u++) {
        const postern_win_user *user = postern_win_user_at(a->win, u);
        if (!user->has_hive || (of_folder && user->is_default && !user->profile.len)) continue; /* .DEFAULT has no folder */
        users++;
        ask(a, query, u);
    }
    if (!users) ask(a, query, POSTERN_NO_USER);
}

cli_exit cli_audit_parse_query(const char *text, postern_arena *arena, const postern_query **ret_query) {
    postern_error error;
    postern_status status = postern_query_parse(postern_slice_cstr(text), arena, ret_query, &error);
    if (!status) return CLI_CLEAN;
    cli_message(STDERR_FILENO, text, error.offset, "%s", error.text);
    return status == POSTERN_NOMEM ? CLI_FAILED : CLI_USAGE;
}

cli_exit cli_audit_queries(cli_job *job, postern_win *win) {
    cli_table table;
    postern_buf out;
    postern_arena *arena = postern_arena_new(QUERY_MEMORY);
    cli_table_init(&table, job->count > 1 ? 6 : 5, job->count > 1 ? 5 : 4);
    postern_buf_init(&out, 64u << 20);
    asker a = {.job = job, .win = win, .table = &table, .out = &out, .code = arena ? CLI_CLEAN : CLI_FAILED};
    for (size_t i = 0; arena && i < job->args->queries.count; i++) {
        const postern_query *query;
        a.text = job->args->queries.word[i];
        cli_exit code = cli_audit_parse_query(a.text, arena, &query);
        if (code)
            worse(&a, code);
        else
            ask_all(&a, query);
    }
    if (!job->args->json) cli_table_write(&table, 0, &out);
    cli_exit printed = out.status ? CLI_FAILED : cli_job_print(job, &out);
    cli_table_free(&table);
    postern_buf_free(&out);
    postern_arena_free(arena);
    return printed ? printed : a.code;
}
