/*
 * Lines that survive a power cut: "CRC-32 of the rest, blank, record", tabs between the fields of a record, bytes that could
 * break a line as %XX. The first line whose checksum does not match, and all behind it, was never written.
 */
#ifndef POSTERN_LINES_H
#define POSTERN_LINES_H

#include "update_int.h"

enum { LINE_FIELDS = 8, LINE_DIGEST = 32 };

/* A field into the record at hand. */
void line_escape(postern_buf *record, const char *text);
void line_escape_slice(postern_buf *record, postern_slice text);
/* A digest, or '-' for nothing; and the tab behind it. */
void line_digest(postern_buf *record, const uint8_t *digest, bool absent);
/* The record as a line, its checksum in front. */
void line_seal(postern_buf *out, const postern_buf *record);

/* The next record of *text; false at the end, or at the first line that was not written whole. */
bool line_next(postern_slice *text, postern_slice *ret_record);
/* Number of fields; LINE_FIELDS + 1 when there are more. */
size_t line_split(postern_slice record, postern_slice fields[LINE_FIELDS]);
/* NUL-terminated, the caller frees it; NULL: no memory. */
char *line_unescape(postern_slice field);
bool line_read_digest(postern_slice field, uint8_t digest[LINE_DIGEST], bool *ret_absent);

#endif
