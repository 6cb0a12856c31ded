/* Unit tests of the room base. */
#define _GNU_SOURCE
#include "test_base.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/socket.h>
#include <unistd.h>

static void slices_are_clamped(void **state) {
    (void)state;
    postern_slice s = POSTERN_S("abc");
    assert_slice(postern_slice_sub(s, 1, 99), "bc");
    assert_slice(postern_slice_sub(s, 99, 1), "");
    assert_slice(postern_slice_trim(POSTERN_S(" \t x y\r\n")), "x y");
    postern_cut cut = postern_slice_cut(POSTERN_S("a=b=c"), '=');
    assert_true(cut.ok);
    assert_slice(cut.head, "a");
    assert_slice(cut.tail, "b=c");
    cut = postern_slice_cut_last(POSTERN_S("a=b=c"), '=');
    assert_slice(cut.head, "a=b");
    assert_false(postern_slice_cut(s, '=').ok);
    assert_int_equal(postern_slice_find_nocase(POSTERN_S("xxAbC"), 0, s), 2);
    assert_true(postern_slice_find(s, 0, POSTERN_S("abcd")) == SIZE_MAX);
}

/* Every length of needle that goes another way, at each place and alignment, among bytes that nearly match. */
static void finding_agrees_with_its_definition(void **state) {
    (void)state;
    uint8_t bytes[96];
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = "\nFro"[(seed = seed * 1664525 + 1013904223) >> 30];
        size_t start = seed % 17, len = (seed >> 8) % (sizeof bytes - start + 1), needle_len = 1 + (seed >> 16) % 20;
        postern_slice s = postern_slice_of(bytes + start, len);
        postern_slice needle = postern_slice_of(bytes + (seed >> 20) % 70, needle_len);
        size_t from = (seed >> 4) % 30, want = SIZE_MAX;
        for (size_t at = from; at + needle_len <= len && want == SIZE_MAX; at++)
            if (!memcmp(s.ptr + at, needle.ptr, needle_len)) want = at;
        assert_true(postern_slice_find(s, from, needle) == want);
    }
}

/* The paper's own key and input, and all lengths of a last word. */
static void keyed_hash_as_published(void **state) {
    (void)state;
    static const uint8_t text[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
    const postern_hash_key key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
    static const uint64_t wanted[] = {0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
                                      0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_true(postern_slice_keyed_hash(postern_slice_of(text, i), &key) == wanted[i]);
    assert_true(postern_slice_keyed_hash(postern_slice_of(text, 15), &key) == 0xa129ca6149be45e5);
    postern_hash_key made[2];
    postern_hash_key_make(&made[0]);
    postern_hash_key_make(&made[1]);
    assert_memory_not_equal(&made[0], &made[1], sizeof made[0]);
}

static void numbers_are_whole_and_bounded(void **state) {
    (void)state;
    uint64_t value;
    assert_true(postern_slice_uint(POSTERN_S("4294967295"), UINT32_MAX, &value));
    assert_int_equal(value, UINT32_MAX);
    assert_false(postern_slice_uint(POSTERN_S("4294967296"), UINT32_MAX, &value));
    assert_false(postern_slice_uint(POSTERN_S(""), 9, &value));
    assert_false(postern_slice_uint(POSTERN_S("+1"), 9, &value));
    assert_false(postern_slice_uint(POSTERN_S("99999999999999999999"), UINT64_MAX, &value));
    assert_true(postern_slice_hex(POSTERN_S("00000000ffffFFFF9"), UINT64_MAX, &value));
    assert_int_equal(value, 0xFFFFFFFF9);
    assert_false(postern_slice_hex(POSTERN_S("100000000"), UINT32_MAX, &value));
    assert_false(postern_slice_hex(POSTERN_S("10000000000000000"), UINT64_MAX, &value));
    assert_false(postern_slice_hex(POSTERN_S(""), 9, &value));
    assert_false(postern_slice_hex(POSTERN_S("0x1"), 9, &value));
}

static void hex_there_and_back(void **state) {
    (void)state;
    postern_buf buf;
    postern_buf_init(&buf, 8);
    assert_int_equal(postern_buf_add_hex(&buf, "\x00\xAf\x9", 3), POSTERN_OK);
    assert_slice(postern_buf_slice(&buf), "00af09");
    assert_int_equal(postern_hex_at(postern_buf_slice(&buf), 2), 0xAF);
    assert_int_equal(postern_hex_at(postern_buf_slice(&buf), 5), -1); /* one digit */
    assert_int_equal(postern_hex_at(postern_buf_slice(&buf), SIZE_MAX), -1);
    assert_int_equal(postern_hex_at(POSTERN_S("Fg"), 0), -1);
    assert_int_equal(postern_hex_at(POSTERN_S("gF"), 0), -1);
    assert_int_equal(postern_hex_at(POSTERN_S("Ff"), 0), 255);
    assert_int_equal(postern_buf_add_hex(&buf, "12", 2), POSTERN_LIMIT);
    assert_slice(postern_buf_slice(&buf), "00af09");
    postern_buf_free(&buf);
}

static void arena_keeps_its_cap(void **state) {
    (void)state;
    postern_arena *arena = postern_arena_new(10000);
    assert_non_null(arena);
    size_t got = 0;
    while (postern_arena_alloc(arena, 16)) got += 16;
    assert_true(got <= 10000 && got > 9900);
    assert_int_equal(postern_arena_failure(arena), POSTERN_LIMIT);
    assert_null(postern_arena_zalloc(arena, SIZE_MAX, 2));
    postern_arena_free(arena);
    postern_arena_free(NULL);
}

static void buffer_remembers_failure(void **state) {
    (void)state;
    postern_buf buf;
    postern_buf_init(&buf, 8);
    assert_int_equal(postern_buf_add(&buf, "12345", 5), POSTERN_OK);
    assert_int_equal(postern_buf_add(&buf, "6789", 4), POSTERN_LIMIT);
    assert_int_equal(postern_buf_add(&buf, "6", 1), POSTERN_LIMIT);
    assert_slice(postern_buf_slice(&buf), "12345");
    postern_buf_clear(&buf);
    assert_int_equal(postern_buf_add(&buf, "12345678", 8), POSTERN_OK);
    postern_buf_free(&buf);
}

static void utf8_as_whatwg_says(void **state) {
    (void)state;
    static const struct { const char *bytes; size_t valid; } rows[] = {
        {"abc", 3}, {"\xC3\xA9", 2}, {"\xC0\x80", 0}, {"a\xED\xA0\x80", 1}, {"\xEF\xBF\xBD", 3}, {"\xF4\x90\x80\x80", 0},
        {"\xF0\x9F\x98\x80", 4}, {"12345678\xFF", 8}, {"\xE2\x82", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(postern_utf8_valid_prefix(postern_slice_cstr(rows[i].bytes)), rows[i].valid);
    size_t len;
    assert_int_equal(postern_utf8_at(POSTERN_S("\xE2\x82x"), 0, &len), 0xFFFD);
    assert_int_equal(len, 2); /* one U+FFFD for the valid beginning */
}

static void utf16_there_and_back(void **state) {
    (void)state;
    static const struct {
        const char *bytes; /* big-endian */
        size_t size, taken;
        uint32_t scalar;
    } rows[] = {
        {"\x00\x41\xD8\x3D", 4, 2, 0x41},    {"\xD8\x3D\xDE\x00", 4, 4, 0x1F600},    {"\xD8\x3D\x00\x41", 4, 2, 0xFFFD},
        {"\xD8\x3D", 2, 2, 0xFFFD},          {"\xD8\x3D\xDE", 3, 2, 0xFFFD},         {"\xDE\x00\xD8\x3D", 4, 2, 0xFFFD},
        {"\xDB\xFF\xDF\xFF", 4, 4, 0x10FFFF}, {"\xD8\x3D\xE0\x00", 4, 2, 0xFFFD},
    };
    postern_buf buf;
    size_t len;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t swapped[4] = {0};
        for (size_t k = 0; k < rows[i].size; k++) swapped[k ^ 1] = (uint8_t)rows[i].bytes[k];
        assert_int_equal(postern_utf16_at(postern_slice_of(rows[i].bytes, rows[i].size), 0, true, &len), rows[i].scalar);
        assert_int_equal(len, rows[i].taken);
        assert_int_equal(postern_utf16_at(postern_slice_of(swapped, rows[i].size), 0, false, &len), rows[i].scalar);
    }
    postern_buf_init(&buf, 10);
    assert_int_equal(postern_buf_add_utf16le(&buf, POSTERN_S("A\xF0\x9F\x98\x80\xFF")), POSTERN_OK);
    assert_slice(postern_buf_slice(&buf), "A\0\x3D\xD8\x00\xDE\xFD\xFF");
    assert_int_equal(postern_buf_add_utf16le(&buf, POSTERN_S("ab")), POSTERN_LIMIT);
    postern_buf_free(&buf);
}

static void escaped_line_is_harmless(void **state) {
    (void)state;
    postern_buf buf;
    postern_buf_init(&buf, 4096);
    postern_escape_line(&buf, POSTERN_S("a\x1b[31m\xE2\x80\xAE\xFF\\\n"), 1000);
    assert_slice(postern_buf_slice(&buf), "a\\x1b[31m\\u{202e}\\xff\\\\\\x0a");
    static const struct {
        const char *text;
        size_t max;
        const char *shown;
    } rows[] = {
        {"abcdef", 3, "abc…"},
        {"C:\\WINDOWS\\system32\\", 100, "C:\\WINDOWS\\system32\\"},
        {"\\\\server\\share", 100, "\\\\server\\share"},
        {"\\x1b", 100, "\\\\x1b"},       /* reads like an escape */
        {"C:\\x86", 100, "C:\\\\x86"},
        {"\\\\x1B", 100, "\\\\\\\\x1B"},
        {"\\\x1b", 100, "\\\\\\x1b"},   /* a backslash, then a control */
        {"\\\xE2\x80\xAE", 100, "\\\\\\u{202e}"},
        {"\\\xFF", 100, "\\\\\\xff"},
        {"\\u{202e}", 100, "\\\\u{202e}"},
        {"\\x1 \\xg0 \\u202e \\x", 100, "\\x1 \\xg0 \\u202e \\x"},
        {"\\x1\x1b", 100, "\\x1\\x1b"},
        {"\\\xEF\xBF\xBD", 100, "\\\xEF\xBF\xBD"},
        {"\\\\\\\\", 3, "\\\\\\…"},
        {"\\\\\\x00", 4, "\\\\\\\\…"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf_clear(&buf);
        postern_escape_line(&buf, postern_slice_cstr(rows[i].text), rows[i].max);
        assert_same_slice(postern_buf_slice(&buf), postern_slice_cstr(rows[i].shown));
    }
    postern_buf_free(&buf);
    postern_buf_init(&buf, 2); /* a buffer that is full ends the work too */
    assert_int_equal(postern_escape_line(&buf, POSTERN_S("a\\\\\\x1b\\b"), 1000), POSTERN_LIMIT);
    postern_buf_free(&buf);
}

static void json_nests_and_escapes(void **state) {
    (void)state;
    postern_buf buf;
    postern_json json;
    postern_buf_init(&buf, 4096);
    postern_json_init(&json, &buf, false);
    postern_json_object(&json);
    postern_json_key(&json, "a");
    postern_json_array(&json);
    postern_json_uint(&json, 1);
    postern_json_string(&json, POSTERN_S("\"\\\n\x01\xFF\xE2\x80\xAE"));
    postern_json_null(&json);
    postern_json_end_array(&json);
    postern_json_key(&json, "b");
    postern_json_bool(&json, true);
    postern_json_end_object(&json);
    assert_slice(postern_buf_slice(&buf), "{\"a\":[1,\"\\\"\\\\\\n\\u0001\xEF\xBF\xBD\\u202e\",null],\"b\":true}");
    postern_buf_free(&buf);
}

static void cursor_fails_at_the_end(void **state) {
    (void)state;
    postern_cursor c = postern_cursor_of(POSTERN_S("\x01\x02\x03\x04\x05"));
    assert_int_equal(postern_cursor_le32(&c), 0x04030201);
    assert_int_equal(postern_cursor_le16(&c), 0);
    assert_false(c.ok);
    assert_int_equal(postern_cursor_u8(&c), 0); /* stays failed */
}

static char folder[] = "/tmp/postern-base-XXXXXX";

/* T1: nothing is to be seen under the name before commit, and nothing at all without it. */
static void t1_output_is_whole_or_absent(void **state) {
    (void)state;
    int dir = open(folder, O_PATH | O_DIRECTORY);
    postern_output *out;
    postern_error err;
    assert_int_equal(postern_output_open(dir, "x", false, &out, &err), POSTERN_OK);
    postern_sink sink = postern_output_sink(out);
    for (int i = 0; i < 100000; i++) assert_int_equal(postern_sink_write(&sink, POSTERN_S("hello ")), POSTERN_OK);
    assert_int_not_equal(faccessat(dir, "x", F_OK, 0), 0);
    assert_int_equal(postern_output_commit(out, &err), POSTERN_OK);
    assert_int_equal(postern_output_written(out), 600000);
    postern_output_free(out);
    struct stat st;
    assert_int_equal(fstatat(dir, "x", &st, 0), 0);
    assert_int_equal(st.st_size, 600000);
    assert_int_equal(postern_output_open(dir, "x", false, &out, &err), POSTERN_USAGE);
    assert_int_equal(postern_output_open(dir, "y", false, &out, &err), POSTERN_OK);
    postern_output_free(out);
    assert_int_not_equal(faccessat(dir, "y", F_OK, 0), 0);
    postern_file *file;
    assert_int_equal(postern_file_open(dir, "x", &file, &err), POSTERN_OK);
    assert_int_equal(postern_file_bytes(file).len, 600000);
    postern_file_close(file);
    assert_int_equal(postern_file_open(dir, ".", &file, &err), POSTERN_FORMAT);
    close(dir);
}

static void t2_no_path_leaves_its_root(void **state) {
    (void)state;
    int dir = open(folder, O_RDONLY | O_DIRECTORY), fd;
    postern_error err;
    assert_int_equal(symlinkat("/etc", dir, "link"), 0);
    assert_int_equal(postern_beneath_open(dir, "../", O_RDONLY, 0, &fd, &err), POSTERN_DENIED);
    assert_int_equal(postern_beneath_open(dir, "/etc/passwd", O_RDONLY, 0, &fd, &err), POSTERN_DENIED);
    assert_int_equal(postern_beneath_open(dir, "link/passwd", O_RDONLY, 0, &fd, &err), POSTERN_DENIED);
    assert_int_equal(postern_beneath_open(dir, "x", O_RDONLY, 0, &fd, &err), POSTERN_OK);
    close(fd);
    close(dir);
}

static int in_sandboxed_child(int (*act)(int dir), int dir) {
    pid_t pid = fork();
    if (pid == 0) {
        postern_sandbox rules = {.write_dirs = &dir, .write_dir_count = 1};
        if (postern_sandbox_enter(&rules, NULL, NULL)) _exit(99);
        _exit(act(dir));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
}

static int act_write_inside(int dir) {
    int fd = openat(dir, "inside", O_WRONLY | O_CREAT, 0600);
    return fd >= 0 && write(fd, "x", 1) == 1 ? 0 : 1;
}
static int act_socket(int dir) {
    (void)dir;
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : 1;
}
static int act_exec(int dir) {
    (void)dir;
    return execl("/bin/true", "true", (char *)NULL);
}

static void sandbox_holds(void **state) {
    (void)state;
    int dir = open(folder, O_RDONLY | O_DIRECTORY);
    int status = in_sandboxed_child(act_write_inside, dir);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    status = in_sandboxed_child(act_socket, dir);
    assert_true(WIFSIGNALED(status));
    status = in_sandboxed_child(act_exec, dir);
    assert_true(WIFSIGNALED(status));
    close(dir);
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}
static int remove_folder(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_are_clamped),
        cmocka_unit_test(finding_agrees_with_its_definition),
        cmocka_unit_test(keyed_hash_as_published),
        cmocka_unit_test(numbers_are_whole_and_bounded),
        cmocka_unit_test(hex_there_and_back),
        cmocka_unit_test(arena_keeps_its_cap),
        cmocka_unit_test(buffer_remembers_failure),
        cmocka_unit_test(utf8_as_whatwg_says),
        cmocka_unit_test(utf16_there_and_back),
        cmocka_unit_test(escaped_line_is_harmless),
        cmocka_unit_test(json_nests_and_escapes),
        cmocka_unit_test(cursor_fails_at_the_end),
        cmocka_unit_test(t1_output_is_whole_or_absent),
        cmocka_unit_test(t2_no_path_leaves_its_root),
        cmocka_unit_test(sandbox_holds),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
