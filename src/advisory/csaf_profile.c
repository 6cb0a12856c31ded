/* What each profile asks for beyond the schema (CSAF 2.0, section 4): 6.1.27.1 to 6.1.27.11. */
#include "csaf_int.h"

enum { INCIDENT = 1, INFORMATION = 2, ADVISORY = 4, VEX = 8 };

static unsigned profile_of(const char *category) {
    if (!category) return 0;
    if (!strcmp(category, "csaf_security_incident_response")) return INCIDENT;
    if (!strcmp(category, "csaf_informational_advisory")) return INFORMATION;
    if (!strcmp(category, "csaf_security_advisory")) return ADVISORY;
    return strcmp(category, "csaf_vex") ? 0 : VEX;
}

/* Whether an item of the list has one of these words as its category. */
static bool has_category(const json_t *list, const char *words) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *category = csaf_text(json_array_get(list, i), "category");
        size_t len = category ? strlen(category) : 0;
        const char *at = len ? strstr(words, category) : NULL;
        if (at && at[-1] == ' ' && at[len] == ' ') return true;
    }
    return false;
}

static void check_document(csaf_check *c, unsigned profile) {
    const json_t *document = csaf_get(c->root, "document");
    if (profile & (INCIDENT | INFORMATION)) {
        if (!has_category(csaf_get(document, "notes"), " description details general summary "))
            csaf_problem(c, "6.1.27.1", "needs a note of category description, details, general or summary", NULL,
                         "/document/notes");
        if (!has_category(csaf_get(document, "references"), " external "))
            csaf_problem(c, "6.1.27.2", "needs a reference of category external", NULL, "/document/references");
    }
    if (profile & INFORMATION && csaf_get(c->root, "vulnerabilities"))
        csaf_problem(c, "6.1.27.3", "must not be there in an informational advisory", NULL, "/vulnerabilities");
    if (profile & (ADVISORY | VEX)) {
        if (!csaf_get(c->root, "product_tree")) csaf_problem(c, "6.1.27.4", "is missing", NULL, "/product_tree");
        if (!csaf_get(c->root, "vulnerabilities")) csaf_problem(c, "6.1.27.11", "is missing", NULL, "/vulnerabilities");
    }
}

typedef struct said {
    json_t *products, *groups; /* a group is gone through once, however often it is named */
} said;

static void collect_list(csaf_check *c, const said *s, const json_t *products) {
    for (size_t i = 0; i < json_array_size(products) && !c->status; i++) {
        const char *id = json_string_value(json_array_get(products, i));
        if (id) csaf_seen(c, s->products, id);
    }
}

static void collect(csaf_check *c, const said *s, const json_t *item) {
    const json_t *groups = csaf_get(item, "group_ids");
    collect_list(c, s, csaf_get(item, "product_ids"));
    for (size_t g = 0; g < json_array_size(groups) && !c->status; g++) {
        const char *id = json_string_value(json_array_get(groups, g));
        if (id && !csaf_seen(c, s->groups, id)) collect_list(c, s, csaf_group_products(c, id));
    }
}

static void check_said(csaf_check *c, const json_t *vulnerability, size_t v, const char *state, const json_t *products,
                       const char *test, const char *text) {
    const json_t *list = csaf_get(csaf_get(vulnerability, "product_status"), state);
    for (size_t i = 0; products && i < json_array_size(list) && !c->status; i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (id && !json_object_get(products, id))
            csaf_problem(c, test, text, id, "/vulnerabilities/%zu/product_status/%s/%zu", v, state, i);
    }
}

static void check_vex(csaf_check *c, const json_t *vulnerability, size_t v) {
    const json_t *status = csaf_get(vulnerability, "product_status"), *flags = csaf_get(vulnerability, "flags"),
                 *threats = csaf_get(vulnerability, "threats"), *remediations = csaf_get(vulnerability, "remediations");
    if (!csaf_get(status, "fixed") && !csaf_get(status, "known_affected") && !csaf_get(status, "known_not_affected") &&
        !csaf_get(status, "under_investigation"))
        csaf_problem(c, "6.1.27.7", "needs fixed, known_affected, known_not_affected or under_investigation", NULL,
                     "/vulnerabilities/%zu/product_status", v);
    if (!csaf_get(vulnerability, "ids") && !csaf_get(vulnerability, "cve"))
        csaf_problem(c, "6.1.27.8", "needs a CVE number or other ids", NULL, "/vulnerabilities/%zu", v);
    const said impact = {csaf_set_new(c), csaf_set_new(c)}, action = {csaf_set_new(c), csaf_set_new(c)};
    for (size_t i = 0; !c->status && i < json_array_size(flags); i++) collect(c, &impact, json_array_get(flags, i));
    for (size_t i = 0; !c->status && i < json_array_size(threats); i++) {
        const char *category = csaf_text(json_array_get(threats, i), "category");
        if (category && !strcmp(category, "impact")) collect(c, &impact, json_array_get(threats, i));
    }
    for (size_t i = 0; !c->status && i < json_array_size(remediations); i++)
        collect(c, &action, json_array_get(remediations, i));
    check_said(c, vulnerability, v, "known_not_affected", impact.products, "6.1.27.9",
               "has no impact statement or justification");
    check_said(c, vulnerability, v, "known_affected", action.products, "6.1.27.10", "has no action statement");
    json_decref(impact.products);
    json_decref(impact.groups);
    json_decref(action.products);
    json_decref(action.groups);
}

void csaf_check_profile(csaf_check *c) {
    unsigned profile = profile_of(csaf_text(csaf_get(c->root, "document"), "category"));
    const json_t *vulnerabilities = csaf_get(c->root, "vulnerabilities");
    check_document(c, profile);
    for (size_t v = 0; profile & (ADVISORY | VEX) && v < json_array_size(vulnerabilities) && !c->status; v++) {
        const json_t *vulnerability = json_array_get(vulnerabilities, v);
        if (!csaf_get(vulnerability, "notes"))
            csaf_problem(c, "6.1.27.5", "needs notes", NULL, "/vulnerabilities/%zu/notes", v);
        if (profile & ADVISORY && !csaf_get(vulnerability, "product_status"))
            csaf_problem(c, "6.1.27.6", "needs a product status", NULL, "/vulnerabilities/%zu/product_status", v);
        if (profile & VEX) check_vex(c, vulnerability, v);
    }
}
