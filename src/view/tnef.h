/* winmail.dat: what it holds, and the same as parts of a message. */
#ifndef POSTERN_VIEW_TNEF_H
#define POSTERN_VIEW_TNEF_H

#include "view_int.h"

typedef struct tnef_attachment {
    postern_slice name, type, content_id, bytes; /* as the stream has them; names are UTF-8 or of the code page */
    postern_slice message;                       /* a stream of its own: a message that was attached as an object */
} tnef_attachment;

typedef struct tnef {
    postern_arena *arena;
    postern_status status;
    postern_slice text, html, rtf; /* rtf: unpacked */
    postern_slice subject, from, address, to, cc; /* UTF-8 or of the code page */
    int64_t date;                                     /* seconds since 1970 */
    bool text_is_utf8, has_date, cut;                 /* cut: what it says of itself is not all there */
    uint32_t codepage, html_codepage; /* numbers of Windows; 0: not said */
    tnef_attachment attachments[POSTERN_LIMIT_VIEWER_TNEF_FILES];
    size_t count;   /* others are left out */
    unsigned *left; /* messages that may still be opened */
} tnef;

/* Views of `bytes` and of the arena. FORMAT: no TNEF. */
postern_status tnef_read(postern_arena *arena, postern_slice bytes, tnef *ret) POSTERN_MUST;
/* A message with each winmail.dat in it replaced by a multipart/mixed of what it holds; without any, `bytes` themselves.
 * *ret_cut: one was cut short, or damaged, or held more than is unpacked. */
postern_status tnef_open_message(postern_arena *arena, postern_slice bytes, postern_slice *ret_bytes, bool *ret_any,
                                 bool *ret_cut) POSTERN_MUST;

#endif
