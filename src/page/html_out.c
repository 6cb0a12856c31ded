/*
 * Where the bytes of the safe page leave. One writer a document, chained through the escaper for frames; the last link
 * counts and holds the output limit (P5). Text and values pass the one escaper of the room html (P1); what goes through
 * page_out_bytes unescaped is ours: literals, base64, clean CSS.
 */
#include "html_int.h"

void page_fail(page_html *page, postern_status status) {
    if (page->status == POSTERN_OK && status != POSTERN_OK) page->status = status;
}

void page_note(page_html *page, postern_note_kind kind, uint32_t part, uint64_t offset, postern_slice detail) {
    postern_note_send(page->options->notes, kind, part, offset, detail);
}

void page_out_flush(page_out *out) {
    if (out->len && out->page->status == POSTERN_OK)
        page_fail(out->page, out->down->write(out->down->user, out->block, out->len));
    out->len = 0;
}

void page_out_bytes(page_out *out, postern_slice s) {
    if (s.len == 0 || out->page->status != POSTERN_OK) return;
    if (s.len > PAGE_OUT_BLOCK - out->len) {
        page_out_flush(out);
        if (s.len >= PAGE_OUT_BLOCK / 2) {
            if (out->page->status == POSTERN_OK) page_fail(out->page, out->down->write(out->down->user, s.ptr, s.len));
            return;
        }
    }
    memcpy(out->block + out->len, s.ptr, s.len);
    out->len += s.len;
}

static postern_status out_write(void *user, const void *bytes, size_t len) {
    page_out *out = user;
    page_out_bytes(out, postern_slice_of(bytes, len));
    return out->page->status;
}

void page_out_init(page_out *out, page_html *page, const postern_sink *down) {
    out->page = page;
    out->down = down;
    out->sink = (postern_sink){out_write, out};
    out->len = 0;
}

void page_out_cstr(page_out *out, const char *text) {
    page_out_bytes(out, postern_slice_cstr(text));
}

/* A carriage return or form feed that a reference smuggled into text is white space to a reader, not a defect to show; a
 * NUL is nothing (WHATWG 13.2.6.4.7). */
static size_t next_odd(postern_slice s, size_t from) {
    for (; from < s.len; from++)
        if (s.ptr[from] == '\r' || s.ptr[from] == '\f' || s.ptr[from] == 0) break;
    return from;
}

static bool has_odd(postern_slice s) {
    return s.len && (memchr(s.ptr, '\r', s.len) || memchr(s.ptr, '\f', s.len) || memchr(s.ptr, 0, s.len));
}

static void write_split(page_out *out, postern_slice s, postern_status (*write)(const postern_sink *, postern_slice)) {
    if (out->page->status != POSTERN_OK) return;
    if (!has_odd(s)) {
        page_fail(out->page, write(&out->sink, s));
        return;
    }
    for (size_t from = 0; from <= s.len && out->page->status == POSTERN_OK;) {
        size_t odd = next_odd(s, from);
        page_fail(out->page, write(&out->sink, postern_slice_sub(s, from, odd - from)));
        if (odd < s.len && s.ptr[odd]) page_out_literal(out, " ");
        from = odd + 1;
    }
}

void page_out_text(page_out *out, postern_slice utf8) {
    write_split(out, utf8, postern_html_write_text);
}

void page_out_value(page_out *out, postern_slice utf8) {
    write_split(out, utf8, postern_html_write_attribute);
}

void page_out_attribute(page_out *out, const char *name, postern_slice utf8) {
    page_out_literal(out, " ");
    page_out_cstr(out, name);
    page_out_literal(out, "=\"");
    page_out_value(out, utf8);
    page_out_literal(out, "\"");
}

bool page_room(page_html *page, uint64_t size) {
    if (page->full) return false;
    uint64_t used = page->report->bytes_out;
    /* what stands in the blocks, and what it takes to close everything */
    uint64_t slack = (POSTERN_LIMIT_FRAME_DEPTH + 2) * (uint64_t)PAGE_OUT_BLOCK * 2;
    if (page->max_output < slack + used || page->max_output - slack - used < size) {
        page->full = true;
        page->report->limits++;
        page_note(page, POSTERN_NOTE_PAGE_LIMIT, POSTERN_NO_PART, POSTERN_NO_OFFSET, POSTERN_S("max-output"));
        return false;
    }
    return true;
}
