/*
 * registry_object of windows-definitions-schema over the registry of a tree: hive, key and name with every operation, recursion
 * up and down. Values keep the registry's spelling. HKEY_CURRENT_USER is nobody's in a system at rest; its objects are not
 * collected.
 */
#include "oval_tree.h"

typedef struct registry {
    oval_want *w;
    const oval_node *key, *name;
    postern_slice hive;
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
    if (e) e->nil = !path.len;
    if (value || r->name)
        e = oval_item_add(o, item, "name", OVAL_STRING, value ? oval_copy(o, value->name) : (postern_slice){0});
    if (e && !value && r->name) e->nil = true;
    uint64_t time = key ? postern_key_time(key) : 0;
    if (time) oval_item_add(o, item, "last_write_time", OVAL_INT, oval_text(o, "%llu", (unsigned long long)time));
    const char *type = value ? postern_reg_type_name(value->type) : NULL;
    if (type) oval_item_add(o, item, "type", OVAL_STRING, postern_slice_cstr(type));
    if (value) add_value(o, item, value);
    oval_item_view(r->w, item);
    oval_item_commit(o, r->w->c, item);
}

static postern_slice path_below_hive(registry *r, const postern_key *key) {
    postern_buf path;
    postern_buf_init(&path, 1 << 20);
    postern_slice copy = {0};
    postern_status status = postern_key_path(key, &path);
    if (status)
        oval_fail(r->w->o, status, "a registry path is too long");
    else
        copy = oval_copy(r->w->o, postern_slice_cut(postern_buf_slice(&path), '\\').tail);
    postern_buf_free(&path);
    return copy;
}

/* ---- names ---- */

static void take_names(registry *r, const postern_key *key) {
    oval *o = r->w->o;
    postern_slice path = path_below_hive(r, key);
    if (!r->name || oval_is_nil(r->name)) {
        add_item(r, key, path, NULL);
        return;
    }
    if (oval_entity_operation(r->name) == OVAL_EQUALS && !oval_attr_get(r->name, "var_ref").ptr) {
        const postern_value *value = postern_key_value(key, r->name->text);
        if (value) add_item(r, key, path, value);
        return;
    }
    for (size_t i = 0; i < postern_key_value_count(key) && !o->failure; i++) {
        const postern_value *value = postern_key_value_at(key, i);
        if (oval_want_accepts(r->w, r->name, value->name, true)) add_item(r, key, path, value);
    }
}

/* ---- keys ---- */

static const postern_key *child_of(registry *r, const postern_key *key, size_t index) {
    const postern_key *child = NULL;
    postern_error error;
    postern_status status = postern_key_child(key, index, &child, &error);
    if (status) oval_want_failed(r->w, status, &error);
    return status ? NULL : child;
}

/* Depth is that of registry paths, bounded by the room win; and by ours. */
static void take_down(registry *r, const postern_key *key, int64_t levels) {
    if (!oval_step(r->w->o) || !oval_enter(r->w->o, POSTERN_S("registry"))) return;
    take_names(r, key);
    for (size_t i = 0; levels != 0 && i < postern_key_child_count(key) && !r->w->o->failure; i++) {
        const postern_key *child = child_of(r, key, i);
        if (child) take_down(r, child, levels < 0 ? levels : levels - 1);
    }
    r->w->o->depth--;
}

static const postern_key *open_key(registry *r, postern_slice path) {
    const postern_key *key = NULL;
    postern_error error;
    postern_slice whole = path.len ? oval_text(r->w->o, "%.*s\\%.*s", POSTERN_ARG(r->hive), POSTERN_ARG(path)) : r->hive;
    if (r->w->o->failure) return NULL;
    postern_status status = postern_win_key(r->w->win, &r->w->view, whole, &key, &error);
    if (status) oval_want_failed(r->w, status, &error);
    return status ? NULL : key;
}

static void take_up(registry *r, postern_slice path) {
    int64_t levels = r->w->levels;
    for (;; levels--) {
        const postern_key *key = open_key(r, path);
        if (key) take_names(r, key);
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
    const oval_values *paths = oval_entity_values(r->w->o, r->w->c, r->key);
    for (size_t i = 0; paths && i < paths->count && !r->w->o->failure; i++) {
        postern_slice path = without_ends(paths->at[i]);
        if (paths->count > 1 && !oval_want_accepts(r->w, r->key, paths->at[i], true)) continue;
        if (r->w->up) {
            take_up(r, path);
            continue;
        }
        const postern_key *key = open_key(r, path);
        if (key) take_down(r, key, r->w->down ? r->w->levels : 0);
    }
}

static void search(registry *r, const postern_key *key) {
    if (!oval_step(r->w->o) || !oval_enter(r->w->o, POSTERN_S("registry"))) return;
    if (oval_want_accepts(r->w, r->key, path_below_hive(r, key), true)) take_names(r, key);
    for (size_t i = 0; i < postern_key_child_count(key) && !r->w->o->failure; i++) {
        const postern_key *child = child_of(r, key, i);
        if (child) search(r, child);
    }
    r->w->o->depth--;
}

static void take_hive(registry *r) {
    if (!r->key || oval_is_nil(r->key)) {
        const postern_key *key = open_key(r, (postern_slice){0});
        if (key) take_names(r, key);
        return;
    }
    oval_operation op = oval_entity_operation(r->key);
    if (op == OVAL_EQUALS || op == OVAL_CI_EQUALS) {
        take_equal(r);
        return;
    }
    if (oval_attr_get(r->key, "var_ref").ptr && !oval_entity_values(r->w->o, r->w->c, r->key)) return;
    const postern_key *start = open_key(r, oval_want_prefix(r->w, r->key));
    if (start) search(r, start);
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
    if (r.name && oval_attr_get(r.name, "var_ref").ptr && !oval_entity_values(w->o, w->c, r.name)) return;
    for (size_t i = 0; i < 5 && !w->o->failure; i++) {
        r.hive = postern_slice_cstr(hives[i]);
        if (!oval_want_accepts(w, hive, r.hive, true)) continue;
        if (i != 2)
            take_hive(&r);
        else
            oval_collected_say(w->o, w->c, OVAL_FLAG_NOT_COLLECTED,
                               POSTERN_S("HKEY_CURRENT_USER is nobody's while the system does not run; ask HKEY_USERS"));
    }
}
