/*
 * Product and group ids: each that is used is defined (6.1.1, 6.1.4), none twice (6.1.2, 6.1.5), and no product is made of
 * itself (6.1.3). Sets are hash tables and the search for circles keeps its own stack: a hostile document costs what its size
 * costs.
 */
#include "csaf_int.h"

#include <stdlib.h>

/* ---- walking the product tree ---- */

static void product_at(csaf_check *c, const json_t *owner, const char *key, csaf_product_fn fn, void *user) {
    const json_t *product = csaf_get(owner, key);
    size_t length = csaf_path_key(c, key);
    if (json_is_object(product)) fn(c, product, user);
    csaf_path_pop(c, length);
}

/* As deep as the document, which csaf_read.c has limited. */
static void branches_of(csaf_check *c, const json_t *owner, csaf_branch_fn fn, void *user) {
    const json_t *branches = csaf_get(owner, "branches");
    size_t outer = csaf_path_key(c, "branches");
    for (size_t i = 0; i < json_array_size(branches) && !c->status; i++) {
        const json_t *branch = json_array_get(branches, i);
        size_t length = csaf_path_index(c, i);
        fn(c, branch, user);
        branches_of(c, branch, fn, user);
        csaf_path_pop(c, length);
    }
    csaf_path_pop(c, outer);
}

void csaf_each_branch(csaf_check *c, csaf_branch_fn fn, void *user) {
    size_t length = csaf_path_key(c, "product_tree");
    branches_of(c, csaf_get(c->root, "product_tree"), fn, user);
    csaf_path_pop(c, length);
}

typedef struct product_visit {
    csaf_product_fn fn;
    void *user;
} product_visit;

static void visit_branch(csaf_check *c, const json_t *branch, void *user) {
    product_visit *visit = user;
    product_at(c, branch, "product", visit->fn, visit->user);
}

void csaf_each_product(csaf_check *c, csaf_product_fn fn, void *user) {
    product_visit visit = {fn, user};
    const json_t *tree = csaf_get(c->root, "product_tree");
    csaf_each_branch(c, visit_branch, &visit);
    const json_t *names = csaf_get(tree, "full_product_names"), *relations = csaf_get(tree, "relationships");
    size_t length = c->path.len;
    for (size_t i = 0; i < json_array_size(names) && !c->status; i++) {
        postern_buf_printf(&c->path, "/product_tree/full_product_names/%zu", i);
        if (json_is_object(json_array_get(names, i))) fn(c, json_array_get(names, i), user);
        csaf_path_pop(c, length);
    }
    for (size_t i = 0; i < json_array_size(relations) && !c->status; i++) {
        postern_buf_printf(&c->path, "/product_tree/relationships/%zu", i);
        product_at(c, json_array_get(relations, i), "full_product_name", fn, user);
        csaf_path_pop(c, length);
    }
}

const json_t *csaf_group_products(const csaf_check *c, const char *group) {
    return group ? json_object_get(c->groups, group) : NULL;
}

/* ---- 6.1.1, 6.1.2, 6.1.4, 6.1.5 ---- */

static void define_product(csaf_check *c, const json_t *product, void *user) {
    const char *id = csaf_text(product, "product_id");
    if (id && csaf_seen(c, user, id)) csaf_problem(c, "6.1.2", "defines this product id again", id, "/product_id");
}

static void define_groups(csaf_check *c, json_t *defined) {
    const json_t *groups = csaf_get(csaf_get(c->root, "product_tree"), "product_groups");
    for (size_t i = 0; i < json_array_size(groups) && !c->status; i++) {
        const char *id = csaf_text(json_array_get(groups, i), "group_id");
        if (id && csaf_seen(c, defined, id))
            csaf_problem(c, "6.1.5", "defines this group id again", id, "/product_tree/product_groups/%zu/group_id", i);
    }
}

typedef struct uses {
    const json_t *defined;
    const char *test, *text;
} uses;

static void used(csaf_check *c, const uses *u, const char *id) {
    if (id && !json_object_get(u->defined, id)) csaf_problem_here(c, u->test, u->text, id);
}

static void used_list(csaf_check *c, const uses *u, const json_t *owner, const char *key) {
    const json_t *list = csaf_get(owner, key);
    size_t outer = csaf_path_key(c, key);
    for (size_t i = 0; i < json_array_size(list) && !c->status; i++) {
        size_t length = csaf_path_index(c, i);
        used(c, u, json_string_value(json_array_get(list, i)));
        csaf_path_pop(c, length);
    }
    csaf_path_pop(c, outer);
}

/* owner/list/N/key */
static void used_lists(csaf_check *c, const uses *u, const json_t *owner, const char *list, const char *key) {
    const json_t *items = csaf_get(owner, list);
    size_t outer = csaf_path_key(c, list);
    for (size_t i = 0; i < json_array_size(items) && !c->status; i++) {
        size_t length = csaf_path_index(c, i);
        used_list(c, u, json_array_get(items, i), key);
        csaf_path_pop(c, length);
    }
    csaf_path_pop(c, outer);
}

static void used_in_tree(csaf_check *c, const uses *u) {
    const json_t *tree = csaf_get(c->root, "product_tree"), *relations = csaf_get(tree, "relationships");
    static const char *const ends[] = {"product_reference", "relates_to_product_reference"};
    size_t outer = csaf_path_key(c, "product_tree");
    used_lists(c, u, tree, "product_groups", "product_ids");
    for (size_t i = 0; i < json_array_size(relations) && !c->status; i++)
        for (size_t end = 0; end < 2; end++) {
            size_t length = c->path.len;
            postern_buf_printf(&c->path, "/relationships/%zu/%s", i, ends[end]);
            used(c, u, csaf_text(json_array_get(relations, i), ends[end]));
            csaf_path_pop(c, length);
        }
    csaf_path_pop(c, outer);
}

static void used_in_vulnerabilities(csaf_check *c, const uses *products, const uses *groups) {
    static const char *const kinds[] = {"first_affected",     "first_fixed",   "fixed",       "known_affected",
                                        "known_not_affected", "last_affected", "recommended", "under_investigation"};
    static const char *const owners[] = {"flags", "remediations", "threats"};
    const json_t *vulnerabilities = csaf_get(c->root, "vulnerabilities");
    for (size_t v = 0; v < json_array_size(vulnerabilities) && !c->status; v++) {
        const json_t *vulnerability = json_array_get(vulnerabilities, v);
        size_t outer = c->path.len;
        postern_buf_printf(&c->path, "/vulnerabilities/%zu", v);
        size_t status = csaf_path_key(c, "product_status");
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            used_list(c, products, csaf_get(vulnerability, "product_status"), kinds[k]);
        csaf_path_pop(c, status);
        used_lists(c, products, vulnerability, "scores", "products");
        for (size_t o = 0; o < sizeof owners / sizeof *owners; o++) {
            used_lists(c, products, vulnerability, owners[o], "product_ids");
            used_lists(c, groups, vulnerability, owners[o], "group_ids");
        }
        csaf_path_pop(c, outer);
    }
}

void csaf_check_ids(csaf_check *c) {
    json_t *products = csaf_set_new(c), *groups = csaf_set_new(c);
    if (products && groups) {
        csaf_each_product(c, define_product, products);
        define_groups(c, groups);
        const uses p = {products, "6.1.1", "uses a product id that is nowhere defined"},
                   g = {groups, "6.1.4", "uses a group id that is nowhere defined"};
        used_in_tree(c, &p);
        used_in_vulnerabilities(c, &p, &g);
    }
    json_decref(products);
    json_decref(groups);
}

/* ---- 6.1.3 ---- */

typedef struct node {
    size_t to[2];  /* relationships that define what this one refers to; SIZE_MAX: none */
    uint8_t state; /* 0 new, 1 on the way, 2 done */
    uint8_t next;
} node;

static size_t defined_by(const json_t *index, const char *id) {
    const json_t *at = id ? json_object_get(index, id) : NULL;
    return at ? (size_t)json_integer_value(at) : SIZE_MAX;
}

static void search(csaf_check *c, node *nodes, size_t *stack, size_t start) {
    static const char *const ends[] = {"product_reference", "relates_to_product_reference"};
    size_t depth = 0;
    stack[depth++] = start;
    nodes[start].state = 1;
    while (depth) {
        node *n = &nodes[stack[depth - 1]];
        if (n->next == 2) {
            n->state = 2;
            depth--;
            continue;
        }
        size_t to = n->to[n->next++];
        if (to == SIZE_MAX || nodes[to].state == 2) continue;
        if (nodes[to].state == 1) {
            csaf_problem(c, "6.1.3", "defines a product by itself", NULL, "/product_tree/relationships/%zu/%s",
                         stack[depth - 1], ends[n->next - 1]);
            continue;
        }
        nodes[to].state = 1;
        stack[depth++] = to;
    }
}

void csaf_check_relations(csaf_check *c) {
    const json_t *relations = csaf_get(csaf_get(c->root, "product_tree"), "relationships");
    size_t count = json_array_size(relations);
    if (!count) return;
    json_t *index = csaf_set_new(c);
    node *nodes = calloc(count, sizeof *nodes);
    size_t *stack = calloc(count, sizeof *stack);
    if (!nodes || !stack) c->status = POSTERN_NOMEM;
    for (size_t i = 0; !c->status && i < count; i++) {
        const char *id = csaf_text(csaf_get(json_array_get(relations, i), "full_product_name"), "product_id");
        if (id && !json_object_get(index, id) && json_object_set_new_nocheck(index, id, json_integer((json_int_t)i)))
            c->status = POSTERN_NOMEM;
    }
    for (size_t i = 0; !c->status && i < count; i++) {
        const json_t *relation = json_array_get(relations, i);
        nodes[i].to[0] = defined_by(index, csaf_text(relation, "product_reference"));
        nodes[i].to[1] = defined_by(index, csaf_text(relation, "relates_to_product_reference"));
    }
    for (size_t i = 0; !c->status && i < count; i++)
        if (!nodes[i].state) search(c, nodes, stack, i);
    json_decref(index);
    free(nodes);
    free(stack);
}
