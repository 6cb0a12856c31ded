/*
 * OpenPGP around a message: multipart/signed and multipart/encrypted (RFC 3156), and a text that is one armoured message
 * (RFC 9580 7), clear-signed or encrypted. Only the whole message counts. What an attacker does with it: text before or behind
 * the armour, a second armour, armour in HTML, parts around an encrypted one so that its text lands in theirs (EFAIL). None of
 * that is a layer here: it is shown as it came, and counts as unsigned.
 */
#include "warden.h"

static bool is_type(const postern_part *part, const char *type) {
    return part && postern_slice_eq(part->type, postern_slice_cstr(type));
}

static postern_status open_message(const view_job *job, view_layer *layer, postern_slice *ret_plain) {
    postern_status status = view_ask(job, VIEW_ASK_OPEN, layer->cms, POSTERN_S(""), &layer->said, ret_plain);
    if (status == POSTERN_NOTFOUND || status == POSTERN_IO) return POSTERN_OK; /* no gpg: it stays closed */
    return status;
}

/* ---- multipart/encrypted ------------------------------------------------------------------------------------------- */

static postern_status read_encrypted(postern_arena *arena, const view_job *job, const postern_message *message,
                                     view_layer *layer) {
    const postern_part *first = postern_mime_part(message, layer->top->first_child);
    const postern_part *second = first ? postern_mime_part(message, first->next) : NULL;
    bool is_signed;
    postern_slice plain = {0};
    layer->pgp = true;
    layer->kind = VIEW_WRAP_BROKEN;
    if (!is_type(first, "application/pgp-encrypted") || !is_type(second, "application/octet-stream") ||
        second->next != POSTERN_NO_PART || second->flags & POSTERN_PART_TRUNCATED)
        return POSTERN_OK;
    postern_status status = postern_part_decode_arena(arena, second, NULL, &layer->cms);
    if (!status) status = open_message(job, layer, &plain);
    if (status) return status;
    layer->kind = VIEW_WRAP_ENVELOPED;
    if (view_pgp_opened(layer->said, &is_signed) <= VIEW_PGP_NOT_ENCRYPTED) layer->content = plain;
    return POSTERN_OK;
}

/* ---- armour in a text ---------------------------------------------------------------------------------------------- */

static unsigned count_lines(postern_slice text, const char *begin) {
    unsigned count = 0;
    postern_slice needle = postern_slice_cstr(begin);
    for (size_t at = 0; (at = postern_slice_find(text, at, needle)) != SIZE_MAX; at++)
        count += at == 0 || text.ptr[at - 1] == '\n';
    return count;
}

/* One armour, with nothing but blanks before and behind it. */
static bool is_armour(postern_slice text) {
    postern_slice s = postern_slice_trim(text);
    bool is_signed = postern_slice_starts(s, POSTERN_S("-----BEGIN PGP SIGNED MESSAGE-----")) &&
                     postern_slice_ends(s, POSTERN_S("-----END PGP SIGNATURE-----"));
    bool encrypted = postern_slice_starts(s, POSTERN_S("-----BEGIN PGP MESSAGE-----")) &&
                     postern_slice_ends(s, POSTERN_S("-----END PGP MESSAGE-----"));
    if (is_signed) return count_lines(s, "-----BEGIN PGP ") == 2 && count_lines(s, "-----END PGP ") == 1;
    return encrypted && count_lines(s, "-----BEGIN PGP ") == 1 && count_lines(s, "-----END PGP ") == 1;
}

static postern_status read_text(postern_arena *arena, const view_job *job, view_layer *layer) {
    const postern_header *type = postern_part_header(layer->top, POSTERN_S("Content-Type"));
    postern_slice text = {0}, plain = {0};
    bool is_signed;
    postern_buf buf;
    if (layer->top->flags & POSTERN_PART_ATTACHMENT) return POSTERN_OK;
    postern_status status = postern_part_decode_arena(arena, layer->top, NULL, &text);
    if (status || !is_armour(text)) return status;
    layer->cms = postern_slice_trim(text);
    layer->pgp = layer->in_text = true;
    layer->kind = VIEW_WRAP_ENVELOPED;
    status = open_message(job, layer, &plain);
    if (status || view_pgp_opened(layer->said, &is_signed) > VIEW_PGP_NOT_ENCRYPTED) return status;
    postern_buf_init(&buf, POSTERN_LIMIT_INPUT); /* an entity, as if it had been MIME */
    postern_buf_add_slice(&buf, POSTERN_S("Content-Type: "));
    postern_buf_add_slice(&buf, type ? type->raw : POSTERN_S("text/plain; charset=utf-8"));
    postern_buf_add_slice(&buf, POSTERN_S("\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"));
    postern_buf_add_slice(&buf, plain);
    status = buf.status;
    if (!status) status = postern_arena_copy(arena, postern_buf_slice(&buf), &layer->content);
    postern_buf_free(&buf);
    return status;
}

/* ---- a layer -------------------------------------------------------------------------------------------------------- */

postern_status view_pgp_layer(postern_arena *arena, const view_job *job, postern_slice bytes, const postern_message *message,
                              view_layer *layer) {
    static const char *const types[2] = {"application/pgp-signature", "application/pgp-signature"};
    if (is_type(layer->top, "multipart/encrypted")) return read_encrypted(arena, job, message, layer);
    if (is_type(layer->top, "text/plain")) return read_text(arena, job, layer);
    if (!is_type(layer->top, "multipart/signed")) return POSTERN_OK;
    layer->pgp = true;
    return view_signed_pair(arena, bytes, message, layer, types);
}
