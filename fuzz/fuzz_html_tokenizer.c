/*
 * The tokenizer on any bytes: offsets run forward and stay inside, all text is UTF-8, the end is the end; and what is read
 * does not depend on bytes behind a complete token: the tokens of a prefix that ends at a token's end are the same ones.
 */
#include <stdlib.h>

#include "postern/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_utf8(postern_slice s) {
    if (!postern_utf8_valid(s)) abort();
}

typedef struct sum {
    uint64_t hash;
    size_t tokens;
} sum;

static void add_token(sum *s, const postern_html_token *t) {
    s->tokens++;
    s->hash = postern_slice_hash(t->name, s->hash + (uint64_t)t->kind);
    s->hash = postern_slice_hash(t->text, s->hash + t->end);
    for (size_t i = 0; i < t->attribute_count; i++) {
        s->hash = postern_slice_hash(t->attributes[i].name, s->hash);
        s->hash = postern_slice_hash(t->attributes[i].value, s->hash);
    }
}

static void check_token(const postern_html_token *t, size_t previous, size_t len) {
    if (t->offset < previous || t->end < t->offset || t->end > len) abort();
    if (t->kind != POSTERN_HTML_EOF && t->end == t->offset) abort();
    check_utf8(t->text);
    check_utf8(t->name);
    check_utf8(t->public_id);
    check_utf8(t->system_id);
    if (t->attribute_count > POSTERN_LIMIT_ATTRIBUTES) abort();
    for (size_t i = 0; i < t->attribute_count; i++) {
        const postern_html_attribute *a = &t->attributes[i];
        check_utf8(a->name);
        check_utf8(a->value);
        if (!a->name.len || a->offset < t->offset || a->offset >= t->end) abort();
        if (postern_html_attribute_find(t, a->name) != a) abort(); /* names are different */
    }
}

/* Up to `tokens` tokens (0: all); *ret_end is where the last of them ended. */
static sum run(postern_slice in, bool automatic, bool foreign, postern_html_state state, size_t tokens, size_t *ret_end) {
    postern_html_tokenizer *t;
    postern_html_token token = {.kind = POSTERN_HTML_TEXT};
    sum s = {0, 0};
    size_t previous = 0;
    if (postern_html_tokenizer_new(in, automatic, NULL, &t)) abort();
    postern_html_set_foreign(t, foreign);
    postern_html_set_state(t, state, POSTERN_S("title"));
    while (!tokens || s.tokens < tokens) {
        if (postern_html_next(t, &token)) abort();
        check_token(&token, previous, in.len);
        previous = token.end;
        if (token.kind == POSTERN_HTML_EOF) break;
        add_token(&s, &token);
    }
    *ret_end = previous;
    postern_html_tokenizer_free(t);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len < 1) return 0;
    postern_html_state state = (postern_html_state)((bytes[0] >> 2) % 6);
    postern_slice in = postern_slice_of(bytes + 1, len - 1);
    size_t end;
    sum whole = run(in, bytes[0] & 1, bytes[0] & 2, state, 0, &end);
    if (whole.tokens < 2) return 0;
    /* bad bytes make runs of text end where they would not: leave such input to the checks above */
    if (!postern_utf8_valid(in)) return 0;
    size_t half = whole.tokens / 2;
    sum first = run(in, bytes[0] & 1, bytes[0] & 2, state, half, &end);
    size_t cut;
    sum again = run(postern_slice_sub(in, 0, end), bytes[0] & 1, bytes[0] & 2, state, half, &cut);
    if (cut == end && (first.hash != again.hash || first.tokens != again.tokens)) abort();
    return 0;
}
