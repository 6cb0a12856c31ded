/* What readers answer, and how it travels: frames, documents of ours, facts, settings, languages. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/test_base.h"
#include "base/test_oom.h"
#include "view/view_int.h"

/* ---- frames ---- */

static void frames_come_in_any_pieces(void **state) {
    (void)state;
    postern_buf wire, data;
    postern_buf_init(&wire, 1 << 20);
    view_head head = {
        .status = 200, .media = VIEW_MEDIA_FILE, .picture = POSTERN_MEDIA_PNG, .name = POSTERN_S("\xe6\x96\x99 100%.png")};
    view_frame_put_head(&wire, &head);
    view_frame_put(&wire, VIEW_FRAME_DATA, POSTERN_S("hello "));
    view_frame_put(&wire, VIEW_FRAME_DATA, POSTERN_S("")); /* nothing is a frame, too */
    view_frame_put(&wire, VIEW_FRAME_DATA, POSTERN_S("world"));
    view_frame_put(&wire, VIEW_FRAME_END, POSTERN_S(""));
    for (size_t step = 1; step <= wire.len; step++) {
        static view_frames frames;
        memset(&frames, 0, sizeof frames);
        postern_buf_init(&data, 100);
        frames.data = postern_buf_sink(&data);
        for (size_t at = 0; at < wire.len; at += step) {
            postern_slice some = postern_slice_sub(postern_buf_slice(&wire), at, step);
            assert_int_equal(view_frames_take(&frames, some.ptr, some.len), POSTERN_OK);
        }
        assert_true(frames.ended);
        assert_int_equal(frames.head.status, 200);
        assert_string_equal(frames.name, "\xe6\x96\x99 100%.png");
        assert_slice(postern_buf_slice(&data), "hello world");
        postern_buf_free(&data);
    }
    postern_buf_free(&wire);
}

static void a_reader_that_breaks_the_protocol_is_not_believed(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
#define ROW(literal) {literal, sizeof(literal) - 1}
        ROW("D\1\0\0\0x"), /* data before the head */
        ROW("E\0\0\0\0"),  /* the end of nothing */
        ROW("X\0\0\0\0"),
        ROW("F\0\0\0\0"),             /* an answer out of turn, where nobody asked for one */
        ROW("S\1\0\0\0x"),            /* a state, of a reader that has none */
        ROW("H\5\0\0\0\xc8\0\0\0\5"), /* no such zone */

        ROW("H\3\0\0\0\xc8\0\0"),
        ROW("H\5\0\0\0\xc8\0\7\0\xff"),   /* no such media */
        ROW("H\5\0\0\0\x2e\1\0\0\xff"),   /* 302: a reader cannot send a browser elsewhere */
        ROW("H\5\0\0\0\xc8\0\2\x08\xff"), /* SVG is no raster picture */
        ROW("H\x8\0\0\0\xc8\0\2\0\xff"
            "a\r\n"), /* a name that ends the header */
        ROW("H\x8\0\0\0\xc8\0\2\0\xff"
            "a/b"),
        ROW("H\6\0\0\0\xc8\0\2\0\xff\xff"),
        ROW("H\5\0\0\0\xc8\0\0\0\xff"
            "H\5\0\0\0\xc8\0\0\0\xff"
            ""),
        ROW("H\5\0\0\0\xc8\0\0\0\xff"
            "E\0\0\0\0D\1\0\0\0x"),
        ROW("H\5\0\0\0\xc8\0\0\0\xff"
            "D\1\0\1\0x"), /* longer than a frame may be */
        ROW("H\5\0\0\0\xc8\0\0\0\xff"
            "D\xff\xff\xff\xffx"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static view_frames frames;
        postern_buf data;
        memset(&frames, 0, sizeof frames);
        postern_buf_init(&data, 100);
        frames.data = postern_buf_sink(&data);
        if (view_frames_take(&frames, rows[i].bytes, rows[i].len) != POSTERN_FORMAT) fail_msg("row %zu is believed", i);
        postern_buf_free(&data);
    }
}

typedef struct turns {
    view_frames *frames;
    char order[8];
    unsigned count;
} turns;

static void on_end(void *user) {
    turns *t = user;
    t->order[t->count++] = t->frames->first ? 'F' : '-';
    t->frames->has_head = t->frames->ended = t->frames->first = false;
}

/* Answers that follow each other in one piece, one of them out of turn: each goes where it is wanted. */
static void an_answer_out_of_turn_goes_its_own_way(void **state) {
    (void)state;
    static view_frames frames;
    static const char bytes[] = "F\0\0\0\0H\5\0\0\0\xc8\0\1\0\xff"
                                "D\1\0\0\0a"
                                "E\0\0\0\0"
                                "H\5\0\0\0\xc8\0\2\0\xff"
                                "D\1\0\0\0b"
                                "E\0\0\0\0";
    turns t = {.frames = &frames};
    postern_buf data, first;
    postern_buf_init(&data, 100);
    postern_buf_init(&first, 100);
    memset(&frames, 0, sizeof frames);
    frames.data = postern_buf_sink(&data);
    frames.first_data = postern_buf_sink(&first);
    frames.on_end = on_end;
    frames.user = &t;
    assert_int_equal(view_frames_take(&frames, bytes, sizeof bytes - 1), POSTERN_OK);
    assert_string_equal(t.order, "F-");
    assert_slice(postern_buf_slice(&first), "a");
    assert_slice(postern_buf_slice(&data), "b");
    assert_int_equal(view_frames_take(&frames, "F\0\0\0\0F\0\0\0\0", 10), POSTERN_FORMAT);
    postern_buf_free(&data);
    postern_buf_free(&first);
}

/* ---- answers ---- */

static const char mail[] =
    "From: \"<b>A</b>\" <a@h.test>\r\nTo: b@h.test\r\nSubject: =?utf-8?Q?<script>1</script>?=\r\n"
    "Date: Mon, 2 Jun 2025 09:12:40 +0900\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    "--B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>hi<script>1</script><a href=http://h.test/x>l</a>"
    "<img src=http://t.test/1 width=1>\r\n"
    "--B\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"a\xe2\x80\xae"
    "b/c.png\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\r\n"
    "--B\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=x.html\r\n\r\n<script>1</script>\r\n--B--\r\n";

typedef struct asked {
    view_job job;
    view_frames frames;
    postern_buf data;
    bool died; /* no END came */
} asked;

static size_t refuse_from = SIZE_MAX; /* the allocation that fails */
static bool was_refused;

static void ask(asked *a) {
    static const postern_viewer_options options = {.name = "a.eml"};
    uint8_t block[4096];
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_true(fd >= 0);
    a->job.zone = VIEW_NO_ZONE;
    a->job.options = &options;
    a->job.name = "a.eml";
    a->job.link_prefix = "/go?u=";
    if (!a->job.language) a->job.language = "en";
    view_out *out = malloc(sizeof *out);
    assert_non_null(out);
    view_out_init(out, fd);
    if (refuse_from != SIZE_MAX) test_oom_arm(refuse_from, false);
    view_answer(&a->job, out);
    if (refuse_from != SIZE_MAX) was_refused = test_oom_disarm();
    free(out->frame.ptr); /* a reader just ends */
    free(out);
    memset(&a->frames, 0, sizeof a->frames);
    postern_buf_init(&a->data, 1 << 24);
    a->frames.data = postern_buf_sink(&a->data);
    lseek(fd, 0, SEEK_SET);
    for (ssize_t got; (got = read(fd, block, sizeof block)) > 0;)
        assert_int_equal(view_frames_take(&a->frames, block, (size_t)got), POSTERN_OK);
    close(fd);
    a->died = !a->frames.ended;
}

static bool holds(const asked *a, const char *text) {
    return postern_slice_find(postern_buf_slice(&a->data), 0, postern_slice_cstr(text)) != SIZE_MAX;
}

static asked asked_for(view_what what, uint32_t part) {
    asked a = {.job = {.what = what, .part = part, .bytes = postern_slice_of(mail, sizeof mail - 1)}};
    ask(&a);
    assert_false(a.died);
    return a;
}

static void p2_what_a_message_says_of_itself_is_text(void **state) {
    (void)state;
    static const view_what whats[] = {VIEW_PAGE, VIEW_TEXT, VIEW_SOURCE};
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        asked a = asked_for(whats[i], POSTERN_NO_PART);
        assert_int_equal(a.frames.head.status, 200);
        assert_int_equal(a.frames.head.media, VIEW_MEDIA_MESSAGE);
        assert_false(holds(&a, "<script"));
        assert_false(holds(&a, "http://t.test/1\""));
        postern_buf_free(&a.data);
    }
    asked a = asked_for(VIEW_INFO, POSTERN_NO_PART);
    assert_int_equal(a.frames.head.media, VIEW_MEDIA_JSON);
    assert_true(holds(&a, "\"zone\":\"restricted\""));
    assert_true(holds(&a, "\"note\":\"blocked-script\""));
    assert_true(holds(&a, "\"note\":\"tracking-pixel\""));
    assert_true(holds(&a, "\"partCount\":4"));
    postern_buf_free(&a.data);
}

static void z21_links_are_shown_first(void **state) {
    (void)state;
    asked a = asked_for(VIEW_PAGE, POSTERN_NO_PART);
    assert_true(holds(&a, "<a href=\"/go?u=http%3A%2F%2Fh.test%2Fx\" target=\"_blank\""));
    postern_buf_free(&a.data);
}

static void z19_a_part_has_a_name_of_our_making_and_no_type_that_acts(void **state) {
    (void)state;
    asked a = asked_for(VIEW_PART, 2);
    assert_int_equal(a.frames.head.picture, POSTERN_MEDIA_PNG);
    assert_string_equal(a.frames.name, "c.png");
    assert_int_equal(a.data.len, 70);
    postern_buf_free(&a.data);
    a = asked_for(VIEW_PART, 3);
    assert_int_equal(a.frames.head.picture, POSTERN_MEDIA_NONE);
    assert_slice(postern_buf_slice(&a.data), "<script>1</script>");
    postern_buf_free(&a.data);
    a = asked_for(VIEW_PICTURE, 2);
    assert_true(holds(&a, "<img src=\"data:image/png;base64,"));
    postern_buf_free(&a.data);
    static const struct {
        view_what what;
        uint32_t part;
    } absent[] = {{VIEW_PART, 0}, {VIEW_PART, 4}, {VIEW_PICTURE, 3}, {VIEW_PICTURE, 9}, {VIEW_PAGE, 9}};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        a = asked_for(absent[i].what, absent[i].part);
        assert_int_equal(a.frames.head.status, 404);
        postern_buf_free(&a.data);
    }
}

static void plain_reading_shows_text(void **state) {
    (void)state;
    asked a = {
        .job = {.what = VIEW_PAGE, .part = POSTERN_NO_PART, .plain = true, .bytes = postern_slice_of(mail, sizeof mail - 1)}};
    ask(&a);
    assert_true(holds(&a, "<postern-text"));
    assert_false(holds(&a, "<p>hi"));
    postern_buf_free(&a.data);
}

static void what_cannot_be_shown_says_why(void **state) {
    (void)state;
    static const view_what whats[] = {VIEW_PAGE, VIEW_TEXT, VIEW_INFO, VIEW_PART};
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        asked a = {.job = {.what = whats[i],
                           .part = whats[i] == VIEW_PART ? 0 : POSTERN_NO_PART,
                           .language = "ja",
                           .bytes = POSTERN_S("%PDF-1.4 nothing to see here, no header at all")}};
        ask(&a);
        assert_false(a.died);
        assert_int_equal(a.frames.head.status, 422);
        assert_true(holds(&a, "PDF"));
        assert_true(holds(&a, whats[i] == VIEW_INFO ? "This cannot be shown" : "表示できません"));
        postern_buf_free(&a.data);
    }
}

static void source_shows_every_byte(void **state) {
    (void)state;
    asked a = {.job = {.what = VIEW_SOURCE,
                       .part = POSTERN_NO_PART,
                       .bytes = POSTERN_S("A: <b>\x1b[1m\xff\r\n\xe2\x80\xae\xe3\x81\x82\n\nend")}};
    ask(&a);
    assert_true(holds(&a, "A: &lt;b&gt;\\x1b[1m\\xff\n\\u{202e}\xe3\x81\x82\n\nend\n</pre>"));
    postern_buf_free(&a.data);
    a.job.save = true;
    ask(&a);
    assert_int_equal(a.frames.head.media, VIEW_MEDIA_FILE);
    assert_true(holds(&a, "\x1b[1m\xff\r\n"));
    postern_buf_free(&a.data);
}

/* ---- our own documents ---- */

static void where_a_link_leads(void **state) {
    (void)state;
    static const struct {
        const char *target, *expected;
        bool follow;
    } rows[] = {
        {"http://h.test/a?b&c=<i>", "http://<strong>h.test</strong>/a?b&amp;c=%3Ci%3E</p>", true},
        {"https://bank.test@evil.test/", "https://bank.test@<strong>evil.test</strong>/", true},
        {"https://evil.test:x@evil.test/", "https://evil.test:x@<strong>evil.test</strong>/", true},
        {"mailto:a@h.test", ">mailto:a@h.test<", true},
        {"http://xn--e1afmkfd.test/", "can look like others", true},
        {"javascript:alert(1)", "cannot be followed", false},
        {"data:text/html,x", "cannot be followed", false},
        {"file:///etc/passwd", "cannot be followed", false},
        {"mhtml:http://h.test/a!b", "cannot be followed", false},
        {"", "cannot be followed", false},
        {"/relative", "cannot be followed", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_buf out;
        postern_buf_init(&out, 1 << 16);
        view_go_page(&out, "en", postern_slice_cstr(rows[i].target));
        postern_slice got = postern_buf_slice(&out);
        if (postern_slice_find(got, 0, postern_slice_cstr(rows[i].expected)) == SIZE_MAX)
            fail_msg("%s: no %s in %.*s", rows[i].target, rows[i].expected, (int)got.len, (const char *)got.ptr);
        assert_int_equal(postern_slice_find(got, 0, POSTERN_S(" href=")) != SIZE_MAX, rows[i].follow);
        postern_buf_free(&out);
    }
}

static void our_html_escapes_what_is_put_into_it(void **state) {
    (void)state;
    postern_buf out;
    postern_buf_init(&out, 1000);
    view_html(&out, "ja", "<a title=\"{s}\">{c}{u}{t}{x}{", POSTERN_S("\"><b>\xff\1"), "<&>", 7u, "Page");
    assert_slice(postern_buf_slice(&out), "<a title=\"&quot;&gt;&lt;b&gt;\xef\xbf\xbd\xef\xbf\xbd\">&lt;&amp;&gt;7ページ{x}{");
    postern_buf_free(&out);
    postern_viewer_settings settings;
    postern_viewer_settings_init(&settings);
    postern_buf_init(&out, 1 << 16);
    view_shell_page(&out, "en", "\"><script>1</script>.eml", &settings, "secret");
    assert_int_equal(postern_slice_find(postern_buf_slice(&out), 0, POSTERN_S("<script>1")), SIZE_MAX);
    postern_buf_free(&out);
}

static void languages(void **state) {
    (void)state;
    assert_string_equal(view_language_known("ja_JP.UTF-8"), "ja");
    assert_string_equal(view_language_known("ja"), "ja");
    assert_string_equal(view_language_known("jav"), "en");
    assert_string_equal(view_language_known(NULL), "en");
    assert_string_equal(view_language_wanted(POSTERN_S("de-DE,de;q=0.9, JA ;q=0.8,en;q=0.7")), "ja");
    assert_string_equal(view_language_wanted(POSTERN_S("en-GB,ja")), "en");
    assert_null(view_language_wanted(POSTERN_S("de,fr;q=0.3")));
    assert_string_equal(postern_viewer_text("ja", "Settings"), "設定");
    assert_string_equal(postern_viewer_text("ja", "no such text"), "no such text");
    assert_string_equal(postern_viewer_text("en", "Settings"), "Settings");
}

static void settings_are_lines(void **state) {
    (void)state;
    postern_viewer_settings settings;
    postern_buf out;
    postern_viewer_settings_init(&settings);
    postern_viewer_settings_read(&settings,
                                 POSTERN_S("plain = 1\nzoom=9999\n zoom = 150 \ntheme= dark\nlanguage = xx\nlanguage = ja\n"
                                           "nonsense\nplain = 2\ntheme = pink"));
    assert_true(settings.plain);
    assert_int_equal(settings.zoom, 150);
    assert_int_equal(settings.theme, POSTERN_THEME_DARK);
    assert_string_equal(settings.language, "ja");
    postern_buf_init(&out, 1000);
    assert_int_equal(postern_viewer_settings_write(&settings, &out), POSTERN_OK);
    assert_slice(postern_buf_slice(&out), "plain = 1\ntheme = dark\nzoom = 150\nlanguage = ja\n");
    postern_buf_free(&out);
}

/* ---- memory ---- */

static postern_status viewer_life(void *user) {
    postern_viewer *viewer = NULL;
    const postern_viewer_options *options = user;
    postern_status status = postern_viewer_open(options, &viewer, NULL);
    postern_viewer_close(viewer);
    return status;
}

static postern_status documents_life(void *user) {
    postern_buf out;
    (void)user;
    postern_viewer_settings settings;
    postern_viewer_settings_init(&settings);
    postern_buf_init(&out, 1 << 20);
    view_shell_page(&out, "ja", "a", &settings, "s");
    view_strings_json(&out, "ja");
    view_error_page(&out, "ja", "a", "b");
    postern_status status = out.status;
    if (!status) status = postern_viewer_settings_write(&settings, &out);
    postern_buf_free(&out);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    postern_viewer_options options = {.store = -1, .name = "a.eml", .bytes = POSTERN_S("x")};
    test_oom_each(viewer_life, &options);
    test_oom_each(documents_life, NULL);
}

/* A reader without memory ends without END, or says that it cannot show this: never half an answer that looks whole. */
static void no_half_answer_looks_whole(void **state) {
    (void)state;
    static const view_what whats[] = {VIEW_PAGE, VIEW_TEXT, VIEW_SOURCE, VIEW_PART, VIEW_FINDINGS};
    size_t refusals = 0;
    for (size_t w = 0; w < sizeof whats / sizeof *whats; w++) {
        asked whole = asked_for(whats[w], whats[w] == VIEW_PART ? 2 : POSTERN_NO_PART);
        bool refused = true;
        for (size_t nth = 0; refused && nth < 2000; nth++) {
            asked a = {.job = whole.job};
            refuse_from = nth;
            ask(&a);
            refused = was_refused;
            refusals += refused;
            if (!a.died && a.frames.head.status == 200)
                assert_same_slice(postern_buf_slice(&a.data), postern_buf_slice(&whole.data));
            postern_buf_free(&a.data);
        }
        assert_false(refused);
        postern_buf_free(&whole.data);
        refuse_from = SIZE_MAX;
    }
    assert_true(refusals > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_in_any_pieces),
        cmocka_unit_test(an_answer_out_of_turn_goes_its_own_way),
        cmocka_unit_test(a_reader_that_breaks_the_protocol_is_not_believed),
        cmocka_unit_test(p2_what_a_message_says_of_itself_is_text),
        cmocka_unit_test(z21_links_are_shown_first),
        cmocka_unit_test(z19_a_part_has_a_name_of_our_making_and_no_type_that_acts),
        cmocka_unit_test(plain_reading_shows_text),
        cmocka_unit_test(what_cannot_be_shown_says_why),
        cmocka_unit_test(source_shows_every_byte),
        cmocka_unit_test(where_a_link_leads),
        cmocka_unit_test(our_html_escapes_what_is_put_into_it),
        cmocka_unit_test(languages),
        cmocka_unit_test(settings_are_lines),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(no_half_answer_looks_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
