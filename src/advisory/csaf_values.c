/* Single values: 6.1.11 to 6.1.13, 6.1.15, 6.1.23 to 6.1.26, 6.1.28, 6.1.31. */
#include "csaf_int.h"

#include "csaf_cwe_table.h"

bool csaf_cwe_known(const char *id, const char *name, bool *ret_name_fits) {
    uint64_t number, hash = 0xcbf29ce484222325u;
    if (!postern_slice_uint(postern_slice_from(postern_slice_cstr(id), 4), 999999, &number)) return false;
    for (const char *p = name; *p; p++) hash = (hash ^ (uint8_t)*p) * 0x100000001b3u;
    uint32_t folded = (uint32_t)(hash ^ hash >> 32);
    size_t low = 0, high = sizeof cwe_table / sizeof *cwe_table;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cwe_table[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == sizeof cwe_table / sizeof *cwe_table || cwe_table[low].number != number) return false;
    *ret_name_fits = cwe_table[low].name_hash == folded;
    return true;
}

static void check_cwe(csaf_check *c, const json_t *vulnerability, size_t v) {
    const json_t *cwe = csaf_get(vulnerability, "cwe");
    const char *id = csaf_text(cwe, "id"), *name = csaf_text(cwe, "name");
    bool fits;
    if (!id || !name) return;
    if (!csaf_form_cwe(postern_slice_cstr(id)) || !csaf_cwe_known(id, name, &fits))
        csaf_problem(c, "6.1.11", "is no weakness of the CWE list", id, "/vulnerabilities/%zu/cwe/id", v);
    else if (!fits)
        csaf_problem(c, "6.1.11", "is not the name of this weakness in the CWE list", name, "/vulnerabilities/%zu/cwe/name", v);
}

static void check_involvements(csaf_check *c, const json_t *vulnerability, size_t v) {
    const json_t *list = csaf_get(vulnerability, "involvements");
    json_t *seen = csaf_set_new(c);
    for (size_t i = 0; seen && i < json_array_size(list) && !c->status; i++) {
        const char *party = csaf_text(json_array_get(list, i), "party"), *date = csaf_text(json_array_get(list, i), "date");
        postern_buf key;
        if (!party || !date) continue;
        postern_buf_init(&key, POSTERN_LIMIT_ADVISORY);
        postern_buf_printf(&key, "%s %s", party, date);
        postern_buf_add_byte(&key, 0);
        if (key.status)
            c->status = key.status;
        else if (csaf_seen(c, seen, (const char *)key.ptr))
            csaf_problem(c, "6.1.24", "names this party a second time for the same date", party,
                         "/vulnerabilities/%zu/involvements/%zu", v, i);
        postern_buf_free(&key);
    }
    json_decref(seen);
}

static void check_vulnerabilities(csaf_check *c) {
    const json_t *vulnerabilities = csaf_get(c->root, "vulnerabilities");
    json_t *cves = csaf_set_new(c);
    for (size_t v = 0; cves && v < json_array_size(vulnerabilities) && !c->status; v++) {
        const json_t *vulnerability = json_array_get(vulnerabilities, v);
        const char *cve = csaf_text(vulnerability, "cve");
        if (cve && csaf_seen(c, cves, cve))
            csaf_problem(c, "6.1.23", "is the CVE number of an earlier vulnerability", cve, "/vulnerabilities/%zu/cve", v);
        check_cwe(c, vulnerability, v);
        check_involvements(c, vulnerability, v);
    }
    json_decref(cves);
}

/* ---- 6.1.12, 6.1.15, 6.1.26, 6.1.28 ---- */

static void check_languages(csaf_check *c, const json_t *document) {
    static const char *const keys[] = {"lang", "source_lang"};
    const char *said[2];
    for (size_t i = 0; i < 2; i++) {
        said[i] = csaf_text(document, keys[i]);
        if (said[i] && !csaf_language_registered(postern_slice_cstr(said[i])))
            csaf_problem(c, "6.1.12", "is no registered language", said[i], "/document/%s", keys[i]);
    }
    if (said[0] && said[1] && postern_slice_eq_nocase(postern_slice_cstr(said[0]), postern_slice_cstr(said[1])))
        csaf_problem(c, "6.1.28", "is the language of the source, too", said[0], "/document/lang");
    const char *publisher = csaf_text(csaf_get(document, "publisher"), "category");
    if (publisher && !strcmp(publisher, "translator") && !csaf_get(document, "source_lang"))
        csaf_problem(c, "6.1.15", "is missing, and the publisher is a translator", NULL, "/document/source_lang");
}

static bool is_profile(const char *category) {
    static const char *const profiles[] = {"csaf_base", "csaf_security_incident_response", "csaf_informational_advisory",
                                           "csaf_security_advisory", "csaf_vex"};
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (!strcmp(category, profiles[i])) return true;
    return false;
}

static void check_category(csaf_check *c, const json_t *document) {
    static const char *const names[] = {"securityincidentresponse", "informationaladvisory", "securityadvisory", "vex"};
    const char *category = csaf_text(document, "category");
    if (!category || is_profile(category)) return;
    if (postern_slice_starts_nocase(postern_slice_cstr(category), POSTERN_S("csaf_"))) {
        csaf_problem(c, "6.1.26", "begins with a prefix that is reserved", category, "/document/category");
        return;
    }
    char plain[64];
    size_t len = 0;
    for (const char *p = category; *p && len < sizeof plain; p++)
        if (*p != '_' && *p != '-' && !postern_ascii_space((uint8_t)*p)) plain[len++] = *p;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (postern_slice_eq_nocase(postern_slice_of(plain, len), postern_slice_cstr(names[i])))
            csaf_problem(c, "6.1.26", "is too like the name of a profile", category, "/document/category");
}

/* ---- 6.1.13, 6.1.25, 6.1.31 ---- */

static void check_product(csaf_check *c, const json_t *product, void *user) {
    (void)user;
    const json_t *helper = csaf_get(product, "product_identification_helper"), *hashes = csaf_get(helper, "hashes");
    const char *purl = csaf_text(helper, "purl");
    if (purl && !csaf_purl_valid(postern_slice_cstr(purl)))
        csaf_problem(c, "6.1.13", "is no package URL", purl, "/product_identification_helper/purl");
    for (size_t h = 0; h < json_array_size(hashes) && !c->status; h++) {
        const json_t *list = csaf_get(json_array_get(hashes, h), "file_hashes");
        json_t *seen = csaf_set_new(c);
        for (size_t i = 0; seen && i < json_array_size(list) && !c->status; i++) {
            const char *algorithm = csaf_text(json_array_get(list, i), "algorithm");
            if (algorithm && csaf_seen(c, seen, algorithm))
                csaf_problem(c, "6.1.25", "uses this algorithm a second time for one file", algorithm,
                             "/product_identification_helper/hashes/%zu/file_hashes/%zu", h, i);
        }
        json_decref(seen);
    }
}

static void check_branch(csaf_check *c, const json_t *branch, void *user) {
    (void)user;
    static const char *const words[] = {"after", "all", "before", "earlier", "later", "prior", "versions"};
    const char *category = csaf_text(branch, "category"), *name = csaf_text(branch, "name");
    if (!category || !name || strcmp(category, "product_version") != 0) return;
    bool range = strpbrk(name, "<>") != NULL;
    for (postern_slice rest = postern_slice_cstr(name); rest.len && !range;) {
        size_t end = 0;
        while (end < rest.len && !postern_ascii_space(rest.ptr[end])) end++;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            range |= postern_slice_eq_nocase(postern_slice_sub(rest, 0, end), postern_slice_cstr(words[i]));
        rest = postern_slice_from(rest, end + 1);
    }
    if (range) csaf_problem(c, "6.1.31", "is a range and not a version", name, "/name");
}

void csaf_check_values(csaf_check *c) {
    const json_t *document = csaf_get(c->root, "document");
    check_vulnerabilities(c);
    check_languages(c, document);
    check_category(c, document);
    csaf_each_product(c, check_product, NULL);
    csaf_each_branch(c, check_branch, NULL);
}
