/*
 * Which program wrote the file, for people. Guesswork over fields and the document's head: nothing depends on it.
 */
#include "mhtml_int.h"

typedef struct producer_row {
    const char *needle, *name;
} producer_row;

static const producer_row saved_by[] = {
    {"blink", "Blink"},
    {"webkit", "WebKit"},
    {"internet explorer", "Internet Explorer"},
    {"unmht", "UnMHT"},
    {"mozilla", "Mozilla Archive Format"},
};

static const producer_row mailers[] = {
    {"outlook express", "Outlook Express"},
    {"windows mail", "Windows Mail"},
    {"windows live mail", "Windows Live Mail"},
    {"outlook", "Outlook"},
    {"thunderbird", "Thunderbird"},
    {"apple mail", "Apple Mail"},
    {"iphone mail", "Apple Mail"},
    {"ipad mail", "Apple Mail"},
    {"confluence", "Confluence"},
};

static const producer_row generators[] = {
    {"microsoft word", "Word"},
    {"microsoft excel", "Excel"},
    {"microsoft onenote", "OneNote"},
    {"microsoft powerpoint", "PowerPoint"},
};

static const producer_row prog_ids[] = {
    {"word.", "Word"},
    {"excel.", "Excel"},
    {"onenote.", "OneNote"},
    {"powerpoint.", "PowerPoint"},
};

static const producer_row titles[] = {
    {"problem steps recorder", "Problem Steps Recorder"},
    {"recorded problem steps", "Problem Steps Recorder"},
    {"recorded steps", "Problem Steps Recorder"},
};

static const char *look_up(const producer_row *rows, size_t count, postern_slice text) {
    for (size_t i = 0; text.len && i < count; i++)
        if (postern_slice_find_nocase(text, 0, postern_slice_cstr(rows[i].needle)) != SIZE_MAX) return rows[i].name;
    return NULL;
}
#define LOOK_UP(rows, text) look_up(rows, sizeof(rows) / sizeof *(rows), text)

static postern_slice raw_field(const postern_archive *a, const char *name) {
    const postern_header *h = postern_part_header(mhtml_part(a, 0), postern_slice_cstr(name));
    return h ? postern_slice_sub(postern_slice_trim(h->raw), 0, 400) : (postern_slice){0};
}

static bool has(const postern_archive *a, const char *name) {
    return postern_part_header(mhtml_part(a, 0), postern_slice_cstr(name)) != NULL;
}

static bool contains(postern_slice text, const char *needle) {
    return postern_slice_find_nocase(text, 0, postern_slice_cstr(needle)) != SIZE_MAX;
}

/* "<Saved by X>" in From: the browsers' way to sign. */
static postern_slice by_saved(postern_slice from) {
    size_t at = postern_slice_find_nocase(from, 0, POSTERN_S("saved by "));
    if (at == SIZE_MAX) return (postern_slice){0};
    postern_slice rest = postern_slice_from(from, at + 9);
    const char *known = LOOK_UP(saved_by, rest);
    if (known) return postern_slice_cstr(known);
    size_t n = 0;
    while (n < rest.len && rest.ptr[n] != '>' && rest.ptr[n] != '"') n++;
    return postern_slice_trim(postern_slice_sub(rest, 0, n));
}

static const char *by_fields(const postern_archive *a) {
    if (contains(a->facts.from, "wizmime")) return "WizNote";
    if (contains(raw_field(a, "content-type"), "<op.mhtml.")) return "Opera";
    if (contains(a->facts.subject, "exported from confluence")) return "Confluence";
    if (has(a, "snapshot-content-location")) return "Blink";
    return NULL;
}

static const char *by_document(const mhtml_document *doc) {
    const char *known = LOOK_UP(prog_ids, doc->prog_id);
    if (!known) known = LOOK_UP(generators, doc->generator);
    if (!known) known = LOOK_UP(titles, doc->title);
    if (known) return known;
    if (doc->word) return "Word";
    if (doc->excel) return "Excel";
    if (doc->powerpoint) return "PowerPoint";
    return doc->office ? "Office" : NULL;
}

static const char *by_transport(const postern_archive *a) {
    if (contains(raw_field(a, "x-mimeole"), "mimeole"))
        return a->kind == POSTERN_ARCHIVE_MAIL ? "Outlook Express" : "Internet Explorer";
    if (has(a, "x-ms-has-attach") || has(a, "x-ms-exchange-organization-scl") || has(a, "x-ms-tnef-correlator") ||
        has(a, "x-ms-exchange-messagesentrepresentingtype"))
        return "Outlook";
    if (contains(raw_field(a, "message-id"), "@mail.gmail.com>")) return "Gmail";
    return NULL;
}

static postern_status by_mailer(postern_archive *a, postern_slice *ret_name) {
    static const char *const names[] = {"x-mailer", "user-agent"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        postern_slice raw = raw_field(a, names[i]);
        if (!raw.len) continue;
        const char *known = LOOK_UP(mailers, raw);
        if (!known) return postern_header_text(a->arena, raw, POSTERN_CHARSET_NONE, NULL, 0, ret_name);
        *ret_name = postern_slice_cstr(known);
        return POSTERN_OK;
    }
    return POSTERN_OK;
}

postern_status mhtml_producer(postern_archive *a, const mhtml_document *document, postern_slice *ret_name) {
    postern_slice name = by_saved(a->facts.from);
    const char *known = NULL;
    if (!name.len) known = by_fields(a);
    bool mail = a->kind == POSTERN_ARCHIVE_MAIL;
    if (!name.len && !known && !mail) known = by_document(document);
    if (known) name = postern_slice_cstr(known);
    if (!name.len) {
        postern_status status = by_mailer(a, &name);
        if (status != POSTERN_OK) return status;
    }
    if (!name.len) name = postern_slice_cstr(by_transport(a));
    if (!name.len && mail) name = postern_slice_cstr(by_document(document)); /* Outlook writes with Word */
    if (!name.len && contains(document->generator, "mshtml")) name = POSTERN_S("Internet Explorer");
    *ret_name = name;
    return POSTERN_OK;
}
