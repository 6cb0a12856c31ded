/*
 * mime: a message or archive -> a flat index of parts over the mapped bytes (RFC 5322, 2045-2047, 2231, 2557, and what real
 * producers write instead). Nothing is decoded here but header values; bodies are views. The strict, single reading that `open`
 * takes; every plausible reading is for scan.
 */
#ifndef POSTERN_MIME_H
#define POSTERN_MIME_H

#include "codec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* name=value of a structured header; the value is decoded (quotes, RFC 2231 continuations and charsets, RFC 2047 where senders
 * wrongly used it), valid UTF-8. Names are lower case. */
typedef struct postern_parameter {
    postern_slice name, value;
} postern_parameter;

typedef struct postern_header {
    postern_slice name;  /* as written, without ':' */
    postern_slice raw;   /* the value as written, folds included, without the final line end */
    uint64_t offset;     /* of the name */
} postern_header;

enum {
    POSTERN_PART_MULTIPART = 1 << 0,
    POSTERN_PART_MESSAGE = 1 << 1,      /* message/rfc822 or message/global: its one child is the inner message's root */
    POSTERN_PART_ATTACHMENT = 1 << 2,   /* Content-Disposition: attachment */
    POSTERN_PART_TYPE_DECLARED = 1 << 3,/* a well-formed, single Content-Type was there (Z7) */
    POSTERN_PART_TRUNCATED = 1 << 4,    /* the input ended inside */
    POSTERN_PART_UU = 1 << 5            /* synthesised from a begin…end block inside a text part */
};

typedef struct postern_part {
    uint32_t index, parent;        /* parent: POSTERN_NO_PART for the root, which is part 0 */
    uint32_t first_child, next;    /* POSTERN_NO_PART when none */
    uint16_t depth;
    uint16_t flags;
    uint32_t defects;              /* how many notes this part caused */
    postern_encoding encoding;
    postern_charset charset;       /* declared by Content-Type; NONE when absent or unknown */
    uint64_t offset;               /* of the first header byte in the file (in its parent's decoded bytes when `nested`) */
    bool nested;                   /* inside a message/rfc822 that was itself base64 or quoted-printable: bytes in the arena */
    postern_slice head;            /* raw headers */
    postern_slice body;            /* raw, still encoded */
    postern_slice type;            /* "text/html", lower case, without parameters; application/octet-stream where Z7 says, but
                                      text/plain for a message or mail part with no Content-Type at all (RFC 2045 5.2) */
    postern_slice charset_label;   /* as declared, unquoted */
    postern_slice boundary;        /* of a multipart, unquoted */
    postern_slice content_id;      /* without <>; as written otherwise */
    postern_slice content_location;/* unfolded (white space inside removed, RFC 2557 4.4.1), RFC 2047 decoded, UTF-8 */
    postern_slice content_base;
    postern_slice name;            /* filename of Content-Disposition, else name of Content-Type; UTF-8, not a safe file name */
    postern_slice description;
    const postern_header *headers; /* this part's fields in order */
    uint32_t header_count;
} postern_part;

typedef struct postern_message postern_message;

typedef struct postern_mime_options {
    const postern_notes *notes;
    bool mail_defaults; /* reserved for scan's views; false */
    postern_slice bare_type; /* not empty: there is no head, the bytes are one leaf of this type (an HTML file, say) */
} postern_mime_options;

/* Indexes `bytes`, which must outlive the message; memory comes from `arena`, and so does the message (no free). Defects are
 * notes. FORMAT only when there is no header at all and the text is not MIME (the caller may then try bare HTML). */
POSTERN_API postern_status postern_mime_open(postern_arena *arena, postern_slice bytes, const postern_mime_options *options,
                                             const postern_message **ret_message, postern_error *reterr) POSTERN_MUST;
POSTERN_API uint32_t postern_mime_part_count(const postern_message *message);
/* NULL when out of range. Parts are in file order: a parent before its children. */
POSTERN_API const postern_part *postern_mime_part(const postern_message *message, uint32_t index);
POSTERN_API postern_slice postern_mime_bytes(const postern_message *message);

/* First field of that name (case ignored), or NULL. */
POSTERN_API const postern_header *postern_part_header(const postern_part *part, postern_slice name);
/* Its value as text: postern_header_text with the part's charset as fallback; empty when absent. */
POSTERN_API postern_status postern_part_header_text(postern_arena *arena, const postern_part *part, postern_slice name,
                                                    postern_slice *ret_utf8) POSTERN_MUST;
/* Parses "value; name=x; …" : *ret_value is the first token, lower case. Parameters in order, duplicates kept. */
POSTERN_API postern_status postern_mime_parameters(postern_arena *arena, postern_slice raw, postern_charset fallback,
                                                   postern_slice *ret_value, postern_parameter **ret_parameters,
                                                   size_t *ret_count) POSTERN_MUST;

/* Decodes the body of a leaf into `out`. Streaming; bounded memory. */
POSTERN_API postern_status postern_part_decode(const postern_part *part, const postern_sink *out, const postern_notes *notes)
    POSTERN_MUST;
/* The same into the arena; 7bit, 8bit and binary are returned as a view of the input. */
POSTERN_API postern_status postern_part_decode_arena(postern_arena *arena, const postern_part *part, const postern_notes *notes,
                                                     postern_slice *ret_bytes) POSTERN_MUST;
/* Text of a text/… leaf as UTF-8. Order: byte order mark, declared charset, HTML <meta>, CSS @charset (prescans as WHATWG
 * and CSS Syntax say), detection. *ret_charset (may be NULL) is what was used. */
POSTERN_API postern_status postern_part_text(postern_arena *arena, const postern_part *part, const postern_notes *notes,
                                             postern_slice *ret_utf8, postern_charset *ret_charset) POSTERN_MUST;

/* The same for the beginning alone: at most `max` bytes of the encoded body are read. No notes. For titles and marks. */
POSTERN_API postern_status postern_part_text_head(postern_arena *arena, const postern_part *part, size_t max,
                                                  postern_slice *ret_utf8, postern_charset *ret_charset) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
