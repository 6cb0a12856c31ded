/*
 * The fields of a message of an Exchange store. A message that came through a network brings them as they were; of others they
 * are made from properties. Either way they are lines of ours: a field that is none, or says what the body is made of, is left
 * out, so that nothing in a property can end the head or begin a part.
 */
#include "pst_int.h"

#include <time.h>

enum { RECIPIENTS_MAX = 10000 };

static bool is_name_byte(uint8_t c) {
    return postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '-' || c == '_';
}

/* Whether a line begins a field that is the head's to have. */
static bool is_field(postern_slice line) {
    size_t i = 0;
    while (i < line.len && is_name_byte(line.ptr[i])) i++;
    return i && i < line.len && line.ptr[i] == ':' && postern_ascii_alpha(line.ptr[0]) &&
           !postern_slice_starts_nocase(line, POSTERN_S("Content-")) &&
           !postern_slice_starts_nocase(line, POSTERN_S("MIME-Version:"));
}

static void add_line(postern_buf *out, postern_slice line) {
    for (size_t i = 0; i < line.len; i++) {
        uint8_t c = line.ptr[i];
        postern_buf_add_byte(out, (c < ' ' && c != '\t') || c == 0x7F ? ' ' : c);
    }
    postern_buf_add_slice(out, POSTERN_S("\r\n"));
}

static bool has_field(postern_slice head, const char *name) {
    size_t at = 0;
    for (;;) {
        if (postern_slice_starts_nocase(postern_slice_from(head, at), postern_slice_cstr(name))) return true;
        at = postern_slice_find_byte(head, at, '\n');
        if (at == SIZE_MAX) return false;
        at++;
    }
}

/* Those that came with the message, up to its first empty line. */
static void add_network_fields(postern_buf *out, postern_slice fields) {
    bool kept = false;
    while (fields.len) {
        postern_cut cut = postern_slice_cut(fields, '\n');
        postern_slice line = cut.head;
        fields = cut.tail;
        while (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        if (!line.len) break;
        bool more = line.ptr[0] == ' ' || line.ptr[0] == '\t';
        if (more && !postern_slice_trim(line).len) continue;
        if (!more) kept = is_field(line);
        if (kept) add_line(out, line);
    }
}

/* A value on one line of its own. */
static void add_value(postern_buf *out, const char *name, postern_slice value) {
    postern_buf_add_slice(out, postern_slice_cstr(name));
    postern_buf_add_byte(out, ' ');
    add_line(out, value);
}

static void add_mailbox(postern_buf *out, postern_slice name, postern_slice address) {
    bool real = address.len && postern_slice_find_byte(address, 0, '@') != SIZE_MAX;
    bool quoted = name.len && !postern_slice_eq(name, address);
    if (quoted || !real) {
        postern_buf_add_byte(out, '"');
        for (size_t i = 0; i < name.len; i++) {
            if (name.ptr[i] == '"' || name.ptr[i] == '\\') postern_buf_add_byte(out, '\\');
            postern_buf_add_byte(out, name.ptr[i]);
        }
        postern_buf_add_byte(out, '"');
    }
    if (!real) return;
    if (quoted) postern_buf_add_byte(out, ' ');
    postern_buf_add_byte(out, '<');
    for (size_t i = 0; i < address.len; i++)
        if (address.ptr[i] > ' ' && address.ptr[i] != '<' && address.ptr[i] != '>') postern_buf_add_byte(out, address.ptr[i]);
    postern_buf_add_byte(out, '>');
}

/* Name and address of one row, behind each other in `text`; false: neither is there. */
static bool read_mailbox(pst_reader *r, libpff_item_t *item, int row, const unsigned properties[3], postern_buf *out) {
    postern_buf name, address;
    postern_buf_init(&name, POSTERN_LIMIT_HEADER_VALUE);
    postern_buf_init(&address, POSTERN_LIMIT_HEADER_VALUE);
    bool named = pst_text(r, item, row, properties[0], &name) && name.len;
    bool addressed = pst_text(r, item, row, properties[1], &address) && address.len;
    if (!addressed) addressed = pst_text(r, item, row, properties[2], &address) && address.len;
    if (named || addressed) {
        if (!named) postern_buf_add_slice(&name, postern_buf_slice(&address));
        add_mailbox(out, postern_buf_slice(&name), postern_buf_slice(&address));
    }
    pst_reader_see(r, &name);
    pst_reader_see(r, &address);
    pst_reader_see(r, out);
    postern_buf_free(&name);
    postern_buf_free(&address);
    return named || addressed;
}

static void add_from(pst_reader *r, libpff_item_t *message, postern_buf *out, postern_buf *text) {
    static const unsigned sent_for[3] = {PST_SENT_FOR_NAME, PST_SENT_FOR_MAIL, PST_SENT_FOR_ADDRESS};
    static const unsigned sender[3] = {PST_SENDER_NAME, PST_SENDER_MAIL, PST_SENDER_ADDRESS};
    postern_buf_clear(text);
    if (read_mailbox(r, message, 0, sent_for, text) || read_mailbox(r, message, 0, sender, text))
        add_value(out, "From:", postern_buf_slice(text));
}

static void add_recipients(pst_reader *r, libpff_item_t *message, postern_buf *out, postern_buf *text) {
    static const unsigned properties[3] = {PST_NAME, PST_MAIL_ADDRESS, PST_ADDRESS};
    static const char *const names[] = {"To:", "Cc:", "Bcc:"};
    libpff_item_t *table = NULL;
    int count = 0;
    if (libpff_message_get_recipients(message, &table, NULL) != 1) return;
    if (libpff_item_get_number_of_record_sets(table, &count, NULL) != 1) count = 0;
    if (count > RECIPIENTS_MAX) count = RECIPIENTS_MAX;
    for (uint32_t kind = 1; kind <= 3; kind++) {
        postern_buf_clear(text);
        for (int row = 0; row < count; row++) {
            uint32_t type = 1;
            pst_number(r, table, row, PST_RECIPIENT_TYPE, &type);
            if ((type & 0xF) != kind) continue;
            if (text->len) postern_buf_add_slice(text, POSTERN_S(",\r\n "));
            if (!read_mailbox(r, table, row, properties, text)) postern_buf_add_slice(text, POSTERN_S("\"\""));
        }
        if (!text->len) continue;
        postern_buf_add_slice(text, POSTERN_S("\r\n"));
        pst_reader_see(r, text);
        postern_buf_add_slice(out, postern_slice_cstr(names[kind - 1]));
        postern_buf_add_byte(out, ' ');
        postern_slice lines = postern_buf_slice(text);
        for (bool first = true; lines.len; first = false) {
            postern_cut cut = postern_slice_cut(lines, '\n');
            postern_slice line = postern_slice_trim(cut.head);
            lines = cut.tail;
            if (!first) postern_buf_add_byte(out, ' ');
            add_line(out, line);
        }
    }
    libpff_item_free(&table, NULL);
}

/* A subject may begin with a 1 and the length of its "Re: " ([MS-PST] 2.5.3.1.1.1). */
static void add_subject(pst_reader *r, libpff_item_t *message, postern_buf *out, postern_buf *text) {
    if (!pst_text(r, message, 0, PST_SUBJECT, text)) return;
    postern_slice subject = postern_buf_slice(text);
    if (subject.len > 1 && subject.ptr[0] == 1) {
        size_t len;
        postern_utf8_at(subject, 1, &len);
        subject = postern_slice_from(subject, 1 + len);
    }
    add_value(out, "Subject:", subject);
}

static void add_date(pst_reader *r, libpff_item_t *message, postern_buf *out) {
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t date;
    struct tm tm;
    if (!pst_time(r, message, PST_SUBMITTED, &date) && !pst_time(r, message, PST_DELIVERED, &date)) return;
    time_t seconds = (time_t)date;
    if (!gmtime_r(&seconds, &tm)) return;
    postern_buf_printf(out, "Date: %.3s, %d %.3s %04d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday, tm.tm_mday,
                       months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void pst_write_fields(pst_reader *r, libpff_item_t *message, postern_buf *out, postern_buf *text) {
    static const struct {
        const char *name;
        unsigned property;
    } ids[] = {{"Message-ID:", PST_MESSAGE_ID}, {"In-Reply-To:", PST_ANSWERS_TO}, {"References:", PST_REFERENCES}};
    size_t start = out->len;
    if (pst_text(r, message, 0, PST_FIELDS, text)) add_network_fields(out, postern_buf_slice(text));
    postern_buf head; /* what there is of the network's, before ours come behind it */
    postern_buf_init(&head, out->cap);
    postern_buf_add_slice(&head, postern_slice_from(postern_buf_slice(out), start));
    postern_slice there = postern_buf_slice(&head);
    if (!has_field(there, "From:")) add_from(r, message, out, text);
    if (!has_field(there, "To:") && !has_field(there, "Cc:")) add_recipients(r, message, out, text);
    if (!has_field(there, "Subject:")) add_subject(r, message, out, text);
    if (!has_field(there, "Date:")) add_date(r, message, out);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (!has_field(there, ids[i].name) && pst_text(r, message, 0, ids[i].property, text) && text->len)
            add_value(out, ids[i].name, postern_buf_slice(text));
    pst_reader_see(r, &head);
    pst_reader_see(r, text);
    postern_buf_free(&head);
}
