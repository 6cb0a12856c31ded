/*
 * Variables: constant, external (values from outside, held against possible_value and possible_restriction), local (components:
 * literals, fields of collected objects, other variables, functions). A variable is a list of values with a flag, worked out
 * once.
 */
#include "oval_int.h"

oval_values *oval_values_new(oval *o, oval_flag flag, oval_type type) {
    oval_values *v = oval_alloc(o, sizeof *v);
    if (v) *v = (oval_values){.flag = flag, .type = type};
    return v;
}

bool oval_values_add(oval *o, oval_values *v, postern_slice value) {
    if (v->count >= POSTERN_LIMIT_OVAL_VALUES) oval_fail(o, POSTERN_LIMIT, "limit OVAL_VALUES: a variable has too many values");
    if (!oval_step(o) || !oval_grow(o, (void **)&v->at, v->count, &v->room, sizeof *v->at)) return false;
    v->at[v->count++] = value;
    return true;
}

static oval_values *failed(oval *o, postern_slice message) {
    oval_values *v = oval_values_new(o, OVAL_FLAG_ERROR, OVAL_STRING);
    if (v) v->message = message;
    return v;
}

/* Chart of ConcatFunctionType: error, not applicable, not collected, does not exist, incomplete, complete. */
oval_flag oval_flag_worse(oval_flag a, oval_flag b) {
    static const uint8_t rank[OVAL_FLAGS] = {5, 0, 1, 2, 3, 4};
    return rank[a] >= rank[b] ? a : b;
}

static oval_type type_of(const oval_node *node) {
    int type = oval_type_of(oval_attr_get(node, "datatype"));
    return type < 0 ? OVAL_STRING : (oval_type)type;
}

/* ---- components ---- */

static bool add_field(oval *o, oval_values *v, const oval_entity *e, postern_slice record_field) {
    bool found = false;
    if (!record_field.ptr) {
        if (e->status == OVAL_STATUS_EXISTS && !e->is_record)
            oval_values_add(o, v, e->value);
        else if (e->status == OVAL_STATUS_ERROR)
            v->flag = OVAL_FLAG_ERROR;
        return true;
    }
    for (const oval_entity *f = e->fields; f && !o->failure; f = f->next)
        if (postern_slice_eq(f->name, record_field)) found = oval_values_add(o, v, f->value);
    return found;
}

static oval_values *object_component(oval *o, const oval_node *node) {
    postern_slice id = oval_attr_get(node, "object_ref"), field = oval_attr_get(node, "item_field"),
                  record_field = oval_attr_get(node, "record_field");
    const oval_collected *c = oval_object(o, id);
    if (!c) return NULL;
    oval_values *v = oval_values_new(o, c->flag, OVAL_STRING);
    for (size_t i = 0; v && i < c->count && !o->failure; i++) {
        bool found = false;
        if (c->items[i]->status != OVAL_STATUS_EXISTS) continue;
        for (const oval_entity *e = c->items[i]->first; e; e = e->next)
            if (postern_slice_eq(e->name, field)) {
                found |= add_field(o, v, e, record_field);
                if (!v->count) v->type = e->type;
            }
        if (!found && v->flag != OVAL_FLAG_ERROR) {
            v->flag = OVAL_FLAG_ERROR;
            v->message = oval_text(o, "an item of %.*s has no %.*s", POSTERN_ARG(id), POSTERN_ARG(field));
        }
    }
    if (!v || o->failure) return NULL;
    if (!v->count && v->flag == OVAL_FLAG_COMPLETE) v->flag = OVAL_FLAG_DOES_NOT_EXIST;
    if (v->flag != OVAL_FLAG_COMPLETE && v->flag != OVAL_FLAG_INCOMPLETE && !v->message.len)
        v->message = c->message.len ? c->message : oval_text(o, "%.*s: %s", POSTERN_ARG(id), oval_flag_word(c->flag));
    return v;
}

static oval_values *literal_component(oval *o, const oval_node *node) {
    oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, type_of(node));
    if (v) oval_values_add(o, v, node->text);
    return v;
}

oval_values *oval_component(oval *o, const oval_node *node) {
    oval_values *v;
    if (!oval_enter(o, node->name->local)) return NULL;
    if (oval_is(node, "literal_component"))
        v = literal_component(o, node);
    else if (oval_is(node, "object_component"))
        v = object_component(o, node);
    else if (oval_is(node, "variable_component"))
        v = oval_variable(o, oval_attr_get(node, "var_ref"));
    else
        v = oval_function(o, node);
    o->depth--;
    return o->failure ? NULL : v;
}

/* ---- kinds of variables ---- */

static oval_values *constant(oval *o, const oval_node *node) {
    oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, type_of(node));
    for (const oval_node *n = oval_child(node, "value"); v && n && !o->failure; n = oval_sibling(n, "value"))
        oval_values_add(o, v, n->text);
    return v;
}

/* TRUE when one possible_value or possible_restriction allows it, or there is none of these. */
static oval_result allowed(oval *o, const oval_node *variable, oval_type type, postern_slice value, postern_slice *why) {
    oval_counts any = {0};
    bool limited = false;
    for (const oval_node *n = variable->child; n && !o->failure; n = n->next) {
        oval_counts c = {0};
        if (oval_is(n, "possible_value")) {
            limited = true;
            any.of[oval_compare(o, type, OVAL_EQUALS, n->text, value, why)]++;
        } else if (oval_is(n, "possible_restriction")) {
            limited = true;
            for (const oval_node *r = oval_child(n, "restriction"); r; r = oval_sibling(r, "restriction"))
                c.of[oval_compare(o, type, oval_entity_operation(r), r->text, value, why)]++;
            int op = oval_operator_of(oval_attr_get(n, "operator"), OVAL_AND);
            any.of[op < 0 ? OVAL_ERROR : oval_table_operator((oval_operator)op, &c)]++;
        }
    }
    return limited ? oval_table_operator(OVAL_OR, &any) : OVAL_TRUE;
}

static oval_values *external(oval *o, const oval_thing *thing) {
    const oval_node *given = oval_map_get(&o->external, thing->id);
    postern_slice why = {0};
    if (!given) return failed(o, oval_text(o, "%.*s: no value was given for this external variable", POSTERN_ARG(thing->id)));
    oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, type_of(thing->node));
    for (const oval_node *n = oval_child(given, "value"); v && n && !o->failure; n = oval_sibling(n, "value")) {
        if (allowed(o, thing->node, v->type, n->text, &why) != OVAL_TRUE)
            return failed(o, oval_text(o, "%.*s: the given value is not one of the possible ones", POSTERN_ARG(thing->id)));
        oval_values_add(o, v, n->text);
    }
    if (v && !v->count) return failed(o, oval_text(o, "%.*s: no value was given", POSTERN_ARG(thing->id)));
    return v;
}

/* Values that come from elsewhere have to be of the variable's datatype. (A constant says what it says: whoever compares it
 * judges.) */
static oval_values *typed(oval *o, const oval_thing *thing, oval_values *v) {
    postern_slice why = {0};
    oval_type type = type_of(thing->node);
    for (size_t i = 0; v && i < v->count && type != OVAL_STRING && type != OVAL_RECORD; i++)
        if (oval_compare(o, type, OVAL_EQUALS, v->at[i], v->at[i], &why) == OVAL_ERROR)
            return failed(
                o, oval_text(o, "%.*s: a value is not of its datatype %s", POSTERN_ARG(thing->id), oval_type_word(type)));
    if (v) v->type = type;
    return v;
}

static oval_values *local(oval *o, const oval_thing *thing) {
    const oval_node *n = thing->node->child;
    while (n && (oval_is(n, "notes") || oval_is(n, "Signature"))) n = n->next;
    if (!n) return failed(o, oval_text(o, "%.*s: the variable is empty", POSTERN_ARG(thing->id)));
    const oval_values *from = oval_component(o, n);
    oval_values *v = from ? oval_alloc(o, sizeof *v) : NULL;
    if (!v) return NULL;
    *v = *from; /* a variable_component shares the values, not the type */
    return typed(o, thing, v);
}

oval_values *oval_variable(oval *o, postern_slice id) {
    oval_thing *thing = oval_find(o, id, OVAL_VARIABLE);
    if (o->failure) return NULL;
    if (!thing) return failed(o, oval_text(o, "%.*s: no such variable", POSTERN_ARG(id)));
    if (thing->values || !oval_enter(o, id)) return thing->values;
    postern_slice outer = o->where;
    oval_values *v;
    o->where = id;
    if (oval_is(thing->node, "constant_variable"))
        v = constant(o, thing->node);
    else if (oval_is(thing->node, "external_variable"))
        v = typed(o, thing, external(o, thing));
    else if (oval_is(thing->node, "local_variable"))
        v = local(o, thing);
    else
        v = failed(o, oval_text(o, "%.*s: this kind of variable is not known", POSTERN_ARG(id)));
    o->depth--;
    o->where = outer;
    return thing->values = o->failure ? NULL : v;
}
