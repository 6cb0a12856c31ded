/*
 * Readable text of an archive or a mail: headers, body, messages inside, attachments, and one list of links at the end. An
 * attacker writes all of it. What reaches the terminal holds no control character, no bidi override, no text that a reader of
 * the page would not see, and says where each link leads.
 */
#include "size.h"
#include "text_int.h"

enum { MESSAGES_MAX = 50, MESSAGE_DEPTH = 16, ATTACHMENTS_MAX = 1000, LABEL = 13 };

void postern_text_options_init(postern_text_options *options) {
    memset(options, 0, sizeof *options);
    options->root = POSTERN_NO_PART;
    options->width = 80;
    options->mail_header = true;
}

/* ---- lines of ours ---- */

/* "From:        Ada", the rest of a long value below its beginning. */
static void field(text_doc *d, const char *label, postern_slice value) {
    text_layout *l = &d->layout;
    postern_buf text;
    if (d->status || !postern_slice_trim(value).len) return;
    postern_buf_init(&text, SIZE_MAX);
    if (d->options->markdown) {
        postern_buf_printf(&text, "**%s:** ", label);
        page_text_put_line(&text, value, true);
        postern_buf_add(&text, "  ", 2);
        page_text_layout_line(l, postern_buf_slice(&text));
    } else {
        size_t keep = l->prefix.len;
        postern_buf_clear(&l->first);
        postern_buf_printf(&l->first, "%.*s%s:", (int)l->prefix.len, l->prefix.ptr ? (const char *)l->prefix.ptr : "", label);
        for (size_t i = strlen(label) + 1; i < LABEL; i++) postern_buf_add_byte(&l->first, ' ');
        for (size_t i = 0; i < LABEL; i++) postern_buf_add_byte(&l->prefix, ' ');
        l->has_first = true;
        page_text_put_line(&text, value, false);
        page_text_layout_wrap(l, postern_buf_slice(&text), false);
        l->prefix.len = keep;
    }
    page_text_fail(d, text.status);
    page_text_fail(d, l->status);
    postern_buf_free(&text);
}

static void own_line(text_doc *d, postern_slice line) {
    if (d->status) return;
    page_text_layout_line(&d->layout, line);
    page_text_fail(d, d->layout.status);
}

/* ---- attachments ---- */

/* Markdown: a name at the start of an item may look like a heading or another list. */
static void put_name(postern_buf *out, postern_slice name, bool markdown) {
    postern_buf line;
    postern_buf_init(&line, SIZE_MAX);
    page_text_put_line(&line, name, markdown);
    if (markdown) page_text_guard_line(out, postern_buf_slice(&line));
    else postern_buf_add_slice(out, postern_buf_slice(&line));
    if (line.status) out->status = line.status;
    postern_buf_free(&line);
}

static void attachments(text_doc *d) {
    unsigned shown = 0;
    if (!d->status) d->status = postern_archive_uses_read(d->archive);
    for (uint32_t i = 0; i < postern_archive_part_count(d->archive) && !d->status; i++) {
        const postern_part *part = postern_archive_part(d->archive, i);
        postern_buf line;
        if (!postern_archive_is_attachment(d->archive, i)) continue;
        if (shown++ >= ATTACHMENTS_MAX) {
            own_line(d, POSTERN_S("  ..."));
            return;
        }
        if (shown == 1) {
            d->layout.gap = true;
            own_line(d, d->options->markdown ? POSTERN_S("**Attachments:**") : POSTERN_S("Attachments:"));
            d->layout.gap = d->options->markdown;
        }
        postern_buf_init(&line, SIZE_MAX);
        postern_buf_add_slice(&line, d->options->markdown ? POSTERN_S("- ") : POSTERN_S("  * "));
        put_name(&line, part->name.len ? part->name : part->type, d->options->markdown);
        postern_buf_add_slice(&line, POSTERN_S(" ("));
        if (part->name.len) page_text_put_line(&line, part->type, d->options->markdown);
        if (part->name.len) postern_buf_add_slice(&line, POSTERN_S(", "));
        page_put_size(&line, part);
        postern_buf_add_byte(&line, ')');
        page_text_fail(d, line.status);
        own_line(d, postern_buf_slice(&line));
        postern_buf_free(&line);
    }
}

/* ---- parts ---- */

static bool is_html(const postern_part *part) {
    return postern_slice_eq(part->type, POSTERN_S("text/html")) ||
           postern_slice_eq(part->type, POSTERN_S("application/xhtml+xml"));
}

static void show_label(text_doc *d, const postern_part *part) {
    static const text_style plain = {.font_size = 16};
    postern_slice name = part->name.len ? part->name : part->description.len ? part->description : part->type;
    page_text_add_label(d, name, &plain);
    page_text_end_para(d);
}

void page_text_part(text_doc *d, uint32_t index) {
    const postern_part *part = postern_archive_part(d->archive, index);
    postern_slice utf8;
    if (!part || d->status) return;
    if (!postern_slice_starts(part->type, POSTERN_S("text/")) && !is_html(part)) {
        show_label(d, part);
        return;
    }
    postern_status status = postern_part_text(postern_archive_arena(d->archive), part, d->options->notes, &utf8, NULL);
    if (!status && utf8.len > POSTERN_LIMIT_DOCUMENT) {
        utf8.len = POSTERN_LIMIT_DOCUMENT;
        d->limit = true;
    }
    page_text_fail(d, status);
    if (status) return;
    page_flow flow;
    uint32_t outer = d->part;
    d->part = index;
    if (is_html(part)) {
        page_text_html(d, index, utf8);
    } else {
        page_text_fail(d, page_flow_of(postern_archive_arena(d->archive), part, &flow));
        page_text_plain(d, utf8, flow);
    }
    d->part = outer;
}

/* ---- messages ---- */

/* The leaf of a message that is its body: the last alternative that can be shown, else the first part that can. */
static uint32_t pick_body(const postern_archive *archive, uint32_t index, unsigned depth) {
    const postern_part *part = postern_archive_part(archive, index);
    uint32_t body = POSTERN_NO_PART;
    if (depth > MESSAGE_DEPTH || (part->flags & (POSTERN_PART_ATTACHMENT | POSTERN_PART_MESSAGE))) return body;
    if (!(part->flags & POSTERN_PART_MULTIPART))
        return postern_slice_starts(part->type, POSTERN_S("text/")) || is_html(part) ? index : body;
    bool alternative = postern_slice_eq(part->type, POSTERN_S("multipart/alternative"));
    for (uint32_t child = part->first_child; child != POSTERN_NO_PART; child = postern_archive_part(archive, child)->next) {
        uint32_t found = pick_body(archive, child, depth + 1);
        if (found != POSTERN_NO_PART && (alternative || body == POSTERN_NO_PART)) body = found;
    }
    return body;
}

static void header_field(text_doc *d, const postern_part *part, const char *name) {
    postern_slice text = {NULL, 0};
    postern_status status = postern_part_header_text(postern_archive_arena(d->archive), part, postern_slice_cstr(name), &text);
    if (status == POSTERN_NOMEM) page_text_fail(d, status);
    if (!status) field(d, name, text);
}

void page_text_message(text_doc *d, uint32_t index) {
    static const char *const names[] = {"From", "To", "Cc", "Subject", "Date", NULL};
    const postern_part *part = postern_archive_part(d->archive, index);
    uint32_t body = pick_body(d->archive, index, 0);
    page_text_finish(d);
    for (size_t i = 0; names[i]; i++) header_field(d, part, names[i]);
    d->layout.gap = true;
    if (body != POSTERN_NO_PART) page_text_part(d, body);
    page_text_finish(d);
}

/* How many messages a part is inside of, counting from the outermost. */
static unsigned message_depth(const text_doc *d, const postern_part *part) {
    unsigned depth = 0;
    for (uint32_t up = part->parent; up != POSTERN_NO_PART; up = postern_archive_part(d->archive, up)->parent)
        depth += (postern_archive_part(d->archive, up)->flags & POSTERN_PART_MESSAGE) != 0;
    return depth;
}

static bool is_below(const text_doc *d, uint32_t above, uint32_t part) {
    for (uint32_t i = part; i != POSTERN_NO_PART; i = postern_archive_part(d->archive, i)->parent)
        if (i == above) return true;
    return false;
}

/* The messages inside, each behind a line that says how deep it is. */
static void inner_messages(text_doc *d, uint32_t root) {
    unsigned shown = 0;
    for (uint32_t i = 1; i < postern_archive_part_count(d->archive) && !d->status; i++) {
        const postern_part *part = postern_archive_part(d->archive, i);
        if (!(part->flags & POSTERN_PART_MESSAGE) || part->first_child == POSTERN_NO_PART) continue;
        if (root != POSTERN_NO_PART && is_below(d, i, root)) continue; /* it is what has been shown */
        if (shown++ >= MESSAGES_MAX) {
            d->limit = true;
            return;
        }
        postern_buf line;
        postern_buf_init(&line, 256);
        postern_buf_printf(&line, d->options->markdown ? "**Attached message**" : "---------- Attached message");
        unsigned depth = message_depth(d, part) + 1;
        if (depth > 1) postern_buf_printf(&line, d->options->markdown ? " (level %u)" : " (level %u)", depth);
        if (!d->options->markdown) postern_buf_printf(&line, " ----------");
        page_text_finish(d);
        d->layout.gap = true;
        page_text_fail(d, line.status);
        own_line(d, postern_buf_slice(&line));
        if (d->options->markdown) d->layout.gap = true;
        postern_buf_free(&line);
        page_text_message(d, part->first_child);
    }
}

static void mail_fields(text_doc *d) {
    const postern_archive_facts *facts = postern_archive_facts_of(d->archive);
    field(d, "From", facts->from);
    field(d, "To", facts->to);
    field(d, "Cc", facts->cc);
    field(d, "Subject", facts->subject);
    field(d, "Date", facts->date);
    d->layout.gap = true;
}

/* The other texts of a mixed message, from part `from` to before `to`, in their order. */
static void inline_texts(text_doc *d, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to && !d->status; i++) {
        if (!postern_archive_is_shown_inline(d->archive, i)) continue;
        page_text_finish(d);
        d->layout.gap = true;
        page_text_part(d, i);
        page_text_finish(d);
        d->layout.gap = true;
    }
}

static void render(text_doc *d, uint32_t root) {
    bool mail = postern_archive_kind_of(d->archive) == POSTERN_ARCHIVE_MAIL;
    const postern_part *part = root == POSTERN_NO_PART ? NULL : postern_archive_part(d->archive, root);
    if (mail && d->options->mail_header) mail_fields(d);
    uint64_t before = d->layout.written + d->layout.lines.len;
    bool whole = mail && d->options->root == POSTERN_NO_PART && part;
    if (whole) inline_texts(d, 0, root);
    if (part && (part->flags & POSTERN_PART_MESSAGE) && part->first_child != POSTERN_NO_PART)
        page_text_message(d, part->first_child);
    else if (part) page_text_part(d, root);
    page_text_finish(d);
    if (whole) inline_texts(d, root + 1, postern_archive_part_count(d->archive));
    if (!d->status && d->layout.written + d->layout.lines.len == before) {
        if (d->pictures) own_line(d, POSTERN_S("(No text, only pictures.)"));
        else own_line(d, POSTERN_S("(No text.)"));
    }
    if (mail && d->options->root == POSTERN_NO_PART) inner_messages(d, root);
    if (mail && d->options->mail_header) attachments(d);
    page_text_link_list(d);
}

postern_status postern_page_text(postern_archive *archive, const postern_text_options *options, const postern_sink *out,
                                 postern_page_report *ret_report, postern_error *reterr) {
    text_doc d;
    memset(ret_report, 0, sizeof *ret_report);
    uint32_t root = options->root != POSTERN_NO_PART ? options->root : postern_archive_root(archive);
    bool mail = postern_archive_kind_of(archive) == POSTERN_ARCHIVE_MAIL;
    if (options->root != POSTERN_NO_PART && root >= postern_archive_part_count(archive))
        return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "there is no part %u", options->root);
    if (root == POSTERN_NO_PART && !mail)
        return postern_archive_fail_rootless(archive, reterr);
    if (page_text_doc_init(&d, archive, options, out, ret_report) == POSTERN_OK) render(&d, root);
    if (!d.status) page_text_fail(&d, page_text_layout_flush(&d.layout));
    ret_report->bytes_out = d.layout.written;
    if (d.limit) {
        ret_report->limits++;
        postern_note_send(options->notes, POSTERN_NOTE_PAGE_LIMIT, root, POSTERN_NO_OFFSET, POSTERN_S("text"));
    }
    postern_status status = d.status;
    page_text_doc_free(&d);
    if (status == POSTERN_LIMIT)
        return postern_fail(reterr, status, POSTERN_NO_OFFSET, "P5: the text reached its output limit of %llu bytes",
                            (unsigned long long)POSTERN_LIMIT_PAGE_OUTPUT);
    if (status)
        return postern_fail(reterr, status, POSTERN_NO_OFFSET, "the text could not be written: %s",
                            postern_status_name(status));
    return POSTERN_OK;
}
