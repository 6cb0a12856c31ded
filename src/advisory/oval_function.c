/*
 * The functions of local variables (FunctionGroup of oval-definitions-schema). Each takes lists of values and gives one; where
 * it takes several lists it runs over their product, the first one outermost. Positions and lengths of substring are
 * characters.
 */
#include "oval_int.h"

#include <stdio.h>

enum { PARTS_MAX = 64 };

static oval_values *failed(oval *o, postern_slice message) {
    oval_values *v = oval_values_new(o, OVAL_FLAG_ERROR, OVAL_STRING);
    if (v) v->message = message;
    return v;
}

/* ---- functions of one value ---- */

typedef postern_slice (*one_value)(oval *o, const oval_node *node, postern_slice value, postern_slice *why);

static postern_slice begin_with(oval *o, const oval_node *node, postern_slice value, postern_slice *why) {
    postern_slice c = oval_attr_get(node, "character");
    (void)why;
    return postern_slice_starts(value, c) ? value : oval_text(o, "%.*s%.*s", POSTERN_ARG(c), POSTERN_ARG(value));
}

static postern_slice end_with(oval *o, const oval_node *node, postern_slice value, postern_slice *why) {
    postern_slice c = oval_attr_get(node, "character");
    (void)why;
    return postern_slice_ends(value, c) ? value : oval_text(o, "%.*s%.*s", POSTERN_ARG(value), POSTERN_ARG(c));
}

static postern_slice escape(oval *o, const oval_node *node, postern_slice value, postern_slice *why) {
    (void)node, (void)why;
    return oval_regex_escape(o, value);
}

static postern_slice glob(oval *o, const oval_node *node, postern_slice value, postern_slice *why) {
    postern_slice regex = oval_glob_to_regex(o, value, oval_attr_true(node, "glob_noescape"));
    if (!regex.ptr) *why = POSTERN_S("the value is no glob pattern");
    return regex;
}

/* "-3", "12": as a number within ±1e9; false: none. */
static bool small_int(postern_slice s, int64_t *ret) {
    uint64_t n;
    s = postern_slice_trim(s);
    bool negative = s.len && s.ptr[0] == '-';
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) s = postern_slice_from(s, 1);
    if (!postern_slice_uint(s, 4294967295u, &n)) return false;
    *ret = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

static size_t characters(postern_slice s, size_t count) {
    size_t at = 0, len;
    while (count-- && at < s.len) {
        postern_utf8_at(s, at, &len);
        at += len;
    }
    return at;
}

static postern_slice substring(oval *o, const oval_node *node, postern_slice value, postern_slice *why) {
    int64_t start, length;
    (void)o;
    if (!small_int(oval_attr_get(node, "substring_start"), &start) ||
        !small_int(oval_attr_get(node, "substring_length"), &length)) {
        *why = POSTERN_S("substring_start and substring_length have to be integers");
        return value;
    }
    size_t from = start < 1 ? 0 : characters(value, (size_t)(start - 1));
    if (start > 1 && from >= value.len) {
        *why = POSTERN_S("substring_start lies behind the end of the value");
        return value;
    }
    postern_slice rest = postern_slice_from(value, from);
    return length < 0 ? rest : postern_slice_sub(rest, 0, characters(rest, (size_t)length));
}

static postern_slice capture(oval *o, const oval_node *node, postern_slice value, postern_slice *why) {
    oval_match m;
    oval_result got = oval_regex_match(o, oval_attr_get(node, "pattern"), 0, value, 0, &m, why);
    if (got == OVAL_TRUE && m.groups && m.group[0].ptr) return m.group[0];
    return POSTERN_S("");
}

static oval_values *each_value(oval *o, const oval_node *node, const oval_values *in, one_value function) {
    oval_values *v = oval_values_new(o, in->flag, OVAL_STRING);
    postern_slice why = {0};
    for (size_t i = 0; v && i < in->count && !o->failure; i++) {
        postern_slice value = function(o, node, in->at[i], &why);
        if (why.len) return failed(o, oval_text(o, "%.*s: %.*s", POSTERN_ARG(node->name->local), POSTERN_ARG(why)));
        oval_values_add(o, v, value);
    }
    return v;
}

static oval_values *split(oval *o, const oval_node *node, const oval_values *in) {
    postern_slice delimiter = oval_attr_get(node, "delimiter");
    oval_values *v = oval_values_new(o, in->flag, OVAL_STRING);
    for (size_t i = 0; v && i < in->count && !o->failure; i++) {
        postern_slice rest = in->at[i];
        for (;;) {
            size_t at = delimiter.len ? postern_slice_find(rest, 0, delimiter) : SIZE_MAX;
            if (!oval_values_add(o, v, postern_slice_sub(rest, 0, at)) || at == SIZE_MAX) break;
            rest = postern_slice_from(rest, at + delimiter.len);
        }
    }
    return v;
}

/* ---- functions of several lists ---- */

static bool has_value(const oval_map *seen, postern_slice value) {
    return oval_map_get(seen, value) != NULL;
}

/* unique, count and merge take the values of all components one after another. */
static oval_values *gather(oval *o, oval_values **parts, size_t count, bool unique) {
    oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, OVAL_STRING);
    oval_map seen = {0};
    for (size_t p = 0; v && p < count; p++)
        for (size_t i = 0; i < parts[p]->count && !o->failure; i++) {
            if (unique && has_value(&seen, parts[p]->at[i])) continue;
            oval_values_add(o, v, parts[p]->at[i]);
            if (unique && !oval_map_put(&seen, o->arena, parts[p]->at[i], v)) oval_no_memory(o);
        }
    return v;
}

static oval_values *concat(oval *o, oval_values **parts, size_t count) {
    oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, OVAL_STRING);
    if (v) oval_values_add(o, v, POSTERN_S(""));
    for (size_t p = 0; v && p < count && !o->failure; p++) {
        oval_values *longer = oval_values_new(o, OVAL_FLAG_COMPLETE, OVAL_STRING);
        for (size_t a = 0; longer && a < v->count; a++)
            for (size_t b = 0; b < parts[p]->count && !o->failure; b++) {
                if (v->at[a].len + parts[p]->at[b].len > POSTERN_LIMIT_OVAL_TEXT)
                    oval_fail(o, POSTERN_LIMIT, "limit OVAL_TEXT: the result of concat is too long");
                oval_values_add(o, longer, oval_text(o, "%.*s%.*s", POSTERN_ARG(v->at[a]), POSTERN_ARG(parts[p]->at[b])));
            }
        v = longer;
    }
    return v;
}

/* Merges by a sort key are of 5.11.2: the values of one component in order, joined into one string. */
static oval_values *count_of(oval *o, oval_values **parts, size_t count) {
    size_t n = 0;
    oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, OVAL_INT);
    for (size_t p = 0; p < count; p++) n += parts[p]->count;
    if (v) oval_values_add(o, v, oval_text(o, "%zu", n));
    return v;
}

static one_value function_of_one(const oval_node *node) {
    static const struct {
        const char *name;
        one_value function;
    } table[] = {{"begin", begin_with},   {"end", end_with},        {"escape_regex", escape},
                 {"glob_to_regex", glob}, {"substring", substring}, {"regex_capture", capture}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (oval_is(node, table[i].name)) return table[i].function;
    return NULL;
}

static oval_values *apply(oval *o, const oval_node *node, oval_values **parts, size_t count) {
    one_value function = function_of_one(node);
    if (!count) return failed(o, oval_text(o, "%.*s: a function without components", POSTERN_ARG(node->name->local)));
    if (function) return each_value(o, node, parts[0], function);
    if (oval_is(node, "split")) return split(o, node, parts[0]);
    if (oval_is(node, "concat")) return concat(o, parts, count);
    if (oval_is(node, "unique")) return gather(o, parts, count, true);
    if (oval_is(node, "count")) return count_of(o, parts, count);
    if (oval_is(node, "merge")) return gather(o, parts, count, false);
    if (oval_is(node, "arithmetic")) return oval_function_arithmetic(o, node, parts, count);
    if (oval_is(node, "time_difference")) return oval_function_time(o, node, parts, count);
    return failed(o, oval_text(o, "line %u: the function %.*s is not known", node->line, POSTERN_ARG(node->name->local)));
}

/* Flags of the components first: with an error there is no result; count and unique count what is there. */
oval_values *oval_function(oval *o, const oval_node *node) {
    oval_values *parts[PARTS_MAX];
    size_t count = 0;
    oval_flag flag = OVAL_FLAG_COMPLETE;
    postern_slice message = {0};
    for (const oval_node *n = node->child; n; n = n->next) {
        if (count == PARTS_MAX) return failed(o, POSTERN_S("limit: a function has more than 64 components"));
        oval_values *v = oval_component(o, n);
        if (!v) return NULL;
        flag = oval_flag_worse(flag, v->flag);
        if (v->message.len && !message.len) message = v->message;
        parts[count++] = v;
    }
    bool counts = oval_is(node, "count") && flag == OVAL_FLAG_DOES_NOT_EXIST;
    if (flag != OVAL_FLAG_COMPLETE && flag != OVAL_FLAG_INCOMPLETE && !counts) {
        oval_values *v = oval_values_new(o, flag, OVAL_STRING);
        if (v) v->message = message;
        return v;
    }
    oval_values *v = apply(o, node, parts, count);
    if (v && v->flag == OVAL_FLAG_COMPLETE && flag == OVAL_FLAG_INCOMPLETE) v->flag = flag;
    return o->failure ? NULL : v;
}

/* ---- arithmetic ---- */

static postern_slice float_text(oval *o, double x) {
    char text[40];
    if (x != x) return POSTERN_S("NaN");
    if (x - x != 0) return x > 0 ? POSTERN_S("INF") : POSTERN_S("-INF");
    snprintf(text, sizeof text, "%.15g", x);
    for (char *c = text; *c; c++)
        if (*c == ',') *c = '.'; /* whatever the process's locale says */
    return oval_copy(o, postern_slice_cstr(text));
}

static postern_slice calculate(oval *o, bool multiply, bool real, postern_slice a, postern_slice b) {
    double x, y;
    if (!real) return multiply ? oval_int_multiply(o, a, b) : oval_int_add(o, a, b);
    if (!oval_float_of(a, &x) || !oval_float_of(b, &y)) return (postern_slice){0};
    return float_text(o, multiply ? x * y : x + y);
}

oval_values *oval_function_arithmetic(oval *o, const oval_node *node, oval_values **parts, size_t count) {
    postern_slice operation = oval_attr_get(node, "arithmetic_operation");
    bool multiply = oval_text_is(operation, "multiply"), real = false;
    if (!multiply && !oval_text_is(operation, "add")) return failed(o, POSTERN_S("arithmetic: add or multiply"));
    for (size_t p = 0; p < count; p++)
        for (size_t i = 0; i < parts[p]->count; i++) real |= parts[p]->type == OVAL_FLOAT || !oval_is_int(parts[p]->at[i]);
    oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, real ? OVAL_FLOAT : OVAL_INT);
    if (v) oval_values_add(o, v, multiply ? POSTERN_S("1") : POSTERN_S("0"));
    for (size_t p = 0; v && p < count && !o->failure; p++) {
        oval_values *next = oval_values_new(o, OVAL_FLAG_COMPLETE, v->type);
        for (size_t a = 0; next && a < v->count; a++)
            for (size_t b = 0; b < parts[p]->count && !o->failure; b++) {
                postern_slice value = calculate(o, multiply, real, v->at[a], parts[p]->at[b]);
                if (!value.ptr)
                    return o->failure ? NULL : failed(o, POSTERN_S("arithmetic: not a number, or too long a result"));
                oval_values_add(o, next, value);
            }
        v = next;
    }
    return v;
}
