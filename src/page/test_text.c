/* Unit tests of the text renderer: what is seen, what is left out, what can never leave. */
#include "base/test_oom.h"
#include "postern/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct rendering {
    postern_text_options options;
    postern_page_report report;
    postern_slice message;
    postern_buf text;
} rendering;

static postern_status render(rendering *r) {
    postern_archive_options open_options = {0};
    postern_archive *archive = NULL;
    postern_sink sink = postern_buf_sink(&r->text);
    postern_buf_init(&r->text, 64u << 20);
    postern_status status = postern_archive_open(r->message, &open_options, &archive, NULL);
    if (!status) status = postern_page_text(archive, &r->options, &sink, &r->report, NULL);
    postern_archive_free(archive);
    return status;
}

static postern_buf message_of(const char *head, const char *body) {
    postern_buf message;
    postern_buf_init(&message, 64u << 20);
    postern_buf_printf(&message, "MIME-Version: 1.0\r\nFrom: <a@x.example>\r\n%s\r\n\r\n", head);
    postern_buf_add(&message, body, strlen(body));
    return message;
}

static const char html_head[] = "Content-Type: text/html; charset=utf-8\r\nContent-Location: http://x.example/d/";

/* Text of an HTML body, without the mail's header; the caller frees r->text. */
static void render_html(rendering *r, const char *html) {
    postern_buf message = message_of(html_head, html);
    r->message = postern_buf_slice(&message);
    assert_int_equal(render(r), POSTERN_OK);
    postern_buf_free(&message);
}

static rendering fresh(void) {
    rendering r = {0};
    postern_text_options_init(&r.options);
    r.options.mail_header = false;
    return r;
}

typedef struct row {
    const char *html, *expected;
} row;

static void check_rows(const row *rows, size_t count, bool markdown, unsigned width) {
    for (size_t i = 0; i < count; i++) {
        rendering r = fresh();
        r.options.markdown = markdown;
        r.options.width = width;
        render_html(&r, rows[i].html);
        assert_same_slice(postern_buf_slice(&r.text), postern_slice_cstr(rows[i].expected));
        postern_buf_free(&r.text);
    }
}
#define CHECK_ROWS(rows, markdown, width) check_rows(rows, sizeof rows / sizeof *rows, markdown, width)

static void blocks_and_spaces(void **state) {
    (void)state;
    static const row rows[] = {
        {"a  b\n c", "a b c\n"},
        {"a <b> b</b> <i>c</i>d", "a b cd\n"},
        {"<p>a<p>b<div>c</div>d", "a\n\nb\n\nc\nd\n"},
        {"<div>a</div><div>b</div>", "a\nb\n"},
        {"a<br>b<br><br>c", "a\nb\n\nc\n"},
        {"<p>a<br></p><p>b</p>", "a\n\nb\n"},
        {"a<p>&nbsp;</p><div>b</div>", "a\n\nb\n"},
        {"<p style='margin:0'>a<p style='margin:0'>b", "a\nb\n"},
        {"<h1>A</h1><h2>Bb</h2><h3>C</h3>d", "A\n=\n\nBb\n--\n\nC\n\nd\n"},
        {"<ul><li>a<li>b<ul><li>c</ul></ul>", "* a\n* b\n  - c\n"},
        {"<ol start=9><li>a<li>b</ol>", " 9. a\n10. b\n"},
        {"<ol reversed type=A><li>x<li>y<li>z</ol>", "C. x\nB. y\nA. z\n"},
        {"<ol type=i><li value=4>a<li>b</ol>", "iv. a\n v. b\n"},
        {"<ul style='list-style:none'><li>a<li>b</ul>", "a\nb\n"},
        {"<dl><dt>t<dd>d</dl>", "t\n    d\n"},
        {"<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc\n"},
        {"<pre>\n a\n  b\n\n c</pre>", " a\n  b\n\n c\n"},
        {"<pre>a\tb</pre>", "a       b\n"},
        {"<pre>a <a href=http://a.example/>b</a>\nc</pre>", "a b [1]\nc\n\n[1] http://a.example/\n"},
        {"<p style='white-space:pre-line'>a  b\nc", "a b\nc\n"},
        {"a<hr>b<hr>", "a\n\n------------------------------------------------------------------------\n\nb\n"},
        {"<q>a</q> <ruby>x<rt>y</rt></ruby>", "\"a\" x(y)\n"},
        {"<select><option>a<option selected>b<option>c</select>", "[b]\n"},
        {"<input type=checkbox checked> a <input value='v'> <textarea>\nt</textarea>", "[x] a [v] t\n"},
        {"a<script>b</script><style>c</style><template>d</template>f", "af\n"},
        {"<template shadowrootmode=open>a</template>b", "ab\n"},
        {"<noscript>a</noscript><![if !mso]>b<![endif]><!--[if mso]>c<![endif]-->", "ab\n"},
        {"<svg><title>t</title><text>a</text><p>b", "a\n\nb\n"},
        {"<p><b>a</p>b</b>c", "a\n\nbc\n"},
        {"<li>a", "* a\n"},
        {"a&shy;b<wbr>c", "abc\n"},
        {"<img alt='a picture'> <img alt=''> <img width=1 alt=x>", "[a picture]\n"},
        {"<img src=http://y.example/p.png>", "(No text, only pictures.)\n"},
        {"", "(No text.)\n"},
    };
    CHECK_ROWS(rows, false, 80);
}

static void tables(void **state) {
    (void)state;
    static const row rows[] = {
        {"<table><tr><th>A<th>B<tr><td>1<td>long one</table>", "A | B\n--+---------\n1 | long one\n"},
        {"<table border=1><tr><td>a<td align=right>b<tr><td>ccc<td>ddd</table>", "a   |   b\nccc | ddd\n"},
        {"<table><caption>C</caption><tr><td rowspan=2>a<td>b<tr><td>c</table>", "C\n\na | b\n  | c\n"},
        {"<table border=1><tr><td colspan=2>wide cell<tr><td>1<td>2</table>", "wide cell\n1   | 2\n"},
        {"<table role=presentation><tr><th>a<th>b<tr><td>c<td>d</table>", "a  b\nc  d\n"},
        {"<table><tr><td><p>one<p>two<td><table><tr><td>x</table></table>", "one\n\ntwo\n\nx\n"},
        {"<table><tr><td>only</table>", "only\n"},
        {"<table>stray<tr><td>a</table>", "stray\na\n"},
        {"<table border=1><tr><td>\xE6\x97\xA5\xE6\x9C\xAC<td>x<tr><td>abc<td>y</table>",
         "\xE6\x97\xA5\xE6\x9C\xAC | x\nabc  | y\n"},
        {"<table border=1><tr><td><td>a<td><tr><td><td>b<td>c</table>", "a |\nb | c\n"},
    };
    CHECK_ROWS(rows, false, 80);
    static const row narrow[] = {
        {"<table border=1><tr><td>alpha beta gamma<td>delta epsilon zeta<tr><td>a<td>b</table>",
         "alpha | delta\nbeta  | epsilon\ngamma | zeta\na     | b\n"},
        {"<table border=1><tr><th>Name<th>Value<th>Note<tr><td>aaaaaaaaaaaaaaa<td>bbbbbbbbbbbbbbbb<td>cccccccccccc</table>",
         "Name:\naaaaaaaaaaaaaaa\nValue:\nbbbbbbbbbbbbbbbb\nNote: cccccccccccc\n"},
    };
    CHECK_ROWS(narrow, false, 20);
}

static void wrapping(void **state) {
    (void)state;
    static const row rows[] = {
        {"aaaa bbbb cccc", "aaaa bbbb\ncccc\n"},
        {"aaaa&nbsp;bbbb cccc", "aaaa bbbb\ncccc\n"},
        {"aaaa bbbb&nbsp;cccc", "aaaa\nbbbb cccc\n"},
        {"aaaaaaaaaaaaaaaaaa b", "aaaaaaaaaaaaaaaaaa\nb\n"},
        {"aaaaaa<wbr>bbbbbb", "aaaaaa\nbbbbbb\n"},
        /* ideographs break anywhere, but no line begins with a full stop */
        {"\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xBA\x94\xE3\x80\x82\xE5\x85\xAD",
         "\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\n\xE4\xBA\x94\xE3\x80\x82\xE5\x85\xAD\n"},
        {"<ul><li>aaaa bbbb cccc</ul>", "* aaaa\n  bbbb\n  cccc\n"},
    };
    CHECK_ROWS(rows, false, 10);
}

/* Each hides "x" between a and b. */
static void hidden_text_is_left_out(void **state) {
    (void)state;
    static const char *const hidden[] = {
        "<span style='display:none'>x</span>",
        "<span style='DISPLAY : none !important'>x</span>",
        "<span hidden>x</span>",
        "<span style='visibility:hidden'>x</span>",
        "<span style='font-size:0'>x</span>",
        "<span style='font-size:1px'>x</span>",
        "<span style='font:0/0 a'>x</span>",
        "<span style='opacity:0'>x</span>",
        "<span style='opacity:.01'>x</span>",
        "<span style='color:#fff'>x</span>",
        "<span style='color:white'>x</span>",
        "<span style='color:#fefefe'>x</span>",
        "<span style='color:rgb(255,255,255)'>x</span>",
        "<span style='color:transparent'>x</span>",
        "<font color=white>x</font>",
        "<font color='#FFFFFF'>x</font>",
        "<span style='background:#000'><i style='color:#000'>x</i></span>",
        "<span style='mso-hide:all'>x</span>",
        "<span style='position:absolute;left:-9999px'>x</span>",
        "<span style='position:absolute;clip:rect(0,0,0,0)'>x</span>",
        "<span style='position:absolute;clip:rect(1px 1px 1px 1px)'>x</span>",
        "<span style='clip-path:inset(50%)'>x</span>",
        "<span style='display:inline-block;overflow:hidden;max-height:0'>x</span>",
        "<span style='display:inline-block;overflow:hidden;width:0;height:0'>x</span>",
        "<span style='transform:scale(0)'>x</span>",
        "<span style='display:inline-block;text-indent:-9999px'>x</span>",
        "<span class=h>x</span>",
        "<span id=h>x</span>",
        "<u>x</u>",
        "<i class='c d'>x</i>",
        "<span data-h=1>x</span>",
        "<em><var>x</var></em>",
        "<span class=m>x</span>",
        "<span style='dis\\70lay:none'>x</span>",
        "<span style='display:none'><b style='display:block'>x</b></span>",
        "<dialog>x</dialog>",
        "<video>x</video>",
        "<span class=imp style='display:inline'>x</span>",
    };
    static const char sheet[] =
        "<style>.h{display:none} #h{visibility:hidden} u{font-size:0} .c.d{opacity:0} [data-h='1']{display:none}"
        "em > var{display:none} @media screen and (min-width:1px){.m{display:none}}"
        ".imp{display:none!important}</style>";
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        rendering r = fresh();
        char html[1024];
        snprintf(html, sizeof html, "%s<p>a %s b</p>", sheet, hidden[i]);
        render_html(&r, html);
        if (memchr(r.text.ptr, 'x', r.text.len)) print_error("not hidden: %s\n", hidden[i]);
        assert_null(memchr(r.text.ptr, 'x', r.text.len));
        if (!strstr(hidden[i], "video")) assert_int_equal(r.report.hidden_runs, 1);
        if (!strstr(hidden[i], "video")) assert_int_equal(r.report.hidden_chars, 1);
        postern_buf_free(&r.text);
    }
}

/* What only looks hidden, or may be shown by what we cannot decide. */
static void visible_text_is_shown(void **state) {
    (void)state;
    static const char *const visible[] = {
        "<span style='visibility:hidden'><b style='visibility:visible'>x</b></span>",
        "<div style='font-size:0'><b style='font-size:14px'>x</b></div>",
        "<span style='color:#fff;background:#000'>x</span>",
        "<table bgcolor=black><tr><td><font color=white>x</font></table>",
        "<div style='background:url(a.png)'><b style='color:#fff'>x</b></div>",
        "<div style='background:linear-gradient(red,blue);color:#fff'>x</div>",
        "<div style='height:0;padding-bottom:56%;overflow:hidden'>x</div>",
        "<div style='height:0'>x</div>",
        "<div style='overflow:hidden;height:20px'>x</div>",
        "<div style='text-indent:-20px'>x</div>",
        "<span style='opacity:.5'>x</span>",
        "<span style='display:var(--x)'>x</span>",
        "<span class=p>x</span>",
        "<span class=q>x</span>",
        "<span class=r>x</span>",
        "<span class=s>x</span>",
        "<span class=t>x</span>",
        "<b class=u>x</b>",
        "<span style='position:absolute;left:-5px'>x</span>",
        "<span style='clip:rect(0,0,0,0)'>x</span>",
        "<span style='font-size:.9em'>x</span>",
        "<span class=v>x</span>",
        "<div class=dark><span class=on>x</span></div>",
        "<span hidden style='display:inline'>x</span>", "<div style='font-size:0'><b style='font-size:.8rem'>x</b></div>",
    };
    static const char sheet[] =
        "<style>@media print{.p{display:none}} .q:hover{display:none} .r::before{display:none}"
        ".s:last-child{display:none} .t{display:none} .t{display:inline} .u{display:none} b.u{display:inline}"
        ".v{display:none} a ~ .v, :checked ~ .v{display:inline} .on{color:#fff} .dark:only-child{background:#123}"
        "</style>";
    for (size_t i = 0; i < sizeof visible / sizeof *visible; i++) {
        rendering r = fresh();
        char html[1024];
        snprintf(html, sizeof html, "%s<a>a</a> %s", sheet, visible[i]);
        render_html(&r, html);
        if (!memchr(r.text.ptr, 'x', r.text.len)) print_error("not shown: %s\n", visible[i]);
        assert_non_null(memchr(r.text.ptr, 'x', r.text.len));
        postern_buf_free(&r.text);
    }
}

static void hidden_text_can_be_shown(void **state) {
    (void)state;
    rendering r = fresh();
    r.options.show_hidden = true;
    render_html(&r, "<div style='display:none'>secret <b>one</b></div><p>a<i style='font-size:0'>two</i>b");
    assert_slice(postern_buf_slice(&r.text), "[hidden: secret one]\n\na[hidden: two]b\n");
    assert_int_equal(r.report.hidden_runs, 2);
    postern_buf_free(&r.text);
    r = fresh();
    render_html(
        &r,
        "<p>Hi&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;&#847;&nbsp;&#8199;&shy; <p>\xE2\x80\x8Dpersian \xE2\x80\x8C");
    assert_true(postern_slice_starts(postern_buf_slice(&r.text), POSTERN_S("Hi\n\n")));
    assert_int_equal(r.report.hidden_runs, 1);
    postern_buf_free(&r.text);
}

static void links(void **state) {
    (void)state;
    static const row rows[] = {
        {"<a href=http://a.example/>x</a> <a href=http://a.example>y</a> <a href=/q>z</a>",
         "x [1] y [1] z [2]\n\n[1] http://a.example/\n[2] http://x.example/q\n"},
        {"<a href=http://a.example/p>http://a.example/p</a> <a href=https://a.example/>a.example</a>",
         "http://a.example/p a.example\n"},
        {"<a href=mailto:u@a.example>u@a.example</a> <a href=tel:+1>call</a>", "u@a.example call [1]\n\n[1] tel:+1\n"},
        {"<a href='javascript:x()'>j</a> <a href=#f>f</a> <a href=vbscript:x>v</a> <a href='file:///etc/passwd'>p</a>",
         "j f v p\n"},
        {"<a href=http://evil.example/>www.bank.example</a>",
         "www.bank.example [1, leads to evil.example!]\n\n[1] http://evil.example/  (its text names www.bank.example!)\n"},
        {"<a href=http://login.bank.example/>bank.example</a>", "bank.example [1]\n\n[1] http://login.bank.example/\n"},
        {"<a href=mailto:e@evil.example>u@bank.example</a>",
         "u@bank.example [1, leads to evil.example!]\n\n[1] mailto:e@evil.example  (its text names bank.example!)\n"},
        {"<a href=http://evil.example/>Go to https://bank.example/login now</a>",
         "Go to https://bank.example/login now [1, leads to evil.example!]\n\n"
         "[1] http://evil.example/  (its text names bank.example!)\n"},
        {"<a href=http://code.example/>setup.py</a>", "setup.py [1]\n\n[1] http://code.example/\n"},
        {"<a href=http://a.example/ title=Home><img src=x></a> <a href=http://b.example/><img src=y></a>",
         "[Home] [1] [picture] [2]\n\n[1] http://a.example/\n[2] http://b.example/\n"},
        {"<a href=http://a.example/><p>one<p>two</a>", "one [1]\n\ntwo\n\n[1] http://a.example/\n"},
        {"<a href='http://a.example/\xC3\xA9 \">'>x</a>", "x [1]\n\n[1] http://a.example/%C3%A9%20%22%3E\n"},
    };
    CHECK_ROWS(rows, false, 80);
    rendering r = fresh();
    render_html(&r,
                "<a href=http://evil.example/>paypal.com</a><img src=http://t.example/1 width=1><img src=http://t.example/2>"
                "<img src=http://t.example/3 style='display:none'>");
    assert_int_equal(r.report.deceptive_links, 1);
    assert_int_equal(r.report.tracking_pixels, 2);
    assert_int_equal(r.report.remote_pictures, 1);
    postern_buf_free(&r.text);
}

static void markdown(void **state) {
    (void)state;
    static const row rows[] = {
        {"<h2>A <i>b</i></h2><p>x <b>y</b> <code>z_*</code> <del>d</del>", "## A *b*\n\nx **y** `z_*` ~~d~~\n"},
        {"<a href='http://a.example/(x)'>t [u]</a>", "[t \\[u\\]](http://a.example/%28x%29)\n"},
        {"<ul><li>a<ol><li>b</ol></ul>", "- a\n  1. b\n"},
        {"<pre>a`b\n```\n</pre>", "````\na`b\n```\n````\n"},
        {"<table><tr><th>a|b<th>c<tr><td>d<br>e<td>f</table>", "| a\\|b | c |\n| --- | --- |\n| d e | f |\n"},
        {"<div>a</div><div>b</div>", "a  \nb\n"},
        {"a<br>b", "a  \nb\n"},
        /* nothing of the source becomes Markdown or HTML */
        {"# h", "\\# h\n"},
        {"&lt;script&gt;&amp;lt;", "&lt;script&gt;&amp;lt;\n"},
        {"1. x<p>- y<p>+ z<p>&gt; q<p>=== <p>* s", "1\\. x\n\n\\- y\n\n\\+ z\n\n&gt; q\n\n\\===\n\n\\* s\n"},
        {"[x](http://evil) ![y](z) `c` **b** _i_", "\\[x\\](http://evil) !\\[y\\](z) \\`c\\` \\*\\*b\\*\\* \\_i\\_\n"},
        {"<code>a`b</code>", "`a'b`\n"},
        {"<input type=checkbox>(http://evil)", "\\[ \\](http://evil)\n"},
        {"a!<a href=http://a.example/>b</a>", "a\\![b](http://a.example/)\n"},
        {"<table border=1><tr><td><code>&lt;b>|</code><td><pre>&lt;i></pre></table>",
         "| | |\n| --- | --- |\n| &lt;b&gt;\\| | &lt;i&gt; |\n"},
        {"<pre>a<a href=http://a.example/>b</a></pre>", "```\nab\n```\n"},
        {"<pre style='white-space:pre'>    <b>x</b></pre>", "```\n    x\n```\n"},
        {"<p style='white-space:pre'>     x</p>", "\xC2\xA0\xC2\xA0\xC2\xA0\xC2\xA0\xC2\xA0x\n"},
    };
    CHECK_ROWS(rows, true, 80);
}

/* P1's spirit on a terminal: no control character, no bidi override leaves, whatever the source holds. */
static void p1_controls_never_leave(void **state) {
    (void)state;
    rendering r = fresh();
    render_html(&r, "a\x1b[31mb&#27;]0;x&#7;c&#155;d&#8238;e&#8295;f&#1;&#2;g\x7f<pre>\x1b[0m&#6;</pre><img alt='&#27;[1m'>"
                    "<a href=http://a.example/&#27;>x&#27;</a>\xF3\xA0\x81\x81h");
    for (size_t i = 0; i < r.text.len; i++)
        assert_true(r.text.ptr[i] == '\n' || (r.text.ptr[i] >= 0x20 && r.text.ptr[i] != 0x7F));
    assert_true(postern_utf8_valid(postern_buf_slice(&r.text)));
    assert_true(postern_slice_find(postern_buf_slice(&r.text), 0, POSTERN_S("\xC2\x9B")) == SIZE_MAX);
    assert_true(postern_slice_find(postern_buf_slice(&r.text), 0, POSTERN_S("\xE2\x80\xAE")) == SIZE_MAX);
    assert_true(postern_slice_find(postern_buf_slice(&r.text), 0, POSTERN_S("\xF3\xA0\x81\x81")) == SIZE_MAX);
    postern_buf_free(&r.text);
    static const char head[] = "Subject: a\x1b[31m =?utf-8?q?=1b=5d0;x=07=e2=80=ae?=\r\nContent-Type: text/plain";
    postern_buf message = message_of(head, "\x1b[2Jx");
    r = fresh();
    r.options.mail_header = true;
    r.message = postern_buf_slice(&message);
    assert_int_equal(render(&r), POSTERN_OK);
    assert_null(memchr(r.text.ptr, 0x1b, r.text.len));
    assert_true(postern_slice_find(postern_buf_slice(&r.text), 0, POSTERN_S("\xE2\x80\xAE")) == SIZE_MAX);
    postern_buf_free(&r.text);
    postern_buf_free(&message);
}

static void bidi_is_isolated_on_terminals(void **state) {
    (void)state;
    rendering r = fresh();
    r.options.terminal = true;
    render_html(&r, "<p>abc<p>\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D 1<table border=1><tr><td>\xD7\xA9<td>b<tr><td>c<td>d</table>");
    assert_slice(postern_buf_slice(&r.text), "abc\n\n\xE2\x81\xA8\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D 1\xE2\x81\xA9\n\n"
                                             "\xE2\x81\xA8\xD7\xA9\xE2\x81\xA9 | b\nc | d\n");
    postern_buf_free(&r.text);
}

static void plain_text(void **state) {
    (void)state;
    static const struct { const char *type, *body, *expected; } rows[] = {
        {"text/plain", "a\r\n b\r\n\r\n\r\n> q\r\n> > r\r\n>>s\r\nt\r\n", "a\n b\n\n> q\n> > r\n> > s\nt\n"},
        {"text/plain; format=flowed", "one \r\ntwo\r\n> q \r\n> r\r\n>> s\r\n From x\r\n-- \r\nsig\r\n",
         "one two\n> q r\n> > s\nFrom x\n-- \nsig\n"},
        {"text/plain; format=flowed; delsp=yes", "on \r\ne\r\n", "one\n"},
        {"text/plain", "aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbb ccccccccccccc\r\n",
         "aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbb\nccccccccccccc\n"},
        {"text/plain", "<b>&amp;\r\n", "<b>&amp;\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rendering r = fresh();
        char head[128];
        snprintf(head, sizeof head, "Content-Type: %s", rows[i].type);
        postern_buf message = message_of(head, rows[i].body);
        r.message = postern_buf_slice(&message);
        r.options.width = 40;
        assert_int_equal(render(&r), POSTERN_OK);
        assert_same_slice(postern_buf_slice(&r.text), postern_slice_cstr(rows[i].expected));
        postern_buf_free(&r.text);
        postern_buf_free(&message);
    }
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* P5: deep, wide and endless markup ends soon, and its output stays in proportion. */
static void p5_unlucky_markup_is_bounded(void **state) {
    (void)state;
    static const char *const units[] = {
        "<div>", "<blockquote>x", "<ul><li>x", "<table><tr><td>x", "<table border=1><tr><td>x<td>y", "<b>", "<a href=x>",
        "<p>x", "<li>", "<td>", "<font color=red>x", "</p>", "</b>", "<pre>\t", "<span style='color:red'>x", "<svg>",
        "<select><option>", "&zwnj;&nbsp;", "<br>", "<style>a b c d e f{color:red}</style>",
        "<a href=http://a.example/>x</a> ", "\xE4\xB8\x80",
        "<table border=1><tr><td rowspan=65534 colspan=50>x<tr><td>", "<dl><dd>x", "<blockquote><br>x<br>", "<template>",
        "<i>x</b>", "<div style='display:none'>x", "<table border=1><td>x", "<img alt=x src=http://a.example/>", "<q>",
        "<ol type=i start=3999><li>x",
        "<div class=a><style>.a .a .a .a .a .b{color:red}</style><b class=b>",
    };
    size_t size = 300000;
    char *html = malloc(size + 1);
    assert_non_null(html);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t len = strlen(units[i]);
        for (size_t at = 0; at < size; at++) html[at] = units[i][at % len];
        html[size] = 0;
        rendering r = fresh();
        double start = seconds();
        r.options.markdown = i % 2;
        render_html(&r, html);
        double took = seconds() - start;
        if (took > 2.0 || r.text.len > 60 * size) fail_msg("%s: %.2f s, %zu bytes", units[i], took, r.text.len);
        postern_buf_free(&r.text);
    }
    free(html);
}

static postern_status whole_life(void *user) {
    rendering *r = user;
    postern_status status = render(r);
    postern_buf_free(&r->text);
    return status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    postern_buf message = message_of(
        html_head,
        "<style>.a b, i:not(.c){color:red}</style><title>t</title><h1 class=a id=b>H</h1><ul><li>x<li>y</ul><table border=1>"
        "<tr><th>a<th>b<tr><td>1<td><a href=http://bank.example/>evil.example</a></table><blockquote><x-y class=a>q</x-y>"
        "</blockquote><select><option>o</select><p style='c\\6flor:red'>z<i style='display:none'>h</i>"
        "<iframe srcdoc='<p>f'></iframe>");
    for (int markdown_too = 0; markdown_too < 2; markdown_too++) {
        rendering r = fresh();
        r.options.mail_header = true;
        r.options.markdown = markdown_too;
        r.message = postern_buf_slice(&message);
        assert_true(test_oom_each(whole_life, &r) > 20);
    }
    postern_buf_free(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_spaces),
        cmocka_unit_test(tables),
        cmocka_unit_test(wrapping),
        cmocka_unit_test(hidden_text_is_left_out),
        cmocka_unit_test(visible_text_is_shown),
        cmocka_unit_test(hidden_text_can_be_shown),
        cmocka_unit_test(links),
        cmocka_unit_test(markdown),
        cmocka_unit_test(p1_controls_never_leave),
        cmocka_unit_test(bidi_is_isolated_on_terminals),
        cmocka_unit_test(plain_text),
        cmocka_unit_test(p5_unlucky_markup_is_bounded),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
