/*
 * The safe page: one archived document, and what it is made of, as one HTML file that shows the same and does nothing
 * (P1-P5). DESIGN's idea is that no agreement with the browser's parser is needed: whatever state or namespace it believes
 * to be in, the tags and attributes it can see are a subset of html_tables.h. An attacker here writes HTML, CSS, SVG,
 * MathML, headers and file names; he wants a script run, a request made, a step taken, or a reader deceived about who
 * speaks.
 */
#include "html_int.h"

void postern_page_options_init(postern_page_options *options) {
    memset(options, 0, sizeof *options);
    options->root = POSTERN_NO_PART;
    options->mail_header = true;
}

/* page_room stops in time between tags; this is for what it misjudged. A page cut anywhere is still one of the closed
 * language: a browser drops the tag in which the input ends. */
static postern_status count_bytes(void *user, const void *bytes, size_t len) {
    page_html *page = user;
    uint64_t left = page->max_output - page->report->bytes_out;
    if (len > left) {
        page_room(page, page->max_output); /* says so, if nobody has */
        len = (size_t)left;
    }
    page->report->bytes_out += len;
    return len ? page->user->write(page->user->user, bytes, len) : POSTERN_OK;
}

static bool init(page_html *page) {
    page->part_count = postern_archive_part_count(page->archive);
    page->arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    if (!page->arena) return false;
    page->used = postern_arena_zalloc(page->arena, page->part_count + 1, sizeof *page->used);
    page->frame_open = postern_arena_zalloc(page->arena, page->part_count + 1, sizeof *page->frame_open);
    page->names = postern_arena_zalloc(page->arena, page->part_count + 1, sizeof *page->names);
    page->max_output = page->options->max_output ? page->options->max_output : POSTERN_LIMIT_PAGE_OUTPUT;
    page->reuse_left = POSTERN_LIMIT_REUSE;
    page->counting = (postern_sink){count_bytes, page};
    return page->used && page->frame_open && page->names;
}

static bool is_text(const postern_part *part) {
    return postern_slice_starts(part->type, POSTERN_S("text/")) || page_is_html_part(part);
}

static void write_root(page_doc *doc, uint32_t root) {
    page_html *page = doc->page;
    const postern_part *part = root < page->part_count ? postern_archive_part(page->archive, root) : NULL;
    postern_slice utf8;
    if (part && page_shows_html(page, root)) {
        page->used[root] = page->frame_open[root] = 1;
        doc->xml = postern_slice_eq(part->type, POSTERN_S("application/xhtml+xml"));
        if (page_part_text(doc, root, &utf8)) page_run(doc, utf8);
        page->frame_open[root] = 0;
        return;
    }
    page_prolog(doc, PAGE_MODE_STANDARDS, NULL);
    page_open_body(doc);
    if (part && is_text(part)) page_plain_text(doc, root);
    else if (part) {
        page_source source = {.kind = PAGE_SOURCE_PART, .part = root, .media = postern_archive_part_media(page->archive, root)};
        page_root_picture(doc, &source);
    }
}

static void write_page(page_html *page, uint32_t root) {
    page_doc *doc = page_doc_new(page, NULL, root, &page->counting);
    if (!doc) return;
    bool mail = page->options->mail_header && postern_archive_kind_of(page->archive) == POSTERN_ARCHIVE_MAIL;
    doc->mail = mail || page->options->page_header;
    write_root(doc, root);
    if (mail && !page->full) page_mail_rest(doc);
    page_doc_free(doc);
}

postern_status postern_page_html(postern_archive *archive, const postern_page_options *options, const postern_sink *out,
                                 postern_page_report *ret_report, postern_error *reterr) {
    page_html page = {.archive = archive, .options = options, .user = out, .report = ret_report, .reterr = reterr};
    memset(ret_report, 0, sizeof *ret_report);
    uint32_t root = options->root != POSTERN_NO_PART ? options->root : postern_archive_root(archive);
    bool mail = postern_archive_kind_of(archive) == POSTERN_ARCHIVE_MAIL;
    if (options->root != POSTERN_NO_PART && root >= postern_archive_part_count(archive))
        return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "there is no part %u", options->root);
    if (root == POSTERN_NO_PART && !mail)
        return postern_archive_fail_rootless(archive, reterr);
    if (init(&page)) write_page(&page, root);
    else page_fail(&page, POSTERN_NOMEM);
    postern_arena_free(page.arena);
    if (page.status == POSTERN_OK && !page.full) return POSTERN_OK;
    if (page.status == POSTERN_OK)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_NO_OFFSET, "P5: the page reached its output limit of %llu bytes",
                            (unsigned long long)page.max_output);
    return postern_fail(reterr, page.status, POSTERN_NO_OFFSET, "the page could not be written: %s",
                        postern_status_name(page.status));
}
