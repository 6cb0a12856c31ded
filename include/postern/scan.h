/*
 * scan: notes and facts -> findings; the only maker of findings. So far: every view of a malformed message.
 */
#ifndef POSTERN_SCAN_H
#define POSTERN_SCAN_H

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

#ifdef __cplusplus
}
#endif
#endif
