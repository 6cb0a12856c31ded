/*
 * Definitions: criteria joined by AND, OR, ONE and XOR, negated where they say so, over tests and other definitions; and how a
 * result came about, for people.
 */
#include "oval_int.h"

static oval_result criteria(oval *o, oval_node *node, postern_slice *why);

static void keep_first(postern_slice *why, postern_slice message) {
    if (!why->len) *why = message;
}

static oval_result criterion(oval *o, const oval_node *node, postern_slice *why) {
    postern_slice id = oval_attr_get(node, "test_ref");
    const oval_test *t = oval_test_run(o, id);
    if (!t) {
        keep_first(why, oval_text(o, "%.*s: no such test", POSTERN_ARG(id)));
        return OVAL_ERROR;
    }
    if (t->message.len) keep_first(why, oval_text(o, "%.*s: %.*s", POSTERN_ARG(id), POSTERN_ARG(t->message)));
    return t->result;
}

static oval_result extended(oval *o, const oval_node *node, postern_slice *why) {
    postern_slice id = oval_attr_get(node, "definition_ref");
    const oval_thing *thing = oval_find(o, id, OVAL_DEFINITION);
    if (!thing) {
        keep_first(why, oval_text(o, "%.*s: no such definition", POSTERN_ARG(id)));
        return OVAL_ERROR;
    }
    oval_result result = oval_definition_run(o, id);
    keep_first(why, thing->message);
    return result;
}

static oval_result part(oval *o, oval_node *node, postern_slice *why) {
    oval_result result = oval_is(node, "criteria")    ? criteria(o, node, why)
                         : oval_is(node, "criterion") ? criterion(o, node, why)
                                                      : extended(o, node, why);
    result = oval_negate(result, oval_attr_true(node, "negate"));
    node->result = (uint8_t)result;
    return result;
}

static bool is_part(const oval_node *n) {
    return oval_is(n, "criteria") || oval_is(n, "criterion") || oval_is(n, "extend_definition");
}

static oval_result criteria(oval *o, oval_node *node, postern_slice *why) {
    oval_counts c = {0};
    int op = oval_operator_of(oval_attr_get(node, "operator"), OVAL_AND);
    if (op < 0 || !oval_enter(o, POSTERN_S("criteria"))) return OVAL_ERROR;
    for (oval_node *n = node->child; n && !o->failure; n = n->next)
        if (is_part(n)) c.of[part(o, n, why)]++;
    o->depth--;
    return oval_table_operator((oval_operator)op, &c);
}

oval_result oval_definition_run(oval *o, postern_slice id) {
    oval_thing *thing = oval_find(o, id, OVAL_DEFINITION);
    if (!thing) return OVAL_ERROR;
    if (thing->done) return thing->result;
    oval_node *top = oval_child(thing->node, "criteria");
    postern_slice why = {0};
    thing->done = true;
    if (!top) {
        thing->result = OVAL_NOT_EVALUATED;
        thing->message = POSTERN_S("the definition has no criteria");
        return thing->result;
    }
    if (!oval_enter(o, id)) return OVAL_ERROR;
    thing->result = part(o, top, &why);
    o->depth--;
    if (thing->result != OVAL_TRUE && thing->result != OVAL_FALSE) thing->message = why;
    return thing->result;
}

/* ---- the chain of reasons ---- */

static void explain_items(const oval_test *t, postern_buf *out, unsigned level) {
    enum { SHOWN = 3 };
    for (size_t i = 0; i < t->count && i < SHOWN; i++) {
        const oval_item *item = t->tested[i].item;
        postern_buf_printf(out, "%*s", (int)level * 2 + 4, "");
        for (const oval_entity *e = item->first; e; e = e->next) {
            if (e->status != OVAL_STATUS_EXISTS || !e->value.len) continue;
            if (e != item->first) postern_buf_add_slice(out, POSTERN_S(", "));
            postern_escape_line(out, e->name, 60);
            postern_buf_add_byte(out, ' ');
            postern_escape_line(out, e->masked ? POSTERN_S("(masked)") : e->value, 100);
        }
        postern_buf_add_byte(out, '\n');
    }
    if (t->count > SHOWN) postern_buf_printf(out, "%*s… and %zu more\n", (int)level * 2 + 4, "", t->count - SHOWN);
}

static void explain_part(const oval *o, const oval_node *n, postern_buf *out, unsigned level) {
    postern_slice comment = oval_attr_get(n, "comment"), test = oval_attr_get(n, "test_ref"), op = oval_attr_get(n, "operator");
    postern_buf_printf(out, "%*s%-15s", (int)level * 2, "", postern_oval_result_name((postern_oval_result)n->result));
    if (oval_attr_true(n, "negate")) postern_buf_add_slice(out, POSTERN_S("not: "));
    if (oval_is(n, "criteria")) postern_escape_line(out, op.len ? op : POSTERN_S("AND"), 10);
    if (oval_is(n, "criteria") && comment.len) postern_buf_add_slice(out, POSTERN_S(": "));
    postern_escape_line(out,
                        comment.len || oval_is(n, "criteria") ? comment
                        : test.len                            ? test
                                                              : oval_attr_get(n, "definition_ref"),
                        200);
    postern_buf_add_byte(out, '\n');
    const oval_thing *thing = test.len ? oval_map_get(&o->ids, test) : NULL;
    if (!thing || thing->kind != OVAL_TEST) return;
    if (thing->test.message.len) {
        postern_buf_printf(out, "%*s", (int)level * 2 + 4, "");
        postern_escape_line(out, thing->test.message, 300);
        postern_buf_add_byte(out, '\n');
    }
    explain_items(&thing->test, out, level);
}

static void explain(const oval *o, const oval_node *n, postern_buf *out, unsigned level) {
    if (level > POSTERN_LIMIT_OVAL_XML_DEPTH || out->status) return;
    explain_part(o, n, out, level);
    if (oval_is(n, "extend_definition")) {
        const oval_thing *thing = oval_map_get(&o->ids, oval_attr_get(n, "definition_ref"));
        const oval_node *top = thing && thing->kind == OVAL_DEFINITION ? oval_child(thing->node, "criteria") : NULL;
        if (top) explain(o, top, out, level + 1);
    }
    for (const oval_node *c = n->child; c; c = c->next)
        if (is_part(c)) explain(o, c, out, level + 1);
}

postern_status postern_oval_explain(const postern_oval *o, size_t index, postern_buf *out) {
    if (index >= o->definitions.count || !o->definitions.at[index]->done) return POSTERN_STATE;
    const oval_node *top = oval_child(o->definitions.at[index]->node, "criteria");
    if (top) explain(o, top, out, 0);
    return out->status;
}
