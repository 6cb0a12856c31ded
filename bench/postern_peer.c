/*
 * Our side of gmime_peer: index every file below a folder (or one file), ten times each, or index and decode every leaf into
 * nothing, or look for findings in it, every view included, or index each message of one mailbox ("mbox").
 *   postern_peer parse|index|decode|scan|mbox PATH
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postern/mailbox.h"
#include "postern/mime.h"
#include "postern/scan.h"

typedef struct tally {
    uint64_t files, parts, bytes, decoded;
    bool decode, scan, mbox;
    int times;
    const postern_policy *policy;
} tally;

static postern_status count(void *user, const void *bytes, size_t len) {
    (void)bytes;
    *(uint64_t *)user += len;
    return POSTERN_OK;
}

static postern_status on_finding(void *user, const postern_finding *finding) {
    (void)finding;
    ++*(uint64_t *)user;
    return POSTERN_OK;
}

static void scan_file(postern_slice bytes, const char *name, tally *t) {
    uint64_t findings = 0;
    postern_scan_options options = {.policy = t->policy};
    postern_finding_sink sink = {on_finding, &findings};
    postern_scan_report report;
    if (postern_scan_bytes(bytes, postern_slice_cstr(name), &options, &sink, &report)) exit(EXIT_FAILURE);
    t->files++;
    t->bytes += bytes.len;
    t->parts += report.parts;
    t->decoded += report.bytes;
}

static void parse(postern_slice bytes, tally *t) {
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    const postern_message *message;
    if (!arena || postern_mime_open(arena, bytes, NULL, &message, NULL)) exit(EXIT_FAILURE);
    t->files++;
    t->bytes += bytes.len;
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

static postern_status on_message(void *user, const postern_mailbox_item *item) {
    parse(item->bytes, user);
    return POSTERN_OK;
}

static void parse_mbox(postern_slice bytes, tally *t) {
    const char *cut = NULL;
    if (postern_mailbox_each(bytes, on_message, t, &cut) || cut) exit(EXIT_FAILURE);
}

static void one_file(int dirfd, const char *name, tally *t) {
    postern_file *file;
    if (postern_file_open(dirfd, name, &file, NULL)) exit(EXIT_FAILURE);
    if (t->scan) scan_file(postern_file_bytes(file), name, t);
    else if (t->mbox) parse_mbox(postern_file_bytes(file), t);
    else
        for (int i = 0; i < t->times; i++) parse(postern_file_bytes(file), t);
    postern_file_close(file);
}

int main(int argc, char **argv) {
    if (argc < 3) return 0;
    postern_policy *policy;
    if (postern_policy_new(&policy) || postern_policy_seal(policy, NULL)) return EXIT_FAILURE;
    tally t = {.decode = !strcmp(argv[1], "decode"),
               .scan = !strcmp(argv[1], "scan"),
               .mbox = !strcmp(argv[1], "mbox"),
               .times = !strcmp(argv[1], "index") ? 10 : 1,
               .policy = policy};
    DIR *dir = opendir(argv[2]);
    if (!dir) one_file(AT_FDCWD, argv[2], &t);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.') one_file(dirfd(dir), e->d_name, &t);
    if (dir) closedir(dir);
    postern_policy_free(policy);
    printf("%" PRIu64 " files %" PRIu64 " parts %" PRIu64 " bytes %" PRIu64 " decoded\n", t.files, t.parts, t.bytes, t.decoded);
    return 0;
}
