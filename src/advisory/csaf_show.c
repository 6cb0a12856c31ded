/*
 * A CSAF document for people. The rule of escaping: every text of the document goes through postern_escape_line, line by line;
 * line ends of notes are kept, everything else that a terminal acts on is shown.
 */
#include "csaf_int.h"

typedef struct shower {
    postern_buf *out;
    unsigned width;
    bool japanese;
} shower;

static const char *word(const shower *s, const char *english, const char *japanese) {
    return s->japanese ? japanese : english;
}

/* ---- lines ---- */

static unsigned columns_of(uint32_t c) {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                   (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                   (c >= 0xFFE0 && c <= 0xFFE6)
               ? 2
               : 1;
}

/* Whether a line may end behind this character although no blank follows. */
static bool wide(uint32_t c) {
    return columns_of(c) == 2 && c != 0x3001 && c != 0x3002 && c != 0xFF08 && c != 0x300C;
}

/* How many bytes of `line` fit into `room` columns, at a blank or between wide characters; all of it when there is no place. */
static size_t fitting(postern_slice line, unsigned room) {
    size_t best = 0;
    unsigned columns = 0;
    for (size_t pos = 0, len; pos < line.len; pos += len) {
        uint32_t c = postern_utf8_at(line, pos, &len);
        columns += columns_of(c);
        if (c == ' ' && pos) best = pos;
        if (columns > room && best) return best;
        size_t next_len;
        uint32_t next = pos + len < line.len ? postern_utf8_at(line, pos + len, &next_len) : ' ';
        if (wide(c) && next != 0x3001 && next != 0x3002 && next != 0xFF09 && next != 0x300D && columns <= room)
            best = pos + len;
    }
    return line.len;
}

static void put_line(shower *s, postern_slice line, unsigned indent) {
    unsigned room = s->width > indent + 20 ? s->width - indent : s->width ? 20 : 0;
    do {
        size_t take = room ? fitting(line, room) : line.len;
        postern_buf_printf(s->out, "%*s", (int)indent, "");
        postern_buf_add_slice(s->out, postern_slice_sub(line, 0, take));
        postern_buf_add_byte(s->out, '\n');
        line = postern_slice_from(line, take);
        while (line.len && line.ptr[0] == ' ') line = postern_slice_from(line, 1);
    } while (line.len);
}

/* A text of the document in lines behind `indent` blanks. */
static void put_text(shower *s, const char *text, unsigned indent) {
    if (!text) return;
    postern_slice rest = postern_slice_cstr(text);
    postern_cut cut;
    do {
        cut = postern_slice_cut(rest, '\n');
        postern_buf line;
        postern_buf_init(&line, 6 * (cut.head.len + 16));
        postern_slice head = cut.head;
        if (head.len && head.ptr[head.len - 1] == '\r') head.len--;
        /* a tab of a table is a column here, not a control */
        for (size_t start = 0, at; start <= head.len; start = at + 1) {
            at = postern_slice_find_byte(head, start, '\t');
            if (at == SIZE_MAX) at = head.len;
            postern_escape_line(&line, postern_slice_sub(head, start, at - start), 1u << 20);
            if (at < head.len) postern_buf_printf(&line, "  ");
        }
        if (line.status) s->out->status = line.status;
        put_line(s, postern_buf_slice(&line), indent);
        postern_buf_free(&line);
        rest = cut.tail;
    } while (cut.ok);
}

static void put_heading(shower *s, const char *text) {
    postern_buf_printf(s->out, "\n%s\n", text);
}

/* "label  text" on one line. */
static void put_field(shower *s, const char *label, const char *text) {
    if (!text) return;
    postern_buf_printf(s->out, "%s  ", label);
    postern_escape_line(s->out, postern_slice_cstr(text), 4096);
    postern_buf_add_byte(s->out, '\n');
}

/* ---- parts of a document ---- */

static void show_head(shower *s, const json_t *document) {
    const json_t *tracking = csaf_get(document, "tracking"), *history = csaf_get(tracking, "revision_history");
    put_field(s, word(s, "id       ", "番号      "), csaf_text(tracking, "id"));
    put_field(s, word(s, "title    ", "題名      "), csaf_text(document, "title"));
    put_field(s, word(s, "severity ", "深刻度    "), csaf_text(csaf_get(document, "aggregate_severity"), "text"));
    put_field(s, word(s, "by       ", "発行者    "), csaf_text(csaf_get(document, "publisher"), "name"));
    put_field(s, word(s, "released ", "公開      "), csaf_text(tracking, "initial_release_date"));
    put_field(s, word(s, "status   ", "状態      "), csaf_text(tracking, "status"));
    if (json_array_size(history)) put_heading(s, word(s, "REVISIONS", "改訂履歴"));
    for (size_t i = 0; i < json_array_size(history); i++) {
        const json_t *item = json_array_get(history, i);
        put_field(s, "  ", csaf_text(item, "date"));
        put_text(s, csaf_text(item, "summary"), 6);
    }
}

static void show_notes(shower *s, const json_t *notes) {
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const json_t *note = json_array_get(notes, i);
        const char *title = csaf_text(note, "title");
        postern_buf_add_byte(s->out, '\n');
        put_text(s, title ? title : csaf_text(note, "category"), 0);
        put_text(s, csaf_text(note, "text"), 2);
    }
}

/* Names of the products by id. */
static void name_product(csaf_check *c, const json_t *product, void *user) {
    const char *id = csaf_text(product, "product_id");
    json_t *name = csaf_get(product, "name");
    if (id && json_is_string(name) && json_object_set_nocheck(user, id, name)) c->status = POSTERN_NOMEM;
}

static void show_products(shower *s, const json_t *names, const json_t *list, const char *heading) {
    if (!json_array_size(list)) return;
    put_text(s, heading, 2);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        const char *name = id ? json_string_value(json_object_get(names, id)) : NULL;
        put_text(s, name ? name : id, 4);
    }
}

static void show_list(shower *s, const json_t *names, const json_t *list, const char *heading, bool products) {
    if (!json_array_size(list)) return;
    put_heading(s, heading);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        put_field(s, "  ", csaf_text(item, "category"));
        put_text(s, csaf_text(item, "details"), 6);
        const json_t *restart = csaf_get(item, "restart_required");
        put_text(s, csaf_text(restart, "details"), 6);
        put_text(s, csaf_text(item, "url"), 6);
        const json_t *ids = csaf_get(item, "product_ids");
        for (size_t p = 0; products && p < json_array_size(ids); p++) {
            const char *id = json_string_value(json_array_get(ids, p));
            const char *name = id ? json_string_value(json_object_get(names, id)) : NULL;
            put_text(s, name ? name : id, 8);
        }
    }
}

static void show_vulnerability(shower *s, const json_t *names, const json_t *v) {
    static const struct {
        const char *key, *english, *japanese;
    } states[] = {{"first_affected", "first affected", "影響の始まる製品"},
                  {"known_affected", "affected", "影響を受ける製品"},
                  {"last_affected", "last affected", "影響を受ける最後の製品"},
                  {"known_not_affected", "not affected", "影響を受けない製品"},
                  {"first_fixed", "first fixed", "最初に修正された製品"},
                  {"fixed", "fixed", "修正済みの製品"},
                  {"recommended", "recommended", "推奨"},
                  {"under_investigation", "under investigation", "調査中"}};
    const json_t *ids = csaf_get(v, "ids");
    put_heading(s, word(s, "VULNERABILITY", "脆弱性"));
    put_field(s, "  ", csaf_text(v, "cve"));
    put_text(s, csaf_text(v, "title"), 2);
    for (size_t i = 0; i < json_array_size(ids); i++) put_text(s, csaf_text(json_array_get(ids, i), "text"), 2);
    show_notes(s, csaf_get(v, "notes"));
    put_heading(s, word(s, "PRODUCTS", "製品"));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        show_products(s, names, csaf_get(csaf_get(v, "product_status"), states[i].key),
                      word(s, states[i].english, states[i].japanese));
    show_list(s, names, csaf_get(v, "threats"), word(s, "THREATS", "脅威"), true);
    show_list(s, names, csaf_get(v, "remediations"), word(s, "WHAT TO DO", "対策"), false);
}

postern_status postern_csaf_show(const postern_csaf *csaf, unsigned width, postern_buf *out) {
    const json_t *document = csaf_get(csaf->root, "document"), *list = csaf_get(csaf->root, "vulnerabilities"),
                 *references = csaf_get(document, "references");
    const char *lang = csaf_text(document, "lang");
    shower s = {
        .out = out, .width = width, .japanese = lang && postern_slice_starts_nocase(postern_slice_cstr(lang), POSTERN_S("ja"))};
    csaf_check c = {.root = csaf->root};
    postern_buf_init(&c.path, 1 << 20);
    json_t *names = csaf_set_new(&c);
    if (names) csaf_each_product(&c, name_product, names);
    if (!c.status) c.status = c.path.status;
    postern_buf_free(&c.path);
    if (!c.status) {
        show_head(&s, document);
        show_notes(&s, csaf_get(document, "notes"));
        for (size_t i = 0; i < json_array_size(list); i++) show_vulnerability(&s, names, json_array_get(list, i));
        if (json_array_size(references)) put_heading(&s, word(&s, "REFERENCES", "参照"));
        for (size_t i = 0; i < json_array_size(references); i++) {
            put_text(&s, csaf_text(json_array_get(references, i), "summary"), 2);
            put_text(&s, csaf_text(json_array_get(references, i), "url"), 6);
        }
    }
    json_decref(names);
    return c.status ? c.status : out->status;
}
