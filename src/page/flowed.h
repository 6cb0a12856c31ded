/* Lines of plain text: quotes and format=flowed (RFC 3676). */
#ifndef POSTERN_PAGE_FLOWED_H
#define POSTERN_PAGE_FLOWED_H

#include "postern/mime.h"

enum { PAGE_QUOTES_MAX = 64 }; /* deeper quotes are shown this deep */

typedef struct page_flow {
    bool flowed, delsp;
} page_flow;

typedef struct page_flow_line {
    postern_slice text;
    unsigned quotes;
    bool flows; /* the next line of the same depth goes on with it */
} page_flow_line;

/* What the part's Content-Type says; NOMEM only. */
postern_status page_flow_of(postern_arena *arena, const postern_part *part, page_flow *ret_flow) POSTERN_MUST;
/* One line, which may still have its CR at the end: without quotes, stuffing and, with DelSp, its last blank. */
page_flow_line page_flow_read(postern_slice raw, page_flow flow);

#endif
