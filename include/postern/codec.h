/*
 * codec: bytes -> bytes. Transfer encodings (RFC 2045 6.7 and 6.8, uuencode), encoded words (RFC 2047), character sets
 * (WHATWG Encoding labels, decoded by iconv and by our own tables for the common ones).
 *
 * Decoders never fail on bad input: they do what readers do, and send a note. They fail only when the sink does.
 */
#ifndef POSTERN_CODEC_H
#define POSTERN_CODEC_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- transfer encodings -------------------------------------------------------------------------------------- */

typedef enum postern_encoding {
    POSTERN_ENCODING_7BIT,
    POSTERN_ENCODING_8BIT,
    POSTERN_ENCODING_BINARY,
    POSTERN_ENCODING_QUOTED_PRINTABLE,
    POSTERN_ENCODING_BASE64,
    POSTERN_ENCODING_UUENCODE,
    POSTERN_ENCODING_UNKNOWN /* decoded as 8bit */
} postern_encoding;

/* Case is ignored, blanks and comments around the token too; "x-uuencode", "x-uue", "uue" are uuencode. Empty: 7bit. */
POSTERN_API postern_encoding postern_encoding_parse(postern_slice token);
POSTERN_API const char *postern_encoding_name(postern_encoding encoding);

/* Decodes the whole of `in` into `out`, in blocks, without holding the result. Notes carry offsets within `in`, plus `base`
 * (the place of `in` in the file), and `part`. */
POSTERN_API postern_status postern_decode(postern_encoding encoding, postern_slice in, const postern_sink *out,
                                          const postern_notes *notes, uint32_t part, uint64_t base) POSTERN_MUST;
/* An upper bound of the decoded size, cheap, from the length alone. */
POSTERN_API size_t postern_decoded_max(postern_encoding encoding, size_t encoded_len);

/* Base64 that is to become base64 again (a data: URL): writes the same data as one line without line ends, padded, alphabet
 * checked. When the input has defects it is decoded as postern_decode would and encoded anew, so the bytes never differ. */
POSTERN_API postern_status postern_base64_copy(postern_slice in, const postern_sink *out, const postern_notes *notes,
                                               uint32_t part, uint64_t base) POSTERN_MUST;
/* `line` 0: one line, no line end; else CRLF after each `line` characters (a multiple of 4) and at the end. */
POSTERN_API postern_status postern_base64_encode(postern_slice in, size_t line, const postern_sink *out) POSTERN_MUST;
/* A sink that encodes what it is given (one line) into `out`; call _finish once at the end to write the rest. */
typedef struct postern_base64_encoder {
    const postern_sink *out;
    uint8_t rest[3];
    unsigned rest_len;
} postern_base64_encoder;
POSTERN_API void postern_base64_encoder_init(postern_base64_encoder *encoder, const postern_sink *out);
POSTERN_API postern_sink postern_base64_encoder_sink(postern_base64_encoder *encoder);
POSTERN_API postern_status postern_base64_encoder_finish(postern_base64_encoder *encoder) POSTERN_MUST;

/* Quoted-printable for text with CRLF or LF line ends (kept as CRLF), lines at most 76. `binary`: CR and LF are escaped. */
POSTERN_API postern_status postern_qp_encode(postern_slice in, bool binary, const postern_sink *out) POSTERN_MUST;

/* The compressed RTF of Exchange and Outlook ([MS-OXRTFCP]); a damaged one gives what is there, what is none gives nothing. The
 * result is a view of `packed` or of the arena, at most POSTERN_LIMIT_DOCUMENT bytes: LIMIT. NOMEM. */
POSTERN_API postern_status postern_rtf_unpack(postern_arena *arena, postern_slice packed, postern_slice *ret_rtf) POSTERN_MUST;

/* ---- character sets ------------------------------------------------------------------------------------------ */

/* Index into the table of WHATWG encodings plus a few that only mail has (utf-7, us-ascii as such is windows-1252). */
typedef enum postern_charset {
    POSTERN_CHARSET_NONE = 0, /* unknown or not declared */
    POSTERN_CHARSET_UTF_8,
    POSTERN_CHARSET_UTF_16LE,
    POSTERN_CHARSET_UTF_16BE,
    POSTERN_CHARSET_WINDOWS_1252,
    POSTERN_CHARSET_REPLACEMENT,
    POSTERN_CHARSET_FIRST_OTHER /* codec-internal numbers from here on */
} postern_charset;

/* WHATWG "get an encoding" (labels trimmed, case ignored), and what mail has beyond it: "unicode" (UTF-16LE), "utf-7",
 * "cp-850" and the like, quotes around the label. NONE when unknown. */
POSTERN_API postern_charset postern_charset_parse(postern_slice label);
/* The WHATWG name ("UTF-8", "windows-1252", "ISO-2022-JP"); "" for NONE. */
POSTERN_API const char *postern_charset_name(postern_charset charset);
/* By byte order mark: UTF-8, UTF-16LE, UTF-16BE or NONE; *ret_len (may be NULL) is the length of the mark. */
POSTERN_API postern_charset postern_charset_from_bom(postern_slice bytes, size_t *ret_len);
/* By content alone: UTF-8 when valid and not plain ASCII, ISO-2022-JP by its escapes, alphabets and pairs, else uchardet;
 * windows-1252 at last. */
POSTERN_API postern_charset postern_charset_detect(postern_slice bytes);
/* To valid UTF-8 (U+FFFD for what does not decode, WHATWG's way). A byte order mark at the start is consumed and, when it
 * disagrees with `charset`, wins. NONE decodes as windows-1252. */
POSTERN_API postern_status postern_charset_decode(postern_charset charset, postern_slice bytes, const postern_sink *out,
                                                  const postern_notes *notes, uint32_t part) POSTERN_MUST;
/* The same into an arena; valid UTF-8 input is returned as it is, without a copy. */
POSTERN_API postern_status postern_charset_decode_arena(postern_charset charset, postern_slice bytes, postern_arena *arena,
                                                        const postern_notes *notes, uint32_t part, postern_slice *ret_utf8)
    POSTERN_MUST;

/* ---- header text --------------------------------------------------------------------------------------------- */

/* An unstructured header value as people read it: unfolded, RFC 2047 words decoded (adjacent words joined before the charset is
 * decoded, so a character split between two words survives; base64 and Q in every quirk real mail has), raw 8-bit bytes read as
 * UTF-8 or else as `fallback` (NONE: detect). The result is valid UTF-8 in `arena`; control characters stay (escape them when
 * showing). At most POSTERN_LIMIT_HEADER_VALUE: LIMIT. */
POSTERN_API postern_status postern_header_text(postern_arena *arena, postern_slice raw, postern_charset fallback,
                                               const postern_notes *notes, uint32_t part, postern_slice *ret_utf8) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
