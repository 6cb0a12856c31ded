/* update: what its files share. */
#ifndef POSTERN_UPDATE_INT_H
#define POSTERN_UPDATE_INT_H

#include "postern/update.h"

void update_sha256(postern_slice bytes, uint8_t ret_digest[32]);

/* ---- cabinets (cab.c) ---- */

/* One file of a cabinet, already unpacked. */
typedef struct update_member {
    postern_slice name; /* UTF-8, '\' between folders, checked (T2) */
    postern_slice bytes;
    uint16_t attributes;
    int64_t time; /* DOS time read as UTC, seconds since 1970; 0: none */
    struct update_member *next;
} update_member;

typedef struct update_members {
    update_member *first, *last;
    size_t count;
    uint64_t total;
} update_members;

/* Unpacks the one cabinet that begins at `offset` of `bytes` into the arena, in the cabinet's order. The bytes have to outlive
 * the call only. FORMAT: damaged or cut, with the offset; LIMIT: POSTERN_LIMIT_PACKAGE_…; UNSUPPORTED: a cabinet that goes on
 * in another file; DENIED: a name that leaves the folder. */
postern_status update_cab_read(postern_slice bytes, size_t offset, postern_arena *arena, update_members *members,
                               postern_error *reterr) POSTERN_MUST;
/* Where the first cabinet of `bytes` begins whose header makes sense; SIZE_MAX: nowhere. */
size_t update_cab_find(postern_slice bytes);

/* A name out of a package as we keep it: '\' between its folders, no drive, no root, no "..", no reserved name, no control
 * character (T2). DENIED with the name in the text. */
postern_status update_name_check(postern_slice name, postern_error *reterr) POSTERN_MUST;

/* The first number of an article in a text, "Q837009" or "KB837009-IE6", as "KB837009"; *ret_id stays as it is when there is
 * none. NOMEM, LIMIT. */
postern_status update_article(postern_slice text, postern_arena *arena, postern_slice *ret_id) POSTERN_MUST;

/* ---- resources of programs (resource.c) ---- */

/* The bytes of RT_RCDATA resource `name` (without case), any language; false: not there. FORMAT is told apart by *reterr. */
postern_status update_resource(postern_slice pe, postern_slice name, postern_slice *ret_bytes,
                               postern_error *reterr) POSTERN_MUST;

/* ---- signatures (signature_place.c) ---- */

/* Where a program or a cabinet keeps its signature, and what of it the digest covers. */
typedef struct update_signed {
    bool has_signature;
    postern_slice blob;     /* DER, and the padding behind it */
    postern_slice parts[4]; /* in front of, between and behind what is left out */
    const char *wrong;      /* why there is one and it cannot be found; static */
    postern_slice covered;  /* the bytes in front of the signature: what lies behind is covered by nothing */
} update_signed;
update_signed update_signature_place(postern_slice bytes);

/* Whether a section of a PE image lies beyond the end of the file; false for what is no PE image. */
bool update_program_cut(postern_slice pe);

/* ---- setup information files (inf.c) ---- */

typedef struct update_inf_line {
    postern_slice key;     /* before '='; empty: the line has none */
    postern_slice *values; /* with %strings% put in, quotes taken off */
    size_t value_count;
    uint64_t offset; /* of the line in the decoded text */
    struct update_inf_line *next;
} update_inf_line;

typedef struct update_inf_section {
    postern_slice name;
    update_inf_line *lines;
    struct update_inf_section *next;
} update_inf_section;

typedef struct update_inf {
    update_inf_section *sections; /* in the file's order; sections of one name are joined */
} update_inf;

/* Reads an INF file: UTF-16LE or UTF-8 with a byte order mark, else UTF-8 when valid, else in the code page of its
 * LanguageType, else what it looks like. Views live in the arena. FORMAT with the offset: no section at all, a line outside
 * every section, a quote that nothing closes, a string that nothing defines. LIMIT: POSTERN_LIMIT_INF_…. */
postern_status update_inf_read(postern_slice bytes, postern_arena *arena, const update_inf **ret_inf,
                               postern_error *reterr) POSTERN_MUST;
/* Without case; NULL: none. */
const update_inf_section *update_inf_find(const update_inf *inf, postern_slice name);
/* First line of a section with this key; NULL: none. */
const update_inf_line *update_inf_line_of(const update_inf_section *section, postern_slice key);
/* What %name% stands for: in the file's language, in any, in another; NULL: nothing. */
const update_inf_line *update_inf_string(const update_inf *inf, postern_slice name);
/* First value of a key of a section; empty: none. */
postern_slice update_inf_text(const update_inf *inf, const char *section, const char *key);

#endif
