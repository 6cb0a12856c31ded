/* Facts about one message as JSON: what the bar and the list of parts say. The script shows them as text, whatever is in them.
 */
#include "view_int.h"

enum { DETAIL_MAX = 400, PARTS_MAX = 2000 };

/* Things of one kind that were left out, or are wrong. Details lie one behind the other in `text`. */
typedef struct item {
    uint32_t kind, part;
    size_t from, len;
} item;

typedef struct collection {
    postern_buf items, text;
    uint64_t count[POSTERN_NOTE_COUNT];
    bool of_text; /* from the text: only what the page does not say */
} collection;

static bool by_text_alone(postern_note_kind kind) {
    return kind == POSTERN_NOTE_PAGE_HIDDEN || kind == POSTERN_NOTE_PAGE_DECEPTIVE_LINK ||
           kind == POSTERN_NOTE_PAGE_TRACKING_PIXEL;
}

static void on_note(void *user, const postern_note *note) {
    collection *c = user;
    if ((unsigned)note->kind >= POSTERN_NOTE_COUNT || (c->of_text && !by_text_alone(note->kind))) return;
    if (c->count[note->kind]++ >= POSTERN_LIMIT_VIEWER_ITEMS) return;
    item i = {.kind = note->kind, .part = note->part, .from = c->text.len};
    postern_escape_line(&c->text, postern_slice_trim(note->detail), DETAIL_MAX);
    i.len = c->text.len - i.from;
    postern_buf_add(&c->items, &i, sizeof i);
}

static void key_uint(postern_json *json, const char *key, uint64_t value) {
    postern_json_key(json, key);
    postern_json_uint(json, value);
}

static void key_text(postern_json *json, const char *key, postern_slice value) {
    postern_json_key(json, key);
    postern_json_string(json, postern_slice_trim(value));
}

static void key_bool(postern_json *json, const char *key, bool value) {
    postern_json_key(json, key);
    postern_json_bool(json, value);
}

static bool is_page_note(postern_note_kind kind) {
    switch (kind) {
#define PAGE_CASE(name, stable, text) case POSTERN_NOTE_##name:
        POSTERN_NOTES_PAGE(PAGE_CASE)
#undef PAGE_CASE
        return true;
    default:
        return false;
    }
}

static void json_items(postern_json *json, const collection *c, unsigned kind) {
    postern_json_key(json, "items");
    postern_json_array(json);
    for (size_t at = 0; at + sizeof(item) <= c->items.len; at += sizeof(item)) {
        item i;
        memcpy(&i, c->items.ptr + at, sizeof i);
        if (i.kind != kind || i.len == 0) continue;
        postern_json_object(json);
        if (i.part != POSTERN_NO_PART) key_uint(json, "part", i.part);
        key_text(json, "text", postern_slice_of(c->text.ptr + i.from, i.len));
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

static void json_notes(postern_json *json, const char *key, const collection *c, bool page) {
    postern_json_key(json, key);
    postern_json_array(json);
    for (unsigned k = 0; k < POSTERN_NOTE_COUNT; k++) {
        if (!c->count[k] || is_page_note((postern_note_kind)k) != page) continue;
        postern_json_object(json);
        postern_json_key(json, "note");
        postern_json_cstr(json, postern_note_name((postern_note_kind)k));
        postern_json_key(json, "text");
        postern_json_cstr(json, postern_note_text((postern_note_kind)k));
        key_uint(json, "count", c->count[k]);
        json_items(json, c, k);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

/* ---- parts -------------------------------------------------------------------------------------------------------- */

static postern_status count_bytes(void *user, const void *bytes, size_t len) {
    (void)bytes;
    *(uint64_t *)user += len;
    return POSTERN_OK;
}

static void json_part(postern_json *json, postern_archive *archive, uint32_t index, uint32_t root) {
    const postern_part *part = postern_archive_part(archive, index);
    bool leaf = !(part->flags & (POSTERN_PART_MULTIPART | POSTERN_PART_MESSAGE));
    postern_media media = leaf ? postern_archive_part_media(archive, index) : POSTERN_MEDIA_NONE;
    postern_json_object(json);
    key_uint(json, "index", index);
    key_uint(json, "depth", part->depth);
    key_text(json, "type", part->type);
    key_text(json, "charset", part->charset_label);
    if (leaf) {
        uint64_t size = 0;
        postern_sink counter = {count_bytes, &size};
        if (postern_part_decode(part, &counter, NULL) == POSTERN_OK) key_uint(json, "size", size);
    }
    key_text(json, "name", part->name);
    key_text(json, "location", part->content_location.len ? part->content_location : part->content_id);
    key_bool(json, "leaf", leaf);
    key_bool(json, "root", index == root);
    key_bool(json, "html",
             leaf && (postern_slice_eq(part->type, POSTERN_S("text/html")) ||
                      postern_slice_eq(part->type, POSTERN_S("application/xhtml+xml"))));
    key_bool(json, "picture", media >= POSTERN_MEDIA_PNG && media <= POSTERN_MEDIA_SVG);
    key_bool(json, "attachment", postern_archive_is_attachment(archive, index));
    key_bool(json, "cut", part->flags & POSTERN_PART_TRUNCATED);
    key_uint(json, "defects", part->defects);
    postern_json_end_object(json);
}

static void json_parts(postern_json *json, postern_archive *archive) {
    uint32_t count = postern_archive_part_count(archive), root = postern_archive_root(archive);
    key_uint(json, "partCount", count);
    postern_json_key(json, "parts");
    postern_json_array(json);
    for (uint32_t i = 0; i < count && i < PARTS_MAX; i++) json_part(json, archive, i, root);
    postern_json_end_array(json);
}

/* ---- facts -------------------------------------------------------------------------------------------------------- */

static const char *zone_reason(const view_job *job, postern_archive *archive, const postern_archive_facts *facts) {
    const postern_viewer_options *o = job->options;
    if (facts->mark.present && facts->zone == facts->mark.zone && (!o->has_caller_zone || facts->zone != o->caller_zone))
        return facts->mark.malformed ? N_("a malformed mark of origin lowers it") : N_("its mark of origin says so");
    if (o->has_caller_zone && facts->zone == o->caller_zone) return N_("as told by --zone");
    if (facts->mark.malformed) return N_("a malformed mark of origin lowers it");
    return postern_archive_kind_of(archive) == POSTERN_ARCHIVE_MAIL ? N_("mail without a better mark")
                                                                    : N_("no mark of origin");
}

static const char *kind_word(postern_archive_kind kind) {
    switch (kind) {
    case POSTERN_ARCHIVE_MHTML:
        return "mhtml";
    case POSTERN_ARCHIVE_MAIL:
        return "mail";
    case POSTERN_ARCHIVE_HTML:
        return "html";
    }
    return "html";
}

static void json_facts(postern_json *json, const view_job *job, postern_archive *archive) {
    const postern_archive_facts *facts = postern_archive_facts_of(archive);
    postern_json_key(json, "kind");
    postern_json_cstr(json, kind_word(postern_archive_kind_of(archive)));
    key_text(json, "title", facts->title);
    key_text(json, "subject", facts->subject);
    key_text(json, "from", facts->from);
    key_text(json, "to", facts->to);
    key_text(json, "cc", facts->cc);
    key_text(json, "date", facts->date);
    key_text(json, "producer", facts->producer);
    key_text(json, "location", facts->location);
    postern_json_key(json, "zone");
    postern_json_cstr(json, postern_zone_name(facts->zone));
    postern_json_key(json, "zoneReason");
    postern_json_cstr(json, zone_reason(job, archive, facts));
    key_text(json, "mark", facts->mark.present ? facts->mark.url : POSTERN_S(""));
    key_uint(json, "size", job->bytes.len);
    key_bool(json, "plain", job->plain);
}

static postern_status drop(void *user, const void *bytes, size_t len) {
    (void)user;
    (void)bytes;
    (void)len;
    return POSTERN_OK;
}

/* The page and its text are made, and thrown away, for what they say about what they leave out. */
static void collect(const view_job *job, postern_archive *archive, collection *c, postern_page_report *ret_report) {
    postern_notes notes = {on_note, c};
    postern_sink nowhere = {drop, NULL};
    postern_page_options page;
    postern_page_report unused;
    postern_text_options text;
    postern_page_options_init(&page);
    page.notes = &notes;
    page.root = job->part;
    page.policy = job->options->policy;
    page.max_output = POSTERN_LIMIT_VIEWER_ANSWER / 2;
    postern_status ignored = postern_page_html(archive, &page, &nowhere, ret_report, NULL);
    postern_text_options_init(&text);
    text.notes = &notes;
    c->of_text = true;
    ignored = postern_page_text(archive, &text, &nowhere, &unused, NULL);
    (void)ignored;
}

static void json_shown(postern_json *json, const postern_page_report *report) {
    postern_json_key(json, "shown");
    postern_json_object(json);
    key_uint(json, "pictures", report->pictures);
    key_uint(json, "sheets", report->sheets);
    key_uint(json, "fonts", report->fonts);
    key_uint(json, "frames", report->frames);
    key_uint(json, "media", report->media);
    postern_json_end_object(json);
}

static void json_description(postern_json *json, const view_job *job, postern_archive *archive) {
    view_telling telling = {json};
    postern_json_key(json, "statements");
    postern_json_array(json);
    view_describe_statements(job, archive, &telling);
    postern_json_end_array(json);
    postern_json_key(json, "cards");
    postern_json_array(json);
    view_describe_cards(job, archive, &telling);
    postern_json_end_array(json);
}

void view_info(const view_job *job, view_out *out) {
    collection c = {.of_text = false};
    postern_page_report report = {0};
    postern_error error;
    postern_archive *archive = NULL;
    postern_notes notes = {on_note, &c};
    postern_json json;
    postern_buf buf;
    postern_buf_init(&c.items, 64u << 20);
    postern_buf_init(&c.text, 64u << 20);
    postern_buf_init(&buf, 128u << 20);
    if (view_open_archive(job, &notes, &archive, &error)) {
        view_fail(job, out, 422, N_("This cannot be shown"), error.text);
    } else {
        collect(job, archive, &c, &report);
        postern_json_init(&json, &buf, false);
        postern_json_object(&json);
        key_uint(&json, "format", 1);
        json_facts(&json, job, archive);
        json_shown(&json, &report);
        json_notes(&json, "leftOut", &c, true);
        json_notes(&json, "defects", &c, false);
        json_parts(&json, archive);
        json_description(&json, job, archive);
        postern_json_end_object(&json);
        view_out_head(out, 200, VIEW_MEDIA_JSON);
        postern_sink_write(&out->sink, postern_buf_slice(&buf));
        if (buf.status || c.items.status || c.text.status) out->failed = true;
    }
    postern_archive_free(archive);
    postern_buf_free(&c.items);
    postern_buf_free(&c.text);
    postern_buf_free(&buf);
}
