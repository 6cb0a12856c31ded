/*
 * Batches of inputs and what becomes of them when workers die, run out of time or print much. Inputs are orders to a command
 * made for this: the first byte of a file says what its reader does.
 *
 *   o  prints its name               k  prints half of it, then dies by SIGKILL     x  the same, but leaves with status 0
 *   b  prints three megabytes        f  says that it failed and returns 3           s  takes 20 ms, then as o
 *   w  waits for ever                anything else (a pipe's text): prints what it read
 */
#define _GNU_SOURCE
#include "base/test_base.h"
#include "cli_int.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BIG = 3 << 20 };

static char folder[] = "/tmp/postern-jobs-XXXXXX";

/* ---- the command ---- */

static bool prepare(cli_job *job, cli_exit *ret_code) {
    *ret_code = cli_job_open_input(job);
    return *ret_code == CLI_CLEAN;
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void print_name(const cli_job *job) {
    char line[64];
    int len = snprintf(line, sizeof line, ",%s", name_of(job->label));
    cli_write_all(job->out_fd, line, (size_t)len);
}

static void print_much(const cli_job *job) {
    uint8_t *block = malloc(BIG);
    if (!block) return;
    memset(block, 'b', BIG);
    cli_write_all(job->out_fd, block, BIG);
    free(block);
}

static cli_exit obey(cli_job *job) {
    postern_slice bytes = postern_file_bytes(job->file);
    struct timespec pause = {.tv_nsec = 20000000};
    switch (bytes.ptr[0]) {
    case 's': nanosleep(&pause, NULL); print_name(job); return CLI_CLEAN;
    case 'o': print_name(job); return CLI_CLEAN;
    case 'k':
    case 'x':
        cli_write_all(job->out_fd, "HALF", 4);
        cli_write_all(job->err_fd, "last words\n", 11);
        if (bytes.ptr[0] == 'x') _exit(0);
        raise(SIGKILL);
        return CLI_CLEAN;
    case 'b': print_much(job); return CLI_DEFECTS;
    case 'f': cli_message(job->err_fd, name_of(job->label), POSTERN_NO_OFFSET, "no"); return CLI_UNUSABLE;
    case 'w': cli_write_all(STDOUT_FILENO, "!", 1); for (;;) pause.tv_sec = 1, nanosleep(&pause, NULL);
    default: cli_write_all(job->out_fd, bytes.ptr, bytes.len); return CLI_CLEAN;
    }
}

static void on_death(const cli_args *args, const char *label, postern_buf *out) {
    (void)args;
    postern_buf_printf(out, ",dead %s", name_of(label));
}

/* ---- a run ---- */

typedef struct outcome {
    int status; /* as of waitpid */
    postern_buf out, err;
} outcome;

static void read_back(int fd, postern_buf *buf) {
    static uint8_t block[1 << 16];
    postern_buf_init(buf, 1u << 30);
    lseek(fd, 0, SEEK_SET);
    for (ssize_t got; (got = read(fd, block, sizeof block)) > 0;) postern_buf_add(buf, block, (size_t)got);
    close(fd);
}

static int temporary(void) {
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static pid_t start_run(const char **files, size_t count, uint64_t jobs, int in, int out, int err) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid) return pid;
    const cli_plan plan = {.stdout_joins = true, .all_files = true, .always_worker = true, .drop_first_byte = true,
                           .prepare = prepare, .on_death = on_death};
    const cli_args args = {
        .program = "test", .files = files, .file_count = count, .jobs = jobs, .has_jobs = true, .quiet = true};
    if (in >= 0) dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    _exit(cli_jobs_run(&args, &plan, obey));
}

static outcome run_files(const char **files, size_t count, uint64_t jobs, int in) {
    outcome o;
    int out = temporary(), err = temporary();
    pid_t pid = start_run(files, count, jobs, in, out, err);
    assert_int_equal(waitpid(pid, &o.status, 0), pid);
    read_back(out, &o.out);
    read_back(err, &o.err);
    return o;
}

static outcome run_folder(uint64_t jobs) {
    const char *files[] = {folder};
    return run_files(files, 1, jobs, -1);
}

static void free_outcome(outcome *o) {
    postern_buf_free(&o->out);
    postern_buf_free(&o->err);
}

/* ---- its inputs ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st;
    (void)type;
    return at->level ? remove(path) : 0;
}

/* What stands in the folder, so that a row writes only what it changes. */
static char written[5000];

static void empty_folder(void) {
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    memset(written, 0, sizeof written);
}

static const char *path_of(size_t number) {
    static char path[sizeof folder + 32];
    snprintf(path, sizeof path, "%s/%04zu", folder, number);
    return path;
}

static const char *put(size_t number, char order) {
    const char *path = path_of(number);
    if (written[number] == order) return path;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, &order, 1) == 1);
    close(fd);
    written[number] = order;
    return path;
}

/* `count` inputs that print their names, but for those of `orders`: number and order. */
typedef struct order {
    size_t number;
    char what;
} order;

static char order_of(size_t number, const order *orders, size_t order_count) {
    for (size_t i = 0; i < order_count; i++)
        if (orders[i].number == number) return orders[i].what;
    return 'o';
}

static void put_all(size_t count, const order *orders, size_t order_count) {
    for (size_t i = 0; i < count; i++) put(i, order_of(i, orders, order_count));
    for (size_t i = count; i < sizeof written; i++) {
        if (written[i]) remove(path_of(i));
        written[i] = 0;
    }
}

/* What such a run prints, without the first comma. */
static postern_buf expected(size_t count, const order *orders, size_t order_count) {
    postern_buf text;
    postern_buf_init(&text, 1u << 30);
    for (size_t i = 0; i < count; i++) {
        char what = order_of(i, orders, order_count);
        if (what == 'o' || what == 's') postern_buf_printf(&text, ",%04zu", i);
        if (what == 'k') postern_buf_printf(&text, ",dead %04zu", i);
        for (size_t k = 0; what == 'b' && k < BIG; k++) postern_buf_add_byte(&text, 'b');
    }
    assert_int_equal(text.status, POSTERN_OK);
    if (text.len) memmove(text.ptr, text.ptr + 1, --text.len);
    return text;
}

static void check(size_t count, const order *orders, size_t order_count, uint64_t jobs, int code) {
    postern_buf text = expected(count, orders, order_count);
    outcome o = run_folder(jobs);
    assert_true(WIFEXITED(o.status));
    assert_int_equal(WEXITSTATUS(o.status), code);
    assert_int_equal(o.out.len, text.len);
    assert_memory_equal(o.out.ptr, text.ptr, text.len);
    free_outcome(&o);
    postern_buf_free(&text);
}

#define ORDERS(...) (const order[]){__VA_ARGS__}, sizeof((const order[]){__VA_ARGS__}) / sizeof(order)

/* ---- tests ---- */

static void z20_order_of_inputs_whatever_the_jobs(void **state) {
    (void)state;
    put_all(5000, NULL, 0);
    for (uint64_t jobs = 1; jobs <= 4; jobs++) check(5000, NULL, 0, jobs, CLI_CLEAN);
}

static void few_descriptors_are_enough(void **state) {
    (void)state;
    struct rlimit before, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    put_all(5000, ORDERS({0, 'k'}, {2500, 'k'}, {4999, 'k'}));
    check(5000, ORDERS({0, 'k'}, {2500, 'k'}, {4999, 'k'}), 1, CLI_FAILED);
    check(5000, ORDERS({0, 'k'}, {2500, 'k'}, {4999, 'k'}), 40, CLI_FAILED);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void a_death_costs_one_input_wherever_it_is(void **state) {
    (void)state;
    static const size_t places[] = {0, 1, 63, 64, 65, 300, 1087, 1498, 1499};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        put_all(1500, ORDERS({places[i], 'k'}));
        check(1500, ORDERS({places[i], 'k'}), 1 + i % 3, CLI_FAILED);
    }
}

static void two_deaths_cost_two_inputs(void **state) {
    (void)state;
    put_all(1500, ORDERS({400, 'k'}, {401, 'k'}));
    check(1500, ORDERS({400, 'k'}, {401, 'k'}), 1, CLI_FAILED);
    put_all(1500, ORDERS({70, 'k'}, {1400, 'k'}));
    check(1500, ORDERS({70, 'k'}, {1400, 'k'}), 2, CLI_FAILED);
}

static void all_may_die(void **state) {
    (void)state;
    order orders[100];
    for (size_t i = 0; i < 100; i++) orders[i] = (order){i, 'k'};
    put_all(100, orders, 100);
    check(100, orders, 100, 1, CLI_FAILED);
    check(100, orders, 100, 4, CLI_FAILED);
}

static void the_dead_are_told_and_their_words_kept(void **state) {
    (void)state;
    put_all(200, ORDERS({70, 'k'}, {71, 'f'}));
    outcome o = run_folder(1);
    char wanted[256];
    snprintf(wanted, sizeof wanted,
             "last words\npostern: %s/0070: its worker died (Killed); nothing was written for this file\npostern: 0071: no\n",
             folder);
    assert_int_equal(o.err.len, strlen(wanted));
    assert_memory_equal(o.err.ptr, wanted, o.err.len);
    free_outcome(&o);
}

/* A worker that leaves in the middle of an input as if all were well has failed at it. */
static void leaving_early_is_no_success(void **state) {
    (void)state;
    put_all(200, ORDERS({100, 'x'}));
    check(200, ORDERS({100, 'x'}), 1, CLI_FAILED);
    put_all(1, ORDERS({0, 'x'}));
    outcome o = run_folder(1);
    assert_int_equal(WEXITSTATUS(o.status), CLI_FAILED);
    free_outcome(&o);
}

static void failed_ones_and_empty_outputs(void **state) {
    (void)state;
    order orders[100];
    for (size_t i = 0; i < 100; i++) orders[i] = (order){i, 'f'};
    put_all(100, orders, 100);
    check(100, orders, 100, 2, CLI_UNUSABLE);
}

static void huge_outputs(void **state) {
    (void)state;
    put_all(60, ORDERS({5, 'b'}, {6, 'b'}, {30, 'k'}, {31, 'b'}, {59, 'b'}));
    check(60, ORDERS({5, 'b'}, {6, 'b'}, {30, 'k'}, {31, 'b'}, {59, 'b'}), 1, CLI_FAILED);
}

/* Forty of 20 ms are more than a worker begins. */
static void a_worker_stops_when_its_time_is_up(void **state) {
    (void)state;
    order orders[40];
    for (size_t i = 0; i < 40; i++) orders[i] = (order){i, 's'};
    put_all(60, orders, 40);
    check(60, orders, 40, 1, CLI_CLEAN);
    orders[20].what = 'k';
    put_all(60, orders, 40);
    check(60, orders, 40, 2, CLI_FAILED);
}

static void one_that_is_not_there_is_told_in_its_place(void **state) {
    (void)state;
    empty_folder();
    char gone[sizeof folder + 8], wanted[512];
    snprintf(gone, sizeof gone, "%s/gone", folder);
    char *bad = strdup(put(1, 'f')), *good = strdup(put(2, 'o'));
    const char *files[] = {good, bad, gone, bad, good, good};
    outcome o = run_files(files, 6, 1, -1);
    snprintf(wanted, sizeof wanted,
             "postern: 0001: no\npostern: %s: cannot open: No such file or directory\npostern: 0001: no\n", gone);
    assert_int_equal(o.err.len, strlen(wanted));
    assert_memory_equal(o.err.ptr, wanted, o.err.len);
    assert_slice(postern_buf_slice(&o.out), "0002,0002,0002");
    free_outcome(&o);
    free(bad);
    free(good);
}

/* What was read of a pipe is gone: neither a death nor the end of a slice before it may cost its text. */
static void a_pipe_is_read_once(void **state) {
    (void)state;
    for (int round = 0; round < 2; round++) {
        empty_folder();
        int ends[2];
        const char *files[24];
        char *slow = strdup(put(1, round ? 's' : 'o')), *dead = strdup(put(2, 'k'));
        for (size_t i = 0; i < 24; i++) files[i] = slow;
        files[3] = round ? slow : dead;
        files[20] = "-";
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], ",from the pipe", 14), 14);
        close(ends[1]);
        outcome o = run_files(files, 24, 1, ends[0]);
        assert_true(postern_slice_find(postern_buf_slice(&o.out), 0, POSTERN_S(",from the pipe,0001,0001,0001")) < o.out.len);
        free_outcome(&o);
        close(ends[0]);
        free(slow);
        free(dead);
    }
}

/* Nothing of a run that was interrupted goes on: the pipe that its workers hold reaches its end. */
static void t1_interrupted_workers_end(void **state) {
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGKILL};
    put_all(300, ORDERS({100, 'w'}, {200, 'w'}));
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        const char *files[] = {folder};
        int ends[2], err = temporary(), status;
        char byte;
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        pid_t pid = start_run(files, 1, 1, -1, ends[1], err);
        close(ends[1]);
        ssize_t got;
        while ((got = read(ends[0], &byte, 1)) == 1 && byte != '!') {}
        assert_int_equal(got, 1);
        kill(pid, signals[i]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
        while (read(ends[0], &byte, 1) == 1) {}
        close(ends[0]);
        close(err);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(z20_order_of_inputs_whatever_the_jobs),
        cmocka_unit_test(few_descriptors_are_enough),
        cmocka_unit_test(a_death_costs_one_input_wherever_it_is),
        cmocka_unit_test(two_deaths_cost_two_inputs),
        cmocka_unit_test(all_may_die),
        cmocka_unit_test(the_dead_are_told_and_their_words_kept),
        cmocka_unit_test(leaving_early_is_no_success),
        cmocka_unit_test(failed_ones_and_empty_outputs),
        cmocka_unit_test(huge_outputs),
        cmocka_unit_test(a_worker_stops_when_its_time_is_up),
        cmocka_unit_test(one_that_is_not_there_is_told_in_its_place),
        cmocka_unit_test(a_pipe_is_read_once),
        cmocka_unit_test(t1_interrupted_workers_end),
    };
    if (!mkdtemp(folder)) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    empty_folder();
    rmdir(folder);
    return failed;
}
