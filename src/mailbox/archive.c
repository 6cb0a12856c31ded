/*
 * Members of zip, tar, gzip and the other archives that libarchive reads. Only regular files are handed out, from memory to
 * memory: nothing is written, no name is used as a path. An attacker makes a small file that unpacks to a disk full: members,
 * bytes and their ratio to the file are bounded, and archives in archives are the caller's to count.
 */
#include "mailbox_int.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

typedef struct signature {
    const char *bytes;
    size_t len, at;
} signature;

#define SIGNATURE(literal, at)                                                                                                 \
    { literal, sizeof(literal) - 1, at }

static const signature signatures[] = {
    SIGNATURE("PK\3\4", 0),
    SIGNATURE("PK\5\6", 0),
    SIGNATURE("\x1F\x8B\x08", 0),
    SIGNATURE("BZh", 0),
    SIGNATURE("\xFD"
              "7zXZ\0",
              0),
    SIGNATURE("\x28\xB5\x2F\xFD", 0),
    SIGNATURE("7z\xBC\xAF\x27\x1C", 0),
    SIGNATURE("Rar!\x1A\x07", 0),
    SIGNATURE("MSCF\0\0\0\0", 0),
    SIGNATURE("ustar", 257),
};

bool mailbox_is_archive(postern_slice bytes) {
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const signature *s = &signatures[i];
        if (postern_slice_eq(postern_slice_sub(bytes, s->at, s->len), postern_slice_of(s->bytes, s->len))) return true;
    }
    return false;
}

typedef struct walk {
    struct archive *archive;
    postern_buf data;     /* of the member at hand */
    uint64_t total, most; /* bytes so far, and how many at most */
    uint64_t told;        /* of them when the pulse was last felt */
    mailbox_pulse_fn pulse;
    void *user;
    const char *cut;
} walk;

enum { PULSE_EVERY = 1 << 20 };

/* The data of one member into w->data, as far as the limits go. */
static postern_status read_member(walk *w) {
    uint8_t block[16 << 10];
    postern_buf_clear(&w->data);
    for (;;) {
        la_ssize_t got = archive_read_data(w->archive, block, sizeof block);
        if (got == ARCHIVE_RETRY) continue;
        if (got < 0) w->cut = "a member is damaged or encrypted";
        if (got <= 0) return POSTERN_OK;
        w->total += (uint64_t)got;
        if (w->pulse && w->total - w->told >= PULSE_EVERY) {
            w->told = w->total;
            if (!w->pulse(w->user)) return POSTERN_STATE;
        }
        if (w->total > w->most) w->cut = "the archive unpacks to more than its size allows";
        if (w->data.len + (size_t)got > POSTERN_LIMIT_MAILBOX_MEMBER) w->cut = "a member is larger than a member may be";
        if (w->cut) return POSTERN_OK;
        if (postern_buf_add(&w->data, block, (size_t)got)) return POSTERN_NOMEM;
    }
}

/* Names in the archive's own bytes; a name that the C library cannot take is asked for as UTF-8. */
static postern_slice name_of(struct archive_entry *entry) {
    const char *name = archive_entry_pathname(entry);
    if (!name) name = archive_entry_pathname_utf8(entry);
    return postern_slice_cstr(name);
}

static postern_status walk_members(walk *w, postern_mailbox_fn fn, void *user) {
    struct archive_entry *entry;
    for (uint64_t number = 1; !w->cut; number++) {
        int code = archive_read_next_header(w->archive, &entry);
        if (code == ARCHIVE_EOF) return POSTERN_OK;
        if (code == ARCHIVE_RETRY) continue;
        if (code < ARCHIVE_WARN) {
            w->cut = number == 1 ? "the archive cannot be read" : "the archive is damaged";
            return POSTERN_OK;
        }
        if (number > POSTERN_LIMIT_MAILBOX_MEMBERS) {
            w->cut = "more members than one archive may hold";
            return POSTERN_OK;
        }
        if (archive_entry_filetype(entry) != AE_IFREG && archive_entry_filetype(entry) != 0) continue;
        la_int64_t at = archive_read_header_position(w->archive);
        postern_status status = read_member(w);
        if (status) return status;
        postern_mailbox_item item = {.name = name_of(entry),
                                     .number = number,
                                     .offset = at > 0 ? (uint64_t)at : 0,
                                     .bytes = postern_buf_slice(&w->data)};
        status = fn(user, &item);
        if (status) return status;
    }
    return POSTERN_OK;
}

postern_status mailbox_archive_each(postern_slice bytes, postern_mailbox_fn fn, mailbox_pulse_fn pulse, void *user,
                                    const char **ret_cut) {
    walk w = {.archive = archive_read_new(), .pulse = pulse, .user = user};
    if (!w.archive) return POSTERN_NOMEM;
    postern_buf_init(&w.data, POSTERN_LIMIT_MAILBOX_MEMBER);
    size_t allowed;
    if (!postern_mul_ok(bytes.len, POSTERN_LIMIT_MAILBOX_RATIO, &allowed) || allowed > POSTERN_LIMIT_MAILBOX_BYTES)
        allowed = POSTERN_LIMIT_MAILBOX_BYTES;
    w.most = allowed < (1u << 20) ? 1u << 20 : allowed;
    archive_read_support_filter_all(w.archive);
    archive_read_support_format_all(w.archive);
    archive_read_support_format_raw(w.archive); /* a lone .gz */
    postern_status status = POSTERN_OK;
    if (archive_read_open_memory(w.archive, bytes.ptr, bytes.len))
        w.cut = "the archive cannot be read";
    else
        status = walk_members(&w, fn, user);
    if (w.cut) *ret_cut = w.cut;
    postern_buf_free(&w.data);
    archive_read_free(w.archive);
    return status;
}
