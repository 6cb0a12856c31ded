/* Names out of packages: each one component after another, as a Windows disk and our own folder may hold it (T2). */
#include "update_int.h"

static const char *refused(postern_slice name) {
    if (!name.len) return "a path from the top";
    for (postern_slice rest = name; rest.len;) {
        postern_cut cut = postern_slice_cut(rest, '\\');
        const char *why = cut.head.len ? postern_win_name_refused(cut.head) : "an empty step";
        if (cut.ok && !cut.tail.len) why = "a folder where a file belongs";
        if (why) return why;
        rest = cut.tail;
    }
    return NULL;
}

postern_status update_name_check(postern_slice name, postern_error *reterr) {
    const char *why = refused(name);
    if (!why) return POSTERN_OK;
    postern_buf shown;
    postern_buf_init(&shown, 400);
    postern_escape_line(&shown, name, 200);
    postern_status status = postern_fail(reterr, POSTERN_DENIED, POSTERN_NO_OFFSET, "T2: the package names %s: %.*s", why,
                                         POSTERN_ARG(postern_buf_slice(&shown)));
    postern_buf_free(&shown);
    return status;
}

/* "KB" or "Q" at `at`, where no letter or digit stands in front of it, and six or seven digits: how long; 0: none. */
static size_t article_at(postern_slice text, size_t at, size_t *ret_digits) {
    postern_slice rest = postern_slice_from(text, at);
    size_t digits = postern_slice_starts_nocase(rest, POSTERN_S("KB"))  ? 2
                    : postern_slice_starts_nocase(rest, POSTERN_S("Q")) ? 1
                                                                        : 0;
    size_t end = digits;
    if (at && (postern_ascii_alpha(text.ptr[at - 1]) || postern_ascii_digit(text.ptr[at - 1]))) return 0;
    while (end < rest.len && postern_ascii_digit(rest.ptr[end])) end++;
    *ret_digits = digits;
    return digits && end - digits >= 6 && end - digits <= 7 ? end : 0;
}

postern_status update_article(postern_slice text, postern_arena *arena, postern_slice *ret_id) {
    for (size_t i = 0, digits; i < text.len; i++) {
        size_t len = article_at(text, i, &digits);
        if (!len) continue;
        uint8_t *id = postern_arena_alloc(arena, len - digits + 2);
        if (!id) return postern_arena_failure(arena);
        memcpy(id, "KB", 2);
        memcpy(id + 2, text.ptr + i + digits, len - digits);
        *ret_id = postern_slice_of(id, len - digits + 2);
        return POSTERN_OK;
    }
    return POSTERN_OK;
}

bool postern_update_id(postern_slice text, char ret_id[16]) {
    postern_slice digits = postern_slice_trim(text);
    if (postern_slice_starts_nocase(digits, POSTERN_S("KB")))
        digits = postern_slice_from(digits, 2);
    else if (postern_slice_starts_nocase(digits, POSTERN_S("Q")))
        digits = postern_slice_from(digits, 1);
    uint64_t number;
    if (digits.len < 6 || digits.len > 7 || !postern_slice_uint(digits, 9999999, &number)) return false;
    memcpy(ret_id, "KB", 2);
    memcpy(ret_id + 2, digits.ptr, digits.len);
    ret_id[2 + digits.len] = 0;
    return true;
}
