/*
 * Our own documents: the shell, which the script fills, errors, and the page that says where a link leads. The shell holds
 * nothing of the input but the file's name; all else comes as JSON and is shown as text.
 */
#include "view_int.h"

/* Of the small documents, which have no script and load nothing. Their policy (headers.c) allows this style by its digest. */
static const char small_style[] =
    "html{color-scheme:light dark}body{margin:0;font:1rem/1.6 system-ui,\"DejaVu Sans\",\"Noto Sans CJK JP\",sans-serif;"
    "color:#1b1b18;background:#fff}main{max-width:42rem;margin:0 auto;padding:2rem "
    "1.25rem}h1{font-size:1.375rem;line-height:1.3}"
    ".target{font:1rem/1.5 ui-monospace,\"DejaVu Sans Mono\",monospace;overflow-wrap:anywhere;border:1px solid #8a8a80;"
    "border-radius:.375rem;padding:.75rem 1rem}.target strong{background:#fdf0b8;color:#1b1b18}a.button{display:inline-block;"
    "padding:.5rem 1.125rem;border-radius:.375rem;background:#20584b;color:#fff;text-decoration:none}a.button:focus-visible{"
    "outline:3px solid #d9822b;outline-offset:2px}@media (prefers-color-scheme:dark){body{color:#e8e6df;background:#1d1e1c}"
    "a.button{background:#8fd3bf;color:#10231d}}";

static void small_begin(postern_buf *out, const char *language, const char *title) {
    view_html(
        out, language,
        "<!DOCTYPE html>\n<html lang=\"{c}\"><head><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>{t}</title><style>",
        language, title);
    postern_buf_add_slice(out, postern_slice_cstr(small_style));
    view_html(out, language, "</style></head><body><main><h1>{t}</h1>", title);
}

static void small_end(postern_buf *out) {
    postern_buf_add_slice(out, POSTERN_S("</main></body></html>\n"));
}

void view_error_page(postern_buf *out, const char *language, const char *title, const char *text) {
    small_begin(out, language, title);
    if (*text) view_html(out, language, "<p>{t}</p>", text);
    small_end(out);
}

/* ---- where a link leads ------------------------------------------------------------------------------------------- */

static bool may_follow(const postern_url *url) {
    static const char *const schemes[] = {"http", "https", "mailto", "tel"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (postern_slice_eq(url->scheme, postern_slice_cstr(schemes[i]))) return true;
    return false;
}

/* The URL with its host set apart: the part of it that says who answers. */
static void target_html(postern_buf *out, const char *language, const postern_url *url) {
    postern_slice href = url->href, host = url->host;
    size_t at = url->scheme.len + 3;
    if (url->username.len || url->password.len) at = postern_slice_find_byte(href, at, '@') + 1; /* in names it is %40 */
    if (host.len == 0 || !postern_slice_starts(postern_slice_from(href, at), host)) {
        view_html(out, language, "<p class=\"target\" dir=\"ltr\">{s}</p>", href);
        return;
    }
    view_html(out, language, "<p class=\"target\" dir=\"ltr\">{s}<strong>{s}</strong>{s}</p>", postern_slice_sub(href, 0, at),
              host, postern_slice_from(href, at + host.len));
}

/* Names that are written with other letters than they are looked up by. */
static bool foreign_letters(postern_slice host) {
    return postern_slice_starts(host, POSTERN_S("xn--")) || postern_slice_find(host, 0, POSTERN_S(".xn--")) != SIZE_MAX;
}

void view_go_page(postern_buf *out, const char *language, postern_slice target) {
    postern_arena *arena = postern_arena_new(4 * (size_t)POSTERN_LIMIT_URL);
    const postern_url *url = NULL;
    bool good = arena && postern_url_parse(arena, target, NULL, &url) == POSTERN_OK && url && may_follow(url);
    if (!good) {
        view_error_page(out, language, N_("This link cannot be followed"),
                        N_("Only links to the web, mail addresses and telephone numbers can."));
    } else {
        small_begin(out, language, N_("This link of the message leads away from it"));
        target_html(out, language, url);
        if (foreign_letters(url->host))
            view_html(out, language, "<p>{t}</p>",
                      N_("The name of this host is written with letters that can look like others."));
        if (url->username.len || url->password.len)
            view_html(out, language, "<p>{t}</p>", N_("What stands before the @ is not the host; it only looks like one."));
        view_html(out, language,
                  "<p>{t}</p><p><a class=\"button\" rel=\"noopener noreferrer nofollow\" href=\"{s}\">{t}</a></p>",
                  N_("Go there only if you expect this address. To stay, close this tab."), url->href, N_("Follow the link"));
        small_end(out);
    }
    postern_arena_free(arena);
}

/* ---- the shell ---------------------------------------------------------------------------------------------------- */

static void toolbar(postern_buf *out, const char *l) {
    view_html(out, l,
              "<div class=\"tools\"><div class=\"views\" role=\"group\" aria-label=\"{t}\">"
              "<button type=\"button\" data-view=\"page\" aria-pressed=\"true\">{t}</button>"
              "<button type=\"button\" data-view=\"text\" aria-pressed=\"false\">{t}</button>"
              "<button type=\"button\" data-view=\"source\" aria-pressed=\"false\">{t}</button>"
              "<button type=\"button\" data-view=\"parts\" aria-pressed=\"false\">{t}</button></div>",
              N_("Views"), N_("Page"), N_("Text"), N_("Source"), N_("Parts"));
    view_html(out, l,
              "<div class=\"zoom\" role=\"group\" aria-label=\"{t}\"><button type=\"button\" id=\"smaller\" "
              "aria-label=\"{t}\">−</button>"
              "<output id=\"zoom\">100 %</output><button type=\"button\" id=\"larger\" aria-label=\"{t}\">+</button></div>"
              "<button type=\"button\" id=\"print\">{t}</button><button type=\"button\" id=\"settings-open\" "
              "aria-haspopup=\"dialog\">{t}</button></div>",
              N_("Zoom"), N_("Smaller"), N_("Larger"), N_("Print"), N_("Settings"));
}

static void list_controls(postern_buf *out, const char *l) {
    view_html(
        out, l,
        "<select id=\"folder\" aria-label=\"{t}\" hidden><option value=\"\">{t}</option></select>"
        "<select id=\"show\" aria-label=\"{t}\"><option value=\"\">{t}</option><option value=\"unread\">{t}</option>"
        "<option value=\"flagged\">{t}</option><option value=\"attachments\">{t}</option><option value=\"pages\">{t}</option>"
        "<option value=\"gone\">{t}</option></select>",
        N_("Folder"), N_("All folders"), N_("Which messages"), N_("All messages"), N_("Unread"), N_("Flagged"),
        N_("With attachments"), N_("Saved pages"), N_("Deleted, still in the store"));
    view_html(
        out, l,
        "<select id=\"sort\" aria-label=\"{t}\"><option value=\"date\">{t}</option><option value=\"sender\">{t}</option>"
        "<option value=\"subject\">{t}</option><option value=\"size\">{t}</option><option value=\"attachment\">{t}</option>"
        "<option value=\"zone\">{t}</option><option value=\"\">{t}</option></select>",
        N_("Sort by"), N_("Date"), N_("Sender"), N_("Subject"), N_("Size"), N_("Attachments"), N_("Zone"), N_("As stored"));
    view_html(out, l,
              "<button type=\"button\" id=\"down\" aria-pressed=\"true\" aria-label=\"{t}\">↓</button>"
              "<button type=\"button\" id=\"threads\" aria-pressed=\"false\">{t}</button>",
              N_("Descending"), N_("Threads"));
}

static void list(postern_buf *out, const char *l) {
    view_html(out, l,
              "<section class=\"list\" id=\"list\" aria-label=\"{t}\" hidden><h1 class=\"unseen\">{t}</h1><div "
              "class=\"listbar\"><input type=\"search\" "
              "id=\"search\" placeholder=\"{t}\" aria-label=\"{t}\" autocomplete=\"off\" spellcheck=\"false\">",
              N_("Messages"), N_("Messages"), N_("Search"), N_("Search"));
    list_controls(out, l);
    view_html(out, l,
              "</div><p id=\"count\" class=\"count\" role=\"status\"></p><div id=\"rows\" class=\"rows\" role=\"listbox\" "
              "tabindex=\"0\" aria-label=\"{t}\"><div id=\"sheet\" role=\"presentation\"></div></div></section>",
              N_("Messages"));
}

static void reader(postern_buf *out, const char *l) {
    view_html(out, l,
              "<section class=\"reader\" id=\"reader\" aria-label=\"{t}\"><header class=\"bar\"><div class=\"headline\">"
              "<button type=\"button\" id=\"back\" hidden>{t}</button><h1 id=\"title\" dir=\"auto\">{t}</h1>"
              "<span id=\"zone\" class=\"zone\" hidden></span></div><dl id=\"facts\" class=\"facts\"></dl>",
              N_("Message"), N_("Back to the list"), N_("Loading"));
    toolbar(out, l);
    view_html(out, l,
              "<div id=\"said\" class=\"said\" role=\"status\"></div><ul id=\"statements\" class=\"statements\" "
              "aria-label=\"{t}\" hidden></ul>"
              "<div class=\"reports\"><details id=\"findings\" hidden><summary></summary><div></div></details>"
              "<details id=\"left\" hidden><summary></summary><div></div></details>"
              "<details id=\"defects\" hidden><summary></summary><div></div></details></div>"
              "<div id=\"cards\" class=\"cards\"></div></header>",
              N_("What is known about this message"));
    view_html(out, l,
              "<div id=\"paper\" class=\"paper\"><iframe id=\"frame\" title=\"{t}\" sandbox=\"allow-popups "
              "allow-popups-to-escape-sandbox\" referrerpolicy=\"no-referrer\"></iframe></div>"
              "<div id=\"parts\" class=\"parts\" tabindex=\"0\" role=\"region\" aria-label=\"{t}\" hidden></div></section>",
              N_("The message, shut in"), N_("Parts"));
}

static void settings_dialog(postern_buf *out, const char *l) {
    view_html(out, l,
              "<dialog id=\"settings\" aria-labelledby=\"settings-title\"><h2 id=\"settings-title\">{t}</h2>"
              "<p><label><input type=\"checkbox\" id=\"plain\"> {t}</label></p>"
              "<p><label>{t} <select id=\"theme\"><option value=\"auto\">{t}</option><option value=\"light\">{t}</option>"
              "<option value=\"dark\">{t}</option></select></label></p>",
              N_("Settings"), N_("Read all messages as plain text"), N_("Colours"), N_("As the system"), N_("Light"),
              N_("Dark"));
    view_html(
        out, l,
        "<p><label>{t} <select id=\"language\"><option value=\"\">{t}</option><option value=\"en\" lang=\"en\">English</option>"
        "<option value=\"ja\" lang=\"ja\">日本語</option></select></label></p><h3>{t}</h3><dl class=\"keys\">"
        "<dt><kbd>1</kbd> – <kbd>4</kbd></dt><dd>{t}</dd><dt><kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd></dt><dd>{t}</dd>"
        "<dt><kbd>p</kbd></dt><dd>{t}</dd><dt><kbd>,</kbd></dt><dd>{t}</dd><dt><kbd>j</kbd> <kbd>k</kbd> <kbd>↓</kbd> "
        "<kbd>↑</kbd></dt><dd>{t}</dd><dt><kbd>/</kbd></dt><dd>{t}</dd><dt><kbd>Enter</kbd> "
        "<kbd>Esc</kbd></dt><dd>{t}</dd></dl>"
        "<p><button type=\"button\" id=\"settings-close\">{t}</button></p></dialog>",
        N_("Language"), N_("As the browser"), N_("Keys"), N_("Page, text, source, parts"), N_("Zoom"), N_("Print"),
        N_("Settings"), N_("Next and previous message"), N_("Search"), N_("Open the message, back to the list"), N_("Close"));
}

void view_shell_page(postern_buf *out, const char *l, const char *name, const postern_viewer_settings *settings,
                     const char *secret) {
    view_html(out, l,
              "<!DOCTYPE html>\n<html lang=\"{c}\" data-theme=\"{c}\"><head><meta charset=\"utf-8\">"
              "<meta name=\"viewport\" content=\"width=device-width\"><title>{s} – Postern</title>"
              "<link rel=\"icon\" type=\"image/svg+xml\" href=\"/{c}/icon.svg\"><link rel=\"stylesheet\" href=\"/{c}/app.css\">"
              "<script src=\"/{c}/app.js\" defer></script></head>",
              l, view_theme_name(settings->theme), postern_slice_cstr(name), secret, secret, secret);
    view_html(out, l,
              "<body data-name=\"{c}\" data-plain=\"{u}\" data-zoom=\"{u}\" data-language=\"{c}\"><a class=\"skip\" "
              "href=\"#reader\">{t}</a><main>",
              name, (unsigned)settings->plain, settings->zoom, settings->language, N_("Skip to the message"));
    list(out, l);
    reader(out, l);
    postern_buf_add_slice(out, POSTERN_S("</main>"));
    settings_dialog(out, l);
    view_html(out, l, "<noscript><p>{t}</p></noscript></body></html>\n",
              N_("This viewer needs the script it brings along; allow scripts for this address."));
}
