/*
 * advisory: what is known about weaknesses, and whether a system has them.
 *
 * CSAF 2.0 documents in (read, checked, shown), the verdict on a Windows tree for bulletin MS04-013, CSAF VEX out. Bytes come
 * from the caller: nothing here opens a file or asks for the time.
 *
 * Failures that every function may return, beside those it names: NOMEM; LIMIT (the ceilings of "advisory" in limits.h).
 */
#ifndef POSTERN_ADVISORY_H
#define POSTERN_ADVISORY_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- CSAF 2.0 documents ------------------------------------------------------------------------------------------ */

typedef struct postern_csaf postern_csaf;

/* Reads a document; the bytes may go away afterwards. FORMAT with the offset: no UTF-8, no JSON, a member named twice, NUL in a
 * string, no object "document". LIMIT: POSTERN_LIMIT_ADVISORY bytes, POSTERN_LIMIT_ADVISORY_DEPTH levels. */
POSTERN_API postern_status postern_csaf_open(postern_slice bytes, postern_csaf **ret_csaf, postern_error *reterr) POSTERN_MUST;
POSTERN_API void postern_csaf_free(postern_csaf *csaf); /* takes NULL */

/* UTF-8 of the document, hostile, alive as long as it; empty where the document says nothing or something of the wrong kind. */
typedef struct postern_csaf_summary {
    postern_slice id, title, lang, category, severity, released, version;
    size_t vulnerabilities;
} postern_csaf_summary;
POSTERN_API void postern_csaf_summary_of(const postern_csaf *csaf, postern_csaf_summary *ret_summary);

/* Something that the standard forbids. */
typedef struct postern_csaf_problem {
    const char *test;     /* "schema", or the number of the mandatory test: "6.1.1" … "6.1.33"; static */
    const char *text;     /* what is wrong with the place, without a full stop; static */
    postern_slice path;   /* JSON pointer (RFC 6901) of the place; of the document: hostile */
    postern_slice detail; /* what stands there; hostile; may be empty */
} postern_csaf_problem;
/* Anything but OK ends the check with that status. Slices live during the call. */
typedef struct postern_csaf_sink {
    postern_status (*problem)(void *user, const postern_csaf_problem *problem);
    void *user;
} postern_csaf_sink;

/* The schema and all mandatory tests (CSAF 2.0, 6.1.1 to 6.1.33). Tests run even where the schema is not met, as far as there
 * is something to look at. *ret_problems counts all of them; POSTERN_LIMIT_ADVISORY_PROBLEMS are told. */
POSTERN_API postern_status postern_csaf_check(const postern_csaf *csaf, const postern_csaf_sink *sink,
                                              uint64_t *ret_problems) POSTERN_MUST;

/* The document for people, in lines of at most `width` columns (0: as long as they are), with headings in its own language
 * where that is English or Japanese. Everything of the document is escaped as postern_escape_line does. */
POSTERN_API postern_status postern_csaf_show(const postern_csaf *csaf, unsigned width, postern_buf *out) POSTERN_MUST;

#ifdef __cplusplus
}
#endif
#endif
