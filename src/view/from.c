/*
 * The sender's address out of a From field (RFC 5322 3.4), for one question: is it the signer's? Strict on purpose: a field
 * with two addresses, a group, an obsolete route or anything that readers take apart in different ways has no address here,
 * and then no certificate fits.
 */
#include "view_int.h"

/* Behind a quoted string or a comment that begins at `at`; SIZE_MAX: it never ends. */
static size_t behind_quoted(postern_slice raw, size_t at) {
    bool comment = raw.ptr[at] == '(';
    size_t depth = 1;
    for (at++; at < raw.len; at++) {
        uint8_t c = raw.ptr[at];
        if (c == '\\')
            at++;
        else if (comment && c == '(')
            depth++;
        else if (c == (comment ? ')' : '"') && --depth == 0)
            return at + 1;
    }
    return SIZE_MAX;
}

/* An addr-spec whose local part is no quoted string, and whose domain is no literal. */
static bool is_plain(postern_slice address) {
    postern_cut cut = postern_slice_cut(address, '@');
    if (!cut.ok || !cut.head.len || !cut.tail.len) return false;
    for (size_t i = 0; i < address.len; i++) {
        uint8_t c = address.ptr[i];
        if (c <= ' ' || c == 0x7F || strchr("()<>[]:;\\,\"", c)) return false;
    }
    return postern_slice_find_byte(cut.tail, 0, '@') == SIZE_MAX && postern_utf8_valid(address);
}

postern_slice view_from_address(postern_slice raw) {
    const postern_slice none = POSTERN_S("");
    postern_slice angle = none, bare = none;
    unsigned angles = 0, bares = 0;
    raw = postern_slice_trim(raw);
    for (size_t at = 0; at < raw.len;) {
        uint8_t c = raw.ptr[at];
        size_t from = at;
        if (c == '"' || c == '(') {
            if ((at = behind_quoted(raw, at)) == SIZE_MAX) return none;
        } else if (c == '<') {
            size_t end = postern_slice_find_byte(raw, at, '>');
            if (end == SIZE_MAX) return none;
            angle = postern_slice_sub(raw, at + 1, end - at - 1);
            angles++;
            at = end + 1;
        } else if (postern_ascii_space(c)) {
            at++;
        } else if (strchr(">,;:[]\\)", c)) {
            return none;
        } else {
            if (angles) return none; /* a word behind the address */
            while (at < raw.len && !postern_ascii_space(raw.ptr[at]) && !strchr("\"(<>,;:[]\\)", raw.ptr[at])) at++;
            bare = postern_slice_sub(raw, from, at - from);
            bares++;
        }
    }
    postern_slice address = angles == 1 ? angle : angles == 0 && bares == 1 ? bare : none;
    return is_plain(address) ? address : none;
}
