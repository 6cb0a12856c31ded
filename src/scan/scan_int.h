/* Between the files of the room scan. */
#ifndef POSTERN_SCAN_INT_H
#define POSTERN_SCAN_INT_H

#include "postern/css.h"
#include "postern/html.h"
#include "postern/scan.h"

/* What the bytes of a region look like: which decoders fit them, and which can differ about them. */
typedef struct view_profile {
    bool base64, url_safe;
    bool foreign;        /* characters outside the alphabet */
    bool padding_inside; /* digits behind a '=' */
    bool uneven_lines;   /* a line that is no whole number of quads */
    bool equals, bad_escapes; /* a '=' that is followed by no two hexadecimal digits */
    bool uu, yenc, binhex;
} view_profile;

view_profile view_profile_of(postern_slice body);

/* The ways in which transfer encodings are decoded in the wild. `differs`: worth a try for such bytes. `decode` fills `out` and
 * returns whether it gave anything. */
typedef struct view_decoder {
    const char *reading; /* with a comma: what few decoders do */
    bool (*differs)(const view_profile *profile);
    bool (*decode)(postern_slice body, postern_buf *out);
    unsigned growth; /* at most so many bytes for each */
    bool far;        /* tried on bodies that hold delimiters, too */
} view_decoder;

bool view_base64_whole(postern_slice body, postern_buf *out);

extern const view_decoder view_decoders[];
extern const size_t view_decoder_count;

/* ---- the context of one file ---- */

/* Findings told so far: the same one twice says nothing new. */
enum { SCAN_SEEN = 1024 };

struct ids;

typedef struct scan {
    const postern_scan_options *options;
    const postern_finding_sink *sink;
    postern_scan_report *report;
    postern_policy *own_policy; /* when the caller gave none */
    const postern_policy *policy;
    postern_slice whole;   /* the outermost file */
    postern_status status; /* the first failure; everything stops */
    uint64_t seen[SCAN_SEEN];
    size_t seen_count;
    uint64_t told[POSTERN_FINDING_COUNT + 1];
} scan;

/* Where the bytes at hand come from. Copied by value; strings live as long as the caller's frame. */
typedef struct place {
    postern_slice file, part;
    uint64_t offset;       /* of the bytes in the outermost file */
    bool exact;            /* byte i stands at offset + i; else everything is told at offset */
    unsigned depth;        /* containers around it */
    bool mail;             /* came with a message that somebody sent */
    bool saved;            /* inside a saved page: links to itself and scripts are usual there */
    bool local_page;       /* saved from a local file: file: references are usual there */
    postern_zone zone;     /* of the document, as far as it can be believed; Internet for mail, too */
    bool view;             /* only some readers see it */
    bool plain;            /* declared as plain text: what stands in it is information */
    bool encoded;          /* such a view before its declared base64 is taken off */
    postern_arena *arena;  /* of the part at hand */
    const struct ids *ids; /* Content-IDs of the message, or NULL */
    postern_archive *archive; /* of a saved page, with the part at hand; or NULL */
    uint32_t index;
    bool based; /* the page says where relative references belong */
} place;

/* `at`: offset of `raw` in the bytes of `where`. */
void scan_tell(scan *s, const place *where, unsigned number, postern_severity severity, size_t at, postern_slice raw,
               const char *reason);
/* MH029: `rule` is the rule's name. */
void scan_tell_rule(scan *s, const place *where, postern_slice rule, postern_severity severity, size_t at, postern_slice raw);
static inline bool scan_ended(const scan *s) {
    return s->status != POSTERN_OK;
}

/* ---- helpers ---- */

bool scan_has(postern_slice text, const char *word); /* case ignored */
static inline bool scan_starts(postern_slice text, const char *word) {
    return postern_slice_starts_nocase(text, postern_slice_cstr(word));
}
bool scan_any(postern_slice text, const char *const *words, size_t count); /* begins with one of them, case ignored */
#define SCAN_ANY(text, words) scan_any(text, words, sizeof(words) / sizeof *(words))
bool scan_is_one(postern_slice text, const char *const *words, size_t count); /* is one of them, case ignored */
#define SCAN_IS_ONE(text, words) scan_is_one(text, words, sizeof(words) / sizeof *(words))
/* The text with C0 controls removed, as browsers do, and what else hides a scheme. */
postern_slice scan_extension(postern_slice name); /* without the dot; empty */

/* ---- urls (url.c, url_mhtml.c) ---- */

/* `raw`: how the URL was written in the source (character references and all), or the same as `text`. */
void scan_url(scan *s, const place *where, postern_url_place place_kind, size_t at, postern_slice text, postern_slice raw);
/* Behind "mhtml:" (or its kin); `whole` is the URL it stands in. */
void scan_mhtml(scan *s, const place *where, postern_url_place place_kind, size_t at, postern_slice mhtml, postern_slice whole);
void scan_network(scan *s, const place *where, postern_url_place place_kind, size_t at, postern_slice text,
                  postern_slice whole);
bool scan_percent_hides(postern_slice text); /* a handler scheme appears when it is decoded */
/* Whether a saved page holds what it asks for (MH026). */
void scan_absent(scan *s, const place *where, postern_url_place kind, size_t at, postern_slice text);
bool scan_is_storage(postern_slice text); /* its:, ms-its:, ms-itss:, mk:@MSITStore: */
/* Handler URLs in running text: info. */
void scan_text(scan *s, const place *where, postern_slice text);

/* ---- contents ---- */

/* Bytes by what they are. `name` and `type` may be empty; `declared` says that the type was. */
void scan_content(scan *s, const place *where, postern_slice bytes, postern_slice name, postern_slice type, bool declared);
/* The caller's rules over decoded bytes. */
void scan_rules(scan *s, const place *where, postern_slice bytes);
void scan_html(scan *s, const place *where, postern_slice utf8);
void scan_css(scan *s, const place *where, size_t at, postern_slice utf8);
void scan_script(scan *s, const place *where, size_t at, postern_slice utf8);
void scan_xml(scan *s, const place *where, postern_slice utf8);
void scan_relations(scan *s, const place *where, postern_slice utf8);
void scan_rtf(scan *s, const place *where, postern_slice bytes);
void scan_shortcut(scan *s, const place *where, postern_slice text);
/* The line at *pos, trimmed, and its offset; moves *pos behind it. False at the end. */
bool scan_next_line(postern_slice t, size_t *pos, postern_slice *ret_line, size_t *ret_at);
bool scan_is_settings(postern_slice text, postern_slice extension); /* .reg, .inf, Registry.pol */
void scan_registry(scan *s, const place *where, postern_slice bytes);
void scan_stream(scan *s, const place *where, postern_slice content);
void scan_comment(scan *s, const place *where, postern_slice html);
void scan_name(scan *s, const place *where, size_t at, postern_slice name, bool attachment);
void scan_activemime(scan *s, const place *where, postern_slice bytes, postern_slice name, postern_slice type);
void scan_polyglot(scan *s, const place *where, postern_slice bytes);
void scan_type(scan *s, const place *where, postern_slice bytes, postern_slice name, postern_slice type);
void scan_file(scan *s, const place *where, postern_slice bytes, postern_slice name);
bool scan_same_origin(postern_slice a, postern_slice b);
/* Zone of a URL under the caller's policy; Restricted when it cannot be judged. */
postern_zone scan_zone_of(scan *s, const place *where, postern_slice url);
/* Whether the caller's policy trusts `url` more than the document at hand. */
bool scan_is_step_up(scan *s, const place *where, postern_slice url);
bool scan_is_inner_host(scan *s, const place *where, postern_slice url); /* this machine, a name without a dot */
/* False when `bytes` are no message. */
bool scan_message(scan *s, const place *where, postern_slice bytes, postern_slice name);

/* Content-IDs that a message has: hashes, sorted. */
typedef struct ids {
    const uint64_t *hash;
    size_t count;
} ids;
bool scan_has_id(const ids *have, postern_slice id);

/* Generated from data/attachment-extensions.tsv. */
typedef struct scan_extension_row {
    const char *extension;
    uint8_t level1, active;
} scan_extension_row;
const scan_extension_row *scan_extension_find(postern_slice extension);

#endif
