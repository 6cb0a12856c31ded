/* Findings: every true file is found and every innocent neighbour is not; what sinks get; failing memory. */
#include "base/test_base.h"
#include "base/test_oom.h"

#include "postern/scan.h"

#include <fcntl.h>
#include <stdio.h>

typedef struct seen {
    unsigned count[POSTERN_FINDING_COUNT + 1];
    size_t size;
    char text[4096];
} seen;

static postern_status see(void *user, const postern_finding *f) {
    seen *s = user;
    assert_in_range(f->number, 1, POSTERN_FINDING_COUNT);
    assert_true(f->offset <= s->size);
    for (size_t i = 0; i < f->excerpt.len; i++) assert_true(f->excerpt.ptr[i] >= 0x20 && f->excerpt.ptr[i] != 0x7F);
    s->count[f->number]++;
    size_t len = strlen(s->text);
    snprintf(s->text + len, sizeof s->text - len, "MH%03u %s: %.*s\n", f->number, f->reason, POSTERN_ARG(f->excerpt));
    return POSTERN_OK;
}

static void judge(postern_slice bytes, const char *name, seen *s) {
    postern_scan_report report;
    postern_finding_sink sink = {see, s};
    s->size = bytes.len;
    assert_int_equal(postern_scan_bytes(bytes, postern_slice_cstr(name), NULL, &sink, &report), POSTERN_OK);
}

static unsigned number_of(postern_slice id) {
    uint64_t number = 0;
    assert_true(postern_slice_uint(postern_slice_from(id, 2), POSTERN_FINDING_COUNT, &number));
    return (unsigned)number;
}

static void true_and_innocent(void **state) {
    (void)state;
    postern_file *manifest, *file;
    unsigned trues[POSTERN_FINDING_COUNT + 1] = {0}, innocents[POSTERN_FINDING_COUNT + 1] = {0}, wrong = 0;
    assert_int_equal(postern_file_open(AT_FDCWD, POSTERN_SOURCE_ROOT "/tests/data/scan/manifest.tsv", &manifest, NULL),
                     POSTERN_OK);
    postern_slice rest = postern_file_bytes(manifest);
    while (rest.len) {
        postern_cut line = postern_slice_cut(rest, '\n');
        rest = line.tail;
        if (!line.head.len || line.head.ptr[0] == '#') continue;
        postern_cut name = postern_slice_cut(line.head, '\t'), ids = postern_slice_cut(name.tail, '\t');
        char path[512];
        snprintf(path, sizeof path, POSTERN_SOURCE_ROOT "/tests/data/scan/%.*s", POSTERN_ARG(name.head));
        assert_int_equal(postern_file_open(AT_FDCWD, path, &file, NULL), POSTERN_OK);
        seen s = {.size = 0};
        judge(postern_file_bytes(file), strrchr(path, '/') + 1, &s);
        postern_file_close(file);
        bool is_true = ids.head.len != 0;
        unsigned number = number_of(is_true ? ids.head : ids.tail);
        (is_true ? trues : innocents)[number]++;
        if (is_true == (s.count[number] != 0)) continue;
        print_error("%s: MH%03u %s\n%s", path, number, is_true ? "is missing" : "is told", s.text);
        wrong++;
    }
    postern_file_close(manifest);
    for (unsigned i = 1; i < POSTERN_FINDING_RULE; i++) { /* rules have test_rules.c */
        assert_true(trues[i] >= 2);
        assert_true(innocents[i] >= 2);
    }
    assert_int_equal(wrong, 0);
}

static void kinds_are_whole(void **state) {
    (void)state;
    for (unsigned i = 1; i <= POSTERN_FINDING_COUNT; i++) {
        const postern_finding_kind *kind = postern_finding_kind_of(i);
        char id[8];
        snprintf(id, sizeof id, "MH%03u", i);
        assert_string_equal(kind->id, id);
        assert_true(strlen(kind->title) > 5 && strlen(kind->match) > 20 && strlen(kind->false_alarm) > 5);
    }
    assert_null(postern_finding_kind_of(0));
    assert_null(postern_finding_kind_of(POSTERN_FINDING_COUNT + 1));
}

static void z20_same_again(void **state) {
    (void)state;
    postern_slice text = POSTERN_S("<a href='ms-its:mhtml:file://C:\\x.mht!y'>x</a><iframe src='http://localhost/'>");
    seen a = {.size = 0}, b = {.size = 0};
    judge(text, "a.html", &a);
    judge(text, "a.html", &b);
    assert_string_equal(a.text, b.text);
}

static void same_thing_is_told_once_and_many_are_bounded(void **state) {
    (void)state;
    postern_buf text;
    postern_buf_init(&text, 1 << 20);
    for (unsigned i = 0; i < 500; i++) postern_buf_printf(&text, "<a href='ms-msdt:/id %u'><a href='hcp:same'>", i);
    seen s = {.size = 0};
    judge(postern_buf_slice(&text), "a.html", &s);
    postern_buf_free(&text);
    assert_in_range(s.count[12], 2, 2 * POSTERN_LIMIT_FINDINGS);
}

static postern_status drop(void *user, const postern_finding *f) {
    (void)user;
    (void)f;
    return POSTERN_OK;
}

typedef struct input {
    const char *name, *text;
} input;

static postern_status whole_life(void *user) {
    const input *in = user;
    postern_finding_sink sink = {drop, NULL};
    postern_scan_report report;
    return postern_scan_bytes(postern_slice_cstr(in->text), postern_slice_cstr(in->name), NULL, &sink, &report);
}

#define HEAD "From: a@a.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"

static void each_allocation_may_fail(void **state) {
    (void)state;
    static const input rows[] = {
        {"a.html", "<p style='background:url(x)'><a href='ms-its:C:\\x.chm::/y'>x</a><script>a='b'</script>"},
        {"a.html", "<iframe srcdoc='&lt;a href=file:///C:/x.exe>'></iframe><div style='width:exp/**/ression(1)'>"},
        {"a.eml", HEAD "Content-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                       "PGEgaHJlZj0ibWh0bWw6ZmlsZTovL0M6XHgubWh0IWh0dHA6Ly9hLmV4YW1wbGUvIj4=\r\n"},
        {"a.eml",
         HEAD "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\nContent-Type: message/partial; number=2\r\n"
              "\r\nx\r\n--a\r\nContent-Type: message/partial; number=1\r\n\r\ncharset=utf-7 +AFQ-\r\n--a--\r\n"},
        {"a.eml", HEAD "Content-Type: text/plain; charset=iso-2022-jp\r\nX: \1 =?utf-8?q?a?=\r\n\r\n\33(Bx=\r\ny\r\nbegin 644 "
                       "a\r\n#86)C\r\nend\r\n"},
        {"a.mht",
         HEAD "Content-Type: multipart/related; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\nContent-Location: "
              "http://a.example/\r\n\r\n<img src=x.png>\r\n--a\r\nContent-Type: image/png; name=a.exe\r\nContent-Location: "
              "x.png\r\nContent-Disposition: attachment; filename=\"b.pdf.exe\"\r\n\r\nx\r\n--a--\r\n"},
        {"a.rels",
         "<Relationships><Relationship Target='mhtml:http://a.example/x.html!' TargetMode='External'/></Relationships>"},
        {"a.url", "[InternetShortcut]\nURL=URL:%6dhtml:http://a.example/x\n"},
        {"a.reg", "REGEDIT4\n\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\ZoneMap\\"
                  "ProtocolDefaults]\n\"http\"=dword:0\n"},
        {"a.rtf", "{\\rtf1{\\object{\\*\\objdata 6d68746d6c3a78}}{\\field{\\*\\fldinst HYPERLINK \"mhtml:x!y\"}}}"},
        {"a.xml", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'y'>]><a/>"},
        {"a.txt", "[ZoneTransfer]\nZoneId=1\nHostUrl=http://a.example/\n"},
        {"a.mbox", "From a@b Mon Jan  1 00:00:00 2026\n" HEAD "\nhi\n\nFrom a@b Mon Jan  1 00:00:00 2026\n" HEAD "\nhi\n"},
        {"a.pdf", "%PDF-1.4\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        input copy = rows[i];
        test_oom_each(whole_life, &copy);
    }
}

static postern_status one_url(void *user) {
    postern_finding_sink sink = {drop, NULL};
    return postern_scan_url(postern_slice_cstr(user), POSTERN_PLACE_LOAD, POSTERN_S("http://b.example/"), NULL, &sink);
}

static void each_allocation_of_a_url_may_fail(void **state) {
    (void)state;
    static char text[] = "mhtml:http://0x7f.1/a.mht!http://a.example/b";
    test_oom_each(one_url, text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_and_innocent),
        cmocka_unit_test(kinds_are_whole),
        cmocka_unit_test(z20_same_again),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(each_allocation_of_a_url_may_fail),
        cmocka_unit_test(same_thing_is_told_once_and_many_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
