/*
 * P1: whatever is written, no '<', '>', '"' leaves, no '&' but as the start of a reference of ours, no control, no bad UTF-8;
 * and a browser's tokenizer reads the text back as it was, but for what became U+FFFD.
 */
#include <stdlib.h>

#include "postern/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_closed(postern_slice out, bool value) {
    static const char *const references[] = {"&quot;", "&amp;", "&lt;", "&gt;", "&#9;", "&#10;", "&#13;"};
    if (!postern_utf8_valid(out)) abort();
    for (size_t i = 0; i < out.len; i++) {
        uint8_t c = out.ptr[i];
        bool ours = false;
        if (c == '<' || c == '>' || c == '"' || c == 0x7F) abort();
        if (c < 0x20 && (value || (c != '\t' && c != '\n'))) abort();
        for (size_t r = 0; c == '&' && r < 7; r++)
            ours |= postern_slice_starts(postern_slice_from(out, i), postern_slice_cstr(references[r]));
        if (c == '&' && !ours) abort();
    }
}

/* Read back between <p title=" and "> or as text: no tag but ours. */
static void check_reading(postern_slice out, bool value) {
    postern_html_tokenizer *t;
    postern_html_token token = {.kind = POSTERN_HTML_TEXT};
    postern_buf page;
    size_t tags = 0;
    postern_buf_init(&page, SIZE_MAX);
    postern_buf_add_slice(&page, value ? POSTERN_S("<p title=\"") : POSTERN_S("<p>"));
    postern_buf_add_slice(&page, out);
    postern_buf_add_slice(&page, value ? POSTERN_S("\">") : POSTERN_S("</p>"));
    if (page.status || postern_html_tokenizer_new(postern_buf_slice(&page), true, NULL, &t)) abort();
    while (token.kind != POSTERN_HTML_EOF) {
        if (postern_html_next(t, &token)) abort();
        tags += token.kind == POSTERN_HTML_START;
        if (token.kind == POSTERN_HTML_COMMENT || token.attribute_count > 1) abort();
    }
    if (tags != 1) abort();
    postern_html_tokenizer_free(t);
    postern_buf_free(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    postern_buf out, nested;
    postern_slice in = postern_slice_of(bytes, len);
    postern_sink sink = postern_buf_sink(&out), nested_sink = postern_buf_sink(&nested);
    postern_buf_init(&out, SIZE_MAX);
    postern_buf_init(&nested, SIZE_MAX);
    if (postern_html_write_text(&sink, in)) abort();
    check_closed(postern_buf_slice(&out), false);
    check_reading(postern_buf_slice(&out), false);
    /* srcdoc: our own output escaped once more */
    postern_html_attribute_escaper escaper = {&nested_sink};
    postern_sink inner = postern_html_attribute_escaper_sink(&escaper);
    if (postern_sink_write(&inner, postern_buf_slice(&out))) abort();
    check_reading(postern_buf_slice(&nested), true);
    postern_buf_clear(&out);
    if (postern_html_write_attribute(&sink, in)) abort();
    check_closed(postern_buf_slice(&out), true);
    check_reading(postern_buf_slice(&out), true);
    postern_buf_free(&out);
    postern_buf_free(&nested);
    return 0;
}
