/*
 * OVAL: the object itself. Opening, sources of facts, the run, what callers see of it. OVAL Language 5.11,
 * oval-definitions-schema.
 */
#include "oval_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- memory and failure ---- */

void oval_fail(oval *o, postern_status status, const char *fmt, ...) {
    char text[POSTERN_ERROR_TEXT];
    va_list args;
    if (o->failure) return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    o->failure = status;
    postern_slice id = postern_slice_sub(o->where, 0, 120);
    postern_fail(&o->error, status, POSTERN_NO_OFFSET, "%.*s%s%s", POSTERN_ARG(id), id.len ? ": " : "", text);
}

void oval_no_memory(oval *o) {
    postern_status status = postern_arena_failure(o->arena);
    oval_fail(o, status, status == POSTERN_LIMIT ? "limit OVAL_MEMORY" : "no memory");
}

void *oval_alloc(oval *o, size_t size) {
    void *p = postern_arena_zalloc(o->arena, 1, size ? size : 1);
    if (!p) oval_no_memory(o);
    return p;
}

postern_slice oval_copy(oval *o, postern_slice s) {
    postern_slice copy = {0};
    if (postern_arena_copy(o->arena, s, &copy)) oval_no_memory(o);
    return copy;
}

postern_slice oval_hex(oval *o, postern_slice raw) {
    uint8_t *digits = oval_alloc(o, raw.len * 2 + 1);
    if (!digits) return (postern_slice){0};
    postern_hex_put(raw.ptr, raw.len, digits);
    return postern_slice_of(digits, raw.len * 2);
}

postern_slice oval_text(oval *o, const char *fmt, ...) {
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    char *text = len < 0 ? NULL : oval_alloc(o, (size_t)len + 1);
    if (text) vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(args);
    va_end(again);
    return postern_slice_of(text, text ? (size_t)len : 0);
}

bool oval_step(oval *o) {
    if (o->steps++ > POSTERN_LIMIT_OVAL_STEPS) oval_fail(o, POSTERN_LIMIT, "limit OVAL_STEPS: the evaluation takes too long");
    return !o->failure;
}

bool oval_enter(oval *o, postern_slice id) {
    if (o->depth >= POSTERN_LIMIT_OVAL_DEPTH)
        oval_fail(o, POSTERN_LIMIT, "%.*s: limit OVAL_DEPTH: nested too deep", POSTERN_ARG(id));
    if (o->failure) return false;
    o->depth++;
    return true;
}

bool oval_grow(oval *o, void **array, size_t count, size_t *room, size_t size) {
    size_t wide = *room ? *room * 2 : 4, bytes;
    if (count < *room) return true;
    if (!postern_mul_ok(wide, size, &bytes)) return false;
    void *wider = oval_alloc(o, bytes);
    if (!wider) return false;
    if (count) memcpy(wider, *array, count * size);
    *array = wider;
    *room = wide;
    return true;
}

/* ---- things ---- */

oval_thing *oval_find(oval *o, postern_slice id, oval_kind kind) {
    oval_thing *thing = oval_map_get(&o->ids, id);
    return thing && thing->kind == kind ? thing : NULL;
}

static void add_thing(oval *o, oval_node *node, oval_kind kind, oval_things *list) {
    postern_slice id = oval_attr_get(node, "id");
    if (!id.len)
        oval_fail(o, POSTERN_FORMAT, "line %u: %.*s has no id", node->line, POSTERN_ARG(node->name->local));
    else if (oval_map_get(&o->ids, id))
        oval_fail(o, POSTERN_FORMAT, "line %u: %.*s: this id is used twice", node->line, POSTERN_ARG(id));
    if (o->failure) return;
    oval_thing *thing = oval_alloc(o, sizeof *thing);
    if (!thing || !oval_grow(o, (void **)&list->at, list->count, &list->room, sizeof *list->at)) return;
    *thing = (oval_thing){.id = id, .node = node, .kind = kind, .result = OVAL_NOT_EVALUATED};
    list->at[list->count++] = thing;
    if (!oval_map_put(&o->ids, o->arena, id, thing)) oval_no_memory(o);
}

static void add_things(oval *o) {
    static const char *const groups[] = {"definitions", "tests", "objects", "states", "variables"};
    oval_things states = {0}, *lists[] = {&o->definitions, &o->tests, &o->objects, &states, &o->variables};
    for (int kind = 0; kind < 5; kind++) {
        const oval_node *group = oval_child(o->root, groups[kind]);
        for (oval_node *n = group ? group->child : NULL; n && !o->failure; n = n->next)
            add_thing(o, n, (oval_kind)kind, lists[kind]);
    }
}

/* The one who called wants a status and an error. */
static postern_status outcome(const oval *o, postern_error *reterr) {
    if (o->failure && reterr) *reterr = o->error;
    return o->failure;
}

static postern_status root_is(const oval_node *root, const char *name, const char *what, postern_error *reterr) {
    if (oval_is(root, name)) return POSTERN_OK;
    return postern_fail(reterr, POSTERN_FORMAT, POSTERN_NO_OFFSET, "%s: the root element is %.*s, not %s", what,
                        POSTERN_ARG(postern_slice_sub(root->name->local, 0, 60)), name);
}

postern_status postern_oval_open(postern_slice xml, postern_oval **ret_oval, postern_error *reterr) {
    oval *o = calloc(1, sizeof *o);
    if (o) o->arena = postern_arena_new(POSTERN_LIMIT_OVAL_MEMORY);
    if (!o || !o->arena) {
        free(o);
        return postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory");
    }
    /* until the facts say otherwise, the zone that Windows's setup proposes: Pacific time, with the rules of today */
    o->user = POSTERN_NO_USER;
    o->zone = (oval_zone){3600, {3, 2, 0, 2}, {11, 1, 0, 2}};
    postern_status status = oval_xml_parse(o->arena, xml, "definitions", &o->root, reterr);
    if (!status) status = root_is(o->root, "oval_definitions", "definitions", reterr);
    if (!status) {
        add_things(o);
        if (!o->failure) oval_validate(o);
        status = outcome(o, reterr);
    }
    if (status) {
        postern_oval_free(o);
        return status;
    }
    *ret_oval = o;
    return POSTERN_OK;
}

void postern_oval_free(postern_oval *o) {
    if (!o) return;
    oval_regex_free(o->regexes);
    postern_arena_free(o->arena);
    free(o);
}

/* ---- sources ---- */

void postern_oval_set_time(postern_oval *o, uint64_t seconds) {
    o->now = seconds;
}

postern_status postern_oval_set_system(postern_oval *o, const postern_oval_system *s) {
    postern_oval_system copy = {oval_copy(o, s->os_name), oval_copy(o, s->os_version), oval_copy(o, s->architecture),
                                oval_copy(o, s->host)};
    if (!o->failure) o->system = copy;
    return o->failure;
}

static postern_status too_late(const oval *o, postern_error *reterr) {
    if (o->failure) return outcome(o, reterr);
    return o->evaluated ? postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "the definitions are already evaluated")
                        : POSTERN_OK;
}

postern_status postern_oval_set_variables(postern_oval *o, postern_slice xml, postern_error *reterr) {
    oval_node *root;
    postern_status status = too_late(o, reterr);
    if (!status) status = oval_xml_parse(o->arena, xml, "variables", &root, reterr);
    if (!status) status = root_is(root, "oval_variables", "variables", reterr);
    if (status) return status;
    const oval_node *group = oval_child(root, "variables");
    for (oval_node *n = group ? group->child : NULL; n; n = n->next)
        if (oval_attr_get(n, "id").len && !oval_map_put(&o->external, o->arena, oval_attr_get(n, "id"), n))
            return postern_fail(reterr, postern_arena_failure(o->arena), POSTERN_NO_OFFSET, "no memory for the variables");
    return POSTERN_OK;
}

postern_status postern_oval_set_characteristics(postern_oval *o, postern_slice xml, postern_error *reterr) {
    postern_status status = too_late(o, reterr);
    if (!status && o->source.collect)
        status = postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "there is a source already");
    if (!status) status = oval_xml_parse(o->arena, xml, "system characteristics", &o->characteristics, reterr);
    if (!status) status = root_is(o->characteristics, "oval_system_characteristics", "system characteristics", reterr);
    if (status) return status;
    oval_characteristics_use(o);
    return outcome(o, reterr);
}

/* ---- the run ---- */

postern_status postern_oval_evaluate(postern_oval *o, postern_slice id, postern_error *reterr) {
    if (o->failure) return outcome(o, reterr);
    if (id.len && !oval_find(o, id, OVAL_DEFINITION))
        return postern_fail(reterr, POSTERN_NOTFOUND, POSTERN_NO_OFFSET, "no definition %.*s",
                            POSTERN_ARG(postern_slice_sub(id, 0, 200)));
    for (size_t i = 0; i < o->definitions.count && !o->failure; i++)
        if (!id.len || postern_slice_eq(o->definitions.at[i]->id, id)) oval_definition_run(o, o->definitions.at[i]->id);
    o->evaluated = true;
    if (!o->failure) oval_mask(o);
    return outcome(o, reterr);
}

const char *postern_oval_result_name(postern_oval_result result) {
    static const char *const names[] = {"true", "false", "error", "unknown", "not evaluated", "not applicable"};
    return (unsigned)result < 6 ? names[result] : "unknown";
}

size_t postern_oval_definition_count(const postern_oval *o) {
    return o->definitions.count;
}

postern_oval_definition postern_oval_definition_at(const postern_oval *o, size_t index) {
    postern_oval_definition d = {0};
    if (index >= o->definitions.count) return d;
    const oval_thing *thing = o->definitions.at[index];
    const oval_node *title = oval_child(oval_child(thing->node, "metadata"), "title");
    d = (postern_oval_definition){.id = thing->id,
                                  .version = oval_attr_get(thing->node, "version"),
                                  .class_name = oval_attr_get(thing->node, "class"),
                                  .title = title ? postern_slice_trim(title->text) : (postern_slice){0},
                                  .evaluated = thing->done,
                                  .deprecated = oval_attr_true(thing->node, "deprecated"),
                                  .result = thing->result,
                                  .reason = thing->message};
    return d;
}
