/*
 * Whose program is at the other end. The first URL stands in the argument of the browser that is started, where every user of
 * the machine can read it; so its token is taken only from a socket of our own user (or root, who needs no token). The kernel
 * lists the sockets of loopback with their owners in /proc/net/tcp.
 */
#include "view_int.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TABLE_MAX = 8 << 20, END_MAX = 48 };

/* "0100007F:1F90": words of the address in the machine's order, the port. */
static bool end_text(const struct sockaddr_storage *address, char out[END_MAX]) {
    if (address->ss_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        snprintf(out, END_MAX, "%08X:%04X", in.sin_addr.s_addr, ntohs(in.sin_port));
        return true;
    }
    if (address->ss_family != AF_INET6) return false;
    struct sockaddr_in6 in6;
    uint32_t word[4];
    memcpy(&in6, address, sizeof in6);
    memcpy(word, &in6.sin6_addr, sizeof word);
    snprintf(out, END_MAX, "%08X%08X%08X%08X:%04X", word[0], word[1], word[2], word[3], ntohs(in6.sin6_port));
    return true;
}

static postern_slice next_field(postern_slice *line) {
    while (line->len && line->ptr[0] == ' ') *line = postern_slice_from(*line, 1);
    postern_cut cut = postern_slice_cut(*line, ' ');
    *line = cut.tail;
    return cut.head;
}

bool view_peer_owner(postern_slice table, const char *peer, const char *own, uint64_t *ret_uid) {
    while (table.len) {
        postern_cut cut = postern_slice_cut(table, '\n');
        postern_slice line = cut.head, field[8];
        table = cut.tail;
        for (size_t i = 0; i < 8; i++) field[i] = next_field(&line);
        if (postern_slice_eq(field[1], postern_slice_cstr(peer)) && postern_slice_eq(field[2], postern_slice_cstr(own)))
            return postern_slice_uint(field[7], UINT32_MAX, ret_uid);
    }
    return false;
}

static void read_table(const char *path, postern_buf *out) {
    char block[16384];
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (got = read(fd, block, sizeof block)) > 0) postern_buf_add(out, block, (size_t)got);
    if (fd >= 0) close(fd);
}

bool view_peer_is_ours(int fd) {
    struct sockaddr_storage own = {0}, peer = {0};
    socklen_t own_len = sizeof own, peer_len = sizeof peer;
    char own_end[END_MAX], peer_end[END_MAX];
    uint64_t uid;
    postern_buf table;
    if (getsockname(fd, (struct sockaddr *)&own, &own_len) || getpeername(fd, (struct sockaddr *)&peer, &peer_len))
        return false;
    if (!end_text(&own, own_end) || !end_text(&peer, peer_end)) return false;
    postern_buf_init(&table, TABLE_MAX);
    read_table(own.ss_family == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6", &table);
    bool known = view_peer_owner(postern_buf_slice(&table), peer_end, own_end, &uid);
    postern_buf_free(&table);
    return !known || uid == 0 || uid == getuid(); /* a system that does not list them leaves the token alone to judge */
}
