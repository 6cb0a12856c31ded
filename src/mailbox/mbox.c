/*
 * mbox in its four dialects (RFC 4155 for the plain one): messages behind lines that begin with "From ". mboxo and mboxrd
 * quote such lines of a body with ">"; mboxcl and mboxcl2 give the length of the body in Content-Length and mboxcl2 quotes
 * nothing. A length is believed only when a From_ line or the end of the file stands where it points: it is written by
 * whoever wrote the mail, and a wrong one would hide the messages behind it.
 *
 * Bodies hold lines that look like a From_ line, and writers exist that quote none of them. A line separates when it has the
 * form that writers give it (weekday, month and time) and a head follows; where the form is loose, or no head follows, a
 * blank line has to stand in front of it, too. Left out: locking.
 */
#include "mailbox_int.h"

static size_t line_end(postern_slice s, size_t at) {
    size_t end = postern_slice_find_byte(s, at, '\n');
    return end == SIZE_MAX ? s.len : end + 1;
}

static bool has_name(postern_slice line, const char *names) {
    for (const char *name = names; *name; name += 3) {
        char word[5] = {' ', name[0], name[1], name[2], 0};
        if (postern_slice_find(line, 4, postern_slice_of(word, 4)) != SIZE_MAX) return true;
    }
    return false;
}

typedef enum form { FORM_NONE, FORM_LOOSE, FORM_STRICT } form;

/* "From address date": something behind the blank, and a time (hh:mm) in the line, as every writer of mbox puts there; names of
 * a weekday and a month make it strict. */
static form from_line(postern_slice s, size_t at) {
    postern_slice line = postern_slice_sub(s, at, 512);
    if (!postern_slice_starts(line, POSTERN_S("From "))) return FORM_NONE;
    size_t end = postern_slice_find_byte(line, 0, '\n');
    line = postern_slice_sub(line, 0, end);
    for (size_t i = 6; i + 2 < line.len; i++)
        if (line.ptr[i] == ':' && postern_ascii_digit(line.ptr[i - 1]) && postern_ascii_digit(line.ptr[i + 1]))
            return has_name(line, "MonTueWedThuFriSatSun") && has_name(line, "JanFebMarAprMayJunJulAugSepOctNovDec")
                       ? FORM_STRICT
                       : FORM_LOOSE;
    return FORM_NONE;
}

bool mailbox_is_mbox(postern_slice bytes) {
    return from_line(bytes, 0) != FORM_NONE;
}

/* Whether a header field, or one more From_ line as some transports left them, stands at `at`. */
static bool head_at(postern_slice s, size_t at) {
    size_t i = at;
    if (postern_slice_starts(postern_slice_from(s, at), POSTERN_S(">From "))) return true;
    while (i < s.len && i - at < 128 && s.ptr[i] > ' ' && s.ptr[i] < 0x7F && s.ptr[i] != ':') i++;
    return i > at && i < s.len && s.ptr[i] == ':';
}

static bool blank_before(postern_slice s, size_t at) {
    if (at < 2) return true;
    return s.ptr[at - 2] == '\n' || (at >= 3 && s.ptr[at - 2] == '\r' && s.ptr[at - 3] == '\n');
}

static bool separates(postern_slice s, size_t at) {
    form f = from_line(s, at);
    if (f == FORM_NONE) return false;
    bool head = head_at(s, line_end(s, at)), blank = blank_before(s, at);
    return f == FORM_STRICT ? head || blank : head && blank;
}

/* End of the head of the message at `at`, and what Content-Length says, if anything. */
static size_t head_end(postern_slice s, size_t at, bool *ret_has, uint64_t *ret_length) {
    *ret_has = false;
    while (at < s.len) {
        size_t end = line_end(s, at);
        postern_slice line = postern_slice_sub(s, at, end - at);
        if (line.ptr[0] == 'F' && separates(s, at)) break; /* a head without an end */
        at = end;
        if (line.ptr[0] == '\n' || (line.ptr[0] == '\r' && line.len <= 2)) break;
        if ((line.ptr[0] | 0x20) == 'c' && postern_slice_starts_nocase(line, POSTERN_S("content-length:")))
            *ret_has = postern_slice_uint(postern_slice_trim(postern_slice_from(line, 15)), s.len, ret_length);
    }
    return at;
}

static bool blank_between(postern_slice s, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (s.ptr[i] != '\n' && s.ptr[i] != '\r') return false;
    return true;
}

/* Where the next From_ line begins, or the end. `start` is behind this message's own. */
static size_t next_from(postern_slice s, size_t start, mailbox_mbox_message *m) {
    bool has;
    uint64_t length = 0;
    size_t at = head_end(s, start, &has, &length);
    if (has && length <= s.len - at) {
        size_t end = at + (size_t)length, stop = end;
        while (stop < s.len && stop < end + 4 && (s.ptr[stop] == '\n' || s.ptr[stop] == '\r')) stop++;
        if (stop == s.len || (from_line(s, stop) && blank_between(s, end, stop))) {
            m->by_length = true;
            m->exact = end;
            return stop;
        }
    }
    m->beyond = has && length > s.len - at;
    at--; /* a head alone: the next From_ line stands directly behind its line end */
    while (at < s.len) {
        size_t found = postern_slice_find(s, at, POSTERN_S("\nFrom "));
        if (found == SIZE_MAX) return s.len;
        if (separates(s, found + 1)) return found + 1;
        at = found + 1;
    }
    return s.len;
}

bool mailbox_mbox_next(postern_slice bytes, size_t *at, mailbox_mbox_message *m) {
    if (*at >= bytes.len) return false;
    *m = (mailbox_mbox_message){.start = line_end(bytes, *at)};
    m->from = postern_slice_sub(bytes, *at, m->start - *at);
    m->end = next_from(bytes, m->start, m);
    *at = m->end;
    if (!m->by_length) { /* the blank line in front of the next From_ line is the mailbox's */
        m->exact = m->end;
        if (m->exact >= m->start + 2 && bytes.ptr[m->exact - 1] == '\n' && blank_before(bytes, m->exact)) {
            m->exact--;
            if (bytes.ptr[m->exact - 1] == '\r') m->exact--;
        }
    }
    return true;
}

postern_status mailbox_mbox_each(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut) {
    size_t at = 0;
    mailbox_mbox_message m;
    for (uint64_t number = 1; mailbox_mbox_next(bytes, &at, &m); number++) {
        if (number > POSTERN_LIMIT_MAILBOX_MEMBERS) {
            *ret_cut = "more messages than one mailbox may hold";
            return POSTERN_OK;
        }
        postern_mailbox_item item = {
            .number = number, .offset = m.start, .bytes = postern_slice_sub(bytes, m.start, m.end - m.start)};
        postern_status status = item.bytes.len ? fn(user, &item) : POSTERN_OK;
        if (status) return status;
    }
    return POSTERN_OK;
}
