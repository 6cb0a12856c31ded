/* What the files of postern thumbnail share: a picture in memory, and what is drawn on it. */
#ifndef POSTERN_THUMB_INT_H
#define POSTERN_THUMB_INT_H

#include "cli_int.h"

typedef struct thumb {
    uint8_t *rgb; /* rows of width * 3 bytes */
    unsigned width, height;
} thumb;

bool thumb_new(thumb *t, unsigned width, unsigned height); /* white; false: no memory */
void thumb_free(thumb *t);
/* Whether this build can: libpng and libturbojpeg. */
bool thumb_is_built(void);
/* The size of a PNG or JPEG, from its head. */
bool thumb_measure(postern_media media, postern_slice bytes, unsigned *ret_width, unsigned *ret_height);
/* Decodes it; of a JPEG at no less than `least` pixels of width where that saves work. */
bool thumb_decode(postern_media media, postern_slice bytes, unsigned least, thumb *ret_picture);
/* As PNG. */
bool thumb_encode(const thumb *t, postern_buf *out);

#endif
