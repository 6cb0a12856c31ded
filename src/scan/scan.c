/*
 * A file by what it is: a mailbox or archive is walked, a message read, the rest looked at as contents. Files in files are
 * followed to a depth; beyond it they are told (MH028), not opened.
 */
#include "scan_int.h"

#include <stdlib.h>

static const char *const messages[] = {"eml", "mht", "mhtml", "nws", "msg", "mbox"};

typedef struct members {
    scan *s;
    const place *where;
    postern_slice name;
    bool archive, apart; /* its members' bytes do not stand in it as they are */
} members;

static postern_status on_member(void *user, const postern_mailbox_item *item) {
    members *m = user;
    place where = *m->where;
    postern_buf path;
    postern_buf_init(&path, 1 << 16);
    postern_buf_add_slice(&path, m->where->file);
    if (item->name.len) {
        postern_buf_add_byte(&path, '/');
        postern_buf_add_slice(&path, postern_slice_sub(item->name, 0, 4096));
    } else {
        postern_buf_printf(&path, "#%llu", (unsigned long long)item->number);
    }
    where.file = postern_buf_slice(&path);
    where.offset = m->where->offset + (m->where->exact && !m->apart ? item->offset : 0);
    where.exact = m->where->exact && !m->archive && !m->apart;
    where.depth++;
    where.arena = postern_arena_new(POSTERN_LIMIT_SCAN_MEMORY);
    if (path.status || !where.arena)
        m->s->status = POSTERN_NOMEM;
    else {
        if (m->archive) scan_name(m->s, &where, 0, item->name, false);
        scan_file(m->s, &where, item->bytes, m->archive ? item->name : POSTERN_S("x.eml"));
    }
    postern_arena_free(where.arena);
    postern_buf_free(&path);
    return m->s->status;
}

static void members_of(scan *s, const place *where, postern_slice bytes, postern_mailbox_kind kind) {
    members m = {.s = s, .where = where, .archive = kind == POSTERN_MAILBOX_ARCHIVE, .apart = kind == POSTERN_MAILBOX_PST};
    const char *cut = NULL;
    if (where->depth >= POSTERN_LIMIT_SCAN_DEPTH) {
        scan_tell(s, where, 28, POSTERN_SEVERITY_MEDIUM, 0, postern_slice_sub(bytes, 0, 40),
                  "archives nested deeper than is followed");
        return;
    }
    postern_status status = postern_mailbox_each(bytes, on_member, &m, &cut);
    if (status && status != POSTERN_FORMAT) s->status = status;
    if (cut) {
        bool bomb = strstr(cut, "more") || strstr(cut, "larger");
        scan_tell(s, where, 28, bomb ? POSTERN_SEVERITY_MEDIUM : POSTERN_SEVERITY_LOW, 0, postern_slice_sub(bytes, 0, 40), cut);
    }
}

/* Whether to read it as a message: by its ending, or because it begins with a header. */
static bool may_be_message(postern_slice bytes, postern_slice name) {
    size_t i = 0;
    if (SCAN_IS_ONE(scan_extension(name), messages)) return true;
    while (i < bytes.len && i < 78 && bytes.ptr[i] > ' ' && bytes.ptr[i] < 0x7F && bytes.ptr[i] != ':') i++;
    bool header = i > 1 && i < bytes.len && bytes.ptr[i] == ':';
    postern_slice head = postern_slice_sub(bytes, 0, 16 << 10);
    return header && (scan_has(head, "\nmime-version:") || scan_has(head, "\ncontent-type:") || scan_has(head, "\nsubject:") ||
                      scan_starts(head, "mime-version:") || scan_starts(head, "content-type:") ||
                      scan_has(head, "\nreceived:") || scan_starts(head, "received:"));
}

void scan_file(scan *s, const place *where, postern_slice bytes, postern_slice name) {
    if (scan_ended(s) || !bytes.len) return;
    postern_mailbox_kind kind = postern_mailbox_kind_of(bytes);
    if (kind != POSTERN_MAILBOX_NONE) {
        if (kind == POSTERN_MAILBOX_ARCHIVE) scan_polyglot(s, where, bytes);
        members_of(s, where, bytes, kind);
        return;
    }
    if (may_be_message(bytes, name)) {
        bool read = scan_message(s, where, bytes, name);
        if (read) return;
    }
    scan_content(s, where, bytes, name, (postern_slice){0}, true);
    /* a document with a message behind its head: the message is what other readers see */
    if (s->told[10] && !where->view && where->depth == 0 && !s->options->one_view) {
        size_t at = postern_slice_find_nocase(bytes, 1, POSTERN_S("\nmime-version:"));
        if (at == SIZE_MAX) at = postern_slice_find_nocase(bytes, 1, POSTERN_S("\ncontent-type:"));
        place inner = *where;
        inner.offset += at + 1;
        inner.view = true;
        if (at != SIZE_MAX) scan_message(s, &inner, postern_slice_from(bytes, at + 1), name);
    }
}

/* ---- entry points ---- */

static postern_status begin(scan *s, place *where) {
    static const postern_scan_options none = {0};
    if (!s->options) s->options = &none;
    s->policy = s->options->policy;
    if (!s->policy) {
        postern_status status = postern_policy_new(&s->own_policy);
        if (!status) status = postern_policy_seal(s->own_policy, NULL);
        if (status) return status;
        s->policy = s->own_policy;
    }
    where->arena = postern_arena_new(POSTERN_LIMIT_SCAN_MEMORY);
    return where->arena ? POSTERN_OK : POSTERN_NOMEM;
}

postern_status postern_scan_bytes(postern_slice bytes, postern_slice name, const postern_scan_options *options,
                                  const postern_finding_sink *sink, postern_scan_report *ret_report) {
    scan *s = calloc(1, sizeof *s);
    place where = {.file = name, .exact = true, .zone = POSTERN_ZONE_INTERNET};
    if (!s) return POSTERN_NOMEM;
    *ret_report = (postern_scan_report){0};
    s->options = options;
    s->sink = sink;
    s->report = ret_report;
    s->whole = bytes;
    s->status = begin(s, &where);
    if (!s->status && s->options->has_zone_stream) scan_stream(s, &where, s->options->zone_stream);
    postern_cut path = postern_slice_cut_last(name, '/');
    if (!s->status) scan_name(s, &where, 0, path.ok ? path.tail : name, false);
    if (bytes.len) scan_rules(s, &where, bytes);
    scan_file(s, &where, bytes, name);
    postern_status status = s->status;
    postern_arena_free(where.arena);
    postern_policy_free(s->own_policy);
    free(s);
    return status;
}

postern_status postern_scan_url(postern_slice text, postern_url_place kind, postern_slice landed,
                                const postern_scan_options *options, const postern_finding_sink *sink) {
    scan *s = calloc(1, sizeof *s);
    postern_scan_report report = {0};
    place where = {.exact = true, .zone = POSTERN_ZONE_INTERNET};
    postern_mhtml_url m;
    if (!s) return POSTERN_NOMEM;
    s->options = options;
    s->sink = sink;
    s->report = &report;
    s->whole = text;
    s->status = begin(s, &where);
    scan_url(s, &where, kind, 0, text, text);
    if (!s->status && landed.len && postern_mhtml_url_parse(text, &m) && !scan_same_origin(m.container, landed))
        scan_tell(s, &where, 2, POSTERN_SEVERITY_CRITICAL, 0, text, "a redirect leads to another origin than the container's");
    postern_status status = s->status;
    postern_arena_free(where.arena);
    postern_policy_free(s->own_policy);
    free(s);
    return status;
}
