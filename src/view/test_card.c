/* Cards: what a calendar entry, a visiting card or a delivery report becomes; hostile ones; without memory. */
#include "base/test_base.h"
#include "base/test_oom.h"
#include "view/card_int.h"

typedef void maker(postern_arena *arena, postern_slice utf8, unsigned *left, view_telling *telling);

/* The JSON of all cards of a text. */
static postern_slice cards_of(postern_buf *buf, maker *make, const char *text, unsigned most) {
    postern_json json;
    view_telling telling = {&json};
    postern_arena *arena = postern_arena_new(1 << 24);
    postern_buf_clear(buf);
    postern_json_init(&json, buf, false);
    postern_json_array(&json);
    if (arena) make(arena, postern_slice_cstr(text), &most, &telling);
    postern_json_end_array(&json);
    postern_arena_free(arena);
    return postern_buf_slice(buf);
}

#define EVENT(lines) "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n" lines "END:VEVENT\r\nEND:VCALENDAR\r\n"
#define ENTRY(title, rows) "[{\"kind\":\"Calendar entry\",\"title\":\"" title "\",\"rows\":[" rows "]}]"
#define ROW(name, value) "{\"name\":\"" name "\",\"value\":\"" value "\"}"
#define PERSON(lines) "BEGIN:VCARD\n" lines "END:VCARD\n"
#define CARD(title, rows) "[{\"kind\":\"Visiting card\",\"title\":\"" title "\",\"rows\":[" rows "]}]"

static void cards_say_what_the_fields_are(void **state) {
    (void)state;
    static const struct {
        maker *make;
        const char *text, *json;
    } rows[] = {
        {card_calendar,
         EVENT("SUMMARY:Tea\\, and\r\n  cake\r\nDTSTART:20260102T090000Z\r\nDTEND;TZID=Asia/Tokyo:20260102T190000\r\n"),
         ENTRY("Tea, and cake", ROW("Begins", "2026-01-02 09:00 UTC") "," ROW("Ends", "2026-01-02 19:00 (Asia/Tokyo)"))},
        {card_calendar, EVENT("DTSTART;VALUE=DATE:20260102\r\nDTEND:soon\r\n"),
         ENTRY("", ROW("Begins", "2026-01-02") "," ROW("Ends", "soon"))},
        {card_calendar, EVENT("ORGANIZER;CN=\"A: B; C\":mailto:a@h.test\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:MAILTO:b@h.test\r\n"),
         ENTRY("", ROW("Invitation by", "A: B; C <a@h.test>") "," ROW("Attendee", "b@h.test (needs-action)"))},
        {card_calendar,
         EVENT("SUMMARY:<b>x</b>\r\nBEGIN:VALARM\r\nSUMMARY:y\r\nDESCRIPTION:z\r\nEND:VALARM\r\nLOCATION:a\\nb\r\n"),
         ENTRY("<b>x</b>", ROW("Place", "a\\nb"))},
        {card_calendar, "BEGIN:VEVENT\nSUMMARY:never ends", "[]"},
        {card_calendar, "SUMMARY:nothing\nEND:VEVENT\n", "[]"},
        {card_calendar, EVENT(""), "[]"},
        {card_people, PERSON("N:Ash;Anna;;Dr.;\nFN:Anna Ash\nitem1.EMAIL;TYPE=work:a@h.test\nADR:;;1 Road;Town;;99;\n"),
         CARD("Anna Ash", ROW("E-mail", "a@h.test") "," ROW("Postal address", "1 Road, Town, 99"))},
        {card_people, PERSON("N:Ash;Anna\nBDAY:19800203\n"), CARD("Ash, Anna", ROW("Birthday", "1980-02-03"))},
        {card_people,
         PERSON("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=B5=B7=\n=E3=81=AE\nNOTE;QUOTED-PRINTABLE:a=3Db=zz\n"),
         CARD("\xe6\xb5\xb7\xe3\x81\xae", ROW("Note", "a=bzz"))},
        {card_report,
         "Reporting-MTA: dns; mx.h.test\n\nFinal-Recipient: rfc822; a@h.test\nAction: failed\nStatus: 5.1.1\n"
         "Diagnostic-Code: smtp; 550\n no such user\n",
         "[{\"kind\":\"Delivery report\",\"title\":\"\",\"rows\":[" ROW("Reported by", "mx.h.test") "," ROW(
             "Delivered to, or not", "a@h.test") "," ROW("What happened",
                                                         "failed") "," ROW("Status", "5.1.1") "," ROW("Reason",
                                                                                                      "550no such user") "]}]"},
        {card_report, "nothing\n", "[]"},
    };
    postern_buf buf;
    postern_buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        postern_slice got = cards_of(&buf, rows[i].make, rows[i].text, 9);
        if (!postern_slice_eq(got, postern_slice_cstr(rows[i].json))) fail_msg("row %zu: %.*s", i, POSTERN_ARG(got));
    }
    postern_buf_free(&buf);
}

static void cards_end_at_their_ceiling(void **state) {
    (void)state;
    postern_buf buf, text;
    postern_buf_init(&buf, 1 << 20);
    postern_buf_init(&text, 1 << 16);
    for (size_t i = 0; i < 100; i++) postern_buf_add_slice(&text, POSTERN_S(PERSON("FN:a\n")));
    postern_buf_add_byte(&text, 0);
    assert_slice(cards_of(&buf, card_people, (const char *)text.ptr, 2),
                 "[{\"kind\":\"Visiting card\",\"title\":\"a\",\"rows\":[]},"
                 "{\"kind\":\"Visiting card\",\"title\":\"a\",\"rows\":[]}]");
    postern_buf_clear(&text);
    postern_buf_add_slice(&text, POSTERN_S("BEGIN:VCARD\n"));
    for (size_t i = 0; i < 100; i++) postern_buf_add_slice(&text, POSTERN_S("EMAIL:a@h.test\n"));
    postern_buf_add(&text, "END:VCARD\n", sizeof "END:VCARD\n");
    postern_slice got = cards_of(&buf, card_people, (const char *)text.ptr, 2);
    size_t count = 0;
    for (size_t at = 0; (at = postern_slice_find(got, at, POSTERN_S("E-mail"))) != SIZE_MAX; at++) count++;
    assert_int_equal(count, CARD_ROWS);
    postern_buf_free(&text);
    postern_buf_free(&buf);
}

static void cards_without_memory(void **state) {
    (void)state;
    static const char *const texts[] = {EVENT("SUMMARY:a\r\nDTSTART:20260102\r\nATTENDEE;CN=b:c\r\nLOCATION:d\r\n"),
                                        PERSON("FN:a\nADR:b;c\n"), "Action: failed\n"};
    static maker *const makers[] = {card_calendar, card_people, card_report};
    for (size_t i = 0; i < 3; i++)
        for (size_t at = 0;; at++) {
            postern_buf buf;
            postern_buf_init(&buf, 1 << 20);
            test_oom_arm(at, false);
            cards_of(&buf, makers[i], texts[i], 9);
            bool refused = test_oom_disarm();
            postern_buf_free(&buf);
            if (!refused) break;
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_say_what_the_fields_are),
        cmocka_unit_test(cards_end_at_their_ceiling),
        cmocka_unit_test(cards_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
