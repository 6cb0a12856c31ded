/*
 * Which document of an archive or mail is shown: start= and type= of multipart/related (RFC 2387), the best alternative (RFC
 * 2046 5.1.4), the first text of a mixed message. Attachments are only taken when there is nothing else, messages inside even
 * later.
 */
#include "mhtml_int.h"

bool mhtml_is_html(const postern_part *part) {
    return postern_slice_eq(part->type, POSTERN_S("text/html")) ||
           postern_slice_eq(part->type, POSTERN_S("application/xhtml+xml"));
}

/* Text that people read, as opposed to text that programs read. */
static bool is_readable(const postern_part *part) {
    static const char *const other[] = {"text/css",     "text/javascript", "text/ecmascript",    "text/calendar", "text/vcard",
                                        "text/x-vcard", "text/directory",  "text/rtf",           "text/xml",      "text/csv",
                                        "text/x-patch", "text/x-diff",     "text/rfc822-headers"};
    if (!postern_slice_starts(part->type, POSTERN_S("text/"))) return false;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (postern_slice_eq(part->type, postern_slice_cstr(other[i]))) return false;
    return true;
}

enum { RANK_NONE, RANK_TEXT, RANK_PLAIN, RANK_HTML };

typedef struct choice {
    uint32_t part;
    int rank;
} choice;

typedef struct chooser {
    postern_archive *a;
    bool attachments, messages, undeclared; /* may be taken */
    postern_status status;
} chooser;

static const choice NOTHING = {POSTERN_NO_PART, RANK_NONE};

postern_status mhtml_type_parameter(postern_arena *arena, const postern_part *part, postern_slice name,
                                    postern_slice *ret_value) {
    const postern_header *h = postern_part_header(part, POSTERN_S("content-type"));
    *ret_value = (postern_slice){0};
    if (!h || postern_slice_find_nocase(h->raw, 0, name) == SIZE_MAX) return POSTERN_OK;
    postern_slice type;
    postern_parameter *list;
    size_t count;
    postern_status status = postern_mime_parameters(arena, h->raw, POSTERN_CHARSET_NONE, &type, &list, &count);
    if (status != POSTERN_OK) return status;
    for (size_t i = 0; i < count; i++)
        if (postern_slice_eq(list[i].name, name)) {
            *ret_value = list[i].value;
            break;
        }
    return POSTERN_OK;
}

static bool is_below(const postern_archive *a, uint32_t part, uint32_t ancestor) {
    for (; part != POSTERN_NO_PART; part = mhtml_part(a, part)->parent)
        if (part == ancestor) return true;
    return false;
}

static choice choose(chooser *c, uint32_t index);

static choice first_of_rank(chooser *c, const postern_part *part) {
    choice best = NOTHING;
    for (uint32_t i = part->first_child; i != POSTERN_NO_PART && c->status == POSTERN_OK; i = mhtml_part(c->a, i)->next) {
        choice one = choose(c, i);
        if (one.rank == RANK_HTML) return one;
        if (one.rank > best.rank) best = one;
    }
    return best;
}

/* The part that start= names, as far as it can be shown. */
static choice choose_start(chooser *c, const postern_part *part, postern_slice start) {
    uint32_t found;
    start = postern_slice_trim(start);
    if (start.len >= 2 && start.ptr[0] == '<' && start.ptr[start.len - 1] == '>')
        start = postern_slice_sub(start, 1, start.len - 2);
    c->status = mhtml_find_cid(c->a, c->a->scopes[part->index], start, &found);
    if (c->status != POSTERN_OK || found == POSTERN_NO_PART || found == part->index || !is_below(c->a, found, part->index))
        return NOTHING;
    return choose(c, found);
}

static choice choose_type(chooser *c, const postern_part *part, postern_slice type) {
    type = postern_slice_trim(type);
    for (uint32_t i = part->first_child; i != POSTERN_NO_PART; i = mhtml_part(c->a, i)->next)
        if (postern_slice_eq_nocase(mhtml_part(c->a, i)->type, type)) return choose(c, i);
    return NOTHING;
}

static choice choose_related(chooser *c, const postern_part *part) {
    postern_slice start = {0}, type = {0};
    c->status = mhtml_type_parameter(c->a->scratch, part, POSTERN_S("start"), &start);
    if (c->status == POSTERN_OK) c->status = mhtml_type_parameter(c->a->scratch, part, POSTERN_S("type"), &type);
    choice one = NOTHING;
    if (c->status == POSTERN_OK && start.len) {
        one = choose_start(c, part, start);
        if (one.rank == RANK_NONE && c->status == POSTERN_OK && !c->undeclared)
            postern_note_send(&c->a->notes, POSTERN_NOTE_ROOT_GUESSED, part->index, part->offset, start);
    }
    if (c->status == POSTERN_OK && one.rank == RANK_NONE && type.len) one = choose_type(c, part, type);
    if (c->status == POSTERN_OK && one.rank == RANK_NONE) one = first_of_rank(c, part);
    return one;
}

/* Whether a form has nothing to say that `best` does not: it is empty, or the file ends in it before it has said as much. */
static bool says_less(chooser *c, uint32_t one, uint32_t best) {
    const postern_part *part = mhtml_part(c->a, one);
    bool less = !postern_slice_trim(part->body).len && postern_slice_trim(mhtml_part(c->a, best)->body).len;
    if (!less && (part->flags & POSTERN_PART_TRUNCATED)) c->status = mhtml_cut_says_less(c->a, one, best, &less);
    if (less) postern_note_send(&c->a->notes, POSTERN_NOTE_ROOT_CUT, one, part->offset, part->type);
    return less;
}

/* The last of the best: senders put what they prefer at the end. */
static choice choose_alternative(chooser *c, const postern_part *part) {
    choice best = NOTHING;
    for (uint32_t i = part->first_child; i != POSTERN_NO_PART && c->status == POSTERN_OK; i = mhtml_part(c->a, i)->next) {
        choice one = choose(c, i);
        if (one.rank == RANK_NONE || one.rank < best.rank || c->status != POSTERN_OK) continue;
        if (best.rank == RANK_NONE || !says_less(c, one.part, best.part)) best = one;
    }
    return best;
}

/* The first text, or HTML behind it unless that is a file of its own. */
static choice choose_mixed(chooser *c, const postern_part *part) {
    choice best = NOTHING;
    for (uint32_t i = part->first_child; i != POSTERN_NO_PART && c->status == POSTERN_OK; i = mhtml_part(c->a, i)->next) {
        choice one = choose(c, i);
        if (one.rank == RANK_NONE) continue;
        bool file = mhtml_part(c->a, one.part)->name.len != 0;
        if (best.rank == RANK_NONE)
            best = one;
        else if (one.rank == RANK_HTML && !file)
            best = one;
        if (best.rank == RANK_HTML) break;
    }
    return best;
}

/* A Content-Type that nobody can read ("text", say) over something that is text: shown as plain text when there is nothing
 * else, which is what RFC 2045 5.2 makes of it, and inert. */
static bool is_undeclared_text(const postern_part *part) {
    if ((part->flags & (POSTERN_PART_TYPE_DECLARED | POSTERN_PART_UU)) || part->encoding == POSTERN_ENCODING_BASE64 ||
        !postern_slice_eq(part->type, POSTERN_S("application/octet-stream")))
        return false;
    postern_slice head = postern_slice_sub(part->body, 0, 4096);
    for (size_t i = 0; i < head.len; i++)
        if (head.ptr[i] < 32 && !postern_ascii_space(head.ptr[i]) && head.ptr[i] != 27) return false;
    return head.len > 0;
}

static choice choose_leaf(const chooser *c, const postern_part *part) {
    choice one = {part->index, RANK_NONE};
    if (!c->attachments && (part->flags & POSTERN_PART_ATTACHMENT)) return NOTHING;
    if (mhtml_is_html(part))
        one.rank = RANK_HTML;
    else if (postern_slice_eq(part->type, POSTERN_S("text/plain")))
        one.rank = RANK_PLAIN;
    else if (is_readable(part) || (c->undeclared && is_undeclared_text(part)))
        one.rank = RANK_TEXT;
    return one.rank == RANK_NONE ? NOTHING : one;
}

/* Recursion as deep as POSTERN_LIMIT_MIME_DEPTH lets parts nest. */
static choice choose(chooser *c, uint32_t index) {
    const postern_part *part = mhtml_part(c->a, index);
    if (part->flags & POSTERN_PART_MESSAGE) {
        bool wrapped = part->parent == POSTERN_NO_PART; /* the whole file is one message in an envelope */
        if ((!c->messages && !wrapped) || part->first_child == POSTERN_NO_PART) return NOTHING;
        return choose(c, part->first_child);
    }
    if (!(part->flags & POSTERN_PART_MULTIPART)) return choose_leaf(c, part);
    if (postern_slice_eq(part->type, POSTERN_S("multipart/related"))) return choose_related(c, part);
    if (postern_slice_eq(part->type, POSTERN_S("multipart/alternative"))) return choose_alternative(c, part);
    return choose_mixed(c, part);
}

postern_status mhtml_root_choose(postern_archive *a) {
    for (int pass = 0; pass < 4; pass++) {
        chooser c = {.a = a, .undeclared = pass > 0, .attachments = pass > 1, .messages = pass > 2, .status = POSTERN_OK};
        choice one = choose(&c, 0);
        if (c.status != POSTERN_OK) return c.status;
        a->root = one.part;
        if (one.rank != RANK_NONE) break;
        a->root = POSTERN_NO_PART;
    }
    return POSTERN_OK;
}

uint32_t postern_archive_root(const postern_archive *archive) {
    return archive->root;
}

postern_status postern_archive_fail_rootless(const postern_archive *archive, postern_error *reterr) {
    for (uint32_t i = 0; i < postern_archive_part_count(archive); i++) {
        const postern_part *part = mhtml_part(archive, i);
        bool holds = postern_slice_starts(part->type, POSTERN_S("multipart/")) ||
                     postern_slice_starts(part->type, POSTERN_S("message/"));
        if (holds && part->depth >= POSTERN_LIMIT_MIME_DEPTH)
            return postern_fail(reterr, POSTERN_LIMIT, part->offset,
                                "parts are nested deeper than %u (limit MIME_DEPTH), and no document stands above them",
                                POSTERN_LIMIT_MIME_DEPTH);
    }
    return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "the archive holds no document that can be shown");
}

/* ---- attachments ------------------------------------------------------------------------------------------------- */

/* Another form of the same text: a child of an alternative around the root. */
static bool is_other_form(const postern_archive *a, const postern_part *part) {
    for (uint32_t up = part->parent; up != POSTERN_NO_PART; up = mhtml_part(a, up)->parent) {
        if (mhtml_part(a, up)->flags & POSTERN_PART_MESSAGE) return false;
        if (postern_slice_eq(mhtml_part(a, up)->type, POSTERN_S("multipart/alternative")) && is_below(a, a->root, up))
            return true;
    }
    return false;
}

/* Inside a message that is attached as a whole. */
static bool in_attached_message(const postern_archive *a, const postern_part *part) {
    for (uint32_t up = part->parent; up != POSTERN_NO_PART; up = mhtml_part(a, up)->parent)
        if ((mhtml_part(a, up)->flags & POSTERN_PART_MESSAGE) && !is_below(a, a->root, up)) return true;
    return false;
}

/* Of an alternative the last text counts, as for the root. */
static bool is_outdone_form(const postern_archive *a, const postern_part *part) {
    if (part->parent == POSTERN_NO_PART ||
        !postern_slice_eq(mhtml_part(a, part->parent)->type, POSTERN_S("multipart/alternative")))
        return false;
    for (uint32_t i = part->next; i != POSTERN_NO_PART; i = mhtml_part(a, i)->next)
        if (is_readable(mhtml_part(a, i)) || (mhtml_part(a, i)->flags & POSTERN_PART_MULTIPART)) return true;
    return false;
}

bool postern_archive_is_shown_inline(const postern_archive *archive, uint32_t index) {
    const postern_part *part = mhtml_part(archive, index);
    if (!part || index == archive->root || archive->root == POSTERN_NO_PART || archive->kind != POSTERN_ARCHIVE_MAIL)
        return false;
    if ((part->flags & (POSTERN_PART_ATTACHMENT | POSTERN_PART_UU)) || part->name.len) return false;
    if (!mhtml_is_html(part) && !postern_slice_eq(part->type, POSTERN_S("text/plain"))) return false;
    if (part->parent == POSTERN_NO_PART ||
        postern_slice_eq(mhtml_part(archive, part->parent)->type, POSTERN_S("multipart/related")))
        return false;
    return !in_attached_message(archive, part) && !is_other_form(archive, part) && !is_outdone_form(archive, part);
}

postern_status postern_archive_uses_read(postern_archive *archive) {
    return archive->uses_known ? POSTERN_OK : mhtml_uses_read(archive);
}

bool postern_archive_is_attachment(postern_archive *archive, uint32_t index) {
    const postern_part *part = mhtml_part(archive, index);
    if (!part || index == archive->root || (part->flags & POSTERN_PART_MULTIPART)) return false;
    if (archive->kind != POSTERN_ARCHIVE_MAIL && !(part->flags & POSTERN_PART_ATTACHMENT)) return false;
    if ((part->flags & POSTERN_PART_MESSAGE) && archive->root != POSTERN_NO_PART && is_below(archive, archive->root, index))
        return false;
    if (in_attached_message(archive, part)) return false;
    if (part->flags & POSTERN_PART_UU) return true;
    if (postern_archive_is_shown_inline(archive, index)) return false;
    if (!(part->flags & POSTERN_PART_ATTACHMENT) && !part->name.len && is_other_form(archive, part)) return false;
    if (part->parent != POSTERN_NO_PART && part->index != mhtml_part(archive, part->parent)->first_child &&
        postern_slice_eq(mhtml_part(archive, part->parent)->type, POSTERN_S("multipart/signed")))
        return false; /* the signature */
    /* in a text no picture is shown: it becomes an attachment (KB307594) */
    bool text = postern_slice_starts(part->type, POSTERN_S("text/"));
    if (!text && postern_archive_reads_plain(archive, archive->root)) return true;
    if (postern_archive_uses_read(archive) != POSTERN_OK) return true;
    return !archive->used[index];
}
