/* Doctypes (HTML 13.2.5.53-.68). What matters to a page is the mode: force_quirks and the identifiers. */
#include "html_int.h"

static bool more(const postern_html_tokenizer *t) {
    return t->pos < t->in.len;
}

static bool at(const postern_html_tokenizer *t, uint8_t c) {
    return more(t) && t->in.ptr[t->pos] == c;
}

static void skip_space(postern_html_tokenizer *t) {
    while (more(t) && html_is_space(t->in.ptr[t->pos])) t->pos++;
}

/* Bogus doctype state: what is left up to '>' says nothing. */
static void skip_to_end(postern_html_tokenizer *t) {
    size_t end = postern_slice_find_byte(t->in, t->pos, '>');
    t->pos = end == SIZE_MAX ? t->in.len : end;
}

/* An identifier in quotes; false when it is not closed before '>' or the end, which forces quirks. */
static bool take_quoted(postern_html_tokenizer *t, postern_slice *ret_value) {
    uint8_t quote = t->in.ptr[t->pos++];
    size_t start = t->pos;
    while (more(t) && !at(t, quote) && !at(t, '>')) t->pos++;
    *ret_value = html_rewritten(t, start, t->pos);
    bool closed = at(t, quote);
    if (closed) t->pos++;
    return closed;
}

static bool take_identifier(postern_html_tokenizer *t, bool *ret_has, postern_slice *ret_value, bool *ret_quirks) {
    skip_space(t);
    if (!at(t, '"') && !at(t, '\'')) {
        *ret_quirks = true;
        return false;
    }
    *ret_has = true;
    bool closed = take_quoted(t, ret_value);
    if (!closed) *ret_quirks = true;
    return closed;
}

/* After the name: PUBLIC "…" ["…"], SYSTEM "…", or nothing. */
static void take_identifiers(postern_html_tokenizer *t, postern_html_token *token) {
    postern_slice rest = postern_slice_from(t->in, t->pos);
    bool has_public = postern_slice_starts_nocase(rest, POSTERN_S("public"));
    if (!has_public && !postern_slice_starts_nocase(rest, POSTERN_S("system"))) {
        token->force_quirks = true;
        return;
    }
    t->pos += 6;
    if (has_public) {
        if (!take_identifier(t, &token->has_public, &token->public_id, &token->force_quirks)) return;
        skip_space(t);
        if (at(t, '>')) return; /* a public identifier may stand alone */
    }
    if (!take_identifier(t, &token->has_system, &token->system_id, &token->force_quirks)) return;
    skip_space(t);
    if (!more(t)) token->force_quirks = true;
}

void html_take_doctype(postern_html_tokenizer *t, postern_html_token *token) {
    token->kind = POSTERN_HTML_DOCTYPE;
    skip_space(t);
    if (more(t) && !at(t, '>')) {
        size_t start = t->scratch.len;
        /* '/' is an ordinary character here */
        for (html_take_run(t, HTML_STOP_NAME, true); at(t, '/'); html_take_run(t, HTML_STOP_NAME, true)) {
            postern_buf_add_byte(&t->scratch, '/');
            t->pos++;
        }
        token->has_name = true;
        /* identifiers may make scratch move: reserve what they can take at most before views of it are handed out */
        size_t end = postern_slice_find_byte(t->in, t->pos, '>'), need;
        if (!postern_mul_ok((end == SIZE_MAX ? t->in.len : end) - t->pos, 3, &need)) need = SIZE_MAX;
        if (postern_buf_reserve(&t->scratch, need)) return;
        token->name = postern_slice_from(postern_buf_slice(&t->scratch), start);
        skip_space(t);
        if (more(t) && !at(t, '>')) take_identifiers(t, token);
        else if (!more(t)) token->force_quirks = true;
    } else {
        token->force_quirks = true;
    }
    skip_to_end(t);
    if (more(t)) t->pos++;
}
