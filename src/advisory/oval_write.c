/*
 * System Characteristics and Results out, valid against the schemas of OVAL 5.11.1. A results file carries the definitions (as
 * they were read, without comments), the results of criteria, tests and items, and the characteristics they stand on. Output
 * goes to the sink in pieces, so that its size is not a question of memory.
 */
#include "oval_int.h"

#define NS_DEF OVAL_NS "oval-definitions-5"
#define NS_SC OVAL_NS "oval-system-characteristics-5"
#define NS_RES OVAL_NS "oval-results-5"
#define NS_COMMON OVAL_NS "oval-common-5"

typedef struct writer {
    oval *o;
    postern_buf out;
    const postern_sink *sink;
    postern_status status;
    bool masks; /* a results document: masked values are left out */
} writer;

static void flush(writer *w, size_t least) {
    if (!w->status) w->status = w->out.status;
    if (w->status || w->out.len < least) return;
    w->status = postern_sink_write(w->sink, postern_buf_slice(&w->out));
    postern_buf_clear(&w->out);
}

static void put(writer *w, const char *text) {
    postern_buf_add_slice(&w->out, postern_slice_cstr(text));
}

static void put_element(writer *w, const char *name, postern_slice text) {
    postern_buf_printf(&w->out, "<%s>", name);
    oval_write_text(&w->out, text);
    postern_buf_printf(&w->out, "</%s>\n", name);
}

/* Seconds since 1970 as yyyy-mm-ddThh:mm:ss (days to dates as in oval_time.c, the other way round). */
static void put_time(writer *w, uint64_t seconds) {
    int64_t days = (int64_t)(seconds / 86400) + 719468, rest = (int64_t)(seconds % 86400);
    if (days > 3000000) days = 719468;
    int64_t era = days / 146097, in_era = days % 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t day = in_era - (365 * year + year / 4 - year / 100), month = (5 * day + 2) / 153;
    day -= (153 * month + 2) / 5 - 1;
    month += month < 10 ? 3 : -9;
    postern_buf_printf(&w->out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)(year + era * 400 + (month <= 2)), (int)month, (int)day,
                       (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

static void put_generator(writer *w) {
    put(w, "<generator><product_name xmlns=\"" NS_COMMON "\">postern</product_name><product_version xmlns=\"" NS_COMMON "\">");
    put(w, postern_version());
    put(w,
        "</product_version><schema_version xmlns=\"" NS_COMMON "\">5.11.1</schema_version><timestamp xmlns=\"" NS_COMMON "\">");
    put_time(w, w->o->now);
    put(w, "</timestamp></generator>\n");
}

/* ---- system characteristics ---- */

/* datatype, status and mask of an entity or field; whether its value may be shown. */
static bool put_attributes(writer *w, const oval_entity *e) {
    bool masked = w->masks && e->masked;
    if (e->type != OVAL_STRING || e->is_record)
        postern_buf_printf(&w->out, " datatype=\"%s\"", oval_type_word(e->is_record ? OVAL_RECORD : e->type));
    if (masked) put(w, " mask=\"true\"");
    if (e->status != OVAL_STATUS_EXISTS) postern_buf_printf(&w->out, " status=\"%s\"", oval_status_word(e->status));
    return !masked;
}

static void put_entity(writer *w, const oval_entity *e) {
    postern_buf_add_byte(&w->out, '<');
    postern_buf_add_slice(&w->out, e->name);
    if (e->nil) put(w, " xsi:nil=\"true\"");
    bool shown = put_attributes(w, e);
    if (e->nil || (!(shown && e->value.len) && !e->fields)) {
        put(w, "/>");
        return;
    }
    put(w, ">");
    if (shown && !e->is_record) oval_write_text(&w->out, e->value);
    for (const oval_entity *f = e->fields; f; f = f->next) {
        put(w, "<field xmlns=\"" NS_SC "\"");
        oval_write_attr(&w->out, "name", f->name);
        shown = put_attributes(w, f);
        put(w, ">");
        if (shown) oval_write_text(&w->out, f->value);
        put(w, "</field>");
    }
    postern_buf_printf(&w->out, "</%.*s>", POSTERN_ARG(e->name));
}

static void put_item(writer *w, oval_item *item) {
    postern_buf_printf(&w->out, "<%.*s_item", POSTERN_ARG(item->kind));
    postern_buf_printf(&w->out, " xmlns=\"" NS_SC "%s%.*s\"", item->family.len ? "#" : "", POSTERN_ARG(item->family));
    postern_buf_printf(&w->out, " id=\"%llu\" status=\"%s\">", (unsigned long long)item->id, oval_status_word(item->status));
    if (item->message.len) {
        put(w, "<message xmlns=\"" NS_SC "\">");
        oval_write_text(&w->out, item->message);
        put(w, "</message>");
    }
    for (const oval_entity *e = item->first; e && !w->out.status; e = e->next) put_entity(w, e);
    postern_buf_printf(&w->out, "</%.*s_item>\n", POSTERN_ARG(item->kind));
    flush(w, 1 << 16);
}

static void put_object(writer *w, const oval_thing *thing) {
    const oval_collected *c = thing->collected;
    postern_slice version = oval_attr_get(thing->node, "version");
    put(w, "<object");
    oval_write_attr(&w->out, "id", thing->id);
    oval_write_attr(&w->out, "version", version.len ? version : POSTERN_S("1"));
    postern_buf_printf(&w->out, " variable_instance=\"1\" flag=\"%s\">", oval_flag_word(c->flag));
    if (c->message.len) {
        put(w, c->flag == OVAL_FLAG_ERROR ? "<message level=\"error\">" : "<message>");
        oval_write_text(&w->out, c->message);
        put(w, "</message>");
    }
    for (const oval_used_value *u = c->used; u; u = u->next) {
        put(w, "<variable_value");
        oval_write_attr(&w->out, "variable_id", u->id);
        put(w, ">");
        oval_write_text(&w->out, u->value);
        put(w, "</variable_value>");
    }
    for (size_t i = 0; i < c->count; i++) {
        postern_buf_printf(&w->out, "<reference item_ref=\"%llu\"/>", (unsigned long long)c->items[i]->id);
        flush(w, 1 << 16);
    }
    put(w, "</object>\n");
}

static void put_system(writer *w) {
    const postern_oval_system *s = &w->o->system;
    put(w, "<system_info>");
    put_element(w, "os_name", s->os_name.len ? s->os_name : POSTERN_S("unknown"));
    put_element(w, "os_version", s->os_version.len ? s->os_version : POSTERN_S("unknown"));
    put_element(w, "architecture", s->architecture.len ? s->architecture : POSTERN_S("unknown"));
    put_element(w, "primary_host_name", s->host.len ? s->host : POSTERN_S("unknown"));
    put(w, "<interfaces/></system_info>\n");
}

static void put_characteristics(writer *w) {
    oval *o = w->o;
    size_t objects = 0, items = 0;
    put(w, "<oval_system_characteristics xmlns=\"" NS_SC "\" xmlns:xsi=\"" OVAL_NS_XSI "\">\n");
    put_generator(w);
    put_system(w);
    for (size_t i = 0; i < o->objects.count && !w->status; i++) {
        const oval_collected *c = o->objects.at[i]->collected;
        if (!c) continue;
        if (!objects++) put(w, "<collected_objects>\n");
        put_object(w, o->objects.at[i]);
        for (size_t k = 0; k < c->count; k++) c->items[k]->written = false;
    }
    if (objects) put(w, "</collected_objects>\n");
    for (size_t i = 0; i < o->objects.count && !w->status; i++) {
        const oval_collected *c = o->objects.at[i]->collected;
        for (size_t k = 0; c && k < c->count && !w->status; k++) {
            if (c->items[k]->written) continue;
            if (!items++) put(w, "<system_data>\n");
            c->items[k]->written = true;
            put_item(w, c->items[k]);
        }
    }
    if (items) put(w, "</system_data>\n");
    put(w, "</oval_system_characteristics>\n");
}

/* ---- results ---- */

static void put_directives(writer *w) {
    static const char *const kinds[] = {"true", "false", "unknown", "error", "not_evaluated", "not_applicable"};
    put(w, "<directives>");
    for (size_t i = 0; i < 6; i++) postern_buf_printf(&w->out, "<definition_%s reported=\"true\" content=\"full\"/>", kinds[i]);
    put(w, "</directives>\n");
}

static void put_version_of(writer *w, const oval_thing *thing) {
    postern_slice version = thing ? oval_attr_get(thing->node, "version") : (postern_slice){0};
    oval_write_attr(&w->out, "version", version.len ? version : POSTERN_S("0"));
}

static void put_part(writer *w, const oval_node *n) {
    postern_slice op = oval_attr_get(n, "operator"), test = oval_attr_get(n, "test_ref"),
                  def = oval_attr_get(n, "definition_ref");
    postern_slice applicability = oval_attr_get(n, "applicability_check");
    const oval_thing *thing = test.ptr || def.ptr ? oval_map_get(&w->o->ids, test.ptr ? test : def) : NULL;
    postern_buf_printf(&w->out, "<%.*s", POSTERN_ARG(n->name->local));
    if (oval_is(n, "criteria"))
        oval_write_attr(&w->out, "operator", op.len ? op : POSTERN_S("AND"));
    else {
        oval_write_attr(&w->out, test.ptr ? "test_ref" : "definition_ref", test.ptr ? test : def);
        put_version_of(w, thing);
        put(w, " variable_instance=\"1\"");
    }
    postern_buf_printf(&w->out, " negate=\"%s\"", oval_attr_true(n, "negate") ? "true" : "false");
    if (applicability.len) oval_write_attr(&w->out, "applicability_check", applicability);
    postern_buf_printf(&w->out, " result=\"%s\"", postern_oval_result_name((postern_oval_result)n->result));
    if (!oval_is(n, "criteria")) {
        put(w, "/>");
        return;
    }
    put(w, ">");
    for (const oval_node *c = n->child; c && !w->out.status; c = c->next)
        if (oval_is(c, "criteria") || oval_is(c, "criterion") || oval_is(c, "extend_definition")) put_part(w, c);
    postern_buf_printf(&w->out, "</%.*s>", POSTERN_ARG(n->name->local));
}

static void put_definition(writer *w, const oval_thing *thing) {
    const oval_node *top = oval_child(thing->node, "criteria");
    put(w, "<definition");
    oval_write_attr(&w->out, "definition_id", thing->id);
    put_version_of(w, thing);
    postern_buf_printf(&w->out, " variable_instance=\"1\" class=\"%.*s\" result=\"%s\">",
                       POSTERN_ARG(oval_attr_get(thing->node, "class")),
                       postern_oval_result_name((postern_oval_result)thing->result));
    if (thing->message.len) put_element(w, "message", thing->message);
    if (top) put_part(w, top);
    put(w, "</definition>\n");
    flush(w, 1 << 16);
}

static void put_test(writer *w, const oval_thing *thing) {
    const oval_test *t = &thing->test;
    postern_slice existence = oval_attr_get(thing->node, "check_existence"), check = oval_attr_get(thing->node, "check"),
                  states = oval_attr_get(thing->node, "state_operator");
    put(w, "<test");
    oval_write_attr(&w->out, "test_id", thing->id);
    put_version_of(w, thing);
    put(w, " variable_instance=\"1\"");
    oval_write_attr(&w->out, "check_existence", existence.len ? existence : POSTERN_S("at_least_one_exists"));
    oval_write_attr(&w->out, "check", check.len ? check : POSTERN_S("all"));
    oval_write_attr(&w->out, "state_operator", states.len ? states : POSTERN_S("AND"));
    postern_buf_printf(&w->out, " result=\"%s\">", postern_oval_result_name((postern_oval_result)t->result));
    if (t->message.len) put_element(w, "message", t->message);
    for (size_t i = 0; i < t->count; i++) {
        postern_buf_printf(&w->out, "<tested_item item_id=\"%llu\" result=\"%s\"/>", (unsigned long long)t->tested[i].item->id,
                           postern_oval_result_name((postern_oval_result)t->tested[i].result));
        flush(w, 1 << 16);
    }
    for (const oval_used_value *u = t->used; u; u = u->next) {
        put(w, "<tested_variable");
        oval_write_attr(&w->out, "variable_id", u->id);
        put(w, ">");
        oval_write_text(&w->out, u->value);
        put(w, "</tested_variable>");
    }
    put(w, "</test>\n");
    flush(w, 1 << 16);
}

/* The list's own element appears with its first member. */
static void put_list(writer *w, const oval_things *things, const char *name, void (*one)(writer *, const oval_thing *)) {
    size_t count = 0;
    for (size_t i = 0; i < things->count && !w->status; i++) {
        if (!things->at[i]->done) continue;
        if (!count++) postern_buf_printf(&w->out, "<%s>\n", name);
        one(w, things->at[i]);
    }
    if (count) postern_buf_printf(&w->out, "</%s>\n", name);
}

static void put_results(writer *w) {
    w->masks = true;
    put(w, "<oval_results xmlns=\"" NS_RES "\" xmlns:xsi=\"" OVAL_NS_XSI "\">\n");
    put_generator(w);
    put_directives(w);
    oval_write_node(&w->out, w->o->root, POSTERN_S(NS_RES));
    flush(w, 0);
    put(w, "<results><system>\n");
    put_list(w, &w->o->definitions, "definitions", put_definition);
    put_list(w, &w->o->tests, "tests", put_test);
    put_characteristics(w);
    put(w, "</system></results>\n</oval_results>\n");
}

static postern_status write_document(oval *o, const postern_sink *sink, void (*body)(writer *), postern_error *reterr) {
    writer w = {.o = o, .sink = sink};
    if (!o->evaluated || o->failure)
        return postern_fail(reterr, POSTERN_STATE, POSTERN_NO_OFFSET, "nothing was evaluated, so there is nothing to write");
    postern_buf_init(&w.out, POSTERN_LIMIT_OVAL_MEMORY);
    put(&w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    body(&w);
    flush(&w, 0);
    postern_buf_free(&w.out);
    return w.status ? postern_fail(reterr, w.status, POSTERN_NO_OFFSET, "the OVAL document could not be written: %s",
                                   postern_status_name(w.status))
                    : POSTERN_OK;
}

postern_status postern_oval_write_results(postern_oval *o, const postern_sink *sink, postern_error *reterr) {
    return write_document(o, sink, put_results, reterr);
}

postern_status postern_oval_write_characteristics(postern_oval *o, const postern_sink *sink, postern_error *reterr) {
    return write_document(o, sink, put_characteristics, reterr);
}
