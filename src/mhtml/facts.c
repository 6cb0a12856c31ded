/*
 * Facts for people: title, addresses, producer, place, zone. All of it is hostile text, valid UTF-8, to be escaped where
 * shown.
 *
 * Zone: the least of the caller's word (else Internet, mail Restricted) and the marks of origin: the root document's
 * saved-from comment and the file's Zone.Identifier (Z1, Z10). Nothing in the input raises it.
 */
#include "mhtml_int.h"

#include "postern/html.h"

enum { DOCUMENT_HEAD = 512 << 10, FIELD_MAX = 64 << 10 };

/* White space runs become one blank. */
static postern_status collapse(postern_arena *arena, postern_slice text, postern_slice *ret_text) {
    text = postern_slice_trim(text);
    uint8_t *out = postern_arena_alloc(arena, text.len);
    if (!out) return postern_arena_failure(arena);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool space = postern_ascii_space(text.ptr[i]);
        if (space && n && out[n - 1] == ' ') continue;
        out[n++] = space ? ' ' : text.ptr[i];
    }
    *ret_text = postern_slice_of(out, n);
    return POSTERN_OK;
}

/* ---- the head of the root document ------------------------------------------------------------------------------- */

typedef struct head_reader {
    postern_arena *arena;
    mhtml_document *doc;
    postern_buf title;
    bool in_title, has_title;
    unsigned svg;
} head_reader;

static postern_status read_meta(head_reader *r, const postern_html_token *token) {
    const postern_html_attribute *name = postern_html_attribute_find(token, POSTERN_S("name"));
    const postern_html_attribute *content = postern_html_attribute_find(token, POSTERN_S("content"));
    if (!name || !content) return POSTERN_OK;
    postern_slice value = postern_slice_sub(content->value, 0, 200);
    if (postern_slice_eq_nocase(name->value, POSTERN_S("generator")) && !r->doc->generator.len)
        return postern_arena_copy(r->arena, value, &r->doc->generator);
    if (postern_slice_eq_nocase(name->value, POSTERN_S("progid")) && !r->doc->prog_id.len)
        return postern_arena_copy(r->arena, value, &r->doc->prog_id);
    return POSTERN_OK;
}

static void read_namespaces(head_reader *r, const postern_html_token *token) {
    for (size_t i = 0; i < token->attribute_count; i++) {
        const postern_html_attribute *a = &token->attributes[i];
        if (!postern_slice_starts(a->name, POSTERN_S("xmlns"))) continue;
        r->doc->office |= postern_slice_eq(a->value, POSTERN_S("urn:schemas-microsoft-com:office:office"));
        r->doc->word |= postern_slice_eq(a->value, POSTERN_S("urn:schemas-microsoft-com:office:word"));
        r->doc->excel |= postern_slice_eq(a->value, POSTERN_S("urn:schemas-microsoft-com:office:excel"));
        r->doc->powerpoint |= postern_slice_eq(a->value, POSTERN_S("urn:schemas-microsoft-com:office:powerpoint"));
    }
}

static postern_status read_token(head_reader *r, const postern_html_token *token, bool *ret_done) {
    bool title = postern_slice_eq(token->name, POSTERN_S("title")), svg = postern_slice_eq(token->name, POSTERN_S("svg"));
    switch (token->kind) {
    case POSTERN_HTML_TEXT:
        return r->in_title ? postern_buf_add_slice(&r->title, token->text) : POSTERN_OK;
    case POSTERN_HTML_START:
        if (svg && !token->self_closing) r->svg++;
        if (title && !r->svg && !r->has_title) r->in_title = true;
        if (postern_slice_eq(token->name, POSTERN_S("html"))) read_namespaces(r, token);
        if (postern_slice_eq(token->name, POSTERN_S("body")) && r->has_title) *ret_done = true;
        return postern_slice_eq(token->name, POSTERN_S("meta")) ? read_meta(r, token) : POSTERN_OK;
    case POSTERN_HTML_END:
        if (svg && r->svg) r->svg--;
        if (title && r->in_title) {
            r->in_title = false;
            r->has_title = true;
        }
        return POSTERN_OK;
    case POSTERN_HTML_EOF:
        *ret_done = true;
        return POSTERN_OK;
    default:
        return POSTERN_OK;
    }
}

static postern_status read_document(postern_arena *arena, postern_slice text, mhtml_document *doc) {
    postern_html_tokenizer *tokenizer;
    postern_status status = postern_html_tokenizer_new(text, true, NULL, &tokenizer);
    if (status != POSTERN_OK) return status;
    head_reader r = {.arena = arena, .doc = doc};
    postern_buf_init(&r.title, FIELD_MAX);
    for (bool done = false; !done && status == POSTERN_OK;) {
        postern_html_token token;
        status = postern_html_next(tokenizer, &token);
        if (status == POSTERN_OK) status = read_token(&r, &token, &done);
        if (status == POSTERN_LIMIT) { /* a title of 64 KiB is cut */
            r.in_title = false;
            r.has_title = true;
            status = POSTERN_OK;
        }
        postern_html_set_foreign(tokenizer, r.svg > 0);
    }
    if (status == POSTERN_OK) status = collapse(arena, postern_buf_slice(&r.title), &doc->title);
    postern_buf_free(&r.title);
    postern_html_tokenizer_free(tokenizer);
    return status;
}

/* ---- zone -------------------------------------------------------------------------------------------------------- */

static void take_mark(postern_archive *a, const postern_mark *mark) {
    postern_archive_facts *f = &a->facts;
    if (!mark->present && !mark->malformed) return;
    if (mark->malformed) {
        postern_note_send(&a->notes, POSTERN_NOTE_MARK_MALFORMED, a->root, POSTERN_NO_OFFSET, mark->url);
        f->zone = postern_zone_least(f->zone, POSTERN_ZONE_INTERNET);
    }
    if (mark->present) f->zone = postern_zone_least(f->zone, mark->zone);
    bool first = !f->mark.present && !f->mark.malformed;
    if (first || (mark->present && postern_zone_least(f->mark.zone, mark->zone) == mark->zone && mark->zone != f->mark.zone))
        f->mark = *mark;
}

static void read_zone(postern_archive *a, const postern_archive_options *options, postern_slice document) {
    postern_zone fallback = a->kind == POSTERN_ARCHIVE_MAIL ? POSTERN_ZONE_RESTRICTED : POSTERN_ZONE_INTERNET;
    a->facts.zone = options->has_caller_zone ? options->caller_zone : fallback;
    postern_mark mark;
    if (options->has_zone_stream) {
        memset(&mark, 0, sizeof mark);
        postern_mark_from_stream(a->arena, options->zone_stream, &mark);
        take_mark(a, &mark);
    }
    if (document.len) {
        memset(&mark, 0, sizeof mark);
        postern_mark_from_comment(a->arena, document, &mark);
        take_mark(a, &mark);
    }
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static postern_status read_field(postern_archive *a, const postern_part *part, postern_charset charset, const char *name,
                                 postern_slice *ret_text) {
    const postern_header *h = postern_part_header(part, postern_slice_cstr(name));
    if (!h) return POSTERN_OK;
    postern_slice raw = postern_slice_sub(postern_slice_trim(h->raw), 0, FIELD_MAX);
    return postern_header_text(a->arena, raw, charset, NULL, part->index, ret_text);
}

/* The fields of the message: of the root part, or of the message in an envelope without any. */
static const postern_part *message_fields(const postern_archive *a) {
    const postern_part *part = mhtml_part(a, 0);
    if ((part->flags & POSTERN_PART_MESSAGE) && part->first_child != POSTERN_NO_PART &&
        !postern_part_header(part, POSTERN_S("subject")) && !postern_part_header(part, POSTERN_S("from")))
        return mhtml_part(a, part->first_child);
    return part;
}

/* Raw bytes in fields are in the set that the text is in, as far as anybody knows. */
static postern_status read_fields(postern_archive *a, const postern_part *part, postern_charset text_charset) {
    postern_archive_facts *f = &a->facts;
    postern_charset charset = part->charset != POSTERN_CHARSET_NONE ? part->charset : text_charset;
    postern_status status = read_field(a, part, charset, "subject", &f->subject);
    if (status == POSTERN_OK) status = read_field(a, part, charset, "from", &f->from);
    if (status == POSTERN_OK) status = read_field(a, part, charset, "to", &f->to);
    if (status == POSTERN_OK) status = read_field(a, part, charset, "cc", &f->cc);
    if (status == POSTERN_OK) status = read_field(a, part, charset, "date", &f->date);
    if (status == POSTERN_OK) status = read_field(a, part, charset, "snapshot-content-location", &f->location);
    return status;
}

postern_status mhtml_facts_read(postern_archive *a, const postern_archive_options *options) {
    postern_archive_facts *f = &a->facts;
    const postern_part *root = mhtml_part(a, a->root);
    mhtml_document document = {.office = false};
    postern_slice text = {0};
    postern_charset charset = POSTERN_CHARSET_NONE;
    postern_status status = POSTERN_OK;
    postern_arena *arena = postern_arena_new(64u << 20);
    if (!arena) return POSTERN_NOMEM;
    if (root) status = postern_part_text_head(arena, root, DOCUMENT_HEAD, &text, &charset);
    /* a text in ASCII tells nothing: then the fields are asked themselves */
    if (root && root->charset == POSTERN_CHARSET_NONE && charset == POSTERN_CHARSET_WINDOWS_1252)
        charset = POSTERN_CHARSET_NONE;
    if (root && !mhtml_is_html(root)) text.len = 0;
    if (status == POSTERN_OK && text.len) status = read_document(a->arena, text, &document);
    if (status == POSTERN_OK) status = read_fields(a, message_fields(a), charset);
    if (status == POSTERN_OK) {
        f->title = document.title.len ? document.title : f->subject;
        if (!f->location.len && root) f->location = root->content_location;
        read_zone(a, options, text);
        if (f->mark.url.len) status = postern_arena_copy(a->arena, f->mark.url, &f->mark.url); /* it may lie in `text` */
    }
    postern_arena_free(arena);
    return status == POSTERN_OK ? mhtml_producer(a, &document, &f->producer) : status;
}
