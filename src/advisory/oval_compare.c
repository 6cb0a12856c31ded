/*
 * One value against another by datatype and operation (OperationEnumeration, DatatypeEnumeration). The datatype of the stated
 * entity decides; a value that is not one of it, or an operation that the datatype does not have, is an error with its reason.
 */
#include "oval_int.h"

static oval_result answer(bool yes) {
    return yes ? OVAL_TRUE : OVAL_FALSE;
}

static oval_result by_order(oval_operation op, int order, postern_slice *why) {
    switch (op) {
    case OVAL_EQUALS:
        return answer(order == 0);
    case OVAL_NOT_EQUAL:
        return answer(order != 0);
    case OVAL_GREATER:
        return answer(order > 0);
    case OVAL_GREATER_EQUAL:
        return answer(order >= 0);
    case OVAL_LESS:
        return answer(order < 0);
    case OVAL_LESS_EQUAL:
        return answer(order <= 0);
    default:
        *why = POSTERN_S("the operation is not one of that datatype");
        return OVAL_ERROR;
    }
}

/* ---- float ---- */

static bool parse_mantissa(postern_slice *s, long double *value, int *exponent) {
    bool any = false, point = false;
    for (; s->len; *s = postern_slice_from(*s, 1)) {
        uint8_t c = s->ptr[0];
        if (c == '.' && !point)
            point = true;
        else if (postern_ascii_digit(c)) {
            any = true;
            if (*value < 1e300L) {
                *value = *value * 10 + (c - '0');
                *exponent -= point;
            } else
                *exponent += !point;
        } else
            break;
    }
    return any;
}

static bool parse_exponent(postern_slice s, int *exponent) {
    uint64_t n;
    if (!s.len) return true;
    if ((s.ptr[0] | 32) != 'e') return false;
    s = postern_slice_from(s, 1);
    bool negative = s.len && s.ptr[0] == '-';
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) s = postern_slice_from(s, 1);
    if (!s.len) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!postern_ascii_digit(s.ptr[i])) return false;
    if (!postern_slice_uint(s, 5000, &n)) n = 5000;
    *exponent += negative ? -(int)n : (int)n;
    return true;
}

bool oval_float_of(postern_slice s, double *ret_value) {
    long double value = 0;
    int exponent = 0;
    s = postern_slice_trim(s);
    if (s.len > POSTERN_LIMIT_OVAL_DIGITS) return false;
    if (oval_text_is(s, "NaN")) return *ret_value = __builtin_nan(""), true;
    bool negative = s.len && s.ptr[0] == '-';
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) s = postern_slice_from(s, 1);
    if (oval_text_is(s, "INF")) return *ret_value = negative ? -__builtin_inf() : __builtin_inf(), true;
    if (!parse_mantissa(&s, &value, &exponent) || !parse_exponent(s, &exponent)) return false;
    for (; exponent > 0 && value != 0 && value < 1e4900L; exponent--) value *= 10;
    for (; exponent < 0 && value != 0; exponent++) value /= 10;
    *ret_value = (double)(negative ? -value : value);
    return true;
}

/* xsd:float has 32 bits: what rounds to the same one is equal. */
bool oval_order_float(postern_slice a, postern_slice b, int *ret_order, bool *ret_nan) {
    double x, y;
    if (!oval_float_of(a, &x) || !oval_float_of(b, &y)) return false;
    float f = (float)x, g = (float)y;
    *ret_nan = f != f || g != g;
    *ret_order = *ret_nan ? !(f != f && g != g) : f < g ? -1 : f > g;
    return true;
}

static oval_result compare_float(oval_operation op, postern_slice expected, postern_slice actual, postern_slice *why) {
    int order;
    bool nan;
    if (!oval_order_float(actual, expected, &order, &nan)) {
        *why = POSTERN_S("not a float");
        return OVAL_ERROR;
    }
    if (nan && op != OVAL_EQUALS && op != OVAL_NOT_EQUAL) return by_order(op, 0, why) == OVAL_ERROR ? OVAL_ERROR : OVAL_FALSE;
    return by_order(op, order, why);
}

/* ---- boolean, binary ---- */

static int boolean_of(postern_slice s) {
    s = postern_slice_trim(s);
    if (oval_text_is(s, "true") || oval_text_is(s, "1")) return 1;
    return oval_text_is(s, "false") || oval_text_is(s, "0") ? 0 : -1;
}

static oval_result compare_boolean(oval_operation op, postern_slice expected, postern_slice actual, postern_slice *why) {
    int want = boolean_of(expected), have = boolean_of(actual);
    if (want < 0 || have < 0) {
        *why = POSTERN_S("not a boolean");
        return OVAL_ERROR;
    }
    if (op == OVAL_EQUALS || op == OVAL_NOT_EQUAL) return answer((want == have) == (op == OVAL_EQUALS));
    return by_order(OVAL_BIT_AND, 0, why);
}

static bool is_hex(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (postern_hex_value(s.ptr[i]) < 0) return false;
    return s.len % 2 == 0;
}

static oval_result compare_binary(oval_operation op, postern_slice expected, postern_slice actual, postern_slice *why) {
    expected = postern_slice_trim(expected);
    actual = postern_slice_trim(actual);
    if (!is_hex(expected) || !is_hex(actual)) {
        *why = POSTERN_S("not hexadecimal data");
        return OVAL_ERROR;
    }
    bool same = postern_slice_eq_nocase(expected, actual);
    if (op == OVAL_EQUALS || op == OVAL_NOT_EQUAL) return answer(same == (op == OVAL_EQUALS));
    return by_order(OVAL_BIT_AND, 0, why);
}

/* ---- string ---- */

static bool is_ascii(postern_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 0x80) return false;
    return true;
}

/* Beyond ASCII the case tables of the regular expressions decide. */
static oval_result same_without_case(oval *o, postern_slice expected, postern_slice actual, postern_slice *why) {
    if (is_ascii(expected) && is_ascii(actual)) return answer(postern_slice_eq_nocase(expected, actual));
    postern_slice escaped = oval_regex_escape(o, expected);
    postern_slice pattern = oval_text(o, "\\A(?:%.*s)\\z", POSTERN_ARG(escaped));
    return oval_regex_match(o, pattern, OVAL_REGEX_NOCASE, actual, 0, NULL, why);
}

static oval_result compare_string(oval *o, oval_operation op, postern_slice expected, postern_slice actual,
                                  postern_slice *why) {
    switch (op) {
    case OVAL_EQUALS:
        return answer(postern_slice_eq(expected, actual));
    case OVAL_NOT_EQUAL:
        return answer(!postern_slice_eq(expected, actual));
    case OVAL_CI_EQUALS:
        return same_without_case(o, expected, actual, why);
    case OVAL_CI_NOT_EQUAL:
        return oval_negate(same_without_case(o, expected, actual, why), true);
    case OVAL_PATTERN:
        return oval_regex_match(o, expected, 0, actual, 0, NULL, why);
    default:
        return by_order(OVAL_BIT_AND, 0, why);
    }
}

/* ---- the rest ---- */

bool oval_order(oval_type type, postern_slice a, postern_slice b, int *ret_order) {
    switch (type) {
    case OVAL_INT:
        return oval_order_int(a, b, ret_order);
    case OVAL_VERSION:
        return oval_order_version(a, b, ret_order);
    case OVAL_EVR:
        return oval_order_evr(a, b, ret_order);
    case OVAL_DEBIAN_EVR:
        return oval_order_debian(a, b, ret_order);
    case OVAL_FILESET:
        return oval_order_fileset(a, b, ret_order);
    case OVAL_IOS:
        return oval_order_ios(a, b, ret_order);
    default:
        return false;
    }
}

oval_result oval_compare(oval *o, oval_type type, oval_operation op, postern_slice expected, postern_slice actual,
                         postern_slice *ret_why) {
    int order;
    if (!oval_step(o)) return OVAL_ERROR;
    switch (type) {
    case OVAL_STRING:
        return compare_string(o, op, expected, actual, ret_why);
    case OVAL_FLOAT:
        return compare_float(op, expected, actual, ret_why);
    case OVAL_BOOLEAN:
        return compare_boolean(op, expected, actual, ret_why);
    case OVAL_BINARY:
        return compare_binary(op, expected, actual, ret_why);
    case OVAL_IPV4:
    case OVAL_IPV6:
        return oval_compare_ip(type, op, expected, actual, ret_why);
    case OVAL_RECORD:
        *ret_why = POSTERN_S("a record has no value of its own");
        return OVAL_ERROR;
    default:
        break;
    }
    if (!oval_order(type, actual, expected, &order)) {
        *ret_why = oval_text(o, "not a value of the datatype %s", oval_type_word(type));
        return OVAL_ERROR;
    }
    if (type == OVAL_INT && (op == OVAL_BIT_AND || op == OVAL_BIT_OR)) return oval_compare_bits(o, op, expected, actual);
    return by_order(op, order, ret_why);
}
