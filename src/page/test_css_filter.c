/* Unit tests of the CSS filter: what leaves, what does not, and that doing it twice changes nothing (P1, P3). */
#include "page/test_css_world.h"

typedef struct row {
    kind what;
    const char *in, *out;
} row;

#define CHECK_ALL(rows, noted) \
    for (size_t i = 0; i < sizeof(rows) / sizeof *(rows); i++) { \
        unsigned notes = check((rows)[i].what, (rows)[i].in, (rows)[i].out); \
        if ((notes != 0) != (noted)) fail_msg("%u notes: %s", notes, (rows)[i].in); \
    }

#define NONE "url(\"data:,\")"
#define OURS "url(\"" PNG "\")"

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static void p3_innocent_sheets_stay(void **state) {
    (void)state;
    static const row rows[] = {
        {SHEET, "a { color: red; margin: 0 auto !important }", "a{color:red;margin:0 auto !important;}"},
        {SHEET, "a>b+c~d , e::before{content:\"\\201C \"}", "a>b+c~d , e::before{content:\"\xE2\x80\x9C\";}"},
        {SHEET, "@media screen and (max-width:600px){a{b:c}}", "@media screen and (max-width:600px){a{b:c;}}"},
        {SHEET, "@media (400px<=width<700px){a{b:c}}", "@media (700px>width>=400px){a{b:c;}}"},
        {SHEET, "@media ((width < 5px) and (height<3px)){a{b:c}}", "@media (( 5px>width ) and (3px>height)){a{b:c;}}"},
        {SHEET, "@container card (inline-size <40em){a{b:c}}", "@container card (40em>inline-size ){a{b:c;}}"},
        {SHEET, "@supports (display:grid) and (not (x:y)){a{b:c}}", "@supports (display:grid) and (not (x:y)){a{b:c;}}"},
        {SHEET, "@supports selector(:has(a)){a{b:c}}", "@supports selector(:has(a)){a{b:c;}}"},
        {SHEET, "@layer a,b;@layer a{x{y:z}}@layer{}", "@layer a,b;@layer a{x{y:z;}}@layer{}"},
        {SHEET, "a{b:c;&:hover{d:e}f:g}", "a{b:c;&/**/:hover{d:e;}f:g;}"},
        {SHEET, "a{b:hover{c:d}e:f}", "a{b:hover{c:d;}e:f;}"},
        {SHEET, "a{@media print{b:c;d{e:f}}}", "a{@media print{b:c;d{e:f;}}}"},
        {SHEET, "@scope (.a) to (.b){color:red;c{d:e}}", "@scope (.a) to (.b){color:red;c{d:e;}}"},
        {SHEET, "@starting-style{a{opacity:0}}", "@starting-style{a{opacity:0;}}"},
        {SHEET, "@keyframes x{from{a:b}50.5%{a:c}to{a:d}}", "@keyframes x{from{a:b;}50.5%{a:c;}to{a:d;}}"},
        {SHEET, "@-webkit-keyframes x{0%{a:b}}", "@-webkit-keyframes x{0%{a:b;}}"},
        {SHEET, "@page :first{margin:1cm;@top-left{content:counter(page)}}",
         "@page :first{margin:1cm;@top-left{content:counter(page);}}"},
        {SHEET, "@counter-style x{system:cyclic;symbols:'a' 'b'}", "@counter-style x{system:cyclic;symbols:\"a\" \"b\";}"},
        {SHEET, "@property --x{syntax:'<length>';inherits:false;initial-value:0}",
         "@property --x{syntax:\"\\3C length>\";inherits:false;initial-value:0;}"},
        {SHEET, "@font-face{font-family:x;src:local('y'),url(ok.woff2)format('woff2');unicode-range:U+0025-00FF,u+4??}",
         "@font-face{font-family:x;src:local(\"y\"),url(\"" WOFF "\")format(\"woff2\");unicode-range:U+25-FF,U+400-4FF;}"},
        {SHEET, "@namespace svg url(http://www.w3.org/2000/svg);svg|a{b:c}",
         "@namespace svg \"http://www.w3.org/2000/svg\";svg|a{b:c;}"},
        {SHEET, "@charset \"utf-8\";a{b:c}", "a{b:c;}"},
        {SHEET, "<!-- a{b:c} -->", "a{b:c;}"},
        {SHEET, "a{b:c", "a{b:c;}"},
        {SHEET, "@media x{a{b:rgb(1,2", "@media x{a{b:rgb(1,2);}}"},
        {SHEET, "a[href^='http://x' i]:not(.b):nth-child(2n + 1)::part(c){d:e}",
         "a[href^=\"http://x\" i]:not(.b):nth-child(2n + 1)::part(c){d:e;}"},
        {STYLE, "color:red;;background:url( \"ok.png\" ) no-repeat", "color:red;background:" OURS " no-repeat;"},
        {STYLE, "--a:;--b: x ;--c:var(--a,)", "--a: ;--b:x;--c:var(--a,);"},
        {STYLE, "width:calc(1px + (2em*var(--x,3)))", "width:calc(1px + (2em*var(--x,3)));"},
        {STYLE, "background:linear-gradient(to right,#fff,rgba(0,0,0,.5) 10%),url(ok.png)",
         "background:linear-gradient(to right,#fff,rgba(0,0,0,.5) 10%)," OURS ";"},
        {STYLE, "background:image-set('ok.png' 1x type('image/png'),url(ok.png) 2x)",
         "background:image-set(" OURS " 1x type(\"image/png\")," OURS " 2x);"},
        {STYLE, "background:-webkit-cross-fade(url(ok.png),url(ok.png),50%)",
         "background:-webkit-cross-fade(" OURS "," OURS ",50%);"},
        {STYLE, "background:" OURS, "background:" OURS ";"},
        {STYLE, "filter:url(#f) blur(2px);mask:url('#m');clip-path:url(\"#c\")",
         "filter:url(\"#f\") blur(2px);mask:url(\"#m\");clip-path:url(\"#c\");"},
        {STYLE, "content:attr(data-x) / 'alt';quotes:'<' '&amp;'",
         "content:attr(data-x) / \"alt\";quotes:\"\\3C \" \"\\26 amp;\";"},
        {STYLE, "width:if(media(width < 5px): 1px; else: 2px)", "width:if(media( 5px>width ): 1px; else: 2px);"},
        {STYLE, "background:url(odd\\ name)", "background:url(\"data:image/png,%22%3C%26%5C%0A%C3%A9%20)\");"},
        {STYLE, "color:red\\9;font-family:caf\xC3\xA9", "color:red\\9 ;font-family:caf\xC3\xA9;"},
        {STYLE, "color:\xFF", "color:\xEF\xBF\xBD;"},
        {MEDIA, "screen and (min-width: 5px), print", "screen and (min-width: 5px), print"},
        {MEDIA, "(width<5px)", "(5px>width)"},
        {VALUE, "url(#grad) red", "url(\"#grad\") red"},
        {VALUE, "u\\72l(ok.png)", OURS},
        {VALUE, "#fff", "#fff"},
    };
    CHECK_ALL(rows, false)
}

/* What no browser takes goes without a word, and as far as a browser would throw it away. */
static void syntax_errors_have_their_extent(void **state) {
    (void)state;
    static const row rows[] = {
        {STYLE, "*zoom:1;a:b", "a:b;"},
        {STYLE, "a b;c:d", "c:d;"},
        {STYLE, "a:;c:d", "c:d;"},
        {STYLE, "a:(};b:c);d:e", "d:e;"},
        {STYLE, "a:b}c:d;e:f", "e:f;"},
        {STYLE, "a:'x\n;b:c;d:e", "b:c;d:e;"},
        {STYLE, "a:url(x y);d:e", "d:e;"},
        {STYLE, "a{b:c}d:e", "d:e;"},
        {STYLE, "a:{b:c};d:e", "d:e;"},
        {STYLE, "--x:{b:c;d:e};f:g", "f:g;"},
        {SHEET, ";a{b:c}d{e:f}", "d{e:f;}"},
        {SHEET, "a<b{c:d}e{f:g}", "e{f:g;}"},
        {SHEET, "}a{b:c}d{e:f}", "d{e:f;}"},
        {SHEET, "a{b:rgb(1}c{d:e}", "a{}"},
        {SHEET, "a{}{b:c}d{e:f}", "a{}d{e:f;}"},
        {SHEET, "@media screen;a{b:c}", "a{b:c;}"},
        {SHEET, "@media (1px<a>2px){a{b:c}}d{e:f}", "d{e:f;}"},
        {SHEET, "a{}@import 'a.css';b{c:d}", "a{}b{c:d;}"},
        {SHEET, "@import 'a.css'{b{c:d}}e{f:g}", "e{f:g;}"},
        {SHEET, "a <!-- {b:c}d{e:f}", "d{e:f;}"},
        {SHEET, "a{b:c;@media x;d:e}", "a{b:c;d:e;}"},
        {MEDIA, "x;y", ""},
        {MEDIA, "", ""},
        {VALUE, "red}", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) (void)check(rows[i].what, rows[i].in, rows[i].out);
}

static void p3_nothing_is_left_that_loads(void **state) {
    (void)state;
    static const row rows[] = {
        {STYLE, "background:url(http://e)", "background:" NONE ";"},
        {STYLE, "background:url(http://e),url('ok.png')", "background:" NONE "," OURS ";"},
        {STYLE, "cursor:url(//e) 2 3,pointer", "cursor:" NONE " 2 3,pointer;"},
        {STYLE, "b:\\75\\72\\6C(http://e);c:u\\rl(//e);d:URL(//e)", "b:" NONE ";c:" NONE ";d:" NONE ";"},
        {STYLE, "a:image-set('http://e' 1x)", "a:image-set(" NONE " 1x);"},
        {STYLE, "a:-webkit-image-set(\"//e\"1x,'ok.png'2x)", "a:-webkit-image-set(" NONE "1x," OURS "2x);"},
        {STYLE, "a:image-set(linear-gradient(red,blue) 1x,'//e' 2x)", "a:image-set(linear-gradient(red,blue) 1x," NONE " 2x);"},
        {STYLE, "--a:url(http://e);--b:image-set('//e')", "--a:" NONE ";--b:image-set(" NONE ");"},
        {STYLE, "--a:'http://e'", "--a:\"http://e\";"},
        {STYLE, "a:var(--b,url(//e))", "a:var(--b," NONE ");"},
        {STYLE, "a:if(style(--x): url(//e); else: none)", "a:if(style(--x): " NONE "; else: none);"},
        {STYLE, "background:url(#x);--f:url(#x);mask:image-set(url(#x) 1x)",
         "background:" NONE ";--f:" NONE ";mask:image-set(" NONE " 1x);"},
        {STYLE, "a:url(page.html#x);--b:url(page.html#x);filter:url('page.html#x\"')",
         "a:" NONE ";--b:" NONE ";filter:url(\"#x\\\"\");"},
        {STYLE, "filter:url(http://e#f)", "filter:" NONE ";"},
        {STYLE, "a:url();b:url('');c:url(' ')", "a:" NONE ";b:" NONE ";c:" NONE ";"},
        {STYLE, "a:url(data:text/html,x);b:url(javascript:x);c:url(ok.woff2)", "a:" NONE ";b:" NONE ";c:" NONE ";"},
        {STYLE, "@import 'http://e';a:b", "a:b;"},
        {SHEET, "@import url(http://e);a{b:c}", "a{b:c;}"},
        {SHEET, "@import 'http://e' layer(x) print;@\\69mport url(//e);", ""},
        {SHEET, "@font-face{src:url(http://e)}", "@font-face{src:" NONE ";}"},
        {SHEET, "@font-face{src:url(ok.png)}", "@font-face{src:" NONE ";}"},
        {SHEET, "@supports (background:url(//e)){a{b:c}}", "@supports (background:" NONE "){a{b:c;}}"},
        {SHEET, "@counter-style x{symbols:url(//e)}", "@counter-style x{symbols:" NONE ";}"},
        {SHEET, "@property --x{syntax:'<url>';initial-value:url(//e)}",
         "@property --x{syntax:\"\\3C url>\";initial-value:" NONE ";}"},
        {SHEET, "@keyframes x{to{background:url(//e)}}", "@keyframes x{to{background:" NONE ";}}"},
        {SHEET, "a{b:url(//e}</style><img/src=//e>);c:d}", "a{b:" NONE ";c:d;}"},
        {VALUE, "url(http://e#x) red", NONE " red"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) (void)check(rows[i].what, rows[i].in, rows[i].out);
}

static void p3_what_is_off_the_lists_goes_and_is_noted(void **state) {
    (void)state;
    static const row rows[] = {
        {STYLE, "a:url(//e b);a:expression(alert(1));d:e", "d:e;"},
        {STYLE, "a:exp\\72 ession(1);d:e", "d:e;"},
        {STYLE, "a:url('x'var(--b));d:e", "d:e;"},
        {STYLE, "a:url(\"//e\" crossorigin(anonymous))", ""},
        {STYLE, "a:src('//e');b:src(var(--x))", ""},
        {STYLE, "a:image('//e');b:image(ltr '//e')", ""},
        {STYLE, "a:image-set(var(--b) 1x)", ""},
        {STYLE, "a:image-set(linear-gradient(var(--b)) 1x)", ""},
        {STYLE, "a:image-set(attr(x) 1x)", ""},
        {STYLE, "a:image-set(env(x) 1x)", ""},
        {STYLE, "a:image-set(if(else:'//e') 1x)", ""},
        {STYLE, "a:image-set('ok.png' type(var(--b)))", ""},
        {STYLE, "a:image-set('ok.png' type(url(//e)))", ""},
        {STYLE, "a:cross-fade('//e',red)", ""},
        {STYLE, "a:-webkit-cross-fade(var(--b),url(ok.png),1)", ""},
        {STYLE, "--x:image-set(var(--y))", ""},
        {STYLE, "a:attr(data-x type(*))", ""},
        {STYLE, "a:attr(data-x url)", ""},
        {STYLE, "a:attr(data-x,attr(data-y type(*)))", ""},
        {STYLE, "a:paint(x);b:element(#x);c:-moz-element(#x);d:-webkit-canvas(x)", ""},
        {STYLE, "a:--mine(url(x));b:target-counter('//e',x);c:-moz-image-rect(url(//e),1,2,3,4)", ""},
        {STYLE, "behavior:url(#default#time2)", ""},
        {STYLE, "BEHAVI\\4FR:x", ""},
        {STYLE, "-moz-binding:url(//e#x)", ""},
        {STYLE, "-ms-filter:\"progid:DXImageTransform.Microsoft.AlphaImageLoader(src='//e')\"", ""},
        {STYLE, "filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='//e')", ""},
        {STYLE, "-o-link:'//e'", ""},
        {STYLE, "src:url(ok.woff2)", ""},
        {SHEET, "@document url(//e){a{b:c}}", ""},
        {SHEET, "@-moz-document url-prefix(''){a{b:c}}d{e:f}", "d{e:f;}"},
        {SHEET, "@color-profile x{src:url(//e)}", ""},
        {SHEET, "@view-transition{navigation:auto}", ""},
        {SHEET, "@function --x(){result:url(//e)}", ""},
        {SHEET, "@namespace url(//e);", ""},
        {SHEET, "@media url(//x y){a{b:c}}@x;", ""},
        {SHEET, "@keyframes x{@font-face{src:url(//e)}}@y{", "@keyframes x{@font-face{src:" NONE ";}}"},
        {SHEET, "a:url(//e){b:c}", ""},
        {SHEET, "a:unknown(x){b:c}", ""},
        {SHEET, "@\\69\\6d\\70ort url(//e);@im\\port2;", ""},
        {VALUE, "expression(1)", ""},
        {VALUE, "url(x) src('//e')", ""},
        {MEDIA, "screen and url(//e)", ""},
    };
    CHECK_ALL(rows, true)
}

/* P1: whatever stands in names, strings and URLs, no byte leaves that HTML gives a meaning to in text: check() asks. */
static void p1_no_markup_leaves(void **state) {
    (void)state;
    static const row rows[] = {
        {SHEET, "a{b:\"</style><script>x</script>\"}", "a{b:\"\\3C /style>\\3C script>x\\3C /script>\";}"},
        {SHEET, "a[b='&lt;/style&gt;']{c:d}", "a[b=\"\\26 lt;/style\\26 gt;\"]{c:d;}"},
        {SHEET, "\\3c\\2fstyle\\3e{a:b}", "\\3C \\/style\\>{a:b;}"},
        {SHEET, "a{--\\3c x:y;\\26 lt:z}", "a{--\\3C x:y;\\26 lt:z;}"},
        {SHEET, "&lt;{a:b}c{d:e}", "c{d:e;}"},
        {SHEET, "@media \\3c x{a{b:c}}", "@media \\3C x{a{b:c;}}"},
        {SHEET, "/*</style>*/a{/*&lt;*/b:c}", "a{b:c;}"},
        {STYLE, "filter:url('#\"><img src=x onerror=y>&amp;')",
         "filter:url(\"#\\\">\\3C img src=x onerror=y>\\26 amp;\");"},
        {STYLE, "a:'\x01\x7F\xC2\x80'", "a:\"\\1 \\7F \\80 \";"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) (void)check(rows[i].what, rows[i].in, rows[i].out);
}

/* ---- imports --------------------------------------------------------------------------------------------------------- */

#define A_CSS "a{b:" OURS ";}@media print{c{d:e;}}"

static void imports_stand_in_their_conditions(void **state) {
    (void)state;
    static const row rows[] = {
        {SHEET, "@import 'a.css';x{y:z}", A_CSS "x{y:z;}"},
        {SHEET, "@charset 'x';@layer q;@import url(\"a.css\")", "@layer q;" A_CSS},
        {SHEET, "@import url(a.css) print and (width<5px);", "@media print and (5px>width){" A_CSS "}"},
        {SHEET, "@import url(a.css) layer;", "@layer{" A_CSS "}"},
        {SHEET, "@import 'a.css' layer(x.y) supports(display:grid) screen;",
         "@media screen{@supports (display:grid){@layer x.y{" A_CSS "}}}"},
        {SHEET, "@import 'a.css' supports(not (display:grid));", "@supports not (display:grid){" A_CSS "}"},
        {SHEET, "@import 'b.css';", A_CSS "x{y:z;}"},
        {SHEET, "@media x{@import 'a.css';a{b:c}}", "@media x{a{b:c;}}"},
        {SHEET, "@import 'a.css' layer(;b);@import 'a.css' supports(;);x{y:z}", "x{y:z;}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) assert_int_equal(check(SHEET, rows[i].in, rows[i].out), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p3_innocent_sheets_stay),
        cmocka_unit_test(syntax_errors_have_their_extent),
        cmocka_unit_test(p3_nothing_is_left_that_loads),
        cmocka_unit_test(p3_what_is_off_the_lists_goes_and_is_noted),
        cmocka_unit_test(p1_no_markup_leaves),
        cmocka_unit_test(imports_stand_in_their_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
