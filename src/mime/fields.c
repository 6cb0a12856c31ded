/*
 * What the fields of a part say about it: Content-Type, -Transfer-Encoding, -Disposition, -ID, -Location, -Base, -Description.
 *
 * Z7: the type is the declared one. A Content-Type that is malformed, or given twice with different meanings, makes
 * application/octet-stream; nothing is guessed from names or bytes. Of two different ones of which the first is a multipart the
 * first counts: the parts inside declare types of their own. An absent or empty one is text/plain in a message (RFC 2045 5.2),
 * message/rfc822 in a digest, and application/octet-stream for the resources of a multipart/related behind its first part.
 */
#include "mime_int.h"

postern_status mime_lower_copy(postern_arena *arena, postern_slice s, postern_slice *ret_lower) {
    size_t i = 0;
    while (i < s.len && !(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')) i++;
    if (i == s.len) {
        *ret_lower = s;
        return POSTERN_OK;
    }
    uint8_t *out = postern_arena_alloc(arena, s.len);
    if (!out) return postern_arena_failure(arena);
    for (i = 0; i < s.len; i++) out[i] = postern_ascii_lower(s.ptr[i]);
    *ret_lower = postern_slice_of(out, s.len);
    return POSTERN_OK;
}

typedef enum field_id {
    FIELD_TYPE,
    FIELD_ENCODING,
    FIELD_DISPOSITION,
    FIELD_ID,
    FIELD_LOCATION,
    FIELD_BASE,
    FIELD_DESCRIPTION,
    FIELD_COUNT
} field_id;

static const postern_slice field_names[FIELD_COUNT] = {
    [FIELD_TYPE] = {(const uint8_t *)"content-type", 12},
    [FIELD_ENCODING] = {(const uint8_t *)"content-transfer-encoding", 25},
    [FIELD_DISPOSITION] = {(const uint8_t *)"content-disposition", 19},
    [FIELD_ID] = {(const uint8_t *)"content-id", 10},
    [FIELD_LOCATION] = {(const uint8_t *)"content-location", 16},
    [FIELD_BASE] = {(const uint8_t *)"content-base", 12},
    [FIELD_DESCRIPTION] = {(const uint8_t *)"content-description", 19},
};

typedef struct fields {
    const postern_header *first[FIELD_COUNT];
    bool type_conflict;
} fields;

static bool same_type(postern_slice a, postern_slice b) {
    mime_params pa, pb;
    return postern_slice_eq_nocase(mime_params_begin(a, &pa), mime_params_begin(b, &pb)) &&
           postern_slice_eq_nocase(postern_slice_of(pa.p, (size_t)(pa.end - pa.p)),
                                   postern_slice_of(pb.p, (size_t)(pb.end - pb.p)));
}

static void find_fields(mime_builder *b, uint32_t index, fields *ret) {
    const mime_part *part = &b->parts[index];
    *ret = (fields){.type_conflict = false};
    for (uint32_t i = 0; i < part->pub.header_count; i++) {
        const postern_header *h = &b->headers[part->header_start + i];
        if (h->name.len < 10 || (h->name.ptr[0] | 32) != 'c' || h->name.ptr[7] != '-') continue;
        for (int id = 0; id < FIELD_COUNT; id++) {
            if (!postern_slice_eq_nocase(h->name, field_names[id])) continue;
            if (!ret->first[id]) {
                ret->first[id] = h;
                break;
            }
            mime_note(b, POSTERN_NOTE_HEADER_DUPLICATE, index, h->offset, h->name);
            if (id == FIELD_TYPE && !same_type(ret->first[id]->raw, h->raw)) ret->type_conflict = true;
            break;
        }
    }
}

/* ---- type -------------------------------------------------------------------------------------------------------- */

static postern_slice default_type(const mime_builder *b, const postern_part *part) {
    if (part->parent == POSTERN_NO_PART) return POSTERN_S("text/plain");
    const postern_part *parent = &b->parts[part->parent].pub;
    if (postern_slice_eq(parent->type, POSTERN_S("multipart/digest"))) return POSTERN_S("message/rfc822");
    if (postern_slice_eq(parent->type, POSTERN_S("multipart/related")) && parent->first_child != part->index)
        return POSTERN_S("application/octet-stream");
    return POSTERN_S("text/plain");
}

/* What us-ascii and iso-8859-1 mean, too: often said, seldom meant. */
static bool is_latin(postern_charset charset) {
    return charset == postern_charset_parse(POSTERN_S("windows-1252"));
}

/* How raw bytes in the fields of a part read: as its own text, else as the text that came before it, else by guess. */
static postern_charset field_charset(const mime_builder *b, const postern_part *part) {
    return part->charset != POSTERN_CHARSET_NONE ? part->charset : b->charset;
}

static postern_status read_charset(mime_builder *b, uint32_t index, const postern_header *h, bool *malformed) {
    bool found;
    postern_slice label;
    postern_status status =
        mime_param_value(b->arena, h->raw, POSTERN_S("charset"), POSTERN_CHARSET_NONE, &found, malformed, &label);
    if (status != POSTERN_OK || !found) return status;
    postern_part *pub = &b->parts[index].pub;
    pub->charset_label = label = postern_slice_trim(label);
    pub->charset = postern_charset_parse(label);
    if (b->charset == POSTERN_CHARSET_NONE && pub->charset != POSTERN_CHARSET_UTF_8 && !is_latin(pub->charset))
        b->charset = pub->charset;
    if (pub->charset == POSTERN_CHARSET_NONE && label.len) mime_note(b, POSTERN_NOTE_CHARSET_UNKNOWN, index, h->offset, label);
    return POSTERN_OK;
}

static postern_status read_boundary(mime_builder *b, uint32_t index, const postern_header *h, bool *malformed) {
    bool found;
    postern_slice boundary = {0};
    postern_status status =
        mime_param_value(b->arena, h->raw, POSTERN_S("boundary"), POSTERN_CHARSET_NONE, &found, malformed, &boundary);
    if (status != POSTERN_OK) return status;
    while (found && boundary.len && (boundary.ptr[boundary.len - 1] == ' ' || boundary.ptr[boundary.len - 1] == '\t'))
        boundary.len--; /* RFC 2046 5.1.1: cannot end in a blank, and blanks behind a delimiter mean nothing */
    if (!found || !boundary.len)
        mime_note(b, POSTERN_NOTE_BOUNDARY_MISSING, index, h->offset, h->raw);
    else
        b->parts[index].pub.boundary = boundary;
    return POSTERN_OK;
}

static postern_status read_type(mime_builder *b, uint32_t index, const fields *f) {
    postern_part *pub = &b->parts[index].pub;
    const postern_header *h = f->first[FIELD_TYPE];
    if (h && !postern_slice_trim(h->raw).len) {
        mime_note(b, POSTERN_NOTE_TYPE_MALFORMED, index, h->offset, h->raw);
        h = NULL;
    }
    if (!h) {
        pub->type = default_type(b, pub);
        if (postern_slice_eq(pub->type, POSTERN_S("message/rfc822"))) pub->flags |= POSTERN_PART_MESSAGE;
        return POSTERN_OK;
    }
    bool ok, malformed = false;
    postern_status status = mime_type_parse(b->arena, h->raw, &ok, &malformed, &pub->type);
    if (status != POSTERN_OK) return status;
    bool multipart = ok && postern_slice_starts(pub->type, POSTERN_S("multipart/"));
    if (!ok || (f->type_conflict && !multipart)) {
        pub->type = POSTERN_S("application/octet-stream");
        mime_note(b, POSTERN_NOTE_TYPE_MALFORMED, index, h->offset, h->raw);
        return POSTERN_OK;
    }
    if (!f->type_conflict) pub->flags |= POSTERN_PART_TYPE_DECLARED;
    status = read_charset(b, index, h, &malformed);
    if (status != POSTERN_OK) return status;
    if (multipart) {
        pub->flags |= POSTERN_PART_MULTIPART;
        status = read_boundary(b, index, h, &malformed);
    } else if (postern_slice_eq(pub->type, POSTERN_S("message/rfc822")) ||
               postern_slice_eq(pub->type, POSTERN_S("message/global")) ||
               postern_slice_eq(pub->type, POSTERN_S("message/news"))) {
        pub->flags |= POSTERN_PART_MESSAGE;
    }
    if (status == POSTERN_OK && malformed) mime_note(b, POSTERN_NOTE_PARAMETER_MALFORMED, index, h->offset, h->raw);
    return status;
}

/* ---- encoding ---------------------------------------------------------------------------------------------------- */

static void read_encoding(mime_builder *b, uint32_t index, const fields *f) {
    postern_part *pub = &b->parts[index].pub;
    const postern_header *h = f->first[FIELD_ENCODING];
    pub->encoding = POSTERN_ENCODING_7BIT;
    b->parts[index].encoded_silently = h == NULL;
    if (!h) return;
    postern_encoding encoding = postern_encoding_parse(h->raw);
    bool identity =
        encoding == POSTERN_ENCODING_7BIT || encoding == POSTERN_ENCODING_8BIT || encoding == POSTERN_ENCODING_BINARY;
    if ((pub->flags & POSTERN_PART_MULTIPART) && !identity) {
        mime_note(b, POSTERN_NOTE_ENCODING_ON_MULTIPART, index, h->offset, h->raw);
        return;
    }
    pub->encoding = encoding;
    if (encoding == POSTERN_ENCODING_UNKNOWN) mime_note(b, POSTERN_NOTE_ENCODING_UNKNOWN, index, h->offset, h->raw);
}

/* ---- names and identities ---------------------------------------------------------------------------------------- */

/* Without comments in front or behind, and without one pair of <>. */
static postern_slice read_id(postern_slice raw) {
    postern_slice s = postern_slice_trim(raw);
    size_t open = postern_slice_find_byte(s, 0, '<');
    if (open != SIZE_MAX) {
        size_t close = postern_slice_find_byte(s, open, '>');
        if (close != SIZE_MAX) return postern_slice_trim(postern_slice_sub(s, open + 1, close - open - 1));
        s = postern_slice_from(s, open + 1);
    }
    return postern_slice_trim(s);
}

/* A URL that was folded: RFC 2557 4.4.1 has the folds go without a trace. A blank that is not at a fold stays: IE writes file
 * names as they are. */
static postern_status unfold_url(postern_arena *arena, postern_slice s, postern_slice *ret_url) {
    if (postern_slice_find_byte(s, 0, '\n') == SIZE_MAX && postern_slice_find_byte(s, 0, '\r') == SIZE_MAX) {
        *ret_url = s;
        return POSTERN_OK;
    }
    uint8_t *out = postern_arena_alloc(arena, s.len);
    if (!out) return postern_arena_failure(arena);
    size_t n = 0, solid = 0; /* solid: length up to the last byte that is no blank */
    bool fold = false;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.ptr[i];
        if (c == '\r' || c == '\n') {
            n = solid;
            fold = true;
            continue;
        }
        bool blank = c == ' ' || c == '\t';
        if (blank && fold) continue;
        fold = false;
        out[n++] = c;
        if (!blank) solid = n;
    }
    *ret_url = postern_slice_of(out, n);
    return POSTERN_OK;
}

static bool has_8bit(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 0x80) return true;
    return false;
}

enum { TEXT_MAX = 64 << 10 }; /* of an encoded value; the rest is cut, so that decoding cannot reach its limit */

static postern_status read_url(mime_builder *b, uint32_t index, postern_slice raw, postern_slice *ret_url) {
    const postern_part *pub = &b->parts[index].pub;
    postern_slice s = postern_slice_trim(raw);
    postern_status status = POSTERN_OK;
    bool words = postern_slice_find(s, 0, POSTERN_S("=?")) != SIZE_MAX; /* joined over folds by the decoder */
    if (!words) status = unfold_url(b->arena, s, &s);
    if (status != POSTERN_OK) return status;
    if (words || has_8bit(s)) {
        status = postern_header_text(b->arena, postern_slice_sub(s, 0, TEXT_MAX), field_charset(b, pub), NULL, index, &s);
        if (status != POSTERN_OK) return status;
        s = postern_slice_trim(s);
    }
    if (s.len >= 2 && ((s.ptr[0] == '<' && s.ptr[s.len - 1] == '>') || (s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')))
        s = postern_slice_trim(postern_slice_sub(s, 1, s.len - 2));
    *ret_url = s;
    return POSTERN_OK;
}

static postern_status read_names(mime_builder *b, uint32_t index, const fields *f) {
    postern_part *pub = &b->parts[index].pub;
    const postern_header *type = f->first[FIELD_TYPE], *disposition = f->first[FIELD_DISPOSITION];
    bool found = false, malformed = false;
    postern_charset charset = field_charset(b, pub);
    postern_status status = POSTERN_OK;
    if (disposition) {
        mime_params params;
        if (postern_slice_eq_nocase(mime_params_begin(disposition->raw, &params), POSTERN_S("attachment")))
            pub->flags |= POSTERN_PART_ATTACHMENT;
        status =
            mime_param_value(b->arena, disposition->raw, POSTERN_S("filename"), charset, &found, &malformed, &pub->name);
        if (status != POSTERN_OK) return status;
        if (malformed) mime_note(b, POSTERN_NOTE_PARAMETER_MALFORMED, index, disposition->offset, disposition->raw);
    }
    if ((!found || !pub->name.len) && type) /* its defects were noted with the type */
        status = mime_param_value(b->arena, type->raw, POSTERN_S("name"), charset, &found, &malformed, &pub->name);
    return status;
}

postern_status mime_fields_read(mime_builder *b, uint32_t index) {
    fields f;
    find_fields(b, index, &f);
    postern_status status = read_type(b, index, &f);
    if (status != POSTERN_OK) return status;
    read_encoding(b, index, &f);
    postern_part *pub = &b->parts[index].pub;
    if (f.first[FIELD_ID]) pub->content_id = read_id(f.first[FIELD_ID]->raw);
    if (f.first[FIELD_LOCATION]) {
        status = read_url(b, index, f.first[FIELD_LOCATION]->raw, &pub->content_location);
        if (status != POSTERN_OK) return status;
    }
    if (f.first[FIELD_BASE]) {
        status = read_url(b, index, f.first[FIELD_BASE]->raw, &pub->content_base);
        if (status != POSTERN_OK) return status;
    }
    if (f.first[FIELD_DESCRIPTION]) {
        postern_slice raw = postern_slice_sub(f.first[FIELD_DESCRIPTION]->raw, 0, TEXT_MAX);
        status = postern_header_text(b->arena, raw, field_charset(b, pub), NULL, index, &pub->description);
        if (status != POSTERN_OK) return status;
    }
    return read_names(b, index, &f);
}
