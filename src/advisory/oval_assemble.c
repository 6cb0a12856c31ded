/*
 * One definitions file from the pieces of a decomposed repository: breadth first over everything the wanted ids refer to, each
 * piece once, written in the order of the schema. Pieces are hostile like any document; an id that leads to a piece with
 * another id is an error.
 */
#include "oval_int.h"

typedef struct assembler {
    oval *o; /* only its arena, maps and failure are used */
    const postern_oval_pieces *pieces;
    oval_things queue; /* of things without kind; node NULL: missing */
} assembler;

static void want(assembler *a, postern_slice id) {
    if (!id.len || a->o->failure || oval_map_get(&a->o->ids, id)) return;
    if (a->queue.count >= POSTERN_LIMIT_OVAL_ITEMS) oval_fail(a->o, POSTERN_LIMIT, "limit OVAL_ITEMS: too many pieces");
    oval_thing *thing = oval_alloc(a->o, sizeof *thing);
    if (!thing || !oval_grow(a->o, (void **)&a->queue.at, a->queue.count, &a->queue.room, sizeof *a->queue.at)) return;
    thing->id = oval_copy(a->o, id);
    if (a->o->failure) return;
    a->queue.at[a->queue.count++] = thing;
    if (!oval_map_put(&a->o->ids, a->o->arena, thing->id, thing)) oval_no_memory(a->o);
}

static void want_references(assembler *a, const oval_node *n) {
    static const char *const attributes[] = {"definition_ref", "test_ref", "object_ref", "state_ref", "var_ref"};
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) want(a, oval_attr_get(n, attributes[i]));
    if (oval_is(n, "object_reference") || oval_is(n, "filter") || oval_is(n, "var_ref")) want(a, postern_slice_trim(n->text));
    for (const oval_node *c = n->child; c && !a->o->failure; c = c->next) want_references(a, c);
}

static const char *group_of(const oval_node *n) {
    if (oval_is(n, "definition")) return "definitions";
    postern_cut cut = postern_slice_cut_last(n->name->local, '_');
    return oval_text_is(cut.tail, "test")       ? "tests"
           : oval_text_is(cut.tail, "object")   ? "objects"
           : oval_text_is(cut.tail, "state")    ? "states"
           : oval_text_is(cut.tail, "variable") ? "variables"
                                                : NULL;
}

static postern_status read_piece(assembler *a, oval_thing *thing, postern_error *reterr) {
    postern_slice xml;
    char what[120];
    postern_buf name;
    postern_status status = a->pieces->piece(a->pieces->user, thing->id, &xml, reterr);
    if (status == POSTERN_NOTFOUND) return POSTERN_OK;
    if (status) return status;
    postern_buf_init(&name, sizeof what - 1);
    postern_escape_line(&name, thing->id, 100);
    memcpy(what, name.ptr ? name.ptr : (const uint8_t *)"", name.len);
    what[name.len] = 0;
    bool no_memory = name.status == POSTERN_NOMEM;
    postern_buf_free(&name);
    if (no_memory) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    status = oval_xml_parse(a->o->arena, xml, what, &thing->node, reterr);
    if (status) return status;
    if (!group_of(thing->node) || !postern_slice_eq(oval_attr_get(thing->node, "id"), thing->id))
        return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "%s: the piece found for this id holds something else",
                            what);
    want_references(a, thing->node);
    if (a->o->failure && reterr) *reterr = a->o->error;
    return a->o->failure;
}

static void write_group(const assembler *a, const char *group, postern_buf *out) {
    bool any = false;
    for (size_t i = 0; i < a->queue.count; i++) {
        const oval_node *n = a->queue.at[i]->node;
        if (!n || strcmp(group_of(n), group)) continue;
        if (!any) postern_buf_printf(out, "<%s>\n", group);
        any = true;
        oval_write_node(out, n, POSTERN_S(OVAL_NS "oval-definitions-5"));
    }
    if (any) postern_buf_printf(out, "</%s>\n", group);
}

static void write_all(const assembler *a, postern_buf *out, postern_buf *missing) {
    static const char *const groups[] = {"definitions", "tests", "objects", "states", "variables"};
    postern_buf_printf(out,
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oval_definitions xmlns=\"" OVAL_NS "oval-definitions-5\" "
                       "xmlns:xsi=\"" OVAL_NS_XSI "\">\n<generator><product_name xmlns=\"" OVAL_NS "oval-common-5\">postern"
                       "</product_name><schema_version xmlns=\"" OVAL_NS "oval-common-5\">5.11.1</schema_version><timestamp "
                       "xmlns=\"" OVAL_NS "oval-common-5\">1970-01-01T00:00:00</timestamp></generator>\n");
    for (size_t i = 0; i < 5; i++) write_group(a, groups[i], out);
    postern_buf_add_slice(out, POSTERN_S("</oval_definitions>\n"));
    for (size_t i = 0; i < a->queue.count; i++)
        if (!a->queue.at[i]->node) {
            postern_buf_add_slice(missing, a->queue.at[i]->id);
            postern_buf_add_byte(missing, '\n');
        }
}

postern_status postern_oval_assemble(const postern_slice *ids, size_t count, const postern_oval_pieces *pieces,
                                     postern_buf *out, postern_buf *missing, postern_error *reterr) {
    postern_oval o = {0};
    assembler a = {.o = &o, .pieces = pieces};
    postern_status status = POSTERN_OK;
    o.arena = postern_arena_new(POSTERN_LIMIT_OVAL_MEMORY);
    if (!o.arena) return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    for (size_t i = 0; i < count; i++) want(&a, ids[i]);
    for (size_t i = 0; i < a.queue.count && !o.failure && !status; i++) status = read_piece(&a, a.queue.at[i], reterr);
    if (o.failure && !status) {
        status = o.failure;
        if (reterr) *reterr = o.error;
    }
    if (!status) {
        write_all(&a, out, missing);
        status = out->status ? out->status : missing->status;
        if (status) postern_fail(reterr, status, POSTERN_NO_OFFSET, "the assembled file does not fit");
    }
    postern_arena_free(o.arena);
    return status;
}
