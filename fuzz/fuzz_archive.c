/*
 * An archive and one reference into it (the last line of the input). Properties: the zone is never more trusted than the
 * default (Z1, Z10); facts are valid UTF-8; a reference names a leaf of the archive, nothing, or is refused, and does so every
 * time; what is refused names nothing (Z4); every part answers every question.
 */
#include <stdlib.h>

#include "postern/mhtml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(bool good) {
    if (!good) abort();
}

static void check_facts(const postern_archive *archive) {
    const postern_archive_facts *f = postern_archive_facts_of(archive);
    const postern_slice texts[] = {f->title, f->subject, f->from, f->to, f->cc, f->date, f->producer, f->location};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check(postern_utf8_valid(texts[i]));
    bool mail = postern_archive_kind_of(archive) == POSTERN_ARCHIVE_MAIL;
    postern_zone fallback = mail ? POSTERN_ZONE_RESTRICTED : POSTERN_ZONE_INTERNET;
    check(postern_zone_least(f->zone, fallback) == f->zone);
}

static void check_reference(postern_archive *archive, uint32_t from, postern_slice text) {
    postern_reference a, b;
    uint32_t count = postern_archive_part_count(archive);
    check(postern_archive_find(archive, from, text, NULL, &a) == POSTERN_OK);
    check(postern_archive_glance(archive, from, text, NULL, &b) == POSTERN_OK);
    check(a.part == b.part && a.refused == b.refused && postern_slice_eq(a.fragment, b.fragment));
    check(a.part == POSTERN_NO_PART || a.part < count);
    check(!a.refused || a.part == POSTERN_NO_PART);
    if (postern_slice_starts_nocase(text, POSTERN_S("javascript:")) || postern_slice_starts_nocase(text, POSTERN_S("its:")))
        check(a.refused);
    if (a.part == POSTERN_NO_PART || a.part == from) return;
    const postern_part *part = postern_archive_part(archive, a.part);
    check(!(part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)));
}

static void check_part(postern_archive *archive, uint32_t index) {
    const postern_part *part = postern_archive_part(archive, index);
    postern_media media = postern_archive_part_media(archive, index);
    check(postern_media_type(media) != NULL);
    check(media != POSTERN_MEDIA_SVG || postern_slice_eq(part->type, POSTERN_S("image/svg+xml")));
    if (index == postern_archive_root(archive))
        check(!postern_archive_is_attachment(archive, index));
    else
        (void)postern_archive_is_attachment(archive, index);
    (void)postern_archive_base(archive, index);
    check_reference(archive, index, part->content_location);
    uint32_t found;
    postern_status named = postern_archive_part_named(archive, part->content_id, &found, NULL);
    check(named != POSTERN_OK || found < postern_archive_part_count(archive));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len > 1 << 20) return 0;
    postern_slice all = postern_slice_of(bytes, len);
    postern_cut cut = postern_slice_cut_last(all, '\n');
    postern_slice input = cut.ok ? cut.head : all, text = cut.ok ? cut.tail : POSTERN_S("x");
    postern_archive_options options = {.expect_html = true};
    postern_archive *archive;
    postern_error error;
    postern_status status = postern_archive_open(input, &options, &archive, &error);
    check(status == POSTERN_OK || (status == POSTERN_FORMAT && error.text[0]));
    if (status != POSTERN_OK) return 0;
    uint32_t count = postern_archive_part_count(archive), root = postern_archive_root(archive);
    check(root == POSTERN_NO_PART || root < count);
    check_facts(archive);
    check_reference(archive, root == POSTERN_NO_PART ? 0 : root, text);
    for (uint32_t i = 0; i < count && i < 30; i++) check_part(archive, i);
    postern_archive_free(archive);
    return 0;
}
