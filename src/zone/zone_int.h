/* Between the files of the room zone. */
#ifndef POSTERN_ZONE_INT_H
#define POSTERN_ZONE_INT_H

#include "postern/zone.h"

/* How far into a document a saved-from comment is looked for, and how much of a Zone.Identifier stream is read. Browsers put
 * the comment before the first tag; streams have a few hundred bytes. */
enum { MARK_SEARCH = 64 << 10 };

/* `bytes` in UTF-8 without its mark: UTF-16 with a byte order mark is narrowed into the arena, at most MARK_SEARCH bytes of
 * it, so that another encoding hides nothing. False: no memory. */
bool mark_text(postern_arena *arena, postern_slice bytes, postern_slice *ret_text);

/* The zone of a URL that a mark names. *ret_odd: not one that a mark can sensibly name. */
postern_zone mark_url_zone(postern_arena *arena, postern_slice url, bool *ret_odd);

#endif
