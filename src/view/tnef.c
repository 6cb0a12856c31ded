/*
 * winmail.dat: Transport Neutral Encapsulation Format ([MS-OXTNEF]), which Outlook sends to those who cannot read it: the body
 * and the attachments in one stream of attributes, some of which hold lists of MAPI properties. An attached message is
 * an object that holds such a stream again. Left out: what other objects hold, checksums (a wrong one harms nothing that is
 * shown as text or saved). What an attacker does with it: lengths beyond the stream, counts that are not there, names with
 * paths; each read goes through a cursor that can fail, and what was whole before the damage is kept.
 */
#include "tnef.h"

enum { SIGNATURE = 0x223E9F78, LEVEL_MESSAGE = 1, LEVEL_ATTACHMENT = 2 };
enum {
    ATT_SUBJECT = 0x8004,
    ATT_BODY = 0x800C,
    ATT_DATA = 0x800F,
    ATT_TITLE = 0x8010,
    ATT_REND_DATA = 0x9002,
    ATT_MAPI = 0x9003,
    ATT_ATTACHMENT = 0x9005,
    ATT_CODEPAGE = 0x9007
};
enum {
    PROP_SUBJECT = 0x0037,
    PROP_SENT = 0x0039,
    PROP_SENDER = 0x0C1A,
    PROP_SENDER_ADDRESS = 0x0C1F,
    PROP_CC = 0x0E03,
    PROP_TO = 0x0E04,
    PROP_DELIVERED = 0x0E06,
    PROP_SENDER_SMTP = 0x5D01,
    PROP_BODY = 0x1000,
    PROP_HTML = 0x1013,
    PROP_RTF = 0x1009,
    PROP_DATA = 0x3701,
    PROP_LONG_NAME = 0x3707,
    PROP_MIME = 0x370E,
    PROP_CONTENT_ID = 0x3712,
    PROP_CODEPAGE = 0x3FDE
};
enum { TYPE_MANY = 0x1000, TYPE_STRING = 0x1E, TYPE_UNICODE = 0x1F, TYPE_OBJECT = 0x0D, TYPE_BINARY = 0x102 };

typedef struct property {
    unsigned type, id;
    postern_slice value; /* the first one */
} property;

/* Bytes of a property of fixed size, padding included; 0: of its own size. UINT32_MAX: no such type. */
static uint32_t fixed_size(unsigned type) {
    switch (type & ~(unsigned)TYPE_MANY) {
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x0A:
    case 0x0B:
        return 4;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x14:
    case 0x40:
        return 8;
    case 0x48:
        return 16;
    case TYPE_STRING:
    case TYPE_UNICODE:
    case TYPE_OBJECT:
    case TYPE_BINARY:
        return 0;
    default:
        return UINT32_MAX;
    }
}

static postern_slice padded(postern_cursor *c, uint32_t len) {
    postern_slice value = postern_cursor_bytes(c, len);
    postern_cursor_bytes(c, (4 - len % 4) % 4);
    return value;
}

static bool next_property(postern_cursor *c, property *ret) {
    *ret = (property){.type = postern_cursor_le16(c)};
    ret->id = postern_cursor_le16(c);
    if (ret->id >= 0x8000) { /* named: a GUID, and a number or a name */
        postern_cursor_bytes(c, 16);
        uint32_t by_name = postern_cursor_le32(c), len = postern_cursor_le32(c);
        if (by_name) padded(c, len);
    }
    uint32_t size = fixed_size(ret->type);
    bool counted = size == 0 || (ret->type & TYPE_MANY);
    uint32_t count = counted ? postern_cursor_le32(c) : 1;
    if (!c->ok || size == UINT32_MAX) return false;
    for (uint32_t i = 0; i < count && c->ok; i++) {
        postern_slice value = size ? postern_cursor_bytes(c, size) : padded(c, postern_cursor_le32(c));
        if (i == 0) ret->value = value;
    }
    return c->ok;
}

/* UTF-16LE or 8-bit, up to its NUL. */
static postern_slice text_of(tnef *t, const property *p) {
    postern_slice text = POSTERN_S("");
    postern_buf out;
    if (p->type == TYPE_STRING) return postern_slice_sub(p->value, 0, postern_slice_find_byte(p->value, 0, 0));
    if (p->type != TYPE_UNICODE) return text;
    postern_buf_init(&out, POSTERN_LIMIT_DOCUMENT);
    for (size_t pos = 0, len; pos + 1 < p->value.len; pos += len) {
        uint32_t scalar = postern_utf16_at(p->value, pos, false, &len);
        if (!scalar) break;
        postern_buf_add_utf8(&out, scalar);
    }
    postern_status status = out.status ? out.status : postern_arena_copy(t->arena, postern_buf_slice(&out), &text);
    if (status) t->status = status;
    postern_buf_free(&out);
    return text;
}

/* FILETIME: 100 ns since 1601. */
static void take_time(tnef *t, const property *p) {
    postern_cursor c = postern_cursor_of(p->value);
    uint64_t ticks = postern_cursor_le64(&c);
    if (!c.ok || p->type != 0x40 || ticks / 10000000 > UINT64_C(300000000000)) return;
    t->date = (int64_t)(ticks / 10000000) - INT64_C(11644473600);
    t->has_date = true;
}

static void take_heading(tnef *t, const property *p) {
    const struct {
        unsigned id;
        postern_slice *value;
    } headings[] = {{PROP_SUBJECT, &t->subject},     {PROP_SENDER, &t->from}, {PROP_SENDER_ADDRESS, &t->address},
                    {PROP_SENDER_SMTP, &t->address}, {PROP_TO, &t->to},       {PROP_CC, &t->cc}};
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        if (p->id == headings[i].id && p->value.len < 1 << 16) *headings[i].value = text_of(t, p);
    if (p->id == PROP_SENT || (p->id == PROP_DELIVERED && !t->has_date)) take_time(t, p);
}

static void take_message_property(tnef *t, const property *p) {
    take_heading(t, p);
    if (p->id == PROP_HTML && p->type == TYPE_BINARY) t->html = p->value;
    if (p->id == PROP_HTML && p->type != TYPE_BINARY) t->html = text_of(t, p);
    if (p->id == PROP_BODY) {
        t->text = text_of(t, p);
        t->text_is_utf8 = p->type == TYPE_UNICODE;
    }
    if (p->id == PROP_RTF && p->type == TYPE_BINARY) {
        postern_status status = postern_rtf_unpack(t->arena, p->value, &t->rtf);
        if (status) t->status = status;
    }
    if (p->id == PROP_CODEPAGE && p->value.len == 4) {
        postern_cursor c = postern_cursor_of(p->value);
        t->html_codepage = postern_cursor_le32(&c);
    }
}

/* IID_IMessage: the object is a message, in a stream of this very format ([MS-OXTNEF] 2.1.3.4.3). */
static const uint8_t message_iid[] = {0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};

static void take_attachment_property(tnef *t, tnef_attachment *a, const property *p) {
    if (p->id == PROP_LONG_NAME) a->name = text_of(t, p);
    if (p->id == PROP_MIME) a->type = text_of(t, p);
    if (p->id == PROP_CONTENT_ID) a->content_id = text_of(t, p);
    if (p->id == PROP_DATA && p->type == TYPE_BINARY && !a->bytes.len) a->bytes = p->value;
    if (p->id != PROP_DATA || p->type != TYPE_OBJECT) return;
    bool message = postern_slice_starts(p->value, postern_slice_of(message_iid, sizeof message_iid));
    if (message)
        a->message = postern_slice_from(p->value, 16);
    else if (!a->bytes.len)
        a->bytes = postern_slice_from(p->value, 16); /* an OLE object, as it is stored */
}

static void take_properties(tnef *t, postern_slice data, tnef_attachment *attachment) {
    postern_cursor c = postern_cursor_of(data);
    property p;
    uint32_t count = postern_cursor_le32(&c);
    for (uint32_t i = 0; i < count; i++) {
        if (!next_property(&c, &p)) {
            t->cut = true;
            return;
        }
        if (attachment)
            take_attachment_property(t, attachment, &p);
        else
            take_message_property(t, &p);
    }
}

static postern_slice to_nul(postern_slice s) {
    return postern_slice_sub(s, 0, postern_slice_find_byte(s, 0, 0));
}

static void take_attribute(tnef *t, unsigned level, unsigned id, postern_slice data) {
    tnef_attachment *last = t->count ? &t->attachments[t->count - 1] : NULL;
    postern_cursor c = postern_cursor_of(data);
    if (id == ATT_CODEPAGE) {
        t->codepage = postern_cursor_le32(&c);
    } else if (level == LEVEL_MESSAGE && id == ATT_BODY && !t->text.len) {
        t->text = to_nul(data);
    } else if (level == LEVEL_MESSAGE && id == ATT_SUBJECT && !t->subject.len) {
        t->subject = to_nul(data);
    } else if (level == LEVEL_MESSAGE && id == ATT_MAPI) {
        take_properties(t, data, NULL);
    } else if (level == LEVEL_ATTACHMENT && id == ATT_REND_DATA) {
        if (t->count < POSTERN_LIMIT_VIEWER_TNEF_FILES)
            t->attachments[t->count++] = (tnef_attachment){.bytes = {0}};
        else
            t->cut = true;
    } else if (level == LEVEL_ATTACHMENT && last) {
        if (id == ATT_TITLE && !last->name.len) last->name = to_nul(data);
        if (id == ATT_DATA) last->bytes = data;
        if (id == ATT_ATTACHMENT) take_properties(t, data, last);
    }
}

postern_status tnef_read(postern_arena *arena, postern_slice bytes, tnef *ret) {
    postern_cursor c = postern_cursor_of(bytes);
    *ret = (tnef){.arena = arena};
    if (postern_cursor_le32(&c) != SIGNATURE) return POSTERN_FORMAT;
    postern_cursor_le16(&c); /* the key of the sender's own */
    while (c.ok && c.pos < bytes.len) {
        unsigned level = postern_cursor_u8(&c);
        uint32_t id = postern_cursor_le32(&c), len = postern_cursor_le32(&c);
        postern_slice data = postern_cursor_bytes(&c, len);
        postern_cursor_le16(&c);
        if (c.ok || (data.len && data.len == len)) take_attribute(ret, level, id & 0xFFFF, data);
    }
    ret->cut = ret->cut || !c.ok;
    return ret->status;
}
