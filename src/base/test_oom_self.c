/* Does the helper that fails allocations really fail them, and does it see what is left behind? */
#include "base/test_oom.h"

#include <stdlib.h>

static postern_status careful(void *user) {
    size_t *rounds = user;
    postern_buf buf;
    postern_buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < *rounds; i++) (void)postern_buf_add(&buf, "0123456789abcdef", 16);
    postern_status status = buf.status;
    postern_buf_free(&buf);
    return status;
}

static postern_status arena_life(void *user) {
    (void)user;
    postern_arena *arena = postern_arena_new(1 << 20);
    if (!arena) return POSTERN_NOMEM;
    postern_status status = POSTERN_OK;
    postern_slice copy;
    for (int i = 0; i < 40 && status == POSTERN_OK; i++) status = postern_arena_copy(arena, POSTERN_S("some text"), &copy);
    postern_arena_free(arena);
    return status;
}

static void each_allocation_is_refused_once(void **state) {
    (void)state;
    size_t rounds = 5000;
    assert_true(test_oom_each(careful, &rounds) >= 3);
    assert_true(test_oom_each(arena_life, NULL) >= 1);
}

static void refusal_and_leak_are_seen(void **state) {
    (void)state;
    test_oom_arm(1, false);
    void *first = malloc(10), *second = malloc(10), *third = calloc(3, 3);
    assert_true(test_oom_disarm());
    assert_non_null(first);
    assert_null(second);
    assert_non_null(third);
    assert_int_equal(test_oom_live(), 2);
    free(first);
    free(third);

    test_oom_arm(1, true);
    char *kept = malloc(10), *grown = realloc(kept, 5000);
    third = strdup("x");
    assert_null(third);
    assert_int_equal(test_oom_live(), 1);
    assert_null(grown);
    free(grown ? grown : kept); /* the refused block is still there and still ours */
    assert_int_equal(test_oom_live(), 0);
    assert_true(test_oom_disarm());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_is_refused_once),
        cmocka_unit_test(refusal_and_leak_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
