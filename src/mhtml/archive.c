/*
 * Opening an archive: index, places, names, root, facts; then what callers ask about parts.
 *
 * An archive is a MIME message (RFC 2557) or, when the caller accepts that, one bare HTML document. Everything lives in one
 * arena.
 */
#include "mhtml_int.h"

#include <stdlib.h>

static postern_status open_message(postern_archive *a, bool expect_html, postern_error *reterr) {
    postern_mime_options options = {.notes = &a->notes};
    if (!a->bytes.len || mhtml_other_format(a->bytes)) return mhtml_refuse(a->bytes, reterr);
    postern_status status = postern_mime_open(a->arena, a->bytes, &options, &a->message, reterr);
    if (status == POSTERN_OK && mhtml_has_known_field(postern_mime_part(a->message, 0))) return status;
    if (status != POSTERN_OK && status != POSTERN_FORMAT) return status;
    if (!expect_html || !mhtml_looks_html(a->bytes)) return mhtml_refuse(a->bytes, reterr);
    options.bare_type = POSTERN_S("text/html");
    a->kind = POSTERN_ARCHIVE_HTML;
    status = postern_mime_open(a->arena, a->bytes, &options, &a->message, reterr);
    if (status == POSTERN_OK) postern_note_send(&a->notes, POSTERN_NOTE_NOT_MHTML, 0, 0, (postern_slice){0});
    return status;
}

static postern_status read_all(postern_archive *a, const postern_archive_options *options) {
    a->part_count = postern_mime_part_count(a->message);
    if (a->kind != POSTERN_ARCHIVE_HTML) a->kind = mhtml_kind_of(a);
    a->plain = options->plain;
    a->used = postern_arena_zalloc(a->arena, a->part_count, 1);
    a->sealed = postern_arena_zalloc(a->arena, a->part_count, 1);
    if (!a->used || !a->sealed) return postern_arena_failure(a->arena);
    postern_status status = mhtml_places_read(a);
    if (status == POSTERN_OK) status = mhtml_identities_read(a);
    if (status == POSTERN_OK) status = mhtml_root_choose(a);
    if (status == POSTERN_OK) status = mhtml_rooted_read(a);
    if (status == POSTERN_OK) status = mhtml_plain_read(a);
    if (status == POSTERN_OK) status = mhtml_facts_read(a, options);
    return status;
}

postern_status postern_archive_open(postern_slice bytes, const postern_archive_options *options, postern_archive **ret_archive,
                                    postern_error *reterr) {
    static const postern_archive_options none = {0};
    if (!options) options = &none;
    postern_archive *a = calloc(1, sizeof *a);
    if (!a) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the archive");
    a->bytes = bytes;
    a->root = POSTERN_NO_PART;
    if (options->notes) a->notes = *options->notes;
    a->arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    a->scratch = postern_arena_new(64u << 20);
    postern_status status = POSTERN_NOMEM;
    if (a->arena && a->scratch)
        status = open_message(a, options->expect_html, reterr);
    else
        (void)postern_fail(reterr, status, POSTERN_NO_OFFSET, "no memory for the archive");
    if (status == POSTERN_OK) {
        status = read_all(a, options);
        if (status != POSTERN_OK)
            (void)postern_fail(reterr, status, POSTERN_NO_OFFSET, "reading the archive needs too much memory");
    }
    if (status == POSTERN_OK)
        *ret_archive = a;
    else
        postern_archive_free(a);
    return status;
}

void postern_archive_free(postern_archive *archive) {
    if (!archive) return;
    mhtml_table_free(&archive->table);
    postern_arena_free(archive->arena);
    postern_arena_free(archive->scratch);
    free(archive);
}

postern_archive_kind postern_archive_kind_of(const postern_archive *archive) {
    return archive->kind;
}

const postern_message *postern_archive_message(const postern_archive *archive) {
    return archive->message;
}

uint32_t postern_archive_part_count(const postern_archive *archive) {
    return archive->part_count;
}

const postern_part *postern_archive_part(const postern_archive *archive, uint32_t index) {
    return mhtml_part(archive, index);
}

postern_arena *postern_archive_arena(postern_archive *archive) {
    return archive->arena;
}

const postern_archive_facts *postern_archive_facts_of(const postern_archive *archive) {
    return &archive->facts;
}

/* ---- parts by what a person types -------------------------------------------------------------------------------- */

static postern_slice last_segment(postern_slice location) {
    size_t from = 0, to = 0;
    while (to < location.len && location.ptr[to] != '?' && location.ptr[to] != '#') {
        if (location.ptr[to] == '/' || location.ptr[to] == '\\') from = to + 1;
        to++;
    }
    return postern_slice_sub(location, from, to - from);
}

static bool is_id(const postern_part *part, postern_slice name) {
    if (name.len > 4 && postern_slice_starts_nocase(name, POSTERN_S("cid:"))) name = postern_slice_from(name, 4);
    if (name.len > 2 && name.ptr[0] == '<' && name.ptr[name.len - 1] == '>') name = postern_slice_sub(name, 1, name.len - 2);
    return part->content_id.len && postern_slice_eq(part->content_id, name);
}

typedef bool (*name_test)(const postern_archive *a, const postern_part *part, postern_slice name);

static bool by_id(const postern_archive *a, const postern_part *part, postern_slice name) {
    (void)a;
    return is_id(part, name);
}

static bool by_location(const postern_archive *a, const postern_part *part, postern_slice name) {
    const postern_url *place = a->places[part->index];
    return (part->content_location.len && postern_slice_eq(part->content_location, name)) ||
           (place && postern_slice_eq(place->href, name));
}

static bool by_last_segment(const postern_archive *a, const postern_part *part, postern_slice name) {
    (void)a;
    return (part->content_location.len && postern_slice_eq(last_segment(part->content_location), name)) ||
           (part->name.len && postern_slice_eq(part->name, name));
}

postern_status postern_archive_part_named(postern_archive *archive, postern_slice name, uint32_t *ret_part,
                                          postern_error *reterr) {
    static const name_test tests[] = {by_id, by_location, by_last_segment};
    uint64_t number;
    if (postern_slice_uint(name, UINT32_MAX, &number)) {
        if (number >= archive->part_count)
            return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "there are parts 0 to %u",
                                archive->part_count - 1);
        *ret_part = (uint32_t)number;
        return POSTERN_OK;
    }
    for (size_t t = 0; name.len && t < sizeof tests / sizeof *tests; t++) {
        uint32_t found = POSTERN_NO_PART, count = 0;
        for (uint32_t i = 0; i < archive->part_count; i++) {
            if (!tests[t](archive, mhtml_part(archive, i), name)) continue;
            if (!count++) found = i;
        }
        if (count > 1 && tests[t] == by_last_segment)
            return postern_fail(reterr, POSTERN_USAGE, POSTERN_NO_OFFSET, "%u parts have this name; use an index", count);
        if (count) { /* of two equal identities the first (Z11) */
            *ret_part = found;
            return POSTERN_OK;
        }
    }
    return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no part has this index, Content-ID, location or name");
}
