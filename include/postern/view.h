/*
 * view: a loopback web viewer for one archive, one mail or a whole store. Two documents, two policies: the shell (ours: lists,
 * bar, warnings) and the message, which has its own URL and a sandbox without scripts and without an origin.
 *
 * Who may ask: a browser that exchanged the token of the first URL for a strict cookie, at exactly our host, from our own
 * pages.
 * Who reads: each request that touches bytes of the input is answered by a process of its own in a sandbox, which may die
 * without harm to the viewer.
 */
#ifndef POSTERN_VIEW_H
#define POSTERN_VIEW_H

#include "base.h"
#include "zone.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum postern_theme { POSTERN_THEME_AUTO, POSTERN_THEME_LIGHT, POSTERN_THEME_DARK } postern_theme;

/* What a user sets once and for all. The library keeps them nowhere: see `save`. */
typedef struct postern_viewer_settings {
    bool plain; /* read all messages as plain text */
    postern_theme theme;
    unsigned zoom;    /* percent, 50 to 300 */
    char language[8]; /* "en", "ja"; empty: what the browser asks for, else the caller's */
} postern_viewer_settings;

POSTERN_API void postern_viewer_settings_init(postern_viewer_settings *settings);
/* "name = value" lines, UTF-8. What is not known or makes no sense is passed over. */
POSTERN_API void postern_viewer_settings_read(postern_viewer_settings *settings, postern_slice text);
POSTERN_API postern_status postern_viewer_settings_write(const postern_viewer_settings *settings, postern_buf *out);

typedef struct postern_viewer_options {
    /* A store (mailbox.h) as an open file or folder, or -1. When it is one message, `bytes` are shown, if there are any. */
    int store;
    bool has_cache; /* of the store's index: */
    int cache_dir;  /* a folder outside the store */
    const char *cache_name;
    postern_slice bytes; /* the file; the caller keeps it, mapped, and has not looked at it */
    const char *name;    /* the file's own name, for the title and for what its ending says; UTF-8 or not */
    bool has_caller_zone;
    postern_zone caller_zone;
    postern_slice zone_stream; /* content of the file's Zone.Identifier */
    bool has_zone_stream;
    const postern_policy *policy; /* sealed: what a page may show at most, and whether mail is read as text; NULL: page.h */
    postern_slice trust; /* PEM: certificates that a signature has to lead to; empty: none is trusted. The caller's to keep */
    /* Gives a private key and its certificate (PEM), for encrypted mail; or NULL. Called once, in the process that keeps it:
     * the viewer and its readers never hold it. Says itself what is wrong; its status then is postern_viewer_open's. */
    postern_status (*load_key)(void *user, postern_buf *out);
    /* The path of GnuPG's gpg, for OpenPGP, and its whole environment, NULL behind the last; or NULL. The caller's to keep. */
    const char *gpg;
    char *const *gpg_environment;
    const char *language;         /* of the caller's locale: "ja", else English */
    uint16_t port;                /* 0: the system chooses */
    bool keep;                    /* stay when the last page was closed */
    uint64_t max_memory;          /* of a reader, beyond what it has when it starts; 0: no ceiling */
    bool without_sandbox;         /* for builds that cannot have one (address sanitizer) */
    postern_viewer_settings settings;
    void (*save)(void *user, const postern_viewer_settings *settings); /* the user changed something; or NULL */
    void *user;
} postern_viewer_options;

/* A running viewer; one thread, no other may fork beside it. */
typedef struct postern_viewer postern_viewer;

/* Listens on 127.0.0.1 and, where the system has it, ::1, on the same port. `options` is copied, what it points to is the
 * caller's until close. IO: no port. What load_key returned, with an empty text. Ceilings: POSTERN_LIMIT_VIEWER_…. */
POSTERN_API postern_status postern_viewer_open(const postern_viewer_options *options, postern_viewer **ret_viewer,
                                               postern_error *reterr) POSTERN_MUST;
/* The first URL, with its token, which is good for one use. Lives as long as the viewer. */
POSTERN_API const char *postern_viewer_url(const postern_viewer *viewer);
/* Serves until postern_viewer_stop, or, without `keep`, until the last page is closed. */
POSTERN_API postern_status postern_viewer_run(postern_viewer *viewer, postern_error *reterr) POSTERN_MUST;
/* Async-signal-safe. */
POSTERN_API void postern_viewer_stop(postern_viewer *viewer);
POSTERN_API void postern_viewer_close(postern_viewer *viewer); /* takes NULL */

/* A message of the viewer in a language it knows ("ja"), or the English text itself. Static storage. */
POSTERN_API const char *postern_viewer_text(const char *language, const char *english);

#ifdef __cplusplus
}
#endif
#endif
