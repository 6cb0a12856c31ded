/*
 * URLs of a list, one a line: parsed, or parsed and judged by the policy of a .reg file. Only the loop over the URLs is timed,
 * so that the two can be compared; prints "SECONDS urls N zones A B C D E". zone_peer parse|judge LIST POLICY.reg
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "postern/zone.h"

enum { BATCH = 4096 }; /* URLs that share an arena */

typedef struct tally {
    uint64_t urls, hosts, zones[5];
} tally;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static postern_policy *load(const char *path) {
    postern_policy *policy;
    postern_file *file;
    if (postern_policy_new(&policy) || postern_file_open(AT_FDCWD, path, &file, NULL)) exit(EXIT_FAILURE);
    if (postern_policy_add_reg(policy, postern_file_bytes(file), NULL) || postern_policy_seal(policy, NULL)) exit(EXIT_FAILURE);
    postern_file_close(file);
    return policy;
}

static void one(const postern_policy *policy, postern_arena *arena, postern_slice text, tally *t) {
    const postern_url *url;
    postern_zone_decision decision;
    t->urls++;
    if (!policy) {
        if (postern_url_parse(arena, text, NULL, &url) == POSTERN_OK) t->hosts += url->host.len;
    } else {
        if (postern_zone_evaluate(policy, text, NULL, arena, &decision)) exit(EXIT_FAILURE);
        t->zones[decision.zone]++;
    }
}

int main(int argc, char **argv) {
    postern_file *list;
    if (argc != 4 || postern_file_open(AT_FDCWD, argv[2], &list, NULL)) return EXIT_FAILURE;
    postern_policy *policy = load(argv[3]);
    bool judge = !strcmp(argv[1], "judge");
    tally t = {0};
    postern_slice rest = postern_file_bytes(list);
    double start = now();
    while (rest.len) {
        postern_arena *arena = postern_arena_new(256 << 20);
        if (!arena) return EXIT_FAILURE;
        for (int i = 0; i < BATCH && rest.len; i++) {
            postern_cut cut = postern_slice_cut(rest, '\n');
            rest = cut.tail;
            one(judge ? policy : NULL, arena, cut.head, &t);
        }
        postern_arena_free(arena);
    }
    printf("%.6f urls %" PRIu64 " zones", now() - start, t.urls);
    for (int i = 0; i < 5; i++) printf(" %" PRIu64, t.zones[i]);
    printf(" hosts %" PRIu64 "\n", t.hosts);
    postern_policy_free(policy);
    postern_file_close(list);
    return 0;
}
