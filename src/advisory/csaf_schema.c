/*
 * The shape of a CSAF 2.0 document: members, kinds, counts, words and forms, as section 3 of the standard and its JSON schema
 * define them, in tables of our own. Unknown members are let pass, as the schema does. A CVSS object that does not fit its own
 * schema is test 6.1.8.
 */
#include "csaf_int.h"

#include <stdlib.h>

typedef enum shape_kind { OBJECT, ARRAY, STRING, CVSS2, CVSS3 } shape_kind;
typedef struct shape shape;
typedef struct field {
    const char *name;
    const shape *shape;
    bool required;
} field;
struct shape {
    shape_kind kind;
    size_t min, max; /* members, items or characters; max 0: no ceiling */
    bool unique;
    const field *fields;
    size_t field_count;
    const shape *item;
    const char *words; /* " word word ": one of them */
    bool (*form)(postern_slice s);
    const char *form_text;
};

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define OBJECT_OF(f, least)                                                                                                    \
    { .kind = OBJECT, .min = (least), .fields = (f), .field_count = COUNT(f) }
#define LIST_OF(i)                                                                                                             \
    { .kind = ARRAY, .min = 1, .item = (i) }
#define SET_OF(i)                                                                                                              \
    { .kind = ARRAY, .min = 1, .unique = true, .item = (i) }
#define WORDS(w)                                                                                                               \
    { .kind = STRING, .words = (w) }
#define FORM(f, least, t)                                                                                                      \
    { .kind = STRING, .min = (least), .form = (f), .form_text = (t) }

static const shape text = {.kind = STRING, .min = 1}, texts = LIST_OF(&text), text_set = SET_OF(&text);
static const shape uri = FORM(csaf_form_uri, 0, "has to be a URI"), uris = LIST_OF(&uri);
static const shape date_time = FORM(csaf_form_date_time, 0, "has to be a date and time as RFC 3339 writes them");
static const shape version = FORM(csaf_form_version, 0, "has to be an integer or a semantic version");
static const shape language = FORM(csaf_form_language, 0, "has to be a language tag");

static const field acknowledgment_fields[] = {
    {"names", &texts, false}, {"organization", &text, false}, {"summary", &text, false}, {"urls", &uris, false}};
static const shape acknowledgment = OBJECT_OF(acknowledgment_fields, 1), acknowledgments = LIST_OF(&acknowledgment);

static const shape note_category = WORDS(" description details faq general legal_disclaimer other summary ");
static const field note_fields[] = {
    {"audience", &text, false}, {"category", &note_category, true}, {"text", &text, true}, {"title", &text, false}};
static const shape note = OBJECT_OF(note_fields, 0), notes = LIST_OF(&note);

static const shape reference_category = WORDS(" external self ");
static const field reference_fields[] = {
    {"category", &reference_category, false}, {"summary", &text, true}, {"url", &uri, true}};
static const shape reference = OBJECT_OF(reference_fields, 0), references = LIST_OF(&reference);

/* ---- product tree ---- */

static const shape hash_value = FORM(csaf_form_hash, 32, "has to be at least 32 hexadecimal digits");
static const field file_hash_fields[] = {{"algorithm", &text, true}, {"value", &hash_value, true}};
static const shape file_hash = OBJECT_OF(file_hash_fields, 0), file_hashes = LIST_OF(&file_hash);
static const field hash_fields[] = {{"file_hashes", &file_hashes, true}, {"filename", &text, true}};
static const shape hash = OBJECT_OF(hash_fields, 0), hashes = LIST_OF(&hash);
static const field generic_uri_fields[] = {{"namespace", &uri, true}, {"uri", &uri, true}};
static const shape generic_uri = OBJECT_OF(generic_uri_fields, 0), generic_uris = LIST_OF(&generic_uri);
static const shape cpe = FORM(csaf_form_cpe, 5, "has to be a CPE name"),
                   purl = FORM(csaf_form_purl_shape, 7, "has to be a package URL");
static const field helper_fields[] = {{"cpe", &cpe, false},
                                      {"hashes", &hashes, false},
                                      {"model_numbers", &text_set, false},
                                      {"purl", &purl, false},
                                      {"sbom_urls", &uris, false},
                                      {"serial_numbers", &text_set, false},
                                      {"skus", &texts, false},
                                      {"x_generic_uris", &generic_uris, false}};
static const shape helper = OBJECT_OF(helper_fields, 1);
static const field product_fields[] = {
    {"name", &text, true}, {"product_id", &text, true}, {"product_identification_helper", &helper, false}};
static const shape product = OBJECT_OF(product_fields, 0), products = LIST_OF(&product);

static const shape branches;
static const shape branch_category = WORDS(
    " architecture host_name language legacy patch_level product_family product_name product_version product_version_range "
    "service_pack specification vendor ");
static const field branch_fields[] = {
    {"branches", &branches, false}, {"category", &branch_category, true}, {"name", &text, true}, {"product", &product, false}};
static const shape branch = {.kind = OBJECT, .min = 3, .max = 3, .fields = branch_fields, .field_count = COUNT(branch_fields)};
static const shape branches = LIST_OF(&branch);

static const shape two_products = {.kind = ARRAY, .min = 2, .unique = true, .item = &text};
static const field group_fields[] = {
    {"group_id", &text, true}, {"product_ids", &two_products, true}, {"summary", &text, false}};
static const shape group = OBJECT_OF(group_fields, 0), groups = LIST_OF(&group);
static const shape relation_category =
    WORDS(" default_component_of external_component_of installed_on installed_with optional_component_of ");
static const field relation_fields[] = {{"category", &relation_category, true},
                                        {"full_product_name", &product, true},
                                        {"product_reference", &text, true},
                                        {"relates_to_product_reference", &text, true}};
static const shape relation = OBJECT_OF(relation_fields, 0), relations = LIST_OF(&relation);
static const field tree_fields[] = {{"branches", &branches, false},
                                    {"full_product_names", &products, false},
                                    {"product_groups", &groups, false},
                                    {"relationships", &relations, false}};
static const shape tree = OBJECT_OF(tree_fields, 1);

/* ---- document ---- */

static const field severity_fields[] = {{"namespace", &uri, false}, {"text", &text, true}};
static const shape severity = OBJECT_OF(severity_fields, 0);
static const shape tlp_label = WORDS(" AMBER GREEN RED WHITE ");
static const field tlp_fields[] = {{"label", &tlp_label, true}, {"url", &uri, false}};
static const shape tlp = OBJECT_OF(tlp_fields, 0);
static const field distribution_fields[] = {{"text", &text, false}, {"tlp", &tlp, false}};
static const shape distribution = OBJECT_OF(distribution_fields, 1);
static const shape publisher_category = WORDS(" coordinator discoverer other translator user vendor ");
static const field publisher_fields[] = {{"category", &publisher_category, true},
                                         {"contact_details", &text, false},
                                         {"issuing_authority", &text, false},
                                         {"name", &text, true},
                                         {"namespace", &uri, true}};
static const shape publisher = OBJECT_OF(publisher_fields, 0);
static const field engine_fields[] = {{"name", &text, true}, {"version", &text, false}};
static const shape engine = OBJECT_OF(engine_fields, 0);
static const field generator_fields[] = {{"date", &date_time, false}, {"engine", &engine, true}};
static const shape generator = OBJECT_OF(generator_fields, 0);
static const field revision_fields[] = {
    {"date", &date_time, true}, {"legacy_version", &text, false}, {"number", &version, true}, {"summary", &text, true}};
static const shape revision = OBJECT_OF(revision_fields, 0), revisions = LIST_OF(&revision);
static const shape tracking_id = FORM(csaf_form_tracking_id, 1, "has to begin and end with something else than blanks");
static const shape tracking_status = WORDS(" draft final interim ");
static const field tracking_fields[] = {{"aliases", &text_set, false},
                                        {"current_release_date", &date_time, true},
                                        {"generator", &generator, false},
                                        {"id", &tracking_id, true},
                                        {"initial_release_date", &date_time, true},
                                        {"revision_history", &revisions, true},
                                        {"status", &tracking_status, true},
                                        {"version", &version, true}};
static const shape tracking = OBJECT_OF(tracking_fields, 0);
static const shape category =
    FORM(csaf_form_category, 1, "has to begin and end with something else than blanks, '-', '_', '.'");
static const shape csaf_version_word = WORDS(" 2.0 ");
static const field document_fields[] = {{"acknowledgments", &acknowledgments, false},
                                        {"aggregate_severity", &severity, false},
                                        {"category", &category, true},
                                        {"csaf_version", &csaf_version_word, true},
                                        {"distribution", &distribution, false},
                                        {"lang", &language, false},
                                        {"notes", &notes, false},
                                        {"publisher", &publisher, true},
                                        {"references", &references, false},
                                        {"source_lang", &language, false},
                                        {"title", &text, true},
                                        {"tracking", &tracking, true}};
static const shape document = OBJECT_OF(document_fields, 0);

/* ---- vulnerabilities ---- */

static const shape cve = FORM(csaf_form_cve, 0, "has to be a CVE number"),
                   cwe_id = FORM(csaf_form_cwe, 0, "has to be a CWE number");
static const field cwe_fields[] = {{"id", &cwe_id, true}, {"name", &text, true}};
static const shape cwe = OBJECT_OF(cwe_fields, 0);
static const shape flag_label =
    WORDS(" component_not_present inline_mitigations_already_exist vulnerable_code_cannot_be_controlled_by_adversary "
          "vulnerable_code_not_in_execute_path vulnerable_code_not_present ");
static const field flag_fields[] = {{"date", &date_time, false},
                                    {"group_ids", &text_set, false},
                                    {"label", &flag_label, true},
                                    {"product_ids", &text_set, false}};
static const shape flag = OBJECT_OF(flag_fields, 0), flags = SET_OF(&flag);
static const field id_fields[] = {{"system_name", &text, true}, {"text", &text, true}};
static const shape id = OBJECT_OF(id_fields, 0), ids = SET_OF(&id);
static const shape party = WORDS(" coordinator discoverer other user vendor "),
                   involvement_status = WORDS(" completed contact_attempted disputed in_progress not_contacted open ");
static const field involvement_fields[] = {
    {"date", &date_time, false}, {"party", &party, true}, {"status", &involvement_status, true}, {"summary", &text, false}};
static const shape involvement = OBJECT_OF(involvement_fields, 0), involvements = SET_OF(&involvement);
static const field status_fields[] = {
    {"first_affected", &text_set, false}, {"first_fixed", &text_set, false},        {"fixed", &text_set, false},
    {"known_affected", &text_set, false}, {"known_not_affected", &text_set, false}, {"last_affected", &text_set, false},
    {"recommended", &text_set, false},    {"under_investigation", &text_set, false}};
static const shape product_status = OBJECT_OF(status_fields, 1);
static const shape restart_category =
    WORDS(" connected dependencies machine none parent service system vulnerable_component zone ");
static const field restart_fields[] = {{"category", &restart_category, true}, {"details", &text, false}};
static const shape restart = OBJECT_OF(restart_fields, 0);
static const shape remediation_category = WORDS(" mitigation no_fix_planned none_available vendor_fix workaround ");
static const field remediation_fields[] = {{"category", &remediation_category, true},
                                           {"date", &date_time, false},
                                           {"details", &text, true},
                                           {"entitlements", &texts, false},
                                           {"group_ids", &text_set, false},
                                           {"product_ids", &text_set, false},
                                           {"restart_required", &restart, false},
                                           {"url", &uri, false}};
static const shape remediation = OBJECT_OF(remediation_fields, 0), remediations = LIST_OF(&remediation);
static const shape cvss2 = {.kind = CVSS2}, cvss3 = {.kind = CVSS3};
static const field score_fields[] = {{"cvss_v2", &cvss2, false}, {"cvss_v3", &cvss3, false}, {"products", &text_set, true}};
static const shape score = OBJECT_OF(score_fields, 2), scores = LIST_OF(&score);
static const shape threat_category = WORDS(" exploit_status impact target_set ");
static const field threat_fields[] = {{"category", &threat_category, true},
                                      {"date", &date_time, false},
                                      {"details", &text, true},
                                      {"group_ids", &text_set, false},
                                      {"product_ids", &text_set, false}};
static const shape threat = OBJECT_OF(threat_fields, 0), threats = LIST_OF(&threat);
static const field vulnerability_fields[] = {{"acknowledgments", &acknowledgments, false},
                                             {"cve", &cve, false},
                                             {"cwe", &cwe, false},
                                             {"discovery_date", &date_time, false},
                                             {"flags", &flags, false},
                                             {"ids", &ids, false},
                                             {"involvements", &involvements, false},
                                             {"notes", &notes, false},
                                             {"product_status", &product_status, false},
                                             {"references", &references, false},
                                             {"release_date", &date_time, false},
                                             {"remediations", &remediations, false},
                                             {"scores", &scores, false},
                                             {"threats", &threats, false},
                                             {"title", &text, false}};
static const shape vulnerability = OBJECT_OF(vulnerability_fields, 1), vulnerabilities = LIST_OF(&vulnerability);
static const field root_fields[] = {
    {"document", &document, true}, {"product_tree", &tree, false}, {"vulnerabilities", &vulnerabilities, false}};
static const shape root = OBJECT_OF(root_fields, 0);

/* ---- the walk; its depth is that of the document, which csaf_read.c has limited ---- */

static void walk(csaf_check *c, const shape *s, const json_t *value);

static const char *listed(const char *words, const char *word) {
    postern_slice all = postern_slice_cstr(words), one = postern_slice_cstr(word);
    for (size_t at = 0; one.len && (at = postern_slice_find(all, at, one)) != SIZE_MAX; at++)
        if (all.ptr[at - 1] == ' ' && all.ptr[at + one.len] == ' ') return words + at;
    return NULL;
}

static void walk_string(csaf_check *c, const shape *s, const json_t *value) {
    const char *word = json_string_value(value);
    postern_slice slice = postern_slice_of(word, json_string_length(value));
    if (!word)
        csaf_problem_here(c, "schema", "has to be a string", NULL);
    else if (slice.len < s->min)
        csaf_problem_here(c, "schema", slice.len ? "is too short" : "must not be empty", word);
    else if (s->words && (postern_slice_find_byte(slice, 0, ' ') != SIZE_MAX || !listed(s->words, word)))
        csaf_problem_here(c, "schema", "is none of the words that may stand here", word);
    else if (s->form && !s->form(slice))
        csaf_problem_here(c, "schema", s->form_text, word);
}

/* Equal items, compared in one spelling: members sorted, no blanks. */
static void walk_unique(csaf_check *c, const json_t *value) {
    json_t *set = csaf_set_new(c);
    size_t count = json_array_size(value);
    for (size_t i = 0; set && i < count && !c->status; i++) {
        char *dump = json_dumps(json_array_get(value, i), JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
        if (!dump)
            c->status = POSTERN_NOMEM;
        else if (csaf_seen(c, set, dump))
            csaf_problem(c, "schema", "stands twice in this list", NULL, "/%zu", i);
        free(dump);
    }
    json_decref(set);
}

static void walk_array(csaf_check *c, const shape *s, const json_t *value) {
    size_t count = json_array_size(value);
    if (!json_is_array(value)) {
        csaf_problem_here(c, "schema", "has to be a list", NULL);
        return;
    }
    if (count < s->min) csaf_problem_here(c, "schema", "has too few items", NULL);
    if (s->unique) walk_unique(c, value);
    for (size_t i = 0; i < count && !c->status; i++) {
        size_t length = csaf_path_index(c, i);
        walk(c, s->item, json_array_get(value, i));
        csaf_path_pop(c, length);
    }
}

static void walk_object(csaf_check *c, const shape *s, const json_t *value) {
    size_t count = json_object_size(value);
    if (!json_is_object(value)) {
        csaf_problem_here(c, "schema", "has to be an object", NULL);
        return;
    }
    if (count < s->min) csaf_problem_here(c, "schema", "has too few members", NULL);
    if (s->max && count > s->max) csaf_problem_here(c, "schema", "has too many members", NULL);
    for (size_t i = 0; i < s->field_count && !c->status; i++) {
        const json_t *member = json_object_get(value, s->fields[i].name);
        size_t length = csaf_path_key(c, s->fields[i].name);
        if (member)
            walk(c, s->fields[i].shape, member);
        else if (s->fields[i].required)
            csaf_problem_here(c, "schema", "is missing", NULL);
        csaf_path_pop(c, length);
    }
}

/* ---- CVSS, 6.1.8 ---- */

static void cvss_word(csaf_check *c, const json_t *cvss, const char *name, bool required, const char *words) {
    const json_t *value = json_object_get(cvss, name);
    if (!value && !required) return;
    const char *word = json_string_value(value);
    if (!value)
        csaf_problem(c, "6.1.8", "is missing", NULL, "/%s", name);
    else if (!word || postern_slice_find_byte(postern_slice_cstr(word), 0, ' ') != SIZE_MAX || !listed(words, word))
        csaf_problem(c, "6.1.8", "is none of the words that may stand here", word, "/%s", name);
}

static void cvss_number(csaf_check *c, const json_t *cvss, const char *name, bool required) {
    const json_t *value = json_object_get(cvss, name);
    if (!value && !required) return;
    if (!value)
        csaf_problem(c, "6.1.8", "is missing", NULL, "/%s", name);
    else if (!json_is_number(value) || json_number_value(value) < 0 || json_number_value(value) > 10)
        csaf_problem(c, "6.1.8", "has to be a number from 0 to 10", NULL, "/%s", name);
}

static void cvss_metric(csaf_check *c, const json_t *cvss, const csaf_metric *metric) {
    const json_t *value = json_object_get(cvss, metric->name);
    if (!value) return;
    postern_slice letter, word, said = postern_slice_of(json_string_value(value), json_string_length(value));
    for (size_t i = 0; csaf_metric_value(metric, i, &letter, &word); i++)
        if (json_is_string(value) && postern_slice_eq(word, said)) return;
    csaf_problem(c, "6.1.8", "is none of the words that may stand here", json_string_value(value), "/%s", metric->name);
}

static void walk_cvss(csaf_check *c, const json_t *cvss, bool v2) {
    static const char *const severities = " NONE LOW MEDIUM HIGH CRITICAL ";
    if (!json_is_object(cvss)) {
        csaf_problem_here(c, "6.1.8", "has to be an object", NULL);
        return;
    }
    const char *vector = csaf_text(cvss, "vectorString"), *said = csaf_text(cvss, "version");
    csaf_cvss parsed;
    bool complete, fits = vector && csaf_cvss_parse(vector, &parsed, &complete);
    cvss_word(c, cvss, "version", true, v2 ? " 2.0 " : " 3.0 3.1 ");
    bool agrees = fits && parsed.v2 == v2 && (v2 || !said || parsed.v31 == !strcmp(said, "3.1"));
    if (!json_object_get(cvss, "vectorString"))
        csaf_problem(c, "6.1.8", "is missing", NULL, "/vectorString");
    else if (!agrees)
        csaf_problem(c, "6.1.8", "is no vector of this version", vector, "/vectorString");
    cvss_number(c, cvss, "baseScore", true);
    cvss_number(c, cvss, "temporalScore", false);
    cvss_number(c, cvss, "environmentalScore", false);
    if (!v2) {
        cvss_word(c, cvss, "baseSeverity", true, severities);
        cvss_word(c, cvss, "temporalSeverity", false, severities);
        cvss_word(c, cvss, "environmentalSeverity", false, severities);
    }
    size_t count = v2 ? CSAF_METRICS_2 : CSAF_METRICS_3;
    for (size_t i = 0; i < count; i++) cvss_metric(c, cvss, v2 ? &csaf_metrics_2[i] : &csaf_metrics_3[i]);
}

static void walk(csaf_check *c, const shape *s, const json_t *value) {
    switch (s->kind) {
    case OBJECT:
        walk_object(c, s, value);
        break;
    case ARRAY:
        walk_array(c, s, value);
        break;
    case STRING:
        walk_string(c, s, value);
        break;
    case CVSS2:
        walk_cvss(c, value, true);
        break;
    case CVSS3:
        walk_cvss(c, value, false);
        break;
    }
}

void csaf_check_schema(csaf_check *c) {
    walk(c, &root, c->root);
}
