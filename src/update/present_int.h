/* Inside the list of what is present: rows that grow while traces are found. */
#ifndef POSTERN_PRESENT_INT_H
#define POSTERN_PRESENT_INT_H

#include "service_int.h"

typedef struct present_trace {
    postern_trace trace;
    const postern_key *key; /* NULL: no key */
    struct present_trace *next;
} present_trace;

typedef struct present_row {
    postern_present present;
    present_trace *first, *last;
    struct present_row *next;
} present_row;

typedef struct present_list {
    postern_servicing *s;
    present_row *rows; /* sorted by id */
    size_t count;
    postern_audit *audit;
    postern_error *reterr;
} present_list;

/* The row of an id, made when it is missing; NULL: no memory. */
present_row *present_row_of(present_list *list, postern_slice id);
postern_status present_add(present_list *list, postern_slice id, postern_trace trace, const postern_key *key,
                           postern_slice title) POSTERN_MUST;
/* All traces (present.c), then what contains what and what disagrees (present_judge.c). */
postern_status present_collect(present_list *list) POSTERN_MUST;
postern_status present_judge(present_list *list) POSTERN_MUST;
/* What an update's own list of files ("Filelist") says: NULL in *ret_key when it has none. */
postern_status present_file_list(const present_row *row, const postern_key **ret_key, postern_error *reterr) POSTERN_MUST;

/* One row of such a list: where the file belongs and which version it is to have. */
typedef struct present_file {
    postern_slice path;
    bool has_version;
    postern_win_version wanted;
} present_file;
/* False in *ret_file_given: the row names no file that can be looked for. */
postern_status present_file_at(present_list *list, const postern_key *files, size_t index, present_file *ret_file,
                               bool *ret_given) POSTERN_MUST;
/* Whether the tree has it: NULL, or what is wrong ("is not there", "is older than …"). *ret_found: its version, as text. */
postern_status present_file_look(present_list *list, const present_file *file, const char **ret_wrong,
                                 postern_slice *ret_found) POSTERN_MUST;

/* The row of an id; NULL: none. */
present_row *present_find(const present_list *list, postern_slice id);
/* What the audit found out about the MHTML handler of a component; NULL: nothing. */
const postern_evidence *present_handler_of(const postern_audit_component *c);

#endif
