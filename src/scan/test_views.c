/* Every view: payloads that one reader sees and another does not are all handed out, each once. */
#include "base/test_base.h"
#include "base/test_oom.h"

#include "postern/scan.h"

#include <stdlib.h>

typedef struct wanted {
    postern_slice marker;
    bool found;
    unsigned views;
} wanted;

static postern_status look(void *user, const postern_view *view) {
    wanted *w = user;
    w->views++;
    if (postern_slice_find(view->bytes, 0, w->marker) != SIZE_MAX) w->found = true;
    return POSTERN_OK;
}

#define B64 "VEhFIEhJRERFTiBNQVJLRVI=" /* THE HIDDEN MARKER */

static void hidden_payloads_are_found(void **state) {
    (void)state;
    static const struct {
        const char *what, *text;
    } rows[] = {
        {"plain", "Content-Type: text/plain\r\n\r\nTHE HIDDEN MARKER\r\n"},
        {"two encodings", "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n" B64 "\r\n"},
        {"encoding unknown", "Content-Transfer-Encoding: x-base64;\r\n\r\n" B64 "\r\n"},
        {"two boundaries", "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n\r\nx\r\n--b\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n" B64 "\r\n--a--\r\n"},
        {"epilogue", "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n--a\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n" B64 "\r\n--a--\r\n"},
        {"preamble", "Content-Type: multipart/mixed; boundary=a\r\n\r\n" B64 "\r\n--a\r\n\r\nx\r\n--a--\r\n"},
        {"no blank line", "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n" B64 "\r\n"},
        {"delimiter inside", "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                             "VEhFIEhJ\r\n--b\r\nRERFTiBNQVJLRVI=\r\n--a--\r\n"},
        {"padding inside", "Content-Transfer-Encoding: base64\r\n\r\nVEhF=IEhJRERFTiBNQVJLRVI=\r\n"},
        {"foreign characters", "Content-Transfer-Encoding: base64\r\n\r\nVE!hFI#EhJRERF*TiBNQVJLRVI=\r\n"},
        {"line for itself", "Content-Transfer-Encoding: base64\r\n\r\nVEhFIEhJRERFTiBNQVJLRVIA\r\nAAA\r\nAAA\r\n"},
        {"quoted-printable", "\r\n=54HE=20HIDDEN=20MAR=\r\nKER\r\n"},
        {"uuencode", "\r\nbegin 644 x\r\n15$A%($A)1$1%3B!-05)+15(\r\n`\r\nend\r\n"},
        {"CR alone", "Content-Type: multipart/mixed; boundary=a\r\r--a\rContent-Transfer-Encoding: base64\r\r" B64 "\r--a--\r"},
        {"soft break inside an escape", "\r\n=5=\r\n4HE HIDDEN MARKER\r\n"},
        {"bad escapes dropped", "\r\nTHE=G7 HID=!!DEN MA=ZZRKER\r\n"},
        {"padding is a zero", "\r\nVEhFIEhJRERFTiBNQVJLRVIg=Q=Q\r\n"},
        {"base64 in base64", "\r\nVkVoRklFaEpSRVJGVGlCTlFWSkxSVkk9\r\n"},
        {"second uuencoded file",
         "\r\nbegin 644 a\r\n#86)C\r\n`\r\nend\r\n\r\nbegin 644 x\r\n15$A%($A)1$1%3B!-05)+15(\r\n`\r\nend\r\n"},
        {"UTF-7", "Content-Type: text/plain; charset=utf-7\r\n\r\n+AFQ-HE HIDDEN +AE0-ARKER\r\n"},
        {"needless escapes", "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\nTHE HID\33(BDEN MARKER\r\n"},
        {"delimiters without dashes", "Content-Type: multipart/mixed; boundary=abcd\r\n\r\nabcd\r\n\r\nx\r\nabcd\r\n"
                                      "Content-Transfer-Encoding: base64\r\n\r\n" B64 "\r\nabcd--\r\n"},
        {"a run inside text", "\r\nHere it is: " B64 " (base64)\r\n"},
        {"encoded words", "Subject: =?utf-8?q?THE=20HIDDEN?= =?utf-8?q?=20MARKER?=\r\n\r\nx\r\n"},
        {"CR CR LF", "Content-Transfer-Encoding: quoted-printable\r\r\n\r\r\nTHE HIDDEN MA=\r\r\nRKER\r\r\n"},
        {"quoted", "> Content-Transfer-Encoding: quoted-printable\r\n>\r\n> THE HIDDEN MA=\r\n> RKER\r\n"},
        {"fragments", "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
                      "--a\r\nContent-Type: message/partial; number=2; id=x\r\n\r\nARKER\r\n"
                      "--a\r\nContent-Type: message/partial; number=1; id=x\r\n\r\nX: y\r\n\r\nTHE HIDDEN M\r\n--a--\r\n"},
        {"message in base64", "Content-Transfer-Encoding: base64\r\n\r\n"
                              "Q29udGVudC1UcmFuc2Zlci1FbmNvZGluZzogYmFzZTY0DQoNClZFaEZJRWhKUkVSRlRpQk5RVkpMUlZJPQ0K\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wanted w = {.marker = POSTERN_S("THE HIDDEN MARKER")};
        bool cut;
        assert_int_equal(postern_views_each(postern_slice_cstr(rows[i].text), look, &w, &cut), POSTERN_OK);
        if (!w.found) print_error("not found: %s\n", rows[i].what);
        assert_true(w.found);
        assert_false(cut);
    }
}

static postern_status stop(void *user, const postern_view *view) {
    (void)view;
    return ++*(int *)user == 2 ? POSTERN_STATE : POSTERN_OK;
}

static void the_caller_may_stop(void **state) {
    (void)state;
    int count = 0;
    bool cut;
    assert_int_equal(postern_views_each(POSTERN_S("a: b\r\n\r\nc\r\n--x\r\nd\r\n--y\r\ne\r\n"), stop, &count, &cut),
                     POSTERN_STATE);
    assert_int_equal(count, 2);
}

/* Z18: thousands of delimiters end in `cut`, not in hours. */
static void z18_views_are_bounded(void **state) {
    (void)state;
    postern_buf text;
    postern_buf_init(&text, 1 << 22);
    for (int i = 0; i < 40000; i++) postern_buf_printf(&text, "--b%d\r\nQUJD\r\n", i % 7);
    wanted w = {.marker = POSTERN_S("?")};
    bool cut = false;
    assert_int_equal(postern_views_each(postern_buf_slice(&text), look, &w, &cut), POSTERN_OK);
    assert_true(cut);
    postern_buf_free(&text);
}

/* A boundary of two letters that fills one line of a megabyte: looked for once, not once from each place. */
static void z18_a_short_boundary_costs_one_pass(void **state) {
    (void)state;
    postern_buf text;
    postern_buf_init(&text, 4 << 20);
    postern_buf_printf(&text, "Content-Type: multipart/mixed; boundary=ab\r\n\r\n");
    for (int i = 0; i < 1 << 19; i++) postern_buf_add(&text, "ab", 2);
    wanted w = {.marker = POSTERN_S("?")};
    bool cut;
    assert_int_equal(postern_views_each(postern_buf_slice(&text), look, &w, &cut), POSTERN_OK);
    assert_in_range(w.views, 1, 100);
    postern_buf_free(&text);
}

static postern_status pass(void *user, const postern_view *view) {
    (void)user;
    (void)view;
    return POSTERN_OK;
}

static postern_status walk(void *user) {
    bool cut;
    return postern_views_each(postern_slice_cstr(user), pass, NULL, &cut);
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    static char texts[][300] = {
        "Content-Type: multipart/mixed; boundary=a; boundary*=b\r\n\r\n--a\r\n\r\n" B64
        "\r\n--b\r\n=4=\r\n1 =?utf-8?q?x?=\r\n--a--\r\n",
        "> Content-Type: text/plain; charset=utf-7; delsp=yes\r\r\n>\r\r\n> +AFQ- \r\n> x\r\n> begin 644 x\r\n> #86)C\r\n> "
        "end\r\n",
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: message/partial; number=2\r\n\r\nb\r\n"
        "--a\r\nContent-Type: message/partial; number=1\r\n\r\na\r\n--a--\r\n",
        "\xFF\xFEX\0Y\0",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) test_oom_each(walk, texts[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_payloads_are_found), cmocka_unit_test(the_caller_may_stop),
        cmocka_unit_test(z18_views_are_bounded),     cmocka_unit_test(z18_a_short_boundary_costs_one_pass),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
