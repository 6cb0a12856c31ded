/*
 * Dates as mail has them: RFC 5322 3.3 and 4.3, the From_ line's asctime form, ISO 8601, and what senders write instead (names
 * of zones, dashes, two digits of a year, the zone left out). A date that makes no sense is no date: it is never guessed.
 */
#include "store_int.h"

typedef struct reader {
    const uint8_t *p, *end;
    int day, month, year, hour, minute, second;
    int zone; /* minutes */
    bool has_zone, has_time;
} reader;

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static int month_of(const uint8_t *p, size_t len) {
    if (len < 3) return 0;
    for (int m = 0; m < 12; m++) {
        int i = 0;
        while (i < 3 && postern_ascii_lower(p[i]) == (uint8_t)months[m * 3 + i]) i++;
        if (i == 3) return m + 1;
    }
    return 0;
}

/* RFC 5322 4.3: the named zones; single letters and all others count as unknown, that is UTC. */
static void zone_word(reader *r, postern_slice word) {
    static const struct {
        const char *name;
        int minutes;
    } zones[] = {{"ut", 0},      {"gmt", 0},     {"utc", 0},     {"z", 0},       {"est", -300}, {"edt", -240}, {"cst", -360},
                 {"cdt", -300},  {"mst", -420},  {"mdt", -360},  {"pst", -480},  {"pdt", -420}, {"cet", 60},   {"cest", 120},
                 {"met", 60},    {"mest", 120},  {"bst", 60},    {"eet", 120},   {"eest", 180}, {"jst", 540},  {"kst", 540},
                 {"hst", -600},  {"akst", -540}, {"akdt", -480}, {"msk", 180},   {"ist", 330},  {"wet", 0},    {"west", 60}};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (!r->has_zone && postern_slice_eq_nocase(word, postern_slice_cstr(zones[i].name))) {
            r->zone = zones[i].minutes;
            r->has_zone = true;
        }
}

static int number(reader *r, int most) {
    int value = 0, digits = 0;
    while (r->p < r->end && postern_ascii_digit(*r->p) && digits < most) {
        value = value * 10 + (*r->p++ - '0');
        digits++;
    }
    return digits ? value : -1;
}

/* hh:mm[:ss[.fraction]] behind its first number. */
static void clock_time(reader *r, int hour) {
    r->p++;
    r->hour = hour;
    r->minute = number(r, 2);
    r->second = 0;
    r->has_time = true;
    if (r->p < r->end && *r->p == ':') {
        r->p++;
        r->second = number(r, 2);
    }
    if (r->p + 1 < r->end && *r->p == '.' && postern_ascii_digit(r->p[1])) {
        r->p++;
        while (r->p < r->end && postern_ascii_digit(*r->p)) r->p++;
    }
}

/* +hhmm, -hh:mm, +h */
static void zone_number(reader *r) {
    int sign = *r->p++ == '-' ? -1 : 1;
    int value = number(r, 4);
    if (value < 0 || r->has_zone) return;
    if (r->p < r->end && *r->p == ':' && value < 24) {
        r->p++;
        int rest = number(r, 2);
        value = value * 100 + (rest < 0 ? 0 : rest);
    } else if (value < 24)
        value *= 100;
    if (value % 100 > 59 || value / 100 > 23) return;
    r->zone = sign * (value / 100 * 60 + value % 100);
    r->has_zone = true;
}

static void year_is(reader *r, int value, int digits) {
    if (digits == 2) value += value < 50 ? 2000 : 1900; /* RFC 5322 4.3 */
    if (digits == 3) value += 1900;
    r->year = value;
}

static void take_number(reader *r) {
    const uint8_t *start = r->p;
    int value = number(r, 9);
    while (r->p < r->end && postern_ascii_digit(*r->p)) r->p++;
    size_t digits = (size_t)(r->p - start);
    if (r->p < r->end && *r->p == ':' && digits <= 2 && !r->has_time)
        clock_time(r, value);
    else if (digits == 4 && !r->year && r->p < r->end && *r->p == '-' && r->p + 1 < r->end && postern_ascii_digit(r->p[1])) {
        r->year = value; /* 2004-04-13 */
        r->p++;
        r->month = number(r, 2);
        if (r->p < r->end && *r->p == '-') r->p++;
        r->day = number(r, 2);
        if (r->p < r->end && (*r->p | 32) == 't') r->p++;
    } else if (digits <= 2 && r->day < 0)
        r->day = value;
    else if (!r->year && digits <= 4 && digits >= 2)
        year_is(r, value, (int)digits);
}

static void read_all(reader *r) {
    unsigned comments = 0;
    while (r->p < r->end) {
        uint8_t c = *r->p;
        if (c == '(') comments++;
        if (c == ')' && comments) comments--;
        if (comments || c == ')') {
            r->p++;
        } else if (postern_ascii_digit(c)) {
            take_number(r);
        } else if ((c == '+' || c == '-') && r->has_time && r->p + 1 < r->end && postern_ascii_digit(r->p[1])) {
            zone_number(r);
        } else if (postern_ascii_alpha(c)) {
            const uint8_t *start = r->p;
            while (r->p < r->end && postern_ascii_alpha(*r->p)) r->p++;
            size_t len = (size_t)(r->p - start);
            if (!r->month && month_of(start, len))
                r->month = month_of(start, len);
            else if (r->has_time)
                zone_word(r, postern_slice_of(start, len));
        } else {
            r->p++;
        }
    }
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
static int64_t days_of(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool store_date_parse(postern_slice text, int64_t *ret_date, int32_t *ret_offset) {
    if (text.len > 512) text.len = 512;
    reader r = {.p = text.ptr, .end = text.ptr ? text.ptr + text.len : NULL, .day = -1};
    if (text.len) read_all(&r);
    if (r.day < 1 || r.day > 31 || r.month < 1 || r.month > 12 || r.year < 1900 || r.year > 9999) return false;
    if (r.hour < 0 || r.hour > 24 || r.minute < 0 || r.minute > 59 || r.second < 0 || r.second > 60) return false;
    *ret_offset = r.zone;
    *ret_date = days_of(r.year, r.month, r.day) * 86400 + r.hour * 3600 + r.minute * 60 + r.second - r.zone * 60;
    return true;
}
