/*
 * The content of a winmail.dat as MIME, in the place of the part that held it, so that everything that reads messages reads it.
 * The part's own headings go, unless it is the whole message.
 */
#include "tnef.h"

enum { LINE = 57 /* bytes of a base64 line of 76 */ };

static void add_digits(postern_buf *out, postern_slice bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t v = (uint32_t)bytes.ptr[i] << 16 | (left > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0) |
                     (left > 2 ? bytes.ptr[i + 2] : 0u);
        char four[4] = {digits[v >> 18], digits[v >> 12 & 63], left > 1 ? digits[v >> 6 & 63] : '=',
                        left > 2 ? digits[v & 63] : '='};
        postern_buf_add(out, four, 4);
    }
}

static void add_base64(postern_buf *out, postern_slice bytes) {
    for (size_t at = 0; at < bytes.len || !at; at += LINE) {
        add_digits(out, postern_slice_sub(bytes, at, LINE));
        postern_buf_add_slice(out, POSTERN_S("\r\n"));
    }
}

static void add_charset(postern_buf *out, uint32_t codepage) {
    static const struct {
        uint32_t codepage;
        const char *label;
    } known[] = {{65001, "utf-8"},  {932, "shift_jis"},     {936, "gbk"},      {949, "euc-kr"},       {950, "big5"},
                 {20866, "koi8-r"}, {50220, "iso-2022-jp"}, {51932, "euc-jp"}, {28591, "iso-8859-1"}, {28592, "iso-8859-2"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].codepage == codepage) postern_buf_printf(out, "; charset=%s", known[i].label);
    if (codepage >= 1250 && codepage <= 1258) postern_buf_printf(out, "; charset=windows-%u", (unsigned)codepage);
}

/* RFC 2231; only letters and digits stand as they are. */
static void add_name(postern_buf *out, postern_slice name, uint32_t codepage) {
    bool utf8 = postern_utf8_valid(name);
    name = postern_slice_sub(name, 0, 1000);
    if (!name.len) return;
    postern_buf_printf(out, "; filename*=%s%u''", utf8 ? "utf-" : "windows-",
                       utf8                                   ? 8u
                       : codepage >= 1250 && codepage <= 1258 ? (unsigned)codepage
                                                              : 1252u);
    postern_percent_encode(name, "", out);
}

/* A heading as encoded words (RFC 2047): whatever is in it, it stays one line. */
static void add_heading(postern_buf *out, const char *name, postern_slice text, uint32_t codepage) {
    bool utf8 = postern_utf8_valid(text);
    enum { WORD = 45 }; /* bytes of one encoded word */
    text = postern_slice_sub(text, 0, 1000);
    if (!text.len) return;
    postern_buf_printf(out, "%s:", name);
    for (size_t at = 0, len; at < text.len; at += len) {
        len = text.len - at < WORD ? text.len - at : WORD;
        while (utf8 && len > 4 && at + len < text.len && (text.ptr[at + len] & 0xC0) == 0x80)
            len--; /* not inside a character */
        postern_buf_printf(out, "%s =?%s%u?B?", at ? "\r\n" : "", utf8 ? "utf-" : "windows-",
                           utf8                                   ? 8u
                           : codepage >= 1250 && codepage <= 1258 ? (unsigned)codepage
                                                                  : 1252u);
        add_digits(out, postern_slice_sub(text, at, len));
        postern_buf_add_slice(out, POSTERN_S("?="));
    }
    postern_buf_add_slice(out, POSTERN_S("\r\n"));
}

/* Name and address; the latter only where it can be nothing else. */
static void add_sender(postern_buf *out, const tnef *t) {
    bool plain = t->address.len && t->address.len < 300 && postern_slice_find_byte(t->address, 0, '@') != SIZE_MAX;
    for (size_t i = 0; i < t->address.len; i++)
        plain = plain && t->address.ptr[i] > ' ' && t->address.ptr[i] < 0x7F && !strchr("<>()[],;:\"\\", t->address.ptr[i]);
    size_t before = out->len;
    add_heading(out, "From", t->from.len || plain ? t->from : t->address, t->codepage);
    if (!plain) return;
    if (out->len > before)
        out->len -= 2; /* its line end */
    else
        postern_buf_add_slice(out, POSTERN_S("From:"));
    postern_buf_printf(out, " <%.*s>\r\n", POSTERN_ARG(t->address));
}

static void add_date(postern_buf *out, int64_t date) {
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t days = date / 86400 - (date % 86400 < 0), rest = date - days * 86400, z = days + 719468,
            era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned doe = (unsigned)(z - era * 146097), yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153, month = mp < 10 ? mp + 3 : mp - 9;
    long year = (long)(yoe + era * 400 + (month <= 2));
    postern_buf_printf(out, "Date: %u %.3s %04ld %02u:%02u:%02u +0000\r\n", doy - (153 * mp + 2) / 5 + 1,
                       names + 3 * (month - 1), year, (unsigned)(rest / 3600), (unsigned)(rest / 60 % 60),
                       (unsigned)(rest % 60));
}

/* "image/png" and the like, nothing that could end a line; else octet-stream. */
static bool is_token(postern_slice s) {
    unsigned slashes = 0;
    for (size_t i = 0; i < s.len; i++) {
        slashes += s.ptr[i] == '/';
        if (!postern_ascii_alpha(s.ptr[i]) && !postern_ascii_digit(s.ptr[i]) && !strchr("/.+-_", s.ptr[i])) return false;
    }
    return s.len && s.len < 100 && slashes == 1 && !postern_slice_starts_nocase(s, POSTERN_S("multipart/")) &&
           !postern_slice_starts_nocase(s, POSTERN_S("message/"));
}

static bool is_id(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7F || strchr("<>()\"\\", s.ptr[i])) return false;
    return s.len && s.len < 200;
}

static void add_attachment(postern_buf *out, const tnef *t, const tnef_attachment *a) {
    postern_slice type = is_token(a->type) ? a->type : POSTERN_S("application/octet-stream");
    postern_buf_printf(out, "Content-Type: %.*s\r\nContent-Disposition: attachment", POSTERN_ARG(type));
    add_name(out, a->name, t->codepage);
    if (is_id(a->content_id)) postern_buf_printf(out, "\r\nContent-ID: <%.*s>", POSTERN_ARG(a->content_id));
    postern_buf_add_slice(out, POSTERN_S("\r\nContent-Transfer-Encoding: base64\r\n\r\n"));
    add_base64(out, a->bytes);
}

static void add_body(postern_buf *out, postern_slice text, const char *type, uint32_t codepage) {
    postern_buf_printf(out, "Content-Type: %s", type);
    add_charset(out, codepage);
    postern_buf_add_slice(out, POSTERN_S("\r\nContent-Transfer-Encoding: base64\r\n\r\n"));
    add_base64(out, text);
}

static postern_status add_parts(postern_buf *out, tnef *t, uint32_t index, unsigned depth);

/* A stream that is no such message, or too deep, becomes a file. */
static postern_status add_message(postern_buf *out, tnef *t, const tnef_attachment *a, uint32_t index, unsigned depth) {
    bool may = depth < POSTERN_LIMIT_VIEWER_TNEF_DEPTH && *t->left;
    tnef *inner = may ? postern_arena_alloc(t->arena, sizeof *inner) : NULL;
    if (may && !inner) return postern_arena_failure(t->arena);
    postern_status status = may ? tnef_read(t->arena, a->message, inner) : POSTERN_FORMAT;
    if (status == POSTERN_FORMAT) {
        const tnef_attachment file = {.name = a->name.len ? a->name : POSTERN_S("winmail.dat"), .bytes = a->message};
        t->cut = true;
        add_attachment(out, t, &file);
        return POSTERN_OK;
    }
    if (status) return status;
    --*t->left;
    inner->left = t->left;
    if (!inner->codepage) inner->codepage = t->codepage;
    postern_buf_add_slice(out, POSTERN_S("Content-Type: message/rfc822\r\n\r\n"));
    add_sender(out, inner);
    add_heading(out, "To", inner->to, inner->codepage);
    add_heading(out, "Cc", inner->cc, inner->codepage);
    add_heading(out, "Subject", inner->subject.len ? inner->subject : a->name, inner->codepage);
    if (inner->has_date) add_date(out, inner->date);
    postern_buf_add_slice(out, POSTERN_S("MIME-Version: 1.0\r\n"));
    status = add_parts(out, inner, index, depth + 1);
    t->cut = t->cut || inner->cut;
    return status;
}

static postern_status add_each(postern_buf *out, tnef *t, uint32_t index, unsigned depth) {
    postern_status status = POSTERN_OK;
    for (size_t i = 0; i < t->count && !status; i++) {
        postern_buf_printf(out, "--=_tnef_%u_%u\r\n", index, depth);
        if (t->attachments[i].message.len)
            status = add_message(out, t, &t->attachments[i], index, depth);
        else
            add_attachment(out, t, &t->attachments[i]);
    }
    return status ? status : out->status;
}

/* Everything is base64, so that no boundary occurs in what is written; one depth has one boundary, and another has another. */
static postern_status add_parts(postern_buf *out, tnef *t, uint32_t index, unsigned depth) {
    postern_buf_printf(out, "Content-Type: multipart/mixed; boundary=\"=_tnef_%u_%u\"\r\n\r\n", index, depth);
    bool body = t->html.len || t->text.len;
    if (body) postern_buf_printf(out, "--=_tnef_%u_%u\r\n", index, depth);
    if (t->html.len)
        add_body(out, t->html, "text/html", t->html_codepage);
    else if (t->text.len)
        add_body(out, t->text, "text/plain", t->text_is_utf8 ? 65001 : t->codepage);
    postern_status status = add_each(out, t, index, depth);
    if (t->rtf.len && !t->html.len) {
        const tnef_attachment rtf = {.name = POSTERN_S("body.rtf"), .type = POSTERN_S("text/rtf"), .bytes = t->rtf};
        postern_buf_printf(out, "--=_tnef_%u_%u\r\n", index, depth);
        add_attachment(out, t, &rtf);
    }
    if (!body && !t->count && !t->rtf.len) postern_buf_printf(out, "--=_tnef_%u_%u\r\n\r\n", index, depth);
    postern_buf_printf(out, "--=_tnef_%u_%u--\r\n", index, depth);
    return status ? status : out->status;
}

static bool is_tnef(const postern_part *part) {
    if (part->nested || (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE | POSTERN_PART_UU))) return false;
    return postern_slice_eq(part->type, POSTERN_S("application/ms-tnef")) ||
           postern_slice_eq(part->type, POSTERN_S("application/vnd.ms-tnef")) ||
           (postern_slice_eq(part->type, POSTERN_S("application/octet-stream")) &&
            postern_slice_eq_nocase(part->name, POSTERN_S("winmail.dat")));
}

static void add_outer_headings(postern_buf *out, const postern_part *part) {
    for (uint32_t i = 0; i < part->header_count; i++) {
        const postern_header *field = &part->headers[i];
        if (postern_slice_starts_nocase(field->name, POSTERN_S("Content-"))) continue;
        postern_buf_printf(out, "%.*s: ", POSTERN_ARG(field->name));
        postern_buf_add_slice(out, field->raw);
        postern_buf_add_slice(out, POSTERN_S("\r\n"));
    }
}

/* Puts what stands before the part, and the content of the part, into `out`. */
static postern_status replace(postern_arena *arena, postern_slice bytes, const postern_part *part, size_t *done, bool *cut,
                              postern_buf *out) {
    tnef *t = postern_arena_alloc(arena, sizeof *t);
    postern_slice stream;
    size_t from = (size_t)part->offset;
    const uint8_t *end = part->body.ptr ? part->body.ptr + part->body.len : NULL;
    if (!t) return postern_arena_failure(arena);
    if (from < *done || from > bytes.len || end < bytes.ptr + from || end > bytes.ptr + bytes.len) return POSTERN_OK;
    postern_status status = postern_part_decode_arena(arena, part, NULL, &stream);
    if (!status) status = tnef_read(arena, stream, t);
    if (status) return status == POSTERN_NOMEM || status == POSTERN_LIMIT ? status : POSTERN_OK;
    postern_buf_add_slice(out, postern_slice_sub(bytes, *done, from - *done));
    if (part->parent == POSTERN_NO_PART) add_outer_headings(out, part);
    unsigned left = POSTERN_LIMIT_VIEWER_TNEF_MESSAGES;
    t->left = &left;
    status = add_parts(out, t, part->index, 0);
    *done = (size_t)(end - bytes.ptr);
    *cut = *cut || t->cut;
    return status ? status : out->status;
}

postern_status tnef_open_message(postern_arena *arena, postern_slice bytes, postern_slice *ret_bytes, bool *ret_any,
                                 bool *ret_cut) {
    const postern_message *message = NULL;
    const postern_mime_options options = {.notes = NULL};
    postern_buf out;
    size_t done = 0;
    *ret_any = *ret_cut = false;
    *ret_bytes = bytes;
    postern_status status = postern_mime_open(arena, bytes, &options, &message, NULL);
    if (status) return status == POSTERN_FORMAT ? POSTERN_OK : status;
    postern_buf_init(&out, POSTERN_LIMIT_INPUT);
    for (uint32_t i = 0; !status && i < postern_mime_part_count(message); i++)
        if (is_tnef(postern_mime_part(message, i)))
            status = replace(arena, bytes, postern_mime_part(message, i), &done, ret_cut, &out);
    postern_buf_add_slice(&out, postern_slice_from(bytes, done));
    if (!status && done) {
        status = out.status;
        if (!status) status = postern_arena_copy(arena, postern_buf_slice(&out), ret_bytes);
        *ret_any = !status;
    }
    postern_buf_free(&out);
    return status;
}
