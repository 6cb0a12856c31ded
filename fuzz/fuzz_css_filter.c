/*
 * The CSS filter over any bytes, as a sheet, a style attribute, a media list or the value of an attribute. Properties: what
 * leaves keeps to the closed language (src/page/test_css_closed.h: P1, P3), and filtering it again changes nothing.
 */
#include <stdlib.h>

#include "page/test_css_closed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(bool good) {
    if (!good) abort();
}

static postern_status resolve(void *user, postern_slice text, const postern_url *base, postern_use use, const postern_sink *out,
                              bool *ret_ok) {
    (void)user;
    (void)base;
    check(text.len && text.ptr[0] != '#');
    *ret_ok = true;
    if (postern_slice_starts(text, POSTERN_S("data:image/"))) return postern_sink_write(out, text);
    if (text.len % 2 && use == POSTERN_USE_IMAGE) return postern_sink_write(out, POSTERN_S("data:image/png;base64,AAAA"));
    *ret_ok = false;
    return POSTERN_OK;
}

static postern_status import(void *user, postern_slice text, const postern_url *base, postern_slice *ret_utf8,
                             const postern_url **ret_base, bool *ret_found) {
    *ret_utf8 = *(postern_slice *)user;
    *ret_base = base;
    *ret_found = text.len % 2;
    return POSTERN_OK;
}

static bool filter(unsigned kind, postern_slice css, postern_arena *arena, postern_buf *out) {
    postern_sink sink = postern_buf_sink(out);
    page_css_budget budget = {.imports = POSTERN_LIMIT_IMPORTS - 4};
    page_css_rules rules = {resolve, import, &css, arena, NULL, 0, &budget, true};
    postern_status status;
    bool ok = true;
    postern_buf_init(out, SIZE_MAX);
    if (kind == 0) status = page_css_sheet(&rules, css, NULL, 0, &sink);
    else if (kind == 1) status = page_css_declarations(&rules, css, NULL, &sink);
    else if (kind == 2) status = page_css_value(&rules, POSTERN_S("mask"), css, NULL, &sink, &ok);
    else status = page_css_media_list(&rules, css, &sink, &ok);
    check(status == POSTERN_OK && (ok || out->len == 0));
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len == 0 || len > 1 << 16) return 0;
    postern_arena *arena = postern_arena_new(256u << 20);
    postern_buf out, again;
    unsigned kind = bytes[0] & 3;
    check(arena);
    bool ok = filter(kind, postern_slice_of(bytes + 1, len - 1), arena, &out);
    check(css_closed(postern_buf_slice(&out), arena) == NULL);
    check(filter(kind, postern_buf_slice(&out), arena, &again) == ok);
    check(postern_slice_eq(postern_buf_slice(&again), postern_buf_slice(&out)));
    postern_buf_free(&out);
    postern_buf_free(&again);
    postern_arena_free(arena);
    return 0;
}
