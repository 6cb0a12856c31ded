/*
 * pst: what its files share. The layers of a store below its properties ([MS-PST] NDB and LTP) are libpff's; which property
 * means what ([MS-OXPROPS], [MS-OXCMSG]), and the message made of them, is ours.
 *
 *   pst.c       the file: folders, messages, what was deleted
 *   pst_item.c  properties of an item
 *   pst_head.c  the fields of a message
 *   pst_mime.c  the message: bodies, attachments, messages in messages
 *   pst_rtf.c   a body in RTF
 */
#ifndef POSTERN_PST_INT_H
#define POSTERN_PST_INT_H

#include "mailbox_int.h"

#include <libpff.h>

enum pst_property {
    PST_CLASS = 0x001A,
    PST_SUBJECT = 0x0037,
    PST_SUBMITTED = 0x0039,
    PST_SENT_FOR_NAME = 0x0042,
    PST_SENT_FOR_ADDRESS = 0x0065,
    PST_FIELDS = 0x007D, /* as they came through the network */
    PST_RECIPIENT_TYPE = 0x0C15,
    PST_SENDER_NAME = 0x0C1A,
    PST_SENDER_ADDRESS = 0x0C1F,
    PST_DELIVERED = 0x0E06,
    PST_FLAGS = 0x0E07,
    PST_TEXT = 0x1000,
    PST_RTF = 0x1009,
    PST_HTML = 0x1013,
    PST_MESSAGE_ID = 0x1035,
    PST_REFERENCES = 0x1039,
    PST_ANSWERS_TO = 0x1042,
    PST_FOLLOW_UP = 0x1090,
    PST_NAME = 0x3001,
    PST_ADDRESS = 0x3003,
    PST_TREE = 0x35E0, /* of the store: where its own folders begin */
    PST_FILE_SHORT = 0x3704,
    PST_ATTACH_HOW = 0x3705,
    PST_FILE_LONG = 0x3707,
    PST_MEDIA = 0x370E,
    PST_CONTENT_ID = 0x3712,
    PST_LOCATION = 0x3713,
    PST_MAIL_ADDRESS = 0x39FE, /* of a recipient */
    PST_WEB_CODE_PAGE = 0x3FDE,
    PST_CODE_PAGE = 0x3FFD,
    PST_SENDER_MAIL = 0x5D01,
    PST_SENT_FOR_MAIL = 0x5D02
};

/* ---- pst_item.c ---- */

typedef struct pst_reader {
    postern_buf value;      /* the one read last */
    postern_status status;  /* NOMEM or LIMIT that was met on the way; it stays */
} pst_reader;
void pst_reader_init(pst_reader *r);
void pst_reader_free(pst_reader *r);
/* Keeps a failure of `buf`. */
void pst_reader_see(pst_reader *r, const postern_buf *buf);
/* The value of a property as it stands, into r->value; `row` is 0 but for tables (recipients). false: it is not there, or
 * cannot be read. */
bool pst_value(pst_reader *r, libpff_item_t *item, int row, unsigned property, uint32_t *ret_type);
/* As UTF-8, whatever it was, without NULs at its end, into `out`, which is emptied first. */
bool pst_text(pst_reader *r, libpff_item_t *item, int row, unsigned property, postern_buf *out);
bool pst_number(pst_reader *r, libpff_item_t *item, int row, unsigned property, uint32_t *ret_value);
/* Seconds since 1970. */
bool pst_time(pst_reader *r, libpff_item_t *item, unsigned property, int64_t *ret_date);

/* ---- pst_head.c ---- */

/* All fields but those of MIME; each line ends in CRLF. */
void pst_write_fields(pst_reader *r, libpff_item_t *message, postern_buf *out, postern_buf *text);

/* ---- pst_mime.c ---- */

/* The whole message, the same bytes each time. *ret_lost: something of it cannot be read. LIMIT, NOMEM. */
postern_status pst_write_message(pst_reader *r, libpff_item_t *message, uint32_t id, postern_buf *out,
                                 bool *ret_lost) POSTERN_MUST;

/* ---- pst_rtf.c ---- */

bool pst_rtf_holds_html(postern_slice rtf);
/* Appends HTML where that was put into RTF, else plain text; UTF-8. */
void pst_rtf_read(postern_slice rtf, postern_buf *out);

#endif
