/*
 * Reading a CSAF document: size, depth and text are checked on the bytes before the JSON library sees them, so that an error
 * has an offset and a hostile document costs little.
 */
#include "csaf_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Depth of brackets outside of strings; the place where it goes too deep. */
static bool depth_fits(postern_slice bytes, size_t *ret_at) {
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.ptr[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            *ret_at = i;
            if (++depth > POSTERN_LIMIT_ADVISORY_DEPTH) return false;
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    return true;
}

static postern_status refuse_text(postern_slice bytes, postern_error *reterr) {
    size_t at = 0;
    if (bytes.len > POSTERN_LIMIT_ADVISORY)
        return postern_fail(reterr, POSTERN_LIMIT, POSTERN_LIMIT_ADVISORY, "an advisory has at most %u bytes",
                            POSTERN_LIMIT_ADVISORY);
    if ((at = postern_utf8_valid_prefix(bytes)) < bytes.len)
        return postern_fail(reterr, POSTERN_FORMAT, at, "not UTF-8, as JSON has to be (RFC 8259, 8.1)");
    if (!depth_fits(bytes, &at))
        return postern_fail(reterr, POSTERN_LIMIT, at, "nested deeper than %u levels", POSTERN_LIMIT_ADVISORY_DEPTH);
    return POSTERN_OK;
}

/* The library tells the place of an error in bytes read so far. */
static postern_status json_failure(const json_error_t *error, postern_error *reterr) {
    uint64_t offset = error->position > 0 ? (uint64_t)error->position : 0;
    if (json_error_code(error) == json_error_out_of_memory)
        return postern_fail(reterr, POSTERN_NOMEM, offset, "no memory for the document");
    return postern_fail(reterr, POSTERN_FORMAT, offset, "line %d: %s", error->line, error->text);
}

postern_status postern_csaf_open(postern_slice bytes, postern_csaf **ret_csaf, postern_error *reterr) {
    postern_status status = refuse_text(bytes, reterr);
    if (status) return status;
    json_error_t error;
    json_t *root = json_loadb(bytes.len ? (const char *)bytes.ptr : "", bytes.len, JSON_REJECT_DUPLICATES, &error);
    if (!root) return json_failure(&error, reterr);
    postern_csaf *csaf = NULL;
    if (!json_is_object(root))
        status = postern_fail(reterr, POSTERN_FORMAT, 0, "a CSAF document is a JSON object");
    else if (!json_is_object(json_object_get(root, "document")))
        status = postern_fail(reterr, POSTERN_FORMAT, 0, "/document: missing; this is no CSAF document");
    else if (!(csaf = malloc(sizeof *csaf)))
        status = postern_fail(reterr, POSTERN_NOMEM, POSTERN_NO_OFFSET, "no memory for the document");
    if (status) {
        json_decref(root);
        return status;
    }
    csaf->root = root;
    *ret_csaf = csaf;
    return POSTERN_OK;
}

void postern_csaf_free(postern_csaf *csaf) {
    if (!csaf) return;
    json_decref(csaf->root);
    free(csaf);
}

static postern_slice text_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return postern_slice_of(json_string_value(value), json_string_length(value));
}

void postern_csaf_summary_of(const postern_csaf *csaf, postern_csaf_summary *ret_summary) {
    const json_t *document = csaf_get(csaf->root, "document"), *tracking = csaf_get(document, "tracking");
    *ret_summary = (postern_csaf_summary){
        .id = text_of(tracking, "id"),
        .title = text_of(document, "title"),
        .lang = text_of(document, "lang"),
        .category = text_of(document, "category"),
        .severity = text_of(csaf_get(document, "aggregate_severity"), "text"),
        .released = text_of(tracking, "initial_release_date"),
        .version = text_of(tracking, "version"),
        .vulnerabilities = json_array_size(csaf_get(csaf->root, "vulnerabilities")),
    };
}

/* ---- paths and problems ---- */

static void send_problem(csaf_check *c, const char *test, const char *text, const char *detail) {
    if (c->path.status && !c->status) c->status = c->path.status;
    if (c->status || c->problems++ >= POSTERN_LIMIT_ADVISORY_PROBLEMS) return;
    postern_csaf_problem problem = {
        .test = test, .text = text, .path = postern_buf_slice(&c->path), .detail = postern_slice_cstr(detail)};
    if (c->sink && c->sink->problem) c->status = c->sink->problem(c->sink->user, &problem);
}

void csaf_problem_here(csaf_check *c, const char *test, const char *text, const char *detail) {
    send_problem(c, test, text, detail);
}

void csaf_problem(csaf_check *c, const char *test, const char *text, const char *detail, const char *path, ...) {
    char line[256];
    va_list args;
    va_start(args, path);
    vsnprintf(line, sizeof line, path, args);
    va_end(args);
    size_t length = c->path.len;
    postern_buf_add_slice(&c->path, postern_slice_cstr(line));
    send_problem(c, test, text, detail);
    csaf_path_pop(c, length);
}

/* RFC 6901: '~' and '/' of a name are escaped. */
size_t csaf_path_key(csaf_check *c, const char *key) {
    size_t length = c->path.len;
    postern_buf_add_byte(&c->path, '/');
    for (; *key; key++) {
        if (*key == '~')
            postern_buf_add(&c->path, "~0", 2);
        else if (*key == '/')
            postern_buf_add(&c->path, "~1", 2);
        else
            postern_buf_add_byte(&c->path, (uint8_t)*key);
    }
    return length;
}

size_t csaf_path_index(csaf_check *c, size_t index) {
    size_t length = c->path.len;
    postern_buf_printf(&c->path, "/%zu", index);
    return length;
}

void csaf_path_pop(csaf_check *c, size_t length) {
    c->path.len = length;
}

json_t *csaf_set_new(csaf_check *c) {
    json_t *set = json_object();
    if (!set && !c->status) c->status = POSTERN_NOMEM;
    return set;
}

bool csaf_seen(csaf_check *c, json_t *set, const char *key) {
    if (json_object_get(set, key)) return true;
    if (json_object_set_new_nocheck(set, key, json_true()) && !c->status) c->status = POSTERN_NOMEM;
    return false;
}

/* ---- the run ---- */

/* The first definition of a group counts. */
static void index_groups(csaf_check *c) {
    const json_t *groups = csaf_get(csaf_get(c->root, "product_tree"), "product_groups");
    c->groups = csaf_set_new(c);
    for (size_t i = 0; c->groups && i < json_array_size(groups); i++) {
        const char *id = csaf_text(json_array_get(groups, i), "group_id");
        json_t *products = csaf_get(json_array_get(groups, i), "product_ids");
        if (id && products && !json_object_get(c->groups, id) && json_object_set_nocheck(c->groups, id, products))
            c->status = POSTERN_NOMEM;
    }
}

postern_status postern_csaf_check(const postern_csaf *csaf, const postern_csaf_sink *sink, uint64_t *ret_problems) {
    static void (*const parts[])(csaf_check *) = {csaf_check_schema,   csaf_check_ids,    csaf_check_relations,
                                                  csaf_check_products, csaf_check_scores, csaf_check_tracking,
                                                  csaf_check_values,   csaf_check_profile};
    csaf_check c = {.root = csaf->root, .sink = sink};
    postern_buf_init(&c.path, 1 << 20);
    index_groups(&c);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !c.status; i++) parts[i](&c);
    if (!c.status) c.status = c.path.status; /* a path that did not fit: its problems were lost */
    json_decref(c.groups);
    postern_buf_free(&c.path);
    if (!c.status) *ret_problems = c.problems;
    return c.status;
}
