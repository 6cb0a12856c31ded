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

/* "affected: inetcomm.dll is older than the fix (Outlook Express 6 SP1); install oe6sp1-x86" */
void cli_audit_answer(const cli_audit *a, postern_buf *out);
/* The name of a user of the system, or "machine". */
postern_slice cli_audit_user(const cli_audit *a, size_t user);
const char *cli_audit_sign(postern_evidence_sign sign);
void cli_audit_text(const cli_audit *a, unsigned width, postern_buf *out);
void cli_audit_json(const cli_audit *a, postern_buf *out);
void cli_audit_html(const cli_audit *a, const char *time, postern_buf *out);
/* One row of the matrix of several systems, and its heading. */
void cli_audit_row(const cli_audit *a, postern_buf *out);
void cli_audit_heading(postern_buf *out);
/* The same for a root that cannot be read, as a row or as JSON. */
void cli_audit_unread(const char *root, bool json, postern_buf *out);

/* --query (audit_query.c): asks args->queries of one system. Exit 0: all hold; 1: one does not; 3: one cannot be answered. */
cli_exit cli_audit_queries(cli_job *job, postern_win *win);
/* USAGE with its message when it is no question. */
cli_exit cli_audit_parse_query(const char *text, postern_arena *arena, const postern_query **ret_query);

#endif
