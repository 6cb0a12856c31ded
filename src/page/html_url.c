/*
 * What a reference of a page may become (P3, Z21): a copy of an archived part of a safe type, a link of an allowed scheme, a
 * fragment, or nothing. The archive alone says what a reference means (Z2, Z4, Z11); here is only what is done with the
 * answer.
 */
#include "html_int.h"

static postern_slice trim_url(postern_slice text) {
    while (text.len && text.ptr[0] <= ' ') text = postern_slice_from(text, 1);
    while (text.len && text.ptr[text.len - 1] <= ' ') text.len--;
    return text;
}

bool page_is_html_part(const postern_part *part) {
    return postern_slice_eq(part->type, POSTERN_S("text/html")) ||
           postern_slice_eq(part->type, POSTERN_S("application/xhtml+xml"));
}

bool page_shows_html(const page_html *page, uint32_t part) {
    return page_is_html_part(postern_archive_part(page->archive, part)) && !postern_archive_reads_plain(page->archive, part);
}

static bool found(page_doc *doc, postern_status status, postern_reference *ret_reference) {
    if (status == POSTERN_OK) return true;
    /* a name longer than a URL may be, or no URL at all, names nothing (Z2); only the machine's failures end the page */
    if (status == POSTERN_NOMEM || status == POSTERN_IO) page_fail(doc->page, status);
    memset(ret_reference, 0, sizeof *ret_reference);
    ret_reference->part = POSTERN_NO_PART;
    return false;
}

bool page_resolve(page_doc *doc, postern_slice text, postern_reference *ret_reference) {
    if (doc->page->status != POSTERN_OK) return false;
    return found(doc, postern_archive_find(doc->page->archive, doc->part, text, doc->base, ret_reference), ret_reference);
}

/* The URL and fragment of the answer live until the next question. */
static bool glance(page_doc *doc, postern_slice text, postern_reference *ret_reference) {
    if (doc->page->status != POSTERN_OK) return found(doc, POSTERN_FORMAT, ret_reference);
    return found(doc, postern_archive_glance(doc->page->archive, doc->part, text, doc->base, ret_reference), ret_reference);
}

static bool by_network(const postern_url *url) {
    static const char *const schemes[] = {"http", "https", "ftp", "ws", "wss"};
    for (size_t i = 0; url && i < sizeof schemes / sizeof *schemes; i++)
        if (postern_slice_eq(url->scheme, postern_slice_cstr(schemes[i]))) return true;
    return false;
}

void page_note_absent(page_doc *doc, const postern_reference *reference, postern_slice text) {
    bool script = reference->url && (postern_slice_eq(reference->url->scheme, POSTERN_S("javascript")) ||
                                     postern_slice_eq(reference->url->scheme, POSTERN_S("vbscript")));
    postern_note_kind kind = POSTERN_NOTE_PAGE_MISSING;
    if (script) {
        kind = POSTERN_NOTE_PAGE_SCRIPT;
        doc->page->report->scripts++;
    } else if (by_network(reference->url)) {
        kind = POSTERN_NOTE_PAGE_REMOTE;
        doc->page->report->remote++;
    } else doc->page->report->missing++;
    page_note(doc->page, kind, doc->part, POSTERN_NO_OFFSET, text);
}

bool page_media_fits(postern_media media, postern_use use) {
    switch (media) {
    case POSTERN_MEDIA_PNG: case POSTERN_MEDIA_JPEG: case POSTERN_MEDIA_GIF: case POSTERN_MEDIA_WEBP: case POSTERN_MEDIA_BMP:
    case POSTERN_MEDIA_ICO: case POSTERN_MEDIA_AVIF: case POSTERN_MEDIA_SVG:
        return use == POSTERN_USE_IMAGE;
    case POSTERN_MEDIA_WOFF: case POSTERN_MEDIA_WOFF2: case POSTERN_MEDIA_TRUETYPE: case POSTERN_MEDIA_OPENTYPE:
        return use == POSTERN_USE_FONT;
    case POSTERN_MEDIA_MP4: case POSTERN_MEDIA_WEBM: case POSTERN_MEDIA_OGG: case POSTERN_MEDIA_MP3: case POSTERN_MEDIA_WAV:
        return use == POSTERN_USE_MEDIA;
    default:
        return false; /* nothing that a browser draws */
    }
}

static void mismatch(page_doc *doc, uint32_t part, postern_slice text, bool quiet) {
    if (quiet) return;
    doc->page->report->type_mismatches++;
    page_note(doc->page, POSTERN_NOTE_PAGE_TYPE_MISMATCH, part, POSTERN_NO_OFFSET, postern_slice_sub(text, 0, 256));
}

/* Z7, and what is stricter: where nothing may be sniffed, the declared type has to say it, too. */
static bool type_counts(page_doc *doc, postern_slice type, postern_media media, bool quiet) {
    if (page_has_right(doc, POSTERN_PAGE_RIGHT_SNIFFING) || page_type_says(type, media)) return true;
    if (!quiet) page_refuse(doc, POSTERN_PAGE_RIGHT_SNIFFING, type);
    return false;
}

page_source page_find(page_doc *doc, postern_slice text, postern_use use, bool quiet) {
    page_source found = {.kind = PAGE_SOURCE_NONE, .part = POSTERN_NO_PART};
    postern_slice type;
    text = trim_url(text);
    if (text.len == 0) return found;
    if (use == POSTERN_USE_FONT && !page_has_right(doc, POSTERN_PAGE_RIGHT_FONTS)) return found;
    if (page_data_url(text, &type, &found.data_base64, &found.data)) {
        found.media = page_data_media(doc, type, found.data, found.data_base64);
        if (!page_media_fits(found.media, use)) {
            if (found.data.len) mismatch(doc, doc->part, text, quiet);
        } else if (type_counts(doc, type, found.media, quiet)) found.kind = PAGE_SOURCE_DATA;
        return found;
    }
    postern_reference reference;
    glance(doc, text, &reference);
    if (reference.part == POSTERN_NO_PART || reference.refused) {
        if (!quiet && text.ptr[0] != '#') page_note_absent(doc, &reference, text);
        return found;
    }
    found.media = postern_archive_part_media(doc->page->archive, reference.part);
    if (!page_media_fits(found.media, use)) mismatch(doc, reference.part, text, quiet);
    else if (type_counts(doc, postern_archive_part(doc->page->archive, reference.part)->type, found.media, quiet)) {
        found.kind = PAGE_SOURCE_PART;
        found.part = reference.part;
    }
    return found;
}

/* ---- links ----------------------------------------------------------------------------------------------------- */

bool page_fragment_of(page_doc *doc, postern_slice text, postern_slice *ret_fragment) {
    text = trim_url(text);
    if (text.len && text.ptr[0] == '#') {
        *ret_fragment = postern_slice_from(text, 1);
        return true;
    }
    size_t hash = postern_slice_find_byte(text, 0, '#');
    if (hash == SIZE_MAX || postern_slice_starts_nocase(text, POSTERN_S("data:"))) return false;
    postern_reference reference;
    if (!glance(doc, text, &reference) || reference.refused || !reference.url) return false;
    const postern_url *own = postern_archive_base(doc->page->archive, doc->part);
    bool same = reference.part == doc->part ||
                (own && postern_slice_eq(postern_url_without_fragment(own), postern_url_without_fragment(reference.url)));
    if (same) page_fail(doc->page, postern_arena_copy(doc->arena, reference.fragment, ret_fragment));
    return same && doc->page->status == POSTERN_OK;
}

static bool link_scheme(const postern_url *url, bool *ret_web) {
    *ret_web = postern_slice_eq(url->scheme, POSTERN_S("http")) || postern_slice_eq(url->scheme, POSTERN_S("https"));
    return *ret_web || postern_slice_eq(url->scheme, POSTERN_S("mailto")) || postern_slice_eq(url->scheme, POSTERN_S("tel"));
}

static void write_fragment(page_doc *doc, const char *name, postern_slice fragment) {
    page_out_literal(doc->out, " ");
    page_out_cstr(doc->out, name);
    page_out_literal(doc->out, "=\"#");
    page_out_value(doc->out, fragment);
    page_out_literal(doc->out, "\"");
}

/* A viewer's page in front of the target, which is percent-encoded down to the unreserved characters. */
static void write_shown_first(page_doc *doc, const char *name, postern_slice target) {
    static const char digits[] = "0123456789ABCDEF";
    page_out_literal(doc->out, " ");
    page_out_cstr(doc->out, name);
    page_out_literal(doc->out, "=\"");
    page_out_value(doc->out, postern_slice_cstr(doc->page->options->link_prefix));
    for (size_t i = 0; i < target.len; i++) {
        uint8_t c = target.ptr[i];
        bool plain = postern_ascii_alpha(c) || postern_ascii_digit(c) || (c && strchr("-._~", c));
        char encoded[3] = {'%', digits[c >> 4], digits[c & 15]};
        page_out_bytes(doc->out, plain ? postern_slice_of(&target.ptr[i], 1) : postern_slice_of(encoded, 3));
    }
    page_out_literal(doc->out, "\"");
}

bool page_link_write(page_doc *doc, const char *name, postern_slice text) {
    postern_slice fragment;
    postern_reference reference;
    text = trim_url(text);
    if (text.len == 0 || page_fragment_of(doc, text, &fragment)) {
        write_fragment(doc, name, text.len ? fragment : POSTERN_S(""));
        return false;
    }
    bool web = false;
    if (glance(doc, text, &reference) && !reference.refused && reference.url && link_scheme(reference.url, &web)) {
        if (doc->page->options->link_prefix) write_shown_first(doc, name, reference.url->href);
        else page_out_attribute(doc->out, name, reference.url->href);
        return web || doc->page->options->link_prefix;
    }
    /* still drawn as a link, but it leads nowhere: no element of a page has a reason to bear this name */
    doc->page->report->links++;
    page_note(doc->page, POSTERN_NOTE_PAGE_LINK, doc->part, POSTERN_NO_OFFSET, text);
    write_fragment(doc, name, POSTERN_S("postern-inert"));
    return false;
}

/* ---- srcset ----------------------------------------------------------------------------------------------------- */

/* One candidate off the front (WHATWG "parse a srcset attribute"); false at the end. */
static bool next_candidate(postern_slice *rest, postern_slice *ret_url, postern_slice *ret_descriptor) {
    postern_slice s = *rest;
    size_t i = 0;
    while (i < s.len && (postern_ascii_space(s.ptr[i]) || s.ptr[i] == ',')) i++;
    size_t start = i;
    while (i < s.len && !postern_ascii_space(s.ptr[i])) i++;
    if (i == start) return false;
    size_t end = i;
    while (end > start && s.ptr[end - 1] == ',') end--;
    *ret_url = postern_slice_sub(s, start, end - start);
    *ret_descriptor = (postern_slice){0};
    if (end == i) {
        size_t from = i;
        unsigned parens = 0;
        for (; i < s.len && (parens || s.ptr[i] != ','); i++) {
            if (s.ptr[i] == '(') parens++;
            else if (s.ptr[i] == ')' && parens) parens--;
        }
        *ret_descriptor = postern_slice_trim(postern_slice_sub(s, from, i - from));
    }
    *rest = postern_slice_from(s, i);
    return true;
}

/* "2x", "640w", "1.5x", "640w 480h" and nothing else. */
static bool plain_descriptor(postern_slice s) {
    if (s.len > 40) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!postern_ascii_digit(s.ptr[i]) && !memchr(".eE+- wxh", s.ptr[i], 9)) return false;
    return true;
}

static void write_candidate(page_doc *doc, const page_source *source, postern_slice descriptor, bool first) {
    if (!first) page_out_literal(doc->out, ", ");
    page_source_write(doc, source, &doc->out->sink);
    if (descriptor.len == 0) return;
    page_out_literal(doc->out, " ");
    page_out_value(doc->out, descriptor);
}

bool page_srcset_write(page_doc *doc, postern_slice text, bool write, bool *ret_wide) {
    postern_slice rest = text, url, descriptor;
    unsigned candidates = 0;
    bool any = false;
    *ret_wide = false;
    while (next_candidate(&rest, &url, &descriptor)) {
        if (++candidates > POSTERN_LIMIT_CANDIDATES) {
            if (write || any) break;
            doc->page->report->limits++;
            page_note(doc->page, POSTERN_NOTE_PAGE_LIMIT, doc->part, POSTERN_NO_OFFSET, POSTERN_S("srcset"));
            break;
        }
        if (!plain_descriptor(descriptor)) continue;
        page_source source = page_find(doc, url, POSTERN_USE_IMAGE, true);
        if (source.kind == PAGE_SOURCE_NONE) continue;
        if (write && !page_source_afford(doc, &source)) continue;
        if (write) write_candidate(doc, &source, descriptor, !any);
        any = true;
        if (postern_slice_find_byte(descriptor, 0, 'w') != SIZE_MAX) *ret_wide = true;
    }
    return any;
}
