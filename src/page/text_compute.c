/* The cascade's winners over what is inherited: can the text be seen, and where do its lines end. */
#include "text_style.h"

void page_text_cascade_add(text_cascade *cascade, const text_declaration *declaration, uint64_t weight, bool sure) {
    unsigned property = declaration->property;
    if (declaration->important) weight |= 1ull << 63;
    if (!sure) {
        if (weight > cascade->doubt[property]) cascade->doubt[property] = weight;
        return;
    }
    if (weight < cascade->weight[property]) return;
    cascade->items[property] = *declaration;
    cascade->weight[property] = weight;
}

static bool doubtful(const text_cascade *c, text_property property) {
    return c->doubt[property] > c->weight[property];
}

/* The declared value, or NULL when there is none to rely on. */
static const text_declaration *declared(const text_cascade *c, text_property property) {
    return c->weight[property] && !doubtful(c, property) ? &c->items[property] : NULL;
}

static bool hides(const text_cascade *c, text_property property) {
    const text_declaration *d = declared(c, property);
    return d && d->unit == UNIT_WORD && d->word == WORD_HIDES;
}

/* Pixels; false when it is no length. */
static bool pixels(const text_declaration *d, float font_size, float *ret_px) {
    if (!d) return false;
    if (d->unit == UNIT_PX || d->unit == UNIT_NUMBER) *ret_px = d->number;
    else if (d->unit == UNIT_EM) *ret_px = d->number * font_size;
    else if (d->unit == UNIT_PERCENT && d->number == 0) *ret_px = 0;
    else return false;
    return true;
}

static bool at_most(const text_cascade *c, text_property property, float font_size, float limit) {
    float px;
    return pixels(declared(c, property), font_size, &px) && px <= limit;
}

static void compute_font(const text_cascade *c, text_style *s) {
    const text_declaration *d = declared(c, PROP_FONT_SIZE);
    if (doubtful(c, PROP_FONT_SIZE) && s->font_size < 4) s->font_size = 16;
    if (!d) return;
    if (d->unit == UNIT_PX) s->font_size = d->number;
    else if (d->unit == UNIT_EM) s->font_size *= d->number;
    else if (d->unit == UNIT_PERCENT) s->font_size *= d->number / 100;
    else if (d->unit == UNIT_UNKNOWN || (d->unit == UNIT_WORD && d->word == WORD_INITIAL)) s->font_size = 16;
    if (!(s->font_size < 1000)) s->font_size = 1000;
}

static void compute_color(const text_cascade *c, text_style *s) {
    const text_declaration *d = declared(c, PROP_COLOR);
    if (doubtful(c, PROP_COLOR)) s->color_known = s->clear = false;
    if (!d || (d->unit == UNIT_WORD && d->word == WORD_INHERIT)) return;
    s->clear = d->unit == UNIT_WORD && d->word == WORD_CLEAR;
    s->color_known = d->unit == UNIT_COLOR;
    s->color = d->word;
}

static void compute_background(const text_cascade *c, text_style *s) {
    const text_declaration *d = declared(c, PROP_BACKGROUND);
    if (d && d->unit == UNIT_WORD && d->word == WORD_CLEAR) d = NULL;
    if (doubtful(c, PROP_BACKGROUND) || hides(c, PROP_POSITION)) s->background_known = false; /* it may lie over anything */
    if (!d) return;
    s->background_known = d->unit == UNIT_COLOR;
    s->background = d->word;
}

/* overflow: hidden around nothing. A box whose height is its padding (pictures of fixed proportions) shows what is in it. */
static bool clipped_to_nothing(const text_cascade *c, const text_style *s, const text_box *box) {
    bool has_box = box->display == DISPLAY_BLOCK || box->display == DISPLAY_INLINE_BLOCK || box->display == DISPLAY_LIST_ITEM ||
                   box->display == DISPLAY_FLEX || box->display == DISPLAY_GRID;
    const text_declaration *padding = declared(c, PROP_PADDING);
    bool padded = doubtful(c, PROP_PADDING) || (padding && padding->word == WORD_SHOWS);
    if (!has_box && !hides(c, PROP_POSITION)) return false;
    if (!hides(c, PROP_OVERFLOW) || padded) return false;
    return at_most(c, PROP_HEIGHT, s->font_size, 1) || at_most(c, PROP_MAX_HEIGHT, s->font_size, 1) ||
           at_most(c, PROP_WIDTH, s->font_size, 1) || at_most(c, PROP_MAX_WIDTH, s->font_size, 1);
}

static bool is_gone(const text_cascade *c, const text_style *s, const text_box *box) {
    const text_declaration *opacity = declared(c, PROP_OPACITY);
    if (box->display == DISPLAY_NONE) return true;
    if (opacity && (opacity->unit == UNIT_PX || opacity->unit == UNIT_NUMBER || opacity->unit == UNIT_PERCENT)) {
        if (opacity->number <= (opacity->unit == UNIT_PERCENT ? 2.0f : 0.02f)) return true;
    }
    if (hides(c, PROP_MSO_HIDE) || hides(c, PROP_CONTENT_VISIBILITY) || hides(c, PROP_TRANSFORM) || hides(c, PROP_CLIP_PATH))
        return true;
    if (hides(c, PROP_POSITION)) {
        if (hides(c, PROP_CLIP)) return true;
        if (at_most(c, PROP_LEFT, s->font_size, -999) || at_most(c, PROP_TOP, s->font_size, -999) ||
            at_most(c, PROP_RIGHT, s->font_size, -999))
            return true;
    }
    return clipped_to_nothing(c, s, box);
}

static void set_word(const text_cascade *c, text_property property, uint8_t *target) {
    const text_declaration *d = declared(c, property);
    if (d && d->unit == UNIT_WORD && d->word < WORD_INHERIT) *target = (uint8_t)d->word;
}

static void compute_marks(const text_cascade *c, text_style *s) {
    const text_declaration *weight = declared(c, PROP_FONT_WEIGHT);
    uint8_t bold = s->marks & TEXT_BOLD, italic = s->marks & TEXT_ITALIC, strike = s->marks & TEXT_STRIKE;
    set_word(c, PROP_FONT_WEIGHT, &bold);
    set_word(c, PROP_FONT_STYLE, &italic);
    set_word(c, PROP_TEXT_DECORATION, &strike);
    if (weight && weight->unit == UNIT_NUMBER) bold = weight->number >= 600 ? TEXT_BOLD : 0;
    s->marks = (uint8_t)((s->marks & TEXT_TELETYPE) | bold | italic | strike);
}

static void compute_gap(const text_cascade *c, text_property property, const text_style *s, bool *gap) {
    float px;
    if (pixels(declared(c, property), s->font_size, &px)) *gap = px >= 6;
}

void page_text_compute(const text_cascade *cascade, text_style *s, text_box *box) {
    const text_declaration *display = declared(cascade, PROP_DISPLAY);
    if (display && display->unit == UNIT_WORD && display->word < WORD_INHERIT) {
        box->has_display = true;
        box->display = (text_display)display->word;
    }
    compute_font(cascade, s);
    compute_color(cascade, s);
    compute_background(cascade, s);
    compute_marks(cascade, s);
    set_word(cascade, PROP_WHITE_SPACE, &s->space);
    set_word(cascade, PROP_TEXT_ALIGN, &s->align);
    const text_declaration *list = declared(cascade, PROP_LIST_STYLE);
    if (list && list->unit == UNIT_WORD && list->word < WORD_INHERIT) {
        s->numbering = (uint8_t)list->word;
        s->numbering_set = true;
    }
    const text_declaration *visibility = declared(cascade, PROP_VISIBILITY);
    if (doubtful(cascade, PROP_VISIBILITY)) s->invisible = false;
    if (visibility && visibility->unit == UNIT_WORD && visibility->word != WORD_INHERIT)
        s->invisible = visibility->word == WORD_HIDES;
    if (declared(cascade, PROP_TEXT_INDENT)) s->indented_away = at_most(cascade, PROP_TEXT_INDENT, s->font_size, -999);
    compute_gap(cascade, PROP_MARGIN_TOP, s, &box->gap_before);
    compute_gap(cascade, PROP_MARGIN_BOTTOM, s, &box->gap_after);
    const text_declaration *border = declared(cascade, PROP_BORDER);
    box->border = border && border->word == WORD_SHOWS;
    box->tiny = at_most(cascade, PROP_WIDTH, 16, 2) || at_most(cascade, PROP_HEIGHT, 16, 2);
    s->flex = box->display == DISPLAY_GRID ? TEXT_FLEX_GRID : box->display == DISPLAY_FLEX ? TEXT_FLEX_ROW : TEXT_FLEX_NOT;
    if (s->flex == TEXT_FLEX_ROW) set_word(cascade, PROP_FLEX_DIRECTION, &s->flex);
    if (s->flex == TEXT_FLEX_ROW && doubtful(cascade, PROP_FLEX_DIRECTION)) s->flex = TEXT_FLEX_GRID;
    if (is_gone(cascade, s, box)) s->gone = true;
}

static bool nearly(uint32_t a, uint32_t b) {
    for (int shift = 0; shift < 24; shift += 8) {
        int difference = (int)(a >> shift & 0xFF) - (int)(b >> shift & 0xFF);
        if (difference > 6 || difference < -6) return false;
    }
    return true;
}

bool page_text_is_hidden(const text_style *s) {
    if (s->gone || s->invisible || s->indented_away || s->clear || s->font_size < 2) return true;
    return s->color_known && s->background_known && nearly(s->color, s->background);
}
