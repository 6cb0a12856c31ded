/*
 * The escaping writer (P1). Two contexts, one rule: < > & " leave as references, so neither a tag nor the end of a quoted
 * value can be minted whatever a browser believes it is reading. Controls, noncharacters and bad UTF-8 become U+FFFD; CR
 * leaves as a reference, since raw it would be read as LF. In values LF and tab do so, too: raw they could be normalised
 * away or break a URL filter.
 */
#include "html_int.h"

enum { PLAIN, ESCAPE, ESCAPE_IN_VALUE, BAD, HIGH };

static const uint8_t kinds[256] = {
    [0 ... 8] = BAD, ['\t'] = ESCAPE_IN_VALUE, ['\n'] = ESCAPE_IN_VALUE, [11 ... 12] = BAD, ['\r'] = ESCAPE, [14 ... 31] = BAD,
    ['"'] = ESCAPE, ['&'] = ESCAPE, ['<'] = ESCAPE, ['>'] = ESCAPE, [127] = BAD, [128 ... 255] = HIGH};

static postern_slice reference_for(uint8_t c) {
    switch (c) {
    case '"': return POSTERN_S("&quot;");
    case '&': return POSTERN_S("&amp;");
    case '<': return POSTERN_S("&lt;");
    case '>': return POSTERN_S("&gt;");
    case '\t': return POSTERN_S("&#9;");
    case '\n': return POSTERN_S("&#10;");
    case '\r': return POSTERN_S("&#13;");
    default: return POSTERN_S("\xEF\xBF\xBD");
    }
}

/* C1 controls, noncharacters, and what did not decode. */
static bool is_bad(uint32_t scalar) {
    return (scalar >= 0x80 && scalar < 0xA0) || (scalar >= 0xFDD0 && scalar <= 0xFDEF) || (scalar & 0xFFFE) == 0xFFFE ||
           scalar == 0xFFFD;
}

static postern_status write_escaped(const postern_sink *out, postern_slice s, bool value) {
    size_t start = 0, i = 0, len;
    while (i < s.len) {
        uint8_t kind = kinds[s.ptr[i]];
        len = 1;
        if (kind == PLAIN || (kind == ESCAPE_IN_VALUE && !value)) {
            i++;
            continue;
        }
        if (kind == HIGH && !is_bad(postern_utf8_at(s, i, &len))) {
            i += len;
            continue;
        }
        postern_status status = postern_sink_write(out, postern_slice_sub(s, start, i - start));
        if (!status) status = postern_sink_write(out, reference_for(kind == HIGH ? 0 : s.ptr[i]));
        if (status) return status;
        start = i += len;
    }
    return postern_sink_write(out, postern_slice_from(s, start));
}

postern_status postern_html_write_text(const postern_sink *out, postern_slice utf8) {
    return write_escaped(out, utf8, false);
}

postern_status postern_html_write_attribute(const postern_sink *out, postern_slice utf8) {
    return write_escaped(out, utf8, true);
}

/* What comes in is our own page, maybe cut inside a character: only the four bytes are looked at. */
static postern_status write_srcdoc(void *user, const void *bytes, size_t len) {
    const postern_sink *out = ((const postern_html_attribute_escaper *)user)->out;
    postern_slice s = postern_slice_of(bytes, len);
    size_t start = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t kind = kinds[s.ptr[i]];
        if (kind == PLAIN || kind == ESCAPE_IN_VALUE || kind == HIGH) continue;
        postern_status status = postern_sink_write(out, postern_slice_sub(s, start, i - start));
        if (!status) status = postern_sink_write(out, reference_for(s.ptr[i]));
        if (status) return status;
        start = i + 1;
    }
    return postern_sink_write(out, postern_slice_from(s, start));
}

postern_sink postern_html_attribute_escaper_sink(postern_html_attribute_escaper *escaper) {
    return (postern_sink){write_srcdoc, escaper};
}
