/*
 * mbox in its four dialects (RFC 4155 for the plain one): messages behind lines that begin with "From ". mboxo and mboxrd
 * quote such lines of a body with ">"; mboxcl and mboxcl2 give the length of the body in Content-Length and mboxcl2 quotes
 * nothing. A length is believed only when a From_ line or the end of the file stands where it points: it is written by
 * whoever wrote the mail, and a wrong one would hide the messages behind it.
 *
 * Left out: taking the ">" off again (no URL begins with one) and locking.
 */
#include "mailbox_int.h"

static size_t line_end(postern_slice s, size_t at) {
    size_t end = postern_slice_find_byte(s, at, '\n');
    return end == SIZE_MAX ? s.len : end + 1;
}

/* "From address date": something behind the blank, and a time (hh:mm) in the line, as every writer of mbox puts there. */
static bool from_line(postern_slice s, size_t at) {
    postern_slice line = postern_slice_sub(s, at, 512);
    if (!postern_slice_starts(line, POSTERN_S("From "))) return false;
    size_t end = postern_slice_find_byte(line, 0, '\n');
    line = postern_slice_sub(line, 0, end);
    for (size_t i = 6; i + 2 < line.len; i++)
        if (line.ptr[i] == ':' && postern_ascii_digit(line.ptr[i - 1]) && postern_ascii_digit(line.ptr[i + 1])) return true;
    return false;
}

bool mailbox_is_mbox(postern_slice bytes) {
    return from_line(bytes, 0);
}

/* End of the head of the message at `at`, and what Content-Length says, if anything. */
static size_t head_end(postern_slice s, size_t at, bool *ret_has, uint64_t *ret_length) {
    *ret_has = false;
    while (at < s.len) {
        size_t end = line_end(s, at);
        postern_slice line = postern_slice_sub(s, at, end - at);
        at = end;
        if (!postern_slice_trim(line).len) break;
        if (postern_slice_starts_nocase(line, POSTERN_S("content-length:")))
            *ret_has = postern_slice_uint(postern_slice_trim(postern_slice_from(line, 15)), s.len, ret_length);
    }
    return at;
}

static bool blank_between(postern_slice s, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        if (s.ptr[i] != '\n' && s.ptr[i] != '\r') return false;
    return true;
}

/* Where the next From_ line begins, or the end. `at` is behind this message's own. */
static size_t next_from(postern_slice s, size_t at) {
    bool has;
    uint64_t length = 0;
    at = head_end(s, at, &has, &length);
    if (has && length <= s.len - at) {
        size_t end = at + (size_t)length, stop = end;
        while (stop < s.len && stop < end + 4 && (s.ptr[stop] == '\n' || s.ptr[stop] == '\r')) stop++;
        if (stop == s.len || (from_line(s, stop) && blank_between(s, end, stop))) return stop;
    }
    while (at < s.len) {
        size_t found = postern_slice_find(s, at, POSTERN_S("\nFrom "));
        if (found == SIZE_MAX) return s.len;
        if (from_line(s, found + 1)) return found + 1;
        at = found + 1;
    }
    return s.len;
}

postern_status mailbox_mbox_each(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut) {
    size_t at = 0;
    for (uint64_t number = 1; at < bytes.len; number++) {
        size_t start = line_end(bytes, at), end = next_from(bytes, start);
        if (number > POSTERN_LIMIT_MAILBOX_MEMBERS) {
            *ret_cut = "more messages than one mailbox may hold";
            return POSTERN_OK;
        }
        postern_mailbox_item item = {.number = number, .offset = start, .bytes = postern_slice_sub(bytes, start, end - start)};
        postern_status status = item.bytes.len ? fn(user, &item) : POSTERN_OK;
        if (status) return status;
        at = end;
    }
    return POSTERN_OK;
}
