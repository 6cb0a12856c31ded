/*
 * ipv4_address and ipv6_address: pairs of address and prefix length (oval-common-schema, RFC 4291 section 2.2 for the text of
 * IPv6). Bits behind the prefix count as zero; an order between different prefix lengths is an error.
 */
#include "oval_int.h"

typedef struct address {
    uint8_t byte[16];
    unsigned prefix;
} address;

static bool parse_quad(postern_slice s, uint8_t out[4]) {
    for (int i = 0; i < 4; i++) {
        uint64_t n;
        postern_cut cut = postern_slice_cut(s, '.');
        if (cut.ok != (i < 3) || cut.head.len > 8 || !postern_slice_uint(cut.head, 255, &n)) return false;
        out[i] = (uint8_t)n;
        s = cut.tail;
    }
    return true;
}

/* A netmask is ones, then zeros. */
static bool parse_mask(postern_slice s, unsigned *ret_prefix) {
    uint8_t q[4];
    if (!parse_quad(s, q)) return false;
    uint32_t bits = (uint32_t)q[0] << 24 | (uint32_t)q[1] << 16 | (uint32_t)q[2] << 8 | q[3];
    unsigned n = 0;
    while (n < 32 && (bits & (0x80000000u >> n))) n++;
    if (n < 32 && (uint32_t)(bits << n)) return false;
    *ret_prefix = n;
    return true;
}

static bool parse_v4(postern_slice s, address *ret) {
    uint64_t n = 32;
    postern_cut cut = postern_slice_cut(s, '/');
    if (!parse_quad(cut.head, ret->byte)) return false;
    ret->prefix = 32;
    if (!cut.ok) return true;
    if (parse_mask(cut.tail, &ret->prefix)) return true;
    if (!postern_slice_uint(cut.tail, 32, &n)) return false;
    ret->prefix = (unsigned)n;
    return true;
}

static bool parse_group(postern_slice s, uint8_t out[2]) {
    uint64_t value;
    if (s.len > 4 || !postern_slice_hex(s, UINT16_MAX, &value)) return false;
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return true;
}

/* Groups between colons, with a dotted quad as the last one; the number of bytes, or -1. */
static int parse_groups(postern_slice s, uint8_t out[16], bool last) {
    int n = 0;
    while (s.len) {
        postern_cut cut = postern_slice_cut(s, ':');
        if (cut.ok && !cut.tail.len) return -1;
        if (!cut.ok && last && n <= 12 && postern_slice_find_byte(cut.head, 0, '.') != SIZE_MAX)
            return parse_quad(cut.head, out + n) ? n + 4 : -1;
        if (n > 14 || !parse_group(cut.head, out + n)) return -1;
        n += 2;
        s = cut.tail;
    }
    return n;
}

static bool parse_v6(postern_slice s, address *ret) {
    uint64_t prefix = 128;
    postern_cut cut = postern_slice_cut(s, '/');
    if (cut.ok && !postern_slice_uint(cut.tail, 128, &prefix)) return false;
    ret->prefix = (unsigned)prefix;
    s = cut.head;
    size_t gap = postern_slice_find(s, 0, POSTERN_S("::"));
    if (gap == SIZE_MAX) return parse_groups(s, ret->byte, true) == 16;
    uint8_t tail[16] = {0};
    int head_bytes = parse_groups(postern_slice_sub(s, 0, gap), ret->byte, false);
    int tail_bytes = parse_groups(postern_slice_from(s, gap + 2), tail, true);
    if (head_bytes < 0 || tail_bytes < 0 || head_bytes + tail_bytes > 14) return false;
    memset(ret->byte + head_bytes, 0, (size_t)(16 - head_bytes));
    memcpy(ret->byte + 16 - tail_bytes, tail, (size_t)tail_bytes);
    return true;
}

static void clear_behind(address *a, unsigned prefix) {
    for (unsigned i = prefix; i < 128; i++) a->byte[i / 8] &= (uint8_t) ~(0x80u >> (i % 8));
}

static bool inside(address inner, address outer) {
    if (inner.prefix < outer.prefix) return false;
    clear_behind(&inner, outer.prefix);
    return memcmp(inner.byte, outer.byte, 16) == 0;
}

static oval_result bool_result(bool yes) {
    return yes ? OVAL_TRUE : OVAL_FALSE;
}

oval_result oval_compare_ip(oval_type type, oval_operation op, postern_slice expected, postern_slice actual,
                            postern_slice *ret_why) {
    address b = {0}, a = {0};
    bool (*parse)(postern_slice, address *) = type == OVAL_IPV4 ? parse_v4 : parse_v6;
    if (!parse(postern_slice_trim(expected), &b) || !parse(postern_slice_trim(actual), &a)) {
        *ret_why = POSTERN_S("not an address of that datatype");
        return OVAL_ERROR;
    }
    clear_behind(&a, a.prefix);
    clear_behind(&b, b.prefix);
    int order = memcmp(a.byte, b.byte, 16);
    bool same = a.prefix == b.prefix && order == 0;
    switch (op) {
    case OVAL_EQUALS:
        return bool_result(same);
    case OVAL_NOT_EQUAL:
        return bool_result(!same);
    case OVAL_SUBSET:
        return bool_result(inside(a, b));
    case OVAL_SUPERSET:
        return bool_result(inside(b, a));
    case OVAL_GREATER:
    case OVAL_GREATER_EQUAL:
    case OVAL_LESS:
    case OVAL_LESS_EQUAL:
        break;
    default:
        *ret_why = POSTERN_S("the operation is not one of addresses");
        return OVAL_ERROR;
    }
    if (a.prefix != b.prefix) {
        *ret_why = POSTERN_S("addresses with different prefix lengths have no order");
        return OVAL_ERROR;
    }
    return bool_result(op == OVAL_GREATER         ? order > 0
                       : op == OVAL_GREATER_EQUAL ? order >= 0
                       : op == OVAL_LESS          ? order < 0
                                                  : order <= 0);
}
