/*
 * What stands around the body of a mail: a block with its sender, subject and attachments, plain text bodies, forwarded
 * messages. Headers are as hostile as the body (P2): their text is escaped, then goes through the same gate as any markup.
 * The block lives in a shadow root whose own rules are marked important, so that a body's style sheet cannot put other words
 * there.
 */
#include "html_int.h"
#include "size.h"

static const char block_style[] =
    ":host{all:initial!important;display:block!important;visibility:visible!important;opacity:1!important;"
    "position:relative!important;z-index:2147483647!important;background:#f4f4f4!important;color:#111!important;"
    "font:14px/1.4 sans-serif!important;border-bottom:1px solid #999!important;padding:8px 12px!important;"
    "margin:0 0 12px!important;text-align:start!important}"
    "table{border-spacing:0;font:inherit;color:inherit}th{text-align:start;vertical-align:top;padding:0 12px 0 "
    "0;font-weight:600;color:#555;white-space:nowrap}"
    "td{overflow-wrap:anywhere}ul{margin:6px 0 0;padding:0;list-style:none}li{display:inline-block;margin:0 12px 0 0}";

static void add_escaped(postern_buf *html, postern_slice text) {
    postern_sink sink = postern_buf_sink(html);
    postern_status ignored = postern_html_write_text(&sink, text); /* html->status remembers */
    (void)ignored;
}

static void add_row(postern_buf *html, const char *label, postern_slice value) {
    if (postern_slice_trim(value).len == 0) return;
    postern_buf_printf(html, "<tr><th>%s</th><td><bdi>", label);
    add_escaped(html, value);
    postern_buf_printf(html, "</bdi></td></tr>");
}

static void add_attachments(page_doc *doc, postern_buf *html) {
    unsigned shown = 0;
    page_fail(doc->page, postern_archive_uses_read(doc->page->archive));
    for (uint32_t i = 0; i < doc->page->part_count && shown < 1000; i++) {
        const postern_part *part = postern_archive_part(doc->page->archive, i);
        if (!postern_archive_is_attachment(doc->page->archive, i)) continue;
        postern_buf_printf(html, shown++ ? "<li><bdi>" : "<ul><li><bdi>");
        add_escaped(html, part->name.len ? part->name : part->type);
        postern_buf_printf(html, "</bdi> (");
        page_put_size(html, part);
        postern_buf_printf(html, ")</li>");
    }
    if (shown) postern_buf_printf(html, "</ul>");
}

typedef struct mail_facts {
    postern_slice from, to, cc, date, subject;
} mail_facts;

static void write_block(page_doc *doc, const mail_facts *facts, bool attachments) {
    postern_buf html;
    postern_buf_init(&html, 64u << 20);
    postern_buf_printf(&html, "<postern-mail-header><template shadowrootmode=\"open\"><style>%s</style><table>", block_style);
    add_row(&html, "From", facts->from);
    add_row(&html, "To", facts->to);
    add_row(&html, "Cc", facts->cc);
    add_row(&html, "Date", facts->date);
    add_row(&html, "Subject", facts->subject);
    postern_buf_printf(&html, "</table>");
    if (attachments) add_attachments(doc, &html);
    postern_buf_printf(&html, "</template></postern-mail-header>");
    if (html.status == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
    if (html.status == POSTERN_OK) page_feed(doc, postern_buf_slice(&html));
    postern_buf_free(&html);
}

static bool write_inline_texts(page_doc *doc, uint32_t from, uint32_t to, bool close);

void page_mail_block(page_doc *doc) {
    const postern_archive_facts *facts = postern_archive_facts_of(doc->page->archive);
    mail_facts shown = {facts->from, facts->to, facts->cc, facts->date, facts->subject};
    write_block(doc, &shown, true);
    write_inline_texts(doc, 0, doc->part, false);
}

/* ---- plain text ------------------------------------------------------------------------------------------------------- */

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

void page_plain_text(page_doc *doc, uint32_t part) {
    postern_slice utf8;
    bool html = page_is_html_part(postern_archive_part(doc->page->archive, part));
    if (!(html ? read_plain(doc, part, &utf8) : page_part_text(doc, part, &utf8))) return;
    page_feed(doc, POSTERN_S("<postern-text style=\"display:block;white-space:pre-wrap;overflow-wrap:anywhere;"
                             "font:14px/1.4 monospace\">"));
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

void page_root_picture(page_doc *doc, const page_source *source) {
    if (!page_media_fits(source->media, POSTERN_USE_IMAGE) || !page_source_afford(doc, source)) return;
    page_out_literal(doc->out, "<img src=\"");
    page_source_write(doc, source, &doc->out->sink);
    page_out_literal(doc->out, "\">");
}

/* ---- forwarded messages
 * -------------------------------------------------------------------------------------------------- */

static bool is_text_part(const postern_part *part) { return postern_slice_starts(part->type, POSTERN_S("text/")); }

/* The leaf of a message that is its body: the last alternative we can show, else the first part that we can. */
static uint32_t pick_body(postern_archive *archive, uint32_t index, unsigned depth) {
    const postern_part *part = postern_archive_part(archive, index);
    if (depth > 16 || (part->flags & (POSTERN_PART_ATTACHMENT | POSTERN_PART_MESSAGE))) return POSTERN_NO_PART;
    if (!(part->flags & POSTERN_PART_MULTIPART)) return is_text_part(part) ? index : POSTERN_NO_PART;
    bool alternative = postern_slice_eq(part->type, POSTERN_S("multipart/alternative"));
    uint32_t body = POSTERN_NO_PART;
    for (uint32_t child = part->first_child; child != POSTERN_NO_PART; child = postern_archive_part(archive, child)->next) {
        uint32_t found = pick_body(archive, child, depth + 1);
        if (found != POSTERN_NO_PART && (alternative || body == POSTERN_NO_PART)) body = found;
    }
    return body;
}

static postern_slice header(page_doc *doc, const postern_part *part, postern_slice name) {
    postern_slice text = {0};
    if (postern_part_header_text(doc->arena, part, name, &text) == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
    return text;
}

/* A document of its own inside this one, in a shadow root: neither styles nor unclosed elements reach across. */
static void write_inner(page_doc *doc, uint32_t body) {
    page_feed(doc, POSTERN_S("<postern-message><template shadowrootmode=\"open\">"));
    page_doc *inner = body == POSTERN_NO_PART ? NULL : page_doc_new(doc->page, doc, body, &doc->out->sink);
    if (inner) {
        postern_slice utf8;
        inner->inner = true;
        inner->body = true;
        if (!page_shows_html(doc->page, body))
            page_plain_text(inner, body);
        else if (page_part_text(inner, body, &utf8)) page_run(inner, utf8);
        page_close_all(inner);
        page_doc_free(inner);
    }
    page_feed(doc, POSTERN_S("</template></postern-message>"));
}

static void write_message(page_doc *doc, uint32_t index) {
    const postern_part *part = postern_archive_part(doc->page->archive, index);
    mail_facts facts = {header(doc, part, POSTERN_S("From")), header(doc, part, POSTERN_S("To")),
                        header(doc, part, POSTERN_S("Cc")), header(doc, part, POSTERN_S("Date")),
                        header(doc, part, POSTERN_S("Subject"))};
    uint32_t body = pick_body(doc->page->archive, index, 0);
    write_block(doc, &facts, false);
    write_inner(doc, body);
}

/* The other texts of a mixed message, from part `from` to before `to`. */
static bool write_inline_texts(page_doc *doc, uint32_t from, uint32_t to, bool close) {
    bool any = false;
    if (to > doc->page->part_count) to = doc->page->part_count; /* a mail without a text of its own: POSTERN_NO_PART */
    for (uint32_t i = from; i < to && !doc->page->full && doc->page->status == POSTERN_OK; i++) {
        if (!postern_archive_is_shown_inline(doc->page->archive, i)) continue;
        if (close && !any) page_close_all(doc);
        any = true;
        write_inner(doc, i);
    }
    return any;
}

void page_mail_rest(page_doc *doc) {
    unsigned shown = 0;
    bool closed = write_inline_texts(doc, doc->part + 1, doc->page->part_count, true);
    for (uint32_t i = 1; i < doc->page->part_count && !doc->page->full && doc->page->status == POSTERN_OK; i++) {
        const postern_part *part = postern_archive_part(doc->page->archive, i);
        if (!(part->flags & POSTERN_PART_MESSAGE) || part->first_child == POSTERN_NO_PART) continue;
        if (shown++ >= 50) break;
        if (!closed) page_close_all(doc);
        closed = true;
        write_message(doc, part->first_child);
    }
}
