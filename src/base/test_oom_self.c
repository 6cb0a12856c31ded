/* Does the helper that fails allocations really fail them, and see what is left behind? Then the entry points of base. */
#include "base/test_oom.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

static postern_status output_life(void *user) {
    postern_output *out;
    postern_status status = postern_output_open(AT_FDCWD, user, true, &out, NULL);
    if (status != POSTERN_OK) return status;
    postern_sink sink = postern_output_sink(out);
    status = sink.write(sink.user, "text", 4);
    if (status == POSTERN_OK) status = postern_output_commit(out, NULL);
    postern_output_free(out);
    return status;
}

static postern_status file_life(void *user) {
    postern_file *file;
    postern_status status = postern_file_open(AT_FDCWD, user, &file, NULL);
    if (status != POSTERN_OK) return status;
    postern_file_close(file);
    int fd = open(user, O_RDONLY | O_CLOEXEC);
    status = postern_file_read(fd, &file, NULL);
    close(fd);
    if (status == POSTERN_OK) postern_file_close(file);
    postern_output *out;
    if (status == POSTERN_OK) status = postern_output_fd(STDERR_FILENO, &out, NULL);
    if (status == POSTERN_OK) postern_output_free(out);
    return status;
}

static postern_status writers_life(void *user) {
    (void)user;
    postern_buf out;
    postern_json json;
    postern_buf_init(&out, 1 << 20);
    postern_json_init(&json, &out, true);
    postern_json_array(&json);
    for (int i = 0; i < 100; i++) postern_json_string(&json, POSTERN_S("a\x1b[31m \xe2\x80\xae \xff b"));
    postern_json_end_array(&json);
    postern_status status = out.status;
    if (status == POSTERN_OK) status = postern_escape_line(&out, POSTERN_S("\x1b\xe2\x80\xae"), 100);
    if (status == POSTERN_OK) status = postern_buf_printf(&out, "%*d", 9000, 1);
    if (status == POSTERN_OK) status = postern_buf_add_utf8(&out, 0x1F600);
    postern_buf_free(&out);
    return status;
}

static void t1_every_allocation_of_base_may_fail(void **state) {
    (void)state;
    char folder[] = "/tmp/postern-test-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    assert_true(test_oom_each(output_life, path) >= 3);
    assert_true(test_oom_each(file_life, path) >= 5);
    assert_true(test_oom_each(writers_life, NULL) >= 3);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* and no temporary is left */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_is_refused_once),
        cmocka_unit_test(refusal_and_leak_are_seen),
        cmocka_unit_test(t1_every_allocation_of_base_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
