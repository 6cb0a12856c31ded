/*
 * What a document says about its products: no contradiction of states (6.1.6), one score of a version for each product (6.1.7),
 * remediations and flags that name a product (6.1.29, 6.1.32), one justification for each (6.1.33).
 */
#include "csaf_int.h"

typedef struct state_list {
    const char *key;
    int group;
} state_list;

static const state_list state_lists[] = {
    {"first_affected", 0}, {"known_affected", 0}, {"last_affected", 0},       {"known_not_affected", 1},
    {"first_fixed", 2},    {"fixed", 2},          {"under_investigation", 3},
};

static void check_states(csaf_check *c, const json_t *vulnerability, size_t v) {
    const json_t *status = csaf_get(vulnerability, "product_status");
    json_t *group_of = csaf_set_new(c);
    for (size_t l = 0; group_of && l < sizeof state_lists / sizeof *state_lists; l++) {
        const json_t *list = csaf_get(status, state_lists[l].key);
        for (size_t i = 0; i < json_array_size(list) && !c->status; i++) {
            const char *id = json_string_value(json_array_get(list, i));
            const json_t *before = id ? json_object_get(group_of, id) : NULL;
            if (before && json_integer_value(before) != state_lists[l].group)
                csaf_problem(c, "6.1.6", "gives this product two states that exclude each other", id,
                             "/vulnerabilities/%zu/product_status/%s/%zu", v, state_lists[l].key, i);
            else if (id && !before && json_object_set_new_nocheck(group_of, id, json_integer(state_lists[l].group)))
                c->status = POSTERN_NOMEM;
        }
    }
    json_decref(group_of);
}

static void check_score_versions(csaf_check *c, const json_t *vulnerability, size_t v) {
    static const char *const kinds[] = {"cvss_v2", "cvss_v3"};
    const json_t *scores = csaf_get(vulnerability, "scores");
    json_t *seen = csaf_set_new(c);
    postern_buf key;
    postern_buf_init(&key, POSTERN_LIMIT_ADVISORY);
    for (size_t s = 0; seen && s < json_array_size(scores); s++) {
        const json_t *score = json_array_get(scores, s), *products = csaf_get(score, "products");
        for (size_t p = 0; p < json_array_size(products) && !c->status; p++)
            for (size_t k = 0; k < 2; k++) {
                const char *version = csaf_text(csaf_get(score, kinds[k]), "version");
                const char *product = json_string_value(json_array_get(products, p));
                if (!version || !product) continue;
                postern_buf_clear(&key);
                postern_buf_printf(&key, "%s %s", version, product);
                postern_buf_add_byte(&key, 0);
                if (key.status)
                    c->status = key.status;
                else if (csaf_seen(c, seen, (const char *)key.ptr))
                    csaf_problem(c, "6.1.7", "gives this product a second score of the same version", product,
                                 "/vulnerabilities/%zu/scores/%zu/products/%zu", v, s, p);
            }
    }
    postern_buf_free(&key);
    json_decref(seen);
}

static void check_has_products(csaf_check *c, const json_t *vulnerability, size_t v, const char *list, const char *test,
                               const char *text) {
    const json_t *items = csaf_get(vulnerability, list);
    for (size_t i = 0; i < json_array_size(items) && !c->status; i++) {
        const json_t *item = json_array_get(items, i);
        if (json_is_object(item) && !csaf_get(item, "group_ids") && !csaf_get(item, "product_ids"))
            csaf_problem(c, test, text, NULL, "/vulnerabilities/%zu/%s/%zu", v, list, i);
    }
}

static bool justify(csaf_check *c, json_t *seen, const json_t *products) {
    bool twice = false;
    for (size_t i = 0; i < json_array_size(products) && !c->status; i++) {
        const char *id = json_string_value(json_array_get(products, i));
        if (id && csaf_seen(c, seen, id)) twice = true;
    }
    return twice;
}

static void check_justifications(csaf_check *c, const json_t *vulnerability, size_t v) {
    const json_t *flags = csaf_get(vulnerability, "flags");
    json_t *seen = csaf_set_new(c), *seen_groups = csaf_set_new(c);
    for (size_t f = 0; seen && seen_groups && f < json_array_size(flags) && !c->status; f++) {
        const json_t *flag = json_array_get(flags, f), *groups = csaf_get(flag, "group_ids");
        bool twice = justify(c, seen, csaf_get(flag, "product_ids"));
        for (size_t g = 0; g < json_array_size(groups) && !c->status; g++) {
            const char *id = json_string_value(json_array_get(groups, g));
            const json_t *products = csaf_group_products(c, id);
            if (id && products && csaf_seen(c, seen_groups, id))
                twice = true;
            else
                twice |= justify(c, seen, products);
        }
        if (twice)
            csaf_problem(c, "6.1.33", "gives a product a second justification", NULL, "/vulnerabilities/%zu/flags/%zu", v, f);
    }
    json_decref(seen);
    json_decref(seen_groups);
}

void csaf_check_products(csaf_check *c) {
    const json_t *vulnerabilities = csaf_get(c->root, "vulnerabilities");
    for (size_t v = 0; v < json_array_size(vulnerabilities) && !c->status; v++) {
        const json_t *vulnerability = json_array_get(vulnerabilities, v);
        check_states(c, vulnerability, v);
        check_score_versions(c, vulnerability, v);
        check_has_products(c, vulnerability, v, "remediations", "6.1.29", "is a remediation of no product");
        check_has_products(c, vulnerability, v, "flags", "6.1.32", "is a flag of no product");
        check_justifications(c, vulnerability, v);
    }
}
