/*
 * The seam between the page and its CSS filter: where CSS stands in HTML, whose references it holds, and where its pictures,
 * fonts and imported sheets come from.
 */
#include "html_int.h"

/* One run of the filter. */
typedef struct css_run {
    page_doc *doc;
    postern_notes notes;
    page_css_rules rules;
    struct { /* whose base is whose: a relative name in an imported sheet is that sheet's */
        const postern_url *base;
        uint32_t part;
    } imported[16];
    size_t imported_count;
} css_run;

static void count_note(void *user, const postern_note *note) {
    css_run *run = user;
    postern_page_report *report = run->doc->page->report;
    if (note->kind == POSTERN_NOTE_PAGE_CSS) report->css++;
    else if (note->kind == POSTERN_NOTE_PAGE_LIMIT) report->limits++;
    page_note(run->doc->page, note->kind, note->part, note->offset, note->detail);
}

/* page_find and the writers look at the document's part and base: for the time of a call these are the sheet's. */
typedef struct place {
    uint32_t part;
    const postern_url *base;
} place;

static place enter(css_run *run, const postern_url *base) {
    page_doc *doc = run->doc;
    place old = {doc->part, doc->base};
    doc->part = run->rules.part;
    doc->base = base;
    for (size_t i = run->imported_count; base && i-- > 0;)
        if (run->imported[i].base == base) {
            doc->part = run->imported[i].part;
            break;
        }
    return old;
}

static void leave(css_run *run, place old) {
    run->doc->part = old.part;
    run->doc->base = old.base;
}

static postern_status resolve(void *user, postern_slice text, const postern_url *base, postern_use use, const postern_sink *out,
                              bool *ret_ok) {
    css_run *run = user;
    postern_slice fragment;
    place old = enter(run, base);
    *ret_ok = false;
    if (use == POSTERN_USE_IMAGE && page_fragment_of(run->doc, text, &fragment)) {
        /* url(page.html#clip) of the page itself; the filter escapes it as a string */
        leave(run, old);
        postern_status status = postern_sink_write(out, POSTERN_S("#"));
        *ret_ok = status == POSTERN_OK;
        return status == POSTERN_OK ? postern_sink_write(out, fragment) : status;
    }
    page_source source = page_find(run->doc, text, use, false);
    if (source.kind != PAGE_SOURCE_NONE && page_source_afford(run->doc, &source)) {
        page_source_write(run->doc, &source, out);
        *ret_ok = true;
    }
    leave(run, old);
    return run->doc->page->status;
}

static postern_status import(void *user, postern_slice text, const postern_url *base, postern_slice *ret_utf8,
                             const postern_url **ret_base, bool *ret_found) {
    css_run *run = user;
    postern_reference reference;
    place old = enter(run, base);
    *ret_found = false;
    page_resolve(run->doc, text, &reference);
    bool here = reference.part != POSTERN_NO_PART && !reference.refused;
    if (!here) page_note_absent(run->doc, &reference, text);
    leave(run, old);
    if (!here || !page_sheet_text(run->doc, reference.part, ret_utf8)) return run->doc->page->status;
    *ret_base = postern_archive_base(run->doc->page->archive, reference.part);
    if (run->imported_count < sizeof run->imported / sizeof *run->imported) {
        run->imported[run->imported_count].base = *ret_base;
        run->imported[run->imported_count++].part = reference.part;
    }
    run->doc->page->report->sheets++;
    *ret_found = true;
    return POSTERN_OK;
}

static void begin(css_run *run, page_doc *doc, uint32_t part) {
    memset(run, 0, sizeof *run);
    run->doc = doc;
    run->notes = (postern_notes){count_note, run};
    run->rules = (page_css_rules){.resolve = resolve, .import = import, .user = run, .scratch = doc->arena, .part = part};
    run->rules.notes = &run->notes;
    run->rules.budget = &doc->page->imports;
    run->rules.allow_fonts = page_has_right(doc, POSTERN_PAGE_RIGHT_FONTS);
}

/* A limit of the filter leaves out the rest of one sheet, and says so; only the machine's failures end the page. */
static void done(page_doc *doc, postern_status status) {
    if (status == POSTERN_NOMEM || status == POSTERN_IO) page_fail(doc->page, status);
    else if (status != POSTERN_OK && doc->page->status == POSTERN_OK) {
        doc->page->report->limits++;
        page_note(doc->page, POSTERN_NOTE_PAGE_LIMIT, doc->part, POSTERN_NO_OFFSET, POSTERN_S("css"));
    }
}

bool page_sheet_text(page_doc *doc, uint32_t part, postern_slice *ret_css) {
    const postern_part *p = postern_archive_part(doc->page->archive, part);
    bool declared = (p->flags & POSTERN_PART_TYPE_DECLARED) != 0;
    if (!declared && !page_may(doc, POSTERN_PAGE_RIGHT_SNIFFING, POSTERN_S("a style sheet without a type"))) return false;
    if (declared && !postern_slice_eq(p->type, POSTERN_S("text/css"))) {
        doc->page->report->type_mismatches++;
        page_note(doc->page, POSTERN_NOTE_PAGE_TYPE_MISMATCH, part, POSTERN_NO_OFFSET, p->type);
        return false;
    }
    return page_part_afford(doc, part, p->body.len) && page_part_text(doc, part, ret_css);
}

static void write_sheet(page_doc *doc, postern_slice css, uint32_t part, const postern_url *base, const postern_sink *out) {
    css_run run;
    if (doc->page->status != POSTERN_OK || css.len == 0) return;
    begin(&run, doc, part);
    if (!run.rules.allow_fonts && postern_slice_find_nocase(css, 0, POSTERN_S("@font-face")) != SIZE_MAX)
        page_refuse(doc, POSTERN_PAGE_RIGHT_FONTS, POSTERN_S("@font-face"));
    done(doc, page_css_sheet(&run.rules, css, base, 0, out));
}

void page_style_sheet(page_doc *doc, postern_slice css, uint32_t part, const postern_url *base) {
    write_sheet(doc, css, part, base, &doc->out->sink);
}

void page_svg_style(page_doc *doc, postern_slice css) {
    postern_html_attribute_escaper escaper = {&doc->out->sink};
    postern_sink sink = postern_html_attribute_escaper_sink(&escaper);
    write_sheet(doc, css, doc->part, doc->base, &sink);
}

void page_style_attribute(page_doc *doc, postern_slice css) {
    css_run run;
    postern_html_attribute_escaper escaper = {&doc->out->sink};
    postern_sink sink = postern_html_attribute_escaper_sink(&escaper);
    if (doc->page->status != POSTERN_OK) return;
    begin(&run, doc, doc->part);
    page_out_literal(doc->out, " style=\"");
    done(doc, page_css_declarations(&run.rules, css, doc->base, &sink));
    page_out_literal(doc->out, "\"");
}

/* A value that can hold neither function nor URL, escape nor comment is what it seems. */
static bool plain_value(postern_slice value) {
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.ptr[i];
        if (!postern_ascii_alpha(c) && !postern_ascii_digit(c) && !memchr(" #.,%+-", c, 7)) return false;
    }
    return true;
}

void page_css_attribute(page_doc *doc, const char *name, postern_slice value) {
    css_run run;
    postern_buf text;
    bool ok = false;
    if (plain_value(value)) {
        page_out_attribute(doc->out, name, value);
        return;
    }
    if (doc->page->status != POSTERN_OK) return;
    begin(&run, doc, doc->part);
    postern_buf_init(&text, POSTERN_LIMIT_DOCUMENT);
    postern_sink sink = postern_buf_sink(&text);
    done(doc, page_css_value(&run.rules, postern_slice_cstr(name), value, doc->base, &sink, &ok));
    if (ok) page_out_attribute(doc->out, name, postern_buf_slice(&text));
    postern_buf_free(&text);
}
