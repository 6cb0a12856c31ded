/*
 * Reading mail as plain text, the workaround of MS04-013 for mail programs (KB291387 for Outlook Express 6, KB307594 for
 * Outlook 2002): what is neither signed nor encrypted is read as text, because a signature would not fit another form any more
 * and a sealed letter has only the one inside. Whether something is sealed is told from what is declared; no signature is
 * checked, so a sender can have his HTML kept by calling it signed, as with those programs: P1 to P5 hold for it all the same.
 */
#include "mhtml_int.h"

static bool is_sealing_type(const postern_part *part) {
    static const char *const types[] = {"multipart/signed",          "multipart/encrypted",      "application/pkcs7-mime",
                                        "application/x-pkcs7-mime",  "application/pgp",          "application/x-pgp",
                                        "application/x-pgp-message", "application/pgp-encrypted"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (postern_slice_eq(part->type, postern_slice_cstr(types[i]))) return true;
    /* RFC 8551 3.2.1: agents may say octet-stream, and the name tells */
    return postern_slice_eq(part->type, POSTERN_S("application/octet-stream")) && part->name.len > 4 &&
           postern_slice_eq_nocase(postern_slice_from(part->name, part->name.len - 4), POSTERN_S(".p7m"));
}

/* Where a line begins, or in HTML the text behind a tag. */
static bool begins_text(postern_slice text, size_t at) {
    while (at && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\t')) at--;
    return at == 0 || text.ptr[at - 1] == '\n' || text.ptr[at - 1] == '\r' || text.ptr[at - 1] == '>';
}

/* RFC 9580 6.2: the armor header line, and the line that ends it or the signature behind it. */
static bool is_pgp_text(postern_slice text) {
    static const char *const heads[] = {"-----BEGIN PGP MESSAGE-----", "-----BEGIN PGP SIGNED MESSAGE-----"};
    static const char *const tails[] = {"-----END PGP MESSAGE-----", "-----END PGP SIGNATURE-----"};
    for (size_t kind = 0; kind < 2; kind++) {
        postern_slice head = postern_slice_cstr(heads[kind]), tail = postern_slice_cstr(tails[kind]);
        for (size_t at = 0; (at = postern_slice_find(text, at, head)) != SIZE_MAX; at += head.len)
            if (begins_text(text, at)) return postern_slice_find(text, at + head.len, tail) != SIZE_MAX;
    }
    return false;
}

static postern_status holds_pgp(const postern_part *part, bool *ret_holds) {
    postern_slice text;
    *ret_holds = false;
    if (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE | POSTERN_PART_ATTACHMENT)) return POSTERN_OK;
    if (!postern_slice_starts(part->type, POSTERN_S("text/"))) return POSTERN_OK;
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_DOCUMENT * 2ull);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = postern_part_text(arena, part, NULL, &text, NULL);
    if (!status) *ret_holds = is_pgp_text(text);
    postern_arena_free(arena);
    return status == POSTERN_LIMIT ? POSTERN_OK : status;
}

/* The part itself, or another form of the same text. */
static postern_status is_pgp(postern_archive *a, const postern_part *part, bool *ret_is) {
    postern_status status = holds_pgp(part, ret_is);
    for (uint32_t up = part->parent; up != POSTERN_NO_PART; up = mhtml_part(a, up)->parent) {
        const postern_part *around = mhtml_part(a, up);
        if (around->flags & POSTERN_PART_MESSAGE) break;
        if (!postern_slice_eq(around->type, POSTERN_S("multipart/alternative"))) continue;
        for (uint32_t i = around->first_child; i != POSTERN_NO_PART && !status && !*ret_is; i = mhtml_part(a, i)->next)
            status = holds_pgp(mhtml_part(a, i), ret_is);
    }
    return status;
}

/* Asked several times for each part: the answer is kept. */
enum { UNKNOWN, OPEN, SEALED };

static postern_status look(postern_archive *a, const postern_part *part) {
    bool sealed = false;
    for (const postern_part *up = part; up && !sealed;) {
        sealed = is_sealing_type(up);
        up = up->parent == POSTERN_NO_PART ? NULL : mhtml_part(a, up->parent);
    }
    postern_status status = sealed ? POSTERN_OK : is_pgp(a, part, &sealed);
    if (!status) a->sealed[part->index] = sealed ? SEALED : OPEN;
    return status;
}

postern_status mhtml_plain_read(postern_archive *a) {
    postern_status status = POSTERN_OK;
    for (uint32_t i = 0; i < a->part_count && !status && a->plain && a->kind == POSTERN_ARCHIVE_MAIL; i++)
        if (mhtml_is_html(mhtml_part(a, i))) status = look(a, mhtml_part(a, i));
    return status;
}

bool postern_archive_is_protected(postern_archive *archive, uint32_t index) {
    const postern_part *part = mhtml_part(archive, index);
    if (!part || (archive->sealed[index] == UNKNOWN && look(archive, part))) return false;
    return archive->sealed[index] == SEALED;
}

bool postern_archive_reads_plain(postern_archive *archive, uint32_t index) {
    const postern_part *part = mhtml_part(archive, index);
    return archive->plain && archive->kind == POSTERN_ARCHIVE_MAIL && part && mhtml_is_html(part) &&
           !postern_archive_is_protected(archive, index);
}
