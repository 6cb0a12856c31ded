/*
 * Tests: existence of the object's items first, then their states (TestType of oval-definitions-schema). How a collected
 * object's flag bears on it follows the language's specification: a flag of incomplete decides only where no missing item could
 * change it.
 */
#include "oval_int.h"

typedef struct asked {
    oval_existence existence;
    oval_check check;
    oval_operator states;
    bool has_states;
} asked;

static oval_result match_item(oval *o, const oval_thing *thing, const asked *a, const oval_item *item, oval_test *t) {
    oval_counts c = {0};
    if (item->status == OVAL_STATUS_ERROR) return OVAL_ERROR;
    if (item->status == OVAL_STATUS_NOT_COLLECTED) return OVAL_UNKNOWN;
    for (const oval_node *n = oval_child(thing->node, "state"); n && !o->failure; n = oval_sibling(n, "state"))
        c.of[oval_state_match(o, oval_attr_get(n, "state_ref"), item, &t->message, &t->used)]++;
    return oval_table_operator(a->states, &c);
}

/* Items that do not exist are not held against states. */
static void match_items(oval *o, const oval_thing *thing, const asked *a, const oval_collected *c, oval_counts *counts,
                        oval_test *t) {
    size_t bytes;
    if (!postern_mul_ok(c->count, sizeof *t->tested, &bytes) || !(t->tested = oval_alloc(o, bytes))) return;
    for (size_t i = 0; i < c->count && !o->failure; i++) {
        oval_result result = OVAL_NOT_EVALUATED;
        if (a->has_states && c->items[i]->status != OVAL_STATUS_DOES_NOT_EXIST) {
            result = match_item(o, thing, a, c->items[i], t);
            counts->of[result]++;
        }
        t->tested[t->count++] = (oval_tested){c->items[i], result};
    }
}

static oval_result decide_complete(const asked *a, const size_t status[OVAL_STATUSES], const oval_counts *counts) {
    oval_result existence = oval_table_existence(a->existence, status);
    size_t checked = 0;
    for (int i = 0; i < OVAL_RESULTS; i++) checked += counts->of[i];
    if (existence != OVAL_TRUE || !a->has_states || !checked) return existence;
    return oval_table_check(a->check, counts);
}

/* What holds whatever the missing items are. */
static oval_result decide_incomplete(const asked *a, const size_t status[OVAL_STATUSES], const oval_counts *counts) {
    size_t exist = status[OVAL_STATUS_EXISTS];
    bool holds = false;
    if (a->existence == OVAL_NONE_EXIST) return exist ? OVAL_FALSE : OVAL_UNKNOWN;
    if (a->existence == OVAL_ONLY_ONE_EXISTS && exist > 1) return OVAL_FALSE;
    if (a->existence == OVAL_ALL_EXIST && status[OVAL_STATUS_DOES_NOT_EXIST]) return OVAL_FALSE;
    if (a->existence == OVAL_ANY_EXIST || (a->existence == OVAL_AT_LEAST_ONE_EXISTS && exist)) holds = true;
    if (!a->has_states) return holds ? OVAL_TRUE : OVAL_UNKNOWN;
    switch (a->check) {
    case OVAL_ALL:
        return counts->of[OVAL_FALSE] ? OVAL_FALSE : OVAL_UNKNOWN;
    case OVAL_AT_LEAST_ONE:
        return holds && counts->of[OVAL_TRUE] ? OVAL_TRUE : OVAL_UNKNOWN;
    case OVAL_ONLY_ONE:
        return counts->of[OVAL_TRUE] > 1 ? OVAL_FALSE : OVAL_UNKNOWN;
    case OVAL_NONE_SATISFY:
    case OVAL_NONE_EXIST_CHECK:
        break;
    }
    return counts->of[OVAL_TRUE] ? OVAL_FALSE : OVAL_UNKNOWN;
}

static oval_result decide(oval *o, const oval_thing *thing, const asked *a, const oval_collected *c, oval_test *t) {
    size_t status[OVAL_STATUSES] = {0};
    oval_counts counts = {0};
    switch (c->flag) {
    case OVAL_FLAG_ERROR:
        return OVAL_ERROR;
    case OVAL_FLAG_NOT_APPLICABLE:
        return OVAL_NOT_APPLICABLE;
    case OVAL_FLAG_NOT_COLLECTED:
        return OVAL_UNKNOWN;
    case OVAL_FLAG_DOES_NOT_EXIST:
        return a->existence == OVAL_NONE_EXIST || a->existence == OVAL_ANY_EXIST ? OVAL_TRUE : OVAL_FALSE;
    default:
        break;
    }
    for (size_t i = 0; i < c->count; i++) status[c->items[i]->status]++;
    match_items(o, thing, a, c, &counts, t);
    return c->flag == OVAL_FLAG_COMPLETE ? decide_complete(a, status, &counts) : decide_incomplete(a, status, &counts);
}

static void run(oval *o, const oval_thing *thing, oval_test *t) {
    const oval_node *object = oval_child(thing->node, "object");
    int existence = oval_existence_of(oval_attr_get(thing->node, "check_existence"), OVAL_AT_LEAST_ONE_EXISTS);
    int check = oval_check_of(oval_attr_get(thing->node, "check"), OVAL_ALL);
    int states = oval_operator_of(oval_attr_get(thing->node, "state_operator"), OVAL_AND);
    if (oval_is(thing->node, "unknown_test")) {
        t->result = OVAL_UNKNOWN;
        t->message = POSTERN_S("an unknown_test is always unknown");
        return;
    }
    t->result = OVAL_ERROR;
    if (existence < 0 || check < 0 || states < 0 || !object) {
        t->message = oval_text(o, "line %u: the test has no object, or an unknown check", thing->node->line);
        return;
    }
    if (check == OVAL_NONE_EXIST_CHECK) { /* deprecated since 5.3: none satisfy, and none exist */
        existence = OVAL_NONE_EXIST;
        check = OVAL_NONE_SATISFY;
    }
    const asked a = {(oval_existence)existence, (oval_check)check, (oval_operator)states,
                     oval_child(thing->node, "state") != NULL};
    const oval_collected *c = oval_object(o, oval_attr_get(object, "object_ref"));
    if (!c) return;
    t->used = c->used;
    t->result = decide(o, thing, &a, c, t);
    if (t->result == OVAL_TRUE || t->result == OVAL_FALSE)
        t->message = (postern_slice){0};
    else if (!t->message.len)
        t->message = c->message.len
                         ? c->message
                         : oval_text(o, "%.*s: %s", POSTERN_ARG(oval_attr_get(object, "object_ref")), oval_flag_word(c->flag));
}

oval_test *oval_test_run(oval *o, postern_slice id) {
    oval_thing *thing = oval_find(o, id, OVAL_TEST);
    if (!thing) return NULL;
    if (!thing->done) {
        o->where = id;
        run(o, thing, &thing->test);
        thing->done = true;
    }
    return &thing->test;
}
