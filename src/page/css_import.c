/*
 * @import: a sheet of the archive is written in the place of the rule, inside the conditions the rule gave it; another is
 * absent, and nothing is fetched (Z2). Cycles end by depth, and a page has one budget for all imports (P5). @namespace: only
 * names that everybody knows, since it takes a URL that nobody should have to judge twice.
 */
#include "css_filter_int.h"

bool page_css_take_url_text(page_css_list list, size_t *at, postern_slice *ret_text) {
    if (*at >= list.count) return false;
    const postern_css_token *t = &list.tokens[*at];
    if (t->kind == POSTERN_CSS_FUNCTION && page_css_function_of(t->value) == PAGE_CSS_FN_URL) {
        size_t behind = page_css_behind_bracket(list, *at);
        page_css_list inner = page_css_trim(page_css_sublist(list, *at + 1, behind - 1));
        if (inner.count == 0 || inner.tokens[0].kind != POSTERN_CSS_STRING) return false;
        *ret_text = inner.tokens[0].value;
        *at = behind;
        return true;
    }
    if (t->kind != POSTERN_CSS_STRING && t->kind != POSTERN_CSS_URL) return false;
    *ret_text = t->value;
    ++*at;
    return true;
}

/* What stands behind the URL of an @import. */
typedef struct conditions {
    bool layer;
    page_css_list layer_name, supports, media;
    bool supports_is_declaration;
} conditions;

static page_css_list behind(page_css_list list, size_t at) {
    return page_css_trim(page_css_sublist(list, at, list.count));
}

/* name( … ) at the start: its inside, and *list moves behind it. */
static bool take_call(page_css_list *list, postern_slice name, page_css_list *ret_inside) {
    if (!list->count || list->tokens[0].kind != POSTERN_CSS_FUNCTION) return false;
    if (!postern_slice_eq_nocase(list->tokens[0].value, name)) return false;
    size_t end = page_css_behind_bracket(*list, 0);
    *ret_inside = page_css_trim(page_css_sublist(*list, 1, end - 1));
    *list = behind(*list, end);
    return true;
}

/* supports(display: grid) is a declaration and wants parentheses as a condition. */
static bool is_declaration(page_css_list list) {
    size_t at = 1;
    if (!list.count || list.tokens[0].kind != POSTERN_CSS_IDENT) return false;
    while (at < list.count && list.tokens[at].kind == POSTERN_CSS_WHITESPACE) at++;
    return at < list.count && list.tokens[at].kind == POSTERN_CSS_COLON;
}

static conditions conditions_of(page_css_list rest) {
    conditions c = {0};
    if (rest.count && rest.tokens[0].kind == POSTERN_CSS_IDENT &&
        postern_slice_eq_nocase(rest.tokens[0].value, POSTERN_S("layer"))) {
        c.layer = true;
        rest = behind(rest, 1);
    } else {
        c.layer = take_call(&rest, POSTERN_S("layer"), &c.layer_name);
    }
    if (take_call(&rest, POSTERN_S("supports"), &c.supports)) c.supports_is_declaration = is_declaration(c.supports);
    c.media = rest;
    return c;
}

/* What stood in parentheses will stand without: as a list of its own it has to be fine, too. */
static bool conditions_fine(page_css_filter *f, const conditions *c) {
    page_css_place place = {.urls = true};
    return page_css_judge(f, c->layer_name, place) == PAGE_CSS_FINE &&
           (c->supports_is_declaration || page_css_judge(f, c->supports, place) == PAGE_CSS_FINE);
}

static unsigned open_conditions(page_css_filter *f, const conditions *c) {
    page_css_place place = {.urls = true};
    unsigned blocks = 0;
    if (c->media.count) {
        page_css_put(f, POSTERN_S("@media "));
        page_css_write_list(f, c->media, place);
        page_css_put(f, POSTERN_S("{"));
        blocks++;
    }
    if (c->supports.count) {
        page_css_put(f, c->supports_is_declaration ? POSTERN_S("@supports (") : POSTERN_S("@supports "));
        page_css_write_list(f, c->supports, place);
        page_css_put(f, c->supports_is_declaration ? POSTERN_S("){") : POSTERN_S("{"));
        blocks++;
    }
    if (c->layer) {
        page_css_put(f, c->layer_name.count ? POSTERN_S("@layer ") : POSTERN_S("@layer"));
        page_css_write_list(f, c->layer_name, place);
        page_css_put(f, POSTERN_S("{"));
        blocks++;
    }
    return blocks;
}

static bool afford(page_css_filter *f, const page_css_item *item) {
    page_css_budget *budget = f->rules->budget;
    bool fine = budget && f->import_depth < POSTERN_LIMIT_IMPORT_DEPTH && budget->imports < POSTERN_LIMIT_IMPORTS &&
                budget->import_bytes < POSTERN_LIMIT_IMPORT_BYTES;
    if (!fine && budget) page_css_note(f, POSTERN_NOTE_PAGE_LIMIT, item->from, item->to);
    return fine && f->rules->import;
}

void page_css_import(page_css_filter *f, const page_css_item *item) {
    page_css_list list = page_css_trim(item->list);
    page_css_place place = {.urls = true};
    postern_slice text, sheet;
    const postern_url *base = NULL;
    size_t at = 0;
    bool found = false;
    if (!page_css_take_url_text(list, &at, &text)) return;
    page_css_list rest = behind(list, at);
    if (page_css_judge(f, rest, place) != PAGE_CSS_FINE) return;
    conditions c = conditions_of(rest);
    if (!conditions_fine(f, &c) || !afford(f, item)) return;
    page_css_flush(f);
    if (f->status) return;
    text = postern_slice_trim(text);
    if (text.len) page_css_fail(f, f->rules->import(f->rules->user, text, f->base, &sheet, &base, &found));
    if (!found || f->status) return;
    f->rules->budget->imports++;
    f->rules->budget->import_bytes += sheet.len;
    unsigned blocks = open_conditions(f, &c);
    page_css_flush(f);
    if (!f->status) page_css_fail(f, page_css_sheet(f->rules, sheet, base, f->import_depth + 1, f->out));
    while (blocks--) page_css_put(f, POSTERN_S("}"));
}

void page_css_namespace(page_css_filter *f, const page_css_item *item) {
    page_css_list list = page_css_trim(item->list);
    size_t at = 0;
    postern_slice prefix = {0}, uri;
    if (list.count && list.tokens[0].kind == POSTERN_CSS_IDENT) {
        prefix = list.tokens[0].value;
        list = behind(list, 1);
    }
    if (!page_css_take_url_text(list, &at, &uri) || at != list.count) return;
    if (!page_css_namespace_known(uri)) {
        page_css_note(f, POSTERN_NOTE_PAGE_CSS, item->from, item->to);
        return;
    }
    f->imports_over = true;
    page_css_put(f, POSTERN_S("@namespace "));
    if (prefix.len) {
        page_css_fail(f, postern_css_write_ident(&f->text, prefix));
        page_css_put(f, POSTERN_S(" "));
    }
    page_css_fail(f, postern_css_write_string(&f->text, uri));
    page_css_put(f, POSTERN_S(";"));
}
