/*
 * What only mail has: UTF-7 (RFC 2152) and sets that iconv knows and browsers do not (DOS code pages, ISO-2022-KR, EUC-TW …).
 *
 * UTF-7 is read as its writers meant it; a shifted run that is broken becomes one U+FFFD and reading goes on in ASCII. It hides
 * '<' from whoever looks at the bytes, so nothing may be judged before this file has run.
 */
#include "charset_int.h"

#include <errno.h>
#include <iconv.h>

/* A run behind '+': UTF-16BE in base64 letters. Returns where it ends. */
static size_t shifted_run(utf8_writer *w, postern_slice in, size_t i) {
    uint32_t bits = 0, lead = 0;
    unsigned count = 0;
    size_t from = i;
    for (; i < in.len && base64_value[in.ptr[i]] < 64; i++) {
        bits = bits << 6 | base64_value[in.ptr[i]];
        count += 6;
        if (count < 16) continue;
        count -= 16;
        uint32_t unit = bits >> count & 0xFFFF;
        bits &= (1u << count) - 1;
        bool second = (unit & 0xFC00) == 0xDC00;
        if (lead && second) charset_put(w, 0x10000 + ((lead & 0x3FF) << 10 | (unit & 0x3FF)));
        else if (lead || second) charset_put_bad(w, in, from);
        if (lead && second) {
            lead = 0;
            continue;
        }
        lead = (unit & 0xFC00) == 0xD800 ? unit : 0;
        if (!lead && !second) charset_put(w, unit);
    }
    if (lead || count >= 6 || bits) charset_put_bad(w, in, from); /* a character cut in the middle */
    return i;
}

void charset_utf7_decode(utf8_writer *w, postern_slice in) {
    for (size_t i = 0; i < in.len && !w->status;) {
        uint8_t c = in.ptr[i++];
        if (c >= 0x80) {
            charset_put_bad(w, in, i - 1);
        } else if (c != '+') {
            charset_put(w, c);
        } else if (i < in.len && in.ptr[i] == '-') {
            charset_put(w, '+');
            i++;
        } else {
            size_t end = shifted_run(w, in, i);
            if (end == i) charset_put_bad(w, in, i - 1);
            i = end < in.len && end > i && in.ptr[end] == '-' ? end + 1 : end;
        }
    }
}

void charset_iconv_decode(utf8_writer *w, const char *iconv_name, postern_slice in) {
    iconv_t cd = iconv_open("UTF-8", iconv_name);
    if (cd == (iconv_t)-1) {
        if (errno == ENOMEM) w->status = POSTERN_NOMEM;
        else if (in.len) charset_put_bad(w, in, 0);
        return;
    }
    char *from = (char *)(uintptr_t)in.ptr; /* iconv's prototype lacks the const that it keeps to */
    size_t left = in.len;
    while (left && !w->status) {
        if (UTF8_BLOCK - w->len < 64) charset_flush(w);
        char *out = (char *)w->bytes + w->len;
        size_t room = UTF8_BLOCK - w->len, before = left;
        size_t result = iconv(cd, &from, &left, &out, &room);
        int why = errno;
        w->len = UTF8_BLOCK - room;
        if (result != (size_t)-1 || (why == E2BIG && left < before)) continue;
        charset_put_bad(w, in, in.len - left);
        /* cut in the middle of a character; or refused and stepped over, which some of glibc's converters do */
        if (why == EINVAL || left == 0) break;
        uint8_t bad = (uint8_t)*from;
        if ((bad >= 0x20 && bad < 0x7F) || bad == '\n' || bad == '\r' || bad == '\t') charset_put(w, bad);
        from++;
        left--;
    }
    if (!w->status) {
        if (UTF8_BLOCK - w->len < 64) charset_flush(w);
        char *out = (char *)w->bytes + w->len;
        size_t room = UTF8_BLOCK - w->len;
        (void)iconv(cd, NULL, NULL, &out, &room); /* what the converter still holds */
        w->len = UTF8_BLOCK - room;
    }
    iconv_close(cd);
}
