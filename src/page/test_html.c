/* The safe page: fragments in, fragments out; each row names what it is about. Whole pages in test_html_page.c. */
#include "base/test_base.h"
#include "base/test_oom.h"
#include "html_tables.h"
#include "page/test_page.h"

#include <stdio.h>

typedef struct row {
    const char *in, *out;
} row;

static void run_rows(const row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        postern_buf got;
        test_page_fragment(rows[i].in, &got, NULL);
        if (!postern_slice_eq(postern_buf_slice(&got), postern_slice_cstr(rows[i].out))) {
            print_error("row %zu: %s\nexpected [%s]\n     got [%.*s]\n", i, rows[i].in, rows[i].out, (int)got.len,
                        (const char *)got.ptr);
            fail();
        }
        postern_buf_free(&got);
    }
}
#define RUN(rows) run_rows((rows), sizeof(rows) / sizeof *(rows))

#define PIC "data:image/png;base64," TEST_PNG

static void p1_text_and_values_are_escaped(void **state) {
    (void)state;
    static const row rows[] = {
        {"<p>a &lt;script&gt; &amp; \"b\"</p>", "<p>a &lt;script&gt; &amp; &quot;b&quot;</p>"},
        {"<p title='\"><img src=x onerror=alert(1)>'>x", "<p title=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\">x"},
        {"<p title=`a`>x", "<p title=\"`a`\">x"},
        {"a<!-- <b> --><![CDATA[<i>]]><?php <u> ?>b", "a]]&gt; ?&gt;b"},
        {"<title></title><p>x", "<title></title><p>x"},
        {"<title><b>&lt;/title></title>x", "<title>&lt;b&gt;&lt;/title&gt;</title>x"},
        {"<textarea></textarea ><img>", "<textarea disabled=\"\"></textarea><img>"},
        {"<textarea><script>1</script>", "<textarea disabled=\"\">&lt;script&gt;1&lt;/script&gt;</textarea>"},
        {"<xmp><b>x</b></xmp>y", "<pre>\n&lt;b&gt;x&lt;/b&gt;</pre>y"},
        {"<plaintext><b>x", "<pre>\n&lt;b&gt;x</pre>"},
        {"<noscript><p>a</p></noscript>", "<p>a</p>"},
        {"<noembed><b>x</noembed>y<noframes><b></noframes>z", "yz"},
        {"<svg><![CDATA[<b>]]></svg>", "<svg>&lt;b&gt;</svg>"},
        {"<svg><title><b>x</title></svg>", "<svg><title></title></svg>"},
        {"<svg><title>a&lt;b</title><path d='M0 0'/></svg>", "<svg><title>a&lt;b</title><path d=\"M0 0\"></path></svg>"},
        {"a&#0;b&#1;c&#x80;d&#13;e", "a\xef\xbf\xbd" "b\xef\xbf\xbd" "c\xe2\x82\xac" "d e"},
        {"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
         "<math><mtext><table>"},
    };
    RUN(rows);
}

static void p2_elements_are_an_allowlist(void **state) {
    (void)state;
    static const row rows[] = {
        {"<script>alert(1)</script>a", "a"},
        {"<script><!--<script></script>--></script>a", "a"},
        {"<SCRIPT SRC=x></SCRIPT>a", "a"},
        {"<svg><script>alert(1)</script></svg>", "<svg></svg>"},
        {"<svg><script/>a</svg>", "<svg>a</svg>"},
        {"<svg><foreignObject><p><img src=x></p></foreignObject><g></g></svg>", "<svg><g></g></svg>"},
        {"<svg><foreignObject x=10 width=20.5 height=8><p>a &lt;b&gt;<p>c<script>1</script></p></foreignObject><g></g></svg>",
         "<svg><text x=\"20.2\" y=\"-5.0\" text-anchor=\"middle\" dominant-baseline=\"central\">a &lt;b&gt;</text>"
         "<text x=\"20.2\" y=\"13.0\" text-anchor=\"middle\" dominant-baseline=\"central\">c</text><g></g></svg>"},
        {"<svg><foreignObject>a<p>c</svg>d", "<svg><text x=\"0.0\" y=\"0.0\">a</text><text x=\"0.0\" y=\"18.0\">cd</text>"},
        {"<svg><foreignObject>a</svg>d", "<svg><text x=\"0.0\" y=\"0.0\">a</text></svg>d"},
        {"<svg><animate attributeName=href values='javascript:1'/><a><set></set></a></svg>", "<svg><a></a></svg>"},
        {"<math><annotation-xml encoding='text/html'><p>x</p></annotation-xml><mi>y</mi></math>", "<math><mi>y</mi></math>"},
        {"<foo>a</foo><o:p>b</o:p>", "ab"},
        {"<x-y class=a>b</x-y>", "<x-y class=\"a\">b</x-y>"},
        {"<font-face>a</font-face><x-\xc3\xa9>b", "ab"},
        {"<embed src=x><param name=a><keygen><bgsound src=x>a", "a"},
        {"<applet code=x>fallback</applet>", "fallback"},
        {"<object data=x>fallback</object>!", "fallback!"},
        {"<template><img src=x></template>a", "a"},
        {"<div><template shadowrootmode=closed><slot></slot></template></div>",
         "<div><template shadowrootmode=\"open\"><slot></slot></template></div>"},
        {"<div><template shadowmode=open shadowdelegatesfocus>x</template></div>",
         "<div><template shadowrootmode=\"open\">x</template></div>"},
        {"</template></script></style>a</p></br>", "a</p></br>"},
        {"<template><template></template><b></template>a", "a"},
        {"<image src=x>", "<img src=\"data:,\">"},
        {"<svg><image/></svg>", "<svg><image></image></svg>"},
        {"<p/>a<br/>b", "<p>a<br>b"},
    };
    RUN(rows);
}

static void p2_attributes_are_an_allowlist(void **state) {
    (void)state;
    static const row rows[] = {
        {"<p onclick=x id=a class='b c' onfoo=1 ONLOAD=x>", "<p id=\"a\" class=\"b c\">"},
        {"<p xmlns:x=y x:onload=1 foo=bar autofocus accesskey=a nonce=x>", "<p>"},
        {"<p data-a='1' aria-label=b _ngcontent-c1='' is-open='a b'>",
         "<p data-a=\"1\" aria-label=\"b\" _ngcontent-c1=\"\" is-open=\"a b\">"},
        {"<p my-url='http://x.test/'>", "<p>"},
        {"<x-y raised elevation=2 src=a href=b is=c>", "<x-y raised=\"\" elevation=\"2\">"},
        {"<td bgcolor=red width=1 nowrap>", "<td bgcolor=\"red\" width=\"1\" nowrap=\"\">"},
        {"<svg viewbox='0 0 1 1' preserveAspectRatio=none><path D='M0' fill=red /></svg>",
         "<svg viewbox=\"0 0 1 1\" preserveaspectratio=\"none\"><path d=\"M0\" fill=\"red\"></path></svg>"},
        {"<p id=a id=b>", "<p id=\"a\">"},
        {"<mo form=prefix>x</mo><input form=f>", "<mo form=\"prefix\">x</mo><input disabled=\"\">"},
        {"<iframe name=x></iframe><a name=x>", FRAME "></iframe><a name=\"x\">"},
    };
    RUN(rows);
}

static void p3_nothing_loads_but_what_is_here(void **state) {
    (void)state;
    static const row rows[] = {
        {"<img src=http://h.test/a.png>", "<img src=\"data:,\">"},
        {"<img src=//h.test/a.png srcset='http://h.test/b.png 2x'>", "<img src=\"data:,\">"},
        {"<img src=pic.png>", "<img src=\"" PIC "\">"},
        {"<img src=cid:pic@x>", "<img src=\"" PIC "\">"},
        {"<img src='" PIC "' alt=a>", "<img src=\"" PIC "\" alt=\"a\">"},
        {"<img srcset='pic.png 2x, none.png 3x'>", "<img srcset=\"" PIC " 2x\">"},
        {"<img src=none.png srcset='pic.png 100w' sizes=10px>", "<img srcset=\"" PIC " 100w\" sizes=\"10px\">"},
        {"<img data-src=pic.png>", "<img src=\"" PIC "\" data-src=\"pic.png\">"},
        {"<picture><source srcset='none.png' type=image/webp><source srcset=pic.png><img src=none.png></picture>",
         "<picture><source type=\"image/webp\"><source srcset=\"" PIC "\"><img src=\"data:,\"></picture>"},
        {"<body background=pic.png><table background=http://h.test/x>", "<table>"},
        {"<video src=http://h.test/v poster=pic.png autoplay><track src=x><source src=y></video>",
         "<video controls=\"\" poster=\"" PIC "\"><source></video>"},
        {"<input type=image src=pic.png formaction=x>", "<input disabled=\"\" type=\"image\" src=\"" PIC "\">"},
        {"<svg><image href=pic.png /><use href='http://h.test/#a'/><use xlink:href=#b /></svg>",
         "<svg><image href=\"" PIC "\"></image><use></use><use xlink:href=\"#b\"></use></svg>"},
        {"<svg><feImage href=http://h.test/ /></svg>", "<svg><feimage></feimage></svg>"},
        {"<svg><rect href=#a src=b xlink:href=http://h.test/ /></svg>", "<svg><rect></rect></svg>"},
        {"<div src=pic.png href=a.html srcset=pic.png poster=pic.png data=x action=y>", "<div>"},
        {"<a ping=http://h.test/ href=http://h.test/x attributionsrc=http://h.test/>",
         "<a href=\"http://h.test/x\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">"},
        {"<link rel=preload href=http://h.test/><link rel=icon href=pic.png><meta http-equiv=refresh content='0;url=x'>", ""},
        {"<base href=http://h.test/><p>", "<p>"},
        {"<img usemap=http://h.test/#x><img usemap=#m>", "<img><img usemap=\"#m\">"},
        {"<iframe src=http://h.test/ width=3></iframe>", FRAME " width=\"3\"></iframe>"},
        {"<iframe src=javascript:alert(1)></iframe>", FRAME "></iframe>"},
        {"<iframe srcdoc='<script>1</script><b>x'></iframe>", FRAME " srcdoc=\"&lt;html&gt;&lt;head&gt;&lt;b&gt;x\"></iframe>"},
        {"<iframe src=frame.html></iframe>",
         FRAME " srcdoc=\"&lt;html&gt;&lt;head&gt;&lt;p&gt;in&lt;img src=&quot;" PIC "&quot;&gt;\"></iframe>"},
        {"<object data=pic.png width=2>x</object>y", "<img src=\"" PIC "\" width=\"2\">y"},
        {"<object data=frame.html>x</object>y",
         FRAME " srcdoc=\"&lt;html&gt;&lt;head&gt;&lt;p&gt;in&lt;img src=&quot;" PIC "&quot;&gt;\"></iframe>y"},
        {"<embed src=pic.png>", "<img src=\"" PIC "\">"},
    };
    RUN(rows);
}

static void z2_absence_is_final(void **state) {
    (void)state;
    static const row rows[] = {
        {"<img src=gone.png>", "<img src=\"data:,\">"},
        {"<img src=cid:gone@x>", "<img src=\"data:,\">"},
        {"<iframe src=gone.html></iframe>", FRAME "></iframe>"},
        {"<link rel=stylesheet href=gone.css>a", "a"},
    };
    RUN(rows);
}

static void z4_handlers_are_refused(void **state) {
    (void)state;
    static const row rows[] = {
        {"<img src='its:a.chm::/x.png'><img src='ms-its:mhtml:file://c:\\n.mht!http://h.test/a.chm::/x'>",
         "<img src=\"data:,\"><img src=\"data:,\">"},
        {"<iframe src='mhtml:file://C:\\nosuch.mht!http://h.test/x.html'></iframe>", FRAME "></iframe>"},
        {"<a href='mk:@MSITStore:c:\\x.chm::/a'>x", "<a href=\"#postern-inert\">x"},
        {"<object data='ms-its:mhtml:file://c:\\n.mht!http://h.test/a.chm::/x.htm' type=text/x-scriptlet></object>", ""},
    };
    RUN(rows);
}

static void z7_signatures_decide(void **state) {
    (void)state;
    static const row rows[] = {
        {"<img src=octets.bin>", "<img src=\"" PIC "\">"},
        {"<img src=liar.png>", "<img src=\"data:,\">"},
        {"<img src='data:text/html,<script>alert(1)</script>'>", "<img src=\"data:,\">"},
        {"<img src='data:text/html;base64," TEST_PNG "'>", "<img src=\"" PIC "\">"},
        {"<img src='data:image/png,<svg onload=alert(1)>'>", "<img src=\"data:,\">"},
        /* and what quirks mode would have done to it */
        {"<iframe src=pic.html></iframe>", FRAME
         " srcdoc=\"&lt;html&gt;&lt;head&gt;&lt;style&gt;:where(table){font-weight:initial;font-style:initial;font-variant:"
         "initial;"
         "font-size:initial;line-height:initial;white-space:initial;text-align:start;}:where(input,textarea){box-sizing:"
         "border-box;}:where(form){margin-block-end:1em;}&lt;/style&gt;GIF89a\"></iframe>"},
        /* <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><g></g></svg> */
        {"<img src='data:image/svg+xml,<svg onload=alert(1)><script>1</script><g/></svg>'>",
         "<img "
         "src=\"data:image/"
         "svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHhtbG5zOnhsaW5rPSJodHRwOi8vd3d3Lncz"
         "Lm9yZy8xOTk5L3hsaW5rIj48Zz48L2c+PC9zdmc+\">"},
    };
    RUN(rows);
}

static void z12_forms_are_inert(void **state) {
    (void)state;
    static const row rows[] = {
        {"<form action=http://h.test/ method=post target=x id=f><input name=a value=b><button formaction=y>z</button></form>",
         "<form method=\"dialog\" id=\"f\"><input disabled=\"\" name=\"a\" value=\"b\"><button "
         "disabled=\"\">z</button></form>"},
        {"<input type=password value=secret><input type=hidden value=t><input type=text autofocus value=v>",
         "<input disabled=\"\" type=\"password\"><input disabled=\"\" type=\"hidden\"><input disabled=\"\" type=\"text\" "
         "value=\"v\">"},
        {"<select name=a><option selected value=1>x</select>",
         "<select disabled=\"\" name=\"a\"><option selected=\"\" value=\"1\">x</select>"},
    };
    RUN(rows);
}

static void z21_links_are_an_allowlist(void **state) {
    (void)state;
#define WEB " target=\"_blank\" rel=\"noopener noreferrer nofollow\""
    static const row rows[] = {
        {"<a href='http://h.test/a b' target=top download>", "<a href=\"http://h.test/a%20b\"" WEB ">"},
        {"<a href=HTTPS://H.test>", "<a href=\"https://h.test/\"" WEB ">"},
        {"<a href=rel.html>", "<a href=\"http://x.test/d/rel.html\"" WEB ">"},
        {"<a href=mailto:a@b.test><a href=tel:+1>", "<a href=\"mailto:a@b.test\"><a href=\"tel:+1\">"},
        {"<a href=#x><a href='http://x.test/d/p.html#y'><a href='p.html#z'>",
         "<a href=\"#x\"><a href=\"#y\"><a href=\"#z\">"},
        {"<a href=javascript:alert(1)><a href=' java\tscript:1'><a href=data:text/html,x><a href=file:///etc/passwd>",
         "<a href=\"#postern-inert\"><a href=\"#postern-inert\"><a href=\"#postern-inert\"><a href=\"#postern-inert\">"},
        {"<svg><a xlink:href=javascript:1>x</a><a href=http://h.test/>y</a></svg>",
         "<svg><a xlink:href=\"#postern-inert\">x</a><a href=\"http://h.test/\"" WEB ">y</a></svg>"},
        {"<map name=m><area href=vbscript:x shape=rect></map>",
         "<map name=\"m\"><area href=\"#postern-inert\" shape=\"rect\"></map>"},
        {"<a href>", "<a href=\"#\">"},
        {"<math href=javascript:1><mi xlink:href=javascript:1>x</mi></math>", "<math><mi>x</mi></math>"},
    };
    RUN(rows);
}

/* Whatever the scheme, known today or made up: only the four of the list stay. */
static void z21_no_other_scheme_stays(void **state) {
    (void)state;
    static const char *const others[] = {
        "ftp:", "ftps:", "sftp:", "ws:", "wss:", "file:", "blob:", "filesystem:", "about:", "news:", "irc:", "sms:",
        "skype:", "callto:", "intent:", "market:", "ms-word:", "ms-settings:", "steam:", "ssh:", "telnet:", "gopher:",
        "ldap:", "search-ms:", "ms-msdt:", "ms-its:", "its:", "mk:", "mhtml:", "res:", "shell:", "hcp:", "jar:",
        "view-source:", "vbscript:", "livescript:", "x:", "zz-new+1.0:", "httpx:", "mailtox:", "webcal:", "magnet:",
        "bitcoin:", "data:", "cid:", "mid:", "urn:", "chrome:", "resource:", "wyciwyg:"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char html[128];
        postern_buf got;
        snprintf(html, sizeof html, "<a href='%s//h.test/x'>t</a><area href='%sx'>", others[i], others[i]);
        test_page_fragment(html, &got, NULL);
        if (!postern_slice_eq(postern_buf_slice(&got),
                              POSTERN_S("<a href=\"#postern-inert\">t</a><area href=\"#postern-inert\">")))
            fail_msg("%s: %.*s", others[i], (int)got.len, (const char *)got.ptr);
        postern_buf_free(&got);
    }
}

static void tables_are_sorted(void **state) {
    (void)state;
    for (size_t i = 1; i < page_element_count; i++) assert_true(strcmp(page_elements[i - 1].name, page_elements[i].name) < 0);
    for (size_t i = 1; i < page_attribute_count; i++)
        assert_true(strcmp(page_attributes[i - 1].name, page_attributes[i].name) < 0);
    for (size_t i = 0; i < page_element_count; i++)
        assert_ptr_equal(page_element_find(postern_slice_cstr(page_elements[i].name)), &page_elements[i]);
    assert_null(page_element_find(POSTERN_S("blink2")));
    assert_null(page_attribute_find(POSTERN_S("onclick")));
}

/* What loads, navigates or runs by its very name is in no table in a way that leaves. */
static void p2_no_dangerous_name_is_kept(void **state) {
    (void)state;
    static const char *const elements[] = {
        "script", "object",         "embed",    "frame", "frameset",  "applet",  "foreignobject", "base", "link",
        "meta",   "annotation-xml", "noscript", "xmp",   "plaintext", "noembed", "noframes",      "set"};
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        const page_element *element = page_element_find(postern_slice_cstr(elements[i]));
        assert_non_null(element);
        assert_int_not_equal(element->action, PAGE_DO_KEEP);
    }
    static const char *const attributes[] = {"action",   "formaction", "ping",           "srcdoc",   "http-equiv", "content",
                                             "target",   "method",     "data",           "codebase", "manifest",   "archive",
                                             "longdesc", "nonce",      "attributionsrc", "autofocus"};
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        const page_attribute *attribute = page_attribute_find(postern_slice_cstr(attributes[i]));
        assert_non_null(attribute);
        assert_true(attribute->kind == PAGE_A_MUTE || attribute->kind == PAGE_A_FORM || attribute->kind == PAGE_A_BLOCK);
    }
    for (size_t i = 0; i < page_attribute_count; i++) assert_false(strncmp(page_attributes[i].name, "on", 2) == 0);
    assert_false(page_attribute_is_hook(POSTERN_S("on-x"), POSTERN_S(""), true));
    assert_false(page_attribute_is_hook(POSTERN_S("x-y"), POSTERN_S("javascript:1"), true));
    assert_false(page_attribute_is_hook(POSTERN_S("plain"), POSTERN_S("1"), false));
    assert_false(page_attribute_is_hook(POSTERN_S("x-y"), postern_slice_of("a\0b", 3), false));
}

static void pictures_of_vml(void **state) {
    (void)state;
#define SHAPE "<v:shape id=a style='position:absolute;width:30pt;height:1.5in;x:expression(1)'>" \
              "<v:imagedata src=pic.png o:title=T></v:shape>"
#define SHOWN "<img src=\"" PIC "\" alt=\"T\" style=\"width:30pt;height:1.5in;\">"
    static const row rows[] = {
        {"a" SHAPE "b", "a" SHOWN "b"},
        {"<v:rect style='width:3;height:4px\"'><v:fill src=pic.png></v:rect>", "<img src=\"" PIC "\">"},
        {"<v:image style='height:4PX;width:2px' src=gone.png>", "<img src=\"data:,\" style=\"width:2px;\">"},
        {"<v:fill color=red><v:stroke src=pic.png>", ""},
        {"x<!--[if gte vml 1]>" SHAPE "<![endif]--><p>b", "x" SHOWN "<p>b"},
        {"x<!--[if gte vml 1]>" SHAPE "<![endif]-->", "x" SHOWN},
        {"x<!--[if gte vml 1]>" SHAPE "<![endif]-->\n<![if !vml]><img src=pic.png><![endif]>b", "x\n<img src=\"" PIC "\">b"},
        {"x<!--[if gte vml 1]>" SHAPE "<![endif]--><!--[if !vml]--><img src=pic.png><!--[endif]-->", "x<img src=\"" PIC "\">"},
        {"<img src=pic.png><!--[if gte vml 1]>" SHAPE "<![endif]-->b", "<img src=\"" PIC "\">b"}, /* it is there already */
        {"x<!--[if gte vml 1]><v:shape><script>1</script><v:imagedata src=http://evil.example/x.png><![endif]-->b", "xb"},
        {"x<!--[if mso]>" SHAPE "<![endif]--><!--[if !vml]>" SHAPE "<![endif]-->b", "xb"}, /* for others alone */
        {"<svg>" SHAPE "</svg>", "<svg></svg>"},
    };
    RUN(rows);
}

static void a_use_takes_from_other_files(void **state) {
    (void)state;
#define SYMBOL(size) \
    "<svg" size " viewbox=\"0 0 9 9\"><path d=\"M0\"></path><symbol></symbol><image href=\"" PIC "\"></image></svg>"
    static const row rows[] = {
        {"<svg><use href='s/sprites.svg#a' class=i width=4 height=5 x=1 y=2 onclick=x></use></svg>",
         "<svg><g class=\"i\" transform=\" translate(1,2)\">" SYMBOL(" width=\"4\" height=\"5\"") "</g>"
         "<use class=\"i\" width=\"4\" height=\"5\" x=\"1\" y=\"2\"></use></svg>"},
        {"<svg><use xlink:href='s/sprites.svg#b' y='1)' /></svg>",
         "<svg><g transform=\" translate(0,0)\"><g id=\"b\"><g><rect></rect></g></g></g><use y=\"1)\"></use></svg>"},
        {"<svg><use href='s/sprites.svg#c'/></svg>", "<svg><g><use id=\"c\" href=\"#c\"></use></g><use></use></svg>"},
        {"<svg><use href='s/sprites.svg#nobody'/><use href='gone.svg#a'/><use href='pic.png#a'/></svg>",
         "<svg><use></use><use></use><use></use></svg>"},
        {"<svg><use href='p.html#x'/></svg>", "<svg><use href=\"#x\"></use></svg>"},
    };
    RUN(rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sorted),
        cmocka_unit_test(p2_no_dangerous_name_is_kept),
        cmocka_unit_test(pictures_of_vml),
        cmocka_unit_test(a_use_takes_from_other_files),
        cmocka_unit_test(p1_text_and_values_are_escaped),
        cmocka_unit_test(p2_elements_are_an_allowlist),
        cmocka_unit_test(p2_attributes_are_an_allowlist),
        cmocka_unit_test(p3_nothing_loads_but_what_is_here),
        cmocka_unit_test(z2_absence_is_final),
        cmocka_unit_test(z4_handlers_are_refused),
        cmocka_unit_test(z7_signatures_decide),
        cmocka_unit_test(z12_forms_are_inert),
        cmocka_unit_test(z21_links_are_an_allowlist),
        cmocka_unit_test(z21_no_other_scheme_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
