/*
 * Objects to collected items: from the source of facts, from a variable, or from other objects (sets with UNION, INTERSECTION
 * and COMPLEMENT, nested, with filters). Worked out once for each id; equal items are one item, so that sets compare by
 * identity.
 */
#include "oval_int.h"

/* ---- building ---- */

bool oval_collected_add(oval *o, oval_collected *c, oval_item *item) {
    if (c->count >= POSTERN_LIMIT_OVAL_ITEMS) oval_fail(o, POSTERN_LIMIT, "limit OVAL_ITEMS: an object has too many items");
    if (!oval_step(o) || !oval_grow(o, (void **)&c->items, c->count, &c->room, sizeof *c->items)) return false;
    c->items[c->count++] = item;
    return true;
}

void oval_collected_say(oval *o, oval_collected *c, oval_flag flag, postern_slice message) {
    (void)o;
    c->flag = flag;
    if (!c->message.len) c->message = message;
}

oval_item *oval_item_new(oval *o, postern_slice kind, postern_slice family) {
    oval_item *item = oval_alloc(o, sizeof *item);
    if (item) *item = (oval_item){.kind = kind, .family = family, .status = OVAL_STATUS_EXISTS};
    return item;
}

oval_entity *oval_item_add(oval *o, oval_item *item, const char *name, oval_type type, postern_slice value) {
    oval_entity *e = item ? oval_alloc(o, sizeof *e) : NULL;
    if (!e) return NULL;
    *e = (oval_entity){.name = postern_slice_cstr(name), .type = type, .value = value, .status = OVAL_STATUS_EXISTS};
    if (item->last)
        item->last->next = e;
    else
        item->first = e;
    item->last = e;
    return e;
}

postern_slice oval_item_key(oval *o, const oval_item *item, bool with_times) {
    postern_buf key;
    postern_buf_init(&key, POSTERN_LIMIT_OVAL_MEMORY);
    postern_buf_printf(&key, "%.*s#%.*s#%.*s", POSTERN_ARG(item->family), POSTERN_ARG(item->kind), POSTERN_ARG(item->message));
    for (const oval_entity *e = item->first; e; e = e->next) {
        if (oval_text_is(e->name, "a_time")) continue; /* changed by looking */
        if (!with_times && oval_text_is(e->name, "last_write_time")) continue;
        postern_buf_printf(&key, "|%.*s:%d:%d:%zu:", POSTERN_ARG(e->name), (int)e->type, (int)e->status, e->value.len);
        postern_buf_add_slice(&key, e->value);
    }
    if (key.status) oval_fail(o, key.status, "no memory");
    postern_slice copy = oval_copy(o, postern_buf_slice(&key));
    postern_buf_free(&key);
    return copy;
}

void oval_item_commit(oval *o, oval_collected *c, oval_item *item) {
    if (!item || o->failure) return;
    postern_slice key = oval_item_key(o, item, true);
    oval_item *same = o->failure ? NULL : oval_map_get(&o->items, key);
    if (!same && !o->failure) {
        same = item;
        item->id = ++o->next_item;
        if (!oval_map_put(&o->items, o->arena, key, item)) oval_no_memory(o);
    }
    if (o->failure || same->holder == c) return;
    same->holder = c;
    oval_collected_add(o, c, same);
}

void oval_item_missing(oval *o, oval_collected *c, oval_item *item, const char *missing, postern_slice message) {
    oval_entity *e = oval_item_add(o, item, missing, OVAL_STRING, (postern_slice){0});
    if (!e) return;
    e->status = OVAL_STATUS_DOES_NOT_EXIST;
    item->status = OVAL_STATUS_DOES_NOT_EXIST;
    item->message = message;
    oval_item_commit(o, c, item);
}

static void note_used(oval *o, oval_collected *c, postern_slice id, const oval_values *v) {
    for (size_t i = v->count; i > 0 && !o->failure; i--) {
        oval_used_value *u = oval_alloc(o, sizeof *u);
        if (!u) return;
        *u = (oval_used_value){id, v->at[i - 1], c->used};
        c->used = u;
    }
}

oval_values *oval_entity_values(oval *o, oval_collected *c, const oval_node *entity) {
    postern_slice var = oval_attr_get(entity, "var_ref");
    if (!var.ptr) {
        oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, OVAL_STRING);
        if (v) oval_values_add(o, v, entity->text);
        return v;
    }
    oval_values *v = oval_variable(o, var);
    if (!v) return NULL;
    if (v->count && (v->flag == OVAL_FLAG_COMPLETE || v->flag == OVAL_FLAG_INCOMPLETE)) {
        note_used(o, c, var, v);
        if (v->flag == OVAL_FLAG_INCOMPLETE) c->flag = OVAL_FLAG_INCOMPLETE;
        return v;
    }
    oval_flag flag = v->flag == OVAL_FLAG_COMPLETE || v->flag == OVAL_FLAG_INCOMPLETE ? OVAL_FLAG_DOES_NOT_EXIST : v->flag;
    oval_collected_say(o, c, flag, v->message.len ? v->message : oval_text(o, "%.*s has no value", POSTERN_ARG(var)));
    return NULL;
}

/* ---- filters ---- */

static void drop_empty(oval_collected *c) {
    if (!c->count && c->flag == OVAL_FLAG_COMPLETE) c->flag = OVAL_FLAG_DOES_NOT_EXIST;
}

/* Keeps what does not match (exclude) or what does (include); an item that cannot be decided stays and is told. */
static void apply_filter(oval *o, oval_collected *c, const oval_node *filter) {
    postern_slice state = postern_slice_trim(filter->text), why = {0};
    bool include = oval_text_is(oval_attr_get(filter, "action"), "include");
    size_t kept = 0;
    for (size_t i = 0; i < c->count && !o->failure; i++) {
        oval_result result = oval_state_match(o, state, c->items[i], &why, NULL);
        bool undecided = result != OVAL_TRUE && result != OVAL_FALSE;
        if (undecided && c->flag == OVAL_FLAG_COMPLETE)
            oval_collected_say(o, c, OVAL_FLAG_INCOMPLETE, why.len ? why : POSTERN_S("a filter could not be decided"));
        if (undecided || (result == OVAL_TRUE) == include) c->items[kept++] = c->items[i];
    }
    c->count = kept;
    drop_empty(c);
}

static void apply_filters(oval *o, oval_collected *c, const oval_node *parent) {
    for (const oval_node *f = oval_child(parent, "filter"); f && !o->failure; f = oval_sibling(f, "filter"))
        apply_filter(o, c, f);
}

/* ---- sets ---- */

static bool copy_items(oval *o, oval_collected *to, const oval_collected *from) {
    for (size_t i = 0; i < from->count; i++)
        if (!oval_collected_add(o, to, from->items[i])) return false;
    return true;
}

/* A copy of a collected object (the memo must stay), with the filters of `set` applied. */
static oval_collected *filtered(oval *o, const oval_collected *from, const oval_node *set) {
    oval_collected *c = oval_alloc(o, sizeof *c);
    if (!c || !from) return NULL;
    c->flag = from->flag;
    c->message = from->message;
    c->used = from->used;
    copy_items(o, c, from);
    apply_filters(o, c, set);
    return o->failure ? NULL : c;
}

static postern_slice item_key(const oval_item *item) {
    return postern_slice_of(&item->id, sizeof item->id);
}

static bool note_items(oval *o, oval_map *map, const oval_collected *c) {
    for (size_t i = 0; i < c->count; i++)
        if (!oval_map_put(map, o->arena, item_key(c->items[i]), c->items[i])) {
            oval_no_memory(o);
            return false;
        }
    return true;
}

static oval_collected *join(oval *o, oval_set_operator op, const oval_collected *a, const oval_collected *b) {
    oval_map second = {0}, seen = {0};
    oval_collected *c = oval_alloc(o, sizeof *c);
    if (!c || !note_items(o, &second, b)) return NULL;
    c->flag = oval_table_set(op, a->flag, b->flag);
    c->message = a->message.len ? a->message : b->message;
    const oval_collected *lists[] = {a, b};
    for (size_t k = 0; k < (op == OVAL_UNION ? 2u : 1u); k++)
        for (size_t i = 0; i < lists[k]->count && !o->failure; i++) {
            oval_item *item = lists[k]->items[i];
            bool there = oval_map_get(&second, item_key(item)) != NULL;
            bool wanted = op == OVAL_UNION || there == (op == OVAL_INTERSECTION);
            if (!wanted || oval_map_get(&seen, item_key(item))) continue;
            if (!oval_collected_add(o, c, item) || !oval_map_put(&seen, o->arena, item_key(item), item)) return NULL;
        }
    drop_empty(c);
    return c;
}

static oval_collected *set_of(oval *o, const oval_node *set) {
    oval_collected *result = NULL;
    int op = oval_set_operator_of(oval_attr_get(set, "set_operator"));
    if (!oval_enter(o, POSTERN_S("set"))) return NULL;
    for (const oval_node *n = set->child; n && !o->failure; n = n->next) {
        oval_collected *part = NULL;
        if (oval_is(n, "set"))
            part = set_of(o, n);
        else if (oval_is(n, "object_reference"))
            part = filtered(o, oval_object(o, postern_slice_trim(n->text)), set);
        else
            continue;
        if (!part) break;
        result = result ? join(o, op < 0 ? OVAL_UNION : (oval_set_operator)op, result, part) : part;
    }
    o->depth--;
    if (!result && !o->failure && (result = oval_alloc(o, sizeof *result)))
        oval_collected_say(o, result, OVAL_FLAG_ERROR, POSTERN_S("a set without objects, or with an unknown operator"));
    return o->failure ? NULL : result;
}

/* ---- variable_object ---- */

static void variable_item(oval *o, const oval_node *object, oval_collected *c) {
    const oval_node *ref = oval_child(object, "var_ref");
    postern_slice id = ref ? postern_slice_trim(ref->text) : (postern_slice){0};
    const oval_values *v = oval_variable(o, id);
    if (!v) return;
    c->flag = v->flag;
    c->message = v->message;
    if ((v->flag == OVAL_FLAG_COMPLETE || v->flag == OVAL_FLAG_INCOMPLETE) && !v->count) c->flag = OVAL_FLAG_DOES_NOT_EXIST;
    if (!v->count || (v->flag != OVAL_FLAG_COMPLETE && v->flag != OVAL_FLAG_INCOMPLETE)) return;
    oval_item *item = oval_item_new(o, POSTERN_S("variable"), POSTERN_S("independent"));
    oval_item_add(o, item, "var_ref", OVAL_STRING, id);
    for (size_t i = 0; item && i < v->count && !o->failure; i++) oval_item_add(o, item, "value", v->type, v->at[i]);
    oval_item_commit(o, c, item);
}

/* ---- any object ---- */

static void collect(oval *o, oval_thing *thing, oval_collected *c) {
    const oval_node *set = oval_child(thing->node, "set");
    if (o->source.whole) {
        o->source.collect(o->source.user, thing, c);
        if (c->flag != OVAL_FLAG_NOT_COLLECTED || c->message.len || o->failure) return;
    }
    if (set) {
        const oval_collected *found = set_of(o, set);
        if (found) *c = *found;
    } else if (oval_is(thing->node, "variable_object")) {
        variable_item(o, thing->node, c);
        apply_filters(o, c, thing->node);
    } else if (!o->source.whole && o->source.collect) {
        o->source.collect(o->source.user, thing, c);
        apply_filters(o, c, thing->node);
    } else {
        oval_collected_say(o, c, OVAL_FLAG_NOT_COLLECTED, oval_text(o, "%.*s was not collected", POSTERN_ARG(thing->id)));
    }
}

oval_collected *oval_object(oval *o, postern_slice id) {
    oval_thing *thing = oval_find(o, id, OVAL_OBJECT);
    if (thing && thing->collected) return thing->collected;
    oval_collected *c = oval_alloc(o, sizeof *c);
    if (!c || !oval_enter(o, id)) return NULL;
    postern_slice outer = o->where;
    o->where = id;
    c->flag = OVAL_FLAG_NOT_COLLECTED;
    if (thing)
        collect(o, thing, c);
    else
        oval_collected_say(o, c, OVAL_FLAG_ERROR, oval_text(o, "%.*s: no such object", POSTERN_ARG(id)));
    o->depth--;
    o->where = outer;
    if (o->failure) return NULL;
    if (thing) thing->collected = c;
    return c;
}
