/*
 * Every kind of defect that the library reports, one line each: X(NAME, "stable-name", "one sentence").
 * A kind belongs to the room in whose section it stands. New kinds go at the end of their section: the stable name, not the
 * number, is what users see.
 */
#ifndef POSTERN_NOTES_H
#define POSTERN_NOTES_H

#define POSTERN_NOTES_CODEC(X) \
    X(BASE64_JUNK, "base64-junk", "characters outside the base64 alphabet were passed over") \
    X(BASE64_PADDING, "base64-padding", "base64 data has wrong or missing padding") \
    X(QP_BAD_ESCAPE, "qp-bad-escape", "a quoted-printable escape is not two hexadecimal digits") \
    X(QP_RAW_8BIT, "qp-raw-8bit", "raw 8-bit bytes inside quoted-printable") \
    X(UU_DEFECT, "uu-defect", "uuencoded data is malformed") \
    X(CHARSET_UNKNOWN, "charset-unknown", "the declared character set is not known") \
    X(CHARSET_GUESSED, "charset-guessed", "no character set was declared; it was guessed") \
    X(CHARSET_BAD_BYTES, "charset-bad-bytes", "bytes that do not belong to the character set became U+FFFD") \
    X(ENCODED_WORD_DEFECT, "encoded-word-defect", "a malformed RFC 2047 encoded word")

#define POSTERN_NOTES_MIME(X) \
    X(LEADING_JUNK, "leading-junk", "text or blank lines before the first header") \
    X(MBOX_FROM, "mbox-from-line", "an mbox From_ line before the headers") \
    X(BARE_NEWLINES, "bare-newlines", "lines end in bare LF or bare CR") \
    X(HEADER_MALFORMED, "header-malformed", "a line among the headers is no header") \
    X(HEADER_DUPLICATE, "header-duplicate", "a header that may stand once stands twice") \
    X(HEADER_NO_BLANK_LINE, "header-no-blank-line", "no blank line between headers and body") \
    X(TYPE_MALFORMED, "type-malformed", "Content-Type is missing or malformed") \
    X(ENCODING_UNKNOWN, "encoding-unknown", "the transfer encoding is not known") \
    X(ENCODING_ON_MULTIPART, "encoding-on-multipart", "a transfer encoding on a multipart is ignored") \
    X(BOUNDARY_MISSING, "boundary-missing", "a multipart without a boundary") \
    X(BOUNDARY_UNUSED, "boundary-unused", "the declared boundary never occurs") \
    X(BOUNDARY_UNCLOSED, "boundary-unclosed", "the last part has no closing delimiter") \
    X(BOUNDARY_GLUED, "boundary-glued", "a delimiter does not start its line") \
    X(TOO_DEEP, "too-deep", "parts nested too deeply are kept as one leaf") \
    X(TOO_MANY_PARTS, "too-many-parts", "too many parts; the rest is left out") \
    X(PARAMETER_MALFORMED, "parameter-malformed", "a header parameter is malformed") \
    X(HEADERS_CUT, "headers-cut", "too many header fields; the rest is left out")

#define POSTERN_NOTES_HTML(X) \
    X(HTML_ATTRIBUTES_CUT, "html-attributes-cut", "a tag has too many attributes; the rest is left out")

#define POSTERN_NOTES_CSS(X) \
    X(CSS_TOO_DEEP, "css-too-deep", "a style sheet is nested too deeply; the rule is left out")

#define POSTERN_NOTES_MHTML(X) \
    X(ROOT_GUESSED, "root-guessed", "the start part is absent; the first HTML part is the root") \
    X(DUPLICATE_IDENTITY, "duplicate-identity", "two parts have the same location or id; the first counts (Z11)") \
    X(FORBIDDEN_IDENTITY, "forbidden-identity", "a location with a scheme that cannot name a part is ignored (Z11)") \
    X(NOT_MHTML, "not-mhtml", "a bare HTML document, not an archive") \
    X(MARK_MALFORMED, "mark-malformed", "a mark of origin is malformed and lowers the zone (Z10)") \
    X(ROOT_CUT, "root-cut", "the preferred form of the text is cut short or empty; another form of it is shown")

#define POSTERN_NOTES_PAGE(X) \
    X(PAGE_SCRIPT, "blocked-script", "a script was left out") \
    X(PAGE_HANDLER, "blocked-handler", "an event handler was left out") \
    X(PAGE_REMOTE, "blocked-remote", "a remote resource was left out") \
    X(PAGE_MISSING, "missing-part", "a resource that the archive does not hold (Z2)") \
    X(PAGE_ELEMENT, "blocked-element", "an element outside the allowlist was left out") \
    X(PAGE_ATTRIBUTE, "blocked-attribute", "an attribute outside the allowlist was left out") \
    X(PAGE_LINK, "blocked-link", "a link to a scheme outside the allowlist was made inert (Z21)") \
    X(PAGE_FORM, "blocked-form", "a form was made inert") \
    X(PAGE_REFRESH, "blocked-refresh", "an automatic step to another page was left out") \
    X(PAGE_FRAME, "blocked-frame", "a frame without a part in the archive was left empty") \
    X(PAGE_PLUGIN, "blocked-plugin", "an object or plugin was left out") \
    X(PAGE_CSS, "blocked-css", "a style rule or declaration was left out") \
    X(PAGE_TYPE_MISMATCH, "type-mismatch", "a part is not of the type it is used as (Z7)") \
    X(PAGE_LIMIT, "page-limit", "a limit of the page was reached; something was left out (P5)") \
    X(PAGE_HIDDEN, "hidden-text", "text that a reader cannot see was left out") \
    X(PAGE_DECEPTIVE_LINK, "deceptive-link", "the text of a link names another host than its target") \
    X(PAGE_TRACKING_PIXEL, "tracking-pixel", "a remote picture that nobody is to see") \
    X(PAGE_POLICY, "blocked-by-policy", "something was left out because the policy of its zone says so") \
    X(PAGE_REFRESH_LINK, "refresh-as-link", "an automatic step to another page became a link") \
    X(PAGE_PLAIN, "read-as-text", "HTML of a mail was read as plain text (KB291387, KB307594)")

#define POSTERN_NOTES_MAILBOX(X) \
    X(STORE_LINK, "store-link", "a link or device in the store was not followed (T2)") \
    X(STORE_TOO_DEEP, "store-too-deep", "folders nested too deeply were not entered") \
    X(STORE_UNREADABLE, "store-unreadable", "a file or folder of the store cannot be read") \
    X(STORE_NO_MESSAGE, "store-no-message", "a file without a message was passed over") \
    X(STORE_ARCHIVE_NESTED, "store-archive-nested", "an archive inside an archive was not opened") \
    X(STORE_CUT, "store-cut", "a mailbox or archive is damaged, or beyond a limit; the rest of it is left out") \
    X(STORE_WORDS_CUT, "store-words-cut", "a message is too long; words behind its first megabytes are not found") \
    X(STORE_NO_CACHE, "store-no-cache", "the index could not be kept for the next time")

#define POSTERN_NOTES_WIN(X) \
    X(WIN_HIVE_DIRTY, "win-hive-dirty", "a hive holds changes that only its log has; it is read as it is") \
    X(WIN_HIVE_DAMAGED, "win-hive-damaged", "a part of the registry cannot be read; facts of the system are missing")

#define POSTERN_NOTES(X) \
    POSTERN_NOTES_CODEC(X) \
    POSTERN_NOTES_MIME(X) \
    POSTERN_NOTES_HTML(X) \
    POSTERN_NOTES_CSS(X) \
    POSTERN_NOTES_MHTML(X) \
    POSTERN_NOTES_PAGE(X) \
    POSTERN_NOTES_MAILBOX(X) \
    POSTERN_NOTES_WIN(X)

typedef enum postern_note_kind {
#define POSTERN_NOTE_ENUM(name, stable, text) POSTERN_NOTE_##name,
    POSTERN_NOTES(POSTERN_NOTE_ENUM)
#undef POSTERN_NOTE_ENUM
    POSTERN_NOTE_COUNT
} postern_note_kind;

#endif
