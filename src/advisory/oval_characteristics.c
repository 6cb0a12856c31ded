/*
 * A System Characteristics file as the source of facts: items by number, collected objects by id. An object that the file does
 * not list is "not collected". Items are read when an object asks for them.
 */
#include "oval_int.h"

static void add_entities(oval *o, oval_item *item, const oval_node *parent, oval_entity *record);

static void add_entity(oval *o, oval_item *item, const oval_node *n, oval_entity *record) {
    oval_entity *e = oval_alloc(o, sizeof *e);
    int type = oval_type_of(oval_attr_get(n, "datatype")), status = oval_status_of(oval_attr_get(n, "status"));
    if (!e) return;
    *e = (oval_entity){.name = record ? oval_attr_get(n, "name") : n->name->local,
                       .value = n->text,
                       .type = type < 0 ? OVAL_STRING : (oval_type)type,
                       .status = status < 0 ? OVAL_STATUS_ERROR : (oval_status)status,
                       .nil = oval_is_nil(n),
                       .is_record = type == OVAL_RECORD};
    if (record) {
        oval_entity **end = &record->fields;
        while (*end) end = &(*end)->next;
        *end = e;
        return;
    }
    if (item->last)
        item->last->next = e;
    else
        item->first = e;
    item->last = e;
    if (e->is_record) add_entities(o, item, n, e);
}

static void add_entities(oval *o, oval_item *item, const oval_node *parent, oval_entity *record) {
    for (const oval_node *n = parent->child; n && !o->failure; n = n->next) {
        if (oval_is(n, "message"))
            item->message = n->text;
        else
            add_entity(o, item, n, record);
    }
}

static void read_item(oval *o, const oval_node *n) {
    uint64_t id;
    int status = oval_status_of(oval_attr_get(n, "status"));
    postern_slice number = oval_attr_get(n, "id");
    if (!postern_slice_uint(number, UINT64_MAX, &id) || status < 0) {
        oval_fail(o, POSTERN_FORMAT, "system characteristics: line %u: an item without a number or with an unknown status",
                  n->line);
        return;
    }
    if (oval_map_get(&o->items, number)) {
        oval_fail(o, POSTERN_FORMAT, "system characteristics: line %u: item %.*s is there twice", n->line,
                  POSTERN_ARG(postern_slice_sub(number, 0, 30)));
        return;
    }
    oval_item *item = oval_item_new(o, oval_kind_of(n), oval_family(n));
    if (!item) return;
    item->status = (oval_status)status;
    item->id = id;
    add_entities(o, item, n, NULL);
    if (id > o->next_item) o->next_item = id;
    if (!oval_map_put(&o->items, o->arena, number, item)) oval_no_memory(o);
}

static void add_reference(oval *o, oval_collected *c, const oval_node *n) {
    postern_slice number = oval_attr_get(n, "item_ref");
    oval_item *item = oval_map_get(&o->items, number);
    if (item)
        oval_collected_add(o, c, item);
    else
        oval_fail(o, POSTERN_FORMAT, "system characteristics: line %u: no item %.*s", n->line,
                  POSTERN_ARG(postern_slice_sub(number, 0, 30)));
}

static void collect(void *user, oval_thing *object, oval_collected *ret) {
    oval *o = user;
    const oval_node *found = oval_map_get(&o->collected, object->id);
    if (!found) return;
    int flag = oval_flag_of(oval_attr_get(found, "flag"));
    if (flag < 0) {
        oval_fail(o, POSTERN_FORMAT, "system characteristics: line %u: %.*s has an unknown flag", found->line,
                  POSTERN_ARG(object->id));
        return;
    }
    ret->flag = (oval_flag)flag;
    for (const oval_node *n = found->child; n && !o->failure; n = n->next) {
        if (oval_is(n, "reference"))
            add_reference(o, ret, n);
        else if (oval_is(n, "message"))
            ret->message = n->text;
        else if (oval_is(n, "variable_value")) {
            oval_used_value *u = oval_alloc(o, sizeof *u);
            if (u) *u = (oval_used_value){oval_attr_get(n, "variable_id"), n->text, ret->used};
            if (u) ret->used = u;
        }
    }
    if (ret->flag == OVAL_FLAG_NOT_COLLECTED && !ret->message.len) ret->message = POSTERN_S("not collected");
}

static postern_slice info(const oval_node *system, const char *name) {
    const oval_node *n = oval_child(system, name);
    return n ? n->text : (postern_slice){0};
}

void oval_characteristics_use(oval *o) {
    const oval_node *data = oval_child(o->characteristics, "system_data"),
                    *objects = oval_child(o->characteristics, "collected_objects"),
                    *system = oval_child(o->characteristics, "system_info");
    for (const oval_node *n = data ? data->child : NULL; n && !o->failure; n = n->next) read_item(o, n);
    for (oval_node *n = objects ? objects->child : NULL; n && !o->failure; n = n->next)
        if (oval_is(n, "object") && !oval_map_get(&o->collected, oval_attr_get(n, "id")) &&
            !oval_map_put(&o->collected, o->arena, oval_attr_get(n, "id"), n))
            oval_no_memory(o);
    o->system = (postern_oval_system){info(system, "os_name"), info(system, "os_version"), info(system, "architecture"),
                                      info(system, "primary_host_name")};
    o->source = (oval_source){collect, o, true};
}
