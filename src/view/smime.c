/*
 * What the bar says of signatures and encryption, S/MIME and OpenPGP. One rule: "Signed by" stands there only when everything
 * that is shown of the message lies inside the one signed entity, the signature is good, and the sender's address is the
 * certificate's or the key's.
 */
#include "view_int.h"

#define NOTHING POSTERN_S("")

static bool is_type(const postern_part *part, const char *type) {
    return postern_slice_eq(part->type, postern_slice_cstr(type));
}

static const postern_header *only_field(const postern_part *part, const char *name) {
    const postern_header *found = NULL;
    for (uint32_t i = 0; i < part->header_count; i++) {
        if (!postern_slice_eq_nocase(part->headers[i].name, postern_slice_cstr(name))) continue;
        if (found) return NULL;
        found = &part->headers[i];
    }
    return found;
}

static postern_slice sender_of(const postern_part *top) {
    const postern_header *from = only_field(top, "From");
    return from ? view_from_address(from->raw) : NOTHING;
}

/* ---- headings (RFC 9788) ------------------------------------------------------------------------------------------- */

typedef enum coverage { BODY_ALONE, HEADINGS_TOO, HEADINGS_DIFFER } coverage;

static bool protects_headings(postern_arena *arena, const postern_part *inner) {
    const postern_header *field = only_field(inner, "Content-Type");
    postern_parameter *list = NULL;
    postern_slice value;
    size_t count = 0;
    if (!field || postern_mime_parameters(arena, field->raw, POSTERN_CHARSET_NONE, &value, &list, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (postern_slice_eq(list[i].name, POSTERN_S("hp")) || postern_slice_eq(list[i].name, POSTERN_S("protected-headers")))
            return true;
    return false;
}

/* The same but for white space, of which folds are made. */
static bool same_words(postern_slice a, postern_slice b) {
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && postern_ascii_space(a.ptr[i])) i++;
        while (j < b.len && postern_ascii_space(b.ptr[j])) j++;
        if (i == a.len || j == b.len) return i == a.len && j == b.len;
        if (a.ptr[i++] != b.ptr[j++]) return false;
    }
}

static coverage cover(postern_arena *arena, const view_layer *layer) {
    static const char *const names[] = {"From", "To", "Cc", "Subject", "Date"};
    const postern_mime_options options = {.notes = NULL};
    const postern_message *message = NULL;
    if (postern_mime_open(arena, layer->content, &options, &message, NULL)) return BODY_ALONE;
    const postern_part *inner = postern_mime_part(message, 0);
    if (!inner || !protects_headings(arena, inner)) return BODY_ALONE;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const postern_header *out = postern_part_header(layer->top, postern_slice_cstr(names[i]));
        const postern_header *in = postern_part_header(inner, postern_slice_cstr(names[i]));
        if (!out && !in) continue;
        if (!out || !in || out != only_field(layer->top, names[i]) || !same_words(out->raw, in->raw)) return HEADINGS_DIFFER;
    }
    return HEADINGS_TOO;
}

static void tell_coverage(view_telling *telling, coverage covered) {
    switch (covered) {
    case BODY_ALONE:
        view_tell_statement(telling, VIEW_TONE_PLAIN,
                            N_("The signature covers the text and all attachments; not the headings: names, subject, date"),
                            NOTHING);
        break;
    case HEADINGS_TOO:
        view_tell_statement(telling, VIEW_TONE_PLAIN,
                            N_("The signature covers the text, all attachments and the headings"), NOTHING);
        break;
    case HEADINGS_DIFFER:
        view_tell_statement(telling, VIEW_TONE_DANGER,
                            N_("The signed headings differ from those that are shown; the signature does not cover the latter"),
                            NOTHING);
        break;
    }
}

/* ---- signatures ----------------------------------------------------------------------------------------------------- */

/* "anna@h.test (Anna / Test Authority)"; false: there is no room for it. */
static bool name_signer(const view_signature *signature, postern_buf *who) {
    postern_buf_add_slice(who, postern_buf_slice(&signature->addresses));
    if (signature->person.len) {
        postern_buf_add_slice(who, POSTERN_S(" ("));
        postern_buf_add_slice(who, postern_buf_slice(&signature->person));
        postern_buf_add_slice(who, POSTERN_S(")"));
    }
    return !who->status && !signature->addresses.status && !signature->person.status;
}

static void tell_good(view_telling *telling, const view_signature *signature, coverage covered, bool pgp) {
    postern_buf who;
    postern_buf_init(&who, 1 << 13);
    bool whole = name_signer(signature, &who);
    if (whole && signature->of_sender && covered != HEADINGS_DIFFER)
        view_tell_statement(telling, VIEW_TONE_GOOD, N_("Signed by"), postern_buf_slice(&who));
    else if (whole && signature->of_sender)
        view_tell_statement(telling, VIEW_TONE_CAUTION, N_("The signature is good, but not for these headings; it is by"),
                            postern_buf_slice(&who));
    else
        view_tell_statement(telling, VIEW_TONE_DANGER,
                            pgp ? N_("The signature is not the sender's; its key is for")
                                : N_("The signature is not the sender's; its certificate is for"),
                            postern_buf_slice(&who));
    tell_coverage(telling, covered);
    postern_buf_free(&who);
}

/* Whose key it may be, and why that is not certain: words of ours first. */
static void tell_doubted(view_telling *telling, const view_signature *signature) {
    postern_buf who;
    postern_buf_init(&who, 1 << 13);
    bool whole = name_signer(signature, &who);
    view_tell_statement(telling, VIEW_TONE_CAUTION, N_("The signature fits the message, but who made it is not certain"),
                        NOTHING);
    view_tell_statement(telling, VIEW_TONE_CAUTION, signature->why, NOTHING);
    if (whole) view_tell_statement(telling, VIEW_TONE_PLAIN, N_("The key says that it is for"), postern_buf_slice(&who));
    postern_buf_free(&who);
}

static void tell_signature(view_telling *telling, const view_signature *signature, coverage covered, bool pgp) {
    switch (signature->verdict) {
    case VIEW_SIGNATURE_GOOD:
        tell_good(telling, signature, covered, pgp);
        break;
    case VIEW_SIGNATURE_BROKEN:
        view_tell_statement(telling, VIEW_TONE_DANGER,
                            N_("The signature does not fit: the message was changed, or the signature is of another one"),
                            NOTHING);
        break;
    case VIEW_SIGNATURE_ANONYMOUS:
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("The signature cannot be verified: the signer's certificate is not in the message"), NOTHING);
        break;
    case VIEW_SIGNATURE_DIGEST:
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("The signature is not relied on: its digest is not the one that the message names"), NOTHING);
        break;
    case VIEW_SIGNATURE_WEAK:
        view_tell_statement(telling, VIEW_TONE_CAUTION, N_("The signature is not relied on: its digest is weak or unknown"),
                            NOTHING);
        break;
    case VIEW_SIGNATURE_UNTRUSTED:
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("The signature fits the message, but who made it is not "
                               "certain: its certificate is not trusted"),
                            postern_slice_cstr(signature->why));
        break;
    case VIEW_SIGNATURE_NO_KEY:
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("The signature cannot be verified: the signer's key is not in your keyring"), NOTHING);
        break;
    case VIEW_SIGNATURE_DOUBTED:
        tell_doubted(telling, signature);
        break;
    case VIEW_SIGNATURE_NO_GPG:
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("This message carries an OpenPGP signature; without GnuPG (gpg) it is not verified"), NOTHING);
        break;
    case VIEW_SIGNATURE_MALFORMED:
        view_tell_statement(telling, VIEW_TONE_CAUTION, N_("The signature is malformed and counts for nothing"), NOTHING);
        break;
    }
}

/* ---- layers --------------------------------------------------------------------------------------------------------- */

static void verify(const view_job *job, postern_arena *arena, const view_layer *layer, const view_layer *inside,
                   view_telling *telling) {
    view_signature signature;
    if (inside && inside->kind != VIEW_WRAP_NONE) {
        /* Whoever signs what is encrypted need not have known it. */
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("A signature around another signed or encrypted message is not relied on"), NOTHING);
        return;
    }
    if (layer->pgp) view_pgp_verify(job, layer, sender_of(layer->top), &signature);
    else view_cms_verify(layer, job->options->trust, sender_of(layer->top), &signature);
    coverage covered = signature.verdict == VIEW_SIGNATURE_GOOD ? cover(arena, layer) : BODY_ALONE;
    tell_signature(telling, &signature, covered, layer->pgp);
    view_signature_free(&signature);
}

static const char *why_closed(view_pgp_opening opening, bool in_text) {
    switch (opening) {
    case VIEW_PGP_NO_KEY:
        return N_("This message is encrypted, and not for your key; it is not opened");
    case VIEW_PGP_NO_GPG:
        return in_text ? N_("This text is signed or encrypted with OpenPGP; without GnuPG (gpg) it is not opened")
                       : N_("This message is encrypted and is not opened");
    default:
        return N_("This message is encrypted or signed with OpenPGP, and is changed or damaged; it is not opened");
    }
}

static void tell_enveloped(const view_job *job, postern_arena *arena, const view_layer *layer, const view_layer *inside,
                           view_telling *telling) {
    bool opened = layer->content.len, is_signed = false;
    view_pgp_opening opening = layer->pgp ? view_pgp_opened(layer->said, &is_signed) : VIEW_PGP_OPENED;
    const char *closed = layer->pgp               ? why_closed(opening, layer->in_text)
                         : job->options->load_key ? N_("This message is encrypted, and not for your key; it is not opened")
                                                  : N_("This message is encrypted and is not opened");
    if (!opened) view_tell_statement(telling, VIEW_TONE_CAUTION, closed, NOTHING);
    else if (opening == VIEW_PGP_OPENED)
        view_tell_statement(telling, VIEW_TONE_PLAIN, N_("This message came encrypted and was opened with your key"), NOTHING);
    if (opened && is_signed) verify(job, arena, layer, inside, telling);
}

static void tell_layer(const view_job *job, postern_arena *arena, const view_layer *layer, const view_layer *inside,
                       view_telling *telling) {
    switch (layer->kind) {
    case VIEW_WRAP_NONE:
        break;
    case VIEW_WRAP_CLEAR:
    case VIEW_WRAP_SIGNED:
        verify(job, arena, layer, inside, telling);
        break;
    case VIEW_WRAP_ENVELOPED:
        tell_enveloped(job, arena, layer, inside, telling);
        break;
    case VIEW_WRAP_OTHER:
        view_tell_statement(telling, VIEW_TONE_CAUTION, N_("This message is S/MIME of a kind that is not opened"), NOTHING);
        break;
    case VIEW_WRAP_BROKEN:
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("This message says that it is signed or encrypted, but is "
                               "not well-formed; it counts as unsigned"),
                            NOTHING);
        break;
    }
}

static postern_status tell_layers(const view_job *job, postern_arena *arena, view_telling *telling, bool *ret_any) {
    postern_slice bytes = job->outer.len ? job->outer : job->bytes;
    view_layer layer;
    postern_status status = view_layer_read(arena, job, bytes, &layer);
    for (unsigned depth = 0; !status && depth < POSTERN_LIMIT_VIEWER_LAYERS && layer.kind != VIEW_WRAP_NONE; depth++) {
        bool more = (layer.kind == VIEW_WRAP_SIGNED || layer.kind == VIEW_WRAP_ENVELOPED) && layer.content.len;
        view_layer inside = {.kind = VIEW_WRAP_NONE};
        *ret_any = true;
        if (more) status = view_layer_open(arena, &layer, &bytes);
        if (more && !status) status = view_layer_read(arena, job, bytes, &inside);
        if (!status) tell_layer(job, arena, &layer, &inside, telling);
        layer = inside;
    }
    return status;
}

/* ---- parts ---------------------------------------------------------------------------------------------------------- */

/* The From of the message that a part stands in: the nearest one around it. */
static postern_slice sender_around(const postern_message *message, const postern_part *part) {
    while (part->parent != POSTERN_NO_PART && !only_field(part, "From")) part = postern_mime_part(message, part->parent);
    return sender_of(part);
}

/* "part 3 (text/html): anna@h.test (…)": of exactly what is signed. */
static void tell_part(const view_job *job, postern_arena *arena, const postern_message *message, uint32_t index,
                      view_telling *telling) {
    view_layer layer;
    view_signature signature;
    postern_buf detail;
    if (view_part_layer(arena, job, job->bytes, message, index, &layer) || layer.kind != VIEW_WRAP_CLEAR) return;
    postern_slice sender = sender_around(message, layer.top);
    if (layer.pgp) view_pgp_verify(job, &layer, sender, &signature);
    else view_cms_verify(&layer, job->options->trust, sender, &signature);
    postern_buf_init(&detail, 1 << 13);
    const postern_part *inner = postern_mime_part(message, layer.top->first_child);
    postern_buf_printf(&detail, "%u (", (unsigned)layer.top->first_child);
    postern_escape_line(&detail, inner->type, 100);
    postern_buf_add_slice(&detail, POSTERN_S("): "));
    bool good = signature.verdict == VIEW_SIGNATURE_GOOD && name_signer(&signature, &detail);
    if (good && signature.of_sender)
        view_tell_of_part(telling, VIEW_TONE_PLAIN, N_("Only this part is signed, by its sender: part"),
                          postern_buf_slice(&detail), layer.top->first_child);
    else if (good)
        view_tell_of_part(telling, VIEW_TONE_CAUTION, N_("Only this part is signed, and not by the sender: part"),
                          postern_buf_slice(&detail), layer.top->first_child);
    else
        view_tell_of_part(telling, VIEW_TONE_CAUTION, N_("A signature of this part is not relied on: part"),
                          postern_slice_sub(postern_buf_slice(&detail), 0, detail.len - 2), layer.top->first_child);
    postern_buf_free(&detail);
    view_signature_free(&signature);
}

static void tell_signed_parts(const view_job *job, postern_arena *arena, view_telling *telling) {
    const postern_message *message = NULL;
    const postern_mime_options options = {.notes = NULL};
    unsigned told = 0;
    if (postern_mime_open(arena, job->bytes, &options, &message, NULL)) return;
    for (uint32_t i = 1; i < postern_mime_part_count(message) && told < POSTERN_LIMIT_VIEWER_SIGNED; i++) {
        if (!is_type(postern_mime_part(message, i), "multipart/signed")) continue;
        tell_part(job, arena, message, i, telling);
        told++;
    }
}

/* Armour in a text that is not armour as a whole, whatever reads it: its text says something that nobody verified. */
static bool holds_armour(postern_arena *arena, const postern_part *part) {
    postern_slice text = {0};
    if (!is_type(part, "text/plain") && !is_type(part, "text/html")) return false;
    if (postern_part_decode_arena(arena, part, NULL, &text)) return false;
    return postern_slice_find(text, 0, POSTERN_S("-----BEGIN PGP SIGNED MESSAGE-----")) != SIZE_MAX ||
           postern_slice_find(text, 0, POSTERN_S("-----BEGIN PGP MESSAGE-----")) != SIZE_MAX;
}

static bool is_secured(postern_arena *arena, const postern_part *p) {
    static const char *const types[] = {"multipart/signed",
                                        "multipart/encrypted",
                                        "application/pkcs7-mime",
                                        "application/x-pkcs7-mime",
                                        "application/pkcs7-signature",
                                        "application/x-pkcs7-signature",
                                        "application/pgp-signature",
                                        "application/pgp-encrypted"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (is_type(p, types[i])) return true;
    return holds_armour(arena, p);
}

/* Signatures and encryption that are not the message's as a whole. */
static void tell_parts(const view_job *job, postern_arena *arena, postern_archive *archive, view_telling *telling) {
    const postern_part *top = postern_archive_part(archive, 0);
    bool part = false;
    if (is_type(top, "multipart/encrypted")) {
        view_tell_statement(telling, VIEW_TONE_CAUTION, N_("This message is encrypted and is not opened"), NOTHING);
    } else if (is_type(top, "multipart/signed")) {
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("This message carries a signature of an unknown kind, which was not verified"), NOTHING);
    } else {
        for (uint32_t i = 0; i < postern_archive_part_count(archive) && !part; i++)
            part = is_secured(arena, postern_archive_part(archive, i));
        if (part)
            view_tell_statement(telling, VIEW_TONE_CAUTION,
                                N_("Only a part of this message is signed or encrypted; the message counts as unsigned"),
                                NOTHING);
        if (part) tell_signed_parts(job, arena, telling);
    }
}

void view_smime_statements(const view_job *job, postern_archive *archive, view_telling *telling) {
    bool any = false;
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    postern_status status = arena ? tell_layers(job, arena, telling, &any) : POSTERN_NOMEM;
    if (status)
        view_tell_statement(telling, VIEW_TONE_CAUTION, N_("Signatures could not be looked at; the message counts as unsigned"),
                            NOTHING);
    else if (!any && postern_archive_part(archive, 0))
        tell_parts(job, arena, archive, telling);
    postern_arena_free(arena);
}
