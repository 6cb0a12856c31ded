/*
 * The safe page: what its files share. A token of the source becomes at most one tag of the closed language (html_tables.h);
 * all bytes leave through page_out, which counts them (P5). Failures are sticky: page_html.status is looked at between
 * tokens, so the functions that write need not be checked one by one.
 */
#ifndef POSTERN_PAGE_HTML_INT_H
#define POSTERN_PAGE_HTML_INT_H

#include "postern/css.h"
#include "postern/html.h"
#include "postern/page.h"

#include "css_filter.h"
#include "html_tables.h"

/* ---- the whole page ------------------------------------------------------------------------------------------- */

#define PAGE_OUT_BLOCK 16384

typedef struct page_html page_html;

/* A writer of one document: buffered, into the page's sink or, escaped, into the srcdoc attribute of the document around
 * it. */
typedef struct page_out {
    page_html *page;
    const postern_sink *down;
    postern_sink sink; /* this writer as a sink */
    size_t len;
    uint8_t block[PAGE_OUT_BLOCK];
} page_out;

struct page_html {
    postern_archive *archive;
    const postern_page_options *options;
    const postern_sink *user;
    postern_page_report *report;
    postern_error *reterr;
    postern_arena *arena;     /* what lives as long as the page */
    postern_sink counting;    /* counts, then gives to `user` */
    postern_status status;    /* the first failure */
    uint64_t max_output, reuse_left;
    bool full;                /* the output limit was reached: nothing but what closes the page is written */
    uint32_t frames;          /* all levels */
    page_css_budget imports;
    uint32_t part_count;
    uint8_t *used;            /* per part: written before */
    postern_slice *names;     /* per part: its name in html -d */
    uint8_t *frame_open;      /* per part: being written as a frame right now */
};

/* ---- one document --------------------------------------------------------------------------------------------- */

enum { PAGE_NS_HTML, PAGE_NS_SVG, PAGE_NS_MATH };

/* An open element of the source, as a browser would have it: only to know namespaces, and where dropped content ends. */
typedef struct page_open {
    const page_element *element; /* NULL: custom or unknown */
    uint32_t hash;               /* of the name, for those without an entry */
    uint32_t overflow;           /* elements below it that were only counted */
    uint8_t ns;
    bool dropped;                /* nothing leaves until it is closed */
    bool unwrapped;              /* its end tag does not leave */
    bool integration;            /* foreign, but HTML may stand inside */
    uint8_t stop;                /* which searches end here */
} page_open;

#define PAGE_STACK_FOREIGN 256u /* beyond POSTERN_LIMIT_ELEMENT_DEPTH, for foreign and dropped elements only */
#define PAGE_STACK_ROOM (POSTERN_LIMIT_ELEMENT_DEPTH + PAGE_STACK_FOREIGN)

typedef struct page_stack {
    uint32_t depth, dropped, overflow;
    uint32_t paragraphs, tables; /* open ones, so that most tags need no search */
    page_open open[PAGE_STACK_ROOM];
} page_stack;

typedef enum page_raw {
    PAGE_RAW_NONE, PAGE_RAW_TEXT, /* written as text: title, textarea, pre for xmp */
    PAGE_RAW_STYLE, PAGE_RAW_SKIP
} page_raw;

#define PAGE_EXCEL_SHEETS 256u

/* The words of a foreignObject that is being left out. */
typedef struct page_foreign {
    bool active, centred;
    long x, y; /* tenths of a user unit */
    postern_buf text;
} page_foreign;

/* VML: the size of the shape that is open, as CSS, and a conditional comment that nothing stood in for so far. */
typedef struct page_vml {
    postern_slice waiting;
    size_t size_len;
    uint8_t size[64];
} page_vml;

typedef enum page_mode { PAGE_MODE_STANDARDS, PAGE_MODE_LIMITED, PAGE_MODE_QUIRKS } page_mode;

typedef struct page_doc {
    page_html *page;
    struct page_doc *parent;      /* the document that frames this one */
    uint32_t part;                /* whose references these are */
    uint32_t depth;               /* frames around it */
    const postern_url *base;      /* NULL: the part's own */
    bool has_base;                /* a <base href> was there */
    bool xml;                     /* XHTML: self-closing counts everywhere */
    bool mail;                    /* the mail block is still to be written */
    bool body;                    /* body is open, by tag or by content */
    bool frameset;                /* inside a frameset: nothing but frames */
    bool archived_frame;          /* a part in a frame: it may have been drawn in quirks mode */
    const postern_page_rights *rights; /* NULL: there is no policy */
    postern_slice refresh;        /* where the document wants to step by itself, when that may become a link */
    bool drag_told;               /* one note for a document is enough */
    bool inner;                   /* inside a document of ours: no prolog, no html, head or body tags */
    page_raw raw;
    const page_element *raw_element; /* whose text it is */
    const char *raw_end;          /* the end tag that closes it: ours */
    page_foreign foreign;
    page_vml vml;
    bool using;                   /* inside an element that a <use> took from a file */
    uint32_t used_part;           /* the file that was looked into last, */
    postern_slice used_text;      /* and its text; empty: none yet */
    postern_buf style;            /* text of the style element so far */
    uint32_t frameset_depth;
    uint32_t sheet_count;         /* Excel: the parts of its sheets, in order */
    uint32_t sheets[PAGE_EXCEL_SHEETS];
    postern_arena *arena;
    postern_html_tokenizer *tokenizer;
    page_out *out;                /* own.out, or the one it was put into */
    page_stack stack;
    page_out own;
} page_doc;

/* ---- html_out.c ----------------------------------------------------------------------------------------------- */

void page_out_init(page_out *out, page_html *page, const postern_sink *down);
void page_out_flush(page_out *out);
void page_out_bytes(page_out *out, postern_slice s); /* ours, written as it is */
void page_out_text(page_out *out, postern_slice utf8);
void page_out_value(page_out *out, postern_slice utf8); /* inside the quotes of an attribute */
void page_out_attribute(page_out *out, const char *name, postern_slice utf8); /* " name=\"…\"" */
#define page_out_literal(out, text) page_out_bytes((out), POSTERN_S(text))
void page_out_cstr(page_out *out, const char *text);
void page_fail(page_html *page, postern_status status);
/* True when `size` more bytes (before escaping) still fit; else the page is full from now on, with a note. */
bool page_room(page_html *page, uint64_t size);
void page_note(page_html *page, postern_note_kind kind, uint32_t part, uint64_t offset, postern_slice detail);

/* ---- html_stack.c --------------------------------------------------------------------------------------------- */

bool page_stack_foreign(const page_stack *stack);   /* CDATA sections exist here */
/* Before a start tag is written: what it closes. Then page_stack_push unless void or self-closing. */
void page_stack_before(page_stack *stack, const page_element *element, const postern_html_token *token);
/* The namespace a start tag lands in, after page_stack_before. */
uint8_t page_stack_namespace(const page_stack *stack, const page_element *element);
void page_stack_push(page_stack *stack, const page_element *element, postern_slice name, uint8_t ns, bool dropped,
                     bool unwrapped);
/* annotation-xml takes HTML when its encoding says so. */
void page_stack_integrate(page_stack *stack, const postern_html_token *token);
typedef enum page_end {
    PAGE_END_KEPT,   /* it closed an element whose start tag left */
    PAGE_END_HIDDEN, /* it closed an element that was dropped or unwrapped */
    PAGE_END_STRAY   /* it closed nothing that is tracked */
} page_end;
/* Pops what an end tag closes. */
page_end page_stack_end(page_stack *stack, const page_element *element, postern_slice name);

/* ---- html_url.c, html_resource.c ------------------------------------------------------------------------------- */

typedef enum page_source_kind { PAGE_SOURCE_NONE, PAGE_SOURCE_PART, PAGE_SOURCE_DATA } page_source_kind;

/* What a reference to a resource came to. */
typedef struct page_source {
    page_source_kind kind;
    uint32_t part;
    postern_media media;
    postern_slice data;     /* a data: URL of the source, behind its comma */
    bool data_base64;
} page_source;

bool page_media_fits(postern_media media, postern_use use); /* whether a browser shows it in such a place */
/* Finds, checks the type (Z7) and, unless `quiet`, counts and notes what is left out. */
page_source page_find(page_doc *doc, postern_slice text, postern_use use, bool quiet);
/* Whether `bytes` of a part may be written once more (P5): the first time is free. */
bool page_part_afford(page_doc *doc, uint32_t part, uint64_t bytes);
/* Whether it may be written once more (P5); notes when not. To be asked once before each writing. */
bool page_source_afford(page_doc *doc, const page_source *source);
/* The URL of a found source: data:…, or a name in html -d. */
void page_source_write(page_doc *doc, const page_source *source, const postern_sink *out);
/* A data: URL taken apart: false when it is none. `type` is a view, as written. */
bool page_data_url(postern_slice url, postern_slice *ret_type, bool *ret_base64, postern_slice *ret_data);
/* What its content is by signature; SVG when `type` says so. */
postern_media page_data_media(page_doc *doc, postern_slice type, postern_slice data, bool base64);
/* Its content, decoded into the document's arena. */
bool page_data_bytes(page_doc *doc, postern_slice data, bool base64, postern_slice *ret_bytes);
bool page_resolve(page_doc *doc, postern_slice text, postern_reference *ret_reference);
/* Counts and notes a reference to something that is not there: remote, missing, or a script. */
void page_note_absent(page_doc *doc, const postern_reference *reference, postern_slice text);
/* " name=\"data:…\"" when found; else nothing and false. */
bool page_source_attribute(page_doc *doc, const char *name, postern_slice text, postern_use use);
/* The srcset that holds what was found; false: nothing was. *ret_wide: by width descriptors, so that src does not count. */
bool page_srcset_write(page_doc *doc, postern_slice text, bool write, bool *ret_wide);
/* " href=\"…\"" of a link (Z21); true: it leads to the web, so target and rel go with it. */
bool page_link_write(page_doc *doc, const char *name, postern_slice text);
bool page_fragment_of(page_doc *doc, postern_slice text, postern_slice *ret_fragment);
bool page_is_html_part(const postern_part *part);
/* Whether it is shown as HTML: not when it is to be read as text. */
bool page_shows_html(const page_html *page, uint32_t part);

/* ---- html_policy.c ---------------------------------------------------------------------------------------------- */

/* The rights of a new document, below those of the document around it. */
void page_doc_judge(page_doc *doc);
bool page_has_right(const page_doc *doc, postern_page_right right);
/* The same; a refusal is counted and noted. */
bool page_may(page_doc *doc, postern_page_right right, postern_slice detail);
void page_refuse(page_doc *doc, postern_page_right right, postern_slice detail);
/* Whether a declared type names that kind of content. */
bool page_type_says(postern_slice type, postern_media media);
bool page_may_frame_part(page_doc *doc, uint32_t part);
/* A meta refresh of the source; what comes of it at the document's end. */
void page_refresh(page_doc *doc, postern_slice content);
void page_refresh_write(page_doc *doc);

/* ---- html_css.c: the seam to the CSS filter -------------------------------------------------------------------- */

void page_style_sheet(page_doc *doc, postern_slice css, uint32_t part, const postern_url *base);
/* The text of a part that may serve as a style sheet (Z7); false, with a note: it may not. */
bool page_sheet_text(page_doc *doc, uint32_t part, postern_slice *ret_css);
void page_style_attribute(page_doc *doc, postern_slice css);
void page_svg_style(page_doc *doc, postern_slice css); /* the same sheet, as text of an XML document */
void page_css_attribute(page_doc *doc, const char *name, postern_slice value);

/* ---- html_attr.c, html_element.c, html_doc.c, html_frame.c, html_svg.c, html_mail.c ---------------------------- */

/* All allowed attributes of a start tag. */
void page_attributes_write(page_doc *doc, const page_element *element, const postern_html_token *token);
postern_slice page_attribute_value(const postern_html_token *token, const char *name); /* empty when absent */
bool page_is_control(const page_element *element); /* button, input, select, textarea */
bool page_attribute_has(const postern_html_token *token, const char *name);

/* "<name" + attributes + ">"; `slash`: "/>". */
void page_tag_write(page_doc *doc, const char *name, const page_element *element, const postern_html_token *token);
void page_start_tag(page_doc *doc, const postern_html_token *token);
void page_end_tag(page_doc *doc, const postern_html_token *token);
void page_text(page_doc *doc, const postern_html_token *token);
/* Markup of our own making through the same gate: what it writes is what reading it again would write. */
void page_feed(page_doc *doc, postern_slice utf8);
/* Opens body for content that cannot stand in head: the mail block goes first. */
void page_open_body(page_doc *doc);

/* A document to write: NULL, and the page failed, when there is no memory. `parent` may be NULL. */
page_doc *page_doc_new(page_html *page, page_doc *parent, uint32_t part, const postern_sink *down);
void page_doc_free(page_doc *doc); /* flushes; takes NULL */
/* Doctype, html, head and our metas. `html`: the source's tag or NULL. */
void page_prolog(page_doc *doc, page_mode mode, const postern_html_token *html);
/* The whole of a document's text. */
void page_run(page_doc *doc, postern_slice utf8);
/* Ends text elements, and then every element that is open in what was written. */
void page_finish(page_doc *doc);
void page_close_all(page_doc *doc);
/* The text of a part, within the limits of a document; false: not to be had. */
bool page_part_text(page_doc *doc, uint32_t part, postern_slice *ret_utf8);
/* " srcdoc=\"…\"" with a part of the archive; false, with a note: there is nothing to show. */
bool page_frame_source(page_doc *doc, postern_slice src);
bool page_frame_srcdoc(page_doc *doc, postern_slice html);
bool page_frame_part(page_doc *doc, uint32_t part);
void page_frameset_start(page_doc *doc, const postern_html_token *token);
void page_frameset_end(page_doc *doc);
void page_frameset_close(page_doc *doc);
void page_workbook(page_doc *doc); /* the sheets of doc->sheets */
void page_frameset_frame(page_doc *doc, const postern_html_token *token);
void page_iframe(page_doc *doc, const page_element *element, const postern_html_token *token, postern_slice src);

void page_foreign_begin(page_doc *doc, const postern_html_token *token);
void page_foreign_text(page_doc *doc, postern_slice text);
void page_foreign_break(page_doc *doc); /* a new line begins */
void page_foreign_end(page_doc *doc);   /* does nothing while it is open */

/* html_use.c: what a <use> takes from another file of the archive, written in front of it. */
void page_use_file(page_doc *doc, const postern_html_token *token);

/* html_vml.c. True: the tag was a picture of a shape, and is written. */
bool page_vml_start(page_doc *doc, const postern_html_token *token);
void page_vml_comment(page_doc *doc, const postern_html_token *token);
void page_vml_flush(page_doc *doc); /* the comment that waits: nothing stands in for it */

/* A standalone SVG picture, cleaned, as XML. */
postern_status page_svg_clean(page_doc *doc, postern_slice utf8, uint32_t part, const postern_sink *out);

void page_mail_block(page_doc *doc);
void page_mail_rest(page_doc *doc);
void page_plain_text(page_doc *doc, uint32_t part);
void page_root_picture(page_doc *doc, const page_source *source);

#endif
