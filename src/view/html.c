/*
 * The one writer of our own HTML. Formats are constants of ours; what is put into them is escaped by the html room's rule,
 * which serves text and quoted attributes alike. Also the catalogue: English is the key, and what it falls back to.
 */
#include "view_int.h"

#include <inttypes.h>
#include <stdarg.h>

const char *postern_viewer_text(const char *language, const char *english) {
    if (!language || strcmp(language, "ja")) return english;
    for (size_t i = 0; i < view_ja_count; i++)
        if (!strcmp(view_ja[i].english, english)) return view_ja[i].text;
    return english;
}

static void put(postern_buf *out, postern_slice text) {
    postern_sink sink = postern_buf_sink(out);
    postern_status status = postern_html_write_text(&sink, text);
    if (status && !out->status) out->status = status;
}

/* "What failed: why" is said in two texts. */
static void put_translated(postern_buf *out, const char *language, const char *english) {
    const char *text = postern_viewer_text(language, english), *colon = strstr(english, ": ");
    char what[128];
    if (text == english && colon && (size_t)(colon - english) < sizeof what) {
        memcpy(what, english, (size_t)(colon - english));
        what[colon - english] = 0;
        const char *head = postern_viewer_text(language, what);
        if (head != what) {
            put(out, postern_slice_cstr(head));
            put(out, POSTERN_S(": "));
            text = postern_viewer_text(language, colon + 2);
        }
    }
    put(out, postern_slice_cstr(text));
}

void view_html(postern_buf *out, const char *language, const char *format, ...) {
    va_list values;
    va_start(values, format);
    for (const char *p = format; *p;) {
        const char *brace = strchr(p, '{');
        if (!brace || !brace[1] || brace[2] != '}') {
            size_t len = brace ? (size_t)(brace - p) + 1 : strlen(p);
            postern_buf_add(out, p, len);
            p += len;
            continue;
        }
        postern_buf_add(out, p, (size_t)(brace - p));
        switch (brace[1]) {
        case 't':
            put_translated(out, language, va_arg(values, const char *));
            break;
        case 'c':
            put(out, postern_slice_cstr(va_arg(values, const char *)));
            break;
        case 's':
            put(out, va_arg(values, postern_slice));
            break;
        case 'u':
            postern_buf_printf(out, "%u", va_arg(values, unsigned));
            break;
        default:
            postern_buf_add(out, brace, 3);
            break;
        }
        p = brace + 3;
    }
    va_end(values);
}

const char *view_language_known(const char *language) {
    bool japanese = language && !strncmp(language, "ja", 2) && (!language[2] || strchr("_-.@", language[2]));
    return japanese ? "ja" : "en";
}

/* The first of ours wins: browsers list languages by their weight. */
const char *view_language_wanted(postern_slice accept) {
    while (accept.len) {
        postern_cut cut = postern_slice_cut(accept, ',');
        postern_slice tag = postern_slice_trim(postern_slice_cut(cut.head, ';').head);
        postern_slice primary = postern_slice_cut(tag, '-').head;
        if (postern_slice_eq_nocase(primary, POSTERN_S("ja"))) return "ja";
        if (postern_slice_eq_nocase(primary, POSTERN_S("en"))) return "en";
        accept = cut.tail;
    }
    return NULL;
}

void view_strings_json(postern_buf *out, const char *language) {
    postern_json json;
    postern_json_init(&json, out, false);
    postern_json_object(&json);
    for (size_t i = 0; !strcmp(language, "ja") && i < view_ja_count; i++) {
        postern_json_key(&json, view_ja[i].english);
        postern_json_cstr(&json, view_ja[i].text);
    }
    postern_json_end_object(&json);
}
