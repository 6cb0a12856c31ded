/*
 * States against items: each entity of the state with the entities of that name in the item (check_existence, then
 * entity_check), each value of a variable (var_check), the fields of records, all joined by the state's operator.
 */
#include "oval_int.h"

oval_operation oval_entity_operation(const oval_node *entity) {
    int op = oval_operation_of(oval_attr_get(entity, "operation"));
    return op < 0 ? OVAL_EQUALS : (oval_operation)op;
}

bool oval_entity_is_plain(const oval_node *entity) {
    oval_operation op = oval_entity_operation(entity);
    int check = oval_check_of(oval_attr_get(entity, "var_check"), OVAL_ALL);
    bool none = oval_attr_get(entity, "var_ref").ptr && (check == OVAL_NONE_SATISFY || check == OVAL_NONE_EXIST_CHECK);
    return (op == OVAL_EQUALS || op == OVAL_CI_EQUALS) && !none;
}

static oval_operation without_case(oval_operation op) {
    return op == OVAL_EQUALS ? OVAL_CI_EQUALS : op == OVAL_NOT_EQUAL ? OVAL_CI_NOT_EQUAL : op;
}

/* One stated value. Names of Windows have no case: `nocase` also for patterns. */
static oval_result match_value(oval *o, const oval_node *entity, oval_type type, postern_slice expected, postern_slice actual,
                               bool nocase, postern_slice *why) {
    oval_operation op = oval_entity_operation(entity);
    if (!nocase || type != OVAL_STRING) return oval_compare(o, type, op, expected, actual, why);
    if (op == OVAL_PATTERN) return oval_regex_match(o, expected, OVAL_REGEX_NOCASE, actual, 0, NULL, why);
    return oval_compare(o, type, without_case(op), expected, actual, why);
}

static oval_result match_variable(oval *o, const oval_node *entity, postern_slice id, oval_type type, postern_slice actual,
                                  bool nocase, postern_slice *why) {
    oval_counts c = {0};
    const oval_values *v = oval_variable(o, id);
    int check = oval_check_of(oval_attr_get(entity, "var_check"), OVAL_ALL);
    if (!v || check < 0) return OVAL_ERROR;
    if (!v->count || (v->flag != OVAL_FLAG_COMPLETE && v->flag != OVAL_FLAG_INCOMPLETE)) {
        *why = v->message.len ? v->message : oval_text(o, "%.*s has no value", POSTERN_ARG(id));
        return OVAL_ERROR;
    }
    for (size_t i = 0; i < v->count && !o->failure; i++) c.of[match_value(o, entity, type, v->at[i], actual, nocase, why)]++;
    if (v->flag == OVAL_FLAG_INCOMPLETE) c.of[OVAL_UNKNOWN]++;
    return oval_table_check((oval_check)check, &c);
}

oval_result oval_entity_match(oval *o, const oval_node *entity, postern_slice actual, bool nocase, postern_slice *ret_why) {
    int type = oval_type_of(oval_attr_get(entity, "datatype"));
    postern_slice var = oval_attr_get(entity, "var_ref");
    if (type < 0 || oval_operation_of(oval_attr_get(entity, "operation")) < 0) {
        *ret_why = oval_text(o, "line %u: a datatype or an operation is not known", entity->line);
        return OVAL_ERROR;
    }
    if (var.ptr) return match_variable(o, entity, var, (oval_type)type, actual, nocase, ret_why);
    return match_value(o, entity, (oval_type)type, entity->text, actual, nocase, ret_why);
}

/* ---- entities of items ---- */

static oval_result match_list(oval *o, const oval_node *entity, postern_slice name, const oval_entity *list,
                              postern_slice *why);

static bool has_field(const oval_entity *record, postern_slice name) {
    for (const oval_entity *f = record->fields; f; f = f->next)
        if (postern_slice_eq(f->name, name)) return true;
    return false;
}

/* All fields that the state names have to fit; one that the record does not have is an error (EntityStateFieldType). */
static oval_result match_record(oval *o, const oval_node *entity, const oval_entity *record, postern_slice *why) {
    oval_counts c = {0};
    for (const oval_node *f = oval_child(entity, "field"); f && !o->failure; f = oval_sibling(f, "field")) {
        postern_slice name = oval_attr_get(f, "name");
        bool there = has_field(record, name);
        if (!there) *why = oval_text(o, "the record has no field %.*s", POSTERN_ARG(name));
        c.of[there ? match_list(o, f, name, record->fields, why) : OVAL_ERROR]++;
    }
    return oval_table_operator(OVAL_AND, &c);
}

static oval_result match_one(oval *o, const oval_node *entity, const oval_entity *e, postern_slice *why) {
    if (e->status == OVAL_STATUS_ERROR) return OVAL_ERROR;
    if (e->status == OVAL_STATUS_NOT_COLLECTED) {
        *why = POSTERN_S("not collected");
        return OVAL_UNKNOWN;
    }
    if (oval_text_is(oval_attr_get(entity, "datatype"), "record")) {
        if (e->is_record) return match_record(o, entity, e, why);
        *why = POSTERN_S("the item's entity is no record");
        return OVAL_ERROR;
    }
    return oval_entity_match(o, entity, e->value, false, why);
}

static oval_result match_list(oval *o, const oval_node *entity, postern_slice name, const oval_entity *list,
                              postern_slice *why) {
    size_t status[OVAL_STATUSES] = {0};
    oval_counts c = {0};
    int existence = oval_existence_of(oval_attr_get(entity, "check_existence"), OVAL_AT_LEAST_ONE_EXISTS);
    int check = oval_check_of(oval_attr_get(entity, "entity_check"), OVAL_ALL);
    if (existence < 0 || check < 0 || !oval_enter(o, name)) return OVAL_ERROR;
    for (const oval_entity *e = list; e; e = e->next)
        if (postern_slice_eq(e->name, name)) status[e->status]++;
    oval_result result = oval_table_existence((oval_existence)existence, status);
    if (result == OVAL_UNKNOWN) *why = POSTERN_S("not collected");
    if (result == OVAL_TRUE && status[OVAL_STATUS_EXISTS]) {
        for (const oval_entity *e = list; e && !o->failure; e = e->next)
            if (postern_slice_eq(e->name, name) && e->status != OVAL_STATUS_DOES_NOT_EXIST)
                c.of[match_one(o, entity, e, why)]++;
        result = oval_table_check((oval_check)check, &c);
    }
    o->depth--;
    return result;
}

static void note_variable(oval *o, const oval_node *entity, oval_used_value **used) {
    postern_slice id = oval_attr_get(entity, "var_ref");
    if (!id.ptr || !used) return;
    for (const oval_used_value *u = *used; u; u = u->next)
        if (postern_slice_eq(u->id, id)) return;
    const oval_values *v = oval_variable(o, id);
    for (size_t i = 0; v && i < v->count && !o->failure; i++) {
        oval_used_value *u = oval_alloc(o, sizeof *u);
        if (!u) return;
        *u = (oval_used_value){id, v->at[i], *used};
        *used = u;
    }
}

oval_result oval_state_match(oval *o, postern_slice state_id, const oval_item *item, postern_slice *ret_why,
                             oval_used_value **used) {
    oval_counts c = {0};
    const oval_thing *state = oval_find(o, state_id, OVAL_STATE);
    if (!state) {
        *ret_why = oval_text(o, "%.*s: no such state", POSTERN_ARG(state_id));
        return OVAL_ERROR;
    }
    int op = oval_operator_of(oval_attr_get(state->node, "operator"), OVAL_AND);
    if (op < 0) return OVAL_ERROR;
    size_t entities = 0;
    for (const oval_node *n = state->node->child; n && !o->failure; n = n->next) {
        postern_slice why = {0};
        if (oval_is(n, "notes") || oval_is(n, "Signature")) continue;
        entities++;
        note_variable(o, n, used);
        oval_result result = match_list(o, n, n->name->local, item->first, &why);
        if (result != OVAL_TRUE && result != OVAL_FALSE && !ret_why->len)
            *ret_why = oval_text(o, "%.*s, %.*s: %.*s", POSTERN_ARG(state_id), POSTERN_ARG(n->name->local),
                                 POSTERN_ARG(why.len ? why : POSTERN_S("the item could not be read")));
        c.of[result]++;
    }
    return entities ? oval_table_operator((oval_operator)op, &c) : OVAL_TRUE;
}
