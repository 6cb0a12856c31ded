/*
 * time_difference: moments in the formats of DateTimeFormatEnumeration, as seconds since 1970 (the Gregorian calendar), the
 * second list taken away from the first. With one component the first moment is "now", which the caller of the library gave.
 *
 * A FILETIME and a number of seconds are moments; a written date is a wall clock without a zone. Against a moment it is read as
 * UTC, as the specification says of "now". Between two wall clocks the time that passed is meant, so daylight saving of the
 * audited system's zone counts (MITRE's test content documents both): see docs/DEVIATIONS.md.
 */
#include "oval_int.h"

typedef struct clock_time {
    int64_t year, month, day, hour, minute, second;
} clock_time;

static bool digits(postern_slice *s, size_t least, size_t most, int64_t *ret) {
    size_t n = 0;
    int64_t value = 0;
    while (n < s->len && n < most && postern_ascii_digit(s->ptr[n])) value = value * 10 + (s->ptr[n++] - '0');
    *s = postern_slice_from(*s, n);
    *ret = value;
    return n >= least;
}

static bool byte(postern_slice *s, uint8_t c) {
    if (!s->len || s->ptr[0] != c) return false;
    *s = postern_slice_from(*s, 1);
    return true;
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, in_era = year - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static bool seconds_of(const clock_time *t, int64_t *ret) {
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (t->month < 1 || t->month > 12 || t->day < 1 || t->hour > 24 || t->minute > 59 || t->second > 60) return false;
    bool leap = (t->year % 4 == 0 && t->year % 100 != 0) || t->year % 400 == 0;
    if (t->day > lengths[t->month - 1] + (leap && t->month == 2)) return false;
    *ret = days_of(t->year, t->month, t->day) * 86400 + t->hour * 3600 + t->minute * 60 + t->second;
    return true;
}

/* Behind a date: nothing, or " hh:mm:ss". */
static bool clock_tail(postern_slice s, clock_time *t) {
    if (!s.len) return true;
    if (!byte(&s, ' ')) return false;
    while (byte(&s, ' ')) continue;
    return digits(&s, 1, 2, &t->hour) && byte(&s, ':') && digits(&s, 2, 2, &t->minute) && byte(&s, ':') &&
           digits(&s, 2, 2, &t->second) && !s.len;
}

static bool year_month_day(postern_slice s, clock_time *t) {
    if (!digits(&s, 4, 4, &t->year)) return false;
    uint8_t between = s.len ? s.ptr[0] : 0;
    if (between == '/' || between == '-')
        return byte(&s, between) && digits(&s, 1, 2, &t->month) && byte(&s, between) && digits(&s, 1, 2, &t->day) &&
               clock_tail(s, t);
    if (!digits(&s, 2, 2, &t->month) || !digits(&s, 2, 2, &t->day)) return false;
    if (!s.len) return true;
    return byte(&s, 'T') && digits(&s, 2, 2, &t->hour) && digits(&s, 2, 2, &t->minute) && digits(&s, 2, 2, &t->second) &&
           !s.len;
}

/* "January, 02 2009 …", "Jan, 02 2009" */
static bool named_month(postern_slice s, clock_time *t) {
    static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};
    size_t n = 0;
    while (n < s.len && postern_ascii_alpha(s.ptr[n])) n++;
    postern_slice word = postern_slice_sub(s, 0, n);
    for (int i = 0; i < 12 && !t->month; i++) {
        postern_slice month = postern_slice_cstr(months[i]);
        bool short_form = n == 3 || (n == 4 && i == 8);
        if (postern_slice_eq_nocase(word, month) || (short_form && postern_slice_starts_nocase(month, word))) t->month = i + 1;
    }
    s = postern_slice_from(s, n);
    if (!t->month) return false;
    byte(&s, '.');
    byte(&s, ',');
    while (byte(&s, ' ')) continue;
    if (!digits(&s, 1, 2, &t->day)) return false;
    byte(&s, ',');
    return byte(&s, ' ') && digits(&s, 4, 4, &t->year) && clock_tail(s, t);
}

/* mm/dd/yyyy or dd/mm/yyyy, with slashes or hyphens */
static bool two_two_year(postern_slice s, int64_t *first, int64_t *second, clock_time *t) {
    if (!digits(&s, 1, 2, first)) return false;
    uint8_t between = s.len ? s.ptr[0] : 0;
    if (between != '/' && between != '-') return false;
    return byte(&s, between) && digits(&s, 1, 2, second) && byte(&s, between) && digits(&s, 4, 4, &t->year) && clock_tail(s, t);
}

/* yyyymmddHHMMSS.mmmmmmsUUU, or yyyy-mm-dd HH:MM:SS:mmm */
static bool cim(postern_slice s, int64_t *ret) {
    clock_time t = {0};
    int64_t fraction, offset;
    if (s.len > 4 && s.ptr[4] == '-') {
        postern_slice head = postern_slice_sub(s, 0, 19);
        return year_month_day(head, &t) && seconds_of(&t, ret);
    }
    if (!digits(&s, 4, 4, &t.year) || !digits(&s, 2, 2, &t.month) || !digits(&s, 2, 2, &t.day) || !digits(&s, 2, 2, &t.hour) ||
        !digits(&s, 2, 2, &t.minute) || !digits(&s, 2, 2, &t.second) || !byte(&s, '.') || !digits(&s, 6, 6, &fraction))
        return false;
    bool west = s.len && s.ptr[0] == '-';
    if (!byte(&s, '+') && !byte(&s, '-')) return false;
    if (!digits(&s, 3, 3, &offset) || s.len || !seconds_of(&t, ret)) return false;
    *ret += (west ? offset : -offset) * 60;
    return true;
}

/* 100 ns since 1601: decimal, or hexadecimal ("19db1ded53e8000"): at most 16 digits, at least one of them a letter, or 0x */
static bool filetime(postern_slice s, int64_t *ret) {
    uint64_t n = 0;
    if (!postern_slice_uint(s, INT64_MAX, &n)) {
        if (s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] | 32) == 'x') s = postern_slice_from(s, 2);
        if (s.len > 16 || !postern_slice_hex(s, INT64_MAX, &n)) return false;
    }
    *ret = (int64_t)(n / 10000000) - 11644473600;
    return true;
}

static bool epoch(postern_slice s, int64_t *ret) {
    uint64_t n;
    bool negative = byte(&s, '-');
    if (!postern_slice_uint(s, 1ull << 61, &n)) return false;
    *ret = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

/* ---- daylight saving ---- */

/* As Windows counts: Sunday is 0; 1970-01-01 was a Thursday. */
static int64_t weekday(int64_t days) {
    return ((days + 4) % 7 + 7) % 7;
}

/* The moment of a rule in a year, as wall clock seconds: the week-th weekday of a month, 5 being the last one. */
static int64_t rule_at(const oval_change *c, int64_t year) {
    int64_t first = days_of(year, c->month, 1);
    int64_t next = c->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, c->month + 1, 1);
    int64_t day = first + (c->weekday - weekday(first) + 7) % 7 + 7 * (c->week - 1);
    while (day >= next) day -= 7;
    return day * 86400 + c->hour * 3600;
}

/* Seconds that a wall clock at `at` is ahead of standard time. */
static int64_t daylight(const oval_zone *zone, int64_t at) {
    if (!zone->saving) return 0;
    int64_t days = at / 86400 - (at % 86400 < 0), year = 1970 + days / 366;
    while (days_of(year + 1, 1, 1) <= days) year++;
    while (days_of(year, 1, 1) > days) year--;
    int64_t from = rule_at(&zone->daylight, year), to = rule_at(&zone->standard, year);
    bool on = from < to ? at >= from && at < to : at >= from || at < to;
    return on ? zone->saving : 0;
}

static bool is_moment(postern_slice format) {
    return oval_text_is(format, "win_filetime") || oval_text_is(format, "seconds_since_epoch") ||
           oval_text_is(format, "cim_datetime");
}

static bool moment(postern_slice format, postern_slice s, int64_t *ret) {
    clock_time t = {0};
    s = postern_slice_trim(s);
    if (!format.ptr || oval_text_is(format, "year_month_day")) return year_month_day(s, &t) && seconds_of(&t, ret);
    if (oval_text_is(format, "month_day_year"))
        return (s.len && postern_ascii_alpha(s.ptr[0]) ? named_month(s, &t) : two_two_year(s, &t.month, &t.day, &t)) &&
               seconds_of(&t, ret);
    if (oval_text_is(format, "day_month_year")) return two_two_year(s, &t.day, &t.month, &t) && seconds_of(&t, ret);
    if (oval_text_is(format, "win_filetime")) return filetime(s, ret);
    if (oval_text_is(format, "seconds_since_epoch")) return epoch(s, ret);
    return oval_text_is(format, "cim_datetime") && cim(s, ret);
}

static oval_values *not_understood(oval *o, postern_slice value) {
    oval_values *v = oval_values_new(o, OVAL_FLAG_ERROR, OVAL_INT);
    if (v)
        v->message =
            oval_text(o, "time_difference: %.*s is no moment of that format", POSTERN_ARG(postern_slice_sub(value, 0, 60)));
    return v;
}

oval_values *oval_function_time(oval *o, const oval_node *node, oval_values **parts, size_t count) {
    postern_slice first_format = oval_attr_get(node, "format_1"), second_format = oval_attr_get(node, "format_2");
    oval_values *v = oval_values_new(o, OVAL_FLAG_COMPLETE, OVAL_INT), *second = parts[count > 1];
    size_t firsts = count > 1 ? parts[0]->count : 1;
    bool clocks = count > 1 && !is_moment(first_format) && !is_moment(second_format);
    for (size_t a = 0; v && a < firsts; a++) {
        int64_t from = (int64_t)o->now, to;
        if (count > 1 && !moment(first_format, parts[0]->at[a], &from)) return not_understood(o, parts[0]->at[a]);
        for (size_t b = 0; b < second->count && !o->failure; b++) {
            if (!moment(second_format, second->at[b], &to)) return not_understood(o, second->at[b]);
            if (clocks) to += daylight(&o->zone, from) - daylight(&o->zone, to);
            oval_values_add(o, v, oval_text(o, "%lld", (long long)(from - to)));
        }
    }
    return v;
}
