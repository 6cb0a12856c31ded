/*
 * Census: what a definitions file needs of an evaluator, and whether a tree on disk can answer it. Counts kinds of tests,
 * functions, datatypes and operations, and references to ids that the file does not have.
 */
#include "oval_int.h"

typedef struct census {
    oval *o;
    oval_map index;
    postern_oval_need *rows;
    size_t count, room;
} census;

static postern_oval_need *row_of(census *c, const char *group, postern_slice name, bool covered, postern_slice reason) {
    postern_slice key = oval_text(c->o, "%s %.*s", group, POSTERN_ARG(name));
    if (c->o->failure) return NULL;
    size_t *at = oval_map_get(&c->index, key);
    if (!at) {
        at = oval_alloc(c->o, sizeof *at);
        if (!at || !oval_grow(c->o, (void **)&c->rows, c->count, &c->room, sizeof *c->rows)) return NULL;
        *at = c->count;
        c->rows[c->count++] = (postern_oval_need){group, oval_copy(c->o, name), 0, covered, reason};
        if (!oval_map_put(&c->index, c->o->arena, key, at)) oval_no_memory(c->o);
    }
    return c->o->failure ? NULL : &c->rows[*at];
}

static void count(census *c, const char *group, postern_slice name, bool covered, const char *reason) {
    postern_oval_need *row = row_of(c, group, name, covered, covered ? (postern_slice){0} : postern_slice_cstr(reason));
    if (row) row->count++;
}

static void count_test(census *c, const oval_node *n) {
    postern_slice family = oval_family(n), kind = oval_kind_of(n);
    const char *reason = oval_tree_why_not(family, kind);
    count(c, "test",
          oval_text(c->o, "%.*s %.*s", POSTERN_ARG(family.len ? family : POSTERN_S("core")), POSTERN_ARG(n->name->local)),
          reason == NULL, reason);
}

static bool is_function(const oval_node *n) {
    static const char *const names[] = {"arithmetic",   "begin",           "concat", "count",         "end",
                                        "escape_regex", "glob_to_regex",   "merge",  "regex_capture", "split",
                                        "substring",    "time_difference", "unique"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (oval_is(n, names[i]) && oval_text_is(n->name->ns, OVAL_NS "oval-definitions-5")) return true;
    return false;
}

static void count_reference(census *c, const oval_node *n) {
    static const char *const attributes[] = {"definition_ref", "test_ref", "object_ref", "state_ref", "var_ref"};
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        postern_slice id = oval_attr_get(n, attributes[i]);
        if (id.len && !oval_map_get(&c->o->ids, id)) count(c, "reference", id, false, "the file does not have this id");
    }
}

static void count_node(census *c, const oval_node *n) {
    postern_slice operation = oval_attr_get(n, "operation"), datatype = oval_attr_get(n, "datatype");
    if (operation.len) count(c, "operation", operation, oval_operation_of(operation) >= 0, "this operation is not known");
    if (datatype.len) count(c, "datatype", datatype, oval_type_of(datatype) >= 0, "this datatype is not known");
    if (is_function(n)) count(c, "function", n->name->local, true, NULL);
    if (oval_is(n, "set") && n->child) {
        postern_slice op = oval_attr_get(n, "set_operator");
        count(c, "set", op.len ? op : POSTERN_S("UNION"), oval_set_operator_of(op) >= 0, "this operator is not known");
    }
    if (oval_is(n, "filter") && n->text.len) count(c, "set", POSTERN_S("filter"), true, NULL);
    count_reference(c, n);
}

static int order_rows(const postern_oval_need *a, const postern_oval_need *b) {
    static const char *const groups[] = {"test", "function", "set", "datatype", "operation", "reference"};
    int x = 0, y = 0;
    while (x < 5 && strcmp(groups[x], a->group)) x++;
    while (y < 5 && strcmp(groups[y], b->group)) y++;
    return x != y ? x - y : postern_slice_compare(a->name, b->name);
}

/* Heap sort: a hostile file may hold very many missing ids. */
static void sink_row(postern_oval_need *rows, size_t at, size_t count) {
    for (size_t child; (child = at * 2 + 1) < count; at = child) {
        if (child + 1 < count && order_rows(&rows[child], &rows[child + 1]) < 0) child++;
        if (order_rows(&rows[at], &rows[child]) >= 0) return;
        postern_oval_need row = rows[at];
        rows[at] = rows[child];
        rows[child] = row;
    }
}

static void sort_rows(postern_oval_need *rows, size_t n) {
    for (size_t i = n / 2; i > 0; i--) sink_row(rows, i - 1, n);
    for (size_t end = n; end > 1; end--) {
        postern_oval_need row = rows[0];
        rows[0] = rows[end - 1];
        rows[end - 1] = row;
        sink_row(rows, 0, end - 1);
    }
}

postern_status postern_oval_census(postern_oval *o, const postern_oval_need **ret_needs, size_t *ret_count,
                                   postern_error *reterr) {
    census c = {.o = o};
    for (size_t i = 0; i < o->tests.count && !o->failure; i++) count_test(&c, o->tests.at[i]->node);
    const oval_node *n = o->root;
    while (n && !o->failure) {
        count_node(&c, n);
        if (n->child) {
            n = n->child;
            continue;
        }
        while (n && !n->next) n = n->parent;
        if (n) n = n->next;
    }
    if (o->failure) {
        if (reterr) *reterr = o->error;
        return o->failure;
    }
    sort_rows(c.rows, c.count);
    *ret_needs = c.rows;
    *ret_count = c.count;
    return POSTERN_OK;
}
