/*
 * What the policy of its zone lets a document show: the actions of the URL zones that mean something for a page that can do
 * nothing anyway. Each right only takes away from what the hard floor (P1-P5, Z12) leaves; where there is no policy everything
 * that the archive holds is shown. A refresh never steps by itself: at most it becomes a link, and not one to a more trusted
 * zone (Z13; to the Internet a link may lead from everywhere).
 */
#include "html_int.h"

static const uint32_t actions[POSTERN_PAGE_RIGHT_COUNT] = {
    [POSTERN_PAGE_RIGHT_FONTS] = 0x1604,   [POSTERN_PAGE_RIGHT_FORMS] = 0x1601,    [POSTERN_PAGE_RIGHT_FRAMES] = 0x1607,
    [POSTERN_PAGE_RIGHT_REFRESH] = 0x1608, [POSTERN_PAGE_RIGHT_SNIFFING] = 0x2100, [POSTERN_PAGE_RIGHT_DRAG] = 0x1802};

/* ---- rights ---------------------------------------------------------------------------------------------------------- */

static bool by_scheme(const postern_url *url, const char *const *schemes) {
    for (; url && *schemes; schemes++)
        if (postern_slice_eq(url->scheme, postern_slice_cstr(*schemes))) return true;
    return false;
}

void postern_page_rights_of(postern_archive *archive, uint32_t part, const postern_policy *policy, postern_zone above,
                            postern_page_rights *ret_rights) {
    static const char *const places[] = {"http", "https", "ftp", "file", NULL}; /* cid: and the like name no zone */
    const postern_url *base = postern_archive_base(archive, part);
    memset(ret_rights, 0, sizeof *ret_rights);
    if (by_scheme(base, places)) {
        /* what the location could be at best: it can only lower (Z1) */
        postern_zone_context context = {.has_container = true, .container = above, .local_proof = true};
        postern_zone_evaluate_url(policy, base, &context, &ret_rights->zone);
    } else {
        ret_rights->zone = (postern_zone_decision){.zone = above, .openable = true, .reason_count = 1};
        ret_rights->zone.reasons[0] = (postern_reason){"Z1", "the zone of the archive", {0}, above};
    }
    for (int i = 0; i < POSTERN_PAGE_RIGHT_COUNT; i++) {
        postern_action_decision *d = &ret_rights->action[i];
        postern_zone_action(policy, ret_rights->zone.zone, actions[i], false, d);
        ret_rights->has[i] = d->allowed || (d->query && i == POSTERN_PAGE_RIGHT_REFRESH);
    }
}

void page_doc_judge(page_doc *doc) {
    page_html *page = doc->page;
    const page_doc *parent = doc->parent;
    if (!page->options->policy) return;
    if (parent && parent->part == doc->part) {
        doc->rights = parent->rights;
        return;
    }
    postern_zone above = parent && parent->rights ? parent->rights->zone.zone : postern_archive_facts_of(page->archive)->zone;
    postern_page_rights *rights = postern_arena_alloc(page->arena, sizeof *rights);
    if (!rights) {
        page_fail(page, postern_arena_failure(page->arena));
        return;
    }
    postern_page_rights_of(page->archive, doc->part, page->options->policy, above, rights);
    doc->rights = rights;
    if (parent) return;
    page->report->judged = true;
    page->report->rights = *rights;
}

void page_refuse(page_doc *doc, postern_page_right right, postern_slice detail) {
    postern_buf text;
    const char *name = postern_action_name(actions[right]);
    postern_buf_init(&text, 1024);
    postern_buf_printf(&text, "%s (%04X)%s", name ? name : "", (unsigned)actions[right], detail.len ? ": " : "");
    postern_buf_add_slice(&text, postern_slice_sub(detail, 0, 512));
    doc->page->report->policy++;
    if (text.status == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
    page_note(doc->page, POSTERN_NOTE_PAGE_POLICY, doc->part, POSTERN_NO_OFFSET, postern_buf_slice(&text));
    postern_buf_free(&text);
}

bool page_has_right(const page_doc *doc, postern_page_right right) {
    return !doc->rights || doc->rights->has[right];
}

bool page_may(page_doc *doc, postern_page_right right, postern_slice detail) {
    if (page_has_right(doc, right)) return true;
    page_refuse(doc, right, detail);
    return false;
}

/* ---- declared types ---------------------------------------------------------------------------------------------------- */

/* Other names of the same types, as servers and mail programs write them. */
static const struct {
    const char *type;
    postern_media media;
} other_names[] = {
    {"image/jpg", POSTERN_MEDIA_JPEG},
    {"image/pjpeg", POSTERN_MEDIA_JPEG},
    {"image/x-png", POSTERN_MEDIA_PNG},
    {"image/apng", POSTERN_MEDIA_PNG},
    {"image/vnd.mozilla.apng", POSTERN_MEDIA_PNG},
    {"image/x-bmp", POSTERN_MEDIA_BMP},
    {"image/x-ms-bmp", POSTERN_MEDIA_BMP},
    {"image/vnd.microsoft.icon", POSTERN_MEDIA_ICO},
    {"image/x-icon", POSTERN_MEDIA_ICO},
    {"image/ico", POSTERN_MEDIA_ICO},
    {"application/font-woff", POSTERN_MEDIA_WOFF},
    {"application/x-font-woff", POSTERN_MEDIA_WOFF},
    {"application/font-woff2", POSTERN_MEDIA_WOFF2},
    {"application/x-font-ttf", POSTERN_MEDIA_TRUETYPE},
    {"application/x-font-truetype", POSTERN_MEDIA_TRUETYPE},
    {"font/sfnt", POSTERN_MEDIA_TRUETYPE},
    {"font/sfnt", POSTERN_MEDIA_OPENTYPE},
    {"application/font-sfnt", POSTERN_MEDIA_TRUETYPE},
    {"application/font-sfnt", POSTERN_MEDIA_OPENTYPE},
    {"application/x-font-otf", POSTERN_MEDIA_OPENTYPE},
    {"application/x-font-opentype", POSTERN_MEDIA_OPENTYPE},
    {"audio/ogg", POSTERN_MEDIA_OGG},
    {"video/ogg", POSTERN_MEDIA_OGG},
    {"application/ogg", POSTERN_MEDIA_OGG},
    {"audio/mp4", POSTERN_MEDIA_MP4},
    {"audio/webm", POSTERN_MEDIA_WEBM},
    {"audio/mp3", POSTERN_MEDIA_MP3},
    {"audio/x-wav", POSTERN_MEDIA_WAV},
    {"audio/wave", POSTERN_MEDIA_WAV},
    {"audio/vnd.wave", POSTERN_MEDIA_WAV},
};

bool page_type_says(postern_slice type, postern_media media) {
    const char *name = postern_media_type(media);
    if (name && postern_slice_eq_nocase(type, postern_slice_cstr(name))) return true;
    for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++)
        if (other_names[i].media == media && postern_slice_eq_nocase(type, postern_slice_cstr(other_names[i].type)))
            return true;
    return false;
}

/* ---- frames ------------------------------------------------------------------------------------------------------------ */

/* Parts without an address of their own belong to the document that holds them. */
bool page_may_frame_part(page_doc *doc, uint32_t part) {
    static const char *const web[] = {"http", "https", "ftp", NULL};
    const postern_url *own = postern_archive_base(doc->page->archive, doc->part);
    const postern_url *other = postern_archive_base(doc->page->archive, part);
    if (!by_scheme(other, web)) return true;
    bool same = own && postern_slice_eq(own->scheme, other->scheme) && postern_slice_eq(own->host, other->host) &&
                own->port == other->port;
    return same || page_may(doc, POSTERN_PAGE_RIGHT_FRAMES, other->href);
}

/* ---- refresh ----------------------------------------------------------------------------------------------------------- */

static postern_slice skip_space(postern_slice s) {
    while (s.len && postern_ascii_space(s.ptr[0])) s = postern_slice_from(s, 1);
    return s;
}

/* The URL of "4; url=…" (WHATWG 4.2.5.3, shared declarative refresh steps); empty when it is the document itself. */
static postern_slice refresh_url(postern_slice content) {
    const postern_slice nothing = {0};
    postern_slice s = skip_space(content);
    while (s.len && (postern_ascii_digit(s.ptr[0]) || s.ptr[0] == '.')) s = postern_slice_from(s, 1);
    postern_slice behind = skip_space(s);
    if (behind.len == 0) return nothing;
    if (behind.ptr[0] == ';' || behind.ptr[0] == ',')
        behind = skip_space(postern_slice_from(behind, 1));
    else if (behind.len == s.len)
        return nothing; /* neither a separator nor a blank: not a refresh */
    postern_slice url = behind;
    if (postern_slice_starts_nocase(url, POSTERN_S("url"))) {
        postern_slice equals = skip_space(postern_slice_from(url, 3));
        if (equals.len && equals.ptr[0] == '=') url = skip_space(postern_slice_from(equals, 1));
    }
    uint8_t quote = url.len ? url.ptr[0] : 0;
    if (quote != '"' && quote != '\'') return url;
    return postern_slice_cut(postern_slice_from(url, 1), quote).head;
}

void page_refresh(page_doc *doc, postern_slice content) {
    postern_slice url = refresh_url(content);
    if (!doc->rights || doc->refresh.len || url.len == 0) return;
    if (page_may(doc, POSTERN_PAGE_RIGHT_REFRESH, url))
        page_fail(doc->page, postern_arena_copy(doc->arena, url, &doc->refresh));
}

/* Where the step leads, when a person may be offered it: by http or https, away from here, and not up (Z13, Z21). */
static const postern_url *refresh_target(page_doc *doc) {
    static const char *const web[] = {"http", "https", NULL};
    postern_reference reference;
    postern_zone_decision there;
    if (!page_resolve(doc, doc->refresh, &reference) || reference.refused || !by_scheme(reference.url, web)) return NULL;
    const postern_url *own = postern_archive_base(doc->page->archive, doc->part);
    if (own && postern_slice_eq(postern_url_without_fragment(own), postern_url_without_fragment(reference.url))) return NULL;
    postern_zone_evaluate_url(doc->page->options->policy, reference.url, NULL, &there);
    bool web_site = postern_zone_least(there.zone, POSTERN_ZONE_INTERNET) == there.zone; /* what any link may lead to */
    bool up = postern_zone_least(there.zone, doc->rights->zone.zone) != there.zone;
    if (there.openable && (web_site || !up)) return reference.url;
    page_refuse(doc, POSTERN_PAGE_RIGHT_REFRESH, POSTERN_S("Z13: the step leads to a more trusted zone, or is refused"));
    return NULL;
}

void page_refresh_write(page_doc *doc) {
    postern_buf html;
    const postern_url *url = doc->refresh.len && !doc->page->full && !doc->frameset ? refresh_target(doc) : NULL;
    if (!url || doc->page->status != POSTERN_OK) return;
    postern_buf_init(&html, 16 * POSTERN_LIMIT_URL);
    postern_sink sink = postern_buf_sink(&html);
    postern_html_attribute_escaper escaper = {&sink};
    postern_sink value = postern_html_attribute_escaper_sink(&escaper);
    postern_buf_printf(&html,
                       "<postern-refresh style=\"display:block;clear:both;padding:8px 12px;border-top:1px solid #999;"
                       "background:#f4f4f4;color:#111;font:14px/1.4 sans-serif\">This page leads on by itself to <a href=\"");
    postern_status status = postern_sink_write(&value, url->href);
    postern_buf_printf(&html, "\">");
    if (!status) status = postern_html_write_text(&sink, url->href);
    postern_buf_printf(&html, "</a></postern-refresh>");
    if (status == POSTERN_NOMEM || html.status == POSTERN_NOMEM) page_fail(doc->page, POSTERN_NOMEM);
    if (!status && html.status == POSTERN_OK && doc->page->status == POSTERN_OK) {
        page_close_all(doc);
        page_feed(doc, postern_buf_slice(&html));
        page_note(doc->page, POSTERN_NOTE_PAGE_REFRESH_LINK, doc->part, POSTERN_NO_OFFSET, url->href);
    }
    postern_buf_free(&html);
}
