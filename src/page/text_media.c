/* What is no text: pictures become their alternative text, fields of forms what they hold, frames what is in them. */
#include "text_html_int.h"

/* A number of pixels in an attribute; `otherwise` when there is none. */
static uint64_t number(postern_slice value, uint64_t otherwise) {
    size_t digits = 0;
    uint64_t n;
    value = postern_slice_trim(value);
    while (digits < value.len && postern_ascii_digit(value.ptr[digits])) digits++;
    if (digits < value.len && value.ptr[digits] == '%') return otherwise;
    return postern_slice_uint(postern_slice_sub(value, 0, digits), UINT32_MAX, &n) ? n : otherwise;
}

/* Counts a picture that would have been fetched; one that nobody is to see is there to tell that the mail was read. */
static void count_remote(text_walk *w, const text_style *style, bool tiny) {
    postern_slice src = page_text_attribute(&w->token, "src");
    postern_reference ref;
    if (!src.len) src = page_text_attribute(&w->token, "data-src");
    if (!src.len || w->d->status) return;
    postern_status status = postern_archive_glance(w->d->archive, w->part, src, w->base, &ref);
    if (status == POSTERN_NOMEM) page_text_fail(w->d, status);
    if (status || ref.part != POSTERN_NO_PART || !ref.url) return;
    if (!postern_slice_eq(ref.url->scheme, POSTERN_S("http")) && !postern_slice_eq(ref.url->scheme, POSTERN_S("https"))) return;
    const postern_notes *notes = w->d->options->notes;
    if (tiny || style->gone || style->invisible) {
        w->d->report->tracking_pixels++;
        postern_note_send(notes, POSTERN_NOTE_PAGE_TRACKING_PIXEL, w->part, w->token.offset, ref.url->href);
    } else {
        w->d->report->remote_pictures++;
        postern_note_send(notes, POSTERN_NOTE_PAGE_REMOTE, w->part, w->token.offset, ref.url->href);
    }
}

void page_text_picture(text_walk *w, const text_style *style, const text_box *box) {
    const postern_html_attribute *alt = postern_html_attribute_find(&w->token, POSTERN_S("alt"));
    uint64_t width = number(page_text_attribute(&w->token, "width"), 100),
             height = number(page_text_attribute(&w->token, "height"), 100);
    bool tiny = box->tiny || width <= 2 || height <= 2;
    count_remote(w, style, tiny);
    if (style->gone || style->invisible) return;
    if (tiny) return;
    w->d->pictures++;
    if (w->depth && !alt) w->open[w->depth - 1].picture = true; /* alt="" says that it tells nothing */
    postern_slice text = alt ? postern_slice_trim(alt->value) : postern_slice_of(NULL, 0);
    if (text.len) page_text_add_label(w->d, text, style);
}

/* ---- forms ---- */

static bool is_any(postern_slice value, const char *const *words) {
    for (; *words; words++)
        if (postern_slice_eq_nocase(value, postern_slice_cstr(*words))) return true;
    return false;
}

void page_text_field(text_walk *w, const text_style *style) {
    static const char *const silent[] = {"hidden", "password", "file", "color", "range", NULL};
    static const char *const buttons[] = {"submit", "button", "reset", NULL};
    postern_slice type = page_text_attribute(&w->token, "type"), value = page_text_attribute(&w->token, "value");
    bool checked = postern_html_attribute_find(&w->token, POSTERN_S("checked"));
    if (is_any(type, silent) || page_text_is_hidden(style)) return;
    bool box = postern_slice_eq_nocase(type, POSTERN_S("checkbox")), radio = postern_slice_eq_nocase(type, POSTERN_S("radio"));
    if (box || radio) {
        page_text_add_own(w->d, box       ? checked ? POSTERN_S("[x]") : POSTERN_S("[ ]")
                                      : checked ? POSTERN_S("(o)")
                                          : POSTERN_S("( )"));
        return;
    }
    if (postern_slice_eq_nocase(type, POSTERN_S("image"))) value = page_text_attribute(&w->token, "alt");
    if (is_any(type, buttons) && !value.len && postern_slice_eq_nocase(type, POSTERN_S("submit"))) value = POSTERN_S("Submit");
    if (postern_slice_trim(value).len) page_text_add_label(w->d, value, style);
}

/* ---- frames ---- */

/* The frame's document between two rules; Z2: what the archive does not hold is not looked for. */
static void show_frame(text_walk *w, uint32_t part, postern_slice utf8) {
    text_doc *d = w->d;
    if (d->frame_depth >= POSTERN_LIMIT_FRAME_DEPTH || d->frames >= POSTERN_LIMIT_FRAMES) {
        d->report->limits++;
        postern_note_send(d->options->notes, POSTERN_NOTE_PAGE_LIMIT, w->part, w->token.offset, POSTERN_S("frames"));
        return;
    }
    d->frames++;
    d->frame_depth++;
    d->report->frames++;
    page_text_rule(d);
    if (utf8.ptr) page_text_html(d, part, utf8);
    else page_text_part(d, part);
    page_text_rule(d);
    d->frame_depth--;
}

void page_text_frame(text_walk *w, bool is_iframe) {
    const postern_html_attribute *srcdoc = postern_html_attribute_find(&w->token, POSTERN_S("srcdoc"));
    postern_slice src = postern_slice_trim(page_text_attribute(&w->token, "src"));
    postern_reference ref;
    if (is_iframe && srcdoc) {
        /* the token's memory goes with the next token, and the frame needs the document longer than that */
        postern_slice copy;
        postern_status status = postern_arena_copy(postern_archive_arena(w->d->archive), srcdoc->value, &copy);
        page_text_fail(w->d, status);
        if (!status) show_frame(w, w->part, copy);
        return;
    }
    if (!src.len || postern_slice_eq_nocase(src, POSTERN_S("about:blank"))) return;
    postern_status status = postern_archive_glance(w->d->archive, w->part, src, w->base, &ref);
    if (status == POSTERN_NOMEM) page_text_fail(w->d, status);
    if (status || ref.refused || ref.part == POSTERN_NO_PART) {
        w->d->report->frames_blocked++;
        postern_note_send(w->d->options->notes, POSTERN_NOTE_PAGE_FRAME, w->part, w->token.offset, src);
        return;
    }
    show_frame(w, ref.part, postern_slice_of(NULL, 0));
}
