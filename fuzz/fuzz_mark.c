/*
 * Fuzz target of marks of origin. Input: a document or a Zone.Identifier stream; both readers see it.
 *
 * Properties: what is malformed is Internet at best (Z10), the zone is one of five, the URL has no more text than the input; a
 * stream that we write for the zone and URL just read is read back well-formed and at least as strict (Z19).
 */
#include <stdlib.h>

#include "postern/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool good) {
    if (!good) abort();
}

static void check(const postern_mark *mark, size_t len) {
    must(!mark->malformed || mark->present);
    if (!mark->present) return;
    must(mark->zone >= POSTERN_ZONE_LOCAL_MACHINE && mark->zone <= POSTERN_ZONE_RESTRICTED);
    must(!mark->malformed || postern_zone_least(mark->zone, POSTERN_ZONE_INTERNET) == mark->zone);
    must(mark->url.len <= len * 3);
}

static void write_back(postern_arena *arena, const postern_mark *mark) {
    postern_mark again;
    postern_buf buf;
    postern_buf_init(&buf, 1 << 20);
    must(postern_mark_write(&buf, mark->zone, mark->url) == POSTERN_OK);
    postern_mark_from_stream(arena, postern_buf_slice(&buf), &again);
    must(again.present && !again.malformed);
    must(postern_zone_least(again.zone, mark->zone) == again.zone);
    postern_buf_free(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    postern_arena *arena = postern_arena_new(64 << 20);
    postern_mark mark;
    if (!arena) return 0;
    postern_mark_from_comment(arena, postern_slice_of(bytes, len), &mark);
    check(&mark, len);
    if (mark.present) must(postern_zone_least(mark.zone, POSTERN_ZONE_INTERNET) == mark.zone);
    write_back(arena, &mark);
    postern_mark_from_stream(arena, postern_slice_of(bytes, len), &mark);
    check(&mark, len);
    must(mark.present);
    write_back(arena, &mark);
    postern_arena_free(arena);
    return 0;
}
