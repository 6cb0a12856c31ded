/*
 * Declarations (CSS Syntax 3, 5.3.3) into the few properties that matter. A value that is not understood is "unknown", which
 * shows.
 */
#include "text_style.h"

enum { VALUES = 8 };

/* One value of a declaration, as far as it is a single token or a known function. */
typedef struct value {
    text_declaration of; /* unit, number, word */
    postern_slice ident; /* when it is an identifier */
    postern_slice function;
} value;

typedef struct reader {
    postern_css_tokenizer *t;
    postern_css_token token;
    bool important;
    value values[VALUES];
    size_t count;
    text_declarations *out;
} reader;

static void next(reader *r) {
    postern_css_next(r->t, &r->token);
}

static bool ends(const reader *r) {
    return r->token.kind == POSTERN_CSS_EOF || r->token.kind == POSTERN_CSS_SEMICOLON ||
           r->token.kind == POSTERN_CSS_CLOSE_CURLY;
}

static bool opens(const postern_css_token *t) {
    return t->kind == POSTERN_CSS_FUNCTION || t->kind == POSTERN_CSS_OPEN_PAREN || t->kind == POSTERN_CSS_OPEN_SQUARE ||
           t->kind == POSTERN_CSS_OPEN_CURLY;
}

static bool closes(const postern_css_token *t) {
    return t->kind == POSTERN_CSS_CLOSE_PAREN || t->kind == POSTERN_CSS_CLOSE_SQUARE || t->kind == POSTERN_CSS_CLOSE_CURLY;
}

static bool unit_is(const postern_css_token *t, const char *unit) {
    return postern_slice_eq_nocase(t->value, postern_slice_cstr(unit));
}

static text_declaration length_of(const postern_css_token *t) {
    static const struct { const char *unit; float px; } units[] = {{"px", 1}, {"pt", 4.0f / 3}, {"in", 96}, {"cm", 37.8f},
                                                                   {"mm", 3.78f}, {"pc", 16}, {"rem", 16}, {"q", 0.945f}};
    text_declaration d = {.unit = UNIT_PX, .number = (float)t->number};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!unit_is(t, units[i].unit)) continue;
        d.number *= units[i].px;
        return d;
    }
    if (unit_is(t, "em") || unit_is(t, "ex") || unit_is(t, "ch")) d.unit = UNIT_EM;
    else if (t->number == 0) d.unit = UNIT_PX;
    else if (unit_is(t, "vw") || unit_is(t, "vh") || unit_is(t, "vmin") || unit_is(t, "vmax")) d.number *= 12.8f;
    else d.unit = UNIT_UNKNOWN;
    return d;
}

/* rgb(), rgba(): plain numbers only. The token is the function; on return it is the closing parenthesis. */
static void color_function(reader *r, value *v) {
    double channels[4] = {0, 0, 0, 1};
    size_t count = 0;
    bool plain = true;
    unsigned depth = 1;
    v->of.unit = UNIT_UNKNOWN;
    while (depth && r->token.kind != POSTERN_CSS_EOF) {
        next(r);
        if (opens(&r->token)) depth++;
        else if (closes(&r->token)) depth--;
        else if (r->token.kind == POSTERN_CSS_NUMBER || r->token.kind == POSTERN_CSS_PERCENTAGE) {
            double n = r->token.number;
            if (r->token.kind == POSTERN_CSS_PERCENTAGE) n = count < 3 ? n * 2.55 : n / 100;
            if (count < 4) channels[count] = n;
            count++;
        } else if (r->token.kind == POSTERN_CSS_IDENT) {
            plain = false;
        }
        if (depth > 1) plain = false;
    }
    if (!plain || count < 3 || count > 4) return;
    uint32_t rgb = 0;
    for (int i = 0; i < 3; i++) rgb = rgb << 8 | (uint32_t)(channels[i] < 0 ? 0 : channels[i] > 255 ? 255 : channels[i] + 0.5);
    v->of.unit = channels[3] >= 0.95 ? UNIT_COLOR : channels[3] <= 0.05 ? UNIT_WORD : UNIT_UNKNOWN;
    v->of.word = channels[3] <= 0.05 ? WORD_CLEAR : rgb;
}

/* Any other function: its numbers are kept for the two that clip. */
static void other_function(reader *r, value *v) {
    unsigned depth = 1, numbers = 0;
    double largest = 0, smallest = 1e9;
    while (depth && r->token.kind != POSTERN_CSS_EOF) {
        next(r);
        if (opens(&r->token)) depth++;
        else if (closes(&r->token)) depth--;
        bool number = r->token.kind == POSTERN_CSS_NUMBER || r->token.kind == POSTERN_CSS_PERCENTAGE ||
                      r->token.kind == POSTERN_CSS_DIMENSION;
        if (!number) continue;
        numbers++;
        if (r->token.number > largest) largest = r->token.number;
        if (r->token.number < smallest) smallest = r->token.number;
    }
    bool hides = numbers == 4 && largest <= 1 && postern_slice_eq_nocase(v->function, POSTERN_S("rect"));
    hides |= numbers && smallest >= 50 && postern_slice_eq_nocase(v->function, POSTERN_S("inset"));
    hides |= numbers && largest == 0 && postern_slice_eq_nocase(v->function, POSTERN_S("circle"));
    hides |= numbers && largest == 0 && postern_slice_starts_nocase(v->function, POSTERN_S("scale"));
    hides |= numbers && smallest <= -999 && postern_slice_starts_nocase(v->function, POSTERN_S("translate"));
    v->of.unit = hides ? UNIT_WORD : UNIT_UNKNOWN;
    v->of.word = hides ? WORD_HIDES : 0;
}

static bool read_value(reader *r, value *v) {
    uint32_t rgb;
    *v = (value){.of = {.unit = UNIT_UNKNOWN}};
    switch (r->token.kind) {
    case POSTERN_CSS_NUMBER:
        v->of = (text_declaration){.unit = r->token.number == 0 ? UNIT_PX : UNIT_NUMBER, .number = (float)r->token.number};
        return true;
    case POSTERN_CSS_PERCENTAGE:
        v->of = (text_declaration){.unit = UNIT_PERCENT, .number = (float)r->token.number};
        return true;
    case POSTERN_CSS_DIMENSION: v->of = length_of(&r->token); return true;
    case POSTERN_CSS_IDENT: v->ident = r->token.value; return true;
    case POSTERN_CSS_HASH: {
        uint8_t text[16] = {'#'};
        if (r->token.value.len > 15) return true;
        memcpy(text + 1, r->token.value.ptr, r->token.value.len);
        text_color_kind kind = page_text_color(postern_slice_of(text, r->token.value.len + 1), false, &rgb);
        if (kind == TEXT_COLOR_RGB) v->of = (text_declaration){.unit = UNIT_COLOR, .word = rgb};
        if (kind == TEXT_COLOR_CLEAR) v->of = (text_declaration){.unit = UNIT_WORD, .word = WORD_CLEAR};
        return true;
    }
    case POSTERN_CSS_FUNCTION:
        v->function = r->token.value;
        if (postern_slice_eq_nocase(v->function, POSTERN_S("rgb")) || postern_slice_eq_nocase(v->function, POSTERN_S("rgba")))
            color_function(r, v);
        else other_function(r, v);
        return true;
    case POSTERN_CSS_URL:
    case POSTERN_CSS_STRING: v->function = POSTERN_S("url"); return true;
    default: return false;
    }
}

/* The values up to the end of the declaration. The token is then what ended it. */
static void read_values(reader *r) {
    r->count = 0;
    r->important = false;
    for (next(r); !ends(r); next(r)) {
        value v;
        if (r->token.kind == POSTERN_CSS_DELIM && r->token.delim == '!') {
            r->important = true;
        } else if (r->token.kind == POSTERN_CSS_OPEN_CURLY || r->token.kind == POSTERN_CSS_OPEN_PAREN ||
                   r->token.kind == POSTERN_CSS_OPEN_SQUARE) {
            other_function(r, &(value){0});
        } else if (!r->important && read_value(r, &v) && r->count < VALUES) {
            r->values[r->count++] = v;
        }
    }
}

/* ---- properties ---- */

static void declare(reader *r, text_property property, text_declaration d) {
    d.property = (uint8_t)property;
    d.important = r->important;
    for (size_t i = 0; i < r->out->count; i++) {
        if (r->out->items[i].property != property || r->out->items[i].important != d.important) continue;
        r->out->items[i] = d;
        return;
    }
    if (r->out->count < sizeof r->out->items / sizeof *r->out->items) r->out->items[r->out->count++] = d;
}

static bool ident_is(const value *v, const char *name) {
    return postern_slice_eq_nocase(v->ident, postern_slice_cstr(name));
}

typedef struct keyword {
    const char *name;
    uint32_t word;
} keyword;

static const keyword display_words[] = {
    {"none", DISPLAY_NONE}, {"block", DISPLAY_BLOCK}, {"inline", DISPLAY_INLINE}, {"inline-block", DISPLAY_INLINE_BLOCK},
    {"inline-table", DISPLAY_INLINE_BLOCK}, {"flex", DISPLAY_FLEX}, {"inline-flex", DISPLAY_FLEX}, {"grid", DISPLAY_GRID},
    {"inline-grid", DISPLAY_GRID}, {"-webkit-box", DISPLAY_FLEX}, {"list-item", DISPLAY_LIST_ITEM}, {"table", DISPLAY_BLOCK},
    {"table-cell", DISPLAY_TABLE_CELL}, {"table-row", DISPLAY_TABLE_PART}, {"table-row-group", DISPLAY_TABLE_PART},
    {"table-header-group", DISPLAY_TABLE_PART}, {"table-footer-group", DISPLAY_TABLE_PART}, {"flow-root", DISPLAY_BLOCK},
    {"table-caption", DISPLAY_BLOCK}, {"contents", DISPLAY_CONTENTS}, {NULL, 0}};
static const keyword visibility_words[] = {
    {"hidden", WORD_HIDES}, {"collapse", WORD_HIDES}, {"visible", WORD_SHOWS}, {NULL, 0}};
static const keyword overflow_words[] = {{"hidden", WORD_HIDES}, {"clip", WORD_HIDES}, {"visible", WORD_SHOWS},
                                         {"auto", WORD_HIDES}, {"scroll", WORD_HIDES}, {NULL, 0}};
static const keyword position_words[] = {{"absolute", WORD_HIDES}, {"fixed", WORD_HIDES}, {"static", WORD_SHOWS},
                                         {"relative", WORD_CLEAR}, {"sticky", WORD_CLEAR}, {NULL, 0}};
static const keyword space_words[] = {{"normal", TEXT_SPACE_NORMAL}, {"nowrap", TEXT_SPACE_NORMAL}, {"pre", TEXT_SPACE_PRE},
                                      {"pre-wrap", TEXT_SPACE_PRE_WRAP}, {"break-spaces", TEXT_SPACE_PRE_WRAP},
                                      {"pre-line", TEXT_SPACE_PRE_LINE}, {NULL, 0}};
static const keyword list_words[] = {{"none", TEXT_NO_MARKER},
                                     {"disc", TEXT_BULLET},
                                     {"circle", TEXT_BULLET},
                                     {"square", TEXT_BULLET},
                                     {"decimal", TEXT_DECIMAL},
                                     {"decimal-leading-zero", TEXT_DECIMAL},
                                     {"lower-alpha", TEXT_LOWER_ALPHA},
                                     {"lower-latin", TEXT_LOWER_ALPHA},
                                     {"upper-alpha", TEXT_UPPER_ALPHA},
                                     {"upper-latin", TEXT_UPPER_ALPHA},
                                     {"lower-roman", TEXT_LOWER_ROMAN},
                                     {"upper-roman", TEXT_UPPER_ROMAN},
                                     {NULL, 0}};
static const keyword weight_words[] = {{"bold", TEXT_BOLD}, {"bolder", TEXT_BOLD}, {"normal", 0}, {"lighter", 0}, {NULL, 0}};
static const keyword slant_words[] = {{"italic", TEXT_ITALIC}, {"oblique", TEXT_ITALIC}, {"normal", 0}, {NULL, 0}};
static const keyword decoration_words[] = {{"line-through", TEXT_STRIKE}, {"none", 0}, {"underline", 0}, {NULL, 0}};
static const keyword align_words[] = {{"left", TEXT_START}, {"start", TEXT_START}, {"justify", TEXT_START}, {"right", TEXT_END},
                                      {"end", TEXT_END}, {"center", TEXT_CENTER}, {"-webkit-center", TEXT_CENTER}, {NULL, 0}};
static const keyword mso_hide_words[] = {{"all", WORD_HIDES}, {"none", WORD_SHOWS}, {"screen", WORD_HIDES}, {NULL, 0}};
static const keyword content_words[] = {{"hidden", WORD_HIDES}, {"visible", WORD_SHOWS}, {"auto", WORD_SHOWS}, {NULL, 0}};
static const keyword direction_words[] = {{"row", TEXT_FLEX_ROW}, {"row-reverse", TEXT_FLEX_ROW}, {"column", TEXT_FLEX_COLUMN},
                                          {"column-reverse", TEXT_FLEX_COLUMN}, {NULL, 0}};
static const keyword shows_words[] = {{"none", WORD_SHOWS}, {"auto", WORD_SHOWS}, {NULL, 0}};
static const keyword size_words[] = {{"xx-small", 9}, {"x-small", 10}, {"small", 13}, {"medium", 16}, {"large", 18},
                                     {"x-large", 24}, {"xx-large", 32}, {"smaller", 13}, {"larger", 19}, {NULL, 0}};

/* The first value that is one of the words; else the first number; else unknown. */
static text_declaration pick(const reader *r, const keyword *words) {
    for (size_t i = 0; i < r->count; i++) {
        for (const keyword *w = words; w && w->name; w++)
            if (ident_is(&r->values[i], w->name)) return (text_declaration){.unit = UNIT_WORD, .word = w->word};
        if (ident_is(&r->values[i], "inherit") || ident_is(&r->values[i], "unset"))
            return (text_declaration){.unit = UNIT_WORD, .word = WORD_INHERIT};
        if (ident_is(&r->values[i], "initial")) return (text_declaration){.unit = UNIT_WORD, .word = WORD_INITIAL};
        if (!r->values[i].ident.len) return r->values[i].of;
    }
    return (text_declaration){.unit = UNIT_UNKNOWN};
}

static text_declaration pick_color(const reader *r, bool background) {
    text_declaration found = {.unit = background ? UNIT_WORD : UNIT_UNKNOWN, .word = background ? WORD_CLEAR : 0};
    for (size_t i = 0; i < r->count; i++) {
        const value *v = &r->values[i];
        uint32_t rgb;
        if (v->function.len && v->of.unit == UNIT_UNKNOWN)
            return (text_declaration){.unit = UNIT_UNKNOWN}; /* a picture, a gradient */
        if (v->of.unit == UNIT_COLOR || (v->of.unit == UNIT_WORD && v->of.word == WORD_CLEAR)) found = v->of;
        if (!v->ident.len) continue;
        if (ident_is(v, "inherit"))
            return (text_declaration){.unit = background ? UNIT_UNKNOWN : UNIT_WORD, .word = WORD_INHERIT};
        text_color_kind kind = page_text_color(v->ident, false, &rgb);
        if (kind == TEXT_COLOR_RGB) found = (text_declaration){.unit = UNIT_COLOR, .word = rgb};
        else if (kind == TEXT_COLOR_CLEAR) found = (text_declaration){.unit = UNIT_WORD, .word = WORD_CLEAR};
        else if (!background) found = (text_declaration){.unit = UNIT_UNKNOWN};
    }
    return found;
}

/* margin: one to four values; the vertical ones matter. */
static void declare_margin(reader *r) {
    if (!r->count) return;
    declare(r, PROP_MARGIN_TOP, r->values[0].of);
    declare(r, PROP_MARGIN_BOTTOM, r->values[r->count > 2 ? 2 : 0].of);
}

/* padding and border: whether there is any. */
static text_declaration any_size(const reader *r) {
    bool any = false;
    for (size_t i = 0; i < r->count; i++) {
        if (ident_is(&r->values[i], "none") || ident_is(&r->values[i], "hidden"))
            return (text_declaration){.unit = UNIT_WORD, .word = WORD_CLEAR};
        any |= (r->values[i].of.unit == UNIT_PX || r->values[i].of.unit == UNIT_EM || r->values[i].of.unit == UNIT_PERCENT) &&
               r->values[i].of.number > 0;
    }
    return (text_declaration){.unit = UNIT_WORD, .word = any ? WORD_SHOWS : WORD_CLEAR};
}

static void declare_font(reader *r) {
    for (size_t i = 0; i < r->count; i++) {
        const value *v = &r->values[i];
        if (ident_is(v, "bold")) declare(r, PROP_FONT_WEIGHT, (text_declaration){.unit = UNIT_WORD, .word = TEXT_BOLD});
        if (ident_is(v, "italic")) declare(r, PROP_FONT_STYLE, (text_declaration){.unit = UNIT_WORD, .word = TEXT_ITALIC});
        if (v->of.unit == UNIT_PX || v->of.unit == UNIT_EM || v->of.unit == UNIT_PERCENT) {
            declare(r, PROP_FONT_SIZE, v->of);
            return;
        }
    }
}

static text_declaration font_size(const reader *r) {
    text_declaration d = pick(r, size_words);
    if (d.unit == UNIT_WORD && d.word < WORD_INHERIT) d = (text_declaration){.unit = UNIT_PX, .number = (float)d.word};
    return d;
}

typedef struct property_row {
    const char *name;
    uint8_t property;
    const keyword *words;
} property_row;

static const property_row rows[] = {{"display", PROP_DISPLAY, display_words},
                                    {"visibility", PROP_VISIBILITY, visibility_words},
                                    {"opacity", PROP_OPACITY, NULL},
                                    {"overflow", PROP_OVERFLOW, overflow_words},
                                    {"overflow-x", PROP_OVERFLOW, overflow_words},
                                    {"overflow-y", PROP_OVERFLOW, overflow_words},
                                    {"width", PROP_WIDTH, shows_words},
                                    {"height", PROP_HEIGHT, shows_words},
                                    {"max-width", PROP_MAX_WIDTH, shows_words},
                                    {"max-height", PROP_MAX_HEIGHT, shows_words},
                                    {"text-indent", PROP_TEXT_INDENT, NULL},
                                    {"position", PROP_POSITION, position_words},
                                    {"left", PROP_LEFT, shows_words},
                                    {"top", PROP_TOP, shows_words},
                                    {"right", PROP_RIGHT, shows_words},
                                    {"clip", PROP_CLIP, shows_words},
                                    {"clip-path", PROP_CLIP_PATH, shows_words},
                                    {"-webkit-clip-path", PROP_CLIP_PATH, shows_words},
                                    {"white-space", PROP_WHITE_SPACE, space_words},
                                    {"list-style", PROP_LIST_STYLE, list_words},
                                    {"list-style-type", PROP_LIST_STYLE, list_words},
                                    {"font-weight", PROP_FONT_WEIGHT, weight_words},
                                    {"font-style", PROP_FONT_STYLE, slant_words},
                                    {"text-decoration", PROP_TEXT_DECORATION, decoration_words},
                                    {"text-decoration-line", PROP_TEXT_DECORATION, decoration_words},
                                    {"margin-top", PROP_MARGIN_TOP, shows_words},
                                    {"margin-bottom", PROP_MARGIN_BOTTOM, shows_words},
                                    {"margin-block-start", PROP_MARGIN_TOP, shows_words},
                                    {"margin-block-end", PROP_MARGIN_BOTTOM, shows_words},
                                    {"text-align", PROP_TEXT_ALIGN, align_words},
                                    {"flex-direction", PROP_FLEX_DIRECTION, direction_words},
                                    {"flex-flow", PROP_FLEX_DIRECTION, direction_words},
                                    {"mso-hide", PROP_MSO_HIDE, mso_hide_words},
                                    {"transform", PROP_TRANSFORM, shows_words},
                                    {"content-visibility", PROP_CONTENT_VISIBILITY, content_words}};

/* The token is what ended the values. */
static void one_declaration(reader *r, postern_slice name) {
    if (!r->count) return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!postern_slice_eq_nocase(name, postern_slice_cstr(rows[i].name))) continue;
        declare(r, rows[i].property, pick(r, rows[i].words));
        return;
    }
    if (postern_slice_eq_nocase(name, POSTERN_S("color"))) declare(r, PROP_COLOR, pick_color(r, false));
    else if (postern_slice_eq_nocase(name, POSTERN_S("font-size"))) declare(r, PROP_FONT_SIZE, font_size(r));
    else if (postern_slice_eq_nocase(name, POSTERN_S("font"))) declare_font(r);
    else if (postern_slice_eq_nocase(name, POSTERN_S("margin"))) declare_margin(r);
    else if (postern_slice_eq_nocase(name, POSTERN_S("background")) ||
             postern_slice_eq_nocase(name, POSTERN_S("background-color")))
        declare(r, PROP_BACKGROUND, pick_color(r, true));
    else if (postern_slice_eq_nocase(name, POSTERN_S("background-image")) && !ident_is(&r->values[0], "none"))
        declare(r, PROP_BACKGROUND, (text_declaration){.unit = UNIT_UNKNOWN});
    else if (postern_slice_starts_nocase(name, POSTERN_S("padding"))) declare(r, PROP_PADDING, any_size(r));
    else if (postern_slice_eq_nocase(name, POSTERN_S("border")) || postern_slice_eq_nocase(name, POSTERN_S("border-width")) ||
             postern_slice_eq_nocase(name, POSTERN_S("border-bottom")) ||
             postern_slice_eq_nocase(name, POSTERN_S("border-top")))
        declare(r, PROP_BORDER, any_size(r));
}

/* Passes over a nested rule or junk, to the end of the declaration or behind the block that it brings. True: the block in
 * which the declarations stand has ended. */
static bool pass_over(reader *r) {
    while (!ends(r)) {
        bool block = r->token.kind == POSTERN_CSS_OPEN_CURLY;
        if (opens(&r->token)) other_function(r, &(value){0});
        if (block) return false;
        next(r);
    }
    return r->token.kind != POSTERN_CSS_SEMICOLON;
}

void page_text_declarations(postern_css_tokenizer *tokenizer, text_declarations *ret) {
    reader r = {.t = tokenizer, .out = ret};
    ret->count = 0;
    for (next(&r); r.token.kind != POSTERN_CSS_EOF; next(&r)) {
        if (r.token.kind == POSTERN_CSS_WHITESPACE || r.token.kind == POSTERN_CSS_SEMICOLON) continue;
        if (r.token.kind == POSTERN_CSS_IDENT) {
            postern_slice name = r.token.value;
            do next(&r);
            while (r.token.kind == POSTERN_CSS_WHITESPACE);
            if (r.token.kind == POSTERN_CSS_COLON) {
                read_values(&r);
                one_declaration(&r, name);
            }
        }
        if (pass_over(&r)) return;
    }
}
