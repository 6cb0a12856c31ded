/* html5lib's encoding tests against the prescan for <meta charset> behind the byte order mark. Cases whose <meta> stands
 * beyond the 1024 bytes of the prescan ask for a parser that changes the encoding while it reads; they are counted and left
 * aside (docs/DEVIATIONS.md). One TAP line for each file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "postern/codec.h"
#include "postern/html.h"

static const char *const encoding_files[] = {"tests1", "tests2", "test-yahoo-jp"};
enum { ENCODING_FILES = sizeof encoding_files / sizeof *encoding_files };

/* ---- encoding: "#data", bytes, "#encoding", a label ---- */

static bool same_encoding(postern_slice found, postern_slice expected) {
    /* the suite's answer when nothing is declared is windows-1252 */
    postern_charset got = found.len ? postern_charset_parse(found) : POSTERN_CHARSET_WINDOWS_1252;
    return got != POSTERN_CHARSET_NONE && got == postern_charset_parse(expected);
}

/* Nothing in the first 1024 bytes, and a <meta> with a charset only behind them. */
static bool is_late(postern_slice data, postern_slice found) {
    size_t meta = postern_slice_find_nocase(data, 1024, POSTERN_S("<meta"));
    return !found.len && meta != SIZE_MAX && postern_slice_find_nocase(data, meta, POSTERN_S("charset")) != SIZE_MAX;
}

static bool run_encoding_file(const char *shared, const char *name, unsigned *cases, unsigned *late) {
    char path[4096];
    snprintf(path, sizeof path, "%s/suites/html5lib-tests/encoding/%s.dat", shared, name);
    postern_file *file;
    postern_error error;
    if (postern_file_open(AT_FDCWD, path, &file, &error)) {
        printf("# %s: %s\n", path, error.text);
        return false;
    }
    postern_slice rest = postern_file_bytes(file);
    bool ok = true;
    for (size_t at; (at = postern_slice_find(rest, 0, POSTERN_S("#data\n"))) != SIZE_MAX; ++*cases) {
        rest = postern_slice_from(rest, at + 6);
        size_t end = postern_slice_find(rest, 0, POSTERN_S("\n#encoding\n"));
        postern_slice data = postern_slice_sub(rest, 0, end);
        rest = postern_slice_from(rest, end == SIZE_MAX ? end : end + 11);
        postern_slice expected = postern_slice_cut(rest, '\n').head, found = postern_html_prescan_charset(data);
        postern_charset mark = postern_charset_from_bom(data, NULL);
        if (mark) found = postern_slice_cstr(postern_charset_name(mark));
        if (is_late(data, found)) {
            ++*late;
            continue;
        }
        if (same_encoding(found, expected)) continue;
        printf("# failed: %s case %u: expected %.*s, got %.*s\n", name, *cases + 1, POSTERN_ARG(expected), POSTERN_ARG(found));
        ok = false;
    }
    postern_file_close(file);
    return ok && *cases > 0;
}

int main(void) {
    const char *shared = getenv("POSTERN_SHARED");
    unsigned failed = 0;
    if (!shared) return 2;
    printf("1..%d\n", ENCODING_FILES);
    for (unsigned i = 0; i < ENCODING_FILES; i++) {
        unsigned cases = 0, late = 0;
        bool ok = run_encoding_file(shared, encoding_files[i], &cases, &late);
        failed += !ok;
        printf("%s %u - %s # %u cases, %u late ones left aside\n", ok ? "ok" : "not ok", i + 1, encoding_files[i], cases, late);
    }
    return failed ? 1 : 0;
}
