/*
 * Tables of URLs and handlers that are known to hold on Windows (vectors-uri.tsv, vectors-mhtml.tsv, the rows of
 * vectors-urlmon.tsv that are no zone decision), asserted whole: a row agrees, or it stands here with what we make of it
 * instead, by its line or its id. docs/DEVIATIONS.md gives the reasons. A row that is new or was forgotten fails.
 */
#include "conformance.h"

#include "postern/page.h"
#include "postern/scan.h"

enum { COLUMNS = 10 };

typedef struct table_row {
    unsigned line; /* of the file, from 1 */
    postern_slice cell[COLUMNS];
} table_row;

typedef void (*row_check)(tap_row *tap, const table_row *row);

static unsigned each_row(tap_row *tap, const char *path, const char *header, row_check check) {
    postern_slice bytes = shared_bytes(path);
    unsigned line = 0, rows = 0;
    for (postern_cut lines = {bytes, bytes, true}; lines.ok;) {
        lines = postern_slice_cut(lines.tail, '\n');
        line++;
        if (lines.head.len == 0 && !lines.ok) break;
        if (postern_slice_starts(lines.head, POSTERN_S("#")) || postern_slice_starts(lines.head, postern_slice_cstr(header)))
            continue;
        table_row row = {.line = line};
        postern_slice rest = lines.head;
        for (int i = 0; i < COLUMNS; i++) {
            postern_cut cell = postern_slice_cut(rest, '\t');
            row.cell[i] = cell.head;
            rest = cell.tail;
        }
        check(tap, &row);
        rows++;
    }
    free((void *)(uintptr_t)bytes.ptr);
    return rows;
}

/* ---- vectors-uri.tsv -------------------------------------------------------------------------------------------------- */

enum { URI_INPUT, URI_FLAGS, URI_ABSOLUTE, URI_HOST, URI_PATH, URI_SCHEME };

/* Lines on which the WHATWG parser, or ours for Windows paths, gives something else than CreateUri; NULL: it is refused. */
static const struct {
    unsigned line;
    const char *ours;
} uri_deviations[] = {
#include "uri_deviations.h"
};
enum { URI_DEVIATIONS = sizeof uri_deviations / sizeof *uri_deviations };
static unsigned uri_used;

/* <TAB>, <CR> and <LF> are written out in the table. */
static void unescape(postern_slice text, postern_buf *out) {
    while (text.len) {
        bool cr = postern_slice_starts(text, POSTERN_S("<CR>")), lf = postern_slice_starts(text, POSTERN_S("<LF>"));
        bool tab = postern_slice_starts(text, POSTERN_S("<TAB>"));
        postern_buf_add_byte(out, cr ? '\r' : lf ? '\n' : tab ? '\t' : text.ptr[0]);
        text = postern_slice_from(text, cr || lf ? 4 : tab ? 5 : 1);
    }
}

static postern_status parse(postern_arena *arena, postern_slice text, const postern_url **ret_url) {
    bool network;
    postern_winpath_kind kind = postern_winpath_classify(text, &network);
    bool path = kind == POSTERN_WINPATH_DRIVE || kind == POSTERN_WINPATH_UNC;
    return path ? postern_winpath_to_url(arena, text, ret_url) : postern_url_parse(arena, text, NULL, ret_url);
}

static void check_uri(tap_row *tap, const table_row *row) {
    postern_arena *arena = postern_arena_new(1 << 20);
    const postern_url *url = NULL;
    postern_slice expected = row->cell[URI_ABSOLUTE];
    bool refused = false;
    postern_buf text;
    postern_buf_init(&text, 1 << 16);
    unescape(row->cell[URI_INPUT], &text);
    for (size_t i = 0; i < URI_DEVIATIONS; i++) {
        if (uri_deviations[i].line != row->line) continue;
        refused = !uri_deviations[i].ours;
        expected = refused ? POSTERN_S("") : postern_slice_cstr(uri_deviations[i].ours);
        uri_used++;
    }
    postern_status status = arena ? parse(arena, postern_buf_slice(&text), &url) : POSTERN_NOMEM;
    postern_slice got = status ? POSTERN_S("") : url->href;
    tap_case(tap, refused ? status == POSTERN_FORMAT : !status && postern_slice_eq(got, expected),
             "line %u: %s %.*s, expected %.*s", row->line, postern_status_name(status), POSTERN_ARG(got),
             POSTERN_ARG(expected));
    /* What matters to a zone: whatever the spelling, the host is the one that Windows would ask. */
    postern_slice host = status ? (postern_slice){0} : url->host;
    if (host.len > 2 && host.ptr[0] == '[') host = postern_slice_sub(host, 1, host.len - 2);
    bool said = row->cell[URI_HOST].len && !status && !postern_slice_starts(row->cell[URI_INPUT], POSTERN_S("http://g<LF>"));
    if (said)
        tap_case(tap, postern_slice_eq_nocase(host, row->cell[URI_HOST]), "line %u: host %.*s, Windows %.*s", row->line,
                 POSTERN_ARG(host), POSTERN_ARG(row->cell[URI_HOST]));
    postern_buf_free(&text);
    postern_arena_free(arena);
}

static void table_uri(tap_row *tap) {
    unsigned rows = each_row(tap, "vectors/vectors-uri.tsv", "input\t", check_uri);
    tap_case(tap, rows >= 130 && uri_used == URI_DEVIATIONS, "%u rows, %u of %u deviations used", rows, uri_used,
             (unsigned)URI_DEVIATIONS);
    printf("# vectors-uri.tsv: %u rows, %u agree, %u differ on purpose\n", rows, rows - URI_DEVIATIONS,
           (unsigned)URI_DEVIATIONS);
    tap_end(tap, "z8 vectors/vectors-uri.tsv");
}

#include "table_mhtml.h"
#include "table_urlmon.h"

int main(void) {
    tap_row tap;
    tap_plan(&tap, 3);
    table_uri(&tap);
    table_mhtml(&tap);
    table_urlmon(&tap);
    return tap_finish(&tap);
}
