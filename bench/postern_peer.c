/*
 * Our side of gmime_peer: index every file below a folder (or one file), ten times each, or index and decode every leaf into
 * nothing.
 *   postern_peer parse|index|decode PATH
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postern/mime.h"

typedef struct tally {
    uint64_t files, parts, bytes, decoded;
    bool decode;
    int times;
} tally;

static postern_status count(void *user, const void *bytes, size_t len) {
    (void)bytes;
    *(uint64_t *)user += len;
    return POSTERN_OK;
}

static void parse(const postern_file *file, tally *t) {
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    const postern_message *message;
    if (!arena || postern_mime_open(arena, postern_file_bytes(file), NULL, &message, NULL)) exit(EXIT_FAILURE);
    t->files++;
    t->bytes += postern_file_bytes(file).len;
    uint32_t parts = postern_mime_part_count(message);
    t->parts += parts;
    postern_sink nowhere = {count, &t->decoded};
    for (uint32_t i = 0; t->decode && i < parts; i++) {
        const postern_part *part = postern_mime_part(message, i);
        if (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) continue;
        if (postern_part_decode(part, &nowhere, NULL)) exit(EXIT_FAILURE);
    }
    postern_arena_free(arena);
}

static void one_file(int dirfd, const char *name, tally *t) {
    postern_file *file;
    if (postern_file_open(dirfd, name, &file, NULL)) exit(EXIT_FAILURE);
    for (int i = 0; i < t->times; i++) parse(file, t);
    postern_file_close(file);
}

int main(int argc, char **argv) {
    if (argc < 3) return 0;
    tally t = {.decode = strcmp(argv[1], "decode") == 0, .times = strcmp(argv[1], "index") == 0 ? 10 : 1};
    DIR *dir = opendir(argv[2]);
    if (!dir) one_file(AT_FDCWD, argv[2], &t);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.') one_file(dirfd(dir), e->d_name, &t);
    if (dir) closedir(dir);
    printf("%" PRIu64 " files %" PRIu64 " parts %" PRIu64 " bytes %" PRIu64 " decoded\n", t.files, t.parts, t.bytes, t.decoded);
    return 0;
}
