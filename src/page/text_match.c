/*
 * Which rules speak about an element. What cannot be told is "maybe", and a rule that may or may not apply never hides text.
 * Matching is counted against a limit: a sheet and a page that together ask for too much hide nothing.
 */
#include "text_sheet_int.h"

uint64_t page_text_sheet_key(postern_slice key) {
    uint64_t hash = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < key.len; i++) hash = (hash ^ postern_ascii_lower(key.ptr[i])) * 0x100000001b3ull;
    return (hash ^ hash >> 32) % BUCKETS;
}

/* ---- media ---- */

static verdict feature(postern_slice text) {
    postern_cut cut = postern_slice_cut(text, ':');
    postern_slice name = postern_slice_trim(cut.head), value = postern_slice_trim(cut.tail);
    uint64_t number = 0;
    size_t digits = 0;
    while (digits < value.len && postern_ascii_digit(value.ptr[digits])) digits++;
    bool is_length = postern_slice_uint(postern_slice_sub(value, 0, digits), 1000000, &number);
    if (is_length && postern_slice_ends(value, POSTERN_S("em"))) number *= 16;
    bool width = postern_slice_ends(name, POSTERN_S("-width"));
    if (width && is_length && postern_slice_starts_nocase(name, POSTERN_S("min-"))) return number <= 1280 ? YES : NO;
    if (width && is_length && postern_slice_starts_nocase(name, POSTERN_S("max-"))) return number >= 1280 ? YES : NO;
    if (postern_slice_eq_nocase(name, POSTERN_S("prefers-color-scheme")))
        return postern_slice_eq_nocase(value, POSTERN_S("light")) ? YES : NO;
    if (postern_slice_eq_nocase(name, POSTERN_S("orientation")))
        return postern_slice_eq_nocase(value, POSTERN_S("landscape")) ? YES : NO;
    return MAYBE;
}

static verdict one_query(postern_slice q) {
    static const char *const elsewhere[] = {"print", "speech", "aural",   "handheld", "projection",
                                            "tty",   "tv",     "braille", "embossed", NULL};
    verdict v = YES;
    bool negated = false;
    for (size_t i = 0; i < q.len;) {
        if (q.ptr[i] == '(') {
            size_t end = postern_slice_find_byte(q, i, ')');
            verdict f = feature(postern_slice_sub(q, i + 1, end == SIZE_MAX ? end : end - i - 1));
            if (f < v) v = f;
            i = end == SIZE_MAX ? q.len : end + 1;
            continue;
        }
        size_t start = i;
        while (i < q.len && (postern_ascii_alpha(q.ptr[i]) || q.ptr[i] == '-')) i++;
        postern_slice word = postern_slice_sub(q, start, i - start);
        if (i == start) i++;
        if (postern_slice_eq_nocase(word, POSTERN_S("not"))) negated = true;
        if (postern_slice_eq_nocase(word, POSTERN_S("or")) && v != YES) v = MAYBE;
        for (size_t e = 0; elsewhere[e]; e++)
            if (postern_slice_eq_nocase(word, postern_slice_cstr(elsewhere[e]))) v = NO;
    }
    return negated ? (verdict)(YES - v) : v;
}

verdict page_text_media(postern_slice query) {
    verdict best = postern_slice_trim(query).len ? NO : YES;
    for (postern_cut cut = {.tail = query, .ok = true}; cut.ok && best != YES;) {
        cut = postern_slice_cut(cut.tail, ',');
        verdict v = one_query(cut.head);
        if (v > best) best = v;
    }
    return best;
}

bool page_text_media_matches(postern_slice query) {
    return page_text_media(query) != NO;
}

/* ---- matching ---- */

static bool has_class(const text_element *e, postern_slice name, uint64_t *steps) {
    postern_slice rest = e->classes;
    *steps += rest.len / 32;
    for (unsigned i = 0; rest.len && i < CLASSES_MAX; i++) {
        size_t end = 0;
        rest = postern_slice_trim(rest);
        while (end < rest.len && !postern_ascii_space(rest.ptr[end])) end++;
        if (postern_slice_eq(postern_slice_sub(rest, 0, end), name)) return true;
        rest = postern_slice_from(rest, end);
    }
    return false;
}

static verdict attribute(const text_element *e, const simple *s) {
    if (!e->token) return MAYBE;
    const postern_html_attribute *a = NULL;
    for (size_t i = 0; i < e->token->attribute_count && !a; i++)
        if (postern_slice_eq_nocase(e->token->attributes[i].name, s->name)) a = &e->token->attributes[i];
    if (!a) return NO;
    bool same = postern_slice_eq_nocase(a->value, s->value);
    switch (s->comparison) {
    case 0: return YES;
    case '=': return same ? YES : NO;
    case '^': return s->value.len && postern_slice_starts_nocase(a->value, s->value) ? YES : NO;
    case '$': return MAYBE;
    case '*': return s->value.len && postern_slice_find_nocase(a->value, 0, s->value) != SIZE_MAX ? YES : NO;
    default: return same ? YES : MAYBE;
    }
}

static verdict complex_matches(text_sheets *sheets, const compound *c, const text_element *e);

static verdict any_matches(text_sheets *sheets, const compound *list, const text_element *e) {
    verdict best = NO;
    for (; list && best != YES; list = list->next) {
        verdict v = complex_matches(sheets, list, e);
        if (v > best) best = v;
    }
    return best;
}

static verdict simple_matches(text_sheets *sheets, const simple *s, const text_element *e) {
    switch (s->kind) {
    case BY_TYPE: return postern_slice_eq_nocase(s->name, e->name) ? YES : NO;
    case BY_ID: return postern_slice_eq(s->name, e->id) ? YES : NO;
    case BY_CLASS: return has_class(e, s->name, &sheets->steps) ? YES : NO;
    case BY_ATTRIBUTE: return attribute(e, s);
    case BY_ANY_OF: return any_matches(sheets, s->list, e);
    case BY_NONE_OF: return (verdict)(YES - any_matches(sheets, s->list, e));
    case IS_ROOT: return e->parent ? NO : YES;
    case IS_FIRST: return e->child_index == 1 ? YES : NO;
    case IS_LINK: return postern_slice_eq(e->name, POSTERN_S("a")) ? YES : NO;
    case NEVER: return NO;
    case PERHAPS: break;
    }
    return MAYBE;
}

static verdict least(verdict a, verdict b) {
    return a < b ? a : b;
}

static verdict complex_matches(text_sheets *sheets, const compound *c, const text_element *e) {
    verdict v = YES;
    if (++sheets->steps > POSTERN_LIMIT_SELECTOR_STEPS) return NO;
    for (const simple *s = c->simples; s && v; s = s->next) v = least(v, simple_matches(sheets, s, e));
    if (!v || !c->left) return v;
    if (c->combinator == '>')
        return e->parent && e->parent->scope == e->scope ? least(v, complex_matches(sheets, c->left, e->parent)) : NO;
    if (c->combinator != ' ') return e->child_index == 1 ? NO : MAYBE;
    verdict best = NO;
    for (const text_element *a = e->parent; a && a->scope == e->scope && best != YES; a = a->parent) {
        verdict up = complex_matches(sheets, c->left, a);
        if (up > best) best = up;
    }
    return least(v, best);
}

static void apply(text_sheets *sheets, const rule *r, postern_slice key, const text_element *e, text_cascade *cascade) {
    for (; r; r = r->next) {
        if (++sheets->steps > POSTERN_LIMIT_SELECTOR_STEPS) return;
        if (r->scope != e->scope || !postern_slice_eq_nocase(r->key, key)) continue;
        verdict v = complex_matches(sheets, r->selector, e);
        if (!v) continue;
        uint64_t weight = (uint64_t)(r->selector->specificity & 0xFFFFFF) << 32 | r->order;
        for (uint32_t i = 0; i < r->count; i++)
            page_text_cascade_add(cascade, &r->declarations[i], weight + 2, v == YES && r->sure);
    }
}

void page_text_sheets_match(text_sheets *sheets, const text_element *e, text_cascade *cascade) {
    postern_slice rest = e->classes;
    if (!sheets->order) return;
    apply(sheets, sheets->universal, postern_slice_of(NULL, 0), e, cascade);
    apply(sheets, sheets->buckets[page_text_sheet_key(e->name)], e->name, e, cascade);
    if (e->id.len && e->id.len < 256) apply(sheets, sheets->buckets[page_text_sheet_key(e->id)], e->id, e, cascade);
    for (unsigned i = 0; rest.len && i < CLASSES_MAX; i++) {
        size_t end = 0;
        rest = postern_slice_trim(rest);
        while (end < rest.len && !postern_ascii_space(rest.ptr[end])) end++;
        postern_slice name = postern_slice_sub(rest, 0, end);
        if (name.len && name.len < 256) apply(sheets, sheets->buckets[page_text_sheet_key(name)], name, e, cascade);
        rest = postern_slice_from(rest, end);
    }
}
