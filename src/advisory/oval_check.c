/*
 * What has to hold of a definitions file before anything is evaluated: no thing refers to itself, however indirectly, and no
 * chain of references is deeper than its ceiling. So the evaluator never meets a circle. A reference to an id that the file
 * does not have is no reason to refuse the others: it becomes an error of what asks for it.
 */
#include "oval_int.h"

/* Next node of the walk below `top`, parents first; NULL at the end. */
static oval_node *next_below(const oval_node *top, oval_node *at) {
    if (at->child) return at->child;
    while (at != top) {
        if (at->next) return at->next;
        at = at->parent;
    }
    return NULL;
}

/* The id that `node` refers to, if any. */
static postern_slice reference_of(const oval_node *node) {
    static const char *const attributes[] = {"definition_ref", "test_ref", "object_ref", "state_ref", "var_ref"};
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        postern_slice id = oval_attr_get(node, attributes[i]);
        if (id.ptr) return id;
    }
    if (oval_is(node, "object_reference") || oval_is(node, "filter") || oval_is(node, "var_ref"))
        return postern_slice_trim(node->text);
    return (postern_slice){0};
}

static void visit(oval *o, oval_thing *thing, unsigned depth) {
    if (thing->colour == 2) return;
    if (thing->colour == 1) {
        oval_fail(o, POSTERN_FORMAT, "line %u: %.*s refers to itself", thing->node->line, POSTERN_ARG(thing->id));
        return;
    }
    if (depth > POSTERN_LIMIT_OVAL_CHAIN) {
        oval_fail(o, POSTERN_LIMIT, "line %u: %.*s: limit OVAL_CHAIN: the chain of references is too deep", thing->node->line,
                  POSTERN_ARG(thing->id));
        return;
    }
    thing->colour = 1;
    for (oval_node *n = thing->node; n && !o->failure; n = next_below(thing->node, n)) {
        postern_slice id = reference_of(n);
        oval_thing *target = id.len ? oval_map_get(&o->ids, id) : NULL;
        if (target && n != thing->node) visit(o, target, depth + 1);
    }
    thing->colour = 2;
}

postern_status oval_validate(oval *o) {
    oval_things *lists[] = {&o->definitions, &o->tests, &o->objects, &o->variables};
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < lists[k]->count && !o->failure; i++) visit(o, lists[k]->at[i], 0);
    return o->failure;
}
