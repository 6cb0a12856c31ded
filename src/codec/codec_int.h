/* What the files of the room codec share. */
#ifndef POSTERN_CODEC_INT_H
#define POSTERN_CODEC_INT_H

#include "postern/codec.h"

/* ---- notes of one call ---- */

/* Bounded: a body of nothing but junk must not make a note for each byte of it. */
typedef struct codec_defects {
    const postern_notes *notes;
    uint32_t part;
    uint64_t base;
    unsigned sent[POSTERN_NOTE_COUNT]; /* by kind */
} codec_defects;

/* `detail` is cut to a few bytes; after POSTERN_LIMIT_CODEC_NOTES of a kind no more of it are sent. */
void codec_defect(codec_defects *d, postern_note_kind kind, size_t offset, postern_slice detail);

/* ---- base64 kernels: one set per kind of processor, all with the same results ---- */

typedef struct base64_kernels {
    const char *name;
    /* Copies alphabet characters from `in` to `out`, passing over CR, LF, blanks and tabs, until another byte, the end
     * of `in` or `room` characters. *ret_consumed: bytes of `in` that are done with. May write anything within
     * out[0..room). */
    size_t (*gather)(const uint8_t *in, size_t len, uint8_t *out, size_t room, size_t *ret_consumed);
    /* 4 * quads alphabet characters -> 3 * quads bytes. */
    void (*decode)(const uint8_t *chars, size_t quads, uint8_t *out);
    /* 3 * triples bytes -> 4 * triples characters. */
    void (*encode)(const uint8_t *bytes, size_t triples, uint8_t *out);
} base64_kernels;

extern const base64_kernels base64_scalar;
/* All that this processor can run, the best first; the last is base64_scalar. Returns how many. */
size_t base64_usable(const base64_kernels **ret_first, size_t max);
const base64_kernels *base64_best(void);

extern const uint8_t base64_value[256]; /* 0..63, 64: a blank or line end, 65: '=', 66: anything else */
extern const uint8_t base64_alphabet[64];

/* The entry points with the kernels given, for the tests. */
postern_status base64_decode_with(const base64_kernels *k, postern_slice in, const postern_sink *out, codec_defects *d);
postern_status base64_copy_with(const base64_kernels *k, postern_slice in, const postern_sink *out, codec_defects *d);

/* ---- the other transfer encodings ---- */

postern_status qp_decode(postern_slice in, const postern_sink *out, codec_defects *d);
postern_status uu_decode(postern_slice in, const postern_sink *out, codec_defects *d);

#endif
