/* Between the files that walk every view: the walk, one layer of bytes, and what may be a delimiter in it. */
#ifndef POSTERN_VIEWS_INT_H
#define POSTERN_VIEWS_INT_H

#include "scan_int.h"

enum { VIEW_BOUNDARIES = 24, VIEW_CHARSETS = 6 };

typedef struct view_walk {
    postern_view_fn fn;
    void *user;
    bool cut;
    bool converting; /* text is being read in another character set */
    bool flowed;     /* DelSp is somewhere: soft line ends of text may be taken out */
    bool ebcdic;     /* such a charset is named somewhere */
    uint64_t budget; /* bytes that may still be read */
    postern_hash_key key;
    uint64_t *seen; /* pairs of hash and length; open addressing */
    size_t seen_count, seen_room;
    postern_charset charsets[VIEW_CHARSETS]; /* named somewhere, and no superset of ASCII */
    size_t charset_count;
} view_walk;

typedef struct view_delimiter {
    size_t at;     /* start of its line */
    uint32_t mask; /* which boundaries it is one of */
} view_delimiter;

/* The bytes at hand: the file, the file with its line ends mended, what a part decodes to. */
typedef struct view_layer {
    postern_slice bytes;
    uint64_t offset; /* of the outermost encoded bytes in the file */
    unsigned depth;
    postern_slice head; /* of the part that the bytes are the payload of; or empty */
    bool remade; /* offsets inside mean nothing in the file */
    view_delimiter *delimiters;
    size_t delimiter_count;
    postern_slice boundaries[VIEW_BOUNDARIES];
    size_t boundary_count;
} view_layer;

/* views.c */
postern_status view_walk_bytes(view_walk *w, view_layer m); /* bytes, offset, depth, head, remade of it */
/* Hands `bytes` out unless they were before; when `fresh` ones may hold something encoded, walks them, too. `at` is the place
 * within the layer. */
postern_status view_tell(view_walk *w, const view_layer *m, const char *reading, size_t at, postern_slice head,
                         postern_slice bytes);
/* False, and the walk is cut, when `bytes` more cannot be read. */
bool view_afford(view_walk *w, uint64_t bytes);

/* views_lines.c: lines end in CR LF, LF or CR. */
size_t view_next_line(postern_slice s, size_t at);
postern_slice view_line_at(postern_slice s, size_t at);
void view_find_boundaries(view_layer *m);
postern_status view_find_delimiters(view_walk *w, view_layer *m); /* sorted by place; free m->delimiters */

/* views_text.c */
void view_find_charsets(view_walk *w, postern_slice bytes);
/* `bytes` in the character sets that it may be in, when that makes other bytes of them. */
postern_status view_texts(view_walk *w, const view_layer *m, size_t at, postern_slice head, postern_slice bytes);
/* Runs of base64 wherever they stand, and encoded words. */
postern_status view_runs(view_walk *w, const view_layer *m);
postern_status view_words(view_walk *w, const view_layer *m);

/* views_roots.c: the whole file in the ways that readers mend it, and the strict reading. */
postern_status view_roots(view_walk *w, postern_slice message);

/* views_files.c: encodings that carry a file: false when nothing came out. */
bool view_uuencoded(postern_slice body, postern_buf *out);
bool view_xxencoded(postern_slice body, postern_buf *out);
bool view_yencoded(postern_slice body, postern_buf *out);
bool view_binhexed(postern_slice body, postern_buf *out);

#endif
