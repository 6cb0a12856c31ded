/* What a user sets once and for all, as lines of text. The caller knows where they are kept. */
#include "view_int.h"

enum { ZOOM_MIN = 50, ZOOM_MAX = 300 };
static const char *const themes[] = {"auto", "light", "dark"};

void postern_viewer_settings_init(postern_viewer_settings *settings) {
    memset(settings, 0, sizeof *settings);
    settings->zoom = 100;
}

void view_setting(postern_viewer_settings *settings, postern_slice name, postern_slice value) {
    uint64_t number;
    if (postern_slice_eq(name, POSTERN_S("plain"))) {
        if (postern_slice_uint(value, 1, &number)) settings->plain = number;
    } else if (postern_slice_eq(name, POSTERN_S("zoom"))) {
        if (postern_slice_uint(value, ZOOM_MAX, &number) && number >= ZOOM_MIN) settings->zoom = (unsigned)number;
    } else if (postern_slice_eq(name, POSTERN_S("theme"))) {
        for (unsigned i = 0; i < sizeof themes / sizeof *themes; i++)
            if (postern_slice_eq(value, postern_slice_cstr(themes[i]))) settings->theme = (postern_theme)i;
    } else if (postern_slice_eq(name, POSTERN_S("language"))) {
        bool known = postern_slice_eq(value, POSTERN_S("en")) || postern_slice_eq(value, POSTERN_S("ja"));
        memset(settings->language, 0, sizeof settings->language);
        if (known) memcpy(settings->language, value.ptr, 2);
    }
}

void postern_viewer_settings_read(postern_viewer_settings *settings, postern_slice text) {
    while (text.len) {
        postern_cut line = postern_slice_cut(text, '\n'), pair = postern_slice_cut(line.head, '=');
        text = line.tail;
        if (pair.ok) view_setting(settings, postern_slice_trim(pair.head), postern_slice_trim(pair.tail));
    }
}

postern_status postern_viewer_settings_write(const postern_viewer_settings *settings, postern_buf *out) {
    unsigned theme = (unsigned)settings->theme < sizeof themes / sizeof *themes ? (unsigned)settings->theme : 0;
    postern_buf_printf(out, "plain = %d\ntheme = %s\nzoom = %u\nlanguage = %s\n", settings->plain, themes[theme],
                       settings->zoom, settings->language);
    return out->status;
}

const char *view_theme_name(postern_theme theme) {
    return themes[(unsigned)theme <= POSTERN_THEME_DARK ? theme : 0];
}
