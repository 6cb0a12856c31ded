/*
 * The mask attribute (EntityAttributeGroup of oval-definitions-schema): the values of entities that an object, a filter or a
 * state of an evaluated test wants hidden do not appear in a results document, nor in what people are shown. Where one asks for
 * it and another does not, the value is hidden. Characteristics that are written alone hold everything, as the language says.
 */
#include "oval_int.h"

static void mask_fields(oval_entity *record, const oval_node *entity, bool all) {
    for (oval_entity *f = record->fields; f; f = f->next) {
        f->masked |= all;
        for (const oval_node *n = oval_child(entity, "field"); n && !f->masked; n = oval_sibling(n, "field"))
            f->masked = postern_slice_eq(oval_attr_get(n, "name"), f->name) && oval_attr_true(n, "mask");
    }
}

/* What the entities of an object or state say of one item. */
static void mask_item(const oval_node *asked, const oval_item *item) {
    for (const oval_node *n = asked->child; n; n = n->next)
        for (oval_entity *e = item->first; e; e = e->next) {
            if (!postern_slice_eq(e->name, n->name->local)) continue;
            e->masked |= oval_attr_true(n, "mask");
            if (e->is_record) mask_fields(e, n, e->masked);
        }
}

static bool asks(const oval_node *node) {
    for (const oval_node *n = node->child; n; n = n->next)
        if (oval_attr_true(n, "mask") || oval_child(n, "field")) return true;
    return false;
}

static void mask_filters(oval *o, const oval_node *parent, const oval_collected *c) {
    for (const oval_node *n = parent->child; n; n = n->next) {
        const oval_thing *state = oval_is(n, "filter") ? oval_find(o, postern_slice_trim(n->text), OVAL_STATE) : NULL;
        for (size_t i = 0; state && asks(state->node) && i < c->count; i++) mask_item(state->node, c->items[i]);
        if (oval_is(n, "set")) mask_filters(o, n, c); /* as deep as documents may nest */
    }
}

void oval_mask(oval *o) {
    for (size_t i = 0; i < o->objects.count; i++) {
        const oval_thing *object = o->objects.at[i];
        const oval_collected *c = object->collected;
        for (size_t k = 0; c && asks(object->node) && k < c->count; k++) mask_item(object->node, c->items[k]);
        if (c) mask_filters(o, object->node, c);
    }
    for (size_t i = 0; i < o->tests.count; i++) {
        const oval_thing *test = o->tests.at[i];
        for (const oval_node *n = oval_child(test->node, "state"); n && test->done; n = oval_sibling(n, "state")) {
            const oval_thing *state = oval_find(o, oval_attr_get(n, "state_ref"), OVAL_STATE);
            for (size_t k = 0; state && asks(state->node) && k < test->test.count; k++)
                mask_item(state->node, test->test.tested[k].item);
        }
    }
}
