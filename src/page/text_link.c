/*
 * Links: "text [1]" and one list at the end, equal targets under one number. A link whose text names one host while its
 * target is another is what phishing is made of; it is marked where it stands and in the list.
 */
#include "text_int.h"

#include <stdlib.h>

static bool is_shown_scheme(postern_slice scheme) {
    static const char *const schemes[] = {"http", "https", "mailto", "tel", NULL}; /* Z21 */
    for (size_t i = 0; schemes[i]; i++)
        if (postern_slice_eq(scheme, postern_slice_cstr(schemes[i]))) return true;
    return false;
}

/* Printable ASCII without what would end a link in Markdown or be taken for markup; all else as %XX. */
static void put_url(postern_buf *out, postern_slice url) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < url.len; i++) {
        uint8_t c = url.ptr[i];
        bool plain = c > ' ' && c < 0x7F && !strchr("<>()\"`{}|\\^", c);
        if (plain) {
            postern_buf_add_byte(out, c);
        } else {
            uint8_t escaped[3] = {'%', (uint8_t)hex[c >> 4], (uint8_t)hex[c & 15]};
            postern_buf_add(out, escaped, 3);
        }
    }
}

/* ---- what is a link ---- */

static bool grow_buckets(text_doc *d) {
    if (d->known_links * 2 < d->bucket_count) return true;
    size_t count = d->bucket_count ? d->bucket_count * 4 : 256;
    text_link **buckets = calloc(count, sizeof(text_link *));
    if (!buckets) {
        page_text_fail(d, POSTERN_NOMEM);
        return false;
    }
    for (size_t i = 0; i < d->bucket_count; i++) {
        for (text_link *link = d->buckets[i], *next; link; link = next) {
            next = link->chain;
            link->chain = buckets[(link->hash >> 32) % count];
            buckets[(link->hash >> 32) % count] = link;
        }
    }
    free(d->buckets);
    d->buckets = buckets;
    d->bucket_count = count;
    return true;
}

static text_link *known_link(text_doc *d, postern_slice url) {
    uint64_t hash = postern_slice_hash(url, 0);
    if (!grow_buckets(d)) return NULL;
    text_link **bucket = &d->buckets[(hash >> 32) % d->bucket_count], *link = *bucket;
    while (link && (link->hash != hash || !postern_slice_eq(link->url, url))) link = link->chain;
    if (link) return link;
    link = postern_arena_zalloc(d->links_arena, 1, sizeof *link);
    postern_status status = link ? postern_arena_copy(d->links_arena, url, &link->url) : postern_arena_failure(d->links_arena);
    if (status == POSTERN_LIMIT) {
        d->limit = true; /* this link and those behind it are text only */
        return NULL;
    }
    page_text_fail(d, status);
    if (status) return NULL;
    link->hash = hash;
    link->chain = *bucket;
    *bucket = link;
    d->known_links++;
    return link;
}

text_link *page_text_link_find(text_doc *d, uint32_t part, postern_slice href, const postern_url *base) {
    postern_reference ref;
    postern_slice trimmed = postern_slice_trim(href), scheme, url;
    bool clean;
    if (d->status || !trimmed.len || trimmed.ptr[0] == '#') return NULL;
    postern_status status = postern_archive_glance(d->archive, part, href, base, &ref);
    if (status == POSTERN_NOMEM) page_text_fail(d, status);
    if (status) return NULL;
    if (ref.url && is_shown_scheme(ref.url->scheme)) url = ref.url->href;
    else if (ref.part != POSTERN_NO_PART && !ref.refused) url = trimmed;
    else if (!ref.url && !ref.refused && !postern_url_scheme_of(trimmed, &scheme, &clean)) url = trimmed;
    else {
        d->report->links++;
        postern_note_send(d->options->notes, POSTERN_NOTE_PAGE_LINK, part, POSTERN_NO_OFFSET, href);
        return NULL;
    }
    postern_buf shown;
    postern_buf_init(&shown, SIZE_MAX);
    put_url(&shown, url);
    page_text_fail(d, shown.status);
    text_link *link = d->status ? NULL : known_link(d, postern_buf_slice(&shown));
    postern_buf_free(&shown);
    return link;
}

/* ---- what a link's text claims ---- */

static bool is_host_byte(uint8_t c) {
    return postern_ascii_alpha(c) || postern_ascii_digit(c) || c == '-' || c == '.' || c >= 0x80;
}

/* Names of files look like names of hosts: "setup.py". */
static bool is_file_suffix(postern_slice label) {
    static const char *const suffixes[] = {"py", "sh", "pl", "rs", "md", "cc", "js", "ts", "so", "gz", "mk", "ps", "ai",
                                           "tf", "vb", "cs", "hs", "ml", "rb", "pm", "go", "jl", "kt", "hk", NULL};
    for (size_t i = 0; suffixes[i]; i++)
        if (postern_slice_eq_nocase(label, postern_slice_cstr(suffixes[i]))) return true;
    return false;
}

static bool is_top_level(postern_slice label) {
    static const char *const common[] = {"com",  "net",   "org",     "edu",    "gov",     "mil",   "info", "biz",
                                         "mobi", "app",   "shop",    "online", "site",    "store", "xyz",  "bank",
                                         "club", "cloud", "example", "test",   "invalid", NULL};
    if (label.len == 2 && postern_ascii_alpha(label.ptr[0]) && postern_ascii_alpha(label.ptr[1])) return !is_file_suffix(label);
    for (size_t i = 0; common[i]; i++)
        if (postern_slice_eq_nocase(label, postern_slice_cstr(common[i]))) return true;
    return false;
}

/* The host that a word names: of a URL, behind "www.", of a mail address, or a bare domain; empty when it names none. */
static postern_slice host_in_word(postern_slice word) {
    size_t scheme = postern_slice_find(word, 0, POSTERN_S("://"));
    bool sure = scheme != SIZE_MAX || postern_slice_starts_nocase(word, POSTERN_S("www."));
    if (scheme != SIZE_MAX) word = postern_slice_from(word, scheme + 3);
    else if (postern_slice_starts_nocase(word, POSTERN_S("mailto:"))) word = postern_slice_from(word, 7);
    size_t end = 0;
    while (end < word.len && (is_host_byte(word.ptr[end]) || word.ptr[end] == '@' || word.ptr[end] == '_')) end++;
    if (end < word.len && !strchr("/:?#,;)]>!'\"", word.ptr[end])) return postern_slice_of(NULL, 0);
    word = postern_slice_sub(word, 0, end);
    postern_cut at = postern_slice_cut_last(word, '@');
    if (at.ok) word = at.tail;
    while (word.len && word.ptr[word.len - 1] == '.') word.len--;
    postern_cut dot = postern_slice_cut_last(word, '.');
    if (!dot.ok || !dot.head.len || dot.tail.len < 2) return postern_slice_of(NULL, 0);
    for (size_t i = 0; i < word.len; i++)
        if (!is_host_byte(word.ptr[i])) return postern_slice_of(NULL, 0);
    return sure || is_top_level(dot.tail) ? word : postern_slice_of(NULL, 0);
}

static bool same_site(postern_slice a, postern_slice b) {
    postern_slice longer = a.len > b.len ? a : b, shorter = a.len > b.len ? b : a;
    if (!postern_slice_eq_nocase(postern_slice_from(longer, longer.len - shorter.len), shorter)) return false;
    return longer.len == shorter.len || longer.ptr[longer.len - shorter.len - 1] == '.';
}

/* Both in the spelling that the URL parser makes, so that case, Punycode and trailing dots do not count. */
static bool names_other_host(text_doc *d, postern_slice named, postern_slice target) {
    postern_arena *scratch = postern_arena_new(1 << 20);
    postern_slice ascii;
    bool other = false;
    if (!scratch) {
        page_text_fail(d, POSTERN_NOMEM);
        return false;
    }
    postern_status status = postern_domain_to_ascii(scratch, named, &ascii);
    if (status == POSTERN_OK) other = !same_site(ascii, target);
    if (status == POSTERN_NOMEM) page_text_fail(d, status);
    postern_arena_free(scratch);
    return other;
}

/* Host of an http(s) URL or domain of a mail address, out of our own spelling of it. */
static postern_slice target_host(postern_slice url) {
    if (postern_slice_starts(url, POSTERN_S("mailto:"))) {
        postern_slice address = postern_slice_cut(postern_slice_from(url, 7), '?').head;
        postern_cut at = postern_slice_cut_last(address, '@');
        return at.ok ? at.tail : postern_slice_of(NULL, 0);
    }
    size_t slashes = postern_slice_find(url, 0, POSTERN_S("://")), end;
    if (slashes == SIZE_MAX || !postern_slice_starts(url, POSTERN_S("http"))) return postern_slice_of(NULL, 0);
    postern_slice host = postern_slice_from(url, slashes + 3);
    for (end = 0; end < host.len && !strchr("/?#", host.ptr[end]); end++) {}
    host.len = end;
    postern_cut at = postern_slice_cut_last(host, '@');
    if (at.ok) host = at.tail;
    postern_cut port = postern_slice_cut_last(host, ':');
    return port.ok && !postern_slice_ends(host, POSTERN_S("]")) ? port.head : host;
}

/* The first host named in the text that is not the target's, or empty. */
static postern_slice other_host(text_doc *d, postern_slice text, postern_slice url) {
    postern_slice target = target_host(url), none = {NULL, 0};
    if (!target.len) return none;
    for (postern_slice rest = postern_slice_trim(text); rest.len;) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] > ' ') end++;
        postern_slice word = postern_slice_sub(rest, 0, end), host;
        while (word.len && strchr("(<[\"'", word.ptr[0])) word = postern_slice_from(word, 1);
        host = host_in_word(word);
        if (host.len && names_other_host(d, host, target)) return host;
        rest = postern_slice_trim(postern_slice_from(rest, end));
    }
    return none;
}

/* ---- writing ---- */

/* The text is the address itself, but for "https://", "mailto:" and a slash at the end. */
static bool text_is_url(postern_slice text, postern_slice url) {
    text = postern_slice_trim(text);
    if (postern_slice_eq(text, url)) return true;
    static const char *const prefixes[] = {"https://", "http://", "mailto:", "tel:", "www."};
    for (size_t i = 0; i < 5; i++) {
        postern_slice prefix = postern_slice_cstr(prefixes[i]);
        if (postern_slice_starts(url, prefix)) url = postern_slice_from(url, prefix.len);
        if (postern_slice_starts_nocase(text, prefix)) text = postern_slice_from(text, prefix.len);
    }
    if (postern_slice_ends(url, POSTERN_S("/"))) url.len--;
    if (postern_slice_ends(text, POSTERN_S("/"))) text.len--;
    return postern_slice_eq_nocase(text, url);
}

static uint32_t number_of(text_doc *d, text_link *link) {
    if (!link->number) {
        link->number = ++d->link_count;
        *d->links_tail = link;
        d->links_tail = &link->next;
    }
    return link->number;
}

static void mark_deceptive(text_doc *d, text_link *link, postern_slice says) {
    d->report->deceptive_links++;
    postern_note_send(d->options->notes, POSTERN_NOTE_PAGE_DECEPTIVE_LINK, d->part, POSTERN_NO_OFFSET, link->url);
    if (link->says.len) return;
    postern_status status = postern_arena_copy(d->links_arena, says, &link->says);
    if (status != POSTERN_LIMIT) page_text_fail(d, status);
}

void page_text_link_mark(text_doc *d) {
    text_link *link = d->link;
    bool markdown = d->options->markdown;
    if (d->link_done && !markdown) return;
    postern_slice text = postern_buf_slice(&d->link_text), says = other_host(d, text, link->url);
    if (says.len && !d->link_done) mark_deceptive(d, link, says);
    d->link_done = true;
    if (markdown) {
        postern_buf_printf(&d->para, "](%c%.*s%c)", TEXT_KEEP, POSTERN_ARG(link->url), TEXT_LOOSE);
    } else if (says.len) {
        postern_buf_printf(&d->para, " [%u,%cleads%cto%c", (unsigned)number_of(d, link), TEXT_NBSP, TEXT_NBSP, TEXT_NBSP);
    } else if (!text_is_url(text, link->url)) {
        postern_buf_printf(&d->para, "%c[%u]", TEXT_NBSP, (unsigned)number_of(d, link));
    }
    if (says.len) {
        if (markdown) postern_buf_printf(&d->para, " **(leads to ");
        page_text_put_line(&d->para, target_host(link->url), markdown);
        postern_buf_printf(&d->para, markdown ? "!)**" : "!]");
    }
}

void page_text_link_begin(text_doc *d, text_link *link) {
    if (d->link) page_text_link_end(d);
    d->link = link;
    d->link_open = d->link_has_text = d->link_done = false;
    postern_buf_clear(&d->link_text);
}

void page_text_link_end(text_doc *d) {
    if (!d->link) return;
    if (!d->status && (d->options->markdown ? d->link_open : d->link_has_text && !d->link_done && d->para.len)) {
        if (d->options->markdown) page_text_link_close_marks(d);
        page_text_link_mark(d);
        d->hold_space = false;
    }
    d->link = NULL;
    d->link_open = false;
}

/* In the list addresses are never cut, whatever the width. */
void page_text_link_list(text_doc *d) {
    if (!d->links || d->options->markdown || d->status) return;
    d->layout.gap = true;
    d->layout.rule = false;
    for (const text_link *link = d->links; link && !d->status; link = link->next) {
        postern_buf line;
        postern_buf_init(&line, SIZE_MAX);
        postern_buf_printf(&line, "[%u] %.*s", (unsigned)link->number, POSTERN_ARG(link->url));
        if (link->says.len) {
            postern_buf_printf(&line, "  (its text names ");
            page_text_put_line(&line, link->says, false);
            postern_buf_printf(&line, "!)");
        }
        page_text_fail(d, line.status);
        if (!d->status) page_text_layout_line(&d->layout, postern_buf_slice(&line));
        postern_buf_free(&line);
        page_text_fail(d, d->layout.status);
    }
}
