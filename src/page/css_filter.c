/*
 * The CSS filter: the structure of a sheet (CSS Syntax 3, 5.4, with nesting), rule by rule, without a tree. What may leave is
 * told in css_filter.h. What a browser would throw away is thrown away here with the same extent, silently; what policy leaves
 * out is noted.
 *
 * An attacker nests 100,000 blocks, imports a sheet that imports itself, or never closes anything: blocks open are counted
 * against POSTERN_LIMIT_CSS_DEPTH in an array, imports against depth, number and bytes of a page, and everything open is
 * closed at the end.
 */
#include "css_filter_int.h"

enum { FLUSH_AT = 16 << 10, NOTE_DETAIL = 200 };

void page_css_fail(page_css_filter *f, postern_status status) {
    if (!f->status) f->status = status;
}

void page_css_put(page_css_filter *f, postern_slice text) {
    page_css_fail(f, postern_buf_add_slice(&f->text, text));
}

void page_css_flush(page_css_filter *f) {
    if (!f->status) page_css_fail(f, postern_sink_write(f->out, postern_buf_slice(&f->text)));
    f->text.len = 0;
}

void page_css_note(page_css_filter *f, postern_note_kind kind, size_t from, size_t to) {
    size_t len = to > from ? to - from : 0;
    postern_note_send(f->rules->notes, kind, f->rules->part, from,
                      postern_slice_sub(f->t.utf8, from, len < NOTE_DETAIL ? len : NOTE_DETAIL));
}

/* The tokenizer wants valid UTF-8. */
static postern_slice repaired(page_css_filter *f, postern_slice text) {
    postern_buf fixed;
    postern_slice copy = {0};
    if (postern_utf8_valid(text)) return text;
    postern_buf_init(&fixed, SIZE_MAX);
    for (size_t i = 0, len; i < text.len && !fixed.status; i += len) {
        uint32_t c = postern_utf8_at(text, i, &len);
        (void)postern_buf_add_utf8(&fixed, c);
    }
    page_css_fail(f, fixed.status);
    if (!f->status) page_css_fail(f, postern_arena_copy(f->rules->scratch, postern_buf_slice(&fixed), &copy));
    postern_buf_free(&fixed);
    return copy;
}

void page_css_begin(page_css_filter *f, const page_css_rules *rules, postern_slice utf8, const postern_url *base,
                    const postern_sink *out) {
    *f = (page_css_filter){.rules = rules, .base = base, .out = out};
    postern_buf_init(&f->tokens, SIZE_MAX); /* POSTERN_LIMIT_CSS_TOKENS */
    postern_buf_init(&f->spare, SIZE_MAX);
    postern_buf_init(&f->brackets, SIZE_MAX); /* a byte for each bracket of the input */
    postern_buf_init(&f->text, SIZE_MAX);
    postern_css_tokenizer_init(&f->t, repaired(f, utf8), rules->scratch);
}

postern_status page_css_end_of(page_css_filter *f) {
    page_css_flush(f);
    postern_buf_free(&f->tokens);
    postern_buf_free(&f->spare);
    postern_buf_free(&f->brackets);
    postern_buf_free(&f->text);
    return f->status;
}

static page_css_context context(const page_css_filter *f) {
    return f->frames[f->depth].context;
}

/* ---- declarations ---------------------------------------------------------------------------------------------------- */

static page_css_place place_of(const page_css_filter *f, postern_slice property) {
    page_css_place place = {.urls = true, .resolve = true, .use = POSTERN_USE_IMAGE};
    place.fragments = page_css_property_takes_fragment(property);
    if (f->frames[f->depth].font_face && postern_slice_eq_nocase(property, POSTERN_S("src"))) place.use = POSTERN_USE_FONT;
    return place;
}

/* Whether an item is whole; what is not has been told. */
static bool is_whole(page_css_filter *f, const page_css_item *item) {
    if (item->too_deep) page_css_note(f, POSTERN_NOTE_CSS_TOO_DEEP, item->from, item->to);
    else if (item->too_long) page_css_note(f, POSTERN_NOTE_PAGE_LIMIT, item->from, item->to);
    return !item->too_deep && !item->too_long && !item->broken && !f->status;
}

static bool is_fine(page_css_filter *f, const page_css_item *item, page_css_list list, page_css_place place) {
    page_css_verdict verdict = page_css_judge(f, list, place);
    if (verdict == PAGE_CSS_POLICY) page_css_note(f, POSTERN_NOTE_PAGE_CSS, item->from, item->to);
    return verdict == PAGE_CSS_FINE && !f->status;
}

static void declaration(page_css_filter *f, const page_css_item *item) {
    if (!is_whole(f, item)) return;
    postern_slice name = item->list.tokens[0].value;
    page_css_list value = page_css_trim(page_css_sublist(item->list, item->colon + 1, item->list.count));
    page_css_place place = place_of(f, name);
    bool custom = postern_slice_starts(name, POSTERN_S("--"));
    bool stray_src = postern_slice_eq_nocase(name, POSTERN_S("src")) && place.use != POSTERN_USE_FONT;
    if (page_css_property_denied(name) || stray_src) {
        page_css_note(f, POSTERN_NOTE_PAGE_CSS, item->from, item->to);
        return;
    }
    if ((value.count == 0 && !custom) || !is_fine(f, item, value, place)) return;
    page_css_fail(f, postern_css_write_ident(&f->text, name));
    page_css_put(f, value.count ? POSTERN_S(":") : POSTERN_S(": "));
    page_css_write_list(f, value, place);
    page_css_put(f, POSTERN_S(";"));
}

/* ---- rules ----------------------------------------------------------------------------------------------------------- */

static void open_block(page_css_filter *f, page_css_context inside, bool font_face) {
    page_css_put(f, POSTERN_S("{"));
    f->frames[++f->depth] = (page_css_frame){.context = inside, .font_face = font_face};
}

/* Whether one more block may be opened. */
static bool has_room(page_css_filter *f, const page_css_item *item) {
    if (f->depth < POSTERN_LIMIT_CSS_DEPTH) return true;
    page_css_note(f, POSTERN_NOTE_CSS_TOO_DEEP, item->from, item->to);
    return false;
}

static void style_rule(page_css_filter *f, const page_css_item *item) {
    page_css_list selector = page_css_trim(item->list);
    page_css_place place = {.urls = false};
    bool fine = is_whole(f, item) && selector.count && selector.tokens[selector.count - 1].kind != POSTERN_CSS_COLON &&
                context(f) != PAGE_CSS_DECLARATIONS && is_fine(f, item, selector, place) && has_room(f, item);
    if (!fine) {
        page_css_skip_block(f);
        return;
    }
    f->imports_over = true;
    page_css_write_list(f, selector, place);
    open_block(f, PAGE_CSS_CONTENTS, false);
}

static void put_at(page_css_filter *f, postern_slice name, page_css_list prelude) {
    page_css_place place = {.urls = true};
    f->imports_over = true;
    page_css_put(f, POSTERN_S("@"));
    page_css_put(f, name);
    if (prelude.count) page_css_put(f, POSTERN_S(" "));
    page_css_write_list(f, prelude, place);
}

/* An at-rule with a block: whether it may stand here, and as what its inside is read. */
static bool may_open(const page_css_filter *f, page_css_at what, page_css_context *ret_inside) {
    page_css_context around = context(f);
    *ret_inside = PAGE_CSS_DECLARATIONS;
    switch (what) {
    case PAGE_CSS_AT_GROUP:
    case PAGE_CSS_AT_LAYER:
        *ret_inside = around;
        return around != PAGE_CSS_DECLARATIONS;
    case PAGE_CSS_AT_SCOPE:
        *ret_inside = PAGE_CSS_CONTENTS;
        return around != PAGE_CSS_DECLARATIONS;
    case PAGE_CSS_AT_KEYFRAMES:
        *ret_inside = PAGE_CSS_RULES;
        return around != PAGE_CSS_DECLARATIONS;
    case PAGE_CSS_AT_FONT_FACE:
        return f->rules->allow_fonts;
    default:
        return what == PAGE_CSS_AT_DESCRIPTORS;
    }
}

static void block_rule(page_css_filter *f, const page_css_item *item, page_css_at what, postern_slice name) {
    page_css_list prelude = page_css_trim(item->list);
    page_css_place place = {.urls = true};
    page_css_context inside;
    bool allowed = may_open(f, what, &inside);
    if (!allowed) page_css_note(f, POSTERN_NOTE_PAGE_CSS, item->from, item->to);
    if (!allowed || !is_whole(f, item) || !is_fine(f, item, prelude, place) || !has_room(f, item)) {
        page_css_skip_block(f);
        return;
    }
    put_at(f, name, prelude);
    open_block(f, inside, what == PAGE_CSS_AT_FONT_FACE);
}

static void statement_rule(page_css_filter *f, const page_css_item *item, page_css_at what, postern_slice name) {
    page_css_list prelude = page_css_trim(item->list);
    page_css_place place = {.urls = false};
    bool top = f->depth == 0 && !f->imports_over;
    if (!is_whole(f, item)) return;
    if (what == PAGE_CSS_AT_IMPORT && top) {
        page_css_import(f, item);
    } else if (what == PAGE_CSS_AT_NAMESPACE && f->depth == 0) {
        page_css_namespace(f, item);
    } else if (what == PAGE_CSS_AT_LAYER && prelude.count && is_fine(f, item, prelude, place)) {
        bool over = f->imports_over; /* imports may follow */
        put_at(f, name, prelude);
        page_css_put(f, POSTERN_S(";"));
        f->imports_over = over;
    } else if (what == PAGE_CSS_AT_NONE) {
        page_css_note(f, POSTERN_NOTE_PAGE_CSS, item->from, item->to);
    }
}

static void at_rule(page_css_filter *f, const postern_css_token *keyword) {
    postern_slice name = {0};
    page_css_at what = page_css_at_of(keyword->value, &name);
    page_css_item item = page_css_collect(f, NULL, (page_css_collect_rules){.semicolon_ends = true});
    item.from = keyword->offset;
    if (f->attribute) what = PAGE_CSS_AT_NONE;
    if (item.end == PAGE_CSS_END_OPEN) block_rule(f, &item, what, name);
    else statement_rule(f, &item, what, name);
}

static void item_of(page_css_filter *f, const postern_css_token *first) {
    bool rules_only = context(f) == PAGE_CSS_RULES;
    page_css_collect_rules how = {.semicolon_ends = !rules_only, .declarations = !rules_only};
    page_css_item item = page_css_collect(f, first, how);
    if (item.end == PAGE_CSS_END_OPEN) style_rule(f, &item);
    else if (item.colon != SIZE_MAX) declaration(f, &item);
    else (void)is_whole(f, &item);
}

/* ---- the loop -------------------------------------------------------------------------------------------------------- */

static void close_block(page_css_filter *f) {
    page_css_put(f, POSTERN_S("}"));
    f->depth--;
}

static bool is_ignored(const page_css_filter *f, postern_css_kind kind) {
    bool rules_only = context(f) == PAGE_CSS_RULES;
    if (kind == POSTERN_CSS_WHITESPACE) return true;
    if (kind == POSTERN_CSS_SEMICOLON) return !rules_only;
    return (kind == POSTERN_CSS_CDO || kind == POSTERN_CSS_CDC) && f->depth == 0 && rules_only;
}

static void run(page_css_filter *f) {
    postern_css_token token;
    while (!f->status) {
        postern_css_next(&f->t, &token);
        page_css_fail(f, f->t.status);
        if (token.kind == POSTERN_CSS_EOF) break;
        if (is_ignored(f, token.kind)) continue;
        if (token.kind == POSTERN_CSS_CLOSE_CURLY && f->depth) close_block(f);
        else if (token.kind == POSTERN_CSS_AT_KEYWORD) at_rule(f, &token);
        else item_of(f, &token);
        if (f->text.len >= FLUSH_AT) page_css_flush(f);
    }
    while (f->depth) close_block(f);
}

postern_status page_css_sheet(const page_css_rules *rules, postern_slice utf8, const postern_url *base, unsigned import_depth,
                              const postern_sink *out) {
    page_css_filter f;
    page_css_begin(&f, rules, utf8, base, out);
    f.import_depth = import_depth;
    run(&f);
    return page_css_end_of(&f);
}

postern_status page_css_declarations(const page_css_rules *rules, postern_slice utf8, const postern_url *base,
                                     const postern_sink *out) {
    page_css_filter f;
    page_css_begin(&f, rules, utf8, base, out);
    f.attribute = true;
    f.frames[0].context = PAGE_CSS_DECLARATIONS;
    run(&f);
    return page_css_end_of(&f);
}

static postern_status one_list(const page_css_rules *rules, postern_slice utf8, const postern_url *base,
                               const postern_sink *out, page_css_place place, bool *ret_ok) {
    page_css_filter f;
    *ret_ok = false;
    page_css_begin(&f, rules, utf8, base, out);
    page_css_item item = page_css_collect(&f, NULL, (page_css_collect_rules){.semicolon_ends = true});
    page_css_list list = page_css_trim(item.list);
    if (item.end == PAGE_CSS_END_EOF && is_whole(&f, &item) && list.count && is_fine(&f, &item, list, place)) {
        page_css_write_list(&f, list, place);
        *ret_ok = true;
    }
    return page_css_end_of(&f);
}

postern_status page_css_value(const page_css_rules *rules, postern_slice property, postern_slice utf8, const postern_url *base,
                              const postern_sink *out, bool *ret_ok) {
    page_css_place place = {.urls = true, .resolve = true, .use = POSTERN_USE_IMAGE};
    place.fragments = page_css_property_takes_fragment(property);
    return one_list(rules, utf8, base, out, place, ret_ok);
}

postern_status page_css_media_list(const page_css_rules *rules, postern_slice utf8, const postern_sink *out, bool *ret_ok) {
    page_css_place place = {.urls = false};
    return one_list(rules, utf8, NULL, out, place, ret_ok);
}
