/*
 * The attributes of a start tag (P2, P3): each by the rule of its kind in html_tables.h. Names are written from our tables,
 * or are of a shape that cannot mean anything; values are escaped, filtered or made anew, never copied where something could
 * be loaded.
 */
#include "html_int.h"

postern_slice page_attribute_value(const postern_html_token *token, const char *name) {
    const postern_html_attribute *found = postern_html_attribute_find(token, postern_slice_cstr(name));
    return found ? found->value : (postern_slice){0};
}

bool page_attribute_has(const postern_html_token *token, const char *name) {
    return postern_html_attribute_find(token, postern_slice_cstr(name)) != NULL;
}

static bool named(const page_element *element, const char *name) { return element && strcmp(element->name, name) == 0; }

static bool named_any(const page_element *element, const char *const *names) {
    for (; element && *names; names++)
        if (strcmp(element->name, *names) == 0) return true;
    return false;
}

typedef struct writing {
    page_doc *doc;
    const page_element *element; /* NULL: a custom element */
    const postern_html_token *token;
    const char *lazy;            /* the attribute that takes the place of src, when not src itself */
    bool no_src;                 /* src has no say beside the srcset */
    bool web_link;
    bool src_written;
} writing;

static void blocked(const writing *w, postern_slice name) {
    w->doc->page->report->attributes++;
    page_note(w->doc->page, POSTERN_NOTE_PAGE_ATTRIBUTE, w->doc->part, w->token->offset, name);
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

static bool found(page_doc *doc, postern_slice text) {
    return page_find(doc, text, POSTERN_USE_IMAGE, true).kind != PAGE_SOURCE_NONE;
}

/* Scripts that load pictures late leave their URL elsewhere, and nothing or a speck in src. */
static void plan_picture(writing *w) {
    static const char *const lazies[] = {"data-src", "data-original", "data-lazy-src"};
    static const char *const lazy_sets[] = {"data-srcset", "data-lazy-srcset"};
    bool wide = false;
    if (page_attribute_has(w->token, "srcset") &&
        page_srcset_write(w->doc, page_attribute_value(w->token, "srcset"), false, &wide))
        w->no_src = wide; /* with width descriptors src is no candidate (WHATWG 4.8.4.3.5) */
    postern_slice src = page_attribute_value(w->token, "src");
    bool speck = postern_slice_starts_nocase(src, POSTERN_S("data:")) && src.len < 2000;
    if (src.len && !speck && found(w->doc, src)) return;
    for (size_t i = 0; i < sizeof lazies / sizeof *lazies; i++) {
        postern_slice value = page_attribute_value(w->token, lazies[i]);
        if (value.len && found(w->doc, value)) {
            w->lazy = lazies[i];
            return;
        }
    }
    for (size_t i = 0; i < sizeof lazy_sets / sizeof *lazy_sets; i++) {
        postern_slice value = page_attribute_value(w->token, lazy_sets[i]);
        if (value.len && !speck && !page_attribute_has(w->token, "srcset") && page_srcset_write(w->doc, value, false, &wide)) {
            w->lazy = lazy_sets[i];
            return;
        }
    }
}

static void write_srcset(writing *w, postern_slice value) {
    bool wide;
    if (!page_srcset_write(w->doc, value, false, &wide)) {
        /* one note for them all */
        postern_slice first = postern_slice_cut(postern_slice_trim(value), ' ').head;
        if (!w->src_written) page_find(w->doc, first, POSTERN_USE_IMAGE, false);
        return;
    }
    page_out_literal(w->doc->out, " srcset=\"");
    page_srcset_write(w->doc, value, true, &wide);
    page_out_literal(w->doc->out, "\"");
}

/* A picture that is not there looks as it does in a browser that did not find it: an empty data: URL is no picture. */
static void write_picture(writing *w, postern_slice value) {
    if (w->src_written || w->no_src) return;
    w->src_written = true;
    if (!page_source_attribute(w->doc, "src", value, POSTERN_USE_IMAGE)) page_out_literal(w->doc->out, " src=\"data:,\"");
}

static bool picture_element(const writing *w) {
    return w->element && (w->element->action == PAGE_DO_IMG || named(w->element, "input"));
}

static void write_src(writing *w, postern_slice value) {
    if (picture_element(w)) {
        if (!w->lazy) write_picture(w, value);
    } else if (w->element && (w->element->action == PAGE_DO_MEDIA || w->element->action == PAGE_DO_SOURCE))
        page_source_attribute(w->doc, "src", value, POSTERN_USE_MEDIA);
    else if (!named(w->element, "iframe") && !named(w->element, "embed")) blocked(w, POSTERN_S("src"));
}

/* ---- references -------------------------------------------------------------------------------------------------- */

static void write_href(writing *w, const char *name, postern_slice value) {
    static const char *const inner[] = {"use",     "textpath", "lineargradient", "radialgradient",
                                        "pattern", "filter",   "feimage",        NULL};
    postern_slice fragment;
    if (named(w->element, "a") || named(w->element, "area")) {
        w->web_link |= page_link_write(w->doc, name, value);
    } else if (named_any(w->element, inner) && page_fragment_of(w->doc, value, &fragment)) {
        page_out_literal(w->doc->out, " ");
        page_out_cstr(w->doc->out, name);
        page_out_literal(w->doc->out, "=\"#");
        page_out_value(w->doc->out, fragment);
        page_out_literal(w->doc->out, "\"");
    } else if (named(w->element, "image") || named(w->element, "feimage")) {
        page_source_attribute(w->doc, name, value, POSTERN_USE_IMAGE);
    } else if (named_any(w->element, inner)) {
        page_find(w->doc, value, POSTERN_USE_IMAGE, false); /* another file's fragment: left out, and said so */
    } else if (!named(w->element, "link")) blocked(w, postern_slice_cstr(name));
}

static void write_value(writing *w, postern_slice value) {
    if (named(w->element, "input")) {
        postern_slice type = page_attribute_value(w->token, "type");
        if (postern_slice_eq_nocase(type, POSTERN_S("password")) || postern_slice_eq_nocase(type, POSTERN_S("hidden")) ||
            postern_slice_eq_nocase(type, POSTERN_S("file")))
            return;
    }
    page_out_attribute(w->doc->out, "value", value);
}

static void write_usemap(writing *w, postern_slice value) {
    if (value.len == 0 || value.ptr[0] != '#') blocked(w, POSTERN_S("usemap"));
    else page_out_attribute(w->doc->out, "usemap", value);
}

static void write_form(writing *w, postern_slice value) {
    w->doc->page->report->forms++;
    page_note(w->doc->page, POSTERN_NOTE_PAGE_FORM, w->doc->part, w->token->offset, value);
}

/* ---- one attribute ----------------------------------------------------------------------------------------------- */

/* Names that mean something on one element and would mean something else on another. */
static bool text_allowed(const writing *w, const char *name) {
    if (strcmp(name, "name") == 0)
        return !named(w->element, "iframe") && !named(w->element, "form") && !named(w->element, "object");
    if (strcmp(name, "form") == 0) return named(w->element, "mo");
    if (strcmp(name, "disabled") == 0) return !page_is_control(w->element);
    if (strcmp(name, "controls") == 0) return !(w->element && w->element->action == PAGE_DO_MEDIA);
    return true;
}

static void write_known(writing *w, const page_attribute *attribute, postern_slice value) {
    page_out *out = w->doc->out;
    switch ((page_attribute_kind)attribute->kind) {
    case PAGE_A_TEXT:
    case PAGE_A_ELEMENT:
        if (text_allowed(w, attribute->name)) page_out_attribute(out, attribute->name, value);
        break;
    case PAGE_A_STYLE: page_style_attribute(w->doc, value); break;
    case PAGE_A_CSS: page_css_attribute(w->doc, attribute->name, value); break;
    case PAGE_A_HREF: write_href(w, attribute->name, value); break;
    case PAGE_A_SRC: write_src(w, value); break;
    case PAGE_A_SRCSET:
        if (picture_element(w) || (w->element && w->element->action == PAGE_DO_SOURCE)) write_srcset(w, value);
        break;
    case PAGE_A_POSTER:
        if (w->element && w->element->action == PAGE_DO_MEDIA)
            page_source_attribute(w->doc, "poster", value, POSTERN_USE_IMAGE);
        break;
    case PAGE_A_BACKGROUND: page_source_attribute(w->doc, "background", value, POSTERN_USE_IMAGE); break;
    case PAGE_A_FRAGMENT: write_usemap(w, value); break;
    case PAGE_A_VALUE: write_value(w, value); break;
    case PAGE_A_FORM: write_form(w, value); break;
    case PAGE_A_BLOCK:
        if (!named(w->element, "object") || strcmp(attribute->name, "data") != 0)
            blocked(w, postern_slice_cstr(attribute->name));
        break;
    case PAGE_A_CUSTOM:
        if (page_element_is_custom(value)) page_out_attribute(out, attribute->name, value);
        break;
    case PAGE_A_LONGDESC:
    case PAGE_A_MUTE: break;
    }
}

static void write_lazy(writing *w, postern_slice value) {
    if (strstr(w->lazy, "set")) {
        w->src_written = true;
        write_srcset(w, value);
    } else write_picture(w, value);
}

static void write_one(writing *w, const postern_html_attribute *attribute) {
    if (postern_slice_starts(attribute->name, POSTERN_S("on"))) {
        w->doc->page->report->handlers++;
        page_note(w->doc->page, POSTERN_NOTE_PAGE_HANDLER, w->doc->part, attribute->offset, attribute->name);
        return;
    }
    const page_attribute *known = page_attribute_find(attribute->name);
    if (known) {
        write_known(w, known, attribute->value);
        return;
    }
    bool open = page_attribute_is_open(attribute->name);
    if (!open && !page_attribute_is_hook(attribute->name, attribute->value, !w->element)) {
        blocked(w, attribute->name);
        return;
    }
    if (w->lazy && postern_slice_eq(attribute->name, postern_slice_cstr(w->lazy))) write_lazy(w, attribute->value);
    page_out_literal(w->doc->out, " ");
    page_out_bytes(w->doc->out, attribute->name);
    page_out_literal(w->doc->out, "=\"");
    page_out_value(w->doc->out, attribute->value);
    page_out_literal(w->doc->out, "\"");
}

bool page_is_control(const page_element *element) {
    return element && (element->action == PAGE_DO_CONTROL || element->action == PAGE_DO_TEXTAREA);
}

/* The source's own draggable never leaves, so ours is the only one. */
static void write_drag(page_doc *doc) {
    if (page_has_right(doc, POSTERN_PAGE_RIGHT_DRAG)) return;
    page_out_literal(doc->out, " draggable=\"false\"");
    if (!doc->drag_told) page_refuse(doc, POSTERN_PAGE_RIGHT_DRAG, (postern_slice){0});
    doc->drag_told = true;
}

void page_attributes_write(page_doc *doc, const page_element *element, const postern_html_token *token) {
    writing w = {.doc = doc, .element = element, .token = token};
    if (picture_element(&w)) plan_picture(&w);
    /* as a browser shows an archive: controls that nobody can use, and film that can be started without a script */
    if (page_is_control(element)) page_out_literal(doc->out, " disabled=\"\"");
    if (element && element->action == PAGE_DO_MEDIA) page_out_literal(doc->out, " controls=\"\"");
    if (named(element, "img") || named(element, "a")) write_drag(doc);
    for (size_t i = 0; i < token->attribute_count && doc->page->status == POSTERN_OK; i++) write_one(&w, &token->attributes[i]);
    if (w.web_link) page_out_literal(doc->out, " target=\"_blank\" rel=\"noopener noreferrer nofollow\"");
}
