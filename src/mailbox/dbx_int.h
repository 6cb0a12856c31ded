/* dbx: what its files share. */
#ifndef POSTERN_DBX_INT_H
#define POSTERN_DBX_INT_H

#include "mailbox_int.h"

enum { DBX_HEADER = 0x24BC, DBX_SEGMENT = 0x200, DBX_FREED_SIZE = 0x1FC, DBX_FREED_MARK = 0x210 };
enum { DBX_USED_AT = 0x7C, DBX_COUNT_AT = 0xC4, DBX_ROOT_AT = 0xE4 };
#define DBX_MESSAGES 0x6F74FDC5u /* of the class id behind the signature */
#define DBX_FOLDERS 0x6F74FDC6u

/* Fields of a message's info. */
enum {
    DBX_FLAGS = 0x01,
    DBX_SENT = 0x02,
    DBX_TEXT = 0x04,
    DBX_SUBJECT = 0x08,
    DBX_SENDER = 0x0D,
    DBX_ADDRESS = 0x0E,
    DBX_RECEIVED = 0x12
};

typedef struct dbx {
    postern_slice bytes;
    uint8_t *seen; /* nodes and infos */
    bool damaged;  /* something of the tree cannot be followed */
    postern_status (*info)(struct dbx *d, uint32_t at);
    void *user;
} dbx;

bool dbx_u32(postern_slice s, uint64_t at, uint32_t *ret_value);
/* Whether an object that knows its own place stands there. */
bool dbx_object(postern_slice s, uint32_t at);
/* Places in the file, which has to hold them. */
bool dbx_bit(const uint8_t *bits, uint32_t at);
void dbx_set(uint8_t *bits, uint32_t at);
/* Calls d->info for each info of the tree. */
postern_status dbx_tree(dbx *d, uint32_t root) POSTERN_MUST;

typedef struct dbx_info {
    postern_slice index, data;
} dbx_info;
bool dbx_info_read(postern_slice s, uint32_t at, dbx_info *ret_info);
bool dbx_info_number(const dbx_info *info, unsigned wanted, uint32_t *ret_value);
bool dbx_info_time(const dbx_info *info, unsigned wanted, int64_t *ret_date);
postern_slice dbx_info_text(const dbx_info *info, unsigned wanted);

typedef struct dbx_segment {
    postern_slice text;
    uint32_t next;
    bool freed, cut;
} dbx_segment;
bool dbx_segment_at(postern_slice s, uint32_t at, dbx_segment *ret_segment);
/* Appends the text of a chain. `taken` (may be NULL): segments that belong to others, where a freed chain ends. */
postern_status dbx_chain(postern_slice s, uint32_t first, const uint8_t *taken, postern_buf *out, size_t *ret_count,
                         bool *ret_damaged) POSTERN_MUST;

#endif
