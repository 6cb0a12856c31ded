/* What the files of cards share: calendar entries, visiting cards, delivery reports. */
#ifndef POSTERN_VIEW_CARD_INT_H
#define POSTERN_VIEW_CARD_INT_H

#include "view_int.h"

enum { CARD_VALUE_MAX = 4000, CARD_ROWS = 60 };

/* A content line; slices of the unfolded text. */
typedef struct card_line {
    postern_slice name, parameters, value;
    bool quoted; /* the value is quoted-printable (vCard 2.1) */
} card_line;

/* The text without its folds; at most POSTERN_LIMIT_VIEWER_CARD_BYTES of it. */
postern_status card_unfold(postern_arena *arena, postern_slice utf8, postern_slice *ret_text) POSTERN_MUST;
/* The next content line; false at the end. */
bool card_next(postern_slice *rest, card_line *ret_line);
bool card_is(const card_line *line, const char *name);
bool card_parameter(const card_line *line, const char *name, postern_slice *ret_value);
/* The value as people read it; `structured`: its components are joined. Not always valid UTF-8. */
postern_status card_text(postern_arena *arena, const card_line *line, bool structured, postern_slice *ret_text) POSTERN_MUST;

/* A card while it is being filled. The first failure stays; rows beyond the ceiling are left out. */
typedef struct card {
    postern_arena *arena;
    postern_slice title;
    view_card_row rows[CARD_ROWS];
    size_t count;
    postern_status status;
} card;
void card_add(card *c, const char *name, postern_slice value);
void card_add_line(card *c, const char *name, const card_line *line, bool structured);
/* "20260102T090000Z" -> "2026-01-02 09:00 UTC"; what is no date stays. */
postern_slice card_date(card *c, const card_line *line);

/* All cards of one text, at most *left of them. Nothing is told twice. */
void card_calendar(postern_arena *arena, postern_slice utf8, unsigned *left, view_telling *telling);
void card_people(postern_arena *arena, postern_slice utf8, unsigned *left, view_telling *telling);
void card_report(postern_arena *arena, postern_slice text, unsigned *left, view_telling *telling);

#endif
