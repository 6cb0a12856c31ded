/* Unit tests of the CSS filter: bounds, time, failures (P5), and its tables. */
#include "page/test_css_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void p5_imports_are_bounded(void **state) {
    (void)state;
    world w;
    postern_buf out;
    begin(&w);
    w.sheet = POSTERN_S("@import 'self.css';@import 'self.css';@import 'self.css';a{}");
    assert_int_equal(filter(&w, SHEET, w.sheet, &out), POSTERN_OK);
    assert_int_equal(w.budget.imports, POSTERN_LIMIT_IMPORTS);
    assert_true(w.notes > 0);
    assert_closed(postern_buf_slice(&out), w.sheet, w.arena);
    postern_buf_free(&out);
    w.budget = (page_css_budget){.import_bytes = POSTERN_LIMIT_IMPORT_BYTES};
    assert_int_equal(filter(&w, SHEET, POSTERN_S("@import 'a.css';"), &out), POSTERN_OK);
    assert_int_equal(out.len, 0);
    postern_buf_free(&out);
    postern_arena_free(w.arena);
}

/* ---- limits, time, failure ------------------------------------------------------------------------------------------- */

/* `before`, `times` times `middle`, `after`. */
static char *repeated(const char *before, const char *middle, size_t times, const char *after) {
    size_t a = strlen(before), m = strlen(middle), z = strlen(after);
    char *text = malloc(a + m * times + z + 1);
    assert_non_null(text);
    memcpy(text, before, a);
    for (size_t i = 0; i < times; i++) memcpy(text + a + i * m, middle, m);
    memcpy(text + a + m * times, after, z + 1);
    return text;
}

static void p5_depth_is_bounded(void **state) {
    (void)state;
    static const struct { const char *before, *middle, *after; size_t times; bool kept; } rows[] = {
        {"a{b:", "(", ";c:d", 64, true}, {"a{b:", "(", ";c:d", 66, false},
        {"", "a{", "b:c", 64, true}, {"", "a{", "b:c", 65, false},
        {"a{b:", "calc(", "", 100000, false}, {"", "@media x{", "a{b:c}", 100000, false}, {":is(", "[{(", "", 100000, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world w;
        postern_buf out;
        char *text = repeated(rows[i].before, rows[i].middle, rows[i].times, rows[i].after);
        begin(&w);
        assert_int_equal(filter(&w, SHEET, postern_slice_cstr(text), &out), POSTERN_OK);
        assert_closed(postern_buf_slice(&out), postern_slice_cstr("deep"), w.arena);
        if (rows[i].kept != (w.notes == 0)) fail_msg("row %zu: %u notes", i, w.notes);
        postern_buf_free(&out);
        postern_arena_free(w.arena);
        free(text);
    }
}

static double seconds(kind what, const char *text) {
    world w;
    postern_buf out;
    struct timespec a, b;
    begin(&w);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    assert_int_equal(filter(&w, what, postern_slice_cstr(text), &out), POSTERN_OK);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    postern_buf_free(&out);
    postern_arena_free(w.arena);
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/* A quarter of a megabyte of each takes milliseconds; anything quadratic would take minutes. */
static void p5_time_is_linear(void **state) {
    (void)state;
    static const char *const pieces[] = {
        ":", ";", "a:", "a:b", "a:b{", "a{b:c;", "(", ")", "}", "{", "[(", "a:hover{}", "--a:{", "\\", "\"", "'\n", "/*", "*/",
        "url(", "url('", "u\\72l(\"a\"", "@import", "@media(", "@", "<!--", "-->", "image-set('a'", "(a<", "(a<b)", "-",
        "1e", "\\31 ", ",url(a)",
    };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        for (int head = 0; head < 3; head++) {
            static const char *const heads[] = {"", "a{", "@media (a<"};
            char *text = repeated(heads[head], pieces[i], (1 << 18) / strlen(pieces[i]), "");
            double sheet = seconds(SHEET, text), style = seconds(STYLE, text);
            if (sheet > 1 || style > 1) fail_msg("%s%s…: %.2f s and %.2f s", heads[head], pieces[i], sheet, style);
            free(text);
        }
}

static void resolver_failures_end_the_filter(void **state) {
    (void)state;
    world w;
    postern_buf out;
    begin(&w);
    w.fail = POSTERN_LIMIT;
    assert_int_equal(filter(&w, SHEET, POSTERN_S("a{b:url(x)}c{d:url(x)}"), &out), POSTERN_LIMIT);
    assert_int_equal(w.asked, 1);
    postern_buf_free(&out);
    postern_arena_free(w.arena);
}

static void without_fonts_there_are_none(void **state) {
    (void)state;
    world w;
    begin(&w);
    page_css_rules rules = {.resolve = resolve, .user = &w, .scratch = w.arena, .allow_fonts = false};
    postern_buf out;
    postern_buf_init(&out, 1000);
    postern_sink sink = postern_buf_sink(&out);
    assert_int_equal(page_css_sheet(&rules, POSTERN_S("@font-face{src:url(ok.woff2)}a{b:c}"), NULL, 0, &sink), POSTERN_OK);
    assert_slice(postern_buf_slice(&out), "a{b:c;}");
    assert_int_equal(w.asked, 0);
    postern_buf_free(&out);
    postern_arena_free(w.arena);
}

/* Every name in the tables is found, so they are sorted. */
static void the_tables_are_sorted(void **state) {
    (void)state;
    static char text[20000];
    FILE *file = fopen(POSTERN_SOURCE_ROOT "/src/page/css_names.c", "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text, file), functions = 0, at_rules = 0;
    fclose(file);
    postern_slice rest = postern_slice_of(text, len), name;
    for (postern_cut line = postern_slice_cut(rest, '\n'); line.ok; line = postern_slice_cut(line.tail, '\n')) {
        postern_cut quote = postern_slice_cut(line.head, '"'), end = postern_slice_cut(quote.tail, '"');
        bool at = postern_slice_find(line.head, 0, POSTERN_S("PAGE_CSS_AT_")) != SIZE_MAX;
        bool in_table = postern_slice_starts(line.head, POSTERN_S("    PLAIN(\"")) ||
                        postern_slice_starts(line.head, POSTERN_S("    {\""));
        if (!in_table || !end.ok) continue;
        if (at) assert_true(page_css_at_of(end.head, &name) != PAGE_CSS_AT_NONE);
        else assert_true(page_css_function_of(end.head) != PAGE_CSS_FN_NONE);
        at_rules += at;
        functions += !at;
    }
    assert_true(functions > 150 && at_rules > 40);
    assert_int_equal(page_css_function_of(POSTERN_S("url\0x")), PAGE_CSS_FN_NONE);
}

static postern_status whole_life(void *user) {
    world w = {.arena = postern_arena_new(1 << 24)};
    postern_buf out;
    (void)user;
    if (!w.arena) return POSTERN_NOMEM;
    postern_slice css = POSTERN_S("@import 'b.css' print;@media (a<b){\\61{b:'\xFF\\62';c:url(ok.png)}}");
    postern_status status = filter(&w, SHEET, css, &out);
    if (!status) status = out.status;
    postern_buf_free(&out);
    if (!status) status = filter(&w, MEDIA, POSTERN_S("(a<\\62)"), &out);
    postern_buf_free(&out);
    postern_arena_free(w.arena);
    return status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    assert_true(test_oom_each(whole_life, NULL) >= 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p5_imports_are_bounded),
        cmocka_unit_test(p5_depth_is_bounded),
        cmocka_unit_test(p5_time_is_linear),
        cmocka_unit_test(resolver_failures_end_the_filter),
        cmocka_unit_test(without_fonts_there_are_none),
        cmocka_unit_test(the_tables_are_sorted),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
