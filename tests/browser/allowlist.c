/*
 * The closed output language as JSON, from the very tables the page writer uses: what the walk through Chromium's tree is held
 * against. Only what may leave; what a table names in order to leave it out is not here.
 */
#include <stdio.h>

#include "page/html_tables.h"

static bool leaves(const page_element *e) {
    switch (e->action) {
    case PAGE_DO_UNWRAP:
    case PAGE_DO_DROP:
    case PAGE_DO_IGNORE:
    case PAGE_DO_SCRIPT:
    case PAGE_DO_LINK:
    case PAGE_DO_BASE:
    case PAGE_DO_TEMPLATE:
    case PAGE_DO_FRAMESET:
    case PAGE_DO_FRAME:
    case PAGE_DO_OBJECT:
    case PAGE_DO_EMBED: return false;
    default: return true;
    }
}

static void elements(const char *space, unsigned flag, const char *end) {
    printf("  \"%s\": [", space);
    const char *comma = "";
    for (size_t i = 0; i < page_element_count; i++) {
        const page_element *e = &page_elements[i];
        if (!(e->flags & flag) || !leaves(e)) continue;
        printf("%s\"%s\"", comma, e->name);
        comma = ", ";
    }
    printf("]%s\n", end);
}

int main(void) {
    printf("{\"elements\": {\n");
    elements("html", PAGE_E_HTML, ",");
    elements("svg", PAGE_E_SVG, ",");
    elements("mathml", PAGE_E_MATH, "");
    printf("}, \"attributes\": [");
    const char *comma = "";
    for (size_t i = 0; i < page_attribute_count; i++) {
        const page_attribute *a = &page_attributes[i];
        if (a->kind == PAGE_A_BLOCK || a->kind == PAGE_A_MUTE || a->kind == PAGE_A_FORM) continue;
        printf("%s\"%s\"", comma, a->name);
        comma = ", ";
    }
    printf("]}\n");
    return 0;
}
