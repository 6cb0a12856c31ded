/*
 * A tree on disk as the source of facts: which collector answers which object, behaviours, what the output says about the
 * system. Nothing of the tree is run, and what only a running Windows knows is "not collected", with the reason.
 */
#include "oval_tree.h"

/* ---- shared ---- */

bool oval_want_accepts(oval_want *w, const oval_node *entity, postern_slice value, bool nocase) {
    postern_slice why = {0};
    if (!entity) return true;
    oval_result result = oval_entity_match(w->o, entity, value, nocase, &why);
    if (result == OVAL_ERROR && !w->o->failure)
        oval_collected_say(w->o, w->c, OVAL_FLAG_ERROR,
                           oval_text(w->o, "%.*s: %.*s", POSTERN_ARG(entity->name->local), POSTERN_ARG(why)));
    return result == OVAL_TRUE;
}

void oval_want_failed(oval_want *w, postern_status status, const postern_error *error) {
    if (!status || status == POSTERN_NOTFOUND || w->o->failure) return;
    if (status == POSTERN_NOMEM) {
        oval_fail(w->o, status, "%s", error->text);
        return;
    }
    oval_flag flag = w->c->flag == OVAL_FLAG_ERROR ? OVAL_FLAG_ERROR : OVAL_FLAG_INCOMPLETE;
    oval_collected_say(w->o, w->c, flag, oval_text(w->o, "%s", error->text));
}

bool oval_absent(oval *o, postern_status status) {
    if (status == POSTERN_NOMEM || status == POSTERN_LIMIT)
        oval_fail(o, status, status == POSTERN_LIMIT ? "a limit of the tree" : "no memory");
    return status != POSTERN_OK;
}

/* Literal characters at the head of an anchored regular expression, up to the last backslash among them. */
postern_slice oval_want_prefix(oval_want *w, const oval_node *entity) {
    postern_slice p = entity->text;
    size_t n = 0, cut = 0;
    if (oval_entity_operation(entity) != OVAL_PATTERN || oval_attr_get(entity, "var_ref").ptr) return (postern_slice){0};
    if (!p.len || p.ptr[0] != '^' || postern_slice_find_byte(p, 0, '|') != SIZE_MAX) return (postern_slice){0};
    uint8_t *out = oval_alloc(w->o, p.len);
    if (!out) return (postern_slice){0};
    for (size_t i = 1; i < p.len; i++) {
        uint8_t c = p.ptr[i];
        bool escaped = c == '\\';
        if (escaped && ++i < p.len) c = p.ptr[i];
        if (escaped ? postern_ascii_alpha(c) || postern_ascii_digit(c) : strchr("^$.[](){}*+?", c) != NULL) break;
        bool repeated = i + 1 < p.len && strchr("*?{", p.ptr[i + 1]) != NULL;
        if (repeated) break;
        if (c == '\\') cut = n;
        out[n++] = c;
    }
    return postern_slice_of(out, cut);
}

void oval_item_view(oval_want *w, oval_item *item) {
    if (w->is_64)
        oval_item_add(w->o, item, "windows_view", OVAL_STRING, w->view.bits32 ? POSTERN_S("32_bit") : POSTERN_S("64_bit"));
}

/* ---- objects ---- */

static void not_collected(oval_want *w, const char *reason) {
    oval_collected_say(w->o, w->c, OVAL_FLAG_NOT_COLLECTED,
                       oval_text(w->o, "%.*s: %s", POSTERN_ARG(w->object->name->local), reason));
}

static void read_behaviors(oval_want *w) {
    const oval_node *b = oval_child(w->object, "behaviors");
    uint64_t depth;
    w->levels = -1;
    if (!b) return;
    postern_slice max = oval_attr_get(b, "max_depth"), direction = oval_attr_get(b, "recurse_direction");
    if (postern_slice_uint(max, INT32_MAX, &depth)) w->levels = (int64_t)depth;
    w->up = oval_text_is(direction, "up");
    w->down = oval_text_is(direction, "down");
    w->view.bits32 = w->is_64 && oval_text_is(oval_attr_get(b, "windows_view"), "32_bit");
}

static void family_item(oval_want *w) {
    oval_item *item = oval_item_new(w->o, POSTERN_S("family"), POSTERN_S("independent"));
    oval_item_add(w->o, item, "family", OVAL_STRING, POSTERN_S("windows"));
    oval_item_commit(w->o, w->c, item);
}

static void collect_kind(oval_want *w, postern_slice kind) {
    if (oval_text_is(kind, "registry"))
        oval_tree_registry(w);
    else if (oval_text_is(kind, "file"))
        oval_tree_files(w, oval_found_file);
    else if (oval_text_is(kind, "family"))
        family_item(w);
    else if (oval_text_is(kind, "filehash") || oval_text_is(kind, "filehash58"))
        oval_tree_files(w, oval_found_hash);
    else if (oval_text_is(kind, "xmlfilecontent"))
        oval_tree_files(w, oval_found_xml);
    else if (oval_text_is(kind, "environmentvariable") || oval_text_is(kind, "environmentvariable58"))
        oval_tree_environment(w);
    else
        oval_tree_files(w, oval_found_text);
}

static void collect(void *user, oval_thing *object, oval_collected *ret) {
    oval *o = user;
    postern_win *win = o->tree;
    postern_arch arch = postern_win_system_of(win)->arch;
    oval_want w = {.o = o,
                   .win = win,
                   .object = object->node,
                   .c = ret,
                   .view = {POSTERN_NO_USER, false},
                   .is_64 = arch == POSTERN_ARCH_IA64 || arch == POSTERN_ARCH_AMD64 || arch == POSTERN_ARCH_ARM64};
    postern_slice kind = oval_kind_of(object->node);
    const char *reason = oval_tree_why_not(oval_family(object->node), kind);
    if (reason) {
        not_collected(&w, reason);
        return;
    }
    read_behaviors(&w);
    ret->flag = OVAL_FLAG_COMPLETE;
    collect_kind(&w, kind);
    size_t there = 0;
    for (size_t i = 0; i < ret->count; i++) there += ret->items[i]->status != OVAL_STATUS_DOES_NOT_EXIST;
    if (ret->flag == OVAL_FLAG_COMPLETE && !there) ret->flag = OVAL_FLAG_DOES_NOT_EXIST;
}

/* ---- the system ---- */

static int64_t word_at(postern_slice raw, size_t index) {
    return index * 2 + 1 < raw.len ? raw.ptr[index * 2] | raw.ptr[index * 2 + 1] << 8 : 0;
}

/* SYSTEMTIME: year, month, day of week, week, hour … */
static oval_change change_of(postern_slice raw) {
    return (oval_change){word_at(raw, 1), word_at(raw, 3), word_at(raw, 2), word_at(raw, 4)};
}

static bool is_change(const oval_change *c) {
    return c->month >= 1 && c->month <= 12 && c->week >= 1 && c->week <= 5 && c->weekday <= 6 && c->hour <= 24;
}

/* When the registry names its zone, that counts; a zone without daylight saving has none. */
static void read_zone(oval *o, postern_win *win) {
    const postern_slice key = POSTERN_S("HKLM\\SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation");
    const postern_value *from, *to, *bias;
    uint64_t minutes;
    if (oval_absent(o, postern_win_value(win, NULL, key, POSTERN_S("StandardStart"), &to, NULL)) ||
        oval_absent(o, postern_win_value(win, NULL, key, POSTERN_S("DaylightStart"), &from, NULL)))
        return;
    o->zone = (oval_zone){0, change_of(from->raw), change_of(to->raw)};
    if (!is_change(&o->zone.daylight) || !is_change(&o->zone.standard)) return;
    o->zone.saving = 3600;
    if (!oval_absent(o, postern_win_value(win, NULL, key, POSTERN_S("DaylightBias"), &bias, NULL)) &&
        !postern_value_number(bias, &minutes))
        o->zone.saving = -(int64_t)(int32_t)minutes * 60;
    if (o->zone.saving < -86400 || o->zone.saving > 86400) o->zone.saving = 0;
}

static postern_slice host_of(oval *o, postern_win *win) {
    static const char key[] = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName";
    const postern_value *value;
    postern_slice name = {0};
    if (oval_absent(o, postern_win_value(win, NULL, postern_slice_cstr(key), POSTERN_S("ComputerName"), &value, NULL)) ||
        oval_absent(o, postern_value_text(value, o->arena, &name)))
        return (postern_slice){0};
    return name;
}

/* A state's entity or a component's item_field: only then is it worth reading whole files. */
static bool mentions_checksum(const oval_node *root) {
    for (const oval_node *n = root;;) {
        if (oval_is(n, "ms_checksum") || oval_text_is(oval_attr_get(n, "item_field"), "ms_checksum")) return true;
        if (n->child) {
            n = n->child;
            continue;
        }
        while (n != root && !n->next) n = n->parent;
        if (n == root) return false;
        n = n->next;
    }
}

postern_status postern_oval_set_user(postern_oval *o, postern_slice name, postern_error *reterr) {
    if (o->failure || o->evaluated || !o->tree)
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "there is no tree yet, or it is evaluated already");
    size_t user = postern_win_user_find(o->tree, name);
    if (user == POSTERN_NO_USER)
        return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no user %.*s, or more than one of that name",
                            POSTERN_ARG(postern_slice_sub(name, 0, 100)));
    o->user = user;
    return POSTERN_OK;
}

postern_status postern_oval_set_tree(postern_oval *o, postern_win *win, postern_error *reterr) {
    if (o->failure || o->evaluated || o->source.collect)
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "there is a source of facts already");
    const postern_win_system *s = postern_win_system_of(win);
    const postern_oval_system system = {s->product, oval_text(o, "%u.%u", s->major, s->minor),
                                        postern_slice_cstr(postern_arch_name(s->arch)), host_of(o, win)};
    postern_status status = postern_oval_set_system(o, &system);
    if (status) return postern_fail(reterr, status, POSTERN_NO_OFFSET, "%s", o->error.text);
    read_zone(o, win);
    if (o->failure) return postern_fail(reterr, o->failure, POSTERN_NO_OFFSET, "%s", o->error.text);
    o->tree = win;
    o->wants_checksum = mentions_checksum(o->root);
    o->source = (oval_source){collect, o, false};
    return POSTERN_OK;
}
