/* OVAL over a small tree in the shape of a Wine prefix: what is collected, and every allocation failing in turn. */
#define _GNU_SOURCE
#include "base/test_base.h"
#include "base/test_oom.h"

#include "advisory/oval_int.h"

#include <fcntl.h>
#include <ftw.h>
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct tree {
    char path[64];
    int fd;
} tree;

static void tree_file(const tree *t, const char *path, postern_slice bytes) {
    for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
        char folder[128];
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        (void)!mkdirat(t->fd, folder, 0777); /* it may be there; openat tells */
    }
    int fd = openat(t->fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
    close(fd);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static void tree_free(const tree *t) {
    close(t->fd);
    assert_int_equal(nftw(t->path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

#define HEAD                                                                                                                   \
    "<oval_definitions xmlns='" OVAL_NS "oval-definitions-5' xmlns:i='" OVAL_NS "oval-definitions-5#independent' "             \
    "xmlns:w='" OVAL_NS "oval-definitions-5#windows'><definitions><definition id='d' version='1' class='patch'><criteria "     \
    "operator='AND'><criterion test_ref='t:r'/><criterion test_ref='t:f'/><criterion test_ref='t:h'/><criterion test_ref="     \
    "'t:t'/><criterion test_ref='t:x'/><criterion test_ref='t:e'/></criteria></definition></definitions><tests>"
#define TEST(prefix, kind, name)                                                                                               \
    "<" prefix ":" kind "_test id='t:" name "' version='1' check='all' comment='c'><" prefix ":object object_ref='o:" name     \
    "'/></" prefix ":" kind "_test>"
#define OBJECT(prefix, kind, name, inner)                                                                                      \
    "<" prefix ":" kind "_object id='o:" name "' version='1'>" inner "</" prefix ":" kind "_object>"
#define PLACE "<i:filepath>C:\\x\\a.xml</i:filepath>"

static const char definitions[] =
    HEAD TEST("w", "registry", "r") TEST("w", "file", "f") TEST("i", "filehash58", "h") TEST("i", "textfilecontent54", "t")
        TEST("i", "xmlfilecontent", "x") TEST("i", "environmentvariable", "e") "</tests><objects>" OBJECT(
            "w", "registry", "r",
            "<w:hive>HKEY_LOCAL_MACHINE</w:hive><w:key operation='pattern match'>^Software\\\\A</w:key>"
            "<w:name operation='pattern match'>.</w:name>")
            OBJECT("w", "file", "f",
                   "<w:behaviors recurse_direction='down'/><w:path>C:\\x</w:path><w:filename operation='pattern match'>"
                   "xml$</w:filename>") OBJECT("i", "filehash58", "h", PLACE "<i:hash_type>SHA-256</i:hash_type>")
                OBJECT("i", "textfilecontent54", "t",
                       PLACE "<i:pattern operation='pattern match'>(b)</i:pattern><i:instance datatype='int'>1"
                             "</i:instance>") OBJECT("i", "xmlfilecontent", "x", PLACE "<i:xpath>/a/b</i:xpath>")
                    OBJECT("i", "environmentvariable", "e", "<i:name>V</i:name>") "</objects></oval_definitions>";

static const char registry[] =
    "WINE REGISTRY Version 2\n\n#arch=win32\n\n[Software\\\\A] 1081814400\n\"N\"=dword:0000002a\n\"M\"=str(7):\"x\\0y"
    "\\0\"\n\n[System\\\\CurrentControlSet\\\\Control\\\\Session Manager\\\\Environment] 1081814400\n\"V\"=\"w\"\n";

static void tree_new(tree *t) {
    snprintf(t->path, sizeof t->path, "/tmp/postern-oval-XXXXXX");
    assert_non_null(mkdtemp(t->path));
    t->fd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(t->fd >= 0);
    tree_file(t, "system.reg", postern_slice_cstr(registry));
    tree_file(t, "drive_c/windows/system32/kernel32.dll", POSTERN_S("MZ"));
    tree_file(t, "drive_c/x/a.xml", POSTERN_S("<a><b>c</b></a>"));
}

static postern_status evaluate(void *user) {
    const tree *t = user;
    const postern_win_options options = {0};
    postern_win *win = NULL;
    postern_oval *o = NULL;
    postern_error error = {0};
    postern_buf out;
    postern_status status = postern_win_open(t->fd, &options, &win, &error);
    postern_buf_init(&out, 1 << 20);
    if (!status) status = postern_oval_open(postern_slice_cstr(definitions), &o, &error);
    if (!status) status = postern_oval_set_tree(o, win, &error);
    if (!status) status = postern_oval_evaluate(o, (postern_slice){0}, &error);
    if (!status) {
        postern_sink sink = postern_buf_sink(&out);
        status = postern_oval_write_characteristics(o, &sink, &error);
    }
    if (!status && postern_oval_definition_at(o, 0).result != POSTERN_OVAL_TRUE) status = POSTERN_STATE;
    postern_oval_free(o);
    postern_win_close(win);
    postern_buf_free(&out);
    return status;
}

static void a_tree_answers(void **state) {
    tree t;
    (void)state;
    tree_new(&t);
    assert_int_equal(evaluate(&t), POSTERN_OK);
    tree_free(&t);
}

static void memory_may_fail_anywhere(void **state) {
    tree t;
    (void)state;
    tree_new(&t);
    assert_true(test_oom_each(evaluate, &t) > 20);
    tree_free(&t);
}

/* ---- libxml2's own memory ---- */

static size_t xml_calls, xml_fails_at; /* 0: never */
static bool xml_onwards;

static bool xml_refuses(void) {
    xml_calls++;
    return xml_fails_at && (xml_calls == xml_fails_at || (xml_onwards && xml_calls > xml_fails_at));
}
static void *xml_malloc(size_t size) {
    return xml_refuses() ? NULL : malloc(size);
}
static void *xml_realloc(void *block, size_t size) {
    return xml_refuses() ? NULL : realloc(block, size);
}
static char *xml_strdup(const char *text) {
    return xml_refuses() ? NULL : strdup(text);
}

/* NOMEM, or the document is there whole. How many allocations there were. */
static size_t read_definitions(size_t fails_at, bool onwards) {
    postern_oval *o = NULL;
    postern_error error;
    xml_calls = 0;
    xml_fails_at = fails_at;
    xml_onwards = onwards;
    postern_status status = postern_oval_open(postern_slice_cstr(definitions), &o, &error);
    xml_fails_at = 0;
    if (status) {
        assert_int_equal(status, POSTERN_NOMEM);
    } else {
        assert_int_equal(o->tests.count, 6);
        assert_int_equal(o->objects.count, 6);
    }
    assert_true(!fails_at || !onwards || status);
    postern_oval_free(o);
    return xml_calls;
}

/* XPath is left out: with too little memory libxml2 2.9.14 frees blocks twice in it. */
static void libxml2_may_lack_memory(void **state) {
    (void)state;
    xmlInitParser();
    assert_int_equal(xmlMemSetup(free, xml_malloc, xml_realloc, xml_strdup), 0);
    size_t all = read_definitions(0, false);
    assert_true(all > 20);
    for (size_t i = 1; i <= all; i++) {
        read_definitions(i, false);
        read_definitions(i, true);
    }
    assert_int_equal(xmlMemSetup(free, malloc, realloc, strdup), 0);
    read_definitions(0, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_answers),
        cmocka_unit_test(memory_may_fail_anywhere),
        cmocka_unit_test(libxml2_may_lack_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
