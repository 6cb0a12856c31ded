/* mime: what its files share. */
#ifndef MIME_INT_H
#define MIME_INT_H

#include "postern/mime.h"

/* A part as the index keeps it: the public face, then what the room needs to find its neighbours. */
typedef struct mime_part {
    postern_part pub;
    const postern_message *message;
    size_t header_start;  /* in the flat array of fields, while that may still move */
    uint64_t body_offset; /* of body, in the same bytes as pub.offset */
    uint32_t last_child;
    bool encoded_silently; /* no field says how the body is encoded */
} mime_part;

struct postern_message {
    postern_slice bytes;
    const mime_part *parts;
    uint32_t part_count;
};

static inline const mime_part *mime_part_of(const postern_part *part) {
    return (const mime_part *)(const void *)part; /* pub is the first member */
}

/* The index while it grows. Small messages live in the fixed beginnings; what is done is copied to the arena at once. */
typedef struct mime_builder {
    postern_arena *arena;
    const postern_notes *notes;
    mime_part *parts;
    size_t part_count, part_room;
    postern_header *headers;
    size_t header_count, header_room;
    postern_charset charset; /* of the first text that declares one: how raw bytes in fields of later parts may read */
    unsigned nested;        /* message/rfc822 bodies that had to be decoded, one in the other */
    bool full;              /* POSTERN_LIMIT_PARTS or _HEADERS_TOTAL was reached: the rest is left out */
    uint64_t rewind_budget; /* bytes that may be read a second time when a boundary has to be guessed */
    mime_part first_parts[8];
    postern_header first_headers[64];
} mime_builder;

/* One run of bytes that is scanned: the file, or a decoded message/rfc822. */
typedef struct mime_region {
    const uint8_t *start, *end;
    bool nested;
} mime_region;

/* Sends a note and counts it at the part (which may be POSTERN_NO_PART). */
void mime_note(mime_builder *b, postern_note_kind kind, uint32_t part, uint64_t offset, postern_slice detail);

/* ---- lines.c ---- */

/* First CR or LF at or behind `p`, or `end`. */
const uint8_t *mime_line_end(const uint8_t *p, const uint8_t *end);
/* Behind the line end at `p`: CRLF, LF, CR, and CRCRLF, which transfers in text mode make of CRLF. */
const uint8_t *mime_line_skip(const uint8_t *p, const uint8_t *end);
/* Where the line end in front of `p` begins, not before `start`. */
const uint8_t *mime_line_unskip(const uint8_t *p, const uint8_t *start);
/* First "--" at or behind `p` that begins a line (or at `start`), or NULL. With `anywhere` any "--". */
const uint8_t *mime_find_dashes(const uint8_t *start, const uint8_t *p, const uint8_t *end, bool anywhere);

/* ---- head.c ---- */

enum mime_head_flags {
    MIME_HEAD_ROOT = 1 << 0, /* a message begins here: blank lines, byte order mark, From_ lines before it are passed over */
    MIME_HEAD_EMPTY = 1 << 1 /* there is no head at all: the body begins at once */
};

/* Reads the fields at `p` into the flat array; *ret_body is where the body begins. */
postern_status mime_head_read(mime_builder *b, const mime_region *region, const uint8_t *p, unsigned flags, uint32_t part,
                              const uint8_t **ret_body) POSTERN_MUST;
/* Whether a line at `p` is a field; its name and where its value begins. */
bool mime_head_field(const uint8_t *p, const uint8_t *end, postern_slice *ret_name, const uint8_t **ret_value);
/* Whether a field that mail and archives really have stands at `p`. */
bool mime_head_known(const uint8_t *p, const uint8_t *end);
/* Where the first field of a message begins, junk in front of it passed over; NULL when this is no message. */
const uint8_t *mime_head_find(const uint8_t *p, const uint8_t *end);

/* ---- param.c ---- */

/* One "; name=value" as it stands; views. */
typedef struct mime_param {
    postern_slice name;  /* without '*', as written */
    postern_slice value; /* between the quotes, or the trimmed token */
    int segment;         /* RFC 2231 continuation number, -1: none */
    bool extended;       /* the value is percent-encoded (name*=) */
    bool quoted;
    bool malformed;
} mime_param;

typedef struct mime_params {
    const uint8_t *p, *end;
} mime_params;

/* The first token and, when the grammar wants one ("text/html"), where the parameters begin. */
postern_slice mime_params_begin(postern_slice raw, mime_params *ret_params);
bool mime_params_next(mime_params *params, mime_param *ret_param);
/* Quoted pairs and folds undone; a view when there is nothing to undo. */
postern_status mime_param_plain(postern_arena *arena, const mime_param *param, postern_slice *ret_value) POSTERN_MUST;
/* The parameter `name` with RFC 2231 and 2047 undone; *ret_found false when there is none. *ret_malformed is only ever set. */
postern_status mime_param_value(postern_arena *arena, postern_slice raw, postern_slice name, postern_charset fallback,
                                bool *ret_found, bool *ret_malformed, postern_slice *ret_value) POSTERN_MUST;
/* "type/subtype" of a Content-Type, lower case; false when malformed. *ret_odd: well-formed but followed by something odd. */
postern_status mime_type_parse(postern_arena *arena, postern_slice raw, bool *ret_ok, bool *ret_odd,
                               postern_slice *ret_type) POSTERN_MUST;

/* ---- fields.c ---- */

/* Fills the part from its fields: type, charset, encoding, names. */
postern_status mime_fields_read(mime_builder *b, uint32_t index) POSTERN_MUST;
postern_status mime_lower_copy(postern_arena *arena, postern_slice s, postern_slice *ret_lower) POSTERN_MUST;

/* ---- walk.c ---- */

/* Indexes the message at `p` that goes on to the end of `region`, as the root or as the child of `parent`. */
postern_status mime_walk(mime_builder *b, const mime_region *region, const uint8_t *p, uint32_t parent) POSTERN_MUST;
postern_status mime_part_new(mime_builder *b, const mime_region *region, uint32_t parent, const uint8_t *at,
                             uint32_t *ret_part) POSTERN_MUST;

/* ---- uu.c ---- */

/* Adds a part for each begin…end block of the text leaf `index`. */
postern_status mime_uu_find(mime_builder *b, const mime_region *region, uint32_t index) POSTERN_MUST;

/* ---- prescan.c ---- */

/* The label that <meta> declares within the first 1024 bytes (WHATWG HTML, "prescan a byte stream"), or empty. */
postern_slice mime_prescan_html(postern_slice bytes);
/* The label of a leading @charset "…"; (CSS Syntax 3, 3.2), or empty. */
postern_slice mime_prescan_css(postern_slice bytes);

#endif
