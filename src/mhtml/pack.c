/*
 * Writing an archive: multipart/related (RFC 2557, RFC 2387), CRLF, text in quoted-printable and the rest in base64 (RFC 2045).
 * Left out on purpose: compression, signatures, Content-ID (locations name the parts).
 *
 * Deterministic: no clock and no random number. The boundary holds "=_", which neither encoding can ever write (RFC 2045 6.7:
 * '=' is followed by two hexadecimal digits or a line end), so it cannot occur inside a part whatever the part holds.
 *
 * An attacker gives titles and file names: both reach headers, so only printable ASCII is written there as it is (a line end
 * would begin a header of the attacker's), and everything else leaves as an encoded word (RFC 2047) or not at all.
 */
#include "postern/mhtml.h"

#include <inttypes.h>
#include <stdio.h>

enum { QP_LINE = 76, BASE64_LINE = 76, WORD_BYTES = 45, TITLE_MAX = 400 };

/* Keeps count of the column, for the soft line breaks. */
typedef struct writer {
    const postern_sink *out;
    postern_status status;
    size_t column;
} writer;

static postern_status put(void *user, const void *bytes, size_t len) {
    writer *w = user;
    if (w->status) return w->status;
    const uint8_t *p = bytes;
    size_t tail = len;
    while (tail && p[tail - 1] != '\n') tail--;
    w->column = tail ? len - tail : w->column + len;
    return w->status = w->out->write(w->out->user, bytes, len);
}

static void put_slice(writer *w, postern_slice s) {
    put(w, s.ptr, s.len);
}

static void put_cstr(writer *w, const char *text) {
    put(w, text, strlen(text));
}

/* ---- bodies ---- */

static bool is_text(const postern_pack_part *part) {
    bool text = postern_slice_starts_nocase(part->type, POSTERN_S("text/")) ||
                postern_slice_ends(part->type, POSTERN_S("+xml")) || postern_slice_ends(part->type, POSTERN_S("/xml"));
    return text && postern_slice_find_byte(part->bytes, 0, 0) == SIZE_MAX; /* UTF-16 goes as base64 */
}

/* CRLF stays a line end; a bare LF or CR is escaped, since a reader would otherwise get CRLF for it. */
static void put_quoted_printable(writer *w, postern_slice bytes) {
    postern_sink sink = {put, w};
    while (bytes.len && !w->status) {
        size_t lf = postern_slice_find_byte(bytes, 0, '\n');
        bool ended = lf != SIZE_MAX, crlf = ended && lf && bytes.ptr[lf - 1] == '\r';
        postern_slice line = postern_slice_sub(bytes, 0, ended ? lf - crlf : bytes.len);
        postern_status status = postern_qp_encode(line, true, &sink);
        if (status) w->status = status;
        if (ended && !crlf && w->column + 4 > QP_LINE) put_cstr(w, "=\r\n");
        if (ended) put_cstr(w, crlf ? "\r\n" : "=0A=\r\n");
        bytes = postern_slice_from(bytes, ended ? lf + 1 : bytes.len);
    }
}

static void put_body(writer *w, const postern_pack_part *part) {
    if (is_text(part)) {
        put_quoted_printable(w, part->bytes);
        return;
    }
    postern_sink sink = {put, w};
    postern_status status = postern_base64_encode(part->bytes, BASE64_LINE, &sink);
    if (status) w->status = status;
}

/* ---- headers ---- */

static bool is_printable_ascii(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0x20 || s.ptr[i] >= 0x7F) return false;
    return s.len > 0;
}

/* White space runs become one blank, controls go: a title is one line of text. */
static void clean_title(postern_slice title, postern_buf *out) {
    bool blank = false;
    for (size_t pos = 0, len; pos < title.len && out->len < TITLE_MAX; pos += len) {
        uint32_t c = postern_utf8_at(title, pos, &len);
        bool is_blank = c <= 0x20 || c == 0x7F;
        if (!is_blank && blank && out->len) postern_buf_add_byte(out, ' ');
        if (!is_blank && (c < 0x80 || c >= 0xA0)) postern_buf_add_utf8(out, c);
        blank = is_blank;
    }
}

static void put_encoded_words(writer *w, postern_slice text) {
    const char *before = "=?utf-8?B?";
    while (text.len && !w->status) {
        postern_slice word = postern_slice_sub(text, 0, WORD_BYTES);
        word.len = word.len == text.len ? word.len : postern_utf8_valid_prefix(word);
        postern_sink sink = {put, w};
        put_cstr(w, before);
        postern_status status = postern_base64_encode(word, 0, &sink);
        if (status) w->status = status;
        put_cstr(w, "?=");
        before = "\r\n =?utf-8?B?";
        text = postern_slice_from(text, word.len);
    }
}

static void put_subject(writer *w, postern_slice title) {
    postern_buf clean;
    postern_buf_init(&clean, TITLE_MAX + 8);
    clean_title(title, &clean);
    postern_slice text = postern_buf_slice(&clean);
    bool plain = text.len && text.len <= 66 && postern_slice_find(text, 0, POSTERN_S("=?")) == SIZE_MAX;
    for (size_t i = 0; i < text.len; i++) plain = plain && text.ptr[i] < 0x7F;
    if (clean.status) w->status = clean.status;
    if (text.len) {
        put_cstr(w, "Subject: ");
        if (plain) put_slice(w, text);
        else put_encoded_words(w, text);
        put_cstr(w, "\r\n");
    }
    postern_buf_free(&clean);
}

/* RFC 5322 3.3, from seconds since 1970: the proleptic Gregorian calendar in eras of 400 years that begin in March. */
static void put_date(writer *w, int64_t seconds) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    if (seconds < 0) seconds = 0;
    if (seconds > 253402300799) seconds = 253402300799; /* the year 9999 ends */
    int64_t day = seconds / 86400, rest = seconds % 86400, z = day + 719468;
    int64_t era = z / 146097, doe = z % 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);
    char text[80];
    snprintf(text, sizeof text, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", weekdays[day % 7],
             (int)(doy - (153 * mp + 2) / 5 + 1), months[month - 1], (int)year, (int)(rest / 3600), (int)(rest / 60 % 60),
             (int)(rest % 60));
    put_cstr(w, text);
}

static void put_head(writer *w, const postern_pack_part *root, const char *boundary, postern_slice title, int64_t date) {
    put_cstr(w, "From: <Saved by Postern>\r\nSnapshot-Content-Location: ");
    put_slice(w, root->location);
    put_cstr(w, "\r\n");
    put_subject(w, title);
    put_date(w, date);
    put_cstr(w, "MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"");
    put_slice(w, root->type);
    put_cstr(w, "\";\r\n\tboundary=\"");
    put_cstr(w, boundary);
    put_cstr(w, "\"\r\n\r\n");
}

static void put_part(writer *w, const postern_pack_part *part, const char *boundary) {
    put_cstr(w, "\r\n--");
    put_cstr(w, boundary);
    put_cstr(w, "\r\nContent-Type: ");
    put_slice(w, part->type);
    put_cstr(w, "\r\nContent-Transfer-Encoding: ");
    put_cstr(w, is_text(part) ? "quoted-printable" : "base64");
    put_cstr(w, "\r\nContent-Location: ");
    put_slice(w, part->location);
    put_cstr(w, "\r\n\r\n");
    put_body(w, part);
}

static void make_boundary(const postern_pack_part *parts, size_t count, char *ret_text, size_t size) {
    uint64_t a = count, b = ~(uint64_t)count;
    for (size_t i = 0; i < count; i++) {
        a = postern_slice_hash(parts[i].location, a);
        a = postern_slice_hash(parts[i].bytes, a);
        b = postern_slice_hash(parts[i].location, b ^ a);
    }
    snprintf(ret_text, size, "----=_Postern_%016" PRIx64 "%016" PRIx64, a, b);
}

postern_status postern_pack_write(const postern_pack_part *parts, size_t count, postern_slice title, int64_t date,
                                  const postern_sink *out, postern_error *reterr) {
    if (!count) return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "an archive has at least one part");
    for (size_t i = 0; i < count; i++)
        if (!is_printable_ascii(parts[i].location) || !is_printable_ascii(parts[i].type))
            return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "a location or type is not plain ASCII");
    char boundary[64];
    make_boundary(parts, count, boundary, sizeof boundary);
    writer w = {.out = out};
    put_head(&w, &parts[0], boundary, title, date);
    for (size_t i = 0; i < count && !w.status; i++) put_part(&w, &parts[i], boundary);
    put_cstr(&w, "\r\n--");
    put_cstr(&w, boundary);
    put_cstr(&w, "--\r\n");
    return w.status ? postern_fail(reterr, w.status, POSTERN_NO_OFFSET, "cannot write the archive") : POSTERN_OK;
}
