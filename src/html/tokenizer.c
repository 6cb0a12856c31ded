/*
 * The tokenizer of WHATWG HTML (13.2.5), over UTF-8.
 *
 * One function per state, or per group of states that only differ in the error they report: errors are not told, since the
 * input is hostile anyway and browsers mend it in one defined way. Text leaves as views of the input wherever nothing has to
 * be rewritten, in as many tokens as that takes. No state looks at a byte a second time but for a bounded look ahead (names
 * in "</script", references), so the work is linear whatever the input is.
 *
 * Left out: the tree. An attacker lives off two parsers that see different tags in the same bytes; this one must see what a
 * browser sees, and what page writes from it must not depend on the rest (P1).
 */
#include "html_int.h"

#include <stdlib.h>

postern_status postern_html_tokenizer_new(postern_slice utf8, bool auto_states, const postern_notes *notes,
                                          postern_html_tokenizer **ret_tokenizer) {
    postern_html_tokenizer *t = calloc(1, sizeof *t);
    if (!t) return POSTERN_NOMEM;
    t->in = utf8;
    t->valid = postern_utf8_valid(utf8);
    t->auto_states = auto_states;
    t->notes = notes;
    postern_buf_init(&t->scratch, SIZE_MAX);
    postern_buf_init(&t->last_start, SIZE_MAX);
    *ret_tokenizer = t;
    return POSTERN_OK;
}

void postern_html_tokenizer_free(postern_html_tokenizer *t) {
    if (!t) return;
    postern_buf_free(&t->scratch);
    postern_buf_free(&t->last_start);
    free(t->drafts);
    free(t->attributes);
    free(t->slots);
    free(t);
}

void postern_html_set_state(postern_html_tokenizer *t, postern_html_state state, postern_slice last_start) {
    t->state = state;
    t->script = HTML_SCRIPT_PLAIN;
    t->dashes = 0;
    postern_buf_clear(&t->last_start);
    postern_buf_add_slice(&t->last_start, last_start); /* a failure stays in it for postern_html_next */
}

void postern_html_set_foreign(postern_html_tokenizer *t, bool foreign) {
    t->foreign = foreign;
}

static uint8_t peek(const postern_html_tokenizer *t, size_t ahead) {
    return ahead < t->in.len - t->pos ? t->in.ptr[t->pos + ahead] : 0;
}

static void text_view(postern_html_tokenizer *t, size_t end, postern_html_token *token) {
    token->text = postern_slice_sub(t->in, t->pos, end - t->pos);
    t->pos = end;
}

static void text_scratch(postern_html_tokenizer *t, postern_html_token *token) {
    token->text = postern_buf_slice(&t->scratch);
}

/* pos stands on CR (with no LF behind it), NUL or a byte that is not UTF-8. */
static void odd_byte(postern_html_tokenizer *t, bool keep_nul, postern_html_token *token) {
    uint8_t c = t->in.ptr[t->pos];
    size_t len = 1;
    uint32_t scalar = c == '\r' ? '\n' : c ? postern_utf8_at(t->in, t->pos, &len) : keep_nul ? 0 : 0xFFFD;
    uint8_t bytes[4];
    postern_buf_add(&t->scratch, bytes, postern_utf8_put(scalar, bytes));
    t->pos += len;
    text_scratch(t, token);
}

/* With bad bytes in the input no look ahead is longer than this, so that looking again behind each of them stays linear. */
enum { CAREFUL_RUN = 256 };

/* A run of text from pos up to `a`, `b` or a byte to rewrite. False when it is empty. */
static bool take_run(postern_html_tokenizer *t, uint8_t a, uint8_t b, postern_html_token *token) {
    postern_slice within = t->valid ? t->in : postern_slice_sub(t->in, 0, t->pos + CAREFUL_RUN);
    size_t end = html_scan(within, t->pos, a, b);
    if (!t->valid) end = t->pos + postern_utf8_valid_prefix(postern_slice_sub(t->in, t->pos, end - t->pos));
    if (end == t->pos) return false;
    text_view(t, end, token);
    return true;
}

/* CR before LF says nothing: the LF stands for both. */
static void skip_cr(postern_html_tokenizer *t) {
    if (peek(t, 0) == '\r' && peek(t, 1) == '\n') t->pos++;
}

static void reference(postern_html_tokenizer *t, postern_html_token *token) {
    html_take_reference(t, false);
    text_scratch(t, token);
}

static bool name_is(postern_slice name, const char *const *list) {
    for (; *list; list++)
        if (postern_slice_eq(name, postern_slice_cstr(*list))) return true;
    return false;
}

/* What a tree builder would switch to after this start tag, scripting being off. */
static void switch_state(postern_html_tokenizer *t, postern_slice name) {
    static const char *const rcdata[] = {"title", "textarea", NULL};
    static const char *const rawtext[] = {"style", "xmp", "iframe", "noembed", "noframes", NULL};
    postern_html_state state = POSTERN_HTML_DATA;
    if (name.len < 3 || name.len > 9) return;
    if (name_is(name, rcdata)) state = POSTERN_HTML_RCDATA;
    else if (name_is(name, rawtext)) state = POSTERN_HTML_RAWTEXT;
    else if (postern_slice_eq(name, POSTERN_S("script"))) state = POSTERN_HTML_SCRIPT_DATA;
    else if (postern_slice_eq(name, POSTERN_S("plaintext"))) state = POSTERN_HTML_PLAINTEXT;
    else return;
    postern_html_set_state(t, state, name);
}

/* pos stands on the first letter of the name. False: the input ended. */
static bool tag(postern_html_tokenizer *t, bool is_end, postern_html_token *token) {
    if (!html_take_tag(t, is_end, token)) {
        token->kind = POSTERN_HTML_EOF;
        return false;
    }
    if (is_end) t->state = POSTERN_HTML_DATA;
    else if (t->auto_states && !t->foreign && !t->scratch.status) switch_state(t, token->name);
    return true;
}

/* Tag open and end tag open state; pos stands on '<'. False: nothing came of it, go on. */
static bool open_tag(postern_html_tokenizer *t, postern_html_token *token) {
    uint8_t c = peek(t, 1), d = peek(t, 2);
    bool at_end_of_input = t->in.len - t->pos < 3;
    if (postern_ascii_alpha(c)) {
        t->pos++;
        return tag(t, false, token);
    }
    if (c == '!') {
        t->pos += 2;
        return html_take_declaration(t, token);
    }
    if (c == '/' && postern_ascii_alpha(d)) {
        t->pos += 2;
        return tag(t, true, token);
    }
    if (c == '/' && d == '>') { /* "</>" is nothing at all */
        t->pos += 3;
        return false;
    }
    if (c == '?' || (c == '/' && !at_end_of_input)) {
        t->pos += c == '/' ? 2 : 1;
        html_take_bogus_comment(t, token);
        return true;
    }
    text_view(t, t->pos + 1 + (c == '/'), token);
    return true;
}

static bool data(postern_html_tokenizer *t, postern_html_token *token) {
    skip_cr(t);
    if (take_run(t, '<', '&', token)) return true;
    uint8_t c = t->in.ptr[t->pos];
    if (c == '<') return open_tag(t, token);
    if (c == '&') reference(t, token);
    else odd_byte(t, true, token);
    return true;
}

bool html_at_end_tag(const postern_html_tokenizer *t, size_t pos) {
    postern_slice rest = postern_slice_from(t->in, pos), name = postern_buf_slice(&t->last_start);
    if (name.len == 0 || !postern_slice_starts(rest, POSTERN_S("</"))) return false;
    rest = postern_slice_from(rest, 2);
    size_t i = 0;
    for (; i < rest.len && i < name.len && postern_ascii_alpha(rest.ptr[i]); i++)
        if (postern_ascii_lower(rest.ptr[i]) != name.ptr[i]) return false;
    if (i < name.len || i >= rest.len) return false;
    return html_is_space(rest.ptr[i]) || rest.ptr[i] == '/' || rest.ptr[i] == '>';
}

/* RCDATA and RAWTEXT: text up to the element's own end tag. */
static bool raw(postern_html_tokenizer *t, postern_html_token *token) {
    bool references = t->state == POSTERN_HTML_RCDATA;
    skip_cr(t);
    if (take_run(t, '<', references ? '&' : '<', token)) return true;
    uint8_t c = t->in.ptr[t->pos];
    if (c == '<' && html_at_end_tag(t, t->pos)) {
        t->pos += 2;
        return tag(t, true, token);
    }
    if (c == '<') text_view(t, t->pos + 1, token);
    else if (c == '&' && references) reference(t, token);
    else odd_byte(t, false, token);
    return true;
}

static bool script_data(postern_html_tokenizer *t, postern_html_token *token) {
    skip_cr(t);
    if (t->in.ptr[t->pos] == '<' && t->script != HTML_SCRIPT_DOUBLE_ESCAPED && html_at_end_tag(t, t->pos)) {
        t->pos += 2;
        t->script = HTML_SCRIPT_PLAIN;
        return tag(t, true, token);
    }
    size_t end = html_script_run(t);
    if (end > t->pos) {
        text_view(t, end, token);
        return true;
    }
    t->dashes = 0;
    odd_byte(t, false, token);
    return true;
}

static bool plaintext(postern_html_tokenizer *t, postern_html_token *token) {
    skip_cr(t);
    if (!take_run(t, 0, 0, token)) odd_byte(t, false, token);
    return true;
}

static bool cdata(postern_html_tokenizer *t, postern_html_token *token) {
    skip_cr(t);
    if (take_run(t, ']', ']', token)) return true;
    if (postern_slice_starts(postern_slice_from(t->in, t->pos), POSTERN_S("]]>"))) {
        t->pos += 3;
        t->state = POSTERN_HTML_DATA;
        return false;
    }
    if (t->in.ptr[t->pos] == ']') text_view(t, t->pos + 1, token);
    else odd_byte(t, true, token);
    return true;
}

static bool step(postern_html_tokenizer *t, postern_html_token *token) {
    switch (t->state) {
    case POSTERN_HTML_RCDATA:
    case POSTERN_HTML_RAWTEXT: return raw(t, token);
    case POSTERN_HTML_SCRIPT_DATA: return script_data(t, token);
    case POSTERN_HTML_PLAINTEXT: return plaintext(t, token);
    case POSTERN_HTML_CDATA_SECTION: return cdata(t, token);
    case POSTERN_HTML_DATA: break;
    }
    return data(t, token);
}

postern_status postern_html_next(postern_html_tokenizer *t, postern_html_token *ret_token) {
    postern_html_token token = {.kind = POSTERN_HTML_TEXT};
    bool got = false;
    postern_buf_clear(&t->scratch);
    while (t->pos < t->in.len && !got && !t->scratch.status && !t->last_start.status) {
        token = (postern_html_token){.kind = POSTERN_HTML_TEXT, .offset = t->pos};
        got = step(t, &token);
    }
    if (t->scratch.status || t->last_start.status) return POSTERN_NOMEM;
    if (!got) {
        token = (postern_html_token){.kind = POSTERN_HTML_EOF, .offset = t->in.len};
        t->pos = t->in.len;
    }
    token.end = t->pos;
    *ret_token = token;
    return POSTERN_OK;
}
