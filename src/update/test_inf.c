/* Setup information files: what lines mean, and what is an error. */
#include "base/test_oom.h"

#include "update_int.h"

typedef struct row {
    const char *text, *section, *key;
    const char *joined; /* values with '|' between them; NULL: the file is refused */
    postern_status status;
} row;

#define STRINGS "[Strings]\nname=\"The Name\"\npath = Software\\Test\n"

static const row rows[] = {
    {"[a]\nk=v\n", "a", "k", "v", 0},
    {"[A]\r\nK = v \r\n", "a", "k", "v", 0},
    {"; nothing\n\n[a] ; a section\n k = v ; a comment\n", "a", "k", "v", 0},
    {"[a]\nx,y , z\n", "a", "", "x|y|z", 0},
    {"[a]\nk=1,,3,\n", "a", "k", "1||3|", 0},
    {"[a]\nk=\"a;b,c = d\"\n", "a", "k", "a;b,c = d", 0},
    {"[a]\nk=\"say \"\"so\"\"\", \" kept \"\n", "a", "k", "say \"so\"| kept ", 0},
    {"[a]\nk=one, \\\n  two, \\ ; why\n three\n", "a", "k", "one|two|three", 0},
    {"[a]\nk=C:\\x\\y\n", "a", "k", "C:\\x\\y", 0},
    {"[a]\nk=%name%, %path%\\Sub, 100%%\n" STRINGS, "a", "k", "The Name|Software\\Test\\Sub|100%", 0},
    {"[a]\n%name%=%11%\\x.dll\n" STRINGS, "a", "The Name", "%11%\\x.dll", 0},
    {"[a]\nk=1\n[b]\nk=2\n[A]\nl=3\n", "a", "l", "3", 0},
    {"\xEF\xBB\xBF[a]\nk=\xE9\x96\x80\n", "a", "k", "\xE9\x96\x80", 0},
    {"[a]\nk=v", "a", "k", "v", 0},
    {"[a]\nk=\n", "a", "k", "", 0},
    {"", NULL, NULL, NULL, POSTERN_FORMAT},
    {"k=v\n", NULL, NULL, NULL, POSTERN_FORMAT},
    {"[a\nk=v\n", NULL, NULL, NULL, POSTERN_FORMAT},
    {"[]\nk=v\n", NULL, NULL, NULL, POSTERN_FORMAT},
    {"[a]\nk=\"open\n", NULL, NULL, NULL, POSTERN_FORMAT},
    {"[a]\nk=%nobody%\n", NULL, NULL, NULL, POSTERN_FORMAT},
};

static void join(const update_inf_line *line, postern_buf *out) {
    for (size_t i = 0; i < line->value_count; i++) {
        if (i) postern_buf_add_byte(out, '|');
        postern_buf_add_slice(out, line->values[i]);
    }
    postern_buf_add_byte(out, 0);
}

static void lines_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *r = &rows[i];
        postern_arena *arena = postern_arena_new(1 << 20);
        const update_inf *inf = NULL;
        postern_error error = {0};
        postern_status status = update_inf_read(postern_slice_cstr(r->text), arena, &inf, &error);
        if (status != r->status) print_error("%s: %s\n", r->text, error.text);
        assert_int_equal(status, r->status);
        if (!status) {
            postern_buf buf;
            postern_buf_init(&buf, 1000);
            const update_inf_line *line =
                update_inf_line_of(update_inf_find(inf, postern_slice_cstr(r->section)), postern_slice_cstr(r->key));
            assert_non_null(line);
            join(line, &buf);
            assert_string_equal((const char *)buf.ptr, r->joined);
            postern_buf_free(&buf);
        }
        postern_arena_free(arena);
    }
}

static void utf16_is_read(void **state) {
    (void)state;
    static const uint8_t text[] = "\xFF\xFE[\0a\0]\0\n\0k\0=\0\x80\x95\n";
    postern_arena *arena = postern_arena_new(1 << 20);
    const update_inf *inf = NULL;
    assert_int_equal(update_inf_read(postern_slice_of(text, sizeof text), arena, &inf, NULL), POSTERN_OK);
    assert_true(postern_slice_eq(update_inf_text(inf, "a", "k"), POSTERN_S("\xE9\x96\x80")));
    postern_arena_free(arena);
}

static void z18_values_are_limited(void **state) {
    (void)state;
    postern_buf text;
    postern_buf_init(&text, 1 << 20);
    postern_buf_add_slice(&text, POSTERN_S("[a]\nk="));
    for (unsigned i = 0; i < POSTERN_LIMIT_INF_VALUES; i++) postern_buf_add_slice(&text, POSTERN_S("v,"));
    postern_arena *arena = postern_arena_new(1 << 20);
    const update_inf *inf = NULL;
    postern_error error;
    assert_int_equal(update_inf_read(postern_buf_slice(&text), arena, &inf, &error), POSTERN_LIMIT);
    assert_non_null(strstr(error.text, "INF_VALUES"));
    postern_arena_free(arena);
    postern_buf_free(&text);
}

static postern_status life(void *user) {
    postern_arena *arena = postern_arena_new(1 << 20);
    const update_inf *inf;
    postern_status status = arena ? update_inf_read(postern_slice_cstr(user), arena, &inf, NULL) : POSTERN_NOMEM;
    postern_arena_free(arena);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    test_oom_each(life, (void *)(uintptr_t) "[a]\nk=%name%,\"x\"\n" STRINGS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(utf16_is_read),
        cmocka_unit_test(z18_values_are_limited),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
