/*
 * The first mailbox of a From field (RFC 5322 3.4, 4.4, RFC 6854): the name that people read, and the address. Cut apart before
 * anything is decoded: an encoded word may hold '<' and '@' and must not become the address.
 */
#include "store_int.h"

typedef struct parts {
    postern_buf name, comment; /* as written, quotes and quoted pairs undone */
    postern_slice address;
    bool quoted;
} parts;

/* From an opening quote or parenthesis to behind its end; what is inside goes to `out`. */
static size_t skip_quoted(postern_slice s, size_t at, uint8_t close, postern_buf *out) {
    unsigned depth = 1;
    const uint8_t open = s.ptr[at++];
    while (at < s.len) {
        uint8_t c = s.ptr[at++];
        if (c == '\\' && at < s.len) {
            postern_buf_add_byte(out, s.ptr[at++]);
            continue;
        }
        if (c == close && --depth == 0) break;
        if (c == open && open != close) depth++;
        postern_buf_add_byte(out, c);
    }
    return at;
}

static void cut_apart(postern_slice s, parts *p) {
    size_t at = 0;
    while (at < s.len) {
        uint8_t c = s.ptr[at];
        if (c == '"') {
            at = skip_quoted(s, at, '"', &p->name);
            p->quoted = true;
        } else if (c == '(') {
            at = skip_quoted(s, at, ')', &p->comment);
        } else if (c == '<') {
            size_t close = postern_slice_find_byte(s, at, '>');
            p->address = postern_slice_trim(postern_slice_sub(s, at + 1, (close == SIZE_MAX ? s.len : close) - at - 1));
            return;
        } else if (c == ',' && postern_slice_find_byte(postern_buf_slice(&p->name), 0, '@') != SIZE_MAX) {
            return; /* a bare address ended; a comma in a name that nobody quoted does not end it */
        } else {
            postern_buf_add_byte(&p->name, c);
            at++;
        }
    }
}

static bool is_address(postern_slice s) {
    return postern_slice_find_byte(s, 0, '@') != SIZE_MAX && postern_slice_find_byte(s, 0, ' ') == SIZE_MAX;
}

static postern_status show(postern_store *store, postern_slice utf8, store_text *ret_text) {
    size_t at = store->texts.len;
    postern_status status = store_show(&store->texts, utf8, POSTERN_LIMIT_STORE_TEXT);
    *ret_text = (store_text){(uint32_t)at, (uint32_t)(store->texts.len - at)};
    return status;
}

postern_status store_show_header(postern_store *store, postern_arena *arena, postern_slice raw, postern_charset fallback,
                                 store_text *ret_text) {
    postern_slice text;
    raw = postern_slice_sub(raw, 0, 16 << 10); /* far beyond what is shown */
    postern_status status = postern_header_text(arena, raw, fallback, NULL, POSTERN_NO_PART, &text);
    return status ? status : show(store, text, ret_text);
}

postern_status store_sender(postern_store *store, postern_arena *arena, postern_slice raw, postern_charset fallback,
                            store_rec *rec) {
    parts p = {.quoted = false};
    raw = postern_slice_sub(raw, 0, 16 << 10);
    postern_buf_init(&p.name, 32 << 10);
    postern_buf_init(&p.comment, 32 << 10);
    cut_apart(raw, &p);
    postern_slice name = postern_slice_trim(postern_buf_slice(&p.name));
    postern_slice comment = postern_slice_trim(postern_buf_slice(&p.comment));
    if (!p.address.len && is_address(name)) {
        p.address = name;
        name = comment;
    }
    if (!name.len) name = comment;
    postern_status status = p.name.status ? p.name.status : p.comment.status;
    if (!status) status = store_show_header(store, arena, p.address, fallback, &rec->address);
    if (!status) status = store_show_header(store, arena, name, fallback, &rec->sender);
    if (!status && !rec->sender.len) rec->sender = rec->address;
    postern_buf_free(&p.name);
    postern_buf_free(&p.comment);
    return status;
}
