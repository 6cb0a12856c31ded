/*
 * What the conformance programs share: the shared material, JSON, and TAP with its plan first. One line for each suite file or
 * table, with its number of cases; a case that fails is told in a comment line before it.
 */
#ifndef POSTERN_CONFORMANCE_H
#define POSTERN_CONFORMANCE_H

#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "postern/base.h"

typedef struct tap_row {
    unsigned number, planned, failed_rows; /* of the program */
    unsigned cases, failed;                /* of the row at hand */
} tap_row;

static inline void tap_plan(tap_row *tap, unsigned rows) {
    *tap = (tap_row){.planned = rows};
    printf("1..%u\n", rows);
    fflush(stdout);
}

/* Counts one case; a failed one prints `fmt` as a comment. */
static inline bool POSTERN_PRINTF(3, 4) tap_case(tap_row *tap, bool good, const char *fmt, ...) {
    tap->cases++;
    if (good) return true;
    if (tap->failed++ < 40) {
        va_list args;
        va_start(args, fmt);
        printf("# ");
        vprintf(fmt, args);
        printf("\n");
        va_end(args);
    }
    return false;
}

/* Ends a row; a row without a case has failed. */
static inline void tap_end(tap_row *tap, const char *name) {
    bool good = tap->cases > 0 && tap->failed == 0;
    printf("%s %u - %s # %u cases", good ? "ok" : "not ok", ++tap->number, name, tap->cases);
    printf(tap->failed ? ", %u failed\n" : "\n", tap->failed);
    fflush(stdout);
    tap->failed_rows += !good;
    tap->cases = tap->failed = 0;
}

static inline int tap_finish(const tap_row *tap) {
    return tap->failed_rows || tap->number != tap->planned;
}

static inline void give_up(const char *what, const char *path) {
    printf("# %s: %s\n", what, path);
    exit(1);
}

/* A file below POSTERN_SHARED, or the program ends: the build file left it out when the material is absent. Free with free().
 * */
static inline postern_slice shared_bytes(const char *path) {
    const char *root = getenv("POSTERN_SHARED");
    postern_file *file;
    postern_error error;
    int dir = root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir < 0) give_up("no shared material for", path);
    if (postern_file_open(dir, path, &file, &error)) give_up(error.text, path);
    postern_slice bytes = postern_file_bytes(file);
    uint8_t *copy = malloc(bytes.len + 1);
    if (!copy) give_up("no memory for", path);
    memcpy(copy, bytes.ptr, bytes.len);
    copy[bytes.len] = 0;
    postern_file_close(file);
    close(dir);
    return postern_slice_of(copy, bytes.len);
}

static inline bool surrogate_escape(const uint8_t *at, const uint8_t *end, char lowest, char highest) {
    return end - at >= 6 && at[0] == '\\' && at[1] == 'u' && (at[2] | 32) == 'd' && (at[3] | 32) >= lowest &&
           (at[3] | 32) <= highest;
}

/* JSON below POSTERN_SHARED. Escapes of lone surrogates, which no UTF-8 can hold, become U+FFFD as they do in a browser. */
static inline json_t *shared_json(const char *path) {
    postern_slice bytes = shared_bytes(path);
    uint8_t *text = (uint8_t *)(uintptr_t)bytes.ptr;
    const uint8_t *end = text + bytes.len;
    for (uint8_t *at = text; at + 1 < end; at++) {
        if (*at != '\\') continue;
        bool high = surrogate_escape(at, end, '8', 'b') && (at[3] <= '9' || (at[3] | 32) >= 'a');
        if (high && surrogate_escape(at + 6, end, 'c', 'f')) at += 11;
        else if (high || surrogate_escape(at, end, 'c', 'f')) memcpy(at + 2, "FFFD", 4), at += 5;
        else at++;
    }
    json_error_t error;
    json_t *json = json_loadb((const char *)text, bytes.len, JSON_ALLOW_NUL, &error);
    if (!json) give_up(error.text, path);
    free(text);
    return json;
}

static inline postern_slice json_slice(const json_t *value) {
    bool text = json_is_string(value);
    return postern_slice_of(text ? json_string_value(value) : NULL, text ? json_string_length(value) : 0);
}

#endif
