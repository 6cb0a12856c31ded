/* What became of one input: an aligned block for people, or a JSON object. Both say the same and escape what they quote. */
#include "cli_int.h"

#include <inttypes.h>
#include <stdio.h>

enum { VALUE_MAX = 160 };

const char *cli_archive_kind_name(postern_archive_kind kind) {
    switch (kind) {
    case POSTERN_ARCHIVE_MHTML: return "mhtml";
    case POSTERN_ARCHIVE_MAIL: return "mail";
    case POSTERN_ARCHIVE_HTML: return "html";
    }
    return "unknown";
}

static const char *kind_words(postern_archive_kind kind) {
    switch (kind) {
    case POSTERN_ARCHIVE_MHTML: return "web archive";
    case POSTERN_ARCHIVE_MAIL: return "mail";
    case POSTERN_ARCHIVE_HTML: return "bare HTML document, not an archive";
    }
    return "unknown";
}

static const char *const right_names[POSTERN_PAGE_RIGHT_COUNT] = {
    [POSTERN_PAGE_RIGHT_FONTS] = "fonts",       [POSTERN_PAGE_RIGHT_FORMS] = "forms",
    [POSTERN_PAGE_RIGHT_FRAMES] = "frames",     [POSTERN_PAGE_RIGHT_REFRESH] = "refresh",
    [POSTERN_PAGE_RIGHT_SNIFFING] = "sniffing", [POSTERN_PAGE_RIGHT_DRAG] = "drag"};

/* ---- people ---- */

static void row(postern_buf *buf, const char *name, const char *text) {
    postern_buf_printf(buf, "  %-9s %s\n", name, text);
}

static void row_quoted(postern_buf *buf, const char *name, postern_slice value) {
    if (!value.len) return;
    postern_buf_printf(buf, "  %-9s ", name);
    postern_escape_line(buf, postern_slice_trim(value), VALUE_MAX);
    postern_buf_add_byte(buf, '\n');
}

typedef struct amount {
    uint32_t count;
    const char *one, *many;
} amount;

/* "3 pictures, 1 font"; nothing at all when all are zero. */
static void row_amounts(postern_buf *buf, const char *name, const amount *amounts, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!amounts[i].count) continue;
        postern_buf_printf(buf, any ? ", " : "  %-9s ", name);
        postern_buf_printf(buf, "%" PRIu32 " %s", amounts[i].count, amounts[i].count == 1 ? amounts[i].one : amounts[i].many);
        any = true;
    }
    if (any) postern_buf_add_byte(buf, '\n');
}

static const char *zone_reason(const cli_job *job, const postern_archive_facts *facts) {
    if (facts->mark.present && facts->zone == facts->mark.zone && (!job->args->has_zone || facts->zone != job->args->zone))
        return facts->mark.malformed ? "a malformed mark of origin lowers it" : "its mark of origin says so";
    if (job->args->has_zone && facts->zone == job->args->zone) return "as told by --zone";
    if (facts->mark.malformed) return "a malformed mark of origin lowers it";
    return postern_archive_kind_of(job->archive) == POSTERN_ARCHIVE_MAIL ? "mail without a better mark" : "no mark of origin";
}

static void row_notes(postern_buf *buf, const cli_tally *tally, bool page, const char *name) {
    for (unsigned k = 0; k < POSTERN_NOTE_COUNT; k++) {
        postern_note_kind kind = (postern_note_kind)k;
        if (!tally->kind[k].count || cli_note_is_page(kind) != page) continue;
        postern_buf_printf(buf, "  %-9s %5" PRIu64 " × %s\n", name, tally->kind[k].count, postern_note_text(kind));
        name = "";
        for (unsigned i = 0; i < tally->kind[k].examples; i++)
            postern_buf_printf(buf, "  %-9s         %s\n", "", tally->kind[k].example[i]);
        if (tally->kind[k].count > tally->kind[k].examples && tally->kind[k].examples == CLI_TALLY_EXAMPLES)
            postern_buf_printf(buf, "  %-9s         …\n", "");
    }
}

static void row_zone(cli_job *job, const postern_archive_facts *facts, postern_buf *buf) {
    postern_buf_printf(buf, "  %-9s %s (%s", "zone", postern_zone_name(facts->zone), zone_reason(job, facts));
    if (facts->mark.present && facts->mark.url.len) {
        postern_buf_add_slice(buf, POSTERN_S(": "));
        postern_escape_line(buf, postern_slice_trim(facts->mark.url), VALUE_MAX);
    }
    postern_buf_add_slice(buf, POSTERN_S(")\n"));
}

/* The policy's answers, each with the reason that settled it. */
static void row_policy(const cli_job *job, const postern_page_report *r, postern_buf *buf) {
    const postern_page_rights *rights = &r->rights;
    if (r->plain)
        postern_buf_printf(buf, "  %-9s %" PRIu32 " text%s of the mail read as plain text%s\n", "plain", r->plain,
                           r->plain == 1 ? "" : "s", job->args->plain ? "" : ", as the policy says");
    if (!r->judged) return;
    postern_buf_printf(buf, "  %-9s zone %s", "policy", postern_zone_name(rights->zone.zone));
    for (size_t i = 0; i < rights->zone.reason_count; i++) {
        postern_buf_printf(buf, i ? "; " : " (");
        cli_reason_text(&rights->zone.reasons[i], buf);
    }
    postern_buf_printf(buf, rights->zone.reason_count ? ")\n" : "\n");
    for (int i = 0; i < POSTERN_PAGE_RIGHT_COUNT; i++) {
        const postern_action_decision *d = &rights->action[i];
        const char *name = postern_action_name(d->action);
        postern_buf_printf(buf, "            %-9s %s: %s %04X is %s", right_names[i], rights->has[i] ? "yes" : "no",
                           name ? name : "", (unsigned)d->action, postern_policy_value_name(d->action, d->value));
        for (size_t n = 0; n < d->reason_count; n++) {
            postern_buf_printf(buf, n ? "; " : " (");
            cli_reason_text(&d->reasons[n], buf);
        }
        postern_buf_printf(buf, d->reason_count ? ")\n" : "\n");
    }
}

void cli_report_block(cli_job *job, const postern_page_report *report, const char *output, postern_buf *buf) {
    const postern_archive_facts *facts = postern_archive_facts_of(job->archive);
    const postern_page_report *r = report;
    const amount shown[] = {{r->pictures, "picture", "pictures"}, {r->frames, "frame", "frames"},
                            {r->sheets, "style sheet", "style sheets"}, {r->fonts, "font", "fonts"},
                            {r->media, "sound or film", "sounds or films"}};
    uint32_t parts = postern_archive_part_count(job->archive);
    postern_escape_line(buf, postern_slice_cstr(job->label), VALUE_MAX);
    postern_buf_add_byte(buf, '\n');
    row_quoted(buf, "title", facts->title);
    if (postern_archive_kind_of(job->archive) == POSTERN_ARCHIVE_MAIL) row_quoted(buf, "from", facts->from);
    row_quoted(buf, "producer", facts->producer);
    row_quoted(buf, "saved as", facts->location);
    postern_buf_printf(buf, "  %-9s %s, %" PRIu32 " part%s, %s\n", "kind", kind_words(postern_archive_kind_of(job->archive)),
                       parts, parts == 1 ? "" : "s", cli_size(job->bytes_in));
    row_zone(job, facts, buf);
    row_policy(job, r, buf);
    row_amounts(buf, "shown", shown, sizeof shown / sizeof *shown);
    row_notes(buf, &job->tally, true, "left out");
    row_notes(buf, &job->tally, false, "defects");
    char line[96];
    snprintf(line, sizeof line, "%s in %.1f ms", cli_size(r->bytes_out), cli_job_milliseconds(job));
    row(buf, "written", line);
    if (output) row_quoted(buf, "look at", postern_slice_cstr(output));
}

/* ---- programs ---- */

static void json_slice(postern_json *json, const char *key, postern_slice value) {
    postern_json_key(json, key);
    if (value.len) postern_json_string(json, value);
    else postern_json_null(json);
}

static void json_count(postern_json *json, const char *key, uint64_t count) {
    postern_json_key(json, key);
    postern_json_uint(json, count);
}

static void json_notes(postern_json *json, const cli_tally *tally) {
    postern_json_key(json, "notes");
    postern_json_array(json);
    for (unsigned k = 0; k < POSTERN_NOTE_COUNT; k++) {
        if (!tally->kind[k].count) continue;
        postern_json_object(json);
        postern_json_key(json, "note");
        postern_json_cstr(json, postern_note_name((postern_note_kind)k));
        postern_json_key(json, "text");
        postern_json_cstr(json, postern_note_text((postern_note_kind)k));
        json_count(json, "count", tally->kind[k].count);
        postern_json_key(json, "loss");
        postern_json_bool(json, cli_note_is_loss((postern_note_kind)k));
        postern_json_key(json, "examples");
        postern_json_array(json);
        for (unsigned i = 0; i < tally->kind[k].examples; i++) postern_json_cstr(json, tally->kind[k].example[i]);
        postern_json_end_array(json);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
}

static void json_shown(postern_json *json, const postern_page_report *r) {
    postern_json_key(json, "shown");
    postern_json_object(json);
    json_count(json, "pictures", r->pictures);
    json_count(json, "frames", r->frames);
    json_count(json, "sheets", r->sheets);
    json_count(json, "fonts", r->fonts);
    json_count(json, "media", r->media);
    postern_json_end_object(json);
    postern_json_key(json, "left_out");
    postern_json_object(json);
    json_count(json, "scripts", r->scripts);
    json_count(json, "handlers", r->handlers);
    json_count(json, "remote", r->remote);
    json_count(json, "missing", r->missing);
    json_count(json, "elements", r->elements);
    json_count(json, "attributes", r->attributes);
    json_count(json, "links", r->links);
    json_count(json, "forms", r->forms);
    json_count(json, "refreshes", r->refreshes);
    json_count(json, "frames", r->frames_blocked);
    json_count(json, "plugins", r->plugins);
    json_count(json, "css", r->css);
    json_count(json, "type_mismatches", r->type_mismatches);
    json_count(json, "policy", r->policy);
    json_count(json, "limits", r->limits);
    postern_json_end_object(json);
}

/* null without a policy. */
static void json_policy(const cli_job *job, postern_json *json, const postern_page_report *r) {
    postern_json_key(json, "policy");
    if (!r->judged || !job->policy) {
        postern_json_null(json);
        return;
    }
    postern_json_object(json);
    postern_json_key(json, "zone");
    postern_json_cstr(json, postern_zone_name(r->rights.zone.zone));
    cli_reasons_json(r->rights.zone.reasons, r->rights.zone.reason_count, json);
    postern_json_key(json, "reads_plain");
    postern_json_bool(json, postern_policy_reads_plain(job->policy));
    postern_json_key(json, "hardens_local_machine");
    postern_json_bool(json, postern_policy_hardens_local_machine(job->policy));
    postern_json_key(json, "rights");
    postern_json_array(json);
    for (int i = 0; i < POSTERN_PAGE_RIGHT_COUNT; i++) {
        const postern_action_decision *d = &r->rights.action[i];
        postern_json_object(json);
        postern_json_key(json, "right");
        postern_json_cstr(json, right_names[i]);
        postern_json_key(json, "given");
        postern_json_bool(json, r->rights.has[i]);
        postern_json_key(json, "action");
        postern_json_cstr(json, postern_action_name(d->action));
        json_count(json, "number", d->action);
        json_count(json, "value", d->value);
        postern_json_key(json, "policy");
        postern_json_cstr(json, postern_policy_value_name(d->action, d->value));
        cli_reasons_json(d->reasons, d->reason_count, json);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
    postern_json_end_object(json);
}

/* No time in here: the same input and options give the same bytes (Z20). */
void cli_report_json(cli_job *job, const postern_page_report *report, const char *output, postern_buf *buf) {
    const postern_archive_facts *facts = postern_archive_facts_of(job->archive);
    postern_json json;
    postern_json_init(&json, buf, job->count == 1);
    postern_json_object(&json);
    json_count(&json, "format", 1);
    json_slice(&json, "file", postern_slice_cstr(job->label));
    json_slice(&json, "output", postern_slice_cstr(output));
    postern_json_key(&json, "kind");
    postern_json_cstr(&json, cli_archive_kind_name(postern_archive_kind_of(job->archive)));
    json_slice(&json, "title", facts->title);
    json_slice(&json, "subject", facts->subject);
    json_slice(&json, "from", facts->from);
    json_slice(&json, "date", facts->date);
    json_slice(&json, "producer", facts->producer);
    json_slice(&json, "location", facts->location);
    postern_json_key(&json, "zone");
    postern_json_cstr(&json, postern_zone_name(facts->zone));
    postern_json_key(&json, "zone_reason");
    postern_json_cstr(&json, zone_reason(job, facts));
    json_count(&json, "parts", postern_archive_part_count(job->archive));
    json_count(&json, "bytes_in", job->bytes_in);
    json_count(&json, "bytes_out", report->bytes_out);
    json_count(&json, "read_as_text", report->plain);
    json_policy(job, &json, report);
    json_shown(&json, report);
    json_notes(&json, &job->tally);
    postern_json_end_object(&json);
    postern_buf_add_byte(buf, '\n');
}
