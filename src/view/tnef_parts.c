/*
 * The content of a winmail.dat as MIME, in the place of the part that held it, so that everything that reads messages reads it.
 * The part's own headings go, unless it is the whole message.
 */
#include "tnef.h"

enum { LINE = 57 /* bytes of a base64 line of 76 */ };

static void add_base64(postern_buf *out, postern_slice bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t v = (uint32_t)bytes.ptr[i] << 16 | (left > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0) |
                     (left > 2 ? bytes.ptr[i + 2] : 0u);
        char four[4] = {digits[v >> 18], digits[v >> 12 & 63], left > 1 ? digits[v >> 6 & 63] : '=',
                        left > 2 ? digits[v & 63] : '='};
        if (i && i % LINE == 0) postern_buf_add_slice(out, POSTERN_S("\r\n"));
        postern_buf_add(out, four, 4);
    }
    postern_buf_add_slice(out, POSTERN_S("\r\n"));
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

/* Everything is base64, so that no boundary occurs in what is written. */
static void add_parts(postern_buf *out, const tnef *t, uint32_t index) {
    postern_buf_printf(out, "Content-Type: multipart/mixed; boundary=\"=_tnef_%u\"\r\n\r\n", index);
    bool body = t->html.len || t->text.len;
    if (body) postern_buf_printf(out, "--=_tnef_%u\r\n", index);
    if (t->html.len)
        add_body(out, t->html, "text/html", t->html_codepage);
    else if (t->text.len)
        add_body(out, t->text, "text/plain", t->text_is_utf8 ? 65001 : t->codepage);
    for (size_t i = 0; i < t->count; i++) {
        postern_buf_printf(out, "--=_tnef_%u\r\n", index);
        add_attachment(out, t, &t->attachments[i]);
    }
    if (t->rtf.len && !t->html.len) {
        const tnef_attachment rtf = {.name = POSTERN_S("body.rtf"), .type = POSTERN_S("text/rtf"), .bytes = t->rtf};
        postern_buf_printf(out, "--=_tnef_%u\r\n", index);
        add_attachment(out, t, &rtf);
    }
    if (!body && !t->count && !t->rtf.len) postern_buf_printf(out, "--=_tnef_%u\r\n\r\n", index);
    postern_buf_printf(out, "--=_tnef_%u--\r\n", index);
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
static postern_status replace(postern_arena *arena, postern_slice bytes, const postern_part *part, size_t *done,
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
    add_parts(out, t, part->index);
    *done = (size_t)(end - bytes.ptr);
    return out->status;
}

postern_status tnef_open_message(postern_arena *arena, postern_slice bytes, postern_slice *ret_bytes, bool *ret_any) {
    const postern_message *message = NULL;
    const postern_mime_options options = {.notes = NULL};
    postern_buf out;
    size_t done = 0;
    *ret_any = false;
    *ret_bytes = bytes;
    postern_status status = postern_mime_open(arena, bytes, &options, &message, NULL);
    if (status) return status == POSTERN_FORMAT ? POSTERN_OK : status;
    postern_buf_init(&out, POSTERN_LIMIT_INPUT);
    for (uint32_t i = 0; !status && i < postern_mime_part_count(message); i++)
        if (is_tnef(postern_mime_part(message, i))) status = replace(arena, bytes, postern_mime_part(message, i), &done, &out);
    postern_buf_add_slice(&out, postern_slice_from(bytes, done));
    if (!status && done) {
        status = out.status;
        if (!status) status = postern_arena_copy(arena, postern_buf_slice(&out), ret_bytes);
        *ret_any = !status;
    }
    postern_buf_free(&out);
    return status;
}
