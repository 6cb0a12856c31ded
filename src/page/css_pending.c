/* Until the CSS filter is here: no CSS leaves the page. The build file leaves this out as soon as css_filter.c is there. */
#include "css_filter.h"

postern_status page_css_sheet(const page_css_rules *rules, postern_slice utf8, const postern_url *base, unsigned import_depth,
                              const postern_sink *out) {
    (void)rules, (void)utf8, (void)base, (void)import_depth, (void)out;
    return POSTERN_OK;
}

postern_status page_css_declarations(const page_css_rules *rules, postern_slice utf8, const postern_url *base,
                                     const postern_sink *out) {
    (void)rules, (void)utf8, (void)base, (void)out;
    return POSTERN_OK;
}

postern_status page_css_value(const page_css_rules *rules, postern_slice property, postern_slice utf8, const postern_url *base,
                              const postern_sink *out, bool *ret_ok) {
    (void)rules, (void)property, (void)utf8, (void)base, (void)out;
    *ret_ok = false;
    return POSTERN_OK;
}
