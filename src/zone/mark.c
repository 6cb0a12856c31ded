/*
 * Marks of origin: the saved-from comment that browsers put into a saved page, and reading of the URL in any mark.
 *
 *   <!-- saved from url=(0014)about:internet -->CR LF        four digits: the length of the URL
 *
 * Internet Explorer ignored a comment that was not written exactly so, and gave the page the Local Machine zone. Here a mark
 * can only lower (Z1), and one that is not exact lowers to Internet all the same (Z10). Looked for in the first 64 KiB; left
 * out: a comment behind that, where no browser writes it.
 */
#include "zone_int.h"

/* ---- text ---------------------------------------------------------------------------------------------------- */

static uint32_t unit_at(postern_slice bytes, size_t at, bool big) {
    return big ? (uint32_t)(bytes.ptr[at] << 8 | bytes.ptr[at + 1]) : (uint32_t)(bytes.ptr[at + 1] << 8 | bytes.ptr[at]);
}

bool mark_text(postern_arena *arena, postern_slice bytes, postern_slice *ret_text) {
    bool little = postern_slice_starts(bytes, POSTERN_S("\xFF\xFE")), big = postern_slice_starts(bytes, POSTERN_S("\xFE\xFF"));
    if (!little && !big) {
        *ret_text = postern_slice_from(bytes, postern_slice_starts(bytes, POSTERN_S("\xEF\xBB\xBF")) ? 3 : 0);
        return true;
    }
    bytes = postern_slice_sub(bytes, 2, 2 * (size_t)MARK_SEARCH);
    uint8_t *text = postern_arena_alloc(arena, bytes.len / 2 * 3 + 1); /* a unit takes at most three bytes */
    size_t len = 0;
    if (!text) return false;
    for (size_t at = 0; at + 1 < bytes.len; at += 2) {
        uint8_t utf8[4];
        size_t count = postern_utf8_put(unit_at(bytes, at, big), utf8);
        memcpy(text + len, utf8, count);
        len += count;
    }
    *ret_text = postern_slice_of(text, len);
    return true;
}

postern_zone mark_url_zone(postern_arena *arena, postern_slice text, bool *ret_odd) {
    const postern_url *url;
    *ret_odd = false;
    if (postern_slice_eq_nocase(text, POSTERN_S("about:internet"))) return POSTERN_ZONE_INTERNET;
    *ret_odd = true;
    if (postern_url_parse(arena, text, NULL, &url)) return POSTERN_ZONE_INTERNET;
    bool web = url->special && !postern_slice_eq(url->scheme, POSTERN_S("file"));
    *ret_odd = !web;
    return web ? postern_zone_of_url_default(url) : POSTERN_ZONE_INTERNET;
}

/* ---- the comment --------------------------------------------------------------------------------------------- */

/* Behind "saved from url=": (NNNN)URL and the end of the comment. False when it is not written exactly so; *ret_url then is the
 * best guess at what was meant: up to a blank or the end of the comment. */
static bool exact(postern_slice s, postern_slice *ret_url) {
    uint64_t count;
    postern_slice near = postern_slice_sub(s, 0, 9999);
    postern_slice inner = postern_slice_trim(postern_slice_sub(near, 0, postern_slice_find(near, 0, POSTERN_S("-->"))));
    postern_cut cut = postern_slice_cut(inner, ')');
    *ret_url = postern_slice_cut(postern_slice_trim(cut.ok ? cut.tail : inner), ' ').head;
    if (s.len < 6 || s.ptr[0] != '(' || s.ptr[5] != ')') return false;
    if (!postern_slice_uint(postern_slice_sub(s, 1, 4), 9999, &count)) return false;
    postern_slice url = postern_slice_sub(s, 6, (size_t)count), rest = postern_slice_from(s, 6 + (size_t)count);
    for (size_t i = 0; i < url.len; i++)
        if (url.ptr[i] <= ' ') return false;
    if (url.len != count || !postern_slice_starts(rest, POSTERN_S(" -->\r\n"))) return false;
    *ret_url = url;
    return true;
}

/* What follows the next thing that could be meant as a mark, at or behind *pos. */
static bool next_mark(postern_slice text, size_t *pos, postern_slice *ret_rest, bool *ret_spelled) {
    static const postern_slice words = {(const uint8_t *)"saved from url", 14};
    size_t at;
    while ((at = postern_slice_find(text, *pos, POSTERN_S("<!--"))) != SIZE_MAX) {
        size_t word = at + 4;
        *pos = word;
        while (word < text.len && postern_ascii_space(text.ptr[word])) word++;
        postern_slice found = postern_slice_from(text, word);
        if (!postern_slice_starts_nocase(found, words)) continue;
        *ret_spelled = postern_slice_starts(postern_slice_from(text, at), POSTERN_S("<!-- saved from url="));
        *ret_rest = postern_slice_from(found, words.len + (*ret_spelled ? 1 : 0));
        return true;
    }
    return false;
}

void postern_mark_from_comment(postern_arena *arena, postern_slice document, postern_mark *ret_mark) {
    postern_slice text, rest;
    size_t pos = 0;
    bool spelled;
    *ret_mark = (postern_mark){.zone = POSTERN_ZONE_INTERNET};
    if (!mark_text(arena, document, &text)) {
        ret_mark->present = ret_mark->malformed = true;
        return;
    }
    text = postern_slice_sub(text, 0, MARK_SEARCH);
    postern_zone zone = POSTERN_ZONE_LOCAL_MACHINE;
    /* the first one counts as browsers write it; more, which none writes, can only lower, and many cannot be meant well */
    for (unsigned count = 0; next_mark(text, &pos, &rest, &spelled); count++) {
        postern_slice url;
        bool good = exact(rest, &url) && spelled, odd = true;
        zone = postern_zone_least(zone, count < 8 ? mark_url_zone(arena, url, &odd) : POSTERN_ZONE_RESTRICTED);
        if (count == 8) break;
        ret_mark->malformed |= !good || odd || ret_mark->present;
        if (!ret_mark->present) ret_mark->url = url;
        ret_mark->present = true;
    }
    if (ret_mark->malformed) zone = postern_zone_least(zone, POSTERN_ZONE_INTERNET);
    if (ret_mark->present) ret_mark->zone = zone;
}
