/*
 * Outlook Express stores (.dbx, versions 5 and 6), read from the published description of the format (oedbx.aroh.de) and from
 * real files: a header, a tree of nodes (51 entries each), an indexed info for each message, and its text in a chain of
 * segments. Every object begins with its own place in the file, which is how a wrong pointer is told from a right one. All
 * integers are little-endian, all places are multiples of four.
 *
 * An attacker makes trees and chains that are circles, share their tails, or point anywhere: nodes and infos count once, a
 * chain ends where it repeats, and the bytes of all messages together are bounded by the file's size. Left out: folder lists
 * but for their names (dbx_folders.c), the POP3 and offline books, writing.
 */
#include "dbx_int.h"

#include <stdlib.h>

enum { NODE_FIRST = 24, NODE_ENTRY = 12, NODE_ENTRIES = 51, TREE_DEPTH = 32 };

bool mailbox_is_dbx(postern_slice bytes) {
    uint32_t kind;
    return postern_slice_starts(bytes, POSTERN_S("\xCF\xAD\x12\xFE")) && dbx_u32(bytes, 4, &kind) && kind == DBX_MESSAGES;
}

bool dbx_u32(postern_slice s, uint64_t at, uint32_t *ret_value) {
    if (at > s.len || s.len - at < 4) return false;
    const uint8_t *p = s.ptr + at;
    *ret_value = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    return true;
}

bool dbx_object(postern_slice s, uint32_t at) {
    uint32_t own;
    return at >= DBX_HEADER && at % 4 == 0 && dbx_u32(s, at, &own) && own == at;
}

/* ---- bitmaps: one bit for each place ---- */

bool dbx_bit(const uint8_t *bits, uint32_t at) {
    return bits[at / 32] >> (at / 4 % 8) & 1;
}
void dbx_set(uint8_t *bits, uint32_t at) {
    bits[at / 32] |= (uint8_t)(1u << (at / 4 % 8));
}

/* ---- the tree ---- */

static postern_status visit(dbx *d, uint32_t info) {
    if (!dbx_object(d->bytes, info) || dbx_bit(d->seen, info)) {
        d->damaged = true;
        return POSTERN_OK;
    }
    dbx_set(d->seen, info);
    return d->info(d, info);
}

typedef struct node {
    uint32_t at;
    unsigned entry; /* the next one; 0: its left child comes first */
    unsigned count;
} node;

/* Whether a node stands there that was not seen before. */
static bool enter(dbx *d, uint32_t at, node *ret_node) {
    uint32_t counts;
    if (!dbx_object(d->bytes, at) || dbx_bit(d->seen, at) || !dbx_u32(d->bytes, (uint64_t)at + 16, &counts)) return false;
    dbx_set(d->seen, at);
    *ret_node = (node){.at = at, .count = counts >> 8 & 0xFF};
    if (ret_node->count <= NODE_ENTRIES) return true;
    d->damaged = true;
    ret_node->count = NODE_ENTRIES;
    return true;
}

/* The subtree of `root`, in order: what is left of a node, then its entries, each followed by its own subtree. */
postern_status dbx_tree(dbx *d, uint32_t root) {
    node stack[TREE_DEPTH];
    unsigned depth = 0;
    if (!root) return POSTERN_OK;
    if (enter(d, root, &stack[0]))
        depth = 1;
    else
        d->damaged = true;
    while (depth) {
        node *n = &stack[depth - 1];
        uint32_t child = 0, info;
        if (n->entry == 0) {
            if (!dbx_u32(d->bytes, (uint64_t)n->at + 8, &child)) d->damaged = true;
        } else if (n->entry <= n->count) {
            uint64_t at = (uint64_t)n->at + NODE_FIRST + NODE_ENTRY * (n->entry - 1u);
            if (!dbx_u32(d->bytes, at, &info) || !dbx_u32(d->bytes, at + 4, &child)) {
                d->damaged = true;
                return POSTERN_OK; /* the file ends inside a node */
            }
            postern_status status = visit(d, info);
            if (status) return status;
        } else {
            depth--;
            continue;
        }
        n->entry++;
        if (!child) continue;
        if (depth < TREE_DEPTH && enter(d, child, &stack[depth]))
            depth++;
        else
            d->damaged = true;
    }
    return POSTERN_OK;
}

/* ---- indexed infos ---- */

bool dbx_info_read(postern_slice s, uint32_t at, dbx_info *ret_info) {
    uint32_t length, counts;
    if (!dbx_u32(s, (uint64_t)at + 4, &length) || !dbx_u32(s, (uint64_t)at + 8, &counts)) return false;
    unsigned count = counts >> 16 & 0xFF;
    postern_slice body = postern_slice_sub(s, (size_t)at + 12, length);
    if (body.len < count * 4u) return false;
    *ret_info = (dbx_info){postern_slice_sub(body, 0, count * 4u), postern_slice_from(body, count * 4u)};
    return true;
}

/* The value of an index: a number of three bytes in itself, or where its data begins. */
static bool find_index(const dbx_info *info, unsigned wanted, bool *ret_direct, uint32_t *ret_value) {
    for (size_t i = 0; i + 4 <= info->index.len; i += 4) {
        uint32_t entry;
        if (!dbx_u32(info->index, i, &entry) || (entry & 0x7F) != wanted) continue;
        *ret_direct = entry & 0x80;
        *ret_value = entry >> 8;
        return true;
    }
    return false;
}

bool dbx_info_number(const dbx_info *info, unsigned wanted, uint32_t *ret_value) {
    bool direct;
    if (!find_index(info, wanted, &direct, ret_value)) return false;
    return direct || dbx_u32(info->data, *ret_value, ret_value);
}

bool dbx_info_time(const dbx_info *info, unsigned wanted, int64_t *ret_date) {
    bool direct;
    uint32_t at, low, high;
    if (!find_index(info, wanted, &direct, &at) || direct) return false;
    if (!dbx_u32(info->data, at, &low) || !dbx_u32(info->data, (uint64_t)at + 4, &high)) return false;
    uint64_t seconds = ((uint64_t)high << 32 | low) / 10000000u;
    if (seconds <= 11644473600u || seconds > 265046774400u) return false; /* 1970 to 9999 */
    *ret_date = (int64_t)(seconds - 11644473600u);
    return true;
}

postern_slice dbx_info_text(const dbx_info *info, unsigned wanted) {
    bool direct;
    uint32_t at;
    if (!find_index(info, wanted, &direct, &at) || direct) return (postern_slice){0};
    postern_slice rest = postern_slice_from(info->data, at);
    size_t end = postern_slice_find_byte(rest, 0, 0);
    return postern_slice_sub(rest, 0, end);
}

/* ---- chains of segments ---- */

bool dbx_segment_at(postern_slice s, uint32_t at, dbx_segment *ret_segment) {
    uint32_t size, length, next;
    if (!dbx_object(s, at) || !dbx_u32(s, (uint64_t)at + 4, &size) || !dbx_u32(s, (uint64_t)at + 8, &length) ||
        !dbx_u32(s, (uint64_t)at + 12, &next))
        return false;
    bool freed = size == DBX_FREED_SIZE && length == DBX_FREED_MARK;
    length &= 0xFFFF; /* the upper half is not always clear */
    if (!freed && (size != DBX_SEGMENT || length > DBX_SEGMENT)) return false;
    *ret_segment = (dbx_segment){.text = postern_slice_sub(s, (size_t)at + 16, freed ? DBX_SEGMENT : length),
                                 .next = next,
                                 .freed = freed,
                                 .cut = s.len - at - 16 < (freed ? DBX_SEGMENT : length)};
    return true;
}

static uint32_t next_of(postern_slice s, uint32_t at) {
    dbx_segment segment;
    return at && dbx_segment_at(s, at, &segment) ? segment.next : 0;
}

/* How many segments a chain has before it ends or repeats itself (Brent's way: no memory). */
static size_t chain_length(postern_slice s, uint32_t first, bool *ret_circle) {
    size_t power = 1, period = 1, count = 1;
    uint32_t slow = first, fast = next_of(s, first);
    *ret_circle = false;
    while (fast && fast != slow) {
        if (power == period) {
            slow = fast;
            power *= 2;
            period = 0;
        }
        fast = next_of(s, fast);
        period++;
        count++;
    }
    if (!fast) return count;
    *ret_circle = true;
    slow = fast = first;
    for (size_t i = 0; i < period; i++) fast = next_of(s, fast);
    for (count = period; slow != fast; count++) {
        slow = next_of(s, slow);
        fast = next_of(s, fast);
    }
    return count;
}

/* The four bytes that freeing took from the start of a message, where what follows leaves one answer. */
static const char *first_bytes(postern_slice text) {
    static const struct {
        const char *first, *rest;
    } known[] = {{"From", ": "},        {"Retu", "rn-Path:"}, {"Rece", "ived:"},     {"Mess", "age-ID:"},
                 {"MIME", "-Version:"}, {"Subj", "ect:"},     {"Deli", "vered-To:"}, {"Repl", "y-To:"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (postern_slice_starts(postern_slice_from(text, 4), postern_slice_cstr(known[i].rest))) return known[i].first;
    return "----";
}

postern_status dbx_chain(postern_slice s, uint32_t first, const uint8_t *taken, postern_buf *out, size_t *ret_count,
                         bool *ret_damaged) {
    bool circle;
    dbx_segment segment;
    *ret_damaged = false;
    size_t count = *ret_count = chain_length(s, first, &circle);
    if (circle) *ret_damaged = true;
    uint32_t at = first;
    bool was_freed = false;
    for (size_t i = 0; i < count; i++, at = segment.next) {
        bool is_other = taken && at < s.len && dbx_bit(taken, at); /* freed, and used again by another message */
        if (is_other || !dbx_segment_at(s, at, &segment) || (i && segment.freed != was_freed)) {
            *ret_damaged = true;
            break;
        }
        was_freed = segment.freed;
        size_t before = out->len;
        postern_status status = postern_buf_add_slice(out, segment.text);
        if (status) return status;
        if (segment.freed && out->len - before >= 4) memcpy(out->ptr + before, i ? "----" : first_bytes(segment.text), 4);
        if (segment.cut) *ret_damaged = true;
    }
    if (was_freed) { /* their lengths are gone: the last one is filled up with zeros */
        *ret_damaged = true;
        while (out->len && out->ptr[out->len - 1] == 0) out->len--;
    }
    return POSTERN_OK;
}
