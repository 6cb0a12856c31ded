/*
 * Which parts the root document shows in itself, so that a mail does not list them as attachments. References are found by
 * the tokenizer: attributes that load, url() in styles, cid: anywhere in an attribute, a style or a comment (VML). What is
 * missed is listed as an attachment, which harms nobody.
 */
#include "mhtml_int.h"

#include "postern/html.h"

typedef struct use_reader {
    postern_archive *a;
    unsigned left; /* lookups that may still be made: a hostile page holds millions of references */
} use_reader;

enum { LOOKUPS = 100000 };

static postern_status use(use_reader *r, postern_slice text) {
    postern_reference ref;
    if (!r->left || !text.len) return POSTERN_OK;
    r->left--;
    postern_status status = postern_archive_glance(r->a, r->a->root, text, NULL, &ref);
    if (status == POSTERN_OK && ref.part != POSTERN_NO_PART) r->a->used[ref.part] = 1;
    return status == POSTERN_LIMIT ? POSTERN_OK : status;
}

static bool ends_reference(uint8_t c) {
    return postern_ascii_space(c) || c == '"' || c == '\'' || c == ')' || c == '>' || c == '<' || c == ',';
}

/* Each `needle` and what follows it up to a delimiter, from behind the needle or with it. */
static postern_status use_each(use_reader *r, postern_slice text, postern_slice needle, bool with) {
    for (size_t at = 0; (at = postern_slice_find_nocase(text, at, needle)) != SIZE_MAX && r->left;) {
        size_t from = with ? at : at + needle.len, to;
        while (!with && from < text.len &&
               (postern_ascii_space(text.ptr[from]) || text.ptr[from] == '"' || text.ptr[from] == '\''))
            from++;
        for (to = from; to < text.len && !ends_reference(text.ptr[to]);) to++;
        postern_status status = use(r, postern_slice_sub(text, from, to - from));
        if (status != POSTERN_OK) return status;
        at = to > at ? to : at + 1;
    }
    return POSTERN_OK;
}

static postern_status use_style(use_reader *r, postern_slice text) {
    postern_status status = use_each(r, text, POSTERN_S("url("), false);
    return status == POSTERN_OK ? use_each(r, text, POSTERN_S("cid:"), true) : status;
}

static postern_status use_srcset(use_reader *r, postern_slice text) {
    for (size_t at = 0; at < text.len && r->left;) {
        while (at < text.len && (postern_ascii_space(text.ptr[at]) || text.ptr[at] == ',')) at++;
        size_t from = at;
        while (at < text.len && !postern_ascii_space(text.ptr[at])) at++;
        postern_status status = use(r, postern_slice_sub(text, from, at - from));
        if (status != POSTERN_OK) return status;
        while (at < text.len && text.ptr[at] != ',') at++;
    }
    return POSTERN_OK;
}

static postern_status use_attribute(use_reader *r, const postern_html_token *token, const postern_html_attribute *a) {
    static const char *const loading[] = {"src", "background", "poster", "data", "lowsrc", "xlink:href"};
    for (size_t i = 0; i < sizeof loading / sizeof *loading; i++)
        if (postern_slice_eq(a->name, postern_slice_cstr(loading[i]))) return use(r, a->value);
    if (postern_slice_eq(a->name, POSTERN_S("href"))) /* of a link to a resource; <a href> merely points */
        return postern_slice_eq(token->name, POSTERN_S("link")) || postern_slice_eq(token->name, POSTERN_S("image"))
                   ? use(r, a->value)
                   : POSTERN_OK;
    if (postern_slice_eq(a->name, POSTERN_S("srcset"))) return use_srcset(r, a->value);
    return use_style(r, a->value);
}

static postern_status use_token(use_reader *r, const postern_html_token *token, bool *in_style) {
    postern_status status = POSTERN_OK;
    switch (token->kind) {
    case POSTERN_HTML_START:
        for (size_t i = 0; i < token->attribute_count && status == POSTERN_OK; i++)
            status = use_attribute(r, token, &token->attributes[i]);
        *in_style = postern_slice_eq(token->name, POSTERN_S("style"));
        return status;
    case POSTERN_HTML_END:
        *in_style = false;
        return status;
    case POSTERN_HTML_TEXT:
        return *in_style ? use_style(r, token->text) : status;
    case POSTERN_HTML_COMMENT:
        return use_each(r, token->text, POSTERN_S("cid:"), true);
    default:
        return status;
    }
}

static postern_status read_document(postern_archive *a, postern_slice text) {
    postern_html_tokenizer *tokenizer;
    postern_status status = postern_html_tokenizer_new(text, true, NULL, &tokenizer);
    if (status != POSTERN_OK) return status;
    use_reader r = {a, LOOKUPS};
    bool in_style = false;
    for (;;) {
        postern_html_token token;
        status = postern_html_next(tokenizer, &token);
        if (status == POSTERN_OK && token.kind != POSTERN_HTML_EOF) status = use_token(&r, &token, &in_style);
        if (status != POSTERN_OK || token.kind == POSTERN_HTML_EOF || !r.left) break;
    }
    postern_html_tokenizer_free(tokenizer);
    return status;
}

postern_status mhtml_uses_read(postern_archive *a) {
    const postern_part *root = mhtml_part(a, a->root);
    postern_status status = POSTERN_OK;
    if (root && mhtml_is_html(root)) {
        postern_arena *arena = postern_arena_new(POSTERN_LIMIT_DOCUMENT * 2ull);
        postern_slice text;
        if (!arena) return POSTERN_NOMEM;
        status = postern_part_text(arena, root, NULL, &text, NULL);
        if (status == POSTERN_OK) status = read_document(a, text);
        postern_arena_free(arena);
    }
    if (status == POSTERN_LIMIT) status = POSTERN_OK; /* too large to be read: what it uses is listed */
    a->uses_known = status == POSTERN_OK;
    return status;
}
