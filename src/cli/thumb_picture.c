/*
 * Pictures of a thumbnail: PNG by libpng, JPEG by libturbojpeg, in the sandbox and within POSTERN_LIMIT_THUMB_PIXELS. Other
 * kinds are left out: what draws them has a worse history than a missing picture.
 */
#include "thumb_int.h"

#include <stdlib.h>

#ifdef POSTERN_WITH_THUMBNAILS
#include <png.h>
#include <turbojpeg.h>

bool thumb_is_built(void) { return true; }

static bool is_small_enough(uint64_t width, uint64_t height) {
    return width && height && width <= POSTERN_LIMIT_THUMB_PIXELS && width * height <= POSTERN_LIMIT_THUMB_PIXELS;
}

static bool begin_png(png_image *image, postern_slice bytes) {
    memset(image, 0, sizeof *image);
    image->version = PNG_IMAGE_VERSION;
    bool read = png_image_begin_read_from_memory(image, bytes.ptr, bytes.len) != 0;
    if (read && is_small_enough(image->width, image->height)) return true;
    png_image_free(image);
    return false;
}

static bool jpeg_size(tjhandle handle, postern_slice bytes, int *width, int *height) {
    int sampling, colours;
    return tjDecompressHeader3(handle, bytes.ptr, bytes.len, width, height, &sampling, &colours) == 0 && *width > 0 &&
           *height > 0 && is_small_enough((uint64_t)*width, (uint64_t)*height);
}

bool thumb_measure(postern_media media, postern_slice bytes, unsigned *ret_width, unsigned *ret_height) {
    png_image image;
    int width = 0, height = 0;
    if (media == POSTERN_MEDIA_PNG) {
        if (!begin_png(&image, bytes)) return false;
        *ret_width = image.width;
        *ret_height = image.height;
        png_image_free(&image);
        return true;
    }
    if (media != POSTERN_MEDIA_JPEG) return false;
    tjhandle handle = tjInitDecompress();
    bool known = handle && jpeg_size(handle, bytes, &width, &height);
    if (handle) tjDestroy(handle);
    *ret_width = (unsigned)width;
    *ret_height = (unsigned)height;
    return known;
}

static bool decode_png(postern_slice bytes, thumb *t) {
    const png_color white = {255, 255, 255};
    png_image image;
    if (!begin_png(&image, bytes)) return false;
    image.format = PNG_FORMAT_RGB;
    bool done = thumb_new(t, image.width, image.height) && png_image_finish_read(&image, &white, t->rgb, 0, NULL);
    if (!done) png_image_free(&image);
    return done;
}

/* libturbojpeg halves while it decodes: a large photograph costs little. */
static bool decode_jpeg(postern_slice bytes, unsigned least, thumb *t) {
    int width = 0, height = 0, count = 0;
    tjhandle handle = tjInitDecompress();
    const tjscalingfactor *factors = tjGetScalingFactors(&count);
    bool done = handle && jpeg_size(handle, bytes, &width, &height);
    int to_width = width, to_height = height;
    for (int i = 0; done && factors && i < count; i++) {
        int scaled = TJSCALED(width, factors[i]);
        if (scaled < (int)least || scaled >= to_width) continue;
        to_width = scaled;
        to_height = TJSCALED(height, factors[i]);
    }
    done = done && thumb_new(t, (unsigned)to_width, (unsigned)to_height) &&
           tjDecompress2(handle, bytes.ptr, bytes.len, t->rgb, to_width, 0, to_height, TJPF_RGB, 0) == 0;
    if (handle) tjDestroy(handle);
    return done;
}

bool thumb_decode(postern_media media, postern_slice bytes, unsigned least, thumb *ret_picture) {
    *ret_picture = (thumb){0};
    bool done = media == POSTERN_MEDIA_PNG ? decode_png(bytes, ret_picture) : decode_jpeg(bytes, least, ret_picture);
    if (!done) thumb_free(ret_picture);
    return done;
}

bool thumb_encode(const thumb *t, postern_buf *out) {
    png_image image;
    png_alloc_size_t size = 0;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = t->width;
    image.height = t->height;
    image.format = PNG_FORMAT_RGB;
    if (!png_image_write_to_memory(&image, NULL, &size, 0, t->rgb, 0, NULL) || postern_buf_reserve(out, size)) return false;
    if (!png_image_write_to_memory(&image, out->ptr, &size, 0, t->rgb, 0, NULL)) return false;
    out->len = size;
    return true;
}
#else
bool thumb_is_built(void) { return false; }

bool thumb_measure(postern_media media, postern_slice bytes, unsigned *ret_width, unsigned *ret_height) {
    (void)media;
    (void)bytes;
    (void)ret_width;
    (void)ret_height;
    return false;
}

bool thumb_decode(postern_media media, postern_slice bytes, unsigned least, thumb *ret_picture) {
    (void)media;
    (void)bytes;
    (void)least;
    (void)ret_picture;
    return false;
}

bool thumb_encode(const thumb *t, postern_buf *out) {
    (void)t;
    (void)out;
    return false;
}
#endif

bool thumb_new(thumb *t, unsigned width, unsigned height) {
    size_t size = (size_t)width * height * 3;
    *t = (thumb){malloc(size ? size : 1), width, height};
    if (t->rgb) memset(t->rgb, 0xFF, size);
    return t->rgb != NULL;
}

void thumb_free(thumb *t) {
    free(t->rgb);
    *t = (thumb){0};
}
