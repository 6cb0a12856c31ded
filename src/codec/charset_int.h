/* What the files about character sets share. */
#ifndef POSTERN_CHARSET_INT_H
#define POSTERN_CHARSET_INT_H

#include "codec_int.h"

/* ---- the table of character sets ---- */

typedef enum charset_kind {
    KIND_NONE,
    KIND_UTF_8,
    KIND_UTF_16LE,
    KIND_UTF_16BE,
    KIND_REPLACEMENT, /* one U+FFFD for anything */
    KIND_SINGLE,      /* charset_single[detail] */
    KIND_USER_DEFINED,
    KIND_PAIRS,       /* charset_pairs_decode, detail: a pairs_kind */
    KIND_UTF_7,
    KIND_ICONV        /* what only mail has: iconv alone, by iconv_name */
} charset_kind;

typedef enum pairs_kind {
    PAIRS_GB18030,
    PAIRS_BIG5,
    PAIRS_SHIFT_JIS,
    PAIRS_EUC_JP,
    PAIRS_EUC_KR,
    PAIRS_ISO_2022_JP,
    PAIRS_HZ
} pairs_kind;

typedef struct charset_info {
    const char *name;
    charset_kind kind;
    int detail;
    const char *iconv_name;
} charset_info;

/* Never NULL; unknown numbers give the entry of NONE. */
const charset_info *charset_info_of(postern_charset charset);
/* Do ASCII bytes that are no controls of ISO 2022 (ESC, SO, SI) mean themselves? */
bool charset_is_ascii_superset(postern_charset charset);
postern_charset charset_iso_2022_jp(void); /* its number */
postern_charset charset_by_label(const char *label);
/* For some dozens of bytes with high ones among them: a multi-byte set, or NONE when the structure says nothing. */
postern_charset charset_guess_short(postern_slice s);
/* For text whose words mix ASCII letters and high bytes: a set of Latin letters, or NONE when no alphabet explains it. */
postern_charset charset_guess_latin(postern_slice s);
/* For words in an alphabet of its own; *ret_excess says how unlikely its letters are beyond what is usual for the language:
 * 100 × a logarithm, all high bytes together. */
postern_charset charset_guess_letters(postern_slice s, size_t *ret_excess);

typedef enum charset_single_kind {
    SINGLE_IBM866, SINGLE_ISO_8859_2, SINGLE_ISO_8859_3, SINGLE_ISO_8859_4, SINGLE_ISO_8859_5, SINGLE_ISO_8859_6,
    SINGLE_ISO_8859_7, SINGLE_ISO_8859_8, SINGLE_ISO_8859_10, SINGLE_ISO_8859_13, SINGLE_ISO_8859_14,
    SINGLE_ISO_8859_15, SINGLE_ISO_8859_16, SINGLE_KOI8_R, SINGLE_KOI8_U, SINGLE_MACINTOSH, SINGLE_WINDOWS_874,
    SINGLE_WINDOWS_1250, SINGLE_WINDOWS_1251, SINGLE_WINDOWS_1252, SINGLE_WINDOWS_1253, SINGLE_WINDOWS_1254,
    SINGLE_WINDOWS_1255, SINGLE_WINDOWS_1256, SINGLE_WINDOWS_1257, SINGLE_WINDOWS_1258, SINGLE_X_MAC_CYRILLIC,
    SINGLE_COUNT
} charset_single_kind;

extern const uint16_t charset_single[SINGLE_COUNT][128];

typedef struct charset_patch {
    uint16_t pair;
    uint32_t scalar, second; /* second: 0, or a combining character behind it */
} charset_patch;

extern const charset_patch charset_big5_patches[];
extern const size_t charset_big5_patch_count;
extern const charset_patch charset_gb_patches[];
extern const size_t charset_gb_patch_count;

/* ---- decoding ---- */

enum { UTF8_BLOCK = 8192 };

/* Collects UTF-8 for a sink. After a failure `status` stays and nothing more is written, so that loops check it at leisure. */
typedef struct utf8_writer {
    const postern_sink *out;
    postern_status status;
    codec_defects *d;
    size_t len;
    uint8_t bytes[UTF8_BLOCK];
} utf8_writer;

void charset_flush(utf8_writer *w);
void charset_put(utf8_writer *w, uint32_t scalar);
/* Bytes that are valid UTF-8 already. */
void charset_put_bytes(utf8_writer *w, postern_slice s);
/* U+FFFD, and the note (one a call). */
void charset_put_bad(utf8_writer *w, postern_slice in, size_t at);
/* Index of the first byte from 80 on, or of ESC, at or behind `from`. */
size_t charset_ascii_end(postern_slice in, size_t from);

void charset_pairs_decode(utf8_writer *w, pairs_kind kind, postern_slice in);
void charset_utf7_decode(utf8_writer *w, postern_slice in);
void charset_iconv_decode(utf8_writer *w, const char *iconv_name, postern_slice in);

#endif
