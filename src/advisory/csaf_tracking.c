/* The revision history and the version of a document: 6.1.14, 6.1.16 to 6.1.22, 6.1.30. */
#include "csaf_int.h"

#include <stdlib.h>

typedef struct item {
    csaf_time time;
    csaf_version version;
    size_t index;
    bool whole; /* date and number can be read */
} item;

typedef struct history {
    item *items; /* as written */
    size_t count;
    bool whole;
    const char *status, *version_text;
    csaf_version version;
    bool has_version;
} history;

static bool released(const history *h) {
    return h->status && (!strcmp(h->status, "final") || !strcmp(h->status, "interim"));
}

static bool zero(const csaf_version *v) {
    return postern_slice_eq(v->number[0], POSTERN_S("0"));
}

static int by_date(const void *a, const void *b) {
    const item *x = a, *y = b;
    int order = csaf_time_compare(x->time, y->time);
    if (!order) order = csaf_version_compare(&x->version, &y->version);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

/* Majors from 0 or 1 on, none left out. The numbers are compared as text: they have no ceiling. */
static void check_gaps(csaf_check *c, const item *sorted, size_t count) {
    uint64_t at;
    for (size_t i = 0; i < count; i++) {
        bool small = postern_slice_uint(sorted[i].version.number[0], 1u << 30, &at);
        uint64_t before = 0;
        if (i) postern_slice_uint(sorted[i - 1].version.number[0], 1u << 30, &before);
        if (!small || (!i && at > 1) || (i && at > before + 1))
            csaf_problem(c, "6.1.21", i ? "leaves out a version before this one" : "does not begin with version 0 or 1", NULL,
                         "/document/tracking/revision_history/%zu/number", sorted[i].index);
    }
}

static bool same_but_build(const csaf_version *a, const csaf_version *b, bool draft) {
    csaf_version x = *a, y = *b;
    if (draft) x.pre = y.pre = (postern_slice){0};
    return x.semantic == y.semantic && csaf_version_compare(&x, &y) == 0;
}

static void check_order(csaf_check *c, const history *h, item *sorted) {
    memcpy(sorted, h->items, h->count * sizeof *sorted);
    qsort(sorted, h->count, sizeof *sorted, by_date);
    for (size_t i = 1; i < h->count; i++)
        if (csaf_version_compare(&sorted[i - 1].version, &sorted[i].version) > 0)
            csaf_problem(c, "6.1.14", "has a lower version than an earlier item", NULL,
                         "/document/tracking/revision_history/%zu/number", sorted[i].index);
    check_gaps(c, sorted, h->count);
    if (h->has_version && h->status && !same_but_build(&h->version, &sorted[h->count - 1].version, !strcmp(h->status, "draft")))
        csaf_problem(c, "6.1.16", "is not the version of the latest item of the revision history", h->version_text,
                     "/document/tracking/version");
}

static void check_status(csaf_check *c, const history *h) {
    bool draft = h->status && !strcmp(h->status, "draft");
    if (h->has_version && h->status && !draft && (zero(&h->version) || h->version.pre.len))
        csaf_problem(c, "6.1.17", "has to be draft for such a version", h->status, "/document/tracking/status");
    if (h->has_version && released(h) && h->version.pre.len)
        csaf_problem(c, "6.1.20", "has a pre-release part although the document is released", h->version_text,
                     "/document/tracking/version");
}

static void check_items(csaf_check *c, const history *h, const json_t *list) {
    json_t *numbers = csaf_set_new(c);
    for (size_t i = 0; numbers && i < h->count && !c->status; i++) {
        const char *number = csaf_text(json_array_get(list, i), "number");
        if (!number) continue;
        if (csaf_seen(c, numbers, number))
            csaf_problem(c, "6.1.22", "is used by an earlier item already", number,
                         "/document/tracking/revision_history/%zu/number", i);
        if (!h->items[i].version.number[0].len) continue;
        if (released(h) && zero(&h->items[i].version))
            csaf_problem(c, "6.1.18", "is a version 0 in the history of a released document", number,
                         "/document/tracking/revision_history/%zu/number", i);
        if (h->items[i].version.pre.len)
            csaf_problem(c, "6.1.19", "has a pre-release part", number, "/document/tracking/revision_history/%zu/number", i);
        const item *first = &h->items[0];
        if (first->version.number[0].len && first->version.semantic != h->items[i].version.semantic)
            csaf_problem(c, "6.1.30", "mixes integers and semantic versions", number,
                         "/document/tracking/revision_history/%zu/number", i);
    }
    if (h->count && h->items[0].version.number[0].len && h->has_version && h->items[0].version.semantic != h->version.semantic)
        csaf_problem(c, "6.1.30", "mixes integers and semantic versions", h->version_text, "/document/tracking/version");
    json_decref(numbers);
}

void csaf_check_tracking(csaf_check *c) {
    const json_t *tracking = csaf_get(csaf_get(c->root, "document"), "tracking"),
                 *list = csaf_get(tracking, "revision_history");
    history h = {.count = json_array_size(list),
                 .whole = true,
                 .status = csaf_text(tracking, "status"),
                 .version_text = csaf_text(tracking, "version")};
    h.has_version = h.version_text && csaf_version_parse(postern_slice_cstr(h.version_text), &h.version);
    h.items = calloc(h.count * 2 + 1, sizeof *h.items);
    if (!h.items) {
        c->status = POSTERN_NOMEM;
        return;
    }
    for (size_t i = 0; i < h.count; i++) {
        const char *date = csaf_text(json_array_get(list, i), "date"), *number = csaf_text(json_array_get(list, i), "number");
        h.items[i].index = i;
        bool dated = date && csaf_time_parse(postern_slice_cstr(date), &h.items[i].time);
        bool numbered = number && csaf_version_parse(postern_slice_cstr(number), &h.items[i].version);
        if (!dated || !numbered) h.whole = false;
    }
    check_status(c, &h);
    check_items(c, &h, list);
    if (h.whole && h.count) check_order(c, &h, h.items + h.count);
    free(h.items);
}
