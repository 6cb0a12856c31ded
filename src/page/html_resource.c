/*
 * Parts of the archive, and data: URLs of the source, on their way into the page as data: URLs (RFC 2397). Base64 is copied,
 * not recoded. What a resource is, its signature decides (Z7): the type that we write is ours, whatever was declared; a
 * declared type counts only for SVG, which has no signature and is cleaned before it is shown. A browser draws nothing but
 * what the type says, so a polyglot stays a picture. Each resource is free once; further copies come out of one budget (P5).
 */
#include "html_int.h"

/* ---- data: URLs of the source ---------------------------------------------------------------------------------- */

static bool ends_base64(postern_slice *type) {
    postern_slice t = *type;
    while (t.len && t.ptr[t.len - 1] == ' ') t.len--;
    if (t.len < 6 || !postern_slice_eq_nocase(postern_slice_from(t, t.len - 6), POSTERN_S("base64"))) return false;
    t.len -= 6;
    while (t.len && t.ptr[t.len - 1] == ' ') t.len--;
    if (t.len == 0 || t.ptr[t.len - 1] != ';') return false;
    t.len--;
    *type = t;
    return true;
}

bool page_data_url(postern_slice url, postern_slice *ret_type, bool *ret_base64, postern_slice *ret_data) {
    if (!postern_slice_starts_nocase(url, POSTERN_S("data:"))) return false;
    postern_cut cut = postern_slice_cut(postern_slice_from(url, 5), ',');
    if (!cut.ok) cut.tail = (postern_slice){0};
    *ret_base64 = ends_base64(&cut.head);
    *ret_type = postern_slice_trim(postern_slice_cut(cut.head, ';').head);
    *ret_data = postern_slice_cut(cut.tail, '#').head;
    return true;
}

bool page_data_bytes(page_doc *doc, postern_slice data, bool base64, postern_slice *ret_bytes) {
    postern_slice bytes = data;
    postern_status status = POSTERN_OK;
    if (data.len && memchr(data.ptr, '%', data.len)) status = postern_percent_decode(doc->arena, data, &bytes);
    if (status == POSTERN_OK && base64) {
        postern_buf buf;
        postern_buf_init(&buf, POSTERN_LIMIT_DOCUMENT);
        postern_sink sink = postern_buf_sink(&buf);
        status = postern_decode(POSTERN_ENCODING_BASE64, bytes, &sink, NULL, POSTERN_NO_PART, 0);
        if (status == POSTERN_OK) status = postern_arena_copy(doc->arena, postern_buf_slice(&buf), &bytes);
        postern_buf_free(&buf);
    }
    if (status == POSTERN_NOMEM) page_fail(doc->page, status);
    *ret_bytes = bytes;
    return status == POSTERN_OK;
}

postern_media page_data_media(page_doc *doc, postern_slice type, postern_slice data, bool base64) {
    postern_slice head;
    /* enough for every signature, even where each character is percent-encoded */
    postern_slice start = postern_slice_sub(data, 0, 2048);
    if (!page_data_bytes(doc, start, base64, &head)) return POSTERN_MEDIA_NONE;
    postern_media media = postern_media_of(head);
    if (media == POSTERN_MEDIA_NONE && postern_slice_eq_nocase(type, POSTERN_S("image/svg+xml"))) return POSTERN_MEDIA_SVG;
    return media;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static uint64_t cost(page_doc *doc, const page_source *source) {
    if (source->kind != PAGE_SOURCE_PART) return source->data.len;
    const postern_part *part = postern_archive_part(doc->page->archive, source->part);
    if (part->encoding == POSTERN_ENCODING_BASE64) return part->body.len;
    return postern_decoded_max(part->encoding, part->body.len) / 3 * 4 + 4;
}

bool page_part_afford(page_doc *doc, uint32_t part, uint64_t bytes) {
    page_html *page = doc->page;
    if (!page_room(page, bytes)) return false;
    if (part >= page->part_count) return true;
    if (page->used[part] && bytes > page->reuse_left) {
        page->report->limits++;
        page_note(page, POSTERN_NOTE_PAGE_LIMIT, part, POSTERN_NO_OFFSET, POSTERN_S("reuse"));
        return false;
    }
    if (page->used[part]) page->reuse_left -= bytes;
    page->used[part] = 1;
    return true;
}

static bool is_file(const page_doc *doc, const page_source *source) {
    return doc->page->options->resource && source->kind == PAGE_SOURCE_PART && source->media != POSTERN_MEDIA_SVG;
}

bool page_source_afford(page_doc *doc, const page_source *source) {
    return is_file(doc, source) ? page_room(doc->page, 256) : page_part_afford(doc, source->part, cost(doc, source));
}

/* The caller's name, percent-encoded so that it means the same in an attribute, a srcset and a CSS string. */
static postern_status add_name(postern_buf *url, postern_slice name) {
    postern_percent_encode(name, "-._~/", url);
    return url->status;
}

static void write_name(page_doc *doc, const page_source *source, const postern_sink *out) {
    page_html *page = doc->page;
    postern_slice *name = &page->names[source->part];
    if (!name->ptr) {
        postern_buf raw, url;
        postern_buf_init(&raw, 4096);
        postern_buf_init(&url, 3 * 4096);
        postern_status status = page->options->resource(page->options->resource_user, source->part, source->media, &raw);
        if (status == POSTERN_OK) status = add_name(&url, postern_buf_slice(&raw));
        if (status == POSTERN_OK) status = postern_arena_copy(page->arena, postern_buf_slice(&url), name);
        postern_buf_free(&raw);
        postern_buf_free(&url);
        page_fail(page, status);
        if (status != POSTERN_OK) return;
    }
    page_fail(page, postern_sink_write(out, *name));
}

static postern_status write_svg(page_doc *doc, const page_source *source, const postern_sink *out) {
    postern_slice bytes, utf8;
    if (source->kind == PAGE_SOURCE_PART) {
        const postern_part *part = postern_archive_part(doc->page->archive, source->part);
        postern_status status = postern_part_text(doc->arena, part, NULL, &utf8, NULL);
        return status == POSTERN_OK ? page_svg_clean(doc, utf8, source->part, out) : status;
    }
    if (!page_data_bytes(doc, source->data, source->data_base64, &bytes)) return doc->page->status;
    postern_status status = postern_charset_decode_arena(POSTERN_CHARSET_UTF_8, bytes, doc->arena, NULL, doc->part, &utf8);
    return status == POSTERN_OK ? page_svg_clean(doc, utf8, doc->part, out) : status;
}

static postern_status write_part(const postern_part *part, const postern_sink *out) {
    if (part->encoding == POSTERN_ENCODING_BASE64)
        return postern_base64_copy(part->body, out, NULL, part->index, 0);
    postern_base64_encoder encoder;
    postern_base64_encoder_init(&encoder, out);
    postern_sink sink = postern_base64_encoder_sink(&encoder);
    postern_status status = postern_part_decode(part, &sink, NULL);
    return status == POSTERN_OK ? postern_base64_encoder_finish(&encoder) : status;
}

static postern_status write_data(page_doc *doc, const page_source *source, const postern_sink *out) {
    postern_slice bytes;
    if (source->data_base64 && !(source->data.len && memchr(source->data.ptr, '%', source->data.len)))
        return postern_base64_copy(source->data, out, NULL, doc->part, 0);
    if (!page_data_bytes(doc, source->data, source->data_base64, &bytes)) return doc->page->status;
    return postern_base64_encode(bytes, 0, out);
}

static void count(postern_page_report *report, postern_media media) {
    switch (media) {
    case POSTERN_MEDIA_WOFF: case POSTERN_MEDIA_WOFF2: case POSTERN_MEDIA_TRUETYPE: case POSTERN_MEDIA_OPENTYPE:
        report->fonts++;
        break;
    case POSTERN_MEDIA_MP4: case POSTERN_MEDIA_WEBM: case POSTERN_MEDIA_OGG: case POSTERN_MEDIA_MP3: case POSTERN_MEDIA_WAV:
        report->media++;
        break;
    default:
        report->pictures++;
    }
}

void page_source_write(page_doc *doc, const page_source *source, const postern_sink *out) {
    page_html *page = doc->page;
    if (page->status != POSTERN_OK) return;
    count(page->report, source->media);
    if (is_file(doc, source)) {
        write_name(doc, source, out);
        return;
    }
    postern_status status = postern_sink_write(out, POSTERN_S("data:"));
    if (status == POSTERN_OK) status = postern_sink_write(out, postern_slice_cstr(postern_media_type(source->media)));
    if (status == POSTERN_OK) status = postern_sink_write(out, POSTERN_S(";base64,"));
    if (status != POSTERN_OK) page_fail(page, status);
    else if (source->media == POSTERN_MEDIA_SVG) {
        postern_base64_encoder encoder;
        postern_base64_encoder_init(&encoder, out);
        postern_sink sink = postern_base64_encoder_sink(&encoder);
        status = write_svg(doc, source, &sink);
        page_fail(page, status == POSTERN_OK ? postern_base64_encoder_finish(&encoder) : status);
    } else if (source->kind == PAGE_SOURCE_PART)
        page_fail(page, write_part(postern_archive_part(page->archive, source->part), out));
    else page_fail(page, write_data(doc, source, out));
}

bool page_source_attribute(page_doc *doc, const char *name, postern_slice text, postern_use use) {
    page_source source = page_find(doc, text, use, false);
    if (source.kind == PAGE_SOURCE_NONE || !page_source_afford(doc, &source)) return false;
    page_out_literal(doc->out, " ");
    page_out_cstr(doc->out, name);
    page_out_literal(doc->out, "=\"");
    page_source_write(doc, &source, &doc->out->sink);
    page_out_literal(doc->out, "\"");
    return true;
}
