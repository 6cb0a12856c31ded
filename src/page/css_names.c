/*
 * The allowlists of the CSS filter: functions and at-rules that may leave, and the few properties that may not. Any other
 * property may: a browser ignores what it does not know, and no value can load anything, since values are made of the
 * functions below and of URLs that we wrote. The tables are sorted; a test holds that true.
 *
 * Not on the list although browsers know them: src(), image(), element(), -moz-element(), paint(), target-counter() and others
 * that take URLs or pictures of other parts of the page; functions that the sheet itself defines (--x()); expression() and its
 * like.
 */
#include "css_filter_int.h"

typedef struct name_row {
    const char *name;
    uint8_t what;
} name_row;

#define PLAIN(name) {name, PAGE_CSS_FN_PLAIN}

static const name_row functions[] = {
    PLAIN("-moz-calc"),
    PLAIN("-moz-linear-gradient"),
    PLAIN("-moz-radial-gradient"),
    PLAIN("-moz-repeating-linear-gradient"),
    PLAIN("-moz-repeating-radial-gradient"),
    PLAIN("-ms-linear-gradient"),
    PLAIN("-ms-radial-gradient"),
    PLAIN("-o-linear-gradient"),
    PLAIN("-o-radial-gradient"),
    PLAIN("-o-repeating-linear-gradient"),
    PLAIN("-webkit-any"),
    PLAIN("-webkit-calc"),
    {"-webkit-cross-fade", PAGE_CSS_FN_CROSS_FADE},
    PLAIN("-webkit-gradient"),
    {"-webkit-image-set", PAGE_CSS_FN_IMAGE_SET},
    PLAIN("-webkit-linear-gradient"),
    PLAIN("-webkit-radial-gradient"),
    PLAIN("-webkit-repeating-linear-gradient"),
    PLAIN("-webkit-repeating-radial-gradient"),
    PLAIN("abs"),
    PLAIN("acos"),
    PLAIN("active-view-transition-type"),
    PLAIN("alpha"),
    PLAIN("anchor"),
    PLAIN("anchor-size"),
    PLAIN("annotation"),
    PLAIN("asin"),
    PLAIN("atan"),
    PLAIN("atan2"),
    {"attr", PAGE_CSS_FN_ATTR},
    PLAIN("blur"),
    PLAIN("brightness"),
    PLAIN("calc"),
    PLAIN("calc-size"),
    PLAIN("character-variant"),
    PLAIN("circle"),
    PLAIN("clamp"),
    PLAIN("color"),
    PLAIN("color-mix"),
    PLAIN("color-stop"),
    PLAIN("conic-gradient"),
    PLAIN("contrast"),
    PLAIN("contrast-color"),
    PLAIN("cos"),
    PLAIN("counter"),
    PLAIN("counters"),
    {"cross-fade", PAGE_CSS_FN_CROSS_FADE},
    PLAIN("cubic-bezier"),
    PLAIN("cue"),
    PLAIN("cue-region"),
    PLAIN("device-cmyk"),
    PLAIN("dir"),
    PLAIN("drop-shadow"),
    PLAIN("dynamic-range-limit-mix"),
    PLAIN("ellipse"),
    {"env", PAGE_CSS_FN_SUBSTITUTE},
    PLAIN("exp"),
    PLAIN("fit-content"),
    PLAIN("font-format"),
    PLAIN("font-tech"),
    PLAIN("format"),
    PLAIN("from"),
    PLAIN("grayscale"),
    PLAIN("has"),
    PLAIN("has-slotted"),
    PLAIN("heading"),
    PLAIN("highlight"),
    PLAIN("host"),
    PLAIN("host-context"),
    PLAIN("hsl"),
    PLAIN("hsla"),
    PLAIN("hue-rotate"),
    PLAIN("hwb"),
    PLAIN("hypot"),
    {"if", PAGE_CSS_FN_SUBSTITUTE},
    {"image-set", PAGE_CSS_FN_IMAGE_SET},
    PLAIN("inset"),
    PLAIN("invert"),
    PLAIN("is"),
    PLAIN("lab"),
    PLAIN("lang"),
    PLAIN("layer"),
    PLAIN("lch"),
    PLAIN("leader"),
    PLAIN("light-dark"),
    PLAIN("linear"),
    PLAIN("linear-gradient"),
    PLAIN("local"),
    PLAIN("log"),
    PLAIN("matches"),
    PLAIN("matrix"),
    PLAIN("matrix3d"),
    PLAIN("max"),
    PLAIN("media"),
    PLAIN("min"),
    PLAIN("minmax"),
    PLAIN("mod"),
    PLAIN("not"),
    PLAIN("nth-child"),
    PLAIN("nth-col"),
    PLAIN("nth-last-child"),
    PLAIN("nth-last-col"),
    PLAIN("nth-last-of-type"),
    PLAIN("nth-of-type"),
    PLAIN("oklab"),
    PLAIN("oklch"),
    PLAIN("opacity"),
    PLAIN("ornaments"),
    PLAIN("palette-mix"),
    PLAIN("part"),
    PLAIN("path"),
    PLAIN("perspective"),
    PLAIN("picker"),
    PLAIN("polygon"),
    PLAIN("pow"),
    PLAIN("progress"),
    PLAIN("radial-gradient"),
    PLAIN("random"),
    PLAIN("ray"),
    PLAIN("rect"),
    PLAIN("rem"),
    PLAIN("repeat"),
    PLAIN("repeating-conic-gradient"),
    PLAIN("repeating-linear-gradient"),
    PLAIN("repeating-radial-gradient"),
    PLAIN("rgb"),
    PLAIN("rgba"),
    PLAIN("rotate"),
    PLAIN("rotate3d"),
    PLAIN("rotatex"),
    PLAIN("rotatey"),
    PLAIN("rotatez"),
    PLAIN("round"),
    PLAIN("saturate"),
    PLAIN("scale"),
    PLAIN("scale3d"),
    PLAIN("scalex"),
    PLAIN("scaley"),
    PLAIN("scalez"),
    PLAIN("scroll"),
    PLAIN("scroll-state"),
    PLAIN("selector"),
    PLAIN("sepia"),
    PLAIN("shape"),
    PLAIN("sibling-count"),
    PLAIN("sibling-index"),
    PLAIN("sign"),
    PLAIN("sin"),
    PLAIN("skew"),
    PLAIN("skewx"),
    PLAIN("skewy"),
    PLAIN("slotted"),
    PLAIN("snapped"),
    PLAIN("sqrt"),
    PLAIN("state"),
    PLAIN("steps"),
    PLAIN("style"),
    PLAIN("styleset"),
    PLAIN("stylistic"),
    PLAIN("superellipse"),
    PLAIN("supports"),
    PLAIN("swash"),
    PLAIN("symbols"),
    PLAIN("tan"),
    PLAIN("tech"),
    PLAIN("to"),
    PLAIN("translate"),
    PLAIN("translate3d"),
    PLAIN("translatex"),
    PLAIN("translatey"),
    PLAIN("translatez"),
    {"type", PAGE_CSS_FN_TYPE},
    {"url", PAGE_CSS_FN_URL},
    {"var", PAGE_CSS_FN_SUBSTITUTE},
    PLAIN("view"),
    PLAIN("view-transition-group"),
    PLAIN("view-transition-image-pair"),
    PLAIN("view-transition-new"),
    PLAIN("view-transition-old"),
    PLAIN("where"),
    PLAIN("xywh"),
};

static const name_row at_rules[] = {
    {"-moz-keyframes", PAGE_CSS_AT_KEYFRAMES},
    {"-o-keyframes", PAGE_CSS_AT_KEYFRAMES},
    {"-webkit-keyframes", PAGE_CSS_AT_KEYFRAMES},
    {"annotation", PAGE_CSS_AT_DESCRIPTORS},
    {"bottom-center", PAGE_CSS_AT_DESCRIPTORS},
    {"bottom-left", PAGE_CSS_AT_DESCRIPTORS},
    {"bottom-left-corner", PAGE_CSS_AT_DESCRIPTORS},
    {"bottom-right", PAGE_CSS_AT_DESCRIPTORS},
    {"bottom-right-corner", PAGE_CSS_AT_DESCRIPTORS},
    {"character-variant", PAGE_CSS_AT_DESCRIPTORS},
    {"charset", PAGE_CSS_AT_CHARSET},
    {"container", PAGE_CSS_AT_GROUP},
    {"counter-style", PAGE_CSS_AT_DESCRIPTORS},
    {"font-face", PAGE_CSS_AT_FONT_FACE},
    {"font-feature-values", PAGE_CSS_AT_DESCRIPTORS},
    {"font-palette-values", PAGE_CSS_AT_DESCRIPTORS},
    {"historical-forms", PAGE_CSS_AT_DESCRIPTORS},
    {"import", PAGE_CSS_AT_IMPORT},
    {"keyframes", PAGE_CSS_AT_KEYFRAMES},
    {"layer", PAGE_CSS_AT_LAYER},
    {"left-bottom", PAGE_CSS_AT_DESCRIPTORS},
    {"left-middle", PAGE_CSS_AT_DESCRIPTORS},
    {"left-top", PAGE_CSS_AT_DESCRIPTORS},
    {"media", PAGE_CSS_AT_GROUP},
    {"namespace", PAGE_CSS_AT_NAMESPACE},
    {"ornaments", PAGE_CSS_AT_DESCRIPTORS},
    {"page", PAGE_CSS_AT_DESCRIPTORS},
    {"position-try", PAGE_CSS_AT_DESCRIPTORS},
    {"property", PAGE_CSS_AT_DESCRIPTORS},
    {"right-bottom", PAGE_CSS_AT_DESCRIPTORS},
    {"right-middle", PAGE_CSS_AT_DESCRIPTORS},
    {"right-top", PAGE_CSS_AT_DESCRIPTORS},
    {"scope", PAGE_CSS_AT_SCOPE},
    {"starting-style", PAGE_CSS_AT_GROUP},
    {"styleset", PAGE_CSS_AT_DESCRIPTORS},
    {"stylistic", PAGE_CSS_AT_DESCRIPTORS},
    {"supports", PAGE_CSS_AT_GROUP},
    {"swash", PAGE_CSS_AT_DESCRIPTORS},
    {"top-center", PAGE_CSS_AT_DESCRIPTORS},
    {"top-left", PAGE_CSS_AT_DESCRIPTORS},
    {"top-left-corner", PAGE_CSS_AT_DESCRIPTORS},
    {"top-right", PAGE_CSS_AT_DESCRIPTORS},
    {"top-right-corner", PAGE_CSS_AT_DESCRIPTORS},
};

enum { NAME_MAX = 40, FUNCTIONS = sizeof functions / sizeof *functions, AT_RULES = sizeof at_rules / sizeof *at_rules };

static const name_row *find(const name_row *rows, size_t count, postern_slice name) {
    char lower[NAME_MAX];
    size_t low = 0;
    if (name.len == 0 || name.len >= sizeof lower) return NULL;
    for (size_t i = 0; i < name.len; i++) lower[i] = (char)postern_ascii_lower(name.ptr[i]);
    lower[name.len] = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        int order = strcmp(lower, rows[middle].name);
        if (order == 0) return strlen(lower) == name.len ? &rows[middle] : NULL;
        if (order < 0) count = middle;
        else low = middle + 1;
    }
    return NULL;
}

page_css_function page_css_function_of(postern_slice name) {
    const name_row *row = find(functions, FUNCTIONS, name);
    return row ? row->what : PAGE_CSS_FN_NONE;
}

page_css_at page_css_at_of(postern_slice name, postern_slice *ret_name) {
    const name_row *row = find(at_rules, AT_RULES, name);
    if (!row) return PAGE_CSS_AT_NONE;
    *ret_name = postern_slice_cstr(row->name);
    return row->what;
}

static bool is_one_of(postern_slice name, const char *const *list) {
    for (; *list; list++)
        if (postern_slice_eq_nocase(name, postern_slice_cstr(*list))) return true;
    return false;
}

bool page_css_property_denied(postern_slice name) {
    /* They run code, load by a bare string, or make links: Internet Explorer, Gecko before 2019, Presto. */
    static const char *const denied[] = {"behavior",   "-ms-behavior", "-moz-binding",
                                         "-ms-filter", "-o-link",      "-o-link-source",
                                         NULL};
    return is_one_of(name, denied);
}

bool page_css_property_takes_fragment(postern_slice name) {
    static const char *const references[] = {
        "filter", "-webkit-filter", "backdrop-filter", "clip-path", "-webkit-clip-path", "mask", "mask-image", "-webkit-mask",
        "-webkit-mask-image", "fill", "stroke", "marker", "marker-start", "marker-mid", "marker-end", "offset-path", NULL};
    return is_one_of(name, references);
}

bool page_css_namespace_known(postern_slice uri) {
    static const char *const known[] = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg",
                                        "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xlink",
                                        "http://www.w3.org/XML/1998/namespace"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (postern_slice_eq(uri, postern_slice_cstr(known[i]))) return true;
    return false;
}
