/*
 * csaf: Common Security Advisory Framework 2.0 (OASIS, CSAF v2.0). What the files of the checker and the reader share.
 *
 * Left out: the optional and informative tests (6.2, 6.3), ROLIE feeds, signatures of documents. What an attacker does with it:
 * a document that some other tool takes for valid and that says something else here; so duplicate keys, bad UTF-8, NUL and
 * depth are refused before anything is looked at.
 */
#ifndef POSTERN_CSAF_INT_H
#define POSTERN_CSAF_INT_H

#include "postern/advisory.h"

#include <jansson.h>

struct postern_csaf {
    json_t *root;
};

/* ---- a run of the checks ---- */

typedef struct csaf_check {
    const json_t *root;
    const postern_csaf_sink *sink;
    postern_status status; /* the first failure; everything behind it is passed over */
    uint64_t problems;
    postern_buf path;
    json_t *groups; /* product ids by group id */
} csaf_check;

/* Sends a problem. `path` is a JSON pointer from our own words and numbers; `detail` is of the document, or NULL. */
void csaf_problem(csaf_check *c, const char *test, const char *text, const char *detail, const char *path, ...)
    POSTERN_PRINTF(5, 6);
/* The same at c->path. */
void csaf_problem_here(csaf_check *c, const char *test, const char *text, const char *detail);
/* Appends "/key" or "/index" and returns the length to go back to with csaf_path_pop. */
size_t csaf_path_key(csaf_check *c, const char *key);
size_t csaf_path_index(csaf_check *c, size_t index);
void csaf_path_pop(csaf_check *c, size_t length);

void csaf_check_schema(csaf_check *c);    /* csaf_schema.c */
void csaf_check_ids(csaf_check *c);       /* 6.1.1 to 6.1.5 */
void csaf_check_relations(csaf_check *c); /* 6.1.3 */
void csaf_check_products(csaf_check *c);  /* 6.1.6, 6.1.7, 6.1.29, 6.1.32, 6.1.33 */
void csaf_check_scores(csaf_check *c);    /* 6.1.9, 6.1.10 */
void csaf_check_tracking(csaf_check *c);  /* 6.1.14, 6.1.16 to 6.1.22, 6.1.30 */
void csaf_check_values(csaf_check *c);    /* 6.1.11 to 6.1.13, 6.1.15, 6.1.23 to 6.1.26, 6.1.28, 6.1.31 */
void csaf_check_profile(csaf_check *c);   /* 6.1.27.1 to 6.1.27.11 */

/* ---- reading ---- */

/* Members that may be missing or of the wrong kind: NULL, or a string as a NUL-terminated text. */
static inline json_t *csaf_get(const json_t *object, const char *key) {
    return json_object_get(object, key);
}
static inline const char *csaf_text(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}
/* `fn` for each definition of a product below product_tree: branches, full names, relationships; with c->path at the
 * full_product_name. */
typedef void (*csaf_product_fn)(csaf_check *c, const json_t *product, void *user);
void csaf_each_product(csaf_check *c, csaf_product_fn fn, void *user);
/* Each branch at any depth, with c->path at it. */
typedef void (*csaf_branch_fn)(csaf_check *c, const json_t *branch, void *user);
void csaf_each_branch(csaf_check *c, csaf_branch_fn fn, void *user);
/* Remembers `key` in a set; returns whether it was there already. Out of memory goes to c->status. */
bool csaf_seen(csaf_check *c, json_t *set, const char *key);
json_t *csaf_set_new(csaf_check *c);
/* The product ids of the group, or NULL. */
const json_t *csaf_group_products(const csaf_check *c, const char *group);

/* ---- forms of strings (csaf_forms.c) ---- */

bool csaf_form_uri(postern_slice s);
bool csaf_form_date_time(postern_slice s);
bool csaf_form_version(postern_slice s);
bool csaf_form_cve(postern_slice s);
bool csaf_form_cwe(postern_slice s);
bool csaf_form_hash(postern_slice s);
bool csaf_form_cpe(postern_slice s);
bool csaf_form_purl_shape(postern_slice s);
bool csaf_form_tracking_id(postern_slice s);
bool csaf_form_category(postern_slice s);
bool csaf_form_language(postern_slice s); /* the grammar alone */
bool csaf_language_registered(postern_slice s);
bool csaf_purl_valid(postern_slice s);
/* False when the id is not in the list; *ret_name_fits when it is. */
bool csaf_cwe_known(const char *id, const char *name, bool *ret_name_fits);

/* RFC 3339: seconds since 1970 and billionths. */
typedef struct csaf_time {
    int64_t seconds;
    uint32_t fraction;
} csaf_time;
bool csaf_time_parse(postern_slice s, csaf_time *ret_time);
int csaf_time_compare(csaf_time a, csaf_time b);

/* An integer or a semantic version. */
typedef struct csaf_version {
    bool semantic;
    postern_slice number[3];
    postern_slice pre, build; /* without their '-' and '+'; empty when absent */
} csaf_version;
bool csaf_version_parse(postern_slice s, csaf_version *ret_version);
int csaf_version_compare(const csaf_version *a, const csaf_version *b); /* precedence: build does not count */

/* ---- CVSS (csaf_cvss.c) ---- */

typedef struct csaf_metric {
    const char *key;      /* in the vector */
    const char *name;     /* member of the JSON object */
    const char *values;   /* "N=NETWORK A=ADJACENT_NETWORK …" */
    const double *weight; /* one for each value, in that order */
} csaf_metric;
typedef struct csaf_cvss {
    bool v2, v31;
    signed char value[32]; /* index of each metric's value, -1: not in the vector */
} csaf_cvss;
typedef struct csaf_scores {
    double base, temporal, environmental;
} csaf_scores;

enum { CSAF_METRICS_2 = 14, CSAF_METRICS_3 = 22 };
extern const csaf_metric csaf_metrics_2[CSAF_METRICS_2], csaf_metrics_3[CSAF_METRICS_3];
/* Number `index` of metric->values: its letter and its word. */
bool csaf_metric_value(const csaf_metric *metric, size_t index, postern_slice *ret_letter, postern_slice *ret_word);
/* False: not a vector of that version, or one without all base metrics (*ret_complete tells). Later values win. */
bool csaf_cvss_parse(const char *vector, csaf_cvss *ret_cvss, bool *ret_complete);
csaf_scores csaf_cvss_scores(const csaf_cvss *cvss);
const char *csaf_severity(double score);

#endif
