/* What the files of the room html share: the tokenizer's innards. */
#ifndef POSTERN_HTML_INT_H
#define POSTERN_HTML_INT_H

#include "postern/html.h"

/* Bits of html_class: which bytes end a run in which context. CR and NUL end every run, since they are rewritten. */
enum {
    HTML_STOP_NAME = 1 << 0,      /* tag name: white space / > */
    HTML_STOP_ATTRIBUTE = 1 << 1, /* attribute name: white space / > = */
    HTML_STOP_DOUBLE = 1 << 2,    /* value in double quotes: " & */
    HTML_STOP_SINGLE = 1 << 3,    /* value in single quotes: ' & */
    HTML_STOP_BARE = 1 << 4,      /* value without quotes: white space > & */
    HTML_STOP_REWRITE = 1 << 5,   /* CR NUL */
    HTML_SPACE = 1 << 6
};
extern const uint8_t html_class[256];

/* Where script data stands: "<!--" and "<script" inside a script hide its end tag (13.2.5.15 and following). */
typedef enum html_script {
    HTML_SCRIPT_PLAIN,
    HTML_SCRIPT_ESCAPED,
    HTML_SCRIPT_DOUBLE_ESCAPED
} html_script;

/* A range of the scratch buffer, which may move while a tag grows. */
typedef struct html_span {
    size_t start, len;
} html_span;

typedef struct html_draft {
    html_span name, value;
    size_t offset;
} html_draft;

enum { HTML_SLOTS = 2048 }; /* a power of two, at least twice POSTERN_LIMIT_ATTRIBUTES */

typedef struct html_slot {
    uint32_t round; /* the tag that filled the slot */
    uint16_t index;
} html_slot;

struct postern_html_tokenizer {
    postern_slice in;
    size_t pos;
    bool valid; /* `in` is valid UTF-8, so bytes above 0x7F need no look */
    bool auto_states, foreign;
    postern_html_state state;
    html_script script;
    unsigned dashes; /* of script data: '-' just seen, at most 2 */
    const postern_notes *notes;
    postern_buf scratch; /* decoded pieces of the token in hand */
    postern_buf last_start;
    html_draft *drafts;
    postern_html_attribute *attributes;
    size_t attribute_count, attribute_room;
    bool attributes_cut;
    html_slot *slots; /* HTML_SLOTS of them; NULL until a tag has many attributes */
    uint32_t round, filled; /* the tag in hand, and the one whose names are in the slots */
};

/* The first of `a`, `b`, CR or NUL at or behind `from`, or the end. */
size_t html_scan(postern_slice s, size_t from, uint8_t a, uint8_t b);

/* Appends to scratch from pos on, line ends and bad bytes rewritten, NUL as U+FFFD, until a byte of class `stop` or the end;
 * ASCII letters become lower case when `lower`. */
void html_take_run(postern_html_tokenizer *t, uint8_t stop, bool lower);
/* The range [start, end) of the input, rewritten where it has to be: a view of the input or of scratch. */
postern_slice html_rewritten(postern_html_tokenizer *t, size_t start, size_t end);
/* pos stands on '&': appends what the reference means and goes behind it; "&" alone when it is none. */
void html_take_reference(postern_html_tokenizer *t, bool in_attribute);

/* pos stands on the first letter of a tag's name. False: the input ended inside the tag, which is dropped. */
bool html_take_tag(postern_html_tokenizer *t, bool is_end, postern_html_token *token);
/* pos stands behind "<!", "<?" … ; the token begins at `offset`. False: a CDATA section began and there is no token. */
bool html_take_declaration(postern_html_tokenizer *t, postern_html_token *token);
void html_take_bogus_comment(postern_html_tokenizer *t, postern_html_token *token);
void html_take_doctype(postern_html_tokenizer *t, postern_html_token *token);

/* Whether "</" at pos begins the end tag that closes the element whose text this is. */
bool html_at_end_tag(const postern_html_tokenizer *t, size_t pos);
/* Where the run of script text that begins at pos ends: before its end tag, or a byte to rewrite. */
size_t html_script_run(postern_html_tokenizer *t);

static inline bool html_is_space(uint8_t c) {
    return (html_class[c] & HTML_SPACE) != 0;
}
static inline bool html_is_alnum(uint8_t c) {
    return postern_ascii_alpha(c) || postern_ascii_digit(c);
}

#endif
