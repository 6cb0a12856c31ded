/*
 * Nodes of an OVAL document, names of the language, maps, and XML out. Attribute values and text are escaped here and nowhere
 * else; what XML 1.0 cannot hold (most control characters, invalid UTF-8) is written as U+FFFD.
 */
#include "oval_int.h"

/* ---- maps ---- */

static struct oval_map_slot *slot_of(const oval_map *map, postern_slice key) {
    size_t i = (size_t)postern_slice_hash(key, 0x6f76616c) & (map->room - 1);
    while (map->slots[i].value && !postern_slice_eq(map->slots[i].key, key)) i = (i + 1) & (map->room - 1);
    return &map->slots[i];
}

void *oval_map_get(const oval_map *map, postern_slice key) {
    return map->room ? slot_of(map, key)->value : NULL;
}

bool oval_map_put(oval_map *map, postern_arena *arena, postern_slice key, void *value) {
    if (map->count * 2 >= map->room) {
        oval_map wider = {.room = map->room ? map->room * 2 : 64};
        wider.slots = postern_arena_zalloc(arena, wider.room, sizeof *wider.slots);
        if (!wider.slots) return false;
        for (size_t i = 0; i < map->room; i++)
            if (map->slots[i].value) *slot_of(&wider, map->slots[i].key) = map->slots[i];
        wider.count = map->count;
        *map = wider;
    }
    struct oval_map_slot *slot = slot_of(map, key);
    if (!slot->value) map->count++;
    slot->key = key;
    slot->value = value;
    return true;
}

/* ---- nodes ---- */

bool oval_text_is(postern_slice text, const char *word) {
    return postern_slice_eq(text, postern_slice_cstr(word));
}

bool oval_is(const oval_node *node, const char *local) {
    return oval_text_is(node->name->local, local);
}

oval_node *oval_sibling(const oval_node *node, const char *local) {
    for (oval_node *n = node->next; n; n = n->next)
        if (oval_is(n, local)) return n;
    return NULL;
}

oval_node *oval_child(const oval_node *node, const char *local) {
    if (!node) return NULL;
    for (oval_node *n = node->child; n; n = n->next)
        if (oval_is(n, local)) return n;
    return NULL;
}

postern_slice oval_attr_get(const oval_node *node, const char *name) {
    for (const oval_attr *a = node->attrs; a; a = a->next)
        if (!a->xsi && oval_text_is(a->name, name)) return a->value;
    return (postern_slice){0};
}

static bool is_true(postern_slice value) {
    value = postern_slice_trim(value);
    return oval_text_is(value, "true") || oval_text_is(value, "1");
}

bool oval_attr_true(const oval_node *node, const char *name) {
    return is_true(oval_attr_get(node, name));
}

bool oval_is_nil(const oval_node *node) {
    for (const oval_attr *a = node->attrs; a; a = a->next)
        if (a->xsi && oval_text_is(a->name, "nil")) return is_true(a->value);
    return false;
}

postern_slice oval_family(const oval_node *node) {
    postern_cut cut = postern_slice_cut(node->name->ns, '#');
    return cut.ok ? cut.tail : (postern_slice){0};
}

postern_slice oval_kind_of(const oval_node *node) {
    postern_cut cut = postern_slice_cut_last(node->name->local, '_');
    return cut.ok ? cut.head : node->name->local;
}

postern_slice oval_item_kind(postern_slice kind) {
    static const char *const same[][2] = {{"textfilecontent54", "textfilecontent"}, {"sql57", "sql57"}, {"wmi57", "wmi57"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (oval_text_is(kind, same[i][0])) return postern_slice_cstr(same[i][1]);
    return kind;
}

/* ---- words ---- */

static int word_of(postern_slice word, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (oval_text_is(word, words[i])) return (int)i;
    return -1;
}
#define WORD_OF(word, words) word_of(word, words, sizeof(words) / sizeof *(words))

static const char *const checks[] = {"all", "at least one", "only one", "none satisfy", "none exist"};
static const char *const existences[] = {"all_exist", "any_exist", "at_least_one_exists", "none_exist", "only_one_exists"};
static const char *const operators[] = {"AND", "ONE", "OR", "XOR"};
static const char *const operations[] = {"equals",       "not equal",  "case insensitive equals", "case insensitive not equal",
                                         "greater than", "less than",  "greater than or equal",   "less than or equal",
                                         "bitwise and",  "bitwise or", "pattern match",           "subset of",
                                         "superset of"};
static const char *const types[] = {"string",           "int",          "float",        "boolean",    "binary",
                                    "version",          "ipv4_address", "ipv6_address", "evr_string", "debian_evr_string",
                                    "fileset_revision", "ios_version",  "record"};
static const char *const flags[] = {"error", "complete", "incomplete", "does not exist", "not collected", "not applicable"};
static const char *const statuses[] = {"exists", "does not exist", "error", "not collected"};
static const char *const set_operators[] = {"UNION", "INTERSECTION", "COMPLEMENT"};

int oval_check_of(postern_slice word, oval_check usual) {
    return word.ptr ? WORD_OF(word, checks) : (int)usual;
}
int oval_existence_of(postern_slice word, oval_existence usual) {
    return word.ptr ? WORD_OF(word, existences) : (int)usual;
}
int oval_operator_of(postern_slice word, oval_operator usual) {
    return word.ptr ? WORD_OF(word, operators) : (int)usual;
}
int oval_operation_of(postern_slice word) {
    return word.ptr ? WORD_OF(word, operations) : OVAL_EQUALS;
}
int oval_type_of(postern_slice word) {
    return word.ptr ? WORD_OF(word, types) : OVAL_STRING;
}
int oval_flag_of(postern_slice word) {
    return WORD_OF(word, flags);
}
int oval_status_of(postern_slice word) {
    return word.ptr ? WORD_OF(word, statuses) : OVAL_STATUS_EXISTS;
}
int oval_set_operator_of(postern_slice word) {
    return word.ptr ? WORD_OF(word, set_operators) : OVAL_UNION;
}
const char *oval_type_word(oval_type type) {
    return types[type];
}
const char *oval_flag_word(oval_flag flag) {
    return flags[flag];
}
const char *oval_status_word(oval_status status) {
    return statuses[status];
}

/* ---- XML out ---- */

static bool xml_can_hold(uint32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
}

/* How many bytes from `at` on are plain: printable ASCII that needs no escape. */
static size_t plain_run(postern_slice text, size_t at) {
    size_t end = at;
    while (end < text.len && text.ptr[end] >= 0x20 && text.ptr[end] < 0x7F && text.ptr[end] != '<' && text.ptr[end] != '>' &&
           text.ptr[end] != '&' && text.ptr[end] != '"')
        end++;
    return end - at;
}

void oval_write_text(postern_buf *out, postern_slice text) {
    size_t len;
    for (size_t i = 0; i < text.len && !out->status; i += len) {
        len = plain_run(text, i);
        if (len) {
            postern_buf_add(out, text.ptr + i, len);
            continue;
        }
        uint32_t c = postern_utf8_at(text, i, &len);
        switch (c) {
        case '<':
            postern_buf_add_slice(out, POSTERN_S("&lt;"));
            break;
        case '>':
            postern_buf_add_slice(out, POSTERN_S("&gt;"));
            break;
        case '&':
            postern_buf_add_slice(out, POSTERN_S("&amp;"));
            break;
        case '"':
            postern_buf_add_slice(out, POSTERN_S("&quot;"));
            break;
        case '\r':
        case '\n':
        case '\t':
            postern_buf_printf(out, "&#%u;", (unsigned)c);
            break;
        default:
            postern_buf_add_utf8(out, xml_can_hold(c) ? c : 0xFFFD);
        }
    }
}

void oval_write_attr(postern_buf *out, const char *name, postern_slice value) {
    postern_buf_printf(out, " %s=\"", name);
    oval_write_text(out, value);
    postern_buf_add_byte(out, '"');
}

static void write_open(postern_buf *out, const oval_node *node, postern_slice ns) {
    postern_buf_add_byte(out, '<');
    postern_buf_add_slice(out, node->name->local);
    if (!postern_slice_eq(node->name->ns, ns)) oval_write_attr(out, "xmlns", node->name->ns);
    for (const oval_attr *a = node->attrs; a; a = a->next) {
        if (a->xsi && oval_text_is(a->name, "schemaLocation")) continue;
        postern_buf_add_slice(out, a->xsi ? POSTERN_S(" xsi:") : POSTERN_S(" "));
        postern_buf_add_slice(out, a->name);
        postern_buf_add_slice(out, POSTERN_S("=\""));
        oval_write_text(out, a->value);
        postern_buf_add_byte(out, '"');
    }
}

/* Depth is bounded by POSTERN_LIMIT_OVAL_XML_DEPTH. */
void oval_write_node(postern_buf *out, const oval_node *node, postern_slice ns) {
    write_open(out, node, ns);
    if (!node->child && !node->text.len) {
        postern_buf_add_slice(out, POSTERN_S("/>\n"));
        return;
    }
    postern_buf_add_byte(out, '>');
    oval_write_text(out, node->text);
    for (const oval_node *n = node->child; n && !out->status; n = n->next) oval_write_node(out, n, node->name->ns);
    postern_buf_add_slice(out, POSTERN_S("</"));
    postern_buf_add_slice(out, node->name->local);
    postern_buf_add_slice(out, POSTERN_S(">\n"));
}
