/* Between the files of the room scan. */
#ifndef POSTERN_SCAN_INT_H
#define POSTERN_SCAN_INT_H

#include "postern/scan.h"

/* The ways in which transfer encodings are decoded in the wild. Each fills `out` and returns whether the bytes fit it at all.
 */
typedef struct view_decoder {
    const char *reading;
    bool (*decode)(postern_slice body, postern_buf *out);
} view_decoder;

extern const view_decoder view_decoders[];
extern const size_t view_decoder_count;

#endif
