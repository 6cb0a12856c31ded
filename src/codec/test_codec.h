/* What the unit tests of the room codec share: collecting notes, and random numbers that are the same in each run. */
#ifndef POSTERN_TEST_CODEC_H
#define POSTERN_TEST_CODEC_H

#include "base/test_base.h"
#include "base/test_oom.h"

#include "codec/charset_int.h"

typedef struct noted {
    size_t count[POSTERN_NOTE_COUNT], all;
    uint64_t first[POSTERN_NOTE_COUNT]; /* offset of the first of its kind */
} noted;

static inline void noted_add(void *user, const postern_note *note) {
    noted *n = user;
    if (!n->count[note->kind]++) n->first[note->kind] = note->offset;
    n->all++;
}

static inline postern_notes noted_sink(noted *n) {
    *n = (noted){.all = 0};
    return (postern_notes){noted_add, n};
}

static inline uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* A sink that fails at the write number `at`, with IO. */
typedef struct failing_sink {
    size_t at, calls;
} failing_sink;

static inline postern_status failing_write(void *user, const void *bytes, size_t len) {
    failing_sink *f = user;
    (void)bytes, (void)len;
    return f->calls++ == f->at ? POSTERN_IO : POSTERN_OK;
}

#endif
