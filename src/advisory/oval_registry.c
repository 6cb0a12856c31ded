/*
 * registry_object of windows-definitions-schema over the registry of a tree: hive, key and name with every operation, recursion
 * up and down. Keys and values keep the registry's spelling, but below a link (CurrentControlSet) the one that was asked for.
 */
#include "oval_tree.h"

typedef struct registry {
    oval_want *w;
    const oval_node *key, *name;
    postern_slice hive;
    bool each; /* every name of a variable is looked for in one key: one that is missing is told */
} registry;

/* ---- items ---- */

static void add_value(oval *o, oval_item *item, const postern_value *value) {
    postern_slice text;
    const postern_slice *texts;
    uint64_t number;
    size_t count;
    if (!oval_absent(o, postern_value_text(value, o->arena, &text))) {
        oval_item_add(o, item, "value", OVAL_STRING, text);
    } else if (!oval_absent(o, postern_value_list(value, o->arena, &texts, &count))) {
        for (size_t i = 0; i < count && !o->failure; i++) oval_item_add(o, item, "value", OVAL_STRING, texts[i]);
    } else if (!postern_value_number(value, &number)) {
        oval_item_add(o, item, "value", OVAL_INT, oval_text(o, "%llu", (unsigned long long)number));
    } else {
        oval_item_add(o, item, "value", OVAL_BINARY, oval_hex(o, value->raw));
    }
}

static void add_item(registry *r, const postern_key *key, postern_slice path, const postern_value *value) {
    oval *o = r->w->o;
    oval_item *item = oval_item_new(o, POSTERN_S("registry"), POSTERN_S("windows"));
    if (!item || !oval_step(o)) return;
    oval_item_add(o, item, "hive", OVAL_STRING, r->hive);
    oval_entity *e = oval_item_add(o, item, "key", OVAL_STRING, path);
    if (e && !path.len) *e = (oval_entity){.name = e->name, .status = OVAL_STATUS_NOT_COLLECTED, .nil = true};
    if (value || r->name)
        e = oval_item_add(o, item, "name", OVAL_STRING, value ? oval_copy(o, value->name) : (postern_slice){0});
    if (e && !value && r->name) *e = (oval_entity){.name = e->name, .status = OVAL_STATUS_NOT_COLLECTED, .nil = true};
    uint64_t time = key ? postern_key_time(key) : 0;
    if (time) oval_item_add(o, item, "last_write_time", OVAL_INT, oval_text(o, "%llu", (unsigned long long)time));
    const char *type = value ? postern_reg_type_name(value->type) : NULL;
    if (type) oval_item_add(o, item, "type", OVAL_STRING, postern_slice_cstr(type));
    if (value) add_value(o, item, value);
    oval_item_view(r->w, item);
    oval_item_commit(o, r->w->c, item);
}

/* The key's own place, spelled as the registry does, below the hive; HKEY_CURRENT_USER stands below HKEY_USERS. */
static postern_slice own_path(registry *r, const postern_key *key) {
    postern_buf path;
    postern_buf_init(&path, 1 << 20);
    postern_slice copy = {0};
    postern_status status = postern_key_path(key, &path);
    if (status)
        oval_fail(r->w->o, status, "a registry path is too long");
    else
        copy = oval_copy(r->w->o, postern_slice_cut(postern_buf_slice(&path), '\\').tail);
    postern_buf_free(&path);
    return r->w->view.user == POSTERN_NO_USER ? copy : postern_slice_cut(copy, '\\').tail;
}

/* A link (CurrentControlSet, HKEY_CLASSES_ROOT) leads elsewhere: then the path is the one that was asked for. */
static postern_slice shown_path(registry *r, const postern_key *key, postern_slice asked) {
    postern_slice own = own_path(r, key);
    return postern_slice_eq_nocase(own, asked) ? own : asked;
}

/* ---- names ---- */

static oval_item *missing_item(registry *r, postern_slice path) {
    oval_item *item = oval_item_new(r->w->o, POSTERN_S("registry"), POSTERN_S("windows"));
    oval_item_add(r->w->o, item, "hive", OVAL_STRING, r->hive);
    if (path.len) oval_item_add(r->w->o, item, "key", OVAL_STRING, path);
    return item;
}

/* The values of a variable are looked up one by one; each that is not there is an item that does not exist. */
static void take_listed(registry *r, const postern_key *key, postern_slice path) {
    oval *o = r->w->o;
    const oval_values *names = oval_entity_values(o, r->w->c, r->name);
    for (size_t i = 0; names && i < names->count && !o->failure; i++) {
        postern_slice name = names->at[i];
        if (names->count > 1 && !oval_want_accepts(r->w, r->name, name, true)) continue;
        const postern_value *value = postern_key_value(key, name);
        if (value)
            add_item(r, key, path, value);
        else if (r->each && names->count > 1)
            oval_item_missing(o, r->w->c, missing_item(r, path), "name", oval_text(o, "no value %.*s", POSTERN_ARG(name)));
    }
}

static void take_names(registry *r, const postern_key *key, postern_slice path) {
    oval *o = r->w->o;
    if (!r->name || oval_is_nil(r->name)) {
        add_item(r, key, path, NULL);
        return;
    }
    if (oval_entity_is_plain(r->name)) {
        take_listed(r, key, path);
        return;
    }
    for (size_t i = 0; i < postern_key_value_count(key) && !o->failure; i++) {
        const postern_value *value = postern_key_value_at(key, i);
        if (oval_want_accepts(r->w, r->name, value->name, true)) add_item(r, key, path, value);
    }
}

/* ---- keys ---- */

static const postern_key *open_key(registry *r, postern_slice path) {
    const postern_key *key = NULL;
    postern_error error;
    postern_slice whole = path.len ? oval_text(r->w->o, "%.*s\\%.*s", POSTERN_ARG(r->hive), POSTERN_ARG(path)) : r->hive;
    if (r->w->o->failure) return NULL;
    postern_status status = postern_win_key(r->w->win, &r->w->view, whole, &key, &error);
    if (status) oval_want_failed(r->w, status, &error);
    return status ? NULL : key;
}

/* CurrentControlSet is a link that only a running system keeps: below SYSTEM it is one more child. */
static bool has_current_set(registry *r, const postern_key *key, postern_slice path) {
    if (!postern_slice_eq(r->hive, POSTERN_S("HKEY_LOCAL_MACHINE")) || !postern_slice_eq_nocase(path, POSTERN_S("SYSTEM")))
        return false;
    for (size_t i = 0; i < postern_key_child_count(key); i++)
        if (postern_slice_eq_nocase(postern_key_child_name(key, i), POSTERN_S("CurrentControlSet"))) return false;
    return true;
}

static void each_child(registry *r, const postern_key *key, postern_slice path, int64_t levels,
                       void (*visit)(registry *, const postern_key *, postern_slice, int64_t)) {
    oval *o = r->w->o;
    const char *between = path.len ? "\\" : "";
    for (size_t i = 0; i < postern_key_child_count(key) && !o->failure; i++) {
        const postern_key *child = NULL;
        postern_error error;
        postern_status status = postern_key_child(key, i, &child, &error);
        postern_slice name = postern_key_child_name(key, i);
        if (status)
            oval_want_failed(r->w, status, &error);
        else
            visit(r, child, oval_text(o, "%.*s%s%.*s", POSTERN_ARG(path), between, POSTERN_ARG(name)), levels);
    }
    if (o->failure || !has_current_set(r, key, path)) return;
    postern_slice current = oval_text(o, "%.*s\\CurrentControlSet", POSTERN_ARG(path));
    const postern_key *child = open_key(r, current);
    if (child) visit(r, child, current, levels);
}

/* Depth is that of registry paths, bounded by the room win; and by ours. */
static void take_down(registry *r, const postern_key *key, postern_slice path, int64_t levels) {
    if (!oval_step(r->w->o) || !oval_enter(r->w->o, POSTERN_S("registry"))) return;
    take_names(r, key, path);
    if (levels != 0) each_child(r, key, path, levels < 0 ? levels : levels - 1, take_down);
    r->w->o->depth--;
}

static void take_up(registry *r, postern_slice path) {
    int64_t levels = r->w->levels;
    for (;; levels--) {
        const postern_key *key = open_key(r, path);
        if (key) take_names(r, key, shown_path(r, key, path));
        if (!path.len || levels == 0 || r->w->o->failure) return;
        postern_cut cut = postern_slice_cut_last(path, '\\');
        path = cut.ok ? cut.head : (postern_slice){0};
    }
}

static postern_slice without_ends(postern_slice path) {
    while (path.len && path.ptr[path.len - 1] == '\\') path.len--;
    while (path.len && path.ptr[0] == '\\') path = postern_slice_from(path, 1);
    return path;
}

static void take_equal(registry *r) {
    oval *o = r->w->o;
    const oval_values *paths = oval_entity_values(o, r->w->c, r->key);
    for (size_t i = 0; paths && i < paths->count && !o->failure; i++) {
        postern_slice path = without_ends(paths->at[i]);
        if (paths->count > 1 && !oval_want_accepts(r->w, r->key, paths->at[i], true)) continue;
        if (r->w->up) {
            take_up(r, path);
            continue;
        }
        const postern_key *key = open_key(r, path);
        if (key)
            take_down(r, key, shown_path(r, key, path), r->w->down ? r->w->levels : 0);
        else if (paths->count > 1)
            oval_item_missing(o, r->w->c, missing_item(r, (postern_slice){0}), "key",
                              oval_text(o, "no key %.*s", POSTERN_ARG(path)));
    }
}

static void search(registry *r, const postern_key *key, postern_slice path, int64_t levels) {
    if (!oval_step(r->w->o) || !oval_enter(r->w->o, POSTERN_S("registry"))) return;
    if (oval_want_accepts(r->w, r->key, path, true)) take_names(r, key, path);
    each_child(r, key, path, levels, search);
    r->w->o->depth--;
}

static void take_hive(registry *r) {
    if (!r->key || oval_is_nil(r->key)) {
        const postern_key *key = open_key(r, (postern_slice){0});
        if (key) take_names(r, key, (postern_slice){0});
        return;
    }
    if (oval_entity_is_plain(r->key)) {
        take_equal(r);
        return;
    }
    if (oval_attr_get(r->key, "var_ref").ptr && !oval_entity_values(r->w->o, r->w->c, r->key)) return;
    postern_slice prefix = oval_want_prefix(r->w, r->key);
    const postern_key *start = open_key(r, prefix);
    if (start) search(r, start, shown_path(r, start, prefix), -1);
}

/* ---- HKEY_CURRENT_USER: whose? ---- */

static bool is_person(const postern_win_user *user) {
    return user->has_hive && !user->is_default && !postern_slice_eq(user->sid, POSTERN_S("S-1-5-19")) &&
           !postern_slice_eq(user->sid, POSTERN_S("S-1-5-20"));
}

/* What one user's half of the object gives, in a list of its own. */
static oval_collected *take_user(registry *r, size_t user) {
    oval_want own = *r->w;
    registry mine = *r;
    oval_collected *c = oval_alloc(r->w->o, sizeof *c);
    if (!c) return NULL;
    c->flag = OVAL_FLAG_COMPLETE;
    own.c = c;
    own.view.user = user;
    mine.w = &own;
    take_hive(&mine);
    return r->w->o->failure ? NULL : c;
}

/* Two users agree when their keys and values do, whenever these were written. */
static bool same_items(oval *o, const oval_collected *a, const oval_collected *b) {
    oval_map there = {0};
    if (a->count != b->count || a->flag != b->flag) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!oval_map_put(&there, o->arena, oval_item_key(o, a->items[i], false), a->items[i])) oval_no_memory(o);
    for (size_t i = 0; i < b->count && !o->failure; i++)
        if (!oval_map_get(&there, oval_item_key(o, b->items[i], false))) return false;
    return true;
}

static void keep(registry *r, const oval_collected *c) {
    for (size_t i = 0; i < c->count; i++)
        if (!oval_collected_add(r->w->o, r->w->c, c->items[i])) return;
    for (oval_used_value *u = c->used, *next; u; u = next) {
        next = u->next;
        u->next = r->w->c->used;
        r->w->c->used = u;
    }
    if (c->flag != OVAL_FLAG_COMPLETE) oval_collected_say(r->w->o, r->w->c, c->flag, c->message);
}

/* At rest nobody sits at the system. The user that was named counts; else all users, where they agree. */
static void take_current_user(registry *r) {
    oval *o = r->w->o;
    const oval_collected *first = NULL;
    const postern_win_user *whose = NULL;
    for (size_t i = 0; i < postern_win_user_count(r->w->win) && !o->failure; i++) {
        const postern_win_user *user = postern_win_user_at(r->w->win, i);
        if (o->user == POSTERN_NO_USER ? !is_person(user) : i != o->user) continue;
        const oval_collected *c = take_user(r, i);
        if (!c) return;
        if (first && !same_items(o, first, c)) {
            oval_collected_say(o, r->w->c, OVAL_FLAG_NOT_COLLECTED,
                               oval_text(o, "HKEY_CURRENT_USER: the users %.*s and %.*s differ here; name one",
                                         POSTERN_ARG(whose->name), POSTERN_ARG(user->name)));
            return;
        }
        if (!first) whose = user;
        if (!first) first = c;
    }
    if (o->failure) return;
    if (first)
        keep(r, first);
    else
        oval_collected_say(o, r->w->c, OVAL_FLAG_NOT_COLLECTED, POSTERN_S("HKEY_CURRENT_USER: no user's registry is there"));
}

void oval_tree_registry(oval_want *w) {
    static const char *const hives[] = {"HKEY_CLASSES_ROOT", "HKEY_CURRENT_CONFIG", "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE",
                                        "HKEY_USERS"};
    const oval_node *hive = oval_child(w->object, "hive");
    registry r = {.w = w, .key = oval_child(w->object, "key"), .name = oval_child(w->object, "name")};
    if (!hive) {
        oval_collected_say(w->o, w->c, OVAL_FLAG_ERROR, POSTERN_S("the object has no hive"));
        return;
    }
    r.each = !w->up && !w->down && r.key && oval_entity_is_plain(r.key);
    if (r.name && oval_attr_get(r.name, "var_ref").ptr && !oval_entity_values(w->o, w->c, r.name)) return;
    for (size_t i = 0; i < 5 && !w->o->failure; i++) {
        r.hive = postern_slice_cstr(hives[i]);
        if (!oval_want_accepts(w, hive, r.hive, true)) continue;
        w->view.user = i == 0 ? w->o->user : POSTERN_NO_USER; /* a user's classes lie over the machine's */
        if (i == 2)
            take_current_user(&r);
        else
            take_hive(&r);
    }
}
