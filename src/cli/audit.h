/* audit: what its files of the command share. */
#ifndef POSTERN_CLI_AUDIT_H
#define POSTERN_CLI_AUDIT_H

#include "cli_int.h"

#include "postern/advisory.h"

enum { CLI_AUDIT_WEAK_MAX = 200 };

/* A setting that weakens the zones (MH024), of one user. */
typedef struct cli_audit_weak {
    size_t user;
    char *reason, *excerpt;
} cli_audit_weak;

typedef struct cli_audit {
    const char *root; /* as the command line names it: hostile enough to be escaped */
    postern_win *win;
    const postern_win_system *system;
    const postern_audit_report *report;
    const postern_audit *audit;
    cli_audit_weak weak[CLI_AUDIT_WEAK_MAX];
    size_t weak_count, weak_more;
} cli_audit;

/* What the index of several reports says of one root; `told` false: nothing, it could not be read. */
typedef struct cli_audit_line {
    uint8_t told;
    postern_verdict verdict, component[POSTERN_AUDIT_COMPONENTS];
    size_t answer_length;
    uint8_t answer[1024];
} cli_audit_line;

/* "affected: inetcomm.dll is older than the fix (Outlook Express 6 SP1); install oe6sp1-x86" */
void cli_audit_answer(const cli_audit *a, postern_buf *out);
/* The name of a user of the system, or "machine". */
postern_slice cli_audit_user(const cli_audit *a, size_t user);
const char *cli_audit_sign(postern_evidence_sign sign);
void cli_audit_text(const cli_audit *a, unsigned width, postern_buf *out);
void cli_audit_json(const cli_audit *a, postern_buf *out);
void cli_audit_html(const cli_audit *a, const char *time, postern_buf *out);
/* The matrix of several systems as a page: lines stand `step` bytes apart in `lines`, written by workers (hostile); names are
 * ours, links to NAME.html. */
void cli_audit_html_index(const char *const *roots, const char *const *names, const uint8_t *lines, size_t step, size_t count,
                          postern_buf *out);
/* 'A' affected, 'C' contradiction, 'F' fixed, '?' cannot be told, '.' not affected. */
const char *cli_audit_letter(postern_verdict verdict);
/* "2004-04-13T00:00:00Z" */
void cli_audit_now(char text[32]);
/* One row of the matrix of several systems, and its heading. */
void cli_audit_row(const cli_audit *a, postern_buf *out);
void cli_audit_heading(postern_buf *out);
/* The same for a root that cannot be read, as a row or as JSON. */
void cli_audit_unread(const char *root, bool json, postern_buf *out);

/* ---- --html and --vex (audit_outputs.c) ---- */

/* "host1" of "/mnt/host1/"; never empty. */
postern_slice cli_audit_own_name(const char *root);
/* Before the jobs: which are folders, and names in them. Prints its own messages. */
cli_exit cli_audit_outputs_plan(const cli_args *args);
/* Where the report of this root goes; the caller frees it. NULL: no memory. Only when the option was given. */
char *cli_audit_output_path(const cli_job *job, bool vex);
/* In a worker, before it looks at anything hostile. */
void cli_audit_outputs_keep_own(const cli_job *job);
void cli_audit_outputs_tell(const cli_job *job, const cli_audit *a);
/* For each root in order, as it ended; then the index is written. */
void cli_audit_outputs_ended(cli_exit code);
cli_exit cli_audit_outputs_finish(const cli_args *args);
void cli_audit_outputs_free(void);

/* --query (audit_query.c): asks args->queries of one system. Exit 0: all hold; 1: one does not; 3: one cannot be answered. */
cli_exit cli_audit_queries(cli_job *job, postern_win *win);
/* USAGE with its message when it is no question. */
cli_exit cli_audit_parse_query(const char *text, postern_arena *arena, const postern_query **ret_query);

#endif
