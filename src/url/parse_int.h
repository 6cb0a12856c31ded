/* The basic URL parser at work: the record under construction, shared by its states in parse.c, authority.c and path.c. */
#ifndef POSTERN_URL_PARSE_INT_H
#define POSTERN_URL_PARSE_INT_H

#include "url_int.h"

/* A part of the output, by offsets: the text moves while it grows. */
typedef struct url_span {
    size_t at, len;
} url_span;

typedef struct url_parser {
    postern_slice in; /* stripped of what the parser strips, valid UTF-8 */
    size_t pos;
    const postern_url *base;
    url_out out;
    bool special, file, null_host, opaque_path, has_query, has_fragment, had_backslash;
    int32_t port;
    url_host host_facts;
    url_span scheme, username, password, host, path, query, fragment;
} url_parser;

/* The states. Each begins at p->pos and leaves it where the next begins. */
postern_status url_authority(url_parser *p);                 /* behind "//" */
postern_status url_file(url_parser *p);                      /* behind "file:", or a relative one with a file base */
void url_path_start(url_parser *p);                          /* path start state, to the end of the path */
void url_path(url_parser *p);                                /* path state, to the end of the path */
void url_path_finish(url_parser *p);                         /* after the last segment */
void url_path_pop(url_parser *p);                            /* shorten a URL's path */
void url_opaque_path(url_parser *p);
void url_query(url_parser *p);                               /* a query and a fragment, if they follow */

/* The byte at `at`, or 0 behind the end. A byte 0 within the text is no syntax either, so the two need not be told apart. */
static inline uint8_t url_at(const url_parser *p, size_t at) { return at < p->in.len ? p->in.ptr[at] : 0; }
/* A slash, or the backslash that special URLs take for one. */
static inline bool url_slash(const url_parser *p, uint8_t c) { return c == '/' || (c == '\\' && p->special); }
static inline void url_span_begin(url_parser *p, url_span *span) { *span = (url_span){p->out.len, 0}; }
static inline void url_span_end(url_parser *p, url_span *span) { span->len = p->out.len - span->at; }

/* First position at or behind `from` that ends an authority or a segment: a slash, "?", "#" or the end. */
size_t url_component_end(const url_parser *p, size_t from);
/* Copies of parts of the base. */
void url_copy_authority(url_parser *p);
void url_copy_path(url_parser *p);
void url_copy_query(url_parser *p);
/* "//" and what stands before the host. */
void url_begin_authority(url_parser *p);

#endif
