/*
 * Runs a fuzz target over files and directories: one TAP line for each file, plan first. Made so that what the fuzzer once
 * found stays found with any compiler. A target reports a broken property by abort(); then the rest of the plan is missing.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int replay_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return -1;
    size_t len = 0, room = 1 << 16;
    uint8_t *bytes = malloc(room);
    while (bytes && !feof(file) && !ferror(file)) {
        len += fread(bytes + len, 1, room - len, file);
        if (len < room) continue;
        uint8_t *grown = realloc(bytes, room *= 2);
        if (!grown) free(bytes);
        bytes = grown;
    }
    int failed = !bytes || ferror(file);
    fclose(file);
    if (!failed) {
        uint8_t *exact = malloc(len ? len : 1); /* so that a sanitizer sees the first byte behind it */
        failed = !exact;
        if (exact && len) memcpy(exact, bytes, len);
        if (exact) LLVMFuzzerTestOneInput(exact, len);
        free(exact);
    }
    free(bytes);
    return failed ? -1 : 0;
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

/* Counts (act false) or runs (act true) what `path` names. */
static int walk(const char *path, int act, int *at) {
    struct stat st;
    if (stat(path, &st) != 0) return -1;
    if (!S_ISDIR(st.st_mode)) {
        ++*at;
        if (!act) return 0;
        int failed = replay_file(path);
        printf("%s %d - %s\n", failed ? "not ok" : "ok", *at, path);
        fflush(stdout);
        return failed;
    }
    struct dirent **names;
    int count = scandir(path, &names, visible, alphasort), failed = count < 0 ? -1 : 0;
    for (int i = 0; i < count; i++) {
        char *inner = NULL;
        if (asprintf(&inner, "%s/%s", path, names[i]->d_name) < 0) failed = -1;
        else if (walk(inner, act, at) != 0) failed = -1;
        free(inner);
        free(names[i]);
    }
    if (count >= 0) free(names);
    return failed;
}

int main(int argc, char **argv) {
    int count = 0, at = 0, failed = 0;
    for (int i = 1; i < argc; i++)
        if (walk(argv[i], 0, &count) != 0) failed = -1;
    if (count == 0) failed = -1; /* a target without seeds proves nothing */
    printf("1..%d\n", count ? count : 1);
    if (count == 0) printf("not ok 1 - no seeds\n");
    fflush(stdout);
    for (int i = 1; i < argc; i++)
        if (walk(argv[i], 1, &at) != 0) failed = -1;
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
