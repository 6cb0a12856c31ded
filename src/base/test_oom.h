/*
 * Failing every allocation in turn. Unit tests are linked with --wrap for the allocator (meson.build), so that what the library
 * and the test allocate passes through test_oom.c; shared libraries keep their own.
 *
 *     static postern_status entry(void *user) { … the whole life of the thing: open, use, free; return its status … }
 *     test_oom_each(entry, user);
 *
 * runs `entry` once to see how much it allocates (it has to succeed), then once for each allocation with that one failing, then
 * again with that one and all behind it failing. Each time it has to return POSTERN_NOMEM and to leave nothing allocated.
 * Keep the input small: the work is quadratic. The sanitizers see overruns and use after free on the same paths.
 */
#ifndef POSTERN_TEST_OOM_H
#define POSTERN_TEST_OOM_H

#include "base/test_base.h"

typedef postern_status (*test_oom_entry)(void *user);

/* How many allocations `entry` made when all of them succeeded. Fails the test at the caller's line. */
size_t test_oom_each_at(test_oom_entry entry, void *user, const char *file, int line);
#define test_oom_each(entry, user) test_oom_each_at((entry), (user), __FILE__, __LINE__)

/* By hand: allocation number `nth` from now on (0 is the next) fails, with `onwards` all behind it, too. */
void test_oom_arm(size_t nth, bool onwards);
/* Nothing fails any longer; returns whether an allocation was refused since test_oom_arm. */
bool test_oom_disarm(void);
/* Blocks allocated since test_oom_arm and still there; and their bytes at most at once. */
size_t test_oom_live(void);
size_t test_oom_peak(void);

#endif
