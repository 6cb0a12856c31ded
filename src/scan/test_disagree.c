/*
 * Z22: opening is strict, scanning is tolerant, and where the two disagree that is a finding. Each message hides a payload from
 * the strict reading that some other reader sees; the innocent one beside it is read in one way only.
 */
#include "base/test_base.h"

#include "postern/scan.h"

#define MARKER "<a href=\"ms-its:mhtml:file://C:\\x.mht!http://evil.example/x.chm::/x.htm\">THE HIDDEN MARKER</a>"
/* base64 of MARKER */
#define B64                                                                                                                    \
    "PGEgaHJlZj0ibXMtaXRzOm1odG1sOmZpbGU6Ly9DOlx4Lm1odCFodHRwOi8vZXZpbC5leGFtcGxl\r\n"                                         \
    "L3guY2htOjoveC5odG0iPlRIRSBISURERU4gTUFSS0VSPC9hPg=="
#define HEAD "From: a@x.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"

static const struct {
    const char *what, *hidden, *innocent;
} rows[] = {
    {"two transfer encodings",
     HEAD "Content-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n" B64 "\r\n",
     HEAD "Content-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<p>x</p>\r\n"},
    {"two boundaries",
     HEAD "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\n"
          "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" B64 "\r\n--b--\r\n--a--\r\n",
     HEAD "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nx\r\n--a--\r\n"},
    {"an encoding that is none", HEAD "Content-Type: text/html\r\nContent-Transfer-Encoding: x base64\r\n\r\n" B64 "\r\n",
     HEAD "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>x</p>\r\n"},
};

/* Whether what opening shows as text holds the marker. */
static bool opening_shows(const char *text) {
    postern_archive *archive = NULL;
    bool found = false;
    if (postern_archive_open(postern_slice_cstr(text), NULL, &archive, NULL)) return false;
    for (uint32_t i = 0; i < postern_archive_part_count(archive); i++) {
        const postern_part *part = postern_archive_part(archive, i);
        postern_slice bytes;
        if (part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE)) continue;
        assert_int_equal(postern_part_decode_arena(postern_archive_arena(archive), part, NULL, &bytes), POSTERN_OK);
        found |= postern_slice_find(bytes, 0, POSTERN_S("THE HIDDEN MARKER")) != SIZE_MAX;
    }
    postern_archive_free(archive);
    return found;
}

static postern_status take(void *user, const postern_finding *finding) {
    ((unsigned *)user)[finding->number]++;
    return POSTERN_OK;
}

static void scan(const char *text, unsigned found[POSTERN_FINDING_COUNT + 1]) {
    postern_scan_report report;
    postern_finding_sink sink = {take, found};
    memset(found, 0, (POSTERN_FINDING_COUNT + 1) * sizeof *found);
    assert_int_equal(postern_scan_bytes(postern_slice_cstr(text), POSTERN_S("m.eml"), NULL, &sink, &report), POSTERN_OK);
}

static void z22_disagreement_is_a_finding(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned found[POSTERN_FINDING_COUNT + 1];
        scan(rows[i].hidden, found);
        if (opening_shows(rows[i].hidden) || !found[1] || !found[17])
            print_error("%s: shown %d, MH001 %u, MH017 %u\n", rows[i].what, opening_shows(rows[i].hidden), found[1], found[17]);
        assert_false(opening_shows(rows[i].hidden)); /* strict: one reading, in which it does not stand */
        assert_true(found[1] > 0);                   /* tolerant: the attack is seen all the same */
        assert_true(found[17] > 0);                  /* and that the readings differ is said */
        scan(rows[i].innocent, found);
        assert_true(found[1] == 0 && found[17] == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(z22_disagreement_is_a_finding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
