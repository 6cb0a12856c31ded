/*
 * What a part really is (Z7): the signature of its first decoded bytes decides for pictures, fonts, sound and film, whatever
 * type is declared; SVG alone has to be declared. A part that matches nothing is not shown in such a place at all.
 */
#include "mhtml_int.h"

enum { HEAD = 512, RAW_HEAD = 4096 };

typedef struct head_sink {
    uint8_t bytes[HEAD];
    size_t len;
} head_sink;

/* Ends the decoding when it has enough. */
static postern_status head_write(void *user, const void *bytes, size_t len) {
    head_sink *head = user;
    size_t room = HEAD - head->len;
    if (len > room) len = room;
    memcpy(head->bytes + head->len, bytes, len);
    head->len += len;
    return head->len == HEAD ? POSTERN_LIMIT : POSTERN_OK;
}

static bool at(postern_slice s, size_t from, const char *text, size_t len) {
    return postern_slice_starts(postern_slice_from(s, from), postern_slice_of(text, len));
}
#define AT(s, from, literal) at((s), (from), "" literal, sizeof(literal) - 1)

static postern_media iso_media(postern_slice s) {
    if (!AT(s, 4, "ftyp")) return POSTERN_MEDIA_NONE;
    if (AT(s, 8, "avif") || AT(s, 8, "avis")) return POSTERN_MEDIA_AVIF;
    if (AT(s, 8, "mif1") || AT(s, 8, "msf1")) { /* AVIF or HEIF by its compatible brands */
        for (size_t i = 16; i + 4 <= s.len && i < 64; i += 4)
            if (AT(s, i, "avif")) return POSTERN_MEDIA_AVIF;
        return POSTERN_MEDIA_NONE;
    }
    static const char brands[][5] = {"isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42",
                                     "avc1", "M4V ", "M4A ", "M4VH", "dash", "MSNV"};
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (at(s, 8, brands[i], 4)) return POSTERN_MEDIA_MP4;
    return POSTERN_MEDIA_NONE;
}

static uint32_t le32_at(postern_slice s, size_t from) {
    postern_cursor c = postern_cursor_of(postern_slice_from(s, from));
    return postern_cursor_le32(&c);
}

static bool is_bmp(postern_slice s) {
    uint32_t header = le32_at(s, 14);
    return AT(s, 0, "BM") && s.len >= 26 && (header == 12 || (header >= 40 && header <= 124)) && le32_at(s, 6) == 0;
}

static bool is_ico(postern_slice s) {
    return (AT(s, 0, "\0\0\1\0") || AT(s, 0, "\0\0\2\0")) && s.len >= 22 && (s.ptr[4] || s.ptr[5]) && s.ptr[9] == 0;
}

/* A frame header that MPEG audio layer 3 can have. */
static bool is_mp3(postern_slice s) {
    if (AT(s, 0, "ID3")) return true;
    return s.len > 4 && s.ptr[0] == 0xFF && (s.ptr[1] & 0xE6) == 0xE2 && (s.ptr[1] & 0x18) != 0x08 && (s.ptr[2] >> 4) != 15 &&
           (s.ptr[2] >> 4) != 0 && (s.ptr[2] & 0x0C) != 0x0C;
}

postern_media postern_media_of(postern_slice s) {
    if (AT(s, 0, "\x89PNG\r\n\x1A\n")) return POSTERN_MEDIA_PNG;
    if (AT(s, 0, "\xFF\xD8\xFF")) return POSTERN_MEDIA_JPEG;
    if (AT(s, 0, "GIF87a") || AT(s, 0, "GIF89a")) return POSTERN_MEDIA_GIF;
    if (AT(s, 0, "RIFF") && AT(s, 8, "WEBP")) return POSTERN_MEDIA_WEBP;
    if (AT(s, 0, "RIFF") && AT(s, 8, "WAVE")) return POSTERN_MEDIA_WAV;
    if (AT(s, 0, "wOFF")) return POSTERN_MEDIA_WOFF;
    if (AT(s, 0, "wOF2")) return POSTERN_MEDIA_WOFF2;
    if (AT(s, 0, "OTTO")) return POSTERN_MEDIA_OPENTYPE;
    if (AT(s, 0, "\0\1\0\0\0") || AT(s, 0, "true\0") || AT(s, 0, "ttcf\0")) return POSTERN_MEDIA_TRUETYPE;
    if (AT(s, 0, "OggS\0")) return POSTERN_MEDIA_OGG;
    if (AT(s, 0, "\x1A\x45\xDF\xA3") && postern_slice_find(postern_slice_sub(s, 0, 64), 0, POSTERN_S("webm")) != SIZE_MAX)
        return POSTERN_MEDIA_WEBM;
    if (AT(s, 0, "II*\0") || AT(s, 0, "MM\0*")) return POSTERN_MEDIA_TIFF;
    if (AT(s, 0, "\1\0\0\0") && AT(s, 40, " EMF")) return POSTERN_MEDIA_EMF;
    if (AT(s, 0, "\xD7\xCD\xC6\x9A") || AT(s, 0, "\1\0\x09\0\0\3")) return POSTERN_MEDIA_WMF;
    if (is_bmp(s)) return POSTERN_MEDIA_BMP;
    if (is_ico(s)) return POSTERN_MEDIA_ICO;
    if (is_mp3(s)) return POSTERN_MEDIA_MP3;
    return iso_media(s);
}

postern_media postern_archive_part_media(postern_archive *archive, uint32_t index) {
    const postern_part *part = mhtml_part(archive, index);
    if (!part || (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE))) return POSTERN_MEDIA_NONE;
    head_sink head = {.len = 0};
    postern_sink sink = {head_write, &head};
    postern_status status =
        postern_decode(part->encoding, postern_slice_sub(part->body, 0, RAW_HEAD), &sink, NULL, POSTERN_NO_PART, 0);
    if (status != POSTERN_OK && head.len < HEAD) return POSTERN_MEDIA_NONE;
    postern_media media = postern_media_of(postern_slice_of(head.bytes, head.len));
    if (media == POSTERN_MEDIA_NONE && head.len && postern_slice_eq(part->type, POSTERN_S("image/svg+xml")))
        return POSTERN_MEDIA_SVG;
    return media;
}

const char *postern_media_type(postern_media media) {
    static const char *const names[] = {
        [POSTERN_MEDIA_NONE] = "application/octet-stream",
        [POSTERN_MEDIA_PNG] = "image/png",
        [POSTERN_MEDIA_JPEG] = "image/jpeg",
        [POSTERN_MEDIA_GIF] = "image/gif",
        [POSTERN_MEDIA_WEBP] = "image/webp",
        [POSTERN_MEDIA_BMP] = "image/bmp",
        [POSTERN_MEDIA_ICO] = "image/x-icon",
        [POSTERN_MEDIA_AVIF] = "image/avif",
        [POSTERN_MEDIA_SVG] = "image/svg+xml",
        [POSTERN_MEDIA_WOFF] = "font/woff",
        [POSTERN_MEDIA_WOFF2] = "font/woff2",
        [POSTERN_MEDIA_TRUETYPE] = "font/ttf",
        [POSTERN_MEDIA_OPENTYPE] = "font/otf",
        [POSTERN_MEDIA_MP4] = "video/mp4",
        [POSTERN_MEDIA_WEBM] = "video/webm",
        [POSTERN_MEDIA_OGG] = "application/ogg",
        [POSTERN_MEDIA_MP3] = "audio/mpeg",
        [POSTERN_MEDIA_WAV] = "audio/wav",
        [POSTERN_MEDIA_TIFF] = "image/tiff",
        [POSTERN_MEDIA_EMF] = "image/emf",
        [POSTERN_MEDIA_WMF] = "image/wmf",
    };
    return (size_t)media < sizeof names / sizeof *names ? names[media] : names[POSTERN_MEDIA_NONE];
}
