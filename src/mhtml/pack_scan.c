/*
 * What a document needs to be whole: the references a browser would load while it shows an HTML, SVG or CSS file. Only finds
 * them; what they mean and whether they may be opened is the caller's business.
 *
 * Left out on purpose: scripts (nothing in an archive runs), links to follow, prefetch and preload hints, what a script would
 * load. HTML: WHATWG 4.8 and 15; srcset: 4.8.4.2.1; CSS: url(), src(), image-set() and @import (CSS Syntax 3, CSS Images 4).
 */
#include "postern/mhtml.h"

#include "postern/css.h"
#include "postern/html.h"

typedef struct scan {
    postern_arena *arena;
    const postern_pack_finder *finder;
    postern_slice title;
    bool want_title;
    unsigned depth; /* srcdoc in srcdoc */
} scan;

/* Fragments and data need no file. */
static postern_status found(const scan *s, postern_slice text) {
    text = postern_slice_trim(text);
    if (!text.len || text.ptr[0] == '#' || postern_slice_starts_nocase(text, POSTERN_S("data:")) ||
        postern_slice_starts_nocase(text, POSTERN_S("about:")) || postern_slice_starts_nocase(text, POSTERN_S("javascript:")))
        return POSTERN_OK;
    return s->finder->reference(s->finder->user, text);
}

/* ---- CSS ---- */

enum { IN_OTHER, IN_URL, IN_IMAGE_SET };

static uint8_t function_kind(postern_slice name) {
    if (postern_slice_eq_nocase(name, POSTERN_S("url")) || postern_slice_eq_nocase(name, POSTERN_S("src"))) return IN_URL;
    if (postern_slice_eq_nocase(name, POSTERN_S("image-set")) || postern_slice_eq_nocase(name, POSTERN_S("-webkit-image-set")))
        return IN_IMAGE_SET;
    return IN_OTHER;
}

/* Strings count inside url(), src() and image-set() and behind @import; what is nested too deeply is passed over. */
static postern_status scan_css(const scan *s, postern_slice utf8) {
    postern_css_tokenizer tokenizer;
    postern_css_token token;
    uint8_t kinds[POSTERN_LIMIT_CSS_DEPTH] = {IN_OTHER};
    size_t depth = 0;
    bool import = false; /* nothing but white space since @import */
    postern_css_tokenizer_init(&tokenizer, utf8, s->arena);
    for (postern_css_next(&tokenizer, &token); token.kind != POSTERN_CSS_EOF; postern_css_next(&tokenizer, &token)) {
        uint8_t kind = depth && depth < POSTERN_LIMIT_CSS_DEPTH ? kinds[depth] : IN_OTHER;
        postern_status status = POSTERN_OK;
        switch (token.kind) {
        case POSTERN_CSS_URL: status = found(s, token.value); break;
        case POSTERN_CSS_STRING:
            if (import || kind != IN_OTHER) status = found(s, token.value);
            break;
        case POSTERN_CSS_FUNCTION:
        case POSTERN_CSS_OPEN_PAREN:
            if (++depth < POSTERN_LIMIT_CSS_DEPTH)
                kinds[depth] = token.kind == POSTERN_CSS_FUNCTION ? function_kind(token.value) : IN_OTHER;
            break;
        case POSTERN_CSS_CLOSE_PAREN: depth -= depth > 0; break;
        case POSTERN_CSS_OPEN_CURLY:
        case POSTERN_CSS_CLOSE_CURLY: depth = 0; break; /* an unclosed parenthesis does not hide the rest of a sheet */
        default: break;
        }
        if (status) return status;
        if (token.kind == POSTERN_CSS_AT_KEYWORD) import = postern_slice_eq_nocase(token.value, POSTERN_S("import"));
        else if (token.kind != POSTERN_CSS_WHITESPACE) import = false;
    }
    return tokenizer.status;
}

/* ---- HTML and SVG ---- */

static postern_status scan_srcset(const scan *s, postern_slice set) {
    size_t i = 0;
    while (i < set.len) {
        while (i < set.len && (postern_ascii_space(set.ptr[i]) || set.ptr[i] == ',')) i++;
        size_t start = i, end;
        while (i < set.len && !postern_ascii_space(set.ptr[i])) i++;
        for (end = i; end > start && set.ptr[end - 1] == ',';) end--;
        if (end == start) continue;
        postern_status status = found(s, postern_slice_sub(set, start, end - start));
        if (status) return status;
        if (end < i) continue; /* the comma was glued to the URL: no descriptors */
        for (bool inside = false; i < set.len && (inside || set.ptr[i] != ','); i++) {
            if (set.ptr[i] == '(') inside = true;
            if (set.ptr[i] == ')') inside = false;
        }
    }
    return POSTERN_OK;
}

static const struct {
    const char *element, *attribute;
} loads[] = {
    {"img", "src"},         {"input", "src"},       {"source", "src"},      {"video", "src"},     {"video", "poster"},
    {"audio", "src"},       {"track", "src"},       {"embed", "src"},       {"object", "data"},   {"iframe", "src"},
    {"frame", "src"},       {"body", "background"}, {"table", "background"}, {"tr", "background"}, {"td", "background"},
    {"th", "background"},   {"image", "href"},      {"image", "xlink:href"}, {"use", "href"},      {"use", "xlink:href"},
    {"feimage", "href"},    {"feimage", "xlink:href"},
};

static bool link_loads(const postern_html_token *token) {
    const postern_html_attribute *rel = postern_html_attribute_find(token, POSTERN_S("rel"));
    postern_slice rest = rel ? rel->value : POSTERN_S("");
    while (rest.len) {
        size_t len = 0;
        while (len < rest.len && !postern_ascii_space(rest.ptr[len])) len++;
        postern_slice word = postern_slice_sub(rest, 0, len);
        if (postern_slice_eq_nocase(word, POSTERN_S("stylesheet")) || postern_slice_eq_nocase(word, POSTERN_S("icon")))
            return true;
        rest = postern_slice_from(rest, len + 1);
    }
    return false;
}

static postern_status scan_html(scan *s, postern_slice utf8);

static postern_status scan_srcdoc(scan *s, postern_slice value) {
    if (s->depth >= POSTERN_LIMIT_FRAME_DEPTH) return POSTERN_OK;
    postern_slice copy; /* the token's value ends with the next token */
    postern_status status = postern_arena_copy(s->arena, value, &copy);
    if (status) return status;
    scan inner = *s;
    inner.depth++;
    inner.want_title = false;
    return scan_html(&inner, copy);
}

static postern_status scan_attribute(scan *s, const postern_html_token *token, const postern_html_attribute *attribute) {
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        if (postern_slice_eq(token->name, postern_slice_cstr(loads[i].element)) &&
            postern_slice_eq(attribute->name, postern_slice_cstr(loads[i].attribute)))
            return found(s, attribute->value);
    if (postern_slice_eq(attribute->name, POSTERN_S("srcset")) || postern_slice_eq(attribute->name, POSTERN_S("imagesrcset")))
        return scan_srcset(s, attribute->value);
    if (postern_slice_eq(token->name, POSTERN_S("link")) && postern_slice_eq(attribute->name, POSTERN_S("href")))
        return link_loads(token) ? found(s, attribute->value) : POSTERN_OK;
    if (postern_slice_eq(token->name, POSTERN_S("iframe")) && postern_slice_eq(attribute->name, POSTERN_S("srcdoc")))
        return scan_srcdoc(s, attribute->value);
    if (postern_slice_eq(attribute->name, POSTERN_S("style"))) {
        postern_slice copy;
        postern_status status = postern_arena_copy(s->arena, attribute->value, &copy);
        return status ? status : scan_css(s, copy);
    }
    return POSTERN_OK;
}

/* Text of <style> and <title>, which may come in several tokens. */
typedef struct text_of {
    postern_buf text;
    enum { NOTHING, STYLE, TITLE } element;
} text_of;

static postern_status end_text(scan *s, text_of *t) {
    postern_slice copy = {0};
    postern_status status = t->text.status;
    if (!status && t->element != NOTHING) status = postern_arena_copy(s->arena, postern_buf_slice(&t->text), &copy);
    if (!status && t->element == STYLE) status = scan_css(s, copy);
    if (!status && t->element == TITLE && s->want_title) {
        s->title = copy;
        s->want_title = false;
    }
    t->element = NOTHING;
    postern_buf_clear(&t->text);
    return status;
}

static postern_status scan_token(scan *s, const postern_html_token *token, text_of *t) {
    if (token->kind == POSTERN_HTML_TEXT)
        return t->element == NOTHING ? POSTERN_OK : postern_buf_add_slice(&t->text, token->text);
    postern_status status = end_text(s, t);
    if (status || token->kind != POSTERN_HTML_START) return status;
    for (size_t i = 0; i < token->attribute_count && !status; i++) status = scan_attribute(s, token, &token->attributes[i]);
    if (postern_slice_eq(token->name, POSTERN_S("style"))) t->element = STYLE;
    if (postern_slice_eq(token->name, POSTERN_S("title"))) t->element = TITLE;
    return status;
}

static postern_status scan_html(scan *s, postern_slice utf8) {
    postern_html_tokenizer *tokenizer;
    postern_html_token token;
    postern_status status = postern_html_tokenizer_new(utf8, true, NULL, &tokenizer);
    if (status) return status;
    text_of t = {.element = NOTHING};
    postern_buf_init(&t.text, POSTERN_LIMIT_DOCUMENT);
    do {
        status = postern_html_next(tokenizer, &token);
        if (!status) status = scan_token(s, &token, &t);
    } while (!status && token.kind != POSTERN_HTML_EOF);
    postern_buf_free(&t.text);
    postern_html_tokenizer_free(tokenizer);
    return status;
}

/* The first <base href> counts for the whole document, also for what stands before it: so it is looked for first. */
static postern_status scan_base(const scan *s, postern_slice utf8) {
    if (postern_slice_find_nocase(utf8, 0, POSTERN_S("<base")) == SIZE_MAX) return POSTERN_OK;
    postern_html_tokenizer *tokenizer;
    postern_html_token token;
    postern_status status = postern_html_tokenizer_new(utf8, true, NULL, &tokenizer);
    if (status) return status;
    bool done = false;
    do {
        status = postern_html_next(tokenizer, &token);
        if (status || token.kind != POSTERN_HTML_START || !postern_slice_eq(token.name, POSTERN_S("base"))) continue;
        const postern_html_attribute *href = postern_html_attribute_find(&token, POSTERN_S("href"));
        if (!href) continue;
        status = s->finder->base(s->finder->user, postern_slice_trim(href->value));
        done = true;
    } while (!status && !done && token.kind != POSTERN_HTML_EOF);
    postern_html_tokenizer_free(tokenizer);
    return status;
}

/* ---- files ---- */

/* Byte order mark (seen to by the decoder), then what the document declares, then what it looks like. */
static postern_status to_utf8(postern_arena *arena, postern_slice bytes, bool css, postern_slice *ret_utf8) {
    postern_charset charset =
        postern_charset_parse(css ? postern_css_prescan_charset(bytes) : postern_html_prescan_charset(bytes));
    if (charset == POSTERN_CHARSET_NONE) charset = postern_charset_detect(bytes);
    return postern_charset_decode_arena(charset, bytes, arena, NULL, POSTERN_NO_PART, ret_utf8);
}

postern_status postern_pack_scan(postern_arena *arena, postern_slice type, postern_slice bytes,
                                 const postern_pack_finder *finder, postern_slice *ret_title) {
    bool css = postern_slice_eq_nocase(type, POSTERN_S("text/css"));
    bool html = postern_slice_eq_nocase(type, POSTERN_S("text/html")) ||
                postern_slice_eq_nocase(type, POSTERN_S("application/xhtml+xml"));
    bool svg = postern_slice_eq_nocase(type, POSTERN_S("image/svg+xml"));
    scan s = {.arena = arena, .finder = finder, .want_title = html};
    postern_slice utf8;
    postern_status status = POSTERN_OK;
    if (css || html || svg) status = to_utf8(arena, bytes, css, &utf8);
    if (!status && css) status = scan_css(&s, utf8);
    if (!status && html) status = scan_base(&s, utf8);
    if (!status && (html || svg)) status = scan_html(&s, utf8);
    if (!status && ret_title) *ret_title = s.title;
    return status;
}

const char *postern_pack_type_of_name(postern_slice name) {
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".html", "text/html"},      {".htm", "text/html"},   {".xhtml", "application/xhtml+xml"},
        {".css", "text/css"},        {".txt", "text/plain"},  {".xml", "application/xml"},
        {".svg", "image/svg+xml"},   {".png", "image/png"},   {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},     {".gif", "image/gif"},   {".webp", "image/webp"},
        {".avif", "image/avif"},     {".bmp", "image/bmp"},   {".ico", "image/x-icon"},
        {".tif", "image/tiff"},      {".tiff", "image/tiff"}, {".woff", "font/woff"},
        {".woff2", "font/woff2"},    {".ttf", "font/ttf"},    {".otf", "font/otf"},
        {".mp4", "video/mp4"},       {".webm", "video/webm"}, {".mp3", "audio/mpeg"},
        {".ogg", "audio/ogg"},       {".wav", "audio/wav"},   {".vtt", "text/vtt"},
        {".pdf", "application/pdf"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        postern_slice ending = postern_slice_cstr(types[i].ending);
        if (name.len > ending.len && postern_slice_eq_nocase(postern_slice_from(name, name.len - ending.len), ending))
            return types[i].type;
    }
    return "application/octet-stream";
}
