/* What the files of postern extract share. */
#ifndef POSTERN_CLI_EXTRACT_H
#define POSTERN_CLI_EXTRACT_H

#include "cli_int.h"

typedef struct extraction {
    cli_job *job;
    cli_names *names;
    postern_json json;
    postern_buf manifest, mark;
    postern_slice origin; /* http or https URL, or empty */
} extraction;

/* One file with its mark beside it, the mark first (Z19), each whole or not at all (T1). */
cli_exit extract_file(extraction *x, const char *name, postern_status (*write)(void *user, const postern_sink *sink),
                      void *user, uint64_t *ret_written);
/* "FOLDER/NAME  (what, size)" on the job's output. */
cli_exit extract_line(extraction *x, const char *name, const char *what, uint64_t size);
/* --all-views: every payload that some reader may see (extract_views.c). */
cli_exit extract_views(extraction *x);

#endif
