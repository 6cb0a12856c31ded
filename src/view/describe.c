/*
 * The seam for what a message is besides a page: signatures and encryption, calendar entries, visiting cards, attachments of
 * winmail.dat. One message in, statements for the bar and cards beside it out. The bar is ours and no message can write there:
 * what is said about a message is never said by it.
 */
#include "view_int.h"

static const char *tone_name(view_tone tone) {
    switch (tone) {
    case VIEW_TONE_PLAIN:
        return "plain";
    case VIEW_TONE_GOOD:
        return "good";
    case VIEW_TONE_CAUTION:
        return "caution";
    case VIEW_TONE_DANGER:
        return "danger";
    }
    return "plain";
}

void view_tell_statement(view_telling *telling, view_tone tone, const char *text, postern_slice detail) {
    view_tell_of_part(telling, tone, text, detail, POSTERN_NO_PART);
}

void view_tell_of_part(view_telling *telling, view_tone tone, const char *text, postern_slice detail, uint32_t part) {
    postern_json *json = telling->json;
    postern_json_object(json);
    postern_json_key(json, "tone");
    postern_json_cstr(json, tone_name(tone));
    postern_json_key(json, "text");
    postern_json_cstr(json, text);
    postern_json_key(json, "detail");
    postern_json_string(json, detail);
    if (part != POSTERN_NO_PART) {
        postern_json_key(json, "part");
        postern_json_uint(json, part);
    }
    postern_json_end_object(json);
}

void view_tell_card(view_telling *telling, const char *kind, postern_slice title, const view_card_row *rows, size_t count) {
    postern_json *json = telling->json;
    postern_json_object(json);
    postern_json_key(json, "kind");
    postern_json_cstr(json, kind);
    postern_json_key(json, "title");
    postern_json_string(json, title);
    postern_json_key(json, "rows");
    postern_json_array(json);
    for (size_t i = 0; i < count; i++) {
        postern_json_object(json);
        postern_json_key(json, "name");
        postern_json_cstr(json, rows[i].name);
        postern_json_key(json, "value");
        postern_json_string(json, rows[i].value);
        postern_json_end_object(json);
    }
    postern_json_end_array(json);
    postern_json_end_object(json);
}

void view_describe_statements(const view_job *job, postern_archive *archive, view_telling *telling) {
    view_smime_statements(job, archive, telling);
    if (job->unpacked)
        view_tell_statement(telling, VIEW_TONE_PLAIN, N_("Text and attachments come from a winmail.dat, which was unpacked"),
                            POSTERN_S(""));
    if (job->unpacked_cut)
        view_tell_statement(telling, VIEW_TONE_CAUTION,
                            N_("The winmail.dat is cut short or damaged; some of it may be missing"), POSTERN_S(""));
    if (job->plain) view_tell_statement(telling, VIEW_TONE_PLAIN, N_("All messages are read as plain text"), POSTERN_S(""));
}
