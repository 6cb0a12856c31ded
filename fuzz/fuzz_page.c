/*
 * The safe page over any markup in a small archive. Properties of what comes out: it is valid UTF-8 without stray controls;
 * read by the tokenizer it holds no comment, no element and no attribute but those of our tables (P1, P2), and every place
 * that loads or navigates holds a data: URL, a fragment, an allowed link or nothing (P3, Z21); made into a page once more,
 * it stays as it is. The same holds below a policy, the strictest of the built-in zones and one that allows everything.
 */
#include <stdlib.h>

#include "postern/html.h"
#include "postern/page.h"
#include "page/html_tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(bool good) {
    if (!good) abort();
}

#define PNG "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

static const char before[] =
    "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=B\r\n\r\n"
    "--B\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: http://x.test/d/p.html\r\n\r\n";
static const char behind[] =
    "\r\n--B\r\nContent-Type: image/png\r\nContent-ID: <p>\r\nContent-Location: http://x.test/d/p\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n" PNG "\r\n"
    "--B\r\nContent-Type: text/html\r\nContent-Location: http://x.test/d/f\r\n\r\n<b>f<img src=p>\r\n"
    "--B\r\nContent-Type: text/css\r\nContent-Location: http://x.test/d/c\r\n\r\nb{background:url(p)}\r\n"
    "--B\r\nContent-Type: image/svg+xml\r\nContent-Location: http://x.test/d/s\r\n\r\n<svg><image href='p'/></svg>\r\n"
    "--B--\r\n";

static postern_status page_of(postern_slice text, const postern_policy *policy, postern_zone zone, postern_buf *ret_page) {
    postern_archive_options open_options = {.expect_html = true, .has_caller_zone = true, .caller_zone = zone};
    postern_page_options options;
    postern_page_report report;
    postern_archive *archive = NULL;
    postern_page_options_init(&options);
    options.policy = policy;
    postern_buf_init(ret_page, 256u << 20);
    postern_status status = postern_archive_open(text, &open_options, &archive, NULL);
    if (status != POSTERN_OK) return status;
    postern_sink sink = postern_buf_sink(ret_page);
    status = postern_page_html(archive, &options, &sink, &report, NULL);
    check(report.bytes_out == ret_page->len);
    postern_archive_free(archive);
    return status;
}

/* Names that only we write. */
static bool ours(postern_slice element, postern_slice name) {
    static const char *const meta[] = {"charset", "http-equiv", "content", "name"};
    if (postern_slice_eq(element, POSTERN_S("meta")))
        for (size_t i = 0; i < 4; i++)
            if (postern_slice_eq(name, postern_slice_cstr(meta[i]))) return true;
    if (postern_slice_eq(name, POSTERN_S("draggable"))) /* of a zone that lets nothing be dragged out */
        return postern_slice_eq(element, POSTERN_S("a")) || postern_slice_eq(element, POSTERN_S("img"));
    if (postern_slice_eq(element, POSTERN_S("form"))) return postern_slice_eq(name, POSTERN_S("method"));
    if (postern_slice_eq(element, POSTERN_S("template"))) return postern_slice_eq(name, POSTERN_S("shadowrootmode"));
    if (postern_slice_eq(element, POSTERN_S("iframe")))
        return postern_slice_eq(name, POSTERN_S("srcdoc")) || postern_slice_eq(name, POSTERN_S("sandbox"));
    if (postern_slice_eq(element, POSTERN_S("a")) || postern_slice_eq(element, POSTERN_S("area")))
        return postern_slice_eq(name, POSTERN_S("target")) || postern_slice_eq(name, POSTERN_S("rel"));
    return false;
}

static bool safe_reference(postern_slice element, postern_slice value) {
    static const char *const links[] = {"http://", "https://", "mailto:", "tel:"};
    if (value.len == 0 || value.ptr[0] == '#' || postern_slice_starts(value, POSTERN_S("data:image/")) ||
        postern_slice_starts(value, POSTERN_S("data:video/")) || postern_slice_starts(value, POSTERN_S("data:audio/")) ||
        postern_slice_eq(value, POSTERN_S("data:,")))
        return true;
    if (!postern_slice_eq(element, POSTERN_S("a")) && !postern_slice_eq(element, POSTERN_S("area"))) return false;
    for (size_t i = 0; i < 4; i++)
        if (postern_slice_starts(value, postern_slice_cstr(links[i]))) return true;
    return false;
}

static void check_attribute(postern_slice element, const postern_html_attribute *attribute) {
    check(!postern_slice_starts(attribute->name, POSTERN_S("on")));
    if (ours(element, attribute->name)) return;
    const page_attribute *known = page_attribute_find(attribute->name);
    if (!known) {
        check(page_attribute_is_open(attribute->name) || page_attribute_is_hook(attribute->name, attribute->value, true));
        return;
    }
    switch ((page_attribute_kind)known->kind) {
    case PAGE_A_HREF:
    case PAGE_A_SRC:
    case PAGE_A_SRCSET:
    case PAGE_A_POSTER:
    case PAGE_A_BACKGROUND:
    case PAGE_A_FRAGMENT:
        check(safe_reference(element, attribute->value));
        break;
    case PAGE_A_LONGDESC:
    case PAGE_A_MUTE:
    case PAGE_A_FORM:
    case PAGE_A_BLOCK:
        check(false);
        break;
    default:
        break;
    }
}

static bool may_leave(postern_slice name) {
    static const char *const never[] = {"script", "object", "embed", "frame",    "frameset",
                                        "applet", "base",   "link",  "noscript", "param"};
    const page_element *element = page_element_find(name);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (postern_slice_eq(name, postern_slice_cstr(never[i]))) return false;
    return element ? element->action != PAGE_DO_DROP && element->action != PAGE_DO_UNWRAP && element->action != PAGE_DO_PRE
                   : page_element_is_custom(name);
}

static void check_closed(postern_slice page) {
    postern_html_tokenizer *tokenizer = NULL;
    postern_html_token token;
    check(postern_utf8_valid(page));
    for (size_t i = 0; i < page.len; i++) check(page.ptr[i] >= 0x20 || page.ptr[i] == '\n' || page.ptr[i] == '\t');
    /* no state but data: whatever a browser takes for text, the tags in it are ours as well */
    check(postern_html_tokenizer_new(page, false, NULL, &tokenizer) == POSTERN_OK);
    for (bool doctype = false;;) {
        check(postern_html_next(tokenizer, &token) == POSTERN_OK && token.kind != POSTERN_HTML_COMMENT);
        if (token.kind == POSTERN_HTML_EOF) break;
        if (token.kind == POSTERN_HTML_DOCTYPE) {
            check(!doctype && token.offset == 0);
            doctype = true;
        }
        if (token.kind != POSTERN_HTML_START && token.kind != POSTERN_HTML_END) continue;
        check(may_leave(token.name));
        for (size_t i = 0; i < token.attribute_count; i++) check_attribute(token.name, &token.attributes[i]);
        const postern_html_attribute *srcdoc = postern_html_attribute_find(&token, POSTERN_S("srcdoc"));
        if (token.kind == POSTERN_HTML_START && srcdoc) {
            postern_buf inner; /* the value goes with the next token */
            postern_buf_init(&inner, 256u << 20);
            check(postern_buf_add_slice(&inner, srcdoc->value) == POSTERN_OK);
            check_closed(postern_buf_slice(&inner));
            postern_buf_free(&inner);
        }
    }
    postern_html_tokenizer_free(tokenizer);
}

/* A policy in which every action that a page asks for is allowed everywhere, or the built-in one. */
static postern_policy *policy_new(bool allow) {
    postern_policy *policy;
    check(postern_policy_new(&policy) == POSTERN_OK);
    for (int zone = 0; allow && zone < 5; zone++) {
        static const char *const actions[] = {"1601", "1604", "1607", "1608", "1802", "2100"};
        char key[] = "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Zones\\0";
        static const uint8_t none[4] = {0};
        key[sizeof key - 2] = (char)('0' + zone);
        for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
            postern_registry_value value = {POSTERN_HIVE_USER, postern_slice_cstr(key), postern_slice_cstr(actions[i]), 4,
                                            postern_slice_of(none, 4)};
            check(postern_policy_add(policy, &value) == POSTERN_OK);
        }
    }
    check(postern_policy_seal(policy, NULL) == POSTERN_OK);
    return policy;
}

static void check_policies(postern_slice text) {
    static postern_policy *policies[2];
    for (int allow = 0; allow < 2; allow++) {
        postern_buf page;
        if (!policies[allow]) policies[allow] = policy_new(allow != 0);
        postern_zone zone = allow ? POSTERN_ZONE_TRUSTED : POSTERN_ZONE_RESTRICTED;
        if (page_of(text, policies[allow], zone, &page) == POSTERN_OK) check_closed(postern_buf_slice(&page));
        postern_buf_free(&page);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    postern_buf text, page, again;
    if (len > 1 << 16) return 0;
    postern_buf_init(&text, 1 << 20);
    postern_buf_add(&text, before, sizeof before - 1);
    postern_buf_add(&text, bytes, len);
    postern_buf_add(&text, behind, sizeof behind - 1);
    postern_status status = page_of(postern_buf_slice(&text), NULL, POSTERN_ZONE_INTERNET, &page);
    if (status == POSTERN_OK) {
        check_closed(postern_buf_slice(&page));
        check(page_of(postern_buf_slice(&page), NULL, POSTERN_ZONE_INTERNET, &again) == POSTERN_OK);
        check(postern_slice_eq(postern_buf_slice(&page), postern_buf_slice(&again)));
        postern_buf_free(&again);
        check_policies(postern_buf_slice(&text));
    }
    postern_buf_free(&page);
    postern_buf_free(&text);
    return 0;
}
