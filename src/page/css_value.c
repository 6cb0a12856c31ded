/*
 * Values and conditions: judging a balanced list of tokens against the allowlists, and writing it with its URLs replaced (P3).
 *
 * An attacker hides a URL in an escape, in a bare string of image-set(), in what var() or attr() brings, in a function nobody
 * looked at. Names were decoded by the tokenizer; functions are an allowlist; in a function that takes pictures nothing may be
 * replaced by what stands elsewhere; each string there is a URL and is written as url("…") of ours.
 */
#include "css_filter_int.h"

/* What stands around a token. Blocks and plain functions inherit. */
typedef enum mode { MODE_PLAIN, MODE_IMAGE_SET, MODE_CROSS_FADE, MODE_TYPE, MODE_ATTR } mode;

typedef struct walk {
    uint8_t modes[POSTERN_LIMIT_CSS_DEPTH + 2];
    unsigned depth;
} walk;

static mode mode_of(const walk *w) {
    return w->modes[w->depth];
}

static void enter(walk *w, mode m) {
    if (w->depth < POSTERN_LIMIT_CSS_DEPTH + 1) w->modes[++w->depth] = (uint8_t)m;
}

static void enter_function(walk *w, page_css_function what) {
    mode m = mode_of(w);
    if (what == PAGE_CSS_FN_IMAGE_SET) m = MODE_IMAGE_SET;
    else if (what == PAGE_CSS_FN_CROSS_FADE) m = MODE_CROSS_FADE;
    else if (what == PAGE_CSS_FN_ATTR) m = MODE_ATTR;
    else if (what == PAGE_CSS_FN_TYPE) m = MODE_TYPE;
    enter(w, m);
}

static bool takes_pictures(mode m) {
    return m == MODE_IMAGE_SET || m == MODE_CROSS_FADE || m == MODE_TYPE;
}

/* ---- ranges without '<' ---------------------------------------------------------------------------------------------- */

static bool is_delim(const postern_css_token *t, uint32_t c) {
    return t->kind == POSTERN_CSS_DELIM && t->delim == c;
}

static bool opens(postern_css_kind kind) {
    return kind == POSTERN_CSS_FUNCTION || kind == POSTERN_CSS_OPEN_PAREN || kind == POSTERN_CSS_OPEN_SQUARE ||
           kind == POSTERN_CSS_OPEN_CURLY;
}
static bool closes(postern_css_kind kind) {
    return kind == POSTERN_CSS_CLOSE_PAREN || kind == POSTERN_CSS_CLOSE_SQUARE || kind == POSTERN_CSS_CLOSE_CURLY;
}

/* The places of up to two '<' in what stands between brackets; 0 when there are more, or a '>' among them. */
static unsigned find_less(page_css_list inner, size_t at[2]) {
    unsigned found = 0, depth = 0;
    for (size_t i = 0; i < inner.count; i++) {
        const postern_css_token *t = &inner.tokens[i];
        if (opens(t->kind)) depth++;
        else if (closes(t->kind)) depth--;
        if (depth) continue;
        if (is_delim(t, '>') || (is_delim(t, '<') && found == 2)) return 0;
        if (is_delim(t, '<')) at[found++] = i;
    }
    return found;
}

static void add_tokens(page_css_filter *f, page_css_list list) {
    page_css_fail(f, postern_buf_add(&f->spare, list.tokens, list.count * sizeof *list.tokens));
}

/* a < b <= c  becomes  c >= b > a. */
static void turn_round(page_css_filter *f, page_css_list inner) {
    size_t at[2], end = inner.count;
    unsigned count = find_less(inner, at);
    if (!count) return;
    postern_buf_clear(&f->spare);
    for (unsigned i = count; i--;) {
        bool equal = at[i] + 1 < end && is_delim(&inner.tokens[at[i] + 1], '=');
        postern_css_token greater = {.kind = POSTERN_CSS_DELIM, .delim = '>'};
        add_tokens(f, page_css_sublist(inner, at[i] + 1 + equal, end));
        add_tokens(f, (page_css_list){&greater, 1});
        if (equal) add_tokens(f, page_css_sublist(inner, at[i] + 1, at[i] + 2));
        end = at[i];
    }
    add_tokens(f, page_css_sublist(inner, 0, end));
    if (!f->status) memcpy(inner.tokens, f->spare.ptr, f->spare.len);
}

static void turn_ranges(page_css_filter *f, page_css_list list) {
    size_t open[POSTERN_LIMIT_CSS_DEPTH + 2];
    bool less[POSTERN_LIMIT_CSS_DEPTH + 2] = {false};
    unsigned depth = 0;
    for (size_t i = 0; i < list.count && !f->status; i++) {
        const postern_css_token *t = &list.tokens[i];
        if (opens(t->kind) && depth < POSTERN_LIMIT_CSS_DEPTH + 1) {
            open[++depth] = i + 1;
            less[depth] = false;
        } else if (closes(t->kind) && depth) {
            if (less[depth]) turn_round(f, page_css_sublist(list, open[depth], i));
            depth--;
        } else if (is_delim(t, '<')) {
            less[depth] = true;
        }
    }
}

/* ---- judging --------------------------------------------------------------------------------------------------------- */

/* url("literal") and nothing else inside; *ret_text is the literal. */
static bool is_url_call(page_css_list list, size_t at, size_t *ret_behind, postern_slice *ret_text) {
    *ret_behind = page_css_behind_bracket(list, at);
    page_css_list inner = page_css_trim(page_css_sublist(list, at + 1, *ret_behind - 1));
    if (inner.count != 1 || inner.tokens[0].kind != POSTERN_CSS_STRING) return false;
    *ret_text = inner.tokens[0].value;
    return true;
}

static page_css_verdict judge_function(walk *w, page_css_list list, size_t *at, page_css_place place) {
    page_css_function what = page_css_function_of(list.tokens[*at].value);
    postern_slice text;
    size_t behind;
    switch (what) {
    case PAGE_CSS_FN_NONE:
        return PAGE_CSS_POLICY;
    case PAGE_CSS_FN_URL:
        if (!place.urls || mode_of(w) == MODE_TYPE || !is_url_call(list, *at, &behind, &text)) return PAGE_CSS_POLICY;
        *at = behind - 1;
        return PAGE_CSS_FINE;
    case PAGE_CSS_FN_IMAGE_SET:
    case PAGE_CSS_FN_CROSS_FADE:
        if (!place.urls) return PAGE_CSS_POLICY;
        break;
    case PAGE_CSS_FN_ATTR:
    case PAGE_CSS_FN_SUBSTITUTE:
        if (takes_pictures(mode_of(w))) return PAGE_CSS_POLICY;
        break;
    case PAGE_CSS_FN_TYPE: /* attr(x type(*)) reads tokens from an attribute */
        if (mode_of(w) != MODE_IMAGE_SET) return PAGE_CSS_POLICY;
        break;
    default:
        break;
    }
    enter_function(w, what);
    return PAGE_CSS_FINE;
}

static page_css_verdict judge_token(const walk *w, const postern_css_token *t, page_css_place place) {
    switch (t->kind) {
    case POSTERN_CSS_BAD_STRING:
    case POSTERN_CSS_BAD_URL:
    case POSTERN_CSS_CDO:
    case POSTERN_CSS_CDC:
    case POSTERN_CSS_AT_KEYWORD:
    case POSTERN_CSS_OPEN_CURLY:
    case POSTERN_CSS_CLOSE_CURLY:
        return PAGE_CSS_SYNTAX;
    case POSTERN_CSS_SEMICOLON:
        return w->depth ? PAGE_CSS_FINE : PAGE_CSS_SYNTAX;
    case POSTERN_CSS_DELIM:
        return t->delim == '<' || t->delim == '\\' || t->delim < 0x20 || t->delim == 0x7F ? PAGE_CSS_SYNTAX : PAGE_CSS_FINE;
    case POSTERN_CSS_URL:
        return place.urls && mode_of(w) != MODE_TYPE ? PAGE_CSS_FINE : PAGE_CSS_POLICY;
    case POSTERN_CSS_STRING:
        return mode_of(w) == MODE_CROSS_FADE ? PAGE_CSS_POLICY : PAGE_CSS_FINE;
    case POSTERN_CSS_IDENT: /* attr(x url), an old draft */
        return mode_of(w) == MODE_ATTR && postern_slice_eq_nocase(t->value, POSTERN_S("url")) ? PAGE_CSS_POLICY : PAGE_CSS_FINE;
    default:
        return PAGE_CSS_FINE;
    }
}

page_css_verdict page_css_judge(page_css_filter *f, page_css_list list, page_css_place place) {
    walk w = {{0}, 0};
    bool less = false;
    for (size_t i = 0; i < list.count && !less; i++) less = is_delim(&list.tokens[i], '<');
    if (less) turn_ranges(f, list);
    for (size_t i = 0; i < list.count; i++) {
        const postern_css_token *t = &list.tokens[i];
        page_css_verdict verdict =
            t->kind == POSTERN_CSS_FUNCTION ? judge_function(&w, list, &i, place) : judge_token(&w, t, place);
        if (verdict != PAGE_CSS_FINE) return verdict;
        if (t->kind != POSTERN_CSS_FUNCTION && opens(t->kind)) enter(&w, mode_of(&w));
        if (closes(list.tokens[i].kind) && t == &list.tokens[i] && w.depth) w.depth--;
    }
    return PAGE_CSS_FINE;
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */

/* Bytes of a URL that stand for themselves in a CSS string that may stand in HTML; the others are percent-encoded. */
static const bool plain_in_url[256] = {['!'] = true,
                                       ['#' ... '%'] = true,   /* not the quote */
                                       ['\'' ... ';'] = true,  /* not the ampersand */
                                       ['=' ... '['] = true,   /* not '<' */
                                       [']' ... '~'] = true};  /* not the backslash */

/* What the resolver writes. Pictures in style sheets are large: they go straight into the page; a fragment waits. */
typedef struct url_sink {
    page_css_filter *f;
    enum { URL_NOTHING, URL_FRAGMENT, URL_BYTES } what;
} url_sink;

static postern_status write_url_bytes(const postern_sink *out, const uint8_t *p, size_t len) {
    static const char digits[] = "0123456789ABCDEF";
    postern_status status = POSTERN_OK;
    for (size_t i = 0, from = 0; !status && i < len; from = i) {
        while (i < len && plain_in_url[p[i]]) i++;
        status = postern_sink_write(out, postern_slice_of(p + from, i - from));
        if (status || i == len) break;
        char escaped[] = {'%', digits[p[i] >> 4], digits[p[i] & 15]};
        i++;
        status = postern_sink_write(out, postern_slice_of(escaped, sizeof escaped));
    }
    return status;
}

static postern_status take_url_bytes(void *user, const void *bytes, size_t len) {
    url_sink *sink = user;
    postern_status status = POSTERN_OK;
    if (len && sink->what == URL_NOTHING) {
        sink->what = *(const uint8_t *)bytes == '#' ? URL_FRAGMENT : URL_BYTES;
        if (sink->what == URL_BYTES) status = postern_sink_write(sink->f->out, POSTERN_S("\""));
    }
    if (status) return status;
    if (sink->what == URL_FRAGMENT) return postern_buf_add(&sink->f->spare, bytes, len);
    return write_url_bytes(sink->f->out, bytes, len);
}

static void resolve(page_css_filter *f, postern_slice text, page_css_place place) {
    url_sink sink = {f, URL_NOTHING};
    postern_sink url = {take_url_bytes, &sink};
    bool ok = false;
    postern_buf_clear(&f->spare);
    page_css_flush(f);
    if (f->status) return;
    page_css_fail(f, f->rules->resolve(f->rules->user, text, f->base, place.use, &url, &ok));
    if (sink.what == URL_BYTES) page_css_put(f, POSTERN_S("\""));
    else if (ok && sink.what == URL_FRAGMENT && place.fragments)
        page_css_fail(f, postern_css_write_string(&f->text, postern_buf_slice(&f->spare)));
    else page_css_put(f, POSTERN_S("\"data:,\""));
}

static void write_url(page_css_filter *f, const postern_css_token *previous, postern_slice text, page_css_place place) {
    static const postern_css_token call = {.kind = POSTERN_CSS_FUNCTION, .value = {(const uint8_t *)"url", 3}};
    text = postern_slice_trim(text);
    bool fragment = postern_slice_starts(text, POSTERN_S("#"));
    bool nothing = fragment || text.len == 0 || !place.resolve || postern_slice_eq(text, POSTERN_S("data:,"));
    page_css_fail(f, postern_css_write(&f->text, previous, &call));
    if (fragment && place.fragments) page_css_fail(f, postern_css_write_string(&f->text, text));
    else if (nothing) page_css_put(f, POSTERN_S("\"data:,\""));
    else resolve(f, text, place);
    page_css_put(f, POSTERN_S(")"));
}

void page_css_write_list(page_css_filter *f, page_css_list list, page_css_place place) {
    static const postern_css_token closed = {.kind = POSTERN_CSS_CLOSE_PAREN};
    const postern_css_token *previous = NULL;
    walk w = {{0}, 0};
    for (size_t i = 0; i < list.count && !f->status; i++) {
        const postern_css_token *t = &list.tokens[i];
        page_css_function what = t->kind == POSTERN_CSS_FUNCTION ? page_css_function_of(t->value) : PAGE_CSS_FN_NONE;
        postern_slice text = t->value;
        size_t behind = i + 1;
        bool url = t->kind == POSTERN_CSS_URL || (t->kind == POSTERN_CSS_STRING && mode_of(&w) == MODE_IMAGE_SET) ||
                   (what == PAGE_CSS_FN_URL && is_url_call(list, i, &behind, &text));
        if (t->kind == POSTERN_CSS_WHITESPACE && previous && previous->kind == POSTERN_CSS_WHITESPACE) continue;
        if (url) {
            page_css_place here = place;
            here.fragments = place.fragments && w.depth == 0;
            write_url(f, previous, text, here);
            previous = &closed;
            i = behind - 1;
            continue;
        }
        page_css_fail(f, postern_css_write(&f->text, previous, t));
        if (t->kind == POSTERN_CSS_FUNCTION) enter_function(&w, what);
        else if (opens(t->kind)) enter(&w, mode_of(&w));
        else if (closes(t->kind) && w.depth) w.depth--;
        previous = t;
    }
}
