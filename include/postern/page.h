/*
 * page: one document -> safe HTML, text or Markdown. Safe under every interpretation a browser may take (P1-P5): a conforming
 * tokenizer feeds a writer whose output language is closed. Resources come from a resolver, never from anywhere else.
 */
#ifndef POSTERN_PAGE_H
#define POSTERN_PAGE_H

#include "mhtml.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a resource is wanted for; decides which types are acceptable (Z7). */
typedef enum postern_use {
    POSTERN_USE_IMAGE, POSTERN_USE_FONT, POSTERN_USE_STYLE, POSTERN_USE_FRAME, POSTERN_USE_MEDIA, POSTERN_USE_LINK
} postern_use;

/*
 * What the policy of its zone lets a document show. Below that lies the hard floor, which no policy lifts: no script, no
 * plugin, no network, nothing automatic, forms that send nothing. "Query" counts as no, for nobody is there to be asked; only a
 * refresh that became a link asks by itself.
 */
typedef enum postern_page_right {
    POSTERN_PAGE_RIGHT_FONTS,    /* HTML_FONT_DOWNLOAD: fonts of the archive are used */
    POSTERN_PAGE_RIGHT_FORMS,    /* HTML_SUBMIT_FORMS: fields and buttons are drawn (disabled); else only their words stay */
    POSTERN_PAGE_RIGHT_FRAMES,   /* HTML_SUBFRAME_NAVIGATE: a frame shows a document of another host */
    POSTERN_PAGE_RIGHT_REFRESH,  /* HTML_META_REFRESH: an automatic step becomes a link at the document's end */
    POSTERN_PAGE_RIGHT_SNIFFING, /* FEATURE_MIME_SNIFFING: a picture, font, film or sheet of another declared type is shown (Z7)
                                  */
    POSTERN_PAGE_RIGHT_DRAG,     /* SHELL_MOVE_OR_COPY: pictures and links can be dragged out of the page */
    POSTERN_PAGE_RIGHT_COUNT
} postern_page_right;

typedef struct postern_page_rights {
    postern_zone_decision zone; /* of the document: least of the archive's and of its own location's (Z1) */
    bool has[POSTERN_PAGE_RIGHT_COUNT];
    postern_action_decision action[POSTERN_PAGE_RIGHT_COUNT]; /* with the reasons (Z20) */
} postern_page_rights;

/* The rights of a part of the archive whose framing document has the zone `above` (for the root: the archive's own zone).
 * Reasons hold views of the archive and the policy. No allocation, no failure. */
POSTERN_API void postern_page_rights_of(postern_archive *archive, uint32_t part, const postern_policy *policy,
                                        postern_zone above, postern_page_rights *ret_rights);

/* Counters of what was shown and what was left out; the notes say each. */
typedef struct postern_page_report {
    uint64_t bytes_out;
    uint32_t frames, pictures, fonts, sheets, media;     /* written */
    uint32_t scripts, handlers, remote, missing, elements, attributes, links, forms, refreshes, frames_blocked, plugins, css,
        type_mismatches, limits;                          /* left out */
    uint32_t plain;  /* HTML texts of a mail that were read as text (postern_archive_reads_plain) */
    uint32_t policy; /* left out because the policy says so */
    bool judged;     /* there was a policy: `rights` are the root document's */
    postern_page_rights rights;
    uint32_t hidden_runs, hidden_chars, tracking_pixels, remote_pictures, deceptive_links; /* text only */
} postern_page_report;

typedef struct postern_page_options {
    const postern_notes *notes;   /* each thing left out; detail is the URL, name or text, raw */
    uint32_t root;                /* part to show; POSTERN_NO_PART: the archive's root */
    bool mail_header;             /* a block with From, To, Subject, Date and the attachments above a mail (default for mail) */
    bool page_header;             /* the same above a saved page: its title, address and date */
    const char *notice;           /* the caller's own words in that block, on a screen and not on paper; NULL: none */
    const char *language;         /* for `translate` */
    const char *(*translate)(const char *language, const char *english); /* "From" and the like in it; NULL: as they are */
    bool no_csp;                  /* tests only: leave the policy out, P1-P3 must hold alone */
    bool fragment;                /* tests only: body content without prolog */
    /* With `resource` set, `html -d`: each resource is handed out once and referenced by the name it returns, not data:. */
    postern_status (*resource)(void *user, uint32_t part, postern_media media, postern_buf *ret_name);
    void *resource_user;
    uint64_t max_output;          /* 0: POSTERN_LIMIT_PAGE_OUTPUT */
    const postern_policy *policy; /* sealed; NULL: the hard floor alone, all that the archive holds is shown */
    /* A viewer shows where a link leads before it is followed: each link becomes this, then the target percent-encoded. The
     * caller's own words: nothing but letters, digits and /:.?=-_[] . NULL: the target itself. */
    const char *link_prefix;
    const char *style; /* the caller's own style sheet in front of the page's, filtered as that is; NULL: none */
} postern_page_options;

POSTERN_API void postern_page_options_init(postern_page_options *options);

/* The safe page, streamed into `out`. LIMIT after a note when the output limit was reached; what was written is well-formed
 * up to there and closed. *ret_report is always filled. */
POSTERN_API postern_status postern_page_html(postern_archive *archive, const postern_page_options *options,
                                             const postern_sink *out, postern_page_report *ret_report, postern_error *reterr)
    POSTERN_MUST;

typedef struct postern_text_options {
    const postern_notes *notes;
    uint32_t root;
    unsigned width;       /* columns; 0: no wrapping */
    bool markdown;
    bool show_hidden;
    bool mail_header;
    bool terminal;        /* isolate bidi, never let controls through (they never are); OSC 8 links are not written */
} postern_text_options;

POSTERN_API void postern_text_options_init(postern_text_options *options);

/* Readable text or Markdown, UTF-8, LF line ends. */
POSTERN_API postern_status postern_page_text(postern_archive *archive, const postern_text_options *options,
                                             const postern_sink *out, postern_page_report *ret_report, postern_error *reterr)
    POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
