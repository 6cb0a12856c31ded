/*
 * Plain text as HTML: lines as they are, links made links; with format=flowed (RFC 3676) whole paragraphs, quotes as blocks.
 * And HTML that is to be read as text.
 */
#include "flowed.h"
#include "html_int.h"

static bool url_byte(uint8_t c) { return c > ' ' && c != '<' && c != '>' && c != '"' && c < 0x7f; }

/* The length of a link at the start of `s`, or 0. */
static size_t link_length(postern_slice s) {
    static const char *const schemes[] = {"http://", "https://", "mailto:"};
    size_t head = 0, len;
    for (size_t i = 0; i < 3 && !head; i++)
        if (postern_slice_starts_nocase(s, postern_slice_cstr(schemes[i]))) head = strlen(schemes[i]);
    if (!head) return 0;
    for (len = head; len < s.len && len < 4096 && url_byte(s.ptr[len]); len++) continue;
    while (len > head && strchr(".,;:!?)]}'", s.ptr[len - 1])) len--;
    return len > head ? len : 0;
}

static void write_linked(page_doc *doc, postern_slice line) {
    size_t from = 0;
    for (size_t i = 0; i < line.len; i++) {
        uint8_t c = line.ptr[i] | 32;
        if ((c != 'h' && c != 'm') || (i && (postern_ascii_alpha(line.ptr[i - 1]) || postern_ascii_digit(line.ptr[i - 1]))))
            continue;
        size_t len = link_length(postern_slice_from(line, i));
        if (!len) continue;
        page_out_text(doc->out, postern_slice_sub(line, from, i - from));
        postern_slice url = postern_slice_sub(line, i, len);
        page_out_literal(doc->out, "<a");
        if (page_link_write(doc, "href", url))
            page_out_literal(doc->out, " target=\"_blank\" rel=\"noopener noreferrer nofollow\"");
        page_out_literal(doc->out, ">");
        page_out_text(doc->out, url);
        page_out_literal(doc->out, "</a>");
        from = i + len;
        i = from - 1;
    }
    page_out_text(doc->out, postern_slice_from(line, from));
}

static void write_line(page_doc *doc, postern_slice line) {
    bool quoted = line.len && line.ptr[0] == '>';
    if (quoted) page_feed(doc, POSTERN_S("<span style=\"color:#557\">"));
    write_linked(doc, line);
    page_out_literal(doc->out, "\n");
    if (quoted) page_feed(doc, POSTERN_S("</span>"));
}

/* HTML that is to be read as text: what `postern text` makes of it, in lines as long as they are. */
static bool read_plain(page_doc *doc, uint32_t part, postern_slice *ret_utf8) {
    page_html *page = doc->page;
    postern_text_options options;
    postern_page_report report;
    postern_buf text;
    postern_text_options_init(&options);
    options.notes = page->options->notes;
    options.root = part;
    options.width = 0;
    options.mail_header = false;
    postern_buf_init(&text, POSTERN_LIMIT_DOCUMENT);
    postern_sink sink = postern_buf_sink(&text);
    postern_status status = postern_page_text(page->archive, &options, &sink, &report, NULL);
    if (status == POSTERN_NOMEM || status == POSTERN_IO) page_fail(page, status);
    page_fail(page, postern_arena_copy(doc->arena, postern_buf_slice(&text), ret_utf8));
    postern_buf_free(&text);
    page->report->plain++;
    page->report->limits += report.limits;
    page->report->hidden_runs += report.hidden_runs;
    page->report->hidden_chars += report.hidden_chars;
    page->report->deceptive_links += report.deceptive_links;
    page->report->remote_pictures += report.remote_pictures;
    page_note(page, POSTERN_NOTE_PAGE_PLAIN, part, POSTERN_NO_OFFSET, (postern_slice){0});
    return page->status == POSTERN_OK;
}

/* ---- format=flowed ---- */

typedef struct flowing {
    page_doc *doc;
    postern_buf paragraph;
    unsigned quotes;
} flowing;

static void end_paragraph(flowing *f) {
    if (f->paragraph.status) page_fail(f->doc->page, f->paragraph.status);
    write_linked(f->doc, postern_buf_slice(&f->paragraph));
    page_out_literal(f->doc->out, "\n");
    postern_buf_clear(&f->paragraph);
}

static void set_quotes(flowing *f, unsigned wanted) {
    for (; f->quotes > wanted; f->quotes--) page_feed(f->doc, POSTERN_S("</postern-quote>"));
    for (; f->quotes < wanted; f->quotes++)
        page_feed(f->doc, POSTERN_S("<postern-quote style=\"display:block;border-left:2px solid #99b;padding-left:8px;"
                                    "color:#557\">"));
}

static void write_flowed(page_doc *doc, postern_slice utf8, page_flow flow) {
    flowing f = {.doc = doc};
    bool going_on = false;
    postern_buf_init(&f.paragraph, POSTERN_LIMIT_DOCUMENT);
    while (utf8.len && doc->page->status == POSTERN_OK) {
        postern_cut cut = postern_slice_cut(utf8, '\n');
        page_flow_line line = page_flow_read(cut.head, flow);
        if (!page_room(doc->page, line.text.len + 256)) break;
        if (going_on && line.quotes != f.quotes) {
            end_paragraph(&f);
            going_on = false;
        }
        if (!going_on) set_quotes(&f, line.quotes);
        postern_buf_add_slice(&f.paragraph, line.text);
        going_on = line.flows;
        if (!going_on) end_paragraph(&f);
        utf8 = cut.ok ? cut.tail : (postern_slice){0};
    }
    if (going_on) end_paragraph(&f);
    set_quotes(&f, 0);
    postern_buf_free(&f.paragraph);
}

void page_plain_text(page_doc *doc, uint32_t part) {
    postern_slice utf8;
    page_flow flow;
    bool html = page_is_html_part(postern_archive_part(doc->page->archive, part));
    if (!(html ? read_plain(doc, part, &utf8) : page_part_text(doc, part, &utf8))) return;
    page_feed(doc, POSTERN_S("<postern-text style=\"display:block;white-space:pre-wrap;overflow-wrap:anywhere;"
                             "font:14px/1.4 monospace\">"));
    page_fail(doc->page, page_flow_of(doc->arena, postern_archive_part(doc->page->archive, part), &flow));
    if (!html && flow.flowed) {
        write_flowed(doc, utf8, flow);
        utf8 = (postern_slice){0};
    }
    while (utf8.len && doc->page->status == POSTERN_OK) {
        postern_cut cut = postern_slice_cut(utf8, '\n');
        postern_slice line = cut.head;
        if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        if (!page_room(doc->page, line.len + 256)) break;
        write_line(doc, line);
        utf8 = cut.ok ? cut.tail : (postern_slice){0};
    }
    page_feed(doc, POSTERN_S("</postern-text>"));
}
