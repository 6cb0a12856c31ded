/*
 * Settings that weaken the zones (MH024), in the three shapes in which settings travel: a .reg export (REGEDIT4 or "Version
 * 5.00", UTF-16 or bytes), the AddReg lines of an .inf, and a policy file of a domain (Registry.pol). A file is judged by what
 * it leaves behind: a later value replaces an earlier one, and a deletion takes back what stood there, as the registry editor
 * does.
 *
 * Left out: values that other values refer to, strings of an .inf by name.
 */
#include "scan_int.h"

typedef struct setting {
    postern_slice key, name, line;
    size_t at;
    bool is_number, is_text, gone;
    uint32_t number;
    postern_slice text; /* without quotes */
} setting;

enum { SETTINGS = 4096 };

typedef struct settings {
    scan *s;
    const place *where;
    setting *list; /* SETTINGS of them, in the arena */
    size_t count;
} settings;

static bool same(postern_slice a, postern_slice b) {
    return postern_slice_eq_nocase(a, b);
}

/* HKCU, HKEY_CURRENT_USER and policies of either are one place for what counts here: the name of the root is cut off. */
static postern_slice without_root(postern_slice key) {
    postern_cut cut = postern_slice_cut(key, '\\');
    return cut.ok && scan_starts(cut.head, "hk") ? cut.tail : key;
}

static void add(settings *all, setting one) {
    one.key = without_root(postern_slice_trim(one.key));
    if (!scan_has(one.key, "internet settings")) return;
    for (size_t i = 0; i < all->count; i++)
        if (same(all->list[i].key, one.key) && same(all->list[i].name, one.name)) all->list[i].gone = true;
    if (one.gone) return;
    if (all->count == SETTINGS)
        scan_tell(all->s, all->where, 28, POSTERN_SEVERITY_LOW, one.at, one.line, "more settings than are looked at");
    else
        all->list[all->count++] = one;
}

/* [-KEY]: the key and what is below it. */
static void remove_key(settings *all, postern_slice key) {
    key = without_root(postern_slice_trim(key));
    for (size_t i = 0; i < all->count; i++) {
        postern_slice k = all->list[i].key;
        bool below = k.len > key.len && k.ptr[key.len] == '\\' && same(postern_slice_sub(k, 0, key.len), key);
        if (below || same(k, key)) all->list[i].gone = true;
    }
}

/* ---- what a setting says ---- */

static void tell(settings *all, const setting *v, postern_severity severity, const char *reason) {
    scan_tell(all->s, all->where, 24, severity, v->at, v->line, reason);
}

static void zone_value(settings *all, const setting *v) {
    static const char *const watched[] = {"1001", "1004", "1200", "1201", "1400", "1803", "1806", "2101"};
    postern_slice zone = postern_slice_cut_last(v->key, '\\').tail;
    uint32_t action;
    bool restricted = postern_slice_eq(zone, POSTERN_S("4")), internet = postern_slice_eq(zone, POSTERN_S("3"));
    if (postern_slice_eq(zone, POSTERN_S("2")) && same(v->name, POSTERN_S("flags")) && !(v->number & 4))
        tell(all, v, POSTERN_SEVERITY_MEDIUM, "trusted sites need no https any more");
    if ((!restricted && !internet) || !SCAN_IS_ONE(v->name, watched) || !postern_action_parse(v->name, &action)) return;
    postern_action_decision usual;
    postern_zone_action(all->s->policy, restricted ? POSTERN_ZONE_RESTRICTED : POSTERN_ZONE_INTERNET, action, false, &usual);
    if (v->number == 0 && (usual.value & 0xFFFF) != 0)
        tell(all, v, restricted ? POSTERN_SEVERITY_HIGH : POSTERN_SEVERITY_MEDIUM,
             "an action that the template forbids or asks about is allowed");
}

/* com, *.com, co.uk, *.co.uk: a name under which strangers register theirs. */
static bool is_top(postern_slice site) {
    static const char *const second[] = {"co", "com", "org", "net", "gov", "ac", "edu", "ne", "or", "go"};
    postern_cut scheme = postern_slice_cut_last(site, '/');
    if (scheme.ok) site = scheme.tail;
    if (scan_starts(site, "*.")) site = postern_slice_from(site, 2);
    postern_cut dot = postern_slice_cut(site, '.');
    if (!dot.ok) return site.len > 0;
    return dot.tail.len == 2 && SCAN_IS_ONE(dot.head, second);
}

static void site(settings *all, const setting *v, postern_slice name, bool every_scheme, uint32_t zone) {
    if (zone == 0)
        tell(all, v, POSTERN_SEVERITY_MEDIUM, "a site or range is mapped to this computer's zone");
    else if (zone <= 2 && is_top(name) && every_scheme)
        tell(all, v, POSTERN_SEVERITY_MEDIUM, "everything below a top-level name is mapped to a trusted zone");
    else if (zone <= 2)
        tell(all, v, POSTERN_SEVERITY_INFO, "a site or range is mapped to a trusted zone");
}

static void protocol(settings *all, const setting *v) {
    bool usual = same(v->name, POSTERN_S("shell")) || same(v->name, POSTERN_S("@ivt"));
    if (v->number <= 2 && !usual) tell(all, v, POSTERN_SEVERITY_HIGH, "a whole protocol is mapped to a trusted zone");
}

/* Half of all addresses, or more. */
static bool is_wide(postern_slice range) {
    postern_cut dash = postern_slice_cut(range, '-');
    uint64_t from = 0, to = 0;
    if (postern_slice_eq(range, POSTERN_S("*")) || scan_starts(range, "*.") || postern_slice_ends(range, POSTERN_S("/0")))
        return true;
    bool from_ok = postern_slice_uint(postern_slice_cut(postern_slice_trim(dash.head), '.').head, 255, &from);
    bool to_ok = postern_slice_uint(postern_slice_cut(postern_slice_trim(dash.tail), '.').head, 255, &to);
    return dash.ok && from_ok && to_ok && to >= from && to - from >= 127;
}

/* The range of a rule stands in another value of the same key. */
static void range(settings *all, const setting *v) {
    bool trusted = false;
    for (size_t i = 0; i < all->count; i++) {
        const setting *other = &all->list[i];
        trusted |= !other->gone && same(other->key, v->key) && other->is_number && other->number <= 2;
    }
    if (trusted && is_wide(v->text)) tell(all, v, POSTERN_SEVERITY_MEDIUM, "a range that holds the whole Internet is trusted");
}

static void map_value(settings *all, const setting *v) {
    postern_cut last = postern_slice_cut_last(v->key, '\\');
    bool below = postern_slice_ends(last.head, POSTERN_S("omains")) || postern_slice_ends(last.head, POSTERN_S("OMAINS"));
    if (scan_has(v->key, "\\protocoldefaults"))
        protocol(all, v);
    else if (scan_has(v->key, "\\ranges\\"))
        site(all, v, POSTERN_S("a.b.c"), false, v->number);
    else if (scan_has(v->key, "domains\\"))
        site(all, v, below ? last.tail : POSTERN_S("a.b.c"), postern_slice_eq(v->name, POSTERN_S("*")), v->number);
    else if (v->number == 1 && (same(v->name, POSTERN_S("uncasintranet")) || same(v->name, POSTERN_S("intranetname"))))
        tell(all, v, POSTERN_SEVERITY_LOW, "shares or plain names count as intranet");
}

static void judge(settings *all) {
    for (size_t i = 0; i < all->count && !scan_ended(all->s); i++) {
        const setting *v = &all->list[i];
        uint64_t zone;
        if (v->gone) continue;
        if (scan_has(v->key, "\\zonemapkey")) { /* group policy: a site's zone as text */
            if (v->is_text && postern_slice_uint(v->text, 4, &zone)) site(all, v, v->name, true, (uint32_t)zone);
        } else if (v->is_text && same(v->name, POSTERN_S(":range")))
            range(all, v);
        else if (v->is_number && scan_has(v->key, "\\zonemap"))
            map_value(all, v);
        else if (v->is_number && scan_has(v->key, "\\zones\\"))
            zone_value(all, v);
    }
}

/* ---- .reg ---- */

static postern_slice unquoted(postern_slice text) {
    text = postern_slice_trim(text);
    return text.len > 1 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"' ? postern_slice_sub(text, 1, text.len - 2)
                                                                               : text;
}

/* dword:…, hex(4):… and hex:… with four bytes, "text". */
static void read_data(postern_slice data, setting *v) {
    data = postern_slice_trim(data);
    if (data.len && data.ptr[0] == '"') {
        v->is_text = true;
        v->text = unquoted(data);
        return;
    }
    bool bytes = scan_starts(data, "hex");
    postern_slice digits = postern_slice_cut(data, ':').tail;
    if (!bytes && !scan_starts(data, "dword:")) return;
    unsigned count = 0;
    for (size_t i = 0; i < digits.len && count <= 8; i++) {
        int digit = postern_hex_value(digits.ptr[i]);
        if (digit < 0) continue;
        v->number =
            bytes ? v->number | (uint32_t)digit << ((count / 2) * 8 + (count % 2 ? 0 : 4)) : v->number << 4 | (uint32_t)digit;
        count++;
        if (bytes && count == 8) break;
    }
    v->is_number = bytes ? count == 8 : count >= 1 && count <= 8;
}

static void export_line(settings *all, postern_slice line, size_t at, postern_slice *key) {
    if (line.len > 1 && line.ptr[0] == '[') {
        *key = postern_slice_sub(line, 1, line.len - 2);
        if (key->len && key->ptr[0] == '-') {
            remove_key(all, postern_slice_from(*key, 1));
            key->len = 0; /* values below a deleted key go nowhere */
        }
        return;
    }
    size_t quote = line.len && line.ptr[0] == '"' ? postern_slice_find_byte(line, 1, '"') : SIZE_MAX;
    if (quote == SIZE_MAX || !key->len) return;
    postern_cut cut = postern_slice_cut(postern_slice_from(line, quote + 1), '=');
    setting v = {.key = *key, .name = postern_slice_sub(line, 1, quote - 1), .line = line, .at = at};
    if (!cut.ok) return;
    v.gone = postern_slice_eq(postern_slice_trim(cut.tail), POSTERN_S("-"));
    read_data(cut.tail, &v);
    add(all, v);
}

/* ---- .inf: HKCU,"key","name",flags,value ---- */

static postern_slice next_field(postern_slice *rest) {
    postern_slice t = postern_slice_trim(*rest);
    size_t end = 0;
    bool quoted = false;
    for (; end < t.len && (quoted || t.ptr[end] != ','); end++) quoted ^= t.ptr[end] == '"';
    *rest = postern_slice_from(t, end + 1);
    return unquoted(postern_slice_sub(t, 0, end));
}

static void setup_line(settings *all, postern_slice line, size_t at) {
    static const char *const roots[] = {"hkcu", "hklm", "hku", "hkr"};
    postern_slice rest = line;
    if (!SCAN_IS_ONE(next_field(&rest), roots)) return;
    setting v = {.line = line, .at = at};
    v.key = next_field(&rest);
    v.name = next_field(&rest);
    (void)next_field(&rest); /* flags: a number is a number whatever they say */
    postern_slice data = next_field(&rest);
    uint64_t number;
    if (scan_starts(data, "0x")) data = postern_slice_from(data, 2);
    v.is_number = postern_slice_uint(data, UINT32_MAX, &number);
    v.number = v.is_number ? (uint32_t)number : 0;
    v.is_text = true;
    v.text = data;
    add(all, v);
}

/* ---- Registry.pol: "PReg", then [key;name;type;size;data] in UTF-16 ---- */

/* UTF-16 up to its NUL as bytes, behind which a ';' stands; names of settings are ASCII. */
static bool policy_text(postern_arena *arena, postern_cursor *c, postern_slice *ret) {
    uint8_t *to = postern_arena_alloc(arena, 1024);
    size_t len = 0;
    if (!to) return false;
    for (;;) {
        uint16_t unit = postern_cursor_le16(c);
        if (!c->ok || len >= 1024) return false;
        if (!unit) break;
        to[len++] = unit < 0x80 ? (uint8_t)unit : '?';
    }
    *ret = postern_slice_of(to, len);
    return postern_cursor_le16(c) == ';';
}

static void policy_file(settings *all, postern_slice bytes) {
    postern_cursor c = postern_cursor_of(bytes);
    postern_cursor_bytes(&c, 8);
    while (c.ok && all->count < SETTINGS && postern_cursor_le16(&c) == '[') {
        setting v = {.at = c.pos - 2};
        if (!policy_text(all->where->arena, &c, &v.key) || !policy_text(all->where->arena, &c, &v.name)) break;
        uint32_t type = postern_cursor_le32(&c);
        postern_cursor_bytes(&c, 2);
        uint32_t size = postern_cursor_le32(&c);
        postern_cursor_bytes(&c, 2);
        postern_slice data = postern_cursor_bytes(&c, size);
        if (postern_cursor_le16(&c) != ']' || !c.ok) break;
        postern_cursor d = postern_cursor_of(data);
        v.is_number = type == 4 && size == 4;
        v.number = v.is_number ? postern_cursor_le32(&d) : 0;
        v.is_text = type == 1 && size >= 2;
        if (v.is_text) v.text = postern_slice_sub(data, 0, 1); /* a zone is one digit */
        v.line = v.name;
        add(all, v);
    }
}

/* ---- the whole ---- */

bool scan_is_settings(postern_slice text, postern_slice extension) {
    postern_slice head = postern_slice_sub(text, 0, 4096);
    bool setup = postern_slice_eq_nocase(extension, POSTERN_S("inf")) || scan_has(head, "signature=\"$");
    return scan_starts(text, "windows registry editor") || scan_starts(text, "regedit4") ||
           postern_slice_starts(text, POSTERN_S("PReg\1\0\0\0")) || setup;
}

void scan_registry(scan *s, const place *where, postern_slice bytes) {
    place here = *where;
    postern_slice text = bytes, key = {0};
    settings all = {.s = s, .where = &here, .list = postern_arena_zalloc(where->arena, SETTINGS, sizeof *all.list)};
    postern_charset charset = postern_charset_from_bom(bytes, NULL);
    postern_status status = all.list ? POSTERN_OK : POSTERN_NOMEM;
    if (!status && charset) status = postern_charset_decode_arena(charset, bytes, where->arena, NULL, 0, &text);
    if (status == POSTERN_NOMEM) s->status = status;
    if (status) return;
    here.exact = where->exact && text.ptr == bytes.ptr;
    if (postern_slice_starts(text, POSTERN_S("PReg")))
        policy_file(&all, text);
    else
        for (size_t pos = 0, at; pos < text.len && !scan_ended(s);) {
            postern_slice line;
            scan_next_line(text, &pos, &line, &at);
            if (line.len && line.ptr[0] == ';') continue;
            export_line(&all, line, at, &key);
            setup_line(&all, line, at);
        }
    judge(&all);
}
