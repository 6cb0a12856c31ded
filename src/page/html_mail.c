/*
 * What stands around the body of a mail: a block with its sender, subject and attachments, other texts, forwarded
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
    "p{margin:0 0 8px;padding:6px 10px;background:#fdf0b8;color:#1b1b18}@media print{p{display:none}}"
    "td{overflow-wrap:anywhere}ul{margin:6px 0 0;padding:0;list-style:none}li{display:inline-block;margin:0 12px 0 0}";

static void add_escaped(postern_buf *html, postern_slice text) {
    postern_sink sink = postern_buf_sink(html);
    postern_status ignored = postern_html_write_text(&sink, text); /* html->status remembers */
    (void)ignored;
}

static void add_row(const page_doc *doc, postern_buf *html, const char *label, postern_slice value) {
    const postern_page_options *o = doc->page->options;
    if (postern_slice_trim(value).len == 0) return;
    postern_buf_printf(html, "<tr><th>");
    add_escaped(html, postern_slice_cstr(o->translate ? o->translate(o->language, label) : label));
    postern_buf_printf(html, "</th><td><bdi>");
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
    postern_slice title, location; /* of a saved page */
    const char *notice;
} mail_facts;

static void write_block(page_doc *doc, const mail_facts *facts, bool attachments) {
    postern_buf html;
    postern_buf_init(&html, 64u << 20);
    postern_buf_printf(&html, "<postern-mail-header><template shadowrootmode=\"open\"><style>%s</style>", block_style);
    if (facts->notice) {
        postern_buf_printf(&html, "<p>");
        add_escaped(&html, postern_slice_cstr(facts->notice));
        postern_buf_printf(&html, "</p>");
    }
    postern_buf_printf(&html, "<table>");
    add_row(doc, &html, "Title", facts->title);
    add_row(doc, &html, "Address", facts->location);
    add_row(doc, &html, "From", facts->from);
    add_row(doc, &html, "To", facts->to);
    add_row(doc, &html, "Cc", facts->cc);
    add_row(doc, &html, "Date", facts->date);
    add_row(doc, &html, "Subject", facts->subject);
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
    mail_facts shown = {.date = facts->date, .notice = doc->page->options->notice};
    if (postern_archive_kind_of(doc->page->archive) != POSTERN_ARCHIVE_MAIL) {
        shown.title = facts->title.len ? facts->title : facts->subject;
        shown.location = facts->location;
        write_block(doc, &shown, false);
        return;
    }
    shown.from = facts->from;
    shown.to = facts->to;
    shown.cc = facts->cc;
    shown.subject = facts->subject;
    write_block(doc, &shown, true);
    write_inline_texts(doc, 0, doc->part, false);
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
    mail_facts facts = {.from = header(doc, part, POSTERN_S("From")),
                        .to = header(doc, part, POSTERN_S("To")),
                        .cc = header(doc, part, POSTERN_S("Cc")),
                        .date = header(doc, part, POSTERN_S("Date")),
                        .subject = header(doc, part, POSTERN_S("Subject"))};
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
