/*
 * Marks of origin against the table vectors/motw-vectors.tsv: the column our_zone for a file about which nothing else is
 * known (the caller's zone is Internet, in mail Restricted), and a finding MH016 wherever the mark is malformed. Rows whose
 * input is told in words are built here, by their id.
 */
#include "conformance.h"

#include "postern/mhtml.h"

enum { ID, KIND, INPUT, CONTEXT, WINDOWS_ZONE, OUR_ZONE, FINDING, COLUMNS };

static const char internet_mark[] = "<!-- saved from url=(0014)about:internet -->\r\n";

/* <CR> and <LF> are written out in the table. */
static void add_unescaped(postern_buf *buf, postern_slice text) {
    while (text.len) {
        bool cr = postern_slice_starts(text, POSTERN_S("<CR>")), lf = postern_slice_starts(text, POSTERN_S("<LF>"));
        postern_buf_add_byte(buf, cr ? '\r' : lf ? '\n' : text.ptr[0]);
        text = postern_slice_from(text, cr || lf ? 4 : 1);
    }
}

/* What the row describes; false when it describes that there is no mark at all. */
static bool build(postern_buf *buf, const postern_slice *row) {
    if (postern_slice_eq(row[INPUT], POSTERN_S("no stream"))) return false;
    if (postern_slice_eq(row[INPUT], POSTERN_S("(empty stream)"))) return true;
    if (postern_slice_eq(row[ID], POSTERN_S("mw-13"))) {
        for (size_t i = 0; i < 64 << 10; i++) postern_buf_add_byte(buf, 'x');
        postern_buf_add(buf, internet_mark, sizeof internet_mark - 1);
    } else if (postern_slice_eq(row[ID], POSTERN_S("mw-17"))) {
        postern_buf_add(buf, "\xFF\xFE", 2);
        for (size_t i = 0; i < sizeof internet_mark - 1; i++) postern_buf_add(buf, (const char[]){internet_mark[i], 0}, 2);
    } else if (postern_slice_eq(row[ID], POSTERN_S("mw-33"))) {
        postern_buf_add_slice(buf, POSTERN_S("[ZoneTransfer]\r\nLastWriterPackageFamilyName=x\r\nAppZoneId=4\r\nZoneId=3\r\n"));
    } else {
        add_unescaped(buf, row[INPUT]);
    }
    return true;
}

/* The number that the column begins with, alone or inside least(); without one it is the caller's zone. */
static postern_zone expected_zone(const postern_slice *row, postern_zone caller) {
    postern_slice text = row[OUR_ZONE];
    if (postern_slice_eq(row[ID], POSTERN_S("mw-17"))) return POSTERN_ZONE_INTERNET;
    if (postern_slice_eq(row[ID], POSTERN_S("mw-33"))) return POSTERN_ZONE_RESTRICTED;
    if (postern_slice_starts(text, POSTERN_S("least(3, "))) text = postern_slice_from(text, 6);
    if (postern_slice_starts(text, POSTERN_S("least = "))) text = postern_slice_from(text, 8);
    return text.len && postern_ascii_digit(text.ptr[0]) ? (postern_zone)(text.ptr[0] - '0') : caller;
}

static void check_row(tap_row *tap, const postern_slice *row) {
    bool comment = postern_slice_eq(row[KIND], POSTERN_S("comment"));
    bool in_mail = postern_slice_find(row[CONTEXT], 0, POSTERN_S("caller zone 4")) != SIZE_MAX;
    postern_zone caller = in_mail ? POSTERN_ZONE_RESTRICTED : POSTERN_ZONE_INTERNET;
    postern_arena *arena = postern_arena_new(1 << 20);
    postern_mark mark = {.zone = POSTERN_ZONE_LOCAL_MACHINE};
    postern_buf buf;
    postern_buf_init(&buf, 1 << 20);
    bool has_input = build(&buf, row);
    if (has_input && comment) postern_mark_from_comment(arena, postern_buf_slice(&buf), &mark);
    if (has_input && !comment) postern_mark_from_stream(arena, postern_buf_slice(&buf), &mark);
    postern_zone zone = mark.present ? postern_zone_least(caller, mark.zone) : caller;
    postern_zone expected = expected_zone(row, caller);
    tap_case(tap, zone == expected, "%.*s: zone %d, not %d", POSTERN_ARG(row[ID]), (int)zone, (int)expected);
    /* the mark does it by itself, even for a caller who is sure of Local Machine */
    if (mark.present && !in_mail)
        tap_case(tap, postern_zone_least(POSTERN_ZONE_LOCAL_MACHINE, mark.zone) == expected, "%.*s: the mark alone says %d",
                 POSTERN_ARG(row[ID]), (int)mark.zone);
    bool finding = postern_slice_find(row[FINDING], 0, POSTERN_S("MH016")) != SIZE_MAX;
    tap_case(tap, finding == mark.malformed, "%.*s: malformed %d", POSTERN_ARG(row[ID]), mark.malformed);
    postern_buf_free(&buf);
    postern_arena_free(arena);
}

static void check_mail(tap_row *tap, const postern_slice *row);

static void table(tap_row *tap, postern_slice bytes, postern_slice kind, const char *name) {
    bool mail = postern_slice_eq(kind, POSTERN_S("mail"));
    unsigned rows = 0;
    for (postern_cut lines = {bytes, bytes, true}; lines.ok;) {
        postern_slice row[COLUMNS];
        lines = postern_slice_cut(lines.tail, '\n');
        postern_cut cells = {lines.head, lines.head, true};
        size_t count = 0;
        while (cells.ok && count < COLUMNS) {
            cells = postern_slice_cut(cells.tail, '\t');
            row[count++] = cells.head;
        }
        if (count < COLUMNS || row[ID].ptr[0] == '#' || !postern_slice_eq(row[KIND], kind)) continue;
        if (mail) check_mail(tap, row);
        else check_row(tap, row);
        rows++;
    }
    tap_case(tap, rows >= (mail ? 1 : 10), "only %u rows", rows);
    tap_end(tap, name);
}

/* mw-41: whatever a mail says of itself, it is the caller's zone, Restricted without a word of his. */
static void check_mail(tap_row *tap, const postern_slice *row) {
    static const char *const mails[] = {
        "From: a@x.example\r\nTo: b@y.example\r\nContent-Type: text/html\r\n\r\nx",
        "Received: from localhost (127.0.0.1) by intranet\r\nFrom: a@x.example\r\nTo: b@y.example\r\n"
        "Content-Location: file:///C:/windows/x.htm\r\nContent-Type: text/html\r\n\r\nx"};
    for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
        for (int zone = -1; zone < 5; zone++) {
            postern_archive_options options = {.has_caller_zone = zone >= 0, .caller_zone = zone >= 0 ? (postern_zone)zone : 0};
            postern_archive *archive = NULL;
            if (postern_archive_open(postern_slice_cstr(mails[i]), &options, &archive, NULL)) give_up("no archive", "mail");
            int expected = zone < 0 ? POSTERN_ZONE_RESTRICTED : zone, got = (int)postern_archive_facts_of(archive)->zone;
            tap_case(tap, got == expected, "%.*s: mail %zu, caller %d: %d", POSTERN_ARG(row[ID]), i, zone, got);
            postern_archive_free(archive);
        }
    }
}

int main(void) {
    tap_row tap;
    tap_plan(&tap, 3);
    postern_slice bytes = shared_bytes("vectors/motw-vectors.tsv");
    table(&tap, bytes, POSTERN_S("comment"), "z10 vectors/motw-vectors.tsv, comments");
    table(&tap, bytes, POSTERN_S("ads"), "z10 vectors/motw-vectors.tsv, streams");
    table(&tap, bytes, POSTERN_S("mail"), "z10 vectors/motw-vectors.tsv, mail");
    free((void *)(uintptr_t)bytes.ptr);
    return tap_finish(&tap);
}
