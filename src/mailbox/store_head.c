/*
 * One message -> one row. The strict reading that opening takes (Z22) gives its parts; nothing of a body is decoded but for a
 * saved page, whose zone its marks decide (Z10). Mail is Restricted.
 */
#include "store_int.h"

#include "postern/mhtml.h"

#include <stdlib.h>

enum { MESSAGE_MEMORY = 64 << 20, REFERENCES_MAX = 64 };

postern_status store_refs_add(store_refs *refs, uint64_t hash) {
    if (refs->count == refs->room) {
        size_t room = refs->room ? refs->room * 2 : 1024;
        uint64_t *grown = reallocarray(refs->hashes, room, sizeof *grown);
        if (!grown) return POSTERN_NOMEM;
        refs->hashes = grown;
        refs->room = room;
    }
    refs->hashes[refs->count++] = hash;
    return POSTERN_OK;
}

static uint64_t hash_id(postern_slice id) {
    uint64_t hash = postern_slice_hash(postern_slice_trim(id), 0x1D);
    return hash ? hash : 1;
}

/* The next <id> of a field at or behind *at. */
static bool next_id(postern_slice raw, size_t *at, postern_slice *ret_id) {
    size_t open = postern_slice_find_byte(raw, *at, '<');
    size_t close = open == SIZE_MAX ? SIZE_MAX : postern_slice_find_byte(raw, open, '>');
    if (close == SIZE_MAX) return false;
    *ret_id = postern_slice_sub(raw, open + 1, close - open - 1);
    *at = close + 1;
    return true;
}

/* The last ids of a field: the nearest ancestors. */
static postern_status read_refs(postern_slice raw, store_refs *refs, size_t first) {
    postern_slice id;
    for (size_t at = 0; next_id(raw, &at, &id);) {
        if (refs->count - first == REFERENCES_MAX) {
            memmove(refs->hashes + first + 1, refs->hashes + first + 2, (REFERENCES_MAX - 2) * sizeof *refs->hashes);
            refs->count--; /* the first one is the root and stays */
        }
        postern_status status = store_refs_add(refs, hash_id(id));
        if (status) return status;
    }
    return POSTERN_OK;
}

typedef struct fields {
    postern_slice from, sender, subject, date, id, references, reply_to, status, x_status, mozilla, page, received, delivered;
} fields;

static void find_fields(const postern_part *part, fields *f) {
    const struct {
        const char *name;
        postern_slice *value;
    } wanted[] = {{"from", &f->from},
                  {"sender", &f->sender},
                  {"subject", &f->subject},
                  {"date", &f->date},
                  {"message-id", &f->id},
                  {"references", &f->references},
                  {"in-reply-to", &f->reply_to},
                  {"status", &f->status},
                  {"x-status", &f->x_status},
                  {"x-mozilla-status", &f->mozilla},
                  {"snapshot-content-location", &f->page},
                  {"received", &f->received},
                  {"delivery-date", &f->delivered}};
    for (uint32_t i = 0; i < part->header_count; i++) {
        const postern_header *h = &part->headers[i];
        for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++)
            if (!wanted[k].value->ptr && postern_slice_eq_nocase(h->name, postern_slice_cstr(wanted[k].name)))
                *wanted[k].value = h->raw;
    }
}

/* Status and X-Status of mbox readers, X-Mozilla-Status of Thunderbird (nsMsgMessageFlags). */
static uint32_t flags_of(const fields *f) {
    static const struct {
        char letter;
        uint32_t flag;
    } letters[] = {{'R', POSTERN_STORE_SEEN},
                   {'A', POSTERN_STORE_ANSWERED},
                   {'F', POSTERN_STORE_FLAGGED},
                   {'T', POSTERN_STORE_DRAFT},
                   {'D', POSTERN_STORE_DELETED}};
    const postern_slice words[2] = {f->status, f->x_status};
    uint32_t flags = 0;
    uint64_t bits;
    for (size_t w = 0; w < 2; w++)
        for (size_t i = 0; i < words[w].len; i++)
            for (size_t k = w ? 1 : 0; k < sizeof letters / sizeof *letters; k++)
                if (words[w].ptr[i] == (uint8_t)letters[k].letter) flags |= letters[k].flag;
    if (!postern_slice_hex(postern_slice_sub(postern_slice_trim(f->mozilla), 0, 8), UINT32_MAX, &bits)) return flags;
    if (bits & 0x1) flags |= POSTERN_STORE_SEEN;
    if (bits & 0x2) flags |= POSTERN_STORE_ANSWERED;
    if (bits & 0x4) flags |= POSTERN_STORE_FLAGGED;
    if (bits & 0x8) flags |= POSTERN_STORE_GONE; /* expunged: its bytes wait for the file to be compacted */
    if (bits & 0x1000) flags |= POSTERN_STORE_FORWARDED;
    return flags;
}

static bool starts(const postern_part *part, const char *type) {
    return postern_slice_starts(part->type, postern_slice_cstr(type));
}

/* What a list marks with a paper clip: a leaf with a file name or one that says so, and what is neither text nor a picture of
 * the page; signatures are none. */
static bool is_attachment(const postern_message *message, const postern_part *part) {
    if (part->flags & POSTERN_PART_MULTIPART || part->parent == POSTERN_NO_PART) return false;
    if (starts(part, "application/pkcs7-signature") || starts(part, "application/x-pkcs7-signature") ||
        starts(part, "application/pgp-"))
        return false;
    if (part->flags & POSTERN_PART_ATTACHMENT) return true;
    const postern_part *parent = postern_mime_part(message, part->parent);
    if (starts(parent, "multipart/related") && (part->content_id.len || part->content_location.len || starts(part, "image/")))
        return false;
    if (part->name.len || part->flags & POSTERN_PART_UU) return true;
    return !starts(part, "text/") && !starts(part, "message/delivery-status") && !starts(part, "message/disposition-") &&
           !starts(parent, "multipart/alternative");
}

static uint32_t part_flags(const postern_message *message, uint32_t index) {
    const postern_part *part = postern_mime_part(message, index);
    uint32_t flags = is_attachment(message, part) ? POSTERN_STORE_ATTACHMENT : 0;
    if (starts(part, "multipart/signed") || starts(part, "application/pkcs7-signature")) flags |= POSTERN_STORE_SIGNED;
    if (starts(part, "multipart/encrypted")) flags |= POSTERN_STORE_ENCRYPTED;
    if (starts(part, "application/pkcs7-mime") || starts(part, "application/x-pkcs7-mime")) {
        const postern_header *h = postern_part_header(part, POSTERN_S("content-type"));
        bool is_signed = h && postern_slice_find_nocase(h->raw, 0, POSTERN_S("signed-data")) != SIZE_MAX;
        flags |= is_signed ? POSTERN_STORE_SIGNED : POSTERN_STORE_ENCRYPTED;
    }
    if (part->parent == POSTERN_NO_PART && !(part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) &&
        (part->flags & POSTERN_PART_ATTACHMENT || (part->flags & POSTERN_PART_TYPE_DECLARED && !starts(part, "text/") &&
                                                   !(flags & (POSTERN_STORE_SIGNED | POSTERN_STORE_ENCRYPTED)))))
        flags |= POSTERN_STORE_ATTACHMENT;
    return flags;
}

static void read_date(const store_message *m, const fields *f, store_rec *rec) {
    postern_cut received = postern_slice_cut_last(f->received, ';');
    rec->has_date = store_date_parse(f->date, &rec->date, &rec->date_offset);
    if (!rec->has_date) rec->has_date = store_date_parse(f->delivered, &rec->date, &rec->date_offset);
    if (!rec->has_date && received.ok) rec->has_date = store_date_parse(received.tail, &rec->date, &rec->date_offset);
    if (!rec->has_date) rec->has_date = store_date_parse(postern_slice_cut(m->from, '\n').head, &rec->date, &rec->date_offset);
    postern_slice name = store_name_of(m);
    postern_cut cut = postern_slice_cut_last(name, '/');
    if (!rec->has_date && m->dbx) rec->has_date = m->dbx->has_date, rec->date = m->dbx->date;
    if (!rec->has_date && m->maildir) rec->has_date = store_maildir_time(cut.ok ? cut.tail : name, &rec->date);
}

/* A page's zone is what its marks say. */
static postern_status page_zone(const store_message *m, store_rec *rec) {
    postern_archive *archive;
    postern_archive_options options = {.expect_html = true};
    postern_status status = postern_archive_open(m->bytes, &options, &archive, NULL);
    if (status) return status == POSTERN_NOMEM ? status : POSTERN_OK;
    if (postern_archive_kind_of(archive) != POSTERN_ARCHIVE_MAIL) {
        rec->flags = (rec->flags & ~(uint32_t)POSTERN_STORE_ATTACHMENT) | POSTERN_STORE_PAGE;
        rec->zone = (uint8_t)postern_archive_facts_of(archive)->zone;
    }
    postern_archive_free(archive);
    return POSTERN_OK;
}

static bool is_page(const store_message *m, const fields *f) {
    postern_slice name = store_name_of(m);
    return f->page.len || postern_slice_starts_nocase(postern_slice_trim(f->from), POSTERN_S("<saved by ")) ||
           (name.len > 4 && postern_slice_eq_nocase(postern_slice_from(name, name.len - 4), POSTERN_S(".mht"))) ||
           (name.len > 6 && postern_slice_eq_nocase(postern_slice_from(name, name.len - 6), POSTERN_S(".mhtml")));
}

static postern_status read_ids(const fields *f, store_rec *rec, store_refs *refs) {
    postern_slice id;
    size_t at = 0, first = refs->count;
    if (next_id(f->id, &at, &id))
        rec->id_hash = hash_id(id);
    else if (postern_slice_trim(f->id).len)
        rec->id_hash = hash_id(f->id);
    postern_status status = read_refs(f->references, refs, first);
    at = 0;
    if (!status && refs->count == first && next_id(f->reply_to, &at, &id)) status = store_refs_add(refs, hash_id(id));
    return status;
}

/* A message whose text was never fetched, or is lost: all that there is stands in its info. */
static postern_status read_dbx_info(postern_store *store, const mailbox_dbx_message *dbx, postern_arena *arena,
                                    store_rec *rec) {
    rec->has_date = dbx->has_date;
    rec->date = dbx->date;
    postern_status status = store_show_header(store, arena, dbx->subject, POSTERN_CHARSET_NONE, &rec->subject);
    if (!status) status = store_show_header(store, arena, dbx->address, POSTERN_CHARSET_NONE, &rec->address);
    if (!status) status = store_show_header(store, arena, dbx->sender, POSTERN_CHARSET_NONE, &rec->sender);
    if (!status && !rec->sender.len) rec->sender = rec->address;
    return status;
}

static postern_status read_message(postern_store *store, const store_message *m, postern_arena *arena, store_rec *rec,
                                   store_refs *refs) {
    const postern_message *message;
    fields f = {0};
    if (m->dbx && !m->bytes.len) return read_dbx_info(store, m->dbx, arena, rec);
    postern_status status = postern_mime_open(arena, m->bytes, NULL, &message, NULL);
    if (status == POSTERN_FORMAT || status == POSTERN_LIMIT) {
        bool page = is_page(m, &f);
        read_date(m, &f, rec);
        return page ? page_zone(m, rec) : POSTERN_OK;
    }
    if (status) return status;
    const postern_part *root = postern_mime_part(message, 0);
    find_fields(root, &f);
    rec->flags |= flags_of(&f);
    for (uint32_t i = 0; i < postern_mime_part_count(message); i++) rec->flags |= part_flags(message, i);
    read_date(m, &f, rec);
    status = store_sender(store, arena, f.from.len ? f.from : f.sender, root->charset, rec);
    if (!status) status = store_show_header(store, arena, f.subject, root->charset, &rec->subject);
    if (!status) status = read_ids(&f, rec, refs);
    if (!status && is_page(m, &f)) status = page_zone(m, rec);
    return status;
}

postern_status store_head(postern_store *store, const store_message *message, store_rec *rec, store_refs *refs) {
    postern_slice name = store_name_of(message);
    *rec = (store_rec){
        .place = message->place, .size = message->bytes.len, .parent = POSTERN_NO_ROW, .zone = POSTERN_ZONE_RESTRICTED};
    if (message->maildir) rec->flags = store_maildir_flags(name);
    if (message->dbx) rec->flags = message->dbx->flags;
    rec->flags |= message->flags;
    postern_arena *arena = postern_arena_new(MESSAGE_MEMORY);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = read_message(store, message, arena, rec, refs);
    postern_arena_free(arena);
    return status == POSTERN_LIMIT && !store->texts.status ? POSTERN_OK : status;
}
