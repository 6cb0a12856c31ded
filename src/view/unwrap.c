/*
 * S/MIME around a message (RFC 8551): multipart/signed (RFC 1847), and application/pkcs7-mime with the content inside (for
 * OpenPGP see pgp_wrap.c). Only the outermost entity counts: a signed part of something larger signs nothing else. What an
 * attacker does with it: adds parts before, behind or around the signed one, declares a header twice so that readers differ,
 * encodes the multipart, hides the signed text behind an unsigned sheet. None of that is CLEAR or SIGNED here.
 *
 * A content that lies in CMS is shown as a message of its own: the headings of the outer one, the Content-… fields and the
 * body of the inner one.
 */
#include "tnef.h"
#include "warden.h"

static bool is_type(const postern_part *part, const char *type) {
    return postern_slice_eq(part->type, postern_slice_cstr(type));
}

static bool is_cms(const postern_part *part) {
    return is_type(part, "application/pkcs7-mime") || is_type(part, "application/x-pkcs7-mime");
}

static unsigned count_fields(const postern_part *part, const char *name) {
    unsigned count = 0;
    for (uint32_t i = 0; i < part->header_count; i++)
        count += postern_slice_eq_nocase(part->headers[i].name, postern_slice_cstr(name));
    return count;
}

/* One Content-Type and at most one encoding, and that an identity where the part has parts. */
static bool is_clear(const postern_part *part) {
    if (count_fields(part, "Content-Type") != 1 || count_fields(part, "Content-Transfer-Encoding") > 1) return false;
    const postern_header *field = postern_part_header(part, POSTERN_S("Content-Transfer-Encoding"));
    if (!field || !(part->flags & POSTERN_PART_MULTIPART)) return true;
    postern_slice word = postern_slice_trim(field->raw);
    return postern_slice_eq_nocase(word, POSTERN_S("7bit")) || postern_slice_eq_nocase(word, POSTERN_S("8bit")) ||
           postern_slice_eq_nocase(word, POSTERN_S("binary"));
}

typedef struct parameters {
    postern_slice protocol, digests, boundary;
    unsigned protocols, micalgs, boundaries;
} parameters;

static postern_status read_parameters(postern_arena *arena, const postern_part *part, parameters *p) {
    const postern_header *field = postern_part_header(part, POSTERN_S("Content-Type"));
    postern_parameter *list = NULL;
    postern_slice value;
    size_t count = 0;
    if (!field) return POSTERN_OK;
    postern_status status = postern_mime_parameters(arena, field->raw, POSTERN_CHARSET_NONE, &value, &list, &count);
    for (size_t i = 0; !status && i < count; i++) {
        if (postern_slice_eq(list[i].name, POSTERN_S("protocol"))) p->protocol = list[i].value, p->protocols++;
        if (postern_slice_eq(list[i].name, POSTERN_S("micalg"))) p->digests = list[i].value, p->micalgs++;
        if (postern_slice_eq(list[i].name, POSTERN_S("boundary"))) p->boundary = list[i].value, p->boundaries++;
    }
    return status;
}

/* The bytes of a part, head and body, with CRLF at the end of each line, as they were signed (RFC 8551 3.1.1). */
static postern_status canonical(postern_arena *arena, postern_slice bytes, const postern_part *part, postern_slice *ret) {
    size_t from = (size_t)part->offset, lines = 0, at = 0;
    const uint8_t *end = part->body.ptr ? part->body.ptr + part->body.len : NULL;
    if (part->nested || from > bytes.len || !end || end < bytes.ptr + from || end > bytes.ptr + bytes.len) return POSTERN_OK;
    postern_slice in = postern_slice_sub(bytes, from, (size_t)(end - bytes.ptr) - from);
    for (size_t i = 0; i < in.len; i++) lines += in.ptr[i] == '\n';
    uint8_t *out = postern_arena_alloc(arena, in.len + lines + 1);
    if (!out) return postern_arena_failure(arena);
    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] == '\n' && (i == 0 || in.ptr[i - 1] != '\r')) out[at++] = '\r';
        out[at++] = in.ptr[i];
    }
    *ret = postern_slice_of(out, at);
    return POSTERN_OK;
}

static bool is_one_of(const postern_part *part, const char *const types[2]) {
    return is_type(part, types[0]) || is_type(part, types[1]);
}

postern_status view_signed_pair(postern_arena *arena, postern_slice bytes, const postern_message *message, view_layer *layer,
                                const char *const types[2]) {
    const postern_part *first = postern_mime_part(message, layer->top->first_child);
    const postern_part *second = first ? postern_mime_part(message, first->next) : NULL;
    parameters p = {.protocols = 0};
    layer->kind = VIEW_WRAP_BROKEN;
    postern_status status = read_parameters(arena, layer->top, &p);
    if (status || p.protocols != 1 || p.micalgs > 1 || p.boundaries != 1 || !is_clear(layer->top)) return status;
    if (!second || second->next != POSTERN_NO_PART || ((layer->top->flags | first->flags) & POSTERN_PART_TRUNCATED))
        return POSTERN_OK;
    if (!is_one_of(second, types)) return POSTERN_OK;
    status = canonical(arena, bytes, first, &layer->content);
    if (!status) status = postern_part_decode_arena(arena, second, NULL, &layer->cms);
    if (status || !layer->content.len) return status;
    layer->digests = p.digests;
    layer->has_digests = p.micalgs == 1;
    layer->kind = VIEW_WRAP_CLEAR;
    return POSTERN_OK;
}

/* By its protocol, of which there is one. */
static postern_status read_clear(postern_arena *arena, const view_job *job, postern_slice bytes, const postern_message *message,
                                 view_layer *layer) {
    static const char *const types[2] = {"application/pkcs7-signature", "application/x-pkcs7-signature"};
    parameters p = {.protocols = 0};
    postern_status status = read_parameters(arena, layer->top, &p);
    if (status) return status;
    for (size_t i = 0; i < 2; i++)
        if (postern_slice_eq_nocase(p.protocol, postern_slice_cstr(types[i])))
            return view_signed_pair(arena, bytes, message, layer, types);
    if (postern_slice_eq_nocase(p.protocol, POSTERN_S("application/pgp-signature")))
        return view_pgp_layer(arena, job, bytes, message, layer);
    if (p.protocols != 1) layer->kind = VIEW_WRAP_BROKEN;
    return POSTERN_OK;
}

static postern_status read_cms(postern_arena *arena, const view_job *job, view_layer *layer) {
    layer->kind = VIEW_WRAP_BROKEN;
    if (!is_clear(layer->top)) return POSTERN_OK;
    postern_status status = postern_part_decode_arena(arena, layer->top, NULL, &layer->cms);
    if (!status) status = view_cms_read(arena, layer->cms, &layer->kind, &layer->content);
    if (status || layer->kind != VIEW_WRAP_ENVELOPED || !job->options->load_key) return status;
    postern_slice said, content;
    status = view_ask(job, VIEW_ASK_CMS, layer->cms, POSTERN_S(""), &said, &content);
    if (!status && said.len) layer->content = content;
    return status == POSTERN_NOTFOUND || status == POSTERN_IO ? POSTERN_OK : status;
}

static postern_status read_top(postern_arena *arena, const view_job *job, postern_slice bytes, const postern_message *message,
                               view_layer *layer) {
    if (!layer->top) return POSTERN_OK;
    if (is_type(layer->top, "multipart/signed")) return read_clear(arena, job, bytes, message, layer);
    if (is_cms(layer->top)) return read_cms(arena, job, layer);
    return view_pgp_layer(arena, job, bytes, message, layer);
}

postern_status view_part_layer(postern_arena *arena, const view_job *job, postern_slice bytes, const postern_message *message,
                               uint32_t part, view_layer *ret_layer) {
    *ret_layer = (view_layer){.kind = VIEW_WRAP_NONE, .top = postern_mime_part(message, part)};
    if (!ret_layer->top || !is_type(ret_layer->top, "multipart/signed")) return POSTERN_OK;
    postern_status status = read_clear(arena, job, bytes, message, ret_layer);
    return status == POSTERN_NOMEM || status == POSTERN_LIMIT ? status : POSTERN_OK;
}

postern_status view_layer_read(postern_arena *arena, const view_job *job, postern_slice bytes, view_layer *ret_layer) {
    const postern_message *message = NULL;
    const postern_mime_options options = {.notes = NULL};
    *ret_layer = (view_layer){.kind = VIEW_WRAP_NONE};
    postern_status status = postern_mime_open(arena, bytes, &options, &message, NULL);
    if (status == POSTERN_FORMAT) return POSTERN_OK;
    if (status) return status;
    ret_layer->top = postern_mime_part(message, 0);
    status = read_top(arena, job, bytes, message, ret_layer);
    if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) return status;
    if (status) ret_layer->kind = VIEW_WRAP_BROKEN;
    return POSTERN_OK;
}

static void add_field(postern_buf *out, const postern_header *field) {
    postern_buf_add_slice(out, field->name);
    postern_buf_add_slice(out, POSTERN_S(": "));
    postern_buf_add_slice(out, field->raw);
    postern_buf_add_slice(out, POSTERN_S("\r\n"));
}

static void add_fields(postern_buf *out, const postern_part *part, bool content) {
    for (uint32_t i = 0; i < part->header_count; i++)
        if (postern_slice_starts_nocase(part->headers[i].name, POSTERN_S("Content-")) == content)
            add_field(out, &part->headers[i]);
}

postern_status view_layer_open(postern_arena *arena, const view_layer *layer, postern_slice *ret_bytes) {
    const postern_message *message = NULL;
    const postern_mime_options options = {.notes = NULL};
    postern_buf buf;
    postern_status status = postern_mime_open(arena, layer->content, &options, &message, NULL);
    const postern_part *inner = status ? NULL : postern_mime_part(message, 0);
    if (status == POSTERN_NOMEM || status == POSTERN_LIMIT) return status;
    postern_buf_init(&buf, POSTERN_LIMIT_INPUT);
    add_fields(&buf, layer->top, false);
    if (inner) add_fields(&buf, inner, true);
    postern_buf_add_slice(&buf, POSTERN_S("\r\n"));
    postern_buf_add_slice(&buf, inner ? inner->body : layer->content);
    status = buf.status;
    if (!status) status = postern_arena_copy(arena, postern_buf_slice(&buf), ret_bytes);
    postern_buf_free(&buf);
    return status;
}

postern_status view_unwrap(postern_arena *arena, view_job *job) {
    postern_status status = POSTERN_OK;
    job->outer = job->bytes;
    for (unsigned depth = 0; !status && depth < POSTERN_LIMIT_VIEWER_LAYERS; depth++) {
        view_layer layer;
        status = view_layer_read(arena, job, job->bytes, &layer);
        if (status || (layer.kind != VIEW_WRAP_SIGNED && layer.kind != VIEW_WRAP_ENVELOPED) || !layer.content.len) break;
        status = view_layer_open(arena, &layer, &job->bytes);
        job->opened = true;
    }
    return status ? status : tnef_open_message(arena, job->bytes, &job->bytes, &job->unpacked, &job->unpacked_cut);
}
