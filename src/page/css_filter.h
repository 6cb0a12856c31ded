/*
 * The CSS filter (P3): style sheets and declarations in, style sheets and declarations out that load nothing, in a spelling
 * that is safe wherever HTML may believe it stands (P1). Everything is written anew from tokens; nothing of the source's text
 * passes.
 *
 * What can leave: tokens. Of these, a URL is a literal of ours (a data: URL from the resolver, "#fragment", or "data:,", which
 * browsers show as a picture that failed); a function or at-rule is on an allowlist; braces, brackets and parentheses are
 * balanced. That holds for the flat sequence of tokens, so it holds however a browser nests them, and for custom properties:
 * what var() brings is made of the same tokens, and no function that takes a URL lets var(), attr(), env() or if() in.
 */
#ifndef POSTERN_PAGE_CSS_FILTER_H
#define POSTERN_PAGE_CSS_FILTER_H

#include "postern/css.h"
#include "postern/page.h"
#include "postern/url.h"

/* What one page may spend on imports, all sheets and frames together; zero it once a page. */
typedef struct page_css_budget {
    uint32_t imports;      /* sheets inlined so far, at most POSTERN_LIMIT_IMPORTS */
    uint64_t import_bytes; /* their text, at most POSTERN_LIMIT_IMPORT_BYTES */
} page_css_budget;

/* All that the filter asks of the outside. `user` is handed to both callbacks. */
typedef struct page_css_rules {
    /* A picture or font (`use`) by the text of its URL, escapes decoded; it is never empty and does not begin with '#', but
     * may be a data: URL of the source: whether its type is safe and its payload what it says (Z7) is the callback's to judge.
     * Writes a whole URL that loads nothing: "data:…" or a file name of ours (what may not stand in a CSS string is
     * percent-encoded), or "#fragment", which the filter keeps only where it means an element of this document. *ret_ok false:
     * nothing was written. A status other than OK ends the filter with it. */
    postern_status (*resolve)(void *user, postern_slice url_text, const postern_url *base, postern_use use,
                              const postern_sink *out_url, bool *ret_ok);
    /* The text of an imported sheet and the base for what it refers to; both live as long as the filter runs. */
    postern_status (*import)(void *user, postern_slice url_text, const postern_url *base, postern_slice *ret_utf8,
                             const postern_url **ret_base, bool *ret_found);
    void *user;
    postern_arena *scratch;     /* decoded names and values; grows with the sheet */
    const postern_notes *notes; /* POSTERN_NOTE_PAGE_CSS for what policy left out (not for what no browser understands), … */
    uint32_t part;              /* … with this part and the offset in the text */
    page_css_budget *budget;    /* NULL: no imports */
    bool allow_fonts;           /* false: no @font-face */
} page_css_rules;

/* The content of a style element or a sheet; `import_depth` is 0 but for the filter itself. Invalid UTF-8 is read as U+FFFD.
 * The output is balanced; when the call fails it is a beginning of that, which the end of the style element ends for CSS, too.
 * */
postern_status page_css_sheet(const page_css_rules *rules, postern_slice utf8, const postern_url *base, unsigned import_depth,
                              const postern_sink *out) POSTERN_MUST;
/* The content of a style attribute, as "name:value;name:value;"; the caller escapes it for HTML. */
postern_status page_css_declarations(const page_css_rules *rules, postern_slice utf8, const postern_url *base,
                                     const postern_sink *out) POSTERN_MUST;
/* The value of a presentation attribute that may hold a URL (fill, stroke, filter, clip-path, mask, marker-*, cursor, …):
 * `property` is its name. *ret_ok false: nothing was written, leave the attribute out. Not for attributes with a grammar of
 * their own (transform, d, points, viewBox). */
postern_status page_css_value(const page_css_rules *rules, postern_slice property, postern_slice utf8, const postern_url *base,
                              const postern_sink *out, bool *ret_ok) POSTERN_MUST;
/* A media query list, as in the attribute media. *ret_ok false: nothing was written; the list applies to nothing. */
postern_status page_css_media_list(const page_css_rules *rules, postern_slice utf8, const postern_sink *out, bool *ret_ok)
    POSTERN_MUST;

#endif
