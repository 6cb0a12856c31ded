/*
 * What has to be asked: /c without a folder, and, with /q:u and /r:i, what nobody can decide but the user. Questions go to
 * standard error, answers come from standard input, a line each; no answer is a no.
 */
#include "update.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ANSWER_MAX = 4096 };

/* Byte by byte: what stands behind the line is somebody else's. */
static bool read_line(char answer[ANSWER_MAX]) {
    size_t len = 0;
    ssize_t got = 0;
    for (char c; len + 1 < ANSWER_MAX && (got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n';) answer[len++] = c;
    answer[len] = 0;
    return len || got == 1;
}

static void ask(const char *label, const char *question, const char *tail) {
    postern_buf text;
    postern_buf_init(&text, 1 << 16);
    if (label) {
        postern_escape_line(&text, postern_slice_cstr(label), ANSWER_MAX);
        postern_buf_printf(&text, ": ");
    }
    postern_escape_line(&text, postern_slice_cstr(question), ANSWER_MAX);
    postern_buf_printf(&text, "%s", tail);
    cli_progress_clear();
    cli_write_all(STDERR_FILENO, text.ptr, text.len);
    postern_buf_free(&text);
}

bool cli_ask(const char *label, const char *question) {
    char answer[ANSWER_MAX];
    ask(label, question, " [y/N] ");
    if (!read_line(answer)) return false;
    postern_slice word = postern_slice_trim(postern_slice_cstr(answer));
    return postern_slice_eq_nocase(word, POSTERN_S("y")) || postern_slice_eq_nocase(word, POSTERN_S("yes"));
}

char *cli_ask_text(const char *question) {
    char answer[ANSWER_MAX];
    ask(NULL, question, " ");
    if (!read_line(answer)) return NULL;
    postern_slice word = postern_slice_trim(postern_slice_cstr(answer));
    return word.len ? strndup((const char *)word.ptr, word.len) : NULL;
}

/* Versions decide; where one side has none, somebody has to. */
static bool ask_files(const char *label, const postern_update_plan *plan) {
    for (size_t i = 0; i < plan->step_count; i++) {
        const postern_update_step *step = &plan->steps[i];
        const postern_package_file *file = &plan->package->files[step->file];
        if (step->kind != POSTERN_STEP_REPLACE || step->is_cache || (step->has_version && file->has_version)) continue;
        postern_buf question;
        postern_buf_init(&question, 1 << 16);
        postern_buf_add_slice(&question, step->path);
        postern_buf_printf(&question, " cannot be compared by version; replace it?");
        postern_buf_add_byte(&question, 0);
        bool yes = !question.status && cli_ask(label, (const char *)question.ptr);
        postern_buf_free(&question);
        if (!yes) return false;
    }
    return true;
}

bool cli_ask_plan(const char *label, const cli_switches *switches, const postern_update_plan *plan) {
    if (switches->quiet) return true;
    if (switches->user_quiet && !ask_files(label, plan)) return false;
    bool restart = plan->restart_reason.len && (switches->user_quiet || switches->ask_restart);
    return !restart || cli_ask(label, "its files will change when the system starts next; go on?");
}
