/*
 * scan: notes and facts -> findings; the only maker of findings. Scan is tolerant where opening is strict (Z22): every view of
 * a malformed message is looked at, and that they differ is itself a finding.
 */
#ifndef POSTERN_SCAN_H
#define POSTERN_SCAN_H

#include "mailbox.h"
#include "mhtml.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- every view -------------------------------------------------------------------------------------------------- */

/*
 * Mail readers disagree about malformed MIME, and attackers live in the gap: a payload that the gateway reads as noise is an
 * attachment to the reader behind it. Opening takes one strict reading; this walks each plausible one, bounded, and hands out
 * every distinct payload that any of them gives: whatever line some reader might take for a delimiter, whatever place it might
 * take for the start of a body, and each transfer encoding that fits the bytes, in the ways real decoders differ.
 */
typedef struct postern_view {
    const char *reading; /* static: "raw", "base64", "base64 to the first padding", "quoted-printable" … */
    uint64_t offset;     /* of the encoded bytes in the file; of the outermost ones when `depth` is not 0 */
    unsigned depth;      /* messages inside payloads */
    postern_slice head;  /* the header lines in front of it, raw; may be empty */
    postern_slice bytes; /* decoded; lives during the call */
} postern_view;

/* May end the walk with a status of its own, which postern_views_each returns. */
typedef postern_status (*postern_view_fn)(void *user, const postern_view *view);

/* Payloads come in file order of their regions, each content once. Limits (POSTERN_LIMIT_VIEW_…) cut the walk short and set
 * *ret_cut; they are no failure. */
POSTERN_API postern_status postern_views_each(postern_slice message, postern_view_fn fn, void *user,
                                              bool *ret_cut) POSTERN_MUST;

/* ---- findings ---------------------------------------------------------------------------------------------------- */

typedef enum postern_severity {
    POSTERN_SEVERITY_INFO,
    POSTERN_SEVERITY_LOW,
    POSTERN_SEVERITY_MEDIUM,
    POSTERN_SEVERITY_HIGH,
    POSTERN_SEVERITY_CRITICAL
} postern_severity;

POSTERN_API const char *postern_severity_name(postern_severity severity); /* "info" … "critical"; static storage */
POSTERN_API bool postern_severity_parse(postern_slice text, postern_severity *ret_severity);

/* What a number stands for: MH001 is 1, and so on to POSTERN_FINDING_COUNT. Static storage; postern-findings(7) says the same.
 */
enum { POSTERN_FINDING_RULE = 29, POSTERN_FINDING_COUNT = 29 };
typedef struct postern_finding_kind {
    const char *id;            /* "MH001" */
    const char *title;         /* without a full stop */
    postern_severity severity; /* the usual one; a finding may have another */
    const char *match, *false_alarm, *references;
} postern_finding_kind;
/* NULL for a number that is none. */
POSTERN_API const postern_finding_kind *postern_finding_kind_of(unsigned number);

/* All slices live during the call. Nothing in `excerpt` and `reason` is a control or bidi character; `file`, `part` and `raw`
 * are bytes of the input. */
typedef struct postern_finding {
    unsigned number;
    postern_severity severity;
    postern_slice file;    /* path inside containers: "mail.zip/a.eml", or the name that the caller gave */
    postern_slice part;    /* "1.2" counts parts from 1 at each level; empty: the file itself */
    uint64_t offset;       /* in the outermost file, of the bytes or of the encoded part that holds them */
    postern_slice raw;     /* the bytes, at most 256, decoded where they had to be */
    postern_slice excerpt; /* the same for people, escaped */
    const char *reason;    /* static, one sentence without a full stop */
    postern_slice rule;    /* MH029: the name of the caller's rule; else empty */
} postern_finding;

/* Anything but OK ends the scan with that status. */
typedef struct postern_finding_sink {
    postern_status (*finding)(void *user, const postern_finding *finding);
    void *user;
} postern_finding_sink;

/* ---- rules of the caller's own ---- */

/* YARA rules; opaque, read only once made, and may serve several scans one after another or in forked processes. */
typedef struct postern_rules postern_rules;
POSTERN_API bool postern_rules_supported(void); /* built with libyara */
/* Compiles the text of one rule file (UTF-8 without NUL; it includes no other file). UNSUPPORTED without libyara; FORMAT with
 * the line and libyara's words in *reterr; NOMEM. Call it before a sandbox: the compiler makes what a sandbox may forbid. */
POSTERN_API postern_status postern_rules_compile(postern_slice text, postern_rules **ret_rules,
                                                 postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_rules_free(postern_rules *rules); /* takes NULL */

typedef struct postern_scan_options {
    const postern_policy *policy; /* sealed; NULL: the built-in one */
    postern_slice zone_stream;    /* content of the file's Zone.Identifier */
    bool has_zone_stream;
    bool one_view; /* the strict reading alone */
    const postern_rules *rules; /* run over the file and each decoded part, each match is MH029; or NULL */
    /* Each decoded part, once for each content, before it is looked at here (for rules of the caller's own); or NULL. */
    postern_status (*part)(void *user, postern_slice file, postern_slice part, uint64_t offset, postern_slice bytes);
    void *user;
} postern_scan_options;

/* What became of a scan. */
typedef struct postern_scan_report {
    uint64_t parts, bytes;                        /* looked at, decoded */
    uint64_t findings[POSTERN_FINDING_COUNT + 1]; /* of each number, told or not; [0] is their sum */
    uint64_t untold;                              /* beyond POSTERN_LIMIT_FINDINGS */
} postern_scan_report;

/* Scans a file by what it is: message, archive of a page, HTML, XML, shortcut, registry export, RTF, mailbox, zip with whatever
 * those hold, to POSTERN_LIMIT_SCAN_DEPTH. `name` is the file's own name: its ending counts, nothing is opened. The same bytes,
 * name and options give the same findings in the same order (Z20). NOMEM, or what the sink returned. */
POSTERN_API postern_status postern_scan_bytes(postern_slice bytes, postern_slice name, const postern_scan_options *options,
                                              const postern_finding_sink *sink, postern_scan_report *ret_report) POSTERN_MUST;

/* Where a URL stands, which decides what is odd about it. */
typedef enum postern_url_place {
    POSTERN_PLACE_LINK,     /* somebody has to follow it */
    POSTERN_PLACE_PICTURE,  /* loaded, and shown at most */
    POSTERN_PLACE_LOAD,     /* loaded and given a document's rights: frame, object, script, refresh, Location */
    POSTERN_PLACE_STYLE,    /* url() of a style sheet */
    POSTERN_PLACE_RELATION, /* Target of an Office relationship, object or link of an RTF document */
    POSTERN_PLACE_SHORTCUT, /* URL= of an Internet shortcut, library description */
    POSTERN_PLACE_SCRIPT,   /* a string of a script */
    POSTERN_PLACE_TEXT      /* plain text: info only */
} postern_url_place;

/* Judges one URL on its own, decoded exactly once by the caller (character references, quotes), for handlers and mail programs.
 * `landed`: where redirects ended, or empty. Offsets of the findings are within `text`. */
POSTERN_API postern_status postern_scan_url(postern_slice text, postern_url_place place, postern_slice landed,
                                            const postern_scan_options *options, const postern_finding_sink *sink) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
