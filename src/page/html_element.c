/*
 * Start tags, end tags and text of the source, one at a time, into the closed language (P1, P2). An allowed tag is passed on
 * where it stood, so that the browser builds the tree it would have built; what is dropped is dropped until the element is
 * closed. Stray end tags of allowed elements are passed on too (</p> and </br> draw something). Elements whose content is
 * text are closed here.
 */
#include "html_int.h"

static postern_html_state text_state(const char *name) {
    static const char *const rawtext[] = {"style", "xmp", "iframe", "noembed", "noframes"};
    if (strcmp(name, "title") == 0 || strcmp(name, "textarea") == 0) return POSTERN_HTML_RCDATA;
    if (strcmp(name, "script") == 0) return POSTERN_HTML_SCRIPT_DATA;
    if (strcmp(name, "plaintext") == 0) return POSTERN_HTML_PLAINTEXT;
    for (size_t i = 0; i < sizeof rawtext / sizeof *rawtext; i++)
        if (strcmp(name, rawtext[i]) == 0) return POSTERN_HTML_RAWTEXT;
    return POSTERN_HTML_DATA;
}

static void begin_raw(page_doc *doc, page_raw raw, const page_element *element, const char *end) {
    doc->raw = raw;
    doc->raw_element = element;
    doc->raw_end = end;
}

/* The content of a text element has ended, whatever ended it. */
static void finish_raw(page_doc *doc) {
    if (doc->raw == PAGE_RAW_STYLE) {
        page_style_sheet(doc, postern_buf_slice(&doc->style), doc->part, doc->base);
        postern_buf_clear(&doc->style);
    }
    if (doc->raw_end) page_out_cstr(doc->out, doc->raw_end);
    begin_raw(doc, PAGE_RAW_NONE, NULL, NULL);
}

void page_tag_write(page_doc *doc, const char *name, const page_element *element, const postern_html_token *token) {
    page_out_literal(doc->out, "<");
    page_out_cstr(doc->out, name);
    page_attributes_write(doc, element, token);
    page_out_literal(doc->out, ">");
}

static void note_element(page_doc *doc, const postern_html_token *token) {
    doc->page->report->elements++;
    page_note(doc->page, POSTERN_NOTE_PAGE_ELEMENT, doc->part, token->offset, token->name);
}

void page_open_body(page_doc *doc) {
    if (doc->body || doc->stack.dropped) return;
    doc->body = true;
    if (!doc->mail) return;
    doc->mail = false;
    page_mail_block(doc);
}

/* ---- what stands in the head ------------------------------------------------------------------------------------- */

static bool has_word(postern_slice list, const char *word) {
    while (list.len) {
        size_t i = 0;
        while (i < list.len && !postern_ascii_space(list.ptr[i])) i++;
        if (postern_slice_eq_nocase(postern_slice_sub(list, 0, i), postern_slice_cstr(word))) return true;
        list = postern_slice_from(list, i + 1);
    }
    return false;
}

static bool is_css_type(postern_slice type) {
    postern_slice essence = postern_slice_trim(postern_slice_cut(type, ';').head);
    return essence.len == 0 || postern_slice_eq_nocase(essence, POSTERN_S("text/css"));
}

static void link_sheet(page_doc *doc, const page_element *element, const postern_html_token *token, postern_slice href) {
    postern_slice type, data, css = {0};
    bool base64, ok = false;
    uint32_t part = doc->part;
    const postern_url *base = doc->base;
    if (page_data_url(href, &type, &base64, &data)) {
        postern_slice bytes;
        ok = is_css_type(type) && type.len && page_data_bytes(doc, data, base64, &bytes) &&
             postern_charset_decode_arena(POSTERN_CHARSET_UTF_8, bytes, doc->arena, NULL, part, &css) == POSTERN_OK;
    } else {
        postern_reference reference;
        page_resolve(doc, href, &reference);
        if (reference.part == POSTERN_NO_PART || reference.refused) {
            page_note_absent(doc, &reference, href);
            return;
        }
        part = reference.part;
        base = NULL;
        ok = page_sheet_text(doc, part, &css);
    }
    if (!ok) return;
    page_tag_write(doc, "style", element, token);
    page_style_sheet(doc, css, part, base);
    page_out_literal(doc->out, "</style>");
    doc->page->report->sheets++;
}

/* Excel names the sheets of a workbook in links of its own making. */
static void link_workbook_sheet(page_doc *doc, postern_slice href) {
    postern_reference reference;
    if (doc->sheet_count >= PAGE_EXCEL_SHEETS || href.len == 0) return;
    if (page_resolve(doc, href, &reference) && reference.part != POSTERN_NO_PART)
        doc->sheets[doc->sheet_count++] = reference.part;
}

/* Links of these kinds make a browser load, resolve or connect ahead of need. */
static void note_early_load(page_doc *doc, postern_slice rel, postern_slice href) {
    static const char *const early[] = {"preload",      "modulepreload", "prefetch",         "prerender", "preconnect",
                                        "dns-prefetch", "icon",          "apple-touch-icon", "manifest"};
    postern_reference reference;
    for (size_t i = 0; i < sizeof early / sizeof *early; i++) {
        if (!has_word(rel, early[i])) continue;
        page_resolve(doc, href, &reference);
        if (reference.part == POSTERN_NO_PART && reference.url && !postern_slice_eq(reference.url->scheme, POSTERN_S("data")))
            page_note_absent(doc, &reference, href);
        return;
    }
}

static void start_link(page_doc *doc, const page_element *element, const postern_html_token *token) {
    postern_slice rel = page_attribute_value(token, "rel"), href = postern_slice_trim(page_attribute_value(token, "href"));
    if (postern_slice_eq_nocase(page_attribute_value(token, "id"), POSTERN_S("shLink"))) link_workbook_sheet(doc, href);
    if (href.len == 0) return;
    if (!has_word(rel, "stylesheet")) {
        note_early_load(doc, rel, href);
        return;
    }
    if (has_word(rel, "alternate") || page_attribute_has(token, "disabled")) return; /* a browser does not apply it either */
    if (is_css_type(page_attribute_value(token, "type"))) link_sheet(doc, element, token, href);
}

/* Of a source's meta elements only these two change how a page looks; all others are ours to write or nobody's. */
static void start_meta(page_doc *doc, const postern_html_token *token) {
    postern_slice name = page_attribute_value(token, "name"), content = page_attribute_value(token, "content");
    if (postern_slice_eq_nocase(postern_slice_trim(page_attribute_value(token, "http-equiv")), POSTERN_S("refresh"))) {
        doc->page->report->refreshes++;
        page_note(doc->page, POSTERN_NOTE_PAGE_REFRESH, doc->part, token->offset, content);
        page_refresh(doc, content);
        return;
    }
    const char *known = postern_slice_eq_nocase(name, POSTERN_S("viewport"))       ? "viewport"
                        : postern_slice_eq_nocase(name, POSTERN_S("color-scheme")) ? "color-scheme"
                                                                                   : NULL;
    if (!known || content.len > 256 || doc->inner) return;
    for (size_t i = 0; i < content.len; i++)
        if (!postern_ascii_alpha(content.ptr[i]) && !postern_ascii_digit(content.ptr[i]) &&
            !memchr(" ,;=.-", content.ptr[i], 6))
            return;
    page_out_literal(doc->out, "<meta name=\"");
    page_out_cstr(doc->out, known);
    page_out_literal(doc->out, "\"");
    page_out_attribute(doc->out, "content", content);
    page_out_literal(doc->out, ">");
}

static void start_base(page_doc *doc, const postern_html_token *token) {
    postern_reference reference;
    postern_slice href = page_attribute_value(token, "href");
    if (doc->has_base || href.len == 0) return;
    doc->has_base = true;
    if (page_resolve(doc, href, &reference) && reference.url && !reference.refused) doc->base = reference.url;
}

/* ---- elements with a rule of their own ---------------------------------------------------------------------------- */

static void start_script(page_doc *doc, const postern_html_token *token) {
    postern_slice src = page_attribute_value(token, "src");
    doc->page->report->scripts++;
    page_note(doc->page, POSTERN_NOTE_PAGE_SCRIPT, doc->part, token->offset,
              src.len ? src : page_attribute_value(token, "href"));
}

static void start_style(page_doc *doc, const page_element *element, const postern_html_token *token) {
    if (!is_css_type(page_attribute_value(token, "type"))) {
        begin_raw(doc, PAGE_RAW_SKIP, element, NULL);
        return;
    }
    page_tag_write(doc, "style", element, token);
    begin_raw(doc, PAGE_RAW_STYLE, element, "</style>");
    doc->page->report->sheets++;
}

/* An object is a picture, a frame, or what stands in for it. True: its content is left out. */
static bool start_object(page_doc *doc, const page_element *element, const postern_html_token *token) {
    postern_slice data = page_attribute_value(token, element->action == PAGE_DO_EMBED ? "src" : "data");
    page_source source = page_find(doc, data, POSTERN_USE_IMAGE, true);
    if (source.kind != PAGE_SOURCE_NONE && page_source_afford(doc, &source)) {
        page_out_literal(doc->out, "<img src=\"");
        page_source_write(doc, &source, &doc->out->sink);
        page_out_literal(doc->out, "\"");
        page_attributes_write(doc, element, token);
        page_out_literal(doc->out, ">");
        return true;
    }
    postern_reference reference;
    if (data.len && page_resolve(doc, data, &reference) && reference.part != POSTERN_NO_PART && !reference.refused &&
        page_is_html_part(postern_archive_part(doc->page->archive, reference.part))) {
        page_iframe(doc, element, token, data);
        return true;
    }
    doc->page->report->plugins++;
    page_note(doc->page, POSTERN_NOTE_PAGE_PLUGIN, doc->part, token->offset, data);
    return false;
}

static void start_form(page_doc *doc, const page_element *element, const postern_html_token *token) {
    page_out_literal(doc->out, "<form method=\"dialog\""); /* submits to nothing and goes nowhere */
    page_attributes_write(doc, element, token);
    page_out_literal(doc->out, ">");
}

static bool shadow_template(const postern_html_token *token) {
    postern_slice mode = page_attribute_value(token, "shadowrootmode");
    if (!mode.len) mode = page_attribute_value(token, "shadowmode"); /* Blink's archives before the standard */
    return postern_slice_eq_nocase(mode, POSTERN_S("open")) || postern_slice_eq_nocase(mode, POSTERN_S("closed"));
}

/* ---- dispatch ------------------------------------------------------------------------------------------------------ */

/* What became of a start tag: how it goes on the stack. */
typedef struct outcome {
    bool dropped, unwrapped;
} outcome;

static outcome start_text_element(page_doc *doc, const page_element *element, const postern_html_token *token, uint8_t ns) {
    page_do action = element->action;
    outcome result = {0};
    if (action == PAGE_DO_SCRIPT) {
        start_script(doc, token);
        begin_raw(doc, PAGE_RAW_SKIP, element, NULL);
        result.dropped = ns != PAGE_NS_HTML || doc->xml;
    } else if (action == PAGE_DO_STYLE) {
        start_style(doc, element, token);
        result.dropped = ns != PAGE_NS_HTML || doc->xml;
    } else if (action == PAGE_DO_TITLE) {
        page_tag_write(doc, "title", element, token);
        begin_raw(doc, PAGE_RAW_TEXT, element, "</title>");
        result.dropped = ns != PAGE_NS_HTML || doc->xml;
    } else if (action == PAGE_DO_TEXTAREA) {
        bool drawn = page_may(doc, POSTERN_PAGE_RIGHT_FORMS, token->name);
        if (drawn) page_tag_write(doc, "textarea", element, token);
        begin_raw(doc, drawn ? PAGE_RAW_TEXT : PAGE_RAW_SKIP, element, drawn ? "</textarea>" : NULL);
        result.dropped = ns != PAGE_NS_HTML || doc->xml;
    } else { /* xmp, plaintext: the source's text, which pre draws alike */
        page_tag_write(doc, "pre", element, token);
        page_out_literal(doc->out, "\n");
        begin_raw(doc, PAGE_RAW_TEXT, element, "</pre>");
        result.dropped = ns != PAGE_NS_HTML || doc->xml;
    }
    return result;
}

/* Where no form may be sent, none is drawn: a button's words stay, fields and lists go. */
static outcome start_control(page_doc *doc, const page_element *element, const postern_html_token *token) {
    outcome result = {0};
    bool drawn = page_may(doc, POSTERN_PAGE_RIGHT_FORMS, token->name), button = element->tag == PAGE_T_BUTTON;
    if (drawn) page_tag_write(doc, element->name, element, token);
    result.unwrapped = !drawn && button;
    result.dropped = !drawn && !button && !(element->flags & PAGE_E_VOID);
    return result;
}

static outcome start_known(page_doc *doc, const page_element *element, const postern_html_token *token, uint8_t ns) {
    outcome result = {0};
    switch ((page_do)element->action) {
    case PAGE_DO_UNWRAP:
        if (!(element->flags & PAGE_E_HEAD)) note_element(doc, token); /* noscript is no loss */
        result.unwrapped = true;
        break;
    case PAGE_DO_DROP:
        note_element(doc, token);
        result.dropped = true;
        if (ns == PAGE_NS_SVG && element->tag == PAGE_T_FOREIGNOBJECT && !token->self_closing) page_foreign_begin(doc, token);
        if (ns == PAGE_NS_HTML && text_state(element->name) != POSTERN_HTML_DATA && !doc->xml) {
            begin_raw(doc, PAGE_RAW_SKIP, element, NULL);
            result.dropped = false;
        }
        break;
    case PAGE_DO_IGNORE: note_element(doc, token); break;
    case PAGE_DO_SCRIPT: case PAGE_DO_STYLE: case PAGE_DO_TITLE: case PAGE_DO_TEXTAREA: case PAGE_DO_PRE:
        return start_text_element(doc, element, token, ns);
    case PAGE_DO_LINK: start_link(doc, element, token); break;
    case PAGE_DO_META: start_meta(doc, token); break;
    case PAGE_DO_BASE: start_base(doc, token); break;
    case PAGE_DO_TEMPLATE:
        if (!shadow_template(token)) result.dropped = true;
        else page_out_literal(doc->out, "<template shadowrootmode=\"open\">");
        break;
    case PAGE_DO_IFRAME:
        page_iframe(doc, element, token, page_attribute_value(token, "src"));
        begin_raw(doc, PAGE_RAW_SKIP, element, NULL);
        result.dropped = ns != PAGE_NS_HTML || doc->xml;
        break;
    case PAGE_DO_FRAMESET: page_frameset_start(doc, token); break;
    case PAGE_DO_FRAME: break;
    case PAGE_DO_OBJECT:
        result.dropped = start_object(doc, element, token);
        result.unwrapped = true;
        break;
    case PAGE_DO_EMBED: start_object(doc, element, token); break;
    case PAGE_DO_FORM: start_form(doc, element, token); break;
    case PAGE_DO_CONTROL: return start_control(doc, element, token);
    case PAGE_DO_IMG: page_tag_write(doc, element->name, element, token); break;
    case PAGE_DO_HTML:
    case PAGE_DO_BODY:
        if (!doc->inner) page_tag_write(doc, element->name, element, token);
        if (element->action == PAGE_DO_BODY) page_open_body(doc);
        break;
    case PAGE_DO_HEAD: break; /* ours is open */
    default:
        if (ns == PAGE_NS_SVG && strcmp(element->name, "use") == 0) page_use_file(doc, token);
        page_tag_write(doc, element->name, element, token);
    }
    return result;
}

/* Into the text state of an HTML element; the tokenizer rests in data for foreign ones. */
static void switch_tokenizer(page_doc *doc, const page_element *element, uint8_t ns) {
    if (ns == PAGE_NS_HTML && element && !doc->xml) {
        postern_html_state state = text_state(element->name);
        if (state != POSTERN_HTML_DATA) postern_html_set_state(doc->tokenizer, state, postern_slice_cstr(element->name));
    }
    postern_html_set_foreign(doc->tokenizer, doc->xml || page_stack_foreign(&doc->stack));
}

static bool is_raw_text(page_doc *doc, const page_element *element, uint8_t ns) {
    return ns == PAGE_NS_HTML && element && !doc->xml && text_state(element->name) != POSTERN_HTML_DATA;
}

static bool never_pushed(const page_element *element) {
    return element && (element->action == PAGE_DO_HTML || element->action == PAGE_DO_HEAD || element->action == PAGE_DO_BODY ||
                       element->action == PAGE_DO_FRAMESET);
}

/* Inside something dropped only the nesting is kept. */
static void start_inside_dropped(page_doc *doc, const page_element *element, const postern_html_token *token, uint8_t ns) {
    bool empty = ns == PAGE_NS_HTML ? element && (element->flags & PAGE_E_VOID) : token->self_closing;
    if (doc->xml) empty = token->self_closing;
    if (element && (element->flags & (PAGE_E_CLOSES_P | PAGE_E_VOID))) page_foreign_break(doc);
    if (is_raw_text(doc, element, ns)) begin_raw(doc, PAGE_RAW_SKIP, element, NULL);
    else if (!empty && !never_pushed(element)) page_stack_push(&doc->stack, element, token->name, ns, false, true);
    switch_tokenizer(doc, element, ns);
}

static void write_custom(page_doc *doc, const postern_html_token *token) {
    page_out_literal(doc->out, "<");
    page_out_bytes(doc->out, token->name);
    page_attributes_write(doc, NULL, token);
    page_out_literal(doc->out, ">");
}

/* The end of an element that closed itself, where HTML would have left it open (XHTML, or an SVG that the browser too
 * sees). */
static void close_empty(page_doc *doc, const page_element *element, const postern_html_token *token) {
    page_out_literal(doc->out, "</");
    page_out_bytes(doc->out, element ? postern_slice_cstr(element->name) : token->name);
    page_out_literal(doc->out, ">");
}

static void push(page_doc *doc, const page_element *element, const postern_html_token *token, uint8_t ns, outcome result) {
    page_stack_push(&doc->stack, element, token->name, ns, result.dropped, result.unwrapped);
    if (ns == PAGE_NS_MATH && result.dropped) page_stack_integrate(&doc->stack, token);
}

static bool written_as_itself(const page_element *element) {
    if (!element) return true;
    switch ((page_do)element->action) {
    case PAGE_DO_KEEP: case PAGE_DO_FORM: case PAGE_DO_CONTROL: case PAGE_DO_MEDIA: return true;
    case PAGE_DO_IMG: return strcmp(element->name, "image") == 0; /* in SVG, the only place where it closes itself */
    default: return false;
    }
}

void page_start_tag(page_doc *doc, const postern_html_token *token) {
    if (doc->raw != PAGE_RAW_NONE) finish_raw(doc);
    const page_element *element = page_element_find(token->name);
    bool custom = !element && page_element_is_custom(token->name);
    if (doc->frameset) {
        if (element && element->action == PAGE_DO_FRAMESET) page_frameset_start(doc, token);
        else if (element && element->action == PAGE_DO_FRAME) page_frameset_frame(doc, token);
        else if (is_raw_text(doc, element, PAGE_NS_HTML)) begin_raw(doc, PAGE_RAW_SKIP, element, NULL);
        switch_tokenizer(doc, element, PAGE_NS_HTML);
        return;
    }
    page_stack_before(&doc->stack, element, token);
    page_foreign_end(doc);
    uint8_t ns = page_stack_namespace(&doc->stack, element);
    if (ns == PAGE_NS_HTML && element && strcmp(element->name, "image") == 0) element = page_element_find(POSTERN_S("img"));
    if (doc->stack.dropped) {
        start_inside_dropped(doc, element, token, ns);
        return;
    }
    if (!page_room(doc->page, (token->end - token->offset) * 2)) return;
    if (!element || !(element->flags & PAGE_E_HEAD)) {
        if (!never_pushed(element) && (element || custom) && !(element && element->action == PAGE_DO_FRAME))
            page_open_body(doc);
    }
    outcome result = {0};
    if (element) result = start_known(doc, element, token, ns);
    else if (custom) write_custom(doc, token);
    else if (ns != PAGE_NS_HTML || !page_vml_start(doc, token)) note_element(doc, token);
    bool is_void = element && (element->flags & PAGE_E_VOID);
    bool empty = token->self_closing && (ns != PAGE_NS_HTML || doc->xml);
    bool written = written_as_itself(element) && !result.dropped && !result.unwrapped;
    if (empty && !is_void && written && (element || custom)) close_empty(doc, element, token);
    if (empty && element && element->action == PAGE_DO_TEMPLATE && !result.dropped) page_out_literal(doc->out, "</template>");
    if (empty && doc->raw != PAGE_RAW_NONE) finish_raw(doc);
    if (!is_void && !empty && (element || custom) && !never_pushed(element) && !is_raw_text(doc, element, ns))
        push(doc, element, token, ns, result);
    switch_tokenizer(doc, element, ns);
}

static bool end_leaves(const page_element *element, page_end end) {
    if (end == PAGE_END_HIDDEN) return false;
    if (!element) return true;
    switch ((page_do)element->action) {
    case PAGE_DO_KEEP: case PAGE_DO_FORM: case PAGE_DO_CONTROL: case PAGE_DO_MEDIA:
        return !(element->flags & PAGE_E_VOID) || strcmp(element->name, "br") == 0;
    case PAGE_DO_TEMPLATE: return end == PAGE_END_KEPT; /* a stray one could end a shadow root of ours */
    case PAGE_DO_IMG: return strcmp(element->name, "image") == 0 && end == PAGE_END_KEPT;
    default: return false;
    }
}

void page_end_tag(page_doc *doc, const postern_html_token *token) {
    const page_element *element = page_element_find(token->name);
    if (doc->raw != PAGE_RAW_NONE) {
        bool own = doc->raw_element == element;
        finish_raw(doc);
        if (own && !doc->stack.dropped) return;
    }
    if (doc->frameset) {
        if (element && element->action == PAGE_DO_FRAMESET) page_frameset_end(doc);
        return;
    }
    if (never_pushed(element)) {
        bool leaves = element->action != PAGE_DO_FRAMESET && !doc->stack.dropped && !doc->inner;
        if (leaves) close_empty(doc, element, token);
        return;
    }
    if (!element && !page_element_is_custom(token->name)) return;
    page_end end = page_stack_end(&doc->stack, element, token->name);
    if (element && (element->flags & PAGE_E_CLOSES_P)) page_foreign_break(doc);
    page_foreign_end(doc);
    postern_html_set_foreign(doc->tokenizer, doc->xml || page_stack_foreign(&doc->stack));
    if (doc->stack.dropped || !end_leaves(element, end) || !page_room(doc->page, token->name.len + 3)) return;
    if (element && (strcmp(element->name, "p") == 0 || strcmp(element->name, "br") == 0)) page_open_body(doc);
    close_empty(doc, element, token);
}

static bool is_blank(postern_slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (!postern_ascii_space(text.ptr[i])) return false;
    return true;
}

void page_text(page_doc *doc, const postern_html_token *token) {
    if (doc->raw == PAGE_RAW_STYLE) {
        if (postern_buf_add_slice(&doc->style, token->text) == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
        return;
    }
    if (doc->raw == PAGE_RAW_SKIP || doc->frameset) return;
    if (doc->raw == PAGE_RAW_NONE && doc->stack.dropped) {
        page_foreign_text(doc, token->text);
        return;
    }
    if (!page_room(doc->page, token->text.len)) return;
    if (doc->raw == PAGE_RAW_NONE && !doc->body && !is_blank(token->text)) page_open_body(doc);
    page_out_text(doc->out, token->text);
}

void page_finish(page_doc *doc) {
    if (doc->raw != PAGE_RAW_NONE) finish_raw(doc);
}

void page_close_all(page_doc *doc) {
    page_finish(doc);
    page_stack *stack = &doc->stack;
    while (stack->depth) {
        const page_open *open = &stack->open[--stack->depth];
        /* a custom element has no name on the stack: what stands around it closes it */
        if (open->element && !open->dropped && !open->unwrapped) {
            page_out_literal(doc->out, "</");
            page_out_cstr(doc->out, open->element->name);
            page_out_literal(doc->out, ">");
        }
    }
    stack->dropped = stack->overflow = stack->paragraphs = stack->tables = 0;
}
