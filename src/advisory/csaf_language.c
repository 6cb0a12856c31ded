/*
 * Language tags (RFC 5646): the grammar as CSAF's schema narrows it, and whether the subtags are registered (6.1.12). The
 * register stands in csaf_language_table.h as bit maps; a variant or an extension is judged by its form alone.
 */
#include "csaf_int.h"

#include "csaf_language_table.h"

typedef struct subtags {
    postern_slice rest;
    postern_slice now;
    bool more;
} subtags;

static void next(subtags *t) {
    t->more = t->rest.len != 0;
    postern_cut cut = postern_slice_cut(t->rest, '-');
    t->now = cut.head;
    t->rest = cut.tail;
}

typedef enum letters { ALPHA, DIGIT, ALNUM } letters;

static bool is(postern_slice s, letters kind, size_t least, size_t most) {
    if (s.len < least || s.len > most) return false;
    for (size_t i = 0; i < s.len; i++) {
        bool alpha = postern_ascii_alpha(s.ptr[i]), digit = postern_ascii_digit(s.ptr[i]);
        if (kind == ALPHA ? !alpha : kind == DIGIT ? !digit : !alpha && !digit) return false;
    }
    return true;
}

typedef struct tag {
    postern_slice language, extended, script, region;
    bool private_only, legacy;
} tag;

static bool private_use(subtags *t) {
    size_t count = 0;
    for (next(t); t->more; next(t), count++)
        if (!is(t->now, ALNUM, 1, 8)) return false;
    return count != 0;
}

static bool parse_language(subtags *t, tag *ret) {
    if (!is(t->now, ALPHA, 2, 3) && !is(t->now, ALPHA, 4, 8)) return false;
    ret->language = t->now;
    bool is_short = t->now.len <= 3;
    next(t);
    for (unsigned i = 0; is_short && i < 3 && is(t->now, ALPHA, 3, 3); i++, next(t))
        if (!i) ret->extended = t->now;
    return true;
}

static bool variant(postern_slice s) {
    return is(s, ALNUM, 5, 8) || (is(s, ALNUM, 4, 4) && postern_ascii_digit(s.ptr[0]));
}

static bool parse(postern_slice s, tag *ret) {
    subtags t = {.rest = s};
    *ret = (tag){0};
    if (s.len && s.ptr[s.len - 1] == '-') return false;
    if (postern_slice_eq_nocase(s, POSTERN_S("i-default")) || postern_slice_eq_nocase(s, POSTERN_S("i-mingo")))
        return ret->legacy = true;
    next(&t);
    if (is(t.now, ALPHA, 1, 1) && (t.now.ptr[0] | 32) == 'x') return ret->private_only = private_use(&t);
    if (!parse_language(&t, ret)) return false;
    if (is(t.now, ALPHA, 4, 4)) ret->script = t.now, next(&t);
    if (is(t.now, ALPHA, 2, 2) || is(t.now, DIGIT, 3, 3)) ret->region = t.now, next(&t);
    while (variant(t.now)) next(&t);
    while (is(t.now, ALNUM, 1, 1) && (t.now.ptr[0] | 32) != 'x') {
        size_t count = 0;
        for (next(&t); is(t.now, ALNUM, 2, 8); next(&t)) count++;
        if (!count) return false;
    }
    if (is(t.now, ALPHA, 1, 1)) return private_use(&t);
    return !t.more;
}

bool csaf_form_language(postern_slice s) {
    tag parsed;
    return parse(s, &parsed);
}

static unsigned letters_index(postern_slice s) {
    unsigned index = 0;
    for (size_t i = 0; i < s.len; i++) index = index * 26 + (unsigned)(postern_ascii_lower(s.ptr[i]) - 'a');
    return index;
}

static bool bit(const uint8_t *map, unsigned index) {
    return map[index / 8] >> index % 8 & 1;
}

static bool script_known(postern_slice s) {
    postern_slice all = postern_slice_cstr(script_list);
    for (size_t i = 0; i + 4 <= all.len; i += 4)
        if (postern_slice_eq_nocase(postern_slice_sub(all, i, 4), s)) return true;
    return letters_index(s) >= letters_index(POSTERN_S("Qaaa")) && letters_index(s) <= letters_index(POSTERN_S("Qabx"));
}

static bool region_known(postern_slice s) {
    if (s.len == 2) return bit(region_map, letters_index(s));
    uint64_t number;
    return postern_slice_uint(s, 999, &number) && bit(region_number_map, (unsigned)number);
}

bool csaf_language_registered(postern_slice s) {
    tag t;
    if (!parse(s, &t)) return false;
    if (t.private_only || t.legacy) return true;
    bool known = t.language.len == 2 ? bit(language_2_map, letters_index(t.language))
                                     : t.language.len == 3 && bit(language_3_map, letters_index(t.language));
    return known && (!t.extended.len || bit(extended_map, letters_index(t.extended))) &&
           (!t.script.len || script_known(t.script)) && (!t.region.len || region_known(t.region));
}
