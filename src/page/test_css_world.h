/* A small archive for tests of the CSS filter, and the checks that each text it writes has to stand. */
#ifndef POSTERN_PAGE_TEST_CSS_WORLD_H
#define POSTERN_PAGE_TEST_CSS_WORLD_H

#include "base/test_oom.h"

#include "page/test_css_closed.h"

/* ---- an archive of a few parts --------------------------------------------------------------------------------------- */

#define PNG "data:image/png;base64,iVBORw0KGgo="
#define WOFF "data:font/woff2;base64,d09GMg=="

typedef struct world {
    postern_arena *arena;
    page_css_budget budget;
    unsigned asked, notes;
    postern_slice sheet; /* what "self.css" is */
    postern_status fail;
} world;

static inline postern_status resolve(void *user, postern_slice text, const postern_url *base, postern_use use,
                                     const postern_sink *out, bool *ret_ok) {
    world *w = user;
    postern_slice found = {0};
    (void)base;
    w->asked++;
    if (text.len == 0 || text.ptr[0] == '#') return POSTERN_USAGE; /* the contract */
    if (w->fail) return w->fail;
    if (use == POSTERN_USE_IMAGE && postern_slice_ends(text, POSTERN_S("ok.png"))) found = POSTERN_S(PNG);
    if (use == POSTERN_USE_IMAGE && postern_slice_starts(text, POSTERN_S("data:image/png"))) found = text;
    if (use == POSTERN_USE_FONT && postern_slice_ends(text, POSTERN_S("ok.woff2"))) found = POSTERN_S(WOFF);
    if (use == POSTERN_USE_FONT && postern_slice_starts(text, POSTERN_S("data:font/woff2;base64,"))) found = text;
    if (postern_slice_eq(text, POSTERN_S("odd name"))) found = POSTERN_S("data:image/png,\"<&\\\n\xC3\xA9 )");
    if (postern_slice_starts(text, POSTERN_S("page.html#"))) found = postern_slice_from(text, 9);
    *ret_ok = found.len != 0;
    return found.len ? postern_sink_write(out, found) : POSTERN_OK;
}

static inline postern_status import(void *user, postern_slice text, const postern_url *base, postern_slice *ret_utf8,
                                    const postern_url **ret_base, bool *ret_found) {
    world *w = user;
    *ret_base = base;
    *ret_found = true;
    if (postern_slice_eq(text, POSTERN_S("a.css"))) *ret_utf8 = POSTERN_S("a{b:url(ok.png)}@media print{c{d:e}");
    else if (postern_slice_eq(text, POSTERN_S("b.css"))) *ret_utf8 = POSTERN_S("@import 'a.css';@import url(gone.css);x{y:z}");
    else if (postern_slice_eq(text, POSTERN_S("self.css"))) *ret_utf8 = w->sheet;
    else *ret_found = false;
    return POSTERN_OK;
}

static inline void count_note(void *user, const postern_note *note) {
    (void)note;
    ++((world *)user)->notes;
}

typedef enum kind { SHEET, STYLE, MEDIA, VALUE } kind;

/* Filters `css` into *out (empty when it was refused) and returns the status. */
static inline postern_status filter(world *w, kind what, postern_slice css, postern_buf *out) {
    postern_notes notes = {count_note, w};
    page_css_rules rules = {resolve, import, w, NULL, &notes, 7, &w->budget, true};
    postern_sink sink = postern_buf_sink(out);
    bool ok = true;
    postern_buf_init(out, SIZE_MAX);
    rules.scratch = w->arena;
    if (what == SHEET) return page_css_sheet(&rules, css, NULL, 0, &sink);
    if (what == STYLE) return page_css_declarations(&rules, css, NULL, &sink);
    postern_status status = what == MEDIA ? page_css_media_list(&rules, css, &sink, &ok)
                                          : page_css_value(&rules, POSTERN_S("fill"), css, NULL, &sink, &ok);
    assert_true(status || ok == (out->len != 0));
    return status;
}

static inline void begin(world *w) {
    *w = (world){.arena = postern_arena_new(1u << 30)};
    assert_non_null(w->arena);
}

static inline void assert_closed(postern_slice text, postern_slice source, postern_arena *arena) {
    const char *wrong = css_closed(text, arena);
    if (!wrong) return;
    print_error("%s:\n  [%.*s]\n  [%.*s]\n", wrong, POSTERN_ARG(source), POSTERN_ARG(text));
    fail();
}

/* Filters, compares, checks the closed language, filters again. Returns the notes sent. */
static inline unsigned check(kind what, const char *in, const char *expected) {
    world w;
    postern_buf out, again;
    postern_slice css = postern_slice_cstr(in);
    begin(&w);
    assert_int_equal(filter(&w, what, css, &out), POSTERN_OK);
    unsigned notes = w.notes;
    if (!postern_slice_eq(postern_buf_slice(&out), postern_slice_cstr(expected))) {
        print_error("  in       [%s]\n  expected [%s]\n", in, expected);
        print_error("  got      [%.*s]\n", POSTERN_ARG(postern_buf_slice(&out)));
        fail();
    }
    assert_closed(postern_buf_slice(&out), css, w.arena);
    assert_int_equal(filter(&w, what, postern_buf_slice(&out), &again), POSTERN_OK);
    assert_same_slice(postern_buf_slice(&again), postern_buf_slice(&out));
    postern_buf_free(&out);
    postern_buf_free(&again);
    postern_arena_free(w.arena);
    return notes;
}

#endif
