/*
 * The MIME index over any bytes. Properties: a slice of a part lies in the file, or in the parent's bytes; children lie in
 * their parent's body, in order and apart; links and depths agree; names are valid UTF-8; text is valid UTF-8; notes point into
 * the file.
 */
#include <stdlib.h>

#include "postern/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(bool good) {
    if (!good) abort();
}

static bool inside(postern_slice inner, postern_slice outer) {
    return inner.len == 0 || (inner.ptr >= outer.ptr && inner.ptr + inner.len <= outer.ptr + outer.len);
}

static void check_note(void *user, const postern_note *note) {
    const size_t *longest = user;
    check(note->kind < POSTERN_NOTE_COUNT);
    check(note->offset == POSTERN_NO_OFFSET || note->offset <= *longest);
}

static void check_fields(const postern_part *part) {
    for (uint32_t i = 0; i < part->header_count; i++) {
        const postern_header *h = &part->headers[i];
        check(h->name.len && inside(h->name, part->head) && inside(h->raw, part->head));
        check(i == 0 || h->name.ptr > part->headers[i - 1].name.ptr);
        check(postern_part_header(part, h->name) != NULL);
    }
}

static void check_values(const postern_part *part) {
    check(part->type.len && !memchr(part->type.ptr, ';', part->type.len));
    for (size_t i = 0; i < part->type.len; i++)
        check(part->type.ptr[i] > 32 && postern_ascii_lower(part->type.ptr[i]) == part->type.ptr[i]);
    check(postern_utf8_valid(part->name) && postern_utf8_valid(part->description));
    check(postern_utf8_valid(part->content_location) && postern_utf8_valid(part->content_base));
    check(!memchr(part->boundary.ptr ? part->boundary.ptr : (const uint8_t *)"", '\n', part->boundary.len));
    bool holds = part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE);
    check(holds || part->first_child == POSTERN_NO_PART || postern_slice_eq(part->type, POSTERN_S("text/plain")));
}

/* Where the part stands in the tree. */
static void check_place(const postern_message *m, const postern_part *part) {
    if (part->parent == POSTERN_NO_PART) {
        check(part->index == 0 && part->depth == 0 && !part->nested);
        check(inside(part->head, postern_mime_bytes(m)) && inside(part->body, postern_mime_bytes(m)));
        return;
    }
    const postern_part *parent = postern_mime_part(m, part->parent);
    check(part->parent < part->index && part->depth == parent->depth + 1);
    check(parent->nested <= part->nested);
    if (part->nested != parent->nested || ((parent->flags & POSTERN_PART_MESSAGE) && part->nested)) return; /* other bytes */
    check(inside(part->head, parent->body) && inside(part->body, parent->body));
}

static void check_children(const postern_message *m, const postern_part *part) {
    const postern_part *before = NULL;
    uint32_t behind = part->index;
    for (uint32_t i = part->first_child; i != POSTERN_NO_PART; i = before->next) {
        const postern_part *child = postern_mime_part(m, i);
        check(child && child->parent == part->index && i > behind);
        if (before && before->nested == child->nested) check(child->head.ptr >= before->body.ptr + before->body.len);
        before = child;
        behind = i;
    }
}

static void check_text(postern_arena *arena, const postern_part *part) {
    postern_slice decoded, text;
    postern_charset charset;
    check(postern_part_decode_arena(arena, part, NULL, &decoded) == POSTERN_OK);
    check(decoded.len <= postern_decoded_max(part->encoding, part->body.len) || decoded.ptr == part->body.ptr);
    if (!postern_slice_starts(part->type, POSTERN_S("text/"))) return;
    check(postern_part_text(arena, part, NULL, &text, &charset) == POSTERN_OK);
    check(postern_utf8_valid(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len > 1 << 20) return 0;
    postern_arena *arena = postern_arena_new(1u << 30);
    if (!arena) return 0;
    const postern_message *m;
    size_t longest = 3 * len; /* a file in UTF-16 becomes UTF-8 */
    postern_notes notes = {check_note, &longest};
    postern_mime_options options = {.notes = &notes};
    postern_status status = postern_mime_open(arena, postern_slice_of(bytes, len), &options, &m, NULL);
    check(status == POSTERN_OK || status == POSTERN_FORMAT);
    if (status == POSTERN_OK) {
        uint32_t count = postern_mime_part_count(m);
        check(count > 0 && count <= POSTERN_LIMIT_PARTS && !postern_mime_part(m, count));
        for (uint32_t i = 0; i < count; i++) {
            const postern_part *part = postern_mime_part(m, i);
            check(part->index == i && part->depth <= POSTERN_LIMIT_MIME_DEPTH + 1u);
            check_fields(part);
            check_values(part);
            check_place(m, part);
            check_children(m, part);
            if (i < 50) check_text(arena, part);
        }
    }
    postern_arena_free(arena);
    return 0;
}
