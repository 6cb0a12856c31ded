/*
 * Forms of strings in a CSAF document: URI (RFC 3986), date and time (RFC 3339), versions (semver.org 2.0.0 or an integer),
 * CVE, CWE, hashes, CPE 2.2 and 2.3, ids. Written as small machines over slices instead of patterns: no step goes back, so the
 * time is that of reading.
 */
#include "csaf_int.h"

static bool alnum(uint8_t c) {
    return postern_ascii_alpha(c) || postern_ascii_digit(c);
}

static bool one_of(uint8_t c, const char *set) {
    return c && strchr(set, c);
}

/* A scheme, a colon, and then only what RFC 3986 lets stand: no blanks, no controls, '%' only before two digits; IRIs are none.
 */
bool csaf_form_uri(postern_slice s) {
    size_t i = 0;
    if (!s.len || !postern_ascii_alpha(s.ptr[0])) return false;
    while (i < s.len && (alnum(s.ptr[i]) || one_of(s.ptr[i], "+-."))) i++;
    if (i == s.len || s.ptr[i] != ':') return false;
    bool fragment = false;
    for (i++; i < s.len; i++) {
        uint8_t c = s.ptr[i];
        if (c == '%') {
            if (postern_hex_at(s, i + 1) < 0) return false;
            i += 2;
        } else if (c == '#') {
            if (fragment) return false;
            fragment = true;
        } else if (!alnum(c) && !one_of(c, "-._~:/?@!$&'()*+,;=[]")) {
            return false;
        }
    }
    return true;
}

static bool digits(postern_slice s, size_t at, size_t count, unsigned *ret_value) {
    unsigned value = 0;
    if (at + count > s.len) return false;
    for (size_t i = at; i < at + count; i++) {
        if (!postern_ascii_digit(s.ptr[i])) return false;
        value = value * 10 + (unsigned)(s.ptr[i] - '0');
    }
    *ret_value = value;
    return true;
}

static unsigned days_in(unsigned year, unsigned month) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t day_number(unsigned year, unsigned month, unsigned day) {
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    unsigned of_era = (unsigned)(y - era * 400);
    unsigned of_year = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
    return era * 146097 + (int64_t)(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
}

static bool parse_zone(postern_slice s, int *ret_minutes) {
    unsigned hours, minutes;
    *ret_minutes = 0;
    if (s.len == 1 && (s.ptr[0] | 32) == 'z') return true;
    if (s.len != 6 || !one_of(s.ptr[0], "+-") || !digits(s, 1, 2, &hours) || s.ptr[3] != ':' || !digits(s, 4, 2, &minutes) ||
        hours > 23 || minutes > 59)
        return false;
    *ret_minutes = (int)(hours * 60 + minutes) * (s.ptr[0] == '-' ? -1 : 1);
    return true;
}

bool csaf_time_parse(postern_slice s, csaf_time *ret_time) {
    unsigned year, month, day, hour, minute, second;
    if (!digits(s, 0, 4, &year) || !digits(s, 5, 2, &month) || !digits(s, 8, 2, &day) || !digits(s, 11, 2, &hour) ||
        !digits(s, 14, 2, &minute) || !digits(s, 17, 2, &second))
        return false;
    if (s.ptr[4] != '-' || s.ptr[7] != '-' || !one_of(s.ptr[10], "Tt ") || s.ptr[13] != ':' || s.ptr[16] != ':') return false;
    if (!month || month > 12 || !day || day > days_in(year, month) || hour > 23 || minute > 59 || second > 60) return false;
    size_t at = 19;
    uint32_t fraction = 0, scale = 100000000;
    if (at < s.len && s.ptr[at] == '.') {
        size_t first = ++at;
        for (; at < s.len && postern_ascii_digit(s.ptr[at]); at++, scale /= 10) fraction += scale * (uint32_t)(s.ptr[at] - '0');
        if (at == first) return false;
    }
    int zone;
    if (!parse_zone(postern_slice_from(s, at), &zone)) return false;
    ret_time->seconds = day_number(year, month, day) * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + second - zone * 60;
    ret_time->fraction = fraction;
    return true;
}

int csaf_time_compare(csaf_time a, csaf_time b) {
    if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
    return a.fraction == b.fraction ? 0 : a.fraction < b.fraction ? -1 : 1;
}

bool csaf_form_date_time(postern_slice s) {
    csaf_time time;
    return csaf_time_parse(s, &time);
}

/* ---- versions ---- */

static bool plain_number(postern_slice s) {
    if (!s.len || (s.len > 1 && s.ptr[0] == '0')) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!postern_ascii_digit(s.ptr[i])) return false;
    return true;
}

static bool all_digits(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (!postern_ascii_digit(s.ptr[i])) return false;
    return s.len != 0;
}

/* Identifiers between dots; of a pre-release numbers have no leading zero. */
static bool identifiers(postern_slice s, bool pre) {
    postern_cut cut;
    do {
        cut = postern_slice_cut(s, '.');
        if (!cut.head.len) return false;
        for (size_t i = 0; i < cut.head.len; i++)
            if (!alnum(cut.head.ptr[i]) && cut.head.ptr[i] != '-') return false;
        if (pre && all_digits(cut.head) && !plain_number(cut.head)) return false;
        s = cut.tail;
    } while (cut.ok);
    return true;
}

bool csaf_version_parse(postern_slice s, csaf_version *ret_version) {
    csaf_version v = {0};
    if (plain_number(s)) {
        v.number[0] = s;
        *ret_version = v;
        return true;
    }
    v.semantic = true;
    postern_cut build = postern_slice_cut(s, '+'), pre = postern_slice_cut(build.head, '-');
    postern_slice rest = pre.head;
    for (size_t i = 0; i < 3; i++) {
        postern_cut cut = postern_slice_cut(rest, '.');
        if (cut.ok != (i < 2) || !plain_number(cut.head)) return false;
        v.number[i] = cut.head;
        rest = cut.tail;
    }
    if ((build.ok && !identifiers(build.tail, false)) || (pre.ok && !identifiers(pre.tail, true))) return false;
    v.build = build.ok ? build.tail : (postern_slice){0};
    v.pre = pre.ok ? pre.tail : (postern_slice){0};
    *ret_version = v;
    return true;
}

static int compare_numbers(postern_slice a, postern_slice b) {
    if (a.len != b.len) return a.len < b.len ? -1 : 1;
    return postern_slice_compare(a, b);
}

/* semver.org 2.0.0, 11.4: numbers by value and below words, more identifiers are higher. */
static int compare_pre(postern_slice a, postern_slice b) {
    if (!a.len || !b.len) return a.len == b.len ? 0 : a.len ? -1 : 1;
    for (;;) {
        postern_cut x = postern_slice_cut(a, '.'), y = postern_slice_cut(b, '.');
        bool xn = all_digits(x.head), yn = all_digits(y.head);
        int order = xn && yn   ? compare_numbers(x.head, y.head)
                    : xn != yn ? (xn ? -1 : 1)
                               : postern_slice_compare(x.head, y.head);
        if (order) return order;
        if (!x.ok || !y.ok) return x.ok == y.ok ? 0 : x.ok ? 1 : -1;
        a = x.tail;
        b = y.tail;
    }
}

int csaf_version_compare(const csaf_version *a, const csaf_version *b) {
    for (size_t i = 0; i < 3; i++) {
        postern_slice zero = POSTERN_S("0"), x = a->number[i].len ? a->number[i] : zero,
                      y = b->number[i].len ? b->number[i] : zero;
        int order = compare_numbers(x, y);
        if (order) return order;
    }
    return compare_pre(a->pre, b->pre);
}

bool csaf_form_version(postern_slice s) {
    csaf_version version;
    return csaf_version_parse(s, &version);
}

/* ---- numbers and ids ---- */

bool csaf_form_cve(postern_slice s) {
    return s.len >= 13 && postern_slice_starts(s, POSTERN_S("CVE-")) && all_digits(postern_slice_sub(s, 4, 4)) &&
           s.ptr[8] == '-' && all_digits(postern_slice_from(s, 9));
}

bool csaf_form_cwe(postern_slice s) {
    postern_slice number = postern_slice_from(s, 4);
    return postern_slice_starts(s, POSTERN_S("CWE-")) && number.len <= 6 && plain_number(number) && number.ptr[0] != '0';
}

bool csaf_form_hash(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (postern_hex_value(s.ptr[i]) < 0) return false;
    return s.len >= 32;
}

static bool blank_at(postern_slice s, bool last) {
    uint8_t c = s.ptr[last ? s.len - 1 : 0];
    return postern_ascii_space(c) || c == '\v';
}

bool csaf_form_tracking_id(postern_slice s) {
    return s.len && !blank_at(s, false) && !blank_at(s, true) && postern_slice_find_byte(s, 0, '\n') == SIZE_MAX &&
           postern_slice_find_byte(s, 0, '\r') == SIZE_MAX;
}

bool csaf_form_category(postern_slice s) {
    return csaf_form_tracking_id(s) && !one_of(s.ptr[0], "-_.") && !one_of(s.ptr[s.len - 1], "-_.");
}

bool csaf_form_purl_shape(postern_slice s) {
    if (!postern_slice_starts(s, POSTERN_S("pkg:")) || !csaf_form_uri(s)) return false;
    postern_cut cut = postern_slice_cut(postern_slice_from(s, 4), '/');
    if (!cut.ok || !cut.head.len || !cut.tail.len || postern_ascii_digit(cut.head.ptr[0])) return false;
    for (size_t i = 0; i < cut.head.len; i++)
        if (!alnum(cut.head.ptr[i]) && !one_of(cut.head.ptr[i], ".-+")) return false;
    return true;
}

/* The package URL specification: scheme:type/namespace/name@version?qualifiers#subpath, and a name there has to be. */
bool csaf_purl_valid(postern_slice s) {
    if (!postern_slice_starts(s, POSTERN_S("pkg:"))) return false;
    postern_slice rest = postern_slice_cut(postern_slice_from(s, 4), '#').head;
    postern_cut qualifiers = postern_slice_cut(rest, '?');
    for (postern_slice list = qualifiers.tail; qualifiers.ok && list.len;) {
        postern_cut pair = postern_slice_cut(list, '&');
        postern_slice key = postern_slice_cut(pair.head, '=').head;
        if (!key.len || postern_ascii_digit(key.ptr[0])) return false;
        for (size_t i = 0; i < key.len; i++)
            if (!alnum(key.ptr[i]) && !one_of(key.ptr[i], "._-")) return false;
        list = pair.tail;
    }
    rest = qualifiers.head;
    while (rest.len && rest.ptr[0] == '/') rest = postern_slice_from(rest, 1);
    postern_cut type = postern_slice_cut(rest, '/');
    if (!type.ok || !type.head.len || postern_ascii_digit(type.head.ptr[0])) return false;
    for (size_t i = 0; i < type.head.len; i++)
        if (!alnum(type.head.ptr[i]) && !one_of(type.head.ptr[i], ".-+")) return false;
    size_t slash = SIZE_MAX;
    for (size_t at = 0; (at = postern_slice_find_byte(type.tail, at, '/')) != SIZE_MAX; at++)
        if (at + 1 < type.tail.len) slash = at;
    postern_slice name = slash == SIZE_MAX ? type.tail : postern_slice_from(type.tail, slash + 1);
    name = postern_slice_cut(name, '@').head;
    while (name.len && name.ptr[name.len - 1] == '/') name.len--;
    return name.len != 0;
}

/* ---- CPE ---- */

/* One component of a 2.3 name up to a free ':': '*', '-', or characters (special ones behind a backslash) with '?' or '*'
 * around. */
static bool cpe_component(postern_slice s, size_t *at) {
    size_t start = *at, i = start, core = 0;
    while (i < s.len && (s.ptr[i] == '?' || s.ptr[i] == '*')) i++;
    size_t front = i - start;
    for (; i < s.len; i++, core++) {
        if (alnum(s.ptr[i]) || one_of(s.ptr[i], "-._")) continue;
        if (s.ptr[i] != '\\' || i + 1 >= s.len || !one_of(s.ptr[i + 1], "\\*?!\"#$%&'()+,/:;<=>@[]^`{|}~")) break;
        i++;
    }
    size_t back = i;
    while (i < s.len && (s.ptr[i] == '?' || s.ptr[i] == '*')) i++;
    bool star = false, mixed = false;
    for (size_t k = start; k < i; k++)
        if ((k < start + front || k >= back) && s.ptr[k] == '*') star = true;
    if (star && core) mixed = (front > 1 && s.ptr[start] == '*') || (i - back > 1 && s.ptr[back] == '*');
    *at = i;
    return core ? !mixed : i - start == 1 && s.ptr[start] == '*';
}

static bool cpe_language(postern_slice s) {
    if (s.len == 1) return one_of(s.ptr[0], "*-");
    postern_cut cut = postern_slice_cut(s, '-');
    for (size_t i = 0; i < cut.head.len; i++)
        if (!postern_ascii_alpha(cut.head.ptr[i])) return false;
    if (cut.head.len < 2 || cut.head.len > 3) return false;
    return !cut.ok || (cut.tail.len == 2 && postern_ascii_alpha(cut.tail.ptr[0]) && postern_ascii_alpha(cut.tail.ptr[1])) ||
           (cut.tail.len == 3 && all_digits(cut.tail));
}

static bool cpe_23(postern_slice s) {
    if (!s.len || !one_of(s.ptr[0], "aho*-")) return false;
    size_t at = 1;
    for (unsigned component = 0; component < 10; component++) {
        if (at >= s.len || s.ptr[at] != ':') return false;
        size_t start = ++at;
        if (component == 5) { /* the language */
            while (at < s.len && s.ptr[at] != ':') at++;
            if (!cpe_language(postern_slice_sub(s, start, at - start))) return false;
        } else if (!cpe_component(s, &at)) {
            return false;
        }
    }
    return at == s.len;
}

bool csaf_form_cpe(postern_slice s) {
    if (postern_slice_starts(s, POSTERN_S("cpe:2.3:"))) return cpe_23(postern_slice_from(s, 8));
    if (!postern_slice_starts_nocase(s, POSTERN_S("cpe:/")) || s.ptr[0] != 'c') return false;
    size_t at = 5, components = 0;
    if (at < s.len && one_of(s.ptr[at], "AHOaho")) at++;
    for (; at < s.len && s.ptr[at] == ':'; components++)
        for (at++; at < s.len && (alnum(s.ptr[at]) || one_of(s.ptr[at], "._-~%"));) at++;
    return at == s.len && components <= 6;
}
