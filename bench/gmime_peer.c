/*
 * GMime doing what postern_peer does: parse every file below a folder (or one file), or parse and decode every leaf into
 * nothing. "index" parses each file ten times once it is open, so that the parser is measured and not the file system.
 * "mbox" parses each message of one mailbox.
 *   gmime_peer parse|index|decode|mbox PATH
 * Prints parts, bytes read and bytes decoded, so that a peer that does less shows.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmime/gmime.h>

typedef struct tally {
    uint64_t files, parts, bytes, decoded;
    gboolean decode, mbox;
    int times;
} tally;

static void one_part(GMimeObject *parent, GMimeObject *part, gpointer user) {
    (void)parent;
    tally *t = user;
    t->parts++;
    if (!t->decode || !GMIME_IS_PART(part)) return;
    GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
    if (!content) return;
    GMimeStream *nowhere = g_mime_stream_null_new();
    ssize_t written = g_mime_data_wrapper_write_to_stream(content, nowhere);
    if (written > 0) t->decoded += (uint64_t)written;
    g_object_unref(nowhere);
}

static gboolean parse_next(GMimeParser *parser, tally *t) {
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (!message) return FALSE;
    t->files++;
    t->parts++; /* foreach leaves the root out when it is no multipart */
    GMimeObject *root = g_mime_message_get_mime_part(message);
    if (root && GMIME_IS_MULTIPART(root)) g_mime_multipart_foreach(GMIME_MULTIPART(root), one_part, t);
    else if (root) one_part(NULL, root, t);
    g_object_unref(message);
    return TRUE;
}

static void parse(GMimeStream *stream, const struct stat *st, tally *t) {
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    if (t->mbox) g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
    if (t->mbox)
        while (!g_mime_parser_eos(parser) && parse_next(parser, t)) {}
    else
        parse_next(parser, t);
    t->bytes += (uint64_t)st->st_size;
    g_object_unref(parser);
}

static void one_file(int dirfd, const char *name, tally *t) {
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) exit(EXIT_FAILURE);
    GMimeStream *stream = g_mime_stream_mmap_new(fd, PROT_READ, MAP_PRIVATE); /* its fastest way in; it closes fd */
    for (int i = 0; i < t->times; i++) {
        if (g_mime_stream_reset(stream) != 0) exit(EXIT_FAILURE);
        parse(stream, &st, t);
    }
    g_object_unref(stream);
}

int main(int argc, char **argv) {
    g_mime_init();
    if (argc < 3) return 0; /* start-up alone */
    tally t = {.decode = strcmp(argv[1], "decode") == 0,
               .mbox = strcmp(argv[1], "mbox") == 0,
               .times = strcmp(argv[1], "index") == 0 ? 10 : 1};
    DIR *dir = opendir(argv[2]);
    if (!dir) one_file(AT_FDCWD, argv[2], &t);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (e->d_name[0] != '.') one_file(dirfd(dir), e->d_name, &t);
    if (dir) closedir(dir);
    printf("%" PRIu64 " files %" PRIu64 " parts %" PRIu64 " bytes %" PRIu64 " decoded\n", t.files, t.parts, t.bytes, t.decoded);
    return 0;
}
