/*
 * Z17: the evaluator touches no network, name service, file, clock or environment. A child that may do nothing but read, write
 * and exit (strict seccomp: anything else kills it) parses and judges texts and asks for actions; what it writes is, byte for
 * byte, what the same questions give outside (Z20). Its memory comes from a heap that was made large enough before.
 */
#define _GNU_SOURCE
#include "base/test_base.h"

#include "postern/zone.h"

#include <linux/seccomp.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The sanitizer's allocator maps memory as it goes: there the URLs are parsed outside. */
#ifdef __SANITIZE_ADDRESS__
enum { PARSES_INSIDE = 0 };
#else
enum { PARSES_INSIDE = 1 };
#endif

#define IS "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

static const char reg[] = "REGEDIT4\n[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Domains\\a.example]\n\"*\"=dword:2\n"
                          "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\Ranges\\r]\n\":Range\"=\"10.*.*.*\"\n\"*\"=dword:1\n"
                          "[HKEY_CURRENT_USER\\" IS "\\ZoneMap\\ProtocolDefaults]\n\"ftp\"=dword:4\n"
                          "[HKEY_LOCAL_MACHINE\\" IS "\\Zones\\3]\n\"1604\"=dword:3\n\"1400\"=\"x\"\n";

static const char *const texts[] = {"http://www.a.example/x?y#z",
                                    "https://localhost/",
                                    "http://10.1.2.3/",
                                    "http://[::ffff:10.1.2.3]/",
                                    "ftp://host.example/",
                                    "file:///C:/x.htm",
                                    "C:\\x.htm",
                                    "\\\\server\\share\\x",
                                    "\\\\?\\C:\\x",
                                    "mhtml:file:///C:/a.mht!b",
                                    "URL:http://x/",
                                    "http://b\xC3\xBC"
                                    "cher.example/\xE2\x98\xBA",
                                    "http://xn--bcher-kva.example/",
                                    "http://%2567oogle.example/",
                                    "about:blank",
                                    "index.htm",
                                    ""};
enum { TEXTS = sizeof texts / sizeof *texts };

typedef struct question {
    const postern_policy *policy;
    postern_arena *arena;
    const postern_url *parsed[TEXTS];
} question;

static void put(const postern_reason *reasons, size_t count, postern_buf *out) {
    for (size_t i = 0; i < count; i++) {
        postern_buf_add_slice(out, postern_slice_cstr(reasons[i].rule));
        postern_buf_add_slice(out, postern_slice_cstr(reasons[i].text));
        postern_buf_add_slice(out, reasons[i].detail);
        postern_buf_add_byte(out, (uint8_t)('0' + reasons[i].zone));
    }
}

static bool answer(const question *q, postern_buf *out) {
    postern_mark mark = {.present = true, .malformed = true, .zone = POSTERN_ZONE_TRUSTED};
    postern_zone_context context = {.has_naming = true, .naming = POSTERN_ZONE_TRUSTED, .mark = &mark, .local_proof = true};
    for (size_t i = 0; i < TEXTS; i++) {
        postern_zone_decision d = {.zone = POSTERN_ZONE_RESTRICTED};
        if (PARSES_INSIDE) {
            if (postern_zone_evaluate(q->policy, postern_slice_cstr(texts[i]), i % 2 ? &context : NULL, q->arena, &d))
                return false;
        } else if (q->parsed[i]) {
            postern_zone_evaluate_url(q->policy, q->parsed[i], i % 2 ? &context : NULL, &d);
        }
        put(d.reasons, d.reason_count, out);
        for (uint32_t action = 0x1000; action < 0x2800; action += 0x101) {
            postern_action_decision a;
            postern_zone_action(q->policy, d.zone, action, i % 3 == 0, &a);
            put(a.reasons, a.reason_count, out);
            postern_buf_add(out, &a.value, sizeof a.value);
        }
    }
    return out->status == POSTERN_OK;
}

static void answer_silently(const question *q, postern_buf *out, int fd) {
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)) _exit(99);
    bool good = answer(q, out);
    for (size_t done = 0; good && done < out->len;) {
        ssize_t count = write(fd, out->ptr + done, out->len - done);
        good = count > 0;
        done += good ? (size_t)count : 0;
    }
    syscall(SYS_exit, good ? 0 : 1); /* exit_group is more than strict mode allows */
}

static void z17_the_evaluator_does_nothing_but_judge(void **state) {
    (void)state;
    question q = {0};
    postern_policy *policy;
    postern_buf inside, outside;
    int ends[2], status;
    assert_int_equal(postern_policy_new(&policy), POSTERN_OK);
    assert_int_equal(postern_policy_add_reg(policy, postern_slice_cstr(reg), NULL), POSTERN_OK);
    assert_int_equal(postern_policy_seal(policy, NULL), POSTERN_OK);
    q.policy = policy;
    q.arena = postern_arena_new(16 << 20);
    for (size_t i = 0; i < TEXTS; i++)
        if (postern_url_parse(q.arena, postern_slice_cstr(texts[i]), NULL, &q.parsed[i])) q.parsed[i] = NULL;
    postern_buf_init(&inside, 1 << 20);
    postern_buf_init(&outside, 1 << 20);
    assert_int_equal(postern_buf_reserve(&inside, 1 << 19), POSTERN_OK);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    free(malloc(16 << 20)); /* stays with the heap */
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) answer_silently(&q, &inside, ends[1]);
    close(ends[1]);
    assert_true(answer(&q, &outside));
    assert_true(outside.len > 10000);
    for (size_t at = 0;;) {
        uint8_t block[4096];
        ssize_t count = read(ends[0], block, sizeof block);
        if (count <= 0) {
            assert_int_equal(at, outside.len);
            break;
        }
        assert_true(at + (size_t)count <= outside.len);
        assert_memory_equal(block, outside.ptr + at, (size_t)count);
        at += (size_t)count;
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(ends[0]);
    postern_buf_free(&inside);
    postern_buf_free(&outside);
    postern_arena_free(q.arena);
    postern_policy_free(policy);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(z17_the_evaluator_does_nothing_but_judge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
