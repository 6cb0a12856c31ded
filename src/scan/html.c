/*
 * HTML by tokens: every attribute that holds a URL, what runs or loads by itself (MH019), classes that run programs (MH023),
 * and through other files the scripts, styles and marks inside. The tokenizer is WHATWG's, so what a browser decodes is decoded
 * here once; what the source said is compared with it to see a disguise.
 *
 * Left out: the tree. A tag inside a comment or a textarea is text here as it is for a browser.
 */
#include "scan_int.h"

enum { SRCDOC_DEPTH = 4 };

typedef enum once { ONCE_SCRIPT, ONCE_HANDLER, ONCE_PLUGIN, ONCE_FRAME, ONCE_FORM, ONCE_BASE, ONCE_IMPORT, ONCE_ISLAND } once;

typedef struct walker {
    scan *s;
    const place *where;
    postern_slice utf8;
    unsigned depth, done;       /* srcdoc in srcdoc; bits of `once` */
    bool sheet;                 /* the link at hand is loaded, not followed */
    size_t text_start;          /* of a script or style that is open */
    postern_slice text_element; /* static name, empty: none */
} walker;

static void tell_once(walker *w, once what, postern_severity severity, size_t at, postern_slice raw, const char *reason) {
    if (severity < POSTERN_SEVERITY_MEDIUM && (w->done & 1u << what)) return;
    w->done |= 1u << what;
    scan_tell(w->s, w->where, 19, severity, at, raw, reason);
}

static bool is(postern_slice name, const char *word) {
    return postern_slice_eq(name, postern_slice_cstr(word));
}

/* The attribute's value as written. */
static postern_slice raw_value(const walker *w, const postern_html_token *token, const postern_html_attribute *attribute) {
    postern_slice tag = postern_slice_sub(w->utf8, attribute->offset, token->end - attribute->offset);
    size_t i = attribute->name.len;
    while (i < tag.len && postern_ascii_space(tag.ptr[i])) i++;
    if (i >= tag.len || tag.ptr[i] != '=') return attribute->value;
    i++;
    while (i < tag.len && postern_ascii_space(tag.ptr[i])) i++;
    if (i >= tag.len) return attribute->value;
    uint8_t quote = tag.ptr[i];
    if (quote == '"' || quote == '\'') {
        size_t end = postern_slice_find_byte(tag, i + 1, quote);
        return postern_slice_sub(tag, i + 1, end == SIZE_MAX ? SIZE_MAX : end - i - 1);
    }
    size_t end = i;
    while (end < tag.len && !postern_ascii_space(tag.ptr[end]) && tag.ptr[end] != '>') end++;
    return postern_slice_sub(tag, i, end - i);
}

static void url(walker *w, const postern_html_token *token, const postern_html_attribute *attribute, postern_url_place kind) {
    if (!attribute) return;
    scan_url(w->s, w->where, kind, attribute->offset, attribute->value, raw_value(w, token, attribute));
}

/* ---- which attribute loads what ---- */

static const char *const loading_elements[] = {"iframe", "frame", "object", "embed", "applet", "script", "bgsound"};

static postern_url_place place_of(const walker *w, postern_slice element, postern_slice attribute) {
    bool link = is(element, "a") || is(element, "area") || is(element, "form") || is(element, "button") || is(element, "input");
    if (is(attribute, "action") || is(attribute, "formaction") || is(attribute, "cite") || is(attribute, "longdesc"))
        return POSTERN_PLACE_LINK;
    if (link && !is(attribute, "src")) return POSTERN_PLACE_LINK;
    if (is(element, "link")) return w->sheet ? POSTERN_PLACE_STYLE : POSTERN_PLACE_LINK;
    if (is(element, "base")) return POSTERN_PLACE_LINK;
    return SCAN_IS_ONE(element, loading_elements) ? POSTERN_PLACE_LOAD : POSTERN_PLACE_PICTURE;
}

static bool holds_url(postern_slice name) {
    static const char *const names[] = {"href",     "src",     "data",   "action",     "formaction", "background",
                                        "codebase", "classid", "cite",   "longdesc",   "poster",     "dynsrc",
                                        "lowsrc",   "profile", "usemap", "xlink:href", "archive",    "code",
                                        "manifest", "ping",    "icon",   "movie",      "pluginspage"};
    return SCAN_IS_ONE(name, names);
}

/* ---- classes that run programs (MH023) ---- */

static void class_id(walker *w, const postern_html_attribute *attribute) {
    static const char *const classes[] = {"adb880a6-d8ff-11cf-9377-00aa003b7a11", "41b23c28-488e-4e5c-ace2-bb0bbabe99e8",
                                          "f935dc22-1cf0-11d0-adb9-00c04fd58a0b", "72c24dd5-d70a-438b-8a42-98424b88afb8",
                                          "00000566-0000-0010-8000-00aa006d2ea4", "0d43fe01-f093-11cf-8940-00a0c9054228",
                                          "13709620-c279-11ce-a49e-444553540000", "9ba05972-f6a8-11cf-a442-00a0c90a8f39"};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (scan_has(attribute->value, classes[i]))
            scan_tell(w->s, w->where, 23, POSTERN_SEVERITY_HIGH, attribute->offset, attribute->value,
                      "an object of a class that runs programs or reads files");
}

/* ---- elements ---- */

static bool leads_inside(postern_slice target) {
    static const char *const prefixes[] = {
        "mhtml:", "its:", "ms-its:", "ms-itss:", "mk:", "file:", "\\\\", "res:", "shell:", "vbscript:"};
    postern_slice t = postern_slice_trim(target);
    size_t end = 0;
    while (end < t.len && t.ptr[end] != '?' && t.ptr[end] != '#') end++;
    static const char *const archives[] = {"mht", "mhtml", "hta", "chm", "lnk", "url"};
    return SCAN_ANY(t, prefixes) || SCAN_IS_ONE(scan_extension(postern_slice_sub(t, 0, end)), archives);
}

/* <meta http-equiv=refresh content="0; url=…"> */
static void refresh(walker *w, const postern_html_token *token) {
    const postern_html_attribute *equiv = postern_html_attribute_find(token, POSTERN_S("http-equiv"));
    const postern_html_attribute *content = postern_html_attribute_find(token, POSTERN_S("content"));
    if (!equiv || !content || !postern_slice_eq_nocase(postern_slice_trim(equiv->value), POSTERN_S("refresh"))) return;
    postern_slice target = postern_slice_trim(content->value); /* seconds, a separator, "url=" that may be missing */
    while (target.len && (postern_ascii_digit(target.ptr[0]) || target.ptr[0] == '.')) target = postern_slice_from(target, 1);
    target = postern_slice_trim(target);
    if (target.len && (target.ptr[0] == ';' || target.ptr[0] == ','))
        target = postern_slice_trim(postern_slice_from(target, 1));
    postern_slice behind = postern_slice_trim(postern_slice_from(target, 3));
    if (scan_starts(target, "url") && behind.len && behind.ptr[0] == '=')
        target = postern_slice_trim(postern_slice_from(behind, 1));
    if (!target.len) return;
    if (target.len && (target.ptr[0] == '"' || target.ptr[0] == '\'')) target = postern_slice_from(target, 1);
    while (target.len && (target.ptr[target.len - 1] == '"' || target.ptr[target.len - 1] == '\'')) target.len--;
    bool inside = leads_inside(target);
    scan_tell(w->s, w->where, 19,
              inside            ? POSTERN_SEVERITY_HIGH
              : w->where->saved ? POSTERN_SEVERITY_LOW
                                : POSTERN_SEVERITY_MEDIUM,
              token->offset, target,
              inside ? "a step by itself to a handler, file or archive" : "a step by itself to another page");
    scan_url(w->s, w->where, POSTERN_PLACE_LOAD, content->offset, target, raw_value(w, token, content));
}

static bool has_token(postern_slice list, const char *word) {
    while (list.len) {
        size_t end = 0;
        while (end < list.len && !postern_ascii_space(list.ptr[end])) end++;
        if (postern_slice_eq_nocase(postern_slice_sub(list, 0, end), postern_slice_cstr(word))) return true;
        list = postern_slice_from(list, end + 1);
    }
    return false;
}

static void active_element(walker *w, const postern_html_token *t) {
    static const char *const plugins[] = {"object", "embed", "applet"};
    static const char *const frames[] = {"iframe", "frame"};
    static const char *const sources[] = {"src", "data", "codebase", "code", "action"};
    postern_slice source = {0};
    for (size_t i = 0; i < sizeof sources / sizeof *sources && !source.len; i++) {
        const postern_html_attribute *a = postern_html_attribute_find(t, postern_slice_cstr(sources[i]));
        if (a) source = a->value;
    }
    bool inside = leads_inside(source);
    postern_slice raw = postern_slice_sub(w->utf8, t->offset, t->end - t->offset);
    postern_severity usual = POSTERN_SEVERITY_LOW;
    if (SCAN_IS_ONE(t->name, frames))
        tell_once(w, ONCE_FRAME, inside ? POSTERN_SEVERITY_HIGH : usual, t->offset, raw,
                  inside ? "a frame that leads to a handler, file or archive" : "a frame");
    else if (SCAN_IS_ONE(t->name, plugins))
        tell_once(w, ONCE_PLUGIN, inside || (w->where->mail && !w->where->saved) ? POSTERN_SEVERITY_HIGH : usual, t->offset,
                  raw, "an object or plugin");
    else if (is(t->name, "form"))
        tell_once(w, ONCE_FORM, scan_starts(source, "cid:") || inside ? POSTERN_SEVERITY_HIGH : usual, t->offset, raw,
                  "a form");
    else if (is(t->name, "base") && postern_html_attribute_find(t, POSTERN_S("href")))
        tell_once(w, ONCE_BASE, POSTERN_SEVERITY_INFO, t->offset, raw, "a base address");
    else if (is(t->name, "xml") && (source.len || postern_html_attribute_find(t, POSTERN_S("id"))))
        tell_once(w, ONCE_ISLAND, POSTERN_SEVERITY_LOW, t->offset, raw, "an XML island");
    else if (is(t->name, "link")) {
        const postern_html_attribute *rel = postern_html_attribute_find(t, POSTERN_S("rel"));
        if (rel && has_token(rel->value, "import"))
            tell_once(w, ONCE_IMPORT, POSTERN_SEVERITY_LOW, t->offset, raw, "an HTML import");
    }
}

static void srcset(walker *w, const postern_html_attribute *a) {
    postern_slice rest = a->value;
    for (unsigned i = 0; i < POSTERN_LIMIT_CANDIDATES && rest.len; i++) {
        size_t end = 0;
        while (rest.len && (postern_ascii_space(rest.ptr[0]) || rest.ptr[0] == ',')) rest = postern_slice_from(rest, 1);
        while (end < rest.len && !postern_ascii_space(rest.ptr[end])) end++;
        postern_slice one = postern_slice_sub(rest, 0, end);
        if (!scan_starts(one, "data:")) scan_url(w->s, w->where, POSTERN_PLACE_PICTURE, a->offset, one, one);
        size_t comma = postern_slice_find_byte(rest, end, ',');
        rest = postern_slice_from(rest, comma == SIZE_MAX ? rest.len : comma + 1);
    }
}

static void walk(walker *w);

static void nested(walker *w, const postern_html_attribute *a) {
    if (w->depth >= SRCDOC_DEPTH) return;
    place inner = *w->where;
    inner.exact = false;
    inner.offset += w->where->exact ? a->offset : 0;
    postern_slice copy;
    if (postern_arena_copy(w->where->arena, a->value, &copy)) {
        w->s->status = POSTERN_NOMEM;
        return;
    }
    walker in = {.s = w->s, .where = &inner, .utf8 = copy, .depth = w->depth + 1, .done = w->done};
    walk(&in);
}

/* A parameter is a URL, or words with URLs among them: "command;ms-its:…". */
static void parameter(walker *w, const postern_html_token *t, const postern_html_attribute *a) {
    url(w, t, a, POSTERN_PLACE_LOAD);
    postern_slice rest = a->value;
    for (size_t i = 0; i <= rest.len;) {
        size_t end = i;
        while (end < rest.len && rest.ptr[end] != ';' && rest.ptr[end] != ',') end++;
        postern_slice word = postern_slice_trim(postern_slice_sub(rest, i, end - i));
        if (i && leads_inside(word)) scan_url(w->s, w->where, POSTERN_PLACE_LOAD, a->offset, word, word);
        i = end + 1;
    }
}

/* on… with the beginning of an event's name, so that "one" and "only" are none. */
static bool is_handler(postern_slice name) {
    static const char *const events[] = {
        "abort",       "activate",   "after",     "animation", "auxclick", "back",         "before",   "begin",    "blur",
        "bounce",      "cancel",     "can",       "cell",      "change",   "click",        "close",    "context",  "control",
        "copy",        "cue",        "cut",       "data",      "dblclick", "deactivate",   "device",   "drag",     "drop",
        "duration",    "emptied",    "end",       "error",     "filter",   "finish",       "focus",    "form",     "fullscreen",
        "got",         "hash",       "help",      "input",     "invalid",  "key",          "language", "layout",   "load",
        "lose",        "lost",       "media",     "message",   "mouse",    "move",         "offline",  "online",   "open",
        "orientation", "outofsync",  "page",      "paste",     "pause",    "play",         "pointer",  "popstate", "progress",
        "property",    "ratechange", "ready",     "rejection", "repeat",   "reset",        "resize",   "resume",   "reverse",
        "row",         "scroll",     "search",    "security",  "seek",     "select",       "show",     "slot",     "stalled",
        "start",       "stop",       "storage",   "submit",    "suspend",  "syncrestored", "time",     "toggle",   "touch",
        "track",       "transition", "unhandled", "unload",    "urlflip",  "volume",       "waiting",  "webkit",   "wheel",
        "zoom"};
    return scan_starts(name, "on") && SCAN_ANY(postern_slice_from(name, 2), events);
}

/* A file that is built into the link which saves it. */
static void inline_download(walker *w, const postern_html_token *t) {
    const postern_html_attribute *href = postern_html_attribute_find(t, POSTERN_S("href"));
    enum { LARGE = 10 << 10 };
    if (!href || href->value.len < LARGE || !postern_html_attribute_find(t, POSTERN_S("download"))) return;
    postern_slice url = postern_slice_trim(href->value);
    bool harmless = scan_starts(url, "data:image/") || scan_starts(url, "data:text/plain") || scan_starts(url, "data:text/csv");
    if (scan_starts(url, "data:") && scan_has(postern_slice_sub(url, 0, 200), ";base64") && !harmless)
        scan_tell(w->s, w->where, 21, POSTERN_SEVERITY_MEDIUM, href->offset, url, "a link saves a file that it holds itself");
}

static void attribute(walker *w, const postern_html_token *t, const postern_html_attribute *a) {
    if (is(a->name, "srcdoc"))
        nested(w, a);
    else if (is(a->name, "srcset") || is(a->name, "imagesrcset"))
        srcset(w, a);
    else if (is(a->name, "style"))
        scan_css(w->s, w->where, a->offset, a->value);
    else if (holds_url(a->name)) {
        if (is(a->name, "classid")) class_id(w, a);
        bool class_word = scan_starts(postern_slice_trim(a->value), "clsid:");
        if (!class_word) url(w, t, a, place_of(w, t->name, a->name));
        if (scan_starts(postern_slice_trim(a->value), "javascript:"))
            tell_once(w, ONCE_SCRIPT, POSTERN_SEVERITY_LOW, a->offset, a->value, "a script in a link");
    } else if (is_handler(a->name)) {
        tell_once(w, ONCE_HANDLER, POSTERN_SEVERITY_LOW, a->offset, a->name, "an event handler");
        scan_script(w->s, w->where, a->offset, a->value);
    } else if (is(t->name, "param") && is(a->name, "value")) {
        if (!scan_starts(a->value, "//") && a->value.len < 2048) parameter(w, t, a);
    }
}

/* <link> that is loaded with the page: a sheet, an icon, something fetched ahead. */
static bool loads(const postern_html_token *t) {
    static const char *const words[] = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "import", "manifest"};
    const postern_html_attribute *rel = postern_html_attribute_find(t, POSTERN_S("rel"));
    for (size_t i = 0; rel && i < sizeof words / sizeof *words; i++)
        if (has_token(rel->value, words[i])) return true;
    return false;
}

static void start(walker *w, const postern_html_token *t) {
    active_element(w, t);
    if (is(t->name, "link")) w->sheet = loads(t);
    if (is(t->name, "meta")) refresh(w, t);
    if (is(t->name, "a")) inline_download(w, t);
    for (size_t i = 0; i < t->attribute_count && !scan_ended(w->s); i++) attribute(w, t, &t->attributes[i]);
    if (is(t->name, "script")) {
        const postern_html_attribute *type = postern_html_attribute_find(t, POSTERN_S("type"));
        bool data = type && (scan_has(type->value, "json") || scan_has(type->value, "template"));
        if (!data)
            tell_once(w, ONCE_SCRIPT, POSTERN_SEVERITY_LOW, t->offset,
                      postern_slice_sub(w->utf8, t->offset, t->end - t->offset), "a script");
        w->text_element = POSTERN_S("script");
        w->text_start = t->end;
    } else if (is(t->name, "style")) {
        w->text_element = POSTERN_S("style");
        w->text_start = t->end;
    }
}

/* A script or style ends at its end tag, or with the file. */
static void text_end(walker *w, size_t end) {
    postern_slice text = postern_slice_sub(w->utf8, w->text_start, end - w->text_start);
    if (is(w->text_element, "script"))
        scan_script(w->s, w->where, w->text_start, text);
    else if (w->text_element.len)
        scan_css(w->s, w->where, w->text_start, text);
    w->text_element.len = 0;
}

static void walk(walker *w) {
    postern_html_tokenizer *tokenizer;
    postern_html_token token;
    if (postern_html_tokenizer_new(w->utf8, true, NULL, &tokenizer)) {
        w->s->status = POSTERN_NOMEM;
        return;
    }
    while (!scan_ended(w->s)) {
        if (postern_html_next(tokenizer, &token)) {
            w->s->status = POSTERN_NOMEM;
            break;
        }
        bool text = token.kind == POSTERN_HTML_TEXT || token.kind == POSTERN_HTML_COMMENT;
        if (w->text_element.len && !text) text_end(w, token.offset);
        if (token.kind == POSTERN_HTML_EOF) break;
        if (token.kind == POSTERN_HTML_START) start(w, &token);
    }
    postern_html_tokenizer_free(tokenizer);
}

void scan_html(scan *s, const place *given, postern_slice utf8) {
    place here = *given, *where = &here;
    walker w = {.s = s, .where = where, .utf8 = utf8};
    here.based |= scan_has(utf8, "<base");
    walk(&w);
    scan_comment(s, where, utf8);
}
