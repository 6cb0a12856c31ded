/*
 * zone: the five URL security zones, their order of trust, and the marks of origin. (The policy engine: URL -> zone -> action
 * -> policy, is the larger half of this room; what the reader needs of it is here.)
 */
#ifndef POSTERN_ZONE_H
#define POSTERN_ZONE_H

#include "url.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers are Windows' own. Trust, least first: Restricted < Internet < Intranet < Trusted < Local Machine. */
typedef enum postern_zone {
    POSTERN_ZONE_LOCAL_MACHINE = 0,
    POSTERN_ZONE_INTRANET = 1,
    POSTERN_ZONE_TRUSTED = 2,
    POSTERN_ZONE_INTERNET = 3,
    POSTERN_ZONE_RESTRICTED = 4
} postern_zone;

/* The less trusted of two (Z1). A number that is no zone counts as Restricted. */
POSTERN_API postern_zone postern_zone_least(postern_zone a, postern_zone b);
/* "restricted", "internet", "intranet", "trusted", "local-machine". Static storage. */
POSTERN_API const char *postern_zone_name(postern_zone zone);
/* By name (also "local", "computer") or number 0 to 4; false otherwise. */
POSTERN_API bool postern_zone_parse(postern_slice text, postern_zone *ret_zone);
/* Zone of a URL without any policy: http, https, ftp … Internet; file with a host (UNC) Internet; file without a host Internet
 * too, since Local Machine comes only from the caller's proof (Z9); unknown schemes Internet at best (Z14), handler schemes
 * Restricted. */
POSTERN_API postern_zone postern_zone_of_url_default(const postern_url *url);

/* A mark of origin, read fail-closed (Z10): it can lower a zone and never raise one. */
typedef struct postern_mark {
    bool present;
    bool malformed;      /* lowers to Internet at least; the caller sends the note */
    postern_zone zone;   /* what the mark says; meaningful when present */
    postern_slice url;   /* saved-from URL or HostUrl, as written; a view; may be empty */
} postern_mark;

/* "<!-- saved from url=(0023)http://… -->" within the first 64 KiB of a document (UTF-8). */
POSTERN_API void postern_mark_from_comment(postern_arena *arena, postern_slice document, postern_mark *ret_mark);
/* The content of a Zone.Identifier stream (INI; case ignored; duplicates: the least trusted). */
POSTERN_API void postern_mark_from_stream(postern_arena *arena, postern_slice content, postern_mark *ret_mark);
/* Writes a Zone.Identifier stream that is at least as strict as `zone` (Z19): ZoneId 3 or 4, HostUrl when it is a safe
 * http(s) URL. */
POSTERN_API postern_status postern_mark_write(postern_buf *out, postern_zone zone, postern_slice host_url);

#ifdef __cplusplus
}
#endif
#endif
