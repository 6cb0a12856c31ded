/*
 * Stores, timed from inside.
 *   store_peer rows  STORE CACHE-FOLDER            open it: rows are made, or taken from the cache
 *   store_peer learn STORE CACHE-FOLDER [WORDS…]   and its words; then search for each of WORDS
 *   store_peer list  STORE CACHE-FOLDER            open it and sort by each column, flat and as threads
 * Prints "step<TAB>milliseconds" to standard error, a line for each step, the processor's time for all, and last the peak of
 * resident memory in MB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "postern/mailbox.h"

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const postern_error *error) {
    fprintf(stderr, "store_peer: %s\n", error->text);
    exit(EXIT_FAILURE);
}

static void find(const postern_store *store, const char *what, const postern_store_query *query) {
    postern_store_list *list;
    postern_error error;
    double start = now();
    if (postern_store_find(store, query, &list, &error)) die(&error);
    fprintf(stderr, "%s\t%.2f\t%zu rows\n", what, now() - start, postern_store_list_count(list));
    postern_store_list_free(list);
}

int main(int argc, char **argv) {
    if (argc < 4) return 0;
    postern_store_options options = {.has_cache = true, .cache_name = "bench"};
    int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
    options.cache_dir = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || options.cache_dir < 0) return EXIT_FAILURE;
    postern_store *store;
    postern_error error;
    double start = now();
    if (postern_store_open(fd, &options, &store, &error)) die(&error);
    fprintf(stderr, "open\t%.2f\t%s\n", now() - start, postern_store_was_cached(store) ? "cached" : "made");
    if (!strcmp(argv[1], "learn")) {
        start = now();
        if (postern_store_learn(store, &error)) die(&error);
        fprintf(stderr, "learn\t%.2f\n", now() - start);
    }
    static const char *const columns[] = {"order", "date", "sender", "subject", "size", "attachment", "zone"};
    for (unsigned i = 0; !strcmp(argv[1], "list") && i < sizeof columns / sizeof *columns; i++) {
        const postern_store_query query = {.sort = (postern_store_column)i},
                                  threads = {.sort = (postern_store_column)i, .threads = true};
        find(store, columns[i], &query);
        find(store, "threads", &threads);
    }
    for (int i = 4; i < argc; i++) {
        const postern_store_query query = {.sort = POSTERN_STORE_BY_DATE, .words = postern_slice_cstr(argv[i])};
        find(store, argv[i], &query);
    }
    postern_store_close(store);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr, "processor\t%.2f\n",
            (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
                (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3);
    fprintf(stderr, "peak\t%.1f\n", (double)usage.ru_maxrss * 1024 / 1e6);
    close(fd);
    close(options.cache_dir);
    return 0;
}
