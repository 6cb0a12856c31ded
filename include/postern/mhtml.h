/*
 * mhtml: an archive (RFC 2557, and single HTML files): which part a reference means, under the invariants Z1-Z5 and Z11.
 */
#ifndef POSTERN_MHTML_H
#define POSTERN_MHTML_H

#include "mime.h"
#include "zone.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum postern_archive_kind {
    POSTERN_ARCHIVE_MHTML, /* a web page saved as one file */
    POSTERN_ARCHIVE_MAIL,  /* a message somebody sent */
    POSTERN_ARCHIVE_HTML   /* a bare HTML document named .mht */
} postern_archive_kind;

typedef struct postern_archive postern_archive;

typedef struct postern_archive_options {
    const postern_notes *notes;
    bool has_caller_zone;       /* else the default: Internet, mail Restricted (Z10) */
    postern_zone caller_zone;
    postern_slice zone_stream;  /* content of the file's Zone.Identifier, or empty with has_zone_stream false */
    bool has_zone_stream;
    bool plain;                 /* mail is read as text: see postern_archive_reads_plain */
    bool expect_html;           /* the caller says that bare HTML is acceptable (it is by default for open of *.mht, *.html) */
} postern_archive_options;

/* `bytes` must outlive the archive. FORMAT with a clear text when this is neither MIME nor HTML (names what it looks like: PDF,
 * zip, OLE document, plain text …). */
POSTERN_API postern_status postern_archive_open(postern_slice bytes, const postern_archive_options *options,
                                                postern_archive **ret_archive, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_archive_free(postern_archive *archive); /* takes NULL */

POSTERN_API postern_archive_kind postern_archive_kind_of(const postern_archive *archive);
POSTERN_API const postern_message *postern_archive_message(const postern_archive *archive);
POSTERN_API uint32_t postern_archive_part_count(const postern_archive *archive);
POSTERN_API const postern_part *postern_archive_part(const postern_archive *archive, uint32_t index);
/* The arena that owns the archive; results of the calls below live there. */
POSTERN_API postern_arena *postern_archive_arena(postern_archive *archive);

/* The document to show: start=, else type=, else the first HTML part of the outermost multipart/related (mail: the best
 * alternative; text/plain when there is no HTML). POSTERN_NO_PART when nothing can be shown. */
POSTERN_API uint32_t postern_archive_root(const postern_archive *archive);
/* Why there is no root, as a failure: LIMIT when parts were nested beyond POSTERN_LIMIT_MIME_DEPTH, else NOTFOUND. */
POSTERN_API postern_status postern_archive_fail_rootless(const postern_archive *archive, postern_error *reterr);
/* Reads which parts the root shows in itself, once; NOMEM only. */
POSTERN_API postern_status postern_archive_uses_read(postern_archive *archive) POSTERN_MUST;
/* Parts that a mail shows as attachments (not the body, not pictures the body uses by cid or location). Reads the uses when
 * nobody did; without memory for them a part that might be used counts as an attachment. */
POSTERN_API bool postern_archive_is_attachment(postern_archive *archive, uint32_t part);
/* Text that a mail's reader sees in its place beside the root: inline text/plain and text/html without a name, as in a mixed
 * message of several texts or with the footer of a mailing list. Those before the root stand before it. They are no
 * attachments. */
POSTERN_API bool postern_archive_is_shown_inline(const postern_archive *archive, uint32_t part);

/* ---- reading mail as plain text (KB291387, KB307594) ---- */

/* Whether a part is below, or is, what is signed or encrypted: multipart/signed, multipart/encrypted (S/MIME and PGP/MIME),
 * application/pkcs7-mime and what it was called before, and texts that are PGP messages in themselves ("-----BEGIN PGP …" on a
 * line of its own, and its end), with the other forms of the same text. Nothing is verified or decrypted. Without memory to
 * tell the answer is no. */
POSTERN_API bool postern_archive_is_protected(postern_archive *archive, uint32_t part);
/* Whether a part is to be read as text: the archive was opened with `plain`, it is a mail, and the part is HTML and not
 * protected. Pictures that such a text shows in itself count as attachments then, so that none is lost. */
POSTERN_API bool postern_archive_reads_plain(postern_archive *archive, uint32_t part);

/* Facts for people; UTF-8, may be empty, escape before showing. */
typedef struct postern_archive_facts {
    postern_slice title;     /* of the root document, else Subject */
    postern_slice subject, from, to, cc, date;
    postern_slice producer;  /* "Blink", "Internet Explorer", "Word", "Outlook" … or the X-Mailer text; "" unknown */
    postern_slice location;  /* Snapshot-Content-Location or the root's Content-Location */
    postern_zone zone;       /* least(caller or default, marks) */
    postern_mark mark;
} postern_archive_facts;
POSTERN_API const postern_archive_facts *postern_archive_facts_of(const postern_archive *archive);

/* Base URL for references inside a part: its <base> is the caller's business; here Content-Location and Content-Base resolved
 * along the parents (RFC 2557 5). NULL when there is none (relative references are then compared as text). */
POSTERN_API const postern_url *postern_archive_base(postern_archive *archive, uint32_t part);

typedef struct postern_reference {
    uint32_t part;           /* the part, or POSTERN_NO_PART */
    const postern_url *url;  /* the resolved URL, or NULL when the text is no URL */
    postern_slice fragment;  /* behind '#', without it */
    bool refused;            /* a handler scheme (Z4), javascript: and the like */
} postern_reference;

/* What `text` (an attribute value, entities already decoded) means inside `from`, relative to `base` (NULL: the part's own).
 * OK with part == NO_PART when the archive holds nothing of that name: absence is final (Z2). cid:, mid: inside the archive,
 * mhtml:…!key whose container is this very archive, file: spellings, percent and case differences, relative names without a
 * base, references with entities left in (&amp;) are all understood here. Duplicates: the first (Z11). */
POSTERN_API postern_status postern_archive_find(postern_archive *archive, uint32_t from, postern_slice text,
                                                const postern_url *base, postern_reference *ret_reference) POSTERN_MUST;
/* The same, but the url and fragment of *ret_reference only live until the next look-up here: pages hold a million links. */
POSTERN_API postern_status postern_archive_glance(postern_archive *archive, uint32_t from, postern_slice text,
                                                  const postern_url *base, postern_reference *ret_reference) POSTERN_MUST;
/* By what a person types: an index, a cid (with or without cid: and <>), a location or its last segment when it is unique. */
POSTERN_API postern_status postern_archive_part_named(postern_archive *archive, postern_slice name, uint32_t *ret_part,
                                                      postern_error *reterr) POSTERN_MUST;

/* What a part really is, for places that want a picture, a font or a sheet (Z7). */
typedef enum postern_media {
    POSTERN_MEDIA_NONE, POSTERN_MEDIA_PNG, POSTERN_MEDIA_JPEG, POSTERN_MEDIA_GIF, POSTERN_MEDIA_WEBP, POSTERN_MEDIA_BMP,
    POSTERN_MEDIA_ICO, POSTERN_MEDIA_AVIF, POSTERN_MEDIA_SVG, POSTERN_MEDIA_WOFF, POSTERN_MEDIA_WOFF2, POSTERN_MEDIA_TRUETYPE,
    POSTERN_MEDIA_OPENTYPE, POSTERN_MEDIA_MP4, POSTERN_MEDIA_WEBM, POSTERN_MEDIA_OGG, POSTERN_MEDIA_MP3, POSTERN_MEDIA_WAV,
    POSTERN_MEDIA_TIFF, POSTERN_MEDIA_EMF, POSTERN_MEDIA_WMF
} postern_media;
/* By signature of the decoded bytes; SVG only when the part declares image/svg+xml. */
POSTERN_API postern_media postern_archive_part_media(postern_archive *archive, uint32_t part);
/* The same for bytes that are no part: the signature at the start of `head` (512 bytes are enough); never SVG, which has none.
 */
POSTERN_API postern_media postern_media_of(postern_slice head);
POSTERN_API const char *postern_media_type(postern_media media); /* "image/png" … */

/* ---- file names made by us (T2, Z19) ---------------------------------------------------------------------------- */

/* Appends a name that is safe on every system, made from `wanted`, what the archive calls the part (raw), its `type` and its
 * number: never empty, at most POSTERN_SAFE_NAME_MAX bytes, no separator, control, bidi or format character, no reserved name,
 * no leading dot or dash. A failure stays in *ret_name. */
enum { POSTERN_SAFE_NAME_MAX = 120 };
POSTERN_API void postern_safe_name(postern_slice wanted, postern_slice type, uint32_t index, postern_buf *ret_name);
/* The same for a part of an archive: its name, else the last segment of its location, else its id. */
POSTERN_API void postern_part_safe_name(const postern_part *part, postern_buf *ret_name);
/* Where the ending of such a name begins (its dot), or its length. */
POSTERN_API size_t postern_safe_name_ending(postern_slice name);

/* ---- writing an archive (pack) --------------------------------------------------------------------------------- */

/* What a document needs to be whole. `base` comes first, once, when the document has a <base href>; then each reference that a
 * browser would load while it shows the document (pictures, styles, fonts, frames, media; no scripts, no links to follow), as
 * written, entities and escapes decoded. `text` lives during the call. Anything but OK ends the scan with that status. */
typedef struct postern_pack_finder {
    postern_status (*base)(void *user, postern_slice text);
    postern_status (*reference)(void *user, postern_slice text);
    void *user;
} postern_pack_finder;

/* Finds the references of one file of `type` (text/html, application/xhtml+xml, image/svg+xml, text/css; others have none).
 * Text and *ret_title (of HTML, else empty; may be NULL) live in `arena`. Depth of srcdoc in srcdoc: POSTERN_LIMIT_FRAME_DEPTH.
 */
POSTERN_API postern_status postern_pack_scan(postern_arena *arena, postern_slice type, postern_slice bytes,
                                             const postern_pack_finder *finder, postern_slice *ret_title) POSTERN_MUST;
/* The declared type of a file by the ending of its name, case ignored: "text/html", "image/png" …; application/octet-stream. */
POSTERN_API const char *postern_pack_type_of_name(postern_slice name);

typedef struct postern_pack_part {
    postern_slice location; /* absolute URL without fragment, as postern_url_parse serialises it */
    postern_slice type;     /* "text/html" */
    postern_slice bytes;
} postern_pack_part;

/* Writes an archive (multipart/related, RFC 2557) with CRLF; part 0 is the page. Every part reads back byte for byte. The same
 * parts, title and date (seconds since 1970, UTC) give the same bytes: the boundary comes from a hash, and cannot occur in what
 * is written. USAGE: no part, or a location or type that is not plain ASCII. */
POSTERN_API postern_status postern_pack_write(const postern_pack_part *parts, size_t count, postern_slice title, int64_t date,
                                              const postern_sink *out, postern_error *reterr) POSTERN_MUST;

/* ---- the mhtml: URL handler ------------------------------------------------------------------------------------ */

/* What the caller's I/O found for a container. All slices stay the caller's until `close`. */
typedef struct postern_container {
    postern_slice bytes;
    postern_slice type;        /* declared: a Content-Type header, or the caller's word for a file (Z5); parameters allowed */
    bool attachment;           /* it came with Content-Disposition: attachment */
    bool has_zone_stream;
    postern_slice zone_stream; /* Zone.Identifier */
    bool local_proof;          /* opened from a local disk of the caller's (Z9) */
    const postern_slice *hops; /* URLs that a redirect passed, the final one last (Z6); NULL when there was none */
    size_t hop_count;
    void *user;
} postern_container;

/* The seam to files or a network: opens exactly the container it is given, or says NOTFOUND. It must not look elsewhere (Z2).
 */
typedef struct postern_container_io {
    postern_status (*open)(void *user, const postern_url *container, postern_container *ret_container, postern_error *reterr);
    void (*close)(void *user, postern_container *container);
    void *user;
} postern_container_io;

typedef struct postern_resolve_context {
    const postern_notes *notes;
    bool has_caller, has_naming;
    postern_zone caller;
    postern_zone naming;   /* zone of the document that named the URL */
    bool has_from;
    uint32_t from;         /* the part of this very container that named the URL; its zone counts as naming too */
} postern_resolve_context;

/* An answer: a part of an open archive. The origin of a part is always opaque (Z12). */
typedef struct postern_resolution {
    postern_archive *archive; /* owned by the resolution */
    uint32_t part;
    postern_slice type;       /* declared (Z7), lower case, without parameters */
    postern_zone zone;
    postern_zone_decision reasons; /* the zone's chain (Z20) */
    postern_container container;
    bool opened; /* the container has to be closed */
    const postern_container_io *io;
    postern_arena *arena;
} postern_resolution;

/* Resolves a mhtml: URL (decoded once by the caller; entities and percent signs in it are part of it). DENIED: refused, the
 * text begins with the invariant's number; NOTFOUND: the container or the part is absent, and that is final (Z2). Nothing but
 * the container is ever opened, and never more than once. `io` must outlive the resolution. */
POSTERN_API postern_status postern_mhtml_resolve(const postern_policy *policy, postern_slice url_text,
                                                 const postern_resolve_context *context, const postern_container_io *io,
                                                 postern_resolution **ret_resolution, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_resolution_free(postern_resolution *resolution); /* takes NULL */

/* What Windows makes of a reference inside a part: "mhtml:CONTAINER!x-usc:" and the reference as it stands, unless that is a
 * mhtml: URL itself; an empty reference is the container. LIMIT beyond POSTERN_LIMIT_URL. */
POSTERN_API postern_status postern_mhtml_url_combine(postern_slice base, postern_slice reference,
                                                     postern_buf *out) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
