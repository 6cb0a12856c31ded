/*
 * Frames (P3, Z12): a frame holds a cleaned copy of an archived document in srcdoc, in a sandbox, or it is empty. Even a
 * blocked iframe src opens a connection, so there never is one. Framesets become a grid of such frames; the sheets of an
 * Excel workbook, whose tabs a script drives, stand one below the other behind plain links.
 */
#include "html_int.h"

/* No script, no form, no step of its own; without allow-same-origin a browser draws the frame in another process, and at
 * times not at all, and without popups its links (Z21) would be dead. */
#define FRAME_TAG "<iframe sandbox=\"allow-same-origin allow-popups allow-popups-to-escape-sandbox\""

static void note_frame(page_doc *doc, postern_slice src) {
    doc->page->report->frames_blocked++;
    page_note(doc->page, POSTERN_NOTE_PAGE_FRAME, doc->part, POSTERN_NO_OFFSET, src);
}

static bool may_frame(page_doc *doc) {
    page_html *page = doc->page;
    if (doc->depth + 1 < POSTERN_LIMIT_FRAME_DEPTH && page->frames < POSTERN_LIMIT_FRAMES) return true;
    page->report->limits++;
    page_note(page, POSTERN_NOTE_PAGE_LIMIT, doc->part, POSTERN_NO_OFFSET, POSTERN_S("frames"));
    return false;
}

/* A document inside `doc`: its bytes pass `doc`'s escaper, so however deep, it stays within one attribute value. */
static page_doc *open_frame(page_doc *doc, uint32_t part, postern_html_attribute_escaper *escaper, postern_sink *ret_sink) {
    escaper->out = &doc->out->sink;
    *ret_sink = postern_html_attribute_escaper_sink(escaper);
    page_doc *frame = page_doc_new(doc->page, doc, part, ret_sink);
    if (!frame) return NULL;
    frame->depth = doc->depth + 1;
    frame->inner = false;
    doc->page->frames++;
    doc->page->report->frames++;
    page_out_literal(doc->out, " srcdoc=\"");
    return frame;
}

static void close_frame(page_doc *doc, page_doc *frame) {
    page_doc_free(frame);
    page_out_literal(doc->out, "\"");
}

bool page_frame_srcdoc(page_doc *doc, postern_slice html) {
    postern_html_attribute_escaper escaper;
    postern_sink sink;
    page_doc *frame = may_frame(doc) ? open_frame(doc, doc->part, &escaper, &sink) : NULL;
    if (!frame) return false;
    frame->base = doc->base;
    page_run(frame, html);
    close_frame(doc, frame);
    return true;
}

static bool frame_html(page_doc *doc, uint32_t part) {
    postern_html_attribute_escaper escaper;
    postern_sink sink;
    const postern_part *p = postern_archive_part(doc->page->archive, part);
    bool xml = postern_slice_eq(p->type, POSTERN_S("application/xhtml+xml"));
    bool plain = !page_shows_html(doc->page, part);
    if (doc->page->frame_open[part] || !page_may_frame_part(doc, part) || !page_part_afford(doc, part, p->body.len) ||
        !may_frame(doc))
        return false;
    page_doc *frame = open_frame(doc, part, &escaper, &sink);
    if (!frame) return false;
    postern_slice utf8;
    doc->page->frame_open[part] = 1;
    frame->xml = xml;
    frame->archived_frame = true;
    if (plain) {
        page_prolog(frame, PAGE_MODE_STANDARDS, NULL);
        page_plain_text(frame, part);
    } else if (page_part_text(frame, part, &utf8)) page_run(frame, utf8);
    doc->page->frame_open[part] = 0;
    close_frame(doc, frame);
    return true;
}

static bool frame_picture(page_doc *doc, const page_source *source) {
    postern_html_attribute_escaper escaper;
    postern_sink sink;
    bool may = (source->kind != PAGE_SOURCE_PART || page_may_frame_part(doc, source->part)) && may_frame(doc);
    page_doc *frame = may && page_source_afford(doc, source) ? open_frame(doc, source->part, &escaper, &sink) : NULL;
    if (!frame) return false;
    page_prolog(frame, PAGE_MODE_STANDARDS, NULL);
    page_out_literal(frame->out, "</head><body><img src=\"");
    page_source_write(frame, source, &frame->out->sink);
    page_out_literal(frame->out, "\"></body></html>");
    close_frame(doc, frame);
    return true;
}

static bool is_nothing(postern_slice src) {
    return src.len == 0 || postern_slice_starts_nocase(src, POSTERN_S("about:")) || src.ptr[0] == '#';
}

bool page_frame_source(page_doc *doc, postern_slice src) {
    postern_reference reference;
    src = postern_slice_trim(src);
    if (is_nothing(src)) return false;
    bool written = false;
    if (page_resolve(doc, src, &reference) && reference.part != POSTERN_NO_PART && !reference.refused) {
        const postern_part *part = postern_archive_part(doc->page->archive, reference.part);
        page_source picture = page_find(doc, src, POSTERN_USE_IMAGE, true);
        if (page_is_html_part(part) || postern_slice_eq(part->type, POSTERN_S("text/plain")))
            written = frame_html(doc, reference.part);
        else if (picture.kind != PAGE_SOURCE_NONE) written = frame_picture(doc, &picture);
    }
    if (!written) note_frame(doc, src);
    return written;
}

void page_iframe(page_doc *doc, const page_element *element, const postern_html_token *token, postern_slice src) {
    const postern_html_attribute *srcdoc = postern_html_attribute_find(token, POSTERN_S("srcdoc"));
    page_out_literal(doc->out, FRAME_TAG);
    page_attributes_write(doc, element, token);
    if (srcdoc) page_frame_srcdoc(doc, srcdoc->value);
    else page_frame_source(doc, src);
    page_out_literal(doc->out, "></iframe>");
}

/* ---- framesets -------------------------------------------------------------------------------------------------------- */

/* rows="20%,2*,100": a list of lengths (WHATWG "parse a list of dimensions"), as the tracks of a grid. */
static void add_tracks(postern_buf *css, const char *property, postern_slice list) {
    unsigned tracks = 0;
    postern_buf_printf(css, "%s:", property);
    while (tracks++ < 100) {
        postern_cut cut = postern_slice_cut(list, ',');
        postern_slice item = postern_slice_trim(cut.head), digits = item;
        size_t n = 0;
        while (n < item.len && (postern_ascii_digit(item.ptr[n]) || item.ptr[n] == '.')) n++;
        digits.len = n < 9 ? n : 9;
        uint8_t unit = n < item.len ? item.ptr[n] : 0;
        uint64_t number = 0;
        postern_slice whole = postern_slice_cut(digits, '.').head;
        bool has_number = postern_slice_uint(whole, 100000000, &number);
        if (tracks > 1) postern_buf_add_byte(css, ' ');
        if (unit == '*' || item.len == 0 || !has_number)
            postern_buf_printf(css, "minmax(0,%ufr)", has_number && number ? (unsigned)number : 1);
        else postern_buf_printf(css, "%u%s", (unsigned)number, unit == '%' ? "%" : "px");
        if (!cut.ok) break;
        list = cut.tail;
    }
    postern_buf_add_byte(css, ';');
}

static bool no_border(const postern_html_token *token) {
    postern_slice frameborder = page_attribute_value(token, "frameborder"), border = page_attribute_value(token, "border");
    return postern_slice_eq(frameborder, POSTERN_S("0")) || postern_slice_eq_nocase(frameborder, POSTERN_S("no")) ||
           postern_slice_eq(border, POSTERN_S("0"));
}

static void open_grid(page_doc *doc, const postern_html_token *token) {
    postern_buf html;
    postern_buf_init(&html, 64 << 10);
    postern_buf_printf(&html, "<div style=\"display:grid;box-sizing:border-box;overflow:hidden;min-width:0;min-height:0;%s%s",
                       doc->frameset_depth == 1 ? "width:100vw;height:100vh;" : "width:100%;height:100%;",
                       no_border(token) ? "" : "gap:6px;background:#ccc;");
    add_tracks(&html, "grid-template-rows", page_attribute_value(token, "rows"));
    add_tracks(&html, "grid-template-columns", page_attribute_value(token, "cols"));
    postern_buf_printf(&html, "\">");
    page_fail(doc->page, html.status == POSTERN_NOMEM ? POSTERN_NOMEM : POSTERN_OK);
    doc->frameset = false;
    page_feed(doc, postern_buf_slice(&html));
    doc->frameset = true;
    postern_buf_free(&html);
}

void page_frameset_start(page_doc *doc, const postern_html_token *token) {
    if (!doc->frameset && doc->body) return; /* content came first: no frameset any more */
    if (doc->frameset_depth >= 32 || !page_room(doc->page, 4096)) return;
    if (doc->frameset_depth++ == 0) {
        page_feed(doc, POSTERN_S("</head><body style=\"margin:0\">"));
        doc->body = true;
        if (doc->sheet_count) page_workbook(doc);
    }
    doc->frameset = true;
    if (!doc->sheet_count) open_grid(doc, token);
}

void page_frameset_end(page_doc *doc) {
    if (doc->frameset_depth == 0) return;
    doc->frameset_depth--;
    if (doc->sheet_count) return;
    doc->frameset = false;
    page_feed(doc, POSTERN_S("</div>"));
    doc->frameset = true; /* what follows the outermost one is not shown either */
}

void page_frameset_close(page_doc *doc) {
    while (doc->frameset_depth) page_frameset_end(doc);
}

static void copy_number(page_doc *doc, const postern_html_token *token, const char *name) {
    uint64_t number;
    if (postern_slice_uint(page_attribute_value(token, name), 10000, &number))
        page_out_attribute(doc->out, name, page_attribute_value(token, name));
}

void page_frameset_frame(page_doc *doc, const postern_html_token *token) {
    if (doc->frameset_depth == 0 || doc->sheet_count || !page_room(doc->page, 1024)) return;
    page_out_literal(doc->out, FRAME_TAG);
    page_style_attribute(doc, POSTERN_S("display:block;width:100%;height:100%;border:0;background:#fff"));
    copy_number(doc, token, "marginwidth");
    copy_number(doc, token, "marginheight");
    if (postern_slice_eq_nocase(page_attribute_value(token, "scrolling"), POSTERN_S("no")))
        page_out_literal(doc->out, " scrolling=\"no\"");
    page_frame_source(doc, page_attribute_value(token, "src"));
    page_out_literal(doc->out, "></iframe>");
}

/* ---- workbooks --------------------------------------------------------------------------------------------------------- */

/* The name of a sheet: the text of the link that leads to it in the tab strip, a document that only a script would show. */
static bool tab_name(page_doc *strip, uint32_t sheet, postern_buf *ret_name) {
    postern_slice utf8;
    postern_html_tokenizer *tokenizer = NULL;
    postern_html_token token;
    bool inside = false;
    if (!page_part_text(strip, strip->part, &utf8)) return false;
    page_fail(strip->page, postern_html_tokenizer_new(utf8, true, NULL, &tokenizer));
    while (tokenizer && postern_html_next(tokenizer, &token) == POSTERN_OK && token.kind != POSTERN_HTML_EOF) {
        if (token.kind == POSTERN_HTML_START && postern_slice_eq(token.name, POSTERN_S("a"))) {
            postern_reference reference;
            inside = page_resolve(strip, page_attribute_value(&token, "href"), &reference) && reference.part == sheet;
        } else if (token.kind == POSTERN_HTML_END && postern_slice_eq(token.name, POSTERN_S("a"))) {
            if (ret_name->len) break;
            inside = false;
        } else if (inside && token.kind == POSTERN_HTML_TEXT) postern_buf_add_slice(ret_name, token.text);
    }
    postern_html_tokenizer_free(tokenizer);
    return postern_slice_trim(postern_buf_slice(ret_name)).len != 0;
}

static uint32_t find_strip(page_doc *doc) {
    uint32_t count = postern_archive_part_count(doc->page->archive);
    for (uint32_t i = 0; i < count; i++) {
        postern_slice location = postern_archive_part(doc->page->archive, i)->content_location;
        if (postern_slice_ends(location, POSTERN_S("tabstrip.htm")) ||
            postern_slice_ends(location, POSTERN_S("tabstrip.html")))
            return i;
    }
    return POSTERN_NO_PART;
}

static void sheet_name(page_doc *doc, page_doc *strip, uint32_t index, postern_buf *html) {
    postern_buf name;
    postern_buf_init(&name, 4096);
    postern_sink sink = postern_buf_sink(html);
    if (strip && tab_name(strip, doc->sheets[index], &name)) {
        if (postern_html_write_text(&sink, postern_slice_trim(postern_buf_slice(&name))) == POSTERN_NOMEM)
            page_fail(doc->page, POSTERN_NOMEM);
    } else postern_buf_printf(html, "%u", index + 1);
    postern_buf_free(&name);
}

void page_workbook(page_doc *doc) {
    postern_buf html;
    postern_buf_init(&html, 1 << 20);
    uint32_t tabs = find_strip(doc);
    page_doc *strip = tabs == POSTERN_NO_PART ? NULL : page_doc_new(doc->page, doc, tabs, &doc->out->sink);
    postern_buf_printf(&html, "<div style=\"box-sizing:border-box;height:100vh;padding-bottom:32px;position:relative\">"
                              "<div style=\"height:100%%;overflow:hidden\">");
    page_feed(doc, postern_buf_slice(&html));
    for (uint32_t i = 0; i < doc->sheet_count && !doc->page->full; i++) {
        postern_buf_clear(&html);
        postern_buf_printf(&html, "<section id=\"postern-sheet-%u\" style=\"height:100%%\" aria-label=\"", i + 1);
        sheet_name(doc, strip, i, &html);
        postern_buf_printf(&html, "\">");
        page_feed(doc, postern_buf_slice(&html));
        page_out_literal(doc->out, FRAME_TAG);
        page_style_attribute(doc, POSTERN_S("display:block;width:100%;height:100%;border:0;background:#fff"));
        if (!page_frame_part(doc, doc->sheets[i])) note_frame(doc, POSTERN_S(""));
        page_out_literal(doc->out, "></iframe>");
        page_feed(doc, POSTERN_S("</section>"));
    }
    postern_buf_clear(&html);
    postern_buf_printf(
        &html, "</div><nav style=\"position:absolute;bottom:0;left:0;right:0;height:32px;overflow:auto;white-space:nowrap;"
               "background:#e8e8e8;font:13px/32px sans-serif\">");
    for (uint32_t i = 0; i < doc->sheet_count; i++) {
        postern_buf_printf(&html, "<a href=\"#postern-sheet-%u\" style=\"padding:0 12px;color:#000\">", i + 1);
        sheet_name(doc, strip, i, &html);
        postern_buf_printf(&html, "</a>");
    }
    postern_buf_printf(&html, "</nav></div>");
    if (html.status == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
    page_feed(doc, postern_buf_slice(&html));
    page_doc_free(strip);
    postern_buf_free(&html);
}

bool page_frame_part(page_doc *doc, uint32_t part) {
    return frame_html(doc, part);
}
