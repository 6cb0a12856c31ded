/*
 * Orders of version strings: the version datatype (whole numbers between single separators of any kind, missing ones are 0),
 * rpm's (evr_string), Debian's (debian_evr_string, Policy 5.6.12), HP-UX file sets and Cisco IOS trains. Numbers have any size.
 * What does not have the form is no value: an error, never "older".
 */
#include "oval_int.h"

static int order_numbers(postern_slice a, postern_slice b) {
    while (a.len && a.ptr[0] == '0') a = postern_slice_from(a, 1);
    while (b.len && b.ptr[0] == '0') b = postern_slice_from(b, 1);
    if (a.len != b.len) return a.len < b.len ? -1 : 1;
    int order = a.len ? memcmp(a.ptr, b.ptr, a.len) : 0;
    return order < 0 ? -1 : order > 0;
}

/* Cuts leading characters for which `is` holds. */
static postern_slice take(postern_slice *s, bool (*is)(uint8_t)) {
    size_t n = 0;
    while (n < s->len && is(s->ptr[n])) n++;
    postern_slice head = postern_slice_sub(*s, 0, n);
    *s = postern_slice_from(*s, n);
    return head;
}

static bool is_digit(uint8_t c) {
    return postern_ascii_digit(c);
}
static bool is_alpha(uint8_t c) {
    return postern_ascii_alpha(c);
}

static bool is_version(postern_slice s) {
    for (;;) {
        if (!take(&s, is_digit).len) return false;
        if (!s.len) return true;
        if (s.ptr[0] >= 0x80) return false;
        s = postern_slice_from(s, 1);
    }
}

bool oval_order_version(postern_slice a, postern_slice b, int *ret_order) {
    a = postern_slice_trim(a);
    b = postern_slice_trim(b);
    if (!is_version(a) || !is_version(b)) return false;
    *ret_order = 0;
    while ((a.len || b.len) && !*ret_order) {
        *ret_order = order_numbers(take(&a, is_digit), take(&b, is_digit));
        a = postern_slice_from(a, 1);
        b = postern_slice_from(b, 1);
    }
    return true;
}

/* ---- rpm ---- */

static bool is_filler(uint8_t c) {
    return !is_digit(c) && !is_alpha(c) && c != '~' && c != '^';
}

static bool begins(postern_slice s, uint8_t c) {
    return s.len && s.ptr[0] == c;
}

/* '~' is older than anything, even the end; '^' is newer than the end, older than the rest. 2: neither is here. */
static int rpm_mark(postern_slice *a, postern_slice *b) {
    if (begins(*a, '~') || begins(*b, '~')) {
        if (!begins(*a, '~')) return 1;
        if (!begins(*b, '~')) return -1;
    } else if (begins(*a, '^') || begins(*b, '^')) {
        if (!a->len) return -1;
        if (!b->len) return 1;
        if (!begins(*a, '^')) return 1;
        if (!begins(*b, '^')) return -1;
    } else {
        return 2;
    }
    *a = postern_slice_from(*a, 1);
    *b = postern_slice_from(*b, 1);
    return 0;
}

static int rpm_segment(postern_slice *a, postern_slice *b) {
    bool number = is_digit(a->ptr[0]);
    postern_slice x = take(a, number ? is_digit : is_alpha), y = take(b, number ? is_digit : is_alpha);
    if (!y.len) return number ? 1 : -1;
    if (number) return order_numbers(x, y);
    int order = postern_slice_compare(x, y);
    return order < 0 ? -1 : order > 0;
}

static int rpm_compare(postern_slice a, postern_slice b) {
    while (a.len || b.len) {
        take(&a, is_filler);
        take(&b, is_filler);
        int order = rpm_mark(&a, &b);
        if (order == 0) continue;
        if (order != 2) return order;
        if (!a.len || !b.len) break;
        order = rpm_segment(&a, &b);
        if (order) return order;
    }
    return a.len ? 1 : b.len ? -1 : 0;
}

typedef struct evr {
    postern_slice epoch, version, release;
    bool has_release;
} evr;

static bool parse_evr(postern_slice s, bool debian, evr *ret) {
    s = postern_slice_trim(s);
    evr e = {.epoch = POSTERN_S("0"), .version = s};
    postern_cut cut = postern_slice_cut(s, ':');
    if (cut.ok) {
        e.version = cut.tail;
        if (cut.head.len && !oval_text_is(cut.head, "(none)")) e.epoch = cut.head;
    }
    for (size_t i = 0; i < e.epoch.len; i++)
        if (!is_digit(e.epoch.ptr[i])) return false;
    cut = debian ? postern_slice_cut_last(e.version, '-') : postern_slice_cut(e.version, '-');
    if (cut.ok) {
        e.version = cut.head;
        e.release = cut.tail;
        e.has_release = true;
    }
    *ret = e;
    return e.version.len > 0;
}

bool oval_order_evr(postern_slice a, postern_slice b, int *ret_order) {
    evr x, y;
    if (!parse_evr(a, false, &x) || !parse_evr(b, false, &y)) return false;
    *ret_order = order_numbers(x.epoch, y.epoch);
    if (!*ret_order) *ret_order = rpm_compare(x.version, y.version);
    if (!*ret_order && x.has_release && y.has_release) *ret_order = rpm_compare(x.release, y.release);
    return true;
}

/* ---- Debian ---- */

static int debian_weight(postern_slice s) {
    if (!s.len || is_digit(s.ptr[0])) return 0;
    if (s.ptr[0] == '~') return -1;
    return is_alpha(s.ptr[0]) ? s.ptr[0] : s.ptr[0] + 256;
}

static int debian_compare(postern_slice a, postern_slice b) {
    while (a.len || b.len) {
        while ((a.len && !is_digit(a.ptr[0])) || (b.len && !is_digit(b.ptr[0]))) {
            int x = debian_weight(a), y = debian_weight(b);
            if (x != y) return x < y ? -1 : 1;
            if (a.len && !is_digit(a.ptr[0])) a = postern_slice_from(a, 1);
            if (b.len && !is_digit(b.ptr[0])) b = postern_slice_from(b, 1);
        }
        int order = order_numbers(take(&a, is_digit), take(&b, is_digit));
        if (order) return order;
    }
    return 0;
}

bool oval_order_debian(postern_slice a, postern_slice b, int *ret_order) {
    evr x, y;
    if (!parse_evr(a, true, &x) || !parse_evr(b, true, &y)) return false;
    *ret_order = order_numbers(x.epoch, y.epoch);
    if (!*ret_order) *ret_order = debian_compare(x.version, y.version);
    if (!*ret_order) *ret_order = debian_compare(x.release, y.release);
    return true;
}

/* ---- HP-UX file sets: A.03.61.00 ---- */

static int order_field(postern_slice a, postern_slice b) {
    while (a.len || b.len) {
        int order = order_numbers(take(&a, is_digit), take(&b, is_digit));
        if (order) return order;
        if (!a.len || !b.len) return a.len ? 1 : b.len ? -1 : 0;
        if (a.ptr[0] != b.ptr[0]) return a.ptr[0] < b.ptr[0] ? -1 : 1;
        a = postern_slice_from(a, 1);
        b = postern_slice_from(b, 1);
    }
    return 0;
}

bool oval_order_fileset(postern_slice a, postern_slice b, int *ret_order) {
    a = postern_slice_trim(a);
    b = postern_slice_trim(b);
    if (!a.len || !b.len) return false;
    *ret_order = 0;
    while ((a.len || b.len) && !*ret_order) {
        postern_cut x = postern_slice_cut(a, '.'), y = postern_slice_cut(b, '.');
        *ret_order = order_field(x.head, y.head);
        a = x.tail;
        b = y.tail;
    }
    return true;
}

/* ---- Cisco IOS: 12.2(18a)SXF12b ---- */

typedef struct ios {
    postern_slice number[4]; /* major, minor, maintenance, rebuild */
    postern_slice letter[3]; /* of the maintenance, the train, of the rebuild */
} ios;

static bool take_byte(postern_slice *s, uint8_t c) {
    if (!begins(*s, c)) return false;
    *s = postern_slice_from(*s, 1);
    return true;
}

static bool parse_ios(postern_slice s, ios *ret) {
    s = postern_slice_trim(s);
    ret->number[0] = take(&s, is_digit);
    if (!take_byte(&s, '.')) return false;
    ret->number[1] = take(&s, is_digit);
    if (take_byte(&s, '(')) {
        ret->number[2] = take(&s, is_digit);
        ret->letter[0] = take(&s, is_alpha);
        if (!take_byte(&s, ')')) return false;
    }
    ret->letter[1] = take(&s, is_alpha);
    ret->number[3] = take(&s, is_digit);
    ret->letter[2] = take(&s, is_alpha);
    return !s.len && ret->number[0].len && ret->number[1].len;
}

bool oval_order_ios(postern_slice a, postern_slice b, int *ret_order) {
    ios x = {0}, y = {0};
    if (!parse_ios(a, &x) || !parse_ios(b, &y)) return false;
    int order = 0;
    for (int i = 0; i < 3 && !order; i++) order = order_numbers(x.number[i], y.number[i]);
    if (!order) order = postern_slice_compare(x.letter[0], y.letter[0]);
    if (!order) order = postern_slice_compare(x.letter[1], y.letter[1]);
    if (!order) order = order_numbers(x.number[3], y.number[3]);
    if (!order) order = postern_slice_compare(x.letter[2], y.letter[2]);
    *ret_order = order < 0 ? -1 : order > 0;
    return true;
}
