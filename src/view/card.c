/*
 * Cards beside a message: invitations (iCalendar, RFC 5545, 5546), people (vCard, RFC 6350), delivery reports and receipts (RFC
 * 3464, 8098). Each says in our words what the fields are, and shows their values as text. Nothing is answered, added to a
 * calendar or an address book, or followed.
 */
#include "card_int.h"

void card_add(card *c, const char *name, postern_slice value) {
    value = postern_slice_trim(value);
    if (value.len && c->count < CARD_ROWS) c->rows[c->count++] = (view_card_row){name, value};
}

void card_add_line(card *c, const char *name, const card_line *line, bool structured) {
    postern_slice text = POSTERN_S("");
    postern_status status = card_text(c->arena, line, structured, &text);
    if (status)
        c->status = status;
    else
        card_add(c, name, text);
}

static void tell(const card *c, const char *kind, unsigned *left, view_telling *telling) {
    if (c->status || (!c->count && !c->title.len) || !*left) return;
    --*left;
    view_tell_card(telling, kind, c->title, c->rows, c->count);
}

/* ---- calendars ------------------------------------------------------------------------------------------------------ */

static bool digits(postern_slice s, size_t from, size_t count) {
    for (size_t i = from; i < from + count; i++)
        if (i >= s.len || !postern_ascii_digit(s.ptr[i])) return false;
    return true;
}

postern_slice card_date(card *c, const card_line *line) {
    postern_slice raw = postern_slice_trim(line->value), zone = POSTERN_S(""), text = postern_slice_sub(raw, 0, 100);
    bool timed = raw.len >= 15 && (raw.ptr[8] == 'T' || raw.ptr[8] == 't') && digits(raw, 9, 6);
    if (!digits(raw, 0, 8) || (raw.len != 8 && !timed) || raw.len > 16) return text;
    postern_buf out;
    const char *p = (const char *)raw.ptr;
    postern_buf_init(&out, 1 << 10);
    postern_buf_printf(&out, "%.4s-%.2s-%.2s", p, p + 4, p + 6);
    if (timed) postern_buf_printf(&out, " %.2s:%.2s", p + 9, p + 11);
    if (timed && raw.len == 16)
        postern_buf_add_slice(&out, POSTERN_S(" UTC"));
    else if (timed && card_parameter(line, "TZID", &zone))
        postern_buf_printf(&out, " (%.*s)", POSTERN_ARG(postern_slice_sub(zone, 0, 100)));
    postern_status status = out.status;
    if (!status) status = postern_arena_copy(c->arena, postern_buf_slice(&out), &text);
    if (status) c->status = status;
    postern_buf_free(&out);
    return text;
}

/* "Anna <anna@h.test> (accepted)" */
static void add_person(card *c, const char *name, const card_line *line) {
    postern_slice common, state, address = postern_slice_trim(line->value), text = POSTERN_S("");
    postern_buf out;
    postern_buf_init(&out, 2 * CARD_VALUE_MAX);
    if (postern_slice_starts_nocase(address, POSTERN_S("mailto:"))) address = postern_slice_from(address, 7);
    bool called = card_parameter(line, "CN", &common) && common.len;
    if (called) postern_buf_add_slice(&out, postern_slice_sub(common, 0, 400));
    postern_buf_add_slice(&out, called ? POSTERN_S(" <") : POSTERN_S(""));
    postern_buf_add_slice(&out, postern_slice_sub(address, 0, 400));
    postern_buf_add_slice(&out, called ? POSTERN_S(">") : POSTERN_S(""));
    if (card_parameter(line, "PARTSTAT", &state)) {
        postern_buf_add_slice(&out, POSTERN_S(" ("));
        for (size_t i = 0; i < state.len && i < 40; i++) postern_buf_add_byte(&out, postern_ascii_lower(state.ptr[i]));
        postern_buf_add_slice(&out, POSTERN_S(")"));
    }
    postern_status status = out.status ? out.status : postern_arena_copy(c->arena, postern_buf_slice(&out), &text);
    if (status)
        c->status = status;
    else
        card_add(c, name, text);
    postern_buf_free(&out);
}

typedef struct field {
    const char *name, *shown;
    bool structured;
} field;

static bool add_field(card *c, const card_line *line, const field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!card_is(line, fields[i].name)) continue;
        card_add_line(c, fields[i].shown, line, fields[i].structured);
        return true;
    }
    return false;
}

static const char *organizer_word(postern_slice method) {
    if (postern_slice_eq_nocase(method, POSTERN_S("REQUEST"))) return N_("Invitation by");
    if (postern_slice_eq_nocase(method, POSTERN_S("CANCEL"))) return N_("Cancelled by");
    if (postern_slice_eq_nocase(method, POSTERN_S("REPLY"))) return N_("Answer to the invitation by");
    return N_("Organizer");
}

static void add_event_line(card *c, const card_line *line, postern_slice method) {
    static const field fields[] = {{"LOCATION", N_("Place"), false}, {"DURATION", N_("Lasts"), false},
                                   {"RRULE", N_("Repeats"), false},  {"DESCRIPTION", N_("Description"), false},
                                   {"STATUS", N_("Status"), false},  {"URL", N_("Web address"), false},
                                   {"COMMENT", N_("Comment"), false}};
    if (card_is(line, "SUMMARY")) {
        postern_status status = card_text(c->arena, line, false, &c->title);
        if (status) c->status = status;
    } else if (card_is(line, "DTSTART"))
        card_add(c, N_("Begins"), card_date(c, line));
    else if (card_is(line, "DTEND"))
        card_add(c, N_("Ends"), card_date(c, line));
    else if (card_is(line, "DUE"))
        card_add(c, N_("Due"), card_date(c, line));
    else if (card_is(line, "ORGANIZER"))
        add_person(c, organizer_word(method), line);
    else if (card_is(line, "ATTENDEE"))
        add_person(c, N_("Attendee"), line);
    else
        add_field(c, line, fields, sizeof fields / sizeof *fields);
}

static bool value_is(const card_line *line, const char *text) {
    return postern_slice_eq_nocase(postern_slice_trim(line->value), postern_slice_cstr(text));
}

/* METHOD stands before or behind the entries. */
static postern_slice method_of(postern_slice text) {
    card_line line;
    while (card_next(&text, &line))
        if (card_is(&line, "METHOD")) return postern_slice_trim(line.value);
    return POSTERN_S("");
}

void card_calendar(postern_arena *arena, postern_slice utf8, unsigned *left, view_telling *telling) {
    postern_slice text;
    card_line line;
    card c = {.arena = arena};
    unsigned inner = 0; /* components inside of an entry: alarms */
    bool open = false;
    if (card_unfold(arena, utf8, &text)) return;
    postern_slice method = method_of(text);
    while (*left && card_next(&text, &line)) {
        bool entry = value_is(&line, "VEVENT") || value_is(&line, "VTODO") || value_is(&line, "VJOURNAL");
        if (card_is(&line, "BEGIN") && entry && !open) {
            c = (card){.arena = arena};
            open = true;
            inner = 0;
        } else if (card_is(&line, "BEGIN") && open) {
            inner++;
        } else if (card_is(&line, "END") && open && entry) {
            tell(&c, N_("Calendar entry"), left, telling);
            open = false;
        } else if (card_is(&line, "END") && open && inner) {
            inner--;
        } else if (open && !inner)
            add_event_line(&c, &line, method);
    }
}

/* ---- people --------------------------------------------------------------------------------------------------------- */

static void add_people_line(card *c, const card_line *line) {
    static const field fields[] = {{"EMAIL", N_("E-mail"), false},      {"TEL", N_("Telephone"), false},
                                   {"ADR", N_("Postal address"), true}, {"ORG", N_("Organization"), true},
                                   {"TITLE", N_("Job title"), false},   {"NICKNAME", N_("Nickname"), false},
                                   {"URL", N_("Web address"), false},   {"NOTE", N_("Note"), false}};
    bool full = card_is(line, "FN");
    if (full || (card_is(line, "N") && !c->title.len)) {
        postern_status status = card_text(c->arena, line, !full, &c->title);
        if (status) c->status = status;
    } else if (card_is(line, "BDAY"))
        card_add(c, N_("Birthday"), card_date(c, line));
    else
        add_field(c, line, fields, sizeof fields / sizeof *fields);
}

void card_people(postern_arena *arena, postern_slice utf8, unsigned *left, view_telling *telling) {
    postern_slice text;
    card_line line;
    card c = {.arena = arena};
    bool open = false;
    if (card_unfold(arena, utf8, &text)) return;
    while (*left && card_next(&text, &line)) {
        if (card_is(&line, "BEGIN") && value_is(&line, "VCARD")) {
            c = (card){.arena = arena};
            open = true;
        } else if (card_is(&line, "END") && open) {
            tell(&c, N_("Visiting card"), left, telling);
            open = false;
        } else if (open)
            add_people_line(&c, &line);
    }
}

/* ---- reports -------------------------------------------------------------------------------------------------------- */

/* "rfc822; a@h.test" -> "a@h.test" */
static postern_slice behind_type(postern_slice value) {
    postern_cut cut = postern_slice_cut(value, ';');
    return postern_slice_trim(cut.ok ? cut.tail : value);
}

static void add_report_line(card *c, const card_line *line) {
    static const field typed[] = {
        {"Original-Recipient", N_("Sent to"), false}, {"Final-Recipient", N_("Delivered to, or not"), false},
        {"Diagnostic-Code", N_("Reason"), false},     {"Remote-MTA", N_("Said by"), false},
        {"Reporting-MTA", N_("Reported by"), false},  {"Reporting-UA", N_("Reported by"), false}};
    static const field plain[] = {{"Action", N_("What happened"), false}, {"Disposition", N_("What happened"), false},
                                  {"Status", N_("Status"), false},        {"Will-Retry-Until", N_("Tried again until"), false},
                                  {"Arrival-Date", N_("Arrived"), false}, {"Original-Message-ID", N_("Message"), false}};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        if (card_is(line, typed[i].name))
            card_add(c, typed[i].shown, postern_slice_sub(behind_type(line->value), 0, CARD_VALUE_MAX));
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (card_is(line, plain[i].name)) card_add(c, plain[i].shown, postern_slice_sub(line->value, 0, CARD_VALUE_MAX));
}

void card_report(postern_arena *arena, postern_slice text, unsigned *left, view_telling *telling) {
    card_line line;
    card c = {.arena = arena};
    postern_slice unfolded;
    if (card_unfold(arena, text, &unfolded)) return;
    while (card_next(&unfolded, &line)) add_report_line(&c, &line);
    tell(&c, N_("Delivery report"), left, telling);
}

/* ---- all of a message ----------------------------------------------------------------------------------------------- */

static bool is_type(const postern_part *part, const char *type) {
    return postern_slice_eq(part->type, postern_slice_cstr(type));
}

void view_describe_cards(const view_job *job, postern_archive *archive, view_telling *telling) {
    unsigned left = POSTERN_LIMIT_VIEWER_CARDS;
    postern_slice seen = POSTERN_S(""); /* many senders attach the invitation once more */
    postern_arena *arena = postern_arena_new(POSTERN_LIMIT_ARCHIVE_MEMORY);
    (void)job;
    for (uint32_t i = 0; arena && left && i < postern_archive_part_count(archive); i++) {
        const postern_part *part = postern_archive_part(archive, i);
        bool calendar = is_type(part, "text/calendar");
        bool people = is_type(part, "text/vcard") || is_type(part, "text/x-vcard") || is_type(part, "text/directory");
        bool report = is_type(part, "message/delivery-status") || is_type(part, "message/disposition-notification");
        postern_slice text;
        if (report && postern_part_decode_arena(arena, part, NULL, &text) == POSTERN_OK)
            card_report(arena, text, &left, telling);
        if (!(calendar || people) || postern_part_text(arena, part, NULL, &text, NULL)) continue;
        if (postern_slice_eq(text, seen)) continue;
        seen = text;
        if (calendar)
            card_calendar(arena, text, &left, telling);
        else
            card_people(arena, text, &left, telling);
    }
    postern_arena_free(arena);
}
