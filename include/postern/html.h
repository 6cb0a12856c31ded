/*
 * html: a conforming tokenizer (WHATWG HTML 13.2.5) and the one escaping writer. No tree: what needs one is solved by a closed
 * output language instead (P1). Linear time, constant memory but for the longest single tag.
 */
#ifndef POSTERN_HTML_H
#define POSTERN_HTML_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum postern_html_token_kind {
    POSTERN_HTML_TEXT,    /* a run of characters, maybe one of several in a row; U+0000 as the state says */
    POSTERN_HTML_START,
    POSTERN_HTML_END,
    POSTERN_HTML_COMMENT,
    POSTERN_HTML_DOCTYPE,
    POSTERN_HTML_EOF
} postern_html_token_kind;

/* Decoded name (lower case) and value. The first of two equal names counts; the second is not delivered. */
typedef struct postern_html_attribute {
    postern_slice name, value;
    size_t offset; /* of the name in the input */
} postern_html_attribute;

/* All slices are UTF-8 and live until the next call of postern_html_next. */
typedef struct postern_html_token {
    postern_html_token_kind kind;
    size_t offset, end;     /* the token's bytes in the input */
    postern_slice text;     /* text, comment data */
    postern_slice name;     /* tag or doctype name, lower case */
    const postern_html_attribute *attributes;
    size_t attribute_count;
    bool self_closing;
    bool has_public, has_system, force_quirks, has_name; /* doctype */
    postern_slice public_id, system_id;
} postern_html_token;

/* The states that a tree builder (here: the caller, or `auto_states`) switches to. */
typedef enum postern_html_state {
    POSTERN_HTML_DATA,
    POSTERN_HTML_RCDATA,
    POSTERN_HTML_RAWTEXT,
    POSTERN_HTML_SCRIPT_DATA,
    POSTERN_HTML_PLAINTEXT,
    POSTERN_HTML_CDATA_SECTION
} postern_html_state;

typedef struct postern_html_tokenizer postern_html_tokenizer;

/* `utf8` must outlive the tokenizer; invalid bytes are read as U+FFFD, CR and CRLF as LF. With `auto_states` the tokenizer
 * switches by itself after the start tags of title, textarea (RCDATA); style, xmp, iframe, noembed, noframes (RAWTEXT; noscript
 * stays data: scripting is off); script; plaintext — unless postern_html_set_foreign said it is in SVG or MathML. */
POSTERN_API postern_status postern_html_tokenizer_new(postern_slice utf8, bool auto_states, const postern_notes *notes,
                                                      postern_html_tokenizer **ret_tokenizer) POSTERN_MUST;
POSTERN_API void postern_html_tokenizer_free(postern_html_tokenizer *tokenizer);
/* After EOF it keeps giving EOF. Fails with NOMEM only. */
POSTERN_API postern_status postern_html_next(postern_html_tokenizer *tokenizer, postern_html_token *ret_token) POSTERN_MUST;
/* Before the next call: the tree builder's switches. `last_start` is the "appropriate end tag" name. */
POSTERN_API void postern_html_set_state(postern_html_tokenizer *tokenizer, postern_html_state state, postern_slice last_start);
/* Whether the adjusted current node is in a foreign namespace: CDATA sections exist, auto_states rests. */
POSTERN_API void postern_html_set_foreign(postern_html_tokenizer *tokenizer, bool foreign);

/* An attribute of a start tag by name; NULL when absent. */
POSTERN_API const postern_html_attribute *postern_html_attribute_find(const postern_html_token *token, postern_slice name);

/* A named character reference without '&', as long as the longest match at the start of `text` (with or without ';').
 * Returns the bytes matched (0: none) and up to two scalar values. */
POSTERN_API size_t postern_html_entity(postern_slice text, uint32_t ret_scalars[2]);

/* ---- writer: the escape rules, one per context ---------------------------------------------------------------- */

/* Element content: < > & " become references, CR a numeric one; all other C0 and C1 controls but tab and LF, U+0000,
 * noncharacters and invalid UTF-8 become U+FFFD (P1). The same rule serves attribute values, which the writer always puts in
 * double quotes; LF and tab are written as numeric references there. */
POSTERN_API postern_status postern_html_write_text(const postern_sink *out, postern_slice utf8) POSTERN_MUST;
POSTERN_API postern_status postern_html_write_attribute(const postern_sink *out, postern_slice utf8) POSTERN_MUST;
/* A sink that escapes as an attribute value into `out` (srcdoc); what it is given must be valid UTF-8 of our own making. */
typedef struct postern_html_attribute_escaper {
    const postern_sink *out;
} postern_html_attribute_escaper;
POSTERN_API postern_sink postern_html_attribute_escaper_sink(postern_html_attribute_escaper *escaper);

/* WHATWG "prescan a byte stream to determine its encoding" over the first 1024 bytes; the label found, or empty. */
POSTERN_API postern_slice postern_html_prescan_charset(postern_slice bytes);

#ifdef __cplusplus
}
#endif
#endif
