/* winmail.dat: what it holds, and the same as parts of a message. */
#ifndef POSTERN_VIEW_TNEF_H
#define POSTERN_VIEW_TNEF_H

#include "view_int.h"

enum { TNEF_ATTACHMENTS = 200 };

typedef struct tnef_attachment {
    postern_slice name, type, content_id, bytes; /* as the stream has them; names are UTF-8 or of the code page */
} tnef_attachment;

typedef struct tnef {
    postern_arena *arena;
    postern_status status;
    postern_slice text, html, rtf; /* rtf: unpacked */
    bool text_is_utf8, cut;
    uint32_t codepage, html_codepage; /* numbers of Windows; 0: not said */
    tnef_attachment attachments[TNEF_ATTACHMENTS];
    size_t count; /* others are left out */
} tnef;

/* Views of `bytes` and of the arena. FORMAT: no TNEF. */
postern_status tnef_read(postern_arena *arena, postern_slice bytes, tnef *ret) POSTERN_MUST;
/* A message with each winmail.dat in it replaced by a multipart/mixed of what it holds; without any, `bytes` themselves. */
postern_status tnef_open_message(postern_arena *arena, postern_slice bytes, postern_slice *ret_bytes,
                                 bool *ret_any) POSTERN_MUST;

#endif
