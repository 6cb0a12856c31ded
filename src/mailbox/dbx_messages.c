/*
 * The messages of an Outlook Express store: those of its tree, in its order; then chains of segments that no message of the
 * tree uses, by place. Freed ones were deleted. Others are what a damaged tree lost, or, where the tree is whole, what a
 * deleted message left before its segments were freed.
 */
#include "dbx_int.h"

#include <stdlib.h>

typedef struct walk {
    dbx d;
    uint8_t *used, *pointed; /* segments of messages; segments that another one goes on with */
    postern_buf text;
    mailbox_dbx_fn fn;
    void *user;
    uint64_t budget; /* bytes of all segments that are read */
    bool over;       /* it is used up */
    const char **ret_cut;
} walk;

static uint32_t flags_of(const dbx_info *info) {
    static const struct {
        uint32_t bit, flag;
    } bits[] = {{0x20, POSTERN_STORE_FLAGGED},
                {0x80, POSTERN_STORE_SEEN},
                {0x80000, POSTERN_STORE_ANSWERED},
                {0x100000, POSTERN_STORE_FORWARDED}};
    uint32_t value, flags = 0;
    if (!dbx_info_number(info, DBX_FLAGS, &value)) return 0;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (value & bits[i].bit) flags |= bits[i].flag;
    return flags;
}

static void mark_used(walk *w, uint32_t at) {
    dbx_segment segment;
    while (at && !dbx_bit(w->used, at) && dbx_segment_at(w->d.bytes, at, &segment)) {
        dbx_set(w->used, at);
        at = segment.next < w->d.bytes.len ? segment.next : 0;
    }
}

static postern_status give(walk *w, mailbox_dbx_message *m, const uint8_t *taken) {
    bool damaged = false;
    size_t count = 0;
    if (w->over) return POSTERN_OK;
    postern_buf_clear(&w->text);
    postern_status status = m->segment ? dbx_chain(w->d.bytes, m->segment, taken, &w->text, &count, &damaged) : POSTERN_OK;
    uint64_t cost = w->text.len + (uint64_t)count * 16;
    if (status == POSTERN_LIMIT) {
        *w->ret_cut = "a message is larger than a message may be";
        return POSTERN_OK;
    }
    if (status) return status;
    if (cost > w->budget) {
        w->over = true;
        *w->ret_cut = "messages share their segments: more text than the file has";
        return POSTERN_OK;
    }
    w->budget -= cost;
    if (damaged) m->flags |= POSTERN_STORE_DAMAGED;
    m->bytes = postern_buf_slice(&w->text);
    return w->fn(w->user, m);
}

static postern_status on_info(dbx *d, uint32_t at) {
    walk *w = d->user;
    dbx_info info;
    mailbox_dbx_message m = {.info = at};
    if (!dbx_info_read(d->bytes, at, &info)) {
        d->damaged = true;
        return POSTERN_OK;
    }
    m.flags = flags_of(&info);
    m.has_date = dbx_info_time(&info, DBX_RECEIVED, &m.date) || dbx_info_time(&info, DBX_SENT, &m.date);
    m.subject = dbx_info_text(&info, DBX_SUBJECT);
    m.sender = dbx_info_text(&info, DBX_SENDER);
    m.address = dbx_info_text(&info, DBX_ADDRESS);
    if (dbx_info_number(&info, DBX_TEXT, &m.segment) && m.segment) {
        dbx_segment segment;
        if (m.segment >= d->bytes.len || !dbx_segment_at(d->bytes, m.segment, &segment)) {
            d->damaged = true; /* the text is lost, but not that there was one */
            m.flags |= POSTERN_STORE_DAMAGED;
            m.segment = 0;
        } else {
            mark_used(w, m.segment);
        }
    }
    return give(w, &m, NULL);
}

/* Segments that no message uses, and which of them follow another one. */
static void find_pointed(walk *w) {
    dbx_segment segment;
    for (uint64_t at = DBX_HEADER; at + 16 <= w->d.bytes.len; at += 4) {
        if (!dbx_segment_at(w->d.bytes, (uint32_t)at, &segment)) continue;
        if (dbx_bit(w->used, (uint32_t)at))
            at += 12 + DBX_SEGMENT; /* what is in a message's text is no segment */
        else if (segment.next && segment.next < w->d.bytes.len && segment.next % 4 == 0)
            dbx_set(w->pointed, segment.next);
    }
}

static postern_status left_over(walk *w) {
    dbx_segment segment;
    find_pointed(w);
    for (uint64_t at = DBX_HEADER; at + 16 <= w->d.bytes.len && !w->over; at += 4) {
        uint32_t place = (uint32_t)at;
        if (!dbx_segment_at(w->d.bytes, place, &segment)) continue;
        if (dbx_bit(w->used, place)) at += 12 + DBX_SEGMENT;
        if (dbx_bit(w->used, place) || dbx_bit(w->pointed, place)) continue;
        mailbox_dbx_message m = {.segment = place, .flags = POSTERN_STORE_DAMAGED};
        if (segment.freed || !w->d.damaged) m.flags = POSTERN_STORE_GONE;
        postern_status status = segment.text.len ? give(w, &m, w->used) : POSTERN_OK;
        if (status) return status;
    }
    return POSTERN_OK;
}

static postern_status walk_all(walk *w) {
    uint32_t root = 0, count = 0, used = 0;
    bool has_root = dbx_u32(w->d.bytes, DBX_ROOT_AT, &root) && dbx_u32(w->d.bytes, DBX_COUNT_AT, &count) &&
                    dbx_u32(w->d.bytes, DBX_USED_AT, &used);
    /* a header of zeros has no length; a file that was cut is shorter than its own */
    if (!has_root || (count && !root) || !used || used > w->d.bytes.len) w->d.damaged = true;
    postern_status status = has_root ? dbx_tree(&w->d, root) : POSTERN_OK;
    if (!status) status = left_over(w);
    if (!status && w->d.damaged && !*w->ret_cut)
        *w->ret_cut = "the store is cut short or its index is damaged; messages may be missing";
    return status;
}

postern_status mailbox_dbx_each(postern_slice bytes, mailbox_dbx_fn fn, void *user, const char **ret_cut) {
    walk w = {.d = {.bytes = bytes, .info = on_info}, .fn = fn, .user = user, .ret_cut = ret_cut};
    if (bytes.len > UINT32_MAX) {
        *ret_cut = "a store of Outlook Express ends at 4 GiB";
        bytes.len = w.d.bytes.len = UINT32_MAX;
    }
    size_t bits = bytes.len / 32 + 1;
    w.d.user = &w;
    w.budget = (uint64_t)bytes.len * 2;
    w.d.seen = calloc(bits, 1);
    w.used = calloc(bits, 1);
    w.pointed = calloc(bits, 1);
    postern_buf_init(&w.text, POSTERN_LIMIT_MAILBOX_MEMBER);
    postern_status status = w.d.seen && w.used && w.pointed ? walk_all(&w) : POSTERN_NOMEM;
    free(w.d.seen);
    free(w.used);
    free(w.pointed);
    postern_buf_free(&w.text);
    return status;
}

typedef struct stream {
    postern_mailbox_fn fn;
    void *user;
    uint64_t number;
} stream;

static postern_status on_message(void *user, const mailbox_dbx_message *m) {
    stream *s = user;
    const postern_mailbox_item item = {.number = ++s->number, .offset = m->segment, .bytes = m->bytes};
    return m->bytes.len ? s->fn(s->user, &item) : POSTERN_OK;
}

postern_status mailbox_dbx_stream(postern_slice bytes, postern_mailbox_fn fn, void *user, const char **ret_cut) {
    stream s = {fn, user, 0};
    return mailbox_dbx_each(bytes, on_message, &s, ret_cut);
}
