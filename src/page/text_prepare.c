/*
 * A first reading of a page: its style sheets, since one at the end speaks about text before it, its base URL, and whether it
 * has a heading of its own.
 */
#include "text_html_int.h"

bool page_text_is_shadow(const postern_html_token *token) {
    if (!postern_slice_eq(token->name, POSTERN_S("template"))) return false;
    /* Chromium's archives of some years wrote "shadowmode" */
    return postern_html_attribute_find(token, POSTERN_S("shadowrootmode")) ||
           postern_html_attribute_find(token, POSTERN_S("shadowmode")) ||
           postern_html_attribute_find(token, POSTERN_S("shadowroot"));
}

typedef struct sheet_source {
    text_walk *w;
    uint32_t part, scope;
    const postern_url *base;
} sheet_source;

static void add_sheet(text_walk *w, uint32_t part, const postern_url *base, postern_slice css, uint32_t scope);

/* A part of the archive that is a style sheet. */
static void add_part(text_walk *w, uint32_t from, const postern_url *base, postern_slice href, uint32_t scope) {
    postern_reference ref;
    postern_slice css;
    if (w->imports >= POSTERN_LIMIT_IMPORTS || w->import_depth >= POSTERN_LIMIT_IMPORT_DEPTH) return;
    postern_status status = postern_archive_find(w->d->archive, from, href, base, &ref);
    if (status == POSTERN_NOMEM) page_text_fail(w->d, status);
    if (status || ref.refused || ref.part == POSTERN_NO_PART) return;
    const postern_part *part = postern_archive_part(w->d->archive, ref.part);
    if (!part || !postern_slice_eq(part->type, POSTERN_S("text/css"))) return; /* Z7 */
    status = postern_part_text(postern_archive_arena(w->d->archive), part, NULL, &css, NULL);
    if (status == POSTERN_NOMEM) page_text_fail(w->d, status);
    if (status) return;
    w->imports++;
    w->import_depth++;
    add_sheet(w, ref.part, NULL, css, scope);
    w->import_depth--;
}

static void import(void *user, postern_slice url) {
    const sheet_source *source = user;
    add_part(source->w, source->part, source->base, url, source->scope);
}

static void add_sheet(text_walk *w, uint32_t part, const postern_url *base, postern_slice css, uint32_t scope) {
    sheet_source source = {w, part, scope, base};
    text_import callback = {import, &source};
    page_text_fail(w->d, page_text_sheets_add(w->sheets, css, scope, &callback));
}

static void take_base(text_walk *w, const postern_html_token *token) {
    postern_slice href = page_text_attribute(token, "href");
    const postern_url *base;
    if (w->base || !href.len) return;
    postern_status status = postern_url_parse(postern_archive_arena(w->d->archive), href,
                                              postern_archive_base(w->d->archive, w->part), &base);
    if (status == POSTERN_NOMEM) page_text_fail(w->d, status);
    if (!status) w->base = base;
}

static bool rel_is_stylesheet(postern_slice rel) {
    return postern_slice_find_nocase(rel, 0, POSTERN_S("stylesheet")) != SIZE_MAX &&
           postern_slice_find_nocase(rel, 0, POSTERN_S("alternate")) == SIZE_MAX;
}

/* Where the first reading stands: templates that are inert, scopes of shadow trees. */
typedef struct reading {
    text_walk *w;
    unsigned inert;                  /* templates in an inert one */
    uint32_t scopes[POSTERN_LIMIT_ELEMENT_DEPTH];
    unsigned scope_depth, drawings; /* … and SVG, whose titles are not the page's */
    bool in_style, in_title, take;
    postern_buf css;
} reading;

static void start(reading *r, const postern_html_token *token) {
    text_walk *w = r->w;
    if (postern_slice_eq(token->name, POSTERN_S("template"))) {
        if (r->inert || !page_text_is_shadow(token) || r->scope_depth + 1 >= POSTERN_LIMIT_ELEMENT_DEPTH) r->inert++;
        else r->scopes[++r->scope_depth] = ++w->shadows;
        return;
    }
    if (r->inert) return;
    uint32_t scope = r->scopes[r->scope_depth];
    if (postern_slice_eq(token->name, POSTERN_S("style"))) {
        r->in_style = true;
        postern_slice media = page_text_attribute(token, "media");
        r->take = !media.len || page_text_media_matches(media);
        postern_buf_clear(&r->css);
    } else if (postern_slice_eq(token->name, POSTERN_S("link"))) {
        postern_slice href = page_text_attribute(token, "href");
        bool wanted = rel_is_stylesheet(page_text_attribute(token, "rel")) &&
                      page_text_media_matches(page_text_attribute(token, "media"));
        if (wanted && href.len) add_part(w, w->part, w->base, href, scope);
    } else if (postern_slice_eq(token->name, POSTERN_S("base"))) {
        take_base(w, token);
    } else if (postern_slice_eq(token->name, POSTERN_S("h1"))) {
        w->has_heading = true;
    } else if (postern_slice_eq(token->name, POSTERN_S("title"))) {
        r->in_title = w->title.len == 0 && !r->drawings;
    } else if (postern_slice_eq(token->name, POSTERN_S("svg"))) {
        r->drawings += !token->self_closing;
    }
}

static void end(reading *r, const postern_html_token *token) {
    if (postern_slice_eq(token->name, POSTERN_S("template"))) {
        if (r->inert) r->inert--;
        else if (r->scope_depth) r->scope_depth--;
    } else if (r->in_style && postern_slice_eq(token->name, POSTERN_S("style"))) {
        if (r->take && !r->css.status)
            add_sheet(r->w, r->w->part, r->w->base, postern_buf_slice(&r->css), r->scopes[r->scope_depth]);
        page_text_fail(r->w->d, r->css.status);
        r->in_style = false;
    } else if (r->drawings && postern_slice_eq(token->name, POSTERN_S("svg"))) {
        r->drawings--;
    }
    r->in_title = false;
}

void page_text_prepare(text_walk *w, postern_slice utf8) {
    postern_html_tokenizer *t;
    postern_html_token token = {.kind = POSTERN_HTML_TEXT};
    reading r = {.w = w};
    postern_buf_init(&r.css, SIZE_MAX);
    postern_status status = postern_html_tokenizer_new(utf8, true, NULL, &t);
    page_text_fail(w->d, status);
    if (status) return;
    while (token.kind != POSTERN_HTML_EOF && !w->d->status) {
        page_text_fail(w->d, postern_html_next(t, &token));
        if (w->d->status) break;
        if (token.kind == POSTERN_HTML_START) start(&r, &token);
        else if (token.kind == POSTERN_HTML_END) end(&r, &token);
        else if (token.kind == POSTERN_HTML_TEXT && r.in_style && r.take) postern_buf_add_slice(&r.css, token.text);
        else if (token.kind == POSTERN_HTML_TEXT && r.in_title) postern_buf_add_slice(&w->title, token.text);
    }
    w->shadows = 0;
    page_text_fail(w->d, w->title.status);
    postern_html_tokenizer_free(t);
    postern_buf_free(&r.css);
}
