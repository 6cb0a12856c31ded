/*
 * What a file is: an archive, a mail, a bare HTML document, or something else, which is then named so that the user knows.
 * Only the caller's word or a declared head makes an archive (Z5); the signatures here serve the error text alone.
 */
#include "mhtml_int.h"

typedef struct signature {
    const char *bytes;
    size_t len;
    const char *name;
} signature;

#define SIGNATURE(literal, name)                                                                                               \
    { literal, sizeof(literal) - 1, name }

static const signature signatures[] = {
    SIGNATURE("%PDF-", "a PDF document"),
    SIGNATURE("PK\3\4", "a zip file or an Office document (docx, xlsx, …)"),
    SIGNATURE("PK\5\6", "an empty zip file"),
    SIGNATURE("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an OLE document (Outlook .msg, or Word, Excel before 2007)"),
    SIGNATURE("{\\rtf", "an RTF document"),
    SIGNATURE("\x1F\x8B", "gzip-compressed data; decompress it first"),
    SIGNATURE("BZh", "bzip2-compressed data; decompress it first"),
    SIGNATURE("\xFD"
              "7zXZ",
              "xz-compressed data; decompress it first"),
    SIGNATURE("\x28\xB5\x2F\xFD", "zstd-compressed data; decompress it first"),
    SIGNATURE("7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    SIGNATURE("Rar!\x1A\x07", "a RAR archive"),
    SIGNATURE("ITSF", "compiled HTML help (CHM)"),
    SIGNATURE("bplist0", "a binary property list (Safari .webarchive)"),
    SIGNATURE("\xCF\xAD\x12\xFE", "an Outlook Express mailbox (.dbx)"),
    SIGNATURE("!BDN", "an Outlook mailbox (.pst)"),
    SIGNATURE("\x78\x9F\x3E\x22", "a TNEF file (winmail.dat)"),
    SIGNATURE("MSCF", "a cabinet file"),
    SIGNATURE("SQLite format 3", "an SQLite database"),
    SIGNATURE("\x89PNG\r\n\x1A\n", "a PNG picture"),
    SIGNATURE("\xFF\xD8\xFF", "a JPEG picture"),
    SIGNATURE("GIF8", "a GIF picture"),
    SIGNATURE("\x7F"
              "ELF",
              "a program"),
    SIGNATURE("MZ", "a Windows program"),
};

const char *mhtml_other_format(postern_slice bytes) {
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const signature *s = &signatures[i];
        if (!postern_slice_starts(bytes, postern_slice_of(s->bytes, s->len))) continue;
        /* two or three letters could begin a field name */
        if (s->len <= 3 && s->bytes[0] >= 'A' && s->bytes[0] <= 'Z' &&
            postern_slice_find_byte(postern_slice_sub(bytes, 0, 64), 0, 0) == SIZE_MAX)
            continue;
        return s->name;
    }
    return NULL;
}

static postern_slice without_front(postern_slice bytes) {
    if (postern_slice_starts(bytes, POSTERN_S("\xEF\xBB\xBF"))) bytes = postern_slice_from(bytes, 3);
    size_t i = 0;
    while (i < bytes.len && postern_ascii_space(bytes.ptr[i])) i++;
    return postern_slice_from(bytes, i);
}

/* The ASCII in UTF-16 text, enough of it to see a tag. */
static postern_slice narrow(postern_slice bytes, uint8_t out[1024]) {
    size_t n = 0,
           i = postern_slice_starts(bytes, POSTERN_S("\xFF\xFE")) || postern_slice_starts(bytes, POSTERN_S("\xFE\xFF")) ? 2 : 0;
    for (; i + 1 < bytes.len && n < 1024; i += 2) {
        uint8_t x = bytes.ptr[i], y = bytes.ptr[i + 1];
        if (x && y) break;
        out[n++] = x ? x : y;
    }
    return postern_slice_of(out, n);
}

bool mhtml_looks_html(postern_slice bytes) {
    static const char *const tags[] = {
        "<html",   "<!doctype html", "<head",     "<body", "<title",  "<meta", "<table", "<div", "<p>",  "<p ",
        "<script", "<style",         "<frameset", "<h1",   "<center", "<font", "<br",    "<a ",  "<span"};
    uint8_t wide[1024];
    if (bytes.len > 3 && (memchr(bytes.ptr, 0, 4) || bytes.ptr[0] >= 0xFE)) bytes = narrow(bytes, wide);
    postern_slice head = postern_slice_sub(without_front(bytes), 0, 4096);
    if (!head.len || head.ptr[0] != '<') return false;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (postern_slice_find_nocase(head, 0, postern_slice_cstr(tags[i])) != SIZE_MAX) return true;
    return false;
}

static bool looks_text(postern_slice bytes) {
    postern_slice head = postern_slice_sub(bytes, 0, 4096);
    for (size_t i = 0; i < head.len; i++)
        if (head.ptr[i] < 9 || (head.ptr[i] > 13 && head.ptr[i] < 32 && head.ptr[i] != 27)) return false;
    return true;
}

postern_status mhtml_refuse(postern_slice bytes, postern_error *reterr) {
    const char *other = mhtml_other_format(bytes);
    if (!bytes.len) return postern_fail(reterr, POSTERN_FORMAT, 0, "the file is empty");
    if (other) return postern_fail(reterr, POSTERN_FORMAT, 0, "neither an archive nor a mail: this looks like %s", other);
    postern_slice front = without_front(bytes);
    if (!front.len) return postern_fail(reterr, POSTERN_FORMAT, 0, "the file holds nothing but blanks");
    if (mhtml_looks_html(bytes))
        return postern_fail(reterr, POSTERN_FORMAT, 0, "neither an archive nor a mail: this looks like a bare HTML document");
    if (postern_slice_starts(front, POSTERN_S("<")))
        return postern_fail(reterr, POSTERN_FORMAT, 0, "neither an archive nor a mail: this looks like XML");
    if (looks_text(bytes))
        return postern_fail(reterr, POSTERN_FORMAT, 0, "neither an archive nor a mail: this looks like plain text");
    return postern_fail(reterr, POSTERN_FORMAT, 0, "neither an archive nor a mail: unknown binary data");
}

/* ---- archive or mail --------------------------------------------------------------------------------------------- */

static bool has(const postern_part *part, const char *name) {
    return postern_part_header(part, postern_slice_cstr(name)) != NULL;
}

bool mhtml_has_known_field(const postern_part *root) {
    static const char *const names[] = {"mime-version", "from",        "to",
                                        "subject",      "date",        "received",
                                        "message-id",   "return-path", "snapshot-content-location",
                                        "sender",       "reply-to",    "cc",
                                        "delivered-to", "bcc"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has(root, names[i])) return true;
    for (uint32_t i = 0; i < root->header_count; i++)
        if (postern_slice_starts_nocase(root->headers[i].name, POSTERN_S("content-")) ||
            postern_slice_starts_nocase(root->headers[i].name, POSTERN_S("x-")))
            return true;
    return false;
}

/* Whether a part of the outermost related, or the root itself, stands at a place. */
static bool has_place(const postern_archive *a) {
    const postern_part *root = mhtml_part(a, 0);
    if (root->content_location.len) return true;
    for (uint32_t i = root->first_child, n = 0; i != POSTERN_NO_PART && n < 64; i = mhtml_part(a, i)->next, n++)
        if (mhtml_part(a, i)->content_location.len) return true;
    return false;
}

/* Mail is less trusted (Z10), so whatever was transported is mail, and "Saved by" cannot hide it. */
postern_archive_kind mhtml_kind_of(const postern_archive *a) {
    const postern_part *root = mhtml_part(a, 0);
    static const char *const transported[] = {"received",    "return-path",   "delivered-to",   "to",         "cc", "bcc",
                                              "in-reply-to", "x-original-to", "dkim-signature", "resent-from"};
    for (size_t i = 0; i < sizeof transported / sizeof *transported; i++)
        if (has(root, transported[i])) return POSTERN_ARCHIVE_MAIL;
    const postern_header *from = postern_part_header(root, POSTERN_S("from"));
    if (has(root, "snapshot-content-location")) return POSTERN_ARCHIVE_MHTML;
    if (from && postern_slice_find_nocase(postern_slice_sub(from->raw, 0, 64), 0, POSTERN_S("saved by")) != SIZE_MAX)
        return POSTERN_ARCHIVE_MHTML;
    bool related = postern_slice_eq(root->type, POSTERN_S("multipart/related"));
    if (has_place(a) && (related || !from || mhtml_is_html(root))) return POSTERN_ARCHIVE_MHTML;
    if (from || has(root, "sender") || has(root, "reply-to")) {
        bool wiz = from && postern_slice_find_nocase(from->raw, 0, POSTERN_S("wizmime")) != SIZE_MAX;
        return wiz ? POSTERN_ARCHIVE_MHTML : POSTERN_ARCHIVE_MAIL;
    }
    return related || mhtml_is_html(root) || postern_slice_eq(root->type, POSTERN_S("multipart/alternative"))
               ? POSTERN_ARCHIVE_MHTML
               : POSTERN_ARCHIVE_MAIL;
}
